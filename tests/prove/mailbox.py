"""A mail server that is honest about what it took: its ledger is on the disk before its 250.

A seeded share of mails meets a server that hangs up after the dot, having kept the mail or not, or puts it off. The
ledger says which; only where the client could not know may a second, identical copy follow.
"""

import email
import hashlib
import random
import socketserver
import threading
from contextlib import suppress
from typing import Any

from tests.prove.ledger import Ledger


class Mailbox:
    def __init__(self, ledger: Ledger, seed: int, faults: float = 0.12) -> None:
        self.ledger, self.faults = ledger, faults
        self.copies = ledger.path.parent / "copies"
        self.copies.mkdir(exist_ok=True)
        self._chance = random.Random(f"{seed} mail")
        self._lock = threading.Lock()
        self.messages: dict[str, bytes] = {}
        """The newest copy by Message-ID."""

    def fault(self) -> str:
        with self._lock:
            if self._chance.random() >= self.faults:
                return "none"
            return self._chance.choice(("hang up, kept", "hang up, not kept", "put off"))

    def keep(self, recipient: str, content: bytes, fault: str) -> None:
        parsed = email.message_from_bytes(content)
        name = str(parsed["Message-ID"])
        digest = hashlib.sha256(content).hexdigest()
        (self.copies / digest).write_bytes(content)
        with self._lock:
            self.messages[name] = content
            self.ledger.write(
                what="mail",
                message_id=name,
                recipient=recipient,
                sha256=digest,
                kept=fault != "hang up, not kept",
                answered=fault == "none",
                subject=str(parsed["Subject"]),
            )


class _Handler(socketserver.StreamRequestHandler):
    mailbox: Mailbox

    def handle(self) -> None:
        with suppress(ConnectionError, TimeoutError):
            self._talk()

    def _talk(self) -> None:
        recipient, fault = "", "none"
        self._say("220 prove ESMTP")
        while line := self.rfile.readline().decode("ascii", "replace").strip():
            verb = line[:4].upper()
            if verb == "QUIT":
                self._say("221 bye")
                return
            if verb == "RCPT":
                fault, recipient = self.mailbox.fault(), line.partition(":")[2].strip("<> ")
                self._say("451 try again later" if fault == "put off" else "250 ok")
            elif verb == "DATA":
                self._say("354 go on")
                content = self._content()
                if content is None:
                    return
                self.mailbox.keep(recipient, content, fault)
                if fault != "none":
                    return
                self._say("250 queued")
            else:
                self._say("250 ok")

    def _content(self) -> bytes | None:
        """The mail, None where the client went away in the middle of it."""
        lines = []
        while line := self.rfile.readline():
            if line == b".\r\n":
                return b"".join(lines)
            lines.append(line[1:] if line.startswith(b"..") else line)
        return None

    def _say(self, reply: str) -> None:
        self.wfile.write(f"{reply}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that dies is what this is about."""


def serve(mailbox: Mailbox) -> tuple[_Server, str]:
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"mailbox": mailbox}))
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.2}, daemon=True).start()
    return server, f"smtp://127.0.0.1:{server.server_address[1]}"
