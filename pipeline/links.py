"""Signed links: what they say cannot be changed, is good for one reader, and ends politely.

The same link is made for the same digest each time it is composed, so the day on which it ends is part of it and no
clock is read while signing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, get_args

from itsdangerous import BadData, URLSafeSerializer

Purpose = Literal["answer", "digest", "escalation", "pause", "quoted", "sign-in", "speak"]
LIFE: Final = timedelta(days=30)
LONGEST: Final = 1_000
"""Letters of a token that are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What a link lets its reader do. `until` is in whole seconds since 1970."""

    purpose: Purpose
    reader: str
    period: str = ""
    about: str = ""
    """The pain of an answer, the issue of a quotation, the name of an escalation."""
    until: int = 0

    def ended(self, now: datetime) -> bool:
        return now.timestamp() >= self.until


class Links:
    """Makes and reads links with the deployment's key. `base` is where the web application is reached."""

    def __init__(self, key: str, base: str) -> None:
        self.base = base.rstrip("/")
        self._signer = URLSafeSerializer(key, salt="leafnotes.link.1")

    def to(
        self,
        purpose: Purpose,
        *,
        reader: str,
        made_at: datetime,
        period: str = "",
        about: str = "",
        life: timedelta = LIFE,
    ) -> str:
        """The address of a link that is good for 30 days from `made_at`, or for less."""
        until = int((made_at + min(life, LIFE)).timestamp())
        return f"{self.base}/{purpose}/{self.token(purpose, reader, period, about, until)}"

    def lasting(self, purpose: Purpose, reader: str) -> str:
        """The address of a link that ends only with the key: for a page that may hang on a wall."""
        return f"{self.base}/{purpose}/{self.token(purpose, reader, '', '', 0)}"

    def token(self, purpose: Purpose, reader: str, period: str, about: str, until: int) -> str:
        signed = self._signer.dumps([purpose, reader, period, about, until])
        return signed if isinstance(signed, str) else signed.decode()

    def read(self, token: str, purpose: Purpose) -> Link | None:
        """What a token says; None where it was not made here, or for something else. It may have ended."""
        if len(token) > LONGEST:
            return None
        try:
            values = self._signer.loads(token)
        except BadData:
            return None
        if not isinstance(values, list) or len(values) != 5 or values[0] != purpose or purpose not in get_args(Purpose):
            return None
        _, reader, period, about, until = values
        return Link(purpose=purpose, reader=reader, period=period, about=about, until=until)
