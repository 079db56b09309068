"""What comes back by mail, understood: reports of mail systems, automatic replies, and what a leader wrote. Pure.

Whatever a mail holds, `read` gives a value: what it does not understand waits for a person. Nothing that stands in a
mail is believed for itself: who it is about comes from a signed token, who wrote it from the results of the operator's
own mail server (RFC 8601).
"""

import binascii
import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import parseaddr
from itertools import islice
from typing import Final, Literal

from pipeline import answers
from pipeline.answers import Given, NotAnAnswer
from pipeline.clean import characters, clean
from pipeline.clean_mail import own_words
from pipeline.org import Org
from pipeline.return_path import ReturnPath, Token

LARGEST: Final = 2 * 1024 * 1024
"""Bytes of a mail that are looked at: words and reports stand before attachments and what is given back. Even one that
was made to be slow is then read in some seconds."""
EXCERPT: Final = 20_000
"""Letters of a mail that are kept for a person."""
LONGEST_HEADER: Final = 4_000
LONGEST_TEXT: Final = 40_000
ABOVE: Final = 2_000
"""Letters of a report in which a mail system says what happened; below stands the mail that it gives back."""
MOST_PARTS: Final = 200
DEEPEST: Final = 20
MOST_BOUNDARIES: Final = 60
"""Each line is compared with the boundaries of all parts around it, so that many make reading slow."""
MOST_HEADERS: Final = 1_000

Trouble = Literal["hard", "policy", "soft", "delayed", "success", "unknown"]
"""`hard`: the mail will never arrive there; `policy`: it was refused for what it is or where it comes from; `soft`: it
did not arrive, the next one may; `delayed`: it is still tried; `unknown`: a person has to read what is meant."""

Headers = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a mail system says became of a mail (RFC 3464, or in words of its own). `status` is that of RFC 3463."""

    trouble: Trouble
    status: str | None = None
    said: str = ""
    recipient: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Automatic:
    """Nobody wrote it (RFC 3834); `why` names what tells."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a person wrote. `sender` is None where it does not name exactly one; `doubt` says why it is not believed."""

    sender: str | None
    doubt: str | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """One mail. `key` is the same whichever way and however often it comes in."""

    key: str
    message_id: str
    subject: str
    tokens: tuple[Token, ...]
    found: Report | Automatic | Reply
    excerpt: str


def read(data: bytes, *, path: ReturnPath | None, trusted: str | None) -> Returned:
    """Understand a mail. `trusted` names the server whose Authentication-Results count; None: no sender is believed."""
    data = data[:LARGEST]
    try:
        if data.lower().count(b"boundary") > MOST_BOUNDARIES:
            raise MessageError("more parts within parts than anybody writes")
        message = message_from_bytes(data)
        headers = _headers(message)
        text, cut = _text(message)
        found = _found(message, headers, text, trusted, cut=cut)
    except Exception as error:  # whatever strangers put into a mail, down to parts nested deeper than Python can follow
        headers = _headers(BytesHeaderParser().parsebytes(data[:LONGEST_TEXT]))
        text, found = "", Report(trouble="unknown", said=f"cannot be read: {type(error).__name__}")
    tokens = () if path is None else tuple(path.tokens(_addressed(headers)))
    excerpt = found.text if isinstance(found, Reply) else text
    return Returned(
        key=_key(headers, data),
        message_id=_first(headers, "message-id")[:255],
        subject=_first(headers, "subject")[:200],
        tokens=tokens,
        found=found,
        excerpt=excerpt[:EXCERPT],
    )


def _found(
    message: "Message[str, str]", headers: Headers, text: str, trusted: str | None, *, cut: bool
) -> Report | Automatic | Reply:
    report = _report(message) or _bare_report(message, headers, text)
    if report is not None:
        return report
    why = _automatic(message, headers)
    if why is not None:
        return Automatic(why=why)
    words = _own_words(text)
    if cut:
        words = _whole(words, _name(headers))
    if _AWAY.match(_readable(_first(headers, "subject"))) and not _understood(words):
        return Automatic(why="its subject")
    sender = _sender(headers)
    return Reply(sender=sender, doubt=_doubt(headers, sender, trusted), text=words)


# --- headers

