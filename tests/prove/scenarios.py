"""Rows of the matrix that need no whole deployment: one engine, one command, or one connector, and its fault."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import yaml
from sqlalchemy import event, inspect, text

from tests import local_servers
from tests.prove.checker import Checker, Database
from tests.prove.fleet import ROOT
from tests.prove.ledger import Ledger
from tests.prove.proxy import Toxics, proxy, through

LEAFNOTES = str(Path(sys.executable).parent / "leafnotes")
KEY = "k3Yt0-Zq9v_7XwLmN4pRsUu8BcDdEeFfGgHhJj2K5M"


@dataclass
class Shown:
    """What a scenario saw; `violations` empty: what was promised held."""

    repeats: int = 0
    violations: list[str] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)


class NotHere(Exception):
    """This machine does not allow it; the words say why."""


@contextmanager
def _folder() -> Iterator[Path]:
    made = Path(mkdtemp(prefix="prove-"))
    try:
        yield made
    finally:
        rmtree(made, ignore_errors=True)


def _command(
    *arguments: str, seconds: float = 120, prefix: tuple[str, ...] = (), fresh: bool = False, **variables: str
) -> tuple[int, str, float]:
    """(how it ended, what it said, its largest memory in MB) of a real `leafnotes`; 124 where it did not end.

    A fork of this process unless it has to be a `fresh` one: that costs seconds of importing.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LEAFNOTES_")}
    environment |= {"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1", **variables}
    with _folder() as folder, (folder / "said").open("w+b") as said:
        if fresh or prefix:
            command = [*prefix, LEAFNOTES, *arguments]
            pid = subprocess.Popen(command, env=environment, stdout=said, stderr=said, start_new_session=True).pid
        else:
            pid = _forked(arguments, environment, said.fileno())
        end, status, usage = time.monotonic() + seconds, None, None
        while status is None:
            done, ended, usage = os.wait4(pid, os.WNOHANG)
            if done:
                status = os.waitstatus_to_exitcode(ended)
            elif time.monotonic() > end:
                os.killpg(pid, signal.SIGKILL)
                os.wait4(pid, 0)
                status = 124
            else:
                time.sleep(0.02)
        return status, (folder / "said").read_text("utf-8", "replace"), usage.ru_maxrss / 1024 if usage else 0.0


def _forked(arguments: tuple[str, ...], environment: dict[str, str], said: int) -> int:
    import workers.cli
    from pipeline.classify import load_classifier

    load_classifier()
    pid = os.fork()
    if pid:
        return pid
    code = 70
    try:
        os.setsid()
        os.dup2(said, 1)
        os.dup2(said, 2)
        os.environ.clear()
        os.environ.update(environment)
        sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
        sys.argv = ["leafnotes", *arguments]
        workers.cli.main(args=list(arguments))
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 0 if ended.code is None else 1
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                stream.flush()
        os._exit(code)


# --- row 6 ------------------------------------------------------------------------------------------------------------


def many_issues(repeats: int, _chance: random.Random) -> Shown:
    """One source gives 1,000 issues for each repeat; what a process needs does not grow with it."""
    from tests.workers import small

    shown, cap = Shown(repeats * 1000), 300.0
    with _folder() as folder:
        tickets = (
            {**small.ticket(n % 500, f"Beans are stale in parcel {n}"), "external_id": str(n)}
            for n in range(shown.repeats)
        )
        directory = small.organisation(folder / "rosta", tickets)
        code, said, memory = _command("--config", str(directory), "pull", seconds=1800, fresh=True)
        shown.figures["largest RSS, MB"] = round(memory)
        if code:
            shown.violations.append(f"pull ended with {code}: {said[-300:]}")
        if memory > cap:
            shown.violations.append(f"a pull of {shown.repeats} issues took {memory:.0f} MB, {cap:.0f} are promised")
        held = Database(f"sqlite:///{directory / 'leafnotes.db'}").rows("SELECT count(*) AS n FROM issues")[0]["n"]
        if held != shown.repeats:
            shown.violations.append(f"I1 {held} of {shown.repeats} issues are stored")
    return shown


