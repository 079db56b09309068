"""Somebody reads in a leader's place: who may, what they get, what they do there, and how it ends."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from flask.testing import FlaskClient

from pipeline import listening
from pipeline.listening import Listening
from pipeline.store import answers, digests, escalations, issues, listeners, objections
from tests.workers import small
from workers.cli import main
from workers.engine import Engine
from workers.web import app
from workers.wiring import Deployment

KEY = "the key of a test, of forty letters or more 0001"
HOST = "https://leaf.rosta.example"
DUE = datetime.fromisoformat(small.DUE)
ACT = {"kind": "act", "text": "We roast twice a week from Monday", "due": "2026-03-20"}
SAID = Listening(leader="kit", paused_at=small.MONDAY.astimezone(UTC), delegate="noor")
Open = Callable[..., Engine]


def chart(directory: Path, **more: object) -> None:
    """Rosta with Ada, a roaster who has an address, and Dora, who leads another branch."""
    org = yaml.safe_load((directory / "org.yaml").read_text())
    org["people"] += [
        {"id": "ada", "name": "Ada", "email": "ada@rosta.example", "team": "roasting", "language": "de"},
        {"id": "dora", "name": "Dora", "email": "dora@rosta.example"},
    ]
    org["teams"][2]["leader"] = "dora"
    (directory / "org.yaml").write_text(yaml.safe_dump(org | more))


@pytest.fixture
def rosta(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LEAFNOTES_PUBLIC_URL", HOST)
    monkeypatch.setenv("LEAFNOTES_SECRET_KEY", KEY)
    made = small.organisation(tmp_path / "rosta", small.subscribers(), tags={"escalate": ["now"]})
    chart(made)
    return made


@pytest.fixture
def open_(rosta: Path) -> Iterator[Open]:
    opened: list[Engine] = []

    def at(later: timedelta = timedelta()) -> Engine:
        house = Deployment.read(rosta, as_of=DUE + later)
        house.prepare()
        opened.append(Engine(house))
        return opened[-1]

    yield at
    for engine in opened:
        engine.deployment.database.dispose()


def says(engine: Engine, said: Listening = SAID) -> None:
    with engine.transaction() as session:
        listeners.keep(session, said, engine.deployment.now())


@pytest.fixture
def engine(open_: Open) -> Engine:
    """Kit is away, and Noor got Kit's notes."""
    runner = open_()
    says(runner)
    runner.run_once()
    return runner


@pytest.fixture
def web(engine: Engine) -> FlaskClient:
    return app.create(engine).test_client()


def link(directory: Path, purpose: str, leader: str = "kit") -> str:
    text = (directory / "digests" / small.WEEK / f"{leader}.txt").read_text()
    found = re.search(rf"{HOST}(/{purpose}/\S+)", text)
    assert found, text
    return found[1]


def unsubscribe(directory: Path, leader: str = "kit") -> str:
    raw = (directory / "digests" / small.WEEK / f"{leader}.eml").read_text()
    found = re.search(rf"List-Unsubscribe: <{HOST}(/pause/[^>]+)>", raw.replace("\n ", ""))
    assert found
    return found[1]


def own_page(engine: Engine, leader: str = "kit") -> str:
    links = engine.deployment.links
    assert links is not None
    return links.to("pause", reader=leader, made_at=DUE).removeprefix(HOST)


def test_who_may_read_leads_above_or_is_of_the_team_and_may_open_all_of_it(rosta: Path, open_: Open) -> None:
    org = open_().deployment.org
    at = org.visible_to

    able = listening.candidates(org, "kit", (), ())
    why = {one: listening.why_not(org, "kit", one, {"noor"}, {"ada"}) for one in ("gone", "kit", "roaster1", "dora")}
    vault = replace(org, visible_to={"desk": ("kit", "noor")})

    assert at == {}
    assert able == ["ada", "noor"]
    assert list(why.values()) == [listening.GONE, listening.SAME, listening.NO_ADDRESS, listening.ELSEWHERE]
    assert listening.why_not(org, "kit", "noor", {"noor"}, ()) == listening.AWAY
    assert listening.why_not(org, "kit", "ada", (), {"ada"}) == listening.UNHEARD
    assert listening.candidates(vault, "kit", (), ()) == ["noor"]
    assert listening.why_not(vault, "kit", "ada", (), ()) == listening.MAY_NOT_SEE


