"""Linear: the issues of a workspace, and the comments on them, over its GraphQL API.

Archived issues, and those in the trash, are left out unless `includeArchived` asks for them. The list can only be had
newest change first, by tokens, and a large workspace takes more requests than an hour allows: the token is part of the
cursor, so that a walk goes on where it had to stop. A refusal can be a 200 with `errors`, and a limit is a 400.
"""

import hmac
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import Any, ClassVar, Final

from pydantic import Field, SecretStr

from connectors.base import BadItem, Raw, SourceError, SourceOptions, tags_for
from connectors.feed import Feed, Listing, Mark
from connectors.http import Answer, HttpError
from connectors.limits import UNSAID
from connectors.profile import SourceProfile
from connectors.rest import RestConnector, RestOptions, clock, secret
from connectors.values import at, kind_label, mapping, moment, names, objects, text, whole
from pipeline.clean import clean
from pipeline.issue import Comment, Event, Gone, Issue, Remark, Role

STALE: Final = timedelta(minutes=5)
DONE: Final = frozenset({"completed", "canceled", "duplicate"})
PERSONAL: Final = "lin_api_"
"""How personal keys begin; they are sent as they are, while tokens of OAuth are Bearer tokens."""

PEOPLE: Final = """
fragment Member on User { displayName app guest }
fragment Outsider on ExternalUser { displayName }
"""
ISSUES: Final = (
    """
query Issues($first: Int!, $after: String, $filter: IssueFilter) {
  page: issues(first: $first, after: $after, filter: $filter, orderBy: updatedAt, includeArchived: true) {
    nodes {
      id identifier title description url priorityLabel trashed
      createdAt updatedAt completedAt canceledAt archivedAt
      state { name type }
      team { key private }
      project { name }
      labels(first: 20) { nodes { name } }
      needs(first: 3) { nodes { customer { name } } }
      creator { ...Member }
      externalUserCreator { ...Outsider }
      botActor { name }
    }
    pageInfo { hasNextPage endCursor }
  }
}
"""
    + PEOPLE
)
COMMENTS: Final = (
    """
query Comments($first: Int!, $after: String, $filter: CommentFilter) {
  page: comments(first: $first, after: $after, filter: $filter, orderBy: updatedAt, includeArchived: true) {
    nodes {
      id issueId body createdAt updatedAt
      user { ...Member }
      externalUser { ...Outsider }
      botActor { name }
    }
    pageInfo { hasNextPage endCursor }
  }
}
"""
    + PEOPLE
)
WHO: Final = """
query Who($keys: TeamFilter) {
  viewer { displayName }
  teams(first: 250, filter: $keys) { nodes { key } }
}
"""


class LinearOptions(RestOptions):
    base_url: str = Field(default="https://api.linear.app", description="the address of Linear's API")
    token: SecretStr | None = Field(default=None, description="an API key (lin_api_...) or a token of OAuth")
    teams: list[str] = Field(default_factory=list, description="keys of teams (ENG); none: all that the key can see")


class _Walk(Feed):
    """Newest change first, to the end; where a walk had to stop, the next pull goes on.

    A mark is {"to": what was read completely}, and during a walk also {"after": the token, "newest": where it began}.
    An issue that changes meanwhile moves before the walk's beginning, where the next walk finds it.
    """

    def follow(self, mark: Mark, now: datetime) -> Iterator[tuple[Sequence[Any], Mark]]:
        reached = mark
        for items, reached in self._to_the_end(mark, now):
            yield items, reached
        if "after" in mark:  # only the rest of a walk: what changed since it began is still to come
            yield from self._to_the_end(reached, now)

    def _to_the_end(self, mark: Mark, now: datetime) -> Iterator[tuple[Sequence[Any], Mark]]:
        to = _time(mark, "to")
        since = None if to is None else to - self.profile.trail
        page, newest = self._first(since, mark, now)
        followed = {mark.get("after")}
        while page.next is not None:
            if page.next in followed:
                raise SourceError(f"{self.name}: Linear's next page is one that was read already.")
            followed.add(page.next)
            yield page.items, {**_mark(to=to, newest=newest), "after": page.next}
            page = self._following(since, page.next)
        yield page.items, _mark(to=newest or to)

    def _first(self, since: datetime | None, mark: Mark, now: datetime) -> tuple[Listing, datetime | None]:
        """The page that a walk begins or goes on with, and where it began."""
        if "after" in mark:
            try:
                return self._page_at(since, mark["after"]), _time(mark, "newest")
            except HttpError as error:
                if error.status != 400:  # else the token is no longer valid
                    raise
        page = self._page_at(since, None)
        seen = [at for item in page.items if (at := self.moment(item)) is not None]
        return page, min(max(seen), now) if seen else None

    def _following(self, since: datetime | None, after: str) -> Listing:
        try:
            return self._page_at(since, after)
        except HttpError as error:
            if error.status != 400:
                raise
            raise SourceError(f"{self.name}: a page token is no longer valid; it will begin anew. ({error})") from None

    def _page_at(self, since: datetime | None, after: str | None) -> Listing:
        """An empty page that is not the last is asked for once more: nothing leads back to what it left out."""
        page = self.read(since, after)
        return page if page.items or page.next is None else self.read(since, after)


