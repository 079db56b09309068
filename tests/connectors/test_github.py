import hmac
import json
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pydantic import ValidationError

from connectors.base import BadItem, Page, SourceError
from connectors.github import GitHub, GitHubOptions
from connectors.http import Http
from connectors.kit.bench import Bench, quick
from connectors.kit.dialects.github import REPO as KIT_REPO
from connectors.kit.dialects.github import GitHubDialect
from connectors.kit.server import running
from connectors.kit.world import World
from connectors.limits import InProcess
from pipeline.issue import Issue, Remark
from tests.connectors.described import problems, recordings
from tests.connectors.github_replay import RECORDINGS, TOKEN, GitHubReplay
from tests.connectors.stage import Clock, Stage, saying

REPO = "fernhill/billing"
needs_recordings = pytest.mark.usefixtures("shared")


@pytest.fixture
def server() -> Iterator[GitHubReplay]:
    with GitHubReplay(synthetic=30) as replay:
        yield replay


def options(server: GitHubReplay, **more: Any) -> GitHubOptions:
    given = {
        "name": "product-github",
        "kind": "github",
        "repos": server.repos,
        "base_url": server.base_url,
        "token": TOKEN,
    }
    return GitHubOptions.model_validate({**given, "per_page": 10, **more})


def connector(server: GitHubReplay, clock: Clock | None = None, **more: Any) -> GitHub:
    """A connector whose waits take no time."""
    clock = clock or Clock()
    http = Http(
        server.base_url,
        headers={"Authorization": f"Bearer {TOKEN}"},
        limiter=InProcess(clock),
        wait=clock.wait,
    )
    return GitHub(options(server, **more), http)


def mark(to: str) -> dict[str, dict[str, str]]:
    """A cursor that has read both feeds of the repository up to a moment."""
    return {f"{REPO} {feed}": {"to": to} for feed in ("issues", "comments")}


def stored(github: GitHub, cursor: Mapping[str, Any] | None = None, *, pages: int | None = None) -> "Stored":
    """What the core would hold after so many pages."""
    found = Stored(cursor or {})
    for number, page in enumerate(github.pull(cursor or {}), 1):
        found.take(github, page.items, page.cursor)
        if number == pages:
            break
    return found


class Stored:
    def __init__(self, cursor: Mapping[str, Any]) -> None:
        self.issues: dict[str, Issue] = {}
        self.comments: dict[str, Remark] = {}
        self.cursor = cursor
        self.cursors: list[Mapping[str, Any]] = [cursor]

    def take(self, github: GitHub, items: Any, cursor: Mapping[str, Any]) -> None:
        for item in json.loads(json.dumps(list(items))):
            value = github.normalise(item)
            if isinstance(value, Issue):
                self.issues[value.external_id] = value
            elif value is not None:
                self.comments[value.comment.external_id] = value
        self.cursor = json.loads(json.dumps(cursor))
        self.cursors.append(self.cursor)


@needs_recordings
def test_the_recorded_pages_give_the_thirteen_recorded_issues() -> None:
    with GitHubReplay() as server:
        found = stored(connector(server, per_page=3))

    assert set(found.issues) == server.issue_ids()
    assert len(found.issues) == 13
    assert set(found.comments) == {"1"}


@needs_recordings
def test_a_recorded_issue_keeps_what_github_said() -> None:
    with GitHubReplay() as server:
        found = stored(connector(server))
    repo = server.repos[0]

    issue = found.issues[f"{repo}#13"]
    assert issue.title == "Test issue 13"
    assert issue.body == ""
    assert issue.author == "octokit-fixture-user-a"
    assert issue.author_role == "staff"
    assert issue.project == repo
    assert issue.url == f"https://github.com/{repo}/issues/13"
    assert issue.created_at == datetime(2022, 7, 19, 4, 39, 16, tzinfo=UTC)
    assert [(event.what, event.at) for event in issue.history] == [("created", issue.created_at)]


