"""The weekly check-in: who is asked, under which group answers are added up, and what may be told of them.

An answer is never a row. It is added to the sums of a group of at least five people who were asked, each question by
itself, so that nothing stored says what one person answered. The floors are code and not settings.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Final, Literal, get_args

from pipeline import periods
from pipeline.digest.material import Ballots
from pipeline.issue import Period
from pipeline.org import Org
from pipeline.privacy import BEHIND, GROUP

Question = Literal["work", "heard"]
Band = Literal["agree", "between", "disagree"]
QUESTIONS: Final[tuple[Question, ...]] = get_args(Question)
BANDS: Final[tuple[Band, ...]] = get_args(Band)
STEPS: Final = {
    5: "I agree",
    4: "I rather agree",
    3: "In between",
    2: "I rather disagree",
    1: "I disagree",
}
MOST: Final = 2 / 3
"""The share from which on it is said that most answered so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """How the organisation asks. `teams` empty: everybody."""

    day: str
    hour: int
    teams: tuple[str, ...]
    questions: Mapping[str, str]
    free_line: bool = False


# --- who is asked -------------------------------------------------------------------------------------------------


def due(period: Period, asking: Asking, zone: str) -> datetime:
    """When somebody in `zone` is asked about a week: within it, and with a day left to answer."""
    day = periods.monday_of(period) + timedelta(days=periods.DAYS.index(asking.day))
    moment = periods.instant(day, time(asking.hour), zone)
    return min(max(moment, period.start), period.end - timedelta(days=1))


def members(org: Org, asking: Asking, stopped: Iterable[str]) -> dict[str, str]:
    """Whom to ask, with their teams: everybody of the asked teams who has an address and did not say stop."""
    wanted = frozenset().union(*(org.below(team) for team in asking.teams if team in org.teams))
    never = frozenset(stopped)
    return {
        person.id: person.team
        for person in sorted(org.people.values(), key=lambda one: one.id)
        if person.email
        and person.team in org.teams
        and person.team is not None
        and (not asking.teams or person.team in wanted)
        and person.id not in never
    }


def groups(org: Org, asked: Mapping[str, str]) -> dict[str, str]:
    """Under which team each person's answer is added up: the nearest one above in which at least five people come
    together. Fewer who are left at the top join the smallest group below it; where there is none they are not asked."""
    waiting: dict[str, list[str]] = {team: [] for team in org.teams}
    for person, team in asked.items():
        waiting[team].append(person)
    formed: dict[str, list[str]] = {}
    for team in sorted(org.teams, key=lambda one: (-len(org.up(one)), one)):
        parent = org.teams[team].parent
        if len(waiting[team]) >= GROUP:
            formed[team] = waiting[team]
        elif waiting[team] and parent in org.teams:
            waiting[str(parent)] += waiting[team]
        elif waiting[team]:
            inside = [one for one in formed if team in org.up(one)]
            if inside:
                smallest = min(inside, key=lambda one: (len(formed[one]), one))
                formed[team] = formed.pop(smallest) + waiting[team]
    return {person: team for team, people in formed.items() for person in people}


# --- what may be told ---------------------------------------------------------------------------------------------


Bands = Mapping[tuple[str, str], int]


def band(step: int) -> Band:
    return "agree" if step > 3 else "between" if step == 3 else "disagree"


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """The answers of some groups together."""

    asked: int = 0
    answers: int = 0
    bands: Bands = field(default_factory=dict)

    def without(self, other: "Count") -> "Count":
        bands = {key: self.bands.get(key, 0) - other.bands.get(key, 0) for key in {*self.bands, *other.bands}}
        return Count(asked=self.asked - other.asked, answers=self.answers - other.answers, bands=bands)

    @property
    def safe(self) -> bool:
        """Whether every number of it may be printed: at least three people stand behind each, and at least three of
        those asked did not answer, so that nobody can know whose answers they are, in this week or beside another."""
        every = [self.bands.get((question, one), 0) for question in QUESTIONS for one in BANDS]
        return self.heard and self.asked - self.answers >= BEHIND and min(every) >= BEHIND

    @property
    def heard(self) -> bool:
        """Whether anything may be said at all."""
        return self.asked >= GROUP and self.answers >= GROUP


def count(ballots: Iterable[Ballots]) -> Count:
    asked, answers, bands = 0, 0, Counter[tuple[str, str]]()
    for one in ballots:
        asked += one.asked
        answers += sum(n for (question, _), n in one.sums.items() if question == QUESTIONS[0])
        for (question, step), n in one.sums.items():
            bands[question, band(step)] += n
    return Count(asked=asked, answers=answers, bands=dict(bands))


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one leader may read. Where `numbers` is False the count is there to find words by, and is not printed."""

    count: Count
    numbers: bool
    texts: Mapping[str, str]

    def mostly(self, question: str) -> Band | None:
        """What most of those who answered said; None: answers differ. Never that all did, or that nobody did."""
        most = MOST * self.count.answers
        return next((one for one in BANDS if self.count.bands.get((question, one), 0) >= most), None)


def told(
    scopes: Mapping[str, frozenset[str]], ballots: Mapping[str, Ballots], before: Mapping[str, int]
) -> dict[str, Told]:
    """By leader what may be read of a week's check-in; those of whose teams nobody was asked are not in it.

    `before` is how many of each group were asked the last time before: where one or two people came or went since,
    there are words. Of numbers that others see too, the larger are told first, and a smaller one only where all that
    is left of the larger could be told as well.
    """
    parts = {leader: frozenset(teams & ballots.keys()) for leader, teams in scopes.items()} if ballots else {}
    counts = {leader: count(ballots[team] for team in sorted(teams)) for leader, teams in parts.items() if teams}
    alive: list[str] = []
    for leader in sorted(counts, key=lambda one: (-counts[one].answers, -len(parts[one]), one)):
        moved = abs(counts[leader].asked - sum(before.get(team, 0) for team in scopes[leader]))
        steady = not any(team in before for team in scopes[leader]) or moved == 0 or moved >= BEHIND
        if counts[leader].safe and steady and _fits(leader, alive, parts, counts):
            alive.append(leader)
    return {
        leader: Told(count=found, numbers=leader in alive, texts=ballots[min(parts[leader])].texts)
        for leader, found in counts.items()
    }


def _fits(leader: str, alive: Sequence[str], parts: Mapping[str, frozenset[str]], counts: Mapping[str, Count]) -> bool:
    """Whether a number may stand beside those that stand already: groups that overlap only in part never do."""
    mine = parts[leader]
    for other in alive:
        if mine & parts[other] and not mine <= parts[other]:
            return False
        if mine < parts[other] and not _rest(parts[other], [*alive, leader], parts, counts, counts[other]).safe:
            return False
    return True


def _rest(
    whole: frozenset[str],
    named: Sequence[str],
    parts: Mapping[str, frozenset[str]],
    counts: Mapping[str, Count],
    left: Count,
) -> Count:
    """What is left of a number after the largest ones inside it are taken away; all of it where nothing is left."""
    inside = {parts[one]: counts[one] for one in named if parts[one] < whole}
    largest = {teams: found for teams, found in inside.items() if not any(teams < more for more in inside)}
    if frozenset().union(*largest) == whole:
        return left
    for found in largest.values():
        left = left.without(found)
    return left
