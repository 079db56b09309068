"""Digests and mails: one row per leader and period, one row per recipient, each decided once."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Text, and_, case, cast, delete, func, select, update
from sqlalchemy.orm import Session

from pipeline import periods
from pipeline.digest.material import Spoken
from pipeline.mailing import FINAL
from pipeline.store import audit, db
from pipeline.store.issues import chunks, first_known, identity
from pipeline.store.upsert import ignore, put_one
from pipeline.tables import DigestRow, MailRow

WEEKLY = "weekly"
_GONE_OUT = (
    select(MailRow.id)
    .where(MailRow.digest_id == DigestRow.id, MailRow.state.in_(("sending", "accepted", "unknown", "gave_up")))
    .exists()
)
"""Digests that somebody may have read."""
_PLANNED = DigestRow.state == "planned"
_TOLD = ("composed", "waiting")
"""States of digests that were told, or may still be as they are."""
CALL = "call"
"""Kind of what is told of an escalation, outside any week."""
CHECK_IN = "check-in"
"""Kind of a question to somebody how their week was."""
TEAM = "team"
"""Kind of a leader's copy for their team."""
PREVIEW = "preview"
"""Kind of a notice of what will be quoted from a leader's area."""


def team_name(week: str) -> str:
    """The same for a leader's copy for their team."""
    return f"t{week}"


def preview_name(week: str) -> str:
    """The same for a notice of what will be quoted."""
    return f"p{week}"


def week_of(period: str) -> str:
    """The week of a weekly digest or of a team's copy, by what stands for its period."""
    return period.removeprefix("t")


def check_in_name(week: str) -> str:
    """What stands for the period where the mail of a week is no digest of it."""
    return f"c{week}"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDigest:
    id: int
    leader: str
    period: str
    version: int
    state: str
    reason: str | None
    document: Mapping[str, Any] | None
    hidden: str = ""
    kind: str = WEEKLY
    settled_by: str | None = None
    settled_at: datetime | None = None
    """Who released or refused it by hand, and when."""
    read_by: str | None = None
    """Who got it in the leader's place; None: the leader."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A digest that waits for a person's word, and since when."""

    id: int
    leader: str
    period: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Trouble:
    """A digest, or its mail, that did not go out as planned, and why."""

    leader: str
    period: str
    state: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMail:
    id: int
    digest_id: int
    recipient: str
    state: str
    message_id: str
    message: bytes | None
    attempt: int
    resent: bool
    first_tried_at: datetime | None
    reply: str | None
    alarm: str | None


def decided(session: Session, period: str) -> set[str]:
    """The leaders whose digest of this period was decided, one way or another."""
    query = select(DigestRow.leader).where(DigestRow.period == period, DigestRow.kind == WEEKLY)
    return set(session.scalars(query.where(DigestRow.state != "planned")))


def expect(session: Session, leaders: Sequence[str], period: str, at: datetime) -> None:
    """A row for each leader of a closed period: whatever becomes of it will be visible."""
    rows = [
        {"leader": leader, "period": period, "kind": WEEKLY, "version": 1, "state": "planned", "composed_at": at}
        for leader in leaders
    ]
    ignore(session, DigestRow, rows, ["leader", "period", "kind"])


def last_period(session: Session, before: str) -> str | None:
    """The newest period before this one for which anything was decided or expected."""
    query = select(func.max(DigestRow.period)).where(DigestRow.period < before, DigestRow.kind == WEEKLY)
    return session.execute(query).scalar_one()


def any_before(session: Session, period: str) -> bool:
    """Whether any digest of an earlier period was told, or may still be."""
    query = select(DigestRow.id).where(DigestRow.period < period, DigestRow.kind == WEEKLY)
    return session.execute(query.where(DigestRow.state.in_(_TOLD)).limit(1)).first() is not None


