"""`leafnotes demo`: the whole job on the bundled sample organisation, answered once and told of the week after."""

import csv
import json
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from importlib.resources import as_file, files
from pathlib import Path

import click

from config.environment import Environment, WeakKey
from config.reader import Problem
from pipeline import periods
from pipeline.links import from_store
from pipeline.store import corrections, db, digests, issues, registry
from workers import calling
from workers.cli.base import command_name, deployment, engine, stop
from workers.cli.options import Global
from workers.engine import Engine

AS_OF = datetime.fromisoformat("2026-09-21T12:00:00+01:00")
"""The Monday after the sample's last week, when every leader's digest is due."""
BEFORE = datetime.fromisoformat("2026-09-14T12:00:00+01:00")
"""A week earlier: the mails that are answered."""
TOMORROW = datetime.fromisoformat("2026-09-22T12:00:00+01:00")
TUESDAY = datetime.fromisoformat("2026-09-15T08:40:00+01:00")
THURSDAY = datetime.fromisoformat("2026-09-17T10:05:00+01:00")
SERVED = "http://127.0.0.1:8080"
MISREAD = ("product-jira", "SUP-77")
"""Agents' own trouble with a macro, which the model takes for a customer's."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a leader of the sample answers: the pain is found by one of its issues."""

    leader: str
    about: str
    kind: str
    text: str
    due: date
    told: bool


ANSWERS = (
    Said(
        "mara",
        "support:55013",
        "act",
        "We correct the rate for each site and send new invoices to all who got a wrong one",
        date(2026, 9, 25),
        told=True,
    ),
    Said(
        "niamh",
        "product-jira:BR-865",
        "understand",
        "I sit with Billing and Scheduling at their next release cut",
        date(2026, 9, 17),
        told=False,
    ),
)


@click.command()
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default="leafnotes-demo",
    show_default=True,
    help="Becomes a working deployment: configuration, database, digests.",
)
@click.pass_obj
def demo(options: Global, out: Path) -> None:
    """The whole job on the sample organisation Fernhill: no services, no network. A second run is harmless.

    Two weeks pass: the mails of the first are answered on the answer page, a wrong label is corrected, the mails of the
    second tell what came of it, and what was tagged to escalate climbs.

    \b
    Example:
      leafnotes demo --out /tmp/fernhill
    """
    started = time.monotonic()
    _must_be_ours(out)
    out.mkdir(parents=True, exist_ok=True)
    with _served(out):
        if options.as_of is None:
            _first_week(out)
        _copy_sample(out)
        if options.as_of is None:
            _next_day(out)
        _last_week(out, options.as_of or AS_OF, started)


def _must_be_ours(out: Path) -> None:
    """Nothing of somebody's own is overwritten: a folder is new, or an earlier demo made it."""
    with as_file(files("config") / "sample") as sample:
        names = [*(source.name for source in sample.iterdir()), "leafnotes.db"]
    there = sorted(name for name in names if (out / name).exists())
    if there and not (out / ENV).exists():
        stop(f"{out} holds {there[0]}, which no demo wrote. Name another folder, say `--out {out}-demo`.", 2)


def _first_week(out: Path) -> None:
    """The week before, as the exports were then: mails, two answers to them, one correction."""
    if not (out / "leafnotes.db").exists():
        _copy_sample(out, before=BEFORE)
    with deployment(Global(directory=out, as_of=BEFORE)) as house:
        click.echo(f"Fernhill, as of {BEFORE:%a %d %b %Y}. Reading {len(house.sources)} sources ...")
        runner = engine(house)
        runner.run_once()
        period = periods.last_ended(house.now(), house.zone).label
    with deployment(Global(directory=out, as_of=TUESDAY)) as house:
        runner = engine(house)
        for said in ANSWERS:
            if _answer(runner, said, period):
                click.echo(f"{said.leader} answered the mail of {period}{' and told those who wrote' * said.told}")
    with deployment(Global(directory=out, as_of=THURSDAY)) as house, db.transaction(house.database) as session:
        if not corrections.events(session, MISREAD):
            corrections.correct(session, MISREAD, "developer", "an engineer", house.now())
            click.echo(f"a wrong label was corrected: {':'.join(MISREAD)} is developer pain")


def _answer(runner: Engine, said: Said, period: str) -> bool:
    """Answer as the leader would, on the page behind the link of their mail; False where it was done before."""
    from workers.web.app import create

    with runner.transaction() as session:
        stored = digests.digest(session, said.leader, period)
    document = from_store(stored.document if stored is not None else None, runner.deployment.links)
    pains = document.get("pains", [])
    address = next((p["answer_url"].removeprefix(SERVED) for p in pains if said.about in p["issues"]), None)
    if address is None:
        return False
    client = create(runner).test_client()
    page = client.get(address).text
    if "Your answer is kept" in page:
        return False
    nonce = re.search(r'name="nonce" value="([^"]+)"', page)
    form = {"kind": said.kind, "text": said.text, "due": said.due.isoformat(), "nonce": nonce[1] if nonce else ""}
    sent = client.post(address, data={**form, "step": "send"})
    if said.told:
        client.post(f"{address}/told")
    return sent.status_code == 303


