"""What a process under test has installed: named steps, a clock that the harness moves, and short waits.

The application holds none of this. A process looks at each step for the file that arms it; whoever renames that file
first dies there, so one arming is one death. Nothing is written by the dying but which step it was.
"""

import ctypes
import json
import os
import random
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from time import time
from typing import Any

from tests.prove import steps
from workers import alive

MOST = 3
"""Of one row's attempts in a row that are killed; five deaths would set it aside, which is another test."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The files through which the harness and its processes talk."""

    folder: Path

    @property
    def armed(self) -> Path:
        return self.folder / "armed"

    @property
    def fired(self) -> Path:
        return self.folder / "fired"

    @property
    def hits(self) -> Path:
        return self.folder / "hits"

    @property
    def clock(self) -> Path:
        return self.folder / "clock"


class Clock:
    """Simulated time: a moment, since when it runs, and how fast."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def __call__(self) -> datetime:
        told = json.loads(self._file.read_text("utf-8"))
        return datetime.fromisoformat(told["moment"]) + timedelta(seconds=(time() - told["since"]) * told["speed"])

    def set(self, moment: datetime, speed: float) -> None:
        written = self._file.with_suffix(".new")
        written.write_text(json.dumps({"moment": moment.isoformat(), "since": time(), "speed": speed}), "utf-8")
        written.replace(self._file)


class _Here(threading.local):
    kind: str | None = None
    attempt: int = 0


class Points:
    """The steps of this process."""

    def __init__(self, desk: Desk, role: str) -> None:
        self.desk, self.role, self.here = desk, role, _Here()
        self._hits = os.open(desk.hits, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def hit(self, name: str, last_words: Callable[[], object] = lambda: None) -> None:
        os.write(self._hits, f"{name}\n".encode())
        if self.here.attempt > MOST:
            return
        try:
            order = json.loads(self.desk.armed.read_text("utf-8"))
        except (FileNotFoundError, json.JSONDecodeError):
            return
        if random.random() >= order["steps"].get(name, order["else"]):
            return
        try:
            self.desk.armed.rename(self.desk.folder / f"order.{order['number']}")
        except FileNotFoundError:
            return
        last_words()
        self.die(order, name)

    def die(self, order: dict[str, Any], name: str) -> None:
        told = {"number": order["number"], "step": name, "pid": os.getpid(), "group": os.getpgid(0), "role": self.role}
        told |= {"holder": alive.name(), "how": order["how"]}
        with self.desk.fired.open("a", encoding="utf-8") as file:
            file.write(json.dumps(told) + "\n")
        if order["how"] == "freeze":
            os.kill(os.getpid(), signal.SIGSTOP)
        elif order["how"] == "child":
            os.kill(os.getpid(), signal.SIGKILL)
        elif order["how"] == "segfault":
            ctypes.string_at(0)
        elif order["how"] == "exit":
            os._exit(3)
        elif order["how"] == "memory":
            raise MemoryError("no memory is left")
        else:
            os.killpg(0, signal.SIGKILL)


def install(points: Points, clock: Clock) -> None:
    _transactions(points)
    _rows(points)
    _mail(points)
    _time(clock)
    random.seed()


def _transactions(points: Points) -> None:
    from pipeline.store import db

    places = {(site.file, site.function): [] for file in (steps.ENGINE, steps.ANSWERING) for site in steps.sites(file)}
    for file in (steps.ENGINE, steps.ANSWERING):
        for site in steps.sites(file):
            places[site.file, site.function].append(site)

    def site_of(frame: Any) -> steps.Site | None:
        while frame is not None:
            code = frame.f_code
            for site in places.get((code.co_filename, code.co_name), ()):
                if site.first <= frame.f_lineno <= site.last:
                    return site
            frame = frame.f_back
        return None

    def name_of(site: steps.Site) -> str | None:
        if site.file == str(steps.ANSWERING):
            return "web"
        if site.function in steps.ALONE:
            return site.function
        return points.here.kind

    def wrapped(original: Callable[[Any], Any]) -> Callable[[Any], Any]:
        @contextmanager
        def opened(engine: Any) -> Iterator[Any]:
            site = site_of(sys._getframe(1))
            with original(engine) as session:
                yield session
                kind = None if site is None else name_of(site)
                if site is not None and kind is not None:
                    points.hit(site.steps(kind)[0])
            if site is not None and kind is not None and site.writes:
                points.hit(site.steps(kind)[1])

        return opened

    db.transaction = wrapped(db.transaction)  # type: ignore[assignment]
    db.reading = wrapped(db.reading)  # type: ignore[assignment]


def _rows(points: Points) -> None:
    """Which kind of row this thread is at."""
    from pipeline.store import work
    from workers.engine import Engine

    claim, perform = work.claim, Engine.perform

    def claimed(*args: Any, **more: Any) -> Any:
        job = claim(*args, **more)
        points.here.kind, points.here.attempt = (None, 0) if job is None else (job.kind, job.attempt)
        return job

    def performed(self: Engine, row_id: int) -> bool:
        try:
            return perform(self, row_id)
        finally:
            points.here.kind, points.here.attempt = None, 0

    work.claim = claimed
    Engine.perform = performed  # type: ignore[method-assign]


def _mail(points: Points) -> None:
    """Around each step of the dialogue with the mail server."""
    from connectors import smtp
    from connectors.smtp import Smtp

    connect, ask, content = Smtp._connect, Smtp._ask, Smtp._content

    def connected(self: Smtp) -> Any:
        points.hit("smtp: before connecting")
        client = connect(self)
        points.hit("smtp: connected")
        return client

    def asked(self: Smtp, client: Any, verb: str, rest: str, wanted: tuple[int, ...]) -> None:
        ask(self, client, verb, rest, wanted)
        points.hit(f"smtp: after {verb}")

    def handed(self: Smtp, client: Any, wire: bytes) -> Any:
        line, gone = smtp._socket(client), 0

        def up_to(end: int) -> None:
            nonlocal gone
            line.sendall(wire[gone:end])
            gone = end

        points.hit(steps.HALF, lambda: up_to(len(wire) // 2))
        points.hit(steps.UNREAD, lambda: up_to(len(wire)))
        outcome = content(self, client, wire[gone:])  # of one that was frozen and goes on, the rest
        if outcome.kind == "accepted":
            points.hit(steps.TAKEN)
        return outcome

    Smtp._connect, Smtp._ask, Smtp._content = connected, asked, handed  # type: ignore[method-assign]


def _time(clock: Clock) -> None:
    """The harness's clock in place of the host's, and short waits in place of those that are made for people."""
    from celery.schedules import schedule

    import workers.app
    from connectors.base import Connector
    from pipeline import mailing
    from workers import engine
    from workers.cli import processes
    from workers.wiring import Deployment

    survey = Deployment.survey.__func__  # type: ignore[attr-defined]

    def surveyed(cls: type[Deployment], directory: Path, *, as_of: datetime | None = None) -> Any:
        house, problems = survey(cls, directory, as_of=clock())
        return (None if house is None else replace(house, now=clock)), problems

    Deployment.survey = classmethod(surveyed)  # type: ignore[assignment, method-assign]
    Connector.clock = staticmethod(clock)
    mailing.UNKNOWN_WAIT = mailing.FIRST_WAIT = timedelta(seconds=0.5)
    engine.RECHECK, engine.MOMENT, engine.SETTLE = timedelta(seconds=0.3), timedelta(seconds=1), timedelta(seconds=0.2)
    processes.PAUSE = 0.1
    workers.app.TICK_SECONDS = 1.2
    workers.app.app.conf.beat_schedule["tick"]["schedule"] = schedule(1.2)
