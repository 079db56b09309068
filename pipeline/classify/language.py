"""Which language a text is written in, where it is plainly not English: the model learned from English texts only.

The small words of English settle most texts at once. Where there are few of them, the byte n-grams of py3langid
(Lui and Baldwin, "langid.py: an off-the-shelf language identification tool", ACL 2012) say what else it is; too little
prose (a short title, code, a log) is never called foreign. See docs/decisions/005-languages.md.
"""

import re
from functools import lru_cache
from typing import Any, Final

_READ: Final = 4_000
_TOLD: Final = 1_000
"""Characters of prose that are enough to tell."""
_WORDS: Final = 4
"""Words that a text needs to be called foreign: below that, names and terms decide."""
_LETTERS: Final = 8
"""Or as many letters of a script that is not Latin, which often puts no space between words."""
_ENGLISH_AT_MOST: Final = 0.02
"""What may be left of the chance that it is English after all."""
_SMALL_AT_MOST: Final = 0.2
"""And of its words among them; in English prose it is three to five in ten."""
_PLAINLY: Final = 0.25
"""Small English words among all words that settle it."""

_ENGLISH: Final = frozenset(
    """
    the and of to is that it for with this you are have has had was were be been if as or but from at by my our your
    can could would should does did not when what which who how there their they we he she its it's don't doesn't
    can't isn't i'm after before because than then these those so on in an
    """.split()  # noqa: SIM905
)

_FUNCTION: Final = _ENGLISH | frozenset(
    """
    a i me him her his hers us them theirs mine ours yours am being do done having may might must shall will
    where why whose whom while until till since though although whether either neither both each every any some
    such same other another only own just also too very more most much many few less least again once here
    up down out off over under about into onto through during between against above below within without via per
    no nor yes all ever even still yet already now never always often else let get got gets
    i've i'd i'll you're you've you'll we're we've we'd we'll they're they've he's she's that's there's what's let's
    didn't doesn't won't wouldn't shouldn't couldn't hasn't haven't hadn't wasn't weren't aren't cannot
    one two three four five six seven eight nine ten
    s t d m re ve ll don doesn didn isn won dont doesnt didnt isnt wont cant im ive thats bcoz coz cuz pls plz
    """.split()  # noqa: SIM905
) - {"down"}
"""English words that are left out of explanations; "down" can be what is wrong."""

NAMES: Final = {
    name: language
    for pair in """
    af Afrikaans, ar Arabic, az Azerbaijani, be Belarusian, bg Bulgarian, bn Bengali, ca Catalan, cs Czech, cy Welsh,
    da Danish, de German, el Greek, es Spanish, et Estonian, eu Basque, fa Persian, fi Finnish, fr French, ga Irish,
    gl Galician, gu Gujarati, he Hebrew, hi Hindi, hr Croatian, hu Hungarian, hy Armenian, id Indonesian, is Icelandic,
    it Italian, ja Japanese, ka Georgian, kk Kazakh, km Khmer, kn Kannada, ko Korean, lo Lao, lt Lithuanian, lv Latvian,
    mk Macedonian, ml Malayalam, mr Marathi, mt Maltese, ne Nepali, nl Dutch, nn Norwegian, no Norwegian, pa Punjabi,
    pl Polish, pt Portuguese, ro Romanian, ru Russian, si Sinhala, sk Slovak, sl Slovenian, sq Albanian, sr Serbian,
    sv Swedish, sw Swahili, ta Tamil, te Telugu, th Thai, tl Tagalog, tr Turkish, uk Ukrainian, ur Urdu, vi Vietnamese,
    zh Chinese
    """.split(",")  # noqa: SIM905
    for name, language in [pair.split()]
}
"""The languages that are told apart, by the codes of ISO 639-1. Malay is called Indonesian, Bosnian Croatian."""

_LETTER: Final = re.compile(r"[^\W\d_]")
_OTHER: Final = re.compile(r"[^\W\d_\x00-\u024f\u1e00-\u1eff]")
_CODE: Final = re.compile(
    r"```.*?(?:```|\Z)|`[^`\n]{1,200}`|\[(?:code|trace|image)[^\]\n]{0,80}\]|https?://\S{1,500}|\S{1,100}@\S{1,100}",
    re.DOTALL,
)
_CODE_LINE: Final = re.compile(
    r"[{};]\s*$|^\s*(?:at |in )?[\w$]+(?:[./:$][\w$<>]+){2,}|\w\(|[=<>]{2}|->|=>|::"
    r"|^\s*(?:File \"|Traceback|>>>|\$ |#)"
    r"|^\s*[<{]|\b\w+=\S|^\W{0,3}\d{1,4}[-:/.]\d|\b(?:DEBUG|INFO|WARN|ERROR|FATAL)\b"
)
_WORD: Final = re.compile(r"(?<![\w./\\:#@-])[^\W\d_]+(?:['’][^\W\d_]+)*(?![\w/\\@])")


def small(word: str) -> bool:
    """Whether a lower-case English word only holds a sentence together, so that naming it explains nothing."""
    return word in _FUNCTION or not any(map(str.isalpha, word))


def english(word: str) -> bool:
    """Whether a lower-case word is one of the small ones of which an English text is full."""
    return word in _ENGLISH


def recognised(title: str, body: str) -> str | None:
    """The English name of the language that the prose is plainly in; None where it is English or cannot be told."""
    text = f"{title[:_READ]}\n{body[:_READ]}"
    rough = text.lower().split()
    plainly = sum(map(_ENGLISH.__contains__, rough)) >= max(_PLAINLY * len(rough), 1)
    if plainly and not _other_letters(text, 3):
        return None  # nothing else can outweigh it, and the rest costs time
    prose = _prose(text)
    words = _WORD.findall(prose.lower().replace("’", "'"))
    english = sum(word in _ENGLISH for word in words)
    if not _other_letters(prose) and (len(words) < _WORDS or english > _SMALL_AT_MOST * len(words)):
        return None
    chances = _identifier().rank(" ".join(prose[:_TOLD].split()))
    if dict(chances)["en"] > _ENGLISH_AT_MOST:
        return None
    return next(NAMES[code] for code, _ in chances if code in NAMES)


@lru_cache(maxsize=1)
def _identifier() -> Any:
    """Read when the first text needs it: it costs a second and 75 MB."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages([*NAMES, "en"])
    return identifier


def _prose(text: str) -> str:
    """The text without code, addresses and lines that look like code or logs."""
    return "\n".join(line for line in _CODE.sub(" ", text).split("\n") if not _CODE_LINE.search(line))


def _other_letters(prose: str, part: int = 2) -> bool:
    """More than half (or one in `part`) of the letters of other scripts than Latin, and not just a name or a sign."""
    if prose.isascii():
        return False
    other = len(_OTHER.findall(prose))
    return other >= _LETTERS and part * other > len(_LETTER.findall(prose))
