"""What the digests of a period are made from, read for all leaders at once.

The number of queries does not grow with leaders or with what is stored: one for the period's issues, one for the
sightings of the 26 weeks before, one for the registry, and those of `pipeline.store.courses`.
"""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, String, and_, cast, or_, select
from sqlalchemy.orm import Session

from pipeline import periods
from pipeline.answers import Answer
from pipeline.digest.material import Material, PainEntry, Sighting, Voice
from pipeline.issue import Issue, Period, SourceHealth, State, Verdict
from pipeline.org import Org
from pipeline.prose import prose
from pipeline.store import answers, courses, digests, registry, sources
from pipeline.store.authors import author_of
from pipeline.store.corrections import corrections
from pipeline.store.issues import chunks, first_created, oldest, set_aside, verdict_of
from pipeline.tables import EventRow, IssueRow, MemberRow, VerdictRow
from pipeline.workdays import REGULAR, Workdays

HISTORY = timedelta(weeks=26)


def read(
    session: Session, period: Period, org: Org, kinds: Mapping[str, str], workdays: Workdays = REGULAR
) -> Material:
    """Everything that digests of this period may speak of. `kinds` are the configured sources, name to kind."""
    fixed = corrections(session)
    voices = _voices(session, period, org, fixed)
    stirred = _stirred(session, period, org, fixed)
    known = _with_courses(session, period, org, [*voices, *stirred])
    voices, stirred = known[: len(voices)], known[len(voices) :]
    first = max(first_created(session) or period.start, period.start - HISTORY * 4)
    zone = ZoneInfo(period.zone)
    sightings, fed_by = _sightings(session, period, org, fixed)
    return Material(
        voices=voices,
        stirred=stirred,
        sightings=sightings,
        pains={
            pain_id: PainEntry(
                id=pain_id,
                title=pain["title"],
                side=pain["side"],
                first_at=datetime.fromisoformat(pain["first_at"]),
                sources=frozenset(fed_by.get(pain_id, ())),
            )
            for pain_id, pain in registry.told_in(session, period.label).items()
        },
        sources=_health(session, period, kinds, voices),
        listening_since=_monday(first.astimezone(zone).date()),
        last_quiet=digests.last_quiet(session, period.label),
        workdays=workdays,
        answers=(given := answers.until(session, period.end)),
        told=_told(session, period, org, given),
        spoken=digests.spoken(session, _weeks_before(period)),
        quoted=_quoted(session, period, org),
    )


ROTATION = 3
"""Weeks before this one in which who was quoted is not quoted again."""


def _quoted(session: Session, period: Period, org: Org) -> dict[str, frozenset[str]]:
    said = digests.quoted(session, _weeks_before(period)[:ROTATION])
    names = sorted({key.partition(":")[2] for keys in said.values() for key in keys})
    authors: dict[str, str] = {}
    for some in chunks(names):
        for issue in session.scalars(select(IssueRow).where(IssueRow.external_id.in_(some))):
            author, _, _ = author_of(
                org, issue.source, issue.author, issue.author_role, issue.account, issue.external_id
            )
            if author is not None:
                authors[f"{issue.source}:{issue.external_id}"] = author
    return {leader: frozenset(authors[key] for key in keys if key in authors) for leader, keys in said.items()}


def _weeks_before(period: Period) -> list[str]:
    weeks: list[str] = []
    while len(weeks) < digests.AWAY:
        period = periods.before(period)
        weeks.append(period.label)
    return weeks


def _told(
    session: Session, period: Period, org: Org, given: Mapping[str, Sequence[Answer]]
) -> dict[int, tuple[int, int]]:
    """Answer to (authors who were informed of it, authors who wrote of the pain before it was given)."""
    if not given:
        return {}
    query = (
        select(MemberRow.pain, IssueRow)
        .join(IssueRow, IssueRow.id == MemberRow.issue_id)
        .where(MemberRow.pain.in_(sorted(given)), IssueRow.state != "deleted", IssueRow.created_at < period.end)
    )
    wrote: dict[str, list[tuple[datetime, str, str]]] = defaultdict(list)
    for pain, issue in session.execute(query):
        if registry.hidden(issue.tags, ()):
            continue
        author, _, _ = author_of(org, issue.source, issue.author, issue.author_role, issue.account, issue.external_id)
        if author is not None:
            wrote[pain].append((issue.created_at, author, f"{issue.source}:{issue.external_id}"))
    informed = answers.told(session, period.end)
    found = {}
    for pain, some in given.items():
        for answer in some:
            before = [(author, key) for at, author, key in wrote[pain] if at < answer.at]
            known = {author for author, key in before if key in informed.get(answer.id, ())}
            found[answer.id] = (len(known), len({author for author, _ in before}))
    return found


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


Fixed = Mapping[tuple[str, str], tuple[str, str]]


def _voices(session: Session, period: Period, org: Org, fixed: Fixed) -> list[Voice]:
    """The period's issues; once it is closed, those that it was closed with, so that all leaders read of the same."""
    query = _judged(session, period).where(IssueRow.created_at >= period.start, IssueRow.created_at < period.end)
    if registry.is_closed(session, period.label):
        query = query.where(VerdictRow.period <= period.label)
    return _heard(session, period, org, fixed, list(session.execute(query)))


