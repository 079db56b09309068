from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import answers
from pipeline.answers import Answer, NotAnAnswer
from pipeline.links import LIFE, Links

TODAY = date(2026, 3, 9)
MADE = datetime(2026, 3, 9, 9, tzinfo=UTC)
KEY = "k" * 40


def answer(number: int, kind: str, leader: str = "kit", **more: object) -> Answer:
    at = MADE + timedelta(days=number)
    values = {"id": number, "pain": "p", "leader": leader, "kind": kind, "text": "We will.", "at": at, **more}
    return Answer(**values)  # type: ignore[arg-type]


def check(**change: str) -> answers.Given:
    fields = {"kind": "act", "text": "Roast twice a week", "due": "2026-03-20", "to": ""} | change
    return answers.check(**fields, leader="kit", leaders=["kit", "noor"], today=TODAY)


def test_an_answer_says_what_and_by_when():
    assert check(text="  Roast twice\n a week ") == answers.Given(
        kind="act", text="Roast twice a week", due=date(2026, 3, 20), to=None
    )


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"kind": ""}, "kind", "Choose one"),
        ({"kind": "agree"}, "kind", "Choose one"),
        ({"text": " "}, "text", "Say what you will do"),
        ({"text": "\u200b\u202e\u2060 \ufeff\u3164"}, "text", "Say what you will do"),
        ({"text": "x" * 501}, "text", "these are 501"),
        ({"due": ""}, "due", "Name the day"),
        ({"due": "next week"}, "due", "write it like 2026-03-09"),
        ({"due": "2026-03-08"}, "due", "is over"),
        ({"due": "2028-03-08"}, "due", "within a year"),
        ({"kind": "belongs"}, "to", "Choose the leader"),
        ({"kind": "belongs", "to": "kit"}, "to", "Choose the leader"),
        ({"kind": "belongs", "to": "nobody"}, "to", "Choose the leader"),
    ],
)
def test_what_is_missing_is_named_with_the_field(change, field, message):
    with pytest.raises(NotAnAnswer, match=message) as wrong:
        check(**change)

    assert wrong.value.field == field


def test_an_answer_is_kept_without_letters_that_nobody_sees_or_that_turn_others_round():
    assert check(text="\ufeffRoast\u200b \u202etwice").text == "Roast twice"


def test_a_reason_needs_no_day():
    assert check(kind="not_now", text="The roaster is being moved", due="soon").due is None


def test_handing_on_does_not_end_the_wait_until_the_other_answers():
    handed = answer(1, "belongs", to="noor")
    accepted = answer(3, "act", leader="noor", due=date(2026, 4, 1))

    assert answers.heard_at([handed]) is None
    assert answers.standing([handed]) == handed
    assert answers.heard_at([handed, accepted]) == accepted.at
    assert answers.standing([accepted, answer(5, "belongs", to="kit")]) == accepted


def test_who_hands_on_what_they_promised_promises_it_no_more():
    promised = answer(1, "act", leader="noor", due=date(2026, 4, 1))
    handed = answer(3, "belongs", leader="noor", to="kit")
    accepted = answer(5, "not_now", leader="kit")

    assert answers.standing([promised, handed]) == handed
    assert answers.heard_at([promised, handed]) is None
    assert answers.heard_at([promised, handed, accepted]) == accepted.at
    assert answers.standing([promised, handed, accepted]) == accepted


def test_the_median_wait_of_the_worked_example_counts_those_who_wait():
    # By hand: deaths at 2, 5 and 9 days, waits going on at 8 and 12. S: 4/5, 3/5, then one of two left at 9: 3/10.
    waits = [(2.0, True), (5.0, True), (9.0, True), (8.0, False), (12.0, False)]

    assert answers.median_wait(waits) == 9.0
    assert answers.median_wait([(2.0, True), (5.0, False), (8.0, False)]) is None
    assert answers.median_wait([]) is None


@given(
    st.lists(st.tuples(st.integers(0, 60), st.booleans()), min_size=1, max_size=12),
    st.integers(0, 11),
    st.integers(1, 30),
)
def test_waiting_longer_without_an_answer_never_makes_the_figure_better(waits, at, more):
    whole = [(float(days), answered) for days, answered in waits]
    at %= len(whole)
    whole[at] = (whole[at][0], False)
    before = answers.median_wait(whole)

    later = answers.median_wait([*whole[:at], (whole[at][0] + more, False), *whole[at + 1 :]])

    assert later is None or (before is not None and later >= before) or before is None


# --- links


def test_a_link_is_the_same_each_time_and_says_what_it_is_for():
    links = Links(KEY, "https://leaf.example/")

    made = links.to("answer", reader="kit", made_at=MADE, period="2026-W10", about="p1")

    assert made == links.to("answer", reader="kit", made_at=MADE, period="2026-W10", about="p1")
    read = links.read(made.rpartition("/")[2], "answer")
    assert read is not None
    assert (read.reader, read.period, read.about) == ("kit", "2026-W10", "p1")
    assert not read.ended(MADE + LIFE - timedelta(seconds=1))
    assert read.ended(MADE + LIFE)


def test_a_link_for_one_thing_opens_nothing_else():
    links = Links(KEY, "https://leaf.example")
    token = links.to("digest", reader="kit", made_at=MADE, period="2026-W10").rpartition("/")[2]

    assert links.read(token, "answer") is None
    assert Links("x" * 40, "https://leaf.example").read(token, "digest") is None


@given(st.data())
def test_a_changed_token_opens_nothing(data):
    links = Links(KEY, "https://leaf.example")
    token = links.to("answer", reader="kit", made_at=MADE, period="2026-W10", about="p1").rpartition("/")[2]
    at = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.characters(codec="ascii").filter(lambda c: c != token[at]))
    spoilt = token[:at] + other + token[at + 1 :]

    found = links.read(spoilt, "answer")

    assert found is None or found == links.read(token, "answer")  # the last letter of base64 has bits to spare
    assert links.read(data.draw(st.text(max_size=2000)), "answer") is None
