"""Bringing a database to this version, and knowing whether it is.

Alembic is imported only where something has to be migrated: every command asks for the version, and few migrate.
"""

from pathlib import Path

from sqlalchemy import Engine, inspect, text

MIGRATIONS = Path(__file__).parents[1] / "migrations"


class Outdated(Exception):
    """The database is not at this version, and this command may not migrate it."""


def migrate(engine: Engine) -> None:
    """Run every migration that is missing. Harmless when there is none."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def version(engine: Engine) -> str | None:
    """The revision that a database is at; None where it is empty."""
    with engine.begin() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def head() -> str:
    """The newest revision: migrations are numbered files in one line."""
    return max(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))


def ready(engine: Engine) -> None:
    """SQLite is migrated on first use; any other database only by `leafnotes migrate`, or `Outdated` is raised."""
    if version(engine) == head():
        return
    if engine.dialect.name != "sqlite":
        raise Outdated(
            "the database is not at this version: run `leafnotes migrate` once, then start the processes again"
        )
    migrate(engine)
