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

Name = Literal[
    "escalate", "harm", "churn", "surge", "agent_load", "outage_like", "safety", "security", "legal", "stuck",
    "voice_withdrawn",
]  # fmt: skip
NAMES: Final[tuple[Name, ...]] = get_args(Name)
LEAD: Final = "lead"
"""Stands, in a list of people, for the leads of the issue's leaf and of every team above it."""
KEEPER: Final = "keeper"
"""Stands, in a list of people, for whoever keeps the account that the issue comes from."""
NEVER: Final = frozenset({"private", "mute"})
"""Tags of issues that nobody is called for."""
SEALED: Final = frozenset({"safety", "security", "legal"})
"""Rules whose mails hold none of the words, and whose issues are in no digest: they go to named people alone."""
WHILE_SO: Final = ("harm", "safety", "surge", "agent_load", "outage_like")
"""Rules that nobody asked for: what they began ends by an answer, and not because a tag is missing."""
ASIDE: Final = ("churn", "outage_like")
"""Rules for other people than the leads of a pain: what they called for is news to the leads all the same."""
HARM: Final = 8
SEVERE: Final = 4
"""From this severity on a pain that surges, or waits, concerns the levels above."""
PEOPLE: Final = 2
"""So many people have to tell of harm in one pain before anybody is called without being asked to."""
FRESH: Final = timedelta(days=7)
"""What is older when it is first seen calls nobody: a new deployment does not begin with what was left lying."""
PATIENCE: Final = timedelta(days=7)
"""What cannot be told for so long, because its reader had as many as they may have, is left to the digest."""
OUTAGE: Final = 5
"""So many different authors of one pain..."""
BURST: Final = timedelta(hours=2)
"""...within so long are like an outage, while the newest of them is no older than that."""
QUIET: Final = timedelta(hours=24)
"""For so long after an outage the same pain is no new one."""
SKEW: Final = timedelta(minutes=5)
"""How far the clock of a source may be ahead of ours."""
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

    @property
    def beside(self) -> bool:
        """Whether its calls are not limited: those of safety and security, where they go at once."""
        return self.at_once and self.sealed

    @property
    def patience(self) -> timedelta:
        """How long a call may wait for a free place with its reader: tomorrow an outage is no news."""
        return BURST if self.name == "outage_like" else PATIENCE


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
            "churn": Rule(name="churn", tell=(KEEPER, LEAD), enabled=False),
            "surge": Rule(name="surge", within="2d", enabled=False),
            "agent_load": Rule(name="agent_load", within="2d", enabled=False),
            "outage_like": Rule(name="outage_like", tell=(), within="15m", at_once=True),
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
    accounts: Mapping[str, str | None] = field(default_factory=dict)
    """The important accounts, as `account_key` has them, and who keeps each; None where nobody does."""

    @property
    def looks_for_outages(self) -> bool:
        rule = self.rules["outage_like"]
        return rule.enabled and bool(rule.tell)

    @property
    def named(self) -> frozenset[str]:
        """Everybody who may be told without leading anything."""
        told = {one for rule in self.rules.values() for one in rule.tell if one not in (LEAD, KEEPER)}
        return frozenset(told | {keeper for keeper in self.accounts.values() if keeper is not None})

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


def account_key(name: str) -> str:
    """What one account is known by, however it is spelt: capitals and blanks tell no two accounts apart."""
    return " ".join(name.split()).casefold()


def deadline(rule: Rule, hours: Hours, moment: datetime) -> datetime:
    """Until when whoever is told now has time to answer."""
    if not rule.at_once:
        return hours.ends(moment, rule.within)
    count, unit = _length(rule.within)
    return moment + timedelta(**{"days" if unit == "d" else unit: count})


@dataclass(frozen=True, slots=True, kw_only=True)
class Pull:
    """What is known of an issue when it is asked whether anybody should be called. `people` are the authors of what
    harms in its pain, its own included, and no more than `PEOPLE`; `safety`: somebody's health is at stake."""

    tags: frozenset[str]
    signals: frozenset[str]
    severity: int
    side: str
    people: int
    safety: bool = False
    person: bool = False
    """Somebody asked for it by name, with `leafnotes escalate`."""
    important: bool = False
    """A customer wrote it whose account is named in the settings."""

    @property
    def leaving(self) -> bool:
        return self.important and "churn" in self.signals

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
    if pull.leaving:
        return "churn"
    return None


