"""What is taught, as values and as bytes, for those who keep it; `lessons` compares texts with it."""

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from pipeline.issue import Side, Text


@dataclass(frozen=True, slots=True)
class Lesson:
    """A corrected text as the memory keeps it: hashed words and how often each occurs, and never the text itself.

    `name` is None where readers of other issues must not learn of it.
    """

    key: str
    side: Side
    name: str | None
    columns: tuple[int, ...]
    times: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A person's word on a stored issue, with its text. `shown` is whether other issues' verdicts may name it."""

    key: str
    side: Side
    text: Text
    at: datetime
    shown: bool = True


@dataclass(frozen=True, slots=True)
class Harm:
    """A text that was judged right and would be judged wrong with a lesson: why it waits."""

    lesson: str
    text: str
    side: str
    becomes: str

    def __str__(self) -> str:
        return f"with {self.lesson}, {self.text} would be called {self.becomes} and not {self.side}"


@dataclass(frozen=True, slots=True)
class Choice:
    """The lessons that may count, those that would do harm, and the figures of the check."""

    lessons: tuple[Lesson, ...]
    waiting: tuple[Lesson, ...]
    harms: tuple[Harm, ...]
    contradicting: int
    """Corrections of what the model says by itself; the others confirm it, and are the counterweight."""
    checked: int
    right_before: int
    right_after: int


# --- as bytes


def dump(lessons: Sequence[Lesson]) -> bytes:
    """The same lessons are the same bytes, whatever their order."""
    rows = sorted(
        [[one.key, one.side, one.name, list(one.columns), list(one.times)] for one in lessons],
        key=lambda row: str(row[0]),
    )
    return zlib.compress(json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode(), 9)


@lru_cache(maxsize=4)
def load(content: bytes) -> tuple[Lesson, ...]:
    rows = json.loads(zlib.decompress(content))
    return tuple(Lesson(key, side, name, tuple(columns), tuple(times)) for key, side, name, columns, times in rows)
