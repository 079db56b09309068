import hmac
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, ClassVar

import pytest

from connectors.base import BadItem, Connector, SourceError
from connectors.feed import Feed, Listing
from connectors.jira import DATA_CENTER, Jira
from connectors.jira_adf import markdown
from connectors.kit import run
from connectors.kit.bench import Bench, quick
from connectors.kit.cases import CASES, Case
from connectors.kit.dialect import Dialect, Honest, Request, Response
from connectors.kit.dialects.jira_cloud import JiraCloudDialect, searched
from connectors.kit.dialects.jira_dc import JiraDataCenterDialect
from connectors.kit.server import running
from connectors.kit.world import Said, Ticket, World
from pipeline.clean import clean
from pipeline.issue import Comment, Event, Issue
from pipeline.sound import sound
from tests.connectors.described import METHODS, problems, recordings
from tests.connectors.spoilt import spoilt
from tests.connectors.stage import Stage, saying

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECRET = "a secret of the test, 32 characters"
SLA, ORGANISATIONS, REQUEST = "customfield_10030", "customfield_10002", "customfield_10010"


class CloudDesk(JiraCloudDialect):
    """A service project in the cloud. No comment comes with a list."""

    carried: ClassVar[int] = 0
    project_type: ClassVar[str] = "service_desk"

    def custom_fields(self) -> list[dict[str, Any]]:
        of = "com.atlassian.servicedesk:"
        kinds = {SLA: "sd-sla-field", ORGANISATIONS: "sd-customer-organizations", REQUEST: "vp-origin"}
        return [{"id": i, "name": kind, "schema": {"custom": of + kind}} for i, kind in kinds.items()]

    def fields(self, ticket: Ticket) -> dict[str, Any]:
        return {
            **super().fields(ticket),
            SLA: {
                "name": "Time to resolution",
                "completedCycles": [],
                "ongoingCycle": {"breached": ticket.id % 2 == 0},
            },
            ORGANISATIONS: [{"id": "7", "name": "Fernhill Bakery"}],
            REQUEST: {"requestType": {"id": "3", "name": "Invoice questions"}},
        }


class DataCenterDesk(JiraDataCenterDialect):
    """A service project in a data center: the platform does not say which comments the customer sees."""

    project_type: ClassVar[str] = "service_desk"

    def options(self) -> Mapping[str, Any]:
        return {**super().options(), "service_desk": None}


class OnDataCenter(Jira):
    profile = DATA_CENTER


FLAVOURS: dict[str, tuple[type[Connector[Any]], type[Dialect]]] = {
    "data center": (OnDataCenter, JiraDataCenterDialect),
    "cloud desk": (Jira, CloudDesk),
    "data center desk": (OnDataCenter, DataCenterDesk),
}


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Bench]:
    yield from _bench(Jira, JiraCloudDialect, tmp_path)


@pytest.fixture
def data_center(tmp_path: Path) -> Iterator[Bench]:
    yield from _bench(OnDataCenter, JiraDataCenterDialect, tmp_path)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Bench]:
    yield from _bench(Jira, CloudDesk, tmp_path)


@pytest.fixture
def data_center_desk(tmp_path: Path) -> Iterator[Bench]:
    yield from _bench(OnDataCenter, DataCenterDesk, tmp_path)


def _bench(connector: type[Connector[Any]], dialect: type[Dialect], base_dir: Path) -> Iterator[Bench]:
    with quick() as held, running(dialect, World()) as fake:
        yield Bench(connector, fake, base_dir, held)


def searches(bench: Bench) -> list[Any]:
    return [request.json for request in bench.fake.requests if bench.dialect.is_list(request)]


def comments(bench: Bench, ticket: Ticket) -> list[Comment]:
    return list(bench.shelf.comments[bench.dialect.external_id(ticket)].values())


# --- the kit, on what the class attribute does not name


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
@pytest.mark.parametrize("flavour", FLAVOURS)
def test_every_flavour_keeps_the_contract(flavour: str, case: Case) -> None:
    connector, dialect = FLAVOURS[flavour]

    (outcome,) = run.run(connector, dialect, cases=[case])

    assert outcome.result != "failed", outcome.why


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_spoilt_items_of_every_flavour_are_set_aside_with_a_reason_or_understood(flavour: str, tmp_path: Path) -> None:
    connector, dialect = FLAVOURS[flavour]
    chance = random.Random(5)
    for bench in _bench(connector, dialect, tmp_path):
        for ticket in bench.world.seed(4):
            bench.world.say(ticket, "Me too.")
        with bench.opened() as opened:
            raws = [item for page in opened.pull({}) for item in page.items]
            for _ in range(3_000):
                raw: Any = spoilt(chance, chance.choice(raws), depth=chance.randrange(1, 8))
                opened.known_as(raw)
                if (reason := _refused(opened, raw)) is not None:
                    assert reason.strip()


