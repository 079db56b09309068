import hmac
import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from connectors.base import SourceError
from connectors.kit.bench import Bench, quick
from connectors.kit.dialect import Honest, Request, Response
from connectors.kit.dialects.zendesk import ZendeskDialect
from connectors.kit.server import running
from connectors.kit.world import World
from connectors.zendesk import Zendesk
from pipeline.issue import Gone, Issue
from tests.connectors.described import recordings

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECRET = "whsec-of-the-test-0123456789abcdef"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with quick() as held, running(ZendeskDialect, World()) as fake:
        yield Bench(Zendesk, fake, tmp_path, held)


def exports(bench: Bench) -> list[Request]:
    return [request for request in bench.fake.requests if bench.dialect.is_list(request)]


def normalised(bench: Bench, item: Mapping[str, Any], **more: Any) -> Issue | Gone | None:
    with bench.opened() as connector:
        return connector.normalise({"in": "tickets", "item": item, **more})  # type: ignore[return-value]


TICKET: dict[str, Any] = {
    "id": 35436,
    "subject": "Invoices are sent twice",
    "description": "Our customers get each invoice twice.\n\nOn Mon, 2 Mar 2026 at 08:00, Kim wrote:\n> Is it fixed?",
    "status": "solved",
    "priority": "urgent",
    "type": "incident",
    "requester_id": 9001,
    "organization_id": 509,
    "group_id": 12,
    "brand_id": 3,
    "tags": ["billing", "vip"],
    "created_at": "2026-02-27T10:00:00Z",
    "updated_at": "2026-03-02T08:00:00Z",
    "generated_timestamp": 1772438400,
    "metric_set": {"solved_at": "2026-03-01T12:00:00Z"},
    "beside": {"roles": {"9001": "end-user"}, "group": "Billing desk"},
}


def test_a_ticket_becomes_an_issue_with_its_account_group_and_the_moment_it_was_solved(bench: Bench) -> None:
    issue = normalised(bench, TICKET)

    assert isinstance(issue, Issue)
    assert (issue.external_id, issue.state, issue.kind, issue.priority) == ("35436", "closed", "incident", "urgent")
    assert (issue.author, issue.author_role, issue.account) == ("9001", "customer", "509")
    assert (issue.group, issue.project, issue.labels) == ("Billing desk", "3", ("billing", "vip"))
    assert issue.closed_at == datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert issue.url == f"{bench.fake.url}/agent/tickets/35436"
    assert issue.body == "Our customers get each invoice twice."


def test_labels_priority_and_kind_can_all_be_mapped_to_tags(bench: Bench) -> None:
    bench.change = {"tags": {"escalate": ["URGENT"], "private": ["vip"], "mute": ["incident"]}}

    issue = normalised(bench, TICKET)

    assert isinstance(issue, Issue)
    assert issue.tags == {"escalate", "private", "mute"}


def test_the_description_is_not_repeated_as_a_comment_and_internal_notes_are_private(bench: Bench) -> None:
    said = {"author_id": 9001, "created_at": "2026-02-27T10:00:00Z"}
    comments = [
        {**said, "id": 1, "body": TICKET["description"], "html_body": "<p>whatever</p>", "public": True},
        {**said, "id": 2, "body": "Still so", "html_body": "<div><b>Still</b> so</div>", "public": True},
        {**said, "id": 3, "body": "they are about to leave", "public": False, "author_id": 77},
    ]

    issue = normalised(bench, TICKET, comments=comments, roles={"9001": "end-user", "77": "agent"})

    assert isinstance(issue, Issue)
    told = [(one.external_id, one.body, one.private, one.author_role) for one in issue.comments]
    assert told == [("2", "Still so", False, "customer"), ("3", "they are about to leave", True, "staff")]


def test_a_tombstone_is_a_deletion_whatever_else_it_lacks(bench: Bench) -> None:
    gone = normalised(bench, {"id": 7, "status": "deleted", "updated_at": "2026-03-02T08:00:00Z"})

    assert gone == Gone(external_id="7", at=datetime(2026, 3, 2, 8, tzinfo=UTC))


def test_comments_of_deleted_tickets_are_not_asked_for(bench: Bench) -> None:
    bench.world.add(deleted=True)

    bench.pull()

    assert [request.path for request in bench.fake.requests] == ["/api/v2/incremental/tickets/cursor.json"]


def test_a_ticket_changed_by_the_system_is_read_though_its_updated_at_stands_still(bench: Bench) -> None:
    bench.world.seed(6)
    bench.pull()
    ticket, before = bench.world.tickets[1], len(bench.fake.requests)
    stands, ticket.updated = ticket.updated, bench.world.now + timedelta(seconds=1)

    def with_old_stamp(request: Request, honest: Honest) -> Response:
        answer = honest(request)
        for row in bench.dialect.rows(answer) if bench.dialect.is_list(request) else ():
            row["updated_at"] = f"{stands:%Y-%m-%dT%H:%M:%SZ}"
            row["tags"] = ["added-by-a-trigger"]
        return answer

    bench.fake.trouble = with_old_stamp
    bench.pull()

    assert bench.shelf.issues["1"].labels == ("added-by-a-trigger",)
    assert len([r for r in bench.fake.requests[before:] if bench.dialect.is_list(r)]) == 1


def test_every_request_of_the_export_is_followed_by_six_quiet_seconds(bench: Bench) -> None:
    bench.world.seed(12)

    bench.pull()

    assert len(exports(bench)) == 3
    assert bench.held.holds.count(6.0) == 3


