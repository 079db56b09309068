"""What an issue form asks and fills in by itself: headings, hints, boxes to tick, fields left empty.

GitHub writes the answers of a form as "### Label", an empty line and the answer, "_No response_" where there is none;
older templates are Markdown with bold labels and lists. Labels that are known, or that stand over nothing, go; an
answer of a word or two is joined to its label ("Python version: 3.10"), which `pipeline.prose` then takes for a fact
and not for a sentence.
"""

import re
from typing import Final

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
    current behavior?|current behaviour?|expected behavior?|expected behaviour?|actual behavior?|actual behaviour?
    what did you expect|what did you expect to happen|what actually happened|what actually happened?|what went wrong?
    what were you trying to do?|what did you do?|what did you do|what did you see instead?|what you expected to happen
    what happened instead?|how to reproduce it|how can we reproduce it?|how to reproduce the problem?
    how to reproduce it (as minimally and precisely as possible)|anything else we need to know?|anything else?
    anything else|additional comments|other comments|further information|more information|other info / logs
    any other info.|any other info|issue submission checklist|steps to reproduce the issue|steps|steps to replicate
    detailed description|issue|problem description|problem statement|the problem|describe the problem
    describe the feature and the current behavior/state.|describe the feature and the current behavior/state
    describe the current behavior|describe the expected behavior|describe the current behaviour
    describe the expected behaviour|will this change the current api? how?|who will benefit with this feature?
    contributing|describe the feature and motivation|descripe the feature and motivation
    do you want to contribute a pr? (yes/no)|briefly describe your candidate solution(if contributing)
    relevant log output (if any)|test case|test cases|use case|use cases|proposed solution|proposal|alternatives
    suggested solution|describe the solution|describe your issue|describe your request|describe the feature
    what browser are you using?|on what operating system?|system information (version)|extensions|a/b experiments
    your code|code of conduct|terms|validations|acceptance criteria|definition of done|click to expand!|click to expand
    do you want to request a feature or report a bug?|what is your feature request?|tell us about the bug
    expected vs actual behavior|severity|frequency|impact|affected version|affected versions|fix version|root cause
    devtools package (automated)|devtools version (automated)|error component stack (automated)
    github query string (automated)|please do not remove the text below this line|bug|feature|question
    is there an existing issue for this?|steps to reproduce:|the current behavior|the expected behavior
    logs and screenshots|additional details|reproducible example|minimal reproduction|code example|code sample
    beschreibung|fehlerbeschreibung|erwartetes verhalten|tatsächliches verhalten|schritte zur reproduktion
    zusätzliche informationen|umgebung|description du problème|comportement attendu|comportement actuel|étapes
    étapes pour reproduire|informations complémentaires|descripción|descripción del problema|comportamiento esperado
    comportamiento actual|pasos para reproducir|información adicional|descrição|comportamento esperado
    """.strip()
    .replace("\n    ", "|")
    .split("|")
)
_HINTS: Final = re.compile(
    r"(?:_?no response_?|n/?a|a clear and concise description of .{0,120}|add any other (?:context"
    r"|information) .{0,120}"
    r"|if applicable, add .{0,120}|please (?:search|check|read|make sure|fill|complete|provide"
    r"|describe|use) .{0,160}(?:template|issues?|before .{0,80}|guide\w*|below)\.?"
    r"|steps to reproduce the behavior:?|ex\. i'm always frustrated when .{0,40}|click to expand!?|a bug happened!"
    r"|describe what you were doing when the bug occurred:?|please do not remove the text below this line"
    r"|(?:what|which) (?:steps|browsers?) .{0,60}\(please .{0,60}\)|\(?please (?:attach|include|paste|add"
    r"|list) .{0,120}"
    r"(?:here|if possible|below|applicable)\)?\.?|does this issue occur when all extensions are disabled\?:?.{0,12}"
    r"|(?:- ?)?\[[ xX]?\] ?(?:i(?:'ve| have| am| agree|'m| searched| checked| report| will| confirm| understand"
    r"| did| updated)\b|there is (?:reproducer|no)|(?:this|the) (?:issue|bug|request) (?:is|has)|yes\b|no\b|my "
    r"|we have)"
    r".{0,300}"
    r"|i(?:'ve| have) (?:searched|checked|read|verified|looked) .{0,100}(?:issues|guidelines?|documentation|docs|faq"
    r"|duplicates?|forum|stack ?overflow)\b.{0,120}|i (?:agree to|report the issue|updated to the latest) .{0,160})$",
    re.IGNORECASE,
)
BEGINS: Final = frozenset("nNaAiIpPsSeEcCdDwW[_(-")


def boilerplate(line: str) -> bool:
    """Whether a line is a form's hint, a box that every reporter ticks, or an answer that says nothing."""
    return line[0] in BEGINS and _HINTS.match(line) is not None


