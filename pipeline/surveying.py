"""What a week that is not over shows already, once a day: pains that surge, and people who carry too much.

People so far are compared with what is usual in a whole week. So a call on Tuesday says no more than the week's end
will, and looking every day makes no more false alarms than looking once.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from pipeline import privacy
from pipeline.answers import heard_at
from pipeline.classify import stakes
from pipeline.digest.index import Index, index
from pipeline.digest.material import Material, Voice
from pipeline.digest.select import View
from pipeline.escalate import PEOPLE, SEVERE
from pipeline.issue import Period
from pipeline.org import Org


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What somebody may have to be called for. `issues` ("source:external_id") may speak for it, in this order."""

    rule: str
    issues: tuple[str, ...]
    pain: str | None = None
    team: str | None = None


def survey(material: Material, org: Org, period: Period, now: datetime, rules: Iterable[str]) -> list[Found]:
    """Pure: the same material gives the same findings, whatever the order in which it arrived."""
    indexed = index(material, org)
    return [found for rule in rules for found in RULES[rule](indexed, period, now)]


def surges(indexed: Index, period: Period, now: datetime) -> list[Found]:
    """Severe, unanswered pains of which more people than usual tell in somebody's scope, the narrowest one first."""
    found: dict[str, Found] = {}
    for leader in sorted(indexed.scopes, key=lambda who: (len(indexed.scopes[who]), who)):
        view = View(indexed, leader, period, now)
        for pain in view.standing:
            if pain.id in found or pain.trend != "above usual" or pain.severity < SEVERE:
                continue
            if heard_at(view.answers(pain.id)) is not None:
                continue
            speak = _speakers(v for v in pain.voices if v.severity >= SEVERE)
            if speak:
                found[pain.id] = Found(rule="surge", issues=speak, pain=pain.id)
    return list(found.values())


def loads(indexed: Index, period: Period, now: datetime) -> list[Found]:
    """Teams that hear customers, of whose people at least two tell of endless apologies or of abuse, or whose answers
    apologise far more than usual."""
    found = []
    for team in sorted(indexed.hearing):
        told = [v for v in indexed.material.voices if v.role == "staff" and v.team == team and _burdened(v)]
        shown = [v for v in indexed.material.voices if team in v.heard_by and "apology_load" in v.course]
        several = len({v.author for v in told}) >= PEOPLE
        speak = _speakers([*(told if several else ()), *shown])
        if speak:
            found.append(Found(rule="agent_load", issues=speak, team=team))
    return found


def _burdened(voice: Voice) -> bool:
    return voice.has("apology_load") or stakes.abuse(voice.title, voice.body)


def _speakers(voices: Iterable[Voice]) -> tuple[str, ...]:
    fit = (v for v in voices if v.state == "open" and v.author is not None and not privacy.tender(v))
    return tuple(v.key for v in sorted(fit, key=lambda v: (v.created_at, v.key)))


RULES: Final[Mapping[str, Callable[[Index, Period, datetime], Sequence[Found]]]] = MappingProxyType(
    {"surge": surges, "agent_load": loads}
)
