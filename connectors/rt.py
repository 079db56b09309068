"""Request Tracker 5: tickets with their correspondence and comments, over REST2.

What a list gives is `{type, id, _url}` unless `fields` asks for more, `total` and `next_page` are missing wherever the
account may not see everything, and what it may not see leaves holes in pages. Ties need `orderby` twice. Times in a
query are read in the account's own zone: "Z" makes RT drop the time of day, "GMT" is not heard. `zone` says which zone
that is, and each pull asks the server whether it is true. Deleted and merged tickets are in no list; the transactions
that removed them are, also when the ticket was brought back.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, ClassVar, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field, field_validator

from connectors.base import BadItem, Cursor, Page, Raw, SourceError, SourceOptions, tags_for
from connectors.feed import Feed, Listing
from connectors.http import HttpError
from connectors.profile import SourceProfile
from connectors.rest import LOST, RestConnector, RestOptions, clock, rows, secret
from connectors.values import at, mapping, moment, names, objects, segment, text, whole
from pipeline.clean import clean
from pipeline.issue import Comment, Event, Gone, Issue, Role

STATES: Final[Mapping[str, str]] = {"active": "Status = '__Active__'", "inactive": "Status = '__Inactive__'"}
"""Each lifecycle has its own words for them; RT knows which mean that somebody still works on it."""
OF_TICKETS: Final = "ObjectType = 'RT::Ticket'"
"""Queues, people and assets have transactions too, under numbers that are tickets' as well."""
REMOVED: Final = (
    f"{OF_TICKETS} AND ((Type = 'Status' AND NewValue = 'deleted') OR (Type = 'AddLink' AND Field = 'MergedInto'))"
)
TOLD: Final = "(Type = 'Create' OR Type = 'Correspond' OR Type = 'Comment' OR Type = 'Status')"
FIELDS: Final = "Subject,Status,Queue,Creator,Requestor,Cc,Owner,Priority,Created,LastUpdated,Resolved,CustomFields"
TICKET: Final = (("fields", FIELDS), ("fields[Queue]", "Name"), ("fields[Requestor]", "Organization"))
CHANGE: Final = (("fields", "Type,Field,OldValue,NewValue,Created,Creator,ObjectId,ObjectType"),)
TEXT: Final = (("fields", "TransactionId,ContentType,Filename,Content"), ("orderby", "id"))
MANY: Final = 100
"""RT works 0.2 s on each request to see whether a token is right, so that tickets are not asked for one by one."""
HOLES: Final = 3
"""Empty pages in a row that are taken for the end where RT does not say how many there are."""
DONE: Final = frozenset({"resolved", "rejected", "deleted"})
LONGEST_LABEL: Final = 60


class RtOptions(RestOptions):
    zone: str = Field(default="UTC", description="the time zone in the preferences of the token's account")
    account_field: str | None = Field(default=None, description="the custom field that names the customer")

    @field_validator("zone")
    @classmethod
    def _known(cls, zone: str) -> str:
        if zone not in available_timezones():
            raise ValueError(f"{zone!r} is no time zone; write it as Europe/Berlin or UTC")
        return zone


