"""GitLab's REST API v4 as the kit speaks it: milliseconds, archived projects hidden in groups, 500 pages at most."""

import hmac
import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, ClassVar
from urllib.parse import urlencode

from connectors.kit.dialect import Dialect, Request, Response, number, page_of
from connectors.kit.world import Said, Ticket, changed_since

GROUP, PROJECT, ATTIC = "fernhill", 42, 43
"""The group, its project, and another one that is archived."""
PATHS = {PROJECT: "fernhill/billing", ATTIC: "fernhill/attic"}
DEEPEST = 500
"""The last page that is given: 50,000 items in pages of a hundred."""
TOO_DEEP = "Offset pagination has a maximum allowed offset of 50000 for requests that return objects of type Issue."
SYSTEM = 900_000


class GitLabDialect(Dialect):
    without: ClassVar[Mapping[str, str]] = {"K6": "lists of issues have page numbers and are asked anew by time"}
    signs_time: ClassVar[bool] = True
    proved: ClassVar[str] = "response fixtures of the GitLab gem; not a running GitLab"

    def options(self) -> Mapping[str, Any]:
        return {"base_url": self.url, "token": self.secret, "groups": [GROUP], "per_page": 5}

    def accepts(self, request: Request) -> bool:
        given = request.headers.get("private-token") or request.headers.get("authorization", "")
        return given.removeprefix("Bearer ") == self.secret

    def answer(self, request: Request) -> Response:
        parts = request.path.removeprefix("/api/v4/").split("/")
        match parts:
            case ["groups", group, "issues"] if group == GROUP:
                return self._issues(request, None)
            case ["groups", group] if group == GROUP:
                return Response({"id": 7, "full_path": GROUP})
            case ["groups", group, "projects"] if group == GROUP:
                return Response([self._project(key) for key in PATHS])
            case ["projects", name] if self._project_of(name):
                return Response(self._project(self._project_of(name)))
            case ["projects", name, "issues"] if self._project_of(name):
                return self._issues(request, self._project_of(name))
            case ["projects", name, "issues", iid, *rest] if self._project_of(name):
                return self._one(self._project_of(name), number(iid), rest)
            case ["personal_access_tokens", "self"]:
                return Response({"id": 1, "scopes": ["read_api"], "expires_at": "2099-01-01"})
        return self.refusal(404)

    def refusal(self, status: int) -> Response:
        words = {401: "401 Unauthorized", 404: "404 Not found", 403: "403 Forbidden"}
        return Response({"message": words.get(status, f"{status} kit says")}, status)

    def external_id(self, ticket: Ticket) -> str:
        return f"{_home(ticket)}#{ticket.id}"

    def is_list(self, request: Request) -> bool:
        return request.path.endswith("/issues")

    def child_of(self, request: Request) -> int | None:
        parts = request.path.split("/")
        return number(parts[-2]) if parts[-1] == "notes" else None

    def hook_secret(self, name: str) -> str:
        return "whsec_" + b64encode(sha256(name.encode()).digest()).decode()

    def webhook(self, ticket: Ticket, secret: str, delivery: str) -> tuple[Mapping[str, str], bytes]:
        body = json.dumps({"object_kind": "issue", "object_attributes": {"iid": ticket.id}}).encode()
        stamp = str(int(self.world.now.timestamp()))
        content = f"{delivery}.{stamp}.".encode() + body
        signed = hmac.new(b64decode(secret.removeprefix("whsec_")), content, sha256).digest()
        return {
            "x-gitlab-event": "Issue Hook",
            "idempotency-key": delivery,
            "webhook-id": delivery,
            "webhook-timestamp": stamp,
            "webhook-signature": f"v1,{b64encode(signed).decode()}",
        }, body

    def _project_of(self, name: str) -> int:
        by_path = {path.replace("/", "%2F"): key for key, path in PATHS.items()}
        return by_path.get(name) or (number(name) if number(name) in PATHS else 0)

    def _project(self, key: int) -> dict[str, Any]:
        archived = key == ATTIC
        return {"id": key, "path_with_namespace": PATHS[key], "archived": archived, "issues_access_level": "enabled"}

    def _issues(self, request: Request, project: int | None) -> Response:
        query = request.query
        page, size = max(1, number(query.get("page", "1"))), min(number(query.get("per_page", "20")) or 20, 100)
        if page > DEEPEST:
            return Response({"error": TOO_DEEP}, 405)
        since = query.get("updated_after")
        asked = datetime.fromisoformat(since) if since else None
        attic = query.get("non_archived") == "false"
        state = {"opened": "open"}.get(query.get("state", "all"), query.get("state", "all"))
        mine = query.get("scope") not in ("all", None) or (query.get("scope") is None and project is None)
        rows = self.world.kept(
            (mine, state, attic, project),
            lambda: self.world.listed(
                lambda t: (
                    not t.deleted
                    and not mine
                    and state in ("all", t.state)
                    and (attic or not t.archived if project is None else project == _home(t))
                )
            ),
        )
        if asked is not None:
            rows = changed_since(rows, asked)
        if query.get("order_by") != "updated_at":
            rows = sorted(rows, key=lambda t: (t.created, t.id))
        if query.get("sort") != "asc":
            rows = rows[::-1]
        following = urlencode({**query, "page": page + 1})
        more = len(rows) > page * size
        link = {"Link": f'<{self.url}{request.path}?{following}>; rel="next"'} if more else {}
        return Response([self._issue(ticket) for ticket in page_of(rows, page, size)], headers=link)

    def _one(self, project: int, iid: int, rest: list[str]) -> Response:
        ticket = self.world.tickets.get(iid)
        if ticket is None or ticket.deleted or _home(ticket) != project:
            return self.refusal(404)
        if not rest:
            return Response(self._issue(ticket))
        if rest != ["notes"]:
            return self.refusal(404)
        noted = {"id": SYSTEM + ticket.id, "body": "changed the description", "system": True}
        noted |= {"author": {"username": "kim"}, "created_at": _iso(ticket.created)}
        return Response([noted, *(self._note(said) for said in ticket.comments)])

    def _issue(self, ticket: Ticket) -> dict[str, Any]:
        done = ticket.state == "closed"
        path = PATHS[_home(ticket)]
        return {
            "id": 9000 + ticket.id,
            "iid": ticket.id,
            "project_id": _home(ticket),
            "title": ticket.title,
            "description": ticket.body,
            "state": "closed" if done else "opened",
            "labels": list(ticket.labels),
            "author": {"id": 5, "username": ticket.author, "name": "Kim"},
            "issue_type": "issue",
            "severity": "UNKNOWN",
            "confidential": False,
            "user_notes_count": len(ticket.comments),
            "web_url": f"https://gitlab.example/{path}/-/issues/{ticket.id}",
            "references": {"short": f"#{ticket.id}", "full": f"{path}#{ticket.id}"},
            "created_at": _iso(ticket.created),
            "updated_at": _iso(ticket.updated),
            "closed_at": _iso(ticket.updated) if done else None,
        }

    def _note(self, said: Said) -> dict[str, Any]:
        return {
            "id": said.id,
            "body": said.body,
            "author": {"id": 5, "username": said.author, "name": "Kim"},
            "system": False,
            "internal": said.private,
            "created_at": _iso(said.at),
        }


def _home(ticket: Ticket) -> int:
    """A ticket that is archived lies in an archived project."""
    return ATTIC if ticket.archived else PROJECT


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
