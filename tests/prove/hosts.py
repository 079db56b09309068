"""One deployment on five hosts: `python -m tests.prove.hosts` (root, Linux; network namespaces stand for the hosts).

Readers, thinkers and senders work on hosts of their own, and beat on a fourth; PostgreSQL, Redis and the mail server
are reached over the bridge only, each at an address of its own. While the week is made every host is cut off once, and
Redis for everybody; a process that ends is started again, as systemd would. In the end the database and the mails have
to be those of one process that nobody disturbed.
"""

import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from sqlalchemy import Engine, func, select

from pipeline.store import db, schema, work
from pipeline.tables import IssueRow, MailRow
from tests import local_servers
from tests.prove.sample import sample
from tests.workers import processes
from tests.workers.conftest import AS_OF, environment
from tests.workers.snapshot import snapshot
from workers.engine import KINDS
from workers.engine import Engine as Runner
from workers.wiring import Deployment

NET = "10.77.0"
HOSTS = {
    "reader": ("worker", "--queues", "pull", "--concurrency", "1"),
    "thinker": ("worker", "--queues", "classify", "--concurrency", "2"),
    "sender": ("worker", "--queues", "send", "--concurrency", "1"),
    "metronome": ("beat",),
}
OUTAGE = 12
"""Seconds for which a host is cut off."""


def ip(*words: str, quietly: bool = False) -> None:
    subprocess.run(["ip", *words], check=not quietly, capture_output=quietly)


@contextmanager
def network() -> Iterator[None]:
    """A bridge with the addresses of three servers, and a namespace for each host."""
    ip("link", "add", "lnbr", "type", "bridge")
    try:
        ip("link", "set", "lnbr", "up")
        for last in (1, 2, 3):
            ip("addr", "add", f"{NET}.{last}/24", "dev", "lnbr")
        for number, host in enumerate(HOSTS, start=11):
            ip("netns", "add", f"ln-{host}")
            ip("link", "add", f"ln{number}", "type", "veth", "peer", "name", "eth0", "netns", f"ln-{host}")
            ip("link", "set", f"ln{number}", "master", "lnbr", "up")
            ip("-n", f"ln-{host}", "addr", "add", f"{NET}.{number}/24", "dev", "eth0")
            ip("-n", f"ln-{host}", "link", "set", "eth0", "up")
            ip("-n", f"ln-{host}", "link", "set", "lo", "up")
        yield
    finally:
        for number, host in enumerate(HOSTS, start=11):
            ip("link", "del", f"ln{number}", quietly=True)
            ip("netns", "del", f"ln-{host}", quietly=True)
        ip("link", "del", "lnbr", quietly=True)


class Reached:
    """A server of this machine's loopback, reached at an address of the bridge while `up`."""

    def __init__(self, last: int, url: str) -> None:
        self.parts = urlsplit(url)
        self.up, self.lines = True, list[socket.socket]()
        self._listening = socket.create_server((f"{NET}.{last}", 0))
        self.address = self._listening.getsockname()
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def url(self) -> str:
        user = f"{self.parts.username}@" if self.parts.username else ""
        return urlunsplit(self.parts._replace(netloc=f"{user}{self.address[0]}:{self.address[1]}"))

    def _serve(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            if not self.up:
                near.close()
                continue
            far = socket.create_connection((self.parts.hostname, self.parts.port))
            self.lines += [near, far]
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=_copy, args=(one, other), daemon=True).start()

    def down(self) -> None:
        self.up = False
        for line in self.lines:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        self.lines.clear()


