"""The living registry of pains: an issue that tells of pain joins one that lives, or founds one with others, or waits.

Pure and exact. Weights, sums and likenesses are whole numbers (or floats that hold them), everything is walked in a
fixed order, and no hash of the process takes part: the same registry and the same set of issues give the same pains, on
any machine and in whatever order the issues arrived.

Putting two causes into one pain is the worse mistake, because it hides one of them. So founding asks for more than
joining (`FOUND` above `JOIN`), a young pain asks for more than a grown one, likeness has to come from more than one
word, and what is nowhere alike enough waits.
"""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import combinations
from typing import Any, Literal
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from pipeline.linkage import Whole, clusters
from pipeline.pains_title import title_of
from pipeline.pains_words import features

ALIVE = timedelta(weeks=26)
"""A pain that nobody has told of for longer is over; the same trouble later founds a new one."""
WAITS = timedelta(weeks=8)
"""How long an issue that found no pain may still found one with a later issue."""
JOIN = 0.07
"""Mean likeness to a pain's issues from which an issue joins it. The three measures were set on other texts."""
YOUNG = 2.0
"""A pain of n issues asks for 1 + `YOUNG` / n times `JOIN`: the mean over few says little."""
FOUND = 0.12
"""Mean likeness within a group from which it founds a pain: hard to found, easier to stay with."""
OTHER_SIDE = 0.6
"""What likeness counts between a developer's pain and a customer's: only what is strong unites them."""
OTHER_LEAF = 0.85
SAME_LEAF = 1.3
LONE = 0.35
"""What the one strongest shared feature counts: likeness has to come from more than a single word."""
PAD = 25.0
"""Added to every text's length, as a word that it shares with no other: a short text has said less to be alike in."""
KNEE = 0.035
"""Part of all texts from which a feature is in everybody's mouth: the more, the less it says of a cause."""
KNEE_LEAST = 6
CROWD = 0.3
"""Mean likeness of texts that plainly tell of one thing."""
CROWD_HOLDS = 0.66
"""Part of a feature's uses now that such a crowd has to hold for the feature to be its own."""
UNIT = 1000
"""The length of a feature vector: components are whole numbers."""
PROFILE = 192
"""Features that a pain remembers: the strongest."""
CASES = 128
"""Issues that a pain remembers for explicit links: the last."""
LIST = 5
"""An issue that names more others than this is a list of cases, not one of them."""
ROUND = 1500
"""Issues looked at in one round; more in one week are taken in several rounds."""
POOL = 2000
"""Waiting issues that take part in a round: the youngest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One classified issue that tells of pain. `key` is "source:external_id"; `author` None is a bot, nobody.

    `links` are the keys of other issues that it names explicitly; `labels` the source's own words for what it is about.
    """

    key: str
    created_at: datetime
    author: str | None
    side: str
    severity: int
    title: str
    body: str
    leaf: str | None
    links: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pain:
    """One pain of the registry. `title` and `side` are pinned when it is founded.

    `profile` sums the feature vectors of its issues and `seen` says how many of them have a feature, both under hashed
    names, so that the registry, which outlives the texts, holds none of their words beside the title. `leaves` counts
    its issues by leaf; `cases` are hashed keys of its last issues. Bots' issues join a pain but leave no trace in it:
    `members`, `last_at` and the profile are of people's issues alone.
    """

    id: str
    title: str
    side: str
    founded_by: str
    first_at: datetime
    last_at: datetime
    profile: Mapping[str, int]
    members: int
    seen: Mapping[str, int] = field(default_factory=dict)
    leaves: Mapping[str, int] = field(default_factory=dict)
    cases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """Which pain an issue tells of. `score` is its likeness when it joined, 0 to 1; 1 for an explicit link."""

    key: str
    pain_id: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Something for a person to decide: one pain is two, or two pains are one. Nothing is changed by it."""

    what: Literal["split", "merge"]
    pains: tuple[str, ...]
    because: str


def to_json(pain: Pain) -> dict[str, Any]:
    """JSON values only; `from_json` gives the equal pain back."""
    raw = asdict(pain)
    return raw | {
        "first_at": pain.first_at.isoformat(),
        "last_at": pain.last_at.isoformat(),
        "profile": dict(pain.profile),
        "seen": dict(pain.seen),
        "leaves": dict(pain.leaves),
        "cases": list(pain.cases),
    }


def from_json(raw: Mapping[str, Any]) -> Pain:
    return Pain(
        id=raw["id"],
        title=raw["title"],
        side=raw["side"],
        founded_by=raw["founded_by"],
        first_at=datetime.fromisoformat(raw["first_at"]),
        last_at=datetime.fromisoformat(raw["last_at"]),
        profile={name: int(weight) for name, weight in raw["profile"].items()},
        members=int(raw["members"]),
        seen={name: int(times) for name, times in raw["seen"].items()},
        leaves={leaf: int(count) for leaf, count in raw.get("leaves", {}).items()},
        cases=tuple(raw.get("cases", ())),
    )


def assign(
    registry: Sequence[Pain], candidates: Sequence[Candidate], *, names: Collection[str] = ()
) -> tuple[list[Pain], list[Assignment]]:
    """The registry with these issues in it, sorted by id, and who joined what, sorted by key.

    An issue without an assignment found no pain; hand it in again while `WAITS` lasts. Nothing of `registry` is lost:
    pains that are over stay in it. `names` are names of people, which no title may hold.
    """
    pains = {pain.id: _State(pain) for pain in sorted(registry, key=lambda p: p.id)}
    ordered = sorted({c.key: c for c in candidates}.values(), key=lambda c: (c.created_at, c.key))
    told: dict[str, Assignment] = {}
    waiting: list[_Text] = []
    for fresh in _rounds([_Text(c) for c in ordered]):
        newest = fresh[-1].candidate.created_at
        waiting = [t for t in waiting if newest - t.candidate.created_at <= WAITS][-POOL:] + fresh
        _settle(pains, waiting, told, names)
        waiting = _untold(waiting, told)
    return [pains[i].freeze() for i in sorted(pains)], [told[key] for key in sorted(told)]


def _rounds(texts: Sequence["_Text"]) -> Iterator[list["_Text"]]:
    """Consecutive texts, a calendar week (UTC) at a time, so that several weeks at once end like week after week."""
    group: list[_Text] = []
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


def _untold(texts: Iterable["_Text"], told: Mapping[str, Assignment]) -> list["_Text"]:
    return [t for t in texts if t.candidate.key not in told]


def _settle(
    pains: dict[str, "_State"], waiting: list["_Text"], told: dict[str, Assignment], names: Collection[str]
) -> None:
    """Join and found until neither changes anything: then a later call finds nothing that this one left undone."""
    _tie(waiting)
    _weigh(waiting, pains.values())
    new: dict[str, list[_Text]] = {}
    among = list(pains)
    while True:
        _join_all(list(pains.values()), among, waiting, told, new)
        waiting = _untold(waiting, told)
        groups = _groups(waiting)
        if not groups:
            break
        among = []
        for group, score in groups:
            state = _found(group, pains)
            among.append(state.id)
            pains[state.id] = state
            new[state.id] = list(group)
            for text in group:
                told[text.candidate.key] = Assignment(key=text.candidate.key, pain_id=state.id, score=score)
        waiting = _untold(waiting, told)
    for pain_id, members in new.items():
        pains[pain_id].title = title_of([(c.title, c.body) for c in _most_central(members)], names)


def _join_all(
    pains: Sequence["_State"],
    among: Iterable[str],
    waiting: Sequence["_Text"],
    told: dict[str, Assignment],
    new: Mapping[str, list["_Text"]],
) -> None:
    """Over and over, oldest first, until nobody else joins. Whoever is linked with one that joins goes along.

    `among` are the pains that the waiting have not been compared with. After the first time over, only a pain that has
    grown can be nearer than it was.
    """
    index = _Index(pains)
    tied: dict[int, list[_Text]] = {}
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


# ---------------------------------------------------------------------------------------------------------------- texts


class _Text:
    """A candidate with its features. `tie` is the same for issues that explicit links unite, -1 for the others."""

    __slots__ = ("candidate", "case", "links", "raw", "tie", "unit")

    def __init__(self, candidate: Candidate) -> None:
        self.candidate = candidate
        named = features(candidate.title, candidate.body, candidate.labels)
        self.raw = {crc32(name.encode()): both for name, both in sorted(named.items())}
        self.unit: dict[int, int] = {}
        self.case = _case(candidate.key)
        self.links = sorted({_case(key) for key in candidate.links} - {self.case})
        if len(self.links) > LIST:
            self.links = []
        self.tie = -1

    def weigh(self, common: Mapping[int, float]) -> None:
        """Set the vector of length `UNIT`; `common` is the part of its weight that a common feature keeps."""
        raw = {name: times * weight * common.get(name, 1.0) for name, (times, weight) in self.raw.items()}
        length = math.sqrt(math.fsum([PAD * PAD, *(w * w for w in raw.values())]))
        self.unit = {name: whole for name, w in raw.items() if (whole := round(UNIT * w / length))}


def _weigh(waiting: Sequence[_Text], pains: Collection["_State"]) -> None:
    """Give every text its vector, features that are in everybody's mouth here made light.

    A pain's own word is no common word, however many tell of it in a bad week. So what the pain that uses a feature
    most has said is left out of its count, and so is a crowd of texts, plainly alike, that holds most of its uses.
    """
    for text in waiting:
        text.weigh({})
    crowds = clusters(_likenesses(waiting), CROWD * _ONE) if len(waiting) > KNEE_LEAST else []
    seen = Counter(name for text in waiting for name in text.raw)
    own: dict[int, int] = {}
    for crowd in crowds:
        for name, times in Counter(name for n in crowd for name in waiting[n].raw).items():
            if times > CROWD_HOLDS * seen[name]:
                own[name] = times
    most: dict[int, int] = {}
    for state in pains:
        for name, times in state.seen.items():
            seen[name] += times
            most[name] = max(most.get(name, 0), times)
    usual = max(KNEE * (len(waiting) + sum(state.members for state in pains)), KNEE_LEAST)
    elsewhere = {name: times - own.get(name, 0) - most.get(name, 0) for name, times in seen.items()}
    common = {name: (usual / times) * (usual / times) for name, times in elsewhere.items() if times > usual}
    for text in waiting:
        text.weigh(common)


def _tie(texts: Sequence[_Text]) -> None:
    """Give every group of issues that name each other one number."""
    place = {text.case: n for n, text in enumerate(texts)}
    root = list(range(len(texts)))

    def top(n: int) -> int:
        while root[n] != n:
            root[n] = root[root[n]]
            n = root[n]
        return n

    for n, text in enumerate(texts):
        text.tie = -1
        for other in (place[case] for case in text.links if case in place):
            low, high = sorted((top(n), top(other)))
            root[high] = low
    size: dict[int, int] = {}
    for n in range(len(texts)):
        size[top(n)] = size.get(top(n), 0) + 1
    for n, text in enumerate(texts):
        if size[top(n)] > 1:
            text.tie = top(n)


def _case(key: str) -> str:
    return sha256(key.encode()).hexdigest()[:10]


class _State:
    """A pain while a call works on it."""

    __slots__ = (
        "cases", "first_at", "founded_by", "id", "last_at", "leaves", "members", "profile", "seen", "side", "title",
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

    def add(self, text: _Text) -> None:
        candidate = text.candidate
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
        )


# -------------------------------------------------------------------------------------------------------------- joining


class _Index:
    """Which pains know a feature, and how strongly."""

    def __init__(self, states: Iterable[_State]) -> None:
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

    def add(self, state: _State, text: _Text) -> None:
        n = self.number[state.id]
        self.touched.add(n)
        self.case_of.setdefault(text.case, n)
        if text.candidate.author is None:
            return
        state.add(text)
        for name in text.unit:
            self.known.setdefault(name, {})[n] = state.profile[name]

    def linked(self, company: Sequence[_Text]) -> tuple[_State, float] | None:
        """The living pain whose issue one of the company names explicitly; the oldest of the company's first."""
        for text in company:
            for n in sorted(self.case_of[case] for case in text.links if case in self.case_of):
                if _alive(self.states[n], text.candidate.created_at):
                    return self.states[n], 1.0
        return None

    def nearest(self, text: _Text, among: Collection[int]) -> tuple[_State, float] | None:
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
        best: tuple[float, _State] | None = None
        for n in sorted(sums):
            state = self.states[n]
            plain = (sums[n] - (1 - LONE) * tops[n]) / (state.members * UNIT * UNIT)
            if plain * SAME_LEAF < JOIN or not _alive(state, text.candidate.created_at):
                continue
            score = _likeness(plain, text.candidate, state)
            if score >= JOIN * (1 + YOUNG / state.members) and (best is None or score > best[0]):
                best = (score, state)
        return None if best is None else (best[1], round(min(best[0], 1.0), 4))


