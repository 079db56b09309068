"""Whoever holds all digests of some weeks and subtracts.

Works on what is printed (the JSON of the documents and their texts), by set algebra of its own, and shares no code with
what suppresses. The truth is used to tell a finding from a wrong guess, and to give the attacker what a well informed
one may know anyway: which areas the same people wrote to.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any

from tests.pipeline.privacy.organisations import PAINS, World

MANY, BEHIND = 5, 3
WIDEST = 7
"""Of so many numbers of one pain every sum and difference is tried."""

Numbers = Mapping[str, int]
"""Leader to the number that is printed of a pain and a week."""
Sets = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Seen:
    """The digests of one week: leader to JSON, and to what the mail says."""

    week: int
    documents: Mapping[str, Mapping[str, Any]]
    texts: Mapping[str, str]

    def named(self, pain: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for leader, document in sorted(self.documents.items()):
            for one in (*document["pains"], *document["also_open"]):
                if one["id"] == pain:
                    yield leader, one

    def ledger(self, query: str) -> Iterator[tuple[str, Any]]:
        for leader, document in sorted(self.documents.items()):
            yield from ((leader, entry["value"]) for entry in document["ledger"] if entry["query"] == query)


def attack(made: World, weeks: Sequence[Seen]) -> list[str]:
    """What can be found out of fewer people than may be told of; empty is good."""
    found: list[str] = []
    for seen in weeks:
        for pain in PAINS:
            found += _this_week(made, seen, pain)
            found += _past_weeks(made, seen, pain)
            found += _beside_no_number(seen, pain)
    return [*found, *_week_after_week(made, weeks)]


def _this_week(made: World, seen: Seen, pain: str) -> Iterator[str]:
    numbers = {leader: one["people"] for leader, one in seen.named(pain) if one["people"]}
    numbers |= _ledger_numbers(made, seen, pain)
    sets = {who: made.behind(seen.week, who, pain, seen.week) for who in seen.documents}
    yield from _few(made, seen.week, pain, numbers, sets, f"week {seen.week}")
    yield from _pinned(made, seen, pain, numbers, sets)
    yield from _teams(made, seen, pain, numbers, sets)


def _ledger_numbers(made: World, seen: Seen, pain: str) -> dict[str, int]:
    """Numbers that the ledger, or a leader's digest about the whole, gives away."""
    found = {leader: value for leader, value in seen.ledger(f"people({pain})") if value}
    for leader, value in seen.ledger(f"across({pain})"):
        org = made.orgs[seen.week]
        path = org.up(org.led_by(leader)[0])
        top = [str(org.teams[t].leader) for t in path if org.teams[t].leader in org.people]
        found[top[-1]] = value
    return found


def _few(made: World, week: int, pain: str, numbers: Numbers, sets: Sets, where: str) -> Iterator[str]:
    """Sums and differences of numbers that count a group: too few people, or people of too small a group."""
    for who, number in sorted(numbers.items()):
        if number != len(sets[who]):
            yield f"{where}: {who} says {number} of {pain}, and it is {len(sets[who])}"
        if number < BEHIND or made.possible(week, made.scope(week, who), pain) < MANY:
            yield f"{where}: {who} says {number} of {pain}, drawn from too few"
    for large in sorted(numbers):
        for some in _families(made, week, large, sorted(numbers), sets):
            rest = made.scope(week, large).difference(*(made.scope(week, one) for one in some))
            gap = numbers[large] - sum(numbers[one] for one in some)
            if gap > 0 and (gap < BEHIND or made.possible(week, rest, pain) < MANY):
                yield f"{where}: {large} minus {some} tells of {gap} among too few ({pain})"
    for small, large in product(sorted(numbers), repeat=2):
        rest = made.scope(week, large) - made.scope(week, small)
        inside = made.scope(week, small) < made.scope(week, large)
        gap = numbers[large] - numbers[small]
        if inside and gap > 0 and made.possible(week, rest, pain) < MANY:
            yield f"{where}: {large} minus {small} tells of {gap} among fewer than {MANY} ({pain})"
    widest = sorted(numbers, key=lambda who: (-len(made.scope(week, who)), who))[:WIDEST]
    people = sorted(frozenset().union(*(sets[who] for who in widest)))
    member = {one: tuple(one in sets[who] for who in widest) for one in people}
    for signs in product((0, 1, -1), repeat=len(widest)):
        if sum(abs(sign) for sign in signs) < 2:
            continue
        counted = {one: sum(s for s, inside in zip(signs, member[one], strict=True) if inside) for one in people}
        group = [one for one, times in counted.items() if times == 1]
        if set(counted.values()) <= {0, 1} and 0 < len(group) < BEHIND:
            terms = " ".join(f"{'+-'[s < 0]}{who}" for s, who in zip(signs, widest, strict=True) if s)
            yield f"{where}: {terms} tells of {len(group)} of {pain}"


def _families(made: World, week: int, whole: str, among: Sequence[str], sets: Sets) -> Iterator[tuple[str, ...]]:
    """Leaders inside another's scope, apart from each other in teams and in people."""
    inside = [who for who in among if made.scope(week, who) < made.scope(week, whole)]
    for size in range(1, min(len(inside), 5) + 1):
        for some in combinations(inside, size):
            apart = all(
                made.scope(week, a).isdisjoint(made.scope(week, b)) and sets[a].isdisjoint(sets[b])
                for a, b in combinations(some, 2)
            )
            if apart:
                yield some


