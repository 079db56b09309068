"""Whether a worker still works: it sends itself a message through the broker, and its own pool answers.

A worker can stop to consume while its process lives (celery#8030, celery#10205). Siblings that work hide it from every
look at the database, so each worker asks itself, in a queue of its own. Where the broker does not answer, or every
process of the pool has something to do, silence means nothing.
"""

import os
import socket
from dataclasses import dataclass
from multiprocessing.sharedctypes import RawValue

seen = RawValue("d", 0.0)
"""When a process of the pool last ended something, on the machine's monotonic clock. Shared by the pool's forks."""
stopping = RawValue("b", 0)
"""Whether the worker was asked to stop; its pool takes up nothing new."""


def begin() -> None:
    """Values of this worker's own, whoever it was forked from; before its pool is forked."""
    global seen, stopping
    seen, stopping = RawValue("d", 0.0), RawValue("b", 0)


@dataclass(slots=True)
class Pulse:
    """`patience`: seconds that a message may go without an answer."""

    patience: float
    asked: float | None = None
    """When the message was sent that has waited longest."""

    def sent(self, now: float) -> None:
        if self.asked is None:
            self.asked = now

    def broker_is_away(self) -> None:
        self.asked = None

    def is_stalled(self, now: float, *, seen: float, busy: bool) -> bool:
        if self.asked is None:
            return False
        if busy or seen >= self.asked:
            self.asked = None
            return False
        return now - self.asked > self.patience


def own_queue() -> str:
    """Of this worker alone."""
    return f"worker-{socket.gethostname()[:60]}-{os.getpid()}"
