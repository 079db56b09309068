"""What one leader's digest may speak of: the scope, its people, its pains and their weight."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from pipeline import answers, check_in, periods, privacy, trend
from pipeline.answers import Answer
from pipeline.digest.index import Crowd, Index, Key, Told, crowd, hears, index, severity
from pipeline.digest.material import PainEntry, Voice
from pipeline.digest.words import Level
from pipeline.escalate import leads
from pipeline.issue import Period, SourceHealth
from pipeline.org import Org

__all__ = [
    "Index",
    "PainView",
    "View",
    "index",
    "level",
]

WEEK = timedelta(days=7)
WEEKS = 26
PARTS = 8
"""So many numbers inside a scope are put together in every way; where there are more, teams are not counted."""
MORNING = timedelta(hours=9)
"""How long after a period's end its digests are read, in the organisation's zone."""


def level(org: Org, leader: str) -> Level:
    """Which kind of digest a leader gets: by the highest team that they lead."""
    led = org.led_by(leader)
    if led and all(hears(org, team) for team in led):
        return "support"
    if all(org.is_leaf(team) for team in led):
        return "leaf"
    top = org.teams[led[0]]
    return "middle" if top.parent in org.teams and len(org.up(top.id)) > 1 else "top"


@dataclass(frozen=True)
class PainView:
    """A pain as one leader's scope sees it. `count` people of `crowd` are behind it; `visible` says may be printed."""

    entry: PainEntry
    voices: tuple[Voice, ...]
    crowd: Crowd
    people: frozenset[str]
    noun: str
    visible: bool
    reading: trend.Reading
    severity: int
    weeks_open: int
    blind: bool
    stirred: tuple[Voice, ...] = ()
    """Older issues of it in this scope to which something happened this week."""
    several: bool = False
    """Whether it may be said that they are at least three, in a number or in words: where no larger number is told
    from which others could be counted out by it."""

    @property
    def id(self) -> str:
        return self.entry.id

    @property
    def count(self) -> int:
        return len(self.people)

    @property
    def trend(self) -> str | None:
        """The trend word that may be printed: of one or two people nothing is called."""
        if self.reading.trend == "steady" and self.reading.came_back is not None:
            return "too few to call"  # it is compared with the weeks before its relief, of which it is no continuation
        if self.reading.trend is None or self.visible or self.several:
            return self.reading.trend
        return "too few to call"

    @property
    def came_back(self) -> int | None:
        """How many weeks ago it was relieved, where several people tell of it again."""
        return self.reading.came_back if self.visible else None

    @property
    def usual(self) -> tuple[int, int] | None:
        """The usual range that may be printed: it is a number about the same people, and they have none without it."""
        return self.reading.usual if self.visible and self.crowd != "relay" else None

    @property
    def own_weeks(self) -> bool:
        """Whether it is young and called steady by its own weeks."""
        return self.trend == "steady" and 3 <= len(self.reading.episode) < trend.BASELINE

    @property
    def rising(self) -> int | None:
        """For how many weeks it has been rising slowly, where that may be printed and no stronger word stands."""
        weak = self.trend in ("steady", "too few to call") and not self.own_weeks
        return self.reading.rising if weak and (self.visible or self.several) else None

    @cached_property
    def authors(self) -> int:
        return len({v.author for v in self.voices if v.author is not None})

    @cached_property
    def impact(self) -> float:
        """Severity x log2(1 + authors) x persistence x momentum. Orders pains; never shown."""
        return round(self._impact(self.authors), 4)

    def _impact(self, people: int) -> float:
        momentum = {"above usual": 1.5, "new": 1.5, "easing": 0.75, "back to usual": 0.75}.get(self.trend or "", 1.0)
        lasting = 1 + 0.25 * min(self.weeks_open - 1, 4)
        return self.severity * math.log2(1 + people) * lasting * momentum

    @property
    def told_impact(self) -> float:
        """The same of nothing but what is printed: it must not give away how many wrote."""
        return round(self._impact(self.authors if self.visible and self.crowd != "relay" else privacy.BEHIND), 1)

    @property
    def order(self) -> tuple[float, bool, datetime, str]:
        return (-self.impact, self.entry.side != "customer", self.entry.first_at, self.id)


