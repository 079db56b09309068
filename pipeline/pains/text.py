"""An issue as features, and who names whom."""

import math
from collections.abc import Mapping, Sequence
from hashlib import sha256
from zlib import crc32

from pipeline.pains.forms import Form, without
from pipeline.pains.values import Candidate
from pipeline.pains.words import features

PAD = 36.0
"""Added to every text's length, as a word that it shares with no other: a short text has said less to be alike in."""
UNIT = 1000
"""The length of a feature vector: components are whole numbers."""
SHOWN = 4000
"""Characters of a body that count."""
LIST = 5
"""An issue that names more others than this is a list of cases, not one of them."""
NONE: Form = frozenset()


class Text:
    """A candidate with its features. `tie` is the same for issues that explicit links unite, -1 for the others."""

    __slots__ = ("body", "candidate", "case", "links", "near", "raw", "tie", "unit")

    def __init__(self, candidate: Candidate, form: Form = NONE) -> None:
        self.candidate = candidate
        self.body = without(candidate.body, form)[:SHOWN]
        named = features(candidate.title, self.body, candidate.labels)
        self.raw = {crc32(name.encode()): both for name, both in sorted(named.items())}
        self.unit: dict[int, int] = {}
        self.case = hashed(candidate.key)
        self.links = sorted({hashed(key) for key in candidate.links} - {self.case})
        if len(self.links) > LIST:
            self.links = []
        self.tie = -1
        self.near = 1.0

    def weigh(self, common: Mapping[int, float]) -> None:
        """Set the vector of length `UNIT`; `common` is the part of its weight that a common feature keeps."""
        raw = {name: times * weight * common.get(name, 1.0) for name, (times, weight) in self.raw.items()}
        length = math.sqrt(math.fsum([PAD * PAD, *(w * w for w in raw.values())]))
        self.unit = {name: whole for name, w in raw.items() if (whole := round(UNIT * w / length))}


def unite(texts: Sequence[Text]) -> None:
    """Give every group of issues that name each other one number."""
    place = {text.case: n for n, text in enumerate(texts)}
    root = list(range(len(texts)))

    def top(n: int) -> int:
        while root[n] != n:
            root[n] = root[root[n]]
            n = root[n]
        return n

    for n, text in enumerate(texts):
        text.tie = -1
        for other in (place[case] for case in text.links if case in place):
            low, high = sorted((top(n), top(other)))
            root[high] = low
    size: dict[int, int] = {}
    for n in range(len(texts)):
        size[top(n)] = size.get(top(n), 0) + 1
    for n, text in enumerate(texts):
        if size[top(n)] > 1:
            text.tie = top(n)


def hashed(key: str) -> str:
    return sha256(key.encode()).hexdigest()[:10]
