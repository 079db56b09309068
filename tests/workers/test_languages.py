"""A leader who reads German: the mail, its headers, and the pages behind it; another leader's stay English."""

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from tests.workers import small
from tests.workers.test_answers import link, nonce, open_
from workers.engine import Engine
from workers.web import app


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    monkeypatch.setenv("LEAFNOTES_PUBLIC_URL", "https://leaf.rosta.example")
    monkeypatch.setenv("LEAFNOTES_SECRET_KEY", "the key of a test, of forty letters or more 0001")
    directory = small.organisation(tmp_path / "rosta", small.subscribers())
    org = (directory / "org.yaml").read_text()
    german = re.sub(r"id: kit\b", "id: kit, language: de", org, count=1)
    assert german != org
    (directory / "org.yaml").write_text(german)
    runner = open_(directory)
    runner.run_once()
    yield runner
    runner.deployment.database.dispose()


def folder(engine: Engine) -> Path:
    return engine.deployment.loaded.directory / "digests" / small.WEEK


def test_each_leader_reads_their_own_language(engine: Engine) -> None:
    german, english = ((folder(engine) / f"{who}.txt").read_text() for who in ("kit", "noor"))
    mail = message_from_bytes((folder(engine) / "kit.eml").read_bytes(), policy=policy.default)

    assert "WIE DIES ENTSTAND" in german
    assert "HOW THIS WAS MADE" in english
    assert mail["Content-Language"] == "de"
    assert f"Woche {int(small.WEEK[-2:])}" in mail["Subject"]


def test_the_pages_behind_a_german_mail_are_german_and_take_an_answer(engine: Engine) -> None:
    web = app.create(engine).test_client()
    address = link(engine.deployment.loaded.directory, "answer")
    page = web.get(address)

    assert '<html lang="de"' in page.text
    assert "Ich werde handeln" in page.text
    assert "The people who wrote" not in page.text

    form = {"kind": "act", "text": "Wir rösten zweimal in der Woche", "due": "", "nonce": nonce(page.text)}
    refused = web.post(address, data={**form, "step": "preview"})
    assert refused.status_code == 422
    assert "Nennen Sie den Tag" in refused.text

    form["due"] = "2026-03-20"
    assert "Das werden die lesen, die schrieben" in web.post(address, data={**form, "step": "preview"}).text
    assert web.post(address, data={**form, "step": "send"}).status_code == 303
    kept = web.get(address).text
    assert "Ihre Antwort ist aufgenommen" in kept
    assert "Wir rösten zweimal in der Woche" in kept

    notes = web.get(link(engine.deployment.loaded.directory, "digest"))
    assert '<html lang="de"' in notes.text
    assert "Die Wochen jedes Schmerzes" in notes.text
