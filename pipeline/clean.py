"""Markup of any kind becomes the plain text that people read, with secrets and personal data marked.

Everything stored, classified and quoted has been through `clean`. The input is whatever strangers wrote, so each
pattern here takes time proportional to the text: runs are bounded or possessive, and nothing is searched for again once
it is known to be absent.
"""

import html
import re
import unicodedata
from collections.abc import Callable
from typing import Final, Literal

from pipeline.clean_marks import mark

Markup = Literal["markdown", "html", "plain", "wiki"]

LONGEST: Final = 20_000
"""Characters that are kept; the cut is marked."""
CUT: Final = "[cut]"
_ROUNDS: Final = 4
"""A mark is shorter than what it hides, and a shorter line can turn out to be part of a signature."""
_READ: Final = 10 * LONGEST
"""Characters of raw markup that are looked at: markup shrinks, and nobody reads on after this much."""


def clean(text: str, markup: Markup = "markdown") -> str:
    """Plain text: paragraphs kept; markup, quoted mail, signatures, template headings gone; at most `LONGEST` long.

    What was left out and matters is marked: [code], [trace], [cut], and the marks of `pipeline.clean_marks`.
    Cleaning plain text again changes nothing.
    """
    cut = len(text) > _READ
    text = _characters(text[:_READ])
    text = _READERS[markup](text)
    text = _spaces(text)
    for _ in range(_ROUNDS):
        before = text
        for change in (_traces, _own_words, mark):
            changed = change(text)
            text = text if changed == text else _spaces(changed)
        if text == before:
            break
    return _cap(text, cut)


_DROPPED: Final = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ud800-\udfff\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U000e0000-\U000e007f]+"
)
_CONTROL: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f]+")
_BREAKS: Final = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_PILED_MARKS: Final = re.compile(
    "([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]{3})"
    "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]+"
)


def _characters(text: str) -> str:
    """No control, bidirectional, invisible or broken characters; one kind of line end; NFC."""
    if text.isascii() and "\r" not in text:
        return _CONTROL.sub("", text.replace("\x0b", "\n").replace("\x0c", "\n"))
    text = _DROPPED.sub("", _BREAKS.sub("\n", text))
    return _PILED_MARKS.sub(r"\1", unicodedata.normalize("NFC", text))


_PARAGRAPHS: Final = re.compile(r"\n{3,}")


def _spaces(text: str) -> str:
    text = "\n".join([" ".join(line.split()) for line in text.split("\n")])
    if "\n\n\n" in text:
        text = _PARAGRAPHS.sub("\n\n", text)
    return text.strip("\n")


def _cap(text: str, cut: bool) -> str:
    if len(text) <= LONGEST and not cut:
        return text
    room = text[: LONGEST - len(CUT) - 1]
    at = max(room.rfind("\n"), room.rfind(" "))  # between words: half a number could look like another one
    return f"{room[:at].rstrip() if at > LONGEST // 2 else room.rstrip()}\n{CUT}"


# --- what the author did not write: traces, quoted mail, signatures

_FRAME: Final = re.compile(
    r"(?:at [\w.$<>/@\[\] -]{1,200}\(.{0,200}\)|at [\w:/.<>@-]{1,200}:\d{1,6}(?::\d{1,6})?\)?"
    r"|\.\.\. \d+ (?:more|common frames.{0,20})"
    r'|File "[^"]{1,300}", line \d+.{0,200}|Traceback \(most recent call last\):|goroutine \d+ \[.{0,60}\]:'
    r"|#\d{1,3} 0x[0-9a-f]{6,16} .{0,300})$"
)
_FRAME_STARTS: Final = ("at ", "... ", 'File "', "Traceback (", "goroutine ", "#")
_INLINE_FRAMES: Final = re.compile(r"(?:\bat [\w.$<>]{1,200}\([\w.: ]{1,80}\)\s*){2,}")


def _traces(text: str) -> str:
    """Frames of a stack become one [trace]; the line with the error itself stays."""
    if text.count("at ") > 1 and (".java:" in text or ".kt:" in text or ".scala:" in text):
        text = _INLINE_FRAMES.sub("[trace]\n", text)
    if not any(start in text for start in _FRAME_STARTS):
        return text
    kept: list[str] = []
    source_follows = False
    for line in text.split("\n"):
        if line.startswith(_FRAME_STARTS) and _FRAME.match(line):
            if not kept or kept[-1] != "[trace]":
                kept.append("[trace]")
            source_follows = line.startswith("File ")
        elif source_follows and line and ": " not in line:
            source_follows = False
        else:
            source_follows = False
            kept.append(line)
    return "\n".join(kept)


