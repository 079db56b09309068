"""How often a leader is called at most with every rung on: the first weeks of the year of docs/escalation.md."""

from pathlib import Path

import pytest

from tests.workers import noisy_year
from tests.workers.test_escalation import HOST, KEY


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> noisy_year.Year:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("LEAFNOTES_PUBLIC_URL", HOST)
        environment.setenv("LEAFNOTES_SECRET_KEY", KEY)
        place: Path = tmp_path_factory.mktemp("year") / "rosta"
        return noisy_year.play(place, noisy_year.EVERYTHING, days=50)


def test_nobody_is_called_more_often_than_the_settings_say(year: noisy_year.Year) -> None:
    assert year.readers == ["ada", "kit", "noor"]
    for reader in year.readers:
        assert year.in_a_day(reader) == 1
        assert year.in_seven_days(reader) <= 3
    assert {"escalate", "agent_load"} <= {one.rule for one in year.calls}


def test_nobody_is_called_at_night_or_on_a_day_off(year: noisy_year.Year) -> None:
    assert all(8 <= one.at.hour < 19 and one.at.weekday() < 5 for one in year.calls)


def test_what_nobody_answered_stood_in_the_notes_of_the_level_above(year: noisy_year.Year) -> None:
    assert set(year.passed_on) == {"ada", "kit", "noor"}
    assert year.passed_on["noor"] > 0
    assert year.passed_on["kit"] == 0
