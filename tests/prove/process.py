"""A process that has imported everything and forks a `leafnotes` for each line that it reads.

    {"do": "start", "arguments": ["worker"], "environment": {...}, "log": "...", "role": "worker", "desk": "...",
     "bug": ""}
    {"do": "reap"}

What it forks is a real process, the leader of a group of its own; only the seconds of importing are spared.
"""

import faulthandler
import gc
import importlib
import json
import os
import signal
import sys
import tempfile
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

_CHANNEL = os.dup(1)
"""Where the harness listens; standard output is for whoever prints."""
_started: set[int] = set()
"""The processes that run as far as is known."""


def main() -> None:
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.dup2(2, 1)
    _import_everything()
    _say({"ready": True})
    ended: dict[int, int] = {}
    for line in sys.stdin:
        order = json.loads(line)
        if order["do"] == "start":
            _say({"pid": _fork(order)})
        else:
            _reap(ended)
            _say({"ended": ended})
            ended = {}
    for pid in _started - ended.keys():  # whoever started us is gone
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)


EVERYTHING = (
    "celery.app.amqp", "celery.app.control", "celery.app.events", "celery.app.log", "celery.apps.beat",
    "celery.apps.worker", "celery.backends.base", "celery.bin.celery", "celery.concurrency.prefork",
    "celery.contrib.migrate", "celery.events.dispatcher", "celery.fixups.django", "celery.worker.autoscale",
    "celery.worker.components", "celery.worker.consumer.agent", "celery.worker.consumer.connection",
    "celery.worker.consumer.consumer", "celery.worker.consumer.control", "celery.worker.consumer.delayed_delivery",
    "celery.worker.consumer.events", "celery.worker.consumer.gossip", "celery.worker.consumer.heart",
    "celery.worker.consumer.mingle", "celery.worker.consumer.tasks", "celery.worker.control",
    "celery.worker.heartbeat", "celery.worker.loops", "celery.worker.pidbox", "celery.worker.request",
    "celery.worker.strategy", "click_repl", "connectors.github", "kombu.asynchronous.semaphore",
    "kombu.transport.redis", "pipeline.classify", "pipeline.digest.edition", "psycopg", "redis", "tests.prove.bugs",
    "tests.prove.failpoints", "waitress.server", "workers.cli.processes", "workers.tasks", "workers.web.app",
    "xml.dom.minidom",
)  # fmt: skip
"""What a worker, beat, web or run imports by the time it works; half of it late."""


def _import_everything() -> None:
    for name in EVERYTHING:
        importlib.import_module(name)
    from pipeline.classify import load_classifier
    from pipeline.store import schema
    from tests.prove import steps
    from workers.wiring import connector_kinds

    steps.every()
    schema.head()
    load_classifier()
    connector_kinds()
    _warm_up()
    gc.collect()
    gc.freeze()  # what is shared stays shared


def _warm_up() -> None:
    """A small deployment's whole week, so that what is made on first use is there before the first fork."""
    from pipeline.store import db
    from tests.workers import small
    from workers.engine import Engine
    from workers.wiring import Deployment

    with tempfile.TemporaryDirectory(prefix="prove-warm-") as folder:
        directory = small.organisation(Path(folder) / "rosta", small.subscribers())
        house = Deployment.read(directory, as_of=datetime.fromisoformat(small.DUE))
        house.prepare()
        Engine(house).run_once()
        house.database.dispose()
    db.connect("postgresql+psycopg://nobody@127.0.0.1:1/none").dispose()


def _fork(order: dict[str, Any]) -> int:
    pid = os.fork()
    if pid:
        _started.add(pid)
        return pid
    code = 70
    try:
        code = _become(order)
    except BaseException as error:  # nothing of this process may go back into the template's loop
        import traceback

        traceback.print_exc()
        code = error.code if isinstance(error, SystemExit) and isinstance(error.code, int) else 70
    finally:
        sys.stderr.flush()
        os._exit(code)


def _become(order: dict[str, Any]) -> int:
    os.setsid()
    os.close(_CHANNEL)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    nothing = os.open(os.devnull, os.O_RDONLY)
    log = os.open(order["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(nothing, 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    for name in [name for name in os.environ if name.startswith("LEAFNOTES_")]:
        del os.environ[name]
    os.environ.update(order["environment"])

    from tests.prove import bugs, failpoints
    from workers.cli import main as leafnotes

    desk = failpoints.Desk(Path(order["desk"]))
    bugs.plant(order["bug"])
    failpoints.install(failpoints.Points(desk, order["role"]), failpoints.Clock(desk.clock))
    faulthandler.register(signal.SIGUSR1, all_threads=False)
    sys.argv = ["leafnotes", *order["arguments"]]
    return leafnotes(args=order["arguments"], standalone_mode=False) or 0


def _reap(ended: dict[int, int]) -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not pid:
            return
        ended[pid] = status
        _started.discard(pid)


def _say(value: dict[str, Any]) -> None:
    os.write(_CHANNEL, (json.dumps(value) + "\n").encode())


if __name__ == "__main__":
    main()
