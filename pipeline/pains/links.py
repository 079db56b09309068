"""Which other issues an issue names: by address, by key ("INT-266", "billing#731", "#12"), as "ticket 54485".

A name counts only where an issue is known by it: one of the candidates, or one that a living pain remembers.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.pains.text import hashed
from pipeline.pains.values import Candidate, Pain

LOOKED_AT = 8000
"""Characters of a body that are looked at."""
EVERYBODY = 10
"""An issue that as many others name, """
EVERYBODY_SHARE = 0.1
"""and that part of all, stands in a form, or is about everything; it unites nothing."""

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


def linked(candidates: Sequence[Candidate], addresses: Mapping[str, str], known: Iterable[Pain]) -> list[Candidate]:
    """The candidates, each with the keys of the issues that it names, sorted. `addresses` are their URLs by key.

    The same whatever the order of the candidates.
    """
    names = _Known.of(candidates, addresses, known)
    named = {c.key: found for c in candidates if (found := {*c.links, *names.named_by(c)})}
    count = Counter(key for name, keys in named.items() for key in keys - {name})
    most = max(EVERYBODY, EVERYBODY_SHARE * len(candidates))
    links = {name: tuple(sorted(k for k in keys - {name} if count[k] < most)) for name, keys in named.items()}
    return [replace(c, links=links[c.key]) if c.key in links else c for c in candidates]


@dataclass(frozen=True, slots=True)
class _Known:
    """The issues that can be named: `keys` by name, None where a name is of two; `cases` those that pains remember."""

    keys: Mapping[str, str | None]
    hosts: frozenset[str]
    sources: tuple[str, ...]
    cases: frozenset[str]

    @classmethod
    def of(cls, candidates: Sequence[Candidate], addresses: Mapping[str, str], known: Iterable[Pain]) -> "_Known":
        keys: dict[str, str | None] = {}
        for key in sorted(c.key for c in candidates):
            external_id = key.partition(":")[2]
            spellings = {external_id, external_id.rpartition("/")[2]} if "#" in external_id else {external_id}
            if address := addresses.get(key):
                spellings.add(_plain(address))
            for name in sorted(spellings):
                keys[name] = key if keys.get(name, key) == key else None
        return cls(
            keys=keys,
            hosts=frozenset(match[1] for url in addresses.values() if (match := _HOST.match(url))),
            sources=tuple(sorted({c.key.partition(":")[0] for c in candidates})),
            cases=frozenset(case for pain in known for case in pain.cases),
        )

    def named_by(self, candidate: Candidate) -> set[str]:
        home = candidate.key.partition(":")[2].rpartition("#")[0]
        found: set[str | None] = set()
        text = f"{candidate.title}\n{candidate.body[:LOOKED_AT]}"
        for match in (_NAMES if "#" in text else _WITHOUT_MARK).finditer(text):
            kind = match.lastgroup or ""
            if kind == "numbers":
                found |= {self._key(number) for number in _NUMBER.findall(match[kind])}
            else:
                spellings = self._spellings(kind, match[kind], home)
                found.add(next((key for name in spellings if (key := self._key(name))), None))
        return {key for key in found if key is not None}

    def _spellings(self, kind: str, name: str, home: str) -> Iterator[str]:
        if kind == "url":
            yield from self._of_url(_plain(name))
        elif kind != "own":
            yield name
        elif home:
            yield home + name

    def _of_url(self, url: str) -> Iterator[str]:
        """The address itself, and what it tells of the issue's name where it is at a host of ours."""
        yield url
        host = _HOST.match(url)
        if host is None or host[1] not in self.hosts:
            return
        if repository := _REPOSITORY.search(url):
            yield f"{repository[1]}#{repository[3]}"
            yield f"{repository[2]}#{repository[3]}"
        elif last := _LAST.search(url):
            yield last[1]

    def _key(self, name: str) -> str | None:
        if name in self.keys:
            return self.keys[name]
        remembered = (f"{source}:{name}" for source in self.sources) if self.cases and "://" not in name else ()
        found = [key for key in remembered if hashed(key) in self.cases]
        return found[0] if len(found) == 1 else None


def _plain(url: str) -> str:
    return url.partition("#")[0].partition("?")[0].rstrip("/.,;:!*_")
