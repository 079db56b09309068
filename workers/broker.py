"""Whether the broker may be used: a Redis that evicts keys would lose the whole queue without an error."""

import time
from collections.abc import Callable

PAUSE = 5.0
"""Seconds between two looks for a Redis that is away."""


class _Away(Exception):
    """Redis cannot be reached just now, for a reason that may pass by itself."""


def problem(url: str) -> str | None:
    """What is wrong with the broker, in one sentence with its remedy; None where it may be used."""
    try:
        return _lasting(url)
    except _Away as away:
        return f"Redis cannot be reached: {away}"


def settled(url: str, say: Callable[[str], object]) -> str | None:
    """The same once Redis can be reached, so that who starts before it needs nobody. `say` hears why this waits, once
    for each reason."""
    told = ""
    while True:
        try:
            return _lasting(url)
        except _Away as away:
            if str(away) != told:
                told = str(away)
                say(told)
            time.sleep(PAUSE)


def _lasting(url: str) -> str | None:
    """What waiting does not mend. Raises `_Away`."""
    import redis  # half a second that only who has a broker should pay
    from redis.exceptions import AuthenticationError, AuthorizationError, ConnectionError, RedisError, TimeoutError

    try:
        with redis.Redis.from_url(url, socket_connect_timeout=5, socket_timeout=5) as client:
            policy = client.config_get("maxmemory-policy").get("maxmemory-policy", "unknown")
            role = client.info("replication").get("role", "master")
    except (ValueError, TypeError):  # their words may repeat a value of the URL
        return "Redis cannot be reached: its URL is not understood"
    except (AuthenticationError, AuthorizationError) as error:  # kinds of ConnectionError
        return f"Redis cannot be reached: {error}"
    except (ConnectionError, TimeoutError) as error:
        raise _Away(str(error)) from None
    except RedisError as error:
        return f"Redis cannot be reached: {error}"
    if role != "master":
        return "Redis is a replica, which takes no message; name the server that it follows"
    if policy != "noeviction":
        return (
            f"Redis evicts keys when it is full (maxmemory-policy {policy}), which loses the queue without an error; "
            "give Leafnotes a Redis of its own with `maxmemory-policy noeviction`"
        )
    return None
