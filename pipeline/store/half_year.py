"""The issues of a period and of the half year before it, looked through once for all that a week is compared with."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row, and_, case, func, select
from sqlalchemy.orm import Session, aliased

from pipeline.issue import Period
from pipeline.store import plain, registry
from pipeline.tables import IssueRow, MemberRow, VerdictRow

SPAN: Final = timedelta(weeks=26)
ISSUE: Final = (
    IssueRow.source,
    IssueRow.external_id,
    IssueRow.project,
    IssueRow.group,
    IssueRow.author,
    IssueRow.author_role,
    IssueRow.account,
)
"""What says of an issue who wrote it and where."""


def issues(session: Session, period: Period, measured: datetime) -> Iterator[Sequence[Row[Any]]]:
    """Every issue that is not deleted, some at a time, in no order: when it was written, `ISSUE`, its tags, how long it
    is where it was written since `measured`, and, where it is of a pain that digests of the period may count, that pain
    and its verdict.

    Moments are as `plain.Moments` reads them, and lists as they are kept.
    """
    # Their ids are found first, and then looked up in the order in which issues lie.
    within = aliased(IssueRow)
    ids = select(within.id).where(within.created_at >= period.start - SPAN, within.created_at < period.end)
    letters = func.length(IssueRow.title) + func.length(IssueRow.body)
    query = (
        select(
            plain.undecoded(IssueRow.created_at),
            *ISSUE,
            plain.kept(IssueRow.tags),
            case((IssueRow.created_at >= measured, letters)).label("letters"),
            MemberRow.pain,
            VerdictRow.side,
            plain.kept(VerdictRow.signals),
            VerdictRow.severity,
            VerdictRow.leaf,
            plain.kept(VerdictRow.heard_by),
            VerdictRow.period,
        )
        .select_from(IssueRow)
        .outerjoin(MemberRow, and_(MemberRow.issue_id == IssueRow.id, registry.counted_in(session, period.label)))
        .outerjoin(VerdictRow, VerdictRow.issue_id == MemberRow.issue_id)
        .where(IssueRow.id.in_(ids), IssueRow.state != "deleted")
    )
    return plain.batches(session, query)
