"""Who reads in the place of a leader who is away, and whether they may: asked anew each time it matters."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from pipeline import access, listening
from pipeline.access import Reader
from pipeline.digest.compose import greeting
from pipeline.digest.document import Document
from pipeline.house import House
from pipeline.listening import Listening
from pipeline.org import Org
from pipeline.store import listeners, returned


@dataclass(frozen=True, slots=True)
class Away:
    """The leaders to whom no mail goes, since they paused or their mails bounced, and who reads in their place."""

    listening: Mapping[str, Listening]
    unheard: Mapping[str, returned.Stored]

    def since(self, leader: str, at: datetime) -> datetime | None:
        """Since when a leader does not listen."""
        said = self.listening.get(leader)
        return said.paused_at if said is not None and said.away(at) else None

    def delegate(self, org: Org, leader: str, at: datetime) -> tuple[str | None, str | None]:
        """(who reads in the place of a leader who is away, why whom they named does not)."""
        said = self.listening.get(leader)
        if said is None or not said.away(at) or said.delegate is None:
            return None, None
        why = listening.why_not(org, leader, said.delegate, listening.paused(self.listening, at), self.unheard)
        return (said.delegate, None) if why is None else (None, f"{said.delegate} does not read in their place: {why}")

    def places(self, org: Org, at: datetime) -> dict[str, str]:
        """Each leader who is away to who acts in their place, where somebody does."""
        found = {leader: self.delegate(org, leader, at)[0] for leader in self.listening}
        return {leader: one for leader, one in found.items() if one is not None}


def away(session: Session, org: Org) -> Away:
    return Away(listeners.every(session), returned.unheard(session, org))


def own(org: Org, person: str) -> frozenset[str]:
    """The teams whose tender words somebody may see: those that they lead, and their own."""
    known = access.reader(org, person, operator=False)
    return frozenset() if known is None else known.own


def may_read(session: Session, org: Org, document: Document, delegate: str) -> bool:
    """Whether no issue of a leader's notes stays with a team that the delegate neither leads nor belongs to."""
    mine = own(org, delegate)
    authors = (org.member(source, author) for source, author in listeners.tender(session, document.evidence()))
    return all(author is not None and author.team in mine for author in authors)


def as_read(document: Document, delegate: str, house: House) -> Document:
    """A leader's notes as they greet their delegate, in that person's language, without the weeks that a delegate got
    when they were new."""
    away = tuple(week for week in document.away if not week.note)
    return replace(greeting(document, house.org, delegate), language=house.speaks(delegate), away=away)


def reader(org: Org, leader: str, delegate: str) -> Reader | None:
    """What a delegate may see on the pages of the leader's notes: what the leader may, of tender words their own."""
    known = access.reader(org, leader, operator=False)
    if known is None:
        return None
    return Reader(person=delegate, operator=False, teams=known.teams, own=own(org, delegate))


def reason(leader: str, said: Listening, zone: str, why: str | None) -> str:
    """Why nobody listens for a leader's teams, for operators."""
    until = f" until {_day(said.until, zone):%Y-%m-%d}" if said.until is not None else ""
    tail = f"; {why}" if why else ""
    return f"{leader} paused the leaf notes on {said.paused_at:%Y-%m-%d}{until}: nobody listens for their teams{tail}"


def line(session: Session, leader: str, house: House) -> str:
    """The first words of a mail that goes to a delegate."""
    said = listeners.get(session, leader)
    who = f"{house.org.office(leader, named=True)}, who is away"
    day = _day(said.until, zone_of(house.org, leader, house.zone)) if said.until is not None else None
    until = f" until {day.day} {day:%b}" if day is not None else ""
    return f"You read this in place of {who}{until}. What you answer here is written down as yours, for them."


def zone_of(org: Org, person: str, zone: str) -> str:
    known = org.people.get(person)
    return (known.timezone if known is not None else None) or zone


def _day(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(ZoneInfo(zone))
