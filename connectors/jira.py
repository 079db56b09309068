"""Jira, in the cloud and in your own data center: the issues of its projects, requests of service projects among them.

JQL reads a quoted time in the time zone of the user whose token is used, to the minute; a bare number is milliseconds
and means the same to everybody, so that is what is asked by. Cloud has no offsets, gives nothing but ids unless fields
are named, and shows a change up to hours late. Data Center stops at 10,000 rows, which is why it is asked anew by time.
Both answer a refused token like a visitor who sees nothing. An issue keeps its id when it moves; its key changes.
"""

import hmac
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property, partial
from hashlib import sha256
from typing import Any, ClassVar, Final, Literal

from pydantic import Field, field_validator

from connectors.base import Raw, SourceError, SourceOptions
from connectors.feed import Feed, Listing
from connectors.http import Answer, HttpError
from connectors.jira_issue import issue
from connectors.profile import SourceProfile
from connectors.rest import RestConnector, RestOptions, basic, clock, concerns_all, secret
from connectors.values import at, mapping, moment, objects, segment, text, whole
from pipeline.issue import Issue

FIELDS: Final = (
    *("summary", "description", "issuetype", "project", "status", "resolution", "resolutiondate", "created", "updated"),
    *("reporter", "creator", "priority", "labels", "components", "security"),
)
CENSUS: Final = ("id", "created")
MANY: Final = 1000
"""Rows a page where little is asked of each."""
CUSTOM: Final = {
    "com.atlassian.servicedesk:sd-sla-field": "sla",
    "com.atlassian.servicedesk:sd-customer-organizations": "organizations",
    "com.atlassian.servicedesk:vp-origin": "request",
}
"""What service projects add. The fields have another number on each site, and are known by their type."""
REFUSED_LOGIN: Final = ("AUTHENTICATED_FAILED", "AUTHENTICATION_DENIED")
HIDDEN: Final = "it is listed and not given; it was deleted or hidden meanwhile"
STALE: Final = timedelta(hours=2)
"""A webhook is sent again for an hour or so; an older one is somebody's copy."""

CLOUD: Final = SourceProfile(
    cursor="updated",
    page_size=100,
    trail=timedelta(hours=12),
    widening={"fields": "without it the list gives ids and nothing else", "jql": "without a restriction it is refused"},
    tombstones="census",
    redact=("emailAddress", "avatarUrls", "iconUrl"),
)
DATA_CENTER: Final = replace(
    CLOUD,
    window=10_000,
    trail=timedelta(minutes=10),
    widening={"fields": "without it comments are left out"},
)


class JiraOptions(RestOptions):
    email: str | None = Field(
        default=None, description="Cloud: whose token it is; Data Center: none, the token suffices"
    )
    projects: list[str] = Field(
        default_factory=list, description="keys of the projects to read; none: all visible ones"
    )
    service_desk: bool | None = Field(
        default=None, description="read service requests as such; none: by the type of each project"
    )
    fields: list[str] = Field(
        default_factory=list,
        description="custom fields by name or id, for `tags` like Impact=Company",
    )
    site_url: str | None = Field(default=None, description="where people open issues, where that is not `base_url`")

    @field_validator("projects")
    @classmethod
    def _keys(cls, projects: list[str]) -> list[str]:
        for key in projects:
            if not key or set(key) & set('"\\ \n'):
                raise ValueError(f"{key!r} is not the key of a project, like BR")
        folded = [key.casefold() for key in projects]
        twice = next((key for key in projects if folded.count(key.casefold()) > 1), None)
        if twice is not None:
            raise ValueError(f"{twice!r} is there twice")
        return projects


