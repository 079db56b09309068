"""`python -m benchmarks`: what each stage costs, as a ratio of CPU seconds against a plain rival in the same run.

It reports and never fails on a figure, only where a stage did not do its work. Nothing but loopback is used, and
nothing but a temporary folder is written; `--peers` alone asks PyPI for what it measures.
"""

import argparse
import shlex
import sys
import tempfile
import traceback
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from benchmarks import burst, measure, peers, postgres, queues, stages, whole
from benchmarks.measure import Row
from benchmarks.stages import Scale

Stage = Callable[[Scale], list[Row]]
STAGES: Mapping[str, Stage] = {
    "pull": stages.pull,
    "postgres": postgres.pull,
    "queue": queues.queue,
    "classify": stages.classify,
    "digest": stages.digest,
    "whole": whole.run,
    "burst": burst.burst,
}


def main() -> None:
    options = _options()
    rows: list[Row] = []
    broken = []
    with tempfile.TemporaryDirectory(prefix="leafnotes-bench-") as folder:
        scale = Scale(options.issues, options.rounds, Path(folder))
        for name, measured in _asked(options, Path(folder)).items():
            print(f"measuring {name} ...", file=sys.stderr, flush=True)
            try:
                rows += measured(scale)
            except Exception:  # what the others cost is worth knowing all the same
                traceback.print_exc()
                broken.append(name)
    print(f"$ python -m benchmarks {shlex.join(sys.argv[1:])}".rstrip())
    print(f"{stages.machine()}; CPU = user + system, medians of {options.rounds} interleaved rounds\n")
    print(measure.table(rows))
    if broken:
        sys.exit(f"did not run to the end: {', '.join(broken)}")


def _asked(options: argparse.Namespace, folder: Path) -> Mapping[str, Stage]:
    asked: dict[str, Stage] = {name: STAGES[name] for name in options.only}
    if options.memory:
        asked["memory"] = partial(stages.memory, many=options.memory)
    if options.peers:
        kept = (options.peers_folder or folder / "peers").resolve()
        if "queue" in asked:
            asked["queue"] = partial(queues.queue, peers_folder=kept)
        asked["peers who pull"] = partial(peers.pull, folder=kept)
        asked["peers who classify"] = partial(peers.classify, folder=kept)
    return asked


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--issues", type=int, default=10_000, help="how many issues each stage is about (10000)")
    parser.add_argument("--rounds", type=int, help="interleaved rounds; the median counts (3)")
    parser.add_argument("--only", type=_stages, default=list(STAGES), help=f"of {', '.join(STAGES)}, or none")
    parser.add_argument(
        "--memory",
        nargs="?",
        type=int,
        const=50_000,
        metavar="ISSUES",
        help="also the peak memory of pulling 10,000 issues and so many (50000)",
    )
    parser.add_argument("--peers", action="store_true", help="also what others would use, each installed from PyPI")
    parser.add_argument("--peers-folder", type=Path, metavar="FOLDER", help="keep what was installed there")
    parser.add_argument("--quick", action="store_true", help="one round, to see that it runs; its figures say little")
    options = parser.parse_args()
    options.rounds = options.rounds or (1 if options.quick else 3)
    options.issues = min(options.issues, 1_000) if options.quick else options.issues
    return options


def _stages(names: str) -> list[str]:
    chosen = [name for name in names.split(",") if name != "none"]
    unknown = sorted(set(chosen) - set(STAGES))
    if unknown:
        raise argparse.ArgumentTypeError(f"no such stage: {', '.join(unknown)}; there are {', '.join(STAGES)}")
    return chosen


if __name__ == "__main__":
    main()
