"""Which sentences of an issue can stand alone in a mail, and what makes one alive.

A living sentence is in the first person and tells a cost, a workaround or a consequence. Greetings, forms, logs, code,
lists of steps, requests and advertisements are not what a leader should hear.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from pipeline import screen
from pipeline.digest import words
from pipeline.screen import Screen

SHORTEST, LONGEST = 6, 35
_NO_LETTERS = bytes(code for code in range(128) if not chr(code).isalpha())
_NO_CAPITALS = bytes(code for code in range(128) if not chr(code).isupper())

_SENTENCE = re.compile(r"[^.!?…。！？\s][^\n]*?(?:[.!?…]+(?=\s|$)|[。！？]+|(?=\n)|$)")
_ENDS = ".!?…。！？"
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
"""Letters of scripts that put no space between words; two of them are taken for a word."""
_CODE = re.compile(
    r"[{}<>|\\`=~^]|\[(?!(?:name|email|phone|secret|redacted)\b)|@\w|\w@|::|->|\$\w|^[#>*+\-]|\w_\w|\(\)|https?:|"
    r"(?<![\w.])\.[A-Za-z]\w|(?!\d)\w\.(?!g\.|e\.)(?!\d)\w|\w/\w+/|(?<!\w)/\w+|^\d+[.):]\s|\b0x[0-9a-f]|"
    r"\b(?!macOS\b|iOS\b|iP\w+)[a-z]+[A-Z]\w*\b|\b(?:[A-Z][a-z0-9]+){3,}\b|"
    r"\b\w*(?:Error|Exception):|\bTraceback\b|\b\d+:\d+:\d+\b"
)
"""Code, logs, paths, file names, and words whose letters were turned around."""
_FORM = re.compile(
    r"^(?:version|os|type|steps?|expected|actual|current|environment|description|platform|browser|system|title|summary|"
    r"issue|bug|what|have you|did you|does this|is this|do you|are you willing|please|describe|provide|note|edit|"
    r"click to|reproduc\w+|commit|date|electron|node|python|screenshot|relevant|standalone|custom code|"
    r"source|tensorflow|mobile|gpu|cuda|bazel|gcc|vs ?code|extensions?)\b[^.!?]{0,60}:|"
    r"^here's why|^(?:have you|did you|do you|are you|does this)\b.*\?$|"
    r"^(?:a bug happened|click to expand|no response|verif\w+|refs?|fix(?:es|ed)?|closes?)\b|"
    r"^(?:try|open|click|run|press|go|select|type|create|use|install|add|move|set|start|close|launch|hover|make|check|"
    r"enter|drag|right-click|execute|expand|observe|notice|enable|disable|switch|see|ensure|repeat|save)\b|"
    r"\b(?:steps to reproduce|to reproduce|as follows|following (?:code|error|steps?|command)|"
    r"(?:see|shown?) (?:above|below|attached|here)|attached|screenshots?|(?:code|log|error|output) (?:is )?below|"
    r"stack ?trace|repro(?:duction)? steps|expected behaviou?r|actual behaviou?r|feature request)\b",
    re.IGNORECASE,
)
"""What an issue form asks, or what only makes sense beside its attachments."""
_GREETING = re.compile(
    r"^(?:hello|hi|hey|dear|good (?:morning|afternoon|evening|day)|greetings|howdy)\b|\b(?:regards|sincerely|cheers)\b|"
    r"\bthank(?:s| you) (?:in advance|for your)|\bhope (?:this|you)\b|\bmy name is\b|\bnice to meet\b",
    re.IGNORECASE,
)
_PLEA = re.compile(
    r"\b(?:could|can|would|will) (?:you|someone|somebody|anyone|we|i)\b|"
    r"\bplease (?:help|advise|let (?:me|us) know|find|see|add|fix|support|consider|provide|check|share|note|look)\b|"
    r"\b(?:would|it'd) be (?:nice|great|good|possible|helpful)\b|"
    r"\bany (?:update|idea|help|chance)s?\b|\bis (?:it|there) (?:possible|any|a way)\b|"
    r"\bi(?:'d| would) like\b|\bappreciated\b|\bhow (?:can|do|should) i\b",
    re.IGNORECASE,
)
"""Politeness and requests: true of every issue, so they tell nothing of this one."""
_SELLING = re.compile(
    r"\b(?:guest post|do-?follow|back-?links?|seo|free trial|special offer|discount|limited time|act now|subscribe|"
    r"our (?:product|services?|agency|platform) (?:can|will|helps?)|we offer|boost your|grow your|freelance writer|"
    r"promo(?:tion)?s?|click (?:here|below|the|this|on the link)|(?:follow|open|use|add) (?:this|the) link|"
    r"log ?in (?:here|at)|sign up|verify your|visit (?:our|my|us)|"
    r"download (?:it )?(?:here|from)|check out (?:my|our))\b",
    re.IGNORECASE,
)
_PLANTED = re.compile(
    r"\b(?:ignore|disregard|forget|override) (?:all |any |the |your |my )*(?:previous|prior|above|earlier|former|"
    r"instructions?)\b|\byou are (?:now|an? (?:ai|assistant|language))\b|\bsystem prompt\b|\bas an ai\b|"
    r"\bnew instructions?\b|\bwrite in the (?:\w+ )?(?:summary|digest|report|mail)\b|"
    r"\bmark this (?:ticket|issue|mail) as\b|\bassistant of the\b|\brespond only\b|\bdeveloper mode\b|\bjailbreak\b|"
    r"<script|=HYPERLINK\(|\{%|javascript:",
    re.IGNORECASE,
)
"""Text written for a machine. It can do nothing here, and whoever wrote it is not quoted at all."""
_LEANING = re.compile(
    r"^(?:this|that|it|it's|they|these|those|and|but|so|also|then|he|she|which|because|or|however|therefore|"
    r"additionally|furthermore|moreover|if so|same (?:here|thing|issue|problem)|similar(?:ly)?|after that|"
    r"the (?:above|same|former|latter|following))\b",
    re.IGNORECASE,
)

_HALF = re.compile(r"^(?:since|although|while|because|as|when|if|though)\b[^,]*$|^since\b[^,]*?[.!?…]", re.IGNORECASE)
"""A clause that lost its sentence."""
_POINTING = re.compile(r"\b(?:this|that|the same) (?:problem|issue|error|bug|thing)\b|\bthe above\b", re.IGNORECASE)
_PLEA_OR_POINTING = re.compile(f"{_PLEA.pattern}|{_POINTING.pattern}", re.IGNORECASE)

_NUMBER = r"(?:\d+|two|three|four|five|six|seven|eight|nine|ten|half|several|few)"
_FIRST = re.compile(r"\b(?:I|I've|I'm|I'd|I'll|we|We|we've|we're|We're|us)\b")
_MARKS = {
    "own": re.compile(r"\b(?:my|our|mine|ours|me)\b"),
    "cost": re.compile(
        rf"\b{_NUMBER} (?:an? |whole |full |working )*(?:minute|min|hour|day|week|night|month|time|year)s?\b|"
        r"\b(?:every|each) (?:single )?(?:day|night|week|month|morning|time|release|build|\w+day)\b|\ball day\b|"
        r"\b(?:twice|third|fourth|fifth) (?:time|re-?run|day|week)\b|\b(?:forty|fifty|sixty|twenty|thirty) minutes\b|"
        r"\bfor (?:minutes|hours|days|weeks|months|years)\b|\bover \d+|\b\d+ ?[gm]b\b|[€£$]\s?\d|"
        r"\b(?:an|half an) hour\b",
    ),
    "count": re.compile(r"\b\d+ (?:of|in|entries|invoices|clinics|pages|apps|files|users|approvals|people)\b"),
    "workaround": re.compile(
        r"\b(?:by hand|manually|re-?upload|retype|re-?enter|re-?runs?|export to|to excel|spreadsheet|work-?around|"
        r"instead|own notes?|copy|copied|paste[ds]?|print(?:ed)?|batch|rename|reinstall(?:ed)?|downgrade[ds]?|"
        r"rolled back|restart(?:ed)?|side by side|have to|had to)\b",
    ),
    "consequence": re.compile(
        r"\b(?:found out|noticed|caught it|arrived|accountant|auditor|patients?|embarrass\w+|gave up|give up|giving up|"
        r"los(?:t|e|ing)|missed|holding|charged|stopped|trust\w*|nobody|no one|nothing new|apologi[sz]e|unusable|stuck|"
        r"afraid|refund|furious|useless|drives? me|deadline|again|empty|missing|unable to work|can(?:'t|not) work|"
        r"crash\w*|fr[eo]ezes?|frozen|hangs|killed|annoy\w*|frustrat\w+|confus\w+|unreadable|no idea|painful|"
        r"disrupt\w*|the client|wast(?:e[ds]?|ing)|no longer|miss one|impossible)\b",
    ),
    "others": re.compile(
        r"\b(?:clients?|famil(?:y|ies)|patients?|owner|accountant|bookkeeper|auditor|inspector|bank|regulator|partner|"
        r"receptionist|new (?:colleague|hire)) (?:arrived|came|caught|found|noticed|asked|waited|stood|rang|wrote|"
        r"called|left|was|were|had|could)\b",
    ),
    "again": re.compile(
        r"\b(?:as i told|i told you|told you|you closed|closed (?:this|it|my)|cannot reproduce|"
        r"still no (?:answer|reply)|(?:second|third|fourth|fifth|\w+th) time|"
        r"no (?:answer|reply|response) (?:since|for|in|yet)|"
        r"asked for|wrote (?:to you )?(?:before|last)|has seen this|second message)\b",
    ),
    "page": re.compile(
        r"\b(?:help page|help cent(?:re|er)|documentation|docs|manual|guide|macro) (?:still )?(?:says?|claims?|tells?|"
        r"states?|describes?|promises?)\b",
    ),
    "money": re.compile(
        r"\b(?:hold(?:ing)?(?: back)?|withhold(?:ing)?|stopp(?:ed|ing)) (?:our |the |all )?payments?\b|"
        r"\b(?:not|won't|refuse to) pay(?:ing)?\b|\brefund\b|\bcharge ?back\b",
    ),
}
"""What in a sentence makes it worth hearing; of lower-case text, which is searched several times faster."""


_MAY_MARK = Screen(_MARKS.items(), edges=True)
_BAITS = (_PLANTED, _SELLING, _FORM, _GREETING, words.LINKISH)
_BAIT = re.compile("|".join(f"(?:{one.pattern})" for one in _BAITS), re.IGNORECASE)


def passages(text: str) -> list[str]:
    """Runs of one or two whole sentences of a text, exactly as they stand there, on one line."""
    return list(_passages(text[:4000]))


def _passages(text: str) -> Iterator[str]:
    for line in text.split("\n"):
        sentences = [m.span() for m in _SENTENCE.finditer(line)]
        for at, (begin, end) in enumerate(sentences[:40]):
            yield line[begin:end].rstrip()
            if at + 1 < len(sentences):
                yield line[begin : sentences[at + 1][1]].rstrip()


def planted(text: str) -> bool:
    """Whether somebody tries to instruct a machine: nothing of such an issue is quoted, nor names a pain."""
    return screen.search(_PLANTED, text) is not None


def selling(text: str) -> bool:
    return screen.search(_SELLING, text) is not None


@lru_cache(maxsize=32768)
def fit_to_quote(text: str, *, whole: bool = False) -> bool:
    """Whether a passage can stand alone: length, words rather than code, a beginning and an end, nobody's bait."""
    if len(text) > 240 or '"' in text or not SHORTEST <= size(text) <= LONGEST:
        return False
    if not (whole or text[-1] in _ENDS) or not (text[0].isupper() or text[0].isdigit() or not text[0].isascii()):
        return False
    if _LEANING.match(text) or _HALF.match(text) or not _is_prose(text):
        return False
    return not (screen.search(_CODE, text) or screen.search(_BAIT, text))


