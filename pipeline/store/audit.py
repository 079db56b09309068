"""The audit: that somebody decided something, or that a mail was handed over, as a chain of hashes.

Rows are written at the end of the transaction of what they tell of, under a lock that is then the last to be taken, so
that no two can wait for each other. No words of tickets stand here. The names of people are sealed: the chain holds the
hash of the names with a nonce, so that a name can be forgotten and the chain still be checked.
"""

import hashlib
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.store import db
from pipeline.tables import AuditRow, MarkRow, TombstoneRow

Role = Literal["person", "operator", "link", "mail", "source", "system"]
HEAD: Final = "audit"
"""Mark with number and hash of the newest row: a row that is cut off at the end is missed too."""
BATCH: Final = 500
CHAINED: Final = ("before", "id", "at", "role", "what", "object", "version", "seal")
"""What a row's hash is made of."""


@dataclass(frozen=True, slots=True)
class By:
    """Who decided, and in which role: signed in, with a command, with a link, by mail, by a label of a source, or the
    system itself."""

    role: Role
    who: str | None = None


SYSTEM: Final = By("system")
OF_HOW: Final[dict[str, Role]] = {"cli": "operator", "page": "link", "mail": "mail", "label": "source"}
"""The role behind the `how` of an answer, a correction or an objection."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    id: int
    at: datetime
    role: str
    who: str | None
    what: str
    object: str
    about: str | None
    version: str


def acting(session: Session, by: By) -> None:
    """Whose decisions this transaction keeps, where that is known better than by the way they came."""
    session.info["acting"] = by


def by_way(how: str, who: str | None) -> By:
    """Somebody, by the way in which their decision came: cli, page, mail, or a label of a source."""
    return By(OF_HOW.get(how, "system"), who)


def record(session: Session, by: By, what: str, thing: str, *, about: str | None = None, version: str = "") -> None:
    """Have it written at the end of this transaction, which is one of `pipeline.store.db`."""
    by = session.info.get("acting", by) if by.role != "system" else by
    values = {
        "role": by.role,
        "who": by.who and by.who[:255],
        "what": what[:32],
        "object": thing[:600],
        "about": about and about[:255],
        "version": version[:64],
    }
    db.at_the_end(session, lambda ending: _write(ending, values))


def _write(session: Session, values: dict[str, Any]) -> None:
    query = select(MarkRow).where(MarkRow.name == HEAD).with_for_update()
    head = session.scalars(query.execution_options(populate_existing=True)).one()
    number, before = _head(head.value)
    row = {
        **values,
        "id": number + 1,
        "at": db.now(session).replace(microsecond=0),
        "nonce": secrets.token_hex(16),
        "before": before,
    }
    row["seal"] = _seal(row["nonce"], row["who"], row["about"])
    row["hash"] = _hash(row)
    session.add(AuditRow(**row))
    head.value = f"{row['id']} {row['hash']}"
    session.flush()


def _head(value: str) -> tuple[int, str]:
    number, _, newest = value.partition(" ")
    return int(number or 0), newest


def _seal(nonce: str, who: str | None, about: str | None) -> str:
    return hashlib.sha256(json.dumps([nonce, who, about]).encode()).hexdigest()


def _hash(row: dict[str, Any]) -> str:
    at = row["at"].astimezone(UTC).isoformat()
    told = [at if name == "at" else row[name] for name in CHAINED]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def entries(session: Session, since: datetime | None = None) -> Iterator[Entry]:
    """Every row, the oldest first."""
    for row in _rows(session):
        if since is not None and row.at < since:
            continue
        yield Entry(
            id=row.id,
            at=row.at,
            role=row.role,
            who=row.who,
            what=row.what,
            object=row.object,
            about=row.about,
            version=row.version,
        )


def _rows(session: Session) -> Iterator[AuditRow]:
    """In order, a few hundred in memory at a time."""
    after = 0
    while True:
        rows = session.scalars(select(AuditRow).where(AuditRow.id > after).order_by(AuditRow.id).limit(BATCH)).all()
        yield from rows
        if len(rows) < BATCH:
            return
        after = rows[-1].id
        session.expunge_all()


def verify(session: Session) -> tuple[int, str | None]:
    """(rows that hold, what is wrong with the first that does not: None where all hold)."""
    forgotten = set(session.scalars(select(TombstoneRow.pseudonym).distinct()))
    number, before = 0, ""
    for row in _rows(session):
        if row.id != number + 1:
            return number, f"row {number + 1} is missing"
        if row.before != before or row.hash != _hash({name: getattr(row, name) for name in CHAINED}):
            return number, f"row {row.id} was changed, or put in by hand"
        if row.nonce and row.seal != _seal(row.nonce, row.who, row.about):
            return number, f"row {row.id} names somebody else than it did"
        if not row.nonce and not {row.who, row.about} & forgotten:
            return number, f"row {row.id} lost its names, and nobody was forgotten"
        number, before = row.id, row.hash
    last, noted = _head(session.execute(select(MarkRow.value).where(MarkRow.name == HEAD)).scalar_one_or_none() or "")
    if (last, noted) != (number, before):
        return (
            number,
            f"row {number + 1} is missing" if last > number else "the newest row is not the one noted",
        )
    return number, None


def newest(session: Session) -> str:
    """The hash of the newest row, empty where there is none."""
    value = session.execute(select(MarkRow.value).where(MarkRow.name == HEAD)).scalar_one_or_none()
    return _head(value or "")[1]
