"""What the digests of a period are made from, read for all leaders at once.

The number of queries does not grow with leaders or with what is stored: one for the period's issues, one for those of
the 26 weeks before, which history and courses share, one for the registry, and those of `pipeline.store.courses`.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from sys import intern
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, func, literal, not_, or_, select
from sqlalchemy.orm import Session

from pipeline import periods
from pipeline.answers import Answer, heard_at
from pipeline.course import detail
from pipeline.digest.document import Document
from pipeline.digest.index import severity
from pipeline.digest.material import Material, PainEntry, Sighting, Stuck, Voice
from pipeline.escalate import RUNGS, SEVERE, Rungs
from pipeline.issue import Issue, Period, SourceHealth, State, Verdict
from pipeline.objections import Objection
from pipeline.org import Org
from pipeline.prose import prose
from pipeline.store import (
    answers,
    check_ins,
    courses,
    digests,
    half_year,
    objections,
    pain_edits,
    plain,
    previews,
    registry,
    sources,
)
from pipeline.store.authors import author_of
from pipeline.store.corrections import corrections
from pipeline.store.issues import chunks, first_created, identity, of_these, oldest, set_aside, verdict_of
from pipeline.tables import EventRow, IssueRow, MemberRow, PainRow, VerdictRow
from pipeline.workdays import REGULAR, Workdays

HISTORY = half_year.SPAN
Fixed = Mapping[tuple[str, str], tuple[str, str]]


def read(
    session: Session,
    period: Period,
    org: Org,
    kinds: Mapping[str, str],
    workdays: Workdays = REGULAR,
    rungs: Rungs = RUNGS,
) -> Material:
    """Everything that digests of this period may speak of. `kinds` are the configured sources, name to kind."""
    fixed = corrections(session)
    pains = registry.told_in(session, period.label)
    audiences = {pain: found.get("audience", "") for pain, found in pains.items()}
    voices = _voices(session, period, org, fixed)
    stirred = _stirred(session, period, org, fixed)
    signs = courses.Signs(session, period, org, _told_of([*voices, *stirred], audiences))
    history = _History(session, period, org, fixed, audiences)
    for issues in half_year.issues(session, period, period.end - detail.SPAN):
        signs.take(issues)
        history.take(issues)
    shown = signs.found()
    first = max(first_created(session) or period.start, period.start - HISTORY * 4)
    zone = ZoneInfo(period.zone)
    sightings = history.sightings()
    standing = objections.standing(session, period.end)
    given = answers.until(session, period.end)
    known_pains = {
        pain_id: PainEntry(
            id=pain_id,
            title=pain["title"],
            side=pain["side"],
            first_at=datetime.fromisoformat(pain["first_at"]),
            sources=frozenset(history.fed_by.get(pain_id, ())),
            audience=audiences[pain_id],
        )
        for pain_id, pain in pains.items()
    }
    waiting = _severe_and_waiting(known_pains, sightings, given, period, rungs)
    return Material(
        voices=_with_courses(voices, shown),
        stirred=_with_courses(stirred, shown),
        sightings=sightings,
        pains=known_pains,
        sources=_health(session, period, kinds, voices),
        listening_since=_monday(first.astimezone(zone).date()),
        last_quiet=digests.last_quiet(session, period.label),
        workdays=workdays,
        answers=given,
        told=_told(session, period, org, given, audiences, period.end),
        stuck=_stuck(session, period, org, fixed, waiting),
        rungs=rungs,
        said=_said(session, period),
        objections=standing,
        withdrawn=_withdrawn(session, period, standing),
        late={key: frozenset(some) for key, some in history.late.items()},
        spoken=digests.spoken(session, _weeks_before(period)),
        kept_back=digests.kept_back(session, _weeks_before(period)[: digests.AWAY]),
        quoted=_quoted(session, period, org),
        **_before(session, period, org),
        **_edited(session, period),
        check_ins=check_ins.ballots(session, period.label),
        asked_before=check_ins.asked_before(session, period.label),
        added=previews.added(session, period.label),
    )


def _said(session: Session, period: Period) -> dict[str, dict[str, dict[date, int | None]]] | None:
    """What the digests of the period before told of how many people; None where no digest was made before."""
    if not digests.any_before(session, period.label):
        return None
    before = map(Document.from_json, digests.documents(session, periods.before(period).label, waiting=True))
    return {document.leader: document.said() for document in before}


def _withdrawn(session: Session, period: Period, standing: Sequence[Objection]) -> dict[int, dict[str, str | None]]:
    """Of each quotation that was withdrawn in this period: the leaders who had been shown it, and under which pain."""
    found: dict[int, dict[str, str | None]] = {}
    for one in standing:
        if one.what != "quote" or one.issue is None or one.at < period.start:
            continue
        readers: dict[str, str | None] = {}
        for document in digests.quoting(session, one.issue):
            if "pains" not in document:  # a call
                continue
            quoted = [p["id"] for p in document["pains"] if any(q["issue"] == one.issue for q in p["quotes"])]
            others = [*document["heard_once"], *(win["quote"] for win in document["wins"] if win["quote"])]
            if quoted or any(quote["issue"] == one.issue for quote in others):
                readers[document["leader"]] = quoted[0] if quoted else None
        found[one.id] = readers
    return found


REMEMBERED = 4
"""For how many weeks a number is put right that turned out to be another."""


def _before(session: Session, period: Period, org: Org) -> dict[str, Any]:
    """What leaders were told in the weeks before: the last word on each pain's number counts. The numbers of a leader
    whose part of the tree is another one now cannot be compared, and are left out."""
    weeks = [periods.before(period)]
    while len(weeks) < REMEMBERED:
        weeks.append(periods.before(weeks[-1]))
    into = pain_edits.redirects(session)
    told: dict[str, dict[tuple[str, date], int]] = defaultdict(dict)
    named: dict[str, set[str]] = defaultdict(set)
    for document in digests.told_between(session, weeks[-1].label, weeks[0].label):
        leader, monday = (
            document["leader"],
            periods.monday_of(periods.week_of(document["period"]["label"], period.zone)),
        )
        known = [*document["pains"], *document["also_open"]]
        named[leader].update(into.get(one["id"], one["id"]) for one in known)
        if document["led"] != [list(org.up(team)) for team in org.led_by(leader)]:
            told.pop(leader, None)
            continue
        told[leader].update({(one["id"], monday): one["people"] for one in known if one["people"] is not None})
        for one in document.get("corrections", ()):
            if one["week"] is not None:
                key = (one["pain"], date.fromisoformat(one["week"]))
                told[leader].pop(key, None)
                told[leader].update({} if one["people"] is None else {key: one["people"]})
    return {
        "told_before": {leader: dict(numbers) for leader, numbers in told.items() if numbers},
        "named_before": {leader: frozenset(pains) for leader, pains in named.items()},
    }


def _edited(session: Session, period: Period) -> dict[str, Any]:
    """What persons decided about pains before the period ended."""
    edits = [e for e in pain_edits.edits(session) if datetime.fromisoformat(e.at) < period.end]
    renamed = {
        edit.pains[0]: str((edit.before[edit.pains[0]] or {}).get("title", ""))
        for edit in reversed(edits)  # of several names in a week the first is the one that readers know
        if edit.what == "rename" and datetime.fromisoformat(edit.at) >= period.start
    }
    return {
        "edited": frozenset(pain for edit in edits if edit.what != "rename" for pain in edit.pains),
        "renamed": {pain: old for pain, old in renamed.items() if old},
    }


def _severe_and_waiting(
    pains: Mapping[str, PainEntry],
    sightings: Sequence[Sighting],
    given: Mapping[str, Sequence[Answer]],
    period: Period,
    rungs: Rungs,
) -> list[PainEntry]:
    """The pains that may have climbed: severe, older than what one level has to answer, and unanswered."""
    if rungs.stuck is None:
        return []
    before = period.end - timedelta(days=rungs.stuck)
    worst: dict[str, dict[str, int]] = defaultdict(dict)
    for seen in sightings:
        known = worst[seen.pain]
        known[seen.author] = max(known.get(seen.author, 1), seen.severity)
    return [
        pains[pain]
        for pain, by_author in sorted(worst.items())
        if pain in pains
        and pains[pain].first_at < before
        and heard_at(given.get(pain, ())) is None
        and severity(by_author.values()) >= SEVERE
    ]


def _stuck(session: Session, period: Period, org: Org, fixed: Fixed, waiting: Sequence[PainEntry]) -> list[Stuck]:
    """Of these pains those of which an issue is open, each with the first issue that a digest may show.

    A pain's past may be long. What is read is the first issue of each, where that may be shown. Only of a pain whose
    first issue is for others to see, since `visible_to:` was changed, all are read.
    """
    audiences = {one.id: one.audience for one in waiting}
    found: list[Judged] = []
    for some in chunks(waiting):
        still = _still_open(session, period, [one.id for one in some])
        began = _began(session, period, {one.id: one.first_at for one in some if one.id in still})
        moments = sorted(set(began.values()))
        for one in _judged(session, _judgements(session, period).where(IssueRow.created_at.in_(moments))):
            if began.get(one.pain or "") == one.created_at and not _is_hidden(one.tags, one.signals):
                del began[one.pain or ""]
                found.append(one)
    firsts = _heard(session, period, org, fixed, found)
    stuck = [Stuck(pain=voice.pain or "", first=voice) for voice in firsts if _is_own(voice, audiences)]
    for pain in {voice.pain or "" for voice in firsts if not _is_own(voice, audiences)}:
        query = _judgements(session, period).where(MemberRow.pain == pain, IssueRow.created_at < period.end)
        past = _heard(session, period, org, fixed, _judged(session, query))
        own = [voice for voice in past if _is_own(voice, audiences)]
        if any(voice.state == "open" for voice in own):
            stuck.append(Stuck(pain=pain, first=own[0]))
    return sorted(stuck, key=lambda one: (one.first.created_at, one.first.key))


def _is_own(voice: Voice, audiences: Mapping[str, str]) -> bool:
    """Whether those see an issue who see its pain."""
    return voice.audience == audiences.get(voice.pain or "", "")


def _is_hidden(tags: Iterable[str], signals: Iterable[Sequence[str]]) -> bool:
    return registry.hidden(tags, [name for name, *_ in signals])


def _still_open(session: Session, period: Period, pains: Sequence[str]) -> set[str]:
    """Of these pains those of which an issue is open that a digest may show. The first one that is found is enough."""
    query = _of_pains(session, period, literal(1)).where(MemberRow.pain == PainRow.id, not_(_suspect()), _open(period))
    found = set(session.scalars(select(PainRow.id).where(PainRow.id.in_(pains), query.exists())))
    others = sorted(set(pains) - found)
    query = _of_pains(session, period, *_TOLD).where(MemberRow.pain.in_(others), _suspect(), _open(period))
    return found | {row.pain for row in plain.rows(session, query) if not _hides(row)}


def _began(session: Session, period: Period, pains: Mapping[str, datetime]) -> dict[str, datetime]:
    """When the first issue of each pain was written that a digest may show, given when its first one was.

    Mostly that is the one; only where it is not, the pain's past is looked through.
    """
    query = _of_pains(session, period, *_TOLD).where(MemberRow.pain.in_(pains))
    at_first = plain.rows(session, query.where(IssueRow.created_at.in_(sorted(set(pains.values())))))
    began = {row.pain: row.created_at for row in at_first if row.created_at == pains[row.pain] and not _hides(row)}
    others = sorted(pains.keys() - began.keys())
    for row in plain.rows(session, _of_pains(session, period, *_TOLD).where(MemberRow.pain.in_(others))):
        if not _hides(row):
            began[row.pain] = min(row.created_at, began.get(row.pain, row.created_at))
    return began


_TOLD: Final = (MemberRow.pain, IssueRow.created_at, plain.kept(IssueRow.tags), plain.kept(VerdictRow.signals))


def _hides(row: Any) -> bool:
    """The same of a row of `_TOLD`."""
    return registry.hidden(plain.names(row.tags), plain.first_names(row.signals))


def _of_pains(session: Session, period: Period, *told: Any) -> Select[*tuple[Any, ...]]:
    """What is told of the issues of pains up to the end of a period."""
    return (
        select(*told)
        .select_from(MemberRow)
        .join(IssueRow, IssueRow.id == MemberRow.issue_id)
        .join(VerdictRow, VerdictRow.issue_id == IssueRow.id)
        .where(registry.counted_in(session, period.label))
        .where(IssueRow.state != "deleted", IssueRow.created_at < period.end)
    )


def _suspect() -> ColumnElement[bool]:
    """Whether an issue's tags and signals hold a word that hides: every hidden one is among these, and a few others."""
    return or_(
        _holds(plain.kept(IssueRow.tags), registry.HIDDEN), _holds(plain.kept(VerdictRow.signals), registry.WITHHELD)
    )


