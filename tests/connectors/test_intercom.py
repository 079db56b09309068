import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from connectors.base import SourceError
from connectors.intercom import VERSION, Intercom
from connectors.kit.bench import Bench, quick
from connectors.kit.dialect import Honest, Request, Response
from connectors.kit.dialects.intercom import IntercomDialect
from connectors.kit.server import running
from connectors.kit.world import World
from pipeline.issue import Issue
from tests.connectors.described import problems, recordings

DESCRIBED = ("openapi-intercom", "descriptions", "2.15", "api.intercom.io.yaml")


@cache
def specification(path: Path) -> Any:
    return yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with quick() as held, running(IntercomDialect, World()) as fake:
        yield Bench(Intercom, fake, tmp_path, held)


def normalised(bench: Bench, item: Mapping[str, Any], feed: str = "conversations", **more: Any) -> Issue:
    with bench.opened() as connector:
        value = connector.normalise({"in": feed, "item": item, **more})
    assert isinstance(value, Issue)
    return value


TALK: dict[str, Any] = {
    "id": "515",
    "title": None,
    "created_at": 1734537546,
    "updated_at": 1734537946,
    "source": {
        "subject": "",
        "body": "<p>Exports time out</p><p>every morning since Monday.</p>",
        "author": {"type": "lead", "id": "66f", "name": "Kim", "email": "kim@fernhill.example"},
    },
    "contacts": {"contacts": [{"type": "contact", "id": "66f"}]},
    "company": {"type": "company", "id": "531ee4", "name": "Blue Sun"},
    "team_assignee_id": 5017691,
    "state": "closed",
    "open": False,
    "priority": "priority",
    "tags": {"tags": [{"type": "tag", "id": "1", "name": "exports"}]},
    "statistics": None,
}
PARTS: list[dict[str, Any]] = [
    {
        "id": "1",
        "part_type": "assignment",
        "body": None,
        "created_at": 1734537600,
        "author": {"type": "bot", "id": "5"},
    },
    {"id": "2", "part_type": "close", "body": None, "created_at": 1734537700, "author": {"type": "admin", "id": "7"}},
    {"id": "3", "part_type": "comment", "body": "<p>Still!</p>", "created_at": 1734537750, "author": {"type": "lead"}},
    {"id": "4", "part_type": "open", "body": None, "created_at": 1734537800, "author": {"type": "lead", "id": "66f"}},
    {
        "id": "5",
        "part_type": "note",
        "body": "<p>legal asked</p>",
        "created_at": 1734537850,
        "author": {"type": "admin"},
    },
    {"id": "6", "part_type": "close", "body": "<p>Try now</p>", "created_at": 1734537900, "author": {"type": "admin"}},
]


def test_a_conversation_without_a_name_is_called_by_its_first_line(bench: Bench) -> None:
    issue = normalised(bench, TALK)

    assert issue.title == "Exports time out"
    assert (issue.author, issue.author_role, issue.account, issue.group) == ("66f", "customer", "531ee4", "5017691")


def test_what_was_said_and_what_happened_come_from_the_parts(bench: Bench) -> None:
    issue = normalised(bench, TALK, comments=PARTS)

    told = [(one.external_id, one.body, one.private, one.author_role) for one in issue.comments]
    assert told == [
        ("3", "Still!", False, "customer"),
        ("5", "legal asked", True, "staff"),
        ("6", "Try now", False, "staff"),
    ]
    assert [event.what for event in issue.history] == ["created", "closed", "reopened", "closed"]
    assert issue.closed_at == datetime.fromtimestamp(1734537900, UTC)


def test_words_of_the_ai_agent_are_a_bots_though_they_come_in_an_admins_name(bench: Bench) -> None:
    author = {"type": "admin", "id": "7", "from_ai_agent": True}
    part = {"id": "9", "part_type": "comment", "body": "Have you tried", "created_at": 1734537600, "author": author}

    issue = normalised(bench, TALK, comments=[part])

    assert issue.comments[0].author_role == "bot"


def test_labels_priority_and_ticket_type_can_be_mapped_to_tags(bench: Bench) -> None:
    bench.change = {"tags": {"escalate": ["Priority"], "mute": ["exports"], "private": ["bug"]}}

    talk = normalised(bench, TALK)
    ticket = normalised(bench, {"id": "7", "created_at": 1734537600, "ticket_type": {"name": "Bug"}}, "tickets")

    assert talk.tags == {"escalate", "mute"}
    assert ticket.tags == {"private"}


