"""Our own sentences: no blame, safe titles, readable cuts."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.digest import sentences as own
from pipeline.digest import words
from tests.pipeline.digest.builder import PAINS, digest, material, org, voice


def sentences():
    for level in own.QUESTIONS.values():
        yield from itertools.chain.from_iterable(level.values())
    for table in (own.ASK, own.SIT):
        for level in table.values():
            yield from level.values()
    for hunch in own.HUNCHES:
        yield from (hunch.says, hunch.wrong_if, hunch.ask, hunch.card)
    for hint in own.HINTS.values():
        yield from hint
    for told in (own.NOTES, own.BESIDE, own.BRIEFLY):
        yield from (text for _, text in told)
    yield from own.SAID.values()
    for headings in words.HEADINGS.values():
        yield from headings.values()
    yield from own.WEIGHT.values()
    yield from (own.PLEASE, own.NO_ASK, own.QUIET_QUESTION, own.ASK_AGAIN, own.STEP, own.ONLY_YOU)


def test_nothing_that_we_say_blames_or_quotes():
    said = list(sentences())

    assert len(said) > 100
    assert {s: words.blame(s) for s in said if words.blame(s)} == {}
    assert [s for s in said if '"' in s] == []


@pytest.mark.parametrize(
    "text",
    [
        "Platform failed to fix CI",
        "They should have known",
        "a careless change",
        "the worst team",
        "this topic",
        "two tickets",
    ],
)
def test_the_lint_finds_blame_and_words_we_do_not_use(text):
    assert words.blame(text)


def test_every_signal_of_a_hypothesis_can_be_said():
    named = {name for h in own.HUNCHES for name in (*h.first, *h.second)} | own.HINTS.keys()

    assert named <= own.SAID.keys()
    assert set(own.ALIASES.values()) <= own.SAID.keys()


def test_a_title_is_cut_between_words_and_says_that_it_was_cut():
    assert words.shorten("appointments vanish from the synced diaries", words=4) == "appointments vanish…"
    assert words.shorten("short enough.", words=4) == "short enough"
    assert len(words.shorten("x" * 200, chars=30)) <= 30


def test_a_title_cannot_break_out_of_its_line():
    assert words.printable('a "b"\r\nSubject: c\u202ed\u200be') == "a 'b' Subject: cde"


def test_a_week_is_written_as_a_span_of_days():
    start = datetime(2026, 9, 14, tzinfo=UTC)
    across = datetime(2026, 9, 28, tzinfo=UTC)
    week = timedelta(weeks=1)

    assert words.span(start, start + week, "UTC") == "14-20 Sep"
    assert words.span(across, across + week, "UTC") == "28 Sep-4 Oct"


def test_questions_differ_from_one_week_to_the_next():
    options = own.QUESTIONS["top"]["customer"]

    assert words.pick(options, 10) != words.pick(options, 11)
    assert words.pick(options, 10) == words.pick(options, 10)


def titled(title: str):
    pains = {**PAINS, "ci": type(PAINS["ci"])(id="ci", title=title, side="developer", first_at=PAINS["ci"].first_at)}
    made = material([voice(n, f"apps-{n}") for n in range(4)], pains=pains)
    return digest(made)


def test_a_title_that_names_somebody_loses_the_name():
    assert titled("Quentin2 Surnameapps2 broke the build again").pains[0].title == "[name] broke the build again"


def test_a_title_that_blames_is_not_repeated():
    document = titled("Platform team failed to fix CI")

    assert "failed" not in document.pains[0].title
    assert document.pains[0].title == "a pain that engineers describe around Left"


def test_long_titles_still_give_a_subject_that_fits():
    document = titled("When saving an invoice with more than one hundred lines the whole page freezes for minutes")

    assert len(document.subject) <= 60
    assert document.subject.endswith("… | week 10")


def test_short_titles_share_the_subject():
    assert titled("builds wait").subject == "Builds wait | leaf notes, week 10"


def test_sources_of_one_kind_are_told_apart_by_name():
    assert words.labels([("a", "github"), ("b", "github"), ("c", "jira")]) == {"a": "a", "b": "b", "c": "Jira"}


def test_a_file_is_called_as_the_organisation_called_it():
    assert words.labels([("github-2023", "file")]) == {"github-2023": "github-2023"}


def test_no_one_in_the_tree_is_above_level_leaf_by_accident():
    assert {digest(material([]), who).level for who in ("apps-lead", "docks-lead")} == {"leaf"}
    assert digest(material([]), "left-lead").level == "middle"
    assert digest(material([]), "root-lead").level == "top"
    assert org().leaders == tuple(sorted(org().leaders))
