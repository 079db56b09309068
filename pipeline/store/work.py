"""Work rows: asked for, claimed with a lease and a fencing token, finished in the transaction of their effect.

The rules are those of `facts/reliability.md` section 1.1 (R2 to R4): the row is the outbox, attempts are counted before
the work, the database's clock alone decides, and whoever lost the lease can no longer finish.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from sqlalchemy import BindParameter, and_, bindparam, case, delete, func, or_, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from pipeline.store import db
from pipeline.store.asked import ask, dialect
from pipeline.store.upsert import insert_of
from pipeline.tables import Utc, WorkRow

LEASE = timedelta(seconds=120)
ATTEMPTS = 5
VERSION = 1
"""Of the payloads written here. A worker leaves rows of a kind or version that it does not know."""


class Fenced(Exception):
    """Somebody else has the row by now: this attempt's effect must not be kept."""


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed row. `attempt` counts from 1; `token` is what finishing has to show."""

    id: int
    kind: str
    key: str
    payload: Mapping[str, Any]
    attempt: int
    token: int


def request(
    session: Session, kind: str, key: str, payload: Mapping[str, Any] | None = None, run_after: datetime | None = None
) -> int:
    """Ask for something once; asking again while it waits changes nothing, while it runs makes it run once more.

    What waits for `run_after` wakes nobody: a message would come too early, and the sweep finds what is due.
    """
    [row_id] = _ask(session, kind, [(key, payload or {})], run_after)
    return row_id


def request_each(session: Session, kind: str, keys: Sequence[str]) -> None:
    """Ask for several things of a kind, each once."""
    _ask(session, kind, [(key, {}) for key in keys], None)


def _ask(
    session: Session, kind: str, wanted: Sequence[tuple[str, Mapping[str, Any]]], run_after: datetime | None
) -> list[int]:
    if not wanted:
        return []
    moment, statement = db.now(session), _asking(dialect(session))
    row = {"kind": kind, "version": VERSION, "state": "ready", "wanted": 1, "serving": 0, "attempt": 0, "token": 0}
    row |= {"run_after": run_after or moment, "changed_at": moment}
    ids = [ask(session, statement, **row, key=key, payload=dict(payload)).scalar_one() for key, payload in wanted]
    if run_after is None:
        told = session.info.setdefault("requested", [])
        told += [(kind, key, row_id) for (key, _), row_id in zip(wanted, ids, strict=True)]
    return ids


@cache
def _asking(dialect: str) -> Any:
    statement = insert_of(dialect, WorkRow)
    asleep = WorkRow.state.in_(("done", "quarantined"))
    return statement.on_conflict_do_update(
        index_elements=["kind", "key"],
        set_={
            "wanted": WorkRow.wanted + 1,
            "payload": statement.excluded.payload,
            "state": case((asleep, "ready"), else_=WorkRow.state),
            "attempt": case((asleep, 0), else_=WorkRow.attempt),
            "run_after": case((asleep, statement.excluded.run_after), else_=WorkRow.run_after),
            "changed_at": statement.excluded.changed_at,
        },
    ).returning(WorkRow.id)


def hurry(session: Session, kind: str, key: str | None = None) -> None:
    """Look at a waiting row, or at all of a kind, at once: what it waited for may have come."""
    waits = update(WorkRow).where(WorkRow.kind == kind, WorkRow.state == "ready")
    if key is not None:
        waits = waits.where(WorkRow.key == key)
    rows = session.execute(waits.values(run_after=db.now(session)).returning(WorkRow.key, WorkRow.id)).all()
    session.info.setdefault("requested", []).extend((kind, row.key, row.id) for row in rows)


def wanted(session: Session, kind: str) -> dict[str, int]:
    """Key to how often it was asked for, of the rows of a kind that wait or run."""
    query = select(WorkRow.key, WorkRow.wanted).where(WorkRow.kind == kind, WorkRow.state.in_(("ready", "running")))
    return {row.key: row.wanted for row in session.execute(query)}


def settle(session: Session, kind: str, done: Mapping[str, int]) -> None:
    """Finish waiting rows that were done along with another one, but for those that were asked for again since."""
    query = select(WorkRow.id, WorkRow.key, WorkRow.wanted).where(WorkRow.kind == kind, WorkRow.state == "ready")
    rows = session.execute(query.with_for_update(skip_locked=True)).all()
    ids = [row.id for row in rows if done.get(row.key) == row.wanted]
    values = {"state": "done", "attempt": 0, "lease_until": None, "error": None, "changed_at": db.now(session)}
    session.execute(update(WorkRow).where(WorkRow.id.in_(ids)).values(**values))


def due(session: Session, kinds: Sequence[str], limit: int = 500) -> list[int]:
    """Ids of rows that somebody should look at now: ready and due, or running with a lease that has run out."""
    return [row_id for _, _, row_id in due_rows(session, kinds, limit)]


def due_rows(session: Session, kinds: Sequence[str], limit: int = 500) -> list[tuple[str, str, int]]:
    """(kind, key, id) of the same rows."""
    moment = db.now(session)
    query = (
        select(WorkRow.kind, WorkRow.key, WorkRow.id)
        .where(WorkRow.kind.in_(kinds), WorkRow.version <= VERSION, _claimable(moment))
        .order_by(WorkRow.run_after, WorkRow.id)
        .limit(limit)
    )
    return [(kind, key, row_id) for kind, key, row_id in session.execute(query)]


def _claimable(moment: datetime | BindParameter[datetime]) -> Any:
    return or_(
        and_(WorkRow.state == "ready", WorkRow.run_after <= moment),
        and_(WorkRow.state == "running", WorkRow.lease_until < moment),
    )


def claim(
    session: Session, row_id: int, kinds: Sequence[str], lease: timedelta = LEASE, holder: str | None = None
) -> Job | None:
    """Take a row, counting the attempt; None where there is nothing to take.

    The caller commits before it works. A row that has used up its attempts is set aside instead, with its last reason.
    """
    moment = db.now(session)
    mine = {"row": row_id, "kinds": list(kinds), "now": moment}
    # A row that somebody is finishing right now, lease or not, is left to them: no waiting, no second worker. Who only
    # asks for it once more is waited for: ticks follow each other so closely that it would seldom be free.
    attempt = ask(session, _FINDS_FREE, **mine).scalar()
    if attempt is None:
        attempt = ask(session, _FINDS_READY, **mine).scalar()
    if attempt is None:
        return None
    if attempt >= ATTEMPTS:
        said = func.coalesce(WorkRow.error, f"its worker died {ATTEMPTS} times while it ran")
        ask(
            session,
            update(WorkRow).where(_CLAIMABLE).values(state="quarantined", changed_at=moment, error=said),
            **mine,
        )
        return None
    row = ask(session, _TAKES, **mine, until=moment + lease, holder=holder).one_or_none()
    return None if row is None else Job(*row)


_NOW: Final = bindparam("now", type_=Utc())
_CLAIMABLE: Final = and_(
    WorkRow.id == bindparam("row"),
    WorkRow.kind.in_(bindparam("kinds", expanding=True)),
    WorkRow.version <= VERSION,
    _claimable(_NOW),
)
_FINDS: Final = select(WorkRow.attempt).where(_CLAIMABLE)
_FINDS_FREE: Final = _FINDS.with_for_update(skip_locked=True)
_FINDS_READY: Final = _FINDS.where(WorkRow.state == "ready").with_for_update()
_TAKES: Final = (
    update(WorkRow)
    .where(_CLAIMABLE)
    .values(
        state="running",
        attempt=WorkRow.attempt + 1,
        token=WorkRow.token + 1,
        serving=WorkRow.wanted,
        lease_until=bindparam("until"),
        holder=bindparam("holder"),
        changed_at=_NOW,
    )
    .returning(WorkRow.id, WorkRow.kind, WorkRow.key, WorkRow.payload, WorkRow.attempt, WorkRow.token)
)


def renew(session: Session, job: Job, lease: timedelta = LEASE) -> None:
    """Extend the lease in the transaction of a part of the work. Raises `Fenced` where it was lost."""
    moment = db.now(session)
    _must_be_ours(ask(session, _RENEWS, row=job.id, shown=job.token, until=moment + lease, now=moment), job)


_OURS: Final = and_(WorkRow.id == bindparam("row"), WorkRow.state == "running", WorkRow.token == bindparam("shown"))
_RENEWS: Final = update(WorkRow).where(_OURS).values(lease_until=bindparam("until"), changed_at=_NOW)


def finish(session: Session, job: Job) -> None:
    """Done, in the transaction of the effect; ready again where it was asked for meanwhile. Raises `Fenced`."""
    _must_be_ours(ask(session, _FINISHES, row=job.id, shown=job.token, now=db.now(session)), job)


_FINISHES: Final = (
    update(WorkRow)
    .where(_OURS)
    .values(
        state=case((WorkRow.wanted > WorkRow.serving, "ready"), else_="done"),
        attempt=0,
        lease_until=None,
        error=None,
        run_after=_NOW,
        changed_at=_NOW,
    )
)


def postpone(session: Session, job: Job, wait: timedelta, *, reason: str, counts: bool) -> None:
    """Put a row back for later. `counts` is whether this was a failed attempt or only too early."""
    moment = db.now(session)
    _mine(
        session,
        job,
        {
            "state": "ready",
            "attempt": WorkRow.attempt if counts else WorkRow.attempt - 1,
            "lease_until": None,
            "error": reason,
            "run_after": moment + wait,
            "changed_at": moment,
        },
    )


def quarantine(session: Session, job: Job, reason: str) -> None:
    """Set a row aside for a person, with its reason."""
    moment = db.now(session)
    _mine(session, job, {"state": "quarantined", "error": reason, "lease_until": None, "changed_at": moment})


def _mine(session: Session, job: Job, values: Mapping[str, Any]) -> None:
    _must_be_ours(ask(session, update(WorkRow).where(_OURS).values(**values), row=job.id, shown=job.token), job)


def _must_be_ours(result: CursorResult[Any], job: Job) -> None:
    if not result.rowcount:
        raise Fenced(f"{job.kind} {job.key}: attempt {job.attempt} lost its lease")


def _count(result: Any) -> int:
    rows: CursorResult[Any] = result
    return rows.rowcount


def release(session: Session, kind: str, key: str) -> None:
    """Take a row away from a process known to be dead, so that the operator's own `pull` can claim it at once."""
    session.execute(
        update(WorkRow)
        .where(WorkRow.kind == kind, WorkRow.key == key, WorkRow.state.in_(("running", "ready", "quarantined")))
        .values(state="ready", attempt=0, lease_until=None, run_after=db.now(session), token=WorkRow.token + 1)
    )


