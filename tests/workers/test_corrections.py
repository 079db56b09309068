"""What readers say is not right, on the page and in the terminal, and what becomes of it in later mails."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from flask.testing import FlaskClient

from pipeline.store import answers, corrections, db, issues, objections
from tests.workers import small
from tests.workers.test_answers import KEY, dump, link
from workers.cli import main
from workers.engine import Engine
from workers.web import app
from workers.wiring import Deployment

PUBLIC = "https://leaf.rosta.example"
NEXT = "2026-W11"
Open = Callable[..., Engine]


@pytest.fixture
def rosta(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """As in `small`, with a lead of Delivery, so that issues and pains can go from one leaf to another."""
    monkeypatch.setenv("LEAFNOTES_PUBLIC_URL", PUBLIC)
    monkeypatch.setenv("LEAFNOTES_SECRET_KEY", KEY)
    directory = small.organisation(tmp_path / "rosta", tickets())
    org = json.loads(json.dumps(small.ORG))
    org["people"].append({"id": "dora", "name": "Dora", "email": "dora@rosta.example"})
    org["teams"][2]["leader"] = "dora"
    (directory / "org.yaml").write_text(yaml.safe_dump(org))
    return directory


def tickets() -> list[dict[str, Any]]:
    late = [
        small.ticket(
            20 + n,
            f"The parcel van {what} and the parcels came {days} days late",
            labels=["parcels"],
            author=f"shop{n}@shop{n}.example",
            author_role="customer",
            account=f"Shop {n}",
            body="We wait for the parcels and call every day, and we lose orders over it.",
        )
        for n, (what, days) in enumerate([("broke down", 2), ("is late again", 3), ("never came", 4), ("was late", 5)])
    ]
    return [*hurt(small.subscribers()), *late]


def hurt(some: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Two of them tell what together suggests something that nobody said."""
    more = ("Our accountant noticed it before we did.", "As a workaround we note each bag by hand in a spreadsheet.")
    return [{**one, "body": f"{one['body']} {said}"} for one, said in zip(some, more, strict=False)] + some[2:]


@pytest.fixture
def open_(rosta: Path) -> Iterator[Open]:
    opened: list[Engine] = []

    def at(weeks: float = 0) -> Engine:
        house = Deployment.read(rosta, as_of=datetime.fromisoformat(small.DUE) + timedelta(weeks=weeks))
        house.prepare()
        opened.append(Engine(house))
        return opened[-1]

    yield at
    for runner in opened:
        runner.deployment.database.dispose()


@pytest.fixture
def engine(open_: Open) -> Engine:
    runner = open_()
    runner.run_once()
    return runner


@pytest.fixture
def web(engine: Engine) -> FlaskClient:
    return app.create(engine).test_client()


def document(directory: Path, leader: str = "kit", week: str = small.WEEK) -> dict[str, Any]:
    return dict(json.loads((directory / "digests" / week / f"{leader}.json").read_text()))


def page_of(directory: Path, leader: str = "kit", week: str = small.WEEK) -> str:
    return link(directory, "digest", leader, week) + "/correct"


def say(web: FlaskClient, address: str, **fields: str) -> None:
    found = web.post(address, data=fields)
    assert found.status_code == 303, found.text
    assert web.get(found.headers["Location"]).status_code == 200


def a_week_later(directory: Path, open_: Open, *more: dict[str, Any]) -> Engine:
    small.write(directory, [*tickets(), *hurt(small.subscribers(5, first=50, day=7)), *more])
    later = open_(1)
    later.run_once()
    return later


def kinds(told: dict[str, Any]) -> list[str]:
    return [one["kind"] for one in told["corrections"]]


def quoted(told: dict[str, Any]) -> list[str]:
    return [q["issue"] for pain in told["pains"] for q in pain["quotes"]] + [q["issue"] for q in told["heard_once"]]


def terminal(directory: Path, *words: str, code: int = 0, days: float = 0) -> str:
    moment = datetime.fromisoformat(small.DUE) + timedelta(days=days)
    result = CliRunner().invoke(main, ["--config", str(directory), "--as-of", moment.isoformat(), *words])
    assert result.exit_code == code, result.output
    return result.output