_QUOTE_INTRO: Final = re.compile(
    r"(?:on\b.{4,200}\bwrote|am\b.{4,200}\bschrieb\b.{0,100}|le\b.{4,200}\ba écrit"
    r"|el\b.{4,200}\bescribió|.{1,100}\bwrote) ?:$",
    re.IGNORECASE,
)
_FORWARDED: Final = re.compile(
    r"(?:-{3,} ?(?:original message|forwarded message|ursprüngliche nachricht|message d'origine"
    r"|mensaje original) ?-{3,}"
    r"|_{20,}|## ?-? ?please type your reply above this line.{0,40}##)$",
    re.IGNORECASE,
)
_SIGN_OFF: Final = re.compile(
    r"(?:(?:best|kind|kindest|warm|many)? ?(?:regards|wishes)|cheers|sincerely(?: yours)?"
    r"|yours(?: truly| sincerely| faithfully)?"
    r"|(?:many )?thanks(?: and (?:best|kind) regards)?|thank you|best|mit freundlichen grüßen"
    r"|(?:viele|liebe|beste) grüße|mfg|lg|vg"
    r"|(?:bien )?cordialement|saludos(?: cordiales)?) ?[,.!]?$",
    re.IGNORECASE,
)
_DEVICE: Final = re.compile(
    r"(?:sent from my .{1,40}|sent from (?:mail|outlook) for .{1,40}|get outlook for .{1,40}"
    r"|von meinem .{1,30} gesendet"
    r"|envoyé de mon .{1,30}|enviado desde mi .{1,30})$",
    re.IGNORECASE,
)
_SIGNATURE_LINES: Final = 8


def _own_words(text: str) -> str:
    """Without quoted mail and signatures, unless nothing else is there."""
    lines = _without_signature(_without_quotes(text.split("\n")))
    return "\n".join(lines) if any(lines) else text


def _without_quotes(lines: list[str]) -> list[str]:
    kept: list[str] = []
    quoted_below = False
    for line in reversed(lines):
        if line.startswith(">"):
            quoted_below = True
        elif _FORWARDED.match(line):
            kept.clear()
        elif quoted_below and (not line or _QUOTE_INTRO.match(line)):
            if not line:
                kept.append(line)
        else:
            quoted_below = False
            kept.append(line)
    return kept[::-1]


def _without_signature(lines: list[str]) -> list[str]:
    """Cut at "--" or at a sign-off that only a few short lines follow; again until none is left."""
    end = len(lines)
    first = next((i for i, line in enumerate(lines) if line), end)
    while True:
        while end and not lines[end - 1]:
            end -= 1
        start = max(1, end - _SIGNATURE_LINES)
        cut = next((i for i in range(start, end) if _signs(lines, i, end)), None)
        if cut is None or cut <= first:
            return lines[:end]
        end = cut


def _signs(lines: list[str], at: int, end: int) -> bool:
    line = lines[at]
    if line == "--" or (_DEVICE.match(line) and at >= end - 2):
        return True
    return bool(_SIGN_OFF.match(line)) and all(len(after) <= 60 for after in lines[at + 1 : end])


# --- Markdown

