"""docker-compose.yml against the compose schema, and against what the command line really offers."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from compose_spec import PyCompose

from workers.cli import main

FILE = Path(__file__).parents[1] / "docker-compose.yml"


def merged() -> dict[str, Any]:
    """The file with YAML merge keys resolved, as compose reads it."""
    document: dict[str, Any] = yaml.safe_load(FILE.read_text())
    return document


def test_the_file_follows_the_compose_schema() -> None:
    compose = PyCompose.from_json(json.dumps(merged()))

    compose.validate()

    assert sorted(compose.service_names()) == ["beat", "mailcatcher", "migrate", "postgres", "redis", "web", "worker"]


def test_a_misspelt_key_would_be_found() -> None:
    document = merged()
    document["services"]["worker"]["comand"] = document["services"]["worker"].pop("command")

    with pytest.raises(ValueError, match="comand"):
        PyCompose.from_json(json.dumps(document))


def test_redis_never_evicts_and_keeps_an_append_only_file() -> None:
    command = merged()["services"]["redis"]["command"]

    assert command[command.index("--maxmemory-policy") + 1] == "noeviction"
    assert command[command.index("--appendonly") + 1] == "yes"


@pytest.mark.parametrize("service", ["migrate", "worker", "beat", "web"])
def test_every_process_is_a_command_that_exists_and_starts_after_the_migration(service: str) -> None:
    entry = merged()["services"][service]

    assert entry["command"][0] == "leafnotes"
    assert entry["command"][1] in main.commands
    if service != "migrate":
        assert entry["depends_on"]["migrate"]["condition"] == "service_completed_successfully"


def test_no_secret_stands_in_the_file() -> None:
    assert "${LEAFNOTES_SECRET_KEY:?" in merged()["services"]["worker"]["environment"]["LEAFNOTES_SECRET_KEY"]
