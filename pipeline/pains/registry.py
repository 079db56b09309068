"""The living registry of pains: an issue that tells of pain joins one that lives, or founds one with others, or waits.

Pure and exact. Weights, sums and likenesses are whole numbers (or floats that hold them), everything is walked in a
fixed order, and no hash of the process takes part: the same registry and the same set of issues give the same pains,
on any machine and in whatever order the issues arrived. Issues of up to eight weeks are settled together, so that it
hardly matters either which of them was written first.

Putting two causes into one pain is the worse mistake, because it hides one of them. So two issues need to be more alike
than many, likeness has to come from more than one word, where people write exactly only titles that say the same are
one, titles that name different things exactly are kept apart, and what is nowhere alike enough waits.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from pipeline.pains.common import weigh
from pipeline.pains.forms import Form, Place, learnt, place_of
from pipeline.pains.settling import WAITS, State, settle
from pipeline.pains.text import NONE, Text, hold_to_exactness, shown, unite
from pipeline.pains.title import title_of
from pipeline.pains.values import Assignment, Candidate, Pain

ROUND = 1500
"""Issues that are settled together at most; more are taken in several rounds, the older first."""
POOL = 2000
"""Waiting issues that take part in a round: the youngest."""


def assign(
    registry: Sequence[Pain], candidates: Sequence[Candidate], *, names: Collection[str] = ()
) -> tuple[list[Pain], list[Assignment]]:
    """The registry with these issues in it, sorted by id, and who joined what, sorted by key.

    An issue without an assignment found no pain; hand it in again while `WAITS` lasts. Nothing of `registry` is lost:
    pains that are over stay in it. `names` are names of people, which no title may hold.

    Each audience is settled by itself, as if there were no other: whoever may see a pain may see all its issues, and
    neither its name nor its number tells of others.
    """
    audiences = sorted({pain.audience for pain in registry} | {candidate.audience for candidate in candidates})
    pains: list[Pain] = []
    told: list[Assignment] = []
    for audience in audiences:
        own = [candidate for candidate in candidates if candidate.audience == audience]
        living, joined = _assign([pain for pain in registry if pain.audience == audience], own, names)
        pains += [replace(pain, audience=audience) for pain in living] if audience else living
        told += joined
    return sorted(pains, key=lambda pain: pain.id), sorted(told, key=lambda one: one.key)


def _assign(
    registry: Sequence[Pain], candidates: Sequence[Candidate], names: Collection[str]
) -> tuple[list[Pain], list[Assignment]]:
    pains = {pain.id: State(pain) for pain in sorted(registry, key=lambda p: p.id)}
    ordered = sorted({c.key: c for c in candidates}.values(), key=lambda c: (c.created_at, c.key))
    told: dict[str, Assignment] = {}
    waiting: list[Text] = []
    founded: list[tuple[State, list[str]]] = []
    forms = learnt(ordered)
    for some in _rounds(ordered):
        fresh = [Text(c, forms.get(place_of(c), NONE)) for c in some]  # of a round alone: they are large
        newest = fresh[-1].candidate.created_at
        waiting = [t for t in waiting if newest - t.candidate.created_at <= WAITS][-POOL:] + fresh
        hold_to_exactness(waiting)
        unite(waiting)
        weigh(waiting, pains.values())
        done = settle(pains, waiting)
        told |= {one.key: one for one in done.told}
        founded += ((state, [text.candidate.key for text in central]) for state, central in done.founded)
        waiting = [t for t in waiting if t.candidate.key not in told]
    _name(founded, ordered, told, forms, names)
    return [pains[i].freeze() for i in sorted(pains)], [told[key] for key in sorted(told)]


def _name(
    founded: Sequence[tuple[State, list[str]]],
    ordered: Sequence[Candidate],
    told: Mapping[str, Assignment],
    forms: Mapping[Place, Form],
    names: Collection[str],
) -> None:
    """Give each founded pain a name that stands for all who tell of it by now, its founders first."""
    members: dict[str, dict[str, Candidate]] = {state.id: {} for state, _ in founded}
    for candidate in ordered:
        joined = told.get(candidate.key)
        if joined is not None and joined.pain_id in members and candidate.author is not None:
            members[joined.pain_id][candidate.key] = candidate
    for state, central in founded:
        tell = members[state.id]
        all_of_it = [tell[key] for key in dict.fromkeys([*central, *tell])]
        state.title = title_of([(c.title, shown(c, forms.get(place_of(c), NONE))) for c in all_of_it], names)


def _rounds(candidates: Sequence[Candidate]) -> Iterator[list[Candidate]]:
    """Consecutive issues, of no more than `WAITS` from first to last."""
    group: list[Candidate] = []
    for candidate in candidates:
        if group and (candidate.created_at - group[0].created_at > WAITS or len(group) >= ROUND):
            yield group
            group = []
        group.append(candidate)
    if group:
        yield group
