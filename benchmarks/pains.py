"""`python -m benchmarks.pains`: how well and how steadily issues are put into pains, beside plain rivals.

On texts that were grouped by reading (tests/pipeline/pains/README.md). "tune" is what the registry's measures may be
set on; "held" was looked at once they were set, and its README says what was changed then.
"""

import argparse
import json
import math
import random
import re
import shlex
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np

from benchmarks import pains_data
from benchmarks.pains_data import Groups, Labelled, Score
from pipeline.pains import Assignment, Candidate, Pain, assign, from_json, to_json
from pipeline.pains.likeness import Row, Whole
from pipeline.pains.linkage import clusters

ONE = 1_000_000
DRAWS = 3
"""Draws of dates that quality is summed over."""
THRESHOLDS = tuple(n / 100 for n in range(20, 92, 2))
MEASURES = ("pair_precision", "pair_recall", "b_precision", "b_recall", "b_cubed")
_WORD = re.compile(r"[^\W_]{2,30}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pains", description=__doc__)
    parser.add_argument("--part", choices=("tune", "held"), default="tune")
    parser.add_argument("--seeds", type=int, default=6, help="how many draws of dates (6)")
    parser.add_argument("--load", action="store_true", help="also what a week of 2,500 to 20,000 issues costs")
    options = parser.parse_args()
    print(f"$ python -m benchmarks.pains {shlex.join(sys.argv[1:])}".rstrip())
    texts = pains_data.labelled(options.part)
    grouped = sum(text.group is not None for text in texts)
    print(f"\n{len(texts)} texts of {len({t.product for t in texts})} products, {grouped} of them in groups\n")
    _quality(texts)
    _questions()
    _stability(texts, options.seeds)
    if options.load:
        _load()


def _quality(texts: Sequence[Labelled]) -> None:
    threshold = best_threshold(pains_data.labelled("tune"))
    drawn = [pains_data.candidates(texts, seed) for seed in range(DRAWS)]
    ours, once = [weekly(issues) for issues in drawn], [at_once(issues) for issues in drawn]
    ways: dict[str, Sequence[Groups]] = {
        "Leafnotes, week after week": ours,
        "Leafnotes, all at once": once,
        f"average linkage on TF-IDF at {threshold:.2f}": [linkage(texts, threshold)],
        "same title": [same_title(texts)],
        "everybody alone": [{}],
    }
    print(f"{'':40}" + "".join(f"{name.replace('_', ' '):>22}" for name in MEASURES) + "  across products")
    for name, found in ways.items():
        scores = list(_by_product(texts, found).values())
        strangers = sum(map(pains_data.strangers, found))
        print(f"{name:40}" + "".join(_cell(scores, measure) for measure in MEASURES), strangers)
    print(f"\nweek after week, by product, over {DRAWS} draws of dates:")
    for product, one in _by_product(texts, ours).items():
        cells = "".join(f"{getattr(one, m):22.2f}" for m in MEASURES)
        print(f"  {product:20}{one.texts:4} texts, {one.true:3} pairs{cells}")


def _by_product(texts: Sequence[Labelled], draws: Sequence[Groups]) -> dict[str, Score]:
    every = [pains_data.by_product(texts, found) for found in draws]
    return {product: sum((one[product] for one in every), start=Score()) for product in every[0]}


def _cell(scores: Sequence[Score], measure: str) -> str:
    low, high = pains_data.interval(scores, measure)
    return f"{getattr(sum(scores, start=Score()), measure):8.2f} [{low:.2f}, {high:.2f}]".rjust(22)


def _questions() -> None:
    scores = []
    for seed in range(4):
        texts = pains_data.questions(seed)
        found = at_once([replace(c, leaf=None) for c in pains_data.candidates(texts, seed, span=timedelta(weeks=2))])
        scores.append(pains_data.score({t.key: t.group for t in texts}, found))
    both = sum(scores, start=Score())
    print(
        f"\nbanking77, 15 intents of 12 short questions, 4 draws: pair precision {both.pair_precision:.2f}, "
        f"recall {both.pair_recall:.2f}, B-cubed {both.b_cubed:.2f}"
    )


def _stability(texts: Sequence[Labelled], seeds: int) -> None:
    print("\nthe dates drawn anew, adjusted Rand index against the first draw:")
    ways: tuple[tuple[str, Callable[[Sequence[Candidate]], Groups]], ...] = (
        ("week after week", weekly),
        ("all at once", at_once),
    )
    for name, way in ways:
        drawn = [way(pains_data.candidates(texts, seed)) for seed in range(seeds)]
        every = [pains_data.adjusted_rand(drawn[0], other) for other in drawn[1:]]
        print(f"  {name:18} mean {sum(every) / len(every):.3f}, least {min(every):.3f}")
    issues = pains_data.candidates(texts, 0)
    mixed = [list(issues) for _ in range(3)]
    for seed, some in enumerate(mixed):
        random.Random(seed).shuffle(some)
    same = all(assign([], some) == assign([], issues) for some in mixed)
    print(f"another order of arrival: {'the same' if same else 'DIFFERS'}")
    for name, way in ways:
        late, mixed_in = kept(issues, way, newest=True), kept(issues, way, newest=False)
        print(
            f"5% more issues, {name}: {late:.3f} of issues keep their pain's id (the newest), "
            f"{mixed_in:.3f} (of any date)"
        )


