"""Zammad: answers recorded from a live one, and the traps that the kit does not know."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from connectors.kit.bench import Bench, quick
from connectors.kit.dialects.zammad import ZammadDialect
from connectors.kit.server import running
from connectors.kit.world import World
from connectors.zammad import Zammad
from pipeline.issue import Gone, Issue
from tests.connectors.described import recordings


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with quick() as held, running(ZammadDialect, World()) as fake:
        yield Bench(Zammad, fake, tmp_path, held)


def recorded() -> list[dict[str, Any]]:
    lines = recordings("zammad-py.jsonl").read_text("utf-8").splitlines()
    return [entry for entry in map(json.loads, lines) if entry["cassette"] == "TestAPI.test_tickets.yaml"]


def item(**change: Any) -> dict[str, Any]:
    given = {
        "id": 7,
        "title": "Printer jams",
        "state_id": 2,
        "state": "open",
        "customer": "kim@example.com",
        "created_at": "2026-03-02T09:00:00.123Z",
        "updated_at": "2026-03-03T09:00:00.456Z",
    }
    return {**given, **change}


def understood(bench: Bench, raw: dict[str, Any], **options: Any) -> Any:
    bench.change = options
    with bench.opened() as connector:
        return connector.normalise({"in": "tickets", **raw})


def test_every_recorded_ticket_is_understood(bench: Bench) -> None:
    answers = [entry["body"] for entry in recorded() if entry["method"] in ("GET", "POST", "PUT")]
    tickets = [t for body in answers for t in (body if isinstance(body, list) else [body]) if "title" in t]

    issues = [understood(bench, {"item": ticket}) for ticket in tickets]

    assert len(issues) >= 5
    assert {(i.external_id, i.state) for i in issues} == {(str(t["id"]), "open") for t in tickets}
    welcome = next(i for i in issues if i.title == "Welcome to Zammad!" and i.group)
    assert (welcome.author, welcome.account) == ("nicole.braun@zammad.org", "Zammad Foundation")
    assert (welcome.author_role, welcome.group, welcome.priority) == ("customer", "Users", "normal")
    assert welcome.updated_at == datetime(2025, 5, 13, 8, 37, 16, 844000, tzinfo=UTC)


def test_the_fake_gives_no_field_that_the_live_one_does_not_know(bench: Bench) -> None:
    known = set(next(e["body"][0] for e in recorded() if e["uri"].endswith("expand=true") and e["method"] == "GET"))
    ticket = bench.world.add()

    shown = bench.dialect._ticket(ticket)  # type: ignore[attr-defined]

    assert set(shown) <= known


def test_the_database_is_asked_and_not_the_search_index(bench: Bench) -> None:
    bench.world.seed(6)

    bench.pull()

    lists = [r.query for r in bench.fake.requests if bench.dialect.is_list(r)]
    assert lists
    assert all("query" not in query for query in lists)
    assert {query["condition[ticket.updated_at][operator]"] for query in lists} == {"after (absolute)"}
    assert {(query["sort_by"], query["order_by"]) for query in lists} == {("updated_at,id", "asc,asc")}


def test_the_first_article_is_what_the_ticket_says_and_internal_ones_are_private(bench: Bench) -> None:
    articles = [
        {
            "id": 1,
            "body": '<p>It <b>jams</b>.</p><blockquote type="cite">old mail</blockquote>',
            "content_type": "text/html",
        },
        {"id": 2, "body": "a <b> is no markup here", "content_type": "text/plain", "sender": "Agent", "internal": True},
        {"id": 3, "body": "<p>No.</p>", "content_type": "text/html", "sender": "Customer", "internal": False},
        {"id": 4, "body": "Escalated", "content_type": "text/plain", "sender": "System", "internal": False},
    ]
    dated = [{**article, "created_at": "2026-03-02T10:00:00.000Z"} for article in articles]

    issue = understood(bench, {"item": item(), "articles": dated})

    assert issue.body == "It jams."
    assert [(c.body, c.private, c.author_role) for c in issue.comments] == [
        ("a <b> is no markup here", True, "staff"),
        ("No.", False, "customer"),
        ("Escalated", False, "bot"),
    ]


def test_a_state_is_known_by_its_kind_whatever_its_name_is(bench: Bench) -> None:
    done = item(state_id=9, state="erledigt", close_at="2026-03-02T12:00:00.000Z")

    issue = understood(bench, {"item": done, "states": {"9": "closed"}})

    assert isinstance(issue, Issue)
    assert (issue.state, issue.closed_at) == ("closed", datetime(2026, 3, 2, 12, tzinfo=UTC))


def test_a_ticket_that_was_opened_again_is_open_although_close_at_stays(bench: Bench) -> None:
    assert understood(bench, {"item": item(close_at="2026-03-02T12:00:00.000Z")}).state == "open"


def test_a_merged_ticket_is_transferred(bench: Bench) -> None:
    gone = understood(bench, {"item": item(state="merged")})

    assert isinstance(gone, Gone)
    assert (gone.external_id, gone.reason) == ("7", "transferred")


def test_tags_priority_and_kind_are_marks(bench: Bench) -> None:
    raw = {"item": item(priority="3 high", type="Incident"), "tags": ["vip"]}

    issue = understood(bench, raw, tags={"escalate": ["high"], "mute": ["incident"], "private": ["VIP"]})

    assert issue.labels == ("vip",)
    assert issue.tags == {"escalate", "mute", "private"}


def test_a_delivery_that_is_tried_again_has_the_same_name(bench: Bench) -> None:
    body, secret = b'{"ticket": {"id": 7}}', "a secret that is long enough"
    signature = f"sha1={hmac.new(secret.encode(), body, hashlib.sha1).hexdigest()}"
    now = datetime.now(UTC)

    first = Zammad.webhook({"x-hub-signature": signature, "x-zammad-delivery": "a"}, body, [secret], now)
    again = Zammad.webhook({"x-hub-signature": signature, "x-zammad-delivery": "b"}, body, ["other", secret], now)

    assert first is not None
    assert first == again
    assert Zammad.webhook({"x-hub-signature": signature}, body, ["", "other"], now) is None


def test_probes_tell_deleted_merged_and_invisible_apart(bench: Bench) -> None:
    ticket, gone = bench.world.seed(2)
    bench.world.edit(gone, deleted=True)

    with bench.opened() as connector:
        assert connector.probe(str(ticket.id)) == "exists"
        assert connector.probe(str(gone.id)) == "deleted"
        bench.fake.trouble = lambda request, honest: bench.dialect.refusal(403)
        assert connector.probe(str(ticket.id)) is None
