"""A page of raw items becomes rows: issues by identity, comments, history, the archive, and the cursor with them."""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy.orm import Session

from pipeline import escalating, forgetting, raw, teaching
from pipeline.forgetting import Forgotten
from pipeline.issue import Comment, Event, Gone, Issue, Remark
from pipeline.judging import ask_for_verdicts
from pipeline.sound import sound
from pipeline.store import forgotten, issues, sources
from pipeline.store.issues import Name

Normalise = Callable[[Mapping[str, Any]], Issue | Remark | Gone | None]
KnownAs = Callable[[Mapping[str, Any]], str | None]
Told = set[int]
"""Hashes of the names of what newer pages told of, as a replay comes by them."""


def _unnamed(_item: Mapping[str, Any]) -> str | None:
    return None


@dataclass(slots=True)
class Ingested:
    """What became of the items of one page, or of a whole pull."""

    read: int = 0
    new: int = 0
    changed: int = 0
    skipped: int = 0
    set_aside: int = 0
    first_set_aside: str | None = None
    """The first item that could not be understood, and why."""

    def put_aside(self, what: str, reason: str) -> None:
        self.set_aside += 1
        self.first_set_aside = self.first_set_aside or f"{what}: {reason}"

    def __iadd__(self, other: "Ingested") -> "Ingested":
        for name in ("read", "new", "changed", "skipped", "set_aside"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.first_set_aside = self.first_set_aside or other.first_set_aside
        return self


@dataclass(slots=True)
class _Page:
    """The values of a page, sorted by what has to be done with them."""

    issues: dict[str, Issue] = field(default_factory=dict)
    comments: list[tuple[str, Comment]] = field(default_factory=list)
    gone: list[Gone] = field(default_factory=list)
    forgotten: set[int] = field(default_factory=set)
    """`id` of the raw items that somebody forgotten wrote: they are archived nowhere."""
    read: dict[Name, str | None] = field(default_factory=dict)
    """The fingerprint of the item that each was read from, of several versions the last: to read it again at once
    would change nothing."""


def ingest(
    session: Session,
    *,
    source: str,
    items: Sequence[Mapping[str, Any]],
    problems: Sequence[tuple[str, str]],
    normalise: Normalise,
    cursor: Mapping[str, Any] | None,
    at: datetime,
    known_as: KnownAs = _unnamed,
    restarts: Sequence[str] = (),
    redact: Collection[str] = (),
    marks: Mapping[str, Sequence[str]] = MappingProxyType({}),
    reader: str | None = None,
    newer: Told | None = None,
) -> Ingested:
    """Store one page: issues by identity, comments, history, the raw page and the cursor. `cursor` None is a replay,
    whose pages come newest first: `newer` are what they told of, to which this one's are added. So at each moment
    what was replayed is as it was last.

    What cannot be understood is set aside under the name that `known_as` gives it, until an item of that name is.
    Keys in `redact` are taken out of what is archived. `marks` are the source's words for our tags. `reader` names
    whatever `normalise` reads an item by, beside the item: what is stored as it was read from the same item by the same
    reader is neither read nor archived again. Without a reader everything is.
    """
    reader = None if cursor is None else reader
    who = forgotten.known(session, lock=True)
    issues.void(session, source, restarts)
    parts = {id(item): raw.written(item) for item in items}
    prints = {} if reader is None else {key: raw.fingerprint(source, reader, part) for key, part in parts.items()}
    stored = issues.read_from(session, list(prints.values()))

    def understood(unchanged: Collection[int]) -> tuple[Ingested, _Page]:
        done = Ingested(read=len(items) + len(problems))
        return done, _understand(session, source, items, unchanged, prints, normalise, known_as, at, done, who, newer)

    unchanged = {key for key, one in prints.items() if one in stored}
    done, page = understood(unchanged)
    if page.read.keys() & stored.values():  # another version of what is stored is there too, and the last one counts
        unchanged = set()
        done, page = understood(unchanged)
    items = [item for item in items if id(item) not in unchanged]
    for what, reason in problems:
        what, reason = (what, reason) if who is None else (who.marked(what), who.marked(reason))
        issues.quarantine(session, source, what, reason, None, at)
        done.put_aside(what, reason)
    if who is not None:
        items = _admit(session, who, source, page, items)

    before = issues.known(session, source, list(page.issues))
    if cursor is None:  # an old page knows nothing of what was deleted since
        page.issues = {k: v for k, v in page.issues.items() if k not in before or before[k].state != "deleted"}
    rows = {key: {**issues.columns(issue), "raw_hash": page.read.get((key,))} for key, issue in page.issues.items()}
    fresh = {key: row for key, row in rows.items() if _is_newer(row, before.get(key))}
    issues.upsert(session, list(fresh.values()))
    issues.add_events(session, source, _history(page, fresh, before))
    issues.add_comments(session, source, page.comments, page.read)
    if reader is not None:
        issues.note_read(session, before, {key: page.read.get((key,)) for key in rows if key not in fresh})
    issues.mark_gone(session, source, page.gone)
    done.new = sum(key not in before for key in fresh)
    done.changed = len(fresh) - done.new

    reread = [key for key, row in fresh.items() if key not in before or before[key].text_hash != row["text_hash"]]
    ask_for_verdicts(session, issues.ids(session, source, reread))
    teaching.said_there(session, source, [page.issues[key] for key in fresh], marks)
    escalating.concern(session, source, [*fresh, *(gone.external_id for gone in page.gone)])
    if cursor is not None:
        if items and (fresh or page.comments or page.gone):
            body = raw.page(items, [parts[id(item)] for item in items], redact)
            sources.archive(session, source, body, len(items), at)
        sources.move_cursor(session, source, cursor)
    return done


def _understand(
    session: Session,
    source: str,
    items: Sequence[Mapping[str, Any]],
    unchanged: Collection[int],
    prints: Mapping[int, str],
    normalise: Normalise,
    known_as: KnownAs,
    at: datetime,
    done: Ingested,
    who: Forgotten | None,
    newer: Told | None,
) -> _Page:
    """The values of a page, but for the items whose `id` is among the `unchanged`, and what `newer` pages told of."""
    page = _Page()
    told: Collection[int] = newer or ()
    understood: list[Mapping[str, Any]] = []
    for item in items:
        if id(item) in unchanged:
            understood.append(item)
            continue
        try:
            value = normalise(item)
            value = None if value is None else sound(value)
            if who is not None and value is not None:
                value, theirs = forgetting.admitted(who, source, value)
                page.forgotten |= {id(item)} if theirs else set()
            understood.append(item)
        except Exception as error:  # one bad item, whatever is wrong with it or with its connector, stops no other
            reason = str(error) if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"
            what = _name(item, known_as, who)
            if hash(("item", what)) in told:
                continue
            named = who is not None and who.names_somebody(item)
            reason = who.marked(reason) if who is not None else reason
            issues.quarantine(session, source, what, reason, None if named else issues.dump(item), at)
            done.put_aside(what, reason)
            continue
        theirs = id(item) in page.forgotten or (who is not None and who.names_somebody(item))
        read_from = None if theirs else prints.get(id(item))
        if isinstance(value, Issue):
            page.comments += [
                (value.external_id, comment)
                for comment in value.comments
                if hash(("comment", value.external_id, comment.external_id)) not in told
            ]
            if hash(("issue", value.external_id)) in told:
                continue
            page.read[(value.external_id,)] = read_from
            known = page.issues.get(value.external_id)
            if known is None or known.updated_at <= value.updated_at:
                page.issues[value.external_id] = value
        elif isinstance(value, Remark):
            if hash(("comment", value.issue, value.comment.external_id)) in told:
                continue
            page.read[(value.issue, value.comment.external_id)] = read_from
            page.comments.append((value.issue, value.comment))
        elif isinstance(value, Gone):
            if hash(("issue", value.external_id)) not in told:
                page.gone.append(value)
        else:
            done.skipped += 1
    names = []
    if newer is not None or issues.has_quarantined(session, source):
        names = [_name(item, known_as, who) for item in understood]
        issues.release_from_quarantine(session, source, names)
    if newer is not None:
        newer |= {hash(("item", name)) for name in names}
        newer |= {hash(("issue", key)) for key in (*page.issues, *(gone.external_id for gone in page.gone))}
        newer |= {hash(("comment", key, comment.external_id)) for key, comment in page.comments}
    return page


def _admit(
    session: Session, who: Forgotten, source: str, page: _Page, items: Sequence[Mapping[str, Any]]
) -> Sequence[Mapping[str, Any]]:
    """Let nothing come in again of what somebody forgotten wrote; the raw items that may be archived.

    What is stored under their own name still is left to the walk that erases it.
    """
    keys = sorted({*page.issues, *(issue for issue, _ in page.comments)})
    waiting = forgotten.untouched(session, who, source, keys)
    theirs = forgotten.written_by_forgotten(session, source, keys)
    page.issues = {
        key: forgetting.erased(who, issue, theirs[key]) if key in theirs else issue
        for key, issue in page.issues.items()
        if key not in waiting
    }
    silent = {*theirs, *waiting, *(key for key, one in page.issues.items() if forgetting.is_pseudonym(one.author))}
    page.comments = [(key, replace(one, body="") if key in silent else one) for key, one in page.comments]
    return [item for item in items if id(item) not in page.forgotten and not who.names_somebody(item)]


def _name(item: Mapping[str, Any], known_as: KnownAs, who: Forgotten | None = None) -> str:
    """What an operator looks for: the connector's name of an item, or a hash of it."""
    try:
        known = known_as(item)
    except Exception:  # an item may be anything
        known = None
    if known and who is not None:
        known = who.marked(known)
    return known or hashlib.blake2b(issues.dump(item).encode("utf-8", "replace"), digest_size=8).hexdigest()


def _is_newer(row: Mapping[str, Any], known: issues.Known | None) -> bool:
    if known is None:
        return True
    return bool(row["content_hash"] != known.content_hash and row["updated_at"] >= known.updated_at)


def _history(page: _Page, fresh: Mapping[str, Any], before: Mapping[str, issues.Known]) -> list[tuple[str, Event]]:
    """What happened to the changed issues: what the source tells, and what the change itself shows."""
    events: list[tuple[str, Event]] = []
    for key in fresh:
        issue, known = page.issues[key], before.get(key)
        events.append((key, Event(at=issue.created_at, what="created")))
        events += [(key, event) for event in issue.history]
        told = {event.what for event in issue.history}
        if issue.state == "closed" and "closed" not in told:
            events.append((key, Event(at=issue.closed_at or issue.updated_at, what="closed")))
        if known is not None and known.state == "closed" and issue.state == "open" and "reopened" not in told:
            events.append((key, Event(at=issue.updated_at, what="reopened")))
        if known is not None and known.project != issue.project and "moved" not in told:
            events.append((key, Event(at=issue.updated_at, what="moved", before=known.project, after=issue.project)))
    return events


def missing(stored: set[str], exists: set[str]) -> list[str]:
    """What a census no longer names of what was stored before it began. Raises `Suspicious` where that is too much.

    A census that misses more than a fifth is more likely a lost permission than a great clean-up.
    """
    gone = sorted(stored - exists)
    if len(gone) > max(10, len(stored) // 5):
        what = f"the census misses {len(gone)} of {len(stored)} issues"
        raise Suspicious(f"{what}: nothing was marked as deleted; check the token's rights")
    return gone


class Suspicious(Exception):
    """A census that must not be believed."""


def reconcile(session: Session, *, source: str, gone: Sequence[Gone], at: datetime) -> None:
    """Mark what a census found to be gone: the rows stay as history, digests leave them out."""
    issues.mark_gone(session, source, gone)
    escalating.concern(session, source, [one.external_id for one in gone])
    sources.counted(session, source, at)
