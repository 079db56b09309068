"""Speak up: a form for people who have no ticket to write. Anonymous unless they say who they are; never traced.

No cookie is set, no address is kept or logged, and a note has a number by chance. The page is reached by an address
that an operator hands out, so that it is not open to the whole internet.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from flask import Blueprint, request
from sqlalchemy.orm import Session

from connectors.speak_up import SpeakUp
from pipeline import steps
from pipeline.clean import characters, one_line
from pipeline.store import issues
from workers.engine import Engine
from workers.web.common import Page, Refused, page
from workers.wiring import Source

LONGEST: Final = 5_000
"""Letters of a note."""
MOST: Final = 60
"""Notes in an hour, from everybody together: nobody is told apart, so nobody can be slowed down alone."""


def blueprint(engine: Engine) -> Blueprint:
    pages = Blueprint("speaking", __name__)

    @pages.get("/speak/<token>")
    def show(token: str) -> Page:
        _source(engine, token)
        return _form(engine, token)

    @pages.post("/speak/<token>")
    def say(token: str) -> Page:
        return _say(engine, token, _source(engine, token))

    return pages


def source_of(engine: Engine) -> Source | None:
    """The configured source of kind speak-up, if there is one."""
    return next((s for _, s in sorted(engine.deployment.sources.items()) if s.connector is SpeakUp), None)


def keep(session: Session, source: Source, raw: Mapping[str, Any], at: datetime) -> None:
    """Make an issue of a note."""
    connector = SpeakUp(source.options, None)  # type: ignore[arg-type]  # it opens no socket
    steps.ingest(
        session, source=source.name, items=[raw], problems=[], normalise=connector.normalise, cursor={}, at=at,
        known_as=connector.known_as,
    )  # fmt: skip


def _source(engine: Engine, token: str) -> Source:
    house = engine.deployment
    link = house.links.read(token, "speak") if house.links is not None else None
    source = source_of(engine)
    if link is None or source is None:
        raise Refused("There is nothing to write to here", "Ask whoever gave you this address for the new one.", 404)
    return source


def _form(engine: Engine, token: str, wrong: str | None = None, status: int = 200) -> Page:
    org = engine.deployment.org
    teams = [(team.id, team.name) for team in org.teams.values() if org.is_leaf(team.id)]
    return page(
        "speak.html", status=status, token=token, teams=teams, wrong=wrong, fields=request.form, longest=LONGEST
    )


def _say(engine: Engine, token: str, source: Source) -> Page:
    fields, now = request.form, engine.deployment.now()
    said = characters(fields.get("text", "")).strip()
    if fields.get("website"):  # a field that people do not see: only programs fill it in
        return page("spoken.html", link=None)
    if not said or len(said) > LONGEST:
        wrong = f"Say it in {LONGEST} letters." if said else "Write what happened, in a line or more."
        return _form(engine, token, wrong, 422)
    team = fields.get("team", "")
    raw = {
        "external_id": secrets.token_hex(8),
        "text": said,
        "created_at": now.isoformat(),
        "role": fields.get("role", ""),
        "team": team if team in engine.deployment.org.teams else None,
        "author": one_line(fields.get("name", ""))[:200] or None,
        "quote": fields.get("quote") == "yes",
    }
    with engine.transaction() as session:
        if issues.count_since(session, source.name, now - timedelta(hours=1)) >= MOST:
            raise Refused("Too much was written in the last hour", "Please write it again in an hour.", 429)
        keep(session, source, raw, now)
    name = f"{source.name}:{raw['external_id']}"
    links = engine.deployment.links
    return page("spoken.html", link=links and links.to("quoted", reader=name, about=name, made_at=now))
