"""What travelling through the queue costs: a real broker, two real worker processes, and work that is nothing.

A pull asks for verdicts a page at a time, so that one message of ours stands for a hundred issues; the rivals send one
message an issue, which is how queues are usually shown.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from types import MappingProxyType
from typing import Any

import redis
from sqlalchemy import Engine, func, select

from benchmarks import peers, procs, truth
from benchmarks.measure import NOT_OURS, Row, child, here
from benchmarks.stages import LEAFNOTES, Puller, Scale
from pipeline import steps
from pipeline.store import db
from pipeline.tables import WorkRow
from tests import local_servers
from workers.app import app, publish

PAGE = 100
"""Issues of a message of ours: what a page of a source brings is asked for at once."""
QUEUE, PLAIN = "classify", "plain"
PROCESSES = 2
WARM = 0.1
"""So much is done before the clock runs: by then the processes have started and loaded what they need."""
PATIENCE = 300.0
KEY = "k3Yt0-Zq9v_7XwLmN4pRsUu8BcDdEeFfGgHhJj2K5M"
NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Drained:
    """Seconds of CPU a message, of who published it, of the workers and of the broker; messages a second."""

    published: float
    worked: float
    broker: float
    speed: float

    @property
    def cpu(self) -> float:
        return self.published + self.worked


@dataclass(frozen=True, slots=True)
class Bench:
    """A broker, and a folder with a configuration."""

    url: str
    folder: Path

    def idle(self, messages: int) -> Drained:
        """Our own application, messages and worker, with rows that are done at once."""
        command = [sys.executable, "-m", "benchmarks.idle_worker", str(self.folder), self.url, QUEUE, str(PROCESSES)]
        ids = range(messages)
        return self._drained(messages, lambda: here(lambda: publish(QUEUE, ids))[0], command, self._waiting(QUEUE))

    def shipped(self, messages: int, engine: Engine, database: str, processes: int = PROCESSES) -> Drained:
        """`leafnotes worker` over rows of work whose issues are gone: claimed, looked up and finished."""
        command = [sys.executable, "-c", LEAFNOTES, "--config", str(self.folder), "worker", "--queues", QUEUE]
        command += ["--concurrency", str(processes)]
        environment = {
            "LEAFNOTES_DATABASE_URL": database,
            "LEAFNOTES_BROKER_URL": self.url,
            "LEAFNOTES_SECRET_KEY": KEY,
        }
        ids = _asked(engine, messages)
        done = self._drained(
            messages, lambda: here(lambda: publish(QUEUE, ids))[0], command, lambda: _open(engine), environment
        )
        truth.must(_count(engine, "done") >= messages, "not every row of work was done")
        return done

    def driven(self, messages: int, python: str, driver: str) -> Drained:
        """A rival's application with one message an issue."""
        program = [python, "-I", str(peers.DRIVERS / driver)]
        publishing = [*program, "publish", self.url, str(messages)]
        waiting = self._waiting(PLAIN) if "celery" in driver else self._waiting_for_dramatiq
        start = child([*program, "publish", self.url, "0"], self.folder).cpu
        return self._drained(
            messages, lambda: child(publishing, self.folder).cpu - start, [*program, "work", self.url], waiting
        )

    @contextmanager
    def _asking(self) -> Iterator[Any]:
        with closing(redis.Redis.from_url(self.url)) as client:
            yield client

    def _waiting(self, queue: str) -> Callable[[], int]:
        def left() -> int:
            with self._asking() as client:
                return int(client.llen(queue)) + int(client.hlen("unacked"))

        return left

    def _waiting_for_dramatiq(self) -> int:
        with self._asking() as client:
            return int(client.hlen(f"dramatiq:{PLAIN}.msgs"))

    def _brokers_cpu(self) -> float:
        with self._asking() as client:
            told = client.info("cpu")
        return float(told["used_cpu_user"] + told["used_cpu_sys"])

    def _drained(
        self,
        messages: int,
        send: Callable[[], float],
        command: list[str],
        left: Callable[[], int],
        environment: Mapping[str, str] = NOTHING,
    ) -> Drained:
        """Publish everything, then start the workers, and watch them from when a tenth is done until all is."""
        with self._asking() as client:
            client.flushall()
        before = self._brokers_cpu()
        published = send() / messages
        truth.must(left() == messages, f"{left()} of {messages} messages wait")
        before_work = self._brokers_cpu()
        with running(command, self.folder, environment) as worker:
            until(lambda: left() <= messages * (1 - WARM), worker)
            began, cpu, of_broker, at = time.monotonic(), procs.cpu(worker.pid), self._brokers_cpu(), left()
            until(lambda: left() == 0, worker)
            wall = time.monotonic() - began
            worked, broker = procs.cpu(worker.pid) - cpu, self._brokers_cpu() - of_broker
        return Drained(published, worked / at, broker / at + (before_work - before) / messages, at / wall)


