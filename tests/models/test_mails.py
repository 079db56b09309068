from datetime import timedelta

import pytest
from hypothesis.stateful import run_state_machine_as_test

from pipeline import mailing
from pipeline.mailing import Next
from tests.models.machine import planted, sized
from tests.models.mails import Mails


def test_every_mail_ends_with_at_most_one_more_copy_the_same_and_flagged() -> None:
    run_state_machine_as_test(Mails, settings=sized(12))


def test_a_state_machine_that_sends_again_without_a_word_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailing, "after_crash", lambda **_: Next("deferred", timedelta(minutes=5)))

    with pytest.raises(AssertionError):
        run_state_machine_as_test(Mails, settings=planted(60))
