"""A GitHub on loopback: recorded traffic or a synthetic repository, over real HTTP, with faults to order.

    with GitHubReplay() as server:                      # the recorded paginate-issues traffic
        server.base_url, server.repos, server.issue_ids()

    python -m tests.connectors.github_replay --issues 500 --delay-ms 20 --port 0

It answers as GitHub does: `since` is inclusive, next links go to /repositories/<id>, pull requests are among issues.
"""

import argparse
import json
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.connectors.stage import LoopbackServer
from tests.shared_data import SHARED

RECORDINGS = SHARED / "data" / "recordings"
PAGINATE = RECORDINGS / "octokit-fixtures/scenarios/api.github.com/paginate-issues/raw-fixture.json"
COMMENT = RECORDINGS / "octokit-webhooks/payload-examples/api.github.com/issue_comment/created.payload.json"
RECORDED = PAGINATE.exists() and COMMENT.exists()
TOKEN = "ghp_loopbackloopbackloopbackloopback"

PRIMARY = "API rate limit exceeded for user ID 1."
SECONDARY = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
TALES = (
    (
        "The nightly build fails at random",
        "I restart it by hand every morning. It costs the team an hour before work begins.",
    ),
    (
        "Export to CSV loses the last column",
        "Our accountant cannot close the month. We copy the numbers by hand as a workaround.",
    ),
    (
        "Docs for the retry setting are out of date",
        "The page still names the old key; I found the new one in the code.",
    ),
    (
        "Invoices are sent twice after a timeout",
        "A customer called us again about it, this is the third time this week.",
    ),
    ("Please add dark mode", "It would be nice to have, nothing is blocked."),
    ("Thanks for the quick fix", "Works like a charm now."),
)


@dataclass
class Repository:
    name: str
    id: int
    issues: list[dict[str, Any]] = field(default_factory=list)
    comments: list[dict[str, Any]] = field(default_factory=list)
    former: set[str] = field(default_factory=set)
    gone: dict[int, str] = field(default_factory=dict)
    """What is answered for an issue number that left: "deleted", or the path it moved to."""
    has_issues: bool = True


@dataclass(frozen=True)
class Seen:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]


