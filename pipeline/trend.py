"""Is a pain usual? A week's count of people against what its own history predicts.

Weekly counts are taken as Poisson with a Gamma(1, 1) rate a full working week, so the prediction for one more week is
negative binomial and allows for more spread than Poisson. The last week before this one is left out of the baseline (a
guard week, as in the CDC's EARS C2), so that a surge that has just begun does not hide itself. A week in which a source
that feeds the pain was blind is None: missing, never zero. A week of fewer working days counts as a part of a week.
A rise too slow for that is found by a cumulative sum (Poisson CUSUM; Lucas, Technometrics 27, 1985).
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

Trend = Literal["new", "above usual", "steady", "easing", "back to usual", "too few to call"]

BASELINE = 8
GUARD = 1
ENOUGH_PEOPLE = 3
ENOUGH_ITEMS = 5
LATELY = 4
"""Weeks, this one included, in which that many items must have come."""
HARM = 8
RARE = 0.01
LOW = 0.05
FALSE_DISCOVERY = 0.10
MANY = 20
"""People in a baseline from which on a rise is tested without the prior, which would hold the rate down."""
ROUNDING = 1e-12
"""What a probability may miss a limit by that it reaches exactly: after eight empty weeks P(0) is 0.9."""
MIN_WEEKS = 4
"""Listened weeks among the nine before this one without which no trend is called."""

TIMES = 2.0
"""The rise that the cumulative sum looks for: a doubling."""
LIMIT = 5.0
"""Where the sum tells of it: with a known rate of 1.25 a false word every 247 weeks, a doubling found in about 8."""
SLOW = 13
"""Weeks, this one included, in which a slow rise is looked for; the listened weeks before them are its reference."""
SLOW_REFERENCE = 8
"""Listened weeks without which a reference says too little."""
SLOW_RARE = 0.005
"""The reference is known from a few weeks only, so what rose must also be as rare as this by its prediction."""


@dataclass(frozen=True, slots=True)
class Week:
    """One week of a pain. `people` is None where it was not listened to.

    `items` are the issues that these people wrote, `severity` (1, 2, 4 or 8) is how bad they were, and `share` the
    working days of the group that they are drawn from as a share of its usual ones: 0.6 where three of five are worked.
    """

    people: int | None
    items: int = 0
    severity: int = 1
    share: float = 1.0


NOT_HEARD = Week(None)
"""Also a week without a working day: nothing can be compared with it."""


@dataclass(frozen=True, slots=True)
class Base:
    """What is predicted from: `total` people in listened weeks that amount to `weeks` full working weeks."""

    total: int
    weeks: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What can be said of one pain this week. `usual` and `trend` are None where nothing may be said yet.

    `high` is P(Y >= people) as `rare` has it, `low` is P(Y <= people). `episode` holds the weeks of the present run,
    this one last.
    `rising` is for how many weeks, this one included, the pain has been rising slowly; None where it has not.
    """

    people: int
    usual: tuple[int, int] | None
    trend: Trend | None
    high: float
    low: float
    episode: tuple[int | None, ...]
    rising: int | None = None
    came_back: int | None = None
    """How many weeks ago it was relieved, where it comes back now."""


@lru_cache(maxsize=65536)
def _mass(y: int, total: int, weeks: float, share: float) -> float:
    """P(Y = y) for one week of `share` after `weeks` weeks with `total` people in all."""
    shape, keep = 1 + total, (1 + weeks) / (1 + weeks + share)
    log = math.lgamma(shape + y) - math.lgamma(shape) - math.lgamma(y + 1) + shape * math.log(keep)
    return math.exp(log + y * math.log1p(-keep)) if y else math.exp(log)


@lru_cache(maxsize=65536)
def _at_most(y: int, total: int, weeks: float, share: float) -> float:
    return math.fsum(_mass(k, total, weeks, share) for k in range(y + 1))


def base(counts: Sequence[int], shares: Sequence[float] | None = None) -> Base:
    """The weeks of a baseline; without `shares` each is a full one."""
    return Base(sum(counts), float(len(counts)) if shares is None else math.fsum(shares))


def at_least(y: int, known: Base, share: float = 1.0) -> float:
    """P(Y >= y) in one more week of `share` like the baseline's."""
    return max(0.0, 1.0 - _at_most(y - 1, known.total, known.weeks, share)) if y > 0 else 1.0


