"""The two tasks: do a row of work, and look what is due. Arguments are row ids; what a row means is in the row."""

from functools import cache
from typing import Any

from celery.signals import worker_process_init

from workers.app import CAREFULLY, TICK, WORK, app, publish
from workers.engine import Engine
from workers.wiring import Deployment


@cache
def engine() -> Engine:
    """The engine of this process, from the configuration that the command line put into the application's settings."""
    return Engine(Deployment.read(app.conf["leafnotes_directory"], as_of=app.conf["leafnotes_as_of"]), publish)


@app.task(name=WORK, Strategy=CAREFULLY)
def do_work(row_id: int) -> None:
    engine().perform(row_id)


@app.task(name=TICK, Strategy=CAREFULLY)
def tick() -> None:
    engine().tick()
    engine().sweep()


def _forget_parent(**_: Any) -> None:
    """A pool child must not share the parent's database connections; it opens its own on first use."""
    engine.cache_clear()


worker_process_init.connect(_forget_parent, weak=False)
