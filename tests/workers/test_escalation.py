"""Escalation in a running deployment: who is told, when, with which words, and what ends it."""

import html
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import select, update

from connectors.smtp import Outcome
from pipeline import escalating, returned
from pipeline.letters import Letter
from pipeline.store import db, escalations, issues, listeners
from pipeline.store import returned as store
from pipeline.store.escalations import Escalation
from pipeline.tables import EscalationRow, WorkRow
from tests.german import english
from tests.pipeline import returned_mails as mails
from tests.workers import small
from workers.cli import main
from workers.engine import Engine
from workers.web import app
from workers.wiring import Deployment

VIENNA = ZoneInfo("Europe/Vienna")
KEY = "the key of a test, of forty letters or more 0001"
HOST = "https://leaf.rosta.example"
TAGS = {"escalate": ["now"], "private": ["hush"], "no-quote": ["no-quote"], "severity-4": ["bad"]}
OWNS = "you own the answer"
TENDER = "I did not run the tests before the release and I am ashamed of it. Half the parcels went to the wrong cafe."


class DeadWorker(BaseException):
    """Stands for a kill: nothing catches it."""


@dataclass
class Server:
    """A mail server that keeps what it took; `answers` are those to the next calls, an exception is a kill."""

    taken: list[Letter] = field(default_factory=list)
    answers: list[Outcome | type[BaseException]] = field(default_factory=list)
    safe_to_repeat: bool = False

    def send(self, letter: Letter) -> Outcome:
        self.taken.append(letter)
        scripted = self.answers and letter.name.startswith("calls/")
        answer = self.answers.pop(0) if scripted else Outcome("accepted", "250 queued")
        if isinstance(answer, Outcome):
            return answer
        raise answer

    @property
    def calls(self) -> list[Letter]:
        return [letter for letter in self.taken if letter.name.startswith("calls/")]


@dataclass
class Rosta:
    """The roastery with a clock that can be moved and a mail server that remembers."""

    directory: Path
    clock: list[datetime] = field(default_factory=lambda: [small.MONDAY])
    server: Server = field(default_factory=Server)
    tickets: dict[str, dict[str, Any]] = field(default_factory=dict)
    _engine: Engine | None = None

    @property
    def engine(self) -> Engine:
        if self._engine is None:
            house = Deployment.read(self.directory, as_of=small.MONDAY)
            house.prepare()
            object.__setattr__(house, "now", lambda: self.clock[0].astimezone(UTC))
            house.__dict__["sender"] = self.server
            self._engine = Engine(house)
        return self._engine

    def close(self) -> None:
        if self._engine is not None:
            self._engine.deployment.database.dispose()
            self._engine = None

    def put(self, number: int, title: str, **more: Any) -> None:
        """A ticket as it stands now; a second one of the same number changes it."""
        at = self.clock[0].isoformat()
        known = self.tickets.get(str(number), {"created_at": at})
        base = {"external_id": str(number), "title": title, "body": f"{title}. We drive to a shop instead every week."}
        customer = {"author": f"owner{number}@cafe.example", "author_role": "customer", "account": f"Cafe {number}"}
        self.tickets[str(number)] = {
            **base, **customer, "labels": ["beans"], **more, "created_at": known["created_at"], "updated_at": at
        }  # fmt: skip
        small.write(self.directory, self.tickets.values())

    def at(self, text: str) -> "Rosta":
        """It is this wall time in Vienna now, and everything that is due is done."""
        self.clock[0] = datetime.fromisoformat(text).replace(tzinfo=VIENNA)
        return self.run()

    def run(self) -> "Rosta":
        self.engine.pull_now(["desk"])
        self.engine.tick()
        self.engine.drain(patience=timedelta(0))
        self.engine.tick()
        self.engine.drain(patience=timedelta(0))
        return self

    def look(self) -> None:
        """Whatever is due by the clock."""
        self.engine.tick()
        self.engine.drain(patience=timedelta(0))

    def kept(self, number: int = 1) -> Escalation | None:
        with self.engine.transaction() as session:
            row = issues.row_id(session, f"desk:{number}")
            return None if row is None else escalations.of_issue(session, row)

    def state(self, number: int = 1) -> str | None:
        kept = self.kept(number)
        return kept.state if kept else None

    @property
    def readers(self) -> list[str]:
        return [letter.recipient.partition("@")[0] for letter in self.server.calls]

    def page(self, call: int = -1) -> str:
        found = re.search(rf"{HOST}(/escalation/[^\s#]+)", self.server.calls[call].text)
        assert found, self.server.calls[call].text
        return found[1]


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Rosta]]:
    monkeypatch.setenv("LEAFNOTES_PUBLIC_URL", HOST)
    monkeypatch.setenv("LEAFNOTES_SECRET_KEY", KEY)
    made: list[Rosta] = []

    def one(**escalation: Any) -> Rosta:
        directory = small.organisation(tmp_path / "rosta", [], tags=TAGS)
        org = {
            **small.ORG,
            "people": [*small.ORG["people"], {"id": "ada", "name": "Ada", "email": "ada@rosta.example"}],
        }
        (directory / "org.yaml").write_text(yaml.safe_dump(org))
        settings = {**small.SETTINGS, "escalation": escalation}
        (directory / "settings.yaml").write_text(yaml.safe_dump(settings))
        made.append(Rosta(directory))
        return made[-1]

    yield one
    for rosta in made:
        rosta.close()


