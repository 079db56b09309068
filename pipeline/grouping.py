"""Which issues are one pain: one at a time for the whole organisation, until a period is closed."""

import hashlib
import re
from array import array
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from pipeline import pains, periods, teaching
from pipeline.issue import Period
from pipeline.judging import ask_for_verdicts
from pipeline.org import Org
from pipeline.prose import prose
from pipeline.store import authors, digests, drift, issues, registry, work
from pipeline.store.corrections import corrections

EARLIER = timedelta(weeks=8)
"""How far back single issues, which founded nothing yet, are looked at again."""


KEPT = 5_000
"""Open issues whose texts are kept while they are grouped, so that those of a usual week are read once."""


class _Stored:
    """The registry as it was when the last period closed, and everything since that may join it, as they are stored.

    A first load may be all that a tracker ever held, so its issues are read one after the other and not kept.
    """

    def __init__(self, session: Session, zone: str, until: datetime | None) -> None:
        closed = registry.mark(session, "closed")
        since = periods.week_of(closed, zone).end - EARLIER if closed else datetime.min.replace(tzinfo=UTC)
        self.known = registry.frozen(session)
        self.said = corrections(session)
        self._told = registry.candidates(session, since, until, self.said)
        stand = [(pain["id"], pain["title"], pain["members"]) for pain in self.known]  # a person decides on them too
        self._seen = hashlib.blake2b(repr((closed, stand)).encode("utf-8", "replace"), digest_size=16)

    def told(self) -> Iterator[registry.Telling]:
        """The issues, once."""
        for one in self._told:
            self._seen.update(repr(one).encode("utf-8", "replace"))
            yield one

    @property
    def mark(self) -> str:
        """A hash of all that is told: two equal marks give equal groupings for the same organisation."""
        deque(self.told(), maxlen=0)
        return self._seen.hexdigest()


@dataclass(frozen=True, slots=True)
class OpenPart:
    """The same as it is compared: the open issues of each audience, whose texts are read in the session when their turn
    comes."""

    known: tuple[pains.Pain, ...]
    opened: "Mapping[str, pains.Open]"
    mark: str


class Joined:
    """(row of an issue, pain, score) of all that joined one, in twenty bytes each."""

    def __init__(self) -> None:
        self._rows, self._pains, self._scores = array("q"), array("i"), array("d")
        self._numbers: dict[str, int] = {}

    def add(self, row: int, pain: str, score: float) -> None:
        self._rows.append(row)
        self._pains.append(self._numbers.setdefault(pain, len(self._numbers)))
        self._scores.append(score)

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[tuple[int, str, float]]:
        names = list(self._numbers)
        return zip(self._rows, (names[one] for one in self._pains), self._scores, strict=True)


@dataclass(frozen=True, slots=True)
class Grouping:
    mark: str
    living: tuple[pains.Pain, ...]
    joined: Joined | Sequence[tuple[int, str, float]]


def gather(session: Session, *, org: Org, zone: str, until: datetime | None = None) -> OpenPart:
    """What assigning has to look at. Only reads, and its texts are read while it is grouped, in the same session."""
    stored, found = _Stored(session, zone, until), {}
    kept: dict[int, pains.Candidate] = {}
    known = tuple(pains.from_json(pain) for pain in stored.known)
    for one in stored.told():
        told = candidate(org, one, one, one.side)
        if told.audience not in found:
            found[told.audience] = pains.Gathering(pain for pain in known if pain.audience == told.audience)
        found[told.audience].add(one.id, told, one.url)
        if len(kept) < KEPT:
            kept[one.id] = told

    def called(rows: Sequence[int]) -> Iterator[tuple[int, str, str | None]]:
        return registry.called(session, rows)

    def fetch(rows: Sequence[int]) -> Iterator[tuple[int, pains.Candidate]]:
        yield from ((row, kept[row]) for row in rows if row in kept)
        there = registry.candidates_of(session, [row for row in rows if row not in kept], stored.said)
        yield from ((one.id, candidate(org, one, one, one.side)) for one in there)

    return OpenPart(known, {audience: one.opened(called, fetch) for audience, one in found.items()}, stored.mark)


def group(part: OpenPart, org: Org) -> Grouping:
    """Let every open issue of pain join a pain or found one: the long part of assigning. Only reads."""
    joined = Joined()

    def tell(opened: "pains.Open", place: int, one: pains.Assignment) -> None:
        joined.add(opened.rows[place], one.pain_id, one.score)

    living = pains.grow(part.known, part.opened, tell, names=names_of_people(org))
    return Grouping(part.mark, tuple(living), joined)


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
    if ready is None or ready.mark != _Stored(session, zone, until).mark:
        ready = group(gather(session, org=org, zone=zone, until=until), org)
    registry.save(
        session,
        ((pain.id, pains.to_json(pain)) for pain in ready.living),
        ready.joined,
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
