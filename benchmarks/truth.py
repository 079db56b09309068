"""Whether what was read is what the server has: every number with its title, and nothing else."""

import hashlib
from collections.abc import Iterable, Iterator

from sqlalchemy import select

from benchmarks.servers import REPO, Tracker
from pipeline.store import db
from pipeline.tables import IssueRow


def must(true: bool, otherwise: str) -> None:
    """A figure of work that was not done is worse than none. Raises `RuntimeError`."""
    if not true:
        raise RuntimeError(otherwise)


def told(issues: Iterable[tuple[int, str]]) -> tuple[int, int]:
    """(count, sum of hashes) of numbers with titles, in whatever order they come."""
    count = total = 0
    for number, title in issues:
        made = hashlib.blake2b(f"{number} {title}".encode(), digest_size=8).digest()
        count, total = count + 1, (total + int.from_bytes(made)) % 2**64
    return count, total


def stored(url: str) -> Iterator[tuple[int, str]]:
    """What a database of ours holds of the server's repository."""
    engine = db.connect(url)
    try:
        with engine.connect().execution_options(yield_per=5_000) as connection:
            for key, title in connection.execute(select(IssueRow.external_id, IssueRow.title)):
                repo, _, number = key.rpartition("#")
                must(repo == REPO, f"{key} is none of {REPO}")
                yield int(number), title
    finally:
        engine.dispose()


def hold(found: Iterable[tuple[int, str]], issues: int, who: str) -> None:
    """Raises `RuntimeError` where somebody did not read exactly what the server has."""
    expected, got = told(Tracker(issues).titles()), told(found)
    same = "but not the same ones" if got[0] == expected[0] else f"of {expected[0]:,}"
    must(got == expected, f"{who} read {got[0]:,} issues {same}")
