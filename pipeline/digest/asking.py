"""What is asked of a leader: the one thing, whose each pain is, where to sit, what to ask."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from pipeline.answers import heard_at
from pipeline.digest import answered, quotes, sentences, wider, words
from pipeline.digest.desk import Desk, signals
from pipeline.digest.document import Ask
from pipeline.digest.material import Voice
from pipeline.digest.select import PainView

SHARE = 4
"""A leaf answers for a pain if it owns at least one in so many of its issues."""
LONGEST, LONGEST_OWNER = 20, 7
"""Words of an ask, and of the names in it: the first screen has room for no more."""
OWNERS, THE_LEAD = "the owning teams", "the lead"
"""What stands where names are too long, or none can be said."""


def ask(desk: Desk, pains: Sequence[PainView]) -> Ask:
    """The one thing asked: of the first unanswered pain that needs this reader, else of the first, in words that fit
    the reader's power."""
    if not pains:
        return Ask(text=sentences.NO_ASK)
    late = next((a for a in answered.own(desk) if answered.overdue(desk, a) and _stands(pains, a.pain)), None)
    if late is not None:
        return _kept(desk, pains, late.pain)
    if desk.view.level == "support" and (told := _to_tell(desk, pains)) is not None:
        return told
    if (handed := _handed(desk, pains)) is not None:
        return handed
    waits = answered.unanswered(desk, pains)
    if not any(waits):
        return Ask(text=sentences.ALL_ANSWERED)
    turns = [_turn(desk, pain) for pain in pains]
    first = waits.index(True)
    needed = next((n for n, turn in enumerate(turns) if turn.needed and waits[n]), None)
    soon = next((a for a in answered.own(desk) if answered.due_soon(desk, a) and _stands(pains, a.pain)), None)
    if needed is None and soon is not None:
        return _soon(desk, pains, soon.pain)
    at = first if needed is None else needed
    pain, turn = pains[at], turns[at]
    said = sentences.ASK[desk.view.level][turn.kind]
    owner = turn.owner if len(turn.owner.split()) <= LONGEST_OWNER else OWNERS
    text = said.format(named=desk.it(pain, at + 1, numbered=True), owner=owner)
    if len(text.split()) > LONGEST:
        text = said.format(named=f"number {at + 1}", owner=owner)
    again = [v for v in signals(pain).get("repeat_contact", []) if quotes.may_point(desk.view, v)]
    if desk.view.level == "leaf" and turn.kind == "customer" and again:
        text = f"{sentences.ASK_AGAIN}{desk.pointed(again[:1])}"
    begin = sentences.STEP if all(map(desk.view.org.is_leaf, desk.view.led)) else sentences.ONLY_YOU
    return _asked(desk, pain, at + 1, f"{begin}{text}.")


def _how(desk: Desk, url: str | None) -> str | None:
    """How to answer where there is no button."""
    if url is not None:
        return sentences.QUICK
    return sentences.BY_LINE if desk.by_line else sentences.BY_REPLY


def _stands(pains: Sequence[PainView], pain: str) -> bool:
    return any(one.id == pain for one in pains)


def _kept(desk: Desk, pains: Sequence[PainView], pain: str) -> Ask:
    """A leader's own word comes before anything new: the day they named is over."""
    at = next(n for n, one in enumerate(pains) if one.id == pain)
    text = sentences.KEPT.format(named=desk.it(pains[at], at + 1, numbered=True))
    if len(text.split()) > LONGEST:
        text = sentences.KEPT.format(named=f"number {at + 1}")
    return _asked(desk, pains[at], at + 1, text)


def _handed(desk: Desk, pains: Sequence[PainView]) -> Ask | None:
    """A pain that another leader says is this reader's: its clock runs until they answer."""
    for number, pain in enumerate(pains, start=1):
        answer = desk.view.answered(pain.id)
        if answer is not None and answer.kind == "belongs" and answer.to == desk.view.leader:
            owner = words.capital(answered.given_by(desk, answer))
            text = sentences.HANDED.format(named=desk.it(pain, number, numbered=True), owner=owner)
            if len(text.split()) > LONGEST:
                text = sentences.HANDED.format(named=f"number {number}", owner=owner)
            return _asked(desk, pain, number, text)
    return None


def _asked(desk: Desk, pain: PainView, number: int, text: str, button: str = "Answer") -> Ask:
    url = desk.link(pain.id) if desk.link else None
    return Ask(text=text, how=_how(desk, url), pain=pain.id, number=number, url=url, button=button)


