"""Sources in trouble beside a healthy one: nobody is delayed, and status says in a line what to do."""

import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from connectors.github import GitHub
from connectors.kit.dialect import Response
from connectors.kit.run import dialect_of
from connectors.kit.server import Fake, running
from connectors.kit.world import World
from pipeline.store import db, digests, work
from tests.workers import small
from workers.cli import main
from workers.engine import Engine
from workers.wiring import Deployment


@pytest.fixture
def limited() -> Iterator[Fake]:
    with running(dialect_of(GitHub), World()) as fake:
        fake.trouble = lambda *_: Response({"message": "API rate limit exceeded"}, 429, {"retry-after": "3600"})
        yield fake


@pytest.fixture
def expired() -> Iterator[Fake]:
    with running(dialect_of(GitHub), World()) as fake:
        fake.dialect.secret = "the new one"
        yield fake


@pytest.fixture
def directory(tmp_path: Path, limited: Fake, expired: Fake, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KIT_TOKEN", "a token of long ago")
    made = small.organisation(tmp_path / "rosta", small.subscribers())
    sources = yaml.safe_load((made / "sources.yaml").read_text())
    for name, fake in (("a-limited", limited), ("b-expired", expired)):
        options = {**fake.dialect.options(), "name": name, "kind": "github", "token": "${KIT_TOKEN}"}
        sources["sources"].insert(0, options)
    (made / "sources.yaml").write_text(yaml.safe_dump(sources))
    return made


def test_the_healthy_source_is_read_and_the_digests_go_out_at_once(directory: Path) -> None:
    runner = Engine(Deployment.read(directory, as_of=datetime.fromisoformat(small.DUE)))
    runner.deployment.prepare()
    began = time.monotonic()

    runner.run_once()

    assert time.monotonic() - began < 30  # an hour is what one of them asks for
    with db.transaction(runner.deployment.database) as session:
        assert digests.counts(session, small.WEEK) == {"composed": 2, "mail:accepted": 2}
        held = [key for kind, key, _, _ in work.failing(session) if kind == "pull"]
    assert "b-expired" not in held


def test_the_limited_one_is_asked_again_only_when_it_said(directory: Path, limited: Fake) -> None:
    runner = Engine(Deployment.read(directory, as_of=datetime.fromisoformat(small.DUE)))
    runner.deployment.prepare()

    runner.run_once()
    asked = len(limited.requests)
    runner.run_once()

    assert asked == 1
    assert len(limited.requests) == asked


def test_status_names_each_trouble_with_its_remedy_in_one_line(directory: Path) -> None:
    def run(*arguments: str) -> str:
        return CliRunner().invoke(main, ["--config", str(directory), "--as-of", small.DUE, *arguments]).output

    run("run", "--once")

    lines = run("status").splitlines()

    (first,) = [line for line in lines if line.startswith("source   a-limited")]
    (second,) = [line for line in lines if line.startswith("source   b-expired")]
    assert "429" in first
    assert "3600 s" in first
    assert "401" in second
    assert "Make a new token" in second


def test_a_source_that_gives_nothing_any_more_is_named_in_status(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World()
    world.seed(3)
    with running(dialect_of(GitHub), world) as fake:
        monkeypatch.setenv("KIT_TOKEN", fake.dialect.secret)
        directory = small.organisation(tmp_path / "rosta", small.subscribers())
        sources = yaml.safe_load((directory / "sources.yaml").read_text())
        options = {**fake.dialect.options(), "name": "hub", "kind": "github", "token": "${KIT_TOKEN}"}
        sources["sources"].append(options)
        (directory / "sources.yaml").write_text(yaml.safe_dump(sources))

        def told(*arguments: str) -> str:
            return CliRunner().invoke(main, ["--config", str(directory), "--as-of", small.DUE, *arguments]).output

        told("pull", "hub")
        healthy = told("status")
        fake.trouble = lambda *_: Response([])
        told("pull", "hub")
        empty = told("status")
        fake.trouble = lambda request, honest: honest(request)
        told("pull", "hub")
        again = told("status")

    assert "nothing came" not in healthy
    assert "hub: since 2026-03-09T11:00 nothing came, not even what came last" in empty
    assert "nothing came" not in again
