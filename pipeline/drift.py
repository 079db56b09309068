"""Whether the model still fits what people write: each week beside the eight before it. Pure.

A share counts as changed where a two-proportion test says so and the change is large enough to matter; weeks with few
issues say nothing.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Final

WEEKS: Final = 8
"""Weeks that a week is compared with."""
FEWEST: Final = 30
"""Verdicts of a week, and"""
BEFORE: Final = 100
"""of the weeks before together, below which nothing is said."""
LEAST: Final = 0.10
"""Change of a share that matters."""
SURE: Final = 3.0
"""Standard errors: by chance alone in one of 370 comparisons."""
STRANGE: Final = 0.75
"""A text of whose words the model knows less than this share is strange to it."""
FEWEST_SAID: Final = 8
"""Corrections of a week, and of the weeks before, below which their contradictions say nothing."""


@dataclass(frozen=True, slots=True)
class Week:
    """Counts of one week's verdicts: `strange` texts have many unknown words; `contradicted` of those `corrected`."""

    label: str
    total: int = 0
    unsure: int = 0
    developer: int = 0
    customer: int = 0
    none: int = 0
    strange: int = 0
    corrected: int = 0
    contradicted: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """A share that is not what it was: `few` of `of` this week, `usual` before, and how sure (standard errors)."""

    week: str
    what: str
    few: int
    of: int
    usual: float
    score: float

    def __str__(self) -> str:
        said, remedy = _SAID[self.what]
        return f"{self.week}: {self.few} of {self.of} {said}, usually {_plain(self.usual)}: {remedy}"


_LABEL: Final = "`leafnotes issues --unsure`, then `leafnotes label`"
_LOOK: Final = "look at some of `leafnotes issues --side {}`, and `leafnotes label` what is wrong"
_SAID: Final = {
    "unsure": ("verdicts are unsure", _LABEL),
    "developer": ("are developer pain", _LOOK.format("developer")),
    "customer": ("are customer pain", _LOOK.format("customer")),
    "none": ("tell of no pain", _LOOK.format("none")),
    "strange": ("texts are of words that the model hardly knows", _LABEL),
    "contradicted": ("corrections contradict the model", "`leafnotes model export` gives them for training it anew"),
}


def changes(week: Week, before: Sequence[Week]) -> list[Change]:
    """What is not as it was, surest first."""
    past = before[-WEEKS:]
    found = []
    for what in _SAID:
        of = "corrected" if what == "contradicted" else "total"
        fewest, least = (FEWEST_SAID, FEWEST_SAID) if what == "contradicted" else (FEWEST, BEFORE)
        now, all_now = getattr(week, what), getattr(week, of)
        then, all_then = sum(getattr(w, what) for w in past), sum(getattr(w, of) for w in past)
        if all_now < fewest or all_then < least:
            continue
        score = _score(now, all_now, then, all_then)
        worse = what in ("developer", "customer", "none") or score > 0
        if worse and abs(score) >= SURE and abs(now / all_now - then / all_then) >= LEAST:
            found.append(Change(week.label, what, now, all_now, then / all_then, round(abs(score), 2)))
    return sorted(found, key=lambda change: (-change.score, change.what))


def _score(now: int, all_now: int, then: int, all_then: int) -> float:
    """The two-proportion z statistic with the pooled share."""
    pooled = (now + then) / (all_now + all_then)
    error = math.sqrt(pooled * (1 - pooled) * (1 / all_now + 1 / all_then))
    return 0.0 if error == 0 else (now / all_now - then / all_then) / error


def _plain(share: float) -> str:
    """A share as people say it."""
    if share < 0.02:
        return "hardly any"
    for few, of in ((1, 20), (1, 10), (1, 5), (1, 4), (1, 3), (2, 5), (1, 2), (3, 5), (2, 3), (3, 4), (4, 5), (9, 10)):
        if share <= few / of + 0.025:
            return f"{few} in {of}"
    return "nearly all"


def to_json(week: Week) -> dict[str, int | str]:
    return {field.name: getattr(week, field.name) for field in fields(week)}
