"""What people's corrections teach: a small memory beside the linear model, exact and explained by its examples.

A text that is like one that a person corrected is pushed toward the side that the person named. Likeness is the cosine
of the model's own words and word pairs. What a lesson adds grows with likeness and is capped, so that many plain words
still overrule it. Which corrections become lessons is decided in the order in which people made them: one with which
a text that was judged right would be judged wrong waits for an operator.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Protocol, cast

import numpy as np

from pipeline.classify import features
from pipeline.classify.features import Block, Floats, Ints
from pipeline.classify.taught import Choice, Correction, Harm, Lesson
from pipeline.issue import SIDES, Side, Text

NEAR: Final = 0.30
"""Cosine from which a text is like another. Of the 92 pairs of our hand-labelled texts that are at least so near, 89
have the same side, of those from 0.20 to 0.30 four in five; any two texts have it in 38 of 100 cases."""
LEAST: Final = 1.2
"""Log-odds that a lesson adds at that likeness; from there it grows to"""
MOST: Final = 3.0
"""those of an equal text, which are also the most that all lessons together add to a side."""
FEW: Final = 8
"""The nearest lessons that count for a text."""
EXAMPLES: Final = Path(__file__).with_name("examples.jsonl")


@dataclass(frozen=True, slots=True)
class Near:
    """A lesson that a text is like, and how like."""

    lesson: Lesson
    cosine: float

    @property
    def adds(self) -> float:
        return LEAST + (MOST - LEAST) * (self.cosine - NEAR) / (1 - NEAR)


class Memory:
    """The lessons of one version, ready to be compared with texts."""

    def __init__(self, version: int, lessons: tuple[Lesson, ...], rarity: Floats) -> None:
        self.version = version
        self.rarity = rarity
        self.lessons = tuple(sorted(lessons, key=lambda lesson: lesson.key))
        numbers = [np.full(len(lesson.columns), n) for n, lesson in enumerate(self.lessons)]
        row = np.concatenate([np.zeros(0, dtype=np.int64), *numbers]).astype(np.int64)
        column = np.array([c for lesson in self.lessons for c in lesson.columns], dtype=np.int64)
        times = np.array([t for lesson in self.lessons for t in lesson.times], dtype=np.int64)
        block = Block(row, column, times, row, row)
        values = features.values(block, rarity, len(self.lessons)) if len(row) else np.zeros(0, dtype=np.float32)
        order = np.argsort(column, kind="stable")
        self._lesson, self._value = row[order], values[order].astype(np.float64)
        self._starts = np.searchsorted(column[order], np.arange(features.WIDTH + 1))

    def near(
        self, words: Block, values: Floats, count: int, keys: Sequence[str] = (), least: float = NEAR
    ) -> list[tuple[Near, ...]]:
        """The lessons that each of `count` texts is like, nearest first, never a text's own (`keys`)."""
        if not self.lessons:
            return [()] * count
        cosines = self._cosines(words, values, count)
        found: list[tuple[Near, ...]] = [()] * count
        for row in np.flatnonzero((cosines >= least).any(axis=1)).tolist():
            own = keys[row] if keys else None
            like = [
                Near(self.lessons[n], round(float(cosines[row, n]), 6))
                for n in np.flatnonzero(cosines[row] >= least).tolist()
                if self.lessons[n].key != own
            ]
            found[row] = tuple(sorted(like, key=lambda one: (-one.cosine, one.lesson.key))[:FEW])
        return found

    def _cosines(self, words: Block, values: Floats, count: int) -> Floats:
        begin = self._starts[words.column]
        many: Ints = self._starts[words.column + 1] - begin
        pair = np.repeat(np.arange(len(many)), many)
        at = np.arange(len(pair)) - np.repeat(np.cumsum(many) - many, many) + np.repeat(begin, many)
        cell = words.row[pair] * len(self.lessons) + self._lesson[at]
        product = values[pair].astype(np.float64) * self._value[at]
        summed = np.bincount(cell, weights=product, minlength=count * len(self.lessons))
        return np.minimum(summed, 1.0).reshape(count, len(self.lessons)).astype(np.float32)


def push(near: Sequence[Near]) -> Floats:
    """Log-odds that lessons add for (developer, customer, none)."""
    total = np.zeros(len(SIDES), dtype=np.float32)
    for one in near:
        total[SIDES.index(one.lesson.side)] += np.float32(one.adds)
    return np.minimum(total, np.float32(MOST))


def reasons(near: Sequence[Near], first: int, second: int) -> list[str]:
    """The nearest lesson for the side, and the nearest one against it, in words."""
    said = []
    for side in (SIDES[first], SIDES[second]):
        mine = [one for one in near if one.lesson.side == side]
        if mine:
            more = f" and {len(mine) - 1} more" if len(mine) > 1 else ""
            name = mine[0].lesson.name or "an issue that is not shown here"
            said.append(f"like {name}{more}, which a person called {side} (+{push(mine).max():.2f})")
    return said


# --- which corrections become lessons


