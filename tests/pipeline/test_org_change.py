"""What a new chart changes, and what is too sudden to be believed without a person's word."""

from collections.abc import Iterable

import pytest

from pipeline.org import Org, Person, Team
from pipeline.org_change import change, too_sudden


def org(people: Iterable[Person], teams: Iterable[Team]) -> Org:
    return Org(people={p.id: p for p in people}, teams={t.id: t for t in teams}, fallback="top")


def crowd(count: int, team: str = "a", first: int = 0) -> list[Person]:
    return [Person(id=f"p{n}", email=f"p{n}@x.example", team=team) for n in range(first, count)]


def led(*leaders: str | None) -> list[Team]:
    return [Team(id=f"t{n}", name=f"T{n}", leader=leader) for n, leader in enumerate(leaders)]


def test_the_same_chart_changes_nothing() -> None:
    chart = org(crowd(5), led("p1"))

    found = change(chart, chart)

    assert found.empty
    assert too_sudden(found, chart) == []


def test_who_came_went_and_moved_is_told_apart() -> None:
    before = org([*crowd(3), Person(id="new")], led("p1", None))
    after = org([*crowd(2, "b"), Person(id="new", team="b"), Person(id="x")], led("p0")[:1])

    found = change(before, after)

    assert (found.joined, found.left) == (("x",), ("p2",))
    assert found.moved == (("p0", "a", "b"), ("p1", "a", "b"))  # who had no team before has not moved
    assert found.led == (("t0", "p1", "p0"),)
    assert found.gone_teams == ("t1",)
    assert found.relieved == ("p1",)


@pytest.mark.parametrize(
    ("people", "stay", "sudden"), [(10, 7, True), (10, 8, False), (15, 12, False), (14, 11, True), (3, 1, False)]
)
def test_more_than_a_fifth_and_at_least_three_people_are_sudden(people: int, stay: int, sudden: bool) -> None:
    before, after = org(crowd(people), []), org(crowd(stay), [])

    assert bool(too_sudden(change(before, after), before)) is sudden


@pytest.mark.parametrize(("changed", "sudden"), [(2, False), (3, True)])
def test_leaders_who_lead_no_more_are_counted_too(changed: int, sudden: bool) -> None:
    people = crowd(40)
    before = org(people, led(*(f"p{n}" for n in range(10))))
    after = org(people, led(*(f"p{n + 20 if n < changed else n}" for n in range(10))))

    assert bool(too_sudden(change(before, after), before)) is sudden


def test_a_leader_who_has_no_address_any_more_is_sudden_and_one_who_never_had_is_not() -> None:
    bare = Person(id="bare")
    before = org([*crowd(2), bare], led("p0", "bare"))
    after = org([Person(id="p0"), *crowd(2, first=1), bare], led("p0", "bare"))

    found = change(before, after)

    assert found.unaddressed == ("p0",)
    assert too_sudden(found, before) == ["p0 would lead a team and have no e-mail address"]
