"""The name of a pain: the words of one of the people who have it, never invented ones."""

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from pipeline.pains.words import is_everyday, rarity, words_of

LONGEST = 9
"""Words of a title."""
SHORTEST = 4
"""Words that are left at least of a title that is cut."""
SAID = 600
"""Characters of a body whose words count when titles are weighed."""
HURTS, TELLS, MOMENT, ALONE = 0.3, 0.2, 0.15, 0.25
"""What a title gains that says whom it hurts and what goes wrong, and what a moment or a word of one issue costs."""


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
    r"\?|^(?:please|pls|can|could(?! ?n[o']t\b)|how|is|are|am|does|did|will|would|should|where|why|what|when will)\b",
    r"^(?:who|whose|which)\b",
    r"^(?:do (?:i|we|you)|any(?:one|body)? |whether|if|thanks|thank you|hello|hi|hey|dear)\b",
    r"^(?:is|it'?s) (?:it )?possible\b|\bwondering\b|^i (?:use|am using|was using|tried)\b",
    r"^(?:help|urgent|question|fyi|test|issue|problem|bug|support|import|error)\W*\w*\W*$",
)
_SOLVES = _any(
    r"^(?:add|allow|support|implement|make|create|remove|introduce|provide|need|want|bump|fix|update|upgrade|use)\b",
    r"^(?:consider|adopt|enable|release|render|show|have|let|move|expose|inform|disable|restore|improve|publish)\b",
    r"^(?:feature|request|proposal|idea|suggestion|bigger|better|more|hide|needs? an?)\b|\bplease\b",
)
_REPORTS = _any(
    r"\bin numbers\b|\b(?:week|day|part|round|attempt) (?:one|two|three|four|five|\d+)\b|\bminutes of\b|\broundup\b",
    r"\b(?:attached|attachment|screenshots?|see (?:below|above|log|image|picture)|as follows)\b|\b(?:below|above)$",
    r"\bfollow[- ]?up\b|^(?:summary|status|update|notes?|steps to|expected|actual|type)\b",
)
"""Speaks of the report rather than of what happened."""
_HURTS = _any(
    r"\b(?:cannot|can'?t|could ?n[o']t|unable|won'?t|never|nobody)\b",
    r"\b(?:do|does|did|is|are|was|were|has|have)(?: not|n'?t)\b",
    r"\bno (?:longer|one|way|answer|reply)\b|\bnot \w+ed\b|\b(?:still|by hand|manually|twice|double|instead of)\b",
    r"\b(?:los[et]|loses|lost|miss(?:ing|ed|es)|vanish\w*|disappear\w*|gone|empty|wrong|late|stuck|locked|blocked)\b",
    r"\b(?:wait\w*|queue\w*|hours?|minutes?|days|slow\w*|charged?|overcharged|pays?|paid|costs?|owe)\b",
    r"\b(?:fails?|failing|crash\w*|breaks?|broken?|stops?|stopped|times? out|down|freez\w*|jumps?|blank|cut off)\b",
    r"\b(?:go(?:es)?|went|turns?) (?:red|dark|quiet)\b|\b(?:flaky|aborted|invalid|expired|ignored|for no reason)\b",
)
"""Says what it does to somebody."""
_TELLS = _any(
    r"\b(?:is|are|was|were|has|have|had|does|do|did|cannot|can'?t|won'?t|\w+n'?t)\b",
    r"\b(?:not|never|nobody|no (?:one|longer|way)|charged|pays?|needed|aborted|times? out)\b",
    r"\b(?:goes|go|went|gets?|got|takes?|took|makes?|made|loses?|keeps?|kept|comes?|came|sends?|shows?|says?|asks?)\b",
    r"\b(?:vanish\w*|disappear\w*|fail(?:s|ed|ing)?|breaks?|broke|crash(?:es|ed|ing)?|stops?|stopped|waits?|waited)\b",
    r"\b(?:hangs?|freez\w+|froze|drops?|dropped|jumps?|cuts?|ignores?|ignored)\b",
    r"\b(?:wrong|incorrect|missing|lost|late|broken|gone|empty|double|twice|duplicated?|invalid|stuck|stale|expired)\b",
    r"\b(?:blank|slow|flaky|locked|blocked|unable|behind|down|by hand|manually|failures?|unsupported)\b",
)
"""Has a verb or a flaw in it, and so says what goes wrong: "CI queue in the afternoon" only names where."""
_PASSES = _any(
    r"\d|\b(?:to(?:day|night|morrow)|yesterday|still|once more)\b|\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b",
    r"\bthis (?:morning|afternoon|evening|week|month|year|summer)\b",
    r"\b(?:first|second|third|fourth|fifth) (?:time|message|day|week)\b",
)
"""Speaks of one day or one number, where a pain lives for weeks."""
_STARTS_NOT = _any(
    r"^(?:i (?:have|am|was|try|tried|get|got|use)|i'm|we're|this|it|that)\b",
    r"^(?:due|probably|maybe|whenever|running|using|in my)\b",
)
"""A first sentence that leans on its heading."""
_KINDS = (
    r"rfe|enhancement|backport|bug|issue|error|feature(?: request)?|regression|question|problem|task|request|support"
)
_MARK = (
    r"(?:re|fwd?|fw|aw|wg|sv|tr)\s*:|\[[^\]]{0,60}\]:?|\([^)]{0,60}\)|[a-z]{2,10}-\d+\s*[:\-]?|#\d+\s*[:\-]?"
    rf"|(?:{_KINDS}|(?:second|third|fourth|fifth|\d+th) time|again)\s*(?::|-+\s|\u2013|\u2014|\uff1a)"
)
_MARKS = _any(rf"^(?:\s*(?:{_MARK})\s*)+")
_ASIDE = re.compile(r"\s*(?:\([^()]*\)|\[[^\[\]]*\])\s*$")
_QUOTED = re.compile(r"""^["'\u201c][^"'\u201c\u201d]+["'\u201d]$""")
_CODE = re.compile(
    r"[{}<>|\\=`\[\]]|::|\w\(\)|\w(?:Exception|Error)\b|\w_\w|\bat [\w.]+\(|0x[0-9a-f]+|https?:|@|/\w+/|\d{5}"
    r"|\w\.\w+\.\w|\w#\d|[\"'\u201c][0-9]+[\"'\u201d]"
)
_THROWN = re.compile(
    r"^(?:\s*(?:(?:warning|error|fatal|internal error|uncaught|caused by)\s?:|error(?=\s+\w{2,60}Error:)|"
    r"\[?\s?[A-Z]\]?(?=\s+[\w./]{3,80}:\d)|"
    r"[\w./\[-]{3,120}:\d{1,6}\]?|[\w.$]{0,120}(?:Exception|Error):)\s*)+",
    re.IGNORECASE,
)
"""What a machine writes before it says what happened."""
_NUMBER = re.compile(r"""\s*[\"'\u201c]#?[0-9]{1,12}[\"'\u201d]|\s+#?[0-9]{5,12}\b""")
_FILE = re.compile(
    r"""\s*[\"'\u201c]?\b[\w-]{1,60}\.(?:dll|so|exe|py|js|java|cc|cpp|jar|xml|log)(?:\.[0-9]{1,3})?\b[\"'\u201d]?"""
)
_NAMED = re.compile(
    r"\b[A-Za-z_]\w{0,60}(?:(?:\.|::)[A-Za-z_]\w{0,60}){1,12}(?:\(\))?|\b\w{1,60}\(\)|\b\w{1,40}_\w{1,80}"
)
_COUNTED = re.compile(
    r":\s[0-9][0-9.,]*(?: of (?:the |our |all )?(?:[\w-]+ )?[0-9]+)?(?=\s(?:is|are|was|were|has|have)\b)"
)
"""A count behind what it counts: "Macros: 14 of the top 20 are out of date"."""
_PATH = re.compile(r"\b\w{1,20}\s?-+>\s?")
_HOW = re.compile(
    r"^(?:question\s*:\s*)?(?:(?:can (?:any|some)one (?:tell|show) me )?how (?:to|do i|can i|do you|could i)|"
    r"(?:is it|is|it'?s) possible to|is there (?:a|any) way to)\s+(?=[a-z])",
    re.IGNORECASE,
)
_PARTS = re.compile(r"[^\w]+")
_LOOSE_ENDS = """
a an and as at but by for from if in into is of on or our so that the their to when which while with your my has are
was be not no its it after before because since until where than then this these very
"""
_ENDS_NOT = "a an the of our my your their its and or with from for that which because see"
_CLAUSE = "because when after since while but and which so until unless before although if where"
_PHRASE = "on in at of to for from with by into about over without through between during than"
_LOOSE, _DANGLING = frozenset(_LOOSE_ENDS.split()), frozenset(_ENDS_NOT.split())
_CLAUSES, _PREPOSITIONS = frozenset(_CLAUSE.split()), frozenset(_PHRASE.split())
_DASHES = ("-", "--", "\u2013", "\u2014")
_PAIRS = (("(", ")"), ("[", "]"), ("\u201c", "\u201d"), ("\u00ab", "\u00bb"))


