"""What becomes of a mail that came back: a bounce makes its leader unheard, an answer is kept and confirmed, and what
is neither waits for a person. Everything happens in the transaction that writes the mail down, so it happens once.

No loop can begin here: only a mail that a leader wrote is answered, at most once, and our mail carries no address that
would be read as an answer. A team whose leader's mails bounce is unheard: operators see it, and one leader is told.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email import message_from_bytes
from html import escape
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from pipeline import answers as answering
from pipeline import correcting, escalating, listening, mailing, returned, standing_in, telling
from pipeline.answers import Given, NotAnAnswer
from pipeline.correcting import Teller
from pipeline.digest import mime
from pipeline.digest.document import Document, Pain
from pipeline.digest.phrasebook import Tongue
from pipeline.escalate import NotNow
from pipeline.house import House
from pipeline.letters import Letter
from pipeline.links import LIFE
from pipeline.objections import REASONS, NotACorrection
from pipeline.org import Org
from pipeline.return_path import Purpose
from pipeline.returned import Automatic, Corrected, Reply, Report, Returned
from pipeline.store import audit, db, digests, escalations, listeners, work
from pipeline.store import returned as store
from pipeline.store.returned import Sent

OFFER: Final = "until then somebody can read in their place: leafnotes listen {leader} --pause --delegate ID"
KIND: Final = "note"
"""Of the work rows that send our own mails about what came back."""
SOFT: Final = timedelta(hours=48)
"""Mails that do not arrive for so long, for whatever passing reason, do not arrive."""
SOFT_WITHIN: Final = timedelta(days=15)
"""How long after one such bounce the next one still belongs to it: two weekly mails."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of a mail. `what` is that of its row, or `again` where it had come before."""

    what: str
    leader: str | None = None
    reason: str | None = None


def take(session: Session, mail: Returned, house: House, *, zone: str, now: datetime) -> Taken:
    """Write a mail down and do what follows from it. The same mail a second time changes nothing."""
    row = store.keep(session, mail.key, message_id=mail.message_id, what="person", excerpt=mail.excerpt, at=now)
    if row is None:
        return Taken(what="again")
    if isinstance(mail.found, Report):
        return _reported(session, row, mail, mail.found, house, now)
    if isinstance(mail.found, Automatic):
        sent = _sent(session, mail, house, "reply") or _sent(session, mail, house, "bounce")
        return _settled(session, row, "automatic", sent, mail.found.why, now)
    return _replied(session, row, mail, mail.found, house, zone, now)


def _sent(session: Session, mail: Returned, house: House, purpose: Purpose) -> Sent | None:
    """The mail of ours that a genuine token of this purpose names."""
    for token in mail.tokens:
        sent = store.sent(session, token.mail) if token.purpose == purpose else None
        if sent is None or house.returns is None:
            continue
        if house.returns.signed(token, leader=sent.leader, period=sent.period):
            return sent
    return None


def _settled(
    session: Session, row: int, what: str, sent: Sent | None, reason: str | None, done: datetime | None
) -> Taken:
    leader = None
    if sent is not None:
        leader = sent.reader
        store.change(
            session, row, mail_id=sent.id, leader=sent.reader, period=sent.period, recipient=sent.recipient.lower()
        )
    store.change(session, row, what=what, reason=reason, done=done)
    return Taken(what=what, leader=leader, reason=reason)


# --- bounces


def _reported(session: Session, row: int, mail: Returned, report: Report, house: House, now: datetime) -> Taken:
    sent = _sent(session, mail, house, "bounce")
    if sent is None:
        says = report.said or mail.subject
        return _settled(session, row, "unknown", None, f"a report of a mail system about no mail of ours: {says}", None)
    said = f" ({report.said[:200]})" if report.said else ""
    reason = f"bounced {report.status or 'without a status'} on {now:%Y-%m-%d}{said}"
    if report.trouble in ("delayed", "success"):
        return _settled(session, row, report.trouble, sent, reason, now)
    if report.trouble == "unknown":
        return _settled(session, row, "unknown", sent, f"a mail system says something unclear{said}", None)
    recipient = sent.recipient.lower()
    lasting = report.trouble == "soft" and store.soft_before(
        session, sent.reader, recipient, now - SOFT_WITHIN, now - SOFT
    )
    stops = report.trouble == "hard" or lasting
    noted = store.was_noted(session, sent.reader, recipient)
    taken = _settled(session, row, report.trouble, sent, reason, None)
    store.change(session, row, stops=stops, status=report.status)
    known = escalations.of_call(session, sent.digest_id) if stops and sent.kind == digests.CALL else None
    if known is not None:  # whoever was asked will never read it: it climbs now
        escalations.change(session, known[0].id, look_at=now)
        escalating.ask(session, [known[0].issue_id])
    if (stops or report.trouble == "policy") and not noted and sent.read_by is None:
        _tell_delegate(session, row, sent, report, house, now)
    return taken


