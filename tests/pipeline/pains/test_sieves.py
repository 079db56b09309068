"""What is looked for sooner is found as if it had been looked for everywhere: no sieve changes a pain."""

import re
from collections.abc import Callable
from types import ModuleType
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.pains import cases, exact, links, words
from pipeline.pains.vocabulary import SAME
from tests.pipeline.test_pains import said

COMMONLY: Final = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
BETWEEN: Final = st.sampled_from([" ", "\n", ". ", "-", "\u2019", "\u00e9 ", ""])


def joined(*patterns: re.Pattern[str] | str) -> st.SearchStrategy[str]:
    """Texts that hold some of what the patterns find, beside each other or inside of other words."""
    piece = st.one_of([st.from_regex(pattern) for pattern in patterns])
    return st.tuples(BETWEEN, st.lists(piece, max_size=4)).map(lambda drawn: drawn[0].join(drawn[1]))


def unsieved(ask: Callable[[str], object], text: str, module: ModuleType, sieve: str, everything: object) -> object:
    """What it says of a text where the sieve lets everything pass."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, sieve, lambda _: everything)
        return ask(text)


@COMMONLY
@given(text=joined(*(pattern for pattern, _ in SAME)))
def test_spellings_are_one_word_as_if_each_had_been_tried(text: str) -> None:
    assert words.stems(text) == unsieved(words.stems, text, words, "_MAY_SPELL", words._SPELLINGS)


@pytest.mark.parametrize("number", range(len(SAME)), ids=[word for _, word in SAME])
def test_a_word_that_stands_for_spellings_is_part_of_no_later_one(number: int) -> None:
    word, later = SAME[number][1], [pattern for pattern, _ in SAME[number + 1 :]]

    assert not [pattern for pattern in later if word in pattern or re.search(pattern, f" {word} ")]


@COMMONLY
@given(text=joined(words._NOISE))
def test_noise_is_taken_out_wherever_it_stands(text: str) -> None:
    assert words._quiet(text) == words._NOISE.sub(" ", text)


@pytest.mark.parametrize(
    ("module", "sieve", "ask", "patterns"),
    [
        (exact, "_MAY_BE_EXACT", lambda text: exact.exactness("It fails", text), [exact._EXACT]),
        (cases, "_MAY_FAIL", lambda text: cases.fingerprints(said(1, "It fails", text)), [cases._JAVA, cases._PYTHON]),
    ],
)
@COMMONLY
@given(data=st.data())
def test_what_a_glance_does_not_see_is_not_there(
    module: ModuleType, sieve: str, ask: Callable[[str], object], patterns: list[re.Pattern[str]], data: st.DataObject
) -> None:
    text = data.draw(joined(*patterns))

    assert ask(text) == unsieved(ask, text, module, sieve, everything=True)


@COMMONLY
@given(text=joined(links._NAMES))
def test_without_a_mark_the_same_issues_are_named(text: str) -> None:
    plain = text.replace("#", "")

    found, tried = (pattern.finditer(plain) for pattern in (links._WITHOUT_MARK, links._NAMES))

    assert [(hit.lastgroup, hit.span()) for hit in found] == [(hit.lastgroup, hit.span()) for hit in tried]