def last_decided(session: Session, leader: str, before: str) -> str | None:
    query = select(func.max(DigestRow.period)).where(DigestRow.period < before, DigestRow.leader == leader)
    return session.execute(query.where(DigestRow.state != "planned")).scalar_one()


def course(session: Session, leaders: Sequence[str], before: str) -> dict[str, tuple[str | None, str | None]]:
    """Leader to (the newest period before this one that was decided, the oldest that is only planned), of those who
    have one."""
    decided = func.max(case((DigestRow.state != "planned", DigestRow.period)))
    planned = func.min(case((DigestRow.state == "planned", DigestRow.period)))
    query = select(DigestRow.leader, decided, planned).where(DigestRow.period < before).group_by(DigestRow.leader)
    rows = [row for some in chunks(leaders) for row in session.execute(query.where(DigestRow.leader.in_(some)))]
    return {leader: (newest, oldest) for leader, newest, oldest in rows}


def last_quiet(session: Session, before: str) -> dict[str, str]:
    """Leader to the newest period before this one in which everything was heard and nobody wrote of friction."""
    query = (
        select(DigestRow.leader, func.max(DigestRow.period))
        .where(DigestRow.period < before, DigestRow.kind == WEEKLY, DigestRow.form == "quiet")
        .group_by(DigestRow.leader)
    )
    return dict(session.execute(query).all())


def unaddressed(session: Session, period: str) -> dict[str, int]:
    """Leader to digest, of those that wait for an e-mail address."""
    query = select(DigestRow.leader, DigestRow.id).where(DigestRow.period == period, DigestRow.state == "unaddressed")
    return dict(session.execute(query).all())


def unheard(session: Session, period: str) -> dict[str, int]:
    """Leader to digest, of those that wait since mails to them bounce."""
    query = select(DigestRow.leader, DigestRow.id).where(DigestRow.period == period, DigestRow.state == "unheard")
    return dict(session.execute(query).all())


def keep_back(session: Session, digest_id: int, reason: str) -> None:
    """Nobody reads in the leader's place any more: it waits for them, as it would have without a delegate."""
    kept = update(DigestRow).where(DigestRow.id == digest_id)
    session.execute(kept.values(state="paused", reason=reason, read_by=None))


def release(session: Session, digest_id: int) -> None:
    session.execute(update(DigestRow).where(DigestRow.id == digest_id).values(state="composed", reason=None))


def decide(
    session: Session,
    *,
    leader: str,
    period: str,
    state: str,
    document: Mapping[str, Any] | None,
    reason: str | None,
    at: datetime,
    hidden: str = "",
    read_by: str | None = None,
) -> int | None:
    """Write the one digest of a leader and period; None where somebody did so before."""
    row = {
        "leader": leader,
        "period": period,
        "kind": WEEKLY,
        "version": 1,
        "state": state,
        "reason": reason,
        "document": None if document is None else dict(document),
        "form": None if document is None else document["form"],
        "composed_at": at,
        "hidden": hidden,
        "read_by": read_by,
    }
    decided = put_one(session, DigestRow, row, ["leader", "period", "kind"], where=_PLANNED)
    session.expire_all()
    return decided


def revise(
    session: Session,
    digest_id: int,
    *,
    version: int,
    state: str,
    document: Mapping[str, Any],
    reason: str | None,
    hidden: str,
) -> None:
    """A new version of a digest that was not sent yet: something in it may no longer be shown."""
    session.execute(
        update(DigestRow)
        .where(DigestRow.id == digest_id)
        .values(
            version=version,
            state=state,
            document=dict(document),
            form=document["form"],
            reason=reason,
            hidden=hidden,
        )
    )


def weeks_decided(session: Session, before: str) -> int:
    """How many periods before this one have a digest that was decided."""
    query = select(func.count(DigestRow.period.distinct())).where(DigestRow.period < before, DigestRow.kind == WEEKLY)
    return session.execute(query.where(DigestRow.document.is_not(None))).scalar_one()


