"""What is in everybody's mouth and says little of a cause."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from itertools import chain
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from pipeline.pains.likeness import ONE, SAME_LEAF, Shelf
from pipeline.pains.linkage import clusters
from pipeline.pains.settling import Names, State
from pipeline.pains.text import Text

T = TypeVar("T")

KNEE = 0.035
"""Part of all texts from which a feature is in everybody's mouth: the more, the less it says of a cause."""
KNEE_PLACE = 0.05
"""The same among the texts of one leaf, which have their subject in common."""
KNEE_LEAST = 6
CROWD = 0.15
"""Mean likeness of texts that plainly tell of one thing."""
CROWD_HOLDS = 0.7
"""Part of a feature's uses now that such a crowd has to hold for the feature to be its own."""


def weigh(waiting: Sequence[Text], pains: Collection[State]) -> None:
    """Give every text its vector, features that are in everybody's mouth, here or at its leaf, made light.

    A pain's own word is no common word, however many tell of it in a bad week. So what the pain that uses a feature
    most has said is left out of its count, and so is a crowd of texts, plainly alike, that holds most of its uses.
    """
    leaves = Counter(text.candidate.leaf for text in waiting)
    for text in waiting:
        text.near = SAME_LEAF - (SAME_LEAF - 1) * (leaves[text.candidate.leaf] / len(waiting)) ** 2
        text.weigh({})
    crowds = [[waiting[n] for n in crowd] for crowd in _crowds(waiting)] if len(waiting) > KNEE_LEAST else []
    everywhere = _common(waiting, crowds, pains, KNEE)
    near = _grouped((state.home(), state) for state in pains)
    inside = _grouped(part for crowd in crowds for part in _by_leaf(crowd).items())
    for leaf, here in _by_leaf(waiting).items():
        common = dict(everywhere)
        for name, part in _common(here, inside.get(leaf, ()), near.get(leaf, ()), KNEE_PLACE).items():
            common[name] = min(part, common.get(name, 1.0))
        for text in here:
            text.weigh(common)


def _by_leaf(texts: Iterable[Text]) -> dict[str, list[Text]]:
    return _grouped((text.candidate.leaf or "", text) for text in texts)


def _grouped(pairs: Iterable[tuple[str, T]]) -> dict[str, list[T]]:
    found: dict[str, list[T]] = {}
    for leaf, one in pairs:
        found.setdefault(leaf, []).append(one)
    return found


def _crowds(texts: Sequence[Text]) -> list[list[int]]:
    return clusters(list(Shelf(texts).rows(plainly=True)), (), CROWD * ONE, lambda _: CROWD * ONE)


def _common(
    texts: Sequence[Text], crowds: Sequence[Sequence[Text]], pains: Collection[State], knee: float
) -> dict[int, float]:
    """The part of its weight that a common feature of these texts keeps."""
    names, seen = _counted(texts)
    if not len(names):
        return {}
    own, most = np.zeros(len(names)), np.zeros(len(names))
    for crowd in crowds:
        inside, times = _counted(crowd)
        at = np.searchsorted(names, inside)
        held = times > CROWD_HOLDS * seen[at]
        own[at[held]] = times[held]
    every = [state.seen() for state in pains]
    used = np.concatenate([of for of, _ in every]) if every else names[:0]
    times = np.concatenate([times for _, times in every]) if every else seen[:0]
    at = np.searchsorted(names, used)
    at[at == len(names)] = 0
    here = names[at] == used
    np.maximum.at(most, at[here], times[here])
    elsewhere = seen + np.bincount(at[here], times[here], len(names)) - own - most
    usual = max(knee * (len(texts) + sum(state.members for state in pains)), KNEE_LEAST)
    common = zip(names[elsewhere > usual].tolist(), elsewhere[elsewhere > usual].tolist(), strict=True)
    return {name: (usual / times) * (usual / times) for name, times in common}


def _counted(texts: Sequence[Text]) -> tuple[Names, NDArray[np.int64]]:
    """The features of texts, ascending, and how many of them have each."""
    return np.unique(np.fromiter(chain.from_iterable(text.raw for text in texts), np.uint32), return_counts=True)
