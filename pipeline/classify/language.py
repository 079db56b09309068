"""Whether a text is in English, told by its small words: the model learned from English texts only.

A text counts as foreign only where something says so: the small words of another language, or letters that English
does not use. Too little prose (a short title, code, a log) is never called foreign.
"""

import re
from typing import Final

_READ: Final = 4_000
_DISTINCT: Final = 3
"""Different small words of one other language in a text, and half as many again as English ones at least."""
_ENOUGH: Final = 4
"""How many of them in all, and one word in ten of the text; in prose it is three to five in ten."""
_SHARE: Final = 0.1
_DENSE: Final = 0.25
"""Or one word in four, with no English one: enough for a short sentence."""
_PLAINLY: Final = 0.25
"""Small English words among all words that settle it; their usual share is three to five in ten."""
_MUCH_PROSE: Final = 20
"""Words after which a text in Latin letters without English small words, but with many accents, is foreign."""

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

_SMALL: Final = {
    language: frozenset(words.split())
    for language, words in {
        "German": """der das und ist nicht ich wir sie mit auf für ein eine einen einem einer den dem des zu im von bei
            aus nach wird werden wurde haben hat kann können kein keine wenn aber auch oder mehr noch schon seit bitte
            unser unsere uns mein meine dass nur sich sind es beim zum zur wie alle immer über vor diese dieser""",
        "French": """le la les et est pas nous vous je un une des du de dans pour sur avec qui que ce cette ces ne
            au aux mais depuis notre nos votre mon ma sont ont être avoir plus tout très il elle se si comment quand
            par sans après bonjour merci deux l d c n j qu s""",
        "Spanish": """el la los las y es no un una de del en que se por para con su sus al lo le nos pero desde nuestro
            nuestros nuestras nuestra mi muy más ya como cómo cuando está están son hay puede pueden podemos hemos ha
            han todo todos esta este uno hola gracias sin después""",
        "Portuguese": """o os um uma de do da dos das em no na não que se por para com seu sua ao mas desde nosso nossa
            meu minha muito mais já como quando está estão são há pode podemos foi ser ter isso este esta você
            obrigado olá sem depois""",
        "Italian": """il lo la i gli le un una di del della dei in che non si per con su al alla ma da dal nostro nostra
            mio mia molto più già come quando è sono ha hanno può possiamo questo questa anche buongiorno grazie senza
            dopo ci""",
        "Dutch": """de het een en van is niet dat ik wij we u met op voor aan uit bij naar wordt worden werd hebben
            heeft kan kunnen geen als maar ook nog al sinds onze ons mijn deze dit zijn er te om door hoe wanneer
            graag""",
        "Polish": """i w z na nie się jest do że o jak po ale od dla za przez przy już czy są być może nasz nasze mój
            moje ten ta to tak tylko kiedy proszę dzień dobry bez oraz""",
        "Swedish": """och att det som en ett är inte på för med av till den har vi jag kan men om från när så var efter
            nu vår våra min hur utan också alla eller mycket hej tack""",
    }.items()
}
_SHARED: Final = _ENGLISH | frozenset(
    """
    a i o e u s d c n j l no me do we is en he of or as by so to man war die
    """.split()  # noqa: SIM905
)
"""Words that English has as well (die, in, so, was, on, me) prove no other language."""

_LANGUAGES: Final[dict[str, tuple[str, ...]]] = {
    word: tuple(language for language, words in _SMALL.items() if word in words)
    for word in frozenset().union(*_SMALL.values()) - _SHARED
}
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
    return word in _FUNCTION or not any(c.isalpha() for c in word)


def foreign(title: str, body: str) -> bool:
    """Whether the prose of a text is plainly in another language than English."""
    text = f"{title[:_READ]}\n{body[:_READ]}"
    rough = text.lower().split()
    if sum(map(_ENGLISH.__contains__, rough)) >= max(_PLAINLY * len(rough), 1):
        return False  # nothing else can outweigh it, and the rest costs time
    prose = _prose(text)
    words = _WORD.findall(prose.lower().replace("’", "'"))
    english = sum(word in _ENGLISH for word in words)
    return _other_letters(prose) or _small_words(words, english) or _accents(words, english)


def _prose(text: str) -> str:
    """The text without code, addresses and lines that look like code or logs."""
    return "\n".join(line for line in _CODE.sub(" ", text).split("\n") if not _CODE_LINE.search(line))


def _other_letters(prose: str) -> bool:
    """More letters of other scripts than Latin ones, and not just a name or a sign."""
    if prose.isascii():
        return False
    other = len(_OTHER.findall(prose))
    return other >= 8 and 2 * other > len(_LETTER.findall(prose))


def _small_words(words: list[str], english: int) -> bool:
    hits: dict[str, list[str]] = {}
    for word in words:
        for part in word.split("'") if "'" in word else (word,):
            for language in _LANGUAGES.get(part, ()):
                hits.setdefault(language, []).append(part)
    return any(_speaks(small, english, len(words)) for small in hits.values())


def _speaks(small: list[str], english: int, words: int) -> bool:
    """Whether so many small words of one language, beside so many of English, are more than names and quotations."""
    if len(set(small)) < _DISTINCT or len(small) <= 1.5 * english:
        return False
    dense = english == 0 and len(small) >= _DENSE * words
    return dense or (len(small) >= _ENOUGH and len(small) >= _SHARE * words)


def _accents(words: list[str], english: int) -> bool:
    """Much prose without a small word of English and with many accented words: a language that we have no list of."""
    if len(words) < _MUCH_PROSE or english >= 0.04 * len(words):
        return False
    return sum(not word.isascii() for word in words) >= 0.15 * len(words)
