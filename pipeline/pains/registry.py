"""The living registry of pains: an issue that tells of pain joins one that lives, or founds one with others, or waits.

Pure and exact. Weights, sums and likenesses are whole numbers (or floats that hold them), everything is walked in a
fixed order, and no hash of the process takes part: the same registry and the same set of issues give the same pains, on
any machine and in whatever order the issues arrived.

Putting two causes into one pain is the worse mistake, because it hides one of them. So founding asks for more than
joining (`FOUND` above `JOIN`), a young pain asks for more than a grown one, likeness has to come from more than one
word, and what is nowhere alike enough waits.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC

from pipeline.pains.common import weigh
from pipeline.pains.forms import learnt, place_of
from pipeline.pains.founding import found_pain, groups, most_central
from pipeline.pains.growing import WAITS, Index, State
from pipeline.pains.text import NONE, Text, unite
from pipeline.pains.title import title_of
from pipeline.pains.values import Assignment, Candidate, Pain

ROUND = 1500
"""Issues looked at in one round; more in one week are taken in several rounds."""
POOL = 2000
"""Waiting issues that take part in a round: the youngest."""


def assign(
    registry: Sequence[Pain], candidates: Sequence[Candidate], *, names: Collection[str] = ()
) -> tuple[list[Pain], list[Assignment]]:
    """The registry with these issues in it, sorted by id, and who joined what, sorted by key.

    An issue without an assignment found no pain; hand it in again while `WAITS` lasts. Nothing of `registry` is lost:
    pains that are over stay in it. `names` are names of people, which no title may hold.
    """
    pains = {pain.id: State(pain) for pain in sorted(registry, key=lambda p: p.id)}
    ordered = sorted({c.key: c for c in candidates}.values(), key=lambda c: (c.created_at, c.key))
    told: dict[str, Assignment] = {}
    waiting: list[Text] = []
    forms = learnt(ordered)
    for fresh in _rounds([Text(c, forms.get(place_of(c), NONE)) for c in ordered]):
        newest = fresh[-1].candidate.created_at
        waiting = [t for t in waiting if newest - t.candidate.created_at <= WAITS][-POOL:] + fresh
        _settle(pains, waiting, told, names)
        waiting = _untold(waiting, told)
    return [pains[i].freeze() for i in sorted(pains)], [told[key] for key in sorted(told)]


def _rounds(texts: Sequence[Text]) -> Iterator[list[Text]]:
    """Consecutive texts, a calendar week (UTC) at a time, so that several weeks at once end like week after week."""
    group: list[Text] = []
    week: tuple[int, int] | None = None
    for text in texts:
        year, number, _ = text.candidate.created_at.astimezone(UTC).isocalendar()
        if group and ((year, number) != week or len(group) >= ROUND):
            yield group
            group = []
        week = (year, number)
        group.append(text)
    if group:
        yield group


def _untold(texts: Iterable[Text], told: Mapping[str, Assignment]) -> list[Text]:
    return [t for t in texts if t.candidate.key not in told]


def _settle(pains: dict[str, State], waiting: list[Text], told: dict[str, Assignment], names: Collection[str]) -> None:
    """Join and found until neither changes anything: then a later call finds nothing that this one left undone."""
    unite(waiting)
    weigh(waiting, pains.values())
    new: dict[str, list[Text]] = {}
    among = list(pains)
    while True:
        _join_all(list(pains.values()), among, waiting, told, new)
        waiting = _untold(waiting, told)
        found = groups(waiting)
        if not found:
            break
        among = []
        for group, score in found:
            state = found_pain(group, pains)
            among.append(state.id)
            pains[state.id] = state
            new[state.id] = list(group)
            for text in group:
                told[text.candidate.key] = Assignment(key=text.candidate.key, pain_id=state.id, score=score)
        waiting = _untold(waiting, told)
    for pain_id, members in new.items():
        pains[pain_id].title = title_of([(t.candidate.title, t.body) for t in most_central(members)], names)


def _join_all(
    pains: Sequence[State],
    among: Iterable[str],
    waiting: Sequence[Text],
    told: dict[str, Assignment],
    new: Mapping[str, list[Text]],
) -> None:
    """Over and over, oldest first, until nobody else joins. Whoever is linked with one that joins goes along.

    `among` are the pains that the waiting have not been compared with. After the first time over, only a pain that has
    grown can be nearer than it was.
    """
    index = Index(pains)
    tied: dict[int, list[Text]] = {}
    for text in waiting:
        tied.setdefault(text.tie, []).append(text)
    numbers = {index.number[pain_id] for pain_id in among}
    while numbers:
        index.touched = set()
        for text in waiting:
            if text.candidate.key in told:
                continue
            company = tied[text.tie] if text.tie >= 0 else [text]
            found = index.linked(company) or index.nearest(text, numbers)
            if found is None:
                continue
            state, score = found
            numbers.add(index.number[state.id])
            for one in _untold(company, told):
                told[one.candidate.key] = Assignment(
                    key=one.candidate.key, pain_id=state.id, score=score if one is text else 1.0
                )
                index.add(state, one)
                if state.id in new:
                    new[state.id].append(one)
        numbers = index.touched
        waiting = _untold(waiting, told)
