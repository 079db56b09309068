"""Whoever subtracts digests from each other learns of no smaller group: levels, weeks, words and whoever moved.

`LEAFNOTES_ATTACKS=500 pytest tests/pipeline/privacy/test_attack.py` tries that many organisations.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline import steps
from pipeline.digest.document import Document, Open, Pain
from pipeline.house import House
from pipeline.privacy import BEHIND
from tests.pipeline.privacy import organisations
from tests.pipeline.privacy.attacker import Seen, attack
from tests.pipeline.privacy.organisations import World

EXAMPLES = int(os.environ.get("LEAFNOTES_ATTACKS", "20"))
WEEKS = 3
Digests = Mapping[str, steps.Written]
several = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
worlds = st.integers(0, 2**48).map(lambda seed: organisations.world(Random(seed)))


def digests(made: World, weeks: int = WEEKS, *, forgetful: bool = False) -> list[Digests]:
    """The digests of all leaders of each week. `forgetful`: none knows what the week before told."""
    found: list[Digests] = []
    for week in range(weeks):
        org = made.orgs[week]
        house = House(name="Example", org=org, kinds={}, sender="leaf@x.example", domain="x.example")
        before = {who: one.document.said() for who, one in found[-1].items()} if found and not forgetful else None
        material = replace(organisations.material(made, week), said=before)
        found.append(steps.write_all(material, organisations.leaders(made, week), organisations.period(week), house))
    return found


def seen(written: Sequence[Digests], spoil: Callable[[int, Document], Document] = lambda _, one: one) -> list[Seen]:
    return [
        Seen(
            week,
            {who: spoil(week, one.document).to_json() for who, one in some.items()},
            {who: one.text for who, one in some.items()},
        )
        for week, some in enumerate(written)
    ]


@several
@given(worlds)
def test_nobody_who_subtracts_learns_of_fewer_people_than_may_be_told_of(made: World) -> None:
    written = digests(made)

    assert [(who, one.failures) for week in written for who, one in week.items() if one.failures] == []
    assert attack(made, seen(written)) == []


# --- the attacker itself ------------------------------------------------------------------------------------------

SAMPLE = [organisations.world(Random(seed)) for seed in range(8)]


def caught(spoil: Callable[[World], Callable[[int, Document], Document]]) -> str:
    return " ".join(line for made in SAMPLE for line in attack(made, seen(digests(made), spoil(made))))


def truly(made: World, week: int, leader: str, pain: str) -> int | None:
    return len(made.behind(week, leader, pain, week)) or None


def with_numbers(made: World, enough: int) -> Callable[[int, Document], Document]:
    """Every number of at least `enough` people printed, whatever it tells beside others."""

    def spoil(week: int, document: Document) -> Document:
        def told(one: Pain | Open) -> int | None:
            number = truly(made, week, document.leader, one.id)
            return number if number is not None and number >= enough else None

        return replace(
            document,
            pains=tuple(replace(one, people=told(one)) for one in document.pains),
            also_open=tuple(replace(one, people=told(one)) for one in document.also_open),
        )

    return spoil


def test_numbers_without_any_suppression_are_caught() -> None:
    found = caught(lambda made: with_numbers(made, 1))

    assert "drawn from too few" in found
    assert "minus" in found


def test_numbers_that_keep_the_floors_alone_are_caught_by_subtraction() -> None:
    found = caught(lambda made: with_numbers(made, BEHIND))

    assert "tells of 1 of" in found
    assert "tells of 2 of" in found


def test_a_usual_range_beside_a_hidden_number_is_caught() -> None:
    def spoil(_week: int, document: Document) -> Document:
        return replace(document, pains=tuple(replace(one, usual=(0, 1)) for one in document.pains))

    assert "what is usual" in caught(lambda _: spoil)


def test_the_weeks_of_hidden_numbers_are_caught() -> None:
    def weeks(made: World) -> Callable[[int, Document], Document]:
        def spoil(week: int, document: Document) -> Document:
            def told(one: Pain) -> tuple[int | None, ...]:
                past = range(week - len(one.weeks) + 1, week + 1)
                return tuple(len(made.behind(week, document.leader, one.id, at)) for at in past)

            return replace(document, pains=tuple(replace(one, weeks=told(one)) for one in document.pains))

        return spoil

    assert "told in" in caught(weeks)


def test_who_moved_is_found_in_digests_that_do_not_know_what_was_told_before() -> None:
    """Two tellings of one week, before and after somebody changed teams: this is what `Material.said` is for."""
    found = []
    for seed in range(40):
        made = organisations.world(Random(seed))
        found += attack(made, seen(digests(made, forgetful=True)))

    assert any("differently" in line for line in found)


# --- P17 to P20 ---------------------------------------------------------------------------------------------------


@several
@given(worlds, st.integers(0, 10_000))
def test_who_of_a_team_wrote_makes_no_difference_to_any_digest(made: World, choice: int) -> None:
    """P17: two colleagues who were in the same teams all the time in each other's place."""
    staff = sorted(p for p in made.orgs[0].people if made.orgs[0].people[p].team is not None)
    where = {p: tuple(org.people[p].team for org in made.orgs) for p in staff}
    one = staff[choice % len(staff)]
    other = next((p for p in reversed(staff) if where[p] == where[one]), one)
    swap = {one: other, other: one}

    swapped = replace(made, told=[replace(t, author=swap.get(t.author, t.author)) for t in made.told])

    for before, after in zip(digests(made, 2), digests(swapped, 2), strict=True):
        assert {who: d.document.to_json() for who, d in before.items()} == {
            who: d.document.to_json() for who, d in after.items()
        }


