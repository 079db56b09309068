"""Intercom: the conversations and tickets of a workspace.

Both are searched by the second of their last change, oldest first. The order has to be asked for, or the newest come
first; the operator `>` is described as "greater (or equal)", so the second before is asked for, which is right in both
readings. A search shows no parts of a conversation, so each one that changed is asked for apiece, and what is older
than its latest 500 parts Intercom does not tell. Tickets bring their parts with them. Nothing tells of deletions.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, ClassVar, Final, Literal
from urllib.parse import urlsplit

from pydantic import Field

from connectors.base import BadItem, Raw, SourceError, SourceOptions, tags_for
from connectors.feed import Feed, Listing
from connectors.profile import SourceProfile
from connectors.rest import RestConnector, RestOptions, clock, rows
from connectors.values import at, mapping, moment, names, objects, segment, text
from pipeline.clean import clean
from pipeline.issue import Comment, Event, Issue, Role, What

PUBLIC: Final = "https://api.intercom.io"
VERSION: Final = "2.15"
BEGINNING: Final = datetime(2010, 1, 1, tzinfo=UTC)
TICKET: Final = "ticket-"
"""Conversations and tickets are numbered apart: this goes before a ticket's id."""
ROLES: Final[Mapping[str, Role]] = {
    "user": "customer", "lead": "customer", "contact": "customer", "admin": "staff", "team": "staff", "bot": "bot",
}  # fmt: skip
CHANGES: Final[Mapping[str, What]] = {
    "close": "closed", "open": "reopened", "assign_and_reopen": "reopened", "note_and_reopen": "reopened",
}  # fmt: skip


class IntercomOptions(RestOptions):
    base_url: str = Field(default=PUBLIC, description="in Europe https://api.eu.intercom.io, in Australia api.au")
    tickets: bool = Field(default=True, description="read tickets too, not only conversations")
    workspace: str | None = Field(default=None, description="the id of your workspace, so that issues have links")


