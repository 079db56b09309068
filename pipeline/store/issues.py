"""Issues as they are stored: upsert by identity, comments, history, and the operator's reading of everything."""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    bindparam,
    delete,
    func,
    literal,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from pipeline.issue import Comment, Event, Gone, Issue, Signal, Verdict
from pipeline.store.asked import among, ask, dialect, listed, one_of
from pipeline.store.corrections import blank, corrections
from pipeline.store.upsert import ignore, put
from pipeline.tables import (
    CommentRow,
    EventRow,
    IssueRow,
    MemberRow,
    QuarantineRow,
    VerdictRow,
)

BATCH = 500
"""Ids a statement or a task: far below SQLite's limit of variables, large enough to cost nothing an issue."""


@dataclass(frozen=True, slots=True)
class Known:
    """What ingest compares a newly read issue with."""

    id: int
    state: str
    project: str | None
    updated_at: datetime
    content_hash: str
    text_hash: str
    raw_hash: str | None


Name = tuple[str, ...]
"""An issue's external_id; with a comment's after it, that comment."""


def chunks(ids: Sequence[Any], size: int = BATCH) -> Iterator[Sequence[Any]]:
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


def identity(key: str) -> tuple[str, str]:
    """(source, external_id) of "source:external_id"."""
    source, _, external_id = key.partition(":")
    return source, external_id


def of_these(session: Session, rows: Any, keys: Collection[tuple[str, str]]) -> ColumnElement[bool]:
    """Whether a row (an issue, or what is kept by its identity) is of one of these (source, external_id); in rare cases
    also one of another of their sources that has the same name.

    The sources are named too: the indexes begin with them, and by names alone the whole table would be read.
    """
    sources, names = ({key[at] for key in keys} for at in (0, 1))
    name = rows.external_id if rows is IssueRow else rows.issue
    return one_of(session, rows.source, sorted(sources)) & one_of(session, name, sorted(names))


def known(session: Session, source: str, external_ids: Sequence[str]) -> dict[str, Known]:
    found: dict[str, Known] = {}
    for some in chunks(external_ids):
        rows = ask(session, _known(dialect(session)), source=source, names=listed(session, some))
        for name, row_id, state, project, updated_at, content_hash, text_hash, raw_hash in rows:
            found[name] = Known(row_id, state, project, updated_at, content_hash, text_hash, raw_hash)
    return found


@cache
def _known(dialect: str) -> Select[*tuple[Any, ...]]:
    return select(
        IssueRow.external_id,
        IssueRow.id,
        IssueRow.state,
        IssueRow.project,
        IssueRow.updated_at,
        IssueRow.content_hash,
        IssueRow.text_hash,
        IssueRow.raw_hash,
    ).where(_named(dialect))


def _named(dialect: str) -> ColumnElement[bool]:
    """An issue of `source` that is among `names`."""
    return and_(IssueRow.source == bindparam("source"), among(dialect, IssueRow.external_id, "names"))


def ids(session: Session, source: str, external_ids: Sequence[str]) -> list[int]:
    """The rows of these issues, sorted."""
    found: list[int] = []
    for some in chunks(external_ids):
        found += ask(session, _ids(dialect(session)), source=source, names=listed(session, some)).scalars()
    return sorted(found)


@cache
def _ids(dialect: str) -> Select[*tuple[Any, ...]]:
    return select(IssueRow.id).where(_named(dialect))


def read_from(session: Session, prints: Sequence[str]) -> dict[str, Name]:
    """Of these fingerprints of a source's raw items those that something stored was read from, and what that is."""
    found: dict[str, Name] = {}
    for some in chunks(prints):
        for one, name, key in ask(session, _read_from(dialect(session)), prints=listed(session, some)):
            found[one] = (name,) if key is None else (name, key)
    return found


@cache
def _read_from(dialect: str) -> CompoundSelect[*tuple[Any, ...]]:
    issue = select(IssueRow.raw_hash, IssueRow.external_id, literal(None))
    issue = issue.where(among(dialect, IssueRow.raw_hash, "prints"), IssueRow.state != "deleted")
    comment = select(CommentRow.raw_hash, CommentRow.issue, CommentRow.external_id)
    return issue.union_all(comment.where(among(dialect, CommentRow.raw_hash, "prints")))