class GitHubReplay:
    """`synthetic` issues instead of the recorded ones; `ties` of them share one second; `delay` seconds a request.

    `fail_next` scripts what the next requests meet; `before` is called with the count of each request, so that a test
    can change the repository between two pages. `token` None lets everybody in.
    """

    def __init__(
        self,
        *,
        synthetic: int = 0,
        ties: int = 0,
        delay: float = 0.0,
        port: int = 0,
        token: str | None = None,
        start: datetime = datetime(2026, 9, 1, 6, tzinfo=UTC),
        step: timedelta = timedelta(minutes=10),
    ) -> None:
        self.delay = delay
        self.token = token
        self.last_page: int | None = None
        """Later pages are refused with 422, as GitHub does for large repositories."""
        self.filters_by_time = True
        self.sorts = True
        self.seen: list[Seen] = []
        self.before: Callable[[int], None] = lambda count: None
        self.installation_tokens: list[str] = []
        self.token_life = timedelta(hours=1)
        self.faults: deque[str | None] = deque()
        self._lock = threading.RLock()
        self._port = port
        made = _synthetic(synthetic, ties, start, step) if synthetic else _recorded()
        self.repositories: list[Repository] = [made]

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def repos(self) -> list[str]:
        return [repository.name for repository in self.repositories]

    def issue_ids(self) -> set[str]:
        """external_ids of every issue that exists, pull requests left out."""
        return {f"{r.name}#{i['number']}" for r in self.repositories for i in r.issues if "pull_request" not in i}

    def comment_ids(self) -> set[str]:
        """Ids of every comment that is on an issue, not on a pull request."""
        return {str(c["id"]) for r in self.repositories for c in r.comments if "/pull/" not in c["html_url"]}

    def fail_next(self, *faults: str | None) -> None:
        """What the next requests meet, each once; None is an ordinary answer.

        primary, secondary, unsaid (a secondary limit without a time), too-many (429 with a date), bad-gateway, cut,
        odd-json, html, unpaged (422), unauthorised.
        """
        self.faults.extend(faults)

    def edit(self, number: int, at: datetime, **values: Any) -> None:
        with self._lock:
            _, issue = self._issue(number)
            issue |= {"updated_at": _iso(at), **values}

    def remove(self, number: int, *, moved_to: str | None = None) -> None:
        with self._lock:
            repository, issue = self._issue(number)
            repository.issues.remove(issue)
            repository.gone[number] = moved_to or "deleted"

    def rename(self, name: str) -> None:
        with self._lock:
            self.repositories[0].former.add(self.repositories[0].name)
            self.repositories[0].name = name

    def _issue(self, number: int) -> tuple[Repository, dict[str, Any]]:
        repository = self.repositories[0]
        return repository, next(issue for issue in repository.issues if issue["number"] == number)

    def __enter__(self) -> Self:
        handler = type("Handler", (_Handler,), {"replay": self})
        self._server = LoopbackServer(("127.0.0.1", self._port), handler)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def find(self, parts: list[str]) -> tuple[Repository | None, list[str], bool]:
        """The repository that a path names, the rest of the path, and whether it is named by a former name."""
        with self._lock:
            for repository in self.repositories:
                if parts[:2] == ["repositories", str(repository.id)]:
                    return repository, parts[2:], False
                if parts[:1] == ["repos"] and "/".join(parts[1:3]) == repository.name:
                    return repository, parts[3:], False
                if parts[:1] == ["repos"] and "/".join(parts[1:3]) in repository.former:
                    return repository, parts[3:], True
        return None, [], False

    def listed(self, items: Iterable[dict[str, Any]], query: dict[str, str]) -> tuple[list[dict[str, Any]], bool]:
        """One page as GitHub gives it, and whether there is another."""
        with self._lock:
            since = query.get("since", "") if self.filters_by_time else ""
            chosen = [item for item in items if item["updated_at"] >= since]
            if query.get("state", "open") != "all":
                chosen = [item for item in chosen if item.get("state", "open") == "open"]
            key = f"{query.get('sort', 'created')}_at"
            if self.sorts:
                chosen.sort(key=lambda item: (item[key], item["id"]), reverse=query.get("direction", "desc") == "desc")
            else:
                chosen.reverse()
            size, page = int(query.get("per_page", 30)), int(query.get("page", 1))
            return [dict(item) for item in chosen[(page - 1) * size : page * size]], len(chosen) > page * size


