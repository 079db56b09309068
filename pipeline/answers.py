"""Leaders' answers to pains, and what they mean: which one stands, how long people waited, what is still promised.

Only an honest answer ends the wait: *act*, *understand first* and *not now, because* do. *Belongs to* hands a
pain on and ends it when the one it was handed to answers.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal, get_args

from pipeline.clean import one_line

Kind = Literal["act", "understand", "belongs", "not_now"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
LONGEST: Final = 500
"""Letters of an answer: a line or two, as the people who wrote will read it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one leader said to a pain. `due` is the day that was promised, `to` the leader a pain was handed to."""

    id: int
    pain: str
    leader: str
    kind: Kind
    text: str
    at: datetime
    due: date | None = None
    to: str | None = None
    by: str | None = None
    """Who gave it in the leader's place, if somebody did."""

    @property
    def honest(self) -> bool:
        """Whether it ends the wait of those who wrote."""
        return self.kind != "belongs"


class NotAnAnswer(ValueError):
    """What was given cannot be an answer; `field` names what to change and the message how."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An answer as it was checked, before it is kept."""

    kind: Kind
    text: str
    due: date | None
    to: str | None


def check(*, kind: str, text: str, due: str, to: str, leader: str, leaders: Iterable[str], today: date) -> Given:
    """An answer from what somebody wrote into a form. Raises `NotAnAnswer` for the first thing that is missing."""
    if kind not in KINDS:
        raise NotAnAnswer("kind", "Choose one of the four answers.")
    said = one_line(text)
    if not said:
        raise NotAnAnswer("text", _MISSING[kind])
    if len(said) > LONGEST:
        raise NotAnAnswer("text", f"Say it in {LONGEST} letters; these are {len(said)}.")
    day = _day(due.strip(), today) if kind in ("act", "understand") else None
    whom = to.strip() or None if kind == "belongs" else None
    if kind == "act" and day is None:
        raise NotAnAnswer("due", "Name the day by which you will; you can move it later.")
    if kind == "belongs" and (whom is None or whom == leader or whom not in set(leaders)):
        raise NotAnAnswer("to", "Choose the leader it belongs to; it counts once they accept.")
    return Given(kind=kind, text=said, due=day, to=whom)


_MISSING: Final = {
    "act": "Say what you will do, in one line: the people who wrote will read it.",
    "understand": "Say where you will sit and whom you will ask, in one line.",
    "belongs": "Say in one line why it belongs there.",
    "not_now": "Give the reason in one line: people take a no with a reason better than silence.",
}


def _day(text: str, today: date) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise NotAnAnswer("due", f"{text[:20]!r} is not a day; write it like {today.isoformat()}.") from None
    if day < today:
        raise NotAnAnswer("due", "That day is over; name one that is still to come.")
    if (day - today).days > 366:
        raise NotAnAnswer("due", "Name a day within a year.")
    return day


def draft(given: "Given | Answer", *, who: str, organisation: str) -> str:
    """What those who wrote are told, for an agent or a lead to send as it is. `who` answers: "the lead of Billing"."""
    lead = f"Thank you for writing. {who[:1].upper()}{who[1:]} at {organisation} read it{_DRAFT[given.kind]}:"
    by = f" By {given.due.day} {given.due:%B %Y}." if given.due else ""
    return f"{lead} {ended(given.text)}{by}"


def ended(text: str) -> str:
    """A leader's words as a sentence."""
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


_DRAFT: Final = {
    "act": " and will act",
    "understand": " and wants to understand it first",
    "belongs": " and handed it on",
    "not_now": ". It will not change now, because",
}


def standing(answers: Sequence[Answer]) -> Answer | None:
    """The answer that those who wrote may rely on: the last honest one, else the last one that handed the pain on."""
    return max(_meant(answers), key=lambda a: (a.honest, a.at, a.id), default=None)


def heard_at(answers: Sequence[Answer]) -> datetime | None:
    """When those who wrote were first answered honestly."""
    return min((a.at for a in _meant(answers) if a.honest), default=None)


def _meant(answers: Sequence[Answer]) -> Sequence[Answer]:
    """Without what a leader handed on later: who does that promises it no more."""
    handed = {a.leader: (a.at, a.id) for a in sorted(answers, key=lambda a: (a.at, a.id)) if not a.honest}
    return [a for a in answers if (a.at, a.id) >= handed.get(a.leader, (a.at, a.id))]


def median_wait(waits: Sequence[tuple[float, bool]]) -> float | None:
    """The median of waiting times of which some are still going on: (days, whether it was answered).

    The product-limit estimate of Kaplan and Meier (Journal of the American Statistical Association 53, 1958): waits
    that go on count as long as they have lasted, so leaving people waiting never makes the figure better. None while
    fewer than half can be said to have been answered.
    """
    left = 1.0
    for day in sorted({days for days, answered in waits if answered}):
        waiting = sum(days >= day for days, _ in waits)
        answered_now = sum(answered and days == day for days, answered in waits)
        left *= 1 - answered_now / waiting
        if left <= 0.5 + 1e-12:
            return day
    return None
