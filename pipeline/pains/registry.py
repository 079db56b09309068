"""The living registry of pains: an issue that tells of pain joins one that lives, or founds one with others, or waits.

Pure and exact. Weights, sums and likenesses are whole numbers (or floats that hold them), everything is walked in a
fixed order, and no hash of the process takes part: the same registry and the same set of issues give the same pains,
on any machine and in whatever order the issues arrived. Issues of up to eight weeks are settled together, so that it
hardly matters either which of them was written first.

Putting two causes into one pain is the worse mistake, because it hides one of them. So two issues need to be more alike
than many, likeness has to come from more than one word, where people write exactly only titles that say the same are
one, titles that name different things exactly are kept apart, and what is nowhere alike enough waits.
"""

from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pipeline.pains.common import weigh
from pipeline.pains.forms import place_of
from pipeline.pains.opened import Open
from pipeline.pains.settling import WAITS, State, settle
from pipeline.pains.text import NONE, Text, hold_to_exactness, shown, unite
from pipeline.pains.title import title_of
from pipeline.pains.values import Assignment, Candidate, Pain

ROUND = 1500
"""Issues that are settled together at most; more are taken in several rounds, the older first."""
POOL = 2000
"""Waiting issues that take part in a round: the youngest."""

Tell = Callable[[Open, int, Assignment], None]
"""Told of the place of an issue in its open part, and what it joined."""


def assign(
    registry: Sequence[Pain], candidates: Sequence[Candidate], *, names: Collection[str] = ()
) -> tuple[list[Pain], list[Assignment]]:
    """The registry with these issues in it, sorted by id, and who joined what, sorted by key."""
    audiences = sorted({candidate.audience for candidate in candidates})
    opened = {audience: Open.of(c for c in candidates if c.audience == audience) for audience in audiences}
    told: list[Assignment] = []
    pains = grow(registry, opened, lambda _part, _place, one: told.append(one), names=names)
    return pains, sorted(told, key=lambda one: one.key)


def grow(
    registry: Sequence[Pain], opened: Mapping[str, Open], tell: Tell, *, names: Collection[str] = ()
) -> list[Pain]:
    """The registry with the open issues of each audience in it, sorted by id; `tell` hears who joins what.

    An issue of which nothing is told found no pain; hand it in again while `WAITS` lasts. Nothing of `registry` is
    lost: pains that are over stay in it. `names` are names of people, which no title may hold.

    Each audience is settled by itself, as if there were no other: whoever may see a pain may see all its issues, and
    neither its name nor its number tells of others.
    """
    pains: list[Pain] = []
    for audience in sorted({pain.audience for pain in registry} | opened.keys()):
        known = [pain for pain in registry if pain.audience == audience]
        living = _grow(known, opened.get(audience) or Open.of(()), tell, names)
        pains += [replace(pain, audience=audience) for pain in living] if audience else living
    return sorted(pains, key=lambda pain: pain.id)


def _grow(registry: Sequence[Pain], opened: Open, tell: Tell, names: Collection[str]) -> list[Pain]:
    pains = {pain.id: State(pain) for pain in sorted(registry, key=lambda p: p.id)}
    waiting: list[Text] = []
    places: dict[str, int] = {}
    founded: dict[str, _Founded] = {}
    for some in _rounds(opened.read()):
        fresh = [Text(c, opened.forms.get(place_of(c), NONE)) for _, c in some]  # of a round alone: they are large
        newest = fresh[-1].candidate.created_at
        waiting = [t for t in waiting if newest - t.candidate.created_at <= WAITS][-POOL:] + fresh
        places = {t.candidate.key: places[t.candidate.key] for t in waiting[: -len(fresh)]}
        places |= {candidate.key: place for place, candidate in some}
        hold_to_exactness(waiting)
        unite(waiting)
        weigh(waiting, pains.values())
        done = settle(pains, waiting)
        for state, central in done.founded:
            founded[state.id] = _Founded(state, [places[text.candidate.key] for text in central])
        joined = {one.key: one for one in done.told}
        for text in waiting:
            if (one := joined.get(text.candidate.key)) is not None:
                place = places.pop(one.key)
                tell(opened, place, one)
                if one.pain_id in founded and text.candidate.author is not None:
                    founded[one.pain_id].members.append(place)
        waiting = [t for t in waiting if t.candidate.key not in joined]
    for pain in founded.values():
        pain.state.title = title_of(_Shown(opened, pain.places()), names)
    return [pains[i].freeze() for i in sorted(pains)]


@dataclass(frozen=True, slots=True)
class _Founded:
    """A pain that was founded in this call, with the places of its most central founders and of all its people."""

    state: State
    central: Sequence[int]
    members: "array[int]" = field(default_factory=lambda: array("q"))

    def places(self) -> list[int]:
        """All of them, each once, founders first."""
        return list(dict.fromkeys([*self.central, *sorted(self.members)]))


@dataclass(frozen=True, slots=True)
class _Shown:
    """(title, what counts of the body) of issues, read whenever they are walked through."""

    opened: Open
    places: Sequence[int]

    def __iter__(self) -> Iterator[tuple[str, str]]:
        for _, candidate in self.opened.read(self.places):
            yield candidate.title, shown(candidate, self.opened.forms.get(place_of(candidate), NONE))


def _rounds(candidates: Iterable[tuple[int, Candidate]]) -> Iterator[list[tuple[int, Candidate]]]:
    """Consecutive issues, of no more than `WAITS` from first to last."""
    group: list[tuple[int, Candidate]] = []
    for place, candidate in candidates:
        if group and (candidate.created_at - group[0][1].created_at > WAITS or len(group) >= ROUND):
            yield group
            group = []
        group.append((place, candidate))
    if group:
        yield group
