"""Pull and store on a real PostgreSQL: what our process costs, and the server's own share shown apart."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import psycopg
from sqlalchemy.engine import make_url

from benchmarks import procs, servers
from benchmarks.measure import Median, Row, Spent, interleaved, seconds
from benchmarks.stages import Puller, Scale
from tests import local_servers


@dataclass(slots=True)
class Server:
    """A PostgreSQL with an empty database of ours to copy, and the CPU seconds that it used in each call."""

    url: str
    puller: Puller
    template: str = ""
    used: dict[str, list[float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        made = local_servers.database(self.url)
        self.puller.on(made).leafnotes("migrate")
        self.template = make_url(made).database or ""
        self.puller = self.puller.on(made)

    def first(self) -> Spent:
        self.puller = self.puller.on(local_servers.database(self.url, self.template))
        return self._counted("first", lambda: self.puller.pull(new=self.puller.issues))

    def all_again(self) -> Spent:
        self.puller.forget_cursor()
        return self._counted("all again", lambda: self.puller.pull(new=0, least=self.puller.issues))

    def _counted(self, name: str, call: Callable[[], Spent]) -> Spent:
        main = self._main_process()
        before = procs.cpu(main)
        spent = call()
        self.used.setdefault(name, []).append(procs.cpu(main) - before)
        self.puller.hold()
        return spent

    def _main_process(self) -> int:
        plain = self.url.replace("postgresql+psycopg:", "postgresql:", 1)
        with psycopg.connect(plain) as connection:
            return procs.parent(connection.info.backend_pid)


def pull(scale: Scale) -> list[Row]:
    """The two pulls of everything against the plain loop. `leafnotes migrate` is a command of its own, not counted."""
    with servers.github(scale.issues) as url, local_servers.postgres() as server:
        puller = Puller.beside(url, scale, scale.issues)
        puller.warm_up()
        on = Server(server, puller)
        calls: Mapping[str, Callable[[], Spent]] = {
            "first": on.first,
            "plain": puller.plain,
            "all again": on.all_again,
        }
        cpu = interleaved(scale.rounds, calls)
    rival = "requests + json loop, stores nothing"
    return [
        Row.against(f"PostgreSQL: pull + store {scale.issues:,}", cpu["first"], cpu["plain"], rival, 1.3),
        Row("PostgreSQL: the server's part", seconds(Median.of(on.used["first"])), "", None),
        Row.against("PostgreSQL: pull all again, unchanged", cpu["all again"], cpu["plain"], rival, 1.1),
        Row("PostgreSQL: the server's part", seconds(Median.of(on.used["all again"])), "", None),
    ]
