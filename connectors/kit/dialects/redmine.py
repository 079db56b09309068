"""Redmine's REST API as the kit speaks it: open issues unless asked, and stamps finer than those it shows."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

from connectors.kit.dialect import Dialect, Request, Response, number
from connectors.kit.world import Said, Ticket

NEW, CLOSED = 1, 5
STATUSES = [
    {"id": NEW, "name": "New", "is_closed": False},
    {"id": CLOSED, "name": "Closed", "is_closed": True},
]


class RedmineDialect(Dialect):
    without: ClassVar[Mapping[str, str]] = {
        "K6": "pages are offsets and are asked anew by time: there are no page tokens",
        "K14": "Redmine sends no webhooks",
        "archive": "issues of an archived project leave the API",
    }
    proved: ClassVar[str] = "a real Redmine 5.0.4 (tests/systems/test_redmine.py)"

    def options(self) -> Mapping[str, Any]:
        return {"base_url": self.url, "token": self.secret, "per_page": 5}

    def accepts(self, request: Request) -> bool:
        return request.headers.get("x-redmine-api-key") == self.secret

    def answer(self, request: Request) -> Response:
        if request.path == "/issues.json":
            return self._issues(request.query)
        if request.path == "/issue_statuses.json":
            return Response({"issue_statuses": STATUSES})
        if request.path == "/projects.json":
            return Response({"projects": [{"id": 1, "name": "Printers"}], "total_count": 1, "offset": 0, "limit": 1})
        ticket = self.world.tickets.get(self.child_of(request) or 0)
        if ticket is None or ticket.deleted:
            return Response(status=404)
        journals = [self._journal(said) for said in ticket.comments]
        with_journals = {"journals": journals} if "journals" in request.query.get("include", "") else {}
        return Response({"issue": {**self._issue(ticket), **with_journals}})

    def external_id(self, ticket: Ticket) -> str:
        return str(ticket.id)

    def is_list(self, request: Request) -> bool:
        return request.path == "/issues.json" and "issue_id" not in request.query

    def child_of(self, request: Request) -> int | None:
        folder, _, name = request.path.strip("/").partition("/")
        return number(name.removesuffix(".json")) if folder == "issues" else None

    def refusal(self, status: int) -> Response:
        return Response({"errors": [f"kit says {status}"]}, status)

    def _issues(self, query: Mapping[str, str]) -> Response:
        limit = min(number(query.get("limit", "")) or 25, 100)
        offset = number(query.get("offset", ""))
        rows = self.world.listed(lambda t: not t.deleted and not t.archived and self._wanted(t, query))
        if query.get("sort") == "id":
            rows.sort(key=lambda t: t.id)
        elif query.get("sort", "").startswith("updated_on:asc"):
            rows.sort(key=lambda t: (_stored(t), t.id))
        else:
            rows.sort(key=lambda t: t.id, reverse=True)
        issues = [self._issue(ticket) for ticket in rows[offset : offset + limit]]
        return Response({"issues": issues, "total_count": len(rows), "offset": offset, "limit": limit})

    def _wanted(self, ticket: Ticket, query: Mapping[str, str]) -> bool:
        """`>=` a moment is "> the moment less one second", on the stamps as they are stored."""
        since = query.get("updated_on", "").removeprefix(">=")
        if since and _stored(ticket) <= datetime.fromisoformat(since) - timedelta(seconds=1):
            return False
        if ticket.id < number(query.get("issue_id", "").removeprefix(">=")):
            return False
        return query.get("status_id") == "*" or ticket.state == "open"

    def _issue(self, ticket: Ticket) -> dict[str, Any]:
        done = ticket.state == "closed"
        return {
            "id": ticket.id,
            "project": {"id": 1, "name": "Printers"},
            "tracker": {"id": 1, "name": "Bug"},
            "status": STATUSES[1] if done else STATUSES[0],
            "priority": {"id": 2, "name": "Normal"},
            "author": {"id": 5, "name": ticket.author},
            "subject": ticket.title,
            "description": ticket.body,
            "start_date": None,
            "done_ratio": 0,
            "is_private": False,
            "custom_fields": [{"id": 1, "name": "Customer", "value": "Fernhill"}],
            "created_on": _shown(ticket.created),
            "updated_on": _shown(ticket.updated),
            # It stays when an issue is opened again.
            "closed_on": _shown(ticket.updated) if done else (_shown(ticket.created) if ticket.version > 1 else None),
        }

    def _journal(self, said: Said) -> dict[str, Any]:
        return {
            "id": said.id,
            "user": {"id": 6, "name": said.author},
            "notes": said.body,
            "created_on": _shown(said.at),
            "private_notes": said.private,
            "details": [],
        }


def _stored(ticket: Ticket) -> datetime:
    return ticket.updated + timedelta(milliseconds=500)


def _shown(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
