"""`leafnotes run` outlives its database, and Ctrl-C leaves nothing behind that the next run has to wait for."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from pipeline import steps
from tests.workers import small
from workers import alive
from workers.cli import main, processes
from workers.engine import Engine


def test_run_goes_on_once_its_database_can_be_used_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    directory = small.organisation(tmp_path / "rosta", small.subscribers())
    always = ["--config", str(directory), "--as-of", small.DUE]
    CliRunner().invoke(main, [*always, "migrate"])
    database = sqlite3.connect(directory / "leafnotes.db", isolation_level=None)
    database.execute("ALTER TABLE work RENAME TO away")
    pauses = 0

    def pause(_seconds: float) -> None:
        nonlocal pauses
        pauses += 1
        if pauses > 1:
            raise KeyboardInterrupt
        database.execute("ALTER TABLE away RENAME TO work")

    monkeypatch.setattr(processes.time, "sleep", pause)
    result = CliRunner().invoke(main, [*always, "run"])

    assert "no such table: work" in result.stderr
    assert "Traceback" not in result.output
    assert (result.exit_code, pauses) == (0, 2)
    assert database.execute("SELECT count(*) FROM issues").fetchone() == (6,)
    database.close()


class _Broken:
    """A step that is broken off, by Ctrl-C or because the database is away, the first time."""

    def __init__(self, step: Callable[..., Any], error: BaseException) -> None:
        self.step, self.error, self.times = step, error, 0

    def __call__(self, *args: Any, **more: Any) -> Any:
        self.times += 1
        if self.times == 1:
            raise self.error
        return self.step(*args, **more)


@pytest.mark.parametrize("step", ["classify", "assign", "close", "compose", "prepare"])
def test_ctrl_c_in_run_once_leaves_nothing_that_has_to_be_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    directory = small.organisation(tmp_path / "rosta", small.subscribers())
    once = ["--config", str(directory), "--as-of", small.DUE, "run", "--once"]
    monkeypatch.setattr(steps, step, _Broken(getattr(steps, step), KeyboardInterrupt()))
    monkeypatch.setattr(alive, "is_dead", lambda _: False)  # another machine cannot tell

    first = CliRunner().invoke(main, once)
    second = CliRunner().invoke(main, once)

    assert (first.exit_code, second.exit_code) == (1, 0), second.output
    assert "held by another process" not in second.output
    assert "2026-W10: 2 composed, 2 mail:accepted" in second.stdout


def test_digests_that_are_due_and_not_decided_are_not_called_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = small.organisation(tmp_path / "rosta", small.subscribers())
    monkeypatch.setattr(Engine, "_close", lambda engine, job: engine._failed(job, ValueError("not now")))

    result = CliRunner().invoke(main, ["--config", str(directory), "--as-of", small.DUE, "run", "--once"])

    assert "2026-W10: 2 digests due, none decided yet" in result.stdout


def test_who_could_give_nothing_back_is_known_to_be_dead(tmp_path: Path) -> None:
    said = "from workers import alive; print(alive.name()); {}"

    def process(then: str) -> str:
        environment = {**os.environ, "TMPDIR": str(tmp_path)}
        command = [sys.executable, "-c", said.format(then)]
        return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout.strip()

    assert not alive.is_dead(process("pass"))
    left = process("alive.leave()")
    assert alive.is_dead(left)
    assert not Path(left.partition(" ")[2]).exists()
