"""Freshdesk's API v2 as the kit speaks it: thirty days unless asked, 300 pages and not one more."""

from base64 import b64decode
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

from connectors.kit.dialect import Dialect, Request, Response, number, page_of
from connectors.kit.world import Ticket, changed_since


class FreshdeskDialect(Dialect):
    without: ClassVar[Mapping[str, str]] = {
        "K6": "pages are numbers and are asked anew by time: there are no page tokens",
        "K14": "no webhooks are read from Freshdesk",
        "archive": "archived tickets leave the API",
    }

    def options(self) -> Mapping[str, Any]:
        return {"base_url": self.url, "token": self.secret, "per_page": 5}

    def accepts(self, request: Request) -> bool:
        given = request.headers.get("authorization", "").removeprefix("Basic ")
        return b64decode(given).decode() == f"{self.secret}:X"

    def answer(self, request: Request) -> Response:
        if request.path == "/api/v2/tickets":
            return self._tickets(request.query)
        ticket = self.world.tickets.get(self.child_of(request) or 0)
        if ticket is None or ticket.deleted:
            return Response(status=404)
        return Response([self._said(ticket, at) for at in range(len(ticket.comments))])

    def external_id(self, ticket: Ticket) -> str:
        return str(ticket.id)

    def is_list(self, request: Request) -> bool:
        return request.path == "/api/v2/tickets" and "filter" not in request.query

    def child_of(self, request: Request) -> int | None:
        parts = request.path.split("/")
        return number(parts[4]) if len(parts) == 6 and parts[5] == "conversations" else None

    def _tickets(self, query: Mapping[str, str]) -> Response:
        page, size = int(query.get("page", 1)), min(int(query.get("per_page", 30)), 100)
        if page > 300:
            return Response({"description": "Validation failed", "errors": [{"field": "page"}]}, 400)
        since = query.get("updated_since")
        asked = datetime.fromisoformat(since) if since else self.world.now - timedelta(days=30)
        gone = query.get("filter") == "deleted"
        told = self.world.kept(gone, lambda: self.world.listed(lambda t: t.deleted == gone and not t.archived))
        rows = changed_since(told, asked)
        if query.get("order_by") != "updated_at" or query.get("order_type") != "asc":
            rows = sorted(rows, key=lambda t: t.created, reverse=True)
        found = page_of(rows, page, size)
        link = f'<{self.url}/api/v2/tickets?page={page + 1}>; rel="next"'
        more = {"Link": link} if len(rows) > page * size else {}
        return Response([self._ticket(ticket) for ticket in found], headers=more)

    def _ticket(self, ticket: Ticket) -> dict[str, Any]:
        done = ticket.state == "closed"
        return {
            "id": ticket.id,
            "subject": ticket.title,
            "description": f"<div>{ticket.body}</div>",
            "status": 5 if done else 2,
            "priority": 1,
            "type": "Incident",
            "requester_id": 4000 + ticket.id,
            "company_id": None,
            "group_id": 12,
            "tags": list(ticket.labels),
            "created_at": _iso(ticket.created),
            "updated_at": _iso(ticket.updated),
            "deleted": ticket.deleted,
            "stats": {"closed_at": _iso(ticket.updated) if done else None, "resolved_at": None},
        }

    def _said(self, ticket: Ticket, at: int) -> dict[str, Any]:
        said = ticket.comments[at]
        return {
            "id": said.id,
            "body": f"<p>{said.body}</p>",
            "incoming": True,
            "private": said.private,
            "user_id": 4000 + ticket.id,
            "created_at": _iso(said.at),
        }


def _iso(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
