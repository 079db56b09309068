"""What readers say is not right: which words of theirs still count, and what operators may learn from them."""

from datetime import UTC, datetime, timedelta

import pytest

from pipeline import objections
from pipeline.objections import NotACorrection, Objection, Placed
from pipeline.returned import Corrected, corrected

AT = datetime(2026, 3, 9, 12, tzinfo=UTC)


def guess(number: int = 1, *, scope: tuple[str, ...] = ("roasting",), said: str = "They gave up") -> Objection:
    return Objection(
        id=number, what="guess", by="kit", how="page", scope=scope, period="2026-W10", pain="p-1", issue=None,
        said=said, to=None, was=None, why="", at=AT + timedelta(days=number),
    )  # fmt: skip


def test_a_hypothesis_is_wrong_for_whoever_leads_the_same_teams_and_for_no_others() -> None:
    said = [guess(1), guess(2, scope=("delivery",)), guess(3, said="Something else")]

    found = [
        objections.marked(said, pain=pain, hypothesis="They gave up", led=led)
        for pain, led in (("p-1", ["roasting", "packing"]), ("p-1", ["rosta"]), ("p-2", ["roasting"]))
    ]

    assert [one.id if one else None for one in found] == [1, None, None]


def placed(key: str, leaf: str = "roasting", source: str = "desk", **more: object) -> Placed:
    values = {"component": None, "group": None, "labels": ("beans",), **more}
    return Placed(key=key, source=source, leaf=leaf, **values)  # type: ignore[arg-type]


def test_what_is_like_a_moved_issue_shares_its_most_telling_mark_in_the_same_source_and_leaf() -> None:
    moved = placed("desk:1", leaf="delivery", component="van")
    others = [
        placed("desk:2", component="van"),
        placed("desk:3"),
        placed("desk:4", leaf="rosta", component="van"),
        placed("board:5", source="board", component="van"),
        moved,
    ]

    assert objections.alike(moved, "roasting", others) == ("component van", ("desk:2",))
    assert objections.alike(placed("desk:1", "delivery", labels=()), "roasting", others) is None


def test_a_reason_is_one_storable_line_of_bounded_length() -> None:
    assert objections.line(" a\n\tb\0c \ud800 ") == "a b c ?"
    assert objections.line("\u200b\u202e") == ""
    with pytest.raises(NotACorrection, match="300 letters"):
        objections.line("x" * 301)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("wrong quote 2", Corrected(what="quote", number=2)),
        ("Wrong quote: 2.", Corrected(what="quote", number=2)),
        ("wrong quote #2.3 context", Corrected(what="quote", number=2, which=3, rest="context")),
        ("wrong label 2 Customer", Corrected(what="label", number=2, rest="Customer")),
        ("not mine 2 billing", Corrected(what="not_mine", number=2, rest="billing")),
        ("not mine: 2: the lead  of Billing", Corrected(what="not_mine", number=2, rest="the lead of Billing")),
        ("wrong guess 1", Corrected(what="guess", number=1)),
        ("wrong label 2", None),
        ("wrong label 2 robot", None),
        ("wrong label 2.1 none", None),
        ("not mine 2", None),
        ("wrong quote", None),
        ("wrong quote 222", None),
        ("wrong quote two", None),
        ("act: wrong quote 2", None),
        ("that is a wrong quote 2", None),
        ("wrong quote 2 " + "x" * 400, None),
    ],
)
def test_the_first_line_of_a_reply_says_what_is_wrong_in_one_form_only(line: str, found: Corrected | None) -> None:
    assert corrected(line) == found
