"""Marks of unstated pain, found by phrases. Each signal carries the exact text that shows it.

Only what a person says of their own situation counts. Quotations, code, addresses, logs and ticked forms are read
over, and a wording counts for nothing in a sentence that makes it mean something else (`phrases.UNLESS`), or that tells
nobody's own situation (`phrases.NOBODYS`). What decides
who may read a text (security, HR, legal) is looked for everywhere in it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from pipeline.classify import stakes
from pipeline.classify.admissions import ADMISSIONS, OTHER_SCRIPTS
from pipeline.classify.phrases import NOBODYS, PHRASES, UNLESS
from pipeline.classify.stakes import lower
from pipeline.classify.tongues import FOREIGN, MARKS
from pipeline.issue import Signal
from pipeline.screen import Screen, search, start

WITHHELD: Final = frozenset({"security", "hr", "legal"})
"""Texts with one of these appear in no digest."""

_READ: Final = 8_000
PROTECTING: Final = frozenset({"confession", "distress", "voice_withdrawn"})
"""Texts with one of these are never quoted: a false alarm costs a quotation, a miss costs a person."""
GUARDING: Final = WITHHELD | PROTECTING | {"apology_load", "churn"}
"""What decides who may read a text, whether it may be quoted, and who is called: looked for in any mode."""
_UNLESS: Final = {
    name: Screen((wording, wording) for wording in parts)
    for name in PHRASES
    if (parts := (*UNLESS.get(name, ()), *(() if name in PROTECTING | WITHHELD else NOBODYS)))
}


@dataclass(frozen=True, slots=True)
class Wording:
    """One pattern of a signal, and the language that it belongs to, None where it is looked for in all texts."""

    signal: str
    pattern: str
    language: str | None = None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Of hundreds, a process meets a few: the others are never compiled."""
    return re.compile(pattern)


_WORDINGS: Final = [
    *(Wording(name, wording) for name, wordings in PHRASES.items() for wording in wordings),
    *(Wording("confession", words) for name, words in ADMISSIONS.items() if name not in OTHER_SCRIPTS),
    *(Wording(name, words, language) for language in MARKS for name, words in FOREIGN[language].items()),
]
_OTHER: Final = [Wording("confession", ADMISSIONS[name]) for name in sorted(OTHER_SCRIPTS)]
_SAID: Final = Screen((one, one.pattern) for one in _WORDINGS if one.signal not in WITHHELD)
_SAID_ELSEWHERE: Final = Screen((one, one.pattern) for one in _OTHER)
_ANYWHERE: Final = Screen(((one, one.pattern) for one in _WORDINGS if one.signal in WITHHELD), edges=True)
GUARDS: Final = [wording for wording in _WORDINGS if wording.signal in GUARDING]

_LOW: Final = re.compile(
    r"\b(?:low|lowest|minor|normal|trivial|p[34]|medium|routine|standard)\b[^\n]{0,20}\b(?:priority|prio"
    r"|severity|ticket|impact)\b|priority\s?[:=]?\s?(?:low|minor|normal|trivial|p[34])|not urgent|(?:when"
    r"|whenever) you have (?:time|a minute)"
)
_BUT: Final = re.compile(
    r"\b(?:despite|in spite of|but|however|although|though|yet|even though|unfortunately|trotzdem|aber"
    r"|leider|mais|malgré|pero|mas|ma|però|maar|helaas)\b"
)
_COMPLAINT: Final = re.compile(
    r"\b(?:n't|not|cannot|never|no longer|fail\w*|error\w*|broken|bugs?|crash\w*|slow\w*|problem\w*"
    r"|issues?|wrong|stuck|missing|lost|waiting|down|late|worse|difficult|confus\w+|annoy\w*"
    r"|frustrat\w*|unfortunately|wish|but|please (?:fix|add|help|let|make)|nicht|kein\w*|leider"
    r"|fehler|pas|aucun\w*)\b|n't\b|\?"
)