def rare(y: int, known: Base, share: float = 1.0) -> float:
    """How rare a rise to y or more is: `at_least`, or where much is known the same without the prior's own empty week.

    That is the exact conditional test of two Poisson rates (Przyborowski and Wilenski, Biometrika 31, 1940), which is
    false in at most 1% of weeks whatever the rate. The prior's week brings 1.3% at 5 people a week and 2.7% at 20.
    """
    return at_least(y, Base(known.total, known.weeks - 1) if known.total >= MANY else known, share)


def at_most(y: int, known: Base, share: float = 1.0) -> float:
    """P(Y <= y) in one more week of `share` like the baseline's."""
    return min(1.0, _at_most(y, known.total, known.weeks, share))


@lru_cache(maxsize=16384)
def usual(known: Base, share: float = 1.0) -> tuple[int, int]:
    """The 10th and 90th percentile of one more week of `share` like the baseline's."""
    low, y = None, 0
    reached = _mass(0, known.total, known.weeks, share)
    while reached < 0.9 - ROUNDING:
        low = y if low is None and reached >= 0.1 - ROUNDING else low
        y += 1
        reached += _mass(y, known.total, known.weeks, share)
    return (y if low is None else low), y


def _counts(weeks: Sequence[Week]) -> list[int | None]:
    return [week.people for week in weeks]


def _baseline(weeks: Sequence[Week]) -> Base:
    return _of(weeks[:-GUARD][-BASELINE:])


def _of(weeks: Sequence[Week]) -> Base:
    heard = [week for week in weeks if week.people is not None]
    return Base(sum(week.people or 0 for week in heard), math.fsum(week.share for week in heard))


def episode(weeks: Sequence[int | None]) -> Sequence[int | None]:
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


def _surged(now: Week, before: Sequence[Week]) -> bool:
    """The floors of *above usual* without the test: enough people, and enough items of late, or harm."""
    if (now.people or 0) < ENOUGH_PEOPLE:
        return False
    return now.severity >= HARM or now.items + sum(week.items for week in before[1 - LATELY :]) >= ENOUGH_ITEMS


def _own_range(now: Week, before: Sequence[Week]) -> tuple[int, int] | None:
    """The range of the pain's own episode, where that is younger than the baseline but old enough to have one."""
    run = before[len(before) - len(episode(_counts(before))) :][:-GUARD]
    heard = sum(week.people is not None for week in run)
    return usual(_of(run), now.share) if 3 <= heard < BASELINE else None


def _within(y: int, span: tuple[int, int]) -> bool:
    return span[0] <= y <= span[1]


def _rose(weeks: Sequence[Week], at: int) -> bool:
    """Whether that week was above usual by the weeks before it."""
    now = weeks[at]
    if at < MIN_WEEKS or now.people is None or now.people < ENOUGH_PEOPLE:
        return False
    past = weeks[max(0, at - BASELINE - GUARD) : at]
    return _surged(now, past) and rare(now.people, _baseline(past), now.share) < RARE


def _surge(before: Sequence[Week]) -> int | None:
    """Where the last surge began whose end is two to eight weeks ago: the first of its weeks above usual in a row."""
    latest = range(len(before) - 2, max(0, len(before) - BASELINE) - 1, -1)
    at = next((at for at in latest if _rose(before, at)), None)
    while at is not None and _rose(before, at - 1):
        at -= 1
    return at


def _relieved(now: Week, before: Sequence[Week]) -> bool:
    """Whether this week and the last are both back where the pain was before it rose, or it is as good as gone."""
    last = before[-1] if before else None
    if last is None or last.people is None or now.people is None:
        return False
    known = _baseline(before)
    if now.people == 0 and at_most(0, known, now.share) < LOW and last.people < usual(known, last.share)[0]:
        return True
    at = _surge(before)
    if at is None:
        return False
    calm = _baseline(before[:at])
    return all(week.people <= usual(calm, week.share)[1] for week in (last, now) if week.people is not None)


def _returned(now: Week, before: Sequence[Week]) -> bool:
    """Relief, in the week in which it is complete: it is told once."""
    return _relieved(now, before) and not _relieved(before[-1], before[:-1])


def _call(now: Week, before: Sequence[Week], high: float, low: float, *, seen: bool, blind: bool, falls: bool) -> Trend:
    people = now.people or 0
    own = _own_range(now, before)
    if people >= 2 and not seen and not any(week.people for week in before):
        return "new"
    if _surged(now, before) and high < RARE and not (own is not None and _within(people, own)):
        return "above usual"
    if blind:
        return "too few to call"
    if falls and _returned(now, before):
        return "back to usual"
    if falls and low < LOW:
        return "easing"
    span = own or usual(_baseline(before), now.share)
    return "steady" if people > 0 and _within(people, span) else "too few to call"


