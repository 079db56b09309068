from datetime import timedelta

import pytest
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy.orm import Session

from pipeline import delivering
from pipeline.store import digests
from tests.models.machine import planted, sized
from tests.models.mails import Mails


def test_every_mail_ends_with_at_most_one_more_copy_the_same_and_flagged() -> None:
    run_state_machine_as_test(Mails, settings=sized(8))


def test_a_delivery_that_takes_a_dead_worker_for_one_that_sent_nothing_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def put_off(session: Session, mail: digests.StoredMail) -> timedelta:
        digests.set_mail(session, mail.id, state="deferred")
        return timedelta(minutes=5)

    monkeypatch.setattr(delivering, "_unknown", put_off)

    with pytest.raises(AssertionError, match=r"nobody is told|handed over again|copies"):
        run_state_machine_as_test(Mails, settings=planted(60))
