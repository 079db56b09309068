"""How a text is built, beside its words: an order as its title, a user story, steps to reproduce, a trace.

Each shape has a name that can be shown as a reason. They separate a team's work items from people's reports where both
use the same words.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final

READ: Final = 2_000
"""Characters of a body that are looked at."""

_ORDER: Final = (
    "add create implement update upgrade remove refactor clean document write test investigate move support make "
    "improve fix change allow enable provide use define convert migrate review port release build design research "
    "spike setup set replace rename extend introduce publish prepare deploy verify merge bump"
)


def _found(pattern: str) -> Callable[[str, str, str], bool]:
    found = re.compile(pattern).search
    return lambda title, body, both: found(both) is not None


def _titled(pattern: str) -> Callable[[str, str, str], bool]:
    found = re.compile(pattern).search
    return lambda title, body, both: found(title) is not None


_TESTS: Final[Mapping[str, Callable[[str, str, str], bool]]] = {
    "nothing but a title": lambda title, body, both: not body.strip(),
    "a line of text": lambda title, body, both: len(body) < 80,
    "a few lines": lambda title, body, both: 80 <= len(body) < 300,
    "a paragraph": lambda title, body, both: 300 <= len(body) < 1000,
    "a long text": lambda title, body, both: len(body) >= 1000,
    "a title of four words or fewer": lambda title, body, both: len(title.split()) <= 4,
    "a title of five to nine words": lambda title, body, both: 5 <= len(title.split()) <= 9,
    "an order as its title": _titled(rf"^(?:\[[^\]]{{0,40}}\]\s?|[\w-]{{1,12}}:\s?)?(?:{_ORDER.replace(' ', '|')})\b"),
    "a question as its title": lambda title, body, both: "?" in title,
    "a question": lambda title, body, both: "?" in body,
    "one person speaking": _found(r"\b(?:i|my|me|im|i'm)\b"),
    "several people speaking": _found(r"\b(?:we|our)\b"),
    "a user story": _found(r"\bas an? [\w /-]{2,30},? (?:i|we)\b"),
    "a developer's story": _found(r"\bas an? (?:developer|contributor|maintainer|committer|engineer|tester|qa)\b"),
    "steps to reproduce": _found(
        r"steps to (?:re|the)|to reproduce|expected (?:behavio|result)|actual (?:behavio|result)"
    ),
    "a trace": _found(r"\[trace\]|\bat [\w.$]{1,100}\([\w.]{1,60}:\d+\)|traceback|\w(?:exception|error)\b"),
    "code": _found(r"\[code\]|`\w"),
    "a checklist": _found(r"\[ \]|\[x\]"),
    "users in it": _found(r"\b(?:user|customer)s?\b"),
    "words of testing": _found(r"\btests?\b"),
    "words of building": _found(r"\b(?:ci|jenkins|travis|bamboo|build|maven|gradle)\b"),
    "words of debt": _found(r"refactor|clean ?up|tech(?:nical)? debt|duplicat|dead code|unused|deprecat"),
    "words of documentation": _found(r"documentation|\bdocs?\b|readme|javadoc"),
    "words of code changes": _found(r"\b(?:pr|pull request|patch|merge|commit|branch|master)\b"),
    "words of releases": _found(r"\brelease\b|\bversion \d|\bmilestone|\bsprint\b"),
    "the name of a platform": _found(r"version[: ]|\bwindows\b|\bmac ?os|\blinux\b|ubuntu|android|\bios\b"),
    'the word "should"': _found(r"\bshould\b"),
    'the words "needs to"': _found(r"\bneeds? to\b"),
    "a purpose": _found(r"\b(?:so that|in order to)\b"),
    "a link": _found(r"https?://"),
    "a word of thanks": _found(r"\bthank(?:s| you)\b"),
    'the word "please"': _found(r"\bplease\b"),
    "words of trouble": _found(
        r"n't\b|\b(?:cannot|can not|not|no|fail\w{0,4}|errors?|wrong|broken|crash\w{0,4}|bugs?|issues?|problems?)\b"
    ),
    "an exclamation mark": lambda title, body, both: "!" in title or "!" in body,
}
SHAPES: Final = tuple(_TESTS)


def of(title: str, body: str) -> tuple[int, ...]:
    """The numbers of the shapes that a text has."""
    low, told = title[:READ].lower(), body[:READ].lower()
    both = f"{low}\n{told}"
    return tuple(n for n, test in enumerate(_TESTS.values()) if test(low, told, both))
