"""What the notes say of a check-in: of five answers of five people at least, in words unless numbers name nobody."""

from dataclasses import replace

import pytest

from pipeline.digest import phrasebook, render
from pipeline.digest.document import Document
from pipeline.digest.material import Ballots, Material
from tests.pipeline.digest.builder import PERIOD, all_digests, digest, failures, material, voice

TEXTS = {"work": "This week I could do good work", "heard": "Someone hears it"}
WEEK = [voice(n, f"account:{n}") for n in range(6)]


def ballots(asked: int, *counts: int) -> Ballots:
    sums = {(question, step): n for question in TEXTS for step, n in enumerate(counts, start=1)}
    return Ballots(asked=asked, texts=TEXTS, sums=sums)


def made(voices: object = WEEK, **groups: Ballots) -> Material:
    return material(voices, check_ins=groups)  # type: ignore[arg-type]


def test_numbers_stand_in_the_mail_and_in_the_ledger_and_can_be_counted_again() -> None:
    week = made(apps=ballots(24, 2, 1, 4, 6, 5))

    found = digest(week, "apps-lead")

    assert found.check_in is not None
    assert (found.check_in.asked, found.check_in.answers) == (24, 18)
    assert [(q.agree, q.between, q.disagree) for q in found.check_in.questions] == [(11, 4, 3)] * 2
    assert {"check_in(asked)", "check_in(work agree)", "check_in(heard disagree)"} <= {e.query for e in found.ledger}
    assert "18 answered of 24 who were asked" in " ".join(render.text(found).split())
    assert failures(found, week) == []


def test_where_a_number_would_name_somebody_there_are_words_and_no_digit() -> None:
    week = made(apps=ballots(7, 0, 1, 0, 3, 2))

    found = digest(week, "apps-lead")

    assert found.check_in is not None
    assert found.check_in.asked is found.check_in.answers is None
    assert [q.said for q in found.check_in.questions] == ["most who answered agree"] * 2
    assert not any(c.isdigit() for line in found.check_in.lines for c in line)
    assert failures(found, week) == []


def test_of_fewer_than_five_answers_nothing_is_said_but_that() -> None:
    week = made(apps=ballots(7, 0, 0, 0, 2, 2))

    found = digest(week, "apps-lead")

    assert found.check_in is not None
    assert found.check_in.questions == ()
    assert failures(found, week) == []


def test_where_nobody_was_asked_the_document_is_as_it_always_was() -> None:
    found = digest(made(), "apps-lead")

    assert found.check_in is None
    assert "check_in" not in found.to_json()


@pytest.mark.parametrize("counts", [(2, 1, 4, 6, 5), (0, 0, 0, 3, 2), (0, 0, 0, 0, 0)])
def test_a_document_with_a_check_in_comes_back_from_its_json(counts: tuple[int, ...]) -> None:
    found = digest(made(apps=ballots(24, *counts)), "apps-lead")

    assert Document.from_json(found.to_json()) == found


def test_a_quiet_week_tells_of_it_too() -> None:
    week = made([], apps=ballots(7, 0, 1, 0, 3, 2))

    found = digest(week, "apps-lead")

    assert found.form == "quiet"
    assert found.check_in is not None
    assert failures(found, week) == []


def test_nothing_is_told_while_people_still_answer() -> None:
    week = made(apps=ballots(24, 2, 1, 4, 6, 5))

    found = digest(week, "apps-lead", at=PERIOD.start)

    assert found.check_in is None


def test_leaders_above_and_below_are_not_told_what_leaves_one_person_over() -> None:
    week = made(apps=ballots(24, 2, 1, 4, 6, 5), books=ballots(20, 1, 0, 1, 5, 5))

    found = all_digests(week)

    numbers = {leader: one.check_in.asked for leader, one in found.items() if one.check_in is not None}
    assert numbers == {"apps-lead": None, "books-lead": None, "left-lead": 44, "root-lead": 44}
    assert all(failures(one, week) == [] for one in found.values())


@pytest.mark.parametrize(
    "group",
    [ballots(24, 2, 1, 4, 6, 5), ballots(7, 0, 1, 0, 3, 2), ballots(9, 4, 2, 0, 0, 0), ballots(9, 0, 0, 6, 0, 0),
     ballots(9, 2, 1, 1, 1, 1), ballots(9, 0, 0, 0, 0, 1)],
)  # fmt: skip
def test_a_reader_of_german_reads_it_in_german(group: Ballots) -> None:
    found = replace(digest(made(apps=group), "apps-lead"), language="de")
    say = phrasebook.tongue(found)

    phrasebook.spoken(found, say)

    assert found.check_in is not None
    assert not set(say.unknown) & set(found.check_in.lines)
    assert "Wie sich die Woche anfühlte" in render.html(found)
