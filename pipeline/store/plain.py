"""Long reads without what a session does for objects: rows of columns, and lists as the text in which they are kept.

A week is read for all leaders at once, with half a year of history: decoding two lists of every row took more time than
finding the rows. Most lists are empty, and the others are few different ones.
"""

import json
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast
from sqlalchemy.orm import InstrumentedAttribute, Session

EMPTY = "[]"
_AT_A_TIME = 500


def rows(session: Session, query: Select[*tuple[Any, ...]]) -> Iterable[Any]:
    """What a query of columns finds, some at a time; what the session has not written yet is written first."""
    session.flush()
    return session.connection().execute(query).yield_per(_AT_A_TIME)


def kept(column: InstrumentedAttribute[list[Any]]) -> ColumnElement[str]:
    """A list as it is kept."""
    return cast(column, String).label(column.key)


@lru_cache(maxsize=4096)
def names(kept: str) -> tuple[str, ...]:
    """A kept list of names: tags, teams."""
    return tuple(json.loads(kept))


def first_names(kept: str) -> list[str]:
    """The names of kept signals, without the words that they were seen in."""
    return [] if kept == EMPTY else [name for name, *_ in json.loads(kept)]
