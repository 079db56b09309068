"""Killed workers, an emptied broker, too many beats: the same rows and the same mails as without any of it."""

import random
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
import redis
from sqlalchemy import Engine, func, select

from pipeline.store import db, work
from pipeline.tables import IssueRow, MailRow
from tests import local_servers
from tests.workers import processes
from tests.workers.conftest import AS_OF, environment
from tests.workers.snapshot import snapshot
from workers.engine import KINDS
from workers.engine import Engine as Runner
from workers.wiring import Deployment

pytestmark = pytest.mark.slow


def undisturbed(directory: Path) -> dict[str, object]:
    """What one process makes of it on SQLite, with nobody disturbing it."""
    house = Deployment.read(directory, as_of=datetime.fromisoformat(AS_OF))
    house.prepare()
    Runner(house).run_once()
    made = snapshot(house.database)
    house.database.dispose()
    return made


def stored(database: Engine) -> int:
    with db.transaction(database) as session:
        return session.execute(select(func.count()).select_from(IssueRow)).scalar_one()


def everything_sent(database: Engine, leaders: int) -> bool:
    with db.transaction(database) as session:
        sent = session.execute(select(func.count()).where(MailRow.state == "accepted")).scalar_one()
        return sent == leaders and work.outstanding(session, KINDS) == 0


@pytest.mark.parametrize("seed", [1, 2])
def test_two_workers_and_two_beats_under_kill_and_flushall_end_as_one_undisturbed_process(
    seed: int, sample: Callable[..., Path], postgres_url: str, postgres: Engine, redis_url: str, tmp_path: Path
) -> None:
    quiet = sample("quiet", page=7)
    expected = undisturbed(quiet)
    written = sorted(path.read_bytes() for path in (quiet / "digests").rglob("*.eml"))
    assert len(written) == len(expected["mails"])  # type: ignore[arg-type]
    leaders = len(expected["mails"])  # type: ignore[arg-type]
    directory, log, chance = sample("noisy", page=7), tmp_path / "processes.log", random.Random(seed)
    broker = redis.Redis.from_url(redis_url)
    broker.flushall()

    with local_servers.smtp() as box:
        variables = environment(directory, postgres_url, redis_url, box.url)
        worker = ("--as-of", AS_OF, "worker", "--concurrency", "2")
        beat = ("--as-of", AS_OF, "beat")
        with processes.fleet(log, variables, worker, worker, beat, beat) as running:
            for part in (0.1, 0.4, 0.7):
                processes.wait_until(
                    f"storing {part:.0%} of the issues",
                    lambda part=part: stored(postgres) >= part * len(expected["issues"]),  # type: ignore[misc, arg-type]
                    log,
                )
                victim = chance.randrange(2)
                processes.kill(running[victim])
                broker.flushall()
                running[victim] = processes.start(log, variables, *worker)
            processes.wait_until("sending every digest", lambda: everything_sent(postgres, leaders), log, seconds=120)

    assert snapshot(postgres) == expected
    assert sorted(bytes(m.original_content or b"") for m in box.messages) == written
