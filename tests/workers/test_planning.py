"""Who is due is asked for all leaders at once: a beat of ten thousand leaders asks no more than one of ten."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, event, select

from pipeline import periods, steps
from pipeline.issue import Period
from pipeline.org import Org, Person, Team
from pipeline.store import db
from pipeline.tables import DigestRow, IssueRow

ZONE = "Europe/Vienna"
NOW = datetime(2026, 9, 22, 12, tzinfo=UTC)


def chart(leaders: int) -> Org:
    people = {f"l{n}": Person(id=f"l{n}") for n in range(leaders)}
    teams = {
        f"t{n}": Team(id=f"t{n}", name=f"T{n}", parent="t0" if n else None, leader=f"l{n}") for n in range(leaders)
    }
    return Org(people=people, teams=teams, fallback="t0")


def due(period: Period, _leader: str) -> datetime:
    return period.end + timedelta(hours=9)


def digest(leader: str, period: str, state: str = "composed") -> DigestRow:
    return DigestRow(leader=leader, period=period, kind="weekly", state=state, composed_at=NOW)


def begin(database: Engine, *rows: DigestRow) -> None:
    issue = {"source": "desk", "external_id": "1", "title": "t", "body": "", "state": "open", "author_role": "unknown"}
    issue |= {"labels": [], "tags": [], "content_hash": "", "text_hash": "", "updated_at": NOW}
    with db.transaction(database) as session:
        session.add(IssueRow(**issue, created_at=NOW - timedelta(weeks=9)))
        session.add_all(rows)


def planned(database: Engine, org: Org) -> tuple[int, int]:
    """(leaders who are due, statements that it took to know)."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(database, "before_cursor_execute", note)
    with db.transaction(database) as session:
        found = steps.plan(session, now=NOW, zone=ZONE, due=due, org=org)
    event.remove(database, "before_cursor_execute", note)
    return sum(map(len, found.values())), len(asked)


def test_a_beat_asks_as_often_for_three_hundred_leaders_as_for_three(database: Engine) -> None:
    last = periods.before(periods.last_ended(NOW, ZONE)).label
    begin(database, *(digest(f"l{n}", last) for n in range(300)))

    few, many = planned(database, chart(3)), planned(database, chart(300))

    assert (few[0], many[0]) == (3, 300)
    assert few[1] == many[1]


def test_who_missed_weeks_is_found_among_those_who_did_not(database: Engine) -> None:
    newest = periods.last_ended(NOW, ZONE)
    last = periods.before(newest)
    missed = periods.before(last)
    begin(
        database,
        digest("l0", last.label),
        digest("l1", periods.before(missed).label),
        digest("l2", periods.before(missed).label),
        digest("l2", last.label, "planned"),
    )

    planned(database, chart(4))

    with db.reading(database) as session:
        rows = session.execute(select(DigestRow.leader, DigestRow.period).where(DigestRow.state == "skipped")).all()
    assert {tuple(row) for row in rows} == {(one, week.label) for one in ("l1", "l2") for week in (missed, last)}