_WRITTEN_TO: Final = frozenset({
    "to", "cc", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "original-recipient",
})  # fmt: skip
_SPACE: Final = re.compile(r"\s+")


def _headers(message: "Message[str, str]") -> list[tuple[str, str]]:
    """(name in lower case, unfolded value), in order."""
    return [(name.lower(), _one_line(str(value))) for name, value in islice(message.raw_items(), MOST_HEADERS)]


def _one_line(value: str) -> str:
    return _SPACE.sub(" ", sound(value[:LONGEST_HEADER])).strip()


def sound(text: str) -> str:
    """Text that every table can hold: no NUL, no half characters."""
    return (
        text.encode("utf-8", "surrogateescape" if _escaped(text) else "replace")
        .decode("utf-8", "replace")
        .replace("\0", "")
    )


def _escaped(text: str) -> bool:
    return all(not "\ud800" <= c <= "\udfff" or "\udc80" <= c <= "\udcff" for c in text)


def _all(headers: Headers, name: str) -> list[str]:
    return [value for found, value in headers if found == name]


def _first(headers: Headers, name: str) -> str:
    return next(iter(_all(headers, name)), "")


def _readable(value: str) -> str:
    """A header's words, also those that were encoded (RFC 2047)."""
    with suppress(ValueError, LookupError, MessageError):
        return str(make_header(decode_header(value)))
    return value


def _addressed(headers: Headers) -> list[str]:
    return [value for name, value in headers if name in _WRITTEN_TO]


def _no_path(headers: Headers) -> bool:
    """Whether the mail came from nobody who could be answered, as reports and automatic replies do."""
    return any(path.strip("<> ") == "" for path in _all(headers, "return-path"))


def _key(headers: Headers, data: bytes) -> str:
    """Of what stays the same on every way: who, when, which, and the words; not of what servers add on top."""
    body = re.split(rb"\r?\n\r?\n", data, maxsplit=1)[-1].replace(b"\r\n", b"\n").strip()
    told = [_first(headers, name) for name in ("message-id", "date", "from", "subject")]
    return hashlib.sha256("\n".join(told).encode() + b"\n\n" + body).hexdigest()


# --- reports of mail systems

_STATUS: Final = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_REPLY: Final = re.compile(r"(?<![\d.])([45])\d\d(?![\d.])")
_SAID_STATUS: Final = re.compile(r"(?:(?<![\d.])[45]\d\d[ -]{1,3}(?:\(?#)?|#)([45]\.\d{1,3}\.\d{1,3})(?![\d.])")
_BOUNCER: Final = re.compile(r"(?:^|[<\s\"])(?:mailer-daemon|postmaster)@|^\"?mailer-daemon\b", re.IGNORECASE)
_FAILED: Final = re.compile(
    r"undeliver|delivery (?:status notification|has failed|failed|failure)|mail delivery (?:failed|system)"
    r"|returned mail|failure notice|returned to sender|unzustellbar|non remis",
    re.IGNORECASE,
)
_HEADS: Final = {"failed", "delayed", "delivered", "relayed", "expanded"}


def _report(message: "Message[str, str]") -> Report | None:
    """The delivery status of RFC 3464; of several recipients the one for whom it is worst."""
    found = [_of_recipient(fields) for part in _parts(message) for fields in _status_fields(part)]
    known = [one for one in found if one is not None]
    return min(known, key=lambda one: _WORST.index(one.trouble)) if known else None


_WORST: Final[tuple[Trouble, ...]] = ("hard", "policy", "soft", "unknown", "delayed", "success")


def _status_fields(part: "Message[str, str]") -> Iterator[dict[str, str]]:
    """The groups of fields of a message/delivery-status, also of one that was encoded though it must not be."""
    if part.get_content_type() not in ("message/delivery-status", "message/global-delivery-status"):
        return
    payload = part.get_payload()
    if isinstance(payload, list) and not part.get("content-transfer-encoding", "").lower().startswith(("base64", "q")):
        blocks = [one for one in payload[:MOST_PARTS] if isinstance(one, Message)]
    else:
        text = _decoded(part) if not isinstance(payload, list) else _flattened(part)
        blocks = [BytesHeaderParser().parsebytes(b.encode()) for b in re.split(r"\n\s*\n", text)[:MOST_PARTS]]
    for block in blocks:
        yield dict(reversed(_headers(block)))


