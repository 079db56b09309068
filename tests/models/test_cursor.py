from datetime import timedelta

import pytest
from hypothesis.stateful import run_state_machine_as_test

from connectors import feed
from tests.models.cursor import Cursor
from tests.models.machine import planted, sized


def test_no_change_is_missed_however_late_it_shows_and_whatever_shifts_meanwhile() -> None:
    run_state_machine_as_test(Cursor, settings=sized(12))


def test_a_cursor_that_does_not_look_back_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed.Feed, "_floor", lambda _self, at: at + timedelta(minutes=20))

    with pytest.raises(AssertionError, match="not Change"):
        run_state_machine_as_test(Cursor, settings=planted(100))