@needs_recordings
def test_what_is_asked_is_in_githubs_own_description(server: GitHubReplay) -> None:
    described = json.loads((RECORDINGS / "openapi-github/specs/github/api.github.com.json").read_text("utf-8"))
    stored(connector(server), mark("2026-09-01T00:00:00Z"))

    for feed in ("issues", "issues/comments"):
        known = _parameters(described, f"/repos/{{owner}}/{{repo}}/{feed}")
        asked = [seen.query for seen in server.seen if seen.path == f"/repos/{REPO}/{feed}"]
        assert asked
        for query in asked:
            assert query["since"].endswith("Z")
            for name, value in query.items():
                assert name in known
                assert value in (known[name] or [value])


def _parameters(described: Any, path: str) -> dict[str, list[str] | None]:
    found = {}
    for entry in described["paths"][path]["get"]["parameters"]:
        if "$ref" in entry:
            entry = described["components"]["parameters"][entry["$ref"].rpartition("/")[2]]
        if entry["in"] == "query":
            found[entry["name"]] = entry["schema"].get("enum")
    return found


def test_closed_and_old_issues_are_read_too(server: GitHubReplay) -> None:
    found = stored(connector(server))

    assert set(found.issues) == server.issue_ids()
    assert {issue.state for issue in found.issues.values()} == {"open", "closed"}
    assert all(seen.query["state"] == "all" for seen in server.seen if seen.path.endswith("/issues"))


def test_pull_requests_and_what_is_said_on_them_are_left_out(server: GitHubReplay) -> None:
    found = stored(connector(server))

    assert set(found.issues) == server.issue_ids()
    assert set(found.comments) == server.comment_ids()


def test_pull_requests_are_read_where_they_are_wanted(server: GitHubReplay) -> None:
    found = stored(connector(server, pull_requests=True))

    assert len(found.issues) == 31
    assert found.issues[f"{REPO}#31"].kind == "pull request"
    assert "10031" in found.comments


def test_comments_are_left_where_they_are_not_wanted(server: GitHubReplay) -> None:
    found = stored(connector(server, comments=False))

    assert found.comments == {}
    assert not any(seen.path.endswith("/comments") for seen in server.seen)


def test_a_comment_says_which_issue_it_belongs_to(server: GitHubReplay) -> None:
    remark = stored(connector(server)).comments["10005"]

    assert remark.issue == f"{REPO}#5"
    assert remark.comment.body == "We see the same thing, twice this week."


@pytest.mark.parametrize("ties", [10, 11, 25, 30])
@pytest.mark.parametrize("per_page", [1, 10, 100])
def test_more_changes_in_one_second_than_fit_on_a_page_lose_nothing(ties: int, per_page: int) -> None:
    with GitHubReplay(synthetic=30, ties=ties) as server:
        found = stored(connector(server, per_page=per_page))

    assert set(found.issues) == server.issue_ids()
    assert set(found.comments) == server.comment_ids()


def test_the_second_after_a_crowded_one_is_read_too() -> None:
    with GitHubReplay(synthetic=40, ties=15, step=timedelta(seconds=1)) as server:
        for issue in server.repositories[0].issues[15:]:
            issue["updated_at"] = "2026-09-01T06:00:16Z"
        found = stored(connector(server))

    assert set(found.issues) == server.issue_ids()
    assert found.issues[f"{REPO}#40"].updated_at - found.issues[f"{REPO}#1"].updated_at == timedelta(seconds=1)


def test_links_that_leave_the_repositorys_path_are_followed() -> None:
    with GitHubReplay(synthetic=30, ties=30) as server:
        found = stored(connector(server))

    assert any(seen.path.startswith("/repositories/") for seen in server.seen)
    assert len(found.issues) == 30


