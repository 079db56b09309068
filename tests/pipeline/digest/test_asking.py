"""What is asked of whom: only what nobody below could do, in the words that fit who wrote and who answers."""

from dataclasses import replace

import pytest

from pipeline.digest import render, select
from pipeline.digest.compose import compose, first_name
from pipeline.digest.material import PainEntry
from pipeline.issue import SourceHealth
from pipeline.org import Claim, Org, Person, Team
from tests.pipeline.digest.builder import (
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

SUPPORT = ("chief", "east", "west")


def named(**names: str) -> Org:
    """The usual house, its leads with names that can be said: "Ilse" for `apps="Ilse"`."""
    house = org()
    people = {f"{team}-lead": replace(house.people[f"{team}-lead"], name=name) for team, name in names.items()}
    return replace(house, people={**house.people, **people})


def with_agents() -> Org:
    """The usual house and beside it the agents: `chief` above `east` and `west`, eight each."""
    house = org()
    people = {f"{t}-lead": Person(id=f"{t}-lead", name=f"{t.title()} Agentboss") for t in SUPPORT}
    teams = {"chief": Team(id="chief", name="Care", leader="chief-lead", hears=(Claim(source="desk"),))}
    for team in SUPPORT[1:]:
        hears = (Claim(source="desk", group=team),)
        teams[team] = Team(id=team, name=team.title(), parent="chief", leader=f"{team}-lead", size=8, hears=hears)
    return replace(house, people={**house.people, **people}, teams={**house.teams, **teams})


def customers(pain="tax", count=5, start=100, **change):
    return [voice(start + n, f"account:{pain}{n}", pain=pain, **change) for n in range(count)]


def staff(team, count, start=0, pain="ci", **change):
    return [voice(start + n, f"{team}-{n}", pain=pain, **change) for n in range(count)]


def asked(made, leader, house=None):
    document = digest(made, leader, house)
    assert failures(document, made, house) == []
    assert document.ask is not None
    return document.ask.text


def test_a_pain_with_one_owner_asks_each_level_for_another_thing():
    house, made = named(apps="Ilse", left="Ruth"), material(customers(leaf="apps"))

    assert asked(made, "root-lead", house).endswith("give the wrong tax (number 1) an owner and a day; ask Ruth.")
    assert asked(made, "left-lead", house).endswith("the wrong tax (number 1); Ilse can say what stands in the way.")
    assert asked(made, "apps-lead", house).startswith("Smallest useful step today: write one honest line")


def test_a_pain_of_several_areas_is_decided_by_the_lowest_leader_above_them():
    made = material([*customers(leaf="apps"), *customers(start=200, leaf="docks")])

    assert asked(made, "root-lead").endswith("decide who answers for the wrong tax (number 1): Left or Right.")


def test_many_areas_with_long_names_leave_the_ask_short():
    house = org()
    long = {
        t: replace(house.teams[t], name=f"Centre of {t.title()} Things and Their Friends") for t in ("left", "right")
    }
    made = material([*customers(leaf="apps"), *customers(start=200, leaf="docks")])

    said = asked(made, "root-lead", replace(house, teams={**house.teams, **long}))

    assert said.endswith("decide who answers for the wrong tax (number 1): the owning teams.")


def test_a_leaf_with_few_of_the_issues_is_no_owner():
    made = material([*customers(count=6, leaf="apps"), voice(300, "account:z", pain="tax", leaf="docks")])

    assert asked(made, "root-lead").endswith("ask Left.")


def test_a_pain_that_nobody_owns_needs_an_owner():
    assert asked(material(customers(leaf=None)), "root-lead").endswith("give the wrong tax (number 1) an owner.")


def test_where_the_owning_team_has_no_leader_somebody_must_be_named():
    house = org()
    teams = {**house.teams, "apps": replace(house.teams["apps"], leader=None)}

    said = asked(material(customers(leaf="apps")), "left-lead", replace(house, teams=teams))

    assert said.endswith("say who answers for the wrong tax (number 1).")


def test_what_needs_the_reader_is_asked_before_what_a_leader_below_could_do():
    hurt = [*staff("books", 4, leaf="docks"), *staff("cables", 4, 20, leaf="docks")]
    made = material([*customers(leaf="apps", severity=8), *hurt])

    document = digest(made)

    assert [p.id for p in document.pains] == ["tax", "ci"]
    assert document.ask is not None
    assert (document.ask.pain, document.ask.number) == ("ci", 2)
    assert document.ask.text.startswith("One thing only you can do: limit with Right what")


def test_a_leader_of_those_who_suffer_agrees_with_a_team_elsewhere():
    made = material(staff("apps", 5, leaf="docks"))

    assert "agree with Docks what" in asked(made, "left-lead")
    assert asked(made, "apps-lead").startswith("Smallest useful step today: ask Docks what happens next")


def test_nobody_is_told_to_write_to_customers_where_only_a_colleague_wrote():
    made = material([voice(1, "apps-1", side="customer", pain="tax")])

    assert "write one honest line" not in asked(made, "apps-lead")
    assert asked(made, "apps-lead").startswith("Smallest useful step today: ask the whole team which customers met")


def test_nobody_is_sent_to_a_lead_who_does_not_report_to_them():
    house, made = named(docks="Niamh", right="Tomas"), material(staff("apps", 5, leaf="docks"))

    for document in (digest(made, "left-lead", house), digest(made, "apps-lead", house)):
        said = render.text(document)
        assert "Niamh" not in said
        assert "Tomas" not in said
    assert "Ask the lead to offer it" in " ".join(render.text(digest(made, "left-lead", house)).split())


def test_who_leads_agents_leads_gets_the_answer_and_they_pass_it_on():
    house = with_agents()
    heard = [
        *customers(count=3, heard_by=("chief", "east")),
        *customers(count=3, start=200, heard_by=("chief", "west")),
    ]

    said = {who: asked(material(heard), f"{who}-lead", house) for who in SUPPORT}

    assert said["chief"].startswith("One thing only you can do: get an answer from Apps on the wrong tax")
    assert said["west"] == "Smallest useful step today: tell those who wrote of the wrong tax (number 1) what we know."


MACRO = "The macro still describes the old menus. I paste from my own notes file."


def test_a_single_agent_is_heard_by_those_who_lead_agents_and_by_nobody_else():
    house = with_agents()
    pains = {**PAINS, "macro": PainEntry(id="macro", title="macros are stale", side="developer", first_at=START)}
    one = voice(7, "east-1", MACRO, role="staff", team="east", leaf="chief", pain="macro")
    made = material([one, *customers(count=5, heard_by=("chief", "east"))], pains=pains)

    documents = all_digests(made, house)

    assert {who for who, d in documents.items() if MACRO in render.text(d).replace("\n   ", " ")} == {
        "chief-lead",
        "east-lead",
    }
    assert [q.label for q in documents["chief-lead"].heard_once] == [None]
    assert [q.label for q in documents["east-lead"].heard_once] == ["K-7"]
    assert all(failures(documents[who], made, house) == [] for who in ("chief-lead", "east-lead"))


def test_an_agents_words_on_what_customers_suffer_stand_beside_theirs():
    house = with_agents()
    said = "I apologise all day for the same fault and have nothing new to say."
    one = voice(7, "east-1", said, role="staff", team="east", side="customer", pain="tax")
    made = material([one, *customers(count=5, heard_by=("chief", "east"))])

    assert [q.text for q in digest(made, "east-lead", house).heard_once] == [said]
    assert digest(made, "apps-lead", house).heard_once == ()


def test_the_questions_differ_between_those_led_by_the_same_person():
    house = with_agents()
    heard = customers(count=5, heard_by=("chief", "east", "west"))

    asked = {who: digest(material(heard), f"{who}-lead", house).questions for who in SUPPORT}

    for place in range(3):
        assert len({questions[place] for questions in asked.values()}) == 3
    assert digest(material(heard), "east-lead", house).questions == asked["east"]


def test_of_a_pain_without_number_or_words_at_least_one_thing_is_told():
    made = material([voice(1, "apps-1", "Can anyone share a set?", leaf="docks", severity=2)])

    (pain,) = digest(made, "apps-lead").pains

    assert (pain.people, pain.quotes) == (None, ())
    assert pain.facts == ("It slows work (K-1). So few wrote that no words are shown.",)


def test_what_was_heard_before_is_told_of_such_a_pain():
    made = material([voice(1, "apps-1", "Can anyone share a set?", leaf="docks")], history({"ci": [1, 0, 0]}))

    assert digest(made, "apps-lead").pains[0].facts == (
        "It slows work (K-1), and was heard in earlier weeks too. So few wrote that no words are shown.",
    )


def test_two_leaders_in_a_line_hear_two_customers():
    said = ("I retype forty invoices by hand. Two hours every night.", "We are holding payment on three invoices now.")
    made = material(
        [voice(n, f"account:{n}", "Wrong VAT", body=said[n] if n < 2 else "It broke.", pain="tax") for n in range(5)]
    )

    heard = {who: [q.text for q in digest(made, who).pains[0].quotes] for who in ("root-lead", "left-lead")}

    assert heard == {"root-lead": [said[0]], "left-lead": [said[1]]}


def test_one_or_two_customers_are_not_counted_in_words_either():
    made = material([voice(n, f"account:{n}", "I retype forty invoices by hand, two hours a night.") for n in (1, 2)])

    assert digest(made, "apps-lead").pains[0].line.startswith("Customers, too few for a number.")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Every invoice is charged twice.", "Money is at stake for those who wrote."),
        ("All records were deleted overnight, and the medication list with it.", "Data and safety are at stake"),
        ("It broke.", "Those who wrote describe harm."),
    ],
)
def test_the_kind_of_harm_is_said_where_the_words_tell_it(text, said):
    facts = digest(material(customers(text=text, severity=8))).pains[0].facts

    assert facts[0].startswith(said)


