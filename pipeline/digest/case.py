"""One digest under test, and how the gates read it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from pipeline.digest import passing, quotes, render, words
from pipeline.digest.document import Document
from pipeline.digest.material import Voice
from pipeline.digest.page import Page
from pipeline.digest.select import View

STRAIGHT = re.compile(r'"([^"]*)"')
LINK = re.compile(r"https?://\S+")


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
        """The text without quotations, names of pains, keys, links and what the organisation itself named."""
        return self.without(f"{self.document.subject}\n{self.document.preheader}\n{self.flat}")

    def without(self, said: str, spoken: Iterable[str] = ()) -> str:
        """`said` without all that, and without the phrases `spoken`. At each place the longest expression goes."""
        d = self.document
        titles = [t for p in d.named() for t in (p.title, words.capital(p.title))]
        named = [render.headline(p) for p in d.pains] + titles + [w.title for w in d.wins if w.title]
        named += [*(s.title for s in d.since_you_acted), *(p.title for p in d.passed_on), d.heard.about or ""]
        named += [name or "" for c in d.corrections for name in (c.title, c.before)]
        named += [p.title.rstrip(".…") for a in d.away for p in a.pains]
        teams = self.view.index.once("teams", None, self._teams)
        reads = [s.label for s in d.made.sources]
        whys = [words.reason(s.problem) for s in d.made.sources]
        gone = {*named, d.subject.rpartition(" | ")[0], *teams, *self._labels, *reads, *whys, *spoken} - {""}
        bare = STRAIGHT.sub(" ", LINK.sub(" ", said))
        folded = bare.casefold()
        present = [part for part in gone if part.casefold() in folded]
        return without_words(bare, present)

    def _teams(self) -> list[str]:
        return [words.printable(t.name) for t in self.view.org.teams.values()]

    @cached_property
    def _labels(self) -> list[str]:
        names = words.labels((s.name, s.kind) for s in self.view.index.material.sources)
        pointed = (v for v in (*self.voices.values(), *self.view.stirred) if quotes.may_point(self.view, v))
        return [label for label in {quotes.label(v, names) for v in pointed} if label in self.flat]


def without_words(text: str, parts: Iterable[str]) -> str:
    """A text with a space for each of these words or runs of words, in whatever case; at each place for the longest."""
    ordered = sorted(parts, key=lambda part: (-len(part), part))
    if not ordered:
        return text
    if not text.isascii() or not all(map(str.isascii, ordered)):
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


def _in_word(text: str, at: int) -> bool:
    return 0 <= at < len(text) and (text[at].isalnum() or text[at] == "_")


def flat(text: str) -> str:
    return " ".join(text.split())
