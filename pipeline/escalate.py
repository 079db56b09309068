"""The ladder: what must not wait for the weekly mail, who hears of it first, until when, and who next.

Whoever is told owns the answer from that moment. Nobody is asked twice, and it ends at once when somebody answers.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import chain
from typing import Final, Literal, get_args
from zoneinfo import ZoneInfo

from pipeline import periods
from pipeline.answers import Answer
from pipeline.org import Org
from pipeline.workdays import REGULAR, Workdays

Name = Literal["escalate", "harm", "surge", "agent_load", "safety", "security", "legal", "stuck", "voice_withdrawn"]
NAMES: Final[tuple[Name, ...]] = get_args(Name)
LEAD: Final = "lead"
"""Stands, in a list of people, for the leads of the issue's leaf and of every team above it."""
NEVER: Final = frozenset({"private", "mute"})
"""Tags of issues that nobody is called for."""
SEALED: Final = frozenset({"safety", "security", "legal"})
"""Rules whose mails hold none of the words, and whose issues are in no digest: they go to named people alone."""
WHILE_SO: Final = ("harm", "safety", "surge", "agent_load")
"""Rules that nobody asked for: what they began ends by an answer, and not because a tag is missing."""
HARM: Final = 8
SEVERE: Final = 4
"""From this severity on a pain that surges, or waits, concerns the levels above."""
PEOPLE: Final = 2
"""So many people have to tell of harm in one pain before anybody is called without being asked to."""
FRESH: Final = timedelta(days=7)
"""What is older when it is first seen calls nobody: a new deployment does not begin with what was left lying."""
PATIENCE: Final = timedelta(days=7)
"""What cannot be told for so long, because its reader had as many as they may have, is left to the digest."""
SNOOZE: Final = 3
"""Working days for which whoever was asked may put it off, once."""
MONTH: Final = timedelta(days=30)
PULLS: Final = 5
FALSE: Final = 0.3
"""From `PULLS` in a month on, a rule of which more than this share was wrong leaves it to the digest."""

State = Literal["open", "top", "owned", "answered", "declined", "wrong", "withdrawn", "closed", "digest"]
"""`open` and `top` wait for an answer (at the top nobody is left to ask); the others are over."""
WAITING: Final = ("open", "top")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rung list: who is told, how long they have (`2d` are working days, `4h` and `15m` working time), and whether
    it goes out at once, in plain time, whatever the hour and however much the reader had."""

    name: str
    tell: tuple[str, ...] = (LEAD,)
    within: str = "1d"
    at_once: bool = False
    enabled: bool = True

    @property
    def sealed(self) -> bool:
        return self.name in SEALED


@dataclass(frozen=True, slots=True)
class Rungs:
    """What climbs in the weekly notes alone, without a mail of its own."""

    stuck: int | None = 10
    """Working days that each level has to answer a severe pain before the next one up reads of it; None: never."""
    withdrawn: bool = True
    """Whether a team's lead, and theirs, are told that somebody stopped to tell."""


RUNGS: Final = Rungs()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """The rules, the hours outside which nobody is called, and how many calls a reader gets at most."""

    rules: Mapping[str, Rule] = field(
        default_factory=lambda: {
            "escalate": Rule(name="escalate"),
            "harm": Rule(name="harm"),
            "surge": Rule(name="surge", within="2d", enabled=False),
            "agent_load": Rule(name="agent_load", within="2d", enabled=False),
            "safety": Rule(name="safety", tell=(), within="15m", at_once=True),
            "security": Rule(name="security", tell=(), within="1h", at_once=True),
            "legal": Rule(name="legal", tell=(), within="4h"),
            "stuck": Rule(name="stuck", within="10d"),
            "voice_withdrawn": Rule(name="voice_withdrawn"),
        }
    )
    opens: int = 8
    closes: int = 19
    per_day: int = 1
    per_week: int = 3

    @property
    def rungs(self) -> Rungs:
        stuck = self.rules["stuck"]
        return Rungs(_length(stuck.within)[0] if stuck.enabled else None, self.rules["voice_withdrawn"].enabled)

    def hours(self, org: Org, reader: str, zone: str, workdays: Workdays) -> "Hours":
        """When a reader may be called, in their own zone."""
        person = org.people.get(reader)
        own = person.timezone if person is not None and person.timezone else zone
        return Hours(own, self.opens, self.closes, workdays, org.home(reader))


