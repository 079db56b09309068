"""What is learned from, as far as it is ours: labels by reference, our examples, files that operators give."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from pipeline.classify.training import data
from pipeline.classify.training.data import DataError, everything, given, kinds, raw_text
from tests.shared_data import beside


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


LABELS = lines(data.LABELS)


def test_labels_point_at_texts_and_hold_none() -> None:
    needed = {"data", "row", "product", "part", "side", "kind", "severity", "frustration", "signals", "reason", "doubt"}
    for row in LABELS:
        assert needed <= set(row) <= needed | {"second"}
        assert row["side"] in ("developer", "customer", "none")
        assert row["kind"] in ("bug", "request", "question", "other")
        assert row["severity"] in (1, 2, 4, 8)
        assert row["frustration"] in (0, 1, 2)
        assert row["part"] in ("learning", "evaluation")


def test_each_reason_quotes_the_text_and_not_much_of_it() -> None:
    for row in LABELS:
        quoted = re.findall(r'"([^"]+)"', row["reason"])
        assert quoted, row["reason"]
        assert max(len(part.split()) for part in quoted) <= 12
        assert len(row["reason"].split()) <= 40


def test_each_text_is_labelled_once_and_the_evaluation_part_twice() -> None:
    counted = Counter((row["data"], row["row"]) for row in LABELS)

    assert max(counted.values()) == 1
    assert {row["part"] for row in LABELS if "second" in row} == {"evaluation"}
    assert all("second" in row for row in LABELS if row["part"] == "evaluation")


def test_no_product_is_learned_from_and_evaluated_on() -> None:
    products = {part: {row["product"] for row in LABELS if row["part"] == part} for part in ("learning", "evaluation")}

    assert not products["learning"] & products["evaluation"]


def test_examples_cover_the_three_sides_and_repeat_nothing() -> None:
    rows = lines(data.EXAMPLES)

    assert min(Counter(row["label"] for row in rows).values()) >= 40
    assert len({row["id"] for row in rows}) == len({(row["title"], row["body"]) for row in rows}) == len(rows)


def test_every_label_finds_its_text_and_every_signal_its_words() -> None:
    folder = beside("data", "labelled")
    texts: dict[Path, Any] = {}
    for row in LABELS:
        found = dict(zip(("title", "body"), raw_text(folder, row["data"], row["row"], texts), strict=True))
        assert found["title"] or found["body"]
        for told in (row, row.get("second", {"signals": []})):
            for name, field, start, end in told["signals"]:
                words = found[field][start:end]
                assert words.strip(), (row["row"], name)
                assert len(words) == end - start, (row["row"], name)


def test_all_samples_are_cleaned_and_a_careful_label_beats_a_weak_one() -> None:
    samples = everything(beside("data", "labelled"))
    careful = {(one.title, one.body) for one in samples if one.origin == "labels"}

    assert not [one for one in samples if one.origin == "weak" and (one.title, one.body) in careful]
    assert {one.side for one in samples} == {"developer", "customer", "none"}
    assert len([one for one in samples if one.origin == "labels"]) == len(LABELS) >= 2_000


def test_the_kinds_of_nlbse_are_three_and_balanced() -> None:
    counted = Counter(one.kind for one in kinds(beside("data", "labelled"), "test"))

    assert counted == {"bug": 500, "request": 500, "question": 500}


def test_an_operators_own_labels_are_read(tmp_path: Path) -> None:
    path = tmp_path / "ours.jsonl"
    path.write_text(
        '{"title": "CI is red", "side": "developer", "product": "till"}\n\n{"title": "x", "label": "neither"}\n'
    )

    first, second = given(path)

    assert (first.title, first.side, first.group, first.origin) == ("CI is red", "developer", "till", "given")
    assert second.side == "none"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{"title": "x", "side": "devloper"}', "side is 'devloper'"),
        ('{"side": "none"}', "title and body have to be texts"),
        ('{"title": "x", "side": "none", "kind": "wish"}', "kind is 'wish'"),
        ("[1]", "has to be a JSON object"),
        ("{", "no JSON"),
    ],
)
def test_a_wrong_line_is_named_with_its_number(tmp_path: Path, line: str, told: str) -> None:
    path = tmp_path / "ours.jsonl"
    path.write_text(f'{{"title": "CI is red", "side": "developer"}}\n{line}\n')

    with pytest.raises(DataError, match=rf"ours\.jsonl:2: .*{re.escape(told)}"):
        given(path)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such folder"):
        everything(tmp_path / "absent")
