"""JSON as command-line tools save it: several values after each other, each item with its line."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from config.charts.chart import File
from config.document import Problem

_BLANK: Final = re.compile(r"[\s,\ufeff]*")
_RESOURCES: Final = re.compile(r'"Resources"\s*:\s*(?=\[)')
_DECODER: Final = json.JSONDecoder()


def json_values(file: File, problems: list[Problem]) -> Iterator[tuple[int, Any]]:
    """Each object of the file with its line: the items of lists and of `Resources`, and objects that stand alone."""
    lines = _Lines(file.text)
    at = _BLANK.match(file.text, 0).end()  # type: ignore[union-attr]  # it matches nothing, too
    if at == len(file.text):
        problems.append(file.problem(0, "", "is empty", "Was the export written?"))
    while at < len(file.text):
        try:
            value, end = _DECODER.raw_decode(file.text, at)
        except (ValueError, RecursionError) as error:
            where = getattr(error, "pos", at)
            said = getattr(error, "msg", "nested too deeply").lower()
            problems.append(file.problem(lines.of(where), "", f"is not JSON here: {said}", "Was the export cut off?"))
            return
        inside = None
        if isinstance(value, list):
            inside = at
        elif isinstance(value, dict) and isinstance(value.get("Resources"), list):
            inside = _resources(file.text, at, end, value["Resources"])
        if inside is None:
            resources = value.get("Resources") if isinstance(value, dict) else None
            for item in resources if isinstance(resources, list) else [value]:
                yield lines.of(at), item
        else:
            yield from _items(file.text, inside, lines)
        at = _BLANK.match(file.text, end).end()  # type: ignore[union-attr]


def _resources(text: str, at: int, end: int, value: list[Any]) -> int | None:
    """Where the list of `Resources` begins: the name may also stand inside of something else."""
    for found in _RESOURCES.finditer(text, at, end):
        try:
            if _DECODER.raw_decode(text, found.end())[0] == value:
                return found.end()
        except ValueError:
            continue
    return None


def _items(text: str, at: int, lines: "_Lines") -> Iterator[tuple[int, Any]]:
    """The items of a list that was decoded before."""
    at = _BLANK.match(text, at + 1).end()  # type: ignore[union-attr]
    while text[at : at + 1] not in ("]", ""):
        value, end = _DECODER.raw_decode(text, at)
        yield lines.of(at), value
        at = _BLANK.match(text, end).end()  # type: ignore[union-attr]


class _Lines:
    """Offsets to line numbers; asked in rising order it reads the text once."""

    def __init__(self, text: str) -> None:
        self._text, self._at, self._line = text, 0, 1

    def of(self, at: int) -> int:
        if at < self._at:
            self._at, self._line = 0, 1
        self._line += self._text.count("\n", self._at, at)
        self._at = at
        return self._line
