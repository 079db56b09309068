"""Calls for others than the leads of a pain: an important account speaks of leaving, or it is like an outage."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import yaml

from tests.workers import small, test_escalation
from tests.workers.test_escalation import TENDER, VIENNA, Rosta, command
from workers.web import app

make = test_escalation.make
OUTAGE = {"outage_like": {"tell": ["ada", "kit"]}}
LEAVES = "We are looking at alternatives. I will cancel my subscription."
FEW = "Their driver was friendly and the invoice came late again, which costs us an hour each month."


def clock(rosta: Rosta, text: str) -> None:
    rosta.clock[0] = datetime.fromisoformat(text).replace(tzinfo=VIENNA)


def cry(rosta: Rosta, number: int, text: str, **more: Any) -> None:
    """At this moment one cafe more tells of stale beans."""
    clock(rosta, text)
    one = small.subscribers(6)[number % 6]
    said = {"author": f"owner{number}@cafe.example", "author_role": "customer", "account": f"Cafe {number}"}
    rosta.put(number, one["title"], **{**said, "body": one["body"], "labels": ["beans"], **more})


def crowd(rosta: Rosta, day: str, count: int = 5, first: int = 1, **more: Any) -> None:
    for n in range(count):
        cry(rosta, first + n, f"{day} 02:{n * 10:02}", **more)


def rule_of(rosta: Rosta, *numbers: int) -> list[str]:
    return [kept.rule for n in numbers if (kept := rosta.kept(n)) is not None]


# --- like an outage


def test_five_in_two_hours_call_whom_the_rule_names_at_any_hour_and_then_the_next(make: Callable[..., Rosta]) -> None:
    rosta = make(rules=OUTAGE)
    crowd(rosta, "2026-03-08")

    rosta.at("2026-03-08 03:00")
    assert rosta.readers == ["ada"]
    assert rule_of(rosta, *range(1, 6)) == ["outage_like"]
    said = " ".join(rosta.server.calls[0].text.split())
    assert "within two hours" in said
    assert "incident open already" in said
    rosta.at("2026-03-08 03:14")
    assert rosta.readers == ["ada"]
    assert rosta.at("2026-03-08 03:16").readers == ["ada", "kit"]  # ada had her one of the day: no copy


def test_who_says_that_an_incident_is_open_silences_it_while_it_goes_on_and_a_day_longer(
    make: Callable[..., Rosta],
) -> None:
    rosta = make(rules=OUTAGE)
    crowd(rosta, "2026-03-08")
    rosta.at("2026-03-08 03:00")
    web = app.create(rosta.engine).test_client()
    assert 'value="incident"' in web.get(rosta.page()).text

    web.post(rosta.page(), data={"what": "incident", "line": ""})

    [kept] = [kept for n in range(1, 6) if (kept := rosta.kept(n)) is not None]
    assert (kept.state, kept.ended_by) == ("owned", "ada")
    for day, first in (("2026-03-08 04:00", 11), ("2026-03-09 02:30", 21), ("2026-03-10 02:30", 31)):
        for n in range(5):  # each no more than a day after the last
            clock(rosta, day)
            rosta.clock[0] += timedelta(minutes=n)
            cry(rosta, first + n, rosta.clock[0].strftime("%Y-%m-%d %H:%M"))
        rosta.run()
    assert rosta.readers == ["ada"]

    crowd(rosta, "2026-03-12", first=41)
    assert rosta.at("2026-03-12 03:00").readers == ["ada", "ada"]


def test_that_an_incident_is_open_can_be_said_of_nothing_else(make: Callable[..., Rosta]) -> None:
    rosta = make()
    rosta.put(1, "Half the beans in our subscription parcel arrived stale", labels=["beans", "now"])
    rosta.at("2026-03-02 10:00")
    web = app.create(rosta.engine).test_client()

    assert 'value="incident"' not in web.get(rosta.page()).text
    assert web.post(rosta.page(), data={"what": "incident", "line": ""}).status_code == 422
    assert rosta.state() == "open"


def test_bots_and_one_who_writes_twice_and_what_nobody_may_see_count_for_nobody(make: Callable[..., Rosta]) -> None:
    rosta = make(rules=OUTAGE)
    crowd(rosta, "2026-03-08", count=4)
    cry(rosta, 10, "2026-03-08 02:31", author="owner1@cafe.example", account="Cafe 1")
    cry(rosta, 11, "2026-03-08 02:32", author="monitor[bot]", author_role="bot", account=None)
    cry(rosta, 12, "2026-03-08 02:33", labels=["beans", "hush"])
    cry(rosta, 13, "2026-03-08 02:34", author=None, account=None, author_role="unknown")
    text = small.subscribers(1)[0]["body"]
    cry(rosta, 14, "2026-03-08 02:35", body=f"{text} Our lawyer will contact you, we are going to court over this.")

    rosta.at("2026-03-08 03:00")
    assert rosta.readers == []
    assert rule_of(rosta, *range(1, 20)) == []

    cry(rosta, 15, "2026-03-08 03:10")
    assert rosta.run().readers == ["ada"]
    assert rule_of(rosta, 12, 14) == []


def test_what_is_read_late_is_no_outage_any_more(make: Callable[..., Rosta]) -> None:
    rosta = make(rules=OUTAGE)
    crowd(rosta, "2026-03-08")

    assert rosta.at("2026-03-08 04:41").readers == []


def test_nobody_is_called_for_it_until_somebody_is_named(make: Callable[..., Rosta]) -> None:
    rosta = make()
    crowd(rosta, "2026-03-08")

    assert rosta.at("2026-03-08 03:00").readers == []


def test_whoever_may_not_see_it_is_not_told(make: Callable[..., Rosta]) -> None:
    rosta = make(rules=OUTAGE)
    sources = yaml.safe_load((rosta.directory / "sources.yaml").read_text())
    sources["sources"][0]["visible_to"] = ["kit"]
    (rosta.directory / "sources.yaml").write_text(yaml.safe_dump(sources))
    crowd(rosta, "2026-03-08")

    assert rosta.at("2026-03-08 03:00").readers == ["kit"]


def test_it_counts_against_the_limits_and_goes_to_whoever_is_free(make: Callable[..., Rosta]) -> None:
    rosta = make(rules={**OUTAGE, "escalate": {"tell": ["ada"]}})
    clock(rosta, "2026-03-02 10:00")
    rosta.put(50, FEW, labels=["parcels", "now"])
    rosta.at("2026-03-02 10:00")
    for n in range(5):
        cry(rosta, 1 + n, f"2026-03-02 11:0{n}")

    assert rosta.at("2026-03-02 11:10").readers == ["ada", "kit"]


def test_where_everybody_had_theirs_it_is_left_to_the_weekly_notes(make: Callable[..., Rosta]) -> None:
    rosta = make(rules={"outage_like": {"tell": ["ada"]}, "escalate": {"tell": ["ada"]}})
    clock(rosta, "2026-03-02 10:00")
    rosta.put(50, FEW, labels=["parcels", "now"])
    rosta.at("2026-03-02 10:00")
    for n in range(5):
        cry(rosta, 1 + n, f"2026-03-02 11:0{n}")
    rosta.at("2026-03-02 11:10")

    assert rosta.at("2026-03-03 11:10").readers == ["ada"]
    assert [kept.state for n in range(1, 6) if (kept := rosta.kept(n)) is not None] == ["digest"]


def test_words_of_staff_are_neither_shown_nor_pointed_at_and_a_confession_speaks_for_nobody(
    make: Callable[..., Rosta],
) -> None:
    rosta = make(rules={"outage_like": {"tell": ["ada"]}})
    for n in range(1, 6):
        one = small.subscribers(6)[n]
        clock(rosta, f"2026-03-02 02:0{n}")
        body = f"{one['body']} {TENDER}" if n == 1 else one["body"]
        rosta.put(n, one["title"], body=body, author=f"r{n}", author_role="staff", account=None)

    rosta.at("2026-03-02 02:10")
    assert rosta.readers == ["ada"]
    said = " ".join(rosta.server.calls[0].text.split())
    assert "ashamed" not in said
    assert "desk:" not in said
    assert rule_of(rosta, 1) == []


# --- an important account speaks of leaving


def leave(rosta: Rosta, number: int, text: str, **more: Any) -> None:
    clock(rosta, text)
    said = {"body": LEAVES, "account": "Cafe Rosa", **more}
    rosta.put(number, f"The paper around parcel {number} is torn", **said)


def test_its_keeper_is_asked_first_and_then_the_leads(make: Callable[..., Rosta]) -> None:
    rosta = make(accounts={"  cafe  ROSA ": "ada"})
    leave(rosta, 1, "2026-03-02 10:00")

    rosta.run()
    assert rosta.readers == ["ada"]
    assert "and you keep it" in " ".join(rosta.server.calls[0].text.split())
    assert app.create(rosta.engine).test_client().get(rosta.page()).status_code == 200
    rosta.at("2026-03-03 09:59")
    assert rosta.readers == ["ada"]
    assert rosta.at("2026-03-03 10:01").readers == ["ada", "kit", "ada"]
    rosta.at("2026-03-04 10:02")
    assert rosta.readers[3] == "noor"
    assert rule_of(rosta, 1) == ["churn"]


def test_without_a_keeper_the_leads_are_asked(make: Callable[..., Rosta]) -> None:
    rosta = make(accounts=["Cafe Rosa"])
    leave(rosta, 1, "2026-03-02 10:00")

    assert rosta.run().readers == ["kit"]
    assert "and you keep it" not in " ".join(rosta.server.calls[0].text.split())


@pytest.mark.parametrize(
    "more",
    [
        {"account": "Cafe Blu"},
        {"body": "The paper in the parcel is wet again."},
        {"labels": ["beans", "hush"]},
        {"author": "r1", "author_role": "staff"},
        {"author": "importer", "author_role": "bot"},
    ],
)
def test_others_and_other_words_call_nobody(make: Callable[..., Rosta], more: dict[str, Any]) -> None:
    rosta = make(accounts={"Cafe Rosa": "ada"})
    leave(rosta, 1, "2026-03-02 10:00", **more)

    assert rosta.run().readers == []


def test_it_can_be_switched_off_and_calls_nobody_without_accounts(make: Callable[..., Rosta]) -> None:
    rosta = make(accounts={"Cafe Rosa": "ada"}, rules={"churn": {"enabled": False}})
    leave(rosta, 1, "2026-03-02 10:00")

    assert rosta.run().readers == []


def test_the_same_account_calls_once_a_week(make: Callable[..., Rosta]) -> None:
    rosta = make(accounts={"Cafe Rosa": "ada"})
    leave(rosta, 1, "2026-03-02 10:00")
    rosta.run()
    app.create(rosta.engine).test_client().post(rosta.page(), data={"what": "own", "line": "I ring them"})
    leave(rosta, 2, "2026-03-05 10:00", account="CAFE ROSA")
    assert rosta.run().readers == ["ada"]
    leave(rosta, 3, "2026-03-11 10:00")

    assert rosta.run().readers == ["ada", "ada"]


def test_it_ends_when_the_account_is_taken_off_the_list(make: Callable[..., Rosta]) -> None:
    rosta = make(accounts={"Cafe Rosa": "ada"})
    leave(rosta, 1, "2026-03-02 10:00")
    rosta.run()
    rosta.close()
    settings = {**small.SETTINGS, "escalation": {"accounts": ["Cafe Blu"]}}
    (rosta.directory / "settings.yaml").write_text(yaml.safe_dump(settings))

    assert rosta.at("2026-03-03 10:01").readers == ["ada"]
    assert rosta.state() == "withdrawn"


def test_harm_in_its_pain_calls_the_lead_all_the_same(make: Callable[..., Rosta]) -> None:
    rosta = make(accounts={"Cafe Rosa": "ada"})
    lost = "All our orders of last year are gone and the data is lost for good, we cannot sell anything"
    clock(rosta, "2026-03-02 10:00")
    rosta.put(1, lost, body=f"{lost}. {LEAVES}", account="Cafe Rosa")
    rosta.run()
    assert rosta.readers == ["ada"]
    clock(rosta, "2026-03-02 11:00")
    rosta.put(2, lost, body=lost)

    assert rosta.run().readers == ["ada", "kit"]
    assert rule_of(rosta, 1, 2) == ["churn", "harm"]
    threads = {(kept.rule, kept.thread.partition(":")[0]) for n in (1, 2) if (kept := rosta.kept(n)) is not None}
    assert threads == {("churn", "account"), ("harm", "pain")}


def test_a_tag_or_a_person_brings_it_to_the_leads_all_the_same(make: Callable[..., Rosta]) -> None:
    rosta = make(accounts={"Cafe Rosa": "ada", "Cafe Blu": "ada"}, per_day=3)
    leave(rosta, 1, "2026-03-02 10:00")
    leave(rosta, 2, "2026-03-02 10:01", account="Cafe Blu")
    rosta.run()
    assert rosta.readers == ["ada", "ada"]

    leave(rosta, 1, "2026-03-02 11:00", labels=["beans", "now"])
    rosta.run()
    assert rosta.readers == ["ada", "ada", "kit"]
    assert "kit has it" in command(rosta, "escalate", "desk:2")
    assert rule_of(rosta, 1, 2) == ["escalate", "escalate"]
    assert rosta.at("2026-03-03 10:30").readers == ["ada", "ada", "kit"]  # the keeper's day is over and asks nobody


def test_check_notes_accounts_that_nothing_comes_from(make: Callable[..., Rosta]) -> None:
    rosta = make(accounts={"cafe rosa": "ada", "Cafe Ros": None})
    leave(rosta, 1, "2026-03-02 10:00")
    rosta.run()

    said = " ".join(command(rosta, "check").split())
    assert "'Cafe Ros'" in said
    assert "Did you mean Cafe Rosa?" in said
    assert "'cafe rosa'" not in said
