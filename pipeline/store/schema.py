"""Bringing a database to this version, and knowing whether it is.

Alembic is imported only where something has to be migrated: every command asks for the version, and few migrate.
"""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

MIGRATIONS = Path(__file__).parents[1] / "migrations"
OLDEST = "0001"
"""The oldest revision whose code can still work on the tables of this one. A migration that takes something away, and
only such a one, raises it; that belongs into a release after the one whose code has stopped to use it."""
_SERVES = "schema serves"
"""Mark in which a database keeps the OLDEST of whoever migrated it."""
_LOCK = 6_204_501_833
"""Of PostgreSQL, held while somebody migrates: two at once would make the same table."""


class Outdated(Exception):
    """The database is not at this version, and this command may not migrate it."""


def migrate(engine: Engine) -> None:
    """Run every migration that is missing. Harmless when there is none."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.execute(text("DELETE FROM marks WHERE name = :name"), {"name": _SERVES})
        connection.execute(
            text("INSERT INTO marks (name, value) VALUES (:name, :value)"), {"name": _SERVES, "value": OLDEST}
        )


def version(engine: Engine) -> str | None:
    """The revision that a database is at; None where it is empty."""
    with engine.begin() as connection:
        return _version(connection)


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def serves(engine: Engine) -> bool:
    """Whether this code can work on the database: it is at this version, or at a later one that still lets it."""
    with engine.begin() as connection:
        found = _version(connection)
        if found is None or found <= head():
            return found == head()
        mark = connection.execute(text("SELECT value FROM marks WHERE name = :name"), {"name": _SERVES})
        oldest = mark.scalar_one_or_none()
        return oldest is not None and oldest <= head()


def head() -> str:
    """The newest revision: migrations are numbered files in one line."""
    return max(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))


def ready(engine: Engine) -> None:
    """SQLite is migrated on first use; any other database only by `leafnotes migrate`, or `Outdated` is raised."""
    if serves(engine):
        return
    if (version(engine) or "") > head():
        raise Outdated("the database belongs to a later version of Leafnotes, which this one can no longer work with")
    if engine.dialect.name != "sqlite":
        raise Outdated(
            "the database is not at this version: run `leafnotes migrate` once, then start the processes again"
        )
    migrate(engine)
