"""The story of one issue, from the page it came on to the mail that carries it.

    ingest    a page of raw items becomes rows; the cursor moves in the same transaction
    classify  text becomes a verdict with its reasons; the org chart says whose it is
    assign    verdicts of pain join a living pain, or found one; one at a time for the whole organisation
    escalate  what must not wait goes to a leader now, and climbs until somebody answers (`pipeline.escalating`)
    close     the period's pains are frozen, so that every leader's digest speaks of the same ones
    compose   each due leader's document is decided once, and checked by the gates
    deliver   the bytes are rendered once, claimed before connecting, and the outcome is written down

Each step loads, decides with pure functions, and saves, in the session it is given; whoever opened the transaction
commits. What has to happen next is written as a work row in the same transaction.
"""

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, Protocol, runtime_checkable

from sqlalchemy.orm import Session

from pipeline import (
    checking_in,
    escalating,
    forgetting,
    letters,
    listening,
    mailing,
    pains,
    passing_on,
    periods,
    preview,
    previewing,
    raw,
    standing_in,
    teaching,
)
from pipeline.classify import signals
from pipeline.digest import gates, mime, render
from pipeline.digest.call import Call
from pipeline.digest.compose import compose as compose_document
from pipeline.digest.document import Document
from pipeline.digest.index import Index, index
from pipeline.digest.material import Material
from pipeline.forgetting import Forgotten
from pipeline.house import House
from pipeline.issue import Comment, Event, Gone, Issue, Period, Remark, Text, Verdict
from pipeline.links import Links, from_store, to_store
from pipeline.org import Org
from pipeline.prose import prose
from pipeline.sound import sound
from pipeline.standing_in import Away
from pipeline.store import (
    audit,
    authors,
    db,
    digests,
    drift,
    escalations,
    forgotten,
    issues,
    lessons,
    objections,
    registry,
    sources,
    work,
)
from pipeline.store import material as material_store
from pipeline.store.issues import Name
from pipeline.store.withheld import withheld

Normalise = Callable[[Mapping[str, Any]], Issue | Remark | Gone | None]
KnownAs = Callable[[Mapping[str, Any]], str | None]


def _unnamed(_item: Mapping[str, Any]) -> str | None:
    return None


class Classifier(Protocol):
    def classify(self, texts: Sequence[Text]) -> Sequence[Verdict]: ...


class Taught(Protocol):
    """A classifier with lessons. `keys` name the issues, so that none is taught by its own correction."""

    @property
    def name(self) -> str: ...
    def classify(self, texts: Sequence[Text], keys: Sequence[str]) -> Sequence[Verdict]: ...
    def touches(self, texts: Sequence[Text], keys: Sequence[str]) -> Sequence[bool]: ...


@runtime_checkable
class Teachable(Protocol):
    def recall(self, version: int, content: bytes) -> Taught: ...


