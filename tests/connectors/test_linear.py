"""Linear: queries and answers against its own schema, walks that have to stop, errors by their code."""

import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLSchema, build_schema, execute_sync, parse, validate
from graphql.execution.values import get_variable_values

from connectors.base import BadItem, SourceError
from connectors.kit.bench import quick
from connectors.kit.dialect import Request, Response
from connectors.kit.dialects.linear import LinearDialect
from connectors.kit.server import Fake, running
from connectors.kit.world import World
from connectors.linear import COMMENTS, ISSUES, WHO, Linear, LinearOptions
from pipeline.issue import Gone, Issue, Remark
from tests.connectors.described import recordings

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)


@pytest.fixture
def fake() -> Iterator[Fake]:
    with quick(), running(LinearDialect, World(timedelta(milliseconds=1))) as server:
        yield server


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return build_schema(recordings("graphql-linear", "packages", "sdk", "src", "schema.graphql").read_text("utf-8"))


def linear(fake: Fake, **more: Any) -> Linear:
    given = {"name": "plan", "kind": "linear", "base_url": fake.url, "token": fake.dialect.secret, "per_page": 5}
    made = Linear.open(LinearOptions.model_validate({**given, **more}), Path())
    made.clock = lambda: fake.world.now
    return made


def lone(**more: Any) -> Linear:
    return Linear.open(LinearOptions.model_validate({"name": "plan", "kind": "linear", **more}), Path())


def titles(connector: Linear, pages: list[Any]) -> set[str]:
    found = [connector.normalise(item) for page in pages for item in page.items]
    return {value.title for value in found if isinstance(value, Issue)}


@pytest.mark.parametrize("query", [ISSUES, COMMENTS, WHO])
def test_each_query_is_valid_by_linears_own_schema(query: str, schema: GraphQLSchema) -> None:
    assert validate(schema, parse(query)) == []


def test_what_is_asked_and_the_kits_answers_are_valid_by_linears_own_schema(fake: Fake, schema: GraphQLSchema) -> None:
    for ticket in fake.world.seed(7):
        fake.world.say(ticket, "Me too.")
    connector = linear(fake, teams=["ENG"])
    connector.check()
    cursor = [page.cursor for page in connector.pull({})][-1]
    list(connector.pull(cursor))

    assert {request.json["operationName"] for request in fake.requests} == {"Who", "Issues", "Comments"}
    for request in fake.requests:
        document = parse(request.json["query"])
        declared = document.definitions[0].variable_definitions  # type: ignore[attr-defined]
        assert not isinstance(get_variable_values(schema, declared, request.json["variables"]), list)
        told = fake.honest(request).data["data"]
        root = {**told, "issues": told.get("page"), "comments": told.get("page")}
        result = execute_sync(schema, document, root_value=root, variable_values=request.json["variables"])
        assert not result.errors


def test_a_walk_that_had_to_stop_goes_on_where_it_stopped_and_then_reads_what_changed(fake: Fake) -> None:
    tickets = fake.world.seed(23)
    connector = linear(fake, comments=False)
    walk = connector.pull({})
    first = [next(walk), next(walk)]
    asked = len(fake.requests)
    fake.world.edit(tickets[0])

    rest = list(connector.pull(json.loads(json.dumps(first[-1].cursor))))

    assert titles(connector, first + rest) >= {ticket.title for ticket in tickets}
    assert fake.requests[asked].json["variables"]["after"] is not None
    assert set(rest[-1].cursor["issues"]) == {"to"}


def test_a_stored_token_that_is_no_longer_valid_begins_the_walk_anew(fake: Fake) -> None:
    tickets = fake.world.seed(12)
    connector = linear(fake, comments=False)

    pages = list(connector.pull({"issues": {"after": "no-such-issue", "newest": "2026-03-02T09:00:00Z"}}))

    assert titles(connector, pages) == {ticket.title for ticket in tickets}


