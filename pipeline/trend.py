"""Is a pain usual? A week's count of people against what its own history predicts.

Weekly counts are taken as Poisson with a Gamma(1, 1) rate, so the prediction for one more week is negative binomial
and allows for more spread than Poisson. The last week before this one is left out of the baseline (a guard week, as in
the CDC's EARS C2), so that a surge that has just begun does not hide itself. A week in which a source that feeds the
pain was blind is None: missing, never zero.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Trend = Literal["new", "above usual", "steady", "easing", "back to usual", "too few to call"]
Weeks = Sequence[int | None]
"""People a week, oldest first, the last one before this week at the end. None: not listened."""

BASELINE = 8
GUARD = 1
ENOUGH_PEOPLE = 3
ENOUGH_RECENT = 5
HARM = 8
RARE = 0.01
LOW = 0.05
FALSE_DISCOVERY = 0.10
MIN_WEEKS = 4
"""Listened weeks before this one without which no trend is called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What can be said of one pain this week. `usual` and `trend` are None where nothing may be said yet.

    `high` is P(Y >= people), `low` is P(Y <= people). `episode` holds the weeks of the present run, this one last.
    """

    people: int
    usual: tuple[int, int] | None
    trend: Trend | None
    high: float
    low: float
    episode: tuple[int | None, ...]


@lru_cache(maxsize=65536)
def _mass(y: int, total: int, weeks: int) -> float:
    """P(Y = y) for one week after `weeks` weeks with `total` people in all."""
    shape, keep = 1 + total, (1 + weeks) / (2 + weeks)
    log = math.lgamma(shape + y) - math.lgamma(shape) - math.lgamma(y + 1) + shape * math.log(keep)
    return math.exp(log + y * math.log1p(-keep))


@lru_cache(maxsize=65536)
def _at_most(y: int, total: int, weeks: int) -> float:
    return math.fsum(_mass(k, total, weeks) for k in range(y + 1))


def _baseline(weeks: Weeks) -> list[int]:
    kept = weeks[:-GUARD][-BASELINE:]
    return [y for y in kept if y is not None]


def at_least(y: int, baseline: Sequence[int]) -> float:
    """P(Y >= y) in one more week like the baseline's."""
    return max(0.0, 1.0 - _at_most(y - 1, sum(baseline), len(baseline))) if y > 0 else 1.0


def at_most(y: int, baseline: Sequence[int]) -> float:
    """P(Y <= y) in one more week like the baseline's."""
    return min(1.0, _at_most(y, sum(baseline), len(baseline)))


@lru_cache(maxsize=16384)
def _range(total: int, weeks: int) -> tuple[int, int]:
    low = high = 0
    while _at_most(low, total, weeks) < 0.1:
        low += 1
    while _at_most(high, total, weeks) < 0.9:
        high += 1
    return low, high


def usual(baseline: Sequence[int]) -> tuple[int, int]:
    """The 10th and 90th percentile of one more week like the baseline's."""
    return _range(sum(baseline), len(baseline))


def episode(weeks: Weeks) -> Weeks:
    """The present run: it begins after the last two empty, listened weeks in a row; missing weeks neither end nor
    begin it."""
    begin, empty, seen = len(weeks), 0, False
    for at in range(len(weeks) - 1, -1, -1):
        y = weeks[at]
        if y is None:
            continue
        empty = empty + 1 if y == 0 else 0
        if empty == 2 and seen:
            break
        if y:
            begin, seen = at, True
    return weeks[begin:] if seen else ()


def _recent(people: int, weeks: Weeks) -> int:
    return people + sum(y or 0 for y in weeks[-3:])


def _surged(people: int, weeks: Weeks, severity: int) -> bool:
    """The floors of *above usual* without the test: enough people, and enough of late, or harm."""
    return people >= ENOUGH_PEOPLE and (_recent(people, weeks) >= ENOUGH_RECENT or severity >= HARM)


def _own_range(people: int, weeks: Weeks) -> bool:
    """Inside the range of its own episode, where that is younger than the baseline but old enough to have one."""
    run = [y for y in episode(weeks)[:-GUARD] if y is not None]
    return 3 <= len(run) < BASELINE and people > 0 and usual(run)[0] <= people <= usual(run)[1]


def _was_above(weeks: Weeks) -> int | None:
    """How many weeks ago (two to eight) the count was last above usual by its own baseline, if it was."""
    for back in range(2, BASELINE + 1):
        at = len(weeks) - back
        if at < MIN_WEEKS:
            return None
        y, before = weeks[at], weeks[:at]
        if y is not None and _surged(y, before, 0) and at_least(y, _baseline(before)) < RARE:
            return back
    return None


def _returned(people: int, weeks: Weeks, low: float, span: tuple[int, int]) -> bool:
    """Relief: this week and the last are both back where the pain was before it rose, or as good as gone."""
    last = weeks[-1] if weeks else None
    if last is None:
        return False
    if low < LOW and people == 0 and last < span[0]:
        return True
    back = _was_above(weeks)
    if back is None:
        return False
    _, high = usual(_baseline(weeks[: len(weeks) - back]))
    return people <= high and last <= high


def _inside(people: int, weeks: Weeks, span: tuple[int, int]) -> bool:
    return span[0] <= people <= span[1] or _own_range(people, weeks)


def _call(people: int, weeks: Weeks, severity: int, high: float, low: float, *, seen: bool, blind: bool) -> Trend:
    base = _baseline(weeks)
    span = usual(base)
    if people >= 2 and not seen and not any(weeks):
        return "new"
    if _surged(people, weeks, severity) and high < RARE and not _own_range(people, weeks):
        return "above usual"
    if not blind and _returned(people, weeks, low, span):
        return "back to usual"
    if not blind and low < LOW:
        return "easing"
    return "steady" if people > 0 and _inside(people, weeks, span) and not blind else "too few to call"


def read(people: int, weeks: Weeks, *, severity: int = 1, seen: bool = False, blind: bool = False) -> Reading:
    """Read one pain's week against the weeks before it.

    `seen` says that the pain is known from before these weeks; `blind` that a source which feeds it was not read to
    the end of this week: then only a rise may be called. Below `MIN_WEEKS` listened weeks nothing is called.
    """
    run = (*episode(weeks), people) if people else tuple(episode(weeks))
    if sum(y is not None for y in weeks) < MIN_WEEKS:
        return Reading(people=people, usual=None, trend=None, high=1.0, low=1.0, episode=run)
    base = _baseline(weeks)
    high, low = at_least(people, base), at_most(people, base)
    trend = _call(people, weeks, severity, high, low, seen=seen, blind=blind)
    return Reading(people=people, usual=usual(base), trend=trend, high=high, low=low, episode=run)


def across(readings: Mapping[str, Reading]) -> dict[str, Reading]:
    """The readings of one scope after Benjamini and Hochberg's correction: an *above usual* that does not survive a
    false discovery rate of 10% over all pains of the scope becomes *too few to call*."""
    called = [r for r in readings.values() if r.trend is not None]
    cut = 0.0
    for rank, p in enumerate(sorted(r.high for r in called), start=1):
        if p <= FALSE_DISCOVERY * rank / len(called):
            cut = p
    return {
        key: _replace(r, "too few to call") if r.trend == "above usual" and r.high > cut else r
        for key, r in readings.items()
    }


def _replace(reading: Reading, trend: Trend) -> Reading:
    return Reading(
        people=reading.people,
        usual=reading.usual,
        trend=trend,
        high=reading.high,
        low=reading.low,
        episode=reading.episode,
    )