class _Handler(BaseHTTPRequestHandler):
    replay: GitHubReplay
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: what was asked is in `seen`."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self._serve("POST")

    def do_GET(self) -> None:
        self._serve("GET")

    def _serve(self, method: str) -> None:
        replay, parts = self.replay, urlsplit(self.path)
        query = dict(parse_qsl(parts.query))
        with replay._lock:
            replay.seen.append(Seen(method, parts.path, query, {k.lower(): v for k, v in self.headers.items()}))
            count = len(replay.seen)
            fault = replay.faults.popleft() if replay.faults else None
        replay.before(count)
        if replay.delay:
            time.sleep(replay.delay)
        if fault is not None:
            self._fail(fault)
        elif method == "POST" and parts.path.startswith("/app/installations/"):
            self._installation_token()
        elif not self._known():
            self._send(401, {"message": f"Bad credentials: {self.headers.get('authorization', '')}"})
        else:
            self._get(parts.path, query)

    def _known(self) -> bool:
        allowed = [*self.replay.installation_tokens, *([self.replay.token] if self.replay.token else [])]
        return not allowed or self.headers.get("authorization", "").removeprefix("Bearer ") in allowed

    def _get(self, path: str, query: dict[str, str]) -> None:
        repository, rest, former = self.replay.find(path.strip("/").split("/"))
        if repository is None:
            self._send(404, {"message": "Not Found"})
        elif former:
            target = "/".join([f"{self.replay.base_url}/repositories/{repository.id}", *rest])
            asked = f"?{urlencode(query)}" if query else ""
            self._send(301, {"message": "Moved Permanently"}, {"Location": target + asked})
        elif not rest:
            about = {"id": repository.id, "full_name": repository.name, "has_issues": repository.has_issues}
            self._send(200, about)
        elif rest == ["issues"] and not repository.has_issues:
            self._send(410, {"message": "Issues are disabled for this repo"})
        elif rest in (["issues"], ["issues", "comments"]):
            self._list(repository, rest, query)
        else:
            self._one(repository, int(rest[1]))

    def _list(self, repository: Repository, rest: list[str], query: dict[str, str]) -> None:
        page = int(query.get("page", 1))
        if self.replay.last_page is not None and page > self.replay.last_page:
            self._fail("unpaged")
            return
        source = repository.comments if rest[-1] == "comments" else repository.issues
        asked = query if rest[-1] == "issues" else {**query, "state": "all"}
        items, more = self.replay.listed(source, asked)
        headers = {}
        if more:
            target = "/".join([f"{self.replay.base_url}/repositories/{repository.id}", *rest])
            headers["Link"] = f'<{target}?{urlencode({**query, "page": page + 1})}>; rel="next"'
        self._send(200, items, headers)

    def _one(self, repository: Repository, number: int) -> None:
        gone = repository.gone.get(number)
        found = next((issue for issue in repository.issues if issue["number"] == number), None)
        if found is not None:
            self._send(200, found)
        elif gone is not None and gone != "deleted":
            self._send(301, {"message": "Moved Permanently"}, {"Location": f"{self.replay.base_url}{gone}"})
        else:
            deleted = gone == "deleted"
            self._send(410 if deleted else 404, {"message": "This issue was deleted" if deleted else "Not Found"})

    def _installation_token(self) -> None:
        token = f"ghs_{len(self.replay.installation_tokens):036d}"
        self.replay.installation_tokens.append(token)
        ends = datetime.now(UTC) + self.replay.token_life
        self._send(201, {"token": token, "expires_at": _iso(ends)})

    def _fail(self, fault: str) -> None:
        reset = str(int(time.time()) + 1800)
        if fault == "primary":
            self._send(403, {"message": PRIMARY}, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset})
        elif fault == "secondary":
            self._send(403, {"message": SECONDARY}, {"Retry-After": "60"})
        elif fault == "unsaid":
            self._send(403, {"message": SECONDARY})
        elif fault == "too-many":
            at = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
            self._send(429, {"message": SECONDARY}, {"Retry-After": at})
        elif fault == "bad-gateway":
            self._send(502, None)
        elif fault == "unpaged":
            told = "Pagination with the page parameter is not supported for large datasets"
            self._send(422, {"message": f"{told}, please use cursor based pagination (after/before)"})
        elif fault == "unauthorised":
            self._send(401, {"message": "Bad credentials"})
        elif fault == "html":
            self._send_bytes(200, b"<!DOCTYPE html><html><body>Unicorn!</body></html>", {"Content-Type": "text/html"})
        elif fault == "odd-json":
            self._send_bytes(200, b'[{"number": 1, "title": "cut')
        elif fault == "cut":
            self._send_bytes(200, b'[{"number": 1, "title": "cut', {"Content-Length": "9000"})
            self.close_connection = True
        else:
            raise ValueError(fault)

    def _send(self, status: int, data: Any, headers: dict[str, str] | None = None) -> None:
        self._send_bytes(status, b"" if data is None else json.dumps(data).encode(), headers)

    def _send_bytes(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        given = {"Content-Type": "application/json; charset=utf-8", "Content-Length": str(len(body)), **(headers or {})}
        self.send_response(status)
        for name, value in given.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def _recorded() -> Repository:
    """The thirteen issues that were recorded page by page, a recorded comment on one, and one on a pull request."""
    traffic = json.loads(PAGINATE.read_text("utf-8"))
    pages = [entry["response"] for entry in traffic if entry["method"].lower() == "get"]
    issues = [item for page in pages for item in page]
    number = next(entry["path"] for entry in traffic if entry["path"].startswith("/repositories/")).split("/")[2]
    name = issues[0]["repository_url"].partition("/repos/")[2]
    said = json.loads(COMMENT.read_text("utf-8"))["comment"]
    comments = [_comment(said, name, 1, 1, "issues"), _comment(said, name, 2, 999, "pull")]
    return Repository(name, int(number), issues, comments)


def _comment(said: dict[str, Any], repo: str, id: int, issue: int, where: str) -> dict[str, Any]:
    """A comment of the shape of `said`, at home on an issue."""
    return {
        **said,
        "id": id,
        "issue_url": f"https://api.github.com/repos/{repo}/issues/{issue}",
        "html_url": f"https://github.com/{repo}/{where}/{issue}#issuecomment-{id}",
    }


def _synthetic(count: int, ties: int, start: datetime, step: timedelta) -> Repository:
    """`count` issues, every third closed, one pull request for twenty of them, a comment on every fifth."""
    name = "fernhill/billing"
    issue_shape, comment_shape = _shapes()
    made = Repository(name, 515435940)
    for number in range(1, count + count // 20 + 1):
        at = start + (number - 1) * step
        changed = start + ties * step if ties and number <= ties else at + timedelta(hours=1)
        pull = number > count
        made.issues.append({**issue_shape, **_issue(name, number, at, changed, pull=pull)})
        if number % 5 == 0 or pull:
            comment = _comment(comment_shape, name, 10_000 + number, number, "pull" if pull else "issues")
            moments = {"created_at": _iso(changed), "updated_at": _iso(changed)}
            made.comments.append({**comment, **moments, "body": "We see the same thing, twice this week."})
    return made


def _issue(repo: str, number: int, at: datetime, changed: datetime, *, pull: bool) -> dict[str, Any]:
    title, body = TALES[number % len(TALES)]
    closed = number % 3 == 0
    issue = {
        "id": 1_000_000 + number,
        "number": number,
        "url": f"https://api.github.com/repos/{repo}/issues/{number}",
        "repository_url": f"https://api.github.com/repos/{repo}",
        "html_url": f"https://github.com/{repo}/{'pull' if pull else 'issues'}/{number}",
        "title": f"{title} ({number})",
        "body": f"{body}\n\nSeen in run {number}.",
        "user": {"login": f"person{number % 17}", "type": "User"},
        "author_association": ("MEMBER", "NONE", "CONTRIBUTOR")[number % 3],
        "labels": [{"name": "bug"}] if number % 2 else [],
        "state": "closed" if closed else "open",
        "created_at": _iso(at),
        "updated_at": _iso(changed),
        "closed_at": _iso(changed) if closed else None,
    }
    return {**issue, "pull_request": {"url": f"https://api.github.com/repos/{repo}/pulls/{number}"}} if pull else issue


def _shapes() -> tuple[dict[str, Any], dict[str, Any]]:
    """A recorded issue and comment: their many other fields make pages as large as real ones."""
    if not RECORDED:
        return {}, {"user": {"login": "dkim", "type": "User"}, "author_association": "MEMBER"}
    recorded = _recorded()
    return recorded.issues[0], recorded.comments[0]


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def main() -> None:
    parser = argparse.ArgumentParser(
        description="A GitHub on loopback; prints its address and serves until it is stopped."
    )
    parser.add_argument("--issues", type=int, default=0, help="synthetic issues; 0 replays the recorded ones")
    parser.add_argument("--ties", type=int, default=0, help="so many of them were changed in one second")
    parser.add_argument("--delay-ms", type=float, default=0)
    parser.add_argument("--port", type=int, default=0)
    args = parser.parse_args()
    replay = GitHubReplay(synthetic=args.issues, ties=args.ties, delay=args.delay_ms / 1000, port=args.port)
    with replay as server:
        print(server.base_url, *server.repos, flush=True)  # noqa: T201
        threading.Event().wait()


if __name__ == "__main__":
    main()
