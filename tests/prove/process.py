"""A process that has imported everything and forks a `leafnotes` for each line that it reads.

    {"do": "start", "arguments": ["worker"], "environment": {...}, "log": "...", "role": "worker", "desk": "...", "bug": ""}
    {"do": "reap"}

What it forks is a real process, the leader of a group of its own; only the seconds of importing are spared.
"""

import json
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any


_started: set[int] = set()
"""The processes that run as far as is known."""


def main() -> None:
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    sys.setswitchinterval(0.005)
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


def _import_everything() -> None:
    import celery.apps.beat
    import celery.apps.worker
    import celery.concurrency.prefork
    import celery.fixups.django
    import kombu.transport.redis
    import psycopg
    import redis
    import waitress

    import pipeline.classify
    import pipeline.digest.edition
    import tests.prove.bugs
    import tests.prove.failpoints
    import workers.cli
    import workers.tasks
    import workers.web.app
    from connectors.github import GitHub
    from pipeline.store import schema

    _ = (celery, kombu, psycopg, redis, waitress, tests, workers, GitHub)
    schema.head()
    pipeline.classify.load_classifier()


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
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
