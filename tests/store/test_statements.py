"""A week is read in one go for all leaders: more of them ask no more of the database."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, event

from benchmarks import data
from pipeline import steps
from pipeline.house import House
from pipeline.org import Org
from pipeline.store import db, digests, listeners, material

A_DIGEST = 6
"""Statements that one leader's decision costs: their digest, mail and work are a row each."""


def house(org: Org) -> House:
    return House(
        name="Harbour", org=org, kinds={data.SOURCE: "github"}, sender="notes@harbour.example", domain="harbour.example"
    )


def asked(database: Engine, leaders: int, *, decide: bool) -> int:
    """How many statements it takes to write, or to decide, the digests of so many leaders."""
    org, period, statements = data.organisation(), data.period(), list[str]()

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    due = dict.fromkeys(sorted(org.leaders)[:leaders], period.end + timedelta(hours=8))
    assert len(due) == leaders
    with db.transaction(database) as session:
        event.listen(database, "before_cursor_execute", note)
        made = (steps.compose if decide else steps.foresee)(session, period, due, house(org))
        session.flush()
        event.remove(database, "before_cursor_execute", note)
        assert len(made) == leaders
        session.rollback()
    return len(statements)


def test_the_digests_of_two_hundred_leaders_ask_as_often_as_those_of_twenty(database: Engine) -> None:
    data.fill(database, 400, data.organisation())

    few, many = (asked(database, leaders, decide=False) for leaders in (20, 200))

    assert few == many


def test_deciding_costs_the_same_few_statements_for_each_leader(database: Engine) -> None:
    data.fill(database, 400, data.organisation())

    few, many = (asked(database, leaders, decide=True) for leaders in (20, 60))

    assert many - few <= A_DIGEST * 40


def test_a_digest_that_was_expected_is_decided_once(database: Engine) -> None:
    at, said = data.period().end, {"leader": "kit", "period": "2026-W10", "document": {"form": "full"}, "reason": None}
    with db.transaction(database) as session:
        digests.expect(session, ["kit"], "2026-W10", at)
        first = digests.decide(session, **said, state="held", at=at)
        again = digests.decide(session, **said, state="composed", at=at)
        kept = digests.digest(session, "kit", "2026-W10")

    assert kept is not None
    assert (first, again, kept.state) == (kept.id, None, "held")


def plans(engine: Engine, act: Any) -> list[str]:
    """The steps that SQLite, which never looked at these tables, takes for the statements of a call."""
    asked: list[tuple[str, Any]] = []
    event.listen(engine, "before_cursor_execute", lambda _c, _u, said, values, *_: asked.append((said, values)))
    with db.reading(engine) as session:
        act(session)
        selects = [one for one in asked if one[0].startswith("SELECT")]
        asks = session.connection().exec_driver_sql
        return [row[3] for said, values in selects for row in asks(f"EXPLAIN QUERY PLAN {said}", values)]


def test_a_week_is_read_by_indexes_though_nobody_counted_the_tables(sqlite_url: str) -> None:
    engine, org = db.connect(sqlite_url), data.organisation()
    data.fill(engine, 2_000, org)
    with db.reading(engine) as session:
        key = material.read(session, data.period(), org, {data.SOURCE: "github"}).voices[0].key

    steps = plans(engine, lambda session: material.read(session, data.period(), org, {data.SOURCE: "github"}))
    steps += plans(engine, lambda session: material.may_not_be_quoted(session, [key]))
    steps += plans(engine, lambda session: listeners.tender(session, [key]))
    engine.dispose()

    assert [step for step in steps if step.startswith("SEARCH events")]
    assert [step for step in steps if step.startswith("SEARCH comments")]
    grow = ("issues", "verdicts", "members", "comments", "events")
    assert not [step for step in steps if step.startswith(tuple(f"SCAN {table}" for table in grow))]
