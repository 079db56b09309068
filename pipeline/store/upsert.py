"""INSERT ... ON CONFLICT for the two databases, in one place."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Table, Text, cast, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Session

Insert = postgresql.Insert | sqlite.Insert


def insert(session: Session, table: type[DeclarativeBase]) -> Any:
    """The dialect's own insert, which knows `on_conflict_do_update` and `on_conflict_do_nothing`."""
    core: Table = table.__table__  # type: ignore[assignment]
    return sqlite.insert(core) if session.get_bind().dialect.name == "sqlite" else postgresql.insert(core)


def among(session: Session, column: Any, values: Sequence[str]) -> ColumnElement[bool]:
    """Whether a column of texts holds one of the values: one parameter, and so one statement for any number of them."""
    if session.get_bind().dialect.name == "sqlite":
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
        session.execute(insert(session, table).on_conflict_do_nothing(index_elements=list(keys)), list(rows))


def put(
    session: Session,
    table: type[DeclarativeBase],
    rows: Sequence[Mapping[str, Any]],
    keys: Sequence[str],
    where: ColumnElement[bool] | None = None,
) -> None:
    """Insert the rows, or bring the ones that are there up to date (only those that `where` allows)."""
    if not rows:
        return
    statement = insert(session, table)
    fresh = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    session.execute(statement.on_conflict_do_update(index_elements=list(keys), set_=fresh, where=where), list(rows))
