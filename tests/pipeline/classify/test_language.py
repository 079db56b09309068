"""A text is called foreign only where it plainly is: not a short one, not code, not English with foreign names."""

import csv
import json
from collections.abc import Iterator

import pytest

from pipeline.classify import language
from pipeline.clean import clean
from pipeline.prose import prose
from tests.effort import that_ends
from tests.pipeline.classify.tongues import APART, TONGUES
from tests.shared_data import beside

FOREIGN = [
    ("Rechnung", "Ich warte seit drei Wochen"),
    ("", "Die Seite lädt seit gestern nicht mehr und wir können keine Rechnungen mehr schreiben."),
    ("Merci beaucoup", "Tout est réglé, bravo à l'équipe."),
    ("Störung", "Wir haben das schon gemeldet und niemand hat sich bei uns gemeldet."),
    ("", "La page ne charge plus depuis hier et nous ne pouvons plus écrire de factures."),
    ("Panne", "Bonjour, l'export n'est pas disponible pour nos clients depuis la mise à jour."),
    ("¿Cómo se anula una factura?", "Hemos buscado en la ayuda y no aparece."),
    ("", "Desde la última actualización los recordatorios llegan en inglés a nuestros clientes."),
    ("", "O relatório não abre desde ontem e a nossa equipa não pode trabalhar com os dados."),
    ("", "La fattura non si apre da ieri e il nostro contabile non può chiudere il mese."),
    ("", "De pagina laadt sinds gisteren niet meer en wij kunnen geen facturen maken."),
    ("", "Strona nie działa od wczoraj i nie możemy wystawić faktury, czy to jest błąd po waszej stronie?"),
    ("", "Sidan har inte fungerat sedan igår och vi kan inte skicka fakturor till våra kunder."),
    ("Страница не открывается", "Со вчерашнего дня мы не можем войти."),
    ("必须解决和其它代理的冲突问题", ""),
    ("Export", "Beim Export fehlt die letzte Spalte und das ist nicht gut: `that is the list`"),
    (
        "",
        "Sayfa dünden beri açılmıyor, müşterilerimize fatura gönderemiyoruz; lütfen en kısa sürede yardımcı olun, "
        "çünkü bugün ay sonu kapanışı yapılacak ve ödemeler gecikiyor, teşekkürler.",
    ),
]

ENGLISH = [
    ("", ""),
    ("Login broken", ""),
    ("CI rot", "flaky"),
    ("Störung", ""),
    ("Müller GmbH", "der"),
    ("Rechnung", ""),
    ("", "The page does not load since yesterday and we cannot write any invoices."),
    ("Umlauts in 'Rechnung ist nicht bezahlt, wir warten'", "The label is cut off when it is printed in German."),
    ("Clinic in La Línea de la Concepción", "Los Angeles and El Paso see it too, Las Palmas does not."),
    ("CI runner disk full", "No space left, runner 7, twice today, cleaned layers, rebuilt image, restarted agent."),
    (
        "NullPointerException",
        "java.lang.NullPointerException\n\tat com.acme.de.la.Foo.bar(Foo.java:12)\n\tat un.des.les.Main.main(M.java:3)",
    ),
    ("Crash", "```\nfür der und das ist nicht ein Wort\n```"),
    ("", "def la(el, un):\n    return los(el) + las(un)\nif __name__ == '__main__':\n    print(la(el=1, un=2))"),
    ("", "2026-09-14 07:03:11 ERROR der und das ist nicht da\n2026-09-14 07:03:12 ERROR der und das ist nicht da"),
    ("", "https://fernhill.example/de/die/und/das/ist/nicht/der/wir info@und.das.ist.example"),
    ("npm ERR!", "npm ERR! code ELIFECYCLE npm ERR! errno 1 npm ERR! app@1.0.0 build: webpack npm ERR! Exit status 1"),
]


@pytest.mark.parametrize(("title", "body"), FOREIGN)
def test_another_language_is_noticed(title: str, body: str) -> None:
    assert language.recognised(title, body) is not None


@pytest.mark.parametrize(("title", "body"), ENGLISH)
def test_english_short_texts_and_code_are_not_called_foreign(title: str, body: str) -> None:
    assert language.recognised(title, body) is None


NEAR = {"Danish", "Norwegian", "Serbian", "Bulgarian", "Russian"}
"""Told apart with an error now and then: their neighbours share nearly all of their words."""


def test_forty_languages_are_told_from_english_and_named() -> None:
    for told in (TONGUES, APART):
        named = {(tongue, text): language.recognised("", text) for tongue, texts in told.items() for text in texts}

        wrong = [(tongue, name) for (tongue, _), name in named.items() if name != tongue]
        assert None not in named.values()
        assert {tongue for tongue, _ in wrong} <= NEAR
        assert len(wrong) <= 0.03 * len(named)


@pytest.mark.parametrize("tongue", ["German", "Polish", "Finnish", "Ukrainian", "Japanese", "Turkish", "Vietnamese"])
def test_product_words_code_and_logs_beside_it_do_not_hide_a_language(tongue: str) -> None:
    text = " ".join(TONGUES[tongue])
    body = (
        f"{text}\n```\nfor item in the_list: print(item)\n```\n2026-09-14 07:03:11 ERROR the sync of this was not done"
    )

    assert language.recognised("Sync Agent 4.2 on Windows 11", body) == tongue


def _public_texts() -> Iterator[tuple[str, str]]:
    csv.field_size_limit(1 << 30)
    with beside("data", "labelled", "nlbse24", "issues_test.csv").open(encoding="utf-8", newline="") as file:
        yield from ((row["title"] or "", row["body"] or "") for row in csv.DictReader(file))
    for line in beside("data", "labelled", "friction_train", "hand.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield row["title"] or "", row["body"] or ""


def test_nearly_no_public_text_is_called_foreign() -> None:
    """About 2,000 texts that were read for it: the nine that are called so hold foreign prose."""
    named = [
        name
        for title, body in _public_texts()
        if (name := language.recognised(clean(title, "plain"), prose(clean(body)))) is not None
    ]

    assert len(named) <= 12


@pytest.mark.parametrize("word", ["when", "the", "after", "doesn't", "0", "two"])
def test_small_words_explain_nothing(word: str) -> None:
    assert language.small(word)


@pytest.mark.parametrize("word", ["invoice", "slow", "down", "crash", "b2b"])
def test_words_of_content_explain(word: str) -> None:
    assert not language.small(word)


@pytest.mark.parametrize("unit", ["a", "a.", "é ", "`", "der ", "a'", "[code", "x@", "f(", "ß\n", "a:"])
def test_hostile_text_costs_no_more_than_its_length(unit: str) -> None:
    large = unit * (100_000 // len(unit))

    with that_ends():
        language.recognised(large, large)
