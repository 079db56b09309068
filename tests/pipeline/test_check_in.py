"""Who is asked under which group, and what of the answers may be told to whom."""

from collections.abc import Mapping
from datetime import timedelta
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import check_in, periods
from pipeline.check_in import BANDS, QUESTIONS, Asking, Count
from pipeline.digest.material import Ballots
from pipeline.org import Org, Person, Team

WEEK = periods.week_of("2026-W38", "Europe/Dublin")
ASKING = Asking(day="thursday", hour=14, teams=(), questions={"work": "Good", "heard": "Heard"})


def org(sizes: Mapping[str, int], parents: Mapping[str, str]) -> Org:
    """Teams with so many members who have an address; each team has its own leader."""
    names = sorted({*sizes, *parents, *parents.values()})
    people = {
        f"{team}-{n}": Person(id=f"{team}-{n}", team=team, email=f"{team}{n}@x.example")
        for team, size in sizes.items()
        for n in range(size)
    }
    leaders = {f"lead-{team}": Person(id=f"lead-{team}") for team in names}
    teams = {team: Team(id=team, name=team, parent=parents.get(team), leader=f"lead-{team}") for team in names}
    return Org(people={**people, **leaders}, teams=teams, fallback=names[0])


def ballots(asked: int, *, work: tuple[int, ...], heard: tuple[int, ...] | None = None) -> Ballots:
    """Answers by step, from disagree to agree."""
    both = {"work": work, "heard": heard or work}
    sums = {(question, step): n for question, counts in both.items() for step, n in enumerate(counts, start=1)}
    return Ballots(asked=asked, texts=ASKING.questions, sums=sums)


def scopes(house: Org) -> dict[str, frozenset[str]]:
    return {f"lead-{team}": house.below(team) for team in house.teams}


def test_an_answer_is_added_up_under_five_people_or_more() -> None:
    house = org({"a": 6, "b": 3, "c": 4}, {"a": "top", "b": "top", "c": "top"})

    grouped = check_in.groups(house, check_in.members(house, ASKING, ()))

    assert {team: list(grouped.values()).count(team) for team in grouped.values()} == {"a": 6, "top": 7}


def test_fewer_than_five_who_are_left_join_the_smallest_group_below() -> None:
    house = org({"a": 6, "b": 5, "c": 2}, {"a": "top", "b": "top", "c": "top"})

    grouped = check_in.groups(house, check_in.members(house, ASKING, ()))

    assert {team: list(grouped.values()).count(team) for team in grouped.values()} == {"a": 6, "top": 7}


def test_four_people_alone_are_not_asked() -> None:
    house = org({"a": 4}, {"a": "top"})

    assert check_in.groups(house, check_in.members(house, ASKING, ())) == {}


def test_who_said_stop_or_has_no_address_or_is_in_no_asked_team_is_not_asked() -> None:
    house = org({"a": 6, "b": 6}, {"a": "top", "b": "top"})
    mute = {**house.people, "a-1": Person(id="a-1", team="a")}
    some = Asking(day="thursday", hour=14, teams=("a",), questions=ASKING.questions)

    asked = check_in.members(Org(people=mute, teams=house.teams, fallback="top"), some, ["a-0"])

    assert sorted(asked) == ["a-2", "a-3", "a-4", "a-5"]


def test_everybody_is_asked_within_the_week_and_has_a_day_to_answer() -> None:
    for day in periods.DAYS:
        for zone in ("Pacific/Auckland", "America/Los_Angeles", "Europe/Dublin"):
            at = check_in.due(WEEK, Asking(day=day, hour=0, teams=(), questions={}), zone)
            assert WEEK.start <= at <= WEEK.end - timedelta(days=1)


def test_five_answers_of_five_people_are_told_in_words_and_four_are_not() -> None:
    house = org({"a": 5}, {})

    five = check_in.told(scopes(house), {"a": ballots(5, work=(0, 0, 1, 2, 2))}, {})["lead-a"]
    four = check_in.told(scopes(house), {"a": ballots(9, work=(0, 0, 0, 2, 2))}, {})["lead-a"]

    assert (five.count.heard, five.numbers, five.mostly("work")) == (True, False, "agree")
    assert not four.count.heard


