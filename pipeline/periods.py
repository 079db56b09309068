"""The organisation's weeks, and when each leader's digest of a week is due. Pure calendar; no clock of its own."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pipeline.issue import Period

WEEK = timedelta(days=7)
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def instant(day: date, at: time, zone: str) -> datetime:
    """A local wall time as an instant in UTC: after a gap the first valid one, in an overlap the first of the two."""
    local = datetime.combine(day, at, tzinfo=ZoneInfo(zone)).replace(fold=0)
    utc = local.astimezone(UTC)
    back = utc.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    if back == local.replace(tzinfo=None):
        return utc
    # The wall time does not exist: both offsets around the gap give instants; the gap ends at the transition between.
    return _end_of_gap(utc - timedelta(days=1), utc + timedelta(days=1), zone)


def _end_of_gap(low: datetime, high: datetime, zone: str) -> datetime:
    tz = ZoneInfo(zone)
    offset = low.astimezone(tz).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = (low + (high - low) / 2).replace(microsecond=0)
        if middle in (low, high):
            break
        if middle.astimezone(tz).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return high


def week_of(label: str, zone: str) -> Period:
    """The period of an ISO week such as "2026-W38". Raises ValueError for anything else."""
    return _period(_monday(label), zone)


def period_at(moment: datetime, zone: str) -> Period:
    """The period that contains a moment."""
    day = moment.astimezone(ZoneInfo(zone)).date()
    return _period(day - timedelta(days=day.weekday()), zone)


def before(period: Period) -> Period:
    return _period(monday_of(period) - WEEK, period.zone)


def after(period: Period) -> Period:
    return _period(monday_of(period) + WEEK, period.zone)


def monday_of(period: Period) -> date:
    return _monday(period.label)


def _monday(label: str) -> date:
    parts = re.fullmatch(r"([0-9]{4})-W([0-9]{2})", label)
    try:
        if parts is None:
            raise ValueError
        return date.fromisocalendar(int(parts[1]), int(parts[2]), 1)
    except ValueError:
        raise ValueError(f"{label!r} is not an ISO week; write it like 2026-W38") from None


def _period(monday: date, zone: str) -> Period:
    year, week, _ = monday.isocalendar()
    return Period(
        label=f"{year}-W{week:02}",
        start=instant(monday, time(), zone),
        end=instant(monday + WEEK, time(), zone),
        zone=zone,
    )


def _always(_day: date) -> bool:
    return True


def due(period: Period, day: str, hour: int, zone: str, works: Callable[[date], bool] = _always) -> datetime:
    """When a reader in `zone` gets the digest of a period: the first such day and hour after its end.

    Where the reader does not work on that day, by `works`: the same hour of the next day on which they do, and the
    usual day where there is none before the next digest's. Never before the period has ended in the organisation's
    zone, however far ahead the reader's clock is.
    """
    usual = monday_of(period) + WEEK + timedelta(days=DAYS.index(day))

    def moment(later: int) -> datetime:
        return max(instant(usual + timedelta(days=later), time(hour), zone), period.end)

    worked = (later for later in range(7) if works(moment(later).astimezone(ZoneInfo(zone)).date()))
    return moment(next(worked, 0))


def last_ended(now: datetime, zone: str) -> Period:
    """The newest period that has ended."""
    return before(period_at(now, zone))
