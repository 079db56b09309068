"""What waits for an operator's word in the first weeks: looked at as it would be sent, released, or refused.

GET shows and POST acts. A page of somebody else's leaf notes holds no link that works, and shows only what waits.
"""

from collections.abc import Sequence
from dataclasses import replace

import structlog
from flask import Blueprint, redirect, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from pipeline import periods, releasing
from pipeline.digest import render
from pipeline.digest.document import Document
from pipeline.digest.render import Block, Section
from pipeline.links import from_store
from pipeline.releasing import NotAReason, Word
from pipeline.store import db, digests
from workers.engine import Engine
from workers.web.access import confirmed, csrf, name_of, operator
from workers.web.common import Page, Refused, office, page

log = structlog.get_logger()


def blueprint(engine: Engine) -> Blueprint:
    pages = Blueprint("releasing", __name__)

    @pages.get("/operators/notes/<int:number>")
    def show(number: int) -> Page:
        operator(engine)
        with db.reading(engine.deployment.database) as session:
            return _show(engine, _waiting(session, number))

    @pages.post("/operators/refuse")
    def refuse() -> Page | Response:
        reader = operator(engine)
        confirmed()
        said = request.form.get("reason", "")
        with engine.transaction() as session:
            digest = _waiting(session, _number())
            try:
                word = releasing.refuse(session, digest.id, reason=said, by=reader.person, at=engine.deployment.now())
            except NotAReason as error:
                return _show(engine, digest, wrong=str(error), reason=said)
        return _done([digest], [word], "refused")

    @pages.post("/operators/release")
    def release() -> Page | Response:
        """One digest, or all of a week."""
        reader = operator(engine)
        confirmed()
        week = request.form.get("week", "")
        with engine.transaction() as session:
            every = [one.id for one in digests.waiting(session) if one.period == week]
            found = [digests.digest_by_id(session, one) for one in every] if week else [_waiting(session, _number())]
            words = _release(engine, session, found, reader.person)
        return _done(found, words, "composed")

    return pages


def _number() -> int:
    given = request.form.get("digest", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 16 else 0


def _waiting(session: Session, number: int) -> digests.StoredDigest:
    """A digest that waits. Raises `Refused` for any other: operators read what they have to decide about."""
    if all(one.id != number for one in digests.waiting(session)):
        says = "They were released or refused meanwhile, or never waited. The operators' page says what still does."
        raise Refused("These leaf notes do not wait", says, 404)
    return digests.digest_by_id(session, number)


def _release(engine: Engine, session: Session, found: Sequence[digests.StoredDigest], by: str) -> list[Word]:
    """Those of one week."""
    house = engine.deployment
    if not found:
        return []
    then = house.at(periods.week_of(found[0].period, house.zone)).house
    return releasing.release(session, [one.id for one in found], then, by=by, at=house.now())


def _done(found: Sequence[digests.StoredDigest], words: Sequence[Word], meant: str) -> Page | Response:
    """Back to the operators' page; a page of its own where something did not become what was meant."""
    both = list(zip(found, words, strict=True))
    for digest, word in both:
        log.info("by hand", leader=digest.leader, week=digest.period, state=word.state)
    other = [f"{digest.leader}, {digest.period}: {word.said}." for digest, word in both if word.state != meant]
    if other:
        raise Refused("Not everything was done", " ".join(other), 409)
    return redirect("/operators", 303)


def _show(engine: Engine, digest: digests.StoredDigest, *, wrong: str = "", reason: str = "") -> Page:
    """The notes as they would be sent."""
    house, reader = engine.deployment, operator(engine)
    document = Document.from_json(from_store(digest.document, house.links))
    return page(
        "waiting.html",
        status=422 if wrong else 200,
        name=name_of(engine, reader),
        reader=reader,
        csrf=csrf(),
        digest=digest,
        whose=office(engine, digest.leader) if digest.leader in house.org.people else digest.leader,
        head=render.head(document),
        sections=[_inert(section) for section in render.layout(document)],
        language=document.language,
        longest=releasing.LONGEST,
        wrong=wrong,
        reason=reason,
    )


def _inert(section: Section) -> Section:
    """A section whose links and buttons are words: they are the leader's, not the operator's."""
    return replace(section, blocks=tuple(_without_link(block) for block in section.blocks))


def _without_link(block: Block) -> Block:
    if block.kind in ("button", "link"):
        return Block(kind="para", text=f"[{block.label}]")
    return replace(block, url=None)
