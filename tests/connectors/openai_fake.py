"""A loopback server that speaks like an OpenAI-compatible one, as well or as badly as a test wants."""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any, Self

from tests.connectors.stage import LoopbackServer, Scene, saying

Reply = Callable[[dict[str, Any]], Scene]


def content(text: str | None, **more: Any) -> Scene:
    return saying({"choices": [{"index": 0, "message": {"role": "assistant", "content": text, **more}}]})


def proposing(side: str, quotation: str) -> Scene:
    return content(json.dumps({"side": side, "quotation": quotation}))


def text_of(body: dict[str, Any]) -> str:
    """What stands inside the fence."""
    return "\n".join(body["messages"][1]["content"].split("\n")[1:-1])


def honest(body: dict[str, Any]) -> Scene:
    """Calls everything customer pain, because of its longest line."""
    return proposing("customer", max(text_of(body).split("\n"), key=len)[:300])


class Fake:
    """`reply` gives the answer to each request, `asked` are their bodies. `trickle`: a byte every tenth of a second.

    `over` is set when the test is over.
    """

    def __init__(self, reply: Reply = honest) -> None:
        self.reply = reply
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.over = threading.Event()
        self.trickle = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    @property
    def texts(self) -> list[str]:
        return [text_of(body) for body in self.asked]

    def __enter__(self) -> Self:
        self._server = LoopbackServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"fake": self}))
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    fake: Fake
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("content-length", 0))))
        self.fake.asked.append(body)
        self.fake.headers.append({k.lower(): v for k, v in self.headers.items()})
        self.fake.paths.append(self.path)
        scene = self.fake.reply(body)
        self.send_response_only(scene.status)
        headers = {"Content-Type": "application/json", "Content-Length": str(len(scene.body)), **scene.headers}
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            for part in [bytes([one]) for one in scene.body] if self.fake.trickle else [scene.body]:
                self.wfile.write(part)
                if self.fake.trickle and self.fake.over.wait(0.1):
                    break
        except OSError:
            self.close_connection = True
        if self.fake.trickle or int(headers["Content-Length"]) != len(scene.body):
            self.close_connection = True

    def do_GET(self) -> None:
        self.fake.asked.append({"messages": [{}, {"content": "\nGET\n"}]})
        self.send_error(405)
