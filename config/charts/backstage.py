"""Backstage catalog files: Group and User entities are the tree, Component and System say what a group owns.

Written from the descriptor format and the well-known annotations of Backstage's documentation. A group's leader is no
part of that format: the annotation `leafnotes/leader: user:NAME` names one.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from config.charts.chart import (
    Chart,
    Claim,
    File,
    Ids,
    Person,
    Team,
    mailbox,
    place_in_code,
    shown,
    sound,
    unique,
    words,
)
from config.document import Problem, parse
from config.reader import nearest

OWNED: Final = ("component", "system", "api", "resource")
_OTHERS: Final = ("location", "template", "domain", "type")
_PROJECTS: Final = ("github.com/project-slug", "gitlab.com/project-slug", "bitbucket.org/project-slug")
_SPLIT: Final = re.compile(r"^---(?=\s|$)[ \t]*", re.MULTILINE)
_REF: Final = re.compile(r"(?:(?P<kind>[^:/]+):)?(?:(?P<space>[^:/]+)/)?(?P<name>[^:/]+)")

Ref = tuple[str, str]
"""Namespace and name, folded."""


@dataclass(frozen=True, slots=True)
class _Entity:
    file: File
    line: int
    kind: str
    ref: Ref
    name: str
    annotations: Mapping[str, Any]
    spec: Mapping[str, Any]

    def problem(self, message: str, remedy: str = "") -> Problem:
        return self.file.problem(self.line, f"{self.kind}:{self.name}", message, remedy)

    @property
    def profile(self) -> Mapping[str, Any]:
        return _keys(self.spec.get("profile"))


def backstage(files: list[File]) -> Chart:
    """A chart of catalog files, or of the JSON that the catalog's API gives."""
    problems: list[Problem] = []
    entities: dict[tuple[str, Ref], _Entity] = {}
    for file in files:
        for entity in _entities(file, problems):
            first = entities.setdefault((entity.kind, entity.ref), entity)
            if first is not entity:
                message = f"is on line {first.line} of {first.file.name} already; this one is set aside"
                problems.append(entity.problem(message, "Keep one of the two."))
    return _Catalog(entities, problems).chart()