@pytest.mark.parametrize("ties", [0, 25])
def test_a_pull_that_stops_after_any_page_goes_on_without_a_loss(ties: int) -> None:
    with GitHubReplay(synthetic=30, ties=ties) as server:
        whole = stored(connector(server))
        for pages in range(1, len(whole.cursors)):
            first = stored(connector(server), pages=pages)
            second = stored(connector(server), first.cursor)

            assert {**first.issues, **second.issues} == whole.issues
            assert {**first.comments, **second.comments} == whole.comments
            assert second.cursor == whole.cursor


def test_the_cursor_never_goes_back(server: GitHubReplay) -> None:
    cursors = stored(connector(server)).cursors

    marks = [cursor.get(f"{REPO} issues", {}).get("to", "") for cursor in cursors]
    assert marks == sorted(marks)
    assert stored(connector(server), cursors[-1]).cursor == cursors[-1]


def test_nothing_new_costs_a_request_a_feed(server: GitHubReplay) -> None:
    cursor = stored(connector(server)).cursor
    server.seen.clear()

    stored(connector(server), cursor)

    assert len(server.seen) == 2


def test_a_change_that_became_visible_late_is_found(server: GitHubReplay) -> None:
    cursor = stored(connector(server)).cursor
    late = datetime.fromisoformat(cursor[f"{REPO} issues"]["to"]) - timedelta(seconds=90)
    server.edit(3, late, title="Late")

    found = stored(connector(server), cursor)

    assert found.issues[f"{REPO}#3"].title == "Late"


@pytest.mark.parametrize("at_request", [2, 3])
def test_an_issue_that_is_edited_between_two_pages_hides_no_other(server: GitHubReplay, at_request: int) -> None:
    def edit(count: int) -> None:
        if count == at_request:
            server.edit(1, datetime(2026, 10, 1, tzinfo=UTC), title="Edited")

    server.before = edit

    found = stored(connector(server))

    assert set(found.issues) == server.issue_ids()
    assert found.issues[f"{REPO}#1"].title == "Edited"


def test_an_issue_that_is_deleted_between_two_pages_hides_no_other(server: GitHubReplay) -> None:
    server.before = lambda count: server.remove(1) if count == 2 else None

    found = stored(connector(server))

    assert set(found.issues) == server.issue_ids() | {f"{REPO}#1"}


@pytest.mark.parametrize("change", ["edited", "deleted"])
def test_an_item_that_leaves_a_crowded_second_hides_no_other(change: str) -> None:
    with GitHubReplay(synthetic=30, ties=30) as crowded:

        def leave(count: int) -> None:
            if count == 3 and change == "edited":
                crowded.edit(1, datetime(2026, 10, 1, tzinfo=UTC), title="Edited")
            elif count == 3:
                crowded.remove(1)

        crowded.before = leave
        found = stored(connector(crowded))

        assert set(found.issues) == crowded.issue_ids() | {f"{REPO}#1"}


@pytest.mark.parametrize("ties", [0, 30])
def test_a_server_that_does_not_filter_by_time_is_read_by_its_links(ties: int) -> None:
    with GitHubReplay(synthetic=30, ties=ties) as server:
        server.filters_by_time = False
        found = stored(connector(server))
        again = stored(connector(server), found.cursor)

    assert set(found.issues) == server.issue_ids()
    assert set(found.comments) == server.comment_ids()
    assert set(again.issues) == server.issue_ids()
    assert again.cursor == found.cursor


def test_a_server_that_does_not_sort_moves_the_cursor_only_at_the_end(server: GitHubReplay) -> None:
    server.sorts = False

    found = stored(connector(server, comments=False))

    assert set(found.issues) == server.issue_ids()
    marks = [cursor.get(f"{REPO} issues", {}).get("to") for cursor in found.cursors]
    assert marks == [None] * (len(marks) - 1) + ["2026-09-01T12:00:00Z"]


def test_refused_page_numbers_are_not_needed(server: GitHubReplay) -> None:
    server.last_page = 1

    found = stored(connector(server))

    assert set(found.issues) == server.issue_ids()


