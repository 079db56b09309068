"""What nobody said: signals of words, of courses and of the whole scope become hypotheses that can be tested."""

from dataclasses import replace
from datetime import timedelta

import pytest

from pipeline.course import alone
from pipeline.digest import desk, gates, render, select, sentences
from pipeline.digest.habits import newcomers, out_of_hours
from tests.pipeline.digest.builder import (
    MONDAY,
    PERIOD,
    SENT,
    START,
    digest,
    failures,
    history,
    material,
    org,
    signals,
    voice,
)


def customers(count=5, **change):
    return [voice(n, f"account:{n}", **change) for n in range(count)]


def looked_at(made, leader="root-lead", pain="tax"):
    view = select.View(select.index(made, org()), leader, PERIOD, SENT)
    return view, view.pain(pain)


def test_a_course_speaks_as_words_do():
    some = customers()
    told = [replace(some[0], course=("long_thread",)), replace(some[1], course=("long_silence",)), *some[2:]]

    (guess,) = digest(material(told)).unstated

    assert guess.hypothesis == "It is more complicated than our pages and plans admit"
    assert None not in (guess.wrong_if, guess.ask)
    assert "customers" in str(guess.card)
    assert failures(digest(material(told)), material(told)) == []


def test_two_signals_of_one_author_are_no_hypothesis():
    some = customers()
    told = [replace(some[0], course=("long_thread", "long_silence")), *some[1:]]

    assert digest(material(told)).unstated == ()


def test_an_older_issue_of_the_pain_speaks_too_and_is_counted_nowhere():
    some = customers()
    older = voice(99, "account:old", created_at=START - timedelta(days=70), course=("me_too_growth",))
    told = [replace(some[0], course=("repeat_contact",)), *some[1:]]

    document = digest(material(told, stirred=[older]))

    (guess,) = document.unstated
    assert guess.hypothesis == "We have long known of this, and nobody outside can see that"
    assert "tracker:K-99" in guess.issues
    assert document.made.read == 5
    assert document.pains[0].people == digest(material(told)).pains[0].people


def test_the_number_of_an_older_issue_is_no_number_of_ours():
    older = voice(
        54922,
        "account:old",
        source="desk",
        key="desk:54922",
        external_id="54922",
        created_at=START - timedelta(days=70),
        course=("me_too_growth",),
    )
    told = [replace(one, course=("repeat_contact",)) for one in customers()]
    made = material(told, stirred=[older])

    document = digest(made)

    assert "54922" in render.text(document)
    assert failures(document, made) == []


def test_words_are_pointed_at_before_courses():
    some = customers()
    told = [replace(some[0], course=("repeat_contact",)), replace(some[1], signals=signals("repeat_contact"))]
    _, pain = looked_at(material([*told, *some[2:]]))

    assert [v.key for v in desk.signals(pain)["repeat_contact"]] == ["tracker:K-1", "tracker:K-0"]


def test_an_older_issue_of_somebody_tender_is_never_pointed_at():
    older = voice(
        99,
        "account:old",
        created_at=START - timedelta(days=70),
        course=("me_too_growth",),
        signals=signals("confession"),
    )
    told = [replace(one, course=("repeat_contact",)) for one in customers()]
    made = material(told, stirred=[older])

    document = digest(made)

    assert document.unstated[0].issues == ()
    assert failures(document, made) == []


def test_an_older_issue_outside_the_scope_is_not_spoken_of():
    older = voice(99, "account:old", leaf="docks", created_at=START - timedelta(days=70), course=("me_too_growth",))
    told = [replace(customers()[0], course=("repeat_contact",)), *customers()[1:]]

    assert digest(material(told, stirred=[older]), "left-lead").unstated == ()


def test_three_signals_of_three_authors_make_it_likely():
    some = customers()
    names = ("long_thread", "long_silence", "repeat_contact")
    three = [replace(one, course=(name,)) for one, name in zip(some, names, strict=False)]

    (likely,) = digest(material([*three, *some[3:]])).unstated
    (possible,) = digest(material([*three[:2], *some[2:]])).unstated

    assert (likely.likely, possible.likely) == (True, False)


def test_the_mail_says_what_to_ask():
    some = customers()
    told = [replace(some[0], course=("channel_hop",)), replace(some[1], course=("long_silence",)), *some[2:]]
    document = digest(material(told))

    assert "Ask: where did you hope to be heard first?" in " ".join(render.text(document).split())


def test_the_gate_refuses_a_hypothesis_whose_signals_nobody_shows():
    some = customers()
    told = [replace(some[0], course=("channel_hop",)), replace(some[1], course=("long_silence",)), *some[2:]]
    document = digest(material(told))
    silent = material(customers())

    found = gates.failures(document, render.text(document), render.html(document), silent, org())

    assert any("has not two signals" in problem for problem in found)


def test_a_signal_of_a_course_that_cannot_be_said_is_left_out():
    told = [replace(one, course=("something new",)) for one in customers()]

    assert digest(material(told)).unstated == ()


def test_every_signal_of_a_course_has_words():
    named = {*alone.SIGNS, "repeat_contact", "channel_hop", "cannot_reproduce", "apology_load", "macro_gap"}

    assert {sentences.signal(name) for name in named | {"shrinking_detail", "newcomers", "out_of_hours"}} <= set(
        sentences.SAID
    )


NIGHT, NOON = START + timedelta(hours=22), START + timedelta(hours=12)


def others(count):
    return [voice(100 + n, f"account:x{n}", pain="sync", created_at=NOON) for n in range(count)]


def test_writing_at_night_is_more_than_chance_beside_twenty_others():
    view, pain = looked_at(material([*customers(5, created_at=NIGHT), *others(20)]))

    assert len(out_of_hours(view, pain) or ()) == 5


@pytest.mark.parametrize(
    "voices",
    [
        [*customers(5, created_at=NOON), *others(20)],
        [*customers(5, created_at=NIGHT), *(replace(v, created_at=NIGHT) for v in others(20))],
        [
            *customers(3, created_at=NOON),
            *(voice(50 + n, f"account:n{n}", created_at=NIGHT) for n in range(2)),
            *others(20),
        ],
    ],
)
def test_working_hours_a_queue_that_always_writes_late_and_two_people_are_none(voices):
    view, pain = looked_at(material(voices))

    assert out_of_hours(view, pain) == ()


@pytest.mark.parametrize(
    "voices", [[*customers(4, created_at=NIGHT), *others(20)], [*customers(5, created_at=NIGHT), *others(19)]]
)
def test_of_fewer_than_five_people_or_without_a_usual_nothing_is_told(voices):
    view, pain = looked_at(material(voices))

    assert out_of_hours(view, pain) is None


def test_questions_of_three_newcomers_are_a_flood():
    view, pain = looked_at(material(customers(kind="question")))

    assert len(newcomers(view, pain) or ()) == 5


def test_questions_of_people_long_known_and_reports_of_newcomers_are_none():
    known = [
        replace(s, author=f"account:{n}")
        for n, s in enumerate(history({"tax": [5] + [0] * 8}, role="customer", team=None))
    ]
    view, pain = looked_at(material(customers(kind="question"), known))
    reports = looked_at(material(customers(kind="bug")))

    assert newcomers(view, pain) == newcomers(*reports) == ()


def test_who_has_listened_for_less_than_sixty_days_cannot_tell_who_is_new():
    made = material(customers(kind="question"), listening_since=MONDAY - timedelta(weeks=5))

    assert newcomers(*looked_at(made)) is None
