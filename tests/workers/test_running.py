"""Long-running processes: sources that hang, workers that go deaf, and how everything ends when it is told to."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path

import pytest
import redis
import requests
import yaml
from sqlalchemy import Engine, update

from pipeline.store import db, registry, work
from pipeline.tables import WorkRow
from tests import local_servers
from tests.workers import processes, small
from tests.workers.conftest import environment
from workers.engine import KINDS, TICKED
from workers.engine import Engine as Runner
from workers.places import place
from workers.pulse import Pulse
from workers.queues import CANARY, QUEUES
from workers.wiring import Deployment
from workers.working import reading_places

SOON = 12
"""Seconds in which whatever was told to stop has ended: eight for the step, the rest for a busy machine."""


def test_every_kind_of_work_travels_in_one_queue() -> None:
    assert sorted([CANARY, *(kind for kinds in QUEUES.values() for kind in kinds)]) == sorted(KINDS)


def test_places_are_taken_once_and_given_back(tmp_path: Path) -> None:
    with place(tmp_path, 2) as first, place(tmp_path, 2) as second, place(tmp_path, 2) as third:
        assert (first, second, third) == (True, True, False)
    with place(tmp_path, 2) as again:
        assert again


def test_a_queue_is_crowded_when_more_messages_would_wake_nobody(redis_url: str) -> None:
    redis.Redis.from_url(redis_url).flushall()
    asks = "from workers.app import CROWD, app, crowded, publish\n"
    asks += f"app.conf.broker_url = {redis_url!r}\n"
    asks += "print(crowded('pull')); publish('pull', range(CROWD)); print(crowded('pull'), crowded('send'))"

    said = subprocess.run([sys.executable, "-c", asks], capture_output=True, text=True, timeout=60, check=True).stdout

    assert said.split() == ["False", "True", "False"]


def test_a_sweep_leaves_crowded_queues_alone_and_takes_no_more_than_it_is_asked_to(tmp_path: Path) -> None:
    told: list[tuple[str, int]] = []
    house = Deployment.read(small.organisation(tmp_path / "rosta", []), as_of=datetime.fromisoformat(small.DUE))
    house.prepare()
    runner = Runner(house, lambda queue, ids: told.append((queue, len(ids))), crowded=lambda queue: queue == "classify")
    with db.transaction(house.database) as session:
        for kind in ("pull", "classify", "deliver"):
            for key in range(3):
                work.request(session, kind, str(key))

    runner.sweep()
    runner.sweep("pull", limit=1)

    assert sorted(told) == [("pull", 1), ("pull", 3), ("send", 3)]
    house.database.dispose()


def test_the_place_of_a_dead_process_is_free(tmp_path: Path) -> None:
    takes = "import sys; from pathlib import Path; from workers.places import place\n"
    takes += "with place(Path(sys.argv[1]), 1) as one: print(one, flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", takes, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"True\n"
        with place(tmp_path, 1) as while_it_lives:
            pass
        process.kill()

    with place(tmp_path, 1) as after:
        assert (while_it_lives, after) == (False, True)


@pytest.mark.parametrize(
    ("concurrency", "names", "places"),
    [(4, [*QUEUES], 3), (2, ["pull", "send"], 1), (4, ["pull"], 4), (1, [*QUEUES], 1)],
)
def test_a_worker_keeps_a_process_free_of_sources_where_it_has_other_work(
    concurrency: int, names: list[str], places: int
) -> None:
    assert reading_places(concurrency, names) == places


@pytest.mark.parametrize(
    ("now", "seen", "busy", "stalled"),
    [
        (280.0, 90.0, False, False),  # not for long enough
        (281.0, 90.0, False, True),
        (900.0, 101.0, False, False),  # it was answered
        (900.0, 90.0, True, False),  # everybody has something to do
    ],
)
def test_a_worker_is_stalled_when_nobody_answers_though_somebody_could(
    now: float, seen: float, busy: bool, stalled: bool
) -> None:
    pulse = Pulse(patience=180.0)
    pulse.sent(100.0)
    pulse.sent(160.0)

    assert pulse.is_stalled(now, seen=seen, busy=busy) is stalled


def test_silence_counts_anew_after_the_broker_was_away() -> None:
    pulse = Pulse(patience=180.0)
    pulse.sent(100.0)
    pulse.broker_is_away()
    pulse.sent(400.0)

    assert not pulse.is_stalled(570.0, seen=0.0, busy=False)
    assert pulse.is_stalled(581.0, seen=0.0, busy=False)


@contextmanager
def silent_servers(count: int) -> Iterator[list[str]]:
    """Addresses that take a connection and never say a word."""
    with ExitStack() as stack:
        listening = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        yield [f"http://127.0.0.1:{one.getsockname()[1]}" for one in listening]


def hang(directory: Path, addresses: list[str]) -> None:
    """Give the deployment a source for each of these addresses."""
    document = yaml.safe_load((directory / "sources.yaml").read_text())
    for number, address in enumerate(addresses):
        source = {
            "name": f"sick-{number}",
            "kind": "github",
            "base_url": address,
            "token": "${SICK_TOKEN}",
            "repos": ["a/b"],
        }
        document["sources"].append(source)
    (directory / "sources.yaml").write_text(yaml.safe_dump(document))


def composed(directory: Path) -> str:
    """A deployment on SQLite whose digests are decided and wait to be sent; the URL of its database."""
    small.organisation(directory, small.subscribers())
    house = Deployment.read(directory, as_of=datetime.fromisoformat(small.DUE))
    house.prepare()
    runner = Runner(house)
    runner.tick()
    small.perform(runner, [kind for kind in KINDS if kind != "deliver"])
    house.database.dispose()
    return house.environment.database_url


def rows(database: Engine, kind: str, state: str) -> int:
    with db.reading(database) as session:
        return work.backlog(session).get((kind, state), 0)


def ticked(database: Engine) -> str | None:
    with db.reading(database) as session:
        return registry.mark(session, TICKED)


def put_off(database: Engine, kind: str, until: datetime) -> None:
    with db.transaction(database) as session:
        session.execute(update(WorkRow).where(WorkRow.kind == kind).values(run_after=until))


@pytest.mark.slow
def test_sources_that_hang_delay_no_mail_and_are_given_back_when_the_worker_stops(
    redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two processes, two sources that never answer: ticks go on, mails go out, SIGTERM is obeyed."""
    directory, log = tmp_path / "rosta", tmp_path / "log"
    url = composed(directory)
    database = db.connect(url)
    put_off(database, "deliver", datetime.fromisoformat("2100-01-01T00:00+00:00"))
    redis.Redis.from_url(redis_url).flushall()
    monkeypatch.setenv("SICK_TOKEN", "none")
    with silent_servers(2) as addresses, local_servers.smtp() as box:
        hang(directory, addresses)
        variables = environment(directory, url, redis_url, box.url)
        with processes.fleet(log, variables, ("--as-of", small.DUE, "worker", "--concurrency", "2")) as [worker]:
            processes.wait_until("a pull that hangs", lambda: rows(database, "pull", "running") == 1, log)
            last = ticked(database)
            processes.wait_until("a tick while it hangs", lambda: ticked(database) != last, log)
            put_off(database, "deliver", datetime.fromisoformat("2026-01-01T00:00+00:00"))
            processes.wait_until("every mail", lambda: len(box.messages) == 2, log, seconds=40)
            processes.wait_until("a pull that hangs", lambda: rows(database, "pull", "running") == 1, log)
            code, seconds = processes.end(worker)

    assert code == 0
    assert seconds < SOON
    assert rows(database, "pull", "running") == 0
    assert rows(database, "pull", "done") == 1
    database.dispose()
    said = [json.loads(line) for line in log.read_text().splitlines() if not line.startswith("/")]
    [mailed, _] = [line for line in said if line["event"] == "mail"]
    assert (mailed["kind"], mailed["attempt"], mailed["level"]) == ("deliver", 1, "info")
    assert isinstance(mailed["work"], int)
    assert not [word for word in ("beans", "Cafe", "@rosta") if word in log.read_text()]


