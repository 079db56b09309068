"""The issues of one audience that may join a pain, while their texts stay where they are stored.

A first load may be all that a tracker ever held. What has to be known of all of it, before the first is settled, is
what their forms ask and whom they name; a text is read when its turn comes, and let go.
"""

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from pipeline.pains.forms import Form, Learning, Place, learnt
from pipeline.pains.links import Naming
from pipeline.pains.values import Candidate, Pain

AT_A_TIME = 500

Fetch = Callable[[Sequence[int]], Iterable[tuple[int, Candidate]]]
"""The issues of these rows that are still there, each with its row, in any order."""
Called = Callable[[Sequence[int]], Iterable[tuple[int, str, str | None]]]
"""(row, key, address) of the issues of these rows."""


@dataclass(frozen=True, slots=True)
class Open:
    """`rows` are in order of (created_at, key) of their issues; places are counted along it."""

    rows: Sequence[int]
    forms: Mapping[Place, Form]
    fetch: Fetch
    links: Mapping[int, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, candidates: Iterable[Candidate]) -> "Open":
        """Of candidates at hand."""
        ordered = sorted({c.key: c for c in candidates}.values(), key=lambda c: (c.created_at, c.key))
        return cls(range(len(ordered)), learnt(ordered), lambda rows: ((row, ordered[row]) for row in rows))

    def read(self, places: Sequence[int] | None = None) -> Iterator[tuple[int, Candidate]]:
        """Those that are still there, or all, each with its place, in the order given."""
        places = range(len(self.rows)) if places is None else places
        for start in range(0, len(places), AT_A_TIME):
            some = places[start : start + AT_A_TIME]
            found = dict(self.fetch([self.rows[place] for place in some]))
            for place in some:
                row = self.rows[place]
                if row in found:
                    links = self.links.get(row)
                    yield place, found[row] if links is None else replace(found[row], links=links)


class Gathering:
    """Of issues that are told one after the other, in order of `created_at`."""

    def __init__(self, known: Iterable[Pain]) -> None:
        self._rows = array("q")
        self._at: datetime | None = None
        self._at_once: list[tuple[str, int]] = []
        self._forms = Learning()
        self._naming = Naming(known)

    def add(self, row: int, candidate: Candidate, address: str | None) -> None:
        if candidate.created_at != self._at:
            self._order()
        self._at = candidate.created_at
        self._at_once.append((candidate.key, row))
        self._forms.add(candidate)
        self._naming.say(row, candidate, address)

    def _order(self) -> None:
        self._rows.extend(row for _, row in sorted(self._at_once))
        self._at_once.clear()

    def opened(self, called: Called, fetch: Fetch) -> Open:
        self._order()
        return Open(self._rows, self._forms.forms(), fetch, self._naming.links(called(self._rows)))
