"""Markdown, HTML and Jira's wiki markup as plain lines.

A reader takes the text and a list to which it adds blocks of code; where one of them stood it leaves a line that holds
`BLOCK` alone, so that nothing that is meant for prose changes code. Each pattern takes time proportional to the text.
"""

import html
import re
from collections.abc import Callable
from operator import itemgetter
from typing import Final, Literal

from pipeline import prose
from pipeline.clean_forms import BEGINS, answered, boilerplate, is_template

Markup = Literal["markdown", "html", "plain", "wiki"]
Blocks = list[list[str]]

BLOCK: Final = "\x00"
"""Stands for the next block; cleaning has taken every such character out of the text itself."""
_PROGRAMS: Final = frozenset(
    """
    bash c c# c++ cc cmake console cpp cs csharp css cuda dart diff dockerfile go groovy html ini ipython java
    javascript
    js json jsonc jsx kotlin kt lua make makefile objc objective-c perl php powershell ps1 py pycon pytb python
    python3 r
    rb ruby rs rust scala scss sql swift toml ts tsx typescript vb vue xml yaml yml
    """.split()  # noqa: SIM905
)
"""Languages in which nobody writes to people; "shell" is what many forms call every answer."""


def _put(blocks: Blocks, lines: list[str], *, program: bool = False) -> list[str]:
    """What stands for a block: itself where it is a line or two of output or prose, else the mark of a block."""
    told = [line for line in lines if line]
    if len(told) <= 2 and sum(map(len, told)) <= 200:
        return told
    if not program and prose.reads(told):
        return lines
    blocks.append(told)
    return [BLOCK]


# --- Markdown

_HEADING: Final = re.compile(r"#{1,6}\s+(.{0,300}?)[\s#]*$")
_BOLD_LINE: Final = re.compile(r"(?:\*\*|__)([^*_]{1,120})(?:\*\*|__):?$")
_ITEM: Final = re.compile(r"(?:[-*+•]|(\d{1,3}[.)]))\s+(?:\[[ xX]?\]\s+)?")
_RULE: Final = re.compile(r"(?:[-*_=]\s?){3,}$")
_TABLE_RULE: Final = re.compile(r"\|?[\s:|-]{3,}\|?$")
_REFERENCE: Final = re.compile(r"\[[^\]\n]{1,100}\]:\s?\S{1,2000}(?:\s.{0,200})?$")
_PROMPT: Final = 60
_FENCE: Final = re.compile(r"(`{3,}|~{3,})")

_WORDS: Final = itemgetter(1)
"""Of what stands within marks, the words; as a template it would be looked up at each call."""
_INLINE: Final[tuple[tuple[str, re.Pattern[str], str | Callable[[re.Match[str]], str]], ...]] = (
    ("![", re.compile(r"!\[[^\[\]\n]{0,300}\]\([^()\s]{0,600}(?:\s[^()\n]{0,200})?\)"), " "),
    (
        "](",
        re.compile(
            r"\[([^\[\]\n]{0,400})\]\([^()\s]{0,600}(?:\([^()\s]{0,100}\)[^()\s]{0,200})?(?:\s[^()\n]{0,200})?"
            r"\)"
        ),
        _WORDS,
    ),
    ("][", re.compile(r"\[([^\[\]\n]{1,400})\]\[[^\[\]\n]{0,100}\]"), _WORDS),
    ("**", re.compile(r"\*\*(?=\S)([^*\n]{1,500})\*\*"), _WORDS),
    ("__", re.compile(r"__(?<!\w__)(?=\S)([^_\n]{1,500})__(?!\w)"), _WORDS),
    ("~~", re.compile(r"~~(?=\S)([^~\n]{1,500})~~"), _WORDS),
    ("*", re.compile(r"\*(?<![\w*]\*)(?=[^\s*])([^*\n]{1,500})(?<=\S)\*(?![\w*])"), _WORDS),
    ("_", re.compile(r"_(?<![\w_]_)(?=[^\s_])([^_\n]{1,500})(?<=\S)_(?![\w_])"), _WORDS),
    ("`", re.compile(r"``?([^`\n]{1,500})``?"), _WORDS),
    ("\\", re.compile(r"\\([\\`*_{}\[\]()#+.!|<>~-])"), _WORDS),
)


