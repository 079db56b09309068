"""Processes that must not start, and one that must not die."""

from collections.abc import Callable
from pathlib import Path

import pytest
import redis
from sqlalchemy import Engine

from pipeline.store import db, work
from tests import local_servers
from tests.prove.fleet import Redis
from tests.workers import processes
from tests.workers.conftest import AS_OF, environment
from workers import broker
from workers.engine import KINDS

pytestmark = pytest.mark.slow


def said(log: Path, variables: dict[str, str], *command: str) -> tuple[int, str]:
    process = processes.start(log, variables, *command)
    code = process.wait(60)
    return code, log.read_text()


def test_a_worker_refuses_a_redis_that_would_evict_the_queue(
    sample: Callable[..., Path], postgres_url: str, tmp_path: Path
) -> None:
    with local_servers.valkey("--maxmemory-policy", "allkeys-lru", "--maxmemory", "20mb") as url:
        variables = environment(sample(), postgres_url, url, "smtp://127.0.0.1:1")
        code, output = said(tmp_path / "log", variables, "worker")

    assert code == 1
    assert "noeviction" in output


def test_a_worker_waits_for_a_redis_that_is_not_there_yet(
    sample: Callable[..., Path], database: Engine, tmp_path: Path
) -> None:
    broker, log = Redis(tmp_path), tmp_path / "log"
    broker.kill()
    url = database.url.render_as_string(hide_password=False)
    variables = environment(sample(), url, broker.url, "smtp://127.0.0.1:1")
    with processes.fleet(log, variables, ("--as-of", AS_OF, "worker", "--concurrency", "1")) as [worker]:
        processes.wait_until("it says so", lambda: "waiting for Redis" in log.read_text(), log)
        assert worker.poll() is None
        broker.start()
        try:
            processes.wait_until("the first tick", lambda: outstanding(database) >= 0 and pulled(database), log)
        finally:
            processes.kill(worker)
            broker.kill()

    assert log.read_text().count("waiting for Redis") == 1, "once, not with each look"


def test_what_waiting_does_not_mend_is_not_waited_for() -> None:
    with local_servers.valkey("--requirepass", "a-password-of-the-test") as url:
        locked = broker.settled(url, pytest.fail)
        wrong = broker.settled(url.replace("//", "//:another-password@"), pytest.fail)

    assert locked is not None
    assert wrong is not None
    assert "another-password" not in wrong
    assert broker.settled("redis://127.0.0.1:port/0", pytest.fail) is not None


def test_a_replica_is_no_broker() -> None:
    with local_servers.valkey("--replicaof", "127.0.0.1 1") as url:
        problem = broker.problem(url)

    assert problem is not None
    assert "replica" in problem


def test_a_worker_refuses_a_database_that_was_not_migrated(
    sample: Callable[..., Path], postgres_server: str, redis_url: str, tmp_path: Path
) -> None:
    empty = local_servers.database(postgres_server)

    code, output = said(tmp_path / "log", environment(sample(), empty, redis_url, "smtp://127.0.0.1:1"), "worker")

    assert code == 1
    assert "leafnotes migrate" in output


def test_a_worker_refuses_a_guessable_secret_key(
    sample: Callable[..., Path], postgres_url: str, redis_url: str, tmp_path: Path
) -> None:
    variables = environment(sample(), postgres_url, redis_url, "smtp://127.0.0.1:1")

    code, output = said(tmp_path / "log", variables | {"LEAFNOTES_SECRET_KEY": "changeme" * 8}, "worker")

    assert code == 1
    assert "LEAFNOTES_SECRET_KEY" in output
    assert "changemechangeme" not in output


def test_a_worker_goes_on_after_redis_was_away(
    sample: Callable[..., Path], database: Engine, redis_url: str, tmp_path: Path
) -> None:
    """A lone worker, no beat: it asks for its own ticks, and an emptied Redis costs at most one interval.

    Fourteen leaf notes, and one mail about what was tagged to escalate.
    """
    log, url = tmp_path / "log", database.url.render_as_string(hide_password=False)
    with local_servers.smtp() as box:
        variables = environment(sample(), url, redis_url, box.url)
        with processes.fleet(log, variables, ("--as-of", AS_OF, "worker", "--concurrency", "1")) as [worker]:
            processes.wait_until("the first tick", lambda: outstanding(database) >= 0 and pulled(database), log)
            redis.Redis.from_url(redis_url).flushall()
            processes.wait_until(
                "every mail", lambda: len(box.messages) == 15 and outstanding(database) == 0, log, seconds=120
            )
            code, seconds = processes.end(worker)

    assert len({message.rcpt_tos[0] for message in box.messages}) == 14
    assert code == 0
    assert seconds < 10, "nothing ran that had to be waited for"


def outstanding(database: Engine) -> int:
    with db.transaction(database) as session:
        return work.outstanding(session, KINDS)


def pulled(database: Engine) -> bool:
    with db.transaction(database) as session:
        return ("pull", "done") in work.backlog(session)
