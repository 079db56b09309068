"""Mails on their way: a server that takes, defers, refuses and hangs up, and workers that die at any point.

The server keeps every copy that it took, whatever it said. Whether a hand-over was uncertain is known here from what
was done, not from what was written down.
"""

from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes
from typing import Any
from unittest.mock import patch

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule
from sqlalchemy import select, update

from connectors.smtp import Outcome
from pipeline import mailing, steps
from pipeline.letters import Letter
from pipeline.store import db, work
from pipeline.tables import IssueRow, MailRow, WorkRow
from tests.models import rosta
from tests.models.machine import Clock, Killed, Machine

PATIENCE = mailing.PATIENCE + mailing.LONGEST_WAIT
ANSWERS = {
    "accepted": (True, Outcome("accepted", "250 queued")),
    "rejected": (False, Outcome("rejected", "550 no such user")),
    "deferred": (False, Outcome("deferred", "451 later")),
    "hung up, took it": (True, Outcome("unknown", "closed")),
    "hung up": (False, Outcome("unknown", "closed")),
    "killed before the dot": (False, None),
    "killed after the dot": (True, None),
}
"""(whether the server has it now, what it says; None: the worker dies in between)."""
DEATHS = (None, None, None, "before prepare", "in prepare", "before record", "in record")


@dataclass
class Server:
    answer: str = "accepted"
    kept: dict[str, list[bytes]] = field(default_factory=lambda: defaultdict(list))
    handed: Counter[str] = field(default_factory=Counter)
    uncertain: Counter[str] = field(default_factory=Counter)
    """How often nobody could know whether it has a mail."""
    last: str | None = None
    safe_to_repeat: bool = False

    def send(self, letter: Letter) -> Outcome:
        has, says = ANSWERS[self.answer]
        self.last = letter.recipient
        self.handed[letter.recipient] += 1
        if has:
            self.kept[letter.recipient].append(letter.message)
        if says is None or says.kind == "unknown":
            self.uncertain[letter.recipient] += 1
        if says is None:
            raise Killed
        return says


