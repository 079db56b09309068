"""What a digest is made from: frozen values that `pipeline.store` reads in a few queries for all leaders at once.

Nothing private, security, HR, legal or muted is ever in here: the store leaves it out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from pipeline.answers import Answer
from pipeline.escalate import RUNGS, Rungs
from pipeline.issue import Role, Signal, SourceHealth, State
from pipeline.objections import Objection
from pipeline.workdays import REGULAR, Workdays


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """One classified issue that was created in the period, as the digest sees it.

    `author` is the unit of counting: a person's id for staff, the account for customers, an opaque id for strangers;
    None for bots, who count as nobody. `team` is the author's own leaf (staff), `leaf` the leaf that owns the issue,
    None where nobody does. Quotations are cut from `title` and `body` exactly.
    """

    key: str
    """"source:external_id"."""
    source: str
    external_id: str
    url: str | None
    title: str
    body: str
    author: str | None
    role: Role
    team: str | None
    leaf: str | None
    heard_by: tuple[str, ...]
    """Teams whose `hears` claims it, sorted."""
    created_at: datetime
    state: State
    closed_at: datetime | None
    reopened: bool
    side: str
    kind: str
    severity: int
    confidence: float
    abstained: bool
    signals: tuple[Signal, ...]
    pain: str | None
    no_quote: bool
    course: tuple[str, ...] = ()
    """Signals of what became of it, by `pipeline.course`: comments, history, queue, neighbours. No text shows them."""
    audience: str = ""
    """Who alone may see it, by `Org.audience`; "": whoever its place in the tree lets."""

    def has(self, signal: str) -> bool:
        return any(s.name == signal for s in self.signals)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One author of one pain in one week: the history that usual ranges come from. `week` is its Monday, `items` how
    many issues they wrote, `severity` the worst of these."""

    pain: str
    week: date
    author: str
    role: Role
    team: str | None
    leaf: str | None
    heard_by: tuple[str, ...]
    items: int = 1
    severity: int = 1
    audience: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PainEntry:
    """A pain of the registry. `first_at` is its first issue's time, `title` its pinned name, `sources` are those that
    its issues of the 26 weeks before the period came from. It is of one audience, as all its issues are."""

    id: str
    title: str
    side: str
    first_at: datetime
    sources: frozenset[str] = frozenset()
    audience: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stuck:
    """A severe pain that waits for an answer, with the first issue that told of it, as it was written."""

    pain: str
    first: Voice


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """What an earlier digest of a leader said: pain to its people, None where it said no number. `week` is its label,
    `sent` whether it went to them."""

    week: str
    people: Mapping[str, int | None]
    sent: bool = True
    delegated: bool = False
    """Whether somebody got it in their place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ballots:
    """A group's check-in of a week: `asked` people were asked, with these `texts`; `sums` are by (question, step)."""

    asked: int
    texts: Mapping[str, str] = field(default_factory=dict)
    sums: Mapping[tuple[str, int], int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What a leader added to words of their area that are quoted above them, in one line."""

    by: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """Everything for one period. `sightings` cover the 26 weeks before the period and the period itself.

    `stirred` are older issues of the registry's pains that were commented on, or moved, in the period: they count
    nowhere, and only tell of signals. `listening_since` is the Monday of the first week from which the sources hold
    anything. `last_quiet` says for a leader in which period before this one, if any, everything was heard and nobody
    wrote of friction. `workdays` tell which days people work. `answers` are those given to a pain before the period
    ended, the oldest first; `told` says of an answer how many of the authors whom it concerns were informed, and how
    many there are. `stuck` are severe pains that wait for an answer and of which an issue is open; `rungs` says what
    climbs. `said` are the numbers of people that the digests of the period before this one told: leader to pain to week
    to number, None where they told none; it is None itself where no digest was made before.

    `objections` are what readers said is not right before the period ended, as far as it stands; `withdrawn` says of
    those of quotations which readers had been shown which pain's. `told_before` holds the numbers of people that a
    leader was told in earlier weeks, by pain and Monday, and `named_before` the pains that they read of; `late` are
    sources that told of a pain's week after it was closed, `edited` the pains that a person joined or parted since,
    `renamed` the old names of those that got a new one in the period.

    `check_ins` are the sums of what each group answered to the check-in, `asked_before` how many of each were asked the
    last time before. `spoken` are a leader's digests of the weeks just before, the latest first, back to the
    last that was sent; `kept_back` those of a leader's weeks before, the latest first, that were not sent and of which
    no mail told them yet, each with what became of it (refused, held or skipped); `quoted` are the authors whom a
    leader's digests of the three weeks before quoted. `added` is by issue what leaders below wrote beside its words
    before they are sent.
    """

    voices: Sequence[Voice]
    sightings: Sequence[Sighting]
    pains: Mapping[str, PainEntry]
    sources: Sequence[SourceHealth]
    listening_since: date
    last_quiet: Mapping[str, str] = field(default_factory=dict)
    workdays: Workdays = REGULAR
    stirred: Sequence[Voice] = ()
    answers: Mapping[str, Sequence[Answer]] = field(default_factory=dict)
    told: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    said: Mapping[str, Mapping[str, Mapping[date, int | None]]] | None = None
    objections: Sequence[Objection] = ()
    withdrawn: Mapping[int, Mapping[str, str | None]] = field(default_factory=dict)
    told_before: Mapping[str, Mapping[tuple[str, date], int]] = field(default_factory=dict)
    named_before: Mapping[str, frozenset[str]] = field(default_factory=dict)
    late: Mapping[tuple[str, date], frozenset[str]] = field(default_factory=dict)
    edited: frozenset[str] = frozenset()
    renamed: Mapping[str, str] = field(default_factory=dict)
    stuck: Sequence[Stuck] = ()
    rungs: Rungs = RUNGS
    spoken: Mapping[str, Sequence[Spoken]] = field(default_factory=dict)
    kept_back: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)
    quoted: Mapping[str, frozenset[str]] = field(default_factory=dict)
    check_ins: Mapping[str, Ballots] = field(default_factory=dict)
    asked_before: Mapping[str, int] = field(default_factory=dict)
    added: Mapping[str, Sequence[Added]] = field(default_factory=dict)