@pytest.fixture
def rosta(make: Callable[..., Rosta]) -> Rosta:
    return make()


def test_a_tagged_issue_goes_to_its_lead_and_climbs_with_a_copy(rosta: Rosta) -> None:
    rosta.put(1, "Half the beans in our subscription parcel arrived stale", labels=["beans", "now"])

    rosta.at("2026-03-02 10:00")
    assert rosta.readers == ["kit"]
    rosta.at("2026-03-03 09:59")
    assert rosta.readers == ["kit"]
    rosta.at("2026-03-03 10:01")
    assert rosta.readers == ["kit", "noor", "kit"]
    rosta.at("2026-03-04 10:02")

    assert rosta.state() == "top"
    first, second, copy = rosta.server.calls
    assert "you own the answer now" in first.text
    assert "the lead of Rosta" in first.text
    assert "Nobody is asked after you." in second.text
    assert "A copy: an issue of Roasting went on to the lead of Rosta." in " ".join(copy.text.split())
    assert "You have until" not in copy.text
    threads = {re.search(rb"\r\nReferences: (<thread-[^>]+>)", letter.message)[1] for letter in rosta.server.calls}  # type: ignore[index]
    assert len(threads) == 1


def test_a_call_is_short_says_why_and_offers_that_it_was_wrong(rosta: Rosta) -> None:
    rosta.put(1, "Half the beans in our subscription parcel arrived stale", labels=["beans", "now"])

    rosta.at("2026-03-02 10:00")
    [call] = rosta.server.calls
    said = " ".join(call.text.split())

    assert len(re.sub(r"https?://\S+", "", call.text).split()) <= 140
    assert "A tag in its source says that it must not wait" in said
    assert "Wrong tag" in said
    [quote] = re.findall(r'"([^"]+)"', said)
    assert quote in rosta.tickets["1"]["body"]
    assert call.html.count(f"{HOST}/escalation/") == 2
    assert b"Auto-Submitted: auto-generated" in call.message
    assert "<script" not in call.html


def test_any_number_of_looks_tells_nobody_twice(rosta: Rosta) -> None:
    rosta.put(1, "Stale beans again in the subscription parcel", labels=["beans", "now"])
    for _ in range(4):
        rosta.at("2026-03-02 10:00")
        with rosta.engine.transaction() as session:
            escalating.ask(session, [1])

    assert rosta.readers == ["kit"]


def test_at_night_and_at_weekends_nobody_is_called(rosta: Rosta) -> None:
    rosta.clock[0] = datetime.fromisoformat("2026-03-06 20:00").replace(tzinfo=VIENNA)
    rosta.put(1, "Stale beans again in the subscription parcel", labels=["beans", "now"])

    for moment in ("2026-03-06 20:00", "2026-03-07 12:00", "2026-03-09 07:59"):
        assert rosta.at(moment).readers == []
    assert rosta.at("2026-03-09 08:00").readers == ["kit"]


def test_a_mail_that_was_put_off_into_the_night_waits_for_the_morning(rosta: Rosta) -> None:
    rosta.put(1, "Stale beans again in the subscription parcel", labels=["beans", "now"])
    rosta.server.answers = [Outcome("deferred", "451 later")]
    rosta.at("2026-03-02 18:59")

    rosta.clock[0] += timedelta(hours=2)
    wait_over(rosta)
    assert len(rosta.server.calls) == 1
    rosta.clock[0] += timedelta(hours=12)
    wait_over(rosta)

    assert len(rosta.server.calls) == 2
    assert len({letter.message for letter in rosta.server.calls}) == 1


def wait_over(rosta: Rosta) -> None:
    """The time until the next try has passed, and so has the lease of a dead worker."""
    with rosta.engine.transaction() as session:
        past = db.now(session) - timedelta(seconds=1)
        session.execute(update(WorkRow).where(WorkRow.state != "done").values(run_after=past, lease_until=past))
    rosta.engine.drain(patience=timedelta(0))


