"""A leader's copy for their team, from what is known now: looked at on a page, or mailed to the leader, once a week.

It goes to the leader alone, who passes it on. It is made anew before it is sent, so that what became private since is
not in it, and a copy that fails a gate is never shown.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from pipeline.composing import Written
from pipeline.digest import edition, gates_team, mime
from pipeline.digest.document import Document
from pipeline.digest.index import index
from pipeline.digest.select import View
from pipeline.house import House
from pipeline.store import digests, work
from pipeline.store import material as material_store


def write(session: Session, decided: Document, house: House, at: datetime) -> Written:
    """The team's copy of a leader's notes of a week, as it may be told at a moment, with the gates that it fails."""
    period, org = decided.period, house.org
    known = material_store.read(session, period, org, house.kinds, house.workdays)
    known = material_store.answered_until(session, known, period, org, at)
    sorted_once = index(known, org)
    view = View(sorted_once, decided.leader, period, at)
    view = View(sorted_once, decided.leader, period, at, edition.unsaid(view, decided))
    document = edition.compose(view, house.name)
    text, html = edition.text(document), edition.html(document)
    return Written(document, text, html, tuple(gates_team.failures(document, text, html, view)))


def send(session: Session, copy: Written, house: House) -> bool:
    """Put a copy on its way to its leader; False where this week's copy is on its way or there is no address."""
    leader, week = copy.document.leader, copy.document.period.label
    address = house.org.people[leader].email
    if copy.failures or not address or sent(session, leader, week) is not None:
        return False
    name = digests.team_name(week)
    digest = digests.aside(session, digests.TEAM, leader, name, copy.document.to_json(), copy.document.generated_at)
    mail = digests.address(session, digest, address, mime.message_id(house.domain, leader, name, 1))
    work.request(session, "deliver", str(mail))
    return True


def sent(session: Session, leader: str, week: str) -> datetime | None:
    """When a week's copy was put on its way."""
    row = digests.find(session, digests.TEAM, leader, digests.team_name(week))
    return None if row is None else Document.from_json(row.document or {}).generated_at


def mails(session: Session, leader: str, week: str) -> list[digests.StoredMail]:
    """The mail of a week's copy, if there is one."""
    row = digests.find(session, digests.TEAM, leader, digests.team_name(week))
    return digests.mails(session, [row.id] if row is not None else [])


def recheck(session: Session, digest: digests.StoredDigest, house: House) -> tuple[str | None, bool]:
    """(why a copy must not be sent, whether it had to be made anew)."""
    before = Document.from_json(digest.document or {})
    if before.leader not in house.org.leaders:
        return f"{before.leader} leads no team any more", False
    stored = digests.digest(session, before.leader, before.period.label)
    if stored is None or stored.document is None or stored.state == "held":
        return "the leaf notes that it was made beside were taken back", False
    copy = write(session, Document.from_json(stored.document), house, before.generated_at)
    if copy.failures:
        return "held by gates: " + "; ".join(copy.failures), False
    fresh = copy.document.to_json() != digest.document
    if fresh:
        digests.revise(
            session,
            digest.id,
            version=digest.version + 1,
            state="composed",
            document=copy.document.to_json(),
            reason=None,
            hidden="",
        )
    return None, fresh
