"""Reading a source whose index is late, whose pages shift, and whose tokens end, by the real feed into the real store.

The source keeps a ledger of everything it acknowledged. At every commit what changed before the cursor, less what the
source may be late by, has to be stored; and when it comes to rest nothing is missing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule
from sqlalchemy import select

from connectors.errors import SourceError
from connectors.feed import Feed, Listing
from connectors.http import HttpError
from connectors.profile import SourceProfile
from pipeline import steps
from pipeline.issue import Gone, Issue
from pipeline.store import db, sources
from pipeline.tables import IssueRow
from tests.models.machine import Clock, Killed, Stored

NAME = "desk"
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
PROFILES = {
    "plain": SourceProfile(cursor="changed", page_size=3),
    "late": SourceProfile(cursor="changed", page_size=3, trail=10 * MINUTE, window=60),
    "minutes": SourceProfile(cursor="changed", page_size=3, tick=MINUTE, trail=10 * MINUTE),
    "exclusive": SourceProfile(cursor="changed", page_size=4, inclusive=False, trail=10 * MINUTE),
    "exclusive-minutes": SourceProfile(cursor="changed", page_size=4, inclusive=False, tick=MINUTE, trail=10 * MINUTE),
    "milliseconds": SourceProfile(cursor="changed", page_size=2, tick=timedelta(milliseconds=1), trail=10 * MINUTE),
    "lane": SourceProfile(cursor="changed", page_size=3, trail=timedelta(hours=12)),
    "unordered": SourceProfile(cursor="changed", page_size=3, order="none", trail=10 * MINUTE),
    "listed": SourceProfile(cursor="changed", page_size=3, trail=10 * MINUTE, tombstones="listed"),
}
PARTS = st.sampled_from([timedelta(), timedelta(microseconds=1), timedelta(milliseconds=1), SECOND, 59 * SECOND])
SPANS = st.sampled_from([timedelta(), SECOND, MINUTE, 3 * MINUTE, 11 * MINUTE, timedelta(hours=2)])


@dataclass(frozen=True)
class Change:
    """One change that the source acknowledged, and from when on its index shows it."""

    number: int
    at: datetime
    shown: datetime
    deleted: bool = False


@dataclass
class Desk:
    """The source. Its list is made anew for each page, from what its index shows at that moment."""

    profile: SourceProfile
    zone: timezone
    clock: Clock
    twice: bool
    """Whether each page gives its first item twice."""
    ledger: dict[str, list[Change]] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    """What the reader of the list may not see: it takes its place on the page all the same."""
    tokens: dict[str, tuple[int, str]] = field(default_factory=dict)
    living: bool = True
    """Whether tokens are still known."""

    def change(self, key: str, late: timedelta, *, deleted: bool = False) -> None:
        before = self.ledger.setdefault(key, [])
        shown = max([self.clock.at + late, *(one.shown for one in before)])
        before.append(Change(len(before) + 1, self.clock.at, shown, deleted))

    def now(self, key: str) -> Change:
        return self.ledger[key][-1]

    def indexed(self, key: str) -> Change | None:
        shown = [one for one in self.ledger[key] if one.shown <= self.clock.at]
        return shown[-1] if shown else None

    def read(self, since: datetime | None, position: Any) -> Listing:
        """A page, asked for in the source's own local time and as exactly as it can tell."""
        asked = None if since is None else since.astimezone(self.zone).strftime("%Y-%m-%dT%H:%M:%S.%f%z")
        found = sorted(self._matching(asked), key=self._order)
        at = 0
        if position is not None:
            if not self.living or position not in self.tokens:
                raise HttpError("the token has ended", status=410)
            count, last = self.tokens[position]
            at = sum(key <= last for key, _ in found) if self.profile.order == "none" else count
        page = found[at : at + self.profile.page_size]
        following = at + len(page)
        token = None
        if following < len(found) or (page and len(page) == self.profile.page_size):
            token = f"token {len(self.tokens)}"
            self.tokens[token] = (following, page[-1][0])
        items = [self._item(key, one) for key, one in page if key not in self.hidden]
        return Listing(items[:1] * self.twice + items, token)

    def _matching(self, asked: str | None) -> Iterator[tuple[str, Change]]:
        since = None if asked is None else datetime.strptime(asked, "%Y-%m-%dT%H:%M:%S.%f%z")
        for key in self.ledger:
            one = self.indexed(key)
            if one is None or (one.deleted and self.profile.tombstones != "listed"):
                continue
            moment = self._told(one.at)
            if since is None or moment > since or (self.profile.inclusive and moment == since):
                yield key, one

    def _order(self, found: tuple[str, Change]) -> Any:
        key, one = found
        return key if self.profile.order == "none" else (self._told(one.at), key)

    def _told(self, at: datetime) -> datetime:
        return at - (at - datetime.min.replace(tzinfo=UTC)) % self.profile.tick

    def _item(self, key: str, one: Change) -> Mapping[str, Any]:
        told = self._told(one.at).astimezone(self.zone).isoformat()
        return {"key": key, "number": one.number, "changed": told, "deleted": one.deleted}

    def feed(self) -> Feed:
        return Feed(
            name=NAME,
            profile=self.profile,
            read=self.read,
            moment=lambda item: datetime.fromisoformat(item["changed"]).astimezone(UTC),
            key=lambda item: (item["key"], item["number"]),
        )


def normalise(raw: Mapping[str, Any]) -> Issue | Gone:
    at = datetime.fromisoformat(raw["changed"]).astimezone(UTC)
    if raw["deleted"]:
        return Gone(external_id=raw["key"], at=at)
    return Issue(source=NAME, external_id=raw["key"], title=str(raw["number"]), created_at=at, updated_at=at)