class _Catalog:
    def __init__(self, entities: Mapping[tuple[str, Ref], _Entity], problems: list[Problem]) -> None:
        self._problems = problems
        self._groups = {ref: one for (kind, ref), one in entities.items() if kind == "group"}
        self._users = {ref: one for (kind, ref), one in entities.items() if kind == "user"}
        self._owned = [one for (kind, _), one in entities.items() if kind in OWNED]
        ids, teams = Ids(), Ids()
        self._user_ids = {ref: ids.of("/".join(ref), one.name) for ref, one in self._users.items()}
        self._team_ids = {ref: teams.of("/".join(ref), one.name) for ref, one in self._groups.items()}

    def chart(self) -> Chart:
        parents = self._parents()
        teams_of = self._teams_of(parents)
        claims = self._claims(teams_of)
        lines = {f"person {self._user_ids[ref]}": (one.file, one.line) for ref, one in self._users.items()}
        lines |= {f"team {self._team_ids[ref]}": (one.file, one.line) for ref, one in self._groups.items()}
        people = tuple(self._person(ref, one, teams_of.get(ref)) for ref, one in self._users.items())
        teams = tuple(
            Team(
                id=self._team_ids[ref],
                name=words(one.profile.get("displayName")) or one.name,
                parent=self._team_ids.get(parents[ref]) if ref in parents else None,
                leader=self._leader(one),
                owns=unique(claims.get(ref, ())),
            )
            for ref, one in self._groups.items()
        )
        return sound(Chart(people=people, teams=teams, problems=tuple(self._problems)), lines)

    def _person(self, ref: Ref, one: _Entity, team: Ref | None) -> Person:
        email = mailbox(one.profile.get("email"))
        if email is None:
            self._problems.append(
                one.problem("has no e-mail address in spec.profile.email; they are kept", "Leaders need one.")
            )
        return Person(
            id=self._user_ids[ref],
            name=words(one.profile.get("displayName")) or one.name,
            email=email,
            team=self._team_ids[team] if team is not None else None,
        )

    def _leader(self, one: _Entity) -> str | None:
        told = one.annotations.get("leafnotes/leader")
        if told is None:
            return None
        ref = self._ref(one, told, "user", "leafnotes/leader", self._users)
        return self._user_ids[ref] if ref is not None else None

    def _parents(self) -> dict[Ref, Ref]:
        """Group to its parent: its own word, or that of a group which names it as a child."""
        found: dict[Ref, Ref] = {}
        for ref, one in self._groups.items():
            parent = self._ref(one, one.spec.get("parent"), "group", "spec.parent", self._groups)
            if parent is not None:
                found[ref] = parent
        for ref, one in self._groups.items():
            for child in self._refs(one, "children", "group", self._groups):
                if found.setdefault(child, ref) != ref:
                    other = self._groups[found[child]]
                    message = f"names {self._groups[child].name} as a child, which lies below {other.name}"
                    self._problems.append(one.problem(message, "Correct spec.parent or spec.children."))
        return found

    def _teams_of(self, parents: Mapping[Ref, Ref]) -> dict[Ref, Ref]:
        """User to the one group that counts: the deepest, then the first by name. Others are told of."""
        groups: dict[Ref, set[Ref]] = {}
        for ref, one in self._users.items():
            groups.setdefault(ref, set()).update(self._refs(one, "memberOf", "group", self._groups))
        for ref, one in self._groups.items():
            for member in self._refs(one, "members", "user", self._users):
                groups.setdefault(member, set()).add(ref)
        found = {}
        for ref, mine in groups.items():
            above = {up for group in mine for up in _up(group, parents)}
            lowest = sorted(mine - above) or sorted(mine)
            if len(lowest) > 1:
                names = ", ".join(self._groups[group].name for group in lowest[:5])
                message = f"is in {len(lowest)} groups ({names}); {self._groups[lowest[0]].name} is taken"
                self._problems.append(self._users[ref].problem(message, "Write `team:` for them in org.yaml."))
            if lowest:
                found[ref] = lowest[0]
        return found

    def _claims(self, teams_of: Mapping[Ref, Ref]) -> dict[Ref, list[Claim]]:
        found: dict[Ref, list[Claim]] = {}
        first: dict[Claim, Ref] = {}
        for one in self._owned:
            claims = list(_claimed(one))
            owner = one.spec.get("owner")
            if not claims or owner is None:
                continue
            group = self._owner(one, owner, teams_of)
            if group is None:
                continue
            for claim in claims:
                other = first.setdefault(claim, group)
                if other != group:
                    message = f"is at a place that {self._groups[other].name} owns already; this is set aside"
                    self._problems.append(one.problem(message, "Give one of them a folder of its own."))
                else:
                    found.setdefault(group, []).append(claim)
        return found

    def _owner(self, one: _Entity, owner: Any, teams_of: Mapping[Ref, Ref]) -> Ref | None:
        kind, ref = _ref(owner, "group") or ("", ("", ""))
        if kind == "user" and ref in teams_of:
            return teams_of[ref]
        if kind == "user":
            self._problems.append(one.problem(f"is owned by {shown(owner)}, who is in no group; it is set aside"))
            return None
        return self._ref(one, owner, "group", "spec.owner", self._groups)

    def _ref(self, one: _Entity, told: Any, kind: str, where: str, known: Mapping[Ref, _Entity]) -> Ref | None:
        """What an entity refers to, where it is known; a problem where it is not."""
        if told is None:
            return None
        ref = _ref(told, kind, one.ref[0])
        if ref is not None and ref[0] == kind and ref[1] in known:
            return ref[1]
        close = (
            nearest(ref[1][1], [name for _, name in known])
            if ref is not None and len(known) * len(self._problems) < 10_000
            else None
        )
        remedy = f"Did you mean {close}?" if close else f"Import the {kind} too."
        self._problems.append(one.problem(f"{where}: there is no {kind} {shown(told)!r}", remedy))
        return None

    def _refs(self, one: _Entity, key: str, kind: str, known: Mapping[Ref, _Entity]) -> list[Ref]:
        told = one.spec.get(key)
        listed = told if isinstance(told, list) else []
        if told is not None and not isinstance(told, list):
            self._problems.append(one.problem(f"spec.{key} is not a list", "Write [a, b]."))
        refs = [self._ref(one, each, kind, f"spec.{key}", known) for each in listed]
        return [ref for ref in refs if ref is not None]


