"""Sources: cursors, health, and the archive of raw pages."""

import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row, bindparam, delete, select, update
from sqlalchemy.orm import Session

from pipeline.store import registry
from pipeline.store.asked import ask
from pipeline.store.upsert import ignore, insert
from pipeline.tables import DeliveryRow, PageRow, SourceRow


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """A source as the database knows it."""

    name: str
    kind: str
    cursor: Mapping[str, Any]
    read_to: datetime | None
    attempted_at: datetime | None
    pulled_at: datetime | None
    census_at: datetime | None
    failures: int
    last_error: str | None


def ensure(session: Session, sources: Mapping[str, str]) -> None:
    """Make a row for each configured source (name to kind) that has none."""
    rows = [{"name": name, "kind": kind, "cursor": {}, "failures": 0} for name, kind in sources.items()]
    ignore(session, SourceRow, rows, ["name"])


def states(session: Session) -> dict[str, SourceState]:
    return {row.name: _state(row) for row in session.execute(_STATES.order_by(SourceRow.name))}


def state(session: Session, name: str) -> SourceState:
    return _state(session.execute(_STATES.where(SourceRow.name == name)).one())


_STATES: Final = select(*SourceRow.__table__.c)


def _state(row: Row[*tuple[Any, ...]]) -> SourceState:
    return SourceState(
        name=row.name,
        kind=row.kind,
        cursor=row.cursor,
        read_to=row.read_to,
        attempted_at=row.attempted_at,
        pulled_at=row.pulled_at,
        census_at=row.census_at,
        failures=row.failures,
        last_error=row.last_error,
    )


def move_cursor(session: Session, name: str, cursor: Mapping[str, Any]) -> None:
    """Called in the transaction that stores the page which the cursor covers, and nowhere else."""
    ask(session, _MOVES, source=name, to=dict(cursor))


_MOVES: Final = update(SourceRow).where(SourceRow.name == bindparam("source")).values(cursor=bindparam("to"))


def moved_back(cursor: Any, by: timedelta | None, to: datetime | None) -> Any | None:
    """The cursor with every moment in it moved back by a span or to a moment, never forward; without either, empty.

    None where there is no moment in it to move.
    """
    if by is None and to is None:
        return {}
    found = False

    def moved(value: Any) -> Any:
        nonlocal found
        if isinstance(value, Mapping):
            return {name: moved(inner) for name, inner in value.items()}
        if not isinstance(value, str):
            return value
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            return value
        found = True
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        earlier = at - by if by is not None else min(at, to or at)
        return earlier.astimezone(UTC).isoformat().replace("+00:00", "Z")

    changed = moved(cursor)
    return changed if found else None


def _first_read(name: str) -> str:
    """The mark that says when a source had first been read to its end; a source's name may be as long as a mark's."""
    return f"first read {hashlib.blake2b(name.encode(), digest_size=12).hexdigest()}"


def first_read(session: Session, name: str) -> datetime | None:
    """When a source had first been read to its end; None before that, and for what was read before this was kept."""
    at = registry.mark(session, _first_read(name))
    return None if at is None else datetime.fromisoformat(at)


def pulled(session: Session, name: str, at: datetime, read_to: datetime) -> None:
    registry.set_mark_once(session, _first_read(name), at.isoformat())
    values = {"pulled_at": at, "attempted_at": at, "read_to": read_to, "failures": 0, "last_error": None}
    session.execute(update(SourceRow).where(SourceRow.name == name).values(**values))


def failed(session: Session, name: str, at: datetime, error: str) -> None:
    values = {"attempted_at": at, "failures": SourceRow.failures + 1, "last_error": error}
    session.execute(update(SourceRow).where(SourceRow.name == name).values(**values))


def counted(session: Session, name: str, at: datetime) -> None:
    session.execute(update(SourceRow).where(SourceRow.name == name).values(census_at=at))


def hinted(session: Session, source: str, delivery: str, at: datetime) -> bool:
    """Write a webhook's delivery down; False where it came before."""
    statement = insert(session, DeliveryRow).values(source=source, delivery=delivery[:255], at=at)
    statement = statement.on_conflict_do_nothing(index_elements=["source", "delivery"]).returning(DeliveryRow.source)
    return session.execute(statement).one_or_none() is not None


def forget_deliveries(session: Session, before: datetime) -> None:
    session.execute(delete(DeliveryRow).where(DeliveryRow.at < before))


def archive(session: Session, source: str, body: bytes, items: int, at: datetime) -> None:
    """Keep a raw page. The same bytes are kept once, in the place where they came last: a replay ends as life did.

    Level 1, since the page waits for this in the hot path.
    """
    digest = hashlib.blake2b(body, digest_size=20).hexdigest()
    ask(session, _SAME, source=source, digest=digest)
    row = {"source": source, "digest": digest, "fetched_at": at, "items": items, "body": zlib.compress(body, 1)}
    ignore(session, PageRow, [row], ["source", "digest"])


_SAME: Final = delete(PageRow).where(PageRow.source == bindparam("source"), PageRow.digest == bindparam("digest"))


def archived_ids(session: Session, source: str) -> list[int]:
    """The raw pages of a source in the order they came."""
    return list(session.scalars(select(PageRow.id).where(PageRow.source == source).order_by(PageRow.id)))


def archived(session: Session, page_id: int) -> bytes:
    return zlib.decompress(session.execute(select(PageRow.body).where(PageRow.id == page_id)).scalar_one())


def forget_pages(session: Session, before: datetime) -> None:
    session.execute(delete(PageRow).where(PageRow.fetched_at < before))
