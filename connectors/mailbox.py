"""An IMAP server, read and never written: the one place that speaks to it.

Folders are opened read-only and mails are peeked at, so that nothing looks read because of us. Everything goes by UID:
numbers by position change whenever somebody deletes a mail.
"""

import base64
import imaplib
import ipaddress
import re
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Final, Literal, Self

from connectors.errors import SourceError

Tls = Literal["tls", "starttls", "no"]

TIMEOUT: Final = 60.0
WINDOW: Final = 50_000
"""UIDs that one search covers: a server may answer in one line, and lines are limited."""
CHUNK: Final = 500
"""Mails whose headers or flags are asked for at once."""
PASSING: Final = ("UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG", "CONTACTADMIN")
"""Response codes (RFC 5530) of a refusal that is not about the request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where a mailbox is and how to get in. `xoauth2`: the secret is an access token, not a password."""

    host: str
    port: int
    tls: Tls
    user: str
    secret: str = field(repr=False)
    xoauth2: bool = False
    ca_file: Path | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A folder as it was when it was opened. Numbers that the server does not tell are None."""

    validity: int
    next_uid: int | None
    modseq: int | None
    count: int


@dataclass(frozen=True, slots=True)
class Found:
    """One mail, or a part of it: flags are in lower case; `size` is that of the whole mail, -1 where it is not told."""

    uid: int
    flags: frozenset[str]
    received: datetime | None
    size: int
    data: bytes


class Mailbox:
    """A connection for one pull; connects on entering the `with` block. Raises `SourceError` and nothing else."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._folder: str | None = None
        self._validity: dict[str, int] = {}

    def __enter__(self) -> Self:
        with self._told("connect"):
            self._imap = _connected(self.server)
        try:
            self._log_in()
            with self._told("CAPABILITY"):  # a server tells all of it only to those who are in
                self._imap.capabilities = tuple(_words(self._imap.capability()[1]).upper().split())
            if "ENABLE" in self._imap.capabilities and self.keeps_changes:
                with self._told("ENABLE"):
                    self._imap.enable("CONDSTORE")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(imaplib.IMAP4.error, OSError):
            self._imap.logout()
        with suppress(OSError):  # where the line was lost, logging out leaves the socket open
            self._imap.shutdown()

    @property
    def keeps_changes(self) -> bool:
        """Whether the server can say which mails' flags changed since (RFC 7162)."""
        return "CONDSTORE" in self._imap.capabilities or "QRESYNC" in self._imap.capabilities

    def folders(self) -> list[tuple[str, frozenset[str]]]:
        """Every folder of the account with its attributes in lower case (RFC 6154: \\trash, \\junk, \\noselect)."""
        with self._told("LIST"):
            _, lines = self._imap.list()
        return [found for line in lines or [] if (found := _listed(line)) is not None]

    def open(self, folder: str) -> Opened:
        """Look at a folder as it is now, read-only."""
        self._folder = None
        with self._told(f"folder {folder!r}"):
            answer, words = self._imap.select(_quoted(encoded(folder)), readonly=True)
        if answer != "OK":
            said = _words(words)
            raise SourceError(
                f"folder {folder!r} cannot be read: {said}. Look at its name (`leafnotes check` lists those that there "
                "are), and whether the user may read it.",
                permanent=not _passes(said),
            )
        validity = self._number("UIDVALIDITY")
        if validity is None:
            raise SourceError(
                f"folder {folder!r}: the server tells no UIDVALIDITY, so nothing is certain", permanent=True
            )
        before = self._validity.setdefault(folder, validity)
        if before != validity:
            raise SourceError(f"folder {folder!r} was made anew while it was read; it will be read again")
        self._folder = folder
        count = int(words[0]) if words and words[0] and words[0].isdigit() else 0
        return Opened(validity, self._number("UIDNEXT"), self._number("HIGHESTMODSEQ"), count)

    def uids(self, folder: str, first: int, last: int | None) -> Iterator[list[int]]:
        """UIDs of the mails from `first` to `last`, both included, ascending, in portions."""
        while last is None or first <= last:
            end = None if last is None else min(last, first + WINDOW - 1)
            found = self._search(folder, f"UID {first}:{end or '*'}")
            yield sorted(uid for uid in found if uid >= first)  # n:* gives the last mail even where it is before n
            if end is None:
                return
            first = end + 1

    def mails(self, folder: str, uids: Sequence[int], octets: int) -> list[Found]:
        """The first `octets` of each of these mails that still exists."""
        found = self._fetch(folder, uids, f"(UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[]<0.{octets}>)")
        return sorted(found, key=lambda mail: mail.uid)

    def headers(self, folder: str, uids: Sequence[int], names: str = "") -> Iterator[Found]:
        """All headers of these mails, or those with `names`."""
        part = f"HEADER.FIELDS ({names})" if names else "HEADER"
        for start in range(0, len(uids), CHUNK):
            chunk = uids[start : start + CHUNK]
            yield from self._fetch(folder, chunk, f"(UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[{part}])")

    def changed_flags(self, folder: str, last: int, modseq: int) -> dict[int, frozenset[str]]:
        """Flags of the mails up to `last` that changed after `modseq`."""
        self._at(folder)
        found = self._read(
            "FETCH", lambda: self._imap.uid("FETCH", f"1:{last}", "(UID FLAGS)", f"(CHANGEDSINCE {modseq})")
        )
        return {mail.uid: mail.flags for mail in found if mail.uid <= last}

    def newest_flags(self, folder: str, count: int, newest: int) -> dict[int, frozenset[str]]:
        """Flags of the last `newest` of `count` mails."""
        self._at(folder)
        if not count:
            return {}
        found = self._read("FETCH", lambda: self._imap.fetch(f"{max(1, count - newest + 1)}:*", "(UID FLAGS)"))
        return {mail.uid: mail.flags for mail in found}

    def find(self, folder: str, header: str, value: str) -> list[int]:
        """UIDs of the mails with this value anywhere in this header; none where the value cannot be asked for."""
        if not re.fullmatch(r"[!-~]{1,500}", value):
            return []
        return self._search(folder, f"HEADER {header} {_quoted(value)}")

    def _search(self, folder: str, criteria: str) -> list[int]:
        self._at(folder)
        with self._told("SEARCH"):
            answer, lines = self._imap.uid("SEARCH", criteria)
        if answer != "OK":
            raise SourceError(
                f"{self.server.host}: SEARCH was refused: {_words(lines)}", permanent=not _passes(_words(lines))
            )
        return sorted({int(word) for line in lines if line for word in line.split() if word.isdigit()})

    def _fetch(self, folder: str, uids: Sequence[int], what: str) -> list[Found]:
        if not uids:
            return []
        self._at(folder)
        wanted = set(uids)
        found = self._read("FETCH", lambda: self._imap.uid("FETCH", _ranges(uids), what))
        return [mail for mail in found if mail.uid in wanted and mail.size >= 0]

    def _read(self, command: str, ask: Any) -> list[Found]:
        with self._told(command):
            self._imap.response("FETCH")  # what the server said of its own accord before
            answer, lines = ask()
            if answer != "OK" and "EXPUNGE" in _words(lines).upper():
                # Some of the mails were deleted meanwhile: those that were not have been given all the same.
                lines = self._imap.response("FETCH")[1]
            elif answer != "OK":
                said = _words(lines)
                raise SourceError(f"{self.server.host}: {command} was refused: {said}", permanent=not _passes(said))
            return list(_fetched(lines))

    def _at(self, folder: str) -> None:
        if self._folder != folder:
            self.open(folder)

    def _number(self, name: str) -> int | None:
        _, told = self._imap.response(name)
        last = next((one for one in reversed(told or []) if one), b"")
        return int(last) if last.isdigit() else None

    def _log_in(self) -> None:
        server = self.server
        try:
            with self._told("log in"):
                if server.xoauth2:
                    token = f"user={server.user}\x01auth=Bearer {server.secret}\x01\x01"
                    self._imap.authenticate("XOAUTH2", _answers(token))
                elif "AUTH=PLAIN" in self._imap.capabilities:
                    self._imap.authenticate("PLAIN", _answers(f"\0{server.user}\0{server.secret}"))
                else:
                    self._imap.login(_quoted(server.user), server.secret)
        except SourceError as error:
            said = str(error).replace(server.secret or "\0", "***")
            said = said.replace(base64.b64encode(server.secret.encode()).decode() or "\0", "***")
            passing = not error.permanent or _passes(said)
            told = said if passing else f"the credential of {server.user} was refused ({said}). Put in a valid one."
            raise SourceError(told, permanent=not passing) from None

    @contextmanager
    def _told(self, what: str) -> Iterator[None]:
        """Whatever goes wrong between here and the server, as an error that says where."""
        where = f"{self.server.host}:{self.server.port}: {what}"
        try:
            yield
        except ssl.SSLCertVerificationError as error:
            raise SourceError(f"{where}: {error.verify_message}. Name its `ca_file`.", permanent=True) from error
        except (imaplib.IMAP4.abort, OSError, EOFError) as error:
            raise SourceError(f"{where}: {_line(error)}") from error
        except (imaplib.IMAP4.error, UnicodeError, ValueError) as error:
            raise SourceError(f"{where}: {_line(error)}", permanent=not _passes(str(error))) from error


