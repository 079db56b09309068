import json
import stat
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from connectors.base import SourceError
from connectors.helpscout import HelpScout, HelpScoutOptions
from connectors.kit.bench import Bench, quick
from connectors.kit.dialect import Honest, Request, Response
from connectors.kit.dialects.helpscout import APP, SIZE, HelpScoutDialect
from connectors.kit.server import running
from connectors.kit.world import World
from pipeline.issue import Gone, Issue


class Rotating(HelpScoutDialect):
    """The same, for an app that acts for a user: each refresh token is worth one use, and ends the one before."""

    def __init__(self, world: World, url: str) -> None:
        super().__init__(world, url)
        self.refresh, self.access, self.used = "refresh-0", "access-0", list[str]()

    def options(self) -> Mapping[str, Any]:
        return {**super().options(), "refresh_token_file": "helpscout.token"}

    def accepts(self, request: Request) -> bool:
        return request.path == "/v2/oauth2/token" or request.headers.get("authorization") == f"Bearer {self.access}"

    def token(self, asked: Mapping[str, Any]) -> Response:
        if asked.get("grant_type") != "refresh_token" or asked.get("refresh_token") != self.refresh:
            said = f"Invalid refresh token: {asked.get('refresh_token')}"
            return Response({"error": "invalid_grant", "error_description": said, "message": said}, 400)
        self.used.append(self.refresh)
        self.refresh, self.access = f"refresh-{len(self.used)}", f"access-{len(self.used)}"
        return Response({"access_token": self.access, "refresh_token": self.refresh, "expires_in": 172_800})


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with quick() as held, running(HelpScoutDialect, World()) as fake:
        yield Bench(HelpScout, fake, tmp_path, held)


@pytest.fixture
def rotating(tmp_path: Path) -> Iterator[Bench]:
    (tmp_path / "helpscout.token").write_text("refresh-0\n")
    with quick() as held, running(Rotating, World()) as fake:
        yield Bench(HelpScout, fake, tmp_path, held)


def normalised(bench: Bench, item: Mapping[str, Any], **more: Any) -> Issue | Gone | None:
    with bench.opened() as connector:
        return connector.normalise({"in": "conversations", "item": item, **more})  # type: ignore[return-value]


def thread(number: int, minute: int, kind: str, body: str | None, **more: Any) -> dict[str, Any]:
    who = "customer" if kind == "customer" else "user"
    by = {"id": 100 if who == "customer" else 7, "type": who}
    at = f"2026-03-02T08:{minute:02}:00Z"
    return {"id": number, "type": kind, "state": "published", "body": body, "createdAt": at, "createdBy": by, **more}


TALK: dict[str, Any] = {
    "id": 583,
    "number": 12345,
    "threads": 4,
    "type": "email",
    "status": "active",
    "state": "published",
    "subject": "Cannot log in",
    "mailboxId": 85,
    "createdBy": {"id": 100, "type": "customer"},
    "createdAt": "2026-03-02T08:00:00Z",
    "closedAt": None,
    "userUpdatedAt": "2026-03-02T08:05:00Z",
    "primaryCustomer": {"id": 100, "type": "customer"},
    "tags": [{"id": 1, "tag": "login", "color": "none"}],
    "_embedded": {
        "threads": [
            thread(6, 9, "lineitem", None, status="active"),
            thread(5, 8, "message", "<p>unfinished</p>", state="draft", status="active"),
            thread(4, 7, "customer", "<p>Still not!</p>", status="active"),
            thread(3, 6, "message", "<p>Please try now</p>", status="closed"),
            thread(2, 5, "note", "<p>angry one</p>", status="active"),
            thread(1, 0, "customer", "<p>The page <b>spins</b>.</p>", status="active"),
        ]
    },
}


