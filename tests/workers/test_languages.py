"""A leader who reads German: the mail, its headers, and the pages behind it; another leader's stay English."""

import json
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest
import yaml
from werkzeug.test import TestResponse

from tests.german import english
from tests.workers import small
from tests.workers.test_answers import link, nonce, open_, pausing
from tests.workers.test_corrections import hurt
from workers.engine import Engine
from workers.web import app


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    monkeypatch.setenv("LEAFNOTES_PUBLIC_URL", "https://leaf.rosta.example")
    monkeypatch.setenv("LEAFNOTES_SECRET_KEY", "the key of a test, of forty letters or more 0001")
    directory = small.organisation(tmp_path / "rosta", hurt(small.subscribers()))
    org = yaml.safe_load((directory / "org.yaml").read_text())
    kit = next(person for person in org["people"] if person["id"] == "kit")
    kit["language"] = "de"
    (directory / "org.yaml").write_text(yaml.safe_dump(org))
    runner = open_(directory)
    runner.run_once()
    yield runner
    runner.deployment.database.dispose()


def folder(engine: Engine) -> Path:
    return engine.deployment.directory / "digests" / small.WEEK


def test_each_leader_reads_their_own_language(engine: Engine) -> None:
    german, english = ((folder(engine) / f"{who}.txt").read_text() for who in ("kit", "noor"))
    mail = message_from_bytes((folder(engine) / "kit.eml").read_bytes(), policy=policy.default)

    assert "WIE DIES ENTSTAND" in german
    assert "HOW THIS WAS MADE" in english
    assert mail["Content-Language"] == "de"
    assert f"Woche {int(small.WEEK[-2:])}" in mail["Subject"]


def test_the_pages_behind_a_german_mail_are_german_and_take_an_answer(engine: Engine) -> None:
    web = app.create(engine).test_client()
    address = link(engine.deployment.directory, "answer")
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

    notes = web.get(link(engine.deployment.directory, "digest"))
    assert '<html lang="de"' in notes.text
    assert "Die Wochen jedes Schmerzes" in notes.text


def names(engine: Engine) -> list[str]:
    """The words of others that kit's leaf notes hold."""
    told = json.loads((folder(engine) / "kit.json").read_text())
    quoted = [quote["text"] for pain in told["pains"] for quote in pain["quotes"]]
    titles = [pain[name] for pain in told["pains"] for name in ("title", "short") if pain[name]]
    return [*titles, told["subject"].partition(" | ")[0], *quoted, *(one[:60] for one in quoted)]


def foreign(engine: Engine, page: TestResponse) -> list[str]:
    """What a page of a German leader says in English."""
    assert '<html lang="de"' in page.text
    return english(page.text, names(engine))


FORMS = [
    ("answer", "", {"kind": "act", "text": "x", "due": "30.9.2026", "step": "preview"}),
    ("answer", "", {"kind": "act", "text": "x", "due": "2026-03-20", "step": "preview"}),
    ("answer", "", {"kind": "belongs", "text": "x", "to": "noor", "step": "preview"}),
    ("digest", "/correct", {"what": "quote", "issue": "desk:1", "reason": ""}),
    ("digest", "/correct", {"what": "split"}),
    ("digest", "/correct", {"what": "none"}),
]


@pytest.mark.parametrize(("purpose", "below", "form"), FORMS)
def test_what_a_german_page_says_to_a_form_is_german(
    engine: Engine, purpose: str, below: str, form: dict[str, str]
) -> None:
    web = app.create(engine).test_client()
    address = link(engine.deployment.directory, purpose).partition("#")[0] + below

    assert foreign(engine, web.post(address, data=form)) == []


def test_every_page_of_a_german_leader_is_german_before_and_after_they_say_something(engine: Engine) -> None:
    web = app.create(engine).test_client()
    directory = engine.deployment.directory
    answer, notes, pause = link(directory, "answer"), link(directory, "digest"), pausing(engine)
    pages = [answer, f"{answer}?again=1", notes, f"{notes}/correct", f"{notes}/team", pause]
    assert {page: foreign(engine, web.get(page)) for page in pages} == {page: [] for page in pages}

    given = {"nonce": nonce(web.get(answer).text), "step": "send", "text": "x", "due": "2026-03-20"}
    web.post(answer, data={**given, "kind": "understand"})
    told = json.loads((folder(engine) / "kit.json").read_text())
    pain, key = told["pains"][0]["id"], told["pains"][0]["quotes"][0]["issue"]
    for what in (
        {"what": "quote", "issue": key, "reason": "context"},
        {"what": "label", "issue": told["pains"][0]["issues"][1], "side": "none"},
        {"what": "split", "pain": pain, "why": "x"},
        {"what": "guess", "number": "1"},
        {"what": "move", "issue": told["pains"][0]["issues"][2], "team": "delivery"},
    ):
        assert web.post(f"{notes}/correct", data=what).status_code == 303
    web.post(pause)

    pages += [f"{notes}/correct?kept=1"]
    assert {page: foreign(engine, web.get(page)) for page in pages} == {page: [] for page in pages}


def test_a_copy_for_the_team_is_marked_as_english(engine: Engine) -> None:
    web = app.create(engine).test_client()
    page = web.get(link(engine.deployment.directory, "digest") + "/team").text

    _, copy = page.split('<div lang="en">')
    assert "Mir mailen" in page
    assert "For everybody in Roasting: what was heard" in copy


def test_a_broken_link_is_said_in_the_organisations_language_and_engineers_pages_in_english(engine: Engine) -> None:
    directory = engine.deployment.directory
    settings = {**small.SETTINGS, "mail": {"language": "de"}}
    (directory / "settings.yaml").write_text(yaml.safe_dump(settings))
    runner = open_(directory)
    web = app.create(runner).test_client()
    ours, theirs = (
        ("/answer/no", "/digest/no", "/preview/no", "/escalation/no", "/nowhere"),
        ("/operators", "/speak/no"),
    )

    said = {page: (web.get(page).status_code, foreign(engine, web.get(page))) for page in ours}
    other = [web.get(page).text for page in theirs]
    runner.deployment.database.dispose()

    assert said == {page: (404, []) for page in ours}
    assert all('<html lang="en"' in page for page in other)


def test_a_link_that_has_ended_is_said_in_its_readers_language(engine: Engine) -> None:
    directory = engine.deployment.directory
    addresses = [link(directory, "answer"), link(directory, "digest"), pausing(engine)]
    later = open_(directory, weeks=6)
    web = app.create(later).test_client()

    said = [web.get(address) for address in addresses]
    other = web.get(link(directory, "digest", "noor"))
    later.deployment.database.dispose()

    assert [page.status_code for page in (*said, other)] == [410, 410, 410, 410]
    assert [foreign(engine, page) for page in said] == [[], [], []]
    assert '<html lang="en"' in other.text
