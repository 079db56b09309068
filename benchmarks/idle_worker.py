"""`leafnotes worker` with nothing to do: its own Celery application and settings, and rows that are done at once.

python -m benchmarks.idle_worker CONFIG BROKER_URL QUEUE PROCESSES
"""

import sys
from functools import cache
from pathlib import Path

from workers import tasks
from workers.app import app
from workers.working import work


class Idle:
    """An engine whose rows are all done."""

    def perform(self, row_id: int) -> bool:
        return True


def main() -> None:
    config, broker, queue, processes = sys.argv[1:]
    tasks.engine = cache(Idle)  # type: ignore[arg-type]
    app.conf.broker_url = broker
    app.conf.leafnotes_directory, app.conf.leafnotes_as_of = Path(config), None
    work(Path(config), None, concurrency=int(processes), names=[queue], patience=180)


if __name__ == "__main__":
    main()
