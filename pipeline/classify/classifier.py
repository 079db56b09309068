"""A text becomes a verdict: whose pain, what kind, how bad, which signals, and the words that decided.

The model is linear throughout, so what a word added to a decision is exact. Author names are never looked at.
"""

from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from pipeline.classify import artefact, features, language, rules, shapes, signals
from pipeline.classify.artefact import KINDS, SIDES, Model
from pipeline.classify.features import Block, Floats, Read
from pipeline.classify.tokens import Tokens
from pipeline.issue import Kind, Side, Signal, Text, Verdict

BATCH: Final = 64
"""Texts that are computed together: enough to be fast, few enough to stay in the processor's cache."""
SHOWN: Final = 4
"""Words that a verdict names for its side; one against it follows."""
LONGEST: Final = 40
"""Letters of a word that is worth naming."""


class Classifier:
    """Decides the verdicts of texts. Holds nothing but the model; the same text always gets the same verdict."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.tokens = Tokens(model.tokens)

    @classmethod
    def load(cls, path: Path | None = None) -> Self:
        """With the model of a file, the packaged one by default. Raises `ModelError` where it cannot be read."""
        return cls(artefact.load(path or artefact.PATH))

    def classify(self, texts: Sequence[Text]) -> list[Verdict]:
        """One verdict for each text, in order."""
        verdicts: list[Verdict] = []
        for start in range(0, len(texts), BATCH):
            verdicts += self._batch(texts[start : start + BATCH])
        return verdicts

    def _batch(self, texts: Sequence[Text]) -> list[Verdict]:
        found = [signals.find(text.title, text.body) for text in texts]
        seen = Seen([(text.title, text.body) for text in texts], self.model, self.tokens)
        marks = [self._marks(text, found[i]) for i, text in enumerate(texts)]
        odds = seen.odds(marks)
        kinds = seen.kinds()
        return [self._verdict(text, found[i], marks[i], odds[i], kinds[i], seen, i) for i, text in enumerate(texts)]

    def _marks(self, text: Text, found: tuple[Signal, ...]) -> list[int]:
        """Numbers of the model's cues that a text has: its signals and its shapes."""
        names = {signal.name for signal in found}
        names |= {shapes.SHAPES[n] for n in shapes.of(text.title, text.body)}
        return [i for i, cue in enumerate(self.model.cues) if cue in names]

    def _verdict(
        self,
        text: Text,
        found: tuple[Signal, ...],
        marks: list[int],
        odds: Floats,
        kinds: Floats,
        seen: "Seen",
        at: int,
    ) -> Verdict:
        added, why = rules.prior(text)
        foreign = language.recognised(text.title, text.body)
        chances = softmax(rules.unread(added) if foreign else odds / np.float32(self.model.temperature) + added)
        order = np.argsort(-chances, kind="stable")
        first, second = int(order[0]), int(order[1])
        side = SIDES[first]
        confidence = round(float(chances[first]), 4)
        kind = _kind(text, found, kinds, side, confidence)
        severity, gravity = rules.severity(text.title, text.body, side, found, text.labels)
        if foreign and severity == 1:
            gravity = rules.UNKNOWN
        words = (
            [rules.NOT_ENGLISH.format(language=foreign), rules.HALF]
            if foreign
            else seen.reasons(at, marks, first, second, 1 / self.model.temperature)
        )
        because = [*words, *why[:2], gravity, f"next likely: {SIDES[second]} {float(chances[second]):.2f}"]
        return Verdict(
            side=side,
            confidence=confidence,
            abstained=foreign is not None or confidence < self.model.threshold,
            kind=kind,
            severity=severity,
            signals=found,
            because=tuple(because),
            model=self.model.name,
        )


def _kind(text: Text, found: tuple[Signal, ...], kinds: Floats, side: Side, confidence: float) -> Kind:
    if rules.other(side, confidence, found, text.title, text.body):
        return "other"
    leaned = kinds + rules.kind_lean(found, text.title, text.body, text.source_kind)
    return KINDS[int(np.argmax(leaned))]


