"""Which other issues an issue names: by address, by key ("INT-266", "billing#731", "#12"), as "ticket 54485".

A name counts only where an issue is known by it: one of the candidates, or one that a living pain remembers.
"""

import re
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

from pipeline.pains.text import hashed
from pipeline.pains.values import Candidate, Pain

LOOKED_AT = 8000
"""Characters of a body that are looked at."""
EVERYBODY = 10
"""An issue that as many others name, """
EVERYBODY_SHARE = 0.1
"""and that part of all, stands in a form, or is about everything; it unites nothing."""

NOWHERE = -1
"""The row of an issue that only a pain remembers."""

_URL = r"(?P<url>https?://[^\s<>()\[\]\"'|]+)"
_NUMBERED = (
    r"(?<![\w/.-])(?P<numbered>[\w.-]+(?:/[\w.-]+)?#\d{1,9})\b"
    r"|(?<![\w&])(?P<own>#\d{1,9})\b"
)
_NAMED = (
    r"\b(?P<key>[A-Z][A-Z0-9]{1,9}-\d{1,7})\b"
    r"|\b(?:tickets?|cases?|issues?|requests?|conversations?|incidents?)\s{1,2}(?:no\.?\s|number\s|id\s)?"
    r"(?P<numbers>#?\d{3,12}(?:(?:,|\sand|\s&)\s{1,2}#?\d{3,12}){0,9})\b"
)
_NAMES = re.compile(f"{_URL}|{_NUMBERED}|{_NAMED}")
_WITHOUT_MARK = re.compile(rf"(?=[htcriA-Z])(?:{_URL}|{_NAMED})")
"""The same for a text without "#", some times faster: only these letters begin a name."""
_NUMBER = re.compile(r"\d+")
_HOST = re.compile(r"https?://([^/\s]+)")
_REPOSITORY = re.compile(r"/([\w.-]+/([\w.-]+))/(?:-/)?(?:issues|pull|merge_requests)/(\d+)")
_LAST = re.compile(r"/(?:tickets|cases|conversations|issues|browse)/((?:[A-Z][A-Z0-9]{1,9}-)?\d+)$")


class Naming:
    """Which issues name which: first each tells what it says, then each what it is called.

    Only names that somebody says are kept, so that it takes no more memory than they do.
    """

    def __init__(self, known: Iterable[Pain]) -> None:
        self._cases = frozenset(case for pain in known for case in pain.cases)
        self._hosts: set[str] = set()
        self._sources: set[str] = set()
        self._every = 0
        self._names: dict[tuple[str, bool], int] = {}
        """The number of each name that somebody says, and whether it is an address."""
        self._who, self._says = array("q"), array("l")
        """Issue by issue its row, and the number of a name that it says."""

    def say(self, row: int, candidate: Candidate, address: str | None) -> None:
        """What an issue says. `address` is its URL."""
        self._every += 1
        self._sources.add(candidate.key.partition(":")[0])
        if address and (host := _HOST.match(address)):
            self._hosts.add(host[1])
        for name in _names_in(candidate):
            self._who.append(row)
            self._says.append(self._names.setdefault(name, len(self._names)))

    def links(self, called: Iterable[tuple[int, str, str | None]]) -> dict[int, tuple[str, ...]]:
        """By row the keys of the issues that it names, sorted. `called` are (row, key, address) of all that told.

        The same whatever their order.
        """
        if not self._names:
            return {}
        spellings = [list(self._of_url(name)) if is_url else [name] for name, is_url in self._names]
        keys = self._called({name for several in spellings for name in several}, called)
        sources = sorted(self._sources)
        meant = [
            next((found for name in several if (found := self._key(name, keys, sources))), None)
            for several in spellings
        ]
        named: dict[int, set[str]] = {}
        for row, name in zip(self._who, self._says, strict=True):
            found = meant[name]
            if found is not None and found[0] != row:
                named.setdefault(row, set()).add(found[1])
        count = Counter(key for several in named.values() for key in several)
        most = max(EVERYBODY, EVERYBODY_SHARE * self._every)
        return {row: tuple(sorted(key for key in several if count[key] < most)) for row, several in named.items()}

    def _called(
        self, said: Set[str], called: Iterable[tuple[int, str, str | None]]
    ) -> dict[str, tuple[int, str] | None]:
        """The issue of each name that is said and that one is called by, None where it is of two."""
        keys: dict[str, tuple[int, str] | None] = {}
        for row, key, address in called:
            external_id = key.partition(":")[2]
            spellings = {external_id, external_id.rpartition("/")[2]} if "#" in external_id else {external_id}
            if address:
                spellings.add(_plain(address))
            for name in spellings & said:
                keys[name] = (row, key) if name not in keys else None
        return keys

    def _key(
        self, name: str, keys: Mapping[str, tuple[int, str] | None], sources: Sequence[str]
    ) -> tuple[int, str] | None:
        if name in keys:
            return keys[name]
        remembered = (f"{source}:{name}" for source in sources) if self._cases and "://" not in name else ()
        found = [key for key in remembered if hashed(key) in self._cases]
        return (NOWHERE, found[0]) if len(found) == 1 else None

    def _of_url(self, url: str) -> Iterator[str]:
        """The address itself, and what it tells of the issue's name where it is at a host of ours."""
        yield url
        host = _HOST.match(url)
        if host is None or host[1] not in self._hosts:
            return
        if repository := _REPOSITORY.search(url):
            yield f"{repository[1]}#{repository[3]}"
            yield f"{repository[2]}#{repository[3]}"
        elif last := _LAST.search(url):
            yield last[1]


def _names_in(candidate: Candidate) -> set[tuple[str, bool]]:
    """What may name an issue, and whether it is an address."""
    home = candidate.key.partition(":")[2].rpartition("#")[0]
    found: set[tuple[str, bool]] = set()
    text = f"{candidate.title}\n{candidate.body[:LOOKED_AT]}"
    for match in (_NAMES if "#" in text else _WITHOUT_MARK).finditer(text):
        kind = match.lastgroup or ""
        name = match[kind]
        if kind == "numbers":
            found.update((number, False) for number in _NUMBER.findall(name))
        elif kind == "url":
            found.add((_plain(name), True))
        elif kind != "own":
            found.add((name, False))
        elif home:
            found.add((home + name, False))
    return found


def _plain(url: str) -> str:
    return url.partition("#")[0].partition("?")[0].rstrip("/.,;:!*_")
