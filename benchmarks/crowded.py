"""`python -m benchmarks.crowded`: the golden week of 5,000 tickets (G22), from the files to the mails of seven leaders.

The goal is the design's: composing, checking and writing every mail of such a week takes at most 60 seconds. Times are
those of the CPU, as others may work on the machine.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog
import yaml

from tests.goldens.stage import HERE, Stage

CASE, GOAL = "G22-five-thousand", 60.0


def measured() -> tuple[int, dict[str, float], int]:
    """(tickets, seconds by part, bytes of the largest mail)."""
    case = yaml.safe_load((HERE / CASE / "case.yaml").read_text())
    with TemporaryDirectory() as folder:
        stage = Stage(case, Path(folder) / CASE)
        told = stage.play()
    return len(stage.tickets), stage.spent, max(len(one.mail) for one in told.values())


def main() -> int:
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory(), processors=[])
    tickets, spent, largest = measured()
    *_, writing = spent.values()
    print(f"{tickets:,} tickets; the largest mail has {largest:,} bytes")
    for what, seconds in spent.items():
        print(f"{what}: {seconds:.1f} s of CPU")
    print(f"goal, at most {GOAL:.0f} s to compose, check and write: {'met' if writing <= GOAL else 'NOT met'}")
    return 0 if writing <= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