def leaf_of(runner: Engine, key: str = "1") -> str | None:
    with db.reading(runner.deployment.database) as session:
        [stored] = issues.read(session, only=("desk", key))
        return stored.leaf


def standing(runner: Engine) -> list[tuple[str, str]]:
    with db.reading(runner.deployment.database) as session:
        return [(one.what, one.by) for one in objections.standing(session)]


# --- quotations


def test_a_withdrawn_quotation_stands_nowhere_any_more_and_its_readers_are_told(rosta, engine, web, open_):
    [issue] = {*quoted(document(rosta))} & {*quoted(document(rosta, "noor"))} or {quoted(document(rosta))[0]}
    words = next(q["text"] for p in document(rosta)["pains"] for q in p["quotes"] if q["issue"] == issue)
    author = terminal(rosta, "quoted", issue).strip().removeprefix(PUBLIC)
    readers = [who for who in ("kit", "noor") if issue in quoted(document(rosta, who))]
    assert words in unescape(web.get(link(rosta, "digest")).text)

    say(web, page_of(rosta), what="quote", issue=issue, reason="context")

    for purpose in ("digest", "answer"):
        assert words not in unescape(web.get(link(rosta, purpose)).text)
    assert "A quotation that stood here was withdrawn." in web.get(link(rosta, "digest")).text
    assert "no words of yours from here are quoted any more" in web.get(author).text
    assert issue in terminal(rosta, "status")
    later = a_week_later(rosta, open_)
    for who in ("kit", "noor", "dora"):
        told = document(rosta, who, NEXT)
        assert issue not in quoted(told)
        assert ("quote" in kinds(told)) == (who in readers), told["corrections"]
    assert standing(later) == [("quote", "kit")]


def test_a_quotation_that_is_withdrawn_before_a_mail_goes_out_is_not_in_it(rosta, open_):
    runner = open_()
    small.perform(runner, ("pull", "classify", "assign", "teach"))
    runner.tick()
    small.perform(runner, ("pull", "classify", "assign", "close", "compose"))
    with runner.transaction() as session:
        before = small.stored(session, "kit", small.WEEK)
        issue = quoted(dict(before.document or {}))[0]
        source, _, name = issue.partition(":")
        objections.keep(
            session, "quote", by="kit", how="page", scope=["roasting"], period=small.WEEK, at=runner.deployment.now(),
            issue=(source, name), said="private",
        )  # fmt: skip

    runner.run_once()

    assert issue not in quoted(document(rosta))


def test_an_operator_can_let_words_be_quoted_again(rosta, engine, web, open_):
    issue = quoted(document(rosta))[0]
    say(web, page_of(rosta), what="quote", issue=issue, reason="misread", why="It was irony")
    number = re.search(r"^ *(\d+) .*It was irony", terminal(rosta, "corrections"), re.MULTILINE)
    assert number

    terminal(rosta, "corrections", "--take-back", number[1])

    assert standing(engine) == []
    assert "was withdrawn" not in web.get(link(rosta, "digest")).text
    say(web, page_of(rosta), what="quote", issue=issue, reason="misread")
    assert standing(engine) == [("quote", "kit")]


# --- sides


def test_a_corrected_side_is_a_persons_word_like_that_of_the_terminal(rosta, engine, web, open_):
    issue = document(rosta)["pains"][0]["issues"][0]

    say(web, page_of(rosta), what="label", issue=issue, side="developer")
    say(web, page_of(rosta), what="label", issue=issue, side="developer")

    with db.reading(engine.deployment.database) as session:
        [event] = corrections.events(session)
    assert (event.key, event.new, event.by, event.how) == (issue, "developer", "kit", "page")
    later = a_week_later(rosta, open_)
    with db.reading(later.deployment.database) as session:
        [stored] = issues.read(session, only=("desk", issue.partition(":")[2]))
    assert stored.verdict is not None
    assert stored.verdict.model == "person:kit"


# --- whose it is


