"""An SMTP server that does as it is told at one step: answers, says nothing, hangs up, or resets the connection."""

import socket
import struct
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

HANG, CLOSE, RESET = "hang", "close", "reset"

USUAL = {
    "connect": "220 scripted ESMTP",
    "ehlo": "250-scripted\r\n250-AUTH PLAIN\r\n250 SIZE 10000000",
    "helo": "250 scripted",
    "auth": "235 welcome",
    "mail": "250 sender ok",
    "rcpt": "250 recipient ok",
    "data": "354 go on",
    "dot": "250 queued as 1",
    "rset": "250 reset",
    "quit": "221 bye",
}


@dataclass
class Scripted:
    """`kept` holds what the server took, `seen` the step of every command, whole in `commands`, and `connections`
    how many there were.

    `script` maps a step to a reply, to HANG, CLOSE or RESET; `keep` says that a mail is kept whatever is answered to
    its dot. `a|b` does a the first time on a connection and b after that. A `once` script is for the first
    connection only. The step "body" happens instead of reading the content; the
    server hangs up after it.
    """

    script: Mapping[str, str]
    keep: bool = False
    once: bool = False
    port: int = 0
    kept: list[bytes] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    connections: int = 0
    _over: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def serve(self, listening: socket.socket) -> None:
        while not self._over.is_set():
            try:
                line, _ = listening.accept()
            except OSError:
                return
            if self._over.is_set():
                line.close()
                return
            self.connections += 1
            script = self.script if self.connections == 1 or not self.once else {}
            with line, line.makefile("rb") as lines, suppress(OSError):
                self._talk(line, lines, {**USUAL, **script})

    def _talk(self, line: socket.socket, lines: Iterator[bytes], script: Mapping[str, str]) -> None:
        here: list[str] = []
        alive = self._act(line, script["connect"])
        while alive:
            command = next(lines, b"")
            if not command:
                return
            step = command[:4].decode("latin-1").lower()
            self.seen.append(step)
            self.commands.append(command.decode("latin-1").strip())
            here.append(step)
            first, _, later = script.get(step, "500 what?").partition("|")
            repeated = here.count(step) > 1
            alive = self._act(line, later if later and repeated else first)
            if step == "quit":
                return
            if alive and step == "data" and script["data"].startswith("354"):
                alive = self._content(line, lines, script)

    def _content(self, line: socket.socket, lines: Iterator[bytes], script: Mapping[str, str]) -> bool:
        if "body" in script:
            self._act(line, script["body"])
            return False
        content: list[bytes] = []
        for one in lines:
            if one == b".\r\n":
                break
            content.append(one.removeprefix(b"."))
        if self.keep or script["dot"].startswith("2"):
            self.kept.append(b"".join(content))
        return self._act(line, script["dot"])

    def _act(self, line: socket.socket, action: str) -> bool:
        """Whether the conversation goes on."""
        if action == HANG:
            self._over.wait(10)
        elif action == RESET:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        elif action != CLOSE:
            line.sendall(action.encode() + b"\r\n")
            return not action.startswith("421")
        return False


@contextmanager
def scripted(script: Mapping[str, str] | None = None, *, keep: bool = False, once: bool = False) -> Iterator[Scripted]:
    server = Scripted(script or {}, keep=keep, once=once)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server.port = listening.getsockname()[1]
        thread = threading.Thread(target=server.serve, args=(listening,), daemon=True)
        thread.start()
        yield server
        server._over.set()
        # A blocked accept() does not notice that its socket is closed; a last connection wakes it.
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", server.port), 0.5).close()
        thread.join(5)
