"""What is asked of a leader: the one thing, whose each pain is, where to sit, what to ask."""

from collections.abc import Sequence

from pipeline.digest import quotes, sentences, wider, words
from pipeline.digest.desk import Desk, signals
from pipeline.digest.document import Ask
from pipeline.digest.select import PainView


def ask(desk: Desk, pains: Sequence[PainView]) -> Ask:
    """The one thing asked: the first unanswered pain, in words that fit the reader's power."""
    if not pains:
        return Ask(text=sentences.NO_ASK)
    pain = pains[0]
    side = "customer" if pain.entry.side == "customer" else "developer"
    text = sentences.ASK[desk.view.level][side].format(named=desk.it(pain, 1, numbered=True))
    again = [v for v in signals(pain).get("repeat_contact", []) if quotes.may_point(desk.view, v)]
    if desk.view.level == "leaf" and side == "customer" and again:
        text = f"{sentences.ASK_AGAIN}{desk.pointed(again[:1])}"
    url = desk.link(pain.id) if desk.link else None
    return Ask(text=f"{text}.", how=None if url else "Reply to this mail to answer.", pain=pain.id, number=1, url=url)


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
            shared.append(f"Not yours alone: {it} ({words.listing(others[:2])}, not yet answered).")
        else:
            (own if owners else nobodys).append(it)
    first = [f"Yours: {words.listing(own)}."] if own else []
    return (*first, *shared, *([f"Nobody's yet: {words.listing(nobodys)}."] if nobodys else []))


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
    place = sentences.SIT[desk.view.level][side].format(it=desk.it(pains[at], at + 1), lead=_lead(desk, pains[at]))
    return f"{place}{_when(desk, pains[at])}"


def _lead(desk: Desk, pain: PainView) -> str:
    """The first name of who leads the area of a pain, or "the lead"."""
    area = desk.view.area(pain)
    leader = desk.view.org.teams[area].leader if area is not None else None
    person = desk.view.org.people.get(leader or "")
    name = words.printable(person.name or "").partition(" ")[0] if person is not None else ""
    return name if name.isalpha() and leader != desk.view.leader else "the lead"


def _when(desk: Desk, pain: PainView) -> str:
    found = wider.hours(desk.view, pain)
    if found is None:
        return ""
    hour, begin, end = (desk.book.say("{}", f"{query}({pain.id})") for query in ("hour", "hour_begin", "hour_end"))
    return " " + sentences.WHEN.format(day=words.capital(found[0]), hour=hour, begin=begin, end=end)


def questions(desk: Desk, pains: Sequence[PainView]) -> tuple[str, ...]:
    """One about customers, one about silence, one about a trade-off; another choice every week."""
    asked, week = sentences.QUESTIONS[desk.view.level], int(desk.view.period.label[-2:])
    if not pains:
        free = [[q for q in asked[name] if "{it}" not in q] for name in ("developer", "silence", "customer")]
        return tuple(words.pick(options, week) for options in free)
    customers = [(n, p) for n, p in enumerate(pains, start=1) if p.entry.side == "customer"]
    number, felt = customers[0] if customers else (1, pains[0])
    about = "customer" if customers else "developer"
    return (
        words.pick(asked[about], week).format(it=desk.it(felt, number)),
        words.pick(asked["silence"], week),
        words.pick(asked["trade"], week).format(it=desk.it(pains[0], 1)),
    )
