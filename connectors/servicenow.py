"""ServiceNow: incidents, or records of any task table, with comments and work notes.

Rows that the account may not see are left out of a page after it was cut: a page may be short or empty and not be the
last. Times in a query are UTC as plain text, while `gs.dateGenerate` reads them in the account's zone; since the
answer has been another one in places, each pull asks the instance first. An answer of status 200 can carry an `error`
beside a part of the rows. Work notes are rows of another table, and so are deletions.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, ClassVar, Final

from pydantic import Field

from connectors.base import BadItem, Cursor, Page, Raw, SourceError, SourceOptions, tags_for
from connectors.feed import Feed, Listing
from connectors.http import Answer
from connectors.profile import SourceProfile
from connectors.rest import RestConnector, RestOptions, basic, clock, secret
from connectors.values import at, mapping, moment, objects, segment, text, whole
from pipeline.clean import clean
from pipeline.issue import Comment, Event, Gone, Issue, Role

FIELDS: Final = (
    "sys_id,number,short_description,description,state,active,priority,category,subcategory,assignment_group,cmdb_ci,"
    "business_service,caller_id,caller_id.user_name,contact,account,company,opened_by,sys_class_name,opened_at,"
    "resolved_at,closed_at,sys_created_on,sys_created_by,sys_updated_on"
)
"""What a table does not have is left out of its answers."""
SAID: Final = "sys_id,element,value,sys_created_on,sys_created_by"
DELETED: Final = "sys_id,tablename,documentkey,sys_created_on"
ROWS: Final = 1000


class ServicenowOptions(RestOptions):
    user: str | None = Field(default=None, description="the account's name, where `token` is its password")
    tables: list[str] = Field(default=["incident"], min_length=1, description="the task tables that are read")
    closed: list[str] = Field(default=["6", "7", "8"], description="the values of `state` that mean resolved or closed")
    fields: list[str] = Field(
        default_factory=list, description="custom fields (u_impact), for `tags` like u_impact=Company"
    )
    deletions: bool = Field(default=True, description="read sys_audit_delete, which takes a right of its own")


class Servicenow(RestConnector[ServicenowOptions]):
    kind: ClassVar[str] = "servicenow"
    summary: ClassVar[str] = "incidents or cases, comments and work notes of a ServiceNow"
    Options: ClassVar[type[SourceOptions]] = ServicenowOptions
    dialect: ClassVar[str] = "connectors.kit.dialects.servicenow:ServicenowDialect"
    profile: ClassVar[SourceProfile] = SourceProfile(
        cursor="sys_updated_on",
        page_size=500,
        widening={"sysparm_display_value": "all gives times in UTC beside names of people; true gives neither"},
        tombstones="listed",
        redact=("caller_id.phone", "caller_id.mobile_phone"),
    )

    @classmethod
    def headers(cls, options: ServicenowOptions) -> Mapping[str, str]:
        if options.token and options.user:
            return basic(options.user, secret(options.token))
        return super().headers(options)

    def feeds(self) -> Sequence[Feed]:
        """Deletions come first; the last ones are read again with each pull, and may be undone by then."""
        fields = ",".join([FIELDS, *self.options.fields])
        tables = [self._feed(table, table, "", "sys_updated_on", fields, "all") for table in self.options.tables]
        if not self.options.deletions:
            return tables
        where = f"tablenameIN{','.join(self.options.tables)}^"
        return [self._feed("deleted", "sys_audit_delete", where, "sys_created_on", DELETED, "false"), *tables]

    def pull(self, cursor: Cursor) -> Iterator[Page]:
        self._ask_zone()
        yield from super().pull(cursor)

    def children(self, feed: str, item: Raw) -> Mapping[str, Any]:
        if feed == "deleted":
            return {"lives": self._lives(item)}
        if not self.options.comments:
            return {}
        where = f"element_id={_value(item, 'sys_id')}^elementINcomments,work_notes^ORDERBYsys_created_on^ORDERBYsys_id"
        found, start = list[Mapping[str, Any]](), 0
        while True:
            answer, rows = self._rows("sys_journal_field", where, SAID, "false", ROWS, start)
            found += objects(rows)
            start += ROWS
            if answer.link("next") is None:
                return {"comments": found}

    def normalise(self, raw: Raw) -> Issue | Gone | None:
        item = mapping(raw.get("item"))
        if raw.get("in") == "deleted":
            gone, when = text(item.get("documentkey")), moment(item.get("sys_created_on"))
            if gone is None or when is None:
                raise BadItem("a deletion without the record or its time")
            return None if raw.get("lives") is True else Gone(external_id=gone, at=when)
        number, title = _value(item, "sys_id"), _value(item, "short_description") or _value(item, "number")
        created = moment(_value(item, "sys_created_on"))
        if number is None or title is None or created is None:
            raise BadItem(f"record {number or 'without a sys_id'} lacks its short_description or sys_created_on")
        updated = moment(_value(item, "sys_updated_on")) or created
        closed = self._closed_at(item, updated)
        priority = _priority(item)
        kind = _shown(item, "sys_class_name") or text(raw.get("in"))
        labels = tuple(dict.fromkeys(filter(None, (_shown(item, "category"), _shown(item, "subcategory")))))
        caller = _value(item, "caller_id.user_name")
        author = caller or _shown(item, "contact") or _value(item, "sys_created_by")
        own = {name: _shown(item, name) for name in self.options.fields}
        return Issue(
            source=self.options.name,
            external_id=number,
            title=clean(title, "plain"),
            body=clean(_value(item, "description") or "", "plain"),
            url=f"{self.options.base_url.rstrip('/')}/{segment(raw.get('in'))}.do?sys_id={segment(number)}",
            created_at=created,
            updated_at=updated,
            closed_at=closed,
            state="open" if closed is None else "closed",
            kind=kind,
            author=author,
            author_role="customer" if caller or _shown(item, "contact") else "unknown",
            account=_shown(item, "account") or _shown(item, "company") or author,
            labels=labels,
            project=_shown(item, "business_service"),
            component=_shown(item, "cmdb_ci"),
            group=_shown(item, "assignment_group"),
            priority=priority,
            tags=tags_for(self.options, [*labels, priority, _shown(item, "priority"), kind], own),
            comments=tuple(_comments(raw, caller or _value(item, "sys_created_by"))),
            history=(Event(at=created, what="created"), *([Event(at=closed, what="closed")] if closed else [])),
        )

    def known_as(self, raw: Raw) -> str | None:
        item = at(raw, "item")
        if raw.get("in") == "deleted":
            return text(at(item, "documentkey"))
        return _value(mapping(item), "sys_id")

    def check(self) -> list[str]:
        answer, _ = self._rows(self.options.tables[0], "", "sys_id", "false", 1, 0)
        found = clock(answer, "ServiceNow")
        newest = self._newest()
        if newest is None:
            found.append(f"This account sees no record of {self.options.tables[0]}. Give it a role that may read it.")
        if self.options.comments and not self._rows("sys_journal_field", "", "sys_id", "false", 20, 0)[1]:
            found.append("This account sees no row of sys_journal_field: comments and work notes would be missing.")
        try:
            self._ask_zone()
        except SourceError as error:
            found.append(str(error))
        return found

    def _lives(self, deletion: Raw) -> bool:
        """Whether the record is there: somebody brought it back."""
        query = f"sys_id={_value(deletion, 'documentkey')}"
        return bool(self._rows(_value(deletion, "tablename") or "", query, "sys_id", "false", 1, 0)[1])

    def _feed(self, name: str, table: str, where: str, stamp: str, fields: str, display: str) -> Feed:
        return Feed(
            name=name,
            profile=self.profile,
            read=partial(self._read, table, where, stamp, fields, display),
            moment=lambda item: moment(_value(mapping(item), stamp)),
            key=lambda item: _value(mapping(item), "sys_id"),
        )

    def _read(
        self, table: str, where: str, stamp: str, fields: str, display: str, since: datetime | None, offset: Any
    ) -> Listing:
        """A page with something in it, or the end."""
        bound = f"{stamp}>={since:%Y-%m-%d %H:%M:%S}^" if since else ""
        query, start = f"{where}{bound}ORDERBY{stamp}^ORDERBYsys_id", whole(offset) or 0
        while True:
            answer, rows = self._rows(table, query, fields, display, self.page_size, start)
            start += self.page_size
            more = start if answer.link("next") else None
            kept = [row for row in rows if not _before(row, stamp, since)]
            if kept or more is None:
                return Listing(kept, more)

    def _rows(
        self, table: str, query: str, fields: str, display: str, limit: int, offset: int
    ) -> tuple[Answer, list[Any]]:
        asked: dict[str, str | int] = {
            "sysparm_query": query,
            "sysparm_fields": fields,
            "sysparm_display_value": display,
            "sysparm_exclude_reference_link": "true",
            "sysparm_limit": limit,
            "sysparm_offset": offset,
        }
        answer = self.http.get(f"/api/now/table/{segment(table)}", asked)
        rows = at(answer.data, "result")
        if not isinstance(rows, list) or at(answer.data, "error") is not None:
            said = text(at(answer.data, "error", "message")) or "no rows"
            raise SourceError(f"{table}: ServiceNow gave up in the middle of its answer ({said}). Lower `per_page`.")
        return answer, rows

    def _newest(self) -> tuple[str, datetime] | None:
        """A record that changed lately, and when; the newest ones may be hidden."""
        query = "ORDERBYDESCsys_updated_on"
        for row in objects(self._rows(self.options.tables[0], query, "sys_id,sys_updated_on", "false", 20, 0)[1]):
            number, changed = _value(row, "sys_id"), moment(_value(row, "sys_updated_on"))
            if number is not None and changed is not None:
                return number, changed
        return None

    def _ask_zone(self) -> None:
        """Raises `SourceError` where times in a query are read in a zone behind UTC: hours would be left out."""
        for _ in range(3):
            newest = self._newest()
            if newest is None:
                return
            number, changed = newest
            query = f"sys_id={number}^sys_updated_on>={changed:%Y-%m-%d %H:%M:%S}"
            if self._rows(self.options.tables[0], query, "sys_id", "false", 1, 0)[1]:
                return
        raise SourceError(
            f"ServiceNow does not read times in a query as UTC: a record that changed at {changed:%Y-%m-%d %H:%M:%S} "
            "UTC is not found from then on. Set the time zone of the integration account to GMT.",
            permanent=True,
        )

    def _closed_at(self, item: Raw, updated: datetime) -> datetime | None:
        """A record that is opened again keeps `resolved_at`."""
        if _value(item, "state") not in self.options.closed and _value(item, "active") != "false":
            return None
        return moment(_value(item, "resolved_at")) or moment(_value(item, "closed_at")) or updated


def _value(item: Raw, name: str) -> str | None:
    """A field as it is stored: {"value": ...} with `sysparm_display_value=all`, else the text itself."""
    given = item.get(name)
    return text(given.get("value") if isinstance(given, Mapping) else given)


def _shown(item: Raw, name: str) -> str | None:
    """A field as people see it."""
    given = item.get(name)
    return text(given.get("display_value") if isinstance(given, Mapping) else given)


def _before(row: object, stamp: str, since: datetime | None) -> bool:
    changed = moment(_value(mapping(row), stamp))
    return since is not None and changed is not None and changed < since


def _priority(item: Raw) -> str | None:
    """ "1 - Critical" is the priority critical."""
    given = _shown(item, "priority")
    return None if given is None else given.lstrip("0123456789- ").lower() or given


def _comments(raw: Raw, asking: str | None) -> Iterator[Comment]:
    for row in objects(raw.get("comments")):
        number, created, author = (
            text(row.get("sys_id")),
            moment(row.get("sys_created_on")),
            _value(row, "sys_created_by"),
        )
        if number is None or created is None:
            continue
        private = row.get("element") != "comments"
        role: Role = "customer" if author == asking and not private else "bot" if author == "system" else "staff"
        yield Comment(
            external_id=number,
            author=author,
            author_role=role,
            body=clean(_code(text(row.get("value")) or ""), "plain"),
            created_at=created,
            private=private,
        )


def _code(written: str) -> str:
    """What stands between [code] and [/code] is HTML."""
    if "[code]" not in written or "[/code]" not in written:
        return written
    before, _, rest = written.partition("[code]")
    inside, _, after = rest.partition("[/code]")
    return "\n".join((before, clean(inside, "html"), after))