def is_loopback(host: str) -> bool:
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


def encoded(folder: str) -> str:
    """A folder's name in the UTF-7 of IMAP (RFC 3501, 5.1.3)."""
    out = []
    for run in re.findall(r"[ -~]+|[^ -~]+", folder):
        if run[0] <= "~" and run[0] >= " ":
            out.append(run.replace("&", "&-"))
        else:
            word = base64.b64encode(run.encode("utf-16-be", "replace")).decode().rstrip("=").replace("/", ",")
            out.append(f"&{word}-")
    return "".join(out)


def decoded(name: str) -> str:
    """The other way; a name that is not encoded right stays as it is."""

    def put(run: re.Match[str]) -> str:
        if not run[1]:
            return "&"
        word = run[1].replace(",", "/")
        try:
            return base64.b64decode(word + "=" * (-len(word) % 4), validate=True).decode("utf-16-be")
        except ValueError:
            return run[0]

    return re.sub(r"&([^-]*)-", put, name)


def _connected(server: Server) -> imaplib.IMAP4:
    context = ssl.create_default_context(cafile=None if server.ca_file is None else str(server.ca_file))
    if server.tls == "tls":
        return imaplib.IMAP4_SSL(server.host, server.port, ssl_context=context, timeout=TIMEOUT)
    imap = imaplib.IMAP4(server.host, server.port, timeout=TIMEOUT)
    if server.tls == "starttls":
        try:
            imap.starttls(context)
        except BaseException:
            with suppress(OSError):
                imap.shutdown()
            raise
    return imap


