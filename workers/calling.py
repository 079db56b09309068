"""What `status` and `escalate` say of escalations: who has it, since when, and when it climbs."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from pipeline import escalate, escalating
from pipeline.store import escalations
from pipeline.store.escalations import Escalation
from workers.wiring import Deployment


def line(house: Deployment, session: Session, kept: Escalation) -> str:
    """One escalation in one line; where nobody was told, why, and what to do."""
    if not kept.waits:
        by = f" by {kept.ended_by}" if kept.ended_by else ""
        return f"{kept.rule}, {kept.state}{by}"
    if not kept.asked:
        when = f", looked at again {_at(kept.look_at)}" if kept.look_at else ""
        subject, rule = escalations.subject(session, kept.issue_id), house.house.ladder.rules[kept.rule]
        missing = None if subject is None else escalating.nobody(session, house.house, rule, subject, house.now())
        return f"{kept.rule}, nobody was told: {missing}" if missing else f"{kept.rule}, waits{when}"
    last = kept.asked[-1]
    lost = ", whose mail did not arrive" if last.lost else ""
    has = f"{kept.rule}, {last.reader} has it since {_at(last.at)}{lost}"
    if kept.state == "top":
        return f"{has}; nobody above is left to ask"
    return f"{has}; climbs {_at(kept.look_at)}" + (", put off once" if kept.snoozed_until else "")


def _at(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment is not None else "never"


def report(house: Deployment, session: Session, now: datetime) -> dict[str, Any]:
    """Every escalation that waits for an answer, and every rule that was wrong too often."""
    pulls = escalations.pulls(session, now - escalate.MONTH)
    return {
        "waiting": [
            {
                "issue": key,
                "rule": kept.rule,
                "state": kept.state,
                "since": kept.at,
                "told": [one.reader for one in kept.asked],
                "climbs": kept.look_at,
                "said": line(house, session, kept),
            }
            for key, kept in escalations.waiting(session)
        ],
        "demoted": [
            f"{rule} in {source}: {wrong} of {told} in a month were wrong, so the weekly notes have to tell it"
            for (rule, source), (told, wrong) in sorted(pulls.items())
            if escalate.demoted(rule, told, wrong)
        ],
    }