def test_the_first_thread_is_the_body_and_the_rest_are_comments_oldest_first(bench: Bench) -> None:
    issue = normalised(bench, TALK)

    assert isinstance(issue, Issue)
    assert (issue.external_id, issue.body, issue.project, issue.account) == ("583", "The page spins.", "85", "100")
    assert issue.url == "https://secure.helpscout.net/conversation/583/12345"
    told = [(one.external_id, one.body, one.private, one.author_role) for one in issue.comments]
    assert told == [
        ("2", "angry one", True, "staff"),
        ("3", "Please try now", False, "staff"),
        ("4", "Still not!", False, "customer"),
    ]


def test_the_statuses_of_threads_tell_when_it_was_closed_and_opened_again(bench: Bench) -> None:
    issue = normalised(bench, TALK)

    assert isinstance(issue, Issue)
    assert [(event.what, event.at.minute) for event in issue.history] == [
        ("created", 0),
        ("closed", 6),
        ("reopened", 7),
    ]
    assert issue.state == "open"


def test_the_latest_thread_tells_a_change_that_the_conversation_does_not(bench: Bench) -> None:
    issue = normalised(bench, TALK)

    assert isinstance(issue, Issue)
    assert issue.updated_at == datetime(2026, 3, 2, 8, 9, tzinfo=UTC)


def test_spam_is_closed_and_can_be_muted(bench: Bench) -> None:
    bench.change = {"tags": {"mute": ["spam"], "escalate": ["LOGIN"]}}

    issue = normalised(bench, {**TALK, "status": "spam"})

    assert isinstance(issue, Issue)
    assert issue.state == "closed"
    assert issue.tags == {"mute", "escalate"}


def test_drafts_are_no_issues_and_deleted_conversations_are_gone(bench: Bench) -> None:
    assert normalised(bench, {**TALK, "state": "draft"}) is None
    assert isinstance(normalised(bench, {**TALK, "state": "deleted"}), Gone)


def test_threads_are_asked_for_apiece_only_where_they_were_cut_short(bench: Bench) -> None:
    for ticket in bench.world.seed(4):
        bench.world.say(ticket, "one")
        bench.world.say(ticket, "two")

    bench.pull()

    asked = {bench.dialect.child_of(request) for request in bench.fake.requests} - {None}
    assert asked == {1, 3}
    bench.must_match("with chats cut short")


def test_a_deletion_during_the_walk_begins_it_again_and_nothing_slips_by(bench: Bench) -> None:
    tickets = bench.world.seed(SIZE * 3)
    victims = iter([tickets[-1]])

    def delete_behind_the_first_page(request: Request, honest: Honest) -> Response:
        answer = honest(request)
        if bench.dialect.is_list(request) and (victim := next(victims, None)) is not None:
            victim.deleted = True
        return answer

    bench.fake.trouble = delete_behind_the_first_page
    bench.pull()

    assert set(bench.shelf.issues) == {str(ticket.id) for ticket in tickets}


def test_the_cursor_is_the_servers_time_when_the_walk_began(bench: Bench) -> None:
    bench.world.seed(SIZE * 2)
    began = bench.world.now

    def time_passes(request: Request, honest: Honest) -> Response:
        if request.query.get("page") == "2":
            bench.world.pass_time(timedelta(seconds=40))
        return honest(request)

    bench.fake.trouble = time_passes
    with bench.opened() as connector:
        connector.clock = lambda: began + timedelta(hours=3)
        cursors = [page.cursor for page in connector.pull({})]

    assert cursors == [{"conversations": {}}, {"conversations": {"to": f"{began:%Y-%m-%dT%H:%M:%SZ}"}}]


def test_another_page_than_was_asked_for_is_an_error(bench: Bench) -> None:
    bench.world.seed(SIZE * 2)
    pages: list[Response] = []

    def first_page_for_ever(request: Request, honest: Honest) -> Response:
        if not bench.dialect.is_list(request):
            return honest(request)
        pages.append(honest(request))
        return pages[0]

    bench.fake.trouble = first_page_for_ever

    with pytest.raises(SourceError, match="page 2 was asked for"):
        bench.pull()


