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
        """Open a page, and answer; whatever was not acknowledged is sent again, the same form."""
        if self._pending is None:
            links = self.links("answer")
            if not links:
                return
            link = self._chance.choice(links)
            what = self._chance.random()
            if what < 0.5:
                method, page = ("GET", link) if what < 0.25 else ("POST", f"{link}/told")
                self.ledger.write(what=method, link=page, status=ask(method, page, None if method == "GET" else b""))
                return
            self._number += 1
            text = f"We look into it, case {self._number}"
            fields = {"kind": "understand", "text": text, "nonce": secrets.token_urlsafe(16), "step": "send"}
            self._pending = (link, text, fields)
        link, text, fields = self._pending
        self.ledger.write(what="sent", text=text, link=link)
        status = ask("POST", link, urllib.parse.urlencode(fields).encode())
        if 200 <= status < 500:
            self.ledger.write(what="answered", text=text, status=status)
            self._pending = None
