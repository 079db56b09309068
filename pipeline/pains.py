"""The living registry of pains: every issue that tells of pain joins one that is alive, or founds one with others, or waits.

Pure and exact. Weights, sums and similarities are integers (or floats that hold integers), everything is walked in a fixed
order, and no hash of the process takes part: the same registry and the same set of issues give the same pains, on any
machine and in whatever order the issues arrived.
"""

import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Literal
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from pipeline.pains_words import COMMON, FIELDS, SAME, STOP

ALIVE = timedelta(weeks=26)
"""A pain that nobody has told of for longer is over; the same trouble later founds a new one."""
WAITS = timedelta(weeks=8)
"""How long an issue that found no pain may still found one with a later issue."""
JOIN = 0.06
"""Mean likeness to a pain's issues from which an issue joins it."""
FOUND = 0.09
"""Mean likeness within a group from which it founds a pain. Above `JOIN`: hard to found, easier to stay with."""
TIGHT = 0.5
STAY = 0.05
"""A pain keeps an issue unless its likeness falls by more than this below `JOIN`."""
PROFILE = 256
"""Features that a pain remembers: the strongest."""
CASES = 256
"""Issues that a pain remembers for explicit links: the last."""
ROUND = 1500
"""Issues looked at in one round; more in one week are taken in several rounds."""
POOL = 3000
"""Waiting issues that take part in a round: the youngest."""
WORDS = 60
"""Words of the body that count."""
UNIT = 1000
"""The length of an issue's feature vector: components are whole numbers."""
OTHER_SIDE = 0.6
OTHER_LEAF = 0.85
SAME_LEAF = 1.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One classified issue that tells of pain. `key` is "source:external_id"; `author` None means a bot, who counts as nobody.

    `links` are the keys of other issues that it names explicitly.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Pain:
    """One pain of the registry. `title` and `side` are pinned when it is founded.

    `profile` sums the feature vectors of its issues under hashed names, so that the registry, which outlives the texts,
    holds none of their words; `leaves` counts its issues by leaf; `cases` are hashed keys of its last issues. Bots' issues
    join a pain but leave no trace in it: `members`, `last_at` and the profile are of people's issues alone.
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
    selves: int = 0
    leaves: Mapping[str, int] = field(default_factory=dict)
    cases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """Which pain an issue tells of. `score` is its likeness to the pain when it joined, 0 to 1; 1 for an explicit link."""

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
        selves=int(raw["selves"]),
        seen={name: int(times) for name, times in raw["seen"].items()},
        leaves={leaf: int(count) for leaf, count in raw.get("leaves", {}).items()},
        cases=tuple(raw.get("cases", ())),
    )


def assign(
    registry: Sequence[Pain], candidates: Sequence[Candidate], *, names: Collection[str] = ()
) -> tuple[list[Pain], list[Assignment]]:
    """The registry with these issues in it, sorted by id, and who joined what, sorted by key.

    An issue without an assignment found no pain; hand it in again for the `WAITS` to come. Nothing of `registry` is lost:
    pains that are over stay in it. `names` are names of people, which no title may hold.
    """
    pains = {pain.id: _State(pain) for pain in sorted(registry, key=lambda p: p.id)}
    ordered = sorted({c.key: c for c in candidates}.values(), key=lambda c: (c.created_at, c.key))
    told: dict[str, Assignment] = {}
    waiting: list[_Text] = []
    banned = frozenset(name.casefold() for name in names)
    for fresh in _rounds([_Text(c) for c in ordered]):
        newest = fresh[-1].candidate.created_at
        waiting = [t for t in waiting if newest - t.candidate.created_at <= WAITS][-POOL:] + fresh
        _settle(pains, waiting, told, banned)
        waiting = [t for t in waiting if t.candidate.key not in told]
    done = [pains[i].freeze() for i in sorted(pains)]
    return done, [told[key] for key in sorted(told)]


def _rounds(texts: Sequence["_Text"]) -> Iterable[list["_Text"]]:
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


def _settle(
    pains: dict[str, "_State"], waiting: list["_Text"], told: dict[str, Assignment], banned: frozenset[str]
) -> None:
    """Join and found until neither changes anything: then a later call finds nothing that this one left undone."""
    new: dict[str, list[_Text]] = {}
    common = _common(waiting, pains.values())
    for text in waiting:
        text.weigh(common)
    while True:
        _join_all(pains, waiting, told, new)
        waiting = [t for t in waiting if t.candidate.key not in told]
        groups = _groups(waiting)
        if not groups:
            break
        for group, score in groups:
            state = _found(group, pains)
            pains[state.id] = state
            new[state.id] = list(group)
            for text in group:
                told[text.candidate.key] = Assignment(key=text.candidate.key, pain_id=state.id, score=score)
        waiting = [t for t in waiting if t.candidate.key not in told]
    for pain_id, members in new.items():
        pains[pain_id].title = title_of([m.candidate for m in _central(members)], banned)


def _join_all(
    pains: Mapping[str, "_State"],
    waiting: Sequence["_Text"],
    told: dict[str, Assignment],
    new: Mapping[str, list["_Text"]],
) -> None:
    index = _Index(pains.values())
    todo = list(waiting)
    changed = True
    while changed and todo:
        changed = False
        for text in todo:
            found = index.nearest(text)
            if found is None:
                continue
            state, score = found
            told[text.candidate.key] = Assignment(key=text.candidate.key, pain_id=state.id, score=score)
            if text.candidate.author is not None:
                index.add(state, text)
            if state.id in new:
                new[state.id].append(text)
            changed = True
        todo = [t for t in todo if t.candidate.key not in told]


# ---------------------------------------------------------------------------------------------------------------- texts

_WORD = re.compile(r"[^\W_][\w']*")
_NOISE = re.compile(
    r"https?://\S+|www\.\S+|```.*?(?:```|\Z)|<!--.*?-->|<[^<>]{1,80}>|\b[0-9a-f]{8,}\b|\b[A-Z]{2,10}-\d+\b|[\w/-]*#\d+"
    r"|\[[^\[\]]{1,40}\](?=\W|$)|^[ \t]*(?:#{1,6}[ \t]|[-*][ \t]*\[.?\]|>|\*\*[^*\n]*\*\*:?[ \t]*$|[\w ]{1,30}:[ \t]).*?$",
    re.DOTALL | re.MULTILINE,
)
"""What is no one's own words: addresses, code, keys, and the lines of templates (headings, boxes, quotations, fields)."""
_SAME = [(re.compile(pattern), word) for pattern, word in SAME]
_VOWEL = re.compile(r"[aeiouy]")
RARE = 10
"""The level of a word that the background list does not hold."""