def _copy(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while data := one.recv(65536):
            other.sendall(data)
    for end in (one, other):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


def count(database: Engine, column: object, *where: object) -> int:
    with db.transaction(database) as session:
        return session.execute(select(func.count(column)).where(*where)).scalar_one()  # type: ignore[arg-type]


def undisturbed(directory: Path) -> tuple[dict[str, object], list[bytes]]:
    house = Deployment.read(directory, as_of=datetime.fromisoformat(AS_OF))
    house.prepare()
    Runner(house).run_once()
    made = snapshot(house.database)
    house.database.dispose()
    return made, sorted(path.read_bytes() for path in (directory / "digests").rglob("*.eml"))


def on(host: str, command: Sequence[str]) -> list[str]:
    return ["ip", "netns", "exec", f"ln-{host}", *command]


def start(host: str, log: Path, variables: dict[str, str]) -> "subprocess.Popen[bytes]":
    with log.open("ab") as out:
        return subprocess.Popen(
            on(host, [*processes.COMMAND, "--as-of", AS_OF, *HOSTS[host]]),
            env={**os.environ, **variables},
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


class Hosts:
    """What runs on each host; what ends by itself is started again."""

    def __init__(self, log: Path, variables: dict[str, str]) -> None:
        self.restarts: list[str] = []
        self._log, self._variables, self._over = log, variables, threading.Event()
        self._running = {host: start(host, log, variables) for host in HOSTS}
        self._thread = threading.Thread(target=self._tend, daemon=True)
        self._thread.start()

    def _tend(self) -> None:
        while not self._over.wait(1):
            for host, process in self._running.items():
                if process.poll() is not None:
                    self.restarts.append(host)
                    self._running[host] = start(host, self._log, self._variables)

    def close(self) -> None:
        self._over.set()
        self._thread.join()
        for process in self._running.values():
            processes.kill(process)


def say(began: float, text: str) -> None:
    sys.stdout.write(f"{time.monotonic() - began:5.0f} s: {text}\n")
    sys.stdout.flush()


def main() -> int:
    if os.geteuid() != 0:
        sys.exit("network namespaces need root")
    root = Path(tempfile.mkdtemp(prefix="leafnotes-hosts-"))
    expected, written = undisturbed(sample(root / "quiet", page=7))
    directory, log, began = sample(root / "noisy", page=7), root / "log", time.monotonic()
    with ExitStack() as stack:
        stack.enter_context(network())
        postgres, redis = stack.enter_context(local_servers.postgres()), stack.enter_context(local_servers.valkey())
        box = stack.enter_context(local_servers.smtp())
        address = local_servers.database(postgres)
        database = db.connect(address)
        schema.migrate(database)
        reached = {"postgres": Reached(1, address), "redis": Reached(2, redis), "smtp": Reached(3, box.url)}
        urls = {name: one.url for name, one in reached.items()}
        plain = f"{urls['smtp']}?starttls=no"  # away from loopback nothing is sent in the clear unless it is asked for
        variables = environment(directory, urls["postgres"], urls["redis"], plain)
        hosts = Hosts(log, variables)
        stack.callback(hosts.close)
        cuts = [(host, f"ln{number}") for number, host in enumerate(HOSTS, start=11)]
        issues = len(expected["issues"])  # type: ignore[arg-type]
        for part, (host, link) in zip((0.05, 0.3, 0.6, 0.9), cuts, strict=True):
            processes.wait_until(
                f"storing {part:.0%}", lambda part=part: count(database, IssueRow.id) >= part * issues, log, 180
            )
            say(began, f"{host} is cut off for {OUTAGE} s")
            ip("link", "set", link, "down")
            time.sleep(OUTAGE)
            ip("link", "set", link, "up")
        say(began, f"nobody reaches Redis for {OUTAGE} s")
        reached["redis"].down()
        time.sleep(OUTAGE)
        reached["redis"].up = True
        processes.wait_until(
            "sending every digest",
            lambda: count(database, MailRow.id, MailRow.state == "accepted") == len(written) and _idle(database),
            log,
            420,
        )
        same = snapshot(database) == expected
        mails = sorted(bytes(m.original_content or b"") for m in box.messages) == written
        database.dispose()
    say(began, f"{len(written)} mails; rows the same: {same}; mails the same: {mails}; started again: {hosts.restarts}")
    return 0 if same and mails else 1


def _idle(database: Engine) -> bool:
    with db.transaction(database) as session:
        return work.outstanding(session, [kind for kind in KINDS if kind != "canary"]) == 0


if __name__ == "__main__":
    sys.exit(main())