def read(now: Week, before: Sequence[Week], *, seen: bool = False, blind: bool = False, falls: bool = True) -> Reading:
    """Read one pain's week against the weeks before it, oldest first.

    `seen` says that somebody told of the pain before, whoever and wherever it was; `blind` that a source which feeds
    it was not read to the end of this week: then only a rise may be called; `falls` whether fewer people may be called
    an improvement. Without a working day this week, or with less than `MIN_WEEKS` weeks to compare it with, nothing is
    called.
    """
    return _read(now, tuple(before), seen, blind, falls)


@lru_cache(maxsize=4096)
def _read(now: Week, heard_before: tuple[Week, ...], seen: bool, blind: bool, falls: bool) -> Reading:
    """Kept, since leaders above and below one another often hear the same."""
    before = [week if week.share else NOT_HEARD for week in heard_before]
    people, counts = now.people or 0, _counts(before)
    run = (*episode(counts), people) if people else tuple(episode(counts))
    heard = sum(y is not None for y in counts[-(BASELINE + GUARD) :])
    if heard < MIN_WEEKS or now.people is None or not now.share:
        return Reading(people=people, usual=None, trend=None, high=1.0, low=1.0, episode=run)
    known = _baseline(before)
    high, low = rare(people, known, now.share), at_most(people, known, now.share)
    return Reading(
        people=people,
        usual=usual(known, now.share),
        trend=_call(now, before, high, low, seen=seen, blind=blind, falls=falls),
        high=high,
        low=low,
        episode=run,
        rising=rising(now, before),
        came_back=came_back(now, before),
    )


def came_back(now: Week, before: Sequence[Week]) -> int | None:
    """How many weeks ago a relief was complete after which hardly anybody told of the pain until now, when several do;
    None where there was none in the eight weeks before."""
    if (now.people or 0) < ENOUGH_PEOPLE:
        return None
    for back in range(1, min(BASELINE, len(before)) + 1):
        at = len(before) - back
        if (before[at].people or 0) >= ENOUGH_PEOPLE:
            return None
        if at and _returned(before[at], before[:at]):
            return back
    return None


def reference(rate: float, times: float = TIMES) -> float:
    """k of a Poisson CUSUM from a rate to `times` that rate: (l1 - l0) / ln(l1 / l0)."""
    return rate * (times - 1) / math.log(times)


def cusum(weeks: Sequence[Week], k: float) -> Iterator[tuple[float, int]]:
    """After each week the cumulative sum of what exceeds `k` a full week, never below 0, and for how many weeks it
    has stood above 0. A week that was not heard leaves the sum as it is."""
    total, run = 0.0, 0
    for week in weeks:
        if week.people is not None:
            total = max(0.0, total + week.people - k * week.share)
        run = run + 1 if total > 0 else 0
        yield total, run


def rising(now: Week, before: Sequence[Week]) -> int | None:
    """For how many weeks a pain that was there before has been rising slowly, this one included; None where it has not.

    The sum runs over the last `SLOW` weeks from the rate of those before them. Since that rate is itself an estimate,
    the weeks of the rise must together be rare by its prediction too.
    """
    recent, earlier = [*before, now][-SLOW:], before[: 1 - SLOW]
    if sum(week.people or 0 for week in recent) < LIMIT:
        return None
    known = _of(earlier)
    if known.total == 0 or sum(week.people is not None for week in earlier) < SLOW_REFERENCE:
        return None
    *_, (total, run) = cusum(recent, reference((1 + known.total) / (1 + known.weeks)))
    if total < LIMIT:
        return None
    risen = _of(recent[-run:])
    return run if rare(risen.total, known, risen.weeks) < SLOW_RARE else None


def across(readings: Mapping[str, Reading], silent: int = 0) -> dict[str, Reading]:
    """The readings of one scope after Benjamini and Hochberg's correction: an *above usual* that does not survive a
    false discovery rate of 10% over all pains of the scope becomes *too few to call*.

    `silent` are the pains of the scope of which nobody told this week: they were looked at as well.
    """
    called = [r for r in readings.values() if r.trend is not None]
    cut = 0.0
    for rank, p in enumerate(sorted(r.high for r in called), start=1):
        if p <= FALSE_DISCOVERY * rank / (len(called) + silent):
            cut = p
    return {
        key: replace(r, trend="too few to call") if r.trend == "above usual" and r.high > cut else r
        for key, r in readings.items()
    }
