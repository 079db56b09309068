"""Issues that are one case though nobody linked them: cross-posts of one person, and the same failure in the code.

Cases are united, never people: each issue stays listed with its own author.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from hashlib import sha256
from itertools import islice

from pipeline.pains.values import Candidate
from pipeline.screen import Glance

WITHIN = timedelta(hours=72)
SAME = 0.8
"""Part of the words of both that two posts of one person share (Jaccard) when they are one."""
LEAST = 4
"""Different words that a post has at least to be compared so."""
NEIGHBOURS = 20
"""Earlier posts of the same person that one is compared with."""
FRAMES = 5
"""Different frames of a stack trace, the nearest to what failed, that identify a failure."""
LEAST_FRAMES = 2
MOST = 100
"""Frames of a trace that are looked at."""
EVERYBODY = 10
"""A failure in as many issues and `EVERYBODY_SHARE` of all is a crowd or a log that everybody attaches."""
EVERYBODY_SHARE = 0.1
LOOKED_AT = 8000

_WORD = re.compile(r"\w{2,40}")
_JAVA = re.compile(r"\bat ([\w$.<>/]{3,160})\(")
_PYTHON = re.compile(r"\bFile \"[^\"\n]{0,160}?([^\"\n/\\]{1,60})\", line \d{1,7}, in (\w{1,80})")
_MAY_FAIL = Glance(_JAVA, _PYTHON)
_CAUSE = "Caused by:"
"""Behind the last of these stands what failed; before it, who passed it on, which is the same for many failures."""
_THROWN = re.compile(r"(?:\w{1,60}\.){0,12}\w{0,60}(?:Exception|Error)\b[^\n]{0,200}")
_DIGITS = re.compile(r"[0-9]+")


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
    """What identifies a failure: what was thrown, and the frames that are nearest to it.

    An error's code alone, or where a trace began, is the same for many failures.
    """
    text = f"{candidate.title}\n{candidate.body[:LOOKED_AT]}"
    if not _MAY_FAIL(text):
        return frozenset()
    cause = max(text.rfind(_CAUSE), 0)
    if java := list(islice(_JAVA.finditer(text, cause), MOST)):
        thrown = list(_THROWN.finditer(text, cause, java[0].start()))
        return _print(thrown[-1:], [match[1] for match in java])
    if python := list(_PYTHON.finditer(text)):
        thrown = list(islice(_THROWN.finditer(text, python[-1].end()), 1))
        return _print(thrown, [f"{match[1]}:{match[2]}" for match in reversed(python)])
    return frozenset()


def _print(thrown: Sequence[re.Match[str]], frames: Sequence[str]) -> frozenset[str]:
    nearest = list(dict.fromkeys(frames))[:FRAMES]
    if not thrown or len(nearest) < LEAST_FRAMES:
        return frozenset()
    said = _DIGITS.sub("0", " ".join(thrown[0].group().split()))
    return frozenset({sha256("\n".join([said, *nearest]).encode()).hexdigest()[:16]})
