"""`leafnotes` on a kombu that stops to fetch messages once the file STALL is there: alive, connected, and deaf.

python -m tests.workers.stalling STALL worker ...
"""

import sys
from pathlib import Path
from typing import Any

from kombu.transport.redis import Channel

from workers.cli import main

_fetch = Channel._brpop_start


def _fetch_or_not(self: Any, *args: Any, **options: Any) -> Any:
    return None if Path(sys.argv[0]).exists() else _fetch(self, *args, **options)


if __name__ == "__main__":
    sys.argv = sys.argv[1:]
    Channel._brpop_start = _fetch_or_not
    main()