def stem(word: str) -> str:
    """Endings off, lightly: plural, -ing, -ed, a last e; y becomes i. Two words of one stem are one feature."""
    word = word.removesuffix("'s").replace("'", "")
    if len(word) <= 3:
        return word
    if word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    elif word.endswith("sses"):
        word = word[:-2]
    elif word.endswith("s") and word[-2] not in "sui":
        word = word[:-1]
    for ending in ("ing", "ed"):
        rest = word.removesuffix(ending)
        if rest != word and len(rest) >= 3 and _VOWEL.search(rest):
            word = rest[:-1] if rest[-1] == rest[-2] and rest[-1] not in "lsz" else rest
            break
    if word.endswith("e") and len(word) > 4:
        word = word[:-1]
    return word[:-1] + "i" if word.endswith("y") and len(word) > 3 else word


_STOP = STOP | {stem(word) for word in STOP}
_LEVEL = {word: level for level, words in COMMON.items() for word in words.split()}
_FIELD: dict[str, list[str]] = {}
for _name, _words in FIELDS.items():
    for _w in _words.split():
        _FIELD.setdefault(stem(_w), []).append(_name)


def words_of(text: str) -> list[str]:
    """The stems that carry meaning, in order; spellings of one thing unified, stop words and numbers out."""
    plain = _NOISE.sub(" ", text).casefold().replace("’", "'")
    for pattern, word in _SAME:
        plain = pattern.sub(f" {word} ", plain)
    found = []
    for match in _WORD.finditer(plain):
        raw = match.group()
        if len(raw) > 40 or raw.isdigit() or raw in _STOP:
            continue
        short = stem(raw)
        if len(short) > 1 and short not in _STOP and not short[0].isdigit():
            found.append(short)
    return found