def _refused(connector: Connector[Any], raw: Any) -> str | None:
    try:
        connector.normalise(raw)
    except BadItem as error:
        return str(error)
    return None


# --- the fake bites: connectors with the two mistakes that others made with Jira for years


class QuotedTimes(Jira):
    """Writes UTC in quotes, which Jira reads as the user's wall clock."""

    def _page(self, jql: str, fields: Sequence[str], step: Any) -> Listing:
        before, _, rest = jql.partition(">= ")
        stamp, _, order = rest.partition(" ")
        quoted = f"{datetime.fromtimestamp(int(stamp) / 1000, UTC):%Y/%m/%d %H:%M}"
        return super()._page(f'{before}>= "{quoted}" {order}', fields, step)


class WithoutSecondLook(Jira):
    """Takes the search for complete, as if nothing became visible hours late."""

    def feeds(self) -> Sequence[Feed]:
        return [replace(feed, profile=DATA_CENTER) for feed in super().feeds()]


@pytest.mark.parametrize(("broken", "case"), [(QuotedTimes, "K4"), (WithoutSecondLook, "K3")])
def test_the_fake_finds_the_mistakes_of_others(broken: type[Jira], case: str) -> None:
    (outcome,) = run.run(broken, JiraCloudDialect, cases=[one for one in CASES if one.id == case])

    assert outcome.result == "failed"
    assert "lost ticket" in outcome.why


# --- how Jira is asked


def test_time_is_asked_for_in_milliseconds_that_mean_the_same_in_every_zone(cloud: Bench) -> None:
    cloud.world.zone = "America/Los_Angeles"
    cloud.world.add()
    cloud.pull()

    cloud.pull()

    stamp = int(NOW.timestamp() * 1000)
    assert searches(cloud)[-1]["jql"] == f'project = "KIT" AND updated >= {stamp} ORDER BY updated ASC, key ASC'


def test_without_named_projects_the_search_is_bounded_all_the_same(cloud: Bench) -> None:
    cloud.change = {"projects": []}
    cloud.world.seed(7)

    cloud.pull()

    assert searches(cloud)[0]["jql"].startswith("updated >= 0 ")
    cloud.must_match("with all projects read")


def test_a_project_that_cannot_be_read_stops_no_other_and_is_named(cloud: Bench) -> None:
    cloud.change = {"projects": ["GONE", "KIT"]}
    cloud.world.seed(3)

    with pytest.raises(SourceError, match="GONE") as error:
        cloud.pull()

    assert not error.value.permanent
    assert len(cloud.shelf.issues) == 3


def test_a_token_that_has_ended_is_an_error_though_jira_answers_200_to_the_visitor(cloud: Bench) -> None:
    cloud.world.seed(3)
    visitor = Response({"issues": [], "isLast": True}, headers={"X-Seraph-LoginReason": "AUTHENTICATED_FAILED"})
    cloud.fake.trouble = lambda request, honest: visitor if cloud.dialect.is_list(request) else honest(request)

    with pytest.raises(SourceError, match="credentials") as error:
        cloud.pull()

    assert error.value.permanent


def test_more_issues_in_one_second_than_fit_on_a_page_are_followed_by_jiras_tokens(cloud: Bench) -> None:
    for _ in range(17):
        cloud.world.add(NOW)
    cloud.pull()
    cursor = cloud.cursor

    cloud.pull()

    assert any(asked.get("nextPageToken") for asked in searches(cloud))
    assert cursor == cloud.cursor
    cloud.must_match("after a second that is larger than a page")


def test_an_empty_page_in_the_middle_is_asked_for_again(cloud: Bench) -> None:
    for _ in range(12):
        cloud.world.add(NOW)
    emptied: list[str] = []

    def empty_once(request: Request, honest: Honest) -> Response:
        answer, token = honest(request), cloud.dialect.token_of(request)
        if token and not emptied and "nextPageToken" in answer.data:
            emptied.append(token)
            return answer.but(data={**answer.data, "issues": []})
        return answer

    cloud.fake.trouble = empty_once
    cloud.pull()

    assert emptied
    cloud.must_match("after an empty page")


