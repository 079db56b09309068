"""A TCP proxy that spoils what goes through it: before PostgreSQL, Redis, a source or a mail server.

    with proxy("127.0.0.1", 5432) as line:
        line.port                           where the application connects to
        line.set(Toxics(latency=0.2))       from now on, for connections that are open too
        line.set(Toxics(cut_down=100))      the answer ends after 100 bytes of a connection
        line.set(Toxics(blackhole=True))    open for ever, and nothing arrives
        line.lose_reply(b"COMMIT")          the next COMMIT arrives, and its answer never does
        line.reset()                        RST to whoever is connected now

It runs in a thread with an event loop of its own. Up is towards the server, down is towards the application.
"""

import asyncio
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")
CHUNK = 1 << 16
WAIT = 0.02
"""Seconds between two looks of a connection that is held at whether it still is."""


@dataclass(frozen=True, slots=True)
class Toxics:
    """What is wrong with the line. All of it can change while connections are open."""

    latency: float = 0.0
    """Seconds that each piece takes, in either direction."""
    cut_up: int | None = None
    """Bytes of a connection towards the server after which it is ended."""
    cut_down: int | None = None
    """Bytes of a connection towards the application after which it is ended."""
    abrupt: bool = False
    """Whether what is cut ends with a reset (RST) and not in order (FIN)."""
    blackhole: bool = False
    """Connections are taken and stay open, and nothing arrives, either way."""
    slice: int = 0
    """Bytes of a piece, where answers come in pieces."""
    pause: float = 0.0
    """Seconds between two pieces."""
    refuse: bool = False
    """New connections are reset at once."""


@dataclass(eq=False)
class _Line:
    """One connection through the proxy."""

    down: asyncio.StreamWriter
    up: asyncio.StreamWriter | None = None
    carried: dict[str, int] = field(default_factory=lambda: {"up": 0, "down": 0})
    held: bool = False
    losing: bool = False
    """Whether the next answer is swallowed, and the line reset in its place."""

    def end(self, *, abrupt: bool) -> None:
        for writer in (self.down, self.up):
            if writer is None:
                continue
            if abrupt:
                _abort(writer)
            else:
                writer.close()


def _abort(writer: asyncio.StreamWriter) -> None:
    """RST in place of FIN."""
    found = writer.get_extra_info("socket")
    with suppress(OSError):
        found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


class Proxy:
    def __init__(self, host: str, port: int) -> None:
        self._target, self._lines, self._toxics = (host, port), set[_Line](), Toxics()
        self._lose: list[bytes] = []
        self.connections = 0
        self.lost = 0
        """Answers that were swallowed."""
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"proxy to {port}", daemon=True)
        self._thread.start()
        self._ready.wait(10)

    # --- what a test calls --------------------------------------------------------------------------------------------

    def set(self, toxics: Toxics = Toxics()) -> None:
        self._call(lambda: setattr(self, "_toxics", toxics))

    def lose_reply(self, to: bytes) -> None:
        """Once: the next piece towards the server that has these bytes in it arrives, its answer does not."""
        self._call(lambda: self._lose.append(to))

    def keep_replies(self) -> None:
        self._call(self._lose.clear)

    def reset(self) -> int:
        """RST to both ends of all that is open; how many lines that were."""

        def all_of_them() -> int:
            lines = list(self._lines)
            for line in lines:
                line.end(abrupt=True)
            return len(lines)

        return self._call(all_of_them)

    def hold(self) -> int:
        """What is open now stays open for ever and carries nothing any more; new lines are well. How many that were."""

        def all_of_them() -> int:
            for line in self._lines:
                line.held = True
            return len(self._lines)

        return self._call(all_of_them)

    def stop(self) -> None:
        if self._loop.is_running():
            self._loop.call_soon_threadsafe(self._stopped.set)
            self._thread.join(10)

    def _call(self, what: Callable[[], T]) -> T:
        """Do it in the proxy's thread, and come back when it is done."""

        async def now() -> T:
            return what()

        return asyncio.run_coroutine_threadsafe(now(), self._loop).result(10)

    # --- its thread ---------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        with suppress(asyncio.CancelledError):
            self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        self._stopped = asyncio.Event()
        self._loop.set_exception_handler(lambda _loop, _context: None)  # lines that break are its trade
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port: int = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stopped.wait()
        server.close()
        for line in list(self._lines):
            line.end(abrupt=True)
        waiting = asyncio.all_tasks() - {asyncio.current_task()}
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        if self._toxics.refuse:
            _abort(writer)
            return
        line = _Line(writer)
        self._lines.add(line)
        try:
            while self._toxics.blackhole:
                await asyncio.sleep(WAIT)
            server, line.up = await asyncio.open_connection(*self._target)
            up = asyncio.create_task(self._carry(line, "up", reader, line.up))
            down = asyncio.create_task(self._carry(line, "down", server, writer))
            await asyncio.gather(up, down)
        except (OSError, EOFError):
            line.end(abrupt=True)
        finally:
            self._lines.discard(line)
            with suppress(Exception):
                line.end(abrupt=False)

    async def _carry(self, line: _Line, way: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(CHUNK):
            while self._toxics.blackhole or line.held:
                await asyncio.sleep(WAIT)
                if writer.is_closing():
                    return
            if way == "up":
                self._watch(line, data)
            elif line.losing:
                self.lost += 1
                line.end(abrupt=True)
                return
            if not await self._pass(line, way, data, writer):
                return
        with suppress(OSError, RuntimeError):
            if way == "up" and writer.can_write_eof():
                writer.write_eof()
            else:
                line.end(abrupt=False)

    def _watch(self, line: _Line, data: bytes) -> None:
        for one in self._lose:
            if one in data:
                self._lose.remove(one)
                line.losing = True
                return

    async def _pass(self, line: _Line, way: str, data: bytes, writer: asyncio.StreamWriter) -> bool:
        """Whether the line still stands afterwards."""
        while data:
            toxics = self._toxics
            if toxics.latency:
                await asyncio.sleep(toxics.latency)
            piece = data[: toxics.slice] if toxics.slice and way == "down" else data
            limit = toxics.cut_up if way == "up" else toxics.cut_down
            left = None if limit is None else max(0, limit - line.carried[way])
            whole = left is None or len(piece) < left
            piece = piece if whole else piece[:left]
            writer.write(piece)
            await writer.drain()
            line.carried[way] += len(piece)
            if not whole:
                if toxics.abrupt:
                    await asyncio.sleep(WAIT)  # what was sent arrives before the reset does
                line.end(abrupt=toxics.abrupt)
                return False
            data = data[len(piece) :]
            if data and toxics.pause:
                await asyncio.sleep(toxics.pause)
        return True


@contextmanager
def proxy(host: str, port: int) -> Iterator[Proxy]:
    made = Proxy(host, port)
    try:
        yield made
    finally:
        made.stop()


def through(url: str, made: Any) -> str:
    """The same URL with the proxy's place in it."""
    head, _, rest = url.partition("://")
    account, mark, place = rest.rpartition("@")
    place, slash, path = place.partition("/")
    return f"{head}://{account}{mark}127.0.0.1:{made.port}{slash}{path}"