# --- row 14 -----------------------------------------------------------------------------------------------------------


def full_disk(repeats: int, chance: random.Random) -> Shown:
    """A full disk, a read-only one, and one whose fsync fails below `leafnotes run`; then all is well again."""
    from tests.workers import small

    shown = Shown()
    with ExitStack() as stack:
        folder = stack.enter_context(_folder())
        disk = folder / "disk"
        disk.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", "size=6m", "none", str(disk)]
        if subprocess.run(mount, capture_output=True).returncode:
            raise NotHere("tmpfs cannot be mounted: not root")
        stack.callback(subprocess.run, ["umount", "-l", str(disk)], check=False)
        directory = small.organisation(folder / "rosta", [])
        database = Database(f"sqlite:///{disk / 'leafnotes.db'}")
        variables = {"LEAFNOTES_DATABASE_URL": f"sqlite:///{disk / 'leafnotes.db'}"}
        always = ("--config", str(directory), "--as-of", small.DUE)
        code, said, _ = _command(*always, "run", "--once", **variables)
        if code:
            shown.violations.append(f"the first run ended with {code}: {said[-300:]}")
        tickets: list[dict[str, Any]] = []
        for number in range(repeats):
            what = ("full", "read-only", "fsync")[number % 3]
            tickets += small.subscribers(6, first=1 + 6 * number)
            small.write(directory, tickets)
            prefix: tuple[str, ...] = ()
            if what == "full":
                _fill(disk / "ballast", chance.randrange(0, 60_000))
            elif what == "read-only":
                subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
            else:
                calls = "fsync,fdatasync,sync_file_range"
                prefix = ("strace", "-f", "-qq", "-o", "/dev/null", f"--trace={calls}", f"--inject={calls}:error=EIO")
            code, said, _ = _command(*always, "run", "--once", prefix=prefix, **variables)
            if "Traceback" in said.replace("work failed", ""):
                shown.violations.append(f"{what}: a traceback in place of a line: {said[-400:]}")
            shown.figures[f"{what}: ended with"] = code
            subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
            (disk / "ballast").unlink(missing_ok=True)
            code, said, _ = _command(*always, "run", "--once", **variables)
            held = {row["external_id"] for row in database.rows("SELECT external_id FROM issues")}
            if code or held != {ticket["external_id"] for ticket in tickets}:
                shown.violations.append(f"I1 {what}: after it {len(held)} of {len(tickets)} are stored ({code}) {said}")
            if database.rows("PRAGMA integrity_check")[0] != {"integrity_check": "ok"}:
                shown.violations.append(f"{what}: the file is damaged")
            shown.repeats += 1
    return shown


def _fill(ballast: Path, left: int) -> None:
    """All of the disk but about so many bytes."""
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"\0" * 4096)
    ballast.open("r+b").truncate(max(0, ballast.stat().st_size - left))


# --- row 17 -----------------------------------------------------------------------------------------------------------


