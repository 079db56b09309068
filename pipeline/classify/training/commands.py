"""What `leafnotes model train`, `evaluate` and `compare` do: lines for a person, and for `train` the model file."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from pipeline.classify import artefact
from pipeline.classify.training import data, heads, kinds, modes, report, rivals, seen
from pipeline.classify.training.data import Sample
from pipeline.classify.training.heads import Odds
from pipeline.classify.training.report import Trial
from pipeline.issue import SIDES

SEEDS: Final = 3


def train(folder: Path, more: Sequence[Path], output: Path) -> Iterator[str]:
    """Make the model of everything labelled, the evaluation part too, and of the operator's own labelled files.

    Raises `DataError`. The same data give the same bytes on the same machine and library versions.
    """
    samples = [*data.everything(folder), *(one for path in more for one in data.given(path))]
    yield f"learning from {_tally(one.origin for one in samples if one.origin in data.CAREFUL)}"
    model = heads.build(samples, [*data.kinds(folder, "train"), *data.kinds(folder, "test")])
    artefact.save(model, output)
    made = artefact.load(output)
    yield f"{output}: {made.name}, {output.stat().st_size:,} bytes, threshold {made.threshold:.2f}"


def evaluate(folder: Path) -> Iterator[str]:
    """How good it is: by products kept apart over all that was read, and on the evaluation part, never learned from."""
    samples = data.everything(folder)
    found = seen.look([(one.title, one.body) for one in samples])
    way = heads.ours(samples, found)
    yield f"labelled: {_tally(one.origin for one in samples if one.origin in data.CAREFUL)}"
    yield from _agreement()
    judged = heads.evaluated(samples)
    trials = [heads.cross_validate(samples, way, judged, seed) for seed in range(SEEDS)]
    temperature = report.best_temperature(trials[0])
    threshold = report.best_threshold(trials[0], temperature)
    yield ""
    yield "Five folds by product over all texts that were read"
    yield from report.told(trials[0], temperature, threshold)
    yield f"macro-F1 over {SEEDS} ways to cut: {', '.join(f'{report.macro_f1(one):.3f}' for one in trials)}"
    picked = np.array([one.odds.argmax(axis=1) for one in trials])
    yield f"stability: {(picked == picked[0]).all(axis=0).mean():.3f} of the verdicts are the same in all {SEEDS}"
    hand = trials[0].where([one.origin == "hand" for one in trials[0].samples])
    if hand.samples:
        yield f"of these the {len(hand.samples)} texts of the seed set alone: macro-F1 {report.macro_f1(hand):.3f}"
    yield ""
    yield "The evaluation part, by a model of the learning part"
    yield from _held(samples, way)
    both = modes.scores(samples, found, heads.learned_from(samples), _evaluation(samples))
    yield f"as a deployment is asked: macro-F1 {both['full']:.3f} in full mode, {both['fast']:.3f} in fast mode"
    yield ""
    yield from kinds.told(folder, samples, found.rarities)


def compare(folder: Path) -> Iterator[str]:
    """Ours beside what anybody could take instead, by the same folds in the same run: sides, then kinds."""
    samples = data.everything(folder)
    found = seen.look([(one.title, one.body) for one in samples])
    ways: Mapping[str, Odds] = {"ours": heads.ours(samples, found), **rivals.all_of_them(samples)}
    judged = heads.evaluated(samples)
    learn, held = heads.learned_from(samples), _evaluation(samples)
    seed = [samples[int(n)].origin == "hand" for n in judged]
    yield (
        f"macro-F1: five folds by product over {len(judged)} texts, of these the {sum(seed)} of the seed set alone; "
        f"{len(held)} texts of the evaluation part"
    )
    head = "95% by products"
    yield f"{'':40} {'folds':>6} {head:>16} {'seed set':>9} {head:>16} {'evaluation':>11} {head:>16}"
    for name, way in ways.items():
        trial = heads.cross_validate(samples, way, judged)
        last = Trial(odds=way(learn, held), samples=[samples[int(n)] for n in held])
        cells = [f"{name:40}"]
        for width, part in ((6, trial), (9, trial.where(seed)), (11, last)):
            if part.samples:
                low, high = report.interval(part)
                cells.append(f"{report.macro_f1(part):>{width}.3f} {f'{low:.3f} to {high:.3f}':>16}")
            else:
                cells.append(f"{'-':>{width}} {'':16}")
        yield " ".join(cells).rstrip()
    yield ""
    yield from kinds.compared(folder)


def _held(samples: Sequence[Sample], way: Odds) -> Iterator[str]:
    learn, held = heads.learned_from(samples), _evaluation(samples)
    rows = np.intersect1d(heads.evaluated(samples), learn)
    inner = heads.cross_validate([*_only(samples, learn)], _within(way, learn), _places(learn, rows))
    temperature = report.best_temperature(inner)
    trial = Trial(odds=way(learn, held), samples=[samples[int(n)] for n in held])
    yield from report.told(trial, temperature, report.best_threshold(inner, temperature))
    disputed = [n for n, one in enumerate(samples) if one.part == "evaluation" and one.agreed is False]
    yield f"{len(disputed)} texts over which two readings disagree are kept apart and not counted"


def _evaluation(samples: Sequence[Sample]) -> report.Ints:
    return np.array([n for n in heads.evaluated(samples) if samples[int(n)].part == "evaluation"])


def _only(samples: Sequence[Sample], rows: report.Ints) -> Iterator[Sample]:
    return (samples[int(n)] for n in rows)


def _places(among: report.Ints, rows: report.Ints) -> report.Ints:
    return np.searchsorted(among, rows)


def _within(way: Odds, rows: report.Ints) -> Odds:
    """A way to judge by row numbers among these rows only."""
    return lambda learn, judged: way(rows[learn], rows[judged])


def _agreement() -> Iterator[str]:
    """How far two blind readings agree (Cohen's kappa), in all and for each side against the others."""
    twice = data.read_twice()
    if not twice:
        return
    first, second = zip(*twice, strict=True)
    sides = ", ".join(f"{side} {_kappa([s == side for s in first], [s == side for s in second]):.2f}" for side in SIDES)
    same = sum(a == b for a, b in twice)
    yield f"read twice: {len(twice)} texts, the same side {same} times, kappa {_kappa(first, second):.2f} ({sides})"


def _kappa(first: Sequence[object], second: Sequence[object]) -> float:
    count = len(first)
    seen_first, seen_second = Counter(first), Counter(second)
    by_chance = sum(seen_first[name] * seen_second[name] for name in seen_first) / count**2
    same = sum(a == b for a, b in zip(first, second, strict=True)) / count
    return (same - by_chance) / (1 - by_chance) if by_chance < 1 else 1.0


def _tally(names: Iterator[str] | Sequence[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(Counter(names).items()))
