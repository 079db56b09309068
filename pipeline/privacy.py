"""Who may be counted: floors, complementary suppression, and text that is never quoted or pointed at.

The floors are code and not settings.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.digest.material import Voice
from pipeline.org import Org

GROUP = 5
"""A number is drawn from at least this many people (customers: accounts)."""
BEHIND = 3
"""And at least this many of them are behind it."""
TENDER = frozenset({"confession", "distress", "voice_withdrawn"})
"""Signals of text in which somebody admits a shortcut or a mistake, or tells of distress or of having given up."""


def may_show(behind: int, group: int) -> bool:
    """Whether a number of people may be printed. Nobody at all is not a person: zero of a large enough group may."""
    return group >= GROUP and (behind >= BEHIND or behind == 0)


def tender(voice: Voice) -> bool:
    """Never quoted anywhere, never listed above the author's own team."""
    return any(signal.name in TENDER for signal in voice.signals)


def quotable(voice: Voice) -> bool:
    return voice.author is not None and not voice.no_quote and not tender(voice)


def listable(voice: Voice, led: frozenset[str]) -> bool:
    """Whether an issue may be named to somebody who leads `led`: tender ones only to the author's own lead."""
    return not tender(voice) or (voice.team is not None and voice.team in led)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The people behind one number in one leader's digest. `teams` is the leader's scope."""

    leader: str
    teams: frozenset[str]
    people: frozenset[str]


Base = Callable[[frozenset[str]], int]
"""How many people the teams have in all (for customers: accounts seen by them)."""


def shown(groups: Sequence[Group], base: Base) -> frozenset[str]:
    """The leaders who may see the number, so that no sum or difference of what several of them see tells of one or two
    people, or of people of a group below the floor; nor does a number beside digests that only name the pain.

    While something does, the smallest number that stops it is withdrawn. Zeros are not treated here: they hide nobody.
    """
    told = sorted((g for g in groups if g.people), key=lambda g: (len(g.people), g.leader))
    alive = {g.leader: g for g in told if may_show(len(g.people), base(g.teams))}
    around = _around(told)
    while True:
        rest = [g for g in told if g.leader in alive]
        silent = [g for g in told if g.leader not in alive]
        victim = _revealing(rest, around, base) or _solvable(rest) or _counted_out(rest, silent, base)
        if victim is None:
            return frozenset(alive)
        del alive[victim]


def _around(told: Sequence[Group]) -> Mapping[str, Sequence[Group]]:
    """Of each group, by leader, all that may hold it: those that count one of its people, who is in few."""
    counted: dict[str, list[Group]] = {}
    for group in told:
        for who in group.people:
            counted.setdefault(who, []).append(group)
    return {g.leader: min((counted[who] for who in g.people), key=len) for g in told}


def _revealing(alive: Sequence[Group], around: Mapping[str, Sequence[Group]], base: Base) -> str | None:
    """The smaller number of a pair or family whose difference would reveal too few people."""
    shown = frozenset(group.leader for group in alive)
    # The larger of the withdrawn first: often the smaller may then stay.
    for small in reversed(alive):
        if any(large.leader in shown and _pair_reveals(small, large, base) for large in around[small.leader]):
            return small.leader
    for large in reversed(alive):
        parts = _largest_inside(large, alive)
        rest = large.people.difference(*(part.people for part in parts)) if parts else frozenset()
        outside = large.teams.difference(*(part.teams for part in parts))
        if rest and (len(rest) < BEHIND or base(outside) < GROUP):
            return parts[-1].leader
    return None


def _pair_reveals(small: Group, large: Group, base: Base) -> bool:
    gap = len(large.people) - len(small.people)
    nested = small.teams < large.teams
    if gap == 0 or (gap >= BEHIND and not nested) or not small.people < large.people:
        return False
    return gap < BEHIND or base(large.teams - small.teams) < GROUP


def _largest_inside(whole: Group, alive: Sequence[Group]) -> list[Group]:
    """The largest other groups inside this one that do not overlap in teams, largest first."""
    parts: list[Group] = []
    for part in reversed(alive):
        inside = part.teams < whole.teams and part.people <= whole.people
        if inside and all(part.teams.isdisjoint(other.teams) for other in parts):
            parts.append(part)
    return parts


PRIME: Final = (1 << 61) - 1
"""Equations are solved modulo this one: exact for counts, and without fractions."""


def _solvable(alive: Sequence[Group]) -> str | None:
    """The smallest number without which no sum or difference of all of them counts one or two people."""
    kinds = _kinds(alive)
    summed = _counting_few(kinds) if len(alive) > 1 else None
    if summed is None:
        return None
    # Without a number that is not in this sum it still counts them.
    victim = next((at for at in sorted(summed) if _counting_few(_without(kinds, at)) is None), 0)
    return alive[victim].leader


Kinds = Counter[tuple[int, ...]]
"""How many people are counted in just these numbers, by their places, ascending: the unknowns of the equations."""


def _kinds(alive: Sequence[Group]) -> Kinds:
    counted: dict[str, list[int]] = {}
    for n, group in enumerate(alive):
        for who in group.people:
            counted.setdefault(who, []).append(n)
    return Counter(map(tuple, counted.values()))


def _without(kinds: Kinds, at: int) -> Kinds:
    """The same once one number is not told."""
    left: Kinds = Counter()
    for kind, count in kinds.items():
        left[tuple(n for n in kind if n != at)] += count
    del left[()]
    return left


def _counting_few(kinds: Kinds) -> frozenset[int] | None:
    """The places of numbers of which some weighted sum counts exactly one or two people; None where none does.

    People who are counted in the same numbers are one unknown. A group can be counted where the vector that picks its
    unknowns lies in the row space of the equations (linear disclosure, as in cell suppression for tables).
    """
    order = sorted(kinds)
    if all(count >= BEHIND for count in kinds.values()):
        return None
    equations: dict[int, Row] = {}
    for column, kind in enumerate(order):
        for n in kind:
            equations.setdefault(n, {_own(n): 1})[column] = 1
    rows = _reduced([equations[n] for n in sorted(equations)])
    single: dict[tuple[tuple[int, int], ...], int] = {}
    for column, kind in enumerate(order):
        left = _left_over(rows, column)
        if kinds[kind] < BEHIND and not left:
            return _summed(rows, column)
        if kinds[kind] == 1:
            other = single.get(tuple((at, -value % PRIME) for at, value in left))
            if other is not None:
                return _summed(rows, column) | _summed(rows, other)
            single[left] = column
    return None


def _everybody(groups: Iterable[Group]) -> frozenset[str]:
    return frozenset().union(*(g.people for g in groups))


Row = dict[int, int]
"""An equation, column to what is there if not 0: teams of a tree have few columns each once those below are known.
Columns below 0 are no unknowns: they say how often each number is in it."""


def _own(n: int) -> int:
    """The column of a number."""
    return -n - 1


def _summed(rows: Mapping[int, Row], column: int) -> frozenset[int]:
    """The numbers that make up the equation of an unknown."""
    return frozenset(_own(at) for at in rows.get(column, ()) if at < 0)


def _reduced(rows: Iterable[Row]) -> dict[int, Row]:
    """Reduced row echelon form: pivot column to row."""
    found: dict[int, Row] = {}
    uses: dict[int, set[int]] = {}  # of each column without a pivot, the rows that hold it
    for given in rows:
        row = dict(given)
        for at in [column for column in row if column in found]:
            _subtract(row, found[at], row[at])
        pivot = min((column for column in row if column >= 0), default=None)
        if pivot is None:
            continue
        inverse = pow(row[pivot], -1, PRIME)
        row = {column: value * inverse % PRIME for column, value in row.items()}
        touched = uses.pop(pivot, set())
        for at in touched:
            _subtract(found[at], row, found[at][pivot])
        found[pivot] = row
        for column in row:
            if column >= 0 and column != pivot:
                held = uses.setdefault(column, set())
                held.add(pivot)
                held.update(at for at in touched if column in found[at])
                held.difference_update([at for at in touched if column not in found[at]])
    return found


def _subtract(row: Row, other: Row, times: int) -> None:
    for column, value in other.items():
        left = (row.get(column, 0) - times * value) % PRIME
        if left:
            row[column] = left
        else:
            row.pop(column, None)


def _left_over(rows: Mapping[int, Row], column: int) -> tuple[tuple[int, int], ...]:
    """What is left of an unknown after the equations were used: nothing where they determine it."""
    if column not in rows:
        return ((column, 1),)
    return tuple((at, -value % PRIME) for at, value in sorted(rows[column].items()) if at >= 0 and at != column)


def _counted_out(alive: Sequence[Group], silent: Sequence[Group], base: Base) -> str | None:
    """A number that leaves exactly one person to each digest that names the pain without one, or all that is left to
    the only such digest, of a group below the floor: the smallest part of it that is told, else the whole."""
    small = [g for g in silent if len(g.people) < BEHIND or base(g.teams) < GROUP]
    hidden = frozenset(g.leader for g in small)
    for whole in reversed(alive):
        parts = [g for g in (*small, *alive) if g.people <= whole.people and g.teams < whole.teams]
        covered = _exposing(whole.people, parts, hidden)
        if covered is not None:
            told = [g for g in covered if g.leader not in hidden]
            return min(told, key=lambda g: (len(g.people), g.leader)).leader if told else whole.leader
    return None


PATIENCE: Final = 20_000
"""Choices of parts that are looked at; a number for which that is not enough counts as one that reveals."""
_ONE, _ALONE = 1, 2
"""What a choice has hidden so far, beside nothing: one part of several people, or only parts of one person each."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A group as bits: itself, its people and its teams."""

    group: Group
    itself: int
    people: int
    teams: int
    hidden: bool

    def beside(self, found: int) -> int | None:
        """What is hidden once this part is taken as well; None where that tells nothing of anybody."""
        if not self.hidden:
            return found
        if len(self.group.people) == 1:
            return _ALONE if found != _ONE else None
        return _ONE if not found else None


