"""docker-compose.yml against the compose schema, and against what the command line really offers."""

import json
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from compose_spec import PyCompose

from workers.cli import main
from workers.queues import QUEUES
from workers.stopping import GRACE

FILE = Path(__file__).parents[1] / "docker-compose.yml"


def merged() -> dict[str, Any]:
    """The file with YAML merge keys resolved, as compose reads it."""
    document: dict[str, Any] = yaml.safe_load(FILE.read_text())
    return document


def understood(words: list[str]) -> dict[str, Any]:
    """What a command makes of its words; a mistake in them ends the test."""
    command = main.get_command(click.Context(main), words[0])
    assert command is not None
    return command.make_context(words[0], words[1:]).params


def test_the_file_follows_the_compose_schema() -> None:
    compose = PyCompose.from_json(json.dumps(merged()))

    compose.validate()

    ours = ["beat", "migrate", "reader", "sender", "thinker", "web", "worker"]
    assert sorted(compose.service_names()) == sorted([*ours, "mailcatcher", "postgres", "redis"])


def test_a_misspelt_key_would_be_found() -> None:
    document = merged()
    document["services"]["worker"]["comand"] = document["services"]["worker"].pop("command")

    with pytest.raises(ValueError, match="comand"):
        PyCompose.from_json(json.dumps(document))


def test_redis_never_evicts_and_keeps_an_append_only_file() -> None:
    command = merged()["services"]["redis"]["command"]

    assert command[command.index("--maxmemory-policy") + 1] == "noeviction"
    assert command[command.index("--appendonly") + 1] == "yes"


@pytest.mark.parametrize("service", ["migrate", "worker", "reader", "thinker", "sender", "beat", "web"])
def test_every_process_is_a_command_that_exists_and_starts_after_the_migration(service: str) -> None:
    entry = merged()["services"][service]

    assert entry["command"][0] == "leafnotes"
    understood(entry["command"][1:])
    if service != "migrate":
        assert entry["depends_on"]["migrate"]["condition"] == "service_completed_successfully"


def test_the_services_of_more_hosts_start_only_when_asked_and_do_all_the_work_together() -> None:
    services = merged()["services"]
    names = ("reader", "thinker", "sender")

    queues = [understood(services[name]["command"][1:])["queues"] for name in names]

    assert [services[name]["profiles"] for name in names] == [["hosts"]] * 3
    assert sorted(queue for some in queues for queue in some) == sorted(QUEUES)


@pytest.mark.parametrize("service", ["worker", "reader", "thinker", "sender", "beat"])
def test_health_is_asked_by_a_command_that_exists(service: str) -> None:
    kind, name, *words = merged()["services"][service]["healthcheck"]["test"]

    assert (kind, name) == ("CMD", "leafnotes")
    assert understood(words)["process"] in ("worker", "beat")


def test_everything_may_end_before_it_is_killed() -> None:
    spans = [entry["stop_grace_period"] for entry in merged()["services"].values() if "LEAFNOTES_CONFIG" in str(entry)]

    assert {int(span.removesuffix("s")) >= GRACE + 5 for span in spans} == {True}


def test_no_secret_stands_in_the_file() -> None:
    assert "${LEAFNOTES_SECRET_KEY:?" in merged()["services"]["worker"]["environment"]["LEAFNOTES_SECRET_KEY"]
