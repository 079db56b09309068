"""The parts of a digest, each made from a leader's view and spoken through the ledger."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cached_property

from pipeline import privacy, trend
from pipeline.digest import quotes, words
from pipeline.digest.document import Ask, Heard, Made, Open, Pain, Quote, SourceRead, Unstated, Win
from pipeline.digest.ledger import Book, printable_weeks
from pipeline.digest.material import Voice
from pipeline.digest.select import PainView, View, heard_again, quiet_teams
from pipeline.issue import SourceHealth

QUOTES = {"leaf": (5, 2), "middle": (3, 1), "top": (3, 1), "support": (6, 2)}
"""Quotations in the whole mail and for one pain, by level."""
STORM = 8
NO_QUIET = " No quiet is read from it."
Link = Callable[[str], str]


class Desk:
    """What every part needs while one digest is made: the view, the ledger, names for sources and links."""

    def __init__(self, view: View, book: Book, link: Link | None) -> None:
        self.view = view
        self.book = book
        self.link = link

    @cached_property
    def sources(self) -> dict[str, str]:
        return words.labels((s.name, s.kind) for s in self.view.index.material.sources)

    def source(self, name: str) -> str:
        return self.sources.get(name, name)

    def label(self, voice: Voice) -> str:
        return quotes.label(voice, self.sources)

    def pointed(self, voices: Sequence[Voice], limit: int = 3) -> str:
        """The keys that the mail may print, in brackets, or nothing."""
        seen = list(dict.fromkeys(self.label(v) for v in voices if quotes.may_point(self.view, v)))[:limit]
        return f" ({', '.join(seen)})" if seen else ""

    def named(self, team: str | None) -> str | None:
        return None if team is None else words.printable(self.view.org.teams[team].name)

    def title(self, pain: PainView, limit: int = 14) -> str:
        """A pain's pinned name, made safe to stand in our own sentences."""
        clean = words.printable(words.LINKISH.sub("[link]", pain.entry.title))
        for name in self.view.index.names.found(clean):
            clean = _without(clean, name)
        if words.BLAMING.search(clean) or not clean:
            area = self.named(self.view.area(pain))
            clean = f"a pain that {words.NOUNS[pain.noun][1]} describe{f' around {area}' if area else ''}"
        return words.shorten(clean, words=limit, chars=110)


def _without(text: str, name: str) -> str:
    at = text.casefold().find(name.split()[0])
    end = text.casefold().find(name.split()[-1], at) + len(name.split()[-1])
    return f"{text[:at]}[name]{text[end:]}" if at >= 0 else "[name]"


# --- the first screen ---------------------------------------------------------------------------------------------


def who(desk: Desk, pain: PainView) -> str:
    view = desk.view
    if view.level == "leaf":
        if pain.crowd == "customer":
            return "YOUR CUSTOMERS"
        if all(v.team in view.own for v in pain.voices if v.role == "staff") and pain.noun != "person":
            return "YOUR TEAM"
    if pain.crowd == "relay":
        return "CUSTOMERS"
    return words.NOUNS[pain.noun][1].upper()


def people(desk: Desk, pain: PainView) -> str:
    """ "5 customers this week (usual 0-1)." or words where the floors forbid the number."""
    view, book = desk.view, desk.book
    if pain.crowd == "relay":
        return "Passed on by colleagues."
    if not pain.visible:
        return f"{words.some(pain.noun, pain.count)}."
    said = book.say(f"{{}} {words.nouns(pain.noun, pain.count)}", f"people({pain.id})", pain.voices)
    teams = view.teams_behind(pain)
    # One person a team would be a number about one person.
    if pain.crowd == "maker" and view.level != "leaf" and 1 < teams <= pain.count - 2:
        said += " " + book.say("in {} teams", f"teams({pain.id})", pain.voices)
    elif pain.crowd == "customer" and pain.trend != "steady":
        said += " this week"
    return f"{said}{usual(desk, pain)}."


