"""Zammad: tickets, their articles and their tags.

`/tickets` cannot be filtered or ordered by change. The search can, but its `query` goes through Elasticsearch, which
lags behind, or without one becomes a search for these very words and finds nothing; a `condition` is answered by the
database. Pages hold at most 200, whatever is asked, and an order needs one `order_by` for each `sort_by`. What a
ticket says is its first article. Deletions leave nothing behind: a census finds them.
"""

import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from typing import Any, ClassVar, Final, Literal

from connectors.base import BadItem, Raw, SourceOptions, tags_for
from connectors.feed import Feed, Listing
from connectors.profile import SourceProfile
from connectors.rest import RestConnector, RestOptions, clock, rows, secret
from connectors.values import at, mapping, moment, names, objects, segment, text, whole
from pipeline.clean import clean
from pipeline.issue import Comment, Event, Gone, Issue, Role

BEGINNING: Final = datetime(2000, 1, 1, tzinfo=UTC)
DONE: Final = frozenset({"closed", "merged", "removed"})
"""Kinds of states that no one works on. A state may have any name; its kind is one of Zammad's own words."""
ROLES: Final[Mapping[str | None, Role]] = {"Customer": "customer", "Agent": "staff", "System": "bot"}


class ZammadOptions(RestOptions):
    pass


