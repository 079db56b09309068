"""Bringing a database to this version, and knowing whether it is."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

_CONFIG = Config()
_CONFIG.set_main_option("script_location", str(Path(__file__).parents[1] / "migrations"))


class Outdated(Exception):
    """The database is not at this version, and this command may not migrate it."""


def migrate(engine: Engine) -> None:
    """Run every migration that is missing. Harmless when there is none."""
    with engine.begin() as connection:
        _CONFIG.attributes["connection"] = connection
        command.upgrade(_CONFIG, "head")


def version(engine: Engine) -> str | None:
    with engine.begin() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str | None:
    return ScriptDirectory.from_config(_CONFIG).get_current_head()


def ready(engine: Engine) -> None:
    """SQLite is migrated on first use; any other database only by `leafnotes migrate`, or `Outdated` is raised."""
    if version(engine) == head():
        return
    if engine.dialect.name != "sqlite":
        raise Outdated(
            "the database is not at this version: run `leafnotes migrate` once, then start the processes again"
        )
    migrate(engine)
