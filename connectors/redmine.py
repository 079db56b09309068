"""Redmine: the issues of every project that the key sees, and the notes on them.

The list shows open issues only, unless it is told otherwise (`status_id=*`). A filter `>= T` is carried out as "later
than T less one second" on stamps that are finer than the seconds shown, so that an answer may begin a second early:
what is too early is left out here. Notes come with one issue at a time. `closed_on` stays when an issue is opened
again, and deletions leave nothing behind: a census finds them.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar, Final, Literal

from pydantic import Field

from connectors.base import BadItem, Raw, SourceOptions, tags_for
from connectors.feed import Feed, Listing
from connectors.profile import SourceProfile
from connectors.rest import RestConnector, RestOptions, clock, rows, secret
from connectors.values import at, mapping, moment, names, objects, segment, text, whole
from pipeline.clean import clean
from pipeline.issue import Comment, Event, Gone, Issue

ALL: Final = {"status_id": "*"}


class RedmineOptions(RestOptions):
    markup: Literal["textile", "markdown"] = Field(
        default="textile", description="how people write there: Administration, Settings, General, Text formatting"
    )
    account_field: str | None = Field(default=None, description="the custom field that names the customer")


class Redmine(RestConnector[RedmineOptions]):
    kind: ClassVar[str] = "redmine"
    summary: ClassVar[str] = "issues and notes of a Redmine"
    Options: ClassVar[type[SourceOptions]] = RedmineOptions
    dialect: ClassVar[str] = "connectors.kit.dialects.redmine:RedmineDialect"
    profile: ClassVar[SourceProfile] = SourceProfile(
        cursor="updated_on",
        page_size=100,
        widening={"status_id": "without * the list shows open issues only"},
        tombstones="census",
        redact=("mail", "api_key"),
    )

    @classmethod
    def headers(cls, options: RedmineOptions) -> Mapping[str, str]:
        return {"X-Redmine-API-Key": secret(options.token)} if options.token else {}

    def feeds(self) -> Sequence[Feed]:
        return [self.feed("issues", self._read, "updated_on")]

    def children(self, feed: str, item: Raw) -> Mapping[str, Any]:
        found: dict[str, Any] = {"closed": self._closed_statuses}
        if self.options.comments:
            answer = self.http.get(f"/issues/{segment(item.get('id'))}.json", {"include": "journals"})
            found["journals"] = objects(at(answer.data, "issue", "journals"))
        return found

    def normalise(self, raw: Raw) -> Issue | Gone | None:
        item = mapping(raw.get("item"))
        number, title, created = text(item.get("id")), text(item.get("subject")), moment(item.get("created_on"))
        if number is None or title is None or created is None:
            raise BadItem(f"issue {number or 'without an id'} lacks its id, subject or created_on")
        updated = moment(item.get("updated_on")) or created
        closed = self._closed_at(raw, item, updated)
        kind, priority = text(at(item, "tracker", "name")), text(at(item, "priority", "name"))
        labels = names(item.get("tags"))
        author = text(at(item, "author", "id"))

        return Issue(
            source=self.options.name,
            external_id=number,
            title=clean(title, "plain"),
            body=self._plain(item.get("description")),
            url=f"{self.options.base_url.rstrip('/')}/issues/{number}",
            created_at=created,
            updated_at=updated,
            closed_at=closed,
            state="open" if closed is None else "closed",
            kind=kind,
            author=author,
            account=self._account(item) or author,
            labels=labels,
            project=text(at(item, "project", "name")),
            component=text(at(item, "category", "name")),
            group=text(at(item, "assigned_to", "name")),
            priority=priority,
            tags=tags_for(self.options, [*labels, priority, kind, *_private(item)], item.get("custom_fields")),
            comments=tuple(self._comments(raw)),
            history=_history(raw, created, closed),
        )

    def check(self) -> list[str]:
        answer = self.http.get("/projects.json", {"limit": 1})
        found = clock(answer, "Redmine")
        if not whole(at(answer.data, "total_count")):
            found.append("This key sees no project. Make its user a member of those that are to be read.")
        return found

    def census(self) -> Iterator[str]:
        """By id and not by page, so that an issue deleted meanwhile hides no other."""
        after = 0
        while True:
            answer = self.http.get(
                "/issues.json", {**ALL, "sort": "id", "issue_id": f">={after + 1}", "limit": self.page_size}
            )
            ids = [n for n in (whole(row.get("id")) for row in objects(at(answer.data, "issues"))) if n is not None]
            yield from (str(number) for number in ids if number > after)
            if max(ids, default=0) <= after:
                return
            after = max(ids)

    def probe(self, external_id: str) -> Literal["exists", "deleted", "transferred"] | None:
        """404 is an issue that is gone, 403 one that this key may no longer see."""
        answer = self.http.get(f"/issues/{segment(external_id)}.json", allow=(403, 404))
        return {200: "exists", 404: "deleted"}.get(answer.status)  # type: ignore[return-value]

    def _read(self, since: Any, offset: Any) -> Listing:
        asked: dict[str, str | int] = {**ALL, "sort": "updated_on:asc,id:asc", "limit": self.page_size}
        if since is not None:
            asked["updated_on"] = f">={since:%Y-%m-%dT%H:%M:%SZ}"
        start = whole(offset) or 0
        while True:
            answer = self.http.get("/issues.json", {**asked, "offset": start})
            data, items = answer.data, rows(answer, "issues")
            start += len(items)
            more = start if items and start < (whole(at(data, "total_count")) or 0) else None
            kept = [item for item in items if not _before(item, since)]
            if kept or more is None:
                return Listing(kept, more)

    @cached_property
    def _closed_statuses(self) -> list[int]:
        """The ids of statuses that mean closed; history names statuses by these."""
        answer = self.http.get("/issue_statuses.json", allow=(403, 404))
        statuses = objects(at(answer.data, "issue_statuses"))
        ids = (whole(status.get("id")) for status in statuses if status.get("is_closed") is True)
        return [number for number in ids if number is not None]

    def _closed_at(self, raw: Raw, item: Raw, updated: Any) -> Any:
        """Older Redmines do not say in the list whether a status means closed."""
        said = at(item, "status", "is_closed")
        closed = said if isinstance(said, bool) else _among(at(item, "status", "id"), raw.get("closed"))
        return (moment(item.get("closed_on")) or updated) if closed else None

    def _comments(self, raw: Raw) -> Iterator[Comment]:
        for entry in objects(raw.get("journals")):
            number, created = text(entry.get("id")), moment(entry.get("created_on"))
            body = self._plain(entry.get("notes"))
            if number is None or created is None or not body:
                continue
            yield Comment(
                external_id=number,
                author=text(at(entry, "user", "id")),
                body=body,
                created_at=created,
                private=entry.get("private_notes") is True,
            )

    def _account(self, item: Raw) -> str | None:
        wanted = self.options.account_field
        fields = objects(item.get("custom_fields")) if wanted else []
        return next((text(field.get("value")) for field in fields if field.get("name") == wanted), None)

    def _plain(self, value: object) -> str:
        written = text(value) or ""
        if self.options.markup == "markdown":
            return clean(written, "markdown")
        return clean(_as_wiki(written), "wiki")


def _before(item: object, since: Any) -> bool:
    changed = moment(at(item, "updated_on"))
    return since is not None and changed is not None and changed < since


def _among(value: object, known: object) -> bool:
    number = whole(value)
    return number is not None and isinstance(known, list) and number in known


def _private(item: Raw) -> list[str]:
    """An issue that only some may see is a mark that `tags` can name."""
    return ["private"] if item.get("is_private") is True else []


def _history(raw: Raw, created: Any, closed: Any) -> tuple[Event, ...]:
    """Opened, and each change between statuses that mean open and such that mean closed."""
    known, found = raw.get("closed"), [Event(at=created, what="created")]
    for entry in objects(raw.get("journals")):
        when = moment(entry.get("created_on"))
        for change in objects(entry.get("details")):
            if when is None or change.get("name") != "status_id" or change.get("property") != "attr":
                continue
            before, after = _among(change.get("old_value"), known), _among(change.get("new_value"), known)
            if before != after:
                found.append(Event(at=when, what="closed" if after else "reopened"))
    if closed is not None and all(event.what != "closed" for event in found):
        found.append(Event(at=closed, what="closed"))
    return tuple(found)


_PRE: Final = re.compile(r"<pre[^>]{0,80}>(.*?)</pre>", re.S | re.I)
_TAG: Final = re.compile(r"</?code[^>]{0,80}>", re.I)
_LINK: Final = re.compile(r'"([^"\n]{1,300})":(https?://[^\s<>"]{1,500}[^\s<>".,;:!?)])')
_INLINE: Final = re.compile(r"(?<![\w@])@([^@\n]{1,200})@(?![\w@])")
_STYLED: Final = re.compile(r"%(?:\{[^}\n]{0,100}\})([^%\n]{1,300})%")
_HEAD_CELL: Final = re.compile(r"(?<=\|)_\. ?")


def _as_wiki(written: str) -> str:
    """Textile in the words of its cousin that `clean` reads."""
    if "<pre" in written.lower() and "</pre" in written.lower():
        written = _PRE.sub(lambda found: f"{{noformat}}\n{_TAG.sub('', found[1])}\n{{noformat}}", written)
    written = _LINK.sub(r"[\1|\2]", written)
    written = _INLINE.sub(r"{{\1}}", written)
    return _HEAD_CELL.sub("", _STYLED.sub(r"\1", written))
