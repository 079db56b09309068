"""What the state machines share: how long they run, a database that is empty for each run, and a clock to move."""

import os
import sys
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, run_state_machine_as_test
from sqlalchemy import Engine, delete

from pipeline.store import db
from pipeline.tables import Base

RUN = 50
"""Steps of one run from an empty database."""
WANTED = int(os.environ.get("TESTS_MODELS_STEPS", "0"))
"""How many steps a machine makes in the suite, where somebody asks for more than a few seconds of it."""


class Killed(BaseException):
    """Stands for a kill: nothing catches it."""


class Machine(RuleBasedStateMachine):
    """Counts its steps; patches of `self.during` end with the run."""

    steps: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self.during = ExitStack()

    @invariant()
    def counted(self) -> None:
        type(self).steps += 1

    def teardown(self) -> None:
        self.during.close()


def sized(runs: int, length: int = RUN) -> settings:
    """So many runs of so many steps, or as many as TESTS_MODELS_STEPS wants."""
    runs = max(1, WANTED // length) if WANTED else runs
    return _settings(runs, length)


def planted(runs: int, length: int = RUN) -> settings:
    """For a test that a planted mistake is found: nobody waits for its smallest example."""
    return settings(_settings(runs, length), phases=[Phase.generate], report_multiple_bugs=False)


def _settings(runs: int, length: int, *, derandomize: bool = not WANTED) -> settings:
    return settings(
        max_examples=runs,
        stateful_step_count=length,
        deadline=None,
        database=None,
        derandomize=derandomize,
        suppress_health_check=list(HealthCheck),
    )


def long(machine: type[Machine], steps: int, first: int) -> str:
    """Run a machine for so many steps, a seed for each thousand; what was done. Raises what the machine finds."""
    machine.steps, began, number = 0, time.monotonic(), first
    while machine.steps < steps:
        run_state_machine_as_test(seed(number)(machine), settings=_settings(20, RUN, derandomize=False))
        print(f"{machine.steps:,} steps, seed {number}, {time.monotonic() - began:.0f} s", file=sys.stderr)  # noqa: T201
        number += 1
    return f"{machine.steps:,} steps in {time.monotonic() - began:.0f} s, seeds {first} to {number - 1}: 0 wrong"


class Clock:
    """A clock that is moved by hand. `patched` makes it the database's own."""

    def __init__(self, at: datetime) -> None:
        self.at = at.astimezone(UTC)

    def __call__(self) -> datetime:
        return self.at

    def move(self, by: timedelta) -> None:
        self.at += by

    def patched(self) -> Any:
        return patch.object(db, "now", lambda _session: self.at)


def memory() -> Engine:
    """An SQLite database of this process alone, with every table."""
    engine = db.connect("sqlite://")
    Base.metadata.create_all(engine)
    return engine


def emptied(engine: Engine) -> Engine:
    with db.transaction(engine) as session:
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(delete(table))
    return engine


class Stored(Machine):
    """A machine whose store is empty at its beginning, and whose clock is the store's."""

    engine: ClassVar[Engine | None] = None
    """SQLite in memory, if nothing else is set."""

    def __init__(self, begins: datetime) -> None:
        super().__init__()
        engine = type(self).engine = type(self).engine or memory()
        self.database = emptied(engine)
        self.clock = Clock(begins)
        self.during.enter_context(self.clock.patched())
