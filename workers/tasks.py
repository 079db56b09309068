"""The tasks: do a row of work, look what is due, answer the worker's own question. Arguments are row ids."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from time import monotonic
from typing import Any

from celery import Task
from celery.signals import worker_process_init

from workers import pulse
from workers.app import CAREFULLY, PULSE, TICK, WORK, app, crowded, publish
from workers.engine import Engine
from workers.places import place
from workers.queues import READING
from workers.wiring import Deployment


@cache
def engine() -> Engine:
    """The engine of this process, from the configuration that the command line put into the application's settings."""
    house = Deployment.read(app.conf["leafnotes_directory"], as_of=app.conf["leafnotes_as_of"])
    return Engine(house, publish, crowded, stopping=lambda: bool(pulse.stopping.value))


@contextmanager
def _noticed() -> Iterator[None]:
    try:
        yield
    finally:
        pulse.seen.value = monotonic()


@app.task(name=WORK, bind=True, Strategy=CAREFULLY)
def do_work(self: Task, row_id: int) -> None:
    with _noticed():
        if self.request.delivery_info.get("routing_key") == READING:
            _read(row_id)
        else:
            engine().perform(row_id)


def _read(row_id: int) -> None:
    """Work that waits for somebody else's server, where a process is to spare. What found none is published again by
    whoever is done, one for one."""
    folder, count = app.conf["leafnotes_places"]
    with place(folder, count) as free:
        done = free and engine().perform(row_id)
    if done:
        engine().sweep(READING, limit=1)


@app.task(name=TICK, Strategy=CAREFULLY)
def tick() -> None:
    with _noticed():
        engine().tick()
        engine().sweep()


@app.task(name=PULSE, Strategy=CAREFULLY)
def answer() -> None:
    with _noticed():
        pass


def _forget_parent(**_: Any) -> None:
    """A pool child must not share the parent's database connections; it opens its own on first use."""
    engine.cache_clear()


worker_process_init.connect(_forget_parent, weak=False)
