"""The kind of an issue on NLBSE'24's test half: how good ours is, and beside what anybody could take."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
from sklearn.metrics import f1_score

from pipeline.classify.artefact import KINDS
from pipeline.classify.classifier import softmax
from pipeline.classify.training import data, heads, report, rivals, seen
from pipeline.classify.training.data import Sample
from pipeline.classify.training.report import Doubles, Ints

DRAWS: Final = 300
Way = Callable[[Ints, Ints], Doubles]
"""(rows of one repository to learn from, its rows to judge) -> log-odds of the kinds."""


@dataclass(frozen=True)
class Halves:
    """The training half, followed by the test half."""

    samples: Sequence[Sample]
    half: int

    @classmethod
    def of(cls, folder: Path) -> "Halves":
        learn = data.kinds(folder, "train")
        return cls([*learn, *data.kinds(folder, "test")], len(learn))

    @cached_property
    def kinds(self) -> Ints:
        return np.array([KINDS.index(one.kind) for one in self.samples if one.kind in KINDS], dtype=np.int64)

    @cached_property
    def found(self) -> seen.Seen:
        return seen.look([(one.title, one.body) for one in self.samples])

    @cached_property
    def repositories(self) -> list[tuple[Ints, Ints]]:
        """(rows to learn from, rows to judge) of each."""
        names = np.array([one.group for one in self.samples])
        rows = [np.flatnonzero(names == name) for name in sorted(set(names))]
        return [(at[at < self.half], at[at >= self.half]) for at in rows]

    def ours(self, known: Ints, judged: Ints) -> Doubles:
        """Our heads, learned from the repository's own issues and, beside that, from everybody's."""
        odds = np.zeros((len(judged), len(KINDS)))
        for rows in (known, np.arange(self.half)):
            weights, bias = heads.of_kinds(self.found.sparse[rows], self.kinds[rows])
            odds += self.found.sparse[judged] @ weights.T + bias
            deep = heads.logistic(heads.MEANING_C).fit(self.found.dense[rows], self.kinds[rows])
            odds += heads.BESIDE * deep.decision_function(self.found.dense[judged])
        return odds

    def learned(self, values: Any, c: float) -> Way:
        def odds(known: Ints, judged: Ints) -> Doubles:
            found: Doubles = heads.logistic(c).fit(values[known], self.kinds[known]).decision_function(values[judged])
            return found

        return odds

    def majority(self, known: Ints, judged: Ints) -> Doubles:
        return np.tile(np.bincount(self.kinds[known], minlength=len(KINDS)).astype(float), (len(judged), 1))

    def picked(self, way: Way) -> list[tuple[Ints, Ints]]:
        """(what it is, what was picked) of each repository."""
        return [
            (self.kinds[judged], way(known, judged).argmax(axis=1).astype(np.int64))
            for known, judged in self.repositories
        ]


def compared(folder: Path) -> Iterator[str]:
    """Ours beside the baselines by the benchmark's own protocol: a model a repository, the mean of their macro-F1."""
    halves = Halves.of(folder)
    counted = rivals.counted([f"{one.title}\n{one.body}" for one in halves.samples])
    static = halves.found.dense[:, : halves.found.meaning.vectors.shape[1]]
    words, means = halves.learned(counted, 10.0), halves.learned(static, 1.0)

    def both(known: Ints, judged: Ints) -> Doubles:
        total: Doubles = softmax(words(known, judged)) + softmax(means(known, judged))
        return total

    yield f"kind on NLBSE'24's test half, mean macro-F1 of {len(halves.repositories)} repositories, 95% by issues"
    ways: dict[str, Way] = {
        "ours": halves.ours,
        "majority": halves.majority,
        "TF-IDF + LR": words,
        "static vectors + LR": means,
        "mean of TF-IDF and static": both,
    }
    for name, way in ways.items():
        picked = halves.picked(way)
        low, high = _interval(picked)
        yield f"{name:40} {_mean(picked):.3f}   {low:.3f} to {high:.3f}"


def _mean(picked: Sequence[tuple[Ints, Ints]]) -> float:
    return float(np.mean([report.mean_f1(real, said) for real, said in picked]))


def _interval(picked: Sequence[tuple[Ints, Ints]]) -> tuple[float, float]:
    """95% by bootstrap over the issues of each repository."""
    draw, scores = np.random.default_rng(0), []
    for _ in range(DRAWS):
        rows = [draw.integers(0, len(real), len(real)) for real, _ in picked]
        scores.append(_mean([(real[at], said[at]) for (real, said), at in zip(picked, rows, strict=True)]))
    return float(np.quantile(scores, 0.025)), float(np.quantile(scores, 0.975))


def told(folder: Path, samples: Sequence[Sample], rarities: Sequence[Doubles]) -> Iterator[str]:
    """By the benchmark's own protocol, and by the one model for all that is shipped."""
    halves = Halves.of(folder)
    score = _mean(halves.picked(halves.ours))
    count = len(halves.repositories)
    yield f"kind, NLBSE'24's protocol (a model a repository, mean of {count}): macro-F1 {score:.3f}"
    learn, held = halves.samples[: halves.half], halves.samples[halves.half :]
    weights, bias = heads.fit_kinds([*learn, *(one for one in samples if one.source != "nlbse24")], rarities)
    sparse = seen.scaled(seen.counts([(one.title, one.body) for one in held]), rarities)
    picked = (sparse @ weights.T + bias).argmax(axis=1)
    score = f1_score(halves.kinds[halves.half :], picked, average="macro")
    yield f"kind, the one head that is shipped, learned without that half: macro-F1 {score:.3f}"
