"""The linear heads of the model: fitted, tried by cross-validation, and made into a model file."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold

from pipeline.classify import features
from pipeline.classify.artefact import KINDS, SIDES, Model
from pipeline.classify.training import report, seen
from pipeline.classify.training.data import CAREFUL, REAL, Sample
from pipeline.classify.training.report import Doubles, Ints, Trial

CAREFULLY: Final = 4.0
"""How much a text counts whose label somebody decided by reading it, where a weakly labelled one counts 1."""
WEAK: Final = 0.25
"""How much what is learned from both counts beside what careful texts teach alone."""
SPARSE_C: Final = 10.0
DENSE_C: Final = 1.0
FOLDS: Final = 5

Odds = Callable[[Ints, Ints], Doubles]
"""(rows to learn from, rows to judge) -> log-odds of those judged."""


@dataclass(frozen=True, slots=True)
class Heads:
    """Weights of three heads: words, pieces of words, and meaning with shapes and signals; their log-odds add up."""

    sparse: Doubles
    dense: Doubles
    bias: Doubles

    def odds(self, sparse: Any, dense: Doubles) -> Doubles:
        total: Doubles = sparse @ self.sparse.T + dense @ self.dense.T + self.bias
        return total


def fit(sparse: Any, dense: Doubles, samples: Sequence[Sample]) -> Heads:
    """Each head alone, so that none leans on what another knows.

    All learn from texts that somebody judged by reading them. Weakly labelled ones know many words and lean to the
    style of their sources: words and pieces are learned from them once more, at a low weight; meaning is not.
    """
    careful = np.array([one.origin in CAREFUL for one in samples])
    weights = np.where(careful, CAREFULLY, 1.0)
    sides = sides_of(samples)
    blocks = (sparse[:, : features.WIDTH], sparse[:, features.WIDTH :])
    deep = logistic(DENSE_C).fit(dense[careful], sides[careful], sample_weight=weights[careful])
    flat, bias = [], deep.intercept_
    for block in blocks:
        narrow = logistic(SPARSE_C).fit(block[careful], sides[careful], sample_weight=weights[careful])
        coefficients, own = narrow.coef_, narrow.intercept_
        if not careful.all():
            wide = logistic(SPARSE_C).fit(block, sides, sample_weight=weights)
            coefficients, own = coefficients + WEAK * wide.coef_, own + WEAK * wide.intercept_
        flat.append(coefficients)
        bias = bias + own
    return Heads(np.hstack(flat), deep.coef_, bias)


def logistic(c: float) -> LogisticRegression:
    return LogisticRegression(C=c, max_iter=2000, class_weight="balanced")


def sides_of(samples: Sequence[Sample]) -> Ints:
    return np.array([SIDES.index(one.side) for one in samples], dtype=np.int64)


def folds(samples: Sequence[Sample], judged: Ints, seed: int) -> Iterator[tuple[Ints, Ints]]:
    """(rows to learn from, rows to judge), five times: nobody learns from a product whose texts it judges."""
    groups = np.array([one.group for one in samples])
    sides = sides_of(samples)
    cut = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
    for _, held in cut.split(judged, sides[judged], groups[judged]):
        yield np.flatnonzero(~np.isin(groups, groups[judged[held]])), judged[held]


def cross_validate(samples: Sequence[Sample], odds: Odds, judged: Ints, seed: int = 0) -> Trial:
    """The trial of a way to judge on these rows."""
    place = {int(row): n for n, row in enumerate(judged)}
    total = np.zeros((len(judged), len(SIDES)))
    for learn, held in folds(samples, judged, seed):
        total[[place[int(row)] for row in held]] = odds(learn, held)
    return Trial(odds=total, samples=[samples[int(row)] for row in judged])


def ours(samples: Sequence[Sample], found: seen.Seen) -> Odds:
    """Our own heads as a way to judge."""

    def odds(learn: Ints, judged: Ints) -> Doubles:
        heads = fit(found.sparse[learn], found.dense[learn], [samples[int(n)] for n in learn])
        return heads.odds(found.sparse[judged], found.dense[judged])

    return odds


def evaluated(samples: Sequence[Sample]) -> Ints:
    """Rows that count: real texts labelled by reading, and not those over which two readings disagree."""
    return np.array([n for n, one in enumerate(samples) if one.origin in REAL and one.agreed is not False])


def plain(samples: Sequence[Sample]) -> Ints:
    """Rows that confidence is measured on: the seed set where there is one, since our labels begin with the hardest."""
    judged = evaluated(samples)
    seed = [int(n) for n in judged if samples[int(n)].origin == "hand"]
    return np.array(seed) if seed else np.intersect1d(judged, learned_from(samples))


def learned_from(samples: Sequence[Sample]) -> Ints:
    """Rows of the learning part."""
    return np.array([n for n, one in enumerate(samples) if one.part == "learning"])


def build(samples: Sequence[Sample], kinds: Sequence[Sample]) -> Model:
    """The model of these samples; temperature and threshold come from cross-validation over the plain texts."""
    found = seen.look([(one.title, one.body) for one in samples])
    trial = cross_validate(samples, ours(samples, found), plain(samples))
    temperature = report.best_temperature(trial)
    heads = fit(found.sparse, found.dense, samples)
    width = found.meaning.vectors.shape[1]
    head = fit_kinds([*kinds, *samples], found.word_rarity)
    return Model(
        words=_f32(heads.sparse[:, : features.WIDTH].T),
        pieces=_f32(heads.sparse[:, features.WIDTH :].T),
        word_rarity=_f32(found.word_rarity),
        piece_rarity=_f32(found.piece_rarity),
        tokens=found.meaning.pieces,
        token_scores=_f32(found.meaning.vectors @ heads.dense[:, :width].T),
        token_weights=_f32(found.meaning.weights),
        cues=seen.CUES,
        cue_scores=_f32(heads.dense[:, width:].T * seen.MARK),
        bias=_f32(heads.bias),
        kinds=_f32(head.coef_.T),
        kind_bias=_f32(head.intercept_),
        temperature=temperature,
        threshold=report.best_threshold(trial, temperature),
    )


def fit_kinds(rows: Sequence[Sample], rarity: NDArray[np.float64]) -> LogisticRegression:
    """The head of the kind, over words alone."""
    kept = [one for one in rows if one.kind in KINDS]
    words, _ = seen.counts([(one.title, one.body) for one in kept])
    return LogisticRegression(C=SPARSE_C, max_iter=1000).fit(
        seen.scaled(words, rarity), [KINDS.index(one.kind) for one in kept if one.kind in KINDS]
    )


def _f32(values: Any) -> NDArray[np.float32]:
    return np.ascontiguousarray(values, dtype=np.float32)