def test_a_token_that_leads_to_itself_ends_in_an_error(cloud: Bench) -> None:
    for _ in range(12):
        cloud.world.add(NOW)

    def circle(request: Request, honest: Honest) -> Response:
        """The first page, whatever was asked, and it leads to itself."""
        if not cloud.dialect.is_list(request):
            return honest(request)
        asked = {name: value for name, value in request.json.items() if name != "nextPageToken"}
        answer = honest(Request("POST", request.path, {}, request.headers, json.dumps(asked).encode()))
        return answer.but(data={**answer.data, "nextPageToken": "same"})

    cloud.fake.trouble = circle

    with pytest.raises(SourceError, match="read already"):
        cloud.pull()
    assert cloud.fake.lists() < 10


def test_pages_of_a_data_center_follow_what_came_and_not_what_was_asked(data_center: Bench) -> None:
    for _ in range(13):
        data_center.world.add(NOW)

    def capped(request: Request, honest: Honest) -> Response:
        less = {**request.query, "maxResults": "3"} if data_center.dialect.is_list(request) else request.query
        return honest(Request(request.method, request.path, less, request.headers, request.body))

    data_center.fake.trouble = capped
    data_center.pull()

    data_center.must_match("with a server that gives three where five were asked for")


@pytest.mark.parametrize("flavour", ["cloud", "data_center"])
def test_one_issue_that_jira_cannot_give_is_named_and_its_siblings_are_stored(
    flavour: str, request: pytest.FixtureRequest
) -> None:
    bench: Bench = request.getfixturevalue(flavour)
    tickets = bench.world.seed(8)
    victim = bench.dialect.external_id(tickets[4])

    def poisoned(asked: Request, honest: Honest) -> Response:
        answer = honest(asked)
        given = (
            bench.dialect.rows(answer) if isinstance(answer.data, dict) and "issues" in answer.data else [answer.data]
        )
        has = any(isinstance(row, dict) and row.get("id") == victim and "summary" in row["fields"] for row in given)
        return bench.dialect.refusal(500) if has else answer

    bench.fake.trouble = poisoned
    bench.pull()

    assert set(bench.shelf.issues) == {bench.dialect.external_id(t) for t in tickets if t is not tickets[4]}
    assert "500" in bench.shelf.aside["KIT-5"]


def test_what_jira_says_of_an_issue_that_it_cannot_give_is_the_reason(cloud: Bench) -> None:
    cloud.world.seed(5)

    def failing(request: Request, honest: Honest) -> Response:
        answer = honest(request)
        if request.path.endswith("/search/jql") and len(request.json["fields"]) > 1:
            return cloud.dialect.refusal(503)
        if request.path.endswith("/bulkfetch"):
            kept = answer.data["issues"][1:]
            return Response({"issues": kept, "issueErrors": [{"id": "10001", "errorMessage": "Too large to load"}]})
        return answer

    cloud.fake.trouble = failing
    cloud.pull()

    assert len(cloud.shelf.issues) == 4
    assert cloud.shelf.aside == {"KIT-1": "KIT-1: Too large to load"}


def test_an_outage_is_no_reason_to_set_issues_aside(cloud: Bench) -> None:
    cloud.world.seed(5)

    def outage(request: Request, honest: Honest) -> Response:
        ids_only = request.method == "POST" and request.json.get("fields") == ["updated"]
        known = "serverInfo" in request.path or request.path.endswith("/field")
        return honest(request) if ids_only or known else cloud.dialect.refusal(503)

    cloud.fake.trouble = outage

    with pytest.raises(SourceError, match="503") as error:
        cloud.pull()

    assert not error.value.permanent
    assert not cloud.shelf.aside


def test_comments_that_the_list_left_out_are_all_read(cloud: Bench) -> None:
    ticket = cloud.world.add()
    for number in range(25):
        cloud.world.say(ticket, f"Comment {number}")

    cloud.pull()

    assert [one.body for one in comments(cloud, ticket)] == [f"Comment {number}" for number in range(25)]


def test_deletions_are_looked_for_only_where_projects_are_named(cloud: Bench) -> None:
    cloud.change = {"projects": []}

    with cloud.opened() as connector:
        assert connector.census() is None


