"""The answer page: what hurts and in whose words, four answers, a look at what the authors will read, then the answer.

GET shows and POST acts. A form carries a number of its own, so that sending it twice answers once; who goes back to it
and sends something else has answered again.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from pipeline import answers, reviewing, telling
from pipeline.answers import Answer, Given, NotAnAnswer
from pipeline.digest import phrasebook, words
from pipeline.digest.document import Document, Pain
from pipeline.links import Link
from pipeline.store import answers as store
from pipeline.store import issues, objections, registry
from workers.engine import Engine
from workers.web.common import Page, Refused, acting, digest_of, office, opened, page, still_open

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
        with engine.transaction() as session:
            return _show(engine, session, token, opened(engine, token, "answer"))

    @pages.post("/answer/<token>")
    def answer(token: str) -> Page | Response:
        link = opened(engine, token, "answer")
        with engine.transaction() as session:
            return _answer(engine, session, token, link)

    @pages.post("/answer/<token>/told")
    def told(token: str) -> Page | Response:
        link = opened(engine, token, "answer")
        with engine.transaction() as session:
            return _told(engine, session, token, link)

    return pages


@dataclass(frozen=True, slots=True)
class _Asked:
    """The pain that a link asks about, as the reader's digest told of it."""

    document: Document
    pain: Pain


def _asked(engine: Engine, session: Session, link: Link) -> _Asked:
    document = digest_of(engine, session, link).document.without_quotations(objections.withdrawn(session))
    if not engine.deployment.org.leads_any(link.reader, [path[0] for path in document.led]):
        raise Refused(
            "This is for somebody else to answer now",
            "You led there in that week and do not any more. Your leaf notes of it stay readable; whoever leads now "
            "answers.",
            403,
        )
    pain = document.asked(link.about)
    if pain is not None:
        still_open(engine, session, link.reader, {*pain.issues, *(quote.issue for quote in pain.quotes)})
        return _Asked(document, pain)
    if (handed := _handed(session, link)) is not None:
        return _Asked(document, handed)
    raise Refused("This pain is not in your leaf notes", "It was taken out before they were sent.", 404)


def _handed(session: Session, link: Link) -> Pain | None:
    """A pain that another leader handed to the reader, whose own leaf notes do not tell of it: its name, and no words
    or numbers, which are those of other leaves."""
    given = store.of_pain(session, link.about)
    raw = registry.current(session).get(reviewing.followed(session, link.about))
    if not raw or all(one.to != link.reader for one in given):
        return None
    return Pain(
        id=link.about,
        title=raw["title"],
        side=raw["side"],
        who="",
        people=None,
        usual=None,
        trend=None,
        weeks=(),
        impact=0.0,
        state="",
        line="Another leader says that this belongs to you. An answer accepts it; handing it on, or back, refuses it.",
    )


def _show(
    engine: Engine, session: Session, token: str, link: Link, wrong: NotAnAnswer | None = None, status: int = 200
) -> Page:
    asked = _asked(engine, session, link)
    given = store.of_pain(session, link.about)
    mine = next((a for a in reversed(given) if a.leader == link.reader), None)
    relied = _relied(given)
    fields = request.form if request.method == "POST" else {}
    return page(
        "answer.html",
        status=status,
        token=token,
        place=acting(engine, link),
        nonce=_nonce(fields.get("nonce", "")),
        pain=phrasebook.of_pain(phrasebook.tongue(asked.document), asked.pain),
        document=asked.document,
        kinds=KINDS,
        leaders=[(one, office(engine, one)) for one in engine.deployment.org.leaders if one != link.reader],
        given=[_told_of(engine, one) for one in given],
        mine=mine and _told_of(engine, mine),
        told=relied is not None and set(asked.pain.issues) <= store.told_of(session, relied.id),
        draft=relied and engine.deployment.draft(relied),
        posted=relied is not None and _posted(engine, session, relied),
        wrong=wrong,
        fields=fields,
        today=_today(engine).isoformat(),
        correct=_correcting(engine, link, asked.document),
        again=request.args.get("again") == "1" or wrong is not None or request.method == "POST",
    )


