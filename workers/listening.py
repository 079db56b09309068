"""What operators are told of leaders who are away: since when, until when, and who reads in their place."""

from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from pipeline import standing_in
from pipeline.standing_in import Away
from workers.wiring import Deployment


def away(house: Deployment, session: Session) -> list[dict[str, Any]]:
    """Every leader who is away now."""
    known, now = standing_in.away(session, house.org), house.now()
    return [
        one(house, known, leader)
        for leader in sorted(known.listening)
        if known.since(leader, now) is not None and leader in house.org.leaders
    ]


def one(house: Deployment, known: Away, leader: str) -> dict[str, Any]:
    """How one leader listens."""
    said, now = known.listening[leader], house.now()
    since, (delegate, why) = known.since(leader, now), known.delegate(house.org, leader, now)
    back = said.until if since is not None else None
    zone = ZoneInfo(standing_in.zone_of(house.org, leader, house.zone))
    until = back.astimezone(zone).date().isoformat() if back is not None else None
    return {
        "leader": leader,
        "since": since,
        "until": until,
        "delegate": said.delegate,
        "reads": delegate,
        "why_not": why,
        "said": _said(house, leader, since, until, delegate, why, said.delegate),
    }


def _said(
    house: Deployment,
    leader: str,
    since: Any,
    until: str | None,
    delegate: str | None,
    why: str | None,
    named: str | None,
) -> str:
    who = f"{leader} ({house.org.office(leader, named=True)})"
    if since is None:
        return f"{who} listens" + (f"; {named} reads in their place when they are away" if named else "")
    head = f"{who} is away since {since:%Y-%m-%d}" + (f" until {until}" if until else "")
    if delegate is not None:
        return f"{head}: {delegate} reads in their place"
    return f"{head}: nobody listens for their teams" + (f"; {why}" if why else "")
