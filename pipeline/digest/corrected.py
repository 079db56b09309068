"""What earlier leaf notes said and is not so: numbers that late words changed, quotations that were withdrawn, names,
hypotheses that the reader found wrong; and what others say belongs to the reader."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from pipeline import objections
from pipeline.digest import answered, then, words
from pipeline.digest.desk import Desk
from pipeline.digest.document import Correction, Unstated
from pipeline.objections import Objection

NUMBERS = 3
"""Numbers that are put right one by one."""
LINES = 6
"""Lines in all: what is over is on the page."""
MORE = "More numbers of earlier weeks have changed since."


def corrections(desk: Desk, shown: Sequence[str]) -> tuple[Correction, ...]:
    """What is put right, numbers first. `shown` are the pains that this digest asks an answer to anyway."""
    found = [*_numbers(desk), *_quotations(desk), *_handed(desk, shown), *_moved(desk), *_names(desk)]
    return tuple(found[:LINES])


def briefer(found: Sequence[Correction]) -> tuple[Correction, ...]:
    """The same for a mail that must be short: that numbers changed, and what waits for the reader."""
    numbers = any(one.kind in ("number", "more") for one in found)
    rest = [one for one in found if one.kind in ("handed", "moved")]
    return (*([Correction(kind="more", text=MORE)] if numbers else []), *rest[:1])


def marked(desk: Desk, found: Sequence[Unstated]) -> tuple[Unstated, ...]:
    """Hypotheses that the reader, or whoever led here before, said are wrong: shown so; mere hints are left out."""
    view = desk.view
    kept = []
    for one in found:
        wrong = objections.marked(
            view.index.material.objections, pain=one.pain, hypothesis=one.hypothesis, led=view.led
        )
        if wrong is None:
            kept.append(one)
        elif not one.hint:
            kept.append(replace(one, note=f"{one.note} {_note(desk, wrong)}" if one.note else _note(desk, wrong)))
    return tuple(kept)


def _note(desk: Desk, wrong: Objection) -> str:
    mine = "You" if wrong.given_by is None else "Your delegate"
    who = mine if wrong.by == desk.view.leader else "Whoever led here before"
    return f"{who} said {desk.book.say('on {}', f'marked_wrong({wrong.id})')} that this is not so."


def _name(desk: Desk, pain: str) -> str:
    return words.capital(desk.title(desk.view.whole(pain), 12))


def _numbers(desk: Desk) -> list[Correction]:
    changed = then.changed(desk.view)
    found = [_number(desk, *one) for one in changed[:NUMBERS]]
    return [*found, Correction(kind="more", text=MORE)] if len(changed) > NUMBERS else found


def _number(desk: Desk, pain: str, monday: date) -> Correction:
    view, name, asked = desk.view, _name(desk, pain), f"{pain} {monday.isoformat()}"
    if monday == view.monday - timedelta(days=7):
        week = "last week"
    else:
        week = desk.book.say("in week {}", f"week_of({monday.isoformat()})")
    why = _why(desk, pain, monday)
    if not then.may_say(view, pain, monday):
        text = f"the number of people that we gave {week} is not right any more. {why}"
        return Correction(kind="number", text=text, pain=pain, title=name, week=monday.isoformat())
    said = desk.book.say("we said {}", f"said_before({asked})")
    now = desk.book.say("it was {}", f"counted_now({asked})")
    return Correction(
        kind="number",
        text=f"{week} {said}; {now}. {why}",
        pain=pain,
        title=name,
        week=monday.isoformat(),
        people=then.people(view, pain, monday),
    )


def _why(desk: Desk, pain: str, monday: date) -> str:
    material = desk.view.index.material
    if late := material.late.get((pain, monday)):
        return words.capital(f"{words.listing([desk.source(name) for name in sorted(late)])} arrived late.")
    if pain in material.edited:
        return "Since then it was put together with another pain, or parted from one."
    return "Since then issues were corrected, moved or taken out."


def _quotations(desk: Desk) -> list[Correction]:
    """Quotations that this leader had been shown and nobody is shown any more."""
    material, found = desk.view.index.material, []
    for one in material.objections:
        readers = material.withdrawn.get(one.id, {})
        if desk.view.leader not in readers:
            continue
        pain = readers[desk.view.leader]
        told = f"a quotation of an earlier mail was withdrawn: {objections.REASONS[one.said]}."
        if pain is None or pain not in desk.view.entries:
            found.append(Correction(kind="quote", text=words.capital(told)))
        else:
            found.append(Correction(kind="quote", text=told, pain=pain, title=_name(desk, pain)))
    return list({(one.title, one.text): one for one in found}.values())


def _handed(desk: Desk, shown: Sequence[str]) -> list[Correction]:
    """Pains that another leader says belong to this one, until they answer or hand them on."""
    found = []
    for pain in sorted(desk.view.index.material.answers):
        answer = desk.view.answered(pain)
        if answer is None or answer.kind != "belongs" or answer.to != desk.view.leader or pain in shown:
            continue
        if pain in desk.view.entries:
            text = f"{answered.given_by(desk, answer)} says that it belongs to you."
            text += " Accept it with an answer, or refuse it, on the page."
            found.append(Correction(kind="handed", text=text, pain=pain, title=_name(desk, pain)))
    return found


def _moved(desk: Desk) -> list[Correction]:
    """That others moved issues to teams of this leader in the period."""
    view, found = desk.view, []
    for one in view.index.material.objections:
        mine = one.to in view.org.teams and _heads(desk, str(one.to)) == view.leader
        if one.what == "move" and mine and one.by != view.leader and one.at >= view.period.start:
            team = desk.named(one.to)
            text = f"Somebody who read it moved an issue to {team}; refuse on the page what is not yours."
            found.append(Correction(kind="moved", text=text))
    return list({one.text: one for one in found}.values())


def _heads(desk: Desk, team: str) -> str | None:
    """Who leads a team, or the nearest team above that is led."""
    org = desk.view.org
    return next((org.teams[t].leader for t in org.up(team) if org.teams[t].leader in org.leaders), None)


def _names(desk: Desk) -> list[Correction]:
    """New names of pains that this leader knows, with the old ones, once."""
    view, found = desk.view, []
    for pain, old in sorted(view.index.material.renamed.items()):
        known = pain in view.known or pain in view.index.material.named_before.get(view.leader, ())
        if pain not in view.entries or not known:
            continue
        before = desk.safe(view.whole(pain), old, 12)
        text = f"a new name; until now it was called {before}."
        found.append(Correction(kind="name", text=text, pain=pain, title=_name(desk, pain), before=before))
    return found
