"""Which days people work: what a week's counts of people are compared by. Pure calendar; no clock of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class DaysOff:
    """Days, both ends included, on which the whole organisation does not work, or some teams and those below them."""

    first: date
    last: date
    teams: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Workdays:
    """The organisation's working days: `weekdays` are those of a usual week (0 is Monday), `off` those left out."""

    weekdays: frozenset[int] = frozenset(range(5))
    off: tuple[DaysOff, ...] = ()

    def works(self, day: date, path: Sequence[str] = ()) -> bool:
        """Whether a team works on a day. `path` is the team and those above it, empty for the whole organisation."""
        if day.weekday() not in self.weekdays or not self.off:
            return day.weekday() in self.weekdays
        off = (o for o in self.off if not o.teams or not o.teams.isdisjoint(path))
        return not any(o.first <= day <= o.last for o in off)

    def worked(self, monday: date, path: Sequence[str] = ()) -> int:
        """Working days of a team in the week of a Monday. `path` is the team and those above it, empty for the whole
        organisation: then only what holds for everybody counts."""
        return sum(self.works(monday + timedelta(days=n), path) for n in range(7))

    def between(self, first: date, last: date, path: Sequence[str] = ()) -> int:
        """Working days of a team after the first of two days, up to the last."""
        days = max(0, (last - first).days)
        weeks = 0 if self.off else days // 7
        rest = (first + timedelta(days=n) for n in range(7 * weeks + 1, days + 1))
        return weeks * len(self.weekdays) + sum(self.works(day, path) for day in rest)

    def regular(self, monday: date) -> bool:
        """Whether everybody worked as usual in the week of a Monday."""
        if not self.off:
            return True
        sunday = monday + timedelta(days=6)
        return not any(o.first <= sunday and o.last >= monday for o in self.off)


REGULAR = Workdays()
"""Monday to Friday, and no day off."""
