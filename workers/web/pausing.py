"""How a leader listens: one click of the mail program (RFC 8058) pauses, a page says the rest. Nobody is made to.

Whoever reads in a leader's place has a link of their own to it, with which they stop doing so, and nothing else.
"""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, request
from sqlalchemy.orm import Session

from pipeline import listening, standing_in
from pipeline.links import Link
from pipeline.listening import Listening, NotSo
from pipeline.standing_in import Away
from pipeline.store import listeners
from workers.engine import Engine
from workers.web.common import Page, office, opened, page


def blueprint(engine: Engine) -> Blueprint:
    pages = Blueprint("pausing", __name__)

    @pages.get("/pause/<token>")
    def show(token: str) -> Page:
        link = opened(engine, token, "pause")
        with engine.transaction() as session:
            return _show(engine, session, token, link)

    @pages.post("/pause/<token>")
    def act(token: str) -> Page:
        """Also what a mail program sends: `List-Unsubscribe=One-Click`, without a cookie, followed nowhere."""
        link = opened(engine, token, "pause")
        with engine.transaction() as session:
            if link.by:
                before = listeners.get(session, link.reader)
                if before.delegate == link.by:
                    listeners.keep(session, replace(before, delegate=None), _now(engine))
                return _show(engine, session, token, link)
            try:
                said = _said(engine, session, link)
            except NotSo as wrong:
                return _show(engine, session, token, link, wrong)
            if said != listeners.get(session, link.reader):  # said again it changes nothing
                listeners.keep(session, said, _now(engine))
            return _show(engine, session, token, link, kept=True)

    return pages


def _now(engine: Engine) -> datetime:
    return engine.deployment.now()


def _zone(engine: Engine, leader: str) -> str:
    return standing_in.zone_of(engine.deployment.org, leader, engine.deployment.zone)


def _said(engine: Engine, session: Session, link: Link) -> Listening:
    """How the reader wants to listen from now on. Raises `NotSo`."""
    before, now, zone = listeners.get(session, link.reader), _now(engine), _zone(engine, link.reader)
    what = request.form.get("listen", "")
    if what == "again":
        return listening.changed(before, now, again=True)
    if what == "until":
        day = listening.day(request.form.get("until", ""), now.astimezone(ZoneInfo(zone)).date())
        return listening.changed(before, now, until=listening.begins(day, zone))
    if what == "delegate":
        org, away = engine.deployment.org, standing_in.away(session, engine.deployment.org)
        paused = listening.paused(away.listening, now)
        named = listening.chosen(org, link.reader, request.form.get("delegate", ""), paused, away.unheard)
        return replace(before, delegate=named)
    return listening.changed(before, now, pause=True)


def _show(
    engine: Engine,
    session: Session,
    token: str,
    link: Link,
    wrong: NotSo | None = None,
    kept: bool = False,
) -> Page:
    if link.by:
        still = listeners.get(session, link.reader).delegate == link.by
        return page("stood_in.html", token=token if still else None, place=office(engine, link.reader))
    org, now, leader = engine.deployment.org, _now(engine), link.reader
    away, zone = standing_in.away(session, org), _zone(engine, leader)
    said = away.listening.get(leader, Listening(leader=leader))
    paused = listening.paused(away.listening, now)
    named = said.delegate
    return page(
        "pause.html",
        status=422 if wrong is not None else 200,
        token=token,
        paused=said.away(now),
        until=said.until.astimezone(ZoneInfo(zone)).date() if said.until is not None and said.away(now) else None,
        tomorrow=listening.tomorrow(now.astimezone(ZoneInfo(zone)).date()).isoformat(),
        zone=zone,
        named=_name(engine, named),
        why=listening.why_not(org, leader, named, paused, away.unheard) if named is not None else None,
        chosen=request.form.get("delegate", "") if wrong is not None and wrong.field == "delegate" else named,
        people=_people(engine, leader, away, now),
        wrong=wrong,
        fields=request.form if wrong is not None else {},
        kept=kept,
    )


def _people(engine: Engine, leader: str, away: Away, now: datetime) -> list[tuple[str, str]]:
    """Who can read in this leader's place, by name, with what they lead; leaders first."""
    org = engine.deployment.org
    able = listening.candidates(org, leader, listening.paused(away.listening, now), away.unheard)
    ordered = sorted(able, key=lambda one: (not org.led_by(one), org.people[one].name or one))
    return [(one, _name(engine, one) or one) for one in ordered]


def _name(engine: Engine, person: str | None) -> str | None:
    """ "Bo Hallam (Harbour)"."""
    org = engine.deployment.org
    if person is None or person not in org.people:
        return person
    team = org.teams.get(next(iter(org.led_by(person)), org.people[person].team or ""))
    where = f" ({team.name})" if team is not None else ""
    return f"{org.people[person].name or person}{where}"
