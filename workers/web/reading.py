"""Each digest's permanent page: the same words as the mail, with what stands behind its numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import Blueprint
from sqlalchemy.orm import Session

from pipeline import answers as rules
from pipeline import periods
from pipeline.digest import render
from pipeline.digest.document import Document, Pain
from pipeline.issue import Period
from pipeline.store import answers, digests, objections
from workers.engine import Engine
from workers.web.answering import KINDS
from workers.web.charts import Chart, Weeks, chart
from workers.web.common import Page, digest_of, office, opened, page, still_open
from workers.web.correcting import waits_for

SHORT, LONG = 6, 52
"""Weeks of the two charts."""


def blueprint(engine: Engine) -> Blueprint:
    pages = Blueprint("reading", __name__)

    @pages.get("/digest/<token>")
    def show(token: str) -> Page:
        link = opened(engine, token, "digest")
        with engine.transaction() as session:
            document = digest_of(engine, session, link).document.without_quotations(objections.withdrawn(session))
            still_open(engine, session, link.reader, document.evidence())
            trends = _trends(engine, session, document)
            waiting = waits_for(engine, session, link.reader)
        return page(
            "digest.html",
            document=document,
            sections=render.layout(document),
            trends=trends,
            token=token,
            waiting=waiting,
        )

    return pages


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trend:
    """A pain's weeks and what was answered to it. A chart is None where no number may be shown, or there is no more."""

    title: str
    answered: str
    short: Chart | None
    long: Chart | None


def _trends(engine: Engine, session: Session, document: Document) -> list[_Trend]:
    year = _before(document.period, LONG)
    told = [Document.from_json(one) for one in digests.told_to(session, document.leader, year[0], year[-1])]
    return [
        _Trend(
            title=render.headline(pain),
            answered=_answered(engine, session, pain),
            short=chart(f"short-{n}", f"People a week, the last {SHORT} weeks", _present(document, pain)),
            long=chart(f"long-{n}", "People a week, as your leaf notes of 12 months told it", _told(told, year, pain)),
        )
        for n, pain in enumerate(document.pains, start=1)
    ]


def _before(period: Period, count: int) -> list[str]:
    """The labels of so many periods up to this one, oldest first."""
    every = [period]
    while len(every) < count:
        every.append(periods.before(every[-1]))
    return [one.label for one in reversed(every)]


def _present(document: Document, pain: Pain) -> Weeks:
    """The numbers that the document itself holds, and no others."""
    weeks = pain.weeks[-SHORT:]
    return list(zip(_before(document.period, max(len(weeks), 1)), weeks, strict=True)) if weeks else []


def _told(told: Sequence[Document], year: Sequence[str], pain: Pain) -> Weeks:
    """The numbers that this leader was sent before, each as it stood then: nothing that they do not know already."""
    said = {one.period.label: named.people for one in told for named in one.named() if named.id == pain.id}
    first = min(said, default=None)
    return [] if len(said) < 2 else [(week, said.get(week)) for week in year if first is not None and week >= first]


def _answered(engine: Engine, session: Session, pain: Pain) -> str:
    found = rules.standing(answers.of_pain(session, pain.id))
    if found is None:
        return "Nobody has answered yet."
    at = found.at.astimezone(ZoneInfo(engine.deployment.zone))
    due = f", by {found.due.day} {found.due:%B %Y}" if found.due else ""
    return f"Answered on {at.day} {at:%B %Y} by {office(engine, found.leader)}: {KINDS[found.kind][0]}{due}."
