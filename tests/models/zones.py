"""Every IANA zone, in every week next to a change of its offset, at every hour a leader may wish for.

The whole is by hand: `python -m tests.models.zones`. What a due instant must be is worked out here from the zone's
changes alone, found by asking for its offset twice a day: nothing is shared with `pipeline.periods` but zoneinfo.
"""

import random
import sys
import time
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from pipeline import periods
from pipeline.issue import Period

FIRST, LAST = datetime(2016, 1, 1, tzinfo=UTC), datetime(2036, 12, 31, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)
SLOTS = [(day, hour) for day in periods.DAYS for hour in range(24)]
WIDE = {"Antarctica/Troll": 2 * HOUR, "Antarctica/Casey": 3 * HOUR, "Australia/Lord_Howe": HOUR / 2}
"""The zones whose clocks jump by something else than an hour, with all that a wish can be missed by."""
ALIASES = {"Australia/LHI": "Australia/Lord_Howe"}

Changes = tuple[tuple[int, int], ...]
"""(from which second since 1970 on, offset in seconds), oldest first; the first holds from the beginning."""


def changes(name: str, step: timedelta = DAY / 2) -> Changes:
    """The offsets of a zone, each with the second from which it holds. Two changes within a step may be missed."""
    zone, at = ZoneInfo(name), FIRST - 30 * DAY
    found = [(_seconds(at), _offset(zone, at))]
    while at < LAST + 30 * DAY:
        following = at + step
        if _offset(zone, following) != found[-1][1]:
            low, high = at, following
            while high - low > SECOND:
                middle = (low + (high - low) / 2).replace(microsecond=0)
                low, high = (middle, high) if _offset(zone, middle) == found[-1][1] else (low, middle)
            found.append((_seconds(high), _offset(zone, high)))
        at = following
    return tuple(found)


def _offset(zone: ZoneInfo, at: datetime) -> int:
    offset = zone.utcoffset(at.astimezone(zone))
    assert offset is not None
    return offset.days * 86_400 + offset.seconds


def _seconds(at: datetime) -> int:
    return int((at - EPOCH).total_seconds())


def instant(wall: int, known: Changes) -> int:
    """The first second at which the clocks show `wall`, or at which they jump over it. Wall times are counted like
    seconds since 1970."""
    for n, (since, offset) in enumerate(known):
        until = known[n + 1][0] if n + 1 < len(known) else sys.maxsize
        if max(since, wall - offset) < until and wall - offset >= since:
            return wall - offset
        if n + 1 < len(known) and until + offset <= wall < until + known[n + 1][1]:
            return until
    raise AssertionError(f"{wall} is before everything")


class Oracle:
    """`instant` for one zone, quick: only the changes near a wall time are looked at."""

    def __init__(self, known: Changes) -> None:
        self.known = known
        self.since = [since for since, _ in known]

    def __call__(self, wall: int) -> int:
        at = max(0, bisect_right(self.since, wall - 2 * 86_400) - 1)
        return instant(wall, self.known[at : at + 4])


def groups() -> dict[Changes, list[str]]:
    """The zones by what their clocks do in these years, as far as a look every five days tells."""
    found: dict[Changes, list[str]] = {}
    for name in sorted(available_timezones()):
        found.setdefault(changes(name, 5 * DAY), []).append(name)
    return found


def mondays_next_to(known: Changes) -> list[date]:
    """The Mondays of the weeks in which an offset changes, and of those before and after."""
    found = set[date]()
    for since, offset in known[1:]:
        day = (EPOCH + timedelta(seconds=since + offset)).date()
        monday = day - timedelta(days=day.weekday())
        found |= {monday + timedelta(weeks=n) for n in (-1, 0, 1)}
    return sorted(day for day in found if FIRST.date() <= day <= LAST.date())


@dataclass
class Tally:
    zones: int = 0
    cases: int = 0
    weeks: int = 0
    moved: int = 0
    """Wishes that no clock ever showed."""
    furthest: timedelta = timedelta()
    random: int = 0


