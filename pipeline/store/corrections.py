"""What people said an issue is: events that are only ever added. The newest word that was not withdrawn counts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, bindparam, select, update
from sqlalchemy.orm import Session

from pipeline.store import audit
from pipeline.store.asked import among, ask, dialect, listed
from pipeline.tables import CorrectionRow, IssueRow, VerdictRow

LABEL = "label"
"""`how` of a correction by a label of the source. What persons say here (cli, mail) is another voice beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Somebody said, or took back (`new` None), what an issue is."""

    source: str
    issue: str
    field: str
    old: str | None
    new: str | None
    by: str
    how: str
    at: datetime
    model: str | None
    evidence: Mapping[str, Any]

    @property
    def key(self) -> str:
        return f"{self.source}:{self.issue}"


def correct(
    session: Session,
    issue: tuple[str, str],
    side: str | None,
    by: str,
    at: datetime,
    *,
    how: str = "cli",
    evidence: Mapping[str, Any] | None = None,
) -> str | None:
    """Keep a person's word on an issue's side, None where they take it back; returns the side that the model says.

    `evidence` is what they were shown; by default the verdict as it stands.
    """
    query = select(VerdictRow).join(IssueRow, IssueRow.id == VerdictRow.issue_id)
    row = session.scalars(query.where(IssueRow.source == issue[0], IssueRow.external_id == issue[1])).one_or_none()
    if evidence is None:
        evidence = {"confidence": row.confidence, "because": list(row.because)} if row else {}
    session.add(
        CorrectionRow(
            source=issue[0],
            issue=issue[1],
            field="side",
            old=row.side if row else None,
            new=side,
            model=row.model if row else None,
            by=by[:255],
            how=how,
            evidence=dict(evidence),
            at=at,
        )
    )
    session.flush()
    said = f"issue {issue[0]}:{issue[1]} {side or 'taken back'}"
    audit.record(session, audit.by_way(how, by), "label", said, version=row.model if row else "")
    return row.side if row else None


def events(session: Session, issue: tuple[str, str] | None = None) -> list[Event]:
    """Every event, or those of one issue, oldest first."""
    query = select(CorrectionRow).order_by(CorrectionRow.at, CorrectionRow.id)
    if issue is not None:
        query = query.where(CorrectionRow.source == issue[0], CorrectionRow.issue == issue[1])
    return [_event(row) for row in session.scalars(query)]


def _event(row: CorrectionRow | Row[*tuple[Any, ...]]) -> Event:
    return Event(
        source=row.source,
        issue=row.issue,
        field=row.field,
        old=row.old,
        new=row.new,
        by=row.by,
        how=row.how,
        at=row.at,
        model=row.model,
        evidence=row.evidence,
    )


def standing(past: Iterable[Event]) -> dict[tuple[str, str], Event]:
    """What counts now of events from the oldest to the newest: persons and the source's labels each have a word, which
    only they take back, and the newer of the two wins."""
    words: dict[tuple[str, str], dict[bool, Event]] = {}
    for event in past:
        said = words.setdefault((event.source, event.issue), {})
        said.pop(event.how == LABEL, None)
        if event.new is not None:
            said[event.how == LABEL] = event
    return {issue: list(said.values())[-1] for issue, said in words.items() if said}


def corrections(session: Session, issue: tuple[str, str] | None = None) -> dict[tuple[str, str], tuple[str, str]]:
    """(side, by) of what people's word on each (source, external_id), or on one of them, is now."""
    return {about: (event.new or "", event.by) for about, event in standing(events(session, issue)).items()}


def any_of(session: Session, source: str, names: Sequence[str]) -> bool:
    """Whether anybody ever said what one of these issues is."""
    return ask(session, _any_of(dialect(session)), source=source, names=listed(session, names)).first() is not None


@cache
def _any_of(dialect: str) -> Select[*tuple[Any, ...]]:
    about = among(dialect, CorrectionRow.issue, "names")
    return select(CorrectionRow.id).where(CorrectionRow.source == bindparam("source"), about).limit(1)


def said_by_labels(session: Session, source: str, names: Sequence[str]) -> dict[str, Event]:
    """The last event that a source's own label made, for each of these issues that has one."""
    found: dict[str, Event] = {}
    for start in range(0, len(names), 500):
        some = listed(session, names[start : start + 500])
        rows = ask(session, _said_by_labels(dialect(session)), source=source, names=some, how=LABEL)
        found.update((row.issue, _event(row)) for row in rows)
    return found


@cache
def _said_by_labels(dialect: str) -> Select[*tuple[Any, ...]]:
    about = among(dialect, CorrectionRow.issue, "names")
    query = select(*CorrectionRow.__table__.c).where(CorrectionRow.source == bindparam("source"), about)
    query = query.where(CorrectionRow.how == bindparam("how"))
    return query.order_by(CorrectionRow.at, CorrectionRow.id)


def blank(session: Session, source: str, issue: str) -> None:
    """Forget the words of a text that is forgotten; who said what, and when, stays."""
    ours = (CorrectionRow.source == source, CorrectionRow.issue == issue, CorrectionRow.how != LABEL)
    session.execute(update(CorrectionRow).where(*ours).values(evidence={}))
