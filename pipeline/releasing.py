"""The first weeks by hand: digests that wait until an operator releases them, or refuses to, with a reason.

What was decided stays as it is while it waits. A release goes the road of every digest that waited: beside all that
others were told meanwhile, composed again where that asks for it, mailed once. A page and a command may both ask.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from pipeline import periods, steps
from pipeline.house import House
from pipeline.store import answers, digests, registry, returned

LONGEST: Final = 300
"""Letters of the reason for not sending."""


class NotAReason(ValueError):
    """What was given says not why; the message says what to change."""


@dataclass(frozen=True, slots=True)
class Word:
    """What became of a digest by a person's word: its state, and what there is to say of it."""

    state: str
    said: str


def reason_of(text: str) -> str:
    """A reason as it is kept, in one line. Raises `NotAReason`."""
    said = " ".join(re.sub(r"[^\w\s]", lambda found: found[0] if found[0].isprintable() else " ", text).split())
    if not said:
        raise NotAReason("Say why it is not sent: those who come after you will ask.")
    if len(said) > LONGEST:
        raise NotAReason(f"Say why in {LONGEST} letters; these are {len(said)}.")
    return said


def release(session: Session, digest_id: int, house: House, *, by: str, at: datetime) -> Word:
    """Put a waiting digest on its way, once however often it is asked for. `house` is that of the digest's week."""
    registry.lock(session)  # two releases at once would not see each other's numbers
    digest = digests.digest_by_id(session, digest_id)
    if digest.state != "waiting":
        return Word(digest.state, _settled(digest))
    if (why := _unreachable(session, digest.leader, house)) is not None:
        return Word("waiting", f"{why}, so it goes on waiting; release it again then, or refuse it")
    paused = answers.paused(session).get(digest.leader)
    if paused is not None:
        why = f"{digest.leader} paused the leaf notes on {paused:%Y-%m-%d}: nobody listens for their teams"
        digests.settle(session, digest_id, state="paused", reason=why, by=by, at=at)
        return Word("paused", f"{why}; they read of this week when they listen again")
    digests.settle(session, digest_id, state="composed", reason=None, by=by, at=at)
    steps.let_go(session, periods.week_of(digest.period, house.zone), digest.leader, digest_id, house)
    after = digests.digest_by_id(session, digest_id)
    if after.reason is not None:
        return Word(after.state, after.reason)
    anew = ", composed again beside what others were told meanwhile" if after.version > digest.version else ""
    return Word("composed", f"released{anew}")


def refuse(session: Session, digest_id: int, *, reason: str, by: str, at: datetime) -> Word:
    """That a waiting digest is never sent. Raises `NotAReason`."""
    why = f"withheld by hand by {by}: {reason_of(reason)}"
    if digests.settle(session, digest_id, state="refused", reason=why, by=by, at=at):
        return Word("refused", why)
    digest = digests.digest_by_id(session, digest_id)
    return Word(digest.state, _settled(digest))


def _unreachable(session: Session, leader: str, house: House) -> str | None:
    """Why no mail can go to a leader."""
    person = house.org.people.get(leader)
    if person is None or leader not in house.org.leaders:
        return f"{leader} leads no team any more"
    if not person.email:
        return f"{leader} has no e-mail address in org.yaml"
    bounce = returned.unheard(session, house.org).get(leader)
    return None if bounce is None else f"{leader} is unheard: {bounce.reason}"


def _settled(digest: digests.StoredDigest) -> str:
    if digest.settled_at is None:
        return f"did not wait: it is {digest.state}"
    became = "released" if digest.state == "composed" else digest.state
    return f"was {became} already, by {digest.settled_by} on {digest.settled_at:%Y-%m-%d %H:%M} UTC"
