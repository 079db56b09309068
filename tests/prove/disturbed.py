"""A whole deployment whose servers and lines are disturbed, one row of the matrix at a time.

Each entry of `FAULTS` disturbs once and says in a few words what it did. It may look at `run.world` for everything that
runs, and writes a `deaths` entry where what it does may explain a second copy of a mail. When the disturbances of a
week are over, `Run` waits until all is done and the checker looks at everything.
"""

import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any
from urllib.parse import urlsplit

import psycopg
import redis
import yaml

from tests import local_servers
from tests.prove.failpoints import Clock
from tests.prove.fleet import Template
from tests.prove.proxy import Proxy, Toxics, through
from tests.prove.run import Outcome, Plan, Run, Say, World

BACK = 60.0
"""Seconds within which ticks are done again once the broker is there."""
DRAIN = 30.0
"""Seconds in which a process that was asked to stop has stopped, as supervisors give it."""
SLOW = 180.0
"""Seconds without progress at rest; a lease that nobody alive gave back runs out in 60."""


class Postgres:
    """One that is shut down at once, as if its host had gone, and comes back with what it had confirmed."""

    def __init__(self, *settings: str) -> None:
        self.binaries, _ = local_servers._postgres_binaries()
        self.root = Path(mkdtemp(prefix="prove-postgres-"))
        self.root.chmod(0o755)
        work = self.root / "work"
        work.mkdir()
        self.binaries, self.rights = local_servers._as_nobody(self.root, work, self.binaries)
        self.port = local_servers.free_port()
        self.command = local_servers._prepared(self.binaries, work / "data", self.port, self.rights)
        lasting = ("synchronous_commit=on", "full_page_writes=on", *settings)
        self.command += [part for setting in lasting for part in ("-c", setting)]
        self.url = f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/postgres"
        self.start()

    def start(self) -> None:
        with (self.root / "log").open("ab") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log, cwd="/", **self.rights)
        local_servers._wait_until_ready(self.binaries, self.port, self.root / "log")

    def immediate(self) -> None:
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(20)

    def end(self) -> None:
        with suppress(subprocess.TimeoutExpired):
            self.immediate()
        self.process.kill()
        rmtree(self.root, ignore_errors=True)


class Skewed(Clock):
    """The clock of the source and of the people; the application's host believes another one."""

    def __init__(self, file: Path, host: Clock) -> None:
        super().__init__(file)
        self.host, self.skew = host, timedelta(0)

    def set(self, moment: datetime, speed: float) -> None:
        super().set(moment, speed)
        self.host.set(moment + self.skew, speed)

    def turn(self, skew: timedelta) -> None:
        self.skew = skew
        self.set(self(), 20.0)


class Stage(World):
    """A world whose PostgreSQL can be restarted and whose lines go through proxies."""

    def __init__(self, plan: Plan, folder: Path, stack: ExitStack, template: Template | None, fault: "Fault") -> None:
        self.postgres: Postgres | None = None
        self.lines: dict[str, Proxy] = {}
        self._settings = fault.postgres
        super().__init__(plan, folder, stack, template)
        environment = dict(self.fleet.environment)
        for name, variable in (
            ("database", "LEAFNOTES_DATABASE_URL"),
            ("redis", "LEAFNOTES_BROKER_URL"),
            ("mail", "LEAFNOTES_SMTP_URL"),
        ):
            if name in fault.lines and variable in environment:
                environment[variable] = through(environment[variable], self._line(stack, name, environment[variable]))
        if "source" in fault.lines:
            file = self.configuration / "sources.yaml"
            told = yaml.safe_load(file.read_text())
            address = told["sources"][0]["base_url"]
            told["sources"][0]["base_url"] = through(address, self._line(stack, "source", address))
            file.write_text(yaml.safe_dump(told))
        self.fleet.environment = environment
        if fault.reconnects:
            self.checker.fenced = list  # type: ignore[method-assign]
        if fault.beats:
            roles = {name: given for name, given in self.fleet.roles.items() if name != "beat"}
            self.fleet.roles = roles | {f"beat-{n}": ("beat",) for n in range(fault.beats)}
        if fault.skewed:
            self.clock = Skewed(folder / "true clock", self.clock)
            self.clock.set(self.clock.host(), 0)
            self.source.now = self.clock

    def _database(self, stack: ExitStack) -> str:
        if self.plan.database == "sqlite":
            return super()._database(stack)
        self.postgres = Postgres(*self._settings)
        stack.callback(self.postgres.end)
        return local_servers.database(self.postgres.url)

    def _line(self, stack: ExitStack, name: str, url: str) -> Proxy:
        parts = urlsplit(url)
        made = self.lines[name] = Proxy(parts.hostname or "127.0.0.1", parts.port or 0)
        stack.callback(made.stop)
        return made


