"""Issues for people who look through them: searched, filtered, newest first, a portion at a time."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Select, Text, and_, cast, or_, select
from sqlalchemy.orm import Session

from pipeline.issue import Issue, Verdict
from pipeline.store.corrections import corrections
from pipeline.store.issues import by_keys, verdict_of
from pipeline.tables import CorrectionRow, IssueRow, MemberRow, VerdictRow

PORTION = 200
"""Issues that are read at once."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a portion ended: what comes next is older."""

    created_at: datetime
    id: int

    def __str__(self) -> str:
        return f"{self.created_at.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}-{self.id}"

    @classmethod
    def read(cls, text: str) -> "Place":
        """Raises ValueError for anything that `str` did not write."""
        moment, _, number = text.partition("-")
        if not (number.isascii() and number.isdigit() and len(number) < 19):
            raise ValueError(f"{text[:40]!r} is no place in a list")
        return cls(datetime.strptime(moment, "%Y%m%dT%H%M%S.%fZ").replace(tzinfo=UTC), int(number))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for; an empty text wants everything. `teams` None: of every team and of none."""

    q: str = ""
    side: str = ""
    leaf: str = ""
    source: str = ""
    kind: str = ""
    state: str = ""
    unsure: bool = False
    teams: frozenset[str] | None = None
    fallback: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An issue as a list shows it. `verdict` is None unless it is of the present text."""

    place: Place
    issue: Issue
    verdict: Verdict | None
    leaf: str | None
    heard_by: tuple[str, ...]
    pain: str | None


def read(session: Session, wanted: Wanted, after: Place | None = None) -> Iterator[Listed]:
    """What is wanted, newest first. A person's word on a side wins here too."""
    query = _query(wanted).limit(PORTION)
    while True:
        portion = _listed(session, query if after is None else query.where(_older_than(after)))
        yield from (listed for listed in portion if _is_wanted(listed, wanted))
        if len(portion) < PORTION:
            return
        after = portion[-1].place
        session.expunge_all()


def one(session: Session, key: tuple[str, str]) -> Listed | None:
    """One issue, whoever owns it."""
    found = _listed(session, _joined().where(IssueRow.source == key[0], IssueRow.external_id == key[1]))
    return found[0] if found else None


def _listed(session: Session, query: Select[IssueRow, VerdictRow, str]) -> list[Listed]:
    fixed = corrections(session)
    rows = session.execute(query).all()
    keys = [(row.source, row.external_id) for row, _, _ in rows]
    known = {(issue.source, issue.external_id): issue for issue in by_keys(session, keys)}
    found = []
    for key, (row, verdict, pain) in zip(keys, rows, strict=True):
        fresh = verdict is not None and verdict.text_hash == row.text_hash
        found.append(
            Listed(
                place=Place(row.created_at, row.id),
                issue=known[key],
                verdict=verdict_of(verdict, fixed.get(key)) if fresh else None,
                leaf=verdict.leaf if verdict else None,
                heard_by=tuple(verdict.heard_by) if verdict else (),
                pain=pain,
            )
        )
    return found


def _joined() -> Select[IssueRow, VerdictRow, str]:
    return (
        select(IssueRow, VerdictRow, MemberRow.pain)
        .outerjoin(VerdictRow, VerdictRow.issue_id == IssueRow.id)
        .outerjoin(MemberRow, MemberRow.issue_id == IssueRow.id)
    )


def _query(wanted: Wanted) -> Select[IssueRow, VerdictRow, str]:
    query = _joined().order_by(IssueRow.created_at.desc(), IssueRow.id.desc())
    if wanted.q:
        found = (column.icontains(wanted.q, autoescape=True) for column in (IssueRow.title, IssueRow.body))
        query = query.where(or_(*found))
    if wanted.side:
        said = select(CorrectionRow.id).where(
            CorrectionRow.source == IssueRow.source,
            CorrectionRow.issue == IssueRow.external_id,
            CorrectionRow.new == wanted.side,
        )
        query = query.where(or_(VerdictRow.side == wanted.side, said.exists()))
    if wanted.leaf:
        query = query.where(VerdictRow.leaf == wanted.leaf)
    if wanted.source:
        query = query.where(IssueRow.source == wanted.source)
    if wanted.kind:
        query = query.where(VerdictRow.kind == wanted.kind)
    if wanted.state:
        query = query.where(IssueRow.state == wanted.state)
    if wanted.unsure:
        query = query.where(VerdictRow.abstained)
    if wanted.teams is not None:
        query = query.where(_of_teams(sorted(wanted.teams), wanted.fallback))
    return query


def _of_teams(teams: Sequence[str], fallback: str) -> ColumnElement[bool]:
    """Owned or heard by one of the teams; what nobody owns is the fallback's."""
    names = cast(VerdictRow.heard_by, Text)
    ours = [VerdictRow.leaf.in_(teams), *(names.contains(json.dumps(team), autoescape=True) for team in teams)]
    if fallback in teams:
        ours.append(and_(VerdictRow.leaf.is_(None), VerdictRow.issue_id.is_not(None)))
    return or_(*ours)


def _is_wanted(listed: Listed, wanted: Wanted) -> bool:
    verdict = listed.verdict
    if verdict is None:
        return not (wanted.side or wanted.unsure)
    return (not wanted.side or verdict.side == wanted.side) and (not wanted.unsure or verdict.abstained)


def _older_than(place: Place) -> ColumnElement[bool]:
    same = and_(IssueRow.created_at == place.created_at, IssueRow.id < place.id)
    return or_(IssueRow.created_at < place.created_at, same)
