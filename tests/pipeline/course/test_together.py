"""Signals of several issues of one pain."""

from collections.abc import Sequence

import pytest

from pipeline.course import together
from pipeline.course.detail import Writing, told
from pipeline.course.values import Neighbour
from tests.pipeline.course.builder import NOW, calm, course, days, neighbour, ours

SENT_AWAY = {"ended_at": days(30), "ended": "Cannot Reproduce"}
SHOWS = {
    "repeat_contact": [
        [neighbour(1, 20), neighbour(2, 3)],
        [neighbour(1, 40), neighbour(2, 12), neighbour(3, 1, "account:b")],
    ],
    "channel_hop": [
        [neighbour(1, 3), neighbour(2, 2, source="mail")],
        [neighbour(1, 2.9, source="forum"), neighbour(2, 0.1)],
    ],
    "cannot_reproduce": [
        [neighbour(1, 40, **SENT_AWAY), neighbour(2, 20, "account:b"), neighbour(3, 2, "account:c")],
        [
            neighbour(1, 40, ended_at=days(30), ended="won't fix"),
            neighbour(2, 29, "account:b"),
            neighbour(3, 28, "account:c"),
        ],
    ],
}
LOOKS_LIKE = {
    "repeat_contact": [
        [neighbour(1, 40), neighbour(2, 3)],
        [neighbour(1, 20), neighbour(2, 3, pain="other")],
        [neighbour(1, 20, "ana", staff=True), neighbour(2, 3, "ana", staff=True)],
        [neighbour(1, 20, None), neighbour(2, 3, None)],
        [neighbour(1, 20), neighbour(2, 3, "account:b")],
    ],
    "channel_hop": [
        [neighbour(1, 8), neighbour(2, 2, source="mail")],
        [neighbour(1, 3), neighbour(2, 2)],
        [neighbour(1, 3), neighbour(2, 2, "account:b", source="mail")],
        [neighbour(1, 3, "ana", staff=True), neighbour(2, 2, "ana", staff=True, source="mail")],
    ],
    "cannot_reproduce": [
        [neighbour(1, 40, **SENT_AWAY), neighbour(2, 20, "account:b")],
        [neighbour(1, 40, **SENT_AWAY), neighbour(2, 20, "account:b"), neighbour(3, 2, "account:b")],
        [neighbour(1, 40, **SENT_AWAY), neighbour(2, 35, "account:b"), neighbour(3, 2, "account:c")],
        [
            neighbour(1, 40, ended_at=days(30), ended="Fixed"),
            neighbour(2, 20, "account:b"),
            neighbour(3, 2, "account:c"),
        ],
    ],
}


def names(neighbours: Sequence[Neighbour]) -> set[str]:
    return {name for shown in together.among(neighbours).values() for name in shown}


@pytest.mark.parametrize(("name", "shown"), [(n, c) for n, cases in SHOWS.items() for c in cases])
def test_each_signal_is_seen_in_whatever_order_the_issues_come(name: str, shown: list[Neighbour]) -> None:
    assert name in names(shown)
    assert together.among(shown) == together.among(shown[::-1])


@pytest.mark.parametrize(("name", "like"), [(n, c) for n, cases in LOOKS_LIKE.items() for c in cases])
def test_look_alikes_are_left_alone(name: str, like: list[Neighbour]) -> None:
    assert name not in names(like)


def test_the_issue_that_was_written_second_is_the_repeat() -> None:
    assert together.repeat_contact([neighbour(1, 20), neighbour(2, 3)]) == {"desk:2": {"repeat_contact"}}


def regrets(people: int, answers: int, sorry: bool = True):
    return [course(ours(3, who=f"agent-{n % people}", sorry=sorry), key=f"desk:{n}") for n in range(answers)]


def test_apologies_weigh_where_three_people_give_more_than_nine_in_ten_issues_have() -> None:
    assert set(together.apology_load(regrets(3, 6), {"desk ": calm()})) == {f"desk:{n}" for n in range(6)}


@pytest.mark.parametrize(
    ("mine", "usuals"),
    [
        (regrets(2, 6), {"desk ": calm()}),
        (regrets(3, 4), {"desk ": calm()}),
        (regrets(3, 6, sorry=False), {"desk ": calm()}),
        (regrets(3, 6), {"desk ": calm(19)}),
        (regrets(3, 6), {}),
    ],
)
def test_apologies_are_not_counted_over_few_people_few_answers_or_without_a_usual(mine, usuals) -> None:
    assert together.apology_load(mine, usuals) == {}


PASTED = (
    "Please sign out, wait for ten minutes, and sign in with the second address; the list of sites is then read anew "
    "and the total of the invoice should be right again."
)


def test_one_text_in_the_answers_of_three_people_is_a_gap() -> None:
    said = [course(ours(2, f"Dear {who}, {PASTED}", who=who), key=f"desk:{who}") for who in ("kim", "lou", "max")]

    assert set(together.macro_gap(said)) == {"desk:kim", "desk:lou", "desk:max"}


@pytest.mark.parametrize(
    "said",
    [
        [course(ours(2, PASTED, who=who), key=f"desk:{n}") for n, who in enumerate(("kim", "lou", "kim"))],
        [course(ours(2, "Thank you, we look into it.", who=who), key=f"desk:{who}") for who in ("kim", "lou", "max")],
        [
            course(ours(2, " ".join(f"{who}{n}" + chr(97 + n) * 3 for n in range(30)), who=who), key=f"desk:{who}")
            for who in ("kim", "lou", "max")
        ],
        [course(ours(2, PASTED, who=who), key=f"desk:{who}", pain=who) for who in ("kim", "lou", "max")],
    ],
)
def test_two_people_short_thanks_other_texts_and_other_pains_are_none(said) -> None:
    assert not any("macro_gap" in names for names in together.within(said, {}).values())


def written(letters: int, weeks_ago: float, people: int = 3, count: int = 9) -> list[Writing]:
    return [
        Writing(team="apps", author=f"p{n % people}", at=days(weeks_ago * 7), letters=letters) for n in range(count)
    ]


def test_a_team_writes_less_when_its_median_falls_by_more_than_two_fifths() -> None:
    assert told([*written(1000, 6), *written(500, 2)], NOW) == {"apps": True}
    assert told([*written(1000, 6), *written(700, 2)], NOW) == {"apps": False}


@pytest.mark.parametrize(
    "some",
    [
        [*written(1000, 6, count=5), *written(500, 2)],
        [*written(1000, 6, people=2), *written(500, 2, people=2)],
        written(500, 2),
    ],
)
def test_of_few_issues_or_few_people_nothing_is_told(some: list[Writing]) -> None:
    assert told(some, NOW) == {"apps": None}
