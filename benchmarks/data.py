"""Made-up issues and an organisation of 200 leaders, of our own words with fixed seeds: each run measures the same."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, func, insert, select, update
from sqlalchemy.orm import DeclarativeBase, Session

from pipeline import periods
from pipeline.issue import Period
from pipeline.org import Org, Person, Team
from pipeline.store import db
from pipeline.tables import EventRow, IssueRow, MemberRow, PainRow, SourceRow, VerdictRow

SOURCE = "desk"
ZONE = "Europe/London"
WEEKS = 26
LEVELS = (1, 4, 15, 45, 135)
"""Teams on each level; each has its own leader, so there are 200. Those on the last level are the leaves."""
CREW = 8
"""People of a leaf."""
PAINS_A_LEAF = 2
LIKELY_SIGNALS = ("workaround", "repeat_contact", "long_silence", "confession")
CHUNK = 2_000
QUAYS = (
    "Amber",
    "Birch",
    "Cedar",
    "Delta",
    "Ember",
    "Fjord",
    "Grove",
    "Heath",
    "Inlet",
    "Kelp",
    "Lagoon",
    "Maple",
    "Nettle",
)
WORKS = (
    "Anchor",
    "Beacon",
    "Cargo",
    "Derrick",
    "Engine",
    "Ferry",
    "Gauge",
    "Hull",
    "Ice",
    "Jetty",
    "Keel",
    "Lantern",
    "Mast",
    "Net",
    "Oar",
    "Pier",
)

MAKERS = (
    "the release pipeline stops at the signing step",
    "two integration tests pass on every second run only",
    "the staging cluster has no free nodes before noon",
    "our schema migration holds a lock for nine minutes",
    "nobody owns the shared logging library",
    "the linter and the formatter disagree about imports",
    "local builds take longer than the coffee machine",
    "a feature flag was removed while it was still read",
    "the runbook describes a dashboard that was deleted",
    "every hotfix waits for the same three approvers",
)
USERS = (
    "the invoice shows a booking that we cancelled",
    "the export leaves out everything after row 500",
    "my sign-in link has expired before it arrives",
    "the map stays grey on my phone",
    "we were charged twice for one seat",
    "the report is off by one day in our zone",
    "the chat tells me to call and the phone tells me to chat",
    "the uploaded photo is rotated and cannot be turned",
    "a colleague who left still gets our notices",
    "the page jumps to the top when I choose a date",
)
AROUND = (
    "It has been like this since the update of 2026-03-14.",
    "I have asked about this twice already.",
    "As a workaround we keep a spreadsheet beside it.",
    "It costs each of us about half an hour a day.",
    "Restarting helps for a while, then it comes back.",
    "We expected it to work as the handbook says.",
    "Please tell us whether anybody is looking at it.",
    "Only the large accounts seem to be affected.",
    "I can send more screenshots if that is of use.",
    "Thank you for looking into it.",
)
CODE = (
    '```\nTraceback (most recent call last):\n  File "sync.py", line 88, in push\nTimeoutError: no answer in 30 s\n```',
    "```yaml\nretries: 3\nbackoff: linear\nqueue: slow-lane\n```",
    "> Your request has been received.\n> We will be in touch.",
    "1. open the list\n2. choose *any* entry\n3. press **Save**\n",
    "See [the earlier report](https://tracker.example/reports/4711) and `settings.local`.",
)


def body(rng: random.Random, side: str, about: int = 1_000) -> str:
    """Markdown of a developer's or a customer's issue, `about` so many characters long."""
    own = MAKERS if side == "developer" else USERS
    told, length = [], 0
    while length < about:
        draw = rng.random()
        if draw < 0.08:
            piece = "\n\n" + rng.choice(CODE) + "\n\n"
        elif draw < 0.55:
            piece = rng.choice(AROUND) + " "
        else:
            word = rng.choice(own)
            piece = f"{word[0].upper()}{word[1:]}, case {rng.randrange(1_000)}. "
        told.append(piece)
        length += len(piece)
    return "".join(told).strip()


def title(rng: random.Random, side: str) -> str:
    word = rng.choice(MAKERS if side == "developer" else USERS)
    return f"{word[0].upper()}{word[1:]} ({rng.randrange(10_000)})"


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text as a classifier gets it, and the side that it was written for."""

    title: str
    body: str
    side: str


def texts(count: int, seed: int = 4) -> list[Labelled]:
    rng = random.Random(seed)
    sides = rng.choices(("developer", "customer"), k=count)
    return [Labelled(title(rng, side), body(rng, side), side) for side in sides]


def organisation() -> Org:
    """200 teams on five levels, a leader each, and eight people in each leaf."""
    teams: dict[str, Team] = {}
    people: dict[str, Person] = {}
    above: list[str] = []
    for depth, count in enumerate(LEVELS):
        level = [f"team-{depth}-{number}" for number in range(count)]
        for number, name in enumerate(level):
            leader = f"lead-{depth}-{number}"
            people[leader] = Person(id=leader, name=f"{_name(len(people))} Okoro", email=f"{leader}@harbour.example")
            parent = above[number % len(above)] if above else None
            size = CREW if depth == len(LEVELS) - 1 else None
            teams[name] = Team(id=name, name=_name(len(teams)), parent=parent, leader=leader, size=size)
        above = level
    for leaf in above:
        for number in range(CREW):
            who = f"{leaf}-p{number}"
            people[who] = Person(id=who, team=leaf, accounts={SOURCE: who})
    return Org(people=people, teams=teams, fallback="team-0-0")