class Comparer(Protocol):
    @property
    def memory(self) -> Memory: ...


class Judge(Protocol):
    """The model as the check needs it: log-odds without any lesson."""

    def odds(self, texts: Sequence[Text]) -> Floats: ...
    def taught(self, version: int, lessons: Sequence[Lesson]) -> Comparer: ...


@lru_cache(maxsize=1)
def examples() -> tuple[tuple[str, Side, Text], ...]:
    """(name, side, text) of the written examples that come with the package: the part of the check that never grows."""
    rows = [json.loads(line) for line in EXAMPLES.read_text(encoding="utf-8").splitlines() if line.strip()]
    return tuple((f"example {row['id']}", row["label"], Text(title=row["title"], body=row["body"])) for row in rows)


def lesson(correction: Correction) -> Lesson:
    """A correction's text as the memory keeps it."""
    name = correction.key if correction.shown else None
    return _lesson(correction.key, correction.side, name, correction.text)


def _lesson(key: str, side: Side, name: str | None, text: Text) -> Lesson:
    words = features.words(features.read([(text.title, text.body)]))
    return Lesson(key, side, name, tuple(words.column.tolist()), tuple(words.times.tolist()))


@lru_cache(maxsize=1)
def example_lessons() -> tuple[Lesson, ...]:
    """The written examples as lessons, to be compared with; they teach nothing that the model has not learned."""
    return tuple(_lesson(name, side, name, text) for name, side, text in examples())


def choose(
    corrections: Sequence[Correction],
    judge: Judge,
    *,
    allowed: Collection[str] = (),
    refused: Collection[str] = (),
) -> Choice:
    """Take the corrections one by one, oldest first, and leave out those with which something right becomes wrong.

    Checked are the package's examples and every earlier correction, each without its own lesson. The outcome depends
    on the set of corrections alone. `allowed` are keys that an operator let through, `refused` those taken back.
    """
    ordered = sorted(corrections, key=lambda one: (one.at, one.key))
    taught = [lesson(one) for one in ordered]
    names = [*(name for name, _, _ in examples()), *(one.key for one in ordered)]
    sides = [*(side for _, side, _ in examples()), *(one.side for one in ordered)]
    texts = [*(text for _, _, text in examples()), *(one.text for one in ordered)]
    odds = np.concatenate([_example_odds(cast(Any, judge)), judge.odds([one.text for one in ordered])])
    like = _likeness(judge, texts, names, taught)
    fixed, taken, waiting, harms = len(examples()), [], [], []
    heard: list[list[Near]] = [[] for _ in texts]
    for number, one in enumerate(taught):
        earlier = [(item, near) for item, near in like.get(one.key, ()) if item < fixed + number]
        harm = _harm(one, earlier, odds, heard, sides, names)
        if one.key in refused or (harm is not None and one.key not in allowed):
            waiting.append(one)
            harms += [harm] if harm is not None and one.key not in refused else []
            continue
        taken.append(one)
        for item, near in like.get(one.key, ()):
            heard[item].append(near)
    before = sum(SIDES[int(np.argmax(odds[i]))] == side for i, side in enumerate(sides))
    after = sum(_judged(odds[i], heard[i]) == side for i, side in enumerate(sides))
    wrong = sum(SIDES[int(np.argmax(odds[i]))] != sides[i] for i in range(fixed, len(sides)))
    return Choice(tuple(taken), tuple(waiting), tuple(harms), wrong, len(sides), before, after)


@lru_cache(maxsize=1)
def _example_odds(judge: Any) -> Floats:
    odds: Floats = judge.odds([text for _, _, text in examples()])
    return odds


def _likeness(
    judge: Judge, texts: Sequence[Text], names: Sequence[str], taught: Sequence[Lesson]
) -> Mapping[str, list[tuple[int, Near]]]:
    """For each lesson the texts that it would push, by number."""
    memory = judge.taught(0, taught).memory
    found: dict[str, list[tuple[int, Near]]] = {}
    for start in range(0, len(texts), 64):
        batch = texts[start : start + 64]
        words = features.words(features.read([(text.title, text.body) for text in batch]))
        values = features.values(words, memory.rarity, len(batch))
        for row, near in enumerate(memory.near(words, values, len(batch), names[start : start + 64])):
            for one in near:
                found.setdefault(one.lesson.key, []).append((start + row, one))
    return found


def _harm(
    lesson: Lesson,
    like: Sequence[tuple[int, Near]],
    odds: Floats,
    heard: Sequence[Sequence[Near]],
    sides: Sequence[str],
    names: Sequence[str],
) -> Harm | None:
    for item, near in like:
        before = _judged(odds[item], heard[item])
        after = _judged(odds[item], [*heard[item], near])
        if before == sides[item] != after:
            return Harm(lesson.key, names[item], sides[item], after)
    return None


def _judged(odds: Floats, heard: Sequence[Near]) -> Side:
    nearest = sorted(heard, key=lambda one: (-one.cosine, one.lesson.key))[:FEW]
    return SIDES[int(np.argmax(odds + push(nearest)))]
