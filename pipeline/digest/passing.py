"""Severe pains that nobody answered in time climb: to the next level up, with their first words and their first day.

Nobody's retelling stands between. A level gets a pain when the working days of the levels below it are over, and again
only where somebody new told of it since: nothing climbs twice without new people or new time.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from pipeline import escalate
from pipeline.digest.document import PassedOn
from pipeline.digest.material import Stuck
from pipeline.digest.select import Index, View
from pipeline.issue import Period

MOST = 3
"""In one mail; those that wait longest first."""


@dataclass(frozen=True, slots=True)
class Passed:
    """A pain that has climbed to a leader, and the team that it comes from."""

    stuck: Stuck
    home: str


def to(view: View) -> Sequence[Passed]:
    """What has climbed to this leader, and is told in this period; what waits longest first."""
    found = view.index.passed
    if view.period.label not in found:
        found[view.period.label] = _all(view.index, view.period)
    return found[view.period.label].get(view.leader, ())


def of(view: View, pain: str) -> Passed:
    """Raises KeyError where this pain has not climbed to this leader."""
    for one in to(view):
        if one.stuck.pain == pain:
            return one
    raise KeyError(pain)


def _all(index: Index, period: Period) -> Mapping[str, Sequence[Passed]]:
    found: dict[str, list[Passed]] = defaultdict(list)
    fresh = _with_new_people(index, period)
    for stuck in index.material.stuck:
        if stuck.pain not in index.material.pains:
            continue
        leaf = stuck.first.leaf
        home = leaf if leaf is not None and leaf in index.org.teams else index.org.fallback
        chain = list(dict.fromkeys(escalate.leads(index.org, home)))
        before, now = _levels(index, stuck, home, period)
        low = 1 if stuck.pain in fresh else before + 1
        for leader in chain[low : now + 1]:
            if index.org.may_open(leader, stuck.first.audience):
                found[leader].append(Passed(stuck, home))
    return found


def _levels(index: Index, stuck: Stuck, home: str, period: Period) -> tuple[int, int]:
    """How many levels it had climbed when the period before ended, and now."""
    zone, material = ZoneInfo(period.zone), index.material
    first = stuck.first.created_at.astimezone(zone).date()
    monday = period.start.astimezone(zone).date()
    every = material.rungs.stuck or 1
    before, now = (
        escalate.levels_up(first, last, every, material.workdays, index.org.up(home))
        for last in (monday - timedelta(days=1), monday + timedelta(days=6))
    )
    return before, now


def _with_new_people(index: Index, period: Period) -> frozenset[str]:
    """The pains of which somebody told this week who never told of them before."""
    pains = {stuck.pain for stuck in index.material.stuck}
    monday = period.start.astimezone(ZoneInfo(period.zone)).date()
    now: set[tuple[str, str]] = set()
    before: set[tuple[str, str]] = set()
    for seen in index.material.sightings:
        if seen.pain in pains:
            (now if seen.week == monday else before).add((seen.pain, seen.author))
    return frozenset(pain for pain, _ in now - before)


def authors(view: View, passed: Sequence[PassedOn]) -> frozenset[str | None]:
    """Whose words stand in these: nobody is quoted twice in one mail."""
    return frozenset(of(view, one.pain).stuck.first.author for one in passed if one.quote is not None)