def test_a_cursor_moved_back_begins_at_its_moment_and_never_in_the_last_minute(bench: Bench) -> None:
    bench.world.seed(3)
    bench.pull()
    mark = dict(bench.cursor["tickets"])

    bench.cursor = {"tickets": {**mark, "to": "2026-03-02T08:50:00Z"}}
    bench.pull()
    earlier = exports(bench)[-1].query
    bench.cursor = {"tickets": {**mark, "to": f"{bench.world.now + timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"}}
    bench.pull()
    latest = exports(bench)[-1].query

    assert "cursor" not in earlier
    assert earlier["start_time"] == str(int(datetime(2026, 3, 2, 8, 50, tzinfo=UTC).timestamp()))
    assert int(latest["start_time"]) == int(bench.world.now.timestamp()) - 61


def test_a_refused_cursor_is_replaced_by_its_moment(bench: Bench) -> None:
    bench.world.seed(3)
    bench.pull()
    bench.world.add()
    mark = dict(bench.cursor["tickets"])
    bench.cursor = {"tickets": {**mark, "after": "bm8gY3Vyc29y"}}

    bench.pull()

    bench.must_match("after Zendesk did not know the cursor")


def test_a_cursor_that_is_no_time_is_an_error_for_a_person(bench: Bench) -> None:
    bench.cursor = {"tickets": {"to": "yesterday"}}

    with pytest.raises(SourceError, match="not a time") as caught:
        bench.pull()

    assert caught.value.permanent


def test_an_empty_page_that_is_not_the_last_is_asked_for_again_and_then_believed(bench: Bench) -> None:
    bench.world.seed(12)
    emptied: list[str] = []

    def empty_once(request: Request, honest: Honest) -> Response:
        answer = honest(request)
        if bench.dialect.is_list(request) and "cursor" in request.query and not emptied:
            emptied.append(request.query["cursor"])
            bench.dialect.rows(answer).clear()
        return answer

    bench.fake.trouble = empty_once
    bench.pull()

    bench.must_match("after one empty page")
    assert emptied


def test_an_answer_that_takes_too_long_is_asked_for_with_fewer_tickets(bench: Bench) -> None:
    bench.change = {"per_page": 200}
    bench.world.seed(3)
    bench.fake.trouble = lambda request, honest: (
        honest(request) if int(request.query.get("per_page", 0)) <= 100 else Response(status=504)
    )

    bench.pull()

    assert exports(bench)[-1].query["per_page"] == "100"
    bench.must_match("after a smaller page")


def signed(body: bytes, stamp: str, key: str = SECRET) -> dict[str, str]:
    made = b64encode(hmac.new(key.encode(), stamp.encode() + body, sha256).digest()).decode()
    return {
        "x-zendesk-webhook-signature": made,
        "x-zendesk-webhook-signature-timestamp": stamp,
        "x-zendesk-webhook-invocation-id": "8350205582",
    }


def test_a_webhook_without_a_body_is_genuine_when_its_time_is_signed() -> None:
    assert Zendesk.webhook(signed(b"", "2026-03-02T08:59:30Z"), b"", [SECRET], NOW) == "8350205582"


@pytest.mark.parametrize("stamp", ["2026-03-02T08:54:59Z", "2026-03-02T09:05:01Z", "", "soon"])
def test_a_webhook_from_another_time_is_refused_though_it_is_signed(stamp: str) -> None:
    assert Zendesk.webhook(signed(b"{}", stamp), b"{}", [SECRET], NOW) is None


def test_the_separate_time_header_cannot_be_made_fresh() -> None:
    headers = signed(b"{}", "2026-03-01T09:00:00Z")

    fresh = {**headers, "x-zendesk-webhook-signature-timestamp": "2026-03-02T09:00:00Z"}

    assert Zendesk.webhook(fresh, b"{}", [SECRET], NOW) is None


def recorded(name: str) -> list[dict[str, Any]]:
    lines = recordings("zendesk-node.jsonl").read_text("utf-8").splitlines()
    return [one for one in map(json.loads, lines) if one["cassette"] == name]


@pytest.mark.parametrize(
    ("cassette", "problems"),
    [
        ("authentication_test_correct_u_token.json", 0),
        ("authentication_test_correct_oauthtoken.json", 0),
        ("authentication_test_incorrect_token.json", 1),
        ("authentication_test_incorrect_u_p.json", 1),
        ("authentication_test_no_creds.json", 1),
    ],
)
def test_a_recorded_sign_in_with_wrong_credentials_is_noticed_though_it_answers_200(
    bench: Bench, cassette: str, problems: int
) -> None:
    (exchange,) = recorded(cassette)
    bench.fake.trouble = lambda *_: Response(exchange["body"], exchange["status"])

    with bench.opened() as connector:
        found = [problem for problem in connector.check() if "clock" not in problem]

    assert len(found) == problems


def test_the_recorded_cursor_paging_of_a_real_zendesk_is_followed_to_its_empty_last_page(bench: Bench) -> None:
    pages = [exchange["body"] for exchange in recorded("pagination_test_execute.json")]
    served = iter(range(len(pages)))

    def replay(request: Request, honest: Honest) -> Response:
        if bench.dialect.child_of(request) is None:
            return honest(request)
        page = pages[place := next(served)]
        onward = page["links"]["next"]
        links = {"next": onward and onward.replace("https://nodejsapi.zendesk.com", bench.fake.url)}
        links["next"] = links["next"] and links["next"].replace("organizations.json", "tickets/1/comments.json")
        rows = [
            {"id": place, "body": f"page {place}", "created_at": row["created_at"]} for row in page["organizations"]
        ]
        return Response({"comments": rows, "meta": page["meta"], "links": links})

    bench.world.add()
    bench.fake.trouble = replay
    bench.pull()

    assert len(bench.shelf.comments["1"]) == len(pages) - 1
    assert next(served, None) is None
