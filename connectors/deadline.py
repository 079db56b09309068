"""A time within which something is done, however slowly a server trickles."""

from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import TypeVar

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
