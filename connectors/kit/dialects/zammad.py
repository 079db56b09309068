"""Zammad's API v1 as the kit speaks it: a search whose query is for words, and pages that are capped without a word."""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, ClassVar, Final

from connectors.kit.dialect import Dialect, Request, Response, number, page_of
from connectors.kit.world import Said, Ticket

SORTS: Final[Mapping[str, Callable[[Ticket], Any]]] = {
    "updated_at": lambda t: t.updated,
    "created_at": lambda t: t.created,
    "id": lambda t: t.id,
}
STATES: Final = [
    {"id": 2, "name": "open", "state_type": "open"},
    {"id": 4, "name": "done", "state_type": "closed"},
]


class ZammadDialect(Dialect):
    without: ClassVar[Mapping[str, str]] = {
        "K6": "pages are numbers and are asked anew by time: there are no page tokens",
        "archive": "Zammad archives nothing: closed tickets stay in the search",
    }
    proved: ClassVar[str] = (
        "answers recorded from a live Zammad (tickets, one search); its own source for the condition"
    )

    def options(self) -> Mapping[str, Any]:
        return {"base_url": self.url, "token": self.secret, "per_page": 5}

    def accepts(self, request: Request) -> bool:
        return request.headers.get("authorization") == f"Token token={self.secret}"

    def answer(self, request: Request) -> Response:
        name = request.path.removeprefix("/api/v1/")
        if name == "tickets/search":
            return self._search(request.query)
        if name == "tickets":
            rows = sorted(self.world.truth(), key=lambda t: t.id)
            return Response([self._ticket(t) for t in _page(rows, request.query, 100)])
        if name == "ticket_states":
            return Response(STATES)
        ticket = self.world.tickets.get(self.child_of(request) or number(name.removeprefix("tickets/")))
        if ticket is None or ticket.deleted:
            return Response({"error": "Couldn't find Ticket"}, 404)
        if name == "tags":
            return Response({"tags": list(ticket.labels)})
        return Response(self._articles(ticket) if "by_ticket" in name else self._ticket(ticket))

    def external_id(self, ticket: Ticket) -> str:
        return str(ticket.id)

    def is_list(self, request: Request) -> bool:
        by_change = request.query.get("sort_by", "").startswith("updated_at")
        return request.path == "/api/v1/tickets/search" and by_change

    def child_of(self, request: Request) -> int | None:
        if request.path == "/api/v1/tags":
            return number(request.query.get("o_id", ""))
        folder, _, name = request.path.rpartition("/")
        return number(name) if folder.endswith("by_ticket") else None

    def refusal(self, status: int) -> Response:
        return Response({"error": f"kit says {status}", "error_human": f"kit says {status}"}, status)

    def webhook(self, ticket: Ticket, secret: str, delivery: str) -> tuple[Mapping[str, str], bytes]:
        body = json.dumps({"ticket": self._ticket(ticket), "article": {}}).encode()
        signature = hmac.new(secret.encode(), body, hashlib.sha1).hexdigest()
        return {"x-hub-signature": f"sha1={signature}", "x-zammad-delivery": delivery}, body

    def _search(self, query: Mapping[str, str]) -> Response:
        rows = self.world.truth()
        if "query" in query:  # for words in titles and articles, newest change first
            rows = [t for t in rows if query["query"] in t.title]
        for stamp in ("updated_at", "created_at"):
            bound = query.get(f"condition[ticket.{stamp}][value]")
            if bound and query.get(f"condition[ticket.{stamp}][operator]") == "after (absolute)":
                rows = [t for t in rows if SORTS[stamp](t) >= datetime.fromisoformat(bound)]
        sorts, orders = query.get("sort_by", "").split(","), query.get("order_by", "").split(",")
        rows.sort(key=lambda t: t.updated, reverse=True)
        for name, order in reversed(list(zip(sorts, orders, strict=False))):
            if name in SORTS:
                rows.sort(key=SORTS[name], reverse=order == "desc")
        return Response([self._ticket(ticket) for ticket in _page(rows, query, 200)])

    def _ticket(self, ticket: Ticket) -> dict[str, Any]:
        done = ticket.state == "closed"
        return {
            "id": ticket.id,
            "group_id": 1,
            "state_id": 4 if done else 2,
            "priority_id": 2,
            "number": f"77{ticket.id:03}",
            "title": ticket.title,
            "customer_id": 8,
            "organization_id": 1,
            "close_at": _iso(ticket.updated) if done else None,
            "last_close_at": _iso(ticket.updated) if done else None,
            "article_count": 1 + len(ticket.comments),
            "type": "Incident",
            "preferences": {},
            "created_at": _iso(ticket.created),
            "updated_at": _iso(ticket.updated),
            "group": "Printers",
            "state": "done" if done else "open",
            "priority": "2 normal",
            "owner": "-",
            "customer": f"{ticket.author}@example.com",
            "organization": "Fernhill",
            "create_article_sender": "Customer",
        }

    def _articles(self, ticket: Ticket) -> list[dict[str, Any]]:
        first = Said(id=ticket.id * 1000, body=f"<p>{ticket.body}</p>", author=ticket.author, at=ticket.created)
        return [_article(ticket, said) for said in (first, *ticket.comments)]


def _article(ticket: Ticket, said: Said) -> dict[str, Any]:
    return {
        "id": said.id,
        "ticket_id": ticket.id,
        "subject": "",
        "body": said.body,
        "content_type": "text/html",
        "internal": said.private,
        "sender": "Customer",
        "type": "email",
        "created_by": f"{said.author}@example.com",
        "created_at": _iso(said.at),
    }


def _page(rows: list[Ticket], query: Mapping[str, str], most: int) -> list[Ticket]:
    size = min(number(query.get("per_page", "")) or 50, most)
    return list(page_of(rows, number(query.get("page", "")) or 1, size))


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
