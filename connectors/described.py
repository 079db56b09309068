"""A desk that is described in sources.yaml instead of in Python: where its tickets are, how they are paged and named.

Whatever the description leaves open is read in the way that costs requests, never in the way that loses tickets: where
the answers do not say whether more follows, pages are asked for until one is empty. What a description gets wrong is
told by `check`, which looks at real answers, and by the kit, which makes a fake of the desk from the description.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar, Final, Literal, Self, cast

from connectors.base import BadItem, Raw, SourceError, SourceOptions, tags_for
from connectors.description import ID, TOKEN, DescribedOptions, Fields, Paging, listed, truth, way
from connectors.feed import Feed, Listing
from connectors.http import HttpError
from connectors.profile import SourceProfile
from connectors.rest import RestConnector, basic, clock, secret
from connectors.values import mapping, moment, names, objects, segment, text
from pipeline.clean import clean
from pipeline.issue import Comment, Event, Gone, Issue, Role

COMMENT_PAGES: Final = 100


class Described(RestConnector[DescribedOptions]):
    kind: ClassVar[str] = "rest"
    summary: ClassVar[str] = "tickets and comments of any desk with a REST API, described in sources.yaml"
    Options: ClassVar[type[SourceOptions]] = DescribedOptions
    dialect: ClassVar[str] = "connectors.kit.dialects.described:DescribedDialect"
    profile: ClassVar[SourceProfile] = SourceProfile(
        cursor="changed_at",
        page_size=50,
        window=10_000,
        widening={"state": "all: sent with every request", "order": "changed_at: sent with every request"},
        tombstones="listed",
    )

    @classmethod
    def of(cls, options: DescribedOptions) -> type[Self]:
        """The connector of one description, whose profile is what that promises."""
        return cast(type[Self], type(cls.__name__, (cls,), {"profile": options.promised(), "__doc__": cls.__doc__}))

    @classmethod
    def open(cls, options: DescribedOptions, base_dir: Path) -> Self:
        return cls.of(options)(options, cls.connect(options, base_dir))

    @classmethod
    def headers(cls, options: DescribedOptions) -> Mapping[str, str]:
        if options.token is None:
            return options.headers
        token, auth = secret(options.token), options.auth
        if auth.basic is None:
            return {**options.headers, auth.header: auth.value.replace(TOKEN, token)}
        user, password = (token if part == TOKEN else part for part in (auth.basic.user, auth.basic.password))
        return {**options.headers, **basic(user, password)}

    def feeds(self) -> Sequence[Feed]:
        tickets, gone = self.options.tickets, self.options.deletions
        lists: dict[str, tuple[str, Mapping[str, str]]] = {"tickets": (tickets.path, tickets.params)}
        if gone is not None:
            lists["deletions"] = (gone.path or tickets.path, {**tickets.params, **gone.params})
        return [
            Feed(
                name=name,
                profile=self.profile,
                read=partial(self._read, path, params),
                moment=lambda item: moment(way(item, self.options.cursor)),
                key=self._key,
            )
            for name, (path, params) in lists.items()
        ]

    def children(self, feed: str, item: Raw) -> Mapping[str, Any]:
        remarks = self.options.remarks
        if remarks is None or remarks.path is None or not self.options.comments:
            return {}
        if feed != "tickets" or self._is_deleted(item):
            return {}
        path = _filled(remarks.path, self._key(item))
        found, position = list[Any](), None
        for _ in range(COMMENT_PAGES):
            page = self._page(path, remarks.params, remarks.items, remarks.page, position)
            if page is None:
                # One odd answer concerns one ticket, as a refusal would: it is named, and the others go on.
                raise HttpError(f"{path} answered without a list{_where(remarks.items)}", status=502)
            found += page.items
            position = page.next
            if position is None:
                break
        return {"comments": [entry for entry in found if isinstance(entry, Mapping)]}

    def normalise(self, raw: Raw) -> Issue | Gone | None:
        item, fields = mapping(raw.get("item")), self.options.fields
        number, title = self._key(item), text(way(item, fields.title))
        created, updated = moment(way(item, fields.created_at)), moment(way(item, fields.updated_at))
        if number is None:
            raise BadItem(f"a ticket without an id at `{fields.external_id}`")
        if raw.get("in") == "deletions" or self._is_deleted(item):
            return Gone(external_id=number, at=updated or self.clock())
        if title is None or created is None:
            raise BadItem(f"ticket {number} lacks its title at `{fields.title}` or its time at `{fields.created_at}`")
        labels, priority = _labels(way(item, fields.labels)), _word(way(item, fields.priority))
        kind, closed = _word(way(item, fields.kind)), self._closed_at(item, updated or created)
        return Issue(
            source=self.options.name,
            external_id=number,
            title=clean(title, "plain"),
            body=clean(text(way(item, fields.body)) or "", self.options.markup),
            url=self._url(item, number),
            created_at=created,
            updated_at=updated or created,
            closed_at=closed,
            state="open" if closed is None else "closed",
            kind=kind,
            author=text(way(item, fields.author)),
            author_role=self._role(way(item, fields.role), self.options.author_role),
            account=text(way(item, fields.account)),
            labels=labels,
            project=text(way(item, fields.project)),
            component=text(way(item, fields.component)),
            group=text(way(item, fields.group)),
            priority=priority,
            tags=tags_for(self.options, [*labels, priority, kind]),
            comments=tuple(self._comments(raw, item)),
            history=(Event(at=created, what="created"), *([Event(at=closed, what="closed")] if closed else [])),
        )

    def known_as(self, raw: Raw) -> str | None:
        return self._key(raw.get("item"))

    def check(self) -> list[str]:
        """Whether the desk answers as it is described: its fields, order, pages, filter and comments."""
        tickets, size = self.options.tickets, self.page_size
        answer = self.http.get(tickets.path, {**tickets.params, **self._since(None), **tickets.page.asked(size, {})})
        feed = self.feeds()[0]
        page = feed.read(None, None)
        found = clock(answer, self.options.name)
        found += _absent(self.options.fields, page.items)
        moments = [at for item in page.items if (at := feed.moment(item)) is not None]
        if self.profile.order == "asc" and any(a > b for a, b in pairwise(moments)):
            found.append(
                f"tickets do not come with the oldest change first, by `{self.options.cursor}`. "
                "Add the desk's parameter for the order to `tickets.params`, or write `order: none`."
            )
        if page.next is not None and [*map(feed.key, page.items)] == [*map(feed.key, feed.read(None, page.next).items)]:
            found.append("the second page is the first one again. Is `tickets.page` right?")
        return found + self._filter_problems(feed) + self._comment_problems(page.items)

    def census(self) -> Iterator[str] | None:
        if self.profile.tombstones != "census":
            return None
        feed = self.feeds()[0]
        walked = replace(feed, profile=replace(self.profile, order="none")).walk(None)
        found = (item for items, _ in walked for item in items if not self._is_deleted(mapping(item)))
        return (key for item in found if (key := self._key(item)) is not None)

    def probe(self, external_id: str) -> Literal["exists", "deleted", "transferred"] | None:
        one = self.options.tickets.one
        if one is None:
            return None
        answer = self.http.get(_filled(one, external_id), allow=(404, 410))
        return "deleted" if answer.status in (404, 410) or self._is_deleted(mapping(answer.data)) else "exists"

    def _read(self, path: str, params: Mapping[str, str], since: datetime | None, position: Any) -> Listing:
        tickets = self.options.tickets
        page = self._page(path, {**params, **self._since(since)}, tickets.items, tickets.page, position)
        if page is None:
            raise SourceError(
                f"{path} answered, and there is no list{_where(tickets.items)}. Is `tickets.items` right?",
                permanent=True,
            )
        return page

    def _since(self, moment: datetime | None) -> dict[str, str]:
        since = self.options.tickets.since
        asked = moment if since is None or moment is not None else since.beginning
        return {since.param: since.said(asked, self.profile.tick)} if since and asked else {}

    def _page(
        self, path: str, params: Mapping[str, str], items: str | None, page: Paging, position: Mapping[str, Any] | None
    ) -> Listing | None:
        """One page; None where the answer holds no list."""
        here = position or {}
        if "url" in here:
            answer = self.http.get(here["url"])
        else:
            answer = self.http.get(path, {**params, **page.asked(self.page_size, here)})
        found = [] if answer.status == 204 else listed(answer.data, items)
        if found is None:
            return None
        return Listing(found, page.following(answer, len(found), self.page_size, here))

    def _key(self, item: object) -> str | None:
        return text(way(item, self.options.fields.external_id))

    def _is_deleted(self, item: Raw) -> bool:
        fields = self.options.fields
        flag = way(item, fields.deleted)
        if flag is True or (isinstance(flag, str) and (flag.casefold() == "true" or moment(flag) is not None)):
            return True
        return _among(way(item, fields.state), self.options.deleted)

    def _closed_at(self, item: Raw, updated: datetime) -> datetime | None:
        if not _among(way(item, self.options.fields.state), self.options.closed):
            return None
        return moment(way(item, self.options.fields.closed_at)) or updated

    def _url(self, item: Raw, number: str) -> str | None:
        written = self.options.fields.url
        url = _filled(written, number) if written and ID in written else text(way(item, written))
        return url if url and url.startswith(("https://", "http://")) else None

    def _role(self, value: object, otherwise: Role) -> Role:
        return next((role for role, values in self.options.roles.items() if _among(value, values)), otherwise)

    def _comments(self, raw: Raw, item: Raw) -> Iterator[Comment]:
        remarks = self.options.remarks
        if remarks is None or not self.options.comments:
            return
        fields = remarks.fields
        for entry in objects(way(item, remarks.inside) if remarks.inside else raw.get("comments")):
            number, created = text(way(entry, fields.external_id)), moment(way(entry, fields.created_at))
            body = clean(text(way(entry, fields.body)) or "", self.options.markup)
            if number is None or created is None or not body:
                continue
            internal = truth(way(entry, fields.private))
            yield Comment(
                external_id=number,
                author=text(way(entry, fields.author)),
                author_role=self._role(way(entry, fields.role), "unknown"),
                body=body,
                created_at=created,
                private=internal or (fields.public is not None and not truth(way(entry, fields.public))),
            )

    def _filter_problems(self, feed: Feed) -> list[str]:
        since = self.options.tickets.since
        if since is None:
            return ["`tickets.since` is not described, so that the whole list is read at each poll."]
        if not feed.read(self.clock() + timedelta(days=1), None).items:
            return []
        return [
            f"`{since.param}` is not heeded: asked for what changes after tomorrow, the desk gives tickets. "
            "Is `tickets.since` right?"
        ]

    def _comment_problems(self, items: Sequence[Any]) -> list[str]:
        known = [item for item in items if self._key(item) is not None and not self._is_deleted(mapping(item))]
        try:
            for item in known[:1]:
                self.children("tickets", item)
        except HttpError as error:
            return [f"the comments of one ticket cannot be read: {error} Is `remarks` right?"]
        return []


def _absent(fields: Fields, items: Sequence[Any]) -> list[str]:
    """A problem for each way that leads nowhere in any of some tickets."""
    ways = {name: str(path) for name, path in fields if path is not None and ID not in path and name != "deleted"}
    there = sorted({key for item in items for key in mapping(item)})[:40]
    return [
        f"`fields.{name}`: none of {len(items)} tickets has anything at `{path}`; their keys are {', '.join(there)}"
        for name, path in ways.items()
        if items and all(way(item, path) in (None, "", []) for item in items)
    ]


def _filled(template: str, number: str | None) -> str:
    return template.replace(ID, segment(number))


def _where(items: str | None) -> str:
    return f" at `{items}`" if items else ", but something else"


def _word(value: object) -> str | None:
    """Text, a number or a truth as people write it in a list of values."""
    return str(value).lower() if isinstance(value, bool) else text(value)


def _among(value: object, values: Sequence[str]) -> bool:
    word = _word(value)
    return word is not None and word.casefold() in {one.casefold() for one in values}


def _labels(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return names([name.strip() for name in value.split(",")])
    return names(value)