def test_an_issue_of_a_project_that_is_hidden_now_was_not_deleted(cloud: Bench) -> None:
    ticket = cloud.world.add()
    cloud.fake.trouble = lambda request, honest: (
        cloud.dialect.refusal(404) if "/issue/" in request.path or "/project/" in request.path else honest(request)
    )

    with cloud.opened() as connector, pytest.raises(SourceError, match="404"):
        connector.probe(cloud.dialect.external_id(ticket))


def test_a_deleted_issue_is_told_from_one_that_exists(cloud: Bench) -> None:
    here, gone = cloud.world.add(), cloud.world.add(deleted=True)

    with cloud.opened() as connector:
        became = [connector.probe(cloud.dialect.external_id(ticket)) for ticket in (here, gone)]

    assert became == ["exists", "deleted"]


# --- check


def test_check_names_a_project_that_the_account_cannot_see(cloud: Bench) -> None:
    cloud.change = {"projects": ["KIT", "HR"]}

    with cloud.opened() as connector:
        (problem,) = connector.check()[:1]

    assert problem.startswith("HR: ")


def test_check_says_that_the_token_is_refused(data_center: Bench) -> None:
    data_center.change = {"token": "another"}

    with data_center.opened() as connector:
        (problem,) = connector.check()

    assert "401" in problem


def test_a_project_is_named_once_and_by_its_key() -> None:
    given = {"name": "j", "kind": "jira", "base_url": "https://jira.example"}

    for odd in (["BR", "br"], ['BR" OR project = "HR'], [""]):
        with pytest.raises(ValueError, match="projects"):
            Jira.Options.model_validate({**given, "projects": odd})


# --- what an issue means


ISSUE: dict[str, Any] = {
    "id": "10042",
    "key": "BR-7",
    "fields": {
        "summary": "Invoices are sent twice",
        "description": "h2. What happens\nCustomers get *two* invoices.\n{quote}old words{quote}",
        "issuetype": {"name": "Incident"},
        "project": {"key": "BR", "name": "Billing", "projectTypeKey": "software"},
        "status": {"name": "Closed", "statusCategory": {"key": "done"}},
        "resolution": {"name": "Fixed"},
        "resolutiondate": "2026-03-01T12:00:00.000+0100",
        "created": "2026-02-27T10:00:00.000-0800",
        "updated": "2026-03-02T08:00:00.123+0000",
        "reporter": {"accountId": "5b1f", "accountType": "atlassian"},
        "priority": {"name": "Highest"},
        "labels": ["invoices"],
        "components": [{"name": "ledger"}, {"name": "mail"}],
    },
    "changelog": {
        "histories": [
            {
                "created": "2026-03-01T11:00:00.000+0000",
                "items": [{"field": "resolution", "fromString": None, "toString": "Fixed"}],
            },
            {
                "created": "2026-02-28T11:00:00.000+0000",
                "items": [{"field": "Key", "fromString": "OLD-3", "toString": "BR-7"}],
            },
        ]
    },
}


def meant(bench: Bench, item: Mapping[str, Any] = ISSUE, fields: Mapping[str, Any] | None = None, **raw: Any) -> Issue:
    with bench.opened() as connector:
        value = connector.normalise(
            {"in": "BR", "item": {**item, "fields": {**item["fields"], **(fields or {})}}, **raw}
        )
    assert isinstance(value, Issue)
    return value


def test_an_issue_keeps_its_id_when_its_key_changes_and_the_move_is_told(cloud: Bench) -> None:
    issue = meant(cloud)

    assert (issue.external_id, issue.url) == ("10042", f"{cloud.fake.url}/browse/BR-7")
    assert (issue.project, issue.component, issue.kind, issue.priority) == ("BR", "ledger", "Incident", "Highest")
    assert [(event.what, event.before, event.after) for event in issue.history] == [
        ("created", None, None),
        ("moved", "OLD", "BR"),
        ("closed", None, "Fixed"),
    ]