def counts(title: str, body: str) -> dict[str, tuple[int, int]]:
    """Feature -> (how often, base weight): words, words side by side, and fields of words.

    A word or pair counts double in the title and twice at most; of the body the first `WORDS` count. A field counts by how
    many different words of it there are: one is a chance, three are the subject.
    """
    found: dict[str, tuple[int, int]] = {}
    touched: dict[str, set[str]] = {}
    for times, words in ((2, words_of(title[:400])), (1, words_of(body[:1200])[:WORDS])):
        for word in words:
            found[word] = (min(found.get(word, (0, 0))[0] + times, 2), _LEVEL.get(word, RARE))
            for name in _FIELD.get(word, ()):
                touched.setdefault("~" + name, set()).add(word)
        for pair in zip(words, words[1:], strict=False):
            name = " ".join(pair)
            found[name] = (min(found.get(name, (0, 0))[0] + times, 2), PAIR)
    return found | {name: (min(2 * len(words), FIELD_MOST) - 1, FIELD) for name, words in touched.items()}


FIELD = 5
FIELD_MOST = 8
"""The weight of a field of words that a text touches (a word weighs 3, common, to 10, rare)."""
PAIR = 4
"""The weight of two words side by side."""


class _Text:
    """A candidate with its features."""

    __slots__ = ("candidate", "case", "links", "raw", "unit")

    def __init__(self, candidate: Candidate) -> None:
        self.candidate = candidate
        self.raw = {crc32(name.encode()): both for name, both in sorted(counts(candidate.title, candidate.body).items())}
        self.unit: dict[int, int] = {}
        self.case = _case(candidate.key)
        self.links = frozenset(_case(key) for key in candidate.links)


    def weigh(self, common: Mapping[int, float]) -> None:
        """Set the vector of length `UNIT`; `common` says by how much a feature that is in every mouth here weighs less."""
        raw = {name: times * weight * common.get(name, 1.0) for name, (times, weight) in self.raw.items()}
        length = math.sqrt(math.fsum([PAD * PAD, *(w * w for w in raw.values())]))
        self.unit = {name: whole for name, w in raw.items() if (whole := round(UNIT * w / length))} if length else {}


def _common(waiting: Sequence["_Text"], pains: Iterable["_State"]) -> dict[int, float]:
    """Features that more texts use than one pain explains, and the part of their weight that is left to them."""
    seen: dict[int, int] = {}
    total = len(waiting)
    for text in waiting:
        for name in text.raw:
            seen[name] = seen.get(name, 0) + 1
    for state in pains:
        total += state.members
        for name, times in state.seen.items():
            seen[name] = seen.get(name, 0) + times
    usual = max(KNEE * total, KNEE_MIN)
    return {name: (usual / times) ** POWER for name, times in seen.items() if times > usual}


PAD = 25.0
"""Added to every text's length, as a word that it shares with no other: a short text has said less that could be alike."""
LONE = 0.35
"""What the one strongest shared feature counts: likeness has to come from more than a single word."""
KNEE = 0.04
KNEE_MIN = 6
POWER = 2.0


def _case(key: str) -> str:
    return sha256(key.encode()).hexdigest()[:10]


