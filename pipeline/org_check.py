"""What is wrong or worth knowing about an org chart, before anything is sent by it."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import Final, Literal

from pipeline.org import Claim, Org, Team
from pipeline.route import WEIGHTS, fold, specificity

Level = Literal["error", "warning", "note"]
Where = Callable[[str, str], str]
"""Names the place of a "person", a "team" or the "fallback" by its id: "org.yaml:12"."""

LEVELS: Final[tuple[Level, ...]] = ("error", "warning", "note")
FLOOR: Final = 5
"""A smaller group is shown no numbers of its own."""


@dataclass(frozen=True, slots=True)
class Finding:
    """An error makes routes or digests wrong; a warning leaves somebody out; a note explains what will happen."""

    level: Level
    where: str
    message: str


def problems(org: Org, *, sources: AbstractSet[str], where: Where) -> list[Finding]:
    """All findings, errors first. `sources` are the names of the configured ones."""
    found = list(_misfiled(org, where))
    if found:
        return found  # nothing else can be said of a chart whose ids are not its own
    for check in (_spellings, _parents, _cycles, _leaders, _fallback, _members, _accounts, _mailboxes, _same_claims,
                  _crossing_paths, _reach, _sizes):  # fmt: skip
        found += check(org, where)
    found += _absent_sources(org, sources, where)
    return sorted(found, key=lambda finding: LEVELS.index(finding.level))


def _misfiled(org: Org, where: Where) -> Iterator[Finding]:
    for kind, entries in (("person", org.people), ("team", org.teams)):
        for key in entries:
            if entries[key].id != key:
                yield Finding("error", where(kind, key), f"{kind} {key} says that its id is {entries[key].id}")


def _spellings(org: Org, where: Where) -> Iterator[Finding]:
    for kind, entries in (("person", org.people), ("team", org.teams)):
        spellings: dict[str, str] = {}
        for key in entries:
            first = spellings.setdefault(key.casefold(), key)
            if first != key:
                message = f"the ids {first} and {key} differ only in case. Rename one: files are named by them"
                yield Finding("warning", where(kind, key), message)


def _parents(org: Org, where: Where) -> Iterator[Finding]:
    for team in org.teams.values():
        if team.parent is not None and team.parent not in org.teams:
            message = f"{_name(team)} has the parent {team.parent}, which is no team.{_nearest(team.parent, org.teams)}"
            yield Finding("error", where("team", team.id), message)


def _cycles(org: Org, where: Where) -> Iterator[Finding]:
    """Each cycle once, with its whole path; then the teams that hang below one and reach no top."""
    inside: set[str] = set()
    below: list[Team] = []
    for team in org.teams.values():
        path = org.up(team.id)
        back = org.teams[path[-1]].parent
        if back not in path or team.id in inside:
            continue
        if back != team.id:
            below.append(team)
            continue
        inside.update(path)
        circle = " -> ".join((*path, team.id))
        message = f"teams are above each other in a circle: {circle}. Give one of them another parent, or none"
        yield Finding("error", where("team", team.id), message)
    for team in below:
        if team.id not in inside:
            message = f"{_name(team)} cannot be reached from the top: it lies below a circle. End the circle"
            yield Finding("error", where("team", team.id), message)


def _leaders(org: Org, where: Where) -> Iterator[Finding]:
    for team in org.teams.values():
        place = where("team", team.id)
        if team.leader is None:
            yield Finding("warning", place, f"{_name(team)} has no leader: {_instead(org, team)}")
        elif team.leader not in org.people:
            message = f"{_name(team)} is led by {team.leader}, who is no person.{_nearest(team.leader, org.people)}"
            yield Finding("error", place, message)
    for leader in org.leaders:
        if not org.people[leader].email:
            led = ", ".join(org.led_by(leader))
            message = f"{leader} leads {led} and has no e-mail address: no leaf notes can be sent. Add `email:`"
            yield Finding("warning", where("person", leader), message)


def _instead(org: Org, team: Team) -> str:
    """Who reads about a team that has no leader."""
    for above in org.up(team.id)[1:]:
        leader = org.teams[above].leader
        if leader in org.people:
            return f"what is written about it goes to {leader}, who leads {above}"
    return "nobody above it has one either, so nobody reads about it. Add `leader:`"


def _fallback(org: Org, where: Where) -> Iterator[Finding]:
    place = where("fallback", org.fallback)
    if org.fallback not in org.teams:
        message = f"the fallback {org.fallback} is no team.{_nearest(org.fallback, org.teams)}"
        yield Finding("error", place, message)
    elif not any(org.teams[team].leader in org.people for team in org.up(org.fallback)):
        message = f"the fallback {org.fallback} has no leader, nor has a team above it: nobody reads what has no owner"
        yield Finding("warning", place, message)


def _members(org: Org, where: Where) -> Iterator[Finding]:
    for person in org.people.values():
        if person.team is not None and person.team not in org.teams:
            message = f"{person.id} belongs to {person.team}, which is no team.{_nearest(person.team, org.teams)}"
            yield Finding("error", where("person", person.id), message)


def _accounts(org: Org, where: Where) -> Iterator[Finding]:
    owner: dict[tuple[str, str], str] = {}
    for person in org.people.values():
        for source, account in person.accounts.items():
            first = owner.setdefault((source, account), person.id)
            if first != person.id:
                message = f"the account {account} at {source} is {first}'s already. One account is one person"
                yield Finding("error", where("person", person.id), message)


def _mailboxes(org: Org, where: Where) -> Iterator[Finding]:
    owner: dict[str, str] = {}
    for leader in org.leaders:
        email = org.people[leader].email
        if email:
            first = owner.setdefault(email.casefold(), leader)
            if first != leader:
                message = f"{first} and {leader} have the same mailbox, {email}: it gets the leaf notes of both"
                yield Finding("note", where("person", leader), message)


def _same_claims(org: Org, where: Where) -> Iterator[Finding]:
    """The same line in two teams. Where one team is above the other the rule is plain; elsewhere only ids decide."""
    first: dict[tuple[str | None, ...], str] = {}
    for team, claim in _owned(org):
        other = first.setdefault(_folded(claim), team.id)
        if other == team.id or not any(_folded(claim)):
            continue
        place = where("team", team.id)
        said = f"{other} and {team.id} both own {_claim(claim)}"
        if other in org.up(team.id) or team.id in org.up(other):
            deeper = max(other, team.id, key=lambda t: len(org.up(t)))
            yield Finding("warning", place, f"{said}: {deeper} gets it, being the deeper one. Remove one of the two")
        else:
            yield Finding("error", place, f"{said}. Remove one of the two, or make it more specific")


def _crossing_paths(org: Org, where: Where) -> Iterator[Finding]:
    """Path patterns of two teams that can match one file while none is the more specific."""
    groups: dict[tuple[object, ...], list[tuple[Team, Claim]]] = defaultdict(list)
    for team, claim in _owned(org):
        if claim.path:
            groups[(*_folded(claim)[:-1], specificity(claim))].append((team, claim))
    for group in groups.values():
        for (one, mine), (other, theirs) in _neighbours(group):
            if one.id != other.id and mine.path != theirs.path and _cross(mine.path or "", theirs.path or ""):
                message = f"{one.id} owns {_claim(mine)} and {other.id} owns {_claim(theirs)}: a file can be in both"
                yield Finding("warning", where("team", other.id), f"{message}. Spell one of them out further")


def _neighbours(group: list[tuple[Team, Claim]]) -> Iterator[tuple[tuple[Team, Claim], tuple[Team, Claim]]]:
    """Pairs of patterns of which one begins as the other does, up to its first wildcard: no others can cross."""
    ordered = sorted(group, key=lambda entry: (_start(entry[1]), entry[0].id))
    starts = [_start(claim) for _, claim in ordered]
    for index, one in enumerate(ordered):
        start = starts[index]
        for other in range(index + 1, len(ordered)):
            if not starts[other].startswith(start):
                break
            yield one, ordered[other]


def _start(claim: Claim) -> str:
    return re.split(r"[*?]", (claim.path or "").strip("/"))[0]


def _reach(org: Org, where: Where) -> Iterator[Finding]:
    for team in org.teams.values():
        if org.is_leaf(team.id) and not team.owns and not team.hears:
            message = f"{_name(team)} owns nothing, so no issue is placed there. Add `owns:` where something is its own"
            yield Finding("note", where("team", team.id), message)


def _sizes(org: Org, where: Where) -> Iterator[Finding]:
    listed = Counter(person.team for person in org.people.values())
    own = {team.id: max(team.size or 0, listed[team.id]) for team in org.teams.values()}
    for team in org.teams.values():
        size = sum(own[below] for below in org.below(team.id))
        if size >= FLOOR:
            continue
        people = "one person" if size == 1 else f"{size} people"
        why = f"{people}, fewer than {FLOOR}" if size else "no listed members and no `size:`"
        message = f"{_name(team)} has {why}: no numbers about its people are shown, they are merged upward"
        yield Finding("note", where("team", team.id), message)


def _absent_sources(org: Org, sources: AbstractSet[str], where: Where) -> Iterator[Finding]:
    told: set[tuple[str, str]] = set()
    for team in org.teams.values():
        for claim in (*team.owns, *team.hears):
            if claim.source and claim.source not in sources and (team.id, claim.source) not in told:
                told.add((team.id, claim.source))
                hint = _nearest(claim.source, sources)
                message = f"{_name(team)} names the source {claim.source}, which is not configured.{hint}"
                yield Finding("warning", where("team", team.id), message)
    accounts: dict[str, list[str]] = defaultdict(list)
    for person in org.people.values():
        for source in person.accounts:
            if source not in sources:
                accounts[source].append(person.id)
    for source, people in sorted(accounts.items()):
        many = f"{len(people)} people have" if len(people) > 1 else f"{people[0]} has"
        message = f"{many} accounts at {source}, which is no configured source.{_nearest(source, sources)}"
        yield Finding("warning", where("person", people[0]), message)


def _owned(org: Org) -> Iterator[tuple[Team, Claim]]:
    for team in org.teams.values():
        for claim in team.owns:
            yield team, claim


def _folded(claim: Claim) -> tuple[str | None, ...]:
    """A claim as it is compared, the path last."""
    keys = (*(key for key in WEIGHTS if key != "path"), "path")
    return tuple(fold(key, value) if (value := getattr(claim, key)) else None for key in keys)


def _claim(claim: Claim) -> str:
    return "{" + ", ".join(f"{key}: {getattr(claim, key)}" for key in reversed(WEIGHTS) if getattr(claim, key)) + "}"


def _name(team: Team) -> str:
    return f"team {team.id}"


def _nearest(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f" Did you mean {close[0]}?" if close else ""


def _cross(one: str, other: str) -> bool:
    """Whether one file under the same root can match both patterns; what matches a folder matches all that is in it."""
    mine, theirs = one.strip("/").split("/"), other.strip("/").split("/")
    for a, b in zip(mine, theirs, strict=False):
        if "**" in (a, b):
            return True
        if not _meet(a, b):
            return False
    return True


@lru_cache(maxsize=4096)
def _meet(a: str, b: str) -> bool:
    """Whether one name can match two patterns of `*` and `?`."""
    if a.startswith("*"):
        return _meet(a[1:], b) or (b != "" and _meet(a, b[1:]))
    if b.startswith("*"):
        return _meet(b, a)
    if not a or not b:
        return a == b
    return (a[0] == b[0] or "?" in (a[0], b[0])) and _meet(a[1:], b[1:])
