"""Which waiting issues found a pain together."""

import math
from collections.abc import Collection, Mapping, Sequence
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from pipeline.pains.growing import LONE, OTHER_LEAF, OTHER_SIDE, State
from pipeline.pains.linkage import Whole, clusters
from pipeline.pains.text import UNIT, Text
from pipeline.pains.values import Candidate, Pain

FOUND = 0.12
"""Mean likeness within a group from which it founds a pain: hard to found, easier to stay with."""
WIDER = 0.015
"""What a group has to have more of it each time that it is twice as large."""
ONE = 1_000_000
"""Likeness 1 in a matrix of whole numbers."""


def likenesses(texts: Sequence[Text]) -> Whole:
    """Pairwise likeness in millionths, symmetric, 0 on the diagonal; whole where explicit links unite the two."""
    holders: dict[int, tuple[list[int], list[int]]] = {}
    for n, text in enumerate(texts):
        for name, weight in text.unit.items():
            rows, weights = holders.setdefault(name, ([], []))
            rows.append(n)
            weights.append(weight)
    shared = {k: (np.array(r), np.array(w, dtype=np.float64)) for k, (r, w) in holders.items() if len(r) > 1}
    names = {leaf: n for n, leaf in enumerate(sorted({t.candidate.leaf or "" for t in texts}))}
    leaves = np.array([names[t.candidate.leaf] if t.candidate.leaf else -1 for t in texts])
    sides = np.array([t.candidate.side == "customer" for t in texts])
    ties = np.array([t.tie for t in texts])
    result = np.zeros((len(texts), len(texts)))
    for n, text in enumerate(texts):
        row = _shared_part(text, shared, len(texts))
        row = np.where(sides == sides[n], row, row * OTHER_SIDE)
        if leaves[n] >= 0:
            row = row * np.where(leaves == leaves[n], text.near, np.where(leaves < 0, 1.0, OTHER_LEAF))
        row = np.rint(np.minimum(row, 1.0) * ONE)
        result[n] = row if ties[n] < 0 else np.where(ties == ties[n], float(ONE), row)
    np.fill_diagonal(result, 0.0)
    return result


def _shared_part(text: Text, shared: Mapping[int, tuple[NDArray[np.int64], Whole]], count: int) -> Whole:
    """The sum of what a text shares with each, its strongest feature counted `LONE`."""
    row, top = np.zeros(count), np.zeros(count)
    for name, weight in text.unit.items():
        if name in shared:
            rows, weights = shared[name]
            part = weight * weights
            row[rows] += part
            top[rows] = np.maximum(top[rows], part)
    whole: Whole = (row - (1 - LONE) * top) / (UNIT * UNIT)
    return whole


def groups(texts: Sequence[Text]) -> list[tuple[list[Text], float]]:
    """Groups that found a pain, oldest first, each with its mean likeness: two authors at least."""
    if len(texts) < 2:
        return []
    like = likenesses(texts)
    found = []
    for numbers in _close(like, list(range(len(texts))), FOUND):
        group = [texts[n] for n in numbers]
        if len({t.candidate.author for t in group} - {None}) >= 2:
            found.append((group, round(_mean(like, numbers), 4)))
    return found


def _close(like: Whole, numbers: Sequence[int], least: float) -> list[list[int]]:
    """Groups whose mean likeness is what their size asks for; one that falls short is divided once more."""
    found = []
    for places in clusters(like[np.ix_(numbers, numbers)], least * ONE):
        group = [numbers[place] for place in places]
        asked = FOUND + WIDER * math.log2(len(group) / 2)
        found += [group] if _mean(like, group) >= asked else _close(like, group, max(asked, least + WIDER))
    return sorted(found)


def _mean(like: Whole, numbers: Sequence[int]) -> float:
    return float(like[np.ix_(numbers, numbers)].sum()) / (len(numbers) * (len(numbers) - 1)) / ONE


def found_pain(group: Sequence[Text], pains: Mapping[str, State]) -> State:
    people = [t for t in group if t.candidate.author is not None]
    founder = people[0].candidate
    state = State(
        Pain(
            id=_fresh_id(founder.key, pains),
            title="",
            side=_side_of([t.candidate for t in people]),
            founded_by=founder.key,
            first_at=founder.created_at,
            last_at=founder.created_at,
            profile={},
            members=0,
        )
    )
    for text in people:
        state.add(text)
    return state


def _fresh_id(key: str, taken: Collection[str]) -> str:
    """From the founding issue's key. Another follows only where two keys share a hash."""
    salted = key
    while (found := "p-" + sha256(salted.encode()).hexdigest()[:8]) in taken:
        salted += "+"
    return found


def _side_of(people: Sequence[Candidate]) -> str:
    """The side of most authors; the customers' where they are even, because they suffer what staff report of them."""
    authors: dict[str, set[str | None]] = {}
    for candidate in people:
        authors.setdefault(candidate.side, set()).add(candidate.author)
    return max(sorted(authors), key=lambda side: (len(authors[side]), side == "customer"))


def most_central(members: Sequence[Text]) -> list[Text]:
    """The members, the one most like the others first; people's before bots'."""
    totals = likenesses(members).sum(axis=1).tolist()
    order = sorted(range(len(members)), key=lambda n: (members[n].candidate.author is None, -totals[n], n))
    return [members[n] for n in order]
