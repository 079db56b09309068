"""Exchanges that take too long are cut, each in its own time, by one thread for all."""

import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from connectors.deadline import Cut


@pytest.fixture
def wires() -> Iterator[list[tuple[socket.socket, socket.socket]]]:
    """Sockets that nobody writes to."""
    pairs = [socket.socketpair() for _ in range(3)]
    yield pairs
    for pair in pairs:
        for wire in pair:
            wire.close()


def test_each_is_cut_in_its_own_time_whoever_began_first(wires: list[tuple[socket.socket, socket.socket]]) -> None:
    with ExitStack() as exchanges:
        long, short, done = (exchanges.enter_context(Cut(seconds)) for seconds in (60, 0.05, 60))
        for cut, (ours, _) in zip((long, short, done), wires, strict=True):
            cut.holds(ours)

        assert wires[1][0].recv(1) == b""  # it was shut: nothing else would end this

        assert short.late
        wires[0][1].send(b"x")
        assert wires[0][0].recv(1) == b"x"
        assert not long.late
        assert not done.late


def test_what_ended_in_time_is_left_alone(wires: list[tuple[socket.socket, socket.socket]]) -> None:
    with Cut(0.01) as early:
        pass
    with Cut(0.05) as late:
        late.holds(wires[0][0])
        assert wires[0][0].recv(1) == b""

    assert late.late
    assert not early.late


def test_however_many_there_are_one_thread_watches_them() -> None:
    with Cut(60):
        before = threading.active_count()
        with ExitStack() as exchanges:
            for _ in range(50):
                exchanges.enter_context(Cut(60))

            assert threading.active_count() == before


def test_a_forked_process_watches_for_itself(wires: list[tuple[socket.socket, socket.socket]]) -> None:
    with Cut(60):  # the thread is there
        child = os.fork()
        if not child:
            signal.alarm(10)
            with Cut(0.05) as cut:
                cut.holds(wires[0][0])
                wires[0][0].recv(1)
                os._exit(0 if cut.late else 1)
        _, status = os.waitpid(child, 0)

    assert os.waitstatus_to_exitcode(status) == 0
