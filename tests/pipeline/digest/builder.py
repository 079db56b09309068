"""A small organisation and short ways to make a week of it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from pipeline.digest import gates, render, select
from pipeline.digest.compose import compose
from pipeline.digest.desk import Link
from pipeline.digest.document import Document
from pipeline.digest.material import Material, PainEntry, Sighting, Voice
from pipeline.issue import Period, Role, Signal, SourceHealth
from pipeline.org import Claim, Org, Person, Team

START = datetime(2026, 3, 2, tzinfo=UTC)
PERIOD = Period(label="2026-W10", start=START, end=START + timedelta(weeks=1), zone="UTC")
SENT = PERIOD.end + timedelta(hours=9)
MONDAY = date(2026, 3, 2)


def org(sizes: dict[str, int] | None = None) -> Org:
    """Root above Left (apps, books) and Right (cables, docks); each led by <name>-lead, seven people a leaf."""
    parents = {"apps": "left", "books": "left", "cables": "right", "docks": "right", "left": "root", "right": "root"}
    people = {f"{t}-lead": Person(id=f"{t}-lead", name=f"{t.title()} Boss{t}") for t in (*parents, "root")}
    teams = {"root": Team(id="root", name="Root", leader="root-lead")}
    for team, parent in parents.items():
        leaf = team not in ("left", "right")
        size = (sizes or {}).get(team, 7) if leaf else None
        owns = (Claim(source="tracker", project=team), Claim(source="desk", label=team)) if leaf else ()
        teams[team] = Team(id=team, name=team.title(), parent=parent, leader=f"{team}-lead", size=size, owns=owns)
        for number in range(size or 0):
            who = f"{team}-{number}"
            people[who] = Person(
                id=who, name=f"Quentin{number} Surname{team}{number}", team=team, accounts={"tracker": f"log-{who}"}
            )
    return Org(people=people, teams=teams, fallback="root")


def voice(
    number: int, author: str, text: str = "I wait forty minutes for every build and lose my thread.", **change: object
) -> Voice:
    """An issue by "apps-3" (staff of apps) or by "account:..." (a customer); owned by apps unless told otherwise."""
    staff = not author.startswith("account:")
    made = Voice(
        key=f"tracker:K-{number}",
        source="tracker",
        external_id=f"K-{number}",
        url=f"https://tracker.example/K-{number}",
        title=text,
        body="",
        author=author,
        role="staff" if staff else "customer",
        team=author.rsplit("-", 1)[0] if staff else None,
        leaf="apps",
        heard_by=(),
        created_at=START + timedelta(hours=number % 160),
        state="open",
        closed_at=None,
        reopened=False,
        side="developer" if staff else "customer",
        kind="bug",
        severity=2,
        confidence=0.9,
        abstained=False,
        signals=(),
        pain="ci" if staff else "tax",
        no_quote=False,
    )
    return replace(made, **change)  # type: ignore[arg-type]


def signals(*names: str) -> tuple[Signal, ...]:
    return tuple(Signal(name, "wait") for name in names)


PAINS = {
    "ci": PainEntry(
        id="ci", title="every build makes people wait", side="developer", first_at=START - timedelta(days=9)
    ),
    "tax": PainEntry(
        id="tax", title="clinics are charged the wrong tax", side="customer", first_at=START - timedelta(days=2)
    ),
    "sync": PainEntry(id="sync", title="diaries lose appointments", side="customer", first_at=START),
}


def history(
    counts: dict[str, list[int]], leaf: str = "apps", role: Role = "staff", team: str | None = "apps"
) -> list[Sighting]:
    """Sightings from people a week, the week before the period last."""
    found = []
    for pain, weeks in counts.items():
        for back, count in zip(range(len(weeks), 0, -1), weeks, strict=True):
            for n in range(count):
                author = f"{team}-{n}" if role == "staff" else f"account:{pain}{n}"
                week = MONDAY - timedelta(weeks=back)
                found.append(
                    Sighting(pain=pain, week=week, author=author, role=role, team=team, leaf=leaf, heard_by=())
                )
    return found


def material(voices: Iterable[Voice], sightings: Iterable[Sighting] = (), **change: object) -> Material:
    made = Material(
        voices=list(voices),
        sightings=list(sightings),
        pains=PAINS,
        sources=[
            SourceHealth(name="desk", kind="zendesk", read_to=PERIOD.end),
            SourceHealth(name="tracker", kind="github", read_to=PERIOD.end),
        ],
        listening_since=MONDAY - timedelta(weeks=20),
    )
    return replace(made, **change)  # type: ignore[arg-type]


def _plain(public_url: str, leader: str) -> Link:
    return lambda pain: f"{public_url.rstrip('/')}/answer/{PERIOD.label}/{leader}/{pain}"


def digest(
    made: Material,
    leader: str = "root-lead",
    house: Org | None = None,
    public_url: str | None = None,
    language: str = "en",
    at: datetime = SENT,
) -> Document:
    return compose(
        leader=leader,
        period=PERIOD,
        org=house or org(),
        material=made,
        organisation="Example",
        generated_at=at,
        link=_plain(public_url, leader) if public_url else None,
        language=language,
    )


def failures(document: Document, made: Material, house: Org | None = None) -> list[str]:
    return gates.failures(document, render.text(document), render.html(document), made, house or org())


def all_digests(made: Material, house: Org | None = None, language: str = "en") -> dict[str, Document]:
    whole = house or org()
    index = select.index(made, whole)
    return {
        leader: compose(
            leader=leader,
            period=PERIOD,
            org=whole,
            material=made,
            organisation="Example",
            generated_at=SENT,
            index=index,
            language=language,
        )
        for leader in whole.leaders
    }
