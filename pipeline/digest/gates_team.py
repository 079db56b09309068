"""What must be true of a team's copy before anybody sees it: the gates of every digest that speak of what it holds, and
those of a text that is passed on to people who know each other."""

import re
from collections.abc import Iterable, Sequence

from pipeline.answers import heard_at
from pipeline.digest import gates
from pipeline.digest.answered import said
from pipeline.digest.case import STRAIGHT, Case
from pipeline.digest.document import Document, Heard
from pipeline.digest.edition import INSIDE, NOT_YET, Audience
from pipeline.digest.gates import Gate
from pipeline.digest.select import View

SHARED = frozenset(
    {
        "P1 ledger", "P1 recount", "P2 quotations", "P3 quotation marks", "P4 evidence", "P6 percent", "P8 parity",
        "P11 names", "P12 floors", "P13 one author", "P14 confession", "P16 keys", "P15 blame", "P23 size", "P24 html",
        "P25 contrast", "P29 links",
    }
)  # fmt: skip
COUNTED = frozenset({"people", "span", "week", "answered_on", "promised", "floor"})
"""What may be counted for a team: nobody's waiting, and nothing of other leaders but the day of an answer."""


def failures(document: Document, text: str, html: str, view: View) -> list[str]:
    """The gates that a team's copy fails, empty when it may be passed on."""
    case = Case(document, text, html, view)
    return [f"{name}: {problem}" for name, gate in GATES for problem in gate(case)]


def _nothing_is_signed(case: Case) -> Iterable[str]:
    d = case.document
    if d.page_url or (d.ask is not None and d.ask.url) or any(p.answer_url for p in d.pains):
        yield "it holds a link that acts, or opens the leader's own notes"


def _everybody_could_open(case: Case) -> Iterable[str]:
    who = Audience(case.view)
    for key in case.document.evidence():
        voice = case.voices.get(key)
        if voice is None or not who.may_open(voice):
            yield f"{key} could not be opened by everybody"
    pointed = {q.issue for q in case.document.quotations() if q.label or q.url}
    named = {key for p in case.document.pains for key in p.issues} | {k for e in case.document.ledger for k in e.issues}
    for key in sorted(pointed | named):
        if key in case.voices and not who.evidence(case.voices[key]):
            yield f"{key} is named, and only a customer's may be"


def _colleagues_are_many(case: Case) -> Iterable[str]:
    who = Audience(case.view)
    inside = [(quote, case.view.known.get(pain.id)) for pain in case.document.pains for quote in pain.quotes]
    for quote, pain in [*inside, *((win.quote, None) for win in case.document.wins if win.quote is not None)]:
        voice = case.voices.get(quote.issue)
        if voice is not None and voice.role == "staff" and not who.may_quote(voice, pain):
            yield f"the words of {quote.issue} would be known for a colleague's"


def _pains_are_shared(case: Case) -> Iterable[str]:
    who = Audience(case.view)
    for pain in case.document.pains:
        found = case.view.pain(pain.id)
        if not who.may_name(found):
            yield f"pain {pain.id} is told by too few to be named among themselves"
        if pain.people is not None and found.crowd != "customer" and pain.people < INSIDE:
            yield f"{pain.people} colleagues of pain {pain.id}: one of them reads it"
    for win in case.document.wins:
        recalled = [p for p in case.view.relieved if win.title and win.text and who.may_recall(p)]
        if win.text and len(recalled) == 0:
            yield "a pain that is over was told by too few to be named"


def _answers_are_said(case: Case) -> Iterable[str]:
    for pain in case.document.pains:
        waits = heard_at(case.view.answers(pain.id)) is None
        told = NOT_YET in STRAIGHT.sub(" ", " ".join(pain.facts))
        if waits != (pain.state == NOT_YET) or waits != told:
            yield f"pain {pain.id} is said to be {pain.state}, and {'nobody' if waits else 'somebody'} answered it"


def _nobody_else_s_words(case: Case) -> Iterable[str]:
    """Another leader's words are for those who wrote, and for that leader's team."""
    given = [a for some in case.view.index.material.answers.values() for a in some]
    others = {said(a) for a in given if a.leader != case.view.leader}
    own = {said(a) for a in given if a.leader == case.view.leader}
    for words in sorted(others - own - {""}):
        if f'"{words}"' in case.flat:
            yield "another leader's words are quoted"


def _only_what_a_team_may_read(case: Case) -> Iterable[str]:
    d = case.document
    if d.unstated or d.quiet or d.sit_with or d.yours or d.since_you_acted or d.also_open or d.heard_once or d.check_in:
        yield "it holds a part that is the leader's own"
    if d.away or d.corrections or d.passed_on:
        yield "it tells what was said to the leader before, or what climbed to them"
    if d.heard != Heard(median_days=None, waiting=0, longest_days=None) or d.ask is not None or d.warnings:
        yield "it tells who waits for whom, or asks something of the leader"
    for entry in d.ledger:
        if entry.query.partition("(")[0] not in COUNTED:
            yield f"{entry.query} is not for a team"
    if re.search(r"\b(?:waited|waiting|longest wait|heard time)\b", case.own_words, re.IGNORECASE):
        yield "it tells how long somebody waited"
    if d.edition != "team":
        yield "it is no team's copy"


def _staff_are_no_evidence(case: Case) -> Iterable[str]:
    for voice in (*case.view.voices, *case.view.stirred):
        key = voice.external_id
        if voice.role == "staff" and any(c.isalpha() for c in key) and _mentions(case.flat, key):
            yield f"{voice.key} is pointed at in the copy"


def _mentions(text: str, key: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(key)}(?!\w)", text) is not None


GATES: Sequence[tuple[str, Gate]] = (
    *((name, gate) for name, gate in gates.GATES if name in SHARED),
    ("T1 signed", _nothing_is_signed),
    ("T2 opened", _everybody_could_open),
    ("T3 colleagues", _colleagues_are_many),
    ("T4 shared", _pains_are_shared),
    ("T5 answers", _answers_are_said),
    ("T6 words", _nobody_else_s_words),
    ("T7 parts", _only_what_a_team_may_read),
    ("T8 keys", _staff_are_no_evidence),
)
