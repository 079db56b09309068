"""The answer page: what hurts and in whose words, four answers, a look at what the authors will read, then the answer.

GET shows and POST acts. A form carries a number of its own, so that sending it twice answers once.
"""

import secrets
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from pipeline import answers, escalating
from pipeline.answers import Answer, Given, NotAnAnswer
from pipeline.digest.document import Document, Pain
from pipeline.links import Link
from pipeline.store import answers as store
from pipeline.store import escalations, issues
from workers.engine import Engine
from workers.web.common import Page, Refused, digest_of, office, opened, page

NONCE = 64
"""Letters of a form's number at most."""
KINDS = {
    "act": ("I will act", "What, and by when."),
    "understand": ("I want to understand first", "Where I will sit or whom I will ask, and when."),
    "belongs": ("It belongs to somebody else", "Who; it counts once they answer."),
    "not_now": ("Not now, because", "The reason. People take a no with a reason better than silence."),
}


def blueprint(engine: Engine) -> Blueprint:
    pages = Blueprint("answering", __name__)

    @pages.get("/answer/<token>")
    def show(token: str) -> Page:
        try:
            with engine.transaction() as session:
                return _show(engine, session, token, opened(engine, token, "answer"))
        except Refused as refused:
            return refused.page()

    @pages.post("/answer/<token>")
    def answer(token: str) -> Page | Response:
        try:
            link = opened(engine, token, "answer")
            with engine.transaction() as session:
                return _answer(engine, session, token, link)
        except Refused as refused:
            return refused.page()

    @pages.post("/answer/<token>/told")
    def told(token: str) -> Page | Response:
        try:
            link = opened(engine, token, "answer")
            with engine.transaction() as session:
                return _told(engine, session, token, link)
        except Refused as refused:
            return refused.page()

    return pages


@dataclass(frozen=True, slots=True)
class _Asked:
    """The pain that a link asks about, as the reader's digest told of it."""

    document: Document
    pain: Pain


def _asked(session: Session, link: Link) -> _Asked:
    document = digest_of(session, link).document
    for pain in document.pains:
        if pain.id == link.about:
            return _Asked(document, pain)
    raise Refused("This pain is not in your leaf notes", "It was taken out before they were sent.", 404)


def _show(
    engine: Engine, session: Session, token: str, link: Link, wrong: NotAnAnswer | None = None, status: int = 200
) -> Page:
    asked = _asked(session, link)
    given = store.of_pain(session, link.about)
    mine = next((a for a in reversed(given) if a.leader == link.reader), None)
    fields = request.form if request.method == "POST" else {}
    return page(
        "answer.html",
        status=status,
        token=token,
        nonce=_nonce(fields.get("nonce", "")),
        pain=asked.pain,
        document=asked.document,
        kinds=KINDS,
        leaders=[(one, office(engine, one)) for one in engine.deployment.org.leaders if one != link.reader],
        given=[_told_of(engine, one) for one in given],
        mine=mine and _told_of(engine, mine),
        told=mine is not None and store.was_told(session, mine.id),
        draft=mine and draft(engine, mine),
        wrong=wrong,
        fields=fields,
        today=_today(engine).isoformat(),
        again=request.args.get("again") == "1" or wrong is not None or request.method == "POST",
    )


def _answer(engine: Engine, session: Session, token: str, link: Link) -> Page | Response:
    fields = request.form
    if fields.get("step") == "change":
        return _show(engine, session, token, link)
    asked = _asked(session, link)
    try:
        given = answers.check(
            kind=fields.get("kind", ""),
            text=fields.get("text", ""),
            due=fields.get("due", ""),
            to=fields.get("to", ""),
            leader=link.reader,
            leaders=engine.deployment.org.leaders,
            today=_today(engine),
        )
    except NotAnAnswer as wrong:
        return _show(engine, session, token, link, wrong, 422)
    if fields.get("step") != "send":
        return page(
            "preview.html",
            token=token,
            nonce=_nonce(fields.get("nonce", "")),
            pain=asked.pain,
            given=given,
            label=KINDS[given.kind][0],
            whom=office(engine, given.to) if given.to else None,
            draft=_draft(engine, link.reader, given),
        )
    store.keep(
        session,
        pain=link.about,
        leader=link.reader,
        period=link.period,
        given=given,
        how="page",
        nonce=f"{link.reader}:{link.about}:{_nonce(fields.get('nonce', ''))}"[-NONCE:],
        at=engine.deployment.now(),
    )
    escalating.ask(session, escalations.of_pain(session, link.about))
    return redirect(f"/answer/{token}", 303)


def _told(engine: Engine, session: Session, token: str, link: Link) -> Page | Response:
    """The reader says that those who wrote the issues they may name were told."""
    asked = _asked(session, link)
    mine = [a for a in store.of_pain(session, link.about) if a.leader == link.reader]
    if not mine:
        raise Refused("Nothing was answered yet", "Answer first; then say who was told.", 409)
    keys = [_split(key) for key in asked.pain.issues]
    known = [(issue.source, issue.external_id) for issue in issues.by_keys(session, keys)]
    store.tell(session, mine[-1].id, known, "person", engine.deployment.now())
    return redirect(f"/answer/{token}", 303)


def _split(key: str) -> tuple[str, str]:
    source, _, name = key.partition(":")
    return source, name


def _nonce(given: str) -> str:
    """A form's own number: the one that it came with, or a new one."""
    return given[:NONCE] if len(given) >= 16 and given.replace("-", "").replace("_", "").isalnum() else _fresh()


def _fresh() -> str:
    return secrets.token_urlsafe(16)


def _today(engine: Engine) -> Any:
    return engine.deployment.now().astimezone(ZoneInfo(engine.deployment.zone)).date()


def _told_of(engine: Engine, answer: Answer) -> dict[str, Any]:
    """An answer as the page shows it."""
    return {
        "label": KINDS[answer.kind][0],
        "text": answer.text,
        "due": answer.due,
        "to": office(engine, answer.to) if answer.to else None,
        "by": office(engine, answer.leader),
        "on": answer.at.astimezone(ZoneInfo(engine.deployment.zone)).date(),
    }


def draft(engine: Engine, answer: Answer) -> str:
    """What those who wrote are told, for an agent or a lead to send as it is."""
    given = Given(kind=answer.kind, text=answer.text, due=answer.due, to=answer.to)
    return _draft(engine, answer.leader, given)


def _draft(engine: Engine, leader: str, given: Given) -> str:
    name = engine.deployment.settings.organisation.name
    who = office(engine, leader).partition(" (")[0]
    lead = {
        "act": f"Thank you for writing. {who.capitalize()} at {name} read it and will act:",
        "understand": f"Thank you for writing. {who.capitalize()} at {name} read it and wants to understand it first:",
        "belongs": f"Thank you for writing. {who.capitalize()} at {name} read it and handed it on:",
        "not_now": f"Thank you for writing. {who.capitalize()} at {name} read it. It will not change now, because:",
    }[given.kind]
    by = f" By {given.due.day} {given.due:%B %Y}." if given.due else ""
    return f"{lead} {given.text}{'' if given.text.endswith(('.', '!', '?')) else '.'}{by}"
