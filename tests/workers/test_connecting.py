"""Sources and connectors at the command line: how far each was read, reading again, and beginning a new one."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from connectors.github import GitHub
from connectors.kit.run import dialect_of
from connectors.kit.server import Fake, running
from connectors.kit.world import World
from tests.workers import small
from workers.cli import main

LEAFNOTES = "from workers.cli import main; main()"


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """A deployment with a fake GitHub of twenty issues, and the fake."""
    world = World()
    world.seed(20)
    with running(dialect_of(GitHub), world) as fake:
        monkeypatch.setenv("KIT_TOKEN", fake.dialect.secret)
        directory = small.organisation(tmp_path / "rosta", small.subscribers())
        sources = yaml.safe_load((directory / "sources.yaml").read_text())
        options = {
            **fake.dialect.options(),
            "name": "hub",
            "kind": "github",
            "token": "${KIT_TOKEN}",
            "comments": False,
        }
        sources["sources"].append(options)
        (directory / "sources.yaml").write_text(yaml.safe_dump(sources))
        yield directory, fake


def run(directory: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--config", str(directory), "--as-of", small.DUE, *arguments])


def test_sources_are_told_in_words(hub: tuple[Path, Fake]) -> None:
    directory, _ = hub

    before = run(directory, "sources").output
    run(directory, "pull")
    after = run(directory, "sources").output

    assert "hub (github): at the beginning" in before
    assert "hub (github): " in after
    assert "changes to 2026-03-02T09:00:00Z" in after


def test_a_cursor_that_is_moved_back_reads_again_and_changes_nothing(hub: tuple[Path, Fake]) -> None:
    directory, fake = hub
    run(directory, "pull", "hub")

    moved = run(directory, "sources", "hub", "--back", "1h")
    again = run(directory, "pull", "hub", "--json")

    assert "changes to 2026-03-02T08:00:00Z" in moved.output
    told = json.loads(again.output)
    assert (told["new"], told["changed"]) == (0, 0)
    assert 8 < told["read"] < 20  # one every seven minutes, the last hour and what trails before it
    assert fake.lists() > 0


def test_a_source_can_be_read_from_its_beginning(hub: tuple[Path, Fake]) -> None:
    directory, _ = hub
    run(directory, "pull", "hub")

    run(directory, "sources", "hub", "--from-start")

    assert json.loads(run(directory, "pull", "hub", "--json").output)["read"] >= 20


def test_a_backfill_fetches_what_no_pull_would(hub: tuple[Path, Fake]) -> None:
    directory, fake = hub
    hidden = fake.dialect.world.tickets.pop(3)  # what the token may not see, or a project not yet configured
    run(directory, "pull", "hub")
    fake.dialect.world.tickets[3] = hidden
    pulled = json.loads(run(directory, "pull", "hub", "--json").output)

    later = run(directory, "backfill", "hub", "--since", "2026-03-02T08:59:00Z")
    filled = run(directory, "backfill", "hub")
    again = run(directory, "backfill", "hub")

    assert pulled["new"] == 0
    assert "0 new, 0 changed" in later.output
    assert "1 new, 0 changed" in filled.output
    assert "0 new, 0 changed" in again.output


def test_a_backfill_of_nothing_known_says_what_there_is(hub: tuple[Path, Fake]) -> None:
    result = run(hub[0], "backfill", "nosuch")

    assert result.exit_code == 2
    assert "no such source: nosuch (there are desk, hub)" in result.output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nosuch"], "no such source: nosuch (there are desk, hub)"),
        (["--back", "3d"], "name the source"),
        (["hub", "--back", "3 days"], "write it like 90s, 10m, 6h or 1d"),
        (["hub", "--back", "3d", "--from-start"], "one of --back, --back-to and --from-start"),
        (["desk", "--back", "3d"], "can only be read --from-start"),
    ],
)
def test_wrong_use_of_sources_says_what_is_right(hub: tuple[Path, Fake], arguments: list[str], says: str) -> None:
    directory, _ = hub
    run(directory, "pull", "desk")

    result = run(directory, "sources", *arguments)

    assert result.exit_code == 2
    assert says in result.output


def test_a_new_connector_passes_the_kit_as_it_is_written(tmp_path: Path) -> None:
    made = CliRunner().invoke(main, ["connector", "new", "acme-desk", "--into", str(tmp_path)])
    command = [sys.executable, "-c", LEAFNOTES, "connector", "test", "acme_desk:AcmeDesk", "--json"]

    tested = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert made.exit_code == 0
    outcomes = [json.loads(line) for line in tested.stdout.splitlines()]
    assert tested.returncode == 0, tested.stdout + tested.stderr
    assert len(outcomes) == 16
    assert {outcome["result"] for outcome in outcomes} == {"passed", "does not apply"}


def test_nothing_is_overwritten_by_a_new_connector(tmp_path: Path) -> None:
    (tmp_path / "acme_desk.md").write_text("mine")

    result = CliRunner().invoke(main, ["connector", "new", "acme-desk", "--into", str(tmp_path)])

    assert result.exit_code == 2
    assert "already there" in result.output
    assert [path.name for path in tmp_path.iterdir()] == ["acme_desk.md"]


@pytest.mark.parametrize("name", ["json", "http", "sys", "connectors"])
def test_a_new_connector_hides_no_module(tmp_path: Path, name: str) -> None:
    result = CliRunner().invoke(main, ["connector", "new", name, "--into", str(tmp_path)])

    assert result.exit_code == 2
    assert f"use a name like {name}-desk" in result.output
    assert list(tmp_path.iterdir()) == []


def test_a_case_that_does_not_exist_is_wrong_use() -> None:
    result = CliRunner().invoke(main, ["connector", "test", "github", "--case", "K99"])

    assert result.exit_code == 2
    assert "K99" in result.output


def test_a_kind_that_the_kit_cannot_speak_to_is_not_called_passed() -> None:
    result = CliRunner().invoke(main, ["connector", "test", "file"])

    assert result.exit_code == 1
    assert "nothing was tested" in result.output


BROKEN = [
    ("broken_desk:X", "raise RuntimeError('boom')", "RuntimeError: boom"),
    ("broken_desk:X", "def f(:", "SyntaxError"),
    ("broken_desk:X", "import nosuchmodule", "'nosuchmodule'"),
    ("broken_desk:X", "raise SystemExit(0)", "SystemExit"),
    ("broken_desk:X", "", "no attribute 'X'"),
    ("broken_desk:X", "from connectors.base import SourceOptions as X", "is no connector"),
    ("broken_desk:X", "from connectors.base import Connector as X", "is no connector"),
    ("os:system", "", "is no connector"),
    ("nosuchmodule:X", "", "'nosuchmodule'"),
    ("broken_desk:", "", "no connector is called"),
    (":X", "", "no connector is called"),
    (".x:Y", "", "no connector is called"),
]


@pytest.mark.parametrize(("kind", "module", "says"), BROKEN)
def test_a_connector_that_cannot_be_used_is_one_problem_everywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, module: str, says: str
) -> None:
    house = small.organisation(tmp_path / "rosta", [])
    (house / "sources.yaml").write_text(f"sources:\n- name: desk\n  kind: {kind!r}\n")
    (tmp_path / "broken_desk.py").write_text(module)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "broken_desk", raising=False)

    checked, asked, tested = (
        run(house, *command) for command in (["check", "--offline"], ["status"], ["connector", "test", kind])
    )

    assert [line.partition(": ")[0] for line in checked.output.splitlines()] == ["sources.yaml:3"]
    assert "sources[0].kind: " in checked.output
    assert all(says in result.output for result in (checked, asked, tested))
    assert all(result.exit_code in (1, 2) and isinstance(result.exception, SystemExit) for result in (asked, tested))


def test_an_installed_connector_that_is_broken_hides_no_other(tmp_path: Path) -> None:
    told = tmp_path / "acme_leafnotes-1.0.dist-info"
    told.mkdir()
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-leafnotes\nVersion: 1.0\n")
    (told / "entry_points.txt").write_text("[leafnotes.connectors]\nacme-desk = nosuchmodule:AcmeDesk\n")
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"}

    command = [sys.executable, "-c", LEAFNOTES, "connectors"]
    listed = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    assert listed.returncode == 1
    assert "'acme-desk' cannot be imported" in listed.stderr
    assert "zendesk: " in listed.stdout


def test_a_failing_case_ends_with_one(tmp_path: Path) -> None:
    CliRunner().invoke(main, ["connector", "new", "acme-desk", "--into", str(tmp_path)])
    file = tmp_path / "acme_desk.py"
    file.write_text(file.read_text().replace('"state": "all", ', ""))
    command = [sys.executable, "-c", LEAFNOTES, "connector", "test", "acme_desk:AcmeDesk", "--case", "k11"]

    tested = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert tested.returncode == 1
    assert "K11" in tested.stdout
    assert "failed" in tested.stdout


def test_a_connector_of_another_package_is_known_by_its_entry_point(tmp_path: Path) -> None:
    """As an installed distribution lies on the path: its module, and what it says of itself."""
    CliRunner().invoke(main, ["connector", "new", "acme-desk", "--into", str(tmp_path)])
    told = tmp_path / "acme_leafnotes-1.0.dist-info"
    told.mkdir()
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-leafnotes\nVersion: 1.0\n")
    (told / "entry_points.txt").write_text("[leafnotes.connectors]\nacme-desk = acme_desk:AcmeDesk\n")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}

    def run(*arguments: str) -> str:
        command = [sys.executable, "-c", LEAFNOTES, *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout

    assert "acme-desk: tickets of Acme Desk" in run("connectors")
    assert "K11" in run("connector", "test", "acme-desk", "--case", "K11")
