"""Intercom's API as the kit speaks it: searches by the second, newest first unless asked, parts only apiece.

The kit's tickets with odd ids are conversations here, the others tickets.
"""

from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar

from connectors.kit.dialect import Dialect, Request, Response, number
from connectors.kit.world import Said, Ticket

SEARCHES = {"/conversations/search": "conversations", "/tickets/search": "tickets"}
TRUE_OF: dict[str, Callable[[int, int], bool]] = {
    ">": lambda have, asked: have > asked,
    "<": lambda have, asked: have < asked,
    "=": lambda have, asked: have == asked,
}


class IntercomDialect(Dialect):
    without: ClassVar[Mapping[str, str]] = {
        "K7": "a search has no end to its pages",
        "K14": "no webhooks are read from Intercom",
        "archive": "conversations are not archived",
    }
    proved: ClassVar[str] = "requests and recorded examples of the vendor's description 2.15"

    def options(self) -> Mapping[str, Any]:
        return {"base_url": self.url, "token": self.secret, "per_page": 5}

    def accepts(self, request: Request) -> bool:
        return request.headers.get("authorization") == f"Bearer {self.secret}"

    def answer(self, request: Request) -> Response:
        if request.method == "POST" and request.path in SEARCHES:
            return self._search(SEARCHES[request.path], request.json)
        if request.path == "/me":
            return Response({"type": "admin", "id": "1", "app": {"type": "app", "id_code": "kit0app"}})
        what, _, id_ = request.path.strip("/").partition("/")
        ticket = self.world.tickets.get(number(id_))
        if ticket is None or ticket.deleted or _feed(ticket) != what:
            return self.refusal(404)
        return Response(_conversation(ticket, parts=True) if what == "conversations" else _ticket(ticket))

    def external_id(self, ticket: Ticket) -> str:
        return str(ticket.id) if _feed(ticket) == "conversations" else f"ticket-{ticket.id}"

    def is_list(self, request: Request) -> bool:
        return request.path in SEARCHES

    def child_of(self, request: Request) -> int | None:
        parts = request.path.split("/")
        return number(parts[2]) or None if len(parts) == 3 and parts[1] == "conversations" else None

    def token_of(self, request: Request) -> str | None:
        asked = request.json if self.is_list(request) else {}
        found = asked.get("pagination", {}).get("starting_after")
        return None if found is None else str(found)

    def refusal(self, status: int) -> Response:
        errors = [{"code": f"kit_{status}", "message": f"kit says {status}"}]
        return Response({"type": "error.list", "request_id": "kit", "errors": errors}, status)

    def _search(self, name: str, asked: Mapping[str, Any]) -> Response:
        filters, pagination = asked["query"]["value"], asked.get("pagination", {})
        size = min(int(pagination.get("per_page", 20)), 150)
        rows = [t for t in self.world.listed(lambda t: not t.deleted and _feed(t) == name) if _fits(t, filters)]
        down = asked.get("sort") != {"field": "updated_at", "order": "ascending"}
        rows.sort(key=_key, reverse=down)
        after = pagination.get("starting_after")
        if after is not None:
            try:
                place = tuple(int(part) for part in b64decode(after).decode().split("|"))
            except ValueError:
                return self.refusal(400)
            rows = [t for t in rows if (_key(t) < place if down else _key(t) > place)]
        found = rows[:size]
        pages: dict[str, Any] = {"type": "pages", "page": 1, "per_page": size, "total_pages": -(-len(rows) // size)}
        if len(rows) > size:
            cursor = b64encode("|".join(map(str, _key(found[-1]))).encode()).decode()
            pages["next"] = {"page": 2, "starting_after": cursor}
        items = [_conversation(t, parts=False) if name == "conversations" else _ticket(t) for t in found]
        return Response({"type": f"{name[:-1]}.list", "pages": pages, "total_count": len(rows), name: items})


def _feed(ticket: Ticket) -> str:
    return "conversations" if ticket.id % 2 else "tickets"


def _key(ticket: Ticket) -> tuple[int, int]:
    return _epoch(ticket.updated), ticket.id


def _fits(ticket: Ticket, filters: list[Mapping[str, Any]]) -> bool:
    have = {"updated_at": _epoch(ticket.updated), "created_at": _epoch(ticket.created)}
    return all(TRUE_OF[one["operator"]](have[one["field"]], int(one["value"])) for one in filters)


def _conversation(ticket: Ticket, *, parts: bool) -> dict[str, Any]:
    done = ticket.state == "closed"
    row: dict[str, Any] = {
        "type": "conversation",
        "id": str(ticket.id),
        "title": ticket.title,
        "created_at": _epoch(ticket.created),
        "updated_at": _epoch(ticket.updated),
        "source": {
            "type": "conversation",
            "id": f"40{ticket.id}",
            "delivered_as": "customer_initiated",
            "subject": "",
            "body": f"<p>{ticket.body}</p>",
            "author": {
                "type": "user",
                "id": f"contact{ticket.id}",
                "name": ticket.author,
                "email": "k@fernhill.example",
            },
        },
        "contacts": {"type": "contact.list", "contacts": [{"type": "contact", "id": f"contact{ticket.id}"}]},
        "team_assignee_id": 12,
        "open": not done,
        "state": "closed" if done else "open",
        "priority": "not_priority",
        "tags": {"type": "tag.list", "tags": [{"type": "tag", "id": "1", "name": name} for name in ticket.labels]},
        "statistics": {"last_close_at": _epoch(ticket.updated) if done else None},
    }
    if parts:
        found = [_part(said, "conversation_part") for said in ticket.comments][-500:]
        row["conversation_parts"] = {"type": "conversation_part.list", "conversation_parts": found}
    return row


def _ticket(ticket: Ticket) -> dict[str, Any]:
    done = ticket.state == "closed"
    return {
        "type": "ticket",
        "id": str(ticket.id),
        "ticket_id": str(ticket.id + 100),
        "category": "Customer",
        "ticket_attributes": {"_default_title_": ticket.title, "_default_description_": ticket.body},
        "ticket_state": {"type": "ticket_state", "id": "8", "category": "resolved" if done else "submitted"},
        "ticket_type": {"type": "ticket_type", "id": "1", "name": "Bug"},
        "contacts": {"type": "contact.list", "contacts": [{"type": "contact", "id": f"contact{ticket.id}"}]},
        "team_assignee_id": "12",
        "created_at": _epoch(ticket.created),
        "updated_at": _epoch(ticket.updated),
        "open": not done,
        "ticket_parts": {"ticket_parts": [_part(said, "ticket_part") for said in ticket.comments][-500:]},
    }


def _part(said: Said, kind: str) -> dict[str, Any]:
    return {
        "type": kind,
        "id": str(said.id),
        "part_type": "note" if said.private else "comment",
        "body": f"<p>{said.body}</p>",
        "created_at": _epoch(said.at),
        "author": {"type": "user", "id": "contact1", "name": said.author},
    }


def _epoch(at: datetime) -> int:
    return int(at.astimezone(UTC).timestamp())
