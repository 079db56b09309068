"""One leader's digest of one period, decided: a document from values, without a clock, a store or a model.

The same material gives the same document whatever the order in which it arrived. Every number is spoken through the
ledger, every quotation is cut from an issue; `gates` checks both again before anything is sent.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from pipeline import trend
from pipeline.digest import (
    added,
    answered,
    asking,
    corrected,
    felt,
    front,
    parts,
    passed,
    passing,
    phrasebook,
    places,
    recalled,
    render,
    select,
    sentences,
    words,
)
from pipeline.digest.desk import Desk, Link
from pipeline.digest.document import Ask, Document, Form, Heard, Made
from pipeline.digest.ledger import Book
from pipeline.digest.material import Material
from pipeline.digest.select import Index, PainView, View
from pipeline.issue import Period
from pipeline.org import Org

FIRST_SCREEN = 120
BOLD = 45
WHOLE = 800
CALM = 120
SLOWS, BLOCKS = 2, 4
CUTS = (
    "heard_once", "more", "yours", "unstated", "wins", "also_open", "unstated", "quiet", "check_in", "facts", "quotes",
    "sit_with",
)  # fmt: skip
"""What a hurried reader misses least, in the order in which it is left out of too long a mail."""


def compose(
    *,
    leader: str,
    period: Period,
    org: Org,
    material: Material,
    organisation: str,
    generated_at: datetime,
    index: Index | None = None,
    link: Link | None = None,
    page: str | None = None,
    unsaid: frozenset[str] = frozenset(),
    by_line: bool = False,
    language: str = "en",
) -> Document:
    """The leaf notes of one leader. `index` is `select.index(material, org)`, worth sharing between leaders.

    `unsaid` are pains whose number must not be said, because of what others' digests say.

    `link` makes the address where a pain (by id) is answered; without it the mail says to reply. `page`
    is where the same digest stands for good. `by_line`: replies in the form of an answer are read. `language`
    is that of the mail (`phrasebook.LANGUAGES`).
    """
    view = View(index or select.index(material, org), leader, period, generated_at, unsaid)
    desk = Desk(view, Book(view), link, by_line, language)
    if view.deaf:
        return _deaf(desk, organisation)
    document = _full(desk, organisation, page) if view.friction else _quiet(desk, organisation, page)
    return added.with_contexts(document, view)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """The pains that were chosen for a full digest."""

    three: tuple[PainView, ...]
    rest: tuple[PainView, ...]
    relieved: tuple[PainView, ...]


def _full(desk: Desk, organisation: str, page: str | None) -> Document:
    view = desk.view
    three = places.first_three(view)
    frame = _Frame(three=three, rest=places.also_open(view, three), relieved=view.relieved)
    document = _first_screen(desk, organisation, frame, page)
    document, text = _fit_whole(document)
    return _with_ledger(desk, document, text)


def _first_screen(desk: Desk, organisation: str, frame: _Frame, page: str | None) -> Document:
    """Where names are too long for three pains, the last of them stands below: no length costs a leader the mail."""
    document = replace(_assembled(desk, organisation, frame), page_url=page)
    document = _fit_first_screen(desk, document, frame.three)
    if _fits(document) or len(frame.three) < 2:
        return document
    *first, last = frame.three
    return _first_screen(desk, organisation, replace(frame, three=tuple(first), rest=(last, *frame.rest)), page)


def _assembled(desk: Desk, organisation: str, frame: _Frame) -> Document:
    climbed = passed.passed_on(desk, {p.id for p in frame.three})
    heard = passing.authors(desk.view, climbed)
    chosen = parts.chosen_quotes(desk, frame.three, heard)
    harmed = next((p.id for p in frame.three if p.severity >= trend.HARM), None)
    pains = tuple(front.pain_of(desk, p, chosen[p.id], 9, harm=p.id == harmed) for p in frame.three)
    storm = desk.book.ask("above()") > front.STORM
    taken = [c for some in chosen.values() for c in some]
    once = parts.heard_once(desk, taken, 2, BLOCKS if pains else SLOWS)
    by_key = {v.key: v for v in desk.view.voices}
    shown = [*(c.voice for c in taken), *(by_key[q.issue] for q in once if by_key[q.issue].author not in heard)]
    once = tuple(q for q in once if by_key[q.issue] in shown)
    quoted = heard | frozenset(v.author for v in shown)
    subject = front.subject(desk, frame.three)
    return replace(
        _base(desk, organisation),
        warnings=front.warnings(desk),
        notes=(*front.notes(desk), *(() if pains else (front.SINGLE,))),
        pains=pains,
        ask=asking.ask(desk, frame.three),
        away=recalled.away(desk),
        since_you_acted=answered.since_you_acted(desk),
        corrections=corrected.corrections(desk, [pain.id for pain in frame.three]),
        passed_on=climbed,
        also_open=tuple(front.open_line(desk, p) for p in frame.rest[:3]),
        more=_more(desk, len(frame.three) + len(frame.rest[:3])),
        heard_once=once,
        yours=asking.yours(desk, frame.three),
        unstated=() if storm else corrected.marked(desk, parts.unstated(desk, frame.three)),
        quiet=parts.quiet(desk),
        check_in=felt.check_in(desk),
        sit_with=asking.sit_with(desk, frame.three),
        questions=asking.questions(desk, frame.three, shown),
        wins=parts.wins(desk, frame.relieved, quoted, frame.three),
        heard=parts.heard(desk),
        subject=subject,
        preheader=front.preheader(desk, frame.three, subject),
    )


def _more(desk: Desk, shown: int) -> str | None:
    left = desk.book.ask(f"more({shown})")
    if left <= 0 or not shown:
        return None
    return desk.book.say(f"{{}} more pain{'s are' if left > 1 else ' is'} open.", f"more({shown})")


def _base(desk: Desk, organisation: str, form: Form = "full") -> Document:
    view = desk.view
    return Document(
        leader=view.leader,
        led=tuple(view.org.up(team) for team in view.led),
        level=view.level,
        form=form,
        organisation=organisation,
        period=view.period,
        generated_at=view.generated_at,
        subject="",
        preheader="",
        opening=_opening(desk, form),
        language=desk.language,
        heard=Heard(median_days=None, waiting=0, longest_days=None),
        made=parts.made(desk),
    )


TITLES: Final = frozenset(["dr", "prof", "mr", "mrs", "ms", "miss", "mx", "sir", "dame", "herr", "frau"])


def first_name(org: Org, leader: str) -> str:
    person = org.people.get(leader)
    names = words.printable(person.name or "").split() if person else []
    if len(names) > 1 and names[0].endswith(","):  # the family's name stands first
        names = names[1:]
    plain = (name for name in names if not name.endswith(".") and name.casefold() not in TITLES)
    return next(plain, names[0] if names else "").rstrip(",")


def greeting(document: Document, org: Org, reader: str) -> Document:
    """The same with the name of somebody who reads it in the leader's place."""
    old, name = first_name(org, document.leader), first_name(org, reader)
    if not old or not document.opening.startswith(f"{old}, "):
        return document
    rest = document.opening.removeprefix(f"{old}, ")
    return replace(document, opening=words.capital(f"{name}, {rest}" if name else rest))


