"""One mail as text: what a person wrote in it, who, to whom, in answer to what, and whether a person wrote it at all.

Mail is the least orderly thing that is read here. Nothing in this module raises for what a mail holds, and everything
takes time proportional to its length. It knows nothing of IMAP.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses
from typing import Any, Final

from pipeline.clean import clean

Headers = Mapping[str, Sequence[str]]
"""Header names in lower case -> their values as they stand, in order."""

LONGEST_LINE: Final = 2_000
MOST_LINES: Final = 4_000
MOST_PARTS: Final = 200
"""Parts of a mail that are looked at; a person's words are in one of the first."""
MOST_REFERENCES: Final = 100

_ID: Final = re.compile(r"<([^<>\s]{1,500})>")
_READABLE_ID: Final = re.compile(r"[!-~]{1,150}")
_SPACE: Final = re.compile(r"\s+")


def read(data: bytes) -> dict[str, Any]:
    """A mail, or its beginning, as JSON values: {"id", "references", "subject", "from", "reply_to", "to", "automatic",
    "list", "priority", "text", "markup"}.

    `references` are the ids of earlier mails of the thread, the oldest first. `automatic` says why no person wrote it,
    None where one did; `list` is the id of the mailing list that it came by.
    """
    message = message_from_bytes(data)
    headers = headers_of(message)
    text, markup = _text(message)
    return {
        "id": identity(headers) or _made_id(headers, text),
        "references": references(headers),
        "subject": decoded(first(headers, "subject")),
        "from": address(headers, "from") or address(headers, "sender"),
        "reply_to": address(headers, "reply-to"),
        "to": address(headers, "to") or address(headers, "cc"),
        "automatic": automatic(headers),
        "list": list_of(headers),
        "priority": _priority(headers),
        "text": text,
        "markup": markup,
    }


def headers_of(message: "Message[str, str]") -> dict[str, list[str]]:
    """The headers unfolded, bytes that are no ASCII read as UTF-8 where they can be."""
    found: dict[str, list[str]] = {}
    for name, value in message.raw_items():
        octets = str(value).encode("ascii", "surrogateescape") if _escaped(str(value)) else str(value).encode()
        found.setdefault(name.lower(), []).append(_SPACE.sub(" ", characters(octets)).strip())
    return found


def parse_headers(data: bytes) -> dict[str, list[str]]:
    return headers_of(message_from_bytes(data))


def first(headers: Headers, name: str) -> str:
    return next(iter(headers.get(name, ())), "")


def decoded(value: str) -> str:
    """A header with its =?encoded?= words read."""
    try:
        parts = decode_header(value)
    except (MessageError, ValueError):
        return value
    return "".join(part if isinstance(part, str) else characters(part, charset) for part, charset in parts).strip()


def characters(data: bytes, charset: str | None = None) -> str:
    """Bytes as text: in the charset that was declared if that fits, else UTF-8, else Windows' western one."""
    name = (charset or "utf-8").strip("\"' ").lower()
    name = {"iso-8859-1": "cp1252", "latin-1": "cp1252", "us-ascii": "utf-8", "ascii": "utf-8"}.get(name, name)
    for tried in (name, "utf-8"):
        with suppress(LookupError, ValueError):  # LookupError also for codecs that are no charsets, such as zip
            return data.decode(tried)
    return data.decode("cp1252", "replace")


def address(headers: Headers, name: str) -> str | None:
    """The first address of a header, in lower case, without the name of the person."""
    try:
        pairs = getaddresses([first(headers, name)[:2000]])
    except (ValueError, IndexError):
        return None
    return next((found.lower() for _, found in pairs if "@" in found), None)


def identity(headers: Headers) -> str | None:
    """The Message-ID without its brackets."""
    value = first(headers, "message-id")
    found = _ID.search(value)
    return _tidy_id(found[1] if found else value.strip("<> "))


def references(headers: Headers) -> list[str]:
    """Ids of the mails before this one in its thread, the oldest first, this one left out."""
    given = _ID.findall(first(headers, "references")) or _ID.findall(first(headers, "in-reply-to"))
    own = identity(headers)
    tidy = (_tidy_id(one) for one in given[:MOST_REFERENCES])
    return list(dict.fromkeys(one for one in tidy if one is not None and one != own))


def _tidy_id(value: str) -> str | None:
    if not value or _READABLE_ID.fullmatch(value):
        return value or None
    return hashed(value)


def hashed(*values: str) -> str:
    """An id made from values."""
    return hashlib.blake2b("\n".join(values).encode("utf-8", "replace"), digest_size=16).hexdigest() + "@made.invalid"


def _made_id(headers: Headers, text: str) -> str:
    """The same for the same mail, wherever it lies: of mails without a Message-ID."""
    return hashed(*(first(headers, name) for name in ("date", "from", "subject")), text[:2000])


