"""A GitHub on loopback that people write to all the time. Its ledger says what existed at the source, and since when.

Every change gets the moment of the simulated clock as its `updated_at`, in whole seconds, so that many share one; a
share of them becomes visible late, as in real search indexes. Comments that are posted here are kept for good.
"""

import hmac
import json
import random
import re
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.connectors.stage import LoopbackServer
from tests.prove.ledger import Ledger

REPO = "rosta/roastery"
LATE = timedelta(seconds=20)
"""How long after its time a change may become visible; the application looks back for two minutes."""

THEMES = (
    ("beans", "Beans in the subscription parcel arrive stale", "We had to throw the coffee away and buy other beans."),
    (
        "parcels",
        "The parcel is handed to the neighbour without a word",
        "I drive to the depot every week to look for it.",
    ),
    ("till", "The till prints the wrong VAT on invoices", "Our accountant corrects every invoice by hand."),
    (
        "beans",
        "The grinder setting on the label is wrong",
        "Guests send the espresso back and we grind it again by hand.",
    ),
    ("parcels", "Pickup times change without a message", "The driver waits an hour and then leaves without the beans."),
    ("till", "The nightly build of the till fails at random", "I restart it by hand every morning before work begins."),
)
ENDINGS = (
    "This is the third time this month.", "Nobody answers us.", "As a workaround we call each other.",
    "It costs us half a day.", "Please have a look.", "We would like to know why.",
)  # fmt: skip


@dataclass
class Source:
    """`now` is the simulated clock. Whoever changes or lists holds the lock."""

    now: Callable[[], datetime]
    ledger: Ledger
    seed: int
    secret: str = "a secret of the webhooks, long enough"
    issues: dict[int, dict[str, Any]] = field(default_factory=dict)
    comments: dict[int, dict[str, Any]] = field(default_factory=dict)
    visible: dict[tuple[str, int], datetime] = field(default_factory=dict)
    refusals: int = 0
    """How many of the next requests are put off."""
    lock: Any = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        self.chance = random.Random(f"{self.seed} source")
        self.numbers = iter(range(1, 10**9))

    # --- what people do ---------------------------------------------------------------------------------------------

    def live(self, at: datetime | None = None) -> None:
        """Somebody writes, edits, closes, says something, or (seldom) deletes."""
        with self.lock:
            at = (at or self.now()).replace(microsecond=0)
            what = self.chance.random()
            if what < 0.5 or len(self.issues) < 10:
                for _ in range(
                    self.chance.choice((1, 1, 1, 1, 2, 7))
                ):  # seven in one second are more than a page holds
                    self._written(at)
            elif what < 0.7:
                self._revised(at, body=f"{self._any()['body']} Edited {self.chance.randrange(10**6)}.")
            elif what < 0.8:
                self._revised(at, state="closed", closed_at=_iso(at))
            elif what < 0.85:
                self._revised(at, state="open", closed_at=None)
            elif what < 0.98:
                self._said(at)
            else:
                self._deleted()

    def pass_time(self, clock: Any, until: datetime, speed: float, changes: int, *, first: bool = False) -> None:
        """Time passes at the source while nobody looks: these many changes, hours apart, some in one second.

        `first` of a week: one issue is tagged, one has a side by its label, seven share a second, and one is deleted.
        """
        with self.lock:
            begins, span = self.now(), (until - self.now()).total_seconds()
            moments = sorted(begins + timedelta(seconds=1 + self.chance.random() * (span - 1)) for _ in range(changes))
            clock.set(until, speed)
            for moment in moments:
                self.live(moment)
            if first:
                last = until.replace(microsecond=0) - timedelta(minutes=5)
                for label in ("escalate", "customer", *[""] * 7):
                    self._written(last, label)
                self._said(last)
                self._deleted()

    def _any(self) -> dict[str, Any]:
        return self.issues[self.chance.choice(list(self.issues)[-60:])]

    def _written(self, at: datetime, label: str | None = None) -> None:
        number, theme = next(self.numbers), self.chance.choice(THEMES[:3] if self.chance.random() < 0.8 else THEMES)
        who = self.chance.randrange(40)
        if label is None:
            label = self.chance.choices(("escalate", "customer", "developer", ""), (4, 1, 1, 94))[0]
        labels = [theme[0], *([label] if label else [])]
        issue = {
            "id": 10_000 + number,
            "number": number,
            "title": theme[1],
            "body": f"{theme[1]}. {theme[2]} {self.chance.choice(ENDINGS)} Case {number}.",
            "state": "open",
            "labels": [{"name": name} for name in labels],
            "user": {"login": f"guest{who}", "type": "User"},
            "author_association": "NONE",
            "html_url": f"https://github.example/{REPO}/issues/{number}",
            "created_at": _iso(at),
            "updated_at": _iso(at),
            "closed_at": None,
        }
        self._keep(issue)

    def _revised(self, at: datetime, **values: Any) -> None:
        self._keep({**self._any(), **values, "updated_at": _iso(at)})

    def _keep(self, issue: dict[str, Any]) -> None:
        fresh = self.now() - datetime.fromisoformat(issue["updated_at"]) < timedelta(seconds=5)
        late = LATE if fresh and self.chance.random() < 0.1 else timedelta(0)
        number, seen = issue["number"], self.now() + late
        told = {name: issue[name] for name in ("number", "title", "body", "state", "updated_at")}
        self.ledger.write(what="issue", visible=seen.isoformat(), **told)
        self.issues[number] = issue
        self.visible["issue", number] = seen

    def _said(
        self, at: datetime, number: int | None = None, body: str | None = None, who: str = "guest1"
    ) -> dict[str, Any]:
        number = number or self._any()["number"]
        key = next(self.numbers) + 500_000
        comment = {
            "id": key,
            "body": body or f"The same here, case {key}.",
            "user": {"login": who, "type": "User"},
            "author_association": "NONE",
            "html_url": f"https://github.example/{REPO}/issues/{number}#c{key}",
            "issue_url": f"https://api.github.example/repos/{REPO}/issues/{number}",
            "created_at": _iso(at),
            "updated_at": _iso(at),
        }
        self.ledger.write(what="comment", id=key, number=number, body=comment["body"], updated_at=comment["updated_at"],
                          visible=self.now().isoformat(), posted=body is not None)  # fmt: skip
        self.comments[key] = comment
        self.visible["comment", key] = self.now()
        return comment

    def _deleted(self) -> None:
        number = self._any()["number"]
        self.ledger.write(what="deleted", number=number, visible=self.now().isoformat())
        del self.issues[number]

    # --- what is answered -------------------------------------------------------------------------------------------

    def listed(self, what: str, query: dict[str, str]) -> tuple[list[dict[str, Any]], bool]:
        with self.lock:
            now, since = self.now(), query.get("since", "")
            kept = self.issues if what == "issue" else self.comments
            chosen = [one for key, one in kept.items() if self.visible[what, key] <= now and one["updated_at"] >= since]
            by = f"{query.get('sort', 'created')}_at"
            chosen.sort(key=lambda one: (one[by], one["id"]), reverse=query.get("direction", "desc") == "desc")
            size, page = int(query.get("per_page", 30)), int(query.get("page", 1))
            return chosen[(page - 1) * size : page * size], len(chosen) > page * size

    def posted(self, number: int, body: str) -> dict[str, Any]:
        """A comment of the application. Posting one does not touch the issue, or answers would stir the whole week."""
        with self.lock:
            return self._said(self.now().replace(microsecond=0), number, body, "leafnotes-bot")

    def delivery(self, name: str) -> tuple[dict[str, str], bytes]:
        """A webhook, signed."""
        body = json.dumps({"action": "edited", "delivery": name}).encode()
        signed = hmac.new(self.secret.encode(), body, sha256).hexdigest()
        return {"X-Hub-Signature-256": f"sha256={signed}", "X-GitHub-Delivery": name}, body


