"""The fast mode: what it must share with the full one, and what it says of itself."""

import json

import pytest

from pipeline.classify import explain, lessons, load_classifier, signals
from pipeline.classify.fast import Fast
from pipeline.classify.taught import Lesson
from pipeline.classify.training import data, report
from pipeline.issue import Text, Verdict
from tests.shared_data import beside

EXAMPLES = [text for _, _, text in lessons.examples()]
TEXTS = [
    Text(title="Build waits", body="The build waits for a runner every morning and we rerun it until it is green."),
    Text(title="Charged twice", body="My card was charged twice for one order. Nobody answers."),
    Text(title="Übersicht leer", body="Die Übersicht lädt seit gestern nicht, und niemand antwortet uns."),
    Text(title="", body=""),
    Text(title="\u202e\u0000\ud800", body="👩‍👩‍👧 zalgo e\u0336 İ ß \u2028 １２３"),
    Text(title="x" * 9_000, body="word " * 20_000),
]


def guards(verdict: Verdict) -> list[tuple[str, str]]:
    return [(one.name, one.text) for one in verdict.signals if one.name in signals.GUARDING]


@pytest.fixture(scope="module")
def both() -> list[tuple[Verdict, Verdict]]:
    full, fast = (load_classifier(mode).classify(EXAMPLES) for mode in ("full", "fast"))  # type: ignore[arg-type]
    return list(zip(full, fast, strict=True))


def test_what_guards_people_is_found_as_in_the_full_mode(both: list[tuple[Verdict, Verdict]]) -> None:
    assert sum(bool(guards(full)) for full, _ in both) >= 10
    assert [guards(fast) for _, fast in both] == [guards(full) for full, _ in both]


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("We found an SQL injection in the login form that leaks every password.", "security"),
        ("Our lawyer will sue you for breach of contract.", "legal"),
        ("My manager is bullying me and HR does nothing.", "hr"),
        ("I am ashamed, this was my mistake: I dropped the table.", "confession"),
        ("I cannot sleep any more, I am burnt out by these pages.", "distress"),
        ("We stopped reporting these, there is no point in asking.", "voice_withdrawn"),
        ("If this goes on we will cancel our subscription.", "churn"),
    ],
)
def test_no_guard_is_missed_in_a_long_text(body: str, name: str) -> None:
    text = Text(title="Notes of the week", body=f"{'The list is long and slow. ' * 150}{body}")

    full, fast = (load_classifier(mode).classify([text])[0] for mode in ("full", "fast"))  # type: ignore[arg-type]

    assert full.has(name) == fast.has(name)
    assert guards(fast) == guards(full)


def test_harm_is_as_severe_as_in_the_full_mode(both: list[tuple[Verdict, Verdict]]) -> None:
    grave = [full.severity == 8 and not full.has("priority_mismatch") for full, _ in both]

    assert sum(grave) >= 10
    assert [fast.severity == 8 for (_, fast), _ in zip(both, grave, strict=True)] == [
        full.severity == 8 for full, _ in both
    ]


def test_sides_are_nearly_always_those_of_the_full_mode(both: list[tuple[Verdict, Verdict]]) -> None:
    assert sum(full.side == fast.side for full, fast in both) >= 0.95 * len(both)


def test_a_verdict_says_that_it_was_made_fast_and_by_which_lessons() -> None:
    fast = load_classifier("fast")
    lesson = Lesson(key="desk:1", side="customer", name=None, columns=(1,), times=(1,))

    plain, taught = fast.classify(TEXTS[:1])[0], fast.taught(7, [lesson]).classify(TEXTS[:1])[0]

    assert plain.model == f"{load_classifier().name}/fast"
    assert taught.model == f"{plain.model}+7"


def test_the_same_text_gets_the_same_verdict_whatever_was_read_before() -> None:
    fresh = Fast(load_classifier().model)

    backwards = fresh.classify([*TEXTS, *EXAMPLES][::-1])[::-1]

    assert load_classifier("fast").classify([*TEXTS, *EXAMPLES]) == backwards
    assert [load_classifier("fast").classify([text])[0] for text in TEXTS] == backwards[: len(TEXTS)]


def test_the_words_of_a_reason_stand_in_the_text(both: list[tuple[Verdict, Verdict]]) -> None:
    named = [
        (reason.split("'")[1], text)
        for text, (_, fast) in zip(EXAMPLES, both, strict=True)
        for reason in fast.because
        if reason.startswith("word '")
    ]

    assert len(named) > len(EXAMPLES)
    assert [word for word, text in named if word not in f"{text.title}\n{text.body}".lower()] == []


def test_a_language_that_it_cannot_read_is_left_to_a_person() -> None:
    verdict = load_classifier("fast").classify([TEXTS[2]])[0]

    assert verdict.abstained
    assert verdict.because[0].startswith("not in English (German)")


def test_a_fast_verdict_can_be_explained() -> None:
    fast = load_classifier("fast")

    told = explain.explain(fast, TEXTS[0], fast.classify([TEXTS[0]])[0])

    assert told.said.startswith("developer pain")
    assert told.quotes


def test_of_one_text_too_nothing_is_read_beyond_the_schema() -> None:
    fast = load_classifier("fast").classify(TEXTS)

    assert json.dumps([verdict.confidence for verdict in fast])
    assert all(1 / 3 <= verdict.confidence <= 1 and verdict.because for verdict in fast)


def test_macro_f1_of_the_public_texts_is_at_most_two_hundredths_lower() -> None:
    held = [
        one
        for one in data.everything(beside("data", "labelled"))
        if one.part == "evaluation" and one.agreed is not False
    ]
    texts = [Text(title=one.title, body=one.body) for one in held]

    full, fast = (
        report.macro_f1(report.Trial(odds=load_classifier(mode).odds(texts), samples=held)) for mode in ("full", "fast")
    )

    assert len(held) > 400
    assert fast >= full - 0.02
