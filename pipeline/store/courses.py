"""The courses of the issues that something happened to in a period, and which signals they show.

Read for all leaders at once. What is read follows what changed: comments and events of the issues that were written in
the period or changed since it began, and of `ENOUGH` older issues of each of their queues to compare with. Those, and
the last 90 days of their pains, are found in the one look through half a year. None of it grows with what is stored
beyond `OLDEST`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from sys import intern
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from pipeline import privacy
from pipeline.course import alone, detail, together
from pipeline.course.detail import Writing
from pipeline.course.usual import Usual, usual
from pipeline.course.values import Course, Neighbour, Past, Turn
from pipeline.issue import Event, Period
from pipeline.org import Org, Person
from pipeline.store import half_year, plain, registry
from pipeline.store.authors import author_of
from pipeline.store.corrections import corrections
from pipeline.store.issues import of_these
from pipeline.tables import CommentRow, EventRow, IssueRow, MemberRow

OLDEST: Final = half_year.SPAN
"""Older issues are not looked at again, whatever happens to them."""
NEAR: Final = timedelta(days=90)
ENOUGH: Final = 100
"""The newest issues of a queue before the period that its usual is taken from."""
_READ: Final = 2_000


def stirred(session: Session, period: Period) -> list[int]:
    """The row ids that `were_stirred` selects, oldest issue first."""
    query = were_stirred(session, period).order_by(IssueRow.created_at, IssueRow.source, IssueRow.external_id)
    return list(session.scalars(query))


def were_stirred(session: Session, period: Period) -> Select[Any]:
    """Row ids of older issues of a pain, deleted ones too, that a comment or an event of the period belongs to, as far
    as their source says that they changed."""
    # In a query of its own, with one end of the half year: SQLite would take the index of dates for both, and read all
    # issues of half a year for each mail that is about to be sent.
    changed = aliased(IssueRow)
    ids = select(changed.id).where(changed.updated_at >= period.start, changed.created_at < period.start)
    counted, members = registry.counted_in(session, period.label), MemberRow.issue_id == IssueRow.id
    return select(IssueRow.id).join(MemberRow, members).where(IssueRow.id.in_(ids), _touched(period), counted)


def is_stirred(period: Period, counted: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether an issue is one of those, where it is looked at for another reason, beside what it is a member of."""
    older = IssueRow.updated_at >= period.start, IssueRow.created_at < period.start
    return and_(*older, MemberRow.issue_id.is_not(None), counted, _touched(period))


def _touched(period: Period) -> ColumnElement[bool]:
    happened = or_(_exists(CommentRow, CommentRow.created_at, period), _exists(EventRow, EventRow.at, period))
    return and_(IssueRow.created_at >= period.start - OLDEST, happened)


def _exists(rows: Any, at: Any, period: Period) -> Any:
    own = (rows.source == IssueRow.source) & (rows.issue == IssueRow.external_id)
    return select(rows.id).where(own, at >= period.start, at < period.end).exists()


