"""A verdict told as a person would: the words in their sentences, what else it could have been, and what is like it.

Everything here is found by asking the model again: what would flip a verdict was taken out of the text and judged.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Final

import numpy as np

from pipeline.classify import features, lessons
from pipeline.classify.classifier import Classifier
from pipeline.classify.lessons import Memory
from pipeline.classify.taught import Lesson
from pipeline.issue import SIDES, Text, Verdict

ALIKE: Final = 0.15
"""Cosine from which a labelled text is worth showing beside another."""
SHOWN: Final = 2
FLIP: Final = 3
"""Words that are taken out together at most to see whether the side changes."""
LONGEST: Final = 110
"""Letters of a sentence that is quoted."""
NAMES: Final = {"developer": "developer pain", "customer": "customer pain", "none": "no pain"}

_WORD: Final = re.compile(r"word '(.+)' \+([\d.]+) (developer|customer|none)")
_SIGNAL: Final = re.compile(r"signal (\w+) \+([\d.]+) (developer|customer|none)")
_FIELD: Final = re.compile(r"(.+) \+([\d.]+) (developer|customer|none)")
_SENTENCE: Final = re.compile(r"[^\n.!?]{0,600}(?:[.!?](?![\s\n]|$)[^\n.!?]{0,200}){0,20}[.!?]{0,3}")


@dataclass(frozen=True, slots=True)
class Quoted:
    """Words that moved a verdict by so much, toward `side`, in the sentence that they stand in."""

    words: tuple[str, ...]
    moved: float
    side: str
    quote: str


@dataclass(frozen=True, slots=True)
class Alike:
    """A labelled text that is like this one."""

    name: str
    side: str
    cosine: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a text has its verdict. `flips` are the fewest words without which it would be called `other`."""

    said: str
    quotes: tuple[Quoted, ...]
    other: str
    flips: tuple[str, ...]
    alike: tuple[Alike, ...]


def explain(
    classifier: Classifier, text: Text, verdict: Verdict, labelled: Sequence[Lesson] = (), key: str = ""
) -> Explanation:
    """Tell a verdict of this text. `labelled` are the corrections that it may be compared with."""
    quotes = _quotes(text, verdict)
    other = next((r.split()[2] for r in verdict.because if r.startswith("next likely: ")), "none")
    named = _named(verdict)
    flips, becomes = _flip(classifier, text, verdict.side, named)
    return Explanation(_said(verdict, quotes), quotes, becomes or other, flips, _alike(classifier, text, labelled, key))


def _said(verdict: Verdict, quotes: Sequence[Quoted]) -> str:
    sure = f"{verdict.confidence:.0%} sure"
    first = f"{NAMES[verdict.side]}, {sure}"
    if verdict.abstained:
        first = f"probably {NAMES[verdict.side]}, but only {sure}, so a person should look"
    why = [f'"{word}"' for quote in quotes if quote.side == verdict.side for word in quote.words][:4]
    around = [m[1] for r in verdict.because if (m := _FIELD.fullmatch(r)) and m[3] == verdict.side and _is_field(r)]
    clauses = f"that it {_listed([_as_clause(name) for name in around])}" if around else ""
    if why:
        told = (
            f": {_listed(why)} speak{'s' if len(why) == 1 else ''} for it{f', and so does {clauses}' if around else ''}"
        )
    else:
        told = f": {clauses} speaks for it" if around else ""
    return f"{first}{told}."


def _is_field(reason: str) -> bool:
    return not reason.startswith(("word ", "signal "))


def _as_clause(name: str) -> str:
    if name.startswith("label "):
        return f"has the {name}"
    return name if name.startswith(("came ", "holds ")) else f"was {name}"


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _named(verdict: Verdict) -> list[str]:
    """The words and the texts of signals that speak for the side, as they can be taken out."""
    shown = {signal.name: signal.text for signal in verdict.signals}
    found: list[str] = []
    for reason in verdict.because:
        word, signal = _WORD.fullmatch(reason), _SIGNAL.fullmatch(reason)
        if word is not None and word[3] == verdict.side:
            found.append(word[1])
        elif signal is not None and signal[3] == verdict.side:
            found.append(shown.get(signal[1], ""))
    return found