def title_of(texts: Iterable[tuple[str, str]], names: Collection[str] = ()) -> str:
    """At most nine words for a pain from (title, body) of its issues, the most central one first.

    The title whose words most of its issues use too, so that it stands for all of them; one that says what goes wrong
    and what it does to somebody goes before one that only names where, one of a day or a number after. Where none
    stands: one that asks for a solution; a first sentence that says what hurts; the words that most of them share.
    `names` are names of people: none is ever shown. `texts` may be walked through more than once.
    """
    banned = name_parts(names)
    titles, share, every = _looked_through(texts)
    told = [text for text in titles if not _SOLVES.match(_clean(text))]
    standing = dict.fromkeys(title for text in told for title in _ways(text, banned))
    if standing:
        return max(standing, key=lambda title: _worth(title, share, every))
    firsts = dict.fromkeys(_first_sentence(body) for _, body in texts)
    for title in (
        *(_whole(text, banned) for text in titles),
        *(plain_title(text, banned) for text in titles),
        *(_asked(text, banned) for text in titles),
        *(_softened(text, banned) for text in told),
        *(plain_title(text, banned) for text in firsts if _HURTS.search(text) and not _STARTS_NOT.match(text)),
    ):
        if title:
            return title
    return _shared(texts, banned)


def _ways(text: str, banned: Collection[str]) -> Iterator[str]:
    """What a title may be shown as: whole, cut where that loses nothing, and as a person may read a machine's words."""
    short, soft = plain_title(text, banned), _softened(text, banned)
    if short and (len(_clean(text).split()) <= LONGEST or not _loses(short, text)):
        yield short
    if soft and _TELLS.search(soft):
        yield soft


