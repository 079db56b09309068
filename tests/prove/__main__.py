"""`python -m tests.prove`: kill a whole deployment again and again, and compare what it holds with the ledgers."""

import argparse
import random
import signal
import sys

from tests.prove.run import Plan, prove


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.prove", description=__doc__)
    parser.add_argument("--database", choices=("postgres", "sqlite"), default="postgres")
    parser.add_argument("--rounds", type=int, default=0, metavar="N", help="how many kills, in place of a time")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--bug", default="", help="plant a bug; `all` plants one after the other")
    parser.add_argument("--only", default="", metavar="PART", help="kill only at steps with this in their name")
    parser.add_argument("--keep", action="store_true", help="leave ledgers, logs and database behind")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    seed = random.SystemRandom().randrange(10**6) if given.seed is None else given.seed
    plan = Plan(given.database, given.rounds, given.minutes, seed, given.bug, given.only, keep=given.keep)
    print(f"seed {seed}; again: {plan.command}", flush=True)
    outcome = prove(plan, lambda line: print(line, flush=True))
    for line in outcome.violations[:20]:
        print(f"VIOLATION {line}")
    print(f"{outcome.killed} kills, {outcome.freezes} freezes, {outcome.wipes} wipes in {outcome.seconds:.0f} s; {outcome.figures}")
    return 1 if outcome.violations else 0


if __name__ == "__main__":
    sys.exit(main())
