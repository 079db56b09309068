from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from pipeline.store import db, schema
from pipeline.tables import Base
from tests import local_servers


def test_the_migrations_lead_to_exactly_the_tables_that_the_code_has(database: Engine) -> None:
    with database.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        drift = compare_metadata(context, Base.metadata)

    assert drift == []


def test_the_migrations_are_one_line_and_the_newest_is_the_head() -> None:
    assert ScriptDirectory(str(schema.MIGRATIONS)).get_heads() == [schema.head()]


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
