"""Atlassian's document format (ADF), in which Jira Cloud keeps descriptions and comments, as Markdown.

Everything that a reader sees is kept: mentions (not of whom), cards and links, emoji, dates, lozenges, tasks, line
breaks, lists, code and tables. Nodes that are not known here give what is inside them, so that no words are lost.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from connectors.values import at, mapping, objects, text, whole

Node = Mapping[str, Any]

DEEPEST: Final = 40
"""Nodes inside nodes that are followed; nobody writes deeper."""
INLINE: Final = frozenset(
    {"text", "hardBreak", "mention", "emoji", "date", "status", "inlineCard", "inlineExtension", "mediaInline"}
    | {"placeholder"}
)
FIRST_DAY, LAST_DAY = -62_135_596_800_000, 253_402_300_799_000
"""Milliseconds from 1970 to the ends of the calendar that Python has."""


def markdown(document: object) -> str:
    """The document as Markdown; "" for anything that is no document."""
    return "\n\n".join(_blocks(objects(at(document, "content")), 0))


def _blocks(nodes: Sequence[Node], depth: int) -> list[str]:
    """The paragraphs that these nodes make, without empty ones."""
    if depth > DEEPEST:
        return []
    found: list[str] = []
    run: list[Node] = []
    for node in nodes:
        if text(node.get("type")) in INLINE:
            run.append(node)
            continue
        found += [_inline(run, depth), _block(node, depth)]
        run = []
    return [part for part in [*found, _inline(run, depth)] if part.strip()]


def _block(node: Node, depth: int) -> str:
    kind, inside = node.get("type"), objects(node.get("content"))
    make = _BLOCKS.get(kind) if isinstance(kind, str) else None
    if make is not None:
        return make(node, inside, depth + 1)
    own = [card] if (card := _link(node)) else []
    if title := text(at(node, "attrs", "title")):
        own.append(title)
    return "\n\n".join([*own, *_blocks(inside, depth + 1)])


def _paragraph(_: Node, inside: Sequence[Node], depth: int) -> str:
    return _inline(inside, depth)


def _heading(node: Node, inside: Sequence[Node], depth: int) -> str:
    level = min(max(whole(at(node, "attrs", "level")) or 1, 1), 6)
    title = _inline(inside, depth).replace("\n", " ").strip()
    return f"{'#' * level} {title}" if title else ""


def _code(_: Node, inside: Sequence[Node], __: int) -> str:
    lines = "".join(text(node.get("text")) or "" for node in inside)
    fence = "~~~" if "```" in lines else "```"
    return f"{fence}\n{lines}\n{fence}" if lines.strip() else ""


def _quote(_: Node, inside: Sequence[Node], depth: int) -> str:
    return "\n".join(f"> {line}" for line in "\n\n".join(_blocks(inside, depth)).split("\n"))


def _listed(node: Node, inside: Sequence[Node], depth: int) -> str:
    """Points, numbers or tasks, each with what is inside it set in below.

    Without boxes to tick: a ticked line reads like a checklist that a template brought along.
    """
    numbered = node.get("type") == "orderedList"
    first = whole(at(node, "attrs", "order"))
    lines: list[str] = []
    for place, item in enumerate(inside, 1 if first is None else first):
        mark = f"{place}." if numbered else "-"
        body = "\n".join(_blocks(objects(item.get("content")), depth + 1))
        if not body.strip():
            continue
        if item.get("type") in ("bulletList", "orderedList", "taskList"):
            body = _listed(item, objects(item.get("content")), depth + 1) if depth < DEEPEST else ""
            lines += [f"  {line}" for line in body.split("\n")]
            continue
        own, *more = body.split("\n")
        lines += [f"{mark} {own}", *(f"  {line}" for line in more)]
    return "\n".join(lines)


def _table(_: Node, inside: Sequence[Node], depth: int) -> str:
    """One line a row, a bar between its cells; what stands in several lines in a cell becomes one."""
    rows = []
    for row in inside:
        cells = [" ".join(" ".join(_blocks(objects(cell.get("content")), depth + 2)).split()) for cell in _cells(row)]
        if any(cells):
            rows.append(f"| {' | '.join(cell or ' ' for cell in cells)} |")
    return "\n".join(rows)


def _cells(row: Node) -> list[Node]:
    return objects(row.get("content"))


def _rule(*_: object) -> str:
    return "---"


_BLOCKS: Final[Mapping[str, Callable[[Node, Sequence[Node], int], str]]] = {
    "paragraph": _paragraph,
    "heading": _heading,
    "codeBlock": _code,
    "blockquote": _quote,
    "bulletList": _listed,
    "orderedList": _listed,
    "taskList": _listed,
    "decisionList": _listed,
    "table": _table,
    "rule": _rule,
}


def _inline(nodes: Sequence[Node], depth: int) -> str:
    return "".join(_word(node, depth) for node in nodes).strip()


def _word(node: Node, depth: int) -> str:
    kind, attrs = node.get("type"), mapping(node.get("attrs"))
    if kind == "text":
        return _marked(node)
    if kind == "hardBreak":
        return "\n"
    if kind == "date":
        return _day(attrs.get("timestamp"))
    if kind == "emoji":
        return text(attrs.get("text")) or text(attrs.get("shortName")) or ""
    if kind == "mention":
        return "@person"  # a name of two words would be marked by half
    if kind == "status":
        return text(attrs.get("text")) or ""
    said = _link(node) or text(attrs.get("text")) or ""
    return said or "\n".join(_blocks(objects(node.get("content")), depth + 1))


def _marked(node: Node) -> str:
    """A run of text: code and the target of a link are kept, how it looks is not."""
    said = text(node.get("text")) or ""
    for mark in objects(node.get("marks")):
        if mark.get("type") == "code" and "`" not in said:
            return f"`{said}`"
        target = text(at(mark, "attrs", "href"))
        if mark.get("type") == "link" and target and said.strip() and not set(target) & set("() \n\t"):
            return f"[{said}]({target})" if target != said else said
    return said


def _link(node: Node) -> str:
    """The address of a card, which a reader sees as a link."""
    return text(at(node, "attrs", "url")) or text(at(node, "attrs", "data", "url")) or ""


def _day(value: object) -> str:
    milliseconds = whole(value)
    if milliseconds is None or not FIRST_DAY <= milliseconds <= LAST_DAY:
        return ""
    return f"{datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds):%Y-%m-%d}"
