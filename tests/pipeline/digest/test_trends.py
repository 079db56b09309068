"""What a digest says of a pain against its own weeks: short weeks, slow rises, sources that were added lately."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from pipeline.digest import gates, render, select
from pipeline.digest.document import Document
from pipeline.digest.material import Material, PainEntry, Sighting
from pipeline.digest.select import View
from pipeline.issue import SourceHealth
from pipeline.workdays import DaysOff, Workdays
from tests.pipeline.digest.builder import (
    MONDAY,
    PAINS,
    PERIOD,
    SENT,
    START,
    all_digests,
    digest,
    failures,
    history,
    material,
    org,
    voice,
)

WEEK = timedelta(weeks=1)
LAST_THREE = DaysOff(first=MONDAY + timedelta(days=2), last=MONDAY + timedelta(days=6))


def text(document: Document) -> str:
    return " ".join(render.text(document).split())


def off(*days: DaysOff) -> Workdays:
    return Workdays(off=days)


def view(made: Material, leader: str = "root-lead") -> View:
    return View(select.index(made, org()), leader, PERIOD, SENT)


def waits(count: int) -> list:  # type: ignore[type-arg]
    return [voice(n, f"apps-{n}") for n in range(count)]


def buyers(count: int) -> list:  # type: ignore[type-arg]
    return [voice(100 + n, f"account:{n}") for n in range(count)]


# --- weeks of fewer working days ------------------------------------------------------------------------------------


def test_in_a_week_of_two_days_staff_are_compared_with_two_days_and_the_mail_says_so():
    past = history({"ci": [5] * 12})

    whole, part = digest(material(waits(4), past)), digest(material(waits(4), past, workdays=off(LAST_THREE)))

    assert (whole.pains[0].usual, part.pains[0].usual) == ((2, 8), (0, 4))
    assert "working days" not in text(whole)
    assert "This week had 2 of 5 working days; usual ranges of staff are adjusted" in text(part)
    assert failures(part, material(waits(4), past, workdays=off(LAST_THREE))) == []


def test_customers_are_compared_with_whole_weeks_and_fewer_of_them_are_not_called_relief():
    past = history({"tax": [9] * 12}, role="customer", team=None)
    made = material(buyers(3), past, workdays=off(LAST_THREE))

    short, whole = digest(made), digest(material(buyers(3), past))

    assert (short.pains[0].usual, short.pains[0].trend) == (whole.pains[0].usual, "too few to call")
    assert whole.pains[0].trend == "easing"
    assert "fewer customers are not called relief" in text(short)
    assert failures(short, made) == []


def test_customers_who_come_back_after_a_holiday_are_no_surge():
    closed = DaysOff(first=MONDAY - 5 * WEEK, last=MONDAY - timedelta(days=3))
    past = history({"tax": [6] * 7 + [0] * 5}, role="customer", team=None)

    after, unknown = digest(material(buyers(11), past, workdays=off(closed))), digest(material(buyers(11), past))

    assert unknown.pains[0].trend == "above usual"
    assert after.pains[0].trend != "above usual"


def test_what_one_team_has_off_counts_for_its_own_share_of_a_scope_and_not_for_customers():
    freeze = DaysOff(first=MONDAY, last=MONDAY + timedelta(days=4), teams=frozenset({"left"}))
    made = material([*waits(4), *buyers(6)], history({"ci": [4] * 12}), workdays=off(freeze))

    assert view(made).share(MONDAY) == pytest.approx(0.5)
    assert view(made, "right-lead").share(MONDAY) == 1
    assert view(made, "apps-lead").share(MONDAY) == 0
    assert view(made).common_share(MONDAY) == 1


def test_a_mixed_scope_and_a_closed_team_have_their_own_words():
    freeze = DaysOff(first=MONDAY, last=MONDAY + timedelta(days=4), teams=frozenset({"left"}))
    made = material([*waits(4), *buyers(6)], history({"ci": [4] * 12}), workdays=off(freeze))

    found = all_digests(made)

    assert "Some of your teams had days off this week; usual ranges of staff are adjusted." in text(found["root-lead"])
    assert "Nobody was at work this week; no trends of staff are called." in text(found["apps-lead"])
    assert [p.trend for p in found["apps-lead"].pains if p.id == "ci"] == [None]
    assert "days off" not in text(found["right-lead"])
    for leader, document in found.items():
        assert (leader, failures(document, made)) == (leader, [])


def test_a_team_on_holiday_is_not_called_silent():
    holiday = DaysOff(first=MONDAY, last=MONDAY + timedelta(days=4), teams=frozenset({"books"}))
    past = history({"ci": [4] * 12}, team="books")

    there, away = digest(material(waits(4), past)), digest(material(waits(4), past, workdays=off(holiday)))

    assert any("was silent this week" in line for line in there.quiet)
    assert not any("was silent" in line for line in away.quiet)


@pytest.mark.parametrize("days", [3, 5])
def test_a_quiet_week_of_few_days_says_how_few(days):
    made = material(
        [], history({"ci": [1] * 9}), workdays=off(DaysOff(first=MONDAY, last=MONDAY + timedelta(days - 1)))
    )

    document = digest(made)

    assert document.form == "quiet"
    assert ("This week had 2 of 5 working days." if days == 3 else "Nobody was at work this week.") in text(document)
    assert failures(document, made) == []


# --- slow rises -----------------------------------------------------------------------------------------------------

SLOWLY = [1, 2, 1, 1, 0, 2, 1, 1, 2, 1, 1, 2, 0, 1, 1, 2, 1, 1, 3, 2, 3, 2, 4, 3, 3, 3]


def rising() -> Material:
    pains = {**PAINS, "ci": replace(PAINS["ci"], first_at=START - 27 * WEEK)}
    return material(waits(3), history({"ci": SLOWLY}), pains=pains, listening_since=MONDAY - 30 * WEEK)


def test_a_slow_rise_is_said_where_no_stronger_word_stands():
    document = digest(rising())

    assert document.pains[0].rising == 9
    assert "Slowly rising for 9 weeks." in document.pains[0].line
    assert "rising" not in document.subject.casefold() + document.preheader.casefold()
    assert failures(document, rising()) == []


def test_a_surge_is_said_and_not_the_slow_rise_before_it():
    made = replace(rising(), voices=[*waits(7), *(voice(50 + n, f"books-{n}") for n in range(5))])

    (pain,) = digest(made).pains

    assert pain.trend == "above usual"
    assert pain.rising is None
    assert "lowly rising" not in pain.line


def test_a_slow_rise_among_the_also_open_is_said_there_too():
    heavy = [voice(200 + 10 * n + k, f"account:{k}", pain=f"s{n}", severity=8) for n in range(4) for k in range(6)]
    made = rising()
    entries = {
        f"s{n}": PainEntry(id=f"s{n}", title=f"thing {n} broke", side="customer", first_at=START) for n in range(4)
    }
    made = replace(made, voices=[*heavy, *made.voices], pains={**made.pains, **entries})

    document = digest(made)

    said = [p.line for p in document.pains if p.id == "ci"] + [o.line for o in document.also_open if o.id == "ci"]
    assert len(said) == 1
    assert "lowly rising for 9 weeks." in said[0]
    assert failures(document, made) == []


def test_a_gate_stops_a_rise_that_the_weeks_do_not_show():
    document = digest(rising())
    wrong = replace(document, pains=(replace(document.pains[0], rising=20), *document.pains[1:]))

    found = gates.failures(wrong, render.text(wrong), render.html(wrong), rising(), org())

    assert any(problem.startswith("P5 trend") for problem in found)


def test_a_document_of_an_older_version_has_no_slow_rise():
    plain = digest(rising()).to_json()
    for pain in plain["pains"]:
        del pain["rising"]

    assert Document.from_json(plain).pains[0].rising is None


# --- sources ----------------------------------------------------------------------------------------------------------


def sources(since: date | None, read_to: int = 0) -> list[SourceHealth]:
    return [
        SourceHealth(name="desk", kind="zendesk", read_to=PERIOD.end),
        SourceHealth(name="tracker", kind="github", read_to=PERIOD.end - read_to * WEEK, since=since),
    ]


@pytest.mark.parametrize("weeks", [0, 1, 2, 3])
def test_what_a_source_tells_in_its_first_weeks_is_neither_new_nor_above_usual_and_the_mail_says_why(weeks):
    made = material(waits(7), sources=sources(MONDAY - weeks * WEEK))

    document = digest(made)

    assert [(p.trend, p.usual) for p in document.pains] == [(None, None)]
    since = (MONDAY - weeks * WEEK).isocalendar().week
    assert f"GitHub is read since week {since}: too short to call trends of what it tells." in text(document)
    assert failures(document, made) == []


def test_after_four_weeks_what_a_source_tells_is_called_again():
    document = digest(material(waits(7), sources=sources(MONDAY - 4 * WEEK)))

    assert [p.trend for p in document.pains] == ["above usual"]
    assert "is read since" not in text(document)


def test_three_sources_added_at_once_are_told_of_in_one_sentence():
    many = [SourceHealth(name=f"s{n}", kind="file", read_to=PERIOD.end, since=MONDAY) for n in range(9)]
    made = material([voice(n, f"apps-{n}", source="s1") for n in range(7)], sources=many)

    document = digest(made)

    assert "s0, s1, s2, s3 and others are read for too short a time to call trends of what they tell." in text(document)
    assert failures(document, made) == []


def test_a_source_that_was_added_lately_leaves_the_pains_of_others_alone():
    made = material(buyers(5), history({"tax": [1] * 12}, role="customer", team=None))
    young = [*made.sources, SourceHealth(name="chat", kind="zammad", read_to=PERIOD.end, since=MONDAY)]
    only_desk = {**PAINS, "tax": replace(PAINS["tax"], sources=frozenset({"tracker"}))}

    before, after = digest(made), digest(replace(made, sources=young, pains=only_desk))

    assert [(p.id, p.trend, p.usual) for p in before.pains] == [(p.id, p.trend, p.usual) for p in after.pains]


def test_a_pain_that_an_added_source_feeds_too_is_compared_with_no_week_before_it():
    entry = {**PAINS, "ci": replace(PAINS["ci"], sources=frozenset({"tracker", "chat"}))}
    young = [*sources(None), SourceHealth(name="chat", kind="zammad", read_to=PERIOD.end, since=MONDAY - 5 * WEEK)]
    made = material(waits(7), history({"ci": [2] * 12}), pains=entry, sources=young)

    weeks = [w.people for w in view(made).weeks(entry["ci"], "maker")]

    assert weeks == [None] * 21 + [2] * 5


def test_a_source_that_broke_two_weeks_ago_makes_two_weeks_missing_for_the_pains_that_it_feeds():
    fed = {**PAINS, "ci": replace(PAINS["ci"], sources=frozenset({"tracker"}))}
    made = material(waits(2), history({"ci": [2] * 12}), pains=fed, sources=sources(None, read_to=3))

    weeks = [w.people for w in view(made).weeks(fed["ci"], "maker")]

    assert weeks[-4:] == [2, 2, None, None]


def test_what_a_broken_source_has_not_fed_for_half_a_year_may_be_relieved():
    fed = {**PAINS, "tax": replace(PAINS["tax"], first_at=START - 20 * WEEK, sources=frozenset({"desk"}))}
    broken = [sources(None)[0], SourceHealth(name="tracker", kind="github", read_to=PERIOD.end - timedelta(days=1))]
    past = history({"tax": [6, 5, 7, 6, 5, 6, 6, 3, 1]}, role="customer", team=None)
    made = material([*waits(4)], past, pains=fed, sources=broken)

    assert [p.id for p in view(made).relieved] == ["tax"]
    unknown = replace(made, pains={**fed, "tax": replace(fed["tax"], sources=frozenset({"desk", "tracker"}))})
    assert [p.id for p in view(unknown).relieved] == []


# --- counts -----------------------------------------------------------------------------------------------------------


def test_issues_and_not_people_are_counted_for_the_floor_of_five():
    three = waits(3)
    five = [*three, voice(50, "apps-0"), voice(51, "apps-1")]
    past = history({"ci": [0] * 8 + [1] + [0] * 9})

    assert [p.trend for p in digest(material(three, past)).pains] == ["too few to call"]
    assert [p.trend for p in digest(material(five, past)).pains] == ["above usual"]


def test_the_issues_of_a_week_before_are_summed_over_the_teams_that_own_them():
    seen = Sighting(
        pain="ci",
        week=MONDAY - WEEK,
        author="apps-1",
        role="staff",
        team="apps",
        leaf="apps",
        heard_by=(),
        items=2,
        severity=4,
    )
    made = material(waits(3), [seen, replace(seen, leaf="books", items=3, severity=8)])

    last = view(made).weeks(PAINS["ci"], "maker")[-1]

    assert (last.people, last.items, last.severity) == (1, 5, 8)


def test_a_pain_that_another_scope_knew_is_not_new_here():
    first = {**PAINS, "ci": replace(PAINS["ci"], first_at=START)}
    elsewhere = history({"ci": [1] + [0] * 9}, leaf="cables", team="cables")

    known, new = material(waits(3), elsewhere, pains=first), material(waits(3), pains=first)

    assert [p.trend for p in digest(new, "apps-lead").pains] == ["new"]
    assert [p.trend for p in digest(known, "apps-lead").pains] != ["new"]
