from dataclasses import replace

import pytest

from pipeline import drift
from pipeline.drift import Week

USUAL = Week("2026-W10", total=80, unsure=16, developer=30, customer=40, none=10, strange=4)
BEFORE = [replace(USUAL, label=f"2026-W{n:02}") for n in range(2, 10)]


def test_a_week_like_the_others_says_nothing() -> None:
    assert drift.changes(USUAL, BEFORE) == []


def test_many_more_unsure_verdicts_are_said_in_one_line_with_the_remedy() -> None:
    (change,) = drift.changes(replace(USUAL, unsure=36), BEFORE)

    assert str(change) == (
        "2026-W10: 36 of 80 verdicts are unsure, usually 1 in 5: `leafnotes issues --unsure`, then `leafnotes label`"
    )


def test_fewer_unsure_verdicts_are_no_reason_to_worry() -> None:
    assert drift.changes(replace(USUAL, unsure=0), BEFORE) == []


def test_a_small_week_says_nothing_however_odd() -> None:
    assert drift.changes(Week("2026-W10", total=20, unsure=20, customer=20, strange=20), BEFORE) == []


def test_nothing_is_said_where_there_is_nothing_to_compare_with() -> None:
    assert drift.changes(replace(USUAL, unsure=80), BEFORE[:1]) == []


def test_a_sure_but_small_change_does_not_matter() -> None:
    before = [replace(week, total=80_000, unsure=16_000) for week in BEFORE]

    assert drift.changes(replace(USUAL, total=80_000, unsure=20_000), before) == []


@pytest.mark.parametrize(
    ("what", "counts"),
    [
        ("customer", {"customer": 8, "none": 42}),
        ("strange", {"strange": 30}),
    ],
)
def test_sides_and_strange_words_are_watched_too(what: str, counts: dict[str, int]) -> None:
    found = drift.changes(replace(USUAL, **counts), BEFORE)  # type: ignore[arg-type]

    assert what in [change.what for change in found]


def test_corrections_that_contradict_more_often_than_before_are_said() -> None:
    before = [replace(week, corrected=5, contradicted=1) for week in BEFORE]

    found = drift.changes(replace(USUAL, corrected=20, contradicted=16), before)

    assert [(change.what, change.few, change.of) for change in found] == [("contradicted", 16, 20)]


def test_a_false_alarm_is_rare() -> None:
    import random

    rng = random.Random(4)

    def week(n: int) -> Week:
        return Week(f"W{n}", total=100, unsure=sum(rng.random() < 0.3 for _ in range(100)))

    weeks = [week(n) for n in range(1_008)]
    alarms = sum(bool(drift.changes(weeks[n], weeks[n - 8 : n])) for n in range(8, 1_008))

    assert alarms <= 10