def demoted(rule: str, told: int, wrong: int) -> bool:
    """Whether a rule leaves its issues to the digest: of those told in a month too many were wrong. Sealed ones never
    do: no digest shows what they are about."""
    return rule not in SEALED and told >= PULLS and wrong > FALSE * told


def ladder(
    rule: Rule, org: Org, leaf: str | None, unreachable: Collection[str] = (), *, keeper: str | None = None
) -> tuple[str, ...]:
    """Who is told, in order: people with an address, each once, none who does not listen."""
    people, away = org.people, unreachable
    return tuple(p for p in named(rule, org, leaf, keeper) if p in people and people[p].email and p not in away)


def named(rule: Rule, org: Org, leaf: str | None, keeper: str | None = None) -> tuple[str, ...]:
    """Whom a rule names for an issue of a leaf, in order, each once. `keeper` looks after the account it comes from."""
    stands = {LEAD: leads(org, leaf), KEEPER: [keeper] if keeper is not None else []}
    return tuple(dict.fromkeys(chain.from_iterable(stands.get(one, [one]) for one in rule.tell)))


def leads(org: Org, leaf: str | None) -> list[str]:
    """The leads of a leaf and of the teams above it, nearest first."""
    start = leaf if leaf is not None and leaf in org.teams else org.fallback
    return [lead for team in org.up(start) if (lead := org.teams[team].leader) is not None]


def levels_up(first: date, last: date, every: int, workdays: Workdays, path: Sequence[str]) -> int:
    """How many levels above its own lead something has climbed that was first told on a day and is unanswered on
    another: one for each `every` working days of the teams in `path`."""
    return workdays.between(first, last, path) // every


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
    hurried = rule.at_once and not rule.beside  # then whoever may be called now is called, in order
    reader = next((one for one in above if free(one) <= now), above[0]) if hurried else above[0]
    moment = now if rule.beside else free(reader)
    if moment <= now:
        return Tell(reader, tuple(told), deadline(rule, hours(reader), now))
    return Rest("digest") if moment - since > rule.patience else Wait(moment)


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


def free_day(hours: Hours, now: datetime, sent: Iterable[datetime], per_day: int, per_week: int) -> datetime:
    """The same at any hour, for what goes out at once: now, or the midnight from which the limits allow it."""
    days = [hours.local(moment).date() for moment in sent]
    today = hours.local(now).date()
    for ahead in range(14):
        day = today + timedelta(days=ahead)
        if days.count(day) < per_day and sum(0 <= (day - one).days < 7 for one in days) < per_week:
            break
    return now if day == today else periods.instant(day, time(0), hours.zone)


@dataclass(frozen=True, slots=True, order=True)
class Cry:
    """That somebody wrote of a pain. `author` is the unit of counting."""

    at: datetime
    author: str


def crowded(cries: Iterable[Cry]) -> list[datetime]:
    """The moments at which somebody wrote and at least five different authors had, in the two hours to then."""
    found: list[datetime] = []
    lately: dict[str, datetime] = {}
    for cry in sorted(cries):
        lately[cry.author] = cry.at
        lately = {author: at for author, at in lately.items() if cry.at - at <= BURST}
        if len(lately) >= OUTAGE:
            found.append(cry.at)
    return found


def breaks_out(cries: Iterable[Cry], now: datetime, called: datetime | None) -> bool:
    """Whether a pain is like an outage now, and not the one still that somebody was `called` for: that one goes on
    while no more than a day passes without a crowd."""
    moments = [at for at in crowded(cries) if at <= now + SKEW]
    if not moments or moments[-1] < now - BURST:
        return False
    if called is None:
        return True
    last = called
    for at in moments:
        if at > last + QUIET:
            return True
        last = max(last, at)
    return False


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