def _pinned(made: World, seen: Seen, pain: str, numbers: Numbers, sets: Sets) -> Iterator[str]:
    """What words add: a digest that names a pain without a number has at least one person, "several" are three."""
    least = {}
    for leader, one in seen.named(pain):
        told = one.get("line", "")
        relay = "assed on by colleagues" in told
        if not relay:
            least[leader] = numbers.get(leader) or (BEHIND if "everal" in told else 1)
    for whole in sorted(numbers):
        for some in _families(made, seen.week, whole, sorted(least), sets):
            hidden = [who for who in some if who not in numbers]
            small = [
                who
                for who in hidden
                if len(sets[who]) < BEHIND or made.possible(seen.week, made.scope(seen.week, who), pain) < MANY
            ]
            left = numbers[whole] - sum(numbers.get(who, 0) for who in some)
            if small and hidden == small and len(small) == 1 and left == len(sets[small[0]]):
                yield f"week {seen.week}: nobody else names {pain}, so {small} are {left} of {numbers[whole]}"
            if small and sum(least[who] for who in some) == numbers[whole]:
                yield f"week {seen.week}: {whole} has {numbers[whole]}, so {small} of {some} are one each ({pain})"


def _teams(made: World, seen: Seen, pain: str, numbers: Numbers, sets: Sets) -> Iterator[str]:
    """ "6 in 4 teams": less those whose number is known, one or two may be left to each team."""
    org = made.orgs[seen.week]
    for whole, teams in seen.ledger(f"teams({pain})"):
        for some in [(), *_families(made, seen.week, whole, sorted(numbers), sets)]:
            counted = frozenset().union(*(sets[who] for who in some))
            gone = {org.people[one].team for one in counted if one in org.people}
            left, count = teams - len(gone), numbers[whole] - len(counted)
            rest = {org.people[one].team for one in sets[whole] - counted if one in org.people}
            if left > 1 and left == len(rest) and count < left + (1 if some else 2):
                yield f"week {seen.week}: {whole} less {some} leaves {count} in {left} teams ({pain})"


def _past_weeks(made: World, seen: Seen, pain: str) -> Iterator[str]:
    """The weeks before, as the same digests tell them."""
    told: dict[int, dict[str, int]] = {}
    for leader, week, number in _weeks(seen, pain):
        if week < seen.week and number:
            told.setdefault(week, {})[leader] = number
    for week, numbers in sorted(told.items()):
        sets = {who: made.behind(min(seen.week, max(week, 0)), who, pain, week) for who in numbers}
        now = {who: made.behind(seen.week, who, pain, week) for who in numbers}
        same = all(numbers[who] == len(now[who]) for who in numbers)
        yield from _few(
            made,
            seen.week if same else max(week, 0),
            pain,
            numbers,
            now if same else sets,
            f"week {week} told in {seen.week}",
        )


def _weeks(seen: Seen, pain: str) -> Iterator[tuple[str, int, int | None]]:
    for leader, one in seen.named(pain):
        weeks = one.get("weeks", [])
        for back, number in enumerate(reversed(weeks)):
            yield leader, seen.week - back, number


def _beside_no_number(seen: Seen, pain: str) -> Iterator[str]:
    for leader, one in seen.named(pain):
        if one["people"] is None and (one.get("usual") is not None or any(one.get("weeks", ()))):
            yield f"week {seen.week}: {leader} has no number of {pain}, but what is usual, or its weeks"
    for leader, text in seen.texts.items():
        for number in re.findall(r"\b([12]) (?:customers?|engineers?|agents?|colleagues?|people|person)\b", text):
            yield f"week {seen.week}: the mail of {leader} counts {number}"


def _week_after_week(made: World, weeks: Sequence[Seen]) -> Iterator[str]:
    """The same week of the same leader, told twice: who moved makes the difference."""
    for pain in PAINS:
        said: dict[tuple[str, int], dict[int, int]] = {}
        for seen in weeks:
            for leader, week, number in _weeks(seen, pain):
                if number:
                    said.setdefault((leader, week), {})[seen.week] = number
            for leader, one in seen.named(pain):
                if one["people"]:
                    said.setdefault((leader, seen.week), {})[seen.week] = one["people"]
        for (leader, week), numbers in said.items():
            if len(set(numbers.values())) > 1:
                yield f"{leader} told of week {week} differently: {numbers} ({pain})"
        yield from _together(made, weeks, pain, said)


def _together(
    made: World, weeks: Sequence[Seen], pain: str, said: Mapping[tuple[str, int], Mapping[int, int]]
) -> Iterator[str]:
    """Numbers of one week from digests of several weeks, put together."""
    for week in sorted({week for _, week in said}):
        numbers = {who: min(told.values()) for (who, at), told in said.items() if at == week}
        at = max(week, 0)
        sets = {who: made.behind(at, who, pain, week) for who in numbers}
        if all(numbers[who] == len(sets[who]) for who in numbers):
            yield from _few(made, at, pain, numbers, sets, f"week {week}, from all digests")
