"""Weeks of a deployment whose beat is missing, whose clock steps back, and whose leaders come, go and move.

The real engine plans, closes and composes; only what a digest says is left out. The whole of G5 is by hand:
`python -m tests.models.periods` lets ten thousand weeks pass.
"""

import random
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule
from sqlalchemy import select, update

from pipeline import composing, delivering, periods
from pipeline.digest.material import Material
from pipeline.issue import Period
from pipeline.org import Org, Person, Team
from pipeline.store import db
from pipeline.tables import DigestRow, IssueRow, MailRow
from tests.models import rosta
from tests.models.machine import Clock, Machine
from tests.workers import small
from workers.engine import Engine

ZONES = (
    "Europe/Vienna", "Pacific/Kiritimati", "Pacific/Pago_Pago", "America/New_York", "Australia/Lord_Howe",
    "Antarctica/Troll", "Africa/Cairo", "Asia/Kathmandu", "Africa/Casablanca", "Pacific/Chatham",
)  # fmt: skip
LEADERS = ("ana", "bo", "cy", "di")
STARTS = (
    datetime(2026, 3, 23, 5, tzinfo=UTC), datetime(2026, 12, 20, 22, tzinfo=UTC), datetime(2021, 1, 1, 12, tzinfo=UTC),
    datetime(2027, 12, 30, tzinfo=UTC), datetime(2026, 10, 24, 23, 30, tzinfo=UTC), datetime(2020, 12, 27, tzinfo=UTC),
)  # fmt: skip
"""Beside changes of offset and ends of years, with 52 and with 53 weeks."""
OUTAGES = st.sampled_from([1, 2, 7, 23, 24, 25, 24 * 3, 24 * 7 - 1, 24 * 7, 24 * 7 + 1, 24 * 16, 24 * 22, 24 * 40])


@dataclass(frozen=True)
class Words:
    """Stands in for what a digest says."""

    leader: str
    failures: tuple[str, ...] = ()

    @property
    def document(self) -> Any:
        return self

    def to_json(self) -> dict[str, str]:
        return {"form": "quiet", "leader": self.leader}


def words(_material: Material, leaders: dict[str, datetime], *_: object) -> dict[str, Words]:
    return {leader: Words(leader) for leader in leaders}


@cache
def empty() -> rosta.Moment:
    """The roastery before its first week: one issue was read, and no digest was ever decided."""
    clock = Clock(rosta.DUE - timedelta(days=3))
    directory = small.organisation(rosta.folder() / "rosta", small.subscribers(1))
    with clock.patched():
        engine = rosta.opened(directory, clock)
        rosta.work_through(engine, ("pull", "classify"))
        object.__setattr__(engine.deployment, "sources", {})
    return rosta.moment(directory, engine)


