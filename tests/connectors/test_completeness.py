"""A connector is complete when an operator can read about it, configure it from an example, and trust its test."""

from pathlib import Path

import pytest

from workers.wiring import connector_kinds

ROOT = Path(__file__).parents[2]
KINDS = sorted(connector_kinds())


def test_every_connector_module_is_registered() -> None:
    seams = {"__init__", "base", "errors", "http", "limits", "smtp"}
    modules = {path.stem for path in (ROOT / "connectors").glob("*.py")} - seams

    assert modules == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_connector_has_a_page_a_test_and_an_example(kind: str) -> None:
    assert (ROOT / "docs" / "connectors" / f"{kind}.md").exists()
    assert (ROOT / "tests" / "connectors" / f"test_{kind}.py").exists()
    assert f"kind: {kind}" in (ROOT / "config" / "example" / "sources.yaml").read_text()


@pytest.mark.parametrize("kind", KINDS)
def test_every_option_says_what_it_is(kind: str) -> None:
    fields = connector_kinds()[kind].Options.model_fields

    assert [name for name, field in fields.items() if not field.description] == []
