"""GitLab: the issues of projects and groups, and the notes on them.

A list of a group leaves out the projects that are archived, and without `scope=all` some lists hold only what the
token's owner wrote. Nothing is listed behind the 50,000th item, so the feed asks anew by time. Notes are asked for
apiece, and what GitLab itself noted ("changed the description") is not something a person said.
"""

import hmac
import re
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property, partial
from hashlib import sha256
from typing import Any, ClassVar, Final, Literal, Self

from pydantic import Field, SecretStr, model_validator

from connectors.base import BadItem, Raw, SourceError, SourceOptions, tags_for
from connectors.feed import Feed, Listing
from connectors.profile import SourceProfile
from connectors.rest import RestConnector, RestOptions, clock, concerns_all
from connectors.values import at, kind_label, mapping, moment, names, objects, segment, text, whole
from pipeline.clean import clean
from pipeline.issue import Comment, Event, Issue, Role, Tag

API: Final = "/api/v4"
STALE: Final = timedelta(minutes=5)
SIGNING: Final = "whsec_"
"""How GitLab's signing tokens begin; any other secret is one that it sends as it is."""
BOT: Final = re.compile(r"(?:project|group)_\d+_bot|(?:support|alert|ghost|security|visual-review)-bot|.*\[bot\]")
PRIORITY_LABEL: Final = re.compile(r"priority\s*:{1,2}\s*(\S.*)", re.IGNORECASE)


class GitLabOptions(RestOptions):
    base_url: str = Field(default="https://gitlab.com", description="the address of your GitLab")
    token: SecretStr | None = Field(default=None, description="a token with the scope read_api")
    projects: list[str] = Field(default_factory=list, description="group/name or the project's number")
    groups: list[str] = Field(default_factory=list, description="all projects of these groups and their subgroups")

    @model_validator(mode="after")
    def _something_to_read(self) -> Self:
        if not self.projects and not self.groups:
            raise ValueError("name at least one of `projects:` or `groups:`")
        return self


