"""Which lines of a cleaned text a person wrote as sentences, and which are code, logs, traces, tables and forms.

Cleaning keeps code and traces, because they are evidence, between two lines of three backticks each, as Markdown
does. Whoever reads words for their meaning (the classifier, the registry of pains, the choice of quotations) reads
`prose(body)` instead of the body. Every line of it stands in the body exactly so, and it takes time proportional to
the text.
"""

import re
from collections.abc import Sequence
from typing import Final

FENCE: Final = "```"
CODE: Final = "[code]"
TRACE: Final = "[trace]"

_FRAME: Final = re.compile(
    r"(?:at [\w.$<>/@\[\] -]{1,200}\(.{0,200}\)|at [\w:/.<>@-]{1,200}:\d{1,6}(?::\d{1,6})?\)?"
    r"|\.\.\. \d+ (?:more|common frames.{0,20})"
    r'|File "[^"]{1,300}", line \d+.{0,200}|Traceback \(most recent call last\):|goroutine \d+ \[.{0,60}\]:'
    r"|#\d{1,3} 0x[0-9a-f]{6,16} .{0,300})$"
)
FRAME_STARTS: Final = ("at ", "... ", 'File "', "Traceback (", "goroutine ", "#")
_LOOKED_AT: Final = 12
"""Lines of a block among which a frame of a stack makes it a trace."""


def is_frame(line: str) -> bool:
    """Whether a line is a frame of a stack or opens one."""
    return line.startswith(FRAME_STARTS) and _FRAME.match(line) is not None


def prose(text: str) -> str:
    """The lines that are sentences; [code] or [trace] where a block stood; at most one empty line between paragraphs.

    `text` is a cleaned body. A block that is never closed is no block.
    """
    lines = text.split("\n")
    if FENCE in text:
        lines = _without_blocks(lines)
    kept: list[str] = []
    for line in lines:
        if line and spoken(line):
            kept.append(line)
        elif kept and kept[-1]:
            kept.append("")
    return "\n".join(kept).rstrip("\n")


def inside(lines: Sequence[str]) -> list[bool]:
    """For each line whether it belongs to a block, its two fences included."""
    found = [False] * len(lines)
    begun: int | None = None
    for at, line in enumerate(lines):
        if line != FENCE:
            continue
        if begun is None:
            begun = at
        else:
            found[begun : at + 1] = [True] * (at + 1 - begun)
            begun = None
    return found


def _without_blocks(lines: list[str]) -> list[str]:
    kept: list[str] = []
    begun: int | None = None
    for line in lines:
        if line != FENCE:
            kept.append(line)
        elif begun is None:
            begun = len(kept)
            kept.append(line)
        else:
            traced = any(map(is_frame, kept[begun + 1 : begun + 1 + _LOOKED_AT]))
            del kept[begun:]
            kept.append(TRACE if traced else CODE)
            begun = None
    return kept