class _State:
    """A pain while a call works on it."""

    __slots__ = ("cases", "first_at", "founded_by", "id", "last_at", "leaves", "members", "profile", "seen", "selves", "side", "title")

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
        self.selves = pain.selves
        self.leaves = dict(pain.leaves)
        self.cases = pain.cases

    def add(self, text: _Text) -> None:
        candidate = text.candidate
        for name, weight in text.unit.items():
            self.profile[name] = self.profile.get(name, 0) + weight
            self.selves += weight * weight
        for name in text.raw:
            self.seen[name] = self.seen.get(name, 0) + 1
        self.members += 1
        self.first_at = min(self.first_at, candidate.created_at)
        self.last_at = max(self.last_at, candidate.created_at)
        if candidate.leaf is not None:
            self.leaves[candidate.leaf] = self.leaves.get(candidate.leaf, 0) + 1
        self.cases = (*self.cases, text.case)[-CASES:]

    def cohesion(self) -> float:
        """Mean likeness among the pain's own issues."""
        if self.members < 2:
            return 0.0
        squares = sum(mass * mass for mass in self.profile.values())
        return max(0.0, (squares - self.selves) / (self.members * (self.members - 1) * UNIT * UNIT))

    def freeze(self) -> Pain:
        kept = sorted(self.profile.items(), key=lambda item: (-item[1], item[0]))[:PROFILE]
        return Pain(
            id=self.id,
            title=self.title,
            side=self.side,
            founded_by=self.founded_by,
            first_at=self.first_at,
            last_at=self.last_at,
            profile={f"{name:08x}": weight for name, weight in sorted(kept)},
            seen={f"{name:08x}": self.seen[name] for name, _ in sorted(kept) if name in self.seen},
            members=self.members,
            leaves=dict(sorted(self.leaves.items())),
            cases=self.cases,
        )


# -------------------------------------------------------------------------------------------------------------- joining


class _Index:
    """Which pains know a feature, and how strongly."""

    def __init__(self, states: Iterable[_State]) -> None:
        self.states = list(states)
        self.known: dict[int, dict[int, int]] = {}
        self.case_of: dict[str, int] = {}
        self.bar = [max(JOIN, TIGHT * state.cohesion()) for state in self.states]
        self.number = {state.id: n for n, state in enumerate(self.states)}
        for n, state in enumerate(self.states):
            for name, weight in state.profile.items():
                self.known.setdefault(name, {})[n] = weight
            for case in state.cases:
                self.case_of.setdefault(case, n)

    def add(self, state: _State, text: _Text) -> None:
        state.add(text)
        n = self.number[state.id]
        self.bar[n] = max(JOIN, TIGHT * state.cohesion())
        for name in text.unit:
            self.known.setdefault(name, {})[n] = state.profile[name]
        self.case_of.setdefault(text.case, n)

    def nearest(self, text: _Text) -> tuple[_State, float] | None:
        """The living pain that the issue tells of and its score, or None."""
        linked = sorted(self.case_of[c] for c in text.links if c in self.case_of)
        for n in linked:
            if _alive(self.states[n], text.candidate.created_at):
                return self.states[n], 1.0
        dots: dict[int, int] = {}
        tops: dict[int, int] = {}
        for name, weight in text.unit.items():
            for n, mass in self.known.get(name, {}).items():
                part = weight * mass
                dots[n] = dots.get(n, 0) + part
                if part > tops.get(n, 0):
                    tops[n] = part
        best: tuple[float, int] | None = None
        for n in sorted(dots):
            state = self.states[n]
            if not _alive(state, text.candidate.created_at):
                continue
            score = _likeness((dots[n] - (1 - LONE) * tops[n]) / (state.members * UNIT * UNIT), text.candidate, state)
            if score >= self.bar[n] and (best is None or score > best[0]):
                best = (score, n)
        return None if best is None else (self.states[best[1]], round(min(best[0], 1.0), 4))


def _alive(state: _State, at: datetime) -> bool:
    return at - state.last_at <= ALIVE and state.first_at - at <= WAITS


def _likeness(plain: float, candidate: Candidate, state: _State) -> float:
    score = plain
    if candidate.side != state.side:
        score *= OTHER_SIDE
    if candidate.leaf is not None and state.leaves:
        near = state.leaves.get(candidate.leaf, 0) / sum(state.leaves.values())
        score *= OTHER_LEAF + (SAME_LEAF - OTHER_LEAF) * near
    return score


# ------------------------------------------------------------------------------------------------------------- founding

