"""Versions of what corrections taught. One is live, at most one is tried in its shadow, the last ones are kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from pipeline.store.upsert import ignore
from pipeline.tables import LessonsRow, MarkRow, VerdictRow

KEPT = 3
"""Versions that were live before and can be taken back."""
_LOCK = "lessons"


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version; `content` is None once it was dropped."""

    version: int
    state: str
    content: bytes | None
    spread: bool
    about: Mapping[str, Any]
    at: datetime


def versions(session: Session) -> list[Version]:
    """All of them, oldest first."""
    return [_version(row) for row in session.scalars(select(LessonsRow).order_by(LessonsRow.version))]


def in_state(session: Session, state: str) -> Version | None:
    """The live one, or the one in the shadow."""
    query = select(LessonsRow).where(LessonsRow.state == state).order_by(LessonsRow.version.desc()).limit(1)
    row = session.scalars(query).one_or_none()
    return None if row is None else _version(row)


def _version(row: LessonsRow) -> Version:
    return Version(
        version=row.version, state=row.state, content=row.content, spread=row.spread, about=row.about, at=row.at
    )


def lock(session: Session, *, shared: bool = False) -> None:
    """Which version is live does not change until this transaction ends; without `shared` one at a time changes it."""
    ignore(session, MarkRow, [{"name": _LOCK, "value": ""}], ["name"])
    session.execute(select(MarkRow.name).where(MarkRow.name == _LOCK).with_for_update(read=shared)).one()


def numbers(session: Session) -> tuple[int, int]:
    """The numbers of the live version and of the one in the shadow, 0 where there is none."""
    query = select(LessonsRow.state, LessonsRow.version).where(LessonsRow.state.in_(("live", "shadow")))
    found = dict(session.execute(query).all())
    return found.get("live", 0), found.get("shadow", 0)


def add(session: Session, state: str, content: bytes, about: Mapping[str, Any], at: datetime) -> int:
    """Write the next version; it has not been spread yet."""
    version = (session.execute(select(func.max(LessonsRow.version))).scalar_one() or 0) + 1
    row = LessonsRow(version=version, state=state, content=content, spread=False, about=dict(about), at=at)
    session.add(row)
    session.flush()
    return version


def change(session: Session, version: int, **values: Any) -> None:
    """Change a version's state, `spread` or `about`."""
    session.execute(update(LessonsRow).where(LessonsRow.version == version).values(**values))


def drop_old(session: Session) -> None:
    """Let go of the lessons of all but the newest versions that were live before."""
    query = select(LessonsRow.version).where(LessonsRow.state == "kept").order_by(LessonsRow.version.desc())
    for version in list(session.scalars(query.offset(KEPT))):
        change(session, version, state="dropped", content=None)


def shadow_counts(session: Session, version: int) -> tuple[int, int]:
    """(verdicts beside which the shadow's was written, those of them that it would change)."""
    query = select(func.count(), func.count().filter(VerdictRow.shadow != VerdictRow.side))
    read, differs = session.execute(query.where(VerdictRow.shadow_version == version)).one()
    return read, differs
