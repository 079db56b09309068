"""Severity, the weight of the fields around a text, and when a kind is "other"."""

import numpy as np
import pytest

from pipeline.classify import load_classifier, rules, signals
from pipeline.issue import Text


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("We were charged twice for one order.", 8),
        ("The import deleted our records.", 8),
        ("A patient got the wrong dose because the label was missing.", 8),
        ("Our lawyer will be in touch.", 8),
        ("I can see other customers' invoices.", 8),
        ("The receipts never came.", 8),
        ("Our invoice shows the same line twice.", 8),
        ("I cannot log in.", 4),
        ("I can't understand the colours.", 1),
        ("The invoice page could be greener.", 1),
        ("The app crashes on start.", 4),
        ("All of production is down.", 4),
        ("I can't cope any more.", 4),
        ("Search is slow since Monday.", 2),
        ("For now we just copy it into a spreadsheet.", 2),
        ("I wait for approval of every change.", 2),
        ("The button could be greener.", 1),
    ],
)
def test_severity_is_what_the_words_say_is_at_stake(text: str, level: int) -> None:
    found = signals.find("", text)

    assert rules.severity("", text, "customer", found)[0] == level


def test_severity_names_the_words_that_decided() -> None:
    text = "Since Tuesday I cannot log in."

    assert rules.severity("", text, "customer", ())[1] == "severity 4: 'cannot log in'"


def test_praise_hurts_nobody() -> None:
    text = "Thank you, it went well."

    assert rules.severity("", text, "none", signals.find("", text)) == (1, "severity 1: praise")


@pytest.mark.parametrize(
    ("text", "side"),
    [
        (Text(title="", body="", author_role="staff"), 0),
        (Text(title="", body="", author_role="bot"), 2),
        (Text(title="", body="", labels=("flaky-test",)), 0),
        (Text(title="", body="", labels=("tech debt",)), 0),
        (Text(title="", body="", labels=("customer-reported",)), 1),
        (Text(title="", body="", labels=("dependencies",)), 2),
    ],
)
def test_the_fields_around_a_text_lean_to_a_side_and_say_so(text: Text, side: int) -> None:
    found = rules.fields(text)

    assert int(np.argmax(rules.prior(found))) == side
    assert len(found) == 1


@pytest.mark.parametrize(
    "text", [Text(title="", body="", author_role="customer"), Text(title="", body="", source_kind="zendesk")]
)
def test_customers_are_seldom_makers(text: Text) -> None:
    weights = rules.prior(rules.fields(text))

    assert weights[0] <= -0.8
    assert weights[1] >= 0 >= weights[2]


def test_staff_who_write_through_a_support_desk_are_makers() -> None:
    weights = rules.prior(rules.fields(Text(title="", body="", source_kind="zendesk", author_role="staff")))

    assert weights.tolist() == pytest.approx([1.4, 0, 0])


def test_no_pile_of_labels_weighs_more_than_the_cap() -> None:
    pile = Text(title="", body="", author_role="staff", labels=("ci", "build", "flaky", "tech-debt", "toil"))

    weights = rules.prior(rules.fields(pile))

    assert weights.max() == pytest.approx(rules.CAP)


def test_nothing_around_a_text_adds_nothing() -> None:
    found = rules.fields(Text(title="CI is slow", body="staff"))

    assert (rules.prior(found).tolist(), found) == ([0, 0, 0], ())


def test_fields_alone_never_make_a_sure_verdict() -> None:
    for role in ("customer", "staff", "bot", "unknown"):
        text = Text(title="", body="", author_role=role, labels=("ci", "build", "toil"))
        weights = rules.prior(rules.fields(text))

        odds = np.exp(rules.unread(weights))

        assert odds.max() / odds.sum() < 0.72


@pytest.mark.parametrize(
    ("title", "body", "leans"),
    [
        ("How do I restart the runner?", "", 2),
        ("Proxy", "How can we set it up", 2),
        ("Is it possible to change the billing address?", "", 2),
        ("Which is it", "What is the proper way to change the owner?", 2),
        ("Could you add a dark theme?", "", 1),
        ("New laptop", "It took six days until I could install the design tool.", 0),
        ("It is not possible to save", "It fails.", 0),
    ],
)
def test_kinds_lean_by_what_a_text_asks(title: str, body: str, leans: int) -> None:
    lean = rules.kind_lean(signals.find(title, body), title, body)

    assert int(np.argmax(lean)) == leans


def test_a_heading_of_a_form_is_no_question() -> None:
    body = "How to reproduce\nclick save"

    assert rules.kind_lean((), "Save is dead", body)[2] < 1.5


def test_what_asks_nothing_is_doubted_as_a_question_except_on_code_hosts() -> None:
    assert rules.kind_lean((), "Ledger", "Each with its own idea.", "jira")[2] < 0
    assert rules.kind_lean((), "Ledger", "Each with its own idea.", "github")[2] == 0


@pytest.mark.parametrize(
    ("title", "body", "praise"),
    [
        ("Password reset mail - thank you", "The reset mail came in seconds today. Thank you.", True),
        ("Thank you", "Thank you, the export works and is quick.", True),
        ("Thank you", "Thank you, but the export still fails.", False),
        ("Thank you", "Thank you. When will the other one be mended?", False),
        ("Export", "The export came in seconds today.", False),
        ("Thank you", "Thank you. " + "We told all our sites of it. " * 12, False),
    ],
)
def test_a_short_word_of_thanks_and_nothing_else_is_praise(title, body, praise):
    text = Text(title=title, body=body, author_role="customer")
    verdict = load_classifier().classify([text])[0]

    assert rules.praises(text, verdict.signals) == praise
    if praise:
        assert verdict.side == "none"
