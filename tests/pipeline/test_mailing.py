from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from pipeline import mailing
from pipeline.mailing import Next, after, after_crash, backoff

START = datetime(2026, 9, 21, 8, 0, tzinfo=UTC)


def _after(outcome: str, *, attempt: int = 1, resent: bool = False, hours: float = 0, **more: str) -> Next:
    now = START + timedelta(hours=hours)
    return after(outcome, attempt=attempt, resent=resent, first_tried_at=START, now=now, **more)


def test_an_accepted_mail_is_done_and_quiet() -> None:
    assert _after("accepted") == Next("accepted")


def test_a_refusal_for_good_is_final_and_alarms() -> None:
    step = _after("rejected")

    assert (step.state, step.wait) == ("rejected", None)
    assert step.alarm


def test_waits_double_from_five_minutes_to_six_hours() -> None:
    minutes = [backoff(attempt) / timedelta(minutes=1) for attempt in (1, 2, 3, 4, 5, 6, 7, 8, 9, 1000)]

    assert minutes == [5, 10, 20, 40, 80, 160, 320, 360, 360, 360]


def test_a_mail_that_is_always_put_off_is_tried_last_at_72_hours_and_then_given_up() -> None:
    now, states = START, []
    for attempt in range(1, 100):
        step = after("deferred", attempt=attempt, resent=False, first_tried_at=START, now=now)
        states.append(step.state)
        if step.wait is None:
            break
        now += step.wait

    assert now - START == timedelta(hours=72)
    assert states == ["deferred"] * (len(states) - 1) + ["gave_up"]
    assert len(states) == 19
    assert step.alarm


def test_greylisting_is_quiet_and_a_longer_delay_is_not() -> None:
    alarms = [_after("deferred", attempt=attempt).alarm is not None for attempt in (1, 2, 3, 4)]

    assert alarms == [False, False, True, True]


def test_an_operators_alarm_is_carried_from_the_first_try() -> None:
    step = _after("deferred", alarm="cannot log in")

    assert step == Next("deferred", timedelta(minutes=5), "cannot log in")


def test_an_uncertain_mail_waits_a_quarter_of_an_hour_for_its_one_repeat() -> None:
    step = _after("unknown")

    assert (step.state, step.wait) == ("unknown", timedelta(minutes=15))
    assert step.alarm


def test_an_uncertain_mail_is_held_where_that_is_the_policy() -> None:
    step = _after("unknown", on_unknown="hold")

    assert (step.state, step.wait) == ("unknown", None)
    assert step.alarm


def test_a_second_uncertainty_gives_up() -> None:
    step = _after("unknown", resent=True)

    assert (step.state, step.wait) == ("gave_up", None)
    assert step.alarm


def test_a_repeat_that_is_accepted_still_says_that_two_copies_may_have_arrived() -> None:
    step = _after("accepted", resent=True)

    assert step.state == "accepted"
    assert "two" in (step.alarm or "")


def test_a_worker_that_died_while_sending_leaves_an_uncertain_mail() -> None:
    assert (after_crash(resent=False).state, after_crash(resent=False).wait) == ("unknown", timedelta(minutes=15))
    assert (after_crash(resent=True).state, after_crash(resent=True).wait) == ("gave_up", None)
    assert (after_crash(resent=False, on_unknown="hold").state, after_crash(resent=False, on_unknown="hold").wait) == (
        "unknown",
        None,
    )


@pytest.mark.parametrize("first", [None, START + timedelta(hours=5)])
def test_a_missing_or_later_first_try_shortens_nothing(first: datetime | None) -> None:
    step = after("deferred", attempt=1, resent=False, first_tried_at=first, now=START)

    assert step.wait == timedelta(minutes=5)


@pytest.mark.parametrize("words", [{"outcome": "lost"}, {"outcome": "unknown", "on_unknown": "ignore"}])
def test_a_word_that_nobody_knows_is_refused(words: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"lost|ignore"):
        _after(**words)  # type: ignore[arg-type]


def test_whatever_a_server_does_at_most_two_copies_leave_and_every_mail_ends() -> None:
    """Every sequence of five answers, crashes among them, continued with "put off" until it ends."""
    for sequence in product(("accepted", "rejected", "deferred", "unknown", "crash"), repeat=5):
        state, copies, alarms = _walk(sequence)

        assert state in mailing.FINAL
        assert copies <= 2
        assert alarms or (state == "accepted" and copies == 1)


def _walk(sequence: tuple[str, ...]) -> tuple[str, int, bool]:
    """(the state it ended in, how many copies may have arrived, whether it ended with an alarm)."""
    now, resent, copies = START, False, 0
    answers = iter(sequence)
    for attempt in range(1, 100):
        answer = next(answers, "deferred")
        copies += answer in ("accepted", "unknown", "crash")
        if answer == "crash":
            step = after_crash(resent=resent)
        else:
            step = after(answer, attempt=attempt, resent=resent, first_tried_at=START, now=now)
        resent = resent or answer in ("unknown", "crash")
        if step.wait is None:
            return step.state, copies, step.alarm is not None
        now += step.wait
    raise AssertionError(f"{sequence} never ends")
