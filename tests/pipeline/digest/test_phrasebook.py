"""A digest in another language: every sentence is found, and nothing that was counted or quoted changes."""

import ast
import re
from collections import Counter
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path
from typing import get_args

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.org import Language
from pipeline.correcting import NOT_THERE
from pipeline.digest import asking, call, phrasebook, render, select, sentences, words
from pipeline.digest.call import Case
from pipeline.digest.compose import compose
from pipeline.digest.phrasebook import Tongue
from pipeline.escalate import WAITING, Ladder, State
from pipeline.escalating import INCIDENT
from pipeline.issue import SourceHealth
from pipeline.objections import REASONS
from tests.german import english
from tests.pipeline.digest import fernhill
from tests.pipeline.digest.builder import (
    PAINS,
    PERIOD,
    all_digests,
    digest,
    failures,
    history,
    material,
    org,
    signals,
    voice,
)
from tests.pipeline.digest.test_properties import CALENDARS, HOUSE, PAST, SOURCES, voices
from workers import web
from workers.web import answering, app, common, correcting, escalating, previewing

IT = "number 1"
ENGLISH = "We are charged twice and nobody tells us why that is."
GERMAN = "Wir werden jede Woche doppelt belastet und niemand sagt uns, warum das so ist."
ARABIC = "يتم تحصيل المبلغ منا مرتين كل أسبوع ولا أحد يخبرنا لماذا يحدث هذا."


def unknown(document):
    """What of a document its language has no words for."""
    say = phrasebook.tongue(document)
    phrasebook.spoken(document, say)
    for title in words.HEADINGS[document.level].values():
        say(title)
    if document.heard.text:
        tail = f": {render.stopped(document.heard.about)}" if document.heard.about else "."
        say(document.heard.text.removesuffix(".") + tail)
    return say.unknown


def numbers(text):
    places = re.compile(r"\b(?:number|nummer) [0-9]", re.IGNORECASE)
    return sorted(re.findall("[0-9]+", places.sub("", " ".join(text.split()))))


def test_the_languages_of_the_configuration_are_those_that_have_words():
    assert tuple(sorted(get_args(Language))) == tuple(sorted(phrasebook.LANGUAGES))


def test_fernhills_leaders_read_all_of_it_in_german_with_the_same_facts():
    data = fernhill.fixture()
    made, org = fernhill.material(data), fernhill.org(data)
    index = select.index(made, org)
    for leader in org.leaders:
        ours, said = (
            compose(
                leader=leader,
                period=fernhill.period(),
                org=org,
                material=made,
                organisation="Fernhill",
                generated_at=fernhill.SENT,
                index=index,
                language=language,
            )
            for language in ("en", "de")
        )

        assert unknown(said) == []
        assert replace(said, language="en").ledger == ours.ledger
        assert numbers(render.text(said)) == numbers(render.text(replace(said, language="en")))


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(voices(), st.sampled_from(CALENDARS), st.sampled_from(SOURCES))
def test_every_week_can_be_said_in_german_and_passes_every_gate(made, calendar, sources):
    week = material(made, PAST, workdays=calendar, sources=sources)

    for leader, document in all_digests(week, HOUSE, "de").items():
        assert (leader, unknown(document)) == (leader, [])
        assert (leader, failures(document, week, HOUSE)) == (leader, [])


def test_weeks_that_are_not_normal_are_said_in_german_too():
    late = [
        SourceHealth(name="desk", kind="zendesk", read_to=None, problem="password refused"),
        SourceHealth(name="tracker", kind="github", read_to=PERIOD.start + timedelta(days=2), set_aside=2),
    ]
    weeks = [
        material([], history({"ci": [1, 0, 2, 1]}), last_quiet={"root-lead": "2026-W07"}),
        material([], sources=late),
        material([], sources=[replace(s, read_to=None) for s in late]),
        material([voice(1, "account:1", "The list is empty again on Sundays.", pain=None)], sources=late),
    ]
    for week in weeks:
        for leader in ("root-lead", "left-lead", "apps-lead"):
            document = digest(week, leader, language="de")

            assert unknown(document) == []
            assert failures(document, week) == []


