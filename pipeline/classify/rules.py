"""What rules decide and not the model: severity, the weight of the fields around a text, and the kind "other"."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from pipeline.classify import stakes
from pipeline.classify.features import Floats
from pipeline.issue import Signal, Text
from pipeline.screen import search

_READ: Final = 4_000
"""Characters of a body in which words of being blocked or slowed are looked for."""
CAP: Final = 1.5
"""The fields around a text never weigh more than this (in log-odds): words can overrule them."""

_DESKS: Final = frozenset(
    """
    zendesk freshdesk intercom helpscout hubspot front gorgias kayako salesforce
    """.split()  # noqa: SIM905
)
_MAKER_LABELS: Final = re.compile(
    r"\b(?:ci|build|builds|flaky|flake|tests?|testing|tech(?:nical)?[- _]?debt|refactor\w*"
    r"|infra(?:structure)?|tooling|devops|dx|developer[- ]experience"
    r"|code[- ]quality|on-?call|pipeline|internal|release[- ]process|maintenance|cleanup|toil)\b"
)
_USER_LABELS: Final = re.compile(
    r"\b(?:customer\w*|user[- ]report\w*|regression|bug|billing|complaint|refund|ux|usability"
    r"|needs[- ]triage|enhancement|feature[- ]request)\b"
)
_QUIET_LABELS: Final = re.compile(
    r"\b(?:chore|release|dependenc(?:y|ies)|announcement|epic|spike|meeting|meta|praise|spam|invalid)\b"
)


SHORT: Final = 300
"""Characters of a text that thanks and does nothing else, at most."""
_BUT: Final = re.compile(r"\b(?:but|however|still|although|except|unfortunately|yet|not|never|no longer)\b|n't\b")
UNREAD: Final = 0.5
"""What is left of the fields' weight where the words cannot be read: alone they never make a sure verdict."""
_ANYBODY: Final = 0.2
"""Customer's lead where nothing at all is known: most of the hand-labelled texts are customers'."""
NOT_ENGLISH: Final = "not in English ({language}): this model reads English only"
UNKNOWN: Final = "severity 1: none of the few words known in other languages"
HALF: Final = "its words were not read; the fields around it count half"


def unread(added: Floats) -> Floats:
    """Log-odds of the sides of a text whose words say nothing to the model: the fields around it, at half weight."""
    odds = added * np.float32(UNREAD)
    odds[1] += np.float32(_ANYBODY)
    return odds


@dataclass(frozen=True, slots=True)
class Field:
    """Something around a text that counts, in words, with the log-odds that it adds for each side."""

    name: str
    weights: tuple[float, float, float]


def fields(text: Text, signals: Sequence[Signal] = ()) -> tuple[Field, ...]:
    """What role, kind of source and labels say, and that a text is praise alone. The first twenty labels count."""
    found = [Field("written as thanks alone", (0.0, 0.0, 3.0))] if praises(text, signals) else []
    desk = (text.source_kind or "").casefold() in _DESKS
    if text.author_role == "staff":
        found.append(Field("written by staff", (1.4 if desk else 1.0, 0.0, 0.0)))
    elif text.author_role == "customer":
        found.append(Field("written by a customer", (-1.0, 1.5, -0.5)))
    elif text.author_role == "bot":
        found.append(Field("written by a bot", (0.0, 0.0, 1.2)))
    elif desk:
        found.append(Field(f"came through {text.source_kind}", (-0.8, 0.0, 0.0)))
    for label in list(dict.fromkeys(text.labels))[:20]:
        low = label.casefold()[:60].replace("_", "-")
        patterns = ((0.7, _MAKER_LABELS), (0.4, _USER_LABELS), (0.5, _QUIET_LABELS))
        said = [weight if pattern.search(low) else 0.0 for weight, pattern in patterns]
        if any(said):
            found.append(Field(f"label '{label[:40]}'", (said[0], said[1], said[2])))
    return tuple(found)


def praises(text: Text, signals: Sequence[Signal]) -> bool:
    """Whether a short text thanks and does nothing else: the words for what is well again are those of the trouble."""
    if {signal.name for signal in signals} != {"thanks"} or len(text.title) + len(text.body) > SHORT:
        return False
    low = stakes.lower(f"{text.title}\n{text.body}")
    return "?" not in low and not any(search(pattern, low) for pattern in (_BLOCKED, _SLOWED, _FAULT, _BUT))


def prior(found: Sequence[Field]) -> Floats:
    """Log-odds that the fields around a text add for (developer, customer, none), capped."""
    weights = np.zeros(3, dtype=np.float32)
    if not found:
        return weights
    for field in found:
        weights += np.array(field.weights, dtype=np.float32)
    return np.clip(weights, -CAP, CAP)


