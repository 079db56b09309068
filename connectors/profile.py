"""What a source's list of changes promises, and what it does not: the choices that lose data when they are made wrong.

A connector writes its profile down; `connectors.feed` reads by it, and the kit tests every promise.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceProfile:
    """One list of changes.

    `cursor` names the time of change by which the list is filtered and ordered, `tick` is the shortest time that the
    filter can tell apart, `inclusive` whether a filter by a moment gives what happened in it. `order`: "asc" is oldest
    change first and can be relied on; "keyset" is the source's own cursor, which is kept as it comes; "none" means that
    only a walk to the end is certain. `page_size` is the most items an answer holds; `window` how many items deep the
    source lets one page, None where there is no end.

    `trail` is how late a change may become visible. `widening` are the parameters without which the list silently
    leaves something out. `tombstones` is how deletions are found: in the list itself, by a census, or not at all.
    `redact` are keys of raw items, at any depth, that are never archived.
    """

    cursor: str
    tick: timedelta = timedelta(seconds=1)
    inclusive: bool = True
    order: Literal["asc", "keyset", "none"] = "asc"
    page_size: int
    window: int | None = None
    trail: timedelta = timedelta(minutes=2)
    widening: Mapping[str, str] = field(default_factory=dict)
    tombstones: Literal["listed", "census", "none"] = "none"
    redact: Sequence[str] = ()

    def __post_init__(self) -> None:
        if self.tick <= timedelta(0) or self.trail < timedelta(0) or self.page_size < 1:
            raise ValueError("a profile needs a tick above zero, a trail of zero or more, and a page of one or more")
        if self.window is not None and self.window < self.page_size:
            raise ValueError("a window that is smaller than a page cannot be read")
