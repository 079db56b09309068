"""The parts below the fold, each made from a leader's view and spoken through the ledger."""

from collections.abc import Sequence
from functools import partial

from pipeline import privacy, trend
from pipeline.answers import heard_at
from pipeline.digest import answered, passages, places, quotes, sentences, words
from pipeline.digest.desk import Desk, signals
from pipeline.digest.document import Heard, Made, Quote, SourceRead, Unstated, Win
from pipeline.digest.facts import reproduced
from pipeline.digest.material import Voice
from pipeline.digest.select import PainView, View

QUOTES = {"leaf": (6, (3, 2, 1)), "middle": (3, (1, 1, 1)), "top": (3, (1, 1, 1)), "support": (6, (2, 2, 2))}
"""Quotations in the whole mail and for each of the three pains, by level."""


def chosen_quotes(
    desk: Desk, pains: Sequence[PainView], heard: frozenset[str | None] = frozenset()
) -> dict[str, list[quotes.Candidate]]:
    """Quotations by pain, of nobody whom the mail has `heard` already. First one for each pain, each from another area
    where that is possible; then the rest."""
    whole, each = QUOTES[desk.view.level]
    choice = quotes.Choice(desk.view, whole, heard)
    several = desk.view.level in ("top", "middle")
    found = {p.id: choice.take(p, 1, fresh_areas=several) for p in pains}
    for place, pain in enumerate(pains):
        if not found[pain.id] and several:
            found[pain.id] = choice.take(pain, 1, fresh_areas=False)
        elif each[place] > 1:
            found[pain.id] += choice.take(pain, each[place] - 1, fresh_areas=False)
    return found


def heard_once(desk: Desk, taken: Sequence[quotes.Candidate], limit: int, least: int) -> tuple[Quote, ...]:
    """Words that belong to no pain of this mail: of customers to everybody above, of staff to their own lead, of agents
    to all who lead them. Nothing that tells no cost, consequence or workaround, and of customers nothing below a
    severity of `least`: what slows an agent weighs less than that and is heard nowhere else."""
    view, authors = desk.view, {c.voice.author for c in taken}
    alone = [v for v in view.friction if _untold(view, v) and v.author not in authors]
    alone = [v for v in alone if not view.index.once("sells", v.key, partial(_sells, v))]
    alone = [v for v in alone if (_may_stand_alone(view, v) if v.role == "staff" else v.severity >= least)]
    telling = [c for c in quotes.candidates(view, alone, "") if c.relevance(view.level) >= quotes.MORE]
    pool = sorted(telling, key=lambda c: (-c.voice.severity, -c.relevance(view.level), c.voice.key))
    found: list[quotes.Candidate] = []
    for candidate in pool:
        if len(found) < limit and candidate.voice.author not in {c.voice.author for c in found}:
            found.append(candidate)
    return tuple(quotes.quotation(view, c, desk.label) for c in found)


def _sells(voice: Voice) -> bool:
    return passages.selling(f"{voice.title} {voice.body[:2000]}")


def _untold(view: View, voice: Voice) -> bool:
    """Whether an issue belongs to no pain, or is a colleague's whose words stand in none: the only one in a pain that
    this digest may not name, or, for those who lead agents, an agent's beside the customers who have it."""
    if voice.pain is None or voice.pain not in view.known:
        return True
    pain = view.pain(voice.pain)
    beside = view.level == "support" and pain.crowd == "customer"
    return voice.role == "staff" and pain not in view.relieved and (beside or pain not in view.standing)


def _may_stand_alone(view: View, voice: Voice) -> bool:
    return view.level in ("leaf", "support") and voice.team in view.scope and quotes.may_quote_staff(view, voice)


