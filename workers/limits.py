"""Rate limits that all workers share: what a service asked one of them to wait, none of the others may cut short."""

import time

import structlog

from connectors.limits import InProcess, Limiter, Limiters, in_process

log = structlog.get_logger()

PREFIX = "leafnotes:limit:"
LONGER = """
local left = redis.call('PTTL', KEYS[1])
if left < tonumber(ARGV[1]) then redis.call('SET', KEYS[1], '1', 'PX', ARGV[1]) end
"""
AGAIN = 30.0
"""Seconds before a Redis that was away is asked again; until then each process keeps its own memory."""


def in_redis(url: str) -> Limiters:
    """Limiters whose memory is the broker's Redis; only fingerprints of credentials get there."""
    import redis  # half a second that only who has a broker should pay

    client = redis.Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2)
    state = _Reach()

    def limiter(credential: str) -> Limiter:
        return _InRedis(client, f"{PREFIX}{credential}", in_process(credential), state)

    return limiter


class _Reach:
    """Whether Redis was there when it was last asked."""

    def __init__(self) -> None:
        self.away_until = 0.0

    def lost(self, error: Exception) -> None:
        if time.monotonic() >= self.away_until:
            log.warning("rate limits are not shared while Redis is away", reason=str(error))
        self.away_until = time.monotonic() + AGAIN

    @property
    def there(self) -> bool:
        return time.monotonic() >= self.away_until


class _InRedis:
    """One credential's limit. What it was told it also remembers itself, so that a lost Redis forgets nothing here."""

    def __init__(self, client: object, key: str, own: InProcess, reach: _Reach) -> None:
        self._client = client
        self._key = key
        self._own = own
        self._reach = reach

    def delay(self) -> float:
        left = self._ask("pttl", self._key)
        return max(self._own.delay(), (left if isinstance(left, int) and left > 0 else 0) / 1000)

    def hold(self, seconds: float) -> None:
        self._own.hold(seconds)
        if seconds > 0:
            self._ask("eval", LONGER, 1, self._key, max(1, round(seconds * 1000)))

    def _ask(self, command: str, *arguments: object) -> object:
        from redis.exceptions import RedisError

        if not self._reach.there:
            return None
        try:
            return getattr(self._client, command)(*arguments)
        except (RedisError, OSError) as error:
            self._reach.lost(error)
            return None