@dataclass(frozen=True, slots=True)
class _Choice:
    """Parts that share nothing: the people who are left, the parts that may follow, and what is hidden so far."""

    left: int
    parts: tuple[_Part, ...]
    found: int
    taken: Group | None = None
    before: "_Choice | None" = None

    @property
    def same(self) -> tuple[int, int, int]:
        parts = 0
        for part in self.parts:
            parts |= part.itself
        return self.left, parts, self.found

    def and_then(self, part: _Part) -> "_Choice | None":
        """With one part more; None where that leads nowhere."""
        found, left = part.beside(self.found), self.left & ~part.people
        if found is None:
            return None
        taken, bare = ~left, not found
        rest, covered = [], 0
        for other in self.parts:
            if other.people & taken or other.teams & part.teams or other.beside(found) is None:
                continue
            rest.append(other)
            covered |= other.people
            bare = bare and not other.hidden
        return _Choice(left, tuple(rest), found, part.group, self) if covered == left and not bare else None

    def groups(self) -> list[Group]:
        found: list[Group] = []
        choice: _Choice | None = self
        while choice is not None and choice.taken is not None:
            found.append(choice.taken)
            choice = choice.before
        return found


def _exposing(people: frozenset[str], parts: Sequence[Group], hidden: frozenset[str]) -> list[Group] | None:
    """Parts that hold each of these people once, share no team, and leave one hidden part, or hidden ones of one
    person each; None where there are none, and no parts at all where it took too long to tell.

    That is an exact cover, which may take for ever in general (Karp 1972). Parts are mostly teams of a tree: what
    is left once a subtree is covered does not depend on how, so it is looked at once, and subtree by subtree.
    """
    first = _first(people, parts, hidden)
    seen = {first.same}
    choices = [first] if _everybody(parts) == people and any(part.hidden for part in first.parts) else []
    while choices:
        choice = choices.pop()
        if not choice.left:
            return choice.groups()
        if len(seen) > PATIENCE:
            return []
        who = choice.left & -choice.left
        for part in choice.parts:
            then = choice.and_then(part) if part.people & who else None
            if then is not None and then.same not in seen:
                seen.add(then.same)
                choices.append(then)
    return None


