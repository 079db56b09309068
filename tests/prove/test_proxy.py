"""The fault proxy does to a connection what it says."""

import socket
import socketserver
import threading
import time
from collections.abc import Iterator

import pytest

from tests.prove.proxy import Proxy, Toxics, proxy, through


class _Echo(socketserver.BaseRequestHandler):
    seen = b""

    def handle(self) -> None:
        while data := self.request.recv(4096):
            type(self).seen += data
            self.request.sendall(data)


@pytest.fixture
def heard() -> type[_Echo]:
    return type("Echo", (_Echo,), {"seen": b""})


@pytest.fixture
def line(heard: type[_Echo]) -> Iterator[Proxy]:
    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """Lines break here on purpose."""

    with Server(("127.0.0.1", 0), heard) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        with proxy("127.0.0.1", server.server_address[1]) as made:
            yield made
        server.shutdown()


def _connect(line: Proxy) -> socket.socket:
    return socket.create_connection(("127.0.0.1", line.port), 10)


def _all(client: socket.socket) -> bytes:
    got = b""
    while data := client.recv(4096):
        got += data
    return got


def test_without_a_fault_everything_arrives_and_the_end_too(line: Proxy) -> None:
    sent = bytes(range(256)) * 2000
    with _connect(line) as client:
        threading.Thread(target=lambda: (client.sendall(sent), client.shutdown(socket.SHUT_WR))).start()

        assert _all(client) == sent


def test_latency_is_that_of_both_ways(line: Proxy) -> None:
    line.set(Toxics(latency=0.1))
    with _connect(line) as client:
        began = time.monotonic()
        client.sendall(b"a")
        client.recv(1)

        assert time.monotonic() - began >= 0.2


@pytest.mark.parametrize("length", [1, 7, 4000])
def test_an_answer_is_cut_after_so_many_bytes(line: Proxy, length: int) -> None:
    line.set(Toxics(cut_down=length))
    with _connect(line) as client:
        client.sendall(b"x" * 5000)

        assert len(_all(client)) == length


def test_a_question_is_cut_after_so_many_bytes(line: Proxy, heard: type[_Echo]) -> None:
    line.set(Toxics(cut_up=3))
    with _connect(line) as client:
        client.sendall(b"abcdef")
        _all(client)

    assert heard.seen in (b"abc", b"")


def test_an_abrupt_cut_is_a_reset_after_what_was_let_through(line: Proxy) -> None:
    line.set(Toxics(cut_down=4, abrupt=True))
    with _connect(line) as client:
        client.sendall(b"x" * 100)

        assert client.recv(100) == b"xxxx"
        with pytest.raises(ConnectionResetError):
            client.recv(100)


def test_who_is_connected_is_reset_and_who_comes_later_is_served(line: Proxy) -> None:
    with _connect(line) as client:
        client.sendall(b"a")
        client.recv(1)

        assert line.reset() == 1
        with pytest.raises(ConnectionResetError):
            client.recv(1)
    with _connect(line) as client:
        client.sendall(b"b")

        assert client.recv(1) == b"b"


def test_a_black_hole_takes_connections_and_gives_nothing_until_it_is_lifted(line: Proxy) -> None:
    with _connect(line) as client:
        client.sendall(b"a")
        assert client.recv(1) == b"a"
        line.set(Toxics(blackhole=True))
        client.sendall(b"b")
        client.settimeout(0.3)
        with pytest.raises(TimeoutError):
            client.recv(1)
        line.set()
        client.settimeout(10)

        assert client.recv(1) == b"b"


def test_held_lines_stay_half_open_and_new_ones_are_served(line: Proxy) -> None:
    with _connect(line) as client:
        client.sendall(b"a")
        client.recv(1)
        assert line.hold() == 1
        client.sendall(b"b")
        client.settimeout(0.2)
        with pytest.raises(TimeoutError):
            client.recv(1)
        with _connect(line) as other:
            other.sendall(b"c")

            assert other.recv(1) == b"c"


def test_an_answer_comes_in_slices_with_pauses(line: Proxy) -> None:
    line.set(Toxics(slice=2, pause=0.05))
    with _connect(line) as client:
        began = time.monotonic()
        client.sendall(b"abcdefgh")
        client.shutdown(socket.SHUT_WR)

        assert _all(client) == b"abcdefgh"
        assert time.monotonic() - began >= 0.15


def test_one_answer_is_lost_although_the_question_arrived(line: Proxy, heard: type[_Echo]) -> None:
    line.lose_reply(b"COMMIT")
    with _connect(line) as client:
        client.sendall(b"SELECT")
        assert client.recv(6) == b"SELECT"
        client.sendall(b"COMMIT")
        with pytest.raises(ConnectionResetError):
            client.recv(1)

    assert (heard.seen, line.lost) == (b"SELECTCOMMIT", 1)


def test_new_connections_can_be_refused(line: Proxy) -> None:
    line.set(Toxics(refuse=True))
    with pytest.raises(ConnectionError), _connect(line) as client:
        client.sendall(b"a")
        if not client.recv(1):
            raise ConnectionResetError


def test_an_address_is_changed_and_nothing_else_of_a_url() -> None:
    class Made:
        port = 7

    assert (
        through("postgresql+psycopg://me:pw@db:5432/leaf?x=1", Made)
        == "postgresql+psycopg://me:pw@127.0.0.1:7/leaf?x=1"
    )
    assert through("smtp://127.0.0.1:25", Made) == "smtp://127.0.0.1:7"
