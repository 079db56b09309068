"""Make the model, or say how good it is: `python -m pipeline.classify.train [--evaluate]`.

Needs the dependency group `train` and, for the vectors of word pieces, the package that `pipeline.classify.distil`
names. The same data give the same bytes. Nothing here runs in production.
"""

import argparse
import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedGroupKFold

from pipeline.classify import artefact, distil, features, phrases, signals
from pipeline.classify.artefact import KINDS, SIDES, Model
from pipeline.classify.classifier import softmax
from pipeline.classify.tokens import Tokens
from pipeline.clean import clean
from pipeline.prose import prose

HERE: Final = Path(__file__).parent
DATA: Final = HERE.parents[1] / ".." / "shared" / "data" / "labelled"
CACHE: Final = HERE.parents[1] / "build" / "minilm-pieces.npy"
LABELS: Final = {"developer": 0, "customer": 1, "none": 2, "neither": 2}
WEIGHTS: Final = {"hand": 4.0, "weak": 1.0, "labels": 4.0, "examples": 3.0}
SPARSE_C: Final = 10.0
DENSE_C: Final = 10.0
DAMPING: Final = 20.0
CUE: Final = 0.5
KNOWN: Final = 24_000
"""Word pieces that are kept: those seen in training, then the first of the vocabulary."""
SURE: Final = 0.90
"""Accuracy that answered texts must have."""

Ints = NDArray[np.int64]
Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sample:
    """One labelled text. `origin` is hand, weak, labels or examples; `group` keeps a product's texts together."""

    title: str
    body: str
    side: int
    origin: str
    source: str
    group: str
    kind: str | None = None


# --- data


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _text(row: Mapping[str, Any], source: str) -> tuple[str, str]:
    body = "" if row["body"] in (None, "NULL") else str(row["body"])
    return clean(str(row["title"] or ""), "plain"), prose(clean(body, "wiki" if "jira" in source else "markdown"))


_VAGUE: Final = ("unknown", "aosp", "tw", "None", "")


def samples(data: Path) -> list[Sample]:
    """Every labelled text: the seed set, our labels of public texts, our own examples."""
    found: list[Sample] = []
    for name, origin in (("hand", "hand"), ("weak", "weak")):
        for row in _lines(data / "friction_train" / f"{name}.jsonl"):
            product = str(row["product"])
            group = row["id"] if product in _VAGUE else product
            found.append(Sample(*_text(row, row["source"]), LABELS[row["label"]], origin, row["source"], group))
    found += _labelled(data)
    for row in _lines(HERE / "examples.jsonl"):
        found.append(
            Sample(
                row["title"],
                row["body"],
                LABELS[row["label"]],
                "examples",
                "examples",
                f"example {row['id']}",
                row["kind"],
            )
        )
    return found