def test_what_was_archived_without_a_change_is_seen(fake: Fake) -> None:
    (ticket,) = fake.world.seed(1)
    connector = linear(fake, comments=False)
    cursor = list(connector.pull({}))[-1].cursor
    fake.world.pass_time(timedelta(days=2))
    archived = fake.world.now.isoformat()

    def archive(request: Request, honest: Any) -> Response:
        dialect = fake.dialect
        node = {**dialect._issue(ticket), "archivedAt": archived}  # type: ignore[attr-defined]
        dialect._issues = lambda: [node]  # type: ignore[attr-defined]
        return honest(request)  # type: ignore[no-any-return]

    fake.trouble = archive
    (page,) = connector.pull(cursor)

    (issue,) = [connector.normalise(item) for item in page.items]
    assert isinstance(issue, Issue)
    assert issue.state == "closed"


def said(code: str, status: int = 400, **more: Any) -> Response:
    return Response({"errors": [{"message": "Told", "extensions": {"code": code, **more}}]}, status)


@pytest.mark.parametrize("status", [200, 400])
def test_a_limit_is_waited_for_with_whichever_status_it_comes(fake: Fake, status: int) -> None:
    fake.trouble = lambda request, honest: said("RATELIMITED", status, statusCode=429)

    with pytest.raises(SourceError, match="Told") as caught:
        list(linear(fake).pull({}))

    assert not caught.value.permanent
    assert caught.value.retry_after == 60
    assert len(fake.requests) == 1


def test_a_refused_key_is_permanent_and_says_what_to_do(fake: Fake) -> None:
    fake.trouble = lambda request, honest: said("AUTHENTICATION_ERROR")

    with pytest.raises(SourceError, match="make a new one") as caught:
        list(linear(fake).pull({}))

    assert caught.value.permanent
    assert len(fake.requests) == 1


@pytest.mark.parametrize(("code", "permanent"), [("INPUT_ERROR", True), ("INTERNAL_SERVER_ERROR", False)])
def test_errors_in_an_answer_of_status_200_are_no_absence_of_issues(fake: Fake, code: str, permanent: bool) -> None:
    fake.trouble = lambda request, honest: said(code, 200)

    with pytest.raises(SourceError, match="Told") as caught:
        list(linear(fake).pull({}))

    assert caught.value.permanent is permanent


@pytest.mark.parametrize(("token", "sent"), [("lin_api_abc", "lin_api_abc"), ("0af1", "Bearer 0af1")])
def test_a_personal_key_is_sent_as_it_is_and_a_token_of_oauth_as_bearer(token: str, sent: str) -> None:
    options = LinearOptions.model_validate({"name": "plan", "kind": "linear", "token": token})

    assert Linear.headers(options) == {"Authorization": sent}


def test_only_the_named_teams_are_asked_for(fake: Fake) -> None:
    fake.world.seed(2)

    assert titles(linear(fake), list(linear(fake, teams=["ENG"]).pull({})))
    assert not titles(linear(fake), list(linear(fake, teams=["OPS"]).pull({})))


def test_check_names_a_team_that_is_not_there(fake: Fake) -> None:
    fake.world.now = datetime.now(UTC)

    assert linear(fake).check() == []
    assert "no team OPS" in linear(fake, teams=["ENG", "OPS"]).check()[0]
    assert "set `token`" in linear(fake, token=None).check()[0]


ITEM: dict[str, Any] = {
    "id": "5e1f",
    "identifier": "ENG-7",
    "title": "Export fails",
    "description": "It **fails**.\n\n> quoted",
    "url": "https://linear.app/fernhill/issue/ENG-7",
    "priorityLabel": "Urgent",
    "trashed": None,
    "createdAt": "2026-09-01T08:00:00.123Z",
    "updatedAt": "2026-09-03T08:00:00.456Z",
    "completedAt": "2026-09-02T08:00:00.000Z",
    "state": {"name": "Shipped", "type": "completed"},
    "team": {"key": "ENG", "private": False},
    "project": {"name": "Billing"},
    "labels": {"nodes": [{"name": "Bug"}, {"name": "sev:1"}]},
    "needs": {"nodes": [{"customer": {"name": "Acme"}}]},
    "creator": {"displayName": "dkim", "app": False, "guest": False},
}


