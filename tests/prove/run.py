"""A run: a whole deployment of real processes under load, killed again and again, and checked.

Weeks pass on a simulated clock. In each, people write to the fake source, leaders answer, processes die at named steps
or at any moment, Redis is emptied; at its end everything has a minute to heal, and the checker looks at all of it.
"""

import fcntl
import json
import os
import random
import shutil
import signal
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from tests import local_servers
from tests.prove import mailbox, source, steps
from tests.prove.checker import AUDIT, Checker, Database
from tests.prove.failpoints import MOST, Clock, Desk
from tests.prove.fleet import Fleet, Redis, Template
from tests.prove.ledger import Ledger, Tail
from tests.prove.reader import Reader, ask

BEGIN = datetime(2026, 1, 5, 8, tzinfo=UTC)
"""A Monday."""
SPEED = 20.0
"""Simulated seconds in one."""
LEASE = timedelta(minutes=1)
"""Long enough that nobody alive loses it. For those that are dead or frozen the harness lets the time pass at once."""
STALLED = 60.0
"""Seconds without any progress, and the system counts as stuck."""
HEAL = 300.0
"""Seconds in which everything has to be done once nobody disturbs it, however busy the machine is."""
KEY = "k3Yt0-Zq9v_7XwLmN4pRsUu8BcDdEeFfGgHhJj2K5M"
WEEK = 24
"""Kills a simulated week, where nothing else is asked."""
LEADERS = ("noor", "kit", "sol", "ravi")
ORG: dict[str, Any] = {
    "people": [
        {"id": "noor", "name": "Noor", "email": "noor@rosta.example", "timezone": "Europe/Vienna"},
        {"id": "kit", "name": "Kit", "email": "kit@rosta.example"},
        {"id": "sol", "name": "Sol", "email": "sol@rosta.example", "timezone": "America/New_York"},
        {"id": "ravi", "name": "Ravi", "email": "ravi@rosta.example", "timezone": "Asia/Kolkata"},
        *(
            {"id": f"{team}{n}", "team": team, "accounts": {"code": f"{team}-{n}"}}
            for team in ("roasting", "delivery", "shop")
            for n in range(1, 8)
        ),
    ],
    "teams": [
        {"id": "rosta", "name": "Rosta", "leader": "noor"},
        {"id": "roasting", "name": "Roasting", "parent": "rosta", "leader": "kit", "owns": [{"label": "beans"}]},
        {"id": "delivery", "name": "Delivery", "parent": "rosta", "leader": "sol", "owns": [{"label": "parcels"}]},
        {"id": "shop", "name": "Shop", "parent": "rosta", "leader": "ravi", "owns": [{"label": "till"}]},
    ],
    "fallback": "rosta",
}
SETTINGS: dict[str, Any] = {
    "organisation": {"name": "Rosta", "timezone": "Europe/Vienna"},
    "mail": {"from": "Leaf Notes <leaf@notes.rosta.example>"},
    "work": {"lease": "60s"},
    "digest": {"preview": "12h"},
    "retention": {"raw_pages": "9000d", "text": "9000d"},
    "escalation": {
        "per_day": 3,
        "per_week": 10,
        "rules": {"surge": {"enabled": True}, "outage_like": {"tell": ["noor"]}},
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a run was asked for. The same plan and seed give the same orders; when they take effect is the machine's."""

    database: str = "postgres"
    kills: int = 0
    minutes: float = 10.0
    seed: int = 0
    bug: str = ""
    only: str = ""
    """Steps to be killed at, by a part of their name; empty: all of them."""
    aim: tuple[str, ...] = ()
    """Steps that are killed at whenever they are met, all others seldom."""
    frozen: float = 0.12
    """The part of those that are met at a step who sleep beyond their lease instead of dying."""
    week: int = WEEK
    """Kills a week."""
    keep: bool = False

    @property
    def command(self) -> str:
        said = f"python -m tests.prove --database {self.database} --seed {self.seed}"
        said += f" --rounds {self.kills}" if self.kills else f" --minutes {self.minutes:g}"
        said += f" --week {self.week}" if self.week != WEEK else ""
        return said + (f" --bug {self.bug}" if self.bug else "") + (f" --only {self.only!r}" if self.only else "")


@dataclass
class Outcome:
    """What a run saw. `violations` empty: nothing that was promised was broken."""

    plan: Plan
    violations: list[str] = field(default_factory=list)
    kills: Counter[str] = field(default_factory=Counter)
    freezes: int = 0
    wipes: int = 0
    weeks: int = 0
    busy: int = 0
    hits: Counter[str] = field(default_factory=Counter)
    crashes: list[str] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def killed(self) -> int:
        return sum(self.kills.values())


Say = Callable[[str], None]


class World:
    """Everything that runs besides the processes under test: databases, fakes, the clock, and who uses them."""

    def __init__(self, plan: Plan, folder: Path, stack: ExitStack, template: Template | None = None) -> None:
        self.plan, self.folder = plan, folder
        self.desk = Desk(folder)
        self.ledgers = folder / "ledgers"
        self.ledgers.mkdir()
        self.clock = Clock(self.desk.clock)
        self.clock.set(BEGIN, 0)
        self.deaths = Ledger(self.ledgers / "deaths")
        self.source = source.Source(self.clock, Ledger(self.ledgers / "source"), plan.seed)
        server, address = source.serve(self.source)
        stack.callback(server.server_close)
        stack.callback(server.shutdown)
        self.mailbox = mailbox.Mailbox(Ledger(self.ledgers / "mail"), plan.seed)
        post, mail = mailbox.serve(self.mailbox)
        stack.callback(post.server_close)
        stack.callback(post.shutdown)
        self.reader = Reader(self.mailbox, Ledger(self.ledgers / "forms"), plan.seed)
        self.redis: Redis | None = None
        self.port = local_servers.free_port()
        self.template = template or Template(folder / "template.log")
        if template is None:
            stack.callback(self.template.end)
        self.configuration = _configure(folder / "leafnotes.d", address)
        self.url = self._database(stack)
        environment = {
            "LEAFNOTES_CONFIG": str(self.configuration),
            "LEAFNOTES_DATABASE_URL": self.url,
            "LEAFNOTES_SMTP_URL": mail,
            "LEAFNOTES_SECRET_KEY": KEY,
            "LEAFNOTES_PUBLIC_URL": f"http://127.0.0.1:{self.port}",
            "PROVE_WEBHOOK": self.source.secret,
            "PROVE_TOKEN": "ghp_prove",
        }
        web = ("web", "--listen", f"127.0.0.1:{self.port}")
        if plan.database == "postgres":
            self.redis = Redis(folder)
            stack.callback(self.redis.kill)
            environment["LEAFNOTES_BROKER_URL"] = self.redis.url
            worker = ("worker", "--concurrency", "1")
            roles = {"worker-1": worker, "worker-2": worker, "beat": ("beat",), "web": web}
        else:
            roles = {"run-1": ("run",), "run-2": ("run",), "web": web}
        self.fleet = Fleet(self.template, roles, environment, folder, folder, plan.bug)
        stack.callback(self.fleet.end)
        self._migrate(environment)
        self.db = Database(self.url)
        stack.callback(self.db.close)
        if not self.db.sqlite:
            self.db.run(AUDIT)
        self.checker = Checker(self.db, self.ledgers, LEADERS)

    def _database(self, stack: ExitStack) -> str:
        if self.plan.database == "sqlite":
            return f"sqlite:///{self.folder / 'leafnotes.db'}"
        return local_servers.database(stack.enter_context(local_servers.postgres()))

    def _migrate(self, environment: dict[str, str]) -> None:
        order = {"log": str(self.folder / "migrate.log"), "role": "migrate", "desk": str(self.folder), "bug": ""}
        pid = self.template.start(arguments=["migrate"], environment=environment, **order)
        end = time.monotonic() + 60
        while time.monotonic() < end:
            ended = self.template.reap()
            if pid in ended:
                if ended[pid]:
                    raise RuntimeError((self.folder / "migrate.log").read_text("utf-8"))
                return
            time.sleep(0.02)
        raise RuntimeError("the database was not migrated within a minute")


def _configure(directory: Path, address: str) -> Path:
    directory.mkdir()
    entry = {
        "name": "code",
        "kind": "github",
        "base_url": address,
        "token": "${PROVE_TOKEN}",
        "repos": [source.REPO],
        "per_page": 5,
        "poll": "20s",
        "answers": "post",
        "webhook_secrets": ["${PROVE_WEBHOOK}"],
        "tags": {"escalate": ["escalate"], "customer": ["customer"], "developer": ["developer"]},
    }
    (directory / "sources.yaml").write_text(yaml.safe_dump({"sources": [entry]}))
    (directory / "org.yaml").write_text(yaml.safe_dump(ORG))
    (directory / "settings.yaml").write_text(yaml.safe_dump(SETTINGS))
    return directory


class Life(threading.Thread):
    """Those who write and those who answer, all the time, while it is not paused."""

    def __init__(self, world: World) -> None:
        super().__init__(name="life", daemon=True)
        self.world, self.going, self.stopped = world, threading.Event(), threading.Event()
        self.trouble: list[str] = []
        self._idle = threading.Event()
        self._chance = random.Random(f"{world.plan.seed} life")
        self._deliveries = 0

    def run(self) -> None:
        while not self.stopped.is_set():
            if not self.going.wait(0.1):
                self._idle.set()
                continue
            self._idle.clear()
            try:
                self._once()
            except Exception as error:
                self.trouble.append(f"{type(error).__name__}: {error}")
            time.sleep(0.4)

    def pause(self) -> None:
        self.going.clear()
        self._idle.wait(15)

    def _once(self) -> None:
        self.world.source.live()
        if self._chance.random() < 0.6:
            self.world.reader.act()
        if self._chance.random() < 0.15:
            self.hint()
        if self._chance.random() < 0.02:
            self.world.source.refusals += 1

    def hint(self) -> None:
        """A webhook of the source."""
        self._deliveries += 1
        headers, body = self.world.source.delivery(f"{self.world.plan.seed}-{self._deliveries}")
        ask("POST", f"http://127.0.0.1:{self.world.port}/hooks/code", body, headers)


class Run:
    def __init__(self, plan: Plan, world: World, say: Say) -> None:
        self.plan, self.world, self.say = plan, world, say
        self.outcome = Outcome(plan)
        self.chance = random.Random(f"{plan.seed} orders")
        self.known = {step.name: step for step in steps.every()}
        self.fired = Tail(world.desk.fired)
        self.orders = 0
        self.periods: list[str] = []
        self._began = time.monotonic()
        self._hits_at = 0
        self._day = BEGIN
        self.healed = 0.0
        self.stalled = STALLED / 3 if plan.bug else STALLED

    # --- the whole ----------------------------------------------------------------------------------------------------

    def go(self) -> Outcome:
        life = Life(self.world)
        life.start()
        self.world.fleet.start_all()
        try:
            while not self._enough():
                self._week(life)
                self._progress()
            if not self.outcome.violations and self.periods:
                self._alone()
        finally:
            life.stopped.set()
            self.outcome.seconds = time.monotonic() - self._began
            self.outcome.hits = self._hits()
            self.outcome.crashes = self.world.fleet.crashes
            self.outcome.violations += [f"crash: {one}" for one in self.world.fleet.crashes]
            self.outcome.violations += [f"harness: {one}" for one in life.trouble]
        return self.outcome

    def _alone(self) -> None:
        """The web process alone: every link is opened by a machine that opens every link."""
        fleet = self.world.fleet
        for role in [role for role in fleet.running if role != "web"]:
            pid = fleet.running[role]
            fleet.kill(role)
            fleet.wait_for(pid)
            del fleet.running[role]
        self.outcome.violations += self.looked_at()

    def _enough(self) -> bool:
        if self.outcome.violations or self.world.fleet.crashes:
            return True
        late = time.monotonic() - self._began >= self.plan.minutes * 60
        if self.plan.kills:
            return self.outcome.killed >= self.plan.kills or (bool(self.plan.bug) and late)
        return late

    def _week(self, life: Life) -> None:
        """Three days on which people write, then Monday: digests are due, in one zone after the other."""
        monday, each = self._day, 1 if self.plan.aim else self.plan.week // 4
        last = self.plan.week - 3 * each
        for at, changes in ((30, 10), (52, 5), (98, 5)):
            self._pass(monday + timedelta(hours=at), changes, first=at == 30)
            life.going.set()
            self._kills(each)
            life.pause()
        due = monday + timedelta(days=7)
        self._pass(due - timedelta(hours=8), 2)  # the week is over, and no digest is due yet
        self._previewed(f"{monday:%G-W%V}")
        self._kills(min(2, last))
        last -= min(2, last)
        self._pass(due + timedelta(hours=1, minutes=5), 3)
        self._kills(last - last // 2)
        self._pass(due + timedelta(hours=7), 2)
        self._kills(last // 2)
        self.periods.append(f"{monday:%G-W%V}")
        if not self.outcome.violations:
            self._rest()
            self.world.reader.each()
            life.hint()
        self._day = due
        self.outcome.weeks += 1

    def _previewed(self, period: str) -> None:
        """Wait for the previews of a week, for as long as a bug may take to be noticed and no longer."""
        done = "SELECT count(*) AS n FROM work WHERE kind = 'preview' AND key = ? AND state = 'done'"
        end = time.monotonic() + self.stalled
        while not self._enough() and not self.world.db.rows(done, [period])[0]["n"] and time.monotonic() < end:
            self.world.fleet.tend()
            time.sleep(0.05)

    def _pass(self, moment: datetime, changes: int, *, first: bool = False) -> None:
        """Simulated days go by; what waited on the database's clock for its hour has waited for it."""
        past = datetime.now(UTC) - timedelta(seconds=1)
        value = past.strftime("%Y-%m-%d %H:%M:%S.%f") if self.world.db.sqlite else past
        for kind, key in self.world.checker.later():
            change = "UPDATE work SET run_after = ? WHERE kind = ? AND key = ? AND state = 'ready'"
            self.world.db.change(change, [value, kind, key])
        self.world.source.pass_time(self.world.clock, moment, SPEED, changes, first=first)

    def _kills(self, number: int) -> None:
        for _ in range(number):
            if self._enough():
                return
            self._round()

    # --- one kill -----------------------------------------------------------------------------------------------------

    def _round(self) -> None:
        self.orders += 1
        number = self.orders
        if number % 10 == 0:
            self._wipe()
        what = self.chance.random()
        time.sleep(self.chance.random() * 0.15)
        if self.plan.only or what < 0.85:
            dead = 1 - self.plan.frozen
            how = self.chance.choices(("group", "child", "freeze"), (0.84 * dead, 0.16 * dead, self.plan.frozen))[0]
            self._at_a_step(number, how)
        else:
            self._from_outside()
        self._look()

    def _at_a_step(self, number: int, how: str) -> None:
        """Arm all steps, those most that were killed least; whichever comes first is where a process dies."""
        odds = self._odds()
        if how == "freeze":  # where a lease is held, and no lock that would keep others away
            held = {name: p for name, p in odds.items() if self.known[name].kind in steps.kinds()}
            held = {name: p for name, p in held.items() if not name.endswith("before commit")}
            odds, how = (held, how) if held else (odds, "group")
        told = self._arm(f"{number}", odds, how)
        for again in range(1, 6):
            if how != "freeze" or told is None or self._held(told["holder"]):
                break
            _wake(told["pid"])  # it had just given its row back, and has nothing to lose
            told = self._arm(f"{number}-{again}", odds, how)
        if told is None:
            if not self.plan.aim:  # who waits for certain steps meets none while they have no work
                self.outcome.violations.append(
                    f"I11 nothing is done any more: no step was met in {self.stalled:.0f} seconds"
                )
        elif how == "freeze":
            self._thaw(told)
        else:
            self._died(told["step"], told["group"], told["role"], whole=how == "group")
            self.outcome.busy += 1

    def _odds(self) -> dict[str, float]:
        """Step to how likely a process that comes by dies there; what always happens is left to one in fifty."""
        names = [name for name in self.known if self.plan.only in name]
        met = [name for name in names if self._hits()[name]]
        least = min((self.outcome.kills[name] for name in met), default=0)
        odds = {name: max(0.03, 0.5 ** max(0, self.outcome.kills[name] - least)) for name in names}
        if self.plan.aim:
            return {name: 1.0 if name in self.plan.aim else p * 0.01 for name, p in odds.items()}
        return odds if self.plan.only else {n: 0.02 if self.known[n].kind in steps.IDLE else p for n, p in odds.items()}

    def _arm(self, number: str, odds: dict[str, float], how: str) -> dict[str, Any] | None:
        order, file = {"number": number, "steps": odds, "else": 0.0, "how": how}, self.world.desk.armed
        new = file.with_suffix(".new")
        new.write_text(json.dumps(order), "utf-8")
        new.rename(file)
        end = time.monotonic() + self.stalled
        while time.monotonic() < end:
            told = [one for one in self.fired() if one["number"] == number]
            if told:
                return told[-1]
            self.world.fleet.tend()
            time.sleep(0.01)
        return None

    def _died(self, step: str, group: int, role: str, *, whole: bool) -> None:
        self.world.deaths.write(step=step, role=role)
        self.outcome.kills[step] += 1
        fleet = self.world.fleet
        if whole or role != "worker" or group == 0:
            fleet.expect(group)
        if whole:
            fleet.wait_for(group)
        fleet.tend()
        self._let_pass(_is_dead)

    def _let_pass(self, whose: Callable[[str], bool]) -> None:
        """The leases of these run out now: what a minute of waiting would do, and nothing else."""
        held = self.world.db.rows("SELECT id, holder FROM work WHERE state = 'running' AND holder IS NOT NULL")
        past = datetime.now(UTC) - timedelta(seconds=1)
        value = past.strftime("%Y-%m-%d %H:%M:%S.%f") if self.world.db.sqlite else past
        for row in held:
            if whose(row["holder"]):
                self.world.db.change(
                    "UPDATE work SET lease_until = ? WHERE id = ? AND state = 'running' AND holder = ?",
                    [value, row["id"], row["holder"]],
                )

    def _from_outside(self) -> None:
        """Whoever, at whatever they are doing: while something is being done."""
        end = time.monotonic() + 1
        while time.monotonic() < end:
            rows = self.world.db.rows("SELECT attempt FROM work WHERE state = 'running'")
            if rows and all(row["attempt"] <= MOST for row in rows):
                self.outcome.busy += 1
                break
        role = self.chance.choice(list(self.world.fleet.running))
        pid = self.world.fleet.running[role]
        self.world.fleet.kill(role)
        self._died(f"at any moment: {role.partition('-')[0]}", pid, role, whole=True)

    def _thaw(self, told: dict[str, Any]) -> None:
        """A process that slept beyond its lease goes on as if nothing had been."""
        self.outcome.freezes += 1
        self._let_pass(lambda holder: holder == told["holder"])
        end = time.monotonic() + 4
        while self._held(told["holder"]) and time.monotonic() < end:
            self.world.fleet.tend()
            time.sleep(0.01)
        time.sleep(self.chance.choice((0.0, 0.05, 0.5)))
        self.world.deaths.write(step=f"frozen: {told['step']}", role=told["role"])
        _wake(told["pid"])

    def _held(self, holder: str) -> int:
        """How many rows somebody holds."""
        query = "SELECT count(*) AS n FROM work WHERE state = 'running' AND holder = ?"
        return int(self.world.db.rows(query, [holder])[0]["n"])

    def _wipe(self) -> None:
        redis = self.world.redis
        if redis is None:
            return
        self.outcome.wipes += 1
        if self.outcome.wipes % 5:
            redis.wipe()
        else:
            redis.kill()
            redis.start()

    def _look(self) -> None:
        self.outcome.violations += self.world.checker.while_running()

    # --- rest ---------------------------------------------------------------------------------------------------------

    def _rest(self) -> None:
        """Nobody disturbs any more; within a minute all is done, and then all is right."""
        with suppress(FileNotFoundError):
            self.world.desk.armed.unlink()
        world = self.world
        world.source.refusals = 0
        world.clock.set(world.clock() + timedelta(seconds=40), 0)
        began = moved = time.monotonic()
        before: set[str] = set()
        told = 0.0
        while True:
            world.fleet.tend()
            found = self._at_rest()
            took = time.monotonic() - began
            left = {one.partition(" is still")[0] for one in found}  # who is tried again and again does not move
            moved, before = (time.monotonic(), left) if left != before else (moved, before)
            if took > told + 5:
                told = took
                self.say(f"  {took:.0f} s at rest, {len(found)} left: {'; '.join(found[:2])[:240]}")
            if not found or took > HEAL or time.monotonic() - moved > self.stalled or not world.checker.safe():
                break
            time.sleep(0.25)
        self.healed = took
        self.outcome.figures["longest heal"] = round(max(took, self.outcome.figures.get("longest heal", 0.0)), 1)
        self.outcome.violations += dict.fromkeys([*world.checker.while_running(), *found])

    def _at_rest(self) -> list[str]:
        self._let_pass(_is_dead)  # children that were killed alone: their time passes too
        busy = self.world.db.rows("SELECT count(*) AS n FROM work WHERE state IN ('ready', 'running')")[0]["n"]
        busy -= len(self.world.checker.later())
        unread = self.world.checker.lost()
        return (
            self.world.checker.at_rest(self.periods)
            if not busy and not unread
            else [*unread, *self.world.checker.silent()]
        )

    def looked_at(self) -> list[str]:
        """I7: opening and prefetching every link changes no row."""
        before = self.world.db.everything()
        links = {link for purpose in ("answer", "digest", "pause") for link in self.world.reader.links(purpose)}
        for link in links:
            for method in ("GET", "HEAD", "OPTIONS"):
                ask(method, link)
        after = self.world.db.everything()
        self.outcome.figures["links looked at"] = len(links)
        return [f"I7 a GET changed {name}" for name in after if after[name] != before.get(name)]

    # --- words --------------------------------------------------------------------------------------------------------

    def _hits(self) -> Counter[str]:
        if not hasattr(self, "_met"):
            self._met: Counter[str] = Counter()
        if self.world.desk.hits.exists():
            with self.world.desk.hits.open("rb") as file:
                file.seek(self._hits_at)
                told = file.read()
            whole = told[: told.rfind(b"\n") + 1]
            self._hits_at += len(whole)
            self._met.update(whole.decode().splitlines())
        return self._met

    def _progress(self) -> None:
        done = self.outcome
        spent = time.monotonic() - self._began
        self.say(
            f"{self.periods[-1] if self.periods else '-'}: {done.killed} kills, {done.freezes} freezes, "
            f"{done.wipes} wipes, {len(self.world.source.issues)} issues, {len(self.world.mailbox.messages)} mails; "
            f"healed in {self.healed:.1f} s; {spent:.0f} s, {spent / max(1, done.killed):.2f} s a kill, "
            f"load {os.getloadavg()[0]:.0f}; {len(done.violations)} violations"
        )


def _wake(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGCONT)


def _is_dead(holder: str) -> bool:
    """Whether nobody holds the lock that a living holder of leases has."""
    path = Path(holder.partition(" ")[2])
    try:
        with path.open("r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


@contextmanager
def world(plan: Plan, template: Template | None = None) -> Iterator[World]:
    folder = Path(tempfile.mkdtemp(prefix="prove-"))
    try:
        with ExitStack() as stack:
            yield World(plan, folder, stack, template)
    finally:
        if not plan.keep:
            shutil.rmtree(folder, ignore_errors=True)


def prove(plan: Plan, say: Say, template: Template | None = None) -> Outcome:
    with world(plan, template) as made:
        if plan.keep:
            say(f"ledgers, logs and database: {made.folder}")
        return Run(plan, made, say).go()
