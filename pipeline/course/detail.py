"""Teams that write less and less: shrinking detail may mean that writing more was of no use."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Final

SPAN: Final = timedelta(weeks=8)
HALF: Final = SPAN / 2
FALL: Final = 0.4
ISSUES: Final = 8
PEOPLE: Final = 3
"""In each half: so many issues by so many people, or nothing is told of the team."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """One issue of a team's member: how many letters its title and body had."""

    team: str
    author: str
    at: datetime
    letters: int


def shrinking(writing: Iterable[Writing], now: datetime) -> list[str]:
    """The teams whose median issue of the last four weeks is more than 40% shorter than that of the four before.

    The caller hands over only teams of at least five people; a team of which too little was written is left out.
    """
    return [team for team, fell in sorted(told(writing, now).items()) if fell]


def told(writing: Iterable[Writing], now: datetime) -> Mapping[str, bool | None]:
    """By team whether it writes less; None where too few wrote to tell."""
    halves: dict[str, tuple[list[Writing], list[Writing]]] = defaultdict(lambda: ([], []))
    for one in writing:
        if now - SPAN <= one.at < now:
            halves[one.team][one.at >= now - HALF].append(one)
    return {team: _fell(before, after) for team, (before, after) in halves.items()}


def _fell(before: list[Writing], after: list[Writing]) -> bool | None:
    if any(len(half) < ISSUES or len({one.author for one in half}) < PEOPLE for half in (before, after)):
        return None
    return median(one.letters for one in after) < (1 - FALL) * median(one.letters for one in before)
