"""What comments, history and queue tell of the issues of a week, read from the database."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, insert
from sqlalchemy.orm import Session

from pipeline.course import detail
from pipeline.issue import Period
from pipeline.org import Claim, Org, Person, Team
from pipeline.store import courses, db, half_year, material, registry
from pipeline.tables import CommentRow, EventRow, IssueRow, MemberRow, VerdictRow

START = datetime(2026, 3, 2, tzinfo=UTC)
PERIOD = Period(label="2026-W10", start=START, end=START + timedelta(weeks=1), zone="UTC")
ORG = Org(
    people={
        "lead": Person(id="lead", name="Lea Dale"),
        **{f"p{n}": Person(id=f"p{n}", team="apps", accounts={"desk": f"agent-{n}"}) for n in range(6)},
    },
    teams={"apps": Team(id="apps", name="Apps", leader="lead", size=6, owns=(Claim(source="desk"),))},
    fallback="apps",
)


def day(number: float) -> datetime:
    """A moment so many days after the period began."""
    return START + timedelta(days=number)


def put(session: Session, number: int, at: float, pain: str | None = "tax", **change: Any) -> None:
    issue = {
        "id": number,
        "source": "desk",
        "external_id": str(number),
        "title": f"Total wrong {number}",
        "body": "The total is wrong.",
        "state": "open",
        "author": f"customer-{number}",
        "author_role": "customer",
        "labels": [],
        "created_at": day(at),
        "updated_at": day(max(at, 3)),
        "tags": [],
        "content_hash": "c",
        "text_hash": "t",
    }
    session.execute(insert(IssueRow).values(**{**issue, **change}))
    session.execute(
        insert(VerdictRow).values(
            issue_id=number, text_hash="t", org_hash="o", side="customer", confidence=0.9, abstained=False, kind="bug",
            severity=2, signals=[], because=[], model="m", leaf="apps", heard_by=[], period="2026-W10",
        )
    )  # fmt: skip
    if pain is not None:
        session.execute(insert(MemberRow).values(issue_id=number, pain=pain, score=1.0, frozen=True))


def say(session: Session, number: int, at: float, who: str, body: str = "Hello.", role: str = "staff", **change: Any):
    row = {
        "source": "desk",
        "issue": str(number),
        "external_id": f"{number} {at} {who}",
        "author": who,
        "author_role": role,
        "body": body,
        "created_at": day(at),
        "private": False,
    }
    session.execute(insert(CommentRow).values(**{**row, **change}))


def happen(session: Session, number: int, what: str, at: float, before: str | None = None, after: str | None = None):
    row = {"source": "desk", "issue": str(number), "what": what, "at": day(at), "before": before, "after": after}
    session.execute(insert(EventRow).values(**row))


def signs(session: Session, *numbers: int) -> dict[str, tuple[str, ...]]:
    found = courses.Signs(session, PERIOD, ORG, {("desk", str(n)): "tax" for n in numbers})
    for issues in half_year.issues(session, PERIOD, PERIOD.end - detail.SPAN):
        found.take(issues)
    return {name: shown for (_, name), shown in found.found().items()}


def quick(session: Session, first: int, count: int) -> None:
    """Older issues of the queue, each answered within the hour."""
    for number in range(first, first + count):
        put(session, number, -40 + number / 100, pain=None)
        say(session, number, -40 + number / 100 + 0.02, "agent-1")


def test_a_long_silence_is_long_for_its_queue(database: Engine) -> None:
    with db.transaction(database) as session:
        quick(session, 100, 20)
        put(session, 1, 1)
        put(session, 2, 1)
        say(session, 2, 1.02, "agent-1")

        assert signs(session, 1, 2) == {"1": ("long_silence",), "2": ()}


def test_a_queue_with_too_little_history_tells_nothing(database: Engine) -> None:
    with db.transaction(database) as session:
        quick(session, 100, 19)
        put(session, 1, 1)

        assert signs(session, 1) == {"1": ()}


@pytest.mark.parametrize("lie_in_order", [True, False])
def test_what_is_usual_comes_from_the_newest_hundred_in_whatever_order_they_lie(
    database: Engine, lie_in_order: bool
) -> None:
    with db.transaction(database) as session:
        long_ago, lately = (1000, 2000) if lie_in_order else (2000, 1000)
        for number in range(courses.ENOUGH + 50):
            put(session, long_ago + number, -90, pain=None)
        quick(session, lately, courses.ENOUGH)
        put(session, 1, 1)

        assert signs(session, 1) == {"1": ("long_silence",)}

        for number in range(courses.ENOUGH // 5):
            put(session, 3000 + number, -3, pain=None)

        assert signs(session, 1) == {"1": ()}


def test_of_issues_written_at_once_the_same_hundred_are_always_usual(database: Engine) -> None:
    with db.transaction(database) as session:
        for number in range(3 * courses.ENOUGH):
            put(session, 1000 + number, -20, pain=None)
            if number < courses.ENOUGH:
                say(session, 1000 + number, -19.99, "agent-1")
        put(session, 1, 1)

        assert signs(session, 1) == {"1": ("long_silence",)}


def test_an_issue_that_was_sent_away_shows_in_those_of_two_more_people(database: Engine) -> None:
    with db.transaction(database) as session:
        put(session, 1, -20)
        happen(session, 1, "closed", -19, after="Won't Fix")
        for number, who in ((2, "customer-1"), (3, "robin"), (4, "sam")):
            put(session, number, 1, author=who)

        assert signs(session, 2, 3, 4) == {
            "2": ("repeat_contact",),
            "3": ("cannot_reproduce",),
            "4": ("cannot_reproduce",),
        }

        happen(session, 1, "closed", -18, after="Fixed")

        assert signs(session, 2, 3, 4) == {"2": ("repeat_contact",), "3": (), "4": ()}


def test_what_was_said_after_the_period_or_in_private_counts_for_nothing(database: Engine) -> None:
    with db.transaction(database) as session:
        put(session, 1, 1)
        happen(session, 1, "closed", 2)
        say(session, 1, 2.5, "customer-1", "It is wrong again.", "customer", private=True)
        say(session, 1, 8, "customer-1", "It is wrong again.", "customer")
        happen(session, 1, "reopened", 9)

        assert signs(session, 1) == {"1": ()}

        say(session, 1, 3, "customer-1", "It is wrong again.", "customer")

        assert signs(session, 1) == {"1": ("reopened",)}


def test_an_account_that_writes_of_one_pain_twice_is_a_repeat_and_staff_never_is(database: Engine) -> None:
    with db.transaction(database) as session:
        for number, at in ((1, -10), (2, 1)):
            put(session, number, at, account="Oak Vets")
        for number, at in ((3, -10), (4, 1)):
            put(session, number, at, author="agent-1")

        assert signs(session, 2, 4) == {"2": ("repeat_contact",), "4": ()}


def test_the_same_answer_by_three_agents_is_found_across_issues(database: Engine) -> None:
    text = "please sign out and wait for ten minutes and then sign in with your second address to read the list anew"
    with db.transaction(database) as session:
        for number in (1, 2, 3):
            put(session, number, 1)
            say(session, number, 1.1, f"agent-{number}", text)

        assert signs(session, 1, 2, 3) == dict.fromkeys("123", ("macro_gap",))


def test_older_issues_are_read_again_only_where_something_happened_in_the_week(database: Engine) -> None:
    with db.transaction(database) as session:
        put(session, 1, -20)
        put(session, 2, -20)
        put(session, 3, -20, pain=None)
        put(session, 4, -20)
        put(session, 5, -20, tags=["private"])
        for number in (1, 3, 5):
            say(session, number, 2, "agent-1")
        say(session, 2, -19, "agent-1")
        happen(session, 4, "moved", 1, "a", "b")
        read = material.read(session, PERIOD, ORG, {"desk": "file"})

        assert courses.stirred(session, PERIOD) == [1, 4, 5]
        assert [voice.key for voice in read.stirred] == ["desk:1", "desk:4"]
        assert read.voices == []


def test_older_issues_are_found_by_when_they_changed_and_not_by_reading_half_a_year(sqlite_url: str) -> None:
    engine = db.connect(sqlite_url)
    asked: list[tuple[str, Any]] = []
    event.listen(engine, "before_cursor_execute", lambda _c, _u, said, values, *_: asked.append((said, values)))
    with db.reading(engine) as session:
        courses.stirred(session, PERIOD)
        said, values = next((said, values) for said, values in asked if "FROM issues JOIN members" in said)
        plan = [row[3] for row in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {said}", values)]
    engine.dispose()

    assert [step for step in plan if "ix_issues_updated" in step]
    assert not [step for step in plan if "ix_issues_created" in step]


def test_the_number_of_queries_does_not_grow_with_what_is_stored(database: Engine) -> None:
    with db.transaction(database) as session:
        quick(session, 100, 25)
        put(session, 1, 1)
        few = _queries(database, lambda: signs(session, 1))
        quick(session, 200, 150)
        many = _queries(database, lambda: signs(session, 1))

    assert few == many


def _queries(database: Engine, act: Any) -> int:
    seen: list[str] = []

    def count(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(database, "before_cursor_execute", count)
    try:
        act()
    finally:
        event.remove(database, "before_cursor_execute", count)
    return len(seen)


def test_what_joins_a_pain_after_the_week_was_closed_is_in_none_of_its_digests(database: Engine) -> None:
    with db.transaction(database) as session:
        put(session, 1, 1)
        put(session, 2, 2, pain=None)
        put(session, 3, -3, pain=None)
        for number in (2, 3):
            session.execute(insert(MemberRow).values(issue_id=number, pain="tax", score=1.0, frozen=False))
        happen(session, 3, "moved", 2)
        before = material.read(session, PERIOD, ORG, {})
        registry.set_mark(session, "closed 2026-W10", day(8).isoformat())
        after = material.read(session, PERIOD, ORG, {})

    assert [voice.pain for voice in before.voices] == ["tax", "tax"]
    assert [voice.pain for voice in after.voices] == ["tax", None]
    assert len(before.sightings) == 3
    assert len(after.sightings) == 1
    assert (len(before.stirred), len(after.stirred)) == (1, 0)
