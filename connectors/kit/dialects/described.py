"""A fake made from the description of a desk, as unkind as the description allows.

It hides closed, old and archived tickets and forgets the order unless every parameter of the description is sent; pages
end at the window that is described; moments are taken exactly as inclusive and as exact as the profile says. It cannot
know what a description leaves out: that the real desk answers so is for `leafnotes check` to find.
"""

import re
from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, ClassVar, Final, cast
from urllib.parse import urlencode

from connectors.description import ID, TOKEN, DescribedOptions, Paging, listed
from connectors.kit.dialect import Dialect, Request, Response, Row, number
from connectors.kit.world import Said, Ticket, changed_since

SAMPLE: Final[Mapping[str, Any]] = {
    "name": "sample",
    "kind": "rest",
    "base_url": "https://desk.acme.example/api",
    "token": "stands for a secret",
    "tickets": {
        "path": "/tickets",
        "params": {"state": "all", "order": "changed_at"},
        "since": {"param": "changed_since"},
        "items": "tickets",
        "page": {"by": "number", "param": "page", "size_param": "per_page", "more": "more"},
    },
    "profile": {"page_size": 50, "window": 10_000},
    "fields": {
        "external_id": "id",
        "title": "title",
        "body": "body",
        "created_at": "created_at",
        "updated_at": "changed_at",
        "state": "state",
        "author": "author.name",
        "account": "company",
        "labels": "labels",
        "priority": "priority",
        "url": "url",
    },
    "closed": ["closed", "solved"],
    "deleted": ["deleted"],
    "author_role": "customer",
    "markup": "html",
    "remarks": {
        "path": "/tickets/{external_id}/comments",
        "items": "comments",
        "fields": {
            "external_id": "id",
            "body": "body",
            "author": "author",
            "created_at": "written_at",
            "private": "internal",
        },
    },
}
SIZE: Final = 5
"""Items a page, which the kit asks for."""
SHOWN: Final = timedelta(days=30)
"""How far back the list goes where it is not asked as described."""
POSITION: Final = "kit_position"