def moved_by(found: Sequence[Field], first: int, second: int) -> list[tuple[str, float]]:
    """How much each field moves the first of two sides ahead of the second: what would go if it were not there.

    Beyond the cap a field moves nothing, and is not named.
    """
    if not found:
        return []
    raw = np.sum([field.weights for field in found], axis=0)
    whole = np.clip(raw, -CAP, CAP)
    moved: dict[str, float] = {}
    for field in found:
        gone = whole - np.clip(raw - np.array(field.weights), -CAP, CAP)
        moved[field.name] = float(gone[first] - gone[second])
    named = [(name, weight) for name, weight in moved.items() if abs(weight) >= _NAMED]
    return sorted(named, key=lambda item: (-abs(item[1]), item[0]))


_NAMED: Final = 0.05


_BLOCKED: Final = re.compile(
    r"\b(?:can't|cannot|can not|couldn't|could not|unable to|not able to|no way to"
    r"|impossible to) (?:even |really |just |now |yet |any ?more )?"
    r"(?!understand|believe|tell|figure|wait|seem|help|say|imagine|think|agree|stand|be\b"
    r"|have\b)(?:log in|sign in|\w{2,})\b"
    r"|\b(?:crash(?:es|ed|ing)?|segfaults?|panics?|blocked|blockers?|blocking|outage|is down"
    r"|are down|was down|went down|hangs?|hanging"
    r"|freez\w+|frozen|deadlocks?|lost|stopped working|stuck|does(?:n't| not) (?:work|start|load"
    r"|open|respond|build|compile)|nothing works"
    r"|(?:fails?|refuses) to (?:start|load|open|build|install|connect|compile|boot)|not working"
    r"|no longer works?|locked out|out of memory"
    r"|infinite loop|broken|stands? still)\b"
    r"|\b(?:kann|können) (?:\w+ ){0,4}(?:nicht|keine?n?)\b"
    r"|lädt (?:\w+ ){0,3}nicht|abgestürzt|stürzt ab|funktioniert nicht|impossible de"
    r"|ne (?:marche|fonctionne) (?:pas|plus)"
    r"|plante\b"
)
_SLOWED: Final = re.compile(
    r"\b(?:slow(?:ly|er|s|ness)?|sluggish|wait(?:ing|ed|s)?|(?:takes?|took) (?:\w+ ){0,3}(?:minutes?|hours?"
    r"|days?|weeks?|ages|forever|long)|flaky|intermittent(?:ly)?|timeouts?|time out|workaround"
    r"|work around|by hand|manual(?:ly)?|every time|again and again"
    r"|confus\w+|misleading|duplicat\w+|delay(?:s|ed)?|lag(?:s|gy)?|inconsistent|hard to|difficult"
    r"|tedious|error-prone|wast(?:e|es|ed|ing)|errors?|exceptions?|fails?|failed|failing|wrong(?:ly)?"
    r"|incorrect(?:ly)?|missing|bugs?|langsam|warten|lent|lente|attendre)\b"
)


def severity(
    title: str, body: str, side: str, found: tuple[Signal, ...], labels: Sequence[str] = ()
) -> tuple[int, str]:
    """1 annoys, 2 slows, 4 blocks, 8 harms, and the reason in words."""
    whole = f"{title}\n{body[:_READ]}"
    return _graded(
        side,
        found,
        harm=lambda: stakes.harm(title, body),
        outage=lambda: stakes.outage(title, body, labels),
        told=lambda pattern: stakes.told(whole, pattern),
    )


def plain_severity(
    text: str, low: str, side: str, found: tuple[Signal, ...], labels: Sequence[str], may: Collection[object]
) -> tuple[int, str]:
    """The same of the fast mode: names are looked for in the sentence that tells of harm, and nowhere else.

    `text` is title and body joined by a line feed, `low` the same in lower case, `may` which of `SOUGHT` it may hold.
    """
    return _graded(
        side,
        found,
        harm=lambda: stakes.harm_nearby(text, low, [one for one in stakes.HARMFUL if one in may]),
        outage=lambda: stakes.outage("", text, labels, may),
        told=lambda pattern: stakes.told(text, pattern, low[:_READ]) if pattern in may else None,
    )


def _graded(
    side: str,
    found: tuple[Signal, ...],
    *,
    harm: Callable[[], str | None],
    outage: Callable[[], tuple[int, str] | None],
    told: Callable[[re.Pattern[str]], str | None],
) -> tuple[int, str]:
    names = {signal.name: signal for signal in found}
    for grave in ("security", "legal", "hr"):
        if grave in names:
            return 8, f"severity 8: {grave}, '{names[grave].text}'"
    if "thanks" in names and side == "none":
        return 1, "severity 1: praise"
    stake = harm()
    if stake:
        return 8, f"severity 8: money, data or safety, '{stake}'"
    if "priority_mismatch" in names:
        return 8, f"severity 8: '{names['priority_mismatch'].text}'"
    out = outage()
    if out is not None and (out[0] == 8 or side != "none"):
        return out[0], f"severity {out[0]}: outage, '{out[1]}'"
    if side == "none":
        return 1, "severity 1: no pain"
    if (hit := told(_BLOCKED)) is not None:
        return 4, f"severity 4: '{hit}'"
    if "distress" in names:
        return 4, f"severity 4: '{names['distress'].text}'"
    for name in ("waiting", "workaround", "rerun", "repeat_contact", "long_silence"):
        if name in names:
            return 2, f"severity 2: '{names[name].text}'"
    if (hit := told(_SLOWED)) is not None:
        return 2, f"severity 2: '{hit}'"
    return 1, "severity 1: no word of being slowed, blocked or harmed"