def test_numbers_stand_where_three_are_behind_each_and_three_did_not_answer() -> None:
    house = org({"a": 20}, {})

    def numbers(asked: int, *work: int) -> bool:
        return check_in.told(scopes(house), {"a": ballots(asked, work=work)}, {})["lead-a"].numbers

    assert numbers(20, 2, 1, 3, 4, 2)
    assert not numbers(14, 2, 1, 3, 4, 2), "only two did not answer"
    assert not numbers(20, 1, 1, 3, 4, 2), "two disagree"
    assert not numbers(20, 0, 0, 0, 6, 6), "everybody would be known to agree"


def test_when_one_person_came_or_went_since_the_last_time_there_are_words() -> None:
    house, sums = org({"a": 20}, {}), {"a": ballots(20, work=(2, 1, 3, 4, 2))}

    told = {before: check_in.told(scopes(house), sums, {"a": before})["lead-a"].numbers for before in (17, 19, 20, 21)}

    assert told == {17: True, 19: False, 20: True, 21: False}


def test_a_part_is_told_in_words_where_the_rest_would_be_too_few() -> None:
    house = org({"a": 20, "b": 20}, {"a": "top", "b": "top"})
    sums = {"a": ballots(20, work=(2, 1, 3, 4, 2)), "b": ballots(20, work=(1, 1, 0, 4, 4))}

    told = check_in.told(scopes(house), sums, {})

    assert {leader: one.numbers for leader, one in told.items()} == {
        "lead-a": False, "lead-b": False, "lead-top": True,
    }  # fmt: skip


_counts = st.tuples(*[st.integers(0, 6)] * 5)


@settings(max_examples=300, deadline=None)
@given(
    groups=st.lists(st.tuples(_counts, st.integers(0, 8)), min_size=4, max_size=6),
    parents=st.lists(st.integers(0, 3), min_size=6, max_size=6),
    seconds=st.lists(st.integers(0, 5), min_size=3, max_size=3),
)
def test_no_difference_of_what_leaders_are_told_is_a_number_of_one_or_two(
    groups: list[tuple[tuple[int, ...], int]], parents: list[int], seconds: list[int]
) -> None:
    tree = {f"g{n}": f"m{parents[n] % 2}" for n in range(len(groups))} | {"m0": "top", "m1": "top"}
    house = org({}, tree)
    sums = {f"g{n}": ballots(sum(work) + silent, work=work) for n, (work, silent) in enumerate(groups)}
    reach = scopes(house)
    reach["across"] = frozenset(f"g{n % len(groups)}" for n in seconds)  # leads teams of two branches

    told = check_in.told(reach, sums, {})

    numbers = {leader: one.count for leader, one in told.items() if one.numbers}
    parts = {leader: reach[leader] & sums.keys() for leader in numbers}
    for whole in numbers:
        inside = [one for one in numbers if parts[one] < parts[whole]]
        for size in range(len(inside) + 1):
            for some in combinations(inside, size):
                apart = sum(len(parts[one]) for one in some) == len(frozenset().union(*(parts[one] for one in some)))
                left = numbers[whole]
                for one in some:
                    left = left.without(numbers[one])
                if apart and left.asked:
                    assert left.asked - left.answers >= 3, (whole, some)
                    assert all(n >= 3 for n in left.bands.values()), (whole, some)
        for other in numbers:
            assert not parts[whole] & parts[other] or parts[whole] <= parts[other] or parts[other] <= parts[whole]


def test_what_is_told_does_not_depend_on_the_order_in_which_groups_come() -> None:
    house = org({}, {"a": "top", "b": "top"})
    sums = {"a": ballots(30, work=(3, 3, 3, 3, 3)), "b": ballots(31, work=(3, 3, 3, 3, 3))}

    assert check_in.told(scopes(house), sums, {}) == check_in.told(
        dict(reversed(scopes(house).items())), dict(reversed(sums.items())), {}
    )


def test_a_count_of_nothing_is_not_heard() -> None:
    assert not Count().heard
    assert not check_in.count([Ballots(asked=9, sums=dict.fromkeys(((q, 3) for q in QUESTIONS), 0))]).heard
    assert [check_in.band(step) for step in (1, 3, 5)] == [BANDS[2], BANDS[1], BANDS[0]]
