"""What operators read of how a deployment is, in words that a person would use."""

import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.workers import small
from workers.cli import main
from workers.report import length


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(0), "0 seconds"),
        (timedelta(seconds=1), "1 second"),
        (timedelta(seconds=119, microseconds=9), "119 seconds"),
        (timedelta(minutes=40, seconds=59), "40 minutes"),
        (timedelta(minutes=119), "119 minutes"),
        (timedelta(hours=2), "2 hours"),
        (timedelta(hours=47, minutes=59), "47 hours"),
        (timedelta(days=3, hours=18, minutes=55), "3 days"),
        (timedelta(days=400), "400 days"),
    ],
)
def test_a_length_of_time_is_said_in_its_largest_unit_of_which_there_are_two(span: timedelta, said: str) -> None:
    assert length(span) == said


def test_status_says_how_far_behind_a_source_is_as_a_person_would(tmp_path: Path) -> None:
    directory = small.organisation(tmp_path / "rosta", small.subscribers())
    written = datetime.fromisoformat(small.DUE).timestamp()
    os.utime(directory / "desk.jsonl", (written, written))
    later = datetime.fromisoformat(small.DUE) + timedelta(days=3, hours=18, minutes=55)
    for at, command in ((small.DUE, ["run", "--once"]), (later.isoformat(), ["status"])):
        found = CliRunner().invoke(main, ["--config", str(directory), "--as-of", at, *command])

    [line] = [one for one in found.output.splitlines() if one.startswith("source ")]
    assert ", 3 days behind;" in line