def _flattened(part: "Message[str, str]") -> str:
    """The text of a part that the library took for fields and that is encoded."""
    octets = b"".join(
        "".join(str(one.get_payload()) for one in part.get_payload() if isinstance(one, Message)).encode().split()
    )
    with suppress(ValueError, binascii.Error):
        return binascii.a2b_base64(octets).decode("utf-8", "replace").replace("\r", "")
    return ""


def _of_recipient(fields: dict[str, str]) -> Report | None:
    action = fields.get("action", "").split(" ")[0].lower()
    if action not in _HEADS:
        return None
    said = _typed(fields.get("diagnostic-code", ""))
    status = _status(fields.get("status", ""), said)
    return Report(
        trouble=_trouble(action, status),
        status=status,
        said=said[:500],
        recipient=_typed(fields.get("original-recipient") or fields.get("final-recipient", ""))[:255] or None,
    )


def _typed(value: str) -> str:
    """`smtp; 550 no` and `rfc822;kit@rosta.example` without their type."""
    kind, parted, rest = value.partition(";")
    return rest.strip() if parted and kind.strip().replace("-", "").isalnum() else value


def _status(given: str, said: str) -> str | None:
    """The status; a more exact one of the same class from the server's own words where the report only says 5.0.0."""
    found, told = _STATUS.search(given), _STATUS.search(said)
    if found is None and told is None:
        reply = _REPLY.search(said)
        return None if reply is None else f"{reply[1]}.0.0"
    if found is None or (told is not None and found[2] == "0" and found[1] == told[1]):
        found = told
    return found[0] if found is not None else None


def _trouble(action: str, status: str | None) -> Trouble:
    if action == "delayed":
        return "delayed"
    if action != "failed":
        return "success"
    return "unknown" if status is None else _of_status(status)


def _of_status(status: str) -> Trouble:
    if status.startswith("4"):
        return "soft"
    if not status.startswith("5"):
        return "unknown"
    return "policy" if status.startswith("5.7.") else "hard"


def _bare_report(message: "Message[str, str]", headers: Headers, text: str) -> Report | None:
    """What mail systems say in words of their own, above the mail that they give back."""
    bouncer = _BOUNCER.search(_first(headers, "from")) is not None or "x-failed-recipients" in dict(headers)
    spoilt = str(message.get_param("report-type", "")).lower() == "delivery-status"
    if not bouncer and not spoilt and not (_no_path(headers) and _FAILED.search(_first(headers, "subject"))):
        return None
    told = _SAID_STATUS.search(text[:ABOVE])
    status = told[1] if told is not None else None
    said = _one_line(text[:500]) or _first(headers, "subject")
    return Report(trouble="unknown" if status is None else _of_status(status), status=status, said=said)


# --- what nobody wrote

_RESPONDERS: Final = (
    "x-autoreply", "x-autorespond", "x-autoresponse", "x-auto-reply", "x-autoresponder", "x-autorply",
)  # fmt: skip
_AWAY: Final = re.compile(
    r"^(?:automatic reply|auto(?:matic)?[- ]?(?:reply|response)|out of (?:the )?office|abwesenheitsnotiz"
    r"|automatische antwort|réponse automatique|respuesta automática|risposta automatica|automatisch antwoord"
    r"|resposta automática)\b",
    re.IGNORECASE,
)
"""After "Re:" it is the subject of our own mail, which begins with a pain's name: programs put nothing before it."""


def _automatic(message: "Message[str, str]", headers: Headers) -> str | None:
    submitted = _first(headers, "auto-submitted").lower().partition(";")[0].strip()
    if submitted and submitted != "no":
        return f"Auto-Submitted: {submitted[:40]}"
    for name in _RESPONDERS:
        if _first(headers, name).lower() not in ("no", "false", ""):
            return name
    precedence = _first(headers, "precedence").lower()
    if precedence in ("bulk", "junk", "auto_reply", "list"):
        return f"Precedence: {precedence}"
    if _first(headers, "list-id"):
        return "mail of a list"
    if _no_path(headers):
        return "an empty return path"
    if message.get_content_type() == "multipart/report":
        return "a report of a mail program"
    return None


