"""Explanations are true: what they name moves the verdict when it is taken out; and they read as a person would say."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace

import pytest

from pipeline.classify import explain, lessons, load_classifier, shapes, signals
from pipeline.classify.taught import Correction, Lesson
from pipeline.clean import clean
from pipeline.issue import SIDES, Text, Verdict
from pipeline.prose import prose
from tests.shared_data import beside

NAMED = re.compile(r"word '(.+)' \+([\d.]+) (developer|customer|none)")
CI = Text(
    title="Integration job is red again",
    body="The nightly build fails at the same step and passes on the second run. Nobody trusts the pipeline any more.",
)
INVOICE = Text(
    title="Charged twice in March",
    body="I paid the invoice on the third and your shop charged my card again on the ninth. Please refund it.",
    author_role="customer",
)
CHORE = Text(title="Release notes for 4.2", body="Agenda as agreed. The meeting is on Thursday, see you there.")


def judged(text: Text) -> Verdict:
    return load_classifier().classify([text])[0]


def lead(text: Text, verdict: Verdict) -> float:
    """How far the verdict's side is ahead of the runner-up that the verdict names, in log-odds."""
    second = next(r.split()[2] for r in verdict.because if r.startswith("next likely"))
    odds = load_classifier().odds([text])[0]
    return float(odds[SIDES.index(verdict.side)] - odds[SIDES.index(second)])  # type: ignore[arg-type]


def same_signals(one: Text, other: Text) -> bool:
    if shapes.of(one.title, one.body) != shapes.of(other.title, other.body):
        return False
    return [s.name for s in signals.find(one.title, one.body)] == [
        s.name for s in signals.find(other.title, other.body)
    ]


def untrue(texts: Sequence[Text]) -> tuple[int, list[str]]:
    """(named words looked at, those that do not move their verdict as it says). Where taking a word out makes or
    breaks a phrase of a signal or a shape, two things change at once, and it is not looked at."""
    looked_at, wrong = 0, []
    for text, verdict in zip(texts, load_classifier().classify(texts), strict=True):
        whole = lead(text, verdict)
        for reason in verdict.because:
            hit = NAMED.fullmatch(reason)
            if hit is None:
                continue
            less = explain.without(text, [hit[1]])
            if not same_signals(text, less):
                continue
            looked_at += 1
            fell = lead(less, verdict) < whole
            if fell != (hit[3] == verdict.side):
                wrong.append(f"{reason} in {text.title[:60]!r}")
    return looked_at, wrong


def test_every_word_that_a_verdict_names_moves_it_when_it_is_taken_out() -> None:
    texts = [text for _, _, text in lessons.examples()]

    looked_at, wrong = untrue(texts)

    assert looked_at > 700
    assert len(wrong) <= looked_at // 200, wrong


def test_the_same_holds_for_what_people_wrote() -> None:
    rows = beside("data", "labelled", "friction_train", "hand.jsonl").read_text(encoding="utf-8").splitlines()[::3]
    texts = [
        Text(title=clean(row["title"] or "", "plain"), body=prose(clean(row["body"] or "", "markdown")))
        for row in map(json.loads, rows)
    ]

    looked_at, wrong = untrue(texts)

    assert looked_at > 500
    assert len(wrong) <= looked_at // 200, wrong


@pytest.mark.parametrize("text", [CI, INVOICE, CHORE])
def test_without_all_that_it_names_a_verdict_is_much_less_sure(text: Text) -> None:
    verdict = judged(text)
    named = [m[1] for r in verdict.because if (m := NAMED.fullmatch(r)) and m[3] == verdict.side]

    less = judged(explain.without(text, named))

    assert lead(explain.without(text, named), verdict) < lead(text, verdict) - 0.5
    assert less.side != verdict.side or less.confidence < verdict.confidence


@pytest.mark.parametrize(
    ("text", "change", "field"),
    [
        (INVOICE, {"author_role": "unknown"}, "written by a customer"),
        (replace(CI, author_role="staff"), {"author_role": "unknown"}, "written by staff"),
        (replace(CI, labels=("flaky-test",)), {"labels": ()}, "label 'flaky-test'"),
        (replace(CHORE, labels=("release",)), {"labels": ()}, "label 'release'"),
    ],
)
def test_a_field_that_a_verdict_names_moves_it_when_it_is_not_there(
    text: Text, change: dict[str, object], field: str
) -> None:
    verdict = judged(text)

    assert any(reason.startswith(field) for reason in verdict.because)
    assert lead(replace(text, **change), verdict) < lead(text, verdict)  # type: ignore[arg-type]


