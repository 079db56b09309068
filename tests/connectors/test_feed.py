"""Changes that a source's list shows late, while it is read or between two readings."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.feed import Feed, Listing
from connectors.profile import SourceProfile

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@dataclass
class Desk:
    """Items by name: (when each was changed, from when on the list shows it)."""

    trail: timedelta
    now: datetime = START
    items: dict[str, tuple[datetime, datetime]] = field(default_factory=dict)
    mark: Mapping[str, str] = field(default_factory=dict)
    stored: set[str] = field(default_factory=set)

    def read(self, since: datetime | None, _position: Any) -> Listing:
        found = sorted(
            (at, name)
            for name, (at, shown) in self.items.items()
            if shown <= self.now and (since is None or at >= since)
        )
        return Listing(found[:2], "more" if len(found) > 2 else None)

    def pages(self) -> Iterator[None]:
        profile = SourceProfile(cursor="changed", page_size=2, trail=self.trail)
        feed = Feed(name="desk", profile=profile, read=self.read, moment=lambda i: i[0], key=lambda i: i[1])
        for items, mark in feed.follow(self.mark, self.now):
            self.stored |= {name for _, name in items}
            self.mark = mark
            yield

    def pull(self) -> None:
        for _ in self.pages():
            pass


def test_what_shows_late_while_a_long_pull_runs_is_not_passed_by() -> None:
    desk = Desk(10 * MINUTE)
    for n in range(6):
        desk.items[f"i{n}"] = (START - (10 - n) * MINUTE, START)
    desk.items["late"] = (START - 9 * MINUTE + MINUTE / 2, START + MINUTE)
    pages = desk.pages()
    for _ in range(3):
        next(pages)
    desk.now = START + 13 * MINUTE
    desk.items["meanwhile"] = (START + 12 * MINUTE, START + 12 * MINUTE)
    for _ in pages:
        pass
    assert {"i5", "meanwhile"} <= desk.stored

    desk.pull()

    assert "late" in desk.stored


@pytest.mark.parametrize("broken_off", [HOUR, 20 * HOUR])
def test_what_showed_late_while_the_first_pull_was_broken_off_is_found(broken_off: timedelta) -> None:
    desk = Desk(12 * HOUR)
    for n in range(6):
        desk.items[f"i{n}"] = (START - n * HOUR, START)
    desk.items["late"] = (START - 3 * HOUR - MINUTE, START + 30 * MINUTE)
    pages = desk.pages()
    for _ in range(2):
        next(pages)
    pages.close()

    desk.now = START + broken_off
    desk.pull()
    desk.now += 14 * HOUR
    desk.pull()

    assert "late" in desk.stored
