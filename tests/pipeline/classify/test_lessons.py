"""What corrections teach: likeness, the push, the check, and that order does not matter."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.classify import features, lessons, load_classifier
from pipeline.classify.features import Floats
from pipeline.classify.lessons import Memory, Near
from pipeline.classify.taught import Correction, Lesson, dump, load
from pipeline.issue import SIDES, Side, Text

START = datetime(2026, 3, 2, tzinfo=UTC)
RARITY = load_classifier().model.word_rarity
KILN = "The kiln log sheet of hall three does not match the one on the wall"


class Sure:
    """A judge that always says developer, so sure, of what is no example; examples it judges right."""

    def __init__(self, margin: float = 1.0) -> None:
        self.margin = margin

    def odds(self, texts: Sequence[Text]) -> Floats:
        sides = {text: side for _, side, text in lessons.examples()}
        rows = np.zeros((len(texts), 3), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            row[SIDES.index(sides.get(text, "developer"))] = self.margin
        return rows

    def taught(self, version: int, taught: Sequence[Lesson]) -> SimpleNamespace:
        return SimpleNamespace(memory=Memory(version, tuple(taught), RARITY))


def said(number: int, side: Side, title: str = KILN, *, shown: bool = True) -> Correction:
    return Correction(
        key=f"desk:{number}",
        side=side,
        text=Text(title=title, body=""),
        at=START + timedelta(hours=number),
        shown=shown,
    )


def near(memory: Memory, title: str, key: str = "") -> tuple[Near, ...]:
    words = features.words(features.read([(title, "")]))
    return memory.near(words, features.values(words, RARITY, 1), 1, [key])[0]


def test_an_equal_text_is_as_like_as_can_be_and_another_one_is_not() -> None:
    memory = Memory(1, (lessons.lesson(said(1, "customer")),), RARITY)

    (same,) = near(memory, KILN)

    assert same.cosine == pytest.approx(1, abs=1e-5)
    assert same.adds == pytest.approx(lessons.MOST, abs=1e-4)
    assert near(memory, "Coffee beans arrive stale in the parcel") == ()


def test_likeness_is_the_cosine_of_the_models_own_words() -> None:
    titles = [KILN, "The kiln log sheet of hall three is wrong", "A kiln on the wall", "Hall three again"]
    block = features.words(features.read([(title, "") for title in titles]))
    dense = np.zeros((len(titles), features.WIDTH))
    dense[block.row, block.column] = features.values(block, RARITY, len(titles))
    memory = Memory(1, (lessons.lesson(said(1, "customer", titles[0])),), RARITY)

    found = [near(memory, title) for title in titles]

    for row, like in enumerate(found):
        cosine = float(dense[row] @ dense[0])
        assert [one.cosine for one in like] == ([pytest.approx(cosine, abs=1e-5)] if cosine >= lessons.NEAR else [])


def test_nobody_is_taught_by_their_own_correction() -> None:
    memory = Memory(1, (lessons.lesson(said(1, "customer")),), RARITY)

    assert near(memory, KILN, key="desk:1") == ()
    assert near(memory, KILN, key="desk:2") != ()


def test_many_lessons_add_no_more_than_the_most_and_both_sides_count() -> None:
    taught = [lessons.lesson(said(n, "customer")) for n in range(6)]
    memory = Memory(1, (*taught, lessons.lesson(said(9, "none"))), RARITY)

    pushed = lessons.push(near(memory, KILN))

    assert pushed.tolist() == pytest.approx([0, lessons.MOST, lessons.MOST], abs=1e-4)


def test_a_lesson_is_named_unless_others_must_not_learn_of_it() -> None:
    open_one = near(Memory(1, (lessons.lesson(said(1, "customer")),), RARITY), KILN)
    secret = near(Memory(1, (lessons.lesson(said(1, "customer", shown=False)),), RARITY), KILN)

    assert lessons.reasons(open_one, 1, 0) == ["like desk:1, which a person called customer (+3.00)"]
    assert "desk:1" not in lessons.reasons(secret, 1, 0)[0]


def test_what_contradicts_the_model_becomes_a_lesson_and_helps_the_next_one_like_it() -> None:
    choice = lessons.choose([said(1, "customer"), said(2, "customer")], Sure())

    assert [one.key for one in choice.lessons] == ["desk:1", "desk:2"]
    assert choice.contradicting == 2
    assert (choice.right_before, choice.right_after) == (len(lessons.examples()), len(lessons.examples()) + 2)


def test_a_lesson_with_which_an_example_would_be_judged_wrong_waits() -> None:
    name, side, text = lessons.examples()[0]
    other: Side = "none" if side != "none" else "customer"
    wrong = Correction(key="desk:1", side=other, text=text, at=START)

    choice = lessons.choose([wrong, said(2, "customer")], Sure())

    assert [one.key for one in choice.lessons] == ["desk:2"]
    assert [one.key for one in choice.waiting] == ["desk:1"]
    assert str(choice.harms[0]) == f"with desk:1, {name} would be called {other} and not {side}"


def test_a_lesson_against_an_earlier_correction_that_the_model_agrees_with_waits() -> None:
    choice = lessons.choose([said(1, "developer"), said(2, "none")], Sure())

    assert [one.key for one in choice.waiting] == ["desk:2"]
    assert choice.harms[0].text == "desk:1"


def test_an_operator_lets_through_and_takes_back() -> None:
    both = [said(1, "developer"), said(2, "none")]

    allowed = lessons.choose(both, Sure(), allowed=["desk:2"])
    refused = lessons.choose(both, Sure(), refused=["desk:1"])

    assert allowed.waiting == ()
    assert [one.key for one in refused.waiting] == ["desk:1", "desk:2"]
    assert [harm.lesson for harm in refused.harms] == ["desk:2"]


@given(st.permutations(range(8)))
@settings(max_examples=12, deadline=None)
def test_the_order_in_which_corrections_arrive_changes_nothing(order: list[int]) -> None:
    sides: list[Side] = ["customer", "none", "developer", "customer", "customer", "none", "developer", "none"]
    every = [said(n, sides[n], f"{KILN} {'again ' * (n % 3)}") for n in range(8)]

    there, back = lessons.choose(every, Sure()), lessons.choose([every[n] for n in order], Sure())

    assert there == back
    assert dump(there.lessons) == dump(back.lessons[::-1])


def test_lessons_are_read_back_as_they_were_and_hold_no_text() -> None:
    taught = tuple(lessons.lesson(said(n, "customer", f"{KILN} {n}")) for n in range(3))
    content = dump(taught)

    assert load(content) == taught
    assert b"kiln" not in content


def test_a_taught_verdict_moves_says_why_and_carries_the_version() -> None:
    classifier = load_classifier()
    text = Text(title=KILN, body="")
    plain = classifier.classify([text])[0]
    other = next(side for side in lessons.SIDES if plain.because[-1].startswith(f"next likely: {side}"))
    taught = classifier.taught(7, [lessons.lesson(said(1, other))])

    moved = taught.classify([text], ["desk:2"])[0]
    own = taught.classify([text], ["desk:1"])[0]

    assert moved.side == other or moved.confidence < plain.confidence
    assert any(reason.startswith("like desk:1, which a person called") for reason in moved.because)
    assert moved.model == f"{plain.model}+7"
    assert (own.side, own.confidence, own.because) == (plain.side, plain.confidence, plain.because)


def test_plain_words_overrule_a_lesson() -> None:
    text = Text(
        title="Thank you",
        body="Great support, everything works, we love it. Thanks to everybody, no complaints at all.",
    )
    taught = load_classifier().taught(1, [lessons.lesson(said(1, "developer", "Thank you great support"))])

    assert taught.classify([text], [""])[0].side == "none"


def test_a_text_that_no_lesson_is_like_keeps_its_verdict_but_for_the_name() -> None:
    classifier = load_classifier()
    text = Text(title="Export hangs", body="When I click on export the page freezes and I have to reload it.")
    taught = classifier.taught(3, [lessons.lesson(said(1, "none"))])

    plain, after = classifier.classify([text])[0], taught.classify([text], [""])[0]

    assert taught.touches([text, Text(title=KILN, body="")]) == [False, True]
    assert (plain.side, plain.confidence, plain.because) == (after.side, after.confidence, after.because)
