"""Any component is restarted in the middle of the demo's week: nobody has to do anything, nothing comes out other."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from urllib.request import urlopen

import pytest

from pipeline.store import db, schema
from tests import local_servers
from tests.prove.disturbed import Postgres
from tests.prove.fleet import Redis
from tests.workers import processes
from tests.workers.conftest import AS_OF, environment
from tests.workers.snapshot import snapshot
from tests.workers.test_faults import everything_sent, stored, undisturbed

pytestmark = pytest.mark.slow

COMPONENTS = ["worker", "beat", "web", "redis", "postgres"]


class Supervisor:
    """Starts what has ended, as systemd and Docker do with our units."""

    def __init__(self, log: Path, variables: dict[str, str], commands: dict[str, tuple[str, ...]]) -> None:
        self.log, self.variables, self.commands = log, variables, commands
        self.running = {name: processes.start(log, variables, *command) for name, command in commands.items()}

    def tend(self) -> None:
        for name, process in self.running.items():
            if process.poll() is not None:
                self.running[name] = processes.start(self.log, self.variables, *self.commands[name])

    def end(self) -> None:
        for process in self.running.values():
            processes.kill(process)


@pytest.mark.parametrize("order", [COMPONENTS, COMPONENTS[::-1]], ids=["forward", "backward"])
def test_every_component_is_restarted_in_the_week_and_nobody_is_needed(
    order: list[str], sample: Callable[..., Path], tmp_path: Path
) -> None:
    expected = undisturbed(sample("quiet", page=7))
    issues, leaders = len(expected["issues"]), len(expected["mails"])  # type: ignore[arg-type]
    directory, log, port = sample("noisy", page=7), tmp_path / "processes.log", local_servers.free_port()

    with ExitStack() as stack:
        server, broker = Postgres(), Redis(tmp_path)
        stack.callback(server.end)
        stack.callback(broker.kill)
        box = stack.enter_context(local_servers.smtp())
        url = local_servers.database(server.url)
        engine = db.connect(url)
        stack.callback(engine.dispose)
        schema.migrate(engine)
        commands = {
            "worker": ("--as-of", AS_OF, "worker", "--concurrency", "2"),
            "beat": ("--as-of", AS_OF, "beat"),
            "web": ("--as-of", AS_OF, "web", "--listen", f"127.0.0.1:{port}"),
        }
        fleet = Supervisor(log, environment(directory, url, broker.url, box.url), commands)
        stack.callback(fleet.end)

        def until(what: str, true: Callable[[], bool]) -> None:
            def tended() -> bool:
                fleet.tend()
                return true()

            processes.wait_until(what, tended, log, seconds=150)

        for number, name in enumerate(order, start=1):
            until(f"storing before {name}", lambda part=number / 7: stored(engine) >= part * issues)  # type: ignore[misc]
            assert stored(engine) < issues, "the week was over before everything had been restarted"
            if name == "postgres":
                engine.dispose()
                server.immediate()
                server.start()
            elif name == "redis":
                broker.kill()
                broker.start()
            else:
                processes.kill(fleet.running[name])
        until("sending every digest", lambda: everything_sent(engine, leaders))
        fleet.tend()
        until("the web answering", lambda: _answers(port))

        assert snapshot(engine) == expected
        assert len(box.messages) == leaders


def _answers(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
