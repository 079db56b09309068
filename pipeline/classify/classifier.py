"""A text becomes a verdict: whose pain, what kind, how bad, which signals, and the words that decided.

A word is named with what goes when it is taken out of the text, and not with its weights alone: the values of a text
have length 1, so the others gain when one leaves. Author names are never looked at.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import combinations
from pathlib import Path
from typing import Final, Protocol, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from pipeline.classify import artefact, features, language, lessons, rules, shapes, signals
from pipeline.classify.artefact import KINDS, Model, Table
from pipeline.classify.features import Block, Floats, Ints, Read
from pipeline.classify.lessons import Memory, Near
from pipeline.classify.taught import Lesson, load
from pipeline.classify.tokens import Tokens
from pipeline.issue import SIDES, Kind, Side, Signal, Text, Verdict

BATCH: Final = 64
"""Texts that are computed together: enough to be fast, few enough to stay in the processor's cache."""
SHOWN: Final = 4
"""Words that a verdict names for its side; one against it follows."""
LEAST: Final = 0.02
"""Log-odds that a word must move to be named for a side, and"""
AGAINST: Final = 0.05
"""to be named against it."""
LOOKED_AT: Final = 16
"""Of the words that moved most, so many are looked at for being prose."""
RECALLED: Final = 4
"""Versions of lessons that are kept ready."""
FIELDS: Final = 2
"""Fields around a text that a verdict names."""
LEADS: Final = tuple(combinations(range(len(SIDES)), 2))
"""The leads of one side over another that are computed; the others are their opposites."""
LONGEST: Final = 40
"""Letters of a word that is worth naming."""


class Classifier:
    """Decides the verdicts of texts. Holds nothing but the model; the same text always gets the same verdict."""

    batch = BATCH

    def __init__(self, model: Model) -> None:
        self.model = model
        self.tokens = Tokens(model.tokens)
        self.told = Told(model, self.tokens)
        self._recalled: dict[tuple[int, bytes], Taught] = {}

    @classmethod
    def load(cls, path: Path | None = None) -> Self:
        """With the model of a file, the packaged one by default. Raises `ModelError` where it cannot be read."""
        return cls(artefact.load(path or artefact.PATH))

    @property
    def name(self) -> str:
        """The model, as verdicts name it where no lesson was learned."""
        return self.model.name

    def classify(self, texts: Sequence[Text]) -> list[Verdict]:
        """One verdict for each text, in order."""
        return self._all(texts, (), None)

    def taught(self, version: int, lessons: Sequence[Lesson]) -> "Taught":
        """This classifier with what people taught it."""
        return Taught(self, Memory(version, tuple(lessons), self.model.word_rarity))

    def recall(self, version: int, content: bytes) -> "Taught":
        """This classifier with the stored lessons of a version; the last few are kept ready."""
        found = self._recalled.get((version, content))
        if found is None:
            if len(self._recalled) >= RECALLED:
                self._recalled.clear()
            found = self._recalled[version, content] = self.taught(version, load(content))
        return found

    def odds(self, texts: Sequence[Text]) -> Floats:
        """Log-odds of (developer, customer, none), one row a text, with the fields around it and without lessons."""
        rows = [np.zeros((0, len(SIDES)), dtype=np.float32)]
        for start in range(0, len(texts), self.batch):
            batch = texts[start : start + self.batch]
            looked = self._look(batch)
            rows.append(self._settled(looked, [rules.prior(rules.fields(text)) for text in batch]))
        return np.concatenate(rows)

    def _look(self, texts: Sequence[Text]) -> "Looked":
        return Seen(texts, self.model, self.tokens, self.told)

    def _settled(self, looked: "Looked", added: Sequence[Floats]) -> Floats:
        """The log-odds of the sides, with what the fields around each text add."""
        scaled = looked.odds() / np.float32(self.model.temperature)
        settled: Floats = scaled + np.stack(added)
        for at, foreign in enumerate(looked.foreign):
            if foreign:
                settled[at] = rules.unread(added[at])
        return settled

    def _all(self, texts: Sequence[Text], keys: Sequence[str], memory: Memory | None) -> list[Verdict]:
        verdicts: list[Verdict] = []
        for start in range(0, len(texts), self.batch):
            end = start + self.batch
            verdicts += self._batch(texts[start:end], keys[start:end], memory)
        return verdicts

    def _batch(self, texts: Sequence[Text], keys: Sequence[str], memory: Memory | None) -> list[Verdict]:
        looked = self._look(texts)
        around = [rules.fields(text, found) for text, found in zip(texts, looked.found, strict=True)]
        settled = self._settled(looked, [rules.prior(fields) for fields in around])
        near: list[tuple[Near, ...]] = [()] * len(texts)
        if memory:
            near = memory.near(*looked.words(), len(texts), keys)
            settled += np.stack([lessons.push(some) for some in near])
        chances = softmax(settled)
        order = np.argsort(-chances, axis=1, kind="stable").tolist()
        kinds = looked.kinds()
        name = f"{self.name}+{memory.version}" if memory else self.name
        verdicts = []
        for i, (text, (first, second, _), sure) in enumerate(zip(texts, order, chances.tolist(), strict=True)):
            verdicts.append(self._verdict(text, looked, i, (first, second), sure, kinds[i], around[i], near[i], name))
        return verdicts

    def _verdict(
        self,
        text: Text,
        looked: "Looked",
        at: int,
        likeliest: tuple[int, int],
        chances: Sequence[float],
        kinds: Floats,
        around: Sequence[rules.Field],
        near: tuple[Near, ...],
        name: str,
    ) -> Verdict:
        first, second = likeliest
        found, foreign = looked.found[at], looked.foreign[at]
        side = SIDES[first]
        confidence = round(chances[first], 4)
        severity, gravity = looked.severity(at, side)
        if foreign and severity == 1:
            gravity = rules.UNKNOWN
        words = (
            [rules.NOT_ENGLISH.format(language=foreign), rules.HALF]
            if foreign
            else looked.reasons(at, first, second, 1 / self.model.temperature)
        )
        half = rules.UNREAD if foreign else 1.0
        fields = [_said(what, weight * half, first, second) for what, weight in rules.moved_by(around, first, second)]
        taught = lessons.reasons(near, first, second) if near else []
        because = [*words, *fields[:FIELDS], *taught, gravity, f"next likely: {SIDES[second]} {chances[second]:.2f}"]
        return Verdict(
            side=side,
            confidence=confidence,
            abstained=foreign is not None or confidence < self.model.threshold,
            kind=_kind(text, found, kinds, side, confidence),
            severity=severity,
            signals=found,
            because=tuple(because),
            model=name,
            known=looked.known(at),
        )


