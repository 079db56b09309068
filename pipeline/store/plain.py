"""Long reads without what a session does for objects: rows of columns, and lists as the text in which they are kept.

A week is read for all leaders at once, with half a year of history: decoding two lists of every row took more time than
finding the rows. Most lists are empty, and the others are few different ones.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, String, cast, type_coerce
from sqlalchemy.orm import InstrumentedAttribute, Session

from pipeline.store.asked import ask
from pipeline.tables import Utc

EMPTY = "[]"
_AT_A_TIME = 500


def rows(session: Session, query: Select[*tuple[Any, ...]]) -> Iterable[Any]:
    """What a query of columns finds, some at a time; what the session has not written yet is written first."""
    return ask(session, query).yield_per(_AT_A_TIME)


def batches(session: Session, query: Select[*tuple[Any, ...]]) -> Iterator[Sequence[Row[Any]]]:
    """The same, as it is fetched: a loop over each costs less than one over all."""
    return ask(session, query).partitions(_AT_A_TIME)


def undecoded(column: InstrumentedAttribute[datetime]) -> ColumnElement[Any]:
    """A moment as the driver hands it over; `Moments` understands it."""
    return type_coerce(column, String).label(column.key)


class Moments:
    """Moments that were read `undecoded`: they are compared as they are, and few need be understood."""

    def __init__(self, session: Session) -> None:
        dialect = session.get_bind().dialect
        known = Utc().dialect_impl(dialect)
        self.of: Any = known.bind_processor(dialect)
        """A moment as such a row would hold it."""
        self.read: Any = known.result_processor(dialect, None)


def kept(column: InstrumentedAttribute[list[Any]]) -> ColumnElement[str]:
    """A list as it is kept."""
    return cast(column, String).label(column.key)


@lru_cache(maxsize=4096)
def names(kept: str) -> tuple[str, ...]:
    """A kept list of names: tags, teams."""
    return tuple(json.loads(kept))


def pairs(kept: str) -> list[Any]:
    """Kept signals, each a name and the words that it was seen in."""
    return [] if kept == EMPTY else json.loads(kept)


def first_names(kept: str) -> list[str]:
    """The names of kept signals, without the words that they were seen in."""
    return [name for name, *_ in pairs(kept)]