def _stirred(session: Session, period: Period, org: Org, fixed: Fixed) -> list[Voice]:
    """Older issues of a pain to which something happened in the period."""
    rows: list[Any] = []
    for some in chunks(courses.stirred(session, period)):
        rows += session.execute(_judged(session, period).where(IssueRow.id.in_(some)))
    rows.sort(key=lambda row: (row[0].created_at, row[0].source, row[0].external_id))
    return [voice for voice in _heard(session, period, org, fixed, rows) if voice.side != "none"]


def _judged(session: Session, period: Period) -> Select[IssueRow, VerdictRow, str]:
    counted = registry.counted_in(session, period.label)
    return (
        select(IssueRow, VerdictRow, MemberRow.pain)
        .join(VerdictRow, VerdictRow.issue_id == IssueRow.id)
        .outerjoin(MemberRow, and_(MemberRow.issue_id == IssueRow.id, counted))
        .where(IssueRow.state != "deleted")
        .order_by(IssueRow.created_at, IssueRow.source, IssueRow.external_id)
    )


def _with_courses(session: Session, period: Period, org: Org, voices: Sequence[Voice]) -> list[Voice]:
    """The same with the signals that their courses show."""
    pains = {(v.source, v.external_id): v.pain if v.side != "none" else None for v in voices}
    found = courses.signs(session, period, org, pains)
    return [replace(voice, course=found.get((voice.source, voice.external_id), ())) for voice in voices]


def _heard(session: Session, period: Period, org: Org, fixed: Fixed, rows: Sequence[Any]) -> list[Voice]:
    """Rows as voices, without those that no digest may show."""
    past = _history(session, [row[0].external_id for row in rows], period)
    found = []
    for issue, verdict_row, pain in rows:
        verdict = verdict_of(verdict_row, fixed.get((issue.source, issue.external_id)))
        if registry.hidden(issue.tags, [s.name for s in verdict.signals]):
            continue
        closed_at, reopened = past[issue.source, issue.external_id]
        found.append(
            voice(
                org,
                issue,
                verdict,
                leaf=verdict_row.leaf,
                heard_by=tuple(verdict_row.heard_by),
                pain=pain,
                state="closed" if closed_at else "open",
                closed_at=closed_at,
                reopened=reopened,
            )
        )
    return found


def voice(
    org: Org,
    issue: Issue | IssueRow,
    verdict: Verdict,
    *,
    leaf: str | None,
    heard_by: tuple[str, ...],
    pain: str | None,
    state: State,
    closed_at: datetime | None,
    reopened: bool,
) -> Voice:
    """A stored issue as digests and calls see it."""
    author, role, team = author_of(org, issue.source, issue.author, issue.author_role, issue.account, issue.external_id)
    return Voice(
        key=f"{issue.source}:{issue.external_id}",
        source=issue.source,
        external_id=issue.external_id,
        url=issue.url,
        title=issue.title,
        body=prose(issue.body),
        author=author,
        role=role,
        team=team,
        leaf=leaf,
        heard_by=heard_by,
        created_at=issue.created_at,
        state=state,
        closed_at=closed_at,
        reopened=reopened,
        side=verdict.side,
        kind=verdict.kind,
        severity=verdict.severity,
        confidence=verdict.confidence,
        abstained=verdict.abstained,
        signals=verdict.signals,
        pain=pain,
        no_quote="no-quote" in issue.tags,
    )


def _history(
    session: Session, names: Sequence[str], period: Period
) -> dict[tuple[str, str], tuple[datetime | None, bool]]:
    """(closed at, was reopened) of each issue as it stood when the period ended, whatever happened later."""
    stood: dict[tuple[str, str], tuple[datetime | None, bool]] = defaultdict(lambda: (None, False))
    for some in chunks(names):
        query = (
            select(EventRow)
            .where(EventRow.issue.in_(some), EventRow.at < period.end, EventRow.what.in_(("closed", "reopened")))
            .order_by(EventRow.at, EventRow.what)
        )
        for event in session.scalars(query):
            key = (event.source, event.issue)
            stood[key] = (event.at, stood[key][1]) if event.what == "closed" else (None, True)
    return stood


