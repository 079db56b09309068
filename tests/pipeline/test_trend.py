"""Usual ranges and trend words, against the figures of the worked example and the published table."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import trend

A = [1, 2, 1, 0, 2, 1, 2, 1]
B = [0, 1, 0, 0, 1, 0, 1, 0]
C = [0, 0, 0, 0, 0, 3, 4, 3]
D = [1, 0, 2, 1, 1, 0, 1, 2]
G = [6, 5, 7, 6, 5, 6, 6, 3]


@pytest.mark.parametrize(
    ("baseline", "people", "span", "p"),
    [(A, 7, (0, 3), 0.0008), (B, 5, (0, 1), 0.0004), (D, 3, (0, 2), 0.09)],
)
def test_the_worked_examples_have_their_published_range_and_probability(baseline, people, span, p):
    assert trend.usual(baseline) == span
    assert trend.at_least(people, baseline) == pytest.approx(p, rel=0.1)


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
    baseline = [total // 8] * 7 + [total - 7 * (total // 8)]

    first = next(y for y in range(100) if trend.at_least(y, baseline) < trend.RARE)

    assert (trend.usual(baseline), first) == (span, smallest)


@pytest.mark.parametrize(
    ("weeks", "people", "word"),
    [
        ([*A, 3], 7, "above usual"),
        ([*B, 2], 5, "above usual"),
        ([*C, 4], 4, "steady"),
        ([*D, 1], 3, "too few to call"),
        ([*G, 1], 0, "back to usual"),
    ],
)
def test_the_worked_examples_get_their_word(weeks, people, word):
    assert trend.read(people, weeks, severity=4, seen=True).trend == word


def test_relief_of_reset_mails_has_its_published_probability():
    assert trend.at_most(0, G) == pytest.approx(0.009, abs=0.0005)


def test_a_pain_of_five_weeks_is_compared_with_its_own_weeks():
    reading = trend.read(4, [*C, 4], severity=8, seen=True)

    assert reading.episode == (3, 4, 3, 4, 4)
    assert trend.at_least(4, [3, 4, 3]) == pytest.approx(0.30, abs=0.01)


def test_two_empty_weeks_end_an_episode_and_a_missing_week_does_not():
    assert trend.episode([5, 0, 0, 2, None, 0, 3]) == [2, None, 0, 3]
    assert trend.episode([5, 0, None, 0, 2]) == [2]
    assert trend.episode([0, 0]) == ()


def test_a_surge_of_last_week_does_not_hide_itself():
    calm, guarded = [1] * 9, [*[1] * 8, 9]

    assert trend.read(7, guarded, seen=True).usual == trend.read(7, calm, seen=True).usual


def test_a_blind_week_is_missing_and_not_zero():
    with_gap = [2, 2, 2, None, None, None, 2, 2, 2]

    assert trend.read(2, with_gap, seen=True).usual == trend.usual([2, 2, 2, 2, 2])


def test_a_blind_source_never_makes_an_improvement():
    seeing = trend.read(0, [*G, 1], seen=True)
    blind = trend.read(0, [*G, 1], seen=True, blind=True)

    assert seeing.trend == "back to usual"
    assert blind.trend == "too few to call"


def test_a_rise_is_called_although_a_source_is_blind():
    assert trend.read(7, [*A, 3], severity=4, seen=True, blind=True).trend == "above usual"


@pytest.mark.parametrize("listened", [0, 1, 2, 3])
def test_no_trend_is_called_before_four_weeks_of_history(listened):
    reading = trend.read(9, [None] * (26 - listened) + [0] * listened)

    assert (reading.trend, reading.usual) == (None, None)


def test_a_pain_that_nobody_has_told_of_before_is_new_with_two_people_and_not_with_one():
    assert trend.read(2, [0] * 26).trend == "new"
    assert trend.read(1, [0] * 26).trend != "new"
    assert trend.read(2, [0] * 26, seen=True).trend != "new"


def test_two_people_are_never_above_usual():
    assert trend.at_least(2, [0] * 12) < 0.011
    assert trend.read(2, [0] * 20, severity=8, seen=True).trend == "too few to call"


def test_a_surge_that_falls_back_is_back_to_usual_after_two_weeks():
    weeks = [1, 1, 1, 2, 1, 1, 1, 2, 1, 9, 1]

    assert trend.read(1, weeks, seen=True).trend == "back to usual"
    assert trend.read(1, weeks[:-1], seen=True).trend != "back to usual"


def test_a_falling_pain_eases_before_it_is_back():
    assert trend.read(1, [*[8] * 8, 8], seen=True).trend == "easing"


def test_a_weak_rise_among_many_pains_does_not_survive_the_correction():
    weak = trend.read(4, [0, 0, 1, 0, 1, 0, 1, 0, 1], severity=8, seen=True)
    calm = {f"calm-{n}": trend.read(1, [1] * 9, seen=True) for n in range(40)}

    alone, among = trend.across({"weak": weak}), trend.across({"weak": weak, **calm})

    assert (alone["weak"].trend, among["weak"].trend) == ("above usual", "too few to call")


@given(st.lists(st.integers(0, 40), min_size=1, max_size=8), st.integers(0, 60))
def test_both_tails_share_the_week_itself_and_nothing_else(baseline, y):
    both = trend.at_least(y, baseline) + trend.at_most(y, baseline)

    total, n = sum(baseline), len(baseline)
    keep = (1 + n) / (2 + n)
    mass = math.comb(total + y, y) * keep ** (1 + total) * (1 - keep) ** y
    assert both == pytest.approx(1 + mass, abs=1e-9)


@given(st.lists(st.integers(0, 40), min_size=1, max_size=8))
def test_the_usual_range_holds_the_middle_four_fifths(baseline):
    low, high = trend.usual(baseline)

    assert trend.at_most(high, baseline) >= 0.9 - 1e-9
    assert trend.at_most(low, baseline) >= 0.1 - 1e-9
    assert low == 0 or trend.at_most(low - 1, baseline) < 0.1
    assert high == 0 or trend.at_most(high - 1, baseline) < 0.9
