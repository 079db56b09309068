"""A list of changes read so that nothing is lost: by time, through ties, behind window caps, and again for latecomers.

Pages are asked anew by time, since the last change seen, because counting pages skips an item whenever an earlier one
is edited, moved or deleted meanwhile. Only where more items share one tick than fit on a page is the source's own way
to the next page followed, and then until the tick is the same twice.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, Final

from connectors.errors import SourceError
from connectors.http import HttpError
from connectors.profile import SourceProfile

PASSES: Final = 50
"""How often one tick is read before we give up: each time, something in it was changed meanwhile."""
LANE: Final = timedelta(minutes=15)
"""A longer trail is followed in a lane of its own, instead of being read again with every pull."""

Given = tuple[Sequence[Any], datetime | None]
"""Items, and the moment up to which everything has been given once these are stored."""
Mark = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Listing:
    """One page in the source's own order. `next` is whatever leads to the following one, None on the last."""

    items: Sequence[Any]
    next: Any = None


Read = Callable[[datetime | None, Any], Listing]
"""(changed since, `next` of the page before or None) -> a page. Since None is from the beginning."""


@dataclass(frozen=True, kw_only=True)
class Feed:
    """One list of changes of a source. `moment` is an item's time of change, `key` its id; both None for odd items."""

    name: str
    profile: SourceProfile
    read: Read
    moment: Callable[[Any], datetime | None]
    key: Callable[[Any], Hashable]

    def follow(self, mark: Mark, now: datetime) -> Iterator[tuple[Sequence[Any], Mark]]:
        """Everything that changed since `mark`, latecomers included, each page with the mark that is safe after it.

        A mark is {"to": the moment reached, "late": how far latecomers were looked for}; empty at the beginning.
        """
        trail, to, late = self.profile.trail, _at(mark.get("to")), _at(mark.get("late"))
        limit = now - trail
        if trail <= LANE:
            since = to - trail if to is not None else None
            late = None
        else:
            # What shows after the first walk has begun is looked for from here on, however often that is cut short.
            since, late = to, late or limit
        for items, reached in self.walk(since):
            # What shows while we walk may belong before where we are, so nobody looks back from later than we began.
            to = _latest(to, reached if late is not None or reached is None else min(reached, now))
            yield items, _mark(to, late)
        if late is not None and limit - late >= trail / 12:
            for items, reached in self.walk(late):
                late = min(limit, _latest(late, reached) or limit)
                yield items, _mark(to, late)
                if reached is not None and reached > limit:
                    break
            yield (), _mark(to, limit)

    def walk(self, since: datetime | None) -> Iterator[Given]:
        """The list from `since` on, oldest change first."""
        asked, reached = None if since is None else self._floor(since), since
        page = self._page(self._asked(asked), None)
        if self.profile.order == "none":
            yield from self._by_links(page, asked, reached)
            return
        page = self._past_empty(page, asked)
        while page.ascends_from(self._asked(asked)) and (page.moments or page.next is None):
            if page.next is None or asked is None or page.goes_beyond(asked, self.profile.tick):
                reached = _latest(reached, page.last)
                yield page.items, reached
                following = page.last
            else:
                yield from self._same_tick(page, asked, reached)
                reached, following = _latest(reached, asked), asked + self.profile.tick
            if page.next is None or following is None:
                return
            following = self._floor(following)
            fresh = self._past_empty(self._page(self._asked(following), None), following)
            if not fresh.ascends_from(self._asked(following)):
                # This server does not filter by time (some that stand in for others do not): its links are left.
                page = self._next(page, asked, set())
                break
            asked, page = following, fresh
        yield from self._by_links(page, asked, reached)

    def _same_tick(self, page: "_Page", tick: datetime, reached: datetime | None) -> Iterator[Given]:
        """More items changed in one tick than fit on a page: the source's own way leads through them.

        A page is a count of items from the start, so an item that leaves the tick meanwhile makes another one slip by
        unseen. The tick is therefore read until it is the same twice; until then the mark stays before it.
        """
        before: list[Any] | None = None
        end = tick + self.profile.tick
        for _ in range(PASSES):
            keys, followed, depth = page.keys_before(end), set[Hashable](), len(page.items)
            yield page.items, reached
            while page.next is not None and (page.last is None or page.last < end):
                self._must_not_be_deeper(tick, depth)
                page = self._next(page, tick, followed)
                depth += len(page.items)
                keys += page.keys_before(end)
                yield page.items, reached
            if keys == before:
                return
            before, page = keys, self._page(self._asked(tick), None)
        raise SourceError(f"{self.name}: what changed at {_iso(tick)} does not come to rest; it will be tried again.")

    def _past_empty(self, page: "_Page", asked: datetime | None) -> "_Page":
        """The first page that holds something: what one may not see can fill whole pages of a list."""
        followed = set[Hashable]()
        while page.next is not None and not page.items:
            page = self._next(page, asked, followed)
        return page

    def _by_links(self, page: "_Page", asked: datetime | None, reached: datetime | None) -> Iterator[Given]:
        """In whatever order it comes, so that nothing is certain before the end."""
        newest, followed = reached, set[Hashable]()
        while True:
            newest = _latest(newest, *page.moments)
            yield page.items, newest if page.next is None else reached
            if page.next is None:
                return
            page = self._next(page, asked, followed)

    def _next(self, page: "_Page", asked: datetime | None, followed: set[Hashable]) -> "_Page":
        """The page after this one, of the same question. Raises `SourceError` where the source runs in circles."""
        step = repr(page.next)
        if step in followed:
            raise SourceError(f"{self.name}: the next page is one that was read already.")
        followed.add(step)
        try:
            return self._page(self._asked(asked), page.next)
        except HttpError as error:
            if isinstance(page.next, int) or error.status not in (400, 404, 410):
                raise
            # A token that has ended: the next pull begins at the mark, with a question of its own.
            raise SourceError(f"{self.name}: the way to the next page is not known any more ({error})") from None

    def _must_not_be_deeper(self, tick: datetime, depth: int) -> None:
        window = self.profile.window
        if window is not None and depth + self.profile.page_size > window:
            raise SourceError(
                f"{self.name}: more than {window} items changed at {_iso(tick)}, and the source does not list further. "
                "Change some of them, a label will do, so that they move on.",
                permanent=True,
            )

    def _page(self, since: datetime | None, position: Any) -> "_Page":
        found = self.read(since, position)
        if not found.items and found.next is not None:
            # Some skip what one may not see, others stumble: an empty page that is not the last is asked for twice.
            found = self.read(since, position)
        times = (self.moment(item) for item in found.items)
        keyed = [(at, self.key(item)) for item, at in zip(found.items, times, strict=True) if at is not None]
        return _Page(found.items, keyed, found.next)

    def _asked(self, since: datetime | None) -> datetime | None:
        """What to ask for so that the tick of `since` is in the answer."""
        return since if since is None or self.profile.inclusive else since - self.profile.tick

    def _floor(self, at: datetime) -> datetime:
        tick = self.profile.tick
        return at - (at - datetime.min.replace(tzinfo=UTC)) % tick