def test_what_is_neither_friction_nor_thanks_is_called_other_things():
    made = material([*customers(), voice(1, "account:x", side="none", pain=None, kind="other")])

    assert "1 of other things" in digest(made).made.lines[1]


def test_sources_that_stopped_leave_silence_unread():
    blind = [SourceHealth(name="tracker", kind="github", read_to=PERIOD.start)]

    assert any("We cannot say who went quiet" in line for line in digest(material(customers(), sources=blind)).quiet)


def alone(**change):
    return material([voice(n, f"account:{n}", pain=None, severity=2, **change) for n in range(3)])


@pytest.mark.parametrize("leader", ["apps-lead", "left-lead", "root-lead"])
def test_single_voices_are_told_of_and_no_question_points_to_words_that_are_not_there(leader):
    for week in range(4):  # the questions change from week to week
        at = replace(PERIOD, label=f"2026-W{10 + week}")
        index = select.index(alone(no_quote=True), org())
        document = compose(
            leader=leader, period=at, org=org(), material=alone(no_quote=True), organisation="Example",
            generated_at=SENT, index=index, language="en",
        )  # fmt: skip

        assert document.notes[-1] == "Friction was heard, each by a single voice."
        assert not [q for q in document.questions if "sentence above" in q]


def test_words_that_are_there_may_be_pointed_to():
    asked = [
        q
        for week in range(4)
        for q in compose(
            leader="apps-lead", period=replace(PERIOD, label=f"2026-W{10 + week}"), org=org(),
            material=material(customers()), organisation="Example", generated_at=SENT,
        ).questions
    ]  # fmt: skip

    assert "Which customer sentence above surprised you?" in asked


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("Dr. Ana Abt", "Ana"),
        ("Frau Prof. Dr. Ana Abt", "Ana"),
        ("Abt, Ana", "Ana"),
        ("Ana Abt, PhD", "Ana"),
        ("Ana", "Ana"),
        ("Dr.", "Dr."),
        ("J. Abt", "Abt"),
        ("", ""),
    ],
)
def test_who_is_greeted_is_called_by_their_own_name(name, called):
    house = org()
    people = {**house.people, "apps-lead": replace(house.people["apps-lead"], name=name)}

    assert first_name(replace(house, people=people), "apps-lead") == called
