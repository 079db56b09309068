"""What follows when a reader says that something is not right, however they say it: it is kept once, and takes effect.

    wrong_quote    the words are shown to nobody any more
    wrong_label    what `leafnotes label` writes: it wins over the model for ever, and teaches what is like it
    not_mine       an issue lies with another team from now on, until that team's lead refuses it
    propose        one pain is two, or two are one: a person who edits pains decides
    wrong_guess    a hypothesis is shown as wrong to whoever leads these teams

That a whole pain belongs to another leader is an answer (`pipeline.telling`), and waits for theirs.
Raises `NotACorrection` for what the reader may not say, or what there is not.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from pipeline import escalating, judging, objections, teaching
from pipeline.access import Reader, may_see, reader
from pipeline.digest.document import Document, Open, Pain, Quote, Unstated
from pipeline.issue import SIDES
from pipeline.objections import NotACorrection, Objection
from pipeline.org import Org
from pipeline.store import corrections, issues, registry, triage, work
from pipeline.store import objections as store
from pipeline.store.triage import Listed

NOT_THERE: Final = "There is no such issue here; it may have become private or have moved to another team."


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """Who says it, and how. `period` is that of the leaf notes that they hold, empty where they hold none; `who` what
    they may see, where that is not what the org chart gives a leader."""

    by: str
    how: str
    period: str
    org: Org
    at: datetime
    who: Reader | None = None
    given_by: str | None = None
    """Who says it in the place of `by`, if somebody does."""

    @property
    def hand(self) -> str:
        """Whoever it is that says it."""
        return self.given_by or self.by

    @property
    def scope(self) -> tuple[str, ...]:
        return self.org.led_by(self.by)

    @property
    def reader(self) -> Reader:
        found = self.who or reader(self.org, self.by, operator=False)
        if found is None:
            raise NotACorrection("You lead no team any more; tell whoever runs Leafnotes.")
        return found


# --- what a reader's own leaf notes hold


def quotation(document: Document, issue: str) -> Quote:
    found = next((quote for quote in document.quotations() if quote.issue == issue), None)
    if found is None:
        raise NotACorrection("No such quotation stands in your leaf notes.")
    return found


def quotation_of(document: Document, number: int, which: int | None) -> Quote:
    """A quotation of pain `number` of the mail: its only one, or the one that is named."""
    quotes = pain_at(document, number).quotes
    if not quotes:
        raise NotACorrection(f"Number {number} has no quotation.")
    if which is None and len(quotes) > 1:
        raise NotACorrection(f"Number {number} has {len(quotes)} quotations: say which, as in {number}.1.")
    if not 1 <= (which or 1) <= len(quotes):
        raise NotACorrection(f"Number {number} has no quotation {which}.")
    return quotes[(which or 1) - 1]


def pain_at(document: Document, number: int) -> Pain:
    if not 1 <= number <= len(document.pains):
        raise NotACorrection(f"There is no number {number} in these leaf notes.")
    return document.pains[number - 1]


def named(document: Document, pain: str) -> Pain | Open:
    found = next((one for one in document.named() if one.id == pain), None)
    if found is None:
        raise NotACorrection("No such pain stands in your leaf notes.")
    return found


def guess_at(document: Document, number: int) -> Unstated:
    if not 1 <= number <= len(document.unstated):
        raise NotACorrection(f"There is no hypothesis {number} in these leaf notes.")
    return document.unstated[number - 1]


def visible(session: Session, who: Reader, org: Org, keys: Iterable[str]) -> list[Listed]:
    """Those of these issues that a reader may see today, in their order."""
    found = []
    for key in keys:
        source, _, name = key.replace("\0", "").partition(":")
        listed = triage.one(session, (source, name)) if name else None
        if listed is not None and may_see(who, org, listed.issue, listed.verdict, listed.leaf, listed.heard_by):
            found.append(listed)
    return found


def _one(session: Session, teller: Teller, key: str) -> Listed:
    found = visible(session, teller.reader, teller.org, [key])
    if not found:
        raise NotACorrection(NOT_THERE)
    return found[0]


# --- what they say


def wrong_quote(session: Session, teller: Teller, issue: str, reason: str, why: str = "") -> Objection:
    """Withdraw the words of an issue that the reader was shown, in notes or on the triage page."""
    if reason not in objections.REASONS:
        raise NotACorrection("Choose why: it misrepresents, should not be shown, or is out of context.")
    source, _, name = issue.partition(":")
    return _keep(session, teller, "quote", issue=(source, name), said=reason, why=objections.line(why))


def wrong_quote_seen(session: Session, teller: Teller, issue: str, reason: str, why: str = "") -> Objection:
    """The same for an issue that they see on the triage page."""
    return wrong_quote(session, teller, teaching.key_of(_one(session, teller, issue).issue), reason, why)


def wrong_label(session: Session, teller: Teller, keys: Sequence[str], side: str) -> int:
    """Say the side of issues that the reader may see; of how many. Saying the same again changes nothing."""
    if side not in SIDES:
        raise NotACorrection("Choose developer, customer or none.")
    found = visible(session, teller.reader, teller.org, keys)
    if not found:
        raise NotACorrection(NOT_THERE)
    said = corrections.corrections(session)
    for listed in found:
        key = (listed.issue.source, listed.issue.external_id)
        if said.get(key) != (side, teller.hand):
            corrections.correct(session, key, side, teller.hand, teller.at, how=teller.how)
            teaching.ask(session)
    return len(found)


def not_mine(session: Session, teller: Teller, issue: str, team: str, why: str = "") -> Objection:
    """Move an issue to the team that it belongs to; no routing moves it away again."""
    listed = _one(session, teller, issue)
    if team not in teller.org.teams:
        raise NotACorrection("Choose the team that it belongs to.")
    if team == listed.leaf:
        raise NotACorrection(f"It lies with {teller.org.teams[team].name} already.")
    why = objections.line(why)
    issues.hold(session, [listed.place.id])
    key = (listed.issue.source, listed.issue.external_id)
    kept = _keep(session, teller, "move", issue=key, to=team, was=listed.leaf, why=why)
    store.end_moves(session, key, kept.id, teller.hand, teller.at)
    store.set_leaf(session, listed.place.id, team)
    _moved(session, key)
    return kept


def _moved(session: Session, key: tuple[str, str]) -> None:
    escalating.concern(session, key[0], [key[1]])
    work.request(session, "assign", "all")


def propose(session: Session, teller: Teller, document: Document, pain: str, other: str, why: str) -> Objection:
    """Say that a pain is two (`other` empty), or the same as another one of these leaf notes."""
    named(document, pain)
    why = objections.line(why)
    if not other:
        if not why:
            raise NotACorrection("Say in a line which two pains these are.")
        return _keep(session, teller, "split", pain=pain, why=why)
    if named(document, other).id == pain:
        raise NotACorrection("Choose the other pain.")
    first, second = sorted((pain, other))
    return _keep(session, teller, "same", pain=first, to=second, why=why)


def wrong_guess(session: Session, teller: Teller, guess: Unstated, why: str = "") -> Objection:
    return _keep(session, teller, "guess", pain=guess.pain, said=guess.hypothesis, why=objections.line(why))


def _keep(
    session: Session,
    teller: Teller,
    what: objections.What,
    *,
    pain: str | None = None,
    issue: tuple[str, str] | None = None,
    said: str = "",
    to: str | None = None,
    was: str | None = None,
    why: str = "",
) -> Objection:
    return store.keep(
        session,
        what,
        by=teller.by,
        how=teller.how,
        scope=teller.scope,
        period=teller.period,
        at=teller.at,
        pain=pain,
        issue=issue,
        said=said,
        to=to,
        was=was,
        why=why,
        given_by=teller.given_by,
    )


# --- what others say to it


def given_to(session: Session, org: Org, leader: str, who: Reader | None = None) -> list[tuple[Objection, Listed]]:
    """The issues that others moved to the teams of this leader, as far as they, or `who` in their place, may see
    them."""
    who = who or reader(org, leader, operator=False)
    if who is None:
        return []
    mine = [one for one in store.standing(session, what="move") if one.to in who.teams and one.by != leader]
    seen = [(one, visible(session, who, org, [one.issue or ""])) for one in mine]
    return [(one, found[0]) for one, found in seen if found and found[0].leaf == one.to]


def refuse(session: Session, org: Org, leader: str, number: int, at: datetime, by: str | None = None) -> Objection:
    """It is not theirs either: the issue goes back to where the org chart puts it. A second time changes nothing. `by`
    says so in the leader's place."""
    one = store.get(session, number)
    who = reader(org, leader, operator=False)
    if one is None or one.what != "move" or who is None or one.to not in who.teams:
        raise NotACorrection(NOT_THERE)
    if store.end(session, one.id, "refused", by or leader, at):
        _route_again(session, one)
    return one


