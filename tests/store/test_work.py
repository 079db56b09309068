import threading
from datetime import timedelta

import pytest
from sqlalchemy import Engine, update

from pipeline.store import db, work
from pipeline.tables import WorkRow

KINDS = ("pull", "classify")


def ask(database: Engine, kind: str = "pull", key: str = "a") -> int:
    with db.transaction(database) as session:
        return work.request(session, kind, key)


def claim(database: Engine, row_id: int, lease: timedelta = work.LEASE) -> work.Job | None:
    with db.transaction(database) as session:
        return work.claim(session, row_id, KINDS, lease)


def finish(database: Engine, job: work.Job) -> None:
    with db.transaction(database) as session:
        work.finish(session, job)


def due(database: Engine) -> list[int]:
    with db.transaction(database) as session:
        return work.due(session, KINDS)


def test_asking_twice_makes_one_row(database: Engine) -> None:
    assert ask(database) == ask(database)


def test_a_claimed_row_cannot_be_claimed_again_while_its_lease_lasts(database: Engine) -> None:
    row = ask(database)

    first, second = claim(database, row), claim(database, row)

    assert first is not None
    assert first.attempt == 1
    assert second is None


class Claiming(threading.Thread):
    """Somebody else who claims a row."""

    def __init__(self, database: Engine, row: int) -> None:
        super().__init__(daemon=True)
        self._database, self._row = database, row
        self.job: work.Job | None = None
        self.start()

    def run(self) -> None:
        self.job = claim(self._database, self._row)


def test_who_claims_waits_for_who_only_asks_once_more(postgres: Engine) -> None:
    """Ticks ask for the same rows one after the other: a row that they hold must not be passed by each time."""
    row = ask(postgres)
    with db.transaction(postgres) as session:
        work.request(session, "pull", "a")
        other = Claiming(postgres, row)
        other.join(0.5)
        assert other.is_alive()
    other.join(10)

    assert other.job is not None
    assert other.job.attempt == 1


def test_who_claims_leaves_a_row_that_is_being_finished(postgres: Engine) -> None:
    row = ask(postgres)
    job = claim(postgres, row, lease=timedelta(seconds=-1))
    assert job is not None
    with db.transaction(postgres) as session:
        work.finish(session, job)
        other = Claiming(postgres, row)
        other.join(10)
        assert not other.is_alive()

    assert other.job is None


def test_a_row_whose_lease_ran_out_is_due_again_and_the_late_one_is_fenced_off(database: Engine) -> None:
    row = ask(database)
    late = claim(database, row, lease=timedelta(seconds=-1))
    assert due(database) == [row]

    now = claim(database, row)

    assert now is not None
    assert now.attempt == 2
    assert late is not None
    with pytest.raises(work.Fenced):
        finish(database, late)
    finish(database, now)
    assert due(database) == []


def test_what_is_asked_for_while_it_runs_is_done_once_more(database: Engine) -> None:
    row = ask(database)
    job = claim(database, row)
    ask(database)
    assert job is not None

    finish(database, job)

    assert due(database) == [row]


def test_a_finished_row_is_started_anew_when_asked_for_again(database: Engine) -> None:
    row = ask(database)
    job = claim(database, row)
    assert job is not None
    finish(database, job)
    assert due(database) == []

    ask(database)

    again = claim(database, row)
    assert again is not None
    assert again.attempt == 1


def test_a_row_that_kills_its_workers_is_set_aside_with_a_reason(database: Engine) -> None:
    row = ask(database)
    for _ in range(work.ATTEMPTS):
        assert claim(database, row, lease=timedelta(seconds=-1)) is not None

    assert claim(database, row) is None
    with db.transaction(database) as session:
        [(kind, key, reason)] = work.set_aside(session)
    assert (kind, key) == ("pull", "a")
    assert "died 5 times" in reason


def test_waiting_for_something_is_not_an_attempt(database: Engine) -> None:
    row = ask(database)
    for _ in range(work.ATTEMPTS * 2):
        job = claim(database, row)
        assert job is not None
        with db.transaction(database) as session:
            work.postpone(session, job, timedelta(seconds=-1), reason="too early", counts=False)

    assert claim(database, row) is not None


def test_a_row_of_a_newer_version_is_left_alone(database: Engine) -> None:
    row = ask(database)
    with db.transaction(database) as session:
        session.execute(update(WorkRow).values(version=work.VERSION + 1))

    assert due(database) == []
    assert claim(database, row) is None


def test_a_row_of_an_unknown_kind_is_left_alone(database: Engine) -> None:
    row = ask(database, kind="brew-coffee")

    assert due(database) == []
    assert claim(database, row) is None


def test_what_was_rolled_back_was_never_asked_for(database: Engine) -> None:
    with pytest.raises(RuntimeError), db.transaction(database) as session:
        work.request(session, "pull", "a")
        raise RuntimeError

    assert due(database) == []


def test_the_clock_is_the_databases_own(database: Engine) -> None:
    with db.transaction(database) as session:
        first, second = db.now(session), db.now(session)

    assert first.utcoffset() == timedelta(0)
    assert timedelta(0) <= second - first < timedelta(seconds=5)