def test_refused_page_numbers_within_one_second_are_a_named_error() -> None:
    with GitHubReplay(synthetic=30, ties=25) as server:
        server.last_page = 1
        with pytest.raises(
            SourceError, match="too many items changed in the one second 2026-09-01T10:10:00Z"
        ) as caught:
            stored(connector(server))

    assert caught.value.permanent
    assert REPO in str(caught.value)


def test_a_next_link_that_repeats_is_told_and_not_followed_for_ever() -> None:
    page = [{"number": 1, "title": "t", "created_at": "2026-09-01T00:00:00Z", "updated_at": "2026-09-01T00:00:00Z"}]
    with Stage(saying(page, Link='</same>; rel="next"')) as stage:
        github = GitHub.open(_plain(stage.url), Path())
        with pytest.raises(SourceError, match="read already"):
            list(github.pull({}))
        github.close()

    assert len(stage.asked) < 6


def _plain(url: str, **more: Any) -> GitHubOptions:
    given = {"name": "product-github", "kind": "github", "repos": [REPO], "base_url": url}
    return GitHubOptions.model_validate({**given, **more})


def test_a_next_link_to_another_host_is_refused_and_it_never_hears_of_us() -> None:
    with Stage() as other, Stage(saying([{"number": 1}], Link=f'<{other.url}/p2>; rel="next"')) as stage:
        github = GitHub.open(_plain(stage.url, token=TOKEN), Path())
        with pytest.raises(SourceError, match="not followed"):
            list(github.pull({}))
        github.close()

    assert other.asked == []
    assert stage.asked[0][2]["authorization"] == f"Bearer {TOKEN}"


def test_a_spent_primary_limit_says_when_to_come_back(server: GitHubReplay) -> None:
    server.fail_next(None, "primary")
    clock = Clock()
    github = connector(server, clock)

    found, pages = Stored({}), list[Page]()
    with pytest.raises(SourceError) as caught:
        pages.extend(github.pull({}))
    for page in pages:
        found.take(github, page.items, page.cursor)

    assert not caught.value.permanent
    assert caught.value.retry_after == pytest.approx(1801, abs=3)
    assert clock.waits == []
    rest = stored(connector(server), found.cursor)
    assert {*found.issues, *rest.issues} == server.issue_ids()


def test_a_limit_is_not_tried_again_on_the_next_repository(server: GitHubReplay) -> None:
    server.fail_next("primary")
    with pytest.raises(SourceError) as caught:
        stored(connector(server, repos=[REPO, "fernhill/platform"]))

    assert caught.value.retry_after is not None
    assert len(server.seen) == 1


@pytest.mark.parametrize(("fault", "waits"), [("secondary", [60]), ("unsaid", [60])])
def test_a_secondary_limit_is_waited_for(server: GitHubReplay, fault: str, waits: list[float]) -> None:
    server.fail_next(fault)
    clock = Clock()

    found = stored(connector(server, clock))

    assert set(found.issues) == server.issue_ids()
    assert clock.waits == waits


def test_a_limit_given_as_a_date_is_waited_for(server: GitHubReplay) -> None:
    server.fail_next("too-many")
    clock = Clock()

    found = stored(connector(server, clock))

    assert set(found.issues) == server.issue_ids()
    assert clock.waits == [pytest.approx(30, abs=2)]


@pytest.mark.parametrize("fault", ["bad-gateway", "cut", "html", "odd-json"])
def test_trouble_between_two_pages_passes(server: GitHubReplay, fault: str) -> None:
    server.fail_next(None, fault, fault)

    found = stored(connector(server))

    assert set(found.issues) == server.issue_ids()


def test_a_refused_token_is_permanent_and_says_what_to_do(server: GitHubReplay) -> None:
    server.token = "another"
    with pytest.raises(SourceError, match="Make a new token") as caught:
        stored(connector(server, repos=[REPO, "fernhill/platform"]))

    assert caught.value.permanent
    assert TOKEN not in str(caught.value)
    assert len(server.seen) == 1