# --- who is no person

_BOUNCER: Final = re.compile(r"^(?:mailer-daemon|postmaster)@")
_AWAY: Final = re.compile(
    r"(?:automatic reply|auto(?:matic)?[- ]?(?:reply|response)|out of (?:the )?office|abwesenheitsnotiz"
    r"|automatische antwort|réponse automatique|respuesta automática|risposta automatica|automatisch antwoord"
    r"|resposta automática|undeliver(?:ed|able)\b.{0,30}|delivery status notification.{0,30}) ?:",
    re.IGNORECASE,
)
_RESPONDERS: Final = ("x-autoreply", "x-autorespond", "x-autoresponse", "x-auto-reply", "x-failed-recipients")


NEEDED: Final = (
    "message-id", "references", "in-reply-to", "from", "subject", "auto-submitted", "content-type", "return-path",
    "x-spam-flag", "precedence", "list-id", *_RESPONDERS,
)  # fmt: skip
"""Headers that tell where a mail belongs and whether a person wrote it."""


def automatic(headers: Headers) -> str | None:
    """Why no person wrote this mail (RFC 3834 and what programs do instead); None where nothing says so."""
    submitted = first(headers, "auto-submitted").lower().partition(";")[0].strip()
    if submitted and submitted != "no":
        return f"automatic ({submitted[:40]})"
    for name in _RESPONDERS:
        if name in headers and first(headers, name).lower() not in ("no", "false", ""):
            return f"automatic ({name})"
    if first(headers, "content-type").lower().startswith("multipart/report"):
        return "a report of a mail system"
    if headers.get("return-path") and first(headers, "return-path").strip("<> ") == "":
        return "a bounce (no return path)"
    if _BOUNCER.match(address(headers, "from") or ""):
        return "a mail system"
    if first(headers, "x-spam-flag").lower() == "yes":
        return "spam"
    if _AWAY.match(decoded(first(headers, "subject"))):
        return "automatic (subject)"
    precedence = first(headers, "precedence").lower()
    if precedence in ("bulk", "junk", "auto_reply"):
        return f"sent to many (precedence {precedence})"
    if list_of(headers) is not None or precedence == "list":
        return "mail of a list"
    return None


def list_of(headers: Headers) -> str | None:
    """The id of the mailing list that a mail came by: `support.fernhill.example`."""
    value = first(headers, "list-id")
    found = _ID.search(value)
    return ((found[1] if found else value.strip("<> ")).lower() or None) if value else None


def _priority(headers: Headers) -> str | None:
    importance = first(headers, "importance").lower()
    urgent = first(headers, "x-priority")[:1] in ("1", "2") or importance == "high"
    low = first(headers, "x-priority")[:1] in ("4", "5") or importance == "low"
    return "high" if urgent else "low" if low else None


# --- the text


def _text(message: "Message[str, str]") -> tuple[str, str]:
    """The plain text of a mail, or its HTML where the plain text is missing; attachments and mails in it are not."""
    plain: list[str] = []
    html: list[str] = []
    for part in _parts(message):
        kind = part.get_content_type()
        into = plain if kind == "text/plain" else html if kind == "text/html" else None
        if into is not None:
            into.append(_payload(part))
    told, shown = "\n".join(plain).strip(), "\n".join(html).strip()
    return (told, "plain") if told or not shown else (shown, "html")


def _parts(message: "Message[str, str]", depth: int = 0) -> Iterator["Message[str, str]"]:
    """The parts that are the mail itself: no attachments, and nothing of a mail that is attached."""
    payload = message.get_payload()
    if isinstance(payload, list):
        if message.get_content_maintype() == "multipart" and depth < 20:
            for part in payload[:MOST_PARTS]:
                if isinstance(part, Message):
                    yield from _parts(part, depth + 1)
        return
    disposition = str(message.get("content-disposition", "")).lower()
    if not disposition.startswith("attachment") and "name=" not in disposition:
        yield message


def _payload(part: "Message[str, str]") -> str:
    try:
        data = part.get_payload(decode=True)
    except (ValueError, LookupError, MessageError):  # damaged base64 and the like
        data = str(part.get_payload()).encode("utf-8", "replace")
    charset = part.get_param("charset")
    return characters(data if isinstance(data, bytes) else b"", charset if isinstance(charset, str) else None)


def _escaped(value: str) -> bool:
    return any("\udc80" <= c <= "\udcff" for c in value) and all(c < "\x80" or "\udc80" <= c <= "\udcff" for c in value)


# --- what its author wrote

