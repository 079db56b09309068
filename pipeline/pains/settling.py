"""Which open issues and living pains come together, all at once.

The outcome is a matter of the set: the open issues are linked with each other and with the pains that live, nearest
first, and no issue comes before another. A pain that lives keeps its issues, and is compared by what it remembers of
the most central of them, which does not change as it grows.
"""

import math
from array import array
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from pipeline.pains.likeness import ONE, Remembered, Row, Shelf
from pipeline.pains.linkage import clusters
from pipeline.pains.text import Text
from pipeline.pains.values import Assignment, Candidate, Hashed, Pain

ALIVE = timedelta(weeks=26)
"""A pain that nobody has told of for longer is over; the same trouble later founds a new one."""
WAITS = timedelta(weeks=8)
"""How long an issue that found no pain may still found one with a later issue."""
PAIR = 0.22
"""Mean likeness that two issues need to be one pain. The measures were set on the tuning part of the labelled pains."""
CROWD = 0.05
"""Mean likeness that many plain issues need: n ask for the square of 2 / n of `PAIR`, but never for less than this.
Where titles decide, many need what two need."""
SKETCHES = 6
"""Issues that a pain remembers for comparing: the most central early ones."""
SEEN = 192
"""Features that a pain counts: the strongest of its sketches."""
CASES = 128
"""Issues that a pain remembers for explicit links: the last."""


Names = NDArray[np.uint32]


class State:
    """A pain while a call works on it."""

    __slots__ = (
        "_fresh", "_names", "_times", "cases", "first_at", "founded_by", "id", "last_at", "leaves", "members", "side",
        "sketches", "title", "was",
    )  # fmt: skip

    def __init__(self, pain: Pain) -> None:
        self.id = pain.id
        self.title = pain.title
        self.side = pain.side
        self.founded_by = pain.founded_by
        self.first_at = pain.first_at
        self.last_at = pain.last_at
        self.sketches = list(pain.sketches)
        self._names = np.array(list(pain.seen.whole()), np.uint32)
        self._times = np.array(list(pain.seen.values()), np.uint32)
        self._fresh = array("I")
        self.members = pain.members
        self.leaves = dict(pain.leaves)
        self.cases = pain.cases
        self.was = pain.was

    def add(self, text: Text) -> None:
        """Count a person's issue in."""
        candidate = text.candidate
        self._fresh.extend(text.raw)
        self.members += 1
        self.first_at = min(self.first_at, candidate.created_at)
        self.last_at = max(self.last_at, candidate.created_at)
        if candidate.leaf is not None:
            self.leaves[candidate.leaf] = self.leaves.get(candidate.leaf, 0) + 1

    def seen(self) -> tuple[Names, Names]:
        """The features of its issues, ascending, and how many of them have each."""
        if self._fresh:
            fresh, times = np.unique(np.asarray(self._fresh), return_counts=True)
            self._names, where = np.unique(np.concatenate([self._names, fresh]), return_inverse=True)
            self._times = np.bincount(where, np.concatenate([self._times, times])).astype(np.uint32)
            self._fresh = array("I")
        return self._names, self._times

    def home(self) -> str:
        """The leaf of most of its issues."""
        return max(sorted(self.leaves), key=lambda leaf: self.leaves[leaf], default="")

    def alive(self, at: datetime) -> bool:
        return at - self.last_at <= ALIVE and self.first_at - at <= WAITS

    def strict(self) -> float:
        """How far exact names decide among its issues, 0 to 1."""
        return math.fsum(sketch.strict for sketch in self.sketches) / max(len(self.sketches), 1)

    def remembered(self) -> list[Remembered]:
        every = sum(self.leaves.values())
        shares = {leaf: count / every for leaf, count in self.leaves.items()}
        return [Remembered(sketch, self.side, shares) for sketch in self.sketches]

    def freeze(self) -> Pain:
        weights: dict[int, int] = {}
        for sketch in self.sketches:
            for name, weight in sketch.unit.whole().items():
                weights[name] = weights.get(name, 0) + weight
        names, times = self.seen()
        seen = dict(zip(names.tolist(), times.tolist(), strict=True))
        kept = sorted(weights, key=lambda name: (-weights[name], name))[:SEEN]
        return Pain(
            id=self.id,
            title=self.title,
            side=self.side,
            founded_by=self.founded_by,
            first_at=self.first_at,
            last_at=self.last_at,
            members=self.members,
            sketches=tuple(self.sketches),
            seen=Hashed({name: seen.get(name, 0) for name in kept}),
            leaves=dict(sorted(self.leaves.items())),
            cases=self.cases,
            was=self.was,
        )