_Whole = NDArray[np.float64]
"""Floats that hold whole numbers: their sums are exact in any order."""


def _likenesses(texts: Sequence[_Text]) -> _Whole:
    """Pairwise likeness in millionths, symmetric, 0 on the diagonal; a million where one names the other."""
    count = len(texts)
    lists: dict[int, tuple[list[int], list[int]]] = {}
    for n, text in enumerate(texts):
        for name, weight in text.unit.items():
            rows, weights = lists.setdefault(name, ([], []))
            rows.append(n)
            weights.append(weight)
    arrays = {k: (np.array(r, dtype=np.int64), np.array(w, dtype=np.float64)) for k, (r, w) in lists.items() if len(r) > 1}
    leaf_ids = {leaf: n for n, leaf in enumerate(sorted({t.candidate.leaf for t in texts if t.candidate.leaf is not None}))}
    leaves = np.array([leaf_ids.get(t.candidate.leaf or "", -1) for t in texts], dtype=np.int64)
    sides = np.array([t.candidate.side == "customer" for t in texts])
    result = np.zeros((count, count), dtype=np.float64)
    for n, text in enumerate(texts):
        top = np.zeros(count)
        for name, weight in text.unit.items():
            if name in arrays:
                rows_, weights_ = arrays[name]
                part = weight * weights_
                result[n, rows_] += part
                top[rows_] = np.maximum(top[rows_], part)
        row = (result[n] - (1 - LONE) * top) / (UNIT * UNIT)
        row = np.where(sides == sides[n], row, row * OTHER_SIDE)
        if leaves[n] >= 0:
            same = leaves == leaves[n]
            row = np.where(same | (leaves < 0), row, row * OTHER_LEAF)
            row = np.where(same, row * SAME_LEAF, row)
        result[n] = np.rint(np.minimum(row, 1.0) * 1e6)
    place = {text.case: n for n, text in enumerate(texts)}
    for n, text in enumerate(texts):
        for case in text.links:
            if case in place:
                result[n, place[case]] = result[place[case], n] = 1e6
    np.fill_diagonal(result, 0.0)
    return result


def _groups(texts: Sequence[_Text]) -> list[tuple[list[_Text], float]]:
    """Groups that may found a pain, oldest first, each with its mean likeness: average linkage, two authors at least."""
    if len(texts) < 2:
        return []
    like = _likenesses(texts)
    found = []
    for component in _components(like >= FOUND * 1e6):
        for members in _average_linkage(like[np.ix_(component, component)]):
            group = [texts[component[m]] for m in members]
            if len({t.candidate.author for t in group} - {None}) >= 2:
                inner = like[np.ix_([component[m] for m in members], [component[m] for m in members])]
                pairs = len(group) * (len(group) - 1)
                found.append((group, round(float(inner.sum()) / pairs / 1e6, 4)))
    return sorted(found, key=lambda f: (f[0][0].candidate.created_at, f[0][0].candidate.key))


def _components(near: NDArray[np.bool_]) -> list[list[int]]:
    """Connected groups of two or more; average linkage never reaches across them."""
    unseen = near.any(axis=1)
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


def _average_linkage(like: _Whole) -> list[list[int]]:
    """Clusters of two or more whose mean mutual likeness reaches `FOUND`, by the nearest-neighbour chain.

    F. Murtagh, "A survey of recent advances in hierarchical clustering algorithms", The Computer Journal 26 (1983).
    """
    sums = like.copy()
    size = np.ones(len(like))
    members = {n: [n] for n in range(len(like))}
    active = np.ones(len(like), dtype=bool)
    chain: list[int] = []
    while active.any():
        if not chain:
            chain = [int(np.flatnonzero(active)[0])]
        here = chain[-1]
        mean = np.where(active, sums[here] / (size * size[here]), -1.0)
        mean[here] = -1.0
        nearest = int(mean.argmax())
        if len(chain) > 1 and mean[chain[-2]] == mean[nearest]:
            nearest = chain[-2]
        if mean[nearest] < FOUND * 1e6:
            active[here] = False
            chain.pop()
        elif len(chain) > 1 and nearest == chain[-2]:
            a, b = sorted(chain[-2:])
            del chain[-2:]
            sums[a] += sums[b]
            sums[:, a] += sums[:, b]
            size[a] += size[b]
            members[a] += members.pop(b)
            active[b] = False
        else:
            chain.append(nearest)
    return [sorted(group) for _, group in sorted(members.items()) if len(group) > 1]


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
    """From the founding issue's key; the same issue founds a second pain only where the first came to be someone else's."""
    salt = key
    while (found := "p-" + sha256(salt.encode()).hexdigest()[:8]) in taken:
        salt += "+"
    return found