@dataclass(frozen=True)
class View:
    """One leader's scope in one period."""

    index: Index
    leader: str
    period: Period
    generated_at: datetime
    unsaid: frozenset[str] = frozenset()
    """Pains whose number this digest must not say: with the others' numbers it would tell of too few people."""

    @property
    def org(self) -> Org:
        return self.index.org

    @cached_property
    def level(self) -> Level:
        return level(self.org, self.leader)

    @cached_property
    def led(self) -> tuple[str, ...]:
        return self.org.led_by(self.leader)

    @cached_property
    def own(self) -> frozenset[str]:
        """The teams whose people report to this leader directly."""
        return frozenset(self.led)

    @cached_property
    def scope(self) -> frozenset[str]:
        return self.index.scopes.get(self.leader, frozenset())

    @cached_property
    def voices(self) -> tuple[Voice, ...]:
        return tuple(self.index.voices.get(self.leader, ()))

    @cached_property
    def stirred(self) -> tuple[Voice, ...]:
        """Older issues in this scope to which something happened in the period; they count nowhere."""
        return tuple(v for v in self.index.stirred.get(self.leader, ()) if v.author is not None)

    @cached_property
    def quoted(self) -> frozenset[str]:
        """The authors whom this leader read in the three weeks before: nobody is quoted twice in four weeks."""
        return self.index.material.quoted.get(self.leader, frozenset())

    @cached_property
    def friction(self) -> tuple[Voice, ...]:
        return tuple(v for v in self.voices if v.side != "none")

    @cached_property
    def withdrawn(self) -> tuple[Voice, ...]:
        """Who stopped to tell, where this leader leads their team, of customers the leaf, or leads who leads it.

        Nobody's where so few wrote that it could be told who: nobody is to look for them.
        """
        if not self.index.material.rungs.withdrawn or len({v.author for v in self.friction}) < privacy.BEHIND:
            return ()
        told = [v for v in self.friction if v.has("voice_withdrawn")]
        return tuple(v for v in told if self.leader in _nearest(self.org, v))

    @cached_property
    def thanks(self) -> tuple[Voice, ...]:
        return tuple(v for v in self.voices if v.side == "none" and v.has("thanks"))

    @cached_property
    def unplaced(self) -> tuple[Voice, ...]:
        return tuple(v for v in self.friction if v.leaf is None)

    @property
    def check_in(self) -> check_in.Told | None:
        """What this leader may read of the week's check-in, once the week is over."""
        return self.index.check_ins.get(self.leader) if self.generated_at >= self.period.end else None

    @cached_property
    def monday(self) -> date:
        return self.period.start.astimezone(ZoneInfo(self.period.zone)).date()

    @cached_property
    def mondays(self) -> tuple[date, ...]:
        """The weeks before this one, oldest first."""
        return tuple(self.monday - back * WEEK for back in range(WEEKS, 0, -1))

    @cached_property
    def _ends(self) -> tuple[datetime, ...]:
        zone = self.period.zone
        return self.index.once("ends", (self.monday, zone), lambda: tuple(_end(day, zone) for day in self.mondays))

    @cached_property
    def listened(self) -> int:
        """Weeks before this one from which there is history."""
        return max(0, (self.monday - self.index.material.listening_since).days // 7)

    @cached_property
    def _closed(self) -> frozenset[str]:
        """The registry's pains that this leader may not know of."""
        if not self.org.visible_to:
            return frozenset()
        pains = self.index.material.pains
        return frozenset(p for p, entry in pains.items() if not self.org.may_open(self.leader, entry.audience))

    @cached_property
    def entries(self) -> Mapping[str, PainEntry]:
        """The registry's pains that this leader may know of."""
        pains = self.index.material.pains
        return {p: entry for p, entry in pains.items() if p not in self._closed} if self._closed else pains

    @cached_property
    def audible(self) -> tuple[SourceHealth, ...]:
        """The sources that this leader may know of, by name: all that are not narrowed as a whole to others."""
        mine = (
            s for s in self.index.material.sources if self.org.may_open(self.leader, self.org.audience(s.name, None))
        )
        return tuple(sorted(mine, key=lambda s: s.name))

    @cached_property
    def sources(self) -> tuple[SourceHealth, ...]:
        """The sources that could bring something into this scope, by name."""
        known = self.index.team_sources
        claimed = frozenset().union(*known.values())
        ours = frozenset(v.source for v in self.voices).union(*(known.get(t, frozenset()) for t in self.scope))
        return tuple(s for s in self.audible if s.name in ours or s.name not in claimed)

    @cached_property
    def blind(self) -> tuple[SourceHealth, ...]:
        """Sources in scope that were not read to the end of the period."""
        return tuple(s for s in self.sources if s.read_to is None or s.read_to < self.period.end)

    @cached_property
    def lossy(self) -> tuple[SourceHealth, ...]:
        """Sources in scope of which items could not be understood."""
        return tuple(s for s in self.sources if s.set_aside)

    @cached_property
    def unheard(self) -> bool:
        """Whether so much is missing that nothing may be said of silence."""
        return bool(self.blind) or any(s.lossy for s in self.lossy)

    @cached_property
    def deaf(self) -> bool:
        """Nothing at all could be heard in this period."""
        ends = (s.read_to for s in self.sources)
        return not self.voices and all(end is None or end <= self.period.start for end in ends)

    def _blind_feeds(self, pain: str, side: str) -> list[SourceHealth]:
        if not self._lost:
            return []
        feeds = self.index.feeds.get(pain) or self._feeds_of_side(side)
        talking = self._speaking if not feeds else self._talking
        return [s for s in self._lost if s.name in feeds or s.name not in talking]

    @cached_property
    def _lost(self) -> tuple[SourceHealth, ...]:
        """The sources of which something in this period may be missing."""
        end = self.period.end
        return tuple(s for s in self.audible if s.read_to is None or s.read_to < end or s.lossy)

    @cached_property
    def _talking(self) -> frozenset[str]:
        feeds = self.index.feeds
        return frozenset(name for pain, names in feeds.items() if pain not in self._closed for name in names)

    @cached_property
    def _speaking(self) -> frozenset[str]:
        """The sources that anything of this week came from which this leader's audiences let them see."""
        return frozenset(v.source for v in self.index.material.voices if self.org.may_open(self.leader, v.audience))

    def _feeds_of_side(self, side: str) -> frozenset[str]:
        pains = self.entries
        return frozenset().union(*(f for p, f in self.index.feeds.items() if p in pains and pains[p].side == side))

    def weeks(self, entry: PainEntry, who: Crowd) -> tuple[trend.Week, ...]:
        """A pain in each of the 26 weeks before this one; its people are None where a source that feeds it was not
        listened to."""
        seen = self.index.history.get(self.leader, {}).get((entry.id, who), {})
        ends = [s.read_to for s in self._blind_feeds(entry.id, entry.side) if s.read_to is not None]
        lost = min(ends, default=None)
        since = self.index.once("since", entry.id, lambda: self._since(entry.id))
        key = (since, lost, self._shares((entry.id, who)), self.monday, self.period.zone)
        silent = self.index.once("silent", key, lambda: self._silent(since, lost, key[2]))
        if not seen:
            return silent
        return tuple(
            week if (told := seen.get(monday)) is None else _told(told, week)
            for monday, week in zip(self.mondays, silent, strict=True)
        )

    def _silent(self, since: date, lost: datetime | None, shares: Sequence[float]) -> tuple[trend.Week, ...]:
        """The weeks of a pain of which nobody told in any."""
        return tuple(
            trend.Week(0 if monday >= since and (lost is None or end <= lost) else None, share=share)
            for monday, end, share in zip(self.mondays, self._ends, shares, strict=True)
        )

    def _since(self, pain: str) -> date:
        """The Monday of the first week from which every source that feeds a pain was listened to."""
        feeds = self.index.feeds.get(pain, frozenset())
        young = (s.since for s in self.index.material.sources if s.since is not None and s.name in feeds)
        return max([self.index.material.listening_since, *young])

    @cached_property
    def young(self) -> tuple[SourceHealth, ...]:
        """Sources in scope that have not been listened to for long enough to call trends of what they tell."""
        begins = self.monday - trend.MIN_WEEKS * WEEK
        return tuple(s for s in self.sources if s.since is not None and s.since > begins)

    # --- how much was worked --------------------------------------------------------------------------------------

    def share(self, monday: date, teams: Iterable[str] | None = None) -> float:
        """The working days of the people of some teams, of the whole scope where none are named, in a week as a share
        of their usual ones."""
        days, sizes = self.index.material.workdays, self.index.sizes
        if days.regular(monday):
            return 1.0
        of = sorted(self.scope if teams is None else teams)
        weights = {team: sizes.get(team, 0) for team in of}
        if not any(weights.values()):
            weights = dict.fromkeys(of, 1)
        worked = sum(weight * days.worked(monday, self.org.up(team)) for team, weight in weights.items())
        return worked / (len(days.weekdays) * sum(weights.values())) if weights else 1.0

    def days(self, monday: date) -> int | None:
        """How many days were worked in a week, None where not everybody in scope worked as many."""
        found = {self.index.material.workdays.worked(monday, self.org.up(team)) for team in self.scope}
        return found.pop() if len(found) == 1 else None

    def common_share(self, monday: date) -> float:
        """The same share for what the whole organisation has off, which customers may have off too."""
        days = self.index.material.workdays
        return days.worked(monday) / len(days.weekdays)

    def _outward(self, key: Key) -> bool:
        """Whether those counted are, all or in part, people whose days of work are not known."""
        return key[1] == "customer" or key in self.index.outside

    def _shares(self, key: Key) -> tuple[float, ...]:
        return self._common_shares if self._outward(key) else self._own_shares

    @cached_property
    def _own_shares(self) -> tuple[float, ...]:
        return tuple(self.share(monday) for monday in self.mondays)

    @cached_property
    def _common_shares(self) -> tuple[float, ...]:
        return self.index.once("shares", self.monday, lambda: tuple(map(self.common_share, self.mondays)))

    @cached_property
    def _by_pain(self) -> dict[str, list[Voice]]:
        found: dict[str, list[Voice]] = defaultdict(list)
        for voice in self.friction:
            if voice.pain is not None and voice.pain in self.entries and voice.author is not None:
                found[voice.pain].append(voice)
        return found

    @cached_property
    def pains(self) -> tuple[PainView, ...]:
        """Every pain that somebody in scope told of this week, heaviest first."""
        raw = {pain: self._pain(self.entries[pain], voices) for pain, voices in self._by_pain.items()}
        entries = self.entries
        silent = {pain for pain, _ in self.index.history.get(self.leader, {}) if pain in entries} - set(raw)
        readings = trend.across({pain: view.reading for pain, view in sorted(raw.items())}, len(silent))
        views = [replace(view, reading=readings[pain]) for pain, view in raw.items()]
        return tuple(sorted(views, key=lambda v: v.order))

    @cached_property
    def standing(self) -> tuple[PainView, ...]:
        """The pains that this digest may name. What one of the staff tells stays with their lead, unless it is harm."""
        return tuple(p for p in self.pains if _may_stand(self, p) and p.reading.trend != "back to usual")

    @cached_property
    def common_day(self) -> tuple[date, int] | None:
        """The day in this week on which at least two thirds of what is above usual were first told of, and how much
        of it; None where it has no day in common. What goes on from the week before is told of on Monday anyway."""
        zone = ZoneInfo(self.period.zone)
        risen = [p for p in self.standing if p.trend in ("above usual", "new")]
        days = [min(v.created_at for v in p.voices).astimezone(zone).date() for p in risen]
        if not days:
            return None
        day = min(set(days), key=lambda one: (-days.count(one), one))
        many = days.count(day)
        return (day, many) if 3 * many >= 2 * len(days) and day != self.monday else None

    @cached_property
    def relieved(self) -> tuple[PainView, ...]:
        """Pains with nobody, or few, this week that are back to usual."""
        entries = self.entries
        gone = {pain for pain, _ in self.index.history.get(self.leader, {}) if pain in entries}
        back = [entries[p] for p in sorted(gone - set(self._by_pain)) if self._is_over(entries[p])]
        views = [self._pain(entry, []) for entry in back]
        return (*views, *(v for v in self.pains if v.reading.trend == "back to usual"))

    def _is_over(self, entry: PainEntry) -> bool:
        """Whether a pain of which nobody told this week is back to usual."""
        key, blind = (entry.id, self._crowd(entry, ())), bool(self._blind_feeds(entry.id, entry.side))
        return self._read(key, (), _severity(()), blind=blind).trend == "back to usual"

    def pain(self, pain_id: str) -> PainView:
        """A pain of this scope by its id, also one of which nobody told this week. Raises KeyError."""
        return self.known[pain_id]

    def whole(self, pain_id: str) -> PainView:
        """A pain of the registry by its id, also one of which nobody in this scope tells any more. Raises KeyError."""
        return self.known.get(pain_id) or self._pain(self.entries[pain_id], [])

    @cached_property
    def known(self) -> dict[str, PainView]:
        """The pains of this scope by id, relieved ones too."""
        return {view.id: view for view in (*self.relieved, *self.pains)}

    def _pain(self, entry: PainEntry, voices: Sequence[Voice]) -> PainView:
        who = self._crowd(entry, voices)
        behind = {v.author for v in voices if crowd(entry.side, v.role) == who}
        blind = bool(self._blind_feeds(entry.id, entry.side))
        worst = _severity(voices)
        key: Key = (entry.id, who)
        reading = self._read(key, voices, worst, blind=blind)
        visible = self.index.shown(self.leader, key) if behind else self.index.base(self.scope, key) >= privacy.GROUP
        visible = visible and entry.id not in self.unsaid
        several = len(behind) >= privacy.BEHIND and not self.index.above_shown(self.leader, key)
        return PainView(
            entry=entry,
            voices=tuple(voices),
            crowd=who,
            people=frozenset(a for a in behind if a is not None),
            noun=self._noun(who, [v for v in voices if crowd(entry.side, v.role) == who]),
            visible=visible,
            reading=reading,
            severity=worst,
            weeks_open=max(1, math.ceil((self.period.end - entry.first_at) / WEEK)),
            blind=blind,
            stirred=tuple(v for v in self.stirred if v.pain == entry.id),
            several=visible or several,
        )

    def told_weeks(self, pain: PainView) -> tuple[int | None, ...]:
        """Of a pain's present run the numbers that may be printed; None for weeks not listened to and for those that
        may not."""
        run = pain.reading.episode
        if not pain.visible or pain.crowd == "relay":
            return tuple(None for _ in run)
        last = self.monday if pain.reading.people else self.monday - WEEK
        weeks = [last - back * WEEK for back in range(len(run) - 1, -1, -1)]
        key = (pain.id, pain.crowd)
        return tuple(self._told_week(key, week, number) for week, number in zip(weeks, run, strict=True))

    def _told_week(self, key: Key, week: date, number: int | None) -> int | None:
        """A week's number as this leader was told it when it was over. People change teams, and two tellings of one
        week would tell of whoever did; only what is older than all digests is counted as the tree stands now."""
        said = self.index.material.said
        if number is None or week == self.monday:
            return number
        if said is None:
            return number if number == 0 or self.index.shown_in(self.leader, key, week) else None
        before = said.get(self.leader, {}).get(key[0], {})
        if number == 0:
            return None if before.get(week, 0) != 0 else 0
        return number if before.get(week) == number else None

    def _read(self, key: Key, voices: Sequence[Voice], worst: int, *, blind: bool) -> trend.Reading:
        entry = self.entries[key[0]]
        mine = [v for v in voices if v.author is not None and crowd(entry.side, v.role) == key[1]]
        outward = self._outward(key)
        people = len({v.author for v in mine})
        share = 1.0 if outward else self.share(self.monday)
        return trend.read(
            trend.Week(people, items=len(mine), severity=worst, share=share),
            self.weeks(entry, key[1]),
            seen=self._told_before(entry),
            blind=blind,
            falls=not outward or self.common_share(self.monday) == 1,
        )

    def _told_before(self, entry: PainEntry) -> bool:
        first = self.index.first_told.get(entry.id)
        return entry.first_at < self.period.start or (first is not None and first < self.monday)

    def _crowd(self, entry: PainEntry, voices: Sequence[Voice]) -> Crowd:
        if entry.side == "developer":
            return "maker"
        outsiders = not voices or any(v.role != "staff" for v in voices)
        return "customer" if outsiders else "relay"

    def _noun(self, who: Crowd, voices: Sequence[Voice]) -> str:
        """The smallest class of people with at least five members that holds everybody behind a pain."""
        if who == "customer":
            return "customer"
        if any(v.role != "staff" for v in voices):
            return "person"
        nouns = {self.staff_noun(v.team) for v in voices}
        return nouns.pop() if len(nouns) == 1 else "colleague"

    def staff_noun(self, team: str | None) -> str:
        """What a member of staff is called: an agent in a team that hears customers, else an engineer."""
        if team is None:
            return "colleague"
        return "agent" if team in self.index.hearing else "engineer"

    def waited(self, pain: PainView) -> int:
        """Whole days from a pain's first issue to the morning after the period, the same for every reader."""
        until = self.generated_at if self.generated_at < self.period.end else self.period.end + MORNING
        return max(0, (until - pain.entry.first_at) // timedelta(days=1))

    def answers(self, pain: str) -> Sequence[Answer]:
        """What leaders answered to a pain before the period ended, the oldest first."""
        return self.index.material.answers.get(pain, ())

    def answered(self, pain: str) -> Answer | None:
        """The answer that stands."""
        return answers.standing(self.answers(pain))

    @cached_property
    def waiting(self) -> tuple[PainView, ...]:
        """The pains of this digest that nobody has answered honestly yet."""
        return tuple(p for p in self.standing if answers.heard_at(self.answers(p.id)) is None)

    @cached_property
    def waits(self) -> tuple[tuple[float, bool], ...]:
        """Days from the first issue of each pain to its first answer, or until now: (days, whether it was answered)."""
        found = []
        for pain in (*self.relieved, *self.standing):
            heard = answers.heard_at(self.answers(pain.id))
            if heard is not None:
                found.append((float(max(0, (heard - pain.entry.first_at) // timedelta(days=1))), True))
            elif pain in self.standing:
                found.append((float(self.waited(pain)), False))
        return tuple(found)

    def keys(self, voices: Iterable[Voice]) -> tuple[str, ...]:
        """The issues that may be named to this leader, sorted."""
        return tuple(sorted(v.key for v in voices if privacy.listable(v, self.own)))

    def area(self, pain: PainView) -> str | None:
        """The team directly below this leader that owns most of a pain's issues."""
        owners = [self.branch(v.leaf) for v in pain.voices if v.leaf is not None]
        counts = {t: owners.count(t) for t in owners if t is not None}
        return min(counts, key=lambda t: (-counts[t], t)) if counts else None

    def branch(self, team: str | None) -> str | None:
        """The team directly below one that this leader leads, on the way to `team`; the led team itself for its own."""
        if team is None or team not in self.org.teams:
            return None
        path = self.org.up(team)
        for below, above in zip(path, (*path[1:], None), strict=True):
            if below in self.own:
                return below
            if above in self.own:
                return below
        return path[0]

    def teams_behind(self, pain: PainView) -> int:
        return len(set(self._team_of(pain).values()))

    def _team_of(self, pain: PainView) -> dict[str | None, str]:
        mine = (v for v in pain.voices if crowd(pain.entry.side, v.role) == pain.crowd)
        return {v.author: v.team for v in mine if v.team is not None}

    def may_say_teams(self, pain: PainView) -> bool:
        """Whether the number of teams does not tell that each has one or two people, nor, beside the numbers that
        leaders inside this scope are told, that each of the others has exactly one."""
        inside = self.index.shown_inside(self.leader, (pain.id, pain.crowd))
        if len(inside) > PARTS:
            return False
        teams = self._team_of(pain)
        for parts in _apart(inside):
            gone = frozenset().union(*(part.people for part in parts))
            left = [team for who, team in teams.items() if who not in gone]
            if len(set(left)) > 1 and len(left) < len(set(left)) + (1 if parts else 2):
                return False
        return len(set(teams.values())) > 1


def _apart(groups: Sequence[privacy.Group]) -> list[list[privacy.Group]]:
    """Every choice of groups that share no team, the empty one first."""
    found: list[list[privacy.Group]] = [[]]
    for group in groups:
        found += [[*some, group] for some in found if all(group.teams.isdisjoint(one.teams) for one in some)]
    return found


def _end(monday: date, zone: str) -> datetime:
    return periods.instant(monday + WEEK, time(), zone)


def _nearest(org: Org, voice: Voice) -> Sequence[str]:
    home = voice.team if voice.role == "staff" and voice.team is not None else voice.leaf
    return list(dict.fromkeys(leads(org, home)))[:2]


def _severity(voices: Sequence[Voice]) -> int:
    worst: dict[str | None, int] = {}
    for voice in voices:
        worst[voice.author] = max(worst.get(voice.author, 1), voice.severity, 1)
    return severity(worst.values())


def _told(told: Told, silent: trend.Week) -> trend.Week:
    """A week in which people told, where it was listened to."""
    people = None if silent.people is None else len(told.worst)
    return trend.Week(people, items=told.items, severity=severity(told.worst.values()), share=silent.share)


def _may_stand(view: View, pain: PainView) -> bool:
    if pain.authors >= 2 or view.level == "leaf" or pain.severity >= trend.HARM:
        return not all(privacy.tender(v) for v in pain.voices) or view.level == "leaf"
    return all(v.role != "staff" for v in pain.voices)
