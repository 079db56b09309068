"""The sentences on what earlier digests said: what of it was too low, and what the reader missed while away."""

from pipeline.digest import before, words
from pipeline.digest.desk import Desk
from pipeline.digest.document import Away, AwayPain, Corrected, listed

NOTHING = "Nothing that several people shared."


def corrected(desk: Desk) -> tuple[Corrected, ...]:
    """Every number of last week's digest that turned out too low: old, new and why."""
    return tuple(_corrected(desk, one) for one in before.late(desk.view))


def _corrected(desk: Desk, late: before.Late) -> Corrected:
    book, pain = desk.book, desk.view.whole(late.pain)
    why = f"{words.listing([desk.source(name) for name in late.sources])} arrived late."
    if late.said is None:
        text = f"more people had written last week than we told you. {why}"
    else:
        said = book.say("last week we said {}", f"said_before({late.pain})")
        was = book.say("it was {}", f"was({late.pain})")
        text = f"{said}; {was}. {why}"
    title = words.capital(desk.title(pain, 12))
    return Corrected(pain=late.pain, title=title, said=late.said, was=late.was, sources=late.sources, text=text)


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
        many = f"several {words.NOUNS[noun][1]}"
        if people is not None:
            many = desk.book.say(f"{{}} {words.nouns(noun, people)}", f"missed({missed.week} {pain})")
        pains.append(AwayPain(id=pain, title=title, people=people, who=many))
    lead = words.capital(desk.book.say("{}", f"missed_week({missed.week})"))
    return Away(week=missed.week, pains=tuple(pains), lead=lead, text=listed(pains) or NOTHING)