def _first(people: frozenset[str], parts: Sequence[Group], hidden: frozenset[str]) -> _Choice:
    """Nothing taken yet. People of one subtree are bits beside each other."""
    within: dict[str, list[tuple[int, str]]] = {who: [] for who in people}
    for group in sorted(parts, key=lambda g: (-len(g.teams), g.leader)):
        for who in group.people:
            within[who].append((-len(group.teams), group.leader))
    bit = {who: 1 << n for n, who in enumerate(sorted(people, key=lambda who: (within[who], who)))}
    team = {name: 1 << n for n, name in enumerate(sorted(frozenset().union(*(g.teams for g in parts))))}
    bits = (
        _Part(g, 1 << n, sum(bit[who] for who in g.people), sum(team[t] for t in g.teams), g.leader in hidden)
        for n, g in enumerate(parts)
        if g.people
    )
    return _Choice((1 << len(bit)) - 1, tuple(bits), 0)


def sizes(org: Org) -> Mapping[str, int]:
    """Each team's own people, without the teams below: listed or written, whichever is larger."""
    listed: dict[str, int] = dict.fromkeys(org.teams, 0)
    for person in org.people.values():
        if person.team in listed:
            listed[person.team] += 1
    return {team: max(org.teams[team].size or 0, count) for team, count in listed.items()}
