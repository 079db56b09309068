"""A loopback IMAP server (RFC 3501, CONDSTORE of RFC 7162) in front of a dialect, with the same trouble as over HTTP.

What it asks the dialect: EXAMINE, SEARCH and FETCH as a `Request` whose path is the folder. Answers: EXAMINE gives
{"validity", "next", "modseq", "count"}, SEARCH a list of UIDs, FETCH a list of rows {"uid", "number", "flags",
"received", "modseq", "mail"}, of which the wanted parts are sent. A status of 400 and more becomes a refusal with the
response code of RFC 5530, and 401 ends the session, as real servers do.
"""

import base64
import re
import socketserver
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, ClassVar, Final

from connectors.kit.dialect import Request, Response

CODES: Final = {403: "NOPERM", 404: "NONEXISTENT", 429: "LIMIT", 500: "SERVERBUG", 502: "UNAVAILABLE"}
_WORD: Final = re.compile(r'"((?:[^"\\]|\\.)*)"|\(([^()]*(?:\([^()]*\)[^()]*)*)\)|([^\s"]+)')
_LITERAL: Final = re.compile(rb"\{(\d{1,7})\}\r\n$")
_PART: Final = re.compile(r"BODY\.PEEK\[([^\]]*)\](?:<(\d+)\.(\d+)>)?")


class ImapServer(socketserver.ThreadingTCPServer):
    daemon_threads: ClassVar[bool] = True  # type: ignore[misc]
    block_on_close: ClassVar[bool] = False  # type: ignore[misc]

    def __init__(self, answer: Callable[[Request], Response], welcome: Callable[[Request], bool]) -> None:
        """`answer` is asked for every request about mail, `welcome` whether a log-in is accepted."""
        self.asked = answer
        self.welcome = welcome
        super().__init__(("127.0.0.1", 0), _Session)

    @property
    def url(self) -> str:
        return f"imap://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, *_: Any) -> None:
        """A client that hangs up is the case's own doing."""


