"""GitHub's REST API as the kit speaks it: open issues only unless asked, pull requests among them, no deep pages."""

import hmac
import json
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from hashlib import sha256
from operator import attrgetter, itemgetter
from typing import Any, ClassVar, NamedTuple
from urllib.parse import urlencode

from connectors.kit.dialect import Dialect, Request, Response, number, page_of
from connectors.kit.world import Said, Ticket

REPO = "fernhill/billing"
ELSEWHERE = "/repositories/4711"
"""Where GitHub's own links lead."""
DEEPEST = 400
"""The last page that is given: 40,000 items in pages of a hundred."""
TOO_DEEP = "Pagination with the page parameter is not supported for large datasets, please use cursor based pagination"
PULLS = 1_000_000
"""Pull requests have numbers of their own here, above those of the tickets."""


class Listed(NamedTuple):
    """A row of a list, made to be seen only where its page is asked for."""

    id: int
    created: datetime
    updated: datetime
    shown: Callable[[], dict[str, Any]]


BY_CHANGE, BY_BIRTH = itemgetter(2, 0), itemgetter(1, 0)


class GitHubDialect(Dialect):
    without: ClassVar[Mapping[str, str]] = {
        "K6": "lists are asked anew by time; the links of one second hold page numbers, no tokens",
        "archive": "issues are not archived one by one",
        "internal": "issues have no internal notes",
    }
    proved: ClassVar[str] = (
        "recorded traffic of a repository and the recorded webhooks of octokit; requests checked against GitHub's own "
        "API description 1.1.4"
    )

    def options(self) -> Mapping[str, Any]:
        return {"base_url": self.url, "token": self.secret, "repos": [REPO], "per_page": 5}

    def accepts(self, request: Request) -> bool:
        return request.headers.get("authorization") == f"Bearer {self.secret}"

    def answer(self, request: Request) -> Response:
        path = request.path.removeprefix(f"/repos/{REPO}").removeprefix(ELSEWHERE)
        if path == request.path:
            return self.refusal(404)
        if path == "":
            return Response({"id": 4711, "full_name": REPO, "has_issues": True})
        if path == "/issues":
            state, by = request.query.get("state", "open"), _order(request.query)
            rows = self.world.kept((state, by), lambda: sorted(self._issues(state), key=by))
            return self._listed(path, request.query, rows)
        if path == "/issues/comments":
            return self._listed(path, request.query, sorted(self._comments(), key=_order(request.query)))
        ticket = self.world.tickets.get(number(path.removeprefix("/issues/")))
        if ticket is None:
            return self.refusal(404)
        return self.refusal(410) if ticket.deleted else Response(self._issue(ticket))

    def refusal(self, status: int) -> Response:
        words = {401: "Bad credentials", 404: "Not Found", 410: "This issue was deleted"}
        said = {"message": words.get(status, f"kit says {status}"), "documentation_url": "", "status": str(status)}
        return Response(said, status)

    def external_id(self, ticket: Ticket) -> str:
        return f"{REPO}#{ticket.id}"

    def is_list(self, request: Request) -> bool:
        return request.path.endswith("/issues")

    def webhook(self, ticket: Ticket, secret: str, delivery: str) -> tuple[Mapping[str, str], bytes]:
        body = json.dumps({"action": "edited", "issue": self._issue(ticket)}).encode()
        signed = hmac.new(secret.encode(), body, sha256).hexdigest()
        return {"x-hub-signature-256": f"sha256={signed}", "x-github-delivery": delivery}, body

    def _listed(self, path: str, query: Mapping[str, str], rows: Sequence[Listed]) -> Response:
        """A page of rows that begin with the oldest."""
        page, size = max(1, number(query.get("page", "1"))), min(number(query.get("per_page", "30")) or 30, 100)
        if page > DEEPEST:
            return Response({"message": TOO_DEEP, "status": "422"}, 422)
        since = query.get("since")
        if since:
            rows = _changed_since(rows, datetime.fromisoformat(since), in_order=_order(query) is BY_CHANGE)
        if query.get("direction") != "asc":
            rows = rows[::-1]
        following = urlencode({**query, "page": page + 1})
        link = {"Link": f'<{self.url}{ELSEWHERE}{path}?{following}>; rel="next"'} if len(rows) > page * size else {}
        return Response([row.shown() for row in page_of(rows, page, size)], headers=link)

    def _issues(self, state: str) -> Iterator[Listed]:
        for ticket in self.world.listed(lambda t: not t.deleted and state in ("all", t.state)):
            created, updated = _second(ticket.created), _second(ticket.updated)
            yield Listed(ticket.id, created, updated, partial(self._issue, ticket))
            if ticket.id % 2:  # it has a pull request beside it, which this list gives as an issue
                yield Listed(PULLS + ticket.id, created, updated, partial(self._pull, ticket))

    def _comments(self) -> Iterator[Listed]:
        for ticket in self.world.listed(lambda t: not t.deleted):
            for said in ticket.comments:
                yield Listed(said.id, _second(said.at), _second(said.at), partial(self._comment, ticket, said))

    def _issue(self, ticket: Ticket) -> dict[str, Any]:
        done = ticket.state == "closed"
        return {
            "id": 9000 + ticket.id,
            "number": ticket.id,
            "title": ticket.title,
            "body": ticket.body,
            "html_url": f"https://github.com/{REPO}/issues/{ticket.id}",
            "state": ticket.state,
            "state_reason": "completed" if done else None,
            "user": {"login": ticket.author, "type": "User"},
            "author_association": "MEMBER" if ticket.author_is_staff else "NONE",
            "labels": [{"name": name} for name in ticket.labels],
            "type": None,
            "created_at": _iso(ticket.created),
            "updated_at": _iso(ticket.updated),
            "closed_at": _iso(ticket.updated) if done else None,
        }

    def _pull(self, ticket: Ticket) -> dict[str, Any]:
        key = PULLS + ticket.id
        return {
            **self._issue(ticket),
            "id": 9000 + key,
            "number": key,
            "pull_request": {"url": f"{self.url}/pulls/{key}"},
        }

    def _comment(self, ticket: Ticket, said: Said) -> dict[str, Any]:
        return {
            "id": said.id,
            "body": said.body,
            "user": {"login": said.author, "type": "User"},
            "author_association": "NONE",
            "html_url": f"https://github.com/{REPO}/issues/{ticket.id}#issuecomment-{said.id}",
            "issue_url": f"{self.url}/repos/{REPO}/issues/{ticket.id}",
            "created_at": _iso(said.at),
            "updated_at": _iso(said.at),
        }


def _order(query: Mapping[str, str]) -> Callable[[Listed], Any]:
    return BY_CHANGE if query.get("sort") == "updated" else BY_BIRTH


def _changed_since(rows: Sequence[Listed], moment: datetime, *, in_order: bool) -> Sequence[Listed]:
    if in_order:
        return rows[bisect_left(rows, moment, key=attrgetter("updated")) :]
    return [row for row in rows if row.updated >= moment]


def _second(at: datetime) -> datetime:
    """GitHub knows nothing finer."""
    return at.replace(microsecond=0)


def _iso(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
