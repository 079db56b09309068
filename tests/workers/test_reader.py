"""What an item is read by: it is read again when that changes, and only then."""

import sys
from pathlib import Path
from types import ModuleType

import pytest

from connectors.github import GitHub, GitHubOptions
from workers.wiring import Source, code_of


def source(**options: object) -> Source:
    given = {"name": "desk", "kind": "github", "repos": ["a/b"], **options}
    return Source("desk", GitHubOptions.model_validate(given), GitHub, Path())


def test_options_count_and_secrets_do_not() -> None:
    plain = source(token="one-secret").reader

    assert plain == source(token="another-secret").reader
    assert len({plain, source(tags={"mute": ["noise"]}).reader, source(pull_requests=True).reader}) == 3


def test_the_code_that_runs_counts_and_not_what_the_files_became(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "theirs.py"
    file.write_text("one = 1\n")
    module = ModuleType("theirs")
    module.__file__ = str(file)
    monkeypatch.setitem(sys.modules, "theirs", module)
    before = code_of("theirs")
    (tmp_path / "helper.py").write_text("two = 2\n")

    assert code_of("theirs") == before
    code_of.cache_clear()
    assert code_of("theirs") != before
    assert code_of("no.such.module") == code_of("builtins")