def _tell_delegate(session: Session, row: int, sent: Sent, report: Report, house: House, now: datetime) -> None:
    """A word to one leader that nobody hears these teams: the delegate, or the next one above who can be reached."""
    org, unheard = house.org, store.unheard(session, house.org)
    named = listeners.get(session, sent.leader).delegate
    paused = listeners.paused(session, now)
    able = named is not None and listening.why_not(org, sent.leader, named, paused, unheard) is None
    wanted = [*([named] if named is not None and able else []), *org.above(sent.leader)]
    delegate = next(
        (one for one in wanted if one != sent.leader and org.people[one].email and one not in unheard), None
    )
    if delegate is None:
        return
    who = org.office(sent.leader, named=True)
    teams = ", ".join(org.teams[team].name for team in org.led_by(sent.leader))
    why = "as you read in their place while they are away" if delegate == named else "as you lead above them"
    text = (
        f"The leaf notes of {who} do not arrive: the mail system says {report.status or 'no'} to their address.\n\n"
        f"Until that is put right nobody hears {teams or 'their teams'}. An operator of {house.name}'s leaf notes sees "
        f"this too. You get this once, {why}: please see to it that somebody listens.\n"
    )
    subject = f"{who[:1].upper()}{who[1:]} cannot be reached: leaf notes come back"
    _note(session, row, house, to=delegate, subject=subject, text=text, now=now)


# --- replies


class _ForAPerson(Exception):
    """Why a reply is not taken as an answer."""


def _replied(session: Session, row: int, mail: Returned, reply: Reply, house: House, zone: str, now: datetime) -> Taken:
    sent = _sent(session, mail, house, "reply")
    try:
        if sent is None:
            raise _ForAPerson("it came to no address that a mail of ours named for replies")
        _must_be_theirs(session, reply, sent, house, now)
        audit.acting(session, audit.By("mail", sent.reader))
        store.clear(session, sent.reader, now)
        wrong = returned.corrected(reply.text)
        if wrong is not None:
            return _corrected(session, row, mail, sent, wrong, house, zone, now)
        said = returned.said(reply.text)
        if sent.kind == digests.CALL and (said is None or said.verb != "pause"):
            return _to_call(session, row, mail, reply, sent, house, now)
        if said is None:
            raise _ForAPerson("its first line is not in the form of an answer")
        if said.verb == "pause":
            return _pause(session, row, mail, sent, house, now)
        document, pain = _asked(sent, said.number, house.org, now)
        today = now.astimezone(ZoneInfo(zone)).date()
        given = returned.given(said, leader=sent.leader, org=house.org, today=today)
        _give(session, mail, document, pain, given, house, sent, now)
    except (_ForAPerson, NotAnAnswer, NotACorrection, NotNow) as why:
        return _settled(session, row, "person", sent, str(why), None)
    taken = _settled(session, row, "answer", sent, None, now)
    _confirm(
        session, row, mail, sent, house, subject=f"Kept: {pain.title}", text=_echo(sent, pain, given, house), now=now
    )
    return taken


def _give(
    session: Session,
    mail: Returned,
    document: Document,
    pain: Pain,
    given: Given,
    house: House,
    sent: Sent,
    now: datetime,
) -> None:
    telling.give(
        session,
        pain=pain.id,
        leader=sent.leader,
        period=document.period.label,
        given=given,
        how="mail",
        nonce=f"mail:{mail.key[:50]}",
        at=now,
        modes=house.answering,
        by=sent.read_by,
    )


def _corrected(
    session: Session,
    row: int,
    mail: Returned,
    sent: Sent,
    wrong: Corrected,
    house: House,
    zone: str,
    now: datetime,
) -> Taken:
    """Keep what the reader says is wrong, and say back what was kept."""
    document = _notes(sent, house.org, now)
    teller = Teller(
        by=sent.leader,
        how="mail",
        period=document.period.label,
        org=house.org,
        at=now,
        who=standing_in.reader(house.org, sent.leader, sent.read_by) if sent.read_by is not None else None,
        given_by=sent.read_by,
    )
    if wrong.what == "not_mine":
        kept = _not_mine(session, mail, document, wrong, house, sent, zone, now)
    else:
        kept = _SAY[wrong.what](session, teller, document, wrong)
    taken = _settled(session, row, "correction", sent, None, now)
    text = f"{kept}\n\nIs that not what you meant? Correct it on the page of your leaf notes, or write to a person.\n"
    _confirm(session, row, mail, sent, house, subject="Kept: what you said is wrong", text=text, now=now)
    return taken