def test_a_field_that_the_cap_makes_worthless_is_not_named() -> None:
    verdict = judged(replace(INVOICE, labels=("billing",)))

    assert "written by a customer" in " ".join(verdict.because)
    assert "label 'billing'" not in " ".join(verdict.because)


def test_small_words_and_parts_of_addresses_are_not_named_where_words_are() -> None:
    text = Text(
        title="Export is broken",
        body="See https://status.rosta.example/incidents/html for it. The export of my orders fails since Monday.",
    )
    named = {m[1] for r in judged(text).because if (m := NAMED.fullmatch(r))}

    assert named
    assert not named & {"https", "status", "html", "incidents", "the", "of", "my", "is", "it"}


@pytest.mark.parametrize(
    ("text", "side", "words"),
    [
        (
            CI,
            "developer",
            {"build", "pipeline", "nightly", "fails", "red", "passes on the second run", "Nobody trusts the pipeline"},
        ),
        (INVOICE, "customer", {"charged", "refund", "invoice", "card", "paid", "shop", "twice"}),
        (CHORE, "none", {"release", "notes", "agenda", "meeting", "thursday", "agreed"}),
    ],
)
def test_invented_issues_are_told_as_a_person_would(text: Text, side: str, words: set[str]) -> None:
    verdict = judged(text)

    told = explain.explain(load_classifier(), text, verdict)

    mine = [quote for quote in told.quotes if quote.side == side]
    named = {word for quote in mine for word in quote.words}
    assert verdict.side == side
    assert told.said.startswith((explain.NAMES[side], f"probably {explain.NAMES[side]}"))  # type: ignore[index]
    assert len(named & words) >= 2, named
    assert all(quote.quote in f"{text.title}\n{text.body}" or "…" in quote.quote for quote in told.quotes)
    assert all(word in quote.quote.lower() or word in quote.quote for quote in told.quotes for word in quote.words)


def test_what_flips_a_verdict_flips_it() -> None:
    flipped = 0
    for _, _, text in lessons.examples()[:120]:
        verdict = judged(text)
        told = explain.explain(load_classifier(), text, verdict)
        if told.flips:
            flipped += 1
            less = load_classifier().odds([explain.without(text, told.flips)])[0]
            assert SIDES[int(less.argmax())] == told.other != verdict.side
            assert len(told.flips) <= explain.FLIP

    assert flipped > 5


def test_the_nearest_labelled_texts_are_named_and_a_hidden_one_is_not() -> None:
    name, side, text = lessons.examples()[0]
    verdict = judged(text)
    hidden = Lesson("desk:9", "none", None, *_columns(text))

    told = explain.explain(load_classifier(), text, verdict, [hidden], key="desk:1")

    assert {(like.name, like.side) for like in told.alike} == {
        (name, side),
        ("an issue that is not shown here", "none"),
    }


def _columns(text: Text) -> tuple[tuple[int, ...], tuple[int, ...]]:
    from datetime import UTC, datetime

    made = lessons.lesson(Correction(key="desk:9", side="none", text=text, at=datetime(2026, 3, 2, tzinfo=UTC)))
    return made.columns, made.times


def test_a_long_sentence_is_quoted_around_the_word() -> None:
    text = Text(title="", body=f"{'and then ' * 40}the invoice was charged twice {'and so on ' * 40}")

    told = explain.explain(load_classifier(), text, judged(text))

    assert all(len(quote.quote) <= explain.LONGEST + 4 for quote in told.quotes)
    assert all(word in quote.quote for quote in told.quotes for word in quote.words)


def test_a_word_that_is_denied_is_told_with_its_denial() -> None:
    text = Text(title="", body="I am not able to log in for weeks, and support does not answer.")

    told = explain.explain(load_classifier(), text, judged(text))

    assert {"able", "answer"}.isdisjoint({word for quote in told.quotes for word in quote.words})
    assert {"not able", "not answer"} & {word for quote in told.quotes for word in quote.words}
