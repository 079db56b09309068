"""Fernhill's week 38 as material: the golden case, read from the shared fixture."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pipeline.digest.material import Material, PainEntry, Sighting, Voice
from pipeline.issue import Period, Signal, SourceHealth
from pipeline.org import Claim, Org, Person, Team
from tests.shared_data import beside

ZONE = "Europe/Dublin"
MONDAY = date(2026, 9, 14)
TITLES = {
    "A": ("developer", "engineers wait on CI and no longer believe it"),
    "B": ("customer", "multi-site clinics are charged the wrong tax"),
    "C": ("customer", "appointments vanish from synced diaries"),
    "D": ("developer", "realistic test data is hard to get"),
    "E": ("developer", "agents have nothing current to say"),
    "F": ("developer", "push tokens break on every second release"),
    "G": ("customer", "password-reset mails arrive late"),
}
STAFF = {"engineer", "agent"}


def slug(name: str) -> str:
    return name.lower().replace(" & ", "-").replace(" ", "-")


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONE)).astimezone(UTC)


def fixture() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(beside("data", "fernhill", "digest_fixture.json").read_text())
    return loaded


def period() -> Period:
    start, end = (datetime(2026, 9, day, tzinfo=ZoneInfo(ZONE)).astimezone(UTC) for day in (14, 21))
    return Period(label="2026-W38", start=start, end=end, zone=ZONE)


SENT = datetime(2026, 9, 21, 9, tzinfo=ZoneInfo(ZONE)).astimezone(UTC)

LEADERS = {
    "ines": ("Ines Okafor", "engineering"),
    "tomas": ("Tomas Lindqvist", "platform"),
    "priya": ("Priya Raman", "product-engineering"),
    "yuki": ("Yuki Arai", "data-integrations"),
    "mara": ("Mara Duval", "billing"),
    "noor": ("Noor Haddad", "mobile"),
    "otto": ("Otto Brandt", "build-release"),
    "dele": ("Dele Adeyemi", "support"),
}


def org(data: Mapping[str, Any]) -> Org:
    leads = {team: who for who, (_, team) in LEADERS.items()}
    people = {who: Person(id=who, name=name, email=f"{who}@fernhill.example") for who, (name, _) in LEADERS.items()}
    teams = [Team(id="engineering", name="Engineering", leader="ines")]
    tree = data["org"]
    for area in ("Platform", "Product Engineering", "Data & Integrations"):
        teams.append(Team(id=slug(area), name=area, parent="engineering", leader=leads.get(slug(area))))
        teams += [_leaf(name, size, slug(area), leads) for name, size in tree["CTO"][area].items()]
    heard, owned = (Claim(source="zendesk"),), (Claim(source="jira", project="SUP"),)
    teams.append(Team(id="support", name="Support", leader="dele", hears=heard, owns=owned))
    teams += [_leaf(name, size, "support", leads) for name, size in tree["Head of Support"].items()]
    for team in teams:
        for number in range(team.size or 0):
            who = f"{team.id}-{number}"
            accounts = {"jira": f"j-{who}", "github": f"g-{who}"} if team.parent != "support" else {"jira": f"j-{who}"}
            people[who] = Person(id=who, name=f"Given{number} {team.id.title()}son", team=team.id, accounts=accounts)
    return Org(people=people, teams={t.id: t for t in teams}, fallback="engineering")


def _leaf(name: str, size: int, parent: str, leads: Mapping[str, str]) -> Team:
    return Team(id=slug(name), name=name, parent=parent, leader=leads.get(slug(name)), size=size)


def voices(data: Mapping[str, Any]) -> list[Voice]:
    seen: dict[str, int] = {}
    return [_voice(t, seen) for t in data["tickets"]]


def _voice(t: Mapping[str, Any], seen: dict[str, int]) -> Voice:
    staff = t["author_kind"] in STAFF
    team = slug(t["author_group"]) if staff else None
    number = seen.get(t["author_group"], 0)
    seen[t["author_group"]] = number + 1
    leaf = None if t["owning_area"] == "?" else slug(t["owning_area"])
    praise = t["kind"] == "praise"
    names = ["thanks"] if praise else t["signals"]
    side = "none" if praise else TITLES[t["theme"]][0] if t["theme"] else "customer"
    return Voice(
        key=f"{t['source']}:{t['key']}",
        source=t["source"],
        external_id=t["key"],
        url=f"https://{t['source']}.fernhill.example/{t['key'].replace('#', '/')}",
        title=t["text"],
        body="",
        author=f"{team}-{number}" if staff else f"account:{t['author_group']}",
        role="staff" if staff else "customer",
        team=team,
        leaf=leaf,
        heard_by=("support",) if t["source"] == "zendesk" else (),
        created_at=local(t["created"]),
        state="open",
        closed_at=None,
        reopened="reopened" in t["signals"],
        side=side,
        kind="other" if praise else "bug",
        severity=max(1, t["severity"]),
        confidence=0.95,
        abstained=False,
        signals=tuple(Signal(name, t["text"]) for name in names),
        pain=t["theme"],
        no_quote=False,
    )


OWNERS = {"A": "build-release", "B": "billing", "C": "integrations", "D": "data", "E": "support", "G": "cloud"}
WRITERS = {
    "A": ("billing", "calendar", "integrations", "data"),
    "D": ("integrations", "cloud", "data"),
    "E": ("clinic-support",),
}


def sightings(data: Mapping[str, Any]) -> Iterator[Sighting]:
    for pain, past in data["history"].items():
        counts = [*past["W29-36"], past["W37"]]
        for back, count in zip(range(len(counts), 0, -1), counts, strict=True):
            yield from (_sighting(pain, MONDAY - timedelta(weeks=back), n, back) for n in range(count))
    for voice in voices(data):
        if voice.pain and voice.side != "none" and voice.author:
            yield Sighting(
                pain=voice.pain,
                week=MONDAY,
                author=voice.author,
                role=voice.role,
                team=voice.team,
                leaf=voice.leaf,
                heard_by=voice.heard_by,
            )


def _sighting(pain: str, week: date, number: int, back: int) -> Sighting:
    customer = TITLES[pain][0] == "customer"
    team = None
    if not customer:
        teams = WRITERS[pain]
        # Mobile wrote nine weeks ago and then fell silent.
        team = "mobile" if pain == "A" and back in (8, 9) else teams[(number + back) % len(teams)]
    return Sighting(
        pain=pain,
        week=week,
        author=f"account:past-{number}" if customer else f"{team}-{number}",
        role="customer" if customer else "staff",
        team=team,
        leaf=OWNERS[pain],
        heard_by=("support",) if customer else (),
    )


def material(data: Mapping[str, Any]) -> Material:
    first = {pain: local(begun) for pain, (begun, _) in data["heard"].items()}
    first["F"] = local("2026-09-18T12:00")
    until = period().end
    return Material(
        voices=voices(data),
        sightings=sorted(sightings(data), key=repr),
        pains={p: PainEntry(id=p, title=t, side=s, first_at=first[p]) for p, (s, t) in TITLES.items()},
        sources=[
            SourceHealth(name="jira", kind="jira", read_to=until),
            SourceHealth(name="github", kind="github", read_to=local("2026-09-18T18:05"), problem="token expired"),
            SourceHealth(name="zendesk", kind="zendesk", read_to=until),
        ],
        listening_since=MONDAY - timedelta(weeks=26),
    )
