"""What a text may hold of many patterns, told in one pass by RE2 (see docs/decisions/009-re2-screens-texts.md).

RE2 reads a text once for all the letters that the patterns need, and once more for each that is left; Python's `re`
reads it once for every pattern, at each place. RE2 has no look-around, and its classes know ASCII only. So it gets each
pattern widened to what finds all that the pattern finds, and something more: what may be there is then looked for with
the pattern as it is written.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache, cached_property
from typing import Any, Final, Generic, TypeVar

import re2

_PART: Final = re.compile(
    r"(?P<look>\(\?<?[=!])|(?P<group>\()|(?P<close>\))|(?P<place>[\^$]|\\[bBAZ])"
    r"|(?P<set>\[\^?\]?(?:\\.|[^\]\\])*\])|(?P<run>(?:\{(?P<least>\d+)(?:,\d*)?\}|[*+?])(?P<lazy>\??)\+?)|\\.|.",
    re.DOTALL,
)
"""A piece of a pattern; only these kinds are not passed on as they are."""
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_WIDER: Final = {"w": r"\w\x80-\x{10FFFF}", "s": r"\x00-\x20\x80-\x{10FFFF}", "d": r"\p{Nd}"}
"""Classes of Python's that hold more than ASCII: with all that is beyond it, or with what is a digit in any script."""
_EDGES: Final = (r"\b",)
_MEMORY: Final = 1 << 20
"""Bytes that RE2 may keep for what it learned of one pattern."""

_FOLDED: Final = "[ıİſ\u212aŉǰẖẗẘẙẚﬀ-ﬆ]"
"""Letters that Python takes for ones of ASCII where case does not count, and RE2 does not."""
_ROOM: Final = 8 << 20
"""Bytes that RE2 may keep for what it learned of several patterns that it reads at once."""

Key = TypeVar("Key")


class Screen(Generic[Key]):
    """A sieve for patterns, each with a key. They have no flags but DOTALL and MULTILINE.

    It is made when it is first asked, since most processes never ask; that raises `re2.error` for a pattern that RE2
    does not know. With `edges` a second sieve, for ASCII texts alone, keeps the ends of words: fewer are left to try.
    """

    def __init__(self, patterns: Iterable[tuple[Key, re.Pattern[str] | str]], *, edges: bool = False) -> None:
        pairs = list(patterns)
        self._keys = [key for key, _ in pairs]
        self._patterns = [pattern if isinstance(pattern, str) else pattern.pattern for _, pattern in pairs]
        self._edges = edges

    @cached_property
    def _filter(self) -> Any:
        return _sieve(map(widened, self._patterns))

    @cached_property
    def _with_edges(self) -> Any:
        return _sieve(widened(pattern, kept=_EDGES) for pattern in self._patterns)

    def __call__(self, text: str) -> list[Key]:
        """The keys, in order, of the patterns that may find something in a text, or in a part of it.

        With `edges` the part has to begin and end where a word does not go on.
        """
        sieve = self._with_edges if self._edges and text.isascii() else self._filter
        try:
            return [self._keys[number] for number in sorted(sieve.Match(text) or ())]
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

    @property
    def widened(self) -> str:
        """All of them as one pattern of RE2's."""
        either = [_flagged(pattern) for pattern in self._patterns]
        either += [f"(?m:^){_flagged(pattern, ends=True)}" for pattern in self._lines]
        return "|".join(either)

    @cached_property
    def _set(self) -> Any:
        return _together([self.widened])

    def __call__(self, text: str) -> bool:
        try:
            return bool(self._set.Match(f"\n{text}"))
        except UnicodeEncodeError:  # half a surrogate pair, which RE2 cannot read
            return True


class Glances(Generic[Key]):
    """The keys, in no order, of those of several glances that may find something: one look for all of them."""

    def __init__(self, glances: Mapping[Key, Glance]) -> None:
        self._keys = tuple(glances)
        self._glances = tuple(glances.values())

    @cached_property
    def _set(self) -> Any:
        return _together(glance.widened for glance in self._glances)

    def __call__(self, text: str) -> Collection[Key]:
        try:
            return [self._keys[number] for number in self._set.Match(f"\n{text}") or ()]
        except UnicodeEncodeError:  # half a surrogate pair, which RE2 cannot read
            return self._keys


