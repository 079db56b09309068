"""How alike issues are, in millionths: two texts, or a text and what pains remember.

Likeness is what two vectors share, less where it comes from a single feature. The rest is for "would one fix relieve
both?": where people name things exactly (`exact`), titles that name different things lower it, and so does what two
titles share when most of the longer one is something else ("Enabling security breaks the shell", "... the jobs page").
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

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
OTHER_CODE = 0.12
"""What likeness counts between titles that both name code, and none of the same."""
OTHER_SYSTEM = 0.12
STRICT = 0.33
"""What likeness counts where people name things exactly: there, unrelated texts share more words."""
BODIES = 0.4
"""What the part of likeness that no title shares counts there: logs, forms and steps make strangers' bodies alike."""
HEADS = (0.3, 0.7, 0.15)
"""Part of the longer title's weight that both share: up to the first what titles share counts the third, from the
second on all; where exact names decide."""
BARE_HEADS = (0.2, 0.6, 0.2)
"""The same where one of the two is hardly more than a title, in plain words."""
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
        self._held: dict[int, tuple[NDArray[np.int64], Whole, Whole]] = {}
        held: dict[int, tuple[list[int], list[int], list[bool]]] = {}
        for n, text in enumerate(texts):
            for name, weight in text.unit.items():
                _put(held, name, n, weight, in_head=name in text.head)
        for n, one in enumerate(remembered, len(texts)):
            head = set(one.sketch.head)
            for key, weight in one.sketch.unit.items():
                _put(held, int(key, 16), n, weight, in_head=key in head)
        for name, (places, weights, heads) in held.items():
            if len(places) > 1:
                self._held[name] = (np.array(places), np.array(weights, np.float64), np.array(heads, np.float64))
        sketches = [one.sketch for one in remembered]
        self._customers = np.array(
            [*(t.candidate.side == "customer" for t in texts), *(o.side == "customer" for o in remembered)]
        )
        self._heading = np.array(
            [*(sum(t.heading.values()) for t in texts), *(sum(s.heading.values()) for s in sketches)], np.float64
        )
        self._strict = np.array([*(t.strict for t in texts), *(s.strict for s in sketches)])
        self._bare = np.array([*(t.bare for t in texts), *(s.bare for s in sketches)], np.bool_)
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
        share, top, head, both = (np.zeros(self.size) for _ in range(4))
        for name, weight in text.unit.items():
            if name not in self._held:
                continue
            places, weights, heads = self._held[name]
            part = weight * weights
            share[places] += part
            top[places] = np.maximum(top[places], part)
            if name in text.head:
                head[places] += part * heads
                if name in text.heading:
                    both[places] += text.heading[name] * heads
        with np.errstate(divide="ignore", invalid="ignore"):
            of_heads = np.where(share > 0, head / share, 0.0)
            cover = both / np.maximum(self._heading, max(sum(text.heading.values()), 1))
        plain = (share - (1 - LONE) * top) / (UNIT * UNIT)
        plain = np.where(self._customers == (text.candidate.side == "customer"), plain, plain * OTHER_SIDE)
        plain = plain * self._leaves.factors(text)
        plain = np.minimum(plain, 1.0)
        if plainly:
            words: Whole = np.rint(ONE * plain)
            words[n] = 0.0
            return words
        plain = plain * self._codes.factors(n, OTHER_CODE) * self._systems.factors(n, OTHER_SYSTEM)
        exact = STRICT * plain * (_tempered(of_heads, cover, HEADS) - (1 - BODIES) * (1 - of_heads))
        loose = plain * np.where(self._bare | text.bare, _tempered(of_heads, cover, BARE_HEADS), 1.0)
        strict = (self._strict + text.strict) / 2
        whole: Whole = np.rint(ONE * (strict * exact + (1 - strict) * loose))
        if text.tie >= 0:
            whole[self._tie == text.tie] = ONE
        whole[n] = 0.0
        return whole


def _put(
    held: dict[int, tuple[list[int], list[int], list[bool]]], name: int, place: int, weight: int, *, in_head: bool
) -> None:
    places, weights, heads = held.setdefault(name, ([], [], []))
    places.append(place)
    weights.append(weight)
    heads.append(in_head)


def _tempered(of_heads: Whole, cover: Whole, bounds: tuple[float, float, float]) -> Whole:
    """What is left of likeness when the part of it that the titles share is lowered where they share little."""
    low, high, least = bounds
    kept = np.clip((cover - low) / (high - low), least, 1.0)
    left: Whole = 1.0 - of_heads * (1.0 - kept)
    return left


class _Named:
    """Who names what: two that both name something, and nothing in common, are told apart."""

    def __init__(self, names: Sequence[tuple[str, ...]]) -> None:
        self._names = names
        self._any = np.array([bool(one) for one in names], np.bool_)
        self._who: dict[str, list[int]] = {}
        for n, several in enumerate(names):
            for name in several:
                self._who.setdefault(name, []).append(n)

    def factors(self, n: int, apart: float) -> Whole | float:
        if not self._names[n]:
            return 1.0
        found = np.where(self._any, apart, 1.0)
        for name in self._names[n]:
            found[self._who[name]] = 1.0
        return found


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
