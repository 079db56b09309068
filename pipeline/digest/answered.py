"""What leaders answered, as a digest tells it: the state of each pain, and what became of the reader's own word."""

from collections.abc import Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from pipeline.answers import Answer
from pipeline.digest import words
from pipeline.digest.desk import Desk
from pipeline.digest.document import Since
from pipeline.digest.select import PainView

OWN = 3
"""Answers of the reader's own that are told of."""
REMEMBERED = timedelta(weeks=8)
"""For how long an answer is told of after it was given, or after the day that it promised."""


def state(desk: Desk, pain: PainView) -> str:
    """What those who wrote can rely on: who answered what and when, or how long they wait."""
    answer = desk.view.answered(pain.id)
    if answer is None:
        return _waiting(desk, pain)
    who = given_by(desk, answer)
    if answer.kind == "belongs":
        return f"handed to {by(desk, answer.to or '')}, {_waiting(desk, pain)}"
    if answer.kind == "not_now":
        on = desk.book.say("{}", f"answered_on({pain.id})")
        return f"not now, with a reason ({who}, {on})"
    doing = "acting" if answer.kind == "act" else "understanding first"
    if answer.due is None:
        return f"{doing} ({who})"
    day = desk.book.say("{}", f"promised({pain.id})")
    if overdue(desk, answer):
        return f"{doing}; {day} is over ({who})"
    return f"{doing}, promised by {day} ({who})"


def told_by_others(desk: Desk, pain: PainView) -> tuple[str, ...]:
    """What another leader answered, in the words that those who wrote read: for whoever can pass them on."""
    answer = desk.view.answered(pain.id)
    if answer is None or answer.leader == desk.view.leader:
        return ()
    on = desk.book.say("on {}", f"answered_on({pain.id})")
    did = "answered" if answer.honest else "handed it on"
    if desk.view.index.names.in_quote(answer.text):
        return (f"{words.capital(given_by(desk, answer))} {did} {on}, in words that name somebody.",)
    return (f'{words.capital(given_by(desk, answer))} {did} {on}: "{said(answer)}".',)


def to_tell(desk: Desk, pain: PainView) -> str | None:
    """Who answered a pain of which not everybody who wrote has been told; None where nothing is to be told."""
    answer = desk.view.answered(pain.id)
    if answer is None or not answer.honest or answer.leader == desk.view.leader:
        return None
    told, whole = desk.view.index.material.told.get(answer.id, (0, 0))
    return given_by(desk, answer) if told < whole else None


def told_some(desk: Desk, pain: PainView) -> bool:
    """Whether some of those who wrote know of the answer already."""
    answer = desk.view.answered(pain.id)
    return answer is not None and desk.view.index.material.told.get(answer.id, (0, 0))[0] > 0


def _waiting(desk: Desk, pain: PainView) -> str:
    days = desk.view.waited(pain)
    if days == 0:
        return "not yet answered"
    unit = "day" if days == 1 else "days"
    return "not yet answered " + desk.book.say(f"({{}} {unit})", f"waited({pain.id})", pain.voices)


def by(desk: Desk, leader: str) -> str:
    """A leader by what they lead: an answer is given by an office, and offices change hands."""
    if leader == desk.view.leader:
        return "you"
    teams = desk.view.org.led_by(leader)
    return str(desk.named(teams[0])) if teams else "somebody who leads no more"


def given_by(desk: Desk, answer: Answer) -> str:
    """Whose answer it is, and who gave it in their place: "Harbour, for Booking"."""
    leader = by(desk, answer.leader)
    if answer.by is None:
        return leader
    leads = answer.by == desk.view.leader or desk.view.org.led_by(answer.by)
    return f"{by(desk, answer.by) if leads else 'a delegate'}, for {leader}"


