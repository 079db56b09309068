"""The kit inside pytest: a test for each case, its reason and nothing else where it fails."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytest_plugins = ["pytester"]

DESK = """
from collections.abc import Mapping, Sequence

from connectors.freshdesk import Freshdesk


class Good(Freshdesk):
    pass


class BlindToDeletions(Freshdesk):
    def feeds(self):
        return [feed for feed in super().feeds() if feed.name == "tickets"]


class Speechless(Freshdesk):
    kind = "speechless"
    dialect = ""
"""


@pytest.fixture
def desk(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    pytester.makepyfile(acme_desk=DESK)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return pytester


def run(desk: pytest.Pytester, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Pytest as a person starts it there; warnings are errors."""
    loaded = ["-p", "connectors.kit.plugin"] if not _is_registered() else []
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-W", "error", *loaded, *arguments]
    return subprocess.run(command, cwd=desk.path, env=os.environ, capture_output=True, text=True, timeout=120)


def _is_registered() -> bool:
    """Whether the entry point is installed: a plugin may not be loaded twice."""
    from importlib.metadata import entry_points

    return any(point.value == "connectors.kit.plugin" for point in entry_points(group="pytest11"))


def test_each_case_of_each_connector_is_a_test(desk: pytest.Pytester) -> None:
    chosen = ["--leafnotes-connector", "acme_desk:Good", "--leafnotes-connector", "acme_desk:BlindToDeletions"]

    done = run(desk, *chosen, "--collect-only", "-q")

    collected = [line for line in done.stdout.splitlines() if "::" in line]
    assert collected == [f"acme_desk:{name}::K{n}" for name in ("Good", "BlindToDeletions") for n in range(1, 17)]


def test_a_failure_is_its_reason_without_a_traceback_and_a_case_that_does_not_apply_is_skipped(
    desk: pytest.Pytester,
) -> None:
    done = run(desk, "--leafnotes-connector", "acme_desk:BlindToDeletions", "-rs", "-v", "-k", "K9 or K14")

    assert done.returncode == 1, done.stdout
    assert "acme_desk:BlindToDeletions::K9 FAILED" in done.stdout
    assert "after a ticket was deleted: has 4, which does not exist" in done.stdout
    assert "does not apply: no webhooks are read from Freshdesk" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert "def runtest" not in done.stdout
    assert "1 failed, 1 skipped" in done.stdout


def test_a_connector_that_keeps_the_contract_passes_beside_the_tests_of_its_folder(desk: pytest.Pytester) -> None:
    desk.makepyfile(test_own="def test_own():\n    assert True\n")

    done = run(desk, "--leafnotes-connector", "acme_desk:Good", "-k", "K9 or test_own")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed" in done.stdout


def test_an_installed_kind_is_known_by_its_name(desk: pytest.Pytester) -> None:
    done = run(desk, "--leafnotes-connector", "freshdesk", "--collect-only", "-q")

    assert "freshdesk::K16" in done.stdout


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ("other_desk:Good", "it cannot be imported: ModuleNotFoundError: No module named 'other_desk'"),
        ("acme_desk:Nobody", "name a kind of `leafnotes connectors`, or package.module:Class"),
        ("acme_desk:Mapping", "name a kind of `leafnotes connectors`, or package.module:Class"),
        ("acme_desk:Speechless", "the kit does not know how the source of 'speechless' speaks"),
    ],
)
def test_what_cannot_be_tested_is_a_wrong_use_and_says_why(desk: pytest.Pytester, named: str, words: str) -> None:
    done = run(desk, "--leafnotes-connector", named)

    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert words in done.stderr


def test_without_the_option_nothing_of_ours_is_imported(desk: pytest.Pytester) -> None:
    desk.makepyfile(
        test_own="""
        import sys

        def test_own():
            packages = ("connectors", "pipeline", "config", "workers")
            ours = {name for name in sys.modules if name.split(".")[0] in packages}
            assert ours <= {"connectors", "connectors.kit", "connectors.kit.plugin"}
        """
    )

    done = run(desk)

    assert done.returncode == 0, done.stdout
