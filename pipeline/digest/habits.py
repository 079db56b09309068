"""Signals that only a leader's whole scope shows of a pain: when people write, and how new they are to it."""

from datetime import date, datetime, timedelta
from math import comb
from zoneinfo import ZoneInfo

from pipeline import privacy
from pipeline.digest.index import crowd
from pipeline.digest.material import Voice
from pipeline.digest.select import PainView, View

BEGIN, END = 8, 18
"""Working hours, Monday to Friday, in the organisation's zone."""
COMPARABLE = 20
"""Fewer other issues of the scope than this tell nothing of when its people usually write."""
CHANCE = 0.05
NEW = timedelta(days=30)
KNOWN = timedelta(days=60)
"""After so long of listening it can be told who is new."""
ASKING = 3


def out_of_hours(view: View, pain: PainView) -> tuple[Voice, ...] | None:
    """The issues of a pain that were written outside of working hours, where they are more of it than chance explains
    beside the scope's other issues; nothing where not; None where fewer than five people are behind it, or too few
    others to compare with."""
    if pain.count < privacy.GROUP:
        return None
    mine = [v for v in pain.voices if crowd(pain.entry.side, v.role) == pain.crowd]
    outside = any(_outside(v) for v in mine)
    others = [v for v in view.voices if v.pain != pain.id and v.author is not None and _outside(v) == outside]
    if len(others) < COMPARABLE:
        return None
    zone = ZoneInfo(view.period.zone)
    late = tuple(v for v in mine if _late(v.created_at.astimezone(zone)))
    usual = (sum(_late(v.created_at.astimezone(zone)) for v in others) + 0.5) / (len(others) + 1)
    enough = len({v.author for v in late}) >= privacy.BEHIND
    return late if enough and _tail(len(late), len(mine), usual) < CHANCE else ()


def _outside(voice: Voice) -> bool:
    return voice.role != "staff"


def _late(at: datetime) -> bool:
    return at.weekday() > 4 or not BEGIN <= at.hour < END


def _tail(count: int, of: int, share: float) -> float:
    """The chance of so many or more out of `of`, each with probability `share`."""
    return sum(comb(of, k) * share**k * (1 - share) ** (of - k) for k in range(count, of + 1))


def newcomers(view: View, pain: PainView) -> tuple[Voice, ...] | None:
    """Questions about a pain by at least three people who were first heard within 30 days; None where the sources were
    not listened to for 60 days, so that everybody would seem new."""
    ends = view.monday + timedelta(days=7)
    if ends - view.index.material.listening_since < KNOWN:
        return None
    asked = tuple(v for v in pain.voices if v.kind == "question" and _new(view, v, ends))
    return asked if len({v.author for v in asked}) >= ASKING else ()


def _new(view: View, voice: Voice, ends: date) -> bool:
    first = view.index.first_seen.get(voice.author or "", view.monday)
    return ends - first <= NEW