class _Handler(BaseHTTPRequestHandler):
    source: Source
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""

    def do_POST(self) -> None:
        told, length = b"", int(self.headers.get("content-length", 0))
        with suppress(OSError):
            told = self.rfile.read(length)
        if len(told) < length:  # who sent it died meanwhile
            self.close_connection = True
            return
        body = json.loads(told)
        found = re.fullmatch(rf"/repos/{REPO}/issues/(\d+)/comments", urlsplit(self.path).path)
        if found is None or int(found[1]) not in self.source.issues:
            self._send(404, {"message": "Not Found"})
        else:
            self._send(201, self.source.posted(int(found[1]), body["body"]))

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query, path = dict(parse_qsl(parts.query)), re.sub(rf"^/(repos/{REPO}|repositories/7)", "", parts.path)
        with self.source.lock:
            refused = self.source.refusals > 0
            self.source.refusals -= refused
        if refused:
            self._send(429, {"message": "too many requests"}, {"Retry-After": "1"})
        elif path == "":
            self._send(200, {"id": 7, "full_name": REPO, "has_issues": True})
        elif path in ("/issues", "/issues/comments"):
            self._list("comment" if path.endswith("comments") else "issue", path, query)
        elif one := re.fullmatch(r"/issues/(\d+)/comments", path):
            of = [c for c in self.source.comments.values() if c["issue_url"].endswith(f"/{one[1]}")]
            self._send(200, of[-100:])
        elif one := re.fullmatch(r"/issues/(\d+)", path):
            issue = self.source.issues.get(int(one[1]))
            self._send(200, issue) if issue else self._send(410, {"message": "This issue was deleted"})
        else:
            self._send(404, {"message": "Not Found"})

    def _list(self, what: str, path: str, query: dict[str, str]) -> None:
        items, more = self.source.listed(what, query)
        target = f"http://{self.headers['host']}/repositories/7{path}"
        following = urlencode({**query, "page": int(query.get("page", 1)) + 1})
        self._send(200, items, {"Link": f'<{target}?{following}>; rel="next"'} if more else {})

    def _send(self, status: int, data: Any, headers: dict[str, str] | None = None) -> None:
        body = json.dumps(data).encode()
        self.send_response(status)
        for name, value in {
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            **(headers or {}),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def serve(source: Source) -> tuple[LoopbackServer, str]:
    server = LoopbackServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"source": source}))
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.2}, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_address[1]}"


def _iso(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
