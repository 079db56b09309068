"""The first hours of a deployment, when nothing is right yet: no untrue calm, and every mistake can be corrected."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.store import db, work
from tests.workers import small
from workers import alive
from workers.cli import main
from workers.engine import KINDS
from workers.wiring import Deployment

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def invoke(*arguments: str, as_of: str = small.DUE) -> Result:
        return CliRunner().invoke(main, ["--config", str(tmp_path / "rosta"), "--as-of", as_of, *arguments])

    return invoke


def rosta(tmp_path: Path, tickets: list[dict[str, object]], **source: object) -> Path:
    return small.organisation(tmp_path / "rosta", tickets, **source)


def mail(tmp_path: Path, leader: str, week: str = small.WEEK) -> str:
    return " ".join((tmp_path / "rosta" / "digests" / week / f"{leader}.txt").read_text().split())


def document(tmp_path: Path, leader: str, week: str = small.WEEK) -> dict[str, object]:
    read: dict[str, object] = json.loads((tmp_path / "rosta" / "digests" / week / f"{leader}.json").read_text())
    return read


WRONG = [dict(t, created_at="03.03.2026 09:12") for t in small.subscribers()]


def test_a_week_of_which_nothing_was_understood_is_not_called_calm(run: Run, tmp_path: Path) -> None:
    early = small.ticket(90, "The roaster jams every morning", day=-20, author="r1", labels=["beans"])
    rosta(tmp_path, [early, *WRONG])

    run("run", "--once")

    said = mail(tmp_path, "kit")
    assert document(tmp_path, "kit")["form"] == "partial"
    assert "6 items of desk could not be understood and are not counted" in said.replace("Desk", "desk")
    assert "read to the end" not in said
    assert "a quiet week" not in said


def test_what_was_set_aside_in_one_week_is_not_told_again_in_the_next(run: Run, tmp_path: Path) -> None:
    rosta(tmp_path, [*small.subscribers(), *WRONG[:1]])
    run("run", "--once")
    with (tmp_path / "rosta" / "desk.jsonl").open("a") as file:
        file.write("".join(json.dumps(t) + "\n" for t in small.subscribers(first=50, day=7)))

    run("run", "--once", as_of="2026-03-16T12:00:00+01:00")

    assert "could not be understood" in mail(tmp_path, "kit")
    assert "could not be understood" not in mail(tmp_path, "kit", "2026-W11")


def test_a_stale_export_does_not_make_a_quiet_week(run: Run, tmp_path: Path) -> None:
    directory = rosta(tmp_path, small.subscribers(day=-14))
    written = small.MONDAY.timestamp() - 7 * 86400
    os.utime(directory / "desk.jsonl", (written, written))

    run("run", "--once")

    assert document(tmp_path, "kit")["form"] in ("partial", "deaf")
    assert "a quiet week" not in mail(tmp_path, "kit")


def test_nothing_is_mailed_before_anything_was_ever_read(run: Run, tmp_path: Path) -> None:
    rosta(tmp_path, [])
    (tmp_path / "rosta" / "desk.jsonl").unlink()

    first = run("run", "--once")

    assert first.exit_code == 1
    assert "no issue was read yet, so no digest is made" in first.output
    assert not (tmp_path / "rosta" / "digests").exists()
    assert run("status", "--json").exit_code == 0


def test_once_the_source_is_put_right_the_next_run_reads_it_at_once(run: Run, tmp_path: Path) -> None:
    rosta(tmp_path, [])
    (tmp_path / "rosta" / "desk.jsonl").unlink()
    run("run", "--once")

    small.write(tmp_path / "rosta", small.subscribers())
    second = run("run", "--once")

    assert second.exit_code == 0, second.output
    assert document(tmp_path, "kit")["form"] == "full"


def test_what_was_decided_too_early_is_decided_again_on_request(run: Run, tmp_path: Path) -> None:
    rosta(tmp_path, WRONG[:3] + small.subscribers(3, first=20))
    run("run", "--once")
    before = mail(tmp_path, "kit")

    small.write(tmp_path / "rosta", small.subscribers())
    run("run", "--once")
    unchanged = mail(tmp_path, "kit")
    again = run("run", "--once", "--again")

    assert again.exit_code == 0, again.output
    assert unchanged == before
    assert "could not be understood" not in mail(tmp_path, "kit")
    assert document(tmp_path, "kit")["form"] == "full"


def test_digests_that_a_mail_server_was_handed_are_not_decided_again(run: Run, tmp_path: Path) -> None:
    rosta(tmp_path, small.subscribers())
    run("run", "--once")
    house = Deployment.read(tmp_path / "rosta")
    with db.transaction(house.database) as session:
        from pipeline.store import registry

        registry.set_mark_once(session, "mailed", "2026-03-09T09:00:00+00:00")

    result = run("run", "--once", "--again")

    assert result.exit_code == 1
    assert "mails have been sent" in result.output


HOLD = """
import sys, time
from pathlib import Path
from pipeline.store import db, work
from workers import alive
from workers.engine import KINDS
from workers.wiring import Deployment, span
house = Deployment.read(Path(sys.argv[1]))
house.prepare()
with db.transaction(house.database) as session:
    row = work.request(session, "assign", "all")
with db.transaction(house.database) as session:
    work.claim(session, row, KINDS, span("1h"), alive.name())
print("held", flush=True)
time.sleep(60)
"""


def test_what_a_killed_process_held_is_taken_over_at_once_and_a_living_ones_is_not(run: Run, tmp_path: Path) -> None:
    directory = rosta(tmp_path, small.subscribers())
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(directory)], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    house = Deployment.read(directory)
    with db.transaction(house.database) as session:
        (name,) = work.holders(session)

    assert not alive.is_dead(name)
    holder.send_signal(signal.SIGKILL)
    holder.communicate()
    result = run("run", "--once")

    assert result.exit_code == 0, result.output
    assert document(tmp_path, "kit")["form"] == "full"
    with db.transaction(house.database) as session:
        assert work.held(session, KINDS) == []
