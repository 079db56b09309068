"""Usual ranges and trend words, against the figures of the worked example and the published table."""

import math
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import trend
from pipeline.trend import Base, Reading, Week, base

A = [1, 2, 1, 0, 2, 1, 2, 1]
B = [0, 1, 0, 0, 1, 0, 1, 0]
C = [0, 0, 0, 0, 0, 3, 4, 3]
D = [1, 0, 2, 1, 1, 0, 1, 2]
E = [1, 2, 1, 1, 2, 2, 1, 2]
G = [6, 5, 7, 6, 5, 6, 6, 3]


def past(counts: Sequence[int | None], share: float = 1.0) -> list[Week]:
    """Weeks in which each person wrote one issue."""
    return [Week(y, items=y or 0, share=share) for y in counts]


def read(people: int, counts: Sequence[int | None], *, severity: int = 1, share: float = 1.0, **more: Any) -> Reading:
    return trend.read(Week(people, items=people, severity=severity, share=share), past(counts), **more)


@pytest.mark.parametrize(
    ("baseline", "people", "span", "p"),
    [(A, 7, (0, 3), 0.0008), (B, 5, (0, 1), 0.0004), (D, 3, (0, 2), 0.09)],
)
def test_the_worked_examples_have_their_published_range_and_probability(baseline, people, span, p):
    assert trend.usual(base(baseline)) == span
    assert trend.at_least(people, base(baseline)) == pytest.approx(p, rel=0.1)


@pytest.mark.parametrize(
    ("total", "span", "smallest"),
    [
        (2, (0, 1), 3),
        (4, (0, 2), 4),
        (8, (0, 2), 5),
        (16, (0, 4), 7),
        (24, (1, 5), 9),
        (40, (2, 8), 12),
        (80, (5, 13), 18),
    ],
)
def test_the_published_table_of_ranges_and_thresholds_holds(total, span, smallest):
    known = Base(total, 8.0)

    first = next(y for y in range(100) if trend.at_least(y, known) < trend.RARE)

    assert (trend.usual(known), first) == (span, smallest)


def test_after_eight_empty_weeks_two_people_stand_on_the_edge_of_the_table_and_the_floor_of_three_decides():
    assert trend.usual(base([0] * 8)) == (0, 0)
    assert trend.at_least(2, base([0] * 8)) == pytest.approx(0.01, abs=1e-12)
    assert trend.at_least(3, base([0] * 8)) == pytest.approx(0.001, abs=1e-12)


@pytest.mark.parametrize(
    ("weeks", "people", "word"),
    [
        ([*A, 3], 7, "above usual"),
        ([*B, 2], 5, "above usual"),
        ([*C, 4], 4, "steady"),
        ([*D, 1], 3, "too few to call"),
        ([*E, 2], 2, "steady"),
        ([*G, 1], 0, "back to usual"),
    ],
)
def test_the_worked_examples_get_their_word(weeks, people, word):
    assert read(people, weeks, severity=4, seen=True).trend == word


def test_relief_of_reset_mails_has_its_published_probability():
    assert trend.at_most(0, base(G)) == pytest.approx(0.009, abs=0.0005)


def test_a_pain_of_five_weeks_is_compared_with_its_own_weeks():
    reading = read(4, [*C, 4], severity=8, seen=True)

    assert reading.episode == (3, 4, 3, 4, 4)
    assert trend.at_least(4, base([3, 4, 3])) == pytest.approx(0.30, abs=0.01)


def test_two_empty_weeks_end_an_episode_and_a_missing_week_does_not():
    assert trend.episode([5, 0, 0, 2, None, 0, 3]) == [2, None, 0, 3]
    assert trend.episode([5, 0, None, 0, 2]) == [2]
    assert trend.episode([0, 0]) == ()


def test_a_surge_of_last_week_does_not_hide_itself():
    calm, guarded = [1] * 9, [*[1] * 8, 9]

    assert read(7, guarded, seen=True).usual == read(7, calm, seen=True).usual


def test_a_blind_week_is_missing_and_not_zero():
    with_gap = [2, 2, 2, None, None, None, 2, 2, 2]

    assert read(2, with_gap, seen=True).usual == trend.usual(base([2, 2, 2, 2, 2]))


def test_a_blind_source_never_makes_an_improvement():
    seeing = read(0, [*G, 1], seen=True)
    blind = read(0, [*G, 1], seen=True, blind=True)

    assert seeing.trend == "back to usual"
    assert blind.trend == "too few to call"


def test_a_rise_is_called_although_a_source_is_blind():
    assert read(7, [*A, 3], severity=4, seen=True, blind=True).trend == "above usual"


@pytest.mark.parametrize("listened", [0, 1, 2, 3])
def test_no_trend_is_called_before_four_weeks_of_history(listened):
    reading = read(9, [None] * (26 - listened) + [0] * listened)

    assert (reading.trend, reading.usual) == (None, None)


def test_a_pain_that_nobody_has_told_of_before_is_new_with_two_people_and_not_with_one():
    assert read(2, [0] * 26).trend == "new"
    assert read(1, [0] * 26).trend != "new"
    assert read(2, [0] * 26, seen=True).trend != "new"


