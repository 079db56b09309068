"""Who stands where: the three places, the whole around a part, the hours, and the lines above the mail."""

from dataclasses import replace
from datetime import timedelta

from pipeline.digest import passages, render
from pipeline.digest.material import PainEntry
from tests.pipeline.digest.builder import PAINS, START, digest, failures, history, material, org, signals, voice

BROKEN = PainEntry(id="old", title="old exports break", side="customer", first_at=START - timedelta(days=90))
SLOW = PainEntry(id="slow", title="reviews take long", side="developer", first_at=START - timedelta(days=2))


def text(document):
    return " ".join(render.text(document).split())


def staff(pain, count, start=0, **change):
    return [voice(start + n, f"apps-{n}", pain=pain, **change) for n in range(count)]


def customers(pain, count, start=100, **change):
    return [voice(start + n, f"account:{n}", pain=pain, **change) for n in range(count)]


def test_a_pain_of_two_people_stands_after_one_of_several_however_old_it_is():
    pains = {**PAINS, "old": BROKEN}
    made = material([*customers("old", 2, severity=4), *customers("tax", 3, 200, severity=1)], pains=pains)

    assert [p.id for p in digest(made).pains] == ["tax", "old"]


def test_harm_to_two_people_keeps_its_place():
    pains = {**PAINS, "old": BROKEN}
    made = material([*customers("old", 2, severity=8), *customers("tax", 3, 200, severity=1)], pains=pains)

    assert [p.id for p in digest(made).pains] == ["old", "tax"]


def test_customers_come_first_among_equals():
    same = {**PAINS, "ci": replace(PAINS["ci"], first_at=PAINS["tax"].first_at)}
    made = material([*staff("ci", 4), *customers("tax", 4)], pains=same)

    assert [p.id for p in digest(made).pains] == ["tax", "ci"]


def test_what_weighs_much_more_for_staff_stands_before_customers():
    made = material([*staff("ci", 6, severity=8), *customers("tax", 3, severity=1)])

    assert [p.id for p in digest(made).pains] == ["ci", "tax"]


def test_two_people_never_take_the_reserved_place_from_several():
    pains = {**PAINS, "old": BROKEN, "slow": SLOW}
    several = [*customers("tax", 5, severity=4), *customers("sync", 5, 200, severity=4), *customers("old", 3, 300)]
    made = material([*several, *staff("slow", 2, 400, severity=4)], pains=pains)

    assert {p.id for p in digest(made).pains} == {"tax", "sync", "old"}


def part(others):
    return [voice(1, "apps-1", leaf="cables"), *(voice(9 + n, f"books-{n}", leaf="cables") for n in range(others))]


def test_the_number_of_the_whole_is_told_where_enough_others_are_behind_it():
    made = material(part(4), history({"ci": [0, 1, 0, 0, 1, 0, 0, 0, 0]}))

    document = digest(made, "apps-lead")

    assert document.pains[0].people is None
    assert "5 engineers across Root" in document.pains[0].line
    assert failures(document, made) == []


def test_the_number_of_the_whole_is_not_told_where_it_would_tell_of_one_or_two_others():
    made = material(part(2), history({"ci": [0, 1, 0, 0, 1, 0, 0, 0, 0]}))

    assert "across Root (" not in digest(made, "apps-lead").pains[0].line
    assert "3 engineers" not in text(digest(made, "apps-lead"))


def at(hours):
    """Engineers who write on these hours of Thursday and after."""
    thursday = START + timedelta(days=3)
    return [voice(n, f"apps-{n}", created_at=thursday + timedelta(hours=hour)) for n, hour in enumerate(hours)]


def test_a_time_to_sit_is_named_where_most_of_it_is_written_in_the_same_hours():
    made = material(at([14.2, 14.9, 15.5, 15.6, 16.1, 16.5]))

    document = digest(made)

    assert "Thursday around 15:00 is a good time: most of it is written between 14:00 and 17:00." in text(document)
    assert failures(document, made) == []


def test_no_time_is_named_where_chance_explains_the_hours():
    assert "is a good time" not in text(digest(material(at([9, 11, 13.5, 15.5, 15.6, 16.1]))))
    assert "is a good time" not in text(digest(material(at([15.5, 15.6, 16.1, 16.2]))))


