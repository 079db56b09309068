"""The processes: started from a warm template, killed with their whole group, and started again. No crash is hidden:
whatever ended without having been killed is counted, with the end of its log.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests import local_servers
from tests.prove.failpoints import Desk
from tests.prove.ledger import Tail

ROOT = Path(__file__).parents[2]


class Template:
    """Talks to `tests.prove.process`."""

    def __init__(self, log: Path) -> None:
        with log.open("ab") as said:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.prove.process"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=said,
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                text=True,
                start_new_session=True,
            )
        self._hear()

    def start(self, **order: Any) -> int:
        return int(self._say({"do": "start", **order})["pid"])

    def reap(self) -> dict[int, int]:
        """Process to how it ended, of those that ended since."""
        return {int(pid): status for pid, status in self._say({"do": "reap"})["ended"].items()}

    def end(self) -> None:
        """Closing its input makes it kill what it started, also when the harness itself was killed."""
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.close()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _say(self, order: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return self._hear()

    def _hear(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the template of the processes ended; see its log")
        told: dict[str, Any] = json.loads(line)
        return told


def _ending(status: int | None) -> str:
    if status is None:
        return "and nobody knows how"
    code = os.waitstatus_to_exitcode(status)
    return f"by signal {-code}" if code < 0 else f"with code {code}"


@dataclass
class Fleet:
    """`roles` are a process's name and its arguments; each runs once, and again after each death."""

    template: Template
    roles: Mapping[str, tuple[str, ...]]
    environment: Mapping[str, str]
    desk: Path
    logs: Path
    bug: str = ""
    running: dict[str, int] = field(default_factory=dict)
    ended: set[int] = field(default_factory=set)
    expected: set[int] = field(default_factory=set)
    crashes: list[str] = field(default_factory=list)
    starts: int = 0

    def __post_init__(self) -> None:
        self._fired = Tail(Desk(self.desk).fired)

    def start(self, role: str) -> None:
        self.starts += 1
        self.running[role] = self.template.start(
            arguments=list(self.roles[role]),
            environment=dict(self.environment),
            log=str(self.logs / f"{role}.log"),
            role=role,
            desk=str(self.desk),
            bug=self.bug,
        )

    def start_all(self) -> None:
        for role in self.roles:
            if role not in self.running:
                self.start(role)

    def kill(self, role: str) -> None:
        """The whole group, at whatever it is doing."""
        pid = self.running[role]
        self.expected.add(pid)
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)

    def expect(self, pid: int) -> None:
        """This one was told to die."""
        self.expected.add(pid)

    def tend(self) -> list[str]:
        """Notice who ended, and start them again; the names of those."""
        how = self.template.reap()
        self.ended |= how.keys()
        again = [role for role, pid in self.running.items() if pid in self.ended]
        self.expected |= self._ordered() if again else set()
        for role in again:
            pid = self.running[role]
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)  # children of one that ended by itself
            if pid not in self.expected:
                log = (self.logs / f"{role}.log").read_text("utf-8", errors="replace")[-3000:]
                self.crashes.append(f"{role} ended by itself, {_ending(how.get(pid))}; it said:\n{log}")
            self.start(role)
        return again

    def _ordered(self) -> set[int]:
        """Who wrote down that they die as they were told. They write first: whoever has ended can be found here."""
        told = self._fired()
        groups = {one["group"] for one in told if one["how"] == "group"}
        return groups | {one["pid"] for one in told if one["how"] not in ("freeze", "memory")}

    def wait_for(self, pid: int, seconds: float = 10) -> None:
        end = time.monotonic() + seconds
        while pid not in self.ended and time.monotonic() < end:
            self.ended |= self.template.reap().keys()
            time.sleep(0.01)

    def end(self) -> None:
        for role in list(self.running):
            self.kill(role)
        for pid in self.running.values():
            self.wait_for(pid)
        self.running.clear()


class Redis:
    """One that can be killed and come back empty at the same address."""

    def __init__(self, folder: Path) -> None:
        self.port = local_servers.free_port()
        self._folder, self._process = folder, None
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        binary, _ = local_servers._valkey_binary()
        command = [binary, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self._folder)]
        with (self._folder / "redis.log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)

    def wipe(self) -> None:
        import redis

        with redis.Redis.from_url(self.url) as client:
            client.flushall()

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()


def copy_sqlite(template: Path, target: Path) -> None:
    shutil.copyfile(template, target)
