"""A mail server that takes everything at once and keeps nothing, in a process of its own.

    python -m benchmarks.sink

prints its port and serves until its standard input closes.
"""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import StreamRequestHandler, ThreadingTCPServer

REPLIES = {b"EHLO": b"250 SIZE 10000000", b"DATA": b"354 go on", b"QUIT": b"221 bye"}


class _Session(StreamRequestHandler):
    disable_nagle_algorithm = True

    def handle(self) -> None:
        self._say(b"220 sink")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            self._say(REPLIES.get(verb, b"250 ok"))
            if verb == b"QUIT":
                return
            if verb == b"DATA":
                while self.rfile.readline() not in (b".\r\n", b""):
                    pass
                self._say(b"250 taken")

    def _say(self, reply: bytes) -> None:
        self.wfile.write(reply + b"\r\n")


class _Server(ThreadingTCPServer):
    daemon_threads = True


@contextmanager
def sink() -> Iterator[int]:
    """Its port on loopback."""
    command = [sys.executable, "-m", "benchmarks.sink"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.communicate()


def main() -> None:
    with _Server(("127.0.0.1", 0), _Session) as server:
        print(server.server_address[1], flush=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        sys.stdin.read()
        server.shutdown()


if __name__ == "__main__":
    main()
