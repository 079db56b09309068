"""Words of money, data or safety at stake, and of outages, where they tell of harm and not of its absence or of a name.

Names of files, branches, macros and variables are read over ("the refund macro" is no refund), and so is what a
sentence denies ("zero lost messages").
"""

import re
from collections.abc import Collection, Sequence
from typing import Final

from pipeline.screen import Screen, matches, search, start

_READ: Final = 8_000

_MONEY: Final = re.compile(
    r"(?:charged|billed|debited|invoiced) (?:\w+ )?(?:twice|double|two times|again|wrong\w*)|double[- ]charged"
    r"|(?:lost|losing|lose|missing|owe|cost(?:s|ing)? us|(?:had|have|has) to refund) (?:\w+ ){0,3}(?:money|revenue"
    r"|payments?|sales|[$€£]\s?\d|\d+ ?(?:euros?|dollars?|usd|eur|gbp|pounds?))"
    r"|payments? (?:\w+ ){0,2}(?:fail|failed|failing|stopped|stuck|blocked|lost|missing|rejected"
    r"|not (?:going|arriv|process))|(?:can't|cannot|can not|could not|couldn't|unable to"
    r"|not able to) (?:\w+ )?(?:pay|bill|invoice|charge|take (?:payments?|orders)|sell"
    r"|pay (?:\w+ )?(?:salaries|wages|staff))\b(?! (?:much )?attention)"
    r"|(?:wrong|incorrect) (?:amount|invoice|total|vat|tax|price)s?"
    r"|invoices? (?:\w+ ){0,3}(?:wrong|incorrect|missing|twice|doubled|lost)|money is (?:stopped"
    r"|stuck|gone|missing)|(?:pay|paid|paying) (?:a |the )?fines?\b|(?:was|were|got|been) fined"
    r"|doppelt abgebucht|zweimal abgebucht|débité deux fois"
)
_SUMS: Final = re.compile(
    r"\b(?:invoic\w+|refund\w*|payments?|paid|(?<!\bin )(?<!\bof )charged?|vat|tax(?:es)?|salar(?:y|ies)|wages"
    r"|payroll|fees?|deposits?|fined|(?:pay|paid|paying|risk|risking|facing|tax|vat|late|parking) (?:a |the )?fines?"
    r"|fines? of [$€£]?\d\w*|money|credit notes?|revenue|bank accounts?|direct debits?|receipts?|rechnung\w*"
    r"|zahlung\w*|facture\w*|paiement\w*)\b"
)
_TROUBLE: Final = re.compile(
    r"\b(?:wrong\w*|incorrect\w*|twice|doubled?|duplicat\w*|missing|lost|never(?! was\b)|fail\w*|stuck|ignored"
    r"|mismatch\w*|owes?|stopped|blocked|reject\w*|refus\w*|overdue|chas\w+|too (?:much|high|low)"
    r"|(?:not|n't) (?:been )?(?:paid|refunded|invoiced|charged|delivered|credited|taken off|arrived?|received?)"
    r"|although|instead of|(?:uses?|carr(?:y|ies)|shows?|with|at) (?:the |an? )?(?:\w+ )?(?:parent|other|old|former)"
    r"|falsch\w*|doppelt|fausse?)\b"
)
_NEARBY: Final = re.compile(
    r"\b(?:differs?|zero|short|late(?! (?:fee|payment)s?\b)|again|without"
    r"|no(?! \w+ (?:was |were |is |has been )?(?:lost|missing|wasted)\b)|not|cannot|still|nicht|pas)\b|n't\b"
)
"""Small words that make trouble of a sum only right beside it: "deposit not taken", "no refund"."""
_BESIDE: Final = 14
_DATA: Final = re.compile(
    r"data[- ]?loss|\b(?:lost|lose|losing|loses|deleted|erased|wiped|overw\w+|corrupt(?:s|ed|ion)?"
    r"|destroy(?:s|ed)|vanished|gone missing) (?:\w+ ){0,4}(?:data|files?|work|records?|messages?"
    r"|documents?|entries|history|database|photos?|backups?|orders|notes|settings|changes|everything"
    r"|project)\b"
    r"|(?:data|files?|work|records?|documents?|entries|database|photos?|backups?|orders|messages|history"
    r"|everything|notes) (?:(?!and\b|but\b|we\b|i\b|so\b)\w+ ){0,3}(?:lost|gone|deleted|erased|wiped|corrupt(?:ed)?"
    r"|vanished|disappeared|overwritten)\b|datenverlust|perte de données"
)
_SAFETY: Final = re.compile(
    r"\b(?:patients?|medication|dosage|dose|allerg(?:y|ies)|injur(?:y|ed|ies)|ambulance"
    r"|emergency(?! (?:release|fix|hotfix|patch|deploy\w*|change|rollback|meeting|maintenance|stop))"
    r"|dangerous|unsafe|life[- ]threatening|fire hazard|electric shock"
    r"|(?:our|my|their|the|small|young|school|sick) children"
    r"(?! (?:of|nodes?|elements?|components?|props?|process\w*)\b))"
    r"\b[^.!?\n]{0,80}\b(?:wrong|missing|harm|risk|danger\w*|mix\w*|not|n't|fail\w*|late"
    r"|lost|without|twice|delay\w*)\b"
    r"|(?:physical|health|patient|public) (?:harm|safety|risk)|safety (?:issue|hazard|risk|critical|incident)"
)
_STANDSTILL: Final = re.compile(
    r"money (?:is|has) (?:stopped|stuck|blocked)|(?:can't|cannot|can not|unable to"
    r"|not able to) (?:\w+ )?(?:take (?:payments?|orders|money)|pay (?:\w+ )?(?:salaries|wages|staff"
    r"|suppliers)|send (?:\w+ )?invoices|bill (?:\w+ )?(?:customers|clients)|sell)"
    r"|payments? (?:\w+ ){0,2}(?:stopped|blocked|stuck)|payroll (?:\w+ ){0,3}(?:stopped|stuck|fails?"
    r"|failed|late|wrong|blocked)|losing (?:money|customers|sales|orders|revenue)|(?:costs|costing"
    r"|cost) us (?:\w+ ){0,2}(?:money|thousands|customers|sales|[$€£]?\d)"
)

