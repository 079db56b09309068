"""Issues that are one case though nobody linked them: cross-posts of one person, and the same failure in the code.

Cases are united, never people: each issue stays listed with its own author.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from hashlib import sha256

from pipeline.pains.values import Candidate

WITHIN = timedelta(hours=72)
SAME = 0.8
"""Part of the words of both that two posts of one person share (Jaccard) when they are one."""
LEAST = 4
"""Different words that a post has at least to be compared so."""
NEIGHBOURS = 20
"""Earlier posts of the same person that one is compared with."""
FRAMES = 3
"""Different frames of a stack trace that identify a failure; two are the least."""
EVERYBODY = 10
"""A failure in as many issues and `EVERYBODY_SHARE` of all is a crowd or a log that everybody attaches."""
EVERYBODY_SHARE = 0.1
LOOKED_AT = 8000

_WORD = re.compile(r"\w{2,40}")
_FRAME = re.compile(
    r"\bat ([\w$.<>/]{3,160})\(|\bFile \"[^\"\n]{0,160}?([^\"\n/\\]{1,60})\", line \d{1,7}, in (\w{1,80})"
)
_CAUSE = "Caused by:"
"""Behind the last of these stands what failed; before it, who passed it on, which is the same for many failures."""
_CODE = re.compile(r"\b(?:error|code|exception)s?[ :#=(]{1,3}(0x[0-9a-f]{6,16}|[a-z]{1,5}-?\d{4,8})\b", re.IGNORECASE)


def one_case(candidates: Sequence[Candidate]) -> Iterator[tuple[int, int]]:
    """Places of two candidates that are one case, the earlier first. `candidates` are in order of (created_at, key)."""
    yield from _cross_posts(candidates)
    yield from _same_failure(candidates)


def _cross_posts(candidates: Sequence[Candidate]) -> Iterator[tuple[int, int]]:
    posts: dict[str, list[int]] = {}
    words: dict[int, frozenset[str]] = {}
    for n, candidate in enumerate(candidates):
        if candidate.author is None:
            continue
        earlier = posts.setdefault(candidate.author, [])
        near = [m for m in earlier[-NEIGHBOURS:] if candidate.created_at - candidates[m].created_at <= WITHIN]
        for place in (n, *near) if near else ():
            if place not in words:
                words[place] = _words(candidates[place])
        for m in near:
            if len(words[n]) >= LEAST and len(words[n] & words[m]) >= SAME * len(words[n] | words[m]):
                yield m, n
        earlier.append(n)


def _words(candidate: Candidate) -> frozenset[str]:
    return frozenset(_WORD.findall(f"{candidate.title}\n{candidate.body[:LOOKED_AT]}".casefold()))


def _same_failure(candidates: Sequence[Candidate]) -> Iterator[tuple[int, int]]:
    places: dict[str, list[int]] = {}
    for n, candidate in enumerate(candidates):
        for print_ in fingerprints(candidate):
            places.setdefault(print_, []).append(n)
    most = max(EVERYBODY, EVERYBODY_SHARE * len(candidates))
    for several in places.values():
        if len(several) <= most:
            for n in several[1:]:
                yield several[0], n


def fingerprints(candidate: Candidate) -> frozenset[str]:
    """What identifies a failure: the first frames of its stack trace, and error codes that are no everyday number."""
    text = f"{candidate.title}\n{candidate.body[:LOOKED_AT]}"
    frames: list[str] = []
    cause = text.rfind(_CAUSE)
    for match in _FRAME.finditer(text, max(cause, 0)):
        frame = match[1] or f"{match[2]}:{match[3]}"
        if frame not in frames:
            frames.append(frame)
        if len(frames) == FRAMES:
            break
    found = {f"code {match[1].casefold()}" for match in _CODE.finditer(text)}
    if len(frames) >= 2:
        found.add("trace " + sha256("\n".join(frames).encode()).hexdigest()[:16])
    return frozenset(found)
