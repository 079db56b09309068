"""What is shown before it is quoted upward, and what leaders add to it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from pipeline.digest.material import Added
from pipeline.preview import Foreseen
from pipeline.store.upsert import put
from pipeline.tables import ContextRow, PreviewRow


def shown(session: Session, period: str, leader: str | None = None) -> list[Foreseen]:
    """What is shown of a period, to one leader or to all; in a fixed order."""
    query = select(PreviewRow).where(PreviewRow.period == period)
    if leader is not None:
        query = query.where(PreviewRow.leader == leader)
    rows = session.scalars(query.order_by(PreviewRow.issue, PreviewRow.reader))
    return [Foreseen(reader=row.reader, leader=row.leader, issue=row.issue, text=row.text) for row in rows]


def show(session: Session, period: str, rows: Sequence[Foreseen], at: datetime) -> None:
    """Show words from now on. Of a reader and an issue there is one row: other words take the place of those before."""
    values = [
        {"period": period, "reader": r.reader, "issue": r.issue, "leader": r.leader, "text": r.text, "at": at}
        for r in rows
    ]
    put(session, PreviewRow, values, ["period", "reader", "issue"])


def hide(session: Session, period: str, rows: Sequence[Foreseen]) -> None:
    """Show words no longer: they will not be quoted."""
    for row in rows:
        this = (PreviewRow.period == period, PreviewRow.reader == row.reader, PreviewRow.issue == row.issue)
        session.execute(delete(PreviewRow).where(*this))


def add(session: Session, period: str, leader: str, issue: str, text: str, at: datetime) -> None:
    """Keep what a leader adds, in place of what they added before."""
    row = {"period": period, "leader": leader, "issue": issue, "text": text, "at": at}
    put(session, ContextRow, [row], ["period", "leader", "issue"])


def take_back(session: Session, period: str, leader: str, issue: str) -> None:
    this = (ContextRow.period == period, ContextRow.leader == leader, ContextRow.issue == issue)
    session.execute(delete(ContextRow).where(*this))


def added(session: Session, period: str) -> Mapping[str, Sequence[Added]]:
    """By issue what leaders added to its words in a period."""
    query = select(ContextRow).where(ContextRow.period == period).order_by(ContextRow.issue, ContextRow.leader)
    found: dict[str, list[Added]] = {}
    for row in session.scalars(query):
        found.setdefault(row.issue, []).append(Added(by=row.leader, text=row.text))
    return found


def added_by(session: Session, period: str, leader: str) -> Mapping[str, str]:
    """By issue what one leader added."""
    query = select(ContextRow).where(ContextRow.period == period, ContextRow.leader == leader)
    return {row.issue: row.text for row in session.scalars(query)}


def forget(session: Session, before: datetime) -> None:
    """Words of people and of leaders, after the retention of texts."""
    session.execute(delete(PreviewRow).where(PreviewRow.at < before))
    session.execute(delete(ContextRow).where(ContextRow.at < before))
