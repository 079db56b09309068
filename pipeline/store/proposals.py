"""What a language model proposed for texts that the classifier was unsure of. No digest reads it."""

from typing import Any

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session, load_only

from pipeline.issue import NoProposal, Proposal
from pipeline.privacy import TENDER
from pipeline.store import db
from pipeline.store.corrections import corrections
from pipeline.store.registry import HIDDEN, WITHHELD
from pipeline.store.upsert import put
from pipeline.tables import IssueRow, ProposalRow, VerdictRow

NEVER_TAGGED = HIDDEN | {"no-quote"}
NEVER_SIGNALLED = WITHHELD | TENDER
"""Issues that are sent to nobody."""

_UNSURE = (VerdictRow.abstained, VerdictRow.text_hash == IssueRow.text_hash, IssueRow.state != "deleted")


def waiting(session: Session) -> list[tuple[int, str]]:
    """(row id, text hash) of what may be asked about and was not: newest first, and last what was tried in vain."""
    unanswered = or_(
        ProposalRow.issue_id.is_(None),
        ProposalRow.text_hash != IssueRow.text_hash,
        ProposalRow.side.is_(None) & ProposalRow.dropped.is_(None),
    )
    query = (
        select(IssueRow, VerdictRow.signals)
        .options(load_only(IssueRow.source, IssueRow.external_id, IssueRow.tags, IssueRow.text_hash))
        .join(VerdictRow, VerdictRow.issue_id == IssueRow.id)
        .outerjoin(ProposalRow, ProposalRow.issue_id == IssueRow.id)
        .where(*_UNSURE, unanswered, or_(IssueRow.title != "", IssueRow.body != ""))
        .order_by(ProposalRow.at.is_not(None), ProposalRow.at, IssueRow.created_at.desc(), IssueRow.id)
    )
    said = corrections(session)
    return [
        (issue.id, issue.text_hash)
        for issue, signals in session.execute(query)
        if (issue.source, issue.external_id) not in said and _may_be_sent(issue.tags, signals)
    ]


def _may_be_sent(tags: list[Any], signals: list[Any]) -> bool:
    return NEVER_TAGGED.isdisjoint(tags) and NEVER_SIGNALLED.isdisjoint(name for name, _ in signals)


def save(session: Session, issue_id: int, text_hash: str, model: str, answer: Proposal | NoProposal) -> None:
    """Keep the answer for this text of an issue; one that may come another time only notes that it was tried."""
    row: dict[str, Any] = {"issue_id": issue_id, "text_hash": text_hash, "model": model, "at": db.now(session)}
    if isinstance(answer, Proposal):
        row |= {"side": answer.side, "quotation": answer.quotation, "dropped": None}
    else:
        row |= {"side": None, "quotation": None, "dropped": answer.reason if answer.final else None}
    put(session, ProposalRow, [row], ["issue_id"])


def shown(session: Session) -> dict[tuple[str, str], Proposal]:
    """The proposals, by (source, external_id), for texts that are still the stored ones and still unsure."""
    query = (
        select(IssueRow.source, IssueRow.external_id, ProposalRow)
        .join(ProposalRow, ProposalRow.issue_id == IssueRow.id)
        .join(VerdictRow, VerdictRow.issue_id == IssueRow.id)
        .where(*_UNSURE, ProposalRow.text_hash == IssueRow.text_hash, ProposalRow.side.is_not(None))
    )
    said = corrections(session)
    return {
        (source, external_id): Proposal(side=row.side, quotation=row.quotation or "", model=row.model)  # type: ignore[arg-type]
        for source, external_id, row in session.execute(query)
        if (source, external_id) not in said
    }


def forget_text(session: Session) -> None:
    """A quotation is forgotten with the text that it was cut from."""
    blank = select(IssueRow.id).where(IssueRow.title == "", IssueRow.body == "")
    session.execute(delete(ProposalRow).where(ProposalRow.issue_id.in_(blank)))
