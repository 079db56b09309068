"""A time within which something is done, however slowly a server trickles."""

import os
import socket
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from threading import Condition, Event, Lock, Thread
from time import monotonic
from types import TracebackType
from typing import Self, TypeVar

from connectors.errors import SourceError

T = TypeVar("T")


def within(seconds: float, ask: Callable[[], T], late: str) -> T:
    """What `ask` returns or raises. The thread of a server that does not end is left behind, and does not hold this
    one: then a `SourceError` says `late`."""
    answer: Future[T] = Future()

    def run() -> None:
        try:
            answer.set_result(ask())
        except SourceError as error:
            answer.set_exception(error)
        except Exception as error:  # whatever an answer can do to a parser
            answer.set_exception(SourceError(f"its answer could not be read ({type(error).__name__})"))

    Thread(target=run, daemon=True).start()
    try:
        return answer.result(seconds)
    except TimeoutError:
        raise SourceError(late) from None


class Cut:
    """Ends an exchange that is not done within so many seconds, whatever it is waiting for: its socket is shut.

    `holds` names the socket; `late` says afterwards whether it was cut, for what was read then may look whole.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._lock = Lock()
        self._over = Event()
        self._wire: socket.socket | None = None

    def __enter__(self) -> Self:
        _watch.begin(self, monotonic() + self._seconds)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        _watch.end(self)
        with self._lock:
            self._let_go()

    @property
    def late(self) -> bool:
        return self._over.is_set()

    def holds(self, wire: socket.socket) -> None:
        """Through a handle of our own: TLS, and an answer that ends its connection, take the other one away."""
        with self._lock:
            self._let_go()
            self._wire = socket.fromfd(wire.fileno(), wire.family, wire.type)
            if self.late:
                self._shut()

    def end(self) -> None:
        """It is late: whoever waits for the socket is told that nothing comes any more."""
        with self._lock:
            self._over.set()
            self._shut()

    def _shut(self) -> None:
        if self._wire is not None:
            with suppress(OSError):  # it ended by itself
                self._wire.shutdown(socket.SHUT_RDWR)

    def _let_go(self) -> None:
        if self._wire is not None:
            self._wire.close()
            self._wire = None


class _Watch:
    """Ends what is late. One thread for a process: to start one for each exchange costs as much as the exchange."""

    def __init__(self) -> None:
        self._ends: dict[Cut, float] = {}
        self._changed = Condition()
        self._thread: Thread | None = None
        self._wakes = 0.0
        """When the thread looks again by itself."""

    def begin(self, cut: Cut, end: float) -> None:
        with self._changed:
            self._ends[cut] = end
            if self._thread is None:
                self._thread = Thread(target=self._look, daemon=True)
                self._thread.start()
            elif end < self._wakes:
                self._changed.notify()

    def end(self, cut: Cut) -> None:
        with self._changed:
            self._ends.pop(cut, None)

    def _look(self) -> None:
        with self._changed:
            while True:
                now = monotonic()
                for cut in [cut for cut, end in self._ends.items() if end <= now]:
                    del self._ends[cut]
                    cut.end()
                self._wakes = min(self._ends.values(), default=now + _IDLE)
                self._changed.wait(self._wakes - now)


_IDLE = 3600.0
_watch = _Watch()


def _anew() -> None:
    """A forked process has no such thread, and the lock may be held by nobody."""
    global _watch
    _watch = _Watch()


os.register_at_fork(after_in_child=_anew)