class Settled:
    """What a settling came to: who joined which pain, and the pains that were founded, each with its texts, the most
    central first."""

    def __init__(self) -> None:
        self.told: list[Assignment] = []
        self.founded: list[tuple[State, list[Text]]] = []


def settle(pains: dict[str, State], texts: Sequence[Text]) -> Settled:
    """Put texts into the pains that live, and found new ones; `texts` are in order of (created_at, key).

    New pains are added to `pains`. Bots' texts are nobody's: they found nothing, and follow what people have told of.
    """
    done = Settled()
    if not texts:
        return done
    ground = _Ground(texts, _living(pains.values(), texts))
    for members, known in ground.groups():
        group = [texts[n] for n in members]
        if known is None and len({text.candidate.author for text in group}) < 2:
            continue
        central = ground.central(members)
        state = known or found_pain(group, pains)
        pains[state.id] = state
        ground.join(state, members, central, done)
        if known is None:
            done.founded.append((state, [texts[n] for n in central]))
    ground.follow(done)
    return done


def _living(pains: Iterable[State], texts: Sequence[Text]) -> list[State]:
    oldest, newest = texts[0].candidate.created_at, texts[-1].candidate.created_at
    return [state for state in pains if state.last_at >= oldest - ALIVE and state.first_at <= newest + WAITS]


