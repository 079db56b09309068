"""What readers said is not right, on both databases: kept once, followed through merges, never overwritten."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine

from pipeline import steps
from pipeline.store import db, issues, objections, pain_edits
from pipeline.store.objections import Objection
from tests.pipeline.digest.builder import org
from tests.store.test_corrections import store

AT = datetime(2026, 3, 9, 9, tzinfo=UTC)
ISSUE = ("desk", "1")


def keep(database: Engine, what: Any, *, hours: int = 0, **more: Any) -> Objection:
    told = {"by": "kit", "how": "page", "scope": ["roasting"], "period": "2026-W10", **more}
    with db.transaction(database) as session:
        return objections.keep(session, what, at=AT + timedelta(hours=hours), **told)


def leaf(database: Engine, row: int) -> str | None:
    with db.reading(database) as session:
        return next(stored.leaf for stored in issues.read(session, only=ISSUE))


def test_what_is_said_twice_or_by_two_at_once_is_kept_once(database: Engine) -> None:
    found: list[int] = []

    def once() -> None:
        found.append(keep(database, "quote", issue=ISSUE, said="context", hours=len(found)).id)

    threads = [threading.Thread(target=once) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 4
    assert len(set(found)) == 1


def test_what_was_ended_can_be_said_again(database: Engine) -> None:
    first = keep(database, "quote", issue=ISSUE, said="context")
    with db.transaction(database) as session:
        assert objections.end(session, first.id, "taken back", "ops", AT)
        assert not objections.end(session, first.id, "taken back", "ops", AT)
        assert objections.withdrawn(session) == {}

    again = keep(database, "quote", issue=ISSUE, said="context", hours=1)

    assert again.id != first.id
    with db.reading(database) as session:
        assert list(objections.withdrawn(session)) == ["desk:1"]


def test_what_was_said_of_a_pain_follows_it_into_another(database: Engine) -> None:
    keep(database, "guess", pain="p-one", said="They gave up")
    keep(database, "same", pain="p-one", to="p-three")
    with db.transaction(database) as session:
        pain_edits.redirect(session, "p-one", "p-two")
        pain_edits.redirect(session, "p-three", "p-two")

        assert [(one.pain, one.to) for one in objections.standing(session)] == [("p-two", None), ("p-two", "p-two")]


def test_only_what_was_said_before_a_moment_counts_then(database: Engine) -> None:
    keep(database, "guess", pain="p-one", said="They gave up")
    keep(database, "guess", pain="p-one", said="They live around it", hours=2)

    with db.reading(database) as session:
        assert [one.said for one in objections.standing(session, AT + timedelta(hours=1))] == ["They gave up"]


def test_no_routing_takes_an_issue_from_where_a_person_put_it(database: Engine) -> None:
    row = store(database, 1)
    with db.reading(database) as session:
        (_, text_hash, _), *_ = issues.to_classify(session, [row])
        verdict = issues.own_verdict(session, ISSUE)
        assert verdict is not None
        begun_before = steps.Judged(row, text_hash, verdict, "books", ())
    keep(database, "move", issue=ISSUE, to="apps")

    with db.transaction(database) as session:
        steps.keep_verdicts(session, [begun_before], "chart", AT, org())

    assert leaf(database, row) == "apps"


def test_an_issue_moved_to_a_team_that_is_no_more_lies_where_the_chart_puts_it(database: Engine) -> None:
    row = store(database, 1)
    with db.transaction(database) as session:
        (_, text_hash, _), *_ = issues.to_classify(session, [row])
        verdict = issues.own_verdict(session, ISSUE)
        assert verdict is not None
        judged = steps.Judged(row, text_hash, verdict, "books", ())
    keep(database, "move", issue=ISSUE, to="dissolved")

    with db.transaction(database) as session:
        steps.keep_verdicts(session, [judged], "chart", AT, org())

    assert leaf(database, row) == "books"


def test_after_the_retention_the_words_are_gone_and_what_was_said_stays(database: Engine) -> None:
    keep(database, "quote", issue=ISSUE, said="context", why="It was irony")

    with db.transaction(database) as session:
        objections.forget_text(session, AT + timedelta(days=1))

        [one] = objections.standing(session)
        assert (one.said, one.why) == ("context", "")
