"""The counts that drift is seen by. A closed week's are kept with its mark, so that each week is counted once."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from pipeline import drift
from pipeline.issue import Period
from pipeline.store import registry
from pipeline.tables import CorrectionRow, IssueRow, VerdictRow

_MARK = "drift "


def weeks(session: Session, periods: Sequence[Period]) -> list[drift.Week]:
    """The counts of each period, in order; one that was counted when it was closed is not counted again."""
    return [_week(session, period) for period in periods]


def remember(session: Session, period: Period) -> None:
    """Keep the counts of a period that is being closed."""
    registry.set_mark(session, f"{_MARK}{period.label}", json.dumps(drift.to_json(_count(session, period))))


def _week(session: Session, period: Period) -> drift.Week:
    kept = registry.mark(session, f"{_MARK}{period.label}")
    return drift.Week(**json.loads(kept)) if kept is not None else _count(session, period)


def _count(session: Session, period: Period) -> drift.Week:
    query = (
        select(
            func.count(),
            _how_many(VerdictRow.abstained),
            *(_how_many(VerdictRow.side == side) for side in ("developer", "customer", "none")),
            _how_many(VerdictRow.known < drift.STRANGE),
        )
        .select_from(IssueRow)
        .join(VerdictRow, VerdictRow.issue_id == IssueRow.id)
        .where(IssueRow.created_at >= period.start, IssueRow.created_at < period.end)
    )
    read = session.execute(query).one()
    said = select(func.count(), _how_many(CorrectionRow.old != CorrectionRow.new)).where(
        CorrectionRow.at >= period.start,
        CorrectionRow.at < period.end,
        CorrectionRow.old.is_not(None),
        CorrectionRow.new.is_not(None),
    )
    return drift.Week(period.label, *(int(n) for n in read), *(int(n) for n in session.execute(said).one()))


def _how_many(of: Any) -> Any:
    return func.coalesce(func.sum(case((of, 1), else_=0)), 0)
