"""Returned mails in both databases: each once, and who is unheard because of them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine

from pipeline.org import Org, Person, Team
from pipeline.store import db, returned

NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)


def org(email: str | None = "kit@rosta.example") -> Org:
    people = {"kit": Person(id="kit", email=email)}
    return Org(people=people, teams={"top": Team(id="top", name="Top", leader="kit")}, fallback="top")


def keep(database: Engine, key: str = "a", **values: Any) -> int | None:
    row = {
        "message_id": "<a@b>", "leader": "kit", "recipient": "kit@rosta.example", "what": "hard", "stops": True,
        "excerpt": "words", "at": NOW, **values,
    }  # fmt: skip
    with db.transaction(database) as session:
        return returned.keep(session, key, **row)


def unheard(database: Engine, chart: Org) -> list[str]:
    with db.transaction(database) as session:
        return list(returned.unheard(session, chart))


def test_a_mail_is_written_down_once(database: Engine) -> None:
    assert keep(database) is not None
    assert keep(database) is None


def test_a_leader_is_unheard_at_the_address_that_bounced(database: Engine) -> None:
    keep(database)

    assert unheard(database, org("Kit@Rosta.example")) == ["kit"]
    assert unheard(database, org("other@rosta.example")) == []
    assert unheard(database, org(None)) == []


def test_clearing_ends_bounces_and_nothing_else(database: Engine) -> None:
    keep(database)
    keep(database, "b", what="person", stops=False)

    with db.transaction(database) as session:
        assert returned.clear(session, "kit", NOW) == 1

    assert unheard(database, org()) == []
    with db.transaction(database) as session:
        [left] = returned.waiting(session)
        assert left.what == "person"
        assert returned.settle(session, left.id, NOW)
        assert not returned.settle(session, left.id, NOW)


def test_what_people_wrote_is_forgotten_after_the_retention(database: Engine) -> None:
    keep(database)

    with db.transaction(database) as session:
        returned.forget_text(session, NOW)
        assert [row.excerpt for row in returned.waiting(session)] == ["words"]
        returned.forget_text(session, NOW + timedelta(seconds=1))
        session.expire_all()
        assert [row.excerpt for row in returned.waiting(session)] == [""]