class Taught:
    """A classifier with the lessons of one version. Cheap to make; the memory is read once."""

    def __init__(self, classifier: Classifier, memory: Memory) -> None:
        self.classifier = classifier
        self.memory = memory

    @property
    def name(self) -> str:
        return f"{self.classifier.name}+{self.memory.version}"

    def classify(self, texts: Sequence[Text], keys: Sequence[str] = ()) -> list[Verdict]:
        """One verdict for each text. `keys` are the issues' own names, so that nobody is taught by their own lesson."""
        return self.classifier._all(texts, keys, self.memory)

    def touches(self, texts: Sequence[Text], keys: Sequence[str] = ()) -> list[bool]:
        """Whether a text is like any of the lessons: only then can they change its verdict. Far cheaper than one."""
        if not self.memory.lessons:
            return [False] * len(texts)
        touched: list[bool] = []
        for start in range(0, len(texts), BATCH):
            batch = [(text.title, text.body) for text in texts[start : start + BATCH]]
            words = features.words(features.read(batch))
            values = features.values(words, self.classifier.model.word_rarity, len(batch))
            near = self.memory.near(words, values, len(batch), keys[start : start + BATCH])
            touched += [bool(found) for found in near]
        return touched


def _kind(text: Text, found: tuple[Signal, ...], kinds: Floats, side: Side, confidence: float) -> Kind:
    if rules.other(side, confidence, found, text.title, text.body):
        return "other"
    leaned = kinds + rules.kind_lean(found, text.title, text.body, text.source_kind)
    return KINDS[int(np.argmax(leaned))]


class Told:
    """What a word adds by the meaning of its pieces, looked up once: for each of the three sides, and its weight."""

    def __init__(self, model: Model, tokens: Tokens) -> None:
        self._tokens = tokens
        self._scores = model.token_scores * model.token_weights[:, None]
        self._weights = model.token_weights
        self._known: dict[str, tuple[float, float, float, float]] = {}

    def __call__(self, word: str) -> tuple[float, float, float, float]:
        found = self._known.get(word)
        if found is None:
            if len(self._known) > 100_000:
                self._known.clear()
            ids = [number for _, numbers in self._tokens.of(word) for number in numbers]
            sides = self._scores[ids].sum(axis=0).tolist() if ids else (0.0, 0.0, 0.0)
            found = self._known[word] = (*sides, float(self._weights[ids].sum()) if ids else 0.0)
        return found


