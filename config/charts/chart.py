"""What every kind of import gives: people, teams, and what could not be used, with its place and a remedy."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from email.utils import parseaddr
from typing import Any, Final
from zoneinfo import ZoneInfo

from config.document import Problem
from config.org import MAILBOX
from config.org_files import circles

_UNWANTED: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff\ud800-\udfff]+|\s+")
_SCHEME: Final = re.compile(r"^(?:url:)?(?:https?|ssh)://(?:[^/@]*@)?(?P<host>[^/:]+)(?::\d+)?/(?P<way>[^?#]+)")
_INSIDE: Final = re.compile(r"/(?:-/)?(?:tree|blob|raw|src)/[^/]+(?:/(?P<path>.*))?$")


@dataclass(frozen=True, slots=True)
class File:
    """A file to import, read. `project` is the repository of a CODEOWNERS file; `source` whose accounts logins are."""

    name: str
    text: str
    project: str | None = None
    source: str | None = None

    def problem(self, line: int, what: str, message: str, remedy: str = "") -> Problem:
        return Problem(self.name, line, shown(what), words(message) or "", words(remedy) or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    id: str
    name: str | None = None
    email: str | None = None
    timezone: str | None = None
    team: str | None = None
    accounts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    project: str | None = None
    component: str | None = None
    path: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """`name` is None where the file only refers to the team."""

    id: str
    name: str | None = None
    parent: str | None = None
    leader: str | None = None
    owns: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    people: tuple[Person, ...] = ()
    teams: tuple[Team, ...] = ()
    problems: tuple[Problem, ...] = ()


def words(value: Any) -> str | None:
    """One line of text of at most 500 letters; None where there is none."""
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        return None
    return _UNWANTED.sub(" ", str(value)).strip()[:500].strip() or None


def shown(value: Any, most: int = 60) -> str:
    """A value of somebody's file as a message may show it."""
    text = words(value) or ""
    return text if len(text) <= most else text[: most - 3] + "..."


def mailbox(value: Any) -> str | None:
    """A bare address; also out of `Name <address>` and `mailto:`. None where it is none."""
    text = words(value)
    if text is None:
        return None
    address = parseaddr(text.removeprefix("mailto:"))[1]
    return address if re.fullmatch(MAILBOX, address) and re.fullmatch(MAILBOX, words(address) or "") else None


def zone(value: Any) -> str | None:
    text = words(value)
    try:
        return text if text and ZoneInfo(text) else None
    except (ValueError, OSError, KeyError):
        return None


class Ids:
    """Ids of ours for the keys of a file: the same key, the same id; no two keys share one."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._of: dict[str, str] = {}
        self._taken = {name.casefold() for name in taken}

    def of(self, key: str, wanted: str | None = None) -> str:
        """The id of a key; made from the wanted words the first time."""
        if key not in self._of:
            name, sign = _slug(wanted or key), hashlib.blake2b(key.encode(errors="replace"), digest_size=4).hexdigest()
            name = name or f"x-{sign}"
            if name.casefold() in self._taken:
                name = f"{name[:50]}-{sign}"
            self._taken.add(name.casefold())
            self._of[key] = name
        return self._of[key]


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9._]+", "-", plain).strip("-._")[:63].rstrip("-._")


def place_in_code(address: Any) -> Claim | None:
    """A link to a repository, or to a folder in one, as a claim."""
    link = _SCHEME.match(words(address) or "")
    if link is None:
        return None
    way = link["way"].strip("/")
    inside = _INSIDE.search(way)
    project = (way[: inside.start()] if inside else way).removesuffix(".git").strip("/")
    path = (inside["path"] or "").strip("/") if inside else ""
    path = path.rpartition("/")[0] if path.endswith((".yaml", ".yml")) else path
    return Claim(project=project, path=path[:200].strip() or None) if "/" in project else None


def sound(chart: Chart, lines: Mapping[str, tuple[File, int]]) -> Chart:
    """Without parents and leaders that are not there, circles, and addresses that two people have.

    `lines` says where people and teams stand, by "person ID" and "team ID".
    """
    people, twice = _one_address_each(chart.people, lines)
    teams, wrong = _known_edges(chart.teams, {person.id for person in people}, lines)
    teams, round_ = _without_circles(teams, lines)
    known = {team.id for team in teams}
    people = [p if p.team is None or p.team in known else replace(p, team=None) for p in people]
    return Chart(people=tuple(people), teams=tuple(teams), problems=(*chart.problems, *twice, *wrong, *round_))


Lines = Mapping[str, tuple[File, int]]


def _problem(lines: Lines, key: str, what: str, message: str, remedy: str = "") -> Problem:
    file, line = lines[key]
    return file.problem(line, what, message, remedy)


def _one_address_each(people: Sequence[Person], lines: Lines) -> tuple[list[Person], list[Problem]]:
    found: list[Person] = []
    problems: list[Problem] = []
    first: dict[str, str] = {}
    for person in people:
        mail = person.email.casefold() if person.email else None
        owner = first.setdefault(mail, person.id) if mail else person.id
        if owner != person.id:
            message = f"has the address {person.email}, which is {owner}'s; it is left out here"
            problems.append(_problem(lines, f"person {person.id}", person.id, message, "One address is one person."))
            person = replace(person, email=None)
        found.append(person)
    return found, problems


def _known_edges(teams: Sequence[Team], people: set[str], lines: Lines) -> tuple[list[Team], list[Problem]]:
    known, found, problems = {team.id for team in teams}, [], []
    for team in teams:
        if team.parent is not None and team.parent not in known:
            message = f"lies below {team.parent}, which is no team; it is put at the top"
            problems.append(_problem(lines, f"team {team.id}", team.id, message, "Import the team above too."))
            team = replace(team, parent=None)
        if team.leader is not None and team.leader not in people:
            message = f"is led by {team.leader}, who is no person here; it has no leader"
            problems.append(_problem(lines, f"team {team.id}", team.id, message, "Import their leader too."))
            team = replace(team, leader=None)
        found.append(team)
    return found, problems


def _without_circles(teams: Sequence[Team], lines: Lines) -> tuple[list[Team], list[Problem]]:
    problems, cut = [], set()
    for circle in circles({team.id: team.parent for team in teams}):
        way = " -> ".join((*circle, circle[0])) if len(circle) < 10 else f"{circle[0]} -> ... -> {circle[0]}"
        message = f"teams are above each other in a circle: {way}; {circle[0]} is put at the top"
        problems.append(_problem(lines, f"team {circle[0]}", circle[0], message, "Give one of them another parent."))
        cut.add(circle[0])
    return [replace(team, parent=None) if team.id in cut else team for team in teams], problems


def unique(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    return tuple(dict.fromkeys(claims))


def numbered(text: str) -> Iterator[tuple[int, str]]:
    """Lines with their numbers, from 1; only a line feed ends one."""
    for number, line in enumerate(text.split("\n"), 1):
        yield number, line.rstrip("\r")