def cut_answers(repeats: int, chance: random.Random) -> Shown:
    """The answer of a source ends after n bytes, in order or by a reset, for n all over it."""
    import connectors.http
    from tests.prove import source
    from tests.prove.run import BEGIN, ORG, SETTINGS
    from workers.engine import Engine
    from workers.wiring import Deployment

    shown, moment = Shown(), BEGIN
    with ExitStack() as stack:
        folder = stack.enter_context(_folder())
        kept, connectors.http.pause = connectors.http.pause, lambda _seconds: None
        stack.callback(setattr, connectors.http, "pause", kept)
        made = source.Source(lambda: moment, Ledger(folder / "source"), chance.randrange(10**6))
        server, address = source.serve(made)
        stack.callback(server.server_close)
        stack.callback(server.shutdown)
        parts = urlsplit(address)
        line = stack.enter_context(proxy(parts.hostname or "", parts.port or 0))
        entry = {"name": "code", "kind": "github", "base_url": through(address, line), "per_page": 5}
        entry["repos"] = [source.REPO]  # type: ignore[assignment]
        directory = folder / "leafnotes.d"
        directory.mkdir()
        for name, told in (("sources", {"sources": [entry]}), ("org", ORG), ("settings", SETTINGS)):
            (directory / f"{name}.yaml").write_text(yaml.safe_dump(told))
        house = Deployment.read(directory)
        house.prepare()
        stack.callback(house.database.dispose)
        engine = Engine(house)
        database = Database(f"sqlite:///{directory / 'leafnotes.db'}")
        checker, longest = Checker(database, folder, []), 0.0
        for number in range(repeats):
            moment += timedelta(minutes=7)
            made.live(moment)
            cut = 1 + (number * 4096 // max(1, repeats - 1) if repeats > 1 else 200)
            line.set(Toxics(cut_down=cut, abrupt=bool(number % 2)))
            began = time.monotonic()
            for row in engine.pull_now(["code"]):
                engine.perform(row)
            longest = max(longest, time.monotonic() - began)
            shown.violations += [f"cut at {cut}: {one}" for one in checker.cursor()]
            shown.repeats += 1
            if number % 8 == 7 or number == repeats - 1:
                line.set()
                for row in engine.pull_now(["code"]):
                    engine.perform(row)
                missing = [one for one in checker.lost() if "verdict" not in one]
                shown.violations += [f"after the cut at {cut}: {one}" for one in missing]
        shown.figures["longest pull, s"] = round(longest, 1)
        shown.figures["issues"] = len(made.issues)
    return shown


def slow_answer(_repeats: int, _chance: random.Random) -> Shown:
    """A source that sends a byte now and then (slow loris), and one that takes the connection and says nothing."""
    import connectors.http
    from connectors.base import SourceError
    from connectors.http import Http
    from tests.prove import source
    from tests.prove.run import BEGIN

    shown = Shown()
    with ExitStack() as stack:
        folder = stack.enter_context(_folder())
        kept, connectors.http.pause = connectors.http.pause, lambda _seconds: None
        stack.callback(setattr, connectors.http, "pause", kept)
        made = source.Source(lambda: BEGIN, Ledger(folder / "source"), 1)
        for _ in range(30):
            made.live()
        server, address = source.serve(made)
        stack.callback(server.server_close)
        stack.callback(server.shutdown)
        parts = urlsplit(address)
        line = stack.enter_context(proxy(parts.hostname or "", parts.port or 0))
        for what, toxics in (
            ("a byte a second", Toxics(slice=1, pause=1.0)),
            ("silence", Toxics(blackhole=True)),
        ):
            line.set(toxics)
            http = Http(through(address, line), tries=1)
            began = time.monotonic()
            with suppress(SourceError):
                http.get(f"/repos/{source.REPO}/issues")
                shown.violations.append(f"{what}: this was taken for an answer")
            took = time.monotonic() - began
            shown.figures[f"{what}, given up after, s"] = round(took)
            shown.repeats += 1
            if took > 60:
                shown.violations.append(f"{what}: given up after {took:.0f} s, 60 are promised")
    return shown


# --- rows 27 and 28 ---------------------------------------------------------------------------------------------------


def outages(repeats: int, chance: random.Random) -> Shown:
    """Nobody looks at the time for hours, days or weeks, again and again, and never with a memory of its own.

    Afterwards each leader has one row for each week from the first that was due: composed, or skipped for all to see.
    """
    from tests.workers import small
    from workers.engine import Engine
    from workers.wiring import Deployment

    shown, zone = Shown(), ZoneInfo("Europe/Vienna")
    at = datetime.fromisoformat(small.DUE)
    with _folder() as folder:
        directory = small.organisation(folder / "rosta", small.subscribers())
        first = at - timedelta(days=7)
        for _ in range(repeats):
            house = Deployment.read(directory, as_of=at)
            house.prepare()
            engine = Engine(house)
            engine.run_once()
            house.database.dispose()
            shown.repeats += 1
            last = at
            at += timedelta(hours=chance.choice((1, 5, 23, 24, 47, 24 * 6, 24 * 7, 24 * 8, 24 * 21, 24 * 23)))
        rows = Database(f"sqlite:///{directory / 'leafnotes.db'}").rows(
            "SELECT leader, period, state FROM digests WHERE kind = 'weekly'"
        )
        states = {(row["leader"], row["period"]): row["state"] for row in rows}
        if len(states) != len(rows):
            shown.violations.append("I4 a digest is there twice")
        monday = first.astimezone(zone)
        weeks = 0
        while monday + timedelta(days=8) <= last.astimezone(zone):
            label = f"{monday:%G-W%V}"
            weeks += 1
            for leader in ("noor", "kit"):
                if states.get((leader, label)) not in ("composed", "skipped"):
                    shown.violations.append(f"I4 {leader} {label}: {states.get((leader, label), 'missing')}")
            monday += timedelta(days=7)
        shown.figures |= {"weeks": weeks, "composed": list(states.values()).count("composed")}
        shown.figures["skipped"] = list(states.values()).count("skipped")
    return shown


# --- row 38 -----------------------------------------------------------------------------------------------------------


def migration_dies(repeats: int, chance: random.Random) -> Shown:
    """SIGKILL after any statement of the migrations, on both databases; the next `migrate` makes the same tables."""
    from pipeline.store import db, schema

    shown = Shown()
    with ExitStack() as stack:
        server = stack.enter_context(local_servers.postgres())
        folder = stack.enter_context(_folder())
        whole: dict[str, Any] = {}
        for number in range(repeats):
            sqlite = number % 2 == 0
            kind = "sqlite" if sqlite else "postgresql"
            url = f"sqlite:///{folder / f'{number}.db'}" if sqlite else local_servers.database(server)
            if kind not in whole:
                other = f"sqlite:///{folder / 'whole.db'}" if sqlite else local_servers.database(server)
                whole[kind] = (_migrated(other, None), _tables(other))
            statements, tables = whole[kind]
            at = chance.randrange(1, statements + 1)
            _migrated(url, at)
            engine = db.connect(url)
            schema.migrate(engine)
            if schema.version(engine) != schema.head():
                shown.violations.append(f"{kind}, died after statement {at}: version {schema.version(engine)}")
            engine.dispose()
            if _tables(url) != tables:
                shown.violations.append(f"{kind}, died after statement {at}: other tables than those of one go")
            shown.repeats += 1
            shown.figures[f"{kind}: statements"] = statements
    return shown


def _migrated(url: str, dies_after: int | None) -> int:
    """Migrate in a process of its own, which dies after so many statements; how many there were."""
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        count = 0

        def after(*_: object) -> None:
            nonlocal count
            count += 1
            if count == dies_after:
                os.kill(os.getpid(), signal.SIGKILL)

        try:
            from pipeline.store import db, schema

            engine = db.connect(url)
            event.listen(engine, "after_cursor_execute", after)
            schema.migrate(engine)
            os.write(writing, str(count).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as told:
        said = told.read()
    os.waitpid(pid, 0)
    return int(said or 0)


def _tables(url: str) -> dict[str, list[str]]:
    from pipeline.store import db

    engine = db.connect(url)
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        found = inspect(connection)
        made = {
            name: sorted(str(column["name"]) for column in found.get_columns(name)) for name in found.get_table_names()
        }
    engine.dispose()
    return made


# --- row 39 -----------------------------------------------------------------------------------------------------------

Spoil = Callable[[Path, dict[str, str]], None]


def _write(name: str, content: str) -> Spoil:
    return lambda directory, _: (directory / name).write_text(content) and None


def _variable(name: str, value: str | None) -> Spoil:
    def spoil(_directory: Path, variables: dict[str, str]) -> None:
        variables.pop(name, None)
        if value is not None:
            variables[name] = value

    return spoil


WRONG: dict[str, tuple[tuple[str, ...], Spoil, str]] = {
    "no secret key": (("worker",), _variable("LEAFNOTES_SECRET_KEY", None), "LEAFNOTES_SECRET_KEY"),
    "a known secret key": (("web",), _variable("LEAFNOTES_SECRET_KEY", "changeme" * 8), "LEAFNOTES_SECRET_KEY"),
    "a short secret key": (("web",), _variable("LEAFNOTES_SECRET_KEY", "abc"), "LEAFNOTES_SECRET_KEY"),
    "http in public": (("web",), _variable("LEAFNOTES_PUBLIC_URL", "http://notes.example"), "LEAFNOTES_PUBLIC_URL"),
    "no broker": (("beat",), _variable("LEAFNOTES_BROKER_URL", None), "LEAFNOTES_BROKER_URL"),
    "a broker that is none": (("beat",), _variable("LEAFNOTES_BROKER_URL", "http://x/0"), "LEAFNOTES_BROKER_URL"),
    "a broker that is away": (("worker",), _variable("LEAFNOTES_BROKER_URL", "redis://127.0.0.1:1/0"), "Redis"),
    "a database that is away": (
        ("worker",),
        _variable("LEAFNOTES_DATABASE_URL", "postgresql://x@127.0.0.1:1/x?connect_timeout=1"),
        "database",
    ),
    "a misspelt variable": (("run", "--once"), _variable("LEAFNOTES_SMPT_URL", "smtp://x"), "LEAFNOTES_SMTP_URL"),
    "YAML that is none": (("run", "--once"), _write("sources.yaml", "sources: [a\n"), "sources.yaml"),
    "an unknown setting": (("run", "--once"), _write("settings.yaml", "organization: {}\n"), "settings.yaml"),
    "an unknown zone": (
        ("run", "--once"),
        _write("settings.yaml", "organisation: {name: R, timezone: Europe/Wien}\n"),
        "timezone",
    ),
    "an unknown kind": (
        ("run", "--once"),
        _write("sources.yaml", "sources: [{name: a, kind: gitbub}]\n"),
        "gitbub",
    ),
    "a secret that is not set": (
        ("run", "--once"),
        _write("sources.yaml", "sources: [{name: a, kind: github, repos: [a/b], token: '${NO_SUCH}'}]\n"),
        "NO_SUCH",
    ),
    "no directory": (("--config", "/no/such/directory", "run", "--once"), lambda _d, _v: None, "/no/such/directory"),
}
"""What is wrong: the command, how it is made wrong, and what its line has to name."""


def wrong_configurations(repeats: int, _chance: random.Random) -> Shown:
    """Each is refused at once, in one or two lines that name what is wrong, without a traceback."""
    from tests.workers import small

    shown = Shown()
    with _folder() as folder:
        for number, (what, (arguments, spoil, named)) in enumerate(list(WRONG.items())[: max(1, repeats)]):
            directory = small.organisation(folder / str(number), [])
            variables = {
                "LEAFNOTES_SECRET_KEY": KEY,
                "LEAFNOTES_BROKER_URL": "redis://127.0.0.1:1/0",
                "LEAFNOTES_CONFIG": str(directory),
            }
            spoil(directory, variables)
            code, said, _ = _command(*arguments, seconds=30, **variables)
            lines = [line for line in said.splitlines() if line.strip()]
            if code not in (1, 2) or "Traceback" in said or named not in said or len(lines) > 4:
                shown.violations.append(f"{what}: ended with {code} and said {json.dumps(said[-400:])}")
            shown.repeats += 1
    return shown
