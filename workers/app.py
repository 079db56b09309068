"""The Celery application: how ids of work rows travel. The settings are those of facts/reliability.md section 1.1."""

import threading
from collections.abc import Sequence
from typing import Any

import structlog
from celery import Celery
from celery.signals import worker_ready
from kombu.exceptions import OperationalError

log = structlog.get_logger()

WORK = "leafnotes.work"
TICK = "leafnotes.tick"
TICK_SECONDS = 15.0
CAREFULLY = "workers.app:carefully"
"""How tasks take in their messages."""

app = Celery("leafnotes", include=["workers.tasks"])
app.conf.update(
    result_backend=None,
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_serializer="json",
    accept_content=["json"],
    task_soft_time_limit=600,
    task_time_limit=660,
    worker_prefetch_multiplier=1,
    worker_enable_remote_control=False,
    worker_send_task_events=False,
    worker_max_tasks_per_child=500,
    worker_hijack_root_logger=False,
    worker_soft_shutdown_timeout=20,
    worker_enable_soft_shutdown_on_idle=True,
    worker_cancel_long_running_tasks_on_connection_loss=True,
    broker_connection_retry_on_startup=True,
    broker_transport_options={
        "visibility_timeout": 900,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        "socket_timeout": 10,
        "socket_connect_timeout": 5,
        "health_check_interval": 10,
    },
    timezone="UTC",
    beat_scheduler="celery.beat:Scheduler",
    beat_schedule={"tick": {"task": TICK, "schedule": TICK_SECONDS, "options": {"expires": TICK_SECONDS * 2}}},
)


def carefully(task: Any, app: Any, consumer: Any, **more: Any) -> Any:
    """Celery's own way to take in messages, but one that is none of ours is dropped and does not end the worker."""
    from celery.worker import strategy  # only a worker needs all of it

    usual = strategy.default(task, app, consumer, **more)

    def take(message: Any, *arguments: Any, **named: Any) -> Any:
        try:
            return usual(message, *arguments, **named)
        except Exception as error:  # whatever somebody put there
            log.warning("a message that is none was dropped", reason=type(error).__name__)
            if not message.acknowledged:
                message.reject()

    return take


def publish(ids: Sequence[int]) -> None:
    """Wake workers up for these rows. A broker that is away is logged and nothing else: the sweep asks again."""
    try:
        with app.producer_or_acquire() as producer:
            for row_id in ids:
                app.send_task(WORK, args=[row_id], producer=producer, retry=False)
    except (OperationalError, OSError) as error:
        log.warning("broker unreachable, the next sweep will publish", rows=len(ids), reason=str(error))


def _tick_on_its_own(**_: Any) -> None:
    """Every worker asks for ticks too, so that a missing beat delays nothing. No database in this thread."""
    stop = threading.Event()

    def again() -> None:
        while True:
            try:
                app.send_task(TICK, retry=False, expires=TICK_SECONDS * 2)
            except (OperationalError, OSError) as error:
                log.warning("broker unreachable, no tick", reason=str(error))
            if stop.wait(TICK_SECONDS):
                return

    threading.Thread(target=again, name="ticker", daemon=True).start()


worker_ready.connect(_tick_on_its_own, weak=False)
