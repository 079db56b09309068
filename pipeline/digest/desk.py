"""What every part needs while one digest is made: the view, the ledger, names for sources, pains and links."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cached_property, partial

from pipeline import screen
from pipeline.digest import brief, habits, passages, quotes, sentences, words
from pipeline.digest.ledger import Book
from pipeline.digest.material import Voice
from pipeline.digest.select import PainView, View

Link = Callable[[str], str]
LONGEST = 500
"""Characters of a name that are looked at: what looks for links in it is slow on one long word."""


class Desk:
    """The tools on which one digest is made."""

    def __init__(self, view: View, book: Book, link: Link | None, by_line: bool = False, language: str = "en") -> None:
        self.view = view
        self.book = book
        self.link = link
        self.by_line = by_line
        self.language = language
        self._shown: dict[str, dict[str, list[Voice]]] = {}

    @cached_property
    def sources(self) -> dict[str, str]:
        return words.labels((s.name, s.kind) for s in self.view.index.material.sources)

    def source(self, name: str) -> str:
        return self.sources.get(name, name)

    def label(self, voice: Voice) -> str:
        return quotes.label(voice, self.sources)

    def pointed(self, voices: Sequence[Voice], limit: int = 3) -> str:
        """The keys that the mail may print, in brackets, or nothing."""
        seen = list(dict.fromkeys(self.label(v) for v in voices if quotes.may_point(self.view, v)))[:limit]
        return f" ({', '.join(seen)})" if seen else ""

    def named(self, team: str | None) -> str | None:
        return None if team is None else words.printable(self.view.org.teams[team].name)

    def title(self, pain: PainView, limit: int = 14) -> str:
        """A pain's pinned name, made safe to stand in our own sentences."""
        return self.safe(pain, pain.entry.title, limit)

    def safe(self, pain: PainView, name: str, limit: int) -> str:
        """The same of any name that a pain has or had."""
        clean = self.view.index.once("safe", name, partial(self._safe, name))
        if clean is None:
            area = self.named(self.view.area(pain))
            clean = f"a pain that {words.NOUNS[pain.noun][1]} describe{f' around {area}' if area else ''}"
        return words.shorten(clean, words=limit, chars=110)

    def _safe(self, name: str) -> str | None:
        """What of a name may stand in a sentence, None where nothing of it may."""
        clean = words.printable(words.LINKISH.sub("[link]", name[:LONGEST]))
        if clean.count("'") == 1 and " '" in clean:
            clean = clean.replace(" '", " ")
        for found in self.view.index.names.found(clean):
            clean = _without(clean, found)
        return None if screen.search(words.BLAMING, clean) or not clean or passages.planted(clean) else clean

    def shows(self, pain: PainView) -> dict[str, list[Voice]]:
        """The signals of a pain, and what its customers' words say by themselves of help pages and of money."""
        if pain.id not in self._shown:
            found = {name: list(voices) for name, voices in signals(pain).items()}
            for voice in pain.voices:
                if voice.role != "staff":
                    for name in self.view.index.once("said", voice.key, partial(_said_by_itself, voice)):
                        if voice not in found.setdefault(name, []):
                            found[name].append(voice)
            self._shown[pain.id] = found
        return self._shown[pain.id]

    def brief(self, pain: PainView) -> str | None:
        """A pain's name in a few words, as a subject may say it."""
        found = brief.brief(self.title(pain, 99))
        return None if found is None else found.text

    def it(self, pain: PainView, number: int, *, numbered: bool = False) -> str:
        """A pain in the middle of our own sentence: "the wrong VAT", or by its number where it has no short name."""
        short = self.short(pain)
        return f"number {number}" if short is None else f"{short}{f' (number {number})' if numbered else ''}"

    def short(self, pain: PainView) -> str | None:
        found = brief.brief(self.title(pain, 99))
        return None if found is None or found.noun is None else brief.trouble(found.noun)


def _without(text: str, name: str) -> str:
    at = text.casefold().find(name.split()[0])
    end = text.casefold().find(name.split()[-1], at) + len(name.split()[-1])
    return f"{text[:at]}[name]{text[end:]}" if at >= 0 else "[name]"


def signals(pain: PainView, view: View | None = None) -> dict[str, list[Voice]]:
    """The voices of a pain that show each signal, by our own name of it: in their words, in what became of them, and,
    where the view is given, in its whole scope."""
    found: dict[str, list[Voice]] = defaultdict(list)
    for voice in pain.voices:
        for name in sorted({sentences.signal(s.name) for s in voice.signals}):
            found[name].append(voice)
        if voice.reopened and voice not in found["reopened"]:
            found["reopened"].append(voice)
    for voice in (*pain.voices, *pain.stirred):  # behind those whose words say it
        for name in sorted({sentences.signal(name) for name in voice.course}):
            if voice not in found[name]:
                found[name].append(voice)
    if view is not None:
        found["out_of_hours"] += habits.out_of_hours(view, pain) or ()
        found["newcomers"] += habits.newcomers(view, pain) or ()
    return {name: voices for name, voices in found.items() if voices and name in sentences.SAID}


def _said_by_itself(voice: Voice) -> list[str]:
    marked = passages.marks(f"{voice.title}. {voice.body[:2000]}") & {"page", "money"}
    return sorted("doc_mismatch" if mark == "page" else mark for mark in marked)