FIXED = [
    *sentences.SAID.values(),
    *(
        getattr(hunch, f.name)
        for hunch in sentences.HUNCHES
        for f in fields(hunch)
        if f.name in ("says", "wrong_if", "ask")
    ),
    *(said for hint in sentences.HINTS.values() for said in hint),
    *(note for _, note in sentences.NOTES),
    *(note for _, note in sentences.BESIDE),
    *(note for _, note in sentences.BRIEFLY),
    *(f"{weight}{lasting}." for weight in sentences.WEIGHT.values() for lasting in ("", sentences.LASTING)),
    *(q.format(it=IT) for by_side in sentences.QUESTIONS.values() for asked in by_side.values() for q in asked),
    *(
        s.format(it=IT, lead=lead)
        for by_side in sentences.SIT.values()
        for s in by_side.values()
        for lead in ("Ana", asking.THE_LEAD)
    ),
    *(
        f"{begin}{said.format(named=IT, owner=owner)}."
        for owner in ("Apps", asking.OWNERS)
        for by_turn in sentences.ASK.values()
        for said in by_turn.values()
        for begin in (sentences.STEP, sentences.ONLY_YOU)
    ),
    f"{sentences.STEP}{sentences.ASK_AGAIN} (desk 7).",
    sentences.NO_ASK,
    sentences.ALL_ANSWERED,
    sentences.HANDED.format(owner="Apps", named=IT),
    sentences.DUE_SOON.format(named=IT, day="3 Mar"),
    sentences.KEPT.format(named=IT),
    sentences.TELL.format(named=IT, owner="Apps"),
    sentences.BY_REPLY,
    sentences.BY_LINE,
    sentences.PLEASE,
    sentences.WHEN.format(day="Thursday", hour="15:00", begin="14:00", end="17:00"),
]


@pytest.mark.parametrize("sentence", FIXED)
def test_every_sentence_of_ours_has_german_words_and_keeps_its_numbers(sentence):
    found = Tongue("de").find(sentence)

    assert found is not None
    assert numbers(found) == numbers(sentence)
    assert asking.THE_LEAD not in found
    assert asking.OWNERS not in found


SAMPLES = {
    **dict.fromkeys(("n", "m", "k", "l", "number"), "5"),
    "crowd": "customers",
    "Crowd": "Customers",
    "trend": "steady",
    "Trend": "Steady",
    "days": "3 days",
    "dative": "3 days",
    "day": "18 Sep",
    "date": "Fri 18 Sep",
    "iso": "2026-09-18",
    "state": "declined",
    **dict.fromkeys(("dated", "dated2"), "18 September 2026"),
    **dict.fromkeys(("week", "week2"), "2026-W38"),
    "moment": "Fri 18 Sep 18:05",
    "dates": "14-20 Sep",
    **dict.fromkeys(("hour", "hour2", "hour3"), "15:00"),
    "weekday": "Thursday",
    "office": "the lead of Left",
    "said": '"We act. You will see."',
    "weeks": "1, 2, 3",
    "range": "4-6",
    "it": IT,
    "its": IT,
    "shared": f"{IT} (Left, answered)",
    "sources": "3 from desk",
    "count": "5 customers",
    "phrase": "no trends of staff are called",
    "signal": "strong words",
    **dict.fromkeys(("span", "inteams", "thisweek", "keys"), ""),
}
"""What stands in a slot; a name where nothing else has to."""
NEXT = "So few wrote that no words are shown."
SLOTTED = sorted(
    phrase.format(**{kind: SAMPLES.get(kind, "Apps") for kind in phrasebook.KINDS})
    for phrase in yaml.safe_load((phrasebook.LOCALES / "de.yaml").read_text())["phrases"]
    if "{" in phrase and phrase.endswith((".", "?", ":"))
)


@pytest.mark.parametrize("sentence", SLOTTED)
def test_no_slot_of_a_sentence_takes_in_another_sentence(sentence):
    say = Tongue("de")
    first, then = say.find(sentence), say.find(NEXT)

    assert first is not None
    assert say.find(f"{sentence} {NEXT}") == f"{first} {then}"
    assert say.find(f"{NEXT} {sentence}") == f"{then} {first}"