def test_a_moved_issue_stays_where_a_person_put_it_until_that_lead_refuses(rosta, engine, web, open_):
    say(web, page_of(rosta), what="move", issue="desk:1", team="delivery", why="The van was too hot")

    assert leaf_of(engine) == "delivery"
    changed = [
        {**one, "title": one["title"] + ", once more"} if one["external_id"] == "1" else one for one in tickets()
    ]
    at = (small.MONDAY + timedelta(days=7.5)).isoformat()
    changed = [{**one, "updated_at": at} if one["external_id"] == "1" else one for one in changed]
    small.write(rosta, [*changed, *small.subscribers(5, first=50, day=7)])
    terminal(rosta, "replay", "desk", days=7)
    later = open_(1)
    later.run_once()
    assert leaf_of(later) == "delivery"
    assert "because kit moved it there" in terminal(rosta, "explain", "desk:1", days=7)
    assert "moved" in kinds(document(rosta, "dora", NEXT))
    theirs = page_of(rosta, "dora", NEXT)
    late = app.create(later).test_client()
    assert "The van was too hot" in late.get(theirs).text
    number = re.search(r'name="id" value="(\d+)"', late.get(theirs).text)
    assert number

    say(late, theirs, what="refuse", id=number[1])
    later.run_once()

    assert leaf_of(later) == "roasting"
    assert "(refused)" in late.get(page_of(rosta)).text


def test_what_is_like_a_moved_issue_is_only_proposed_to_operators(rosta, engine, web):
    say(web, page_of(rosta), what="move", issue="desk:1", team="delivery")

    said = terminal(rosta, "corrections")

    assert leaf_of(engine, "2") == "roasting"
    assert re.search(r"org\.yaml  desk:1 went to delivery and 5 more with label beans", said), said
    assert "desk:1 went to delivery" in terminal(rosta, "status")


def test_the_last_move_counts_and_one_taken_back_goes_home(rosta, engine, web):
    say(web, page_of(rosta), what="move", issue="desk:1", team="delivery")
    top = page_of(rosta, "noor")
    say(web, top, what="move", issue="desk:1", team="rosta")

    assert standing(engine) == [("move", "noor")]
    assert leaf_of(engine) == "rosta"
    number = re.findall(r'name="id" value="(\d+)"', web.get(top).text)[-1]
    say(web, top, what="take-back", id=number)
    engine.run_once()

    assert standing(engine) == []
    assert leaf_of(engine) == "roasting"


def test_a_pain_that_was_handed_on_is_accepted_by_an_answer_of_its_new_leader(rosta, engine, web, open_):
    pain = document(rosta)["ask"]["pain"]
    form = {"kind": "belongs", "text": "The van is too hot", "due": "", "to": "dora", "nonce": "n" * 20}
    assert web.post(link(rosta, "answer"), data={**form, "step": "send"}).status_code == 303

    later = a_week_later(rosta, open_)

    told = document(rosta, "dora", NEXT)
    assert "handed" in kinds(told)
    late = app.create(later).test_client()
    reading = late.get(link(rosta, "digest", "dora", NEXT) if told["page_url"] else link(rosta, "digest", "dora")).text
    assert "given to you" in reading
    page = late.get(page_of(rosta, "dora", NEXT)).text
    assert "The van is too hot" in page
    theirs = re.search(rf"{PUBLIC}(/answer/[^\"]+)", page)
    assert theirs
    assert late.get(theirs[1]).status_code == 200
    assert not any(q["text"] in unescape(late.get(theirs[1]).text) for q in document(rosta)["pains"][0]["quotes"])
    act = {"kind": "act", "text": "We cool the van", "due": "2026-03-27", "nonce": "m" * 20, "step": "send"}
    assert late.post(theirs[1], data=act).status_code == 303
    with db.reading(later.deployment.database) as session:
        given = answers.of_pain(session, pain)
    assert [(a.leader, a.kind) for a in given] == [("kit", "belongs"), ("dora", "act")]
    assert "Given to you" not in late.get(page_of(rosta, "dora", NEXT)).text


# --- what a pain is, and how it is called


def test_that_a_pain_is_two_or_the_same_is_proposed_and_changes_nothing(rosta, engine, web):
    told = document(rosta, "noor")
    first, second = (one["id"] for one in [*told["pains"], *told["also_open"]][:2])
    before = terminal(rosta, "pains", "list")

    say(web, page_of(rosta, "noor"), what="split", pain=first, why="Stale beans, and nobody who answers")
    say(web, page_of(rosta, "noor"), what="same", pain=first, other=second)
    say(web, page_of(rosta, "noor"), what="same", pain=first, other=second)

    said = terminal(rosta, "pains", "proposals")
    assert "Stale beans, and nobody who answers" in said
    assert said.count("said by noor") == 2
    assert terminal(rosta, "pains", "list") == before
    number = re.search(r"corrections --done (\d+)", said)
    assert number
    terminal(rosta, "corrections", "--done", number[1])
    assert terminal(rosta, "pains", "proposals").count("said by noor") == 1


