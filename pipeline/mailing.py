"""What becomes of one mail: the states it goes through and what each answer of the mail server means.

    planned -> rendered -> sending -> accepted | deferred | rejected | unknown
    deferred -> sending again, until 72 hours after the first try
    unknown  -> sending once more, the same bytes -> accepted | gave_up

SMTP cannot say whether a mail was taken when the line breaks after the final dot (RFC 1047). That is `unknown`: it is
tried exactly once more, and every such mail carries an alarm, also when the second try is accepted.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

State = Literal["planned", "rendered", "sending", "accepted", "deferred", "rejected", "unknown", "gave_up"]

FINAL: frozenset[str] = frozenset({"accepted", "rejected", "gave_up"})
"""Nothing more happens to a mail in one of these states."""

LOST: frozenset[str] = frozenset({"rejected", "gave_up"})
"""A mail in one of these did not reach its reader, as far as anybody can know."""

FIRST_WAIT = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=6)
PATIENCE = timedelta(hours=72)
UNKNOWN_WAIT = timedelta(minutes=15)
"""Long enough for a server that did take the mail to deliver it, or for a person to look into its log."""
QUIET_TRIES = 2
"""Being put off this often is greylisting; from the next time on an operator should see it."""


@dataclass(frozen=True, slots=True)
class Next:
    """The state to write, how long to wait before sending again (None: not again), and what an operator has to know."""

    state: State
    wait: timedelta | None = None
    alarm: str | None = None


def after(
    outcome: str,
    *,
    attempt: int,
    resent: bool,
    first_tried_at: datetime | None,
    now: datetime,
    on_unknown: str = "resend",
    alarm: str | None = None,
) -> Next:
    """The step after the mail server's answer to a mail in `sending`.

    `outcome` is the `kind` of a `connectors.smtp.Outcome`, `attempt` counts from 1 and includes this one, `resent` says
    that an earlier try ended in `unknown`, `alarm` is the outcome's own alarm. `on_unknown` is "resend" or "hold".
    Raises `ValueError` for another word: the mail then stays in `sending`, which reads as unknown.
    """
    if outcome == "accepted":
        return Next("accepted", alarm=alarm or (_TWICE if resent else None))
    if outcome == "rejected":
        return Next("rejected", alarm=_also(alarm or "the mail server refused the mail for good", resent))
    if outcome == "unknown":
        return _uncertain("the connection broke after the mail was handed over", resent, on_unknown)
    if outcome == "deferred":
        return _put_off(attempt, resent, now - (first_tried_at or now), alarm)
    raise ValueError(f"a mail cannot end as {outcome!r}")


def after_crash(*, resent: bool, on_unknown: str = "resend") -> Next:
    """The step for a mail found in `sending` with an expired lease: the worker died, the server may have it."""
    return _uncertain("the worker died while it was sending", resent, on_unknown)


def backoff(attempt: int) -> timedelta:
    """How long to wait after the given try, counted from 1: 5 minutes, doubling up to 6 hours."""
    doublings = min(max(attempt, 1) - 1, 16)
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)


_TWICE = "accepted at the second hand-over; the first was never confirmed, so the reader may have two identical copies"


def _uncertain(what: str, resent: bool, on_unknown: str) -> Next:
    if on_unknown not in ("resend", "hold"):
        raise ValueError(f"on_unknown is resend or hold, not {on_unknown!r}")
    if resent:
        return Next("gave_up", alarm=f"{what}, for the second time: one copy, two, or none may have arrived")
    if on_unknown == "hold":
        return Next("unknown", alarm=f"{what}: it may have arrived; held for a person to decide")
    return Next("unknown", UNKNOWN_WAIT, f"{what}: it may have arrived; the same bytes are sent once more")


def _put_off(attempt: int, resent: bool, elapsed: timedelta, alarm: str | None) -> Next:
    if elapsed >= PATIENCE:
        return Next("gave_up", alarm=_also(alarm or "the mail server put the mail off for 72 hours", resent))
    if alarm is None and attempt > QUIET_TRIES:
        alarm = f"the mail server has put the mail off {attempt} times; it is tried for 72 hours"
    # The last try falls on the 72nd hour itself, and a clock that was set back never makes the wait longer.
    left = PATIENCE - max(elapsed, timedelta())
    return Next("deferred", min(backoff(attempt), left), _also(alarm, resent) if alarm else None)


def _also(alarm: str, resent: bool) -> str:
    return f"{alarm}; an earlier hand-over was never confirmed" if resent else alarm
