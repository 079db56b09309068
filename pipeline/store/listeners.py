"""How leaders want to listen."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline import listening
from pipeline.listening import Listening
from pipeline.privacy import TENDER
from pipeline.store import audit
from pipeline.store.issues import chunks, identity, of_these
from pipeline.store.upsert import put
from pipeline.tables import IssueRow, ListenerRow, VerdictRow


def every(session: Session) -> dict[str, Listening]:
    """Leader to how they listen, of those who ever said so."""
    return {row.leader: _listening(row) for row in session.scalars(select(ListenerRow))}


def get(session: Session, leader: str) -> Listening:
    row = session.scalars(select(ListenerRow).where(ListenerRow.leader == leader)).one_or_none()
    return Listening(leader=leader) if row is None else _listening(row)


def keep(session: Session, said: Listening, now: datetime) -> None:
    row = {"leader": said.leader, "paused_at": said.paused_at, "until": said.until, "delegate": said.delegate}
    put(session, ListenerRow, [{**row, "changed_at": now}], ["leader"])
    session.expire_all()
    what = "pause" if said.paused_at is not None else "hand over" if said.delegate is not None else "listen"
    audit.record(session, audit.By("link", said.leader), what, "leaf notes", about=said.delegate)


def pause(session: Session, leader: str, at: datetime | None, now: datetime) -> None:
    """A leader stops listening at this time, or, with None, listens again."""
    keep(session, replace(get(session, leader), paused_at=at, until=None), now)


def paused(session: Session, at: datetime) -> Mapping[str, datetime]:
    """The leaders who do not listen at a moment, and since when."""
    return listening.paused(every(session), at)


def tender(session: Session, names: Collection[str]) -> list[tuple[str, str | None]]:
    """(source, author's account) of those of these issues ("source:external_id") in which somebody admits a mistake or
    distress."""
    found = []
    for some in chunks(sorted(map(identity, names))):
        query = select(IssueRow, VerdictRow.signals).join(VerdictRow, VerdictRow.issue_id == IssueRow.id)
        for issue, signals in session.execute(query.where(of_these(session, IssueRow, some))):
            if f"{issue.source}:{issue.external_id}" in names and not TENDER.isdisjoint(name for name, *_ in signals):
                found.append((issue.source, issue.author))
    return found


def _listening(row: ListenerRow) -> Listening:
    return Listening(leader=row.leader, paused_at=row.paused_at, until=row.until, delegate=row.delegate)