class Jira(RestConnector[JiraOptions]):
    """One list of changes a project: one that cannot be read stops no other, and one that is new is read whole."""

    kind: ClassVar[str] = "jira"
    summary: ClassVar[str] = "issues and service requests of Jira, Cloud or Data Center"
    Options: ClassVar[type[SourceOptions]] = JiraOptions
    dialect: ClassVar[str] = "connectors.kit.dialects.jira_cloud:JiraCloudDialect"
    profile: ClassVar[SourceProfile] = CLOUD

    @classmethod
    def headers(cls, options: JiraOptions) -> Mapping[str, str]:
        if options.token is None or options.email is None:
            return super().headers(options)
        return basic(options.email, secret(options.token))

    def feeds(self) -> Sequence[Feed]:
        return [self._feed(place, "updated", self._fields) for place in self.options.projects or [""]]

    def children(self, feed: str, item: Raw) -> Mapping[str, Any]:
        """Comments that the list left out, and what a service project knows of a request."""
        fields, number = mapping(item.get("fields")), segment(item.get("id"))
        found: dict[str, Any] = {}
        desk = self._is_desk(item)
        if desk:
            found["desk"] = {name: [fields[i] for i in ids if fields.get(i)] for name, ids in self._custom.items()}
        if self._tagged:
            found["own"] = {name: fields.get(number) for number, name in self._tagged.items()}
        said = objects(at(fields, "comment", "comments"))
        if len(said) < (whole(at(fields, "comment", "total")) or 0):
            found["comments"] = said = self._comments_of(number)
        if desk and any("jsdPublic" not in one for one in said):
            found["public"] = self._public_of(number)
        return found

    def normalise(self, raw: Raw) -> Issue:
        site = self.options.site_url or self.options.base_url
        return issue(raw, self.options, site=site, desk=self._is_desk(mapping(raw.get("item"))))

    def known_as(self, raw: Raw) -> str | None:
        return text(at(raw, "item", "key")) or text(at(raw, "item", "id"))

    @classmethod
    def webhook(cls, headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime) -> str | None:
        """Jira signs the body with its time in it; the identifier is the same when a delivery is tried again."""
        given = headers.get("x-hub-signature", "").encode("utf-8", "replace")
        made = [hmac.new(key.encode(), body, sha256).hexdigest() for key in secrets if key]
        genuine = [hmac.compare_digest(given, f"sha256={one}".encode()) for one in made]
        if not any(genuine):
            return None
        sent = _sent(body)
        if sent is None or abs(now - sent) > STALE:
            return None
        return headers.get("x-atlassian-webhook-identifier") or sha256(body).hexdigest()

    def check(self) -> list[str]:
        problems: list[str] = []
        try:
            if self._cloud and self.options.email is None and ".atlassian.net" in self.http.origin:
                problems.append("Jira Cloud takes a token together with the e-mail it belongs to: set `email`.")
            answer = self._ask(f"{self._api}/myself")
        except SourceError as error:
            return [*problems, str(error)]
        for key in self.options.projects:
            try:
                project = self._must_see(key)
            except SourceError as error:
                problems.append(f"{key}: {error}")
            else:
                if project.get("archived") is True:
                    problems.append(f"{key} is archived: Jira no longer lists its issues. Leave it out of `projects`.")
        if not self.options.projects and not self._search("updated >= 0", ("updated",), None).items:
            problems.append("This account sees no issues. Give it the permission to browse the projects.")
        return problems + clock(answer, "Jira")

    def census(self) -> Iterator[str] | None:
        """Without named projects nobody could tell an issue that was deleted from a project that is hidden now."""
        return self._existing() if self.options.projects else None

    def probe(self, external_id: str) -> Literal["exists", "deleted"]:
        """Jira says the same of what was deleted and what is hidden; a hidden project is an error, not a deletion."""
        if self._ask(f"{self._api}/issue/{segment(external_id)}", {"fields": "project"}, allow=(404,)).status == 200:
            return "exists"
        for key in self.options.projects:
            self._must_see(key)
        return "deleted"

    def answered(self, external_id: str, mark: str) -> bool:
        path = f"/rest/api/2/issue/{segment(external_id)}/comment"
        asked: dict[str, str | int] = {"maxResults": 100, "orderBy": "-created"}
        return any(mark in str(at(comment, "body")) for comment in objects(at(self._ask(path, asked).data, "comments")))

    def answer(self, external_id: str, text: str, mark: str) -> None:
        """In a service project as an internal note: what customers read, an agent sends."""
        note = {"key": "sd.public.comment", "value": {"internal": True}}
        self.http.post(
            f"/rest/api/2/issue/{segment(external_id)}/comment",
            {"body": f"{text}\n\n({mark})", "properties": [note]},
        )

    @cached_property
    def _cloud(self) -> bool:
        kind = at(self._ask("/rest/api/2/serverInfo").data, "deploymentType")
        return ".atlassian.net" in self.http.origin if kind is None else str(kind) == "Cloud"

    @cached_property
    def _custom(self) -> Mapping[str, Sequence[str]]:
        """The ids of the fields that service projects add on this site."""
        found: dict[str, list[str]] = {name: [] for name in CUSTOM.values()}
        if self.options.service_desk is False:
            return found
        for field in objects(self._ask(f"{self._api}/field").data):
            name, number = CUSTOM.get(str(at(field, "schema", "custom"))), text(field.get("id"))
            if name is not None and number is not None:
                found[name].append(number)
        return found

    @cached_property
    def _tagged(self) -> Mapping[str, str]:
        """Ids of the fields that tags may be mapped from, to the names that the operator wrote."""
        wanted = {name.casefold(): name for name in self.options.fields}
        if not wanted:
            return {}
        known = [(text(f.get("id")), text(f.get("name"))) for f in objects(self._ask(f"{self._api}/field").data)]
        hits = ((key, wanted.get((name or "").casefold()) or wanted.get((key or "").casefold())) for key, name in known)
        return {key: name for key, name in hits if key and name}

    @cached_property
    def _fields(self) -> Sequence[str]:
        comment = ["comment"] if self.options.comments else []
        return [*FIELDS, *comment, *(number for ids in self._custom.values() for number in ids), *self._tagged]

    @property
    def _api(self) -> str:
        return "/rest/api/3" if self._cloud else "/rest/api/2"

    def _is_desk(self, item: Raw) -> bool:
        if self.options.service_desk is not None:
            return self.options.service_desk
        return str(at(item, "fields", "project", "projectTypeKey")) == "service_desk"

    def _ask(
        self,
        path: str,
        params: Mapping[str, str | int] | None = None,
        *,
        allow: Sequence[int] = (),
        body: Raw | None = None,
    ) -> Answer:
        """A question, answered to us: whoever comes with a token that has ended is answered 200, as a visitor."""
        answer = self.http.get(path, params, allow=allow) if body is None else self.http.post(path, body, reads=True)
        if self.options.token is not None and answer.headers.get("x-seraph-loginreason", "").startswith(REFUSED_LOGIN):
            raise HttpError(
                f"{path} was answered as to a visitor: Jira does not accept the credentials (401). "
                "Make a new token and put it where this source's `token` points.",
                status=401,
                permanent=True,
            )
        return answer

    def _must_see(self, key: str) -> Raw:
        return mapping(self._ask(f"{self._api}/project/{segment(key)}").data)

    def _feed(self, project: str, by: Literal["updated", "created"], fields: Sequence[str]) -> Feed:
        profile = CLOUD if self._cloud else DATA_CENTER
        return Feed(
            name=project or "all projects",
            profile=profile,
            read=partial(self._read, project, by, fields),
            moment=lambda item: _second(moment(at(item, "fields", by))),
            key=lambda item: at(item, "id"),
        )

    def _existing(self) -> Iterator[str]:
        for key in self.options.projects:
            self._must_see(key)
            for items, _ in self._feed(key, "created", CENSUS).walk(None):
                yield from (number for item in items if (number := text(at(item, "id"))) is not None)

    def _read(self, project: str, by: str, fields: Sequence[str], since: datetime | None, step: Any) -> Listing:
        """A page. One issue that Jira cannot give, or not in time, would stop its page for good: it is singled out."""
        start = 0 if since is None else int(since.timestamp() * 1000)
        within = f'project = "{project}" AND ' if project else ""
        jql = f"{within}{by} >= {start} ORDER BY {by} ASC, key ASC"
        try:
            return self._search(jql, fields, step)
        except SourceError as error:
            if (
                concerns_all(error)
                or (isinstance(error, HttpError) and error.status < 500)
                or fields is not self._fields
            ):
                raise
            return self._one_by_one(self._ids(jql, by, step, error), error)

    def _ids(self, jql: str, by: str, step: Any, error: SourceError) -> Listing:
        try:
            return self._search(jql, (by,), step)
        except SourceError:
            raise error from None

    def _search(self, jql: str, fields: Sequence[str], step: Any) -> Listing:
        """Fields come by name, and a page in the middle that is empty is not believed at once."""
        found = self._page(jql, fields, step)
        return found if found.items or found.next is None else self._page(jql, fields, step)

    def _page(self, jql: str, fields: Sequence[str], step: Any) -> Listing:
        size = MANY if fields is CENSUS and self.options.per_page is None else self.page_size
        asked: dict[str, Any] = {"jql": jql, "maxResults": size}
        if fields is self._fields:
            asked["expand"] = "changelog"
        if self._cloud:
            token = {} if step is None else {"nextPageToken": step}
            data = self._ask("/rest/api/3/search/jql", body={**asked, **token, "fields": list(fields)}).data
            following: Any = None if at(data, "isLast") is True else text(at(data, "nextPageToken"))
        else:
            begin = step or 0
            data = self._ask("/rest/api/2/search", {**asked, "startAt": begin, "fields": ",".join(fields)}).data
            # The server gives fewer than asked where it likes, so the next page begins behind what came.
            begin += len(at(data, "issues") or ()) or size
            following = begin if begin < (whole(at(data, "total")) or 0) else None
        issues = at(data, "issues")
        if not isinstance(issues, list):
            raise SourceError("Jira answered a search without a list of issues.")
        return Listing(issues, following)

    def _one_by_one(self, rows: Listing, error: SourceError) -> Listing:
        given = self._given([mapping(row) for row in rows.items])
        if len(given) > 1 and all("refused" in item for item in given):
            raise error  # no one issue is at fault
        return Listing(given, rows.next)

    def _given(self, rows: Sequence[Raw]) -> list[Raw]:
        """The issues of these rows: all at once where Jira can, by halves where it cannot, apiece in the end."""
        if not rows:
            return []
        if len(rows) == 1:
            return [self._single(rows[0])]
        half = len(rows) // 2
        if not self._cloud:
            return self._given(rows[:half]) + self._given(rows[half:])
        asked = {"issueIdsOrKeys": [text(row.get("id")) or "" for row in rows], "fields": list(self._fields)}
        try:
            data = self._ask("/rest/api/3/issue/bulkfetch", body={**asked, "expand": ["changelog"]}).data
        except SourceError as error:
            if concerns_all(error):
                raise
            return self._given(rows[:half]) + self._given(rows[half:])
        issues = {text(one.get("id")): one for one in objects(at(data, "issues"))}
        reasons = {text(one.get("id")): text(one.get("errorMessage")) for one in objects(at(data, "issueErrors"))}
        ids = [text(row.get("id")) for row in rows]
        return [issues.get(i) or {**row, "refused": reasons.get(i) or HIDDEN} for i, row in zip(ids, rows, strict=True)]

    def _single(self, row: Raw) -> Raw:
        path = f"{self._api}/issue/{segment(row.get('id'))}"
        try:
            return mapping(self._ask(path, {"fields": ",".join(self._fields), "expand": "changelog"}).data)
        except SourceError as error:
            if concerns_all(error):
                raise
            return {**row, "refused": str(error)}

    def _comments_of(self, number: str) -> list[Raw]:
        """Every comment; `maxResults` is only a wish, so the next page begins behind what came."""
        found: list[Raw] = []
        while True:
            params: dict[str, str | int] = {"startAt": len(found), "maxResults": 100, "orderBy": "created"}
            data = self._ask(f"{self._api}/issue/{number}/comment", params).data
            page = objects(at(data, "comments"))
            found += page
            if not page or len(found) >= (whole(at(data, "total")) or 0):
                return found

    def _public_of(self, number: str) -> list[str]:
        """The ids of what the customer can read; none where the issue is no request."""
        found: list[str] = []
        start = 0
        while True:
            path, params = f"/rest/servicedeskapi/request/{number}/comment", {"start": start, "limit": 100}
            data = self._ask(path, params, allow=(404,)).data
            page = objects(at(data, "values"))
            found += [text(one.get("id")) or "" for one in page if one.get("public") is True]
            start += len(page)
            if not page or at(data, "isLastPage") is not False:
                return found


def _second(when: datetime | None) -> datetime | None:
    """Rows of one second are in no order that can be relied on."""
    return None if when is None else when.replace(microsecond=0)


def _sent(body: bytes) -> datetime | None:
    try:
        return moment(at(json.loads(body), "timestamp"))
    except (ValueError, RecursionError):
        return None
