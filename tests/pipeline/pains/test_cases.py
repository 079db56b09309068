"""What is one case though nobody linked it, and what is named exactly. All texts are invented."""

from dataclasses import replace
from datetime import timedelta

import pytest

from pipeline.pains import assign
from pipeline.pains.cases import fingerprints, one_case
from pipeline.pains.exact import codes, exactness, systems
from pipeline.pains.exact import said as titled
from tests.pipeline.test_pains import START, pains_by_key, said

TRACE = "\n".join(
    [
        "java.lang.IllegalStateException: no berth",
        "  at dock.berth.Planner.next(Planner.java:{})",
        "  at dock.berth.Loop.run(Loop.java:77)",
    ]
)


def test_a_post_in_two_places_by_one_person_is_one_case_within_three_days() -> None:
    first = said(1, "Crane stops halfway", "The north crane stops halfway up since the storm.", author="ada")
    again = said(2, "Crane stops halfway", "The north crane stops halfway up since the storm!", author="ada")
    early = replace(again, created_at=first.created_at + timedelta(hours=71))
    late = replace(again, created_at=first.created_at + timedelta(hours=73))
    assert list(one_case([first, early])) == [(0, 1)]
    assert list(one_case([first, late])) == []


def test_the_same_words_of_two_people_are_two_cases() -> None:
    first = said(1, "Crane stops halfway", "The north crane stops halfway up.", author="ada", at=START)
    assert list(one_case([first, replace(first, key="desk:2", author="ben")])) == []


def test_a_bots_posts_are_nobodys() -> None:
    first = said(1, "Crane stops halfway", "The north crane stops halfway up.", author=None, at=START)
    assert list(one_case([first, replace(first, key="desk:2")])) == []


def test_a_cross_post_counts_as_its_author_once_and_stays_listed() -> None:
    first = said(1, "Crane stops halfway", "The north crane stops halfway up since the storm.", author="ada")
    again = replace(first, key="desk:2", created_at=first.created_at + timedelta(hours=1))
    registry, told = assign([], [first, again])
    assert (registry, told) == ([], [])
    other = said(3, "North crane stops", "It stops halfway up, the north crane, since the storm.", author="ben")
    registry, told = assign([], [first, again, other])
    assert (registry[0].members, len(told)) == (3, 3)


def test_the_same_failure_in_the_code_is_one_case_whatever_the_line() -> None:
    one = said(1, "Berths are not planned", TRACE.format(41))
    other = said(2, "Nothing on the quay board", TRACE.format(43))
    registry, told = assign([], [one, other])
    assert len(registry) == 1
    assert {a.score for a in told} == {1.0}


def test_one_frame_or_a_code_identifies_nothing() -> None:
    assert fingerprints(said(1, "Error 500 on the board", "at dock.Board.show(Board.java:1)")) == frozenset()
    assert fingerprints(said(1, "Board", "error code 0x80070057")) == frozenset()


PYTHON = """Traceback (most recent call last):
  File "/srv/dock/{entry}.py", line 12, in main
  File "/srv/dock/berth.py", line {line}, in plan
  File "/srv/dock/tide.py", line 4, in height
  File "/srv/dock/table.py", line 9, in row
  File "/srv/dock/store.py", line 31, in read
  File "/srv/dock/disk.py", line 2, in load
{thrown}"""


def test_a_failure_is_what_was_thrown_and_where_and_not_who_asked() -> None:
    def prints(entry: str, thrown: str) -> frozenset[str]:
        return fingerprints(said(1, "Berths", PYTHON.format(entry=entry, line=len(entry), thrown=thrown)))

    assert prints("web", "KeyError: 'spring 7'") == prints("nightly", "KeyError: 'spring 12'") != frozenset()
    assert prints("web", "KeyError: 'spring'") != prints("web", "ValueError: no tide")
    assert prints("web", "Killed") == frozenset()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Crane board: berth plan doesn't load", "Crane board berth plan not loading", True),
        ("Berth plan is wrong on Android", "Berth plan is wrong on iOS", False),
        ("Berth plan is wrong", "Berth plan and tide table are wrong", False),
        ("Berth plan fails without a tide table", "Berth plan fails with a tide table", False),
        ("Copy the berth plan to the tide table", "Copy the tide table to the berth plan", False),
        ("Move the whole berth board to Quay 4.2", "Move the whole berth board to Quay 4.3", False),
        ("Move the whole berth board to Quay 4.2", "Move the whole berth board to Quay 4.2", True),
    ],
)
def test_titles_say_the_same_only_in_all_their_words_and_in_one_order(one: str, other: str, same: bool) -> None:
    assert (titled(one) == titled(other) != ()) is same


def test_a_short_title_says_enough_only_where_it_tells_of_a_trouble() -> None:
    assert titled("Weekly dock meeting") == ()
    assert titled("Terminal issue") == ()
    assert len(titled("Crane board crashes")) == 3


def test_a_failure_that_everybody_attaches_unites_nobody() -> None:
    many = [said(n, f"Matter {n}", TRACE.format(n)) for n in range(30)]
    assert list(one_case(many)) == []


@pytest.mark.parametrize(
    ("title", "names"),
    [
        ("Crash when running dock.v2.berth.plan_next", {"plan_next"}),
        ("dock.raw.Tile and dock.tile overflow", {"tile"}),
        ("berth_spec.py fails", {"berth_spec"}),
        ("The crane is slow", set()),
    ],
)
def test_the_last_part_of_a_name_of_code_is_what_it_names(title: str, names: set[str]) -> None:
    assert codes(title) == frozenset(names)


def test_systems_are_known_by_their_spellings() -> None:
    assert systems("Crashes on iPhone and macOS") == frozenset({"ios", "mac"})


def test_plain_words_are_not_exact_and_code_is() -> None:
    assert exactness("The crane is slow", "It stops every day at 3 p.m.") == 0.0
    assert exactness("plan_next hangs", "since 4.12 of BerthPlanner") == 1.0


def test_titles_that_name_different_code_or_systems_stay_apart() -> None:
    frame = "Abort when running dock.berth.{}"
    apart = [said(n, frame.format(name), "It aborts with a core dump.") for n, name in enumerate(("plan", "tally"))]
    assert pains_by_key(assign([], apart)[1]) == {}
    same = [said(n, frame.format(name), "It aborts with a core dump.") for n, name in enumerate(("v1.plan", "v2.plan"))]
    assert len(pains_by_key(assign([], same)[1])) == 2
    twins = [said(n, f"{name}: berth plan is blank after login", "") for n, name in enumerate(("Android", "iOS"))]
    assert pains_by_key(assign([], twins)[1]) == {}
