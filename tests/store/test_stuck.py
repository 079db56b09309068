"""Which severe pains wait with an open issue, and with whose first words: the database tells, and reads no past."""

from dataclasses import replace
from typing import Any

from sqlalchemy import Engine, insert, update
from sqlalchemy.orm import Session

from pipeline.org import Org, audience_of
from pipeline.store import db, material
from pipeline.tables import PainRow, VerdictRow
from tests.store.test_courses import ORG, PERIOD, day, happen, put


def pain(session: Session, name: str) -> None:
    value = {"id": name, "title": f"The {name} is wrong", "side": "customer", "first_at": day(-60).isoformat()}
    session.execute(insert(PainRow).values(id=name, live=value, frozen=value))


def told(session: Session, number: int, at: float, of: str, signals: list[list[str]] = [], **change: Any) -> None:  # noqa: B006
    put(session, number, at, of, **change)
    session.execute(update(VerdictRow).where(VerdictRow.issue_id == number).values(severity=8, signals=signals))


def stuck(database: Engine, org: Org = ORG) -> dict[str, str]:
    """Pain to the first issue that may be shown."""
    with db.transaction(database) as session:
        found = material.read(session, PERIOD, org, {"desk": "zendesk"}).stuck
    return {one.pain: one.first.external_id for one in found}


def test_a_pain_waits_while_any_of_its_issues_is_open_when_the_week_ends(database: Engine) -> None:
    with db.transaction(database) as session:
        for name in ("closed", "again", "later"):
            pain(session, name)
        told(session, 1, -50, "closed")
        happen(session, 1, "closed", -49)
        told(session, 2, -50, "again")
        happen(session, 2, "closed", -49)
        happen(session, 2, "reopened", -49)
        told(session, 3, -50, "later")
        happen(session, 3, "closed", 8)

    assert stuck(database) == {"again": "2", "later": "3"}


def test_its_first_words_are_of_the_first_issue_that_may_be_shown(database: Engine) -> None:
    with db.transaction(database) as session:
        pain(session, "tax")
        told(session, 1, -200, "tax", tags=["private"])
        told(session, 2, -190, "tax", signals=[["hr", "my manager"]])
        told(session, 3, -180, "tax", state="deleted")
        told(session, 4, -170, "tax", signals=[["workaround", "legal"]])
        happen(session, 4, "closed", -160)
        told(session, 5, -50, "tax", tags=["private-cloud"])

    assert stuck(database) == {"tax": "4"}


def test_its_first_words_are_for_whom_the_pain_is_though_older_ones_are_for_others_by_now(database: Engine) -> None:
    with db.transaction(database) as session:
        for name in ("tax", "mail"):
            pain(session, name)
            told(session, len(name), -60, name, project="hush")
        told(session, 11, -50, "tax")
        told(session, 12, -40, "mail")
        happen(session, 12, "closed", -30)
    narrowed = replace(ORG, visible_to={audience_of("desk", "hush"): ("lead",)})

    assert stuck(database, narrowed) == {"tax": "11"}


def test_nobody_waits_in_issues_that_no_digest_may_show(database: Engine) -> None:
    with db.transaction(database) as session:
        pain(session, "tax")
        told(session, 1, -50, "tax")
        happen(session, 1, "closed", -40)
        told(session, 2, -30, "tax", tags=["mute"])

    assert stuck(database) == {}


def test_where_the_first_issue_may_not_be_shown_the_next_one_speaks(database: Engine) -> None:
    with db.transaction(database) as session:
        for name in ("shown", "hidden", "twins"):
            pain(session, name)
        told(session, 1, -60, "shown")
        told(session, 2, -60, "hidden", tags=["mute"])
        told(session, 3, -60, "twins", tags=["private"])
        told(session, 4, -60, "twins")
        for number, name in enumerate(("shown", "hidden", "twins"), 5):
            told(session, number, -50, name)

    assert stuck(database) == {"shown": "1", "hidden": "6", "twins": "4"}


def test_an_open_issue_that_only_speaks_of_what_hides_keeps_its_pain_waiting(database: Engine) -> None:
    with db.transaction(database) as session:
        pain(session, "tax")
        told(session, 1, -60, "tax")
        happen(session, 1, "closed", -40)
        told(session, 2, -50, "tax", signals=[["workaround", "legal"]])

    assert stuck(database) == {"tax": "1"}
