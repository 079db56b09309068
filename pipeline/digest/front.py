"""The first screen: who suffers what, the warnings and notes before it, and the subject and preheader above it."""

from collections.abc import Sequence
from typing import Final

from pipeline import privacy, trend
from pipeline.digest import answered, brief, quotes, sentences, wider, words
from pipeline.digest.desk import Desk
from pipeline.digest.document import Open, Pain
from pipeline.digest.facts import facts, quoted
from pipeline.digest.select import PainView
from pipeline.issue import SourceHealth

STORM = 8
SINGLE = "Friction was heard, each by a single voice."
NO_QUIET = " Few voices from it do not mean calm."


def who(desk: Desk, pain: PainView) -> str:
    view = desk.view
    if pain.crowd != "maker":
        return "YOUR CUSTOMERS" if view.level == "leaf" else "CUSTOMERS"
    own = all(v.team in view.own for v in pain.voices if v.role == "staff")
    if view.level == "leaf" and own and pain.noun != "person":
        return "YOUR TEAM"
    return words.NOUNS[pain.noun][1].upper()


def people(desk: Desk, pain: PainView) -> str:
    """ "5 customers this week (usual 0-1)." or words where the floors forbid the number."""
    view, book = desk.view, desk.book
    if pain.crowd == "relay":
        return "Passed on by colleagues."
    if not pain.visible:
        return _of_the_whole(desk, pain) or f"{words.some(pain.noun, pain.count if pain.several else 0)}."
    said = book.say(f"{{}} {words.nouns(pain.noun, pain.count)}", f"people({pain.id})", pain.voices)
    # One person a team would be a number about one person.
    if pain.crowd == "maker" and view.level != "leaf" and view.may_say_teams(pain):
        said += " " + book.say("in {} teams", f"teams({pain.id})", pain.voices)
    elif pain.crowd == "customer" and pain.trend != "steady":
        said += " this week"
    return f"{said}{usual(desk, pain)}."


def _of_the_whole(desk: Desk, pain: PainView) -> str | None:
    """Where this leader's part has no number, that of the whole of which it is a part."""
    found = wider.whole(desk.view, pain)
    if found is None:
        return None
    team, wide = found
    said = desk.book.say(f"{{}} {words.NOUNS[wide.noun][1]} across {desk.named(team)}", f"across({pain.id})")
    span = ""
    if wide.usual is not None and wide.trend not in ("steady", "new"):
        span = " " + desk.book.say("(usual {})", f"usual_across({pain.id})")
    return f"{said}{span}, part of it felt here."


def usual(desk: Desk, pain: PainView) -> str:
    if pain.usual is None or pain.trend in ("steady", "new"):
        return ""
    return " " + desk.book.say("(usual {})", f"usual({pain.id})")


def trend_word(desk: Desk, pain: PainView) -> str:
    word = pain.trend
    wide = wider.wide(desk.view, pain) if word == "too few to call" else None
    if wide is not None and wide[1].trend in ("above usual", "new"):
        part = wider.whole(desk.view, pain)
        where = "" if part else f" across {desk.named(wide[0])}"
        if part or desk.view.level == "leaf":
            return f" Above usual{where}."
    if word is None or (not pain.visible and not pain.several):
        return ""
    if pain.came_back is not None:
        weeks = desk.book.say(f"{{}} week{'s' if pain.came_back > 1 else ''}", f"came_back({pain.id})", pain.voices)
        risen = f" {words.capital(word)}." if word in ("above usual", "new") else ""
        return f"{risen} It came back {weeks} after its relief."
    if pain.own_weeks and pain.visible:
        desk.book.say(f"{words.ordinal_week(len(pain.reading.episode))}, steady.", f"episode({pain.id})", pain.voices)
        return f" {words.ordinal_week(len(pain.reading.episode))}, steady."
    if pain.rising is not None:
        return " " + desk.book.say("Slowly rising for {} weeks.", f"rising({pain.id})", pain.voices)
    return f" {words.capital(word)}."


