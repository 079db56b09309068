"""The copy that a leader passes on to the team: looked at on a page, mailed to the leader alone, once a week."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import select, text

from pipeline.store import db, digests
from pipeline.tables import DigestRow, MailRow
from tests.workers import small
from workers.cli import main
from workers.engine import Engine
from workers.web import app
from workers.wiring import Deployment

PUBLIC = "https://leaf.rosta.example"


@pytest.fixture
def rosta(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LEAFNOTES_PUBLIC_URL", PUBLIC)
    monkeypatch.setenv("LEAFNOTES_SECRET_KEY", "the key of a test, of forty letters or more 0001")
    return small.organisation(tmp_path / "rosta", small.subscribers())


def open_(directory: Path, hours: int = 0) -> Engine:
    house = Deployment.read(directory, as_of=datetime.fromisoformat(small.DUE) + timedelta(hours=hours))
    house.prepare()
    return Engine(house)


@pytest.fixture
def engine(rosta: Path) -> Iterator[Engine]:
    runner = open_(rosta)
    runner.run_once()
    yield runner
    runner.deployment.database.dispose()


@pytest.fixture
def web(engine: Engine) -> FlaskClient:
    return app.create(engine).test_client()


def link(directory: Path, purpose: str = "digest") -> str:
    mail = (directory / "digests" / small.WEEK / "kit.txt").read_text()
    found = re.search(rf"{PUBLIC}(/{purpose}/\S+)", mail)
    assert found, mail
    return found[1]


def copies(engine: Engine) -> list[tuple[str, str]]:
    with db.reading(engine.deployment.database) as session:
        query = select(MailRow.recipient, MailRow.state).join(DigestRow, DigestRow.id == MailRow.digest_id)
        return [tuple(row) for row in session.execute(query.where(DigestRow.kind == digests.TEAM))]


def everything(engine: Engine) -> str:
    with db.reading(engine.deployment.database) as session:
        names = session.execute(text("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")).scalars()
        return "\n".join(f"{n}: {session.execute(text(f'SELECT * FROM {n}')).all()}" for n in [*names])


def test_the_leaders_page_leads_to_a_copy_that_changes_nothing_and_signs_nothing(
    rosta: Path, engine: Engine, web: FlaskClient
) -> None:
    address, before = link(rosta), everything(engine)

    assert f'href="{address}/team"' in web.get(address).text
    page, plain = web.get(address + "/team").text, web.get(address + "/team.txt")
    web.head(address + "/team")

    assert everything(engine) == before
    assert "For everybody in Roasting" in page
    assert "stale" in page
    assert plain.mimetype == "text/plain"
    assert "It is not yet answered." in plain.text
    assert PUBLIC not in plain.text
    assert re.search(r"\d+ days?\b", plain.text) is None


def test_the_copy_is_mailed_once_to_the_leader_alone_without_a_link_that_acts(
    rosta: Path, engine: Engine, web: FlaskClient
) -> None:
    address = link(rosta) + "/team"

    assert "put on its way to you" in web.post(address).text
    assert "put on its way to you" in web.post(address).text
    engine.drain()
    web.post(address)
    engine.drain()

    assert copies(engine) == [("kit@rosta.example", "accepted")]
    mail = message_from_bytes((rosta / "digests" / small.WEEK / "kit.team.eml").read_bytes(), policy=policy.default)
    assert mail["To"] == "kit@rosta.example"
    assert mail["List-Unsubscribe"] is None
    parts = [str(part.get_content()) for part in mail.walk() if not part.is_multipart()]
    assert len(parts) == 2
    assert all(PUBLIC not in part for part in (*parts, mail.as_string()))


def test_what_the_leader_answered_since_is_in_the_copy(rosta: Path, engine: Engine, web: FlaskClient) -> None:
    answering = link(rosta, "answer")
    nonce = re.search(r'name="nonce" value="([^"]+)"', web.get(answering).text)
    assert nonce is not None
    form = {"kind": "act", "text": "We roast twice a week", "due": "2026-03-20", "nonce": nonce[1], "step": "send"}
    assert web.post(answering, data=form).status_code == 303
    later = open_(rosta, hours=1)

    said = " ".join(app.create(later).test_client().get(link(rosta) + "/team.txt").text.split())

    assert '"We roast twice a week"' in said
    assert "Those who wrote have not been told yet." in said
    later.deployment.database.dispose()


def test_what_became_private_after_it_was_asked_for_is_not_in_the_mail(
    rosta: Path, engine: Engine, web: FlaskClient
) -> None:
    page = web.post(link(rosta) + "/team").text
    quoted = re.findall(r"<blockquote>&#34;(.*?)&#34;", page)
    assert quoted
    hidden = [t for t in small.subscribers() if any(words in f"{t['title']} {t['body']}" for words in quoted)]
    kept = [t for t in small.subscribers() if t not in hidden]
    secret = [{**t, "labels": ["beans", "hush"], "updated_at": "2026-03-09T12:30:00+01:00"} for t in hidden]
    small.write(rosta, [*kept, *secret])
    later = open_(rosta, hours=1)
    later.pull_now(["desk"])
    small.perform(later, ["pull", "classify", "assign"])
    small.perform(later, ["deliver"])

    mail = (rosta / "digests" / small.WEEK / "kit.team.txt").read_text()

    assert all(words not in " ".join(mail.split()) for words in quoted)
    later.deployment.database.dispose()


def test_the_command_writes_the_copy_beside_and_sends_it_once(rosta: Path, engine: Engine, tmp_path: Path) -> None:
    out = tmp_path / "copies"
    run = ["--config", str(rosta), "--as-of", small.DUE, "digest", "--edition", "team", "--leader", "kit"]

    said = CliRunner().invoke(main, [*run, "--week", small.WEEK, "--out", str(out)])
    sent = [CliRunner().invoke(main, [*run, "--week", small.WEEK, "--out", str(out), "--send"]) for _ in range(2)]

    assert said.exit_code == 0, said.output
    assert sorted(path.name for path in out.iterdir()) == ["kit.team.html", "kit.team.json", "kit.team.txt"]
    assert [one.exit_code for one in sent] == [0, 0], sent[0].output
    assert all("kit: accepted to kit@rosta.example" in one.output for one in sent)
    assert copies(engine) == [("kit@rosta.example", "accepted")]


def test_a_leader_without_an_address_can_look_and_print_and_is_not_mailed(
    rosta: Path, engine: Engine, web: FlaskClient
) -> None:
    address = link(rosta)
    chart = yaml.safe_load((rosta / "org.yaml").read_text())
    del chart["people"][1]["email"]
    (rosta / "org.yaml").write_text(yaml.safe_dump(chart))
    later = open_(rosta)
    client = app.create(later).test_client()

    assert "no address of yours" in client.get(address + "/team").text
    assert client.post(address + "/team").status_code == 200
    assert copies(later) == []
    later.deployment.database.dispose()


@pytest.mark.parametrize("method", ["get", "post"])
def test_only_the_leaders_own_link_opens_it(rosta: Path, engine: Engine, web: FlaskClient, method: str) -> None:
    wrong = [link(rosta)[:-2], "/digest/" + link(rosta, "answer").rpartition("/")[2]]

    assert [getattr(web, method)(one + "/team").status_code for one in wrong] == [404, 404]
    assert copies(engine) == []
