"""How good a classifier of sides is: figures with intervals, from log-odds of texts that it did not learn from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import precision_recall_fscore_support

from pipeline.classify.classifier import softmax
from pipeline.classify.training.data import Sample
from pipeline.issue import SIDES

Ints = NDArray[np.int64]
Doubles = NDArray[np.float64]

DRAWS: Final = 1000
RIGHT_COSTS: Final = 0.9
"""A wrong label costs nine times what an abstention does: it is read by a leader, an abstention by an operator. The
threshold of confidence is the lowest above which answers cost less than abstaining: nine in ten are right."""
TRACKERS: Final = ("jira", "deepse", "satd", "github", "nlbse", "incivility", "bugzilla", "aosp")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Log-odds (n, 3) of n samples by models that learned from no text of the same product, and what people said."""

    odds: Doubles
    samples: Sequence[Sample]

    @property
    def sides(self) -> Ints:
        return np.array([SIDES.index(one.side) for one in self.samples], dtype=np.int64)

    def where(self, wanted: Sequence[bool] | NDArray[np.bool_]) -> "Trial":
        at = np.flatnonzero(np.asarray(wanted))
        return Trial(odds=self.odds[at], samples=[self.samples[int(n)] for n in at])


def macro_f1(trial: Trial) -> float:
    """The mean F1 of the three sides."""
    return mean_f1(trial.sides, trial.odds.argmax(axis=1).astype(np.int64))


def mean_f1(real: Ints, picked: Ints, classes: int = 3) -> float:
    """The mean F1 of classes 0, 1, ..., that of one which neither occurs nor is picked being 0: what scikit-learn's
    `f1_score` says, digit for digit, without its checks of what it is given: most of the time of a bootstrap."""
    right = np.bincount(real[real == picked], minlength=classes)
    either = np.bincount(real, minlength=classes) + np.bincount(picked, minlength=classes)
    return float((2.0 * right / np.maximum(either, 1)).mean())


def interval(trial: Trial) -> tuple[float, float]:
    """95% of macro-F1 by bootstrap over products, so that many texts of one product count as little as they tell."""
    groups: dict[str, list[int]] = {}
    for n, one in enumerate(trial.samples):
        groups.setdefault(one.group, []).append(n)
    names = sorted(groups)
    sides, picked, draw = trial.sides, trial.odds.argmax(axis=1).astype(np.int64), np.random.default_rng(0)
    scores = []
    for _ in range(DRAWS):
        at = np.concatenate([groups[names[n]] for n in draw.integers(0, len(names), len(names))])
        scores.append(mean_f1(sides[at], picked[at]))
    return float(np.quantile(scores, 0.025)), float(np.quantile(scores, 0.975))


def best_temperature(trial: Trial) -> float:
    """The one number that makes confidences honest: least log-loss."""
    grid = np.round(np.arange(0.6, 6.0, 0.05), 2)
    sides = trial.sides
    chances = [softmax(trial.odds / t)[np.arange(len(sides)), sides] for t in grid]
    losses = [-np.log(np.maximum(right, 1e-12)).mean() for right in chances]
    return float(grid[int(np.argmin(losses))])


def best_threshold(trial: Trial, temperature: float) -> float:
    """The lowest confidence above which at least `RIGHT_COSTS` of the answers are right."""
    chances = softmax(trial.odds / temperature)
    top, right = chances.max(axis=1), chances.argmax(axis=1) == trial.sides
    for limit in np.round(np.arange(0.34, 0.99, 0.01), 2):
        answered = top >= limit
        if answered.sum() and right[answered].mean() >= RIGHT_COSTS:
            return float(limit)
    return 0.99


def calibration_error(trial: Trial, temperature: float) -> float:
    """Expected calibration error over ten equal bins (Naeini et al., AAAI 2015)."""
    chances = softmax(trial.odds / temperature)
    top, right = chances.max(axis=1), chances.argmax(axis=1) == trial.sides
    bins = np.minimum((top * 10).astype(int), 9)
    return float(
        sum(abs(top[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean() for b in np.unique(bins))
    )


def told(trial: Trial, temperature: float, threshold: float) -> Iterator[str]:
    """The report, line by line."""
    low, high = interval(trial)
    sides, picked = trial.sides, trial.odds.argmax(axis=1)
    right = picked == sides
    products = len({one.group for one in trial.samples})
    yield f"{len(sides)} texts of {products} products"
    yield f"macro-F1 {macro_f1(trial):.3f} (95% {low:.3f} to {high:.3f}, by products), accuracy {right.mean():.3f}"
    scores = precision_recall_fscore_support(sides, picked, labels=[0, 1, 2], zero_division=0)
    for n, side in enumerate(SIDES):
        precision, recall, f1, count = (float(part[n]) for part in scores)
        yield f"  {side:9} precision {precision:.3f}  recall {recall:.3f}  F1 {f1:.3f}  of {int(count)}"
    yield f"expected calibration error {calibration_error(trial, temperature):.3f} at temperature {temperature:.2f}"
    chances = softmax(trial.odds / temperature)
    top = chances.max(axis=1)
    order = np.argsort(-top, kind="stable")
    shares = ((share, right[order[: max(1, int(share * len(order)))]].mean()) for share in (0.4, 0.6, 0.8, 1.0))
    yield "accuracy of the surest " + ", ".join(f"{share:.0%}: {accuracy:.3f}" for share, accuracy in shares)
    answered = top >= threshold
    if answered.any():
        yield f"threshold {threshold:.2f}: answers {answered.mean():.0%}, {right[answered].mean():.3f} of them right"
    unstated = np.array([bool(one.signals) and one.side == "customer" for one in trial.samples])
    if unstated.any():
        found = (picked[unstated] == SIDES.index("customer")).mean()
        yield f"customers with a sign of unstated pain: recall {found:.3f} of {unstated.sum()}"
    tracked = trial.where([any(name in one.source for name in TRACKERS) for one in trial.samples])
    if tracked.samples:
        yield f"trackers only: macro-F1 {macro_f1(tracked):.3f} of {len(tracked.samples)}"
    for source in sorted({one.source for one in trial.samples}):
        part = trial.where([one.source == source for one in trial.samples])
        if len(part.samples) >= 30:
            accuracy = (part.odds.argmax(axis=1) == part.sides).mean()
            yield f"  {source}: macro-F1 {macro_f1(part):.3f}, accuracy {accuracy:.3f} of {len(part.samples)}"
