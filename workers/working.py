"""A Celery worker's main process: it asks for ticks, notices when it stalls, and ends within seconds when asked to.

Its threads never touch the database while there is a pool: what they opened would be shared with its forks.
"""

import faulthandler
import os
import signal
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from time import monotonic, sleep
from types import FrameType
from typing import Any

import structlog
from billiard import active_children
from celery.signals import setup_logging, worker_ready
from celery.worker import state
from kombu.exceptions import OperationalError

from config import settings
from pipeline.issue import Text
from workers import alive, pulse
from workers.app import PULSE, TICK, TICK_SECONDS, app, queues
from workers.engine import Engine
from workers.places import folder
from workers.queues import READING
from workers.stopping import GRACE
from workers.wiring import Deployment

log = structlog.get_logger()


def work(directory: Path, as_of: datetime | None, *, concurrency: int, names: Sequence[str], patience: float) -> None:
    """Work until told to stop; whatever was not finished is then given back. Ends with `SystemExit`."""
    pulse.begin()
    own = pulse.own_queue()
    app.conf.task_queues = queues(own)
    setup_logging.connect(_leave_logs_alone, weak=False)
    worker_ready.connect(_Watch(directory, as_of, own, concurrency, patience).begin, weak=False)
    if "classify" in names:
        _read_model(directory)
    with folder() as places:
        app.conf.leafnotes_places = (places, reading_places(concurrency, names))
        try:
            app.worker_main(
                [
                    "--quiet",
                    "worker",
                    "--pool=prefork",
                    f"--concurrency={concurrency}",
                    f"--queues={','.join([*names, own])}",
                    "--without-gossip",
                    "--without-mingle",
                    "--loglevel=WARNING",
                ]
            )
        finally:
            give_back(directory, as_of)


def _read_model(directory: Path) -> None:
    """Before the pool is forked: its processes then share the model, and those that follow them need not read it."""
    from pipeline.classify import ModelError, load_classifier  # only who classifies pays for it

    with suppress(ModelError):  # whoever classifies says so
        load_classifier(settings.load(directory).settings.classify.mode).classify([Text(title="", body="")])


def _leave_logs_alone(**_: Any) -> None:
    """Celery leaves them as they are where somebody answers its signal."""


def reading_places(concurrency: int, names: Sequence[str]) -> int:
    """How many processes may wait for somebody else's server: one is kept for the other queues, where it has any."""
    return concurrency if list(names) == [READING] else max(1, concurrency - 1)


def give_back(directory: Path, as_of: datetime | None) -> None:
    """What processes of this machine held when they ended need not wait until their leases run out."""
    house = Deployment.read(directory, as_of=as_of)
    try:
        Engine(house).take_over()
    finally:
        house.database.dispose()


class _Watch:
    """The thread beside the consumer."""

    def __init__(self, directory: Path, as_of: datetime | None, own: str, concurrency: int, patience: float) -> None:
        self._place = (directory, as_of)
        self._own, self._concurrency = own, concurrency
        self._pulse = pulse.Pulse(patience)
        self._step = min(1.0, patience / 10)

    def begin(self, **_: Any) -> None:
        """Celery's own handlers would wait for a pull as long as it takes; ours replace them once they are set."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        for work in (self._watch, self._break_off):
            threading.Thread(target=work, daemon=True).start()

    def _stop(self, number: int, frame: FrameType | None) -> None:
        pulse.stopping.value = 1
        state.should_stop = os.EX_OK

    def _watch(self) -> None:
        now = monotonic()
        tick_at = pulse_at = now
        while not pulse.stopping.value:
            if now >= tick_at:
                alive.sign("worker")
                self._send(TICK, TICK_SECONDS * 2)
                tick_at = now + TICK_SECONDS
            if now >= pulse_at:
                self._ask(now)
                pulse_at = now + self._pulse.patience / 3
            if self._pulse.is_stalled(now, seen=pulse.seen.value, busy=self._is_busy()):
                self._give_up()
            sleep(self._step)
            now = monotonic()

    def _break_off(self) -> None:
        """The main thread ends the process before, if every step comes to its end."""
        while not pulse.stopping.value:
            sleep(0.5)
        sleep(GRACE)
        log.warning("broken off", reason=f"steps did not end within {GRACE} s; their rows are given back")
        self._end(os.EX_OK)

    def _give_up(self) -> None:
        says = f"its own messages were not answered for {self._pulse.patience:.0f} s though the broker takes them"
        log.error("worker stalled", reason=f"{says}; it ends, so that it is started again")
        if sys.__stderr__ is not None:
            faulthandler.dump_traceback(sys.__stderr__)
        self._end(1)

    def _is_busy(self) -> bool:
        return len(state.active_requests) >= self._concurrency

    def _ask(self, now: float) -> None:
        if self._send(PULSE, self._pulse.patience, queue=self._own):
            self._pulse.sent(now)

    def _send(self, task: str, expires: float, **where: str) -> bool:
        """Whether the broker took it."""
        try:
            app.send_task(task, retry=False, expires=expires, **where)
        except (OperationalError, OSError) as error:
            self._pulse.broker_is_away()
            log.warning("broker unreachable", task=task, reason=str(error))
            return False
        return True

    def _end(self, code: int) -> None:
        """At once, pool and all. The database is safe to use again: nobody is forked any more."""
        try:
            children = active_children()
            for child in children:
                os.kill(child.pid, signal.SIGKILL)
            for child in children:
                child.join(1)
            give_back(*self._place)
        finally:
            os._exit(code)