class Linear(RestConnector[LinearOptions]):
    kind: ClassVar[str] = "linear"
    summary: ClassVar[str] = "issues and comments of a Linear workspace"
    Options: ClassVar[type[SourceOptions]] = LinearOptions
    dialect: ClassVar[str] = "connectors.kit.dialects.linear:LinearDialect"
    profile: ClassVar[SourceProfile] = SourceProfile(
        cursor="updatedAt",
        tick=timedelta(milliseconds=1),
        order="keyset",
        page_size=50,
        widening={"includeArchived": "without it archived issues, and those in the trash, are left out"},
        tombstones="listed",
        redact=("email", "avatarUrl"),
    )

    @classmethod
    def headers(cls, options: LinearOptions) -> Mapping[str, str]:
        key = secret(options.token)
        return {"Authorization": key if key.startswith(PERSONAL) else f"Bearer {key}"} if key else {}

    def feeds(self) -> Sequence[Feed]:
        queries = {"issues": ISSUES, "comments": COMMENTS} if self.options.comments else {"issues": ISSUES}
        return [
            _Walk(
                name=name,
                profile=self.profile,
                read=partial(self._read, query, name),
                moment=lambda item: moment(at(item, "updatedAt")),
                key=lambda item: at(item, "id"),
            )
            for name, query in queries.items()
        ]

    def normalise(self, raw: Raw) -> Issue | Remark | Gone | None:
        item = mapping(raw.get("item"))
        return _remark(item) if raw.get("in") == "comments" else self._issue(item)

    def known_as(self, raw: Raw) -> str | None:
        item = mapping(raw.get("item"))
        return text(item.get("identifier")) or text(item.get("id"))

    @classmethod
    def webhook(cls, headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime) -> str | None:
        """Linear signs the body, which holds the time at which it was sent."""
        given = headers.get("linear-signature", "").encode("utf-8", "replace")
        made = [hmac.new(key.encode(), body, sha256).hexdigest().encode() for key in secrets if key]
        if not any(hmac.compare_digest(given, one) for one in made):
            return None
        try:
            sent = moment(whole(at(json.loads(body), "webhookTimestamp")))
        except (ValueError, RecursionError):
            return None
        if sent is None or abs(now - sent) > STALE:
            return None
        return headers.get("linear-delivery") or None

    def check(self) -> list[str]:
        if self.options.token is None:
            return ["Linear answers nobody without a key: set `token`."]
        keys = {"key": {"in": self.options.teams}} if self.options.teams else None
        answer = self._ask("Who", WHO, {"keys": keys})
        seen = names(at(answer.data, "data", "teams", "nodes"), "key")
        problems = [
            f"There is no team {key}, or this key may not see it. Keys of teams are what issues begin with (ENG-123)."
            for key in self.options.teams
            if key not in seen
        ]
        if not seen and not problems:
            problems.append("This key can see no team. Give its owner access to those that you want to read.")
        return problems + clock(answer, "Linear")

    def _read(self, query: str, part: str, since: datetime | None, after: Any) -> Listing:
        wanted: list[dict[str, Any]] = []
        if self.options.teams:
            team = {"team": {"key": {"in": self.options.teams}}}
            wanted.append(team if part == "issues" else {"issue": team})
        if since is not None:
            stamp = since.isoformat(timespec="milliseconds").replace("+00:00", "Z")
            # What is archived or thrown away need not count as a change.
            moments = ("updatedAt", "archivedAt") if part == "issues" else ("updatedAt",)
            wanted.append({"or": [{name: {"gte": stamp}} for name in moments]})
        asked = {"first": self.page_size, "after": after, "filter": {"and": wanted} if wanted else None}
        page = at(self._ask(part.capitalize(), query, asked).data, "data", "page")
        nodes, more = at(page, "nodes"), at(page, "pageInfo")
        if not isinstance(nodes, list):
            raise SourceError("Linear's answer has no list of nodes. Is `base_url` right?")
        return Listing(nodes, text(at(more, "endCursor")) if at(more, "hasNextPage") is True else None)

    def _ask(self, name: str, query: str, variables: Mapping[str, Any]) -> Answer:
        """One query. Raises `SourceError` for whatever Linear calls an error, with whichever status it comes."""
        body = {"query": query, "operationName": name, "variables": variables}
        answer = self.http.post("/graphql", body, reads=True, allow=(400,))
        said = answer.data if answer.refusal is None else answer.refusal
        errors = objects(at(said, "errors"))
        if answer.status == 200 and not errors:
            return answer
        raise _refusal(answer, errors)

    def _issue(self, item: Raw) -> Issue | Gone:
        key, title, created = text(item.get("id")), text(item.get("title")), moment(item.get("createdAt"))
        if key is None:
            raise BadItem("an issue without an id")
        updated = moment(item.get("updatedAt")) or created
        archived = moment(item.get("archivedAt"))
        if item.get("trashed") is True:
            return Gone(external_id=key, at=archived or updated or self.clock())
        if title is None or created is None or updated is None:
            raise BadItem(f"issue {self.known_as({'item': item})} lacks its title or createdAt")
        closed = moment(item.get("completedAt")) or moment(item.get("canceledAt")) or archived
        if text(at(item, "state", "type")) not in DONE and archived is None:
            closed = None
        elif closed is None:
            closed = updated
        labels = names(at(item, "labels", "nodes"))
        kind, priority = kind_label(labels), text(item.get("priorityLabel"))
        priority = None if priority == "No priority" else priority
        tags = tags_for(self.options, [*labels, kind, priority])
        author, role = _author(item, item.get("creator"), item.get("externalUserCreator"))
        return Issue(
            source=self.options.name,
            external_id=key,
            title=clean(title, "plain"),
            body=clean(text(item.get("description")) or "", "markdown"),
            url=text(item.get("url")),
            created_at=created,
            updated_at=updated,
            closed_at=closed,
            state="open" if closed is None else "closed",
            kind=kind,
            author=author,
            author_role=role,
            account=text(at(item, "needs", "nodes", 0, "customer", "name")),
            labels=labels,
            project=text(at(item, "project", "name")),
            group=text(at(item, "team", "key")),
            priority=priority,
            tags=tags | {"private"} if at(item, "team", "private") is True else tags,
            history=(
                Event(at=created, what="created"),
                *([Event(at=closed, what="closed", after=text(at(item, "state", "name")))] if closed else []),
            ),
        )