def _sightings(
    session: Session, period: Period, org: Org, fixed: Mapping[tuple[str, str], tuple[str, str]]
) -> tuple[list[Sighting], dict[str, set[str]]]:
    """Who told of which pain in which week, and the sources that each pain's issues came from."""
    query = (
        select(
            MemberRow.pain,
            IssueRow.created_at,
            IssueRow.source,
            IssueRow.external_id,
            IssueRow.author,
            IssueRow.author_role,
            IssueRow.account,
            IssueRow.tags,
            VerdictRow.side,
            VerdictRow.severity,
            VerdictRow.leaf,
            VerdictRow.heard_by,
            VerdictRow.period,
        )
        .join(IssueRow, IssueRow.id == MemberRow.issue_id)
        .join(VerdictRow, VerdictRow.issue_id == IssueRow.id)
        .where(IssueRow.created_at >= period.start - HISTORY, IssueRow.created_at < period.end)
        .where(IssueRow.state != "deleted", registry.counted_in(session, period.label))
    )
    zone = ZoneInfo(period.zone)
    last = periods.before(period)
    last_week = _monday(last.start.astimezone(zone).date()) if registry.is_closed(session, last.label) else None
    seen: dict[tuple[Any, ...], tuple[int, int, tuple[str, ...] | None]] = {}
    fed_by: dict[str, set[str]] = defaultdict(set)
    for row in session.execute(query):
        side = fixed.get((row.source, row.external_id), (row.side, ""))[0]
        author, role, team = author_of(org, row.source, row.author, row.author_role, row.account, row.external_id)
        if author is None or side == "none" or registry.hidden(row.tags, ()):
            continue
        week = _monday(row.created_at.astimezone(zone).date())
        who = (row.pain, week, author, role, team, row.leaf, tuple(row.heard_by))
        items, worst, late = seen.get(who, (0, 1, ()))
        came_late = week == last_week and (row.period is None or row.period > last.label)
        late = tuple(sorted({*late, row.source})) if came_late and late is not None else None
        seen[who] = (items + 1, max(worst, row.severity), late)
        fed_by[row.pain].add(row.source)
    return sorted((_sighting(who, *told) for who, told in seen.items()), key=_order), fed_by


def _sighting(who: tuple[Any, ...], items: int, severity: int, late: tuple[str, ...] | None) -> Sighting:
    pain, week, author, role, team, leaf, heard_by = who
    return Sighting(
        pain=pain,
        week=week,
        author=author,
        role=role,
        team=team,
        leaf=leaf,
        heard_by=heard_by,
        items=items,
        severity=severity,
        late=late or (),
    )


def _order(s: Sighting) -> tuple[Any, ...]:
    return (s.pain, s.week, s.author, s.role, s.team or "", s.leaf or "", s.heard_by)


def _health(session: Session, period: Period, kinds: Mapping[str, str], voices: Sequence[Voice]) -> list[SourceHealth]:
    known = sources.states(session)
    heard: dict[str, int] = defaultdict(int)
    for voice in voices:
        heard[voice.source] += 1
    closed = registry.mark(session, f"closed {period.label}")
    before = registry.mark(session, f"closed {periods.before(period).label}")
    since = period.start if before is None else datetime.fromisoformat(before)
    lost = set_aside(session, since, datetime.fromisoformat(closed) if closed else None)
    begins = _begins(session, period, sorted(kinds))
    found = []
    for name, kind in sorted(kinds.items()):
        state = known.get(name)
        read_to = None if state is None or state.read_to is None else min(state.read_to, period.end)
        problem = state.last_error if state is not None and (read_to is None or read_to < period.end) else None
        found.append(
            SourceHealth(
                name=name,
                kind=kind,
                read_to=read_to,
                problem=problem,
                read=heard[name],
                since=begins.get(name),
                set_aside=lost.get(name, 0),
            )
        )
    return found


def _begins(session: Session, period: Period, names: Sequence[str]) -> dict[str, date]:
    """The Monday from which each source that is younger than the history that is looked at was listened to: the week
    of its oldest issue, or that in which it was first read where nothing in it is so old."""
    zone, found = ZoneInfo(period.zone), {}
    for name in names:
        told = [at for at in (oldest(session, name), sources.first_read(session, name)) if at is not None]
        if told and min(told) >= period.start - HISTORY:
            found[name] = _monday(min(told).astimezone(zone).date())
    return found


def withheld(session: Session, period: Period) -> str:
    """A hash of which issues of the period may not be shown now: private, muted, withheld, deleted, no-quote."""
    fixed = corrections(session)
    marked = or_(
        IssueRow.state == "deleted",
        cast(IssueRow.tags, String) != "[]",
        *(cast(VerdictRow.signals, String).contains(f'"{name}"') for name in sorted(registry.WITHHELD)),
    )
    query = select(IssueRow, VerdictRow).join(VerdictRow, VerdictRow.issue_id == IssueRow.id).where(marked)
    rows = list(session.execute(query.where(IssueRow.created_at >= period.start, IssueRow.created_at < period.end)))
    for some in chunks(courses.stirred(session, period)):
        rows += session.execute(query.where(IssueRow.id.in_(some)))
    names = []
    for issue, verdict_row in sorted(rows, key=lambda row: (row[0].source, row[0].external_id)):
        verdict = verdict_of(verdict_row, fixed.get((issue.source, issue.external_id)))
        out = issue.state == "deleted" or registry.hidden(issue.tags, [s.name for s in verdict.signals])
        if out or "no-quote" in issue.tags:
            names.append(f"{issue.source}:{issue.external_id}:{out}:{'no-quote' in issue.tags}")
    return hashlib.blake2b("\n".join(names).encode(), digest_size=16).hexdigest() if names else ""
