"""Whether the process that holds a lease still lives, as far as this machine can tell.

Each process holds a lock on a file of its own for as long as it lives; the operating system lets go of it however the
process ends. A file that another process can lock belongs to a dead one.
"""

import atexit
import fcntl
import os
import socket
import tempfile
import time
import uuid
from contextlib import suppress
from functools import cache
from pathlib import Path

_FOLDER = f"leafnotes-{os.getuid()}"
_held: dict[int, str] = {}
_left: set[str] = set()


def name() -> str:
    """This process's name for its leases: the machine, and the file that it holds a lock on."""
    pid = os.getpid()
    if pid not in _held:  # a child of a fork holds its own
        _held[pid] = _hold()
    return _held[pid]


def leave() -> None:
    """Have this process's file stay when it ends in good order: it could not give back what it holds."""
    _left.add(name())


def is_dead(holder: str) -> bool:
    """Whether a holder was a process of this machine that has ended. False where that cannot be known."""
    machine, _, path = holder.partition(" ")
    if machine != _machine() or not path or Path(path).parent.name != _FOLDER:
        return False
    try:
        with open(path, "r+", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            Path(path).unlink(missing_ok=True)
    except OSError:  # locked by the living, or not there
        return False
    return True


def folder() -> Path:
    """Where this machine's processes, of this user, leave their signs."""
    return Path(tempfile.gettempdir()) / _FOLDER


def sign(process: str) -> None:
    """Show that a process of this kind is at work. Where there is no place for it, nobody sees it."""
    with suppress(OSError):
        folder().mkdir(mode=0o700, exist_ok=True)
        (folder() / f"{process}.sign").touch(mode=0o600)


def gave_sign(process: str, *, within: float) -> bool:
    """Whether one of this kind on this machine did in the last `within` seconds."""
    try:
        return time.time() - (folder() / f"{process}.sign").stat().st_mtime <= within
    except OSError:
        return False


def _hold() -> str:
    path = folder() / f"{uuid.uuid4().hex}.lock"
    try:
        folder().mkdir(mode=0o700, exist_ok=True)
        atexit.register(_tidy, path)
        held = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)  # open until the process ends
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # no place for it: its leases simply run out
        return f"{_machine()} "
    return f"{_machine()} {path}"


def _tidy(path: Path) -> None:
    if f"{_machine()} {path}" not in _left:
        path.unlink(missing_ok=True)


@cache
def _machine() -> str:
    return socket.gethostname()[:100]
