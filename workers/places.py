"""Places that processes of one worker share: who finds none free does something else, who dies gives its place back."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workers import alive


@contextmanager
def folder() -> Iterator[Path]:
    """Where this worker's places are. What workers that were killed left behind goes."""
    there = alive.folder()
    for old in there.glob("places-*"):
        if not _lives(old.name.removeprefix("places-")):
            shutil.rmtree(old, ignore_errors=True)
    own = there / f"places-{os.getpid()}"
    try:
        yield own
    finally:
        shutil.rmtree(own, ignore_errors=True)


def _lives(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:
        return True
    return True


@contextmanager
def place(within: Path, count: int) -> Iterator[bool]:
    """One of `count` places for as long as the block lasts; False where all are taken."""
    within.mkdir(mode=0o700, parents=True, exist_ok=True)  # each time: there are those who tidy up temporary files
    for number in range(count):
        held = os.open(within / f"place-{number}", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(held)
            continue
        try:
            yield True
        finally:
            os.close(held)
        return
    yield False