def test_a_worker_killed_between_claim_and_send_costs_at_most_one_identical_copy(rosta: Rosta) -> None:
    rosta.put(1, "Stale beans again in the subscription parcel", labels=["beans", "now"])
    rosta.server.answers = [DeadWorker]
    with pytest.raises(DeadWorker):
        rosta.at("2026-03-02 10:00")
    for _ in range(3):
        wait_over(rosta)
    rosta.run()

    assert rosta.readers == ["kit", "kit"]
    assert len({letter.message for letter in rosta.server.calls}) == 1


def test_a_worker_killed_after_deciding_tells_once(rosta: Rosta) -> None:
    rosta.put(1, "Stale beans again in the subscription parcel", labels=["beans", "now"])

    def killed(_queue: str, ids: Sequence[int]) -> None:
        with db.reading(rosta.engine.deployment.database) as session:
            if any(row.kind == "deliver" for row in session.scalars(select(WorkRow).where(WorkRow.id.in_(ids)))):
                raise DeadWorker

    rosta.engine.publish = killed
    with pytest.raises(DeadWorker):
        rosta.at("2026-03-02 10:00")
    rosta.close()
    wait_over(rosta)
    rosta.run()

    assert rosta.readers == ["kit"]


def test_a_mail_that_cannot_arrive_climbs_at_once(rosta: Rosta) -> None:
    rosta.put(1, "Stale beans again in the subscription parcel", labels=["beans", "now"])
    rosta.server.answers = [Outcome("rejected", "550 no such person")]

    rosta.at("2026-03-02 10:00")

    assert rosta.readers[:2] == ["kit", "noor"]


def test_owning_the_answer_ends_it_and_looking_at_the_page_does_not(rosta: Rosta) -> None:
    rosta.put(1, "Stale beans again in the subscription parcel", labels=["beans", "now"])
    rosta.at("2026-03-02 10:00")
    web, address = app.create(rosta.engine).test_client(), rosta.page()

    for _ in range(2):
        assert web.get(address).status_code == web.head(address).status_code == 200
    assert rosta.state() == "open"
    assert web.post(address, data={"what": "own", "line": "I call them <b>today</b>"}).status_code == 303

    shown = web.get(address).text
    assert "The lead of Roasting (Kit) owns the answer" in shown
    assert "<b>today" not in shown
    assert rosta.at("2026-03-05 10:00").readers == ["kit"]
    web.post(address, data={"what": "wrong"})
    assert rosta.state() == "owned"


def test_a_no_needs_its_reason(rosta: Rosta) -> None:
    rosta.put(1, "Stale beans again in the subscription parcel", labels=["beans", "now"])
    rosta.at("2026-03-02 10:00")
    web, address = app.create(rosta.engine).test_client(), rosta.page()

    assert web.post(address, data={"what": "decline", "line": " "}).status_code == 422
    assert web.post(address, data={"what": "decline", "line": "\u200b\u202e"}).status_code == 422
    assert rosta.state() == "open"
    assert web.post(address, data={"what": "decline", "line": "The roaster comes in May"}).status_code == 303
    assert rosta.state() == "declined"


def test_it_is_put_off_once_and_then_climbs(rosta: Rosta) -> None:
    rosta.put(1, "Stale beans again in the subscription parcel", labels=["beans", "now"])
    rosta.at("2026-03-02 10:00")
    web, address = app.create(rosta.engine).test_client(), rosta.page()

    assert web.post(address, data={"what": "snooze", "until": "2026-03-13"}).status_code == 422
    assert web.post(address, data={"what": "snooze", "until": "2026-03-05"}).status_code == 303
    assert web.post(address, data={"what": "snooze", "until": "2026-03-05"}).status_code == 422
    assert rosta.at("2026-03-05 18:59").readers == ["kit"]
    assert rosta.at("2026-03-06 08:00").readers == ["kit", "noor", "kit"]


def test_enter_in_the_day_puts_it_off_and_owns_nothing(rosta: Rosta) -> None:
    """A browser presses the first button of the form that a field is in."""
    rosta.put(1, "Stale beans again in the subscription parcel", labels=["beans", "now"])
    rosta.at("2026-03-02 10:00")

    page = app.create(rosta.engine).test_client().get(rosta.page()).text

    forms = {re.search(r'name="(line|until)"', form)[1]: form for form in page.split("<form")[1:]}  # type: ignore[index]
    first = {field: re.search(r'<button[^>]* value="(\w+)"', form)[1] for field, form in forms.items()}  # type: ignore[index]
    assert first == {"line": "own", "until": "snooze"}
    assert re.search(r'value="wrong"[^>]* form="say"', page)


def test_the_page_tells_all_times_in_the_zone_of_its_reader(make: Callable[..., Rosta]) -> None:
    rosta = make()
    org = yaml.safe_load((rosta.directory / "org.yaml").read_text())
    kit = next(person for person in org["people"] if person["id"] == "kit")
    kit["timezone"] = "Asia/Kathmandu"
    (rosta.directory / "org.yaml").write_text(yaml.safe_dump(org))
    rosta.put(1, "Stale beans again in the subscription parcel", labels=["beans", "now"])
    rosta.at("2026-03-02 10:00")

    page = app.create(rosta.engine).test_client().get(rosta.page()).text

    assert "told on 2 March, 14:45" in page  # ten in Vienna