def _opening(desk: Desk, form: Form) -> str:
    view = desk.view
    team = desk.named(view.led[0]) if view.led else None
    subject = {
        "leaf": f"what {team} and its customers struggled with",
        "middle": f"what the teams of {team} and their customers struggled with",
        "top": f"what people in {team} and your customers struggled with",
        "support": "what your agents and the customers they serve struggled with",
    }[view.level]
    if form == "quiet":
        subject = f"a quiet week around {'you and your agents' if view.level == 'support' else team}"
    elif form in ("partial", "deaf"):
        subject = f"about {'your agents' if view.level == 'support' else team}"
    name = first_name(view.org, view.leader)
    dates = desk.book.say("{}", "span()")
    return words.capital(f"{name + ', ' if name else ''}{subject}, {dates}:")


# --- budgets ------------------------------------------------------------------------------------------------------


def first_screen_words(document: Document) -> int:
    return len(render.first_screen(document).split())


def bold_words(document: Document) -> int:
    d = phrasebook.spoken(document, phrasebook.tongue(document))
    ask = len(d.ask.text.split()) if d.ask else 0
    return ask + sum(len(render.headline(p).split()) for p in d.pains)


def _fits(document: Document) -> bool:
    return first_screen_words(document) <= FIRST_SCREEN and bold_words(document) <= BOLD


def _fit_first_screen(desk: Desk, document: Document, three: Sequence[PainView]) -> Document:
    """Shorten the warnings, then the notes, then the pains' names, until the first screen keeps its limits."""
    for limit in (10, 9, 8, 7, 6, 5, 4):
        if _fits(document):
            return document
        if limit == 10:
            brief = tuple(w.removesuffix(front.NO_QUIET) for w in document.warnings)
            ask = document.ask
            if ask is not None and ask.url is not None:
                ask = replace(ask, how=None)
            document = replace(document, warnings=brief, ask=ask)
            continue
        if limit == 9:
            document = replace(document, notes=tuple(front.briefer(n) for n in document.notes))
        pains = [replace(p, title=desk.title(v, limit)) for p, v in zip(document.pains, three, strict=True)]
        document = replace(document, pains=tuple(pains))
    return document


def _fit_whole(document: Document) -> tuple[Document, str]:
    """The document within the limit of the whole mail, and its text."""
    text = render.text(document)
    for part in CUTS:
        if len(text.split()) <= WHOLE:
            break
        document = _cut(document, part)
        text = render.text(document)
    return document, text


