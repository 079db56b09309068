"""A leader's answer from the mail to those who wrote, and back into the leader's next mail."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import text

from pipeline.store import answers as store
from pipeline.store import db, listeners
from tests.workers import small
from workers.cli import main
from workers.engine import Engine
from workers.web import app
from workers.wiring import Deployment

KEY = "the key of a test, of forty letters or more 0001"
ACT = {"kind": "act", "text": "We roast twice a week from Monday", "due": "2026-03-20"}


def open_(directory: Path, weeks: int = 0) -> Engine:
    house = Deployment.read(directory, as_of=datetime.fromisoformat(small.DUE) + timedelta(weeks=weeks))
    house.prepare()
    return Engine(house)


@pytest.fixture
def rosta(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LEAFNOTES_PUBLIC_URL", "https://leaf.rosta.example")
    monkeypatch.setenv("LEAFNOTES_SECRET_KEY", KEY)
    return small.organisation(tmp_path / "rosta", small.subscribers())


@pytest.fixture
def engine(rosta: Path) -> Iterator[Engine]:
    runner = open_(rosta)
    runner.run_once()
    yield runner
    runner.deployment.database.dispose()


@pytest.fixture
def web(engine: Engine) -> FlaskClient:
    return app.create(engine).test_client()


def mail(directory: Path, leader: str, week: str = small.WEEK) -> str:
    return (directory / "digests" / week / f"{leader}.txt").read_text()


def link(directory: Path, purpose: str, leader: str = "kit", week: str = small.WEEK) -> str:
    found = re.search(rf"https://leaf\.rosta\.example(/{purpose}/\S+)", mail(directory, leader, week))
    assert found, mail(directory, leader, week)
    return found[1]


def pausing(engine: Engine, leader: str = "kit") -> str:
    links = engine.deployment.links
    assert links is not None
    made = datetime.fromisoformat(small.DUE)
    return links.to("pause", reader=leader, made_at=made).removeprefix("https://leaf.rosta.example")


def dump(engine: Engine) -> str:
    with db.transaction(engine.deployment.database) as session:
        names = session.execute(text("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")).scalars()
        return "\n".join(f"{name}: {session.execute(text(f'SELECT * FROM {name}')).all()}" for name in [*names])


def nonce(page: str) -> str:
    found = re.search(r'name="nonce" value="([^"]+)"', page)
    assert found, page
    return found[1]


def send(web: FlaskClient, address: str, **fields: str) -> str:
    """Answer as a person does: open, write, look, send."""
    form = {**ACT, **fields, "nonce": nonce(web.get(address + "?again=1").text)}
    preview = web.post(address, data={**form, "step": "preview"})
    assert preview.status_code == 200, preview.text
    assert "This is what those who wrote will read" in preview.text
    sent = web.post(address, data={**form, "step": "send"})
    assert sent.status_code == 303
    return form["nonce"]


def kept(engine: Engine) -> list[tuple[str, str, str]]:
    with engine.transaction() as session:
        every = store.until(session, engine.deployment.now() + timedelta(days=1))
    return [(a.leader, a.kind, a.text) for some in every.values() for a in some]


def test_an_answer_comes_back_in_the_next_mail_and_nobody_is_asked_again(rosta, engine, web):
    address = link(rosta, "answer")
    assert "stale" in web.get(address).text

    send(web, address)
    page = web.get(address).text

    assert "Your answer is kept" in page
    assert "The lead of Roasting at Rosta read it and will act: We roast twice a week from Monday." in page
    web.post(address + "/told")
    assert "Those who wrote were told" in web.get(address).text
    small.write(rosta, [*small.subscribers(), *small.subscribers(4, first=50, day=7)])
    later = open_(rosta, weeks=1)
    later.run_once()
    kit, noor = (" ".join(mail(rosta, who, "2026-W11").split()) for who in ("kit", "noor"))
    assert 'you said "We roast twice a week from Monday"' in kit
    assert "Everybody who wrote has been told." in kit
    assert "Nothing new needs you: each of these is answered or handed on." in kit
    assert "Acting, promised by 20 Mar (you)." in kit
    assert "Acting, promised by 20 Mar (Roasting)." in noor
    assert 'Roasting answered on 9 Mar: "We roast twice a week from Monday".' in noor
    assert "1 of 1 pain got an answer." in noor
    later.deployment.database.dispose()


def test_a_leaders_words_that_name_somebody_stay_with_those_who_may_read_them(rosta, engine, web):
    send(web, link(rosta, "answer"), text="Noor and I look into it")
    small.write(rosta, [*small.subscribers(), *small.subscribers(4, first=50, day=7)])
    later = open_(rosta, weeks=1)
    later.run_once()

    kit, noor = (" ".join(mail(rosta, who, "2026-W11").split()) for who in ("kit", "noor"))

    assert "Noor and I look into it" in kit
    assert "look into it" not in noor
    assert "Roasting answered on 9 Mar, in words that name somebody." in noor
    later.deployment.database.dispose()


def test_a_promise_whose_day_is_over_is_asked_for_first(rosta, engine, web):
    send(web, link(rosta, "answer"), due="2026-03-12")
    small.write(rosta, [*small.subscribers(), *small.subscribers(4, first=50, day=7)])
    later = open_(rosta, weeks=1)
    later.run_once()

    kit = " ".join(mail(rosta, "kit", "2026-W11").split())

    assert "The day you named for" in kit
    assert "12 Mar, is over" in kit
    later.deployment.database.dispose()


def test_the_same_form_sent_twice_answers_once(rosta, engine, web):
    address = link(rosta, "answer")
    form = {**ACT, "nonce": send(web, address), "step": "send"}

    assert web.post(address, data=form).status_code == 303
    assert kept(engine) == [("kit", "act", ACT["text"])]


def test_a_form_that_is_gone_back_to_and_says_something_else_answers_again(rosta, engine, web):
    address = link(rosta, "answer")
    form = {**ACT, "nonce": send(web, address), "step": "send"}
    corrected = {**form, "text": "We roast three times a week"}

    for _ in range(2):
        assert web.post(address, data=corrected).status_code == 303

    assert kept(engine) == [("kit", "act", ACT["text"]), ("kit", "act", "We roast three times a week")]
    assert "We roast three times a week" in web.get(address).text


def test_who_hands_on_what_they_promised_is_believed_and_the_other_hears_of_it(rosta, engine, web):
    address = link(rosta, "answer")
    send(web, address)
    send(web, address, kind="belongs", text="The beans are bought by you", due="", to="noor")
    small.write(rosta, [*small.subscribers(), *small.subscribers(4, first=50, day=7)])
    later = open_(rosta, weeks=1)
    later.run_once()

    kit, noor = (" ".join(mail(rosta, who, "2026-W11").split()) for who in ("kit", "noor"))

    assert "Acting" not in kit + noor
    assert "The beans are bought by you" in noor
    later.deployment.database.dispose()


def test_looking_at_every_link_twice_changes_nothing(rosta, engine, web):
    before = dump(engine)
    addresses = [link(rosta, "answer"), link(rosta, "answer") + "?again=1", link(rosta, "digest"), pausing(engine)]
    for address in [*addresses, *addresses]:
        assert web.get(address, headers={"User-Agent": "SafeLinks"}).status_code == 200, address
        assert web.head(address).status_code == 200

    assert dump(engine) == before


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("purpose", ["answer", "digest", "pause"])
def test_a_spoilt_link_is_refused_politely(rosta, engine, web, purpose, method):
    if (purpose, method) == ("digest", "post"):
        return
    good = {"answer": link(rosta, "answer"), "digest": link(rosta, "digest"), "pause": pausing(engine)}[purpose]
    for bad in (good[:-3], good + "x", f"/{purpose}/" + "A" * 2000, good.replace(f"/{purpose}/", "/answer/") + "~"):
        found = getattr(web, method)(bad, data={**ACT, "step": "send"} if method == "post" else None)
        assert found.status_code == 404
        assert "Open it from your leaf notes again" in found.text
    assert kept(engine) == []


def test_a_link_for_reading_cannot_answer(rosta, engine, web):
    token = link(rosta, "digest").rpartition("/")[2]

    assert web.post(f"/answer/{token}", data={**ACT, "step": "send"}).status_code == 404
    assert kept(engine) == []


def test_a_link_ends_politely_after_thirty_days(rosta, engine):
    address = link(rosta, "answer")
    later = open_(rosta, weeks=5)
    late = app.create(later).test_client()

    assert late.get(address).status_code == 410
    found = late.post(address, data={**ACT, "step": "send"})

    assert found.status_code == 410
    assert "Your newest leaf notes have fresh ones" in found.text
    assert kept(later) == []
    later.deployment.database.dispose()


def test_who_leads_no_more_cannot_answer(rosta, engine):
    address = link(rosta, "answer")
    chart = (rosta / "org.yaml").read_text().replace("leader: kit", "leader: noor")
    (rosta / "org.yaml").write_text(chart)
    later = open_(rosta)

    found = app.create(later).test_client().get(address)

    assert found.status_code == 403
    assert "not yours any more" in found.text
    later.deployment.database.dispose()


def test_what_is_wrong_is_said_beside_what_was_written(rosta, engine, web):
    address = link(rosta, "answer")

    found = web.post(address, data={**ACT, "due": "", "step": "preview"})

    assert found.status_code == 422
    assert "Name the day by which you will" in found.text
    assert ACT["text"] in found.text
    assert kept(engine) == []


def test_what_a_leader_writes_is_text_and_nothing_else(rosta, engine, web):
    address = link(rosta, "answer")
    said = '<script>alert(1)</script> "quoted" {{ 7 * 7 }}'

    send(web, address, text=said)

    page = web.get(address).text
    assert "<script>" not in page
    assert "49" not in page
    assert said in unescape(page)


def test_one_click_pauses_and_the_operator_sees_that_nobody_listens(rosta, engine, web):
    address = pausing(engine)

    assert web.post(address, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    small.write(rosta, [*small.subscribers(), *small.subscribers(4, first=50, day=7)])
    later = open_(rosta, weeks=1)
    later.run_once()

    assert not (rosta / "digests" / "2026-W11" / "kit.txt").exists()
    assert (rosta / "digests" / "2026-W11" / "noor.txt").exists()
    with later.transaction() as session:
        digest = small.stored(session, "kit", "2026-W11")
    assert digest.state == "paused"
    assert "nobody listens" in (digest.reason or "")
    assert web.post(address, data={"listen": "again"}).status_code == 200
    with later.transaction() as session:
        assert listeners.paused(session, later.deployment.now()) == {}
    later.deployment.database.dispose()


def test_pages_run_no_script_and_are_kept_nowhere(rosta, engine, web):
    found = web.get(link(rosta, "answer"))

    assert "script-src" not in found.headers["Content-Security-Policy"]
    assert "default-src 'none'" in found.headers["Content-Security-Policy"]
    assert found.headers["Cache-Control"] == "no-store"
    assert found.headers["Referrer-Policy"] == "no-referrer"
    assert "<script" not in found.text


def test_the_mail_can_be_unsubscribed_with_one_click(rosta, engine):
    mails = list((rosta / "digests" / small.WEEK).glob("kit.eml"))
    assert mails, sorted(p.name for p in (rosta / "digests" / small.WEEK).iterdir())
    found = mails[0].read_bytes()

    assert b"List-Unsubscribe: <https://leaf.rosta.example/pause/" in found
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in found


def test_who_did_not_answer_can_pass_the_answer_on(rosta, engine, web):
    send(web, link(rosta, "answer"))
    other = link(rosta, "answer", leader="noor")

    page = web.get(other).text

    assert "Pass it on" in page
    assert "The lead of Roasting at Rosta read it and will act" in page
    assert web.post(other + "/told").status_code == 303
    assert "Those who wrote were told" in web.get(other).text


def test_a_pain_that_was_handed_on_still_waits_and_asks_the_other(rosta, engine, web):
    address = link(rosta, "answer")
    send(web, address, kind="belongs", text="The roaster is bought by the head office", to="noor", due="")

    assert "once the one it belongs to answers" in web.get(address).text
    assert web.post(address + "/told").status_code == 409
    small.write(rosta, [*small.subscribers(), *small.subscribers(4, first=50, day=7)])
    later = open_(rosta, weeks=1)
    later.run_once()
    kit, noor = (" ".join(mail(rosta, who, "2026-W11").split()) for who in ("kit", "noor"))
    assert "Handed to Rosta, not yet answered (13 days)." in kit
    assert "1 pain waits for a first answer" in noor
    assert "Nothing new needs you" in kit
    assert "Roasting handed" in noor
    assert "to you: answer it, or say whose it is." in noor
    later.deployment.database.dispose()


def test_a_public_address_without_a_key_is_a_problem_that_check_names(rosta, monkeypatch):
    monkeypatch.delenv("LEAFNOTES_SECRET_KEY")

    said = CliRunner().invoke(main, ["--config", str(rosta), "check", "--offline"])

    assert said.exit_code == 1
    assert "LEAFNOTES_SECRET_KEY" in said.output


def test_the_database_holds_no_link_that_would_let_its_reader_answer(rosta, engine, web):
    address = link(rosta, "answer")
    signature = address.rpartition(".")[2]

    assert signature in mail(rosta, "kit")
    assert signature not in dump(engine)
    assert "https://leaf.rosta.example/" not in dump(engine)
    assert web.get(address).status_code == 200


def test_a_document_whose_links_are_signed_again_is_the_same_to_the_letter(rosta, engine):
    before = (rosta / "digests" / small.WEEK / "kit.json").read_bytes()

    out = rosta / "again"
    said = CliRunner().invoke(main, ["--config", str(rosta), "--as-of", small.DUE, "digest", "--out", str(out)])

    assert said.exit_code == 0, said.output
    assert (out / "kit.json").read_bytes() == before
    assert (out / "kit.txt").read_text() == mail(rosta, "kit")
    assert b"https://leaf.rosta.example/answer/" in before


def test_who_led_in_that_week_reads_it_and_whoever_leads_now_answers(rosta, engine, web):
    """Kit leads the deliveries now and Ada the roasting: the link of the old week answers for nobody any more."""
    answer, digest = link(rosta, "answer"), link(rosta, "digest")
    people, teams = small.ORG["people"], small.ORG["teams"]
    ada = {"id": "ada", "name": "Ada", "email": "ada@rosta.example"}
    led = [
        teams[0],
        {**teams[1], "leader": [{"id": "kit", "until": "2026-03-09"}, {"id": "ada", "from": "2026-03-09"}]},
        {**teams[2], "leader": [{"id": "kit", "from": "2026-03-09"}]},
    ]
    (rosta / "org.yaml").write_text(yaml.safe_dump({**small.ORG, "people": [*people, ada], "teams": led}))
    later = open_(rosta, weeks=1)
    page = app.create(later).test_client()

    assert page.get(digest).status_code == 200
    for found in (page.get(answer), page.post(answer, data={**ACT, "step": "send"}), page.post(answer + "/told")):
        assert found.status_code == 403
        assert "somebody else to answer" in found.text
    assert kept(later) == []
    later.deployment.database.dispose()
