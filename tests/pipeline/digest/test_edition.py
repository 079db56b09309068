"""A leader's copy for their team: what everybody in it may see, and nothing by which a colleague could be known."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from pipeline.answers import Answer
from pipeline.digest import edition, gates, gates_team
from pipeline.digest.document import Ask, Away, CheckIn, Document, Entry, Quote, Unstated
from pipeline.digest.index import index
from pipeline.digest.material import Material
from pipeline.digest.select import View
from pipeline.org import Org
from tests.pipeline.digest.builder import PERIOD, SENT, digest, history, material, org, signals, voice

WORDS = (
    "I wait forty minutes for every build and lose my thread.",
    "The queue eats my whole afternoon, every single day.",
    "We restart it by hand until it turns green.",
    "Nobody answers when the runner hangs for hours.",
)
STAFF = [voice(n, f"apps-{n}", WORDS[n]) for n in range(4)]
CUSTOMERS = [
    voice(20 + n, f"account:{n}", f"We pay invoice number {n} twice because the tax is wrong.", severity=8)
    for n in range(6)
]
TENDER = voice(40, "apps-5", "I merged it without the checks, sorry about that one.", signals=signals("confession"))
THANKS = voice(41, "account:9", "The export came in seconds today. Thank you.", side="none", signals=signals("thanks"))
MADE = material([*STAFF, *CUSTOMERS, TENDER, THANKS], history({"ci": [1, 0, 1, 1, 0, 1, 1, 0, 1]}))


SAID = "We read the site's tax profile"


def answer(leader: str = "apps-lead", pain: str = "tax", text: str = SAID, **more) -> Answer:
    given = {"kind": "act", "due": (PERIOD.end + timedelta(days=9)).date(), "at": PERIOD.end, **more}
    return Answer(id=7, pain=pain, leader=leader, text=text, **given)


def with_answers(made: Material, *some: Answer) -> Material:
    return replace(made, answers={one.pain: (one,) for one in some}, told={7: (6, 6)})


def view_of(made: Material, leader: str = "apps-lead", house: Org | None = None) -> View:
    sorted_once = index(made, house or org())
    view = View(sorted_once, leader, PERIOD, SENT)
    return replace(view, unsaid=edition.unsaid(view, digest(made, leader, house)))


def copy(made: Material, leader: str = "apps-lead", house: Org | None = None) -> tuple[Document, View]:
    view = view_of(made, leader, house)
    return edition.compose(view, "Example"), view


def failed(document: Document, view: View) -> list[str]:
    return gates_team.failures(document, edition.text(document), edition.html(document), view)


def checked(made: Material, leader: str = "apps-lead", house: Org | None = None) -> Document:
    document, view = copy(made, leader, house)
    assert failed(document, view) == []
    return document


def flat(document: Document) -> str:
    return " ".join(edition.text(document).split())


def test_customers_come_first_in_their_exact_words_with_their_keys() -> None:
    found = checked(MADE)

    assert [(p.id, p.people) for p in found.pains] == [("tax", 6), ("ci", 5)]
    assert all(q.label and q.url for q in found.pains[0].quotes)
    assert found.pains[0].issues == tuple(v.key for v in CUSTOMERS)
    assert flat(found).index("WHAT CUSTOMERS TOLD") < flat(found).index("WHAT COLLEAGUES TOLD")


def test_the_language_of_words_that_are_not_english_is_named_and_marked() -> None:
    said = "Wir mussten gestern zwei Familien am Kai stehen lassen und haben nichts gehört."
    found = checked(material([voice(n, f"account:{n}", said) for n in range(6)]))

    assert {q.lang for q in found.quotations()} == {"de"}
    assert '<span lang="de" dir="ltr">' in edition.html(found)
    assert "in German" in flat(found)


def test_colleagues_are_quoted_where_three_others_tell_the_same_and_never_pointed_at() -> None:
    found = checked(MADE).pains[1]

    assert {q.issue for q in found.quotes} < {v.key for v in STAFF}
    assert all(q.label is q.url is None for q in found.quotes)
    assert found.issues == ()


@pytest.mark.parametrize("others", [0, 1, 2])
def test_a_pain_that_one_two_or_three_colleagues_tell_of_is_not_told_among_them(others: int) -> None:
    found = checked(replace(MADE, voices=[*STAFF[: others + 1], *CUSTOMERS]))

    assert [p.id for p in found.pains] == ["tax"]
    assert not any(words in flat(found) for words in WORDS)


def test_nobody_of_a_group_under_five_is_quoted() -> None:
    found = checked(MADE, house=org({"apps": 4}))

    assert not any(words in flat(found) for words in WORDS)


def test_what_somebody_admits_counts_for_nothing_and_is_nowhere() -> None:
    found = checked(replace(MADE, voices=[*STAFF[:3], TENDER, *CUSTOMERS]))

    assert [p.id for p in found.pains] == ["tax"]
    assert TENDER.key not in found.evidence()


def test_who_leads_several_teams_quotes_only_what_all_of_them_could_open() -> None:
    shared = replace(CUSTOMERS[0], heard_by=("apps", "books"), title="Our tax is doubled on every single invoice.")
    found = checked(replace(MADE, voices=[*STAFF, shared, *CUSTOMERS[1:]]), "left-lead")

    assert [q.text for q in found.quotations()] == [shared.title]
    assert found.evidence() == (shared.key,)


def test_the_leaders_own_answer_is_told_in_its_words_and_says_who_was_told() -> None:
    found = checked(with_answers(MADE, answer()))

    assert found.pains[0].state == "answered"
    assert f'"{SAID}"' in flat(found)
    assert "Everybody who wrote has been told." in flat(found)
    assert found.pains[1].facts == ("It is not yet answered.",)


def test_of_another_leader_only_that_they_answered_is_told() -> None:
    found = checked(with_answers(MADE, answer("books-lead", text="Books will look at it with care")))

    assert "look at it with care" not in flat(found)
    assert "Books answered on" in flat(found)


def test_an_answer_that_names_somebody_is_told_without_its_words() -> None:
    found = checked(with_answers(MADE, answer(text="Quentin3 looks into it")))

    assert "Quentin3" not in flat(found)
    assert found.pains[0].state == "answered"


def test_what_was_handed_on_is_not_yet_answered() -> None:
    found = checked(with_answers(MADE, answer(kind="belongs", to="books-lead", due=None)))

    assert (found.pains[0].state, "handed to Books" in flat(found)) == ("not yet answered", True)


def test_a_number_that_the_leader_was_not_told_is_not_told_to_the_team() -> None:
    view = view_of(MADE)

    found = edition.compose(replace(view, unsaid=frozenset({"tax", "ci"})), "Example")

    assert [p.people for p in found.pains] == [None, None]
    assert failed(found, replace(view, unsaid=frozenset({"tax", "ci"}))) == []


def test_a_week_of_which_nothing_can_be_told_says_so() -> None:
    alone = checked(replace(MADE, voices=[STAFF[0]]))
    calm = checked(replace(MADE, voices=[]))

    assert "without pointing at somebody" in flat(alone)
    assert "calm or silence" in flat(calm)


def test_a_copy_comes_back_from_its_json_and_other_documents_have_no_key_for_it() -> None:
    found = checked(with_answers(MADE, answer()))

    assert Document.from_json(found.to_json()) == found
    assert "edition" not in digest(MADE).to_json()


def test_whoever_of_a_team_wrote_which_words_the_copy_is_the_same() -> None:
    swapped = [replace(v, author=f"apps-{(n + 1) % 4}") for n, v in enumerate(STAFF)]

    assert checked(MADE) == checked(replace(MADE, voices=[*swapped, *CUSTOMERS, TENDER, THANKS]))


GOOD, VIEW = copy(with_answers(MADE, answer(), answer("books-lead", "ci", "Books looks at the queue")))


def first(**change: object) -> Document:
    return replace(GOOD, pains=(replace(GOOD.pains[0], **change), *GOOD.pains[1:]))  # type: ignore[arg-type]


def second(**change: object) -> Document:
    return replace(GOOD, pains=(GOOD.pains[0], replace(GOOD.pains[1], **change)))  # type: ignore[arg-type]


REFUSED: list[tuple[str, Callable[[], Document]]] = [
    ("T1 signed", lambda: first(answer_url="https://leaf.example/answer/x")),
    ("T1 signed", lambda: replace(GOOD, page_url="https://leaf.example/digest/x")),
    ("T2 opened", lambda: second(issues=(STAFF[0].key,))),
    ("T2 opened", lambda: second(quotes=(Quote(text=WORDS[0], issue=STAFF[0].key, by="one of us", label="K-0"),))),
    ("T3 colleagues", lambda: first(quotes=(Quote(text=WORDS[0], issue=STAFF[0].key, by="one of us"),))),
    ("T4 shared", lambda: second(people=3)),
    ("T5 answers", lambda: first(state="not yet answered")),
    ("T5 answers", lambda: first(facts=("It is not yet answered.",))),
    ("T6 words", lambda: second(facts=('The words: "Books looks at the queue".',))),
    ("T7 parts", lambda: replace(GOOD, unstated=(Unstated(hypothesis="x", signals=(), wrong_if=None, pain="ci"),))),
    ("T7 parts", lambda: replace(GOOD, ask=Ask(text="Answer it"))),
    ("T7 parts", lambda: replace(GOOD, heard=replace(GOOD.heard, waiting=1))),
    ("T7 parts", lambda: replace(GOOD, check_in=CheckIn(asked=None, answers=None, questions=(), lines=()))),
    ("T7 parts", lambda: replace(GOOD, ledger=(*GOOD.ledger, Entry(text="1", value=9, query="waited(ci)")))),
    ("T7 parts", lambda: first(facts=(*GOOD.pains[0].facts, "The longest wait was long."))),
    ("T7 parts", lambda: replace(GOOD, edition=None)),
    ("T7 parts", lambda: replace(GOOD, away=(Away(week="2026-W09", pains=(), lead="Week 9", text="Nothing."),))),
    ("T8 keys", lambda: second(line="See K-2 for more.")),
    ("P12 floors", lambda: first(people=2)),
    ("P14 confession", lambda: second(line="See K-40 for more.")),
    ("P11 names", lambda: second(line="Ask Quentin3 Surnameapps3 about it.")),
    ("P1 ledger", lambda: second(line="We counted 77 of them.")),
    ("P15 blame", lambda: second(line="The team failed to answer.")),
]


def test_the_copy_that_the_others_are_spoilt_from_is_good() -> None:
    assert failed(GOOD, VIEW) == []


@pytest.mark.parametrize(("gate", "spoil"), REFUSED, ids=[f"{n}-{gate}" for n, (gate, _) in enumerate(REFUSED)])
def test_a_copy_that_tells_too_much_is_refused(gate: str, spoil: Callable[[], Document]) -> None:
    assert gate in {problem.split(":")[0] for problem in failed(spoil(), VIEW)}


def test_a_pain_of_one_colleague_is_refused_by_its_gate() -> None:
    few = replace(MADE, voices=[STAFF[0], STAFF[1], *CUSTOMERS])
    view = view_of(few)
    kept = replace(GOOD, pains=(replace(GOOD.pains[1], people=None, quotes=(), facts=("It is not yet answered.",)),))

    assert any(problem.startswith("T4 shared") for problem in failed(replace(kept, ledger=()), view))


def test_every_gate_of_a_team_s_copy_can_fail() -> None:
    assert {name for name, _ in gates.GATES} > gates_team.SHARED
    own = {name for name, _ in gates_team.GATES} - gates_team.SHARED

    assert own == {gate for gate, _ in REFUSED if gate.startswith("T")}