def test_a_merged_conversation_is_transferred_and_a_missing_one_deleted(bench: Bench) -> None:
    bench.world.add()
    bench.fake.trouble = lambda request, honest: (
        Response(status=301, headers={"Location": f"{bench.fake.url}/v2/conversations/1"})
        if request.path.endswith("/2")
        else honest(request)
    )

    with bench.opened() as connector:
        found = [connector.probe(number) for number in ("1", "2", "3")]

    assert found == ["exists", "transferred", "deleted"]


def test_without_any_inbox_the_operator_is_told(bench: Bench) -> None:
    bench.fake.trouble = lambda request, honest: (
        Response({"_embedded": {"mailboxes": []}}) if request.path == "/v2/mailboxes" else honest(request)
    )

    with bench.opened() as connector:
        found = connector.check()

    assert any("no inbox" in problem for problem in found)


def test_a_refresh_token_is_written_back_before_the_first_request_that_needs_it(rotating: Bench) -> None:
    file = rotating.base_dir / "helpscout.token"
    held: list[Any] = []

    def look(request: Request, honest: Honest) -> Response:
        if request.path == "/v2/conversations":
            held.append(json.loads(file.read_text()))
        return honest(request)

    rotating.fake.trouble = look
    rotating.pull()

    assert [one["refresh_token"] for one in held] == ["refresh-1"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in rotating.base_dir.iterdir() if path.name.startswith(".")] == []


def test_an_access_token_that_still_lives_is_used_by_the_next_pull(rotating: Bench) -> None:
    rotating.pull()
    rotating.pull()

    assert isinstance(rotating.dialect, Rotating)
    assert rotating.dialect.used == ["refresh-0"]


def test_a_refused_access_token_is_renewed_in_the_middle_of_a_pull(rotating: Bench) -> None:
    rotating.world.seed(SIZE * 3)

    def end_it_once(request: Request, honest: Honest) -> Response:
        assert isinstance(rotating.dialect, Rotating)
        if request.query.get("page") == "2" and rotating.dialect.access == "access-1":
            rotating.dialect.access = "nobody's"
        return honest(request)

    rotating.fake.trouble = end_it_once
    rotating.pull()

    rotating.must_match("after the access token had ended")
    assert json.loads((rotating.base_dir / "helpscout.token").read_text())["refresh_token"] == "refresh-2"


def test_eight_workers_at_once_use_each_refresh_token_once(rotating: Bench) -> None:
    rotating.world.seed(3)

    def work(_: int) -> int:
        with rotating.opened() as connector:
            return sum(len(page.items) for page in connector.pull({}))

    with ThreadPoolExecutor(8) as pool:
        read = list(pool.map(work, range(8)))

    assert read == [3] * 8
    assert isinstance(rotating.dialect, Rotating)
    assert rotating.dialect.used == ["refresh-0"]


def test_a_refused_refresh_token_is_said_once_with_the_file_and_without_the_token(rotating: Bench) -> None:
    file = rotating.base_dir / "helpscout.token"
    file.write_text("an-old-refresh-token")

    with pytest.raises(SourceError) as caught:
        rotating.pull()

    assert caught.value.permanent
    assert str(file) in str(caught.value)
    assert "an-old-refresh-token" not in str(caught.value)
    assert file.read_text() == "an-old-refresh-token"
    assert len(rotating.fake.requests) == 1


def test_no_token_is_spent_where_the_next_one_cannot_be_kept(rotating: Bench) -> None:
    rotating.change = {"refresh_token_file": "nowhere/helpscout.token"}

    with pytest.raises(SourceError, match="must be kept there") as caught:
        rotating.pull()

    assert caught.value.permanent
    assert rotating.fake.requests == []


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"client_id": APP},
        {"client_id": APP, "client_secret": "s", "token": "t"},
        {"token": "t", "refresh_token_file": "x"},
    ],
)
def test_credentials_that_do_not_belong_together_are_refused(given: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="client_id and client_secret"):
        HelpScoutOptions.model_validate({"name": "inbox", "kind": "helpscout", **given})