_SUSPECT: Final = re.compile(r"[{}<>=|;\\/:?!\[\]_@#$%^~`+*&\d]")
_COMMANDS: Final = (
    "sudo ",
    "git ",
    "pip",
    "npm ",
    "npx ",
    "yarn ",
    "docker ",
    "kubectl ",
    "apt-get ",
    "cd ",
    "$ ",
    "import ",
)
_SHORT: Final = 10
_MARKED: Final = re.compile(r"\[(?:code|trace|cut)\]$")
_URL: Final = re.compile(r"(?:https?|ftp|file)://\S{1,3000}")
_LOG: Final = re.compile(
    r"\W{0,3}(?:\d{4}[-/.]\d\d[-/.]\d\d[T ]\d\d?:\d\d:\d\d|\d\d?:\d\d:\d\d[.,:\]\s]|\d\d?/\w{3}/\d{4}[:\s]\d"
    r"|\d\d[-/.]\d\d(?:[-/.]\d{2,4})? \d\d:\d\d:\d\d|(?:\w{3},? )?\w{3} +\d{1,2} \d\d:\d\d:\d\d|\d{10,13}[\s:.\]]"
    r"|(?:TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FATAL|SEVERE|NOTICE|CRITICAL)(?:[]|:] | {2}|\t"
    r"| +[\w.$]{1,80}[.:][\w.$:]| \[)"
    r"|[EWIDV]/[\w.-]{1,60}\(|[IWEF]\d{4} \d\d:|npm (?:ERR!|WARN)|\[\s{0,3}\d{1,8}\.\d{3,6}\]"
    r"|\[[^\]\n]{1,40}\]\s?\[?(?:TRACE|DEBUG|INFO|WARN|ERROR)\b)"
)
_CODE_END: Final = re.compile(r"(?:[{}(\[]|\)\s?=>|[)\]\"'];)$")
"""Asked of the last four letters, which is as long as it can be."""
_STATEMENT: Final = re.compile(r"\S{1,80}(?: \S{1,80}){0,3};$")
_CODE: Final = re.compile(
    r"(?:import [\w.{*\"']|from [\w.]{1,80} import"
    r"|#\s?(?:include|define|ifdef|endif|pragma)\b"
    r"|def \w{1,80}\(|class \w{1,80}[(:{]|(?:const|let|var|final|static|public|private|protected|void|int|auto"
    r"|func|fn) [\w<>\[\]*&]"
    r"|(?:return|if|for|while|else|elif|try|catch|switch)\b.{0,200}[:{;]$|\$ \w|>>>|[\w.\[\]\"']{1,80}\s?[+*|&-]?=\s?\S"
    r"|(?:sudo|git|pip3?|npm|npx|yarn|docker|kubectl|apt-get|curl|wget|cmake|make|cd"
    r"|export) [\w./-]{2,}(?: \S{1,200}){0,6}$"
    r"|--[a-z][\w-]{1,40}|\+{3} |@@ |diff --git|index [0-9a-f]{6}|</?\w|[]})]{1,4}[;,]?$|//|/\*|\"\w{1,60}\"\s?:"
    r"|[A-Z]:\\\\?\w)"
)
_SIGNS: Final = re.compile(r"=>|->|::|&&|\|\||[=!<>]=|\w=\w|\(\)|\w\.\w{1,40}\(|\w\[\w{1,20}\]|</|/>|\$\{|;\s")
_MAY_SIGN: Final = re.compile(r"[=>&|(\[<$;]")
"""What every one of these signs but :: holds; most sentences have none, and looking for it is quick."""
_WORDISH: Final = re.compile(r"[\W\d_]+")
_NO_LETTERS: Final = bytes(code for code in range(128) if not chr(code).isalpha())
_ROW: Final = re.compile(r"^[^|\n]{0,200}(?:\|[^|\n]{0,200}){1,40}$")
_FIELD: Final = re.compile(
    r"(?:[-*•] |\d{1,2}\. )?([^:?\n]{2,120}?)(?: ?\((?:[^()\n]|\([^()\n]{0,80}\)){0,200}\))?\s?[:?]\s{0,2}(.{0,400})$"
)
_FACT: Final = re.compile(
    r"\b(?:versions?|os|platform|browsers?|devices?|operating system|distribution|compiler|gpu|cuda|cudnn|bazel"
    r"|gcc|python"
    r"|node(?:\.?js)?|npm|ram|cpus?|processor|architecture|kernel|modes?|process argv|screen reader|firmware|locale"
    r"|installed (?:from|using)|custom code|stock example|willing to|hardware|sdk|jdk|java|chrome|firefox|ide"
    r"|plug-?ins?"
    r"|source|exact command|tested with|load \(avg\)|vm|extensions?|gpu status|item|name and version|(?:issue|bug"
    r"|ticket|request) type|type"
    r"|os name|build number|system (?:info|information)|betriebssystem|navigateur|sistema operativo"
    r"|virtuali[sz]ation|vmware)\b",
    re.IGNORECASE,
)
_ASKED: Final = re.compile(
    r"\b(?:describ\w+|happen\w*|expect\w*|actual|current|problem|issue(?! type)|bug(?! type)|details?|motivation"
    r"|why|steps?"
    r"|repro\w*|context|solution|comments?|question|request(?! type)|idea|proposal|use case|summary|impact|result"
    r"|behaviou?r"
    r"|notes?|update|edit|error|note|example|reason|ps|p\.s|tl;?dr)\b",
    re.IGNORECASE,
)
_POLLED: Final = re.compile(r"(?:have (?:you|i)|(?:do|did|are|will|would|can) you|(?:does|is) this)\b", re.IGNORECASE)
_BRIEF: Final = re.compile(
    r"(?:yes|no|none|n/?a|true|false|unknown|unsure|maybe|not sure|nope|-+|y|n)\.?$", re.IGNORECASE
)
_ANSWER: Final = 4
"""Words, at most, of an answer that only fills in a field."""
_LABEL: Final = 16
"""Words, at most, of a label; half as many where more than a yes or a no answers it."""
_LONG_TOKEN: Final = 60


