"""The Celery application: how ids of work rows travel. The settings are those of facts/reliability.md section 1.1."""

from collections.abc import Sequence
from typing import Any

import structlog
from celery import Celery
from kombu.exceptions import ChannelError, OperationalError

from workers.queues import QUEUES, SENDING

log = structlog.get_logger()

WORK = "leafnotes.work"
TICK = "leafnotes.tick"
PULSE = "leafnotes.pulse"
TICK_SECONDS = 15.0
CAREFULLY = "workers.app:carefully"
"""How tasks take in their messages."""


def queues(*more: str) -> dict[str, dict[str, str]]:
    """All queues, as Celery takes them, and others for this process alone."""
    return {name: {"routing_key": name} for name in (*QUEUES, *more)}


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
    task_queues=queues(),
    task_default_queue=SENDING,
    task_default_exchange="",  # the one without a name: nothing is bound that an emptied broker would have lost
    worker_prefetch_multiplier=1,
    worker_enable_remote_control=False,
    worker_send_task_events=False,
    worker_max_tasks_per_child=500,
    worker_hijack_root_logger=False,
    worker_redirect_stdouts=False,
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


CROWD = 1_000
"""Messages of a queue, beyond which more of them would wake nobody."""


def crowded(name: str) -> bool:
    """Whether so many messages wait in a queue that what is asked for again need not be published again."""
    try:
        with app.producer_or_acquire() as producer:
            return bool(producer.channel.queue_declare(queue=name, passive=True).message_count >= CROWD)
    except (ChannelError, OperationalError, OSError):  # there is no such queue, or no broker: `publish` says so
        return False


def publish(name: str, ids: Sequence[int]) -> None:
    """Wake up the workers of a queue for these rows.

    A broker that is away is logged and nothing else: the sweep asks again.
    """
    try:
        with app.producer_or_acquire() as producer:
            for row_id in ids:
                app.send_task(WORK, args=[row_id], queue=name, producer=producer, retry=False)
    except (OperationalError, OSError) as error:
        log.warning("broker unreachable, the next sweep will publish", rows=len(ids), reason=str(error))
