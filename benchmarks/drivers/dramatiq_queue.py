"""dramatiq as it comes, a message an issue, each of which does nothing.

python dramatiq_queue.py publish URL COUNT
python dramatiq_queue.py work URL
"""

import os
import sys
from pathlib import Path

import dramatiq
from dramatiq.brokers.redis import RedisBroker

URL = "DRAMATIQ_URL"
if __name__ == "__main__":
    os.environ[URL] = sys.argv[2]
dramatiq.set_broker(RedisBroker(url=os.environ[URL]))


@dramatiq.actor(queue_name="plain")
def one(number):
    """Nothing."""


if __name__ == "__main__" and sys.argv[1] == "publish":
    for number in range(int(sys.argv[3])):
        one.send(number)
elif __name__ == "__main__":
    os.chdir(Path(__file__).parent)
    os.execv(
        sys.executable, [sys.executable, "-m", "dramatiq", Path(__file__).stem, "-p", "2", "-t", "1", "--path", "."]
    )
