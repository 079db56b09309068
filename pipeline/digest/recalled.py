"""The sentences on what the reader missed while away."""

from pipeline.digest import before, words
from pipeline.digest.desk import Desk
from pipeline.digest.document import Away, AwayPain, listed

NOTHING = "Nothing that several people shared."
DELEGATED = "Your delegate got these leaf notes."


def away(desk: Desk) -> tuple[Away, ...]:
    """The weeks that the reader missed, the latest first, each in a line."""
    missed = before.missed(desk.view)
    if missed:
        desk.book.say(f"{{}} week{'s' if len(missed) > 1 else ''}", "away()")  # stands in the section's heading
    return tuple(_away(desk, one) for one in missed)


def _away(desk: Desk, missed: before.Missed) -> Away:
    pains = []
    for pain, people in missed.pains:
        found = desk.view.whole(pain)
        title, noun = desk.title(found, 9), found.noun
        who = ""
        if people is not None:
            who = desk.book.say(f"{{}} {words.nouns(noun, people)}", f"missed({missed.week} {pain})")
        pains.append(AwayPain(id=pain, title=title, people=people, who=who))
    lead = words.capital(desk.book.say("{}", f"missed_week({missed.week})"))
    note = DELEGATED if missed.delegated else ""
    return Away(week=missed.week, pains=tuple(pains), lead=lead, text=listed(pains) or NOTHING, note=note)
