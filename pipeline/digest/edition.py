"""A leader's copy for their team: made anew from what everybody in it may see, never cut out of the leader's own notes.

Whoever reads it may be one of those it tells of, and knows their colleagues. So it names a pain, a number or a word of
a colleague only where three others are behind it, quotes and points at nothing that one of the team could not open in
its source, and says of answers what was answered and not how long anybody waited.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from pipeline import privacy
from pipeline.answers import Answer, heard_at
from pipeline.digest import answered, phrasebook, quotes, render, sentences, tongue, words
from pipeline.digest.desk import Desk
from pipeline.digest.document import Document, Heard, Made, Pain, Quote, Win
from pipeline.digest.ledger import Book
from pipeline.digest.material import Voice
from pipeline.digest.phrasebook import Tongue
from pipeline.digest.render import Block, Section
from pipeline.digest.select import PainView, View
from pipeline.org import Org

INSIDE = privacy.BEHIND + 1
"""How many colleagues are behind what is told to a team: one of them may be the reader."""
PAINS = 3
"""Of the customers, and of the team."""
QUOTES = 2
"""Of a pain."""
NOT_YET = "not yet answered"


@dataclass(frozen=True)
class Audience:
    """Who reads the copy: every team below the leader that has people of its own."""

    view: View

    @cached_property
    def teams(self) -> frozenset[str]:
        org, sizes = self.view.org, self.view.index.sizes
        return frozenset(team for team in self.view.scope if sizes.get(team, 0) or org.is_leaf(team))

    def may_open(self, voice: Voice) -> bool:
        """Whether everybody could open an issue in its source: their own team owns or hears it, each of them."""
        return bool(self.teams) and not voice.audience and self.teams <= _reach(self.view.org, voice)

    def evidence(self, voice: Voice) -> bool:
        """Whether an issue may be named: a customer's that everybody could open."""
        return voice.role != "staff" and not privacy.tender(voice) and self.may_open(voice)

    def may_quote(self, voice: Voice, pain: PainView | None) -> bool:
        """Of colleagues only words of a group of five or more, of which three others told of the same."""
        if not quotes.may_speak(voice) or not self.may_open(voice):
            return False
        if voice.role != "staff":
            return True
        same = [v for v in _untender(pain.voices if pain else ()) if v.role == "staff" and v.team == voice.team]
        beside = {v.author for v in same}
        return self.view.index.sizes.get(voice.team or "", 0) >= privacy.GROUP and len(beside) >= INSIDE

    def may_name(self, pain: PainView) -> bool:
        """Whether a pain may be told: enough people are behind it, or everybody could read of it by themselves."""
        authors = {v.author for v in _untender(pain.voices)}
        enough = privacy.BEHIND if pain.crowd == "customer" else INSIDE
        return len(authors) >= enough or any(self.evidence(v) for v in pain.voices)

    def may_count(self, pain: PainView) -> bool:
        """Whether the number of people may be said. The team's own pains count the reader too."""
        return pain.visible and pain.crowd != "relay" and (pain.crowd == "customer" or pain.count >= INSIDE)

    def may_recall(self, pain: PainView) -> bool:
        """Whether a pain that is over may be named: enough people told of it in one of its weeks."""
        enough = privacy.BEHIND if pain.crowd == "customer" else INSIDE
        return any((week.people or 0) >= enough for week in self.view.weeks(pain.entry, pain.crowd))


def _reach(org: Org, voice: Voice) -> frozenset[str]:
    owner = voice.leaf if voice.leaf in org.teams else None
    return frozenset({owner or org.fallback, *voice.heard_by})


def _untender(voices: Iterable[Voice]) -> list[Voice]:
    return [v for v in voices if not privacy.tender(v)]


def unsaid(view: View, decided: Document) -> frozenset[str]:
    """The pains whose number the leader was not told: then the team is not told either."""
    said = {pain.id for pain in decided.named() if pain.people is not None}
    return frozenset(view.index.material.pains) - said


