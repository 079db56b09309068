"""org.yaml and the imported charts beside it in org.d, read and put together; their faults with file and line."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import BaseModel

from config.document import Document, Loc, Problem, read
from config.org import ImportedFile, OrgFile, held, merged, turning_days
from config.reader import validate

KINDS: Final = ("csv", "scim", "ldif", "backstage", "github")
"""What charts can be imported from, the word of the first before that of the others: who knows people, then who knows
code."""
FOLDER: Final = "org.d"

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class Org:
    """The whole chart, the files that it is from, org.yaml first, and what is wrong with them."""

    file: OrgFile
    documents: tuple[Document, ...]
    problems: tuple[Problem, ...]


def imported_path(directory: Path, kind: str) -> Path:
    return directory / FOLDER / f"{kind}.yaml"


def previous_path(path: Path) -> Path:
    """The file as it was before the last import; empty where there was none."""
    return path.with_name(f"{path.name}.previous")


def keep(path: Path, text: str) -> None:
    """Write an imported chart and keep the one before it."""
    path.parent.mkdir(exist_ok=True)
    _write(previous_path(path), path.read_bytes() if path.exists() else b"")
    _write(path, text.encode())


def undo(path: Path) -> bool:
    """Exchange a chart with the one before it; False where that was none, so that there is none now."""
    before = previous_path(path).read_bytes()
    now = path.read_bytes() if path.exists() else b""
    _write(previous_path(path), now)
    if before:
        _write(path, before)
    else:
        path.unlink(missing_ok=True)
    return bool(before)


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all."""
    new = path.with_name(f".{path.name}.new")
    new.write_bytes(content)
    new.replace(path)


def read_org(directory: Path) -> Document:
    return read(directory / "org.yaml")


def imported(directory: Path) -> tuple[list[Document], list[Problem]]:
    """The documents in org.d, in the order of precedence, and a problem for each file that is none of ours."""
    folder = directory / FOLDER
    if not folder.is_dir():
        return [], []
    found = [imported_path(directory, kind) for kind in KINDS]
    strange = sorted(path.name for path in folder.glob("*.y*ml") if path not in found and path.name[0] != ".")
    remedy = f"Files here are {', '.join(path.name for path in found)}; what is written by hand belongs in org.yaml."
    problems = [Problem(f"{FOLDER}/{name}", 0, "", "is not an imported chart", remedy) for name in strange]
    return [read(path, name=f"{FOLDER}/{path.name}") for path in found if path.exists()], problems


def assemble(org_document: Document, imports: Sequence[Document]) -> Org:
    """One chart of org.yaml and of imported files. Where there are problems, what they concern is left out."""
    problems = [*org_document.problems]
    org = valid(org_document, OrgFile, problems)
    parts = []
    for document in imports:
        problems += document.problems
        part = valid(document, ImportedFile, problems)
        parts += [part] if part is not None else []
    for document in (org_document, *imports):
        problems += [*twice(document, "people", "id"), *twice(document, "teams", "id")]
    problems += _circles(org_document)
    whole = merged(org or OrgFile(fallback="none"), parts)
    documents = (org_document, *imports)
    if not problems:
        problems += _later_circles(whole, documents)
    return Org(whole, documents, tuple(problems))


def valid(document: Document, model: type[M], problems: list[Problem]) -> M | None:
    """The values of a document; what is wrong with them is added to `problems`."""
    if document.broken:
        return None
    found = validate(document, model)
    if not isinstance(found, list):
        return found
    problems += found
    return None


def twice(document: Document, entries: str, key: str) -> Iterator[Problem]:
    """Entries of a list whose id was given before."""
    first: dict[str, int] = {}
    for loc, name in named(document, entries, key):
        if name in first:
            remedy = f"It is on line {first[name]} already: every {key} is there once."
            yield document.problem((*loc, key), f"{name!r} is there twice", remedy)
        first.setdefault(name, document.line((*loc, key)))


def _circles(document: Document) -> Iterator[Problem]:
    """Teams of a file that are above each other, whatever else is wrong with it."""
    place = {name: loc for loc, name in named(document, "teams", "id")}
    for circle in circles({name: document.at((*loc, "parent")) for name, loc in place.items()}):
        yield document.problem((*place[circle[0]], "parent"), *_circle(circle))


def _later_circles(org: OrgFile, documents: Sequence[Document]) -> Iterator[Problem]:
    """Circles that several files make together, or that hold from some day on."""
    told: set[frozenset[str]] = set()
    for day in turning_days(org):
        for circle in circles({team.id: held(team.parent, day) for team in org.teams}):
            if frozenset(circle) in told:
                continue
            told.add(frozenset(circle))
            message, remedy = _circle(circle)
            since = "" if day == date.min else f" from {day} on"
            document, loc = _place(documents, circle[0])
            yield document.problem((*loc, "parent"), message + since, remedy)


def _place(documents: Sequence[Document], team: str) -> tuple[Document, Loc]:
    """Where a team gets its parent: the first file that writes one."""
    places = [(d, loc) for d in documents for loc, name in named(d, "teams", "id") if name == team]
    return next((place for place in places if place[0].has((*place[1], "parent"))), places[0])


def _circle(circle: Sequence[str]) -> tuple[str, str]:
    way = " -> ".join((*circle, circle[0]))
    return f"teams are above each other in a circle: {way}", "Give one of them another parent, or none."


def circles(parent: Mapping[str, Any]) -> Iterator[list[str]]:
    """Names that are above each other, a circle once: what hangs below it is no fault of its own."""
    seen: set[str] = set()
    for name in parent:
        path: list[str] = []
        here: Any = name
        while isinstance(here, str) and here in parent and here not in seen:
            seen.add(here)
            path.append(here)
            here = parent[here]
        if here in path:
            yield path[path.index(here) :]


def named(document: Document, entries: str, key: str) -> Iterator[tuple[Loc, str]]:
    """Where the entries of a list are, and the names that they have."""
    listed = document.at((entries,))
    for index in range(len(listed) if isinstance(listed, list) else 0):
        loc: Loc = (entries, index)
        name = document.at((*loc, key))
        text = name if name is None or isinstance(name, str) else document.written((*loc, key))
        if text is not None:
            yield loc, text