def test_a_repository_that_is_not_there_does_not_stop_the_others(server: GitHubReplay) -> None:
    github = connector(server, repos=["fernhill/none", REPO, "fernhill/gone"])

    found, pages = Stored({}), list[Page]()
    with pytest.raises(SourceError) as caught:
        pages.extend(github.pull({}))
    for page in pages:
        found.take(github, page.items, page.cursor)

    assert set(found.issues) == server.issue_ids()
    assert "fernhill/none: GET" in str(caught.value)
    assert "fernhill/gone: GET" in str(caught.value)
    assert not caught.value.permanent


def test_a_source_of_which_nothing_can_be_read_is_permanently_wrong(server: GitHubReplay) -> None:
    with pytest.raises(SourceError) as caught:
        stored(connector(server, repos=["fernhill/none"]))

    assert caught.value.permanent


def test_an_answer_that_is_no_list_is_told() -> None:
    with Stage(saying({"message": "hello"})) as stage:
        github = GitHub.open(_plain(stage.url), Path())
        with pytest.raises(SourceError, match="did not give a list"):
            list(github.pull({}))
        github.close()


def test_an_item_that_is_no_object_is_a_problem_of_its_page(server: GitHubReplay) -> None:
    good = {"number": 1, "title": "t", "created_at": "2026-09-01T00:00:00Z", "updated_at": "2026-09-01T00:00:00Z"}
    with Stage(saying([None, good])) as stage:
        github = GitHub.open(_plain(stage.url, comments=False), Path())
        (page,) = github.pull({})
        github.close()

    assert len(page.items) == 1
    assert page.problems == [(f"{REPO}: issue", "None is not an object")]


def test_a_renamed_repository_is_still_read_under_its_configured_name(server: GitHubReplay) -> None:
    server.rename("fernhill/invoices")

    github = connector(server, repos=[REPO])
    found = stored(github)

    assert set(found.issues) == {key.replace("invoices", "billing") for key in server.issue_ids()}
    assert {issue.project for issue in found.issues.values()} == {REPO}
    assert github.probe(f"{REPO}#1") == "exists"
    assert "called fernhill/invoices now" in github.check()[0]


def test_the_census_names_every_issue(server: GitHubReplay) -> None:
    server.remove(7)

    assert set(connector(server).census()) == server.issue_ids()


def test_the_census_fails_rather_than_leave_out_a_repository(server: GitHubReplay) -> None:
    with pytest.raises(SourceError):
        list(connector(server, repos=[REPO, "fernhill/none"]).census())

    server.repositories[0].has_issues = False
    with pytest.raises(SourceError, match="switched off"):
        list(connector(server).census())


def test_a_single_issue_is_there_deleted_or_transferred(server: GitHubReplay) -> None:
    server.remove(7)
    server.remove(8, moved_to="/repositories/99/issues/1")
    github = connector(server)

    assert github.probe(f"{REPO}#6") == "exists"
    assert github.probe(f"{REPO}#7") == "deleted"
    assert github.probe(f"{REPO}#8") == "transferred"
    assert github.probe(f"{REPO}#4711") == "deleted"


def test_an_issue_of_a_renamed_repository_can_be_deleted(server: GitHubReplay) -> None:
    server.remove(7)
    server.rename("fernhill/invoices")

    assert connector(server, repos=[REPO]).probe(f"{REPO}#7") == "deleted"


def test_a_lost_repository_is_no_deletion(server: GitHubReplay) -> None:
    server.repositories.clear()

    with pytest.raises(SourceError):
        connector(server, repos=[REPO]).probe(f"{REPO}#7")


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def as_app(server: GitHubReplay, key: rsa.RSAPrivateKey) -> GitHub:
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    app = {"id": 1234, "private_key": pem, "installation": 77}
    return GitHub.open(options(server, token=None, app=app), Path())


