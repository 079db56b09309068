"""Floors, complementary suppression, and who may be quoted or named."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from itertools import combinations, count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import privacy
from pipeline.digest.material import Voice
from pipeline.issue import Signal
from pipeline.privacy import Group
from tests.effort import that_ends


def group(leader: str, teams: str, people: str) -> Group:
    return Group(leader=leader, teams=frozenset(teams), people=frozenset(people))


def plenty(teams: frozenset[str]) -> int:
    return 10 * len(teams)


VOICE = Voice(
    key="jira:BR-1",
    source="jira",
    external_id="BR-1",
    url=None,
    title="Builds wait",
    body="",
    author="eng1",
    role="staff",
    team="billing",
    leaf="billing",
    heard_by=(),
    created_at=datetime(2026, 9, 14, tzinfo=UTC),
    state="open",
    closed_at=None,
    reopened=False,
    side="developer",
    kind="bug",
    severity=2,
    confidence=0.9,
    abstained=False,
    signals=(),
    pain="A",
    no_quote=False,
)


@pytest.mark.parametrize(
    ("behind", "base", "may"), [(3, 5, True), (2, 50, False), (3, 4, False), (0, 5, True), (0, 4, False)]
)
def test_a_number_needs_three_people_of_a_group_of_five(behind, base, may):
    assert privacy.may_show(behind, base) is may


@pytest.mark.parametrize("signal", ["confession", "distress", "voice_withdrawn"])
def test_an_admission_is_never_quoted_and_named_only_to_the_authors_own_lead(signal):
    voice = replace(VOICE, signals=(Signal(signal, "Builds wait"),))

    assert not privacy.quotable(voice)
    assert privacy.listable(voice, frozenset({"billing"}))
    assert not privacy.listable(voice, frozenset({"engineering"}))


def test_a_customers_admission_is_named_to_nobody():
    voice = replace(VOICE, role="customer", team=None, signals=(Signal("confession", "x"),))

    assert not privacy.listable(voice, frozenset({"billing"}))


@pytest.mark.parametrize("change", [{"no_quote": True}, {"author": None}])
def test_who_asked_not_to_be_quoted_and_bots_are_not_quoted(change):
    assert privacy.quotable(VOICE)
    assert not privacy.quotable(replace(VOICE, **change))


def test_a_team_whose_sibling_would_be_found_by_subtraction_is_withdrawn():
    parent, large, small = group("p", "xy", "abcdef"), group("x", "x", "abcd"), group("y", "y", "ef")

    assert privacy.shown([parent, large, small], plenty) == {"p"}


def test_the_rest_of_a_team_of_four_is_not_found_by_subtraction():
    sizes = {"x": 7, "y": 4}
    parent, child = group("p", "xy", "abcdef"), group("x", "x", "abc")

    assert privacy.shown([parent, child], lambda teams: sum(sizes[t] for t in teams)) == {"p"}


def test_the_next_smallest_is_withdrawn_where_all_children_together_leave_one():
    parent = group("p", "xyz", "abcdefghijk")
    children = [group("x", "x", "abcde"), group("y", "y", "fghij"), group("z", "z", "k")]

    shown = privacy.shown([parent, *children], plenty)

    assert "p" in shown
    assert len(shown & {"x", "y"}) == 1


def test_siblings_that_leave_nobody_over_are_all_shown():
    parent, one, two = group("p", "xy", "abcdef"), group("x", "x", "abc"), group("y", "y", "def")

    assert privacy.shown([parent, one, two], plenty) == {"p", "x", "y"}


people = st.frozensets(st.sampled_from("abcdefghij"), max_size=10)


@given(st.lists(people, min_size=1, max_size=4))
def test_no_difference_of_shown_numbers_names_one_or_two_people(teams):
    names = [str(n) for n in range(len(teams))]
    groups = [Group(leader=n, teams=frozenset({n}), people=p) for n, p in zip(names, teams, strict=True)]
    whole = Group(leader="all", teams=frozenset(names), people=frozenset().union(*teams))

    shown = privacy.shown([whole, *groups], plenty)

    visible = [g for g in (whole, *groups) if g.leader in shown]
    for g in visible:
        assert len(g.people) >= privacy.BEHIND
    for small, large in combinations(sorted(visible, key=lambda g: len(g.people)), 2):
        if small.people < large.people:
            assert len(large.people - small.people) >= privacy.BEHIND


teams = st.frozensets(st.sampled_from("uvwxyz"), min_size=1, max_size=4)


@given(
    st.lists(st.tuples(teams, st.frozensets(st.sampled_from("abcdef"), min_size=1, max_size=5)), max_size=7),
    st.sets(st.integers(0, 6)),
)
def test_who_is_counted_out_is_found_as_by_trying_every_choice_of_parts(parts, hidden):
    groups = [Group(leader=str(n), teams=scope, people=some) for n, (scope, some) in enumerate(parts)]
    silent = frozenset(map(str, hidden))

    found = privacy._exposing(frozenset("abcdef"), groups, silent)

    every = [choice for choice in choices(frozenset("abcdef"), [], groups) if exposes(choice, silent)]
    assert (sorted(found, key=lambda g: g.leader) in every) if every else found is None


def choices(left: frozenset[str], taken: list[Group], parts: Sequence[Group]) -> Iterator[list[Group]]:
    if not left:
        yield sorted(taken, key=lambda g: g.leader)
    for part in parts:
        if part.people <= left and (not left or min(left) in part.people):
            apart = [g for g in parts if g.teams.isdisjoint(part.teams)]
            yield from choices(left - part.people, [*taken, part], apart)


def exposes(choice: list[Group], silent: frozenset[str]) -> bool:
    hidden = [g for g in choice if g.leader in silent]
    return len(hidden) == 1 or bool(hidden and all(len(g.people) == 1 for g in hidden))


def test_single_voices_of_more_than_a_thousand_teams_below_one_are_counted_out():
    teams = [str(n) for n in range(1_100)]
    below = [Group(leader=t, teams=frozenset({t}), people=frozenset({f"p{t}"})) for t in teams]
    whole = Group(leader="all", teams=frozenset(teams), people=frozenset(f"p{t}" for t in teams))

    assert privacy.shown([whole, *below], plenty) == frozenset()


def test_a_pain_of_all_teams_of_a_large_organisation_is_decided():
    number, groups = count(), list[Group]()

    def grow(depth: int) -> Group:
        """A team with eight below it; in every second one of the last somebody tells of the pain."""
        mine, below = next(number), [grow(depth - 1) for _ in range(8)] if depth else []
        people = frozenset().union(*(g.people for g in below)) if depth else frozenset({f"p{mine}"} if mine % 2 else ())
        scope = frozenset({f"t{mine}"}).union(*(g.teams for g in below))
        groups.append(Group(leader=f"l{mine}", teams=scope, people=people))
        return groups[-1]

    grow(3)

    assert len(groups) == 585
    assert privacy.shown(groups, plenty) == frozenset()  # whoever is told would tell of single people below them


@given(st.lists(st.frozensets(st.sampled_from("abcdefgh"), min_size=1, max_size=8), min_size=1, max_size=6))
def test_a_weighted_sum_that_counts_few_is_found_as_by_asking_for_each_of_one_or_two_people(people):
    groups = [Group(leader=str(n), teams=frozenset({str(n)}), people=some) for n, some in enumerate(people)]

    summed = privacy._counting_few(privacy._kinds(groups))

    assert (summed is not None) == counts_few(groups)
    if summed is not None:
        assert counts_few([groups[n] for n in sorted(summed)])


def counts_few(groups: Sequence[Group]) -> bool:
    """Whether an equation for one person, or for two, follows from those of the groups, in fractions."""
    who = sorted(frozenset().union(*(g.people for g in groups)))
    told = [[Fraction(one in g.people) for one in who] for g in groups]
    every = [frozenset(some) for size in (1, 2) for some in combinations(who, size)]
    return any(rank([*told, [Fraction(one in some) for one in who]]) == rank(told) for some in every)


def rank(rows: Sequence[Sequence[Fraction]]) -> int:
    left, found = [list(row) for row in rows], 0
    for column in range(len(left[0])):
        pivot = next((row for row in left if row[column]), None)
        if pivot is not None:
            found += 1
            left.remove(pivot)
            left = [[a - b * row[column] / pivot[column] for a, b in zip(row, pivot, strict=True)] for row in left]
    return found


def test_hundreds_of_leaders_who_lead_in_two_places_are_decided():
    draw = random.Random(5)
    own = [{f"p{n}-{k}" for k in range(draw.randint(0, 3))} for n in range(300)]
    scopes: list[set[int]] = [{n} for n in range(300)]
    for n in reversed(range(1, 300)):
        scopes[(n - 1) // 8] |= scopes[n]
    led = [scope | scopes[draw.randrange(300)] if draw.random() < 0.3 else scope for scope in scopes]
    groups = [
        Group(
            leader=f"l{n:03}",
            teams=frozenset(map(str, scope)),
            people=frozenset().union(*(own[team] for team in scope)),
        )
        for n, scope in enumerate(led)
    ]

    with that_ends(60):  # it took the square of the square of their number
        shown = privacy.shown(groups, lambda scope: 12 * len(scope))

    assert 0 < len(shown) < 300