_TEMPLATE: Final = frozenset(
    """
    describe the bug|bug description|describe the issue|issue description|description|a clear description
    what happened|what happened?|what is the current behavior|what is the current behavior?|current behavior
    current behaviour|actual behavior|actual behaviour|actual result|actual results|expected behavior
    expected behaviour|expected result|expected results|what did you expect to happen?
    what is the expected behavior|what is the expected behavior?|steps to reproduce|to reproduce|reproduction
    reproduction steps|repro steps|how to reproduce|reproduction link|link to code example
    minimal reproducible example|environment|environment information|your environment|versions|version
    system information|system info|screenshots|screenshot|additional context|additional information
    additional info|any other information|other information
    is your feature request related to a problem? please describe|describe the solution you'd like
    is your feature request related to a problem?|describe alternatives you've considered|feature request
    feature description|motivation|possible solution|context|checklist|prerequisites|preflight checklist|logs
    log output|relevant log output|error message|error messages|website or app|how often does this bug happen?
    error call stack (automated)|error message (automated)|summary|bug report|details|current result
    operating system|browser|device|issue type|have you reproduced the bug with tf nightly?|source|custom code
    standalone code to reproduce the issue|desktop (please complete the following information)
    smartphone (please complete the following information)
    """.strip()
    .replace("\n    ", "|")
    .split("|")
)
_BOILERPLATE: Final = re.compile(
    r"(?:_?no response_?|n/?a|a clear and concise description of .{0,120}|add any other (?:context"
    r"|information) .{0,120}"
    r"|if applicable, add .{0,120}|please (?:search|check|read|make sure|fill|complete|provide"
    r"|describe|use) .{0,160}(?:template|issues?|before .{0,80}|guide\w*|below)\.?"
    r"|steps to reproduce the behavior:?|ex\. i'm always frustrated when .{0,40}"
    r"|\[ ?[xX]? ?\] .{0,200}|(?:- )?\[[ xX]?\] i(?:'ve| have| am| agree| searched"
    r"| checked)\b.{0,200})$",
    re.IGNORECASE,
)
_HEADING: Final = re.compile(r"#{1,6}\s+(.{0,300}?)[\s#]*$")
_BOLD_LINE: Final = re.compile(r"(?:\*\*|__)([^*_]{1,120})(?:\*\*|__):?$")
_ITEM: Final = re.compile(r"(?:[-*+•]|(\d{1,3}[.)]))\s+(?:\[[ xX]\]\s+)?")
_RULE: Final = re.compile(r"(?:[-*_=]\s?){3,}$")
_TABLE_RULE: Final = re.compile(r"\|?[\s:|-]{3,}\|?$")
_REFERENCE: Final = re.compile(r"\[[^\]\n]{1,100}\]:\s?\S{1,2000}(?:\s.{0,200})?$")
_FENCE: Final = re.compile(r"(`{3,}|~{3,})")

_INLINE: Final[tuple[tuple[str, re.Pattern[str], str], ...]] = (
    ("![", re.compile(r"!\[[^\[\]\n]{0,300}\]\([^()\s]{0,600}(?:\s[^()\n]{0,200})?\)"), " "),
    (
        "](",
        re.compile(
            r"\[([^\[\]\n]{0,400})\]\([^()\s]{0,600}(?:\([^()\s]{0,100}\)[^()\s]{0,200})?(?:\s[^()\n]{0,200})?"
            r"\)"
        ),
        r"\1",
    ),
    ("][", re.compile(r"\[([^\[\]\n]{1,400})\]\[[^\[\]\n]{0,100}\]"), r"\1"),
    ("**", re.compile(r"\*\*(?=\S)([^*\n]{1,500})\*\*"), r"\1"),
    ("__", re.compile(r"__(?<!\w__)(?=\S)([^_\n]{1,500})__(?!\w)"), r"\1"),
    ("~~", re.compile(r"~~(?=\S)([^~\n]{1,500})~~"), r"\1"),
    ("*", re.compile(r"\*(?<![\w*]\*)(?=[^\s*])([^*\n]{1,500})(?<=\S)\*(?![\w*])"), r"\1"),
    ("_", re.compile(r"_(?<![\w_]_)(?=[^\s_])([^_\n]{1,500})(?<=\S)_(?![\w_])"), r"\1"),
    ("`", re.compile(r"`{1,2}([^`\n]{1,500})`{1,2}"), r"\1"),
    ("\\", re.compile(r"\\([\\`*_{}\[\]()#+.!|<>~-])"), r"\1"),
)


def _markdown(text: str) -> str:
    text = _without_comments(text)
    if "<" in text:
        text = _tags(text)
    text = "\n".join(_markdown_lines(text.split("\n")))
    for needed, pattern, put in _INLINE:
        if needed in text:
            text = pattern.sub(put, text)
    return html.unescape(text) if "&" in text else text


def _without_comments(text: str) -> str:
    """Without <!-- comments -->; one that is never closed hides nothing, only its opening goes."""
    if "<!--" not in text:
        return text
    kept, at = [], 0
    while (start := text.find("<!--", at)) >= 0:
        kept.append(text[at:start])
        end = text.find("-->", start + 4)
        at = end + 3 if end >= 0 else start + 4
        if end < 0:
            break
    return "".join(kept) + text[at:].replace("<!--", "")


