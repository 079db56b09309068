"""Help Scout's Mailbox API 2.0 as the kit speaks it: active conversations, newest first, no time of change to be seen.

Of the kit's tickets those with an odd id are chats, whose threads do not all come along, and every third was changed
by a workflow, which only a line item tells.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from connectors.kit.dialect import Dialect, Request, Response, number, page_of
from connectors.kit.world import Said, Ticket

SIZE = 5
"""Help Scout decides how much a page holds (50); the kit's pages are small."""
APP = "app-of-the-kit"


class HelpScoutDialect(Dialect):
    without: ClassVar[Mapping[str, str]] = {
        "K6": "pages are numbers: there are no page tokens",
        "K7": "the list has no end to its pages",
        "K14": "no webhooks are read from Help Scout",
        "archive": "conversations are not archived",
    }

    def options(self) -> Mapping[str, Any]:
        return {"base_url": self.url, "client_id": APP, "client_secret": self.secret, "per_page": SIZE}

    def accepts(self, request: Request) -> bool:
        if request.path == "/v2/oauth2/token":
            return True
        return request.headers.get("authorization") == f"Bearer access-{self.secret}"

    def answer(self, request: Request) -> Response:
        if request.path == "/v2/oauth2/token":
            return self.token(request.json)
        if self.is_list(request):
            return self._list(request.query)
        if request.path == "/v2/mailboxes":
            return Response({"_embedded": {"mailboxes": [{"id": 85, "name": "Support"}]}})
        parts = request.path.split("/")
        ticket = self.world.tickets.get(number(parts[3])) if len(parts) in (4, 5) else None
        if ticket is None or ticket.deleted:
            return self.refusal(404)
        if len(parts) == 4:
            return Response(_conversation(ticket, embed=False))
        return _paged("threads", _threads(ticket), int(request.query.get("page", 1)))

    def token(self, asked: Mapping[str, Any]) -> Response:
        known = asked.get("client_id") == APP and asked.get("client_secret") == self.secret
        if not known or asked.get("grant_type") != "client_credentials":
            return Response({"error": "invalid_client", "error_description": "Bad client credentials"}, 401)
        return Response({"token_type": "bearer", "access_token": f"access-{self.secret}", "expires_in": 172_800})

    def external_id(self, ticket: Ticket) -> str:
        return str(ticket.id)

    def is_list(self, request: Request) -> bool:
        return request.path == "/v2/conversations"

    def rows(self, response: Response) -> list[Any]:
        found = response.data.get("_embedded", {}) if isinstance(response.data, dict) else {}
        return found.get("conversations", []) if isinstance(found, dict) else []

    def child_of(self, request: Request) -> int | None:
        parts = request.path.split("/")
        return number(parts[3]) if len(parts) == 5 and parts[4] == "threads" else None

    def refusal(self, status: int) -> Response:
        return Response({"logRef": "kit", "message": f"kit says {status}", "errors": []}, status)

    def _list(self, query: Mapping[str, str]) -> Response:
        since = datetime.fromisoformat(query["modifiedSince"]) if "modifiedSince" in query else None
        status = query.get("status", "active")
        rows = [
            ticket
            for ticket in self.world.listed(lambda t: not t.deleted)
            if (since is None or ticket.updated > since) and status in ("all", _status(ticket))
        ]
        if query.get("sortField", "createdAt") == "modifiedAt":
            rows.sort(key=lambda t: (t.updated, t.id))
        else:
            rows.sort(key=lambda t: (t.created, t.id))
        if query.get("sortOrder", "desc") == "desc":
            rows.reverse()
        found = [_conversation(ticket, embed=query.get("embed") == "threads") for ticket in rows]
        return _paged("conversations", found, int(query.get("page", 1)))


def _paged(name: str, rows: list[dict[str, Any]], page: int) -> Response:
    pages = max(1, -(-len(rows) // SIZE))
    told = {"size": SIZE, "totalElements": len(rows), "totalPages": pages, "number": page}
    found = list(page_of(rows, page, SIZE))
    return Response({**({"_embedded": {name: found}} if found else {}), "page": told})


def _status(ticket: Ticket) -> str:
    return "closed" if ticket.state == "closed" else "active"


def _conversation(ticket: Ticket, *, embed: bool) -> dict[str, Any]:
    done, by_workflow = ticket.state == "closed", ticket.id % 3 == 0
    row: dict[str, Any] = {
        "id": ticket.id,
        "number": ticket.id + 1000,
        "threads": 1 + len(ticket.comments),
        "type": "chat" if ticket.id % 2 else "email",
        "status": _status(ticket),
        "state": "published",
        "subject": ticket.title,
        "preview": ticket.body,
        "mailboxId": 85,
        "createdBy": {"id": 4000 + ticket.id, "type": "customer", "email": "kim@fernhill.example"},
        "createdAt": _iso(ticket.created),
        "closedAt": _iso(ticket.updated) if done else None,
        "userUpdatedAt": _iso(ticket.created if by_workflow else ticket.updated),
        "primaryCustomer": {"id": 4000 + ticket.id, "type": "customer", "email": "kim@fernhill.example"},
        "tags": [{"id": 1, "tag": name, "color": "none"} for name in ticket.labels],
    }
    if embed:
        threads = _threads(ticket)
        row["_embedded"] = {"threads": [threads[0], threads[-1]] if row["type"] == "chat" else threads}
    return row


def _threads(ticket: Ticket) -> list[dict[str, Any]]:
    """Newest first: a line item, what was said, and the message that began it."""
    first = Said(id=ticket.id * 1000, body=ticket.body, author=ticket.author, at=ticket.created)
    said = [_thread(ticket, one) for one in reversed([first, *ticket.comments])]
    item = {"id": ticket.id * 1000 + 999, "type": "lineitem", "status": _status(ticket), "state": "published"}
    return [{**item, "createdAt": _iso(ticket.updated), "createdBy": {"id": 1, "type": "user"}}, *said]


def _thread(ticket: Ticket, said: Said) -> dict[str, Any]:
    return {
        "id": said.id,
        "type": "note" if said.private else "customer",
        "status": "active",
        "state": "published",
        "body": f"<p>{said.body}</p>",
        "createdBy": {"id": 4000 + ticket.id, "type": "customer"},
        "createdAt": _iso(said.at),
    }


def _iso(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