def usual(desk: Desk, pain: PainView) -> str:
    if pain.reading.usual is None or pain.trend in ("steady", "new"):
        return ""
    return " " + desk.book.say("(usual {})", f"usual({pain.id})")


def trend_word(desk: Desk, pain: PainView) -> str:
    word = pain.trend
    if desk.view.level == "leaf" and word == "too few to call" and (whole := desk.view.across(pain)):
        return f" Above usual across {desk.named(whole)}."
    if word is None or (not pain.visible and pain.count < privacy.BEHIND):
        return ""
    if word == "steady" and 3 <= len(pain.reading.episode) < trend.BASELINE and pain.visible:
        desk.book.say(f"{words.ordinal_week(len(pain.reading.episode))}, steady.", f"episode({pain.id})", pain.voices)
        return f" {words.ordinal_week(len(pain.reading.episode))}, steady."
    return f" {words.capital(word)}."


def state(desk: Desk, pain: PainView) -> str:
    days = desk.view.waited(pain)
    if days == 0:
        return "not yet answered"
    unit = "day" if days == 1 else "days"
    return "not yet answered " + desk.book.say(f"({{}} {unit})", f"waited({pain.id})", pain.voices)


def pain_of(desk: Desk, pain: PainView, chosen: Sequence[quotes.Candidate], limit: int, *, harm: bool) -> Pain:
    """A pain of the first screen. `harm` says that those who wrote describe harm and nobody has been told yet."""
    view = desk.view
    said = state(desk, pain)
    line = f"{people(desk, pain)}{trend_word(desk, pain)} {words.capital(said)}."
    area = view.area(pain) if view.level in ("top", "middle") else None
    return Pain(
        id=pain.id,
        title=desk.title(pain, limit),
        side=pain.entry.side,
        who=who(desk, pain),
        people=desk.book.ask(f"people({pain.id})") if pain.crowd != "relay" else None,
        usual=pain.reading.usual,
        trend=pain.trend,
        weeks=printable_weeks(pain),
        impact=round(pain.impact, 1),
        state=said,
        line=line,
        area=desk.named(area),
        answer_url=desk.link(pain.id) if desk.link else None,
        facts=facts(desk, pain, chosen, harm=harm),
        quotes=tuple(quotes.quotation(view, c, desk.label) for c in chosen),
        issues=view.keys(pain.voices),
    )


def facts(desk: Desk, pain: PainView, chosen: Sequence[quotes.Candidate], *, harm: bool) -> tuple[str, ...]:
    """What is known of a pain beside the words: what came back, what hurts most, how the weeks went."""
    found = []
    if "reopened" in _signals(pain):
        found.append("At least one issue was closed and came back.")
    if harm:
        found.append("Those who wrote describe harm: money, data, safety or dignity.")
    found += _seen_beside(pain, chosen)
    if pain.entry.side == "customer" and any(v.role == "staff" for v in pain.voices) and pain.crowd == "customer":
        inside = [v for v in pain.voices if v.role == "staff"]
        found.append(f"Colleagues have written it down as well{desk.pointed(inside)}.")
    weeks = printable_weeks(pain)
    if pain.trend == "steady" and 3 <= len(weeks) < trend.BASELINE and None not in weeks:
        found.append(desk.book.say("Weeks so far: {}.", f"weeks({pain.id})") + " That is steady, not improving.")
    elif pain.trend == "above usual" and len(weeks) > 1 and (weeks[-2] or 0) >= privacy.BEHIND:
        now = desk.book.say(f"This week {{}} {words.NOUNS[pain.noun][1]}", f"people({pain.id})", pain.voices)
        found.append(f"{now}, {desk.book.say('last week {}', f'last_week({pain.id})')}.")
    return (" ".join(found),) if found else ()


def _seen_beside(pain: PainView, chosen: Sequence[quotes.Candidate]) -> list[str]:
    """At most two notes on what several people of a pain, or a customer, show and the quotations do not."""
    quoted = {c.voice.key for c in chosen}
    found = []
    for name, note in words.NOTES:
        voices = [v for v in _signals(pain).get(name, []) if not privacy.tender(v)]
        others = [v for v in voices if v.key not in quoted]
        if others and (len({v.author for v in voices}) > 1 or all(v.role != "staff" for v in others)):
            found.append(note)
    return found[:2]