class Router(Protocol):
    def leaf(self, issue: Issue) -> str | None: ...
    def hearers(self, issue: Issue) -> tuple[str, ...]: ...


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
) -> Ingested:
    """Store one page: issues by identity, comments, history, the raw page and the cursor. `cursor` None is a replay.

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
        return done, _understand(session, source, items, unchanged, prints, normalise, known_as, at, done, who)

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
) -> _Page:
    """The values of a page, but for the items whose `id` is among the `unchanged`."""
    page = _Page()
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
            named = who is not None and who.names_somebody(item)
            reason = who.marked(reason) if who is not None else reason
            issues.quarantine(session, source, what, reason, None if named else issues.dump(item), at)
            done.put_aside(what, reason)
            continue
        theirs = id(item) in page.forgotten or (who is not None and who.names_somebody(item))
        read_from = None if theirs else prints.get(id(item))
        if isinstance(value, Issue):
            page.read[(value.external_id,)] = read_from
            known = page.issues.get(value.external_id)
            if known is None or known.updated_at <= value.updated_at:
                page.issues[value.external_id] = value
            page.comments += [(value.external_id, comment) for comment in value.comments]
        elif isinstance(value, Remark):
            page.read[(value.issue, value.comment.external_id)] = read_from
            page.comments.append((value.issue, value.comment))
        elif isinstance(value, Gone):
            page.gone.append(value)
        else:
            done.skipped += 1
    if issues.has_quarantined(session, source):
        issues.release_from_quarantine(session, source, [_name(item, known_as, who) for item in understood])
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


def ask_for_verdicts(session: Session, ids: Sequence[int]) -> None:
    for some in issues.chunks(ids):
        key = hashlib.blake2b(json.dumps(list(some)).encode(), digest_size=12).hexdigest()
        work.request(session, "classify", key, {"ids": list(some)})


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


@dataclass(frozen=True, slots=True)
class Judged:
    """What was decided of one issue at one text: its verdict, whose it is, and who hears of it."""

    row_id: int
    text_hash: str
    verdict: Verdict
    leaf: str | None
    heard_by: tuple[str, ...]
    versions: tuple[int, int] = (0, 0)
    """The lessons, live and in the shadow, that it was judged with."""
    shadow: str | None = None
    """The side that the lessons in the shadow give it."""


def classify(
    session: Session,
    ids: Sequence[int],
    *,
    classifier: Classifier,
    router: Router,
    org: Org,
    kinds: Mapping[str, str],
) -> list[Judged]:
    """Verdict and leaf of each issue. Only reads: it may take long. `keep_verdicts` saves the outcome."""
    rows = issues.to_classify(session, ids)
    texts = [teaching.text_of(issue, org, kinds) for _, _, issue in rows]
    keys = [teaching.key_of(issue) for _, _, issue in rows]
    numbers = lessons.numbers(session)
    verdicts, shadows = _taught(session, classifier, texts, keys)
    settled = issues.settled(session, ids)
    judged = []
    for n, (row_id, text_hash, issue) in enumerate(rows):
        verdict = _as_tagged(_with_what_withholds(verdicts[n], texts[n], issue), issue)
        before = settled.get(row_id)
        silent = not issue.title and not issue.body
        if before is not None and before[0] == text_hash and (silent or before[1].model != verdict.model):
            verdict = before[1]  # a closed period was made from it, or its text is gone: it learns nothing any more
        leaf, hearers = router.leaf(issue), router.hearers(issue)
        judged.append(Judged(row_id, text_hash, verdict, leaf, hearers, numbers, shadows.get(n)))
    return judged


def _taught(
    session: Session, classifier: Classifier, texts: Sequence[Text], keys: Sequence[str]
) -> tuple[Sequence[Verdict], dict[int, str]]:
    """The verdicts with the lessons that are live, and by number what those in the shadow say."""
    live, shadow = lessons.in_state(session, "live"), lessons.in_state(session, "shadow")
    if not isinstance(classifier, Teachable) or (live is None and shadow is None):
        return classifier.classify(texts), {}
    verdicts: Sequence[Verdict]
    if live is not None and live.content is not None:
        verdicts = classifier.recall(live.version, live.content).classify(texts, keys)
    else:
        verdicts = classifier.classify(texts)
    if shadow is None or shadow.content is None:
        return verdicts, {}
    tried = classifier.recall(shadow.version, shadow.content)
    like = [n for n, near in enumerate(tried.touches(texts, keys)) if near]
    said = tried.classify([texts[n] for n in like], [keys[n] for n in like])
    sides: dict[int, str] = {n: verdict.side for n, verdict in enumerate(verdicts)}
    return verdicts, sides | {n: verdict.side for n, verdict in zip(like, said, strict=True)}


def _with_what_withholds(verdict: Verdict, text: Text, issue: Issue) -> Verdict:
    """The verdict with what decides who may read the issue: that is looked for in all of it, not in its prose alone."""
    if text.body == issue.body:
        return verdict
    known = {signal.name for signal in verdict.signals}
    more = [one for one in signals.withheld(issue.title, issue.body) if one.name not in known]
    if not more:
        return verdict
    found = tuple(sorted((*verdict.signals, *more), key=lambda one: one.name))
    grave = f"severity 8: {more[0].name}, '{more[0].text}'"
    because = [grave if reason.startswith("severity ") else reason for reason in verdict.because]
    return replace(verdict, signals=found, severity=8, because=tuple(because))


def _as_tagged(verdict: Verdict, issue: Issue) -> Verdict:
    """The verdict with the severity that its source's own field gives, where one was mapped; the highest of several."""
    said = [int(tag.removeprefix("severity-")) for tag in issue.tags if tag.startswith("severity-")]
    if not said:
        return verdict
    because = (*verdict.because, f"severity {max(said)}: a tag of its source")
    return replace(verdict, severity=max(said), because=because)


def keep_verdicts(
    session: Session, judged: Sequence[Judged], org_hash: str, at: datetime, org: Org | None = None
) -> None:
    """Save verdicts of texts that are still the stored ones. A person's correction is kept apart and wins when read;
    where a person moved an issue, there it lies, as long as `org` has such a team.

    Those that were judged with lessons that are no longer the live ones are asked for again.
    """
    lessons.lock(session, shared=True)
    numbers = lessons.numbers(session)
    current = issues.hold(session, [one.row_id for one in judged])
    kept = [one for one in judged if current.get(one.row_id) == one.text_hash]
    moved = objections.leaves(session, [one.row_id for one in kept])
    if org is not None:
        moved = {row_id: leaf for row_id, leaf in moved.items() if leaf in org.teams}
    issues.save_verdicts(
        session,
        [(one.row_id, one.text_hash, one.verdict, moved.get(one.row_id, one.leaf), one.heard_by) for one in kept],
        org_hash,
        {one.row_id: (numbers[1], one.shadow) for one in kept if one.shadow is not None},
    )
    ask_for_verdicts(session, [one.row_id for one in kept if one.versions != numbers])
    escalating.judged(session, [one.row_id for one in kept], at)
    work.request(session, "assign", "all")


