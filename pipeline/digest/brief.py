"""A pain's name in two or three words: for subjects and for sentences that must make sense alone.

"Invoices for site 2 have the wrong VAT" is "wrong VAT"; "Appointments missing from synced diary" is "missing
appointments". Where no such words are found there are none: a name is never guessed.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from pipeline.digest import words

LONGEST = 4

_FLAWS = "wrong missing lost late broken double duplicate duplicated empty stale incorrect failed expired"
_BEFORE = frozenset(words.split(_FLAWS))
_AFTER = _BEFORE | frozenset(
    words.split("gone invalid unavailable unreadable unusable unresponsive slow stuck down cut blank disabled outdated")
)
_LINKS = frozenset(
    words.split("in for from of across with without at on to by into after before during since per about")
)
_TURNS = frozenset(
    words.split("when while and but or because so as if that which who until unless where though than even again")
)
_VERBS = frozenset(
    words.split(
        "is are was were be been has have had does doesn't do don't did didn't can can't cannot could will won't "
        "would should must may might needs need needed not no never gets get got makes make takes take shows show "
        "says say goes go vanish vanishes disappear disappears fail fails break breaks crash crashes stop stops lose "
        "loses wait waits drop drops hang hangs freeze freezes arrive arrives jump jumps leave leaves cuts keeps keep "
        "stays stay throws returns works work opens open closes ignores approves causes takes uses feels grows runs "
        "runs describe"
    )
)
_COPULAS = frozenset(
    words.split("is are was were be been has have had does do did can could will would should must may")
)
_WISHES = frozenset(
    words.split(
        "add allow support improve consider fix move make show use remove enable disable implement provide let "
        "change create update please introduce expose handle give include rename restore bring offer merge install "
        "convert run set hide open close avoid ability option ask asked clicking using trying unable cannot can't "
        "how why what when "
        "where which who i we my our you it this that these those there no not some feature bug error issue problem "
        "question request help urgent re fwd weird every each all any "
        "adopt align apply attach collapse compile deprecate detect display ensure extend highlight ignore increase "
        "investigate keep limit load mark prevent reduce refactor render replace respect revert revisit rework skip "
        "sort stop surface toggle track train trigger warn wrap due probably maybe likely here"
    )
)
_PEOPLE = frozenset(
    words.split("engineers engineer customers customer agents agent colleagues people users user clients")
)
_ARTICLES = frozenset(words.split("the a an our their its"))
_HURTING = frozenset(
    words.split(
        "queue queues wait waits delay delays crash crashes error errors outage outages backlog failure failures loss "
        "leak leaks freeze freezes lag timeout timeouts noise slowdown regression conflict conflicts fault faults"
    )
)
_GENERIC = frozenset(
    words.split(
        "error errors bug issue issues problem problems question request thing things something work list page access "
        "macro report update"
    )
)
_STATES = frozenset(words.split("wait vanishing disappearing red dark"))
_CUT = re.compile(r"[:;,(\[]| - | -- | – | — ")


@dataclass(frozen=True, slots=True)
class Brief:
    """`text` stands alone in a subject; `noun` may follow "the" in a sentence. Either may be missing, never both."""

    text: str | None
    noun: str | None


@lru_cache(maxsize=4096)
def brief(title: str) -> Brief | None:
    """The shortest true name that a pain's title gives, at most four words, or None."""
    title = title.replace("out of date", "outdated")
    head = _CUT.split(title.strip(" .…"), maxsplit=1)[0].split()
    if head and head[0].casefold() in _PEOPLE and len(head) > 2:
        head = head[1:]
    for rule in (_flaw_first, _flaw_last, _turned, _cut):
        found = rule(title.split() if rule is _flaw_first else head)
        if found is not None:
            return _checked(found)
    return None


def _checked(found: Brief) -> Brief | None:
    text = found.text if found.text and _sound(found.text) else None
    noun = found.noun if found.noun and _sound(found.noun) else None
    return Brief(text or noun, noun) if text or noun else None


def _flaw_first(parts: list[str]) -> Brief | None:
    """ "... have the wrong VAT": from the flaw to the end of what it belongs to."""
    for at, part in enumerate(parts):
        if part.casefold() not in _BEFORE or at + 1 == len(parts) or _ends(part) or parts[at + 1].endswith("ly"):
            continue
        if {p.casefold() for p in parts[:at]} & {"not", "no", "never"}:
            return None
        thing = _run(parts[at + 1 :], 3)
        if thing:
            return _thing([part, *thing])
    return None


def _run(parts: list[str], most: int) -> list[str]:
    """The words up to a preposition, a conjunction, a verb or a stop."""
    kept: list[str] = []
    for part in parts:
        folded = part.casefold().strip(".,;:!?…")
        if folded in _LINKS | _TURNS | _VERBS | _AFTER | _ARTICLES:
            break
        kept.append(part.strip(".,;:!?…"))
        if _ends(part):
            break
    return kept if len(kept) <= most else []