def test_links_are_for_those_who_were_told(rosta: Rosta) -> None:
    rosta.put(1, "Stale beans again in the subscription parcel", labels=["beans", "now"])
    rosta.at("2026-03-02 10:00")
    web, links = app.create(rosta.engine).test_client(), rosta.engine.deployment.links
    assert links is not None
    kept = rosta.kept()
    assert kept is not None
    others = links.to("escalation", reader="noor", made_at=small.MONDAY, about=kept.name).removeprefix(HOST)

    for method in (web.get, web.post):
        assert method(others).status_code == 404
        assert method(rosta.page()[:-2]).status_code == 404
        assert method(rosta.page().replace("/escalation/", "/answer/")).status_code == 404
    assert rosta.state() == "open"


@pytest.mark.parametrize("how", ["closed", "untagged", "private", "deleted"])
def test_what_is_over_in_its_source_calls_nobody_any_more(rosta: Rosta, how: str) -> None:
    title = "Stale beans again in the subscription parcel"
    rosta.put(1, title, labels=["beans", "now"])
    rosta.at("2026-03-02 10:00")
    address = rosta.page()
    rosta.clock[0] += timedelta(hours=1)
    changed: dict[str, Any] = {
        "closed": {"labels": ["beans", "now"], "state": "closed", "closed_at": rosta.clock[0].isoformat()},
        "untagged": {"labels": ["beans"]},
        "private": {"labels": ["beans", "now", "hush"]},
        "deleted": {"labels": ["beans", "now"], "state": "deleted"},
    }[how]
    rosta.put(1, title, **changed)

    rosta.at("2026-03-03 10:01")

    assert rosta.readers == ["kit"]
    assert rosta.state() == {"closed": "closed", "deleted": "closed"}.get(how, "withdrawn")
    if how in ("private", "deleted"):
        assert "stale" not in app.create(rosta.engine).test_client().get(address).text.lower()


def test_what_becomes_private_before_it_is_sent_is_not_sent(rosta: Rosta) -> None:
    title = "Stale beans again in the subscription parcel"
    rosta.put(1, title, labels=["beans", "now"])
    rosta.server.answers = [Outcome("deferred", "451 later")]
    rosta.at("2026-03-02 10:00")
    rosta.clock[0] += timedelta(minutes=5)
    rosta.put(1, title, labels=["beans", "now", "hush"])
    rosta.run()

    wait_over(rosta)

    assert len(rosta.server.calls) == 1


def test_an_answer_to_the_pain_ends_the_escalation_of_its_issues(rosta: Rosta) -> None:
    rosta.clock[0] = small.MONDAY
    for ticket in small.subscribers():
        rosta.put(int(ticket["external_id"]), ticket["title"], body=ticket["body"], account=ticket["account"])
    rosta.at("2026-03-09 12:00")
    rosta.put(3, rosta.tickets["3"]["title"], body=rosta.tickets["3"]["body"], labels=["beans", "now"])
    rosta.at("2026-03-09 12:10")
    assert rosta.state(3) == "open"
    weekly = next(one for one in rosta.server.taken if one.name == f"{small.WEEK}/kit")
    answer = re.search(rf"{HOST}(/answer/\S+)", weekly.text)
    assert answer
    web = app.create(rosta.engine).test_client()
    nonce = re.search(r'name="nonce" value="([^"]+)"', web.get(answer[1]).text)
    assert nonce
    form = {"kind": "act", "text": "We roast twice a week", "due": "2026-03-20", "nonce": nonce[1], "step": "send"}
    assert web.post(answer[1], data=form).status_code == 303

    rosta.engine.drain(patience=timedelta(0))

    assert rosta.state(3) == "answered"


def test_security_goes_to_those_who_are_named_alone_and_no_word_of_it_is_copied(make: Callable[..., Rosta]) -> None:
    rosta = make(rules={"security": {"tell": ["ada"]}})
    title = "Security vulnerability: anybody can read the orders of other cafes by changing the number"
    rosta.put(1, title, labels=["beans", "now"], url="https://desk.rosta.example/1")

    rosta.at("2026-03-07 03:00")  # at night, on a Saturday

    assert rosta.readers == ["ada"]
    [call] = rosta.server.calls
    both = call.text + call.html + call.message.decode()
    assert "vulnerab" not in both.lower()
    assert "orders" not in both
    assert "https://desk.rosta.example/1" in call.text
    web = app.create(rosta.engine).test_client()
    assert web.post(rosta.page(), data={"what": "own"}).status_code == 303
    assert rosta.state() == "owned"


