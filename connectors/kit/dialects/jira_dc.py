"""Jira Data Center as the kit speaks it: offsets that end at a window, wiki text, people with names, and a server that
gives fewer rows than asked."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

from connectors.kit.dialect import Request, Response
from connectors.kit.dialects.jira_cloud import JiraCloudDialect, Refused, searched
from connectors.kit.world import Said, Ticket

WINDOW: Final = 500
"""Where offsets end: 10,000 at a hundred a page, brought down to the kit's pages of five."""


class JiraDataCenterDialect(JiraCloudDialect):
    without: ClassVar[Mapping[str, str]] = {
        "K6": "pages are offsets and are asked anew by time: there are no page tokens",
        "archive": "archived issues leave every search",
    }
    proved: ClassVar[str] = "recorded answers of Jira Server"

    def options(self) -> Mapping[str, Any]:
        return {"base_url": self.url, "token": self.secret, "projects": ["KIT"], "per_page": 5, "service_desk": False}

    def accepts(self, request: Request) -> bool:
        return request.headers.get("authorization") == f"Bearer {self.secret}"

    def answer(self, request: Request) -> Response:
        if request.path == "/rest/api/2/serverInfo":
            return Response({"baseUrl": self.url, "version": "9.12.0", "deploymentType": "Server"})
        if request.path == "/rest/api/2/search":
            return self._offsets(request.query)
        asked = self.child_of(request)
        if asked is not None and request.path.startswith("/rest/servicedeskapi/"):
            return self._request_comments(asked, request.query)
        if request.path.startswith("/rest/api/2/"):
            return self.shared(request, version=2)
        return Response({"message": "null for uri", "status-code": 404}, 404)

    def is_list(self, request: Request) -> bool:
        return request.path == "/rest/api/2/search"

    def token_of(self, request: Request) -> str | None:
        return None

    def found(self, jql: str) -> Sequence[Ticket]:
        return searched(jql, self.searchable(), self.world.zone, bounded=False)

    def person(self, name: str) -> dict[str, Any]:
        return {"name": name, "key": f"JIRAUSER{len(name)}", "displayName": name.title(), "active": True}

    def written(self, body: str) -> Any:
        return body

    def comment(self, said: Said) -> dict[str, Any]:
        """Without a service project, what is not for everybody is limited to a role."""
        told = {name: value for name, value in super().comment(said).items() if name != "jsdPublic"}
        limited = said.private and self.project_type != "service_desk"
        return told | ({"visibility": {"type": "role", "value": "Developers"}} if limited else {})

    def _carried(self, ticket: Ticket) -> dict[str, Any]:
        """All of them, always."""
        every = [self.comment(said) for said in ticket.comments]
        return {"comments": every, "maxResults": len(every), "total": len(every), "startAt": 0}

    def _request_comments(self, asked: int, query: Mapping[str, str]) -> Response:
        """What a service project says of the comments on a request, a few at a time."""
        ticket = self.world.tickets.get(asked)
        if ticket is None or self.project_type != "service_desk":
            return Response({"errorMessage": "The request does not exist."}, 404)
        start, size = int(query.get("start", 0)), min(int(query.get("limit", 50)), 3)
        some = ticket.comments[start : start + size]
        last = start + size >= len(ticket.comments)
        values = [{"id": str(said.id), "body": said.body, "public": not said.private} for said in some]
        return Response({"start": start, "limit": size, "size": len(some), "isLastPage": last, "values": values})

    def _offsets(self, query: Mapping[str, str]) -> Response:
        start, size = int(query.get("startAt", 0)), min(int(query.get("maxResults", 50)), 1000)
        if start + size > WINDOW:
            said = f"Search limit exceeded. It requests {start + size} results, more than the limit of {WINDOW}."
            return Response({"errorMessages": [said], "errors": {}}, 500)
        try:
            found = self.found(query.get("jql", ""))
        except Refused as why:
            return Response({"errorMessages": [str(why)], "errors": {}}, 400)
        names = [name for name in query.get("fields", "").split(",") if name] or self.known()
        log = "changelog" in query.get("expand", "")
        rows = [self.issue(ticket, names, log=log) for ticket in found[start : start + size]]
        return Response({"startAt": start, "maxResults": size, "total": len(found), "issues": rows})
