"""Rate limits: what a service asked us to wait, and a memory of it that every request with the same credential shares.

The memory is one process's, or, where the wiring puts another factory in its place (`share`), that of all workers.
"""

import hashlib
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Protocol

UNSAID = 60.0
"""Seconds to wait where a service says "too much" and not for how long (GitHub asks for at least a minute)."""

_REMAINING = (
    "x-ratelimit-remaining", "ratelimit-remaining", "x-rate-limit-remaining", "rate-limit-remaining",
    "x-ratelimit-remaining-minute",
)  # fmt: skip
_LIMIT = ("x-ratelimit-limit", "ratelimit-limit", "x-rate-limit", "x-rate-limit-limit", "rate-limit")
_RESET = (
    "x-ratelimit-reset", "ratelimit-reset", "x-rate-limit-reset", "rate-limit-reset", "x-ratelimit-retry-after",
)  # fmt: skip
_EPOCH = 1_000_000_000  # a larger number is a moment, a smaller one a number of seconds


class Limiter(Protocol):
    """How long one credential has to keep quiet."""

    def delay(self) -> float:
        """Seconds until the next request may be sent; 0 when it may be sent now."""

    def hold(self, seconds: float) -> None:
        """Nobody sends with this credential for so long."""


Limiters = Callable[[str], Limiter]
"""From a credential's fingerprint to the limiter that everyone who uses it shares."""


class InProcess:
    """A limiter for the threads of one process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until = 0.0
        self._lock = threading.Lock()

    def delay(self) -> float:
        with self._lock:
            return max(0.0, self._until - self._clock())

    def hold(self, seconds: float) -> None:
        with self._lock:
            self._until = max(self._until, self._clock() + seconds)


_known: dict[str, InProcess] = {}
_known_lock = threading.Lock()


def in_process(credential: str) -> InProcess:
    """The one limiter of this process for a credential."""
    with _known_lock:
        return _known.setdefault(credential, InProcess())


_factory: Limiters = in_process


def share(limiters: Limiters) -> None:
    """From now on limiters come from here: the wiring's way to share them between processes."""
    global _factory
    _factory = limiters


def current() -> Limiters:
    """Where limiters come from now."""
    return _factory


def shared(credential: str) -> Limiter:
    """The limiter of a credential, by its fingerprint."""
    return _factory(credential)


def fingerprint(origin: str, secret: str) -> str:
    """Names a credential without telling it."""
    return hashlib.blake2b(f"{origin}\n{secret}".encode(), digest_size=12).hexdigest()


def throttled(status: int, headers: Mapping[str, str], message: str, *, now: float, attempt: int = 1) -> float | None:
    """Seconds to wait if this answer means "too many requests", else None. `headers` have lower-case names.

    A 403 is a limit only where it says so: with Retry-After, with nothing remaining, or in words. Where the answer does
    not say how long, each further attempt waits twice as long.
    """
    if status not in (403, 429):
        return None
    asked = retry_after(headers, now)
    if asked is not None:
        return asked
    spent = exhausted(headers, now)
    if spent is not None:
        return spent
    words = message.casefold()
    limited = status == 429 or "rate limit" in words or "abuse" in words
    return UNSAID * 2 ** (attempt - 1) if limited else None


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """The Retry-After header, given in seconds or as a date."""
    value = headers.get("retry-after")
    return None if value is None else _until(value, server=_server_time(headers, now))


def exhausted(headers: Mapping[str, str], now: float, reserve: float = 0.0) -> float | None:
    """Seconds until the window of a `*-remaining` / `*-reset` family opens again, where nothing remains in it, or no
    more than the part `reserve` of a limit that the service names."""
    remaining = _number(headers, _REMAINING)
    if remaining is None or remaining > reserve * (_number(headers, _LIMIT) or 0.0):
        return None
    reset = next((headers[name] for name in _RESET if name in headers), "")
    wait = _until(reset, server=_server_time(headers, now))
    return UNSAID if wait is None else wait + 1  # the window opens within that second


def _number(headers: Mapping[str, str], names: Sequence[str]) -> float | None:
    given = next((headers[name] for name in names if name in headers), "")
    try:
        return float(given)
    except ValueError:
        return None


def _server_time(headers: Mapping[str, str], now: float) -> float:
    """The moments in an answer are on the server's clock, so they are counted from its Date."""
    moment = _moment(headers.get("date", ""))
    return now if moment is None else moment


def _until(value: str, *, server: float) -> float | None:
    try:
        number = float(value)
    except ValueError:
        moment = _moment(value)
        return None if moment is None else max(0.0, moment - server)
    if number != number or number in (float("inf"), float("-inf")):
        return None
    return max(0.0, number - server if number > _EPOCH else number)


def _moment(value: str) -> float | None:
    for parse in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            at = parse(value.strip())
        except ValueError:
            continue
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    return None
