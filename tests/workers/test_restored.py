"""A database that goes back in time, and a worker that dies with the mail server's answer: no mail goes out twice."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from connectors.smtp import Outcome
from pipeline.letters import Letter
from pipeline.store import db, digests
from tests import local_servers
from tests.local_servers import Box
from tests.workers import small
from tests.workers.conftest import KEY
from tests.workers.test_delivery import DeadWorker, wait_over
from workers.checks import every_problem
from workers.cli import main
from workers.engine import Engine
from workers.report import report
from workers.senders import FolderSender, LoggedSender, Sender, SentLog
from workers.wiring import Deployment

DAY_BEFORE = "2026-03-08T12:00:00+01:00"


@pytest.fixture
def box(monkeypatch: pytest.MonkeyPatch) -> Iterator[Box]:
    monkeypatch.setenv("LEAFNOTES_SECRET_KEY", KEY)
    with local_servers.smtp() as box:
        monkeypatch.setenv("LEAFNOTES_SMTP_URL", box.url)
        yield box


@pytest.fixture
def rosta(tmp_path: Path) -> Path:
    return small.organisation(tmp_path / "rosta", small.subscribers())


def run(directory: Path, at: str = small.DUE) -> list[str]:
    """The whole loop once; the problems that it leaves for operators."""
    house = Deployment.read(directory, as_of=datetime.fromisoformat(at))
    house.prepare()
    runner = Engine(house)
    runner.run_once()
    problems: list[str] = report(house, listed=10)["problems"]
    house.database.dispose()
    return problems


def backed_up(directory: Path, file: Path) -> Path:
    result = CliRunner().invoke(main, ["--config", str(directory), "backup", str(file)])
    assert result.exit_code == 0, result.output
    return file


def restore(file: Path, directory: Path) -> None:
    for leftover in directory.glob("leafnotes.db*"):
        leftover.unlink()
    shutil.copyfile(file, directory / "leafnotes.db")


def test_a_database_of_the_day_before_sends_nothing_again_and_says_so(rosta: Path, box: Box, tmp_path: Path) -> None:
    run(rosta, DAY_BEFORE)
    backup = backed_up(rosta, tmp_path / "backup.db")
    run(rosta)
    sent = len(box.messages)
    restore(backup, rosta)

    problems = run(rosta)

    assert (sent, len(box.messages)) == (4, 4), "two of the week before, two of this one"
    assert sum("sent.log" in problem for problem in problems) == 2


def test_without_its_log_of_sent_mails_it_would_send_them_again(rosta: Path, box: Box, tmp_path: Path) -> None:
    run(rosta, DAY_BEFORE)
    backup = backed_up(rosta, tmp_path / "backup.db")
    run(rosta)
    restore(backup, rosta)
    shutil.move(rosta / "sent.log", tmp_path)

    run(rosta)

    assert len(box.messages) == 6


def test_the_log_names_nobody(rosta: Path, box: Box) -> None:
    run(rosta)

    said = (rosta / "sent.log").read_text()
    assert said.count("\n") == 2
    assert not [word for word in ("noor", "kit", "Leaf", "@rosta") if word in said]


@dataclass(frozen=True, slots=True)
class DiesWithTheAnswer:
    """Stands for a kill between the server's 250 and our commit."""

    sender: Sender
    safe_to_repeat: bool = False

    def send(self, letter: Letter) -> Outcome:
        self.sender.send(letter)
        raise DeadWorker


def test_a_worker_that_dies_with_the_servers_answer_sends_no_second_copy(rosta: Path, box: Box) -> None:
    house = Deployment.read(rosta, as_of=datetime.fromisoformat(small.DUE))
    house.prepare()
    runner, sender = Engine(house), house.sender
    house.__dict__["sender"] = DiesWithTheAnswer(sender)
    with pytest.raises(DeadWorker):
        runner.run_once()
    house.__dict__["sender"] = sender
    for _ in range(3):  # the dead worker's lease, what is not known, the other mail
        wait_over(runner)
        runner.run_once()

    with db.reading(house.database) as session:
        assert {state: n for state, n in digests.counts(session, small.WEEK).items() if "mail" in state} == {
            "mail:accepted": 2
        }
    assert len(box.messages) == 2
    house.database.dispose()


def test_a_log_that_others_write_too_is_read_on(tmp_path: Path) -> None:
    mine, other = SentLog(tmp_path / "sent.log"), SentLog(tmp_path / "sent.log")
    mine.add("<a@x>")
    assert other.when("<a@x>") is not None
    mine.add("<b@x>")
    assert other.when("<b@x>") is not None
    assert other.when("<c@x>") is None


def test_a_log_in_whose_place_a_shorter_one_was_put_is_read_from_its_beginning(tmp_path: Path) -> None:
    log = SentLog(tmp_path / "sent.log")
    for name in ("<a@x>", "<b@x>"):
        log.add(name)
    assert log.when("<b@x>") is not None
    log.path.write_text("2026-03-09T11:00:00Z <c@x>\n")

    assert log.when("<c@x>") == "2026-03-09T11:00:00Z"
    assert log.when("<b@x>") is None


def test_nothing_is_sent_while_the_log_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "sent.log").mkdir()
    sender = LoggedSender(DiesWithTheAnswer(FolderSender(tmp_path)), SentLog(tmp_path / "sent.log"))
    letter = Letter(
        name="w/noor", message=b"Message-ID: <a@x>\r\n\r\n", text="", html="", document={}, sender="", recipient=""
    )

    assert sender.send(letter).kind == "deferred"


def test_check_says_where_the_log_cannot_be_written(rosta: Path, box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEAFNOTES_SENT_LOG", "no/such/folder/sent.log")

    found = every_problem(rosta, datetime.fromisoformat(small.DUE), offline=False)

    assert [one.level for one in found if one.where == "LEAFNOTES_SENT_LOG"] == ["warning"]


def test_a_backup_overwrites_nothing(rosta: Path, tmp_path: Path) -> None:
    run(rosta)
    (tmp_path / "precious").write_text("mine")

    result = CliRunner().invoke(main, ["--config", str(rosta), "backup", str(tmp_path / "precious")])

    assert result.exit_code == 1
    assert (tmp_path / "precious").read_text() == "mine"


def test_a_backup_that_fails_leaves_nothing_and_can_be_tried_again(rosta: Path, tmp_path: Path) -> None:
    run(rosta)
    copy = tmp_path / "backups" / "copy.db"
    copy.parent.mkdir()

    failed = small.full_disk(200_000, "--config", str(rosta), "backup", str(copy))

    assert (failed.returncode, f"{copy} cannot be written" in failed.stderr) == (1, True)
    assert list(copy.parent.iterdir()) == []
    assert backed_up(rosta, copy).exists()


def test_a_backup_of_postgresql_is_made_by_its_own_tool(
    rosta: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEAFNOTES_DATABASE_URL", postgres_url)

    result = CliRunner().invoke(main, ["--config", str(rosta), "backup", "copy.db"])

    assert (result.exit_code, "pg_dump" in result.output) == (2, True)
