"""SIGTERM and Ctrl-C: what runs is finished or given back within seconds, and nothing new is taken up."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

GRACE = 8
"""Seconds that a step has to come to its end; after that it is broken off and its row given back."""


@dataclass(slots=True)
class Stop:
    """Whether this process was asked to stop. Raises `KeyboardInterrupt` where nothing runs, or it runs too long."""

    asked: bool = False
    idle: bool = False

    def __call__(self) -> bool:
        return self.asked

    @contextmanager
    def listening(self) -> Iterator[None]:
        before = [(one, signal.signal(one, self._on_signal)) for one in (signal.SIGTERM, signal.SIGINT)]
        before.append((signal.SIGALRM, signal.signal(signal.SIGALRM, _break_off)))
        try:
            yield
        finally:
            signal.alarm(0)
            for number, handler in before:
                signal.signal(number, handler)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self.asked or self.idle:
            raise KeyboardInterrupt
        self.asked = True
        signal.alarm(GRACE)


def _break_off(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
