"""What readers said is not right: kept once, never changed, ended by whoever takes it back."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from pipeline.objections import Objection, Placed, What
from pipeline.store import audit, pain_edits
from pipeline.store.issues import chunks
from pipeline.store.upsert import ignore
from pipeline.tables import IssueRow, ObjectionRow, VerdictRow


def keep(
    session: Session,
    what: What,
    *,
    by: str,
    how: str,
    scope: Sequence[str],
    period: str,
    at: datetime,
    pain: str | None = None,
    issue: tuple[str, str] | None = None,
    said: str = "",
    to: str | None = None,
    was: str | None = None,
    why: str = "",
    given_by: str | None = None,
) -> Objection:
    """Write down what a reader says; saying the same again, while it stands, gives what was kept first."""
    told = hashlib.sha256(json.dumps([what, by, pain, issue, said, to]).encode()).hexdigest()[:48]
    before = select(func.count()).where(ObjectionRow.key.startswith(f"{told}."), ObjectionRow.ended.is_not(None))
    key = f"{told}.{session.execute(before).scalar_one()}"
    row = {
        "key": key,
        "what": what,
        "by": by,
        "how": how,
        "scope": list(scope),
        "period": period,
        "pain": pain,
        "source": issue[0] if issue else None,
        "issue": issue[1] if issue else None,
        "said": said,
        "to_name": to,
        "was": was,
        "why": why,
        "at": at,
        "given_by": given_by,
    }
    if session.scalar(select(ObjectionRow.id).where(ObjectionRow.key == key)) is None:
        thing = f"issue {issue[0]}:{issue[1]}" if issue else f"pain {pain}" if pain else f"leaf notes {period}"
        audit.record(session, audit.by_way(how, by), "correct", f"{what} of {thing}")
    ignore(session, ObjectionRow, [row], ["key"])
    kept = session.scalars(select(ObjectionRow).where(ObjectionRow.key == key)).one()
    return _objection(kept, pain_edits.redirects(session))


def get(session: Session, number: int) -> Objection | None:
    row = session.get(ObjectionRow, number)
    return None if row is None else _objection(row, pain_edits.redirects(session))


def latest(session: Session, limit: int, *, standing: bool) -> list[Objection]:
    """The newest first; only those that stand, where that is wanted."""
    query = select(ObjectionRow).order_by(ObjectionRow.at.desc(), ObjectionRow.id.desc()).limit(limit)
    if standing:
        query = query.where(ObjectionRow.ended.is_(None))
    into = pain_edits.redirects(session)
    return [_objection(row, into) for row in session.scalars(query)]


def standing(session: Session, before: datetime | None = None, what: What | None = None) -> list[Objection]:
    """What counts, of those said before a moment; the oldest first."""
    query = select(ObjectionRow).where(ObjectionRow.ended.is_(None)).order_by(ObjectionRow.at, ObjectionRow.id)
    if before is not None:
        query = query.where(ObjectionRow.at < before)
    if what is not None:
        query = query.where(ObjectionRow.what == what)
    into = pain_edits.redirects(session)
    return [_objection(row, into) for row in session.scalars(query)]


def of_notes(session: Session, by: str, period: str) -> list[Objection]:
    """What one reader said of the leaf notes of one period, the oldest first, with what was ended."""
    query = select(ObjectionRow).where(ObjectionRow.by == by, ObjectionRow.period == period)
    into = pain_edits.redirects(session)
    return [_objection(row, into) for row in session.scalars(query.order_by(ObjectionRow.at, ObjectionRow.id))]


def withdrawn(session: Session) -> dict[str, datetime]:
    """The issues ("source:external_id") that are quoted nowhere because a reader said so, and since when."""
    found: dict[str, datetime] = {}
    for one in standing(session, what="quote"):
        found.setdefault(one.issue or "", one.at)
    return found


def reasons(session: Session, issue: str) -> list[tuple[str, datetime]]:
    """Why, and since when, words of an issue are shown no more."""
    return [(one.said, one.at) for one in standing(session, what="quote") if one.issue == issue]


def leaves(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """The team that a person moved each of these issues (by row) to."""
    found: dict[int, str] = {}
    moves = (
        select(IssueRow.id, ObjectionRow.to)
        .join(ObjectionRow, (ObjectionRow.source == IssueRow.source) & (ObjectionRow.issue == IssueRow.external_id))
        .where(ObjectionRow.what == "move", ObjectionRow.ended.is_(None))
        .order_by(ObjectionRow.at, ObjectionRow.id)
    )
    for some in chunks(list(ids)):
        found.update((row, to) for row, to in session.execute(moves.where(IssueRow.id.in_(some))) if to is not None)
    return found


def set_leaf(session: Session, row_id: int, leaf: str) -> None:
    session.execute(update(VerdictRow).where(VerdictRow.issue_id == row_id).values(leaf=leaf))


def end(session: Session, number: int, ended: str, by: str, at: datetime) -> bool:
    """It counts no more; False where it did not count before."""
    done = session.execute(
        update(ObjectionRow)
        .where(ObjectionRow.id == number, ObjectionRow.ended.is_(None))
        .values(ended=ended, ended_by=by[:255], ended_at=at)
        .returning(ObjectionRow.id)
    )
    is_ended = done.one_or_none() is not None
    if is_ended:
        audit.record(session, audit.By("operator", by), "end correction", f"correction {number} {ended}")
    return is_ended


def end_moves(session: Session, issue: tuple[str, str], but: int, by: str, at: datetime) -> None:
    """An issue lies in one place: a later move stands in the place of the earlier ones."""
    session.execute(
        update(ObjectionRow)
        .where(ObjectionRow.what == "move", ObjectionRow.ended.is_(None), ObjectionRow.id != but)
        .where(ObjectionRow.source == issue[0], ObjectionRow.issue == issue[1])
        .values(ended="replaced", ended_by=by[:255], ended_at=at)
    )


def placed(session: Session, sources: Collection[str]) -> list[Placed]:
    """The open issues of these sources and where they lie."""
    query = (
        select(
            IssueRow.source, IssueRow.external_id, IssueRow.component, IssueRow.group, IssueRow.labels, VerdictRow.leaf
        )
        .join(VerdictRow, VerdictRow.issue_id == IssueRow.id)
        .where(IssueRow.source.in_(sorted(sources)), IssueRow.state == "open")
        .order_by(IssueRow.id)
    )
    return [
        Placed(
            key=f"{row.source}:{row.external_id}",
            source=row.source,
            leaf=row.leaf,
            component=row.component,
            group=row.group,
            labels=tuple(row.labels),
        )
        for row in session.execute(query)
    ]


def forget_text(session: Session, before: datetime) -> None:
    """What readers wrote, after the retention; what they said stays."""
    session.execute(update(ObjectionRow).where(ObjectionRow.at < before, ObjectionRow.why != "").values(why=""))


def _objection(row: ObjectionRow, into: Mapping[str, str]) -> Objection:
    return Objection(
        id=row.id,
        what=row.what,  # type: ignore[arg-type]
        by=row.by,
        how=row.how,
        scope=tuple(row.scope),
        period=row.period,
        pain=_now(row.pain, into),
        issue=None if row.issue is None else f"{row.source}:{row.issue}",
        said=row.said,
        to=_now(row.to, into) if row.what == "same" else row.to,
        was=row.was,
        why=row.why,
        at=row.at,
        ended=row.ended,
        given_by=row.given_by,
    )


def _now(pain: str | None, into: Mapping[str, str]) -> str | None:
    """The pain that this one is by now."""
    while pain is not None and pain in into:
        pain = into[pain]
    return pain
