"""Request Tracker: the traps that the kit does not know, on the kit's own fake."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from connectors.base import SourceError
from connectors.kit import run
from connectors.kit.bench import Bench, quick
from connectors.kit.cases import CASES, Case
from connectors.kit.dialect import Honest, Request, Response
from connectors.kit.dialects.rt import BlindRtDialect, RtDialect
from connectors.kit.server import running
from connectors.kit.world import World
from connectors.rt import Rt, RtOptions
from pipeline.issue import Gone, Issue


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with quick() as held, running(RtDialect, World()) as fake:
        yield Bench(Rt, fake, tmp_path, held)


def item(**change: Any) -> dict[str, Any]:
    given = {
        "id": "7",
        "Subject": "Printer jams",
        "Status": "open",
        "Created": "2026-03-02T09:00:00Z",
        "LastUpdated": "2026-03-03T09:00:00Z",
        "Resolved": "1970-01-01T00:00:00Z",
        "Requestor": [{"type": "user", "id": "kim@example.com", "Organization": ""}],
    }
    return {**given, **change}


def change(number: int, kind: str, by: str, **more: Any) -> dict[str, Any]:
    at = f"2026-03-02T{number:02}:00:00Z"
    return {"id": str(number), "Type": kind, "Created": at, "Creator": {"type": "user", "id": by}, **more}


def words(number: int, content: str, kind: str = "text/plain", name: str = "") -> dict[str, Any]:
    return {"TransactionId": str(number), "ContentType": kind, "Content": content, "Filename": name}


def understood(bench: Bench, raw: dict[str, Any], **options: Any) -> Any:
    bench.change = options
    with bench.opened() as connector:
        return connector.normalise({"in": "active", **raw})


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_the_contract_is_kept_where_totals_and_next_pages_are_missing(case: Case) -> None:
    (outcome,) = run.run(Rt, BlindRtDialect, cases=[case])

    assert outcome.result != "failed", outcome.why


def test_tickets_of_one_second_are_ordered_by_number_too(bench: Bench) -> None:
    bench.world.seed(3)

    bench.pull()

    lists = [r for r in bench.fake.requests if bench.dialect.is_list(r)]
    assert {r.query["orderby"] for r in lists} == {"id"}
    assert {r.query["order"] for r in lists if "order" in r.query} == set()


def test_a_zone_that_is_not_the_accounts_is_an_error_and_not_a_loss(bench: Bench) -> None:
    bench.world.zone = "America/Los_Angeles"
    bench.world.seed(3)
    bench.change = {"zone": "UTC"}

    with pytest.raises(SourceError, match="zone") as caught:
        bench.pull()

    assert caught.value.permanent
    assert bench.cursor == {}


def test_a_zone_that_lies_ahead_of_the_accounts_costs_reading_and_loses_nothing(bench: Bench) -> None:
    bench.world.zone = "Asia/Kolkata"
    bench.change = {"zone": "UTC"}
    bench.world.seed(12)
    bench.pull()
    bench.world.pass_time(timedelta(minutes=5))
    bench.world.add()

    bench.pull()

    bench.must_match("with another zone than the account's, to the east of it")


def test_a_zone_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValidationError, match="no time zone"):
        RtOptions.model_validate({"name": "rt", "kind": "rt", "base_url": "https://rt.example", "zone": "Middle/Earth"})


def test_what_is_refused_for_one_ticket_of_many_is_named_and_the_others_are_whole(bench: Bench) -> None:
    tickets = bench.world.seed(9)
    for ticket in tickets:
        bench.world.say(ticket, f"Me too, {ticket.id}")
    victim = tickets[4]

    def refuse(request: Request, honest: Honest) -> Response:
        asked = f"ObjectId = {victim.id})" in request.query.get("query", "").replace(" OR", ")")
        return bench.dialect.refusal(500) if asked else honest(request)

    bench.fake.trouble = refuse
    bench.pull()

    whole = {int(key) for key, said in bench.shelf.comments.items() if said}
    assert whole == {ticket.id for ticket in tickets} - {victim.id}
    assert str(victim.id) in bench.shelf.issues
    assert "only in part" in bench.shelf.aside[str(victim.id)]


def test_tickets_are_not_asked_for_one_by_one(bench: Bench) -> None:
    bench.change = {"per_page": 100}
    for ticket in bench.world.seed(200):
        bench.world.say(ticket, "Me too")

    bench.pull()

    bench.must_match("with two hundred tickets")
    assert len(bench.fake.requests) < 60


def test_a_ticket_that_was_deleted_and_brought_back_lives(bench: Bench) -> None:
    ticket = bench.world.seed(6)[2]
    bench.pull()
    bench.world.edit(ticket, deleted=True)
    bench.pull()
    assert str(ticket.id) in bench.shelf.gone

    removal = bench.dialect._removal(ticket)  # type: ignore[attr-defined]
    bench.world.edit(ticket, deleted=False)

    assert understood(bench, {"in": "removed", "item": removal, "lives": True}) is None
    bench.pull()
    bench.must_match("after a ticket was brought back")


def test_a_ticket_that_was_merged_is_transferred_and_the_one_that_took_it_in_stays(bench: Bench) -> None:
    merged = change(9, "AddLink", "root", Field="MergedInto", NewValue="fsck.com-rt://kit/ticket/5", ObjectId="4")

    gone = understood(bench, {"in": "removed", "item": merged})

    assert gone == Gone(external_id="4", at=datetime(2026, 3, 2, 9, tzinfo=UTC), reason="transferred")
    assert understood(bench, {"in": "removed", "item": {**merged, "ObjectId": "5"}}) is None


def test_an_asset_that_was_deleted_is_no_ticket(bench: Bench) -> None:
    asset = change(9, "Status", "root", NewValue="deleted", ObjectId="4", ObjectType="RT::Asset")

    assert understood(bench, {"in": "removed", "item": asset}) is None


def test_comments_are_private_and_the_requestor_is_the_customer(bench: Bench) -> None:
    history = [
        change(9, "Create", "kim@example.com", ObjectId="7"),
        change(10, "Correspond", "ada"),
        change(11, "Comment", "ada"),
        change(12, "Correspond", "kim@example.com"),
    ]
    texts = [
        words(9, "It jams.\n\n> old mail\n"),
        words(10, "<p>Try <b>again</b></p>", "text/html"),
        words(10, "Try again"),
        words(10, "not a message", name="trace.txt"),
        words(11, "They never read"),
        words(12, "No."),
    ]

    issue = understood(bench, {"item": item(), "history": history, "texts": texts})

    assert issue.body == "It jams."
    assert [(c.body, c.private, c.author_role) for c in issue.comments] == [
        ("Try again", False, "staff"),
        ("They never read", True, "staff"),
        ("No.", False, "customer"),
    ]
    assert (issue.author, issue.author_role, issue.account) == ("kim@example.com", "customer", "kim@example.com")


def test_the_list_that_a_ticket_is_in_tells_its_state_whatever_its_words_are(bench: Bench) -> None:
    raw = {
        "item": item(Status="erledigt"),
        "history": [change(10, "Status", "ada", OldValue="open", NewValue="erledigt")],
    }

    issue = understood(bench, {**raw, "in": "inactive"})

    assert isinstance(issue, Issue)
    assert issue.state == "closed"
    assert issue.closed_at == issue.updated_at  # Resolved was never set: 1970
    assert [event.what for event in issue.history] == ["created", "closed"]


def test_custom_fields_become_labels_tags_and_the_account(bench: Bench) -> None:
    fields = [{"name": "Severity", "values": ["blocker"]}, {"name": "Customer", "values": ["Fernhill"]}]

    issue = understood(
        bench, {"item": item(CustomFields=fields)}, account_field="Customer", tags={"escalate": ["Blocker"]}
    )

    assert (issue.labels, issue.account, issue.tags) == (("blocker",), "Fernhill", {"escalate"})
