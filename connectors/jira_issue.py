"""What an issue of Jira means to us: its state by status category, its history by the change log, who may see it.

A service project adds its own: customers instead of users, comments that they can read and others that they cannot,
promises with a clock (SLA), and organisations. All of it is read from the raw item alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from connectors.base import BadItem, Raw, SourceOptions, tags_for
from connectors.jira_adf import markdown
from connectors.values import at, mapping, moment, names, objects, segment, text
from pipeline.clean import clean
from pipeline.issue import Comment, Event, Issue, Role, Tag, What

BREACHED: Final = "sla-breached"
"""The label of a request whose promise was not kept."""


def issue(raw: Raw, options: SourceOptions, *, site: str, desk: bool) -> Issue:
    """The issue in a raw item. `desk`: it belongs to a service project. Raises `BadItem`."""
    item = mapping(raw.get("item"))
    fields, extra = mapping(item.get("fields")), mapping(raw.get("desk"))
    number, key = text(item.get("id")), text(item.get("key"))
    if number is None:
        raise BadItem("an issue without an id")
    if refused := text(item.get("refused")):
        raise BadItem(f"{key or number}: {refused}")
    title, created = text(fields.get("summary")), moment(fields.get("created"))
    if title is None or created is None:
        raise BadItem(f"{key or number} lacks its summary or created")
    updated = moment(fields.get("updated")) or created
    history = _history(item, created)
    closed = _closed_at(fields, history, updated)
    kind, priority = text(at(fields, "issuetype", "name")), text(at(fields, "priority", "name"))
    components, request = names(fields.get("components")), text(at(extra, "request", 0, "requestType", "name"))
    labels = (*names(fields.get("labels")), *([BREACHED] if _breached(extra) else []))

    marks = [*labels, *components, priority, kind, request]
    people = _People(fields, desk=desk)
    return Issue(
        source=options.name,
        external_id=number,
        title=clean(title, "plain"),
        body=_written(fields.get("description")),
        url=None if key is None else f"{site.rstrip('/')}/browse/{segment(key)}",
        created_at=created,
        updated_at=updated,
        closed_at=closed,
        state="open" if closed is None else "closed",
        kind=kind,
        author=people.author,
        author_role=people.role(people.reporter),
        account=text(at(extra, "organizations", 0, 0, "name")) or (people.author if desk else None),
        labels=labels,
        project=text(at(fields, "project", "key")),
        component=components[0] if components else None,
        group=request,
        priority=priority,
        tags=tags_for(options, marks, raw.get("own")) | _narrowed(fields),
        comments=tuple(_comments(raw, fields, people)),
        history=(*history, *_ending(history, closed)),
    )


def _narrowed(fields: Raw) -> frozenset[Tag]:
    """An issue with a security level is for few at its source; it is not for us to show it to more."""
    return frozenset({"private"}) if isinstance(fields.get("security"), Mapping) else frozenset()


@dataclass(frozen=True, slots=True)
class _People:
    """Who wrote what. Whoever asks a service desk is a customer of it, in the same company too."""

    fields: Raw
    desk: bool

    @property
    def reporter(self) -> Raw:
        return mapping(self.fields.get("reporter")) or mapping(self.fields.get("creator"))

    @property
    def author(self) -> str | None:
        return _account(self.reporter)

    def role(self, person: Raw) -> Role:
        kind = person.get("accountType")
        if kind == "app":
            return "bot"
        if kind == "customer":
            return "customer"
        if self.desk:
            return "customer" if _account(person) == self.author else "staff"
        return "staff" if kind == "atlassian" else "unknown"


def _account(person: Raw) -> str | None:
    """Cloud knows people by an id, Data Center by a name."""
    return text(person.get("accountId")) or text(person.get("name")) or text(person.get("key"))


def _written(value: object) -> str:
    return clean(markdown(value), "markdown") if isinstance(value, Mapping) else clean(text(value) or "", "wiki")


def _comments(raw: Raw, fields: Raw, people: _People) -> Iterator[Comment]:
    listed = raw.get("comments") if "comments" in raw else at(fields, "comment", "comments")
    public = raw.get("public") if isinstance(raw.get("public"), list) else []
    for entry in objects(listed):
        number, created = text(entry.get("id")), moment(entry.get("created"))
        if number is None or created is None:
            continue
        seen = entry.get("jsdPublic", number in (public or ()) if people.desk else True)
        author = mapping(entry.get("author"))
        yield Comment(
            external_id=number,
            author=_account(author),
            author_role=people.role(author),
            body=_written(entry.get("body")),
            created_at=created,
            private=seen is not True or bool(entry.get("visibility")),
        )


def _breached(desk: Raw) -> bool:
    """A promise that was not kept, in a cycle that ended or in the one that runs."""
    slas = objects(desk.get("sla"))
    cycles = [
        cycle for sla in slas for cycle in [*objects(sla.get("completedCycles")), mapping(sla.get("ongoingCycle"))]
    ]
    return any(cycle.get("breached") is True for cycle in cycles)


_CHANGES: Final[Mapping[str, What]] = {"status": "status", "priority": "prioritised", "Sprint": "planned"}


def _history(item: Raw, created: datetime) -> list[Event]:
    """What the change log tells: resolutions set and cleared, moves to another project (the key changes), and changes
    of status, priority and sprint."""
    found = [Event(at=created, what="created")]
    for entry in objects(at(item, "changelog", "histories")):
        when = moment(entry.get("created"))
        if when is None:
            continue
        for change in objects(entry.get("items")):
            before, after = text(change.get("fromString")), text(change.get("toString"))
            if change.get("field") == "resolution" and bool(before) != bool(after):
                found.append(Event(at=when, what="closed" if after else "reopened", before=before, after=after))
            elif change.get("field") == "Key" and before and after:
                old, new = before.rpartition("-")[0] or before, after.rpartition("-")[0] or after
                found.append(Event(at=when, what="moved", before=old, after=new))
            elif (what := _CHANGES.get(text(change.get("field")) or "")) is not None:
                found.append(Event(at=when, what=what, before=before, after=after))
    return sorted(found, key=lambda event: event.at)


def _closed_at(fields: Raw, history: Sequence[Event], updated: datetime) -> datetime | None:
    """When it was done; None while it is not. The category of its status decides, which very old servers lack."""
    category = text(at(fields, "status", "statusCategory", "key"))
    done = category == "done" if category else isinstance(fields.get("resolution"), Mapping)
    if not done:
        return None
    told = next((event.at for event in reversed(history) if event.what == "closed"), None)
    return moment(fields.get("resolutiondate")) or told or updated


def _ending(history: Sequence[Event], closed: datetime | None) -> list[Event]:
    """The end that the change log does not tell: boards may close issues without a resolution."""
    last = next((event.what for event in reversed(history) if event.what in ("closed", "reopened")), "created")
    return [Event(at=closed, what="closed")] if closed is not None and last != "closed" else []