_PEOPLE: Final = r"(?:customers?|users?|clients?|tenants?|clinics?|stores?|sites?|regions?)"
_ALL_DOWN: Final = re.compile(
    r"\bsev(?:erity)?[- :]{0,2}[01]\b(?! (?:runbook|checklist|template|process|policy|label|channel|definition|page"
    r"|review|retro\w*|rota|drill|exercise|training|docs?|criteria|tag)\b)"
    r"|\bp[01]\b(?=[^.!?\n]{0,40}\b(?:outages?|incidents?|down|unavailable)\b)"
    r"|\b(?:outages?|incidents?)\b[^.!?\n]{0,20}\bp[01]\b"
    rf"|\b(?:all|every|all of) (?:of )?(?:our |the )?{_PEOPLE} (?:are |is |were |was |have been |went )?(?:all )?"
    r"(?:down|offline|locked out|affected|cut off|unable to|cannot|can't)\b"
    rf"|\b(?:no|none of (?:the|our)) {_PEOPLE} (?:can|could|is able to|are able to)\b(?! be\b)"
    r"|\b(?:total|complete|full|major|global|company-?wide|site-?wide|widespread) outage\b"
)
_OUTAGE: Final = re.compile(
    r"\boutages?\b|\bsev(?:erity)?[- ]?2\b|\b(?:site|service|system|production|prod|server|api|app|website|platform"
    r"|everything|cluster)(?: is| are| was| went| goes|'s)? (?:completely |still |all )?(?:down|offline)\b(?! to\b)"
    r"|\b(?:returns?|shows?|only|just|gets?|sees?) (?:a |an )?(?:blank|empty|white) pages?\b"
    r"|\b50[234] for (?:everyone|everybody|all)\b|\bnothing loads\b"
)
_RATED: Final = re.compile(r"(?:sev|severity)[-_: ]?(?P<rank>[0-2])|(?P<out>outage|incident|p0)")