@several
@given(worlds, st.integers(0, 10_000))
def test_fifty_issues_by_one_author_move_no_number_of_anybody_by_more_than_one(made: World, choice: int) -> None:
    """P18, in every leader's digest and in every week that it tells of."""
    loud = made.told[choice % len(made.told)]
    flood = replace(made, told=[*made.told, *(replace(loud, week=0) for _ in range(50))])

    [before], [after] = digests(made, 1), digests(flood, 1)

    for who in before:
        old, new = numbers(before[who].document), numbers(after[who].document)
        assert all(abs(old[key] - new[key]) <= 1 for key in old.keys() & new.keys())
        assert all(new[pain, at] == len(flood.behind(0, who, pain, at)) for pain, at in new)


@several
@given(worlds, st.integers(0, 10_000))
def test_without_any_one_person_no_number_of_others_changes(made: World, choice: int) -> None:
    """P19: nobody's silence is seen in the number of a group that they are not in; in theirs it is one less, and at
    the floor no number at all."""
    who = sorted({one.author for one in made.told if one.week == 0} or {"nobody"})
    gone = who[choice % len(who)]
    without = replace(made, told=[one for one in made.told if one.author != gone or one.week != 0])

    [before], [after] = digests(made, 1), digests(without, 1)

    for leader in before:
        old, new = numbers(before[leader].document), numbers(after[leader].document)
        for pain, week in old.keys() | new.keys():
            inside = week == 0 and gone in made.behind(0, leader, pain, 0)
            left = new.get((pain, week))
            if (pain, week) in old and left is not None:
                assert left == old[pain, week] - inside
            if inside and old.get((pain, week)) == BEHIND:
                assert left is None
    assert attack(without, seen([after])) == []


def numbers(document: Document) -> dict[tuple[str, int], int]:
    """(pain, weeks back) to the number of people that is told."""
    found = {(one.id, 0): one.people for one in document.named() if one.people}
    for pain in document.pains:
        found |= {(pain.id, -back): n for back, n in enumerate(reversed(pain.weeks)) if n}
    return found


@several
@given(worlds)
def test_no_document_says_who_wrote(made: World) -> None:
    """P20: there is nobody by whom a number could be kept."""
    written = digests(made, 1)[0]
    people = {one.author for one in made.told}

    for one in written.values():
        assert people.isdisjoint(_strings(one.document.to_json()))


def _strings(value: object) -> set[str]:
    if isinstance(value, Mapping):
        return set(value).union(*(_strings(inner) for inner in value.values()))
    if isinstance(value, list):
        return set().union(*(_strings(inner) for inner in value))
    return {value} if isinstance(value, str) else set()


@pytest.mark.parametrize("hidden", [1, 2, 4])
def test_what_a_pain_weighs_does_not_tell_how_many_wrote_of_it(hidden: int) -> None:
    """A pain of a team of four: whoever has the JSON learns the same from it whether one of them wrote or all did."""
    org = organisations.one_team(4)
    made = [
        World([org], [organisations.Told(0, f"t1-{n}", "slow", "t1") for n in range(count)]) for count in (1, hidden)
    ]

    few, many = (digests(one, 1)[0]["t1-lead"].document.pains[0] for one in made)

    assert many.people is None
    assert few.impact == many.impact