def _holds(kept: ColumnElement[str], names: Iterable[str]) -> ColumnElement[bool]:
    return and_(kept != plain.EMPTY, or_(*(kept.contains(f'"{name}"') for name in sorted(names))))


def _open(period: Period) -> ColumnElement[bool]:
    """Whether an issue was open when a period ended."""
    own = (EventRow.source == IssueRow.source, EventRow.issue == IssueRow.external_id, EventRow.at < period.end)
    last = select(func.max(EventRow.at)).where(*own).correlate(IssueRow)
    closed = last.where(EventRow.what == "closed").scalar_subquery()
    return or_(closed.is_(None), last.where(EventRow.what == "reopened").scalar_subquery() >= closed)


def may_not_be_quoted(session: Session, keys: Sequence[str]) -> bool:
    """Whether of these issues ("source:external_id") one is gone, or may not be shown or quoted any more."""
    if not keys:
        return False
    found: set[str] = set()
    for some in chunks(sorted(set(map(identity, keys)))):
        query = select(IssueRow, VerdictRow).join(VerdictRow, VerdictRow.issue_id == IssueRow.id)
        query = query.where(of_these(session, IssueRow, some), IssueRow.state != "deleted")
        for issue, verdict in session.execute(query):
            if not _is_hidden(issue.tags, verdict.signals) and "no-quote" not in issue.tags:
                found.add(f"{issue.source}:{issue.external_id}")
    return not set(keys) <= found - objections.withdrawn(session).keys()