def test_a_pause_ends_by_itself_when_the_named_day_begins_where_they_are() -> None:
    until = listening.begins(date(2026, 3, 29), "Europe/Vienna")
    said = listening.changed(Listening(leader="kit"), DUE, until=until)

    assert until == datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert (said.away(until - timedelta(seconds=1)), said.away(until)) == (True, False)
    assert (
        listening.changed(said, DUE + timedelta(days=1), pause=True) == said
    )  # one click changes nothing of until when
    assert listening.changed(said, until, pause=True).until is None


def test_the_notes_go_to_the_delegate_once_and_tell_in_whose_place(rosta: Path, engine: Engine) -> None:
    engine.run_once()

    found = sorted(path.name for path in (rosta / "digests" / small.WEEK).glob("*.eml"))
    mail = (rosta / "digests" / small.WEEK / "kit.eml").read_text()
    with engine.transaction() as session:
        kept = small.stored(session, "kit", small.WEEK)
        sent = [one.recipient for one in digests.mails(session, [kept.id])]
    assert found == ["dora.eml", "kit.eml", "noor.eml"]
    assert sent == ["noor@rosta.example"]
    assert "\nTo: noor@rosta.example\n" in mail
    assert (kept.state, kept.reason, kept.read_by) == ("composed", None, "noor")
    text = " ".join((rosta / "digests" / small.WEEK / "kit.txt").read_text().split())
    assert text.startswith("Noor, ")
    assert "in place of the lead of Roasting (Kit), who is away" in text[:400]


def test_the_delegate_reads_in_their_own_language(rosta: Path, open_: Open) -> None:
    runner = open_()
    says(runner, replace(SAID, delegate="ada", until=listening.begins(date(2026, 3, 20), "Europe/Vienna")))
    runner.run_once()

    text = " ".join((rosta / "digests" / small.WEEK / "kit.txt").read_text().split())
    html = (rosta / "digests" / small.WEEK / "kit.html").read_text()
    assert "an Stelle von: die Leitung von Roasting (Kit) (abwesend bis 20. März)" in text[:400]
    assert '<html lang="de"' in html


def test_what_a_delegate_answers_is_theirs_for_the_leader(rosta: Path, engine: Engine, web: FlaskClient) -> None:
    address = link(rosta, "answer")
    shown = web.get(address).text
    nonce = re.search(r'name="nonce" value="([^"]+)"', shown)
    assert nonce
    form = {**ACT, "nonce": nonce[1]}

    preview = web.post(address, data={**form, "step": "preview"}).text
    statuses = [web.post(address, data={**form, "step": "send"}).status_code for _ in range(2)]

    with engine.transaction() as session:
        kept = answers.latest(session)
    assert "You act in place of the lead of Roasting (Kit)." in shown
    assert "The lead of Rosta, for the lead of Roasting at Rosta read it and will act" in preview
    assert statuses == [303, 303]
    assert [(one.leader, one.by, one.kind) for one in kept] == [("kit", "noor", "act")]
    assert "The lead of Rosta (Noor), for the lead of Roasting (Kit)" in web.get(address).text


