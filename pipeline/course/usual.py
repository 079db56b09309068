"""What is usual in a queue: the measures of its issues, and whether one lies above nine in ten of them."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.course.values import Course, Past

COMPARABLE = 20
"""Fewer issues of a queue than this tell nothing of what is usual in it."""
SHARE = 0.9
LEAST_GAP = timedelta(days=1)
"""No silence is long that is shorter than this, however quick a queue is."""
LEAST_TURNS = 6
"""No thread is long that has fewer messages."""


def silence(course: Course | Past, now: datetime) -> timedelta:
    """The longest time from a message of the author to the next answer; the one that still runs counts until `now`,
    or until the issue was closed."""
    since: datetime | None = course.created_at
    longest = timedelta()
    for turn in course.turns:
        if turn.ours and since is not None:
            longest, since = max(longest, turn.at - since), None
        elif turn.back and since is None:
            since = turn.at
    if since is not None:
        longest = max(longest, min(now, closed_at(course) or now) - since)
    return longest


def closed_at(course: Course | Past) -> datetime | None:
    """When it was closed for the last time, None while it is open."""
    ends = [event for event in course.events if event.what in ("closed", "reopened")]
    return ends[-1].at if ends and ends[-1].what == "closed" else None


def length(course: Course | Past) -> int:
    return len(course.turns)


def helpers(course: Course | Past) -> int:
    """How many different people of ours answered."""
    return len({turn.who for turn in course.turns if turn.ours})


def waiting(course: Course | Past, now: datetime) -> float | None:
    """The share of its age that it stood in a state of waiting; None where the source tells no states."""
    states = [event for event in course.events if event.what == "status"]
    if not states:
        return None
    age = (closed_at(course) or now) - course.created_at
    if age <= timedelta():
        return None
    waited, since = timedelta(), None
    for event in states:
        if since is not None:
            waited, since = waited + (event.at - since), None
        if waits(event.after):
            since = event.at
    if since is not None:
        waited += (closed_at(course) or now) - since
    return max(0.0, min(1.0, waited / age))


_WAITS = ("wait", "block", "hold", "pending", "approval", "impediment", "wart", "attente", "espera", "attesa", "wacht")


def waits(state: str | None) -> bool:
    """Whether the name of a state says that an issue stands there."""
    folded = (state or "").casefold()
    return any(word in folded for word in _WAITS) and "spam" not in folded


def sorry(course: Course | Past) -> float | None:
    """Apologies for each answer; None where nobody answered."""
    answers = [turn for turn in course.turns if turn.ours]
    return sum(turn.sorry for turn in answers) / len(answers) if answers else None


@dataclass(frozen=True)
class Usual:
    """The measures of a queue's comparable issues, each sorted."""

    measures: Mapping[str, tuple[float, ...]]

    def above(self, name: str, value: float) -> bool | None:
        """Whether a value is larger than that of nine in ten comparable issues; None where there are too few."""
        known = self.measures.get(name, ())
        if len(known) < COMPARABLE:
            return None
        return value > known[math.ceil(SHARE * len(known)) - 1]


def usual(courses: Iterable[Course | Past], now: datetime) -> Usual:
    """What is usual among issues of one queue, as they stood at `now`."""
    known = list(courses)
    of: Mapping[str, Callable[[Course | Past], float | None]] = {
        "silence": lambda course: silence(course, now) / timedelta(hours=1),
        "length": lambda course: float(length(course)),
        "helpers": lambda course: float(helpers(course)),
        "waiting": lambda course: waiting(course, now),
        "sorry": sorry,
    }
    return Usual(
        {name: tuple(sorted(v for c in known if (v := measure(c)) is not None)) for name, measure in of.items()}
    )
