"""The roastery with a week decided and nothing sent, put back to that moment for each run."""

import atexit
import os
import tempfile
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import insert, select

from pipeline.store import db
from pipeline.tables import Base
from tests.models.machine import Clock, emptied
from tests.workers import small
from workers.engine import Engine
from workers.wiring import Deployment

KEY = "the key of a test, of forty letters or more 0001"
PUBLIC = "https://leaf.rosta.example"
DUE = datetime.fromisoformat(small.DUE)
ENVIRONMENT = {"LEAFNOTES_PUBLIC_URL": PUBLIC, "LEAFNOTES_SECRET_KEY": KEY}


@dataclass(frozen=True)
class Moment:
    """A deployment and what its database held at a moment."""

    directory: Path
    engine: Engine
    rows: dict[str, list[dict[str, Any]]]

    def again(self, clock: Clock) -> Engine:
        """The deployment as it was then, with a clock that is moved by hand."""
        house = self.engine.deployment
        emptied(house.database)
        with db.transaction(house.database) as session:
            for table in Base.metadata.sorted_tables:
                if self.rows[table.name]:
                    session.execute(insert(table), self.rows[table.name])
        object.__setattr__(house, "now", clock)
        return self.engine


def moment(directory: Path, engine: Engine) -> Moment:
    with db.reading(engine.deployment.database) as session:
        rows = {
            table.name: [dict(row) for row in session.execute(select(table)).mappings()]
            for table in Base.metadata.sorted_tables
        }
    return Moment(directory, engine, rows)


def folder() -> Path:
    kept = tempfile.TemporaryDirectory(prefix="leafnotes-models-")
    atexit.register(kept.cleanup)
    return Path(kept.name)


def opened(directory: Path, clock: Clock) -> Engine:
    with patch.dict(os.environ, ENVIRONMENT):
        house = Deployment.read(directory, as_of=clock())
    house.prepare()
    object.__setattr__(house, "now", clock)
    return Engine(house)


def work_through(engine: Engine, kinds: tuple[str, ...]) -> None:
    for _ in range(2):
        engine.tick()
        small.perform(engine, kinds)


@cache
def composed() -> Moment:
    """Both leaders' notes are decided and wait to be sent, at the moment they are due."""
    clock = Clock(DUE)
    directory = small.organisation(folder() / "rosta", small.subscribers())
    with clock.patched():
        engine = opened(directory, clock)
        work_through(engine, ("pull", "census", "classify", "assign", "close", "compose"))
    return moment(directory, engine)