class Signs:
    """The signals of the courses of these issues (identity to pain) as they stood when the period ended.

    They are compared with what `take` is shown of the half year. What others wrote shows through an issue only where
    they are of its audience.
    """

    def __init__(self, session: Session, period: Period, org: Org, pains: Mapping[tuple[str, str], str | None]) -> None:
        self._session, self._period, self._org = session, period, org
        self._courses = [_course(row, org, pains) for row in _rows(session, pains)]
        self._fixed = corrections(session)
        self._moments = plain.Moments(session)
        self._queues = {course.queue: _Newest() for course in self._courses}
        self._places: dict[tuple[str, str | None, str | None], _Newest | None] = {}
        self._large = {team for team, size in privacy.sizes(org).items() if size >= privacy.GROUP}
        self._writing: list[Writing] = []
        self._pains = {c.pain: c.audience for c in self._courses if c.pain is not None}
        self._near: list[_Near] = []

    def take(self, rows: Iterable[Any]) -> None:
        """Some issues of `half_year.issues`. Of each no more is kept than will be looked at."""
        began, near = (self._moments.of(at) for at in (self._period.start, self._period.end - NEAR))
        for row in rows:
            at, source, name, project, group, writer, known, account, tags, letters, pain, side, signals, *_ = row
            audience = self._org.audience(source, project)
            if at < began:
                place = (source, project, group)
                if place not in self._places:
                    self._places[place] = self._queues.get(_queue(audience, *place))
                if (queue := self._places[place]) is not None:
                    queue.add(at, source, name, writer)
            if tags != plain.EMPTY and registry.hidden(plain.names(tags), ()):
                continue
            if letters is not None and not audience:
                self._measure(self._org.member(source, writer), at, letters)
            if side is None or at < near or self._pains.get(pain) != audience:
                continue
            side, _ = self._fixed.get((source, name), (side, ""))
            if side != "none" and not registry.hidden((), plain.first_names(signals)):
                author, role, _ = author_of(self._org, source, writer, known, account, name)
                self._near.append(_Near(at, intern(source), name, intern(pain), author, role == "staff"))

    def _measure(self, person: Person | None, at: Any, letters: int) -> None:
        """How long an issue is that one of a team of five people or more wrote in the last eight weeks."""
        if person is not None and person.team in self._large:
            moment = self._moments.read(at)
            self._writing.append(Writing(team=str(person.team), author=person.id, at=moment, letters=letters))

    def found(self) -> dict[tuple[str, str], tuple[str, ...]]:
        """By identity, by name."""
        period = self._period
        courses = self._with_past()
        usuals = self._usuals()
        found: dict[str, set[str]] = defaultdict(set)
        nothing = Usual({})
        for course in courses:
            shown = alone.signs(course, usuals.get(course.queue, nothing), period.end)
            found[course.key].update(name for name, there in shown.items() if there)
        for team in detail.shrinking(self._writing, period.end):
            for course in courses:
                if course.team == team and period.start <= course.created_at:
                    found[course.key].add("shrinking_detail")
        fresh = {course.key for course in courses if course.created_at >= period.start}
        for key, names in (*together.among(self._neighbours()).items(), *together.within(courses, usuals).items()):
            # What an older issue was among its neighbours was told when it was new.
            found[key] |= names if key in fresh else names & together.WITHIN
        return {
            (course.source, course.key.removeprefix(f"{course.source}:")): tuple(sorted(found[course.key]))
            for course in courses
        }

    def _with_past(self) -> list[Course]:
        """The issues with what became of them until the period ended."""
        keys = {(c.source, c.key.removeprefix(f"{c.source}:")): c for c in self._courses}
        said, events = _happened(self._session, keys, self._period.end, texts=True)
        return [
            replace(c, turns=_turns(self._org, c.writer, said.get(key, ())), events=tuple(events.get(key, ())))
            if key in said or key in events
            else c
            for key, c in keys.items()
        ]

    def _usuals(self) -> dict[str, Usual]:
        """What is usual in each queue that something happened in, from its newest older issues."""
        older = {queue: newest.issues() for queue, newest in self._queues.items()}
        keys = [(one.source, one.name) for issues in older.values() for one in issues]
        said, events = _happened(self._session, keys, self._period.end, texts=False)

        def past(one: _Older) -> Past:
            key = (one.source, one.name)
            turns = _turns(self._org, one.writer, said[key]) if key in said else ()
            return Past(self._moments.read(one.at), turns, events.get(key, ()))

        return {queue: usual(map(past, issues), self._period.end) for queue, issues in older.items() if issues}

    def _neighbours(self) -> list[Neighbour]:
        """The issues of these pains in the last 90 days, and how each of them ended: as far as they can show anything
        of an issue of the period."""
        ends = _ends(self._session, [(one.source, one.name) for one in self._near], self._period.end)
        sent_away = {key for key, (_, word) in ends.items() if together.sent_away(word)}
        away = {one.pain for one in self._near if (one.source, one.name) in sent_away}
        fresh = (c for c in self._courses if c.created_at >= self._period.start and not c.staff)
        wrote = {(c.pain, c.author) for c in fresh}
        return [
            self._neighbour(one, *ends.get((one.source, one.name), (None, None)))
            for one in self._near
            if one.pain in away or (one.pain, one.author) in wrote
        ]

    def _neighbour(self, one: "_Near", ended_at: datetime | None, ended: str | None) -> Neighbour:
        return Neighbour(
            key=f"{one.source}:{one.name}",
            source=one.source,
            pain=one.pain,
            author=one.author,
            staff=one.staff,
            created_at=self._moments.read(one.at),
            ended_at=ended_at,
            ended=ended,
        )


class _Older(NamedTuple):
    """An issue of a queue from before the period."""

    at: Any
    source: str
    name: str
    writer: str | None


class _Near(NamedTuple):
    """An issue of a pain from the last 90 days."""

    at: Any
    source: str
    name: str
    pain: str
    author: str | None
    staff: bool


