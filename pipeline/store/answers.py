"""Leaders' answers, who was told of them, and who listens."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipeline.answers import Answer, Given
from pipeline.store.upsert import ignore, put
from pipeline.tables import AnswerRow, ListenerRow, ToldRow


def keep(
    session: Session, *, pain: str, leader: str, period: str, given: Given, how: str, nonce: str, at: datetime
) -> Answer:
    """Write an answer down; the same form sent twice gives the answer that it gave first."""
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
    }
    ignore(session, AnswerRow, [row], ["nonce"])
    return _answer(session.scalars(select(AnswerRow).where(AnswerRow.nonce == nonce)).one())


def of_pain(session: Session, pain: str) -> list[Answer]:
    """Every answer to a pain, the oldest first."""
    query = select(AnswerRow).where(AnswerRow.pain == pain).order_by(AnswerRow.at, AnswerRow.id)
    return [_answer(row) for row in session.scalars(query)]


def until(session: Session, moment: datetime) -> dict[str, tuple[Answer, ...]]:
    """Pain to its answers given before this moment, the oldest first."""
    found: dict[str, list[Answer]] = defaultdict(list)
    query = select(AnswerRow).where(AnswerRow.at < moment).order_by(AnswerRow.at, AnswerRow.id)
    for row in session.scalars(query):
        found[row.pain].append(_answer(row))
    return {pain: tuple(answers) for pain, answers in found.items()}


def tell(session: Session, answer: int, issues: Iterable[tuple[str, str]], how: str, at: datetime) -> None:
    """Whoever wrote these issues was informed of an answer. A second time changes nothing."""
    rows = [{"answer_id": answer, "source": s, "issue": i, "how": how, "at": at} for s, i in sorted(set(issues))]
    ignore(session, ToldRow, rows, ["answer_id", "source", "issue"])


def told(session: Session, moment: datetime) -> dict[int, frozenset[str]]:
    """Answer to the issues ("source:external_id") whose authors were informed of it before this moment."""
    found: dict[int, set[str]] = defaultdict(set)
    for row in session.scalars(select(ToldRow).where(ToldRow.at < moment)):
        found[row.answer_id].add(f"{row.source}:{row.issue}")
    return {answer: frozenset(keys) for answer, keys in found.items()}


def was_told(session: Session, answer: int) -> bool:
    """Whether anybody was informed of an answer."""
    return session.execute(select(func.count()).where(ToldRow.answer_id == answer)).scalar_one() > 0


def pause(session: Session, leader: str, at: datetime | None, now: datetime) -> None:
    """A leader stops listening at this time, or, with None, listens again."""
    put(session, ListenerRow, [{"leader": leader, "paused_at": at, "changed_at": now}], ["leader"])


def paused(session: Session) -> Mapping[str, datetime]:
    """The leaders who do not listen, and since when."""
    query = select(ListenerRow.leader, ListenerRow.paused_at).where(ListenerRow.paused_at.is_not(None))
    return {leader: at for leader, at in session.execute(query) if at is not None}


def delegate(session: Session, leader: str) -> str | None:
    """Who reads in a leader's place."""
    return session.scalars(select(ListenerRow.delegate).where(ListenerRow.leader == leader)).one_or_none()


def count(session: Session, period: str) -> dict[str, int]:
    """How many answers of each kind the digests of a period got."""
    query = select(AnswerRow.kind, func.count()).where(AnswerRow.period == period).group_by(AnswerRow.kind)
    return dict(session.execute(query).all())


def _answer(row: AnswerRow) -> Answer:
    return Answer(
        id=row.id,
        pain=row.pain,
        leader=row.leader,
        kind=row.kind,  # type: ignore[arg-type]
        text=row.text,
        due=row.due,
        to=row.to,
        at=row.at,
    )
