"""From people and their managers to a tree: what CSV, SCIM and LDAP have in common.

A team that people name is led by the one at its top who has people, or by whom most of it report to. Who names no team
is in the one of their manager, called after the manager. A team lies below the team that its leader belongs to, or that
the next manager above leads.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from config.charts.chart import Chart, File, Ids, Person, Team, sound
from config.document import Problem
from config.org_files import circles


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One person of a file. `key` is what `manager` of others refers to; both are compared as they stand."""

    file: File
    line: int
    key: str
    id: str | None = None
    name: str | None = None
    email: str | None = None
    timezone: str | None = None
    team: str | None = None
    manager: str | None = None
    accounts: Mapping[str, str] = field(default_factory=dict)

    def problem(self, message: str, remedy: str = "") -> Problem:
        return self.file.problem(self.line, self.name or self.email or self.key, message, remedy)


def tree(
    entries: Sequence[Entry], problems: Sequence[Problem] = (), *, above: Mapping[str, str] | None = None
) -> Chart:
    """The chart of these people. `above` names parents of teams that the file itself tells."""
    found = list(problems)
    known, doubles = _once(entries)
    if not known:
        return Chart(problems=(*found, Problem("", 0, "", "there is nobody in what was read")))
    manager, wrong = _managers(known)
    found += [*doubles, *wrong]
    found += [
        one.problem("has no e-mail address; they are kept", "Leaders need one.")
        for one in known.values()
        if not one.email
    ]
    ids, team_ids = _person_ids(known), Ids()
    teams = _teams(known, manager, ids, team_ids, above or {})
    lines: dict[str, tuple[File, int]] = {f"person {ids[key]}": (one.file, one.line) for key, one in known.items()}
    for team, (_, first) in teams.items():
        lines[f"team {team}"] = (first.file, first.line)
    people = tuple(
        Person(
            id=ids[key],
            name=one.name,
            email=one.email,
            timezone=one.timezone,
            team=_team_of(one, manager[key], known, ids, team_ids),
            accounts=one.accounts,
        )
        for key, one in known.items()
    )
    chart = Chart(people=people, teams=tuple(team for team, _ in teams.values()), problems=tuple(found))
    return sound(chart, lines)


def _once(entries: Sequence[Entry]) -> tuple[dict[str, Entry], list[Problem]]:
    known: dict[str, Entry] = {}
    problems = []
    for one in entries:
        first = known.setdefault(one.key, one)
        if first is one:
            continue
        if first.manager != one.manager and first.manager and one.manager:
            message = f"has two managers, {first.manager} on line {first.line} and {one.manager} here"
        else:
            message = f"is on line {first.line} already"
        problems.append(one.problem(f"{message}; this entry is set aside", "Keep one entry a person."))
    return known, problems


def _managers(known: Mapping[str, Entry]) -> tuple[dict[str, str | None], list[Problem]]:
    manager: dict[str, str | None] = {}
    problems = []
    for key, one in known.items():
        manager[key] = one.manager
        if one.manager is not None and one.manager not in known:
            problems.append(one.problem(f"has the manager {one.manager}, who is not in the file", "Export them too."))
            manager[key] = None
    for circle in circles(manager):
        one = known[circle[0]]
        if len(circle) == 1:
            message = "is their own manager; they are put at the top"
        else:
            way = " -> ".join((*circle, circle[0])) if len(circle) < 10 else f"{circle[0]} -> ... -> {circle[0]}"
            message = f"managers are above each other in a circle: {way}; {circle[0]} is put at the top"
        problems.append(one.problem(message, "Give one of them another manager."))
        manager[circle[0]] = None
    return manager, problems


def _person_ids(known: Mapping[str, Entry]) -> dict[str, str]:
    ids = Ids()
    first = {key: ids.of(key, one.id) for key, one in known.items() if one.id}
    for key, one in known.items():
        if key not in first:
            first[key] = ids.of(key, one.email.partition("@")[0] if one.email else one.name)
    return first


def _named_team(team_ids: Ids, name: str) -> str:
    return team_ids.of(f"team {name.casefold()}", name)


