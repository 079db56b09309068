"""`python -m tests.prove`: kill a whole deployment again and again, and compare what it holds with the ledgers."""

import argparse
import platform
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from tempfile import gettempdir

from tests.prove import steps
from tests.prove.bugs import BUGS, NO_BUG
from tests.prove.fleet import Template
from tests.prove.run import WEEK, Outcome, Plan, prove

WITHIN = 50
"""Kills in which a planted bug has to be noticed."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.prove", description=__doc__)
    parser.add_argument("--database", choices=("postgres", "sqlite", "both"), default="both")
    parser.add_argument("--rounds", type=int, default=0, metavar="N", help="how many kills, in place of a time")
    parser.add_argument("--minutes", type=float, default=10.0, help="of everything together")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--bug", default="", metavar="NAME", help=f"plant bugs: all, or some of {', '.join(BUGS)}")
    parser.add_argument("--only", default="", metavar="PART", help="kill only at steps with this in their name")
    parser.add_argument("--week", type=int, default=WEEK, metavar="N", help="kills a simulated week")
    parser.add_argument("--keep", action="store_true", help="leave ledgers, logs and database behind")
    parser.add_argument("--steps", action="store_true", help="list the named steps, and kill nobody")
    given = parser.parse_args()
    if given.steps:
        for step in steps.every():
            print(step.name)
        return 0
    bugs = list(BUGS) if given.bug == "all" else [name for name in given.bug.split(",") if name]
    if unknown := set(bugs) - set(BUGS):
        parser.error(f"no bug is called {', '.join(sorted(unknown))}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    seed = random.SystemRandom().randrange(10**6) if given.seed is None else given.seed
    database = "postgres" if given.bug and given.database == "both" else given.database
    plan = Plan(
        database=database, kills=given.rounds, minutes=given.minutes, seed=seed, bug=given.bug, only=given.only,
        week=given.week, keep=given.keep,
    )  # fmt: skip
    _head(seed)
    template = Template(Path(gettempdir()) / "leafnotes-prove-template.log")
    try:
        if given.bug:
            return _planted(plan, bugs, template)
        if given.database == "both":
            return _everything(plan, template)
        return _kills(plan, template)
    except KeyboardInterrupt:
        print("stopped")
        return 130
    finally:
        template.end()
        used = [getrusage(who) for who in (RUSAGE_SELF, RUSAGE_CHILDREN)]
        _say(f"processor time of everything: {sum(one.ru_utime + one.ru_stime for one in used):.0f} s")


def _head(seed: int) -> None:
    asked = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False)
    said = f"{time.strftime('%Y-%m-%d %H:%M')}, commit {asked.stdout.strip()}, Python {platform.python_version()}"
    _say(f"{said}, {platform.machine()}, seed {seed}")


def _say(line: str) -> None:
    print(line, flush=True)


def _kills(plan: Plan, template: Template) -> int:
    _say(f"again: {plan.command}")
    outcome = prove(plan, _say, template)
    _table(outcome)
    _verdict(outcome)
    return 1 if outcome.violations else 0


def _everything(plan: Plan, template: Template) -> int:
    """PostgreSQL for a third of the time, SQLite for a sixth, planted bugs for the rest."""
    began, failed = time.monotonic(), 0
    for database, share in (("postgres", 0.33), ("sqlite", 0.16)):
        _say(f"--- kills on {database}")
        failed |= _kills(replace(plan, database=database, minutes=plan.minutes * share, kills=plan.kills), template)
    _say("--- planted bugs")
    names, first = list(BUGS), plan.seed % len(BUGS)  # where there is no time for all, each run begins with others
    rest = [*names[first:], *names[:first]]
    return failed | _planted(replace(plan, database="postgres"), rest, template, began + plan.minutes * 54)


def _planted(plan: Plan, names: list[str], template: Template, end: float = float("inf")) -> int:
    wrong = 0
    for name in names:
        bug = BUGS[name]
        tried = replace(plan, bug=name, kills=plan.kills or WITHIN, week=8, aim=bug.aim, frozen=bug.frozen)
        if time.monotonic() > end:
            _say(f"{name:22} not tried: the time is over; {tried.command}")
            continue
        outcome = prove(replace(tried, minutes=(end - time.monotonic()) / 60), lambda _: None, template)
        noticed, cut = bool(outcome.violations), outcome.killed < tried.kills
        as_it_should = noticed == (name != NO_BUG) or (cut and not noticed)
        wrong |= not as_it_should
        missing = "nothing noticed, cut off: the time is over" if cut else "nothing noticed"
        found = outcome.violations[0][:150] if noticed else missing
        said = found if as_it_should else f"WRONG: {found}"
        _say(f"{name:22} {outcome.killed:3} kills, {outcome.freezes:2} freezes, {outcome.seconds:4.0f} s: {said}")
    return wrong


def _table(outcome: Outcome) -> None:
    _say(f"{'step':52} {'reached':>8} {'killed':>7}")
    for step in steps.every():
        if step.kind in steps.NOT_HERE:
            continue
        _say(f"{step.name:52} {outcome.hits[step.name]:8} {outcome.kills[step.name]:7}")
    for name, count in sorted(outcome.kills.items()):
        if name.startswith("at any moment"):
            _say(f"{name:52} {'':8} {count:7}")


def _verdict(outcome: Outcome) -> None:
    missed = [step.name for step in steps.required(outcome.plan.database) if not outcome.hits[step.name]]
    if missed:
        _say(f"never reached in this run: {', '.join(missed)}")
    for line in outcome.violations[:20]:
        _say(f"VIOLATION {line}")
    if outcome.violations:
        _say(f"again: {outcome.plan.command}")
    heal = outcome.figures.get("longest heal", 0)
    _say(
        f"{outcome.plan.database}: {outcome.killed} kills ({outcome.busy} while work was done), "
        f"{outcome.freezes} freezes, {outcome.wipes} Redis wipes, {outcome.weeks} weeks in {outcome.seconds:.0f} s "
        f"({outcome.seconds / max(1, outcome.killed):.2f} s a kill); longest heal {heal} s; "
        f"{outcome.figures.get('links looked at', 0)} links looked at; "
        f"{len(outcome.violations)} violations"
    )


if __name__ == "__main__":
    sys.exit(main())
