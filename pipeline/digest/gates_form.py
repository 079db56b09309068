"""The gates on a digest's form: P21 to P26 and P34 to P36."""

import re
from collections.abc import Iterable

from pipeline.digest import phrasebook, render, sentences, tongue, words
from pipeline.digest.case import LINK, STRAIGHT, Case
from pipeline.digest.page import Page, contrast, inverted

FIRST_SCREEN, BOLD, WHOLE, CALM, DEAF = 120, 45, 800, 120, 60
ELSEWHERE = 1.15
"""So much longer the same may be in another language than in English."""
HTML_LIMIT = 40_000
CONTRAST = 4.5


def budgets(case: Case) -> Iterable[str]:
    d, count = case.document, len(case.text.split())
    more = 1 if d.language == "en" else ELSEWHERE
    limit = int(more * {"full": WHOLE, "quiet": CALM, "partial": CALM, "deaf": DEAF}[d.form])
    limit += render.missed_words(d) + render.added_words(d)
    if count > limit:
        yield f"{count} words, at most {limit}"
    if d.form == "deaf":
        return
    first = len(render.first_screen(d).split())
    if first > more * FIRST_SCREEN:
        yield f"{first} words on the first screen, at most {FIRST_SCREEN}"
    spoken = phrasebook.spoken(d, phrasebook.tongue(d))
    bold = sum(len(render.headline(p).split()) for p in spoken.pains)
    bold += len(spoken.ask.text.split() if spoken.ask else ())
    if bold > more * BOLD:
        yield f"{bold} bold words and ask, at most {BOLD}"
    done = d.ask is not None and d.ask.text == sentences.ALL_ANSWERED
    if done and any(case.view.answered(p.id) is None for p in d.pains):
        yield "a pain that nobody answered is said to be answered"
    if len(d.pains) > 3 or d.ask is None or (d.pains and d.ask.pain is None and not done):
        yield "more than three pains, or not exactly one ask"


def subject(case: Case) -> Iterable[str]:
    head = render.head(case.document)
    subject, pre = head.subject, head.preheader
    if not 10 <= len(subject) <= 60 or "\n" in subject:
        yield f"a subject of {len(subject)} characters"
    if not 35 <= len(pre) <= 100 or (case.document.form == "full" and len(pre) < 60):
        yield f"a preheader of {len(pre)} characters"
    if pre and pre.casefold() in subject.casefold():
        yield "the preheader repeats the subject"


def size(case: Case) -> Iterable[str]:
    size = len(case.html.encode())
    if size > HTML_LIMIT:
        yield f"{size} bytes of html"
    for number, line in enumerate(case.html.splitlines(), start=1):
        # A line of SMTP holds 998 bytes; the encoding folds longer ones, and nothing should rely on it.
        if len(line.encode()) > 5000:
            yield f"line {number} of the html has {len(line)} characters"


def html_is_sound(case: Case) -> Iterable[str]:
    yield from unsound(case.page)
    for quote in case.document.quotations():
        lang = tongue.marked(quote.lang, case.document.language)
        if lang and f'lang="{lang}" dir="{tongue.direction(lang)}"' not in case.html:
            yield f"the language of {quote.issue} is not set"


def unsound(page: Page) -> Iterable[str]:
    """What a mail program or a screen reader would stumble over."""
    yield from page.problems
    if page.open:
        yield f"not closed: {', '.join(page.open)}"
    if page.headings[:1] != [1] or page.headings.count(1) != 1:
        yield "not exactly one h1 at the beginning"
    if any(b - a > 1 for a, b in zip(page.headings, page.headings[1:], strict=False)):
        yield "a heading level is skipped"
    if not page.lang:
        yield "no language is set"


def legible(case: Case) -> Iterable[str]:
    yield from unreadable(case.page)


def unreadable(page: Page) -> Iterable[str]:
    """Colours that cannot be told apart: on a light screen, on a dark one that obeys, on one that inverts."""
    turned = {(inverted(front), inverted(back)) for front, back in page.colours}
    for where, pairs in (("", page.colours), (" in the dark", page.dark), (" inverted", turned)):
        for front, back in sorted(pairs):
            ratio = contrast(front, back)
            if ratio < CONTRAST:
                yield f"{front} on {back}{where} has a contrast of {ratio:.1f}"


def same_order(case: Case) -> Iterable[str]:
    problem = disorder(case.text, case.page)
    if problem is not None:
        yield problem


def disorder(text: str, page: Page) -> str | None:
    """P26: where what a screen reader says from top to bottom is not, word for word, what the plain text says."""
    said, heard = _words(LINK.sub(" ", text)), _words(page.flat)
    for place, (one, other) in enumerate(zip(said, heard, strict=False)):
        if one != other:
            return f"after {' '.join(said[max(0, place - 5) : place])!r} the text says {one!r}, the html {other!r}"
    return None if len(said) == len(heard) else f"the text has {len(said)} words, the html {len(heard)}"


def _words(said: str) -> list[str]:
    return re.findall(r"[^\W_]+", said.casefold())


def calm_is_heard(case: Case) -> Iterable[str]:
    if not (case.view.blind or case.view.lossy):
        return
    if case.document.form == "quiet":
        yield "a quiet week is told though not everything was heard"
    if re.search(r"\b(every source|everything) was read to", STRAIGHT.sub(" ", case.flat), re.IGNORECASE):
        yield "everything is said to have been read, and was not"


def unplaced_is_said(case: Case) -> Iterable[str]:
    if case.document.form == "full" and "could not be placed" not in case.flat and case.document.made.unplaced:
        yield "what could not be placed is not said"


def sources_are_told(case: Case) -> Iterable[str]:
    """P34: every source with what was read of it and to when, and each that stopped in the mail itself."""
    known = {s.name: s for s in case.view.sources}
    told = case.document.made.sources
    if sorted(s.name for s in told) != sorted(known):
        yield "the sources are not those of the ingest"
    for source in told:
        health = known.get(source.name)
        if health is None or health.read_to != source.read_to:
            yield f"{source.name} was read to another moment"
        elif case.document.form != "deaf" and source.read != sum(v.source == source.name for v in case.view.voices):
            yield f"{source.read} issues are said to be read from {source.name}"
    stopped = [s for s in case.view.blind if s.read_to is not None]
    if case.document.form in ("full", "partial") and 0 < len(stopped) <= 2 and len(case.view.blind) <= 2:
        for health in stopped:
            at = words.moment(health.read_to, case.view.period.zone) if health.read_to is not None else ""
            due = health.problem or case.view.generated_at >= case.view.period.end
            if due and at not in case.flat:
                yield f"that {health.name} stopped is not said"
