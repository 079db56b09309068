"""How costs grow: with issues stored, issues changed, leaders, sources and processes, each with its slope."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import linear_regression

from benchmarks import servers
from benchmarks.queues import PAGE, Bench
from benchmarks.stages import Desk, Puller, Scale
from pipeline.store import db
from tests import local_servers
from workers.app import app

SOURCE = "  - {{name: {name}, kind: github, base_url: '{url}', repos: [{repo}]}}\n"


@dataclass(frozen=True, slots=True)
class Curve:
    """(how many, what it cost) of each point; `slope` is the cost of one more."""

    what: str
    unit: str
    points: Sequence[tuple[int, float]]

    @property
    def slope(self) -> float:
        return linear_regression([x for x, _ in self.points], [y for _, y in self.points]).slope

    def __str__(self) -> str:
        told = ", ".join(f"{x:,}: {y:.4g}" for x, y in self.points)
        return f"| {self.what} | {told} | {self.slope:.3g} {self.unit} |"


def pulled(folder: Path, sizes: Sequence[int]) -> list[Curve]:
    """A first pull by what changed, and one that finds nothing by what is stored."""
    first, again = [], []
    for issues in sizes:
        with servers.github(issues) as url:
            puller = Puller.beside(url, Scale(issues, 1, folder), issues)
            puller.warm_up()
            first.append((issues, puller.first().cpu))
            again.append((issues, puller.again().cpu))
    return [
        Curve("issues changed: CPU s to pull and store them", "s an issue", first),
        Curve("issues stored: CPU s of a pull that finds nothing new", "s an issue", again),
    ]


def sources(folder: Path, counts: Sequence[int], issues: int = 100) -> Curve:
    """A pull of so many sources that have nothing new."""
    points = []
    with servers.github(issues) as url:
        for count in counts:
            puller = Puller.beside(url, Scale(issues, 1, folder / f"sources-{count}"), issues)
            entries = [SOURCE.format(name=f"desk{n}", url=url, repo=servers.REPO) for n in range(count)]
            (puller.folder / "sources.yaml").write_text("sources:\n" + "".join(entries))
            for _ in range(2):
                spent = puller.leafnotes("pull", "--json")
            points.append((count, spent.cpu))
    return Curve("sources: CPU s of a pull of all that finds nothing new", "s a source", points)


def digests(folder: Path, sizes: Sequence[int]) -> list[Curve]:
    """What 200 leaders' digests cost by the issues that are stored: those of the week grow along, or do not."""
    read, write = [], []
    for issues in sizes:
        desk = Desk.filled(Scale(issues, 1, folder), f"digests-{issues}")
        spent, material = desk.read()
        read.append((len(material.voices), spent))
        write.append((len(material.voices), desk.write(material)[0]))
    return [
        Curve("issues of the week: CPU s to read it for 200 leaders", "s an issue", read),
        Curve("issues of the week: CPU s to write 200 digests", "s an issue", write),
    ]


def beats(beat: Callable[[int], float], leaders: Sequence[int]) -> Curve:
    return Curve("leaders: CPU s of a beat", "s a leader", [(one, beat(one)) for one in leaders])


def workers(folder: Path, processes: Sequence[int], messages: int = 200) -> Curve:
    """Rows of work that are nothing, claimed and finished in PostgreSQL by 1, 2, 4 processes on this machine."""
    points = []
    with local_servers.valkey() as broker, local_servers.postgres() as server:
        puller = Puller.beside("http://127.0.0.1:9", Scale(PAGE, 1, folder / "workers"), PAGE)
        app.conf.broker_url = str(broker)
        for count in processes:
            database = local_servers.database(server)
            puller.on(database).leafnotes("migrate")
            engine = db.connect(database)
            try:
                done = Bench(broker, puller.folder).shipped(messages, engine, database, count)
            finally:
                engine.dispose()
            points.append((count, done.speed * PAGE))
        app.pool.force_close_all()
    return Curve("processes: issues a second whose rows are claimed and finished", "issues/s a process", points)
