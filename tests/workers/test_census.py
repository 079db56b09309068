"""What the source deleted or moved is found by the daily census, and only what is really gone is marked."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from pipeline.gaps import Gap
from pipeline.store import db, issues, registry, sources, work
from pipeline.tables import EventRow
from tests.connectors.github_replay import TOKEN, GitHubReplay
from tests.workers.test_pull_crash import configure
from workers.engine import GAP, Engine
from workers.wiring import Deployment


@pytest.fixture
def server() -> Iterator[GitHubReplay]:
    with GitHubReplay(synthetic=40) as made:
        yield made


@pytest.fixture
def runner(server: GitHubReplay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    monkeypatch.setenv("REPLAY_TOKEN", TOKEN)
    house = Deployment.read(configure(tmp_path / "one", server), as_of=datetime.fromisoformat("2026-09-10T12:00:00Z"))
    house.prepare()
    yield Engine(house)
    house.database.dispose()


def census(runner: Engine) -> None:
    with runner.transaction() as session:
        row = work.request(session, "census", "code")
    runner.perform(row)


def numbers(server: GitHubReplay, count: int) -> list[int]:
    return sorted(int(key.rpartition("#")[2]) for key in server.issue_ids())[:count]


def test_deleted_and_transferred_issues_are_told_apart(runner: Engine, server: GitHubReplay) -> None:
    runner.tick()
    runner.drain()
    deleted, moved = numbers(server, 2)
    server.remove(deleted)
    server.remove(moved, moved_to="/repos/somebody/else/issues/7")

    census(runner)

    with db.transaction(runner.deployment.database) as session:
        events = session.scalars(select(EventRow).where(EventRow.what == "deleted"))
        gone = {(event.issue.rpartition("#")[2], event.after) for event in events}
        assert issues.alive(session, "code") == server.issue_ids()
        assert sources.state(session, "code").census_at is not None
    assert gone == {(str(deleted), "deleted"), (str(moved), "transferred")}


def test_a_census_that_misses_half_is_set_aside_for_a_person(runner: Engine, server: GitHubReplay) -> None:
    runner.tick()
    runner.drain()
    stored = server.issue_ids()
    for number in numbers(server, len(stored) // 2 + 5):
        server.remove(number)

    census(runner)

    with db.transaction(runner.deployment.database) as session:
        assert issues.alive(session, "code") == stored
        assert any("census misses" in reason for _, _, reason in work.set_aside(session))


def test_what_a_source_has_and_never_gave_is_read_for_once_and_then_told(runner: Engine, server: GitHubReplay) -> None:
    held = min(server.repositories[0].issues, key=lambda issue: str(issue["updated_at"]))
    late = f"{server.repos[0]}#{held['number']}"
    server.repositories[0].issues.remove(held)
    runner.tick()
    runner.drain()
    server.repositories[0].issues.append(held)

    census(runner)
    assert gap(runner).waiting == {late}  # it may only be newer than the last pull
    runner.perform(runner.pull_now(["code"])[0])
    assert late not in stored(runner)
    census(runner)
    assert "1 issue that exists was never given to us" in str(gap(runner).said("code"))
    runner.drain()
    assert late in stored(runner)
    census(runner)
    assert not gap(runner)


def test_what_reading_it_all_again_does_not_bring_is_told_and_not_read_for_again(
    runner: Engine, server: GitHubReplay, monkeypatch: pytest.MonkeyPatch
) -> None:
    runner.tick()
    runner.drain()
    asked = type(runner.deployment.sources["code"].open()).census
    ghost = f"{server.repos[0]}#999999"
    monkeypatch.setattr(
        type(runner.deployment.sources["code"].open()), "census", lambda self: iter([*(asked(self) or ()), ghost])
    )

    cursors = []
    for _ in range(5):
        census(runner)
        with db.transaction(runner.deployment.database) as session:
            cursors.append(bool(sources.state(session, "code").cursor))
        runner.drain()

    assert cursors == [True, False, True, True, True]
    assert "did not bring them" in str(gap(runner).said("code"))


def gap(runner: Engine) -> Gap:
    with db.transaction(runner.deployment.database) as session:
        return Gap.from_json(registry.mark(session, f"{GAP}code"))


def stored(runner: Engine) -> set[str]:
    with db.transaction(runner.deployment.database) as session:
        return issues.alive(session, "code")
