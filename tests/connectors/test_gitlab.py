"""GitLab: recorded answers, and what the kit does not know of: projects by name, both kinds of webhook secrets."""

import hmac
import json
from base64 import b64decode, b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from connectors.base import BadItem, Page, SourceError
from connectors.gitlab import GitLab, GitLabOptions
from connectors.kit.bench import quick
from connectors.kit.dialects.gitlab import GitLabDialect
from connectors.kit.server import Fake, running
from connectors.kit.world import World
from pipeline.issue import Issue
from tests.connectors.described import recordings

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
FIXTURES = ("group_issues", "merge_request_closes_issues", "project_issue_links", "search_issues_results")


@pytest.fixture
def fake() -> Iterator[Fake]:
    with quick(), running(GitLabDialect, World(timedelta(milliseconds=1))) as server:
        yield server


def gitlab(fake: Fake, **more: Any) -> GitLab:
    given = {"name": "code", "kind": "gitlab", "base_url": fake.url, "token": fake.dialect.secret, "per_page": 5}
    made = GitLab.open(
        GitLabOptions.model_validate({**given, "groups": [] if "projects" in more else ["fernhill"], **more}), Path()
    )
    made.clock = lambda: fake.world.now
    return made


def lone(**more: Any) -> GitLab:
    given = {"name": "code", "kind": "gitlab", "projects": ["fernhill/billing"], **more}
    return GitLab.open(GitLabOptions.model_validate(given), Path())


def brought(connector: GitLab) -> dict[str, Issue]:
    found = [connector.normalise(item) for page in connector.pull({}) for item in page.items]
    connector.close()
    return {issue.external_id: issue for issue in found}


def recorded(*names: str) -> list[dict[str, Any]]:
    folder = recordings("narkoz-gitlab", "spec", "fixtures")
    return [item for name in names for item in json.loads((folder / f"{name}.json").read_text("utf-8"))]


def test_every_recorded_issue_comes_once_and_in_its_state() -> None:
    found = {}
    for item in recorded(*FIXTURES):
        issue = lone().normalise({"in": "fernhill/billing", "item": item})
        found[issue.external_id] = issue
        assert issue.state == {"opened": "open", "closed": "closed"}[item["state"]]
        assert (issue.closed_at is None) == (item["state"] == "opened")
        assert issue.url == item["web_url"]
        assert issue.author == item["author"]["username"]

    assert sorted(found) == sorted({f"{item['project_id']}#{item['iid']}" for item in recorded(*FIXTURES)})


def test_a_recorded_issue_of_a_gitlab_without_numbers_in_projects_is_set_aside_with_a_reason() -> None:
    for item in recorded("project_issues"):
        with pytest.raises(BadItem, match="project_id or iid"):
            lone().normalise({"in": "fernhill/billing", "item": item})


def test_recorded_notes_are_what_people_said() -> None:
    (item, *_), notes = recorded("group_issues"), recorded("notes")
    system = {**notes[0], "id": 99, "system": True, "body": "changed the description"}
    private = {**notes[1], "id": 100, "internal": True}

    found = lone().normalise({"in": "fernhill", "item": item, "comments": [*notes, system, private]})

    assert [comment.body for comment in found.comments][:2] == ["The solution is rather tricky", "I know, right?"]
    assert [comment.external_id for comment in found.comments] == ["1201", "1207", "100"]
    assert [comment.private for comment in found.comments] == [False, False, True]


ITEM: dict[str, Any] = {
    "id": 9,
    "iid": 7,
    "project_id": 42,
    "title": "Export fails",
    "description": "It **fails**.\n\n> quoted\n\n<!-- a template -->",
    "state": "opened",
    "labels": ["type::Bug", "priority::1", "sev:1"],
    "author": {"username": "dkim"},
    "references": {"full": "fernhill/billing#7"},
    "created_at": "2026-09-01T08:00:00.123+02:00",
    "updated_at": "2026-09-03T08:00:00.456Z",
}


def normalised(tags: dict[str, list[str]] | None = None, **values: Any) -> Issue:
    return lone(tags=tags or {}).normalise({"in": "fernhill/billing", "item": {**ITEM, **values}})


def test_an_issue_is_read_whole() -> None:
    found = normalised(tags={"escalate": ["1"], "no-quote": ["bug"]})

    assert (found.external_id, found.title, found.body) == ("42#7", "Export fails", "It fails.")
    assert (found.kind, found.priority, found.project, found.group) == ("Bug", "1", "fernhill/billing", "fernhill")
    assert found.created_at == datetime(2026, 9, 1, 6, 0, 0, 123_000, tzinfo=UTC)
    assert found.tags == frozenset({"escalate", "no-quote"})


def test_a_confidential_issue_is_private_whatever_is_mapped() -> None:
    assert normalised(confidential=True).tags == frozenset({"private"})


def test_a_service_desk_issue_is_a_customers() -> None:
    found = normalised(author={"username": "support-bot"}, service_desk_reply_to="ann@shop.example")

    assert (found.author, found.author_role, found.account) == ("ann@shop.example", "customer", "ann@shop.example")


@pytest.mark.parametrize(
    ("author", "role"),
    [("project_42_bot", "bot"), ("group_7_bot_ab12", "unknown"), ("support-bot", "bot"), ("dkim", "unknown")],
)
def test_who_wrote_it(author: str, role: str) -> None:
    assert normalised(author={"username": author}).author_role == role