class Cursor(Stored):
    def __init__(self) -> None:
        super().__init__(datetime(2026, 3, 2, 9, 0, 30, tzinfo=UTC))
        with db.transaction(self.database) as session:
            sources.ensure(session, {NAME: "fake"})

    @initialize(
        profile=st.sampled_from(sorted(PROFILES)), hours=st.sampled_from([0, -14, 14, 5.75]), twice=st.booleans()
    )
    def begin(self, profile: str, hours: float, twice: bool) -> None:
        self.profile = PROFILES[profile]
        self.desk = Desk(self.profile, timezone(timedelta(hours=hours)), self.clock, twice)

    # --- what happens at the source

    @rule(data=st.data())
    def something_happens(self, data: st.DataObject) -> None:
        self.happens(data)

    @rule(data=st.data(), count=st.integers(2, 12), late=st.booleans())
    def a_burst(self, data: st.DataObject, count: int, late: bool) -> None:
        """Many at one moment: more than fit on a page."""
        first = len(self.desk.ledger)
        for n in range(count):
            self.desk.change(f"i{first + n:04}", self.lateness(data) if late else timedelta())

    @rule(by=SPANS, part=PARTS)
    def time_passes(self, by: timedelta, part: timedelta) -> None:
        self.clock.move(by + part)

    def happens(self, data: st.DataObject) -> None:
        known = [key for key in self.desk.ledger if not self.desk.now(key).deleted]
        what = data.draw(st.sampled_from(("new", "edit", "edit", "hide", "delete", "time") if known else ("new",)))
        if what == "new":
            self.desk.change(f"i{len(self.desk.ledger):04}", self.lateness(data))
        elif what == "time":
            self.clock.move(data.draw(SPANS) / 10 + data.draw(PARTS))
        else:
            key = data.draw(st.sampled_from(known))
            if what == "hide":
                (self.desk.hidden.discard if key in self.desk.hidden else self.desk.hidden.add)(key)
                self.desk.change(key, self.lateness(data))
            else:
                self.desk.change(key, self.lateness(data), deleted=what == "delete")

    def lateness(self, data: st.DataObject) -> timedelta:
        return data.draw(st.sampled_from([0, 0, 0.3, 0.9, 1])) * self.profile.trail

    # --- what we do

    @rule(data=st.data(), restless=st.booleans(), dies=st.none() | st.integers(0, 4), forgets=st.booleans())
    def pulled(self, data: st.DataObject, restless: bool, dies: int | None, forgets: bool) -> None:
        """A pull, while things happen between its pages; killed after some of them, or its tokens end."""
        try:
            for number, _ in enumerate(self.pull()):
                if dies is not None and number >= dies:
                    raise Killed
                self.desk.living = not (forgets and number == 1)
                if restless:
                    for _ in range(data.draw(st.integers(0, 3))):
                        self.happens(data)
        except (Killed, SourceError):
            pass
        self.desk.living = True

    def pull(self) -> Iterator[None]:
        with db.transaction(self.database) as session:
            cursor = dict(sources.state(session, NAME).cursor)
        for items, mark in self.desk.feed().follow(cursor, self.clock.at):
            with db.transaction(self.database) as session:
                self.ingest(session, items, mark)
            self.nothing_before_the_cursor_is_missing(mark)
            yield

    def ingest(self, session: Any, items: Any, mark: Any) -> None:
        steps.ingest(session, source=NAME, items=items, problems=(), normalise=normalise, cursor=mark, at=self.clock.at)

    @rule()
    def comes_to_rest(self) -> None:
        self.clock.move(self.profile.trail + self.profile.trail / 12 + self.profile.tick)
        for _ in self.pull():
            pass
        self.clock.move(2 * MINUTE)
        for _ in self.pull():
            pass
        self.census()
        held = self.stored()
        for key in self.desk.ledger:
            one = self.desk.now(key)
            if key in self.desk.hidden or not self.shown_once(key):
                continue
            if one.deleted:
                assert key not in held or held[key][1] == "deleted", f"{key} was deleted"
            else:
                assert held.get(key) == (one.number, "open"), f"{key} is {held.get(key)}, not {one}"

    def shown_once(self, key: str) -> bool:
        """What was deleted before anybody saw it is nothing that is missed."""
        return len(self.desk.ledger[key]) > 1 or not self.desk.now(key).deleted

    def census(self) -> None:
        exists = {key for key in self.desk.ledger if not self.desk.now(key).deleted}
        stored = {key for key, (_, state) in self.stored().items() if state != "deleted"}
        gone = [Gone(external_id=key, at=self.clock.at) for key in sorted(stored - exists)]
        with db.transaction(self.database) as session:
            steps.reconcile(session, source=NAME, gone=gone, at=self.clock.at)

    # --- what must be true

    def nothing_before_the_cursor_is_missing(self, mark: Mapping[str, str]) -> None:
        """I3: at every commit, all that changed before what the cursor promises is stored."""
        if "to" not in mark:
            return
        safe = datetime.fromisoformat(mark["to"])
        safe = min(safe, datetime.fromisoformat(mark["late"])) if "late" in mark else safe - self.profile.trail
        held = self.stored()
        for key in self.desk.ledger:
            one = self.desk.now(key)
            if one.deleted or key in self.desk.hidden or one.at >= safe:
                continue
            assert held.get(key, (0, ""))[0] >= one.number, f"{key} is {held.get(key)}, not {one}, before {safe}"

    def stored(self) -> dict[str, tuple[int, str]]:
        with db.reading(self.database) as session:
            query = select(IssueRow.external_id, IssueRow.title, IssueRow.state).where(IssueRow.source == NAME)
            return {key: (int(title), state) for key, title, state in session.execute(query)}
