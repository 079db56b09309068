"""Escalations: which issues go to their leaders now, who was told, and what became of it."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, String, and_, bindparam, case, cast, func, or_, select, update
from sqlalchemy.orm import Session

from pipeline.escalate import ASIDE, BURST, HARM, OUTAGE, SKEW, WAITING
from pipeline.issue import Issue, Verdict
from pipeline.mailing import LOST
from pipeline.org import Org
from pipeline.store import audit, plain
from pipeline.store.asked import among, ask, dialect, listed
from pipeline.store.authors import author_of
from pipeline.store.corrections import corrections
from pipeline.store.issues import chunks, to_classify, verdict_of
from pipeline.store.upsert import ignore
from pipeline.tables import (
    EscalationRow,
    EscalationStepRow,
    IssueRow,
    MailRow,
    MarkRow,
    MemberRow,
    PainRow,
    ReturnedRow,
    VerdictRow,
)

TAG = '%"escalate"%'
LEAVING = '%"churn"%'


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """That a reader was asked (`copy` 0), or got a copy of the step of that number."""

    reader: str
    copy: int
    number: int
    at: datetime
    due: datetime
    digest_id: int
    lost: bool
    """Whether their mail can never arrive."""
    instead_of: str | None = None
    """The leader in whose place they were told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    id: int
    name: str
    issue_id: int
    rule: str
    source: str
    state: str
    at: datetime
    note: str | None
    person: bool
    thread: str
    look_at: datetime | None
    snoozed_until: datetime | None
    ended_at: datetime | None
    ended_by: str | None
    said: str | None
    told: tuple[Told, ...]
    """In order."""

    @property
    def waits(self) -> bool:
        return self.state in WAITING

    @property
    def asked(self) -> tuple[Told, ...]:
        return tuple(one for one in self.told if not one.copy)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The issue of an escalation as it stands now."""

    issue: Issue
    verdict: Verdict
    leaf: str | None
    heard_by: tuple[str, ...]
    pain: str | None
    pain_title: str | None
    pain_audience: str = ""
    """Who alone may know of the pain, by `Org.audience`."""


def lock(session: Session) -> None:
    """One at a time for the whole organisation: how much a reader had is counted before it is added to."""
    ignore(session, MarkRow, [{"name": "escalations", "value": ""}], ["name"])
    session.execute(select(MarkRow.name).where(MarkRow.name == "escalations").with_for_update()).one()


def subject(session: Session, issue_id: int) -> Subject | None:
    """None where the issue is gone, or has no verdict for its present text yet."""
    found = to_classify(session, [issue_id])
    row = session.get(VerdictRow, issue_id)
    if not found or row is None or row.text_hash != found[0][1]:
        return None
    issue = found[0][2]
    key = (issue.source, issue.external_id)
    fixed = corrections(session, key).get(key)
    pain = session.execute(select(MemberRow.pain).where(MemberRow.issue_id == issue_id)).scalar_one_or_none()
    entry = session.get(PainRow, pain) if pain is not None else None
    known = (entry.live or entry.frozen or {}) if entry is not None else {}
    return Subject(
        issue=issue,
        verdict=verdict_of(row, fixed),
        leaf=row.leaf,
        heard_by=tuple(row.heard_by),
        pain=pain,
        pain_title=known.get("title"),
        pain_audience=known.get("audience", ""),
    )


def ranked(session: Session, ids: Collection[int]) -> list[int]:
    """Those of these issues that have a verdict for their present text, the gravest first, then the oldest."""
    found: list[tuple[Any, ...]] = []
    for some in chunks(sorted(ids)):
        query = select(VerdictRow.severity, IssueRow.created_at, IssueRow.source, IssueRow.external_id, IssueRow.id)
        query = query.join(VerdictRow, VerdictRow.issue_id == IssueRow.id).where(IssueRow.id.in_(some))
        found += session.execute(query.where(VerdictRow.text_hash == IssueRow.text_hash)).all()
    return [row_id for *_, row_id in sorted(found, key=lambda row: (-row[0], *row[1:]))]


def harmed(session: Session, pain: str, org: Org, enough: int) -> int:
    """How many different authors tell of harm in a pain; nobody is looked for beyond `enough`."""
    query = (
        select(IssueRow.source, IssueRow.author, IssueRow.author_role, IssueRow.account, IssueRow.external_id)
        .join(MemberRow, MemberRow.issue_id == IssueRow.id)
        .join(VerdictRow, VerdictRow.issue_id == IssueRow.id)
        .where(MemberRow.pain == pain, VerdictRow.severity >= HARM, IssueRow.state != "deleted")
    )
    found: set[str | None] = set()
    for row in plain.rows(session, query):
        found |= {author_of(org, *row)[0]} - {None}
        if len(found) >= enough:
            break
    return len(found)


def ids_of(session: Session, source: str, names: Sequence[str]) -> list[int]:
    """Of these issues of a source, those that are tagged or wait for an answer."""
    found: list[int] = []
    for some in chunks(names):
        found += ask(session, _ids_of(dialect(session)), source=source, names=listed(session, some)).scalars()
    return sorted(found)


@cache
def _ids_of(dialect: str) -> Select[*tuple[Any, ...]]:
    waits = select(EscalationRow.issue_id).where(EscalationRow.state.in_(WAITING))
    named = and_(IssueRow.source == bindparam("source"), among(dialect, IssueRow.external_id, "names"))
    return select(IssueRow.id).where(named, or_(cast(IssueRow.tags, String).like(TAG), IssueRow.id.in_(waits)))


def grave(session: Session, ids: Sequence[int], since: datetime) -> list[int]:
    """Of these issues, those that somebody may have to be called for: open and tagged since a moment, or written since
    then and harmful or of an account that speaks of leaving; and those that wait for an answer."""
    waits = select(EscalationRow.issue_id).where(EscalationRow.state.in_(WAITING))
    found: list[int] = []
    for some in chunks(ids):
        query = select(IssueRow.id).join(VerdictRow, VerdictRow.issue_id == IssueRow.id).where(IssueRow.id.in_(some))
        tagged = and_(cast(IssueRow.tags, String).like(TAG), IssueRow.updated_at >= since)
        leaving = and_(cast(VerdictRow.signals, String).like(LEAVING), IssueRow.account.is_not(None))
        harms = and_(or_(VerdictRow.severity >= HARM, leaving), IssueRow.created_at >= since)
        fresh = and_(IssueRow.state == "open", or_(tagged, harms))
        found += session.scalars(query.where(or_(fresh, IssueRow.id.in_(waits))))
    return sorted(found)


def joined(session: Session, since: datetime) -> list[int]:
    """Harmful issues since a moment that are in a pain and were not escalated."""
    query = (
        select(MemberRow.issue_id)
        .join(VerdictRow, VerdictRow.issue_id == MemberRow.issue_id)
        .join(IssueRow, IssueRow.id == MemberRow.issue_id)
        .outerjoin(EscalationRow, EscalationRow.issue_id == MemberRow.issue_id)
        .where(VerdictRow.severity >= HARM, IssueRow.created_at >= since)
        .where(EscalationRow.id.is_(None), IssueRow.state == "open")
    )
    return sorted(session.scalars(query))


def spokesman(session: Session, pain: str, since: datetime) -> int | None:
    """The issue that is told of a pain that harms: a tagged one, else the first that is open, since a moment. It is the
    same whatever came in first."""
    query = (
        select(IssueRow.id)
        .join(MemberRow, MemberRow.issue_id == IssueRow.id)
        .join(VerdictRow, VerdictRow.issue_id == IssueRow.id)
        .where(MemberRow.pain == pain, IssueRow.created_at >= since, IssueRow.state == "open")
        .where(or_(VerdictRow.severity >= HARM, cast(IssueRow.tags, String).like(TAG)))
        .where(IssueRow.id.not_in(select(EscalationRow.issue_id).where(EscalationRow.rule.in_(ASIDE))))
        .order_by(case((cast(IssueRow.tags, String).like(TAG), 0), else_=1))
        .order_by(IssueRow.created_at, IssueRow.source, IssueRow.external_id)
    )
    return session.scalars(query.limit(1)).first()


def of_pain(session: Session, pain: str) -> list[int]:
    """Issues of a pain whose escalation waits for an answer."""
    query = select(EscalationRow.issue_id).join(MemberRow, MemberRow.issue_id == EscalationRow.issue_id)
    return sorted(session.scalars(query.where(MemberRow.pain == pain, EscalationRow.state.in_(WAITING))))


def due(session: Session, now: datetime) -> list[int]:
    """Issues whose escalation has to be looked at again by now, the oldest first."""
    query = select(EscalationRow.issue_id).where(EscalationRow.state == "open", EscalationRow.look_at <= now)
    return list(session.scalars(query.order_by(EscalationRow.at, EscalationRow.id)))


def begin(
    session: Session,
    *,
    issue_id: int,
    name: str,
    rule: str,
    source: str,
    at: datetime,
    thread: str,
    state: str = "open",
    **more: Any,
) -> None:
    """Write an escalation down; a second one of the same issue and rule changes nothing. `name` is its issue's."""
    short = hashlib.blake2b(f"{name} {rule}".encode("utf-8", "replace"), digest_size=6).hexdigest()
    row = {
        "name": f"e{short}",
        "issue_id": issue_id,
        "rule": rule,
        "source": source,
        "at": at,
        "thread": thread,
        "state": state,
        **more,
    }
    ignore(session, EscalationRow, [{"person": False, "look_at": at, **row}], ["issue_id", "rule"])


