"""A period's material sorted once for all leaders: by scope, by pain, by team, by week.

The work for one leader then grows with that leader's scope and not with the organisation.

This is also where `visible_to:` narrows a digest: an issue reaches a leader only if its audience lets them open it, a
pain only issues of its own audience, and what is counted for everybody together (customers that a team has seen, how
often its people write) leaves narrowed issues out. For who may not see them it is as if they were not there.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal, TypeVar

from pipeline import check_in, privacy
from pipeline.digest.material import Material, PainEntry, Sighting, Voice
from pipeline.org import Org

T = TypeVar("T")
Crowd = Literal["customer", "relay", "maker"]
"""Customers of a customer pain; staff who passed one on; everybody who meets a developer pain."""
Key = tuple[str, Crowd]
"""A pain and the crowd that is counted for it."""


def crowd(side: str, role: str) -> Crowd:
    if side == "developer":
        return "maker"
    return "relay" if role == "staff" else "customer"


@dataclass(slots=True)
class Told:
    """Who told of a pain in one week, each with the worst severity of what they wrote, and how many issues it was."""

    worst: dict[str, int] = field(default_factory=dict)
    items: int = 0

    def add(self, seen: Sighting) -> None:
        self.worst[seen.author] = max(self.worst.get(seen.author, 1), seen.severity)
        self.items += seen.items


def severity(worst: Iterable[int]) -> int:
    """Of the worst that each author reports the highest that at least two do, or the highest of all where fewer than
    three wrote."""
    ranked = sorted(worst, reverse=True)
    if not ranked:
        return 1
    return ranked[1] if len(ranked) >= 3 else ranked[0]


@dataclass(frozen=True)
class Index:
    """One period's material, by leader and by team."""

    material: Material
    org: Org
    scopes: Mapping[str, frozenset[str]]
    voices: Mapping[str, Sequence[Voice]]
    stirred: Mapping[str, Sequence[Voice]]
    """Older issues to which something happened."""
    history: Mapping[str, Mapping[Key, Mapping[date, Told]]]
    accounts: Mapping[str, set[str]]
    """Customers and strangers seen in 26 weeks, by team."""
    team_weeks: Mapping[str, Mapping[date, set[str]]]
    """Staff of a team who wrote of friction, by week."""
    feeds: Mapping[str, frozenset[str]]
    """The sources that a pain's issues came from, in this week and in the 26 before it."""
    first_told: Mapping[str, date]
    """The first week, of this one and the 26 before it, in which somebody told of a pain, whoever and wherever."""
    first_seen: Mapping[str, date]
    """The first week in which an author told of a pain, in 26 weeks."""
    people: Mapping[Key, Mapping[str, set[str]]]
    """Authors of this week by pain and crowd, by leader."""
    outside: frozenset[Key]
    """Where strangers are among a developer pain's authors: the base then counts strangers too."""
    sizes: Mapping[str, int]
    names: "Names"
    team_sources: Mapping[str, frozenset[str]]
    """The sources that a team claims or whose accounts its people have."""
    hearing: frozenset[str]
    """Teams that hear customers, and those below them."""
    check_ins: Mapping[str, check_in.Told] = field(default_factory=dict)
    """What each leader may read of the week's check-in."""
    _shown: dict[Key, frozenset[str]] = field(default_factory=dict)
    _shown_then: dict[tuple[Key, date], frozenset[str]] = field(default_factory=dict)
    _once: dict[tuple[str, Hashable], Any] = field(default_factory=dict)
    unsaid: dict[str, frozenset[str]] = field(default_factory=dict)
    """By leader the pains whose number is withdrawn from their digest."""
    passed: dict[str, Mapping[str, Sequence[Any]]] = field(default_factory=dict)
    """What climbed to whom, by period: `passing` finds it for all leaders at once."""
    widest: dict[Any, Any] = field(default_factory=dict)
    """The views of those at the top, kept for the leaders below them."""

    def once(self, what: str, of: Hashable, find: Callable[[], T]) -> T:
        """What does not depend on the leader: found for the first who needs it, and kept for the others."""
        if (what, of) not in self._once:
            self._once[what, of] = find()
        return self._once[what, of]  # type: ignore[no-any-return]

    def shown(self, leader: str, key: Key) -> bool:
        """Whether this leader may see the number of people behind a pain."""
        return leader in self._leaders(key)

    def _leaders(self, key: Key) -> frozenset[str]:
        if key not in self._shown:
            self._shown[key] = self._may_see(key, self.people.get(key, {}))
        return self._shown[key]

    def _may_see(self, key: Key, people: Mapping[str, Iterable[str]]) -> frozenset[str]:
        groups = [
            privacy.Group(leader=who, teams=self.scopes[who], people=frozenset(some))
            for who, some in sorted(people.items())
        ]
        return privacy.shown(groups, lambda teams: self.base(teams, key))

    def shown_in(self, leader: str, key: Key, week: date) -> bool:
        """The same of an earlier week."""
        if (key, week) not in self._shown_then:
            telling = self.once("telling", key, lambda: self._telling(key))
            told = {who: weeks[week].worst for who, weeks in telling.items() if week in weeks}
            self._shown_then[key, week] = self._may_see(key, told)
        return leader in self._shown_then[key, week]

    def _telling(self, key: Key) -> dict[str, Mapping[date, Told]]:
        """The weeks of a pain by leader."""
        return {who: seen[key] for who, seen in self.history.items() if key in seen}

    def above_shown(self, leader: str, key: Key) -> bool:
        """Whether somebody whose scope holds all of this leader's sees a number."""
        return any(self.scopes[leader] < self.scopes[who] for who in self._leaders(key))

    def shown_inside(self, leader: str, key: Key) -> list[privacy.Group]:
        """The numbers that are seen inside a leader's scope."""
        inside = sorted(who for who in self._leaders(key) if self.scopes[who] < self.scopes[leader])
        people = self.people[key] if inside else {}
        return [privacy.Group(leader=w, teams=self.scopes[w], people=frozenset(people[w])) for w in inside]

    def base(self, teams: frozenset[str], key: Key) -> int:
        """How many people a number is drawn from: the teams' size, or the accounts that these teams have seen."""
        staff = self.once("staff", teams, lambda: self._staff(teams)) if key[1] != "customer" else 0
        if key[1] == "customer" or key in self.outside:
            return staff + self.once("accounts", teams, lambda: self._accounts(teams))
        return staff

    def _staff(self, teams: frozenset[str]) -> int:
        return sum(self.sizes.get(team, 0) for team in teams)

    def _accounts(self, teams: frozenset[str]) -> int:
        return len(set().union(*(self.accounts.get(team, set()) for team in teams)))


