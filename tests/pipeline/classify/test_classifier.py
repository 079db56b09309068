"""The packaged model and how its verdicts behave, whatever it was trained on."""

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.classify import Classifier, ModelError, artefact, language, load_classifier
from pipeline.issue import Role, Text, Verdict

SUITE = Text(
    title="Integration tests are flaky",
    body="The build on main fails every other run and we rerun the pipeline until it passes.",
)
EXPORT = Text(title="Export hangs", body="When I click on export the page freezes and I have to reload it.")
PRAISE = Text(title="Thank you", body="Great support, everything works.")
ODD = [
    Text(title="", body=""),
    Text(title=" ", body="\n\n"),
    Text(title="\u202e\u0000\ud800", body="👩‍👩‍👧 zalgo e\u0336\u0336 İ ß ŉ \u2028"),
    Text(title="x" * 5000, body="word " * 100_000),
    Text(title="?", body="。" * 3000),
    Text(title="a", body="1234567890" * 1000, labels=("ci",) * 500, author_role="bot"),
]


def one(text: Text) -> Verdict:
    return load_classifier().classify([text])[0]


@pytest.mark.parametrize(("text", "side"), [(SUITE, "developer"), (EXPORT, "customer"), (PRAISE, "none")])
def test_plain_cases_are_told_apart_with_confidence(text: Text, side: str) -> None:
    verdict = one(text)

    assert verdict.side == side
    assert not verdict.abstained


@pytest.mark.parametrize(
    ("body", "role", "side"),
    [
        ("The macro for returns is outdated and every agent on my shift rewrites it by hand.", "staff", "developer"),
        ("I waited nine days for read access to the replica, approvals take for ever.", "staff", "developer"),
        ("My order was charged twice and nobody answers.", "customer", "customer"),
    ],
)
def test_agents_and_engineers_are_makers_and_customers_are_not(body: str, role: str, side: str) -> None:
    verdict = one(Text(title="", body=body, author_role=role))  # type: ignore[arg-type]

    assert verdict.side == side


def test_the_same_text_gets_the_same_verdict_alone_and_in_any_company() -> None:
    texts = [SUITE, EXPORT, PRAISE, *ODD] * 9

    together = load_classifier().classify(texts)
    backwards = load_classifier().classify(texts[::-1])[::-1]

    assert together == backwards
    assert together[: len(ODD) + 3] == [one(text) for text in texts[: len(ODD) + 3]]


@pytest.mark.parametrize("text", ODD)
def test_odd_texts_get_a_verdict_like_any_other(text: Text) -> None:
    verdict = one(text)

    assert 1 / 3 <= verdict.confidence <= 1
    assert verdict.because


def test_no_texts_give_no_verdicts() -> None:
    assert load_classifier().classify([]) == []


@given(st.lists(st.tuples(st.text(), st.text()), max_size=5))
@settings(max_examples=60, deadline=None)
def test_any_text_is_judged_and_every_signal_is_in_it(pairs: list[tuple[str, str]]) -> None:
    verdicts = load_classifier().classify([Text(title=t, body=b) for t, b in pairs])

    assert len(verdicts) == len(pairs)
    for (title, body), verdict in zip(pairs, verdicts, strict=True):
        assert all(s.text in title or s.text in body for s in verdict.signals)


def test_the_words_that_a_verdict_names_stand_in_the_text_and_move_it() -> None:
    verdict = one(EXPORT)
    named = [m[1] for reason in verdict.because if (m := re.match(r"word '(.+)' \+[\d.]+ customer", reason))]

    assert named
    for word in named[:2]:
        assert word in f"{EXPORT.title} {EXPORT.body}".lower()
        without = Text(title=EXPORT.title, body=re.sub(re.escape(word), "", EXPORT.body, flags=re.IGNORECASE))
        assert one(without).confidence < verdict.confidence or word not in EXPORT.body.lower()


def test_a_verdict_says_what_else_it_could_have_been() -> None:
    assert any(reason.startswith("next likely: ") for reason in one(SUITE).because)


def test_the_fields_around_a_text_are_named_where_they_counted() -> None:
    verdict = one(Text(title="Import", body="It could be quicker.", author_role="staff"))

    assert "written by staff +1.0 developer" in verdict.because


def test_words_can_overrule_the_fields_around_them() -> None:
    assert one(Text(title=PRAISE.title, body=PRAISE.body, author_role="customer", labels=("bug",))).side == "none"


