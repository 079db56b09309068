"""The values that signals of a course are computed from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from pipeline.issue import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One public message after the first. `who` is the account that wrote it, None where nobody is named.

    `ours` says that it is an answer: by staff, or, where the source knows no roles, by somebody else than the author.
    Bots and internal notes are no turns.
    """

    at: datetime
    who: str | None
    ours: bool
    back: bool
    """Whether the author of the issue wrote it."""
    body: str = ""
    sorry: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """An issue and what became of it until a moment: only what had happened by then is in here.

    `author` is the unit of counting (a person's id, an account), None for bots; `writer` the account at the source that
    wrote it. `queue` is where it is worked on: the
    source and its project or group. Turns and events are in the order of their time.
    """

    key: str
    source: str
    queue: str
    author: str | None
    staff: bool
    pain: str | None
    created_at: datetime
    writer: str | None = None
    team: str | None = None
    turns: tuple[Turn, ...] = ()
    events: tuple[Event, ...] = ()
    audience: str = ""
    """Who alone may see it, by `Org.audience`."""


class Past(NamedTuple):
    """Of a course only what became of it: of the many that others are compared with nothing else is looked at."""

    created_at: datetime
    turns: Sequence[Turn]
    events: Sequence[Event]


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """Another issue of a pain, as far as `together` looks at it. `ended` is the source's word for how it was closed."""

    key: str
    source: str
    pain: str
    author: str | None
    staff: bool
    created_at: datetime
    ended_at: datetime | None = None
    ended: str | None = None
