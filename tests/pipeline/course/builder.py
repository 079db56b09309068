"""Short ways to write down the course of an issue."""

from datetime import UTC, datetime, timedelta
from typing import Any

from pipeline.course.usual import Usual
from pipeline.course.values import Course, Neighbour, Turn
from pipeline.issue import Event

NOW = datetime(2026, 3, 9, tzinfo=UTC)


def days(back: float) -> datetime:
    return NOW - timedelta(days=back)


def back(ago: float, body: str = "It still happens here.") -> Turn:
    return Turn(at=days(ago), who="asker", back=True, ours=False, body=body)


def ours(ago: float, body: str = "We are looking into it.", who: str = "agent-1", **change: Any) -> Turn:
    return Turn(at=days(ago), who=who, back=False, ours=True, body=body, **change)


def event(what: Any, ago: float, before: str | None = None, after: str | None = None) -> Event:
    return Event(at=days(ago), what=what, before=before, after=after)


def course(*parts: Turn | Event, key: str = "desk:1", ago: float = 5, pain: str | None = "tax") -> Course:
    return Course(
        key=key,
        source=key.partition(":")[0],
        queue="desk ",
        author="account:a",
        writer="asker",
        staff=False,
        pain=pain,
        created_at=days(ago),
        turns=tuple(part for part in parts if isinstance(part, Turn)),
        events=tuple(part for part in parts if isinstance(part, Event)),
    )


def neighbour(number: int, ago: float, author: str | None = "account:a", **change: Any) -> Neighbour:
    made: dict[str, Any] = {
        "key": f"desk:{number}",
        "source": "desk",
        "pain": "tax",
        "author": author,
        "staff": False,
        "created_at": days(ago),
    }
    return Neighbour(**{**made, **change})


def calm(count: int = 30) -> Usual:
    """A queue in which answers come within hours, threads are short, nobody waits and nobody apologises."""
    quick = dict.fromkeys(("silence", "length", "helpers"), (1.0,) * count)
    return Usual(quick | dict.fromkeys(("waiting", "sorry"), (0.0,) * count))
