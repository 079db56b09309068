"""Signals that several issues of one pain show together. Each is given to the issues that show it."""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Final

from pipeline.course import copies
from pipeline.course.usual import Usual
from pipeline.course.values import Course, Neighbour

MONTH: Final = timedelta(days=30)
HOP: Final = timedelta(hours=72)
ECHO: Final = timedelta(days=60)
ECHOES: Final = 2
AGENTS: Final = 3
"""What those who answer write is looked at over at least so many of them."""
ANSWERS: Final = 5

Signs = dict[str, set[str]]
"""Issue to the signals that it shows."""


WITHIN: Final = frozenset({"apology_load", "macro_gap"})
"""What the answers to issues show, whenever those were written."""


def among(neighbours: Sequence[Neighbour]) -> Signs:
    """What issues show beside the others of their pains: those of the last 90 days. Order does not matter."""
    ordered = sorted(neighbours, key=lambda n: (n.created_at, n.key))
    return _all(repeat_contact(ordered), channel_hop(ordered), cannot_reproduce(ordered))


def within(courses: Sequence[Course], usuals: Mapping[str, Usual]) -> Signs:
    """What the answers to the issues of a pain show together; `usuals` is what is usual by queue."""
    parts = [part for mine in _by_pain(courses) for part in (apology_load(mine, usuals), macro_gap(mine))]
    return _all(*parts)


def _all(*parts: Signs) -> Signs:
    found: Signs = defaultdict(set)
    for part in parts:
        for key, names in part.items():
            found[key] |= names
    return dict(found)


def _by_pain(courses: Sequence[Course]) -> list[list[Course]]:
    found: dict[str, list[Course]] = defaultdict(list)
    for course in sorted(courses, key=lambda c: c.key):
        if course.pain is not None:
            found[course.pain].append(course)
    return list(found.values())


def repeat_contact(neighbours: Sequence[Neighbour]) -> Signs:
    """An account's second issue of one pain within 30 days. Of staff this is never computed."""
    return _followed(neighbours, "repeat_contact", MONTH, lambda one, two: True)


def channel_hop(neighbours: Sequence[Neighbour]) -> Signs:
    """An account's issue of one pain in a second source within 72 hours. Of staff this is never computed."""
    return _followed(neighbours, "channel_hop", HOP, lambda one, two: one.source != two.source)


def _followed(
    neighbours: Sequence[Neighbour], name: str, within: timedelta, counts: Callable[[Neighbour, Neighbour], bool]
) -> Signs:
    found: Signs = {}
    before: dict[tuple[str, str], list[Neighbour]] = defaultdict(list)
    for issue in neighbours:
        if issue.author is None or issue.staff:
            continue
        earlier = before[issue.pain, issue.author]
        if any(issue.created_at - one.created_at <= within and counts(one, issue) for one in earlier):
            found[issue.key] = {name}
        earlier.append(issue)
    return found


_SENT_AWAY: Final = re.compile(
    r"won'?t ?(?:fix|do)|wont|cannot reproduce|can'?t reproduce|not reproducible|unable to reproduce|cannot_reproduce"
    r"|not a bug|works as designed|works for me|not.?planned|declined|rejected|invalid"
)


def sent_away(ended: str | None) -> bool:
    """Whether the word for how an issue was closed says that nothing was done about it."""
    return _SENT_AWAY.search((ended or "").casefold()) is not None


def cannot_reproduce(neighbours: Sequence[Neighbour]) -> Signs:
    """Closed as "cannot reproduce" or "won't fix", and within 60 days two more people wrote of the same pain."""
    found: Signs = {}
    by_pain: dict[str, list[Neighbour]] = defaultdict(list)
    for issue in neighbours:
        by_pain[issue.pain].append(issue)
    for issue in neighbours:
        if issue.ended_at is None or not sent_away(issue.ended):
            continue
        end, mine = issue.ended_at, by_pain[issue.pain]
        known = {one.author for one in mine if one.created_at <= end}
        later = [one for one in mine if end < one.created_at <= end + ECHO and one.author not in known]
        if len({one.author for one in later if one.author is not None}) >= ECHOES:
            for one in later:
                found.setdefault(one.key, set()).add("cannot_reproduce")
    return found


def apology_load(courses: Sequence[Course], usuals: Mapping[str, Usual]) -> Signs:
    """More apologies for each answer to a pain than nine in ten issues of its queues have; over three people who
    answer and five answers at least."""
    answers = [(course, turn) for course in courses for turn in course.turns if turn.ours]
    if len(answers) < ANSWERS or len({turn.who for _, turn in answers if turn.who}) < AGENTS:
        return {}
    density = sum(turn.sorry for _, turn in answers) / len(answers)
    queues = sorted({course.queue for course, _ in answers})
    pooled = Usual(
        {"sorry": tuple(sorted(v for q in queues if q in usuals for v in usuals[q].measures.get("sorry", ())))}
    )
    if not pooled.above("sorry", density):
        return {}
    return {course.key: {"apology_load"} for course, turn in answers if turn.sorry}


def macro_gap(courses: Sequence[Course]) -> Signs:
    """The same free text in the answers of three people to one pain: each keeps an official answer of their own."""
    texts = {
        f"{course.key} {number}": (course, turn)
        for course in courses
        for number, turn in enumerate(course.turns)
        if turn.ours and turn.who is not None
    }
    found: Signs = {}
    for names in copies.groups({name: turn.body for name, (_, turn) in texts.items()}):
        if len({texts[name][1].who for name in names}) >= AGENTS:
            for name in names:
                found[texts[name][0].key] = {"macro_gap"}
    return found
