"""A second organisation in a few lines: a coffee roastery with other words, other products and another tree."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy.orm import Session

from pipeline.store import db, digests, work
from pipeline.store.digests import StoredDigest
from workers.engine import Engine
from workers.wiring import Deployment

MONDAY = datetime.fromisoformat("2026-03-02T10:00:00+01:00")
DUE = "2026-03-09T12:00:00+01:00"
WEEK = "2026-W10"

ORG: dict[str, Any] = {
    "people": [
        {"id": "noor", "name": "Noor", "email": "noor@rosta.example", "timezone": "Europe/Vienna"},
        {"id": "kit", "name": "Kit", "email": "kit@rosta.example"},
        *({"id": f"roaster{n}", "team": "roasting", "accounts": {"desk": f"r{n}"}} for n in range(1, 8)),
        *({"id": f"driver{n}", "team": "delivery", "accounts": {"desk": f"d{n}"}} for n in range(1, 7)),
    ],
    "teams": [
        {"id": "rosta", "name": "Rosta", "leader": "noor"},
        {"id": "roasting", "name": "Roasting", "parent": "rosta", "leader": "kit", "owns": [{"label": "beans"}]},
        {"id": "delivery", "name": "Delivery", "parent": "rosta", "owns": [{"label": "parcels"}]},
    ],
    "fallback": "rosta",
}
SETTINGS = {"organisation": {"name": "Rosta", "timezone": "Europe/Vienna"}, "work": {"lease": "3s"}}


def ticket(number: int, title: str, *, day: float = 0, **more: Any) -> dict[str, Any]:
    at = (MONDAY + timedelta(days=day, minutes=number)).isoformat()
    return {"external_id": str(number), "title": title, "created_at": at, "updated_at": at, **more}


def subscribers(count: int = 6, first: int = 1, day: float = 0) -> list[dict[str, Any]]:
    """Different cafes that are hurt by the same thing, each in other words."""
    said = (
        "Half the beans in our subscription parcel arrived stale",
        "Stale beans again in the subscription parcel, we had to throw the coffee away",
        "The subscription beans taste stale, roasted in January says the bag",
        "Our subscription parcel has stale beans and nobody answers us",
        "Why are the beans in the subscription parcel stale every time?",
        "We cannot serve these stale beans from the subscription, please help",
    )
    return [
        ticket(
            first + n,
            said[n % len(said)],
            day=day,
            body=f"{said[n % len(said)]}. We lose guests over this and I drive to a shop to buy coffee instead.",
            author=f"owner{n}@cafe{n}.example",
            author_role="customer",
            account=f"Cafe {n}",
            labels=["beans"],
        )
        for n in range(count)
    ]


def organisation(directory: Path, tickets: Iterable[dict[str, Any]], **source: Any) -> Path:
    """A configuration directory with one file source `desk`; `source` changes its options."""
    directory.mkdir(exist_ok=True)
    entry = {"name": "desk", "kind": "file", "path": "desk.jsonl", "tags": {"private": ["hush"]}, **source}
    (directory / "sources.yaml").write_text(yaml.safe_dump({"sources": [entry]}))
    (directory / "org.yaml").write_text(yaml.safe_dump(ORG))
    (directory / "settings.yaml").write_text(yaml.safe_dump(SETTINGS))
    write(directory, tickets)
    return directory


def write(directory: Path, tickets: Iterable[dict[str, Any]]) -> None:
    (directory / "desk.jsonl").write_text("".join(json.dumps(t) + "\n" for t in tickets))


@contextmanager
def opened(directory: Path, at: datetime | str = DUE) -> Iterator[Engine]:
    """The engine of a directory at a moment, with its database made."""
    house = Deployment.read(directory, as_of=datetime.fromisoformat(at) if isinstance(at, str) else at)
    try:
        house.prepare()
        yield Engine(house)
    finally:
        house.database.dispose()


LEFT_OPEN = ExitStack()
"""What `left_open` opened, closed after each test of this folder."""


def left_open(directory: Path, at: datetime | str = DUE) -> Engine:
    """The same, until the test is over."""
    return LEFT_OPEN.enter_context(opened(directory, at))


def perform(runner: Engine, kinds: Sequence[str]) -> None:
    """Do what is due of these kinds, and what follows from it."""
    while True:
        with db.transaction(runner.deployment.database) as session:
            ids = work.due(session, kinds)
        if not ids:
            return
        for row_id in ids:
            runner.perform(row_id)


def stored(session: Session, leader: str, week: str) -> StoredDigest:
    found = digests.digest(session, leader, week)
    assert found is not None
    return found


def full_disk(largest: int, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """A command whose files cannot grow beyond so many bytes, those of a measured coverage among them: it has none."""
    limited = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({largest}, {largest}))"
    command = [sys.executable, "-c", f"{limited}; from workers.cli import main; main()", *arguments]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
