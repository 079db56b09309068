"""What a fake source holds: the truth that a connector's outcome is compared with."""

from bisect import bisect_left
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from operator import attrgetter
from typing import Any, ClassVar, Literal, TypeVar

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
Row = TypeVar("Row")
KEPT = 8
"""More lists than these a world does not keep."""
_CHANGES = count(1)


@dataclass(slots=True)
class Said:
    """A comment on a ticket."""

    id: int
    body: str
    author: str
    at: datetime
    private: bool = False


@dataclass(slots=True)
class Ticket:
    """One ticket as its source holds it. Its title tells its version, so that a stale copy is known as one."""

    id: int
    subject: str
    body: str
    created: datetime
    updated: datetime
    state: str = "open"
    author: str = "kim"
    author_is_staff: bool = False
    labels: tuple[str, ...] = ()
    comments: list[Said] = field(default_factory=list)
    version: int = 1
    archived: bool = False
    deleted: bool = False
    hidden: bool = False
    """Written, and not yet visible in any list."""
    changes: ClassVar[int] = 0
    """Another number after every change of any ticket. What is added to `comments` is none."""

    def __setattr__(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)
        type(self).changes = next(_CHANGES)

    @property
    def title(self) -> str:
        return f"{self.subject} (version {self.version})"


class World:
    """The tickets of one fake source and its clock. `zone` is the time zone of the user whose token is used."""

    def __init__(self, tick: timedelta = timedelta(seconds=1)) -> None:
        self.tick = tick
        self.now = START
        self.zone = "UTC"
        self.tickets: dict[int, Ticket] = {}
        self.edits: Literal["title", "state"] = "title"
        """What an edit changes where a case does not say: the title, or, where texts never change, the state."""
        self._next = 1
        self._kept: dict[Hashable, Sequence[Any]] = {}
        self._kept_at = (0, 0)

    def add(self, updated: datetime | None = None, **change: object) -> Ticket:
        """A new ticket, created and last changed at `updated` (now)."""
        at = updated or self.now
        number = self._next
        self._next += 1
        ticket = Ticket(
            id=number,
            subject=f"The printer on floor {number} jams",
            body=f"Since {at:%A} the printer on floor {number} jams and we lose an hour a day.",
            created=at,
            updated=at,
        )
        for name, value in change.items():
            setattr(ticket, name, value)
        self.tickets[number] = ticket
        return ticket

    def seed(self, count: int, every: timedelta = timedelta(minutes=7)) -> list[Ticket]:
        """Tickets that changed one after the other, the last one at `now`."""
        first = self.now - every * (count - 1)
        return [self.add(first + every * n) for n in range(count)]

    def say(self, ticket: Ticket, body: str, **change: object) -> Said:
        said = Said(id=ticket.id * 1000 + len(ticket.comments) + 1, body=body, author="kim", at=ticket.updated)
        for name, value in change.items():
            setattr(said, name, value)
        ticket.comments.append(said)
        return said

    def edit(self, ticket: Ticket, **change: object) -> None:
        """Change a ticket now: a new version with a new stamp."""
        self.now += self.tick
        if self.edits == "title":
            ticket.version += 1
        elif not change:
            ticket.state = "closed" if ticket.state == "open" else "open"
        ticket.updated = self.now
        for name, value in change.items():
            setattr(ticket, name, value)

    def pass_time(self, by: timedelta) -> None:
        self.now += by

    def listed(self, where: Callable[[Ticket], bool] = lambda _: True) -> list[Ticket]:
        """What a list may show now, deleted ones too, oldest change first and then by id."""
        return [t for t in self.kept("listed", self._visible) if where(t)]

    def kept(self, key: Hashable, make: Callable[[], Sequence[Row]]) -> Sequence[Row]:
        """What `make` makes of the tickets, their comments apart; made anew after any change.

        A list is asked for page by page: the whole of it need not be made for each of them.
        """
        now = (Ticket.changes, len(self.tickets))
        if now != self._kept_at or len(self._kept) > KEPT:
            self._kept, self._kept_at = {}, now
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]

    def truth(self) -> list[Ticket]:
        """What a connector must have brought by now."""
        return self.listed(lambda t: not t.deleted)

    def _visible(self) -> list[Ticket]:
        return sorted((t for t in self.tickets.values() if not t.hidden), key=lambda t: (t.updated, t.id))


def changed_since(rows: Sequence[Ticket], moment: datetime) -> Sequence[Ticket]:
    """Those that changed at a moment or later, of rows that begin with the oldest change."""
    return rows[bisect_left(rows, moment, key=attrgetter("updated")) :]