def _markdown_lines(lines: list[str]) -> list[str]:
    kept: list[str] = []
    fenced: list[str] | None = None
    fence = ""
    for raw in lines:
        line = raw.strip()
        if fenced is not None:
            if line.startswith(fence) and not line.strip(fence[0]):
                kept.extend(_code(fenced))
                fenced = None
            else:
                fenced.append(line)
        elif (opening := _FENCE.match(line)) and "`" not in line[len(opening[1]) :]:
            fence, fenced = opening[1], []
        else:
            kept.extend(_markdown_line(line))
    return kept if fenced is None else kept + _code(fenced)


def _code(lines: list[str]) -> list[str]:
    """A short line or two of code or output are read as text; more is a marker."""
    lines = [line for line in lines if line]
    return lines if len(lines) <= 2 and sum(map(len, lines)) <= 200 else ["[code]"]


def _markdown_line(line: str) -> list[str]:
    if not line:
        return [""]
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
    if _BOILERPLATE.match(line):
        return []
    if first in "-*+•0123456789" and (item := _ITEM.match(line)):
        rest = line[item.end() :]
        return [f"{item[1] or '-'} {rest}"] if rest and not _BOILERPLATE.match(line[2:].lstrip()) else []
    return [line]


def _heading(title: str) -> list[str]:
    words = title.strip(" *_:#").strip()
    bare = "".join(c for c in words if c.isascii() or c.isalpha()).strip().casefold()
    return ["", ""] if bare in _TEMPLATE else ["", words, ""]


# --- HTML

_TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]{0,30})((?:\s[^<>]*|/)?)>")
_BLOCKS: Final = frozenset(
    """
    address article aside blockquote br center dd details div dl dt fieldset figcaption figure footer form h1 h2
    h3 h4 h5 h6 header hr li main nav ol p pre section summary table tbody td tfoot th thead tr ul
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
_QUOTED: Final = re.compile(
    r"gmail_quote|yahoo_quoted|moz-cite-prefix|type=.?cite|divRplyFwdMsg|zendesk_quoted", re.IGNORECASE
)


def _tags(text: str) -> str:
    """Tags of HTML inside Markdown; whatever else stands in angle brackets is the author's own text."""

    def put(tag: re.Match[str]) -> str:
        name = tag[2].lower()
        return "\n" if name in _BLOCKS else "" if name in _INLINE_TAGS else tag[0]

    return _TAG.sub(put, text)


def _html(text: str) -> str:
    """The text of a page or mail: scripts, quoted mail and long code gone, blocks on lines of their own."""
    text = _without_comments(text)
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
        if not closing and (name in _HIDDEN or (name in ("div", "blockquote") and _QUOTED.search(tag[3]))):
            dropping, depth = name, 1
        elif name == "pre":
            if closing and code is not None:
                out[code:] = [
                    html.escape("\n".join(_code(html.unescape("".join(out[code:])).strip().split("\n"))), quote=False)
                ]
            code = None if closing else len(out)
        if name in _BLOCKS:
            out.append("\n\n" if name in _WIDE else "\n")
        if name == "li" and not closing:
            out.append("- ")
    if not dropping:
        out.append(_flat(text[at:]))
    return html.unescape("".join(out))


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


def _wiki(text: str) -> str:
    text = "\n".join(_wiki_line(line.strip()) for line in _macros(text).split("\n"))
    for needed, pattern, put in _WIKI:
        if needed in text:
            text = pattern.sub(put, text)
    return text


def _macros(text: str) -> str:
    """{code} and {noformat} become [code] or their short text, {quote} goes, the frames of the others go."""
    kept: list[str] = []
    at, inside, begun = 0, "", 0
    for macro in _MACRO.finditer(text):
        name = macro[1].lower()
        if inside:
            if name == inside:
                if name != "quote":
                    kept += ["\n", "\n".join(_code(text[begun : macro.start()].strip().split("\n"))), "\n"]
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


_READERS: Final[dict[Markup, Callable[[str], str]]] = {
    "markdown": _markdown,
    "html": _html,
    "wiki": _wiki,
    "plain": lambda text: text,
}