def note_read(session: Session, before: Mapping[str, Known], read: Mapping[str, str | None]) -> None:
    """Remember what issues were read from that need not be written."""
    for key, one in read.items():
        if one != before[key].raw_hash:
            same = (IssueRow.id == before[key].id, IssueRow.content_hash == before[key].content_hash)
            session.execute(update(IssueRow).where(*same).values(raw_hash=one))


def columns(issue: Issue) -> dict[str, Any]:
    """The row of an issue, hashes included. The text hash covers what the classifier and the router see, no more."""
    row: dict[str, Any] = {
        "source": issue.source,
        "external_id": issue.external_id,
        "url": issue.url,
        "title": issue.title,
        "body": issue.body,
        "state": issue.state,
        "kind": issue.kind,
        "author": issue.author,
        "author_role": issue.author_role,
        "account": issue.account,
        "labels": list(issue.labels),
        "project": issue.project,
        "component": issue.component,
        "group_name": issue.group,
        "priority": issue.priority,
        "created_at": issue.created_at,
        "updated_at": issue.updated_at,
        "closed_at": issue.closed_at,
        "tags": sorted(issue.tags),
    }
    written = {name: repr(value) for name, value in row.items()}
    seen = [written[name] for name in ("title", "body", "project", "component", "group_name", "author_role")]
    seen[2:2] = [repr(issue.labels)]
    seen += [repr(tag) for tag in row["tags"] if tag.startswith("severity-")]
    row["text_hash"] = _hash(f"({', '.join(seen)})")
    row["content_hash"] = _hash(f"[{', '.join(written.values())}, {row['text_hash']!r}]")
    return row


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest()


_NEWER: Final = and_(
    IssueRow.content_hash != literal_column("excluded.content_hash"),
    IssueRow.updated_at <= literal_column("excluded.updated_at", IssueRow.__table__.c.updated_at.type),
)


def upsert(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write issues; an older version than the stored one, or the same content, changes nothing."""
    put(session, IssueRow, rows, ["source", "external_id"], where=_NEWER)


def add_comments(
    session: Session, source: str, comments: Iterable[tuple[str, Comment]], read: Mapping[Name, str | None]
) -> None:
    """(external_id of the issue, comment), and what those that came apart from it were read from; an edited comment
    replaces its earlier text."""
    rows = {
        (issue, comment.external_id): {
            "source": source,
            "issue": issue,
            "external_id": comment.external_id,
            "author": comment.author,
            "author_role": comment.author_role,
            "body": comment.body,
            "created_at": comment.created_at,
            "private": comment.private,
            "raw_hash": read.get((issue, comment.external_id)),
        }
        for issue, comment in comments
    }
    put(session, CommentRow, list(rows.values()), ["source", "issue", "external_id"])


def add_events(session: Session, source: str, events: Iterable[tuple[str, Event]]) -> None:
    rows = {
        (issue, event.what, event.at): {
            "source": source,
            "issue": issue,
            "at": event.at,
            "what": event.what,
            "before": event.before,
            "after": event.after,
        }
        for issue, event in events
    }
    ignore(session, EventRow, list(rows.values()), ["source", "issue", "what", "at"])


def mark_gone(session: Session, source: str, gone: Iterable[Gone]) -> None:
    """Deleted or transferred at the source: the row stays for history, its state says so, digests leave it out.

    What changed after it was deleted has come back: an old removal that is read again says nothing of it.
    """
    for item in gone:
        ours = and_(IssueRow.source == source, IssueRow.external_id == item.external_id)
        known = session.execute(select(IssueRow.updated_at).where(ours)).scalar_one_or_none()
        if known is not None and known > item.at:
            continue
        session.execute(update(IssueRow).where(ours).values(state="deleted", content_hash="gone", raw_hash=None))
        add_events(session, source, [(item.external_id, Event(at=item.at, what="deleted", after=item.reason))])


def alive(session: Session, source: str) -> set[str]:
    """external_ids of everything stored of a source that is not deleted."""
    query = select(IssueRow.external_id).where(IssueRow.source == source, IssueRow.state != "deleted")
    return set(session.scalars(query))


def forget_text(session: Session, before: datetime) -> int:
    """Blank titles, bodies and comments of issues created before a moment; their verdicts, pains and history stay.

    Only what has its verdict: forgetting must not change what an issue was understood to be.
    """
    old = select(IssueRow.id).join(VerdictRow, VerdictRow.issue_id == IssueRow.id)
    old = old.where(IssueRow.created_at < before, VerdictRow.text_hash == IssueRow.text_hash, IssueRow.title != "")
    ids = list(session.scalars(old))
    for some in chunks(ids):
        names = select(IssueRow.source, IssueRow.external_id).where(IssueRow.id.in_(some))
        for source, external_id in session.execute(names).all():
            said = update(CommentRow).where(CommentRow.source == source, CommentRow.issue == external_id)
            session.execute(said.values(body=""))
            blank(session, source, external_id)
        session.execute(update(IssueRow).where(IssueRow.id.in_(some)).values(title="", body=""))
        session.execute(update(VerdictRow).where(VerdictRow.issue_id.in_(some)).values(signals=[], because=[]))
    return len(ids)


def quarantine(session: Session, source: str, what: str, reason: str, raw: str | None, at: datetime) -> None:
    row = {
        "source": source,
        "what": _safe(what)[:255],
        "reason": _safe(reason),
        "raw": raw and _safe(raw[:100_000]),
        "at": at,
    }
    put(session, QuarantineRow, [row], ["source", "what"])


def _safe(text: str) -> str:
    """Storable whatever it is; odd characters become visible."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")