ROTATION = 3
"""Weeks before this one in which who was quoted is not quoted again."""


def _quoted(session: Session, period: Period, org: Org) -> dict[str, frozenset[str]]:
    said = digests.quoted(session, _weeks_before(period)[:ROTATION])
    named = sorted({identity(key) for keys in said.values() for key in keys})
    authors: dict[str, str] = {}
    for some in chunks(named):
        for issue in session.scalars(select(IssueRow).where(of_these(session, IssueRow, some))):
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


def answered_until(session: Session, material: Material, period: Period, org: Org, until: datetime) -> Material:
    """The same material with what was answered and told since the period ended."""
    given = answers.until(session, until)
    audiences = {pain: entry.audience for pain, entry in material.pains.items()}
    return replace(material, answers=given, told=_told(session, period, org, given, audiences, until))


def _told(
    session: Session,
    period: Period,
    org: Org,
    given: Mapping[str, Sequence[Answer]],
    audiences: Mapping[str, str],
    until: datetime,
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
        if registry.hidden(issue.tags, ()) or org.audience(issue.source, issue.project) != audiences.get(pain, ""):
            continue
        author, _, _ = author_of(org, issue.source, issue.author, issue.author_role, issue.account, issue.external_id)
        if author is not None:
            wrote[pain].append((issue.created_at, author, f"{issue.source}:{issue.external_id}"))
    informed = answers.told(session, until)
    found = {}
    for pain, some in given.items():
        for answer in some:
            before = [(author, key) for at, author, key in wrote[pain] if at < answer.at]
            known = {author for author, key in before if key in informed.get(answer.id, ())}
            found[answer.id] = (len(known), len({author for author, _ in before}))
    return found


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _voices(session: Session, period: Period, org: Org, fixed: Fixed) -> list[Voice]:
    """The period's issues; once it is closed, those that it was closed with, so that all leaders read of the same."""
    query = _judgements(session, period).where(IssueRow.created_at >= period.start, IssueRow.created_at < period.end)
    if registry.is_closed(session, period.label):
        query = query.where(VerdictRow.period <= period.label)
    return _heard(session, period, org, fixed, _judged(session, query))


def _stirred(session: Session, period: Period, org: Org, fixed: Fixed) -> list[Voice]:
    """Older issues of a pain to which something happened in the period."""
    issues: list[Judged] = []
    for some in chunks(courses.stirred(session, period)):
        issues += _judged(session, _judgements(session, period).where(IssueRow.id.in_(some)))
    issues.sort(key=lambda one: (one.created_at, one.source, one.external_id))
    return [voice for voice in _heard(session, period, org, fixed, issues) if voice.side != "none"]


class Judged(NamedTuple):
    """An issue and what was judged of it, as far as digests look at them."""

    source: str
    external_id: str
    url: str | None
    title: str
    body: str
    author: str | None
    author_role: str
    account: str | None
    project: str | None
    created_at: datetime
    side: str
    confidence: float
    abstained: bool
    kind: str
    severity: int
    model: str
    known: float
    leaf: str | None
    pain: str | None
    tags: tuple[str, ...]
    heard_by: tuple[str, ...]
    signals: Sequence[Any]
    because: tuple[str, ...]
    """Empty: no digest says it."""


def _judged(session: Session, query: Select[*tuple[Any, ...]]) -> list[Judged]:
    found = []
    for *told, tags, heard_by, signals in plain.rows(session, query):
        lists = (plain.names(tags), plain.names(heard_by), plain.pairs(signals), ())
        found.append(Judged._make((*told, *lists)))
    return found


_ISSUE = Judged._fields[: Judged._fields.index("side")]
_VERDICT = Judged._fields[len(_ISSUE) : Judged._fields.index("pain")]


def _judgements(session: Session, period: Period) -> Select[*tuple[Any, ...]]:
    counted = registry.counted_in(session, period.label)
    return (
        select(
            *(getattr(IssueRow, name) for name in _ISSUE),
            *(getattr(VerdictRow, name) for name in _VERDICT),
            MemberRow.pain,
            plain.kept(IssueRow.tags),
            plain.kept(VerdictRow.heard_by),
            plain.kept(VerdictRow.signals),
        )
        .join(VerdictRow, VerdictRow.issue_id == IssueRow.id)
        .outerjoin(MemberRow, and_(MemberRow.issue_id == IssueRow.id, counted))
        .where(IssueRow.state != "deleted")
        .order_by(IssueRow.created_at, IssueRow.source, IssueRow.external_id)
    )


def _told_of(voices: Sequence[Voice], audiences: Mapping[str, str]) -> dict[tuple[str, str], str | None]:
    """The pain that each of these tells of, by identity."""
    return {
        (v.source, v.external_id): v.pain
        if v.side != "none" and v.audience == audiences.get(v.pain or "", "")
        else None
        for v in voices
    }


def _with_courses(voices: Sequence[Voice], shown: Mapping[tuple[str, str], tuple[str, ...]]) -> list[Voice]:
    """The same with the signals that their courses show."""
    courses = (shown.get((voice.source, voice.external_id), ()) for voice in voices)
    return [replace(voice, course=course) if course else voice for voice, course in zip(voices, courses, strict=True)]


def _heard(session: Session, period: Period, org: Org, fixed: Fixed, issues: Sequence[Judged]) -> list[Voice]:
    """Issues as voices, without those that no digest may show."""
    past = _history(session, [(one.source, one.external_id) for one in issues], period)
    unquoted = objections.withdrawn(session)
    found = []
    for one in issues:
        verdict = verdict_of(one, fixed.get((one.source, one.external_id)))
        if registry.hidden(one.tags, [s.name for s in verdict.signals]):
            continue
        closed_at, reopened = past[one.source, one.external_id]
        found.append(
            voice(
                org,
                one,
                verdict,
                leaf=one.leaf,
                heard_by=one.heard_by,
                pain=one.pain,
                state="closed" if closed_at else "open",
                closed_at=closed_at,
                reopened=reopened,
                withdrawn=f"{one.source}:{one.external_id}" in unquoted,
            )
        )
    return found


def voice(
    org: Org,
    issue: Issue | IssueRow | Judged,
    verdict: Verdict,
    *,
    leaf: str | None,
    heard_by: tuple[str, ...],
    pain: str | None,
    state: State,
    closed_at: datetime | None,
    reopened: bool,
    withdrawn: bool = False,
) -> Voice:
    """A stored issue as digests and calls see it; `withdrawn`: a reader said that it should not be quoted."""
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
        no_quote=withdrawn or "no-quote" in issue.tags,
        audience=org.audience(issue.source, issue.project),
    )