def _wrong_quote(session: Session, teller: Teller, document: Document, wrong: Corrected) -> str:
    quote = correcting.quotation_of(document, wrong.number, wrong.which)
    reason = next((name for name in REASONS if wrong.rest and wrong.rest.casefold() == name), "private")
    correcting.wrong_quote(session, teller, quote.issue, reason, "" if wrong.rest.casefold() == reason else wrong.rest)
    return (
        f"These words are shown to nobody any more:\n\n    {quote.text}\n\n"
        "Whoever was shown them reads in the next leaf notes that they were withdrawn."
    )


def _wrong_label(session: Session, teller: Teller, document: Document, wrong: Corrected) -> str:
    pain = correcting.pain_at(document, wrong.number)
    side = wrong.rest.casefold()
    correcting.wrong_label(session, teller, pain.issues, side)
    sides = {"developer": "developer pain", "customer": "customer pain", "none": "no pain"}
    return (
        f"The issues that your leaf notes name under number {wrong.number}, {pain.title}, are {sides[side]} "
        "from now on, because you said so. What is like them is judged again too."
    )


def _wrong_guess(session: Session, teller: Teller, document: Document, wrong: Corrected) -> str:
    guess = correcting.guess_at(document, wrong.number)
    correcting.wrong_guess(session, teller, guess, wrong.rest)
    return f"You said that this is not so, and it will be shown as wrong: {guess.hypothesis}."


_SAY: Final = {"quote": _wrong_quote, "label": _wrong_label, "guess": _wrong_guess}


def _not_mine(
    session: Session,
    mail: Returned,
    document: Document,
    wrong: Corrected,
    house: House,
    sent: Sent,
    zone: str,
    now: datetime,
) -> str:
    """A whole pain is handed on by an answer, and waits for theirs."""
    pain = correcting.pain_at(document, wrong.number)
    to = returned.leader_named(house.org, wrong.rest)
    if not to:
        raise NotACorrection(f"{wrong.rest[:80]!r} is not the name of one leader or of one team with a leader.")
    given = answering.check(
        kind="belongs",
        text=f"It belongs to {house.org.office(to).removeprefix('the lead of ')}.",
        due="",
        to=to,
        leader=sent.leader,
        leaders=house.org.leaders,
        today=now.astimezone(ZoneInfo(zone)).date(),
    )
    _give(session, mail, document, pain, given, house, sent, now)
    return (
        f"Number {wrong.number}, {pain.title}, is handed to {house.org.office(to, named=True)}. It counts once they "
        "answer; until then those who wrote wait, and you see it."
    )


def _must_be_theirs(session: Session, reply: Reply, sent: Sent, house: House, now: datetime) -> None:
    """The reply comes from whoever our mail went to, they still stand where they stood, and the operator's mail server
    says that it is theirs."""
    named = house.ladder.named if sent.kind == digests.CALL else frozenset[str]()
    leads = sent.leader in house.org.leaders or sent.leader in named & house.org.people.keys()
    place = _place(session, sent)
    if place is not None and standing_in.away(session, house.org).places(house.org, now).get(place) != sent.reader:
        raise _ForAPerson(f"{sent.reader} does not read in the place of {place} any more")
    if not leads and (place is None or sent.read_by is not None):
        raise _ForAPerson(f"{sent.leader} leads no team any more")
    person = house.org.people.get(sent.reader)
    own = (person.email if person is not None else None) or ""
    if reply.sender is not None and reply.sender != own.lower():
        raise _ForAPerson(f"it comes from {reply.sender}, which is not the address of {sent.reader}")
    if reply.doubt is not None:
        raise _ForAPerson(f"that {sent.reader} wrote it is not certain: {reply.doubt}")


def _place(session: Session, sent: Sent) -> str | None:
    """The leader in whose place somebody got a mail."""
    if sent.read_by is not None:
        return sent.leader
    known = escalations.of_call(session, sent.digest_id) if sent.kind == digests.CALL else None
    return None if known is None else known[1].instead_of


_TO_CALL: Final = {
    "own": "You own the answer.",
    "decline": "Not now, with your reason. A no with a reason is an answer: it stops here.",
    "wrong": "It should not have come. It ends here, and its rule learns from it.",
    "snooze": "It is put off until the end of that day; then it climbs, unless somebody answered.",
}


