"""INSERT ... ON CONFLICT for the two databases, in one place."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import JSON, ColumnElement, Dialect, LargeBinary, Table, Text, bindparam, cast, column, func, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import DeclarativeBase, Session

from pipeline import raw
from pipeline.store.asked import dialect

STATEMENTS = 200
"""That are kept: making one takes longer than sending it."""


def insert(session: Session, table: type[DeclarativeBase]) -> Any:
    """The dialect's own insert, which knows `on_conflict_do_update` and `on_conflict_do_nothing`."""
    return insert_of(dialect(session), table)


def insert_of(dialect: str, table: type[DeclarativeBase]) -> Any:
    """The same by the name of the dialect, for statements that are kept."""
    core: Table = table.__table__  # type: ignore[assignment]
    if dialect == "sqlite":
        return sqlite.insert(core)
    from sqlalchemy.dialects import postgresql  # which is large, and has been imported where somebody uses it

    return postgresql.insert(core)


def ignore(
    session: Session, table: type[DeclarativeBase], rows: Sequence[Mapping[str, Any]], keys: Iterable[str]
) -> None:
    """Insert the rows that are not there yet; leave the others as they are."""
    if rows:
        _each(session, _ignoring(dialect(session), table, tuple(keys), _at_once(session, table, rows)), rows, keys)


@lru_cache(STATEMENTS)
def _ignoring(dialect: str, table: type[DeclarativeBase], keys: tuple[str, ...], at_once: tuple[str, ...]) -> Any:
    return _from_json(insert_of(dialect, table), at_once).on_conflict_do_nothing(index_elements=keys)


def put(
    session: Session,
    table: type[DeclarativeBase],
    rows: Sequence[Mapping[str, Any]],
    keys: Sequence[str],
    where: ColumnElement[bool] | None = None,
) -> None:
    """Insert the rows, or bring the ones that are there up to date (only those that `where`, a constant, allows)."""
    if rows:
        at_once = _at_once(session, table, rows)
        _each(session, _putting(dialect(session), table, tuple(rows[0]), tuple(keys), where, at_once), rows, keys)


def put_one(
    session: Session,
    table: type[DeclarativeBase],
    row: Mapping[str, Any],
    keys: Sequence[str],
    where: ColumnElement[bool] | None = None,
) -> int | None:
    """The same for one row; its id, or None where there is one that `where` leaves as it is."""
    statement = _putting(dialect(session), table, tuple(row), tuple(keys), where, ())
    found: int | None = session.execute(statement.returning(table.__table__.c.id), row).scalar_one_or_none()
    return found


@lru_cache(STATEMENTS)
def _putting(
    dialect: str,
    table: type[DeclarativeBase],
    names: tuple[str, ...],
    keys: tuple[str, ...],
    where: ColumnElement[bool] | None,
    at_once: tuple[str, ...],
) -> Any:
    statement = _from_json(insert_of(dialect, table), at_once)
    fresh = {name: statement.excluded[name] for name in names if name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=fresh, where=where)


# --- many rows for SQLite: the driver takes tuples, where SQLAlchemy makes a dictionary of each and looks at all of it


@dataclass(frozen=True, slots=True)
class _Driven:
    """An insert as the driver takes it."""

    sql: str
    columns: tuple[tuple[str, Callable[[Any], Any] | None], ...]
    """In the order of the statement, each with what makes the driver's value of ours."""

    def values(self, rows: Sequence[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
        lists = [
            [row[name] for row in rows] if made is None else [made(row[name]) for row in rows]
            for name, made in self.columns
        ]
        return list(zip(*lists, strict=True))


@lru_cache(STATEMENTS)
def _driven(dialect: Dialect, statement: Any, names: tuple[str, ...]) -> _Driven | None:
    """None where the statement has values of its own beside those of a row, or the database is another one."""
    if dialect.name != "sqlite":
        return None
    compiled = statement.compile(dialect=dialect, column_keys=list(names))
    order = compiled.positiontup
    if sorted(order) != sorted(names):
        return None
    types = [statement.table.c[name].type.dialect_impl(dialect) for name in order]
    made = [known.bind_processor(dialect) for known in types]
    return _Driven(str(compiled), tuple(zip(order, made, strict=True)))


# --- many rows in one statement: PostgreSQL takes them as one JSON text, where `executemany` sends a statement a row


def _at_once(session: Session, table: type[DeclarativeBase], rows: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """The columns of rows that go in one statement; none where each goes in its own."""
    columns = table.__table__.c
    many = len(rows) > 1 and dialect(session) != "sqlite"
    return tuple(rows[0]) if many and not any(isinstance(columns[name].type, LargeBinary) for name in rows[0]) else ()


def _from_json(statement: Any, names: tuple[str, ...]) -> Any:
    if not names:
        return statement
    columns = [column(name, statement.table.c[name].type) for name in names]
    listed = func.json_to_recordset(cast(bindparam(_ROWS, type_=Text), JSON)).table_valued(*columns, name="listed")
    return statement.from_select(names, select(*listed.render_derived(with_types=True).c))


def _each(session: Session, statement: Any, rows: Sequence[Mapping[str, Any]], keys: Iterable[str]) -> None:
    if statement.select is None:
        session.flush()
        driven = _driven(session.get_bind().dialect, statement, tuple(rows[0]))
        if driven is None:
            session.execute(statement, list(rows))
        else:
            session.connection().exec_driver_sql(driven.sql, driven.values(rows))
        return
    if any(row.keys() != rows[0].keys() for row in rows):
        raise ValueError("the rows of one statement have different columns")
    last = {tuple(row[key] for key in keys): row for row in rows}  # no row may be met twice by one statement
    session.execute(statement, {_ROWS: raw.written(list(last.values())).decode()})


_ROWS = "rows"
