"""How many days of a week are worked."""

from datetime import date, timedelta

import pytest

from pipeline.workdays import REGULAR, DaysOff, Workdays

MONDAY = date(2026, 12, 21)
CHRISTMAS = DaysOff(first=date(2026, 12, 24), last=date(2027, 1, 1))
FREEZE = DaysOff(first=MONDAY, last=date(2026, 12, 22), teams=frozenset({"billing"}))


def test_without_days_off_five_days_of_a_week_are_worked() -> None:
    assert REGULAR.worked(MONDAY) == 5
    assert REGULAR.regular(MONDAY)


@pytest.mark.parametrize(
    ("monday", "days"), [("2026-12-14", 5), ("2026-12-21", 3), ("2026-12-28", 0), ("2027-01-04", 5)]
)
def test_both_ends_of_days_off_are_off(monday: str, days: int) -> None:
    found = Workdays(off=(CHRISTMAS,))

    assert found.worked(date.fromisoformat(monday)) == days
    assert found.regular(date.fromisoformat(monday)) == (days == 5)


@pytest.mark.parametrize(
    ("path", "days"), [((), 3), (("billing", "top"), 1), (("invoices", "billing", "top"), 1), (("top",), 3)]
)
def test_a_teams_days_off_are_those_of_the_teams_below_it_and_of_no_other(path: tuple[str, ...], days: int) -> None:
    assert Workdays(off=(CHRISTMAS, FREEZE)).worked(MONDAY, path) == days


def test_a_day_that_is_off_twice_is_off_once_and_a_weekend_is_no_loss() -> None:
    twice = Workdays(off=(CHRISTMAS, DaysOff(first=date(2026, 12, 25), last=date(2026, 12, 27))))

    assert twice.worked(MONDAY) == 3


def test_the_working_week_may_begin_on_sunday() -> None:
    week = Workdays(
        weekdays=frozenset({6, 0, 1, 2, 3}), off=(DaysOff(first=date(2026, 12, 27), last=date(2026, 12, 27)),)
    )

    assert week.worked(MONDAY) == 4


@pytest.mark.parametrize("off", [(), (CHRISTMAS,)])
@pytest.mark.parametrize("days", [-9, 0, 1, 6, 7, 8, 20, 21])
def test_days_between_two_are_counted_as_one_by_one(off: tuple[DaysOff, ...], days: int) -> None:
    found, first = Workdays(off=off), date(2026, 12, 17)
    each = [first + timedelta(days=n) for n in range(1, days + 1)]

    assert found.between(first, first + timedelta(days=days)) == sum(map(found.works, each))
