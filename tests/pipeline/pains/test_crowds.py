"""Many people who tell of one trouble are one pain, however many they are and whatever else is told at their desk."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.pains import Candidate, assign

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
TAX = (
    (
        "Wrong tax rate on our invoice",
        "Our invoice from last week shows 19 percent tax, but our clinic pays the reduced rate. Please correct it.",
    ),
    (
        "Invoice tax is wrong",
        "The tax on the March invoice is wrong again. I have to fix the column by hand each month.",
    ),
    ("Tax on invoices does not match", "Since the update invoices show the wrong tax. Our accountant refuses them."),
    (
        "Incorrect VAT on bill",
        "Hi, the VAT on our last invoice is incorrect, it should be 7 percent. We cannot book it.",
    ),
    (
        "Invoices with wrong tax rate again",
        "Third month in a row that the tax rate on our invoice is wrong. We hold payment until it is right.",
    ),
    ("tax rate", "Why do you charge the standard tax rate on the invoice? We told you twice that we are exempt."),
    ("Wrong rate", "The invoice we received uses the wrong tax rate for our second location."),
    ("Please correct invoice 4471", "Tax was calculated with the wrong rate on invoice 4471, please send a new one."),
    (
        "Invoice cannot be booked",
        "Our bookkeeping rejects your invoice because the tax rate on it is not the one for our site.",
    ),
    (
        "Tax wrong for branch in Bern",
        "The invoice for our branch in Bern has German tax on it. Wrong rate, wrong amount.",
    ),
    ("Billing problem", "You billed us with a wrong tax again, the amount on the invoice is too high."),
    ("Credit note needed", "We need a credit note as the invoice has the wrong tax rate on every line."),
    ("Reduced tax rate ignored", "The reduced rate is ignored on invoices since April, tax is too high."),
    ("Auditor found wrong tax", "Our auditor found that tax on six invoices is wrong. What do we do now?"),
)
OTHERS = (
    (
        "Calendar sync loses appointments",
        "We both save and one of the appointments is missing from the diary after the sync.",
    ),
    ("Reset mail comes late", "The password mail takes an hour to arrive."),
    ("Export stops at row 500", "The CSV export leaves out everything after row 500."),
    ("Map is grey", "The map stays grey on my phone since yesterday."),
    ("Printer cuts the last column", "Labels are cut off on the right side when printed."),
    ("Cannot add a second doctor", "The button to add a doctor does nothing."),
    ("Slow search", "Searching for a patient takes half a minute in the morning."),
    ("App logs me out", "I am logged out every ten minutes on the tablet."),
    ("Wrong time zone in reminders", "Reminders arrive an hour late for our office in Lisbon."),
    ("How do I delete a client", "I find no way to remove a client that left us."),
    ("Photo upload rotates", "Uploaded photos are turned by ninety degrees."),
    ("Dark mode unreadable", "Grey text on black background in the dark mode."),
    ("SMS costs", "Why do text messages cost more than last year?"),
    ("Two factor code rejected", "The code from my authenticator is rejected on Mondays."),
    ("Import of contacts fails", "Our contact list with umlauts cannot be imported."),
    ("Report shows last year", "The yearly report shows the numbers of last year."),
    ("Holiday calendar missing", "Regional holidays are missing from the calendar."),
    ("Chat window covers the button", "The chat window hides the save button on small screens."),
    ("Font too small", "My older colleagues cannot read the list."),
    ("Webhook not called", "Our webhook is no longer called when a visit ends."),
)
TROUBLES = (
    "payment import fails",
    "calendar sync loses appointments",
    "printer cuts off the last column",
    "password reset mail arrives late",
)
WHEN = (
    "yesterday", "again today", "since the release", "on Monday", "for the third time", "after lunch", "in staging",
    "during the demo", "with the new client", "on my machine", "before the deadline",
)  # fmt: skip


def told(number: int, title: str, body: str) -> Candidate:
    return Candidate(
        key=f"desk:{number:03}",
        created_at=START + timedelta(hours=3) * number,
        author=f"author-{number}",
        side="customer",
        severity=4,
        title=title,
        body=body,
        leaf="desk",
        links=(),
    )


@pytest.mark.parametrize("others", [0, 5, 20])
@pytest.mark.parametrize("people", [3, 6, 7, 10, 14])
def test_who_tells_of_one_trouble_in_their_own_words_is_in_one_pain(people: int, others: int) -> None:
    issues = [told(n, *words) for n, words in enumerate([*TAX[:people], *OTHERS[:others]])]

    _, joined = assign([], issues)

    assert {one.key for one in joined} == {issue.key for issue in issues[:people]}
    assert len({one.pain_id for one in joined}) == 1


@pytest.mark.parametrize("people", [5, 10, 25, 50])
@pytest.mark.parametrize("troubles", [1, 2, 4])
def test_short_reports_of_one_trouble_are_in_one_pain_however_many_they_are(people: int, troubles: int) -> None:
    def when(n: int) -> str:
        return WHEN[n % len(WHEN)]

    issues = [
        told(
            number * 100 + n,
            f"{trouble.capitalize()} {when(n + number)}",
            f"Our {trouble} {when(3 * n)}, {when(5 * n + 1)} and {when(7 * n + 2)}. Please help us {when(2 * n + 3)}.",
        )
        for number, trouble in enumerate(TROUBLES[:troubles])
        for n in range(people)
    ]

    _, joined = assign([], issues)

    assert sorted(Counter(one.pain_id for one in joined).values()) == [people] * troubles
    assert len({(one.pain_id, one.key[:-2]) for one in joined}) == troubles
