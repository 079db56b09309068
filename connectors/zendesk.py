"""Zendesk Support: the tickets of a desk, and what was said on them.

Tickets come from the incremental export, which has a cursor of its own and therefore no trouble with ties. Three things
about it lose data when they are forgotten. It is ordered by `generated_timestamp`, not by `updated_at`, so nothing may
be left out by the latter. It keeps the last minute back, and refuses a start in it. And ten requests a minute are
allowed, whatever the plan. Deleted tickets stay in it as tombstones; archived ones stay too.
"""

import hmac
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, ClassVar, Final

from pydantic import Field

from connectors import http, limits
from connectors.base import BadItem, Cursor, Raw, SourceError, SourceOptions, tags_for
from connectors.feed import Feed, Listing, Mark
from connectors.http import Answer, HttpError
from connectors.profile import SourceProfile
from connectors.rest import RestConnector, RestOptions, basic, clock, rows, secret
from connectors.values import at, mapping, moment, names, objects, segment, text, whole
from pipeline.clean import clean
from pipeline.issue import Comment, Event, Gone, Issue, Role

BEGINNING: Final = datetime(2000, 1, 1, tzinfo=UTC)
WITHHELD: Final = timedelta(seconds=61)
"""A start that is not older than a minute is refused."""
EVERY: Final = 6.0
"""Seconds between two requests of the export: ten a minute."""
FEWEST: Final = 50
"""Tickets a request, when larger answers take the server too long."""
STALE: Final = timedelta(minutes=5)
CLOSED: Final = frozenset({"solved", "closed"})
ROLES: Final[Mapping[str, Role]] = {"end-user": "customer", "agent": "staff", "admin": "staff"}


class ZendeskOptions(RestOptions):
    email: str | None = Field(default=None, description="whose API token it is; without it `token` is one of OAuth")