@dataclass(frozen=True, slots=True)
class Names:
    """How people of the organisation are called, as runs of folded words; and their accounts and addresses."""

    full: frozenset[tuple[str, ...]]
    parts: frozenset[str]
    handles: frozenset[str]
    lengths: tuple[int, ...]
    firsts: frozenset[str]
    """How a full name begins."""

    def in_quote(self, text: str) -> bool:
        """Strict, for quotations: any name, given name, surname, account or address of anybody."""
        tokens = _tokens(text)
        folded = [t.casefold() for t in tokens]
        capitals = {low for low, t in zip(folded, tokens, strict=True) if t[:1].isupper()}
        named = not (self.parts.isdisjoint(capitals) and self.handles.isdisjoint(folded))
        return named or bool(self._found(folded))

    def found(self, text: str) -> list[str]:
        """Full names and addresses of staff in a text."""
        return self._found([t.casefold() for t in _tokens(text)])

    def _found(self, tokens: Sequence[str]) -> list[str]:
        hits = [t for t in tokens if "@" in t and t in self.handles]
        if self.firsts.isdisjoint(tokens):
            return hits
        for size in self.lengths:
            runs = (tuple(tokens[at : at + size]) for at in range(len(tokens) - size + 1))
            hits += [" ".join(run) for run in runs if run in self.full]
        return hits


def _tokens(text: str) -> list[str]:
    return [t for raw in text.split() if (t := raw.strip(".,:;!?()[]<>'\"’").removesuffix("'s"))]


def names_of(org: Org) -> Names:
    full: set[tuple[str, ...]] = set()
    parts: set[str] = set()
    handles: set[str] = set()
    for person in org.people.values():
        name = tuple(t.casefold() for t in _tokens(person.name or ""))
        if len(name) > 1:
            full.add(name)
        parts.update(t for t in name if len(t) > 2)
        handles.update(a.casefold() for a in person.accounts.values() if len(a) > 2)
        if person.email:
            handles.add(person.email.casefold())
    lengths, firsts = tuple(sorted({len(name) for name in full})), frozenset(name[0] for name in full)
    return Names(frozenset(full), frozenset(parts), frozenset(handles), lengths, firsts)


def _scopes(org: Org) -> dict[str, frozenset[str]]:
    return {leader: frozenset().union(*(org.below(t) for t in org.led_by(leader))) for leader in org.leaders}


def _reach(item: Voice | Sighting, org: Org) -> frozenset[str]:
    """The teams that an issue concerns: who owns it, whose people wrote it, who hears it."""
    owner = item.leaf if item.leaf in org.teams else org.fallback
    return frozenset(t for t in (owner, item.team, *item.heard_by) if t is not None and t in org.teams)


def _above(org: Org) -> dict[str, frozenset[str]]:
    """The leaders of each team and of the teams above it."""
    found = {}
    for team in org.teams:
        leaders = (org.teams[t].leader for t in org.up(team))
        found[team] = frozenset(leader for leader in leaders if leader in org.people)
    return found  # type: ignore[return-value]


@dataclass(frozen=True, slots=True)
class _Readers:
    """Whom an issue reaches."""

    org: Org
    above: Mapping[str, frozenset[str]]

    def of(self, item: Voice | Sighting, reach: frozenset[str]) -> frozenset[str]:
        """The leaders of these teams and of those above, as far as the issue's audience lets them see it."""
        leaders: frozenset[str] = frozenset().union(*(self.above[team] for team in reach))
        return leaders if not item.audience else leaders & self.org.readers.get(item.audience, frozenset())


