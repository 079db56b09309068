"""What people answered to the weekly check-in: in words, and in numbers only where these name nobody."""

from pipeline.check_in import BANDS, QUESTIONS, Told
from pipeline.digest import words
from pipeline.digest.desk import Desk
from pipeline.digest.document import CheckIn, Felt

SAID = {
    "agree": "most who answered agree",
    "between": "most who answered are in between",
    "disagree": "most who answered disagree",
}
DIFFER = "answers differ"
FEW = "People were asked how their week was; too few answered for anything to be said."
NOBODY = "Answers are added up without names; nobody can see who answered."


def check_in(desk: Desk) -> CheckIn | None:
    found = desk.view.check_in
    if found is None:
        return None
    if not found.count.heard:
        return CheckIn(asked=None, answers=None, questions=(), lines=(FEW,))
    questions = tuple(_felt(desk, found, question) for question in QUESTIONS)
    lines = [f"{one.text}: {one.said}." for one in questions]
    if not found.numbers:
        return CheckIn(asked=None, answers=None, questions=questions, lines=(*lines, NOBODY))
    say, ask = desk.book.say, desk.book.ask
    many = f"{say('{} answered', 'check_in(answers)')} of {say('{} who were asked', 'check_in(asked)')}. {NOBODY}"
    return CheckIn(
        asked=ask("check_in(asked)"), answers=ask("check_in(answers)"), questions=questions, lines=(*lines, many)
    )


def _felt(desk: Desk, found: Told, question: str) -> Felt:
    text = words.printable(found.texts[question]).rstrip(".?!")
    if not found.numbers:
        mostly = found.mostly(question)
        return Felt(text=text, said=DIFFER if mostly is None else SAID[mostly])
    said = [
        desk.book.say(form, f"check_in({question} {band})")
        for band, form in zip(BANDS, ("{} agree", "{} are in between", "{} disagree"), strict=True)
    ]
    many = {band: desk.book.ask(f"check_in({question} {band})") for band in BANDS}
    return Felt(text=text, said=words.listing(said), **many)
