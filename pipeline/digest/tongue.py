"""The language of a quotation where it is not the mail's: nothing is translated, so the reader is told which it is."""

from functools import lru_cache
from typing import Final, Literal

from pipeline.classify import language

_CODES: Final = {name: code for code, name in language.NAMES.items()}
_RIGHT_TO_LEFT: Final = frozenset({"ar", "fa", "he", "ur"})


@lru_cache(maxsize=4096)
def of(text: str) -> str | None:
    """The code (ISO 639-1) of the language that a text is plainly in, None for English and where it cannot be told."""
    name = language.recognised(text, "")
    return None if name is None else _CODES[name]


def named(code: str) -> str:
    """ "German" for "de"; a code that is not known stands for itself."""
    return language.NAMES.get(code, code)


def direction(code: str) -> Literal["ltr", "rtl"]:
    return "rtl" if code in _RIGHT_TO_LEFT else "ltr"


def marked(quoted: str | None, mail: str) -> str | None:
    """The language that a quotation has to be marked with in a mail of another one. What is not known to be in another
    language is English."""
    lang = quoted or "en"
    return None if lang == mail else lang
