"""SECURITY.md and RELIABILITY.md name tests: each of them exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [path for path in (ROOT / "SECURITY.md", ROOT / "RELIABILITY.md") if path.exists()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_test_and_file_that_is_named_exists(page: Path) -> None:
    named = re.findall(
        r"`(?:pytest |TESTS_\w+=\d+ pytest )?((?:tests|pipeline|docs|connectors|workers)/[\w/.-]+)`", page.read_text()
    )

    assert len(named) > 10
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_threat_has_its_row() -> None:
    rows = re.findall(r"^\| S(\d+) \|", (ROOT / "SECURITY.md").read_text(), re.MULTILINE)

    assert [int(row) for row in rows] == list(range(1, 28))