class Disturbed(Run):
    """Its rounds are disturbances in place of kills."""

    world: Stage

    def __init__(self, plan: Plan, world: Stage, say: Say, fault: "Fault") -> None:
        super().__init__(plan, world, say)
        self.fault, self.stalled = fault, SLOW
        self.ended = 0
        """Processes that ended by themselves where that is no fault."""
        self.seconds: dict[str, list[float]] = {}
        """What was measured, by name."""

    def _round(self) -> None:
        self.orders += 1
        time.sleep(0.1 + self.chance.random() * 0.6)
        before = Counter(self.outcome.kills)
        what = self.fault.disturb(self)
        self.outcome.kills = before + Counter([what])  # a death that was part of it is not counted beside it
        self.world.fleet.tend()
        crashes = self.world.fleet.crashes
        self.ended += sum(any(word in one for word in self.fault.ends) for one in crashes)
        crashes[:] = [one for one in crashes if not any(word in one for word in self.fault.ends)]
        self._look()

    def _rest(self) -> None:
        for line in self.world.lines.values():
            line.set()
            line.keep_replies()
        super()._rest()

    def _at_rest(self) -> list[str]:
        """A pull that failed looks again after half a minute or two: that time passes here at once."""
        self._now("pull", "census")
        found = super()._at_rest()
        world, latest = self.world, self._day + timedelta(days=8, hours=5)
        if found and all("waits for its next try" in one for one in found) and world.clock() < latest:
            world.clock.set(world.clock() + timedelta(hours=3), 0)  # a call that came up at night waits for the morning
            self._now("deliver")
        return found

    def _now(self, *kinds: str) -> None:
        """What waits for a later time need not wait any more."""
        db, past = self.world.db, datetime.now(UTC) - timedelta(seconds=1)
        db.rows("SELECT 1 AS one")
        for kind in kinds:
            db.change(
                "UPDATE work SET run_after = ? WHERE state = 'ready' AND kind = ?",
                [past.strftime("%Y-%m-%d %H:%M:%S.%f") if db.sqlite else past, kind],
            )

    def busy(self, seconds: float = 1.0) -> None:
        """Wait until a row of work runs, at most so long."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.world.db.rows("SELECT 1 AS one FROM work WHERE state = 'running'"):
                return
            time.sleep(0.01)

    def died(self, what: str) -> None:
        """From now on for three seconds this explains that the outcome of a mail was not written down."""
        self.world.deaths.write(step=what, role="")

    def measure(self, name: str, seconds: float, most: float) -> None:
        self.seconds.setdefault(name, []).append(seconds)
        if seconds > most:
            self.outcome.violations.append(f"I11 {name} took {seconds:.1f} s, {most:g} are promised")

    def ticks_again(self, since: float, name: str = "ticks again") -> None:
        """How long after `since` a tick was done that came through the broker."""
        enough = self._ticks() + 3  # two may have been under way
        while self._ticks() < enough and time.monotonic() - since < BACK + 30:
            self.world.fleet.tend()
            time.sleep(0.05)
        self.measure(name, time.monotonic() - since, BACK)

    def _ticks(self) -> int:
        return sum(
            count for step, count in self._hits().items() if step.startswith("tick") and step.endswith("after commit")
        )


@dataclass(frozen=True, slots=True)
class Fault:
    """`disturb` does it once; `lines` go through a proxy."""

    disturb: Callable[[Disturbed], str]
    lines: tuple[str, ...] = ()
    postgres: tuple[str, ...] = ()
    database: str = "postgres"
    beats: int = 0
    skewed: bool = False
    reconnects: bool = False
    """Whether a living holder of a row may come back on another connection. The checker knows holders by theirs, so
    here fencing shows in what it protects (I2, I4, I5) and not by itself."""
    week: int = 10
    """Disturbances a week."""
    ends: tuple[str, ...] = ()
    """Words of processes that may end by themselves, to be started again by whatever supervises them."""


@dataclass
class Report:
    outcome: Outcome
    seconds: dict[str, list[float]] = field(default_factory=dict)
    ended: int = 0


@contextmanager
def staged(plan: Plan, fault: Fault, template: Template | None = None) -> Iterator[Stage]:
    folder = Path(mkdtemp(prefix="prove-"))
    try:
        with ExitStack() as stack:
            yield Stage(plan, folder, stack, template, fault)
    finally:
        if not plan.keep:
            rmtree(folder, ignore_errors=True)


def disturb(fault: Fault, plan: Plan, say: Say, template: Template | None = None) -> Report:
    with staged(plan, fault, template) as stage:
        if plan.keep:
            say(f"ledgers, logs and database: {stage.folder}")
        run = Disturbed(plan, stage, say, fault)
        return Report(run.go(), run.seconds, run.ended)


# --- processes --------------------------------------------------------------------------------------------------------


def _child_dies(run: Disturbed) -> str:
    """Row 3: one process of the pool ends as the OOM killer, a segfault, `os._exit` or a full memory ends it."""
    how = run.chance.choice(("child", "segfault", "exit", "memory"))
    run._at_a_step(run.orders, how)
    return {"child": "SIGKILL of one process", "memory": "MemoryError", "exit": "os._exit"}.get(how, how)


def _stop(run: Disturbed) -> str:
    """Row 4: a worker is asked to stop while it works; every third time without any patience."""
    run.busy()
    role = run.chance.choice([name for name in run.world.fleet.running if name.startswith(("worker", "run"))])
    pid, fleet, began = run.world.fleet.running[role], run.world.fleet, time.monotonic()
    fleet.expect(pid)
    run.died("SIGTERM")
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    hasty = run.orders % 3 == 0
    fleet.wait_for(pid, 0.2 if hasty else DRAIN + 10)
    if hasty:
        fleet.kill(role)
        fleet.wait_for(pid)
        run.died("SIGKILL after SIGTERM")
    else:
        run.measure("stopped after SIGTERM", time.monotonic() - began, DRAIN)
    fleet.tend()
    run._let_pass(_dead)
    return "SIGTERM, then SIGKILL after 0.2 s" if hasty else "SIGTERM"


def _zombie(run: Disturbed) -> str:
    """Row 5: a process sleeps beyond its lease at a step, and goes on as if nothing had been."""
    run._at_a_step(run.orders, "freeze")
    return "SIGSTOP beyond the lease, SIGCONT"


def _dead(holder: str) -> bool:
    from tests.prove.run import _is_dead

    return _is_dead(holder)


# --- Redis ------------------------------------------------------------------------------------------------------------


def _empty_redis(run: Disturbed) -> str:
    """Row 7."""
    redis_server = run.world.redis
    assert redis_server is not None
    run.outcome.wipes += 1
    if run.orders % 3 == 0:
        redis_server.kill()
        time.sleep(run.chance.uniform(0.0, 1.5))
        redis_server.start()
        run.ticks_again(time.monotonic())
        return "kill -9, back empty"
    redis_server.wipe()
    if run.orders % 3 == 1:
        run.ticks_again(time.monotonic())
    return "FLUSHALL"


def _broken_redis(run: Disturbed) -> str:
    """Row 8."""
    server, line = run.world.redis, run.world.lines["redis"]
    assert server is not None
    what = ("reset in BRPOP", "frozen server", "reply of LPUSH lost", "black hole", "half-open lines", "down")[
        (run.orders - 1) % 6
    ]
    if what == "reset in BRPOP":
        line.reset()
    elif what == "frozen server":
        assert server._process is not None
        os.kill(server._process.pid, signal.SIGSTOP)
        time.sleep(run.chance.uniform(2, 12))
        os.kill(server._process.pid, signal.SIGCONT)
    elif what == "reply of LPUSH lost":
        before, end = line.lost, time.monotonic() + 20
        line.lose_reply(b"LPUSH")
        while line.lost == before and time.monotonic() < end:
            time.sleep(0.02)
        if line.lost == before:
            run.outcome.violations.append("harness: no LPUSH was sent in 20 s")
    elif what == "black hole":
        line.set(Toxics(blackhole=True))
        time.sleep(run.chance.uniform(2, 12))
        line.set()
    elif what == "half-open lines":
        line.hold()  # the other end of these is gone and nobody says so
    else:
        server.kill()
        time.sleep(run.chance.uniform(2, 10))
        server.start()
    run.ticks_again(time.monotonic(), f"ticks again after {what}")
    return what


def _full_redis(run: Disturbed) -> str:
    """Row 9: no memory left, and a server that has become a replica."""
    server = run.world.redis
    assert server is not None
    with redis.Redis.from_url(server.url) as client:
        if run.orders % 2:
            client.config_set("maxmemory", "1")
            time.sleep(run.chance.uniform(1, 4))
            client.config_set("maxmemory", "0")
        else:
            client.execute_command("REPLICAOF", "127.0.0.1", "1")
            time.sleep(run.chance.uniform(1, 4))
            client.execute_command("REPLICAOF", "NO", "ONE")
    run.ticks_again(time.monotonic())
    return "out of memory" if run.orders % 2 else "read-only replica"


# --- PostgreSQL -------------------------------------------------------------------------------------------------------


def _restart_postgres(run: Disturbed) -> str:
    """Row 10."""
    server = run.world.postgres
    assert server is not None
    run.busy()
    run.died("PostgreSQL")
    run.world.db.close()
    server.immediate()
    away = run.chance.choice((0.0, 0.0, 1.0, 4.0))
    end = time.monotonic() + away
    while time.monotonic() < end:
        run.died("PostgreSQL")
        run.world.fleet.tend()
        time.sleep(0.2)
    server.start()
    run.died("PostgreSQL")
    run.ticks_again(time.monotonic())
    return "immediate shutdown and restart"


def _lost_commit(run: Disturbed) -> str:
    """Row 11: PostgreSQL has committed, and the application never hears of it."""
    line = run.world.lines["database"]
    before, end = line.lost, time.monotonic() + 20
    run.busy(0.3)
    line.lose_reply(b"COMMIT")
    run.died("COMMIT")
    while line.lost == before and time.monotonic() < end:
        run.world.fleet.tend()
        time.sleep(0.005)
    run.died("COMMIT")
    if line.lost == before:
        run.outcome.violations.append("harness: no COMMIT was sent in 20 s")
    return "answer to COMMIT lost"


def _crowd(run: Disturbed) -> str:
    """Row 12: others lock, deadlock, terminate and use up the connections."""
    url = run.world.url.replace("postgresql+psycopg:", "postgresql:")
    what = ("row locks in two orders", "table lock", "sessions terminated", "no connection left")[run.orders % 4]
    run.busy(0.5)
    run.died(what)
    with psycopg.connect(url, application_name="crowd") as one, suppress(psycopg.OperationalError):
        if what == "row locks in two orders":
            ids = [row[0] for row in one.execute("SELECT id FROM issues ORDER BY random() LIMIT 20").fetchall()]
            for row in ids:
                one.execute("SELECT 1 FROM issues WHERE id = %s FOR UPDATE", [row])
                time.sleep(0.02)
            one.execute("LOCK TABLE work IN SHARE ROW EXCLUSIVE MODE")
            time.sleep(0.3)
        elif what == "table lock":
            one.execute("LOCK TABLE work, issues, mails IN ACCESS EXCLUSIVE MODE")
            time.sleep(run.chance.uniform(0.3, 1.5))
        elif what == "sessions terminated":
            one.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND application_name NOT IN ('crowd', 'prove')"
            )
        else:
            held: list[Any] = []
            with suppress(psycopg.OperationalError):
                while len(held) < 100:
                    held.append(psycopg.connect(url, connect_timeout=2))
            one.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
                "AND application_name NOT IN ('crowd', 'prove') AND pid <> ALL(%s)",
                [[connection.info.backend_pid for connection in held]],
            )
            end = time.monotonic() + run.chance.uniform(1, 3)
            while time.monotonic() < end:
                with suppress(psycopg.OperationalError):
                    held.append(psycopg.connect(url, connect_timeout=1))
                time.sleep(0.02)
            for connection in held:
                connection.close()
        one.rollback()
    run.died(what)
    return what


def _locked_file(run: Disturbed) -> str:
    """Row 13: another program holds SQLite's only lock."""
    import sqlite3

    run.busy(0.5)
    with sqlite3.connect(run.world.url.removeprefix("sqlite:///"), timeout=60, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        time.sleep(run.chance.uniform(0.2, 2.0))
        other.execute("ROLLBACK")
    other.close()
    return "locked by another program"


# --- sources, schedule, mail ------------------------------------------------------------------------------------------


def _bad_line_to_source(run: Disturbed) -> str:
    """Row 17."""
    line = run.world.lines["source"]
    cut = run.chance.randrange(1, 6000)
    what, toxics = run.chance.choice(
        (
            ("answer cut", Toxics(cut_down=cut)),
            ("answer cut by a reset", Toxics(cut_down=cut, abrupt=True)),
            ("answer in drops", Toxics(slice=1, pause=0.05)),
            ("connection refused", Toxics(refuse=True)),
            ("question cut", Toxics(cut_up=run.chance.randrange(1, 300))),
            ("slow line", Toxics(latency=0.5)),
        )
    )
    line.set(toxics)
    time.sleep(run.chance.uniform(1, 3))
    line.set()
    return what


def _nothing(run: Disturbed) -> str:
    """Row 29: that there are many beats is the disturbance; now and then one more is killed."""
    time.sleep(1.0)
    if run.orders % 3 == 0:
        role = run.chance.choice([name for name in run.world.fleet.running if name.startswith("beat")])
        pid = run.world.fleet.running[role]
        run.world.fleet.kill(role)
        run.world.fleet.wait_for(pid)
        return "a beat dies"
    return "a second of many beats"


def _clock_steps(run: Disturbed) -> str:
    """Row 23: the host's clock jumps back or ahead and is put right; the source's is right, the database's too."""
    clock = run.world.clock
    assert isinstance(clock, Skewed)
    skew = run.chance.choice((-86400, -3600, -600, 600, 3600))
    clock.turn(timedelta(seconds=skew))
    time.sleep(run.chance.uniform(1, 2))
    clock.turn(timedelta(0))
    return f"host's clock {skew:+d} s"


def _bad_line_to_mail(run: Disturbed) -> str:
    """Rows 33 and 35: the way to the mail server breaks anywhere, after the dot too, or is closed for long."""
    line = run.world.lines["mail"]
    what, toxics = run.chance.choice(
        (
            ("reset in the mail", Toxics(cut_up=run.chance.randrange(60, 20000), abrupt=True)),
            ("mail server away", Toxics(refuse=True)),
            ("answers cut", Toxics(cut_down=run.chance.randrange(1, 120), abrupt=True)),
            ("slow mail server", Toxics(latency=0.2)),
        )
    )
    if run.chance.random() < 0.4:
        what = "answer to the dot lost"
        line.lose_reply(b"\r\n.\r\n")
    else:
        line.set(toxics)
    end = time.monotonic() + run.chance.uniform(1, 3)
    while time.monotonic() < end:
        run.died(what)
        time.sleep(0.25)
    line.set()
    line.keep_replies()
    run.died(what)
    return what


def _between_accepted_and_written(run: Disturbed) -> str:
    """Row 36: death between the server's 250 and our commit."""
    from tests.prove import steps

    told = run._arm(f"{run.orders}", {steps.TAKEN: 1.0, steps.UNREAD: 0.7}, "group")
    if told is not None:
        run._died(told["step"], told["group"], told["role"], whole=True)
    return "died between 250 and commit"


EVERY_LINE = ("database", "redis", "source", "mail")
WALK = (
    _child_dies, _stop, _zombie, _empty_redis, _broken_redis, _full_redis, _restart_postgres, _lost_commit, _crowd,
    _bad_line_to_source, _bad_line_to_mail,
)  # fmt: skip
CROWDED = ("lock_timeout=400ms", "deadlock_timeout=100ms", "max_connections=30", "superuser_reserved_connections=2")


def _walk(run: Disturbed) -> str:
    """Row 40."""
    if run.chance.random() < 0.3:
        run.world.fleet.tend()
        Run._from_outside(run)
    chosen = run.chance.choice(WALK)
    return f"{chosen.__name__.strip('_').replace('_', ' ')}: {chosen(run)}"


FAULTS: dict[int, Fault] = {
    3: Fault(_child_dies),
    4: Fault(_stop),
    5: Fault(_zombie),
    7: Fault(_empty_redis),
    8: Fault(_broken_redis, lines=("redis",), week=6),
    9: Fault(_full_redis, ends=("ReadOnlyError", "OutOfMemoryError")),
    10: Fault(_restart_postgres, reconnects=True),
    11: Fault(_lost_commit, lines=("database",), reconnects=True),
    12: Fault(_crowd, postgres=CROWDED, reconnects=True),
    13: Fault(_locked_file, database="sqlite"),
    17: Fault(_bad_line_to_source, lines=("source",)),
    23: Fault(_clock_steps, skewed=True),
    29: Fault(_nothing, beats=20),
    35: Fault(_bad_line_to_mail, lines=("mail",)),
    36: Fault(_between_accepted_and_written, week=8),
    40: Fault(_walk, lines=EVERY_LINE, reconnects=True, ends=("ReadOnlyError", "OutOfMemoryError")),
}
"""Row to what is done to the deployment."""