def change(session: Session, escalation_id: int, **values: Any) -> None:
    session.execute(update(EscalationRow).where(EscalationRow.id == escalation_id).values(**values))


def end(
    session: Session, escalation_id: int, state: str, at: datetime, *, by: str | None = None, said: str | None = None
) -> None:
    """It is over; the first word counts."""
    waits = and_(EscalationRow.id == escalation_id, EscalationRow.state.in_(WAITING))
    values = {"state": state, "ended_at": at, "ended_by": by, "said": said, "look_at": None}
    name = session.execute(update(EscalationRow).where(waits).values(**values).returning(EscalationRow.name))
    for ended in name.scalars().all() if by is not None else ():
        audit.record(session, audit.By("link", by), "end escalation", f"escalation {ended}", version=state)


def tell(session: Session, escalation_id: int, **values: Any) -> None:
    ignore(
        session, EscalationStepRow, [{"escalation_id": escalation_id, **values}], ["escalation_id", "reader", "copy"]
    )


def calls(session: Session, reader: str, since: datetime) -> list[datetime]:
    """When a reader was told, as far as it counts against how often they may be."""
    query = select(EscalationStepRow.at).where(EscalationStepRow.reader == reader, EscalationStepRow.counts.is_(True))
    return list(session.scalars(query.where(EscalationStepRow.at >= since)))