def test_changes_of_status_priority_and_sprint_are_told(cloud: Bench) -> None:
    when = "2026-09-10T10:00:00.000+0000"
    items = [
        {"field": "status", "fromString": "Open", "toString": "Blocked"},
        {"field": "priority", "fromString": "Low", "toString": "High"},
        {"field": "Sprint", "fromString": "Sprint 1", "toString": "Sprint 1, Sprint 2"},
        {"field": "assignee", "fromString": "Ann", "toString": "Bob"},
    ]

    issue = meant(cloud, {**ISSUE, "changelog": {"histories": [{"created": when, "items": items}]}})

    assert [(e.what, e.before, e.after) for e in issue.history if e.what not in ("created", "closed")] == [
        ("status", "Open", "Blocked"),
        ("prioritised", "Low", "High"),
        ("planned", "Sprint 1", "Sprint 1, Sprint 2"),
    ]


def test_wiki_text_is_read_as_people_read_it(cloud: Bench) -> None:
    assert meant(cloud).body == "What happens\n\nCustomers get two invoices."


def test_labels_priority_kind_and_components_can_all_be_mapped_to_tags(cloud: Bench) -> None:
    cloud.change = {
        "tags": {"escalate": ["highest"], "mute": ["incident"], "no-quote": ["invoices"], "private": ["mail"]}
    }

    assert meant(cloud).tags == {"escalate", "mute", "no-quote", "private"}


def test_an_issue_with_a_security_level_is_private_whatever_is_configured(cloud: Bench) -> None:
    assert meant(cloud, fields={"security": {"id": "10", "name": "Legal"}}).tags == {"private"}


def test_the_category_of_the_status_decides_whether_an_issue_is_closed(cloud: Bench) -> None:
    status = {"name": "Reopened", "statusCategory": {"key": "indeterminate"}}

    issue = meant(cloud, fields={"status": status})

    assert (issue.state, issue.closed_at) == ("open", None)


def test_a_board_that_closes_without_a_resolution_has_its_end_in_the_history(cloud: Bench) -> None:
    issue = meant(cloud, {**ISSUE, "changelog": None}, {"resolution": None, "resolutiondate": None})

    assert issue.state == "closed"
    assert issue.history[-1] == Event(at=issue.updated_at, what="closed")


def test_where_people_open_issues_may_be_another_address_than_that_of_the_api(cloud: Bench) -> None:
    cloud.change = {"site_url": "https://fernhill.example/"}

    assert meant(cloud).url == "https://fernhill.example/browse/BR-7"


# --- service projects


def test_a_request_has_the_organisation_the_kind_of_request_and_the_broken_promise(desk: Bench) -> None:
    kept, broken = desk.world.seed(2)

    desk.pull()

    issue = desk.shelf.issues[desk.dialect.external_id(broken)]
    assert (issue.account, issue.group, issue.author_role) == ("Fernhill Bakery", "Invoice questions", "customer")
    assert issue.labels == ("sla-breached",)
    assert desk.shelf.issues[desk.dialect.external_id(kept)].labels == ()


def test_internal_comments_of_a_request_are_private_and_the_agents_are_staff(desk: Bench) -> None:
    ticket = desk.world.add(author="kim")
    desk.world.say(ticket, "Still waiting")
    desk.world.say(ticket, "they are about to leave", private=True, author="ava")

    desk.pull()

    assert [(one.author_role, one.private) for one in comments(desk, ticket)] == [("customer", False), ("staff", True)]


def test_a_data_center_is_asked_which_comments_the_customer_sees(data_center_desk: Bench) -> None:
    ticket = data_center_desk.world.add()
    for number in range(5):
        data_center_desk.world.say(ticket, f"Comment {number}", private=number == 4)

    data_center_desk.pull()

    assert [one.private for one in comments(data_center_desk, ticket)] == [False, False, False, False, True]


def test_comments_of_which_nobody_says_that_they_are_public_are_private(data_center_desk: Bench) -> None:
    ticket = data_center_desk.world.add()
    data_center_desk.world.say(ticket, "Comment")
    data_center_desk.fake.trouble = lambda request, honest: (
        data_center_desk.dialect.refusal(404) if "servicedeskapi" in request.path else honest(request)
    )

    data_center_desk.pull()

    assert [one.private for one in comments(data_center_desk, ticket)] == [True]


def test_a_comment_for_a_group_only_is_private_in_any_project(cloud: Bench) -> None:
    said = {"id": "1", "body": "x", "created": "2026-03-02T08:00:00.000+0000", "visibility": {"type": "group"}}

    (comment,) = meant(cloud, comments=[said]).comments

    assert comment.private


# --- webhooks


def signed(body: bytes, key: str = SECRET) -> dict[str, str]:
    made = hmac.new(key.encode(), body, sha256).hexdigest()
    return {"x-hub-signature": f"sha256={made}", "x-atlassian-webhook-identifier": "9f1c"}


