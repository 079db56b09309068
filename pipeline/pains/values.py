"""What goes into the registry of pains and what comes out of it."""

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One classified issue that tells of pain. `key` is "source:external_id"; `author` None is a bot, nobody.

    `links` are the keys of other issues that it names explicitly; `labels` the source's own words for what it is about.
    """

    key: str
    created_at: datetime
    author: str | None
    side: str
    severity: int
    title: str
    body: str
    leaf: str | None
    links: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    audience: str = ""
    """Who alone may see it, by `Org.audience`."""


class Hashed(Mapping[str, int]):
    """Whole numbers, none below 0, under hashed names: of eight hexadecimal digits, in order. Eight bytes each."""

    __slots__ = ("_names", "_numbers")

    def __init__(self, numbers: Mapping[int, int]) -> None:
        self._names = array("I", sorted(numbers))
        self._numbers = array("I", (numbers[name] for name in self._names))

    def __getitem__(self, name: str) -> int:
        at = bisect_left(self._names, int(name, 16))
        if at == len(self._names) or self._names[at] != int(name, 16):
            raise KeyError(name)
        return self._numbers[at]

    def __iter__(self) -> Iterator[str]:
        return (f"{name:08x}" for name in self._names)

    def __len__(self) -> int:
        return len(self._names)

    def whole(self) -> dict[int, int]:
        """The same by the names as numbers."""
        return dict(zip(self._names, self._numbers, strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """What a pain remembers of one of its issues, under hashed names.

    `unit` is the feature vector, `says` the same for titles that say the same, `codes` and `systems` what the title
    names exactly, `strict` how far the title decides (0 to 1).
    """

    unit: Hashed
    says: str = ""
    codes: tuple[str, ...] = ()
    systems: tuple[str, ...] = ()
    strict: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pain:
    """One pain of the registry. `title` and `side` are pinned when it is founded.

    `sketches` are of its most central early issues: what comes later is compared with them, so that a pain does not
    drift. `seen` says how many of its issues have a feature. Both are under hashed names, so that the registry, which
    outlives the texts, holds none of their words beside the title. `leaves` counts its issues by leaf; `cases` are
    hashed keys of its last issues; `was` is the name before a person gave it another. All its issues are of one
    `audience`. Bots' issues join a pain but leave no trace in it: `members`, `last_at` and the sketches are of people's
    issues alone.
    """

    id: str
    title: str
    side: str
    founded_by: str
    first_at: datetime
    last_at: datetime
    members: int
    sketches: tuple[Sketch, ...] = ()
    seen: Hashed = field(default_factory=lambda: Hashed({}))
    leaves: Mapping[str, int] = field(default_factory=dict)
    cases: tuple[str, ...] = ()
    was: str = ""
    audience: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """Which pain an issue tells of. `score` is its likeness when it joined, 0 to 1; 1 for an explicit link."""

    key: str
    pain_id: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Something for a person to decide: one pain is two, or two pains are one. Nothing is changed by it."""

    what: Literal["split", "merge"]
    pains: tuple[str, ...]
    because: str


def to_json(pain: Pain) -> dict[str, Any]:
    """JSON values only; `from_json` gives the equal pain back."""
    return {one.name: getattr(pain, one.name) for one in fields(pain)} | {
        "first_at": pain.first_at.isoformat(),
        "last_at": pain.last_at.isoformat(),
        "sketches": [_sketch_to_json(sketch) for sketch in pain.sketches],
        "seen": dict(pain.seen),
        "leaves": dict(pain.leaves),
        "cases": list(pain.cases),
    }


def from_json(raw: Mapping[str, Any]) -> Pain:
    return Pain(
        id=raw["id"],
        title=raw["title"],
        side=raw["side"],
        founded_by=raw["founded_by"],
        first_at=datetime.fromisoformat(raw["first_at"]),
        last_at=datetime.fromisoformat(raw["last_at"]),
        members=int(raw["members"]),
        sketches=tuple(_sketch_from_json(sketch) for sketch in raw.get("sketches", ())),
        seen=_hashed_from_json(raw["seen"]),
        leaves={leaf: int(count) for leaf, count in raw.get("leaves", {}).items()},
        cases=tuple(raw.get("cases", ())),
        was=raw.get("was", ""),
        audience=raw.get("audience", ""),
    )


def _sketch_to_json(sketch: Sketch) -> dict[str, Any]:
    return {
        "unit": dict(sketch.unit),
        "says": sketch.says,
        "codes": list(sketch.codes),
        "systems": list(sketch.systems),
        "strict": sketch.strict,
    }


def _hashed_from_json(raw: Mapping[str, Any]) -> Hashed:
    return Hashed({int(name, 16): int(number) for name, number in raw.items()})


def _sketch_from_json(raw: Mapping[str, Any]) -> Sketch:
    return Sketch(
        unit=_hashed_from_json(raw["unit"]),
        says=str(raw.get("says", "")),
        codes=tuple(raw["codes"]),
        systems=tuple(raw["systems"]),
        strict=float(raw["strict"]),
    )
