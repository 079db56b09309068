"""An issue as features, and which issues are one case."""

import math
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from zlib import crc32

from pipeline.pains.cases import one_case
from pipeline.pains.exact import codes, exactness, orders, said, systems
from pipeline.pains.forms import Form, without
from pipeline.pains.values import Candidate, Hashed, Sketch
from pipeline.pains.words import features, words_of

PAD = 36.0
"""Added to every text's length, as a word that it shares with no other: a short text has said less to be alike in."""
UNIT = 1000
"""The length of a feature vector: components are whole numbers."""
SHOWN = 4000
"""Characters of a body that count."""
LIST = 5
"""An issue that names more others than this is a list of cases, not one of them."""
ALONE = 0.8
"""How far a title without a word beside it is held to."""
FULL = 1500
"""Characters of a body in which is seen how much it says."""
FEW, MANY = 12, 24
"""Different telling words of title and body: up to the first a text is short and may be plain, from the second on it
says enough to be held to its title, since long texts share words by chance."""
SKETCHED = 60
"""Features that a sketch keeps: the strongest."""
HALF = 0.5
"""Where more than this part of a leaf's texts are at least so strict of themselves, all are held to their titles."""
SOME = 4
"""Texts as the whole organisation writes them that are added to a leaf's own, so that a few of its own say little."""
NONE: Form = frozenset()


class Text:
    """A candidate with its features.

    `says` is the same for titles that say the same, empty for one that says too little. `strict` says how far the
    title decides, 0 to 1, `own` how far by this text alone: it names things exactly, orders work, or says a lot, or
    nothing, beside its title. `tie` is the same for issues that are one case, -1 for the others.
    """

    __slots__ = (
        "body", "candidate", "case", "codes", "links", "near", "own", "raw", "says", "strict", "systems", "tie", "unit",
    )  # fmt: skip

    def __init__(self, candidate: Candidate, form: Form = NONE) -> None:
        self.candidate = candidate
        self.body = shown(candidate, form)
        named = features(candidate.title, self.body, candidate.labels)
        self.raw = {crc32(name.encode()): both for name, both in sorted(named.items())}
        self.unit: dict[int, int] = {}
        self.case = hashed(candidate.key)
        self.links = sorted({hashed(key) for key in candidate.links} - {self.case})
        if len(self.links) > LIST:
            self.links = []
        self.tie = -1
        self.near = 1.0
        self.says = hashed("\n".join(words)) if (words := said(candidate.title)) else ""
        self.codes = codes(candidate.title)
        self.systems = systems(candidate.title)
        self.own = 1.0 if orders(candidate.title) else self._exact()
        self.strict = self.own

    def _exact(self) -> float:
        exact = exactness(self.candidate.title, self.candidate.body)
        return exact if exact == 1.0 else max(exact, self._full())

    def _full(self) -> float:
        """How far its length alone holds it to its title: where there is nothing else, or a lot else."""
        told = words_of(self.body[:FULL])
        if not told and not words_of(self.candidate.body[:FULL]):
            return ALONE
        many = len({*told, *words_of(self.candidate.title[:FULL])})
        return min(max((many - FEW) / (MANY - FEW), 0.0), 1.0)

    def weigh(self, common: Mapping[int, float]) -> None:
        """Set the vector of length `UNIT`; `common` is the part of its weight that a common feature keeps."""
        raw = {name: times * weight * common.get(name, 1.0) for name, (times, weight) in self.raw.items()}
        length = math.sqrt(math.fsum([PAD * PAD, *(w * w for w in raw.values())]))
        self.unit = {name: whole for name, w in raw.items() if (whole := round(UNIT * w / length))}

    def sketch(self) -> Sketch:
        """What a pain remembers of it: hashed names and weights, none of its words."""
        unit = self.unit
        kept = sorted(unit, key=lambda name: (-unit[name], name))[:SKETCHED]
        return Sketch(
            unit=Hashed({name: unit[name] for name in kept}),
            says=self.says,
            codes=tuple(sorted(hashed(code) for code in self.codes)),
            systems=tuple(sorted(self.systems)),
            strict=self.strict,
        )


def shown(candidate: Candidate, form: Form) -> str:
    """What counts of a body: without what a form asks."""
    return without(candidate.body, form)[:SHOWN]


def hold_to_exactness(texts: Sequence[Text]) -> None:
    """Let a leaf's way of writing decide for its plain texts too."""
    every: dict[str, list[float]] = {}
    for text in texts:
        every.setdefault(text.candidate.leaf or "", []).append(1.0 if text.own >= HALF else 0.0)
    share = sum(sum(told) for told in every.values()) / max(len(texts), 1)
    strict = {leaf for leaf, told in every.items() if sum(told) + SOME * share > HALF * (len(told) + SOME)}
    for text in texts:
        text.strict = 1.0 if (text.candidate.leaf or "") in strict else text.own


def unite(texts: Sequence[Text]) -> None:
    """Give every group of issues that are one case one number: they name each other, or `cases` finds it.

    `texts` are in order of (created_at, key).
    """
    place = {text.case: n for n, text in enumerate(texts)}
    named = ((n, place[case]) for n, text in enumerate(texts) for case in text.links if case in place)
    found = one_case([text.candidate for text in texts])
    root = _united(len(texts), [*named, *(pair for pair in found if not _differ(*(texts[n].codes for n in pair)))])
    size: dict[int, int] = {}
    for top in root:
        size[top] = size.get(top, 0) + 1
    for text, top in zip(texts, root, strict=True):
        text.tie = top if size[top] > 1 else -1


def _differ(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether each names something that the other does not."""
    return bool(one - other and other - one)


def _united(count: int, pairs: Iterable[tuple[int, int]]) -> list[int]:
    root = list(range(count))

    def top(n: int) -> int:
        while root[n] != n:
            root[n] = root[root[n]]
            n = root[n]
        return n

    for one, other in pairs:
        low, high = sorted((top(one), top(other)))
        root[high] = low
    return [top(n) for n in range(count)]


def hashed(key: str) -> str:
    return sha256(key.encode()).hexdigest()[:10]
