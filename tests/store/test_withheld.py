"""What may no longer be shown of a week: found over small indexes, and the same as if every issue were looked at."""

import hashlib
import random
from typing import Any

import pytest
from sqlalchemy import Engine, event, select, update
from sqlalchemy.orm import Session

from pipeline.store import courses, db, registry
from pipeline.store.withheld import withheld
from pipeline.tables import MARKED, SENSITIVE, IssueRow, VerdictRow
from tests.store.test_courses import ORG, PERIOD, happen, put, say

HIDING: dict[str, Any] = {
    "private": {"tags": ["private"]},
    "mute": {"tags": ["mute"]},
    "no-quote": {"tags": ["no-quote"]},
    "deleted": {"state": "deleted"},
}


@pytest.mark.parametrize("hidden", HIDING)
@pytest.mark.parametrize("day", [2, -20])
def test_an_issue_that_may_no_longer_be_shown_changes_what_is_withheld(
    database: Engine, hidden: str, day: float
) -> None:
    with db.transaction(database) as session:
        put(session, 1, day)
        say(session, 1, 2, "agent-1")
        before = withheld(session, PERIOD, ORG)
        session.execute(update(IssueRow).values(**HIDING[hidden]))

        assert before != withheld(session, PERIOD, ORG)


@pytest.mark.parametrize("signal", sorted(registry.WITHHELD))
@pytest.mark.parametrize("day", [2, -20])
def test_a_verdict_that_keeps_an_issue_out_changes_what_is_withheld(database: Engine, signal: str, day: float) -> None:
    with db.transaction(database) as session:
        put(session, 1, day)
        say(session, 1, 2, "agent-1")
        before = withheld(session, PERIOD, ORG)
        session.execute(update(VerdictRow).values(signals=[["churn", "we leave"], [signal, "words"]]))

        assert before != withheld(session, PERIOD, ORG)


def test_the_small_indexes_hold_everything_that_hides() -> None:
    assert all(f'"{name}"' in MARKED.text for name in {*registry.HIDDEN, "no-quote"})
    assert all(f'"{name}"' in SENSITIVE.text for name in registry.WITHHELD)


def test_it_is_the_same_as_if_every_issue_were_looked_at(database: Engine) -> None:
    draw = random.Random(7)
    with db.transaction(database) as session:
        for number in range(1, 401):
            hiding = HIDING[draw.choice(list(HIDING))] if draw.random() < 0.3 else {}
            signals = draw.choice([(), (), ("churn",), ("security",), ("hr", "churn"), ("outage_like",)])
            put(session, number, draw.uniform(-220, 14), draw.choice(["tax", "tax", None]), **hiding)
            held = [[name, "words"] for name in signals]
            session.execute(update(VerdictRow).where(VerdictRow.issue_id == number).values(signals=held))
            if draw.random() < 0.5:
                say(session, number, draw.uniform(-3, 10), "agent-1")
            elif draw.random() < 0.5:
                happen(session, number, "closed", draw.uniform(-3, 10))
        told = "\n".join(_looked_at(session))

        assert told.count("\n") > 20
        assert withheld(session, PERIOD, ORG) == hashlib.blake2b(told.encode(), digest_size=16).hexdigest()


def test_it_reads_neither_the_week_nor_half_a_year(sqlite_url: str) -> None:
    engine = db.connect(sqlite_url)
    asked: list[tuple[str, Any]] = []
    event.listen(engine, "before_cursor_execute", lambda _c, _u, said, values, *_: asked.append((said, values)))
    with db.reading(engine) as session:
        withheld(session, PERIOD, ORG)
        said, values = next((said, values) for said, values in asked if "UNION ALL" in said)
        plan = [row[3] for row in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {said}", values)]
    engine.dispose()

    read = [step for step in plan if step.startswith(("SCAN issues", "SCAN verdicts", "SEARCH issues"))]
    assert "SEARCH issues USING INDEX ix_issues_marked (created_at>? AND created_at<?)" in read
    # The week, and what changed since, are walked in their indexes alone; rows are looked up of what is marked.
    assert {step for step in read if "ix_issues_created" in step or "ix_issues_updated" in step} == {
        "SEARCH issues USING COVERING INDEX ix_issues_created (created_at>? AND created_at<?)",
        "SEARCH issues USING COVERING INDEX ix_issues_updated (updated_at>?)",
    }
    assert {step for step in read if "verdicts" in step} == {"SCAN verdicts USING INDEX ix_verdicts_sensitive"}


def _looked_at(session: Session) -> list[str]:
    """Each issue that is marked, of all that the period is made from, and how; found the long way."""
    stirred = set(session.scalars(courses.were_stirred(session, PERIOD)))
    found: dict[str, str] = {}
    for issue, signals in session.execute(
        select(IssueRow, VerdictRow.signals).join(VerdictRow, VerdictRow.issue_id == IssueRow.id)
    ):
        if PERIOD.start <= issue.created_at < PERIOD.end or issue.id in stirred:
            out = issue.state == "deleted" or registry.hidden(issue.tags, [name for name, _ in signals])
            if out or "no-quote" in issue.tags:
                found[issue.external_id] = f"desk:{issue.external_id}:{out}:{'no-quote' in issue.tags}"
    return [found[key] for key in sorted(found)]