class _Ground:
    """The texts of a settling and the pains that they may join, with everybody's likeness."""

    def __init__(self, texts: Sequence[Text], living: Sequence[State]) -> None:
        self.texts = texts
        self.living = living
        self.weights = [float(max(len(state.sketches), 1)) for state in living]
        remembered = [one for state in living for one in state.remembered()]
        owner = np.array([n for n, state in enumerate(living) for _ in state.sketches], dtype=np.int64)
        self.case_of: dict[str, int] = {}
        for n, state in enumerate(living):
            for case in state.cases:
                self.case_of.setdefault(case, n)
        self.linked = [sorted({self.case_of[link] for link in t.links if link in self.case_of}) for t in texts]
        self.rows = [self._row(n, row, owner) for n, row in enumerate(Shelf(texts, remembered).rows())]
        self.people = [n for n, text in enumerate(texts) if text.candidate.author is not None]
        self.pain_of: dict[int, State] = {}

    def _row(self, n: int, row: Row, owner: NDArray[np.int64]) -> Row:
        """With one place for each living pain, behind the texts: the mean over what it remembers."""
        count, at = len(self.texts), self.texts[n].candidate.created_at
        texts = row.places < count
        sums = np.bincount(owner[row.places[~texts] - count], row.likeness[~texts], minlength=len(self.living))
        means = np.rint(sums / np.array(self.weights)) if self.living else sums
        means[self.linked[n]] = ONE
        known = np.array([p for p in np.flatnonzero(means).tolist() if self.living[p].alive(at)], dtype=np.int64)
        return Row(
            np.concatenate([row.places[texts], known + count]), np.concatenate([row.likeness[texts], means[known]])
        )

    def groups(self) -> list[tuple[list[int], State | None]]:
        """People's texts that come together, oldest first, with the pain that they join, None where there is none."""
        number = {n: place for place, n in enumerate(self.people)}
        lookup = np.full(len(self.texts) + len(self.living), -1, dtype=np.int64)
        lookup[self.people] = np.arange(len(self.people))
        lookup[len(self.texts) :] = len(self.people) + np.arange(len(self.living))
        rows = []
        for n in self.people:
            mapped = lookup[self.rows[n].places]
            rows.append(Row(mapped[mapped >= 0], self.rows[n].likeness[mapped >= 0]))
        found = []
        for places in clusters(rows, self.weights, CROWD * ONE, self._asked(len(number))):
            members = [self.people[place] for place in places if place < len(number)]
            states = [self.living[place - len(number)] for place in places if place >= len(number)]
            found.append((members, states[0] if states else None))
        return found

    def _asked(self, people: int) -> Callable[[Sequence[int]], float]:
        strict = [*(self.texts[n].strict for n in self.people), *(state.strict() for state in self.living)]

        def asked(places: Sequence[int]) -> float:
            members = sum(1 if n < people else self.living[n - people].members for n in places)
            return needed(members, math.fsum(strict[n] for n in places) / len(places))

        return asked

    def _inside(self, n: int, members: Collection[int], state: State | None) -> float:
        """Mean likeness of a text to the others of its group and to the pain that lived before."""
        row, count = self.rows[n], len(self.texts)
        like = dict(zip(row.places.tolist(), row.likeness.tolist(), strict=True))
        total = math.fsum(like.get(m, 0.0) for m in members)
        others = len(members) - (n in members)
        for place, weight in enumerate(self.weights):
            if state is self.living[place]:
                total += weight * like.get(count + place, 0.0)
                others += int(weight)
        return total / max(others, 1)

    def central(self, members: Sequence[int]) -> list[int]:
        """The members, the one most like the others first."""
        group = frozenset(members)
        means = {n: self._inside(n, group, None) for n in members}
        return sorted(members, key=lambda n: (-means[n], n))

    def join(self, state: State, members: Sequence[int], central: Sequence[int], done: Settled) -> None:
        group = frozenset(members)
        before = state if state in self.living else None
        ties = {tie for n in members if (tie := self.texts[n].tie) >= 0}
        for n in members:
            text = self.texts[n]
            sure = bool(before is not None and self.linked[n]) or text.tie in ties
            score = 1.0 if sure else round(min(self._inside(n, group, before) / ONE, 1.0), 4)
            done.told.append(Assignment(key=text.candidate.key, pain_id=state.id, score=score))
            state.add(text)
            self.pain_of[n] = state
        state.cases = (*state.cases, *(self.texts[n].case for n in members))[-CASES:]
        state.sketches += [self.texts[n].sketch() for n in central[: max(SKETCHES - len(state.sketches), 0)]]

    def follow(self, done: Settled) -> None:
        """Let each bot's text join the pain that it is most like, and leave no trace in it."""
        members: dict[str, list[int]] = {}
        for n, state in self.pain_of.items():
            members.setdefault(state.id, []).append(n)
        by_id = {state.id: state for state in (*self.living, *self.pain_of.values())}
        for n, text in enumerate(self.texts):
            if text.candidate.author is not None:
                continue
            near = {self.pain_of[m].id for m in self.rows[n].places.tolist() if m in self.pain_of}
            near |= {self.living[m - len(self.texts)].id for m in self.rows[n].places.tolist() if m >= len(self.texts)}
            best = max(
                ((self._inside(n, members.get(pain, ()), by_id[pain]), pain) for pain in sorted(near)), default=None
            )
            if best is not None and best[0] >= self._needed_to_join(by_id[best[1]], text):
                score = round(min(best[0] / ONE, 1.0), 4)
                done.told.append(Assignment(key=text.candidate.key, pain_id=best[1], score=score))

    def _needed_to_join(self, state: State, text: Text) -> float:
        return needed(state.members + 1, (state.strict() + text.strict) / 2)


def needed(members: int, strict: float) -> float:
    """Mean likeness, in millionths, that a pain of so many issues asks for whose mean strictness is `strict`."""
    plain = max(CROWD, PAIR * (2 / members) ** 2)
    return (strict * PAIR + (1 - strict) * plain) * ONE


def found_pain(group: Sequence[Text], taken: Collection[str]) -> State:
    founder = group[0].candidate
    return State(
        Pain(
            id=_fresh_id(founder.key, taken),
            title="",
            side=_side_of([text.candidate for text in group]),
            founded_by=founder.key,
            first_at=founder.created_at,
            last_at=founder.created_at,
            members=0,
        )
    )


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