def _together(patterns: Iterable[str]) -> Any:
    options = re2.Options()
    options.log_errors = False
    options.never_capture = True
    options.max_mem = _ROOM
    found = re2.Set.SearchSet(options)
    for pattern in patterns:
        found.Add(pattern)
    found.Compile()
    return found


def _flagged(pattern: re.Pattern[str] | str, *, ends: bool = False) -> str:
    flags, pattern = (0, pattern) if isinstance(pattern, str) else (pattern.flags, pattern.pattern)
    return f"(?{'i' if flags & re.IGNORECASE else ''}:{widened(pattern, ends=ends, loose=True)})"


def _options() -> Any:
    options = re2.Options()
    options.log_errors = False
    options.never_capture = True
    options.dot_nl = True
    options.max_mem = _MEMORY
    return options


def _sieve(patterns: Iterable[str]) -> Any:
    found, options = re2.Filter(), _options()
    for pattern in patterns:
        found.Add(pattern, options)
    found.Compile()
    return found


def start(pattern: re.Pattern[str], text: str, at: int = 0) -> int:
    """A place from `at` on before which no match of a pattern begins; one past the end where there is none at all.

    Python's `re` need not look before it.
    """
    plain = text.isascii()
    if not plain and pattern.flags & re.IGNORECASE and not pattern.pattern.isascii():
        return at  # what is the other case of such a letter is not the same to both
    try:
        hit = (_located if plain else _somewhere)(pattern.pattern, pattern.flags).search(text.encode(), at)
    except UnicodeEncodeError:  # half a surrogate pair, which RE2 cannot read
        return at
    if hit is None:
        return len(text) + 1
    return int(hit.start()) if plain else at  # elsewhere places are known in bytes alone


def search(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """What `pattern.search(text)` finds, sooner."""
    at = start(pattern, text)
    return pattern.search(text, at) if at <= len(text) else None


def matches(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """What `pattern.finditer(text)` finds, sooner. The pattern matches nothing empty."""
    at = start(pattern, text)
    if not text.isascii():
        yield from pattern.finditer(text) if at <= len(text) else ()
        return
    while at <= len(text):
        hit = pattern.match(text, at)
        if hit is not None:
            yield hit
        at = start(pattern, text, hit.end() if hit is not None else at + 1)


def sub(pattern: re.Pattern[str], by: str, text: str) -> str:
    """A text with the same words in place of each of `matches`."""
    kept, done = list[str](), 0
    for hit in matches(pattern, text):
        kept += [text[done : hit.start()], by]
        done = hit.end()
    return "".join([*kept, text[done:]])


@cache
def _located(pattern: str, flags: int) -> Any:
    """Kept by what is cheap to look up: the hash of a compiled pattern is worked out anew each time."""
    flagged = f"{'(?m)' if flags & re.MULTILINE else ''}{'(?i)' if flags & re.IGNORECASE else ''}"
    return re2.compile(flagged + widened(pattern, kept=(*_EDGES, "^")), _options())


@cache
def _somewhere(pattern: str, flags: int) -> Any:
    cased = not flags & re.IGNORECASE
    return re2.compile(widened(pattern) if cased else f"(?i){widened(pattern)}|{_FOLDED}", _options())


def widened(pattern: str, *, ends: bool = False, loose: bool = False, kept: Collection[str] = ()) -> str:
    """A pattern of RE2's that matches whatever this one does: without places and look-around, its classes wider.

    With `ends` the end of a line stays one; with places that are `kept` (ends of words, the beginning) it is true of
    ASCII texts alone. `loose` runs may be longer, which costs RE2 fewer states than counting. Raises `ValueError` for a
    set that leaves out the complement of a class: that cannot be made wider.
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
        elif (kind != "place" or part[0] in kept) and not any(looks):
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