def _name(number: int) -> str:
    """Without figures, which the gates would look for in the ledger; the same again only after 208."""
    return f"{QUAYS[number % len(QUAYS)]} {WORKS[number % len(WORKS)]}"


def period() -> Period:
    """The week that digests are made of; the other issues lie in the weeks before it."""
    return periods.week_of("2026-W38", ZONE)


def fill(engine: Engine, issues: int, org: Org, *, older: int = 0) -> None:
    """Put `issues` spread over 26 weeks into the tables as if they had been pulled, classified and assigned.

    `older` more lie in the half year before those, where no digest looks any more.
    """
    week, rng = period(), random.Random(11)
    leaves = [team for team in org.teams if org.is_leaf(team)]
    pains = [(f"p{number:04d}", leaves[number % len(leaves)]) for number in range(PAINS_A_LEAF * len(leaves))]
    with db.transaction(engine) as session:
        session.add(SourceRow(name=SOURCE, kind="github", read_to=week.end, attempted_at=week.end, pulled_at=week.end))
        _insert(session, PainRow, [{"id": name} for name, _ in pains])
        for start in range(0, issues + older, CHUNK):
            rows = [
                _issue(rng, row_id, week, pains, age=WEEKS + 1 if row_id > issues else 0)
                for row_id in range(start + 1, min(start + CHUNK, issues + older) + 1)
            ]
            for table, name in (
                (IssueRow, "issue"),
                (VerdictRow, "verdict"),
                (MemberRow, "member"),
                (EventRow, "event"),
            ):
                _insert(session, table, [row[name] for row in rows if name in row])
        began = select(MemberRow.pain, func.min(IssueRow.created_at)).join(IssueRow, IssueRow.id == MemberRow.issue_id)
        first = dict(session.execute(began.group_by(MemberRow.pain)).all())
        for number, (name, _) in enumerate(pains):
            value = _pain(name, number, first.get(name, week.start))
            session.execute(update(PainRow).where(PainRow.id == name).values(live=value, frozen=value))


def _insert(session: Session, table: type[DeclarativeBase], rows: list[dict[str, object]]) -> None:
    if rows:
        session.execute(insert(table.__table__), rows)  # type: ignore[arg-type]


def _pain(name: str, number: int, first: datetime) -> dict[str, object]:
    side = "developer" if number % 2 else "customer"
    words = MAKERS if side == "developer" else USERS
    told = words[number % len(words)]
    return {"id": name, "title": f"{told[0].upper()}{told[1:]}", "side": side, "first_at": first.isoformat()}


def _issue(
    rng: random.Random, row_id: int, week: Period, pains: list[tuple[str, str]], *, age: int
) -> dict[str, dict[str, object]]:
    """The rows of one issue by table: every other one by staff, two thirds of the painful ones in a pain."""
    number = min(int(rng.expovariate(6) * len(pains)), len(pains) - 1)
    pain, leaf = pains[number]
    side = "developer" if number % 2 else "customer"
    staff = side == "developer"
    author = f"{leaf}-p{rng.randrange(CREW)}" if staff else f"guest-{rng.randrange(400)}"
    created = week.end - timedelta(weeks=age, minutes=rng.randrange(1, WEEKS * 7 * 24 * 60))
    closed = created + timedelta(days=3) if rng.random() < 0.3 else None
    key, text = f"{leaf}#{row_id}", body(rng, side)
    draw = rng.random()
    rows: dict[str, dict[str, object]] = {
        "issue": {
            "id": row_id,
            "source": SOURCE,
            "external_id": key,
            "url": f"https://tracker.example/{leaf}/{row_id}",
            "title": title(rng, side),
            "body": text,
            "state": "closed" if closed else "open",
            "author": author,
            "author_role": "staff" if staff else "customer",
            "labels": [],
            "project": leaf,
            "created_at": created,
            "updated_at": closed or created,
            "closed_at": closed,
            "tags": [],
            "content_hash": f"{row_id:032x}",
            "text_hash": f"{row_id:032x}",
        },
        "verdict": {
            "issue_id": row_id,
            "text_hash": f"{row_id:032x}",
            "org_hash": "",
            "side": side if draw < 0.8 else "none",
            "confidence": 0.9,
            "abstained": False,
            "kind": "bug",
            "severity": rng.choice((1, 2, 2, 4, 8)),
            "signals": [[rng.choice(LIKELY_SIGNALS), text[:40]]] if rng.random() < 0.15 else [],
            "because": ["made up"],
            "model": "benchmark",
            "leaf": leaf,
            "heard_by": [],
        },
    }
    if draw < 0.55:
        rows["member"] = {"issue_id": row_id, "pain": pain, "score": 0.5, "frozen": True}
    if closed is not None:
        rows["event"] = {"source": SOURCE, "issue": key, "at": closed, "what": "closed"}
    return rows
