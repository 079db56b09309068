"""What `leafnotes init` copies can be used as it is, and explains every key."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from pydantic import BaseModel

from config.org import ClaimEntry
from config.reader import validate
from config.settings import Settings, load
from connectors.file import FileOptions
from connectors.github import App, GitHubOptions
from pipeline import org_check
from workers.wiring import connector_kinds, to_org

EXAMPLE = Path(__file__).parents[2] / "config" / "example"


def fields(model: type[BaseModel]) -> Iterator[str]:
    for name, info in model.model_fields.items():
        yield info.alias or name


@pytest.fixture
def uncommented(tmp_path: Path) -> Path:
    """The example with every setting switched on: what stands right behind a #."""
    for path in EXAMPLE.glob("*.yaml"):
        text = re.sub(r"(?m)^#(?=\S|  )(?! *[a-z_]+  )(?!  {2})", "", path.read_text())
        (tmp_path / path.name).write_text(text)
    (tmp_path / "github-app.pem").write_text("key")
    return tmp_path


def test_the_example_has_no_problem() -> None:
    assert load(EXAMPLE).problems == ()


def test_the_example_names_the_defaults() -> None:
    assert load(EXAMPLE).settings == Settings()


def test_the_org_chart_of_the_example_has_no_error_and_no_warning() -> None:
    loaded = load(EXAMPLE)

    org = to_org(loaded.org, date(2026, 9, 21))
    found = org_check.problems(org, sources={e["name"] for e in loaded.sources}, where=loaded.where)

    assert [finding for finding in found if finding.level != "note"] == []


def test_the_settings_that_are_commented_out_are_the_defaults(uncommented: Path) -> None:
    loaded = load(uncommented)

    assert loaded.problems == ()
    assert loaded.settings == Settings()
    assert set(loaded.settings_document.data) == set(Settings.model_fields)
    for section, info in Settings.model_fields.items():
        assert set(loaded.settings_document.data[section]) == set(fields(info.annotation))  # type: ignore[arg-type]


def test_the_claims_that_are_commented_out_are_valid(uncommented: Path) -> None:
    billing = load(uncommented).org.teams[1]

    assert len(billing.owns) == 5
    assert len(billing.hears) == 1


def test_the_sources_that_are_commented_out_are_valid(uncommented: Path) -> None:
    loaded = load(uncommented)

    kinds = connector_kinds()
    named = re.findall(r"\$\{([A-Z_]+)\}", (EXAMPLE / "sources.yaml").read_text())
    assert sorted({entry["kind"] for entry in loaded.sources}) == sorted(kinds)
    for index, entry in enumerate(loaded.sources):
        model = kinds[entry["kind"]].Options
        found = validate(loaded.sources_document, model, ("sources", index), environ=dict.fromkeys(named, "abc"))
        assert isinstance(found, model), found


@pytest.mark.parametrize("options", [FileOptions, GitHubOptions, App])
def test_every_option_of_a_connector_is_explained(options: type[BaseModel]) -> None:
    text = (EXAMPLE / "sources.yaml").read_text()

    assert [name for name in fields(options) if not re.search(rf"\b{name}:", text)] == []


def test_every_key_of_a_claim_is_explained() -> None:
    text = (EXAMPLE / "org.yaml").read_text()

    missing = [name for name in fields(ClaimEntry) if not re.search(rf"(?m)^#   {name} ", text)]

    assert missing == []
