"""One mail as bytes: two parts of equal value, and headers that no ticket can add to.

Written by hand: the library takes twenty times as long, and up to CPython 3.11.9 and 3.12.4 it turns an encoded-word in
a subject into a header of its own (CVE-2024-6923). What is written here is checked after writing, whatever went in.
The same arguments give the same bytes, so that a mail sent again can be recognised as the same one.
"""

import base64
import binascii
import hashlib
import json
import re
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import quote

LONGEST_LINE = 998
"""Bytes of a line without its CRLF (RFC 5322, 2.1.1)."""
_WIDTH = 76
_WORD = 39
"""Bytes of text in one encoded-word; with its frame and the longest header name before it a line stays within 76."""

_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}")
_DOMAIN = re.compile(r"(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9_-]{0,62})(?:\.[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,62}))*")
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,120}@[A-Za-z0-9._-]{1,120}>")
_URL = re.compile(r"https?://[!-;=?-~]{1,900}")


class UnsafeMailError(ValueError):
    """A mail that must not leave: a header's value cannot be written safely, or the bytes are not what was meant.

    `header` names where.
    """

    def __init__(self, header: str, problem: str) -> None:
        super().__init__(f"{header}: {problem}")
        self.header = header


def message_id(organisation_domain: str, leader: str, period: str, version: int) -> str:
    """The Message-ID of one digest: always the same for the same digest, and another for every other."""
    domain = _domain("Message-ID", organisation_domain)
    name = json.dumps(["leafnotes", domain, leader, period, version])
    return f"<digest-{uuid.uuid5(uuid.NAMESPACE_DNS, name)}@{domain}>"


def thread_id(organisation_domain: str, about: str) -> str:
    """What the mails about one thing refer to, so that they stand together; no mail has it."""
    domain = _domain("References", organisation_domain)
    return f"<thread-{uuid.uuid5(uuid.NAMESPACE_DNS, json.dumps(['leafnotes', domain, about]))}@{domain}>"


def build(
    *,
    text: str,
    html: str,
    subject: str,
    sender: str,
    recipient: str,
    date: datetime,
    message_id: str,
    list_id: str,
    reference: str,
    language: str = "en",
    reply_to: str | None = None,
    unsubscribe_url: str | None = None,
    answers: str | None = None,
    thread: str | None = None,
) -> bytes:
    """The whole mail, with CRLF line ends and nothing but ASCII in it.

    `sender`, `reply_to` and `recipient` are addresses, bare or as `Name <address>`; `list_id` is `Name <id>`;
    `reference` tells one digest from the next ("2026-W38.ines.1"); `unsubscribe_url` takes a POST (RFC 8058); `thread`
    is a `thread_id` that mails about one thing share; `answers` is the Message-ID of the mail that this one answers by
    itself, empty where that has none we can write.
    Raises `UnsafeMailError`.
    """
    headers = [
        ("From", _mailbox("From", sender)),
        *([("Reply-To", _mailbox("Reply-To", reply_to))] if reply_to else []),
        ("To", _mailbox("To", recipient)),
        ("Subject", _unstructured("Subject", subject)),
        ("Date", _date(date)),
        ("Message-ID", _matching("Message-ID", _MESSAGE_ID, message_id)),
        *([(name, _matching(name, _MESSAGE_ID, thread)) for name in ("In-Reply-To", "References")] if thread else []),
        ("List-ID", _list_id(list_id)),
        *_unsubscribe(unsubscribe_url),
        *_answering(answers),
        ("Auto-Submitted", "auto-generated" if answers is None else "auto-replied"),
        ("X-Auto-Response-Suppress", "OOF, AutoReply"),
        ("X-Entity-Ref-ID", _token(reference)),
        ("Feedback-ID", f"{_token(reference)}:leafnotes"),
        ("Content-Language", _matching("Content-Language", re.compile(r"[A-Za-z0-9-]{1,35}"), language)),
        ("MIME-Version", "1.0"),
    ]
    # "=_" occurs in neither quoted-printable nor base64, so no part can contain the boundary.
    boundary = "=_" + hashlib.sha256(message_id.encode()).hexdigest()[:32]
    headers.append(("Content-Type", f'multipart/alternative;\r\n boundary="{boundary}"'))
    head = "".join(f"{name}: {value}\r\n" for name, value in headers).encode("ascii")
    _verify(head, [name for name, _ in headers])
    frame = f"--{boundary}".encode()
    parts = [frame, _part("plain", text), frame, _part("html", html), frame + b"--", b""]
    return head + b"\r\n" + b"\r\n".join(parts)


def _verify(head: bytes, expected: Sequence[str]) -> None:
    """Read the header block back, byte by byte: exactly the expected names, once each, and nothing unprintable."""
    *lines, end = head.split(b"\r\n")
    names: list[str] = []
    for line in lines:
        where = names[-1] if names else "header"
        if len(line) > LONGEST_LINE or not line.strip() or any(not 32 <= byte < 127 for byte in line):
            raise UnsafeMailError(where, "a line that is too long, empty, or not printable ASCII")
        if line[:1] != b" ":
            names.append(line.partition(b":")[0].decode())
    if end or names != list(expected) or len(set(names)) != len(names):
        raise UnsafeMailError("header", f"has {names} where {list(expected)} was meant")