@pytest.mark.parametrize(
    ("age", "taken"), [(timedelta(0), "9f1c"), (timedelta(hours=1), "9f1c"), (timedelta(hours=3), None)]
)
def test_a_webhook_from_long_ago_is_refused_though_it_is_signed(age: timedelta, taken: str | None) -> None:
    body = json.dumps({"timestamp": int((NOW - age).timestamp() * 1000), "issue": {"id": "1"}}).encode()

    assert Jira.webhook(signed(body), body, [SECRET], NOW) == taken


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"not json", b'{"timestamp": "soon"}', b"[" * 5000])
def test_a_signed_webhook_that_does_not_say_when_is_refused(body: bytes) -> None:
    assert Jira.webhook(signed(body), body, [SECRET], NOW) is None


# --- documents


def document(*nodes: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "doc", "version": 1, "content": list(nodes)}


def paragraph(*inline: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "paragraph", "content": list(inline)}


def words(text: str, *marks: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "text", "text": text, "marks": list(marks)}


def points(kind: str, *items: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {"type": kind, "content": [{"type": "listItem", "content": list(item)} for item in items]}


def row(kind: str, *cells: str) -> dict[str, Any]:
    return {"type": "tableRow", "content": [{"type": kind, "content": [paragraph(words(cell))]} for cell in cells]}


ADF: list[tuple[str, dict[str, Any], str]] = [
    (
        "a mention, without the name",
        paragraph({"type": "mention", "attrs": {"id": "5b", "text": "@Jane Doe"}}, words(" saw it")),
        "[person] saw it",
    ),
    (
        "a card",
        paragraph(words("see "), {"type": "inlineCard", "attrs": {"url": "https://x.example/a?b=1"}}),
        "see https://x.example/a?b=1",
    ),
    ("a card of its own", {"type": "blockCard", "attrs": {"url": "https://x.example/a"}}, "https://x.example/a"),
    (
        "a link",
        paragraph(words("the manual", {"type": "link", "attrs": {"href": "https://x.example/m"}}), words(" is wrong")),
        "the manual is wrong",
    ),
    ("an emoji", paragraph({"type": "emoji", "attrs": {"shortName": ":fire:", "text": "\U0001f525"}}), "\U0001f525"),
    ("a date", paragraph(words("due "), {"type": "date", "attrs": {"timestamp": "1772409600000"}}), "due 2026-03-02"),
    ("a lozenge", paragraph({"type": "status", "attrs": {"text": "BLOCKED", "color": "red"}}), "BLOCKED"),
    ("a line break", paragraph(words("one"), {"type": "hardBreak"}, words("two")), "one\ntwo"),
    ("bold and italic", paragraph(words("a"), words("b", {"type": "strong"}), words("c", {"type": "em"})), "abc"),
    ("a heading", {"type": "heading", "attrs": {"level": 3}, "content": [words("Refunds stall")]}, "Refunds stall"),
    (
        "lists in lists",
        points("bulletList", [paragraph(words("a")), points("orderedList", [paragraph(words("b"))])]),
        "- a\n1. b",
    ),
    (
        "a list with a beginning",
        {**points("orderedList", [paragraph(words("a"))], [paragraph(words("b"))]), "attrs": {"order": 4}},
        "4. a\n5. b",
    ),
    (
        "tasks",
        {"type": "taskList", "content": [{"type": "taskItem", "attrs": {"state": "DONE"}, "content": [words("call")]}]},
        "- call",
    ),
    (
        "a table",
        {"type": "table", "content": [row("tableHeader", "Region", "Lost"), row("tableCell", "EU", "12")]},
        "Region | Lost\nEU | 12",
    ),
    ("a short line of code", {"type": "codeBlock", "content": [words("GET /x -> 500")]}, "GET /x -> 500"),
    ("much code", {"type": "codeBlock", "content": [words("a = 1\n" * 3)]}, "```\na = 1\na = 1\na = 1\n```"),
    ("code in a line", paragraph(words("run "), words("make all", {"type": "code"})), "run make all"),
    ("a panel", {"type": "panel", "attrs": {"panelType": "info"}, "content": [paragraph(words("in it"))]}, "in it"),
    (
        "what is folded away",
        {"type": "expand", "attrs": {"title": "More"}, "content": [paragraph(words("inside"))]},
        "More\n\ninside",
    ),
    ("a node of tomorrow", {"type": "hologram", "content": [paragraph(words("words"))]}, "words"),
    (
        "a picture with a caption",
        {"type": "mediaSingle", "content": [{"type": "caption", "content": [words("c")]}]},
        "c",
    ),
]


@pytest.mark.parametrize(("node", "text"), [case[1:] for case in ADF], ids=[case[0] for case in ADF])
def test_a_document_reads_as_people_read_it(node: dict[str, Any], text: str) -> None:
    assert clean(markdown(document(paragraph(words("Hello")), node)), "markdown") == f"Hello\n\n{text}"


def test_a_quotation_in_a_document_is_no_word_of_its_author() -> None:
    quoted = {"type": "blockquote", "content": [paragraph(words("what another said"))]}

    assert clean(markdown(document(quoted, paragraph(words("I agree")))), "markdown") == "I agree"


def test_a_document_that_is_none_is_empty_and_one_without_end_ends() -> None:
    deep = paragraph(words("deep"))
    for _ in range(300):
        deep = {"type": "panel", "content": [deep]}

    none: list[Any] = [None, 7, [], "text", {"content": "x"}, {"content": [None, 7]}]
    assert [markdown(odd) for odd in none] == [""] * 6
    assert markdown(document(deep)) == ""


# --- recorded and described


def replayed(tmp_path: Path, issues: list[Any]) -> list[Issue]:
    """What one pull brings of recorded issues, from a server that says what that one said."""
    server = saying({"deploymentType": "Server", "version": "8.20.0"})
    page = saying({"startAt": 0, "maxResults": 50, "total": len(issues), "issues": issues})
    with Stage(server, saying([]), page) as stage:
        given = {"name": "jira", "kind": "jira", "base_url": stage.url, "projects": ["P"]}
        connector = Jira.open(Jira.Options.model_validate(given), tmp_path)  # type: ignore[arg-type]
        brought = [connector.normalise(raw) for got in connector.pull({}) for raw in got.items]
        connector.close()
    assert all(sound(issue) == issue for issue in brought)
    return brought


def test_issues_recorded_from_a_jira_server_come_once_each(tmp_path: Path) -> None:
    place = recordings("jira-ruby", "spec", "mock_responses", "project", "SAMPLEPROJECT.issues.json")
    recorded = json.loads(place.read_text("utf-8"))["issues"]

    issues = replayed(tmp_path, recorded)

    assert sorted(issue.external_id for issue in issues) == sorted(one["id"] for one in recorded)
    assert {(issue.state, issue.kind, issue.author, issue.priority) for issue in issues} >= {
        ("open", "Task", "admin", "Major")
    }
    first = next(issue for issue in issues if issue.external_id == "10014")
    assert first.updated_at == datetime(2011, 12, 15, 2, 35, 6, tzinfo=UTC)


def test_an_issue_recorded_as_resolved_and_put_back_to_work_is_open(tmp_path: Path) -> None:
    place = recordings("go-jira", "testing", "mock-data", "issues_in_sprint.json")
    recorded = json.loads(place.read_text("utf-8"))["issues"]
    titled = [{**one, "fields": {"summary": one["key"], **one["fields"]}} for one in recorded]

    (issue,) = replayed(tmp_path, titled)

    assert (issue.title, issue.state, issue.project) == ("AR-86", "open", "AR")


def test_recorded_issues_of_a_cloud_site_have_their_zone_and_their_state(tmp_path: Path) -> None:
    place = recordings("faros-connectors", "sources", "jira-source", "test", "resources", "issues", "issues.json")

    issues = replayed(tmp_path, json.loads(place.read_text("utf-8")))

    assert [issue.state for issue in issues] == ["open"] * 4
    assert issues[0].created_at == datetime(2024, 7, 4, 12, 40, 59, 251000, tzinfo=UTC)
    assert issues[0].body == "This is a test issue"


def test_comments_recorded_from_a_jira_server_are_read(cloud: Bench) -> None:
    place = recordings("jira-ruby", "spec", "mock_responses", "issue", "10002", "comment.json")

    issue = meant(cloud, comments=json.loads(place.read_text("utf-8"))["comments"])

    assert [one.external_id for one in issue.comments] == ["10000", "10001"]
    assert (issue.comments[0].author, issue.comments[0].body) == ("admin", "This is a comment. Creative.")


def test_everything_asked_of_the_cloud_is_in_atlassians_description(desk: Bench) -> None:
    description = recordings("openapi-jira-cloud", "swagger-v3.v3.json")
    ticket = desk.world.seed(12)[3]
    desk.world.say(ticket, "Me too.")
    desk.fake.trouble = lambda request, honest: (
        desk.dialect.refusal(500) if "jql" in request.path and len(request.json["fields"]) > 5 else honest(request)
    )

    desk.pull()
    with desk.opened() as connector:
        list(connector.census() or ())
        connector.probe(desk.dialect.external_id(ticket))
        connector.check()

    # The description is of version 3; where the server says what it is lies at the same place in both.
    asked = [
        Request(r.method, r.path.replace("/api/2/serverInfo", "/api/3/serverInfo"), r.query, r.headers, r.body)
        for r in desk.fake.requests
    ]
    assert len({(r.method, r.path.rstrip("0123456789")) for r in asked}) >= 7
    assert problems(description, asked) == []
    assert _unknown_keys(json.loads(description.read_text("utf-8")), asked) == []


def _unknown_keys(spec: Any, requests: Sequence[Request]) -> list[str]:
    """Keys of a body, or types of their values, that the description does not have."""
    types = {"string": str, "integer": int, "array": list, "boolean": bool}
    found = []
    for request in requests:
        if request.method != "POST":
            continue
        operation = spec["paths"][request.path][METHODS["POST"]]
        name = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        known = spec["components"]["schemas"][name]["properties"]
        for key, value in request.json.items():
            if key not in known or not isinstance(value, types[known[key]["type"]]):
                found.append(f"{request.path}: {key}={value!r}")
    return found


# --- the fake itself


def test_the_fake_reads_quoted_times_in_the_users_zone_to_the_minute() -> None:
    world = World()
    ticket = world.add(datetime(2026, 3, 2, 9, 0, 30, tzinfo=UTC))

    in_kolkata = searched('updated >= "2026/03/02 14:30"', [ticket], "Asia/Kolkata")
    in_utc = searched('updated >= "2026/03/02 14:30"', [ticket], "UTC")

    assert (in_kolkata, in_utc) == ([ticket], [])


def test_the_fake_gives_ids_alone_unless_fields_are_named(cloud: Bench) -> None:
    cloud.world.add()
    body = json.dumps({"jql": "updated >= 0"}).encode()

    answer = cloud.dialect.answer(Request("POST", "/rest/api/3/search/jql", {}, {}, body))

    assert "fields" not in answer.data["issues"][0]


def test_the_fake_refuses_a_search_without_a_restriction_and_the_old_address(cloud: Bench) -> None:
    body = json.dumps({"jql": "ORDER BY updated ASC"}).encode()

    unbounded = cloud.dialect.answer(Request("POST", "/rest/api/3/search/jql", {}, {}, body))
    old = cloud.dialect.answer(Request("GET", "/rest/api/2/search", {}, {}))

    assert (unbounded.status, old.status) == (400, 410)


def test_the_fake_of_a_data_center_stops_at_its_window(data_center: Bench) -> None:
    beyond = Request("GET", "/rest/api/2/search", {"jql": "", "startAt": "498", "maxResults": "5"}, {})

    assert data_center.dialect.answer(beyond).status == 500


def test_the_fake_writes_times_in_the_users_zone(cloud: Bench) -> None:
    cloud.world.zone = "Asia/Kolkata"
    said = Said(id=1, body="x", author="kim", at=NOW)

    assert isinstance(cloud.dialect, JiraCloudDialect)
    assert cloud.dialect.comment(said)["created"] == "2026-03-02T14:30:00.000+0530"


@pytest.mark.parametrize("stamp", [-(10**14), 10**15, "x", None, []])
def test_a_date_outside_the_calendar_is_left_out(stamp: Any) -> None:
    date = {"type": "date", "attrs": {"timestamp": stamp}}
    said = {"type": "text", "text": "Due "}

    assert markdown({"content": [{"type": "paragraph", "content": [said, date]}]}) == "Due"


def test_a_node_of_no_kind_is_read_for_what_is_inside() -> None:
    inside = {"type": "paragraph", "content": [{"type": "text", "text": "the printer jams"}]}

    assert markdown({"content": [{"type": ["paragraph"], "content": [inside]}]}) == "the printer jams"