class Rt(RestConnector[RtOptions]):
    kind: ClassVar[str] = "rt"
    summary: ClassVar[str] = "tickets and correspondence of a Request Tracker 5"
    Options: ClassVar[type[SourceOptions]] = RtOptions
    dialect: ClassVar[str] = "connectors.kit.dialects.rt:RtDialect"
    profile: ClassVar[SourceProfile] = SourceProfile(
        cursor="LastUpdated",
        page_size=100,
        widening={"fields": "without it a ticket is its number alone"},
        tombstones="listed",
    )

    @classmethod
    def headers(cls, options: RtOptions) -> Mapping[str, str]:
        return {"Authorization": f"token {secret(options.token)}"} if options.token else {}

    def feeds(self) -> Sequence[Feed]:
        """What was removed comes first; the last removals are read again with each pull, and may be undone by then."""
        removed = self._feed("removed", "transactions", REMOVED, "Created", CHANGE)
        return [removed, *(self._feed(s, "tickets", where, "LastUpdated", TICKET) for s, where in STATES.items())]

    def pull(self, cursor: Cursor) -> Iterator[Page]:
        self._ask_zone()
        yield from super().pull(cursor)

    def children(self, feed: str, item: Raw) -> Mapping[str, Any]:
        return {"lives": self._lives(item)} if feed == "removed" else {}

    def _completed(self, feed: Feed, items: Sequence[Any]) -> tuple[list[Raw], list[tuple[str, str]]]:
        good, problems = super()._completed(feed, items)
        if feed.name == "removed":
            return good, problems
        numbers = [n for n in (whole(at(raw, "item", "id")) for raw in good) if n is not None]
        told, lost = self._told(list(dict.fromkeys(numbers)))
        return [{**raw, **told.get(str(at(raw, "item", "id")), {})} for raw in good], [*problems, *lost]

    def _told(self, numbers: Sequence[int]) -> tuple[dict[str, dict[str, Any]], list[tuple[str, str]]]:
        """What was said on tickets, by their number. Where RT refuses, each half is asked for, to find the culprit."""
        if not numbers:
            return {}, []
        try:
            return self._asked_together(numbers), []
        except HttpError as error:
            if error.status not in LOST or error.retry_after is not None:
                raise
            if len(numbers) == 1:
                return {}, [(str(numbers[0]), f"only in part: {error}")]
        half = len(numbers) // 2
        (one, lost), (other, more) = self._told(numbers[:half]), self._told(numbers[half:])
        return {**one, **other}, [*lost, *more]

    def _asked_together(self, numbers: Sequence[int]) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {str(n): {"history": [], "texts": []} for n in numbers}
        which = " OR ".join(f"ObjectId = {number}" for number in numbers)
        asked = (("query", f"{OF_TICKETS} AND ({which}) AND {TOLD}"), ("orderby", "id"), *CHANGE)
        owners: dict[int, dict[str, Any]] = {}
        for change in self._all("/REST/2.0/transactions", asked):
            ticket, number = found.get(text(change.get("ObjectId")) or ""), whole(change.get("id"))
            if ticket is not None and number is not None and change.get("ObjectType") == "RT::Ticket":
                ticket["history"].append(change)
                owners[number] = ticket
        for some in _batches(list(owners), MANY):
            for part in self._all("/REST/2.0/attachments", (("query", _of(some)), *TEXT)):
                owner = owners.get(whole(part.get("TransactionId")) or 0)
                if owner is not None:
                    owner["texts"].append(part)
        return found

    def normalise(self, raw: Raw) -> Issue | Gone | None:
        item = mapping(raw.get("item"))
        if raw.get("in") == "removed":
            return None if raw.get("lives") is True else _removed(item)
        number, created = text(item.get("id")), moment(item.get("Created"))
        if number is None or created is None:
            raise BadItem(f"ticket {number or 'without an id'} lacks its id or Created")
        updated = moment(item.get("LastUpdated")) or created
        closed = (_set(item.get("Resolved")) or updated) if raw.get("in") == "inactive" else None
        told = _words(raw)
        asking = _people(item)
        fields = _fields(item)
        labels = tuple(v for name, values in fields.items() if name != self.options.account_field for v in values)
        priority, queue = text(item.get("Priority")), text(at(item, "Queue", "Name"))
        author = text(at(item, "Requestor", 0, "id")) or text(at(item, "Creator", "id"))
        account = next(iter(fields.get(self.options.account_field or "", ())), None)
        first = _first(told, number)
        return Issue(
            source=self.options.name,
            external_id=number,
            title=clean(text(item.get("Subject")) or "(no subject)", "plain"),
            body=first[1] if first else "",
            url=f"{self.options.base_url.rstrip('/')}/Ticket/Display.html?id={segment(number)}",
            created_at=created,
            updated_at=updated,
            closed_at=closed,
            state="open" if closed is None else "closed",
            author=author,
            author_role="customer" if asking else "unknown",
            account=account or text(at(item, "Requestor", 0, "Organization")) or author,
            labels=labels,
            project=queue,
            group=queue,
            priority=priority,
            tags=tags_for(self.options, [*labels, priority, queue, text(item.get("Status"))]),
            comments=tuple(_comments([t for t in told if t is not first], asking)) if self.options.comments else (),
            history=_history(raw, item, created, closed),
        )

    def known_as(self, raw: Raw) -> str | None:
        return text(at(raw, "item", "ObjectId" if raw.get("in") == "removed" else "id"))

    def check(self) -> list[str]:
        answer = self.http.get("/REST/2.0/queues/all", {"per_page": 1})
        found = clock(answer, "RT")
        if not objects(at(answer.data, "items")):
            found.append("This account sees no queue. Give it SeeQueue, ShowTicket and ShowTicketComments.")
        try:
            self._ask_zone()
        except SourceError as error:
            found.append(str(error))
        return found

    def _lives(self, removal: Raw) -> bool:
        """Whether the ticket is there under its own number: somebody brought it back."""
        number = text(removal.get("ObjectId"))
        data = self.http.get(f"/REST/2.0/ticket/{segment(number)}", allow=(403, 404)).data
        return text(at(data, "id")) == number and at(data, "Status") not in (None, "deleted")

    def _feed(self, name: str, path: str, where: str, stamp: str, fields: Sequence[tuple[str, str]]) -> Feed:
        return self.feed(name, partial(self._read, path, where, stamp, fields), stamp)

    def _read(
        self, path: str, where: str, stamp: str, fields: Sequence[tuple[str, str]], since: datetime | None, number: Any
    ) -> Listing:
        """A page with something in it. What is earlier than asked for comes of the hours that summer time repeats."""
        bound = f"{stamp} >= '{self._local(since)}'" if since else "id > 0"
        asked = [("query", f"{where} AND {bound}"), ("orderby", stamp), ("orderby", "id"), *fields]
        page, empty = whole(number) or 1, 0
        while True:
            items, more = self._page(f"/REST/2.0/{path}", asked, page, self.page_size)
            empty = 0 if items else empty + 1
            page += 1
            if more is None and empty >= HOLES:
                return Listing(())
            kept = [item for item in items if not _before(item, stamp, since)]
            if kept or more is False:
                return Listing(kept, None if more is False else page)

    def _page(self, path: str, asked: Sequence[tuple[str, str]], page: int, size: int) -> tuple[list[Any], bool | None]:
        """The items, and whether more follow; None where RT does not say."""
        answer = self.http.get(f"{path}?{urlencode([*asked, ('per_page', size), ('page', page)])}")
        pages = at(answer.data, "pages")
        return rows(answer, "items"), None if pages is None else page < (whole(pages) or 0)

    def _all(self, path: str, asked: Sequence[tuple[str, str]]) -> list[Mapping[str, Any]]:
        found: list[Mapping[str, Any]] = []
        page = 0
        while True:
            page += 1
            items, more = self._page(path, asked, page, 100)
            found += objects(items)
            if more is False or (more is None and not items):
                return found

    def _local(self, since: datetime) -> str:
        """How the account's zone writes this moment; up to an hour before it where summer time begins or ends."""
        zone, near = ZoneInfo(self.options.zone), timedelta(hours=14)
        offsets = [(since + by).astimezone(zone).utcoffset() for by in (-near, timedelta(0), near)]
        return f"{since + min(offset for offset in offsets if offset is not None):%Y-%m-%d %H:%M:%S}"

    def _ask_zone(self) -> None:
        """Raises `SourceError` where RT reads times in a zone that lies behind ours: it would leave hours out."""
        for _ in range(3):
            newest = [("query", "id > 0"), ("orderby", "LastUpdated"), ("order", "DESC"), ("fields", "LastUpdated")]
            items, _more = self._page("/REST/2.0/tickets", newest, 1, 1)
            number, changed = whole(at(items, 0, "id")), moment(at(items, 0, "LastUpdated"))
            if number is None or changed is None:
                return
            same = f"id = {number} AND LastUpdated >= '{self._local(changed)}'"
            if self._page("/REST/2.0/tickets", [("query", same), ("fields", "LastUpdated")], 1, 1)[0]:
                return
        raise SourceError(
            f"RT does not read times in {self.options.zone}: a ticket that changed at {changed:%Y-%m-%d %H:%M:%S} UTC "
            "is not found from then on. Write the time zone of the account's preferences as `zone`, or set it to UTC.",
            permanent=True,
        )