def look_at(name: str, known: Changes, hours: Sequence[tuple[str, int]], tally: Tally) -> None:
    """Every wish of these in every week next to a change. Raises `AssertionError` where one is not right."""
    oracle, zone = Oracle(known), ZoneInfo(name)
    allowed = WIDE.get(ALIASES.get(name, name), HOUR)
    tally.zones += 1
    before: tuple[date, list[datetime]] | None = None
    for monday in mondays_next_to(known):
        told = monday - timedelta(days=7)
        period = periods.week_of(_label(told), name)
        dues = []
        for day, hour in hours:
            wish = datetime.combine(monday + timedelta(days=periods.DAYS.index(day)), datetime.min.time())
            wall = _seconds(wish.replace(tzinfo=UTC)) + hour * 3600
            due = periods.due(period, day, hour, name)
            assert _seconds(due) == oracle(wall), (name, monday, day, hour, due)
            shown = due.astimezone(zone).replace(tzinfo=None) - (wish + timedelta(hours=hour))
            assert timedelta(0) <= shown <= allowed, (name, monday, day, hour, due, shown)
            assert due >= period.end, (name, monday, day, hour, due)
            tally.moved += shown > timedelta(0)
            tally.furthest = max(tally.furthest, shown)
            dues.append(due)
        tally.cases += len(dues)
        if hours == SLOTS:
            assert dues == sorted(dues), (name, monday)
        if before is not None and before[0] + timedelta(days=7) == monday:
            assert all(a < b for a, b in zip(before[1], dues, strict=True)), (name, monday)
        before = (monday, dues)


def _label(monday: date) -> str:
    year, week, _ = monday.isocalendar()
    return f"{year}-W{week:02}"


def tile(name: str, mondays: Iterable[date], tally: Tally) -> None:
    """Half-open weeks: each begins where the one before ended, and every moment near a border is in its own."""
    for monday in mondays:
        week = periods.week_of(_label(monday), name)
        following, earlier = periods.after(week), periods.before(week)
        assert earlier.end == week.start < week.end == following.start, (name, monday)
        for moment, owner in _near_the_borders(week, earlier, following):
            assert periods.period_at(moment, name) == owner, (name, moment)
            assert [moment in one for one in (earlier, week, following)].count(True) == 1, (name, moment)
        tally.weeks += 1


def _near_the_borders(week: Period, earlier: Period, following: Period) -> Iterator[tuple[datetime, Period]]:
    tick = timedelta(microseconds=1)
    for away in (tick, timedelta(minutes=29), timedelta(minutes=59), timedelta(hours=3)):
        yield week.start - away, earlier
        yield week.start + away, week
        yield week.end - away, week
        yield week.end + away, following
    yield week.start, week
    yield week.end, following


def every_monday() -> list[date]:
    first = date(2016, 1, 4)
    return [first + timedelta(weeks=n) for n in range((LAST.date() - first).days // 7)]


def at_random(known: dict[str, Changes], count: int, rng: random.Random, tally: Tally) -> None:
    """Organisations in one zone and leaders in another, at any time: due at the wish, or as soon as the week ended."""
    names, mondays = sorted(known), every_monday()
    oracles = {name: Oracle(known[name]) for name in names}
    kept = [ZoneInfo(name) for name in names]  # zoneinfo keeps eight; the others would be read from disk each time
    for _ in range(count):
        own, theirs, monday = rng.choice(names), rng.choice(names), rng.choice(mondays)
        day, hour = rng.choice(SLOTS)
        period = periods.week_of(_label(monday), own)
        wish = _seconds(datetime.combine(monday, datetime.min.time(), tzinfo=UTC))
        wish += (7 + periods.DAYS.index(day)) * 86_400 + hour * 3600
        end = oracles[own](_seconds(datetime.combine(monday + timedelta(days=7), datetime.min.time(), tzinfo=UTC)))
        assert _seconds(period.end) == end, (own, monday)
        assert _seconds(periods.due(period, day, hour, theirs)) == max(end, oracles[theirs](wish)), (own, theirs, wish)
        tally.random += 1
    assert len(kept) == len(names)


def whole(randoms: int = 1_000_000, seed: int = 1) -> Tally:
    """All of it, zone by zone, aliases too."""
    tally, known = Tally(), {name: changes(name) for name in sorted(available_timezones())}
    for number, (name, those) in enumerate(known.items(), start=1):
        look_at(name, those, SLOTS, tally)
        tile(name, every_monday(), tally)
        if number % 50 == 0:
            print(f"{number} of {len(known)} zones, {tally.cases:,} due instants", file=sys.stderr)  # noqa: T201
    at_random(known, randoms, random.Random(seed), tally)
    return tally


if __name__ == "__main__":
    began = time.monotonic()
    done = whole()
    took = time.monotonic() - began
    print(  # noqa: T201
        f"{done.zones} zones: {done.cases:,} due instants next to a change of offset 2016-2036, each once, in order, "
        f"at most {done.furthest} after the wish ({done.moved:,} wishes that no clock showed); {done.weeks:,} weeks "
        f"that tile time; {done.random:,} at random with a leader in another zone; 0 wrong, {took:.0f} s"
    )
