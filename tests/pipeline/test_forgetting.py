"""Who was forgotten is found again by hashes alone, and what is not theirs stays."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import forgetting
from pipeline.forgetting import ERASED, Eraser, Forgotten, Identity, Words
from pipeline.issue import Comment, Issue

SALT = b"0123456789abcdef"
ANNA = Identity(
    id="anna7",
    name="Anna Quillfeather",
    addresses=("anna.q@fernhill.example",),
    accounts=(("desk", "aquill"), ("forge", "12345678"), ("desk2", "test")),
    others=("Quilly",),
)
NAME = "[forgotten 1]"
AT = datetime(2026, 9, 14, tzinfo=UTC)


def known(*kept: str, others: tuple[str, ...] = ()) -> Forgotten:
    return Forgotten.of(SALT, forgetting.stones(ANNA, SALT, NAME, kept=kept, others=others))


@pytest.mark.parametrize(
    "said",
    [
        "Anna Quillfeather said so",
        "ask QUILLFEATHER, Anna",
        "anna.quillfeather@elsewhere.example",
        "mail anna.q@fernhill.example today",
        "https://forge.example/aquill/repo",
        "mailto:anna.q%40fernhill.example",
        "user 12345678 did it",
        "Quilly's change broke it",
        "as Quillfeather wrote",
    ],
)
def test_every_way_to_name_somebody_is_marked(said: str) -> None:
    marked = known().marked(said)

    assert "[person]" in marked
    assert not any(word in marked.casefold() for word in ("quill", "anna.q", "12345678"))


@pytest.mark.parametrize("said", ["Anna wrote a test", "the test fails", "anna7 is a tag", "1234 of them", "aquillx"])
def test_what_names_nobody_for_certain_stays(said: str) -> None:
    assert known().marked(said) == said


def test_an_id_is_marked_in_our_own_sentences_alone() -> None:
    assert known().marked("anna7 paused the leaf notes", ids=True) == "[person] paused the leaf notes"


def test_a_word_that_means_something_else_here_or_names_somebody_else_stays() -> None:
    who = known("aquill", others=("Bea Quillfeather",))

    assert who.marked("team aquill and Quillfeather") == "team aquill and Quillfeather"
    assert who.author("desk", "aquill") == NAME


def test_an_account_is_theirs_at_its_source_alone_and_an_address_everywhere() -> None:
    who = known()

    assert who.author("desk2", "test") == NAME
    assert who.author("desk", "test") is None
    assert who.author("elsewhere", "ANNA.Q@fernhill.example") == NAME


def test_no_name_can_be_read_from_the_hashes() -> None:
    stones = json.dumps([(s.hash, s.words, s.pseudonym) for s in forgetting.stones(ANNA, SALT, NAME)])

    assert not any(word in stones for word in ("anna", "quill", "12345678", "fernhill"))
    assert not {s.hash for s in forgetting.stones(ANNA, SALT, NAME)} & {
        s.hash for s in forgetting.stones(ANNA, b"another", NAME)
    }


def test_what_they_wrote_comes_in_without_text_and_author() -> None:
    issue = Issue(
        source="desk",
        external_id="1",
        title="It hurts",
        body="Very much",
        author="aquill",
        created_at=AT,
        updated_at=AT,
        comments=(Comment(external_id="c", author="bob", body="Hello Anna, it does", created_at=AT),),
    )

    kept = forgetting.erased(known(), issue)

    assert (kept.title, kept.body, kept.author, kept.comments[0].body) == ("", "", NAME, "")
    assert "no-quote" in kept.tags
    assert forgetting.erased(known(), kept) == kept


def test_a_quotation_goes_with_its_issue_and_words_of_theirs_wherever_they_stand() -> None:
    body = "The build waits four hours and nobody tells us why it does."
    words = Words([body], ["Builds wait for hours"], ["desk:1"])
    eraser = Eraser(known(), words)
    document = {
        "leader": "anna7",
        "trend": "new",
        "quotes": [{"issue": "desk:1", "text": "waits", "url": "https://x", "by": "an engineer"}],
        "line": "4 people: builds wait for hours, since Monday.",
        "other": [{"issue": "desk:2", "text": "Our own words."}],
        "short": "waits four hours",
    }

    left = eraser.json(document)

    assert left["leader"] == NAME
    assert left["trend"] == "new"
    assert left["quotes"] == [{"issue": "desk:1", "text": ERASED, "url": None, "by": "an engineer"}]
    assert left["line"] == f"4 people: {ERASED}, since Monday."
    assert left["other"] == document["other"]
    assert left["short"] == ERASED
    assert eraser.json(left) == left


@given(st.text(), st.sampled_from(["Anna Quillfeather", "aquill", "anna.q@fernhill.example", "Quilly"]), st.text())
def test_marking_again_changes_nothing_and_what_stands_alone_is_always_found(
    before: str, name: str, after: str
) -> None:
    who = known()

    marked = who.marked(f"{before} {name} {after}")

    assert who.marked(marked) == marked
    assert name.casefold() not in who.marked(f"- {name} -").casefold()
