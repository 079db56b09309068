"""Work rows against a plain model: several workers, a database clock that moves, and processes that die.

A row's effect is a count beside it, written in the transaction that finishes or postpones it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule
from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.store import db, registry, work
from pipeline.store.work import Fenced, Job
from pipeline.tables import WorkRow
from tests.models.machine import Stored

KINDS = ("pull", "classify")
UNKNOWN = "brew-coffee"
KEYS = st.tuples(st.sampled_from((*KINDS, UNKNOWN)), st.sampled_from(("a", "b")))
WORKERS = ("one", "two", "three")
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
LEASE = timedelta(seconds=100)
spans = st.sampled_from([timedelta(seconds=n) for n in (0, 1, 30, 99, 100, 101, 600, 90_000)])


@dataclass
class Known:
    """What the model holds of a row."""

    state: str = "ready"
    wanted: int = 1
    serving: int = 0
    attempt: int = 0
    due: datetime = START
    lease: datetime | None = None
    holder: str | None = None
    job: Job | None = None
    """The claim that is valid; None where nobody holds the row."""
    effects: int = 0

    def claimable(self, now: datetime) -> bool:
        if self.state == "ready":
            return self.due <= now
        return self.state == "running" and self.lease is not None and self.lease < now

    def sleeps(self) -> bool:
        return self.state in ("done", "quarantined")

    def freed(self, state: str) -> None:
        self.state, self.job, self.lease = state, None, None


@dataclass
class Claim:
    worker: str
    row: tuple[str, str]
    job: Job


@dataclass
class World:
    rows: dict[tuple[str, str], Known] = field(default_factory=dict)
    claims: list[Claim] = field(default_factory=list)
    """Every claim that was ever made and not let go of: late ones too."""


class WorkRows(Stored):
    def __init__(self) -> None:
        super().__init__(START)
        self.world = World()

    # --- what the code is asked

    @initialize(row=KEYS)
    def first(self, row: tuple[str, str]) -> None:
        self.asked(row, None)

    @rule(row=KEYS, later=st.none() | spans)
    def asked(self, row: tuple[str, str], later: timedelta | None) -> None:
        after = None if later is None else self.clock.at + later
        with db.transaction(self.database) as session:
            work.request(session, *row, run_after=after)
        known = self.world.rows.get(row)
        if known is None:
            self.world.rows[row] = Known(due=after or self.clock.at)
            return
        known.wanted += 1
        if known.sleeps():
            known.freed("ready")
            known.attempt, known.due = 0, after or self.clock.at

    @rule(row=KEYS)
    def asked_and_rolled_back(self, row: tuple[str, str]) -> None:
        try:
            with db.transaction(self.database) as session:
                work.request(session, *row)
                raise RuntimeError
        except RuntimeError:
            pass

    @rule(worker=st.sampled_from(WORKERS), row=KEYS)
    def claimed(self, worker: str, row: tuple[str, str]) -> None:
        known = self.world.rows.get(row)
        with db.transaction(self.database) as session:
            ids = session.scalars(select(WorkRow.id).where(WorkRow.kind == row[0], WorkRow.key == row[1])).all()
            job = work.claim(session, ids[0] if ids else 10_000, KINDS, LEASE, worker)
        if known is None or row[0] == UNKNOWN or not known.claimable(self.clock.at):
            assert job is None
        elif known.attempt >= work.ATTEMPTS:
            assert job is None
            known.freed("quarantined")
        else:
            assert job is not None, f"{row} can be claimed"
            known.state, known.attempt, known.serving = "running", known.attempt + 1, known.wanted
            known.lease, known.holder, known.job = self.clock.at + LEASE, worker, job
            assert job.attempt == known.attempt
            self.world.claims.append(Claim(worker, row, job))

    @precondition(lambda self: self.world.claims)
    @rule(data=st.data(), lets_go=st.booleans())
    def finished(self, data: st.DataObject, lets_go: bool) -> None:
        claim = self.some(data, lets_go)
        if self.done_by(claim, lambda session: work.finish(session, claim.job)):
            known = self.world.rows[claim.row]
            known.freed("ready" if known.wanted > known.serving else "done")
            known.attempt, known.due = 0, self.clock.at

    @precondition(lambda self: self.world.claims)
    @rule(data=st.data())
    def renewed(self, data: st.DataObject) -> None:
        claim = self.some(data, False)
        if self.done_by(claim, lambda session: work.renew(session, claim.job, LEASE)):
            self.world.rows[claim.row].lease = self.clock.at + LEASE

    @precondition(lambda self: self.world.claims)
    @rule(data=st.data(), wait=spans, counts=st.booleans(), lets_go=st.booleans())
    def postponed(self, data: st.DataObject, wait: timedelta, counts: bool, lets_go: bool) -> None:
        claim = self.some(data, lets_go)
        if self.done_by(claim, lambda s: work.postpone(s, claim.job, wait, reason="later", counts=counts)):
            known = self.world.rows[claim.row]
            known.freed("ready")
            known.attempt -= not counts
            known.due = self.clock.at + wait

    @precondition(lambda self: self.world.claims)
    @rule(data=st.data(), lets_go=st.booleans())
    def set_aside(self, data: st.DataObject, lets_go: bool) -> None:
        claim = self.some(data, lets_go)
        if self.done_by(claim, lambda session: work.quarantine(session, claim.job, "it is broken")):
            self.world.rows[claim.row].freed("quarantined")

    @rule(worker=st.sampled_from(WORKERS))
    def known_to_be_dead(self, worker: str) -> None:
        with db.transaction(self.database) as session:
            ended = work.abandon(session, worker)
        held = [known for known in self.world.rows.values() if known.state == "running" and known.holder == worker]
        assert ended == len(held)
        for known in held:
            known.freed("ready")
            known.due = self.clock.at

    @rule(row=KEYS)
    def taken_away_by_an_operator(self, row: tuple[str, str]) -> None:
        with db.transaction(self.database) as session:
            work.release(session, *row)
        known = self.world.rows.get(row)
        if known is not None and known.state != "done":
            known.freed("ready")
            known.attempt, known.due = 0, self.clock.at

    @rule(kind=st.sampled_from(KINDS))
    def hurried(self, kind: str) -> None:
        with db.transaction(self.database) as session:
            work.hurry(session, kind)
        for row, known in self.world.rows.items():
            if row[0] == kind and known.state == "ready":
                known.due = self.clock.at

    @rule(kind=st.sampled_from(KINDS), asked_since=st.sampled_from(("a", "b")))
    def done_along_with_another(self, kind: str, asked_since: str) -> None:
        with db.transaction(self.database) as session:
            seen = work.wanted(session, kind)
        assert seen == {
            key: known.wanted for (of, key), known in self.world.rows.items() if of == kind and not known.sleeps()
        }
        self.asked((kind, asked_since), None)
        with db.transaction(self.database) as session:
            work.settle(session, kind, seen)
        for (of, key), known in self.world.rows.items():
            if of == kind and known.state == "ready" and seen.get(key) == known.wanted:
                known.freed("done")
                known.attempt = 0

    @rule(by=spans)
    def time_passes(self, by: timedelta) -> None:
        self.clock.move(by)

    # --- what must be true

    @invariant()
    def the_rows_are_those_of_the_model(self) -> None:
        with db.reading(self.database) as session:
            rows = {(row.kind, row.key): row for row in session.scalars(select(WorkRow))}
            due = set(work.due(session, KINDS))
        assert rows.keys() == self.world.rows.keys()
        now = self.clock.at
        for name, known in self.world.rows.items():
            row = rows[name]
            assert (row.state, row.wanted, row.attempt) == (known.state, known.wanted, known.attempt), name
            assert row.lease_until == known.lease, name
            assert 0 <= row.attempt <= work.ATTEMPTS, name
            assert (row.id in due) == (name[0] in KINDS and known.claimable(now)), name
            assert row.error or row.state != "quarantined", name

    @invariant()
    def only_valid_holders_had_an_effect(self) -> None:
        with db.reading(self.database) as session:
            for (kind, key), known in self.world.rows.items():
                assert int(registry.mark(session, f"effect {kind} {key}") or 0) == known.effects

    def some(self, data: st.DataObject, lets_go: bool) -> Claim:
        """A claim, valid or long lost; a worker that does not let go tries again with the same."""
        claim = data.draw(st.sampled_from(self.world.claims))
        if lets_go:
            self.world.claims.remove(claim)
        return claim

    def done_by(self, claim: Claim, how: Callable[[Session], None]) -> bool:
        """Whether an effect with its step of the row was kept: so it is for whoever holds the row, and for no other."""
        known = self.world.rows[claim.row]
        try:
            with db.transaction(self.database) as session:
                mark = f"effect {claim.row[0]} {claim.row[1]}"
                registry.set_mark(session, mark, str(int(registry.mark(session, mark) or 0) + 1))
                how(session)
        except Fenced:
            assert known.job != claim.job, f"{claim.worker} held {claim.row}"
            return False
        assert known.job == claim.job, f"{claim.worker} no longer held {claim.row}"
        known.effects += 1
        return True
