"""The matrix is whole: forty rows, each shown by something that exists; two quick ones are run."""

import random

from tests.prove import matrix, scenarios
from tests.prove.disturbed import FAULTS


def test_all_forty_rows_are_there_and_each_is_shown_or_says_why_not() -> None:
    assert [row.number for row in matrix.ROWS] == list(range(1, 41))
    assert [row.number for row in matrix.ROWS if not row.shown] == []
    assert [row.number for row in matrix.ROWS if not row.fault or not row.holds] == []
    assert set(FAULTS) <= {row.number for row in matrix.ROWS}


def test_every_named_test_exists() -> None:
    assert matrix.missing() == []


def test_a_test_that_is_not_there_is_noticed() -> None:
    row = matrix.Row(1, "f", "I1", ("store/test_work.py::test_that_nobody_wrote", "store/no.py::test_x"))

    assert matrix.missing((row,)) == list(row.tests)


def test_no_row_has_nothing_but_a_reason() -> None:
    assert [r.number for r in matrix.ROWS if not (r.disturbs or r.scenarios or r.tests or r.kills)] == []


def test_answers_that_are_cut_anywhere_lose_nothing() -> None:
    shown = scenarios.cut_answers(10, random.Random(3))

    assert shown.violations == []
    assert shown.repeats == 10


def test_weeks_in_which_nobody_looked_have_their_rows() -> None:
    shown = scenarios.outages(6, random.Random(1))

    assert shown.violations == []
    assert shown.figures["weeks"] > 3