@dataclass
class World:
    """A deployment, its clock, and what was decided as it was seen: (leader, week) to the state at first."""

    clock: Clock
    engine: Engine
    home: str
    day: str = "monday"
    hour: int = 9
    zones: dict[str, str | None] = field(default_factory=dict)
    former: dict[str, str | None] = field(default_factory=dict)
    decided: dict[tuple[str, str], str] = field(default_factory=dict)
    first: dict[str, str] = field(default_factory=dict)
    """The week from which on each leader has each one."""

    @classmethod
    def at(cls, start: datetime, home: str) -> "World":
        clock = Clock(start)
        engine = empty().again(clock)
        world = cls(clock, engine, home)
        with db.transaction(engine.deployment.database) as session:
            session.execute(update(IssueRow).values(created_at=start - timedelta(days=40)))
        world.settle_in()
        return world

    def settle_in(self) -> None:
        """The org chart and the settings as they are now."""
        house = self.engine.deployment
        people = {
            name: Person(id=name, name=name, email=f"{name}@x.example", timezone=zone)
            for name, zone in self.zones.items()
        }
        teams = {name: Team(id=name, name=name, parent="all", leader=name) for name in self.zones}
        org = Org(people=people, teams={"all": Team(id="all", name="all"), **teams}, fallback="all")
        own = house.settings
        own = own.model_copy(
            update={
                "organisation": own.organisation.model_copy(update={"timezone": self.home}),
                "retention": own.retention.model_copy(update={"text": "36500d", "raw_pages": "36500d"}),
                "calendar": own.calendar.model_copy(update={"working_days": list(periods.DAYS)}),
                "digest": own.digest.model_copy(update={"day": self.day, "hour": self.hour}),
            }
        )
        hashed = house.org_hash
        for name in ("house", "router"):
            house.__dict__.pop(name, None)
        object.__setattr__(house, "org", org)
        object.__setattr__(house, "settings", own)
        house.__dict__["org_hash"] = hashed  # verdicts stay: this is not about them

    def due(self, period: Period, leader: str) -> datetime:
        """When a leader's digest of a week is due, as somebody with a calendar would say."""
        monday = datetime.fromisocalendar(int(period.label[:4]), int(period.label[6:]), 1) + timedelta(days=7)
        wish = monday + timedelta(days=periods.DAYS.index(self.day), hours=self.hour)
        return max(
            _first(wish, self.zones.get(leader, self.former.get(leader)) or self.home), _first(monday, self.home)
        )

    def tick(self) -> None:
        """A beat: what is due is planned, closed and composed, and looked at by what is true outside."""
        self.engine.tick()
        small.perform(self.engine, ("close", "compose"))
        self.look()

    def look(self) -> None:
        with db.reading(self.engine.deployment.database) as session:
            rows = list(session.execute(select(DigestRow.leader, DigestRow.period, DigestRow.state, DigestRow.reason)))
            mails = session.execute(select(MailRow.digest_id)).all()
        now, found = self.clock.at, {}
        for leader, label, state, reason in rows:
            if state == "planned":
                continue
            found[leader, label] = state
            if (leader, label) in self.decided:
                continue
            period = periods.week_of(label, self.home)
            assert state in ("composed", "skipped"), (leader, label, state)
            assert state != "skipped" or reason, (leader, label)
            assert self.due(period, leader) <= now, f"{leader} has {label} before it is due, at {now}"
            if leader not in self.first or (state == "composed" and not any(who == leader for who, _ in self.decided)):
                self.first[leader] = max(label, self.first.get(leader, ""))
        for (leader, label), state in self.decided.items():
            assert found.get((leader, label)) == state, f"{leader} {label} was {state} and is decided again"
        assert len(found) == len(rows) - sum(row.state == "planned" for row in rows)
        composed = sum(state == "composed" for state in found.values())
        assert len(mails) == composed == len({row.digest_id for row in mails}), "one mail for each digest"
        self.decided = found
        self.nobody_waits(now)

    def nobody_waits(self, now: datetime) -> None:
        """Whatever is due is decided, and between two weeks of a leader none is missing."""
        newest = periods.last_ended(now, self.home)
        for leader in self.zones:
            own = sorted(label for who, label in self.decided if who == leader and label >= self.first[leader])
            if self.due(newest, leader) <= now:
                assert (leader, newest.label) in self.decided, f"{leader} waits for {newest.label} at {now}"
            if own:
                week = periods.week_of(own[0], self.home)
                for label in own[1:]:
                    week = periods.after(week)
                    assert week.label == label, f"{leader} misses {week.label}"


def _first(wall: datetime, zone: str) -> datetime:
    """The first moment at which clocks show a wall time, or a quarter of an hour after it where they jump over it."""
    tz = ZoneInfo(zone)
    while True:
        at = wall.replace(tzinfo=tz).astimezone(UTC)
        if at.astimezone(tz).replace(tzinfo=None) == wall:
            return at
        wall += timedelta(minutes=15)


def without_words() -> list[Any]:
    """The patches that leave out what a digest says and what it is made from: this is about when, and to whom."""
    return [
        patch.object(composing, "write_all", words),
        *(patch.object(module, "material_of", lambda *_: None) for module in (composing, delivering)),
        *(patch.object(module, "documents", lambda *_, **__: []) for module in (composing, delivering)),
        *(patch.object(module, "withheld", lambda *_: "") for module in (composing, delivering)),
    ]


