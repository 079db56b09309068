"""Whether something of a week may no longer be shown.

Each mail asks before it goes, so this reads what is marked alone.
"""

import hashlib
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, and_, or_, select, union_all
from sqlalchemy.orm import Session

from pipeline.issue import Period
from pipeline.org import Org
from pipeline.store import courses, objections, registry
from pipeline.store.asked import ask
from pipeline.tables import MARKED, SENSITIVE, IssueRow, MemberRow, VerdictRow


def withheld(session: Session, period: Period, org: Org) -> str:
    """A hash of what of the period may not be shown now: issues that are private, muted, withheld, deleted, no-quote,
    or not to be quoted by a reader's word; and to whom `visible_to:` shows the others."""
    names = [f"{key}:withdrawn" for key in sorted(objections.withdrawn(session))]
    names += [f"{audience} {','.join(sorted(people))}" for audience, people in sorted(org.readers.items())]
    marked = ask(session, _marked(period, registry.is_closed(session, period.label)))
    rows = sorted(marked, key=lambda row: (row.source, row.external_id))
    for source, external_id, state, tags, signals in rows:
        out = state == "deleted" or registry.hidden(tags, [name for name, _ in signals])
        if out or "no-quote" in tags:
            names.append(f"{source}:{external_id}:{out}:{'no-quote' in tags}")
    return hashlib.blake2b("\n".join(names).encode(), digest_size=16).hexdigest() if names else ""


@lru_cache(maxsize=16)
def _marked(period: Period, closed: bool) -> Select[*tuple[Any, ...]]:
    """What is marked of the issues of a period, and of older ones of a pain that something happened to in it.

    Whatever may be marked is found over the small indexes of it; the few that there are, are then looked at.
    """
    of_period = IssueRow.created_at >= period.start, IssueRow.created_at < period.end
    changed = IssueRow.updated_at >= period.start, IssueRow.created_at < period.start
    half_year = IssueRow.created_at >= period.start - courses.OLDEST
    # As a sum, or SQLite would look up each sensitive issue that was ever stored, to see of when it is.
    sensitive = (IssueRow.id + 0).in_(select(VerdictRow.issue_id).where(SENSITIVE))
    may_be = union_all(
        select(IssueRow.id).where(MARKED, *of_period),
        select(IssueRow.id).where(MARKED, *changed, half_year),
        select(IssueRow.id).where(*of_period, sensitive),
        select(IssueRow.id).where(*changed, sensitive),
    )
    return (
        select(IssueRow.source, IssueRow.external_id, IssueRow.state, IssueRow.tags, VerdictRow.signals)
        .join(VerdictRow, VerdictRow.issue_id == IssueRow.id)
        .outerjoin(MemberRow, MemberRow.issue_id == IssueRow.id)
        .where(
            IssueRow.id.in_(may_be), or_(and_(*of_period), courses.is_stirred(period, registry.counted(closed=closed)))
        )
    )