def test_an_app_signs_for_a_token_and_reads_with_it(server: GitHubReplay, key: rsa.RSAPrivateKey) -> None:
    server.installation_tokens.append("nobody is let in without a token")
    github = as_app(server, key)

    found = stored(github)
    github.close()

    assert set(found.issues) == server.issue_ids()
    asked = [seen for seen in server.seen if seen.method == "POST"]
    assert [seen.path for seen in asked] == ["/app/installations/77/access_tokens"]
    signed = asked[0].headers["authorization"].removeprefix("Bearer ")
    claims = jwt.decode(signed, key.public_key(), algorithms=["RS256"])
    assert claims["iss"] == "1234"
    assert claims["iat"] < time.time()
    assert claims["exp"] - time.time() < 600
    assert server.seen[-1].headers["authorization"] == f"Bearer {server.installation_tokens[-1]}"


def test_an_apps_token_is_renewed_before_it_ends(server: GitHubReplay, key: rsa.RSAPrivateKey) -> None:
    server.token_life = timedelta(minutes=4)
    github = as_app(server, key)

    found = stored(github)
    github.close()

    assert set(found.issues) == server.issue_ids()
    posts = sum(seen.method == "POST" for seen in server.seen)
    assert posts == len(server.seen) - posts


def test_an_apps_token_that_was_revoked_meanwhile_is_renewed(server: GitHubReplay, key: rsa.RSAPrivateKey) -> None:
    def revoke(count: int) -> None:
        if count == 4:
            server.installation_tokens[:] = ["revoked"]

    server.before = revoke
    github = as_app(server, key)

    found = stored(github)
    github.close()

    assert set(found.issues) == server.issue_ids()
    assert sum(seen.method == "POST" for seen in server.seen) == 2


def test_a_key_that_is_none_is_named(server: GitHubReplay) -> None:
    app = {"id": 1234, "private_key": "not a key at all", "installation": 77}
    github = GitHub.open(options(server, token=None, app=app), Path())
    with pytest.raises(SourceError, match=r"app\.private_key") as caught:
        stored(github)
    github.close()

    assert "not a key at all" not in str(caught.value)
    assert server.seen == []


def test_check_finds_nothing_wrong_where_nothing_is(server: GitHubReplay) -> None:
    assert connector(server).check() == []


def test_check_names_each_thing_that_is_wrong(server: GitHubReplay) -> None:
    server.repositories[0].has_issues = False

    found = connector(server, token=None, repos=[REPO, "fernhill/none"]).check()

    assert [line.split()[0] for line in found] == ["Without", REPO, "fernhill/none:"]
    assert "switched off" in found[1]
    assert "404" in found[2]


def test_check_measures_the_clock_and_the_life_of_the_token() -> None:
    ends = (datetime.now(UTC) + timedelta(days=3)).strftime("%Y-%m-%d %H:%M:%S UTC")
    about = {"id": 1, "full_name": REPO, "has_issues": True}
    date = "Tue, 01 Sep 2026 08:00:00 GMT"
    answer = saying(about, Date=date, GitHub_Authentication_Token_Expiration=ends)
    with Stage(answer) as stage:
        github = GitHub.open(_plain(stage.url, token=TOKEN), Path())
        clock, expiry = github.check()
        github.close()

    assert "clock is" in clock
    assert "expires in 3 days" in expiry


def test_a_refused_token_is_one_problem_and_not_one_a_repository(server: GitHubReplay) -> None:
    server.token = "another"

    found = connector(server, repos=[REPO, "fernhill/platform"]).check()

    assert len(found) == 1
    assert "401" in found[0]


ITEM: dict[str, Any] = {
    "number": 5,
    "title": "Export fails",
    "body": "It fails.",
    "html_url": "https://github.com/fernhill/billing/issues/5",
    "user": {"login": "dkim", "type": "User"},
    "author_association": "NONE",
    "labels": [{"name": "type: Bug"}, {"name": "sev:1"}],
    "state": "closed",
    "state_reason": "completed",
    "created_at": "2026-09-01T08:00:00Z",
    "updated_at": "2026-09-03T08:00:00Z",
    "closed_at": "2026-09-02T08:00:00Z",
}