@dataclass(frozen=True, slots=True)
class Hours:
    """One reader's working time. `path` are the teams whose days off are theirs."""

    zone: str
    opens: int = 8
    closes: int = 19
    workdays: Workdays = REGULAR
    path: tuple[str, ...] = ()

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(ZoneInfo(self.zone))

    def opening(self, day: date) -> datetime:
        return periods.instant(day, time(self.opens), self.zone)

    def closing(self, day: date) -> datetime:
        return periods.instant(day, time(self.closes), self.zone)

    def next_open(self, moment: datetime) -> datetime:
        """This moment where it is working time, else the next opening."""
        day = self.local(moment).date()
        if self.workdays.works(day, self.path) and moment < self.closing(day):
            return max(moment, self.opening(day))
        return self.opening(self.workday(day, 1))

    def workday(self, day: date, count: int) -> date:
        """The `count`-th working day after a day; where a calendar has none for a year, a plain day."""
        left = count
        for ahead in range(1, 400):
            following = day + timedelta(days=ahead)
            left -= self.workdays.works(following, self.path)
            if left == 0:
                return following
        return day + timedelta(days=count)

    def ends(self, moment: datetime, within: str) -> datetime:
        """When working time of this length is over: "2d" to the same hour two working days on, "4h" across nights."""
        start = self.next_open(moment)
        count, unit = _length(within)
        if unit == "d":
            local = self.local(start)
            return periods.instant(self.workday(local.date(), count), local.time().replace(tzinfo=None), self.zone)
        left = timedelta(**{unit: count})
        while True:
            closes = self.closing(self.local(start).date())
            if start + left <= closes:
                return start + left
            left -= closes - start
            start = self.next_open(closes)


def _length(within: str) -> tuple[int, str]:
    found = re.fullmatch(r"([1-9][0-9]{0,2})([mhd])", within)
    if found is None:
        raise ValueError(f"{within!r} is not a length of time; write it like 15m, 4h or 2d")
    return int(found[1]), {"m": "minutes", "h": "hours", "d": "d"}[found[2]]


def deadline(rule: Rule, hours: Hours, moment: datetime) -> datetime:
    """Until when whoever is told now has time to answer."""
    if not rule.at_once:
        return hours.ends(moment, rule.within)
    count, unit = _length(rule.within)
    return moment + timedelta(**{"days" if unit == "d" else unit: count})


@dataclass(frozen=True, slots=True, kw_only=True)
class Pull:
    """What is known of an issue when it is asked whether anybody should be called. `people` are the authors of what
    harms in its pain, its own included; `safety` says that somebody's health is at stake."""

    tags: frozenset[str]
    signals: frozenset[str]
    severity: int
    side: str
    people: int
    safety: bool = False
    person: bool = False
    """Somebody asked for it by name, with `leafnotes escalate`."""

    @property
    def asked(self) -> bool:
        return self.person or "escalate" in self.tags


def rule_for(pull: Pull) -> Name | None:
    """The rule by which somebody is called, None where nobody is. What only few may read is looked at first."""
    if not NEVER.isdisjoint(pull.tags) or "hr" in pull.signals:
        return None
    if "security" in pull.signals:
        return "security"
    if "legal" in pull.signals:
        return "legal"
    if pull.safety and pull.severity >= HARM:
        return "safety"
    if pull.asked:
        return "escalate"
    if pull.severity >= HARM and pull.side != "none" and pull.people >= PEOPLE:
        return "harm"
    return None


def demoted(rule: str, told: int, wrong: int) -> bool:
    """Whether a rule leaves its issues to the digest: of those told in a month too many were wrong. Sealed ones never
    do: no digest shows what they are about."""
    return rule not in SEALED and told >= PULLS and wrong > FALSE * told


def ladder(rule: Rule, org: Org, leaf: str | None, unreachable: Collection[str] = ()) -> tuple[str, ...]:
    """Who is told, in order: people with an address, each once, none who does not listen."""
    people, away = org.people, unreachable
    return tuple(p for p in named(rule, org, leaf) if p in people and people[p].email and p not in away)


