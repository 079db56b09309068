"""What each kind of mail says: the weekly notes, their copy for a team, a call, a notice before the notes, a check-in.

Deciding and claiming are in `steps`; here a mail that is decided becomes text, HTML and the bytes of a message.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipeline import checking_in
from pipeline.digest import edition, mime, render
from pipeline.digest.call import Call
from pipeline.digest.document import Document
from pipeline.house import House


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A rendered mail on its way out; `name` is what a folder calls it."""

    name: str
    message: bytes
    text: str
    html: str
    document: Mapping[str, Any]
    sender: str
    recipient: str
    envelope: str | None = None
    """Where bounces go, if not to the sender."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A digest or a call as its mail says it."""

    leader: str
    text: str
    html: str
    subject: str
    date: datetime
    reference: str
    language: str = "en"
    about: str | None = None
    """What the mails of its thread are about; None: it stands alone."""
    kind: str = "weekly"
    """Weekly, escalation, check-in, preview or team."""
    read_by: str | None = None
    """Who reads in the leader's place."""

    def message(self, recipient: str, message_id: str, house: House, replies: str | None = None) -> bytes:
        return mime.build(
            text=self.text,
            html=self.html,
            subject=self.subject,
            language=self.language,
            sender=house.sender,
            recipient=recipient,
            date=self.date,
            message_id=message_id,
            list_id=f"{house.name} leaf notes <leaf-{self.kind}.{house.domain}>",
            reference=self.reference,
            reply_to=replies,
            unsubscribe_url=self._stops(house),
            thread=None if self.about is None else mime.thread_id(house.domain, self.about),
        )

    def _stops(self, house: House) -> str | None:
        """Where one click ends such mails; a copy for a team holds no link that acts, wherever it is passed on."""
        if house.links is None or self.kind == "team":
            return None
        if self.kind == "check-in":
            return house.links.lasting("check-in-stop", self.leader)
        return house.links.to("pause", reader=self.leader, made_at=self.date, by=self.read_by or "")


def printed(document: Document) -> tuple[str, str]:
    """A leader's notes, or a copy for their team, as text and as HTML."""
    form = edition if document.edition == "team" else render
    return form.text(document), form.html(document)


def weekly(document: Document, reference: str) -> Words:
    return Words(
        leader=document.leader,
        text=render.text(document),
        html=render.html(document),
        subject=render.head(document).subject,
        language=document.language,
        date=document.generated_at,
        reference=reference,
    )


def for_team(document: Document, reference: str) -> Words:
    return Words(
        leader=document.leader,
        text=edition.text(document),
        html=edition.html(document),
        subject=document.subject,
        date=document.generated_at,
        reference=reference,
        kind="team",
    )


def called(call: Call | checking_in.Asked, reference: str, kind: str, about: str | None = None) -> Words:
    """A call, or a notice or a question that has its form."""
    return Words(
        leader=call.leader,
        text=call.text(),
        html=call.html(),
        subject=call.subject,
        language=call.language,
        date=call.generated_at,
        reference=reference,
        about=about,
        kind=kind,
    )


def letter(document: Document, recipient: str, message_id: str, house: House) -> Letter:
    """A mail of a document, outside the rows: for an operator's own look at it (`digest --send --to`)."""
    said = for_team if document.edition == "team" else weekly
    words = said(document, f"{document.period.label}.{document.leader}.preview")
    return Letter(
        name=f"{document.period.label}/{document.leader}{'.team' if document.edition == 'team' else ''}",
        message=words.message(recipient, message_id, house),
        text=words.text,
        html=words.html,
        document=document.to_json(),
        sender=house.sender,
        recipient=recipient,
    )