def holders(session: Session) -> set[str]:
    """The processes that hold a lease now."""
    query = select(WorkRow.holder).where(WorkRow.state == "running", WorkRow.holder.is_not(None)).distinct()
    return {holder for holder in session.scalars(query) if holder is not None}


def abandon(session: Session, holder: str) -> int:
    """End the leases of a process that is known to be dead; how many there were."""
    moment = db.now(session)
    ended = session.execute(
        update(WorkRow)
        .where(WorkRow.state == "running", WorkRow.holder == holder)
        .values(state="ready", lease_until=None, run_after=moment, token=WorkRow.token + 1, changed_at=moment)
    )
    return _count(ended)


def held(session: Session, kinds: Sequence[str]) -> list[tuple[str, str, datetime]]:
    """(kind, key, until when) of the rows that somebody runs now, the one that ends first at the front."""
    query = (
        select(WorkRow.kind, WorkRow.key, WorkRow.lease_until)
        .where(WorkRow.kind.in_(kinds), WorkRow.state == "running")
        .order_by(WorkRow.lease_until, WorkRow.id)
    )
    return [(kind, key, until) for kind, key, until in session.execute(query) if until is not None]


def cancel(session: Session, kinds: Sequence[str]) -> None:
    """Drop every row of these kinds, whatever its state."""
    session.execute(delete(WorkRow).where(WorkRow.kind.in_(kinds)))