EARLIER = timedelta(weeks=8)
"""How far back single issues, which founded nothing yet, are looked at again."""


class _Stored:
    """The registry as it was when the last period closed, and everything since that may join it, as they are stored.

    A first load may be all that a tracker ever held, so its issues are read one after the other and not kept.
    """

    def __init__(self, session: Session, zone: str, until: datetime | None) -> None:
        closed = registry.mark(session, "closed")
        since = periods.week_of(closed, zone).end - EARLIER if closed else datetime.min.replace(tzinfo=UTC)
        self.known = registry.frozen(session)
        self._told = registry.candidates(session, since, until)
        stand = [(pain["id"], pain["title"], pain["members"]) for pain in self.known]  # a person decides on them too
        self._seen = hashlib.blake2b(repr((closed, stand)).encode("utf-8", "replace"), digest_size=16)

    def told(self) -> Iterator[registry.Telling]:
        """The issues, once."""
        for one in self._told:
            self._seen.update(repr(one).encode("utf-8", "replace"))
            yield one

    @property
    def mark(self) -> str:
        """A hash of all that was told: two equal marks give equal groupings for the same organisation."""
        return self._seen.hexdigest()


@dataclass(frozen=True, slots=True)
class OpenPart:
    """The same as it is compared."""

    known: tuple[pains.Pain, ...]
    candidates: tuple[pains.Candidate, ...]
    mark: str


@dataclass(frozen=True, slots=True)
class Grouping:
    mark: str
    living: tuple[pains.Pain, ...]
    joined: tuple[pains.Assignment, ...]


def gather(session: Session, *, org: Org, zone: str, until: datetime | None = None) -> OpenPart:
    """What assigning has to look at. Only reads."""
    stored, addresses, plain = _Stored(session, zone, until), {}, []
    for one in stored.told():
        plain.append(candidate(org, one, one, one.side))
        if one.url:
            addresses[one.key] = one.url
    known = tuple(pains.from_json(pain) for pain in stored.known)
    return OpenPart(known, _linked(plain, addresses, known), stored.mark)


def _linked(
    plain: Sequence[pains.Candidate], addresses: Mapping[str, str], known: Sequence[pains.Pain]
) -> tuple[pains.Candidate, ...]:
    """The candidates, in order, with the issues of their own audience that they name."""
    found: dict[str, pains.Candidate] = {}
    for audience in {one.audience for one in plain}:
        own = [one for one in plain if one.audience == audience]
        urls = {one.key: addresses[one.key] for one in own if one.key in addresses}
        linked = pains.linked(own, urls, [pain for pain in known if pain.audience == audience])
        found |= {one.key: one for one in linked}
    return tuple(found[one.key] for one in plain)


def group(part: OpenPart, org: Org) -> Grouping:
    """Let every open issue of pain join a pain or found one. Pure, and the long part of assigning."""
    living, joined = pains.assign(part.known, part.candidates, names=names_of_people(org))
    return Grouping(part.mark, tuple(living), tuple(joined))


def names_of_people(org: Org) -> list[str]:
    """Words that name somebody of the organisation: no title of a pain holds one."""
    people = org.people.values()
    told = (f"{p.name or ''} {' '.join(p.accounts.values())} {(p.email or '').partition('@')[0]}" for p in people)
    return sorted({word for text in told for word in re.findall(r"\w{3,}", text)})


def assign(
    session: Session,
    *,
    org: Org,
    zone: str,
    until: datetime | None = None,
    freeze: bool = False,
    ready: Grouping | None = None,
) -> int:
    """Save who belongs to which pain; one at a time for the whole organisation.

    Replaying the open part from the last closed period makes the outcome depend on the set of issues alone, never on
    the order in which they arrived or on how many workers classified them. `ready` was worked out before the lock was
    taken, and serves where nothing changed since.
    """
    registry.lock(session)
    stored = _Stored(session, zone, until)
    rows = {one.key: one.id for one in stored.told()}
    if ready is None or ready.mark != stored.mark:
        ready = group(gather(session, org=org, zone=zone, until=until), org)
    registry.save(
        session,
        [(pain.id, pains.to_json(pain)) for pain in ready.living],
        [(rows[one.key], one.pain_id, one.score) for one in ready.joined],
        freeze=freeze,
    )
    return len(ready.joined)


