"""The check-in's tables: sums of a group's answers, who may still answer this week, and who is never asked again.

One answer rewrites every row of its group in one statement each, so that neither the order of rows nor the versions
that a database keeps of them tell which of them it changed.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import and_, case, delete, func, or_, select, update
from sqlalchemy.orm import Session

from pipeline.check_in import QUESTIONS, STEPS, Question
from pipeline.digest.material import Ballots
from pipeline.store.upsert import ignore
from pipeline.tables import CheckInGroupRow, CheckInStopRow, CheckInSumRow, CheckInTicketRow


def begin(session: Session, period: str, team: str, tickets: Iterable[str], texts: Mapping[str, str]) -> None:
    """A group's week: how many are asked, sums of nothing, and a ticket for each, in an order that means nothing."""
    mine = sorted(tickets)
    group = {"period": period, "team": team, "asked": len(mine), "texts": dict(texts)}
    ignore(session, CheckInGroupRow, [group], ["period", "team"])
    rows = [
        {"period": period, "team": team, "question": question, "step": step, "answers": 0}
        for question in QUESTIONS
        for step in STEPS
    ]
    ignore(session, CheckInSumRow, rows, ["period", "team", "question", "step"])
    ignore(
        session,
        CheckInTicketRow,
        [{"ticket": ticket, "period": period, "team": team, "used": False} for ticket in mine],
        ["ticket"],
    )


def usable(session: Session, period: str, team: str, ticket: str) -> bool | None:
    """Whether a ticket may still be used; None where there is none."""
    query = select(CheckInTicketRow.used).where(
        CheckInTicketRow.ticket == ticket, CheckInTicketRow.period == period, CheckInTicketRow.team == team
    )
    used = session.execute(query).scalar_one_or_none()
    return None if used is None else not used


def answer(session: Session, period: str, team: str, ticket: str, steps: Mapping[Question, int]) -> bool:
    """Add one answer to its group's sums; False where this ticket was used before, or is none."""
    group = select(CheckInGroupRow.asked).where(CheckInGroupRow.period == period, CheckInGroupRow.team == team)
    session.execute(group.with_for_update()).one_or_none()  # one answer of a group at a time
    if not usable(session, period, team, ticket):
        return False
    chosen = or_(
        *(and_(CheckInSumRow.question == question, CheckInSumRow.step == step) for question, step in steps.items())
    )
    session.execute(
        update(CheckInSumRow)
        .where(CheckInSumRow.period == period, CheckInSumRow.team == team)
        .values(answers=CheckInSumRow.answers + case((chosen, 1), else_=0))
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(CheckInTicketRow)
        .where(CheckInTicketRow.period == period, CheckInTicketRow.team == team)
        .values(used=or_(CheckInTicketRow.used, CheckInTicketRow.ticket == ticket))
        .execution_options(synchronize_session=False)
    )
    return True


def forget_tickets(session: Session, before: str) -> None:
    """Nothing tells who answered, once the week is over."""
    session.execute(delete(CheckInTicketRow).where(CheckInTicketRow.period < before))


def ballots(session: Session, period: str) -> dict[str, Ballots]:
    """By team what was answered in a week."""
    sums: dict[str, dict[tuple[str, int], int]] = defaultdict(dict)
    for row in session.scalars(select(CheckInSumRow).where(CheckInSumRow.period == period)):
        sums[row.team][row.question, row.step] = row.answers
    groups = session.scalars(select(CheckInGroupRow).where(CheckInGroupRow.period == period))
    return {row.team: Ballots(asked=row.asked, texts=row.texts, sums=sums[row.team]) for row in groups}


def asked_before(session: Session, period: str) -> dict[str, int]:
    """By team how many were asked in the last week before this one in which anybody was."""
    last = select(func.max(CheckInGroupRow.period)).where(CheckInGroupRow.period < period).scalar_subquery()
    query = select(CheckInGroupRow.team, CheckInGroupRow.asked).where(CheckInGroupRow.period == last)
    return dict(session.execute(query).all())


def asked(session: Session, period: str) -> tuple[int, int]:
    """(people, groups) that were asked in a week."""
    query = select(func.coalesce(func.sum(CheckInGroupRow.asked), 0), func.count())
    people, groups = session.execute(query.where(CheckInGroupRow.period == period)).one()
    return int(people), int(groups)


def stop(session: Session, person: str) -> None:
    """A person is never asked again, until they say so themselves."""
    ignore(session, CheckInStopRow, [{"person": person}], ["person"])


def go_on(session: Session, person: str) -> None:
    session.execute(delete(CheckInStopRow).where(CheckInStopRow.person == person))


def stopped(session: Session) -> Sequence[str]:
    return list(session.scalars(select(CheckInStopRow.person).order_by(CheckInStopRow.person)))
