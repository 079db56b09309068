"""What came back by mail: each mail once, who is unheard because of it, and what waits for a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from pipeline.org import Org
from pipeline.store.upsert import insert
from pipeline.tables import DigestRow, MailRow, ReturnedRow

TROUBLES = ("hard", "policy", "soft")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A mail of ours that a token names."""

    id: int
    recipient: str
    leader: str
    period: str
    """Of a call its name."""
    state: str
    """Of its digest."""
    kind: str
    digest_id: int
    document: Mapping[str, Any] | None
    read_by: str | None = None
    """Who got it in the leader's place."""

    @property
    def reader(self) -> str:
        """Whose mail it was."""
        return self.read_by or self.leader


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    id: int
    message_id: str
    leader: str | None
    period: str | None
    recipient: str | None
    what: str
    stops: bool
    status: str | None
    reason: str | None
    excerpt: str
    at: datetime
    done: datetime | None
    note_to: str | None
    note_state: str | None
    note_alarm: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """The mail of ours that a returned one led to."""

    to: str
    message: bytes
    state: str
    attempt: int
    tried_at: datetime | None


def sent(session: Session, mail_id: int) -> Sent | None:
    query = (
        select(
            MailRow.id,
            MailRow.recipient,
            MailRow.digest_id,
            DigestRow.leader,
            DigestRow.period,
            DigestRow.state,
            DigestRow.kind,
            DigestRow.document,
            DigestRow.read_by,
        )
        .join(DigestRow, DigestRow.id == MailRow.digest_id)
        .where(MailRow.id == mail_id)
    )
    row = session.execute(query).one_or_none()
    return None if row is None else Sent(**row._mapping)


def keep(session: Session, key: str, **values: Any) -> int | None:
    """Write a mail down; None where it came before."""
    row = {"stops": False, "note_attempt": 0, "key": key, **values}
    statement = insert(session, ReturnedRow).values(row).on_conflict_do_nothing(index_elements=["key"])
    found: int | None = session.execute(statement.returning(ReturnedRow.id)).scalar_one_or_none()
    return found


def change(session: Session, row_id: int, **values: Any) -> None:
    session.execute(update(ReturnedRow).where(ReturnedRow.id == row_id).values(**values))


def unheard(session: Session, org: Org) -> dict[str, Stored]:
    """Leader to the bounce because of which their mails wait: of the address that they still have."""
    query = select(ReturnedRow).where(ReturnedRow.stops, ReturnedRow.done.is_(None)).order_by(ReturnedRow.id)
    found: dict[str, Stored] = {}
    for row in map(_stored, session.scalars(query)):
        person = org.people.get(row.leader or "")
        if person is not None and (person.email or "").lower() == (row.recipient or "").lower():
            found.setdefault(person.id, row)
    return found


def soft_before(session: Session, leader: str, recipient: str, since: datetime, until: datetime) -> bool:
    """Whether a mail to this address bounced between these times for a passing reason, and nothing came since."""
    query = select(ReturnedRow.id).where(
        ReturnedRow.leader == leader,
        ReturnedRow.recipient == recipient,
        ReturnedRow.what == "soft",
        ReturnedRow.done.is_(None),
        ReturnedRow.at >= since,
        ReturnedRow.at <= until,
    )
    return session.execute(query.limit(1)).one_or_none() is not None


def was_noted(session: Session, leader: str, recipient: str) -> bool:
    """Whether somebody was told that mails to this leader bounce, since they last arrived."""
    query = select(ReturnedRow.id).where(
        ReturnedRow.leader == leader,
        ReturnedRow.recipient == recipient,
        ReturnedRow.what.in_(TROUBLES),
        ReturnedRow.done.is_(None),
        ReturnedRow.note_to.is_not(None),
    )
    return session.execute(query.limit(1)).one_or_none() is not None


def clear(session: Session, leader: str, at: datetime) -> int:
    """Mails reach this leader again; how many bounces that ends."""
    ended = session.execute(
        update(ReturnedRow)
        .where(ReturnedRow.leader == leader, ReturnedRow.what.in_(TROUBLES), ReturnedRow.done.is_(None))
        .values(done=at)
        .returning(ReturnedRow.id)
    )
    return len(ended.all())


def settle(session: Session, row_id: int, at: datetime) -> bool:
    """A person has read it; False where there is nothing to read."""
    ended = session.execute(
        update(ReturnedRow)
        .where(ReturnedRow.id == row_id, ReturnedRow.done.is_(None), ReturnedRow.what.not_in(TROUBLES))
        .values(done=at)
        .returning(ReturnedRow.id)
    )
    return ended.one_or_none() is not None


def waiting(session: Session, limit: int = 500) -> list[Stored]:
    """What somebody has to look at, the newest first: bounces, mails for a person, notes that did not go out."""
    query = (
        select(ReturnedRow)
        .where(or_(ReturnedRow.done.is_(None), ReturnedRow.note_alarm.is_not(None)))
        .order_by(ReturnedRow.id.desc())
        .limit(limit)
    )
    return [_stored(row) for row in session.scalars(query)]


def note(session: Session, row_id: int) -> Note | None:
    row = session.get(ReturnedRow, row_id)
    if row is None or row.note is None or row.note_to is None or row.note_state is None:
        return None
    return Note(
        to=row.note_to, message=row.note, state=row.note_state, attempt=row.note_attempt, tried_at=row.note_tried_at
    )


def forget_text(session: Session, before: datetime) -> None:
    """What people wrote, after the retention; that they did stays."""
    session.execute(
        update(ReturnedRow).where(ReturnedRow.at < before, ReturnedRow.excerpt != "").values(excerpt="", note=None)
    )


def _stored(row: ReturnedRow) -> Stored:
    return Stored(
        id=row.id,
        message_id=row.message_id,
        leader=row.leader,
        period=row.period,
        recipient=row.recipient,
        what=row.what,
        stops=row.stops,
        status=row.status,
        reason=row.reason,
        excerpt=row.excerpt,
        at=row.at,
        done=row.done,
        note_to=row.note_to,
        note_state=row.note_state,
        note_alarm=row.note_alarm,
    )