def test_an_incident_has_its_severity_as_priority() -> None:
    found = normalised(issue_type="incident", severity="CRITICAL")

    assert (found.kind, found.priority) == ("incident", "CRITICAL")


def test_a_project_is_read_by_its_name(fake: Fake) -> None:
    fake.world.seed(7)
    archived = fake.world.add(archived=True)

    found = brought(gitlab(fake, projects=["fernhill/billing"]))

    assert len(found) == 7
    assert fake.dialect.external_id(archived) not in found


def test_a_group_is_read_with_its_archived_projects(fake: Fake) -> None:
    archived = fake.world.add(archived=True)

    assert fake.dialect.external_id(archived) in brought(gitlab(fake))


def test_a_project_that_is_not_there_stops_no_other(fake: Fake) -> None:
    fake.world.seed(3)
    connector = gitlab(fake, projects=["fernhill/none", "fernhill/billing"])

    pages: list[Page] = []
    with pytest.raises(SourceError, match="fernhill/none: GET") as caught:
        pages.extend(connector.pull({}))

    assert not caught.value.permanent
    assert sum(len(page.items) for page in pages) == 3


def test_notes_are_asked_only_where_there_are_some(fake: Fake) -> None:
    tickets = fake.world.seed(4)
    fake.world.say(tickets[2], "Me too.")

    brought(gitlab(fake))

    asked = [request.path for request in fake.requests if request.path.endswith("/notes")]
    assert asked == [f"/api/v4/projects/42/issues/{tickets[2].id}/notes"]


def test_a_census_covers_the_projects_that_are_read_and_asks_for_them_once(fake: Fake) -> None:
    fake.world.seed(2)
    connector = gitlab(fake, projects=["fernhill/billing"])

    assert set(connector.census()) == {"42#1", "42#2"}
    assert connector.covers("42#1")
    assert not connector.covers("43#1")
    assert sum(request.path == "/api/v4/projects/fernhill%2Fbilling" for request in fake.requests) == 1
    assert connector.probe("42#1") == "exists"
    assert connector.probe("42#9") == "deleted"


def test_a_project_that_became_invisible_is_no_deletion(fake: Fake) -> None:
    fake.world.seed(2)
    fake.trouble = lambda request, honest: fake.dialect.refusal(404)
    connector = gitlab(fake, projects=["fernhill/billing"])

    with pytest.raises(SourceError):
        connector.probe("42#1")
    with pytest.raises(SourceError):
        list(connector.census())


def test_check_finds_nothing_wrong_where_nothing_is_and_names_what_is(fake: Fake) -> None:
    fake.world.now = datetime.now(UTC)

    assert gitlab(fake).check() == []
    assert [line.split()[0] for line in gitlab(fake, projects=["fernhill/none"]).check()] == ["fernhill/none:"]
    assert "Without a token" in gitlab(fake, token=None).check()[0]


def test_check_says_when_the_token_ends(fake: Fake) -> None:
    fake.world.now = datetime(2098, 12, 30, tzinfo=UTC)

    assert any("expires on 01 January 2099" in line for line in gitlab(fake).check())


def test_a_secret_that_is_sent_along_proves_a_webhook() -> None:
    headers = {"x-gitlab-token": "s3cret", "x-gitlab-event-uuid": "13792a34"}

    assert GitLab.webhook(headers, b"{}", ["newer", "s3cret"], NOW) == "13792a34"
    assert GitLab.webhook({**headers, "idempotency-key": "again"}, b"{}", ["s3cret"], NOW) == "again"
    for wrong in ("", "s3cre", "s3cret2", "ü"):
        assert GitLab.webhook({**headers, "x-gitlab-token": wrong}, b"{}", ["s3cret", ""], NOW) is None


def signed(key: str, at: datetime, body: bytes = b"{}") -> dict[str, str]:
    stamp = str(int(at.timestamp()))
    made = hmac.new(b64decode(key.removeprefix("whsec_")), f"m1.{stamp}.".encode() + body, sha256).digest()
    return {"webhook-id": "m1", "webhook-timestamp": stamp, "webhook-signature": f"v1,{b64encode(made).decode()}"}


def test_a_signing_token_proves_a_webhook_that_is_recent() -> None:
    key = "whsec_" + b64encode(b"k" * 32).decode()

    assert GitLab.webhook(signed(key, NOW), b"{}", [key], NOW) == "m1"
    assert GitLab.webhook(signed(key, NOW), b"{}", [key], NOW + timedelta(minutes=6)) is None
    assert GitLab.webhook(signed(key, NOW), b"{ }", [key], NOW) is None
    assert GitLab.webhook({**signed(key, NOW), "webhook-id": "m2"}, b"{}", [key], NOW) is None


def test_a_signing_token_that_is_sent_along_proves_nothing() -> None:
    key = "whsec_" + b64encode(b"k" * 32).decode()

    assert GitLab.webhook({"x-gitlab-token": key, "idempotency-key": "1"}, b"{}", [key, "whsec_?"], NOW) is None


def test_options_without_anything_to_read_are_refused() -> None:
    with pytest.raises(ValidationError, match="at least one"):
        lone(projects=[])
