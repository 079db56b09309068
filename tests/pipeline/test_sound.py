"""What no table could hold is cut or refused, and what is sound already is not made anew."""

import sys
from datetime import UTC, datetime

import pytest

from pipeline.issue import Comment, Event, Issue
from pipeline.sound import LONGEST, UNSEEN, sound

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
EVERY = [chr(code) for code in range(sys.maxunicode + 1)]


def issue(**change: object) -> Issue:
    given: dict[str, object] = {"source": "desk", "external_id": "7", "title": "It jams", "created_at": AT}
    return Issue(**{**given, "updated_at": AT, **change})  # type: ignore[arg-type]


def test_nothing_printable_is_unseen_and_only_the_blank_is_white() -> None:
    assert [c for c in EVERY if c.isprintable() and UNSEEN.search(c)] == []
    assert [c for c in EVERY if c.isprintable() and c.isspace()] == [" "]


def test_what_is_sound_stays_the_same_object() -> None:
    said = Comment(external_id="c1", author="Zoë", body="Still.\n\nHere too.", created_at=AT)
    given = issue(
        body="Every day — since May.\n",
        url="https://desk.example/7",
        author="zoë",
        labels=("bug", "gold"),
        comments=(said,),
        history=(Event(at=AT, what="moved", before="A", after="B"),),
    )

    assert sound(given) is given


def test_names_are_cut_and_texts_lose_only_what_nothing_can_hold() -> None:
    said = Comment(external_id="c\0" + "1", author="\x1b[31mkim ", body="a\ud800b", created_at=AT)
    found = sound(
        issue(
            title=" a\0b\u202e ",
            body="x\x07\ud83d\n",
            url="https://desk.example/\n7",
            author="y" * 999,
            group=" two\nlines\t",
            labels=("", "\u200b", " bug\u2028"),
            comments=(said,),
        )
    )

    assert isinstance(found, Issue)
    assert (found.title, found.body, found.url) == (" ab\u202e ", "x\x07\n", "https://desk.example/7")
    assert (found.author, found.group, found.labels) == ("y" * LONGEST, "two lines", ("bug",))
    assert [(c.external_id, c.author, c.body) for c in found.comments] == [("c1", "[31mkim", "ab")]


@pytest.mark.parametrize("change", [{"external_id": "\0"}, {"external_id": "a\u200bb"}, {"title": " "}])
def test_what_has_no_name_and_no_text_is_refused(change: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"empty|nobody can see"):
        sound(issue(**change))