_TEXTS: Final = r"(?:macros?|templates?|snippets?|canned repl(?:y|ies)|articles?)"
_THINGS: Final = (
    rf"(?:{_TEXTS}|branch(?:es)?|specs?|tests?|suites?|class(?:es)?|modules?|functions?|methods?|variables?|repos?"
    r"|repositor(?:y|ies)|sdks?|librar(?:y|ies)|packages?|scripts?|labels?|tags?|fixtures?|icons?|channels?"
    r"|squads?|teams?)"
)
_NAMED: Final = rf"(?:{_THINGS}|files?|folders?|tables?|columns?|fields?)"
_QUOTED: Final = "[\"'“‘`][^\"'“”‘’`\\n]{1,60}[\"'”’`]"
_NAMES: Final = re.compile(
    # code, addresses, flags
    r"```.*?(?:```|\Z)|`[^`\n]{1,200}`|https?://\S{1,300}|--(?<![\w-]--)[a-z][\w-]{1,40}|#(?<!\w#)[\w-]{2,40}"
    # "refund" macro
    rf"|{_QUOTED} {_NAMED}\b"
    # identifiers, paths, files
    r"|\b(?:[a-z0-9]{1,30}_\w{1,60}\b|[a-z][\w-]{0,40}/[\w./-]{1,100}"
    r"|\w[\w-]{0,60}\.(?:py|rb|js|ts|tsx|go|rs|java|kt|cs|php|sql|ya?ml|json|csv|md|txt|sh|xml|html|css|pdf|log)\b"
    # macro "refund", branch called refund-fix, macro for refunds
    rf"|{_NAMED} (?:(?:(?:is |are |was )?(?:named|called|titled|for|about|on) )?{_QUOTED}"
    r"|(?:is |are |was )?(?:named|called|titled) [\w-]{1,40})"
    rf"|{_TEXTS} (?:for|about|on) (?:the |a |our )?[\w-]{{1,30}}"
    # refund macro, payment SDK, invoice PDF spec
    r"|(?:refund|payment|paid|invoice|invoicing|tax|vat|fee|deposit|payroll|charge|receipt|credit note|money)s?"
    rf"(?: [\w-]{{1,20}})? (?:{_THINGS}|tables?|columns?|fields?|pages?|screens?|buttons?|tabs?|dates?)\b)",
    re.DOTALL,
)
_CAMEL: Final = re.compile(r"\b[a-z]{1,30}[A-Z]\w{1,60}|\b(?:[A-Z][a-z0-9]{1,30}){2,8}\b")

_NONE_BEFORE: Final = re.compile(
    r"(?:\b(?:zero|without|no|never|nothing|nobody|none|not a single|hardly any|(?<!\d)0|avoid(?:s|ed|ing)?"
    r"|prevent(?:s|ed|ing)?|(?:protects?|guards?) (?:us )?(?:from|against)|instead of|rather than|free of|in case of"
    r"|would have|could have|might have)"
    r"(?: (?!and\b|but\b|so\b|because\b|we\b|i\b|it\b|they\b|way\b|longer\b|idea\b|backups?\b|this\b|such\b"
    r"|more\b)[\w'-]+){0,2}"
    r"|(?:\b(?:did|do|does|has|have|had|was|were|is|are|will|would)(?: not|n't))"
    r"(?: (?:ever|actually|even|been|be|seem to|(?:have |see )?any))?)[ -]$"
)
_NONE_INSIDE: Final = re.compile(
    r"\b(?:lost|lose|losing|loses|deleted|erased|wiped|missing|corrupt\w*|owes?) (?:no|zero|nothing|none|0|not a single"
    r"|hardly|almost no)\b|\b(?:never|not|n't|nothing|none) (?:\w+ )?(?:lost|gone|deleted|erased|wiped|corrupt\w*"
    r"|vanished|disappeared|overwritten|missing|wrong|incorrect|twice|doubled|ignored)\b"
)
_NOT_SO: Final = re.compile(
    r"\b(?:(?:no|zero|without|free of)(?: (?:more|further|new|other|single|major|real))?|never|no longer"
    r"|(?:did|do|does|has|have|had|was|were|is|are|will|would)(?: not|n't)(?: (?:ever|actually|even|been|be|that))?) $"
)
_SPARED: Final = re.compile(r"\b(?:lost|lose|losing|loses|owes?|costs?) $")
_SENTENCE: Final = re.compile(r"[^.!?\n]{1,400}[.!?]?")
_CHARGERS: Final = re.compile(r"\b(?:batter(?:y|ies)|charger|cable|usb|phone|laptop) [^.!?\n]{0,40}\bcharg")
_ELSE: Final = re.compile(
    rf"\b(?:{_TEXTS}|tests?|specs?|docs?|documentation|coverage|mocks?|fixtures?|refactor\w*|typos?|lint\w*"
    r"|translations?|print\w*)\b"
)
"""What a sentence is about instead: a wrong macro or an untested refund is no wrong refund."""

