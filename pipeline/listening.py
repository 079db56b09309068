"""How a leader listens: at once, not until a day, or through somebody who reads in their place.

Whoever reads in a leader's place may see all that the leader's notes can hold: they lead above all of their teams, or
belong to those or to teams below, and no `visible_to:` keeps anything from them that the leader may open. There is no
chain: whoever is away reads for nobody.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from pipeline.org import Org


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """What a leader said last. `until` is when they listen again by themselves; `delegate` reads meanwhile."""

    leader: str
    paused_at: datetime | None = None
    until: datetime | None = None
    delegate: str | None = None

    def away(self, at: datetime) -> bool:
        return self.paused_at is not None and (self.until is None or at < self.until)


class NotSo(ValueError):
    """What was asked for cannot be; `field` names what to change and the message how."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


GONE: Final = "They are not in the org chart."
SAME: Final = "Nobody reads in their own place."
NO_ADDRESS: Final = "They have no e-mail address in the org chart."
ELSEWHERE: Final = "They neither lead above all of these teams nor belong to one of them."
MAY_NOT_SEE: Final = "They may not open everything that these leaf notes can tell of."
AWAY: Final = "They are away themselves."
UNHEARD: Final = "Mails to them come back."
TENDER: Final = "These notes name an issue that stays with the team of whoever wrote it."
"""Why somebody does not read in a leader's place; the last one is about a single week."""


def why_not(org: Org, leader: str, delegate: str, away: Collection[str], unheard: Collection[str]) -> str | None:
    """Why this person cannot read in the leader's place today; None where they can."""
    person = org.people.get(delegate)
    if person is None:
        return GONE
    if delegate == leader:
        return SAME
    if not person.email:
        return NO_ADDRESS
    if not _near(org, leader, delegate):
        return ELSEWHERE
    if any(org.may_open(leader, one) and not org.may_open(delegate, one) for one in org.visible_to):
        return MAY_NOT_SEE
    if delegate in away:
        return AWAY
    return UNHEARD if delegate in unheard else None


def _near(org: Org, leader: str, delegate: str) -> bool:
    """Whether the delegate leads above every team of the leader, or is of those teams or of teams below."""
    led = org.led_by(leader)
    if led and all(org.leads_any(delegate, [team]) for team in led):
        return True
    below = {team for one in led for team in org.below(one)}
    return org.people[delegate].team in below or not below.isdisjoint(org.led_by(delegate))


def candidates(org: Org, leader: str, away: Collection[str], unheard: Collection[str]) -> list[str]:
    """Who can read in a leader's place, sorted."""
    return [one for one in sorted(org.people) if why_not(org, leader, one, away, unheard) is None]


def chosen(org: Org, leader: str, delegate: str, away: Collection[str], unheard: Collection[str]) -> str | None:
    """The delegate that somebody chose, None for nobody. Raises `NotSo`."""
    name = delegate.strip()
    if not name:
        return None
    why = why_not(org, leader, name, away, unheard)
    if why is not None:
        raise NotSo("delegate", why)
    return name


def day(text: str, today: date) -> date:
    """The first day on which somebody listens again, as they wrote it. Raises `NotSo`."""
    said = text.strip()
    if not said:
        raise NotSo("until", "Name the first day on which you listen again.")
    try:
        found = date.fromisoformat(said)
    except ValueError:
        raise NotSo("until", f"This is not a day; write it like {today.isoformat()}.") from None
    if found <= today:
        raise NotSo("until", "Name a day after today.")
    if (found - today).days > 366:
        raise NotSo("until", "Name a day within a year.")
    return found


def tomorrow(today: date) -> date:
    """The first day that can be named."""
    return today + timedelta(days=1)


def begins(found: date, zone: str) -> datetime:
    """The moment at which a day begins in a zone."""
    return datetime.combine(found, time(), ZoneInfo(zone)).astimezone(UTC)


def changed(
    now: Listening, at: datetime, *, pause: bool = False, until: datetime | None = None, again: bool = False
) -> Listening:
    """What a leader's word makes of how they listened. Whoever is away already is so since then; a pause alone changes
    nothing of until when."""
    away = now.away(at)
    if again:
        return Listening(leader=now.leader, delegate=now.delegate)
    if not pause and until is None:
        return now
    return Listening(
        leader=now.leader,
        paused_at=now.paused_at if away else at,
        until=until if until is not None else now.until if away else None,
        delegate=now.delegate,
    )


def paused(every: Mapping[str, Listening], at: datetime) -> dict[str, datetime]:
    """The leaders who do not listen at a moment, and since when."""
    return {leader: one.paused_at for leader, one in every.items() if one.away(at) and one.paused_at is not None}
