"""`leafnotes run` outlives its database."""

import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.workers import small
from workers.cli import main, processes


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