def normalised(**values: Any) -> Issue:
    given = _plain("https://api.github.com", tags={"escalate": ["SEV:1"], "private": ["security"]})
    github = GitHub.open(given, Path())
    found = github.normalise({"repo": REPO, "issue": {**ITEM, **values}})
    github.close()
    assert isinstance(found, Issue)
    return found


def test_an_issue_is_read_whole() -> None:
    found = normalised()

    assert found.external_id == "fernhill/billing#5"
    assert (found.title, found.body, found.state, found.kind) == ("Export fails", "It fails.", "closed", "Bug")
    assert (found.author, found.author_role, found.project) == ("dkim", "customer", REPO)
    assert found.labels == ("type: Bug", "sev:1")
    assert found.tags == frozenset({"escalate"})
    assert found.updated_at == datetime(2026, 9, 3, 8, tzinfo=UTC)
    assert [(event.what, event.at.day, event.after) for event in found.history] == [
        ("created", 1, None),
        ("closed", 2, "completed"),
    ]


@pytest.mark.parametrize(
    ("values", "role"),
    [
        ({"author_association": "OWNER"}, "staff"),
        ({"author_association": "MEMBER"}, "staff"),
        ({"author_association": "COLLABORATOR"}, "staff"),
        ({"author_association": "CONTRIBUTOR"}, "customer"),
        ({"author_association": "FIRST_TIME_CONTRIBUTOR"}, "customer"),
        ({"author_association": "MANNEQUIN"}, "unknown"),
        ({"author_association": None}, "unknown"),
        ({"author_association": "MEMBER", "user": {"login": "renovate[bot]", "type": "User"}}, "bot"),
        ({"author_association": "NONE", "user": {"login": "ci", "type": "Bot"}}, "bot"),
        ({"author_association": "NONE", "user": None}, "unknown"),
    ],
)
def test_who_wrote_it(values: dict[str, Any], role: str) -> None:
    assert normalised(**values).author_role == role


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ({"type": {"name": "Incident"}}, "Incident"),
        ({"labels": ["kind/enhancement"]}, "enhancement"),
        ({"labels": [{"name": "question"}]}, "question"),
        ({"labels": [{"name": "debugging"}]}, None),
        ({"labels": None}, None),
    ],
)
def test_the_kind_is_githubs_own_word(values: dict[str, Any], kind: str | None) -> None:
    assert normalised(**values).kind == kind


def test_missing_and_odd_values_are_borne() -> None:
    found = normalised(
        body=None, user=None, labels=[None, {"name": None}, {"name": "a\x00b\ud800"}], updated_at="never"
    )

    assert (found.body, found.author) == ("", None)
    assert found.labels == ("ab?",)
    assert found.updated_at == found.created_at


@pytest.mark.parametrize("name", ["number", "title", "created_at"])
def test_an_item_without_what_an_issue_needs_is_set_aside(name: str) -> None:
    with pytest.raises(BadItem, match="lacks"):
        normalised(**{name: None})


@pytest.mark.parametrize(
    "raw", [{}, {"issue": {}}, {"repo": REPO}, {"repo": REPO, "issue": 5}, {"repo": REPO, "comment": {}}]
)
def test_what_is_no_item_is_set_aside(raw: Mapping[str, Any]) -> None:
    github = GitHub.open(_plain("https://api.github.com"), Path())
    with pytest.raises(BadItem):
        github.normalise(raw)
    github.close()


