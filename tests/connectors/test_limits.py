from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from connectors.limits import UNSAID, InProcess, exhausted, fingerprint, in_process, throttled
from tests.connectors.stage import Clock

NOW = datetime(2026, 9, 14, 8, tzinfo=UTC)
EPOCH = NOW.timestamp()


def http_date(seconds: float) -> str:
    return format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize(
    ("status", "headers", "message", "wait"),
    [
        (429, {"retry-after": "7"}, "", 7),
        (429, {"retry-after": http_date(90)}, "", 90),
        (403, {"retry-after": "60"}, "You have triggered an abuse detection mechanism", 60),
        (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(EPOCH) + 600)}, "", 601),
        (429, {"ratelimit-remaining": "0", "ratelimit-reset": "12"}, "", 13),
        (429, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "2026-09-14T08:05:00Z"}, "", 301),
        (429, {"x-ratelimit-remaining": "0"}, "", UNSAID),
        (429, {}, "", UNSAID),
        (403, {}, "You have exceeded a secondary rate limit", UNSAID),
        (429, {"retry-after": "soon"}, "", UNSAID),
        (429, {"retry-after": "inf"}, "", UNSAID),
        (429, {"retry-after": http_date(-90)}, "", 0),
        (403, {}, "Resource not accessible by personal access token", None),
        (403, {"x-ratelimit-remaining": "4999"}, "Forbidden", None),
        (500, {"retry-after": "7"}, "", None),
    ],
)
def test_what_a_refusal_asks_to_wait(status: int, headers: dict[str, str], message: str, wait: float | None) -> None:
    assert throttled(status, headers, message, now=EPOCH) == wait


def test_a_wait_is_counted_on_the_clock_of_the_server() -> None:
    headers = {"date": http_date(-3600), "x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(EPOCH) - 3540)}

    assert throttled(403, headers, "", now=EPOCH) == 61


def test_each_refusal_without_a_time_doubles_the_wait() -> None:
    assert [throttled(429, {}, "", now=EPOCH, attempt=attempt) for attempt in (1, 2, 3)] == [60, 120, 240]


def test_a_window_with_something_left_is_not_spent() -> None:
    assert exhausted({"x-ratelimit-remaining": "1", "x-ratelimit-reset": str(int(EPOCH) + 600)}, EPOCH) is None


def test_a_shorter_hold_does_not_shorten_a_longer_one() -> None:
    clock = Clock()
    limiter = InProcess(clock)

    limiter.hold(100)
    limiter.hold(5)
    clock.now += 40

    assert limiter.delay() == 60


def test_everybody_with_one_credential_shares_its_limiter() -> None:
    one = fingerprint("https://api.github.com", "secret-one")

    assert in_process(one) is in_process(one)
    assert in_process(one) is not in_process(fingerprint("https://api.github.com", "secret-two"))
    assert "secret" not in one