# --- who wrote it

_FROM: Final = re.compile(
    r'(?:(?:"(?:[^"\\]|\\.)*"|[^"<>@,;:()\\]*) ?<([^<>@\s"(),;:\\]+@[A-Za-z0-9._-]+)>'
    r'|([^<>@\s"(),;:\\]+@[A-Za-z0-9._-]+))'
)
"""One mailbox and nothing that two programs could read in two ways."""


def _sender(headers: Headers) -> str | None:
    given = _all(headers, "from")
    found = _FROM.fullmatch(given[0]) if len(given) == 1 else None
    return None if found is None else (found[1] or found[2]).lower()


def _doubt(headers: Headers, sender: str | None, trusted: str | None) -> str | None:
    """Why the sender is not believed; None where the trusted server says that DMARC passed for their domain.

    Only the topmost results of that server count: a server writes its own above whatever came with the mail.
    """
    if sender is None:
        return "it does not name one sender in a way that can be read in one way only"
    if trusted is None:
        return "no server's results are trusted (`trusted_results` in settings.yaml)"
    for value in _all(headers, "authentication-results"):
        server, *results = _results(value)
        if server.split(" ")[0].lower() == trusted.lower():
            return _of_dmarc(results, sender.rpartition("@")[2])
    return f"there are no results of {trusted}"


def _of_dmarc(results: Sequence[str], domain: str) -> str | None:
    said = [one for one in results if re.match(r"dmarc ?=", one)]
    if not said:
        return "its results say nothing of DMARC"
    words = said[0].replace(" =", "=").replace("= ", "=").split(" ")
    if len(said) > 1 or words[0] != "dmarc=pass":
        return f"DMARC did not pass ({words[0][:40]})"
    named = [word.removeprefix("header.from=") for word in words if word.startswith("header.from=")]
    return None if named == [domain] else "DMARC passed for another domain"


def _results(value: str) -> list[str]:
    """The results of one header, in lower case, without comments; what stands in quotes is a mark, not a result."""
    out: list[str] = []
    depth, quoted, skip = 0, False, False
    for c in value:
        if skip:
            skip = False
        elif c == "\\" and (depth or quoted):
            skip = True
        elif depth:
            depth += {"(": 1, ")": -1}.get(c, 0)
        elif c == '"':
            quoted = not quoted
            out.append("?")
        elif not quoted:
            depth += c == "("
            out.append(" " if c == "(" else c)
    return [" ".join(one.split()).lower() for one in "".join(out).split(";")]


# --- the words

_DEAD_CHARSETS: Final = {"us-ascii": "utf-8", "ascii": "utf-8", "iso-8859-1": "cp1252", "latin-1": "cp1252"}


def _text(message: "Message[str, str]") -> tuple[str, bool]:
    """The words of the first part that holds any, and whether the mail program may have cut their lines.

    Of HTML they are plain text. What a gateway adds in a part below is nobody's words.
    """
    for part in _parts(message):
        kind = part.get_content_type()
        if kind in ("text/plain", "text/html") and not _attached(part):
            told = characters(sound(_decoded(part)[:LONGEST_TEXT]))
            flowed = _says(part, "format", "flowed")
            if kind == "text/html":
                told = clean(told, "html")
            elif flowed:
                told = _unflowed(told, blank="" if _says(part, "delsp", "yes") else " ")
            if words := told.strip():
                return words, kind == "text/plain" and not flowed
    return "", False


def _says(part: "Message[str, str]", parameter: str, value: str) -> bool:
    return str(part.get_param(parameter, "")).lower() == value


def _unflowed(text: str, *, blank: str) -> str:
    """Lines as they were before the mail program cut them; one that goes on ends with a blank (RFC 3676, 4)."""
    whole: list[str] = []
    goes_on: int | None = None
    for line in text.split("\n"):
        words = line.lstrip(">")
        depth = len(line) - len(words)
        words = words.removeprefix(" ")  # stuffed, and of "-- " nothing goes on
        flows = words.endswith(" ") and words != "-- "
        words = words[:-1] + blank if flows else words
        if goes_on == depth and words != "-- ":
            whole[-1] += words
        else:
            whole.append(line[:depth] + words)
        goes_on = depth if flows else None
    return "\n".join(whole)