def test_a_correction_of_a_delegate_is_written_down_as_theirs(rosta: Path, engine: Engine, web: FlaskClient) -> None:
    address = link(rosta, "digest") + "/correct"
    page = web.get(address).text
    quoted = re.search(r'name="issue" value="(desk:\d+)"', page)
    assert quoted

    withdrawn = web.post(address, data={"what": "quote", "issue": quoted[1], "reason": "context"}).status_code
    labelled = web.post(address, data={"what": "label", "issue": quoted[1], "side": "developer"}).status_code

    with engine.transaction() as session:
        said = objections.latest(session, 5, standing=True)
        row = issues.row_id(session, quoted[1])
        assert row is not None
    assert (withdrawn, labelled) == (303, 303)
    assert [(one.by, one.given_by) for one in said] == [("kit", "noor")]
    output = CliRunner().invoke(main, ["--config", str(rosta), "corrections"]).output
    assert "noor, for kit" in output


def test_a_delegate_cannot_say_how_the_leader_listens(rosta: Path, engine: Engine, web: FlaskClient) -> None:
    address = unsubscribe(rosta)

    first = web.post(address, data={"listen": "again"})
    second = web.post(address, data={"List-Unsubscribe": "One-Click"})

    with engine.transaction() as session:
        said = listeners.get(session, "kit")
    assert (first.status_code, second.status_code) == (200, 200)
    assert said == replace(SAID, delegate=None)  # they read no more, and Kit is away as before
    assert web.get(link(rosta, "digest")).status_code == 403


@pytest.mark.parametrize("end", ["returned", "another", "left", "narrowed", "paused"])
def test_the_links_of_a_delegate_end_with_the_delegation(rosta: Path, engine: Engine, open_: Open, end: str) -> None:
    if end == "returned":
        says(engine, replace(SAID, paused_at=None))
    elif end == "another":
        says(engine, replace(SAID, delegate="ada"))
    elif end == "paused":
        says(engine, Listening(leader="noor", paused_at=SAID.paused_at))
    else:
        org = yaml.safe_load((rosta / "org.yaml").read_text())
        org["teams"][0]["leader"] = "dora" if end == "left" else "noor"
        (rosta / "org.yaml").write_text(yaml.safe_dump(org))
        if end == "narrowed":
            sources = yaml.safe_load((rosta / "sources.yaml").read_text())
            sources["sources"][0]["visible_to"] = ["kit", "roasting"]
            (rosta / "sources.yaml").write_text(yaml.safe_dump(sources))
    client = app.create(open_()).test_client()

    found = {path: client.get(path) for path in (link(rosta, "digest"), link(rosta, "answer"))}
    posted = client.post(link(rosta, "answer"), data={**ACT, "step": "send"})

    assert [one.status_code for one in (*found.values(), posted)] == [403, 403, 403]
    assert all("in their place any more" in one.text for one in found.values())


def test_a_delegate_makes_no_copy_for_the_team(rosta: Path, web: FlaskClient) -> None:
    address = link(rosta, "digest")

    assert "/team" not in web.get(address).text
    assert web.post(f"{address}/team").status_code == 403


def test_who_may_not_read_gets_nothing_and_the_row_says_why(rosta: Path, open_: Open) -> None:
    runner = open_()
    says(runner, replace(SAID, delegate="dora"))
    runner.run_once()

    with runner.transaction() as session:
        kept = small.stored(session, "kit", small.WEEK)
        mailed = digests.mails(session, [kept.id])
    assert (kept.state, kept.read_by, mailed) == ("paused", None, [])
    assert "dora does not read in their place" in (kept.reason or "")
    assert "nobody listens" in (kept.reason or "")


def test_words_that_stay_with_their_team_are_not_sent_to_a_delegate_above_it(rosta: Path, open_: Open) -> None:
    guilt = "I skipped the tests because there was no time, my mistake, the beans arrived stale, sorry"
    mine = small.ticket(31, guilt, author="r3", author_role="staff", labels=["beans"], body=guilt)
    small.write(rosta, [*small.subscribers(), mine])
    runner = open_()
    says(runner)
    runner.run_once()

    with runner.transaction() as session:
        kept = small.stored(session, "kit", small.WEEK)
    named = "desk:31" in str(kept.document)
    assert named == (kept.read_by is None)
    assert named == ("stays with the team" in (kept.reason or ""))
    assert named


