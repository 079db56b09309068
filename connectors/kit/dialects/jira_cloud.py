"""Jira Cloud as the kit speaks it: ids alone unless fields are named, tokens and no offsets, quoted times in the user's
zone, documents instead of text, and old addresses that are gone."""

import hmac
import json
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, ClassVar, Final
from zoneinfo import ZoneInfo

from connectors.kit.dialect import Dialect, Request, Response, number
from connectors.kit.world import Said, Ticket, changed_since

PROJECT: Final = "KIT"
FIRST: Final = 10_000
"""Ids are not the numbers of keys."""
UNBOUNDED: Final = "Unbounded JQL queries are not allowed here. Please add a search restriction to your query."
_CLAUSE: Final = re.compile(r'(project) = "([^"]*)"|(updated|created) >= (-?\d+|"[^"]*")')
_ORDER: Final = re.compile(r"\s*ORDER BY (updated|created) ASC(?:, (?:key|id) ASC)?$")


class Refused(Exception):
    """JQL that Jira does not take; the words are Jira's."""


class JiraCloudDialect(Dialect):
    """`carried` comments come with an issue in a list; the others are asked for."""

    without: ClassVar[Mapping[str, str]] = {"archive": "archived issues leave every search"}
    proved: ClassVar[str] = "Atlassian's description of its API, and recorded answers of other people's tests"
    carried: ClassVar[int] = 20
    project_type: ClassVar[str] = "software"

    def options(self) -> Mapping[str, Any]:
        return {
            "base_url": self.url,
            "email": "bot@fernhill.example",
            "token": self.secret,
            "projects": [PROJECT],
            "per_page": 5,
        }

    def accepts(self, request: Request) -> bool:
        if request.path == "/rest/api/2/serverInfo":
            return True  # visitors may read it
        given = request.headers.get("authorization", "").removeprefix("Basic ")
        return b64decode(given).decode() == f"bot@fernhill.example:{self.secret}"

    def answer(self, request: Request) -> Response:
        path = request.path
        if path == "/rest/api/2/serverInfo":
            return Response({"baseUrl": self.url, "version": "1001.0.0-SNAPSHOT", "deploymentType": "Cloud"})
        if path in ("/rest/api/2/search", "/rest/api/3/search"):
            gone = "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API."
            return Response({"errorMessages": [gone], "errors": {}}, 410)
        if path == "/rest/api/3/search/jql":
            return self._search(request)
        if path == "/rest/api/3/issue/bulkfetch" and request.method == "POST":
            return self._bulk(request.json)
        return self.shared(request, version=3)

    def external_id(self, ticket: Ticket) -> str:
        return str(FIRST + ticket.id)

    def is_list(self, request: Request) -> bool:
        return request.path == "/rest/api/3/search/jql"

    def rows(self, response: Response) -> list[Any]:
        found = response.data.get("issues") if isinstance(response.data, dict) else None
        return found if isinstance(found, list) else []

    def child_of(self, request: Request) -> int | None:
        found = re.fullmatch(r"/rest/(?:api/[23]/issue|servicedeskapi/request)/(\d+)/comment", request.path)
        return number(found[1]) - FIRST if found else None

    def token_of(self, request: Request) -> str | None:
        if not self.is_list(request):
            return None
        token = request.json.get("nextPageToken") if request.method == "POST" else request.query.get("nextPageToken")
        return str(token) if token else None

    def refusal(self, status: int) -> Response:
        return Response({"errorMessages": [f"kit says {status}"], "errors": {}}, status)

    def webhook(self, ticket: Ticket, secret: str, delivery: str) -> tuple[Mapping[str, str], bytes]:
        said = {
            "timestamp": int(self.world.now.timestamp() * 1000),
            "webhookEvent": "jira:issue_updated",
            "issue": self.issue(ticket, self.known()),
        }
        body = json.dumps(said).encode()
        signed = hmac.new(secret.encode(), body, sha256).hexdigest()
        return {"x-hub-signature": f"sha256={signed}", "x-atlassian-webhook-identifier": delivery}, body

    def shared(self, request: Request, version: int) -> Response:
        """What both flavours have at the same place."""
        parts = request.path.removeprefix(f"/rest/api/{version}/").removeprefix("/rest/api/2/").split("/")
        if parts == ["myself"]:
            return Response({"accountId": "5b1f", "name": "bot", "timeZone": self.world.zone})
        if parts == ["field"]:
            return Response(self.custom_fields())
        if parts[0] == "project" and len(parts) == 2:
            found = parts[1] == PROJECT
            return Response(self.project(), 200) if found else self._no("No project could be found with that key.", 404)
        ticket = self.ticket(parts[1]) if parts[0] == "issue" and len(parts) > 1 else None
        if ticket is None:
            return self._no("Issue does not exist or you do not have permission to see it.", 404)
        if len(parts) == 2:
            fields = [name for name in request.query.get("fields", "").split(",") if name]
            return Response(self.issue(ticket, fields or self.known()))
        if parts[2:] == ["comment"]:
            return self._comments(ticket, request.query)
        return Response(status=404)

    def ticket(self, name: object) -> Ticket | None:
        """By id or by key."""
        text = str(name)
        asked = number(text.removeprefix(f"{PROJECT}-")) if text.startswith(PROJECT) else number(text) - FIRST
        found = self.world.tickets.get(asked)
        return None if found is None or found.deleted else found

    def found(self, jql: str) -> Sequence[Ticket]:
        """Raises `Refused`."""
        return searched(jql, self.searchable(), self.world.zone)

    def searchable(self) -> Sequence[Ticket]:
        return self.world.kept("searchable", lambda: self.world.listed(lambda t: not t.deleted and not t.archived))

    def issue(self, ticket: Ticket, names: Sequence[str], *, log: bool = False) -> dict[str, Any]:
        every = self.fields(ticket)
        said = {
            "id": self.external_id(ticket),
            "key": f"{PROJECT}-{ticket.id}",
            "self": f"{self.url}/rest/api/3/issue/{self.external_id(ticket)}",
        }
        fields = {name: every[name] for name in names if name in every}
        if fields:
            return {**said, "fields": fields, **({"changelog": self._log(ticket)} if log else {})}
        return said

    def known(self) -> list[str]:
        return ["summary", "created", "updated", "project", "status"]

    def fields(self, ticket: Ticket) -> dict[str, Any]:
        done = ticket.state == "closed"
        return {
            "summary": ticket.title,
            "description": self.written(ticket.body),
            "issuetype": {"id": "10001", "name": "Bug", "subtask": False},
            "project": self.project(),
            "status": {"name": "Done", "statusCategory": {"id": 3, "key": "done"}}
            if done
            else {"name": "To Do", "statusCategory": {"id": 2, "key": "new"}},
            "resolution": {"name": "Done"} if done else None,
            "resolutiondate": self.when(ticket.updated) if done else None,
            "created": self.when(ticket.created),
            "updated": self.when(ticket.updated),
            "reporter": self.person(ticket.author),
            "creator": self.person(ticket.author),
            "priority": {"id": "3", "name": "Medium"},
            "labels": list(ticket.labels),
            "components": [],
            "security": None,
            "comment": self._carried(ticket),
        }

    def project(self) -> dict[str, Any]:
        return {"id": "1", "key": PROJECT, "name": "The kit", "projectTypeKey": self.project_type}

    def person(self, name: str) -> dict[str, Any]:
        return {"accountId": f"5b1f:{name}", "accountType": "atlassian", "displayName": name.title(), "active": True}

    def custom_fields(self) -> list[dict[str, Any]]:
        return [{"id": "summary", "name": "Summary", "custom": False, "schema": {"type": "string"}}]

    def written(self, body: str) -> Any:
        return {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": _lines(body)}]}

    def comment(self, said: Said) -> dict[str, Any]:
        return {
            "id": str(said.id),
            "author": self.person(said.author),
            "body": self.written(said.body),
            "created": self.when(said.at),
            "updated": self.when(said.at),
            "jsdPublic": not said.private,
        }

    def when(self, at: datetime) -> str:
        """As Jira writes it: in the zone of the user, with milliseconds and an offset without a colon."""
        here = at.astimezone(ZoneInfo(self.world.zone))
        return f"{here:%Y-%m-%dT%H:%M:%S}.{here.microsecond // 1000:03}{here:%z}"

    def _search(self, request: Request) -> Response:
        asked = request.json if request.method == "POST" else request.query
        named = asked.get("fields") or ["id"]
        names = named if isinstance(named, list) else named.split(",")
        try:
            found = self.found(str(asked.get("jql", "")))
            start = self._start(asked.get("nextPageToken"))
        except Refused as why:
            return self._no(str(why), 400)
        most = 5000 if set(names) <= {"id", "key"} else 100
        size = min(int(asked.get("maxResults", 50)), most)
        rows, rest = found[start : start + size], found[start + size :]
        more = {"nextPageToken": self._token(start + size), "isLast": False} if rest else {"isLast": True}
        log = "changelog" in str(asked.get("expand", ""))
        return Response({"issues": [self.issue(ticket, names, log=log) for ticket in rows], **more})

    def _token(self, start: int) -> str:
        return b64encode(f"{start}@{self.world.now.isoformat()}".encode()).decode()

    def _start(self, token: object) -> int:
        if not token:
            return 0
        place, _, made = b64decode(str(token)).decode().partition("@")
        if self.world.now - datetime.fromisoformat(made) > timedelta(days=7):
            raise Refused("The provided next page token is invalid or has expired.")
        return number(place)

    def _bulk(self, asked: Any) -> Response:
        """By id, whatever the order asked in; what does not exist is left out without a word."""
        wanted = asked["issueIdsOrKeys"]
        if len(wanted) > 100:
            return self._no("At most 100 issues can be fetched.", 400)
        tickets = {t.id: t for name in wanted if (t := self.ticket(name)) is not None}
        log = "changelog" in asked.get("expand", [])
        rows = [self.issue(tickets[i], asked.get("fields") or self.known(), log=log) for i in sorted(tickets)]
        return Response({"issues": rows, "issueErrors": []})

    def _carried(self, ticket: Ticket) -> dict[str, Any]:
        """The first comments, and how many there are."""
        some = [self.comment(said) for said in ticket.comments[: self.carried]]
        return {"comments": some, "maxResults": self.carried, "total": len(ticket.comments), "startAt": 0}

    def _comments(self, ticket: Ticket, query: Mapping[str, str]) -> Response:
        """Fewer than asked: `maxResults` is a wish."""
        start, size = int(query.get("startAt", 0)), min(int(query.get("maxResults", 100)), 3)
        some = [self.comment(said) for said in ticket.comments[start : start + size]]
        return Response({"startAt": start, "maxResults": size, "total": len(ticket.comments), "comments": some})

    def _log(self, ticket: Ticket) -> dict[str, Any]:
        change = {"field": "resolution", "fieldtype": "jira", "from": None, "fromString": None, "toString": "Done"}
        some = (
            [{"id": "1", "created": self.when(ticket.updated), "items": [change]}] if ticket.state == "closed" else []
        )
        return {"startAt": 0, "maxResults": 40, "total": len(some), "histories": some}

    def _no(self, why: str, status: int) -> Response:
        return Response({"errorMessages": [why], "errors": {}}, status)


def searched(jql: str, tickets: Sequence[Ticket], zone: str, *, bounded: bool = True) -> Sequence[Ticket]:
    """The tickets that the JQL means to a user in `zone`; newest first unless it says otherwise. Raises `Refused`.

    `tickets` begin with the oldest change.
    """
    order = _ORDER.search(jql)
    where = jql[: order.start()] if order else jql
    if bounded and not where.strip():
        raise Refused(UNBOUNDED)
    for clause in where.split(" AND ") if where.strip() else ():
        tickets = _meant_by(clause, tickets, zone)
    if order is None:
        return sorted(tickets, key=lambda t: t.created, reverse=True)
    return tickets if order[1] == "updated" else sorted(tickets, key=lambda t: (t.created, t.id))


def _meant_by(clause: str, tickets: Sequence[Ticket], zone: str) -> Sequence[Ticket]:
    found = _CLAUSE.fullmatch(clause.strip())
    if found is None:
        raise Refused(f"Error in the JQL Query: {clause.strip()}")
    if found[1]:
        if found[2] != PROJECT:
            raise Refused(f"The value '{found[2]}' does not exist for the field 'project'.")
        return tickets
    since = _meant(found[4], zone)
    return changed_since(tickets, since) if found[3] == "updated" else [t for t in tickets if t.created >= since]


def _meant(value: str, zone: str) -> datetime:
    """A bare number is milliseconds; what stands in quotes is the user's wall clock, to the minute."""
    if not value.startswith('"'):
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(value))
    try:
        return datetime.strptime(value.strip('"').replace("/", "-"), "%Y-%m-%d %H:%M").replace(tzinfo=ZoneInfo(zone))
    except ValueError:
        raise Refused(f"Date value {value} is invalid. Valid formats include: 'yyyy/MM/dd HH:mm'.") from None


def _lines(body: str) -> list[dict[str, Any]]:
    """A run of text for each line, and what breaks them."""
    runs: list[dict[str, Any]] = []
    for line in body.split("\n"):
        runs += [{"type": "hardBreak"}] if runs else []
        runs += [{"type": "text", "text": line}] if line else []
    return runs
