"""Signals of one issue's course: each is seen, each leaves its look-alikes alone, and what is unknown is not false."""

import pytest

from pipeline.course import alone
from pipeline.course.usual import Usual
from pipeline.course.values import Course
from tests.pipeline.course.builder import NOW, back, calm, course, event, ours

SHOWS = {
    "reopened": [
        course(event("closed", 4), event("reopened", 2)),
        course(event("closed", 4), back(1)),
        course(ours(4), event("closed", 4), back(3, "No, the total is wrong on the second page too.")),
    ],
    "ping_pong": [
        course(event("moved", 4, "a", "b"), event("moved", 3, "b", "c"), event("moved", 2, "c", "d")),
        course(event("moved", 4, "billing", "platform"), event("moved", 2, "platform", "billing")),
    ],
    "long_silence": [
        course(ours(1), ago=9),
        course(ago=4),
        course(ours(19), back(18), ours(2), ago=20),
    ],
    "long_thread": [
        course(*(turn for n in range(8, 1, -1) for turn in (ours(n), back(n - 0.5))), ago=9),
        course(ours(4, who="a"), ours(3, who="b"), ours(2, who="c")),
    ],
    "documented_question": [
        course(ours(4, "Please see https://help.example.com/sync for this."), back(3)),
        course(ours(4, "Here: https://example.com/docs/export"), back(3, "I did that, the button is not there.")),
    ],
    "abandonment": [
        course(ours(20, "Which version do you use?"), ago=30),
        course(ours(4, "Could you send us the file, please?"), event("closed", 1, None, "no response")),
    ],
    "priority_raised": [
        course(event("prioritised", 2, "Low", "High")),
        course(event("prioritised", 2, "P3", "P1")),
        course(event("prioritised", 3, "3 - Moderate", "1 - Critical")),
    ],
    "me_too_growth": [
        course(*(ours(ago, "Same here.", who=who) for ago, who in ((20, "x"), (12, "y"), (3, "z"))), ago=90),
        course(*(ours(ago, "+1", who=f"u{ago}") for ago in (27, 9, 8, 2)), ago=200),
    ],
    "waiting_state": [
        course(event("status", 8, "Open", "Waiting for approval"), ago=10),
        course(event("status", 9, "Open", "Blocked"), event("status", 1, "Blocked", "In progress"), ago=10),
    ],
    "carry_over": [
        course(
            event("planned", 30, "", "Sprint 1"),
            event("planned", 20, "Sprint 1", "Sprint 1, Sprint 2"),
            event("planned", 10, "Sprint 1, Sprint 2", "Sprint 1, Sprint 2, Sprint 3"),
            ago=40,
        ),
        course(event("planned", 20, "S7", "S8"), event("planned", 9, "S8", "S9"), ago=40),
    ],
    "known_duplicate": [
        course(event("closed", 1, None, "Duplicate")),
        course(event("closed", 1, None, "closed as duplicate of 12")),
    ],
}
LOOKS_LIKE = {
    "reopened": [
        course(event("closed", 4)),
        course(event("closed", 4), back(3, "Thank you, it works now.")),
        course(back(4.5), event("closed", 4)),
        course(event("closed", 20), back(5), ago=30),
    ],
    "ping_pong": [
        course(event("moved", 4, "a", "b")),
        course(event("moved", 4, "a", "b"), event("moved", 3, "b", "c")),
    ],
    "long_silence": [
        course(ours(4.98)),
        course(event("closed", 4.99)),
        course(ours(4.95), back(1), ours(0.9)),
    ],
    "long_thread": [course(ours(4), back(3)), course(ours(4), ours(3, who="agent-2"))],
    "documented_question": [
        course(ours(4, "Please see https://help.example.com/sync for this.")),
        course(ours(4, "See https://help.example.com/sync"), back(3, "Thanks, that was it!")),
        course(ours(4, "A colleague will call you."), back(3)),
        course(back(4, "I read https://help.example.com/sync"), ours(3)),
    ],
    "abandonment": [
        course(ours(2, "Which version do you use?"), ago=3),
        course(ours(20, "Which version do you use?"), back(19), ago=30),
        course(ours(4, "Does it work now?"), event("closed", 1, None, "Fixed")),
        course(ours(20, "It is repaired."), ago=30),
    ],
    "priority_raised": [
        course(event("prioritised", 2, "High", "Low")),
        course(event("prioritised", 2, "Normal", "Medium")),
    ],
    "me_too_growth": [
        course(*(ours(ago, "Same here.", who=f"u{ago}") for ago in (20, 12, 3)), ago=50),
        course(*(ours(ago, "Same here.", who="u") for ago in (20, 12, 3)), ago=90),
        course(*(ours(ago, "We will look at it.", who=f"u{ago}") for ago in (20, 12, 3)), ago=90),
        course(*(ours(ago, "Same here.", who=f"u{ago}") for ago in (80, 70, 60)), ago=90),
    ],
    "waiting_state": [
        course(event("status", 4, "Open", "In progress")),
    ],
    "carry_over": [
        course(event("planned", 20, "", "Sprint 1"), event("planned", 10, "Sprint 1", "Sprint 1, Sprint 2"), ago=40),
    ],
    "known_duplicate": [course(event("closed", 1, None, "Fixed"))],
}
UNKNOWN = {
    "ping_pong": course(),
    "priority_raised": course(event("prioritised", 2, "Purple", "Green")),
    "waiting_state": course(),
    "carry_over": course(),
    "known_duplicate": course(event("closed", 1)),
}


@pytest.mark.parametrize(("name", "shown"), [(n, c) for n, cases in SHOWS.items() for c in cases])
def test_each_signal_is_seen(name: str, shown: Course) -> None:
    assert alone.SIGNS[name](shown, calm(), NOW) is True


@pytest.mark.parametrize(("name", "like"), [(n, c) for n, cases in LOOKS_LIKE.items() for c in cases])
def test_look_alikes_are_left_alone(name: str, like: Course) -> None:
    assert alone.SIGNS[name](like, calm(), NOW) is False


@pytest.mark.parametrize(("name", "silent"), UNKNOWN.items())
def test_where_the_source_tells_nothing_the_signal_is_unknown_and_not_false(name: str, silent: Course) -> None:
    assert alone.SIGNS[name](silent, calm(), NOW) is None


@pytest.mark.parametrize("name", ["long_silence", "long_thread", "waiting_state"])
@pytest.mark.parametrize("few", [Usual({}), calm(19)])
def test_in_a_queue_with_too_few_comparable_issues_the_signal_is_unknown(name: str, few: Usual) -> None:
    assert {alone.SIGNS[name](shown, few, NOW) for shown in SHOWS[name]} == {None}


def test_every_signal_has_both_kinds_of_cases() -> None:
    assert set(SHOWS) == set(LOOKS_LIKE) == set(alone.SIGNS)


@pytest.mark.parametrize(
    ("said", "place"), [("Blocker", 0), ("P2", 1), ("Normal", 2), ("minor", 3), ("Trivial", 4), ("mauve", None)]
)
def test_priorities_are_ranked_by_the_words_that_sources_use(said: str, place: int | None) -> None:
    assert alone.rank(said) == place
