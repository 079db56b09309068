"""Signals are scored by text and name, each part apart."""

import pytest

from benchmarks import signals
from benchmarks.signals import Labelled


def text(body: str, part: str = "learning", **named: str) -> Labelled:
    return Labelled(part, "A title", body, "plain", named)


def test_right_wrong_and_missed_are_told_apart():
    parts = signals.score(
        [
            text("For now we just type the totals into a spreadsheet.", workaround="For now we type the totals"),
            text("Please add a filter."),
            text("Nothing is said here.", churn="Nothing is said"),
            text("I am confused.", "evaluation", confusion="something else entirely"),
        ]
    )

    learning, evaluation = parts["learning"], parts["evaluation"]
    assert (learning.texts, evaluation.texts) == (3, 1)
    assert (learning.right["workaround"], learning.wrong["feature_plea"], learning.missed["churn"]) == (1, 1, 1)
    assert (learning.right.total(), learning.wrong.total(), learning.missed.total()) == (1, 1, 1)
    assert learning.same_words["workaround"] == 1
    assert (evaluation.right["confusion"], evaluation.same_words["confusion"]) == (1, 0)


def test_what_either_of_two_readers_named_is_right_and_recall_is_of_the_first():
    read = Labelled(
        "evaluation", "A title", "I am confused. Same here.", "plain", {"churn": ""}, {"me_too": "Same here"}
    )

    counts = signals.score([read])["evaluation"]

    assert (counts.right["me_too"], counts.first["me_too"], counts.missed["me_too"]) == (1, 0, 0)
    assert (counts.wrong["confusion"], counts.missed["churn"]) == (1, 1)
    assert counts.line(["me_too"], "me_too").split() == [
        "me_too",
        "1",
        "0",
        "0",
        "1.00",
        "(0.21",
        "to",
        "1.00)",
        "none",
        "labelled",
        "1",
    ]
    assert "0.00" in counts.line(["churn"], "churn")


def test_words_of_code_are_not_read():
    body = "It fails.\n```\nif x == 1:\n    y = foo(x)  # I am confused\n    return y\n```\n"

    assert signals.score([Labelled("learning", "A title", body, "markdown", {})])["learning"].names() == []


def test_signals_that_nobody_labelled_are_not_measured():
    assert signals.score([text("Thank you!"), text("Our lawyer will call.")])["learning"].names() == []


def test_the_interval_is_wilsons():
    low, high = signals.interval(85, 100)

    assert (round(low, 3), round(high, 3)) == (0.767, 0.907)


def test_labels_without_signals_are_refused(tmp_path):
    (tmp_path / "labels.jsonl").write_text('{"data": "x", "row": "1"}\n')

    with pytest.raises(ValueError, match="names no signals"):
        list(signals.labelled(tmp_path / "labels.jsonl", tmp_path))