def _to_call(
    session: Session, row: int, mail: Returned, reply: Reply, sent: Sent, house: House, now: datetime
) -> Taken:
    """A reply to a call does what its page does: the first word counts. Whoever wrote reads what became of it."""
    known = escalations.of_call(session, sent.digest_id)
    if known is None:
        raise _ForAPerson("the escalation that it answers is gone")
    kept, told = known
    if now >= told.at + LIFE:
        raise _ForAPerson(f"the call that it answers is older than {LIFE.days} days")
    said = returned.to_call(reply.text)
    if said is None:
        raise _ForAPerson("its first line is not in the form of an answer to a call")
    what, line = said
    if kept.waits:
        escalating.act(session, kept, sent.leader, what, line, house, now)
        subject = "Kept: your answer to what was escalated"
        text = f"{_TO_CALL[what]}\n\n    {line}" if line else _TO_CALL[what]
    else:
        who = kept.ended_by
        by = f" by {house.org.office(who)}" if who is not None and who in house.org.people else ""
        subject, text = "It was over already", f"What was escalated was over before your mail came: {kept.state}{by}."
    taken = _settled(session, row, "answer", sent, None, now)
    _confirm(session, row, mail, sent, house, subject=subject, text=f"{text}\n", now=now)
    return taken


def _notes(sent: Sent, org: Org, now: datetime) -> Document:
    """The leaf notes that a reply is about, of somebody who leads there still."""
    if sent.kind in (digests.CHECK_IN, digests.PREVIEW):
        raise _ForAPerson("it answers a mail that is no leaf notes")
    if sent.document is None or sent.state == "held":
        raise _ForAPerson("the leaf notes that it answers were taken back")
    document = Document.from_json(sent.document)
    if not org.leads_any(sent.leader, [path[0] for path in document.led]):
        raise _ForAPerson(f"{sent.leader} does not lead any more what these leaf notes are about")
    if now >= document.generated_at + LIFE:
        raise _ForAPerson(f"the leaf notes that it answers are older than {LIFE.days} days")
    return document


def _asked(sent: Sent, number: int | None, org: Org, now: datetime) -> tuple[Document, Pain]:
    """The pain that is answered: the one with this number in the mail, else the one that the mail asked about."""
    document = _notes(sent, org, now)
    if number is not None:
        if not 1 <= number <= len(document.pains):
            raise _ForAPerson(f"there is no number {number} in the leaf notes that it answers")
        return document, document.pains[number - 1]
    asked = None if document.ask is None else document.ask.pain
    pain = next((one for one in document.pains if one.id == asked), None)
    if pain is None and len(document.pains) == 1:
        pain = document.pains[0]
    if pain is None:
        raise _ForAPerson("it does not say which of the pains it answers")
    return document, pain


def _pause(session: Session, row: int, mail: Returned, sent: Sent, house: House, now: datetime) -> Taken:
    before = listeners.get(session, sent.leader)
    if sent.read_by is not None:
        listeners.keep(session, replace(before, delegate=None), now)
        taken = _settled(session, row, "pause", sent, None, now)
        text = "You do not read in their place any more. What you said in their place is kept.\n"
        _confirm(session, row, mail, sent, house, subject="You do not read in their place any more", text=text, now=now)
        return taken
    listeners.keep(session, listening.changed(before, now, pause=True), now)
    taken = _settled(session, row, "pause", sent, None, now)
    text = (
        "Your leaf notes are paused from now on. Operators see that nobody listens for your teams.\n\n"
        "To listen again, open the address at which mails are unsubscribed, or tell an operator.\n"
    )
    _confirm(session, row, mail, sent, house, subject="Your leaf notes are paused", text=text, now=now)
    return taken


_KIND: Final = {
    "act": "you will act",
    "understand": "you want to understand first",
    "belongs": "it belongs to",
    "not_now": "not now, because",
}


def _echo(sent: Sent, pain: Pain, given: Given, house: House) -> str:
    """What was kept, and what those who wrote will read."""
    whom = f" {house.org.office(given.to, named=True)}" if given.to else ""
    by = f" (by {given.due.isoformat()})" if given.due else ""
    who = house.org.acting(sent.leader, sent.read_by)
    told = answering.draft(given, who=who, organisation=house.name)
    return (
        f'Your answer to "{pain.title}" was kept: {_KIND[given.kind]}{whom}{by}:\n\n'
        f"    {given.text}\n\n"
        f"Those who wrote will read:\n\n"
        f"    {told}\n\n"
        "Is it not right? Reply to your leaf notes once more, not to this mail: your last answer counts.\n"
    )