STRANGE = {
    "German": "Die Seite lädt seit gestern nicht mehr und wir können keine Rechnungen mehr schreiben, bitte prüfen.",
    "French": "Bonjour, l'export ne marche plus depuis hier et nous ne pouvons pas travailler, merci de nous répondre.",
    "Spanish": "Desde la última actualización los recordatorios llegan en inglés y no es posible cambiarlo.",
}


@pytest.mark.parametrize("language", STRANGE)
@pytest.mark.parametrize(("role", "side"), [("customer", "customer"), ("staff", "developer"), ("unknown", "customer")])
def test_text_in_another_language_is_judged_by_its_fields_alone_and_left_to_a_person(
    language: str, role: Role, side: str
) -> None:
    verdict = one(Text(title="", body=STRANGE[language], author_role=role))

    assert (verdict.side, verdict.abstained) == (side, True)
    assert verdict.confidence < 0.7
    assert f"not in English ({language}): this model reads English only" in verdict.because
    assert not any(reason.startswith("word ") for reason in verdict.because)


def test_an_english_verdict_says_nothing_of_languages() -> None:
    assert not any("English" in reason for reason in one(EXPORT).because)


def test_small_words_are_not_shown_as_what_decided() -> None:
    named = {m[1] for reason in one(EXPORT).because if (m := re.match(r"word '(.+)'", reason))}

    assert named
    assert not any(language.small(word) for word in named)


def test_a_text_of_small_words_alone_is_told_by_how_it_is_built() -> None:
    because = one(Text(title="", body="he was there")).because

    assert because[0].startswith("holds ")
    assert not any(reason.startswith("word ") for reason in because)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (Text(title="App crashes on start", body="Error 500 when I open the list. Expected: it opens."), "bug"),
        (Text(title="Please add a dark theme", body="It would be nice to have one, feature request."), "request"),
        (
            Text(
                title="How do I configure the proxy?",
                body="What is the right way to set it up? I have a question about the option.",
            ),
            "question",
        ),
        (PRAISE, "other"),
        (Text(title="Is it possible to change the billing address?", body="", author_role="customer"), "question"),
        (Text(title="How do I get access to the replica?", body="", author_role="staff"), "question"),
        (
            Text(
                title="New laptop: first week without admin rights",
                body="It took six days until I could install the design tool on the new laptop.",
                source_kind="jira",
                author_role="staff",
            ),
            "bug",
        ),
    ],
)
def test_kinds_are_told_apart(text: Text, kind: str) -> None:
    assert one(text).kind == kind


def test_who_wrote_it_is_not_part_of_what_is_classified() -> None:
    assert "author" not in Text.__slots__
    assert set(Text.__slots__) == {"title", "body", "product", "labels", "source_kind", "author_role"}


# --- the file


def test_a_verdict_names_the_file_that_decided() -> None:
    assert re.fullmatch(r"leafnotes-3:[0-9a-f]{8}", one(SUITE).model)


def test_the_card_describes_the_packaged_model() -> None:
    card = artefact.PATH.with_name("MODEL.md").read_text(encoding="utf-8")

    assert load_classifier().model.name in card


def test_the_packaged_model_is_small() -> None:
    assert artefact.PATH.stat().st_size < 4_000_000


@pytest.mark.parametrize("content", [b"", b"not a model", artefact.PATH.read_bytes()[:50_000]])
def test_a_broken_file_is_named_with_its_remedy(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model.npz"
    path.write_bytes(content)

    with pytest.raises(ModelError, match=r"model\.npz cannot be read .*`leafnotes model train"):
        Classifier.load(path)


def test_a_missing_file_is_named_with_its_remedy(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="restore it from the repository"):
        Classifier.load(tmp_path / "absent.npz")


def test_equal_models_are_equal_bytes_and_read_back_alike(tmp_path: Path) -> None:
    model = artefact.load()

    artefact.save(model, tmp_path / "a.npz")
    artefact.save(model, tmp_path / "b.npz")
    again = artefact.load(tmp_path / "a.npz")

    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    for table, same in zip(model.tables, again.tables, strict=True):
        assert np.allclose(table.sides, same.sides, atol=1e-6)
        assert np.allclose(table.kinds, same.kinds, atol=1e-6)
    assert again.tokens == model.tokens
