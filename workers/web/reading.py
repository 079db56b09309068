"""Each digest's permanent page: the same words as the mail, with what stands behind its numbers; and the copy that its
leader passes on to the team."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import structlog
from flask import Blueprint, Response
from sqlalchemy.orm import Session

from pipeline import answers as rules
from pipeline import passing_on, periods, standing_in
from pipeline.composing import Written
from pipeline.digest import edition, phrasebook, render
from pipeline.digest.document import Document, Pain
from pipeline.house import House
from pipeline.issue import Period
from pipeline.links import Link
from pipeline.store import answers, db, digests, objections
from workers.engine import Engine
from workers.web.answering import KINDS
from workers.web.charts import Chart, Weeks, chart
from workers.web.common import Page, Refused, acting, digest_of, opened, page, still_open
from workers.web.correcting import waits_for

log = structlog.get_logger()

SHORT, LONG = 6, 52
"""Weeks of the two charts."""


def blueprint(engine: Engine) -> Blueprint:
    pages = Blueprint("reading", __name__)

    @pages.get("/digest/<token>")
    def show(token: str) -> Page:
        link = opened(engine, token, "digest")
        with engine.transaction() as session:
            document = digest_of(engine, session, link).document.without_quotations(objections.withdrawn(session))
            if link.by:
                document = standing_in.as_read(document, link.by, engine.deployment.house)
            still_open(engine, session, link.reader, document.evidence())
            trends = _trends(engine, session, document)
            waiting = waits_for(engine, session, link.reader)
        return page(
            "digest.html",
            document=document,
            head=render.head(document),
            sections=render.layout(document),
            trends=trends,
            token=token,
            place=acting(engine, link),
            waiting=waiting,
            may_copy=document.form != "deaf" and not link.by,
        )

    @pages.get("/digest/<token>/team")
    def team(token: str) -> Page:
        link = opened(engine, token, "digest")
        with db.reading(engine.deployment.database) as session:
            copy = _copy(engine, session, link)
            return _team_page(engine, session, token, copy)

    @pages.get("/digest/<token>/team.txt")
    def team_as_text(token: str) -> Response:
        link = opened(engine, token, "digest")
        with db.reading(engine.deployment.database) as session:
            return Response(_copy(engine, session, link).text, mimetype="text/plain")

    @pages.post("/digest/<token>/team")
    def mail_team(token: str) -> Page:
        """To the leader alone, once for a week, however often it is asked for."""
        link = opened(engine, token, "digest")
        with engine.transaction() as session:
            copy = _copy(engine, session, link)
            passing_on.send(session, copy, _house(engine, copy.document.period))
            return _team_page(engine, session, token, copy)

    return pages


def _house(engine: Engine, period: Period) -> House:
    return engine.deployment.at(period).house


def _copy(engine: Engine, session: Session, link: Link) -> Written:
    """The copy for the team, as it may be told now. Raises `Refused` where a gate holds it."""
    if link.by:
        raise Refused("This is for its leader alone", "A copy for the team is made by whoever leads it.", 403)
    decided = digest_of(engine, session, link).document
    copy = passing_on.write(session, decided, _house(engine, decided.period), engine.deployment.now())
    if copy.failures:
        log.warning("team copy held", leader=link.reader, week=link.period, gates=list(copy.failures))
        says = "It would tell more than everybody in the team may know. Whoever runs Leafnotes sees why, in the log."
        raise Refused("This copy is held", says, 409)
    return copy


def _team_page(engine: Engine, session: Session, token: str, copy: Written) -> Page:
    document = copy.document
    sent = passing_on.sent(session, document.leader, document.period.label)
    at = None if sent is None else sent.astimezone(ZoneInfo(engine.deployment.zone))
    return page(
        "team.html",
        document=document,
        sections=edition.layout(document),
        token=token,
        sent=at and f"{at.day} {at:%B %Y}",
        address=engine.deployment.org.people[document.leader].email,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trend:
    """A pain's weeks and what was answered to it. A chart is None where no number may be shown, or there is no more."""

    title: str
    answered: str
    short: Chart | None
    long: Chart | None


def _trends(engine: Engine, session: Session, document: Document) -> list[_Trend]:
    year, say = _before(document.period, LONG), phrasebook.tongue(document)
    told = [Document.from_json(one) for one in digests.told_to(session, document.leader, year[0], year[-1])]
    return [
        _Trend(
            title=render.headline(phrasebook.of_pain(say, pain)),
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
    who = engine.deployment.org.acting(found.leader, found.by, named=True)
    due = f", by {found.due.day} {found.due:%B %Y}" if found.due else ""
    return f"Answered on {at.day} {at:%B %Y} by {who}: {KINDS[found.kind][0]}{due}."
