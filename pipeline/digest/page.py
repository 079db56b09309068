"""HTML as a reader and a screen reader meet it, and the contrast of its colours."""

import re
from html.parser import HTMLParser

_VOID = frozenset({"meta", "br", "hr", "img", "link", "input"})
_BANNED = frozenset({"img", "svg", "form", "script", "iframe", "video", "object", "link", "input", "progress", "meter"})
_COLOUR = re.compile(r"(?<![-\w])(color|background-color):\s*(#[0-9a-fA-F]{6})")


class Page(HTMLParser):
    """What a reader and a screen reader meet in the HTML: text, links, headings, colours, and what has no place."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self.links: list[str] = []
        self.headings: list[int] = []
        self.problems: list[str] = []
        self.colours: set[tuple[str, str]] = set()
        self.lang = False
        self._stack: list[tuple[str, str, str, bool]] = [("", "#000000", "#ffffff", False)]

    @property
    def flat(self) -> str:
        return " ".join("".join(self.said).split())

    @property
    def open(self) -> list[str]:
        return [tag for tag, *_ in self._stack[1:]]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._check(tag, given)
        if tag == "br":
            self.said.append(" ")
        if tag in _VOID:
            return
        if tag not in ("a", "strong", "span"):
            self.said.append(" ")
        style = dict(_COLOUR.findall(given.get("style", "")))
        _, front, back, hidden = self._stack[-1]
        hidden = hidden or tag in ("head", "style", "title") or "display:none" in given.get("style", "")
        self._stack.append((tag, style.get("color", front), style.get("background-color", back), hidden))

    def _check(self, tag: str, given: dict[str, str]) -> None:
        if tag in _BANNED or any(name.startswith("on") for name in given):
            self.problems.append(f"<{tag}> has no place in the mail")
        if tag == "table" and given.get("role") != "presentation":
            self.problems.append("a layout table without role=presentation")
        if tag == "html":
            self.lang = bool(given.get("lang"))
        if tag in ("h1", "h2", "h3"):
            self.headings.append(int(tag[1]))
        if tag == "a":
            self.links.append(given.get("href", ""))
        if "url(" in given.get("style", "") or "src" in given:
            self.problems.append(f"<{tag}> loads something")

    def handle_endtag(self, tag: str) -> None:
        if len(self._stack) == 1 or self._stack[-1][0] != tag:
            self.problems.append(f"</{tag}> closes nothing")
            return
        self._stack.pop()
        if tag not in ("a", "strong", "span"):
            self.said.append(" ")

    def handle_data(self, data: str) -> None:
        _, front, back, hidden = self._stack[-1]
        if hidden:
            return
        self.said.append(data)
        if data.strip():
            self.colours.add((front, back))


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
