"""`python -m benchmarks.pains_draw`: which texts of products that nobody looked at are read and labelled.

Written, seed and all, before anything was tuned. Half of each product's texts are near neighbours, by TF-IDF and by the
registry's own likeness in equal parts, so that the mistakes of neither way are hidden; the others are drawn by chance.
The registry's likeness is that of the commit that this file came with: a later one may draw others.
"""

import json
import random
import re
import sys
from collections import Counter
from collections.abc import Sequence

import numpy as np

from benchmarks import pains_data
from benchmarks.pains import ONE, tf_idf
from benchmarks.pains_data import Labelled
from pipeline.pains.common import weigh
from pipeline.pains.forms import learnt, place_of
from pipeline.pains.likeness import Shelf, Whole
from pipeline.pains.text import NONE, Text, hold_to_exactness, unite

SEED = 20261128
PRODUCTS = (
    ("deepse_jira", "mule", 104, 40),
    ("deepse_jira", "clover", 60, 20),
    ("deepse_jira", "jirasoftware", 48, 16),
    ("deepse_jira", "datamanagement", 96, 56),
    ("deepse_jira", "talenddataquality", 104, 56),
    ("deepse_jira", "duracloud", 64, 20),
    ("satd_jira500", "Camel", 48, 10),
    ("satd_jira500", "Hadoop", 48, 10),
)
NEAREST = 48
"""The texts that are nearest to another one, among which are drawn."""
PAIRS = 3
"""Of the nearest pairs of either way, one in so many is drawn besides: the first draw held few that are one pain."""
WITH = 2
"""Neighbours that come with each."""
CHORE = 3
LONGEST = 1500
"""Texts of a product that the nearest are looked for among."""
_DIGITS = re.compile(r"[0-9]+")


def main() -> None:
    for source, product, many, pairs in PRODUCTS:
        for text in drawn(source, product, many, pairs):
            row = text.key.partition(":")[2]
            sys.stdout.write(json.dumps({"set": source, "product": product, "row": row}) + "\n")


def drawn(source: str, product: str, many: int, pairs: int) -> list[Labelled]:
    rng = random.Random(f"{SEED} {product}")
    texts = written_once(pains_data.everything(source, product))
    texts = rng.sample(texts, min(LONGEST, len(texts)))
    taken: list[int] = []
    ways = (tf_idf(texts), own(texts))
    for likeness, half in zip(ways, (many // 4, many // 2), strict=True):
        for n in near(likeness, rng):
            if len(taken) < half and n not in taken:
                taken.append(n)
    rest = [n for n in range(len(texts)) if n not in taken]
    taken += rng.sample(rest, many - len(taken))
    for likeness in ways:
        best = np.argsort(-np.triu(likeness), axis=None, kind="stable")[: PAIRS * pairs].tolist()
        for place in sorted(rng.sample(best, pairs // 2)):
            taken += [n for n in divmod(place, len(texts)) if n not in taken]
    return [texts[n] for n in taken]


def written_once(texts: Sequence[Labelled]) -> list[Labelled]:
    """Without chores that come round (`CHORE` titles that differ in their numbers alone), and with only one of two that
    are one row under two keys of a project that was renamed."""
    often = Counter(_DIGITS.sub("0", text.title.casefold().strip()) for text in texts)
    rows: dict[tuple[str, str], Labelled] = {}
    for text in texts:
        if text.title.strip() and often[_DIGITS.sub("0", text.title.casefold().strip())] < CHORE:
            rows[text.key.rpartition("-")[2], text.title] = text
    return list(rows.values())


def near(likeness: Whole, rng: random.Random) -> list[int]:
    """Texts among the nearest to another one, in an order drawn by chance, each with its neighbours behind it."""
    order = np.argsort(-likeness.max(axis=1), kind="stable")[:NEAREST].tolist()
    rng.shuffle(order)
    return [m for n in order for m in (n, *np.argsort(-likeness[n], kind="stable")[:WITH].tolist())]


def own(texts: Sequence[Labelled]) -> Whole:
    issues = sorted(pains_data.candidates(texts, 0), key=lambda c: c.key)
    forms = learnt(issues)
    read = {c.key: Text(c, forms.get(place_of(c), NONE)) for c in issues}
    ordered = [read[text.key] for text in texts]
    hold_to_exactness(ordered)
    unite(ordered)
    weigh(ordered, ())
    like: Whole = np.zeros((len(texts), len(texts)))
    for n, row in enumerate(Shelf(ordered).rows()):
        like[n, row.places] = row.likeness
    return np.minimum(like, like.T) / ONE


if __name__ == "__main__":
    main()
