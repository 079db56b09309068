"""Signals that the course of one issue shows, by `docs/signals.md`. Each is true, false, or None: not to be told."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from pipeline.classify import signals as words
from pipeline.course.usual import LEAST_GAP, LEAST_TURNS, Usual, closed_at, helpers, length, silence, waiting, waits
from pipeline.course.values import Course, Turn

AGAIN: Final = timedelta(days=7)
"""An author who writes within so long after the end does not think that it was one."""
GAVE_UP: Final = timedelta(days=14)
"""An author who left our question open for so long will not answer it."""
OLD: Final = timedelta(days=60)
"""Older than this an issue is known: who joins it now joins what nobody ended."""
LATELY: Final = timedelta(days=28)
JOINED: Final = 3
MOVES: Final = 3
SPRINTS: Final = 3


def reopened(course: Course, usual: Usual, now: datetime) -> bool | None:
    """Open again after its end, or the author writes back within a week of it."""
    if any(event.what == "reopened" for event in course.events):
        return True
    ends = [event.at for event in course.events if event.what == "closed"]
    return any(turn.back and end < turn.at <= end + AGAIN and not thanks(turn) for end in ends for turn in course.turns)


def thanks(turn: Turn) -> bool:
    """Whether a message only thanks."""
    found = {signal.name for signal in words.find("", turn.body)}
    return "thanks" in found


def ping_pong(course: Course, usual: Usual, now: datetime) -> bool | None:
    """Moved three times, or back to where it was before; None where the source tells of no moves at all."""
    moves = [event for event in course.events if event.what == "moved"]
    if not moves:
        return None
    places = [moves[0].before, *(event.after for event in moves)]
    named = [place for place in places if place]
    return len(moves) >= MOVES or len(set(named)) < len(named)


def long_silence(course: Course, usual: Usual, now: datetime) -> bool | None:
    gap = silence(course, now)
    above = usual.above("silence", gap / timedelta(hours=1))
    return above if above is None or gap >= LEAST_GAP else False


def long_thread(course: Course, usual: Usual, now: datetime) -> bool | None:
    """More messages, or more people of ours, than nine in ten issues of its queue have."""
    many, hands = usual.above("length", length(course)), usual.above("helpers", helpers(course))
    if many is None or hands is None:
        return None
    return (many and length(course) >= LEAST_TURNS) or (hands and helpers(course) >= 3)


_PAGE: Final = re.compile(r"https?://\S{0,80}(?:docs?|help|support|kb|wiki|guide|faq|manual|learn|article)\S{0,200}")


def documented_question(course: Course, usual: Usual, now: datetime) -> bool | None:
    """An answer pointed to a page, and the author came back."""
    for at, turn in enumerate(course.turns):
        if turn.ours and _PAGE.search(turn.body.lower()):
            return any(later.back and not thanks(later) for later in course.turns[at + 1 :])
    return False


_FIXED: Final = re.compile(r"\b(?:fixed|done|resolved|completed|implemented|shipped|released|solved|delivered)\b")
_ASKS: Final = re.compile(
    r"\?|\b(?:please|can you|could you) (?:send|tell|try|provide|share|attach|let us know|confirm|check)"
)


def abandonment(course: Course, usual: Usual, now: datetime) -> bool | None:
    """Our question is the last word: the author stayed silent, and it was closed without a cure or just lies there."""
    last = course.turns[-1] if course.turns else None
    if last is None or not last.ours or not _ASKS.search(last.body.lower()):
        return False
    end = closed_at(course)
    if end is None:
        return now - last.at >= GAVE_UP
    how = next((event.after or "" for event in reversed(course.events) if event.what == "closed"), "")
    return end > last.at and not _FIXED.search(how.casefold())


_RANKS: Final = (
    ("blocker", "critical", "urgent", "highest", "emergency", "p0", "p1", "sev1", "sev-1"),
    ("high", "major", "important", "p2", "sev2", "sev-2"),
    ("medium", "normal", "default", "moderate", "p3", "sev3", "sev-3"),
    ("low", "minor", "p4", "sev4", "sev-4"),
    ("lowest", "trivial", "p5", "none"),
)


def rank(priority: str | None) -> int | None:
    """How far down a priority stands, 0 is the highest; None for words that we do not know."""
    folded = (priority or "").casefold().strip()
    for said in ({folded}, set(_PRIORITY.findall(folded))):
        found = next((at for at, names in enumerate(_RANKS) if not said.isdisjoint(names)), None)
        if found is not None:
            return found
    return None


_PRIORITY: Final = re.compile(r"[a-z]{1,20}-?\d?")


def priority_raised(course: Course, usual: Usual, now: datetime) -> bool | None:
    """Filed at an everyday priority and raised later; None where the source tells of no change of priority."""
    changes = [event for event in course.events if event.what == "prioritised"]
    ranks = [(rank(event.before), rank(event.after)) for event in changes]
    known = [(before, after) for before, after in ranks if before is not None and after is not None]
    return any(after < before for before, after in known) if known else None


def me_too_growth(course: Course, usual: Usual, now: datetime) -> bool | None:
    """Three more people within four weeks, in more than one of them, say that they have it too, of an old issue."""
    if now - course.created_at <= OLD:
        return False
    new: dict[str, datetime] = {}
    for turn in course.turns:
        if turn.who is not None and not turn.back and any(s.name == "me_too" for s in words.find("", turn.body)):
            new.setdefault(turn.who, turn.at)
    lately = [at for at in new.values() if now - LATELY <= at <= now]
    return len(lately) >= JOINED and len({(now - at) // timedelta(days=7) for at in lately}) > 1


def waiting_state(course: Course, usual: Usual, now: datetime) -> bool | None:
    """More of its age in states of waiting than nine in ten issues of its queue; None where no states are told."""
    share = waiting(course, now)
    if share is None:
        return None
    return usual.above("waiting", share) if any(waits(e.after) for e in course.events if e.what == "status") else False


def carry_over(course: Course, usual: Usual, now: datetime) -> bool | None:
    """Planned for three sprints; None where the source tells of none."""
    planned = [event for event in course.events if event.what == "planned"]
    if not planned:
        return None
    names = {n.strip() for e in planned for text in (e.before, e.after) for n in (text or "").split(",")} - {""}
    return len(names) >= SPRINTS


def known_duplicate(course: Course, usual: Usual, now: datetime) -> bool | None:
    """Closed as a duplicate: it was filed though it was known. None where the source tells no reason of closing."""
    reasons = [event.after for event in course.events if event.what == "closed" and event.after]
    return any("duplicate" in reason.casefold() for reason in reasons) if reasons else None


Sign = Callable[[Course, Usual, datetime], bool | None]
SIGNS: Final[Mapping[str, Sign]] = {
    "reopened": reopened,
    "ping_pong": ping_pong,
    "long_silence": long_silence,
    "long_thread": long_thread,
    "documented_question": documented_question,
    "abandonment": abandonment,
    "priority_raised": priority_raised,
    "me_too_growth": me_too_growth,
    "waiting_state": waiting_state,
    "carry_over": carry_over,
    "known_duplicate": known_duplicate,
}


def signs(course: Course, usual: Usual, now: datetime) -> dict[str, bool | None]:
    """Every signal that one course can show."""
    return {name: sign(course, usual, now) for name, sign in SIGNS.items()}
