"""What a person makes of pains: two become one, one becomes two, or it gets another name."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from pipeline.pains.common import weigh
from pipeline.pains.settling import CASES, SEEN, SKETCHES, found_pain
from pipeline.pains.text import Text, hold_to_exactness, unite
from pipeline.pains.title import title_of
from pipeline.pains.values import Candidate, Hashed, Pain


def merged(one: Pain, other: Pain) -> Pain:
    """`one` with everything of `other` in it; id, name and side stay those of `one`. Raises ValueError where they are
    of two audiences: who may see one would be told of the other."""
    if one.audience != other.audience:
        raise ValueError(f"{one.id} and {other.id} may not be seen by the same people (`visible_to:`)")
    sums = one.seen.whole()
    for name, times in other.seen.whole().items():
        sums[name] = sums.get(name, 0) + times
    kept = sorted(sums, key=lambda name: (-sums[name], name))[:SEEN]
    leaves = {leaf: one.leaves.get(leaf, 0) + other.leaves.get(leaf, 0) for leaf in {*one.leaves, *other.leaves}}
    half = SKETCHES // 2
    sketches = (*one.sketches[:half], *other.sketches[:half], *one.sketches[half:], *other.sketches[half:])
    return replace(
        one,
        first_at=min(one.first_at, other.first_at),
        last_at=max(one.last_at, other.last_at),
        members=one.members + other.members,
        sketches=sketches[:SKETCHES],
        seen=Hashed({name: sums[name] for name in kept}),
        leaves=dict(sorted(leaves.items())),
        cases=(*other.cases, *one.cases)[-CASES:],
    )


def parted(
    pain: Pain, stay: Sequence[Candidate], go: Sequence[Candidate], taken: Collection[str], names: Collection[str] = ()
) -> tuple[Pain, Pain]:
    """The pain with only the issues that stay, and a new one with those that go, named anew.

    `taken` are the ids that it may not get, `names` people's names, which no title holds. Raises ValueError where
    either half has no issue of a person.
    """
    rest, new = _remembered(stay, taken, names), _remembered(go, taken, names)
    kept = replace(
        rest, id=pain.id, title=pain.title, side=pain.side, founded_by=pain.founded_by, audience=pain.audience
    )
    return kept, replace(new, audience=pain.audience)


def renamed(pain: Pain, title: str) -> Pain:
    """The pain under another name; the one that people knew it by is kept beside it."""
    return replace(pain, title=title, was=pain.title)


def _remembered(candidates: Sequence[Candidate], taken: Collection[str], names: Collection[str]) -> Pain:
    texts = [Text(c) for c in sorted(candidates, key=lambda c: (c.created_at, c.key)) if c.author is not None]
    if not texts:
        raise ValueError("each half needs an issue of a person")
    hold_to_exactness(texts)
    unite(texts)
    weigh(texts, ())
    state = found_pain(texts, taken)
    for text in texts:
        state.add(text)
    state.cases = tuple(text.case for text in texts)[-CASES:]
    state.sketches = [text.sketch() for text in texts[:SKETCHES]]
    state.title = title_of([(t.candidate.title, t.body) for t in texts], names)
    return state.freeze()
