"""One digest under test, and how the gates read it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, partial

from pipeline.digest import passing, quotes, render, words
from pipeline.digest.document import Document
from pipeline.digest.material import Voice
from pipeline.digest.page import Page
from pipeline.digest.select import View

STRAIGHT = re.compile(r'"([^"]*)"')
LINK = re.compile(r"https?://\S+")
_BEYOND = re.compile(r"[^\x00-\x7f]+")


@dataclass(frozen=True)
class Case:
    """One digest under test."""

    document: Document
    text: str
    html: str
    view: View

    @cached_property
    def voices(self) -> dict[str, Voice]:
        passed = (one.stuck.first for one in passing.to(self.view))
        return {v.key: v for v in (*passed, *self.view.voices)}

    @cached_property
    def flat(self) -> str:
        return flat(self.text)

    @cached_property
    def page(self) -> Page:
        return Page.of(self.html)

    @cached_property
    def own_words(self) -> str:
        """What is said without quotations, names of pains, keys, links and what the organisation itself named."""
        return self.without(())

    def without(self, spoken: Iterable[str]) -> str:
        """The same without the phrases `spoken` either. At each place the longest expression goes."""
        return without_words(self._bare, {*self._named, *self._present((s, s.casefold()) for s in spoken)})

    @cached_property
    def _bare(self) -> str:
        """Subject, preheader and text without quotations and links."""
        said = f"{self.document.subject}\n{self.document.preheader}\n{self.flat}"
        return STRAIGHT.sub(" ", LINK.sub(" ", said))

    @cached_property
    def _folded(self) -> str:
        return self._bare.casefold()

    def _present(self, parts: Iterable[tuple[str, str]]) -> list[str]:
        """Of expressions, each with its folded form, those that may stand there."""
        said = self._folded
        return [part for part, folded in parts if folded and folded in said]

    @cached_property
    def _named(self) -> list[str]:
        d = self.document
        titles = [t for p in d.named() for t in (p.title, words.capital(p.title))]
        named = [render.headline(p) for p in d.pains] + titles + [w.title for w in d.wins if w.title]
        named += [*(s.title for s in d.since_you_acted), *(p.title for p in d.passed_on), d.heard.about or ""]
        named += [name or "" for c in d.corrections for name in (c.title, c.before)]
        named += [p.title.rstrip(".…") for a in d.away for p in a.pains]
        reads = [s.label for s in d.made.sources]
        whys = [words.reason(s.problem) for s in d.made.sources]
        mine = [*named, d.subject.rpartition(" | ")[0], *self._labels, *reads, *whys]
        teams = self.view.index.once("teams", None, self._teams)
        return self._present([*teams, *((one, one.casefold()) for one in mine)])

    def _teams(self) -> list[tuple[str, str]]:
        names = {words.printable(team.name) for team in self.view.org.teams.values()}
        return [(name, name.casefold()) for name in names]

    @cached_property
    def _labels(self) -> list[str]:
        index, flat = self.view.index, self.flat
        names = index.once("names", None, lambda: words.labels((s.name, s.kind) for s in index.material.sources))
        found: set[str] = set()
        for voice in (*self.voices.values(), *self.view.stirred):
            label = index.once("label", voice.key, partial(quotes.label, voice, names))
            if label in flat and quotes.may_point(self.view, voice):
                found.add(label)
        return list(found)


def without_words(text: str, parts: Iterable[str]) -> str:
    """A text with a space for each of these words or runs of words, in whatever case; at each place for the longest."""
    ordered = sorted(parts, key=lambda part: (-len(part), part))
    if not ordered:
        return text
    if not _two_cases("".join([text, *ordered])):
        either = "|".join(map(re.escape, ordered))
        return re.sub(rf"(?<!\w)(?:{either})(?!\w)", " ", text, flags=re.IGNORECASE)
    # A pattern is of use once here, and making it took longer than everything else that is done with the text.
    low, ends = text.lower(), dict[int, int]()
    for part in ordered:
        at = low.find(part.lower())
        while at >= 0:
            end = at + len(part)
            if not (_in_word(text, at - 1) or _in_word(text, end)):
                ends.setdefault(at, end)
            at = low.find(part.lower(), at + 1)
    kept, done = list[str](), 0
    for at in sorted(ends):
        if at >= done:
            kept += [text[done:at], " "]
            done = ends[at]
    return "".join(kept) + text[done:]


def _two_cases(text: str) -> bool:
    """Whether a letter has no other forms than one in upper and one in lower case: all beyond ASCII has but one."""
    return text.isascii() or all(c == c.lower() == c.upper() for beyond in _BEYOND.findall(text) for c in beyond)


def _in_word(text: str, at: int) -> bool:
    return 0 <= at < len(text) and (text[at].isalnum() or text[at] == "_")


def flat(text: str) -> str:
    return " ".join(text.split())