def _labelled(data: Path) -> list[Sample]:
    """The texts that labels.jsonl points at, looked up where they are kept."""
    texts: dict[tuple[str, str], Sample] = {}
    csv.field_size_limit(1 << 30)
    for path in sorted((data / "deepse_jira").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                text = {"title": row["title"], "body": row["description"]}
                texts["deepse_jira", row["issuekey"]] = Sample(
                    *_text(text, "jira"), 0, "labels", "jira-deepse", path.stem
                )
    for number, sample in enumerate([*_kinds(data, "train"), *_kinds(data, "test")]):
        texts["nlbse24", str(number)] = replace(sample, origin="labels", kind=None)
    return [replace(texts[row["data"], row["row"]], side=LABELS[row["label"]]) for row in _lines(HERE / "labels.jsonl")]


def _kinds(data: Path, part: str) -> list[Sample]:
    with (data / "nlbse24" / f"issues_{part}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = {"bug": "bug", "feature": "request", "question": "question"}
    return [Sample(*_text(row, "github"), 0, part, "nlbse24", row["repo"], names[row["label"]]) for row in rows]


# --- what the heads learn from


@dataclass(frozen=True, slots=True)
class Seen:
    """Damped counts of words and pieces, vectors of what the tokens mean, and the signals, one row a text."""

    words: Any
    pieces: Any
    dense: Doubles


def _counts(texts: Sequence[tuple[str, str]]) -> tuple[Any, Any]:
    batch = features.read(texts)
    shape = (len(texts), features.WIDTH)
    words, pieces = (
        sp.csr_matrix((1 + np.log(block.times), (block.row, block.column)), shape=shape)
        for block in (features.words(batch), features.pieces(batch))
    )
    return words, pieces


def _rarity(counts: Any) -> Doubles:
    frequency = np.asarray((counts > 0).sum(axis=0)).ravel()
    rare: Doubles = np.log((1 + counts.shape[0]) / (1 + frequency)) + 1
    return rare


def _scaled(counts: Any, rarity: Doubles) -> Any:
    rows = counts.multiply(rarity).tocsr()
    norms = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    return sp.diags(1 / np.maximum(norms, 1e-9)) @ rows


@dataclass(frozen=True, slots=True)
class Meaning:
    """The word pieces, the vector of each (mean length of a text: about 1) and its weight."""

    pieces: tuple[str, ...]
    vectors: Doubles
    weights: Doubles


def _meaning(texts: Sequence[tuple[str, str]]) -> Meaning:
    """Pieces that training texts use, with vectors centred and common pieces damped."""
    every = distil.vocabulary(distil.folder())
    if not CACHE.exists():
        CACHE.parent.mkdir(exist_ok=True)
        np.save(CACHE, distil.vectors(distil.folder()))
    full = np.load(CACHE).astype(np.float64)
    tokens = Tokens(every)
    used = np.zeros(len(every))
    for title, body in texts:
        used[list({n for _, ns in tokens.of(_low(title, body)) for n in ns})] += 1
    words = [i for i, word in enumerate(every) if not word.startswith("[") or len(word) == 1]
    kept = np.array(sorted(sorted(words, key=lambda i: (-used[i], i))[:KNOWN]))
    centred = full[kept] - full[kept].mean(axis=0)
    weights = 1 / (1 + DAMPING * (used[kept] + 1) / len(texts))
    return Meaning(tuple(every[i] for i in kept), centred / np.sqrt((centred**2).sum(axis=1).mean()), weights)


def _low(title: str, body: str) -> str:
    return f"{title}\n{body}"[: features.READ].lower()


CUES: Final = tuple(sorted(phrases.PHRASES))


def _dense(texts: Sequence[tuple[str, str]], meaning: Meaning) -> Doubles:
    tokens = Tokens(meaning.pieces)
    rows = np.zeros((len(texts), meaning.vectors.shape[1] + len(CUES)))
    for i, (title, body) in enumerate(texts):
        ids = [n for _, ns in tokens.of(_low(title, body)) for n in ns]
        weights = meaning.weights[ids]
        if ids:
            rows[i, : meaning.vectors.shape[1]] = (meaning.vectors[ids] * weights[:, None]).sum(axis=0) / np.sqrt(
                weights.sum()
            )
        for signal in signals.find(title, body):
            if signal.name in CUES:
                rows[i, meaning.vectors.shape[1] + CUES.index(signal.name)] = CUE
    return rows


# --- the heads


@dataclass(frozen=True, slots=True)
class Heads:
    """Weights of the head over words and pieces and of the head over meaning; their log-odds are added."""

    sparse: Doubles
    dense: Doubles
    bias: Doubles

    def odds(self, sparse: Any, dense: Doubles) -> Doubles:
        total: Doubles = sparse @ self.sparse.T + dense @ self.dense.T + self.bias
        return total


def fit(sparse: Any, dense: Doubles, sides: Ints, origins: NDArray[np.str_]) -> Heads:
    """Words and pieces are learned twice, from everything and from what people judged, and averaged.

    Weak labels know many words and lean to the style of their sources; careful ones are few. Meaning is learned from
    the careful ones only: weak labels hurt it.
    """
    careful = origins != "weak"
    weights = np.array([WEIGHTS[origin] for origin in origins])
    wide = _logistic(SPARSE_C).fit(sparse, sides, sample_weight=weights)
    narrow = _logistic(SPARSE_C).fit(sparse[careful], sides[careful])
    deep = _logistic(DENSE_C).fit(dense[careful], sides[careful])
    bias = (wide.intercept_ + narrow.intercept_) / 2 + deep.intercept_
    return Heads((wide.coef_ + narrow.coef_) / 2, deep.coef_, bias)


def _logistic(c: float) -> LogisticRegression:
    return LogisticRegression(C=c, max_iter=2000, class_weight="balanced")


def _temperature(odds: Doubles, sides: Ints) -> float:
    """The one number that makes confidences honest: least log-loss over texts that the heads did not learn from."""
    grid = np.round(np.arange(0.6, 6.0, 0.05), 2)
    losses = [-np.log(np.maximum(softmax(odds / t)[np.arange(len(sides)), sides], 1e-12)).mean() for t in grid]
    return float(grid[int(np.argmin(losses))])


def _threshold(chances: Doubles, sides: Ints) -> float:
    """The lowest confidence above which at least `SURE` of the answers are right."""
    top, right = chances.max(axis=1), chances.argmax(axis=1) == sides
    for limit in np.round(np.arange(0.34, 0.99, 0.01), 2):
        answered = top >= limit
        if answered.sum() and right[answered].mean() >= SURE:
            return float(limit)
    return 0.99


@dataclass(frozen=True, slots=True)
class Trial:
    """Cross-validation over the hand-labelled texts: log-odds of models that saw no text of the same product."""

    odds: Doubles
    sides: Ints
    sources: NDArray[np.str_]


def cross_validate(every: Sequence[Sample], sparse: Any, dense: Doubles, seed: int = 0) -> Trial:
    sides = np.array([s.side for s in every])
    origins = np.array([s.origin for s in every])
    groups = np.array([s.group for s in every])
    hand = np.flatnonzero(origins == "hand")
    odds = np.zeros((len(hand), len(SIDES)))
    folds = StratifiedGroupKFold(5, shuffle=True, random_state=seed)
    for _, held in folds.split(hand, sides[hand], groups[hand]):
        learn = np.flatnonzero(~np.isin(groups, groups[hand[held]]))
        heads = fit(sparse[learn], dense[learn], sides[learn], origins[learn])
        odds[held] = heads.odds(sparse[hand[held]], dense[hand[held]])
    return Trial(odds, sides[hand], np.array([every[int(i)].source for i in hand]))


# --- the model


def prepare(every: Sequence[Sample]) -> tuple[Any, Doubles, Doubles, Doubles, Meaning]:
    texts = [(s.title, s.body) for s in every]
    words, pieces = _counts(texts)
    word_rarity, piece_rarity = _rarity(words), _rarity(pieces)
    meaning = _meaning(texts)
    sparse = sp.hstack([_scaled(words, word_rarity), _scaled(pieces, piece_rarity)]).tocsr()
    return sparse, _dense(texts, meaning), word_rarity, piece_rarity, meaning


def train(data: Path) -> Model:
    """The model from all that is labelled; confidence and threshold from cross-validation."""
    every = samples(data)
    sparse, dense, word_rarity, piece_rarity, meaning = prepare(every)
    trial = cross_validate(every, sparse, dense)
    temperature = _temperature(trial.odds, trial.sides)
    threshold = _threshold(softmax(trial.odds / temperature), trial.sides)
    heads = fit(sparse, dense, np.array([s.side for s in every]), np.array([s.origin for s in every]))
    width = meaning.vectors.shape[1]
    kinds = _fit_kinds(
        [*_kinds(data, "train"), *_kinds(data, "test"), *(s for s in every if s.kind in KINDS)], word_rarity
    )
    return Model(
        words=_f32(heads.sparse[:, : features.WIDTH].T),
        pieces=_f32(heads.sparse[:, features.WIDTH :].T),
        word_rarity=_f32(word_rarity),
        piece_rarity=_f32(piece_rarity),
        tokens=meaning.pieces,
        token_scores=_f32(meaning.vectors @ heads.dense[:, :width].T),
        token_weights=_f32(meaning.weights),
        cues=CUES,
        cue_scores=_f32(heads.dense[:, width:].T * CUE),
        bias=_f32(heads.bias),
        kinds=_f32(kinds.coef_.T),
        kind_bias=_f32(kinds.intercept_),
        temperature=temperature,
        threshold=threshold,
    )


def _f32(values: Any) -> NDArray[np.float32]:
    return np.ascontiguousarray(values, dtype=np.float32)


def _fit_kinds(rows: Sequence[Sample], rarity: Doubles) -> LogisticRegression:
    words, _ = _counts([(s.title, s.body) for s in rows])
    return LogisticRegression(C=10.0, max_iter=1000).fit(
        _scaled(words, rarity), [KINDS.index(s.kind or "") for s in rows]
    )


# --- how good it is


def evaluate(data: Path) -> None:
    every = samples(data)
    sparse, dense, word_rarity, _, _ = prepare(every)
    print(f"learned from {_tally(s.origin for s in every)}; sides {_tally(SIDES[s.side] for s in every)}")
    scores = []
    for seed in range(3):
        trial = cross_validate(every, sparse, dense, seed)
        scores.append(f1_score(trial.sides, trial.odds.argmax(axis=1), average="macro"))
        if seed == 0:
            _report(trial)
    print(f"macro-F1 over three ways to cut the folds: {', '.join(f'{s:.3f}' for s in scores)}")
    _report_kinds(data, every, word_rarity)


def _tally(names: Any) -> str:
    counted: dict[str, int] = {}
    for name in names:
        counted[name] = counted.get(name, 0) + 1
    return ", ".join(f"{n} {name}" for name, n in sorted(counted.items()))


def _report(trial: Trial) -> None:
    temperature = _temperature(trial.odds, trial.sides)
    chances: Doubles = softmax(trial.odds / temperature)
    picked, top = chances.argmax(axis=1), chances.max(axis=1)
    right = picked == trial.sides
    low, high = _interval(trial.sides, picked)
    print(f"hand-labelled texts: {len(right)}, five folds by product")
    print(
        f"macro-F1 {f1_score(trial.sides, picked, average='macro'):.3f} (95% interval {low:.3f} to {high:.3f}),"
        f" accuracy {right.mean():.3f}"
    )
    for side, score in zip(SIDES, f1_score(trial.sides, picked, average=None), strict=True):
        at = trial.sides == SIDES.index(side)
        print(f"  {side}: F1 {score:.3f}, recall {right[at].mean():.3f} of {at.sum()}")
    print(f"temperature {temperature:.2f}, expected calibration error {_calibration(top, right):.3f}")
    order = np.argsort(-top, kind="stable")
    for share in (0.4, 0.6, 0.8, 1.0):
        print(f"  surest {share:.0%}: accuracy {right[order[: int(share * len(order))]].mean():.3f}")
    threshold = _threshold(chances, trial.sides)
    answered = top >= threshold
    print(f"threshold {threshold:.2f}: answers {answered.mean():.0%}, of those {right[answered].mean():.3f} right")
    for name, mark in (("Jira", "jira"), ("GitHub", "github"), ("reviews and tweets", ("app-review", "twitter"))):
        at = np.array([any(m in s for m in ([mark] if isinstance(mark, str) else mark)) for s in trial.sources])
        print(f"  {name}: accuracy {right[at].mean():.3f} of {at.sum()}")


def _interval(sides: Ints, picked: Ints) -> tuple[float, float]:
    """Bootstrap over texts, 1,000 draws."""
    draw = np.random.default_rng(0)
    scores = []
    for _ in range(1000):
        at = draw.integers(0, len(sides), len(sides))
        scores.append(f1_score(sides[at], picked[at], average="macro"))
    return float(np.quantile(scores, 0.025)), float(np.quantile(scores, 0.975))


def _calibration(top: Doubles, right: NDArray[np.bool_]) -> float:
    """Expected calibration error over ten equal bins."""
    bins = np.minimum((top * 10).astype(int), 9)
    return float(
        sum(abs(top[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean() for b in np.unique(bins))
    )


def _report_kinds(data: Path, every: Sequence[Sample], rarity: Doubles) -> None:
    learn, held = _kinds(data, "train"), _kinds(data, "test")
    head = _fit_kinds([*learn, *(s for s in every if s.kind in KINDS)], rarity)
    words, _ = _counts([(s.title, s.body) for s in held])
    picked = head.predict(_scaled(words, rarity))
    score = f1_score([KINDS.index(s.kind or "") for s in held], picked, average="macro")
    print(f"kind, one model for all five NLBSE'24 repositories: macro-F1 {score:.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m pipeline.classify.train", description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA, help="the folder of labelled texts")
    parser.add_argument("--output", type=Path, default=artefact.PATH, help="where the model goes")
    parser.add_argument("--evaluate", action="store_true", help="report by cross-validation and write nothing")
    options = parser.parse_args()
    if options.evaluate:
        evaluate(options.data)
        return
    artefact.save(train(options.data), options.output)
    model = artefact.load(options.output)
    print(f"{options.output}: {model.name}, {options.output.stat().st_size:,} bytes, threshold {model.threshold:.2f}")


if __name__ == "__main__":
    main()
