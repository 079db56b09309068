"""What mail programs can show, by the data of caniemail.com.

From the npm package caniemail 2.0.2, whose data are those of 13 May 2026 (MIT; github.com/hteumeuleu/caniemail); the
design's own table is that repository at 6b086a3. `test_the_table_is_what_the_data_say` holds this against the data
where they lie beside the checkout.
"""

import re
from collections import Counter
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any, Final

from pipeline.digest import craft

CLIENTS: Final = (
    ("gmail", "desktop-webmail"),
    ("gmail", "mobile-webmail"),
    ("gmail", "ios"),
    ("gmail", "android"),
    ("outlook", "windows"),
    ("outlook", "outlook-com"),
    ("apple-mail", "macos"),
    ("apple-mail", "ios"),
    ("yahoo", "desktop-webmail"),
    ("yahoo", "ios"),
    ("yahoo", "android"),
    ("samsung-email", "android"),
)
"""Outlook on Windows is the classic one, of Word's engine, in its newest version that was tried."""

SUPPORT: Final[Mapping[str, str]] = {
    "html-doctype": "yyyynyyyyynn",
    "html-body": "aaaayayyanny",
    "html-div": "yyyyyyyyyyyy",
    "html-p": "yyyyyyyyyyyy",
    "html-span": "yyyyyyyyyyyy",
    "html-strong": "yyyyyyyyyyyy",
    "html-h1-h6": "yyyyyyyyyyyy",
    "html-blockquote": "yyyyyyyyyyyy",
    "html-lists": "aaaaaayyaaay",
    "html-table": "yyyyyyyyyyyy",
    "html-style": "anaaayyyyyyy",
    "html-meta-color-scheme": "nnnnnnynnnnn",
    "html-lang": "yyyyyyyyaaay",
    "html-dir": "yayyayyyyyyy",
    "html-role": "yyyyyyyyaaay",
    "html-align": "yyyyyyyyyyyy",
    "html-cellpadding": "yyyyyyyyyyyy",
    "html-cellspacing": "yyyyyyyyyyyy",
    "html-width": "yyyyayyyyyyy",
    "css-selector-class": "ynaayyyyyyyy",
    "css-selector-type": "ynaayyyyyyyy",
    "css-selector-grouping": "ynaayyyyyyyy",
    "css-at-media": "anaanayyaaaa",
    "css-at-media-prefers-color-scheme": "nnnnnyyynnny",
    "css-important": "aaaaayyyaaay",
    "css-unit-px": "yyyyyyyyyyyy",
    "css-unit-percent": "yyyyyyyyyyyy",
    "css-background-color": "yyyyyyyyyyyy",
    "css-font": "yyyyyyyyyyyy",
    "css-font-size": "yyyyayyyaaaa",
    "css-font-weight": "yyyyayyyaaay",
    "css-line-height": "yyyyayyyyyyy",
    "css-text-align": "yayaayyyaaaa",
    "css-text-decoration": "yyaaayyyyyyy",
    "css-white-space": "yyaanyyyyaan",
    "css-word-wrap": "auuanyyyyuuu",
    "css-word-break": "yaaayaaannna",
    "css-overflow-wrap": "nunnnnaannny",
    "css-overflow": "aaaanaaaaaaa",
    "css-margin": "aaaaaayyaaay",
    "css-padding": "yyyyayyyyyyy",
    "css-border": "yyyyayyyyyyy",
    "css-border-radius": "yyyynyyyaaay",
    "css-max-width": "yyyyayyyyyyy",
    "css-max-height": "yyyynyyyyyyy",
    "css-display-none": "ynyyayyyyyyy",
    "css-display": "yyaaayyyaaay",
    "css-list-style": "aaaaayyyaaay",
}
"""By feature, a letter for each of CLIENTS: y supported, a partly, n not, u untried."""

ENOUGH: Final[Mapping[str, str]] = {
    "html-body": "it becomes a <div> that keeps its style; the colour of the ground is on the table too",
    "html-lists": "only `reversed` and `value` fail, which no list has",
    "html-lang": "it fails on <td>, where we set none",
    "html-role": "it works on <table>, the only place where we set it",
    "html-width": "what fails are images and sizes in pixels at 120 dpi; ours are 100%",
    "css-at-media": "nested queries and those of height fail; ours asks for the colour scheme, which has its own row",
    "css-important": "it fails without a space before it, in capitals and inline; ours is none of these",
    "css-font-size": "rem and relative sizes fail; ours are pixels",
    "css-font-weight": "600 is bold",
    "css-line-height": "px behave a little unlike elsewhere, and `normal` fails",
    "css-text-align": "start, end and match-parent fail; ours is left",
    "css-text-decoration": "several values and overline fail; ours is underline",
    "css-overflow": "it stands at the hidden preheader alone",
    "css-margin": "negative and auto margins fail; ours are neither",
    "css-border": "at most 8px, and on cells; the line beside a quotation may be missing where it is not on a cell",
    "css-border-radius": "the notation with a slash fails",
    "css-max-width": "it works on <table>, the only place where anything but the preheader has it",
    "css-display": "flex and grid fail; ours are none and inline-block",
    "css-display-none": "it is not passed on to tables inside, of which the preheader has none",
    "css-list-style": "images fail; ours is none",
    "css-word-wrap": "it is applied to everything anyway",
    "css-word-break": "long words are broken, perhaps earlier than need be",
}
"""Where support is partial, why what we do is within it."""