def _markdown(text: str, blocks: Blocks) -> str:
    text = without_comments(text)
    if ("`" in text and "```" in text) or ("~" in text and "~~~" in text):
        text = "\n".join(_fenced(text.split("\n"), blocks))
    if "<" in text:
        text = _tags(text, blocks)
    lines = [line.strip() for line in text.split("\n")]
    if "#" in text or "*" in text or "_" in text:
        lines = answered(lines)
    text = "\n".join(_markdown_lines(lines))
    for needed, pattern, put in _INLINE:
        if needed[0] in text and needed in text:  # one letter is found ten times as fast as two
            text = pattern.sub(put, text)
    return html.unescape(text) if "&" in text else text


def without_comments(text: str) -> str:
    """Without <!-- comments -->; one that is never closed hides nothing, only its opening goes."""
    if "<" not in text:
        return text
    kept, at = [], 0
    while (start := text.find("<!--", at)) >= 0:
        kept.append(text[at:start])
        end = text.find("-->", start + 4)
        at = end + 3 if end >= 0 else start + 4
        if end < 0:
            break
    return "".join(kept) + text[at:].replace("<!--", "")


def _fenced(lines: list[str], blocks: Blocks) -> list[str]:
    """The lines with fenced code put aside; a fence that is never closed goes on to the end."""
    kept: list[str] = []
    fenced: list[str] | None = None
    fence, language = "", ""
    for raw in lines:
        line = raw.strip()
        if fenced is not None:
            if line.startswith(fence) and not line.strip(fence[0]):
                kept.extend(_put(blocks, fenced, program=language in _PROGRAMS))
                fenced = None
            else:
                fenced.append(line)
        elif line[:3] in ("```", "~~~") and (opening := _FENCE.match(line)) and "`" not in line[len(opening[1]) :]:
            fence, fenced = opening[1], []
            language = line[len(fence) :].strip(" {}.").partition(" ")[0].casefold()
        else:
            kept.append(raw)
    return kept if fenced is None else kept + _put(blocks, fenced, program=language in _PROGRAMS)


_SEEN: Final = frozenset("#*_-=|:[+•0123456789") | BEGINS
"""What a line begins with that is more than words, or may be a form's hint; others end with a colon."""


def _markdown_lines(lines: list[str]) -> list[str]:
    kept: list[str] = []
    for line in lines:
        if line and (line[0] in _SEEN or line[-1] == ":"):
            kept += _markdown_line(line)
        else:
            kept.append(line)
    return kept


def _markdown_line(line: str) -> list[str]:
    first = line[0]
    if first == "#" and (heading := _HEADING.match(line)):
        return _heading(heading[1])
    if first in "*_" and (bold := _BOLD_LINE.match(line)):
        return _heading(bold[1])
    if first in "-*_=|:" and (_RULE.match(line) or ("|" in line and _TABLE_RULE.match(line))) and line != "--":
        return [""]
    if first == "|":
        return [" | ".join(cell for part in line.strip("|").split("|") if (cell := part.strip()))]
    if first == "[" and _REFERENCE.match(line):
        return [""]
    if boilerplate(line) or (line[-1] == ":" and len(line) < _PROMPT and is_template(line[:-1])):
        return []
    if first in "-*+•0123456789" and (item := _ITEM.match(line)):
        rest = line[item.end() :]
        ticked = line[: item.end()].rstrip().endswith("]")
        quiet = not rest or boilerplate(f"[ ] {rest}" if ticked else rest)
        return [] if quiet else [f"{item[1] or '-'} {rest}"]
    return [line]


def _heading(title: str) -> list[str]:
    words = title.strip(" *_:#").strip()
    return ["", ""] if is_template(words) else ["", words, ""]


# --- HTML

_TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]{0,30})((?:\s[^<>]*|/)?)>")
_PRE: Final = re.compile(r"<pre(?:\s[^<>]{0,300})?>((?:[^<]|<(?!/?pre\b)){0,60000})</pre>", re.IGNORECASE)
"""No possessive groups here: Python before 3.11.5 matches them wrongly (cpython issue 106052)."""
_BLOCKS: Final = frozenset(
    """
    address article aside blockquote br center dd details div dl dt fieldset figcaption figure footer form h1 h2
    h3 h4 h5 h6 header hr li main nav ol p pre section summary table tbody tfoot thead tr ul
    """.split()  # noqa: SIM905
)
_WIDE: Final = frozenset(
    """
    p h1 h2 h3 h4 h5 h6 ul ol table blockquote pre details
    """.split()  # noqa: SIM905
)
_INLINE_TAGS: Final = frozenset(
    """
    a abbr acronym b bdi bdo big body button cite code del dfn em font head html i img input ins kbd label link
    mark meta o:p q s samp small source span strike strong sub sup svg title tt u var video audio picture path
    wbr
    """.split()  # noqa: SIM905
)
_HIDDEN: Final = frozenset(
    """
    script style head title template noscript svg
    """.split()  # noqa: SIM905
)
_QUOTING: Final = ("div", "blockquote")
_CELL: Final = "\x01"
"""Ends a cell; as `BLOCK` it cannot stand in the text itself."""
_WIDEST: Final = 60
"""Characters of a cell in a table of data; a table with longer ones only lays out a page."""
_QUOTED: Final = re.compile(
    r"gmail_quote|yahoo_quoted|moz-cite-prefix|type=.?cite|divRplyFwdMsg|zendesk_quoted", re.IGNORECASE
)


def _tags(text: str, blocks: Blocks) -> str:
    """Tags of HTML inside Markdown; whatever else stands in angle brackets is the author's own text."""
    if "<pre" in text or "<PRE" in text:
        text = _PRE.sub(lambda found: "\n".join(["", *_put(blocks, _code_lines(_TAG.sub("", found[1]))), ""]), text)

    def put(tag: re.Match[str]) -> str:
        name = tag[2].lower()
        return "\n" if name in _BLOCKS else "" if name in _INLINE_TAGS else tag[0]

    return _TAG.sub(put, text)


def _html(text: str, blocks: Blocks) -> str:
    """The text of a page or mail: scripts and quoted mail gone, code put aside, blocks on lines of their own."""
    text = without_comments(text)
    out: list[str] = []
    dropping, depth, at = "", 0, 0
    code: int | None = None
    for tag in _TAG.finditer(text):
        name, closing = tag[2].lower(), bool(tag[1])
        if not dropping:
            out.append(text[at : tag.start()] if code is not None else _flat(text[at : tag.start()]))
        at = tag.end()
        if dropping:
            if name == dropping and not tag[3].endswith("/"):
                depth += -1 if closing else 1
                dropping = dropping if depth else ""
            continue
        if not closing and (name in _HIDDEN or (name in _QUOTING and _QUOTED.search(tag[3]))):
            dropping, depth = name, 1
        elif name == "pre":
            if closing and code is not None:
                told = _put(blocks, _code_lines("".join(out[code:])))
                out[code:] = [html.escape("\n".join(told), quote=False)]
            code = None if closing else len(out)
        if name in _BLOCKS and not (closing and name == "tr"):
            out.append("\n\n" if name in _WIDE else "\n")
        if name in ("td", "th") and closing:
            out.append(_CELL)
        if name == "li" and not closing:
            out.append("- ")
    if not dropping:
        out.append(_flat(text[at:]))
    text = html.unescape("".join(out))
    return "\n".join(map(_row, text.split("\n"))) if _CELL in text else text


def _row(line: str) -> str:
    if _CELL not in line:
        return line
    cells = [cell for part in line.split(_CELL) if (cell := part.strip())]
    return (" | " if max(map(len, cells), default=0) <= _WIDEST else "\n").join(cells)


def _code_lines(source: str) -> list[str]:
    return [line.strip() for line in html.unescape(source).strip().split("\n")]