def _soon(desk: Desk, pains: Sequence[PainView], pain: str) -> Ask:
    """What only others could do instead does not come before the reader's own word, whose day is in the coming week."""
    at = next(n for n, one in enumerate(pains) if one.id == pain)
    day = desk.book.say("{}", f"own_promised({pain})")
    text = sentences.DUE_SOON.format(named=desk.it(pains[at], at + 1, numbered=True), day=day)
    if len(text.split()) > LONGEST:
        text = sentences.DUE_SOON.format(named=f"number {at + 1}", day=day)
    return _asked(desk, pains[at], at + 1, text)


def _to_tell(desk: Desk, pains: Sequence[PainView]) -> Ask | None:
    """An answer that those who wrote do not know of helps nobody: agents can tell customers today."""
    for number, pain in enumerate(pains, start=1):
        owner = answered.to_tell(desk, pain) if pain.crowd == "customer" else None
        if owner is not None:
            text = sentences.TELL.format(named=desk.it(pain, number, numbered=True), owner=owner)
            if len(text.split()) > LONGEST:
                text = sentences.TELL.format(named=f"number {number}", owner=owner)
            text += sentences.KNOWN if answered.told_some(desk, pain) else ""
            asked = _asked(desk, pain, number, text, "Pass on the answer to")
            return replace(asked, how=None) if asked.url is not None else asked
    return None


@dataclass(frozen=True, slots=True)
class _Turn:
    """What a pain asks of the reader, a key of `sentences.ASK`, and who answers for it; `needed` says that nobody
    below could do it instead."""

    kind: str
    owner: str = ""
    needed: bool = False


def _turn(desk: Desk, pain: PainView) -> _Turn:
    owners = _owners(desk, pain)
    if desk.view.level == "leaf":
        return _of_a_leaf(desk, pain, owners)
    return _of_agents(desk, pain, owners) if desk.view.level == "support" else _of_areas(desk, pain, owners)


def _owners(desk: Desk, pain: PainView) -> tuple[str, ...]:
    """The leaves that answer for a pain, the one with most of its issues first."""
    placed = [v.leaf for v in pain.voices if v.leaf is not None and v.leaf in desk.view.org.teams]
    return tuple(t for t, n in sorted(Counter(placed).items(), key=lambda c: (-c[1], c[0])) if n * SHARE >= len(placed))


def _of_a_leaf(desk: Desk, pain: PainView, owners: Sequence[str]) -> _Turn:
    others = [str(desk.named(t)) for t in owners if t not in desk.view.own]
    if others and len(others) == len(owners):
        return _Turn("others", words.listing(others[:2]))
    return _Turn({"maker": "developer"}.get(pain.crowd, pain.crowd), needed=True)


def _of_agents(desk: Desk, pain: PainView, owners: Sequence[str]) -> _Turn:
    """What customers wait for is told by their agents' own lead; who leads several such leads gets the answer."""
    view = desk.view
    if pain.crowd != "customer":
        return _Turn("relay" if pain.crowd == "relay" else "developer")
    if not any(_leader(desk, team) for team in view.scope - view.own):
        return _Turn("customer")
    others = [str(desk.named(t)) for t in owners if t not in view.scope]
    return _Turn("answer", words.listing(others[:2])) if others else _Turn("nobody")


def _of_areas(desk: Desk, pain: PainView, owners: Sequence[str]) -> _Turn:
    """A pain needs the lowest leader above everybody whom it concerns; one further up can clear the way for those."""
    view = desk.view
    if not owners:
        return _Turn("nobody", needed=True)
    outside = [str(desk.named(t)) for t in owners if t not in view.scope]
    if outside:
        return _Turn("others", words.listing(outside[:2]))
    areas = list(dict.fromkeys(area for t in owners if (area := view.branch(t)) is not None))
    if len(areas) > 1:
        return _Turn("several", _either([str(desk.named(t)) for t in areas]), needed=True)
    leader = next((name for t in (areas[0], *owners) if (name := _leader(desk, t)) is not None), None)
    if leader is None:
        return _Turn("vacant", needed=True)
    feeling = {v.team for v in pain.voices if v.role == "staff" and v.team is not None}
    across = feeling <= view.scope and {view.branch(t) for t in feeling} - {areas[0]}
    if pain.crowd == "maker" and pain.visible and across:
        return _Turn("across", leader, needed=True)
    return _Turn("one", leader)


def _either(names: Sequence[str]) -> str:
    """ "A, B or C", or "A or others" where all would be too long."""
    whole = f"{', '.join(names[:-1])} or {names[-1]}"
    return whole if len(whole.split()) <= LONGEST_OWNER else f"{names[0]} or others"


