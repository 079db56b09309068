"""A sample of `tests.models.zones`: zones whose clocks do the same are looked at once, at some of the hours."""

import random
from datetime import timedelta

import pytest

from tests.models import zones
from tests.models.zones import Changes, Tally


@pytest.fixture(scope="module")
def known() -> dict[Changes, list[str]]:
    return zones.groups()


def test_every_due_instant_next_to_a_change_of_offset_is_the_wish_or_the_end_of_the_gap(
    known: dict[Changes, list[str]],
) -> None:
    tally = Tally()
    for those, names in known.items():
        zones.look_at(names[0], those, zones.SLOTS[::11], tally)

    assert tally.cases > 50_000
    assert tally.moved > 0


@pytest.mark.parametrize(
    ("name", "minutes"),
    [("Antarctica/Troll", 120), ("Australia/Lord_Howe", 30), ("Africa/Cairo", 60), ("Pacific/Chatham", 45)],
)
def test_every_hour_of_a_zone_whose_clocks_jump_oddly_is_due_once(name: str, minutes: int) -> None:
    tally = Tally()

    zones.look_at(name, zones.changes(name), zones.SLOTS, tally)

    assert tally.furthest == timedelta(minutes=minutes)


def test_half_open_weeks_tile_time_in_every_zone(known: dict[Changes, list[str]]) -> None:
    tally = Tally()
    for those, names in known.items():
        zones.tile(names[0], sorted({*zones.mondays_next_to(those)[::3], *zones.every_monday()[::100]}), tally)

    assert tally.weeks > len(known)


def test_a_leader_in_another_zone_is_due_at_the_wish_or_as_soon_as_the_week_has_ended(
    known: dict[Changes, list[str]],
) -> None:
    tally = Tally()

    zones.at_random({names[0]: those for those, names in known.items()}, 20_000, random.Random(1), tally)

    assert tally.random == 20_000


def test_a_due_instant_that_is_an_hour_off_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    right = zones.periods.due
    monkeypatch.setattr(zones.periods, "due", lambda *wish: right(*wish) + timedelta(hours=wish[2] == 2))

    with pytest.raises(AssertionError):
        zones.look_at("Europe/Dublin", zones.changes("Europe/Dublin"), zones.SLOTS, Tally())