def week():
    found = [*customers("tax", 5, severity=8, signals=signals("found_by_third_party")), *staff("ci", 5)]
    return material([*found, *customers("sync", 4, 300)])


def test_the_subject_names_several_pains_and_the_first_within_35_characters():
    subject = digest(week()).subject

    assert subject == "Wrong tax, lost appointments | leaf notes, week 10"
    assert subject.index("tax") < 35


def test_two_pains_of_one_name_are_named_once_in_the_subject():
    pains = {**PAINS, "ci": replace(PAINS["ci"], title=PAINS["tax"].title)}
    subject = digest(material([*customers("tax", 5, severity=8), *staff("ci", 5)], pains=pains)).subject

    assert subject.casefold().count("wrong tax") == 1


def test_the_preheader_adds_who_is_hurt_and_how_and_the_longest_wait():
    document = digest(week())

    assert document.preheader.startswith("5 customers wrote, outsiders noticed first.")
    assert "16 days" in document.preheader
    assert "first pain" not in document.preheader
    assert 60 <= len(document.preheader) <= 100


def test_the_ask_and_a_question_make_sense_alone():
    document = digest(week())

    assert document.ask is not None
    asked = "give the wrong tax (number 1) an owner and a day; ask Left."
    assert document.ask.text == f"One thing only you can do: {asked}"
    assert not any("number 1" in q for q in document.questions)
    assert any("the wrong tax" in q for q in document.questions)


def test_a_pain_without_a_short_name_is_asked_about_by_its_number():
    pains = {"tax": replace(PAINS["tax"], title="I plan to work on 3 things")}
    made = material(customers("tax", 5), pains=pains)

    document = digest(made)

    assert document.ask is not None
    asked = "give number 1 an owner and a day; ask Left."
    assert document.ask.text == f"One thing only you can do: {asked}"
    assert failures(document, made) == []


def test_single_voices_are_heard_where_they_are_blocked_and_not_selling():
    heard = [
        voice(1, "account:1", "We cannot work and lose three hours every day.", pain=None, severity=4),
        voice(2, "account:2", "We lose a little time here every day.", pain=None, severity=2),
        voice(3, "account:3", "We boost your clinic and save two hours every day.", pain=None, severity=4),
        voice(4, "account:4", "Our printer is stuck for two hours every day.", pain=None, severity=4),
        voice(5, "account:5", "Our cash drawer is stuck for two hours every day.", pain=None, severity=4),
    ]

    once = digest(material([*customers("tax", 5), *heard])).heard_once

    assert 1 <= len(once) <= 2
    assert {q.issue for q in once} <= {"tracker:K-1", "tracker:K-4", "tracker:K-5"}


def test_what_the_issue_shows_is_noted_behind_the_words():
    said = "Is there a setting? Your help page says this is automatic."
    made = material([voice(n, f"account:{n}", "VAT", body=said if n == 0 else "It broke.") for n in range(5)])

    (quote,) = digest(made, "apps-lead").pains[0].quotes

    assert quote.note == "the help page disagrees with the product"
    assert "(the help page disagrees with the product)" in text(digest(made, "apps-lead"))


def test_money_held_back_is_told_where_its_words_are_not_quoted():
    held = "We are holding payment on three invoices until it works."
    best = "I retype forty invoices by hand. Two hours every night."
    voices = [
        voice(0, "account:0", "VAT", body=held),
        *(voice(n, f"account:{n}", "VAT", body=best) for n in (1, 2, 3, 4)),
    ]

    assert "At least one holds back payment" in digest(material(voices)).pains[0].facts[0]


def test_every_area_lead_named_in_a_place_to_sit_leads_that_area():
    house = org()
    people = {**house.people, "left-lead": replace(house.people["left-lead"], name="Ilse Brandt")}
    made = material(staff("ci", 5))

    assert "Ask Ilse to offer it" in text(digest(made, house=replace(house, people=people)))


def test_a_sentence_is_worth_hearing_for_what_it_costs():
    assert passages.marks("I retype forty invoices by hand. Two hours every night.") >= {"first", "cost", "workaround"}
    assert passages.marks("The dialog has a grey border.") == frozenset()
