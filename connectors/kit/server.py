"""A loopback server that speaks a dialect, with whatever trouble a case puts in front of it."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from connectors.kit.dialect import Dialect, Honest, Request, Response
from connectors.kit.imap_server import ImapServer
from connectors.kit.world import World

MOST = 20_000
"""Requests of one case: none that is honest needs so many."""
Trouble = Callable[[Request, Honest], Response]
"""Answers a request instead of the dialect, whose honest answer it may ask for."""


class Fake:
    """The running fake of a source. `trouble` may be changed at any time; `requests` is what was asked so far."""

    def __init__(self, dialect: type[Dialect], world: World) -> None:
        self.world = world
        self.requests: list[Request] = []
        self.trouble: Trouble = lambda request, honest: honest(request)
        self._lock = threading.Lock()
        self._server: ThreadingHTTPServer | ImapServer
        if dialect.protocol == "imap":
            self._server = ImapServer(self.answer, lambda request: self.dialect.accepts(request))
            self.url = self._server.url
        else:
            self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
            self._server.daemon_threads = True
            self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.dialect = dialect(world, self.url)

    def answer(self, request: Request) -> Response:
        with self._lock:  # a world is changed by one request at a time
            self.requests.append(request)
            if len(self.requests) > MOST:  # in circles; an error ends it where silence would not
                return Response({"message": f"the kit has answered {MOST} requests"}, 410)
            return self.trouble(request, self.honest)

    def honest(self, request: Request) -> Response:
        if not self.dialect.accepts(request):
            return self.dialect.refusal(401)
        return self.dialect.answer(request)

    def lists(self) -> int:
        """How many pages of tickets were asked for."""
        return sum(self.dialect.is_list(request) for request in self.requests)

    def serve(self) -> None:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def running(dialect: type[Dialect], world: World) -> Iterator[Fake]:
    fake = Fake(dialect, world)
    fake.serve()
    try:
        yield fake
    finally:
        fake.stop()


def _handler(fake: Fake) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def _do(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("content-length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            query = dict(parse_qsl(parts.query, keep_blank_values=True))
            request = Request(self.command, parts.path, query, headers, self.rfile.read(length))
            try:
                response = fake.answer(request)
            except Exception as error:  # a mistake in a dialect must be seen in the report, not hang the case
                response = Response({"message": f"the kit's dialect failed: {type(error).__name__}: {error}"}, 418)
            self._send(response)

        do_GET = do_POST = do_HEAD = do_PUT = _do  # noqa: N815

        def _send(self, response: Response) -> None:
            body = response.body
            cut = response.headers.get("x-kit-cut")
            self.send_response_only(response.status)
            self.send_header("Date", format_datetime(fake.world.now, usegmt=True))
            for name, value in _headers(response).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if cut:  # the connection ends in the middle of the answer
                self.wfile.write(body[: len(body) // 2])
                self.close_connection = True
                return
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """The case reports what matters."""

    return Handler


def _headers(response: Response) -> Mapping[str, str]:
    given = {name: value for name, value in response.headers.items() if not name.lower().startswith("x-kit-")}
    return {"Content-Type": "application/json; charset=utf-8", **given}