def unstated(desk: Desk, pains: Sequence[PainView]) -> tuple[Unstated, ...]:
    """Hypotheses: two different signals by two or more authors of one pain, at most two, each said once; those that
    this reader can do something about first."""
    found: list[Unstated] = []
    ours = sentences.OURS[desk.view.level]
    near = [hunch for hunch in sentences.HUNCHES if set(hunch.first) & ours]
    ordered = _sides_in_turn(pains)
    for pain, hunches in [*((p, near) for p in ordered), *((p, sentences.HUNCHES) for p in ordered)]:
        seen = signals(pain, desk.view)
        for hunch in hunches:
            pair = _pair(hunch, seen, pain)
            if pair and "long_silence" in pair and heard_at(desk.view.answers(pain.id)) is not None:
                continue  # somebody answered meanwhile
            if pair and all(hunch.says != u.hypothesis and pain.id != u.pain for u in found):
                found.append(_unstated(desk, pain, hunch, [(name, seen[name]) for name in pair], _likely(hunch, seen)))
                break
    if desk.view.level == "leaf" and len(found) < 2:
        found += [h for p in pains if all(u.pain != p.id for u in found) for h in _hint(desk, p)]
    return tuple(found[:2])


def _sides_in_turn(pains: Sequence[PainView]) -> list[PainView]:
    """The heaviest pain, then the heaviest of the other side, then the rest."""
    other = next((p for p in pains if p.entry.side != pains[0].entry.side), None) if pains else None
    return [p for p in [*pains[:1], other, *pains[1:]] if p is not None]


def _pair(hunch: sentences.Hunch, seen: dict[str, list[Voice]], pain: PainView) -> tuple[str, str] | None:
    if hunch.side not in (None, pain.entry.side):
        return None
    for first in (name for name in hunch.first if name in seen):
        for second in (name for name in hunch.second if name in seen):
            authors = {v.author for name in (first, second) for v in seen[name]}
            if first != second and len(authors) > 1:
                return first, second
    return None


def _likely(hunch: sentences.Hunch, seen: dict[str, list[Voice]]) -> bool:
    """Three different signals that speak for it, of three or more authors."""
    names = sorted({*hunch.first, *hunch.second} & seen.keys())
    return len(names) >= SURE and len({v.author for name in names for v in seen[name]}) >= SURE


SURE = 3


def _unstated(
    desk: Desk, pain: PainView, hunch: sentences.Hunch, pair: Sequence[tuple[str, list[Voice]]], likely: bool
) -> Unstated:
    behind = [v for _, voices in pair for v in voices]
    hidden = any(privacy.tender(v) for v in behind)
    closed = desk.view.level == "support" and any(name == "reopened" for name, _ in pair)
    return Unstated(
        hypothesis=hunch.says,
        signals=tuple(f"{sentences.SAID[name]}{'' if closed else desk.pointed(voices)}" for name, voices in pair),
        wrong_if=hunch.wrong_if,
        pain=pain.id,
        note=sentences.HIDDEN if hidden else None,
        issues=() if hidden or closed else desk.view.keys(behind),
        ask=hunch.ask,
        card=hunch.card.format(who=words.NOUNS[pain.noun][1]),
        likely=likely,
    )


def _hint(desk: Desk, pain: PainView) -> list[Unstated]:
    answered_it = heard_at(desk.view.answers(pain.id)) is not None
    for name, voices in sorted(signals(pain, desk.view).items()):
        if name == "long_silence" and answered_it:
            continue
        if name in sentences.HINTS and not all(privacy.tender(v) for v in voices):
            said = f"{sentences.SAID[name]}{desk.pointed(voices)}"
            says, wrong_if, ask = sentences.HINTS[name]
            return [
                Unstated(
                    hypothesis=says,
                    signals=(said,),
                    wrong_if=wrong_if,
                    ask=ask,
                    pain=pain.id,
                    note="One signal only: ask, do not conclude.",
                    hint=True,
                    issues=desk.view.keys(voices),
                )
            ]
    return []