class DescribedDialect(Dialect):
    described: ClassVar[DescribedOptions] = DescribedOptions.model_validate(SAMPLE)
    without: ClassVar[Mapping[str, str]] = {
        "K6": "pages are counted and are asked anew by time: there are no page tokens",
        "K14": "no webhooks are read from a desk that is described",
    }
    proved: ClassVar[str] = "only a fake made from its own description: run `leafnotes check` against the real desk"

    def options(self) -> Mapping[str, Any]:
        ours = {"name", "kind", "token", "base_url", "per_page", "ca_file", "insecure", "webhook_secrets"}
        told = self.described.model_dump(mode="json", exclude_unset=True, exclude=ours)
        token = {} if self.described.token is None else {"token": self.secret}
        return {**told, **token, "base_url": self.url, "per_page": min(SIZE, self.described.profile.page_size)}

    def accepts(self, request: Request) -> bool:
        auth = self.described.auth
        if self.described.token is None:
            return True
        if auth.basic is None:
            return request.headers.get(auth.header.lower()) == auth.value.replace(TOKEN, self.secret)
        kind, _, given = request.headers.get("authorization", "").partition(" ")
        pair = f"{auth.basic.user}:{auth.basic.password}".replace(TOKEN, self.secret)
        return kind == "Basic" and b64decode(given).decode() == pair

    def answer(self, request: Request) -> Response:
        tickets, remarks = self.described.tickets, self.described.remarks
        if self._is_deletions(request):
            return self._list(request, gone=True)
        if request.path == tickets.path:
            return self._list(request, gone=False)
        ticket = self.world.tickets.get(self.child_of(request) or _id_in(tickets.one, request.path) or 0)
        if ticket is None or ticket.deleted:
            return self.refusal(404)
        if remarks is None or self.child_of(request) is None:
            return Response(self._ticket(ticket))
        return self._paged(ticket.comments, self._said, request, remarks.page, remarks.items)

    def external_id(self, ticket: Ticket) -> str:
        return str(ticket.id)

    def is_list(self, request: Request) -> bool:
        return request.path == self.described.tickets.path and not self._is_deletions(request)

    def rows(self, response: Response) -> list[Any]:
        return listed(response.data, self.described.tickets.items) or []

    def child_of(self, request: Request) -> int | None:
        remarks = self.described.remarks
        return None if remarks is None else _id_in(remarks.path, request.path)

    def token_of(self, request: Request) -> str | None:
        page = self.described.tickets.page
        return request.query.get(_position_param(page)) if page.by in ("link", "next") else None

    def _is_deletions(self, request: Request) -> bool:
        gone = self.described.deletions
        if gone is None or request.path != (gone.path or self.described.tickets.path):
            return False
        return gone.path is not None or gone.params.items() <= request.query.items()

    def _list(self, request: Request, *, gone: bool) -> Response:
        tickets, apart = self.described.tickets, self.described.deletions
        wanted = {**tickets.params, **(apart.params if gone and apart else {})}
        since = self._since(request.query)
        unasked = tickets.since is not None and tickets.since.beginning is not None and since is None
        as_described = wanted.items() <= request.query.items() and not unasked
        recent = None if as_described else self.world.now - SHOWN
        rows = self._found(since, recent, gone=gone)
        window = self.described.profile.window
        deep = None if window is None else window // self.described.profile.page_size * SIZE
        key = (lambda t: t.id) if self.described.profile.order == "none" else None
        return self._paged(rows, self._ticket, request, tickets.page, tickets.items, key, deep)

    def _found(self, since: datetime | None, recent: datetime | None, *, gone: bool) -> Sequence[Ticket]:
        """All that the list holds; what is open and changed after `recent`, where it is not asked as described."""
        rows = self.world.kept(gone, lambda: self.world.listed(lambda t: self._is_in(t, gone=gone)))
        if since is not None:
            rows = changed_since(rows, since if self.described.profile.inclusive else since + self.world.tick)
        if recent is not None:
            shown = (t for t in rows if t.state == "open" and t.updated >= recent and not (t.archived or t.deleted))
            return sorted(shown, key=lambda t: t.created, reverse=True)
        if self.described.profile.order == "none":
            return sorted(rows, key=lambda t: t.id)
        return rows

    def _is_in(self, ticket: Ticket, *, gone: bool) -> bool:
        if not ticket.deleted:
            return not gone
        marked = self.described.deleted or self.described.fields.deleted
        return gone or (bool(marked) and self.described.tombstones == "listed" and self.described.deletions is None)

    def _since(self, query: Mapping[str, str]) -> datetime | None:
        since = self.described.tickets.since
        return since.read(query[since.param]) if since is not None and since.param in query else None

    def _paged(
        self,
        rows: Sequence[Row],
        shown: Callable[[Row], Any],
        request: Request,
        page: Paging,
        items: str | None,
        key: Callable[[Row], int] | None = None,
        deep: int | None = None,
    ) -> Response:
        """One page. `key` is what tokens go on from, where pages may not shift; `deep` is where the desk refuses."""
        query = request.query
        if page.by == "none":
            return Response(_enclosed({}, items, [shown(row) for row in rows]))
        cap = self.described.profile.page_size
        size = min(int(query.get(page.size_param, max(1, cap // 2))), cap) if page.size_param else min(SIZE, cap)
        begin = _begin(query, page, size, rows, key)
        if begin is None or (deep is not None and begin + size > deep and self.described.profile.order == "asc"):
            return self.refusal(400)
        more = len(rows) > begin + size
        onward = str(begin + size) if key is None else f"after-{key(rows[begin + size - 1])}" if more else ""
        address = f"{self.url}{request.path}?{urlencode({**query, _position_param(page): onward})}"
        body: dict[str, Any] = {}
        if page.more:
            _put(body, page.more, more)
        if page.total:
            _put(body, page.total, len(rows))
        if page.next:
            _put(body, page.next, (onward if page.param else address) if more else None)
        link = {"Link": f'<{address}>; rel="next"'} if page.by == "link" and more else {}
        return Response(_enclosed(body, items, [shown(row) for row in rows[begin : begin + size]]), headers=link)

    def _ticket(self, ticket: Ticket) -> dict[str, Any]:
        told, state = self.described, ticket.state
        roles = [value for values in told.roles.values() for value in values]
        if ticket.deleted:
            state = told.deleted[0] if told.deleted else state
        elif state == "closed":
            state = told.closed[0] if told.closed else state
        values = {
            "external_id": ticket.id,
            "title": ticket.title,
            "created_at": self._stamp(ticket.created),
            "updated_at": self._stamp(ticket.updated),
            "state": state,
            "deleted": ticket.deleted,
            "body": self._marked_up(ticket.body),
            "closed_at": self._stamp(ticket.updated) if ticket.state == "closed" else None,
            "author": ticket.author,
            "role": roles[0] if roles else None,
            "account": "Fernhill",
            "labels": list(ticket.labels),
            "url": f"{self.url}/t/{ticket.id}",
        }
        row: dict[str, Any] = {}
        _put(row, told.cursor, self._stamp(ticket.updated))
        for name, path in told.fields:
            if path is not None and ID not in path:
                _put(row, path, values.get(name, "normal"))
        if told.remarks is not None and told.remarks.inside is not None:
            _put(row, told.remarks.inside, [self._said(said) for said in ticket.comments])
        return row

    def _said(self, said: Said) -> dict[str, Any]:
        values = {
            "external_id": said.id,
            "body": self._marked_up(said.body),
            "created_at": self._stamp(said.at),
            "author": said.author,
            "private": said.private,
            "public": not said.private,
        }
        entry: dict[str, Any] = {}
        for name, path in self.described.remarks.fields if self.described.remarks else ():
            if path is not None:
                _put(entry, path, values.get(name))
        return entry

    def _marked_up(self, body: str) -> str:
        return f"<p>{body}</p>" if self.described.markup == "html" else body

    def _stamp(self, at: datetime) -> Any:
        since = self.described.tickets.since
        if since is not None and since.format in ("epoch", "epoch_ms"):
            return int(since.written(at, self.world.tick))
        fine = "milliseconds" if self.world.tick % timedelta(seconds=1) else "seconds"
        return at.isoformat(timespec=fine).replace("+00:00", "Z")


def dialect_for(options: DescribedOptions) -> type[DescribedDialect]:
    """The fake of the desk that an operator described."""
    without = {name: why for name, why in DescribedDialect.without.items() if name != "K6"}
    if options.tickets.page.by not in ("link", "next"):
        without["K6"] = DescribedDialect.without["K6"]
    if options.token is None:
        without["K13"] = "the desk is read without a token"
    if options.tickets.page.by == "none":
        without["K5"] = "one answer holds the whole list, so that no trouble can come in the middle of it"
    if not options.tickets.params:
        without["archive"] = "no parameter is described that would show archived tickets"
    made = type("DescribedDialect", (DescribedDialect,), {"described": options, "without": without})
    return cast(type[DescribedDialect], made)


def _begin(
    query: Mapping[str, str], page: Paging, size: int, rows: Sequence[Row], key: Callable[[Row], int] | None
) -> int | None:
    """How many rows come before the page that is asked for; None where the question makes no sense."""
    if page.by == "number":
        return (int(query.get(page.param or "", page.first)) - page.first) * size
    if page.by == "offset":
        return int(query.get(page.param or "", 0))
    position = query.get(_position_param(page), "0")
    if position.startswith("after-") and key is not None:
        last = number(position.removeprefix("after-"))
        return sum(key(row) <= last for row in rows)
    return int(position) if position.isdigit() else None


def _position_param(page: Paging) -> str:
    return page.param or POSITION


def _id_in(template: str | None, path: str) -> int | None:
    """The ticket that a path is about, by the template of its description."""
    if template is None:
        return None
    found = re.fullmatch(re.escape(template).replace(re.escape(ID), "([0-9]{1,17})"), path)
    return int(found[1]) if found else None


def _enclosed(body: dict[str, Any], items: str | None, rows: list[Any]) -> Any:
    if items is None:
        return rows
    _put(body, items, rows)
    return body


def _put(row: Any, path: str, value: Any) -> None:
    """Make a value lie at a dotted way, unless something lies there already."""
    steps = path.split(".")
    for step, following in pairwise(steps):
        row = _entered(row, step, [] if following.isdigit() else {})
    _entered(row, steps[-1], value)


def _entered(row: Any, step: str, otherwise: Any) -> Any:
    if isinstance(row, dict):
        return row.setdefault(step, otherwise)
    if isinstance(row, list) and step.isdigit():
        row.extend({} for _ in range(int(step) - len(row)))
        if len(row) == int(step):
            row.append(otherwise)
        return row[int(step)]
    return None
