"""CPU, wall time and memory of child processes, CPU of calls in this one, interleaved rounds, and the printed table."""

import gc
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Self, TypeVar

T = TypeVar("T")

_LAUNCH = """
import json, os, sys, time
out, err = (os.open(sys.argv[1] + end, os.O_WRONLY | os.O_CREAT | os.O_TRUNC) for end in (".txt", ".err"))
began = time.monotonic()
files = [(os.POSIX_SPAWN_DUP2, out, 1), (os.POSIX_SPAWN_DUP2, err, 2)]
pid = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ, file_actions=files)
_, status, used = os.wait4(pid, 0)
wall = time.monotonic() - began
print(json.dumps([os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime, wall, used.ru_maxrss]))
"""
"""A process inherits the peak memory of whoever started it, so a small one starts those that are measured."""
NOT_OURS = ("PYTHONDONTWRITEBYTECODE", "LEAFNOTES_CONFIG", "LEAFNOTES_DATABASE_URL", "LEAFNOTES_BROKER_URL")
_RSS_UNIT = 1024 * 1024 if sys.platform == "darwin" else 1024


@dataclass(frozen=True, slots=True)
class Spent:
    """CPU (user and system, start-up included), wall seconds, peak megabytes of one child, and what it printed."""

    cpu: float
    peak_mb: float
    output: str
    wall: float


def child(
    command: Sequence[str],
    folder: Path,
    environment: Mapping[str, str] = MappingProxyType({}),
    codes: Collection[int] = (0,),
) -> Spent:
    """Run a command to its end, its scratch files and its byte code below `folder`.

    Raises `RuntimeError`, with what it said last, where it did not end with one of `codes`.
    """
    scratch = folder / "printed"
    # As on any installed system, modules are compiled once and not at each start, wherever this machine forbids it.
    env = {name: value for name, value in os.environ.items() if name not in NOT_OURS}
    launched = subprocess.run(
        [sys.executable, "-I", "-S", "-c", _LAUNCH, str(scratch), *command],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env={**env, "PYTHONPYCACHEPREFIX": str(folder / "bytecode"), **environment},
    )
    code, cpu, wall, peak = json.loads(launched.stdout)
    if code not in codes:
        said = _text(scratch, ".err").strip().splitlines()[-3:]
        raise RuntimeError(f"{Path(command[0]).name} ended with {code}: {' '.join(said)}")
    return Spent(cpu, peak / _RSS_UNIT, _text(scratch, ".txt"), wall)


def _text(scratch: Path, end: str) -> str:
    return scratch.with_suffix(end).read_text(encoding="utf-8", errors="replace")


def here(call: Callable[[], T]) -> tuple[float, T]:
    """CPU seconds of a call in this process, all its threads counted, and what it returned.

    Objects that others keep alive here are out of the garbage collector's way meanwhile: no call pays for them.
    """
    gc.collect()
    gc.freeze()
    started = time.process_time()
    result = call()
    spent = time.process_time() - started
    gc.unfreeze()
    return spent, result


class Median(float):
    """The median of several rounds, mostly CPU seconds, with the rounds themselves.

    `wall` seconds and `peak_mb` are there where processes of their own were measured.
    """

    rounds: tuple[float, ...]
    wall: float | None
    peak_mb: float | None

    @classmethod
    def of(cls, measured: Sequence[float | Spent]) -> Self:
        children = [one for one in measured if isinstance(one, Spent)]
        rounds = tuple(one.cpu if isinstance(one, Spent) else one for one in measured)
        made = cls(statistics.median(rounds))
        made.rounds = rounds
        made.wall = statistics.median(one.wall for one in children) if children else None
        made.peak_mb = max(one.peak_mb for one in children) if children else None
        return made


def interleaved(rounds: int, calls: Mapping[str, Callable[[], float | Spent]]) -> dict[str, Median]:
    """The median of each call's figure over several rounds, in each of which every call has its turn.

    So a machine that becomes slower for a while becomes slower for all of them.
    """
    figures: dict[str, list[float | Spent]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            figures[name].append(call())
    return {name: Median.of(all_rounds) for name, all_rounds in figures.items()}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the report. `met` is None where nothing is asked of it."""

    stage: str
    ours: str
    rival: str
    ratio: float | None
    goal: str = ""
    met: bool | None = None
    wall: str = ""
    peak: str = ""
    spread: str = ""

    @classmethod
    def against(cls, stage: str, ours: float, rival: float, against: str, most: float | None = None) -> "Row":
        """CPU seconds of ours and of a rival; `most` is the largest ratio that is asked for."""
        ratio = ours / max(rival, 1e-9)
        return cls(
            stage=stage,
            ours=seconds(ours),
            rival=f"{seconds(rival)} {against}",
            ratio=ratio,
            goal="" if most is None else f"at most {most:.3g}x",
            met=None if most is None else ratio <= most,
            wall=wall(ours),
            peak=peak(ours),
            spread=spread(ours, rival),
        )


def wall(figure: float) -> str:
    return seconds(figure.wall) if isinstance(figure, Median) and figure.wall is not None else ""


def peak(figure: float) -> str:
    return f"{figure.peak_mb:.0f} MB" if isinstance(figure, Median) and figure.peak_mb is not None else ""


def spread(ours: float, rival: float) -> str:
    """The smallest and the largest ratio of one round."""
    if not isinstance(ours, Median) or not isinstance(rival, Median) or len(ours.rounds) < 2:
        return ""
    ratios = [one / max(other, 1e-9) for one, other in zip(ours.rounds, rival.rounds, strict=True)]
    return f"{min(ratios):.2f}-{max(ratios):.2f}x"


def seconds(value: float) -> str:
    return f"{value:.2f} s" if value >= 0.995 else f"{value * 1000:.1f} ms"


HEAD = ("stage", "ours, CPU", "wall", "peak", "rival, CPU", "ratio", "min-max", "goal", "met")


def table(rows: Sequence[Row]) -> str:
    """Markdown, with its columns aligned for reading as it is."""
    lines = [HEAD, *(_cells(row) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    lines.insert(1, tuple("-" * width for width in widths))
    padded = (" | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)
    return "\n".join(f"| {line} |" for line in padded)


def _cells(row: Row) -> tuple[str, ...]:
    ratio = "" if row.ratio is None else f"{row.ratio:.2f}x"
    met = {True: "met", False: "NOT met", None: ""}[row.met]
    return (row.stage, row.ours, row.wall, row.peak, row.rival, ratio, row.spread, row.goal, met)
