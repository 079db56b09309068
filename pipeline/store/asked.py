"""Questions that come with every page of a source, as statements that are made once: making one costs more than asking.

What stands in their place holds parameters, for lists of texts too, and they are asked without what a session does for
objects.
"""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    BindParameter,
    ColumnElement,
    CursorResult,
    Executable,
    Text,
    bindparam,
    cast,
    func,
    select,
)
from sqlalchemy.orm import Session


def ask(session: Session, statement: Executable, **values: Any) -> CursorResult[*tuple[Any, ...]]:
    """What a statement of columns finds or does; what the session has not written yet is written first."""
    session.flush()
    return session.connection().execute(statement, values)


def dialect(session: Session) -> str:
    """By which a statement is kept, where the two databases want two."""
    return session.get_bind().dialect.name


def among(dialect: str, of: Any, name: str) -> ColumnElement[bool]:
    """Whether a column of texts holds one of those in a parameter, which `listed` makes."""
    return _holds(dialect, of, bindparam(name))


def one_of(session: Session, of: Any, texts: Sequence[str]) -> ColumnElement[bool]:
    """The same with the texts at hand, for a statement that is asked once."""
    return _holds(dialect(session), of, bindparam(None, listed(session, texts), unique=True))


def _holds(dialect: str, of: Any, texts: BindParameter[Any]) -> ColumnElement[bool]:
    if dialect == "sqlite":
        found: ColumnElement[bool] = of.in_(select(func.json_each(texts).table_valued("value").c.value))
    else:
        found = of == func.any(cast(texts, ARRAY(Text)))
    return found


def listed(session: Session, texts: Sequence[str]) -> Any:
    """Texts as one parameter."""
    return json.dumps(list(texts)) if dialect(session) == "sqlite" else list(texts)
