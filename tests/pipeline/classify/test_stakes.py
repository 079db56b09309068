"""Harm is told from its absence and from its namesakes: 8 is for money, data, safety and outages themselves."""

import pytest

from pipeline.classify import rules, signals, stakes
from tests.effort import that_ends

HARMS = [
    "We had to pay a fine of 500 because the return was late.",
    "The refund never arrived.",
    "We were promised a refund and still have not had the money.",
    "The invoice PDF shows the wrong total.",
    "Payments are stuck since this morning.",
    "We lost messages during the move.",
    "The sync lost our records.",
    "There is no backup and we lost all data.",
    "I don't know why, but it deleted our orders.",
    "The update corrupted the database.",
    "I was charged twice.",
    "My refund is missing.",
    "We are charged although we left.",
    "sev1 outage, all customers down",
    "SEV-1: nobody can log in",
    "Total outage since nine.",
    "All clinics are offline.",
    "A patient got the wrong dose.",
    "Deposit not taken off the final bill",
    "Payroll is stuck.",
    "The customer's invoice was never paid.",
    "We lost 300 euros.",
    "The tax on the invoice is too high.",
    "Our refund was refused without a reason.",
    "He still has not paid the invoice we sent.",
    "Customers were billed twice in August.",
    "Duplicate charge on my card",
    "My card was debited twice",
    "Our whole history is gone.",
    "P1 incident: checkout is down",
    "All users are locked out since 8.",
    "Every customer is affected.",
    "No customers can log in.",
    "severity 1: the phone lines are dead",
    "I accidentally deleted the production database.",
    "The deposit was taken twice.",
    "We could not pay salaries on Friday.",
    "Prices are wrong on the till since the update: we lose money.",
    "The wrong price is shown.",
]

SPARED = [
    "It went fine.",
    "The rollout is fine by me, not a big deal.",
    "The refund macro still says 5 to 7 days.",
    "Macro for refunds is out of date, not mine.",
    'The macro "Refund late" was never updated.',
    "invoice_pdf_spec goes red on every sixth build, not always.",
    "InvoiceBuilder does not compile.",
    "I deleted payments_old.py, nobody imports it any more.",
    "The branch fix/refund-twice is stuck in review.",
    "The payment SDK is stuck on our fork.",
    "Done at 18:00, zero lost messages.",
    "No data was lost.",
    "Nothing was lost, all records are back.",
    "The move went through without losing any files.",
    "We did not lose any data.",
    "There is no data loss.",
    "Never lost a file with it.",
    "The update corrupted no files.",
    "Nobody was charged twice.",
    "Our tests for the refund endpoint are missing.",
    "The battery is not charged after a night.",
    "The sev1 runbook is out of date.",
    "No outage this week.",
    "How do I refund half of a payment?",
    "The 'payments' branch fails to build.",
    "Please pay attention to the wrong label.",
    "The emergency release failed.",
    "The children prop is not passed on.",
    "This prevents data loss.",
    "The invoice page could be greener.",
    "Wrong invoice template is selected in the demo.",
    "Receipt printer prints each receipt twice",
    "The payroll team has no room.",
    "The deploy deleted no records.",
    "Our file `refund.py` is wrong.",
    "We don't have any lost orders.",
    "We lost no money.",
    "The tax_rate column is missing.",
    "We re-ran it and it was fine, no drama, not even late.",
    "Refund email template has a typo.",
    "The invoice table has no index.",
    "Please rename the invoices channel, nobody finds it.",
    "None of the records were lost in the migration.",
    "Half of the appointments vanished from the diary.",
    "Restored in ten minutes, no orders lost.",
    "Login is down for everybody.",
    "No customers were affected.",
    "This is a severity 10 thing, kidding.",
    "Not a single file was deleted.",
    "How do I add a late fee?",
    "Is it possible to change the tax rate?",
    "I cannot pay attention in these meetings.",
    "Without the fix we would have lost orders.",
    "Luckily nothing was charged twice.",
    "The card reader is out of order, clients pay cash.",
    "Refund queue: who is on duty?",
    "No time lost, no money lost.",
    "We wasted a lot of money on it.",
    "free of charge, not bad",
    "Who is in charge? Not me.",
    "The payments page does not load.",
]


def severity(text: str, side: str = "developer", labels: tuple[str, ...] = ()) -> int:
    return rules.severity("", text, side, signals.find("", text), labels)[0]


@pytest.mark.parametrize("text", HARMS)
def test_harm_is_heard(text: str) -> None:
    assert severity(text) == 8


@pytest.mark.parametrize("text", SPARED)
def test_what_is_denied_or_only_named_is_no_harm(text: str) -> None:
    assert severity(text) < 8


@pytest.mark.parametrize(
    "text", ["sev1 outage, all customers down", "Total outage since nine.", "No users can log in."]
)
def test_an_outage_of_all_is_harm_whatever_side_the_words_lean_to(text: str) -> None:
    assert severity(text, "none") == 8


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("The site is offline since seven.", 4),
        ("It returns blank pages.", 4),
        ("There was a short outage at noon.", 4),
        ("sev2: search answers strangely", 4),
        ("We had no outage this quarter.", 1),
        ("Every user has a colour.", 1),
    ],
)
def test_an_outage_of_some_blocks(text: str, level: int) -> None:
    assert severity(text) == level


@pytest.mark.parametrize(
    ("labels", "level"),
    [(("web", "SEV-1"), 8), (("incident", "sev1"), 8), (("sev2",), 4), (("outage",), 4), (("several",), 1), ((), 1)],
)
def test_what_a_team_rated_itself_counts(labels: tuple[str, ...], level: int) -> None:
    assert severity("The web tier answers strangely.", "customer", labels) == level


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("The app never crashes.", 1),
        ("It ran without errors.", 1),
        ("Search is not slow.", 1),
        ("The app crashes when it is not slow.", 4),
        ("It has never been this slow.", 2),
        ("The search is slow and no longer works.", 4),
        ("It took six days until I could start.", 2),
    ],
)
def test_words_of_trouble_count_where_nothing_denies_them(text: str, level: int) -> None:
    assert severity(text) == level


def test_the_words_named_are_the_texts_own() -> None:
    assert stakes.harm("", "The refund macro is fine in İzmir. We were CHARGED twice.") == "CHARGED twice"


@pytest.mark.parametrize("text", ["Low priority: the refund macro is wrong", "The payment SDK is stuck on our fork"])
def test_a_namesake_of_money_is_no_mismatch_of_priority(text: str) -> None:
    assert "priority_mismatch" not in {signal.name for signal in signals.find("", text)}


@pytest.mark.parametrize(
    "unit",
    ["tax no ", "zero lost tax ", "aA ", "macro '", "a/", "`", "a_a_", "lost ", "no ", "refund a ", "sev ", "all "],
)
def test_hostile_text_costs_no_more_than_its_length(unit: str) -> None:
    large = unit * (100_000 // len(unit))

    with that_ends():
        rules.severity(large, large, "developer", ())
