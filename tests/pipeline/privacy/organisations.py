"""Organisations and weeks made by chance: trees of one to four levels, people in several areas, people who move."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from random import Random

from pipeline.digest.material import Material, PainEntry, Sighting, Voice
from pipeline.issue import Period, SourceHealth
from pipeline.org import Claim, Org, Person, Team

START = datetime(2026, 3, 2, tzinfo=UTC)
MONDAY = date(2026, 3, 2)
WEEK = timedelta(weeks=1)
PAINS = {"slow": "developer", "tax": "customer"}
TITLES = {"slow": "builds make people wait", "tax": "the wrong tax"}
TEXT = "I wait forty minutes for every build and lose my thread."


@dataclass(frozen=True, slots=True)
class Told:
    """That somebody told of a pain in a week; week 0 is the first that has digests, those before are history."""

    week: int
    author: str
    pain: str
    leaf: str
    heard_by: tuple[str, ...] = ()
    severity: int = 2


@dataclass(frozen=True, slots=True)
class World:
    """`orgs` are the tree at the end of each week, `told` everything that was ever written."""

    orgs: Sequence[Org]
    told: Sequence[Told]

    def scope(self, week: int, leader: str) -> frozenset[str]:
        org = self.orgs[week]
        return frozenset(t for t in org.teams if leader in {org.teams[up].leader for up in org.up(t)})

    def behind(self, week: int, leader: str, pain: str, told_in: int) -> frozenset[str]:
        """Who told a leader of a pain in a week, as the tree of `week` has it: of customer pains the customers."""
        org, scope = self.orgs[week], self.scope(week, leader)
        found = set()
        for one in self.told:
            staff = not one.author.startswith("account:")
            counted = one.week == told_in and one.pain == pain and (PAINS[pain] == "developer" or not staff)
            reached = {one.leaf, *one.heard_by, org.people[one.author].team if staff else None}
            if counted and not reached.isdisjoint(scope):
                found.add(one.author)
        return frozenset(found)

    def possible(self, week: int, teams: frozenset[str], pain: str) -> int:
        """From how many people a number of these teams is drawn: their own people, and the customers they ever saw."""
        org = self.orgs[week]
        staff = sum(person.team in teams for person in org.people.values())
        seen = {
            one.author
            for one in self.told
            if one.week <= week
            and one.author.startswith("account:")
            and not teams.isdisjoint({one.leaf, *one.heard_by})
        }
        strangers = any(one.author.startswith("account:") and one.pain == pain for one in self.told)
        return (staff if PAINS[pain] == "developer" else 0) + (
            len(seen) if PAINS[pain] == "customer" or strangers else 0
        )


def world(chance: Random, weeks: int = 3, history: int = 6) -> World:
    org = _tree(chance)
    staff = sorted(p for p in org.people if org.people[p].team is not None)
    accounts = [f"account:{n}" for n in range(chance.choice((4, 8, 20)))]
    teams = sorted(org.teams)
    busy = chance.random()
    told = []
    for week in range(-history, weeks):
        for _ in range(chance.randrange(2, 26)):
            customer = chance.random() < 0.4
            author = chance.choice(accounts) if customer else chance.choice(staff)
            own = org.people[author].team if author in org.people else None
            leaf = own if own is not None and chance.random() < busy else chance.choice(teams)
            heard = tuple(sorted(chance.sample(teams, 1))) if chance.random() < 0.2 else ()
            told.append(Told(week, author, chance.choice(sorted(PAINS)), leaf, heard, chance.choice((1, 2, 2, 4, 8))))
    orgs = [org]
    while len(orgs) < weeks:
        orgs.append(_moved(chance, orgs[-1], staff) if chance.random() < 0.5 else orgs[-1])
    return World(orgs, told)


def _tree(chance: Random) -> Org:
    parents: dict[str, str | None] = {"t0": None}
    below = ["t0"]
    for _ in range(chance.randrange(1, 4)):
        grown = []
        for parent in below:
            for _ in range(chance.choice((0, 1, 2, 2, 3))):
                if len(parents) < 9:
                    name = f"t{len(parents)}"
                    parents[name] = parent
                    grown.append(name)
        below = grown
    people: dict[str, Person] = {}
    teams: dict[str, Team] = {}
    for name, parent in parents.items():
        lead = _lead(chance, name, teams.get(parent or ""))
        if lead is not None:
            people.setdefault(lead, Person(id=lead, name=f"Boss {name}"))
        size = chance.randrange(1, 13) if name not in parents.values() or chance.random() < 0.2 else 0
        for number in range(size):
            people[f"{name}-{number}"] = Person(id=f"{name}-{number}", team=name)
        owns = (Claim(source="tracker", project=name),)
        teams[name] = Team(id=name, name=f"Area {name}", parent=parent, leader=lead, owns=owns)
    if not any(person.team for person in people.values()):
        people["t0-0"] = Person(id="t0-0", team="t0")
    return Org(people=people, teams=teams, fallback="t0")


def _lead(chance: Random, name: str, above: Team | None) -> str | None:
    """Its own lead, mostly; sometimes that of the team above, or nobody."""
    if above is None or chance.random() < 0.8:
        return f"{name}-lead"
    return above.leader if chance.random() < 0.5 else None


def one_team(size: int) -> Org:
    """A root with one team."""
    leads = {lead: Person(id=lead, name=f"Boss {lead}") for lead in ("t0-lead", "t1-lead")}
    members = {f"t1-{n}": Person(id=f"t1-{n}", team="t1") for n in range(size)}
    root = Team(id="t0", name="Area t0", leader="t0-lead")
    team = Team(id="t1", name="Area t1", parent="t0", leader="t1-lead", owns=(Claim(source="tracker", project="t1"),))
    return Org(people={**leads, **members}, teams={"t0": root, "t1": team}, fallback="t0")


def _moved(chance: Random, org: Org, staff: Sequence[str]) -> Org:
    """The same with one to three people in other teams."""
    people = dict(org.people)
    for who in chance.sample(staff, min(len(staff), chance.randrange(1, 4))):
        people[who] = replace(people[who], team=chance.choice(sorted(org.teams)))
    return replace(org, people=people)


def period(week: int) -> Period:
    start = START + week * WEEK
    return Period(label=f"2026-W{10 + week}", start=start, end=start + WEEK, zone="UTC")


def material(made: World, week: int) -> Material:
    """What the digests of a week are made from, people in the teams in which they are at its end."""
    org = made.orgs[week]
    told = [(n, one) for n, one in enumerate(made.told) if one.week <= week]
    return Material(
        voices=[_voice(org, n, one) for n, one in told if one.week == week],
        sightings=_sightings(org, [one for _, one in told]),
        pains={
            pain: PainEntry(id=pain, title=TITLES[pain], side=side, first_at=START - 7 * WEEK)
            for pain, side in PAINS.items()
        },
        sources=[SourceHealth(name="tracker", kind="github", read_to=period(week).end)],
        listening_since=MONDAY - 20 * WEEK,
    )


def _team(org: Org, author: str) -> str | None:
    return org.people[author].team if author in org.people else None


def _voice(org: Org, number: int, one: Told) -> Voice:
    staff = one.author in org.people
    return Voice(
        key=f"tracker:K-{number}",
        source="tracker",
        external_id=f"K-{number}",
        url=f"https://tracker.example/K-{number}",
        title=TEXT,
        body="",
        author=one.author,
        role="staff" if staff else "customer",
        team=_team(org, one.author),
        leaf=one.leaf,
        heard_by=one.heard_by,
        created_at=START + one.week * WEEK + timedelta(minutes=number),
        state="open",
        closed_at=None,
        reopened=False,
        side=PAINS[one.pain],
        kind="bug",
        severity=one.severity,
        confidence=0.9,
        abstained=False,
        signals=(),
        pain=one.pain,
        no_quote=False,
    )


def _sightings(org: Org, told: Sequence[Told]) -> list[Sighting]:
    found: dict[tuple[object, ...], Sighting] = {}
    for one in told:
        key = (one.week, one.author, one.pain, one.leaf, one.heard_by)
        found[key] = Sighting(
            pain=one.pain,
            week=MONDAY + one.week * WEEK,
            author=one.author,
            role="staff" if one.author in org.people else "customer",
            team=_team(org, one.author),
            leaf=one.leaf,
            heard_by=one.heard_by,
            severity=one.severity,
        )
    return [found[key] for key in sorted(found, key=repr)]


def leaders(made: World, week: int) -> Mapping[str, datetime]:
    return {leader: period(week).end + timedelta(hours=9) for leader in made.orgs[week].leaders}
