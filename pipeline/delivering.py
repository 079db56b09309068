"""A mail on its way: looked at once more, rendered once, claimed before connecting, and its outcome written down."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from pipeline import checking_in, escalating, letters, mailing, passing_on, previewing, standing_in
from pipeline.composing import MAILED, documents, in_their_place, material_of, revise
from pipeline.digest.call import Call
from pipeline.digest.document import Document
from pipeline.house import House
from pipeline.links import from_store
from pipeline.store import audit, db, digests, escalations, registry
from pipeline.store import material as material_store
from pipeline.store.withheld import withheld


def prepare(
    session: Session, mail_id: int, house: House, *, safe_to_repeat: bool, at: datetime
) -> letters.Letter | timedelta | None:
    """Claim a mail before connecting: the bytes are rendered once and kept, `sending` is committed by the caller.

    Returns how long to wait where it is not yet time, and None where nothing is left to do. What became private since
    composing is taken out: the digest is composed again, as a new version, never silently sent.
    """
    mail = digests.mail(session, mail_id)
    if mail.state in mailing.FINAL:
        return None
    digest = digests.digest_by_id(session, mail.digest_id)
    if mail.state == "sending" and not safe_to_repeat:
        return _unknown(session, mail, digest.kind)
    untouched = mail.message is None or (mail.state == "deferred" and not mail.resent)
    optional = digest.kind in (digests.CHECK_IN, digests.PREVIEW)
    if untouched or optional:  # no server can have it: what may no longer be shown is taken out now
        refused, fresh, wait = _recheck(session, mail, digest, house, at)
        if wait is not None:
            return wait
        if refused:
            told = {"reply": refused} if optional else {"alarm": refused}  # it alarms nobody
            digests.set_mail(session, mail_id, state="rejected", **told)
            _forget_bytes(session, mail_id, digest.kind)
            return None
        mail = replace(mail, message=None) if fresh else mail
        if fresh or digest.kind != digests.WEEKLY:
            digest = digests.digest_by_id(session, mail.digest_id)
    words = _rendered(session, digest, house)
    replies, bounces = _returns(house, mail.id, digest.leader, digest.period)
    message = mail.message or words.message(mail.recipient, mail.message_id, house, replies)
    now = db.now(session)
    if not safe_to_repeat:
        registry.set_mark_once(session, MAILED, now.isoformat())
    digests.set_mail(
        session,
        mail_id,
        state="sending",
        message=message,
        attempt=mail.attempt + 1,
        first_tried_at=mail.first_tried_at or now,
    )
    return letters.Letter(
        name=_file_of(digest),
        message=message,
        text=words.text,
        html=words.html,
        document=from_store(digest.document, house.links, digest.read_by),
        sender=house.sender,
        recipient=mail.recipient,
        envelope=bounces,
    )


def _file_of(digest: digests.StoredDigest) -> str:
    """What a folder calls the mail of a digest."""
    if digest.kind == digests.TEAM:
        return f"{digests.week_of(digest.period)}/{digest.leader}.team"
    folder = {digests.CALL: "calls", digests.CHECK_IN: "check-ins", digests.PREVIEW: "previews"}.get(digest.kind)
    return f"{digest.period}/{digest.leader}" if folder is None else f"{folder}/{digest.period}.{digest.leader}"


def _returns(house: House, mail: int, leader: str, period: str) -> tuple[str | None, str | None]:
    """Where replies to a mail and reports of it go; None where that is not asked for."""
    path = house.returns
    if path is None:
        return None, None
    return (
        path.address("reply", mail=mail, leader=leader, period=period),
        path.address("bounce", mail=mail, leader=leader, period=period),
    )


def _rendered(session: Session, digest: digests.StoredDigest, house: House) -> letters.Words:
    reference = f"{digest.period}.{digest.leader}.{digest.version}"
    if digest.kind == digests.WEEKLY:
        document = Document.from_json(from_store(digest.document, house.links, digest.read_by))
        if digest.read_by is not None:
            document = _as_delegated(session, document, digest.read_by, house)
        words = replace(letters.weekly(document, reference), read_by=digest.read_by)
        return words if digest.settled_at is None else replace(words, date=digest.settled_at)
    if digest.kind == digests.TEAM:
        return letters.for_team(Document.from_json(digest.document or {}), reference)
    if digest.kind == digests.CHECK_IN:
        return letters.called(checking_in.words(digest, house), reference, "check-in")
    if digest.kind == digests.PREVIEW:
        return letters.called(previewing.notice(session, digest, house), reference, "preview")
    call, known = Call.from_json(from_store(digest.document, house.links)), escalations.of_call(session, digest.id)
    return letters.called(call, reference, "escalation", known[0].thread if known is not None else digest.period)


def _as_delegated(session: Session, document: Document, delegate: str, house: House) -> Document:
    """A leader's notes as their delegate reads them: in the delegate's language, and with in whose place."""
    read = standing_in.as_read(document, delegate, house)
    return replace(read, notes=(standing_in.line(session, document.leader, house), *document.notes))


def _unknown(session: Session, mail: digests.StoredMail, kind: str) -> timedelta | None:
    """A worker died while it was sending: whether the server took the mail is not known."""
    step = mailing.after_crash(resent=mail.resent)
    digests.set_mail(session, mail.id, state=step.state, resent=True, alarm=step.alarm)
    _forget_bytes(session, mail.id, kind)
    return step.wait


def _forget_bytes(session: Session, mail_id: int, kind: str) -> None:
    """The mail of a check-in holds the ticket of a person: once it is settled nobody needs it any more."""
    if kind == digests.CHECK_IN and digests.mail(session, mail_id).state in mailing.FINAL:
        digests.set_mail(session, mail_id, message=None)


def _recheck(
    session: Session, mail: digests.StoredMail, digest: digests.StoredDigest, house: House, at: datetime
) -> tuple[str | None, bool, timedelta | None]:
    """(why nothing may be sent, whether it was composed again, how long to wait first)."""
    if digest.kind == digests.CALL:
        checked = escalating.recheck(session, digest, house, at)
        return checked.refused, checked.call is not None, checked.wait
    if digest.kind == digests.CHECK_IN:
        asked = checking_in.recheck(session, digest, house, at)
        return asked.refused, False, asked.wait
    if digest.kind == digests.PREVIEW:
        untouched = mail.state != "sending" and not mail.resent  # its words are chosen when it goes
        return previewing.recheck(session, digest, house, at), untouched, None
    if digest.kind == digests.TEAM:
        return (*passing_on.recheck(session, digest, house), None)
    refused, fresh = _compose_again(session, digest, house)
    if refused is None and digest.read_by is not None:
        refused = _not_theirs_any_more(session, digest.id, house, at)
    return refused, fresh, None


def _not_theirs_any_more(session: Session, digest_id: int, house: House, at: datetime) -> str | None:
    """Why notes that are on their way to a delegate wait for their leader instead; None where they go out."""
    digest = digests.digest_by_id(session, digest_id)
    away = standing_in.away(session, house.org)
    if away.since(digest.leader, at) is None:
        why: str | None = f"{digest.leader} listens again; they wait for the next leaf notes"
        delegate = None
    else:
        document = Document.from_json(digest.document or {})
        delegate, why = in_their_place(session, digest.leader, document, house, away, at)
    if delegate is not None and delegate == digest.read_by:
        return None
    why = why or f"{digest.leader} named somebody else while they were on their way"
    digests.keep_back(session, digest_id, why)
    return why


def _compose_again(session: Session, digest: digests.StoredDigest, house: House) -> tuple[str | None, bool]:
    """(why nothing may be sent, whether it was composed again) where something of the period may no longer be shown."""
    if digest.leader not in house.org.leaders:
        return f"{digest.leader} leads no team any more", False
    document = Document.from_json(digest.document or {})
    hidden = withheld(session, document.period, house.org)
    passed_on = [one.quote.issue for one in document.passed_on if one.quote is not None]
    if hidden == digest.hidden and not material_store.may_not_be_quoted(session, passed_on):
        return None, False
    material = material_of(session, document.period, house)
    # Those not sent yet are composed again in their own turn, and compared with this one then.
    others = [d for d in documents(session, digest.period, sent=True) if d.leader != digest.leader]
    return revise(session, digest, material, house, others, hidden), True


def record(session: Session, mail_id: int, outcome: str, reply: str, alarm: str | None) -> timedelta | None:
    """Write down what the mail server said; how long to wait before the next try, None where it is settled."""
    mail = digests.mail(session, mail_id)
    step = mailing.after(
        outcome,
        attempt=mail.attempt,
        resent=mail.resent,
        first_tried_at=mail.first_tried_at,
        now=db.now(session),
        alarm=alarm,
    )
    digests.set_mail(
        session,
        mail_id,
        state=step.state,
        resent=mail.resent or outcome == "unknown",
        reply=reply[:1000],
        alarm=step.alarm,
        **({"message": None} if step.state in mailing.FINAL else {}),  # its links are nobody else's
    )
    digest = digests.digest_by_id(session, mail.digest_id)
    _forget_bytes(session, mail_id, digest.kind)
    sent = f"{digest.kind} {digest.period}: {step.state}"
    audit.record(session, audit.SYSTEM, "send", sent, about=digest.leader, version=str(digest.version))
    if step.state in mailing.LOST:
        known = escalations.of_call(session, digest.id) if digest.kind == digests.CALL else None
        escalating.ask(session, [known[0].issue_id] if known is not None else [])
    return step.wait