_PREFIX: Final = re.compile(
    r"^(?:(re|aw|sv|antw|odp|res|rif|ynt|fwd?|wg|tr|rv|enc|doorst) ?(?:\[\d+\])?: ?)+", re.IGNORECASE
)
_FORWARD: Final = re.compile(r"^(?:fwd?|wg|tr|rv|enc|doorst) ?:", re.IGNORECASE)
_MARKER: Final = re.compile(r"[-_ >]{2,40}(?:[^\W\d_]{2,20} ){1,3}[-_ ]{2,40}$|_{20,}$|-{20,}$")
_INTRO: Final = re.compile(
    r"(?:-{2,5} ?)?(?:on|am|le|el|il|op|em|den|dne|dnia|w dniu|vid|på)\b.{4,400}"
    r"(?:wrote|schrieb.{0,120}|a écrit|escribió|ha scritto|schreef.{0,120}|escreveu|skrev.{0,120}|napsal.{0,6}"
    r"|napisał.{0,3}) ?:$",
    re.IGNORECASE,
)
_DECLARED: Final = re.compile(r"<(?:\?|!doctype|!\[)[^<>]{0,300}>", re.IGNORECASE)
_FROM: Final = frozenset("from von de da van från fra od от 发件人 差出人".split())  # noqa: SIM905
_LABELS: Final = _FROM | frozenset(
    "sent date to subject cc reply-to importance gesendet datum an betreff kopie envoyé à objet enviado el fecha para "  # noqa: SIM905
    "asunto inviato data a oggetto verzonden aan onderwerp skickat till ämne sendt til emne wysłano do temat odesláno "
    "komu předmět отправлено кому тема".split()
)
_LABELLED: Final = re.compile(r"[*_ ]{0,4}([^\W\d_][\w -]{0,14}?)[*_ ]{0,3}: ?[*_ ]{0,3}(\S.{0,1000})?$")


def title(subject: str) -> str:
    """A subject without "Re:" and "Fwd:", on one line."""
    return _PREFIX.sub("", " ".join(clean(subject, "plain").split()))


def own_words(text: str, markup: str, subject: str = "") -> str:
    """What the author wrote: earlier mails below it and signatures are gone; answers between quoted lines stay.

    In a forwarded mail the earlier one is the matter, and stays.
    """
    plain = clean(_DECLARED.sub("", text), "html") if markup == "html" else text
    lines = [" ".join(line[:LONGEST_LINE].split()) for line in plain.replace("\r", "").split("\n")[:MOST_LINES]]
    if _FORWARD.match(subject):
        return clean("\n".join(line for line in lines if not _MARKER.match(line) and not _is_header(line)), "plain")
    return clean("\n".join(_above_the_last_mail(lines)), "plain")


def _above_the_last_mail(lines: list[str]) -> list[str]:
    """Up to the header or the introduction of an earlier mail, unless nothing stands above it.

    An introduction of lines that are marked with ">" is left out alone, for an answer may stand between these.
    """
    kept: list[str] = []
    at = 0
    while at < len(lines):
        length = _introduces(lines, at)
        if length and _is_quoted(lines, at + length):
            at += length
            continue
        if (length or _is_block(lines, at)) and any(kept):
            while kept and (not kept[-1] or _MARKER.match(kept[-1])):
                kept.pop()
            if kept:
                break
        kept.append(lines[at])
        at += 1
    return kept


def _introduces(lines: Sequence[str], at: int) -> int:
    """How many lines from here on are "On ... wrote:", which programs wrap; 0 where there is none."""
    if not lines[at] or lines[at].startswith(">"):
        return 0
    joined = ""
    for length, line in enumerate(lines[at : at + 4], 1):
        if not line or line.startswith(">"):
            return 0
        joined = f"{joined} {line}".strip()
        if line.endswith(":"):
            if not any(c.isdigit() for c in joined):
                return 0
            dated = sum(c.isdigit() for c in lines[at]) >= 4 and "@" in joined  # in a language that is not in _INTRO
            return length if _INTRO.match(joined) or (dated and _is_quoted(lines, at + length)) else 0
    return 0


def _is_quoted(lines: Sequence[str], at: int) -> bool:
    following = next((line for line in lines[at : at + 6] if line), "")
    return following.startswith(">")


def _is_block(lines: Sequence[str], at: int) -> bool:
    """Whether the headers of an earlier mail begin here: three of them close together, one says who wrote it."""
    if _label(lines[at]) is None:
        return False
    labels = {label for line in lines[at : at + 8] if (label := _label(line)) is not None}
    return len(labels) >= 3 and bool(labels & _FROM)


def _is_header(line: str) -> bool:
    return _label(line) is not None


def _label(line: str) -> str | None:
    found = _LABELLED.match(line)
    label = found[1].casefold() if found else ""
    return label if label in _LABELS else None