class Intercom(RestConnector[IntercomOptions]):
    kind: ClassVar[str] = "intercom"
    summary: ClassVar[str] = "conversations and tickets of an Intercom workspace"
    Options: ClassVar[type[SourceOptions]] = IntercomOptions
    dialect: ClassVar[str] = "connectors.kit.dialects.intercom:IntercomDialect"
    profile: ClassVar[SourceProfile] = SourceProfile(
        cursor="updated_at",
        inclusive=False,
        page_size=150,
        trail=timedelta(minutes=10),
        widening={"sort": "without it the newest change comes first"},
        tombstones="census",
        redact=("email", "attachments", "custom_attributes", "email_message_metadata", "ai_agent", "avatar"),
    )

    @classmethod
    def headers(cls, options: IntercomOptions) -> Mapping[str, str]:
        return {**super().headers(options), "Intercom-Version": VERSION}

    def feeds(self) -> Sequence[Feed]:
        return [
            self.feed(name, partial(self._read, name), "updated_at")
            for name in ("conversations", *(("tickets",) if self.options.tickets else ()))
        ]

    def children(self, feed: str, item: Raw) -> Mapping[str, Any]:
        if feed != "conversations" or not self.options.comments:
            return {}
        answer = self.http.get(f"/conversations/{segment(item.get('id'))}")
        return {"comments": objects(at(answer.data, "conversation_parts", "conversation_parts"))}

    def normalise(self, raw: Raw) -> Issue:
        item = mapping(raw.get("item"))
        number, created = text(item.get("id")), moment(item.get("created_at"))
        what = "ticket" if raw.get("in") == "tickets" else "conversation"
        if number is None or created is None:
            raise BadItem(f"a {what} {number or 'without an id'} lacks its id or created_at")
        return self._ticket(raw, item, number, created) if what == "ticket" else self._talk(raw, item, number, created)

    def known_as(self, raw: Raw) -> str | None:
        number = text(at(raw, "item", "id"))
        return number if number is None or raw.get("in") != "tickets" else f"{TICKET}{number}"

    def check(self) -> list[str]:
        answer = self.http.get("/me")
        problems, workspace = clock(answer, "Intercom"), text(at(answer.data, "app", "id_code"))
        if workspace is not None and self.options.workspace is None:
            problems.append(f"Set `workspace: {workspace}`: without it issues have no links into Intercom.")
        elif workspace is not None and workspace != self.options.workspace:
            problems.append(f"This token is of the workspace {workspace}, and `workspace` says otherwise.")
        for feed in self.feeds():
            try:
                self._read(feed.name, self.clock(), None)
            except SourceError as error:
                problems.append(f"{feed.name}: {error}")
        return problems

    def census(self) -> Iterator[str]:
        """Every conversation and ticket; by time like a pull, so that nothing is skipped when one changes meanwhile."""
        for feed in self.feeds():
            for items, _ in feed.walk(None):
                known = (self.known_as({"in": feed.name, "item": item}) for item in items)
                yield from (name for name in known if name is not None)

    def covers(self, external_id: str) -> bool:
        return self.options.tickets or not external_id.startswith(TICKET)

    def probe(self, external_id: str) -> Literal["exists", "deleted"]:
        kind = "tickets" if external_id.startswith(TICKET) else "conversations"
        answer = self.http.get(f"/{kind}/{segment(external_id.removeprefix(TICKET))}", allow=(404,))
        return "deleted" if answer.status == 404 else "exists"

    def _read(self, name: str, since: datetime | None, position: Any) -> Listing:
        after = int((since or BEGINNING).timestamp())
        answer = self.http.post(
            f"/{name}/search",
            {
                "query": {"operator": "AND", "value": [{"field": "updated_at", "operator": ">", "value": after}]},
                "sort": {"field": "updated_at", "order": "ascending"},
                "pagination": {"per_page": self.page_size, **({"starting_after": position} if position else {})},
            },
            reads=True,
        )
        following = at(answer.data, "pages", "next")
        return Listing(rows(answer, name), text(at(following, "starting_after")))

    def _talk(self, raw: Raw, item: Raw, number: str, created: datetime) -> Issue:
        source, parts = mapping(item.get("source")), objects(raw.get("comments"))
        body = clean(text(source.get("body")) or "", "html")
        updated = moment(item.get("updated_at")) or created
        closed = item.get("state") == "closed" or item.get("open") is False
        labels = names(at(item, "tags", "tags"))
        priority = "priority" if item.get("priority") == "priority" else None
        contact = text(at(item, "contacts", "contacts", 0, "id"))
        history = _history(created, parts)
        ended = moment(at(item, "statistics", "last_close_at")) or _last(history, "closed") or updated
        return Issue(
            source=self.options.name,
            external_id=number,
            title=_title(text(item.get("title")), text(source.get("subject")), body) or f"Conversation {number}",
            body=body,
            url=self._url("conversation", number),
            created_at=created,
            updated_at=updated,
            closed_at=ended if closed else None,
            state="closed" if closed else "open",
            author=text(at(source, "author", "id")) or contact,
            author_role=_role(source.get("author")),
            account=text(at(item, "company", "id")) or contact,
            labels=labels,
            group=text(item.get("team_assignee_id")),
            priority=priority,
            tags=tags_for(self.options, [*labels, priority], item.get("custom_attributes")),
            comments=tuple(_comments(parts)),
            history=history,
        )

    def _ticket(self, raw: Raw, item: Raw, number: str, created: datetime) -> Issue:
        told, parts = mapping(item.get("ticket_attributes")), objects(at(item, "ticket_parts", "ticket_parts"))
        body = clean(text(told.get("_default_description_")) or "", "html")
        updated = moment(item.get("updated_at")) or created
        resolved = at(item, "ticket_state", "category") == "resolved" or item.get("open") is False
        labels, kind = names(at(item, "tags", "tags")), text(at(item, "ticket_type", "name"))
        contact, history = text(at(item, "contacts", "contacts", 0, "id")), _history(created, parts)
        return Issue(
            source=self.options.name,
            external_id=f"{TICKET}{number}",
            title=_title(text(told.get("_default_title_")), None, body) or f"Ticket {text(item.get('ticket_id'))}",
            body=body,
            url=self._url("ticket", number),
            created_at=created,
            updated_at=updated,
            closed_at=(_last(history, "closed") or updated) if resolved else None,
            state="closed" if resolved else "open",
            kind=kind,
            author=contact,
            author_role="customer" if item.get("category") == "Customer" else "staff",
            account=contact,
            labels=labels,
            group=text(item.get("team_assignee_id")),
            tags=tags_for(self.options, [*labels, kind], told),
            comments=tuple(_comments(parts)) if self.options.comments else (),
            history=history,
        )

    def _url(self, what: str, number: str) -> str | None:
        """The inbox is where the API is, except for its first word; None where the workspace is not known."""
        if self.options.workspace is None:
            return None
        host = urlsplit(self.options.base_url).hostname or ""
        region = host.removeprefix("api.").removesuffix("intercom.io")
        home = f"app.{region}intercom.com" if host.endswith("intercom.io") else "app.intercom.com"
        return f"https://{home}/a/inbox/{segment(self.options.workspace)}/inbox/{what}/{segment(number)}"


def _title(named: str | None, subject: str | None, body: str) -> str:
    """What it is called, or the first line of what was written; most conversations have no name of their own."""
    for given in (clean(named or "", "plain"), clean(subject or "", "html"), body):
        line = next((line.strip() for line in given.splitlines() if line.strip()), "")
        if line:
            return line if len(line) <= 120 else f"{line[:119]}…"
    return ""


def _role(author: object) -> Role:
    if at(author, "from_ai_agent") is True or at(author, "is_ai_answer") is True:
        return "bot"
    return ROLES.get(text(at(author, "type")) or "", "unknown")


def _comments(parts: Sequence[Raw]) -> Iterator[Comment]:
    """The parts that say something; most only tell that something was assigned, snoozed or closed."""
    for part in parts:
        number, created = text(part.get("id")), moment(part.get("created_at"))
        body = clean(text(part.get("body")) or "", "html")
        if number is None or created is None or not body:
            continue
        yield Comment(
            external_id=number,
            author=text(at(part, "author", "id")),
            author_role=_role(part.get("author")),
            body=body,
            created_at=created,
            private=(text(part.get("part_type")) or "").startswith("note"),
        )


def _history(created: datetime, parts: Sequence[Raw]) -> tuple[Event, ...]:
    events = [Event(at=created, what="created")]
    for part in parts:
        what, when = _change(part), moment(part.get("created_at"))
        if what is not None and when is not None:
            events.append(Event(at=when, what=what))
    return tuple(events)


def _change(part: Raw) -> What | None:
    before, after = part.get("previous_ticket_state"), part.get("ticket_state")
    if after == "resolved" and before != "resolved":
        return "closed"
    if before == "resolved" and after is not None and after != "resolved":
        return "reopened"
    return CHANGES.get(text(part.get("part_type")) or "")


def _last(history: Sequence[Event], what: What) -> datetime | None:
    return max((event.at for event in history if event.what == what), default=None)
