"""What a digest puts right of earlier ones, and what it says was given to its reader: in words that gates let pass."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from pipeline.answers import Answer
from pipeline.digest import gates, phrasebook, render
from pipeline.digest.document import Document
from pipeline.digest.material import Material
from pipeline.objections import REASONS, Objection
from tests.pipeline.digest.builder import MONDAY, START, digest, history, material, org, voice

WEEK = MONDAY - timedelta(days=7)
VOICES = [
    *(voice(n, f"apps-{n}", f"The build number {n} waits for forty minutes and we lose the day.") for n in range(5)),
    *(voice(20 + n, f"account:{n}", f"The tax on invoice {n} is wrong and we correct it by hand.") for n in range(6)),
]
MADE = material(VOICES, history({"ci": [4, 4, 4, 4, 4, 4], "tax": [3, 3, 3, 3, 3, 3]}))


def objection(number: int, what: Any, **more: Any) -> Objection:
    told = {"pain": None, "issue": None, "said": "", "to": None, "was": None, "why": "", **more}
    return Objection(
        id=number, what=what, by="left-lead", how="page", scope=("left",), period="2026-W09",
        at=START + timedelta(hours=number), **told,
    )  # fmt: skip


def told(made: Material, leader: str = "apps-lead") -> tuple[Document, Sequence[str]]:
    document = digest(made, leader)
    return document, gates.failures(document, render.text(document), render.html(document), made, org())


def everything() -> list[Material]:
    """Weeks in which each kind of line stands, in each of its wordings."""
    handed = Answer(id=1, pain="gone", leader="left-lead", kind="belongs", text="Theirs", at=START, to="apps-lead")
    entry = replace(MADE.pains["tax"], id="gone", title="reports open slowly")
    with_gone = replace(MADE, pains={**MADE.pains, "gone": entry})
    quotes = [objection(n, "quote", issue=f"tracker:K-{n}", said=said) for n, said in enumerate(REASONS, start=1)]
    return [
        replace(MADE, told_before={"apps-lead": {("ci", WEEK): 9}}),
        replace(MADE, told_before={"apps-lead": {("ci", WEEK): 5}}),
        replace(MADE, told_before={"apps-lead": {("ci", WEEK - timedelta(days=7)): 9}}, edited=frozenset({"ci"})),
        replace(MADE, told_before={"apps-lead": {("ci", WEEK): 9}}, late={("ci", WEEK): frozenset({"tracker"})}),
        replace(
            MADE,
            told_before={
                "apps-lead": {(pain, WEEK - timedelta(days=7 * n)): 9 for pain in ("ci", "tax") for n in (0, 1)}
            },
        ),
        replace(MADE, objections=quotes, withdrawn={one.id: {"apps-lead": "ci"} for one in quotes}),
        replace(MADE, objections=quotes, withdrawn={one.id: {"apps-lead": None} for one in quotes}),
        replace(with_gone, answers={"gone": (handed,)}),
        replace(MADE, objections=[objection(1, "move", issue="tracker:K-1", to="apps", was="books")]),
        replace(MADE, renamed={"ci": "builds are slow for 99 teams"}),
    ]


def test_every_line_passes_every_gate_and_can_be_said_in_german() -> None:
    kinds = set()
    for made in everything():
        document, failures = told(made)
        assert failures == []
        assert document.corrections
        kinds.update(one.kind for one in document.corrections)
        tongue = phrasebook.tongue(replace(document, language="de"))
        assert [one.text for one in document.corrections if tongue.find(one.text) is None] == []
        assert tongue.find("You said on 9 Mar that this is not so.") == "Sie sagten am 9. März, dass das nicht so ist."
    assert kinds == {"number", "more", "quote", "name", "handed", "moved"}


@pytest.mark.parametrize(("was", "people"), [(9, 4), (1, 4), (5, None), (3, None), (4, "nothing")])
def test_a_number_is_said_where_what_lies_between_it_and_the_old_one_tells_of_enough_people(
    was: int, people: int | str | None
) -> None:
    document, _ = told(replace(MADE, told_before={"apps-lead": {("ci", WEEK): was}}))

    assert [one.people for one in document.corrections] == ([] if people == "nothing" else [people])
    said = render.text(document).partition("IN THEIR WORDS")[0]
    assert (f"we said {was}" in " ".join(said.split())) == isinstance(people, int)


def test_a_number_stays_unsaid_where_that_of_a_leader_above_would_name_the_rest() -> None:
    before = {"apps-lead": {("ci", WEEK): 9}, "left-lead": {("ci", WEEK): 5}}

    document, failures = told(replace(MADE, told_before=before))

    assert [(one.kind, one.people) for one in document.corrections] == [("number", None)]
    assert failures == []


def test_what_was_withdrawn_or_moved_is_told_to_whom_it_concerns_only() -> None:
    quote = objection(1, "quote", issue="tracker:K-1", said="context")
    move = objection(2, "move", issue="tracker:K-1", to="apps", was="books")
    made = replace(MADE, objections=[quote, move], withdrawn={1: {"left-lead": "ci"}})

    found = {leader: [one.kind for one in told(made, leader)[0].corrections] for leader in ("apps-lead", "books-lead")}

    assert found == {"apps-lead": ["moved"], "books-lead": []}
    assert [one.kind for one in told(made, "left-lead")[0].corrections] == ["quote"]


def test_a_document_that_was_stored_before_there_were_corrections_can_be_read() -> None:
    stored = told(MADE)[0].to_json()
    del stored["corrections"]

    assert Document.from_json(stored).corrections == ()
