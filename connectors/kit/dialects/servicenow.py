"""ServiceNow's Table API as the kit speaks it: hidden rows leave holes in pages, and plain times are UTC."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar, Final
from zoneinfo import ZoneInfo

from connectors.kit.dialect import Dialect, Request, Response, number
from connectors.kit.world import Said, Ticket

GENERATED: Final = re.compile(r"javascript:gs\.dateGenerate\('([^']*)','([^']*)'\)")
HIDDEN: Final = 3
"""So many rows that this account may not see stand before every seventh ticket."""


class ServicenowDialect(Dialect):
    without: ClassVar[Mapping[str, str]] = {
        "K6": "pages are offsets and are asked anew by time: there are no page tokens",
        "K14": "ServiceNow sends no webhooks by itself",
        "archive": "archived records move to tables of their own",
    }

    def options(self) -> Mapping[str, Any]:
        return {"base_url": self.url, "token": self.secret, "per_page": 5}

    def accepts(self, request: Request) -> bool:
        return request.headers.get("authorization") == f"Bearer {self.secret}"

    def answer(self, request: Request) -> Response:
        table = request.path.removeprefix("/api/now/table/")
        if table == "incident":
            return self._incidents(request)
        if table == "sys_audit_delete":
            wanted = self._wanted(request, lambda t: t.updated, deleted=True)
            return self._page([_deletion(ticket) for ticket in wanted], request)
        if table != "sys_journal_field":
            return Response({"error": {"message": f"Invalid table {table}", "detail": None}, "status": "failure"}, 400)
        ticket = self.world.tickets.get(self.child_of(request) or 0)
        said = ticket.comments if ticket is not None and not ticket.deleted else []
        return self._page([_journal(entry) for entry in said], request)

    def external_id(self, ticket: Ticket) -> str:
        return f"{ticket.id:032x}"

    def is_list(self, request: Request) -> bool:
        whole = request.query.get("sysparm_display_value") == "all"
        return request.path == "/api/now/table/incident" and whole

    def child_of(self, request: Request) -> int | None:
        found = re.search(r"element_id=([0-9a-f]{32})", request.query.get("sysparm_query", ""))
        return int(found[1], 16) if found and request.path.endswith("/sys_journal_field") else None

    def rows(self, response: Response) -> list[Any]:
        found: list[Any] = response.data["result"]
        return found

    def refusal(self, status: int) -> Response:
        error = {"message": f"kit says {status}", "detail": "ACL Exception"}
        return Response({"error": error, "status": "failure"}, status)

    def read(self, written: str) -> datetime:
        """A time in a query: text is UTC, what `gs.dateGenerate` is given is the account's own time."""
        generated = GENERATED.fullmatch(written)
        if generated:
            local = datetime.fromisoformat(f"{generated[1]} {generated[2]}")
            return local.replace(tzinfo=ZoneInfo(self.world.zone)).astimezone(UTC)
        return datetime.fromisoformat(written).replace(tzinfo=UTC)

    def _incidents(self, request: Request) -> Response:
        tickets = self._wanted(request, lambda t: t.updated, deleted=False)
        one = re.search(r"sys_id=([0-9a-f]{32})", request.query.get("sysparm_query", ""))
        if one:
            return self._page([self._incident(t) for t in tickets if self.external_id(t) == one[1]], request)
        rows: list[dict[str, Any] | None] = []
        for ticket in tickets:
            rows += [None] * (HIDDEN if ticket.id % 7 == 0 else 0)
            rows.append(self._incident(ticket))
        return self._page(rows, request)

    def _wanted(self, request: Request, of: Any, *, deleted: bool) -> list[Ticket]:
        query = request.query.get("sysparm_query", "")
        since = re.search(r"sys_(?:updated|created)_on>=([^^]*)", query)
        bound = self.read(since[1]) if since else datetime.min.replace(tzinfo=UTC)
        found = self.world.listed(lambda t: t.deleted == deleted and of(t) >= bound)
        if "ORDERBYDESC" in query:
            return found[::-1]
        return found if "ORDERBYsys_id" in query else sorted(found, key=lambda t: (of(t), t.id * 7919 % 101))

    def _page(self, rows: Sequence[dict[str, Any] | None], request: Request) -> Response:
        """Rows are counted, then cut to a page, and only then are the hidden ones left out of it."""
        query = request.query
        limit, offset = number(query.get("sysparm_limit", "")) or 10_000, number(query.get("sysparm_offset", ""))
        shown = [row for row in rows[offset : offset + limit] if row is not None]
        if query.get("sysparm_display_value") != "all":
            shown = [{name: _stored(field) for name, field in row.items()} for row in shown]
        headers = {"X-Total-Count": str(len(rows))}
        if offset + limit < len(rows):
            link = f"https://kit.service-now.internal{request.path}?sysparm_offset={offset + limit}"
            headers["Link"] = f'<{link}>;rel="next"'
        return Response({"result": shown}, headers=headers)

    def _incident(self, ticket: Ticket) -> dict[str, Any]:
        done = ticket.state == "closed"
        return {
            "sys_id": _both(self.external_id(ticket)),
            "number": _both(f"INC{ticket.id:07}"),
            "short_description": _both(ticket.title),
            "description": _both(ticket.body),
            "state": _both("6" if done else "2", "Resolved" if done else "In Progress"),
            "active": _both("true"),
            "priority": _both("3", "3 - Moderate"),
            "category": _both("hardware", "Hardware"),
            "subcategory": _both(""),
            "assignment_group": _both("g1", "Printers"),
            "caller_id": _both("u1", "Kim Lee"),
            "caller_id.user_name": _both(ticket.author),
            "sys_class_name": _both("incident", "Incident"),
            "resolved_at": _time(ticket.updated, self.world.zone) if done else _both(""),
            "sys_created_on": _time(ticket.created, self.world.zone),
            "sys_created_by": _both(ticket.author),
            "sys_updated_on": _time(ticket.updated, self.world.zone),
        }


class LocalServicenowDialect(ServicenowDialect):
    """An instance that reads plain times in the account's zone."""

    def read(self, written: str) -> datetime:
        return datetime.fromisoformat(written).replace(tzinfo=ZoneInfo(self.world.zone)).astimezone(UTC)


def _both(value: str, shown: str | None = None) -> dict[str, str]:
    return {"display_value": value if shown is None else shown, "value": value}


def _time(at: datetime, zone: str) -> dict[str, str]:
    return _both(f"{at:%Y-%m-%d %H:%M:%S}", f"{at.astimezone(ZoneInfo(zone)):%d/%m/%Y %H:%M:%S}")


def _stored(field: Any) -> Any:
    return field["value"] if isinstance(field, dict) else field


def _journal(said: Said) -> dict[str, Any]:
    return {
        "sys_id": f"{said.id:032x}",
        "element": "work_notes" if said.private else "comments",
        "value": said.body,
        "sys_created_on": f"{said.at:%Y-%m-%d %H:%M:%S}",
        "sys_created_by": said.author,
    }


def _deletion(ticket: Ticket) -> dict[str, Any]:
    return {
        "sys_id": f"{ticket.id + 10_000:032x}",
        "tablename": "incident",
        "documentkey": f"{ticket.id:032x}",
        "sys_created_on": f"{ticket.updated:%Y-%m-%d %H:%M:%S}",
    }
