from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import DateTime, Engine, Integer, Numeric, UniqueConstraint
from sqlalchemy.dialects import sqlite

from pipeline.store import db, schema
from pipeline.tables import Base, Utc
from tests import local_servers


def test_the_migrations_lead_to_exactly_the_tables_that_the_code_has(database: Engine) -> None:
    with database.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        drift = compare_metadata(context, Base.metadata)

    assert drift == []


def test_the_migrations_are_one_line_and_the_newest_is_the_head() -> None:
    assert ScriptDirectory(str(schema.MIGRATIONS)).get_heads() == [schema.head()]


@pytest.mark.parametrize(
    "at",
    [
        None,
        datetime(2026, 9, 14, tzinfo=UTC),
        datetime(2026, 9, 14, 23, 5, 6, 7, tzinfo=timezone(timedelta(hours=-3, minutes=-30))),
        datetime(7, 1, 2, 3, 4, 5, 999_999, tzinfo=UTC),
    ],
)
def test_a_time_in_sqlite_is_the_text_that_sqlalchemy_makes_of_it(at: datetime | None) -> None:
    here = sqlite.dialect()
    ours, theirs = (kind.dialect_impl(here).bind_processor(here) for kind in (Utc(), DateTime()))

    assert ours(at) == theirs(None if at is None else at.astimezone(UTC).replace(tzinfo=None))


PEOPLE = {"author", "leader", "reader", "person", "recipient", "account", "ended_by", "by", "to"}
WHEN = {"period", "week", "at", "kind", "source", "state", "role"}


def test_no_table_keeps_a_number_by_person() -> None:
    """P20: nothing is added up by who wrote: where a person, alone or in a week, is the key of a row, no number is."""
    looked_at = set()
    for table in Base.metadata.sorted_tables:
        keys = [set(table.primary_key.columns.keys())]
        keys += [set(c.columns.keys()) for c in table.constraints if isinstance(c, UniqueConstraint)]
        keys += [set(i.columns.keys()) for i in table.indexes if i.unique]
        if any(key & PEOPLE and key <= PEOPLE | WHEN for key in keys):
            looked_at.add(table.name)
            numeric = {c.name for c in table.columns if isinstance(c.type, Integer | Numeric)}
            assert numeric <= {"id", "version"}, table.name
    assert {"digests", "listeners"} <= looked_at


def test_migrating_twice_is_harmless(database: Engine) -> None:
    schema.migrate(database)

    assert schema.version(database) == schema.head()


def test_sqlite_is_made_by_whatever_comes_first(tmp_path: Path) -> None:
    engine = db.connect(f"sqlite:///{tmp_path / 'new.db'}")

    schema.ready(engine)

    assert schema.version(engine) == schema.head()
    engine.dispose()


def test_postgresql_is_only_migrated_on_purpose(postgres_server: str) -> None:
    engine = db.connect(local_servers.database(postgres_server))

    with pytest.raises(schema.Outdated, match="leafnotes migrate"):
        schema.ready(engine)

    assert schema.version(engine) is None
    engine.dispose()
