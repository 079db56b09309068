import random

import pytest
from hypothesis.stateful import run_state_machine_as_test

from pipeline.store import answers
from tests.models import links
from tests.models.links import LinkActions
from tests.models.machine import planted, sized


def test_every_action_of_a_link_is_done_once_and_a_spoilt_link_does_nothing() -> None:
    run_state_machine_as_test(LinkActions, settings=sized(8))


@pytest.mark.parametrize(("purpose", "token"), list(links.tokens(12, random.Random(7))))
def test_no_bit_of_a_token_can_be_flipped(purpose: links.Purpose, token: str) -> None:
    assert links.accepted(purpose, token) == []


def test_an_action_that_is_done_twice_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "paused", lambda _session: {})

    with pytest.raises(AssertionError, match="done twice"):
        run_state_machine_as_test(LinkActions, settings=planted(30))
