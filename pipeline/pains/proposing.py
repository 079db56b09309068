"""What a person should look at: one pain that may be two, two that may be one."""

import math
from collections.abc import Mapping, Sequence
from itertools import combinations

from pipeline.pains.likeness import ONE, Shelf
from pipeline.pains.linkage import clusters
from pipeline.pains.settling import CROWD, needed
from pipeline.pains.text import Text, hold_to_exactness, unite
from pipeline.pains.values import Assignment, Candidate, Pain, Proposal

TWICE = 0.7
"""Likeness of two profiles from which they may be one pain."""


def proposals(
    registry: Sequence[Pain], assignments: Sequence[Assignment], candidates: Sequence[Candidate]
) -> list[Proposal]:
    """Splits, then merges, that a person should look at, sorted by the pains' ids."""
    by_key = {c.key: c for c in candidates}
    members: dict[str, list[Candidate]] = {}
    for told in sorted(assignments, key=lambda a: a.key):
        if told.key in by_key:
            members.setdefault(told.pain_id, []).append(by_key[told.key])
    pains = sorted(registry, key=lambda p: p.id)
    splits = [p for pain in pains if (p := _split(pain.id, members.get(pain.id, []))) is not None]
    audiences = {pain.id: pain.audience for pain in pains}
    found = _same_authors(members) | _same_words(pains)
    reasons = {pair: why for pair, why in found.items() if len({audiences.get(pain) for pain in pair}) == 1}
    return splits + [Proposal(what="merge", pains=pair, because=why) for pair, why in sorted(reasons.items())]


def _split(pain_id: str, members: Sequence[Candidate]) -> Proposal | None:
    """Two groups of three authors or more each, that hold together within and hardly with each other."""
    ordered = sorted(members, key=lambda c: (c.created_at, c.key))
    texts = [Text(c) for c in ordered if c.author is not None]
    for text in texts:
        text.weigh({})
    hold_to_exactness(texts)
    unite(texts)
    rows = list(Shelf(texts).rows())
    strict = math.fsum(text.strict for text in texts) / max(len(texts), 1)
    found = clusters(rows, (), CROWD * ONE, lambda places: needed(len(places), strict))
    groups = [group for group in found if len({texts[n].candidate.author for n in group}) >= 3]
    if len(groups) < 2:
        return None
    return Proposal(what="split", pains=(pain_id,), because="its issues fall into two groups that share few words")


def _same_authors(members: Mapping[str, Sequence[Candidate]]) -> dict[tuple[str, ...], str]:
    authors = {pain: {c.author for c in told} - {None} for pain, told in members.items()}
    pains_of: dict[str | None, list[str]] = {}
    for pain in sorted(authors):
        for author in authors[pain]:
            pains_of.setdefault(author, []).append(pain)
    pairs = {(a, b) for several in pains_of.values() for a, b in combinations(several, 2)}
    why = "more than half of the new authors of one told of the other too"
    return {
        (a, b): why
        for a, b in pairs
        if len(authors[a] & authors[b]) >= 3
        and 2 * len(authors[a] & authors[b]) > min(len(authors[a]), len(authors[b]))
    }


def _same_words(pains: Sequence[Pain]) -> dict[tuple[str, ...], str]:
    holders: dict[str, list[Pain]] = {}
    sums: dict[tuple[str, ...], int] = {}
    profiles = {pain.id: _profile(pain) for pain in pains}
    for pain in pains:
        for name, weight in sorted(profiles[pain.id].items()):
            for other in holders.setdefault(name, []):
                if other.side == pain.side:
                    pair = (other.id, pain.id)
                    sums[pair] = sums.get(pair, 0) + weight * profiles[other.id][name]
            holders[name].append(pain)
    squares = {pain.id: sum(w * w for w in profiles[pain.id].values()) for pain in pains}
    return {
        (a, b): "their issues use the same words"
        for (a, b), total in sums.items()
        if total >= TWICE * math.sqrt(squares[a] * squares[b])
    }


def _profile(pain: Pain) -> dict[str, int]:
    found: dict[str, int] = {}
    for sketch in pain.sketches:
        for name, weight in sketch.unit.items():
            found[name] = found.get(name, 0) + weight
    return found