class Zendesk(RestConnector[ZendeskOptions]):
    """Tickets carry one key of ours, "beside": what the export says next to them about their people and group."""

    kind: ClassVar[str] = "zendesk"
    summary: ClassVar[str] = "tickets and comments of a Zendesk Support"
    Options: ClassVar[type[SourceOptions]] = ZendeskOptions
    dialect: ClassVar[str] = "connectors.kit.dialects.zendesk:ZendeskDialect"
    profile: ClassVar[SourceProfile] = SourceProfile(
        cursor="generated_timestamp",
        order="keyset",
        page_size=1000,
        trail=timedelta(0),
        tombstones="listed",
        redact=("email", "phone", "photo", "attachments", "recipient", "collaborator_ids", "email_cc_ids", "via"),
    )

    @classmethod
    def headers(cls, options: ZendeskOptions) -> Mapping[str, str]:
        if options.token is None or options.email is None:
            return super().headers(options)
        return basic(f"{options.email}/token", secret(options.token))

    def feeds(self) -> Sequence[Feed]:
        return [self.feed("tickets", self._read, "generated_timestamp", of=_Export)]

    def children(self, feed: str, item: Raw) -> Mapping[str, Any]:
        if not self.options.comments or item.get("status") == "deleted":
            return {}
        path = f"/api/v2/tickets/{segment(item.get('id'))}/comments.json"
        answer = self.http.get(path, {"include": "users", "page[size]": 100})
        found: list[Raw] = []
        roles: dict[str, str] = {}
        for _ in range(100):
            found += objects(at(answer.data, "comments"))
            roles.update(_roles(answer))
            following = text(at(answer.data, "links", "next"))
            if at(answer.data, "meta", "has_more") is not True or following is None:
                break
            answer = self.http.get(following)
        return {"comments": found, "roles": roles}

    def normalise(self, raw: Raw) -> Issue | Gone | None:
        item = mapping(raw.get("item"))
        number, title = text(item.get("id")), text(item.get("subject")) or text(item.get("raw_subject"))
        created, updated = moment(item.get("created_at")), moment(item.get("updated_at"))
        if number is None:
            raise BadItem("a ticket without an id")
        if item.get("status") == "deleted":
            return Gone(external_id=number, at=updated or self.clock())
        description = text(item.get("description")) or ""
        title = title or next((line for line in description.splitlines() if line.strip()), "")[:120]
        if not title or created is None:
            raise BadItem(f"ticket {number} lacks its subject or created_at")
        labels, priority, kind = names(item.get("tags")), text(item.get("priority")), text(item.get("type"))
        closed = _closed_at(item, updated or created)
        requester = text(item.get("requester_id"))
        return Issue(
            source=self.options.name,
            external_id=number,
            title=clean(title, "plain"),
            body=clean(description, "plain"),
            url=f"{self.options.base_url.rstrip('/')}/agent/tickets/{segment(number)}",
            created_at=created,
            updated_at=updated or created,
            closed_at=closed,
            state="open" if closed is None else "closed",
            kind=kind,
            author=requester,
            author_role=_role(at(item, "beside", "roles"), requester),
            account=text(item.get("organization_id")) or requester,
            labels=labels,
            project=text(item.get("brand_id")),
            group=text(at(item, "beside", "group")) or text(item.get("group_id")),
            priority=priority,
            tags=tags_for(self.options, [*labels, priority, kind], item.get("custom_fields")),
            comments=tuple(_comments(raw, description)),
            history=(Event(at=created, what="created"), *([Event(at=closed, what="closed")] if closed else [])),
        )

    @classmethod
    def webhook(cls, headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime) -> str | None:
        """What is signed is the time followed by the body, which may be empty."""
        stamp, given = headers.get("x-zendesk-webhook-signature-timestamp", ""), _bytes(headers, "signature")
        sent = moment(stamp)
        if sent is None or abs(now - sent) > STALE:
            return None
        made = [hmac.new(key.encode(), _bytes(headers, "signature-timestamp") + body, sha256) for key in secrets if key]
        genuine = [hmac.compare_digest(given, b64encode(one.digest())) for one in made]
        if not any(genuine):
            return None
        return headers.get("x-zendesk-webhook-invocation-id") or given.decode()

    def check(self) -> list[str]:
        answer = self.http.get("/api/v2/users/me.json")
        user = mapping(at(answer.data, "user"))
        if user.get("id", 0) is None or user.get("name") in (None, "Anonymous user"):
            # Wrong credentials are no error here: the answer is then about a visitor.
            return ["Zendesk does not know these credentials: `email` and `token` must belong together."]
        problems = clock(answer, "Zendesk")
        if user.get("role") not in (None, "admin"):
            problems.append("The incremental export is for administrators: use the token of one.")
        return problems

    def describe(self, cursor: Cursor) -> str:
        return super().describe({feed: {"to": at(mark, "to")} for feed, mark in cursor.items() if at(mark, "to")})

    def _read(self, since: datetime | None, position: Any) -> Listing:
        """A page from a moment or from a cursor; `next` tells the cursor behind it and whether there is more."""
        start = {"start_time": int((since or BEGINNING).timestamp())}
        answer = self._export({"cursor": position} if position else start)
        after, ended = text(at(answer.data, "after_cursor")), at(answer.data, "end_of_stream") is not False
        roles, groups = _roles(answer), {text(one.get("id")): one for one in objects(at(answer.data, "groups"))}
        found = [_beside(item, roles, groups) for item in rows(answer, "tickets")]
        return Listing(found, {"after": after, "ended": ended})

    def _export(self, params: Mapping[str, str | int]) -> Answer:
        """One request of the export, at its own pace; fewer tickets at a time where the server is too slow."""
        pace = limits.shared(limits.fingerprint(f"{self.options.base_url}/incremental", secret(self.options.token)))
        size = self.page_size
        while True:
            http.pause(pace.delay())
            pace.hold(EVERY)
            try:
                return self.http.get(
                    "/api/v2/incremental/tickets/cursor.json",
                    {**params, "per_page": size, "include": "users,groups,metric_sets"},
                )
            except HttpError as error:
                if error.status != 504 or size <= FEWEST:
                    raise
                size = max(FEWEST, size // 2)


@dataclass(frozen=True, kw_only=True)
class _Export(Feed):
    """The export is followed by its own cursor: a mark is {"to": a moment, "after": the cursor, "of": its moment}.

    "of" is "to" in whole seconds. Where they differ somebody has moved the mark back, and the export begins there.
    """

    def follow(self, mark: Mark, now: datetime) -> Iterator[tuple[Sequence[Any], Mark]]:
        to = moment(mark.get("to"))
        if to is None and mark.get("to") is not None:
            raise SourceError(
                f"the cursor holds {mark.get('to')!r:.40}, which is not a time; move this source's cursor back",
                permanent=True,
            )
        after = mark.get("after") if to is None or whole(mark.get("of")) == int(to.timestamp()) else None
        page, after = self._resumed(to, after, now)
        while True:
            following, ended = text(at(page.next, "after")) or after, at(page.next, "ended") is True
            if not page.items and not ended:
                # An empty page that is not the last one is asked for again before it is believed.
                page = self.read(to, after)
                following, ended = text(at(page.next, "after")) or after, at(page.next, "ended") is True
            to = max((moved for item in page.items if (moved := self.moment(item)) is not None), default=to)
            if not ended and following in (None, after):
                raise SourceError(f"{self.name}: the export's cursor does not move; it will be tried again.")
            after = following
            yield page.items, _mark(to, after)
            if ended:
                return
            try:
                page = self.read(None, after)
            except HttpError as error:
                if error.status not in (400, 422):
                    raise
                raise SourceError(f"{self.name}: the export's cursor is not known any more ({error})") from None

    def _resumed(self, to: datetime | None, after: str | None, now: datetime) -> tuple[Listing, str | None]:
        """The first page, from the cursor, or from its moment where there is no cursor or it is refused."""
        start = None if to is None else min(to, now - WITHHELD)
        if after is None:
            return self.read(start, None), None
        try:
            return self.read(None, after), after
        except HttpError as error:
            if error.status not in (400, 422) or start is None:
                raise
            return self.read(start, None), None


def _mark(to: datetime | None, after: str | None) -> dict[str, Any]:
    mark: dict[str, Any] = {} if after is None else {"after": after}
    if to is not None:
        mark |= {"to": f"{to:%Y-%m-%dT%H:%M:%SZ}", "of": int(to.timestamp())}
    return mark


def _beside(item: Any, roles: Mapping[str, str], groups: Mapping[str | None, Raw]) -> Any:
    """The ticket with the role of its requester and the name of its group; whatever is no ticket as it is."""
    if not isinstance(item, Mapping):
        return item
    requester, group = text(item.get("requester_id")) or "", groups.get(text(item.get("group_id")))
    told = {requester: roles[requester]} if requester in roles else {}
    return {**item, "beside": {"roles": told, "group": text(at(group, "name"))}}


def _roles(answer: Answer) -> dict[str, str]:
    users = ((text(user.get("id")), text(user.get("role"))) for user in objects(at(answer.data, "users")))
    return {number: role for number, role in users if number and role}


def _role(roles: object, person: str | None) -> Role:
    return ROLES.get(text(mapping(roles).get(person or "")) or "", "unknown")


def _closed_at(item: Raw, updated: datetime) -> datetime | None:
    if text(item.get("status")) not in CLOSED:
        return None
    metrics = mapping(item.get("metric_set")) or mapping(at(item, "metric_sets", 0))
    return moment(metrics.get("solved_at")) or updated


def _comments(raw: Raw, description: str) -> Iterator[Comment]:
    """What was said after the description, which Zendesk gives as the first comment too."""
    for place, entry in enumerate(objects(raw.get("comments"))):
        number, created = text(entry.get("id")), moment(entry.get("created_at"))
        if number is None or created is None:
            continue
        if place == 0 and (text(entry.get("body")) or "").strip() == description.strip():
            continue
        author, html = text(entry.get("author_id")), text(entry.get("html_body"))
        yield Comment(
            external_id=number,
            author=author,
            author_role=_role(raw.get("roles"), author),
            body=clean(html, "html") if html else clean(text(entry.get("body")) or "", "plain"),
            created_at=created,
            private=entry.get("public") is False,
        )


def _bytes(headers: Mapping[str, str], name: str) -> bytes:
    return headers.get(f"x-zendesk-webhook-{name}", "").encode("utf-8", "replace")