def warning(desk: Desk, source: SourceHealth) -> str:
    name = desk.source(source.name)
    problem = words.reason(source.problem)
    why = f" ({problem})" if problem else ""
    if source.read_to is None:
        return f"{name} could not be read{why}.{NO_QUIET}"
    stopped = desk.book.say(f"{name} stopped {{}}", f"read_to({source.name})")
    return f"{stopped}{why}. Its counts may be low.{NO_QUIET}"


def warnings(desk: Desk) -> tuple[str, ...]:
    view = desk.view
    blind = [s for s in view.blind if s.problem or view.generated_at >= view.period.end]
    if len(blind) > 2:
        names = words.listing([desk.source(s.name) for s in blind])
        return (f"{names} were not read to the end of the week. Counts may be low.",)
    return tuple(warning(desk, s) for s in blind)


def notes(desk: Desk) -> tuple[str, ...]:
    view, book, found = desk.view, desk.book, []
    if view.generated_at < view.period.end:
        found.append(book.say("The week is not over: this is how it stood on {}.", "now()"))
    if view.listened < trend.MIN_WEEKS:
        found.append(_short_history(desk))
    if book.ask("above()") > STORM:
        found.append(f"{book.say('{} pains are above usual.', 'above()')} Those below hurt most.")
    return tuple(found)


def _short_history(desk: Desk) -> str:
    weeks = desk.view.listened
    if weeks == 0:
        return "This is the first week we listen, so no trends are called yet."
    had = desk.book.say(f"We have {{}} week{'s' if weeks > 1 else ''} of history", "listened()")
    return f"{had}, so no trends are called yet."


def ask(desk: Desk, pains: Sequence[PainView]) -> Ask:
    """The one thing asked: the heaviest unanswered pain, in words that fit the reader's power."""
    if not pains:
        return Ask(text=words.NO_ASK)
    number, pain = 1, pains[0]
    side = "customer" if pain.entry.side == "customer" else "developer"
    text = words.ASK[desk.view.level][side].format(n=number)
    again = [v for v in _signals(pain).get("repeat_contact", []) if quotes.may_point(desk.view, v)]
    if desk.view.level == "leaf" and side == "customer" and again:
        text = f"Smallest useful step today: reply to a customer who has written before{desk.pointed(again[:1])}"
    url = desk.link(pain.id) if desk.link else None
    return Ask(
        text=f"{text}.", how=None if url else "Reply to this mail to answer.", pain=pain.id, number=number, url=url
    )


# --- below the fold -----------------------------------------------------------------------------------------------


def chosen_quotes(desk: Desk, pains: Sequence[PainView]) -> dict[str, list[quotes.Candidate]]:
    """Quotations by pain. First one for each pain, each from another area where that is possible; then the rest."""
    whole, each = QUOTES[desk.view.level]
    choice = quotes.Choice(desk.view, whole)
    several = desk.view.level in ("top", "middle")
    found = {p.id: choice.take(p, 1, fresh_areas=several) for p in pains}
    for pain in pains:
        if not found[pain.id] and several:
            found[pain.id] = choice.take(pain, 1, fresh_areas=False)
        elif each > 1:
            found[pain.id] += choice.take(pain, each - 1, fresh_areas=False)
    return found


def heard_once(desk: Desk, taken: Sequence[quotes.Candidate], limit: int) -> tuple[Quote, ...]:
    """Words that belong to no pain: of customers to everybody above, of staff to their own lead only."""
    view, authors = desk.view, {c.voice.author for c in taken}
    alone = [v for v in view.friction if v.pain not in view.index.material.pains and v.author not in authors]
    alone = [v for v in alone if v.role != "staff" or (view.level == "leaf" and quotes.may_quote_staff(view, v))]
    pool = sorted(quotes.candidates(view, alone, ""), key=lambda c: (-c.voice.severity, -c.relevance, c.voice.key))
    found: list[quotes.Candidate] = []
    for candidate in pool:
        if len(found) < limit and candidate.voice.author not in {c.voice.author for c in found}:
            found.append(candidate)
    return tuple(quotes.quotation(view, c, desk.label) for c in found)