def size(text: str) -> int:
    """The words of a text."""
    if text.isascii():
        return len(text.split())
    return len(_UNSPACED.sub(" ", text).split()) + len(_UNSPACED.findall(text)) // 2


def _is_prose(text: str) -> bool:
    letters = _letters(text)
    if letters + text.count(" ") < 0.8 * len(text) or text != text.strip() or "  " in text or "\t" in text:
        return False
    spaced = text if text.isascii() else _UNSPACED.sub(" ", text)
    if _capitals(text) > 0.4 * letters or max(map(len, spaced.split()), default=0) > 30:
        return False
    return words.is_printable(text) or words.printable(text) == " ".join(text.split())


def _letters(text: str) -> int:
    return len(text.encode().translate(None, _NO_LETTERS)) if text.isascii() else sum(map(str.isalpha, text))


def _capitals(text: str) -> int:
    return len(text.encode().translate(None, _NO_CAPITALS)) if text.isascii() else sum(map(str.isupper, text))


def marks(text: str) -> frozenset[str]:
    """What makes a passage worth hearing: first, own, cost, count, workaround, consequence, others, again, page,
    money."""
    low = text.lower()
    found = [name for name in _MAY_MARK(low) if screen.search(_MARKS[name], low)]
    return frozenset([*found, "first"] if _FIRST.search(text) else found)


def shape(text: str) -> float:
    """How well a passage is made to be read, apart from what it tells."""
    long = size(text)
    score = 0.1 if 8 <= long <= 24 else 0.0
    either = screen.search(_PLEA_OR_POINTING, text)
    score -= 0.01 * max(0, long - 22) + (0.4 if either and screen.search(_PLEA, text) else 0.0)
    score -= 0.15 if either and screen.search(_POINTING, text) else 0.0
    score -= 0.0 if text[-1] in _ENDS else 0.25
    return score - (0.15 if text.endswith("?") else 0.0)
