"""The features by which issues are compared: words, words side by side, and fields of words."""

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

from pipeline.pains.vocabulary import COMMON, FIELDS, FUNCTION, SAME, STOP
from pipeline.screen import Screen, start

WORDS = 60
"""Words of the body that count."""
RARE = 10
"""The weight of a word that the background list does not hold; a listed one weighs its level."""
FIELD = 7
"""The weight of a field of words."""
FIELD_TIMES = (0, 3, 5, 7)
"""How often a field counts, by how many different words of it there are: one is a chance, three are the subject."""
PAIR = 4
"""The weight of two words side by side."""
TITLE = 3
"""How often a word of the title counts: in the title people say what it is about. Elsewhere a word counts once."""
LONGEST = 40
"""Letters of a word; what is longer is none."""

_WORD = re.compile(r"[^\W_][\w']*")
_PART = re.compile(r"[0-9]+(?:\.[0-9a-z]+)*|[^\W_]+(?:'\w+)?")
_NUMBER = re.compile(r"v?[0-9]")
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
_NOISE = re.compile(
    r"https?://\S+|www\.\S+|\bMozilla/.*|\S+/[0-9]+\.\S*|\S*[\\/]\w[^\s\\/]*[\\/]+\S*|--[a-z]+(?:-[a-z]+)+|```.*?(?:```|\Z)|<!--.*?(?:-->|\Z)|<[^<>]{1,80}>|\b[0-9a-f]{8,}\b|\b[A-Z]{2,10}-\d+\b|[\w/-]*#\d+",
    re.DOTALL,
)
_TEMPLATE = re.compile(
    r"^[ \t]*(?:#{1,6}[ \t].*|[-*][ \t]*\[.?\].*|>.*|\*\*[^*\n]*\*\*:?[ \t]*|[\w ]{1,30}:[ \t].{0,25})$", re.MULTILINE
)
_SPELLINGS = [(re.compile(pattern), word) for pattern, word in SAME]
_MAY_SPELL = Screen(((spelling, spelling[0]) for spelling in _SPELLINGS), edges=True)
_VOWEL = re.compile(r"[aeiouy]")


def stem(word: str) -> str:
    """Endings off, lightly: plural, -ing, -ed, a last e; y becomes i."""
    word = word.removesuffix("'s").replace("'", "")
    if len(word) <= 3:
        return word
    word = _singular(word)
    for ending in ("ing", "ed"):
        rest = word.removesuffix(ending)
        if rest != word and len(rest) >= 3 and _VOWEL.search(rest):
            word = rest[:-1] if rest[-1] == rest[-2] and rest[-1] not in "lsz" else rest
            break
    if word.endswith("e") and len(word) > 4:
        word = word[:-1]
    return word[:-1] + "i" if word.endswith("y") and len(word) > 3 else word


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith("sses"):
        return word[:-2]
    return word[:-1] if word.endswith("s") and word[-2] not in "sui" else word


_STOPPED = frozenset(STOP.split()) | {stem(word) for word in STOP.split()}
_FUNCTION = frozenset(FUNCTION.split())
_LEVEL = {word: level for level, words in COMMON.items() for word in words.split()}
_FIELDS_OF: dict[str, list[str]] = {}
for _name, _words in FIELDS.items():
    for _each in _words.split():
        _FIELDS_OF.setdefault(stem(_each), []).append(_name)


def rarity(word: str) -> int:
    return _LEVEL.get(word, RARE)


def is_everyday(word: str) -> bool:
    short = stem(word.casefold())
    return short in _STOPPED or short in _LEVEL


def stems(text: str) -> list[str]:
    """All that a text says, in order: numbers and single letters too, only what holds a sentence together is out."""
    found: list[str] = []
    for part in _PART.findall(_unified(text)):
        if _WIDE.search(part):
            found += _by_twos(part)
        elif part not in _FUNCTION and not part.endswith("n't"):
            found.append(part if part[0].isdigit() else stem(part))
    return found


def _by_twos(raw: str) -> list[str]:
    """Scripts without spaces: two characters at a time."""
    return [raw[n : n + 2] for n in range(min(len(raw) - 1, WORDS))]


@lru_cache(maxsize=4)
def words_of(text: str) -> tuple[str, ...]:
    """The stems that carry meaning, in order: spellings of one thing unified, stop words, numbers and addresses out.

    The last texts are kept: of one issue, the same title and body are asked for more than once.
    """
    found: list[str] = []
    for raw in _WORD.findall(_unified(_quiet(unicodedata.normalize("NFKC", text)))):
        if not raw.isascii() and _WIDE.search(raw):
            found += _by_twos(raw)
        elif len(raw) <= LONGEST and (short := _telling(raw)):
            found.append(short)
    return tuple(found)


def _quiet(text: str) -> str:
    return _NOISE.sub(" ", text) if start(_NOISE, text) <= len(text) else text


@lru_cache(maxsize=16384)
def _telling(word: str) -> str:
    """The stem of a word that carries meaning, nothing of another."""
    short = "" if word in _STOPPED or _NUMBER.match(word) else stem(word)
    return short if len(short) > 1 and short not in _STOPPED else ""


def _unified(text: str) -> str:
    """Small letters, with one spelling for each thing."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("\u2019", "'")
    for pattern, word in _MAY_SPELL(plain):  # no word that is put in is part of a later spelling
        plain = pattern.sub(f" {word} ", plain)
    return plain


def features(title: str, body: str, labels: tuple[str, ...] = ()) -> dict[str, tuple[int, int]]:
    """Feature -> (how often, weight)."""
    found: dict[str, tuple[int, int]] = {}
    touched: dict[str, set[str]] = {}
    told = words_of(_TEMPLATE.sub(" ", body))[:WORDS]
    heading = words_of(title[:400])
    for times, words in ((1, told), (1, words_of(" ".join(labels)[:400])), (TITLE, heading)):
        found |= {word: (times, rarity(word)) for word in words}
        found |= {" ".join(pair): (times, PAIR) for pair in pairwise(words)}
    for word in (*heading, *told):
        for name in _FIELDS_OF.get(word, ()):
            touched.setdefault("~" + name, set()).add(word)
    for name, several in touched.items():
        if times := FIELD_TIMES[min(len(several), len(FIELD_TIMES)) - 1]:
            found[name] = (times, FIELD)
    return found