def _flat(text: str) -> str:
    return text.replace("\n", " ")


# --- Jira wiki markup

_MACRO: Final = re.compile(
    r"\{(code|noformat|quote|color|panel|info|note|warning|tip|expand|anchor|toc)(?::[^{}\n]{0,200})?\}", re.IGNORECASE
)
_WIKI: Final[tuple[tuple[str, re.Pattern[str], str], ...]] = (
    ("[~", re.compile(r"\[~(?:accountid:)?[^\[\]\n]{1,100}\]"), "[person]"),
    ("[", re.compile(r"\[([^\[\]|\n]{1,300})\|[^\[\]\n]{1,600}\]"), r"\1"),
    ("[^", re.compile(r"\[\^[^\[\]\n]{1,200}\]"), " "),
    ("[", re.compile(r"\[((?:https?|mailto|ftp):[^\[\]\s]{1,600})\]"), r"\1"),
    (
        "!",
        re.compile(r"(?<![\w!])![^\s!|]{1,150}\.(?:png|jpe?g|gif|svg|bmp|webp)(?:\|[^!\n]{0,100})?!", re.IGNORECASE),
        " ",
    ),
    ("{{", re.compile(r"\{\{([^{}\n]{1,300})\}\}"), r"\1"),
    ("*", re.compile(r"\*(?<![\w*]\*)(?=[^\s*])([^*\n]{1,500})(?<=\S)\*(?![\w*])"), r"\1"),
    ("_", re.compile(r"_(?<![\w_]_)(?=[^\s_])([^_\n]{1,500})(?<=\S)_(?![\w_])"), r"\1"),
    ("+", re.compile(r"\+(?<![\w+]\+)(?=[^\s+\d])([^+\n]{1,300})(?<=\S)\+(?![\w+])"), r"\1"),
    ("??", re.compile(r"\?\?([^?\n]{1,300})\?\?"), r"\1"),
    ("\\\\", re.compile(r"\\\\"), "\n"),
    ("\\", re.compile(r"\\([\[\]{}*_!|+-])"), r"\1"),
)
_WIKI_HEADING: Final = re.compile(r"h[1-6]\.\s*(.{0,300})$")
_WIKI_ITEM: Final = re.compile(r"[*#-]{1,6}\s+(?=\S)")


def _wiki(text: str, blocks: Blocks) -> str:
    text = "\n".join(_wiki_line(line.strip()) for line in _macros(text, blocks).split("\n"))
    for needed, pattern, put in _WIKI:
        if needed in text:
            text = pattern.sub(put, text)
    return text


def _macros(text: str, blocks: Blocks) -> str:
    """{code} and {noformat} are put aside, {quote} goes, the frames of the others go; one that is never closed only
    loses its frame."""
    kept: list[str] = []
    at, inside, begun = 0, "", 0
    for macro in _MACRO.finditer(text):
        name = macro[1].lower()
        if inside:
            if name == inside:
                if name != "quote":
                    lines = [line.strip() for line in text[begun : macro.start()].strip().split("\n")]
                    kept += ["\n", "\n".join(_put(blocks, lines, program=":" in macro[0])), "\n"]
                inside, at = "", macro.end()
            continue
        kept.append(text[at : macro.start()])
        at = begun = macro.end()
        inside = name if name in ("code", "noformat", "quote") else ""
    return "".join(kept) + text[at:]


def _wiki_line(line: str) -> str:
    if line.startswith("bq. "):
        return "> " + line[4:]
    if heading := _WIKI_HEADING.match(line):
        return "\n".join(_heading(heading[1]))
    if line.startswith("|"):
        return " | ".join(cell for part in line.split("|") if (cell := part.strip()))
    if _RULE.match(line) and line != "--":
        return ""
    item = _WIKI_ITEM.match(line)
    return f"- {line[item.end() :]}" if item else line


READERS: Final[dict[Markup, Callable[[str, Blocks], str]]] = {
    "markdown": _markdown,
    "html": _html,
    "wiki": _wiki,
    "plain": lambda text, _: text,
}