def find(title: str, body: str) -> tuple[Signal, ...]:
    """The signals of an issue, each once, in a fixed order, with the shortest text that shows it."""
    title, body = title[:_READ], body[:_READ]
    lowered = (lower(title), lower(body))
    said = (_own(lowered[0]), _own(lowered[1]))
    whole = "\n".join(said)
    worth = _SAID(whole) if whole.isascii() else [*_SAID(whole), *_SAID_ELSEWHERE(whole)]
    tried = _by_signal(worth, said) | _by_signal(_ANYWHERE("\n".join(lowered)))
    found = [
        Signal(name, shown)
        for name, patterns in tried.items()
        if (shown := _shown(name, patterns, (title, body), lowered if name in WITHHELD else said)) is not None
    ]
    return _settled(found, (title, body), said)


def guarding(title: str, body: str, low: str, may: Sequence[Wording]) -> tuple[Signal, ...]:
    """Of what `find` finds, the signals of `GUARDING`; without those whose words a quotation or code interrupts.

    `low` are title and body in lower case, joined by a line feed; `may` those of `GUARDS` that may stand there.
    """
    worth = [one for one in may if one.signal in WITHHELD]
    said = [one for one in may if one.signal not in WITHHELD]
    if not low.isascii():
        said += _SAID_ELSEWHERE(low)
    if not worth and not said:
        return ()
    texts = title[:_READ], body[:_READ]
    lowered = lower(texts[0]), lower(texts[1])
    owned = _own(lowered[0]), _own(lowered[1])
    tried = _by_signal(said, owned) | _by_signal(worth)
    shown = {name: _shown(name, some, texts, lowered if name in WITHHELD else owned) for name, some in tried.items()}
    return tuple(Signal(name, text) for name, text in sorted(shown.items()) if text is not None)


def withheld(title: str, body: str) -> tuple[Signal, ...]:
    """The signals that decide who may read a text, and no others: for what is no prose of its author's."""
    texts = (title[:_READ], body[:_READ])
    lowered = (lower(texts[0]), lower(texts[1]))
    tried = _by_signal(_ANYWHERE("\n".join(lowered)))
    return tuple(Signal(name, shown) for name in sorted(tried) if (shown := _shown(name, tried[name], texts, lowered)))


def _shown(name: str, patterns: list[re.Pattern[str]], texts: tuple[str, str], lows: tuple[str, str]) -> str | None:
    """The words of the title, or else of the body, that a wording finds."""
    for text, low in zip(texts, lows, strict=True):
        if (hit := _first(name, patterns, low)) is not None:
            return _trimmed(text[hit[0] : hit[1]])
    return None


def _trimmed(words: str) -> str:
    """Without the end of the sentence before."""
    return words.strip().lstrip(".,;:!?) \n\t") or words.strip()


def _by_signal(wordings: Sequence[Wording], said: Sequence[str] = ()) -> dict[str, list[re.Pattern[str]]]:
    """The wordings that are worth trying, by signal; those of another language where one of its small words stands."""
    words = set(_WORD.findall("\n".join(said))) if any(wording.language for wording in wordings) else set()
    tried: dict[str, list[re.Pattern[str]]] = {}
    for wording in wordings:
        if wording.language is None or not MARKS[wording.language].isdisjoint(words):
            tried.setdefault(wording.signal, []).append(_compiled(wording.pattern))
    return tried


def _first(name: str, patterns: list[re.Pattern[str]], low: str) -> tuple[int, int] | None:
    """Where the first wording stands that its sentence does not turn into something else."""
    for pattern in patterns:
        for hit in pattern.finditer(low):
            if hit[0].strip() and not (name in _UNLESS and _means_else(name, _sentence(low, *hit.span()))):
                return hit.span()
    return None


def _means_else(name: str, sentence: str) -> bool:
    return any(_compiled(wording).search(sentence) for wording in _UNLESS[name](sentence))


