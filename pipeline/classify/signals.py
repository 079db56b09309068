"""Marks of unstated pain, found by phrases. Each signal carries the exact text that shows it."""

import re
from typing import Final

from pipeline.classify.phrases import PHRASES, TRIGGERS
from pipeline.issue import Signal

WITHHELD: Final = frozenset({"security", "hr", "legal"})
"""Texts with one of these appear in no digest."""

_READ: Final = 8_000
COMPILED: Final = {name: re.compile("|".join(parts)) for name, parts in PHRASES.items()}

_MONEY: Final = re.compile(
    r"charged (?:\w+ )?(?:twice|double|two times|again|wrong\w*)|double[- ]charged|(?:lost|losing"
    r"|lose|missing|owe|cost(?:s|ing)? us|refund) (?:\w+ ){0,3}(?:money|revenue|payments?|sales"
    r"|[$€£]\s?\d|\d+ ?(?:euros?|dollars?|usd|eur|gbp|pounds?))"
    r"|payments? (?:\w+ ){0,2}(?:fail|failed|failing|stopped|stuck|blocked|lost|missing|rejected"
    r"|not (?:going|arriv|process))|(?:can't|cannot|can not|could not|couldn't|unable to"
    r"|not able to) (?:\w+ )?(?:pay|bill|invoice|charge|take (?:payments?|orders)|sell"
    r"|pay (?:\w+ )?(?:salaries|wages|staff))|payroll|wages|(?:wrong|incorrect) (?:amount|invoice"
    r"|total|vat|tax|price)s?"
    r"|invoices? (?:\w+ ){0,3}(?:wrong|incorrect|missing|twice|doubled|lost)|money is (?:stopped"
    r"|stuck|gone|missing)|doppelt abgebucht|zweimal abgebucht|débité deux fois"
)
_SUMS: Final = re.compile(
    r"\b(?:invoic\w+|refund\w*|payments?|paid|charged?|vat|tax(?:es)?|salar(?:y|ies)|wages"
    r"|payroll|fees?|deposits?|fines?"
    r"|money|credit notes?|revenue|bank accounts?|direct debits?|receipts?|rechnung\w*|zahlung\w*"
    r"|facture\w*|paiement\w*)\b"
)
_TROUBLE: Final = re.compile(
    r"\b(?:wrong\w*|incorrect\w*|twice|doubled?|duplicat\w*|missing|lost|never|fail\w*|stuck"
    r"|differ\w*|mismatch\w*|zero|short"
    r"|owes?|stopped|blocked|reject\w*|refus\w*|late|overdue|chas\w+|again|without|no|not|cannot"
    r"|still|too (?:much|high|low)"
    r"|falsch\w*|doppelt|nicht|fausse?|pas)\b|n't\b"
)
_DATA: Final = re.compile(
    r"data[- ]?loss|(?:lost|lose|losing|loses|deleted|erased|wiped|overw\w+|corrupt(?:s|ed|ion)?"
    r"|destroy(?:s|ed)|vanished|gone missing) (?:\w+ ){0,4}(?:data|files?|work|records?|messages?"
    r"|documents?|entries|history|database|photos?|backups?|orders|notes|settings|changes|everything"
    r"|project)\b"
    r"|(?:data|files?|work|records?|documents?|entries|database|photos?|backups?|orders|everything"
    r"|notes) (?:\w+ ){0,3}(?:lost|gone|deleted|erased|wiped|corrupt(?:ed)?|vanished|disappeared"
    r"|overwritten)\b|datenverlust|perte de données"
)
_SAFETY: Final = re.compile(
    r"\b(?:patients?|medication|dosage|dose|allerg(?:y|ies)|injur(?:y|ed|ies)|emergency|ambulance"
    r"|dangerous|unsafe|life[- ]threatening|fire hazard|electric shock"
    r"|children)\b[^.!?\n]{0,80}\b(?:wrong|missing|harm|risk|danger\w*|mix\w*|not|n't|fail\w*|late"
    r"|lost|without|twice|delay\w*)\b"
    r"|(?:physical|health|patient|public) (?:harm|safety|risk)|safety (?:issue|hazard|risk|critical|incident)"
)
_LOW: Final = re.compile(
    r"\b(?:low|lowest|minor|normal|trivial|p[34]|medium|routine|standard)\b[^\n]{0,20}\b(?:priority|prio"
    r"|severity|ticket|impact)\b|priority\s?[:=]?\s?(?:low|minor|normal|trivial|p[34])|not urgent|(?:when"
    r"|whenever) you have (?:time|a minute)"
)
_MONEY_STOPS: Final = re.compile(
    r"money (?:is|has) (?:stopped|stuck|blocked)|(?:can't|cannot|can not|unable to"
    r"|not able to) (?:\w+ )?(?:take (?:payments?|orders|money)|pay (?:\w+ )?(?:salaries|wages|staff"
    r"|suppliers)|send (?:\w+ )?invoices|bill (?:\w+ )?(?:customers|clients)|sell)"
    r"|payments? (?:\w+ ){0,2}(?:stopped|blocked|stuck)|payroll (?:\w+ ){0,3}(?:stopped|stuck|fails?"
    r"|failed|late|wrong|blocked)|losing (?:money|customers|sales|orders|revenue)|(?:costs|costing"
    r"|cost) us (?:\w+ ){0,2}(?:money|thousands|customers|sales|[$€£]?\d)"
)
_BUT: Final = re.compile(
    r"\b(?:despite|in spite of|but|however|although|though|yet|even though|unfortunately|trotzdem|aber"
    r"|leider|mais|malgré)\b"
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
    found: list[Signal] = []
    lowered = (_lower(title), _lower(body))
    both = "\n".join(lowered)
    for name, pattern in COMPILED.items():
        if not any(trigger in both for trigger in TRIGGERS[name]):
            continue
        for text, low in zip((title, body), lowered, strict=True):
            hit = pattern.search(low)
            if hit and hit[0].strip():
                found.append(Signal(name, text[hit.start() : hit.end()].strip()))
                break
    return _settled(found, (title, body), lowered)


def _lower(text: str) -> str:
    """Lower case of the same length, so that places in it are places in the text; curly apostrophes are straight."""
    low = text.lower()
    if len(low) != len(text):
        low = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    return low.replace("’", "'")


def _settled(found: list[Signal], texts: tuple[str, str], lowered: tuple[str, str]) -> tuple[Signal, ...]:
    """Thanks count only where nothing is complained of; thanks beside a complaint are the contrast between the two."""
    by_name = {signal.name: signal for signal in found}
    if "thanks" in by_name:
        complains = any(_COMPLAINT.search(low) for low in lowered)
        if complains or set(by_name) - {"thanks"}:
            del by_name["thanks"]
    contrast = _contrast(texts, lowered)
    if contrast:
        by_name["praise_contrast"] = Signal("praise_contrast", contrast)
    mismatch = _mismatch(texts, lowered)
    if mismatch:
        by_name["priority_mismatch"] = Signal("priority_mismatch", mismatch)
    return tuple(by_name[name] for name in sorted(by_name))


_SENTENCE: Final = re.compile(r"[^.!?\n]{1,400}[.!?]?")
_PRAISE: Final = re.compile(
    r"\b(?:thank|thanks|great|love|so kind|very kind|friendly|helpful|lovely|brilliant|fantastic"
    r"|excellent|wonderful|amazing|appreciate|danke|freundlich|merci)\b"
)


def _contrast(texts: tuple[str, str], lowered: tuple[str, str]) -> str | None:
    """A sentence that praises and complains at once, such as thanks to a person despite the product."""
    for text, low in zip(texts, lowered, strict=True):
        if not (_PRAISE.search(low) and _BUT.search(low)):
            continue
        for sentence in _SENTENCE.finditer(low):
            part = sentence[0]
            if _PRAISE.search(part) and _BUT.search(part) and (_COMPLAINT.search(part) or "despite" in part):
                return text[sentence.start() : sentence.end()].strip()
    return None


def _mismatch(texts: tuple[str, str], lowered: tuple[str, str]) -> str | None:
    """Money that stands still, or harm that is called minor: what a form's priority does not let people say."""
    both = "\n".join(lowered)
    grave = (_MONEY, _DATA, _SAFETY) if _LOW.search(both) else ()
    for pattern in (_MONEY_STOPS, *grave):
        for text, low in zip(texts, lowered, strict=True):
            hit = pattern.search(low)
            if hit:
                return text[hit.start() : hit.end()].strip()
    return None


def _sums_in_trouble(low: str) -> tuple[int, int] | None:
    """Where a sentence speaks of money and of something wrong with it, from the one word to the other."""
    for sentence in _SENTENCE.finditer(low):
        sums = _SUMS.search(sentence[0])
        trouble = _TROUBLE.search(sentence[0]) if sums else None
        if sums and trouble:
            start = sentence.start()
            return start + min(sums.start(), trouble.start()), start + max(sums.end(), trouble.end())
    return None


_STAKES: Final = (
    "charge|money|revenue|pay|bill|invoice|sell|wage|amount|price|total|vat|tax|abgebucht|débité|lost|"
    "los|delet|eras|wip|overw|corrupt|destroy|vanish|missing|gone|disappear|datenverlust|perte|patient|"
    "medication|dos|allerg|injur|emergency|ambulance|danger|safe|life|hazard|shock|children|harm|risk|"
    "refund|paid|fee|deposit|fine|credit|debit|receipt|rechnung|zahlung|factur|paiement|salar|owe|cost"
)
_AT_STAKE: Final = tuple(_STAKES.split("|"))


def harm(title: str, body: str) -> str | None:
    """The words that tell of money, data, or safety at stake, as found in the text."""
    for text in (title, body[:_READ]):
        low = _lower(text)
        if not any(word in low for word in _AT_STAKE):
            continue
        for pattern in (_MONEY, _DATA, _SAFETY):
            hit = pattern.search(low)
            if hit:
                return text[hit.start() : hit.end()].strip()
        if (span := _sums_in_trouble(low)) is not None:
            return text[span[0] : span[1]]
    return None