def test_a_new_name_is_told_once_with_the_old_one(rosta, engine, open_):
    pain = document(rosta)["pains"][0]
    terminal(rosta, "pains", "rename", pain["id"], "The roast dates are wrong", days=1)

    a_week_later(rosta, open_)

    [renamed] = [one for one in document(rosta, "kit", NEXT)["corrections"] if one["kind"] == "name"]
    assert renamed["title"] == "The roast dates are wrong"
    assert renamed["before"] in renamed["text"]
    assert document(rosta, "kit", NEXT)["pains"][0]["title"].lower().startswith("the roast dates")
    small.write(rosta, [*tickets(), *small.subscribers(5, 50, 7), *small.subscribers(5, 70, 14)])
    open_(2).run_once()
    assert "name" not in kinds(document(rosta, "kit", "2026-W12"))


# --- hypotheses


def test_a_hypothesis_that_is_not_so_is_shown_as_such_the_next_time(rosta, engine, web, open_):
    guesses = document(rosta)["unstated"]
    number = next(n for n, one in enumerate(guesses, start=1) if not one["hint"])

    say(web, page_of(rosta), what="guess", number=str(number), why="They are told by phone")

    a_week_later(rosta, open_)
    again = [
        one
        for one in document(rosta, "kit", NEXT)["unstated"]
        if one["hypothesis"] == guesses[number - 1]["hypothesis"]
    ]
    assert again
    assert all("You said on 9 Mar that this is not so." in one["note"] for one in again)
    assert all("not so" not in (one["note"] or "") for one in document(rosta, "noor", NEXT)["unstated"])


# --- numbers


def test_a_number_that_late_words_changed_is_put_right_once_with_the_reason(rosta, engine, open_):
    before = document(rosta)["pains"][0]["people"]
    late = [
        {**one, "external_id": f"9{n}", "author": f"late{n}@x{n}.example", "account": f"Late {n}"}
        for n, one in enumerate(small.subscribers(4))
    ]
    later = a_week_later(rosta, open_, *late)

    [number] = [one for one in document(rosta, "kit", NEXT)["corrections"] if one["kind"] == "number"]

    assert number["people"] == before + 4
    assert f"we said {before}; it was {before + 4}" in number["text"]
    assert "arrived late" in number["text"]
    mail = " ".join((rosta / "digests" / NEXT / "kit.txt").read_text().split())
    assert number["text"] in mail
    small.write(rosta, [*tickets(), *late, *small.subscribers(5, 50, 7), *small.subscribers(5, 70, 14)])
    open_(2).run_once()
    assert "number" not in kinds(document(rosta, "kit", "2026-W12"))
    with later.transaction() as session:
        assert small.stored(session, "kit", NEXT).state == "composed"


def test_a_number_that_changed_by_too_few_people_is_put_right_in_words(rosta, engine, open_):
    late = [{**small.subscribers(1)[0], "external_id": "91", "author": "late@x.example", "account": "Late"}]
    a_week_later(rosta, open_, *late)

    [number] = [one for one in document(rosta, "kit", NEXT)["corrections"] if one["kind"] == "number"]

    assert number["people"] is None
    assert not re.search(r"\d", number["text"])


def test_a_number_that_a_correction_changed_is_put_right_too(rosta, engine, web, open_):
    pain = document(rosta)["pains"][0]
    for issue in pain["issues"][:3]:
        say(web, page_of(rosta), what="label", issue=issue, side="none")

    a_week_later(rosta, open_)

    [number] = [one for one in document(rosta, "kit", NEXT)["corrections"] if one["kind"] == "number"]
    assert number["pain"] == pain["id"]
    assert "corrected" in number["text"]


# --- who may, and what is hostile