_NEAR: Final = 300
_ENDS: Final = re.compile(r"[.!?](?=\s)|\n")


def _sentence(low: str, start: int, end: int) -> str:
    """The sentence around a place, at most `_NEAR` letters to either side; a stop inside a word ends none."""
    left = max(0, start - _NEAR)
    before = [stop.end() for stop in _ENDS.finditer(low, left, start)]
    after = _ENDS.search(low, max(start, end - 1), min(len(low), end + _NEAR))
    return low[before[-1] if before else left : after.end() if after else end + _NEAR]


_WORD: Final = re.compile(r"[^\W\d_]{1,20}")
_NOT_OWN: Final = re.compile(
    r"```.*?(?:```|\Z)|`[^`\n]{1,200}`|https?://\S{1,500}|<!--.*?(?:-->|\Z)"  # code, addresses, the form's own remarks
    r"|[\"“„«][^\"“”„«»\n]{2,200}[\"”»]"  # quotations
    r"|^[ \t]{0,8}(?:>[^\n]{0,1000}"  # quoted lines
    r"|(?:[-*+] )?\[[ x✓]\][^\n]{0,600}"  # boxes of a form
    r"|(?:\[(?:error|info|warn\w*|debug|trace|javac|exec)\]|\d{4}-\d\d-\d\d[ t]\d\d:|at [\w$.]{3,80}\("
    r"|\$ |>>> )[^\n]{0,1000}"
    r"|[qa]: [^\n]{0,600})",  # questions and answers of a test plan
    re.DOTALL | re.MULTILINE,
)
_OPENS: Final = re.compile(
    r"[`\"“„«]|https?://|<!--|^[ \t]{0,8}(?:>|(?:[-*+] )?\[|\d{4}-|at |\$ |[qa]: )", re.MULTILINE
)
"""Where one of these can begin."""
_CODE_SIGNS: Final = re.compile(r"[{}();=<>\[\]|\\$&]")
_LINE: Final = re.compile(r"[^\n]{12,}")


def _own(low: str) -> str:
    """A text in lower case with everything that is not its author's own prose blanked; places stay the same."""
    if any(sign in low for sign in _SIGNS) or _DATED.search(low) or ("at " in low and "(" in low):
        low = _without(low)
    if len(_CODE_SIGNS.findall(low)) <= _CODED * min(map(len, _LINE.findall(low)), default=len(low)):
        return low  # not even the shortest line can be code
    return _LINE.sub(lambda hit: _blank(hit[0]) if _like_code(hit[0]) else hit[0], low)


_SIGNS: Final = ("`", "://", "<!--", '"', "“", "„", "«", ">", "[", "$ ", "q: ", "a: ")
_DATED: Final = re.compile(r"-\d\d[ t]\d\d:")
_CODED: Final = 0.12
"""Signs of code among the letters of a line from which on it is taken for code."""


def _without(low: str) -> str:
    """The text with `_NOT_OWN` blanked."""
    parts: list[str] = []
    done = at = 0
    while (at := start(_OPENS, low, at)) <= len(low):
        if (hit := (_NOT_OWN.match if low.isascii() else _NOT_OWN.search)(low, at)) is not None:
            parts += low[done : hit.start()], _blank(hit[0])
            done = hit.end()
        elif not low.isascii():
            break
        at = max(at + 1, done)
    return "".join([*parts, low[done:]])


def _like_code(line: str) -> bool:
    return len(_CODE_SIGNS.findall(line)) > _CODED * len(line)


def _blank(part: str) -> str:
    """One long word instead, which ends no sentence unless a line ends in it."""
    return "\n".join("_" * len(line) for line in part.split("\n"))