class GitLab(RestConnector[GitLabOptions]):
    """An issue is known as PROJECT#IID, with the project's number, which outlives its name."""

    kind: ClassVar[str] = "gitlab"
    summary: ClassVar[str] = "issues and notes of GitLab projects and groups, on gitlab.com or your own server"
    Options: ClassVar[type[SourceOptions]] = GitLabOptions
    dialect: ClassVar[str] = "connectors.kit.dialects.gitlab:GitLabDialect"
    profile: ClassVar[SourceProfile] = SourceProfile(
        cursor="updated_at",
        tick=timedelta(milliseconds=1),
        page_size=100,
        window=50_000,
        widening={
            "scope": "some lists hold only what the token's owner wrote",
            "non_archived": "a group's list leaves out archived projects",
        },
        tombstones="census",
        redact=("email", "avatar_url"),
    )

    def feeds(self) -> Sequence[Feed]:
        lists = [(name, f"projects/{segment(name)}") for name in self.options.projects]
        lists += [(f"group {name}", f"groups/{segment(name)}") for name in self.options.groups]
        return [self.feed(name, partial(self._read, path), "updated_at") for name, path in lists]

    def children(self, feed: str, item: Raw) -> Mapping[str, Any]:
        if not self.options.comments or whole(item.get("user_notes_count")) == 0:
            return {}
        path = f"{API}/projects/{segment(item.get('project_id'))}/issues/{segment(item.get('iid'))}/notes"
        return {"comments": list(self._all(path, {"sort": "asc", "order_by": "created_at"}))}

    def normalise(self, raw: Raw) -> Issue:
        item = mapping(raw.get("item"))
        key, title = _key(item), text(item.get("title"))
        created = moment(item.get("created_at"))
        if key is None:
            raise BadItem("an issue without its project_id or iid")
        if title is None or created is None:
            raise BadItem(f"issue {key} lacks its title or created_at")
        updated = moment(item.get("updated_at")) or created
        closed = (moment(item.get("closed_at")) or updated) if item.get("state") == "closed" else None
        labels = names(item.get("labels"))
        kind, priority = _kind(item, labels), _priority(item, labels)
        customer = text(item.get("service_desk_reply_to"))
        project = (text(at(item, "references", "full")) or "").rpartition("#")[0] or text(raw.get("in"))
        return Issue(
            source=self.options.name,
            external_id=key,
            title=clean(title, "plain"),
            body=clean(text(item.get("description")) or "", "markdown"),
            url=text(item.get("web_url")),
            created_at=created,
            updated_at=updated,
            closed_at=closed,
            state="open" if closed is None else "closed",
            kind=kind,
            author=customer or _name(item.get("author")),
            author_role="customer" if customer else _role(item.get("author")),
            account=customer,
            labels=labels,
            project=project,
            group=(project or "").rpartition("/")[0] or None,
            component=text(at(item, "milestone", "title")),
            priority=priority,
            tags=self._tags(item, [*labels, kind or "", priority or ""]),
            comments=tuple(_comments(raw)),
            history=(Event(at=created, what="created"), *([Event(at=closed, what="closed")] if closed else [])),
        )

    def known_as(self, raw: Raw) -> str | None:
        item = mapping(raw.get("item"))
        return text(at(item, "references", "full")) or _key(item)

    @classmethod
    def webhook(cls, headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime) -> str | None:
        """By the signature where the secret is a signing token; else by the secret itself, which GitLab sends along.

        A secret that is sent as it is proves who sent a webhook, and neither its age nor that it is unchanged.
        """
        delivery = headers.get("webhook-id") or headers.get("idempotency-key") or headers.get("x-gitlab-event-uuid")
        signed = [_is_signed(headers, body, key, now) for key in secrets if key.startswith(SIGNING)]
        given = headers.get("x-gitlab-token", "").encode("utf-8", "replace")
        plain = [hmac.compare_digest(given, key.encode()) for key in secrets if key and not key.startswith(SIGNING)]
        return delivery or None if any([*signed, *plain]) else None

    def check(self) -> list[str]:
        problems: list[str] = []
        if self.options.token is None:
            problems.append("Without a token GitLab shows public projects only. Set `token` to one with read_api.")
        paths = [*(f"projects/{segment(p)}" for p in self.options.projects)]
        paths += [f"groups/{segment(g)}" for g in self.options.groups]
        for name, path in zip([*self.options.projects, *self.options.groups], paths, strict=True):
            try:
                answer = self.http.get(f"{API}/{path}", {"with_projects": "false"} if "groups/" in path else None)
            except SourceError as error:
                problems.append(f"{name}: {error}")
                if concerns_all(error):
                    return problems
                continue
            if at(answer.data, "issues_access_level") == "disabled":
                problems.append(f"{name} has its issues switched off; leave it out of `projects:`.")
            problems += [] if path != paths[-1] else clock(answer, "GitLab")
        return problems + (self._expiry() if self.options.token else [])

    def census(self) -> Iterator[str]:
        """Every issue that exists. Raises `SourceError` rather than leave out what it cannot see."""
        for feed in self.feeds() if self._visible else ():
            for items, _ in feed.walk(None):
                yield from filter(None, (_key(mapping(item)) for item in items))

    def covers(self, external_id: str) -> bool:
        return external_id.partition("#")[0] in self._visible

    def probe(self, external_id: str) -> Literal["exists", "deleted"]:
        """An issue that we may no longer see looks like one that is deleted; its project must be visible to say so."""
        project, _, number = external_id.partition("#")
        path = f"{API}/projects/{segment(project)}"
        if self.http.get(f"{path}/issues/{segment(number)}", allow=(404,)).status == 200:
            return "exists"
        _must_have_issues(mapping(self.http.get(path).data), project)
        return "deleted"

    def _read(self, path: str, since: datetime | None, link: Any) -> Listing:
        if link is None:
            asked: dict[str, str | int] = {
                "scope": "all",
                "state": "all",
                "order_by": "updated_at",
                "sort": "asc",
                "per_page": self.page_size,
            }
            if path.startswith("groups/"):
                asked["non_archived"] = "false"
            if since is not None:
                asked["updated_after"] = since.isoformat(timespec="milliseconds").replace("+00:00", "Z")
            answer = self.http.get(f"{API}/{path}/issues", asked)
        else:
            answer = self.http.get(link)
        if not isinstance(answer.data, list):
            raise SourceError(f"GET {answer.url.partition('?')[0]} did not give a list. Is `base_url` right?")
        return Listing(answer.data, answer.link("next"))

    def _all(self, path: str, params: Mapping[str, str]) -> Iterator[Raw]:
        """A list to its end, by GitLab's own links."""
        answer, followed = self.http.get(path, {**params, "per_page": 100}), set[str]()
        while True:
            yield from objects(answer.data)
            link = answer.link("next")
            if link is None or link in followed:
                return
            followed.add(link)
            answer = self.http.get(link)

    @cached_property
    def _visible(self) -> frozenset[str]:
        """The numbers of the projects that are read. Raises `SourceError` where one cannot be seen."""
        found = []
        for name in self.options.projects:
            found.append(_must_have_issues(mapping(self.http.get(f"{API}/projects/{segment(name)}").data), name))
        for name in self.options.groups:
            wanted = {"include_subgroups": "true", "with_shared": "false", "simple": "true"}
            found += [text(one.get("id")) for one in self._all(f"{API}/groups/{segment(name)}/projects", wanted)]
        return frozenset(number for number in found if number)

    def _expiry(self) -> list[str]:
        answer = self.http.get(f"{API}/personal_access_tokens/self", allow=(400, 403, 404))
        ends = moment(at(answer.data, "expires_at"))
        if ends is None or ends - self.clock() > timedelta(days=14):
            return []
        return [f"The token expires on {ends:%d %B %Y}. Make a new one in time."]

    def _tags(self, item: Raw, marks: Sequence[str]) -> frozenset[Tag]:
        found = tags_for(self.options, marks)
        return found | {"private"} if item.get("confidential") is True else found


