"""Weeks that are not normal, and organisations that are small."""

from dataclasses import replace
from datetime import timedelta

import pytest

from pipeline.digest import render
from pipeline.digest.compose import compose
from pipeline.digest.material import PainEntry
from pipeline.issue import SourceHealth
from tests.pipeline.digest.builder import (
    MONDAY,
    PAINS,
    PERIOD,
    START,
    all_digests,
    digest,
    failures,
    history,
    material,
    org,
    signals,
    voice,
)

DEAD = PERIOD.start - timedelta(days=1)


def text(document):
    return " ".join(render.text(document).split())


def test_a_quiet_week_is_called_calm_or_silence_in_at_most_120_words():
    made = material([], history({"ci": [1, 0, 2, 1]}), last_quiet={"root-lead": "2026-W07"})

    document = digest(made)

    assert document.form == "quiet"
    assert "every source was read to the end of Sun 8 Mar. That can mean calm or silence." in text(document)
    assert "The last quiet week was week 7." in text(document)
    assert len(text(document).split()) <= 120
    assert failures(document, made) == []


def test_a_quiet_week_with_a_dead_source_claims_no_reading():
    sources = [
        SourceHealth(name="desk", kind="zendesk", read_to=PERIOD.end),
        SourceHealth(name="tracker", kind="github", read_to=PERIOD.start + timedelta(days=2), problem="token expired"),
    ]
    made = material([], sources=sources)

    document = digest(made)

    assert "GitHub stopped Wed 4 Mar 00:00 (token expired)" in text(document)
    assert "every source was read" not in text(document)
    assert failures(document, made) == []


def test_a_week_without_voices_is_no_quiet_week_while_anything_was_set_aside():
    sources = [
        SourceHealth(name="desk", kind="zendesk", read_to=PERIOD.end, set_aside=2),
        SourceHealth(name="tracker", kind="github", read_to=PERIOD.end),
    ]
    made = material([], sources=sources, last_quiet={"root-lead": "2026-W07"})

    document = digest(made)

    said = text(document)
    assert document.form == "partial"
    assert "2 items of Zendesk could not be understood and are not counted." in said
    assert "a quiet week" not in said
    assert "read to the end" not in said
    assert "last quiet week" not in said
    assert failures(document, made) == []


def test_one_item_set_aside_is_said_on_the_first_screen_of_a_full_digest():
    voices = [voice(n, f"apps-{n}") for n in range(6)]
    sources = [SourceHealth(name="desk", kind="zendesk", read_to=PERIOD.end, read=6, set_aside=1)]

    document = digest(material(voices, sources=sources))

    assert document.form == "full"
    assert any("1 item of Zendesk could not be understood and is not counted." in w for w in document.warnings)


def test_a_quiet_form_over_unheard_sources_is_stopped_by_a_gate():
    calm = digest(material([]))
    lossy = [SourceHealth(name="desk", kind="zendesk", read_to=PERIOD.end, set_aside=1)]

    found = failures(calm, material([], sources=lossy))

    assert any(problem.startswith("P36 calm") for problem in found)


def test_with_twenty_dead_sources_the_note_keeps_its_budget():
    sources = [
        SourceHealth(name=f"a-source-of-a-long-name-{n}", kind="file", read_to=None, problem="gone") for n in range(20)
    ]
    made = material([], sources=sources)

    document = digest(made)

    assert document.form == "deaf"
    assert failures(document, made) == []


@pytest.mark.parametrize("dead", [1, 2, 3, 20])
def test_a_partial_week_keeps_its_budget_whatever_is_missing(dead):
    sources = [
        SourceHealth(name=f"a-source-{n}", kind="file", read_to=DEAD, problem="the server says 503 Unavailable, twice")
        for n in range(dead)
    ]
    sources += [SourceHealth(name=f"b-source-{n}", kind="file", read_to=PERIOD.end, set_aside=7) for n in range(dead)]
    made = material([], sources=sources)

    document = digest(made)

    assert document.form == "partial"
    assert failures(document, made) == []


def test_when_no_source_could_be_read_there_is_a_note_and_no_digest():
    sources = [
        SourceHealth(name="desk", kind="zendesk", read_to=None, problem="HTTP 401 from 10.0.0.7"),
        SourceHealth(name="tracker", kind="github", read_to=DEAD),
    ]
    made = material([], sources=sources)

    document = digest(made)

    assert document.form == "deaf"
    assert "This is our fault, not good news." in text(document)
    assert len(text(document).split()) <= 60
    assert document.questions == ()
    assert failures(document, made) == []


def test_nothing_is_called_quiet_while_a_source_is_dead():
    sources = [SourceHealth(name="tracker", kind="github", read_to=PERIOD.end - timedelta(days=2), problem="down")]
    busy = history({"ci": [4] * 12}, team="books")
    voices = [voice(n, f"apps-{n}") for n in range(4)]

    with_dead = digest(material(voices, busy, sources=sources))
    healthy = digest(material(voices, busy))

    assert any("was silent this week" in line for line in healthy.quiet)
    assert not any("was silent" in line for line in with_dead.quiet)


@pytest.mark.parametrize("weeks", [0, 1, 2, 3])
def test_no_trend_word_stands_in_the_first_four_weeks(weeks):
    voices = [voice(n, f"apps-{n}") for n in range(5)] + [voice(10 + n, f"account:{n}") for n in range(6)]
    made = material(voices, listening_since=MONDAY - timedelta(weeks=weeks))

    document = digest(made)

    assert {p.trend for p in document.pains} == {None}
    assert {p.usual for p in document.pains} == {None}
    assert "no trends are called yet" in text(document)
    assert failures(document, made) == []


