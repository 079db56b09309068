"""How a text is built, beside its words: an order as its title, a user story, steps to reproduce, a trace.

Each shape has a name that can be shown as a reason. They separate a team's work items from people's reports where both
use the same words.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from pipeline.screen import Screen

READ: Final = 2_000
"""Characters of a body that are looked at."""

_ORDER: Final = (
    "add create implement update upgrade remove refactor clean document write test investigate move support make "
    "improve fix change allow enable provide use define convert migrate review port release build design research "
    "spike setup set replace rename extend introduce publish prepare deploy verify merge bump"
)


Measure = Callable[[str, str], bool]
_ORDERED: Final = re.compile(rf"^(?:\[[^\]]{{0,40}}\]\s?|[\w-]{{1,12}}:\s?)?(?:{_ORDER.replace(' ', '|')})\b")

_TESTS: Final[Mapping[str, Measure | re.Pattern[str]]] = {
    "nothing but a title": lambda title, body: not body.strip(),
    "a line of text": lambda title, body: len(body) < 80,
    "a few lines": lambda title, body: 80 <= len(body) < 300,
    "a paragraph": lambda title, body: 300 <= len(body) < 1000,
    "a long text": lambda title, body: len(body) >= 1000,
    "a title of four words or fewer": lambda title, body: len(title.split()) <= 4,
    "a title of five to nine words": lambda title, body: 5 <= len(title.split()) <= 9,
    "an order as its title": lambda title, body: _ORDERED.search(title) is not None,
    "a question as its title": lambda title, body: "?" in title,
    "a question": lambda title, body: "?" in body,
    "one person speaking": re.compile(r"\b(?:i|my|me|im|i'm)\b"),
    "several people speaking": re.compile(r"\b(?:we|our)\b"),
    "a user story": re.compile(r"\bas an? [\w /-]{2,30},? (?:i|we)\b"),
    "a developer's story": re.compile(r"\bas an? (?:developer|contributor|maintainer|committer|engineer|tester|qa)\b"),
    "steps to reproduce": re.compile(
        r"steps to (?:re|the)|to reproduce|expected (?:behavio|result)|actual (?:behavio|result)"
    ),
    "a trace": re.compile(r"\[trace\]|\bat [\w.$]{1,100}\([\w.]{1,60}:\d+\)|traceback|\w(?:exception|error)\b"),
    "code": re.compile(r"\[code\]|`\w"),
    "a checklist": re.compile(r"\[ \]|\[x\]"),
    "users in it": re.compile(r"\b(?:user|customer)s?\b"),
    "words of testing": re.compile(r"\btests?\b"),
    "words of building": re.compile(r"\b(?:ci|jenkins|travis|bamboo|build|maven|gradle)\b"),
    "words of debt": re.compile(r"refactor|clean ?up|tech(?:nical)? debt|duplicat|dead code|unused|deprecat"),
    "words of documentation": re.compile(r"documentation|\bdocs?\b|readme|javadoc"),
    "words of code changes": re.compile(r"\b(?:pr|pull request|patch|merge|commit|branch|master)\b"),
    "words of releases": re.compile(r"\brelease\b|\bversion \d|\bmilestone|\bsprint\b"),
    "the name of a platform": re.compile(r"version[: ]|\bwindows\b|\bmac ?os|\blinux\b|ubuntu|android|\bios\b"),
    'the word "should"': re.compile(r"\bshould\b"),
    'the words "needs to"': re.compile(r"\bneeds? to\b"),
    "a purpose": re.compile(r"\b(?:so that|in order to)\b"),
    "a link": re.compile(r"https?://"),
    "a word of thanks": re.compile(r"\bthank(?:s| you)\b"),
    'the word "please"': re.compile(r"\bplease\b"),
    "words of trouble": re.compile(
        r"n't\b|\b(?:cannot|can not|not|no|fail\w{0,4}|errors?|wrong|broken|crash\w{0,4}|bugs?|issues?|problems?)\b"
    ),
    "an exclamation mark": lambda title, body: "!" in title or "!" in body,
}
"""What is measured of a title and a body, and what is looked for in both; all in lower case."""
SHAPES: Final = tuple(_TESTS)
_MEASURED: Final = [(n, test) for n, test in enumerate(_TESTS.values()) if not isinstance(test, re.Pattern)]
PATTERNS: Final = {n: test for n, test in enumerate(_TESTS.values()) if isinstance(test, re.Pattern)}
"""What is looked for, by its number. None looks around itself, so of an ASCII text `Screen` with edges says what is
there, and not only what may be."""
_FOUND: Final = Screen(PATTERNS.items(), edges=True)


def of(title: str, body: str) -> tuple[int, ...]:
    """The numbers of the shapes that a text has."""
    low, told = title[:READ].lower(), body[:READ].lower()
    both = f"{low}\n{told}"
    return known(low, told, there(both, _FOUND(both)))


def there(low: str, may: Iterable[int]) -> list[int]:
    """Of the shapes that a text in lower case may have, by a `Screen` with edges, those that it has."""
    return list(may) if low.isascii() else [n for n in may if PATTERNS[n].search(low)]


def known(title: str, body: str, found: Iterable[int]) -> tuple[int, ...]:
    """The numbers of the shapes of a text in lower case, `found` among them; of the body its first `READ` letters."""
    return tuple(sorted([n for n, test in _MEASURED if test(title, body)] + list(found)))