def _cut(document: Document, part: str) -> Document:
    if part == "heard_once":
        return replace(document, heard_once=())
    if part in ("more", "sit_with"):
        return replace(document, more=None) if part == "more" else replace(document, sit_with=None)
    if part == "check_in":
        return replace(document, check_in=None)
    if part == "facts":
        return replace(document, pains=tuple(replace(p, facts=()) for p in document.pains))
    if part == "quotes":
        return replace(document, pains=tuple(replace(p, quotes=p.quotes[:1]) for p in document.pains))
    if part == "unstated":
        return replace(document, unstated=document.unstated[:-1])
    if part == "also_open":
        return replace(document, also_open=document.also_open[:1])
    if part == "wins":
        return replace(document, wins=document.wins[:1])
    return replace(document, yours=()) if part == "yours" else replace(document, quiet=document.quiet[:1])


def _with_ledger(desk: Desk, document: Document, text: str | None = None) -> Document:
    if text is None or document.language != "en":
        text = render.text(replace(document, language="en"))
    said = "\n".join([document.subject, document.preheader, text])
    return replace(document, ledger=desk.book.entries(said))


# --- weeks that are not normal ------------------------------------------------------------------------------------


def _quiet(desk: Desk, organisation: str, page: str | None) -> Document:
    """Nobody told of friction: said as calm or silence, never as good news, and only of what was heard in full."""
    view, book = desk.view, desk.book
    partial = bool(view.blind or view.lossy)
    base = _base(desk, organisation, "partial" if partial else "quiet")
    week = book.say("week {}", "week()")
    if partial:
        heard_of = "Nobody wrote about friction in what we could hear, and we could not hear everything."
        subject = f"Not everything was heard | leaf notes, {week}"
        preheader = "Nobody wrote about friction in what we could hear; that is not good news."
    else:
        heard_of = f"Nobody wrote about friction this week; every source was read to the end of {_end_of(desk)}."
        heard_of += f" That can mean calm or silence.{_last_quiet(desk)}"
        subject = f"Calm or silence | leaf notes, {week}"
        preheader = "Nobody wrote about friction this week. That can mean calm or silence."
    found = corrected.corrections(desk, [])
    document = replace(
        base,
        warnings=front.warnings(desk),
        notes=(*front.notes(desk), heard_of),
        ask=Ask(text=sentences.NO_ASK),
        away=recalled.away(desk),
        since_you_acted=answered.since_you_acted(desk)[:1],
        corrections=found,
        page_url=page if any(one.kind in ("handed", "moved") for one in found) else None,
        passed_on=passed.passed_on(desk, set())[:1],
        wins=parts.wins(desk, view.relieved, frozenset())[:1],
        questions=(sentences.QUIET_QUESTION.partition(": ")[2].capitalize(),),
        check_in=felt.check_in(desk),
        made=replace(base.made, lines=(base.made.lines[0], base.made.lines[-1])),
        subject=subject,
        preheader=preheader,
    )
    room = CALM + render.missed_words(document)
    document = next((d for d in _shorter(document) if len(render.text(d).split()) <= room), document)
    return _with_ledger(desk, document)


def _shorter(document: Document) -> Iterator[Document]:
    """A short form as it is, then without what is missed least; the warnings stay."""
    yield document
    document = replace(document, wins=())
    yield document
    document = replace(document, passed_on=tuple(replace(one, quote=None) for one in document.passed_on))
    yield document
    document = replace(document, check_in=None)
    yield document
    document = replace(document, warnings=tuple(w.removesuffix(front.NO_QUIET) for w in document.warnings))
    yield document
    document = replace(document, corrections=corrected.briefer(document.corrections))
    yield document
    document = replace(document, questions=())
    yield document
    document = replace(document, made=replace(document.made, lines=document.made.lines[:1]))
    yield document
    yield replace(document, made=replace(document.made, lines=()))


def _end_of(desk: Desk) -> str:
    return desk.book.say("{}", "last_day()")


def _last_quiet(desk: Desk) -> str:
    week = desk.book.ask("last_quiet_week()")
    return "" if week is None else f" {desk.book.say('The last quiet week was {}.', 'last_quiet_week()')}"


def _deaf(desk: Desk, organisation: str) -> Document:
    """No source could be read: a short note, never a digest."""
    view, book = desk.view, desk.book
    lost = front.several(desk, view.sources)
    why = f"{lost} could not be read" if lost else "no source is set up"
    document = replace(
        _base(desk, organisation, "deaf"),
        notes=(f"We could not listen this week: {why}. This is our fault, not good news.",),
        ask=Ask(text="Nothing is asked of you; those who run Leafnotes have been told."),
        made=Made(sources=parts.made(desk).sources, read=0, friction=0, thanks=0, other=0, unplaced=0),
        subject=f"We could not listen | leaf notes, {book.say('week {}', 'week()')}",
        preheader="No source could be read this week. That is our fault and says nothing of your teams.",
    )
    return _with_ledger(desk, document)
