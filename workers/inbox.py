"""The mailbox in which replies and reports come back: read by UID, never written to."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from connectors.mailbox import Mailbox, Server
from pipeline.returned import LARGEST

AT_ONCE = 5
"""Mails a request: each may be large."""


@dataclass(frozen=True, slots=True)
class Bookmark:
    """How far the folder is read. With another UIDVALIDITY it is read again: mails are known by their key."""

    validity: int = 0
    uid: int = 0

    @classmethod
    def of(cls, told: str | None) -> "Bookmark":
        return cls(*json.loads(told)) if told else cls()

    def told(self) -> str:
        return json.dumps([self.validity, self.uid])


def portions(server: Server, folder: str, mark: Bookmark) -> Iterator[tuple[list[bytes], Bookmark]]:
    """The mails after the bookmark, a few at a time, each time with the bookmark after them. Raises `SourceError`."""
    with Mailbox(server) as box:
        opened = box.open(folder)
        if opened.validity != mark.validity:
            mark = Bookmark(opened.validity)
        last = None if opened.next_uid is None else opened.next_uid - 1
        for uids in box.uids(folder, mark.uid + 1, last):
            for start in range(0, len(uids), AT_ONCE):
                some = uids[start : start + AT_ONCE]
                found = box.mails(folder, some, LARGEST)
                yield [mail.data for mail in found], Bookmark(opened.validity, some[-1])
