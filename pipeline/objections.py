"""What readers say is not right with their leaf notes, beside the side of an issue: a quotation, a hypothesis, whose an
issue is, whether a pain is one.

A quotation is withdrawn and an issue moved at once: a person's word wins over the machine's. Whether a pain is one or
two is only proposed to operators.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, get_args

from pipeline.clean import one_line

What = Literal["quote", "move", "split", "same", "guess"]
WHATS: Final[tuple[What, ...]] = get_args(What)
LONGEST: Final = 300
"""Letters of a reason: a line or two."""
REASONS: Final[Mapping[str, str]] = {
    "misread": "it misrepresents what was meant",
    "private": "it should not be shown",
    "context": "it is out of context",
}
"""Why a quotation is withdrawn."""
PROPOSALS: Final = ("split", "same")
"""What only a person who edits pains can do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """One thing that one reader said is wrong. `scope` are the teams that they led then: offices change hands.

    `said` is the reason of a withdrawn quotation, or the hypothesis; `to` the team that an issue was moved to, or the
    pain that is the same; `was` the team that had the issue. `ended` says why it counts no more.
    """

    id: int
    what: What
    by: str
    how: str
    scope: tuple[str, ...]
    period: str
    pain: str | None
    issue: str | None
    """"source:external_id"."""
    said: str
    to: str | None
    was: str | None
    why: str
    at: datetime
    ended: str | None = None
    given_by: str | None = None
    """Who said it in the reader's place, if somebody did."""


class NotACorrection(ValueError):
    """What was said cannot be kept; the message says how to say it."""


def line(text: str) -> str:
    """A reader's reason as it is kept: one line, storable. Raises `NotACorrection` where it is too long."""
    said = one_line(text.replace("\0", " ").encode("utf-8", "replace").decode())
    if len(said) > LONGEST:
        raise NotACorrection(f"Say why in {LONGEST} letters; these are {len(said)}.")
    return said


def marked(standing: Iterable[Objection], *, pain: str, hypothesis: str, led: Iterable[str]) -> Objection | None:
    """The word of whoever leads one of these teams, or led it then, that this hypothesis about this pain is wrong."""
    teams = frozenset(led)
    found = [
        one
        for one in standing
        if one.what == "guess" and (one.pain, one.said) == (pain, hypothesis) and not teams.isdisjoint(one.scope)
    ]
    return max(found, key=lambda one: (one.at, one.id), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """An open issue, and what its tracker says of where it belongs."""

    key: str
    source: str
    leaf: str | None
    component: str | None
    group: str | None
    labels: tuple[str, ...]


def alike(moved: Placed, was: str | None, others: Sequence[Placed]) -> tuple[str, tuple[str, ...]] | None:
    """(what they share with a moved issue, the issues that still lie where it lay): what operators may put into
    org.yaml. None where nothing is shared. Issues of another source are another matter."""
    near = [one for one in others if one.source == moved.source and one.leaf == was and one.key != moved.key]
    for name, shared in _marks(moved):
        like = tuple(sorted(one.key for one in near if (name, shared) in _marks(one)))
        if like:
            return f"{name} {shared}", like
    return None


def _marks(one: Placed) -> list[tuple[str, str]]:
    """What a claim of org.yaml could name, the most telling first."""
    single = [("component", one.component), ("group", one.group)]
    return [(name, value) for name, value in single if value] + [("label", label) for label in sorted(one.labels)]