def waiting(session: Session) -> list[Waiting]:
    """What waits for a person's word, the oldest week first."""
    query = select(DigestRow.id, DigestRow.leader, DigestRow.period, DigestRow.composed_at)
    query = query.where(DigestRow.state == "waiting", DigestRow.kind == WEEKLY)
    return [Waiting(*row) for row in session.execute(query.order_by(DigestRow.period, DigestRow.leader))]


def settle(session: Session, digest_id: int, *, state: str, reason: str | None, by: str, at: datetime) -> bool:
    """A person's word on a digest that waits for it; False where it waits no more."""
    values = {"state": state, "reason": reason, "settled_by": by, "settled_at": at}
    change = update(DigestRow).where(DigestRow.id == digest_id, DigestRow.state == "waiting").values(**values)
    done = session.connection().execute(change).rowcount == 1
    session.expire_all()
    if done:
        row = session.get_one(DigestRow, digest_id)
        what = "release" if state == "composed" else "refuse"
        by_whom = audit.By("operator", by)
        audit.record(session, by_whom, what, f"weekly {row.period}", about=row.leader, version=str(row.version))
    return done


NOT_SENT = ("refused", "held", "skipped")
"""By a person, by a gate, and because nothing ran: weeks that a leader waited for in vain."""


def kept_back(session: Session, weeks: Sequence[str]) -> dict[str, list[tuple[str, str]]]:
    """Leader to those of these weeks, the latest first, that were not sent and no mail has told them of since, each
    with what became of it."""
    ours = and_(DigestRow.kind == WEEKLY, DigestRow.period.in_(weeks))
    last = select(DigestRow.leader, func.max(DigestRow.composed_at), func.max(DigestRow.period))
    last = last.where(ours, DigestRow.state == "composed", DigestRow.form != "deaf").group_by(DigestRow.leader)
    told = {leader: (at, week) for leader, at, week in session.execute(last)}
    query = select(DigestRow.leader, DigestRow.period, DigestRow.state, DigestRow.settled_at)
    found: dict[str, list[tuple[str, str]]] = {}
    for leader, week, state, at in session.execute(
        query.where(ours, DigestRow.state.in_(NOT_SENT)).order_by(DigestRow.period.desc())
    ):
        since = told.get(leader)
        if since is None or (at > since[0] if at is not None else week > since[1]):
            found.setdefault(leader, []).append((week, state))
    return found


def _find(session: Session, leader: str, period: str) -> DigestRow | None:
    query = select(DigestRow).where(DigestRow.leader == leader, DigestRow.period == period, DigestRow.kind == WEEKLY)
    return session.scalars(query).one_or_none()


def digest(session: Session, leader: str, period: str) -> StoredDigest | None:
    row = _find(session, leader, period)
    return None if row is None else _digest(row)


def documents(session: Session, period: str, *, sent: bool = False, waiting: bool = False) -> list[Mapping[str, Any]]:
    """The documents of a period, or only those that somebody may have read; with `waiting` those too that may still be
    sent."""
    states = _TOLD if waiting else ("composed",)
    query = select(DigestRow.document).where(DigestRow.period == period, DigestRow.state.in_(states))
    if sent:
        query = query.where(_GONE_OUT)
    return [document for document in session.scalars(query.order_by(DigestRow.leader)) if document is not None]


def forget_all(session: Session) -> None:
    """Every weekly digest and its mails, for a deployment that decides them again."""
    weekly = select(DigestRow.id).where(DigestRow.kind == WEEKLY)
    session.execute(delete(MailRow).where(MailRow.digest_id.in_(weekly)))
    session.execute(delete(DigestRow).where(DigestRow.kind == WEEKLY))


def unsettled(session: Session) -> list[int]:
    """Mails of which more is to come."""
    return list(session.scalars(select(MailRow.id).where(MailRow.state.not_in(FINAL)).order_by(MailRow.id)))


def digest_by_id(session: Session, digest_id: int) -> StoredDigest:
    return _digest(session.get_one(DigestRow, digest_id))