def _plain(value: str) -> str:
    """One line of harmless text: no controls, half characters or reordering, nothing that reads as an encoded-word."""
    value = _SURROGATES.sub("\ufffd", value)
    value = _BIDI.sub("", _CONTROLS.sub(" ", value))
    return " ".join(value.split()).replace("=?", "= ?")


def _unstructured(name: str, value: str) -> str:
    value = _plain(value)
    words = value.split(" ")
    if not value.isascii() or max(map(len, words)) > _WIDTH - len(name) - 2:
        return _encoded(value)
    lines, room = [""], _WIDTH - len(name) - 2
    for word in words:
        if lines[-1] and len(lines[-1]) + 1 + len(word) > room:
            lines.append("")
            room = _WIDTH - 1
        lines[-1] += f" {word}" if lines[-1] else word
    return "\r\n ".join(lines)


def _encoded(value: str) -> str:
    """RFC 2047 encoded-words, split between characters, one a line."""
    words, word = [], b""
    for character in value:
        octets = character.encode()
        if len(word) + len(octets) > _WORD:
            words.append(word)
            word = b""
        word += octets
    words.append(word)
    return "\r\n ".join(f"=?utf-8?b?{base64.b64encode(word).decode()}?=" for word in words)


def _phrase(value: str) -> str:
    """A display name, with the space that parts it from the address; empty where there is none."""
    value = _plain(value).strip('" ')
    if not value:
        return ""
    if not value.isascii() or len(value) > _WORD:
        return _encoded(value) + "\r\n "
    if _ATOMS.fullmatch(value):
        return value + " "
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}" '


def _named(value: str) -> tuple[str, str]:
    """(name, what stands between the angle brackets or alone)."""
    name, opened, rest = value.strip().rpartition("<")
    return (name, rest.removesuffix(">")) if opened and rest.endswith(">") else ("", value.strip())


def _mailbox(header: str, value: str) -> str:
    name, address = _named(value)
    local, at, domain = address.rpartition("@")
    if not at or not _LOCAL.fullmatch(local) or local.startswith(".") or local.endswith(".") or ".." in local:
        raise UnsafeMailError(header, f"{address!a} is not an e-mail address that every mail server takes")
    address = f"{local}@{_domain(header, domain)}"
    phrase = _phrase(name)
    return f"{phrase}<{address}>" if phrase else address


def _list_id(value: str) -> str:
    name, identifier = _named(value)
    return f"{_phrase(name)}<{_domain('List-ID', identifier)}>"


def _domain(header: str, value: str) -> str:
    """A domain in ASCII; international names as their A-labels."""
    try:
        name = value if value.isascii() else value.encode("idna").decode()
    except UnicodeError:
        name = ""
    if not _DOMAIN.fullmatch(name):
        raise UnsafeMailError(header, f"{value!a} is not a domain name")
    return name


def _matching(header: str, pattern: re.Pattern[str], value: str) -> str:
    if not pattern.fullmatch(value):
        raise UnsafeMailError(header, f"cannot be {value[:200]!a}")
    return value


def _answering(message_id: str | None) -> list[tuple[str, str]]:
    """What puts an answer below the mail that it answers; a stranger's Message-ID that is not plain is left out."""
    plain = message_id is not None and _MESSAGE_ID.fullmatch(message_id)
    return [("In-Reply-To", message_id), ("References", message_id)] if plain and message_id else []


def _unsubscribe(url: str | None) -> list[tuple[str, str]]:
    if url is None:
        return []
    header = ("List-Unsubscribe", f"<{_matching('List-Unsubscribe', _URL, url)}>")
    # One click is only defined for https (RFC 8058, 3.1).
    return [header, ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")] if url.startswith("https:") else [header]


def _date(date: datetime) -> str:
    offset = date.utcoffset()
    if offset is None:
        raise UnsafeMailError("Date", "has no time zone")
    return format_datetime(date.astimezone(UTC) if offset.total_seconds() % 60 else date)


def _token(value: str) -> str:
    """ASCII without spaces, another for every value."""
    token = quote(_SURROGATES.sub("\ufffd", value), safe="")
    return token if len(token) <= 60 else f"{token[:24]}.{hashlib.sha256(token.encode()).hexdigest()[:24]}"


def _part(subtype: str, content: str) -> bytes:
    lines = content.replace("\r\n", "\n").replace("\r", "\n")
    octets = _SURROGATES.sub("\ufffd", lines).encode()
    body, encoding = binascii.b2a_qp(octets).replace(b"\n", b"\r\n"), "quoted-printable"
    wire = octets.replace(b"\n", b"\r\n")
    if len(body) > -(-len(wire) // 57) * 78:
        body, encoding = base64.encodebytes(wire).replace(b"\n", b"\r\n").removesuffix(b"\r\n"), "base64"
    head = f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    return head.encode() + body
