"""Signing in with the organisation's own provider, in a running deployment: who gets in, and as whom."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.connectors import oidc_fake as fake
from tests.workers import small
from tests.workers.test_web_access import KEY, PUBLIC, opened
from workers.cli import main
from workers.engine import Engine
from workers.web import app


@pytest.fixture
def there() -> Iterator[fake.Provider]:
    with fake.Provider() as provider:
        yield provider


@pytest.fixture
def rosta(tmp_path: Path, there: fake.Provider, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LEAFNOTES_PUBLIC_URL", PUBLIC)
    monkeypatch.setenv("LEAFNOTES_SECRET_KEY", KEY)
    monkeypatch.setenv("OIDC_SECRET", fake.SECRET)
    made = small.organisation(tmp_path / "rosta", [])
    configure(made, there)
    return made


def configure(rosta: Path, there: fake.Provider | None, **more: Any) -> None:
    settings = dict(small.SETTINGS)
    if there is not None:
        client = {"issuer": there.issuer, "client_id": fake.CLIENT, "client_secret": "${OIDC_SECRET}"}
        settings["web"] = {"oidc": {**client, **more}}
    (rosta / "settings.yaml").write_text(yaml.safe_dump(settings))


@pytest.fixture
def start(rosta: Path) -> Iterator[Callable[..., Flask]]:
    """Starts the web process anew, with the settings of that moment."""
    engines: list[Engine] = []

    def make(later: timedelta = timedelta()) -> Flask:
        engines.append(opened(rosta, later))
        return app.create(engines[-1])

    yield make
    for engine in engines:
        engine.deployment.database.dispose()


def go(web: FlaskClient, address: str) -> TestResponse:
    return web.get(address, base_url=PUBLIC)


def back(web: FlaskClient, there: fake.Provider, more: str = "") -> TestResponse:
    """There and back again."""
    left = go(web, "/login")
    assert left.status_code == 303, left.text
    given = there.visit(left.headers["Location"])
    return go(web, f"/login/back?code={given['code']}&state={given['state']}{more}")


def test_whom_the_provider_knows_is_found_by_address_whatever_its_case(start: Any, there: fake.Provider) -> None:
    web = start().test_client()

    came = back(web, there)

    assert (came.status_code, came.headers["Location"]) == (303, "/triage")
    assert "Kit, the lead of Roasting" in go(web, "/triage").text
    assert go(web, "/operators").status_code == 403
    assert all(word in came.headers["Set-Cookie"] for word in ("HttpOnly", "SameSite=Lax", "Secure"))


def test_a_session_is_new_after_signing_in_and_an_answer_serves_once(start: Any, there: fake.Provider) -> None:
    web = start().test_client()
    with web.session_transaction(base_url=PUBLIC) as planted:
        planted["csrf"] = planted["planted"] = "the word of somebody else"
    left = go(web, "/login")
    given = there.visit(left.headers["Location"])
    answer = f"/login/back?code={given['code']}&state={given['state']}"

    assert go(web, answer).status_code == 303
    with web.session_transaction(base_url=PUBLIC) as cookie:
        assert set(cookie) == {"_permanent", "person", "role", "until", "csrf"}
        assert cookie["csrf"] != "the word of somebody else"
    assert go(web, answer).status_code == 403
    assert there.asked.count("token") == 1


def test_an_answer_for_another_browser_signs_nobody_in(start: Any, there: fake.Provider) -> None:
    site = start()
    given = there.visit(go(site.test_client(), "/login").headers["Location"])
    victim = site.test_client()
    answer = f"/login/back?code={given['code']}&state={given['state']}"

    assert go(victim, answer).status_code == 403
    go(victim, "/login")
    assert go(victim, answer).status_code == 403
    assert "token" not in there.asked
    assert go(victim, "/triage").status_code == 403


def test_who_takes_longer_than_ten_minutes_begins_again(start: Any, there: fake.Provider) -> None:
    left = go(start().test_client(), "/login")
    given = there.visit(left.headers["Location"])
    late = start(timedelta(minutes=10)).test_client()
    value = left.headers["Set-Cookie"].partition("=")[2].partition(";")[0]
    late.set_cookie("leafnotes", value, domain="leaf.rosta.example", secure=True)

    came = go(late, f"/login/back?code={given['code']}&state={given['state']}")

    assert came.status_code == 403
    assert '<a href="/login">' in came.text


@pytest.mark.parametrize(
    "person",
    [
        {"email": "mallory@rosta.example", "email_verified": True},
        {"email": "kit@rosta.example", "email_verified": False},
        {"email": "kit@rosta.example"},
        {"email": "kit@rosta.example.evil.example", "email_verified": True},
        {},
    ],
)
def test_who_is_not_known_reads_a_polite_page_and_is_not_signed_in(
    start: Any, there: fake.Provider, person: dict[str, Any]
) -> None:
    there.person = {"sub": "<script>alert(1)</script>", **person}
    web = start().test_client()

    came = back(web, there)

    assert came.status_code == 403
    assert "You are not known here" in came.text
    assert "<script" not in came.text
    assert "&lt;script&gt;" in came.text
    assert go(web, "/triage").status_code == 403


def test_a_number_of_the_settings_is_a_person_without_an_address(rosta: Path, start: Any, there: fake.Provider) -> None:
    configure(rosta, there, subjects={"f3-88": "noor"})
    there.person = {"sub": "f3-88", "email": "kit@rosta.example", "email_verified": True}
    web = start().test_client()

    assert back(web, there).status_code == 303
    assert "Noor, the lead of Rosta" in go(web, "/triage").text


def test_an_address_of_two_people_is_nobodys(rosta: Path, start: Any, there: fake.Provider) -> None:
    org = yaml.safe_load((rosta / "org.yaml").read_text())
    org["people"][0]["email"] = "KIT@rosta.example"
    (rosta / "org.yaml").write_text(yaml.safe_dump(org))

    assert back(start().test_client(), there).status_code == 403


def test_an_operator_of_the_settings_is_one_until_they_are_taken_out(
    rosta: Path, start: Any, there: fake.Provider
) -> None:
    configure(rosta, there, operators=["kit"])
    web = start().test_client()
    came = back(web, there)
    value = came.headers["Set-Cookie"].partition("=")[2].partition(";")[0]

    def seen_as(there: fake.Provider | None) -> tuple[int, int]:
        configure(rosta, there)
        later = start().test_client()
        later.set_cookie("leafnotes", value, domain="leaf.rosta.example", secure=True)
        return go(later, "/operators").status_code, go(later, "/triage").status_code

    assert came.headers["Location"] == "/operators"
    assert go(web, "/operators").status_code == 200
    assert seen_as(there) == (403, 200)
    assert seen_as(None) == (403, 403)


@pytest.mark.parametrize("word", ["next", "url", "return_to", "redirect_uri", "target_link_uri"])
def test_nobody_is_sent_elsewhere_afterwards(start: Any, there: fake.Provider, word: str) -> None:
    web = start().test_client()
    left = go(web, f"/login?{word}=https://evil.example/")
    assert left.headers["Location"].startswith(f"{there.issuer}/auth?")
    assert "evil" not in left.headers["Location"]

    assert back(web, there, f"&{word}=//evil.example").headers["Location"] == "/triage"


def test_who_signs_out_is_out(start: Any, there: fake.Provider) -> None:
    web = start().test_client()
    back(web, there)
    word = re.search(r'name="csrf" value="([^"]+)"', go(web, "/triage").text)
    assert word

    out = web.post("/sign-out", data={"csrf": word[1]}, base_url=PUBLIC)

    assert "sign out there too" in out.text
    assert go(web, "/triage").status_code == 403


@pytest.mark.parametrize(
    ("trouble", "status"),
    [({"status": {"token": 500}}, 503), ({"status": {"token": 400}}, 403), ({"kid": "unknown"}, 403)],
)
def test_what_goes_wrong_at_the_provider_is_a_page_that_shows_none_of_it(
    start: Any, there: fake.Provider, capsys: pytest.CaptureFixture[str], trouble: dict[str, Any], status: int
) -> None:
    for name, value in trouble.items():
        setattr(there, name, value)
    web = start().test_client()

    came = back(web, there)

    assert came.status_code == status
    assert '<a href="/login">' in came.text
    assert go(web, "/triage").status_code == 403
    said = came.text + capsys.readouterr().out
    assert [word for word in (fake.SECRET, "code-0", "trouble", "an access token") if word in said] == []


def test_without_a_provider_there_is_no_such_page_and_nothing_offers_it(
    rosta: Path, start: Any, there: fake.Provider
) -> None:
    assert '<a href="/login">' in go(start().test_client(), "/triage").text
    configure(rosta, None)
    web = start().test_client()

    assert [go(web, address).status_code for address in ("/login", "/login/back")] == [404, 404]
    assert "/login" not in go(web, "/triage").text


def checked(rosta: Path, *words: str) -> list[str]:
    result = CliRunner().invoke(main, ["--config", str(rosta), "check", *words])
    return [line for line in result.output.splitlines() if "oidc" in line]


def test_check_asks_the_provider_unless_it_is_offline(rosta: Path, there: fake.Provider) -> None:
    assert checked(rosta) == []
    there.status = {"discovery": 500}
    asked = len(there.asked)

    assert checked(rosta, "--offline") == []
    assert len(there.asked) == asked
    (line,) = checked(rosta)
    assert re.match(r"settings\.yaml:\d+: error: web\.oidc\.issuer: ", line)
    assert "answered 500. Is `issuer` right" in line


def test_check_names_people_that_nobody_is_and_a_missing_address(
    rosta: Path, there: fake.Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(rosta, there, operators=["kitt"], subjects={"f3": "norr"})
    monkeypatch.delenv("LEAFNOTES_PUBLIC_URL")

    found = checked(rosta, "--offline")

    assert len(found) == 3
    assert any(
        "web.oidc.operators[0]: 'kitt' is no person of the org chart. Did you mean kit?" in line for line in found
    )
    assert any(
        "web.oidc.subjects.f3: 'norr' is no person of the org chart. Did you mean noor?" in line for line in found
    )
    assert any("without LEAFNOTES_PUBLIC_URL" in line for line in found)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"issuer": "http://login.example"}, "http:// would send credentials to login.example in the clear"),
        ({"client_secret": "written here"}, "is a secret and must not be written in this file"),
        ({"client_ident": "x"}, "Did you mean `client_id`?"),
    ],
)
def test_settings_that_are_wrong_are_refused_with_their_line(
    rosta: Path, there: fake.Provider, change: dict[str, Any], says: str
) -> None:
    configure(rosta, there, **change)

    found = checked(rosta, "--offline")

    assert any(says in line and line.startswith("settings.yaml:") and "error: web.oidc." in line for line in found), (
        found
    )