def kept(issues: Sequence[Candidate], way: Callable[[Sequence[Candidate]], Groups], *, newest: bool) -> float:
    """The part of the issues in a pain that are in the pain of the same id once 5% more are there; mean of 4 draws."""
    shares = []
    for seed in range(1 if newest else 4):
        order = sorted(issues, key=lambda c: c.created_at)
        if not newest:
            random.Random(seed).shuffle(order)
        before = way(order[: len(order) - len(order) // 20])
        after = way(issues)
        shares.append(sum(after.get(key) == pain for key, pain in before.items()) / max(len(before), 1))
    return sum(shares) / len(shares)


def _load() -> None:
    print("\none week from an empty registry, CPU seconds of assigning:")
    spent: list[tuple[int, float]] = []
    for many in (2_500, 5_000, 10_000, 20_000):
        issues = crowd(many)
        started = time.process_time()
        registry, told = assign([], issues)
        spent.append((many, time.process_time() - started))
        print(f"  {many:6} issues {spent[-1][1]:7.1f} s, {len(registry)} pains, {len(told)} issues in them")
    (few, quick), (many, slow) = spent[0], spent[-1]
    print(f"  exponent {math.log(slow / quick) / math.log(many / few):.2f}")


def crowd(many: int) -> list[Candidate]:
    """Invented issues, a tenth of them of one pain or another; words follow Zipf's law."""
    rng = random.Random(7)
    vocabulary = ["".join(rng.choices("abcdefghiklmnoprstuvw", k=rng.randint(4, 9))) for _ in range(30_000)]
    often = [1 / (rank + 20) for rank in range(len(vocabulary))]
    troubles = [rng.choices(vocabulary[300:], k=12) for _ in range(many // 60)]
    issues = []
    for n in range(many):
        own = rng.sample(troubles[rng.randrange(len(troubles))], 8) if n % 10 == 0 else []
        words = own + rng.choices(vocabulary, weights=often, k=30)
        issues.append(
            Candidate(
                key=f"load:{n:06}",
                created_at=pains_data.START + timedelta(weeks=1) * n / many,
                author=f"author {n}",
                side="customer",
                severity=2,
                title=" ".join(words[:6]),
                body=" ".join(words[6:]),
                leaf=f"leaf {n % 40}",
            )
        )
    return issues


# ------------------------------------------------------------------------------------------------------ ours and rivals


def at_once(issues: Sequence[Candidate]) -> dict[str, str]:
    """One call on all of it."""
    return {told.key: told.pain_id for told in assign([], issues)[1]}


def weekly(issues: Sequence[Candidate]) -> dict[str, str]:
    """As a deployment does it: a week closes and is frozen, and the next one starts from what was stored."""
    registry: list[Pain] = []
    told: dict[str, Assignment] = {}
    for week in sorted({c.created_at.isocalendar()[:2] for c in issues}):
        known = [from_json(json.loads(json.dumps(to_json(pain)))) for pain in registry]
        seen = [c for c in issues if c.key not in told and c.created_at.isocalendar()[:2] <= week]
        registry, joined = assign(known, seen)
        told |= {a.key: a for a in joined}
    return {key: a.pain_id for key, a in told.items()}


def same_title(texts: Sequence[Labelled]) -> dict[str, str]:
    return {text.key: f"{text.product} {' '.join(text.title.casefold().split())}" for text in texts}


def linkage(texts: Sequence[Labelled], threshold: float) -> dict[str, str]:
    """Average linkage on the cosine of TF-IDF vectors (title three times), within each product."""
    return _grouped(_cosines(texts), texts, threshold)


def best_threshold(texts: Sequence[Labelled]) -> float:
    """The one with the most pairs found while at least 0.90 of them are right; the highest where none is."""
    likeness = _cosines(texts)
    best = (-1.0, THRESHOLDS[-1])
    for threshold in THRESHOLDS:
        scores = pains_data.by_product(texts, _grouped(likeness, texts, threshold))
        both = sum(scores.values(), start=Score())
        if both.pair_precision >= 0.90 and both.pair_recall > best[0]:
            best = (both.pair_recall, threshold)
    return best[1]


def _cosines(texts: Sequence[Labelled]) -> Mapping[str, Whole]:
    return {
        product: tf_idf([t for t in texts if t.product == product]) for product in sorted({t.product for t in texts})
    }


def tf_idf(texts: Sequence[Labelled]) -> Whole:
    """Cosines in millionths, of a product's texts."""
    bags = [Counter(_WORD.findall(f"{t.title} {t.title} {t.title} {t.body[:4000]}".casefold())) for t in texts]
    seen = Counter(word for bag in bags for word in bag)
    column = {word: n for n, word in enumerate(sorted(seen))}
    vectors = np.zeros((len(bags), len(column)))
    for row, bag in enumerate(bags):
        for word, times in bag.items():
            vectors[row, column[word]] = (1 + math.log(times)) * (1 + math.log(len(bags) / seen[word]))
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    like: Whole = np.rint(vectors @ vectors.T * ONE)
    np.fill_diagonal(like, 0.0)
    return like


def _grouped(likeness: Mapping[str, Whole], texts: Sequence[Labelled], threshold: float) -> dict[str, str]:
    found: dict[str, str] = {}
    for product, like in likeness.items():
        here = [t for t in texts if t.product == product]
        rows = [Row(np.arange(len(like)), row) for row in like]
        for number, members in enumerate(clusters(rows, (), threshold * ONE, lambda _: threshold * ONE)):
            found |= {here[n].key: f"{product} {number}" for n in members}
    return found


if __name__ == "__main__":
    main()
