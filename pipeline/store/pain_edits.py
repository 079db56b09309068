"""What people decided about pains, as a list that is only added to; each entry holds what it needs to be undone."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from pipeline.store import registry
from pipeline.store.corrections import corrections
from pipeline.store.issues import chunks, verdict_of
from pipeline.store.registry import clear_mark, set_mark
from pipeline.store.upsert import put
from pipeline.tables import IssueRow, MarkRow, MemberRow, PainRow, VerdictRow

EDIT = "pains edit "
INTO = "pains into "


@dataclass(frozen=True, slots=True)
class Edit:
    """`before` are the pains as they were (None: not there), `moved` the pain that each moved issue had by row id.

    `closed` is the last closed period then: an edit can be undone until another closes.
    """

    number: int
    what: Literal["merge", "split", "rename"]
    pains: tuple[str, ...]
    by: str
    at: str
    closed: str | None
    before: Mapping[str, Mapping[str, Any] | None]
    moved: Mapping[str, str]


def edits(session: Session) -> list[Edit]:
    """Those that stand, oldest first."""
    query = select(MarkRow.value).where(MarkRow.name.startswith(EDIT)).order_by(MarkRow.name)
    return [Edit(**{**raw, "pains": tuple(raw["pains"])}) for raw in map(json.loads, session.scalars(query))]


def keep(session: Session, edit: Edit) -> None:
    set_mark(session, f"{EDIT}{edit.number:06d}", json.dumps(asdict(edit), sort_keys=True))


def forget(session: Session, edit: Edit) -> None:
    clear_mark(session, f"{EDIT}{edit.number:06d}")


def redirects(session: Session) -> dict[str, str]:
    """The pain that each merged one went into."""
    query = select(MarkRow.name, MarkRow.value).where(MarkRow.name.startswith(INTO))
    return {name.removeprefix(INTO): value for name, value in session.execute(query)}


def redirect(session: Session, pain: str, into: str | None) -> None:
    if into is None:
        clear_mark(session, INTO + pain)
    else:
        set_mark(session, INTO + pain, into)


def set_pains(session: Session, pains: Mapping[str, Mapping[str, Any] | None]) -> None:
    """Write pains as they are to be from the last closed period on; None takes one away."""
    gone = [pain for pain, value in pains.items() if value is None]
    session.execute(delete(PainRow).where(PainRow.id.in_(gone)))
    rows = [{"id": i, "live": dict(v), "frozen": dict(v)} for i, v in sorted(pains.items()) if v is not None]
    put(session, PainRow, rows, ["id"])


def frozen_members(session: Session, pain: str) -> list[int]:
    query = select(MemberRow.issue_id).where(MemberRow.pain == pain, MemberRow.frozen.is_(True))
    return list(session.scalars(query.order_by(MemberRow.issue_id)))


def move(session: Session, issue_ids: Sequence[int], pain: str) -> None:
    for some in chunks(list(issue_ids)):
        session.execute(update(MemberRow).where(MemberRow.issue_id.in_(some)).values(pain=pain))


def told(
    session: Session, only: Iterable[str] | None = None, since: datetime | None = None
) -> list[tuple[IssueRow, VerdictRow, str, str, float]]:
    """(issue, verdict, side that counts, pain, score) of what belongs to pains and may be shown, oldest first."""
    fixed = corrections(session)
    query = (
        select(IssueRow, VerdictRow, MemberRow.pain, MemberRow.score)
        .join(VerdictRow, VerdictRow.issue_id == IssueRow.id)
        .join(MemberRow, MemberRow.issue_id == IssueRow.id)
        .where(IssueRow.state != "deleted")
        .order_by(IssueRow.created_at, IssueRow.source, IssueRow.external_id)
    )
    if only is not None:
        query = query.where(MemberRow.pain.in_(sorted(only)))
    if since is not None:
        query = query.where(IssueRow.created_at >= since)
    found: list[tuple[IssueRow, VerdictRow, str, str, float]] = []
    for issue, row, pain, score in session.execute(query):
        verdict = verdict_of(row, fixed.get((issue.source, issue.external_id)))
        if verdict.side != "none" and not registry.hidden(issue.tags, [signal.name for signal in verdict.signals]):
            found.append((issue, row, verdict.side, pain, score))
    return found


def newest_member(session: Session) -> datetime | None:
    """When the newest issue that belongs to a pain was written."""
    joined = select(func.max(IssueRow.created_at)).join(MemberRow, MemberRow.issue_id == IssueRow.id)
    return session.scalar(joined)
