"""A server on loopback that answers whatever a test has written down for it, and remembers what it was asked."""

import json
import sys
import threading
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


@dataclass(frozen=True)
class Scene:
    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)


def saying(answer: Any, code: int = 200, **headers: str) -> Scene:
    """A JSON answer; header names are written with underscores."""
    return Scene(code, json.dumps(answer).encode(), {name.replace("_", "-"): value for name, value in headers.items()})


class Clock:
    """Time that passes only when somebody waits."""

    def __init__(self) -> None:
        self.now = 1_000_000.0
        self.waits: list[float] = []

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


class LoopbackServer(ThreadingHTTPServer):
    """A client that hangs up is part of some tests, and nothing to print about."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class Stage:
    """Gives its scenes in order, and the last one for ever."""

    def __init__(self, *scenes: Scene) -> None:
        self.scenes = deque(scenes or [Scene()])
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.connections = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._server = LoopbackServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"stage": self}))
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    stage: Stage
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self) -> None:
        self.stage.connections += 1
        super().setup()

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: what was asked is in `asked`."""

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        scenes = self.stage.scenes
        self.stage.asked.append((self.command, self.path, {k.lower(): v for k, v in self.headers.items()}))
        scene = scenes.popleft() if len(scenes) > 1 else scenes[0]
        headers = {"Content-Type": "application/json", "Content-Length": str(len(scene.body)), **scene.headers}
        self.send_response_only(scene.status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            self.wfile.write(scene.body)
        except OSError:  # the client has had enough
            self.close_connection = True
        if int(headers["Content-Length"]) != len(scene.body):
            self.close_connection = True

    def do_POST(self) -> None:
        self.do_GET()
