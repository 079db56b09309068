"""The linear heads of the model: fitted, tried by cross-validation, and made into a model file."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold

from pipeline.classify import features
from pipeline.classify.artefact import KINDS, Model, Table
from pipeline.classify.training import report, seen
from pipeline.classify.training.data import CAREFUL, REAL, Sample
from pipeline.classify.training.report import Doubles, Ints, Trial
from pipeline.issue import SIDES

TEXT_C: Final = 40.0
MEANING_C: Final = 4.0
KIND_C: Final = 10.0
KIND_TEMPERATURE: Final = 2.0
"""By which the kinds' log-odds are honest: least log-loss at 1.8 on NLBSE'24's test half, 2.2 on products held out."""
BESIDE: Final = 0.5
"""How much the title alone, and the meaning, count beside the words and pieces of the whole text."""
FOLDS: Final = 5

Odds = Callable[[Ints, Ints], Doubles]
"""(rows to learn from, rows to judge) -> log-odds of those judged."""


@dataclass(frozen=True, slots=True)
class Heads:
    """Weights of three heads: the text's features, its title's, and meaning with shapes and signals; they add up."""

    sparse: Doubles
    dense: Doubles
    bias: Doubles

    def odds(self, sparse: Any, dense: Doubles) -> Doubles:
        total: Doubles = sparse @ self.sparse.T + dense @ self.dense.T + self.bias
        return total


def fit(sparse: Any, dense: Doubles, samples: Sequence[Sample]) -> Heads:
    """Each head alone, so that none leans on what another knows; from texts that somebody judged by reading them.

    Weakly labelled texts lean to the style of their sources, and made it no better once there were 3,500 careful ones.
    """
    careful = np.array([one.origin in CAREFUL for one in samples])
    sides = sides_of(samples)[careful]
    flat, bias = _flat(sparse[careful], sides, logistic(TEXT_C))
    deep = logistic(MEANING_C).fit(dense[careful], sides)
    return Heads(flat, BESIDE * deep.coef_, bias + BESIDE * deep.intercept_)


def _flat(sparse: Any, labels: Ints, way: LogisticRegression) -> tuple[Doubles, Doubles]:
    """Weights over all blocks, and the bias: the whole text is one head, its title another."""
    text, title = sparse[:, : 2 * features.WIDTH], sparse[:, 2 * features.WIDTH :]
    way.fit(text, labels)
    weights, bias = way.coef_, way.intercept_
    way.fit(title, labels)
    return np.hstack([weights, BESIDE * way.coef_]), bias + BESIDE * way.intercept_


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
    kind_weights, kind_bias = fit_kinds([*kinds, *samples], found.rarities)
    whole = model(fit(found.sparse, found.dense, samples), found, (kind_weights, kind_bias))
    return replace(whole, temperature=temperature, threshold=report.best_threshold(trial, temperature))


def model(heads: Heads, found: seen.Seen, kinds: tuple[Doubles, Doubles] | None = None) -> Model:
    """The model of fitted heads, its confidences as they are; without weights of kinds it knows none."""
    width = found.meaning.vectors.shape[1]
    kind_weights, kind_bias = kinds or (np.zeros((len(KINDS), found.sparse.shape[1])), np.zeros(len(KINDS)))
    return Model(
        tables=tuple(
            Table(
                sides=_f32(heads.sparse[:, at].T),
                kinds=_f32(kind_weights[:, at].T / KIND_TEMPERATURE),
                rarity=_f32(rarity),
            )
            for at, rarity in zip(_blocks(), found.rarities, strict=True)
        ),
        tokens=found.meaning.pieces,
        token_scores=_f32(found.meaning.vectors @ heads.dense[:, :width].T),
        token_weights=_f32(found.meaning.weights),
        cues=seen.CUES,
        cue_scores=_f32(heads.dense[:, width:].T * seen.MARK),
        bias=_f32(heads.bias),
        kind_bias=_f32(kind_bias / KIND_TEMPERATURE),
        temperature=1.0,
        threshold=0.0,
    )


def _blocks() -> list[slice]:
    return [slice(n * features.WIDTH, (n + 1) * features.WIDTH) for n in range(len(features.BLOCKS))]


def fit_kinds(rows: Sequence[Sample], rarities: Sequence[Doubles]) -> tuple[Doubles, Doubles]:
    """Weights of the kinds and their bias, over the features of text and title alone."""
    kept = [one for one in rows if one.kind in KINDS]
    sparse = seen.scaled(seen.counts([(one.title, one.body) for one in kept]), rarities)
    return of_kinds(sparse, np.array([KINDS.index(one.kind) for one in kept if one.kind in KINDS]))


def of_kinds(sparse: Any, kinds: Ints) -> tuple[Doubles, Doubles]:
    return _flat(sparse, kinds, LogisticRegression(C=KIND_C, max_iter=1000))


def _f32(values: Any) -> NDArray[np.float32]:
    return np.ascontiguousarray(values, dtype=np.float32)
