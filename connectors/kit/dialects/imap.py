"""A support mailbox as the kit speaks it: each ticket opens a thread, its comments are the later mails of it.

A mail never changes, so what is edited is the flag that says that a thread is done. UIDs go in the order in which mails
are first seen; what the archive holds lies in a folder of its own.
"""

import random
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from connectors.kit.dialect import Dialect, Request, Response
from connectors.kit.world import Said, Ticket, World

DONE = "$Done"
EPOCH = datetime(2020, 1, 1, tzinfo=ZoneInfo("UTC"))


class ImapDialect(Dialect):
    protocol: ClassVar = "imap"
    without: ClassVar[Mapping[str, str]] = {
        "K3": "a mail that becomes visible gets a higher UID than all before it, so none is late",
        "K6": "UIDs are no page tokens: they neither expire nor lead to themselves",
        "K7": "UIDs are asked for by ranges, however many there are",
        "K14": "mailboxes send no webhooks",
        "internal": "people who answer by mail write no internal notes",
        "stamps": "IMAP does not tell when a flag was set",
        "waits": "a refusal does not tell how long to wait",
        "no list": "a mail that was asked for may have been deleted meanwhile, so an answer without it is lawful",
    }
    proved: ClassVar[str] = "a real Dovecot 2.3 (tests/systems/test_imap_dovecot.py)"

    def __init__(self, world: World, url: str) -> None:
        super().__init__(world, url)
        world.edits = "state"
        self._uids: dict[tuple[str, str], int] = {}

    def options(self) -> Mapping[str, Any]:
        port = int(self.url.rpartition(":")[2])
        return {
            "host": "127.0.0.1", "port": port, "tls": "no", "user": "support@desk.example", "password": self.secret,
            "folders": ["INBOX", "Archive"], "closed": ["done"], "per_page": 5,
        }  # fmt: skip

    def accepts(self, request: Request) -> bool:
        return request.headers.get("secret") == self.secret

    def answer(self, request: Request) -> Response:
        rows = self._rows(request.path)
        words = request.query["words"]
        if rows is None:
            return self.refusal(404)
        if request.method in ("EXAMINE", "SELECT"):
            newest = max([row["modseq"] for row in rows], default=1)
            following = max([uid for (folder, _), uid in self._uids.items() if folder == request.path], default=0) + 1
            return Response({"validity": 7, "next": following, "modseq": newest, "count": len(rows)})
        if request.method == "UID SEARCH":
            return Response([row["uid"] for row in rows if self._found(row, words)])
        if request.method == "UID FETCH":
            ranges, _, wanted = words.partition(" ")
            since = re.search(r"CHANGEDSINCE (\d+)", wanted)
            rows = [r for r in rows if _within(r["uid"], ranges) and (not since or r["modseq"] > int(since[1]))]
            return Response(rows)
        if request.method == "FETCH":
            return Response([row for row in rows if _within(row["number"], words.partition(" ")[0])])
        return self.refusal(400)

    def external_id(self, ticket: Ticket) -> str:
        return f"ticket-{ticket.id}@customers.example"

    def is_list(self, request: Request) -> bool:
        return request.method == "UID FETCH" and "BODY.PEEK[]" in request.query["words"]

    def spoilt(self, row: Any, chance: random.Random) -> Any:
        """A mail with something wrong in it; its number stays, since the server gives that."""
        mail = bytes(row["mail"])
        head, gap, body = mail.partition(b"\r\n\r\n")
        lines = head.split(b"\r\n")
        place = chance.randrange(len(lines))
        name = lines[place].partition(b":")[0]
        odd = chance.choice(
            [b"", b"\xff\xfe\x80", b"=?utf-8?b?!!!?=", b"<" * 900, b'"', b"x" * 60_000, b"=?kit?q?=FF?="]
        )
        wrong = [
            b"",
            mail[: len(mail) // 3],
            b"\x00" * 50 + mail,
            b"\r\n".join([*lines[:place], *lines[place + 1 :]]) + gap + body,
            b"\r\n".join([*lines[:place], name + b": " + odd, *lines[place + 1 :]]) + gap + body,
            head + b"\r\nContent-Type: multipart/mixed; boundary=\r\nContent-Transfer-Encoding: base64" + gap + body,
            head + b"\r\nContent-Type: text/html; charset=x-kit" + gap + b"<table><td>\xff" * 2_000,
        ]
        return {**row, "mail": chance.choice(wrong), "flags": chance.choice([row["flags"], [], ["\\Kit"] * 300])}

    def _rows(self, folder: str) -> list[dict[str, Any]] | None:
        if folder not in ("INBOX", "Archive"):
            return None
        mails = [
            (self._id(ticket, said), ticket, said)
            for ticket in sorted(self.world.tickets.values(), key=lambda t: t.id)
            if not ticket.hidden and not ticket.deleted and ticket.archived == (folder == "Archive")
            for said in (None, *ticket.comments)
        ]
        for identity, _, _ in mails:
            self._uids.setdefault((folder, identity), 1 + sum(1 for known, _ in self._uids if known == folder))
        rows = [self._row(folder, identity, ticket, said) for identity, ticket, said in mails]
        rows.sort(key=lambda row: int(row["uid"]))
        return [{**row, "number": n} for n, row in enumerate(rows, 1)]

    def _id(self, ticket: Ticket, said: Said | None) -> str:
        return self.external_id(ticket) if said is None else f"said-{said.id}@customers.example"

    def _row(self, folder: str, identity: str, ticket: Ticket, said: Said | None) -> dict[str, Any]:
        at = (ticket.created if said is None else said.at).astimezone(ZoneInfo(self.world.zone))
        author, body = (ticket.author, ticket.body) if said is None else (said.author, said.body)
        opening = self.external_id(ticket)
        headers = [
            f"Message-ID: <{identity}>",
            f"From: {author}@customers.example",
            "To: support@desk.example",
            f"Date: {at:%a, %d %b %Y %H:%M:%S %z}",
            f"Subject: {ticket.title}" if said is None else f"Subject: Re: {ticket.title}",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: 8bit",
            *([] if said is None else [f"References: <{opening}>", f"In-Reply-To: <{opening}>"]),
        ]
        text = "\r\n".join([*headers, "", *body.split("\n")])
        return {
            "uid": self._uids[folder, identity],
            "flags": [DONE] if ticket.state == "closed" and said is None else [],
            "received": f"{at:%d-%b-%Y %H:%M:%S %z}",
            "modseq": 1 + (ticket.updated - EPOCH) // timedelta(seconds=1),
            "mail": text.encode("utf-8", "surrogatepass"),
        }

    def _found(self, row: Mapping[str, Any], words: str) -> bool:
        by_header = re.fullmatch(r'HEADER (\S+) "(.*)"', words)
        if by_header is None:
            return _within(row["uid"], words.removeprefix("UID "))
        head = bytes(row["mail"]).partition(b"\r\n\r\n")[0].decode("utf-8", "replace")
        lines = [line for line in head.split("\r\n") if line.lower().startswith(by_header[1].lower() + ":")]
        return any(by_header[2] in line for line in lines)


def _within(number: int, ranges: str) -> bool:
    """Whether a number lies in ranges such as 1:4,9,12:*."""
    for span in ranges.split(","):
        first, _, last = span.partition(":")
        if int(first) <= number and (number <= int(last or first) if last != "*" else True):
            return True
    return False
