"""The recorded GitHub traffic, over real HTTP, all the way to a digest."""

from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from pipeline import periods
from pipeline.store import db, digests, issues
from tests.connectors.github_replay import TOKEN, GitHubReplay
from workers.engine import Engine
from workers.wiring import Deployment


def configure(directory: Path, server: GitHubReplay) -> Path:
    directory.mkdir()
    source = {
        "name": "code",
        "kind": "github",
        "base_url": server.base_url,
        "token": "${REPLAY_TOKEN}",
        "repos": list(server.repos),
    }
    (directory / "sources.yaml").write_text(yaml.safe_dump({"sources": [source]}))
    leader = {"id": "lead", "name": "Lee", "email": "lead@octo.example"}
    team = {"id": "octo", "name": "Octo", "leader": "lead", "size": 9, "owns": [{"source": "code"}]}
    chart = {"people": [leader], "teams": [team], "fallback": "octo"}
    (directory / "org.yaml").write_text(yaml.safe_dump(chart))
    return directory


def test_recorded_issues_reach_their_leader_once_and_with_their_links(
    shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPLAY_TOKEN", TOKEN)
    with GitHubReplay() as server:
        directory = configure(tmp_path / "octo", server)
        first = Deployment.read(directory)
        first.prepare()
        Engine(first).tick()
        Engine(first).drain()
        with db.transaction(first.database) as session:
            stored = [s.issue for s in issues.read(session)]
        first.database.dispose()
        week = periods.period_at(max(issue.created_at for issue in stored), "UTC")

        house = Deployment.read(directory, as_of=week.end + timedelta(hours=12))
        Engine(house).run_once()

    with db.transaction(house.database) as session:
        row = digests.digest(session, "lead", week.label)
        counts = digests.counts(session, week.label)
    house.database.dispose()
    assert sorted(issue.external_id for issue in stored) == sorted(server.issue_ids())
    assert counts == {"composed": 1, "mail:accepted": 1}
    assert row is not None
    assert row.document is not None
    assert row.document["made"]["read"] == sum(week.start <= issue.created_at < week.end for issue in stored)
