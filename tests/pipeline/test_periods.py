from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import periods

ZONES = sorted(available_timezones())
moments = st.datetimes(
    datetime(2016, 1, 1),  # noqa: DTZ001  (the bounds of this strategy have none)
    datetime(2036, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
)


def test_a_week_is_half_open_from_monday_to_monday_in_the_organisations_zone() -> None:
    week = periods.week_of("2026-W38", "Europe/Dublin")

    assert week.start == datetime(2026, 9, 13, 23, tzinfo=UTC)
    assert week.end == datetime(2026, 9, 20, 23, tzinfo=UTC)
    assert week.start in week
    assert week.end not in week


def test_the_week_in_which_clocks_go_back_is_an_hour_longer() -> None:
    week = periods.week_of("2026-W43", "Europe/Dublin")

    assert week.end - week.start == timedelta(days=7, hours=1)


def test_a_year_with_53_weeks_goes_on_with_week_1() -> None:
    last = periods.week_of("2026-W53", "UTC")

    assert periods.after(last).label == "2027-W01"
    assert periods.before(periods.week_of("2027-W01", "UTC")) == last


@pytest.mark.parametrize("label", ["2026-38", "2026-W54", "W38", "", "2026-W00"])
def test_what_is_not_a_week_is_refused_with_the_right_form(label: str) -> None:
    with pytest.raises(ValueError, match="2026-W38"):
        periods.week_of(label, "UTC")


def test_a_digest_is_due_on_the_readers_own_monday_morning() -> None:
    week = periods.week_of("2026-W38", "Europe/Dublin")

    assert periods.due(week, "monday", 9, "America/New_York") == datetime(2026, 9, 21, 13, tzinfo=UTC)


def test_a_reader_far_to_the_east_never_gets_a_week_that_has_not_ended() -> None:
    week = periods.week_of("2026-W38", "America/Los_Angeles")

    assert periods.due(week, "monday", 9, "Pacific/Kiritimati") == week.end


def test_a_wall_time_that_clocks_skip_becomes_the_first_moment_after_the_gap() -> None:
    skipped = periods.instant(date(2026, 3, 29), time(1, 30), "Europe/London")

    assert skipped == datetime(2026, 3, 29, 1, tzinfo=UTC)


def test_a_wall_time_that_happens_twice_is_its_first_occurrence() -> None:
    doubled = periods.instant(date(2026, 10, 25), time(1, 30), "Europe/London")

    assert doubled == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@given(moments, st.sampled_from(ZONES))
def test_every_moment_lies_in_exactly_its_own_week(moment: datetime, zone: str) -> None:
    week = periods.period_at(moment, zone)

    assert moment in week
    assert periods.before(week).end == week.start
    assert periods.after(week).start == week.end
    assert periods.week_of(week.label, zone) == week


@given(moments, st.sampled_from(ZONES), st.sampled_from(periods.DAYS), st.integers(0, 23))
def test_a_due_moment_is_the_wished_wall_time_or_as_near_as_the_zone_allows(
    moment: datetime, zone: str, day: str, hour: int
) -> None:
    week = periods.period_at(moment, zone)

    due = periods.due(week, day, hour, zone)
    local = due.astimezone(ZoneInfo(zone))
    wished = datetime.combine(periods.monday_of(week) + timedelta(days=7 + periods.DAYS.index(day)), time(hour))

    assert due >= week.end
    assert abs(local.replace(tzinfo=None) - wished) <= timedelta(hours=24 if "Apia" in zone or "Fakaofo" in zone else 3)


def days(*worked: int) -> Callable[[date], bool]:
    """A working week of these weekdays, 0 is Monday."""
    return lambda day: day.weekday() in worked


@pytest.mark.parametrize(
    ("worked", "day"),
    [((0, 1), 21), ((1, 2), 22), ((6,), 27), ((), 21)],
    ids=["worked", "next", "six days later", "never"],
)
def test_a_digest_waits_for_the_next_day_that_is_worked_and_never_for_the_next_digest(
    worked: tuple[int, ...], day: int
) -> None:
    week = periods.week_of("2026-W38", "Europe/Dublin")

    due = periods.due(week, "monday", 9, "Europe/Dublin", days(*worked))

    assert due == datetime(2026, 9, day, 8, tzinfo=UTC)


def test_the_hour_stays_the_same_where_clocks_change_before_the_day_that_is_worked() -> None:
    week = periods.week_of("2026-W42", "Europe/Dublin")

    due = periods.due(week, "saturday", 9, "Europe/Dublin", days(0))

    assert due == datetime(2026, 10, 26, 9, tzinfo=UTC)


def test_the_day_that_counts_is_the_one_that_the_reader_has_when_the_week_has_ended() -> None:
    week = periods.week_of("2026-W38", "Pacific/Pago_Pago")

    assert periods.due(week, "monday", 9, "Pacific/Kiritimati", days(1)) == week.end
    assert periods.due(week, "monday", 9, "Pacific/Kiritimati", days(0, 2)) == datetime(2026, 9, 22, 19, tzinfo=UTC)


@given(moments, st.sampled_from(ZONES), st.sampled_from(periods.DAYS), st.integers(0, 23), st.sets(st.integers(0, 6)))
def test_days_off_put_no_digest_behind_the_next_one(
    moment: datetime, zone: str, day: str, hour: int, worked: set[int]
) -> None:
    week = periods.period_at(moment, "UTC")
    usual = periods.due(week, day, hour, zone)

    due = periods.due(week, day, hour, zone, days(*worked))

    assert usual <= due < periods.due(periods.after(week), day, hour, zone)
    assert due == usual or due.astimezone(ZoneInfo(zone)).weekday() in worked
