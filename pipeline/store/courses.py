"""The courses of the issues that something happened to in a period, and which signals they show.

Read for all leaders at once. What is read follows what changed: comments and events of the issues that were written in
the period or changed since it began, `ENOUGH` older issues of each of their queues to compare with, and, narrowly,
the last 90 days of their pains. None of it grows with what is stored beyond `OLDEST`.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row, Select, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from pipeline import privacy
from pipeline.course import alone, detail, together
from pipeline.course.detail import Writing
from pipeline.course.usual import Usual, usual
from pipeline.course.values import Course, Neighbour, Turn
from pipeline.issue import Event, Period
from pipeline.org import Org
from pipeline.store import plain, registry
from pipeline.store.authors import author_of
from pipeline.store.corrections import corrections
from pipeline.store.issues import chunks, of_these
from pipeline.tables import CommentRow, EventRow, IssueRow, MemberRow, VerdictRow

OLDEST: Final = timedelta(weeks=26)
"""Older issues are not looked at again, whatever happens to them."""
NEAR: Final = timedelta(days=90)
ENOUGH: Final = 100
"""The newest issues of a queue before the period that its usual is taken from."""
_READ: Final = 2_000

_ISSUE: Final = (
    IssueRow.source,
    IssueRow.external_id,
    IssueRow.project,
    IssueRow.group.label("place_of_work"),
    IssueRow.author,
    IssueRow.author_role,
    IssueRow.account,
    IssueRow.created_at,
)


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
    touched = or_(_exists(CommentRow, CommentRow.created_at, period), _exists(EventRow, EventRow.at, period))
    return (
        select(IssueRow.id)
        .join(MemberRow, MemberRow.issue_id == IssueRow.id)
        .where(IssueRow.id.in_(ids), IssueRow.created_at >= period.start - OLDEST, touched)
        .where(registry.counted_in(session, period.label))
    )


def _exists(rows: Any, at: Any, period: Period) -> Any:
    own = (rows.source == IssueRow.source) & (rows.issue == IssueRow.external_id)
    return select(rows.id).where(own, at >= period.start, at < period.end).exists()


def signs(
    session: Session, period: Period, org: Org, pains: Mapping[tuple[str, str], str | None]
) -> dict[tuple[str, str], tuple[str, ...]]:
    """The signals of the courses of these issues (identity to pain) as they stood when the period ended, by name.

    What others wrote shows through an issue only where they are of its audience.
    """
    rows = _rows(session, list(pains))
    courses = [_course(row, org, pains) for row in rows]
    courses = _with_course(session, org, courses, period.end, texts=True)
    usuals = _usuals(session, org, courses, period)
    found: dict[str, set[str]] = defaultdict(set)
    nothing = Usual({})
    for course in courses:
        shown = alone.signs(course, usuals.get(course.queue, nothing), period.end)
        found[course.key].update(name for name, there in shown.items() if there)
    writing = _writing(session, org, period)
    for team in detail.shrinking(writing, period.end):
        for course in courses:
            if course.team == team and period.start <= course.created_at:
                found[course.key].add("shrinking_detail")
    near = _neighbours(session, org, {c.pain: c.audience for c in courses if c.pain is not None}, period)
    fresh = {course.key for course in courses if course.created_at >= period.start}
    for key, names in (*together.among(near).items(), *together.within(courses, usuals).items()):
        # What an older issue was among its neighbours was told when it was new.
        found[key] |= names if key in fresh else names & together.WITHIN
    return {
        (course.source, course.key.removeprefix(f"{course.source}:")): tuple(sorted(found[course.key]))
        for course in courses
    }


def _rows(session: Session, names: Sequence[tuple[str, str]]) -> list[Any]:
    wanted = set(names)
    query = select(*_ISSUE).where(of_these(session, IssueRow, wanted))
    found = [row for row in plain.rows(session, query) if (row.source, row.external_id) in wanted]
    return sorted(found, key=lambda row: (row.created_at, row.source, row.external_id))


def _course(row: Row[Any], org: Org, pains: Mapping[tuple[str, str], str | None]) -> Course:
    author, role, team = author_of(org, row.source, row.author, row.author_role, row.account, row.external_id)
    audience = org.audience(row.source, row.project)
    return Course(
        key=f"{row.source}:{row.external_id}",
        source=row.source,
        queue=f"{audience or row.source} {row.project or row.place_of_work or ''}",
        author=author,
        writer=row.author,
        staff=role == "staff",
        team=team,
        pain=pains.get((row.source, row.external_id)),
        created_at=row.created_at,
        audience=audience,
    )


def _with_course(
    session: Session, org: Org, courses: Sequence[Course], until: datetime, *, texts: bool
) -> list[Course]:
    """The same issues with their public messages and their events until a moment; the texts only where asked for."""
    keys = [(course.source, course.key.removeprefix(f"{course.source}:")) for course in courses]
    said: dict[str, list[Row[Any]]] = defaultdict(list)
    events: dict[str, list[Event]] = defaultdict(list)
    for row in plain.rows(session, _comments(until, texts=texts).where(of_these(session, CommentRow, keys))):
        said[f"{row.source}:{row.issue}"].append(row)
    told = (EventRow.source, EventRow.issue, EventRow.at, EventRow.what, EventRow.before, EventRow.after)
    query = select(*told).where(of_these(session, EventRow, keys), EventRow.at < until)
    for source, issue, at, what, before, after in plain.rows(session, query.order_by(EventRow.at, EventRow.what)):
        events[f"{source}:{issue}"].append(Event(at=at, what=what, before=before, after=after))
    happened = said.keys() | events.keys()
    return [_joined(org, c, said[c.key], events[c.key]) if c.key in happened else c for c in courses]


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


def _joined(org: Org, course: Course, rows: Iterable[Row[Any]], events: Sequence[Event]) -> Course:
    turns = []
    for row in rows:
        member = org.member(row.source, row.author)
        if row.author_role == "bot" and member is None:
            continue
        back = row.author is not None and row.author == course.writer
        turns.append(
            Turn(
                at=row.created_at,
                who=row.author,
                back=back,
                ours=not back and (member is not None or row.author_role in ("staff", "unknown")),
                body=row.body,
                sorry=bool(row.sorry),
            )
        )
    return replace(course, turns=tuple(turns), events=tuple(events))


def _usuals(session: Session, org: Org, courses: Sequence[Course], period: Period) -> dict[str, Usual]:
    """What is usual in each queue that something happened in, from its newest older issues."""
    place = func.row_number().over(
        partition_by=(IssueRow.source, IssueRow.project, IssueRow.group),
        order_by=(IssueRow.created_at.desc(), IssueRow.external_id),
    )
    older = (
        select(*_ISSUE, place.label("place"))
        .where(IssueRow.source.in_(sorted({course.source for course in courses})), IssueRow.state != "deleted")
        .where(IssueRow.created_at >= period.start - OLDEST, IssueRow.created_at < period.start)
        .subquery()
    )
    wanted = {course.queue for course in courses}
    known: dict[str, list[Course]] = defaultdict(list)
    query = select(older).where(older.c.place <= ENOUGH).order_by(older.c.created_at.desc(), older.c.external_id)
    for row in plain.rows(session, query):
        course = _course(row, org, {})
        if course.queue in wanted and len(known[course.queue]) < ENOUGH:
            known[course.queue].append(course)
    whole = [course for queue in sorted(known) for course in known[queue]]
    by_queue: dict[str, list[Course]] = defaultdict(list)
    for course in _with_course(session, org, whole, period.end, texts=False):
        by_queue[course.queue].append(course)
    return {queue: usual(mine, period.end) for queue, mine in by_queue.items()}


def _neighbours(session: Session, org: Org, pains: Mapping[str, str], period: Period) -> list[Neighbour]:
    """The issues of these pains (each with its audience) in the last 90 days, and how each of them ended."""
    found: list[Neighbour] = []
    fixed = corrections(session)
    for some in chunks(sorted(pains)):
        query = (
            select(*_ISSUE, MemberRow.pain, plain.kept(IssueRow.tags), VerdictRow.side, plain.kept(VerdictRow.signals))
            .join(MemberRow, MemberRow.issue_id == IssueRow.id)
            .join(VerdictRow, VerdictRow.issue_id == IssueRow.id)
            .where(MemberRow.pain.in_(some), IssueRow.state != "deleted")
            .where(registry.counted_in(session, period.label))
            .where(IssueRow.created_at >= period.end - NEAR, IssueRow.created_at < period.end)
        )
        rows = [row for row in plain.rows(session, query) if _may_tell(row, fixed)]
        rows = [row for row in rows if org.audience(row.source, row.project) == pains[row.pain]]
        ends = _ends(session, [(row.source, row.external_id) for row in rows], period.end)
        for row in rows:
            author, role, _ = author_of(org, row.source, row.author, row.author_role, row.account, row.external_id)
            key = f"{row.source}:{row.external_id}"
            ended_at, ended = ends.get(key, (None, None))
            found.append(
                Neighbour(
                    key=key,
                    source=row.source,
                    pain=row.pain,
                    author=author,
                    staff=role == "staff",
                    created_at=row.created_at,
                    ended_at=ended_at,
                    ended=ended,
                )
            )
    return found


def _may_tell(row: Row[Any], fixed: Mapping[tuple[str, str], tuple[str, str]]) -> bool:
    """Whether an issue tells of pain and may be shown: a hidden one shows through no other."""
    side, _ = fixed.get((row.source, row.external_id), (row.side, ""))
    return side != "none" and not registry.hidden(plain.names(row.tags), plain.first_names(row.signals))


def _writing(session: Session, org: Org, period: Period) -> list[Writing]:
    """How long the issues were that teams of five people or more wrote in the last eight weeks."""
    query = select(
        IssueRow.source,
        IssueRow.project,
        IssueRow.author,
        plain.kept(IssueRow.tags),
        IssueRow.created_at,
        (func.length(IssueRow.title) + func.length(IssueRow.body)).label("letters"),
    ).where(
        IssueRow.created_at >= period.end - detail.SPAN,
        IssueRow.created_at < period.end,
        IssueRow.author.is_not(None),
        IssueRow.state != "deleted",
    )
    large = {team for team, size in privacy.sizes(org).items() if size >= privacy.GROUP}
    found = []
    for source, project, author, tags, at, letters in plain.rows(session, query):
        person = org.member(source, author)
        open_to_all = not registry.hidden(plain.names(tags), ()) and not org.audience(source, project)
        if person is not None and person.team in large and open_to_all:
            found.append(Writing(team=str(person.team), author=person.id, at=at, letters=letters))
    return found


def _ends(session: Session, keys: Iterable[tuple[str, str]], until: datetime) -> dict[str, tuple[datetime, str | None]]:
    """When each issue was closed last, and with which word, where its source tells one."""
    query = (
        select(EventRow.source, EventRow.issue, EventRow.at, EventRow.after)
        .where(of_these(session, EventRow, keys), EventRow.at < until, EventRow.what == "closed")
        .order_by(EventRow.at)
    )
    return {f"{source}:{issue}": (at, after) for source, issue, at, after in plain.rows(session, query)}
