"""What the pages share: who may open a link, and the polite page where one cannot be opened."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from flask import g, render_template
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException

from pipeline import periods, standing_in
from pipeline.digest.document import Document
from pipeline.digest.phrasebook import Tongue
from pipeline.links import Link, Purpose, from_store
from pipeline.store import db, digests, issues
from workers.engine import Engine

Page = tuple[str, int]


class Refused(Exception):
    """A link that opens nothing; the page says why and what to do. `sign_in`: it offers to sign in."""

    def __init__(self, title: str, message: str, status: int, *, sign_in: bool = False) -> None:
        super().__init__(message)
        self.title, self.message, self.status, self.sign_in = title, message, status, sign_in

    def page(self) -> Page:
        words = {"title": self.title, "message": self.message, "sign_in": self.sign_in}
        return page("message.html", status=self.status, **words)


def page(template: str, *, status: int = 200, **values: Any) -> Page:
    """A page in the language of whoever's link was opened; `t` says our own sentences in it."""
    return render_template(template, t=Tongue(g.get("language", "en")), **values), status


def not_found(_: HTTPException) -> Page:
    return Refused("There is no such page", "Open it from your leaf notes again.", 404).page()


def read(engine: Engine, token: str, purpose: Purpose, *, ended: str) -> Link:
    """What a link says, whoever opens it; `ended` says where to get another. Raises `Refused`."""
    house = engine.deployment
    link = house.links.read(token, purpose) if house.links is not None else None
    if link is None:
        raise Refused("This link is not whole", "Part of it may be missing. Open it from your leaf notes again.", 404)
    if "language" in g:  # a page of leaders
        g.language = house.house.speaks(link.by or link.reader)
    if link.ended(house.now()):
        raise Refused("This link has ended", ended, 410)
    return link


def opened(engine: Engine, token: str, purpose: Purpose, also: Collection[str] = ()) -> Link:
    """What a link says, for a leader who still is one or was at the end of its week, or one of those `also` named.

    Raises `Refused`.
    """
    house = engine.deployment
    ended = (
        "Links are good for 30 days. Your newest leaf notes have fresh ones, or reply to the mail and a person "
        "will see to it."
    )
    link = read(engine, token, purpose, ended=ended)
    then = house.at(periods.week_of(link.period, house.zone)) if link.period else house
    if link.reader not in (*then.org.leaders, *house.org.leaders, *also):
        raise Refused("This link is not yours any more", "It was made for somebody who led a team at that time.", 403)
    if link.by and purpose != "pause":  # whoever stops reading in somebody's place may do so twice
        with db.reading(house.database) as session:
            delegate, _ = standing_in.away(session, house.org).delegate(house.org, link.reader, house.now())
        if delegate != link.by:
            raise Refused(OVER, "They listen again, or somebody else does. What you said in their place is kept.", 403)
    return link


OVER = "You do not read in their place any more"


@dataclass(frozen=True, slots=True)
class Kept:
    """A digest as it was decided."""

    document: Document
    version: int


def digest_of(engine: Engine, session: Session, link: Link) -> Kept:
    """The digest that a link is about. Raises `Refused` where it may not be read (any more)."""
    stored = digests.digest(session, link.reader, link.period)
    held = stored is None or stored.document is None or stored.state in ("held", "waiting", "refused")
    if stored is None or stored.document is None or held or link.by not in ("", stored.read_by):
        raise Refused("These leaf notes cannot be shown", "They were taken back before they were sent.", 404)
    document = Document.from_json(from_store(stored.document, engine.deployment.links, link.by))
    if link.by and not standing_in.may_read(session, engine.deployment.org, document, link.by):
        message = "They name an issue that stays with the team of whoever wrote it."
        raise Refused("These leaf notes cannot be shown any more", message, 403)
    return Kept(document, stored.version)


def still_open(engine: Engine, session: Session, reader: str, names: Iterable[str]) -> None:
    """That a reader may see all these issues ("source:external_id") today. Raises `Refused`.

    `visible_to:` may have been narrowed since their digest told of them.
    """
    org = engine.deployment.org
    if not org.visible_to:
        return
    keys = [(source, external_id) for source, _, external_id in (name.partition(":") for name in names)]
    if not all(org.may_open(reader, org.audience(one.source, one.project)) for one in issues.by_keys(session, keys)):
        message = "Issues that they tell of may be seen by fewer people since. Your newest leaf notes leave them out."
        raise Refused("These leaf notes cannot be shown any more", message, 403)


def office(engine: Engine, leader: str) -> str:
    """A leader by what they lead, and by name: "The lead of Billing (Mara Lindqvist)"."""
    return engine.deployment.org.office(leader, named=True)


def acting(engine: Engine, link: Link) -> str | None:
    """In whose place a link is used; None where its reader uses it."""
    return office(engine, link.reader) if link.by else None