def named(rule: Rule, org: Org, leaf: str | None) -> tuple[str, ...]:
    """Whom a rule names for an issue of a leaf, in order, each once."""
    every = (leads(org, leaf) if one == LEAD else [one] for one in rule.tell)
    return tuple(dict.fromkeys(chain.from_iterable(every)))


def leads(org: Org, leaf: str | None) -> list[str]:
    """The leads of a leaf and of the teams above it, nearest first."""
    start = leaf if leaf is not None and leaf in org.teams else org.fallback
    return [lead for team in org.up(start) if (lead := org.teams[team].leader) is not None]


def levels_up(first: date, last: date, every: int, workdays: Workdays, path: Sequence[str]) -> int:
    """How many levels above its own lead something has climbed that was first told on a day and is unanswered on
    another: one for each `every` working days of the teams in `path`."""
    days = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
    return sum(workdays.works(day, path) for day in days) // every


def answered(answers: Iterable[Answer], since: datetime, accountable: Collection[str]) -> Answer | None:
    """The honest answer to its pain that ends an escalation: by a leader who is accountable for it, since it began."""
    return next((a for a in answers if a.honest and a.at >= since and a.leader in accountable), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """That somebody was told, and until when they have time. `failed`: their mail can never arrive."""

    reader: str
    at: datetime
    due: datetime
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Tell:
    """Ask this reader now; those who were asked before get a copy."""

    reader: str
    copies: tuple[str, ...]
    due: datetime


@dataclass(frozen=True, slots=True)
class Wait:
    until: datetime


@dataclass(frozen=True, slots=True)
class Rest:
    """Nobody is asked any more: everybody up to the top was, or the digest has to tell it."""

    state: Literal["top", "digest"]


Free = Callable[[str], datetime]
"""The next moment at which a reader may be called."""


def next_step(
    rule: Rule,
    rungs: Sequence[str],
    asked: Sequence[Asked],
    *,
    since: datetime,
    snoozed_until: datetime | None,
    now: datetime,
    free: Free,
    hours: Callable[[str], Hours],
) -> Tell | Wait | Rest:
    """What happens next with one escalation that nobody has answered. `asked` is in order, `since` is when it began."""
    last = asked[-1] if asked else None
    if last is not None and not last.failed:
        since = max(last.due, snoozed_until or last.due)
        if now < since:
            return Wait(since)
    told = [one.reader for one in asked]
    passed = max((rungs.index(reader) + 1 for reader in told if reader in rungs), default=0)
    above = [reader for reader in rungs[passed:] if reader not in told]
    if not above:
        return Rest("top") if asked else Wait(now + timedelta(days=1))
    moment = now if rule.at_once else free(above[0])
    if moment <= now:
        return Tell(above[0], tuple(told), deadline(rule, hours(above[0]), now))
    return Rest("digest") if moment - since > PATIENCE else Wait(moment)


def free_at(hours: Hours, now: datetime, sent: Iterable[datetime], per_day: int, per_week: int) -> datetime:
    """When a reader may be called next: in their working time, and never more than so many in a day and in any seven
    days. `sent` are the calls that they had."""
    days = [hours.local(moment).date() for moment in sent]
    moment = hours.next_open(now)
    for _ in range(14):
        day = hours.local(moment).date()
        if days.count(day) < per_day and sum(0 <= (day - one).days < 7 for one in days) < per_week:
            break
        moment = hours.opening(hours.workday(day, 1))
    return moment


class NotNow(ValueError):
    """What was asked for cannot be done; the message says why."""


class Unreachable(NotNow):
    """None of those who should be told can be; why is for operators alone, since it may tell who paused."""


def snooze(hours: Hours, now: datetime, day: str, before: datetime | None) -> datetime:
    """The end of the working day until which whoever was asked puts it off. Raises `NotNow`."""
    if before is not None:
        raise NotNow("It was put off once already.")
    try:
        until = date.fromisoformat(day.strip())
    except ValueError:
        raise NotNow("Choose the day until which you put it off.") from None
    today = hours.local(now).date()
    if not today < until <= hours.workday(today, SNOOZE):
        raise NotNow(f"It can be put off for {SNOOZE} working days at most.")
    return hours.closing(until)