def _leader(desk: Desk, team: str) -> str | None:
    """The first name of who leads a team and reports to the reader, or the team's name where no name can be said;
    None where nobody does."""
    leader = desk.view.org.teams[team].leader
    person = desk.view.org.people.get(leader or "")
    if person is None or leader == desk.view.leader or team not in desk.view.scope:
        return None
    name = words.printable(person.name or "").partition(" ")[0]
    return name if name.isalpha() else desk.named(team)


def yours(desk: Desk, pains: Sequence[PainView]) -> tuple[str, ...]:
    """For a team's own lead: which pains the team can cure, and who else could."""
    if desk.view.level != "leaf":
        return ()
    own: list[str] = []
    shared: list[str] = []
    nobodys: list[str] = []
    for number, pain in enumerate(pains, start=1):
        it = desk.it(pain, number)
        owners = sorted({v.leaf for v in pain.voices if v.leaf is not None})
        others = [str(desk.named(t)) for t in owners if t not in desk.view.own]
        if others:
            known = "answered" if heard_at(desk.view.answers(pain.id)) else "not yet answered"
            shared.append(f"{it} ({words.listing(others[:2])}, {known})")
        else:
            (own if owners else nobodys).append(it)
    first = [f"Yours: {words.listing(own)}."] if own else []
    if shared:
        first.append(f"Not yours alone: {'; '.join(shared)}.")
    return (*first, *([f"Nobody's yet: {words.listing(nobodys)}."] if nobodys else []))


def sit_with(desk: Desk, pains: Sequence[PainView]) -> str | None:
    """A place to listen: where staff feel a pain, or beside customers where only they wrote; and when, if most of it
    is written in the same hours."""
    if not pains:
        return None
    sides = [p.entry.side for p in pains]
    side = "developer" if "developer" in sides else "customer"
    if desk.view.level == "support":
        side = "customer" if "customer" in sides else "developer"
    at = sides.index(side)
    answered = side == "customer" and desk.view.index.hearing
    asked = "Support" if answered else _lead(desk, pains[at])
    place = sentences.SIT[desk.view.level][side].format(it=desk.it(pains[at], at + 1), lead=asked)
    return f"{place}{_when(desk, pains[at])}"


def _lead(desk: Desk, pain: PainView) -> str:
    """The first name of who leads the area of a pain, if they report to the reader."""
    area = desk.view.area(pain)
    leader = None if area is None else _leader(desk, area)
    return THE_LEAD if leader is None or leader == desk.named(area) else leader


def _when(desk: Desk, pain: PainView) -> str:
    found = wider.hours(desk.view, pain)
    if found is None:
        return ""
    hour, begin, end = (desk.book.say("{}", f"{query}({pain.id})") for query in ("hour", "hour_begin", "hour_end"))
    return " " + sentences.WHEN.format(day=words.capital(found[0]), hour=hour, begin=begin, end=end)


def questions(desk: Desk, pains: Sequence[PainView], shown: Collection[Voice]) -> tuple[str, ...]:
    """One about customers, one about silence, one about a trade-off; others every week, and others for each leader.

    `shown` are those whose words stand in the mail: none of customers is pointed to where there is none.
    """
    asked, turn = sentences.QUESTIONS[desk.view.level], int(desk.view.period.label[-2:]) + _seat(desk)
    if not any(voice.role == "customer" for voice in shown):
        asked = {name: tuple(q for q in some if sentences.ABOVE not in q) for name, some in asked.items()}
    if not pains:
        free = [[q for q in asked[name] if "{it}" not in q] for name in ("developer", "silence", "customer")]
        return tuple(words.pick(options, turn) for options in free)
    customers = [(n, p) for n, p in enumerate(pains, start=1) if p.crowd == "customer"]
    number, felt = customers[0] if customers else (1, pains[0])
    about = "customer" if customers else "developer"
    return (
        words.pick(asked[about], turn).format(it=desk.it(felt, number)),
        words.pick(asked["silence"], turn),
        words.pick(asked["trade"], turn).format(it=desk.it(pains[0], 1)),
    )


def _seat(desk: Desk) -> int:
    """A number that differs between those who are led by the same person, and from that person's own."""
    org, led = desk.view.org, desk.view.led
    roots = sorted(t.id for t in org.teams.values() if t.parent not in org.teams)
    path = [*reversed(org.up(led[0]))] if led else []
    among = [roots, *(org.children[team] for team in path)]
    return sum(siblings.index(team) + 1 for team, siblings in zip(path, among, strict=False) if team in siblings)
