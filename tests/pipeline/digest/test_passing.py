"""Severe pains that nobody answered climb a level every ten working days, in their first words."""

from dataclasses import replace
from datetime import timedelta

import pytest

from pipeline.answers import Answer
from pipeline.digest.document import Document
from pipeline.digest.material import Material, Stuck, Voice
from pipeline.escalate import Rungs
from tests.pipeline.digest.builder import (
    MONDAY,
    START,
    all_digests,
    failures,
    history,
    material,
    org,
    signals,
    voice,
)

FIRST_WORDS = "The tax on our clinic invoice is wrong and we pay for it twice every month."
FRIDAY = START - timedelta(days=10)
"""Five working days before the week begins, ten before it ends."""
FOUR_WEEKS = FRIDAY - timedelta(weeks=2)


def week(first: Voice, **change: object) -> Material:
    told = [voice(n, f"account:{n}", f"Invoice {n} has the wrong tax, we lose a day on it.") for n in range(5)]
    return material(told, stuck=[Stuck(pain="tax", first=first)], **change)


def first(**change: object) -> Voice:
    return replace(voice(77, "account:first", FIRST_WORDS, created_at=FRIDAY, severity=4), **change)  # type: ignore[arg-type]


def readers(made: Material) -> list[str]:
    return sorted(leader for leader, found in all_digests(made).items() if found.passed_on)


def one(made: Material, leader: str = "left-lead") -> Document:
    return all_digests(made)[leader]


@pytest.mark.parametrize(
    ("at", "to"),
    [
        (FRIDAY, ["left-lead"]),
        (FRIDAY + timedelta(days=3), []),  # nine working days
        (FRIDAY - timedelta(days=4), ["left-lead"]),
        (FOUR_WEEKS, ["root-lead"]),
        (FOUR_WEEKS - timedelta(weeks=2), []),  # nobody is left above
    ],
)
def test_it_goes_a_level_up_in_the_week_in_which_the_time_is_over(at: object, to: list[str]) -> None:
    old = [*history({"tax": [5] * 3}, role="customer", team=None)]
    again = [replace(seen, week=MONDAY) for seen in history({"tax": [5]}, role="customer", team=None)]

    assert readers(week(first(created_at=at), sightings=[*old, *again])) == to


def test_its_first_words_and_its_day_stand_there_exactly_and_pass_the_gates() -> None:
    made = week(first())
    document = one(made)

    [passed] = document.passed_on
    assert passed.quote is not None
    assert passed.quote.text in FIRST_WORDS
    assert "20 Feb" in passed.line
    assert "Apps" in passed.line
    assert failures(document, made) == []
    assert Document.from_json(document.to_json()) == document


def test_words_that_are_not_there_are_held() -> None:
    made = week(first())
    document = one(made)
    [passed] = document.passed_on
    assert passed.quote is not None

    softer = replace(passed, quote=replace(passed.quote, text="The tax is a little off."))

    assert any("P2" in said for said in failures(replace(document, passed_on=(softer,)), made))


@pytest.mark.parametrize(
    "change",
    [{"no_quote": True}, {"signals": signals("distress")}, {"author": "apps-3", "role": "staff", "team": "apps",
                                                            "signals": signals("confession")}],
)  # fmt: skip
def test_words_that_may_not_be_shown_stay_below(change: dict[str, object]) -> None:
    made = week(first(**change))
    document = one(made)

    [passed] = document.passed_on
    assert passed.quote is None
    assert FIRST_WORDS not in str(document.to_json())
    assert failures(document, made) == []


def test_words_of_a_small_team_are_not_passed_on_under_its_name() -> None:
    words = "Every build of ours waits an hour for the shared runner and we lose the day."
    told = first(title=words, author="apps-3", role="staff", team="apps", side="developer")
    made, few = week(told), org({"apps": 4})

    [open_], [kept] = one(made).passed_on, all_digests(made, few)["left-lead"].passed_on

    assert open_.quote is not None
    assert kept.quote is None
    assert "Apps passes it on; its words stay there." in kept.line


def test_somebody_new_brings_it_back_and_the_same_people_do_not() -> None:
    old = history({"tax": [3, 3, 3]}, role="customer", team=None)
    same = [replace(seen, week=MONDAY) for seen in old[:3]]
    new = [replace(same[0], author="account:new")]
    late = first(created_at=FRIDAY - timedelta(weeks=1))

    assert readers(week(late, sightings=[*old, *same])) == []
    assert readers(week(late, sightings=[*old, *same, *new])) == ["left-lead"]


def test_an_answer_that_comes_after_all_is_noticed() -> None:
    made = week(first())
    document = one(made)
    said = Answer(id=1, pain="tax", leader="apps-lead", kind="act", text="We fix it", at=START)
    answered = replace(made, answers={"tax": [said]})

    assert any("P38" in said for said in failures(document, answered))


def test_days_in_which_a_level_has_time_are_a_setting() -> None:
    early = first(created_at=START + timedelta(hours=9))

    assert readers(week(early, rungs=Rungs(4))) == ["left-lead"]
    assert readers(week(early)) == []
