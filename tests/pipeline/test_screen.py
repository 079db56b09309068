import re
from types import ModuleType
from typing import Final

import pytest
import re2
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline import clean, clean_mail, clean_marks, prose
from pipeline.classify import phrases, tongues
from pipeline.classify.admissions import ADMISSIONS
from pipeline.screen import Glance, Glances, Screen, matches, search, sub, widened

WORDINGS: Final = [
    *(wording for wordings in phrases.PHRASES.values() for wording in wordings),
    *ADMISSIONS.values(),
    *(words for spoken in tongues.FOREIGN.values() for words in spoken.values()),
]
ODD: Final = (
    "\\w",
    "\\W",
    "\\s",
    "\\S",
    "\\d",
    "\\D",
    "[\\w-]x",
    "[^\\w-]",
    "[^\\s]",
    r"\bx",
    r"x\b",
    "^x",
    "x$",
    r"\Ax",
    r"x\Z",
    "x(?=y)",
    "x(?!y)",
)


@pytest.mark.parametrize("wording", WORDINGS)
@given(data=st.data())
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_a_wording_finds_passes_the_screen(wording: str, data: st.DataObject) -> None:
    screen, text = Screen([("it", re.compile(wording))]), data.draw(st.from_regex(wording))

    assert screen(text) or not re.search(wording, text)


@pytest.mark.parametrize("pattern", ODD)
@given(text=st.text(alphabet=st.sampled_from("xyé_-1٣ \x1c\x85\u2028\n’ßſ😀\ud800"), max_size=6))
def test_python_and_re2_may_differ_in_classes_and_places(pattern: str, text: str) -> None:
    assert Screen([("it", re.compile(pattern))])(text) or not re.search(pattern, text)


def test_a_screen_names_only_what_may_stand_there_in_the_order_given() -> None:
    screen = Screen([(1, re.compile(r"\bby hand\b")), (2, re.compile("again")), (3, re.compile(r"a\w+n"))])

    assert screen("we do it again") == [2, 3]
    assert screen("") == []


def test_what_only_looks_around_is_left_out() -> None:
    assert widened(r"(?<=a(b)[)])c(?!\((?:d|e))f\b") == "cf"


def test_a_pattern_that_cannot_be_widened_is_refused() -> None:
    with pytest.raises(ValueError, match="d_"):
        widened(r"[^\W\d_]")
    with pytest.raises(re2.error):
        Screen([("it", re.compile(r"(a)\1"))])("aa")


CHANGED_BY: Final = {
    clean_marks: clean_marks.mark,
    clean_mail: clean_mail.own_words,
    prose: clean._traces,
    clean: clean._traces,
}
LOOKED_FOR: Final = [
    pytest.param(module, name, id=f"{module.__name__}:{name}")
    for module in CHANGED_BY
    for name, value in vars(module).items()
    if isinstance(value, re.Pattern)
]


@pytest.mark.parametrize(("module", "name"), LOOKED_FOR)
@given(data=st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_a_glance_lets_pass_would_not_have_been_changed(
    module: ModuleType, name: str, data: st.DataObject
) -> None:
    part, change = data.draw(st.from_regex(getattr(module, name))), CHANGED_BY[module]
    text = data.draw(st.sampled_from(["", "\n", " ", ": "])).join(["We wait.", part, "It fails."])

    assert change in clean._may_change(text) or change(text) == text


def test_several_glances_in_one_look_see_what_each_sees_alone() -> None:
    each = {"quoted": Glance(lines=["> "]), "number": Glance(r"\d{3}"), "loud": Glance(r"[A-Z]{4}")}
    look = Glances(each)

    for text in ("> so", "so > that", "> 123 STOP", "123", "", "stop", "\ud800"):
        assert sorted(look(text)) == sorted(name for name, glance in each.items() if glance(text))


def test_a_glance_sees_what_stands_at_the_beginning_of_a_line_and_before_what_it_looks_for() -> None:
    quoted, alone = Glance(lines=["> ", re.compile(r"thanks!?$", re.IGNORECASE)]), Glance(r"[^\w]\d{3}(?!\d)")

    assert [quoted(text) for text in ("> so", "said\n> so", "a\nThanks\nb", "so > that, thanks")] == [1, 1, 1, 0]
    assert [alone(text) for text in ("123", "no 123", "x12 x123")] == [1, 1, 0]
    assert [Glance("sms")(text) for text in ("ſ", "\ud800", "SMS")] == [1, 1, 0]


def test_possessive_and_bounded_runs_are_widened_too() -> None:
    assert widened(r"[-*+]a{2,3}+b?+c*?\{2,3\}") == r"[-*+]a{2,3}b?c*?\{2,3\}"
    assert widened(r"a{2,3}+b{4}$", loose=True, ends=True) == "a{2,}b{4,}(?m:$)"


@pytest.mark.parametrize(
    "secret",
    [
        "see https://h.example/x?sig=abcdefg1",
        "from 2a00:1450:4001::200e today",
        "from 2a00:1450:4001:81b:1:2:3:200e today",
        "paid with 378282246310005 today",
        "joe [at] example.org",
    ],
)
def test_what_only_one_pattern_of_a_glance_knows_is_marked(secret: str) -> None:
    assert clean.clean(f"We wait, {secret}", "plain") != f"We wait, {secret}"


_WRITTEN = st.text(alphabet="abckxyzABK0-_'.!?\n \u2019\u212aéßıİſsiIS\ud800", max_size=60)


@pytest.mark.parametrize(
    "pattern",
    [
        re.compile(r"\b(?:ab|x)+\b"),
        re.compile(r"(?<!a )b(?! c)"),
        re.compile(r"^(?:a|x)\w*"),
        re.compile(r"^[ ]{0,3}(?:-|a)", re.MULTILINE),
        re.compile(r"n't\b|\b(?:no|ab)\b"),
        re.compile(r"^(?:aB|k)\b|[bx]z", re.IGNORECASE),
        re.compile(r"^k\w|ß", re.IGNORECASE | re.MULTILINE),
        re.compile(r"(?<!a)[si]\b|k", re.IGNORECASE),
    ],
)
@given(text=_WRITTEN)
def test_what_is_found_sooner_is_what_is_found(pattern: re.Pattern[str], text: str) -> None:
    soon, slow = search(pattern, text), pattern.search(text)

    assert (soon and soon.span()) == (slow and slow.span())
    assert [hit.span() for hit in matches(pattern, text)] == [hit.span() for hit in pattern.finditer(text)]
    assert sub(pattern, "#", text) == pattern.sub("#", text)


@given(text=_WRITTEN)
def test_a_sieve_that_keeps_the_ends_of_words_lets_everything_pass_that_is_there(text: str) -> None:
    patterns = [re.compile(r"\bab\b"), re.compile(r"(?<=x)a\b"), re.compile(r"\bx\w+")]

    passed = Screen(zip(patterns, patterns, strict=True), edges=True)(text)

    assert {pattern for pattern in patterns if pattern.search(text)} <= set(passed)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("The subject is as below: see\nOn Mon, Jan 5, 2024 at 10:00, Bob wrote:\n```\nx\n```", "Bob"),
        ("Please see the subject: of it.\nBEGIN FORWARDED MESSAGE:\nfoo bar", "foo"),
    ],
)
def test_quoted_mail_goes_above_code_and_under_a_heading_in_capitals(text: str, left: str) -> None:
    assert left in text
    assert left not in clean.clean(text, "plain")
