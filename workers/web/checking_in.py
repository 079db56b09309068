"""The weekly check-in: a page with two questions, answered once, and the page that ends the asking for ever.

The link names a ticket and a group, and no person. An answer is added to the group's sums; the line that somebody adds
is kept as an anonymous note of the week, in another transaction and without a time of its own.
"""

import secrets
from datetime import datetime
from typing import Final

from flask import Blueprint, request

from pipeline import check_in, periods
from pipeline.check_in import Asking
from pipeline.clean import characters
from pipeline.links import Link
from pipeline.store import check_ins
from workers.engine import Engine
from workers.web import speaking
from workers.web.common import Page, Refused, page, read
from workers.wiring import Source

LONGEST: Final = 2_000
"""Letters of the line."""
OVER: Final = "The week that it asked about has ended. If you are asked again, that mail has a new link."


def blueprint(engine: Engine) -> Blueprint:
    pages = Blueprint("checking_in", __name__)

    @pages.get("/check-in/<token>")
    def show(token: str) -> Page:
        link, asking = _opened(engine, token)
        with engine.transaction() as session:
            usable = _usable(check_ins.usable(session, link.period, link.about, link.reader))
        return _form(engine, token, asking) if usable else _done(again=True)

    @pages.post("/check-in/<token>")
    def answer(token: str) -> Page:
        link, asking = _opened(engine, token)
        return _answer(engine, token, link, asking)

    @pages.get("/check-in-stop/<token>")
    def ask(token: str) -> Page:
        person = _person(engine, token)
        with engine.transaction() as session:
            return page("check_in_stop.html", token=token, stopped=person in check_ins.stopped(session))

    @pages.post("/check-in-stop/<token>")
    def stop(token: str) -> Page:
        """Also what a mail program sends: `List-Unsubscribe=One-Click`, without a cookie, followed nowhere."""
        person = _person(engine, token)
        again = request.form.get("ask") == "again"
        with engine.transaction() as session:
            (check_ins.go_on if again else check_ins.stop)(session, person)
        return page("check_in_stop.html", token=token, stopped=not again)

    return pages


def _opened(engine: Engine, token: str) -> tuple[Link, Asking]:
    link, asking = read(engine, token, "check-in", ended=OVER), engine.deployment.house.check_in
    if asking is None:
        raise Refused("Nobody is asked any more", "The weekly check-in was turned off.", 410)
    return link, asking


def _person(engine: Engine, token: str) -> str:
    """Whom a link to stop is for; it ends only with the deployment's key."""
    links = engine.deployment.links
    link = links.read(token, "check-in-stop") if links is not None else None
    if link is None:
        raise Refused("This link is not whole", "Part of it may be missing. Open it from the mail again.", 404)
    return link.reader


def _usable(found: bool | None) -> bool:
    if found is None:
        raise Refused("This link has ended", OVER, 410)
    return found


def _line_goes_to(engine: Engine, asking: Asking) -> Source | None:
    return speaking.source_of(engine) if asking.free_line else None


def _form(engine: Engine, token: str, asking: Asking, wrong: str | None = None, status: int = 200) -> Page:
    return page(
        "check_in.html",
        status=status,
        token=token,
        questions=asking.questions,
        steps=check_in.STEPS,
        wrong=wrong,
        fields=request.form,
        line=_line_goes_to(engine, asking) is not None,
        longest=LONGEST,
    )


def _done(*, again: bool = False) -> Page:
    return page("checked_in.html", again=again)


def _answer(engine: Engine, token: str, link: Link, asking: Asking) -> Page:
    source = _line_goes_to(engine, asking)
    chosen = {question: request.form.get(question, "") for question in check_in.QUESTIONS}
    line = characters(request.form.get("line", "")).strip() if source is not None else ""
    if any(step not in map(str, check_in.STEPS) for step in chosen.values()):
        return _form(engine, token, asking, "Choose one of the five for each of the two.", 422)
    if len(line) > LONGEST:
        return _form(engine, token, asking, f"Say it in {LONGEST} letters.", 422)
    with engine.transaction() as session:
        _usable(check_ins.usable(session, link.period, link.about, link.reader))
        steps = {question: int(step) for question, step in chosen.items()}
        fresh = check_ins.answer(session, link.period, link.about, link.reader, steps)
    if fresh and source is not None and line:
        _keep_line(engine, source, link, asking, line)
    return _done(again=not fresh)


def _keep_line(engine: Engine, source: Source, link: Link, asking: Asking, line: str) -> None:
    """An anonymous note of the group; its time is the one at which everybody was asked."""
    house = engine.deployment
    period = periods.week_of(link.period, house.zone)
    asked = check_in.due(period, asking, house.zone)
    at: datetime = asked if asked <= house.now() else period.start
    raw = {
        "external_id": secrets.token_hex(8),
        "text": line,
        "created_at": at.isoformat(),
        "role": "staff",
        "team": link.about,
        "author": None,
        "quote": request.form.get("quote") == "yes",
    }
    with engine.transaction() as session:
        speaking.keep(session, source, raw, at)