def _side_of(people: Sequence[Candidate]) -> str:
    """The side of most authors; the customers' where they are even, because they suffer what staff report of them."""
    authors: dict[str, set[str | None]] = {}
    for candidate in people:
        authors.setdefault(candidate.side, set()).add(candidate.author)
    return max(sorted(authors), key=lambda side: (len(authors[side]), side == "customer"))


# --------------------------------------------------------------------------------------------------------------- titles

TITLE_WORDS = 9
_CONFESSES = re.compile(
    r"not proud|merged without|without waiting|shouldn'?t|should not have|my fault|my mistake|ashamed|i skipped|skipped the|"
    r"i broke|i forgot|bypass|by hand into|force[- ]push|guilty|crying|cried|burn(?:ed|t)? out|exhausted|please don'?t tell",
    re.IGNORECASE,
)
_BLAMES = re.compile(
    r"failed to|should have|careless|\blazy\b|\bforgot|bother|caused by|\bworst\b|\bbest\b|\brank|underperform|incompetent|"
    r"stupid|idiot|useless|\bfault of\b|\bblame|\bnobody (?:cares|bothers)|again\W*$",
    re.IGNORECASE,
)
_ASKS = re.compile(r"^(?:help|urgent|question|hello|hi|hey|dear|please|pls|fyi|test|issue|problem|bug|support)\b[\W_]*\w*\W*$", re.IGNORECASE)
_PREFIX = re.compile(r"^(?:\s*(?:re|fwd?|aw|wg)\s*:\s*|\s*\[[^\]]*\]\s*|\s*\([^)]*\)\s*|\s*[A-Z][A-Z0-9]{1,9}-\d+\s*[:\-]?\s*|\s*#\d+\s*[:\-]?\s*)+", re.IGNORECASE)
_CODE = re.compile(r"[{}<>|\\=`]|::|\w\(\)|\b\w+(?:Exception|Error)\b|\w_\w|\bat [\w.]+\(|0x[0-9a-f]+|https?:|@\w|/\w+/")


def _central(members: Sequence[_Text]) -> list[_Text]:
    """The members, the one most like the others first."""
    like = _likenesses(members)
    totals = like.sum(axis=1).tolist()
    return [m for _, _, m in sorted(zip(totals, range(len(members)), members, strict=True), key=lambda t: (-t[0], t[1]))]


def title_of(members: Sequence[Candidate], banned: Collection[str] = ()) -> str:
    """At most nine words for a pain, from the first member (the most central) whose title may stand for all.

    Where no title does, a first sentence of a body; where none does either, the words most of them share.
    """
    for text in [m.title for m in members] + [_first_sentence(m.body) for m in members]:
        if (title := plain_title(text, banned)) is not None:
            return title
    shared: dict[str, int] = {}
    for member in members:
        for word in sorted(set(words_of(member.title) + words_of(member.body)[:WORDS])):
            if word.isalpha() and word not in banned:
                shared[word] = shared.get(word, 0) + 1
    top = sorted(shared, key=lambda w: (-shared[w], -_LEVEL.get(w, RARE), w))[:2]
    return "Trouble with " + " and ".join(top) if top else "Trouble that several people describe"


def _first_sentence(body: str) -> str:
    return re.split(r"(?<=[.!?])\s|\n", body.strip()[:400], maxsplit=1)[0]