def test_two_people_are_never_above_usual():
    assert trend.at_least(2, base([0] * 12)) < 0.011
    assert read(2, [0] * 20, severity=8, seen=True).trend == "too few to call"


def test_a_surge_that_falls_back_is_back_to_usual_after_two_weeks():
    weeks = [1, 1, 1, 2, 1, 1, 1, 2, 1, 9, 1]

    assert read(1, weeks, seen=True).trend == "back to usual"
    assert read(1, weeks[:-1], seen=True).trend != "back to usual"


def test_a_falling_pain_eases_before_it_is_back():
    assert read(1, [*[8] * 8, 8], seen=True).trend == "easing"


def test_a_weak_rise_among_many_pains_does_not_survive_the_correction():
    weak = read(4, [0, 0, 1, 0, 1, 0, 1, 0, 1], severity=8, seen=True)
    calm = {f"calm-{n}": read(1, [1] * 9, seen=True) for n in range(40)}

    alone, among = trend.across({"weak": weak}), trend.across({"weak": weak, **calm})

    assert (alone["weak"].trend, among["weak"].trend) == ("above usual", "too few to call")


@given(st.lists(st.integers(0, 40), min_size=1, max_size=8), st.integers(0, 60))
def test_both_tails_share_the_week_itself_and_nothing_else(baseline, y):
    both = trend.at_least(y, base(baseline)) + trend.at_most(y, base(baseline))

    total, n = sum(baseline), len(baseline)
    keep = (1 + n) / (2 + n)
    mass = math.comb(total + y, y) * keep ** (1 + total) * (1 - keep) ** y
    assert both == pytest.approx(1 + mass, abs=1e-9)


@given(st.lists(st.integers(0, 40), min_size=1, max_size=8))
def test_the_usual_range_holds_the_middle_four_fifths(baseline):
    known = base(baseline)
    low, high = trend.usual(known)

    assert trend.at_most(high, known) >= 0.9 - 1e-9
    assert trend.at_most(low, known) >= 0.1 - 1e-9
    assert low == 0 or trend.at_most(low - 1, known) < 0.1
    assert high == 0 or trend.at_most(high - 1, known) < 0.9


# --- the floors, and what each word needs ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("items", "severity", "word"), [(3, 4, "too few to call"), (5, 4, "above usual"), (3, 8, "above usual")]
)
def test_three_people_are_above_usual_with_five_issues_in_four_weeks_or_with_harm(items, severity, word):
    before = past([0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0])

    reading = trend.read(Week(3, items=items, severity=severity), before, seen=True)

    assert reading.high < trend.RARE
    assert reading.trend == word


def test_issues_of_the_three_weeks_before_count_for_the_floor_and_older_ones_do_not():
    lately = [*past([0] * 6), Week(0), Week(0), Week(1, items=2), Week(0), Week(0)]
    older = [*past([0] * 6), Week(0), Week(1, items=2), Week(0), Week(0), Week(0)]

    assert trend.read(Week(3, items=3), lately, seen=True).trend == "above usual"
    assert trend.read(Week(3, items=3), older, seen=True).trend == "too few to call"


def test_a_pain_that_somebody_told_of_before_is_not_new_for_who_hears_of_it_first():
    assert read(2, [0] * 26, seen=True).trend != "new"
    assert read(2, [*[0] * 25, 1]).trend != "new"


def test_a_pain_that_fell_below_its_own_weeks_is_not_steady_by_the_empty_ones_before():
    reading = read(2, [0, 0, 0, 0, 0, 8, 9, 8, 9], seen=True)

    assert reading.usual is not None
    assert reading.usual[0] <= 2 <= reading.usual[1]
    assert reading.trend == "too few to call"


def test_a_young_pain_that_stays_as_it_began_is_steady_and_not_above_usual():
    reading = read(7, [0, 0, 0, 0, 0, 5, 5, 5, 5], seen=True)

    assert reading.high < trend.RARE
    assert reading.trend == "steady"


def test_relief_is_told_in_the_week_in_which_it_is_complete_and_then_no_more():
    weeks = [1, 1, 1, 2, 1, 1, 1, 2, 1, 9, 1, 1, 1, 1]

    words = [read(weeks[at], weeks[:at], seen=True).trend for at in range(9, len(weeks))]

    assert words == ["above usual", "steady", "back to usual", "steady", "steady"]


def test_a_pain_that_is_gone_is_relief_once():
    weeks = [*G, 1, 0, 0]

    words = [read(weeks[at], weeks[:at], seen=True).trend for at in (8, 9, 10)]

    assert words[1] == "back to usual"
    assert "back to usual" not in (words[0], words[2])


def test_a_surge_of_harm_with_few_issues_can_be_relieved_too():
    before = [*past([0, 0, 0, 0, 0, 1, 0, 0, 0, 0]), Week(3, items=3, severity=8), Week(0)]

    assert trend.read(Week(0), before, seen=True).trend == "back to usual"


