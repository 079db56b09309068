"""What the HTML of a mail may be made of, and nothing else.

Each part is here because the mail programs that leaders read in can show it, or lose nothing that is said when they
cannot: by the data of caniemail.com, which tests/pipeline/digest_mail/support.py tells per part and program.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

ELEMENTS: Final = frozenset(
    {
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "div",
        "table",
        "tr",
        "td",
        "h1",
        "h2",
        "h3",
        "p",
        "br",
        "strong",
    }
    | {"span", "a", "blockquote", "ul", "ol", "li"}
)
EVERYWHERE: Final = frozenset({"class", "style", "lang", "dir"})
ATTRIBUTES: Final[Mapping[str, frozenset[str]]] = {
    "meta": frozenset({"charset", "name", "content"}),
    "table": frozenset({"role", "width", "cellpadding", "cellspacing", "border"}),
    "td": frozenset({"align"}),
    "a": frozenset({"href"}),
}
"""By element, beside those that may stand everywhere."""

_PX, _COLOUR = r"\d+px", "#[0-9a-fA-F]{6}"
_SIDES = r"(?:0|\d+px)(?: (?:0|\d+px)){0,3}"
_BORDER = rf"{_PX} solid {_COLOUR}"
FONT: Final = "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
PROPERTIES: Final[Mapping[str, re.Pattern[str]]] = {
    name: re.compile(values)
    for name, values in {
        "color": _COLOUR,
        "background-color": _COLOUR,
        "font-family": re.escape(FONT),
        "font-size": _PX,
        "font-weight": "600",
        "line-height": _PX,
        "text-align": "left|right",
        "text-decoration": "underline",
        "white-space": "nowrap",
        "word-wrap": "break-word",
        "word-break": "break-word",
        "overflow-wrap": "anywhere",
        "overflow": "hidden",
        "margin": _SIDES,
        "padding": _SIDES,
        "border-top": _BORDER,
        "border-left": _BORDER,
        "border-radius": _PX,
        "max-width": f"0|{_PX}",
        "max-height": "0",
        "display": "none|inline-block",
        "list-style": "none",
        "mso-hide": "all",
        "-webkit-text-size-adjust": "100%",
    }.items()
}
"""What may be declared at an element, and with which values: pixels and literal colours."""

DARK: Final = "@media (prefers-color-scheme: dark)"
_RECOLOURED = re.compile(rf"({_COLOUR}) !important")
RECOLOURING: Final = frozenset({"color", "background-color", "border-left-color", "border-top-color"})
_SELECTOR = re.compile(r"body|\.[a-z]+")
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")


@lru_cache(maxsize=256)
def declared(style: str) -> Mapping[str, str]:
    """The declarations of a style, as they are written."""
    pairs = (one.partition(":") for one in style.split(";") if one.strip())
    return {name.strip(): value.strip() for name, _, value in pairs}


def refused(tag: str, given: Mapping[str, str]) -> Iterator[str]:
    """What of an element has no place in a mail."""
    if tag not in ELEMENTS:
        yield f"<{tag}> has no place in the mail"
        return
    for name in sorted(given.keys() - EVERYWHERE - ATTRIBUTES.get(tag, frozenset())):
        yield f"{name} has no place at <{tag}>"
    for name, value in declared(given.get("style", "")).items():
        if name not in PROPERTIES or not PROPERTIES[name].fullmatch(value):
            yield f"{name}: {value[:40]} has no place in the mail"


def dark(sheet: str) -> dict[str, dict[str, str]]:
    """What the style sheet says for dark screens: by selector, the colour of each property."""
    inside = sheet.strip().removeprefix(DARK).strip().removeprefix("{").removesuffix("}")
    rules: dict[str, dict[str, str]] = {}
    for selectors, body in _RULE.findall(inside):
        colours = {name: found[1] for name, value in declared(body).items() if (found := _RECOLOURED.fullmatch(value))}
        for selector in selectors.split(","):
            rules.setdefault(selector.strip(), {}).update(colours)
    return rules


def sheet_refused(sheet: str) -> Iterator[str]:
    """What of a style sheet has no place: it gives other colours to a dark screen, and mails are whole without it."""
    body = sheet.strip().removeprefix(DARK).strip()
    if not sheet.strip().startswith(DARK) or _RULE.sub("", body[1:-1]).strip() or body[:1] + body[-1:] != "{}":
        yield "the style sheet does more than colour for dark screens"
        return
    for selectors, rules in _RULE.findall(body[1:-1]):
        for selector in selectors.split(","):
            if not _SELECTOR.fullmatch(selector.strip()):
                yield f"the style sheet speaks of {selector.strip()[:40]}"
        for name, value in declared(rules).items():
            if name not in RECOLOURING or not _RECOLOURED.fullmatch(value):
                yield f"the style sheet says {name}: {value[:40]}"