def test_a_name_that_ends_a_sentence_stays_whole():
    assert Tongue("de").find("Also no. I said no. Their words, not our scores.") == (
        "Auch: no. I said no. Ihre Worte, keine Noten."
    )


@pytest.mark.parametrize("sentence", [one for one in SLOTTED if "Apps" in one])
def test_a_name_may_be_as_long_as_an_organisation_makes_it(sentence):
    name = "Rechnungen und Zahlungsverkehr " * 16 + "Nord"
    found = Tongue("de").find(sentence.replace("Apps", name))

    assert found is not None
    assert name in found or "Apps" not in (Tongue("de").find(sentence) or "")


def test_an_issues_name_is_never_a_sentence_more():
    say = Tongue("de")

    assert say.find("It is desk 7.") == "Es ist desk 7."
    assert say.find("It is written down. Nobody ever wrote this sentence.") is None


def test_every_end_of_an_escalation_has_german_words():
    said = phrasebook.phrasebook("de").lists["states"]

    assert said.keys() == set(get_args(State)) - set(WAITING)


def test_no_phrase_is_kept_that_nothing_could_say():
    with pytest.raises(ValueError, match="no slot is called nmae"):
        phrasebook._phrase("Hello {nmae}", "Hallo {nmae}")


def test_what_has_no_words_stays_as_it_is_and_is_told():
    say = Tongue("de")

    assert say("Nobody ever wrote this sentence.") == "Nobody ever wrote this sentence."
    assert say.unknown == ["Nobody ever wrote this sentence."]


@pytest.mark.parametrize(
    ("english", "german"),
    [
        ("You named 25 Sep.", "Sie nannten den 25. Sep."),
        ("You named 3 Mar.", "Sie nannten den 3. März."),
        (
            "GitHub stopped Fri 18 Sep 18:05 (token expired).",
            "GitHub brach am Fr., 18. Sep., 18:05 ab (token expired).",
        ),
        (
            'Your answer to "wrong tax" was kept: you will act (by 2026-09-25):',
            'Ihre Antwort zu "wrong tax" ist aufgenommen: Sie werden handeln (bis 25. Sep. 2026):',
        ),
        ("Wrong tax: no answer for 1 day.", "Wrong tax: keine Antwort seit 1 Tag."),
        ("Not yet answered (34 days).", "Noch nicht beantwortet (34 Tage)."),
        (
            "4 customers. Fifth week, steady. Not yet answered.",
            "4 Kunden. Fünfte Woche, gleichbleibend. Noch nicht beantwortet.",
        ),
    ],
)
def test_days_and_plurals_follow_the_language(english, german):
    assert Tongue("de").find(english) == german


def test_a_mail_that_says_another_number_than_was_counted_is_held():
    week = material(
        [voice(n, f"account:{n}", "We are charged twice and nobody tells us why.", pain="tax") for n in range(6)]
    )
    document = digest(week, language="de")
    text = render.text(document)
    assert "6 Kunden" in text

    spoilt = replace(
        document, heard=replace(document.heard, text="7 pains wait for a first answer."), ledger=document.ledger
    )

    assert failures(document, week) == []
    assert any("P" in failure for failure in failures(spoilt, week))


def test_quotations_and_names_stay_in_the_words_of_those_who_wrote():
    body = "We are charged twice and nobody tells us why that is."
    week = material([voice(n, f"account:{n}", body, signals=signals("workaround")) for n in range(6)])
    document = digest(week, language="de")

    assert f'"{body}"' in " ".join(render.text(document).split())
    assert '<html lang="de"' in render.html(document)


@pytest.mark.parametrize("letters", range(40, 62))
def test_a_subject_that_just_fits_in_english_fits_in_german_too(letters):
    title = ("builds wait " * 9)[:letters].strip()
    pains = {"ci": replace(PAINS["ci"], title=title)}
    week = material([voice(n, f"apps-{n}") for n in range(4)], pains=pains)

    document = digest(week, language="de")
    subject = render.head(document).subject

    assert len(subject) <= 60
    assert subject.endswith("Woche 10")
    assert not [failure for failure in failures(document, week) if "subject" in failure]