def _settled(found: list[Signal], texts: tuple[str, str], said: tuple[str, str]) -> tuple[Signal, ...]:
    """Thanks count only where nothing is complained of; thanks beside a complaint are the contrast between the two."""
    by_name = {signal.name: signal for signal in found}
    if "thanks" in by_name and (len(by_name) > 1 or any(_COMPLAINT.search(low) for low in said)):
        del by_name["thanks"]
    contrast = _contrast(texts, said)
    if contrast:
        by_name["praise_contrast"] = Signal("praise_contrast", contrast)
    mismatch = _mismatch(texts)
    if mismatch:
        by_name["priority_mismatch"] = Signal("priority_mismatch", mismatch)
    return tuple(by_name[name] for name in sorted(by_name))


_HURTS: Final = re.compile(
    r"\b(?:despite|not|cannot|never|no longer|fail\w*|error\w*|broken|bugs?|buggy|crash\w*|freez\w+|slow\w*|problem\w*"
    r"|issues?|wrong|stuck|missing|lost|waiting|late|worse|worst|difficult|hard|confus\w+|annoy\w*"
    r"|frustrat\w*|wish|need\w*|lacks?|lacking|would like|unstable|glitch\w*|jerky|weird|strange|ugly|useless"
    r"|only|too|hardly|won't|stopped|suddenly|spam|hacked|racis\w+|drop|unreadable|forget\w*|can you"
    r"|please (?:fix|add|help|bring)|nicht|kein\w*|fehler|pas|aucun\w*|falla|falha\w*|niet|geen)\b|n't\b"
)
_GOOD: Final = (
    r"(?:great|awesome|amazing|excellent|wonderful|fantastic|brilliant|lovely|superb|good|nice|useful|fav(?:ou?)?rite"
    r"|helpful|indispensable|terrific)"
)
_THING: Final = (
    r"(?:app|tool|product|software|library|extension|plug-?in|framework|service|component|program|package|game|recorder"
    r"|update|encyclopedia|job|work|support|project|editor|piece|module|application|organizer|website|site|system)"
)
_PRAISE: Final = re.compile(
    r"\b(?:i|we) (?:really |absolutely |actually |still |do |just |quite )?(?:love|loved|enjoy|like)\b(?! \w+ too\b)"
    r"(?! (?:to|it if|it more than|it better|if|when|this change|you|the (?:idea|approach|proposed|way|sound"
    r"|suggestion)|that idea)\b)"
    r"|\bi (?:really |do )?appreciate (?:the (?:app|tool|work|effort|software|product)|this (?:app|tool"
    r"|software)|your work)\b"
    r"|(?:^|[.!?\n]\s{0,3})(?:love|loved) (?:this|the|it)\b"
    rf"|(?<!not a )(?<!n't a )(?<!be a )(?<!['`])\b{_GOOD},? (?:and (?:\w+ )?\w+ |little |racing |free )?{_THING}\b"
    r"(?! (?:execution|queue|of letting|at |fixing))"
    r"|(?<!that )(?<!which )(?<!what )(?<!\d )\b(?:is|are|was|looks) (?:so |very |really |just |absolutely "
    r"|pretty |otherwise )?(?:great|amazing|awesome"
    r"|excellent|fantastic|wonderful|brilliant|lovely)\b(?! (?:that|to|for|if|reasoning|at|with|work to)\b)"
    r"|\b(?:so|very|really|extremely) (?:kind|friendly|patient)\b|\bthank(?:s| you)(?: so much| very much| a lot| "
    r"again)? for "
    rf"(?:(?:this|the|your|all|such|an?) ){{0,2}}(?:{_GOOD} \w+|maintaining"
    r"|(?:making|creating|building|developing)(?! (?:an?|this|the) (?:issue|ticket|pr|report))"
    r"|(?<=this )(?:app|tool|library|project|software|plug-?in|extension|product|piece))\b"
    r"|(?:^|[.!?\n]\s{0,3})thank(?:s| you),? but\b|\bthank(?:s| you)? to \w+\b[^.!?\n]{0,40}\b(?:despite|but|it "
    r"works)|\b(?:freundlich|nett|gentille?s?"
    r"|aimables?|amables?"
    r"|gentil[ie]|vriendelijk|simpátic[oa]s?|adoro|encanta)\b"
)
_TROUBLE: Final = re.compile(
    r"\b(?:despite|however|unfortunately|sadly|only problem|only thing|except|wish|please (?:fix|help)"
    r"|fix (?:it|this|that)|crash\w*|freez\w+"
    r"|bugs?|broken"
    r"|annoy\w*|frustrat\w*|(?:can't|cannot|can not)(?! (?:wait|what|live|stop|say|go wrong|complain|imagine"
    r"|recommend|thank|tell you|get enough|believe))"
    r"|doesn't|does not|won't|stopped|aber|leider|mais|pero|mas|però|maar|until the last)\b"
)


