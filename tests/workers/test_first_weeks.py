"""The first weeks by hand: what waits, who lets it go or refuses it, and what its leader is told of that."""

import json
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from flask.testing import FlaskClient
from sqlalchemy import select, text, update

from connectors.smtp import Outcome
from pipeline import periods, releasing
from pipeline.digest import gates, phrasebook, render
from pipeline.digest.document import Document
from pipeline.letters import Letter
from pipeline.links import from_store
from pipeline.releasing import NotAReason
from pipeline.store import db, digests, listeners, registry
from pipeline.tables import DigestRow, MailRow
from tests.workers import small
from workers.cli import main
from workers.engine import Engine
from workers.web import app

PUBLIC = "https://leaf.rosta.example"
NEXT, NEXT_DUE = "2026-W11", "2026-03-16T12:00:00+01:00"
THIRD, THIRD_DUE = "2026-W12", "2026-03-23T12:00:00+01:00"


@pytest.fixture
def rosta(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LEAFNOTES_PUBLIC_URL", PUBLIC)
    monkeypatch.setenv("LEAFNOTES_SECRET_KEY", "the key of a test, of forty letters or more 0001")
    directory = small.organisation(tmp_path / "rosta", small.subscribers())
    people = [*small.ORG["people"], {"id": "ops", "name": "Op Erator"}]
    _write(directory / "org.yaml", {**small.ORG, "people": people})
    by_hand(directory, 1)
    return directory


def _write(file: Path, value: Any) -> None:
    file.write_text(yaml.safe_dump(value))


def by_hand(directory: Path, weeks: int | str) -> None:
    _write(directory / "settings.yaml", {**small.SETTINGS, "digest": {"by_hand": weeks}})


def run(directory: Path, moment: str = small.DUE) -> None:
    """As `run --once` does: everything is read, and what is due is decided."""
    with small.opened(directory, moment) as engine:
        engine.pull_now(["desk"])
        engine.run_once()


def command(directory: Path, *words: str, as_of: str = small.DUE) -> Result:
    return CliRunner().invoke(main, ["--config", str(directory), "--as-of", as_of, *words])


def states(directory: Path) -> dict[tuple[str, str], str]:
    with small.opened(directory) as engine, db.reading(engine.deployment.database) as session:
        query = select(DigestRow.leader, DigestRow.period, DigestRow.state)
        return {(leader, week): state for leader, week, state in session.execute(query)}


def row(directory: Path, leader: str, week: str = small.WEEK) -> digests.StoredDigest:
    with small.opened(directory) as engine, db.reading(engine.deployment.database) as session:
        return small.stored(session, leader, week)


def mailed(directory: Path) -> set[str]:
    return {str(path.relative_to(directory / "digests")) for path in (directory / "digests").rglob("*.eml")}


def notes(directory: Path, leader: str, week: str) -> list[str]:
    return list(row(directory, leader, week).document["notes"])  # type: ignore[index]


def test_the_first_weeks_are_decided_and_not_mailed_and_everybody_who_runs_it_is_told(rosta: Path) -> None:
    run(rosta)

    status = json.loads(command(rosta, "status", "--json").stdout)
    assert states(rosta) == {(who, small.WEEK): "waiting" for who in ("kit", "noor")}
    assert mailed(rosta) == set()
    assert status["waiting"] == [
        {"week": small.WEEK, "since": "2026-03-09T08:00:00Z", "overdue": False, "leaders": ["kit", "noor"]}
    ]
    assert not [line for line in status["problems"] if "kit" in line]
    said = command(rosta, "status").stdout
    assert re.search(r"^release .*2026-W10: 2 .*kit, noor", said, re.M), said
    assert "settings.yaml:" in (checked := command(rosta, "check", "--offline").output)
    assert "digest.by_hand" in checked
    by_hand(rosta, 0)
    assert "by_hand" not in command(rosta, "check", "--offline").output


def test_the_files_of_a_waiting_digest_are_the_stored_document(rosta: Path, tmp_path: Path) -> None:
    run(rosta)

    written = command(rosta, "digest", "--out", str(tmp_path / "look"))

    with small.opened(rosta) as engine:
        stored = from_store(row(rosta, "kit").document, engine.deployment.links)
    assert written.exit_code == 0, written.output
    assert "kit: waiting" in written.output
    assert json.loads((tmp_path / "look" / "kit.json").read_text()) == stored
    assert states(rosta)["kit", small.WEEK] == "waiting"


def test_sending_by_the_digest_command_does_not_go_round_it(rosta: Path, tmp_path: Path) -> None:
    run(rosta)

    sent = command(rosta, "digest", "--out", str(tmp_path / "look"), "--send")

    assert "kit: not sent, waiting" in sent.output
    assert mailed(rosta) == set()


def test_a_release_sends_once_however_often_it_is_asked_for(rosta: Path) -> None:
    run(rosta)

    first = command(rosta, "release", "kit", "--by", "ada")
    again = command(rosta, "release", "kit")
    run(rosta)

    kept = row(rosta, "kit")
    assert (first.exit_code, again.exit_code) == (0, 0), first.output + again.output
    assert "already, by ada" in again.output
    assert (kept.state, kept.version, kept.settled_by, kept.reason) == ("composed", 1, "ada", None)
    assert mailed(rosta) == {f"{small.WEEK}/kit.eml"}
    assert states(rosta)["noor", small.WEEK] == "waiting"


def test_the_list_names_what_waits_and_all_releases_it(rosta: Path) -> None:
    run(rosta)

    listed = command(rosta, "release")
    as_json = [json.loads(line) for line in command(rosta, "release", "--json").stdout.splitlines()]
    other_week = command(rosta, "release", "--week", NEXT, "--all")
    every = command(rosta, "release", "--week", small.WEEK, "--all")
    after = command(rosta, "release")

    assert small.WEEK in listed.output
    assert [(one["leader"], one["week"], one["state"]) for one in as_json] == [
        ("kit", small.WEEK, "waiting"),
        ("noor", small.WEEK, "waiting"),
    ]
    assert (other_week.exit_code, every.exit_code) == (0, 0), other_week.output + every.output
    assert mailed(rosta) == {f"{small.WEEK}/kit.eml", f"{small.WEEK}/noor.eml"}
    assert small.WEEK not in after.output


@pytest.mark.parametrize(
    "words",
    [
        ["nobody"],
        ["--all", "kit"],
        ["--week", "soon"],
        ["--refuse", "because"],
        ["kit", "--refuse", "  "],
        ["kit", "--refuse", "x" * 301],
        ["kit", "--week", NEXT],
    ],
)
def test_wrong_use_is_said_and_changes_nothing(rosta: Path, words: list[str]) -> None:
    run(rosta)

    result = command(rosta, "release", *words)

    assert result.exit_code == 2, result.output
    said = [line for line in result.output.splitlines() if not line.startswith(("Usage: ", "Try "))]
    assert len(list(filter(None, said))) == 1
    assert set(states(rosta).values()) == {"waiting"}


def test_which_of_several_weeks_is_asked_and_not_guessed(rosta: Path) -> None:
    by_hand(rosta, "always")
    run(rosta)
    run(rosta, NEXT_DUE)

    unclear = command(rosta, "release", "kit", as_of=NEXT_DUE)
    clear = command(rosta, "release", "kit", "--week", NEXT, as_of=NEXT_DUE)

    assert unclear.exit_code == 2
    assert small.WEEK in unclear.output
    assert clear.exit_code == 0, clear.output
    assert mailed(rosta) == {f"{NEXT}/kit.eml"}


def test_only_the_first_weeks_wait_and_the_week_after_does_not_wait_for_them(rosta: Path) -> None:
    run(rosta)
    run(rosta, NEXT_DUE)

    late = json.loads(command(rosta, "status", "--json", as_of=NEXT_DUE).stdout)["waiting"]
    assert states(rosta) == {
        ("kit", small.WEEK): "waiting",
        ("noor", small.WEEK): "waiting",
        ("kit", NEXT): "composed",
        ("noor", NEXT): "composed",
    }
    assert [(week["week"], week["overdue"]) for week in late] == [(small.WEEK, True)]

    released = command(rosta, "release", "--all", as_of=NEXT_DUE)

    assert released.exit_code == 0, released.output
    assert f"{small.WEEK}/kit.eml" in mailed(rosta)


def test_a_switch_changes_only_weeks_that_are_decided_after_it(rosta: Path) -> None:
    by_hand(rosta, 0)
    run(rosta)
    by_hand(rosta, 1)
    run(rosta, NEXT_DUE)
    begun = states(rosta)
    by_hand(rosta, "always")
    run(rosta, THIRD_DUE)
    by_hand(rosta, 0)
    run(rosta, THIRD_DUE)

    assert {begun["kit", week] for week in (small.WEEK, NEXT)} == {"composed"}
    assert states(rosta)["kit", THIRD] == "waiting"


def test_a_refused_digest_is_never_sent_and_its_leader_reads_so_once(rosta: Path, tmp_path: Path) -> None:
    run(rosta)

    refused = command(rosta, "release", "kit", "--refuse", "two pains\nare one", "--by", "ada")
    released = command(rosta, "release", "kit")
    command(rosta, "release", "noor")
    status = command(rosta, "status")
    for moment in (NEXT_DUE, THIRD_DUE):
        run(rosta, moment)

    kept = row(rosta, "kit")
    assert (refused.exit_code, released.exit_code) == (0, 1), refused.output + released.output
    assert (kept.state, kept.settled_by) == ("refused", "ada")
    assert kept.reason is not None
    assert "ada: two pains are one" in kept.reason
    assert kept.reason in status.output
    assert f"{small.WEEK}/kit.eml" not in mailed(rosta)
    told = [any("week 10" in note for note in notes(rosta, who, NEXT)) for who in ("kit", "noor")]
    assert told == [True, False]
    assert any(entry["query"] == "kept_back()" for entry in row(rosta, "kit", NEXT).document["ledger"])  # type: ignore[index]
    assert not any("week 10" in note for note in notes(rosta, "kit", THIRD))
    assert row(rosta, "kit", NEXT).state == "composed"  # the gates let it pass


def test_weeks_that_were_refused_late_are_told_too_and_counted(rosta: Path) -> None:
    by_hand(rosta, 2)
    run(rosta)
    run(rosta, NEXT_DUE)
    command(rosta, "release", "kit", "--all", as_of=NEXT_DUE)
    command(rosta, "release", "--all", "--refuse", "not yet", as_of=NEXT_DUE)
    run(rosta, THIRD_DUE)

    assert [note for note in notes(rosta, "kit", THIRD) if "2 weeks" in note] != []
    assert states(rosta)["kit", THIRD] == "composed"


def test_a_german_leader_reads_it_in_german(rosta: Path) -> None:
    settings = {**small.SETTINGS, "digest": {"by_hand": 1}, "mail": {"language": "de"}}
    _write(rosta / "settings.yaml", settings)
    run(rosta)
    command(rosta, "release", "--all", "--refuse", "not yet")
    run(rosta, NEXT_DUE)

    document = Document.from_json(row(rosta, "kit", NEXT).document or {})
    say = phrasebook.tongue(document)
    said = [say(note) for note in document.notes]
    assert row(rosta, "kit", NEXT).state == "composed"
    assert any("Woche 10" in note for note in said), said
    assert say.unknown == []


def test_who_paused_meanwhile_gets_no_mail(rosta: Path) -> None:
    run(rosta)
    with small.opened(rosta) as engine, engine.transaction() as session:
        listeners.pause(session, "kit", engine.deployment.now(), now=engine.deployment.now())

    released = command(rosta, "release", "--all")

    assert released.exit_code == 1
    assert states(rosta) == {("kit", small.WEEK): "paused", ("noor", small.WEEK): "composed"}
    assert mailed(rosta) == {f"{small.WEEK}/noor.eml"}


@pytest.mark.parametrize("how", ["left", "no address"])
def test_whom_no_mail_can_reach_goes_on_waiting_and_can_be_refused(rosta: Path, how: str) -> None:
    run(rosta)
    chart = yaml.safe_load((rosta / "org.yaml").read_text())
    if how == "left":
        chart["people"] = [person for person in chart["people"] if person["id"] != "kit"]
        chart["teams"][1].pop("leader")
    else:
        chart["people"][1].pop("email")
        chart["people"][1]["team"] = "roasting"
    _write(rosta / "org.yaml", chart)

    released = command(rosta, "release", "kit")
    status = command(rosta, "status")
    still = states(rosta)["kit", small.WEEK]
    refused = command(rosta, "release", "kit", "--refuse", "they left")

    assert (released.exit_code, status.exit_code, refused.exit_code) == (1, 0, 0), released.output + status.output
    assert still == "waiting"
    assert states(rosta)["kit", small.WEEK] == "refused"
    assert mailed(rosta) == set()


class Postbox:
    """A mail server that takes everything and never twice for granted."""

    safe_to_repeat = False

    def __init__(self) -> None:
        self.taken: list[bytes] = []

    def send(self, letter: Letter) -> Outcome:
        self.taken.append(letter.message)
        return Outcome("accepted", "250 queued")


def test_a_crash_between_release_and_delivery_loses_nothing_and_sends_once(rosta: Path) -> None:
    run(rosta)
    with small.opened(rosta) as engine, engine.transaction() as session:
        kit = small.stored(session, "kit", small.WEEK)
        releasing.release(session, [kit.id], engine.deployment.house, by="ada", at=engine.deployment.now())

    box = Postbox()
    for _ in range(2):
        with small.opened(rosta) as engine:
            engine.deployment.__dict__["sender"] = box
            engine.run_once()

    assert len(box.taken) == 1


def test_a_mail_is_dated_when_it_was_released(rosta: Path) -> None:
    run(rosta)

    command(rosta, "release", "kit", as_of="2026-03-12T10:00:00+01:00")

    raw = (rosta / "digests" / small.WEEK / "kit.eml").read_text()
    assert re.search(r"^Date: Thu, 12 Mar 2026", raw, re.M)


def test_what_others_were_told_meanwhile_is_checked_at_the_release(rosta: Path) -> None:
    """Decided apart, their numbers together would tell of one person."""
    seventh = small.subscribers(1, first=7)[0]
    small.write(
        rosta,
        [*small.subscribers(), {**seventh, "labels": ["parcels"], "account": "Cafe 7", "author": "owner7@x.example"}],
    )
    by_hand(rosta, 0)
    chart = yaml.safe_load((rosta / "org.yaml").read_text())
    noor, kit, *others = chart["people"]
    late = {**noor, "timezone": "America/Los_Angeles"}
    silent = {"id": "kit", "name": "Kit", "team": "roasting"}
    _write(rosta / "org.yaml", {**chart, "people": [late, silent, *others]})
    with small.opened(rosta) as engine:
        engine.tick()
        small.perform(engine, ["pull", "classify", "teach", "assign", "close"])
    assert command(rosta, "label", "desk:7", "none").exit_code == 0
    with small.opened(rosta) as engine:
        engine.tick()
        small.perform(engine, ["compose"])
    assert command(rosta, "label", "desk:7", "customer").exit_code == 0
    evening = "2026-03-09T21:00:00+01:00"
    run(rosta, evening)
    _write(rosta / "org.yaml", {**chart, "people": [late, kit, *others]})
    with small.opened(rosta) as engine, engine.transaction() as session:
        session.execute(update(DigestRow).where(DigestRow.leader == "kit").values(state="waiting"))
    before = [Document.from_json(row(rosta, who).document or {}) for who in ("noor", "kit")]
    assert gates.differencing(before) != []

    released = command(rosta, "release", "kit", as_of=evening)

    kept = row(rosta, "kit")
    assert released.exit_code == 0, released.output
    assert (kept.state, kept.version) == ("composed", 2)
    assert gates.differencing([before[0], Document.from_json(kept.document or {})]) == []


def test_those_who_are_decided_later_fit_what_still_waits(rosta: Path) -> None:
    """So that what was looked at is what is sent."""
    seventh = small.subscribers(1, first=7)[0]
    small.write(
        rosta,
        [*small.subscribers(), {**seventh, "labels": ["parcels"], "account": "Cafe 7", "author": "owner7@x.example"}],
    )
    chart = yaml.safe_load((rosta / "org.yaml").read_text())
    noor, *others = chart["people"]
    _write(rosta / "org.yaml", {**chart, "people": [{**noor, "timezone": "America/Los_Angeles"}, *others]})
    run(rosta)
    assert states(rosta)["kit", small.WEEK] == "waiting"
    evening = "2026-03-09T21:00:00+01:00"
    run(rosta, evening)

    command(rosta, "release", "--all", as_of=evening)

    assert {row(rosta, who).version for who in ("kit", "noor")} == {1}
    assert mailed(rosta) == {f"{small.WEEK}/kit.eml", f"{small.WEEK}/noor.eml"}


def test_a_number_that_a_later_mail_told_otherwise_is_a_failure(rosta: Path) -> None:
    run(rosta)
    document = Document.from_json(row(rosta, "kit").document or {})
    pain, monday = document.pains[0], date(2026, 3, 2)
    assert document.said()[pain.id][monday] == 6
    period = periods.week_of(NEXT, document.period.zone)

    def later(*weeks: int | None) -> Document:
        return replace(document, period=period, pains=(replace(pain, weeks=weeks, people=weeks[-1]),), also_open=())

    assert gates.told_otherwise(document, [later(6, 9), later(None, 9)]) == []
    assert len(gates.told_otherwise(document, [later(6, 9), later(5, 9)])) == 1


def test_a_reason_is_one_line_and_no_control_characters() -> None:
    assert releasing.reason_of(" a\n\u202eb\x00 c, d ") == "a b c, d"
    with pytest.raises(NotAReason):
        releasing.reason_of("\u200b \n")


def test_two_who_release_at_once_send_once(rosta: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the page and by the command, all of the week and one of it, on PostgreSQL."""
    monkeypatch.setenv("LEAFNOTES_DATABASE_URL", postgres_url)
    run(rosta)
    with small.opened(rosta) as one, small.opened(rosta) as other:
        web, csrf = signed_in(one, rosta, "ops", "--role", "operator")
        start, found, house_now = threading.Barrier(2), [], other.deployment.now()

        def release() -> None:
            start.wait()
            with other.transaction() as session:
                every, house = [waits.id for waits in digests.waiting(session)], other.deployment.house
                found.extend(w.state for w in releasing.release(session, every, house, by="ada", at=house_now))

        thread = threading.Thread(target=release)
        thread.start()
        start.wait()
        status = web.post("/operators/release", data={"csrf": csrf, "week": small.WEEK}, base_url=PUBLIC).status_code
        thread.join()
        one.drain()
        other.drain()
        with db.reading(one.deployment.database) as session:
            mails = sorted(session.execute(select(MailRow.recipient, MailRow.state, MailRow.attempt)).all())

    assert status == 303
    assert set(found) <= {"composed"}
    assert mails == [("kit@rosta.example", "accepted", 1), ("noor@rosta.example", "accepted", 1)]


def test_a_release_waits_for_another_of_the_week(
    rosta: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two that did not see each other's numbers would let both through."""
    monkeypatch.setenv("LEAFNOTES_DATABASE_URL", postgres_url)
    run(rosta)
    with small.opened(rosta) as one, small.opened(rosta) as other, one.transaction() as session:
        kit, noor = (small.stored(session, who, small.WEEK).id for who in ("kit", "noor"))
        releasing.release(session, [kit], one.deployment.house, by="ada", at=one.deployment.now())
        with pytest.raises(Exception, match="lock"), other.transaction() as second:
            second.execute(text("SET LOCAL lock_timeout = '200ms'"))
            releasing.release(second, [noor], other.deployment.house, by="bo", at=other.deployment.now())


# --- the page --------------------------------------------------------------------------------------------------------


def signed_in(engine: Engine, directory: Path, who: str, *role: str) -> tuple[FlaskClient, str]:
    web = app.create(engine).test_client()
    printed = command(directory, "access", who, *role)
    assert printed.exit_code == 0, printed.output
    web.post(printed.stdout.strip().removeprefix(PUBLIC), base_url=PUBLIC)
    with web.session_transaction(base_url=PUBLIC) as cookie:
        return web, cookie["csrf"]


@pytest.fixture
def engine(rosta: Path) -> Iterator[Engine]:
    run(rosta)
    with small.opened(rosta) as found:
        yield found


@pytest.fixture
def operator(engine: Engine, rosta: Path) -> tuple[FlaskClient, str]:
    return signed_in(engine, rosta, "ops", "--role", "operator")


def test_the_operators_page_leads_to_each_that_waits_and_its_links_do_nothing(
    rosta: Path, operator: tuple[FlaskClient, str]
) -> None:
    web, _ = operator
    kit = row(rosta, "kit")
    every = web.get("/operators", base_url=PUBLIC).text
    page = web.get(f"/operators/notes/{kit.id}", base_url=PUBLIC).text

    document = Document.from_json(kit.document or {})
    assert f'href="/operators/notes/{kit.id}"' in every
    assert render.headline(document.pains[0]) in page
    links = set(re.findall(r'href="([^"]+)"', page))
    assert links == {"/static/style.css", "/triage", "/operators", "#decide"}
    assert set(re.findall(r'action="([^"]+)"', page)) == {"/sign-out", "/operators/release", "/operators/refuse"}
    for purpose in ("/answer/", "/digest/", "/pause/"):
        assert purpose not in page
    assert states(rosta)["kit", small.WEEK] == "waiting"


def test_the_buttons_release_one_or_all_and_refuse_with_a_reason(
    rosta: Path, engine: Engine, operator: tuple[FlaskClient, str]
) -> None:
    web, csrf = operator
    kit, noor = row(rosta, "kit").id, row(rosta, "noor").id

    def post(what: str, **form: Any) -> int:
        return web.post(f"/operators/{what}", data={"csrf": csrf, **form}, base_url=PUBLIC).status_code

    assert post("refuse", digest=kit, reason=" ") == 422
    assert post("refuse", digest=kit, reason="x" * 400) == 422
    assert states(rosta)["kit", small.WEEK] == "waiting"
    assert post("refuse", digest=kit, reason="names a person") == 303
    assert post("release", digest=kit) == 404
    assert post("release", week=small.WEEK) == 303
    assert post("release", digest=noor) == 404
    assert post("release", digest="x") == 404
    engine.drain()

    kept = row(rosta, "kit")
    assert (kept.state, kept.settled_by) == ("refused", "ops")
    assert mailed(rosta) == {f"{small.WEEK}/noor.eml"}
    seen = web.get("/operators", base_url=PUBLIC).text
    assert "names a person" in seen
    assert "/operators/notes/" not in seen
    assert web.get(f"/operators/notes/{kit}", base_url=PUBLIC).status_code == 404


@pytest.mark.parametrize("what", ["release", "refuse"])
def test_a_form_of_another_page_releases_and_refuses_nothing(
    rosta: Path, operator: tuple[FlaskClient, str], what: str
) -> None:
    web, _ = operator
    form = {"digest": row(rosta, "kit").id, "reason": "because"}

    found = [
        web.post(f"/operators/{what}", data={**form, **csrf}, base_url=PUBLIC).status_code
        for csrf in ({}, {"csrf": ""}, {"csrf": "A" * 32})
    ]

    assert found == [403, 403, 403]
    assert states(rosta)["kit", small.WEEK] == "waiting"


def test_what_cannot_be_released_is_said_on_a_page(
    rosta: Path, engine: Engine, operator: tuple[FlaskClient, str]
) -> None:
    web, csrf = operator
    with engine.transaction() as session:
        listeners.pause(session, "kit", engine.deployment.now(), now=engine.deployment.now())

    found = web.post("/operators/release", data={"csrf": csrf, "week": small.WEEK}, base_url=PUBLIC)

    assert found.status_code == 409
    assert "kit" in found.text
    assert states(rosta) == {("kit", small.WEEK): "paused", ("noor", small.WEEK): "composed"}


def test_its_leader_cannot_open_it_before_it_is_released(rosta: Path, engine: Engine) -> None:
    made = engine.deployment.links
    assert made is not None
    link = made.to("digest", reader="kit", made_at=engine.deployment.now() - timedelta(hours=3), period=small.WEEK)
    web = app.create(engine).test_client()
    before = web.get(link.removeprefix(PUBLIC), base_url=PUBLIC).status_code

    command(rosta, "release", "kit")

    assert (before, web.get(link.removeprefix(PUBLIC), base_url=PUBLIC).status_code) == (404, 200)


def test_deciding_again_is_still_possible_while_everything_waits(rosta: Path) -> None:
    run(rosta)
    with small.opened(rosta) as engine, db.reading(engine.deployment.database) as session:
        assert registry.mark(session, "mailed") is None

    again = command(rosta, "run", "--once", "--again")

    assert again.exit_code == 0, again.output
    assert set(states(rosta).values()) == {"waiting"}
