"""Every connector passes the kit; ten thousand spoilt items of each end in nothing worse than a reason."""

import os
import random
import tempfile
from pathlib import Path
from typing import Any

import pytest

from connectors.base import BadItem, Connector
from connectors.file import FileConnector, FileOptions
from connectors.kit import run
from connectors.kit.bench import Bench, quick
from connectors.kit.cases import CASES, Case
from connectors.kit.server import running
from connectors.kit.world import World
from tests.connectors.spoilt import spoilt
from workers.wiring import connector_kinds

KINDS = {kind: made for kind, made in sorted(connector_kinds().items()) if made.profile is not None or made.dialect}
WITHOUT = {
    "freshdesk": "K6 K14",
    "github": "K6 K8",
    "gitlab": "K6",
    "helpscout": "K6 K7 K14",
    "imap": "K3 K6 K7 K8 K14",
    "intercom": "K7 K14",
    "jira": "K7 K8",
    "linear": "K7 K8",
    "redmine": "K6 K7 K14",
    "rest": "K6 K14",
    "rt": "K6 K7 K8 K14",
    "servicenow": "K6 K7 K14",
    "zammad": "K6 K7",
    "zendesk": "K3 K7",
}
"""What does not apply to a source: a case that stops applying must not pass for one that holds."""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
@pytest.mark.parametrize("kind", KINDS)
def test_the_contract_is_kept(kind: str, case: Case) -> None:
    (outcome,) = run.run(KINDS[kind], cases=[case])

    expected = "does not apply" if case.id in WITHOUT[kind].split() else "passed"
    assert (outcome.result, outcome.why if outcome.result == "failed" else "") == (expected, "")


SPOILT = int(os.environ.get("TESTS_SPOILT", "10000"))
"""Items that each connector is given; by hand ten times as many."""


@pytest.mark.parametrize("kind", [*KINDS, "file"])
def test_ten_thousand_spoilt_items_are_set_aside_with_a_reason_or_understood(kind: str) -> None:
    connector, raws = _rows() if kind == "file" else _some(KINDS[kind])
    chance = random.Random(11)

    for _ in range(SPOILT):
        raw = spoilt(chance, chance.choice(raws), depth=chance.randrange(1, 5))
        assert _outcome(connector, raw).strip()
        connector.known_as(raw)


def _outcome(connector: Connector[Any], raw: Any) -> str:
    """What became of a raw item: the kind of value, or the reason why it was set aside."""
    try:
        return type(connector.normalise(raw)).__name__
    except BadItem as error:
        return str(error)


def _rows() -> tuple[Connector[Any], list[Any]]:
    """The file connector and rows as its exports have them."""
    options = FileOptions(name="kit", kind="file", path="x.jsonl")
    said = {"external_id": "c1", "author": "kim", "body": "Me too.", "created_at": "2026-03-02T09:00:00Z"}
    row = {
        **dict.fromkeys(("external_id", "title", "body", "author", "account", "project", "priority", "url"), "text"),
        "state": "closed",
        "created_at": "2026-03-02T09:00:00Z",
        "closed_at": 1772442000,
        "labels": ["a", "b"],
        "comments": [said],
        "history": [{"at": "2026-03-02T09:00:00Z", "what": "closed"}],
    }
    return FileConnector.open(options, Path()), [row]


def _some(kind: type[Connector[Any]]) -> tuple[Connector[Any], list[Any]]:
    """A connector and raw items of it, with comments."""
    world = World(kind.profile.tick if kind.profile else World().tick)
    with tempfile.TemporaryDirectory() as folder, quick() as held, running(run.dialect_of(kind), world) as fake:
        bench = Bench(kind, fake, Path(folder), held)
        for ticket in world.seed(4):
            world.say(ticket, "Me too.")
        with bench.opened() as connector:
            return connector, [item for page in connector.pull({}) for item in page.items]
