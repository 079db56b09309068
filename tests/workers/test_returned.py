"""What comes back by mail: answers are kept, bounces make a leader unheard and are told, and nothing loops."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from sqlalchemy import func, select

from connectors.kit.dialect import Request, Response
from connectors.kit.imap_server import ImapServer
from connectors.smtp import Outcome
from pipeline.answers import heard_at
from pipeline.letters import Letter
from pipeline.listening import Listening
from pipeline.store import answers, corrections, escalations, listeners, objections, registry, returned
from pipeline.store.returned import Stored
from pipeline.tables import ReturnedRow
from tests.connectors.scripted_smtp import scripted
from tests.german import english
from tests.pipeline import returned_mails as mails
from tests.workers import small
from tests.workers.test_corrections import hurt
from tests.workers.test_delivery import Scripted, wait_over
from tests.workers.test_telling import Board
from workers.cli import main
from workers.engine import INBOX_TROUBLE, Engine
from workers.wiring import Deployment

KEY = "the key of a test, of forty letters or more 0001"
MAIL = {
    "replies": "reply@notes.rosta.example",
    "bounces": "bounce@notes.rosta.example",
    "trusted_results": "mx.example",
}
ACT = "act: We roast twice a week from Monday by 2026-03-20"
Open = Callable[..., Engine]


@pytest.fixture
def rosta(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LEAFNOTES_SECRET_KEY", KEY)
    directory = small.organisation(tmp_path / "rosta", small.subscribers())
    configure(directory, **MAIL)
    return directory


def configure(directory: Path, **mail: object) -> None:
    sender = {"from": "Leaf Notes <notes@notes.rosta.example>"}
    settings = {**small.SETTINGS, "mail": {**sender, **mail}}
    (directory / "settings.yaml").write_text(yaml.safe_dump(settings))


@pytest.fixture
def open_(rosta: Path) -> Iterator[Open]:
    opened: list[Engine] = []

    def at(days: float = 0) -> Engine:
        house = Deployment.read(rosta, as_of=datetime.fromisoformat(small.DUE) + timedelta(days=days))
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


def mail(directory: Path, leader: str = "kit", week: str = small.WEEK) -> Message:
    return message_from_bytes((directory / "digests" / week / f"{leader}.eml").read_bytes())


def reply_to(directory: Path, leader: str = "kit", week: str = small.WEEK) -> str:
    return str(mail(directory, leader, week)["Reply-To"])


def bounce_to(runner: Engine, leader: str = "kit", number: int | None = None, week: str = small.WEEK) -> str:
    """The return path that the mail of a leader had; a folder keeps none, so it is made as the sender makes it."""
    path = runner.deployment.returns
    assert path is not None
    with runner.transaction() as session:
        ids = [
            n
            for n in range(1, 20)
            if (sent := returned.sent(session, n)) and (sent.leader, sent.period) == (leader, week)
        ]
    address = path.address("bounce", mail=number or ids[0], leader=leader, period=week)
    assert address is not None
    return address


def bounce(to: str, status: str = "5.1.1", stamp: str = "1") -> bytes:
    data = mails.POSTFIX.format(to=to, action="failed", status=status, code=f"{status[0]}50", words="no such person")
    return data.replace("4XyZ1@mx", f"{stamp}@mx").encode()


def rows(runner: Engine) -> list[Stored]:
    with runner.transaction() as session:
        ids = session.scalars(select(ReturnedRow.id).order_by(ReturnedRow.id)).all()
        found = {row.id: row for row in returned.waiting(session)}
        return [found[n] for n in ids if n in found]


def count(runner: Engine) -> int:
    with runner.transaction() as session:
        return session.execute(select(func.count()).select_from(ReturnedRow)).scalar_one()


def kept(runner: Engine) -> list[tuple[str, str, str]]:
    with runner.transaction() as session:
        every = answers.until(session, runner.deployment.now() + timedelta(days=400))
    return [(a.leader, a.kind, a.text) for some in every.values() for a in some]


def notes(directory: Path) -> list[Message]:
    found = sorted((directory / "digests" / "notes").glob("*.eml"), key=lambda path: int(path.stem))
    return [message_from_bytes(path.read_bytes()) for path in found]


def text_of(message: Message) -> str:
    part = next(one for one in message.walk() if one.get_content_type() == "text/plain")
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode()


def status(directory: Path, days: float = 0) -> str:
    moment = datetime.fromisoformat(small.DUE) + timedelta(days=days)
    result = CliRunner().invoke(main, ["--config", str(directory), "--as-of", moment.isoformat(), "status"])
    assert result.exit_code == 0, result.output
    return result.output


def receive(directory: Path, *arguments: str, data: bytes = b"") -> str:
    arguments = ("--config", str(directory), "--as-of", small.DUE, "receive", *arguments)
    result = CliRunner().invoke(main, arguments, input=data)
    assert result.exit_code == 0, result.output
    return result.output


# --- the addresses on our mails


def test_without_the_settings_mails_are_as_they_were(rosta: Path, open_: Open) -> None:
    configure(rosta)
    runner = open_()
    server = Scripted([])
    runner.deployment.__dict__["sender"] = server

    runner.run_once()

    assert server.taken
    assert all(b"Reply-To" not in message for message in server.taken)
    assert runner.deployment.returns is None


def test_the_real_mail_says_where_replies_and_bounces_go(
    rosta: Path, monkeypatch: pytest.MonkeyPatch, open_: Open
) -> None:
    with scripted() as server:
        monkeypatch.setenv("LEAFNOTES_SMTP_URL", server.url)
        runner = open_()
        runner.run_once()
        said = [line for line in server.commands if line.startswith("MAIL FROM:")]
        sent = [message_from_bytes(message) for message in server.kept]

    envelopes = [re.sub(r"MAIL FROM:<(.*)>.*", r"\1", line) for line in said]
    assert len(sent) == 2
    for envelope, message in zip(envelopes, sent, strict=True):
        leader = str(message["To"]).partition("@")[0]
        assert re.fullmatch(r"bounce\+[a-z2-7]{18,29}@notes\.rosta\.example", envelope)
        assert runner.receive(bounce(envelope)).leader == leader
        assert runner.receive(mails.reply(ACT, to=str(message["Reply-To"]), sender=str(message["To"]))).leader == leader


def test_a_mail_sent_again_is_the_same_and_so_is_where_it_bounces_to(rosta: Path, open_: Open) -> None:
    with_envelopes: list[tuple[bytes, str | None]] = []

    class Deferring(Scripted):
        def send(self, letter: Letter) -> Outcome:
            with_envelopes.append((letter.message, letter.envelope))
            return super().send(letter)

    runner = open_()
    runner.deployment.__dict__["sender"] = Deferring([Outcome("deferred", "451 greylisted")] * 2)
    runner.run_once()
    wait_over(runner)
    runner.drain()

    assert len(with_envelopes) == 4
    assert len(set(with_envelopes)) == 2


def test_the_mail_says_how_a_reply_answers_in_a_form_that_is_read(rosta: Path, engine: Engine) -> None:
    text = " ".join((rosta / "digests" / small.WEEK / "kit.txt").read_text().split())
    shown = re.search(r"Reply with (act: what, by YYYY-MM-DD)\.", text)
    assert shown is not None

    taken = engine.receive(mails.reply(shown[1].replace("YYYY-MM-DD", "2026-03-20"), to=reply_to(rosta)))

    assert taken.what == "answer"


# --- replies


def test_an_answer_by_mail_is_posted_and_ends_a_call_like_one_on_the_page(rosta: Path, open_: Open) -> None:
    Board.pinned, Board.dies = {}, []
    sources = yaml.safe_load((rosta / "sources.yaml").read_text())
    sources["sources"][0] |= {
        "kind": "tests.workers.test_telling:Board",
        "answers": "post",
        "tags": {"escalate": ["now"]},
    }
    (rosta / "sources.yaml").write_text(yaml.safe_dump(sources))
    called = {**small.subscribers(1, first=7, day=6.9)[0], "labels": ["beans", "now"]}
    small.write(rosta, [*small.subscribers(), called])
    engine = open_()
    engine.run_once()
    with engine.transaction() as session:
        before = [one.state for _, one in escalations.waiting(session)]

    engine.receive(mails.reply(mails.GMAIL_REPLY.format(said=ACT), to=reply_to(rosta)))
    engine.run_once()

    with engine.transaction() as session:
        after = escalations.waiting(session)
    assert (before, after) == (["open"], [])
    assert {"1", "6"} <= set(Board.pinned)
    assert all(len(texts) == 1 for texts in Board.pinned.values())


def test_a_reply_is_an_answer_and_is_confirmed_with_what_authors_will_read(rosta: Path, engine: Engine) -> None:
    body = mails.GMAIL_REPLY.format(said=ACT)

    taken = engine.receive(mails.reply(body, to=reply_to(rosta)))
    engine.drain()

    assert taken.what == "answer"
    assert kept(engine) == [("kit", "act", "We roast twice a week from Monday")]
    [note] = notes(rosta)
    assert note["To"] == "kit@rosta.example"
    assert note["Auto-Submitted"] == "auto-replied"
    assert note["In-Reply-To"] == "<CAF+one=1@mail.gmail.com>"
    said = " ".join(text_of(note).split())
    assert "you will act (by 2026-03-20): We roast twice a week from Monday" in said
    assert (
        "The lead of Roasting at Rosta read it and will act: We roast twice a week from Monday. By 20 March 2026."
        in said
    )


def test_the_answer_is_in_the_next_mail(rosta: Path, engine: Engine, open_: Open) -> None:
    engine.receive(mails.reply(ACT, to=reply_to(rosta)))
    small.write(rosta, [*small.subscribers(), *small.subscribers(4, first=50, day=7)])

    open_(days=7).run_once()

    told = " ".join((rosta / "digests" / "2026-W11" / "kit.txt").read_text().split())
    assert 'you said "We roast twice a week from Monday"' in told


def test_a_number_says_which_pain(rosta: Path, engine: Engine) -> None:
    assert engine.receive(mails.reply("1 not now: no money", to=reply_to(rosta))).what == "answer"
    second = mails.reply("9 not now: no money", to=reply_to(rosta), message_id="<two@x.example>")

    taken = engine.receive(second)

    assert taken.what == "person"
    assert "no number 9" in (taken.reason or "")
    assert kept(engine) == [("kit", "not_now", "no money")]


def test_the_same_mail_twice_answers_once_and_is_confirmed_once(rosta: Path, engine: Engine) -> None:
    data = mails.reply(ACT, to=reply_to(rosta))

    said = [engine.receive(data).what, engine.receive(b"Received: again\n" + data).what]
    engine.drain()

    assert said == ["answer", "again"]
    assert len(kept(engine)) == 1
    assert len(notes(rosta)) == 1


def test_pause_by_mail(rosta: Path, engine: Engine) -> None:
    assert engine.receive(mails.reply("pause", to=reply_to(rosta))).what == "pause"

    with engine.transaction() as session:
        assert list(listeners.paused(session, engine.deployment.now())) == ["kit"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"sender": "noor@rosta.example"}, "not the address of kit"),
        ({"results": "mx.example; dmarc=fail header.from=rosta.example"}, "DMARC did not pass"),
        ({"results": None, "head": "Authentication-Results: evil; dmarc=pass header.from=rosta.example"}, "no results"),
        ({"sender": "<evil@evil.example>\nFrom: kit@rosta.example"}, "one sender"),
    ],
)
def test_a_forged_reply_is_kept_for_a_person_and_lifts_nothing(
    rosta: Path, engine: Engine, change: dict[str, str], reason: str
) -> None:
    engine.receive(bounce(bounce_to(engine)))

    taken = engine.receive(mails.reply(ACT, to=reply_to(rosta), **change))
    engine.drain()

    assert taken.what == "person"
    assert reason in (taken.reason or "")
    assert kept(engine) == []
    assert [row.what for row in rows(engine)] == ["hard", "person"]
    assert [str(note["To"]) for note in notes(rosta)] == ["noor@rosta.example"]
    assert "We roast twice" in status(rosta)


def test_a_reply_with_another_leaders_address_or_a_made_up_one_answers_nothing(rosta: Path, engine: Engine) -> None:
    spoilt = reply_to(rosta).replace("@", "a@", 1)
    for n, to in enumerate((reply_to(rosta, "noor"), spoilt, MAIL["replies"], bounce_to(engine))):
        taken = engine.receive(mails.reply(ACT, to=to, message_id=f"<{n}@x.example>"))
        assert taken.what == "person"

    assert kept(engine) == []


def test_what_is_no_answer_waits_for_a_person_until_one_has_read_it(rosta: Path, engine: Engine) -> None:
    engine.receive(mails.reply("Could you tell me more about the parcels?", to=reply_to(rosta)))

    assert "more about the parcels?" in status(rosta)
    number = receive(rosta, "--list").split(" ")[0]
    receive(rosta, "--seen", number)
    assert "more about the parcels?" not in status(rosta)


def test_a_reply_to_leaf_notes_of_last_month_is_for_a_person(rosta: Path, engine: Engine, open_: Open) -> None:
    assert "older than 30 days" in (open_(days=31).receive(mails.reply(ACT, to=reply_to(rosta))).reason or "")


def test_who_leads_no_more_cannot_answer(rosta: Path, engine: Engine, open_: Open) -> None:
    (rosta / "org.yaml").write_text((rosta / "org.yaml").read_text().replace("leader: kit", "leader: noor"))

    assert "leads no team" in (open_().receive(mails.reply(ACT, to=reply_to(rosta))).reason or "")


# --- no loops


def test_an_automatic_reply_is_noted_and_never_answered(rosta: Path, engine: Engine) -> None:
    for n, head in enumerate(
        ("Auto-Submitted: auto-replied", "X-Autoreply: yes", "Precedence: bulk", "Return-Path: <>")
    ):
        data = mails.reply(ACT, to=reply_to(rosta), head=head, message_id=f"<{n}@x.example>")
        assert engine.receive(data).what == "automatic"
    engine.drain()

    assert kept(engine) == []
    assert notes(rosta) == []
    assert rows(engine) == []


def test_our_confirmation_leads_to_no_mail_however_it_comes_back(rosta: Path, engine: Engine) -> None:
    engine.receive(mails.reply(ACT, to=reply_to(rosta)))
    engine.drain()
    [note] = notes(rosta)
    confirmation = note.as_bytes()
    results = b"Authentication-Results: mx.example; dmarc=pass header.from=rosta.example\n"
    echo = mails.reply(text_of(note), to=str(note["From"]), message_id="<echo@x.example>")
    bounced = bounce(MAIL["bounces"])

    for data in (confirmation, results + confirmation, echo, bounced):
        engine.receive(data)
    engine.drain()

    assert "reply+" not in confirmation.decode()
    assert "bounce+" not in confirmation.decode()
    assert len(notes(rosta)) == 1
    assert len(kept(engine)) == 1


def test_a_note_that_may_have_left_is_not_sent_again(rosta: Path, engine: Engine) -> None:
    server = Scripted([Outcome("unknown", "no answer to the final dot")])
    engine.deployment.__dict__["sender"] = server
    engine.receive(mails.reply(ACT, to=reply_to(rosta)))

    for _ in range(3):
        engine.drain()

    assert len(server.taken) == 1
    assert "it may have arrived" in status(rosta)


# --- bounces


def test_a_bounced_leader_is_unheard_operators_see_it_and_the_leader_above_is_told_once(
    rosta: Path, engine: Engine
) -> None:
    to = bounce_to(engine)

    engine.receive(bounce(to))
    engine.receive(bounce(to, stamp="2"))
    engine.drain()

    said = status(rosta)
    assert "kit is unheard: bounced 5.1.1 on 2026-03-09" in said
    assert "noor@rosta.example was told" in said
    [note] = notes(rosta)
    assert note["To"] == "noor@rosta.example"
    told = " ".join(text_of(note).split())
    assert "The leaf notes of the lead of Roasting (Kit) do not arrive" in told
    assert "nobody hears Roasting" in told
    assert "beans" not in told


def test_the_delegate_is_told_where_there_is_one(rosta: Path, engine: Engine) -> None:
    chart = yaml.safe_load((rosta / "org.yaml").read_text())
    chart["people"].append({"id": "ada", "name": "Ada", "email": "ada@rosta.example", "team": "roasting"})
    (rosta / "org.yaml").write_text(yaml.safe_dump(chart))
    house = Deployment.read(rosta, as_of=datetime.fromisoformat(small.DUE))
    runner = Engine(house)
    with runner.transaction() as session:
        listeners.keep(session, Listening(leader="kit", delegate="ada"), house.now())

    runner.receive(bounce(bounce_to(runner)))
    runner.drain()
    house.database.dispose()

    assert [str(note["To"]) for note in notes(rosta)] == ["ada@rosta.example"]


def test_the_next_digest_waits_and_is_sent_once_mails_arrive_again(rosta: Path, engine: Engine, open_: Open) -> None:
    engine.receive(bounce(bounce_to(engine)))
    small.write(rosta, [*small.subscribers(), *small.subscribers(4, first=50, day=7)])
    later = open_(days=7)
    later.run_once()
    waiting = rosta / "digests" / "2026-W11"

    with later.transaction() as session:
        digest = small.stored(session, "kit", "2026-W11")
    assert digest.state == "unheard"
    assert digest.document is not None
    assert "kit is unheard: bounced 5.1.1" in (digest.reason or "")
    assert [path.stem for path in waiting.glob("*.eml")] == ["noor"]
    receive(rosta, "--clear", "kit")
    later.run_once()
    assert sorted(path.stem for path in waiting.glob("*.eml")) == ["kit", "noor"]


def test_a_new_address_ends_the_waiting(rosta: Path, engine: Engine, open_: Open) -> None:
    engine.receive(bounce(bounce_to(engine)))
    chart = (rosta / "org.yaml").read_text().replace("kit@rosta.example", "kit.lund@rosta.example")
    (rosta / "org.yaml").write_text(chart)
    small.write(rosta, [*small.subscribers(), *small.subscribers(4, first=50, day=7)])

    open_(days=7).run_once()

    assert mail(rosta, "kit", "2026-W11")["To"] == "kit.lund@rosta.example"


def test_a_reply_that_is_believed_shows_that_mails_arrive(rosta: Path, engine: Engine) -> None:
    engine.receive(bounce(bounce_to(engine)))

    engine.receive(mails.reply(ACT, to=reply_to(rosta)))

    assert rows(engine) == []


def test_refused_for_what_it_is_goes_to_operators_and_the_next_mail_is_tried(
    rosta: Path, engine: Engine, open_: Open
) -> None:
    engine.receive(bounce(bounce_to(engine), "5.7.1"))
    small.write(rosta, [*small.subscribers(), *small.subscribers(4, first=50, day=7)])

    open_(days=7).run_once()

    assert "mails to kit: bounced 5.7.1" in status(rosta)
    assert mail(rosta, "kit", "2026-W11")["To"] == "kit@rosta.example"


@pytest.mark.parametrize(("days", "stops"), [(1.9, False), (2, True), (7, True), (16, False)])
def test_passing_reasons_that_last_for_two_days_count_as_lasting(
    rosta: Path, engine: Engine, open_: Open, days: float, stops: bool
) -> None:
    to = bounce_to(engine)
    engine.receive(bounce(to, "4.4.7"))
    assert [row.stops for row in rows(engine)] == [False]

    open_(days).receive(bounce(to, "4.4.7", stamp="2"))

    assert [row.stops for row in rows(engine)] == [False, stops]


def test_a_bounce_about_no_mail_of_ours_stops_nobody(rosta: Path, engine: Engine) -> None:
    for n, to in enumerate((MAIL["bounces"], reply_to(rosta), bounce_to(engine).replace("+a", "+b"))):
        assert engine.receive(bounce(to, stamp=str(n))).what == "unknown"
    with engine.transaction() as session:
        assert returned.unheard(session, engine.deployment.org) == {}


# --- how they come in


def test_a_pipe_a_file_an_mbox_and_a_maildir_bring_the_same_mail_once(
    rosta: Path, engine: Engine, tmp_path: Path
) -> None:
    data = mails.reply(ACT, to=reply_to(rosta))
    line = b"From kit@rosta.example Mon Mar  9 11:00:00 2026\n"
    other = mails.reply("pause", to=reply_to(rosta), message_id="<other@x.example>")
    (tmp_path / "box").write_bytes(line + data + b"\n\n" + line + other + b"\n")
    (tmp_path / "one.eml").write_bytes(data)
    for name in ("cur", "new", "tmp"):
        (tmp_path / "Maildir" / name).mkdir(parents=True)
    (tmp_path / "Maildir" / "new" / "1.host").write_bytes(data)

    assert receive(rosta, "-", data=line + data) == "answer of kit\n"
    assert receive(rosta, str(tmp_path / "one.eml")) == "again\n"
    assert receive(rosta, str(tmp_path / "box")) == "again\npause of kit\n"
    assert receive(rosta, str(tmp_path / "Maildir")) == "again\n"
    assert count(engine) == 2


def test_a_pipe_is_told_to_try_again_where_the_configuration_cannot_be_used(rosta: Path) -> None:
    (rosta / "org.yaml").write_text("fallback: [")

    result = CliRunner().invoke(main, ["--config", str(rosta), "receive", "-"], input=b"x")

    assert result.exit_code == 75


def test_receive_without_anything_to_do_says_what_there_is(rosta: Path) -> None:
    assert CliRunner().invoke(main, ["--config", str(rosta), "receive"]).exit_code == 2


@contextmanager
def mailbox(*found: bytes) -> Iterator[int]:
    """An IMAP server with one folder."""
    rows = [
        {"uid": n, "number": n, "flags": [], "received": "09-Mar-2026 11:00:00 +0000", "modseq": n, "mail": data}
        for n, data in enumerate(found, 1)
    ]

    def answer(request: Request) -> Response:
        if request.method in ("EXAMINE", "SELECT"):
            return Response({"validity": 7, "next": len(rows) + 1, "modseq": 9, "count": len(rows)})
        wanted = {int(n) for n in re.findall(r"\d+", request.query["words"].partition("(")[0])}
        if request.method == "UID SEARCH":
            return Response([row["uid"] for row in rows if row["uid"] >= min(wanted)])
        low, high = min(wanted), max(wanted)
        return Response([row for row in rows if low <= int(str(row["uid"])) <= high])

    server = ImapServer(answer, lambda request: request.headers.get("secret") == "s3cret")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()
    thread.join(5)


def inbox(directory: Path, port: int, password: str = "s3cret") -> dict[str, object]:
    (directory / "inbox.secret").write_text(password)
    return {"host": "127.0.0.1", "port": port, "tls": "no", "user": "leaf", "password": "file:inbox.secret"}


def test_the_inbox_is_read_every_few_minutes_and_each_mail_once(rosta: Path, engine: Engine, open_: Open) -> None:
    found = [
        mails.reply(ACT, to=reply_to(rosta)),
        *(mails.reply("Hello", to=reply_to(rosta), message_id=f"<{n}@x.example>") for n in range(6)),
    ]
    with mailbox(*found) as port:
        configure(rosta, **MAIL, inbox=inbox(rosta, port))
        first = open_()
        first.run_once()
        assert count(first) == 7
        assert kept(first) == [("kit", "act", "We roast twice a week from Monday")]
        first.run_once()
        open_(days=0.01).run_once()

    assert count(first) == 7


def test_an_inbox_that_cannot_be_read_is_said_and_stops_nothing(rosta: Path, engine: Engine, open_: Open) -> None:
    with mailbox() as port:
        configure(rosta, **MAIL, inbox=inbox(rosta, port, "wrong"))
        runner = open_()
        runner.run_once()

    with runner.transaction() as session:
        assert "refused" in (registry.mark(session, INBOX_TROUBLE) or "")
    assert "the inbox of replies and bounces cannot be read" in status(rosta)


# --- what is wrong, by mail


def objected(runner: Engine) -> list[tuple[str, str, str]]:
    with runner.transaction() as session:
        return [(one.what, one.by, one.how) for one in objections.standing(session)]


def told_in(directory: Path, leader: str = "kit") -> dict[str, Any]:
    return dict(json.loads((directory / "digests" / small.WEEK / f"{leader}.json").read_text()))


def test_a_quotation_is_withdrawn_by_mail_once_and_said_back(rosta: Path, engine: Engine) -> None:
    words = told_in(rosta)["pains"][0]["quotes"][0]["text"]
    data = mails.reply("Wrong quote 1.1", to=reply_to(rosta))

    taken = [engine.receive(data).what, engine.receive(data).what]
    engine.drain()

    assert taken == ["correction", "again"]
    assert objected(engine) == [("quote", "kit", "mail")]
    [note] = notes(rosta)
    assert note["To"] == "kit@rosta.example"
    assert words in " ".join(text_of(note).split())


def test_which_of_several_quotations_is_meant_has_to_be_said(rosta: Path, engine: Engine) -> None:
    assert len(told_in(rosta)["pains"][0]["quotes"]) > 1

    taken = engine.receive(mails.reply("wrong quote 1", to=reply_to(rosta)))

    assert taken.what == "person"
    assert "say which, as in 1.1" in (taken.reason or "")
    assert objected(engine) == []


def test_a_side_is_corrected_by_mail_like_in_the_terminal(rosta: Path, engine: Engine) -> None:
    issues_of = told_in(rosta)["pains"][0]["issues"]

    taken = engine.receive(mails.reply("wrong label 1 developer", to=reply_to(rosta)))
    engine.drain()

    with engine.transaction() as session:
        events = corrections.events(session)
    assert taken.what == "correction"
    assert {event.key for event in events} == set(issues_of)
    assert {(event.new, event.by, event.how) for event in events} == {("developer", "kit", "mail")}
    assert "are developer pain" in " ".join(text_of(notes(rosta)[0]).split())


def test_not_mine_hands_a_pain_on_and_the_wait_goes_on(rosta: Path, engine: Engine) -> None:
    taken = engine.receive(mails.reply("Not mine 1 Rosta", to=reply_to(rosta)))
    engine.drain()

    assert taken.what == "correction"
    assert kept(engine) == [("kit", "belongs", "It belongs to Rosta.")]
    assert "The lead of Rosta (Noor)".casefold() in text_of(notes(rosta)[0]).casefold()
    with engine.transaction() as session:
        [given] = answers.until(session, engine.deployment.now() + timedelta(days=1)).values()
    assert heard_at(given) is None


def test_a_hypothesis_is_marked_wrong_by_mail(rosta: Path, open_: Open) -> None:
    small.write(rosta, hurt(small.subscribers()))
    engine = open_()
    engine.run_once()

    taken = engine.receive(mails.reply("wrong guess 1", to=reply_to(rosta)))
    engine.drain()

    assert taken.what == "correction"
    assert objected(engine) == [("guess", "kit", "mail")]
    assert told_in(rosta)["unstated"][0]["hypothesis"] in " ".join(text_of(notes(rosta)[0]).split())


@pytest.mark.parametrize(
    "line",
    [
        "wrong quote 9",
        "wrong quote 1.9",
        "wrong guess 9",
        "wrong label 9 none",
        "wrong label 1 robot",
        "not mine 1 nowhere",
        "not mine 1 roasting",
        "wrong quote",
        "wrong quote 1e9 " + "x" * 5000,
        "this is all wrong, quote 1 too",
    ],
)
def test_what_cannot_be_kept_waits_for_a_person_and_changes_nothing(rosta: Path, engine: Engine, line: str) -> None:
    taken = engine.receive(mails.reply(line, to=reply_to(rosta)))
    engine.drain()

    assert taken.what == "person"
    assert objected(engine) == []
    assert kept(engine) == []
    assert not (rosta / "digests" / "notes").exists()


def test_nobody_else_corrects_by_mail(rosta: Path, engine: Engine) -> None:
    failed = "mx.example; dmarc=fail header.from=rosta.example"
    for n, change in enumerate(({"sender": "noor@rosta.example"}, {"results": failed}, {"results": None})):
        data = mails.reply("wrong quote 1.1", to=reply_to(rosta), message_id=f"<{n}@x.example>", **change)
        assert engine.receive(data).what == "person"

    assert objected(engine) == []


def test_a_correction_by_mail_of_old_notes_waits_for_a_person(rosta: Path, engine: Engine, open_: Open) -> None:
    data = mails.reply("wrong quote 1.1", to=reply_to(rosta))

    taken = open_(days=31).receive(data)

    assert taken.what == "person"
    assert "older than 30 days" in (taken.reason or "")
    assert objected(engine) == []


# --- in the reader's language


@pytest.fixture
def german(rosta: Path, open_: Open) -> Engine:
    configure(rosta, language="de", **MAIL)
    small.write(rosta, hurt(small.subscribers()))
    runner = open_()
    runner.run_once()
    return runner


def foreign(directory: Path) -> tuple[str, list[str]]:
    """The subject of the one note, and what is English in it but the names of pains and what is set in."""
    [note] = notes(directory)
    told = told_in(directory)
    text = " ".join(line for line in text_of(note).splitlines() if not line.startswith(" "))
    subject = str(make_header(decode_header(note["Subject"])))
    assert note["Content-Language"] == "de"
    return subject, english(f"{subject} {text}", [pain["title"] for pain in told["pains"]])


@pytest.mark.parametrize(
    ("line", "subject"),
    [
        (ACT, "Aufgenommen: "),
        ("understand: We go and see", "Aufgenommen: "),
        ("understand: We go and see by 2026-03-20", "Aufgenommen: "),
        ("belongs to Rosta: It is theirs", "Aufgenommen: "),
        ("not now: no money", "Aufgenommen: "),
        ("pause", "Ihre Notizen sind ausgesetzt"),
        ("wrong quote 1.1", "Aufgenommen: Ihre Berichtigung"),
        ("wrong label 1 developer", "Aufgenommen: Ihre Berichtigung"),
        ("wrong label 1 customer", "Aufgenommen: Ihre Berichtigung"),
        ("wrong label 1 none", "Aufgenommen: Ihre Berichtigung"),
        ("wrong guess 1", "Aufgenommen: Ihre Berichtigung"),
        ("not mine 1 Rosta", "Aufgenommen: Ihre Berichtigung"),
    ],
)
def test_what_came_by_mail_is_confirmed_in_german_where_the_leaf_notes_are(
    rosta: Path, german: Engine, line: str, subject: str
) -> None:
    assert german.receive(mails.reply(line, to=reply_to(rosta))).what != "person"
    german.drain()

    said, left = foreign(rosta)
    assert said.startswith(subject)
    assert left == []


@pytest.mark.parametrize("status", ["5.1.1", "5.0.0"])
def test_who_leads_above_reads_in_german_that_nobody_hears_a_team(rosta: Path, german: Engine, status: str) -> None:
    german.receive(bounce(bounce_to(german), status))
    german.drain()

    assert foreign(rosta) == ("Die Leitung von Roasting (Kit) ist nicht zu erreichen: Leaf Notes kommen zurück", [])


# --- whoever reads in a leader's place


@pytest.fixture
def delegated(open_: Open) -> Engine:
    """Kit is away, and Noor got Kit's notes."""
    runner = open_()
    now = runner.deployment.now()
    with runner.transaction() as session:
        listeners.keep(session, Listening(leader="kit", paused_at=now - timedelta(days=3), delegate="noor"), now)
    runner.run_once()
    return runner