def compose(view: View, organisation: str) -> Document:
    """The copy. `view` is the leader's, with what they were not told `unsaid`."""
    desk, who = Desk(view, Book(view), None), Audience(view)
    pains = [p for p in view.standing if who.may_name(p)]
    customers = [p for p in pains if p.crowd == "customer"][:PAINS]
    ours = [p for p in pains if p.crowd != "customer"][:PAINS]
    taken: set[str | None] = set()
    made = tuple(_pain(desk, who, p, taken) for p in (*customers, *ours))
    team = desk.named(view.led[0])
    span, week = desk.book.say("{}", "span()"), desk.book.say("week {}", "week()")
    document = Document(
        leader=view.leader,
        led=tuple(view.org.up(t) for t in view.led),
        level=view.level,
        form="full",
        organisation=organisation,
        period=view.period,
        generated_at=view.generated_at,
        subject=words.shorten(f"What we heard around {team}", chars=60) + f" | {week}",
        preheader="A copy for the whole team: what customers told, what colleagues told, and the answers.",
        opening=f"For everybody in {team}: what was heard, {span}:",
        notes=_notes(view, told=bool(made)),
        pains=made,
        questions=_questions(view),
        wins=_wins(desk, who, taken),
        heard=Heard(median_days=None, waiting=0, longest_days=None),
        made=Made(sources=(), read=0, friction=0, thanks=0, other=0, unplaced=0, lines=_how(desk, who)),
        edition="team",
    )
    return replace(document, ledger=desk.book.entries(f"{document.subject}\n{document.preheader}\n{text(document)}"))


def _notes(view: View, *, told: bool) -> tuple[str, ...]:
    notes = ["Not everything could be read this week, so little told here does not mean calm."] if view.unheard else []
    if not told and view.friction:
        notes.append("No pain of this week can be told to everybody without pointing at somebody.")
    elif not told and not view.unheard:
        notes.append("Nobody wrote of friction this week. That can mean calm or silence.")
    return tuple(notes)


def _pain(desk: Desk, who: Audience, pain: PainView, taken: set[str | None]) -> Pain:
    count = desk.book.ask(f"people({pain.id})") if who.may_count(pain) else None
    answer = desk.view.answered(pain.id)
    return Pain(
        id=pain.id,
        title=desk.title(pain, 12),
        side=pain.entry.side,
        who="CUSTOMERS" if pain.crowd == "customer" else "COLLEAGUES",
        people=count,
        usual=None,
        trend=None,
        weeks=(),
        impact=0.0,
        state=NOT_YET if heard_at(desk.view.answers(pain.id)) is None else "answered",
        line=_people(desk, pain, count),
        facts=(_answered(desk, pain, answer),),
        quotes=_quotes(desk, who, pain, taken),
        issues=tuple(sorted(v.key for v in pain.voices if who.evidence(v))),
    )


def _people(desk: Desk, pain: PainView, count: int | None) -> str:
    if count is None:
        return "Some customers wrote of it." if pain.crowd == "customer" else "Several colleagues wrote of it."
    whose = "customers" if pain.crowd == "customer" else "colleagues"
    said = desk.book.say(f"{{}} {whose}", f"people({pain.id})")
    word = f" {words.capital(pain.trend)}." if pain.trend in ("above usual", "easing", "back to usual") else ""
    return f"{said} wrote of it this week.{word}"


def _answered(desk: Desk, pain: PainView, answer: Answer | None) -> str:
    """We said, we did, we told; of other leaders that they answered, and not in which words."""
    if answer is None:
        return "It is not yet answered."
    mine = answer.leader == desk.view.leader
    who = "We" if mine else answered.given_by(desk, answer)
    if answer.kind == "belongs":
        to = "us" if answer.to == desk.view.leader else answered.by(desk, answer.to or "")
        done = heard_at(desk.view.answers(pain.id)) is not None
        return f"It was handed to {to}{'' if done else '; it is not yet answered'}."
    on = desk.book.say("on {}", f"answered_on({pain.id})")
    does = {"act": "will act", "understand": "will understand it first", "not_now": "cannot do it now"}[answer.kind]
    by = " " + desk.book.say("by {}", f"promised({pain.id})") if answer.due is not None else ""
    said = f"{who} answered {on} and {does}{by}."
    if mine and not desk.view.index.names.in_quote(answer.text):
        said += f' The words: "{answered.said(answer)}".'
    return f"{said} {_told(desk, answer)}".strip()


def _told(desk: Desk, answer: Answer) -> str:
    told, whole = desk.view.index.material.told.get(answer.id, (0, 0))
    if not told:
        return "Those who wrote have not been told yet."
    return "Everybody who wrote has been told." if told == whole else "Some of those who wrote have been told."


def _quotes(desk: Desk, who: Audience, pain: PainView, taken: set[str | None]) -> tuple[Quote, ...]:
    """The most telling words, those of customers first, each author once in the whole copy."""
    able = [v for v in pain.voices if who.may_quote(v, pain) and {s.name for s in v.signals} != {"thanks"}]
    pool = quotes.candidates(desk.view, able, pain.entry.title)
    pool.sort(key=lambda c: (c.voice.role == "staff", -c.relevance("leaf"), c.voice.created_at, c.voice.key, c.text))
    found: list[Quote] = []
    for candidate in pool:
        if len(found) < QUOTES and candidate.voice.author not in taken:
            taken.add(candidate.voice.author)
            found.append(_quotation(desk, who, candidate))
    return tuple(found)