def _in_order(voices: Iterable[Voice], pains: Mapping[str, PainEntry]) -> list[Voice]:
    """Oldest first, each of a pain only where that is of the same audience."""
    ordered = sorted(voices, key=lambda v: (v.created_at, v.key))
    return [v if _together(v, pains) else replace(v, pain=None) for v in ordered]


def _together(item: Voice | Sighting, pains: Mapping[str, PainEntry]) -> bool:
    return item.pain is None or item.pain not in pains or pains[item.pain].audience == item.audience


def index(material: Material, org: Org) -> Index:
    """Sort a period's material by leader and team, once for all digests. Order of the input does not matter."""
    readers = _Readers(org, _above(org))
    sightings = [seen for seen in material.sightings if _together(seen, material.pains)]
    voices: dict[str, list[Voice]] = defaultdict(list)
    people: dict[Key, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    feeds = {pain: set(entry.sources) for pain, entry in material.pains.items()}
    accounts: dict[str, set[str]] = defaultdict(set)
    outside: set[Key] = set()
    for voice in _in_order(material.voices, material.pains):
        reach = _reach(voice, org)
        keys = _keys(voice, material.pains)
        for leader in readers.of(voice, reach):
            voices[leader].append(voice)
            for key in keys:
                people[key][leader].add(voice.author or "")
        if voice.pain is not None:
            feeds.setdefault(voice.pain, set()).add(voice.source)
        if voice.role != "staff" and voice.author is not None:
            outside.update(keys)
            if not voice.audience:
                _add_all(accounts, reach, voice.author)
    stirred: dict[str, list[Voice]] = defaultdict(list)
    for voice in _in_order(material.stirred, material.pains):
        for leader in readers.of(voice, _reach(voice, org)):
            stirred[leader].append(voice)
    history, team_weeks = _history(sightings, material.pains, readers, accounts)
    scopes = _scopes(org)
    return Index(
        material=material,
        org=org,
        scopes=scopes,
        check_ins=check_in.told(scopes, material.check_ins, material.asked_before),
        voices=voices,
        stirred=stirred,
        history=history,
        accounts=accounts,
        team_weeks=team_weeks,
        feeds={pain: frozenset(names) for pain, names in feeds.items() if names},
        first_told=_first_told(sightings),
        first_seen=_first_seen(sightings),
        people=people,
        outside=frozenset(outside),
        sizes=privacy.sizes(org),
        names=names_of(org),
        team_sources=_team_sources(org),
        hearing=frozenset().union(*(org.below(t) for t in org.teams if hears(org, t))),
    )


def _first_told(sightings: Iterable[Sighting]) -> dict[str, date]:
    first: dict[str, date] = {}
    for seen in sightings:
        first[seen.pain] = min(first.get(seen.pain, seen.week), seen.week)
    return first


def _first_seen(sightings: Iterable[Sighting]) -> dict[str, date]:
    found: dict[str, date] = {}
    for seen in sightings:
        if not seen.audience:
            found[seen.author] = min(seen.week, found.get(seen.author, seen.week))
    return found


def _team_sources(org: Org) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for team in org.teams.values():
        found[team.id].update(c.source for c in (*team.owns, *team.hears) if c.source is not None)
    for person in org.people.values():
        if person.team is not None:
            found[person.team].update(person.accounts)
    return {team: frozenset(names) for team, names in found.items()}


def _keys(voice: Voice, pains: Mapping[str, PainEntry]) -> tuple[Key, ...]:
    if voice.side == "none" or voice.author is None or voice.pain is None or voice.pain not in pains:
        return ()
    return ((voice.pain, crowd(pains[voice.pain].side, voice.role)),)


def _add_all(sets: dict[str, set[str]], teams: Iterable[str], author: str) -> None:
    for team in teams:
        sets[team].add(author)


History = dict[str, dict[Key, dict[date, Told]]]


def _history(
    sightings: Iterable[Sighting], pains: Mapping[str, PainEntry], readers: _Readers, accounts: dict[str, set[str]]
) -> tuple[History, dict[str, dict[date, set[str]]]]:
    history: History = defaultdict(lambda: defaultdict(lambda: defaultdict(Told)))
    team_weeks: dict[str, dict[date, set[str]]] = defaultdict(lambda: defaultdict(set))
    for seen in sightings:
        pain = pains.get(seen.pain)
        reach = _reach(seen, readers.org)
        if not seen.audience and seen.role == "staff" and seen.team is not None:
            team_weeks[seen.team][seen.week].add(seen.author)
        elif not seen.audience and seen.role != "staff":
            _add_all(accounts, reach, seen.author)
        if pain is not None:
            key = (seen.pain, crowd(pain.side, seen.role))
            for leader in readers.of(seen, reach):
                history[leader][key][seen.week].add(seen)
    return history, team_weeks


def hears(org: Org, team: str) -> bool:
    below = org.children.get(team, ())
    return bool(org.teams[team].hears) or (bool(below) and all(hears(org, child) for child in below))