def pain_of(desk: Desk, pain: PainView, chosen: Sequence[quotes.Candidate], limit: int, *, harm: bool) -> Pain:
    """A pain of the first screen. `harm` says that those who wrote describe harm and nobody has been told yet."""
    view = desk.view
    said = answered.state(desk, pain)
    line = f"{_counted(people(desk, pain), trend_word(desk, pain))} {words.capital(said)}."
    area = view.area(pain) if view.level in ("top", "middle") else None
    if any(quotes.signed(view, one.voice, area) for one in chosen):
        area = None
    return Pain(
        id=pain.id,
        title=desk.title(pain, limit),
        side=pain.entry.side,
        who=who(desk, pain),
        people=desk.book.ask(f"people({pain.id})") if pain.crowd != "relay" else None,
        usual=pain.usual,
        trend=pain.trend,
        weeks=view.told_weeks(pain),
        impact=pain.told_impact,
        state=said,
        line=line,
        area=desk.named(area),
        answer_url=desk.link(pain.id) if desk.link else None,
        facts=(*answered.told_by_others(desk, pain), *facts(desk, pain, chosen, harm=harm)),
        quotes=quoted(desk, pain, chosen),
        issues=view.keys(pain.voices),
        short=desk.short(pain),
        rising=pain.rising,
        came_back=pain.came_back,
    )


def _counted(people: str, trend: str) -> str:
    """ "5 customers this week (usual 0-1): above usual." """
    if people.endswith(").") and trend and " across " not in trend:
        return f"{people[:-1]}: {trend[1:2].lower()}{trend[2:]}"
    return f"{people}{trend}"


def open_line(desk: Desk, pain: PainView) -> Open:
    title = desk.title(pain, 12)
    word = trend_word(desk, pain).strip(" .")
    tail = f", {word[:1].lower()}{word[1:]}{' a trend' * (word == 'Too few to call')}" if word else ""
    how_many = people(desk, pain).removesuffix(".").replace(" this week", "")
    return Open(
        id=pain.id,
        title=title,
        line=f"{words.capital(title)}: {how_many[:1].lower()}{how_many[1:]}{tail}.",
        people=desk.book.ask(f"people({pain.id})") if pain.crowd != "relay" else None,
        trend=pain.trend,
        issues=desk.view.keys(pain.voices),
    )


# --- above it -----------------------------------------------------------------------------------------------------


def subject(desk: Desk, pains: Sequence[PainView]) -> str:
    """Two or three pains in a few words each where they fit, else the first in its own; then what this mail is."""
    week = desk.book.say("week {}", "week()")
    name, short = f" | leaf notes, {week}", f" | {week}"
    if not pains:
        return f"Single voices, no shared pain yet{name}"
    listed, more = (_listed(desk, pains, words.SUBJECT - len(tail)) for tail in (name, short))
    if len(more) > max(1, len(listed)):
        return words.capital(", ".join(more)) + short
    if len(listed) > 1:
        return words.capital(", ".join(listed)) + name
    first = words.capital(words.printable(desk.title(pains[0]))).rstrip(".…")
    if len(first) > words.SUBJECT - len(name):
        return words.shorten(first, chars=words.SUBJECT - len(short)) + short
    return first + name


def _listed(desk: Desk, pains: Sequence[PainView], room: int) -> list[str]:
    """The short names, the first pain's first, as far as there is room; empty where the first has none."""
    found: list[str] = []
    for pain in pains:
        name = desk.brief(pain)
        if name is not None and brief.lower(name) in found:
            continue  # two pains may be called alike
        if name is not None and len(", ".join([*found, name])) <= room:
            found.append(brief.lower(name))
        elif not found:
            return []
    return found