def normalised(tags: dict[str, list[str]] | None = None, **values: Any) -> Any:
    return lone(tags=tags or {}).normalise({"in": "issues", "item": {**ITEM, **values}})


def test_an_issue_is_read_whole() -> None:
    found = normalised(tags={"escalate": ["urgent"], "mute": ["bug"]})

    assert (found.external_id, found.title, found.body) == ("5e1f", "Export fails", "It fails.")
    assert (found.kind, found.priority, found.project, found.group) == ("Bug", "Urgent", "Billing", "ENG")
    assert (found.author, found.author_role, found.account) == ("dkim", "staff", "Acme")
    assert (found.state, found.closed_at) == ("closed", datetime(2026, 9, 2, 8, tzinfo=UTC))
    assert found.tags == frozenset({"escalate", "mute"})
    assert [(event.what, event.after) for event in found.history] == [("created", None), ("closed", "Shipped")]


@pytest.mark.parametrize(
    ("kind", "state"),
    [("triage", "open"), ("backlog", "open"), ("started", "open"), ("canceled", "closed"), ("duplicate", "closed")],
)
def test_the_type_of_its_state_says_whether_an_issue_is_open(kind: str, state: str) -> None:
    assert normalised(state={"name": "Any", "type": kind}, completedAt=None).state == state


@pytest.mark.parametrize(
    ("values", "author", "role"),
    [
        ({"creator": None, "externalUserCreator": {"displayName": "Ann"}}, "Ann", "customer"),
        ({"creator": {"displayName": "sync", "app": True}}, "sync", "bot"),
        ({"creator": {"displayName": "guest", "guest": True}}, "guest", "unknown"),
        ({"creator": None, "botActor": {"name": "Sentry"}}, "Sentry", "bot"),
        ({"creator": None}, None, "unknown"),
    ],
)
def test_who_wrote_it(values: dict[str, Any], author: str | None, role: str) -> None:
    found = normalised(**values)

    assert (found.author, found.author_role) == (author, role)


def test_an_issue_of_a_private_team_is_private() -> None:
    assert normalised(team={"key": "HR", "private": True}).tags == frozenset({"private"})


def test_an_issue_in_the_trash_is_gone() -> None:
    found = normalised(trashed=True, archivedAt="2026-09-04T08:00:00.000Z")

    assert found == Gone(external_id="5e1f", at=datetime(2026, 9, 4, 8, tzinfo=UTC))


def test_what_is_said_on_something_else_than_an_issue_is_left_out() -> None:
    item = {"id": "c1", "issueId": None, "body": "Nice", "createdAt": "2026-09-01T08:00:00Z"}

    assert lone().normalise({"in": "comments", "item": item}) is None
    found = lone().normalise({"in": "comments", "item": {**item, "issueId": "5e1f"}})
    assert isinstance(found, Remark)
    assert (found.issue, found.comment.body) == ("5e1f", "Nice")


@pytest.mark.parametrize("name", ["id", "title", "createdAt"])
def test_an_issue_without_what_it_needs_is_set_aside(name: str) -> None:
    with pytest.raises(BadItem, match=r"without|lacks"):
        normalised(**{name: None})


def hook(at: datetime | None, secret: str = "s3cret") -> tuple[dict[str, str], bytes]:
    body = json.dumps({} if at is None else {"webhookTimestamp": int(at.timestamp() * 1000)}).encode()
    signed = hmac.new(secret.encode(), body, "sha256").hexdigest()
    return {"linear-signature": signed, "linear-delivery": "d1"}, body


def test_a_webhook_is_genuine_while_it_is_recent() -> None:
    secrets = ["newer", "s3cret"]

    assert Linear.webhook(*hook(NOW), secrets, NOW) == "d1"
    assert Linear.webhook(*hook(NOW), secrets, NOW + timedelta(minutes=6)) is None
    assert Linear.webhook(*hook(NOW + timedelta(minutes=6)), secrets, NOW) is None
    assert Linear.webhook(*hook(None), secrets, NOW) is None
    assert Linear.webhook(*hook(NOW, "other"), secrets, NOW) is None
    assert Linear.webhook(*hook(NOW, ""), [""], NOW) is None