class Zammad(RestConnector[ZammadOptions]):
    kind: ClassVar[str] = "zammad"
    summary: ClassVar[str] = "tickets and articles of a Zammad"
    Options: ClassVar[type[SourceOptions]] = ZammadOptions
    dialect: ClassVar[str] = "connectors.kit.dialects.zammad:ZammadDialect"
    profile: ClassVar[SourceProfile] = SourceProfile(
        cursor="updated_at",
        tick=timedelta(milliseconds=1),
        page_size=200,
        widening={"condition": "without it the search knows no time, and what it knows is the index's"},
        tombstones="census",
        redact=("preferences", "attachments", "phone", "mobile"),
    )

    @classmethod
    def headers(cls, options: ZammadOptions) -> Mapping[str, str]:
        return {"Authorization": f"Token token={secret(options.token)}"} if options.token else {}

    def feeds(self) -> Sequence[Feed]:
        return [self._feed("tickets", "updated_at")]

    def children(self, feed: str, item: Raw) -> Mapping[str, Any]:
        number = segment(item.get("id"))
        articles = self.http.get(f"/api/v1/ticket_articles/by_ticket/{number}", {"expand": "true"})
        tags = self.http.get("/api/v1/tags", {"object": "Ticket", "o_id": number})
        return {"articles": objects(articles.data), "tags": names(at(tags.data, "tags")), "states": self._states}

    def normalise(self, raw: Raw) -> Issue | Gone | None:
        item = mapping(raw.get("item"))
        number, title, created = text(item.get("id")), text(item.get("title")), moment(item.get("created_at"))
        if number is None or title is None or created is None:
            raise BadItem(f"ticket {number or 'without an id'} lacks its id, title or created_at")
        updated = moment(item.get("updated_at")) or created
        state = _state(raw, item)
        if state == "merged":
            return Gone(external_id=number, at=updated, reason="transferred")
        closed = (
            (moment(item.get("last_close_at")) or moment(item.get("close_at")) or updated) if state in DONE else None
        )
        first, *later = objects(raw.get("articles")) or [{}]
        labels = names(list(raw.get("tags") or ()) if isinstance(raw.get("tags"), list | tuple) else [])
        kind, priority = text(item.get("type")), _priority(item)
        author = text(item.get("customer")) or text(item.get("customer_id"))
        group = text(item.get("group"))
        return Issue(
            source=self.options.name,
            external_id=number,
            title=clean(title, "plain"),
            body=_words(first),
            url=f"{self.options.base_url.rstrip('/')}/#ticket/zoom/{segment(number)}",
            created_at=created,
            updated_at=updated,
            closed_at=closed,
            state="open" if closed is None else "closed",
            kind=kind,
            author=author,
            author_role=ROLES.get(text(item.get("create_article_sender")), "customer"),
            account=text(item.get("organization")) or author,
            labels=labels,
            project=group,
            group=group,
            priority=priority,
            tags=tags_for(self.options, [*labels, priority, text(item.get("priority")), kind], item),
            comments=tuple(_comments(later)) if self.options.comments else (),
            history=(Event(at=created, what="created"), *([Event(at=closed, what="closed")] if closed else [])),
        )

    @classmethod
    def webhook(cls, headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime) -> str | None:
        """Named by what it says: the header that numbers deliveries is not signed, and is new for each try."""
        given = headers.get("x-hub-signature", "").encode("utf-8", "replace")
        for key in secrets:
            made = f"sha1={hmac.new(key.encode(), body, hashlib.sha1).hexdigest()}".encode()
            if body and key and hmac.compare_digest(given, made):
                return hashlib.sha256(body).hexdigest()
        return None

    def check(self) -> list[str]:
        answer = self.http.get("/api/v1/tickets", {"page": 1, "per_page": 1})
        found = clock(answer, "Zammad")
        if not objects(answer.data):
            found.append("This token sees no ticket. Give it `ticket.agent`, and its user read access to the groups.")
        return found

    def census(self) -> Iterator[str]:
        """By the time of creation and not by page, so that a ticket deleted meanwhile hides no other."""
        for items, _ in self._feed("census", "created_at").walk(None):
            yield from (number for number in (text(at(item, "id")) for item in items) if number)

    def probe(self, external_id: str) -> Literal["exists", "deleted", "transferred"] | None:
        """404 is a ticket that is gone, 403 one that this token may no longer see."""
        answer = self.http.get(f"/api/v1/tickets/{segment(external_id)}", {"expand": "true"}, allow=(403, 404))
        if answer.status == 200 and at(answer.data, "state") == "merged":
            return "transferred"
        return {200: "exists", 404: "deleted"}.get(answer.status)  # type: ignore[return-value]

    def _feed(self, name: str, stamp: str) -> Feed:
        return self.feed(name, partial(self._read, stamp), stamp)

    def _read(self, stamp: str, since: datetime | None, number: Any) -> Listing:
        page = whole(number) or 1
        bound = (since or BEGINNING).astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        answer = self.http.get(
            "/api/v1/tickets/search",
            {
                f"condition[ticket.{stamp}][operator]": "after (absolute)",
                f"condition[ticket.{stamp}][value]": bound,
                "sort_by": f"{stamp},id",
                "order_by": "asc,asc",
                "expand": "true",
                "per_page": self.page_size,
                "page": page,
            },
        )
        items = rows(answer)
        # A page may be shorter than asked, since a cap is not told: only an empty one is the last.
        return Listing(items, page + 1 if items else None)

    @cached_property
    def _states(self) -> Mapping[str, str]:
        """The kind of each state, by its id."""
        answer = self.http.get("/api/v1/ticket_states", {"expand": "true"}, allow=(403, 404))
        kinds = ((text(state.get("id")), text(state.get("state_type"))) for state in objects(answer.data))
        return {number: kind for number, kind in kinds if number and kind}


def _state(raw: Raw, item: Raw) -> str | None:
    """The kind of state; where kinds are not known, the name, which is the same unless somebody changed it."""
    return text(at(raw, "states", text(item.get("state_id")) or "")) or text(item.get("state"))


def _priority(item: Raw) -> str | None:
    """ "3 high" is the name of the priority high."""
    given = text(item.get("priority"))
    return None if given is None else given.lstrip("0123456789 ") or given


def _words(article: Raw) -> str:
    written = text(article.get("body")) or ""
    return clean(written, "plain" if article.get("content_type") == "text/plain" else "html")


def _comments(articles: Sequence[Raw]) -> Iterator[Comment]:
    for article in articles:
        number, created = text(article.get("id")), moment(article.get("created_at"))
        if number is None or created is None:
            continue
        yield Comment(
            external_id=number,
            author=text(article.get("created_by")) or text(article.get("created_by_id")),
            author_role=ROLES.get(text(article.get("sender")), "unknown"),
            body=_words(article),
            created_at=created,
            private=article.get("internal") is True,
        )
