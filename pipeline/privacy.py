"""Who may be counted: floors, complementary suppression, and text that is never quoted or pointed at.

The floors are code and not settings.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.digest.material import Voice
from pipeline.org import Org

GROUP = 5
"""A number is drawn from at least this many people (customers: accounts)."""
BEHIND = 3
"""And at least this many of them are behind it."""
TENDER = frozenset({"confession", "distress", "voice_withdrawn"})
"""Signals of text in which somebody admits a shortcut or a mistake, or tells of distress or of having given up."""


def may_show(behind: int, group: int) -> bool:
    """Whether a number of people may be printed. Nobody at all is not a person: zero of a large enough group may."""
    return group >= GROUP and (behind >= BEHIND or behind == 0)


def tender(voice: Voice) -> bool:
    """Never quoted anywhere, never listed above the author's own team."""
    return any(signal.name in TENDER for signal in voice.signals)


def quotable(voice: Voice) -> bool:
    return voice.author is not None and not voice.no_quote and not tender(voice)


def listable(voice: Voice, led: frozenset[str]) -> bool:
    """Whether an issue may be named to somebody who leads `led`: tender ones only to the author's own lead."""
    return not tender(voice) or (voice.team is not None and voice.team in led)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The people behind one number in one leader's digest. `teams` is the leader's scope."""

    leader: str
    teams: frozenset[str]
    people: frozenset[str]


Base = Callable[[frozenset[str]], int]
"""How many people the teams have in all (for customers: accounts seen by them)."""


def shown(groups: Sequence[Group], base: Base) -> frozenset[str]:
    """The leaders who may see the number, so that no difference of what several of them see names a smaller group.

    While subtracting one number from a larger one would leave one or two people, or people of a group below the floor,
    the smaller of the two is withdrawn. Zeros are not treated here: they hide nobody.
    """
    alive = {g.leader: g for g in groups if g.people and may_show(len(g.people), base(g.teams))}
    while True:
        victim = _revealing(sorted(alive.values(), key=lambda g: (len(g.people), g.leader)), base)
        if victim is None:
            return frozenset(alive)
        del alive[victim]


def _revealing(alive: Sequence[Group], base: Base) -> str | None:
    """The smaller number of a pair or family whose difference would reveal too few people."""
    # The larger of the withdrawn first: often the smaller may then stay.
    for at in range(len(alive) - 2, -1, -1):
        if any(_pair_reveals(alive[at], large, base) for large in alive[at + 1 :]):
            return alive[at].leader
    for large in reversed(alive):
        parts = _largest_inside(large, alive)
        rest = large.people.difference(*(part.people for part in parts)) if parts else large.people
        if parts and 0 < len(rest) < BEHIND:
            return parts[-1].leader
    return None


def _pair_reveals(small: Group, large: Group, base: Base) -> bool:
    gap = len(large.people) - len(small.people)
    nested = small.teams < large.teams
    if gap == 0 or (gap >= BEHIND and not nested) or not small.people < large.people:
        return False
    return gap < BEHIND or base(large.teams - small.teams) < GROUP


def _largest_inside(whole: Group, alive: Sequence[Group]) -> list[Group]:
    """The largest other groups inside this one that do not overlap in teams, largest first."""
    parts: list[Group] = []
    for part in reversed(alive):
        inside = part.teams < whole.teams and part.people <= whole.people
        if inside and all(part.teams.isdisjoint(other.teams) for other in parts):
            parts.append(part)
    return parts


def sizes(org: Org) -> Mapping[str, int]:
    """Each team's own people, without the teams below: listed or written, whichever is larger."""
    listed: dict[str, int] = dict.fromkeys(org.teams, 0)
    for person in org.people.values():
        if person.team in listed:
            listed[person.team] += 1
    return {team: max(org.teams[team].size or 0, count) for team, count in listed.items()}