def void(session: Session, source: str, parts: Sequence[str]) -> None:
    """What was set aside of parts of a source that are read again from their start counts no more."""
    for part in parts:
        session.execute(
            delete(QuarantineRow).where(
                QuarantineRow.source == source,
                QuarantineRow.what.startswith(f"{part}:", autoescape=True),
            )
        )


def set_aside(session: Session, since: datetime, until: datetime | None) -> dict[str, int]:
    """Source to how many of its items were set aside after `since`, up to `until`, and still are."""
    query = select(QuarantineRow.source, func.count()).where(QuarantineRow.at > since).group_by(QuarantineRow.source)
    if until is not None:
        query = query.where(QuarantineRow.at <= until)
    return dict(session.execute(query).all())


def release_from_quarantine(session: Session, source: str, whats: Sequence[str]) -> None:
    """What could be understood after all (a replay with better code) leaves the list."""
    for some in chunks(whats):
        session.execute(delete(QuarantineRow).where(QuarantineRow.source == source, QuarantineRow.what.in_(some)))


def not_understood(session: Session, source: str) -> set[str]:
    """The names of a source's items that could not be understood."""
    return set(session.scalars(select(QuarantineRow.what).where(QuarantineRow.source == source)))


def has_quarantined(session: Session, source: str) -> bool:
    return ask(session, _QUARANTINED, source=source).first() is not None


_QUARANTINED: Final = select(QuarantineRow.id).where(QuarantineRow.source == bindparam("source")).limit(1)


def quarantined(session: Session, limit: int | None = 20) -> list[tuple[str, str, str]]:
    """(source, what, reason) of what could not be understood, newest first."""
    query = select(QuarantineRow.source, QuarantineRow.what, QuarantineRow.reason).order_by(QuarantineRow.id.desc())
    return [tuple(row) for row in session.execute(query.limit(limit))]  # type: ignore[misc]


def quarantined_counts(session: Session) -> dict[str, int]:
    """Source to how many of its items could not be understood."""
    query = select(QuarantineRow.source, func.count()).group_by(QuarantineRow.source).order_by(QuarantineRow.source)
    return dict(session.execute(query).all())


def to_classify(session: Session, ids: Sequence[int]) -> list[tuple[int, str, Issue]]:
    """(row id, text hash, issue without comments and history) for the ids that exist, in identity order."""
    rows: list[tuple[int, str, Issue]] = []
    for some in chunks(ids):
        query = select(IssueRow).where(IssueRow.id.in_(some))
        rows.extend((row.id, row.text_hash, value_of(row)) for row in session.scalars(query))
    return sorted(rows, key=lambda row: (row[2].created_at, row[2].source, row[2].external_id))


def unclassified(session: Session, before: datetime | None = None, org_hash: str | None = None) -> list[int]:
    """Ids of issues that have no verdict for their present text (and, where given, for the present org chart)."""
    stale = or_(VerdictRow.issue_id.is_(None), VerdictRow.text_hash != IssueRow.text_hash)
    if org_hash is not None:
        stale = or_(stale, VerdictRow.org_hash != org_hash)
    query = select(IssueRow.id).outerjoin(VerdictRow, VerdictRow.issue_id == IssueRow.id).where(stale)
    if before is not None:
        query = query.where(IssueRow.created_at < before)
    return list(session.scalars(query.order_by(IssueRow.id)))


