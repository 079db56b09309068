"""`python -m benchmarks.pains_natural`: what the registry joins in whole products, for reading.

A labelled set that is drawn for its near pairs says little of a product as it is, where a few texts of a thousand are
one pain. So the registry is run over every text of a product, in the order of its keys, and what it joins is read. The
products were dealt out before any pair of them was read: no organisation is in both halves.
"""

import argparse
import json
import math
import random
import re
import sys
import textwrap
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import combinations

from benchmarks import pains_data
from benchmarks.pains_data import Labelled
from benchmarks.pains_draw import written_once
from pipeline.pains import assign

TUNING = tuple(
    ("deepse_jira", name)
    for name in (
        "titanium", "appceleratorstudio", "aptanastudio", "springxd", "talenddataquality", "talendesb", "mule",
        "mulestudio",
    )
)  # fmt: skip
UNTOUCHED = (
    *(
        ("deepse_jira", name)
        for name in ("datamanagement", "mesos", "moodle", "duracloud", "bamboo", "usergrid", "jirasoftware", "clover")
    ),
    ("satd_jira500", "Camel"),
    ("satd_jira500", "Hadoop"),
)  # fmt: skip
APART = timedelta(weeks=8) / 1500
"""Between two issues: so many as are settled together come in the time that one waits for another."""
_NUMBER = re.compile(r"[0-9]+$")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pains_natural", description=__doc__)
    parser.add_argument("--products", choices=("tuning", "untouched"), default="tuning")
    parser.add_argument("--only", help="one product of these")
    parser.add_argument("--pairs", type=int, default=0, help="pairs that nobody read, drawn by chance to be read (0)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--wide", type=int, default=500, help="characters of a body that are shown (500)")
    options = parser.parse_args()
    told = {each.pair: each.right for each in pains_data.judged()}
    fresh: list[tuple[str, Labelled, Labelled]] = []
    every: Counter[bool | str | None] = Counter()
    for source, product in TUNING if options.products == "tuning" else UNTOUCHED:
        if options.only not in (None, product):
            continue
        texts = whole(source, product)
        pairs = joined(texts)
        judged = Counter(told.get(_keys(pair), "unread") for pair in pairs)
        every += judged
        print(f"{product:20}{len(texts):6} texts {_line(judged)}", flush=True)
        fresh += [(source, *pair) for pair in pairs if _keys(pair) not in told]
    print(f"{'all':32} {_line(every)}")
    random.Random(options.seed).shuffle(fresh)
    for number, (source, one, other) in enumerate(fresh[: options.pairs], 1):
        rows = (one.key.partition(":")[2], other.key.partition(":")[2])
        print(f"\n[{number}] " + json.dumps({"set": source, "product": one.product, "row": rows[0], "other": rows[1]}))
        for text in (one, other):
            print(f"  * {text.title}\n      {textwrap.shorten(text.body, options.wide)}")


def _line(judged: Counter[bool | str | None]) -> str:
    low, high = wilson(judged[True], judged[True] + judged[False])
    return (
        f"{judged.total():5} pairs: {judged[True]} right, {judged[False]} wrong [{low:.2f}, {high:.2f}], "
        f"{judged[None]} undecided, {judged['unread']} unread"
    )


def wilson(right: int, every: int) -> tuple[float, float]:
    """E. B. Wilson, "Probable inference" (1927): where a share lies with 95%."""
    if not every:
        return 0.0, 1.0
    z, share = 1.96, right / every
    middle, spread = share + z * z / (2 * every), z * math.sqrt(share * (1 - share) / every + (z / (2 * every)) ** 2)
    return (middle - spread) / (1 + z * z / every), (middle + spread) / (1 + z * z / every)


def _keys(pair: tuple[Labelled, Labelled]) -> frozenset[str]:
    return frozenset(text.key for text in pair)


def whole(source: str, product: str) -> list[Labelled]:
    """Every text of a product in the order of its keys, without chores that come round."""
    texts = written_once(pains_data.everything(source, product))
    return sorted(texts, key=lambda text: (_number(text.key), text.key))


def joined(texts: Sequence[Labelled]) -> list[tuple[Labelled, Labelled]]:
    """Pairs of texts that are in one pain, in the order of the texts."""
    drawn = {issue.key: issue for issue in pains_data.candidates(texts, 0)}
    issues = [replace(drawn[t.key], created_at=pains_data.START + n * APART) for n, t in enumerate(texts)]
    pains: dict[str, list[Labelled]] = defaultdict(list)
    by_key = {text.key: text for text in texts}
    for told in assign([], issues)[1]:
        pains[told.pain_id].append(by_key[told.key])
    return [pair for pain in sorted(pains) for pair in combinations(pains[pain], 2)]


def _number(key: str) -> int:
    match = _NUMBER.search(key)
    return int(match.group()) if match else sys.maxsize


if __name__ == "__main__":
    main()
