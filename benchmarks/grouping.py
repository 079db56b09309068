"""`python -m benchmarks.grouping DATABASE`: what grouping all issues of a SQLite database at once takes.

On a copy, which forgets its pains first: as in the last step of a first load. Leaves are taken as they were routed.
"""

import argparse
import resource
import shlex
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import func, select

from benchmarks.data import ZONE
from pipeline import periods, steps
from pipeline.org import Org, Team
from pipeline.store import db, digests, registry
from pipeline.tables import IssueRow, MemberRow


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.grouping", description=__doc__)
    parser.add_argument("database", type=Path)
    options = parser.parse_args()
    print(f"$ python -m benchmarks.grouping {shlex.join(sys.argv[1:])}")
    org = Org(people={}, teams={"all": Team(id="all", name="All")}, fallback="all")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "copy.db")
        original = db.connect(f"sqlite:///{options.database}")
        db.copy_to(original, copy)
        original.dispose()
        engine = db.connect(f"sqlite:///{copy}")
        with db.transaction(engine) as session:
            registry.forget_all(session)
            digests.forget_all(session)
            issues, newest = session.execute(select(func.count(), func.max(IssueRow.created_at))).one()
        period, before, began = periods.period_at(newest, ZONE), _peak(), time.process_time()
        with db.reading(engine) as session:
            ready = steps.group(steps.gather(session, org=org, zone=ZONE, until=period.end), org)
        grouped = _peak()
        with db.transaction(engine) as session:
            steps.close(session, period, org=org, ready=ready, at=period.end)
        spent = time.process_time() - began
        with db.reading(engine) as session:
            members = session.scalar(select(func.count()).select_from(MemberRow))
        engine.dispose()
    print(f"{issues:,} issues, {members:,} of them in {len(ready.living):,} pains: {spent:.1f} s of CPU")
    print(f"peak memory: {before} MB before, {grouped} MB when they are grouped, {_peak()} MB when they are saved")


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()
