"""The weekly check-in from the mail to the leader's notes: once a week, never a reminder, and nobody can be found."""

import re
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import select, text, update

from pipeline import steps
from pipeline.store import db, digests
from pipeline.tables import CheckInStopRow, DigestRow, IssueRow, MailRow, VerdictRow
from tests.workers import small
from workers.cli import main
from workers.engine import Engine
from workers.web import app

PUBLIC = "https://leaf.rosta.example"
THURSDAY = datetime.fromisoformat("2026-03-05T14:30:00+01:00")
ROASTERS = [f"roaster{n}" for n in range(1, 8)]


@pytest.fixture
def rosta(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LEAFNOTES_PUBLIC_URL", PUBLIC)
    monkeypatch.setenv("LEAFNOTES_SECRET_KEY", "the key of a test, of forty letters or more 0001")
    directory = small.organisation(tmp_path / "rosta", small.subscribers())
    chart = yaml.safe_load((directory / "org.yaml").read_text())
    for person in chart["people"]:
        if person["id"] in ROASTERS:
            person["email"] = f"{person['id']}@rosta.example"
    chart["people"][2]["timezone"] = "Pacific/Auckland"
    (directory / "org.yaml").write_text(yaml.safe_dump(chart))
    asking(directory, enabled=True)
    return directory


def asking(directory: Path, **keys: object) -> None:
    settings = yaml.safe_load((directory / "settings.yaml").read_text())
    (directory / "settings.yaml").write_text(yaml.safe_dump({**settings, "check_in": keys}))


def with_speak_up(directory: Path) -> None:
    sources = yaml.safe_load((directory / "sources.yaml").read_text())
    sources["sources"].append({"name": "voices", "kind": "connectors.speak_up:SpeakUp"})
    (directory / "sources.yaml").write_text(yaml.safe_dump(sources))
    asking(directory, enabled=True, free_line=True)


def asked(directory: Path, at: datetime = THURSDAY) -> Engine:
    """The loop on a day; what waits for its hour is looked at again, as the database's clock would have it."""
    runner = small.left_open(directory, at)
    with runner.transaction() as session:
        session.execute(text("UPDATE work SET run_after = '2000-01-01 00:00:00.000000' WHERE kind = 'deliver'"))
    runner.run_once()
    return runner


def mails(directory: Path) -> dict[str, str]:
    folder = directory / "digests" / "check-ins"
    return {path.stem.partition(".")[2]: path.read_text() for path in sorted(folder.glob("*.txt"))}


def link(mail: str, purpose: str = "check-in") -> str:
    found = re.search(rf"{PUBLIC}(/{purpose}/\S+)", mail)
    assert found, mail
    return found[1]


def client(engine: Engine) -> FlaskClient:
    return app.create(engine).test_client()


def everything(engine: Engine) -> str:
    with db.reading(engine.deployment.database) as session:
        names = session.execute(text("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")).scalars()
        return "\n".join(f"{n}: {session.execute(text(f'SELECT * FROM {n}')).all()}" for n in [*names])


def tallies(engine: Engine) -> list[tuple[str, int]]:
    with db.reading(engine.deployment.database) as session:
        found = session.execute(text("SELECT question, step FROM check_in_sums WHERE answers > 0"))
        return sorted((row.question, row.step) for row in found)


def test_nobody_is_asked_unless_the_settings_say_so(rosta: Path) -> None:
    asking(rosta)

    asked(rosta)

    assert mails(rosta) == {}


def test_members_with_an_address_are_asked_once_in_their_working_hours(rosta: Path) -> None:
    asked(rosta)
    first = mails(rosta)
    asked(rosta, THURSDAY + timedelta(minutes=30))
    runner = asked(rosta, THURSDAY + timedelta(hours=6))

    assert sorted(first) == [one for one in ROASTERS if one != "roaster1"], "it is night in Auckland"
    assert sorted(mails(rosta)) == ROASTERS
    assert all(mails(rosta)[person] == said for person, said in first.items())
    with db.reading(runner.deployment.database) as session:
        query = select(MailRow.state, MailRow.attempt).join(DigestRow, DigestRow.id == MailRow.digest_id)
        states = session.execute(query.where(DigestRow.kind == digests.CHECK_IN)).all()
    assert [tuple(row) for row in states] == [("accepted", 1)] * 7


def test_what_cannot_be_asked_within_the_week_is_not_asked_at_all(rosta: Path) -> None:
    asked(rosta, datetime.fromisoformat("2026-03-07T12:00:00+01:00"))  # a Saturday

    assert mails(rosta) == {}


def test_the_mail_can_be_stopped_by_one_click_for_ever(rosta: Path) -> None:
    engine = asked(rosta)
    raw = (rosta / "digests" / "check-ins" / "c2026-W10.roaster2.eml").read_bytes().replace(b"\r\n ", b" ").decode()
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in raw
    header = re.search(rf"List-Unsubscribe: <{PUBLIC}(/check-in-stop/[^>]+)>", raw)
    assert header is not None

    web = client(engine)
    assert "Nothing has changed yet" in web.get(header[1]).text
    found = web.post(header[1], data={"List-Unsubscribe": "One-Click"})

    assert found.status_code == 200
    assert "You are not asked any more" in found.text
    asked(rosta, THURSDAY + timedelta(weeks=1))
    again = rosta / "digests" / "check-ins"
    assert sorted(path.stem for path in again.glob("c2026-W11.*.txt")) == [
        f"c2026-W11.{one}" for one in ROASTERS if one not in ("roaster1", "roaster2")
    ]
    late = small.left_open(rosta, THURSDAY + timedelta(days=700))
    assert client(late).post(header[1], data={"ask": "again"}).status_code == 200
    with db.reading(late.deployment.database) as session:
        assert session.scalars(select(CheckInStopRow.person)).all() == []


def test_whoever_stopped_before_their_mail_went_out_does_not_get_it(rosta: Path) -> None:
    engine = asked(rosta)
    with engine.transaction() as session:
        session.add(CheckInStopRow(person="roaster1"))

    asked(rosta, THURSDAY + timedelta(hours=6))

    assert "roaster1" not in mails(rosta)


def test_opening_the_page_changes_nothing_and_it_works_as_a_plain_form(rosta: Path) -> None:
    engine = asked(rosta)
    address, before, web = link(mails(rosta)["roaster3"]), everything(engine), client(engine)

    for _ in range(2):
        assert web.get(address, headers={"User-Agent": "SafeLinks"}).status_code == 200
        assert web.head(address).status_code == 200

    page = unescape(web.get(address).text)
    assert page.count('type="radio"') == 10
    assert "<script" not in page
    assert everything(engine) == before


def test_an_answer_counts_once_and_is_not_looked_up_again(rosta: Path) -> None:
    engine = asked(rosta)
    address, web = link(mails(rosta)["roaster3"]), client(engine)

    assert "It was added up" in web.post(address, data={"work": "4", "heard": "2"}).text
    assert "used already" in web.post(address, data={"work": "1", "heard": "1"}).text
    assert "used already" in web.get(address).text

    assert tallies(engine) == [("heard", 2), ("work", 4)]


@pytest.mark.parametrize("fields", [{}, {"work": "4"}, {"work": "6", "heard": "1"}, {"work": "x", "heard": "1"}])
def test_half_an_answer_is_not_kept_and_says_what_is_missing(rosta: Path, fields: dict[str, str]) -> None:
    engine = asked(rosta)
    found = client(engine).post(link(mails(rosta)["roaster3"]), data=fields)

    assert found.status_code == 422
    assert "Choose one of the five" in found.text
    assert tallies(engine) == []


def test_a_link_ends_politely_with_its_week(rosta: Path) -> None:
    asked(rosta)
    address = link(mails(rosta)["roaster3"])
    late = client(small.left_open(rosta, datetime.fromisoformat("2026-03-09T00:00:00+01:00")))

    for found in (late.get(address), late.post(address, data={"work": "4", "heard": "2"})):
        assert found.status_code == 410
        assert "The week that it asked about has ended" in found.text
    assert late.get(address[:-2]).status_code == 404
    assert late.get(link(mails(rosta)["roaster3"], "check-in-stop")[:-2]).status_code == 404


def test_nothing_in_the_database_leads_from_a_person_to_their_ticket(rosta: Path) -> None:
    engine = asked(rosta)
    tokens = [link(mail).rpartition("/")[2] for mail in mails(rosta).values()]
    links = engine.deployment.links
    assert links is not None
    tickets = [links.ticket(person, small.WEEK) for person in ROASTERS]

    stored = everything(engine)

    by_table = dict(line.split(": ", 1) for line in stored.splitlines() if ": [" in line)
    assert all(token not in stored for token in tokens)
    assert all(ticket in by_table["check_in_tickets"] for ticket in tickets)
    elsewhere = "".join(rows for name, rows in by_table.items() if name != "check_in_tickets")
    assert all(ticket not in elsewhere for ticket in tickets)
    ours = "".join(rows for name, rows in by_table.items() if name.startswith("check_in_"))
    assert all(person not in ours for person in ROASTERS)


def answer_all(rosta: Path, engine: Engine, line: str = "") -> None:
    web = client(engine)
    for n, mail in enumerate(mails(rosta).values()):
        form = {"work": str(3 + n % 3), "heard": "2", "line": line if n == 0 else "", "quote": "yes"}
        assert web.post(link(mail), data=form).status_code == 200


def test_the_leader_reads_of_it_once_five_have_answered(rosta: Path) -> None:
    answer_all(rosta, asked(rosta))

    runner = asked(rosta, datetime.fromisoformat(small.DUE))

    with db.reading(runner.deployment.database) as session:
        found = [small.stored(session, leader, small.WEEK).document or {} for leader in ("kit", "noor")]
    assert [[q["said"] for q in one["check_in"]["questions"]] for one in found] == [
        ["most who answered agree", "most who answered disagree"]
    ] * 2
    assert found[0]["check_in"]["answers"] is None
    assert "This week I could do good work" in (rosta / "digests" / small.WEEK / "kit.txt").read_text()


def test_the_line_becomes_an_anonymous_note_of_the_group_without_a_time_of_its_own(rosta: Path) -> None:
    with_speak_up(rosta)
    asked(rosta)
    wait = "Every roast waits an hour for the one working grinder, and we plan our breaks around it."

    answer_all(rosta, small.left_open(rosta, THURSDAY + timedelta(minutes=17)), wait)
    engine = asked(rosta, THURSDAY + timedelta(minutes=20))

    with db.reading(engine.deployment.database) as session:
        note = session.scalars(select(IssueRow).where(IssueRow.source == "voices")).one()
        leaf = session.scalars(select(VerdictRow.leaf).where(VerdictRow.issue_id == note.id)).one()
        archived = session.execute(text("SELECT fetched_at FROM pages WHERE source = 'voices'")).scalar_one()
    assert (note.body, note.author, note.author_role, leaf) == (wait, None, "staff", "roasting")
    assert note.created_at == datetime.fromisoformat("2026-03-05T14:00:00+01:00")
    assert str(archived).startswith("2026-03-05 13:00:00")


def test_a_line_of_which_nobody_sees_a_letter_is_not_set_aside(rosta: Path) -> None:
    with_speak_up(rosta)
    asked(rosta)

    answer_all(rosta, small.left_open(rosta, THURSDAY + timedelta(minutes=17)), "\u200b\u202e")

    with db.reading(asked(rosta).deployment.database) as session:
        assert session.execute(text("SELECT * FROM quarantine WHERE source = 'voices'")).all() == []


def test_without_its_own_source_there_is_no_room_for_a_line_and_check_says_so(rosta: Path) -> None:
    asking(rosta, enabled=True, free_line=True)
    engine = asked(rosta)

    assert "<textarea" not in client(engine).get(link(mails(rosta)["roaster3"])).text
    said = CliRunner().invoke(main, ["--config", str(rosta), "check", "--offline"])
    assert said.exit_code == 1
    assert "check_in" in said.output
    assert "speak-up" in said.output


def test_without_a_public_address_nobody_is_asked_and_check_says_so(
    rosta: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LEAFNOTES_PUBLIC_URL")
    asked(rosta)

    said = CliRunner().invoke(main, ["--config", str(rosta), "check", "--offline"])

    assert mails(rosta) == {}
    assert said.exit_code == 1
    assert "LEAFNOTES_PUBLIC_URL" in said.output


def test_status_says_how_many_were_asked_and_not_how_many_answered(rosta: Path) -> None:
    answer_all(rosta, asked(rosta))

    said = CliRunner().invoke(main, ["--config", str(rosta), "--as-of", THURSDAY.isoformat(), "status"])

    assert "check-in 2026-W10: 7 people of 1 group asked" in said.output
    assert "6 accepted" in said.output


def test_a_mail_that_a_worker_died_over_is_forgotten_once_it_is_settled(rosta: Path) -> None:
    engine = asked(rosta)
    with engine.transaction() as session:
        one = session.scalars(select(MailRow.id).where(MailRow.recipient == "roaster1@rosta.example")).one()
        session.execute(update(MailRow).where(MailRow.id == one).values(state="sending", message=b"x", resent=True))
    with engine.transaction() as session:
        wait = steps.prepare(session, one, engine.deployment.house, safe_to_repeat=False, at=THURSDAY)

    with db.reading(engine.deployment.database) as session:
        kept = digests.mail(session, one)
    assert (wait, kept.state, kept.message) == (None, "gave_up", None)
