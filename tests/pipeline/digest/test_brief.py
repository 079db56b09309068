"""A pain's name in a few words: true to its title, or none."""

import pytest

from pipeline.digest import brief


@pytest.mark.parametrize(
    ("title", "short"),
    [
        ("Invoices for site 2 have the wrong VAT", "wrong VAT"),
        ("Appointments missing from synced diary", "missing appointments"),
        ("CI queue in the afternoon", "CI queue"),
        ("CI build goes red on main for no reason", "red CI build"),
        ("Staging test data is from 2024", "Staging test data"),
        ("Warehouse load failed silently on Sunday", "Warehouse load failed silently"),
        ("diaries lose appointments", "lost appointments"),
        ("engineers wait on CI and no longer believe it", "wait on CI"),
        ("Push tokens invalid after update to 5.2", "invalid push tokens"),
        ("Markdown preview doesn't work", "Markdown preview doesn't work"),
        ("SMS reminders not delivered on one network but charged", "SMS reminders not delivered"),
    ],
)
def test_a_title_gives_its_own_short_name(title, short):
    found = brief.brief(title)

    assert found is not None
    assert found.text == short


@pytest.mark.parametrize(
    "title",
    [
        "Add keybindings going between terminal input and output buffer",
        "When converting tensorflow model to tflite model",
        "I plan to work on a project in GitHub",
        "CTRL+P on selected text must fill the search input",
        "thing 3 broke for customers",
        "wrong tickets",
        "Probably due to invalid string argument",
        "Render terminal cursor in the webgl canvas",
        "Error",
        "",
        "<b>wrong</b> {{ x }}",
    ],
)
def test_where_no_words_can_be_trusted_there_are_none(title):
    assert brief.brief(title) is None


def test_a_thing_that_is_not_a_fault_is_spoken_of_as_a_problem_with_it():
    assert brief.trouble("wrong VAT") == "the wrong VAT"
    assert brief.trouble("CI queue") == "the CI queue"
    assert brief.trouble("Test data") == "the problem with the test data"
    assert brief.trouble("Diff Editor") == "the problem with the Diff Editor"
    assert brief.trouble("GitHub login") == "the problem with the GitHub login"
