"""What an issue form asks, and what it fills in by itself, is nobody's pain.

A form is known by this alone: the same pieces of text, several at a time, in many issues of one source and leaf. No
form of any project is written down here; what recurs among the issues at hand is learnt anew in every call.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

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

Place = tuple[str, str | None]
Form = frozenset[str]


def learnt(candidates: Iterable[Candidate]) -> Mapping[Place, Form]:
    """The pieces of the forms of each source and leaf, whatever the order of the candidates."""
    places: dict[Place, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        places[place_of(candidate)].append(candidate)
    forms = ((place, _form([_marks(one.body) for one in here])) for place, here in places.items())
    return {place: form for place, form in forms if form}


def _form(bodies: Sequence[set[str]]) -> Form:
    seen = Counter(mark for marks in bodies for mark in marks)
    least = max(RECURS, SHARE * len(bodies))
    often = {mark for mark, times in seen.items() if times >= least}
    together = Counter(mark for marks in bodies if len(found := marks & often) >= TOGETHER for mark in found)
    return frozenset(mark for mark in often if together[mark] >= least)


def place_of(candidate: Candidate) -> Place:
    return candidate.key.partition(":")[0], candidate.leaf


def without(body: str, form: Form) -> str:
    """The body without the form's pieces, the short answers to them, and rows of tables."""
    kept: list[str] = []
    asked = False
    for piece in _pieces(body):
        if _plain(piece) in form:
            asked = True
            continue
        label, rest = _label(piece)
        if label and _plain(label) in form:
            asked, piece = True, "" if label[-1] == "|" else rest
        if not ("|" in piece and _ROW.match(piece)) and not (asked and len(_WORD.findall(piece)) <= ANSWER):
            kept.append(piece)
            asked = False
    return "\n".join(kept)


def _marks(body: str) -> set[str]:
    found: set[str] = set()
    for piece in _pieces(body):
        label, _ = _label(piece)
        found |= {_plain(piece), _plain(label)} if label else {_plain(piece)}
    return {mark for mark in found if _WORD.search(mark)}


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
