"""What the model was trained on, as far as it is ours: labels by reference and examples that we wrote."""

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

from tests.shared_data import beside

HERE = Path(__file__).parents[3] / "pipeline" / "classify"


def lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (HERE / name).read_text(encoding="utf-8").splitlines()]


def test_labels_point_at_texts_and_hold_none() -> None:
    for row in lines("labels.jsonl"):
        assert set(row) == {"data", "row", "product", "label", "reason"}
        assert row["label"] in ("developer", "customer", "none")
        assert 0 < len(row["reason"]) < 120


def test_each_text_is_labelled_once() -> None:
    counted = Counter((row["data"], row["row"]) for row in lines("labels.jsonl"))

    assert max(counted.values()) == 1


def test_examples_cover_the_three_sides_and_repeat_nothing() -> None:
    rows = lines("examples.jsonl")

    assert min(Counter(row["label"] for row in rows).values()) >= 40
    assert len({row["id"] for row in rows}) == len({(row["title"], row["body"]) for row in rows}) == len(rows)


def test_every_label_points_at_a_text_that_exists() -> None:
    csv.field_size_limit(1 << 30)
    known: set[tuple[str, str]] = set()
    for path in sorted(beside("data", "labelled", "deepse_jira").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            known |= {("deepse_jira", row["issuekey"]) for row in csv.DictReader(file)}
    known |= {("nlbse24", str(number)) for number in range(3000)}

    assert not [row for row in lines("labels.jsonl") if (row["data"], row["row"]) not in known]
