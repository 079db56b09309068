"""Every sentence that Leafnotes says in its own voice, and the lint that keeps them free of blame.

Texts are written by hand and chosen by what the week holds; nothing here depends on chance or on a model.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from pipeline import screen

Level = Literal["leaf", "middle", "top", "support"]

BLAMING = re.compile(
    r"\b(fail(?:s|ed|ure)? to|should(?: not|n't)? have|careless(?:ly|ness)?|lazy|lazily|forgot(?:ten)?|"
    r"did(?: not|n't) bother|caused by|worst|best|rank(?:s|ed|ing)?|under-?perform\w*|incompeten\w+|sloppy|"
    r"negligen\w+|(?:they|people|team|customers?|engineers?|agents?) \w+ again|fault of|to blame)\b",
    re.IGNORECASE,
)
FOREIGN = re.compile(r"\b(themes?|topics?|tickets?)\b", re.IGNORECASE)
"""Words that mean something else here, or nothing: pains and issues are called pains and issues."""

KINDS = {
    "github": "GitHub",
    "gitlab": "GitLab",
    "jira": "Jira",
    "zendesk": "Zendesk",
    "linear": "Linear",
    "intercom": "Intercom",
    "servicenow": "ServiceNow",
    "freshdesk": "Freshdesk",
    "helpscout": "Help Scout",
    "gitea": "Gitea",
    "sentry": "Sentry",
    "slack": "Slack",
}
NOUNS = {
    "customer": ("customer", "customers"),
    "engineer": ("engineer", "engineers"),
    "agent": ("agent", "agents"),
    "colleague": ("colleague", "colleagues"),
    "person": ("person", "people"),
}
ORDINALS = ("", "First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth", "Tenth")


def blame(text: str) -> list[str]:
    """The expressions in our own sentence that judge people or use a word we do not use."""
    return [m.group(0) for pattern in (BLAMING, FOREIGN) for m in screen.matches(pattern, text)]


def nouns(noun: str, count: int) -> str:
    return NOUNS[noun][0 if count == 1 else 1]


def some(noun: str, count: int) -> str:
    """People in words, where their number may not be shown."""
    if count >= 3:
        return f"Several {NOUNS[noun][1]}"
    return "Customers, too few for a number" if noun == "customer" else "Too few voices here for a number"


def ordinal_week(weeks: int) -> str:
    return f"{ORDINALS[weeks]} week" if weeks < len(ORDINALS) else "More than ten weeks"


def listing(parts: Sequence[str], joint: str = "and") -> str:
    """ "a", "a and b", "a, b and c"."""
    return f" {joint} ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


LINKISH = re.compile(
    r"\w+://\S*|www\.\S+|[\w.-]+\.(?:com|net|org|io|dev|app|co|info|biz|ru|xyz|link|site|online|click|example)\b\S*",
    re.IGNORECASE,
)
"""What mail programs turn into a link by themselves."""
_UNSAFE = {"Cc", "Cf", "Co", "Cs", "Cn"}


def is_printable(text: str) -> bool:
    """Whether a text is so plain that `printable` leaves every sign of it."""
    return text.isascii() and text.isprintable() and '"' not in text


def printable(text: str) -> str:
    """One line without control, direction and invisible characters. Double quotes are for quotations: made single."""
    if is_printable(text):
        return " ".join(text.split())
    kept = "".join(" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c) not in _UNSAFE)
    return " ".join(kept.translate({ord(q): "'" for q in '"“”„‟«»'}).split())


def split(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_DANGLING = frozenset(
    split(
        "a an the of in on at to for with and or but by from is are was were be been that which when while as not no "
        "its their our your my it this these into than then so if has have had can"
    )
)


def shorten(text: str, words: int = 99, chars: int = 999) -> str:
    """The beginning of a title within both limits, cut between words and never after a dangling one, marked as cut."""
    whole = text.rstrip(" .!:;,")
    parts = whole.split()
    if len(parts) <= words and len(whole) <= chars:
        return whole
    kept: list[str] = []
    for part in parts[:words]:
        if len(" ".join([*kept, part])) > chars - 1:
            break
        kept.append(part)
    while len(kept) > 1 and kept[-1].lower().strip(",;:") in _DANGLING:
        kept.pop()
    head = " ".join(kept) if kept else whole[: chars - 1]
    return head.rstrip(" ,;:.-") + "…"


def moment(at: datetime, zone: str) -> str:
    """ "Fri 18 Sep 18:05" in the organisation's zone."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{local:%a} {local.day} {local:%b} {local:%H:%M}"


def reason(problem: str | None) -> str:
    """A source's own account of its trouble, short and without links and addresses. Empty where it gave none."""
    bare = re.sub(r"\S+@\S+", "[address]", LINKISH.sub("[link]", problem or ""))
    return shorten(printable(bare), words=8, chars=60)


def span(start: datetime, end: datetime, zone: str) -> str:
    """ "14-20 Sep" for a half-open week."""
    first, last = start.astimezone(ZoneInfo(zone)), (end - timedelta(minutes=1)).astimezone(ZoneInfo(zone))
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}-{last.day} {last:%b}"
    return f"{first.day} {first:%b}-{last.day} {last:%b}"


_LEVELS: tuple[tuple[Level, str, str], ...] = (
    ("leaf", "Sit with", "Ask at stand-up"),
    ("middle", "Where to sit for 30 minutes", "Three questions for your team leads"),
    ("top", "Where to sit for 30 minutes", "Three questions for your directors"),
    ("support", "Sit with", "Ask your team"),
)
HEADINGS: dict[Level, dict[str, str]] = {
    level: {
        "since": "What changed since you acted",
        "words": "In their words",
        "also": "Also open",
        "once": "Also heard, once each",
        "yours": "Yours to fix, and not yours",
        "unstated": "What nobody said, but the issues suggest (hypotheses, please test)",
        "quiet": "Quiet voices",
        "sit": sit,
        "questions": questions,
        "wins": "Wins",
        "heard": "How fast we hear",
        "made": "How this was made",
    }
    for level, sit, questions in _LEVELS
}


def pick(options: Sequence[str], week: int) -> str:
    """The same choice for the same week, another one next week."""
    return options[week % len(options)]


def labels(sources: Iterable[tuple[str, str]]) -> dict[str, str]:
    """A readable name for each (source, kind): that of a product which readers know where it is the only one of its
    kind, else the name that the organisation gave it. A file or a mailbox is no name of anything."""
    pairs = sorted(set(sources))
    kinds = [kind for _, kind in pairs]
    return {name: KINDS[kind] if kinds.count(kind) == 1 and kind in KINDS else name for name, kind in pairs}


SUBJECT = 60
"""Characters of a subject, at most."""
PREHEADER = (60, 100)
"""Characters of a preheader: fewer, and a phone shows the beginning of the mail beside it."""
FILLERS = ("What is asked of you stands first.", "Their words, not our scores.")


def padded(text: str, fillers: Sequence[str] = FILLERS) -> str:
    """A preheader with so many of these sentences that it is long enough, where they have room."""
    for filler in fillers:
        if len(text) < PREHEADER[0] and len(text) + 1 + len(filler) <= PREHEADER[1]:
            text += f" {filler}"
    return text