def quiet(desk: Desk) -> tuple[str, ...]:
    view, found = desk.view, []
    for team, _ in places.heard_again(view)[:1]:
        since = desk.book.say("quiet for {} weeks", f"silent_weeks({team})")
        gone = any(v.team == team and v.has("voice_withdrawn") for v in view.friction)
        said = ", to say that filing had stopped because nothing came back" if gone else ""
        found.append(f"{_somewhere(desk, team)}, {since}, wrote{said}. {sentences.PLEASE}")
    for team in places.quiet_teams(view)[: 2 - len(found)]:
        found.append(
            f"{_somewhere(desk, team)} that usually writes was silent this week. That can mean calm, fear or fatigue; "
            "ask every team, never why one is quiet."
        )
    if view.withdrawn and sentences.PLEASE not in " ".join(found):
        found.insert(0, f"We heard that filing has stopped in places because nothing came back. {sentences.PLEASE}")
    if not found and view.unheard and view.level != "leaf":
        found.append("We cannot say who went quiet: not everything could be read this week.")
    elif not found and view.level == "support" and view.listened >= trend.MIN_WEEKS:
        found.append("Nothing unusual this week.")
    return tuple(found[:2])


def _somewhere(desk: Desk, team: str) -> str:
    if desk.view.level == "leaf":
        return "Your team"
    area = desk.view.branch(team)
    if area is None or area == team or area in desk.view.own:
        return "One of your teams"
    return f"A team in {desk.named(area)}"


def wins(
    desk: Desk, relieved: Sequence[PainView], quoted: frozenset[str | None], pains: Sequence[PainView] = ()
) -> tuple[Win, ...]:
    """What went well: exact thanks, pains that came back to usual, a cause that was found. At most two."""
    found = [Win(quote=quote) for quote in _thanks(desk, quoted)[:1]]
    for pain in relieved:
        title = words.capital(desk.title(pain, 10))
        if pain.visible and pain.count == 0:
            span = desk.book.say("{} a week before", f"usual({pain.id})")
            now = desk.book.say(f"{{}} {words.NOUNS[pain.noun][1]} this week", f"people({pain.id})")
            found.append(Win(title=title, text=f"{title}: {now}, {span}. {_who_ended(desk, pain)}"))
        else:
            found.append(Win(title=title, text=f"{title}: back to usual."))
    return tuple([*found, *_found(desk, pains)][:2])


def _found(desk: Desk, pains: Sequence[PainView]) -> list[Win]:
    """A cause that somebody of the staff found and wrote down for what hurts customers; nobody is named."""
    for number, pain in enumerate(pains, start=1):
        for voice in pain.voices:
            if (
                pain.crowd == "customer"
                and voice.role == "staff"
                and voice.team in desk.view.scope
                and reproduced(voice)
            ):
                where = "your team" if voice.team in desk.view.own else str(desk.named(voice.team))
                thanks = "" if voice.team in desk.view.own else " Ask the lead there to pass on your thanks."
                return [Win(text=f"Somebody in {where} reproduced {desk.it(pain, number)} and wrote it down.{thanks}")]
    return []


def _who_ended(desk: Desk, pain: PainView) -> str:
    answer = desk.view.answered(pain.id)
    if answer is None or not answer.honest:
        return "Nobody has told us what changed."
    on = desk.book.say("on {}", f"answered_on({pain.id})")
    return f"{words.capital(answered.given_by(desk, answer))} answered {on}."


def _thanks(desk: Desk, quoted: frozenset[str | None]) -> list[Quote]:
    view = desk.view
    pool = quotes.candidates(view, [v for v in view.thanks if v.role != "staff" and v.author not in quoted], "")
    pool.sort(key=lambda c: ("thank" not in c.text.casefold(), -len(c.tokens), c.voice.created_at, c.voice.key))
    return [quotes.quotation(view, c, desk.label) for c in pool]