def _quotation(desk: Desk, who: Audience, candidate: quotes.Candidate) -> Quote:
    voice = candidate.voice
    named = who.evidence(voice)
    return Quote(
        text=candidate.text,
        issue=voice.key,
        by="a colleague" if voice.role == "staff" else quotes.attribution(desk.view, voice),
        label=desk.label(voice) if named else None,
        url=quotes.link(voice) if named else None,
        lang=tongue.of(candidate.text),
    )


def _wins(desk: Desk, who: Audience, taken: set[str | None]) -> tuple[Win, ...]:
    thanks = [v for v in desk.view.thanks if v.role != "staff" and v.author not in taken and who.may_quote(v, None)]
    pool = quotes.candidates(desk.view, thanks, "")
    pool.sort(key=lambda c: (-len(c.tokens), c.voice.created_at, c.voice.key))
    found = [Win(quote=_quotation(desk, who, c)) for c in pool[:1]]
    for pain in desk.view.relieved:
        if who.may_recall(pain) and not pain.voices:
            title = words.capital(desk.title(pain, 10))
            found.append(Win(title=title, text=f"{title}: back to usual."))
    return tuple(found[:2])


def _questions(view: View) -> tuple[str, ...]:
    """What a team can ask itself; nothing that points at what stands, or does not stand, above."""
    asked = sentences.QUESTIONS["support" if view.level == "support" else "leaf"]
    turn = int(view.period.label[-2:])
    kinds = ("customer", "developer", "silence")
    free = [[q for q in asked[kind] if "{it}" not in q and "above" not in q] for kind in kinds]
    return tuple(words.pick(options, turn) for options in free if options)


def _how(desk: Desk, who: Audience) -> tuple[str, ...]:
    group, behind = desk.book.say("under {} people", "floor(group)"), desk.book.say("fewer than {}", "floor(behind)")
    lines = [
        "Made anew for everybody in the team, so it may be passed on: it holds no link that answers and nothing that "
        "one of you could not open.",
        f"Quotes are exact. No number stands for a group {group} or with {behind} behind it, and of colleagues only "
        "what several of them tell.",
    ]
    hidden = any(v.role != "staff" and not who.may_open(v) for v in desk.view.friction)
    if hidden and len(who.teams) > 1:
        lines.append("Words of one team's customers stay with that team: its lead can make a copy there.")
    return tuple(lines)


# --- as text and as HTML ------------------------------------------------------------------------------------------


def layout(document: Document) -> tuple[Section, ...]:
    d, say = document, phrasebook.tongue(document)
    numbered = list(enumerate(d.pains, start=1))
    customers = [b for n, p in numbered if p.who == "CUSTOMERS" for b in _blocks(n, p, say)]
    ours = [b for n, p in numbered if p.who != "CUSTOMERS" for b in _blocks(n, p, say)]
    wins = [Block(kind="item", text=w.text) for w in d.wins if w.text]
    wins += [render.quotation(w.quote, say) for w in d.wins if w.quote]
    sections = (
        Section(title="", blocks=tuple(Block(kind="para", text=n) for n in d.notes or (_FIRST,))),
        Section(title="What customers told", blocks=tuple(customers)),
        Section(title="What colleagues told", blocks=tuple(ours)),
        Section(title="What went well", blocks=tuple(wins)),
        Section(
            title="Questions for us",
            blocks=tuple(Block(kind="numbered", number=n, text=q) for n, q in enumerate(d.questions, start=1)),
        ),
        Section(
            title="How this copy was made",
            blocks=tuple(Block(kind="para", text=line) for line in d.made.lines),
            small=True,
        ),
    )
    return tuple(s for s in sections if s.blocks)


_FIRST = "Customers first, in their own words, then colleagues, each with what was answered."


def _blocks(number: int, pain: Pain, say: Tongue) -> Sequence[Block]:
    return (
        Block(kind="head", number=number, lead=words.capital(pain.title)),
        *(render.quotation(quote, say) for quote in pain.quotes),
        Block(kind="fact", text=" ".join([pain.line, *pain.facts])),
    )


def text(document: Document) -> str:
    return render.text_of(document, layout(document))


def html(document: Document) -> str:
    return render.html_of(document, layout(document))