def candidate(org: Org, issue: Any, verdict: Any, side: str) -> pains.Candidate:
    """A stored issue as the registry of pains sees it; bots are nobody."""
    author, _, _ = authors.author_of(
        org, issue.source, issue.author, issue.author_role, issue.account, issue.external_id
    )
    return pains.Candidate(
        key=f"{issue.source}:{issue.external_id}",
        created_at=issue.created_at,
        author=author,
        side=side,
        severity=verdict.severity,
        title=issue.title,
        body=prose(issue.body),
        leaf=verdict.leaf,
        labels=tuple(issue.labels),
        audience=org.audience(issue.source, issue.project),
    )


def draw_lessons(session: Session, found: teaching.Spread) -> None:
    """Ask for new verdicts of the open issues that are like what people taught."""
    ask_for_verdicts(session, list(teaching.told(session, found)))


def close(session: Session, period: Period, *, org: Org, ready: Grouping | None = None, at: datetime) -> bool:
    """Freeze the pains and the issues of a period that has ended; False where it was closed before.

    From now on every leader's digest of the period is made from the same issues, and every leader has a row that says
    what became of theirs.
    """
    registry.lock(session)
    closed = registry.mark(session, "closed")
    if closed is not None and closed >= period.label:
        return False
    assign(session, org=org, zone=period.zone, until=period.end, freeze=True, ready=ready)
    issues.stamp(session, period.label, period.end)
    digests.expect(session, org.leaders, period.label, at)
    drift.remember(session, period)
    registry.set_mark(session, "closed", period.label)
    registry.set_mark(session, f"closed {period.label}", at.isoformat())
    work.request(session, "assign", "all")
    return True


class AlreadyMailed(Exception):
    """Digests that somebody may have read are not decided again."""


def decide_again(session: Session) -> None:
    """Forget every digest, pain and closed period, and keep what was read, judged and corrected.

    For an operator who is still setting up. Raises `AlreadyMailed` once any mail was handed to a mail server.
    """
    if registry.mark(session, MAILED) is not None:
        raise AlreadyMailed
    registry.lock(session)
    digests.forget_all(session)
    registry.forget_all(session)
    work.cancel(session, ("close", "compose", "deliver"))
    for mail in digests.unsettled(session):
        work.request(session, "deliver", str(mail))
    work.request(session, "assign", "all")


MAILED = "mailed"
"""The mark that says that a mail server was handed something."""


@dataclass(frozen=True, slots=True)
class Written:
    """A document with its two renderings, and the gates that it fails."""

    document: Document
    text: str
    html: str
    failures: tuple[str, ...]


def write(
    material: Material,
    leader: str,
    period: Period,
    house: House,
    generated_at: datetime,
    indexed: Index | None = None,
    unsaid: frozenset[str] = frozenset(),
) -> Written:
    """Compose and render one leader's digest. Pure: nothing is stored or sent. `indexed` is shared by all leaders."""
    indexed = indexed or index(material, house.org)
    document = compose_document(
        leader=leader,
        period=period,
        org=house.org,
        material=material,
        organisation=house.name,
        generated_at=generated_at,
        index=indexed,
        link=_answering(house.links, leader, period, generated_at),
        page=_page(house.links, leader, period, generated_at),
        unsaid=unsaid,
        by_line=house.returns is not None and house.returns.plain("reply") is not None,
        language=house.speaks(leader),
    )
    text, html = render.both(document)
    failures = gates.failures(document, text, html, material, house.org, indexed, unsaid)
    return Written(document, text, html, tuple(failures))


def _answering(links: Links | None, leader: str, period: Period, made_at: datetime) -> Callable[[str], str] | None:
    """The address at which a leader answers a pain."""
    if links is None:
        return None
    return lambda pain: links.to("answer", reader=leader, made_at=made_at, period=period.label, about=pain)


def _page(links: Links | None, leader: str, period: Period, made_at: datetime) -> str | None:
    return None if links is None else links.to("digest", reader=leader, made_at=made_at, period=period.label)