def own(desk: Desk) -> list[Answer]:
    """The reader's last word on each pain, the newest first, as long as it is worth telling of."""
    view = desk.view
    last = {}
    for pain, given in view.index.material.answers.items():
        mine = [a for a in given if a.leader == view.leader]
        if mine and pain in view.entries:
            last[pain] = mine[-1]
    recent = [a for a in last.values() if _until(desk, a) >= view.monday]
    return sorted(recent, key=lambda a: (a.at, a.id), reverse=True)


def _until(desk: Desk, answer: Answer) -> date:
    day = answer.at.astimezone(ZoneInfo(desk.view.period.zone)).date()
    return max(day, answer.due or day) + REMEMBERED


def overdue(desk: Desk, answer: Answer) -> bool:
    """Whether the day that a leader named is over, and nothing was said since."""
    return answer.due is not None and answer.due <= desk.view.monday + timedelta(days=6)


def due_soon(desk: Desk, answer: Answer) -> bool:
    """Whether the day that a leader named is in the week that follows."""
    return answer.due is not None and not overdue(desk, answer) and answer.due <= desk.view.monday + timedelta(days=13)


def since_you_acted(desk: Desk) -> tuple[Since, ...]:
    """You said, who was told, what happened since; in the reader's own words. Before any new pain."""
    return tuple(_since(desk, answer) for answer in own(desk)[:OWN])


def said(answer: Answer) -> str:
    """A leader's words as they may stand between double quotes."""
    return words.printable(words.LINKISH.sub("[link]", answer.text)).replace('"', "'")


def _since(desk: Desk, answer: Answer) -> Since:
    view = desk.view
    on = desk.book.say("on {}", f"own_answered_on({answer.pain})")
    name = words.capital(desk.title(view.whole(answer.pain), 12))
    who = "you" if answer.by is None else "your delegate"
    parts = [f'{on} {who} said "{said(answer)}".', _told(desk, answer), _now(desk, answer)]
    if answer.due is not None:
        day = desk.book.say("{}", f"own_promised({answer.pain})")
        parts.append(
            f"The day you named, {day}, is over: say how it went, or name another."
            if overdue(desk, answer) and answer.pain not in {p.id for p in view.relieved}
            else f"You named {day}."
        )
    return Since(pain=answer.pain, title=name, text=" ".join(p for p in parts if p))


def _told(desk: Desk, answer: Answer) -> str:
    told, whole = desk.view.index.material.told.get(answer.id, (0, 0))
    if not answer.honest:
        return ""
    if not told:
        return "Nobody who wrote has been told yet."
    # No number: from one week to the next it would tell of the one more who was told.
    if told == whole:
        return "Everybody who wrote has been told."
    return f"{'Most' if 2 * told > whole else 'Some'} of those who wrote have been told."


def _now(desk: Desk, answer: Answer) -> str:
    view = desk.view
    found = view.known.get(answer.pain)
    if found is None:
        return "Nobody in your scope wrote of it this week." if not view.unheard else ""
    if found.visible and found.crowd != "relay" and answer.at >= view.period.start:
        nouns = words.nouns(found.noun, found.count)
        many = desk.book.say(f"{{}} {nouns}", f"people({found.id})", found.voices)
        return f"{many} wrote this week; your answer came within it, so next week shows whether it helped."
    if found.reading.trend == "back to usual":
        return "Back to usual."
    if found.came_back is not None:
        return "It came back."
    many = ""
    if found.visible and found.crowd != "relay":
        nouns = words.nouns(found.noun, found.count)
        many = desk.book.say(f"{{}} {nouns}", f"people({found.id})", found.voices) + " this week"
    said = ", ".join(part for part in (many, found.trend) if part)
    return f"Now: {said}." if said else "People still write of it."


def unanswered(desk: Desk, pains: Sequence[PainView]) -> list[bool]:
    """Of each pain whether it still waits for this reader: nobody answered, or it was handed to them."""
    found = []
    for pain in pains:
        answer = desk.view.answered(pain.id)
        handed = answer is not None and answer.kind == "belongs"
        found.append(answer is None or (handed and answer.leader != desk.view.leader))
    return found