_HARMS: Final = (_MONEY, _DATA, _SAFETY)
HARMFUL: Final = (*_HARMS, _SUMS)
SOUGHT: Final = (*HARMFUL, _STANDSTILL, _ALL_DOWN, _OUTAGE)
_MAY: Final = Screen(((one, one) for one in SOUGHT), edges=True)


def lower(text: str) -> str:
    """Lower case of the same length, so that places in it are places in the text; curly apostrophes are straight."""
    low = text.lower()
    if len(low) != len(text):
        low = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    return low.replace("’", "'")


def harm(title: str, body: str) -> str | None:
    """The words that tell of money, data, or safety at stake, as found in the text."""
    for text in (title[:_READ], body[:_READ]):
        low = lower(text)
        hit = _harm(text, low, _found(low, HARMFUL))
        if hit:
            return hit
    return None


def harm_nearby(text: str, low: str, may: Sequence[re.Pattern[str]]) -> str | None:
    """Much like `harm`, sooner: sentence by sentence, with the names that stand in it. `may` are those of `HARMFUL`
    that the text in lower case may hold."""
    places = {pattern: start(pattern, low) for pattern in may}
    while (place := min(places.values(), default=len(low))) < len(low):
        begin = max(low.rfind(stop, 0, place) for stop in _STOPS) + 1
        end = min((at for stop in _STOPS if (at := low.find(stop, place)) >= 0), default=len(low))
        sentence, there = low[begin:end], [pattern for pattern, at in places.items() if at <= end]
        found = [pattern for pattern in there if pattern.search(sentence)]
        if found != [_SUMS] or _TROUBLE.search(sentence) or _NEARBY.search(sentence):
            hit = _harm(text[begin:end], sentence, found)
            if hit:
                return hit
        places |= {pattern: start(pattern, low, end + 1) for pattern in there}
    return None


_STOPS: Final = ".!?\n"


def _harm(text: str, low: str, found: Sequence[re.Pattern[str]]) -> str | None:
    """The words of harm in a text that `found` of `HARMFUL` find something in."""
    unnamed = _unnamed(text, low) if found else ""
    hit = _first(text, unnamed, _HARMS) if found != [_SUMS] else None
    return _sums_in_trouble(text, unnamed) if hit is None and _SUMS in found else hit


def plain_harm(text: str) -> str | None:
    """Words that name a harm by themselves, such as "charged twice" or "lost our files"."""
    return _told(text[:_READ], _HARMS)


def safety(title: str, body: str) -> bool:
    """Whether somebody's health is at stake."""
    return any(_told(text[:_READ], (_SAFETY,)) is not None for text in (title, body))


_ABUSE: Final = re.compile(
    r"\b(?:customers?|callers?|users?|clients?|he|she|they|people|somebody|someone|man|woman|guests?) (?:\w+ ){0,3}?"
    r"(?:shout(?:s|ed|ing)?|yell(?:s|ed|ing)?|sw(?:ore|ears?|earing)|scream(?:s|ed|ing)?) (?:\w+ )?at"
    r" (?:me|us|our|my|the agents?|agents|colleagues?)\b"
    r"|\b(?:insult(?:s|ed|ing)?|threaten(?:s|ed|ing)?|abus(?:es|ed|ing)|curs(?:es|ed|ing)|harass(?:es|ed|ing)?)"
    r" (?:me|us|our (?:agents?|team|colleagues?)|agents|my colleagues?|one of us|the agents?)\b"
    r"|\babusive (?:customers?|callers?|calls?|mails?|e-?mails?|messages?|chats?|language|users?|clients?)\b"
    r"|\b(?:was|were|been|being|am|are|get|got|getting) (?:\w+ )?(?:sworn|shouted|yelled|screamed) at\b"
)


def abuse(title: str, body: str) -> bool:
    """Whether somebody tells that they, or those beside them, are shouted at, insulted or threatened by whom they
    serve. Of use for what staff write alone."""
    return any(_ABUSE.search(lower(text[:_READ])) is not None for text in (title, body))


