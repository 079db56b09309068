"""What is known of a pain beside the words quoted: what came back, what hurts most, how the weeks went."""

import re
from collections.abc import Sequence

from pipeline import privacy, trend
from pipeline.digest import quotes, sentences, words
from pipeline.digest.desk import Desk
from pipeline.digest.document import Quote
from pipeline.digest.material import Voice
from pipeline.digest.select import PainView

_STAKES = {
    "money": re.compile(
        r"[€£$]\s?\d|\b(?:money|invoic\w+|charg\w+|pay(?:s|ing|ments?)?|paid|bill(?:s|ed|ing)?|refund\w*|tax|vat|price[sd]?|"
        r"fees?|owe[sd]?|credit notes?|revenue)\b",
        re.IGNORECASE,
    ),
    "data": re.compile(
        r"\b(?:data|files?|records?|backups?|database|entries|history)\b.{0,30}\b(?:lost|gone|deleted|erased|wiped|"
        r"corrupt\w*|overwritten|vanished)\b|\b(?:los[et]s?|losing|deletes?d?|erase[sd]?|wipe[sd]?|corrupts?|overwrites?|"
        r"overwrote)\b.{0,30}\b(?:data|files?|records?|backups?|database|entries|history)\b|\bdata[- ]loss\b",
        re.IGNORECASE,
    ),
    "safety": re.compile(
        r"\b(?:patients?|medication|dos(?:e|age)s?|allerg\w+|injur\w+|ambulance|dangerous|unsafe|safety|emergency)\b",
        re.IGNORECASE,
    ),
}
"""What harm speaks of."""


def quoted(desk: Desk, pain: PainView, chosen: Sequence[quotes.Candidate]) -> tuple[Quote, ...]:
    """The quotations of a pain, each with what its issue shows beside its words; nothing is noted twice."""
    seen, made, noted = desk.shows(pain), [], set()
    for candidate in chosen:
        note = next((n for n in _notes(seen, candidate) if n not in noted), None)
        noted.add(note)
        made.append(quotes.quotation(desk.view, candidate, desk.label, note))
    return tuple(made)


def _notes(seen: dict[str, list[Voice]], candidate: quotes.Candidate) -> list[str]:
    """What an issue shows that the words quoted from it do not say by themselves."""
    if candidate.voice.role == "staff":
        return []
    said = {"reopened", "repeat_contact"} if "again" in candidate.marks else set()
    return [n for name, n in sentences.BESIDE if name not in said and candidate.voice in seen.get(name, ())]


def facts(desk: Desk, pain: PainView, chosen: Sequence[quotes.Candidate], *, harm: bool) -> tuple[str, ...]:
    found = []
    keys = {c.voice.key for c in chosen}
    seen = desk.shows(pain)
    if any(v.key not in keys or v.role == "staff" for v in seen.get("reopened", ())):
        found.append("At least one issue was closed and came back.")
    if harm and "money" not in seen:
        found.append(_harm(pain))
    found += _seen_beside(desk, seen, keys)
    found += _colleagues(desk, pain)
    found += _weeks(desk, pain)
    if not found and not chosen and not pain.visible:
        found.append(f"{_at_least(desk, pain, seen)} So few wrote that no words are shown.")
    return (" ".join(found),) if found else ()


def _harm(pain: PainView) -> str:
    """What is at stake in the words of those who are harmed."""
    told = [f"{v.title}. {v.body[:2000]}" for v in pain.voices if v.severity >= trend.HARM]
    kinds = [kind for kind, words_of in _STAKES.items() if any(words_of.search(text) for text in told)]
    if not kinds:
        return "Those who wrote describe harm."
    listed = words.listing(kinds)
    return f"{words.capital(listed)} {'is' if len(kinds) == 1 else 'are'} at stake for those who wrote."


def _at_least(desk: Desk, pain: PainView, seen: dict[str, list[Voice]]) -> str:
    """One thing that is known of a pain of which neither a number nor a word may be printed."""
    open_voices = [v for v in pain.voices if not privacy.tender(v)]
    for name, voices in sorted(seen.items()):
        if name in sentences.SAID and all(v in open_voices for v in voices):
            return f"What was written shows {sentences.SAID[name]}{desk.pointed(voices)}."
    weight = sentences.WEIGHT[max(w for w in sentences.WEIGHT if w <= pain.severity)]
    lasting = sentences.LASTING if any(week.people for week in desk.view.weeks(pain.entry, pain.crowd)) else ""
    return f"{weight}{desk.pointed(open_voices)}{lasting}."


def _seen_beside(desk: Desk, seen: dict[str, list[Voice]], quoted_keys: set[str]) -> list[str]:
    """At most two notes on what several people of a pain, or a customer, show and the quotations do not."""
    found = []
    for name, note in sentences.NOTES:
        voices = [v for v in seen.get(name, []) if not privacy.tender(v)]
        others = [v for v in voices if v.key not in quoted_keys]
        if others and (len({v.author for v in voices}) > 1 or all(v.role != "staff" for v in others)):
            found.append(f"{note.rstrip('.')}{desk.pointed(others, 1)}.")
    return found[:2]


def _colleagues(desk: Desk, pain: PainView) -> list[str]:
    inside = [v for v in pain.voices if v.role == "staff"]
    if pain.entry.side != "customer" or pain.crowd != "customer" or not inside:
        return []
    found_cause = [v for v in inside if reproduced(v)]
    if found_cause:
        return [f"A colleague has reproduced it and written it down{desk.pointed(found_cause)}."]
    return [f"Colleagues have written it down as well{desk.pointed(inside)}."]


def reproduced(voice: Voice) -> bool:
    """Whether a colleague found the cause of what customers meet."""
    return voice.title.startswith("Reproduced") or voice.body.startswith("Reproduced")


def _weeks(desk: Desk, pain: PainView) -> list[str]:
    weeks = desk.view.told_weeks(pain)
    if pain.own_weeks and None not in weeks:
        return [desk.book.say("Weeks so far: {}.", f"weeks({pain.id})") + " That is steady, not improving."]
    if pain.trend == "above usual" and len(weeks) > 1 and (weeks[-2] or 0) >= privacy.BEHIND:
        now = desk.book.say(f"This week {{}} {words.NOUNS[pain.noun][1]}", f"people({pain.id})", pain.voices)
        return [f"{now}, {desk.book.say('last week {}', f'last_week({pain.id})')}."]
    return []