def heard(desk: Desk) -> Heard:
    """How long those who wrote wait for a first answer: waits that go on count, so silence never looks better.

    The median stands in words only where it is drawn from enough pains to say something.
    """
    waiting, longest, median, whole = (
        desk.book.ask(f"{query}()") for query in ("waiting", "longest", "median_wait", "listed")
    )
    if not whole:
        return Heard(median_days=None, waiting=0, longest_days=None)
    said = []
    if whole > waiting:
        count = desk.book.say("{}", "answered()")
        said.append(f"{count} of {desk.book.say('{} pain' + 's' * (whole > 1), 'listed()')} got an answer.")
    if median is not None and whole >= MANY:
        within = "the day" if median == 0 else desk.book.say(f"{{}} day{'s' if median != 1 else ''}", "median_wait()")
        said.append(f"Half of them got it within {within}, those that still wait counted too.")
    if waiting:
        each = desk.book.say(f"{{}} wait{'s' if waiting == 1 else ''} for a first answer", "waiting()")
        said.append(f"{each if said else _pains(desk, waiting)}{_longest(desk, longest, waiting)}.")
    text = " ".join(said) or None
    return Heard(median_days=median, waiting=waiting, longest_days=longest, text=text, about=_about(desk))


MANY = 10
"""Pains from which a median is drawn in words."""


def _pains(desk: Desk, waiting: int) -> str:
    return desk.book.say(f"{{}} pain{'s wait' if waiting > 1 else ' waits'} for a first answer", "waiting()")


def _about(desk: Desk) -> str | None:
    """The name of the pain that has waited longest."""
    waiting = desk.view.waiting
    return desk.title(max(waiting, key=lambda p: (desk.view.waited(p), p.id)), 9) if len(waiting) > 1 else None


def _longest(desk: Desk, longest: int | None, waiting: int) -> str:
    if not longest:
        return "; the longest for less than a day" if waiting > 1 else ""
    days = desk.book.say(f"{{}} day{'s' if longest != 1 else ''}", "longest()")
    return f"; the longest for {days}" if waiting > 1 else f", for {days}"


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
    """What was read, by source; only in all where one had so few that they could be told from each other."""
    view, book = desk.view, desk.book
    blind = {s.name for s in view.blind}
    by_source = {s.name: tuple(v for v in view.voices if v.source == s.name) for s in view.sources}
    small = any(0 < len(voices) < privacy.GROUP for voices in by_source.values())
    parts = []
    for source in view.sources:
        name, voices = desk.source(source.name), by_source[source.name]
        if not voices and source.name not in blind:
            continue
        part = name if small else book.say(f"{{}} from {name}", f"issues(source {source.name})", voices)
        if source.name in blind:
            end = "not read" if source.read_to is None else book.say("read to {} only", f"read_to({source.name})")
            part += f" ({end})"
        parts.append(part)
    read = len(view.voices)
    total = book.say(f"{{}} issue{'s' if read != 1 else ''} in your scope", "issues(read)", view.voices)
    if not parts:
        return f"{total}."
    return f"{total}, from {words.listing(parts)}." if small else f"{total}: {words.listing(parts)}."


def _told_line(desk: Desk, counts: dict[str, int]) -> str:
    view, book = desk.view, desk.book
    parts = [book.say("{} tell of trouble", "issues(friction)", view.friction)]
    if counts["thanks"]:
        parts.append(book.say("{} of thanks", "issues(thanks)", view.thanks))
    if counts["other"]:
        parts.append(book.say("{} of other things", "issues(other)"))
    if not counts["unplaced"]:
        return f"{', '.join(parts)}; every one could be placed."
    lost = book.say("{} could not be placed", "issues(unplaced)", view.unplaced)
    return f"{', '.join(parts)}; {lost}{desk.pointed(view.unplaced)}."


FORWARDED = "The links answer in your name: do not forward this mail."


def _how(desk: Desk) -> tuple[str, ...]:
    view, book = desk.view, desk.book
    cut = "" if view.blind or view.lossy else book.say("Everything was read to the end of {}. ", "last_day()")
    group = book.say("under {} people", "floor(group)")
    behind = book.say("fewer than {}", "floor(behind)")
    whom = "No agent" if view.level == "support" else "Nobody"
    return (
        f"{cut}Grouped by machine, without a language model; quotes are exact. "
        f"{whom} is counted alone, scored or compared: no number of people speaks of a group {group}, or of {behind}.",
        f"Wrong? Just reply. To pause, reply with the word pause.{' ' + FORWARDED if desk.link else ''}",
    )