def of_issue(session: Session, issue_id: int) -> Escalation | None:
    """The newest escalation of an issue."""
    query = select(EscalationRow).where(EscalationRow.issue_id == issue_id).order_by(EscalationRow.id.desc())
    row = session.scalars(query.limit(1).execution_options(populate_existing=True)).one_or_none()
    return None if row is None else _value(session, row)


def by_name(session: Session, name: str) -> Escalation | None:
    query = select(EscalationRow).where(EscalationRow.name == name).execution_options(populate_existing=True)
    row = session.scalars(query).one_or_none()
    return None if row is None else _value(session, row)


def of_call(session: Session, digest_id: int) -> tuple[Escalation, Told] | None:
    """The escalation that a call tells of, and to whom."""
    query = select(EscalationRow).join(EscalationStepRow, EscalationStepRow.escalation_id == EscalationRow.id)
    query = query.where(EscalationStepRow.digest_id == digest_id).execution_options(populate_existing=True)
    row = session.scalars(query).one_or_none()
    if row is None:
        return None
    kept = _value(session, row)
    return kept, next(one for one in kept.told if one.digest_id == digest_id)


def thread_of(session: Session, pain: str) -> str | None:
    """The thread in which a pain was escalated before."""
    query = select(EscalationRow.thread).join(MemberRow, MemberRow.issue_id == EscalationRow.issue_id)
    query = query.where(MemberRow.pain == pain, EscalationRow.rule != "churn")  # those stand together by their account
    return session.scalars(query.order_by(EscalationRow.id).limit(1)).first()


def last_of_pain(session: Session, pain: str) -> datetime | None:
    """When the leads of a pain, or those above them, were last called for an issue of it."""
    query = select(func.max(EscalationRow.at)).join(MemberRow, MemberRow.issue_id == EscalationRow.issue_id)
    query = query.where(MemberRow.pain == pain, EscalationRow.rule.not_in(ASIDE))
    moment = session.execute(query).scalar_one()
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment


def last_in_thread(session: Session, thread: str) -> datetime | None:
    """When somebody was last called in a thread."""
    moment = session.execute(select(func.max(EscalationRow.at)).where(EscalationRow.thread == thread)).scalar_one()
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment


def last_outage(session: Session, pain: str) -> datetime | None:
    """When somebody was last called because a pain was like an outage."""
    query = select(func.max(EscalationRow.at)).join(MemberRow, MemberRow.issue_id == EscalationRow.issue_id)
    moment = session.execute(query.where(MemberRow.pain == pain, EscalationRow.rule == "outage_like")).scalar_one()
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment


def busy(session: Session, now: datetime) -> list[str]:
    """Pains of which enough issues of the last hours tell that they may be like an outage."""
    query = (
        select(MemberRow.pain)
        .join(IssueRow, IssueRow.id == MemberRow.issue_id)
        .where(IssueRow.created_at >= now - 2 * BURST, IssueRow.created_at <= now + SKEW, IssueRow.state != "deleted")
        .group_by(MemberRow.pain)
        .having(func.count() >= OUTAGE)
    )
    return sorted(session.scalars(query))


def told_of(session: Session, pain: str, since: datetime) -> list[tuple[Issue, Verdict]]:
    """The issues of a pain since a moment that were not deleted, with their verdicts, the oldest first."""
    query = (
        select(VerdictRow)
        .join(MemberRow, MemberRow.issue_id == VerdictRow.issue_id)
        .join(IssueRow, IssueRow.id == VerdictRow.issue_id)
        .where(MemberRow.pain == pain, IssueRow.created_at >= since, IssueRow.state != "deleted")
    )
    verdicts = {row.issue_id: row for row in session.scalars(query)}
    fixed = corrections(session)
    return [
        (issue, verdict_of(verdicts[row_id], fixed.get((issue.source, issue.external_id))))
        for row_id, text_hash, issue in to_classify(session, list(verdicts))
        if verdicts[row_id].text_hash == text_hash
    ]


def audience_of(session: Session, pain: str) -> str:
    """Who alone may know of a pain, by `Org.audience`."""
    entry = session.get(PainRow, pain)
    known = (entry.live or entry.frozen or {}) if entry is not None else {}
    return str(known.get("audience", ""))


def waiting(session: Session) -> list[tuple[str, Escalation]]:
    """("source:external_id", escalation) of those that wait for an answer, the oldest first."""
    query = select(IssueRow.external_id, EscalationRow).join(IssueRow, IssueRow.id == EscalationRow.issue_id)
    query = query.where(EscalationRow.state.in_(WAITING)).order_by(EscalationRow.at, EscalationRow.id)
    return [(f"{row.source}:{name}", _value(session, row)) for name, row in session.execute(query)]


def pulls(session: Session, since: datetime) -> dict[tuple[str, str], tuple[int, int]]:
    """(rule, source) to (how many escalations since were told to somebody, how many of them were wrong)."""
    counted = func.sum(case((EscalationRow.state == "wrong", 1), else_=0))
    told = select(EscalationStepRow.escalation_id)
    query = (
        select(EscalationRow.rule, EscalationRow.source, func.count(), counted)
        .where(EscalationRow.at >= since, EscalationRow.id.in_(told))
        .group_by(EscalationRow.rule, EscalationRow.source)
    )
    return {(rule, source): (count, int(bad)) for rule, source, count, bad in session.execute(query)}


def _value(session: Session, row: EscalationRow) -> Escalation:
    bounced = select(ReturnedRow.mail_id).where(ReturnedRow.stops, ReturnedRow.mail_id.is_not(None))
    lost = select(MailRow.digest_id).where(or_(MailRow.state.in_(LOST), MailRow.id.in_(bounced)))
    query = (
        select(EscalationStepRow, EscalationStepRow.digest_id.in_(lost))
        .where(EscalationStepRow.escalation_id == row.id)
        .order_by(EscalationStepRow.number, EscalationStepRow.copy, EscalationStepRow.reader)
    )
    told = tuple(
        Told(
            reader=step.reader,
            copy=step.copy,
            number=step.number,
            at=step.at,
            due=step.due,
            digest_id=step.digest_id,
            lost=bool(is_lost),
            instead_of=step.instead_of,
        )
        for step, is_lost in session.execute(query)
    )
    return Escalation(
        id=row.id,
        name=row.name,
        issue_id=row.issue_id,
        rule=row.rule,
        source=row.source,
        state=row.state,
        at=row.at,
        note=row.note,
        person=row.person,
        thread=row.thread,
        look_at=row.look_at,
        snoozed_until=row.snoozed_until,
        ended_at=row.ended_at,
        ended_by=row.ended_by,
        said=row.said,
        told=told,
    )