def _contrast(texts: tuple[str, str], said: tuple[str, str]) -> str | None:
    """Praise beside a complaint: in one sentence, or in neighbours where the text is short enough to be about both."""
    for text, low in zip(texts, said, strict=True):
        praise = search(_PRAISE, low)
        if praise is None:
            continue
        for hit in _PRAISE.finditer(low):
            sentence = _sentence(low, *hit.span())
            start = low.rfind(sentence, 0, hit.start() + len(sentence)) if sentence else hit.start()
            if _turns(sentence, hit.start() - start, hit.end() - start):
                return text[start : start + len(sentence)].strip()
        short = len(low) <= _SHORT
        rest = low[: praise.start()] + low[praise.end() :]
        if short and _TROUBLE.search(_NO_TROUBLE.sub(" ", rest)):
            return text[praise.start() : praise.end()].strip()
    return None


def _turns(sentence: str, start: int, end: int) -> bool:
    """Whether a sentence goes on from the praise at `start` to a complaint, or praises in spite of one."""
    if _NO_TROUBLE.search(sentence):
        return False
    before, said, after = sentence[:start], sentence[start:end], sentence[end:]
    turn = _BUT.search(after)
    if turn is not None or _BUT.search(said):
        return _HURTS.search(after) is not None or _HURTS.search(before) is not None or "despite" in sentence
    return _CONCEDES.search(before) is not None and _HURTS.search(before) is not None


_CONCEDES: Final = re.compile(
    r"\b(?:despite|in spite of|although|though|even though|while|trotz\w*|obwohl|malgré|aunque|embora)\b"
)
_NO_TROUBLE: Final = re.compile(
    r"\b(?:no|not a single|without an?y?|never any|never had an?|zero) (?:\w+ )?(?:issues?|problems?|bugs?"
    r"|trouble|complaints?|crash\w*)\b"
    r"|(?:\bnot |n't )(?:disappoint|regret|a problem)\w*"
    r"|\b(?:not sure|don't know|never said) (?:that )?(?:i|we)\b|\bbug reports\b|\bbut now\b"
)
_SHORT: Final = 900


def _mismatch(texts: tuple[str, str]) -> str | None:
    """Money that stands still, or harm that is called minor: what a form's priority does not let people say."""
    low = lower("\n".join(texts))
    minor = search(_LOW, low) is not None
    for text in texts:
        still = stakes.standstill(text)
        if still and not minor and _OWN_CARD.search(lower(text)) and not _BUSINESS.search(lower(text)):
            still = None
        hit = still or (stakes.plain_harm(text) if minor else None)
        if hit:
            return hit
    return None


_OWN_CARD: Final = re.compile(r"\b(?:i|my)\b")
_BUSINESS: Final = re.compile(
    r"\b(?:we|our|us|customers?|patients?|payroll|nobody|no one|everyone|shops?|store|checkout|tills?|staff"
    r"|salar\w+|wages|wir|nous|nosotros|nós|noi|wij)\b"
)
"""One person's card that is refused is no standstill of a business."""