def test_notes_on_their_way_wait_where_the_leader_came_back(rosta: Path, open_: Open) -> None:
    runner = open_()
    says(runner)
    runner.pull_now(["desk"])
    small.perform(runner, ("pull", "census", "classify", "assign", "escalate", "close", "compose"))
    says(runner, replace(SAID, paused_at=None))

    runner.drain()

    with runner.transaction() as session:
        kept = small.stored(session, "kit", small.WEEK)
        [mail] = digests.mails(session, [kept.id])
    assert (kept.state, kept.read_by, mail.state) == ("paused", None, "rejected")
    assert not (rosta / "digests" / small.WEEK / "kit.eml").exists()


def test_a_call_goes_to_the_delegate_once_and_is_answered_in_the_leaders_place(rosta: Path, open_: Open) -> None:
    runner = open_(timedelta(hours=1))  # Monday 13:00 in Vienna
    says(runner, replace(SAID, delegate="ada"))
    now = small.ticket(37, "The roaster smokes", labels=["beans", "now"], day=7, author="guest@cafe9.example")
    small.write(rosta, [*small.subscribers(), now])
    runner.run_once()
    call = next((rosta / "digests" / "calls").glob("*.txt"))
    address = re.search(rf"{HOST}(/escalation/[^\s#]+)", call.read_text())
    assert address
    client = app.create(runner).test_client()

    owned = client.post(address[1], data={"what": "own", "line": "I look at it"})

    with runner.transaction() as session:
        row = issues.row_id(session, "desk:37")
        kept = escalations.of_issue(session, row or 0)
    assert kept is not None
    assert [(one.reader, one.instead_of) for one in kept.told] == [("ada", "kit")]
    assert owned.status_code == 303
    assert (kept.state, kept.ended_by) == ("owned", "ada")
    assert "Ada, für die Leitung von Roasting (Kit)" in client.get(address[1]).text
    says(runner, replace(SAID, paused_at=None))
    assert client.get(address[1]).status_code == 403


def test_the_leaders_page_names_a_day_and_a_delegate_and_says_what_is_wrong(
    engine: Engine, web: FlaskClient, rosta: Path
) -> None:
    address = own_page(engine)

    def post(**fields: str) -> int:
        return web.post(address, data=fields).status_code

    wrong = [
        post(listen="until", until=""),
        post(listen="until", until="soon"),
        post(listen="until", until="2026-03-09"),
        post(listen="until", until="2028-03-09"),
        post(listen="delegate", delegate="dora"),
        post(listen="delegate", delegate="kit"),
    ]
    right = [
        post(listen="until", until="2026-03-20"),
        post(listen="delegate", delegate="ada"),
        post(listen="delegate", delegate="ada"),
    ]

    with engine.transaction() as session:
        said = listeners.get(session, "kit")
    assert wrong == [422] * 6
    assert right == [200] * 3
    assert said == replace(SAID, delegate="ada", until=listening.begins(date(2026, 3, 20), "Europe/Vienna"))
    assert "Ada (Roasting)" in web.get(address).text


def test_operators_say_and_see_how_a_leader_listens(rosta: Path, engine: Engine) -> None:
    def run(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(main, ["--config", str(rosta), "--as-of", small.DUE, *words])
        return done.exit_code, done.output

    named = run("listen", "kit", "--until", "2026-03-20", "--delegate", "ada")
    status = run("status")
    refused = [
        run("listen", "kit", *one)[0] for one in (["--delegate", "dora"], ["--until", "x"], ["--again", "--pause"])
    ]
    none = run("listen", "kit", "--delegate", "none")
    again = run("listen", "kit", "--again")

    assert named[0] == 0
    assert "is away since 2026-03-02 until 2026-03-20: ada reads in their place" in named[1]
    assert "ada reads in their place" in status[1]
    assert refused == [2, 2, 2]
    assert "nobody listens for their teams" in none[1]
    assert "kit (the lead of Roasting (Kit)) listens" in again[1]
