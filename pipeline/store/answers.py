"""Leaders' answers, and who was told of them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.answers import Answer, Given
from pipeline.store import audit, pain_edits, registry
from pipeline.store.upsert import ignore
from pipeline.tables import AnswerRow, IssueRow, MemberRow, ToldRow, VerdictRow


def keep(
    session: Session,
    *,
    pain: str,
    leader: str,
    period: str,
    given: Given,
    how: str,
    nonce: str,
    at: datetime,
    by: str | None = None,
) -> Answer:
    """Write an answer down, given in the leader's place where `by` names somebody; the same form sent twice gives the
    answer that it gave first."""
    row = {
        "pain": pain,
        "leader": leader,
        "period": period,
        "kind": given.kind,
        "text": given.text,
        "due": given.due,
        "to_leader": given.to,
        "how": how,
        "nonce": nonce,
        "at": at,
        "given_by": by,
    }
    if session.scalar(select(AnswerRow.id).where(AnswerRow.nonce == nonce)) is None:
        audit.record(session, audit.by_way(how, leader), "answer", f"pain {pain}", about=given.to, version=given.kind)
    ignore(session, AnswerRow, [row], ["nonce"])
    return _answer(
        session.scalars(select(AnswerRow).where(AnswerRow.nonce == nonce)).one(), pain_edits.redirects(session)
    )


def of_pain(session: Session, pain: str) -> list[Answer]:
    """Every answer to a pain, and to those that went into it, the oldest first."""
    into = pain_edits.redirects(session)
    names = {pain, *(one for one in into if _now(one, into) == _now(pain, into)), _now(pain, into)}
    query = select(AnswerRow).where(AnswerRow.pain.in_(sorted(names))).order_by(AnswerRow.at, AnswerRow.id)
    return [_answer(row, into) for row in session.scalars(query)]


def until(session: Session, moment: datetime) -> dict[str, tuple[Answer, ...]]:
    """Pain to its answers given before this moment, the oldest first."""
    found: dict[str, list[Answer]] = defaultdict(list)
    into = pain_edits.redirects(session)
    query = select(AnswerRow).where(AnswerRow.at < moment).order_by(AnswerRow.at, AnswerRow.id)
    for row in session.scalars(query):
        answer = _answer(row, into)
        found[answer.pain].append(answer)
    return {pain: tuple(answers) for pain, answers in found.items()}


@dataclass(frozen=True, slots=True)
class Concerned:
    """An issue whose author an answer is for. `id` is its row."""

    id: int
    source: str
    external_id: str


def concerned(session: Session, pain: str, before: datetime) -> list[Concerned]:
    """The issues of a pain written before an answer, without those that may be shown nowhere."""
    query = (
        select(IssueRow.id, IssueRow.source, IssueRow.external_id, IssueRow.tags, VerdictRow.signals)
        .join(MemberRow, MemberRow.issue_id == IssueRow.id)
        .join(VerdictRow, VerdictRow.issue_id == IssueRow.id)
        .where(MemberRow.pain == pain, IssueRow.state != "deleted", IssueRow.created_at < before)
        .order_by(IssueRow.id)
    )
    return [
        Concerned(row.id, row.source, row.external_id)
        for row in session.execute(query)
        if not registry.hidden(row.tags, [name for name, _ in row.signals])
    ]


def get(session: Session, answer: int) -> Answer | None:
    row = session.get(AnswerRow, answer)
    return None if row is None else _answer(row, pain_edits.redirects(session))


def latest(session: Session, limit: int = 50) -> list[Answer]:
    """The newest answers first."""
    into = pain_edits.redirects(session)
    query = select(AnswerRow).order_by(AnswerRow.at.desc(), AnswerRow.id.desc()).limit(limit)
    return [_answer(row, into) for row in session.scalars(query)]


def tell(
    session: Session,
    answer: int,
    issues: Iterable[tuple[str, str]],
    how: str,
    at: datetime,
    by: str | None = None,
) -> None:
    """Whoever wrote these issues was informed of an answer; `by` says so in the leader's place. A second time changes
    nothing."""
    same = {"answer_id": answer, "how": how, "at": at, "said_by": by}
    rows = [{**same, "source": s, "issue": i} for s, i in sorted(set(issues))]
    ignore(session, ToldRow, rows, ["answer_id", "source", "issue"])


def told(session: Session, moment: datetime) -> dict[int, frozenset[str]]:
    """Answer to the issues ("source:external_id") whose authors were informed of it before this moment."""
    found: dict[int, set[str]] = defaultdict(set)
    for row in session.scalars(select(ToldRow).where(ToldRow.at < moment)):
        found[row.answer_id].add(f"{row.source}:{row.issue}")
    return {answer: frozenset(keys) for answer, keys in found.items()}


def told_of(session: Session, answer: int) -> frozenset[str]:
    """The issues ("source:external_id") whose authors were informed of one answer."""
    rows = session.scalars(select(ToldRow).where(ToldRow.answer_id == answer))
    return frozenset(f"{row.source}:{row.issue}" for row in rows)


def _now(pain: str, into: Mapping[str, str]) -> str:
    """The pain that this one is by now."""
    while pain in into:
        pain = into[pain]
    return pain


def _answer(row: AnswerRow, into: Mapping[str, str]) -> Answer:
    return Answer(
        id=row.id,
        pain=_now(row.pain, into),
        leader=row.leader,
        kind=row.kind,  # type: ignore[arg-type]
        text=row.text,
        due=row.due,
        to=row.to,
        at=row.at,
        by=row.given_by,
    )
