"""Issue -> leaf: whose it is, and who hears of it first.

A claim matches when every key that it sets does. Of several that match, the most specific wins: the one with more keys;
then the one with the weightier key (a path over a label or component, over a group, over a project, over a source);
then the one with the longer path. What is still equal goes to the team that is deeper in the tree, then to the
smaller id.

Everything but sources and paths is compared without regard to case.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Final

from pipeline.issue import Issue
from pipeline.org import Claim, Org

WEIGHTS: Final = {"path": 5, "label": 4, "component": 4, "group": 3, "project": 2, "source": 1}
_PLAIN: Final = ("source", "project", "label", "component", "group")
"""The keys that are looked up; a path has to be compared."""

_READ: Final = 60_000
"""Characters of an issue in which file names are looked for; what follows is the tail of somebody's log."""
_MOST_PATHS: Final = 300
_LONGEST: Final = 300

Order = tuple[int | str | tuple[int, ...], ...]


def route(issue: Issue, org: Org) -> str | None:
    """The team that owns an issue; None where nobody does. For many issues make one `Router`."""
    return Router(org).leaf(issue)


def hearers(issue: Issue, org: Org) -> tuple[str, ...]:
    """The teams whose `hears` claims an issue, sorted."""
    return Router(org).hearers(issue)


class Router:
    """The claims of an org chart, compiled: an issue costs a few dictionary lookups, however many teams there are."""

    def __init__(self, org: Org) -> None:
        self._owns = _Claims(org, [(team.id, claim) for team in org.teams.values() for claim in team.owns])
        self._hears = _Claims(org, [(team.id, claim) for team in org.teams.values() for claim in team.hears])

    def leaf(self, issue: Issue) -> str | None:
        best = min(self._owns.matching(issue), key=_order, default=None)
        return None if best is None else best.team

    def hearers(self, issue: Issue) -> tuple[str, ...]:
        return tuple(sorted({entry.team for entry in self._hears.matching(issue)}))


@dataclass(frozen=True, slots=True)
class _Entry:
    """A claim of a team. The smallest `order` wins."""

    order: Order
    team: str
    path: "re.Pattern[str] | None"


def _order(entry: _Entry) -> Order:
    return entry.order


@dataclass(frozen=True, slots=True)
class _Shelf:
    """Claims with the same plain keys and values. One with a path lies under a part that it spells out, or under ""."""

    whole: list[_Entry] = field(default_factory=list)
    by_part: dict[str, list[_Entry]] = field(default_factory=dict)

    def put(self, entry: _Entry, path: str | None) -> None:
        if path is None:
            self.whole.append(entry)
        else:
            spelled = [part for part in path.split("/") if part and not re.search(r"[*?]", part)]
            self.by_part.setdefault(spelled[-1] if spelled else "", []).append(entry)

    def under(self, paths: "_Paths") -> Iterator[_Entry]:
        for part in paths.parts:
            for entry in self.by_part.get(part, ()):
                if entry.path is not None and any(map(entry.path.search, paths.paths)):
                    yield entry


class _Paths:
    """The files that an issue names, and every part of their names."""

    def __init__(self, issue: Issue) -> None:
        self.paths = paths_in(issue)
        self.parts = {part for path in self.paths for part in path.split("/")} | {""}


class _Claims:
    """Claims by the plain keys that they set, then by the values of those."""

    def __init__(self, org: Org, claims: list[tuple[str, Claim]]) -> None:
        self._tables: dict[tuple[str, ...], dict[tuple[str, ...], _Shelf]] = {}
        for team, claim in claims:
            if not specificity(claim)[0]:
                continue
            keys = tuple(key for key in _PLAIN if getattr(claim, key))
            values = tuple(fold(key, getattr(claim, key)) for key in keys)
            order = (*(_negative(part) for part in specificity(claim)), -len(org.up(team)), team)
            entry = _Entry(order, team, pattern(claim.path) if claim.path else None)
            self._tables.setdefault(keys, {}).setdefault(values, _Shelf()).put(entry, claim.path)

    def matching(self, issue: Issue) -> Iterator[_Entry]:
        said = _said(issue)
        paths: _Paths | None = None
        for keys, table in self._tables.items():
            for values in product(*(said[key] for key in keys)):
                shelf = table.get(values)
                if shelf is None:
                    continue
                yield from shelf.whole
                if shelf.by_part:
                    paths = paths or _Paths(issue)
                    yield from shelf.under(paths)


def fold(key: str, value: str) -> str:
    """A claim's value as it is compared."""
    return value if key in ("source", "path") else value.casefold()


def _negative(part: int | tuple[int, ...]) -> int | tuple[int, ...]:
    return -part if isinstance(part, int) else tuple(-weight for weight in part)


def specificity(claim: Claim) -> tuple[int, tuple[int, ...], int]:
    """How specific a claim is: the number of keys, their weights from the heaviest, the letters of the path."""
    weights = sorted((weight for key, weight in WEIGHTS.items() if getattr(claim, key)), reverse=True)
    return len(weights), tuple(weights), len(re.sub(r"[*?/]", "", claim.path or ""))


def _said(issue: Issue) -> Mapping[str, tuple[str, ...]]:
    """What an issue answers to each plain key."""
    return {
        "source": (issue.source,),
        "project": (issue.project.casefold(),) if issue.project else (),
        "label": tuple({label.casefold() for label in issue.labels}),
        "component": (issue.component.casefold(),) if issue.component else (),
        "group": (issue.group.casefold(),) if issue.group else (),
    }


# Files that an issue names.

_URL: Final = re.compile(r"\bhttps?://[^\s<>\"'`()\[\]]+")
_IN_URL: Final = re.compile(r"/(?:-/)?(?:blob|tree|raw|blame|edit|src)/[^/]+/([^?#]+)")
_FILE: Final = re.compile(r"(?<![\w./@+-])[\w@+-]*+[./][\w./@+-]{1,300}")


def paths_in(issue: Issue) -> list[str]:
    """The files and folders named in title and body, with / between the parts; those in links to a repository too."""
    words = f"{issue.title}\n{issue.body[:_READ]}".replace("\\", "/").split()
    text = " ".join(word for word in words if "/" in word or "." in word)
    found: dict[str, None] = {}
    for link in _URL.finditer(text):
        inside = _IN_URL.search(link[0])
        if inside is not None:
            found[inside[1][:_LONGEST].rstrip("/.,;:!")] = None
    for match in _FILE.finditer(_URL.sub(" ", text)):
        name = match[0].rstrip("./-")
        if "/" in name or "." in name:
            found[name.removeprefix("./")] = None
        if len(found) >= _MOST_PATHS:
            break
    return list(found)


def pattern(glob: str) -> "re.Pattern[str]":
    """A path pattern as an expression to search a path with.

    `*` and `?` stay within one part, `**` crosses parts. It matches at any part of a path, since people and stack
    traces name files from many roots, unless it begins with `/`; and what it matches includes everything below.
    """
    anchored = glob.startswith("/")
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", glob.strip("/"))
    signs = {"**/": "(?:[^/]*/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    body = "".join(signs.get(part, re.escape(part)) for part in parts)
    return re.compile(("^/?" if anchored else "(?:^|/)") + body + "(?:/|$)")