def _confirm(
    session: Session, row: int, mail: Returned, sent: Sent, house: House, *, subject: str, text: str, now: datetime
) -> None:
    _note(session, row, house, to=sent.reader, subject=subject, text=text, now=now, answers=mail.message_id)


# --- our own mails about it


def _note(
    session: Session,
    row: int,
    house: House,
    *,
    to: str,
    subject: str,
    text: str,
    now: datetime,
    answers: str | None = None,
) -> None:
    """Write the one mail that a returned one leads to, in its reader's language, and ask for its sending. Paragraphs
    that are set in hold what people wrote, and stay as they are."""
    say, recipient = Tongue(house.speaks(to)), house.org.people[to].email or ""
    parts = [one if one.startswith(" ") else say(one) for one in text.rstrip().split("\n\n")]
    subject = say(subject)
    paragraphs = "".join(f"<p>{escape(one.strip())}</p>\n" for one in parts)
    title = f'<html lang="{say.language}">\n<title>{escape(subject)}</title>'
    try:
        message = mime.build(
            text="\n\n".join(parts) + "\n",
            html=f"<!doctype html>\n{title}\n{paragraphs}",
            subject=subject[:200],
            sender=house.sender,
            recipient=recipient,
            date=now,
            message_id=mime.message_id(house.domain, f"note {row}", now.isoformat(), 1),
            list_id=f"{house.name} leaf notes <leaf-weekly.{house.domain}>",
            reference=f"note.{row}",
            answers=answers,
            language=say.language,
        )
    except mime.UnsafeMailError as error:
        store.change(session, row, note_alarm=str(error))
        return
    store.change(session, row, note_to=recipient, note=message, note_state="rendered")
    work.request(session, KIND, str(row))


def prepare(session: Session, row: int, house: House, *, safe_to_repeat: bool) -> Letter | None:
    """Claim a note before connecting; None where nothing is left to do. What may have been sent is not sent again."""
    note = store.note(session, row)
    if note is None or note.state in mailing.FINAL or note.state == "unknown":
        return None
    if note.state == "sending" and not safe_to_repeat:
        step = mailing.after_crash(resent=False, on_unknown="hold")
        store.change(session, row, note_state=step.state, note_alarm=step.alarm)
        return None
    tried_at = note.tried_at or db.now(session)
    store.change(session, row, note_state="sending", note_attempt=note.attempt + 1, note_tried_at=tried_at)
    text, html = _bodies(note.message)
    return Letter(
        name=f"notes/{row}",
        message=note.message,
        text=text,
        html=html,
        document={},
        sender=house.sender,
        recipient=note.to,
        envelope=house.returns.plain("bounce") if house.returns is not None else None,
    )


def _bodies(message: bytes) -> tuple[str, str]:
    parts = [part.get_payload(decode=True) for part in message_from_bytes(message).walk() if not part.is_multipart()]
    text, html = (part.decode() if isinstance(part, bytes) else "" for part in parts)
    return text, html


def record(session: Session, row: int, outcome: str, alarm: str | None) -> timedelta | None:
    """Write down what the mail server said of a note; how long to wait before the next try, None: it is settled."""
    note = store.note(session, row)
    if note is None:
        return None
    step = mailing.after(
        outcome,
        attempt=note.attempt,
        resent=False,
        first_tried_at=note.tried_at,
        now=db.now(session),
        on_unknown="hold",
        alarm=alarm,
    )
    store.change(session, row, note_state=step.state, note_alarm=step.alarm)
    audit.record(session, audit.SYSTEM, "send", f"note {row}: {step.state}", about=note.to)
    return step.wait


def line(row: store.Stored) -> str:
    """One line for operators about what waits for them."""
    if row.done is not None:
        return f"note {row.id} to {row.note_to}: {row.note_alarm}"
    if row.what in store.TROUBLES and row.leader is not None:
        told = f"; {row.note_to} was told" if row.note_to else "; nobody else could be told"
        if row.stops:
            return f"{row.leader} is unheard: {row.reason}{told}; {OFFER.format(leader=row.leader)}"
        return f"mails to {row.leader}: {row.reason}" + (told if row.what == "policy" else "")
    whose = f" of {row.leader}" if row.leader else ""
    excerpt = " ".join(row.excerpt.split())[:160]
    return f"returned mail {row.id}{whose} waits for a person: {row.reason}: {excerpt}"
