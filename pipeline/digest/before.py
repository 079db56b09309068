"""What a leader missed while they were away, from the digests that were kept back.

A number stands only where it is the one that was decided then, is still so, and tells of too few people in no digest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pipeline import periods
from pipeline.digest.index import Key
from pipeline.digest.material import Spoken
from pipeline.digest.select import View

LINES = 3
"""Pains of a week that was missed."""


@dataclass(frozen=True, slots=True)
class Missed:
    """A week whose digest was not sent: its pains with their people, None where no number may stand."""

    week: str
    pains: tuple[tuple[str, int | None], ...]
    delegated: bool = False
    """Whether somebody got it in the leader's place."""


def missed(view: View) -> tuple[Missed, ...]:
    """The weeks just before this one whose digests were kept back while the leader was away, the latest first."""
    found: list[Missed] = []
    for at, spoken in enumerate(view.index.material.spoken.get(view.leader, ()), start=1):
        if spoken.sent or at > len(view.mondays) or _monday(spoken.week, view) != view.mondays[-at]:
            break
        pains = tuple(_counted(view, spoken, view.mondays[-at]))[:LINES]
        found.append(Missed(spoken.week, pains, spoken.delegated))
    return tuple(found)


def _counted(view: View, spoken: Spoken, monday: date) -> Sequence[tuple[str, int | None]]:
    counted: list[tuple[str, int | None]] = []
    for pain, said in spoken.people.items():
        key = _key(view, pain)
        told = None if key is None else view.index.history.get(view.leader, {}).get(key, {}).get(monday)
        if key is None or told is None:
            continue  # nobody of whom may be told is behind it any more
        plain = said == len(told.worst) and view.index.shown_in(view.leader, key, monday)
        counted.append((pain, said if plain and pain not in view.unsaid else None))
    return counted


def _key(view: View, pain: str) -> Key | None:
    entry = view.entries.get(pain)
    return None if entry is None else (pain, "maker" if entry.side == "developer" else "customer")


def _monday(week: str, view: View) -> date:
    return periods.monday_of(periods.week_of(week, view.period.zone))
