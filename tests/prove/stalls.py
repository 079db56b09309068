"""`python -m tests.prove.stalls`: workers that stop to fetch while they live, each of which has to notice and end.

Each runs as on a host of its own, with its own database and its own part of one Redis, and a patience of 25 s in place
of 180; it goes deaf at a moment of its own. What counts is how long after that it ended, and how long one that is
started in its place takes until every queue is worked on again.
"""

import argparse
import random
import shutil
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests import local_servers
from tests.workers.test_running import lone_worker

PATIENCE = 25.0
"""Seconds, as `lone_worker` has it."""


def stall(url: str, seed: str) -> tuple[float, float, int | None]:
    """(seconds until it ended, seconds until the next one worked on every queue, exit code or None: it did not end)."""
    folder, chance = Path(tempfile.mkdtemp(prefix="prove-stall-")), random.Random(seed)
    try:
        deaf, code = folder / "deaf", None
        with lone_worker(folder / "rosta", url, deaf, folder / "log") as worker:
            time.sleep(chance.uniform(0, 10))
            deaf.touch()
            began = time.monotonic()
            while (code := worker.poll()) is None and time.monotonic() < began + 10 * PATIENCE:
                time.sleep(0.1)
            ended = time.monotonic() - began
        deaf.unlink()
        began = time.monotonic()
        with lone_worker(folder / "again", url, deaf, folder / "log"):
            return ended, time.monotonic() - began, code
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _line(url: str, seeds: list[str]) -> list[tuple[float, float, int | None]]:
    """One after the other, in a process of its own: migrating is not for threads."""
    return [stall(url, seed) for seed in seeds]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.prove.stalls", description=__doc__)
    parser.add_argument("--times", type=int, default=100, metavar="N")
    parser.add_argument("--together", type=int, default=8, metavar="N", help="at most 15, the databases of one Redis")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    began = time.monotonic()
    with local_servers.valkey() as redis_url, ProcessPoolExecutor(given.together) as pool:
        places = [f"{redis_url.rpartition('/')[0]}/{number}" for number in range(given.together)]
        lines = [
            pool.submit(_line, place, [f"{given.seed} {n}" for n in range(number, given.times, given.together)])
            for number, place in enumerate(places)
        ]
        found = [one for line in lines for one in line.result()]
    good = sum(code == 1 for _, _, code in found)
    ended, again = (sorted(one[place] for one in found) for place in (0, 1))
    print(  # noqa: T201
        f"{good} of {len(found)} noticed and ended; after {ended[0]:.0f} to {ended[-1]:.0f} s, half of them within "
        f"{ended[len(ended) // 2]:.0f} s, with a patience of {PATIENCE:.0f} s; the next one worked on every queue "
        f"after {again[0]:.0f} to {again[-1]:.0f} s; {time.monotonic() - began:.0f} s, seed {given.seed}"
    )
    return 0 if good == len(found) else 1


if __name__ == "__main__":
    sys.exit(main())
