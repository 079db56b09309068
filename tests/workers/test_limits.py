"""What a service asked one worker to wait holds for all of them, and a Redis that is away stops nobody."""

import uuid

import pytest

from connectors import limits as local
from workers.limits import PREFIX, in_redis


@pytest.fixture
def credential() -> str:
    return uuid.uuid4().hex


def test_what_one_process_is_told_another_one_knows(redis_url: str, credential: str) -> None:
    import redis

    in_redis(redis_url)(credential).hold(40)

    with redis.Redis.from_url(redis_url) as client:  # another process has no memory of its own
        assert 38_000 < client.pttl(f"{PREFIX}{credential}") <= 40_000


def test_a_shorter_wait_does_not_cut_a_longer_one_short(redis_url: str, credential: str) -> None:
    import redis

    limiter = in_redis(redis_url)(credential)

    limiter.hold(40)
    limiter.hold(1)
    limiter.hold(0)

    with redis.Redis.from_url(redis_url) as client:
        assert client.pttl(f"{PREFIX}{credential}") > 38_000


def test_a_wait_set_elsewhere_is_obeyed(redis_url: str, credential: str) -> None:
    import redis

    with redis.Redis.from_url(redis_url) as client:
        client.set(f"{PREFIX}{credential}", "1", px=20_000)

    assert 18 < in_redis(redis_url)(credential).delay() <= 20


def test_other_credentials_are_not_held(redis_url: str, credential: str) -> None:
    limiters = in_redis(redis_url)

    limiters(credential).hold(40)

    assert limiters(uuid.uuid4().hex).delay() == 0


def test_without_redis_each_process_still_keeps_what_it_was_told(credential: str) -> None:
    limiter = in_redis("redis://127.0.0.1:1/0")(credential)

    limiter.hold(5)

    assert 4 < limiter.delay() <= 5
    assert local.in_process(credential).delay() > 4
