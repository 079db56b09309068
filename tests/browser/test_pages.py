"""Every page, as somebody meets it who sees little, has no mouse, or holds a small phone in the dark."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from pipeline.digest.page import contrast
from tests.browser import chromium
from tests.browser.chromium import Hands
from tests.browser.walk import PLACES, Place
from tests.deployed import Deployed

pytestmark = pytest.mark.slow
SIZES = {"a window of 1280 pixels": 1280, "that window at 200 %": 640, "a phone": 375, "the narrowest": 320}


@pytest.fixture(scope="module", params=PLACES, ids=lambda place: place.name)
def page(request: pytest.FixtureRequest, browser: Browser, site: Deployed) -> Iterator[Page]:
    """Each page is come to once; the tests look at it from several sides."""
    place: Place = request.param
    context = browser.new_context(viewport={"width": 640, "height": 900}, locale="en-GB")
    context.set_default_timeout(15_000)
    opened = context.new_page()
    place.way(opened, site)
    yield opened
    context.close()


def test_an_accessibility_checker_finds_nothing(page: Page) -> None:
    page.emulate_media(color_scheme="light")
    light = chromium.violations(page)
    page.emulate_media(color_scheme="dark")
    dark = chromium.violations(page, chromium.COLOUR)

    assert light + dark == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_can_be_read(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]

    pairs = chromium.colours(page)

    assert pairs
    assert [pair for pair in pairs if contrast(*pair) < 4.5] == []


@pytest.mark.parametrize("width", SIZES.values(), ids=SIZES)
def test_nothing_scrolls_sideways(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 700})

    assert chromium.sideways(page) == 0


def test_tab_comes_to_everything_in_the_order_of_the_page_and_is_seen(page: Page) -> None:
    page.set_viewport_size({"width": 640, "height": 700})
    hands, expected = Hands(page), chromium.reachable(page)
    hands.back_to_the_top()

    stops = hands.stops()

    assert chromium.in_order(stops), [stop.name for stop in stops]
    assert chromium.missing(stops, expected) == []
    assert [stop for stop in stops if not stop.seen] == []
    assert [stop for stop in stops if not stop.labelled] == []