def _next_day(out: Path) -> None:
    """What was escalated that week, and where it climbed to when nobody answered within a working day."""
    for as_of in (AS_OF, TOMORROW):
        with deployment(Global(directory=out, as_of=as_of)) as house:
            engine(house).run_once()
            with db.transaction(house.database) as session:
                for one in calling.report(house, session, as_of)["waiting"]:
                    if one["told"]:
                        click.echo(f"{as_of:%a %d %b}: escalated {one['issue']}: {one['said']}")


def _last_week(out: Path, as_of: datetime, started: float) -> None:
    with deployment(Global(directory=out, as_of=as_of)) as house:
        click.echo(f"Fernhill, as of {as_of:%a %d %b %Y}: the week after.")
        runner = engine(house)
        runner.run_once()
        period = periods.last_ended(house.now(), house.zone)
        folder = out / "digests" / period.label
        with db.transaction(house.database) as session:
            stored, aside = issues.count(session), len(issues.quarantined(session, limit=1000))
            pains, counts = len(registry.current(session)), digests.counts(session, period.label)
        click.echo(f"{stored} issues stored, {aside} set aside, {pains} pains in the registry")
        click.echo(
            f"{counts.get('composed', 0)} digests for week {period.label}, {counts.get('held', 0)} held by a gate"
        )
        click.echo(
            f"Done in {time.monotonic() - started:.1f} s. Open one of these in a browser, or read the .txt beside it:"
        )
        for leader in ("ines", "mara", "dele"):
            page = folder / f"{leader}.html"
            if page.exists():
                click.echo(f"  {page}")
        click.echo(f"All of them are in {folder}. Their links work while this runs (Ctrl-C ends it):")
        click.echo(f"  (. {out / ENV}; {command_name()} --config {out} --as-of {as_of.isoformat()} web)")
        click.echo("Look around:")
        click.echo(f"  {command_name()} --config {out} explain support:55119")
        click.echo(f"  {command_name()} --config {out} issues --side developer")
        if counts.get("held") or not counts.get("composed"):
            raise SystemExit(1)


ENV = "demo.env"


@contextmanager
def _served(out: Path) -> Iterator[None]:
    """The demo's own address and key, made once and kept beside it, in place of all that the environment says: no
    database, broker or mail server of somebody's own takes part."""
    path = out / ENV
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(
            f"export LEAFNOTES_PUBLIC_URL={SERVED}\nexport LEAFNOTES_SECRET_KEY={secrets.token_urlsafe(48)}\n"
        )
    own = dict(line.removeprefix("export ").split("=", 1) for line in path.read_text().splitlines() if "=" in line)
    before = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("LEAFNOTES_")}
    os.environ.update(own)
    try:
        _must_sign(out, path)
        yield
    finally:
        for name in own:
            os.environ.pop(name, None)
        os.environ.update(before)


def _must_sign(out: Path, path: Path) -> None:
    """The answers of the demo are given behind links: without a good key and an address there would be none."""
    environment, problems = Environment.survey(config_dir=out)
    if environment is not None:
        try:
            environment.require_secret_keys()
        except WeakKey as weak:
            problems = [weak.problem]
        if environment.public_url is None:
            problems.append(Problem(path.name, 0, "LEAFNOTES_PUBLIC_URL", "is not set"))
    if problems:
        said = "; ".join(f"{one.key} {one.message}" for one in problems)
        stop(f"{path}: {said}. Delete {path}, and run the demo again: it makes a new one.")


def _copy_sample(out: Path, before: datetime | None = None) -> None:
    """The sample's files, over those of an earlier demo; anything else that lies there is left alone.

    With `before`, the exports hold what was written until then.
    """
    with as_file(files("config") / "sample") as sample:
        for source in sorted(sample.iterdir()):
            if source.is_file():
                shutil.copyfile(source, out / source.name)
            if before is not None and source.suffix in (".jsonl", ".csv"):
                _cut(out / source.name, before)


def _cut(export: Path, before: datetime) -> None:
    if export.suffix == ".jsonl":
        lines = export.read_text(encoding="utf-8").splitlines(keepends=True)
        then = [line for line in lines if datetime.fromisoformat(json.loads(line)["created_at"]) < before]
        export.write_text("".join(then), encoding="utf-8")
        return
    with export.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    local = before.replace(tzinfo=None)
    kept = [row for row in rows if datetime.fromisoformat(row[head.index("Created")]) < local]
    with export.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *kept])


COMMANDS = (demo,)