def test_security_for_which_nobody_is_named_reaches_no_lead_and_operators_see_it(rosta: Rosta) -> None:
    rosta.put(1, "Security vulnerability: anybody can read the orders of other cafes", labels=["beans", "now"])

    assert rosta.at("2026-03-02 10:00").readers == []
    [line] = [one for one in command(rosta, "status").splitlines() if one.startswith("escalated ")]
    assert "desk:1" in line
    assert "escalation.rules.security.tell in settings.yaml names nobody" in line
    assert "org.yaml" in line


def signed_in(rosta: Rosta, *who: str) -> FlaskClient:
    web = app.create(rosta.engine).test_client()
    web.post(command(rosta, "access", *who).strip(), base_url=HOST)
    return web


def operators_page(rosta: Rosta) -> str:
    return html.unescape(signed_in(rosta, "noor", "--role", "operator").get("/operators", base_url=HOST).text)


def refused(rosta: Rosta, *who: str) -> str:
    """What somebody reads who asks on the triage page that issue 2 goes to a leader, and nobody can be told."""
    web = signed_in(rosta, *who)
    with web.session_transaction(base_url=HOST) as cookie:
        csrf = cookie["csrf"]
    page = web.post("/triage/escalate", base_url=HOST, data={"issue": "desk:2", "csrf": csrf})
    assert page.status_code == 409
    return html.unescape(page.text)


@pytest.mark.parametrize(
    ("why", "remedy"),
    [("paused", "kit paused their mails"), ("bounced", "`leafnotes receive --clear kit`"), ("address", "org.yaml")],
)
def test_of_a_call_that_reaches_nobody_operators_read_why_and_what_to_do_and_others_do_not(
    make: Callable[..., Rosta], why: str, remedy: str
) -> None:
    rosta = make(rules={"escalate": {"tell": ["lead" if why == "address" else "kit"]}})
    if why == "address":
        chart = rosta.directory / "org.yaml"
        chart.write_text(re.sub("email: (?:kit|noor)@rosta.example", "team: roasting", chart.read_text()))
    with rosta.engine.transaction() as session:
        if why == "paused":
            listeners.pause(session, "kit", small.MONDAY, small.MONDAY)
        if why == "bounced":
            bounce = {"what": "hard", "leader": "kit", "recipient": "kit@rosta.example", "message_id": "<1@kit>"}
            store.keep(session, "bounce", **bounce, stops=True, excerpt="no such user", at=small.MONDAY)
    rosta.put(1, "Half the beans in our subscription parcel arrived stale", labels=["beans", "now"])
    rosta.put(2, "The bean parcel came open")

    rosta.at("2026-03-02 10:00")

    [line] = [one for one in command(rosta, "status").splitlines() if one.startswith("escalated ")]
    assert "desk:1" in line
    assert "kit" in line
    assert remedy in line
    assert remedy in operators_page(rosta)
    assert remedy in refused(rosta, "noor", "--role", "operator")
    engineer = refused(rosta, "noor")
    assert "desk:2" in engineer
    assert remedy not in engineer
    assert "leafnotes escalate desk:2" in engineer


def test_where_no_team_has_a_leader_the_call_says_which_team(rosta: Rosta) -> None:
    chart = yaml.safe_load((rosta.directory / "org.yaml").read_text())
    for team in chart["teams"]:
        team.pop("leader", None)
    (rosta.directory / "org.yaml").write_text(yaml.safe_dump(chart))
    rosta.put(1, "Half the beans in our subscription parcel arrived stale", labels=["beans", "now"])

    rosta.at("2026-03-02 10:00")

    [line] = [one for one in command(rosta, "status").splitlines() if one.startswith("escalated ")]
    assert "neither roasting nor a team above it has a leader" in line


def test_harm_calls_when_a_second_one_tells_of_it_and_once_for_the_pain(rosta: Rosta) -> None:
    said = (
        "You charged us twice for the bean subscription parcel",
        "We were charged twice for the bean subscription parcel this month",
        "Charged twice for our bean subscription parcel again",
    )
    rosta.put(1, said[0])
    assert rosta.at("2026-03-02 10:00").readers == []
    rosta.put(2, said[1])
    rosta.at("2026-03-02 11:00")
    assert rosta.readers == ["kit"]
    rosta.put(3, said[2])
    rosta.at("2026-03-03 08:00")

    assert len([letter for letter in rosta.server.calls if OWNS in letter.text]) == 1


def test_what_was_left_lying_before_calls_nobody(rosta: Rosta) -> None:
    rosta.clock[0] = small.MONDAY - timedelta(days=30)
    rosta.put(1, "Stale beans again in the subscription parcel", labels=["beans", "now"])

    assert rosta.at("2026-03-02 10:00").readers == []
    assert rosta.state() is None


