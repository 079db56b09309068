"""Passwords in URLs, and what people wrote, never stand in what is said about a failure."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from pipeline.issue import Issue
from pipeline.store import db, issues
from tests import local_servers
from tests.workers import small
from tests.workers.conftest import KEY
from workers.cli import main

CANARY = "cAnArY7531"


@pytest.mark.parametrize("command", [("check",), ("status",), ("migrate",), ("run", "--once"), ("worker",), ("beat",)])
@pytest.mark.parametrize("login", [f"u:{CANARY}", f"u:a@{CANARY}", f"u:{CANARY}%40x"])
def test_a_password_is_never_said_whatever_cannot_be_reached(
    command: tuple[str, ...], login: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = small.organisation(tmp_path / "rosta", [])
    port = local_servers.free_port()
    monkeypatch.setenv("LEAFNOTES_DATABASE_URL", f"postgresql://{login}@127.0.0.1:{port}/x?connect_timeout=1")
    monkeypatch.setenv("LEAFNOTES_BROKER_URL", f"redis://{login}@127.0.0.1:{port}/0")
    monkeypatch.setenv("LEAFNOTES_SMTP_URL", f"smtp://{login}@127.0.0.1:{port}")
    monkeypatch.setenv("LEAFNOTES_SECRET_KEY", KEY)
    if command == ("beat",):
        monkeypatch.setenv("LEAFNOTES_BROKER_URL", f"http://{login}@127.0.0.1:{port}/0")

    result = CliRunner().invoke(main, ["--config", str(directory), *command])

    assert result.exit_code in (1, 2)
    assert result.output
    assert CANARY not in result.output
    assert isinstance(result.exception, SystemExit)


@pytest.mark.parametrize(
    ("name", "url", "words"),
    [
        ("LEAFNOTES_DATABASE_URL", "postgresql://h/x?conect_timeout=3", "connect_timeout"),
        ("LEAFNOTES_DATABASE_URL", f"postgresql://h/x?connect_timeout={CANARY}", "connect_timeout"),
        ("LEAFNOTES_BROKER_URL", f"redis://h/0?bogus={CANARY}", "bogus"),
        ("LEAFNOTES_SMTP_URL", "smtp://h?starttls=maybe", "starttls"),
    ],
)
def test_an_option_that_cannot_be_used_is_named_without_its_value(
    name: str, url: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, url)
    directory = small.organisation(tmp_path / "rosta", [])

    result = CliRunner().invoke(main, ["--config", str(directory), "status"])

    assert result.exit_code == 1
    assert words in result.output
    assert CANARY not in result.output


def test_an_issues_text_is_in_no_database_error(database: Engine) -> None:
    now = datetime(2026, 9, 1, tzinfo=UTC)
    row = issues.columns(Issue(source="s", external_id="1", title=CANARY, created_at=now, updated_at=now))

    with pytest.raises(DBAPIError) as caught, db.transaction(database) as session:
        issues.upsert(session, [row | {"state": None}])

    assert CANARY not in db.said(caught.value)
    assert "state" in db.said(caught.value)


@pytest.mark.parametrize(("query", "limit"), [("", "0"), ("?options=-c%20statement_timeout%3D5000", "5s")])
def test_a_session_is_in_utc_and_keeps_the_options_of_its_url(postgres_url: str, query: str, limit: str) -> None:
    engine = db.connect(postgres_url + query)
    with engine.connect() as connection:
        zone = connection.execute(text("SHOW timezone")).scalar_one()
        timeout = connection.execute(text("SHOW statement_timeout")).scalar_one()
    engine.dispose()

    assert (zone.lower(), timeout) == ("utc", limit)


def test_a_statements_parameters_are_in_no_error_even_in_full(database: Engine) -> None:
    with pytest.raises(DBAPIError) as caught, db.transaction(database) as session:
        session.execute(text("INSERT INTO nowhere VALUES (:words)"), {"words": CANARY})

    assert CANARY not in str(caught.value)
