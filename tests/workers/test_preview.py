"""No surprises: what is quoted upward is shown before, may be added to, and is kept back only where it is private."""

import re
import threading
from datetime import datetime, timedelta
from email import message_from_bytes
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import select, text, update

from pipeline import previewing
from pipeline.store import db, digests, issues, listeners, objections, previews, work
from pipeline.tables import DigestRow, MailRow, PreviewRow, WorkRow
from tests.pipeline.returned_mails import reply
from tests.workers import small
from workers.cli import main
from workers.engine import KINDS, Engine
from workers.web import app

PUBLIC = "https://leaf.rosta.example"
BEFORE, EVENING, NIGHT, MORNING, TUESDAY = (
    datetime.fromisoformat(f"2026-03-{at}+01:00")
    for at in ("09T20:45:00", "09T21:00:00", "09T23:00:00", "10T08:59:59", "10T09:00:00")
)
SAID = "We roast twice a week since 2 March, so beans are 3 days old at most"


@pytest.fixture
def rosta(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LEAFNOTES_PUBLIC_URL", PUBLIC)
    monkeypatch.setenv("LEAFNOTES_SECRET_KEY", "the key of a test, of forty letters or more 0001")
    directory = small.organisation(tmp_path / "rosta", small.subscribers())
    sends(directory, day="tuesday", preview="12h")
    return directory


def sends(directory: Path, **keys: object) -> None:
    change(directory, "settings", lambda settings: settings.update(digest=keys))


def change(directory: Path, name: str, how: Any) -> None:
    path = directory / f"{name}.yaml"
    values = yaml.safe_load(path.read_text())
    how(values)
    path.write_text(yaml.safe_dump(values))


def run(directory: Path, at: datetime = EVENING) -> Engine:
    runner = small.left_open(directory, at)
    runner.run_once()
    return runner


def notices(directory: Path) -> dict[str, str]:
    return {p.stem.partition(".")[2]: p.read_text() for p in sorted((directory / "digests" / "previews").glob("*.txt"))}


def notes(directory: Path, leader: str) -> str:
    return " ".join((directory / "digests" / small.WEEK / f"{leader}.txt").read_text().split())


def link(directory: Path, leader: str = "kit") -> str:
    found = re.search(rf"{PUBLIC}(/preview/\S+)", notices(directory)[leader])
    assert found
    return found[1]


def client(engine: Engine) -> FlaskClient:
    return app.create(engine).test_client()


def shown(engine: Engine) -> list[tuple[str, str, str, str]]:
    with db.reading(engine.deployment.database) as session:
        rows = previews.shown(session, small.WEEK)
    return [(row.reader, row.leader, row.issue, row.text) for row in rows]


def quoted(engine: Engine, leader: str = "noor") -> list[tuple[str, str]]:
    with db.reading(engine.deployment.database) as session:
        document = small.stored(session, leader, small.WEEK).document or {}
    every = [q for pain in document["pains"] for q in pain["quotes"]] + document["heard_once"]
    return [(quote["issue"], quote["text"]) for quote in every]


def everything(engine: Engine) -> str:
    with db.reading(engine.deployment.database) as session:
        names = session.execute(text("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")).scalars()
        return "\n".join(f"{n}: {session.execute(text(f'SELECT * FROM {n}')).all()}" for n in [*names])


def page_of(web: FlaskClient, address: str) -> str:
    return unescape(web.get(address).text)


# --- when, and to whom


def test_it_is_off_by_default_and_then_nothing_is_closed_before_somebody_is_due(rosta: Path) -> None:
    sends(rosta, day="tuesday")

    engine = run(rosta)

    assert notices(rosta) == {}
    with db.reading(engine.deployment.database) as session:
        assert session.scalars(select(WorkRow.kind).where(WorkRow.kind.in_(("close", "preview")))).all() == []


def test_the_leader_below_reads_once_what_will_be_quoted_above_and_when(rosta: Path) -> None:
    run(rosta, BEFORE)
    assert notices(rosta) == {}
    engine = run(rosta)
    first, rows = notices(rosta), shown(engine)

    for at in (EVENING, NIGHT, MORNING):
        again = run(rosta, at)
        again.tick()
        again.drain()

    assert list(first) == ["kit"]
    assert [(reader, leader) for reader, leader, _, _ in rows] == [("noor", "kit")]
    assert rows[0][3] in " ".join(first["kit"].split())
    assert "Noor" in first["kit"]
    assert "Tue 10 Mar 09:00" in first["kit"]
    assert (notices(rosta), shown(again)) == (first, rows)
    with db.reading(again.deployment.database) as session:
        query = select(MailRow.state, MailRow.attempt, MailRow.message)
        query = query.join(DigestRow, DigestRow.id == MailRow.digest_id).where(DigestRow.kind == digests.PREVIEW)
        sent = [tuple(row) for row in session.execute(query)]
        decided = digests.decided(session, small.WEEK)
    assert sent == [("accepted", 1, None)]
    assert decided == set(), "a draft decides nothing"


def test_what_the_mail_quotes_is_what_was_shown(rosta: Path) -> None:
    rows = shown(run(rosta))

    engine = run(rosta, TUESDAY)

    assert quoted(engine) == [(issue, said) for _, _, issue, said in rows]
    assert shown(engine) == rows


def test_the_mail_can_be_stopped_by_one_click_and_its_row_keeps_no_words(rosta: Path) -> None:
    engine = run(rosta)
    raw = (rosta / "digests" / "previews" / f"p{small.WEEK}.kit.eml").read_bytes().replace(b"\r\n ", b" ").decode()

    header = re.search(rf"List-Unsubscribe: <{PUBLIC}(/pause/[^>]+)>", raw)

    assert header is not None
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in raw
    assert client(engine).post(header[1], data={"List-Unsubscribe": "One-Click"}).status_code == 200
    with db.reading(engine.deployment.database) as session:
        kept = digests.find(session, digests.PREVIEW, "kit", digests.preview_name(small.WEEK))
    assert kept is not None
    assert shown(engine)[0][3] not in str(kept.document)


@pytest.mark.parametrize("why", ["paused", "no address", "unheard"])
def test_who_takes_no_mail_gets_none_and_sees_nobody_alarmed(rosta: Path, why: str) -> None:
    if why == "no address":
        change(rosta, "org", lambda org: org["people"][1].pop("email"))
    engine = small.left_open(rosta, EVENING)
    with engine.transaction() as session:
        if why == "paused":
            listeners.pause(session, "kit", EVENING, EVENING)
        if why == "unheard":
            bounce = (
                "INSERT INTO returned (key, message_id, leader, recipient, what, stops, excerpt, at, note_attempt) "
                "VALUES ('k', 'm', 'kit', 'kit@rosta.example', 'hard', 1, '', '2026-03-01 00:00:00', 0)"
            )
            session.execute(text(bounce))
    engine.run_once()

    assert notices(rosta) == {}
    assert [row[:2] for row in shown(engine)] == [("noor", "kit")]
    with db.reading(engine.deployment.database) as session:
        assert digests.alarms(session) == []


def test_a_reader_who_paused_is_foreseen_by_nobody(rosta: Path) -> None:
    engine = small.left_open(rosta, EVENING)
    with engine.transaction() as session:
        listeners.pause(session, "noor", EVENING, EVENING)
    engine.run_once()

    assert (notices(rosta), shown(engine)) == ({}, [])


def test_without_pages_the_mail_says_whom_to_write_to_and_has_no_link(
    rosta: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LEAFNOTES_PUBLIC_URL")
    run(rosta)

    assert "whoever runs Leafnotes" in " ".join(notices(rosta)["kit"].split())
    assert "http" not in notices(rosta)["kit"]


def test_a_german_leader_reads_mail_and_page_in_german(rosta: Path) -> None:
    change(rosta, "org", lambda org: org["people"][1].update(language="de"))
    engine = run(rosta)
    web, address = client(engine), link(rosta)

    wrong = unescape(web.post(address, data={"issue": shown(engine)[0][2], "what": "add", "line": ""}).text)

    assert "die Leitung von Rosta (Noor), Di., 10. März, 09:00" in " ".join(notices(rosta)["kit"].split())
    for page in (page_of(web, address), wrong):
        assert '<html lang="de"' in page
        assert not re.search(
            r"\b(?:context|private|nobody|words|Nothing|Write)\b", re.sub(r"<[^>]*>|\".*?\"", "", page)
        )


def _own(page: str) -> str:
    """Our own words on a page."""
    return re.sub(r"<[^>]*>|\".*?\"", "", page)


# --- once, whatever happens


def test_a_worker_that_dies_over_the_draft_leaves_it_to_the_next(rosta: Path) -> None:
    engine = small.left_open(rosta, EVENING)
    engine.tick()
    small.perform(engine, [kind for kind in KINDS if kind not in (previewing.KIND, "deliver")])
    engine.tick()
    with db.transaction(engine.deployment.database) as session:
        (row,) = work.due(session, [previewing.KIND])
        assert work.claim(session, row, [previewing.KIND], holder="a process that died") is not None
    engine.drain(patience=timedelta(0))
    assert shown(engine) == []

    with db.transaction(engine.deployment.database) as session:
        work.abandon(session, "a process that died")
    engine.drain()

    assert list(notices(rosta)) == ["kit"]
    assert len(shown(engine)) == 1


def test_a_draft_that_was_not_committed_shows_nothing_and_sends_nothing(
    rosta: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = small.left_open(rosta, EVENING)
    with monkeypatch.context() as broken:
        broken.setattr(work, "finish", _fails_over(work.finish))
        engine.run_once()
    assert (shown(engine), notices(rosta)) == ([], {})

    with engine.transaction() as session:
        session.execute(update(WorkRow).values(run_after=datetime.fromisoformat("2000-01-01T00:00:00+00:00")))
    engine.run_once()

    assert (len(shown(engine)), list(notices(rosta))) == (1, ["kit"])


def _fails_over(finish: Any) -> Any:
    def broken(session: Any, job: work.Job) -> None:
        if job.kind == previewing.KIND:
            raise RuntimeError("the power went off")
        finish(session, job)

    return broken


def test_several_workers_tell_once(rosta: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEAFNOTES_DATABASE_URL", postgres_url)
    engines = [small.left_open(rosta, EVENING) for _ in range(3)]
    engines[0].run_once()
    with engines[0].transaction() as session:
        session.execute(text("DELETE FROM mails"))
        session.execute(text("DELETE FROM digests WHERE kind = 'preview'"))
        session.execute(text("DELETE FROM previews"))
        session.execute(text("DELETE FROM marks WHERE name LIKE 'previewed%'"))

    threads = [threading.Thread(target=engine.run_once) for engine in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    engines[0].drain()

    with db.reading(engines[0].deployment.database) as session:
        states = session.execute(select(MailRow.state, MailRow.attempt)).all()
        assert [tuple(state) for state in states] == [("accepted", 1)]
        assert len(session.scalars(select(PreviewRow.issue)).all()) == 1


def test_a_week_that_closes_for_the_preview_waits_for_its_sources_as_before(rosta: Path) -> None:
    run(rosta, datetime.fromisoformat("2026-03-08T12:00:00+01:00"))
    engine = small.left_open(rosta, EVENING + timedelta(minutes=30))
    with engine.transaction() as session:
        work.request(session, "close", small.WEEK)
    small.perform(engine, ["close"])

    with db.reading(engine.deployment.database) as session:
        row = session.scalars(select(WorkRow).where(WorkRow.kind == "close", WorkRow.key == small.WEEK)).one()
        assert (row.state, row.error) == ("ready", "desk has not been read to the period's end yet")


# --- the page


def test_opening_the_page_changes_nothing_and_it_works_as_a_plain_form(rosta: Path) -> None:
    engine = run(rosta)
    web, before = client(engine), everything(engine)

    for _ in range(2):
        assert web.get(link(rosta), headers={"User-Agent": "SafeLinks"}).status_code == 200
        assert web.head(link(rosta)).status_code == 200

    page = page_of(web, link(rosta))
    assert shown(engine)[0][3] in page
    assert "Noor" in page
    assert "<script" not in page
    assert everything(engine) == before


def test_what_is_added_stands_beside_the_words_above_and_nowhere_else(rosta: Path) -> None:
    engine = run(rosta)
    issue = shown(engine)[0][2]
    web, form = client(engine), {"issue": issue, "what": "add", "line": f' {SAID} "and fresh"'}

    assert [web.post(link(rosta), data=form).status_code for _ in range(2)] == [303, 303]
    assert "and fresh" in page_of(web, link(rosta))
    web.post(link(rosta), data={**form, "line": SAID})
    done = run(rosta, TUESDAY)

    assert f'Added by the lead of Roasting: "{SAID}"' in notes(rosta, "noor")
    assert "and fresh" not in notes(rosta, "noor")
    assert SAID in unescape((rosta / "digests" / small.WEEK / "noor.html").read_text())
    assert SAID not in notes(rosta, "kit")
    with db.reading(done.deployment.database) as session:
        kept = small.stored(session, "noor", small.WEEK)
        own = small.stored(session, "kit", small.WEEK)
    found = [q["context"] for pain in (kept.document or {})["pains"] for q in pain["quotes"] if "context" in q]
    assert found == [{"by": "the lead of Roasting", "text": SAID}]
    assert '"context"' not in str(own.document).replace("'", '"')
    assert kept.state == "composed"
    address = re.search(rf"{PUBLIC}(/digest/\S+)", (rosta / "digests" / small.WEEK / "noor.txt").read_text())
    assert address
    page = client(done)
    assert SAID in page_of(page, address[1])
    assert SAID not in page_of(page, f"{address[1]}/team")
    assert SAID not in page.get(f"{address[1]}/team.txt").text


def test_what_was_added_can_be_taken_back(rosta: Path) -> None:
    engine = run(rosta)
    web, form = client(engine), {"issue": shown(engine)[0][2]}
    web.post(link(rosta), data={**form, "what": "add", "line": SAID})

    assert [web.post(link(rosta), data={**form, "what": "take-back"}).status_code for _ in range(2)] == [303, 303]

    run(rosta, TUESDAY)
    assert SAID not in notes(rosta, "noor")
    assert "Added by" not in notes(rosta, "noor")


def test_a_line_about_somebody_who_came_since_holds_no_mail_and_is_left_out(rosta: Path) -> None:
    engine = run(rosta)
    web = client(engine)
    web.post(link(rosta), data={"issue": shown(engine)[0][2], "what": "add", "line": "Ask Quentin about it"})
    change(rosta, "org", lambda org: org["people"].append({"id": "q", "name": "Quentin Newman", "team": "roasting"}))

    run(rosta, TUESDAY)

    assert "Quentin" not in notes(rosta, "noor")
    assert shown(engine)[0][3] in notes(rosta, "noor")


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"what": "add"},
        {"what": "add", "line": "x" * 201},
        {"what": "add", "line": "See https://evil.example"},
        {"what": "add", "line": "Noor knows"},
        {"what": "delete"},
        {"what": "private"},
        {"what": "private", "private": "no"},
        {"what": "private", "reason": "misread", "private": ""},
    ],
)
def test_what_cannot_be_kept_says_why_and_changes_nothing(rosta: Path, fields: dict[str, str]) -> None:
    engine = run(rosta)
    before = everything(engine)

    found = client(engine).post(link(rosta), data={"issue": shown(engine)[0][2], **fields})

    assert found.status_code == 422
    assert 'role="alert"' in found.text
    assert everything(engine) == before


@pytest.mark.parametrize("issue", ["", "desk:999", "desk", "\0", "desk:1' OR 1=1"])
def test_no_other_issue_can_be_named(rosta: Path, issue: str) -> None:
    engine = run(rosta)
    before = everything(engine)

    for what in ({"what": "add", "line": SAID}, {"what": "private", "private": "yes"}):
        assert client(engine).post(link(rosta), data={"issue": issue, **what}).status_code == 422

    assert everything(engine) == before


def test_private_words_are_kept_back_logged_and_others_take_their_place(rosta: Path) -> None:
    engine = run(rosta)
    (first,) = shown(engine)
    web, form = client(engine), {"issue": first[2], "what": "private", "private": "yes"}

    assert web.post(link(rosta), data=form).status_code == 303
    assert first[3] not in page_of(web, link(rosta))
    assert web.post(link(rosta), data=form).status_code == 422, "they are there no more"
    engine.drain()

    (second,) = shown(engine)
    assert second[2] != first[2]
    assert second[3] in page_of(web, link(rosta))
    with db.reading(engine.deployment.database) as session:
        logged = objections.standing(session)
    assert [(one.what, one.issue, one.said, one.by) for one in logged] == [("quote", first[2], "private", "kit")]
    done = run(rosta, TUESDAY)
    assert quoted(done) == [second[2:]]
    assert first[3] not in notes(rosta, "noor") + notes(rosta, "kit")
    assert len(notices(rosta)) == 1


def test_after_the_mail_the_page_says_so_and_only_shows(rosta: Path) -> None:
    engine = run(rosta)
    address, form = link(rosta), {"issue": shown(engine)[0][2], "what": "add", "line": SAID}
    client(engine).post(address, data=form)
    done = run(rosta, TUESDAY)
    before, web = everything(done), client(done)

    late = web.post(address, data={**form, "line": "Something else"})
    page = page_of(web, address)

    assert late.status_code == 422
    assert everything(done) == before
    assert SAID in page
    assert "<form" not in page
    assert "were sent" in page
    much_later = client(small.left_open(rosta, TUESDAY + timedelta(days=30)))
    assert [much_later.get(address).status_code, much_later.post(address, data=form).status_code] == [410, 410]
    assert web.get(address[:-2]).status_code == 404
    assert web.get(address.replace("/preview/", "/digest/")).status_code == 404


def test_at_the_moment_of_sending_nothing_is_taken_in_that_the_mail_would_not_hold(rosta: Path) -> None:
    engine = run(rosta)
    form = {"issue": shown(engine)[0][2], "what": "add", "line": SAID}

    assert client(small.left_open(rosta, TUESDAY)).post(link(rosta), data=form).status_code == 422
    assert client(small.left_open(rosta, MORNING)).post(link(rosta), data=form).status_code == 303


# --- nobody sees what they may not see


def private(directory: Path) -> None:
    small.write(directory, [{**one, "labels": ["beans", "hush"], "updated_at": EVENING.isoformat()} for one in _all()])


def unquotable(directory: Path) -> None:
    change(directory, "sources", lambda s: s["sources"][0].update(tags={"no-quote": ["still"]}))
    small.write(directory, [{**one, "labels": ["beans", "still"], "updated_at": EVENING.isoformat()} for one in _all()])


def narrowed(directory: Path) -> None:
    change(directory, "sources", lambda sources: sources["sources"][0].update(visible_to=["noor"]))


def moved(directory: Path) -> None:
    change(directory, "org", lambda org: org["teams"][1].update(leader="noor"))


def _all() -> list[dict[str, Any]]:
    return small.subscribers()


HIDE = [private, unquotable, narrowed, moved]


@pytest.mark.parametrize("hide", HIDE)
def test_what_was_hidden_before_is_never_shown(rosta: Path, hide: Any) -> None:
    hide(rosta)
    engine = run(rosta)

    assert notices(rosta) == {}
    assert shown(engine) == []


@pytest.mark.parametrize("hide", HIDE)
def test_what_is_hidden_after_the_draft_is_on_no_page_and_in_no_mail(rosta: Path, hide: Any) -> None:
    engine = small.left_open(rosta, EVENING)
    for _ in range(2):
        engine.tick()
        small.perform(engine, [kind for kind in KINDS if kind != "deliver"])
    said = shown(engine)[0]
    assert notices(rosta) == {}
    hide(rosta)
    later = small.left_open(rosta, EVENING)
    later.pull_now(["desk"])
    small.perform(later, [kind for kind in KINDS if kind != "deliver"])
    links = later.deployment.links
    assert links is not None
    address = links.to("preview", reader="kit", made_at=TUESDAY, period=small.WEEK, life=timedelta())
    web = client(later)

    page = web.get(address.removeprefix(PUBLIC))
    later.drain()

    assert said[3] not in unescape(page.text)
    assert notices(rosta) == {}
    found = web.post(address.removeprefix(PUBLIC), data={"issue": said[2], "what": "add", "line": SAID})
    assert found.status_code in (403, 422)
    with db.reading(later.deployment.database) as session:
        assert previews.added(session, small.WEEK) == {}
        assert digests.alarms(session) == []


def test_what_somebody_admitted_stays_with_their_team(rosta: Path) -> None:
    guilt = "I skipped the tests because there was no time and the roaster burned, my mistake, sorry."
    tender = small.ticket(31, guilt, author="r3", author_role="staff", labels=["beans"], body=guilt)
    small.write(rosta, [*small.subscribers(), tender])

    engine = run(rosta)

    assert "desk:31" not in {row[2] for row in shown(engine)}
    assert "skipped" not in notices(rosta)["kit"] + page_of(client(engine), link(rosta))


def test_each_leader_sees_their_own_area_alone(rosta: Path) -> None:
    def lead(org: dict[str, Any]) -> None:
        org["people"].append({"id": "dora", "name": "Dora", "email": "dora@rosta.example"})
        org["teams"][2]["leader"] = "dora"

    vans = [
        small.ticket(
            40 + n,
            f"The parcel arrived {n + 2} days late",
            body=f"The parcel arrived {n + 2} days late and we had to refund our guests again.",
            author=f"guest{n}@inn{n}.example",
            author_role="customer",
            account=f"Inn {n}",
            labels=["parcels"],
        )
        for n in range(6)
    ]
    change(rosta, "org", lead)
    small.write(rosta, [*small.subscribers(), *vans])
    engine = run(rosta)
    rows = shown(engine)

    assert {row[1] for row in rows} == {"kit", "dora"} == set(notices(rosta))
    for leader, other in (("kit", "dora"), ("dora", "kit")):
        seen = " ".join(notices(rosta)[leader].split()) + page_of(client(engine), link(rosta, leader))
        assert all(row[3] in seen for row in rows if row[1] == leader)
        assert not any(row[3] in seen for row in rows if row[1] == other)
        foreign = next(row[2] for row in rows if row[1] == other)
        form = {"issue": foreign, "what": "private", "private": "yes"}
        assert client(engine).post(link(rosta, leader), data=form).status_code == 422


# --- operators


def test_status_tells_of_what_is_shown_and_check_of_a_window_that_is_too_short(rosta: Path) -> None:
    engine = run(rosta)
    client(engine).post(link(rosta), data={"issue": shown(engine)[0][2], "what": "add", "line": SAID})

    def said(*words: str, at: datetime = EVENING) -> str:
        return CliRunner().invoke(main, ["--config", str(rosta), "--as-of", at.isoformat(), *words]).output

    status = said("status")
    assert f"preview {small.WEEK}: 1 quotation shown to 1 leader until Tue 10 Mar 09:00, 1 with context" in status
    assert "mails: 1 accepted" in status
    assert "digest.preview" not in said("check", "--offline")
    run(rosta, TUESDAY)
    assert f"preview {small.WEEK}" not in said("status", at=TUESDAY)

    sends(rosta, day="monday", preview="12h")
    assert re.search(r"settings\.yaml:\d+.*digest\.preview.* 9h and not for 12h", said("check", "--offline"))


def test_operators_say_it_in_the_name_of_a_leader_without_a_page(rosta: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LEAFNOTES_PUBLIC_URL")
    engine = run(rosta)
    issue, words = shown(engine)[0][2:]

    def preview(*said: str) -> tuple[int, str]:
        command = ["--config", str(rosta), "--as-of", EVENING.isoformat(), "preview", *said]
        result = CliRunner().invoke(main, command)
        return result.exit_code, result.output

    assert words in preview()[1]
    assert preview("noor")[1] == f"nothing of {small.WEEK} is shown\n"
    for wrong in (
        ["--add", SAID],
        ["kit", "--add", SAID],
        ["kit", "--issue", issue],
        ["noor", "--issue", issue, "--private"],
    ):
        assert preview(*wrong)[0] == 2, wrong
    assert preview("kit", "--issue", issue, "--add", "Noor knows")[0] == 2
    assert SAID in preview("kit", "--issue", issue, "--add", SAID)[1]
    assert SAID not in preview("kit", "--issue", issue, "--take-back")[1]
    assert words not in preview("kit", "--issue", issue, "--private")[1]
    with db.reading(engine.deployment.database) as session:
        assert [(one.issue, one.by, one.how) for one in objections.standing(session)] == [(issue, "kit", "cli")]
    assert len(shown(engine)) == 1, "other words took their place"


def test_words_are_forgotten_after_the_retention_of_texts(rosta: Path) -> None:
    engine = run(rosta)
    client(engine).post(link(rosta), data={"issue": shown(engine)[0][2], "what": "add", "line": SAID})

    later = run(rosta, EVENING + timedelta(days=401))

    with db.reading(later.deployment.database) as session:
        assert previews.shown(session, small.WEEK) == []
        assert previews.added(session, small.WEEK) == {}
        assert issues.known(session, "desk", ["1"]) != {}


def test_a_reply_to_the_mail_waits_for_a_person(rosta: Path) -> None:
    mail = {
        "from": "Leaf Notes <notes@notes.rosta.example>",
        "replies": "reply@notes.rosta.example",
        "trusted_results": "mx.example",
    }
    change(rosta, "settings", lambda settings: settings.update(mail=mail))
    engine = run(rosta)
    raw = (rosta / "digests" / "previews" / f"p{small.WEEK}.kit.eml").read_bytes()
    to = str(message_from_bytes(raw)["Reply-To"])

    for said in ("act: We roast twice a week by 2026-03-20", "wrong quote 1: private"):
        taken = engine.receive(reply(said, to=to, message_id=f"<{len(said)}@mail.example>"))
        assert (taken.what, taken.leader) == ("person", "kit")
        assert taken.reason == "it answers a mail that is no leaf notes"
