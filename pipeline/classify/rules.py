"""What rules decide and not the model: severity, the weight of the fields around a text, and the kind "other"."""

import re
from typing import Final

import numpy as np

from pipeline.classify import signals
from pipeline.classify.features import Floats
from pipeline.issue import Signal, Text

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


def prior(text: Text) -> tuple[Floats, tuple[str, ...]]:
    """Log-odds that role, kind of source and labels add for (developer, customer, none), and what added them."""
    weights = np.zeros(3, dtype=np.float32)
    why: list[str] = []

    def add(side: int, weight: float, reason: str) -> None:
        weights[side] += weight
        why.append(f"{reason} {weight:+.1f} {('developer', 'customer', 'none')[side]}")

    desk = (text.source_kind or "").casefold() in _DESKS
    if text.author_role == "staff":
        add(0, 1.4 if desk else 1.0, "written by staff")
    elif text.author_role == "customer":
        add(0, -1.0, "written by a customer")
        add(1, 1.5, "written by a customer")
    elif text.author_role == "bot":
        add(2, 1.2, "written by a bot")
    elif desk:
        add(0, -0.8, f"came through {text.source_kind}")
    for label in text.labels[:20]:
        low = label.casefold()[:60].replace("_", "-")
        for side, weight, pattern in ((0, 0.7, _MAKER_LABELS), (1, 0.4, _USER_LABELS), (2, 0.5, _QUIET_LABELS)):
            if pattern.search(low):
                add(side, weight, f"label '{label[:40]}'")
    return np.clip(weights, -CAP, CAP), tuple(why)


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
    r"|\b(?:kann|können) (?:\w+ ){0,4}nicht|abgestürzt|stürzt ab|funktioniert nicht|impossible de"
    r"|ne (?:marche|fonctionne) (?:pas|plus)"
    r"|plante\b"
)
_SLOWED: Final = re.compile(
    r"\b(?:slow(?:ly|er|s|ness)?|sluggish|wait(?:ing|ed|s)?|takes? (?:\w+ ){0,3}(?:minutes?|hours?"
    r"|days?|weeks?|ages|forever|long)|flaky|intermittent(?:ly)?|timeouts?|time out|workaround"
    r"|work around|by hand|manual(?:ly)?|every time|again and again"
    r"|confus\w+|misleading|duplicat\w+|delay(?:s|ed)?|lag(?:s|gy)?|inconsistent|hard to|difficult"
    r"|tedious|error-prone|wast(?:e|es|ed|ing)|errors?|exceptions?|fails?|failed|failing|wrong(?:ly)?"
    r"|incorrect(?:ly)?|missing|bugs?|langsam|warten|lent|lente|attendre)\b"
)


def severity(title: str, body: str, side: str, found: tuple[Signal, ...]) -> tuple[int, str]:
    """1 annoys, 2 slows, 4 blocks, 8 harms, and the reason in words."""
    names = {signal.name: signal for signal in found}
    for grave in ("security", "legal", "hr"):
        if grave in names:
            return 8, f"severity 8: {grave}, '{names[grave].text}'"
    if "thanks" in names and side == "none":
        return 1, "severity 1: praise"
    stake = signals.harm(title, body)
    if stake:
        return 8, f"severity 8: money, data or safety, '{stake}'"
    if "priority_mismatch" in names:
        return 8, f"severity 8: '{names['priority_mismatch'].text}'"
    whole = f"{title}\n{body[:4000]}"
    low = whole.lower().replace("’", "'")
    if side == "none":
        return 1, "severity 1: no pain"
    if (hit := _BLOCKED.search(low)) is not None:
        return 4, f"severity 4: '{hit[0]}'"
    if "distress" in names:
        return 4, f"severity 4: '{names['distress'].text}'"
    for name in ("waiting", "workaround", "rerun", "repeat_contact", "long_silence"):
        if name in names:
            return 2, f"severity 2: '{names[name].text}'"
    if (hit := _SLOWED.search(low)) is not None:
        return 2, f"severity 2: '{hit[0]}'"
    return 1, "severity 1: no word of being slowed, blocked or harmed"


_QUESTION: Final = re.compile(
    r"\?|^(?:how|what|why|where|when|which|who|is|are|can|could|does|do|should)\b|\b(?:how (?:do|to|can)"
    r"|wondering|question)\b|^(?:wie|was|warum|wo|comment|pourquoi)\b"
)
_FAULT: Final = re.compile(
    r"\b(?:error|exception|crash\w*|bug|fail\w*|broken|wrong|n't work|not work\w*|regression|incorrect\w*"
    r"|hangs?|freez\w*|traceback|fehler)\b|\[trace\]"
)


def kind_lean(found: tuple[Signal, ...], title: str, body: str) -> Floats:
    """Log-odds that plain words add for (bug, request, question): the model knows developers' trackers only."""
    low = f"{title}\n{body[:2000]}".lower()
    names = {signal.name for signal in found}
    asks = bool(_QUESTION.search(title.lower())) or body.rstrip().endswith("?")
    return np.array([1.0 * bool(_FAULT.search(low)), 1.5 * ("feature_plea" in names), 1.0 * asks], dtype=np.float32)


def other(side: str, confidence: float, found: tuple[Signal, ...], title: str, body: str) -> bool:
    """Whether the text is none of bug, request and question: it hurts nobody and asks nothing."""
    low = f"{title}\n{body[:2000]}".lower()
    if any(signal.name == "thanks" for signal in found):
        return True
    wishes = any(signal.name == "feature_plea" for signal in found)
    return side == "none" and confidence >= 0.5 and not wishes and not _QUESTION.search(low) and not _FAULT.search(low)


_ENGLISH: Final = frozenset(
    """
    the a an to of and in is it that for on with this be not i we you are was have has when if as but or from at
    by my our can do does
    """.split()  # noqa: SIM905
)


def foreign(words: list[str]) -> bool:
    """Whether a text of some length holds hardly any of the small words of English, which the model was trained on."""
    spoken = [word for word in words if word[0].isalpha()]
    return len(spoken) >= 12 and sum(word in _ENGLISH for word in spoken) < 0.08 * len(spoken)
