"""A connector is complete when an operator can read about it, configure it from an example, and trust its test."""

import re
from pathlib import Path

import pytest

from workers.wiring import connector_kinds

ROOT = Path(__file__).parents[2]
KINDS = sorted(connector_kinds())


def test_every_connector_module_is_registered() -> None:
    named = re.compile(r'^    kind: ClassVar\[str\] = "(.+)"$', re.MULTILINE)
    kinds = [kind for path in (ROOT / "connectors").glob("*.py") for kind in named.findall(path.read_text())]

    assert sorted(kinds) == KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_every_connector_has_a_page_a_test_and_an_example(kind: str) -> None:
    assert (ROOT / "docs" / "connectors" / f"{kind}.md").exists()
    module = connector_kinds()[kind].__module__.rpartition(".")[2]
    assert (ROOT / "tests" / "connectors" / f"test_{module}.py").exists()
    assert f"kind: {kind}" in (ROOT / "config" / "example" / "sources.yaml").read_text()


@pytest.mark.parametrize("kind", KINDS)
def test_every_option_says_what_it_is(kind: str) -> None:
    fields = connector_kinds()[kind].Options.model_fields

    assert [name for name, field in fields.items() if not field.description] == []
