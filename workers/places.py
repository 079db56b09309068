"""Places that processes of one worker share: who finds none free does something else, who dies gives its place back."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def place(folder: Path, count: int) -> Iterator[bool]:
    """One of `count` places for as long as the block lasts; False where all are taken."""
    for number in range(count):
        held = os.open(folder / f"place-{number}", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
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