def test_a_reply_of_a_delegate_is_kept_as_theirs_and_confirmed_to_them(rosta: Path, delegated: Engine) -> None:
    to = reply_to(rosta)

    stranger = delegated.receive(mails.reply(ACT, to=to))
    taken = delegated.receive(mails.reply(ACT, to=to, sender="noor@rosta.example"))
    delegated.drain()

    with delegated.transaction() as session:
        given = [(one.leader, one.by, one.kind) for one in answers.latest(session)]
    assert (stranger.what, taken.what) == ("person", "answer")
    assert "not the address of noor" in (stranger.reason or "")
    assert given == [("kit", "noor", "act")]
    assert [str(note["To"]) for note in notes(rosta)] == ["noor@rosta.example"]


def test_a_delegate_pauses_by_mail_what_they_read_and_not_the_leader(rosta: Path, delegated: Engine) -> None:
    pause = delegated.receive(mails.reply("pause", to=reply_to(rosta), sender="noor@rosta.example"))
    late = delegated.receive(mails.reply(ACT, to=reply_to(rosta), sender="noor@rosta.example"))

    with delegated.transaction() as session:
        said = listeners.get(session, "kit")
    assert (pause.what, late.what) == ("pause", "person")
    assert "does not read in the place of kit any more" in (late.reason or "")
    assert (said.delegate, said.away(delegated.deployment.now())) == (None, True)
    assert "noor" not in delegated_away(delegated)


def delegated_away(runner: Engine) -> set[str]:
    with runner.transaction() as session:
        return set(listeners.paused(session, runner.deployment.now()))


def test_a_bounce_of_a_delegates_mail_makes_the_delegate_unheard(rosta: Path, delegated: Engine) -> None:
    delegated.receive(bounce(bounce_to(delegated)))

    with delegated.transaction() as session:
        unheard = set(returned.unheard(session, delegated.deployment.org))
    assert unheard == {"noor"}
    assert notes(rosta) == []
