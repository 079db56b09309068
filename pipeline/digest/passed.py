"""The words in which a severe pain that nobody answered in time stands in the notes of the next level up."""

from collections.abc import Collection

from pipeline.digest import passing, quotes, words
from pipeline.digest.desk import Desk
from pipeline.digest.document import PassedOn
from pipeline.digest.passing import MOST, Passed


def passed_on(desk: Desk, shown: Collection[str]) -> tuple[PassedOn, ...]:
    """`shown` are the pains that have an answer's link elsewhere in the mail."""
    quoted: set[str | None] = set()
    found = []
    for one in passing.to(desk.view)[:MOST]:
        found.append(_one(desk, one, quoted, linked=one.stuck.pain not in shown))
        if found[-1].quote is not None:
            quoted.add(one.stuck.first.author)
    return tuple(found)


def _one(desk: Desk, one: Passed, quoted: Collection[str | None], *, linked: bool) -> PassedOn:
    voice, pain = one.stuck.first, one.stuck.pain
    best = None
    may = quotes.may_speak(voice) and (voice.role != "staff" or quotes.may_quote_staff(desk.view, voice))
    may = may and not quotes.signed(desk.view, voice, one.home)
    if may and voice.author not in quoted:
        best = next(iter(quotes.candidates(desk.view, [voice], "", again=True)), None)
    since = desk.book.say("First written on {}", f"waits_since({pain})", (voice,))
    how = "passes it on as it was written:" if best is not None else "passes it on; its words stay there."
    return PassedOn(
        pain=pain,
        title=words.capital(desk.title(desk.view.whole(pain), 12)),
        line=f"{since}, and no answer came. {desk.named(one.home)} {how}",
        quote=None if best is None else quotes.quotation(desk.view, best, desk.label),
        answer_url=desk.link(pain) if desk.link is not None and linked else None,
    )