_QUESTION: Final = re.compile(
    r"\?|^(?:how|what|why|where|when|which|who|is|are|can|could|does|do|should)\b|\b(?:how (?:do|to|can)"
    r"|wondering|question)\b|^(?:wie|was|warum|wo|comment|pourquoi)\b"
)
_ASKS_HOW: Final = re.compile(
    r"(?:^|[.!?:\n,]\s{0,3}|\b(?:and|but|so|hi|hello|question|wondering|know|tell me|explain)[ ,]{1,2})"
    r"(?:how (?:do|can|could|should|would|does) (?:i|we|you|one|people|anyone|it)\b"
    r"|how to (?!repro|replicate|test|use\b)\w+"
    r"|is (?:it|this|that) (?:at all )?(?:possible|allowed|supported)\b|are (?:we|you) (?:allowed|supposed) to\b"
    r"|(?:what|which) (?:is|are) the (?:right|proper|best|correct|recommended|official) (?:way|place|format|option"
    r"|setting)|where (?:can|do|should|could) (?:i|we)\b|can (?:somebody|someone|anybody|anyone) (?:tell|explain|point)"
    r"|(?:who|whom) (?:do|can|should) (?:i|we)\b|wie (?:kann|können|geht|macht)\b|comment (?:faire|peut|puis)\b"
    r"|¿?cómo (?:se|puedo|podemos)\b|ist es möglich|est-il possible|¿?es posible)"
)
"""Plain how-to questions, at the beginning of a sentence or a clause."""
_WISH: Final = re.compile(
    r"^(?:\[[^\]\n]*\] ?|\w+: ?)?(?:add|allow|support|make|enable|improve|implement|create|provide|remove|replace|use"
    r"|move|upgrade|introduce|show|let|extend|change|update|include|expose|drop|switch|set up|publish"
    r"|document|clean up)\b"
    r"|\b(?:please|pls|like|wish|want|should|(?<!\bi )could|would|need|needs|feature|proposal|propose|request"
    r"|option to|allow|allows|ability|support for|instead of|better if|helpful|useful|suggest\w*"
    r"|missing|enhancement|bitte|könnte\w*|wünsch\w*|souhait\w*|serait|podría\w*)\b"
)
_FAULT: Final = re.compile(
    r"\b(?:error|exception|crash\w*|bug|fail\w*|broken|wrong|n't work|not work\w*|regression|incorrect\w*"
    r"|hangs?|freez\w*|traceback|fehler|slow|slower|slowly|sluggish"
    r"|(?:takes?|took) (?:\w+ ){0,3}(?:minutes|hours|days|weeks|ages|forever))\b|\[trace\]"
)

SOUGHT: Final = (*stakes.SOUGHT, _BLOCKED, _SLOWED)
"""What severity is told by: patterns over lower case."""

_HOW: Final = 3.0
"""Log-odds of a question for "how do I" and "is it possible": a wish that it contains does not count beside it."""
_NO_WISH: Final = -1.0
"""For a text without any word of wishing."""
_SILENT: Final = -2.0
"""For a text that asks nothing anywhere."""
_HOSTS: Final = frozenset(("github", "gitlab"))
"""Where the last two do not count and only titles ask how: maintainers there call many a remark a question, and the
model learned from them."""


def kind_lean(found: tuple[Signal, ...], title: str, body: str, source_kind: str | None = None) -> Floats:
    """Log-odds that plain words add for (bug, request, question): the model knows developers' trackers only."""
    low = f"{title}\n{body[:2000]}".lower()
    pleads = any(signal.name == "feature_plea" for signal in found)
    fault = 1.5 * _tells_of_fault(low)
    plain = source_kind not in _HOSTS
    if search(_ASKS_HOW, low if plain else title.lower()):
        return np.array([fault, 0.0, _HOW], dtype=np.float32)
    asks = bool(search(_QUESTION, title.lower())) or body.rstrip().endswith("?")
    wish = 1.5 if pleads else _NO_WISH if plain and not search(_WISH, low) else 0.0
    question = 1.0 if asks else _SILENT if plain and not search(_QUESTION, low) else 0.0
    return np.array([fault, wish, question], dtype=np.float32)


def other(side: str, confidence: float, found: tuple[Signal, ...], title: str, body: str) -> bool:
    """Whether the text is none of bug, request and question: it hurts nobody and asks nothing."""
    low = f"{title}\n{body[:2000]}".lower()
    if any(signal.name == "thanks" for signal in found):
        return True
    wishes = any(signal.name == "feature_plea" for signal in found)
    return (
        side == "none" and confidence >= 0.5 and not wishes and not search(_QUESTION, low) and not _tells_of_fault(low)
    )


def _tells_of_fault(low: str) -> bool:
    return search(_FAULT, low) is not None
