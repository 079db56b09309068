"""A migration that is cut off, that two start at once, or that is ahead of the code."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, inspect, text

from pipeline.store import db, schema, work
from pipeline.tables import Base
from tests import local_servers

EVERY = 12
"""Of all statements of the migrations, how many lie between two that are cut off."""


class Killed(BaseException):
    """Stands for a kill: nothing catches it, and the database hears no more."""


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database of each kind in which nothing is."""
    server = request.getfixturevalue("postgres_server") if request.param == "postgresql" else ""
    engine = db.connect(local_servers.database(server) if server else f"sqlite:///{tmp_path / 'empty.db'}")
    yield engine
    engine.dispose()


def counted(engine: Engine, at: Callable[[int], None]) -> Callable[..., None]:
    """Calls `at` with the number of each statement before it is sent."""
    numbers = iter(range(1_000_000))

    def before(*_: Any) -> None:
        at(next(numbers))

    event.listen(engine, "before_cursor_execute", before)
    return before


def test_a_migration_that_is_cut_off_anywhere_leaves_what_was_there_and_is_run_again(empty: Engine) -> None:
    cut, finished = 1, False
    while not finished:

        def at(number: int, cut: int = cut) -> None:
            if number == cut:
                raise Killed

        listener = counted(empty, at)
        try:
            schema.migrate(empty)
            finished = True
        except Killed:
            pass
        event.remove(empty, "before_cursor_execute", listener)
        assert schema.version(empty) == (schema.head() if finished else None)
        cut += EVERY

    assert cut > 5 * EVERY, "too few statements were cut off for this to say anything"
    assert set(inspect(empty).get_table_names()) == {*Base.metadata.tables, "alembic_version"}


def test_two_migrations_at_once_make_one(postgres_server: str) -> None:
    url = local_servers.database(postgres_server)
    engines = [db.connect(url) for _ in range(3)]

    with ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(schema.migrate, engine) for engine in engines]:
            done.result()

    assert schema.version(engines[0]) == schema.head()
    for engine in engines:
        engine.dispose()


def ahead(database: Engine, oldest: str) -> None:
    """The database as a later release would have left it."""
    with db.transaction(database) as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        session.execute(text("UPDATE marks SET value = :oldest WHERE name = 'schema serves'"), {"oldest": oldest})


def test_code_works_on_a_database_of_the_next_release_that_took_nothing_away(database: Engine) -> None:
    ahead(database, schema.head())

    assert schema.serves(database)
    schema.ready(database)


def test_code_refuses_a_database_that_no_longer_serves_it(database: Engine) -> None:
    ahead(database, "9999")

    assert not schema.serves(database)
    with pytest.raises(schema.Outdated):
        schema.ready(database)


def test_an_older_database_does_not_serve(database: Engine) -> None:
    with db.transaction(database) as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0000'"))

    assert not schema.serves(database)


def test_an_old_worker_leaves_what_it_does_not_know_to_a_new_one(database: Engine) -> None:
    """Rows of a kind, or of a form of the payload, that came after it; the new worker does both."""
    old, new = ["pull"], ["pull", "novelty"]
    with db.transaction(database) as session:
        rows = [work.request(session, "novelty", "a"), work.request(session, "pull", "b")]
        session.execute(text("UPDATE work SET version = :v WHERE kind = 'pull'"), {"v": work.VERSION + 1})
    with db.transaction(database) as session:
        assert work.due(session, old) == []
        assert [work.claim(session, row, old) for row in rows] == [None, None]
    with db.transaction(database) as session:
        states = session.execute(text("SELECT state, attempt FROM work")).all()
        session.execute(text("UPDATE work SET version = :v"), {"v": work.VERSION})
        done = [work.claim(session, row, new) for row in rows]

    assert [tuple(row) for row in states] == [("ready", 0)] * 2
    assert [job.kind for job in done if job is not None] == ["novelty", "pull"]