class Mails(Machine):
    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock(rosta.DUE)
        self.during.enter_context(self.clock.patched())
        self.engine = rosta.composed().again(self.clock)
        self.server = Server()
        self.engine.deployment.__dict__["sender"] = self.server
        self.kills: Counter[str] = Counter()
        self.first: dict[str, datetime] = {}

    @rule(answer=st.sampled_from(sorted(ANSWERS)), death=st.sampled_from(DEATHS), data=st.data())
    def a_worker_comes(self, answer: str, death: str | None, data: st.DataObject) -> None:
        with db.reading(self.engine.deployment.database) as session:
            ids = work.due(session, ["deliver"])
        if ids:
            self.perform(data.draw(st.sampled_from(ids)), answer, death)

    def perform(self, row: int, answer: str, death: str | None) -> None:
        self.server.answer, self.server.last = answer, None
        who = self.recipient(row)
        before = self.server.handed[who]
        try:
            with ExitStack() as deadly:
                for name, dies in _deadly(death).items():
                    deadly.enter_context(patch.object(steps, name, dies))
                self.engine.perform(row)
        except Killed:
            self.kills[who] += 1
            handed = self.server.handed[who] > before
            if handed and ANSWERS[answer][1] is not None and ANSWERS[answer][1].kind != "unknown":
                self.server.uncertain[who] += 1  # what it said was never written down
        if self.server.handed[who] > before:
            self.first.setdefault(who, self.clock.at)

    @rule(minutes=st.sampled_from([0.1, 1, 5, 15, 60, 360, 1500]))
    def time_passes(self, minutes: float) -> None:
        self.clock.move(timedelta(minutes=minutes))

    @rule()
    def until_something_is_due(self) -> None:
        with db.reading(self.engine.deployment.database) as session:
            wait = work.next_due(session, ["deliver"])
        if wait is not None:
            self.clock.move(wait + timedelta(seconds=1))

    @rule()
    def the_dead_are_known(self) -> None:
        with db.transaction(self.engine.deployment.database) as session:
            for holder in work.holders(session):
                work.abandon(session, holder)

    @rule(number=st.integers(1, 6))
    def an_issue_becomes_private(self, number: int) -> None:
        with db.transaction(self.engine.deployment.database) as session:
            session.execute(update(IssueRow).where(IssueRow.external_id == str(number)).values(tags=["private"]))

    @rule(answer=st.sampled_from(("deferred", "accepted", "hung up")))
    def comes_to_rest(self, answer: str) -> None:
        """Whatever the server says for days: every mail ends, or waits for a person who is told."""
        for _ in range(80):
            with db.reading(self.engine.deployment.database) as session:
                ids, wait = work.due(session, ["deliver"]), work.next_due(session, ["deliver"])
            if not ids and wait is None:
                break
            for row in ids:
                self.perform(row, answer, None)
            if not ids and wait is not None:
                self.clock.move(wait + timedelta(seconds=1))
        with db.reading(self.engine.deployment.database) as session:
            states = set(session.scalars(select(MailRow.state)))
            aside = {key for kind, key, _ in work.set_aside(session) if kind == "deliver"}
            stuck = {str(row) for row in session.scalars(select(MailRow.id).where(MailRow.state.not_in(mailing.FINAL)))}
        assert stuck <= aside, f"{states} do not end"

    @invariant()
    def each_mail_is_one_or_two_equal_copies_and_what_is_uncertain_is_flagged(self) -> None:
        with db.reading(self.engine.deployment.database) as session:
            rows = list(session.execute(select(MailRow.id, MailRow.recipient, MailRow.state, MailRow.alarm)))
            jobs = {row.key: row for row in session.scalars(select(WorkRow).where(WorkRow.kind == "deliver"))}
            names = dict(session.execute(select(MailRow.recipient, MailRow.message_id)).all())
        assert len(rows) == len(names) == 2
        for mail, who, state, alarm in rows:
            kept, uncertain = self.server.kept[who], self.server.uncertain[who]
            assert len(kept) <= 1 + min(uncertain, 1), f"{who} has {len(kept)} copies, {uncertain} times uncertain"
            assert len(set(kept)) <= 1, f"the copies of {who} differ"
            assert uncertain <= 2, f"{who} was handed over again after {uncertain} uncertain times"
            assert all(message_from_bytes(copy)["Message-ID"] == names[who] for copy in kept)
            if state == "accepted":
                assert kept or uncertain, who
                assert len(kept) < 2 or alarm, f"{who} may have two copies, and nobody is told"
            if state in mailing.LOST or state == "unknown":
                assert alarm, f"{who} is {state}, and nobody is told"
            self.it_ends_or_waits(who, state, jobs[str(mail)])

    def it_ends_or_waits(self, who: str, state: str, job: WorkRow) -> None:
        if state in mailing.FINAL or job.state == "quarantined":
            if job.state == "quarantined":
                assert self.kills[who] >= work.ATTEMPTS, f"{who} was set aside after {self.kills[who]} deaths"
                assert job.error, who
            return
        until = job.lease_until if job.state == "running" else job.run_after
        assert job.state in ("ready", "running"), f"{who} is {state}, and nothing more will come"
        assert until is not None, who
        assert until - self.clock.at <= mailing.LONGEST_WAIT, f"{who} waits until {until}"

    def recipient(self, row: int) -> str:
        with db.reading(self.engine.deployment.database) as session:
            key = session.scalars(select(WorkRow.key).where(WorkRow.id == row)).one()
            return session.scalars(select(MailRow.recipient).where(MailRow.id == int(key))).one()


def _deadly(death: str | None) -> dict[str, Any]:
    """The steps of `pipeline.steps` with a kill before one of them, or after it and before its transaction commits."""
    if death is None:
        return {}
    when, name = death.split()
    right: Callable[..., Any] = getattr(steps, name)

    def dies(*given: Any, **named: Any) -> Any:
        if when == "in":
            right(*given, **named)
        raise Killed

    return {name: dies}