def _alive(state: _State, at: datetime) -> bool:
    return at - state.last_at <= ALIVE and state.first_at - at <= WAITS


def _likeness(plain: float, candidate: Candidate, state: _State) -> float:
    if candidate.side != state.side:
        plain *= OTHER_SIDE
    if candidate.leaf is not None and state.leaves:
        near = state.leaves.get(candidate.leaf, 0) / sum(state.leaves.values())
        plain *= OTHER_LEAF + (SAME_LEAF - OTHER_LEAF) * near
    return plain


# ------------------------------------------------------------------------------------------------------------- founding

_ONE = 1_000_000
"""Likeness 1 in a matrix of whole numbers."""


def _likenesses(texts: Sequence[_Text]) -> Whole:
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
            row = row * np.where(leaves == leaves[n], SAME_LEAF, np.where(leaves < 0, 1.0, OTHER_LEAF))
        row = np.rint(np.minimum(row, 1.0) * _ONE)
        result[n] = row if ties[n] < 0 else np.where(ties == ties[n], float(_ONE), row)
    np.fill_diagonal(result, 0.0)
    return result


def _shared_part(text: _Text, shared: Mapping[int, tuple[NDArray[np.int64], Whole]], count: int) -> Whole:
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


def _groups(texts: Sequence[_Text]) -> list[tuple[list[_Text], float]]:
    """Groups that found a pain, oldest first, each with its mean likeness: two authors at least."""
    if len(texts) < 2:
        return []
    like = _likenesses(texts)
    found = []
    for numbers in clusters(like, FOUND * _ONE):
        group = [texts[n] for n in numbers]
        if len({t.candidate.author for t in group} - {None}) >= 2:
            total = float(like[np.ix_(numbers, numbers)].sum())
            found.append((group, round(total / (len(group) * (len(group) - 1)) / _ONE, 4)))
    return found


