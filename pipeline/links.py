"""Signed links: what they say cannot be changed, is good for one reader, and ends politely.

The same link is made for the same digest each time it is composed, so the day on which it ends is part of it and no
clock is read while signing. Stored documents say what their links are for, and hold no signature: whoever reads the
database cannot answer in a leader's name.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal, get_args

from itsdangerous import BadData, Signer, URLSafeSerializer
from itsdangerous.encoding import base64_decode, base64_encode

Purpose = Literal[
    "answer", "check-in", "check-in-stop", "digest", "escalation", "pause", "preview", "quoted", "sign-in", "speak"
]
LIFE: Final = timedelta(days=30)
LONGEST: Final = 1_000
"""Letters of a token that are looked at."""
UNSIGNED: Final = "leafnotes-link:"
"""What a link is called in a stored document, before what it says and where on its page it leads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What a link lets its reader do. `until` is in whole seconds since 1970."""

    purpose: Purpose
    reader: str
    period: str = ""
    about: str = ""
    """The pain of an answer, the issue of a quotation, the name of an escalation, the group of a check-in."""
    until: int = 0
    by: str = ""
    """Who acts in the reader's place; empty: the reader."""

    def ended(self, now: datetime) -> bool:
        return now.timestamp() >= self.until


class Links:
    """Makes and reads links with the deployment's key. `base` is where the web application is reached. What was signed
    with an `old` key is read until it ends, and never made."""

    def __init__(self, key: str, base: str, *, old: Sequence[str] = ()) -> None:
        self.base = base.rstrip("/")
        self._signer = URLSafeSerializer([*old, key], salt="leafnotes.link.1")
        self._tickets = Signer(key, salt="leafnotes.ticket.1", key_derivation="hmac", digest_method=hashlib.sha256)

    def to(
        self,
        purpose: Purpose,
        *,
        reader: str,
        made_at: datetime,
        period: str = "",
        about: str = "",
        life: timedelta = LIFE,
        by: str = "",
    ) -> str:
        """The address of a link that is good for 30 days from `made_at`, or for less."""
        until = int((made_at + min(life, LIFE)).timestamp())
        return f"{self.base}/{purpose}/{self.token(purpose, reader, period, about, until, by)}"

    def lasting(self, purpose: Purpose, reader: str) -> str:
        """The address of a link that ends only with the key: for a page that may hang on a wall."""
        return f"{self.base}/{purpose}/{self.token(purpose, reader, '', '', 0)}"

    def ticket(self, person: str, about: str) -> str:
        """A name for a person in one matter, the same each time, of which only the key can tell whose it is."""
        return self._tickets.get_signature(f"{len(about)} {about} {person}").decode()

    def token(self, purpose: Purpose, reader: str, period: str, about: str, until: int, by: str = "") -> str:
        signed = self._signer.dumps([purpose, reader, period, about, until, *([by] if by else [])])
        return signed if isinstance(signed, str) else signed.decode()

    def read(self, token: str, purpose: Purpose) -> Link | None:
        """What a token says; None where it was not made here, or for something else. It may have ended."""
        if len(token) > LONGEST:
            return None
        try:
            values = self._signer.loads(token)
        except BadData:
            return None
        whole = isinstance(values, list) and len(values) in (5, 6)
        if not whole or values[0] != purpose or purpose not in get_args(Purpose):
            return None
        signature = token.rpartition(".")[2]
        if base64_encode(base64_decode(signature)).decode() != signature:
            return None  # the same signature spelt otherwise: its last letter has bits that nobody reads
        _, reader, period, about, until, *by = values
        return Link(purpose=purpose, reader=reader, period=period, about=about, until=until, by=by[0] if by else "")

    def unsigned(self, address: str) -> str:
        """A link of ours as it is stored, always as the reader's own; anything else as it is."""
        purpose, _, rest = address.removeprefix(f"{self.base}/").partition("/")
        token, mark, place = rest.partition("#")
        if not address.startswith(f"{self.base}/") or purpose not in get_args(Purpose):
            return address
        link = self.read(token, purpose)  # type: ignore[arg-type]  # it is one of them
        return address if link is None else f"{UNSIGNED}{json.dumps([*astuple(link)[:5], mark + place])}"

    def signed(self, stored: str, by: str = "") -> str:
        """The address of a stored link, for its reader or for who acts in their place; anything else as it is."""
        if not stored.startswith(UNSIGNED):
            return stored
        purpose, reader, period, about, until, place = json.loads(stored.removeprefix(UNSIGNED))
        return f"{self.base}/{purpose}/{self.token(purpose, reader, period, about, until, by)}{place}"


def to_store(document: Mapping[str, Any], links: Links | None) -> dict[str, Any]:
    """A document's JSON without the signatures of its links."""
    kept: Mapping[str, Any] = document if links is None else _each(document, links.unsigned)
    return dict(kept)


def from_store(document: Mapping[str, Any] | None, links: Links | None, by: str | None = None) -> dict[str, Any]:
    """A stored document with its links signed again, the same to the letter; without them where none can be signed.
    They act as `by`, where somebody reads in the place of whom it was made for."""
    found: dict[str, Any] = _each(document or {}, _none if links is None else lambda one: links.signed(one, by or ""))
    return found


def _none(stored: str) -> str | None:
    return None if stored.startswith(UNSIGNED) else stored


def _each(value: Any, change: Callable[[str], str | None]) -> Any:
    """JSON values with every text changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {name: _each(inner, change) for name, inner in value.items()}
    return [_each(inner, change) for inner in value] if isinstance(value, list | tuple) else value
