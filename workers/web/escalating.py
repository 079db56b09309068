"""The page of an escalation: what was told, and what its reader says to it. GET shows and POST acts."""

from flask import Blueprint, redirect, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from pipeline import escalating, standing_in
from pipeline.digest.call import Call
from pipeline.escalate import SNOOZE, NotNow
from pipeline.links import Link, from_store
from pipeline.store import digests, escalations
from pipeline.store.escalations import Escalation, Told
from workers.engine import Engine
from workers.web.common import OVER, Page, Refused, office, opened, page

SAID = {
    "owned": "owns the answer",
    "declined": "said no, with this reason",
    "wrong": "said that it should not have come",
    "answered": "answered the pain that it belongs to",
}
ENDED = {
    "closed": "It was closed in its source.",
    "withdrawn": "Whoever asked for it took it back.",
    "digest": "It was left to the weekly notes.",
    "top": "Everybody up to the top was asked. You can still answer it.",
}


def blueprint(engine: Engine) -> Blueprint:
    pages = Blueprint("escalating", __name__)

    @pages.get("/escalation/<token>")
    def show(token: str) -> Page:
        with engine.transaction() as session:
            link, kept = _opened(engine, session, token)
            return _show(engine, session, token, link, kept)

    @pages.post("/escalation/<token>")
    def act(token: str) -> Page | Response:
        with engine.transaction() as session:
            link, kept = _opened(engine, session, token)
            return _act(engine, session, token, link, kept)

    return pages


def _opened(engine: Engine, session: Session, token: str) -> tuple[Link, Escalation]:
    """The escalation of a link, for a reader who was told of it, in their own place or in that of somebody who is still
    away. Raises `Refused`."""
    deployment = engine.deployment
    house = deployment.house
    named = {one for one in house.ladder.named if one in house.org.people}
    places = standing_in.away(session, house.org).places(house.org, deployment.now())
    told = _told(engine, session, token)
    still = {one.reader for one in told if one.instead_of is None or places.get(one.instead_of) == one.reader}
    acting = {one.reader for one in told if one.instead_of is not None}
    link = opened(engine, token, "escalation", also=named | acting)
    kept = escalations.by_name(session, link.about)
    if kept is None or all(one.reader != link.reader for one in told):
        raise Refused("This escalation cannot be shown", "It was taken back.", 404)
    if link.reader not in still:
        raise Refused(OVER, "They listen again, or somebody else does. What you said in their place is kept.", 403)
    return link, kept


def _told(engine: Engine, session: Session, token: str) -> tuple[Told, ...]:
    """Who was told of the escalation that a link names."""
    links = engine.deployment.links
    link = links.read(token, "escalation") if links is not None else None
    kept = escalations.by_name(session, link.about) if link is not None else None
    return () if kept is None else kept.told


def _who(engine: Engine, kept: Escalation, reader: str) -> str:
    """Whoever was told, or spoke, and in whose place."""
    org = engine.deployment.org
    leader = next((one.instead_of for one in kept.told if one.reader == reader), None)
    return office(engine, reader) if leader is None else org.acting(leader, reader, named=True)


def _show(
    engine: Engine,
    session: Session,
    token: str,
    link: Link,
    kept: Escalation,
    wrong: NotNow | None = None,
    status: int = 200,
) -> Page:
    house, now = engine.deployment.house, engine.deployment.now()
    own = [one for one in kept.told if one.reader == link.reader]
    readable = escalating.may_be_read(session, kept, link.reader, house)
    call = _call(engine, session, own[-1]) if readable else None
    hours = escalating.hours(house, link.reader)
    today = hours.local(now).date()
    return page(
        "escalation.html",
        status=status,
        token=token,
        call=call,
        kept=kept,
        told=[(_who(engine, kept, one.reader), hours.local(one.at)) for one in kept.asked],
        by=_who(engine, kept, kept.ended_by) if kept.ended_by else None,
        said=SAID.get(kept.state),
        incident=escalating.INCIDENT,
        ended=ENDED.get(kept.state),
        on=hours.local(kept.ended_at) if kept.ended_at else None,
        snoozed=hours.local(kept.snoozed_until) if kept.snoozed_until else None,
        mine=bool(kept.asked) and kept.asked[-1].reader == link.reader and kept.state == "open",
        first=hours.workday(today, 1).isoformat(),
        last=hours.workday(today, SNOOZE).isoformat(),
        wrong=wrong,
        fields=request.form if request.method == "POST" else {},
    )


def _act(engine: Engine, session: Session, token: str, link: Link, kept: Escalation) -> Page | Response:
    house, fields = engine.deployment.house, request.form
    if kept.waits:
        what = fields.get("what", "")
        said = fields.get("until" if what == "snooze" else "line", "")
        try:
            escalating.act(session, kept, link.reader, what, said, house, engine.deployment.now())
        except NotNow as wrong:
            return _show(engine, session, token, link, kept, wrong, 422)
    return redirect(f"/escalation/{token}", 303)


def _call(engine: Engine, session: Session, told: Told) -> Call:
    return Call.from_json(from_store(digests.digest_by_id(session, told.digest_id).document, engine.deployment.links))