@contextmanager
def running(command: list[str], folder: Path, environment: Mapping[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    own = {name: value for name, value in os.environ.items() if name not in NOT_OURS}
    with (folder / "processes.log").open("ab") as log:
        process = subprocess.Popen(
            command, env={**own, **environment}, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def until(true: Callable[[], bool], worker: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        truth.must(worker.poll() is None, f"the worker ended with {worker.returncode}")
        truth.must(time.monotonic() < end, f"the queue was not drained within {PATIENCE:.0f} s")
        time.sleep(0.02)


def _asked(engine: Engine, pages: int) -> list[int]:
    """Rows of work, as a pull writes them, for issues that there are not."""
    with db.transaction(engine) as session:
        for number in range(pages):
            steps.ask_for_verdicts(session, range(number * PAGE, (number + 1) * PAGE))
        return [row_id for _, _, row_id in session.info.pop("requested")]


def _open(engine: Engine) -> int:
    return _count(engine, "ready", "running")


def _count(engine: Engine, *states: str) -> int:
    query = select(func.count()).select_from(WorkRow).where(WorkRow.kind == "classify", WorkRow.state.in_(states))
    with db.reading(engine) as session:
        return int(session.scalar(query) or 0)


def queue(scale: Scale, peers_folder: Path | None = None) -> list[Row]:
    """Ours against Celery, and dramatiq where it may be installed, with one message an issue."""
    pages, ones = max(100, scale.issues // 10), max(500, scale.issues // 5)
    rivals = {"Celery, a task an issue": (sys.executable, "celery_queue.py")}
    rows = list[Row]()
    if peers_folder is not None:
        try:
            rivals["dramatiq, a message an issue"] = peers.python(peers_folder, peers.DRAMATIQ), "dramatiq_queue.py"
        except peers.Unavailable as error:
            rows.append(peers.missing(peers.DRAMATIQ, error))
    with local_servers.valkey() as broker, local_servers.postgres() as server:
        puller = Puller.beside("http://127.0.0.1:9", scale, scale.issues)
        database = local_servers.database(server)
        puller.on(database).leafnotes("migrate")
        engine, bench = db.connect(database), Bench(broker, puller.folder)
        app.conf.broker_url = str(broker)
        calls: dict[str, Callable[[], Drained]] = {
            "idle": lambda: bench.idle(pages),
            "shipped": lambda: bench.shipped(pages, engine, database),
        }
        for name, (python, driver) in rivals.items():
            calls[name] = lambda python=python, driver=driver: bench.driven(ones, python, driver)  # type: ignore[misc]
        try:
            figures = {name: [call() for _ in range(scale.rounds)] for name, call in calls.items()}
        finally:
            engine.dispose()
            app.pool.force_close_all()
    return [*_rows(figures, list(rivals)), *rows]


def _rows(figures: Mapping[str, list[Drained]], rivals: list[str]) -> list[Row]:
    idle, shipped = figures["idle"], figures["shipped"]
    us = [one.cpu / PAGE * 1e6 for one in idle]
    made = []
    for name in rivals:
        theirs = [one.cpu * 1e6 for one in figures[name]]
        ratios = [one / other for one, other in zip(us, theirs, strict=True)]
        speed = median(one.speed for one in figures[name])
        made.append(
            Row(
                f"queue: an issue, {PAGE} a message",
                f"{median(us):.1f} us",
                f"{median(theirs):,.0f} us, {speed:,.0f}/s {name}",
                median(us) / median(theirs),
                "at most 30 us",
                median(us) <= 30,
                spread=f"{min(ratios):.4f}-{max(ratios):.4f}x" if len(ratios) > 1 else "",
            )
        )
    broker = median(one.broker for one in idle) / PAGE * 1e6
    made.append(Row("queue: the broker's part of an issue", f"{broker:.1f} us", "", None))
    made += [_speed("work is nothing", idle), _speed("claimed and finished in PostgreSQL", shipped)]
    claimed = median(one.cpu for one in shipped) / PAGE * 1e6
    made.append(Row("queue: an issue, with its row of work", f"{claimed:.1f} us", "", None))
    return made


def _speed(what: str, rounds: list[Drained]) -> Row:
    speeds = [one.speed * PAGE for one in rounds]
    speed = median(speeds)
    spread = f"{min(speeds):,.0f}-{max(speeds):,.0f}/s" if len(speeds) > 1 else ""
    return Row(f"queue: {what}", f"{speed:,.0f}/s", "", None, "at least 10,000/s", speed >= 10_000, spread=spread)