def called(body, *, rule="escalate", copy=False, page=None, by_line=False, author="account:1"):
    house = org()
    return Case(
        rule=Ladder().rules[rule],
        voice=voice(1, author, body),
        reader="apps-lead",
        copy=copy,
        org=house,
        names=select.index(material([]), house).names,
        sources={"tracker": "github"},
        pain_title="clinics are charged the wrong tax",
        person=False,
        note="They called me on Sunday.",
        at=PERIOD.start,
        due=PERIOD.end,
        zone="UTC",
        office="the lead of Left",
        limits=(1, 3),
        page=page,
        by_line=by_line,
    )


@pytest.mark.parametrize(
    ("body", "language", "marked", "named"),
    [
        (GERMAN, "en", "de", "in German"),
        (GERMAN, "de", None, None),
        (ARABIC, "de", "ar", "auf Arabisch"),
        (ENGLISH, "de", "en", None),
        (ENGLISH, "en", None, None),
    ],
)
def test_a_call_marks_and_names_the_language_of_a_quotation_that_is_not_its_own(body, language, marked, named):
    said = call.compose(called(body)).said_in(language)
    html, [quoted] = said.html(), [b for s in said.sections for b in s.blocks if b.kind == "quote"]

    assert body in quoted.text
    assert quoted.lang == marked
    direction = "rtl" if marked == "ar" else "ltr"
    found = re.findall(r'<span lang="(\w+)" dir="(\w+)"', html)
    assert found == ([] if marked is None else [(marked, direction)])
    assert re.findall(r"\b(?:in|auf) [A-Z][a-zä]+(?=\s|$|<)", quoted.lead) == ([] if named is None else [named])
    assert call.Call.from_json(said.to_json()).html() == html


@pytest.mark.parametrize("copy", [False, True])
@pytest.mark.parametrize("page", ["https://notes.example/escalation/x", None])
@pytest.mark.parametrize("author", ["account:1", "left-1"])
def test_a_call_is_said_in_german_and_keeps_the_words_of_those_who_wrote(author, page, copy):
    for name in Ladder().rules.keys() - {"stuck", "voice_withdrawn"}:
        case = called(
            "We are charged twice and nobody tells us why that is.",
            rule=name,
            copy=copy,
            page=page,
            by_line=page is None,
            author=author,
        )
        ours, said = call.compose(case), call.compose(case).said_in("de")

        assert said.language == "de"
        assert numbers(said.text()) == numbers(ours.text())
        assert "They called me on Sunday." in said.text()
        typed = ("I own it", "not now, because", "wrong tag")  # what `returned.to_call` reads
        names = (*typed, "They called me on Sunday", case.pain_title)
        assert (name, english(f"{said.subject} {said.text()} {said.html()}", names)) == (name, [])


TEMPLATES = Path(web.__file__).parent / "templates"
ROOT = TEMPLATES.parents[2]
PAGES = [ROOT / "workers" / "web" / f"{page.__name__.rpartition('.')[2]}.py" for page in (*app.LEADERS, common)]
RULES = [
    ROOT / "pipeline" / f"{name}.py"
    for name in ["adding", "answers", "correcting", "escalate", "escalating", "listening", "objections", "preview"]
]
REFUSALS = {"Refused", "NotAnAnswer", "NotACorrection", "NotNow", "NotSo", "NotAContext"}


def told():
    """What the pages of leaders say that is written in code: whole sentences, and why something cannot be done, with a
    7 for whatever is filled in. What begins small is said by commands."""
    for module in (*PAGES, *RULES):
        nodes = list(ast.walk(ast.parse(module.read_text())))
        names = [n for n in nodes if isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id in REFUSALS]
        beside = {id(n.value) for n in nodes if isinstance(n, ast.Expr)}
        beside |= {id(part) for n in nodes if isinstance(n, ast.JoinedStr) for part in n.values}
        plain = [n for n in nodes if module in PAGES and isinstance(n, ast.Constant) and id(n) not in beside]
        for said in (*plain, *(part for n in names for part in n.args)):
            parts = said.values if isinstance(said, ast.JoinedStr) else [said]
            text = "".join(str(one.value) if isinstance(one, ast.Constant) else "7" for one in parts)
            if text[:1].isupper() and " " in text and (text.endswith(".") or said not in plain):
                yield text


