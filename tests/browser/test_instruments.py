"""What the other tests look with sees what is wrong: each instrument is shown one fault."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from pipeline.digest.page import contrast
from tests.browser import chromium
from tests.browser.chromium import Hands

pytestmark = pytest.mark.slow


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 320, "height": 400})
    yield context.new_page()
    context.close()


def showing(page: Page, body: str, style: str = "") -> Page:
    page.set_content(
        "<!doctype html><html lang=en><title>A page</title>"
        f"<style>:focus-visible {{ outline: 3px solid }} {style}</style>"
        f"<main><h1>A page</h1>{body}</main>"
    )
    return page


def test_a_field_without_a_label_is_a_violation(page: Page) -> None:
    assert chromium.violations(showing(page, "<label>Name <input></label>")) == []
    assert any(found.startswith("label:") for found in chromium.violations(showing(page, "<input>")))


def test_grey_on_white_is_a_violation_in_the_scheme_that_has_it(page: Page) -> None:
    showing(page, "<p>faint</p>", "@media (prefers-color-scheme: dark) { p { color: #777; background: #666 } }")

    page.emulate_media(color_scheme="light")
    assert chromium.violations(page, chromium.COLOUR) == []
    page.emulate_media(color_scheme="dark")
    assert any(found.startswith("color-contrast:") for found in chromium.violations(page, chromium.COLOUR))


def test_the_colours_of_text_are_those_that_are_seen(page: Page) -> None:
    showing(page, "<p>ink<b> on paper</b></p>", "p { color: #9ba2ab; background: #fff } b { background: #000 }")
    found = chromium.colours(page)

    assert ("#9ba2ab", "#ffffff") in found
    assert ("#9ba2ab", "#000000") in found
    assert contrast("#9ba2ab", "#ffffff") < 4.5


def test_a_wide_page_scrolls_sideways(page: Page) -> None:
    assert chromium.sideways(showing(page, "<p>narrow</p>")) == 0
    assert chromium.sideways(showing(page, "<p style='width: 500px'>wide</p>")) > 100


def test_a_focus_that_is_not_shown_is_not_seen(page: Page) -> None:
    hands = Hands(showing(page, "<a href='#'>one</a> <a href='#' class=bare>two</a>", ".bare { outline: none }"))

    assert [(stop.name, stop.seen) for stop in hands.stops()] == [("one", True), ("two", False)]


def test_an_order_of_its_own_is_out_of_order(page: Page) -> None:
    hands = Hands(showing(page, "<a href='#'>one</a> <a href='#' tabindex=1>two</a>"))

    assert not chromium.in_order(hands.stops())


def test_what_tab_passes_over_is_missing(page: Page) -> None:
    radios = "<label><input type=radio name=r>a</label><label><input type=radio name=r>b</label>"
    hands = Hands(showing(page, f"{radios}<a href='#'>one</a>"))
    expected = chromium.reachable(page)
    stops = hands.stops()

    assert chromium.missing(stops, expected) == []
    assert chromium.missing(stops[:-1], expected) == [2]


def test_somebody_without_a_mouse_stops_where_nothing_is_called_so(page: Page) -> None:
    hands = Hands(showing(page, "<a href='#'>one</a>"))

    with pytest.raises(AssertionError, match="Tab does not come to 'two'"):
        hands.to("two", most=5)