class Looked(Protocol):
    """A batch of texts as a mode sees it."""

    found: list[tuple[Signal, ...]]
    foreign: list[str | None]
    """The language of each text that is plainly not in English."""

    def odds(self) -> Floats:
        """Log-odds of the sides, one row a text, before anything around the text is looked at."""

    def kinds(self) -> Floats:
        """Log-odds of bug, request and question, one row a text."""

    def severity(self, at: int, side: Side) -> tuple[int, str]:
        """1 annoys, 2 slows, 4 blocks, 8 harms, and the reason in words."""

    def reasons(self, at: int, first: int, second: int, scale: float) -> list[str]:
        """What moved the decision between the two likeliest sides most."""

    def known(self, at: int) -> float:
        """Share of a text's words that the model has a meaning of as a whole; 1 where there is no word."""

    def words(self) -> tuple[Block, Floats]:
        """The hashed words of the batch and their values, which lessons are compared by."""


class Seen:
    """A batch as the full mode sees it: everything."""

    def __init__(self, of: Sequence[Text], model: Model, tokens: Tokens, told: Told) -> None:
        self.model = model
        self.told = told
        self.texts = of
        texts = [(text.title, text.body) for text in of]
        self.found = [signals.find(title, body) for title, body in texts]
        self.foreign = [language.recognised(title, body) for title, body in texts]
        self.batch: Read = features.read(texts)
        self.blocks = features.blocks(texts, self.batch)
        self.values = [
            features.values(block, table.rarity, len(texts))
            for block, table in zip(self.blocks, model.tables, strict=True)
        ]
        ends = [*(int(o) - 1 for o in self.batch.offsets[1:]), len(self.batch.flat)]
        self.cut = [tokens.of(self.batch.flat[int(a) : b]) for a, b in zip(self.batch.offsets, ends, strict=True)]
        self.ids = [np.array([n for _, numbers in cut for n in numbers], dtype=np.int64) for cut in self.cut]
        self.count = len(texts)
        self.shapes = [{shapes.SHAPES[n] for n in shapes.of(title, body)} for title, body in texts]
        self._sums = [np.zeros((self.count, len(SIDES)), dtype=np.float32) for _ in self.blocks]
        self._meaning = np.zeros((self.count, len(SIDES)), dtype=np.float32)

    def odds(self) -> Floats:
        total = np.tile(self.model.bias, (self.count, 1)).astype(np.float32)
        for sums, (block, values, table) in zip(self._sums, self._parts(), strict=True):
            sums += self._summed(block, values, table.sides)
            total += sums
        for i, ids in enumerate(self.ids):
            self._meaning[i] = self._token_scores(ids).sum(axis=0)
            total[i] += self._meaning[i]
            for cue in self._cues(i):
                total[i] += self.model.cue_scores[cue]
        return total

    def kinds(self) -> Floats:
        total = np.tile(self.model.kind_bias, (self.count, 1)).astype(np.float32)
        for block, values, table in self._parts():
            total += self._summed(block, values, table.kinds)
        return total

    def _summed(self, block: Block, values: Floats, weights: Floats) -> Floats:
        """What a block adds to each text, one row a text."""
        part = weights[block.column] * values[:, None]
        sums = [np.bincount(block.row, weights=column, minlength=self.count) for column in part.T]
        return np.stack(sums, axis=1).astype(np.float32)

    def severity(self, at: int, side: Side) -> tuple[int, str]:
        text = self.texts[at]
        return rules.severity(text.title, text.body, side, self.found[at], text.labels)

    def words(self) -> tuple[Block, Floats]:
        return self.blocks[0], self.values[0]

    def known(self, at: int) -> float:
        pieces = [len(numbers) for word, numbers in self.cut[at] if word[0].isalpha()]
        return round(pieces.count(1) / len(pieces), 4) if pieces else 1.0

    def reasons(self, at: int, first: int, second: int, scale: float) -> list[str]:
        """The words and signals without which the decision between the two likeliest sides would move most."""
        moved = self.moved(at, first, second)
        ranked: list[tuple[str, float]] = []
        inside: set[str] = set()
        for cue in self._cues(at):
            weight = float(self.model.cue_scores[cue][first] - self.model.cue_scores[cue][second])
            if self.model.cues[cue] in self.shapes[at]:
                ranked.append((f"holds {self.model.cues[cue]}", weight))
                continue
            words = _words(next(signal.text for signal in self.found[at] if signal.name == self.model.cues[cue]))
            ranked.append((f"signal {self.model.cues[cue]}", weight + sum(moved.get(word, 0.0) for word in words)))
            inside |= words  # taken out, they would take the signal with them: they are told as the signal
        ranked += _ends([item for item in moved.items() if item[0] not in inside])
        ranked = self._telling(at, _ends(sorted(ranked, key=lambda item: (-item[1], item[0]))))
        told = [item for item in ranked[:SHOWN] if item[1] * scale >= LEAST]
        against = [item for item in ranked[-1:] if item[1] * scale <= -AGAINST]
        return [by_word(name, weight * scale, SIDES[first], SIDES[second]) for name, weight in told + against]

    def _telling(self, at: int, ranked: list[tuple[str, float]]) -> list[tuple[str, float]]:
        """Without what tells a reader nothing: small words, and parts of addresses, identifiers and markup.

        These are named where no other word and no signal moved the same way.
        """
        content = [item for item in ranked if not language.small(item[0])]
        names, prose = {name for name, _ in content}, set()
        low, high = np.searchsorted(self.batch.home, [at, at + 1]).tolist()
        spans = zip(self.batch.starts[low:high].tolist(), self.batch.ends[low:high].tolist(), strict=True)
        for name, span in zip(self._spelled[low:high], spans, strict=True):
            if name in names and name not in prose and _is_prose(self.batch.flat, *span):
                prose.add(name)
        for found in ([(n, w) for n, w in content if n in prose or n.startswith(("signal ", "holds "))], content):
            if any(weight >= 0.01 for _, weight in found):
                return found
        return ranked

    def moved(self, at: int, first: int, second: int) -> dict[str, float]:
        """Each word's part in the first side's lead over the second: what goes when it is taken out everywhere.

        The most comes first, then by the alphabet.
        """
        names, home, number, parts = self._moves
        low, high = np.searchsorted(home, [at, at + 1]).tolist()
        lead = LEADS.index((min(first, second), max(first, second)))
        part = parts[low:high, lead] * (1 if first < second else -1)
        order = np.argsort(-part, kind="stable")
        found = zip(number[low:high][order].tolist(), part[order].tolist(), strict=True)
        return {names[n]: value for n, value in found}

    @cached_property
    def _spelled(self) -> list[str]:
        flat = self.batch.flat
        return [flat[a:b] for a, b in zip(self.batch.starts.tolist(), self.batch.ends.tolist(), strict=True)]

    @cached_property
    def _moves(self) -> tuple[list[str], Ints, Ints, NDArray[np.float64]]:
        """The batch's words by the alphabet; then for each text and each word of it that is worth naming, one after the
        other: the text, the word's number, and what goes with it from each of the leads."""
        names = sorted(set(self._spelled))
        numbers = {name: n for n, name in enumerate(names)}
        every = np.array([numbers[name] for name in self._spelled], dtype=np.int64)
        pairs, of, times = np.unique(self.batch.home * len(names) + every, return_inverse=True, return_counts=True)
        home, number = np.divmod(pairs, max(len(names), 1))
        told = np.array([self.told(name) for name in names]).reshape(-1, 4)[number] * times[:, None]
        parts = self._counted(home, of) + self._meant(home, told)
        named = np.array([len(name) <= LONGEST and name[0].isalnum() for name in names], dtype=bool)[number]
        return names, home[named], number[named], parts[named]

    def _counted(self, home: Ints, of: Ints) -> NDArray[np.float64]:
        """What goes from each lead with a word of a text, its pairs and its pieces; `of` maps every word to its row."""
        parts = np.zeros((len(home), len(LEADS)))
        for sums, (added, squares) in zip(self._sums, self._by_word, strict=True):
            left = np.maximum(1 - np.bincount(of, weights=squares[:-1], minlength=len(home)), 0)
            for lead, (first, second) in enumerate(LEADS):
                out = np.bincount(of, weights=added[:-1, first] - added[:-1, second], minlength=len(home))
                whole = (sums[:, first] - sums[:, second]).astype(np.float64)[home]
                parts[:, lead] += whole - _damped(whole - out, left)
        return parts

    def _meant(self, home: Ints, told: NDArray[np.float64]) -> NDArray[np.float64]:
        """What goes from each lead with what a word of a text means; `told` is that of `Told`, for all its times."""
        parts = np.zeros((len(home), len(LEADS)))
        weights = np.array([float(self.model.token_weights[ids].sum()) for ids in self.ids])[home]
        left = np.maximum(weights - told[:, 3], 0)
        for lead, (first, second) in enumerate(LEADS):
            whole = (self._meaning[:, first] - self._meaning[:, second]).astype(np.float64)[home]
            rest = whole * np.sqrt(weights) - (told[:, first] - told[:, second])
            parts[:, lead] = np.where(weights > _NOTHING, whole - _damped(rest, left), 0)
        return parts

    @cached_property
    def _by_word(self) -> list[tuple[Floats, Floats]]:
        """For each block: what each word of the batch adds to each side, and its part in the text's length.

        A pair of words goes with either of them, so it counts for both.
        """
        size, found = len(self.batch.starts), []
        for block, values, table in self._parts():
            share = values / block.times
            doubles = slice(*block.doubles)
            word = np.concatenate([block.word, block.word[doubles] + 1])
            of = np.concatenate([block.of, block.of[doubles]])
            added = np.empty((size + 1, len(SIDES)), dtype=np.float32)
            for side in range(len(SIDES)):
                added[:, side] = np.bincount(
                    word, weights=(table.sides[block.column, side] * share)[of], minlength=size + 1
                )
            squares = np.bincount(word, weights=(values * share)[of], minlength=size + 1).astype(np.float32)
            found.append((added, squares))
        return found

    def _parts(self) -> Iterator[tuple[Block, Floats, Table]]:
        return zip(self.blocks, self.values, self.model.tables, strict=True)

    def _token_scores(self, ids: Ints) -> Floats:
        """What each token adds: its score, damped by the square root of how much the text says in all."""
        weights = self.model.token_weights[ids]
        scores: Floats = self.model.token_scores[ids] * (weights / np.sqrt(max(float(weights.sum()), 1e-9)))[:, None]
        return scores

    def _cues(self, at: int) -> list[int]:
        names = {signal.name for signal in self.found[at]} | self.shapes[at]
        return [i for i, cue in enumerate(self.model.cues) if cue in names]


