import pytest
from hypothesis.stateful import run_state_machine_as_test

from pipeline.store import digests
from tests.models import periods
from tests.models.machine import planted, sized
from tests.models.periods import Periods


def test_each_leader_has_each_week_once_whatever_the_beat_and_the_clock_do() -> None:
    run_state_machine_as_test(Periods, settings=sized(6, 30))


def test_two_years_of_beat_outages_leave_no_week_out() -> None:
    assert "0 missed, 0 twice, 0 early" in periods.many(104, seed=3)


def test_a_planner_that_forgets_the_weeks_it_was_down_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digests, "course", lambda *_: {})

    with pytest.raises(AssertionError, match="misses"):
        run_state_machine_as_test(Periods, settings=planted(30, 30))