def _up(group: Ref, parents: Mapping[Ref, Ref]) -> Iterator[Ref]:
    seen = {group}
    while group in parents and parents[group] not in seen:
        group = parents[group]
        seen.add(group)
        yield group


def _claimed(one: _Entity) -> Iterator[Claim]:
    """What issues of an entity can be known by."""
    code = place_in_code(one.annotations.get("backstage.io/source-location"))
    projects = [slug for key in _PROJECTS if (slug := words(one.annotations.get(key)))]
    for project in projects:
        same = code is not None and (code.project or "").casefold() == project.casefold()
        yield Claim(project=project, path=code.path if same and code is not None else None)
    if code is not None and not projects:
        yield code
    jira = words(one.annotations.get("jira/project-key"))
    if jira is not None:
        yield Claim(project=jira, component=words(one.annotations.get("jira/component")))


def _ref(told: Any, kind: str, space: str = "default") -> tuple[str, Ref] | None:
    """An entity reference `[kind:][namespace/]name` as its kind and place."""
    match = _REF.fullmatch(told.strip().casefold()) if isinstance(told, str) else None
    return (match["kind"] or kind, (match["space"] or space, match["name"])) if match is not None else None


def _keys(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _entities(file: File, problems: list[Problem]) -> Iterator[_Entity]:
    text = file.text.removeprefix("\ufeff").encode(errors="replace").decode()
    for line, part in _documents(text):
        document = parse(part, Path(file.name))
        for problem in document.problems:
            message = f"{problem.message}; this entity is set aside" if document.broken else problem.message
            problems.append(file.problem(problem.line + line, problem.key, message, problem.remedy))
        data = document.data
        listed = data if isinstance(data, list) else _keys(data).get("items")
        if isinstance(listed, list):
            at = () if isinstance(data, list) else ("items",)
            for index, each in enumerate(listed):
                yield from _entity(file, line + document.line((*at, index)), each, problems)
        elif data:
            yield from _entity(file, line + document.line(("kind",)), data, problems)


def _documents(text: str) -> Iterator[tuple[int, str]]:
    """The documents of a YAML stream, each with the number of lines before it."""
    line, start = 0, 0
    for mark in (*_SPLIT.finditer(text), None):
        part = text[start : mark.start() if mark else len(text)]
        if part.strip():
            yield line, part
        line += part.count("\n")
        start = mark.end() if mark else len(text)


def _entity(file: File, line: int, data: Any, problems: list[Problem]) -> Iterator[_Entity]:
    metadata = _keys(_keys(data).get("metadata"))
    kind, name = words(_keys(data).get("kind")), words(metadata.get("name"))
    if kind is None or name is None:
        what = "kind" if kind is None else "metadata.name"
        problems.append(file.problem(line, "", f"an entity has no {what}; it is set aside", "Is it a catalog file?"))
        return
    folded = kind.casefold()
    if folded not in ("group", "user", *OWNED):
        if folded not in _OTHERS:
            problems.append(file.problem(line, f"{kind}:{name}", "is of a kind that is not read", "Group, User, ..."))
        return
    space = (words(metadata.get("namespace")) or "default").casefold()
    spec, annotations = _keys(data.get("spec")), _keys(metadata.get("annotations"))
    yield _Entity(file, line, folded, (space, name.casefold()), name, annotations, spec)