def _ends(part: str) -> bool:
    return part[-1:] in ".,;:!?…"


def _flaw_last(parts: list[str]) -> Brief | None:
    """ "Appointments missing from ...": the flaw is put before what it belongs to."""
    for at, part in enumerate(parts[:4]):
        if at > 0 and part.casefold() in _AFTER:
            thing = parts[: at - 1] if at > 1 and parts[at - 1].casefold() in ("is", "are") else parts[:at]
            if any(t.casefold() in _VERBS | _LINKS | _TURNS | _WISHES for t in thing):
                return None
            if part.casefold() == "gone":
                return Brief(" ".join([*thing, part]), " ".join(["missing", *_small(thing)]))
            if part.casefold() in ("cut", "down", "late"):
                return Brief(" ".join([*thing, part]), " ".join(thing))
            return _thing([part, *_small(thing)])
    return None


def _turned(parts: list[str]) -> Brief | None:
    """ "diaries lose appointments" is "lost appointments"; "people wait on CI" is "wait on CI"."""
    folded = [p.casefold() for p in parts]
    for at, part in enumerate(folded):
        if part in ("wait", "waits", "waiting") and at < 2 and folded[at + 1 : at + 2] in (["on"], ["for"]):
            return _thing(["wait", parts[at + 1], *_run(parts[at + 2 :], 2)])
        if part in ("lose", "loses") and at > 0 and (thing := _run(parts[at + 1 :], 2)):
            return _thing(["lost", *thing])
        if part in ("goes", "go", "went") and 0 < at < 4 and folded[at + 1 : at + 2] in (["red"], ["blank"], ["dark"]):
            return _thing([folded[at + 1], *_small(parts[:at])])
        if part in ("vanish", "vanishes", "disappear", "disappears") and 0 < at < 4:
            return _thing([f"{part.removesuffix('es') if part == 'vanishes' else part.rstrip('s')}ing", *parts[:at]])
    return None


def _thing(parts: list[str]) -> Brief:
    return Brief(" ".join(parts), " ".join(parts))


def _cut(parts: list[str]) -> Brief | None:
    """What stands before the first preposition, conjunction or verb."""
    if not parts or parts[0].casefold() in _WISHES:
        return None
    parts = parts[1:] if parts[0].casefold() in _ARTICLES else parts
    folded = [p.casefold() for p in parts]
    turn, verb = _first(folded, _TURNS), _first(folded, _VERBS)
    link = _first(folded, _LINKS)
    if verb < min(turn, link):
        # "Markdown preview doesn't work": a clause, and before its verb what it is about.
        return Brief(" ".join(parts[: min(turn, link)]), " ".join(parts[:verb])) if verb else None
    end = min(turn, link)
    if end == 1 and link < turn:
        if folded[0] not in _GENERIC and len(parts) > 4:
            return None
        end = min(turn, verb, link + 1 + _first(folded[link + 1 :], _LINKS))
        return _thing(parts[:end])
    named = link < turn or end == len(parts) <= 3
    return _thing(parts[:end]) if named else Brief(" ".join(parts[:end]), None)


def _first(folded: list[str], stops: frozenset[str]) -> int:
    """Where the first of some words stands after the beginning, or the length."""
    return next((at for at, p in enumerate(folded) if p in stops and (at or stops is not _LINKS)), len(folded))


def _small(thing: list[str]) -> list[str]:
    """The first word without the capital of a sentence's beginning; "CI" and "GitHub" keep theirs."""
    return [lower(thing[0]), *thing[1:]]


def trouble(noun: str) -> str:
    """A pain's noun in the middle of a sentence: "the wrong VAT", but "the problem with the test data"."""
    parts = noun.casefold().split()
    hurts = parts[0] in _AFTER | _STATES or parts[-1] in _HURTING
    return f"the {lower(noun)}" if hurts else f"the problem with the {lower(noun)}"


def lower(text: str) -> str:
    """A name as it stands inside a sentence."""
    first = text.partition(" ")[0]
    named = any(word.istitle() and len(word) > 1 for word in text.split()[1:])
    return text if named or any(c.isupper() for c in first[1:]) or len(first) == 1 else text[:1].lower() + text[1:]


def _sound(text: str) -> bool:
    """Words only, and none that we do not use: these few stand in sentences of our own."""
    parts = text.split()
    plain = all(c.isalpha() or c in " '-" for c in text)
    known = {p.casefold() for p in parts}
    meaty = len(parts) > 1 or parts[0].isupper()
    last = parts[-1].casefold() if parts else ""
    return (
        bool(parts)
        and plain
        and meaty
        and len(parts) <= LONGEST
        and max(map(len, parts)) <= 20
        and not known <= _GENERIC | _ARTICLES
        and last not in _LINKS | _TURNS | _ARTICLES | _COPULAS | {"due"}
        and not words.blame(text)
    )