def test_every_recorded_shape_is_understood() -> None:
    folder = recordings("octokit-webhooks", "payload-examples", "api.github.com")
    payloads = [json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("issue*/*.payload.json"))]
    github = GitHub.open(_plain("https://api.github.com", pull_requests=True), Path())
    issues = [github.normalise({"repo": REPO, "issue": payload["issue"]}) for payload in payloads]
    said = [github.normalise({"repo": REPO, "comment": p["comment"]}) for p in payloads if "comment" in p]
    github.close()

    assert len(payloads) > 20
    named = [f"{REPO}#{payload['issue']['number']}" for payload in payloads]
    assert [issue.external_id for issue in issues if isinstance(issue, Issue)] == named
    commented = {f"{REPO}#{p['issue']['number']}" for p in payloads if "comment" in p}
    assert {remark.issue for remark in said if isinstance(remark, Remark)} <= commented
    assert any(isinstance(remark, Remark) for remark in said)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"repos": []}, "at least 1"),
        ({"repos": ["billing"]}, "owner/name"),
        ({"repos": ["a/b?x"]}, "owner/name"),
        ({"repos": ["a/b", "A/B"]}, "twice"),
        ({"token": "t", "app": {"id": 1, "private_key": "k", "installation": 2}}, "not both"),
        ({"per_page": 101}, "100"),
        ({"tokn": "t"}, "Extra inputs"),
    ],
)
def test_options_that_cannot_be_right_are_refused(values: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        _plain("https://api.github.com", **values)


def test_options_can_be_printed_without_their_secrets() -> None:
    given = _plain("https://api.github.com", token=TOKEN)

    assert TOKEN not in repr(given)
    assert TOKEN not in given.model_dump_json()


def test_a_cursor_in_words(server: GitHubReplay) -> None:
    github = connector(server)

    assert github.describe({}) == "at the beginning"
    assert (
        github.describe({f"{REPO} issues": {"to": "2026-09-01T08:00:00Z"}})
        == "fernhill/billing issues: changes to 2026-09-01T08:00:00Z"
    )


def test_a_damaged_cursor_is_told(server: GitHubReplay) -> None:
    with pytest.raises(SourceError, match="cursor"):
        stored(connector(server), mark("yesterday"))


SIGNED = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
NOW = datetime(2026, 9, 1, tzinfo=UTC)


def test_githubs_own_example_of_a_signature_is_taken_for_genuine() -> None:
    headers = {"x-hub-signature-256": SIGNED, "x-github-delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958"}
    secrets = ["a newer secret", "It's a Secret to Everybody"]

    assert GitHub.webhook(headers, b"Hello, World!", secrets, NOW) == "72d3162e-cc78-11e3-81ab-4c9367dc0958"
    assert GitHub.webhook(headers, b"Hello, World?", secrets, NOW) is None


@pytest.mark.parametrize("secrets", [[], [""], ["another"]])
def test_a_signature_by_nobodys_or_another_secret_is_none(secrets: list[str]) -> None:
    unkeyed = hmac.new(b"", b"Hello, World!", "sha256").hexdigest()
    for signature in (SIGNED, f"sha256={unkeyed}", "", "sha1=x"):
        headers = {"x-hub-signature-256": signature, "x-github-delivery": "1"}
        assert GitHub.webhook(headers, b"Hello, World!", secrets, NOW) is None


def test_everything_the_kit_is_asked_is_in_githubs_own_description() -> None:
    description = recordings("openapi-github", "specs", "github", "api.github.com.json")
    with TemporaryDirectory() as folder, quick() as held, running(GitHubDialect, World()) as fake:
        bench = Bench(GitHub, fake, Path(folder), held)
        tickets = fake.world.seed(12)
        fake.world.say(tickets[0], "Me too.")
        bench.pull()
        with bench.opened() as github:
            assert list(github.census() or ())
            assert github.probe(f"{KIT_REPO}#1") == "exists"
            github.check()
        first = [request for request in fake.requests if not request.path.startswith("/repositories/")]

    assert problems(description, first) == []


def test_a_label_and_a_kind_can_both_mean_a_tag() -> None:
    tags = {"escalate": ["incident"], "private": ["security"]}
    github = GitHub.open(_plain("https://api.github.com", tags=tags), Path())
    found = github.normalise({"repo": REPO, "issue": {**ITEM, "type": {"name": "Incident"}, "labels": ["Security"]}})
    github.close()

    assert isinstance(found, Issue)
    assert found.tags == frozenset({"escalate", "private"})