def standstill(text: str) -> str | None:
    """Words that say that money cannot move."""
    return _told(text[:_READ], (_STANDSTILL,))


def _told(text: str, patterns: Sequence[re.Pattern[str]]) -> str | None:
    """The first words that one of the patterns finds beside names, and the sentence does not deny."""
    low = lower(text)
    return _first(text, _unnamed(text, low), patterns) if _found(low, patterns) else None


def outage(
    title: str, body: str, labels: Sequence[str] = (), may: Collection[object] | None = None
) -> tuple[int, str] | None:
    """8 where everybody is cut off or somebody says severity 1, 4 at any other outage, and the words that say so.

    `may` are those of `SOUGHT` that the text may hold, where that is known.
    """
    rated = [(_rank(label), f"label {label[:40]}") for label in labels]
    if (worst := max(rated, key=lambda one: one[0], default=(0, ""))) and worst[0]:
        return worst
    if may is not None and _ALL_DOWN not in may and _OUTAGE not in may:
        return None
    texts = [(text, low, _MAY(low)) for text in (title, body[:_READ]) for low in [lower(text)]]
    for level, pattern in ((8, _ALL_DOWN), (4, _OUTAGE)):
        for text, low, may in texts:
            if pattern in may and (hit := _first(text, low, (pattern,))):
                return level, hit
    return None


def _rank(label: str) -> int:
    rated = _RATED.fullmatch(label.casefold().strip())
    if rated is None:
        return 0
    return 8 if rated["out"] == "p0" or rated["rank"] in ("0", "1") else 4


def told(text: str, pattern: re.Pattern[str], low: str | None = None) -> str | None:
    """The first words that a pattern over lower case finds where no "not", "no" or "without" stands before them."""
    low = lower(text) if low is None else low
    hits = (hit for hit in matches(pattern, low) if not _NOT_SO.search(low[max(0, hit.start() - 30) : hit.start()]))
    return next((text[hit.start() : hit.end()] for hit in hits), None)


def _first(text: str, low: str, patterns: Sequence[re.Pattern[str]]) -> str | None:
    """The first words that a pattern finds and the sentence does not deny."""
    for pattern in patterns:
        for hit in matches(pattern, low):
            if not _denied(low, hit.start(), hit[0]):
                return text[hit.start() : hit.end()].strip()
    return None


def _denied(low: str, start: int, hit: str) -> bool:
    return bool(_NONE_BEFORE.search(low[max(0, start - 50) : start]) or _NONE_INSIDE.search(hit))


def _found(low: str, patterns: Sequence[re.Pattern[str]]) -> list[re.Pattern[str]]:
    """Those of the patterns that find something, be it a name."""
    return [pattern for pattern in _MAY(low) if pattern in patterns and search(pattern, low)]


def _unnamed(text: str, low: str) -> str:
    """The text in lower case, of the same length, with blanks for names."""
    for hit in matches(_CAMEL, text):
        low = low[: hit.start()] + " " * len(hit[0]) + low[hit.end() :]
    return _NAMES.sub(lambda hit: " " * len(hit[0]), low)


def _sums_in_trouble(text: str, low: str) -> str | None:
    """From the word of money to the word that something is wrong with it, where one sentence has both."""
    first = start(_SUMS, low)
    for found in _SENTENCE.finditer(low):
        sentence, at = found[0], found.start()
        if found.end() <= first or not _SUMS.search(sentence):
            continue
        if _CHARGERS.search(sentence) or _ELSE.search(text[at : found.end()].lower()):
            continue
        if (span := _trouble(sentence)) is not None:
            return text[at + span[0] : at + span[1]]
    return None


def _trouble(sentence: str) -> tuple[int, int] | None:
    for pattern, near in ((_TROUBLE, 60), (_NEARBY, _BESIDE)):
        for sums in _SUMS.finditer(sentence):
            for trouble in pattern.finditer(sentence):
                head, tail = sorted((sums.span(), trouble.span()))
                between = sentence[head[1] : tail[0]]
                elsewhere = tail[0] < head[1] or len(between) > near or (head == trouble.span() and "," in between)
                if elsewhere or _SPARED.search(sentence[: trouble.start()]):
                    continue
                if pattern is _NEARBY or not _denied(sentence, trouble.start(), sentence[head[0] : tail[1]]):
                    return head[0], tail[1]
    return None
