"""INSERT ... ON CONFLICT for the two databases, in one place."""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Table, Text, cast, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Session

Insert = postgresql.Insert | sqlite.Insert
STATEMENTS = 200
"""That are kept, since making one costs as much as a dozen rows."""


def insert(session: Session, table: type[DeclarativeBase]) -> Any:
    """The dialect's own insert, which knows `on_conflict_do_update` and `on_conflict_do_nothing`."""
    return _insert(_dialect(session), table)


def _dialect(session: Session) -> str:
    return session.get_bind().dialect.name


def _insert(dialect: str, table: type[DeclarativeBase]) -> Any:
    core: Table = table.__table__  # type: ignore[assignment]
    return sqlite.insert(core) if dialect == "sqlite" else postgresql.insert(core)


def among(session: Session, column: Any, values: Sequence[str]) -> ColumnElement[bool]:
    """Whether a column of texts holds one of the values: one parameter, and so one statement for any number of them."""
    if _dialect(session) == "sqlite":
        listed = func.json_each(json.dumps(list(values))).table_valued("value")
        found: ColumnElement[bool] = column.in_(select(listed.c.value))
    else:
        found = column == func.any(cast(list(values), postgresql.ARRAY(Text)))
    return found


def ignore(
    session: Session, table: type[DeclarativeBase], rows: Sequence[Mapping[str, Any]], keys: Iterable[str]
) -> None:
    """Insert the rows that are not there yet; leave the others as they are."""
    if rows:
        session.execute(_ignoring(_dialect(session), table, tuple(keys)), list(rows))


@lru_cache(STATEMENTS)
def _ignoring(dialect: str, table: type[DeclarativeBase], keys: tuple[str, ...]) -> Any:
    return _insert(dialect, table).on_conflict_do_nothing(index_elements=keys)


def put(
    session: Session,
    table: type[DeclarativeBase],
    rows: Sequence[Mapping[str, Any]],
    keys: Sequence[str],
    where: ColumnElement[bool] | None = None,
) -> None:
    """Insert the rows, or bring the ones that are there up to date (only those that `where`, a constant, allows)."""
    if rows:
        session.execute(_putting(_dialect(session), table, tuple(rows[0]), tuple(keys), where), list(rows))


@lru_cache(STATEMENTS)
def _putting(
    dialect: str,
    table: type[DeclarativeBase],
    names: tuple[str, ...],
    keys: tuple[str, ...],
    where: ColumnElement[bool] | None,
) -> Any:
    statement = _insert(dialect, table)
    fresh = {name: statement.excluded[name] for name in names if name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=fresh, where=where)