class Seen:
    """A batch as the model sees it."""

    def __init__(self, texts: Sequence[tuple[str, str]], model: Model, tokens: Tokens) -> None:
        self.model = model
        self.batch: Read = features.read(texts)
        self.words: Block = features.words(self.batch)
        self.pieces: Block = features.pieces(self.batch)
        self.word_values = features.values(self.words, model.word_rarity, len(texts))
        self.piece_values = features.values(self.pieces, model.piece_rarity, len(texts))
        ends = [*(int(o) - 1 for o in self.batch.offsets[1:]), len(self.batch.flat)]
        self.cut = [tokens.of(self.batch.flat[int(a) : b]) for a, b in zip(self.batch.offsets, ends, strict=True)]
        self.count = len(texts)

    def odds(self, marks: Sequence[list[int]]) -> Floats:
        """Log-odds of the sides, one row a text, before anything around the text is looked at."""
        total = np.tile(self.model.bias, (self.count, 1)).astype(np.float32)
        for block, values, weights in self._parts():
            part = weights[block.column] * values[:, None]
            for side in range(len(SIDES)):
                total[:, side] += np.bincount(block.row, weights=part[:, side], minlength=self.count)
        for i, cut in enumerate(self.cut):
            ids = [number for _, numbers in cut for number in numbers]
            total[i] += self._token_scores(ids).sum(axis=0)
            for cue in marks[i]:
                total[i] += self.model.cue_scores[cue]
        return total

    def kinds(self) -> Floats:
        total = np.tile(self.model.kind_bias, (self.count, 1)).astype(np.float32)
        part = self.model.kinds[self.words.column] * self.word_values[:, None]
        for kind in range(len(KINDS)):
            total[:, kind] += np.bincount(self.words.row, weights=part[:, kind], minlength=self.count)
        return total

    def reasons(self, at: int, marks: list[int], first: int, second: int, scale: float) -> list[str]:
        """The words and signals that moved the decision between the two likeliest sides most, strongest first."""
        moved = self._moved(at, first, second)
        for cue in marks:
            weight = float(self.model.cue_scores[cue][first] - self.model.cue_scores[cue][second])
            name = self.model.cues[cue]
            moved[f"shape {name}" if name in _SHAPES else f"signal {name}"] = weight
        ranked = _telling(sorted(moved.items(), key=lambda item: (-item[1], item[0])))
        told = [item for item in ranked[:SHOWN] if item[1] >= 0.01]
        against = [item for item in ranked[-1:] if item[1] <= -0.05]
        return [_told(name, weight * scale, SIDES[first], SIDES[second]) for name, weight in told + against]

    def _moved(self, at: int, first: int, second: int) -> dict[str, float]:
        moved: dict[str, float] = defaultdict(float)
        low, high = np.searchsorted(self.batch.home, [at, at + 1])
        if high > low:
            spans = zip(self.batch.starts[low:high].tolist(), self.batch.ends[low:high].tolist(), strict=True)
            sums = self._by_word[low:high, first] - self._by_word[low:high, second]
            for (start, end), weight in zip(spans, sums.tolist(), strict=True):
                moved[self.batch.flat[start:end]] += weight
        scores = self._token_scores([number for _, numbers in self.cut[at] for number in numbers])
        weights = iter((scores[:, first] - scores[:, second]).tolist())
        for word, numbers in self.cut[at]:
            weight = sum(next(weights) for _ in numbers)
            if word[0].isalnum():
                moved[word] += weight
        return {word: weight for word, weight in moved.items() if len(word) <= LONGEST}

    @property
    def _by_word(self) -> Floats:
        """What each word of the batch adds to each side by itself, its pairs and its pieces."""
        if self._sums is None:
            total = np.zeros((len(self.batch.starts) + 1, len(SIDES)), dtype=np.float32)
            for block, values, weights in self._parts():
                share = weights[block.column] * (values / block.times)[:, None]
                for side in range(len(SIDES)):
                    total[:, side] += np.bincount(block.word, weights=share[block.of, side], minlength=len(total))
            self._sums = total
        return self._sums

    _sums: Floats | None = None

    def _parts(self) -> tuple[tuple[Block, Floats, Floats], tuple[Block, Floats, Floats]]:
        return (self.words, self.word_values, self.model.words), (self.pieces, self.piece_values, self.model.pieces)

    def _token_scores(self, ids: list[int]) -> Floats:
        """What each token adds: its score, damped by the square root of how much the text says in all."""
        if not ids:
            return np.zeros((0, len(SIDES)), dtype=np.float32)
        weights = self.model.token_weights[ids]
        scores: Floats = self.model.token_scores[ids] * (weights / np.sqrt(max(float(weights.sum()), 1e-9)))[:, None]
        return scores


_SHAPES: Final = frozenset(shapes.SHAPES)


def _telling(ranked: list[tuple[str, float]]) -> list[tuple[str, float]]:
    """Without small words, which tell a reader nothing, where another word or a signal moved the same way."""
    content = [item for item in ranked if not language.small(item[0])]
    return content if any(weight >= 0.01 for _, weight in content) else ranked


def _told(name: str, weight: float, first: str, second: str) -> str:
    what = name if name.startswith(("signal ", "shape ")) else f"word '{name}'"
    return f"{what} {abs(weight):+.2f} {first if weight > 0 else second}"


Numbers = TypeVar("Numbers", NDArray[np.float32], NDArray[np.float64])


def softmax(odds: Numbers) -> Numbers:
    raised = np.exp(odds - odds.max(axis=-1, keepdims=True))
    chances: Numbers = raised / raised.sum(axis=-1, keepdims=True)
    return chances


@lru_cache(maxsize=1)
def load_classifier() -> Classifier:
    """The packaged model, read once a process."""
    return Classifier.load()