def save_verdicts(
    session: Session,
    verdicts: Iterable[tuple[int, str, Verdict, str | None, Sequence[str]]],
    org_hash: str,
    shadows: Mapping[int, tuple[int, str]] = MappingProxyType({}),
) -> None:
    """(row id, text hash, verdict, leaf, heard by). `shadows`: row id to what the lessons in the shadow say, with
    their version."""
    rows = [
        {
            "issue_id": row_id,
            "text_hash": text_hash,
            "org_hash": org_hash,
            "side": verdict.side,
            "confidence": verdict.confidence,
            "abstained": verdict.abstained,
            "kind": verdict.kind,
            "severity": verdict.severity,
            "signals": [[s.name, s.text] for s in verdict.signals],
            "because": list(verdict.because),
            "model": verdict.model,
            "leaf": leaf,
            "heard_by": list(heard_by),
            "known": verdict.known,
            "shadow": shadows[row_id][1] if row_id in shadows else None,
            "shadow_version": shadows[row_id][0] if row_id in shadows else None,
        }
        for row_id, text_hash, verdict, leaf, heard_by in verdicts
    ]
    put(session, VerdictRow, rows, ["issue_id"])


def settled(session: Session, ids: Sequence[int]) -> dict[int, tuple[str, Verdict]]:
    """(text hash, the model's verdict) of the issues that a closed period was made from, or whose text is gone."""
    found: dict[int, tuple[str, Verdict]] = {}
    for some in chunks(ids):
        query = select(VerdictRow).join(IssueRow, IssueRow.id == VerdictRow.issue_id).where(IssueRow.id.in_(some))
        query = query.where(or_(VerdictRow.period.is_not(None), and_(IssueRow.title == "", IssueRow.body == "")))
        found.update((row.issue_id, (row.text_hash, verdict_of(row, None))) for row in session.scalars(query))
    return found


def own_verdict(session: Session, issue: tuple[str, str]) -> Verdict | None:
    """The model's verdict of an issue, whatever a person said of it."""
    query = select(VerdictRow).join(IssueRow, IssueRow.id == VerdictRow.issue_id)
    row = session.scalars(query.where(IssueRow.source == issue[0], IssueRow.external_id == issue[1])).one_or_none()
    return None if row is None else verdict_of(row, None)


def unsettled(session: Session) -> Iterator[list[tuple[int, str, Issue, str]]]:
    """(row id, text hash, issue, the model's side) of what has a verdict and no closed period yet, in portions."""
    after = 0
    while True:
        query = (
            select(IssueRow, VerdictRow.side)
            .join(VerdictRow, VerdictRow.issue_id == IssueRow.id)
            .where(VerdictRow.period.is_(None), IssueRow.id > after)
            .order_by(IssueRow.id)
            .limit(BATCH)
        )
        rows = session.execute(query).all()
        if not rows:
            return
        after = rows[-1][0].id
        yield [(row.id, row.text_hash, value_of(row), side) for row, side in rows]
        session.expunge_all()


def by_keys(session: Session, keys: Sequence[tuple[str, str]]) -> list[Issue]:
    """The stored issues of these (source, external_id), without comments and history, in identity order."""
    found: list[Issue] = []
    for some in chunks(sorted(keys)):
        query = select(IssueRow).where(of_these(session, IssueRow, some))
        wanted = set(some)
        found += [value_of(row) for row in session.scalars(query) if (row.source, row.external_id) in wanted]
    return sorted({(i.source, i.external_id): i for i in found}.values(), key=lambda i: (i.source, i.external_id))


def projects(session: Session, source: str) -> list[str]:
    """The projects that stored issues of a source have, sorted."""
    query = select(IssueRow.project).where(IssueRow.source == source, IssueRow.project.is_not(None)).distinct()
    return sorted(project for project in session.scalars(query) if project)


def accounts(session: Session) -> list[str]:
    """The accounts that stored issues come from, sorted."""
    query = select(IssueRow.account).where(IssueRow.account.is_not(None)).distinct()
    return sorted(account for account in session.scalars(query) if account)