def test_words_of_staff_stay_with_their_own_lead_and_tender_ones_are_shown_to_nobody(rosta: Rosta) -> None:
    staff = {"author": "r3", "author_role": "staff", "account": None, "labels": ["beans", "now"]}
    said = "The roasting sheet breaks every week. We have to retype forty orders by hand each morning."
    rosta.put(1, "The roasting sheet breaks", body=said, **staff)
    rosta.at("2026-03-02 10:00")
    rosta.at("2026-03-03 10:01")
    kit, noor = rosta.server.calls[0], rosta.server.calls[1]

    assert "retype forty orders" in " ".join(kit.text.split())
    assert "somebody of Roasting" in " ".join(kit.text.split())
    assert "retype" not in noor.text + noor.html

    rosta.clock[0] += timedelta(days=7)
    rosta.put(2, "Parcels went to the wrong cafe", body=TENDER, **staff)
    before = len(rosta.server.calls)
    rosta.at("2026-03-11 10:00")
    rosta.at("2026-03-12 10:01")
    tender = rosta.server.calls[before:]
    assert len(tender) >= 2
    assert all("ashamed" not in one.text and "wrong cafe" not in one.text for one in tender)
    above = next(one for one in tender if one.recipient.startswith("noor"))
    assert "desk 2" not in above.text.lower()
    assert "ask the lead there" in " ".join(above.text.split())


def test_no_name_of_staff_is_in_a_call(rosta: Rosta) -> None:
    rosta.put(
        1,
        "Noor promised us fresh beans",
        body="Noor promised us fresh beans every week. We drive to a shop instead every morning.",
        labels=["beans", "now"],
    )

    [call] = rosta.at("2026-03-02 10:00").server.calls

    assert "Noor" not in call.text + call.html
    assert "We drive to a shop" in " ".join(call.text.split())


def test_a_rule_that_is_wrong_too_often_leaves_its_issues_to_the_digest(rosta: Rosta) -> None:
    web = app.create(rosta.engine).test_client()
    days = [f"2026-03-{day:02} 10:00" for day in (2, 3, 4, 9, 10)]
    for number, day in enumerate(days, start=1):
        rosta.clock[0] = datetime.fromisoformat(day).replace(tzinfo=VIENNA)
        rosta.put(number, f"The paper cups of parcel {number} leak", labels=["beans", "now"])
        rosta.at(day)
        assert web.post(rosta.page(), data={"what": "wrong" if number < 4 else "own"}).status_code == 303
    rosta.clock[0] = datetime.fromisoformat("2026-03-17 10:00").replace(tzinfo=VIENNA)
    rosta.put(9, "The paper cups of parcel 9 leak", labels=["beans", "now"])

    rosta.at("2026-03-17 10:00")

    assert rosta.readers == ["kit"] * 5
    assert rosta.state(9) == "digest"
    assert "escalate in desk: 3 of 5 in a month were wrong" in command(rosta, "status")


def command(rosta: Rosta, *arguments: str) -> str:
    moment = rosta.clock[0].isoformat()
    found = CliRunner().invoke(main, ["--config", str(rosta.directory), "--as-of", moment, *arguments])
    return found.output


def test_a_person_escalates_from_the_command_line_and_status_shows_who_has_it(rosta: Rosta) -> None:
    rosta.put(1, "Stale beans again in the subscription parcel")
    assert rosta.at("2026-03-02 10:00").readers == []

    said = command(rosta, "escalate", "desk:1", "--note", "Their auditor comes on Monday")

    assert "escalate, kit has it since 2026-03-02 09:00 UTC; climbs 2026-03-03 09:00 UTC" in said
    [call] = (rosta.directory / "digests" / "calls").glob("*.kit.txt")
    assert "Their auditor comes on Monday" in call.read_text()
    assert "Somebody asked by name" in call.read_text()
    assert "escalated desk:1: escalate, kit has it" in command(rosta, "status")
    assert "was escalated on" in command(rosta, "escalate", "desk:1")
    assert "no stored issue" in command(rosta, "escalate", "desk:77")


def test_a_note_names_nobody_and_private_issues_are_escalated_to_nobody(rosta: Rosta) -> None:
    rosta.put(1, "Stale beans again in the subscription parcel")
    rosta.put(2, "Stale beans again in the subscription parcel", labels=["beans", "hush"])
    rosta.at("2026-03-02 10:00")

    assert "names somebody" in command(rosta, "escalate", "desk:1", "--note", "Noor knows")
    assert "nobody is called for it" in command(rosta, "escalate", "desk:2")
    assert rosta.state(1) is rosta.state(2) is None


