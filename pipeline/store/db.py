"""Opening the database, transactions, and the database's own clock."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, create_engine, event, literal, make_url, select, table, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session


def connect(url: str) -> Engine:
    """An engine with the settings each database needs: psycopg 3, or SQLite in WAL mode with one writer at a time.

    An error never carries a statement's parameters: they are what people wrote.
    """
    if make_url(url).get_backend_name() != "sqlite":
        given = make_url(url).normalized_query.get("options", ())
        connect = {"options": " ".join([*given, "-c timezone=utc"])}
        return create_engine(
            url, pool_pre_ping=True, pool_size=4, max_overflow=4, connect_args=connect, hide_parameters=True
        )
    engine = create_engine(url, connect_args={"timeout": 60}, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    # The driver must not open transactions on its own: ours begin IMMEDIATE, so that no two read before they write.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_immediate(connection: Connection) -> None:
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def copy_to(engine: Engine, target: Path) -> None:
    """A whole copy of a SQLite database as it is at one moment, while others write it; `target` must not exist.

    Raises `OSError` and `sqlite3.Error`, and then leaves nothing behind.
    """
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        with closing(sqlite3.connect(engine.url.database or "")) as source, closing(sqlite3.connect(target)) as copy:
            source.backup(copy)
    except BaseException:  # Ctrl-C too
        target.unlink(missing_ok=True)
        raise


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    """A session that commits when the block ends well and rolls back when it raises."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        yield session
        for finish in session.info.pop(_LAST, ()):
            finish(session)


def at_the_end(session: Session, do: Callable[[Session], None]) -> None:
    """Have something done just before a `transaction` commits: what it locks is locked for no longer than that."""
    session.info.setdefault(_LAST, []).append(do)


_LAST = "at the end"


def compact(engine: Engine) -> None:
    """Let go of the bytes of rows that are gone, as far as the database does that itself."""
    if engine.dialect.name != "sqlite":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM")
        return
    engine.dispose()  # nobody may hold a connection open while the file is written anew
    raw = engine.raw_connection()
    try:
        for statement in ("PRAGMA wal_checkpoint(TRUNCATE)", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
            raw.cursor().execute(statement)
    finally:
        raw.close()


def learn(session: Session, *tables: str) -> None:
    """Have PostgreSQL look at tables that hold something and that it never looked at.

    Until it does, a minute later or more, it guesses that a source has two rows, and reads all of them for each page.
    """
    if session.get_bind().dialect.name == "sqlite":
        return
    known = text("SELECT relname FROM pg_class WHERE oid = CAST(:name AS regclass) AND reltuples <= 0")
    for name in tables:
        if session.scalar(known, {"name": name}) and session.scalar(
            select(literal(1)).select_from(table(name)).limit(1)
        ):
            session.execute(text(f"ANALYZE (SKIP_LOCKED) {name}"))


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session that only reads. On SQLite it holds nobody up, however long it takes."""
    bind = engine.execution_options(reading=True)
    with Session(bind, expire_on_commit=False) as session, session.begin():
        yield session


def said(error: Exception) -> str:
    """An error in one line for logs and status. Of a database's error only the first: the rest quotes the row."""
    if isinstance(error, DBAPIError):
        if str(getattr(error.orig, "sqlstate", None) or "").startswith("22"):  # a value's own fault, and it is quoted
            return f"{type(error).__name__}: {type(error.orig).__name__}"
        return f"{type(error).__name__}: {str(error.orig).partition(chr(10))[0]}"
    return f"{type(error).__name__}: {error}"


def now(session: Session) -> datetime:
    """The database's clock. Leases and retries are measured by it alone, whatever the hosts of workers believe."""
    if session.get_bind().dialect.name == "sqlite":
        stamp = session.connection().execute(_SQLITE_NOW).scalar_one()
        return datetime.fromisoformat(stamp).replace(tzinfo=UTC)
    moment: datetime = session.connection().execute(_POSTGRES_NOW).scalar_one()
    return moment.astimezone(UTC)


_SQLITE_NOW: Final = text("SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now')")
_POSTGRES_NOW: Final = text("SELECT clock_timestamp()")
