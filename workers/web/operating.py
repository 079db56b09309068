"""The operators' page: what `leafnotes status` says, due against sent week by week, and what waits for a person."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint
from sqlalchemy.orm import Session

from pipeline import periods
from pipeline.issue import Period
from pipeline.store import db, digests, issues, work
from workers.engine import Engine
from workers.report import report
from workers.web.access import csrf, name_of, operator
from workers.web.common import Page, office, page

WEEKS = 6
LISTED = 20
MAIL = "mail:"
SENT = "mail:accepted"


def blueprint(engine: Engine) -> Blueprint:
    pages = Blueprint("operating", __name__)

    @pages.get("/operators")
    def show() -> Page:
        reader = operator(engine)
        house = engine.deployment
        found = report(house, listed=0)
        with db.reading(house.database) as session:
            weeks = _weeks(engine, session, house.now())
            return page(
                "operators.html",
                name=name_of(engine, reader),
                reader=reader,
                csrf=csrf(),
                found=found,
                weeks=weeks,
                waiting=_waiting(engine, session, found["waiting"]),
                troubled=digests.troubled(session, weeks[-1].label, LISTED),
                quarantined=issues.quarantined(session, LISTED),
                failing=work.failing(session)[:LISTED],
                set_aside=work.set_aside(session, LISTED),
            )

    return pages


@dataclass(frozen=True, slots=True, kw_only=True)
class _Week:
    """A period's digests: how many were due by now, how many mails were taken by a server, and what became of all."""

    label: str
    due: int
    sent: int
    states: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Waits:
    """What waits for an operator of a week: each digest with whose it is."""

    label: str
    since: datetime
    overdue: bool
    digests: list[tuple[digests.Waiting, str]]


def _waiting(engine: Engine, session: Session, weeks: Sequence[Mapping[str, Any]]) -> list[_Waits]:
    people, every = engine.deployment.org.people, digests.waiting(session)
    return [
        _Waits(
            label=week["week"],
            since=week["since"],
            overdue=week["overdue"],
            digests=[
                (one, office(engine, one.leader) if one.leader in people else one.leader)
                for one in every
                if one.period == week["week"]
            ],
        )
        for week in weeks
    ]


def _weeks(engine: Engine, session: Session, now: datetime) -> list[_Week]:
    """The last ended periods, newest first."""
    every: list[Period] = [periods.last_ended(now, engine.deployment.zone)]
    while len(every) < WEEKS:
        every.append(periods.before(every[-1]))
    return [_week(engine, session, period, now) for period in every]


def _week(engine: Engine, session: Session, period: Period, now: datetime) -> _Week:
    house, counts = engine.deployment, Counter(digests.counts(session, period.label))
    began = bool(counts) or digests.last_period(session, period.label) is not None
    due = sum(house.due(period, leader) <= now for leader in house.org.leaders) if began else 0
    said = [f"{n} {state.replace(MAIL, 'mails ')}" for state, n in sorted(counts.items())]
    return _Week(label=period.label, due=due, sent=counts[SENT], states=", ".join(said) or "nothing was decided")