def _own_team(team_ids: Ids, leader: str) -> str:
    return team_ids.of(f"of {leader}", f"{leader}-team")


def _team_of(
    one: Entry, boss: str | None, known: Mapping[str, Entry], ids: Mapping[str, str], team_ids: Ids
) -> str | None:
    if one.team:
        return _named_team(team_ids, one.team)
    return _own_team(team_ids, ids[boss]) if boss is not None else None


def _teams(
    known: Mapping[str, Entry],
    manager: Mapping[str, str | None],
    ids: Mapping[str, str],
    team_ids: Ids,
    above: Mapping[str, str],
) -> dict[str, tuple[Team, Entry]]:
    """Team id to the team and the entry that first speaks of it."""
    members: dict[str, list[str]] = defaultdict(list)
    names: dict[str, str] = {}
    for key, one in known.items():
        team = _team_of(one, manager[key], known, ids, team_ids)
        if team is not None:
            members[team].append(key)
            names.setdefault(team, one.team or _called_after(known, ids, manager[key]))
    leads = {boss for boss in manager.values() if boss is not None}
    leader = {
        team: _leader(keys, manager, leads) if any(known[key].team for key in keys) else manager[keys[0]]
        for team, keys in members.items()
    }
    for key in _over_leaders(manager, set(leader.values())):
        team = _own_team(team_ids, ids[key])
        leader[team] = key
        names.setdefault(team, _called_after(known, ids, key))
    led: dict[str, list[str]] = defaultdict(list)
    for team, lead in leader.items():
        if lead is not None:
            led[lead].append(team)
    told = {_named_team(team_ids, team): _named_team(team_ids, parent) for team, parent in above.items()}
    first = {team: known[lead] for team, lead in leader.items() if lead is not None}
    first |= {team: known[keys[0]] for team, keys in members.items()}
    for name in (*above, *above.values()):  # teams without people of their own too
        names.setdefault(_named_team(team_ids, name), name)
    found = {}
    for team in dict.fromkeys((*leader, *told, *told.values())):
        lead = leader.get(team)
        up = told.get(team) or _parent(team, lead, known, manager, ids, team_ids, led)
        made = Team(id=team, name=names[team], parent=up, leader=ids[lead] if lead is not None else None)
        found[team] = (made, first.get(team) or next(iter(known.values())))
    return found


def _over_leaders(manager: Mapping[str, str | None], leaders: AbstractSet[str | None]) -> list[str]:
    """Managers who lead no team themselves and have leaders below them, sorted."""
    found: dict[str, None] = {}
    for key in manager.keys() & leaders:
        here = manager[key]
        while here is not None and here not in leaders and here not in found:
            found[here] = None
            here = manager[here]
    return sorted(found)


def _called_after(known: Mapping[str, Entry], ids: Mapping[str, str], boss: str | None) -> str:
    return f"{known[boss].name or ids[boss]}'s team" if boss is not None else ""


def _leader(members: Sequence[str], manager: Mapping[str, str | None], leads: AbstractSet[str]) -> str | None:
    """The one at the top of a team who has people; or whom most of the team report to, of equals the smaller key."""
    inside = set(members)
    tops = [key for key in members if manager[key] not in inside]
    if len(tops) == 1 and tops[0] in leads:
        return tops[0]
    bosses = Counter(boss for key in members if (boss := manager[key]) is not None)
    return min(bosses, key=lambda boss: (-bosses[boss], boss), default=None)


def _parent(
    team: str,
    leader: str | None,
    known: Mapping[str, Entry],
    manager: Mapping[str, str | None],
    ids: Mapping[str, str],
    team_ids: Ids,
    led: Mapping[str, Sequence[str]],
) -> str | None:
    """The team of the leader, or the one that the nearest manager above leads."""
    here = leader
    while here is not None:
        own = _team_of(known[here], manager[here], known, ids, team_ids)
        others = [name for name in led.get(here, ()) if name != team]
        if here != leader and others:
            return own if own in others else min(others)
        if own is not None and own != team:
            return own
        here = manager[here]
    return None