def hold(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """The present text hash of each issue; none of them changes until this transaction ends."""
    held: dict[int, str] = {}
    for some in chunks(sorted(ids)):
        query = select(IssueRow.id, IssueRow.text_hash).where(IssueRow.id.in_(some)).order_by(IssueRow.id)
        held.update(session.execute(query.with_for_update()).all())
    return held


def stamp(session: Session, period: str, end: datetime) -> None:
    """Write down with which period everything before its end was closed, where that was not written before."""
    open_ones = select(IssueRow.id).where(IssueRow.created_at < end)
    stamped = update(VerdictRow).where(VerdictRow.period.is_(None), VerdictRow.issue_id.in_(open_ones))
    # Whose verdicts these are is not fetched first, as a session does for the objects that it may hold.
    session.execute(stamped.values(period=period), execution_options={"synchronize_session": False})


def find(session: Session, name: str) -> tuple[str, str] | None:
    """(source, external_id) of an issue named by `source:external_id` or by its URL."""
    source, _, external_id = name.partition(":")
    query = select(IssueRow.source, IssueRow.external_id).where(
        or_(IssueRow.url == name, and_(IssueRow.source == source, IssueRow.external_id == external_id))
    )
    row = session.execute(query.order_by(IssueRow.id).limit(1)).one_or_none()
    return (row[0], row[1]) if row else None


def row_id(session: Session, name: str) -> int | None:
    """The row of an issue named by `source:external_id` or by its URL."""
    key = find(session, name)
    if key is None:
        return None
    query = select(IssueRow.id).where(IssueRow.source == key[0], IssueRow.external_id == key[1])
    return session.execute(query).scalar_one()


def value_of(row: IssueRow) -> Issue:
    return Issue(
        source=row.source,
        external_id=row.external_id,
        url=row.url,
        title=row.title,
        body=row.body,
        state=row.state,  # type: ignore[arg-type]
        kind=row.kind,
        author=row.author,
        author_role=row.author_role,  # type: ignore[arg-type]
        account=row.account,
        labels=tuple(row.labels),
        project=row.project,
        component=row.component,
        group=row.group,
        priority=row.priority,
        created_at=row.created_at,
        updated_at=row.updated_at,
        closed_at=row.closed_at,
        tags=frozenset(row.tags),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """Everything that is known of one issue."""

    issue: Issue
    leaf: str | None
    verdict: Verdict | None
    pain: str | None


def read(
    session: Session,
    *,
    only: tuple[str, str] | None = None,
    source: str | None = None,
    side: str | None = None,
    pain: str | None = None,
    leaf: str | None = None,
    since: datetime | None = None,
) -> Iterator[Stored]:
    """Stored issues in order of (created_at, source, external_id), a few hundred in memory at a time."""
    fixed = corrections(session)
    query = (
        select(IssueRow, VerdictRow, MemberRow.pain)
        .outerjoin(VerdictRow, VerdictRow.issue_id == IssueRow.id)
        .outerjoin(MemberRow, MemberRow.issue_id == IssueRow.id)
    )
    if only is not None:
        query = query.where(IssueRow.source == only[0], IssueRow.external_id == only[1])
    if source is not None:
        query = query.where(IssueRow.source == source)
    if pain is not None:
        query = query.where(MemberRow.pain == pain)
    if leaf is not None:
        query = query.where(VerdictRow.leaf == leaf)
    if since is not None:
        query = query.where(IssueRow.created_at >= since)
    after: tuple[datetime, str, str] | None = None
    while True:
        here = query
        if after is not None:
            here = here.where(_later_than(*after))
        rows = session.execute(
            here.order_by(IssueRow.created_at, IssueRow.source, IssueRow.external_id).limit(BATCH)
        ).all()
        for stored in _assemble(session, rows, fixed):
            if side is None or (stored.verdict is not None and stored.verdict.side == side):
                yield stored
        if len(rows) < BATCH:
            return
        last: IssueRow = rows[-1][0]
        after = (last.created_at, last.source, last.external_id)
        session.expunge_all()


def _later_than(created_at: datetime, source: str, external_id: str) -> Any:
    return or_(
        IssueRow.created_at > created_at,
        and_(IssueRow.created_at == created_at, IssueRow.source > source),
        and_(IssueRow.created_at == created_at, IssueRow.source == source, IssueRow.external_id > external_id),
    )


def _assemble(
    session: Session, rows: Sequence[Any], fixed: Mapping[tuple[str, str], tuple[str, str]]
) -> Iterator[Stored]:
    keys = [(row[0].source, row[0].external_id) for row in rows]
    comments: dict[tuple[str, str], list[Comment]] = {}
    history: dict[tuple[str, str], list[Event]] = {}
    for row in session.scalars(select(CommentRow).where(of_these(session, CommentRow, keys))):
        comments.setdefault((row.source, row.issue), []).append(
            Comment(
                external_id=row.external_id,
                author=row.author,
                body=row.body,
                created_at=row.created_at,
                private=row.private,
                author_role=row.author_role,  # type: ignore[arg-type]
            )
        )
    for event in session.scalars(select(EventRow).where(of_these(session, EventRow, keys))):
        value = Event(at=event.at, what=event.what, before=event.before, after=event.after)  # type: ignore[arg-type]
        history.setdefault((event.source, event.issue), []).append(value)
    for issue_row, verdict_row, pain in rows:
        key = (issue_row.source, issue_row.external_id)
        issue = value_of(issue_row)
        talk = sorted(comments.get(key, ()), key=lambda c: (c.created_at, c.external_id))
        past = sorted(history.get(key, ()), key=lambda e: (e.at, e.what))
        yield Stored(
            issue=_with(issue, talk, past),
            leaf=verdict_row.leaf if verdict_row else None,
            verdict=verdict_of(verdict_row, fixed.get(key)) if verdict_row else None,
            pain=pain,
        )


def _with(issue: Issue, comments: Sequence[Comment], history: Sequence[Event]) -> Issue:
    return replace(issue, comments=tuple(comments), history=tuple(history))


def verdict_of(row: VerdictRow | Any, correction: tuple[str, str] | None) -> Verdict:
    """The verdict that counts: a person's side, where there is one, over the model's. `row` has what a row of verdicts
    has."""
    signals = tuple(Signal(name, text) for name, text in row.signals)
    if correction is None:
        return Verdict(
            side=row.side,  # type: ignore[arg-type]
            confidence=row.confidence,
            abstained=row.abstained,
            kind=row.kind,  # type: ignore[arg-type]
            severity=row.severity,
            signals=signals,
            because=tuple(row.because),
            model=row.model,
            known=row.known,
        )
    side, by = correction
    return Verdict(
        side=side,  # type: ignore[arg-type]
        confidence=1.0,
        abstained=False,
        kind=row.kind,  # type: ignore[arg-type]
        severity=row.severity,
        signals=signals,
        because=(f"{by} said so", *row.because),
        model=f"person:{by}",
        known=row.known,
    )


def count(session: Session) -> int:
    return session.execute(select(func.count()).select_from(IssueRow)).scalar_one()


def count_of(session: Session, source: str) -> int:
    return session.execute(select(func.count()).where(IssueRow.source == source)).scalar_one()


def count_since(session: Session, source: str, since: datetime) -> int:
    """How many issues of a source were written since then."""
    query = select(func.count()).where(IssueRow.source == source, IssueRow.created_at >= since)
    return session.execute(query).scalar_one()


def first_created(session: Session) -> datetime | None:
    moment = session.execute(select(func.min(IssueRow.created_at))).scalar_one()
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment


def first_known(session: Session, key: tuple[str, str]) -> datetime | None:
    """The earliest moment that we know of an issue, (source, external_id): of its creation, whatever its source says of
    that by now, or of its history."""
    source, external_id = key
    created = select(IssueRow.created_at).where(IssueRow.source == source, IssueRow.external_id == external_id)
    happened = select(func.min(EventRow.at)).where(EventRow.source == source, EventRow.issue == external_id)
    found = session.scalar(created), session.scalar(happened)
    return min((at for at in found if at is not None), default=None)


def oldest(session: Session, source: str) -> datetime | None:
    """When the oldest issue of a source was created. The index leads to it, past what other sources hold that is
    older."""
    query = select(IssueRow.created_at).where(IssueRow.source == source).order_by(IssueRow.created_at).limit(1)
    return session.execute(query).scalar_one_or_none()


def dump(raw: Mapping[str, Any]) -> str:
    return json.dumps(raw, ensure_ascii=False, sort_keys=True, default=str)
