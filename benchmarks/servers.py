"""A GitHub-shaped server of made-up issues, in a process of its own so that its CPU counts for nobody.

    python -m benchmarks.servers --issues 10000

prints its port and serves until its standard input closes. Everything but an issue's number and times is rendered
before the first request. It lists issues oldest change first, honours `since`, `per_page` and `page`, and links pages
as GitHub does; nobody has commented on anything. It knows the other addresses that tools of others ask too: users,
their organisations, the rate limit, and all of it under `/api/v3` as a GitHub of one's own has it.
"""

import argparse
import json
import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from benchmarks import data

REPO = "harbour/quays"
TEMPLATES = 2_000
LABELS = 1_000
STEP = timedelta(seconds=40)
START = datetime(2024, 1, 1, tzinfo=UTC)
NUMBER, CHANGED, CREATED = "7000007", "@changed@", "@created@"
WEB, API = "https://git.example", "https://api.git.example"


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _user(rng: random.Random) -> dict[str, Any]:
    number = rng.randrange(3_000)
    login = f"sailor-{number:04d}"
    at = f"{API}/users/{login}"
    tails = {
        "followers_url": "followers",
        "following_url": "following{/other_user}",
        "gists_url": "gists{/gist_id}",
        "starred_url": "starred{/owner}{/repo}",
        "subscriptions_url": "subscriptions",
        "organizations_url": "orgs",
        "repos_url": "repos",
        "events_url": "events{/privacy}",
        "received_events_url": "received_events",
    }
    return {
        "login": login,
        "id": 40_000 + number,
        "node_id": f"U_kgDO{number:08d}",
        "avatar_url": f"https://avatars.git.example/u/{40_000 + number}?v=4",
        "gravatar_id": "",
        "url": at,
        "html_url": f"{WEB}/{login}",
        **{name: f"{at}/{tail}" for name, tail in tails.items()},
        "type": "User",
        "user_view_type": "public",
        "site_admin": False,
    }


def label(number: int) -> str:
    return f"quay/{number:03d}"


def _label(number: int) -> dict[str, Any]:
    name = label(number)
    return {
        "id": 900_000 + number,
        "node_id": f"LA_kwDO{number:06d}",
        "url": f"{API}/repos/{REPO}/labels/{name}",
        "name": name,
        "color": f"{number * 3571 % 0xFFFFFF:06x}",
        "default": False,
        "description": f"Whatever concerns quay {number}",
    }


def _issue(rng: random.Random) -> dict[str, Any]:
    """One issue as GitHub's REST API gives it, about 5 kB."""
    side = rng.choice(("developer", "customer"))
    at = f"{API}/repos/{REPO}/issues/{NUMBER}"
    assignees = [_user(rng) for _ in range(rng.choices((0, 1, 2), (55, 35, 10))[0])]
    closed = rng.random() < 0.5
    return {
        "url": at,
        "repository_url": f"{API}/repos/{REPO}",
        "labels_url": at + "/labels{/name}",
        "comments_url": at + "/comments",
        "events_url": at + "/events",
        "html_url": f"{WEB}/{REPO}/issues/{NUMBER}",
        "id": int(NUMBER),
        "node_id": f"I_kwDO{NUMBER}",
        "number": int(NUMBER),
        "title": data.title(rng, side),
        "user": _user(rng),
        "labels": [_label(number) for number in rng.sample(range(LABELS), rng.randrange(5))],
        "state": "closed" if closed else "open",
        "locked": False,
        "assignee": assignees[0] if assignees else None,
        "assignees": assignees,
        "milestone": None,
        "comments": 0,
        "created_at": CREATED,
        "updated_at": CHANGED,
        "closed_at": CHANGED if closed else None,
        "author_association": rng.choice(("NONE", "MEMBER", "CONTRIBUTOR")),
        "type": None,
        "active_lock_reason": None,
        "sub_issues_summary": {"total": 0, "completed": 0, "percent_completed": 0},
        "body": data.body(rng, side, about=min(2_500, max(300, int(rng.lognormvariate(6.8, 0.5))))),
        "closed_by": _user(rng) if closed else None,
        "reactions": {"url": at + "/reactions", "total_count": 0, "+1": 0, "-1": 0, "eyes": 0},
        "timeline_url": at + "/timeline",
        "performed_via_github_app": None,
        "state_reason": "completed" if closed else None,
    }


