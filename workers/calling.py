"""What `status` and `escalate` say of escalations: who has it, since when, and when it climbs."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from pipeline import escalate
from pipeline.store import escalations
from pipeline.store.escalations import Escalation
from workers.wiring import Deployment


def line(house: Deployment, kept: Escalation) -> str:
    """One escalation in one line."""
    if not kept.waits:
        by = f" by {kept.ended_by}" if kept.ended_by else ""
        return f"{kept.rule}, {kept.state}{by}"
    if not kept.asked:
        when = f", looked at again {_at(kept.look_at)}" if kept.look_at else ""
        empty = kept.look_at is not None and not house.house.ladder.rules[kept.rule].tell
        return f"{kept.rule}, nobody can be told: settings.yaml names nobody" if empty else f"{kept.rule}, waits{when}"
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
                "said": line(house, kept),
            }
            for key, kept in escalations.waiting(session)
        ],
        "demoted": [
            f"{rule} in {source}: {wrong} of {told} in a month were wrong, so the weekly notes have to tell it"
            for (rule, source), (told, wrong) in sorted(pulls.items())
            if escalate.demoted(rule, told, wrong)
        ],
    }
