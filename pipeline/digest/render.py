"""A document as plain text (72 columns) and as HTML: the same sections in the same order from one layout."""

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal, Protocol

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from pipeline.digest import phrasebook, tongue, words
from pipeline.digest.document import Document, Pain, PassedOn, Quote, Unstated
from pipeline.digest.phrasebook import Tongue

COLUMNS = 72
_TOGETHER = re.compile(r"(\d|\bnumber) (days?\b|\d)")
TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One piece of a section. `lead` is bold, `text` follows it; `label` and `url` are a link."""

    kind: Literal["pain", "para", "item", "numbered", "quote", "button", "link", "head", "fact", "warning"]
    text: str = ""
    lead: str = ""
    number: int = 0
    label: str | None = None
    url: str | None = None
    note: str = ""
    lang: str | None = None
    """The language of the text where it is not the mail's."""

    @property
    def dir(self) -> str:
        return tongue.direction(self.lang or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    title: str
    blocks: tuple[Block, ...]
    small: bool = False
    """Set small: what is there to be looked up, not to be read."""


def layout(document: Document) -> tuple[Section, ...]:
    """The sections in the order of the mail, without empty ones; the first has no title and is the first screen."""
    say = phrasebook.tongue(document)
    head = {part: say(title) for part, title in words.HEADINGS[document.level].items()}
    d = phrasebook.spoken(document, say)
    places = {pain.id: number for number, pain in enumerate(d.pains, start=1)}
    sections = (
        Section(title="", blocks=_first_screen(d, say)),
        Section(title=head["since"], blocks=_since(d)),
        _away(d, say),
        Section(title=say("Passed on to you"), blocks=_passed_on(d, say)),
        Section(title=head["words"], blocks=_in_their_words(d, say)),
        Section(title=head["also"], blocks=_also(d)),
        Section(title=head["once"], blocks=tuple(b for q in d.heard_once for b in quoted(q, say))),
        Section(title=head["yours"], blocks=_items(d.yours)),
        Section(
            title=head["unstated"], blocks=tuple(b for u in d.unstated for b in _unstated(u, say, places.get(u.pain)))
        ),
        Section(title=head["quiet"], blocks=_items(d.quiet)),
        Section(title=say("How the week felt"), blocks=_items(d.check_in.lines if d.check_in else ())),
        Section(title=head["sit"], blocks=_items([d.sit_with] if d.sit_with else [])),
        Section(
            title=head["questions"] if len(d.questions) > 1 else say("One question to ask"),
            blocks=tuple(Block(kind="numbered", number=n, text=q) for n, q in enumerate(d.questions, start=1)),
        ),
        Section(title=head["wins"], blocks=tuple(b for w in d.wins for b in _win(w.text, w.quote, say))),
        Section(title=head["heard"], blocks=_heard(d, say)),
        Section(title=head["made"], blocks=(*_items(d.made.lines, kind="para"), *_page(d, say)), small=True),
    )
    return tuple(s for s in sections if s.blocks)


def _since(d: Document) -> tuple[Block, ...]:
    return (
        *(Block(kind="item", lead=f"{s.title}:", text=s.text) for s in d.since_you_acted),
        *(Block(kind="item", lead=f"{c.title}:" if c.title else "", text=c.text) for c in d.corrections),
    )


def _away(d: Document, say: Tongue) -> Section:
    title = say(f"While you were away ({len(d.away)} week{'s' if len(d.away) > 1 else ''})") if d.away else ""
    weeks = (Block(kind="item", lead=f"{a.lead}:", text=f"{a.text} {a.note}".strip()) for a in d.away)
    return Section(title=title, blocks=tuple(weeks))


def missed_words(document: Document) -> int:
    """The words on weeks that the reader missed: they take nothing from the budget of this one."""
    say = phrasebook.tongue(document)
    found = _away(phrasebook.spoken(document, say), say)
    return sum(len(said.split()) for said in (found.title, *(f"- {b.lead} {b.text}" for b in found.blocks)))


def _heard(d: Document, say: Tongue) -> tuple[Block, ...]:
    if d.level == "leaf":  # what a team waits for stands beside each pain
        return ()
    text = d.heard.text
    if text is not None and d.heard.about is not None:
        text = f"{text.removesuffix('.')}: {stopped(d.heard.about)}"
    return _items([say(text)] if text else [], kind="para")


def _page(d: Document, say: Tongue) -> tuple[Block, ...]:
    if d.page_url is None:
        return ()
    label = say("These notes as a page: what stands behind each number, and where to correct them")
    return (Block(kind="link", label=label, url=d.page_url),)


def _items(texts: Sequence[str], kind: Literal["item", "para"] = "item") -> tuple[Block, ...]:
    return tuple(Block(kind=kind, text=text) for text in texts)


def _first_screen(d: Document, say: Tongue) -> tuple[Block, ...]:
    blocks = [Block(kind="para", text=note) for note in d.notes]
    blocks += [_headline(n, p) for n, p in enumerate(d.pains, start=1)]
    if d.ask is not None:
        blocks.append(Block(kind="para", lead=d.ask.text, text=d.ask.how or ""))
        if d.ask.url is not None:
            blocks.append(Block(kind="button", label=say(f"{d.ask.button} number {d.ask.number}"), url=d.ask.url))
    blocks += [Block(kind="warning", lead=say("Data warning:"), text=w) for w in d.warnings]
    return tuple(blocks)


def first_screen(document: Document) -> str:
    """The words from the opening to the end of the first screen, as the text says them."""
    say = phrasebook.tongue(document)
    d = phrasebook.spoken(document, say)
    return "\n".join([d.opening, *(plain(b) for b in _first_screen(d, say))])


def _headline(number: int, pain: Pain) -> Block:
    return Block(kind="pain", number=number, lead=stopped(headline(pain)), text=pain.line)


def stopped(sentence: str) -> str:
    return sentence if sentence.endswith(("…", "?", "!", ".")) else f"{sentence}."


def headline(pain: Pain) -> str:
    """WHO: what happens to them. A name that begins with those people is not introduced by them a second time."""
    first, _, rest = pain.title.partition(" ")
    return f"{pain.who} {rest}" if rest and first.upper() == pain.who else f"{pain.who}: {pain.title}"


def _in_their_words(d: Document, say: Tongue) -> tuple[Block, ...]:
    blocks = []
    for number, pain in enumerate(d.pains, start=1):
        inside = [block for one in d.passed_on if one.pain == pain.id for block in _climbed(one, say)]
        inside += [block for q in pain.quotes for block in quoted(q, say)]
        inside += [Block(kind="fact", text=f) for f in pain.facts]
        asked = d.ask is not None and d.ask.pain == pain.id
        if pain.answer_url is not None and not asked and "not yet answered" in pain.state:
            inside.append(Block(kind="link", label=say(f"Answer number {number}"), url=pain.answer_url))
        if inside:
            where = f" ({pain.area})" if pain.area else ""
            blocks += [Block(kind="head", number=number, lead=f"{words.capital(pain.title)}{where}"), *inside]
    return tuple(blocks)


def _passed_on(d: Document, say: Tongue) -> tuple[Block, ...]:
    """What climbed to the reader; a pain that stands in the mail with its own words has it there."""
    blocks: list[Block] = []
    shown = {pain.id for pain in d.pains}
    for one in (one for one in d.passed_on if one.pain not in shown):
        blocks.append(Block(kind="item", lead=stopped(one.title), text=one.line))
        blocks += quoted(one.quote, say) if one.quote is not None else ()
        if one.answer_url is not None:
            blocks.append(Block(kind="link", label=say("Answer it"), url=one.answer_url))
    return tuple(blocks)


def _climbed(one: PassedOn, say: Tongue) -> tuple[Block, ...]:
    return (Block(kind="fact", text=one.line), *(quoted(one.quote, say) if one.quote is not None else ()))


def quotation(quote: Quote, say: Tongue) -> Block:
    note = f"({quote.note})" if quote.note else ""
    block = Block(kind="quote", text=f'"{quote.text}"', lead=quote.by, label=quote.label, url=quote.url, note=note)
    return in_its_language(block, quote.lang, say)


def in_its_language(block: Block, lang: str | None, say: Tongue) -> Block:
    """A quotation marked with its language, and named with it, where the mail is in another one."""
    lang = tongue.marked(lang, say.language)
    lead = f"{block.lead}, {say.word(f'in {tongue.named(lang)}')}" if lang and lang != "en" else block.lead
    return replace(block, lead=lead, lang=lang)


def quoted(quote: Quote, say: Tongue) -> tuple[Block, ...]:
    """A quotation, and behind it what a leader of the area added."""
    return (quotation(quote, say), *_added(quote, say))


def _added(quote: Quote, say: Tongue) -> tuple[Block, ...]:
    if quote.context is None:
        return ()
    return (Block(kind="fact", text=f'{say(f"Added by {quote.context.by}:")} "{quote.context.text}"'),)


def added_words(document: Document) -> int:
    """The words that leaders added: they take nothing from the budget of what people wrote."""
    say = phrasebook.tongue(document)
    return sum(len(block.text.split()) for quote in document.quotations() for block in _added(quote, say))


def _also(d: Document) -> tuple[Block, ...]:
    return _items([o.line for o in d.also_open] + ([d.more] if d.more else []))


def _unstated(u: Unstated, say: Tongue, at: int | None) -> tuple[Block, ...]:
    signals = f"{say('Signal:' if len(u.signals) == 1 else 'Signals:')} {say.listing(u.signals)}."
    tail = f"{say('Wrong if:')} {u.wrong_if}." if u.wrong_if else ""
    parts = [signals, u.note or "", tail, f"{say('Ask:')} {u.ask}" if u.ask else ""]
    likely = f" {say('(likely)')}" if u.likely else ""
    place = f" ({say(f'number {at}')})" if at else ""
    return (Block(kind="item", lead=f"{u.hypothesis}{place}{likely}.", text=" ".join(p for p in parts if p)),)


def _win(text: str | None, quote: Quote | None, say: Tongue) -> tuple[Block, ...]:
    blocks = [Block(kind="item", text=text)] if text else []
    return (*blocks, *(quoted(quote, say) if quote else ()))


@lru_cache(maxsize=4096)
def _wrap(text: str, first: str = "", rest: str = "") -> str:
    # "(60 days)" and "number 1" stay on one line: a no-break space while the lines are made.
    held = _TOGETHER.sub("\\1\xa0\\2", text)
    lines = textwrap.fill(
        held, COLUMNS, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False, break_long_words=False
    )
    return lines.replace("\xa0", " ")


def plain(block: Block) -> str:
    """A block as lines of at most 72 columns (a link may be longer), links on their own line."""
    both = f"{block.lead} {block.text}".strip()
    if block.kind == "pain":
        return _wrap(f"{block.number}. {block.lead}", rest="   ") + "\n" + _wrap(block.text, "   ", "   ")
    if block.kind in ("numbered", "head"):
        return _wrap(f"{block.number}. {both}", rest="   ")
    if block.kind == "quote":
        source = ", ".join(part for part in (block.lead, block.label) if part)
        said = _wrap(f"{block.text} - {source} {block.note}".rstrip(), "   ", "   ")
        return said + (f"\n   {block.url}" if block.url else "")
    if block.kind == "fact":
        return _wrap(both, "   ", "   ")
    if block.kind == "item":
        return _wrap(both, "- ", "  ")
    if block.kind in ("button", "link"):
        return f"> {block.label}:\n  {block.url}"
    return _wrap(f"{block.lead.upper()} {block.text}" if block.kind == "warning" else both)


@cache
def _environment(*, html: bool) -> Environment:
    # Autoescape is never left to a file name: what people wrote goes through here. Plain text needs none.
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=html,  # noqa: S701
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


@cache
def _template(name: str, *, html: bool) -> Template:
    return _environment(html=html).get_template(name)


class Head(Protocol):
    """What stands above the sections of a mail."""

    @property
    def subject(self) -> str: ...
    @property
    def preheader(self) -> str: ...
    @property
    def opening(self) -> str: ...
    @property
    def language(self) -> str: ...


def text_of(head: Head, sections: Sequence[Section]) -> str:
    return _template("digest.txt.j2", html=False).render(d=head, sections=sections, plain=plain, wrap=_wrap)


def html_of(head: Head, sections: Sequence[Section]) -> str:
    return _template("digest.html.j2", html=True).render(d=head, sections=sections)


def head(document: Document) -> Head:
    """Subject, preheader and opening as the reader hears them."""
    return phrasebook.spoken(document, phrasebook.tongue(document))


def text(document: Document) -> str:
    return text_of(head(document), layout(document))


def html(document: Document) -> str:
    return html_of(head(document), layout(document))


def both(document: Document) -> tuple[str, str]:
    """Text and HTML, laid out once."""
    above, sections = head(document), layout(document)
    return text_of(above, sections), html_of(above, sections)
