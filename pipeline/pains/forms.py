"""What an issue form asks, and what it fills in by itself, is nobody's pain.

A form is known by this alone: the same pieces of text, several at a time, in many issues of one source and leaf. No
form of any project is written down here; what recurs among the issues at hand is learnt anew in every call.
"""

import re
import unicodedata
from array import array
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from pipeline.pains.values import Candidate

RECURS = 3
"""Issues of one source and leaf from which the same piece may be a form's."""
SHARE = 0.01
"""And the part of that source's and leaf's issues."""
TOGETHER = 2
"""Recurring pieces that an issue has to hold for them to be a form: one alone may be a message that everybody sees."""
LABEL = 8
"""Words of a label at most: "Steps to reproduce:"."""
ANSWER = 4
"""Words, at most, of an answer to a label or a heading; more is somebody's own account."""
LONGEST = 12_000
"""Characters of a body that are looked at: a form may be long, and what somebody has to say stand below it."""

_ENDS = tuple(f"{end}{blank}" for end in ".!?" for blank in " \t")
"""Where a sentence ends and a piece with it. Replacing each costs a seventh of splitting by a pattern."""
_LABEL = re.compile(r"^([^:|?]{2,60}+(?:[|?]|:(?!//)))[ \t]*(.*)$", re.DOTALL)
_DIGITS = re.compile(r"[0-9]+")
_WORD = re.compile(r"[^\W\d_]{2,}")
_ROW = re.compile(r"^[^|\n]{0,60}(?:\|[^|\n]{0,60}){2,}\|?$|^[\w.-]{2,40}\|[^|\n]{0,60}$")

NOTHING = 0

Place = tuple[str, str | None]
Form = frozenset[int]
"""Hashes of pieces."""
Marks = NDArray[np.uint64]


def learnt(candidates: Iterable[Candidate]) -> Mapping[Place, Form]:
    """The pieces of the forms of each source and leaf, whatever the order of the candidates."""
    learning = Learning()
    for candidate in candidates:
        learning.add(candidate)
    return learning.forms()


class Learning:
    """The same, of candidates that come one after the other. Of a text only hashes of its pieces are kept."""

    def __init__(self) -> None:
        self._read: dict[Place, tuple[array[int], array[int]]] = {}
        """The marks of its bodies, and where each body's end."""

    def add(self, candidate: Candidate) -> None:
        marks, ends = self._read.setdefault(place_of(candidate), (array("Q"), array("Q")))
        marks.extend(_marks(candidate.body))
        ends.append(len(marks))

    def forms(self) -> Mapping[Place, Form]:
        forms = ((place, _form(np.asarray(marks), np.asarray(ends))) for place, (marks, ends) in self._read.items())
        return {place: form for place, form in forms if form}


def _form(marks: Marks, ends: Marks) -> Form:
    least = max(RECURS, SHARE * len(ends))
    often = np.flatnonzero(np.isin(marks, _recurring(marks, least)))
    body = np.searchsorted(ends, often, side="right")
    several = np.bincount(body, minlength=len(ends)) >= TOGETHER
    return frozenset(_recurring(marks[often[several[body]]], least).tolist())


def _recurring(marks: Marks, least: float) -> Marks:
    names, times = np.unique(marks, return_counts=True)
    return names[times >= least]


def place_of(candidate: Candidate) -> Place:
    return candidate.key.partition(":")[0], candidate.leaf


def without(body: str, form: Form) -> str:
    """The body without the form's pieces, the short answers to them, and rows of tables."""
    kept: list[str] = []
    asked = False
    for piece in _pieces(body):
        if _asks(piece, form):
            asked = True
            continue
        label, rest = _label(piece)
        if label and _asks(label, form):
            asked, piece = True, "" if label[-1] == "|" else rest
        if not ("|" in piece and _ROW.match(piece)) and not (asked and len(_WORD.findall(piece)) <= ANSWER):
            kept.append(piece)
            asked = False
    return "\n".join(kept)


def _asks(piece: str, form: Form) -> bool:
    return bool(form) and _hashed(piece) in form


def _marks(body: str) -> set[int]:
    found: set[int] = set()
    for piece in _pieces(body):
        label, _ = _label(piece)
        found |= {_hashed(piece), _hashed(label)} if label else {_hashed(piece)}
    return found - {NOTHING}


@lru_cache(maxsize=8192)
def _hashed(piece: str) -> int:
    """The same for pieces that say the same, `NOTHING` for one without a word. What recurs is kept: it is a form's."""
    mark = _plain(piece)
    if not _WORD.search(mark):
        return NOTHING
    return int.from_bytes(blake2b(mark.encode("utf-8", "surrogatepass"), digest_size=8).digest())


def _pieces(body: str) -> Iterator[str]:
    text = body[:LONGEST]
    for end in _ENDS:
        text = text.replace(end, f"{end[0]}\n")
    return (bare for piece in text.split("\n") if (bare := piece.strip()))


def _label(piece: str) -> tuple[str, str]:
    match = _LABEL.match(piece)
    if match is None or len(match[1].split()) > LABEL:
        return "", piece
    return match[1], match[2]


def _plain(piece: str) -> str:
    text = unicodedata.normalize("NFKC", piece).casefold()
    return _DIGITS.sub("0", " ".join(text.split())).strip(" #*_-:|?.!")
