"""Real servers for the tests that are about them; started once a process, one database a test."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

# Before NumPy comes: beside other processes on every core, the threads of its sums wait for each other far longer than
# they work (a model of this suite: 8 seconds instead of 1). Processes that tests start inherit it.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import pytest
from hypothesis import settings
from sqlalchemy import Engine, make_url

from pipeline.store import db, schema
from tests import deployed, local_servers
from tests.shared_data import SHARED, beside

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")  # how long an example takes says how busy the machine is


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What this run did not ask, so that nobody takes its silence for an answer."""
    if terminalreporter.stats.get("skipped"):
        every = len(terminalreporter.stats["skipped"])
        terminalreporter.write_line(f"{every} tests left out, for their reasons: pytest -rs (see CONTRIBUTING.md)")
    skipped = terminalreporter.stats.get("skipped", [])
    if any("no Chromium" in str(one.longrepr) for one in skipped):
        terminalreporter.write_line("nothing was looked at in a browser: .venv/bin/playwright install chromium")
    if not os.environ.get("TESTS_SYSTEMS"):
        terminalreporter.write_line("real Dovecot, Redmine and Request Tracker were not asked: make test-systems")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The third-party recordings and texts; they are not part of the repository."""
    beside("data", "labelled", "nlbse24", "issues_train.csv")
    beside("data", "recordings", "github-octokit.jsonl")
    return SHARED


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> deployed.Deployed:
    """The demo as its command leaves it. Nobody may change it: take a copy (`deployed.copied`)."""
    return deployed.made(tmp_path_factory.mktemp("demo") / "fernhill")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    with local_servers.postgres() as url:
        yield url


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    with local_servers.valkey() as url:
        yield url


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: str) -> str:
    """The name of a migrated database that others are copied from."""
    url = local_servers.database(postgres_server)
    engine = db.connect(url)
    schema.migrate(engine)
    engine.dispose()
    return make_url(url).database or ""


@pytest.fixture
def postgres_url(postgres_server: str, migrated_postgres: str) -> str:
    """A migrated PostgreSQL database of this test alone."""
    return local_servers.database(postgres_server, template=migrated_postgres)


@pytest.fixture
def postgres(postgres_url: str) -> Iterator[Engine]:
    """That database, connected: where two can write at the same time."""
    engine = db.connect(postgres_url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "template.db"
    engine = db.connect(f"sqlite:///{path}")
    schema.migrate(engine)
    engine.dispose()
    return path


@pytest.fixture
def sqlite_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    path = tmp_path / "leafnotes.db"
    shutil.copyfile(migrated_sqlite, path)
    return f"sqlite:///{path}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A migrated database of each kind."""
    url = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    engine = db.connect(url)
    yield engine
    engine.dispose()
