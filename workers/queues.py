"""In which queue each kind of work travels.

What waits for somebody else's server has a queue of its own, so that a source that hangs never stands before a mail.
"""

from pipeline import erasing, previewing, proposing, receiving, telling

CANARY = "canary"
"""Work that does nothing but show that its queue is worked on; its key is the queue."""
QUEUES: dict[str, tuple[str, ...]] = {
    "pull": ("inbox", "pull", "census", proposing.KIND, telling.KIND),
    "classify": ("teach", "classify", "assign", "survey", erasing.KIND),
    "send": ("outage", "escalate", "close", "compose", "deliver", receiving.KIND, previewing.KIND),
}
"""Queue to the kinds of work in it."""
QUEUE_OF = {kind: queue for queue, kinds in QUEUES.items() for kind in kinds}
READING = "pull"
SENDING = "send"


def queue_of(kind: str, key: str) -> str:
    return key if kind == CANARY else QUEUE_OF[kind]