def _attached(part: "Message[str, str]") -> bool:
    return "attachment" in str(part.get("content-disposition", "")).lower() or part.get_filename() is not None


def _parts(message: "Message[str, str]") -> list["Message[str, str]"]:
    """Parts that are no containers, in order, of alternatives the plain text first; nothing that is given back."""
    found: list[Message[str, str]] = []
    waiting = [(message, 0)]
    while waiting and len(found) < MOST_PARTS:
        part, depth = waiting.pop()
        payload = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(payload, list):
            within = [one for one in payload[:MOST_PARTS] if isinstance(one, Message)]
            if part.get_content_subtype() == "alternative":
                within.sort(key=lambda one: one.get_content_type() != "text/plain")
            if depth < DEEPEST:
                waiting += [(one, depth + 1) for one in reversed(within)]
        else:
            found.append(part)
    return found


def _decoded(part: "Message[str, str]") -> str:
    try:
        octets = part.get_payload(decode=True)
    except (ValueError, LookupError, MessageError):
        octets = None
    if not isinstance(octets, bytes):
        octets = str(part.get_payload()).encode("utf-8", "replace")
    declared = part.get_param("charset")
    name = declared.strip("\"' ").lower() if isinstance(declared, str) else "utf-8"
    for tried in (_DEAD_CHARSETS.get(name, name), "utf-8"):
        with suppress(LookupError, ValueError):  # LookupError also for codecs that are no charsets, such as zip
            return octets.decode(tried).replace("\r\n", "\n")
    return octets.decode("cp1252", "replace").replace("\r\n", "\n")


def _own_words(text: str) -> str:
    lines = [" ".join(line.split()) for line in text.split("\n")]
    return own_words("\n".join(lines)).strip()


def _whole(text: str, name: frozenset[str]) -> str:
    """Words with the lines put together that a mail program cut."""
    above = ""
    whole: list[str] = []
    for line in text.split("\n"):
        signed = name.issuperset(_letters(line) or [""])
        if whole and not signed and _was_cut(above, line) and not _BY.search(whole[-1][-LONGEST_LINE:]):
            whole[-1] += f" {line}"
        else:
            whole.append(line)
        above = line
    return "\n".join(whole)


def _was_cut(above: str, line: str) -> bool:
    """Whether a line ends where it does since the first word of the next one had no room."""
    word = line.partition(" ")[0]
    cuts = len(above) <= LONGEST_LINE or " " not in above
    return bool(above and word) and cuts and len(above) + 1 + len(word) > ROOM


def _name(headers: Headers) -> frozenset[str]:
    """The words of the name that a sender goes by, or of their address where they give none."""
    shown, address = parseaddr(_first(headers, "from"))
    return frozenset(_letters(_readable(shown)) or _letters(address.partition("@")[0]))


def _letters(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text.casefold())


# --- what a reply says

