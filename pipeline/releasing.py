"""The first weeks by hand: digests that wait until an operator releases them, or refuses to, with a reason.

What was decided stays as it is while it waits. A release goes the road of every digest that waited: beside all that
others were told meanwhile, composed again where that asks for it, mailed once. A page and a command may both ask.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from pipeline import composing, periods, standing_in
from pipeline.house import House
from pipeline.standing_in import Away
from pipeline.store import digests, registry

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


def release(session: Session, ids: Sequence[int], house: House, *, by: str, at: datetime) -> list[Word]:
    """Put waiting digests of one week, whose `house` it is, on their way: each once, however often it is asked for."""
    registry.lock(session)  # two releases at once would not see each other's numbers
    found = [digests.digest_by_id(session, one) for one in ids]
    away = standing_in.away(session, house.org)
    words = {one.id: word for one in found if (word := _stays(session, one, house, away, by, at)) is not None}
    going = {one.leader: one.id for one in found if one.id not in words}
    for one in going.values():
        digests.settle(session, one, state="composed", reason=None, by=by, at=at)
    if going:
        composing.let_go_together(session, periods.week_of(found[0].period, house.zone), going, house)
    return [words.get(one.id) or _gone(session, one) for one in found]


def _stays(
    session: Session, digest: digests.StoredDigest, house: House, away: Away, by: str, at: datetime
) -> Word | None:
    """Why a digest does not go now."""
    leader = digest.leader
    if digest.state != "waiting":
        return Word(digest.state, _settled(digest))
    if (why := _unreachable(leader, house, away)) is not None:
        return Word("waiting", f"{why}, so it goes on waiting; release it again then, or refuse it")
    if (since := away.since(leader, at)) is not None:
        why = f"{leader} paused the leaf notes on {since:%Y-%m-%d}: nobody listens for their teams"
        digests.settle(session, digest.id, state="paused", reason=why, by=by, at=at)
        return Word("paused", f"{why}; they read of this week when they listen again")
    return None


def _gone(session: Session, before: digests.StoredDigest) -> Word:
    """What became of a digest that was let go."""
    after = digests.digest_by_id(session, before.id)
    if after.reason is not None:
        return Word(after.state, after.reason)
    anew = ", composed again beside what others were told meanwhile" if after.version > before.version else ""
    return Word("composed", f"released{anew}")


def refuse(session: Session, digest_id: int, *, reason: str, by: str, at: datetime) -> Word:
    """That a waiting digest is never sent. Raises `NotAReason`."""
    why = f"withheld by hand by {by}: {reason_of(reason)}"
    if digests.settle(session, digest_id, state="refused", reason=why, by=by, at=at):
        return Word("refused", why)
    digest = digests.digest_by_id(session, digest_id)
    return Word(digest.state, _settled(digest))


def _unreachable(leader: str, house: House, away: Away) -> str | None:
    """Why no mail can go to a leader."""
    person = house.org.people.get(leader)
    if person is None or leader not in house.org.leaders:
        return f"{leader} leads no team any more"
    if not person.email:
        return f"{leader} has no e-mail address in org.yaml"
    bounce = away.unheard.get(leader)
    return None if bounce is None else f"{leader} is unheard: {bounce.reason}"


def _settled(digest: digests.StoredDigest) -> str:
    if digest.settled_at is None:
        return f"did not wait: it is {digest.state}"
    became = "released" if digest.state == "composed" else digest.state
    return f"was {became} already, by {digest.settled_by} on {digest.settled_at:%Y-%m-%d %H:%M} UTC"