LOST: Final[Mapping[str, str]] = {
    "html-doctype": "nothing: layout is tables with widths, the same in every mode",
    "html-body": "the colour of the ground, which the table has too",
    "html-style": "dark colours; the mail is whole without its style sheet",
    "html-meta-color-scheme": "the mail keeps its light colours, or is inverted, and reads both ways",
    "css-selector-class": "dark colours",
    "css-selector-type": "dark colours",
    "css-selector-grouping": "dark colours",
    "css-at-media": "dark colours",
    "css-at-media-prefers-color-scheme": "dark colours",
    "css-white-space": "a short link may break at its space",
    "css-word-wrap": "nothing where word-break or overflow-wrap works",
    "css-word-break": "nothing where word-wrap or overflow-wrap works",
    "css-overflow-wrap": "nothing where word-wrap or word-break works",
    "css-overflow": "nothing: the preheader is hidden in other ways too",
    "css-padding": "in classic Outlook, the room between the line and the words of a quotation",
    "css-border-radius": "the round corners of the button",
    "css-max-height": "nothing: the preheader is hidden in other ways too",
    "css-display-none": "nothing: the preheader is one pixel high and white on white",
    "html-dir": "nothing: it says what is so anyway",
}
"""Where a program does not support something at all, what its reader loses: never a word, never the order."""

BREAKING: Final = ("css-word-wrap", "css-word-break", "css-overflow-wrap")
"""Three ways to say that a long word may be broken; one that works is enough."""

_ELEMENTS: Final = {
    **{tag: f"html-{tag}" for tag in ("body", "div", "p", "span", "strong", "blockquote", "table", "style")},
    **dict.fromkeys(("h1", "h2", "h3"), "html-h1-h6"),
    **dict.fromkeys(("ul", "ol", "li"), "html-lists"),
    **dict.fromkeys(("tr", "td"), "html-table"),
}
_ATTRIBUTES: Final = {
    **{name: f"html-{name}" for name in ("lang", "dir", "role", "align", "cellpadding", "cellspacing", "width")},
}
_PROPERTIES: Final = {
    **{name: f"css-{name}" for name in craft.PROPERTIES},
    "color": "",
    "font-family": "css-font",
    "border-top": "css-border",
    "border-left": "css-border",
    "mso-hide": "",
    "-webkit-text-size-adjust": "",
}
PLAIN: Final = frozenset(
    {"html", "head", "meta", "title", "br", "a", "border", "href", "style", "class", "charset", "name", "content"}
)
"""What caniemail has no page for. `style` and `class` as attributes: what they say is counted where it is said."""


class Used(HTMLParser):
    """How often a mail uses each feature that caniemail knows."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.count: Counter[str] = Counter()
        self.strange: set[str] = set()
        self._sheet = False

    def handle_decl(self, decl: str) -> None:
        self.count["html-doctype"] += 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._sheet = tag == "style"
        self._use(tag, _ELEMENTS)
        for name, value in attrs:
            self._use(name, _ATTRIBUTES)
            if name == "style":
                self._declarations(value or "")
            if tag == "meta" and value == "color-scheme":
                self.count["html-meta-color-scheme"] += 1

    def handle_data(self, data: str) -> None:
        if self._sheet:
            self.count.update({"css-at-media": 1, "css-at-media-prefers-color-scheme": 1})
            self.count["css-selector-class"] += len(re.findall(r"\.[a-z]+", data))
            self.count["css-selector-type"] += len(re.findall(r"(?m)^body", data))
            self.count["css-selector-grouping"] += len(re.findall(r",(?=[^{}]*\{)", data))
            self.count["css-important"] += data.count("!important")
        self._sheet = False

    def _use(self, name: str, known: Mapping[str, str]) -> None:
        if name in known:
            self.count[known[name]] += 1
        elif name not in PLAIN:
            self.strange.add(name)

    def _declarations(self, style: str) -> None:
        for name, value in craft.declared(style).items():
            feature = "css-display-none" if (name, value) == ("display", "none") else _PROPERTIES.get(name)
            if feature is None:
                self.strange.add(name)
            elif feature:
                self.count[feature] += 1
            self.count["css-unit-px"] += "px" in value
            self.count["css-unit-percent"] += "%" in value


def works(feature: str, client: int) -> bool | None:
    """Whether a feature does in one of CLIENTS what it is there for; None where nobody has tried."""
    found = [(one, SUPPORT[one][client]) for one in (BREAKING if feature in BREAKING else (feature,))]
    if any(letter == "y" or (letter == "a" and one in ENOUGH) for one, letter in found):
        return True
    return None if all(letter == "u" for _, letter in found) else False


def score(count: Mapping[str, int]) -> float:
    """The share of what is used that works, over all CLIENTS, 0 to 100; what nobody has tried is left out."""
    tried = [(weight, works(feature, at)) for feature, weight in count.items() for at in range(len(CLIENTS))]
    return 100 * sum(weight for weight, well in tried if well) / sum(w for w, well in tried if well is not None)


def letters(data: Mapping[str, Any], feature: str) -> str:
    """The row of a feature as caniemail.json has it: each program's newest version."""
    stats = next(one["stats"] for one in data["data"] if one["slug"] == feature)
    found = [stats.get(family, {}).get(platform, {}) for family, platform in CLIENTS]
    return "".join(list(versions.values())[-1][0] if versions else "u" for versions in found)
