"""One call of an escalation to one reader: short, in the author's own words where they may be shown, with why it was
sent and how to say that it should not have been."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from pipeline import privacy
from pipeline.digest import passages, quotes, render, tongue, words
from pipeline.digest.index import Names
from pipeline.digest.material import Voice
from pipeline.digest.phrasebook import Tongue
from pipeline.digest.render import Block, Section
from pipeline.escalate import Rule
from pipeline.org import Org

LONGEST = 500
"""Characters of a pain's name that are looked at."""
REPLY = "I own it: what you do. Or: not now, because: the reason. Or: wrong tag."
"""What `returned.to_call` reads; a day is named as: later until 2026-03-20."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What a reader is told. Text, HTML and page are made from it and from nothing else."""

    leader: str
    subject: str
    preheader: str
    opening: str
    generated_at: datetime
    sections: tuple[Section, ...]
    language: str = "en"

    def to_json(self) -> dict[str, Any]:
        sections = [
            {"title": s.title, "small": s.small, "blocks": [asdict(b) for b in s.blocks]} for s in self.sections
        ]
        head = {"schema": 1, "form": "call", "leader": self.leader, "language": self.language, "subject": self.subject}
        rest = {"preheader": self.preheader, "opening": self.opening, "generated_at": self.generated_at.isoformat()}
        return {**head, **rest, "sections": sections}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Call":
        return cls(
            leader=value["leader"],
            subject=value["subject"],
            preheader=value["preheader"],
            opening=value["opening"],
            generated_at=datetime.fromisoformat(value["generated_at"]),
            sections=tuple(
                Section(title=s["title"], small=s["small"], blocks=tuple(Block(**b) for b in s["blocks"]))
                for s in value["sections"]
            ),
            language=value.get("language", "en"),
        )

    def said_in(self, language: str) -> "Call":
        """The same in another language; what people wrote stays as they wrote it."""
        say = Tongue(language)
        sections = (
            replace(s, title=say(s.title), blocks=tuple(_spoken(say, b) for b in s.blocks)) for s in self.sections
        )
        return replace(
            self,
            language=language,
            subject=say(self.subject),
            preheader=say(self.preheader),
            opening=say(self.opening),
            sections=tuple(sections),
        )

    def text(self) -> str:
        return render.text_of(self, self.sections)

    def html(self) -> str:
        return render.html_of(self, self.sections)


def _spoken(say: Tongue, block: Block) -> Block:
    """A quotation keeps its words, the name of a pain its own."""
    own = block.kind != "quote" and block.lead not in (ABOUT, NOTED)
    spoken = replace(
        block,
        lead=say(block.lead),
        text=say(block.text) if own else block.text,
        label=None if block.label is None else say(block.label),
    )
    return render.in_its_language(spoken, block.lang, say) if block.kind == "quote" else spoken


COUNTED = "Voices are counted here and nothing else: whether something is down, we do not know."
IN_HAND = "Is an incident open already? Say so, and nobody is asked again while this goes on, nor in the day after."
ABOUT, NOTED = "It is about:", "Said when it was escalated:"
"""What stands before words that are not ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What a call is made from. `office` is the reader that a copy tells of, or that it goes to next."""

    rule: Rule
    voice: Voice
    reader: str
    copy: bool
    org: Org
    names: Names
    sources: Mapping[str, str]
    """Name to kind of the configured ones."""
    pain_title: str | None
    person: bool
    note: str | None
    at: datetime
    due: datetime
    zone: str
    """The reader's own."""
    office: str | None
    limits: tuple[int, int]
    page: str | None
    home: str | None = None
    """The team whose leads are told, where that is not the issue's own."""
    by_line: bool = False
    """Whether replies are read."""
    instead_of: str | None = None
    """The leader in whose place the reader is told, by what they lead and by name."""
    keeper: bool = False
    """Whether the reader keeps the account that the issue comes from."""
    own: frozenset[str] = field(init=False)
    """The teams that the reader leads."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "own", frozenset(self.org.led_by(self.reader)))

    @property
    def team(self) -> str:
        return (
            next((team for team in (self.home, self.voice.leaf) if team in self.org.teams), None) or self.org.fallback
        )

    @property
    def area(self) -> str:
        return words.printable(self.org.teams[self.team].name) if self.team in self.org.teams else "nobody's area"

    @property
    def label(self) -> str:
        return quotes.label(self.voice, words.labels(self.sources.items()))


def may_point(case: Case) -> bool:
    """Whether the issue is named: tender ones only to the lead of who wrote it, or of who looks after it; those of
    staff above their lead only where somebody asked that they go there."""
    if case.rule.sealed:
        return True
    voice = case.voice
    if privacy.tender(voice):
        return (voice.team if voice.role == "staff" else case.team) in case.own
    return voice.role != "staff" or case.rule.name == "escalate" or voice.team in case.own


def may_quote(case: Case) -> bool:
    """Whether the author's words are shown: those of staff to their own lead alone, in a group of at least five."""
    voice = case.voice
    if case.rule.sealed or not quotes.may_speak(voice):
        return False
    if voice.role != "staff":
        return True
    sizes = privacy.sizes(case.org)
    below = frozenset().union(*(case.org.below(team) for team in case.own))
    return voice.team in case.own and sum(sizes.get(team, 0) for team in below) >= privacy.GROUP


