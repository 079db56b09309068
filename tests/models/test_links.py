import random
from datetime import timedelta

import pytest
from hypothesis.stateful import run_state_machine_as_test

from pipeline.check_in import QUESTIONS
from pipeline.store import answers
from tests.models import links
from tests.models.links import LinkActions, World
from tests.models.machine import planted, sized


def test_every_action_of_a_link_is_done_once_and_a_spoilt_link_does_nothing() -> None:
    run_state_machine_as_test(LinkActions, settings=sized(4))


@pytest.mark.parametrize(("purpose", "token"), list(links.tokens(12, random.Random(7))))
def test_no_bit_of_a_token_can_be_flipped(purpose: links.Purpose, token: str) -> None:
    assert links.accepted(purpose, token) == []


def test_the_links_of_the_model_are_those_that_act() -> None:
    world = World()
    good, day = world.good("kit"), "2026-03-11"
    forms = {
        "/answer/": (
            good["answer"],
            {"kind": "act", "text": "We roast", "due": day, "step": "send", "nonce": "n" * 22},
        ),
        "/digest/": (good["digest"] + "/team", {}),
        "/pause/": (good["pause"], {}),
        "/escalation/": (good["escalation"], {"what": "own"}),
        "/check-in/": (good["check-in"], dict.fromkeys(QUESTIONS, "2")),
        "/check-in-stop/": (good["check-in-stop"], {}),
    }
    with world.clock.patched():
        for where, (token, fields) in forms.items():
            before = world.state(counting=False)
            assert world.post(where + token, fields) < 400, where
            assert world.state(counting=False) != before, where


def test_listening_again_an_hour_later_changes_nothing() -> None:
    world = World()
    with world.clock.patched():
        address = "/pause/" + world.good("kit")["pause"]
        for form in ({}, {"listen": "again"}):
            world.post(address, form)
            before = world.state()
            world.clock.move(timedelta(hours=1))
            world.post(address, form)
            assert world.state() == before


def test_an_action_that_is_done_twice_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "paused", lambda _session: {})

    with pytest.raises(AssertionError, match="done twice"):
        run_state_machine_as_test(LinkActions, settings=planted(30))