class _Newest:
    """The newest `ENOUGH` issues of a queue among those that were added."""

    __slots__ = ("_issues", "_since")

    def __init__(self) -> None:
        self._issues: list[_Older] = []
        self._since: Any = None

    def add(self, at: Any, source: str, name: str, writer: str | None) -> None:
        if self._since is not None and at < self._since:
            return
        self._issues.append(_Older(at, intern(source), name, writer))
        if len(self._issues) > 2 * ENOUGH:
            self._issues = self.issues()
            self._since = self._issues[-1].at

    def issues(self) -> list[_Older]:
        if len(self._issues) <= ENOUGH:
            return self._issues
        by_name = sorted(self._issues, key=lambda one: one.name)
        return sorted(by_name, key=lambda one: one.at, reverse=True)[:ENOUGH]


def _rows(session: Session, keys: Collection[tuple[str, str]]) -> list[Any]:
    query = select(IssueRow.created_at, *half_year.ISSUE).where(of_these(session, IssueRow, keys))
    found = [row for row in plain.rows(session, query) if (row[1], row[2]) in keys]
    return sorted(found, key=lambda row: row[:3])


def _queue(audience: str, source: str, project: str | None, group: str | None) -> str:
    """Where an issue is worked on: its source and its project or group."""
    return f"{audience or source} {project or group or ''}"


def _course(row: Any, org: Org, pains: Mapping[tuple[str, str], str | None]) -> Course:
    created_at, source, name, project, group, writer, known, account = row
    author, role, team = author_of(org, source, writer, known, account, name)
    audience = org.audience(source, project)
    return Course(
        key=f"{source}:{name}",
        source=source,
        queue=_queue(audience, source, project, group),
        author=author,
        writer=writer,
        staff=role == "staff",
        team=team,
        pain=pains.get((source, name)),
        created_at=created_at,
        audience=audience,
    )


def _happened(
    session: Session, keys: Collection[tuple[str, str]], until: datetime, *, texts: bool
) -> tuple[Mapping[tuple[str, str], list[Any]], Mapping[tuple[str, str], list[Event]]]:
    """The public messages, as rows, and the events of these issues until a moment; the texts only where asked for."""
    said: dict[tuple[str, str], list[Any]] = defaultdict(list)
    events: dict[tuple[str, str], list[Event]] = defaultdict(list)
    for row in plain.rows(session, _comments(until, texts=texts).where(of_these(session, CommentRow, keys))):
        said[row[0], row[1]].append(row)
    told = (EventRow.source, EventRow.issue, EventRow.at, EventRow.what, EventRow.before, EventRow.after)
    query = select(*told).where(of_these(session, EventRow, keys), EventRow.at < until)
    for source, issue, at, what, before, after in plain.rows(session, query.order_by(EventRow.at, EventRow.what)):
        events[source, issue].append(Event(at=at, what=what, before=before, after=after))
    return said, events


def _comments(until: datetime, *, texts: bool) -> Select[Any]:
    """Public comments; whether one apologises is decided where it is stored, so that its text need not be read."""
    low = func.lower(func.substr(CommentRow.body, 1, _READ))
    sorry = or_(*(low.contains(word) for word in SORRY))
    return (
        select(
            CommentRow.source,
            CommentRow.issue,
            CommentRow.external_id,
            CommentRow.author,
            CommentRow.author_role,
            CommentRow.created_at,
            (func.substr(CommentRow.body, 1, _READ) if texts else func.substr(CommentRow.body, 1, 0)).label("body"),
            case((sorry, 1), else_=0).label("sorry"),
        )
        .where(CommentRow.created_at < until, CommentRow.private.is_(False))
        .order_by(CommentRow.created_at, CommentRow.external_id)
    )


SORRY: Final = (
    "sorry",
    "apolog",
    "unfortunately",
    "leider",
    "entschuldig",
    "désolé",
    "lo siento",
    "desculp",
    "mi scus",
    "ci scus",
    "scusate",
)


def _turns(org: Org, writer: str | None, rows: Iterable[Any]) -> tuple[Turn, ...]:
    """The messages after an issue that this account wrote, without those of bots."""
    turns = []
    for source, _, _, author, role, at, body, sorry in rows:
        member = org.member(source, author)
        if role == "bot" and member is None:
            continue
        back = author is not None and author == writer
        ours = not back and (member is not None or role in ("staff", "unknown"))
        turns.append(Turn(at=at, who=author, back=back, ours=ours, body=body, sorry=bool(sorry)))
    return tuple(turns)


def _ends(
    session: Session, keys: Collection[tuple[str, str]], until: datetime
) -> dict[tuple[str, str], tuple[datetime, str | None]]:
    """When each issue was closed last, and with which word, where its source tells one."""
    query = (
        select(EventRow.source, EventRow.issue, EventRow.at, EventRow.after)
        .where(of_these(session, EventRow, keys), EventRow.at < until, EventRow.what == "closed")
        .order_by(EventRow.at)
    )
    return {(source, issue): (at, after) for source, issue, at, after in plain.rows(session, query)}