def take_back(session: Session, number: int, ended: str, by: str, at: datetime) -> Objection:
    """It counts no more, because whoever said it or an operator says so, or because it was done."""
    one = store.get(session, number)
    if one is None:
        raise NotACorrection(f"There is no correction {number}.")
    if store.end(session, one.id, ended, by, at) and one.what == "move":
        _route_again(session, one)
    return one


def _route_again(session: Session, one: Objection) -> None:
    source, _, name = (one.issue or "").partition(":")
    known = issues.known(session, source, [name])
    judging.ask_for_verdicts(session, [row.id for row in known.values()])
    _moved(session, (source, name))


# --- what operators see


def teller(one: Objection) -> str:
    """Who said it, by id: "ada, for kit" where somebody did so in their place."""
    return one.by if one.given_by is None else f"{one.given_by}, for {one.by}"


def told(one: Objection, titles: dict[str, str]) -> str:
    """One line about what a reader said."""
    pain = f'{one.pain} "{titles.get(one.pain or "", "")}"'
    what = {
        "quote": f"{one.issue} is quoted no more: {objections.REASONS.get(one.said, one.said)}",
        "move": f"{one.issue} was moved from {one.was or 'nobody'} to {one.to}",
        "split": f"{pain} may be two pains",
        "same": f'{pain} and {one.to} "{titles.get(one.to or "", "")}" may be one pain',
        "guess": f"of {pain} it is not so: {one.said}",
    }[one.what]
    return f"{what}{f' ({one.why})' if one.why else ''}"


def titles_of(session: Session) -> dict[str, str]:
    return {pain: str(raw.get("title", "")) for pain, raw in registry.current(session).items()}


def proposed_claims(session: Session) -> list[str]:
    """What operators may write into org.yaml, by the issues that people moved and those that are still like them."""
    moves = store.standing(session, what="move")
    if not moves:
        return []
    open_ones = store.placed(session, {(one.issue or "").partition(":")[0] for one in moves})
    by_key = {one.key: one for one in open_ones}
    found: dict[tuple[str, str, str], tuple[list[str], tuple[str, ...]]] = {}
    for move in moves:
        moved = by_key.get(move.issue or "")
        like = objections.alike(moved, move.was, open_ones) if moved is not None else None
        if moved is not None and like is not None and move.to is not None:
            found.setdefault((moved.source, move.to, like[0]), ([], like[1]))[0].append(moved.key)
    return [
        f"{', '.join(keys)} went to {team} and {len(like)} more with {shared} did not ({', '.join(like[:3])}"
        f"{', ...' if len(like) > 3 else ''}): does {team} own source {source}, {shared}?"
        for (source, team, shared), (keys, like) in sorted(found.items())
    ]