def _looked_through(texts: Iterable[tuple[str, str]]) -> tuple[Iterable[str], Mapping[str, int], int]:
    """The different titles in order, how many of the issues use a word, and how many issues there are."""
    titles: dict[str, None] = {}
    share: Counter[str] = Counter()
    every = 0
    for title, body in texts:
        titles.setdefault(title)
        share.update(set(words_of(f"{title[:400]} {body[:SAID]}")))
        every += 1
    return titles, share, every


def _worth(title: str, share: Mapping[str, int], every: int) -> float:
    """How well a title stands for all: the mean share of its words, less where nobody else uses one."""
    words = sorted(set(words_of(title)))
    covers = math.fsum(share[word] / every if share[word] > 1 else -ALONE for word in words) / max(len(words), 1)
    says = HURTS * _hurts(title) + TELLS * bool(_TELLS.search(title))
    return round(covers + says - MOMENT * bool(_PASSES.search(title)), 6)


def _hurts(title: str) -> bool:
    return bool(_HURTS.search(title) and _TELLS.search(title))


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
    if any(_is_name(part, names, first=n == 0) for n, word in enumerate(words) for part in _PARTS.split(word)):
        return None
    short = _cut(words)
    if not short or not _stands(short):
        return None
    return short[:1].upper() + short[1:]


def _loses(title: str, text: str) -> bool:
    """Whether what went wrong was cut off: "LeakyRelu in the phone build" of "... is not supported"."""
    return bool(_TELLS.search(text)) and not _TELLS.search(title)


def _softened(text: str, names: Collection[str]) -> str | None:
    """What a machine said, as a person may read it: no thrower, no numbers, of a name of code its last words."""
    plain = _THROWN.sub("", _MARKS.sub("", " ".join(text[:400].split())))
    plain = _PATH.sub("", _FILE.sub("", _NUMBER.sub("", plain))).partition(";")[0]
    plain = _NAMED.sub(_last_words, plain)
    head, _, tail = plain.partition(": ")
    for one in (plain, *((tail, head) if tail else ())):
        title = plain_title(one, names)
        if title and _TELLS.search(title):
            return title
    return plain_title(plain, names)


def _last_words(match: re.Match[str]) -> str:
    last = re.split(r"\.|::", match.group().rstrip("()"))[-1].strip("_")
    return (last.casefold() if last.isupper() else last).replace("_", " ")


def _asked(text: str, names: Collection[str]) -> str | None:
    """ "How to move a calendar?" as what several people do not know."""
    clean = _clean(text).rstrip("?").strip()
    if not _HOW.match(clean):
        return None
    return plain_title("People ask how to " + _HOW.sub("", clean), names)


def _whole(text: str, names: Collection[str]) -> str | None:
    return plain_title(text, names) if len(_clean(text).split()) <= LONGEST else None


def _stands(short: str) -> bool:
    """Whether it is complete: quotes and brackets closed, no half a clause, no word left hanging."""
    first, *_, last = short.casefold().split() if " " in short else (short, short)
    if not (short[0].isalnum() or short[0] in "\"'\u201c") or not _balanced(short) or _REPORTS.search(short):
        return False
    return last.strip("\"'") not in _DANGLING and not (first in _CLAUSES and "," not in short)