SAID_ON_PAGES = sorted(
    {said for page in TEMPLATES.glob("*.html") for said in re.findall(r'\bt\("([^"]+)"\)', page.read_text())}
    | {said for label_and_help in answering.KINDS.values() for said in label_and_help}
    | {*escalating.SAID.values(), *escalating.ENDED.values(), INCIDENT}
    | {side for said in correcting.SIDES.values() for side in (said, said.lower())}
    | {*REASONS.values(), common.OVER, previewing.ENDED, NOT_THERE, *told()}
)


@pytest.mark.parametrize("sentence", SAID_ON_PAGES)
def test_every_sentence_of_the_leaders_pages_has_german_words(sentence):
    assert Tongue("de").find(sentence) is not None


def test_no_sentence_has_two_entries():
    entries = re.findall(r'^  ("[^"]+"|\'[^\']+\'):', (phrasebook.LOCALES / "de.yaml").read_text(), re.MULTILINE)

    assert [one for one, times in Counter(entries).items() if times > 1] == []


PARTS = [
    ("day", "25 Sep"),
    ("date", "Fri 18 Sep"),
    ("moment", "Fri 18 Sep 18:05"),
    ("dates", "14-20 Sep"),
    ("dates", "28 Sep-4 Oct"),
    ("days", "1 day"),
    ("days", "34 days"),
    ("dative", "34 days"),
    ("trend", "above usual across Left"),
    ("trend", "slowly rising for 3 weeks"),
    ("trend", "It came back 1 week after its relief"),
    ("trend", "It came back 4 weeks after its relief"),
    ("trend", "Fifth week, steady"),
    ("trend", "More than ten weeks, steady"),
    ("it", "the wrong tax (number 2)"),
    ("shared", "the wrong tax (number 2) (Left, answered)"),
    ("shared", "the wrong tax (number 2) (Left, not yet answered)"),
    ("sources", "3 from tracker (not read) and 4 from desk (read to Fri 18 Sep 18:05 only)"),
    ("plain", "tracker (not read) and desk (read to Fri 18 Sep 18:05 only)"),
    ("inteams", " in 4 teams"),
    ("thisweek", " this week"),
]


def third(folder, **forms):
    """A language whose every word of ours is made of z: what stays German, or English, is not from its file."""
    zs = re.compile(r"(?<![{\w])[^\W\d_]+(?![}\w])")
    book = yaml.safe_load((phrasebook.LOCALES / "de.yaml").read_text())
    for section, entries in book.items():
        if section != "phrases":
            book[section] = {name: zs.sub("zz", said) for name, said in entries.items()}
    book["forms"] |= forms
    (folder / "xx.yaml").write_text(yaml.safe_dump({**book, "phrases": {}}))
    return Tongue("xx", locales=folder)


@pytest.mark.parametrize(("kind", "text"), PARTS)
def test_a_third_language_is_its_file_alone(tmp_path, kind, text):
    said = third(tmp_path)._slot(kind, text)

    names = {"zz", "Left", "tracker", "desk"}
    assert said is not None
    assert set(re.findall(r"[^\W\d_]+", said)) <= names
    assert "zz" in said
    assert numbers(said) or not numbers(text) or "1 " in text
    assert Tongue("de")._slot(kind, text) != text


def test_parts_are_put_together_as_the_language_says(tmp_path):
    say = third(tmp_path, day="{month} {day}", **{"read to": "<{moment}>", "from": "{source}: {n}"})

    assert say._slot("sources", "4 from desk (read to Fri 18 Sep 18:05 only)") == "desk: 4 <zz., zz. 18, 18:05>"


def test_a_phrasebook_without_a_form_is_refused_by_its_name(tmp_path):
    say = third(tmp_path, day="{day} {mnth}")

    with pytest.raises(ValueError, match=r"xx\.yaml: .*: day$"):
        say.word("and")
