"""From the source to the mail: all that a deployment does in a week, against the sum of what its parts must cost."""

import json
import sys
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import yaml
from sqlalchemy import Executable, func, select

from benchmarks import data, servers, truth
from benchmarks.measure import Row, Spent, child, interleaved
from benchmarks.stages import Puller, Scale
from pipeline import periods
from pipeline.store import db
from pipeline.tables import DigestRow, VerdictRow
from tests import local_servers

LEADERS = 1_000
BRANCHES = 8
"""Teams below a team."""
SETTINGS = "organisation: {name: Harbour, timezone: Europe/London}\nclassify: {mode: fast}\n"
"""Of the deployment: how it classifies is said here."""
KEY = "k3Yt0-Zq9v_7XwLmN4pRsUu8BcDdEeFfGgHhJj2K5M"


def organisation(leaders: int) -> str:
    """org.yaml of so many teams, eight below each, a leader each; the leaves own the labels of the server's issues."""
    leaves = [n for n in range(leaders) if n * BRANCHES + 1 >= leaders]
    teams = [_team(n, leaves) for n in range(leaders)]
    people = [{"id": f"l{n}", "name": f"{_name(n)} Okoro", "email": f"l{n}@harbour.example"} for n in range(leaders)]
    return yaml.safe_dump({"people": people, "teams": teams, "fallback": "t0"}, sort_keys=False)


def _team(number: int, leaves: list[int]) -> dict[str, object]:
    made: dict[str, object] = {"id": f"t{number}", "name": _name(number), "leader": f"l{number}"}
    if number:
        made["parent"] = f"t{(number - 1) // BRANCHES}"
    if number >= leaves[0]:
        mine = range(number - leaves[0], servers.LABELS, len(leaves))
        made |= {"size": 12, "owns": [{"source": data.SOURCE, "label": servers.label(one)} for one in mine]}
    return made


def _name(number: int) -> str:
    """Without figures, as names are; the same again after 208."""
    return f"{data.QUAYS[number % 13]} {data.WORKS[number // 13 % 16]}"


def monday_after(issues: int) -> datetime:
    """Noon of the first Monday after the last issue was changed."""
    last = servers.START + issues * servers.STEP
    return (last + timedelta(days=7 - last.weekday())).replace(hour=14, minute=0, second=0)


@dataclass(frozen=True, slots=True)
class Deployment:
    """A configured deployment with its leaders, between a source and a mail server."""

    puller: Puller
    leaders: int
    box: local_servers.Box

    def ours(self) -> Spent:
        """`leafnotes run --once` into nothing. A digest that is held ends it with 1, and is told of in the report."""
        for left in (*self.puller.folder.glob("leafnotes.db*"), *self.puller.folder.glob("sent.log")):
            left.unlink()
        self.box.messages.clear()
        spent = self.puller.leafnotes("--as-of", self._now.isoformat(), "run", "--once", codes=(0, 1))
        truth.hold(truth.stored(self.puller.database), self.puller.issues, "the run")
        weekly, held = self.decided()
        truth.must(weekly + held == self.leaders, f"{weekly} digests of {self.leaders} leaders, and {held} held")
        truth.must(self._judged() == self.puller.issues, "not every issue has a verdict")
        reached = {recipient for mail in self.box.messages for recipient in mail.rcpt_tos}
        truth.must(len(reached) >= weekly, f"{len(reached)} of {weekly} leaders got their mail")
        return spent

    def floor(self) -> float:
        """The sum of the plainest parts, without start-up."""
        week = periods.last_ended(self._now, "Europe/London")
        port, leaders = str(self.box.port), str(self.leaders)
        dates = [servers.stamp(week.start), servers.stamp(week.end)]
        command = [sys.executable, "-m", "benchmarks.plain_whole", self.puller.url, port, leaders, *dates]
        told = json.loads(child([*command, str(self.puller.folder)], self.puller.folder).output)
        done = (told["read"], told["judged"], told["sent"])
        truth.must(done == (self.puller.issues, self.puller.issues, self.leaders), f"the floor did {done}")
        return float(sum(told["cpu"].values()))

    def decided(self) -> tuple[int, int]:
        """(composed, held) digests of the week."""
        found = self._ask(
            select(DigestRow.state, func.count()).where(DigestRow.kind == "weekly").group_by(DigestRow.state)
        )
        states = {state: int(count) for state, count in found}
        return states.get("composed", 0), states.get("held", 0)

    def _judged(self) -> int:
        return int(self._ask(select(func.count()).select_from(VerdictRow))[0][0])

    def _ask(self, query: Executable) -> list[Any]:
        engine = db.connect(self.puller.database)
        try:
            with db.reading(engine) as session:
                return list(session.execute(query).all())
        finally:
            engine.dispose()

    @property
    def _now(self) -> datetime:
        return monday_after(self.puller.issues)


def run(scale: Scale, leaders: int = LEADERS) -> list[Row]:
    """The shipped command from an empty database to mails that a server took, against the sum of floors."""
    leaders = min(leaders, max(20, scale.issues // 10))
    with servers.github(scale.issues) as url, local_servers.smtp() as box:
        puller = Puller.beside(url, replace(scale, folder=scale.folder / "whole"), scale.issues)
        (puller.folder / "org.yaml").write_text(organisation(leaders))
        (puller.folder / "settings.yaml").write_text(SETTINGS)
        mail = {"LEAFNOTES_SMTP_URL": f"{box.url}?starttls=no", "LEAFNOTES_SECRET_KEY": KEY}
        deployment = Deployment(replace(puller, environment=mail), leaders, box)
        puller.warm_up()
        cpu = interleaved(scale.rounds, {"ours": deployment.ours, "floor": deployment.floor})
        composed, held = deployment.decided()
    stage = f"end to end: {scale.issues:,} issues, {leaders:,} leaders"
    told = "digests handed over", f"{composed:,} of {leaders:,}"
    return [
        Row.against(stage, cpu["ours"], cpu["floor"], "sum of floors", 2),
        Row(f"end to end: {told[0]}", told[1], "", None, "every leader's", held == 0),
    ]
