"""HTML as a reader and a screen reader meet it, and the contrast of its colours."""

from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Final

from pipeline.digest import craft

_VOID = frozenset({"meta", "br", "hr", "img", "link", "input"})
_WITHIN = frozenset({"a", "strong", "span"})
"""Elements that no space stands around."""
Pair = tuple[str, str]
"""A colour, and the one behind it."""
WHITE: Final = ("#000000", "#ffffff")


@dataclass(frozen=True, slots=True)
class _Open:
    """An element that is not closed yet: the colours of its text on a light and on a dark screen."""

    tag: str
    light: Pair = WHITE
    dark: Pair = WHITE
    hidden: bool = False


class Page(HTMLParser):
    """What a reader and a screen reader meet in the HTML: text, links, headings, colours, and what has no place."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self.links: list[str] = []
        self.headings: list[int] = []
        self.problems: list[str] = []
        self.colours: set[Pair] = set()
        self.dark: set[Pair] = set()
        """The same on a screen that obeys the rules for dark ones."""
        self.lang = False
        self._rules: dict[str, dict[str, str]] = {}
        self._stack = [_Open("")]

    @property
    def flat(self) -> str:
        return " ".join("".join(self.said).split())

    @property
    def open(self) -> list[str]:
        return [one.tag for one in self._stack[1:]]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._check(tag, given)
        if tag == "br":
            self.said.append(" ")
        if tag in _VOID:
            return
        if tag not in _WITHIN:
            self.said.append(" ")
        self._stack.append(self._opened(tag, given))

    def _opened(self, tag: str, given: dict[str, str]) -> _Open:
        style, above = craft.declared(given.get("style", "")), self._stack[-1]
        ruled = [rules for name in (tag, *(f".{one}" for one in given.get("class", "").split()))
                 if (rules := self._rules.get(name))]  # fmt: skip
        hidden = above.hidden or tag in ("head", "style", "title") or style.get("display") == "none"
        return _Open(tag, _coloured(above.light, style), _coloured(above.dark, style, *ruled), hidden)

    def _check(self, tag: str, given: dict[str, str]) -> None:
        self.problems += craft.refused(tag, given)
        if tag == "table" and given.get("role") != "presentation":
            self.problems.append("a layout table without role=presentation")
        if tag == "html":
            self.lang = bool(given.get("lang"))
        if tag in ("h1", "h2", "h3"):
            self.headings.append(int(tag[1]))
        if tag == "a":
            self.links.append(given.get("href", ""))

    def handle_endtag(self, tag: str) -> None:
        if len(self._stack) == 1 or self._stack[-1].tag != tag:
            self.problems.append(f"</{tag}> closes nothing")
            return
        self._stack.pop()
        if tag not in _WITHIN:
            self.said.append(" ")

    def handle_data(self, data: str) -> None:
        at = self._stack[-1]
        if at.tag == "style":
            self.problems += craft.sheet_refused(data)
            self._rules = craft.dark(data)
        if at.hidden:
            return
        self.said.append(data)
        if data.strip():
            self.colours.add(at.light)
            self.dark.add(at.dark)


def _coloured(above: Pair, *styles: Mapping[str, str]) -> Pair:
    """The colours of an element, what comes later winning over what came first."""
    front, back = above
    for style in styles:
        front, back = style.get("color", front), style.get("background-color", back)
    return front, back


def _channels(colour: str) -> list[float]:
    return [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]


def inverted(colour: str) -> str:
    return "#" + "".join(f"{255 - int(colour[at : at + 2], 16):02x}" for at in (1, 3, 5))


def _luminance(colour: str) -> float:
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in _channels(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(front: str, back: str) -> float:
    """The contrast of two colours, 1 to 21, as WCAG 2 defines it."""
    light, dark = sorted((_luminance(front), _luminance(back)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
