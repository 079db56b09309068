"""Marks of unstated pain, found by phrases. Each signal carries the exact text that shows it."""

import re
from typing import Final

from pipeline.classify import stakes
from pipeline.classify.phrases import PHRASES, TRIGGERS
from pipeline.classify.stakes import lower
from pipeline.issue import Signal

WITHHELD: Final = frozenset({"security", "hr", "legal"})
"""Texts with one of these appear in no digest."""

_READ: Final = 8_000
COMPILED: Final = {name: re.compile("|".join(parts)) for name, parts in PHRASES.items()}

_LOW: Final = re.compile(
    r"\b(?:low|lowest|minor|normal|trivial|p[34]|medium|routine|standard)\b[^\n]{0,20}\b(?:priority|prio"
    r"|severity|ticket|impact)\b|priority\s?[:=]?\s?(?:low|minor|normal|trivial|p[34])|not urgent|(?:when"
    r"|whenever) you have (?:time|a minute)"
)
_BUT: Final = re.compile(
    r"\b(?:despite|in spite of|but|however|although|though|yet|even though|unfortunately|trotzdem|aber"
    r"|leider|mais|malgré)\b"
)
_COMPLAINT: Final = re.compile(
    r"\b(?:n't|not|cannot|never|no longer|fail\w*|error\w*|broken|bugs?|crash\w*|slow\w*|problem\w*"
    r"|issues?|wrong|stuck|missing|lost|waiting|down|late|worse|difficult|confus\w+|annoy\w*"
    r"|frustrat\w*|unfortunately|wish|but|please (?:fix|add|help|let|make)|nicht|kein\w*|leider"
    r"|fehler|pas|aucun\w*)\b|n't\b|\?"
)


def find(title: str, body: str) -> tuple[Signal, ...]:
    """The signals of an issue, each once, in a fixed order, with the shortest text that shows it."""
    title, body = title[:_READ], body[:_READ]
    found: list[Signal] = []
    lowered = (lower(title), lower(body))
    both = "\n".join(lowered)
    for name, pattern in COMPILED.items():
        if not any(trigger in both for trigger in TRIGGERS[name]):
            continue
        for text, low in zip((title, body), lowered, strict=True):
            hit = pattern.search(low)
            if hit and hit[0].strip():
                found.append(Signal(name, text[hit.start() : hit.end()].strip()))
                break
    return _settled(found, (title, body), lowered)


def _settled(found: list[Signal], texts: tuple[str, str], lowered: tuple[str, str]) -> tuple[Signal, ...]:
    """Thanks count only where nothing is complained of; thanks beside a complaint are the contrast between the two."""
    by_name = {signal.name: signal for signal in found}
    if "thanks" in by_name:
        complains = any(_COMPLAINT.search(low) for low in lowered)
        if complains or set(by_name) - {"thanks"}:
            del by_name["thanks"]
    contrast = _contrast(texts, lowered)
    if contrast:
        by_name["praise_contrast"] = Signal("praise_contrast", contrast)
    mismatch = _mismatch(texts, lowered)
    if mismatch:
        by_name["priority_mismatch"] = Signal("priority_mismatch", mismatch)
    return tuple(by_name[name] for name in sorted(by_name))


_SENTENCE: Final = re.compile(r"[^.!?\n]{1,400}[.!?]?")
_PRAISE: Final = re.compile(
    r"\b(?:thank|thanks|great|love|so kind|very kind|friendly|helpful|lovely|brilliant|fantastic"
    r"|excellent|wonderful|amazing|appreciate|danke|freundlich|merci)\b"
)


def _contrast(texts: tuple[str, str], lowered: tuple[str, str]) -> str | None:
    """A sentence that praises and complains at once, such as thanks to a person despite the product."""
    for text, low in zip(texts, lowered, strict=True):
        if not (_PRAISE.search(low) and _BUT.search(low)):
            continue
        for sentence in _SENTENCE.finditer(low):
            part = sentence[0]
            if _PRAISE.search(part) and _BUT.search(part) and (_COMPLAINT.search(part) or "despite" in part):
                return text[sentence.start() : sentence.end()].strip()
    return None


def _mismatch(texts: tuple[str, str], lowered: tuple[str, str]) -> str | None:
    """Money that stands still, or harm that is called minor: what a form's priority does not let people say."""
    minor = _LOW.search("\n".join(lowered)) is not None
    for text in texts:
        hit = stakes.standstill(text) or (stakes.plain_harm(text) if minor else None)
        if hit:
            return hit
    return None
