"""Speak up: anybody can write, nothing of them is kept that they did not write, and it goes the way of every issue."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import select

from pipeline.store import db
from pipeline.tables import IssueRow, VerdictRow
from tests.workers import small
from workers.cli import main
from workers.engine import Engine
from workers.web import app, speaking
from workers.wiring import Deployment

KEY = "the key of a test, of forty letters or more 0001"
WAIT = "Every roast waits an hour for the one working grinder. We plan our breaks around it and nobody mentions it."


@pytest.fixture
def rosta(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LEAFNOTES_PUBLIC_URL", "https://leaf.rosta.example")
    monkeypatch.setenv("LEAFNOTES_SECRET_KEY", KEY)
    directory = small.organisation(tmp_path / "rosta", small.subscribers(3))
    sources = yaml.safe_load((directory / "sources.yaml").read_text())
    sources["sources"].append({"name": "voices", "kind": "connectors.speak_up:SpeakUp"})
    (directory / "sources.yaml").write_text(yaml.safe_dump(sources))
    return directory


@pytest.fixture
def engine(rosta: Path) -> Iterator[Engine]:
    house = Deployment.read(rosta, as_of=small.MONDAY + timedelta(days=1))
    house.prepare()
    yield Engine(house)
    house.database.dispose()


@pytest.fixture
def web(engine: Engine) -> FlaskClient:
    return app.create(engine).test_client()


@pytest.fixture
def address(rosta: Path) -> str:
    said = CliRunner().invoke(main, ["--config", str(rosta), "speak"])
    assert said.exit_code == 0, said.output
    return said.output.strip().removeprefix("https://leaf.rosta.example")


def notes(engine: Engine) -> list[IssueRow]:
    with db.reading(engine.deployment.database) as session:
        return list(session.scalars(select(IssueRow).where(IssueRow.source == "voices").order_by(IssueRow.id)))


def test_an_anonymous_note_is_an_issue_of_the_team_that_it_names(engine, web, address):
    assert "Leave it empty to stay anonymous" in web.get(address).text

    sent = web.post(address, data={"text": WAIT, "role": "staff", "team": "roasting"})
    engine.run_once()

    assert "Thank you" in sent.text
    assert "Set-Cookie" not in sent.headers
    (note,) = notes(engine)
    assert note.title == "Every roast waits an hour for the one working grinder."
    assert (note.body, note.author, note.author_role, note.tags) == (WAIT, None, "staff", ["no-quote"])
    with db.reading(engine.deployment.database) as session:
        verdict = session.get_one(VerdictRow, note.id)
    assert (verdict.leaf, verdict.side) == ("roasting", "developer")


def test_words_are_quoted_only_where_the_writer_allows_it(engine, web, address):
    web.post(address, data={"text": WAIT, "quote": "yes", "name": "r1"})

    (note,) = notes(engine)
    assert (note.tags, note.author) == ([], "r1")


def test_what_is_wrong_is_said_and_what_was_written_stays(web, address):
    empty = web.post(address, data={"text": " \u200b\u202e "})
    long = web.post(address, data={"text": "x" * (speaking.LONGEST + 1)})

    assert (empty.status_code, long.status_code) == (422, 422)
    assert "Write what happened" in empty.text
    assert "x" * 100 in long.text


def test_a_program_that_fills_in_everything_is_thanked_and_not_kept(engine, web, address):
    assert web.post(address, data={"text": WAIT, "website": "https://spam.example"}).status_code == 200
    assert notes(engine) == []


def test_a_flood_is_put_off(engine, web, address, monkeypatch):
    monkeypatch.setattr(speaking, "MOST", 2)
    codes = [web.post(address, data={"text": f"{WAIT} {n}"}).status_code for n in range(3)]

    assert codes == [200, 200, 429]
    assert len(notes(engine)) == 2


def test_without_the_right_address_there_is_nothing_to_write_to(engine, web, address, rosta):
    other = engine.deployment.links.to("digest", reader="kit", made_at=datetime.fromisoformat(small.DUE))
    for bad in (address[:-2], address + "x", "/speak/" + other.rpartition("/")[2]):
        assert web.get(bad).status_code == 404
        assert web.post(bad, data={"text": WAIT}).status_code == 404
    assert notes(engine) == []


def test_what_is_written_is_text_and_nothing_else(engine, web, address):
    web.post(address, data={"text": "<script>alert(1)</script> mail me at a.person@cafe.example"})

    (note,) = notes(engine)
    assert "a.person@cafe.example" not in note.body


def test_without_such_a_source_the_command_says_how_to_get_one(tmp_path, monkeypatch):
    directory = small.organisation(tmp_path / "rosta", [])

    said = CliRunner().invoke(main, ["--config", str(directory), "speak"])

    assert said.exit_code == 1
    assert "kind: speak-up" in said.output