def _digest(row: DigestRow) -> StoredDigest:
    return StoredDigest(
        id=row.id,
        leader=row.leader,
        period=row.period,
        version=row.version,
        state=row.state,
        reason=row.reason,
        document=row.document,
        hidden=row.hidden,
        kind=row.kind,
        settled_by=row.settled_by,
        settled_at=row.settled_at,
        read_by=row.read_by,
    )


def call(session: Session, leader: str, name: str, document: Mapping[str, Any], at: datetime) -> int:
    """The row of one call of an escalation to a reader, made on first use."""
    return aside(session, CALL, leader, name, document, at)


def aside(session: Session, kind: str, reader: str, name: str, document: Mapping[str, Any], at: datetime) -> int:
    """The row of a mail that is no weekly digest, made on first use."""
    row = {"leader": reader, "period": name, "kind": kind, "version": 1, "state": "composed", "composed_at": at}
    ignore(session, DigestRow, [{**row, "document": dict(document), "form": kind}], ["leader", "period", "kind"])
    query = select(DigestRow.id).where(DigestRow.leader == reader, DigestRow.period == name, DigestRow.kind == kind)
    return session.execute(query).scalar_one()


def find(session: Session, kind: str, reader: str, name: str) -> StoredDigest | None:
    """The row of a mail that is no weekly digest."""
    query = select(DigestRow).where(DigestRow.leader == reader, DigestRow.period == name, DigestRow.kind == kind)
    row = session.scalars(query).one_or_none()
    return None if row is None else _digest(row)


def address(session: Session, digest_id: int, recipient: str, message_id: str) -> int:
    """The mail row of a digest to one recipient, made on first use."""
    row = {
        "digest_id": digest_id,
        "recipient": recipient,
        "state": "planned",
        "message_id": message_id,
        "attempt": 0,
        "resent": False,
        "changed_at": db.now(session),
    }
    ignore(session, MailRow, [row], ["digest_id", "recipient"])
    query = select(MailRow.id).where(MailRow.digest_id == digest_id, MailRow.recipient == recipient)
    return session.execute(query).scalar_one()


def mail(session: Session, mail_id: int) -> StoredMail:
    row = session.get_one(MailRow, mail_id)
    return StoredMail(
        id=row.id,
        digest_id=row.digest_id,
        recipient=row.recipient,
        state=row.state,
        message_id=row.message_id,
        message=row.message,
        attempt=row.attempt,
        resent=row.resent,
        first_tried_at=row.first_tried_at,
        reply=row.reply,
        alarm=row.alarm,
    )


def of_mail(session: Session, mail_id: int) -> tuple[str, str]:
    """(kind, period) of the digest that a mail carries."""
    query = select(DigestRow.kind, DigestRow.period).join(MailRow, MailRow.digest_id == DigestRow.id)
    kind, period = session.execute(query.where(MailRow.id == mail_id)).one()
    return kind, period


def set_mail(session: Session, mail_id: int, **values: Any) -> None:
    session.execute(update(MailRow).where(MailRow.id == mail_id).values(**values, changed_at=db.now(session)))


def mails(session: Session, digest_ids: Sequence[int]) -> list[StoredMail]:
    ids = session.scalars(select(MailRow.id).where(MailRow.digest_id.in_(digest_ids)).order_by(MailRow.id)).all()
    return [mail(session, mail_id) for mail_id in ids]


def counts(session: Session, period: str) -> dict[str, int]:
    """How many digests of a period are in each state, and how many mails ("mail:accepted")."""
    digests = select(DigestRow.state, func.count()).where(DigestRow.period == period).group_by(DigestRow.state)
    sent = (
        select(MailRow.state, func.count())
        .join(DigestRow, DigestRow.id == MailRow.digest_id)
        .where(DigestRow.period == period)
        .group_by(MailRow.state)
    )
    found: dict[str, int] = dict(session.execute(digests).all())
    return found | {f"mail:{state}": count for state, count in session.execute(sent)}