_DENIED: Final = r"(?:\b(?:not|no|never|cannot|without|\w{2,8}n['’]t)[ \t])?"
"""What turns a word around is told with it: "able" alone would say the opposite of "not able"."""


def _quotes(text: Text, verdict: Verdict) -> tuple[Quoted, ...]:
    """The named words by the sentences that they stand in, the strongest first."""
    found: dict[tuple[str, str], list[tuple[str, float]]] = {}
    for reason in verdict.because:
        word, signal = _WORD.fullmatch(reason), _SIGNAL.fullmatch(reason)
        if word is not None:
            where, as_written = _sentence(text, rf"{_DENIED}(?<![\w']){re.escape(word[1])}(?![\w'])")
            told = as_written if " " in as_written else word[1]
            found.setdefault((where, word[3]), []).append((told, float(word[2])))
        elif signal is not None:
            shown = next((s.text for s in verdict.signals if s.name == signal[1]), "")
            where, _ = _sentence(text, re.escape(shown))
            found.setdefault((where, signal[3]), []).append((shown, float(signal[2])))
    every = [
        Quoted(tuple(word for word, _ in words), round(sum(moved for _, moved in words), 2), side, where)
        for (where, side), words in found.items()
    ]
    return tuple(sorted(every, key=lambda quote: (quote.side != verdict.side, -quote.moved, quote.words)))


def _sentence(text: Text, pattern: str) -> tuple[str, str]:
    """The sentence that something stands in first, shortened around it, and how it stands there; title before body."""
    for whole in (text.title, text.body):
        hit = re.search(pattern, whole, re.IGNORECASE)
        if hit is None:
            continue
        for sentence in _SENTENCE.finditer(whole):
            if sentence.start() <= hit.start() < sentence.end():
                return _around(sentence[0], hit.start() - sentence.start(), hit.end() - sentence.start()), hit[0]
        return _around(whole, hit.start(), hit.end()), hit[0]
    return "", ""


def _around(sentence: str, start: int, end: int) -> str:
    if len(sentence.strip()) <= LONGEST:
        return sentence.strip()
    low = max(0, min(start - (LONGEST - (end - start)) // 2, len(sentence) - LONGEST))
    high = min(len(sentence), low + LONGEST)
    if low:
        low = sentence.find(" ", low, start) + 1 or low
    if high < len(sentence):
        high = sentence.rfind(" ", end, high) if " " in sentence[end:high] else high
    return f"{'… ' if low else ''}{sentence[low:high].strip()}{' …' if high < len(sentence) else ''}"


def without(text: Text, words: Sequence[str]) -> Text:
    """The text without these words or phrases, wherever they stand."""
    every = sorted(words, key=len, reverse=True)
    pattern = re.compile("|".join(rf"(?<![\w']){re.escape(word)}(?![\w'])" for word in every), re.IGNORECASE)
    return replace(text, title=pattern.sub("", text.title), body=pattern.sub("", text.body))


def _flip(classifier: Classifier, text: Text, side: str, named: Sequence[str]) -> tuple[tuple[str, ...], str | None]:
    """The fewest named words without which the model calls the text something else, and what."""
    named = [word for word in dict.fromkeys(named) if word][:6]
    ways = [some for size in range(1, FLIP + 1) for some in combinations(named, size)]
    if not ways:
        return (), None
    judged = classifier.odds([text, *(without(text, some) for some in ways)])
    if SIDES[int(np.argmax(judged[0]))] != side:  # lessons or a person decided, not these words
        return (), None
    for some, odds in zip(ways, judged[1:], strict=True):
        if SIDES[int(np.argmax(odds))] != side:
            return some, SIDES[int(np.argmax(odds))]
    return (), None


def _alike(classifier: Classifier, text: Text, labelled: Sequence[Lesson], key: str) -> tuple[Alike, ...]:
    memory = Memory(0, (*lessons.example_lessons(), *labelled), classifier.model.word_rarity)
    words = features.words(features.read([(text.title, text.body)]))
    values = features.values(words, memory.rarity, 1)
    (near,) = memory.near(words, values, 1, [key], least=ALIKE)
    return tuple(
        Alike(one.lesson.name or "an issue that is not shown here", one.lesson.side, round(one.cosine, 2))
        for one in near[:SHOWN]
    )
