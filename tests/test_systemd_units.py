"""deploy/systemd against the command line, against systemd's own judgement, and against what stopping needs."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import click
import pytest

from workers.cli import main
from workers.queues import QUEUES
from workers.stopping import GRACE

UNITS = sorted((Path(__file__).parents[1] / "deploy" / "systemd").glob("*.service"))
LASTING = [unit for unit in UNITS if "migrate" not in unit.name]
EXPOSED = 2.0
"""The worst that systemd-analyze may say, of 10."""


def values(unit: Path, key: str) -> list[str]:
    return re.findall(rf"(?m)^{key}=(.*)$", unit.read_text())


def test_every_process_has_a_unit() -> None:
    assert [unit.stem for unit in UNITS] == [
        f"leafnotes-{name}" for name in ("beat", "migrate", "run", "web", "worker@")
    ]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
@pytest.mark.parametrize("queue", QUEUES)
def test_what_a_unit_starts_is_a_command_with_options_that_it_has(unit: Path, queue: str) -> None:
    [line] = values(unit, "ExecStart")
    program, name, *words = shlex.split(line.replace("%i", queue))

    command = main.get_command(click.Context(main), name)
    assert command is not None
    params = command.make_context(name, words).params

    assert program == "/opt/leafnotes/.venv/bin/leafnotes"
    assert params.get("queues", (queue,)) == (queue,)


@pytest.mark.parametrize("unit", LASTING, ids=lambda unit: unit.stem)
def test_a_process_is_told_alone_has_time_to_end_and_is_started_again(unit: Path) -> None:
    assert values(unit, "KillMode") == ["mixed"]
    assert int(values(unit, "TimeoutStopSec")[0]) >= GRACE + 5
    assert values(unit, "Restart") == ["always"]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_no_secret_stands_in_a_unit_and_nothing_runs_as_root(unit: Path) -> None:
    assert values(unit, "User") == ["leafnotes"]
    assert values(unit, "EnvironmentFile") == ["/etc/leafnotes/leafnotes.env"]
    assert "SECRET_KEY" not in unit.read_text()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze on this machine")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_systemd_finds_little_exposed(unit: Path) -> None:
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", str(unit)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout

    level = re.search(r"Overall exposure level for \S+: (\d+\.\d)", said)

    assert level is not None
    assert float(level[1]) <= EXPOSED
