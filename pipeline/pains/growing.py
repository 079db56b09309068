"""A pain while a call works on it, and which living one an issue is most like."""

import math
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from pipeline.pains.text import UNIT, Text
from pipeline.pains.values import Pain

ALIVE = timedelta(weeks=26)
"""A pain that nobody has told of for longer is over; the same trouble later founds a new one."""
WAITS = timedelta(weeks=8)
"""How long an issue that found no pain may still found one with a later issue."""
JOIN = 0.07
"""Mean likeness to a pain's issues from which an issue joins it. The three measures were set on other texts."""
YOUNG = 2.0
"""A pain of n issues asks for 1 + `YOUNG` / n times `JOIN`: the mean over few says little."""
OTHER_SIDE = 0.6
"""What likeness counts between a developer's pain and a customer's: only what is strong unites them."""
OTHER_LEAF = 0.85
SAME_LEAF = 1.3
LONE = 0.4
"""What the one strongest shared feature counts: likeness has to come from more than a single word."""
HOLDS = 0.1
"""Mean mutual likeness that a pain of one has to keep to be joined, """
TIGHTER = 0.03
"""and what it has to have more each time that its issues double: what grows on faint likeness stops growing."""
PROFILE = 192
"""Features that a pain remembers: the strongest."""
CASES = 128
"""Issues that a pain remembers for explicit links: the last."""


class State:
    """A pain while a call works on it."""

    __slots__ = (
        "cases", "first_at", "founded_by", "id", "last_at", "leaves", "members", "profile", "seen", "side", "title",
        "together",
    )  # fmt: skip

    def __init__(self, pain: Pain) -> None:
        self.id = pain.id
        self.title = pain.title
        self.side = pain.side
        self.founded_by = pain.founded_by
        self.first_at = pain.first_at
        self.last_at = pain.last_at
        self.profile = {int(name, 16): weight for name, weight in pain.profile.items()}
        self.seen = {int(name, 16): times for name, times in pain.seen.items()}
        self.members = pain.members
        self.leaves = dict(pain.leaves)
        self.cases = pain.cases
        self.together = pain.together

    def add(self, text: Text) -> None:
        candidate = text.candidate
        self.together += 2 * self._shared(text)
        for name, weight in text.unit.items():
            self.profile[name] = self.profile.get(name, 0) + weight
        for name in text.raw:
            self.seen[name] = self.seen.get(name, 0) + 1
        self.members += 1
        self.first_at = min(self.first_at, candidate.created_at)
        self.last_at = max(self.last_at, candidate.created_at)
        if candidate.leaf is not None:
            self.leaves[candidate.leaf] = self.leaves.get(candidate.leaf, 0) + 1
        self.cases = (*self.cases, text.case)[-CASES:]

    def _shared(self, text: Text) -> int:
        return sum(weight * self.profile.get(name, 0) for name, weight in text.unit.items())

    def holds_with(self, text: Text) -> bool:
        """Whether its issues hang together still when this one joins, or do so no less than before."""
        n, shared = self.members, self._shared(text)
        before = self.together / (n * (n - 1)) if n > 1 else 0
        after = (self.together + 2 * shared) / ((n + 1) * n)
        return after >= min(before, (HOLDS + TIGHTER * math.log2(n + 1)) * UNIT * UNIT) if n > 1 else True

    def home(self) -> str:
        """The leaf of most of its issues."""
        return max(sorted(self.leaves), key=lambda leaf: self.leaves[leaf], default="")

    def freeze(self) -> Pain:
        kept = sorted(sorted(self.profile, key=lambda name: (-self.profile[name], name))[:PROFILE])
        return Pain(
            id=self.id,
            title=self.title,
            side=self.side,
            founded_by=self.founded_by,
            first_at=self.first_at,
            last_at=self.last_at,
            profile={f"{name:08x}": self.profile[name] for name in kept},
            members=self.members,
            seen={f"{name:08x}": self.seen.get(name, 0) for name in kept},
            leaves=dict(sorted(self.leaves.items())),
            cases=self.cases,
            together=self.together,
        )


class Index:
    """Which pains know a feature, and how strongly."""

    def __init__(self, states: Iterable[State]) -> None:
        self.states = list(states)
        self.number = {state.id: n for n, state in enumerate(self.states)}
        self.touched: set[int] = set()
        self.known: dict[int, dict[int, int]] = {}
        self.case_of: dict[str, int] = {}
        for n, state in enumerate(self.states):
            for name, weight in state.profile.items():
                self.known.setdefault(name, {})[n] = weight
            for case in state.cases:
                self.case_of.setdefault(case, n)

    def add(self, state: State, text: Text) -> None:
        n = self.number[state.id]
        self.touched.add(n)
        self.case_of.setdefault(text.case, n)
        if text.candidate.author is None:
            return
        state.add(text)
        for name in text.unit:
            self.known.setdefault(name, {})[n] = state.profile[name]

    def linked(self, company: Sequence[Text]) -> tuple[State, float] | None:
        """The living pain whose issue one of the company names explicitly; the oldest of the company's first."""
        for text in company:
            for n in sorted(self.case_of[case] for case in text.links if case in self.case_of):
                if alive(self.states[n], text.candidate.created_at):
                    return self.states[n], 1.0
        return None

    def nearest(self, text: Text, among: Collection[int]) -> tuple[State, float] | None:
        """The living pain, of those numbered, that the issue is most like, if enough."""
        sums: dict[int, int] = {}
        tops: dict[int, int] = {}
        every = len(among) == len(self.states)
        for name, weight in text.unit.items():
            known = self.known.get(name)
            if known is None:
                continue
            for n in known if every or len(known) < len(among) else among:
                if n not in known or not (every or n in among):
                    continue
                part = weight * known[n]
                sums[n] = sums.get(n, 0) + part
                if part > tops.get(n, 0):
                    tops[n] = part
        best: tuple[float, State] | None = None
        for n in sorted(sums):
            state = self.states[n]
            plain = (sums[n] - (1 - LONE) * tops[n]) / (state.members * UNIT * UNIT)
            if plain * SAME_LEAF < JOIN or not alive(state, text.candidate.created_at):
                continue
            score = likeness(plain, text, state)
            if (
                score >= JOIN * (1 + YOUNG / state.members)
                and (best is None or score > best[0])
                and state.holds_with(text)
            ):
                best = (score, state)
        return None if best is None else (best[1], round(min(best[0], 1.0), 4))


def alive(state: State, at: datetime) -> bool:
    return at - state.last_at <= ALIVE and state.first_at - at <= WAITS


def likeness(plain: float, text: Text, state: State) -> float:
    candidate = text.candidate
    if candidate.side != state.side:
        plain *= OTHER_SIDE
    if candidate.leaf is not None and state.leaves:
        near = state.leaves.get(candidate.leaf, 0) / sum(state.leaves.values())
        plain *= OTHER_LEAF + (text.near - OTHER_LEAF) * near
    return plain
