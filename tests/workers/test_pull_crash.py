"""`leafnotes pull` against recorded and synthetic GitHub traffic, killed at any moment and started again."""

import random
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy.exc import OperationalError

from pipeline.store import db, issues
from tests.connectors.github_replay import TOKEN, GitHubReplay
from tests.workers import processes
from tests.workers.snapshot import snapshot

pytestmark = pytest.mark.slow


def configure(directory: Path, server: GitHubReplay) -> Path:
    directory.mkdir()
    source: dict[str, Any] = {
        "name": "code",
        "kind": "github",
        "base_url": server.base_url,
        "token": "${REPLAY_TOKEN}",
        "repos": list(server.repos),
        "per_page": 25,
    }
    (directory / "sources.yaml").write_text(yaml.safe_dump({"sources": [source]}))
    org = {"people": [], "teams": [{"id": "all", "name": "All"}], "fallback": "all"}
    (directory / "org.yaml").write_text(yaml.safe_dump(org))
    return directory


def pull(directory: Path, log: Path) -> Any:
    return processes.start(log, {"REPLAY_TOKEN": TOKEN}, "--config", str(directory), "pull")


def rows(directory: Path) -> dict[str, Any]:
    database = db.connect(f"sqlite:///{directory / 'leafnotes.db'}")
    made = snapshot(database)
    database.dispose()
    return made


def stored(directory: Path) -> int:
    """How many issues a pull has stored so far; none before the first table."""
    if not (directory / "leafnotes.db").exists():
        return 0
    database = db.connect(f"sqlite:///{directory / 'leafnotes.db'}")
    try:
        with db.transaction(database) as session:
            return issues.count(session)
    except OperationalError:
        return 0
    finally:
        database.dispose()


def test_recorded_traffic_is_stored_once_closed_issues_too(shared: Path, tmp_path: Path) -> None:
    with GitHubReplay() as server:
        directory = configure(tmp_path / "one", server)
        for _ in range(2):
            process = pull(directory, tmp_path / "log")
            assert process.wait(60) == 0, (tmp_path / "log").read_text()

        stored = [row[0].removeprefix("code:") for row in rows(directory)["issues"]]
        states = {row[3] for row in rows(directory)["issues"]}

    assert sorted(stored) == sorted(server.issue_ids())
    assert "open" in states


@pytest.mark.parametrize("seed", [3, 4, 5])
def test_a_pull_killed_at_random_moments_ends_with_the_same_rows(seed: int, shared: Path, tmp_path: Path) -> None:
    chance, log = random.Random(seed), tmp_path / "log"
    with GitHubReplay(synthetic=200, ties=40, delay=0.06) as server:
        quiet = configure(tmp_path / "quiet", server)
        assert pull(quiet, log).wait(60) == 0, log.read_text()
        noisy = configure(tmp_path / "noisy", server)
        midway = 0
        for _ in range(4):
            process, target = pull(noisy, log), stored(noisy) + chance.randint(1, 40)
            processes.wait_until("some progress", lambda p=process, t=target: p.poll() == 0 or stored(noisy) >= t, log)
            time.sleep(chance.uniform(0, 0.1))
            processes.kill(process)
            midway += 0 < stored(noisy) < len(server.issue_ids())
        assert pull(noisy, log).wait(60) == 0, log.read_text()

        expected, found = rows(quiet), rows(noisy)

    assert midway > 0
    assert len(found["issues"]) == len(server.issue_ids())
    assert found == expected


def test_a_second_pull_of_an_unchanged_source_writes_no_row(shared: Path, tmp_path: Path) -> None:
    with GitHubReplay(synthetic=60) as server:
        directory = configure(tmp_path / "one", server)
        assert pull(directory, tmp_path / "log").wait(60) == 0
        database = db.connect(f"sqlite:///{directory / 'leafnotes.db'}")
        with db.transaction(database) as session:
            pending = issues.unclassified(session)
        before = rows(directory)

        assert pull(directory, tmp_path / "log").wait(60) == 0

        assert rows(directory) == before
        assert len(pending) == len(server.issue_ids())
        database.dispose()