def preheader(desk: Desk, pains: Sequence[PainView], said: str) -> str:
    """Who wrote, how it hurts, what the subject `said` nothing of, and the longest wait: as much as has room.

    A total of everybody who wrote is not given: with the pains' own numbers it would tell how few wrote of the rest.
    """
    if not pains:
        return words.padded(SINGLE, words.FILLERS[1:])
    wait = _own_word(desk, pains) or _longest_wait(desk, pains)
    second = _second(desk, pains, said)
    for first in _first_voices(desk, pains[0]):
        for parts in ([*second, wait], [wait], second):
            text = " ".join(p for p in [first, *parts] if p)
            if len(text) <= words.PREHEADER[1]:
                return words.padded(text)
    return words.padded(wait, words.FILLERS[:1])


def _own_word(desk: Desk, pains: Sequence[PainView]) -> str:
    """The reader's own word on one of these, if its day is near or over: that comes before what others wait for."""
    for number, pain in enumerate(pains, start=1):
        for answer in answered.own(desk):
            if answer.pain == pain.id and (answered.due_soon(desk, answer) or answered.overdue(desk, answer)):
                day = desk.book.say("{}", f"own_promised({pain.id})")
                return f"Your word on number {number} is due on {day}."
    return ""


def _longest_wait(desk: Desk, pains: Sequence[PainView]) -> str:
    """Which of these waits longest for an answer, by its name or its number; "" where none does."""
    waiting = [(n, p) for n, p in enumerate(pains, start=1) if p in desk.view.waiting and desk.view.waited(p)]
    if not waiting:
        return ""
    number, pain = max(waiting, key=lambda one: (desk.view.waited(one[1]), -one[0]))
    unit = "day" if desk.view.waited(pain) == 1 else "days"
    name = desk.brief(pain)
    days = desk.book.say(f"{{}} {unit}", f"waited({pain.id})", pain.voices)
    return f"{words.capital(name) if name else f'Number {number}'}: no answer for {days}."


def _first_voices(desk: Desk, pain: PainView) -> list[str]:
    """Who wrote of the first pain and how it hurts, the fullest sentence first."""
    nouns = words.NOUNS[pain.noun][1]
    crowd = "Several " + nouns if pain.several else words.capital(nouns)
    if pain.visible and pain.crowd != "relay":
        crowd = desk.book.say(f"{{}} {nouns}", f"people({pain.id})", pain.voices)
    elif pain.crowd == "relay":
        crowd = "Colleagues"
    verb = "passed it on" if pain.crowd == "relay" else "wrote"
    harmed = pain.severity >= trend.HARM and pain.crowd == "customer"
    seen = desk.shows(pain)
    notes = [note for name, note in sentences.BRIEFLY if any(not privacy.tender(v) for v in seen.get(name, ()))]
    return [*(f"{crowd} {verb}, {note}." for note in notes[:2]), f"{crowd} {'wrote of harm' if harmed else verb}."]


def _second(desk: Desk, pains: Sequence[PainView], said: str) -> list[str]:
    """The first of the other pains that has a short name and is not in the subject, with its people."""
    for pain in pains[1:]:
        name = desk.brief(pain)
        if name is not None and brief.lower(name) not in said.casefold() and name.casefold() not in said.casefold():
            many = None
            if pain.visible and pain.crowd != "relay":
                nouns = words.nouns(pain.noun, pain.count)
                many = desk.book.say(f"{{}} {nouns}", f"people({pain.id})", pain.voices)
            return [f"{words.capital(name)}: {many}." if many else f"Also {brief.lower(name)}."]
    return []


# --- before it ----------------------------------------------------------------------------------------------------


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
        told = [f"{several(desk, blind)} were not read to the end of the week. Counts may be low."]
    else:
        told = [warning(desk, s) for s in blind]
    if len(view.lossy) > 2:
        told.append(f"Items of {several(desk, view.lossy)} could not be understood and are not counted.")
    else:
        told += [_lost(desk, s) for s in view.lossy]
    return tuple(told)