@dataclass(frozen=True)
class Tracker:
    """`issues` of them; the one of number n was changed n steps after the start."""

    issues: int

    @cached_property
    def _made_up(self) -> list[dict[str, Any]]:
        rng = random.Random(7)
        return [_issue(rng) for _ in range(min(TEMPLATES, self.issues))]

    @cached_property
    def _templates(self) -> list[bytes]:
        marks = ((NUMBER, "%(number)d"), (CHANGED, "%(changed)s"), (CREATED, "%(created)s"))
        found = []
        for issue in self._made_up:
            text = json.dumps(issue, separators=(",", ":")).replace("%", "%%")
            for mark, slot in marks:
                text = text.replace(mark, slot)
            found.append(text.encode())
        return found

    def titles(self) -> Iterator[tuple[int, str]]:
        """(number, title) of every issue: the truth that whoever has read them is held against."""
        titles = [issue["title"] for issue in self._made_up]
        return ((number, titles[number % len(titles)]) for number in range(1, self.issues + 1))

    def prepare(self) -> None:
        """Render what can be rendered before anybody asks."""
        _ = self._templates

    def one(self, number: int) -> bytes:
        changed = START + number * STEP
        slots = {
            b"number": number,
            b"changed": stamp(changed).encode(),
            b"created": stamp(changed - timedelta(days=2)).encode(),
        }
        return self._templates[number % len(self._templates)] % slots

    def page(self, *, since: datetime | None, number: int, size: int) -> tuple[bytes, int]:
        """The body of a page, counted from 1, and how many pages there are."""
        first = 1 if since is None else max(1, -(-(since - START) // STEP))
        count = max(0, self.issues + 1 - first)
        start = first + (number - 1) * size
        items = [self.one(n) for n in range(start, min(start + size, self.issues + 1))]
        return b"[" + b",".join(items) + b"]", max(1, -(-count // size))


def _known(path: str, host: str) -> Any:
    """What is at the addresses beside the issues; None where there is nothing."""
    if path == f"/repos/{REPO}/issues/comments" or path.startswith(f"/repos/{REPO}/issues/"):
        return []
    if path == f"/repos/{REPO}":
        owner = {"login": REPO.partition("/")[0], "id": 1, "type": "Organization"}
        at = {"url": f"{host}{path}", "html_url": f"{WEB}/{REPO}", "name": REPO.partition("/")[2], "full_name": REPO}
        return {"id": 1, "node_id": "R_1", **at, "owner": owner, "has_issues": True, "private": False}
    if path == "/rate_limit":
        left = {"limit": 5_000_000, "used": 1, "remaining": 4_900_000, "reset": 4_102_444_800}
        return {"resources": {"core": left}, "rate": left}
    if path.startswith("/users/"):
        return [] if path.endswith("/orgs") else {"login": path.rpartition("/")[2], "id": 1, "type": "User"}
    return None


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    tracker: Tracker

    def do_GET(self) -> None:
        target = urlsplit(self.path)
        asked = {name: values[-1] for name, values in parse_qs(target.query).items()}
        path = target.path.removeprefix("/api/v3")
        if path == f"/repos/{REPO}/issues":
            self._issues(target.path, asked)
        elif (answer := _known(path, f"http://{self.headers['Host']}")) is not None:
            self._send(200, json.dumps(answer).encode())
        else:
            self._send(404, b'{"message": "Not Found"}')

    def do_POST(self) -> None:
        """GraphQL, of which one tool asks whether the repository is there."""
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._send(200, json.dumps({"data": {"repo0": {"nameWithOwner": REPO, "databaseId": 1}}}).encode())

    def _issues(self, path: str, asked: dict[str, str]) -> None:
        number, size = int(asked.get("after") or asked.get("page") or 1), min(100, int(asked.get("per_page", 30)))
        since = datetime.fromisoformat(asked["since"]) if "since" in asked else None
        body, last = self.tracker.page(since=since, number=number, size=size)
        link = None
        if number < last:
            here = f"http://{self.headers['Host']}{path}?"
            following = {**asked, "page": number + 1, "after": number + 1}
            final = {**asked, "page": last, "after": last}
            link = f'<{here}{urlencode(following)}>; rel="next", <{here}{urlencode(final)}>; rel="last"'
        self._send(200, body, link)

    def _send(self, status: int, body: bytes, link: str | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-RateLimit-Limit", "5000000")
        self.send_header("X-RateLimit-Remaining", "4900000")
        self.send_header("X-RateLimit-Reset", "4102444800")
        if link is not None:
            self.send_header("Link", link)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nobody reads it, and writing it takes time from those who are measured."""


@contextmanager
def github(issues: int) -> Iterator[str]:
    """The address of a server that holds so many issues, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.servers", "--issues", str(issues)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        port = process.stdout.readline().strip()
        if not port:
            raise RuntimeError(f"the mock server did not start: exit code {process.wait()}")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.stdin.close()
        process.wait()
        process.stdout.close()


def main() -> None:
    parser = argparse.ArgumentParser(description="Serve made-up issues until standard input closes.")
    parser.add_argument("--issues", type=int, default=10_000)
    tracker = Tracker(parser.parse_args().issues)
    tracker.prepare()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Answers", (_Answers,), {"tracker": tracker}))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
