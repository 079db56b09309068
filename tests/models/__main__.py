"""The long runs, by hand: `python -m tests.models NAME [--steps 50000] [--seed 1]`.

It prints what was done, or what was found with the steps that lead there; the same seed finds it again.
"""

import argparse
import importlib

MACHINES = {
    "cursor": "tests.models.cursor:Cursor",
    "links": "tests.models.links:LinkActions",
    "mails": "tests.models.mails:Mails",
    "periods": "tests.models.periods:Periods",
    "work": "tests.models.work_rows:WorkRows",
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.models", description=__doc__)
    parser.add_argument("name", choices=sorted(MACHINES))
    parser.add_argument("--steps", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    module, _, name = MACHINES[given.name].partition(":")
    from tests.models.machine import long

    print(f"{given.name}: {long(getattr(importlib.import_module(module), name), given.steps, given.seed)}")  # noqa: T201


if __name__ == "__main__":
    main()