def open_line(desk: Desk, pain: PainView) -> Open:
    title = desk.title(pain, 12)
    word = trend_word(desk, pain).strip(" .")
    tail = f", {word[:1].lower()}{word[1:]}" if word else ""
    how_many = people(desk, pain).removesuffix(".").replace(" this week", "")
    return Open(
        id=pain.id,
        title=title,
        line=f"{words.capital(title)}: {how_many[:1].lower()}{how_many[1:]}{tail}.",
        people=desk.book.ask(f"people({pain.id})") if pain.crowd != "relay" else None,
        trend=pain.trend,
        issues=desk.view.keys(pain.voices),
    )


def yours(desk: Desk, pains: Sequence[PainView]) -> tuple[str, ...]:
    """For a team's own lead: which pains the team can cure, and who else could."""
    if desk.view.level != "leaf":
        return ()
    found = []
    for number, pain in enumerate(pains, start=1):
        owners = sorted({v.leaf for v in pain.voices if v.leaf is not None})
        others = [str(desk.named(t)) for t in owners if t not in desk.view.own]
        if not owners:
            found.append(f"Nobody's yet: number {number}.")
        elif not others:
            found.append(f"Yours: number {number}.")
        else:
            found.append(f"Not yours alone: number {number} ({words.listing(others[:2])}, not yet answered).")
    return tuple(found)


def _signals(pain: PainView) -> dict[str, list[Voice]]:
    found: dict[str, list[Voice]] = defaultdict(list)
    for voice in pain.voices:
        for name in sorted({words.signal(s.name) for s in voice.signals}):
            found[name].append(voice)
        if voice.reopened and voice not in found["reopened"]:
            found["reopened"].append(voice)
    return {name: voices for name, voices in found.items() if voices and name in words.SAID}


def unstated(desk: Desk, pains: Sequence[PainView]) -> tuple[Unstated, ...]:
    """Hypotheses: two different signals by two or more authors of one pain, at most two, each said once."""
    found: list[Unstated] = []
    for pain in _sides_in_turn(pains):
        seen = _signals(pain)
        for hunch in words.HUNCHES:
            pair = _pair(hunch, seen, pain)
            if pair and all(hunch.says != u.hypothesis and pain.id != u.pain for u in found):
                found.append(_unstated(desk, pain, hunch, [(name, seen[name]) for name in pair]))
                break
    if desk.view.level == "leaf" and len(found) < 2:
        found += [h for p in pains if all(u.pain != p.id for u in found) for h in _hint(desk, p)]
    return tuple(found[:2])


def _sides_in_turn(pains: Sequence[PainView]) -> list[PainView]:
    """The heaviest pain, then the heaviest of the other side, then the rest."""
    other = next((p for p in pains if p.entry.side != pains[0].entry.side), None) if pains else None
    return [p for p in [*pains[:1], other, *pains[1:]] if p is not None]


def _pair(hunch: words.Hunch, seen: dict[str, list[Voice]], pain: PainView) -> tuple[str, str] | None:
    if hunch.side not in (None, pain.entry.side):
        return None
    for first in (name for name in hunch.first if name in seen):
        for second in (name for name in hunch.second if name in seen):
            authors = {v.author for name in (first, second) for v in seen[name]}
            if first != second and len(authors) > 1:
                return first, second
    return None


def _unstated(desk: Desk, pain: PainView, hunch: words.Hunch, pair: Sequence[tuple[str, list[Voice]]]) -> Unstated:
    behind = [v for _, voices in pair for v in voices]
    hidden = any(privacy.tender(v) for v in behind)
    return Unstated(
        hypothesis=hunch.says,
        signals=tuple(f"{words.SAID[name]}{desk.pointed(voices)}" for name, voices in pair),
        wrong_if=hunch.wrong_if,
        pain=pain.id,
        note="Issues not linked: people who admit a shortcut are never pointed at." if hidden else None,
        issues=() if hidden else desk.view.keys(behind),
    )


