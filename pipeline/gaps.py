"""What a census names and nobody ever read: waited for, then read for once from the source's beginning, then told of.

A list of changes can pass by an item that showed up in it too late; the census of all that exists is what notices.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

MOST: Final = 10_000
"""Names that are remembered of a source; what is beyond them is found by the census after the next."""


@dataclass(frozen=True, slots=True)
class Gap:
    """`waiting` may have come too late for the last pull, or, while `reading`, are what the source is read again for;
    `lost` did not come even so."""

    waiting: frozenset[str] = frozenset()
    lost: frozenset[str] = frozenset()
    reading: bool = False

    def __bool__(self) -> bool:
        return bool(self.waiting or self.lost)

    def after(self, lacking: Collection[str]) -> tuple["Gap", bool]:
        """(what is known after the next census, which named these that are not stored; whether to read all again).

        Only after a pull that began since the census before and went to its end may this be asked.
        """
        lost = self.lost.intersection(lacking)
        rest = frozenset(sorted(lacking)[:MOST]) - lost
        still = rest & self.waiting
        if self.reading:
            return Gap(rest - still, lost | still), False
        return (Gap(still, lost, reading=True), True) if still else (Gap(rest, lost), False)

    def said(self, source: str) -> str | None:
        """What operators read of it; None where it may be nothing."""
        found, what = (
            self.lost,
            "reading it from its beginning did not bring them; test its connector",
        )
        if self.reading:
            found, what = self.waiting, "it is read again from its beginning"
        if not found:
            return None
        many = f"{len(found)} issues that exist were" if len(found) > 1 else "1 issue that exists was"
        return f"{source}: {many} never given to us (as {min(found)}): {what}"

    def to_json(self) -> str:
        return json.dumps({"waiting": sorted(self.waiting), "lost": sorted(self.lost), "reading": self.reading})

    @classmethod
    def from_json(cls, value: str | None) -> "Gap":
        told: Mapping[str, Any] = json.loads(value) if value else {}
        return cls(
            frozenset(told.get("waiting", ())), frozenset(told.get("lost", ())), bool(told.get("reading", False))
        )