def outstanding(session: Session, kinds: Sequence[str], most: int | None = None) -> int:
    """How many rows of these kinds are neither done nor set aside; counted up to `most`."""
    rows = select(WorkRow.id).where(WorkRow.kind.in_(kinds), WorkRow.state.in_(("ready", "running"))).limit(most)
    return session.execute(select(func.count()).select_from(rows.subquery())).scalar_one()


def under_way(session: Session, kinds: Sequence[str]) -> bool:
    """Whether a row of these kinds runs, or may run now."""
    query = select(WorkRow.id).where(WorkRow.kind.in_(kinds))
    busy = or_(WorkRow.state == "running", _claimable(db.now(session)))
    return session.execute(query.where(busy).limit(1)).first() is not None


def imminent(session: Session, kinds: Sequence[str], key: str | None = None) -> int:
    """How many rows run, or will within ten minutes; one that was asked to wait longer is no reason to wait for it."""
    soon = db.now(session) + timedelta(minutes=10)
    query = select(func.count()).where(
        WorkRow.kind.in_(kinds),
        or_(WorkRow.state == "running", and_(WorkRow.state == "ready", WorkRow.run_after <= soon)),
    )
    if key is not None:
        query = query.where(WorkRow.key == key)
    return session.execute(query).scalar_one()