def write_all(
    material: Material,
    leaders: Mapping[str, datetime],
    period: Period,
    house: House,
    others: Sequence[Document] = (),
) -> dict[str, Written]:
    """The digests of several leaders (to when each is made), none of which tells of too few people beside the rest.

    Where the numbers of two digests together would, one of them says words instead, and nobody's digest is held.
    `others` are documents of the period that can no longer be changed.
    """
    indexed = index(material, house.org)
    _keep_silent(indexed, others)
    unsaid: dict[str, frozenset[str]] = defaultdict(frozenset)
    written = {leader: write(material, leader, period, house, at, indexed) for leader, at in leaders.items()}
    while True:
        revealing = gates.differencing([*others, *(one.document for one in written.values())])
        again: set[str] = set()
        for found in revealing:
            free = [name for name in found.leaders if name in written and found.pain not in unsaid[name]]
            if free and not again.intersection(found.leaders):
                unsaid[free[0]] |= {found.pain}
                again.add(free[0])
        if not again:
            return {leader: _with_revealing(one, revealing) for leader, one in written.items()}
        for leader in again:
            indexed.unsaid[leader] = unsaid[leader]
        # Whoever is told of the whole in place of their own part must not say what its own leader is not told.
        again |= {
            leader for leader, one in written.items() if any(e.query.startswith("across(") for e in one.document.ledger)
        }
        for leader in sorted(again):
            written[leader] = write(material, leader, period, house, leaders[leader], indexed, unsaid[leader])


def _keep_silent(indexed: Index, others: Sequence[Document]) -> None:
    """What digests that cannot be changed do not say of the whole is said to nobody in place of a part."""
    for document in others:
        indexed.unsaid[document.leader] = frozenset(one.id for one in document.named() if one.people is None)


def _with_revealing(written: Written, revealing: Sequence[gates.Revealing]) -> Written:
    """What words could not hide holds the digest of the widest leader."""
    mine = [found.said for found in revealing if found.leaders[0] == written.document.leader]
    return replace(written, failures=(*written.failures, *mine))


def material_of(session: Session, period: Period, house: House) -> Material:
    return material_store.read(session, period, house.org, house.kinds, house.workdays, house.ladder.rungs)


def foresee(
    session: Session, period: Period, due: Mapping[str, datetime], house: House
) -> dict[str, list[preview.Foreseen]]:
    """What the digests of these leaders (to when each goes) would quote from the areas of leaders below them, if they
    were decided now. Only reads: nothing is decided, and it may take long."""
    material = material_of(session, period, house)
    written = write_all(material, due, period, house, _decided(session, period.label))
    return {leader: list(preview.foreseen([one.document], material, house.org)) for leader, one in written.items()}


def compose(session: Session, period: Period, due: Mapping[str, datetime], house: House) -> list[int]:
    """Decide the digest of each due leader (leader to due instant) who has none yet; ids of the mails to deliver."""
    for leader, digest in digests.unaddressed(session, period.label).items():
        if leader in house.org.people and house.org.people[leader].email:
            let_go(session, period, leader, digest, house)
    away = standing_in.away(session, house.org)
    for leader, digest in digests.unheard(session, period.label).items():
        if leader in house.org.people and leader not in away.unheard:
            let_go(session, period, leader, digest, house)
    waiting = sorted(set(due) - digests.decided(session, period.label))
    if not waiting:
        return []
    material = material_of(session, period, house)
    hidden = withheld(session, period, house.org)
    by_hand = house.waits(digests.weeks_decided(session, period.label))
    made_at = {leader: due[leader] for leader in waiting}
    mails = []
    others = _decided(session, period.label, waiting=True)
    for leader, one in write_all(material, made_at, period, house, others).items():
        mail = _decide(session, period, leader, one, due[leader], house, hidden, away, by_hand=by_hand)
        if mail is not None:
            mails.append(mail)
    return mails


def let_go(session: Session, period: Period, leader: str, waiting: int, house: House) -> None:
    """Put a digest that waited on its way. What others were told meanwhile may tell of too few people beside it: then
    it is composed again."""
    digest = digests.digest_by_id(session, waiting)
    others = [d for d in _decided(session, period.label) if d.leader != leader]
    revealing = gates.differencing([*others, Document.from_json(digest.document or {})])
    if any(leader in found.leaders for found in revealing):
        material = material_of(session, period, house)
        hidden = withheld(session, period, house.org)
        if _revise(session, digest, material, house, others, hidden) is not None:
            return
    digests.release(session, waiting)
    _post(session, period, leader, waiting, house)


def let_go_together(session: Session, period: Period, waiting: Mapping[str, int], house: House) -> None:
    """The same for several leaders (to digest) whose digests count as told already: all are looked at once."""
    revealing = gates.differencing(_decided(session, period.label))
    telling = {leader for found in revealing for leader in found.leaders}
    for leader, digest in waiting.items():
        if leader in telling:
            let_go(session, period, leader, digest, house)
        else:
            _post(session, period, leader, digest, house)


