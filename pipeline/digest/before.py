"""What earlier digests said to a leader: what of it was too low, and what they missed while they were away.

Both are counted again from the history. A number stands only where neither it nor what it differs by tells of too few
people; else the same is said in words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from pipeline import periods, privacy
from pipeline.digest.index import Crowd, Key, Told
from pipeline.digest.material import Spoken
from pipeline.digest.select import View

LINES = 3
"""Pains of a week that was missed."""


@dataclass(frozen=True, slots=True)
class Late:
    """A number of last week's digest that turned out too low. `said` and `was` are None where words must do."""

    pain: str
    crowd: Crowd
    said: int | None
    was: int | None
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Missed:
    """A week whose digest was not sent: its pains with their people, None where words must do."""

    week: str
    pains: tuple[tuple[str, int | None], ...]


def late(view: View) -> tuple[Late, ...]:
    """What the digest of the week before said too low, because a source brought issues of that week afterwards."""
    last = next((one for one in view.index.material.spoken.get(view.leader, ()) if one.sent), None)
    if last is None or _monday(last.week, view) != view.mondays[-1]:
        return ()
    found = (_late(view, pain, said) for pain, said in last.people.items() if said is not None)
    return tuple(sorted((one for one in found if one is not None), key=lambda one: (-(one.was or 0), one.pain)))


def may_repeat(view: View, pain: str, now: int | None) -> bool:
    """Whether last week's number, as it is counted now, may stand beside what the last digest said of it."""
    last = next((one for one in view.index.material.spoken.get(view.leader, ()) if one.sent), None)
    if last is None or _monday(last.week, view) != view.mondays[-1]:
        return True
    said = last.people.get(pain)
    return said is None or said == now or any(one.pain == pain and one.was == now for one in late(view))


def _late(view: View, pain: str, said: int) -> Late | None:
    monday, key = view.mondays[-1], _key(view, pain)
    told = None if key is None else _told(view, key, monday)
    if key is None or told is None or not told.late or len(told.worst) <= said:
        return None
    sources = tuple(sorted({name for names in told.late.values() for name in names}))
    index, gap = view.index, len(told.worst) - said
    plain = (
        gap == len(told.late)
        and gap >= privacy.BEHIND
        and pain not in view.unsaid
        and _said_below(view, pain) <= (shown := index.shown_in(key, monday))
        and view.leader in shown
        and view.leader in index.shown_in(key, monday, late=True)
    )
    return Late(pain, key[1], said if plain else None, len(told.worst) if plain else None, sources)


def _said_below(view: View, pain: str) -> set[str]:
    """The leaders below this one who read last week how many of theirs told of a pain: that cannot be unsaid now."""
    scopes, monday = view.index.scopes, view.mondays[-1]
    return {
        leader
        for leader, digests in view.index.material.spoken.items()
        for one in digests
        if one.sent and one.people.get(pain) is not None and _monday(one.week, view) == monday
        if scopes.get(leader, frozenset()) < view.scope
    }


def missed(view: View) -> tuple[Missed, ...]:
    """The weeks just before this one whose digests were kept back while the leader was away, the latest first."""
    found: list[Missed] = []
    for at, spoken in enumerate(view.index.material.spoken.get(view.leader, ()), start=1):
        if spoken.sent or at > len(view.mondays) or _monday(spoken.week, view) != view.mondays[-at]:
            break
        found.append(Missed(spoken.week, tuple(_counted(view, spoken, view.mondays[-at]))[:LINES]))
    return tuple(found)


def _counted(view: View, spoken: Spoken, monday: date) -> Sequence[tuple[str, int | None]]:
    counted: list[tuple[str, int | None]] = []
    for pain, said in spoken.people.items():
        key = _key(view, pain)
        told = None if key is None else _told(view, key, monday)
        if key is None or told is None:
            continue  # nobody of whom may be told is behind it any more
        plain = said == len(told.worst) and view.leader in view.index.shown_in(key, monday)
        counted.append((pain, said if plain else None))
    return counted


def _key(view: View, pain: str) -> Key | None:
    entry = view.index.material.pains.get(pain)
    return None if entry is None else (pain, "maker" if entry.side == "developer" else "customer")


def _told(view: View, key: Key, monday: date) -> Told | None:
    return view.index.history.get(view.leader, {}).get(key, {}).get(monday)


def _monday(week: str, view: View) -> date:
    period = periods.week_of(week, view.period.zone)
    return period.start.astimezone(ZoneInfo(view.period.zone)).date()
