"""`python -m benchmarks.scale`: the slopes behind docs/scale.md.

What a beat costs by leaders and by weeks of history, what an issue costs to pull and to keep, and how costs grow with
issues, leaders, sources and processes. CPU is user plus system time, of this process or of the child that did the work.
"""

import argparse
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, event, insert

from benchmarks import curves, data, servers, stages
from benchmarks.measure import here
from benchmarks.stages import Puller, Scale
from pipeline import periods, steps
from pipeline.issue import Period
from pipeline.org import Org, Person, Team
from pipeline.store import db, schema
from pipeline.tables import DigestRow

NOW = datetime(2026, 9, 22, 12, tzinfo=UTC)
CHUNK = 5_000
WORDS = {"notes": ["what a digest says, some kilobytes of it " * 100]}


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    options.add_argument("--leaders", type=int, nargs="+", default=[1_000, 10_000])
    options.add_argument("--weeks", type=int, nargs="+", default=[4, 26], help="of history")
    options.add_argument("--issues", type=int, nargs=2, default=[5_000, 15_000], help="two sizes of a first pull")
    options.add_argument("--sizes", type=int, nargs="+", default=[2_000, 10_000, 30_000], help="issues of the curves")
    options.add_argument("--sources", type=int, nargs="+", default=[1, 5, 20])
    options.add_argument("--processes", type=int, nargs="+", default=[1, 2, 4])
    given = options.parse_args()
    print(stages.machine())
    with tempfile.TemporaryDirectory(prefix="leafnotes-scale-") as folder:
        for leaders in given.leaders:
            for weeks in given.weeks:
                spent, asked = beat(Path(folder) / f"{leaders}-{weeks}.db", leaders, weeks)
                print(f"a beat plans {leaders:,} leaders after {weeks} weeks: {spent:.3f} s, {asked:,} statements")
        stored(Path(folder), *given.issues)
        print("\n| what grows | cost at each size | slope |\n| --- | --- | --- |")
        for curve in grown(Path(folder), given):
            print(curve, flush=True)


def grown(folder: Path, given: argparse.Namespace) -> Iterator[curves.Curve]:
    yield from curves.pulled(folder, given.sizes)
    yield curves.sources(folder, given.sources)
    yield curves.beats(lambda leaders: beat(folder / f"beat-{leaders}.db", leaders, 1)[0], given.leaders)
    yield from curves.digests(folder, given.sizes)
    yield curves.workers(folder, given.processes)


def organisation(leaders: int) -> Org:
    people = {f"l{n}": Person(id=f"l{n}", email=f"l{n}@harbour.example") for n in range(leaders)}
    parents = {n: f"t{(n - 1) // 8}" if n else None for n in range(leaders)}
    teams = {f"t{n}": Team(id=f"t{n}", name=f"T{n}", parent=parents[n], leader=f"l{n}") for n in range(leaders)}
    return Org(people=people, teams=teams, fallback="t0")


def beat(file: Path, leaders: int, weeks: int) -> tuple[float, int]:
    """(CPU seconds, statements) of asking who is due, when everybody's digests of so many weeks are decided."""
    engine, org = db.connect(f"sqlite:///{file}"), organisation(leaders)
    schema.migrate(engine)
    data.fill(engine, 100, data.organisation())
    _decide(engine, leaders, weeks)
    asked: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *told: asked.append(told[2]))

    def due(period: Period, _leader: str) -> datetime:
        return period.end + timedelta(hours=9)

    with db.transaction(engine) as session:
        spent, planned = here(lambda: steps.plan(session, now=NOW, zone=data.ZONE, due=due, org=org))
    engine.dispose()
    assert sum(map(len, planned.values())) == leaders
    return spent, len(asked)


def _decide(engine: Engine, leaders: int, weeks: int) -> None:
    labels, period = list[str](), periods.last_ended(NOW, data.ZONE)
    for _ in range(weeks):
        labels.append(period.label)
        period = periods.before(period)
    with db.transaction(engine) as session:
        for start in range(0, leaders * weeks, CHUNK):
            numbers = range(start, min(start + CHUNK, leaders * weeks))
            session.execute(insert(DigestRow), [_digest(n % leaders, labels[n // leaders]) for n in numbers])


def _digest(leader: int, label: str) -> dict[str, object]:
    told = {"leader": f"l{leader}", "period": label, "kind": "weekly", "state": "composed"}
    return told | {"version": 1, "document": WORDS, "composed_at": NOW, "hidden": ""}


def stored(folder: Path, few: int, many: int) -> None:
    """The slope between two first pulls: what one issue of about 5 kB costs, start-up left out."""
    cpu, size = [], []
    for issues in (few, many):
        with servers.github(issues) as url:
            puller = Puller.beside(url, Scale(issues, 1, folder), issues)
            puller.warm_up()
            cpu.append(puller.first().cpu)
            size.append(sum(file.stat().st_size for file in puller.folder.glob("leafnotes.db*")))
    more = many - few
    print(f"an issue to pull and store: {(cpu[1] - cpu[0]) / more * 1e6:.0f} us of CPU")
    print(f"an issue as it is kept, with its raw page: {(size[1] - size[0]) / more:.0f} bytes")


if __name__ == "__main__":
    main()
