"""Mails into threads: which thread a mail belongs to, and whether it is the one that opens it.

A thread is called by the first mail that its mails name (References, In-Reply-To), whether that is here or not. It is
opened by that mail, or else by the earliest that is here and was written by a person.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

HOPS: Final = 10
"""Mails that a thread is followed back through by asking for them one by one."""

Content = Mapping[str, Any]
"""What `connectors.mail.read` made of a mail."""
Earlier = tuple[datetime, Content]
"""When a mail was received, and what it is."""
Search = Callable[[str, str], Sequence[Earlier]]
"""(header, value) -> the mails of the mailbox with the value somewhere in the header."""


class Threads:
    """What was learnt of threads during one pull. `left_out` says why a mail counts for nothing, None where it does."""

    def __init__(self, search: Search, left_out: Callable[[Content], str | None]) -> None:
        self._search = search
        self._left_out = left_out
        self._parents: dict[str, str] = {}
        """Mail -> the first mail that it names, itself where it names none; of those that are here."""
        self._opening: dict[str, str] = {}
        self._looked: dict[str, list[Earlier]] = {}

    def place(self, content: Content, received: datetime) -> tuple[str, bool]:
        """(thread, whether this mail opens it)."""
        own = str(content["id"])
        self._parents[own] = next(iter(content["references"]), own)
        thread = self._root(own)
        if self._left_out(content) is not None:
            return thread, False
        if thread == own:
            self._opening[thread] = own
        elif thread not in self._opening:
            self._opening[thread] = self._opener(thread, (received, own))
        return thread, self._opening[thread] == own

    def _root(self, own: str) -> str:
        root = own
        for _ in range(HOPS):
            root = root_of(self._parents, own)
            if root in self._parents:
                break
            found = self._with_id(root)
            if not found:
                break
            self._parents[root] = next(iter(found[0][1]["references"]), root)
        return root

    def _opener(self, thread: str, this: tuple[datetime, str]) -> str:
        if any(self._left_out(content) is None for _, content in self._with_id(thread)):
            return thread
        others = [
            (received, str(content["id"]))
            for header in ("References", "In-Reply-To")
            for received, content in self._search(header, thread)
            if thread in content["references"] and self._left_out(content) is None
        ]
        return min([this, *others])[1]

    def _with_id(self, identity: str) -> list[Earlier]:
        if identity not in self._looked:
            found = self._search("Message-ID", identity)
            self._looked[identity] = [one for one in found if one[1]["id"] == identity]
        return self._looked[identity]


def root_of(parents: Mapping[str, str], identity: str) -> str:
    """The first mail of a thread, as far as it can be followed; of mails that name each other, the smallest id."""
    way = {identity: None}
    at = identity
    while (parent := parents.get(at)) is not None and parent != at:
        if parent in way:
            ids = list(way)
            return min(ids[ids.index(parent) :])
        way[parent] = None
        at = parent
    return at
