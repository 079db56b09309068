"""For whoever wrote an issue: was I quoted, why, and what was answered. It names offices, and nobody else who wrote."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import Blueprint
from sqlalchemy.orm import Session

from pipeline import answers as rules
from pipeline.answers import Answer
from pipeline.digest.document import Document
from pipeline.objections import REASONS
from pipeline.store import answers, db, digests, objections
from pipeline.store import triage as issues
from workers.engine import Engine
from workers.web.answering import KINDS
from workers.web.common import Page, Refused, office, page, read

ENDED = "Ask whoever gave it to you for another one; what was answered stays."


def blueprint(engine: Engine) -> Blueprint:
    pages = Blueprint("authors", __name__)

    @pages.get("/quoted/<token>")
    def show(token: str) -> Page:
        link = read(engine, token, "quoted", ended=ENDED)
        with db.reading(engine.deployment.database) as session:
            return _show(engine, session, link.about)

    return pages


@dataclass(frozen=True, slots=True, kw_only=True)
class _Quoted:
    """Words as they stood in digests of a week that went out, and to which offices."""

    week: str
    text: str
    offices: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Withdrawn:
    on: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answered:
    label: str
    text: str
    by: str
    on: str
    due: str | None
    to: str | None
    told: bool


def _show(engine: Engine, session: Session, name: str) -> Page:
    source, _, external_id = name.partition(":")
    stored = issues.one(session, (source, external_id))
    if stored is None:
        raise Refused("This issue is not known here", "It may have been forgotten at somebody's wish.", 404)
    offices: dict[tuple[str, str], list[str]] = {}
    pains = {stored.pain} if stored.pain is not None else set()
    for document in map(Document.from_json, digests.quoting(session, name)):
        for text, pain in _quotations(document, name):
            offices.setdefault((document.period.label, text), []).append(_office(engine, document.leader))
            pains |= {pain} if pain is not None else set()
    quoted = [_Quoted(week=week, text=text, offices=_together(who)) for (week, text), who in offices.items()]
    told = answers.told(session, engine.deployment.now())
    answered = [
        _answered(engine, standing, told=name in told.get(standing.id, ()))
        for pain in sorted(pains)
        if (standing := rules.standing(answers.of_pain(session, pain))) is not None
    ]
    withdrawn = [
        _Withdrawn(on=f"{at.day} {at:%B %Y}", why=REASONS[said])
        for said, moment in objections.reasons(session, name)
        for at in [moment.astimezone(ZoneInfo(engine.deployment.zone))]
    ]
    return page(
        "quoted.html", name=name, title=stored.issue.title, quoted=quoted, answered=answered, withdrawn=withdrawn[:1]
    )


def _quotations(document: Document, name: str) -> list[tuple[str, str | None]]:
    """(words, pain) of an issue in a digest, each words once."""
    of_pains = {quote.text: pain.id for pain in document.pains for quote in pain.quotes}
    texts = dict.fromkeys(quote.text for quote in document.quotations() if quote.issue == name)
    return [(text, of_pains.get(text)) for text in texts]


def _answered(engine: Engine, answer: Answer, *, told: bool) -> _Answered:
    at = answer.at.astimezone(ZoneInfo(engine.deployment.zone))
    return _Answered(
        label=KINDS[answer.kind][0],
        text=rules.ended(answer.text),
        by=engine.deployment.org.acting(answer.leader, answer.by),
        on=f"{at.day} {at:%B %Y}",
        due=f"{answer.due.day} {answer.due:%B %Y}" if answer.due else None,
        to=_office(engine, answer.to) if answer.to else None,
        told=told,
    )


def _together(names: list[str]) -> str:
    first, last = names[:-1], names[-1]
    return f"{', '.join(first)} and {last}" if first else last


def _office(engine: Engine, leader: str) -> str:
    """What somebody leads, without their name."""
    return office(engine, leader).partition(" (")[0]
