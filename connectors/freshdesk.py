"""Freshdesk: the tickets of a support desk, and the conversations on them.

Without `updated_since` the list shows thirty days only, so it is always sent. No list goes beyond its 300th page; the
feed asks anew by time long before that. Deleted tickets have a list of their own.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property, partial
from typing import Any, ClassVar, Final

from connectors.base import BadItem, Raw, SourceOptions, tags_for
from connectors.feed import Feed, Listing
from connectors.profile import SourceProfile
from connectors.rest import RestConnector, RestOptions, basic, clock, rows, secret
from connectors.values import mapping, moment, names, objects, segment, text, whole
from pipeline.clean import clean
from pipeline.issue import Comment, Event, Gone, Issue, Role

BEGINNING: Final = datetime(2000, 1, 1, tzinfo=UTC)
CLOSED: Final = frozenset({4, 5})
"""Resolved and closed; 2 is open, 3 pending, and from 6 on they are the desk's own."""
PRIORITY: Final = {1: "low", 2: "medium", 3: "high", 4: "urgent"}
LISTS: Final[Mapping[str, Mapping[str, str]]] = {"tickets": {}, "deleted": {"filter": "deleted"}}


class FreshdeskOptions(RestOptions):
    pass


class Freshdesk(RestConnector[FreshdeskOptions]):
    kind: ClassVar[str] = "freshdesk"
    summary: ClassVar[str] = "tickets and conversations of a Freshdesk"
    Options: ClassVar[type[SourceOptions]] = FreshdeskOptions
    dialect: ClassVar[str] = "connectors.kit.dialects.freshdesk:FreshdeskDialect"
    profile: ClassVar[SourceProfile] = SourceProfile(
        cursor="updated_at",
        page_size=100,
        window=30_000,
        widening={"updated_since": "without it the list shows the last 30 days"},
        tombstones="listed",
        redact=("phone", "mobile", "twitter_id", "attachments"),
    )

    @classmethod
    def headers(cls, options: FreshdeskOptions) -> Mapping[str, str]:
        return basic(secret(options.token), "X")

    def feeds(self) -> Sequence[Feed]:
        return [self.feed(name, partial(self._read, filters), "updated_at") for name, filters in LISTS.items()]

    def children(self, feed: str, item: Raw) -> Mapping[str, Any]:
        group = self._groups.get(whole(item.get("group_id")) or 0)
        if feed != "tickets" or not self.options.comments:
            return {"group": group}
        path, found = f"/api/v2/tickets/{segment(item.get('id'))}/conversations", []
        answer = self.http.get(path, {"per_page": 100})
        while True:
            found += objects(answer.data)
            following = answer.link("next")
            if following is None:
                return {"comments": found, "group": group}
            answer = self.http.get(following)

    def normalise(self, raw: Raw) -> Issue | Gone | None:
        item = mapping(raw.get("item"))
        number, title = text(item.get("id")), text(item.get("subject"))
        created, updated = moment(item.get("created_at")), moment(item.get("updated_at"))
        if number is None:
            raise BadItem("a ticket without an id")
        if raw.get("in") == "deleted" or item.get("deleted") is True:
            return Gone(external_id=number, at=updated or self.clock())
        if title is None or created is None:
            raise BadItem(f"ticket {number} lacks its subject or created_at")
        labels = names(item.get("tags"))
        priority, kind = PRIORITY.get(whole(item.get("priority")) or 0), text(item.get("type"))
        closed = self._closed_at(item, updated or created)
        return Issue(
            source=self.options.name,
            external_id=number,
            title=clean(title, "plain"),
            body=clean(text(item.get("description")) or text(item.get("description_text")) or "", "html"),
            url=f"{self.options.base_url.rstrip('/')}/a/tickets/{number}",
            created_at=created,
            updated_at=updated or created,
            closed_at=closed,
            state="open" if closed is None else "closed",
            kind=kind,
            author=text(item.get("requester_id")),
            author_role="customer",
            account=text(item.get("company_id")) or text(item.get("requester_id")),
            labels=labels,
            project=text(item.get("product_id")),
            group=text(raw.get("group")) or text(item.get("group_id")),
            priority=priority,
            tags=tags_for(self.options, [*labels, priority, kind], item.get("custom_fields")),
            comments=tuple(self._comments(raw, item)),
            history=(Event(at=created, what="created"), *([Event(at=closed, what="closed")] if closed else [])),
        )

    def check(self) -> list[str]:
        answer = self.http.get("/api/v2/tickets", {"per_page": 1})
        return clock(answer, "Freshdesk")

    @cached_property
    def _groups(self) -> Mapping[int, str]:
        """Names of groups by id; empty where the key may not read them, and then the ids stand for them."""
        answer = self.http.get("/api/v2/groups", {"per_page": 100}, allow=(403, 404))
        found = {whole(entry.get("id")): text(entry.get("name")) for entry in objects(answer.data)}
        return {number: name for number, name in found.items() if number is not None and name is not None}

    def _read(self, filters: Mapping[str, str], since: datetime | None, number: Any) -> Listing:
        page = number or 1
        answer = self.http.get(
            "/api/v2/tickets",
            {
                **filters,
                "updated_since": f"{since or BEGINNING:%Y-%m-%dT%H:%M:%SZ}",
                "order_by": "updated_at",
                "order_type": "asc",
                "include": "description,stats",
                "per_page": self.page_size,
                "page": page,
            },
        )
        return Listing(rows(answer), page + 1 if answer.link("next") else None)

    def _closed_at(self, item: Raw, updated: datetime) -> datetime | None:
        if whole(item.get("status")) not in CLOSED:
            return None
        stats = mapping(item.get("stats"))
        return moment(stats.get("resolved_at")) or moment(stats.get("closed_at")) or updated

    def _comments(self, raw: Raw, item: Raw) -> list[Comment]:
        found = []
        for entry in objects(raw.get("comments")):
            number, created = text(entry.get("id")), moment(entry.get("created_at"))
            if number is None or created is None:
                continue
            role: Role = "customer" if entry.get("incoming") is True else "staff"
            found.append(
                Comment(
                    external_id=number,
                    author=text(entry.get("user_id")),
                    author_role=role,
                    body=clean(text(entry.get("body")) or text(entry.get("body_text")) or "", "html"),
                    created_at=created,
                    private=entry.get("private") is True,
                )
            )
        return found
