"""The traps of top-level packages with common names, each of which was met by somebody."""

import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("name", ["pipeline", "connectors", "config", "workers"])
def test_each_package_is_the_one_of_this_checkout(name: str) -> None:
    module = importlib.import_module(name)

    assert module.__file__ is not None
    assert Path(module.__file__).is_relative_to(ROOT)


def test_every_test_folder_is_a_package() -> None:
    folders = {path.parent for path in (ROOT / "tests").rglob("*.py")}

    assert [folder for folder in folders if not (folder / "__init__.py").exists()] == []


def test_no_file_names_a_package_registry() -> None:
    locks = [*ROOT.glob("requirements/*.txt"), *ROOT.glob("*.lock")]

    assert locks
    assert [path.name for path in locks if path.name != "uv.lock" and "://" in path.read_text()] == []


def test_every_setting_and_variable_is_documented() -> None:
    from config.environment import NAMES

    readme = (ROOT / "README.md").read_text()

    assert [name for name in NAMES if f"`{name}`" not in readme] == []
