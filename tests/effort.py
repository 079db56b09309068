"""Guards against work that explodes with its input. They are no measures: those are in `benchmarks/`."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


def spent(work: Callable[[], object]) -> float:
    """CPU seconds of a call."""
    began = time.process_time()
    work()
    return time.process_time() - began


def grows_in_step(work: Callable[[int], object], small: int, times: int = 10) -> None:
    """Fails where `times` as much input costs far more than `times` as much: a square of it would cost `times` squared.
    Both are timed in the same process, so neither a slow machine nor a tracer matters."""
    ratio = min(spent(lambda: work(small * times)) / max(spent(lambda: work(small)), 0.001) for _ in range(2))
    assert ratio < 4 * times, f"{times} times the input cost {ratio:.0f} times as much"


@contextmanager
def that_ends(seconds: float = 20.0) -> Iterator[None]:
    """For what ends at once or, with a catastrophic pattern, in minutes: only the latter fails, on any machine."""
    began = time.process_time()
    yield
    assert time.process_time() - began < seconds
