"""A storm of webhooks: what one costs the web process, whether its memory stays flat, and whether digests still go out.

The whole deployment runs: PostgreSQL, a broker, `leafnotes web`, `leafnotes worker`, a mail server. Everybody's digest
is due from the moment at which the worker starts, first without and then with the storm.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import redis
from sqlalchemy import func, select

from benchmarks import data, procs, servers, truth, whole
from benchmarks.measure import Row, child, seconds
from benchmarks.queues import KEY, PATIENCE, running, until
from benchmarks.stages import LEAFNOTES, Puller, Scale
from pipeline.store import db
from pipeline.tables import DeliveryRow
from tests import local_servers
from workers.queues import QUEUES

SECRET = "the secret that the storm is signed with 0001"
MOST = 100_000
WARM = 500
"""Webhooks before the clock runs and the memory is looked at."""
CONNECTIONS = 8
LEADERS = 20
ISSUES = 500
WEEKLY = "<leaf-weekly."
"""In a mail's List-ID."""
LATE = 60.0
"""Seconds within which a digest that is due has to be with the mail server."""


@dataclass(frozen=True, slots=True)
class Storm:
    """What came of it: seconds, megabytes of the web process, and messages that waited in the broker at its end."""

    cpu: float
    wall: float
    worker: float
    before_mb: float
    after_mb: float
    waiting: int
    digests: float


@dataclass(slots=True)
class Deployment:
    """One that has read its source some days before its digests are due, and whose mail goes to a box."""

    puller: Puller
    broker: str
    box: local_servers.Box
    port: int = field(default_factory=local_servers.free_port)

    def read(self) -> None:
        self.puller.leafnotes("migrate")
        self.puller.leafnotes("--as-of", (self._due - timedelta(days=3)).isoformat(), "run", "--once")
        self.box.messages.clear()

    def quiet(self) -> float:
        """Seconds from the start of a worker until everybody's digest is with the mail server."""
        began = time.monotonic()
        with self._process("worker"):
            return self._until_digests(began)

    def storm(self, webhooks: int) -> Storm:
        with self._process("web", "--listen", f"127.0.0.1:{self.port}") as web:
            self._until_alive(web)
            child(self._posting(0, WARM), self.puller.folder)
            cpu, before, began = procs.cpu(web.pid), procs.resident_mb(web.pid), time.monotonic()
            with (
                self._process("worker") as worker,
                subprocess.Popen(self._posting(WARM, webhooks), stdout=subprocess.PIPE) as posting,
                ThreadPoolExecutor(1) as beside,
            ):
                digests = beside.submit(self._until_digests, began)
                output, _ = posting.communicate()
                wall, waiting = time.monotonic() - began, self._waiting()
                spent, after = procs.cpu(web.pid) - cpu, procs.resident_mb(web.pid)
                last, worked = digests.result(), procs.cpu(worker.pid)
        answered = json.loads(output)
        truth.must(answered == {"202": webhooks}, f"the web process answered {answered}")
        truth.must(self._noted() == WARM + webhooks, "not every webhook was written down")
        return Storm(spent, wall, worked, before, after, waiting, last)

    def _posting(self, first: int, count: int) -> list[str]:
        where = ["127.0.0.1", str(self.port), f"/hooks/{data.SOURCE}", SECRET]
        return [sys.executable, "-m", "benchmarks.burst_posts", *where, *map(str, (first, count, CONNECTIONS))]

    def _process(self, *command: str) -> AbstractContextManager["subprocess.Popen[bytes]"]:
        given = ["--config", str(self.puller.folder), "--as-of", self._due.isoformat(), *command]
        return running([sys.executable, "-c", LEAFNOTES, *given], self.puller.folder, self.puller.environment)

    def _until_alive(self, web: "subprocess.Popen[bytes]") -> None:
        def answers() -> bool:
            with suppress(URLError), urlopen(f"http://127.0.0.1:{self.port}/alive", timeout=5):
                return True
            return False

        until(answers, web)

    def _until_digests(self, began: float) -> float:
        while (got := len(self._reached())) < LEADERS:
            truth.must(time.monotonic() - began < PATIENCE, f"{got} of {LEADERS} digests went out")
            time.sleep(0.05)
        return time.monotonic() - began

    def _reached(self) -> set[str]:
        """Who got the digest of the week; calls of what must not wait are no digests."""
        mails = [mail for mail in list(self.box.messages) if WEEKLY in str(mail.content)]
        return {recipient for mail in mails for recipient in mail.rcpt_tos}

    def _waiting(self) -> int:
        with closing(redis.Redis.from_url(self.broker)) as client:
            return sum(int(client.llen(queue)) for queue in QUEUES)

    def _noted(self) -> int:
        engine = db.connect(self.puller.database)
        try:
            with db.reading(engine) as session:
                return int(session.scalar(select(func.count()).select_from(DeliveryRow)) or 0)
        finally:
            engine.dispose()

    @property
    def _due(self) -> datetime:
        return whole.monday_after(self.puller.issues)


@contextmanager
def _deployed(url: str, server: str, folder: Path) -> Iterator[Deployment]:
    """A deployment of its own, with a broker and a mail server of its own."""
    with local_servers.valkey() as broker, local_servers.smtp() as box:
        puller = Puller.beside(url, Scale(ISSUES, 1, folder), ISSUES)
        (puller.folder / "org.yaml").write_text(whole.organisation(LEADERS))
        source = (puller.folder / "sources.yaml").read_text()
        (puller.folder / "sources.yaml").write_text(source + '    webhook_secrets: ["${STORM_SECRET}"]\n')
        environment = {
            "LEAFNOTES_DATABASE_URL": local_servers.database(server),
            "LEAFNOTES_BROKER_URL": str(broker),
            "LEAFNOTES_SMTP_URL": f"{box.url}?starttls=no",
            "LEAFNOTES_SECRET_KEY": KEY,
            "STORM_SECRET": SECRET,
        }
        deployment = Deployment(replace(puller, environment=environment), broker, box)
        deployment.read()
        yield deployment


def burst(scale: Scale) -> list[Row]:
    """As many webhooks as there are issues, 100,000 at most. One round: what is asked is that nothing gives way."""
    webhooks = min(MOST, scale.issues)
    with servers.github(ISSUES) as url, local_servers.postgres() as server:
        with _deployed(url, server, scale.folder / "calm") as deployment:
            quiet = deployment.quiet()
        with _deployed(url, server, scale.folder / "storm") as deployment:
            storm = deployment.storm(webhooks)
    growth = storm.after_mb / storm.before_mb
    memory = f"{storm.before_mb:.0f} MB before, {storm.after_mb:.0f} MB after"
    late = f"{storm.digests:.1f} s"
    return [
        Row(
            f"webhooks: one of {webhooks:,}",
            f"{storm.cpu / webhooks * 1e6:,.0f} us",
            "",
            None,
            wall=seconds(storm.wall),
        ),
        Row("webhooks: the worker meanwhile, digests too", seconds(storm.worker), "", None),
        Row("webhooks: memory of the web process", memory, "", growth, "within 10%", growth <= 1.1),
        Row(
            "webhooks: messages that wait at the end",
            f"{storm.waiting:,}",
            "",
            None,
            "at most 1,000",
            storm.waiting <= 1_000,
        ),
        Row(
            "webhooks: a digest due meanwhile",
            late,
            f"{quiet:.1f} s without them",
            None,
            "within 60 s",
            storm.digests <= LATE,
        ),
    ]
