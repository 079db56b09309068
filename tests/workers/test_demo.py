"""The demo is a promise: two weeks, two answers, one correction, and mails that tell what came of it."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.digest import render
from pipeline.digest.document import Document
from tests.german import english
from workers.cli import main


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def first(out: Path) -> Result:
    return CliRunner().invoke(main, ["demo", "--out", str(out)])


def mail(out: Path, leader: str) -> str:
    return " ".join((out / "digests" / "2026-W38" / f"{leader}.txt").read_text().split())


def test_it_says_what_it_did(first, out):
    assert first.exit_code == 0, first.output
    assert "mara answered the mail of 2026-W37 and told those who wrote" in first.output
    assert "product-jira:SUP-77 is developer pain" in first.output
    assert "Mon 21 Sep: escalated support:55177: escalate, mara has it" in first.output
    assert "Tue 22 Sep: escalated support:55177: escalate, priya has it" in first.output
    assert "14 digests for week 2026-W38, 0 held by a gate" in first.output
    assert oct((out / "demo.env").stat().st_mode & 0o777) == "0o600"


def test_the_second_week_begins_with_what_came_of_the_first(first, out):
    mara, niamh, ines, orla = (mail(out, leader) for leader in ("mara", "niamh", "ines", "orla"))

    assert 'you said "We correct the rate for each site and send new invoices to all who got a wrong one".' in mara
    assert "Acting, promised by 25 Sep (you)." in mara
    assert "The day you named for the red CI build (number 1) is over: say how it went, or name another." in niamh
    assert "Acting, promised by 25 Sep (Billing)." in ines
    assert "tell those with the wrong tax rate (number 1) what Billing answered." in orla


def test_a_second_run_changes_nothing(first, out):
    before = {path: path.read_bytes() for path in sorted((out / "digests").rglob("*.*"))}

    again = CliRunner().invoke(main, ["demo", "--out", str(out)])

    assert again.exit_code == 0, again.output
    assert "answered the mail" not in again.output
    assert {path: path.read_bytes() for path in sorted((out / "digests").rglob("*.*"))} == before


def test_a_demo_of_another_day_is_not_answered(tmp_path):
    only = CliRunner().invoke(main, ["--as-of", "2026-09-21T12:00:00+01:00", "demo", "--out", str(tmp_path)])

    assert only.exit_code == 0, only.output
    assert "answered the mail" not in only.output


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("", "LEAFNOTES_SECRET_KEY"),
        ("export LEAFNOTES_PUBLIC_URL=http://127.0.0.1:8080\nexport LEAFNOTES_SECRET_KEY=short-one\n", "KEY"),
        (f"export LEAFNOTES_SECRET_KEY={'0a9Z_x7Qk2' * 4}-{'b4' * 5}\n", "LEAFNOTES_PUBLIC_URL"),
    ],
    ids=["empty", "weak", "no address"],
)
def test_a_file_of_an_earlier_demo_without_a_good_key_is_named_with_what_to_do(tmp_path, monkeypatch, written, named):
    monkeypatch.delenv("LEAFNOTES_SECRET_KEY", raising=False)
    monkeypatch.delenv("LEAFNOTES_PUBLIC_URL", raising=False)
    (tmp_path / "demo.env").write_text(written)

    found = CliRunner().invoke(main, ["demo", "--out", str(tmp_path)])

    assert (found.exit_code, found.exc_info[0]) == (1, SystemExit)
    assert f"{tmp_path / 'demo.env'}" in found.output
    assert named in found.output
    assert "Delete" in found.output
    assert "short-one" not in found.output


def test_a_folder_of_somebody_elses_is_left_alone(tmp_path):
    theirs = tmp_path / "org.yaml"
    theirs.write_text("people: []\n")

    result = CliRunner().invoke(main, ["demo", "--out", str(tmp_path)])

    assert result.exit_code == 2
    assert "org.yaml, which no demo wrote" in result.stderr
    assert [one.name for one in tmp_path.iterdir()] == ["org.yaml"]
    assert theirs.read_text() == "people: []\n"


def test_no_database_and_no_mail_server_of_an_operators_takes_part(tmp_path, monkeypatch):
    database, out = tmp_path / "production.db", tmp_path / "fernhill"
    monkeypatch.setenv("LEAFNOTES_DATABASE_URL", f"sqlite:///{database}")
    monkeypatch.setenv("LEAFNOTES_SMTP_URL", "smtp://127.0.0.1:9")
    monkeypatch.setenv("LEAFNOTES_BROKER_URL", "redis://127.0.0.1:9/0")
    monkeypatch.setenv("LEAFNOTES_SENT_LOG", str(tmp_path / "sent.log"))
    monkeypatch.delenv("LEAFNOTES_SECRET_KEY", raising=False)

    result = CliRunner().invoke(main, ["--as-of", "2026-09-21T12:00+01:00", "demo", "--out", str(out)])

    assert result.exit_code == 0, result.output
    assert (out / "leafnotes.db").exists()
    assert list((out / "digests").glob("*/ines.html"))
    assert not database.exists()
    assert not (tmp_path / "sent.log").exists()
    assert os.environ["LEAFNOTES_SMTP_URL"] == "smtp://127.0.0.1:9"
    assert "LEAFNOTES_SECRET_KEY" not in os.environ


def test_every_german_mail_of_it_is_german_throughout(first, out):
    """`Tongue.unknown` tells of sentences that are not found, and not of those that a slot of another takes in."""
    told = sorted((out / "digests" / "2026-W38").glob("*.json"))
    assert len(told) > 10
    for path in told:
        document = replace(Document.from_json(json.loads(path.read_text())), language="de")
        titles = {pain.title for pain in document.named()} | {pain.short for pain in document.pains}
        titles |= {one.title for one in (*document.since_you_acted, *document.wins, *document.passed_on)}
        names = {*filter(None, {*titles, document.heard.about}), render.head(document).subject}
        for form in (render.text(document), render.html(document)):
            assert (path.stem, english(form, names)) == (path.stem, [])
