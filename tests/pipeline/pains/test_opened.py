"""Issues that stay where they are stored while they are grouped."""

import gc
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from pipeline.pains import Assignment, Candidate, Gathering, Open, assign, grow, registry
from pipeline.pains.text import Text
from tests.pipeline.test_pains import STALE, START, said, second_organisation


def gathered(told: Iterable[Candidate], addresses: Mapping[str, str] | None = None) -> Open:
    """The candidates as a store holds them: each reading makes them anew, in an order of its own."""
    stored = dict(enumerate(sorted(told, key=lambda c: c.created_at), 7))
    urls = addresses or {}

    def fetch(rows: Sequence[int]) -> Iterator[tuple[int, Candidate]]:
        return ((row, replace(stored[row])) for row in sorted(rows, reverse=True) if row in stored)

    def called(rows: Sequence[int]) -> Iterator[tuple[int, str, str | None]]:
        return ((row, stored[row].key, urls.get(stored[row].key)) for row in rows)

    gathering = Gathering(())
    for row, candidate in stored.items():
        gathering.add(row, candidate, urls.get(candidate.key))
    return gathering.opened(called, fetch)


def links(told: Iterable[Candidate], addresses: Mapping[str, str] | None = None) -> dict[str, tuple[str, ...]]:
    return {candidate.key: candidate.links for _, candidate in gathered(told, addresses).read()}


def test_what_is_read_when_its_turn_comes_is_grouped_like_what_is_at_hand() -> None:
    issues, _ = second_organisation()
    joined: list[Assignment] = []

    pains = grow([], {"": gathered(issues)}, lambda _part, _place, one: joined.append(one))

    at_hand = assign([], issues)
    assert len(pains) > 3
    assert (pains, sorted(joined, key=lambda one: one.key)) == at_hand


def test_issues_of_one_moment_are_taken_by_their_keys() -> None:
    same = [said(n, "Till is slow", at=START) for n in (5, 3, 4)]

    assert [c.key for _, c in gathered(same).read()] == ["desk:003", "desk:004", "desk:005"]


def test_no_more_texts_are_alive_than_a_round_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "ROUND", 40)
    monkeypatch.setattr(registry, "POOL", 50)
    monkeypatch.setattr("pipeline.pains.opened.AT_A_TIME", 20)
    draw = random.Random(3)
    words = [f"{one}{other}" for one in ("till", "scan", "oven", "door", "lamp") for other in ("", "er", "ing", "s")]
    told = [said(n, " ".join(draw.sample(words, 6)), at=START + n * timedelta(hours=1)) for n in range(600)]
    opened = gathered(told)
    alive: list[int] = []
    settle = registry.settle
    before = {id(one) for one in told}

    def watched(pains: dict[str, Any], texts: Sequence[Text]) -> Any:
        alive.append(sum(isinstance(one, Candidate) and id(one) not in before for one in gc.get_objects()))
        return settle(pains, texts)

    monkeypatch.setattr(registry, "settle", watched)
    gc.collect()
    grow([], {"": opened}, lambda _part, _place, _one: None)

    assert len(alive) == 15
    assert max(alive) <= 40 + 50 + 2 * 20


def test_what_went_after_it_was_gathered_is_left_out() -> None:
    opened = gathered(STALE)
    gone = opened.rows[0]
    left = replace(opened, fetch=lambda rows: (one for one in opened.fetch(rows) if one[0] != gone))
    joined: list[Assignment] = []

    grow([], {"": left}, lambda _part, _place, one: joined.append(one))

    assert sorted(one.key for one in joined) == sorted(c.key for c in STALE[1:])


def test_an_issue_is_named_by_number_key_and_address_whichever_comes_first() -> None:
    told = [
        replace(said(1, "Odd thing", "Same as harbour/quays#2, see ticket 54485."), key="code:harbour/quays#1"),
        replace(said(2, "Other thing", "Like #1, not #2."), key="code:harbour/quays#2"),
        replace(said(3, "Third", "https://desk.example/tickets/9?tab=1 and INT-7"), key="desk:54485"),
        replace(said(4, "Fourth"), key="desk:9"),
    ]

    found = links(told, {"desk:9": "https://desk.example/tickets/9"})

    assert found == {
        "code:harbour/quays#1": ("code:harbour/quays#2", "desk:54485"),
        "code:harbour/quays#2": ("code:harbour/quays#1",),
        "desk:54485": ("desk:9",),
        "desk:9": (),
    }


def test_a_name_that_two_issues_have_names_neither() -> None:
    told = [replace(said(n, "Thing"), key=f"{source}:INT-7") for n, source in enumerate(("one", "two"))]

    assert links([*told, said(5, "Like INT-7")])["desk:005"] == ()
