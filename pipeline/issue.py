"""The frozen values that connectors, steps and digests exchange.

Every time is an aware `datetime` in UTC. Every text is plain text that `pipeline.clean` has been through: the text that
quotations are cut from.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

Side = Literal["developer", "customer", "none"]
SIDES: Final[tuple[Side, ...]] = ("developer", "customer", "none")
Kind = Literal["bug", "request", "question", "other"]
State = Literal["open", "closed", "deleted"]
Role = Literal["customer", "staff", "bot", "unknown"]
Tag = Literal[
    "escalate", "private", "mute", "no-quote",
    "severity-8", "severity-4", "severity-2", "severity-1",
    "developer", "customer", "none",
]  # fmt: skip
"""What engineers say where they work; a severity by a source's own field wins over what the text was judged by, and a
side that somebody gave there is a person's correction."""
What = Literal[
    "created", "closed", "reopened", "moved", "commented", "labelled", "deleted", "prioritised", "planned", "status"
]
"""`moved` to another project or group, `prioritised` from one priority to another, `planned` for a sprint (or several,
with commas between them), `status` from one state of its workflow to another: each with `before` and `after`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """One later message on an issue. `private` ones (internal notes) are never quoted outside the source's own team."""

    external_id: str
    author: str | None
    body: str
    created_at: datetime
    private: bool = False
    author_role: Role = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to an issue, at the source's own time. Trends count when things happened."""

    at: datetime
    what: What
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One thing a person wrote, as its source holds it. Identity: (source, external_id)."""

    source: str
    external_id: str
    title: str
    created_at: datetime
    updated_at: datetime
    url: str | None = None
    body: str = ""
    state: State = "open"
    kind: str | None = None
    """The source's own word for what it is ("bug", "incident"); the verdict carries ours."""
    author: str | None = None
    """The account name or id at the source; resolved to a person across sources by `pipeline.org`."""
    author_role: Role = "unknown"
    account: str | None = None
    """For customers: the organisation they write for, the unit of counting."""
    labels: tuple[str, ...] = ()
    project: str | None = None
    component: str | None = None
    group: str | None = None
    priority: str | None = None
    closed_at: datetime | None = None
    tags: frozenset[Tag] = frozenset()
    comments: tuple[Comment, ...] = ()
    history: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A comment that arrived apart from its issue (repository-wide comment feeds)."""

    issue: str
    """external_id of the issue it belongs to, at the same source."""
    comment: Comment


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """The source says that an issue no longer exists there."""

    external_id: str
    at: datetime
    reason: Literal["deleted", "transferred"] = "deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What the classifier sees of an issue. `product` is the project or product name; it tells who "the user" is."""

    title: str
    body: str
    product: str | None = None
    labels: tuple[str, ...] = ()
    source_kind: str | None = None
    author_role: Role = "unknown"


@dataclass(frozen=True, slots=True)
class Signal:
    """An observable mark of unstated pain and the exact text that shows it (a substring of title or body)."""

    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the classifier decided of one issue, and why.

    `side` is always the best of the three; `confidence` its calibrated probability, 0 to 1; `abstained` says that a
    person should look. `severity` is 1 annoys, 2 slows, 4 blocks, 8 harms. `because` names the words, fields and
    rules that decided. `model` identifies the artefact that decided, or "person:<id>" where a person did.
    """

    side: Side
    confidence: float
    abstained: bool
    kind: Kind
    severity: int
    signals: tuple[Signal, ...] = ()
    because: tuple[str, ...] = ()
    model: str = ""
    known: float = 1.0
    """Share of the text's words that the model knows as a whole: where it falls, people talk of new things."""

    def has(self, signal: str) -> bool:
        return any(s.name == signal for s in self.signals)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What a language model proposes for a text of which the classifier was unsure. It decides nothing.

    `quotation` are words that stand in the text exactly so.
    """

    side: Side
    quotation: str
    model: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoProposal:
    """Why there is none. `final`: the model answered, and its answer could not be used; else it may be asked again,
    after `wait` seconds where it said so."""

    reason: str
    final: bool
    wait: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """One week of the organisation: Monday 00:00 to the next Monday 00:00 in its zone, half-open.

    `label` is the ISO week, "2026-W38"; `start` and `end` are instants in UTC; `zone` is the IANA name.
    """

    label: str
    start: datetime
    end: datetime
    zone: str

    def __contains__(self, at: datetime) -> bool:
        return self.start <= at < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceHealth:
    """How far a source was read when a digest was composed. `read_to` is None when it was never read."""

    name: str
    kind: str
    read_to: datetime | None
    problem: str | None = None
    read: int = 0
    """Issues of the period that came from it and are in scope."""
    since: date | None = None
    """The Monday of the first week that it tells of; None where it tells of every week that is looked at."""
    set_aside: int = 0
    """Items that came since the period before was closed and could not be understood: any of them may belong here."""

    @property
    def lossy(self) -> bool:
        """Whether so much was set aside (one item in twenty) that fewer voices may only mean fewer understood."""
        return self.set_aside * 20 >= self.read + self.set_aside > 0
