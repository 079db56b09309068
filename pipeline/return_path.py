"""Signed addresses for what comes back by mail: `bounce+TOKEN@domain` and `reply+TOKEN@domain`.

A token names one mail and carries a signature over what it was for, its leader and its period, so that nobody can make
one up, and an address for replies is no address for bounces. Mail servers may change the case of a local part and allow
64 letters in it (RFC 5321, 4.5.3.1.1): tokens are short base32. The same mail has the same tokens each time.
"""

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

Purpose = Literal["reply", "bounce"]
SIGNED: Final = 10
"""Bytes of the signature: 80 bits, of which nobody can try many."""
HIGHEST: Final = 2**63
"""What no row id reaches."""
_TOKEN: Final = re.compile(r"[a-z2-7]{18,29}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What an address that was written to says; `ReturnPath.signed` tells whether it is true."""

    purpose: Purpose
    mail: int
    signature: bytes


class ReturnPath:
    """Makes and reads the addresses. `replies` and `bounces` are the plain ones; without one there are none of its.
    `old` keys make none, and what was made with them is read."""

    def __init__(self, key: str, *old: str, replies: str | None, bounces: str | None) -> None:
        self._keys = [hashlib.sha256(b"leafnotes.return.1\0" + one.encode()).digest() for one in (key, *old)]
        self._plain: dict[Purpose, str] = {}
        if replies is not None:
            self._plain["reply"] = replies
        if bounces is not None:
            self._plain["bounce"] = bounces
        self._wanted = [(purpose, _pattern(plain)) for purpose, plain in self._plain.items()]

    def address(self, purpose: Purpose, *, mail: int, leader: str, period: str) -> str | None:
        """Where what comes back of a mail goes; None where the settings name no address for it."""
        plain = self._plain.get(purpose)
        if plain is None:
            return None
        local, _, domain = plain.rpartition("@")
        number = mail.to_bytes((max(mail.bit_length(), 1) + 7) // 8, "big")
        token = base64.b32encode(number + _signature(self._keys[0], purpose, mail, leader, period))
        return f"{local}+{token.decode().rstrip('=').lower()}@{domain}"

    def plain(self, purpose: Purpose) -> str | None:
        return self._plain.get(purpose)

    def tokens(self, texts: Iterable[str]) -> Iterator[Token]:
        """Every token in these headers, each once; it may be forged."""
        seen: set[Token] = set()
        for text in texts:
            for purpose, pattern in self._wanted:
                for found in pattern.finditer(text.lower()):
                    token = _read(purpose, found[1])
                    if token is not None and token not in seen:
                        seen.add(token)
                        yield token

    def signed(self, token: Token, *, leader: str, period: str) -> bool:
        """Whether we made this token, for this leader and period."""
        ours = [_signature(key, token.purpose, token.mail, leader, period) for key in self._keys]
        return any(hmac.compare_digest(token.signature, one) for one in ours)


def _signature(key: bytes, purpose: Purpose, mail: int, leader: str, period: str) -> bytes:
    said = json.dumps([purpose, mail, leader, period]).encode()
    return hmac.digest(key, said, "sha256")[:SIGNED]


def _pattern(plain: str) -> re.Pattern[str]:
    local, _, domain = plain.lower().rpartition("@")
    return re.compile(rf"(?<![\w.+-]){re.escape(local)}\+([a-z2-7]{{18,29}})@{re.escape(domain)}(?![\w.-]*\w)")


def _read(purpose: Purpose, token: str) -> Token | None:
    if not _TOKEN.fullmatch(token):
        return None
    written = token.upper() + "=" * (-len(token) % 8)
    try:
        octets = base64.b32decode(written)
    except binascii.Error:
        return None
    if base64.b32encode(octets).decode() != written:
        return None
    mail = int.from_bytes(octets[:-SIGNED], "big")
    return Token(purpose=purpose, mail=mail, signature=octets[-SIGNED:]) if mail < HIGHEST else None