def _decide(
    session: Session,
    period: Period,
    leader: str,
    written: Written,
    at: datetime,
    house: House,
    hidden: str,
    away: Away,
    *,
    by_hand: bool,
) -> int | None:
    person = house.org.people[leader]
    state, reason, delegate = "composed", None, None
    if written.failures:
        state, reason = "held", "held by gates: " + "; ".join(written.failures)
    elif away.since(leader, at) is not None:
        delegate, reason = _in_their_place(session, leader, written.document, house, away, at, by_hand=by_hand)
        state = "composed" if delegate is not None else "paused"
    elif by_hand:
        state, reason = "waiting", "the first weeks are released by hand (digest.by_hand): `leafnotes release`"
    elif not person.email:
        state, reason = "unaddressed", f"{leader} has no e-mail address in org.yaml"
    elif (bounce := away.unheard.get(leader)) is not None:
        state, reason = "unheard", f"{leader} is unheard: {bounce.reason}; their mails wait"
    digest = digests.decide(
        session,
        leader=leader,
        period=period.label,
        state=state,
        document=to_store(written.document.to_json(), house.links),
        reason=reason,
        at=at,
        hidden=hidden,
        read_by=delegate,
    )
    return None if digest is None or reason is not None else _post(session, period, leader, digest, house, delegate)


def _in_their_place(
    session: Session,
    leader: str,
    document: Document,
    house: House,
    away: Away,
    at: datetime,
    *,
    by_hand: bool = False,
) -> tuple[str | None, str | None]:
    """(who reads the notes of a leader who is away, why nobody does)."""
    delegate, why = away.delegate(house.org, leader, at)
    if delegate is not None and by_hand:
        delegate, why = None, "nothing goes to a delegate in the weeks that are released by hand"
    if delegate is not None and standing_in.may_read(session, house.org, document, delegate):
        return delegate, None
    if delegate is not None:
        why = f"{delegate} does not read this week in their place: {listening.TENDER}"
    zone = standing_in.zone_of(house.org, leader, house.zone)
    return None, standing_in.reason(leader, away.listening[leader], zone, why)


def _post(
    session: Session, period: Period, leader: str, digest: int, house: House, delegate: str | None = None
) -> int | None:
    """Put a decided digest on its way, to its leader or to who reads in their place."""
    address = house.org.people[delegate or leader].email
    if not address:
        return None
    message_id = mime.message_id(house.domain, leader, period.label, 1)
    mail = digests.address(session, digest, address, message_id)
    work.request(session, "deliver", str(mail))
    return mail


def prepare(
    session: Session, mail_id: int, house: House, *, safe_to_repeat: bool, at: datetime
) -> letters.Letter | timedelta | None:
    """Claim a mail before connecting: the bytes are rendered once and kept, `sending` is committed by the caller.

    Returns how long to wait where it is not yet time, and None where nothing is left to do. What became private since
    composing is taken out: the digest is composed again, as a new version, never silently sent.
    """
    mail = digests.mail(session, mail_id)
    if mail.state in mailing.FINAL:
        return None
    digest = digests.digest_by_id(session, mail.digest_id)
    if mail.state == "sending" and not safe_to_repeat:
        return _unknown(session, mail, digest.kind)
    untouched = mail.message is None or (mail.state == "deferred" and not mail.resent)
    optional = digest.kind in (digests.CHECK_IN, digests.PREVIEW)
    if untouched or optional:  # no server can have it: what may no longer be shown is taken out now
        refused, fresh, wait = _recheck(session, mail, digest, house, at)
        if wait is not None:
            return wait
        if refused:
            told = {"reply": refused} if optional else {"alarm": refused}  # it alarms nobody
            digests.set_mail(session, mail_id, state="rejected", **told)
            _forget_bytes(session, mail_id, digest.kind)
            return None
        mail = replace(mail, message=None) if fresh else mail
        if fresh or digest.kind != digests.WEEKLY:
            digest = digests.digest_by_id(session, mail.digest_id)
    words = _rendered(session, digest, house)
    replies, bounces = _returns(house, mail.id, digest.leader, digest.period)
    message = mail.message or words.message(mail.recipient, mail.message_id, house, replies)
    now = db.now(session)
    if not safe_to_repeat:
        registry.set_mark_once(session, MAILED, now.isoformat())
    digests.set_mail(
        session,
        mail_id,
        state="sending",
        message=message,
        attempt=mail.attempt + 1,
        first_tried_at=mail.first_tried_at or now,
    )
    return letters.Letter(
        name=_file_of(digest),
        message=message,
        text=words.text,
        html=words.html,
        document=from_store(digest.document, house.links, digest.read_by),
        sender=house.sender,
        recipient=mail.recipient,
        envelope=bounces,
    )


def _file_of(digest: digests.StoredDigest) -> str:
    """What a folder calls the mail of a digest."""
    if digest.kind == digests.TEAM:
        return f"{digests.week_of(digest.period)}/{digest.leader}.team"
    folder = {digests.CALL: "calls", digests.CHECK_IN: "check-ins", digests.PREVIEW: "previews"}.get(digest.kind)
    return f"{digest.period}/{digest.leader}" if folder is None else f"{folder}/{digest.period}.{digest.leader}"


