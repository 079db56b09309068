"""What a deployment holds, by natural keys: two runs are the same when their snapshots are equal."""

from typing import Any

from sqlalchemy import Engine, select

from pipeline.store import db
from pipeline.tables import (
    CommentRow,
    DigestRow,
    EscalationRow,
    EventRow,
    IssueRow,
    MailRow,
    MemberRow,
    PainRow,
    SourceRow,
    VerdictRow,
)


def snapshot(database: Engine) -> dict[str, Any]:
    """Every fact, without row numbers and without the times at which this system did something."""
    with db.transaction(database) as session:
        issues = {row.id: row for row in session.scalars(select(IssueRow))}
        key = {row_id: f"{row.source}:{row.external_id}" for row_id, row in issues.items()}
        digests = {row.id: row for row in session.scalars(select(DigestRow))}
        return {
            "issues": sorted(
                (key[i], row.title, row.body, row.state, row.content_hash, row.updated_at) for i, row in issues.items()
            ),
            "comments": sorted((r.source, r.issue, r.external_id, r.body) for r in session.scalars(select(CommentRow))),
            "events": sorted((r.source, r.issue, r.what, r.at) for r in session.scalars(select(EventRow))),
            "verdicts": sorted(
                (key[r.issue_id], r.side, round(r.confidence, 6), r.kind, r.severity, r.leaf or "", str(r.signals))
                for r in session.scalars(select(VerdictRow))
            ),
            "members": sorted((key[r.issue_id], r.pain, r.frozen) for r in session.scalars(select(MemberRow))),
            "pains": {r.id: (r.live, r.frozen) for r in session.scalars(select(PainRow))},
            "cursors": {r.name: r.cursor for r in session.scalars(select(SourceRow))},
            "digests": {(r.leader, r.period): (r.state, r.reason, r.version, r.document) for r in digests.values()},
            "escalations": sorted(
                (r.name, key[r.issue_id], r.rule, r.state, r.at) for r in session.scalars(select(EscalationRow))
            ),
            "mails": {
                (digests[r.digest_id].leader, digests[r.digest_id].period, r.recipient): (r.message_id, r.message)
                for r in session.scalars(select(MailRow))
            },
        }