def outcomes(session: Session, period: str) -> dict[str, tuple[str, str | None]]:
    """Leader to the states of their digest of a period and of its mail, an accepted one first."""
    query = (
        select(DigestRow.leader, DigestRow.state, MailRow.state)
        .outerjoin(MailRow, MailRow.digest_id == DigestRow.id)
        .where(DigestRow.period == period, DigestRow.kind == WEEKLY)
        .order_by(MailRow.state != "accepted", MailRow.id.desc())
    )
    found: dict[str, tuple[str, str | None]] = {}
    for leader, state, mail in session.execute(query):
        found.setdefault(leader, (state, mail))
    return found


def mail_states(session: Session) -> dict[str, int]:
    """How many mails of any kind are in each state."""
    return dict(session.execute(select(MailRow.state, func.count()).group_by(MailRow.state)).all())


def alarms(session: Session, since: str = "", limit: int = 20) -> list[tuple[str, str, str]]:
    """(leader, period, what) of digests held and mails in trouble in this period and later ones, newest first."""
    held = select(DigestRow.leader, DigestRow.period, DigestRow.reason).where(
        DigestRow.reason.is_not(None),
        DigestRow.period >= since,
        DigestRow.kind == WEEKLY,
        DigestRow.state != "waiting",  # these have a place of their own
    )
    stuck = (
        select(DigestRow.leader, DigestRow.period, MailRow.alarm)
        .join(DigestRow, DigestRow.id == MailRow.digest_id)
        .where(MailRow.alarm.is_not(None), DigestRow.period >= since, DigestRow.kind == WEEKLY)
    )
    rows = [*session.execute(held.order_by(DigestRow.id.desc()).limit(limit))]
    rows += [*session.execute(stuck.order_by(MailRow.id.desc()).limit(limit))]
    return [(leader, period, what or "") for leader, period, what in rows]


def troubled(session: Session, since: str, limit: int) -> list[Trouble]:
    """Digests of this period and later ones that were not simply sent, newest first: held by a gate, without an
    address, paused, skipped, refused, or mailed into an alarm. What waits for a person's word is not among them."""
    digest = select(DigestRow.leader, DigestRow.period, DigestRow.state, DigestRow.reason).where(
        DigestRow.period >= since, DigestRow.state.not_in(("planned", *_TOLD))
    )
    mail = (
        select(DigestRow.leader, DigestRow.period, MailRow.state, MailRow.alarm)
        .join(DigestRow, DigestRow.id == MailRow.digest_id)
        .where(DigestRow.period >= since, MailRow.alarm.is_not(None))
    )
    rows = [*session.execute(digest.order_by(DigestRow.id.desc()).limit(limit))]
    rows += [*session.execute(mail.order_by(MailRow.id.desc()).limit(limit))]
    found = [Trouble(leader, period, state, what or "") for leader, period, state, what in rows]
    return sorted(found, key=lambda one: one.period, reverse=True)


def quoting(session: Session, issue: str) -> list[Mapping[str, Any]]:
    """The documents that name an issue ("source:external_id") and that somebody may have read, oldest first.

    What is looked through is as old as the issue: no digest of a week before it was written can name it.
    """
    named = cast(DigestRow.document, Text).contains(json.dumps(issue)[1:-1], autoescape=True)
    query = select(DigestRow.document).where(DigestRow.state == "composed", _GONE_OUT, named)
    began = first_known(session, identity(issue))
    if began is not None:  # letters come after figures, so that this leaves out no copy for a team and no call
        query = query.where(DigestRow.period >= periods.period_at(began - timedelta(days=1), "UTC").label)
    found = session.scalars(query.order_by(DigestRow.period, DigestRow.leader))
    return [document for document in found if document is not None]


AWAY = 8
"""Weeks that a leader may have been away and is still told of."""


