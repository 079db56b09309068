"""Headless Chromium, and what a person can tell of a page in it without a mouse.

Where the browser comes from: TESTS_CHROMIUM in the environment, then one of the system, then what `playwright install
chromium` has laid into the home directory. Playwright's own wheel drives it and holds no browser.
"""

import os
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
REMEDY = (
    "no Chromium: `.venv/bin/playwright install chromium` (no root), or `apt-get install chromium`, or its path in "
    "TESTS_CHROMIUM"
)
AXE = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
FRAME = ("landmark-one-main", "region")
"""Rules about the landmarks of a whole page, which for a mail are those of the program that shows it."""
COLOUR = ("color-contrast", "link-in-text-block")
"""The rules of axe-core that can tell one colour scheme from another."""
FOCUSABLE = "a[href], button, summary, textarea, select, [tabindex], input:not([type=hidden])"


def found(driver: Playwright) -> str:
    """The browser's path. Without one the test is left out, or fails where TESTS_BROWSER=required says so."""
    own = driver.chromium.executable_path
    places = [os.environ.get("TESTS_CHROMIUM"), *map(shutil.which, NAMES), own if Path(own).exists() else None]
    path = next((place for place in places if place), None)
    if path is not None:
        return path
    if os.environ.get("TESTS_BROWSER") == "required":
        pytest.fail(REMEDY)
    pytest.skip(REMEDY)


def violations(page: Page, only: Sequence[str] = (), without: Sequence[str] = ()) -> list[str]:
    """What axe-core finds wrong with the page as it is now, by all of its rules or by some."""
    page.evaluate(AXE_SCRIPT)
    options = {
        "runOnly": {"type": "rule" if only else "tag", "values": list(only or AXE)},
        "rules": {rule: {"enabled": False} for rule in without},
        "resultTypes": ["violations"],
    }
    result = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{one['id']}: {node['target']} {node.get('failureSummary', '')}"
        for one in result["violations"]
        for node in one["nodes"]
    ]


def sideways(page: Page) -> int:
    """By how many pixels the page can be scrolled sideways."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


_COLOURS = """() => {
  const found = new Set(), hex = c => '#' + c.slice(0, 3).map(n => n.toString(16).padStart(2, '0')).join('');
  const read = text => text.match(/[\\d.]+/g).map(Number);
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, box = node.parentElement;
    if (!node.data.trim() || !box.checkVisibility({visibilityProperty: true}) || box.closest('.unseen, svg')) continue;
    let ground = null;
    for (let at = box; at && !ground; at = at.parentElement) {
      const colour = read(getComputedStyle(at).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) ground = hex(colour);
    }
    const canvas = matchMedia('(prefers-color-scheme: dark)').matches ? '#121212' : '#ffffff';
    found.add(hex(read(getComputedStyle(box).color)) + ' ' + (ground || canvas));
  }
  return [...found].sort();
}"""


def colours(page: Page) -> list[tuple[str, str]]:
    """Every pair of ink and ground that text is shown in."""
    return [(ink, ground) for ink, ground in (pair.split() for pair in page.evaluate(_COLOURS))]


@dataclass(frozen=True, slots=True)
class Stop:
    """Where the keyboard is."""

    name: str
    tag: str
    kind: str
    index: int
    """Its place among all that can be focused, in the order of the document; -1 where nothing is."""
    seen: bool
    """It is marked by an outline that can be seen, and lies within the window."""
    labelled: bool
    address: str
    """Where a link leads."""


_STOP = """(focusable) => {
  const at = document.activeElement;
  const nothing = {name: '', tag: '', kind: '', index: -1, seen: true, labelled: true, address: ''};
  if (!at || at === document.body) return nothing;
  const style = getComputedStyle(at), label = at.labels && at.labels[0];
  const name = at.getAttribute('aria-label') || (label ? label.innerText : at.innerText) || at.value || '';
  const box = at.getBoundingClientRect();
  const within = box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  const marked = style.outlineStyle === 'auto' || style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  return {name: name.replace(/\\s+/g, ' ').trim(), tag: at.tagName.toLowerCase(), kind: at.type || '',
          index: [...document.querySelectorAll(focusable)].indexOf(at), seen: within && marked,
          labelled: name.trim() !== '', address: at.href || ''};
}"""


class Hands:
    """Somebody without a mouse: Tab, Enter, Space, arrows and letters. At every stop they must see where they are."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def at(self) -> Stop:
        return Stop(**self.page.evaluate(_STOP, FOCUSABLE))

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def to(self, name: str, most: int = 200) -> Stop:
        """Tab forward until what is focused is called so, or leads there."""
        passed = []
        for _ in range(most):
            self.press("Tab")
            stop = self.at
            assert stop.seen, f"nobody sees that {stop} is focused"
            if stop.name.startswith(name) or stop.address == name:
                return stop
            passed.append(stop.name)
        raise AssertionError(f"Tab does not come to {name!r}; it passed {list(dict.fromkeys(passed))}")

    def follow(self, name: str) -> None:
        """Go to a link or a button, and use it; then wait for the page that it leads to."""
        self.to(name)
        with self.page.expect_navigation():
            self.press("Enter")

    def write(self, name: str, text: str) -> None:
        self.to(name)
        self.page.keyboard.type(text)

    def back_to_the_top(self) -> None:
        """As if the page had just been opened."""
        self.page.evaluate("scrollTo(0, 0); document.body.tabIndex = -1; document.body.focus()")
        self.page.evaluate("document.body.blur(); document.body.removeAttribute('tabindex')")

    def stops(self, most: int = 400) -> list[Stop]:
        """Everything that Tab comes to, in its order, from the top of the page to its end."""
        passed: list[Stop] = []
        for _ in range(most):
            self.press("Tab")
            stop = self.at
            if stop.index < 0 or (passed and stop.index < passed[-1].index and stop == passed[0]):
                return passed
            if not passed or stop != passed[-1]:  # a date has a stop for its day, its month and its year
                passed.append(stop)
        raise AssertionError(f"Tab goes on after {most} stops")


_REACHABLE = """(focusable) => [...document.querySelectorAll(focusable)].map((one, index) => [one, index])
  .filter(([one]) => one.checkVisibility() && !one.disabled && one.tabIndex >= 0)
  .filter(([one]) => one.type !== 'radio' || one.checked || !document.querySelector(`[name="${one.name}"]:checked`))
  .map(([one, index]) => ({index, group: one.type === 'radio' ? one.name : ''}))"""


def reachable(page: Page) -> list[dict[str, Any]]:
    """The places of what Tab should come to; of a group of radio buttons, one."""
    return list(page.evaluate(_REACHABLE, FOCUSABLE))


def in_order(stops: Sequence[Stop]) -> bool:
    """Tab follows the order of the document, in which the page is also read aloud."""
    places = [stop.index for stop in stops]
    return places == sorted(places)


def missing(stops: Iterable[Stop], expected: Iterable[dict[str, Any]]) -> list[int]:
    """What Tab never came to, a group of radio buttons counting once."""
    came = {stop.index for stop in stops}
    groups = {one["group"] for one in expected if one["group"] and one["index"] in came}
    return [one["index"] for one in expected if one["index"] not in came and one["group"] not in groups]
