"""The registry of pains as rows: frozen at the last closed period, live with the open one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Text, cast, delete, or_, select, true, update
from sqlalchemy.orm import Session

from pipeline.store.issues import chunks
from pipeline.store.upsert import ignore, put
from pipeline.tables import IssueRow, MarkRow, MemberRow, PainRow, VerdictRow

HIDDEN = frozenset({"private", "mute"})
"""Tags of issues that appear in no digest and in no count."""
WITHHELD = frozenset({"security", "hr", "legal"})
"""Signals that have the same effect: the model is allowed to hide, never to show."""
_OPEN = MemberRow.frozen.is_(False)


def mark(session: Session, name: str) -> str | None:
    return session.execute(select(MarkRow.value).where(MarkRow.name == name)).scalar_one_or_none()


def set_mark(session: Session, name: str, value: str) -> None:
    put(session, MarkRow, [{"name": name, "value": value}], ["name"])


def clear_mark(session: Session, name: str) -> None:
    session.execute(delete(MarkRow).where(MarkRow.name == name))


def set_mark_once(session: Session, name: str, value: str) -> None:
    """Leave a mark where there is none; whoever comes second waits for nobody."""
    ignore(session, MarkRow, [{"name": name, "value": value}], ["name"])


def lock(session: Session) -> None:
    """One at a time for the whole organisation: whoever assigns or closes holds this to the end of the transaction."""
    ignore(session, MarkRow, [{"name": "registry", "value": ""}], ["name"])
    session.execute(select(MarkRow.name).where(MarkRow.name == "registry").with_for_update()).one()


def frozen(session: Session) -> list[Mapping[str, Any]]:
    """The pains as they were when the last period closed."""
    query = select(PainRow.frozen).where(PainRow.frozen.is_not(None)).order_by(PainRow.id)
    return [pain for pain in session.scalars(query) if pain is not None]


class Telling(NamedTuple):
    """An issue that tells of pain, as it is stored: all that decides which pain it joins."""

    id: int
    source: str
    external_id: str
    url: str | None
    title: str
    body: str
    author: str | None
    author_role: str
    account: str | None
    project: str | None
    labels: list[Any]
    created_at: datetime
    severity: int
    leaf: str | None
    side: str
    """That counts: a person's, where there is one, over the model's."""

    @property
    def key(self) -> str:
        return f"{self.source}:{self.external_id}"


_AT_A_TIME = 1000
_PAINS_AT_A_TIME = 100
_TOLD = [getattr(VerdictRow if name in ("severity", "leaf", "side") else IssueRow, name) for name in Telling._fields]


Said = Mapping[tuple[str, str], tuple[str, str]]
"""What people said that issues are, as `corrections` has it."""


def candidates(session: Session, since: datetime, until: datetime | None, said: Said) -> Iterator[Telling]:
    """What tells of pain, may be shown, and is not frozen yet, in order of (created_at, source, external_id).

    With `until`, when a period is closed, also what is older than `since` and has come after its own week was closed:
    the history of a source that was added later or was broken for long. It is looked at once, and then waits no more.
    """
    young = IssueRow.created_at >= since
    query = (
        select(IssueRow.tags, VerdictRow.signals, *_TOLD)
        .join(VerdictRow, VerdictRow.issue_id == IssueRow.id)
        .outerjoin(MemberRow, MemberRow.issue_id == IssueRow.id)
        .where(young if until is None else young | VerdictRow.period.is_(None))
        .where(IssueRow.state != "deleted")
        .where(MemberRow.frozen.is_(None) | MemberRow.frozen.is_(False))
        .order_by(IssueRow.created_at, IssueRow.source, IssueRow.external_id)
    )
    if until is not None:
        query = query.where(IssueRow.created_at < until)
    for tags, signals, *columns in session.execute(query.execution_options(yield_per=_AT_A_TIME)):
        told = _as_said(Telling(*columns), said)
        if told.side != "none" and not hidden(tags, [name for name, _ in signals]):
            yield told


def _as_said(told: Telling, said: Said) -> Telling:
    side, _ = said.get((told.source, told.external_id), (told.side, ""))
    return told._replace(side=side)


def candidates_of(session: Session, rows: Sequence[int], said: Said) -> Iterator[Telling]:
    """The same of single issues, whatever became of them since, in no order."""
    query = select(*_TOLD).join(VerdictRow, VerdictRow.issue_id == IssueRow.id)
    for some in chunks(rows):
        for columns in session.execute(query.where(IssueRow.id.in_(some))):
            yield _as_said(Telling(*columns), said)


def called(session: Session, rows: Sequence[int]) -> Iterator[tuple[int, str, str | None]]:
    """(row, key, address) of issues."""
    for some in chunks(rows):
        query = select(IssueRow.id, IssueRow.source, IssueRow.external_id, IssueRow.url).where(IssueRow.id.in_(some))
        for row, source, external_id, url in session.execute(query):
            yield row, f"{source}:{external_id}", url


def hidden(tags: Iterable[str], signals: Iterable[str]) -> bool:
    return not HIDDEN.isdisjoint(tags) or not WITHHELD.isdisjoint(signals)


def save(
    session: Session,
    pains: Iterable[tuple[str, Mapping[str, Any]]],
    members: Iterable[tuple[int, str, float]],
    *,
    freeze: bool,
) -> None:
    """Replace what is not frozen by this result; with `freeze` the result becomes the state of the closed period."""
    session.execute(delete(MemberRow).where(MemberRow.frozen.is_(False)))
    left = ({"issue_id": issue, "pain": pain, "score": score, "frozen": freeze} for issue, pain, score in members)
    while rows := list(islice(left, _AT_A_TIME)):
        put(session, MemberRow, rows, ["issue_id"], where=_OPEN)
    kept, states = set(), iter(pains)
    while found := list(islice(states, _PAINS_AT_A_TIME)):
        kept |= {pain for pain, _ in found}
        put(session, PainRow, [{"id": i, "live": p, **({"frozen": p} if freeze else {})} for i, p in found], ["id"])
    dropped = [i for i in session.scalars(select(PainRow.id).where(PainRow.frozen.is_(None))) if i not in kept]
    for some in chunks(dropped):
        session.execute(delete(PainRow).where(PainRow.id.in_(some)))
    grown = select(PainRow.id).where(cast(PainRow.live, Text) != cast(PainRow.frozen, Text))
    fallen_back = [i for i in session.scalars(grown) if i not in kept]
    for some in chunks(fallen_back):
        session.execute(update(PainRow).where(PainRow.id.in_(some)).values(live=PainRow.frozen))


def forget_all(session: Session) -> None:
    """Every pain, who belongs to it, and which periods were closed: as if nothing had been grouped yet."""
    session.execute(delete(MemberRow))
    session.execute(delete(PainRow))
    kinds = ("closed ", "closing ", "drift ", "pains ")
    of_periods = or_(MarkRow.name == "closed", *(MarkRow.name.startswith(kind) for kind in kinds))
    session.execute(delete(MarkRow).where(of_periods))
    session.execute(update(VerdictRow).values(period=None))


def current(session: Session) -> dict[str, Mapping[str, Any]]:
    """Every pain by id as it is now."""
    return {row.id: row.live or row.frozen or {} for row in session.scalars(select(PainRow).order_by(PainRow.id))}


def told_in(session: Session, period: str) -> dict[str, Mapping[str, Any]]:
    """The pains by id that digests of a period may tell of: those frozen once it is closed, before that all."""
    if not is_closed(session, period):
        return current(session)
    rows = session.scalars(select(PainRow).where(PainRow.frozen.is_not(None)).order_by(PainRow.id))
    return {row.id: row.frozen or {} for row in rows}


def counted_in(session: Session, period: str) -> ColumnElement[bool]:
    """Which members those digests may count. What joins a pain after the close waits for the next one, or else what a
    leader reads would depend on whether grouping or composing came first."""
    return counted(closed=is_closed(session, period))


def counted(*, closed: bool) -> ColumnElement[bool]:
    """The same by whether their period is closed."""
    return MemberRow.frozen.is_(True) if closed else true()


def is_closed(session: Session, period: str) -> bool:
    return mark(session, f"closed {period}") is not None
