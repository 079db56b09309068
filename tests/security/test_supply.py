"""What is installed is what was locked, and nothing of ours or of what we install acts before it is asked to."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
QUIET = """
import pkgutil, socket, sys

def refused(*_: object, **__: object) -> None:
    raise SystemExit("an import opened a socket")

socket.socket.connect = socket.socket.connect_ex = refused
socket.getaddrinfo = socket.create_connection = refused
import config, connectors, pipeline, workers
for package in (config, connectors, pipeline, workers):
    for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if not found.name.startswith(("connectors.kit.templates", "pipeline.migrations.env")):
            __import__(found.name)
print(len([name for name in sys.modules if name.partition(".")[0] in ("config", "connectors", "pipeline", "workers")]))
"""


def locked(name: str) -> dict[str, list[str]]:
    """Package and version to its hashes."""
    text = (ROOT / "requirements" / name).read_text().replace("\\\n", "")
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return {line.split()[0]: re.findall(r"--hash=sha256:[0-9a-f]{64}", line) for line in lines}


@pytest.mark.parametrize("name", ["run.txt", "dev.txt"])
def test_every_dependency_is_locked_with_its_hash(name: str) -> None:
    found = locked(name)

    assert len(found) > 20
    assert [package for package, hashes in found.items() if "==" not in package or not hashes] == []


def test_no_import_of_ours_reaches_for_the_network(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", QUIET], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
    )

    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 150


def test_templates_never_turn_escaping_off() -> None:
    templates = [*ROOT.glob("workers/web/templates/*"), *ROOT.glob("pipeline/digest/templates/*.html.j2")]
    code = [*ROOT.glob("workers/**/*.py"), *ROOT.glob("pipeline/**/*.py")]

    assert len(templates) > 15
    assert {path.suffix for path in templates} == {".html", ".j2"}  # Flask escapes by these names alone
    assert [path.name for path in templates if re.search(r"\|\s*safe\b|autoescape\s+false", path.read_text())] == []
    assert [path.name for path in code if "markupsafe" in path.read_text()] == []


def test_no_page_believes_the_host_that_a_request_names() -> None:
    told = re.compile(r"\b(?:host_url|url_root|base_url|request\.host|request\.url|url_for|X-Forwarded|remote_addr)\b")

    assert [path.name for path in ROOT.glob("workers/web/*.py") if told.search(path.read_text())] == []
    assert [path.name for path in ROOT.glob("workers/web/templates/*") if told.search(path.read_text())] == []