def test_a_year_of_a_noisy_tracker(make: Callable[..., Rosta]) -> None:
    """Hundreds of tagged issues, at all hours, most of them never answered."""
    rosta = make()
    web = app.create(rosta.engine).test_client()
    begin, when, number = datetime(2026, 1, 5, tzinfo=VIENNA), [], 0
    for hour in range(9, 364 * 24, 13):
        rosta.clock[0] = begin + timedelta(hours=hour)
        if hour % 5 < 2:
            number += 1
            area = "beans" if number % 3 else "parcels"
            rosta.put(number, f"The cups of parcel {number} leak", labels=[area, "now"])
        rosta.look()
        for at in range(len(when), len(rosta.server.calls)):
            when.append(rosta.clock[0])
            if at % 4 == 0 and OWNS in rosta.server.calls[at].text:
                web.post(rosta.page(at), data={"what": "own" if at % 8 else "decline", "line": "It is known"})

    calls = rosta.server.calls
    assert number > 250
    assert all(8 <= moment.hour < 19 and moment.weekday() < 5 for moment in when)
    by_reader: dict[str, list[date]] = defaultdict(list)
    for moment, letter in zip(when, calls, strict=True):
        by_reader[letter.recipient].append(moment.date())
    for days in by_reader.values():
        assert max(Counter(days).values()) == 1
        assert max(sum(0 <= (other - one).days < 7 for other in days) for one in days) == 3
        assert len(days) > 100
    asked = [(letter.name.partition(".")[0], letter.recipient) for letter in calls if OWNS in letter.text]
    assert len(asked) == len(set(asked))
    assert len({letter.message for letter in calls}) == len(calls)

    for _ in range(30):
        rosta.clock[0] += timedelta(days=1)
        rosta.look()
    states = Counter(rosta.state(one) for one in range(1, number + 1))
    assert set(states) == {"owned", "declined", "top", "digest"}
    assert states["top"] > 10


# --- replies to calls

MAIL = {
    "replies": "reply@notes.rosta.example",
    "bounces": "bounce@notes.rosta.example",
    "trusted_results": "mx.example",
}


@pytest.fixture
def by_mail(rosta: Rosta) -> Rosta:
    settings = yaml.safe_load((rosta.directory / "settings.yaml").read_text())
    (rosta.directory / "settings.yaml").write_text(yaml.safe_dump({**settings, "mail": MAIL}))
    rosta.put(1, "Stale beans again in the subscription parcel", labels=["beans", "now"])
    return rosta.at("2026-03-02 10:00")


def reply(rosta: Rosta, said: str, call: int = -1, **more: str) -> str:
    """What becomes of a reply to a call."""
    letter = rosta.server.calls[call]
    to = str(message_from_bytes(letter.message)["Reply-To"])
    taken = rosta.engine.receive(mails.reply(said, to=to, **{"sender": letter.recipient, **more}))
    rosta.look()
    return taken.what


@pytest.mark.parametrize(
    ("said", "state", "line"),
    [
        ("I own it: the roaster comes today", "owned", "the roaster comes today"),
        ("act: the roaster comes today", "owned", "the roaster comes today"),
        ("Not now, because: the roaster is in Trieste", "declined", "the roaster is in Trieste"),
        ("Wrong tag.", "wrong", None),
    ],
)
def test_a_reply_to_a_call_does_what_its_page_does(by_mail: Rosta, said: str, state: str, line: str | None) -> None:
    assert reply(by_mail, said) == "answer"

    kept = by_mail.kept()
    assert kept is not None
    assert (kept.state, kept.said, kept.ended_by) == (state, line, "kit")
    assert by_mail.at("2026-03-06 10:00").readers == ["kit"]
    assert [letter.recipient for letter in by_mail.server.taken if letter.name.startswith("notes/")] == [
        "kit@rosta.example"
    ]


def test_a_call_says_how_to_reply_in_words_that_are_read(by_mail: Rosta) -> None:
    said = " ".join(by_mail.server.calls[0].text.split())
    shown = re.search(r"(I own it: what you do)\. Or: (not now, because: the reason)\. Or: (wrong tag)\.", said)

    assert shown
    assert [returned.to_call(one) for one in shown.groups()] == [
        ("own", "what you do"),
        ("decline", "the reason"),
        ("wrong", ""),
    ]


def test_a_call_is_put_off_by_mail_once(by_mail: Rosta) -> None:
    assert reply(by_mail, "later until 2026-03-05") == "answer"
    assert reply(by_mail, "later until 2026-03-05", message_id="<another@mail.example>") == "person"
    assert by_mail.at("2026-03-05 18:59").readers == ["kit"]
    assert by_mail.at("2026-03-06 08:00").readers == ["kit", "noor", "kit"]


