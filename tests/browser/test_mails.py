"""Mails as they are shown: by a small screen, in the dark, by a program that inverts, and by a screen reader."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from pipeline.digest.page import contrast, inverted
from tests.browser import chromium
from tests.browser.chromium import Hands
from tests.deployed import LINK, Deployed, Mail

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def mails(demo: Deployed) -> list[Mail]:
    return demo.mails()


@pytest.fixture(scope="module")
def kinds(demo: Deployed) -> dict[tuple[str, str], Mail]:
    """One mail of each level and form."""
    models = {mail: json.loads(mail.path.with_suffix(".json").read_text()) for mail in demo.mails()}
    return {(model.get("level", ""), model["form"]): mail for mail, model in models.items()}


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 600, "height": 800})
    yield context.new_page()
    context.close()


def show(page: Page, mail: Mail) -> None:
    page.goto(mail.path.with_suffix(".html").as_uri())


def test_the_three_levels_a_quiet_week_and_a_call_are_among_them(kinds: dict[tuple[str, str], Mail]) -> None:
    assert {("top", "full"), ("middle", "full"), ("leaf", "full"), ("support", "full")} <= kinds.keys()
    assert {("leaf", "quiet"), ("", "call")} <= kinds.keys()


def test_an_accessibility_checker_finds_nothing(page: Page, kinds: dict[tuple[str, str], Mail]) -> None:
    for kind, mail in kinds.items():
        show(page, mail)
        page.emulate_media(color_scheme="light")
        assert chromium.violations(page, without=chromium.FRAME) == [], kind
        page.emulate_media(color_scheme="dark")
        assert chromium.violations(page, chromium.COLOUR) == [], kind


def test_all_text_can_be_read_in_the_light_in_the_dark_and_inverted(page: Page, mails: list[Mail]) -> None:
    for mail in mails:
        show(page, mail)
        page.emulate_media(color_scheme="light")
        light = chromium.colours(page)
        page.emulate_media(color_scheme="dark")
        dark = chromium.colours(page)

        assert light
        assert set(light).isdisjoint(set(dark) - {("#ffffff", "#0b57d0")})
        turned = [(inverted(ink), inverted(ground)) for ink, ground in light]
        assert [pair for pair in (*light, *dark, *turned) if contrast(*pair) < 4.5] == [], mail.name


@pytest.mark.parametrize("width", [320, 375, 600])
def test_nothing_scrolls_sideways(page: Page, mails: list[Mail], width: int) -> None:
    page.set_viewport_size({"width": width, "height": 700})
    for mail in mails:
        show(page, mail)

        assert chromium.sideways(page) == 0, mail.name


def test_one_word_without_end_does_not_widen_a_mail(page: Page, mails: list[Mail]) -> None:
    page.set_viewport_size({"width": 320, "height": 700})
    show(page, mails[0])
    for declaration in ("overflow-wrap:anywhere", "word-break:break-word"):
        alone = f"word-wrap:break-word;{declaration}"
        page.evaluate(
            "alone => document.querySelectorAll('td').forEach(one => {"
            " one.style.overflowWrap = one.style.wordBreak = '';"
            " one.style.cssText += ';' + alone; })",
            alone,
        )
        page.evaluate("document.querySelector('p').append(' ' + 'x'.repeat(400))")

        assert chromium.sideways(page) == 0, declaration


def heard(page: Page) -> list[str]:
    """The words of a page in the order in which the browser hands them to a screen reader."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    by_id = {node["nodeId"]: node for node in nodes}
    said: list[str] = []

    def read(node_id: str) -> None:
        node = by_id[node_id]
        if node["role"]["value"] == "StaticText" and not node["ignored"]:
            said.append(node["name"]["value"])
            return
        for child in node.get("childIds", []):
            read(child)

    read(nodes[0]["nodeId"])
    return words(" ".join(said))


def words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


def test_a_screen_reader_says_what_the_plain_text_says_in_its_order(page: Page, mails: list[Mail]) -> None:
    for mail in mails:
        show(page, mail)

        assert heard(page) == words(LINK.sub(" ", mail.text)), mail.name


def test_tab_comes_to_every_link_in_the_order_of_the_text(page: Page, mails: list[Mail]) -> None:
    for mail in mails:
        show(page, mail)

        stops = Hands(page).stops()

        assert len(stops) == len(LINK.findall(mail.text))
        assert chromium.in_order(stops)
        assert [stop for stop in stops if not (stop.seen and stop.labelled)] == [], mail.name


def test_the_button_of_a_mail_can_be_hit_with_a_thumb(page: Page, kinds: dict[tuple[str, str], Mail]) -> None:
    page.set_viewport_size({"width": 375, "height": 700})
    show(page, kinds["top", "full"])
    box = page.locator("table table table td").first.bounding_box()

    assert box is not None
    assert box["height"] >= 44