def plain_title(text: str, banned: Collection[str] = ()) -> str | None:
    """The text as a title: markers off, nine words at most; None where it would not read as a plain sentence, or must not."""
    clean = " ".join(_PREFIX.sub("", text[:400]).split()).strip(" .,:;-!–—\"'")
    if not clean or clean.endswith("?") or _ASKS.match(clean) or _CODE.search(clean):
        return None
    if _CONFESSES.search(clean) or _BLAMES.search(clean):
        return None
    words = clean.split()
    letters = [c for c in clean if c.isalpha()]
    if len(words) < 3 or not letters or sum(c.isupper() for c in letters) * 2 > len(letters):
        return None
    if any(word.strip(".,:;!()'\"").removesuffix("'s").casefold() in banned for word in words):
        return None
    short = _shorten(words)
    return short[0].upper() + short[1:] if short else None


_LOOSE = frozenset("a an and as at but by for from if in into is of on or our so that the their to when which while with your".split())


def _shorten(words: Sequence[str]) -> str:
    if len(words) <= TITLE_WORDS:
        return " ".join(words)
    kept = list(words[:TITLE_WORDS])
    for n in range(len(kept) - 1, 3, -1):
        if kept[n][-1] in ".,;:":
            return " ".join(kept[: n + 1]).rstrip(".,;:")
    while len(kept) > 3 and kept[-1].casefold().strip(",;:") in _LOOSE:
        kept.pop()
    return " ".join(kept).rstrip(" .,;:-–—")


# ------------------------------------------------------------------------------------------------------------ proposals


def proposals(
    registry: Sequence[Pain], assignments: Sequence[Assignment], candidates: Sequence[Candidate]
) -> list[Proposal]:
    """Splits and merges that a person should look at, sorted."""
    by_key = {c.key: c for c in candidates}
    members: dict[str, list[Candidate]] = {}
    for a in sorted(assignments, key=lambda a: a.key):
        if a.key in by_key:
            members.setdefault(a.pain_id, []).append(by_key[a.key])
    pains = sorted(registry, key=lambda p: p.id)
    found = [p for pain in pains if (p := _split(pain, members.get(pain.id, []))) is not None]
    for n, one in enumerate(pains):
        for other in pains[n + 1 :]:
            why = _merge(one, other, members)
            if why is not None:
                found.append(Proposal(what="merge", pains=(one.id, other.id), because=why))
    return found


def _split(pain: Pain, members: Sequence[Candidate]) -> Proposal | None:
    """Two groups of three people's issues or more that hold together within and hardly with each other."""
    texts = [_Text(c) for c in sorted(members, key=lambda c: (c.created_at, c.key)) if c.author is not None]
    for text in texts:
        text.weigh({})
    if len(texts) < 6:
        return None
    like = _likenesses(texts)
    groups = [g for g in _average_linkage(like) if len({texts[m].candidate.author for m in g}) >= 3]
    if len(groups) < 2:
        return None
    one, other = sorted(groups, key=len, reverse=True)[:2]
    across = float(like[np.ix_(one, other)].sum()) / (len(one) * len(other)) / 1e6
    if across >= JOIN / 2:
        return None
    return Proposal(what="split", pains=(pain.id,), because=f"its issues fall into two groups of likeness {across:.2f}")


def _merge(one: Pain, other: Pain, members: Mapping[str, Sequence[Candidate]]) -> str | None:
    ours = {c.author for c in members.get(one.id, ())} - {None}
    theirs = {c.author for c in members.get(other.id, ())} - {None}
    shared = len(ours & theirs)
    if shared >= 2 and shared * 2 > min(len(ours), len(theirs)):
        return "more than half of the new authors of one told of the other too"
    dot = sum(weight * other.profile.get(name, 0) for name, weight in sorted(one.profile.items()))
    squares = [sum(w * w for w in p.profile.values()) for p in (one, other)]
    if one.side == other.side and dot and dot / math.sqrt(squares[0] * squares[1]) >= 0.7:
        return "their issues use the same words"
    return None
