"""Zendesk Support's API v2 as the kit speaks it: an export with a cursor that keeps the last minute back."""

import hmac
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, ClassVar

from connectors.kit.dialect import Dialect, Request, Response, number
from connectors.kit.world import Said, Ticket

EMAIL = "bot@fernhill.example"
MINUTE = timedelta(minutes=1)
BUMP = timedelta(seconds=20)
"""Every third ticket is changed by the system once more, which `updated_at` does not tell."""
AGENT = 77


class ZendeskDialect(Dialect):
    without: ClassVar[Mapping[str, str]] = {
        "K3": "nothing becomes visible late: the export keeps the last minute back instead",
        "K7": "the export has no end to its pages",
    }
    signs_time: ClassVar[bool] = True
    withholds: ClassVar[timedelta] = MINUTE + BUMP
    proved: ClassVar[str] = "recorded sign-ins of a real Zendesk; the export itself only against our own fake"

    def options(self) -> Mapping[str, Any]:
        return {"base_url": self.url, "email": EMAIL, "token": self.secret, "per_page": 5}

    def accepts(self, request: Request) -> bool:
        given = request.headers.get("authorization", "").removeprefix("Basic ")
        return b64decode(given).decode() == f"{EMAIL}/token:{self.secret}"

    def answer(self, request: Request) -> Response:
        if self.is_list(request):
            return self._export(request.query)
        ticket = self.world.tickets.get(self.child_of(request) or 0)
        if ticket is None or ticket.deleted:
            return self.refusal(404)
        return self._comments(ticket, request.query)

    def external_id(self, ticket: Ticket) -> str:
        return str(ticket.id)

    def is_list(self, request: Request) -> bool:
        return request.path == "/api/v2/incremental/tickets/cursor.json"

    def child_of(self, request: Request) -> int | None:
        parts = request.path.split("/")
        return number(parts[4]) if len(parts) == 6 and parts[5] == "comments.json" else None

    def token_of(self, request: Request) -> str | None:
        return request.query.get("cursor")

    def refusal(self, status: int) -> Response:
        return Response({"error": "InvalidValue", "description": f"kit says {status}"}, status)

    def webhook(self, ticket: Ticket, secret: str, delivery: str) -> tuple[Mapping[str, str], bytes]:
        stamp, body = _iso(self.world.now), b'{"ticket_id": "%d"}' % ticket.id
        signature = b64encode(hmac.new(secret.encode(), stamp.encode() + body, sha256).digest()).decode()
        headers = {"signature": signature, "signature-timestamp": stamp, "invocation-id": delivery, "id": "01HOOK"}
        return {f"x-zendesk-webhook-{name}": value for name, value in headers.items()}, body

    def _export(self, query: Mapping[str, str]) -> Response:
        size = min(int(query.get("per_page", 1000)), 1000)
        begin = self._begin(query)
        if begin is None:
            return self.refusal(400)
        visible = self.world.listed(lambda t: _generated(t) <= self.world.now - MINUTE)
        keyed = sorted((_key(ticket), ticket.id) for ticket in visible)
        ahead = [key for key in keyed if key[0] > begin]
        given = [self.world.tickets[id_] for _, id_ in ahead[:size]]
        last = ahead[len(given) - 1][0] if given else begin
        asked = query.get("include", "").split(",")
        beside = {"users": [_user(t) for t in given], "groups": [{"id": 12, "name": "Billing desk"}]}
        data = {
            "tickets": [self._ticket(ticket, metrics="metric_sets" in asked) for ticket in given],
            **{name: rows for name, rows in beside.items() if name in asked},
            "after_cursor": _cursor(last) if given or "cursor" in query else None,
            "before_cursor": None,
            "end_of_stream": len(ahead) <= size,
        }
        return Response(data)

    def _begin(self, query: Mapping[str, str]) -> tuple[int, int] | None:
        """The key after which tickets are given; None for a start in the last minute and for a broken cursor."""
        if "cursor" not in query:
            start = int(query["start_time"])
            return (start, -1) if start <= (self.world.now - MINUTE).timestamp() else None
        try:
            stamp, _, id_, _ = b64decode(query["cursor"]).decode().split("|")
            return int(float(stamp)), int(id_)
        except ValueError:
            return None

    def _comments(self, ticket: Ticket, query: Mapping[str, str]) -> Response:
        first = Said(id=ticket.id * 1000, body=ticket.body, author="kim", at=ticket.created)
        everything = [first, *ticket.comments]
        size, start = min(int(query.get("page[size]", 100)), 100), int(query.get("page[after]", 0))
        # A full page says that there is more, even where an empty one follows.
        more = len(everything[start : start + size]) == size
        path = f"{self.url}/api/v2/tickets/{ticket.id}/comments.json"
        onward = f"{path}?include=users&page%5Bsize%5D={size}&page%5Bafter%5D={start + size}"
        data: dict[str, Any] = {
            "comments": [_comment(ticket, said) for said in everything[start : start + size]],
            "meta": {"has_more": more, "after_cursor": str(start + size) if more else None},
            "links": {"next": onward if more else None},
        }
        if query.get("include") == "users":
            data["users"] = [_user(ticket)]
        return Response(data)

    def _ticket(self, ticket: Ticket, *, metrics: bool) -> dict[str, Any]:
        done = ticket.state == "closed"
        row: dict[str, Any] = {
            "id": ticket.id,
            "url": f"{self.url}/api/v2/tickets/{ticket.id}.json",
            "subject": ticket.title,
            "description": ticket.body,
            "status": "deleted" if ticket.deleted else "solved" if done else "open",
            "priority": "normal",
            "type": "incident",
            "requester_id": 4000 + ticket.id,
            "submitter_id": AGENT,
            "organization_id": None,
            "group_id": 12,
            "brand_id": 3,
            "tags": list(ticket.labels),
            "via": {"channel": "email"},
            "created_at": _iso(ticket.created),
            "updated_at": _iso(ticket.updated),
            "generated_timestamp": int(_generated(ticket).timestamp()),
        }
        if metrics:
            row["metric_set"] = {"ticket_id": ticket.id, "solved_at": _iso(ticket.updated) if done else None}
        return row


def _comment(ticket: Ticket, said: Said) -> dict[str, Any]:
    return {
        "id": said.id,
        "type": "Comment",
        "body": said.body,
        "html_body": f'<div class="zd-comment" dir="auto">{said.body}</div>',
        "plain_body": said.body,
        "public": not said.private,
        "author_id": 4000 + ticket.id,
        "created_at": _iso(said.at),
    }


def _user(ticket: Ticket) -> dict[str, Any]:
    return {"id": 4000 + ticket.id, "name": ticket.author, "role": "agent" if ticket.author_is_staff else "end-user"}


def _generated(ticket: Ticket) -> datetime:
    return ticket.updated + (BUMP if ticket.id % 3 == 0 else timedelta(0))


def _key(ticket: Ticket) -> tuple[int, int]:
    return int(_generated(ticket).timestamp()), ticket.id


def _cursor(key: tuple[int, int]) -> str:
    return b64encode(f"{key[0]}.0||{key[1]}|".encode()).decode()


def _iso(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
