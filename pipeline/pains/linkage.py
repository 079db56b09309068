"""Average linkage of a sparse likeness, and where to cut it: exact, because its entries are whole numbers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.pains.likeness import Row, Whole

_NONE = -1.0
GAP, SEVERAL = 0.6, 3
"""Of the likeness inside two branches of so many, what they need to each other to be one."""
APART = -1e9
"""Likeness of two that may never come together."""


@dataclass(frozen=True, slots=True)
class Merge:
    """Two branches and the mean likeness across them; a place is a branch that is one leaf."""

    one: "Branch"
    other: "Branch"
    likeness: float
    places: tuple[int, ...]


Branch = int | Merge


def clusters(
    rows: Sequence[Row], anchors: Sequence[float], least: float, asked: Callable[[Sequence[int]], float]
) -> list[list[int]]:
    """Groups of two or more, each sorted, in order of their first member.

    `rows` say whom each item is like. Behind the items stand the anchors, by their weight as so many items: no two of
    them come together. A merge stands where the mean across reaches what `asked` wants of its places; where it falls
    short its branches are looked at by themselves. Nothing below `least` counts.
    """
    found: list[list[int]] = []
    weights = np.concatenate([np.ones(len(rows)), np.array(anchors, dtype=np.float64)])
    for component in _components(rows, len(anchors), least):
        for root in _average_linkage(_matrix(rows, weights, component), weights[component], component, least):
            found += _cut(root, asked)
    return sorted(found)


def _cut(branch: Branch, asked: Callable[[Sequence[int]], float]) -> list[list[int]]:
    found, todo = [], [branch]
    while todo:
        one = todo.pop()
        if isinstance(one, Merge):
            if one.likeness >= asked(one.places) and not _two(one):
                found.append(sorted(one.places))
            else:
                todo += [one.one, one.other]
    return found


def _two(merge: Merge) -> bool:
    """Whether its branches are both much more alike inside than to each other: two causes told in like words."""
    inside = [b.likeness for b in (merge.one, merge.other) if isinstance(b, Merge) and len(b.places) >= SEVERAL]
    return len(inside) == 2 and merge.likeness < GAP * min(inside)


def _components(rows: Sequence[Row], anchors: int, least: float) -> list[NDArray[np.int64]]:
    """Connected sets of two or more; average linkage never reaches across them."""
    near: list[list[int]] = [[] for _ in range(len(rows) + anchors)]
    for n, row in enumerate(rows):
        for place in row.places[row.likeness >= least].tolist():
            near[n].append(place)
            near[place].append(n)
    unseen = np.array([bool(several) for several in near], dtype=np.bool_)
    found = []
    for start in range(len(near)):
        if not unseen[start]:
            continue
        unseen[start] = False
        group, todo = [start], [start]
        while todo:
            more = sorted({n for n in near[todo.pop()] if unseen[n]})
            unseen[more] = False
            group += more
            todo += more
        found.append(np.array(sorted(group)))
    return found


def _matrix(rows: Sequence[Row], weights: Whole, component: NDArray[np.int64]) -> Whole:
    """Sums of likeness: means times both weights. Where two rows disagree, the smaller counts."""
    items = int((component < len(rows)).sum())
    like = np.zeros((len(component), len(component)))
    for n, place in enumerate(component[:items].tolist()):
        row = rows[place]
        inside = np.searchsorted(component, row.places)
        inside[inside == len(component)] = 0
        known = component[inside] == row.places
        like[n, inside[known]] = row.likeness[known]
    like[items:, :items] = like[:items, items:].T
    np.minimum(like, like.T, out=like)
    like[items:, items:] = APART
    np.fill_diagonal(like, 0.0)
    like *= weights[component]
    like *= weights[component][:, None]
    return np.rint(like, out=like)  # in place: of thousands there is no room for another one


def _average_linkage(sums: Whole, size: Whole, component: NDArray[np.int64], least: float) -> list[Branch]:
    """The nearest-neighbour chain: F. Murtagh, "A survey of recent advances in hierarchical clustering algorithms",
    The Computer Journal 26 (1983). Sums of likeness, not means, are carried: they stay whole.
    """
    size = size.copy()
    branch: dict[int, Branch] = dict(enumerate(component.tolist()))
    active = np.ones(len(sums), dtype=np.bool_)
    chain: list[int] = []
    roots: list[Branch] = []
    while active.any():
        chain = chain or [int(np.flatnonzero(active)[0])]
        here = chain[-1]
        mean = np.where(active, sums[here] / (size * size[here]), _NONE)
        mean[here] = _NONE
        nearest = int(mean.argmax())
        back = len(chain) > 1 and bool(mean[chain[-2]] == mean[nearest])
        if mean[nearest] < least:
            active[here] = False
            roots.append(branch[here])
            chain.pop()
        elif back:
            keep, gone = sorted(chain[-2:])
            del chain[-2:]
            branch[keep] = _merged(branch[keep], branch.pop(gone), float(mean[nearest]))
            sums[keep] += sums[gone]
            sums[:, keep] += sums[:, gone]
            size[keep] += size[gone]
            active[gone] = False
        else:
            chain.append(nearest)
    return roots


def _merged(one: Branch, other: Branch, likeness: float) -> Merge:
    places = tuple(
        place for branch in (one, other) for place in (branch.places if isinstance(branch, Merge) else (branch,))
    )
    return Merge(one, other, likeness, places)