def _key(item: Raw) -> str | None:
    project, number = whole(item.get("project_id")), whole(item.get("iid"))
    return None if project is None or number is None else f"{project}#{number}"


def _name(author: object) -> str | None:
    return text(at(author, "username")) or text(at(author, "name"))


def _role(author: object) -> Role:
    """GitLab does not say on an issue who belongs to the project: `org.yaml` knows the members."""
    return "bot" if BOT.fullmatch(_name(author) or "") else "unknown"


def _kind(item: Raw, labels: Sequence[str]) -> str | None:
    named = text(item.get("issue_type"))
    if named is not None and named.casefold() != "issue":
        return named
    return kind_label(labels)


def _priority(item: Raw, labels: Sequence[str]) -> str | None:
    severity = text(item.get("severity"))
    if severity is not None and severity.casefold() != "unknown":
        return severity
    return next((match[1] for label in labels if (match := PRIORITY_LABEL.fullmatch(label))), None)


def _comments(raw: Raw) -> Iterator[Comment]:
    for entry in objects(raw.get("comments")):
        number, created = text(entry.get("id")), moment(entry.get("created_at"))
        if number is None or created is None or entry.get("system") is True:
            continue
        yield Comment(
            external_id=number,
            author=_name(entry.get("author")),
            author_role=_role(entry.get("author")),
            body=clean(text(entry.get("body")) or "", "markdown"),
            created_at=created,
            private=entry.get("internal") is True or entry.get("confidential") is True,
        )


def _must_have_issues(project: Raw, name: str) -> str | None:
    if project.get("issues_access_level") == "disabled" or project.get("issues_enabled") is False:
        raise SourceError(f"{name} has its issues switched off; leave it out of `projects:`.", permanent=True)
    return text(project.get("id"))


def _is_signed(headers: Mapping[str, str], body: bytes, key: str, now: datetime) -> bool:
    """Whether one of the signatures is ours (Standard Webhooks: id.time.body, HMAC-SHA256, base64) and recent."""
    stamp = headers.get("webhook-timestamp", "")
    sent = moment(whole(stamp))
    if sent is None or abs(now - sent) > STALE:
        return False
    try:
        secret = b64decode(key.removeprefix(SIGNING), validate=True)
    except ValueError:
        return False
    content = f"{headers.get('webhook-id', '')}.{stamp}.".encode("utf-8", "replace") + body
    wanted = b"v1," + b64encode(hmac.new(secret, content, sha256).digest())
    given = headers.get("webhook-signature", "").encode("utf-8", "replace").split(b" ")
    return any(hmac.compare_digest(one, wanted) for one in given[:8])
