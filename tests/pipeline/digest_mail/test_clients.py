"""Every HTML mail of the demo, held against what mail programs can show."""

import json
import os
from functools import cache
from pathlib import Path

import pytest
from justhtml import JustHTML

from pipeline.digest import craft, gates_form
from pipeline.digest.page import Page
from tests.deployed import Deployed
from tests.pipeline.digest_mail import support
from tests.pipeline.digest_mail.support import CLIENTS, ENOUGH, LOST, SUPPORT

pytestmark = pytest.mark.slow


@cache
def _used(html: str) -> support.Used:
    used = support.Used()
    used.feed(html)
    used.close()
    return used


@pytest.fixture(scope="module")
def mails(demo: Deployed) -> dict[str, str]:
    return {mail.name: mail.html for mail in demo.mails()}


def test_there_is_a_mail_of_every_level_and_form(demo: Deployed) -> None:
    models = [json.loads(path.read_text()) for path in (demo.directory / "digests").rglob("*.json")]

    assert {"top", "middle", "leaf", "support"} <= {model.get("level") for model in models}
    assert {"full", "quiet", "call"} <= {model["form"] for model in models}


def test_every_mail_is_html_that_a_strict_parser_reads(mails: dict[str, str]) -> None:
    assert {name: JustHTML(html, collect_errors=True).errors for name, html in mails.items()} == {
        name: [] for name in mails
    }


def test_every_mail_keeps_to_the_form_that_digests_are_held_to(mails: dict[str, str]) -> None:
    """The calls too, whose gates ask other things."""
    for name, html in mails.items():
        page = Page()
        page.feed(html)
        page.close()

        assert [*gates_form.unsound(page), *gates_form.unreadable(page)] == [], name


def test_every_mail_says_the_same_in_the_same_order_in_both_parts(demo: Deployed) -> None:
    for mail in demo.mails():
        page = Page()
        page.feed(mail.html)
        page.close()

        assert gates_form.disorder(mail.text, page) is None, mail.name


def test_every_part_of_a_mail_is_known_to_the_table(mails: dict[str, str]) -> None:
    for name, html in mails.items():
        assert _used(html).strange == set(), name
        assert _used(html).count.keys() <= SUPPORT.keys(), name


def test_every_part_works_everywhere_or_nothing_is_lost_without_it() -> None:
    for feature, row in SUPPORT.items():
        assert len(row) == len(CLIENTS)
        assert "a" not in row or feature in ENOUGH or feature in LOST, feature
        assert "n" not in row or feature in LOST, feature


def test_no_program_shows_less_than_it_must(mails: dict[str, str]) -> None:
    for name, html in mails.items():
        assert support.score(_used(html).count) >= 95, name


def test_what_a_mail_may_be_made_of_has_its_row() -> None:
    rows = {support._ELEMENTS.get(tag) for tag in craft.ELEMENTS - support.PLAIN}
    rows |= {support._PROPERTIES[name] for name in craft.PROPERTIES} - {""}

    assert rows <= SUPPORT.keys()


@pytest.mark.skipif("TESTS_CANIEMAIL" not in os.environ, reason="npm pack caniemail@2.0.2; TESTS_CANIEMAIL=its data")
def test_the_table_is_what_the_data_say() -> None:
    data = json.loads(Path(os.environ["TESTS_CANIEMAIL"]).read_text())

    assert {feature: support.letters(data, feature) for feature in SUPPORT} == SUPPORT