class Periods(Machine):
    @initialize(
        start=st.sampled_from(STARTS),
        home=st.sampled_from(ZONES),
        day=st.sampled_from(("monday", "monday", "wednesday", "sunday")),
        hour=st.sampled_from([0, 1, 2, 3, 9, 23]),
        zones=st.dictionaries(st.sampled_from(LEADERS), st.none() | st.sampled_from(ZONES), min_size=1),
    )
    def begin(self, start: datetime, home: str, day: str, hour: int, zones: dict[str, str | None]) -> None:
        for one in without_words():
            self.during.enter_context(one)
        self.world = World.at(start, home)
        self.during.enter_context(self.world.clock.patched())
        self.world.day, self.world.hour, self.world.zones = day, hour, dict(zones)
        self.world.settle_in()

    @rule(beats=st.integers(1, 3), hours=st.integers(1, 9))
    def beats(self, beats: int, hours: int) -> None:
        for _ in range(beats):
            self.world.clock.move(timedelta(hours=hours))
            self.world.tick()

    @rule(hours=OUTAGES)
    def no_beat(self, hours: int) -> None:
        self.world.clock.move(timedelta(hours=hours))
        self.world.tick()

    @rule(hours=st.sampled_from([0.01, 1, 24, 24 * 6, 24 * 15]))
    def clock_steps_back(self, hours: float) -> None:
        self.world.clock.move(-timedelta(hours=hours))
        self.world.tick()

    @rule(leader=st.sampled_from(LEADERS), zone=st.none() | st.sampled_from(ZONES), shift=st.sampled_from([-1, 0, 1]))
    def moves_zone_at_the_due_moment(self, leader: str, zone: str | None, shift: int) -> None:
        """A leader who moves as their digest is due, a second before it or after it; or who joins then."""
        world = self.world
        if leader in world.zones:
            week = periods.period_at(world.clock.at, world.home)
            world.clock.at = max(world.clock.at, world.due(week, leader) + timedelta(seconds=shift))
            if shift >= 0:
                world.tick()
        world.zones[leader] = zone
        world.settle_in()
        world.tick()

    @rule(leader=st.sampled_from(LEADERS))
    def leaves(self, leader: str) -> None:
        if leader in self.world.zones and len(self.world.zones) > 1:
            self.world.former[leader] = self.world.zones.pop(leader)
            self.world.settle_in()
            self.world.tick()

    @rule()
    def two_beats_at_once(self) -> None:
        self.world.tick()
        self.world.tick()


# --- ten thousand weeks


def many(weeks: int, seed: int) -> str:
    """So many weeks in which the beat is missing more often than not; each organisation lives for two years."""
    rng, began, lived, decided, skipped = random.Random(seed), time.monotonic(), timedelta(), 0, 0
    patches = without_words()
    for one in patches:
        one.start()
    while lived < timedelta(weeks=weeks):
        world = World.at(rng.choice(STARTS), rng.choice(ZONES))
        world.day, world.hour = rng.choice(periods.DAYS), rng.randrange(24)
        world.zones = {leader: rng.choice((None, *ZONES)) for leader in LEADERS[: rng.randint(1, 4)]}
        world.settle_in()
        first = world.clock.at
        with world.clock.patched():
            while world.clock.at - first < timedelta(weeks=104):
                away = rng.choice((1, 24, 24 * 7, 24 * 8, 24 * 25)) * rng.random() * 2
                world.clock.move(timedelta(hours=away))
                if rng.random() < 0.05:
                    world.clock.move(-timedelta(hours=rng.choice((1, 24, 24 * 10))))
                if rng.random() < 0.05:
                    world.zones[rng.choice(LEADERS)] = rng.choice((None, *ZONES))
                    world.settle_in()
                for _ in range(rng.randint(1, 2)):
                    world.tick()
        lived += world.clock.at - first
        decided += sum(state == "composed" for state in world.decided.values())
        skipped += sum(state == "skipped" for state in world.decided.values())
    for one in patches:
        one.stop()
    took = time.monotonic() - began
    return (
        f"{lived // timedelta(weeks=1):,} weeks of beat outages, {decided + skipped:,} weeks of leaders: {decided:,} "
        f"digests, {skipped:,} skipped with their reason; 0 missed, 0 twice, 0 early; {took:.0f} s, seed {seed}"
    )


if __name__ == "__main__":
    print(many(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000, seed=1))  # noqa: T201