def _hint(desk: Desk, pain: PainView) -> list[Unstated]:
    for name, voices in sorted(_signals(pain).items()):
        if name in words.HINTS and not all(privacy.tender(v) for v in voices):
            said = f"{words.SAID[name]}{desk.pointed(voices)}"
            return [
                Unstated(
                    hypothesis=words.HINTS[name],
                    signals=(said,),
                    wrong_if=None,
                    pain=pain.id,
                    note="One signal only: ask, do not conclude.",
                    hint=True,
                    issues=desk.view.keys(voices),
                )
            ]
    return []


def quiet(desk: Desk) -> tuple[str, ...]:
    view, found = desk.view, []
    for team, _ in heard_again(view)[:1]:
        since = desk.book.say("quiet for {} weeks", f"silent_weeks({team})")
        gone = any(v.team == team and v.has("voice_withdrawn") for v in view.friction)
        said = ", to say that filing had stopped because nothing came back" if gone else ""
        found.append(f"{_somewhere(desk, team)}, {since}, wrote{said}. {words.PLEASE}")
    for team in quiet_teams(view)[: 2 - len(found)]:
        found.append(
            f"{_somewhere(desk, team)} that usually writes was silent this week. That can mean calm, fear or fatigue; "
            "ask every team, never why one is quiet."
        )
    if not found and any(v.has("voice_withdrawn") for v in view.friction):
        found.append(f"We heard that filing has stopped in places because nothing came back. {words.PLEASE}")
    if not found and view.blind:
        found.append("Nothing is said of silence this week: not every source was read to the end.")
    elif not found and view.level == "support" and view.listened >= trend.MIN_WEEKS:
        found.append("Nothing unusual this week.")
    return tuple(found)


def _somewhere(desk: Desk, team: str) -> str:
    if desk.view.level == "leaf":
        return "Your team"
    area = desk.view.branch(team)
    if area is None or area == team or area in desk.view.own:
        return "One of your teams"
    return f"A team in {desk.named(area)}"


def sit_with(desk: Desk, pains: Sequence[PainView]) -> str | None:
    """A place to listen: where staff feel a pain, or beside customers where only they wrote."""
    if not pains:
        return None
    sides = [p.entry.side for p in pains]
    side = "developer" if "developer" in sides else "customer"
    if desk.view.level == "support":
        side = "customer" if "customer" in sides else "developer"
    return words.SIT[desk.view.level][side].format(n=sides.index(side) + 1)


def questions(desk: Desk, pains: Sequence[PainView]) -> tuple[str, ...]:
    """One about customers, one about silence, one about a trade-off; another choice every week."""
    asked, week = words.QUESTIONS[desk.view.level], int(desk.view.period.label[-2:])
    if not pains:
        free = [[q for q in asked[name] if "{n}" not in q] for name in ("developer", "silence", "customer")]
        return tuple(words.pick(options, week) for options in free)
    about = "customer" if any(p.entry.side == "customer" for p in pains) else "developer"
    parts = [(about, 1), ("silence", 1), ("trade", 1)]
    return tuple(words.pick(asked[name], week).format(n=n) for name, n in parts)


def wins(desk: Desk, relieved: Sequence[PainView], quoted: frozenset[str | None]) -> tuple[Win, ...]:
    """What went well: exact thanks, and pains that came back to usual. At most two."""
    found = [Win(quote=quote) for quote in _thanks(desk, quoted)[:1]]
    for pain in relieved:
        title = words.capital(desk.title(pain, 10))
        if pain.visible and pain.count == 0:
            span = desk.book.say("(usual {})", f"usual({pain.id})")
            now = desk.book.say(f"{{}} {words.NOUNS[pain.noun][1]} this week", f"people({pain.id})")
            found.append(Win(title=title, text=f"{title}: {now} {span}. Back to usual."))
        else:
            found.append(Win(title=title, text=f"{title}: back to usual."))
    return tuple(found[:2])