def _answer(engine: Engine, session: Session, token: str, link: Link) -> Page | Response:
    fields, house = request.form, engine.deployment
    if fields.get("step") == "change":
        return _show(engine, session, token, link)
    asked = _asked(engine, session, link)
    try:
        given = answers.check(
            kind=fields.get("kind", ""),
            text=fields.get("text", ""),
            due=fields.get("due", ""),
            to=fields.get("to", ""),
            leader=link.reader,
            leaders=house.org.leaders,
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
            draft=house.draft(given, link.reader, link.by or None),
            posted="post" in house.answering.values(),
        )
    telling.give(
        session,
        pain=link.about,
        leader=link.reader,
        period=link.period,
        given=given,
        how="page",
        nonce=_said_by(link, _nonce(fields.get("nonce", "")), given),
        at=house.now(),
        modes=house.answering,
        by=link.by or None,
    )
    return redirect(f"/answer/{token}", 303)


def _correcting(engine: Engine, link: Link, document: Document) -> str | None:
    """The page on which the same leaf notes are corrected, as long as this link is good."""
    links = engine.deployment.links
    if links is None:
        return None
    at = document.generated_at
    return links.to("digest", reader=link.reader, made_at=at, period=link.period, by=link.by) + "/correct"


def _posted(engine: Engine, session: Session, answer: Answer) -> bool:
    """Whether a comment of ours is posted at any issue that the answer is for."""
    modes = engine.deployment.answering
    if "post" not in modes.values():
        return False
    return any(modes.get(issue.source) == "post" for issue in store.concerned(session, answer.pain, answer.at))


def _told(engine: Engine, session: Session, token: str, link: Link) -> Page | Response:
    """The reader says that those who wrote the issues they may name were told."""
    asked = _asked(engine, session, link)
    relied = _relied(store.of_pain(session, link.about))
    if relied is None:
        raise Refused("Nothing was answered yet", "Answer first; then say who was told.", 409)
    keys = [_split(key) for key in asked.pain.issues]
    known = [(issue.source, issue.external_id) for issue in issues.by_keys(session, keys)]
    store.tell(session, relied.id, known, "person", engine.deployment.now(), link.by or None)
    return redirect(f"/answer/{token}", 303)


def _relied(given: Sequence[Answer]) -> Answer | None:
    """The answer that those who wrote can be told of, whoever gave it."""
    answer = answers.standing(given)
    return answer if answer is not None and answer.honest else None


def _split(key: str) -> tuple[str, str]:
    source, _, name = key.partition(":")
    return source, name


def _nonce(given: str) -> str:
    """A form's own number: the one that it came with, or a new one."""
    return given[:NONCE] if len(given) >= 16 and given.replace("-", "").replace("_", "").isalnum() else _fresh()


def _said_by(link: Link, form: str, given: Given) -> str:
    """What is kept once, however often it is sent: what one form says."""
    said = repr((link.reader, link.about, form, given)).encode("utf-8", "backslashreplace")
    return hashlib.blake2b(said, digest_size=NONCE // 2).hexdigest()


def _fresh() -> str:
    return secrets.token_urlsafe(16)


def _today(engine: Engine) -> Any:
    return engine.deployment.now().astimezone(ZoneInfo(engine.deployment.zone)).date()


def _told_of(engine: Engine, answer: Answer) -> dict[str, Any]:
    """An answer as the page shows it."""
    return {
        "label": KINDS[answer.kind][0],
        "text": answers.ended(answer.text),
        "due": answer.due,
        "to": office(engine, answer.to) if answer.to else None,
        "by": words.capital(engine.deployment.org.acting(answer.leader, answer.by, named=True)),
        "on": answer.at.astimezone(ZoneInfo(engine.deployment.zone)).date(),
    }