def quotation(case: Case) -> str | None:
    """The passage that is most worth hearing, exactly as it stands in the issue."""
    if not may_quote(case):
        return None
    voice = case.voice
    fit = [p for p in passages.passages(voice.body) if passages.fit_to_quote(p)]
    fit += [] if fit or not passages.fit_to_quote(voice.title, whole=True) else [voice.title]
    fit = [p for p in dict.fromkeys(fit) if not case.names.in_quote(p)]
    return min(fit, key=lambda p: (-len(passages.marks(p)) - passages.shape(p), p), default=None)


def about(case: Case) -> str | None:
    """The pain's name, where it may stand in our own sentences."""
    if case.rule.sealed or privacy.tender(case.voice) or case.pain_title is None:
        return None
    clean = words.printable(words.LINKISH.sub("[link]", case.pain_title[:LONGEST]))
    if not clean or case.names.in_quote(clean) or words.BLAMING.search(clean) or passages.planted(clean):
        return None
    return words.shorten(clean, words=12, chars=90)


def compose(case: Case) -> Call:
    """What one reader is told of one escalation, to be said in their language. Pure: the same case gives the same
    words."""
    what = case.label if may_point(case) else "an issue"
    kind = {"security": "Security", "legal": "Legal", "safety": "Safety"}.get(case.rule.name, "Escalated")
    by = words.moment(case.due, case.zone)
    if case.copy:
        opening = f"A copy: an issue of {case.area} went on to {case.office}."
        preheader = "Nobody had answered in time; you can still answer it."
    else:
        opening = f"An issue of {case.area} was escalated to you: you own the answer now."
        preheader = f"Answer by {by}" + (f"; then it goes to {case.office}." if case.office else ".")
    return Call(
        leader=case.reader,
        subject=words.shorten(f"{kind}: {what} | {case.area}", chars=76),
        preheader=preheader,
        opening=opening,
        generated_at=case.at,
        sections=tuple(s for s in (Section(title="", blocks=_body(case, by)), _why(case)) if s.blocks),
    )


def _body(case: Case, by: str) -> tuple[Block, ...]:
    blocks: list[Block] = []
    if case.instead_of is not None:
        kept = "What you say here is written down as yours, for them."
        blocks.append(Block(kind="para", text=f"You are asked in place of {case.instead_of}, who is away. {kept}"))
    named = about(case)
    if named is not None:
        blocks.append(Block(kind="para", lead=ABOUT, text=render.stopped(named)))
    quote = quotation(case)
    if quote is not None:
        blocks.append(Block(kind="quote", text=f'"{quote}"', lead=_attribution(case), lang=tongue.of(quote)))
    if may_point(case):
        url = quotes.link(case.voice)
        blocks.append(
            Block(kind="link", label=f"Read {case.label} in its source", url=url)
            if url is not None
            else Block(kind="para", text=f"It is {case.label}.")
        )
    else:
        blocks.append(Block(kind="para", text=f"Its words stay with {case.area}: ask the lead there."))
    if case.note is not None:
        blocks.append(Block(kind="para", lead=NOTED, text=words.printable(case.note)))
    if case.rule.name == "outage_like" and not case.copy:
        blocks += [Block(kind="para", text=COUNTED), Block(kind="para", text=IN_HAND)]
    if not case.copy:
        then = f" Then it goes to {case.office}, with a copy to you." if case.office else " Nobody is asked after you."
        blocks.append(Block(kind="para", lead=f"You have until {by}.", text=then.strip()))
    if case.page is not None:
        blocks.append(Block(kind="button", label="Say what happens with it", url=case.page))
    if case.by_line:
        blocks.append(Block(kind="para", lead="Or reply in one line:", text=REPLY))
    elif case.page is None:
        blocks.append(
            Block(kind="para", text="Reply to this mail with what happens with it, or with why nothing does.")
        )
    return tuple(blocks)


def _attribution(case: Case) -> str:
    voice = case.voice
    if voice.role == "staff" and voice.team in case.org.teams:
        return f"somebody of {words.printable(case.org.teams[voice.team or ''].name)}"
    return "somebody who wrote to us"


def _why(case: Case) -> Section:
    day, week = case.limits
    reason = {
        "escalate": "A tag in its source says that it must not wait for the weekly notes.",
        "harm": "More than one person tells of money, data or a standstill in this pain (severity 8).",
        "churn": "A customer speaks of leaving whose account is on the list of important ones"
        + (", and you keep it." if case.keeper else "."),
        "outage_like": "Five people or more wrote of one pain within two hours.",
        "surge": "More people than usual tell of its pain this week, it is severe (4 or more), and nobody answered it.",
        "agent_load": "Those who answer customers apologise far more than usual, or tell of abuse.",
        "safety": "Its words tell that somebody's health is at stake. None of them is copied.",
        "security": "Its words tell of a weakness in security. None of them is copied.",
        "legal": "Its words tell of a legal matter. None of them is copied.",
    }[case.rule.name]
    if case.person:
        reason = "Somebody asked by name that it goes to you now."
    most = f"Outside safety and security you get at most {day} of these a day and {week} in seven days."
    limit = "Such a call goes out at any hour." if case.rule.at_once else most
    if case.rule.at_once and not case.rule.beside:
        limit = f"{limit} {most}"
    wrong = Block(kind="link", label="Wrong tag: this should not have come", url=f"{case.page}#wrong")
    blocks = [Block(kind="para", text=reason), Block(kind="para", text=limit)]
    if case.page is None and not case.by_line:
        blocks.append(Block(kind="para", text="Should it not have come? Reply with: wrong tag."))
    return Section(title="Why you got this", blocks=(*blocks, *([wrong] if case.page else [])), small=True)