@contextmanager
def lone_worker(directory: Path, redis_url: str, deaf: Path, log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A worker that has answered every canary, with a patience of 25 s; it stops to fetch once the file `deaf` is."""
    url = composed(directory)
    database = db.connect(url)
    variables = environment(directory, url, redis_url, "smtp://127.0.0.1:1")
    options = ("--as-of", small.DUE, "worker", "--stalled-after", "25")
    command = [sys.executable, "-m", "tests.workers.stalling", str(deaf), *options]
    with log.open("wb") as said:
        worker = subprocess.Popen(command, env={**os.environ, **variables}, stderr=said, start_new_session=True)
    try:
        processes.wait_until("canaries", lambda: rows(database, CANARY, "done") == len(QUEUES), log)
        yield worker
    finally:
        processes.kill(worker)
        database.dispose()


@pytest.mark.slow
def test_a_worker_that_goes_deaf_says_so_and_ends(tmp_path: Path) -> None:
    log, deaf = tmp_path / "log", tmp_path / "deaf"
    with local_servers.valkey() as redis_url, lone_worker(tmp_path / "rosta", redis_url, deaf, log) as worker:
        deaf.touch()
        code = worker.wait(120)
        keys = [key.decode() for key in redis.Redis.from_url(redis_url).scan_iter()]

    assert code == 1
    assert "worker stalled" in log.read_text()
    assert not [key for key in keys if "binding" in key], "an emptied broker would have lost them"


@pytest.mark.slow
def test_a_worker_whose_broker_is_frozen_waits_for_it(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with local_servers.valkey() as url, lone_worker(tmp_path / "rosta", url, tmp_path / "deaf", log) as worker:
        pid = redis.Redis.from_url(url).info()["process_id"]
        os.kill(pid, signal.SIGSTOP)
        try:
            with pytest.raises(subprocess.TimeoutExpired):
                worker.wait(45)
        finally:
            os.kill(pid, signal.SIGCONT)


@pytest.mark.slow
def test_run_ends_between_two_steps_and_gives_back_what_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SICK_TOKEN", "none")
    directory, log = tmp_path / "rosta", tmp_path / "log"
    database = db.connect(composed(directory))
    with silent_servers(1) as addresses:
        hang(directory, addresses)
        with processes.fleet(log, {"LEAFNOTES_CONFIG": str(directory)}, ("--as-of", small.DUE, "run")) as [process]:
            processes.wait_until("a pull that hangs", lambda: rows(database, "pull", "running") == 1, log)
            code, seconds = processes.end(process)

    assert code == 0
    assert seconds < SOON
    assert rows(database, "pull", "ready") == 1
    database.dispose()


@pytest.mark.slow
def test_beat_and_web_end_at_once(redis_url: str, tmp_path: Path) -> None:
    directory, log, port = tmp_path / "rosta", tmp_path / "log", local_servers.free_port()
    variables = environment(directory, composed(directory), redis_url, "smtp://127.0.0.1:1")
    broker = redis.Redis.from_url(redis_url)
    broker.flushall()
    with processes.fleet(log, variables, ("beat",), ("web", "--listen", f"127.0.0.1:{port}")) as [beat, web]:
        processes.wait_until("a tick", lambda: broker.llen("send") > 0, log)
        processes.wait_until("the web process", lambda: answers(port), log)
        ends = [processes.end(beat), processes.end(web)]

    assert [code for code, _ in ends] == [0, 0]
    assert max(seconds for _, seconds in ends) < SOON


def answers(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/alive", timeout=5).ok
    except requests.ConnectionError:
        return False