def _history(
    session: Session, keys: Sequence[tuple[str, str]], period: Period
) -> dict[tuple[str, str], tuple[datetime | None, bool]]:
    """(closed at, was reopened) of each issue as it stood when the period ended, whatever happened later."""
    stood: dict[tuple[str, str], tuple[datetime | None, bool]] = defaultdict(lambda: (None, False))
    query = (
        select(EventRow.source, EventRow.issue, EventRow.at, EventRow.what)
        .where(of_these(session, EventRow, keys))
        .where(EventRow.at < period.end, EventRow.what.in_(("closed", "reopened")))
        .order_by(EventRow.at, EventRow.what)
    )
    for source, issue, at, what in plain.rows(session, query):
        stood[source, issue] = (at, stood[source, issue][1]) if what == "closed" else (None, True)
    return stood


class _History:
    """Who told of which pain in which week, the sources that each pain's issues came from, and those that told of a
    pain's week after it was closed."""

    def __init__(self, session: Session, period: Period, org: Org, fixed: Fixed, audiences: Mapping[str, str]) -> None:
        self._org, self._fixed, self._audiences = org, fixed, audiences
        self._weeks = _weeks(period)
        moments = plain.Moments(session)
        self._starts = [moments.of(week.start) for week in self._weeks]
        self._mondays = [periods.monday_of(week) for week in self._weeks]
        self._seen: dict[tuple[Any, ...], tuple[int, int]] = {}
        self.fed_by: dict[str, set[str]] = defaultdict(set)
        self.late: dict[tuple[str, date], set[str]] = defaultdict(set)

    def take(self, rows: Iterable[Any]) -> None:
        """Some issues of `half_year.issues`."""
        for row in rows:
            at, source, name, project, _, writer, known, account, *judged = row
            tags, _, pain, side, _, worst, leaf, heard, closed = judged
            if side is None:  # of no pain
                continue
            side, _ = self._fixed.get((source, name), (side, ""))
            author, role, team = author_of(self._org, source, writer, known, account, name)
            audience = self._org.audience(source, project)
            out = tags != plain.EMPTY and registry.hidden(plain.names(tags), ())
            if author is None or side == "none" or out or audience != self._audiences.get(pain, ""):
                continue
            week = bisect_right(self._starts, at) - 1
            leaf = leaf and intern(leaf)  # each row brings its own copy of what many have in common
            told = (intern(pain), week, intern(author), intern(role), team, leaf, plain.names(heard), audience)
            items, before = self._seen.get(told, (0, 1))
            self._seen[told] = (items + 1, max(before, worst))
            self.fed_by[pain].add(source)
            if closed is not None and closed > self._weeks[week].label:
                self.late[pain, self._mondays[week]].add(source)

    def sightings(self) -> list[Sighting]:
        return [_sighting(self._mondays[told[1]], told, *seen) for told, seen in sorted(self._seen.items(), key=_order)]


def _weeks(period: Period) -> list[Period]:
    """The period and the weeks before it that history is read of, oldest first."""
    weeks = [period]
    while weeks[-1].start > period.start - HISTORY:
        weeks.append(periods.before(weeks[-1]))
    return weeks[::-1]


def _sighting(monday: date, told: tuple[Any, ...], items: int, severity: int) -> Sighting:
    pain, _, author, role, team, leaf, heard_by, audience = told
    return Sighting(
        pain=pain,
        week=monday,
        author=author,
        role=role,
        team=team,
        leaf=leaf,
        heard_by=heard_by,
        items=items,
        severity=severity,
        audience=audience,
    )


def _order(seen: tuple[tuple[Any, ...], Any]) -> tuple[Any, ...]:
    pain, week, author, role, team, leaf, heard_by, _ = seen[0]
    return (pain, week, author, role, team or "", leaf or "", heard_by)


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