def spoken(session: Session, weeks: Sequence[str]) -> dict[str, list[Spoken]]:
    """What the digests of these weeks, the latest first, said to each leader: back to the last that was sent, and no
    further than one that was neither sent nor kept back because its leader was away."""
    query = select(DigestRow.leader, DigestRow.period, DigestRow.state, DigestRow.id, DigestRow.read_by)
    query = query.where(DigestRow.kind == WEEKLY, DigestRow.period.in_(weeks[:AWAY]))
    state = {(leader, period): (state, row, by) for leader, period, state, row, by in session.execute(query)}
    wanted: dict[int, tuple[str, str, bool, bool]] = {}
    for leader in sorted({leader for leader, _ in state}):
        for week in weeks[:AWAY]:
            became, row, by = state.get((leader, week), ("", 0, None))
            if became not in ("composed", "paused"):
                break
            sent = became == "composed" and by is None
            wanted[row] = (leader, week, sent, by is not None)
            if sent:
                break
    documents: dict[int, Mapping[str, Any] | None] = {}
    ids = sorted(wanted)
    for at in range(0, len(ids), 500):
        some = select(DigestRow.id, DigestRow.document).where(DigestRow.id.in_(ids[at : at + 500]))
        documents |= dict(session.execute(some).all())
    found: dict[str, list[Spoken]] = {}
    for row, (leader, week, sent, delegated) in wanted.items():
        document = documents.get(row) or {}
        people = {p["id"]: p["people"] for part in ("pains", "also_open") for p in document.get(part, ())}
        found.setdefault(leader, []).append(Spoken(week=week, people=people, sent=sent, delegated=delegated))
    return found


def quoted(session: Session, weeks: Sequence[str]) -> dict[str, set[str]]:
    """Leader to the issues ("source:external_id") whose words their digests of these weeks quoted."""
    query = select(DigestRow.leader, DigestRow.document)
    query = query.where(DigestRow.kind == WEEKLY, DigestRow.state.in_(_TOLD), DigestRow.period.in_(weeks))
    found: dict[str, set[str]] = {}
    for leader, document in session.execute(query):
        parts = document or {}
        said = [quote for pain in parts.get("pains", ()) for quote in pain["quotes"]]
        said += [one["quote"] for one in parts.get("passed_on", ()) if one["quote"]]
        said += [*parts.get("heard_once", ()), *(win["quote"] for win in parts.get("wins", ()) if win["quote"])]
        found.setdefault(leader, set()).update(quote["issue"] for quote in said)
    return found


def told_to(session: Session, leader: str, since: str, until: str) -> list[Mapping[str, Any]]:
    """The documents that a leader may have read of the periods from `since` to `until`, both included, oldest first."""
    query = select(DigestRow.document).where(
        DigestRow.leader == leader,
        DigestRow.period.between(since, until),
        DigestRow.kind == WEEKLY,
        DigestRow.state == "composed",
        _GONE_OUT,
    )
    return [document for document in session.scalars(query.order_by(DigestRow.period)) if document is not None]


def told_later(session: Session, leader: str, period: str) -> list[Mapping[str, Any]]:
    """The documents of later periods that a leader was told, or may still be."""
    query = select(DigestRow.document).where(DigestRow.leader == leader, DigestRow.period > period)
    query = query.where(DigestRow.kind == WEEKLY, DigestRow.state.in_(_TOLD)).order_by(DigestRow.period)
    return [document for document in session.scalars(query) if document is not None]


def told_between(session: Session, since: str, until: str) -> Iterator[Mapping[str, Any]]:
    """The documents of all leaders that somebody may have read of these periods, both included, oldest first."""
    query = (
        select(DigestRow.document)
        .where(DigestRow.period.between(since, until), DigestRow.kind == WEEKLY, DigestRow.state == "composed")
        .where(_GONE_OUT)
        .order_by(DigestRow.period, DigestRow.leader)
    )
    yield from (document for document in session.scalars(query.execution_options(yield_per=50)) if document is not None)
