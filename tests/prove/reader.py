"""A leader with a browser: opens the links of their mails, answers, and sends a form again until they see that it came.

Its ledger says which form was sent, and which one was acknowledged.
"""

import random
import re
import secrets
import urllib.error
import urllib.parse
import urllib.request
from email import message_from_bytes, policy

from tests.prove.ledger import Ledger
from tests.prove.mailbox import Mailbox


class _Still(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """A redirect is the acknowledgement; it is not followed."""


_OPEN = urllib.request.build_opener(_Still)


def ask(method: str, url: str, data: bytes | None = None, headers: dict[str, str] | None = None) -> int:
    """The status; 0 where nobody answered."""
    request = urllib.request.Request(url, data=data, method=method, headers=headers or {})
    try:
        with _OPEN.open(request, timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except (OSError, ValueError):
        return 0


class Reader:
    def __init__(self, mailbox: Mailbox, ledger: Ledger, seed: int) -> None:
        self.mailbox, self.ledger = mailbox, ledger
        self._chance = random.Random(f"{seed} reader")
        self._pending: tuple[str, str, dict[str, str]] | None = None
        self._number = 0

    def links(self, purpose: str) -> list[str]:
        """The links of the newest mails."""
        found: list[str] = []
        for content in list(self.mailbox.messages.values())[-12:]:
            part = message_from_bytes(content, policy=policy.default).get_body(("plain",))
            if part is not None:
                found += re.findall(rf"http://127\.0\.0\.1:\d+/{purpose}/[\w.-]+", part.get_content())
        return found

    def act(self) -> None:
        """Open a page, say that those who wrote were told, or answer; what was not acknowledged is sent again."""
        what, links = self._chance.random(), self.links("answer")
        if self._pending is None and links:
            link = self._chance.choice(links)
            if what < 0.25:
                self.look(link)
            elif what < 0.5:
                self.tell(link)
            else:
                self.begin(link)
        self.send()

    def each(self) -> None:
        """All of it once, when the newest mails have come."""
        self.send()
        for link in self.links("answer")[-1:]:
            self.begin(link)
            self.send()
            self.look(link)
            self.tell(link)

    def look(self, link: str) -> None:
        self.ledger.write(what="get", link=link, status=ask("GET", link))

    def tell(self, link: str) -> None:
        self.ledger.write(what="told", link=link, status=ask("POST", f"{link}/told", b""))

    def begin(self, link: str) -> None:
        if self._pending is None:
            self._number += 1
            text = f"We look into it, case {self._number}"
            fields = {"kind": "understand", "text": text, "nonce": secrets.token_urlsafe(16), "step": "send"}
            self._pending = (link, text, fields)

    def send(self) -> None:
        """The form that waits, if one does; the same one until it is acknowledged."""
        if self._pending is None:
            return
        link, text, fields = self._pending
        self.ledger.write(what="sent", text=text, link=link)
        form = urllib.parse.urlencode(fields).encode()
        status = ask("POST", link, form)
        if 200 <= status < 500:
            self.ledger.write(what="answered", text=text, status=status)
            self._pending = None
            if self._chance.random() < 0.6:  # a second tap on the same button
                ask("POST", link, form)