def _before(item: object, stamp: str, since: datetime | None) -> bool:
    changed = moment(at(item, stamp))
    return since is not None and changed is not None and changed < since


def _set(value: object) -> datetime | None:
    """Times that were never set are 1970."""
    found = moment(value)
    return found if found is not None and found.year > 1970 else None


_TICKET: Final = re.compile(r"/ticket/([0-9]{1,18})$")


def _removed(item: Raw) -> Gone | None:
    number, when = text(item.get("ObjectId")), moment(item.get("Created"))
    if number is None or when is None:
        raise BadItem("a removal without the ticket or its time")
    if item.get("ObjectType", "RT::Ticket") != "RT::Ticket":
        return None
    if item.get("Type") != "AddLink":
        return Gone(external_id=number, at=when)
    into = _TICKET.search(text(item.get("NewValue")) or "")
    # The ticket that received the other one holds the same entry, about itself.
    return Gone(external_id=number, at=when, reason="transferred") if into and into[1] != number else None


def _people(item: Raw) -> frozenset[str]:
    """Who asks for help here; whoever else writes is staff."""
    return frozenset([*names(item.get("Requestor"), "id"), *names(item.get("Cc"), "id")])


def _fields(item: Raw) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for field in objects(item.get("CustomFields")):
        values = [value for value in names(field.get("values")) if len(value) <= LONGEST_LABEL]
        found.setdefault(text(field.get("name")) or "", []).extend(values)
    return found