def _thanks(desk: Desk, quoted: frozenset[str | None]) -> list[Quote]:
    view = desk.view
    pool = quotes.candidates(view, [v for v in view.thanks if v.role != "staff" and v.author not in quoted], "")
    pool.sort(key=lambda c: ("thank" not in c.text.casefold(), -len(c.tokens), c.voice.created_at, c.voice.key))
    return [quotes.quotation(view, c, desk.label) for c in pool]


def heard(desk: Desk) -> Heard:
    waiting, longest = desk.book.ask("waiting()"), desk.book.ask("longest()")
    if not waiting:
        return Heard(median_days=None, waiting=0, longest_days=None)
    each = desk.book.say(f"{{}} pain{'s wait' if waiting > 1 else ' waits'} for a first answer", "waiting()")
    lead = "the longest" if waiting > 1 else "it has waited"
    days = "less than a day" if longest == 0 else desk.book.say(f"{{}} day{'s' if longest != 1 else ''}", "longest()")
    text = f"{each}; {lead} {'for ' if waiting > 1 else ''}{days}."
    return Heard(median_days=None, waiting=waiting, longest_days=longest, text=text)


def made(desk: Desk) -> Made:
    view, book = desk.view, desk.book
    counts = {part: book.ask(f"issues({part})") for part in ("read", "friction", "thanks", "other", "unplaced")}
    return Made(
        sources=tuple(
            SourceRead(
                name=s.name,
                kind=s.kind,
                label=desk.source(s.name),
                read=book.ask(f"issues(source {s.name})"),
                read_to=s.read_to,
                problem=s.problem,
            )
            for s in view.sources
        ),
        lines=(_read_line(desk), _told_line(desk, counts), *_how(desk)),
        **counts,
    )


def _read_line(desk: Desk) -> str:
    view, book = desk.view, desk.book
    blind = {s.name for s in view.blind}
    parts = []
    for source in view.sources:
        name = desk.source(source.name)
        voices = tuple(v for v in view.voices if v.source == source.name)
        part = book.say(f"{{}} from {name}", f"issues(source {source.name})", voices)
        if source.name in blind:
            end = "not read" if source.read_to is None else book.say("read to {} only", f"read_to({source.name})")
            part += f" ({end})"
        parts.append(part)
    read = len(view.voices)
    total = book.say(f"{{}} issue{'s' if read != 1 else ''} in your scope", "issues(read)", view.voices)
    return f"{total}: {words.listing(parts)}." if parts else f"{total}."


def _told_line(desk: Desk, counts: dict[str, int]) -> str:
    view, book = desk.view, desk.book
    parts = [book.say("{} told of friction", "issues(friction)", view.friction)]
    if counts["thanks"]:
        parts.append(book.say("{} of thanks", "issues(thanks)", view.thanks))
    if counts["other"]:
        parts.append(book.say("{} of neither", "issues(other)"))
    if not counts["unplaced"]:
        return f"{', '.join(parts)}; every one could be placed."
    lost = book.say("{} could not be placed", "issues(unplaced)", view.unplaced)
    return f"{', '.join(parts)}; {lost}{desk.pointed(view.unplaced)}."


def _how(desk: Desk) -> tuple[str, ...]:
    view, book = desk.view, desk.book
    cut = "" if view.blind else book.say("Everything was read to the end of {}. ", "last_day()")
    group = book.say("under {} people", "floor(group)")
    behind = book.say("fewer than {} behind it", "floor(behind)")
    whom = "Agents are not" if view.level == "support" else "Nobody is"
    return (
        f"{cut}Sorted and grouped by machine, without a language model; quotes are exact. "
        f"{whom} counted one by one, scored or compared. "
        f"No number of people stands for a group {group} or with {behind}.",
        "Wrong? Just reply. To pause these notes, reply with the word pause.",
    )