def _returns(house: House, mail: int, leader: str, period: str) -> tuple[str | None, str | None]:
    """Where replies to a mail and reports of it go; None where that is not asked for."""
    path = house.returns
    if path is None:
        return None, None
    return (
        path.address("reply", mail=mail, leader=leader, period=period),
        path.address("bounce", mail=mail, leader=leader, period=period),
    )


def _rendered(session: Session, digest: digests.StoredDigest, house: House) -> letters.Words:
    reference = f"{digest.period}.{digest.leader}.{digest.version}"
    if digest.kind == digests.WEEKLY:
        document = Document.from_json(from_store(digest.document, house.links, digest.read_by))
        if digest.read_by is not None:
            document = _as_delegated(session, document, digest.read_by, house)
        words = replace(letters.weekly(document, reference), read_by=digest.read_by)
        return words if digest.settled_at is None else replace(words, date=digest.settled_at)
    if digest.kind == digests.TEAM:
        return letters.for_team(Document.from_json(digest.document or {}), reference)
    if digest.kind == digests.CHECK_IN:
        return letters.called(checking_in.words(digest, house), reference, "check-in")
    if digest.kind == digests.PREVIEW:
        return letters.called(previewing.notice(session, digest, house), reference, "preview")
    call, known = Call.from_json(from_store(digest.document, house.links)), escalations.of_call(session, digest.id)
    return letters.called(call, reference, "escalation", known[0].thread if known is not None else digest.period)


def _as_delegated(session: Session, document: Document, delegate: str, house: House) -> Document:
    """A leader's notes as their delegate reads them: in the delegate's language, and with in whose place."""
    read = standing_in.as_read(document, delegate, house)
    return replace(read, notes=(standing_in.line(session, document.leader, house), *document.notes))


def _unknown(session: Session, mail: digests.StoredMail, kind: str) -> timedelta | None:
    """A worker died while it was sending: whether the server took the mail is not known."""
    step = mailing.after_crash(resent=mail.resent)
    digests.set_mail(session, mail.id, state=step.state, resent=True, alarm=step.alarm)
    _forget_bytes(session, mail.id, kind)
    return step.wait


def _forget_bytes(session: Session, mail_id: int, kind: str) -> None:
    """The mail of a check-in holds the ticket of a person: once it is settled nobody needs it any more."""
    if kind == digests.CHECK_IN and digests.mail(session, mail_id).state in mailing.FINAL:
        digests.set_mail(session, mail_id, message=None)


def _recheck(
    session: Session, mail: digests.StoredMail, digest: digests.StoredDigest, house: House, at: datetime
) -> tuple[str | None, bool, timedelta | None]:
    """(why nothing may be sent, whether it was composed again, how long to wait first)."""
    if digest.kind == digests.CALL:
        checked = escalating.recheck(session, digest, house, at)
        return checked.refused, checked.call is not None, checked.wait
    if digest.kind == digests.CHECK_IN:
        asked = checking_in.recheck(session, digest, house, at)
        return asked.refused, False, asked.wait
    if digest.kind == digests.PREVIEW:
        untouched = mail.state != "sending" and not mail.resent  # its words are chosen when it goes
        return previewing.recheck(session, digest, house, at), untouched, None
    if digest.kind == digests.TEAM:
        return (*passing_on.recheck(session, digest, house), None)
    refused, fresh = _compose_again(session, digest, house)
    if refused is None and digest.read_by is not None:
        refused = _not_theirs_any_more(session, digest.id, house, at)
    return refused, fresh, None


def _not_theirs_any_more(session: Session, digest_id: int, house: House, at: datetime) -> str | None:
    """Why notes that are on their way to a delegate wait for their leader instead; None where they go out."""
    digest = digests.digest_by_id(session, digest_id)
    away = standing_in.away(session, house.org)
    if away.since(digest.leader, at) is None:
        why: str | None = f"{digest.leader} listens again; they wait for the next leaf notes"
        delegate = None
    else:
        document = Document.from_json(digest.document or {})
        delegate, why = _in_their_place(session, digest.leader, document, house, away, at)
    if delegate is not None and delegate == digest.read_by:
        return None
    why = why or f"{digest.leader} named somebody else while they were on their way"
    digests.keep_back(session, digest_id, why)
    return why


