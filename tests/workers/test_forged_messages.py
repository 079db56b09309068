"""Whoever can write to the broker can ask for work that is due, and for nothing else: no message brings code along."""

import base64
import json
import pickle
import random
import uuid
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import redis
import yaml
from sqlalchemy import Engine, select

from pipeline.store import db
from pipeline.tables import Base, WorkRow
from tests import local_servers
from tests.workers import processes, small
from tests.workers.conftest import AS_OF, environment
from workers.app import WORK, app
from workers.queues import QUEUES

pytestmark = pytest.mark.slow


class Bomb:
    """What unpickling makes a file of."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.path,)


def message(body: bytes, content: str, queue: str, task: str = WORK) -> str:
    """A message as Celery's own transport lays it down."""
    name = str(uuid.uuid4())
    told = {
        "id": name,
        "task": task,
        "lang": "py",
        "root_id": name,
        "parent_id": None,
        "argsrepr": "()",
        "kwargsrepr": "{}",
    }
    way = {
        "correlation_id": name,
        "delivery_mode": 2,
        "delivery_info": {"exchange": "", "routing_key": queue},
        "priority": 0,
        "body_encoding": "base64",
        "delivery_tag": name,
    }
    envelope = {"content-type": content, "content-encoding": "utf-8", "headers": told, "properties": way}
    if content == "application/x-python-serialize":
        envelope["content-encoding"] = "binary"
    return json.dumps({**envelope, "body": base64.b64encode(body).decode()})


def forged(proof: Path, chance: random.Random, queue: str) -> list[str]:
    call = [[1], {}, {"callbacks": None, "errbacks": None, "chain": None, "chord": None}]
    pickled = pickle.dumps([[Bomb(proof)], {}, {}])
    tagged = f"!!python/object/apply:os.system ['touch {proof}']".encode()
    bad = [
        message(pickled, "application/x-python-serialize", queue),
        message(pickled, "application/json", queue),
        message(tagged, "application/x-yaml", queue),
        message(yaml.safe_dump(call).encode(), "application/x-yaml", queue),
        message(pickled, "application/data", queue),
        message(json.dumps(call).encode(), "application/json", queue, task="os.system"),
        message(
            json.dumps([[f"touch {proof}"], {}, {}]).encode(), "application/json", queue, task="celery.backend_cleanup"
        ),
        message(b"", "application/json", queue),
    ]
    ids: list[Any] = [0, -1, 10**18, "1; DROP TABLE work", None, {"a": 1}, [[1]], 1.5, True, "x" * 1000]
    ids += [chance.randrange(10**6, 10**12) for _ in range(100)]
    return bad + [message(json.dumps([[one], {}, call[2]]).encode(), "application/json", queue) for one in ids]


def test_only_json_is_accepted() -> None:
    assert app.conf.accept_content == ["json"]
    assert app.conf.task_serializer == "json"


def test_no_message_runs_code_and_a_worker_goes_on_after_all_of_them(
    sample: Callable[..., Path], postgres_url: str, postgres: Engine, redis_url: str, tmp_path: Path
) -> None:
    proof, log, broker = tmp_path / "proof", tmp_path / "log", redis.Redis.from_url(redis_url)
    broker.flushall()
    for queue in QUEUES:
        for one in forged(proof, random.Random(3), queue):
            broker.lpush(queue, one)

    def pulled() -> bool:
        with db.reading(postgres) as session:
            done = session.scalars(select(WorkRow.key).where(WorkRow.kind == "pull", WorkRow.state == "done")).all()
        return len(done) == 3 and not any(broker.llen(queue) for queue in QUEUES) and not broker.hlen("unacked")

    with closing(broker), local_servers.smtp() as box:
        variables = environment(sample(), postgres_url, redis_url, box.url)
        worker = ("--as-of", AS_OF, "worker", "--concurrency", "1")
        with processes.fleet(log, variables, worker) as (running,):
            processes.wait_until("every source was read and the queues are empty", pulled, log)
            assert running.poll() is None

    assert not proof.exists()


def test_forged_ids_change_nothing(tmp_path: Path) -> None:
    runner, chance = small.left_open(small.organisation(tmp_path / "rosta", small.subscribers())), random.Random(5)
    database = runner.deployment.database
    runner.tick()
    with db.transaction(database) as session:
        for row in session.scalars(select(WorkRow)):
            row.state = "done"

    def everything() -> list[Any]:
        with db.reading(database) as session:
            return [session.execute(select(table)).all() for table in Base.metadata.sorted_tables]

    before = everything()
    assert not any(runner.perform(chance.randrange(-(10**9), 10**9)) for _ in range(2_000))
    assert not any(runner.perform(known) for known in range(20))

    assert everything() == before
