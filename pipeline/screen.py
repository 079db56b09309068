"""What a text may hold of many patterns, told in one pass by RE2 (see docs/decisions/009-re2-screens-texts.md).

RE2 reads a text once for all the letters that the patterns need, and once more for each that is left; Python's `re`
reads it once for every pattern, at each place. RE2 has no look-around, and its classes know ASCII only. So it gets each
pattern widened to what finds all that the pattern finds, and something more: what may be there is then looked for with
the pattern as it is written.
"""

import re
from collections.abc import Iterable
from functools import cached_property
from typing import Any, Final, Generic, TypeVar

import re2

_PART: Final = re.compile(
    r"(?P<look>\(\?<?[=!])|(?P<group>\()|(?P<close>\))|(?P<place>[\^$]|\\[bBAZ])"
    r"|(?P<set>\[\^?\]?(?:\\.|[^\]\\])*\])|(?P<run>(?:\{(?P<least>\d+)(?:,\d*)?\}|[*+?])(?P<lazy>\??)\+?)|\\.|.",
    re.DOTALL,
)
"""A piece of a pattern; only these kinds are not passed on as they are."""
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_WIDER: Final = {"w": r"\w\x80-\x{10FFFF}", "s": r"\x00-\x20\x80-\x{10FFFF}", "d": r"\d\x80-\x{10FFFF}"}
"""Classes of Python's that hold more than ASCII, with all that is beyond it."""
_MEMORY: Final = 1 << 20
"""Bytes that RE2 may keep for what it learned of one pattern."""

_FOLDED: Final = "[ıİſKŉǰẖẗẘẙẚﬀ-ﬆ]"
"""Letters that Python takes for ones of ASCII where case does not count, and RE2 does not."""
_ROOM: Final = 4 << 20
"""Bytes that RE2 may keep for what it learned of several patterns that it reads at once."""

Key = TypeVar("Key")


class Screen(Generic[Key]):
    """A sieve for patterns, each with a key. They have no flags but DOTALL and MULTILINE.

    It is made when it is first asked, since most processes never ask; that raises `re2.error` for a pattern that RE2
    does not know.
    """

    def __init__(self, patterns: Iterable[tuple[Key, re.Pattern[str] | str]]) -> None:
        pairs = list(patterns)
        self._keys = [key for key, _ in pairs]
        self._patterns = [pattern if isinstance(pattern, str) else pattern.pattern for _, pattern in pairs]

    @cached_property
    def _filter(self) -> Any:
        options = re2.Options()
        options.log_errors = False
        options.never_capture = True
        options.dot_nl = True
        options.max_mem = _MEMORY
        found = re2.Filter()
        for pattern in self._patterns:
            found.Add(widened(pattern), options)
        found.Compile()
        return found

    def __call__(self, text: str) -> list[Key]:
        """The keys, in order, of the patterns that may find something in a text, or in a part of it."""
        try:
            return [self._keys[number] for number in sorted(self._filter.Match(text) or ())]
        except UnicodeEncodeError:  # half a surrogate pair, which RE2 cannot read
            return list(self._keys)


class Glance:
    """Whether any of several patterns may find something in a text: one look for all of them, some microseconds.

    They may have the flags IGNORECASE and MULTILINE; one of `lines` begins where a line does. Before the text stands
    the end of a line, so that a pattern can ask for a character before what it finds. It is made when it is first
    asked; that raises `re2.error` for a pattern that RE2 does not know.
    """

    def __init__(self, *patterns: re.Pattern[str] | str, lines: Iterable[re.Pattern[str] | str] = ()) -> None:
        self._patterns = (*patterns, _FOLDED)
        self._lines = tuple(lines)

    @cached_property
    def _set(self) -> Any:
        options = re2.Options()
        options.log_errors = False
        options.never_capture = True
        options.max_mem = _ROOM
        found = re2.Set.SearchSet(options)
        either = [_flagged(pattern) for pattern in self._patterns]
        either += [f"(?m:^){_flagged(pattern, ends=True)}" for pattern in self._lines]
        found.Add("|".join(either))
        found.Compile()
        return found

    def __call__(self, text: str) -> bool:
        try:
            return bool(self._set.Match(f"\n{text}"))
        except UnicodeEncodeError:  # half a surrogate pair, which RE2 cannot read
            return True


def _flagged(pattern: re.Pattern[str] | str, *, ends: bool = False) -> str:
    flags, pattern = (0, pattern) if isinstance(pattern, str) else (pattern.flags, pattern.pattern)
    return f"(?{'i' if flags & re.IGNORECASE else ''}:{widened(pattern, ends=ends, loose=True)})"


def widened(pattern: str, *, ends: bool = False, loose: bool = False) -> str:
    """A pattern of RE2's that matches whatever this one does: without places and look-around, its classes wider.

    With `ends` the end of a line stays one; `loose` runs may be longer, which costs RE2 fewer states than counting.
    Raises `ValueError` for a set that leaves out the complement of a class: that cannot be made wider.
    """
    found: list[str] = []
    looks: list[bool] = []  # of each group that is open, whether it only looks
    for part in _PART.finditer(pattern):
        kind = part.lastgroup
        if kind in ("look", "group"):
            looks.append(kind == "look")
        if ends and part[0] == "$" and not any(looks):
            found.append("(?m:$)")
        elif kind == "run" and not any(looks):
            found.append(_run(part, loose=loose))
        elif kind != "place" and not any(looks):
            found.append(_set(part[0]) if kind == "set" else _ESCAPED.sub(_class, part[0]))
        if kind == "close":
            looks.pop()
    return "".join(found)


def _run(part: re.Match[str], *, loose: bool) -> str:
    """A run as RE2 knows it, which has no possessive ones."""
    if loose and part["least"]:
        return f"{{{part['least']},}}"
    return part[0][: part.end("lazy") - part.start()]


def _class(hit: re.Match[str]) -> str:
    return f"[{_WIDER[hit[1]]}]" if hit[1] in _WIDER else hit[0]


def _set(part: str) -> str:
    """A set with wider classes. What a set leaves out is less in RE2 than in Python already."""
    if not part.startswith("[^"):
        return _ESCAPED.sub(lambda hit: _WIDER.get(hit[1], hit[0]), part)
    if any(hit[1] in "WSD" for hit in _ESCAPED.finditer(part)):
        raise ValueError(part)
    return part
