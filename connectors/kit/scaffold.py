"""Writes the four files of a new connector. As written they pass the kit, so that every change can be tested."""

import re
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

FILES = {
    "connector.py.txt": "{module}.py",
    "dialect.py.txt": "{module}_dialect.py",
    "test.py.txt": "test_{module}.py",
    "page.md.txt": "{module}.md",
}


class Refused(ValueError):
    """A name that cannot be used, or files that are there already."""


def write(name: str, into: Path) -> list[Path]:
    """The files of a connector for the kind `name`. Raises `Refused`, then nothing was written."""
    if not re.fullmatch(r"[a-z][a-z0-9-]{1,40}", name):
        raise Refused(f"{name!r} cannot be a kind: use small letters, digits and dashes, as acme-desk")
    made = {into / target.format(module=module_of(name)): _filled(source, name) for source, target in FILES.items()}
    there = [str(path) for path in made if path.exists()]
    if there:
        raise Refused(f"{', '.join(there)} already there; remove it first, or choose another name")
    taken = find_spec(module_of(name))
    if taken is not None and taken.origin is not None:  # without an origin it is a folder that only looks like one
        raise Refused(
            f"{name!r} is a module already, and {module_of(name)}.py would hide it: use a name like {name}-desk"
        )
    into.mkdir(parents=True, exist_ok=True)
    for path, text in made.items():
        path.write_text(text, encoding="utf-8")
    return list(made)


def module_of(name: str) -> str:
    return name.replace("-", "_")


def class_of(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("-"))


def _filled(source: str, name: str) -> str:
    text = (files("connectors.kit") / "templates" / source).read_text(encoding="utf-8")
    words = {"kind": name, "module": module_of(name), "Class": class_of(name), "Title": name.replace("-", " ").title()}
    for key, value in words.items():
        text = text.replace(f"@{key}@", value)
    return text
