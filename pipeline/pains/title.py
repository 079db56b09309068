"""The name of a pain: the words of one of the people who have it, never invented ones."""

import re
from collections.abc import Collection, Sequence

from pipeline.pains.words import is_everyday, rarity, words_of

LONGEST = 9
"""Words of a title."""


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


_CONFESSES = _any(
    r"not proud|merged (?:it )?without|without waiting|merged before|shouldn'?t|should not have",
    r"\bmy (?:fault|mistake|bad)\b|by mistake",
    r"asham|embarrass|\bskip(?:ped|ping)?\b|\bi (?:broke|messed|muted)\b|bypass|by hand into|copied from production",
    r"force[- ]push|guilty|\bcr(?:ied|ying)\b|burn(?:ed|t)? ?out|exhausted|overwhelmed|don'?t tell|confess|password in",
)
"""Admits a shortcut, a mistake or distress: such text goes no further than its author's own team."""
_BLAMES = _any(
    r"failed to|should have|careless|\blaz(?:y|iness)|\bforgot|\bbother|caused by",
    r"\bworst\b|\bbest\b|\brank|underperform",
    r"incompeten|stupid|idiot|useless|moron|pathetic|\bfault\b|\bblam|nobody cares|\bagain\b",
)
_ASKS = _any(
    r"\?\s*$|^(?:please|pls|can|could|how (?:do|to|can)|is there|where|why|what|who|when will|does|thanks|thank you)\b",
    r"^(?:hello|hi|hey|dear)\b|^(?:help|urgent|question|fyi|test|issue|problem|bug|support)\W*\w*\W*$",
)
_SOLVES = _any(
    r"^(?:add|allow|support|implement|make|create|remove|introduce|provide|need|want|bump|fix|update|upgrade|use)\b",
    r"^(?:feature|request|proposal|idea|suggestion|bigger|better|more)\b|\bplease$",
)
_MARK = r"(?:re|fwd?|fw|aw|wg|sv|tr)\s*:|\[[^\]]{0,60}\]|\([^)]{0,60}\)|[a-z]{2,10}-\d+\s*[:\-]?|#\d+\s*[:\-]?"
_MARKS = _any(rf"^(?:\s*(?:{_MARK})\s*)+")
_CODE = re.compile(
    r"[{}<>|\\=`\[\]]|::|\w\(\)|\w(?:Exception|Error)\b|\w_\w|\bat [\w.]+\(|0x[0-9a-f]+|https?:|@|/\w+/|\d{5}"
    r"|\w\.\w+\.\w|\w#\d"
)
_PARTS = re.compile(r"[^\w]+")
_LOOSE_ENDS = """
a an and as at but by for from if in into is of on or our so that the their to when which while with your my has are
was be not no its it after before
"""
_LOOSE = frozenset(_LOOSE_ENDS.split())


def title_of(texts: Sequence[tuple[str, str]], names: Collection[str] = ()) -> str:
    """At most nine words for a pain from (title, body) of its issues, the most central one first.

    The first title that can stand whole is taken; else one cut at a word, else a first sentence. Where nothing may
    stand for all, the words that most of them share. `names` are names of people: none is ever shown.
    """
    banned = name_parts(names)
    titles = [(text, plain_title(text, banned)) for text, _ in texts]
    for text, title in titles:
        if title and not _SOLVES.match(title) and len(_clean(text).split()) <= LONGEST:
            return title
    for title in (*(title for _, title in titles), *(plain_title(_first_sentence(body), banned) for _, body in texts)):
        if title:
            return title
    return _shared(texts, banned)


def name_parts(names: Collection[str]) -> frozenset[str]:
    """The single words of names, case folded."""
    return frozenset(part for name in names for part in _PARTS.split(name.casefold()) if len(part) > 1)


def plain_title(text: str, names: Collection[str] = ()) -> str | None:
    """The text as a title, marks off, nine words at most; None where it is no plain sentence, or may not be shown."""
    clean = _clean(text)
    if not clean or any(rule.search(clean) for rule in (_ASKS, _CODE, _CONFESSES, _BLAMES)):
        return None
    letters = [c for c in clean if c.isalpha()]
    if sum(c.isupper() for c in letters) * 2 > len(letters):
        return None
    words = clean.split()
    if len(words) < 3 and not any(len(word) > 12 for word in words):
        return None
    if any(_is_name(part, names) for word in words for part in _PARTS.split(word)):
        return None
    short = _cut(words)
    return short[:1].upper() + short[1:] if short and short[0].isalnum() else None


def _clean(text: str) -> str:
    return _MARKS.sub("", " ".join(text[:400].split())).strip(" .,:;-!\u2013\u2014\"'*~")


def _is_name(part: str, names: Collection[str]) -> bool:
    """Whether it names a person; "will" and "mark" do so only with a capital."""
    return part.casefold() in names and (part[0].isupper() or not is_everyday(part))


def _cut(words: Sequence[str]) -> str:
    """At a comma where there is one, else at the ninth word, loose ends off."""
    if len(words) <= LONGEST:
        return " ".join(words)
    kept = list(words[:LONGEST])
    for n in range(LONGEST - 1, 2, -1):
        if kept[n][-1] in ".,;:" or kept[n] in ("-", "\u2013", "\u2014"):
            return " ".join(kept[: n + 1]).rstrip(" .,;:-\u2013\u2014")
    while len(kept) > 3 and kept[-1].casefold().strip(",;:") in _LOOSE:
        kept.pop()
    return " ".join(kept).rstrip(" .,;:-\u2013\u2014")


def _first_sentence(body: str) -> str:
    return re.split(r"(?<=[.!?])\s|\n", body.strip()[:400], maxsplit=1)[0]


def _shared(texts: Sequence[tuple[str, str]], names: Collection[str]) -> str:
    count: dict[str, int] = {}
    for title, body in texts:
        for word in set(re.findall(r"[^\W\d_]{3,20}", f"{title[:400]} {body[:400]}".casefold())):
            shown = words_of(word) and word not in names and not _BLAMES.search(word) and not _CONFESSES.search(word)
            count[word] = count.get(word, 0) + bool(shown)
    common = sorted((w for w, n in count.items() if n > 1), key=lambda w: (-count[w], -rarity(words_of(w)[0]), w))
    return "Trouble with " + " and ".join(common[:2]) if common else "Trouble that several people describe"
