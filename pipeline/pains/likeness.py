"""How alike issues are, in millionths: two texts, or a text and what pains remember.

Likeness is what two vectors share. The rest is for "would one fix relieve both?". Where a text is strict (`text`), that
counts only if the titles say the same: "Enabling security breaks the shell" and "... breaks the jobs page" have a frame
in common and a trouble each. Elsewhere people tell of a trouble in many words, so titles may differ, but likeness has
to come from more than one word. Titles that name different things exactly are apart everywhere.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from pipeline.pains.text import UNIT, Text, hashed
from pipeline.pains.values import Sketch

Whole = NDArray[np.float64]
"""Floats that hold whole numbers: their sums are the same in any order."""
ONE = 1_000_000
"""Likeness 1."""
OTHER_SIDE = 0.6
"""What likeness counts between a developer's issue and a customer's: only what is strong unites them."""
OTHER_LEAF = 0.85
SAME_LEAF = 1.3
LONE = 0.4
"""What the one strongest shared feature counts: likeness has to come from more than a single word."""
OTHER_NAME = 0.12
"""What likeness counts between titles of which each names code, or a system, that the other does not."""
FAINT = 20_000
"""Likeness below this counts as none."""


@dataclass(frozen=True, slots=True)
class Row:
    """Whom a text is like: the places, ascending, and how much, in millionths."""

    places: NDArray[np.int64]
    likeness: Whole


@dataclass(frozen=True, slots=True)
class Remembered:
    """One sketch of a pain, with the pain's side, leaf and its share among the pain's issues."""

    sketch: Sketch
    side: str
    leaves: dict[str, float]


class Shelf:
    """Texts and sketches to compare with. Texts come first, in the order given."""

    def __init__(self, texts: Sequence[Text], remembered: Sequence[Remembered] = ()) -> None:
        self.texts = texts
        self.size = len(texts) + len(remembered)
        self._held = _held([*(text.unit for text in texts), *(one.sketch.unit.whole() for one in remembered)])
        sketches = [one.sketch for one in remembered]
        self._customers = np.array(
            [*(t.candidate.side == "customer" for t in texts), *(o.side == "customer" for o in remembered)]
        )
        self._says: dict[str, list[int]] = {}
        for n, says in enumerate([*(t.says for t in texts), *(s.says for s in sketches)]):
            self._says.setdefault(says, []).append(n)
        self._strict = np.array([*(t.strict for t in texts), *(s.strict for s in sketches)])
        self._tie = np.array([*(t.tie for t in texts), *(-1 for _ in sketches)])
        self._codes = _Named([*(tuple(map(hashed, sorted(t.codes))) for t in texts), *(s.codes for s in sketches)])
        self._systems = _Named([*(tuple(sorted(t.systems)) for t in texts), *(s.systems for s in sketches)])
        self._leaves = _Leaves(texts, remembered)

    def rows(self, *, plainly: bool = False) -> Iterator[Row]:
        """One for each text: whom of the others, and of what is remembered, it is like; `plainly` by words alone."""
        for n, text in enumerate(self.texts):
            whole = self._row(n, text, plainly=plainly)
            places = np.flatnonzero(whole >= FAINT)
            yield Row(places, whole[places])

    def _row(self, n: int, text: Text, *, plainly: bool) -> Whole:
        share, top = self._shared(text)
        factor = np.where(self._customers == (text.candidate.side == "customer"), 1.0, OTHER_SIDE)
        factor = factor * self._leaves.factors(text)
        loose = np.minimum(factor * (share - (1 - LONE) * top) / (UNIT * UNIT), 1.0)
        if plainly:
            words: Whole = np.rint(ONE * loose)
            words[n] = 0.0
            return words
        same = np.zeros(self.size)
        same[self._says[text.says] if text.says else []] = 1.0
        exact = np.minimum(factor * share / (UNIT * UNIT), 1.0) * same
        strict = (self._strict + text.strict) / 2
        apart = self._codes.factors(n) * self._systems.factors(n)
        whole: Whole = np.rint(ONE * apart * (strict * exact + (1 - strict) * loose))
        if text.tie >= 0:
            whole[self._tie == text.tie] = ONE
        whole[n] = 0.0
        return whole

    def _shared(self, text: Text) -> tuple[Whole, Whole]:
        """What everybody's vector shares with a text's, and how much of it is the strongest feature's."""
        mine = [(weight, *self._held[name]) for name, weight in text.unit.items() if name in self._held]
        top = np.zeros(self.size)
        if not mine:
            return top, top
        places = np.concatenate([places for _, places, _ in mine])
        parts = np.concatenate([weight * weights for weight, _, weights in mine])
        np.maximum.at(top, places, parts)
        return np.bincount(places, parts, self.size).astype(np.float64, copy=False), top


def _held(vectors: Sequence[Mapping[int, int]]) -> dict[int, tuple[NDArray[np.int64], Whole]]:
    """Of each feature that several have, the places of who has it, ascending, and its weights."""
    names = np.fromiter(chain.from_iterable(vectors), np.int64)
    weights = np.fromiter(chain.from_iterable(one.values() for one in vectors), np.float64)
    places = np.repeat(np.arange(len(vectors)), np.fromiter(map(len, vectors), np.int64))
    order = np.argsort(names, kind="stable")
    found, starts, counts = np.unique(names[order], return_index=True, return_counts=True)
    several = zip(found[counts > 1].tolist(), starts[counts > 1].tolist(), counts[counts > 1].tolist(), strict=True)
    places, weights = places[order], weights[order]
    return {name: (places[n : n + many], weights[n : n + many]) for name, n, many in several}


class _Named:
    """Who names what: two of which each names something that the other does not are told apart."""

    def __init__(self, names: Sequence[tuple[str, ...]]) -> None:
        self._names = names
        self._count = np.array([len(one) for one in names], np.int64)
        self._who: dict[str, list[int]] = {}
        for n, several in enumerate(names):
            for name in several:
                self._who.setdefault(name, []).append(n)

    def factors(self, n: int) -> Whole | float:
        mine = self._names[n]
        if not mine:
            return 1.0
        shared = np.zeros(len(self._names), np.int64)
        for name in mine:
            shared[self._who[name]] += 1
        return np.where((shared < len(mine)) & (shared < self._count), OTHER_NAME, 1.0)


class _Leaves:
    def __init__(self, texts: Sequence[Text], remembered: Sequence[Remembered]) -> None:
        self._texts = len(texts)
        self._numbers = {leaf: n for n, leaf in enumerate(sorted({t.candidate.leaf or "" for t in texts}))}
        self._of_text = np.array([self._numbers[t.candidate.leaf] if t.candidate.leaf else -1 for t in texts])
        self._none = np.array([not one.leaves for one in remembered], np.bool_)
        self._share: dict[str, dict[int, float]] = {}
        for n, one in enumerate(remembered):
            for leaf, share in one.leaves.items():
                self._share.setdefault(leaf, {})[n] = share

    def factors(self, text: Text) -> Whole | float:
        leaf = text.candidate.leaf
        if not leaf:
            return 1.0
        among = np.where(self._of_text == self._numbers[leaf], text.near, np.where(self._of_text < 0, 1.0, OTHER_LEAF))
        of_pains = np.where(self._none, 1.0, OTHER_LEAF)
        for n, share in self._share.get(leaf, {}).items():
            of_pains[n] = OTHER_LEAF + (text.near - OTHER_LEAF) * share
        found: Whole = np.concatenate([among, of_pains])
        return found