Verb = Literal["act", "understand", "belongs", "not_now", "pause"]
Wrong = Literal["quote", "label", "guess", "not_mine"]
LONGEST_LINE: Final = 80
"""Letters of a line of several words above which its mail program cuts none."""
ROOM: Final = 72
"""Letters of a line into which the next word has to fit; else the mail program may have cut it there."""
_SAID: Final = re.compile(
    r"(?:#?(?P<number>\d{1,2})[.):]? )?"
    r"(?:(?P<act>(?:i will )?act)|(?P<understand>understand(?: first)?)|(?P<not_now>not now(?:,? because)?)"
    r"|belongs to (?P<to>[^:]{1,120}?)) ?: ?(?P<text>.*)",
    re.IGNORECASE | re.DOTALL,
)
_BY: Final = re.compile(r"[,;.]? *\bby (\d{4}-\d{2}-\d{2})[.!]?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The first line of a reply: what it says, and of which pain of the mail (None: of the one that was asked)."""

    verb: Verb
    number: int | None = None
    text: str = ""
    due: str = ""
    to: str = ""


def said(text: str) -> Said | None:
    """What the first line says in the form that we know; None where it is for a person to read."""
    line = _first_line(text)
    if line.rstrip(".!").casefold() == "pause":
        return Said(verb="pause")
    found = _SAID.fullmatch(line)
    if found is None:
        return None
    verb: Verb = "belongs"
    for name in ("act", "understand", "not_now"):
        verb = name if found[name] else verb
    words, due = found["text"].strip(), ""
    by = _BY.search(words) if verb in ("act", "understand") else None
    if by is not None:
        words, due = words[: by.start()].strip(), by[1]
    number = int(found["number"]) if found["number"] else None
    return Said(verb=verb, number=number, text=words, due=due, to=(found["to"] or "").strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """The first line of a reply that says what is wrong: of which number of the mail, and for what it should stand."""

    what: Wrong
    number: int
    which: int | None = None
    """Of several quotations of that number."""
    rest: str = ""


_WRONG: Final = re.compile(
    r"(?:wrong (?P<what>quote|label|guess)|not mine):? #?(?P<number>\d{1,2})(?:\.(?P<which>\d))?"
    r":?(?: (?P<rest>.{1,300}))?",
    re.IGNORECASE,
)


def corrected(text: str) -> Corrected | None:
    """What the first line says is wrong, in the form that we know; None where it says something else."""
    found = _WRONG.fullmatch(_first_line(text).rstrip(".! "))
    if found is None:
        return None
    what, rest = (found["what"] or "not_mine").lower(), " ".join((found["rest"] or "").split())
    named = what in ("label", "not_mine")
    if (named and not rest) or (found["which"] and what != "quote"):
        return None
    if what == "label" and rest.casefold() not in ("developer", "customer", "none"):
        return None
    which = int(found["which"]) if found["which"] else None
    return Corrected(what=what, number=int(found["number"]), which=which, rest=rest)  # type: ignore[arg-type]


Word = Literal["own", "decline", "wrong", "snooze"]
_TO_CALL: Final = re.compile(
    r"(?:(?P<wrong>wrong tag)|(?P<snooze>(?:put it off|later) until) (?P<day>\d{4}-\d{2}-\d{2})"
    r"|(?P<decline>not now(?:,? because)?) ?: ?(?P<why>.*)"
    r"|(?:(?P<own>i own (?:it|the answer))|(?P<act>(?:i will )?act))(?: ?: ?(?P<line>.*))?)[.!]?",
    re.IGNORECASE | re.DOTALL,
)


def to_call(text: str) -> tuple[Word, str] | None:
    """What the first line of a reply to a call says, with its line, reason or day; None: a person has to read it."""
    found = _TO_CALL.fullmatch(_first_line(text))
    if found is None:
        return None
    if found["wrong"]:
        return "wrong", ""
    if found["snooze"]:
        return "snooze", found["day"]
    if found["decline"]:
        return "decline", found["why"].strip()
    return "own", (found["line"] or "").strip()


def _understood(text: str) -> bool:
    return any(form(text) is not None for form in (said, corrected, to_call))


def _first_line(text: str) -> str:
    return " ".join(text.strip().partition("\n")[0].split())[:LONGEST_HEADER]


def given(what: Said, *, leader: str, org: Org, today: date) -> Given:
    """The answer that a reply gives. Raises `NotAnAnswer`."""
    to = leader_named(org, what.to) if what.verb == "belongs" else ""
    if what.verb == "belongs" and not to:
        raise NotAnAnswer("to", f"{what.to[:80]!r} is not the name of one leader or of one team with a leader.")
    return answers.check(
        kind=what.verb, text=what.text, due=what.due, to=to, leader=leader, leaders=org.leaders, today=today
    )


def leader_named(org: Org, name: str) -> str:
    """The one leader who is called so, by id, name or address, or who leads the team that is; empty where unclear."""
    wanted = " ".join(name.casefold().split())
    found = {
        one
        for one in org.leaders
        if wanted in {one.casefold(), (org.people[one].name or "").casefold(), (org.people[one].email or "").casefold()}
    }
    found |= {
        team.leader
        for team in org.teams.values()
        if team.leader in org.leaders and wanted in (team.id.casefold(), team.name.casefold())
    }
    return found.pop() if wanted and len(found) == 1 else ""
