"""Average-linkage clustering of a likeness matrix: exact, because its entries are whole numbers."""

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.float64]
"""Floats that hold whole numbers: their sums are the same in any order."""
_NONE = -1.0


def clusters(like: Whole, least: float) -> list[list[int]]:
    """Groups of two or more whose mean mutual likeness reaches `least`, each sorted, in order of their first member.

    `like` is symmetric with a diagonal of zeros.
    """
    near = like >= least
    found = [
        [component[n] for n in group]
        for component in _components(near)
        for group in _average_linkage(like[np.ix_(component, component)], least)
    ]
    return sorted(found)


def _components(near: NDArray[np.bool_]) -> list[list[int]]:
    """Connected groups of two or more; average linkage never reaches across them."""
    unseen: NDArray[np.bool_] = np.asarray(near.any(axis=1), dtype=np.bool_)
    found = []
    for start in range(len(near)):
        if not unseen[start]:
            continue
        unseen[start] = False
        group, todo = [start], [start]
        while todo:
            more = np.flatnonzero(near[todo.pop()] & unseen).tolist()
            unseen[more] = False
            group += more
            todo += more
        found.append(sorted(group))
    return found


def _average_linkage(like: Whole, least: float) -> list[list[int]]:
    """The nearest-neighbour chain: F. Murtagh, "A survey of recent advances in hierarchical clustering algorithms",
    The Computer Journal 26 (1983). Sums of likeness, not means, are carried: they stay whole.
    """
    sums = like.copy()
    size = np.ones(len(like))
    members = {n: [n] for n in range(len(like))}
    active = np.ones(len(like), dtype=np.bool_)
    chain: list[int] = []
    while active.any():
        chain = chain or [int(np.flatnonzero(active)[0])]
        here = chain[-1]
        mean = np.where(active, sums[here] / (size * size[here]), _NONE)
        mean[here] = _NONE
        nearest = int(mean.argmax())
        back = len(chain) > 1 and bool(mean[chain[-2]] == mean[nearest])
        if mean[nearest] < least:
            active[here] = False
            chain.pop()
        elif back:
            keep, gone = sorted(chain[-2:])
            del chain[-2:]
            sums[keep] += sums[gone]
            sums[:, keep] += sums[:, gone]
            size[keep] += size[gone]
            members[keep] += members.pop(gone)
            active[gone] = False
        else:
            chain.append(nearest)
    return [sorted(group) for _, group in sorted(members.items()) if len(group) > 1]
