"""Whether the broker may be used: a Redis that evicts keys would lose the whole queue without an error."""

import time
from collections.abc import Callable

PAUSE = 5.0
"""Seconds between two looks for a Redis that is away."""


def wait(url: str, say: Callable[[str], object]) -> None:
    """Until Redis can be reached, so that who starts before it needs nobody. `say` hears why, once for each reason."""
    told = None
    while (why := _away(url)) is not None:
        if why != told:
            told = why
            say(why)
        time.sleep(PAUSE)


def _away(url: str) -> str | None:
    """Why Redis cannot be reached just now. None also where waiting mends nothing (a password, a right, a URL that is
    none): that is for `problem` to say."""
    import redis
    from redis.exceptions import AuthenticationError, AuthorizationError, ConnectionError, RedisError, TimeoutError

    try:
        with redis.Redis.from_url(url, socket_connect_timeout=5, socket_timeout=5) as client:
            client.ping()
    except (AuthenticationError, AuthorizationError):
        return None
    except (ConnectionError, TimeoutError) as error:
        return str(error)
    except (RedisError, ValueError, TypeError):
        return None
    return None


def problem(url: str) -> str | None:
    """What is wrong with the broker, in one sentence with its remedy; None where it may be used."""
    import redis  # half a second that only who has a broker should pay
    from redis.exceptions import RedisError

    try:
        with redis.Redis.from_url(url, socket_connect_timeout=5, socket_timeout=5) as client:
            policy = client.config_get("maxmemory-policy").get("maxmemory-policy", "unknown")
            role = client.info("replication").get("role", "master")
    except (ValueError, TypeError):  # their words may repeat a value of the URL
        return "Redis cannot be reached: its URL is not understood"
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