@pytest.mark.parametrize(
    ("base_url", "home"),
    [
        ("https://api.intercom.io", "https://app.intercom.com"),
        ("https://api.eu.intercom.io", "https://app.eu.intercom.com"),
        ("https://api.au.intercom.io", "https://app.au.intercom.com"),
    ],
)
def test_links_lead_to_the_inbox_of_the_region(bench: Bench, base_url: str, home: str) -> None:
    bench.change = {"workspace": "abc123", "base_url": base_url}

    assert normalised(bench, TALK).url == f"{home}/a/inbox/abc123/inbox/conversation/515"


def test_check_names_the_workspace_that_makes_links(bench: Bench) -> None:
    with bench.opened() as connector:
        found = connector.check()

    assert any("workspace: kit0app" in problem for problem in found)


def test_tickets_that_may_not_be_read_do_not_stop_conversations(bench: Bench) -> None:
    bench.world.seed(4)
    bench.fake.trouble = lambda request, honest: (
        bench.dialect.refusal(403) if request.path == "/tickets/search" else honest(request)
    )

    with pytest.raises(SourceError, match=r"tickets: POST .*403"):
        bench.pull()

    assert set(bench.shelf.issues) == {"1", "3"}


def test_an_empty_page_that_is_not_the_last_loses_nothing(bench: Bench) -> None:
    bench.world.seed(40)
    emptied: list[str] = []

    def empty_once(request: Request, honest: Honest) -> Response:
        answer = honest(request)
        if bench.dialect.is_list(request) and len(bench.fake.requests) > 3 and not emptied:
            emptied.append(request.path)
            bench.dialect.rows(answer).clear()
        return answer

    bench.fake.trouble = empty_once
    bench.pull()

    bench.must_match("after an empty page in the middle")


def test_a_probe_tells_a_deleted_conversation_from_one_that_exists(bench: Bench) -> None:
    there, gone = bench.world.seed(3)[0::2]
    gone.deleted = True

    with bench.opened() as connector:
        found = [connector.probe(bench.dialect.external_id(one)) for one in (there, gone)]

    assert found == ["exists", "deleted"]


def test_what_is_asked_is_what_the_vendors_description_allows(bench: Bench) -> None:
    description = recordings(*DESCRIBED)
    for ticket in bench.world.seed(7):
        bench.world.say(ticket, "Me too.")
    bench.pull()
    with bench.opened() as connector:
        connector.check()
        connector.probe("1")
        connector.probe("ticket-2")

    asked = bench.fake.requests

    assert problems(description, asked) == []
    assert {request.headers["intercom-version"] for request in asked} == {VERSION}
    spec = specification(description)
    schemas = spec["components"]["schemas"]
    assert VERSION in schemas["intercom_version"]["enum"]
    operators = schemas["single_filter_search_request"]["properties"]["operator"]["enum"]
    for body in (json.loads(request.body) for request in asked if request.method == "POST"):
        assert body["query"]["operator"] in schemas["multiple_filter_search_request"]["properties"]["operator"]["enum"]
        assert all(one["operator"] in operators for one in body["query"]["value"])
        assert set(body["pagination"]) <= set(schemas["starting_after_paging"]["properties"])


@pytest.mark.parametrize(("path", "feed"), [("/conversations/search", "conversations"), ("/tickets/search", "tickets")])
def test_the_vendors_own_example_becomes_one_issue(bench: Bench, path: str, feed: str) -> None:
    spec = specification(recordings(*DESCRIBED))
    examples = spec["paths"][path]["post"]["responses"]["200"]["content"]["application/json"]["examples"]
    page = examples["successful"]["value"]
    bench.fake.trouble = lambda request, honest: (
        Response(page) if request.path == path and request.json["query"]["value"][0]["value"] < 1734537000
        else honest(request)
    )  # fmt: skip

    bench.pull()

    (issue,) = bench.shelf.issues.values()
    (item,) = page[feed]
    assert issue.external_id == (item["id"] if feed == "conversations" else f"ticket-{item['id']}")
    assert issue.state == ("open" if item["open"] else "closed")
    assert issue.title == ("this is the message body" if feed == "conversations" else "attribute_value")
    assert "<" not in issue.body


def test_the_vendors_example_of_parts_gives_its_one_comment_and_no_line_item(bench: Bench) -> None:
    spec = specification(recordings(*DESCRIBED))
    answer = spec["paths"]["/conversations/{conversation_id}"]["get"]["responses"]["200"]
    example = answer["content"]["application/json"]["examples"]["conversation found"]["value"]

    issue = normalised(bench, example, comments=example["conversation_parts"]["conversation_parts"])

    assert [(one.external_id, one.body, one.author_role) for one in issue.comments] == [("1", "Okay!", "staff")]
    assert issue.labels == ("Test tag",)
