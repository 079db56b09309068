"""Each connector's page in docs/ says what the connector does."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from connectors.base import Connector, SourceOptions
from workers.wiring import connector_kinds

DOCS = Path(__file__).resolve().parents[2] / "docs" / "connectors"
CONNECTORS: list[type[Connector[Any]]] = [made for _, made in sorted(connector_kinds().items())]
each = pytest.mark.parametrize("connector", CONNECTORS, ids=lambda connector: connector.kind)


def page(connector: type[Connector[Any]]) -> str:
    return (DOCS / f"{connector.kind}.md").read_text("utf-8")


@each
def test_its_page_names_every_option_and_no_other(connector: type[Connector[Any]]) -> None:
    table = page(connector).partition("## Options")[2].partition("\n## ")[0]

    named = set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE))

    assert named == set(connector.Options.model_fields) - set(SourceOptions.model_fields)


@each
def test_the_examples_on_its_page_are_valid(connector: type[Connector[Any]]) -> None:
    examples = re.findall(r"^```yaml\n(sources:.*?)^```", page(connector), re.MULTILINE | re.DOTALL)

    assert examples
    for example in examples:
        for source in yaml.safe_load(example)["sources"]:
            assert connector.Options.model_validate(source).kind == connector.kind


@each
def test_every_option_says_what_it_does(connector: type[Connector[Any]]) -> None:
    assert [name for name, field in connector.Options.model_fields.items() if not field.description] == []
    assert connector.summary