def is_set_aside(session: Session, kind: str, key: str) -> bool:
    query = select(func.count()).where(WorkRow.kind == kind, WorkRow.key == key, WorkRow.state == "quarantined")
    return session.execute(query).scalar_one() > 0


def changed_since(session: Session, kind: str, moment: datetime) -> set[str]:
    """Keys of the rows of a kind that wait or run, or were done since."""
    awake = WorkRow.state.in_(("ready", "running"))
    query = select(WorkRow.key).where(WorkRow.kind == kind, or_(awake, WorkRow.changed_at > moment))
    return set(session.scalars(query))


def changed(session: Session, kind: str) -> dict[str, datetime]:
    """Key to when the row of a kind last changed."""
    return dict(session.execute(select(WorkRow.key, WorkRow.changed_at).where(WorkRow.kind == kind)).all())


def waiting(session: Session) -> dict[str, tuple[int, datetime]]:
    """Kind to (rows, since when the oldest) of what could be done now and is not."""
    query = select(WorkRow.kind, func.count(), func.min(WorkRow.run_after)).where(_claimable(db.now(session)))
    return {kind: (count, since) for kind, count, since in session.execute(query.group_by(WorkRow.kind))}


def failing(session: Session) -> list[tuple[str, str, int, str]]:
    """(kind, key, failed attempts, last reason) of what will be tried again."""
    query = select(WorkRow.kind, WorkRow.key, WorkRow.attempt, WorkRow.error).where(
        WorkRow.state == "ready", WorkRow.attempt > 0, WorkRow.error.is_not(None)
    )
    return [(kind, key, attempt, error or "") for kind, key, attempt, error in session.execute(query)]


def next_due(session: Session, kinds: Sequence[str]) -> timedelta | None:
    """How long until the next waiting row may run; None where none waits."""
    at = case((WorkRow.state == "running", WorkRow.lease_until), else_=WorkRow.run_after)
    query = (
        select(WorkRow.state, WorkRow.lease_until, WorkRow.run_after)
        .where(WorkRow.kind.in_(kinds), WorkRow.state.in_(("ready", "running")))
        .order_by(at)
        .limit(1)
    )
    row = session.execute(query).one_or_none()
    if row is None:
        return None
    soonest: datetime = row.lease_until if row.state == "running" else row.run_after
    return max(timedelta(0), soonest - db.now(session))


def backlog(session: Session) -> dict[tuple[str, str], int]:
    """Rows by (kind, state)."""
    query = select(WorkRow.kind, WorkRow.state, func.count()).group_by(WorkRow.kind, WorkRow.state)
    return {(kind, state): count for kind, state, count in session.execute(query)}


def set_aside(session: Session, limit: int = 20) -> list[tuple[str, str, str]]:
    """(kind, key, reason) of what waits for a person, newest first."""
    query = (
        select(WorkRow.kind, WorkRow.key, WorkRow.error)
        .where(WorkRow.state == "quarantined")
        .order_by(WorkRow.changed_at.desc(), WorkRow.id)
        .limit(limit)
    )
    return [(kind, key, error or "") for kind, key, error in session.execute(query)]


def tidy(session: Session, older_than: timedelta) -> None:
    """Forget rows done long ago; what they did is in the tables."""
    session.execute(delete(WorkRow).where(WorkRow.state == "done", WorkRow.changed_at < db.now(session) - older_than))