@dataclass(frozen=True, slots=True)
class _Page:
    items: Sequence[Any]
    keyed: Sequence[tuple[datetime, Hashable]]
    next: Any

    @property
    def moments(self) -> list[datetime]:
        return [at for at, _ in self.keyed]

    @property
    def last(self) -> datetime | None:
        return self.keyed[-1][0] if self.keyed else None

    def ascends_from(self, asked: datetime | None) -> bool:
        """It begins where it was asked to, and is in order."""
        moments = self.moments
        begins = asked is None or not moments or moments[0] >= asked
        return begins and all(a <= b for a, b in pairwise(moments))

    def goes_beyond(self, tick: datetime, length: timedelta) -> bool:
        return self.last is not None and self.last >= tick + length

    def keys_before(self, end: datetime) -> list[Any]:
        return [key for at, key in self.keyed if at < end]


def _latest(*moments: datetime | None) -> datetime | None:
    return max((moment for moment in moments if moment is not None), default=None)


def _mark(to: datetime | None, late: datetime | None) -> dict[str, str]:
    told = {"to": to, "late": late}
    return {name: _iso(at) for name, at in told.items() if at is not None}


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _at(value: object) -> datetime | None:
    if value is None:
        return None
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError:
        raise SourceError(
            f"the cursor holds {value!r:.40}, which is not a time; move this source's cursor back", permanent=True
        ) from None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