def is_template(heading: str) -> bool:
    """Whether a heading is one that templates ask with."""
    bare = "".join(c for c in heading if c.isascii() or c.isalpha()).strip().casefold()
    return bare in _TEMPLATE or _COUNTED.sub("", bare) in _TEMPLATE


_COUNTED: Final = re.compile(r" ?\(\d{1,4}\)$")
_HEADING: Final = re.compile(r"(#{1,6})\s+(\S.{0,300}?)[\s#]*$")
_BOLD: Final = re.compile(r"(\*\*|__)([^*_\n]{1,120})(?:\*\*|__)\s?:?$")
_FIELDS: Final = 3
"""Headings of one rank that make a form of a text."""
_SILENT: Final = re.compile(
    r"(?:_no response_|no response|\*no response\*|n/?a|-+|_+|\.+|`{3,}\w{0,20}|none\.?)$", re.IGNORECASE
)
_TELLS: Final = re.compile(
    r"\b(?:describ\w+|happen\w*|expect\w*|actual|current|problem|issue(?! type)|bug(?! type)|details?|motivation"
    r"|why|steps?|repro\w*|context"
    r"|solution|alternatives?|comments?|question|request|idea|proposal|case|summary|impact|behaviou?r|feature"
    r"|what|how)\b",
    re.IGNORECASE,
)
_CHOICES: Final = re.compile(
    r"(?:yes|no|unsure|not sure|maybe|true|false|[\w .+-]{0,12}\d[\w .+-]{0,24})$", re.IGNORECASE
)
_WORDS: Final = 4
"""Words, at most, of an answer that is joined to its label."""
_LONGEST: Final = 80
"""Characters of such an answer."""


def answered(lines: list[str]) -> list[str]:
    """The lines of a Markdown text with the fields of its form settled; whatever is no form stays as it is.

    A form has at least three headings of one rank. The lines are stripped of white space around them.
    """
    if sum(line[:1] in ("#", "*", "_") for line in lines) < _FIELDS:
        return lines
    heads = [(at, *found) for at, line in enumerate(lines) if (found := _label(line))]
    ranks = [rank for _, rank, _ in heads]
    rank = max(sorted(set(ranks)), key=ranks.count, default="")
    if ranks.count(rank) < _FIELDS:
        return lines
    kept = lines[: heads[0][0]]
    for number, (at, own, label) in enumerate(heads):
        after = heads[number + 1] if number + 1 < len(heads) else None
        under = lines[at + 1 : after[0] if after else len(lines)]
        if own == rank and (after is None or after[1][0] != "#" or len(after[1]) <= len(own)):
            kept += _field(lines[at], label, under)
        else:
            kept += [lines[at], *under]
    return kept


def _label(line: str) -> tuple[str, str] | None:
    """Rank and words of a heading, where the line is one."""
    if line[:1] == "#" and (found := _HEADING.match(line)):
        return found[1], found[2].strip(" *_:#")
    if line[:2] in ("**", "__") and (found := _BOLD.match(line)):
        return found[1], found[2].strip(" :")
    return None


def _field(head: str, label: str, under: list[str]) -> list[str]:
    told = [line for line in under if line]
    if not told or (len(told) == 1 and _SILENT.match(told[0])):
        return [""]
    answer = told[0]
    if len(told) > 1 or len(answer) > _LONGEST or not answer[0].isalnum():
        return [head, *under]
    if _CHOICES.match(answer) or not (_TELLS.search(label) or answer[-1] in ".!?" or len(answer.split()) > _WORDS):
        return ["", f"{label}{'' if label[-1:] in '?:' else ':'} {answer}", ""]
    return [head, *under]
