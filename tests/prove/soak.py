"""`python -m tests.prove.soak`: one worker does tasks for as long as one likes, and what of it grows is told.

It is a report, and judges only Redis: below a hundred keys, or it ends with 1. A slope needs a long run to mean much.

The tasks are rows that are done already, so what remains is what each task costs in Celery, Redis and the database;
every fiftieth is a real pull of a source in which something changes now and then. Memory of each process, keys of Redis
and rows of each table are looked at every few seconds; the first fifth is left out, in which everything is loaded.
"""

import argparse
import os
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import redis
from sqlalchemy import Engine, select, text

from pipeline.store import db, work
from pipeline.tables import Base, WorkRow
from tests import local_servers
from tests.workers import processes, small
from tests.workers.conftest import environment
from workers.app import app, publish
from workers.queues import queue_of

EVERY = 2.0
"""Seconds between two looks."""
KEYS = 100
"""Of Redis: it holds queues and what is under way, and nothing else."""
BATCH = 400
"""Messages that are put into the queues while there is room."""


def memory(group: int) -> dict[int, float]:
    """Process of a group to its megabytes."""
    found = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            if os.getpgid(int(name)) == group:
                pages = int(Path(f"/proc/{name}/statm").read_text().split()[1])
                found[int(name)] = pages * os.sysconf("SC_PAGE_SIZE") / 1e6
        except (OSError, IndexError):  # it ended meanwhile
            continue
    return found


def processor(group: int) -> float:
    """Seconds of processor time of a group, of those included who ended and were waited for."""
    ticks = 0
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            if os.getpgid(int(name)) == group:
                fields = Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split()
                ticks += sum(map(int, fields[11:15] if int(name) == group else fields[11:13]))
        except (OSError, IndexError):  # it ended meanwhile
            continue
    return ticks / os.sysconf("SC_CLK_TCK")


def slope(points: Sequence[tuple[float, float]]) -> float:
    """How much the second grows with one of the first, by least squares."""
    middle = [sum(one[place] for one in points) / len(points) for place in (0, 1)]
    spread = sum((x - middle[0]) ** 2 for x, _ in points)
    return sum((x - middle[0]) * (y - middle[1]) for x, y in points) / spread if spread else 0.0


def sizes(database: Engine) -> dict[str, int]:
    with db.reading(database) as session:
        return {
            name: session.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one() for name in Base.metadata.tables
        }


def fed(database: Engine, server: "redis.Redis[bytes]", directory: Path, tasks: int) -> Iterator[int]:
    """Put tasks into the queues, never many at once; how many there were so far."""
    with db.reading(database) as session:
        rows = session.execute(select(WorkRow.id, WorkRow.kind, WorkRow.key).where(WorkRow.state == "done")).all()
    given, number = 0, 0
    while given < tasks:
        if sum(int(server.llen(name)) for name in ("pull", "classify", "send")) < BATCH:
            by_queue: dict[str, list[int]] = defaultdict(list)
            for place in range(BATCH):
                row = rows[(given + place) % len(rows)]
                by_queue[queue_of(row.kind, row.key)].append(row.id)
            for name, ids in by_queue.items():
                publish(name, ids)
            with db.transaction(database) as session:
                pulled = [work.request(session, "pull", "desk") for _ in range(BATCH // 50)]
            publish("pull", pulled)
            given += BATCH + len(pulled)
            number += 1
            if number % 25 == 0:
                small.write(directory, [*small.subscribers(), small.ticket(90, f"The till waits, {number}", day=6)])
        yield given


def soak(tasks: int) -> tuple[str, bool]:
    """(what was seen, whether Redis stayed small)."""
    with (
        tempfile.TemporaryDirectory(prefix="prove-soak-") as folder,
        local_servers.valkey() as broker,
        local_servers.postgres() as server,
    ):
        directory, log, url = Path(folder) / "rosta", Path(folder) / "log", local_servers.database(server)
        small.organisation(directory, small.subscribers())
        variables = environment(directory, url, broker, "smtp://127.0.0.1:1")
        processes.start(log, variables, "migrate").wait(60)
        app.conf.broker_url = broker
        database, client = db.connect(url), redis.Redis.from_url(broker)
        command = ("--as-of", small.DUE, "worker", "--concurrency", "2")
        with processes.fleet(log, variables, command) as [worker]:
            processes.wait_until("the first week", lambda: sizes(database)["digests"] > 0, log)
            return _watched(worker.pid, fed(database, client, directory, tasks), database, client)


def _watched(group: int, given: Iterator[int], database: Engine, client: "redis.Redis[bytes]") -> tuple[str, bool]:
    began = looked = time.monotonic()
    before: Mapping[str, int] = sizes(database)
    used = processor(group)
    parent, largest, keys, done = list[tuple[float, float]](), list[tuple[float, float]](), 0, 0
    for count in given:
        done, now = count, time.monotonic()
        if now - looked >= EVERY:
            looked, found = now, memory(group)
            parent.append((now - began, found.get(group, 0.0)))
            largest.append((now - began, max((mb for pid, mb in found.items() if pid != group), default=0.0)))
            keys = max(keys, int(client.dbsize()))
        time.sleep(0.01)
    took, late = time.monotonic() - began, len(parent) // 5
    grown = {name: count - before[name] for name, count in sizes(database).items() if count > before[name]}
    an_hour, a_task = slope(parent[late:]) * 3600, (processor(group) - used) / done
    said = (
        f"{done:,} tasks in {took:.0f} s: {done / took:.0f}/s, {a_task * 1e3:.2f} ms of CPU each\n"
        f"main process: {parent[late][1]:.0f} to {parent[-1][1]:.0f} MB, {an_hour:+.2f} MB an hour, "
        f"{an_hour / 3600 * took / done * 1e6:+.2f} MB a million tasks; the largest other: {largest[late][1]:.0f} to "
        f"{largest[-1][1]:.0f} MB\n"
        f"Redis: at most {keys} keys; rows more than before: {grown or 'none'}"
    )
    return said, keys < KEYS


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.prove.soak", description=__doc__)
    parser.add_argument("--tasks", type=int, default=100_000, metavar="N")
    said, small_enough = soak(parser.parse_args().tasks)
    print(said)  # noqa: T201
    return 0 if small_enough else 1


if __name__ == "__main__":
    sys.exit(main())
