"""Linear's GraphQL API as the kit speaks it: newest change first, archived hidden unless asked, refusals by code.

Queries are not executed: what matters of one is read off its text, and answers hold every field that a query may name.
"""

import hmac
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, ClassVar

from connectors.kit.dialect import Dialect, Request, Response
from connectors.kit.world import Said, Ticket

CODES = {400: "INPUT_ERROR", 401: "AUTHENTICATION_ERROR", 403: "FORBIDDEN"}
TEAM = "ENG"
MOST = 250


class LinearDialect(Dialect):
    without: ClassVar[Mapping[str, str]] = {"internal": "comments have no internal notes"}
    signs_time: ClassVar[bool] = True
    proved: ClassVar[str] = "queries and the kit's answers checked against Linear's own schema; not a running Linear"

    def options(self) -> Mapping[str, Any]:
        return {"base_url": self.url, "token": self.secret, "per_page": 5}

    def accepts(self, request: Request) -> bool:
        return request.headers.get("authorization") == f"Bearer {self.secret}"

    def answer(self, request: Request) -> Response:
        if request.path != "/graphql" or request.method != "POST":
            return Response(status=404)
        query, variables = str(request.json["query"]), request.json.get("variables") or {}
        if "viewer" in query:
            return Response({"data": {"viewer": {"displayName": "kit"}, "teams": {"nodes": [{"key": TEAM}]}}})
        asked = re.search(r"(?:(\w+): )?(issues|comments)\(", query)
        if asked is None:
            return self.refusal(400)
        everything = self._issues() if asked[2] == "issues" else self._comments()
        return self._page(asked[1] or asked[2], everything, query, variables)

    def refusal(self, status: int) -> Response:
        code = CODES.get(status, "INTERNAL_SERVER_ERROR")
        said = {"message": f"kit says {status}", "extensions": {"code": code, "type": code.casefold()}}
        return Response({"errors": [said]}, status)

    def external_id(self, ticket: Ticket) -> str:
        return _id(ticket.id)

    def is_list(self, request: Request) -> bool:
        return request.path == "/graphql" and "issues(" in str(request.json.get("query"))

    def token_of(self, request: Request) -> str | None:
        return (request.json.get("variables") or {}).get("after") if self.is_list(request) else None

    def rows(self, response: Response) -> list[Any]:
        found = response.data["data"]["page"]["nodes"] if "data" in response.data else []
        return found if isinstance(found, list) else []

    def webhook(self, ticket: Ticket, secret: str, delivery: str) -> tuple[Mapping[str, str], bytes]:
        sent = int(self.world.now.timestamp() * 1000)
        told = {"action": "update", "type": "Issue", "data": {"id": _id(ticket.id)}, "webhookTimestamp": sent}
        body = json.dumps(told).encode()
        signed = hmac.new(secret.encode(), body, sha256).hexdigest()
        return {"linear-signature": signed, "linear-delivery": delivery, "linear-event": "Issue"}, body

    def _page(self, name: str, nodes: Sequence[dict[str, Any]], query: str, variables: Mapping[str, Any]) -> Response:
        by = "updatedAt" if "orderBy: updatedAt" in query else "createdAt"
        archived = "includeArchived: true" in query
        first = min(variables.get("first") or 50, MOST)
        try:
            found = [node for node in nodes if _matches(node, variables.get("filter") or {})]
        except KeyError:
            return self.refusal(400)
        found = [node for node in found if archived or node.get("archivedAt") is None]
        found.sort(key=lambda node: (node[by], node["id"]), reverse=True)
        after = variables.get("after")
        if after is not None:
            # A token is the id of the item before; where that stands now is where the page begins.
            before = next((node for node in nodes if node["id"] == after), None)
            if before is None:
                return self.refusal(400)
            found = [node for node in found if (node[by], node["id"]) < (before[by], before["id"])]
        page = found[:first]
        info = {"hasNextPage": len(found) > first, "endCursor": page[-1]["id"] if page else None}
        return Response({"data": {name: {"nodes": page, "pageInfo": info}}})

    def _issues(self) -> list[dict[str, Any]]:
        return [self._issue(ticket) for ticket in self.world.listed()]

    def _comments(self) -> list[dict[str, Any]]:
        return [self._comment(ticket, said) for ticket in self.world.listed() for said in ticket.comments]

    def _issue(self, ticket: Ticket) -> dict[str, Any]:
        done = ticket.state == "closed"
        hidden = ticket.archived or ticket.deleted
        return {
            "id": _id(ticket.id),
            "identifier": f"{TEAM}-{ticket.id}",
            "title": ticket.title,
            "description": ticket.body,
            "url": f"https://linear.app/fernhill/issue/{TEAM}-{ticket.id}",
            "priorityLabel": "No priority",
            "trashed": True if ticket.deleted else None,
            "createdAt": _iso(ticket.created),
            "updatedAt": _iso(ticket.updated),
            "completedAt": _iso(ticket.updated) if done else None,
            "canceledAt": None,
            "archivedAt": _iso(ticket.updated) if hidden else None,
            "state": {"name": "Done", "type": "completed"} if done else {"name": "Todo", "type": "unstarted"},
            "team": {"key": TEAM, "private": False},
            "project": None,
            "labels": {"nodes": [{"name": name} for name in ticket.labels]},
            "needs": {"nodes": []},
            "creator": {"displayName": ticket.author, "app": False, "guest": False},
            "externalUserCreator": None,
            "botActor": None,
        }

    def _comment(self, ticket: Ticket, said: Said) -> dict[str, Any]:
        return {
            "id": _id(said.id),
            "issueId": _id(ticket.id),
            "body": said.body,
            "createdAt": _iso(said.at),
            "updatedAt": _iso(said.at),
            "user": {"displayName": said.author, "app": False, "guest": False},
            "externalUser": None,
            "botActor": None,
        }


def _matches(node: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Whether a node passes a filter. Raises `KeyError` for one that this fake does not know."""
    return all(_passes(node, name, condition) for name, condition in wanted.items())


def _passes(node: Mapping[str, Any], name: str, condition: Any) -> bool:
    if name in ("and", "or"):
        passed = [_matches(node, one) for one in condition]
        return all(passed) if name == "and" else any(passed)
    if name in ("updatedAt", "createdAt", "archivedAt"):
        value = node[name]
        return value is not None and datetime.fromisoformat(value) >= datetime.fromisoformat(condition["gte"])
    if name == "team":
        return node["team"]["key"] in condition["key"]["in"]
    if name == "issue":
        return _matches({"team": {"key": TEAM}}, condition)
    raise KeyError(name)


def _id(number: int) -> str:
    return f"5e1f0000-0000-4000-8000-{number:012d}"


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