def storm(count):
    pains = {
        f"s{n}": PainEntry(id=f"s{n}", title=f"thing {n} broke for customers", side="customer", first_at=START)
        for n in range(count)
    }
    voices = [
        voice(100 * n + k, f"account:{n}-{k}", pain=f"s{n}", signals=signals("workaround", "found_by_third_party"))
        for n in range(count)
        for k in range(4)
    ]
    return material(voices, pains=pains)


def test_a_storm_keeps_its_caps_says_so_and_drops_hypotheses():
    made = storm(20)

    document = digest(made)

    assert (len(document.pains), len(document.also_open)) == (3, 3)
    assert "20 pains are above usual." in text(document)
    assert "14 more pains are open." in text(document)
    assert document.unstated == ()
    assert failures(document, made) == []


def test_a_normal_week_of_the_same_kind_has_hypotheses():
    assert digest(storm(2)).unstated != ()


def test_a_team_of_four_gets_words_and_no_number():
    house = org({"apps": 4})
    made = material([voice(n, f"apps-{n}") for n in range(4)])

    document = digest(made, "apps-lead", house)

    assert [p.people for p in document.pains] == [None]
    assert "Several engineers." in text(document)
    assert failures(document, made, house) == []


def test_a_number_that_would_reveal_a_small_sibling_is_withheld_below():
    house = org({"books": 4})
    made = material([*(voice(n, f"apps-{n}", leaf="cables") for n in range(4)), voice(9, "books-1", leaf="cables")])

    digests = all_digests(made, house)

    assert [p.people for p in digests["root-lead"].pains] == [5]
    assert [p.people for p in digests["apps-lead"].pains] == [None]


def test_single_voices_without_a_pain_are_heard_once_each_and_staff_only_below():
    voices = [
        voice(1, "account:1", "We retype every invoice by hand on Fridays and it takes hours.", pain=None),
        voice(2, "apps-1", "My laptop needs forty minutes for the test suite every morning.", pain=None),
    ]
    made = material(voices)

    top, leaf = digest(made), digest(made, "apps-lead")

    assert [q.issue for q in top.heard_once] == ["tracker:K-1"]
    assert {q.issue for q in leaf.heard_once} == {"tracker:K-1", "tracker:K-2"}
    assert "number 1" not in text(top)
    assert failures(top, made) == []
    assert failures(leaf, made) == []


def test_a_week_that_is_not_over_says_so():
    made = material([voice(n, f"apps-{n}") for n in range(4)])
    now = PERIOD.start + timedelta(days=3)

    document = compose(
        leader="root-lead",
        period=PERIOD,
        org=org(),
        material=made,
        organisation="Example",
        generated_at=now,
    )

    assert "The week is not over" in text(document)
    assert "The week is not over" not in text(digest(made))


def test_both_sides_stand_on_the_first_screen_where_both_hurt():
    pains = {**PAINS, "third": PainEntry(id="third", title="prices show twice", side="customer", first_at=START)}
    voices = [voice(n, f"account:{n}", severity=8) for n in range(6)]
    voices += [voice(20 + n, f"account:{n}", pain="sync", severity=8) for n in range(6)]
    voices += [voice(40 + n, f"account:{n}", pain="third", severity=8) for n in range(6)]
    voices += [voice(60 + n, f"apps-{n}", severity=1) for n in range(3)]

    document = digest(material(voices, pains=pains))

    assert {p.side for p in document.pains} == {"customer", "developer"}


def test_a_bot_counts_as_nobody():
    voices = [voice(n, f"apps-{n}") for n in range(3)]
    bots = [replace(voice(50 + n, "apps-0"), author=None, role="bot", team=None) for n in range(9)]

    assert digest(material([*voices, *bots])).pains[0].people == 3


def test_several_mails_of_one_account_are_one_customer():
    voices = [voice(n, f"account:{n % 3}") for n in range(12)]
    seen = history({"tax": [5, 5]}, role="customer", team=None)

    assert digest(material(voices, seen)).pains[0].people == 3


def test_a_public_address_gives_one_button_and_none_gives_a_reply():
    made = material([voice(n, f"apps-{n}") for n in range(4)])

    linked, mute = digest(made, public_url="https://leaf.example/"), digest(made)

    assert linked.pains[0].answer_url == "https://leaf.example/answer/2026-W10/root-lead/ci"
    assert render.html(linked).count("https://leaf.example/answer") == 1
    assert mute.pains[0].answer_url is None
    assert "Reply to this mail to answer." in text(mute)


def test_a_lead_learns_that_what_few_of_theirs_tell_is_above_usual_across_the_tree():
    voices = [voice(1, "apps-1", leaf="cables"), *(voice(9 + n, f"books-{n}", leaf="cables") for n in range(6))]
    made = material(voices, history({"ci": [0, 1, 0, 0, 1, 0, 0, 0, 0]}))

    document = digest(made, "apps-lead")

    assert "7 engineers across Root (usual 0-1), part of it felt here. Above usual." in text(document)
    assert failures(document, made) == []


def test_strangers_who_meet_a_developer_pain_are_people():
    voices = [replace(voice(n, f"account:{n}"), role="unknown", side="developer", pain="ci") for n in range(5)]
    made = material(voices)

    document = digest(made)

    assert (document.pains[0].who, document.pains[0].people) == ("PEOPLE", 5)
    assert failures(document, made) == []


def test_a_customer_pain_that_only_colleagues_tell_of_counts_no_customers():
    voices = [voice(n, f"apps-{n}", side="customer", pain="tax") for n in range(4)]
    made = material(voices)

    document = digest(made)

    assert (document.pains[0].who, document.pains[0].people) == ("CUSTOMERS", None)
    assert "Passed on by colleagues." in text(document)
    assert failures(document, made) == []