def _balanced(text: str) -> bool:
    opened, closed = len(re.findall(r"(?:^|\s)'", text)), len(re.findall(r"\w'(?=\s|$)", text))
    return all(text.count(a) == text.count(b) for a, b in _PAIRS) and text.count('"') % 2 == 0 and opened <= closed


def _clean(text: str) -> str:
    """Marks, asides at the end and a pair of quotes around it off."""
    plain = _COUNTED.sub("", _MARKS.sub("", " ".join(text[:400].split()))).strip(" .,:;-!\u2013\u2014*~")
    plain = _ASIDE.sub("", plain).strip(" .,:;-!\u2013\u2014*~")
    if (
        len(plain) > 1
        and plain[0] in "\"'\u201c"
        and plain[-1] in "\"'\u201d"
        and not re.search(r'["\u201c]', plain[1:-1])
    ):
        plain = plain[1:-1].strip()
    head, colon, tail = plain.rpartition(": ")
    return head if colon and _REPORTS.search(tail) and not _REPORTS.search(head) else plain


def _is_name(part: str, names: Collection[str], *, first: bool = False) -> bool:
    """Whether it names a person; "will" and "mark" do so only with a capital, and not where everything has one."""
    return part.casefold() in names and ((part[:1].isupper() and not first) or not is_everyday(part))


def _cut(words: Sequence[str]) -> str:
    """Whole where it is short enough; else up to the last clause that fits, or the last phrase; "" where none does."""
    if len(words) <= LONGEST:
        return " ".join(words)
    if (shorter := _without_a_phrase(words)) is not None:
        return shorter
    for ends in (_after_a_mark, _before_a_clause, _before_a_phrase):
        for n in ends(words):
            kept = list(words[:n])
            while len(kept) > SHORTEST and kept[-1].casefold().strip(",;:") in _LOOSE:
                kept.pop()
            short = " ".join(kept).rstrip(" .,;:-\u2013\u2014")
            if len(kept) >= min(SHORTEST, n) and kept[-1].casefold() not in _LOOSE and _balanced(short):
                return short
    return ""


def _without_a_phrase(words: Sequence[str]) -> str | None:
    """Where only the end says what goes wrong: the whole without one phrase of its middle. None elsewhere."""
    tells = [n for n, word in enumerate(words) if _TELLS.search(word) and n > SHORTEST]
    if not tells or _TELLS.search(" ".join(words[: SHORTEST + 1])) or len(words) - tells[0] > LONGEST - 2:
        return None
    for start in (n for n in range(tells[0] - 1, 1, -1) if words[n].casefold() in _PREPOSITIONS):
        kept = [*words[:start], *words[tells[0] :]]
        if len(kept) <= LONGEST and len(kept) >= SHORTEST - 1:
            return " ".join(kept)
    return None


def _after_a_mark(words: Sequence[str]) -> Iterator[int]:
    return (n for n in range(LONGEST, SHORTEST - 1, -1) if words[n - 1][-1] in ".,;:" or words[n - 1] in _DASHES)


def _before_a_clause(words: Sequence[str]) -> Iterator[int]:
    ends = (n for n in range(LONGEST, SHORTEST - 2, -1) if words[n].casefold() in _CLAUSES)
    return (n for n in ends if n >= SHORTEST or _HURTS.search(" ".join(words[:n])))


def _before_a_phrase(words: Sequence[str]) -> Iterator[int]:
    return (n for n in range(LONGEST, SHORTEST - 1, -1) if words[n].casefold() in _PREPOSITIONS)


def _first_sentence(body: str) -> str:
    return re.split(r"(?<=[.!?])\s|\n", body.strip()[:400], maxsplit=1)[0]


def _shared(texts: Iterable[tuple[str, str]], names: Collection[str]) -> str:
    """The words of most texts, those of titles first."""
    count: dict[str, int] = {}
    weight: dict[str, int] = {}
    for title, body in texts:
        heading = _letters(title)
        for word in heading | _letters(body):
            if words_of(word) and word not in names and not _BLAMES.search(word) and not _CONFESSES.search(word):
                count[word] = count.get(word, 0) + 1
                weight[word] = weight.get(word, 0) + 1 + (word in heading)
    common = sorted((w for w, n in count.items() if n > 1), key=lambda w: (-weight[w], -rarity(words_of(w)[0]), w))
    return "Trouble with " + " and ".join(common[:2]) if common else "Trouble that several people describe"


def _letters(text: str) -> set[str]:
    return set(re.findall(r"[^\W\d_]{3,20}", text[:400].casefold()))
