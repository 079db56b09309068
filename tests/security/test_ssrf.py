"""Six hundred addresses with which a source would lead us elsewhere: nobody but the source itself hears of us."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

from connectors.base import SourceError
from connectors.http import Http
from connectors.limits import InProcess
from tests.connectors.stage import Clock, Stage, saying

SECRET = "ghp_canarycanarycanarycanary"
HOSTS = (
    "127.0.0.1", "127.1", "127.0.1", "0", "0.0.0.0", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1",
    "017700000001", "127.0.0.1.", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:0:0:1]",
    "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[fe80::1%25lo]", "[::127.0.0.1]", "localhost", "LOCALHOST",
    "localhost.", "localhost.localdomain", "127.0.0.2", "127.127.127.127", "169.254.169.254",
    "metadata.google.internal", "100.64.0.1", "192.0.0.9", "10.0.0.1", "①②⑦.⓪.⓪.①", "127。0。0。1", "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ",
    "xn--n3h.example", "evil.example", "127.0.0.1%00.evil.example",
)  # fmt: skip
FORMS = (
    "http://{host}:{port}/x", "https://{host}:{port}/x", "http:{host}:{port}/x", "http:/{host}:{port}/x",
    "http:///{host}:{port}/x", "//{host}:{port}/x", "\\\\{host}:{port}\\x", "http:\\\\{host}:{port}\\x",
    "http://{own}@{host}:{port}/x", "http://{own}:80@{host}:{port}/x", "http://{host}:{port}#@{own}/x",
    "http://{host}:{port}?@{own}/x", "http://{own}\\@{host}:{port}/x", "http://{own}%40{host}:{port}/x",
    " http://{host}:{port}/x", "\thttp://{host}:{port}/x", "ht\ntp://{host}:{port}/x", "gopher://{host}:{port}/_x",
)  # fmt: skip


class Canary:
    """Listens where nobody of us has anything to say, on every family of addresses."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        first = socket.create_server(("", 0))
        self.port: int = first.getsockname()[1]
        self._listening = [first]
        if socket.has_dualstack_ipv6():
            sixth = socket.socket(socket.AF_INET6)
            sixth.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            sixth.bind(("::", self.port))
            sixth.listen()
            self._listening.append(sixth)
        for one in self._listening:
            threading.Thread(target=self._listen, args=(one,), daemon=True).start()

    def _listen(self, one: socket.socket) -> None:
        while True:
            try:
                connected, where = one.accept()
            except OSError:
                return
            self.heard.append(str(where))
            connected.close()

    def close(self) -> None:
        for one in self._listening:
            one.shutdown(socket.SHUT_RDWR)
            one.close()


@contextmanager
def listening() -> Iterator[Canary]:
    canary = Canary()
    try:
        yield canary
    finally:
        canary.close()


def addresses(canary: Canary, own: str) -> list[str]:
    return [form.format(host=host, port=canary.port, own=own) for form in FORMS for host in HOSTS]


def http_to(stage: Stage) -> Http:
    clock = Clock()
    headers = {"Authorization": f"Bearer {SECRET}"}
    return Http(stage.url, headers=headers, limiter=InProcess(clock), wait=clock.wait, now=clock)


def test_the_canary_hears() -> None:
    with listening() as canary:
        socket.create_connection(("127.0.0.1", canary.port)).close()
        for _ in range(200):
            if canary.heard:
                break
            threading.Event().wait(0.01)

        assert len(canary.heard) == 1


def test_no_next_page_leads_elsewhere() -> None:
    with Stage(*[saying([])] * 2_000) as stage, listening() as canary, http_to(stage) as http:
        own = urlsplit(stage.url).netloc
        told = addresses(canary, own)
        for address in told:
            try:
                http.get(address)
            except SourceError:
                continue

        assert len(set(told)) > 600
        assert canary.heard == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_leads_elsewhere(status: int) -> None:
    with listening() as canary:
        with Stage() as idle:
            told = [one for one in addresses(canary, urlsplit(idle.url).netloc) if "\n" not in one and one.isascii()]
        some = told[status % 5 :: 5]  # each status a fifth of them
        for address in some:
            with (
                Stage(saying({}, status, Location=address.strip()), *[saying([])] * 6) as stage,
                http_to(stage) as http,
            ):
                try:
                    http.get("/things")
                except SourceError:
                    continue

        assert len(some) > 100
        assert canary.heard == []