def _answers(first: str) -> Any:
    """What to say in an exchange of credentials: `first`, and nothing to what the server says after it."""
    lines = iter([first.encode()])
    return lambda _challenge: next(lines, b"")


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _ranges(uids: Sequence[int]) -> str:
    """1:3,7 for 1, 2, 3, 7."""
    spans: list[list[int]] = []
    for uid in sorted(uids):
        if spans and spans[-1][1] == uid - 1:
            spans[-1][1] = uid
        else:
            spans.append([uid, uid])
    return ",".join(f"{a}:{b}" if a != b else str(a) for a, b in spans)


_UID: Final = re.compile(rb"\bUID (\d+)")
_FLAGS: Final = re.compile(rb"\bFLAGS \(([^)]*)\)")
_RECEIVED: Final = re.compile(rb'\bINTERNALDATE "([^"]{1,40})"')
_SIZE: Final = re.compile(rb"\bRFC822\.SIZE (\d+)")
_SHORT: Final = re.compile(rb'BODY\[[^\]]*\](?:<\d+>)? (?:NIL|"((?:[^"\\]|\\.)*)")')


def _fetched(lines: Sequence[Any]) -> Iterator[Found]:
    """Mails from the pieces that imaplib gives: (words, literal) pairs, and the words after the last literal."""
    words, literals = b"", list[bytes]()
    for piece in lines:
        if isinstance(piece, tuple):
            words, literals = words + piece[0], [*literals, piece[1]]
            continue
        words += piece or b""
        short = _SHORT.search(words)  # a server may give something short in quotes
        if short:
            words = words[: short.start()] + words[short.end() :]
            literals.append(re.sub(rb"\\(.)", rb"\1", short[1] or b""))
        uid = _UID.search(words)
        if uid:
            yield _mail(int(uid[1]), words, literals)
        words, literals = b"", []


def _mail(uid: int, words: bytes, literals: Sequence[bytes]) -> Found:
    flags, size = _FLAGS.search(words), _SIZE.search(words)
    told = flags[1].decode("ascii", "replace").lower().split() if flags else []
    return Found(uid, frozenset(told), _moment(words), int(size[1]) if size else -1, b"".join(literals))


def _moment(words: bytes) -> datetime | None:
    received = _RECEIVED.search(words)
    if received is None:
        return None
    try:
        found = parsedate_to_datetime(received[1].decode("ascii", "replace").strip().replace("-", " ", 2))
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return None


_LISTED: Final = re.compile(rb'\(([^)]*)\) (?:NIL|"(?:[^"\\]|\\.)*") ?(.*)$', re.DOTALL)


def _listed(line: Any) -> tuple[str, frozenset[str]] | None:
    words, literal = line if isinstance(line, tuple) else (line, None)
    found = _LISTED.match(words or b"")
    if found is None:
        return None
    name = literal if literal is not None else found[2].strip()
    if literal is None and name.startswith(b'"'):
        name = re.sub(rb"\\(.)", rb"\1", name[1:-1])
    return decoded(name.decode("utf-8", "replace")), frozenset(found[1].decode("ascii", "replace").lower().split())


def _words(lines: Sequence[Any] | None) -> str:
    told = (line for line in lines or () if isinstance(line, bytes))
    return " ".join(line.decode("utf-8", "replace") for line in told)[:2000] or "no reason given"


def _passes(said: str) -> bool:
    return any(f"[{code}]" in said.upper() for code in PASSING)


def _line(error: BaseException) -> str:
    if isinstance(error, socket.timeout):
        return "no answer in time"
    return " ".join(str(error).split()).removeprefix("b'").rstrip("'")[:300] or type(error).__name__
