"""What somebody admits, in whatever words and language, stays with their own team on every surface."""

import json
from datetime import timedelta

import pytest

from pipeline.classify import signals
from pipeline.digest import render
from pipeline.digest.call import Case, compose
from pipeline.digest.index import names_of
from pipeline.escalate import Rule
from pipeline.privacy import TENDER
from tests.pipeline.digest.builder import SENT, all_digests, failures, material, org, voice

ADMITTED = (
    "I skipped the tests because we were late.",
    "I disabled the check to get it out of the door.",
    "I committed the fix with the linter turned off, sorry.",
    "I pushed straight to production without a review, my bad.",
    "It was my fault, I deleted the table by accident.",
    "I am burnt out and cannot go on like this.",
    "I cry after every on-call shift.",
    "I have given up filing tickets, nobody reads them.",
    "Ich habe die Tests übersprungen, weil wir spät dran waren.",
    "Ich habe ohne Review gemergt, sorry.",
    "Das war mein Fehler, ich habe die Tabelle gelöscht.",
    "Ich bin völlig ausgebrannt, seit wir allein im Dienst sind.",
    "J'ai sauté les tests parce que nous étions en retard.",
    "J'ai fusionné sans relecture, désolé.",
    "Je n'en peux plus, je suis épuisé.",
    "Me salté las pruebas porque íbamos tarde.",
    "Hice el merge sin revisión, perdón por esto.",
    "Foi culpa minha, apaguei a tabela para todos.",
    "Ho saltato i test perché eravamo in ritardo.",
    "Ik heb de tests overgeslagen omdat we laat waren.",
)
COST = "We lose two hours every day to this queue."
OTHERS = [voice(n, f"apps-{n}", f"I wait for build number {n} for forty minutes and lose my thread.") for n in range(5)]


@pytest.mark.parametrize("said", ADMITTED)
@pytest.mark.parametrize("alone", [False, True], ids=["among others", "alone"])
def test_an_admission_is_quoted_nowhere_and_linked_only_to_its_own_lead(said: str, *, alone: bool) -> None:
    found = signals.find("The deploys of Friday", f"{said} {COST}")
    assert TENDER & {one.name for one in found}
    tender = voice(40, "apps-6", "The deploys of Friday", body=f"{said} {COST}", signals=found)
    made = material([tender] if alone else [*OTHERS, tender])

    for leader, document in all_digests(made).items():
        stored = json.dumps(document.to_json(), ensure_ascii=False)
        everywhere = f"{stored} {render.text(document)} {render.html(document)}"
        assert failures(document, made) == []
        assert said not in everywhere
        assert COST not in everywhere
        assert tender.key not in [quote.issue for quote in document.quotations()]
        if leader != "apps-lead":
            assert "K-40" not in everywhere


@pytest.mark.parametrize("said", ADMITTED)
@pytest.mark.parametrize("reader", ["apps-lead", "left-lead", "root-lead"])
def test_a_call_holds_no_word_of_an_admission_and_names_it_to_its_own_lead_alone(said: str, reader: str) -> None:
    found = signals.find("The deploys of Friday", f"{said} {COST}")
    house = org()
    call = compose(
        Case(
            rule=Rule(name="escalate"),
            voice=voice(40, "apps-6", "The deploys of Friday", body=f"{said} {COST}", signals=found),
            reader=reader,
            copy=False,
            org=house,
            names=names_of(house),
            sources={"tracker": "github"},
            pain_title="every build makes people wait",
            person=False,
            note=None,
            at=SENT,
            due=SENT + timedelta(days=1),
            zone="UTC",
            office=None,
            limits=(1, 3),
            page=None,
        )
    )

    everywhere = f"{json.dumps(call.to_json(), ensure_ascii=False)} {call.text()} {call.html()} {call.subject}"
    assert said not in everywhere
    assert COST not in everywhere
    assert ("K-40" in everywhere) == (reader == "apps-lead")