def spoken(line: str) -> bool:
    """Whether a line of cleaned text is a sentence or a heading of its author rather than of a machine or a form.

    In doubt it is: a line of prose that is taken for code is lost to those who look for words.
    """
    if not _SUSPECT.search(line) and not line.startswith(_COMMANDS):
        return True
    if _MARKED.match(line):
        return True
    if _LOG.match(line) or is_frame(line):
        return False
    if (":" in line or "?" in line) and (field := _FIELD.match(line)) and _is_fact(field[1], field[2]):
        return False
    bare = _URL.sub(" ", line) if "://" in line else line
    words = bare.split()
    if not words or (len(line) > _LONG_TOKEN and len(words) < 4 and max(map(len, words)) > _LONG_TOKEN):
        return False
    return not (_is_code(bare, len(words)) or _is_row(bare))


def _is_fact(label: str, answer: str) -> bool:
    """Whether "label: answer" only says what machine or setting it is."""
    words = len(label.split())
    if words == 1 and ("Error" in label or "Exception" in label):
        return False
    if words == 1 and "_" in label and len(answer.split()) <= _ANSWER:
        return True
    if answer and _BRIEF.match(answer):
        return words <= _LABEL and (bool(_FACT.search(label) or _POLLED.match(label)) or not _ASKED.search(label))
    if words > (_LABEL // 2 if answer else _ANSWER) or not _FACT.search(label) or _sentence(label):
        return False
    words = len(answer.split())
    return words <= _ANSWER or (words <= 30 and any(map(str.isdigit, answer)) and not _sentence(answer))


_SMALL: Final = frozenset(
    """
    the a an to of is are was and in it that this when for on not with have has but be as at i we you my our can if
    """.split()  # noqa: SIM905
)


def _sentence(text: str) -> bool:
    return sum(word in _SMALL for word in text.casefold().split()) >= 2


def _is_code(line: str, words: int) -> bool:
    letters = len(line.encode().translate(None, _NO_LETTERS) if line.isascii() else _WORDISH.sub("", line))
    solid = len(line) - line.count(" ")
    if solid >= _SHORT and letters < 0.55 * solid:
        return not _sentence(line)
    if _CODE_END.search(line[-4:]) or (line.endswith(";") and _STATEMENT.match(line)) or _CODE.match(line):
        return not _sentence(line)
    signs = len(_SIGNS.findall(line)) if _MAY_SIGN.search(line) or "::" in line else 0
    return signs > max(1, words // 6) and not _sentence(line)


def _is_row(line: str) -> bool:
    """Cells of a table, none of which is a sentence."""
    if "|" not in line or not _ROW.match(line):
        return False
    return not any(_sentence(cell) for cell in line.split("|"))


def reads(lines: Sequence[str]) -> bool:
    """Whether the lines of a block are prose after all: forms put what people wrote into blocks that they call code."""
    if len(lines) > 200:
        return False
    words = " ".join(lines[:40]).casefold().split()[:200]
    if len(words) < 6:
        return False
    bare = [word.strip(".,:;!?()\"'-") for word in words]
    if sum(map(_SMALL.__contains__, bare)) < max(2, 0.12 * len(words)):
        return False
    if sum(map(str.isalpha, bare)) < 0.75 * len(words):
        return False
    good = sum(len(line) for line in lines if spoken(line))
    return good >= 0.8 * sum(map(len, lines))
