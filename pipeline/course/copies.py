"""Texts that are nearly the same, found by MinHash (Broder, 1997: the share of equal minima estimates the overlap)."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Final

SAME: Final = 0.8
"""Overlap of the runs of words from which two texts are one pasted twice."""
WORDS: Final = 12
"""Shorter texts are alike by chance: "thanks, we are looking into it"."""
_RUN: Final = 4
_HASHES: Final = 64
_BANDS: Final = 16
_READ: Final = 2_000
_PRIME: Final = (1 << 61) - 1
_WORD: Final = re.compile(r"[^\W\d_]{1,30}")


def _coefficients() -> tuple[tuple[int, int], ...]:
    def number(name: str) -> int:
        return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=7).digest())

    return tuple((number(f"a{n}") | 1, number(f"b{n}")) for n in range(_HASHES))


_COEFFICIENTS: Final = _coefficients()


def sketch(text: str) -> tuple[int, ...]:
    """64 minima over the runs of four words; nothing for a text that is too short to compare. Numbers do not count."""
    found = _WORD.findall(text[:_READ].lower())
    if len(found) < WORDS:
        return ()
    runs = {" ".join(found[at : at + _RUN]) for at in range(len(found) - _RUN + 1)}
    hashes = [int.from_bytes(hashlib.blake2b(run.encode(), digest_size=7).digest()) for run in runs]
    return tuple(min((a * h + b) % _PRIME for h in hashes) for a, b in _COEFFICIENTS)


def alike(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return bool(one) and bool(other) and sum(a == b for a, b in zip(one, other, strict=True)) >= SAME * _HASHES


def groups(texts: Mapping[str, str]) -> list[frozenset[str]]:
    """The names of texts that are nearly the same, in a fixed order; only texts that share a band are compared."""
    sketches = {name: sketch(text) for name, text in sorted(texts.items())}
    bands: dict[tuple[int, ...], list[str]] = defaultdict(list)
    wide = _HASHES // _BANDS
    for name, minima in sketches.items():
        for band in range(_BANDS if minima else 0):
            bands[band, *minima[band * wide : (band + 1) * wide]].append(name)
    first = {name: name for name in sketches}

    def root(name: str) -> str:
        while first[name] != name:
            name = first[name]
        return name

    for names in bands.values():
        for other in names[1:]:
            one, two = sorted((root(names[0]), root(other)))
            if one != two and alike(sketches[names[0]], sketches[other]):
                first[two] = one
    found: dict[str, set[str]] = defaultdict(set)
    for name in sketches:
        found[root(name)].add(name)
    return sorted((frozenset(names) for names in found.values() if len(names) > 1), key=sorted)
