"""Request Tracker's REST2 as the kit speaks it: bare items, times in the account's zone, deleted tickets in no list."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Final
from zoneinfo import ZoneInfo

from connectors.kit.dialect import Dialect, Request, Response, number, page_of
from connectors.kit.world import Ticket

BOUND: Final = re.compile(r"(?:LastUpdated|Created) >= '([^']*)'")
ONE: Final = re.compile(r"\bid = ([0-9]+)")
NEVER: Final = "1970-01-01T00:00:00Z"


class RtDialect(Dialect):
    without: ClassVar[Mapping[str, str]] = {
        "K6": "pages are numbers and are asked anew by time: there are no page tokens",
        "K8": "a hundred tickets are asked for together; tests/connectors/test_rt.py refuses one of them",
        "K14": "RT sends no webhooks by itself",
        "archive": "RT archives nothing: resolved tickets stay in the list",
    }
    proved: ClassVar[str] = "a real Request Tracker 5.0.3 (tests/systems/test_rt.py)"
    counts: ClassVar[bool] = True
    """Whether the account may know how many tickets there are; transactions are never counted for it."""

    def options(self) -> Mapping[str, Any]:
        return {"base_url": self.url, "token": self.secret, "per_page": 5, "zone": self.world.zone}

    def accepts(self, request: Request) -> bool:
        return request.headers.get("authorization") == f"token {self.secret}"

    def answer(self, request: Request) -> Response:
        name = request.path.removeprefix("/REST/2.0/")
        if name == "tickets":
            return self._tickets(request.query)
        if name == "transactions":
            asked = [self.world.tickets[n] for n in self._named(request) if n in self.world.tickets]
            told = [change for ticket in asked for change in self._history(ticket)]
            removed = [self._removal(t) for t in self._gone(request.query)]
            return self._paged(told if "ObjectId" in request.query.get("query", "") else removed, request.query)
        if name == "attachments":
            wanted = set(json.loads(request.query["query"])[0]["value"])
            parts = [part for ticket in self.world.tickets.values() for part in self._texts(ticket)]
            return self._paged([part for part in parts if int(part["TransactionId"]) in wanted], request.query)
        if name == "queues/all":
            return self._paged([{"type": "queue", "id": "1", "_url": ""}], request.query, counts=True)
        ticket = self.world.tickets.get(number(name.removeprefix("ticket/")))
        if ticket is None:
            return Response({"message": "Not Found"}, 404)
        return Response({**self._ticket(ticket), "id": ticket.id, **({"Status": "deleted"} if ticket.deleted else {})})

    def external_id(self, ticket: Ticket) -> str:
        return str(ticket.id)

    def is_list(self, request: Request) -> bool:
        return request.path == "/REST/2.0/tickets" and request.query.get("per_page") != "1"

    def _named(self, request: Request) -> list[int]:
        """The tickets whose transactions are asked for together."""
        return [int(found) for found in re.findall(r"ObjectId = ([0-9]+)", request.query.get("query", ""))]

    def rows(self, response: Response) -> list[Any]:
        found: list[Any] = response.data["items"]
        return found

    def _tickets(self, query: Mapping[str, str]) -> Response:
        """Without a second `orderby` tickets of one second come in whatever order the database likes today."""
        rows = self.world.listed(lambda t: not t.deleted and self._wanted(t, query.get("query", "")))
        if query.get("order") == "DESC":
            rows.reverse()
        elif query.get("orderby") != "id":
            rows.sort(key=lambda t: (t.updated, t.id * 7919 % 101))
        shown = [{"type": "ticket", "id": str(t.id), "_url": f"{self.url}/REST/2.0/ticket/{t.id}"} for t in rows]
        wanted = [name for name in query.get("fields", "").split(",") if name]
        for row, ticket in zip(shown, rows, strict=True):
            whole = self._ticket(ticket)
            row.update({name: whole[name] for name in wanted})
        return self._paged(shown, query, counts=self.counts)

    def _wanted(self, ticket: Ticket, asked: str) -> bool:
        one, since = ONE.search(asked), BOUND.search(asked)
        if one and ticket.id != int(one[1]):
            return False
        if since and ticket.updated < self._read(since[1]):
            return False
        states = {"open": "'__Active__'", "closed": "'__Inactive__'"}
        return "Status =" not in asked or states[ticket.state] in asked

    def _gone(self, query: Mapping[str, str]) -> Sequence[Ticket]:
        since = BOUND.search(query.get("query", ""))
        bound = self._read(since[1]) if since else datetime.min.replace(tzinfo=UTC)
        return self.world.listed(lambda t: t.deleted and t.updated >= bound)

    def _read(self, written: str) -> datetime:
        """RT's way: a time in the user's zone, by the offset that holds when the same figures are UTC; "Z" drops the
        time of day."""
        naive = written[:10] if written.endswith("Z") else written.removesuffix(" GMT")
        at = datetime.fromisoformat(naive).replace(tzinfo=UTC)
        return at - (at.astimezone(ZoneInfo(self.world.zone)).utcoffset() or timedelta(0))

    def _paged(self, rows: Sequence[Any], query: Mapping[str, str], *, counts: bool = False) -> Response:
        size = min(number(query.get("per_page", "")) or 20, 100)
        page = number(query.get("page", "")) or 1
        items = list(page_of(rows, page, size))
        pages = -(-len(rows) // size) if counts else None
        data: dict[str, Any] = {"count": len(items), "page": page, "per_page": size, "pages": pages, "items": items}
        data["total"] = len(rows) if counts else None
        if pages and page < pages:
            data["next_page"] = f"http://rt.internal/REST/2.0/tickets?page={page + 1}"
        return Response(data)

    def _ticket(self, ticket: Ticket) -> dict[str, Any]:
        done = ticket.state == "closed"
        return {
            "Subject": ticket.title,
            "Status": "resolved" if done else "open",
            "Queue": {"type": "queue", "id": "1", "Name": "Printers"},
            "Creator": {"type": "user", "id": "RT_System"},
            "Requestor": [{"type": "user", "id": f"{ticket.author}@example.com", "Organization": "Fernhill"}],
            "Cc": [],
            "Owner": {"type": "user", "id": "Nobody"},
            "Priority": "0",
            "Created": _iso(ticket.created),
            "LastUpdated": _iso(ticket.updated),
            "Resolved": _iso(ticket.updated) if done else NEVER,
            "CustomFields": [{"type": "customfield", "id": "1", "name": "Severity", "values": ["minor"]}],
        }

    def _history(self, ticket: Ticket) -> list[dict[str, Any]]:
        first = self._change(ticket.id * 1000, "Create", ticket.created, "RT_System")
        said = [self._change(s.id, "Comment" if s.private else "Correspond", s.at, s.author) for s in ticket.comments]
        return [first, *said]

    def _texts(self, ticket: Ticket) -> list[dict[str, Any]]:
        told = [(ticket.id * 1000, ticket.body), *((said.id, said.body) for said in ticket.comments)]
        plain = {"type": "attachment", "ContentType": "text/plain", "Filename": ""}
        return [{**plain, "id": str(n), "TransactionId": str(n), "Content": words} for n, words in told]

    def _removal(self, ticket: Ticket) -> dict[str, Any]:
        change = self._change(ticket.id * 1000 + 999, "Status", ticket.updated, "root")
        return {**change, "Field": "Status", "OldValue": "open", "NewValue": "deleted"}

    def _change(self, change: int, kind: str, at: datetime, author: str) -> dict[str, Any]:
        return {
            "type": "transaction",
            "id": str(change),
            "Type": kind,
            "Field": "",
            "OldValue": "",
            "NewValue": "",
            "Created": _iso(at),
            "Creator": {"type": "user", "id": author},
            "ObjectType": "RT::Ticket",
            "ObjectId": str(change // 1000),
        }


class BlindRtDialect(RtDialect):
    """An account that may not see everything, where `UseSQLForACLChecks` is off: no totals, and no next page."""

    counts: ClassVar[bool] = False


def _iso(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
