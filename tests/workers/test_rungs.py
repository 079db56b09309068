"""The rungs that no tag starts: what surges, who carries too much, what is stuck, and who stopped to tell."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import yaml

from pipeline.answers import Given
from pipeline.digest.document import Document
from pipeline.links import from_store
from pipeline.store import answers, digests, registry
from tests.workers import small, test_escalation
from tests.workers.test_escalation import VIENNA, Rosta, command
from workers.web import app

make, rosta = test_escalation.make, test_escalation.rosta
SURGE = {"surge": {"enabled": True}}
LOAD = {"agent_load": {"enabled": True}}


def clock(rosta: Rosta, text: str) -> None:
    rosta.clock[0] = datetime.fromisoformat(text).replace(tzinfo=VIENNA)


def stale(rosta: Rosta, number: int, cafe: int, **more: Any) -> None:
    """One cafe tells of stale beans, severely."""
    one = small.subscribers(6)[cafe % 6]
    said = {"author": f"owner{cafe}@cafe.example", "author_role": "customer", "account": f"Cafe {cafe}"}
    rosta.put(number, one["title"], body=one["body"], **{**said, "labels": ["beans", "bad"], **more})


def document(rosta: Rosta, leader: str, week: str) -> Document:
    with rosta.engine.transaction() as session:
        found = digests.digest(session, leader, week)
    assert found is not None
    assert found.document is not None, found.reason
    return Document.from_json(found.document)


# --- stuck


def weeks(rosta: Rosta, until: str) -> None:
    """A pain of three cafes in the first week, and something else every week, so that there is something to read."""
    for cafe in range(3):
        clock(rosta, f"2026-03-02 10:0{cafe}")
        stale(rosta, cafe + 1, cafe)
    day, number = datetime(2026, 3, 3, 12, tzinfo=VIENNA), 100
    while day <= datetime.fromisoformat(until).replace(tzinfo=VIENNA):
        rosta.clock[0] = day
        number += 1
        if day.weekday() == 1:
            where = {"labels": ["parcels"], "account": f"Shop {number}", "author": f"shop{number}@x.example"}
            rosta.put(number, f"The driver left parcel {number} in the rain and the paper tore", **where)
        rosta.run()
        day += timedelta(days=1 if day.weekday() == 0 else 6)


def test_a_severe_pain_that_waits_for_ten_working_days_climbs_in_its_first_words(rosta: Rosta) -> None:
    weeks(rosta, "2026-03-30 13:00")

    early, climbed, later = (document(rosta, "noor", week) for week in ("2026-W11", "2026-W12", "2026-W13"))
    assert early.passed_on == later.passed_on == ()
    [one] = climbed.passed_on
    assert one.quote is not None
    assert one.quote.issue == "desk:1"
    assert one.quote.text in rosta.tickets["1"]["body"]
    assert "2 Mar" in one.line
    assert "Roasting" in one.line
    assert document(rosta, "kit", "2026-W12").passed_on == ()
    assert rosta.server.calls == []
    [letter] = [one for one in rosta.server.taken if one.name == "2026-W12/noor"]
    assert one.quote.text in " ".join(letter.text.split())
    web = app.create(rosta.engine).test_client()
    signed = from_store(climbed.to_json(), rosta.engine.deployment.links)["passed_on"][0]["answer_url"]
    assert web.get(signed.removeprefix(test_escalation.HOST)).status_code == 200


def test_new_people_bring_it_back_and_an_answer_ends_it(rosta: Rosta) -> None:
    weeks(rosta, "2026-03-24 13:00")
    clock(rosta, "2026-03-25 10:00")
    stale(rosta, 50, 5)
    rosta.run()
    rosta.at("2026-03-30 12:00")
    assert [one.pain for one in document(rosta, "noor", "2026-W13").passed_on]
    with rosta.engine.transaction() as session:
        [pain] = [one for one in registry.current(session) if "ale" in registry.current(session)[one]["title"]]
        at = rosta.clock[0]
        given = Given(kind="act", text="We roast twice a week", due=None, to=None)
        answers.keep(session, pain=pain, leader="kit", period="2026-W13", given=given, how="cli", nonce="n", at=at)

    clock(rosta, "2026-04-01 10:00")
    stale(rosta, 51, 4)
    rosta.run()
    rosta.at("2026-04-06 12:00")

    assert document(rosta, "noor", "2026-W14").passed_on == ()


def test_what_is_closed_or_switched_off_does_not_climb(make: Callable[..., Rosta]) -> None:
    rosta = make(rules={"stuck": {"enabled": False}})
    weeks(rosta, "2026-03-23 13:00")

    assert document(rosta, "noor", "2026-W12").passed_on == ()


def test_words_of_staff_that_may_not_be_shown_above_stay_below(rosta: Rosta) -> None:
    clock(rosta, "2026-03-02 09:00")
    rosta.put(
        9,
        "Half the beans in our subscription parcel arrived stale",
        body=f"Half the beans in our subscription parcel arrived stale. {test_escalation.TENDER}",
        author="r1",
        author_role="staff",
        account=None,
        labels=["beans", "bad"],
    )
    weeks(rosta, "2026-03-23 13:00")

    document_ = document(rosta, "noor", "2026-W12")
    assert "ashamed" not in str(document_.to_json())
    assert all(one.quote is None or one.quote.issue != "desk:9" for one in document_.passed_on)


# --- surge


def history(rosta: Rosta) -> None:
    """One cafe a week tells of stale beans, for ten weeks; then six of them until Wednesday."""
    for week in range(10, 0, -1):
        rosta.clock[0] = datetime(2026, 3, 3, 9, tzinfo=VIENNA) - timedelta(weeks=week)
        stale(rosta, 100 + week, week)
    for cafe in range(6):
        clock(rosta, f"2026-03-03 1{cafe}:00")
        stale(rosta, cafe + 1, cafe + 20)


def test_a_surge_goes_to_the_lead_of_its_area_and_climbs(make: Callable[..., Rosta]) -> None:
    rosta = make(rules=SURGE)
    history(rosta)

    rosta.at("2026-03-04 10:00")
    rosta.run()
    assert rosta.readers == ["kit"]
    [call] = rosta.server.calls
    assert "More people than usual" in " ".join(call.text.split())
    kept = next(kept for n in range(1, 7) if (kept := rosta.kept(n)) is not None)
    assert kept.rule == "surge"
    rosta.at("2026-03-05 10:00")
    assert rosta.at("2026-03-06 09:59").readers == ["kit"]
    assert rosta.at("2026-03-06 10:01").readers == ["kit", "noor", "kit"]


def test_a_surge_calls_nobody_unless_that_was_asked_for(rosta: Rosta) -> None:
    history(rosta)

    assert rosta.at("2026-03-04 10:00").readers == []


def test_a_surge_that_was_answered_is_no_news(make: Callable[..., Rosta]) -> None:
    rosta = make(rules=SURGE)
    history(rosta)
    rosta.at("2026-03-04 10:00")
    web = app.create(rosta.engine).test_client()
    web.post(rosta.page(), data={"what": "decline", "line": "The roaster is in Trieste"})
    clock(rosta, "2026-03-05 09:00")
    stale(rosta, 60, 40)

    assert rosta.at("2026-03-05 10:00").readers == ["kit"]
    assert rosta.at("2026-03-11 10:00").readers == ["kit"]


# --- people who carry too much


@pytest.fixture
def desk(make: Callable[..., Rosta]) -> Rosta:
    rosta = make(rules=LOAD)
    org = yaml.safe_load((rosta.directory / "org.yaml").read_text())
    agents = [{"id": f"agent{n}", "team": "service", "accounts": {"desk": f"a{n}"}} for n in range(1, 7)]
    org["people"] += agents
    org["teams"].append(
        {"id": "service", "name": "Service", "parent": "rosta", "leader": "ada", "hears": [{"source": "desk"}]}
    )
    (rosta.directory / "org.yaml").write_text(yaml.safe_dump(org))
    clock(rosta, "2026-03-03 09:00")
    return rosta


def burdened(rosta: Rosta, number: int, body: str, **more: Any) -> None:
    staff = {"author": f"a{number}", "author_role": "staff", "account": None, "labels": []}
    rosta.put(number, f"Queue of parcels, day {number}", body=body, **{**staff, **more})


def test_agents_who_apologise_all_day_are_told_of_to_their_lead(desk: Rosta) -> None:
    burdened(desk, 1, "We keep apologising to customers every day for parcels that nobody can find.")
    assert desk.at("2026-03-03 10:00").readers == []  # one voice alone calls nobody
    burdened(desk, 2, "A customer shouted at me for ten minutes because the parcel was late again.")

    assert desk.at("2026-03-04 10:00").readers == ["ada"]
    assert "apologise far more than usual, or tell of abuse" in " ".join(desk.server.calls[0].text.split())
    assert desk.at("2026-03-05 10:00").readers == ["ada"]
    assert "agent_load, ada has it" in command(desk, "status")
    assert desk.at("2026-03-06 10:01").readers == ["ada", "noor", "ada"]


def test_what_customers_write_of_being_sorry_calls_nobody(desk: Rosta) -> None:
    for number in (1, 2, 3):
        customer = {"author": f"c{number}@x.example", "author_role": "customer", "account": f"Cafe {number}"}
        burdened(desk, number, "We keep apologising to our guests every day. A guest shouted at us.", **customer)

    assert desk.at("2026-03-03 10:00").readers == []


# --- who stopped to tell


def stopped(rosta: Rosta, others: int) -> None:
    """Somebody tells that they stopped to tell; so many others wrote in the week of something else."""
    clock(rosta, "2026-03-03 09:00")
    said = "Roasting sheet breaks again. I stopped reporting this, nobody ever answers and nothing changes anyway."
    rosta.put(
        1, "The roasting sheet breaks", body=said, author="r1", author_role="staff", account=None, labels=["beans"]
    )
    for number in range(others):
        stale(rosta, 2 + number, number)
    rosta.at("2026-03-03 10:00")
    rosta.at("2026-03-09 12:00")


def test_the_lead_of_who_stopped_to_tell_and_theirs_read_of_it_in_our_words(rosta: Rosta) -> None:
    stopped(rosta, others=2)

    for leader in ("kit", "noor"):
        found = document(rosta, leader, "2026-W10")
        assert [line for line in found.quiet if "stopped" in line]
        assert "I stopped reporting" not in str(found.to_json())


def test_nobody_reads_of_it_where_so_few_wrote_that_it_could_be_told_who(rosta: Rosta) -> None:
    stopped(rosta, others=1)

    for leader in ("kit", "noor"):
        assert "stopped" not in str(document(rosta, leader, "2026-W10").quiet)


def test_nobody_reads_of_it_where_that_is_switched_off(make: Callable[..., Rosta]) -> None:
    rosta = make(rules={"voice_withdrawn": {"enabled": False}})
    stopped(rosta, others=2)

    assert not [line for line in document(rosta, "kit", "2026-W10").quiet if "stopped" in line]
