"""What is known of a pain beside the words quoted: what came back, what hurts most, how the weeks went."""

from collections.abc import Sequence

from pipeline import privacy, trend
from pipeline.digest import quotes, sentences, words
from pipeline.digest.desk import Desk, shows
from pipeline.digest.document import Quote
from pipeline.digest.ledger import printable_weeks
from pipeline.digest.material import Voice
from pipeline.digest.select import PainView


def quoted(desk: Desk, pain: PainView, chosen: Sequence[quotes.Candidate]) -> tuple[Quote, ...]:
    """The quotations of a pain, each with what its issue shows beside its words; nothing is noted twice."""
    seen, made, noted = shows(pain), [], set()
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
    seen = shows(pain)
    if any(v.key not in keys or v.role == "staff" for v in seen.get("reopened", ())):
        found.append("At least one issue was closed and came back.")
    if harm and "money" not in seen:
        found.append("Those who wrote describe harm: money, data, safety or dignity.")
    found += _seen_beside(seen, keys)
    found += _colleagues(desk, pain)
    found += _weeks(desk, pain)
    return (" ".join(found),) if found else ()


def _seen_beside(seen: dict[str, list[Voice]], quoted_keys: set[str]) -> list[str]:
    """At most two notes on what several people of a pain, or a customer, show and the quotations do not."""
    found = []
    for name, note in sentences.NOTES:
        voices = [v for v in seen.get(name, []) if not privacy.tender(v)]
        others = [v for v in voices if v.key not in quoted_keys]
        if others and (len({v.author for v in voices}) > 1 or all(v.role != "staff" for v in others)):
            found.append(note)
    return found[:2]


def _colleagues(desk: Desk, pain: PainView) -> list[str]:
    inside = [v for v in pain.voices if v.role == "staff"]
    if pain.entry.side != "customer" or pain.crowd != "customer" or not inside:
        return []
    found_cause = [v for v in inside if v.title.startswith("Reproduced") or v.body.startswith("Reproduced")]
    if found_cause:
        return [f"A colleague has reproduced it and written it down{desk.pointed(found_cause)}."]
    return [f"Colleagues have written it down as well{desk.pointed(inside)}."]


def _weeks(desk: Desk, pain: PainView) -> list[str]:
    weeks = printable_weeks(pain)
    if pain.trend == "steady" and 3 <= len(weeks) < trend.BASELINE and None not in weeks:
        return [desk.book.say("Weeks so far: {}.", f"weeks({pain.id})") + " That is steady, not improving."]
    if pain.trend == "above usual" and len(weeks) > 1 and (weeks[-2] or 0) >= privacy.BEHIND:
        now = desk.book.say(f"This week {{}} {words.NOUNS[pain.noun][1]}", f"people({pain.id})", pain.voices)
        return [f"{now}, {desk.book.say('last week {}', f'last_week({pain.id})')}."]
    return []
