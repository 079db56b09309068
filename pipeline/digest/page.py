"""HTML as a reader and a screen reader meet it, and the contrast of its colours."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from html import unescape
from html.parser import HTMLParser
from typing import Final

from pipeline.digest import craft

_VOID = frozenset({"meta", "br", "hr", "img", "link", "input"})
_WITHIN = frozenset({"a", "strong", "span"})
"""Elements that no space stands around."""
Pair = tuple[str, str]
"""A colour, and the one behind it."""
WHITE: Final = ("#000000", "#ffffff")

DOCTYPE: Final = "<!doctype html>"
_NAME: Final = "|".join(sorted(craft.ELEMENTS - {"style", "title"}))
_VALUE: Final = r'"[^"<>&]*(?:&(?:amp|lt|gt|#34|#39);[^"<>&]*)*"'
_TAG: Final = re.compile(
    rf"(<(?:(?:{_NAME})(?: [a-z]+={_VALUE})*>|/(?:{_NAME}|style|title)>"
    r"|style>(?=[^<]*</style>)|title>(?=[^<]*</title>)))"
)
"""A tag as we write them, of which no reader of HTML can think otherwise."""
_ATTRIBUTE: Final = re.compile(rf" ([a-z]+)=({_VALUE})")


@dataclass(slots=True)
class _Open:
    """An element that is not closed yet: the colours of its text on a light and on a dark screen."""

    tag: str
    light: Pair = WHITE
    dark: Pair = WHITE
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class _Begun:
    """A start tag with its attributes, and what of it has no place in a mail."""

    tag: str
    given: Mapping[str, str]
    style: Mapping[str, str]
    classes: Sequence[str]
    problems: Sequence[str]


def _begin(tag: str, given: Mapping[str, str]) -> _Begun:
    classes = tuple(f".{one}" for one in given.get("class", "").split())
    return _Begun(tag, given, craft.declared(given.get("style", "")), classes, tuple(craft.refused(tag, given)))


@lru_cache(maxsize=1024)
def _begun(written: str) -> _Begun:
    tag = written[1:-1].partition(" ")[0]
    return _begin(tag, {name: unescape(value[1:-1]) for name, value in _ATTRIBUTE.findall(written)})


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

    @classmethod
    def of(cls, html: str) -> "Page":
        """All of a mail, read by the library only where something is not written as we write it: that costs most."""
        page, pieces = cls(), _TAG.split(html.removeprefix(DOCTYPE))
        if any("<" in text for text in pieces[::2]):
            page.feed(html)
            page.close()
        else:
            page._read(pieces)
        return page

    def _read(self, pieces: Sequence[str]) -> None:
        """Texts, and between them tags."""
        for at, piece in enumerate(pieces):
            if at % 2 == 0:
                if piece:
                    self.handle_data(piece if self._stack[-1].tag == "style" else unescape(piece))
            elif piece[1] == "/":
                self.handle_endtag(piece[2:-1])
            else:
                self._begin(_begun(piece))

    @cached_property
    def flat(self) -> str:
        return " ".join("".join(self.said).split())

    @property
    def open(self) -> list[str]:
        return [one.tag for one in self._stack[1:]]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._begin(_begin(tag, {name: value or "" for name, value in attrs}))

    def _begin(self, begun: "_Begun") -> None:
        tag = begun.tag
        self._check(begun)
        if tag == "br":
            self.said.append(" ")
        if tag in _VOID:
            return
        if tag not in _WITHIN:
            self.said.append(" ")
        self._stack.append(self._opened(begun))

    def _opened(self, begun: "_Begun") -> _Open:
        style, above = begun.style, self._stack[-1]
        ruled = [rules for name in (begun.tag, *begun.classes) if (rules := self._rules.get(name))]
        hidden = above.hidden or begun.tag in ("head", "style", "title") or style.get("display") == "none"
        return _Open(begun.tag, _coloured(above.light, style), _coloured(above.dark, style, *ruled), hidden)

    def _check(self, begun: "_Begun") -> None:
        tag, given = begun.tag, begun.given
        self.problems += begun.problems
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


@lru_cache(maxsize=256)
def inverted(colour: str) -> str:
    return "#" + "".join(f"{255 - int(colour[at : at + 2], 16):02x}" for at in (1, 3, 5))


def _luminance(colour: str) -> float:
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in _channels(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@lru_cache(maxsize=256)
def contrast(front: str, back: str) -> float:
    """The contrast of two colours, 1 to 21, as WCAG 2 defines it."""
    light, dark = sorted((_luminance(front), _luminance(back)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
