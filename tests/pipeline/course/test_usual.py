"""Measures of a course, and what is usual in a queue."""

from datetime import timedelta

import pytest

from pipeline.course import usual
from tests.pipeline.course.builder import NOW, back, course, event, ours


def test_the_longest_silence_is_the_one_that_an_author_waited_through() -> None:
    assert usual.silence(course(ours(9), back(8), ours(2), ago=10), NOW) == timedelta(days=6)


def test_a_silence_that_still_runs_counts_until_now_or_until_the_end() -> None:
    assert usual.silence(course(ago=3), NOW) == timedelta(days=3)
    assert usual.silence(course(event("closed", 1), ago=3), NOW) == timedelta(days=2)


def test_two_messages_of_the_author_are_one_wait() -> None:
    assert usual.silence(course(back(4), ours(2), ago=5), NOW) == timedelta(days=3)


def test_the_share_of_waiting_needs_states() -> None:
    assert usual.waiting(course(), NOW) is None
    waits = course(event("status", 8, "Open", "On hold"), event("status", 6, "On hold", "Open"), ago=10)
    assert usual.waiting(waits, NOW) == pytest.approx(0.2)


@pytest.mark.parametrize("state", ["Waiting for customer", "Blocked", "On Hold", "Pending", "Needs approval", "Wartet"])
def test_states_of_waiting_are_known_by_their_names(state: str) -> None:
    assert usual.waits(state)
    assert not usual.waits("In progress")


def test_nine_in_ten_comparable_issues_are_the_usual() -> None:
    known = usual.Usual({"length": tuple(float(n) for n in range(1, 21))})

    assert (known.above("length", 18), known.above("length", 18.5)) == (False, True)
    assert usual.Usual({"length": (1.0,) * 19}).above("length", 99) is None


def test_what_is_usual_does_not_depend_on_order() -> None:
    some = [course(*(ours(4) for _ in range(n % 5)), key=f"desk:{n}") for n in range(40)]

    assert usual.usual(some, NOW) == usual.usual(some[::-1], NOW)