class _Session(socketserver.StreamRequestHandler):
    server: ImapServer

    def handle(self) -> None:
        self.who: Mapping[str, str] = {}
        self.folder = ""
        self._say("* OK the kit is ready")
        while (line := self._line()) is not None:
            tag, _, rest = line.partition(" ")
            command, _, words = rest.partition(" ")
            if command.upper() == "UID":
                command, _, words = words.partition(" ")
                command = f"UID {command}"
            if not self._do(tag, command.upper(), words):
                return

    def _line(self) -> str | None:
        """One command; a literal in it (a password, say) becomes a word in quotes."""
        line = self.rfile.readline(65_536)
        while found := _LITERAL.search(line):
            self._say("+ go on")
            literal = self.rfile.read(int(found[1]))
            quoted = b'"' + literal.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'
            line = line[: found.start()] + quoted + self.rfile.readline(65_536)
        return line.decode("utf-8", "replace").rstrip("\r\n") if line else None

    def _do(self, tag: str, command: str, words: str) -> bool:
        """Answer a command; False where the session is over."""
        if command == "LOGOUT":
            self._say("* BYE", f"{tag} OK bye")
            return False
        if command == "CAPABILITY":
            self._say("* CAPABILITY IMAP4rev1 AUTH=PLAIN ENABLE CONDSTORE", f"{tag} OK done")
        elif command in ("LOGIN", "AUTHENTICATE"):
            self._log_in(tag, command, words)
        elif command in ("ENABLE", "NOOP"):
            self._say(f"{tag} OK done")
        elif command == "LIST":
            self._say(
                '* LIST () "/" INBOX', '* LIST (\\Archive) "/" Archive', '* LIST (\\Trash) "/" Trash', f"{tag} OK done"
            )
        else:
            return self._mail(tag, command, words)
        return True

    def _log_in(self, tag: str, command: str, words: str) -> None:
        if command == "AUTHENTICATE":
            self._say("+ ")
            given = base64.b64decode(self.rfile.readline(65_536)).decode("utf-8", "replace").split("\0")
        else:
            given = ["", *_words(words)]
        self.who = {"user": given[1], "secret": given[2]} if len(given) > 2 else {}
        request = Request("LOGIN", "", {}, self.who)
        self._say(
            f"{tag} OK done" if self.server.welcome(request) else f"{tag} NO [AUTHENTICATIONFAILED] wrong password"
        )

    def _mail(self, tag: str, command: str, words: str) -> bool:
        if command in ("EXAMINE", "SELECT"):
            self.folder = next(iter(_words(words)), "")
        query = {"words": words}
        response = self.server.asked(Request(command, self.folder, query, self.who))
        if response.status == 401:
            self._say("* BYE your session has ended")
            return False
        if response.status >= 400:
            said = str((response.data or {}).get("message", "")) if isinstance(response.data, dict) else ""
            code = CODES.get(response.status, "")
            word = "BAD" if response.status == 400 else "NO"
            self._say(f"{tag} {word} {f'[{code}] ' if code else ''}{said or 'refused'}")
            return True
        if response.raw is not None:
            self._send(response.raw + b"\r\n")
            return True
        told = b"".join(self._told(command, words, response.data)) + f"{tag} OK done\r\n".encode()
        if response.headers.get("x-kit-cut"):
            self._send(told[: len(told) // 2])
            return False
        self._send(told)
        return True

    def _told(self, command: str, words: str, data: Any) -> list[bytes]:
        if command in ("EXAMINE", "SELECT"):
            lines = ["* FLAGS (\\Answered \\Flagged \\Deleted \\Seen)", f"* {data['count']} EXISTS"]
            lines += [f"* OK [{name} {data[key]}]" for name, key in _STATE]
            return [f"{line}\r\n".encode() for line in lines]
        if command.endswith("SEARCH"):
            return [("* SEARCH " + " ".join(str(uid) for uid in data) + "\r\n").encode()]
        return [_fetched(row, words) for row in data] if isinstance(data, list) else []

    def _say(self, *lines: str) -> None:
        self._send("".join(f"{line}\r\n" for line in lines).encode())

    def _send(self, data: bytes) -> None:
        with suppress(OSError):
            self.wfile.write(data)


_STATE: Final = (("UIDVALIDITY", "validity"), ("UIDNEXT", "next"), ("HIGHESTMODSEQ", "modseq"))


def _fetched(row: Any, words: str) -> bytes:
    """A row as an untagged FETCH; one that is not even a row as the noise that it is."""
    if not isinstance(row, dict):
        return f"* {row!r}\r\n".encode("ascii", "replace")
    told = [f"UID {row.get('uid')}", f"FLAGS ({' '.join(row.get('flags') or ())})"]
    mail = bytes(row.get("mail") or b"")
    if "INTERNALDATE" in words:
        told.append(f'INTERNALDATE "{row.get("received")}"')
    if "RFC822.SIZE" in words:
        told.append(f"RFC822.SIZE {len(mail)}")
    if "CHANGEDSINCE" in words:
        told.append(f"MODSEQ ({row.get('modseq')})")
    line = f"* {row.get('number', 1)} FETCH ({' '.join(told)}".encode("utf-8", "replace")
    part = _PART.search(words)
    if part is None:
        return line + b")\r\n"
    data = _wanted(mail, part)
    name = f"BODY[{part[1]}]" + (f"<{part[2]}>" if part[2] else "")
    return line + f" {name} {{{len(data)}}}\r\n".encode() + data + b")\r\n"


def _wanted(mail: bytes, part: re.Match[str]) -> bytes:
    head, gap, _ = mail.partition(b"\r\n\r\n")
    if not part[1]:
        return mail[int(part[2]) : int(part[2]) + int(part[3])] if part[2] else mail
    if part[1] == "HEADER":
        return head + gap
    names = {name.lower() for name in part[1].partition("(")[2].rstrip(")").encode().split()}
    lines = re.split(rb"\r\n(?![ \t])", head)
    return b"".join(line + b"\r\n" for line in lines if line.partition(b":")[0].lower() in names) + b"\r\n"


def _words(told: str) -> list[str]:
    """The words of a command, without their quotes."""
    return [
        re.sub(r"\\(.)", r"\1", quoted) if quoted or not (bracket or plain) else bracket or plain
        for quoted, bracket, plain in _WORD.findall(told)
    ]
