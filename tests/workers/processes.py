"""Leafnotes' own commands as real processes, each in its own process group, so that a kill takes the children along."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

COMMAND = [str(Path(sys.executable).parent / "leafnotes")]


def start(log: Path, environment: Mapping[str, str], *arguments: str) -> "subprocess.Popen[bytes]":
    """A command in the background; what it says goes to `log`."""
    with log.open("ab") as out:
        return subprocess.Popen(
            [*COMMAND, *arguments],
            env={**os.environ, **environment},
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def kill(process: "subprocess.Popen[bytes]", sig: int = signal.SIGKILL) -> None:
    """The whole process group at once: the worker and its pool children."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, sig)
    process.wait(30)


def end(process: "subprocess.Popen[bytes]") -> tuple[int, float]:
    """(exit code, seconds) of a process that is asked to stop, alone, as a supervisor does."""
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    return process.wait(60), time.monotonic() - began


@contextmanager
def fleet(
    log: Path, environment: Mapping[str, str], *commands: tuple[str, ...]
) -> Iterator[list["subprocess.Popen[bytes]"]]:
    """Several commands; whatever is left of them is killed at the end."""
    running = [start(log, environment, *command) for command in commands]
    try:
        yield running
    finally:
        for process in running:
            kill(process)


def wait_until(what: str, true: Callable[[], bool], log: Path, seconds: float = 90) -> None:
    """Poll until something holds; fails with the end of the processes' log."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            said = log.read_text(errors="replace")[-4000:] if log.exists() else ""
            raise AssertionError(f"{what} did not happen in {seconds:.0f} s; the processes said:\n{said}")
        time.sleep(0.05)