@pytest.mark.parametrize(
    ("said", "more"),
    [
        ("I own it: forged", {"results": "mx.example; dmarc=fail header.from=rosta.example"}),
        ("I own it: of another", {"sender": "noor@rosta.example"}),
        ("I am on a train, thank you", {}),
        ("not now, because:", {}),
    ],
)
def test_a_reply_that_is_not_certain_ends_nothing(by_mail: Rosta, said: str, more: dict[str, str]) -> None:
    assert reply(by_mail, said, **more) == "person"
    assert by_mail.state() == "open"


def test_the_first_word_counts_and_the_second_reads_so(by_mail: Rosta) -> None:
    by_mail.at("2026-03-03 10:01")
    reply(by_mail, "I own it: beans are on their way", call=0)
    assert reply(by_mail, "wrong tag", call=1) == "answer"

    assert by_mail.state() == "owned"
    note = [letter for letter in by_mail.server.taken if letter.name.startswith("notes/")][-1]
    assert note.recipient == "noor@rosta.example"
    assert "the lead of Roasting" in " ".join(note.text.split())


@pytest.fixture
def german(rosta: Rosta) -> Rosta:
    settings = yaml.safe_load((rosta.directory / "settings.yaml").read_text())
    settings["mail"] = {**MAIL, "language": "de"}
    (rosta.directory / "settings.yaml").write_text(yaml.safe_dump(settings))
    rosta.put(1, "Stale beans again in the subscription parcel", labels=["beans", "now"])
    return rosta.at("2026-03-02 10:00")


@pytest.mark.parametrize("said", ["I own it: it comes", "not now: no", "wrong tag", "later until 2026-03-05"])
def test_a_reply_to_a_call_is_confirmed_in_german_where_the_call_is(german: Rosta, said: str) -> None:
    assert reply(german, said) == "answer"
    assert reply(german, "wrong tag", message_id="<another@mail.example>") == "answer"

    first, second = (one for one in german.server.taken if one.name.startswith("notes/"))
    own = [line for line in first.text.splitlines() if not line.startswith(" ")]
    subjects = [str(make_header(decode_header(message_from_bytes(one.message)["Subject"]))) for one in (first, second)]
    assert english(" ".join([*subjects, *own])) == []
    assert '<html lang="de">' in first.html


@pytest.mark.parametrize("what", ["own", "decline", "wrong", "snooze", "closed", "withdrawn", "digest", "top"])
def test_the_page_of_a_german_call_is_german_however_it_ended(german: Rosta, what: str) -> None:
    web, address = app.create(german.engine).test_client(), german.page()
    pages = [web.get(address).text, web.post(address, data={"what": "decline"}).text]
    if what in ("own", "decline", "wrong", "snooze"):
        assert web.post(address, data={"what": what, "line": "xy", "until": "2026-03-05"}).status_code == 303
    else:
        with german.engine.transaction() as session:
            session.execute(update(EscalationRow).values(state=what))
    pages.append(web.get(address).text)

    typed = ("I own it", "not now, because", "wrong tag")
    assert [english(page, ["Stale beans again in the subscription parcel", *typed]) for page in pages] == [[], [], []]
    assert all('<html lang="de"' in page for page in pages)


def test_a_call_that_bounces_climbs_at_once(by_mail: Rosta) -> None:
    letter = by_mail.server.calls[0]
    assert letter.envelope is not None
    data = mails.POSTFIX.format(to=letter.envelope, action="failed", status="5.1.1", code="550", words="no such person")
    assert by_mail.engine.receive(data.encode()).what == "hard"
    by_mail.look()

    assert by_mail.readers[:2] == ["kit", "noor"]


# --- who would be reached


def test_check_warns_of_matters_that_would_reach_nobody_with_key_and_remedy(make: Callable[..., Rosta]) -> None:
    rosta = make(rules={"security": {"tell": []}, "legal": {"tell": ["ada"]}})
    found = command(rosta, "check", "--offline")

    warned = [line for line in found.splitlines() if "names nobody" in line]
    assert [re.search(r"rules\.(\w+)\.tell: ", line)[1] for line in warned] == ["safety", "security"]  # type: ignore[index]
    assert re.search(r"settings\.yaml:[1-9][0-9]*: warning: escalation\.rules\.security\.tell: ", warned[1])
    assert all("tell: [ada, grace]" in line for line in warned)


def test_an_issue_whose_address_is_none_stands_on_the_triage_page_without_a_link(make: Callable[..., Rosta]) -> None:
    rosta = make()
    rosta.put(1, "The cups leak", url="http://[::1")
    rosta.put(2, "The lids leak", url="HTTPS://desk.example/2")
    rosta.run()

    page = signed_in(rosta, "noor", "--role", "operator").get("/triage", base_url=HOST)

    assert page.status_code == 200
    assert "The cups leak" in page.text
    assert "[::1" not in page.text
    assert 'href="HTTPS://desk.example/2"' in page.text