def test_back_where_the_pain_was_is_measured_before_the_surge_and_not_in_its_middle():
    weeks = [0, 0, 0, 0, 0, 0, 0, 0, 0, 6, 7, 6, 7, 6, 3]

    assert read(2, weeks, seen=True).trend != "back to usual"


def test_after_nine_blind_weeks_nothing_is_called_however_much_was_heard_before():
    reading = read(9, [*[2] * 17, *[None] * 9], seen=True)

    assert (reading.trend, reading.usual) == (None, None)


def test_pains_of_which_nobody_told_are_looked_at_too():
    weak = read(4, [0, 0, 1, 0, 1, 0, 1, 0, 1], severity=8, seen=True)

    assert trend.across({"weak": weak})["weak"].trend == "above usual"
    assert trend.across({"weak": weak}, silent=40)["weak"].trend == "too few to call"


# --- weeks of fewer working days ------------------------------------------------------------------------------------


def test_the_usual_range_of_two_days_is_that_of_two_fifths_of_a_week():
    whole, part = read(5, [5] * 9, seen=True), read(2, [5] * 9, seen=True, share=0.4)

    assert whole.usual == (2, 8)
    assert part.usual == (0, 4)
    assert (whole.trend, part.trend) == ("steady", "steady")


def test_a_week_of_one_day_does_not_ease_what_nobody_could_write():
    assert read(0, [5] * 9, seen=True).trend == "easing"
    assert read(0, [5] * 9, seen=True, share=0.2).trend == "too few to call"


def test_a_usual_week_after_short_ones_is_no_surge():
    short = [*past([5, 5]), *past([1] * 6, share=0.2), *past([1], share=0.2)]

    assert trend.read(Week(7, items=7), short, seen=True).trend == "steady"
    assert read(7, [5, 5, *[1] * 7], seen=True).trend == "above usual"


def test_as_many_as_in_a_whole_week_are_a_rise_in_a_day():
    assert read(7, [3] * 9, seen=True).trend == "too few to call"
    assert read(7, [3] * 9, seen=True, share=0.2).trend == "above usual"


def test_a_week_without_a_working_day_calls_nothing_and_is_compared_with_nothing():
    closed = [*past([3] * 8), *past([0, 0], share=0), *past([3])]

    assert trend.read(Week(3, items=3, share=0.0), past([3] * 9), seen=True).trend is None
    assert trend.read(Week(3, items=3), closed, seen=True).usual == trend.usual(base([3] * 6))
    assert len(trend.read(Week(3, items=3), closed, seen=True).episode) == 12


def test_where_days_of_work_are_not_known_fewer_people_are_no_improvement():
    assert read(0, [*G, 1], seen=True, falls=False).trend == "too few to call"
    assert read(7, [*A, 3], seen=True, falls=False).trend == "above usual"
    assert read(2, [*A, 1], seen=True, falls=False).trend == "steady"


@given(st.lists(st.integers(0, 12), min_size=9, max_size=26), st.integers(0, 30), st.floats(0.2, 1.0))
def test_more_people_are_never_less_surprising_and_fewer_days_never_more_usual(counts, people, share):
    one, more = read(people, counts, share=share), read(people + 1, counts, share=share)
    whole = read(people, counts)

    assert more.high <= one.high
    assert one.high <= whole.high + 1e-12
    assert one.usual is not None
    assert whole.usual is not None
    assert one.usual[1] <= whole.usual[1]


# --- slow rises -----------------------------------------------------------------------------------------------------

SLOWLY = [1, 2, 1, 1, 0, 2, 1, 1, 2, 1, 1, 2, 0, 1, 1, 2, 1, 1, 3, 2, 3, 2, 4, 3, 3, 3]


def test_a_doubling_over_weeks_is_a_slow_rise_and_a_steady_pain_is_none():
    slow, calm = read(3, SLOWLY, seen=True), read(1, [1, 2, 0, 1, 2, 1] * 4, seen=True)

    assert slow.trend in ("steady", "too few to call")
    assert slow.rising == 9
    assert calm.rising is None


def test_a_missing_week_neither_raises_nor_lowers_the_sum():
    with_gap = [*SLOWLY[1:22], None, *SLOWLY[22:]]

    assert read(3, with_gap, seen=True).rising == 10
    assert [s for s, _ in trend.cusum(past([3, None, 3]), 1.5)] == [1.5, 1.5, 3.0]


def test_a_pain_that_has_only_begun_is_not_slowly_rising():
    assert read(4, [*[0] * 20, 1, 2, 2, 3, 3, 4], seen=True).rising is None


def test_a_short_history_says_too_little_of_a_slow_rise():
    assert read(3, SLOWLY[-19:], seen=True).rising is None


def test_a_short_week_is_held_against_as_much_of_the_reference():
    assert [s for s, _ in trend.cusum([Week(2, share=0.4)], 2.5)] == [1.0]


def test_the_reference_lies_between_a_rate_and_its_double():
    assert trend.reference(1.25) == pytest.approx(1.80, abs=0.005)
    assert trend.reference(1.25, 4) == pytest.approx((5 - 1.25) / math.log(5 / 1.25))
