"""The deployment's key: whoever signs refuses to start with one that can be guessed, and a new one ends no old link."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from pipeline.links import Links
from pipeline.return_path import ReturnPath
from tests.workers import small
from workers.cli import main
from workers.engine import Engine
from workers.web import app
from workers.wiring import Deployment

OLD, NEW = "k3Yt0-Zq9v_7XwLmN4pRsUu8BcDdEeFfGgHhJj2K5M", "qZ8w-Vt3_kL0pXs6NcR1yBm5TgH9aJf2eDuOi7W4"
AT_NINE = datetime(2026, 9, 14, 9, tzinfo=UTC)

WEAK = (
    "",
    "x",
    "secret",
    "password",
    "changeme",
    "leafnotes",
    "0123456789",
    "correct horse battery staple",
    "x7Gq2vB9mK4pL0sW8zN3cR6tY1hJ5d",
    "a" * 32,
    "a" * 64,
    "ab" * 20,
    "abcd1234" * 8,
    "0" * 40,
    "0123456789abcdefghijklmnopqrstuvwxyz",
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJ",
    "zyxwvutsrqponmlkjihgfedcba9876543210",
    "change-me-change-me-change-me-now!",
    "CHANGE_ME_TO_A_COMPLEX_RANDOM_SECRET",
    "\x02\x01thisismyscretkey\x01\x02\\e\\y\\y\\h",
    "your-secret-key-goes-here-please-1234",
    "replace-me-8f7d6s5a4g3h2j1k0l9z8x7c6",
    "django-insecure-8f7d6s5a4g3h2j1k0l9z8x7",
    "this-is-not-secret-8f7d6s5a4g3h2j1k0l9z",
    "long-and-random-8f7d6s5a4g3h2j1k0l9z8x7",
    "set-it-to-a-long-random-value-see-above",
    "my-default-key-8f7d6s5a4g3h2j1k0l9z8x7",
    "example-8f7d6s5a4g3h2j1k0l9z8x7c6v5b4n",
    "qwertyuiopasdfghjklzxcvbnm1234567890QW",
    "lorem ipsum dolor sit amet consectetur",
    "placeholder_8f7d6s5a4g3h2j1k0l9z8x7c6v",
    f"{NEW},{'a' * 40}",
    f"changeme,{NEW}",
)


def start(directory: Path, monkeypatch: pytest.MonkeyPatch, key: str, *words: str) -> tuple[int, str]:
    monkeypatch.setenv("LEAFNOTES_SECRET_KEY", key)
    monkeypatch.setenv("LEAFNOTES_SMTP_URL", "smtp://127.0.0.1:1")
    monkeypatch.setenv("LEAFNOTES_BROKER_URL", "redis://127.0.0.1:1/0")
    result = CliRunner().invoke(main, ["--config", str(directory), "--as-of", small.DUE, *words])
    return result.exit_code, result.output


@pytest.mark.parametrize(
    "command",
    [("worker",), ("web",), ("run", "--once"), ("digest", "--week", small.WEEK, "--send", "--out", "x"), ("check",)],
    ids=lambda words: words[0],
)
def test_whoever_signs_or_sends_refuses_to_start_with_a_weak_key(
    command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = small.organisation(tmp_path / "rosta", [])

    refused = {key: start(directory, monkeypatch, key, *command) for key in WEAK}

    assert len(refused) > 30
    assert {key for key, (code, said) in refused.items() if code != 1 or "LEAFNOTES_SECRET_KEY" not in said} == set()
    assert {key for key, (_, said) in refused.items() if len(key) > 9 and key in said} == set()


def test_a_link_of_the_old_key_is_read_until_it_ends_and_new_ones_are_signed_with_the_new_key() -> None:
    before, between = Links(OLD, "https://x"), Links(NEW, "https://x", old=[OLD])
    after = Links(NEW, "https://x")
    said = {"reader": "kit", "made_at": AT_NINE, "about": "p1"}
    old, new = (one.to("answer", **said).rpartition("/")[2] for one in (before, between))  # type: ignore[arg-type]

    assert between.read(old, "answer") == between.read(new, "answer") == after.read(new, "answer")
    assert after.read(old, "answer") is None
    assert before.read(new, "answer") is None
    assert between.signed(between.unsigned(f"https://x/answer/{old}")) == f"https://x/answer/{new}"


def test_addresses_for_replies_go_on_too() -> None:
    path = {"replies": "reply@x.example", "bounces": None}
    mail = {"mail": 7, "leader": "kit", "period": "2026-W10"}
    before, between, after = ReturnPath(OLD, **path), ReturnPath(NEW, OLD, **path), ReturnPath(NEW, **path)

    for maker, reader, holds in ((before, between, True), (between, after, True), (before, after, False)):
        (token,) = reader.tokens([maker.address("reply", **mail) or ""])  # type: ignore[arg-type]
        assert reader.signed(token, leader="kit", period="2026-W10") is holds


def app_of(directory: Path, keys: str, monkeypatch: pytest.MonkeyPatch) -> Flask:
    monkeypatch.setenv("LEAFNOTES_SECRET_KEY", keys)
    monkeypatch.setenv("LEAFNOTES_PUBLIC_URL", "http://localhost")
    return app.create(Engine(Deployment.read(directory, as_of=AT_NINE)))


def test_who_is_signed_in_stays_so_while_the_old_key_stands_beside_the_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = small.organisation(tmp_path / "rosta", small.subscribers())
    before = app_of(directory, OLD, monkeypatch)
    Deployment.read(directory, as_of=AT_NINE).prepare()
    link = Links(OLD, "http://localhost").to("sign-in", reader="kit", made_at=AT_NINE)
    mine = before.test_client()
    assert mine.post(link).status_code == 303
    cookie = mine.get_cookie("leafnotes")
    assert cookie is not None

    seen = {}
    for keys in (f"{NEW},{OLD}", NEW):
        browser = app_of(directory, keys, monkeypatch).test_client()
        browser.set_cookie("leafnotes", cookie.value)
        seen[keys] = browser.get("/triage").status_code

    assert seen == {f"{NEW},{OLD}": 200, NEW: 403}