def several(desk: Desk, sources: Sequence[SourceHealth], limit: int = 4) -> str:
    """Sources by name, the first few where there are many: a warning is short or it is not read."""
    names = [desk.source(s.name) for s in sources]
    return words.listing(names if len(names) <= limit else [*names[:limit], "others"])


def _lost(desk: Desk, source: SourceHealth) -> str:
    what = "item" if source.set_aside == 1 else "items"
    many = desk.book.say(f"{{}} {what} of {desk.source(source.name)}", f"set_aside({source.name})")
    tail = NO_QUIET if source.lossy else ""
    return f"{many} could not be understood and {'is' if source.set_aside == 1 else 'are'} not counted.{tail}"


def notes(desk: Desk) -> tuple[str, ...]:
    view, book, found = desk.view, desk.book, []
    if view.generated_at < view.period.end:
        found.append(book.say("The week is not over: this is how it stood on {}.", "now()"))
    found += _kept_back(desk)
    if view.listened < trend.MIN_WEEKS:
        found.append(_short_history(desk))
    elif view.friction:
        found += _no_baseline(desk)
    found += _short_week(desk)
    if book.ask("above()") > STORM:
        found.append(f"{book.say('{} pains are above usual', 'above()')}{_in_common(desk)}. Those below hurt most.")
    return tuple(found)


_WHY_NOT: Final = {
    "refused": "; those who run Leafnotes kept them back",
    "held": "; a check of ours held them back",
    "skipped": "; Leafnotes did not run then",
}


def _kept_back(desk: Desk) -> list[str]:
    """Earlier leaf notes of this reader that were not sent: nobody waits for them in vain."""
    found = {became for _, became in desk.view.index.material.kept_back.get(desk.view.leader, ())}
    if not found:
        return []
    which = desk.book.say("Your leaf notes of {} were not sent to you", "kept_back()")
    return [f"{which}{_WHY_NOT[found.pop()] if len(found) == 1 else ''}."]


def _in_common(desk: Desk) -> str:
    """The day on which most of a storm began: what happened then is the first thing to ask."""
    if desk.view.common_day is None:
        return ""
    return f"; {desk.book.say('{} of them', 'began()')} began {desk.book.say('on {}', 'began_on()')}"


def _short_history(desk: Desk) -> str:
    weeks = desk.view.listened
    if weeks == 0:
        return "This is the first week we listen, so no trends are called yet."
    had = desk.book.say(f"We have {{}} week{'s' if weeks > 1 else ''} of history", "listened()")
    return f"{had}, so no trends are called yet."


def _no_baseline(desk: Desk) -> list[str]:
    """Which sources were added so lately that nothing can be compared with what they tell."""
    young = desk.view.young
    if len(young) > 2:
        return [f"{several(desk, young)} are read for too short a time to call trends of what they tell."]
    since = [desk.book.say(f"{desk.source(s.name)} is read since {{}}", f"since({s.name})") for s in young]
    return [f"{words.listing(since)}: too short to call trends of what it tells."] if since else []


def briefer(note: str) -> str:
    """A note without what it says after a semicolon, for a first screen that has no room."""
    return note.partition("; ")[0].rstrip(".") + "."


def _short_week(desk: Desk) -> list[str]:
    """How many days were worked, where they were fewer than usual, and what that does to the numbers."""
    view = desk.view
    if view.share(view.monday) == 1 and view.common_share(view.monday) == 1:
        return []
    days, whole = view.days(view.monday), view.common_share(view.monday)
    if days == 0:
        said, done = "Nobody was at work this week", ["no trends of staff are called"]
    elif days is None:
        said, done = "Some of your teams had days off this week", ["usual ranges of staff are adjusted"]
    else:
        said = desk.book.say("This week had {} working days", "working_days()")
        done = ["usual ranges of staff are adjusted"]
    done += ["fewer customers are not called relief"] if whole < 1 else []
    return [f"{said}; {words.listing(done)}." if view.friction else f"{said}."]