_NOTHING: Final = 1e-6


def _damped(parts: NDArray[np.float64], left: NDArray[np.float64]) -> NDArray[np.float64]:
    """What is left of a text, brought to length 1 again; nothing where nothing is left."""
    return np.where(left > _NOTHING, parts / np.sqrt(np.maximum(left, _NOTHING)), 0)


def _ends(ranked: list[tuple[str, float]]) -> list[tuple[str, float]]:
    """The first and the last of many: only these can be named."""
    return ranked if len(ranked) <= 2 * LOOKED_AT else [*ranked[:LOOKED_AT], *ranked[-LOOKED_AT:]]


_BEFORE: Final = frozenset("./\\:#@$=_<{&%|[")
_AFTER: Final = frozenset("/\\@=_>({|]")


def _is_prose(flat: str, start: int, end: int) -> bool:
    """Whether a word stands as people write words: not in an address, a path, a call or a piece of markup."""
    if end - start < 3 or not flat[start:end].replace("'", "").isalpha():
        return False
    after = flat[end : end + 2]
    joined = after[:1] in _AFTER or (after[:1] in (".", ":") and (after[1:].isalnum() or after[1:] == "/"))
    return flat[start - 1] not in _BEFORE and not joined


_SPLIT: Final = re.compile(r"[^\W_]+(?:['_]+[^\W_]+)*")


def _words(text: str) -> set[str]:
    return set(_SPLIT.findall(text.lower()))


def by_word(name: str, weight: float, first: str, second: str) -> str:
    what = name if name.startswith(("signal ", "holds ")) else f"word '{name}'"
    return f"{what} {abs(weight):+.2f} {first if weight > 0 else second}"


def _said(what: str, weight: float, first: int, second: int) -> str:
    return f"{what} {abs(weight):+.1f} {SIDES[first if weight > 0 else second]}"


Numbers = TypeVar("Numbers", NDArray[np.float32], NDArray[np.float64])


def softmax(odds: Numbers) -> Numbers:
    raised = np.exp(odds - odds.max(axis=-1, keepdims=True))
    chances: Numbers = raised / raised.sum(axis=-1, keepdims=True)
    return chances
