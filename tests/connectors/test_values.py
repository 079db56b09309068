"""What servers say, read without trust: custom fields as marks, moments, numbers."""

from types import MappingProxyType
from typing import Any

import pytest

from connectors.base import SourceOptions, tags_for
from connectors.values import at, field_marks, mapping, moment, names, segment, text, whole

OPTIONS = SourceOptions(
    name="desk",
    kind="desk",
    tags={"escalate": ["Urgent"], "private": ["legal=yes"], "severity-8": ["Impact=Whole company", "77=all"]},
)


@pytest.mark.parametrize(
    ("fields", "marks"),
    [
        ({"impact": "all", "legal": True, "none": None}, ("impact=all", "legal=true")),
        ([{"id": 77, "value": "all"}, {"id": 78, "value": None}], ("77=all",)),
        ([{"id": 4, "name": "Impact", "value": "Whole company"}], ("Impact=Whole company", "4=Whole company")),
        ([{"name": "Areas", "values": ["a", "b"]}], ("Areas=a", "Areas=b")),
        ({"cf": {"value": "High", "id": 3}, "many": [{"value": "x"}, {"name": "y"}]}, ("cf=High", "many=x", "many=y")),
        ("text", ()),
        (None, ()),
        ({"deep": [[["x"]]], "long": "x" * 999}, ()),
    ],
)
def test_custom_fields_are_marks_whatever_their_shape(fields: Any, marks: tuple[str, ...]) -> None:
    assert field_marks(fields) == marks


def test_labels_priorities_and_fields_are_mapped_in_any_case() -> None:
    assert tags_for(OPTIONS, ["urgent", None], [{"name": "impact", "value": "whole company"}]) == {
        "escalate",
        "severity-8",
    }
    assert tags_for(OPTIONS, [], {"legal": "YES"}) == {"private"}
    assert tags_for(OPTIONS, ["other"], {"impact": "one"}) == frozenset()


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("a", "a"),
        ("é", "é"),
        (7, "7"),
        ("a\0b", "ab"),
        ("\ud800", "?"),
        ("", None),
        ("\0", None),
        (True, None),
        (7.5, None),
    ],
)
def test_text_is_what_a_database_takes_or_none(value: Any, found: str | None) -> None:
    assert text(value) == found


def test_objects_of_any_kind_are_read_and_names_have_no_doubles() -> None:
    kept = MappingProxyType({"user": {"login": "kim"}})

    assert (mapping(kept), mapping([]), at(kept, "user", "login"), at(kept, "user", "x", "y")) == (
        kept,
        {},
        "kim",
        None,
    )
    assert names([{"name": "bug"}, "gold", None, {"name": 3}, {"name": "bug"}, {}]) == ("bug", "gold", "3")


@pytest.mark.parametrize(("value", "number"), [(7, 7), ("7", 7), (True, None), ("x", None), ("²", None), (7.5, None)])
def test_only_a_whole_number_is_one(value: Any, number: int | None) -> None:
    assert whole(value) == number


@pytest.mark.parametrize("value", [True, float("nan"), 10**30, "yesterday", None, [], "9999-99-99"])
def test_what_is_no_moment_is_none(value: Any) -> None:
    assert moment(value) is None


def test_a_moment_without_an_offset_is_in_the_zone_that_was_named() -> None:
    winter = moment("2026-01-05T09:00:00", "Europe/Berlin")
    assert winter is not None
    assert winter.isoformat() == "2026-01-05T08:00:00+00:00"


def test_an_id_cannot_leave_its_part_of_a_path() -> None:
    assert segment("../../users?x=1#y") == "..%2F..%2Fusers%3Fx%3D1%23y"
    assert segment("half a pair \udcff") == "half%20a%20pair%20%3F"