Told = tuple[Mapping[str, Any], str]
"""A transaction that carries words, and these as plain text."""


def _of(transactions: Sequence[int]) -> str:
    """The parts of these transactions that are text."""
    of = {"field": "TransactionId", "operator": "IN", "value": list(transactions)}
    return json.dumps([of, {"field": "ContentType", "operator": "STARTSWITH", "value": "text/"}])


def _batches(values: Sequence[int], size: int) -> list[Sequence[int]]:
    return [values[n : n + size] for n in range(0, len(values), size)]


def _words(raw: Raw) -> list[Told]:
    parts: dict[str, dict[str, list[str]]] = {}
    for part in objects(raw.get("texts")):
        words, kind = text(part.get("Content")), text(part.get("ContentType")) or ""
        if words and not text(part.get("Filename")):
            parts.setdefault(text(part.get("TransactionId")) or "", {}).setdefault(kind, []).append(words)
    found = []
    for change in objects(raw.get("history")):
        by_kind = parts.get(text(change.get("id")) or "", {})
        plain, rich = by_kind.get("text/plain"), by_kind.get("text/html")
        words = clean("\n\n".join(plain), "plain") if plain else clean("\n".join(rich or ()), "html")
        if words:
            found.append((change, words))
    return found


def _first(told: Sequence[Told], number: str) -> Told | None:
    """What the ticket began with: one that was merged into it brought a beginning of its own."""
    created = [one for one in told if one[0].get("Type") == "Create"]
    return next((one for one in created if text(one[0].get("ObjectId")) == number), next(iter(created), None))


def _comments(told: Sequence[Told], asking: frozenset[str]) -> Iterator[Comment]:
    for change, words in told:
        number, created = text(change.get("id")), moment(change.get("Created"))
        if number is None or created is None or change.get("Type") not in ("Correspond", "Comment", "Create"):
            continue
        author = text(at(change, "Creator", "id"))
        role: Role = "customer" if author in asking else "bot" if author == "RT_System" else "staff"
        yield Comment(
            external_id=number,
            author=author,
            author_role=role,
            body=words,
            created_at=created,
            private=change.get("Type") == "Comment",
        )


def _history(raw: Raw, item: Raw, created: datetime, closed: datetime | None) -> tuple[Event, ...]:
    done = DONE | ({text(item.get("Status"))} if closed else frozenset())
    found = [Event(at=created, what="created")]
    for change in objects(raw.get("history")):
        when = moment(change.get("Created"))
        if when is None or change.get("Type") != "Status":
            continue
        before, after = text(change.get("OldValue")) in done, text(change.get("NewValue")) in done
        if before != after:
            found.append(Event(at=when, what="closed" if after else "reopened"))
    if closed is not None and all(event.what != "closed" for event in found):
        found.append(Event(at=closed, what="closed"))
    return tuple(found)