def test_looking_changes_nothing_and_the_same_form_twice_does_it_once(rosta, engine, web):
    address = page_of(rosta)
    before = dump(engine)
    for _ in range(2):
        assert web.get(address, headers={"User-Agent": "SafeLinks"}).status_code == 200
        assert web.head(address).status_code == 200
    assert dump(engine) == before
    issue = quoted(document(rosta))[0]
    for _ in range(3):
        say(web, address, what="quote", issue=issue, reason="context")

    assert standing(engine) == [("quote", "kit")]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"what": "everything"},
        {"what": "quote", "issue": "desk:20", "reason": "context"},
        {"what": "quote", "issue": "desk:1\0", "reason": "context"},
        {"what": "quote", "issue": "QUOTED", "reason": "because"},
        {"what": "quote", "issue": "QUOTED", "reason": "context", "why": "x" * 301},
        {"what": "label", "issue": "desk:20", "side": "none"},
        {"what": "label", "issue": "desk:1", "side": "robot"},
        {"what": "move", "issue": "desk:20", "team": "roasting"},
        {"what": "move", "issue": "desk:1", "team": "nowhere"},
        {"what": "move", "issue": "desk:1", "team": "roasting"},
        {"what": "split", "pain": "p-unknown", "why": "two"},
        {"what": "split", "pain": "FIRST", "why": ""},
        {"what": "same", "pain": "FIRST", "other": ""},
        {"what": "same", "pain": "FIRST", "other": "FIRST"},
        {"what": "same", "pain": "FIRST", "other": "p-unknown"},
        {"what": "guess", "number": "0"},
        {"what": "guess", "number": "99"},
        {"what": "guess", "number": "1e9"},
        {"what": "guess", "number": "\u0661"},
        {"what": "refuse", "id": "1"},
        {"what": "refuse", "id": "9" * 40},
        {"what": "take-back", "id": "-1"},
    ],
)
def test_what_is_not_in_the_readers_notes_is_refused_and_changes_nothing(rosta, engine, web, fields):
    told = document(rosta)
    names = {"QUOTED": quoted(told)[0], "FIRST": told["pains"][0]["id"]}
    before = dump(engine)

    found = web.post(page_of(rosta), data={name: names.get(value, value) for name, value in fields.items()})

    assert found.status_code == 422
    assert "Nothing was changed." in found.text
    assert dump(engine) == before


def test_what_a_reader_writes_is_text_and_nothing_else(rosta, engine, web):
    said = "<script>alert(1)</script> {{ 7 * 7 }} \0 \u202e"
    say(web, page_of(rosta), what="quote", issue=quoted(document(rosta))[0], reason="context", why=said)

    page = web.get(page_of(rosta)).text

    assert "<script>" not in page
    assert "{{ 7 * 7 }}" in page
    assert web.post(page_of(rosta), data={"what": "quote", "why": "x" * 70_000}).status_code == 413


def test_a_link_of_somebody_else_spoilt_or_ended_corrects_nothing(rosta, engine, web, open_):
    address, form = page_of(rosta), {"what": "quote", "issue": quoted(document(rosta))[0], "reason": "context"}
    answer = link(rosta, "answer").rpartition("/")[2]
    other = page_of(rosta, "dora")
    assert web.post(f"/digest/{answer}/correct", data=form).status_code == 404
    assert web.post(address.replace("/correct", "x/correct"), data=form).status_code == 404
    assert web.post(other, data={**form, "issue": form["issue"]}).status_code == 422
    late = app.create(open_(5)).test_client()
    assert late.get(address).status_code == 410
    found = late.post(address, data=form)

    assert found.status_code == 410
    assert "Your newest leaf notes have fresh ones" in found.text
    assert standing(engine) == []


def test_only_who_said_it_takes_it_back_and_only_who_was_given_it_refuses_it(rosta, engine, web):
    say(web, page_of(rosta), what="move", issue="desk:1", team="delivery")
    number = re.findall(r'name="id" value="(\d+)"', web.get(page_of(rosta)).text)[-1]

    assert web.post(page_of(rosta, "noor"), data={"what": "take-back", "id": number}).status_code == 422
    assert web.post(page_of(rosta), data={"what": "refuse", "id": number}).status_code == 422
    assert standing(engine) == [("move", "kit")]
