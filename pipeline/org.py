"""The org tree: people, teams, who leads what, and what each team owns."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person of the organisation. `accounts` maps a source's name to their account there; `team` is their leaf."""

    id: str
    name: str | None = None
    email: str | None = None
    timezone: str | None = None
    language: str | None = None
    """That of their mails; None: the organisation's."""
    team: str | None = None
    accounts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One line of a team's `owns`: every key that is set must match. `path` is a glob over files it names."""

    source: str | None = None
    project: str | None = None
    label: str | None = None
    component: str | None = None
    group: str | None = None
    path: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """A node of the tree. `size` is its own people, not those of the teams below; None where it is not known."""

    id: str
    name: str
    parent: str | None = None
    leader: str | None = None
    size: int | None = None
    owns: tuple[Claim, ...] = ()
    hears: tuple[Claim, ...] = ()
    """Issues that reach this team's people first and belong in its leaders' notes, though others fix them (support)."""


@dataclass(frozen=True)
class Org:
    """The tree at one moment, built by `workers.wiring` from org.yaml; `pipeline.org_check` names its faults.

    `fallback` is the team that gets what nobody owns. `visible_to` narrows who may see the issues of a source or of a
    project in it: ids of people and teams by *audience*, which is "source" or "source/project".
    """

    people: Mapping[str, Person]
    teams: Mapping[str, Team]
    fallback: str
    visible_to: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def children(self) -> Mapping[str, tuple[str, ...]]:
        below: dict[str, list[str]] = {team: [] for team in self.teams}
        for team in self.teams.values():
            if team.parent in below:
                below[team.parent].append(team.id)
        return {team: tuple(sorted(ids)) for team, ids in below.items()}

    @cached_property
    def _members(self) -> Mapping[tuple[str, str], Person]:
        return {(source, account): p for p in self.people.values() for source, account in p.accounts.items()}

    def member(self, source: str, account: str | None) -> Person | None:
        """The person behind an account at a source, or None for a stranger."""
        return None if account is None else self._members.get((source, account))

    def up(self, team: str) -> tuple[str, ...]:
        """The team and its ancestors, nearest first. A cycle ends where it closes."""
        path: list[str] = []
        here: str | None = team
        while here is not None and here in self.teams and here not in path:
            path.append(here)
            here = self.teams[here].parent
        return tuple(path)

    def below(self, team: str) -> frozenset[str]:
        """The team and everything under it."""
        seen: set[str] = set()
        todo = [team]
        while todo:
            here = todo.pop()
            if here not in seen:
                seen.add(here)
                todo.extend(self.children.get(here, ()))
        return frozenset(seen)

    def is_leaf(self, team: str) -> bool:
        return not self.children.get(team)

    @cached_property
    def _listed(self) -> Counter[str | None]:
        return Counter(person.team for person in self.people.values())

    def size(self, team: str) -> int:
        """People in the team and below it: listed members or the written size, whichever is larger, of each node."""
        return sum(max(self.teams[t].size or 0, self._listed[t]) for t in self.below(team))

    @cached_property
    def _led(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for team in sorted(self.teams, key=lambda t: (len(self.up(t)), t)):
            if (leader := self.teams[team].leader) is not None:
                found.setdefault(leader, []).append(team)
        return {leader: tuple(teams) for leader, teams in found.items()}

    def led_by(self, person: str) -> tuple[str, ...]:
        """The teams that this person leads, the highest first."""
        return self._led.get(person, ())

    def leads_any(self, person: str, teams: Iterable[str]) -> bool:
        """Whether one of these teams is, or lies below, one that this person leads."""
        return any(self.teams[up].leader == person for team in teams for up in self.up(team))

    def home(self, person: str) -> tuple[str, ...]:
        """The team in which a person works, the highest that they lead or else their leaf, and those above it."""
        led, listed = self.led_by(person), self.people.get(person)
        team = led[0] if led else listed.team if listed is not None else None
        return self.up(team) if team else ()

    def office(self, leader: str, *, named: bool = False) -> str:
        """A leader by what they lead, "the lead of Billing", or with " (Mara Lindqvist)"."""
        teams = [self.teams[team].name for team in self.led_by(leader)]
        name = self.people[leader].name if named and leader in self.people else None
        title = f"the lead of {teams[0]}" if teams else "somebody who leads no more"
        return f"{title} ({name})" if name else title

    def acting(self, leader: str, by: str | None, *, named: bool = False) -> str:
        """Whose word it is, and who gave it in their place: "the lead of Harbour, for the lead of Booking"."""
        if by is None:
            return self.office(leader, named=named)
        person = self.people.get(by)
        who = (person.name if named and person is not None else None) or "a delegate"
        return f"{self.office(by, named=named) if self.led_by(by) else who}, for {self.office(leader, named=named)}"

    def above(self, leader: str) -> tuple[str, ...]:
        """The leaders above this one, the nearest first."""
        teams = [team for led in self.led_by(leader)[:1] for team in self.up(led)]
        named = [self.teams[team].leader for team in teams]
        return tuple(dict.fromkeys(one for one in named if one in self.leaders and one != leader))

    def audience(self, source: str, project: str | None) -> str:
        """Whose issues a source's project holds: the narrowest audience that is set for it, "" where none is."""
        if not self.visible_to:
            return ""
        own = audience_of(source, project)
        return own if own in self.visible_to else source if source in self.visible_to else ""

    def may_open(self, person: str, audience: str) -> bool:
        """Whether an audience lets this person see its issues, if their place in the tree does. An unknown one lets
        nobody."""
        return not audience or person in self.readers.get(audience, ())

    @cached_property
    def readers(self) -> Mapping[str, frozenset[str]]:
        """The people of each audience: those who are named, and of each named team its people, those below it, and who
        leads them. A name that a person and a team share is the person's."""
        return {
            audience: frozenset().union(*map(self._people_of, names)) for audience, names in self.visible_to.items()
        }

    def _people_of(self, name: str) -> frozenset[str]:
        if name in self.people:
            return frozenset({name})
        teams = self.below(name) if name in self.teams else frozenset()
        leads = {leader for team in teams if (leader := self.teams[team].leader) in self.people}
        return frozenset(leads | {person.id for person in self.people.values() if person.team in teams})  # type: ignore[arg-type]

    @cached_property
    def leaders(self) -> tuple[str, ...]:
        """Ids of the people who lead at least one team, sorted."""
        named = {team.leader for team in self.teams.values() if team.leader is not None}
        return tuple(sorted(named & set(self.people)))


def audience_of(source: str, project: str | None) -> str:
    """The audience of one project of a source, or of the source as a whole."""
    return f"{source}/{project.casefold()}" if project else source