def _compose_again(session: Session, digest: digests.StoredDigest, house: House) -> tuple[str | None, bool]:
    """(why nothing may be sent, whether it was composed again) where something of the period may no longer be shown."""
    if digest.leader not in house.org.leaders:
        return f"{digest.leader} leads no team any more", False
    document = Document.from_json(digest.document or {})
    hidden = withheld(session, document.period, house.org)
    passed_on = [one.quote.issue for one in document.passed_on if one.quote is not None]
    if hidden == digest.hidden and not material_store.may_not_be_quoted(session, passed_on):
        return None, False
    material = material_of(session, document.period, house)
    # Those not sent yet are composed again in their own turn, and compared with this one then.
    others = [d for d in _decided(session, digest.period, sent=True) if d.leader != digest.leader]
    return _revise(session, digest, material, house, others, hidden), True


def _revise(
    session: Session,
    digest: digests.StoredDigest,
    material: Material,
    house: House,
    others: Sequence[Document],
    hidden: str,
) -> str | None:
    """Compose a digest again, beside documents that can no longer be changed; why it may not be sent."""
    document = Document.from_json(digest.document or {})
    made_at = {digest.leader: document.generated_at}
    written = write_all(material, made_at, document.period, house, others)[digest.leader]
    later = [Document.from_json(one) for one in digests.told_later(session, digest.leader, digest.period)]
    failures = [*written.failures, *gates.told_otherwise(written.document, later)]
    reason = "held by gates: " + "; ".join(failures) if failures else None
    digests.revise(
        session,
        digest.id,
        version=digest.version + 1,
        state="held" if reason else "composed",
        document=to_store(written.document.to_json(), house.links),
        reason=reason,
        hidden=hidden,
    )
    return reason


def _decided(session: Session, period: str, *, sent: bool = False, waiting: bool = False) -> list[Document]:
    found = digests.documents(session, period, sent=sent, waiting=waiting)
    return [Document.from_json(document) for document in found]


def record(session: Session, mail_id: int, outcome: str, reply: str, alarm: str | None) -> timedelta | None:
    """Write down what the mail server said; how long to wait before the next try, None where it is settled."""
    mail = digests.mail(session, mail_id)
    step = mailing.after(
        outcome,
        attempt=mail.attempt,
        resent=mail.resent,
        first_tried_at=mail.first_tried_at,
        now=db.now(session),
        alarm=alarm,
    )
    digests.set_mail(
        session,
        mail_id,
        state=step.state,
        resent=mail.resent or outcome == "unknown",
        reply=reply[:1000],
        alarm=step.alarm,
        **({"message": None} if step.state in mailing.FINAL else {}),  # its links are nobody else's
    )
    digest = digests.digest_by_id(session, mail.digest_id)
    _forget_bytes(session, mail_id, digest.kind)
    sent = f"{digest.kind} {digest.period}: {step.state}"
    audit.record(session, audit.SYSTEM, "send", sent, about=digest.leader, version=str(digest.version))
    if step.state in mailing.LOST:
        known = escalations.of_call(session, digest.id) if digest.kind == digests.CALL else None
        escalating.ask(session, [known[0].issue_id] if known is not None else [])
    return step.wait


def plan(
    session: Session, *, now: datetime, zone: str, due: Callable[[Period, str], datetime], org: Org
) -> dict[Period, dict[str, datetime]]:
    """Which leaders are due in which period: each in the newest one whose moment, which `due` tells, has come.

    Weeks that a leader missed because the system was down become rows that say so, and are not mailed all at once.
    """
    if issues.first_created(session) is None:
        return {}  # before anything was read there is nothing to tell, and a first mail should not be an apology
    newest = periods.last_ended(now, zone)
    running = digests.last_period(session, newest.label) is not None
    planned: dict[Period, dict[str, datetime]] = {}
    for leader in org.leaders:
        period = newest
        while (moment := due(period, leader)) > now:  # days off may carry a week's digests past the end of the next
            period = periods.before(period)
        if period == newest or running:  # a new deployment does not begin with the week before the last
            planned.setdefault(period, {})[leader] = moment
    for period, leaders in planned.items():
        settled = digests.decided(session, periods.before(period).label)
        late = [leader for leader in leaders if leader not in settled]
        course = digests.course(session, late, period.label)
        for leader in late:
            last, first = course.get(leader, (None, None))
            begun = first if last is None else periods.after(periods.week_of(last, period.zone)).label
            if begun is not None:
                _skip_missed(session, leader, begun, period, now)
    return planned


def _skip_missed(session: Session, leader: str, first: str, period: Period, now: datetime) -> None:
    """The weeks from the first one to the last before this period."""
    missed = periods.week_of(first, period.zone)
    while missed.label < period.label:
        digests.decide(
            session,
            leader=leader,
            period=missed.label,
            state="skipped",
            document=None,
            reason="stale: the system was down when it was due, and over the whole week that followed",
            at=now,
        )
        missed = periods.after(missed)