def _remark(item: Raw) -> Remark | None:
    key, issue, created = text(item.get("id")), text(item.get("issueId")), moment(item.get("createdAt"))
    if key is None or created is None:
        raise BadItem("a comment without its id or createdAt")
    if issue is None:  # said on a project or a document
        return None
    author, role = _author(item, item.get("user"), item.get("externalUser"))
    body = clean(text(item.get("body")) or "", "markdown")
    return Remark(
        issue=issue,
        comment=Comment(external_id=key, author=author, author_role=role, body=body, created_at=created),
    )


def _author(item: Raw, member: object, outsider: object) -> tuple[str | None, Role]:
    """Members of the workspace are staff; who writes through Slack, a desk or mail without being one is a customer."""
    named = text(at(outsider, "displayName"))
    if named is not None:
        return named, "customer"
    name = text(at(member, "displayName"))
    if name is None:
        bot = text(at(item, "botActor", "name"))
        return bot, "unknown" if bot is None else "bot"
    if at(member, "app") is True:
        return name, "bot"
    return name, "unknown" if at(member, "guest") is True else "staff"


def _refusal(answer: Answer, errors: Sequence[Raw]) -> SourceError:
    """Linear's own error: by its code, since limits and refused keys come as 400 or even 200.

    The buckets of its limits fill all the time, so that a minute is enough to go on.
    """
    first = errors[0] if errors else {}
    code = (text(at(first, "extensions", "code")) or text(at(first, "extensions", "type")) or "").casefold()
    reason = " ".join((text(first.get("message")) or "no reason given").split())[:300].rstrip(".")
    message = f"POST {answer.url} answered {answer.status}: {reason}."
    if "ratelimited" in code.replace("_", "") or whole(at(first, "extensions", "statusCode")) == 429:
        return HttpError(message, status=429, reason=reason, retry_after=UNSAID)
    if "authentication" in code:
        told = f"{message} The key is not accepted (401): make a new one, put it where `token` points, and try again."
        return HttpError(told, status=401, reason=reason, permanent=True)
    passing = answer.status == 200 and ("internal" in code or "unknown" in code or code == "")
    return HttpError(message, status=answer.status, reason=reason, permanent=not passing)


def _time(mark: Mark, name: str) -> datetime | None:
    found = moment(mark.get(name))
    if found is None and name in mark:
        raise SourceError(
            f"the cursor holds {mark[name]!r:.40}, which is not a time; move this source's cursor back", permanent=True
        )
    return found


def _mark(**times: datetime | None) -> dict[str, str]:
    return {name: at.isoformat().replace("+00:00", "Z") for name, at in times.items() if at is not None}