def _found(group: Sequence[_Text], pains: Mapping[str, _State]) -> _State:
    people = [t for t in group if t.candidate.author is not None]
    founder = people[0].candidate
    state = _State(
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


def _most_central(members: Sequence[_Text]) -> list[Candidate]:
    """The members, the one most like the others first; people's before bots'."""
    totals = _likenesses(members).sum(axis=1).tolist()
    order = sorted(range(len(members)), key=lambda n: (members[n].candidate.author is None, -totals[n], n))
    return [members[n].candidate for n in order]


# ------------------------------------------------------------------------------------------------------------ proposals

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
    reasons = _same_authors(members) | _same_words(pains)
    return splits + [Proposal(what="merge", pains=pair, because=why) for pair, why in sorted(reasons.items())]


def _split(pain_id: str, members: Sequence[Candidate]) -> Proposal | None:
    """Two groups of three authors or more each, that hold together within and hardly with each other."""
    ordered = sorted(members, key=lambda c: (c.created_at, c.key))
    texts = [_Text(c) for c in ordered if c.author is not None]
    for text in texts:
        text.weigh({})
    _tie(texts)
    like = _likenesses(texts)
    groups = [g for g in clusters(like, FOUND * _ONE) if len({texts[n].candidate.author for n in g}) >= 3]
    if len(groups) < 2:
        return None
    one, other = sorted(groups, key=len, reverse=True)[:2]
    across = float(like[np.ix_(one, other)].sum()) / (len(one) * len(other)) / _ONE
    if across >= JOIN:
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
    for pain in pains:
        for name, weight in sorted(pain.profile.items()):
            for other in holders.setdefault(name, []):
                if other.side == pain.side:
                    pair = (other.id, pain.id)
                    sums[pair] = sums.get(pair, 0) + weight * other.profile[name]
            holders[name].append(pain)
    squares = {pain.id: sum(w * w for w in pain.profile.values()) for pain in pains}
    return {
        (a, b): "their issues use the same words"
        for (a, b), total in sums.items()
        if total >= TWICE * math.sqrt(squares[a] * squares[b])
    }
