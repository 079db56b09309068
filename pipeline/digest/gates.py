"""What must be true of a digest before it is sent. Every failure names its gate and the place.

The numbers are those of the design's list: P1 to P9 facts, P11 to P16 people, P21 to P26 form, P29 links, P34 to P38
honesty; which digest each of them refuses is in tests/goldens/README.md. The gates read the finished text and HTML and
count again from the material; they trust nothing that composing has kept.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline import check_in, preview, privacy, screen
from pipeline.answers import heard_at
from pipeline.digest import (
    added,
    answered,
    before,
    gates_form,
    passages,
    quotes,
    render,
    select,
    sentences,
    then,
    words,
)
from pipeline.digest.case import LINK, STRAIGHT, Case, flat
from pipeline.digest.desk import signals
from pipeline.digest.document import Context, Document, Open, Pain
from pipeline.digest.ledger import QUERY, answer
from pipeline.digest.material import Material
from pipeline.digest.phrasebook import Tongue
from pipeline.digest.select import View
from pipeline.org import Org

_NUMBER = re.compile(r"\d+(?:[.:]\d+)*")
_ENUMERATED = re.compile(r"(?:^|(?<=\s))\d\.(?=\s)|\bnumber \d\b|^30 minutes|(?<=for )30 minutes", re.IGNORECASE)


def failures(
    document: Document,
    text: str,
    html: str,
    material: Material,
    org: Org,
    index: select.Index | None = None,
    unsaid: frozenset[str] = frozenset(),
) -> list[str]:
    """The gates that a digest fails, empty when it may be sent. `index` and `unsaid` as in `compose`."""
    view = View(index or select.index(material, org), document.leader, document.period, document.generated_at, unsaid)
    said = Case(document, text, html, view)
    beyond = _failed(GATES[:1], said)
    if beyond:  # the other gates see what the reader may see; of more than that they cannot speak
        return beyond
    if document.language == "en":
        return _failed(GATES[1:], said)
    ours = replace(document, language="en")
    counted = Case(ours, render.text(ours), render.html(ours), view)
    found = [*_failed([gate for gate in GATES[1:] if gate not in FORM], counted), *_failed(FORM, said)]
    return [*found, *(f"P8 language: {problem}" for problem in _says_the_same(counted, said))]


def _failed(gates: "Sequence[tuple[str, Gate]]", case: Case) -> list[str]:
    return [f"{name}: {problem}" for name, gate in gates for problem in gate(case)]


def _says_the_same(ours: Case, said: Case) -> Iterable[str]:
    """What is counted and checked in our own language must be what is said in another. "Number 1" is no number: where
    our sentence names a pain, the other may point at its place."""
    theirs = Tongue(said.document.language).form("number", n="[0-9]")
    place = re.compile(rf"\b(?:number [0-9]|{theirs})\b", re.IGNORECASE)
    for what, pattern in (("numbers", _NUMBER), ("quotations", STRAIGHT), ("links", LINK)):
        texts = [c.flat if what == "links" else LINK.sub(" ", place.sub(" ", c.flat)) for c in (ours, said)]
        one, other = (Counter(pattern.findall(text)) for text in texts)
        if one != other:
            yield f"not the same {what} as in English: {sorted((one - other) | (other - one))[:3]}"


# --- facts --------------------------------------------------------------------------------------------------------


def _ledger_covers(case: Case) -> Iterable[str]:
    phrases = {flat(e.text) for e in case.document.ledger}
    own = case.without(phrases)
    for number in sorted(set(_NUMBER.findall(screen.sub(_ENUMERATED, " ", own)))):
        yield f"{number} stands in the mail outside of what the ledger says"


def _ledger_holds(case: Case) -> Iterable[str]:
    for entry in case.document.ledger:
        try:
            value = answer(entry.query, case.view)
        except (KeyError, ValueError) as error:
            yield f"{entry.query} cannot be counted again ({error})"
            continue
        if value != entry.value:
            yield f"{entry.query} is {value}, the ledger says {entry.value}"


def _quotes_are_exact(case: Case) -> Iterable[str]:
    for quote in case.document.quotations():
        voice = case.voices.get(quote.issue)
        if voice is None or not (quote.text in voice.title or quote.text in voice.body):
            yield f"the quotation from {quote.issue} is not what stands there"
        elif not quotes.may_speak(voice) or not passages.fit_to_quote(quote.text, whole=True):
            yield f"{quote.issue} may not be quoted"


def _contexts_are_kept(case: Case) -> Iterable[str]:
    """What is said to be added was written so by a leader of the area, who is not the reader."""
    org, reader, names = case.view.org, case.document.leader, case.view.index.names
    for quote in (quote for quote in case.document.quotations() if quote.context is not None):
        voice = case.voices.get(quote.issue)
        area = () if voice is None else (voice.leaf or org.fallback, *voice.heard_by)
        kept = [one for one in case.view.index.material.added.get(quote.issue, ()) if one.by != reader]
        theirs = [Context(by=added.by(org, one.by), text=one.text) for one in kept if org.leads_any(one.by, area)]
        if quote.context not in theirs:
            yield f"what is added to {quote.issue} was not written so by a leader of its area"
        elif not preview.is_fit(quote.context.text, names.in_quote):
            yield f"what is added to {quote.issue} may not stand in a mail"


def _only_quotes_are_quoted(case: Case) -> Iterable[str]:
    own = {answered.said(a) for some in case.view.index.material.answers.values() for a in some}
    told = [s.text for s in case.document.since_you_acted] + [f for p in case.document.pains for f in p.facts]
    spoken = Counter(q for line in told for q in STRAIGHT.findall(line) if q in own)
    allowed = Counter(flat(q.text) for q in case.document.quotations()) + spoken
    allowed += Counter(q.context.text for q in case.document.quotations() if q.context is not None)
    for place, said in (("text", case.flat), ("html", case.page.flat)):
        if Counter(STRAIGHT.findall(said)) != allowed:
            yield f"the {place} has double quotes around something else"
    if re.search('[“”„«»"]', f"{case.document.subject}{case.document.preheader}"):
        yield "subject or preheader has double quotes"


def _claims_have_evidence(case: Case) -> Iterable[str]:
    for pain in case.document.pains:
        if not case.view.pain(pain.id).voices:
            yield f"nothing stands behind pain {pain.id}"
        if not set(pain.issues) <= case.voices.keys():
            yield f"pain {pain.id} names issues out of scope"
    for guess in case.document.unstated:
        if guess.hint and case.document.level == "leaf":
            continue
        seen = signals(case.view.pain(guess.pain), case.view)
        said = [name for name in seen if any(text.startswith(sentences.SAID[name]) for text in guess.signals)]
        behind = {v.author for name in said for v in seen[name]}
        if len(set(guess.signals)) < 2 or len(said) < 2 or len(behind) < 2 or not guess.wrong_if or not guess.ask:
            yield f"the hypothesis on {guess.pain} has not two signals, two authors, a wrong if and a question"


def _trends_are_tested(case: Case) -> Iterable[str]:
    for pain in case.document.pains:
        found = case.view.pain(pain.id)
        if pain.trend != found.trend or pain.usual != found.usual:
            yield f"pain {pain.id} is called {pain.trend}, the test says {found.trend}"
        if pain.came_back != found.came_back:
            yield f"pain {pain.id} is said to be back after {pain.came_back} weeks, the test says {found.came_back}"
        if pain.rising != found.rising:
            yield f"pain {pain.id} is said to rise for {pain.rising} weeks, the test says {found.rising}"
        if found.blind and pain.trend in ("easing", "back to usual"):
            yield f"pain {pain.id} is called {pain.trend} though a source of it was blind"


def _missed_weeks_are_told(case: Case) -> Iterable[str]:
    """P37: who was away is told of what they missed, with the numbers that still stand."""
    d = case.document
    if d.form == "deaf":
        return
    told = [(a.week, tuple((p.id, p.people) for p in a.pains)) for a in d.away]
    if told != [(one.week, one.pains) for one in before.missed(case.view)]:
        yield "weeks that the reader missed are not told as they were"
    for one in d.away:
        if flat(one.text) not in case.flat:
            yield f"{one.text[:40]} does not stand in the mail"


def _what_is_sent_was_checked(case: Case) -> Iterable[str]:
    """P9: what is kept as JSON is the document that was checked; rendering it when it is sent gives the same bytes."""
    if Document.from_json(json.loads(json.dumps(case.document.to_json()))) != case.document:
        yield "what is kept of the document is not what was checked"


def _answers_are_kept(case: Case) -> Iterable[str]:
    """P38: who waits is never called answered, and the wait counts those who still do."""
    for pain in case.document.pains:
        waits = heard_at(case.view.answers(pain.id)) is None
        if waits != ("not yet answered" in pain.state):
            yield f"pain {pain.id} is said to be {pain.state!r}, and {'nobody' if waits else 'somebody'} answered it"
    for one in case.document.passed_on:
        if heard_at(case.view.answers(one.pain)) is not None:
            yield f"pain {one.pain} is said to wait, and somebody answered it"
    heard = case.document.heard
    if case.document.form == "full" and heard.waiting != len(case.view.waiting):
        yield f"{heard.waiting} pains are said to wait, {len(case.view.waiting)} do"


def _what_changed_is_said(case: Case) -> Iterable[str]:
    """P37: every number of an earlier mail that is another one today is put right."""
    d = case.document
    if d.form == "deaf" or any(c.kind == "more" for c in d.corrections):
        return
    said = {(c.pain, c.week) for c in d.corrections if c.kind == "number"}
    for pain, monday in then.changed(case.view):
        if (pain, monday.isoformat()) not in said:
            yield f"what was said of pain {pain} in the week of {monday} is not so any more, and nothing is said of it"


def _links_are_ours(case: Case) -> Iterable[str]:
    """P29: a link leads to our own pages or to the issue itself, and nowhere that a ticket names."""
    d = case.document
    ours = {d.page_url, d.ask.url if d.ask else None, *(p.answer_url for p in d.pains)}
    ours |= {one.answer_url for one in d.passed_on}
    issues = {quotes.link(v) for v in case.voices.values()}
    for link in case.page.links:
        if link in ours and not re.match(r"https://|http://(127\.0\.0\.1|localhost|\[::1\])[:/]", link):
            yield f"{link[:60]} would travel in the open"
        elif link not in ours | issues:
            yield f"{link[:60]} leads elsewhere"


def _no_percent(case: Case) -> Iterable[str]:
    if "%" in case.own_words or ("cent" in case.own_words and re.search(r"\bper ?cent\b", case.own_words)):
        yield "a percentage stands in the mail"


def _totals_reconcile(case: Case) -> Iterable[str]:
    made = case.document.made
    if case.document.form == "deaf":
        return
    if made.read != made.friction + made.thanks + made.other:
        yield f"{made.read} read is not {made.friction} + {made.thanks} + {made.other}"
    if made.read != sum(s.read for s in made.sources):
        yield "the sources do not add up to what was read"


def _html_says_the_same(case: Case) -> Iterable[str]:
    text, page = case.flat, case.page
    without_links = LINK.sub(" ", text)
    if _NUMBER.findall(without_links) != _NUMBER.findall(page.flat):
        yield "text and html have not the same numbers in the same order"
    if STRAIGHT.findall(without_links) != STRAIGHT.findall(page.flat):
        yield "text and html have not the same quotations in the same order"
    if LINK.findall(text) != page.links:
        yield "text and html have not the same links in the same order"


# --- people -------------------------------------------------------------------------------------------------------


def _nobody_is_named(case: Case) -> Iterable[str]:
    names = case.view.index.names
    for quote in case.document.quotations():
        if names.in_quote(quote.text):
            yield f"the quotation from {quote.issue} names somebody"
    for pain in case.document.pains:
        if any(names.in_quote(said) for fact in pain.facts for said in STRAIGHT.findall(fact)):
            yield f"a leader's words on pain {pain.id} name somebody"
    rest = STRAIGHT.sub(" ", f"{case.document.subject} {case.document.preheader} {case.flat}")
    for name in names.found(rest):
        yield f"{name} is named"


def _floors_hold(case: Case) -> Iterable[str]:
    for pain in case.document.named():
        found = case.view.pain(pain.id)
        if pain.people is None:
            continue
        base = case.view.index.base(case.view.scope, (pain.id, found.crowd))
        if not privacy.may_show(pain.people, base) or not found.visible:
            yield f"{pain.people} people of pain {pain.id}, drawn from {base}"
    for pain in case.document.pains:
        if any(y is not None and 0 < y < privacy.BEHIND for y in pain.weeks):
            yield f"a week of pain {pain.id} shows fewer than {privacy.BEHIND} people"


def _check_in_names_nobody(case: Case) -> Iterable[str]:
    """Counted again from the groups' sums: at least five of five, and a number only of three, never of all."""
    said = case.document.check_in
    if said is None:
        return
    ballots = case.view.index.material.check_ins
    mine = [ballots[team] for team in case.view.scope if team in ballots]
    asked = sum(one.asked for one in mine)
    each: Counter[tuple[str, int]] = Counter()
    for one in mine:
        each.update(one.sums)
    whole = {question: sum(n for (name, _), n in each.items() if name == question) for question in check_in.QUESTIONS}
    if case.document.generated_at < case.document.period.end:
        yield "the check-in is told before its week is over"
    if said.questions and min(asked, *whole.values()) < privacy.GROUP:
        yield f"the check-in of {asked} people is told by {min(whole.values())} answers"
    numbers = [n for one in said.questions for n in (one.agree, one.between, one.disagree) if n is not None]
    counted = numbers or said.asked is not None or said.answers is not None or re.search(r"\d", "".join(said.lines))
    fit = (said.asked, len(said.questions)) == (asked, len(check_in.QUESTIONS)) and all(
        sum(n or 0 for n in (one.agree, one.between, one.disagree)) == said.answers == whole[question]
        for question, one in zip(check_in.QUESTIONS, said.questions, strict=False)
    )
    few = min([*numbers, asked - max(whole.values())], default=0) < privacy.BEHIND
    if counted and (few or not fit):
        yield "the check-in's numbers would tell of too few people"


def _one_voice_one_quote(case: Case) -> Iterable[str]:
    authors = Counter(case.voices[q.issue].author for q in case.document.quotations() if q.issue in case.voices)
    if any(count > 1 for count in authors.values()):
        yield "an author is quoted twice"
    climbed = Counter(one.quote.issue for one in case.document.passed_on if one.quote is not None)
    fresh = Counter(q.issue for q in case.document.quotations()) - climbed  # what climbs comes in its first words
    if not case.view.quoted.isdisjoint(case.voices[key].author for key in fresh if key in case.voices):
        yield "an author is quoted for the second time in four weeks"


def _nobody_tender_is_shown(case: Case) -> Iterable[str]:
    named = set(case.document.evidence())
    for voice in (*case.view.voices, *case.view.stirred):
        if not privacy.tender(voice):
            continue
        if voice.key in named and not privacy.listable(voice, case.view.own):
            yield f"{voice.key} is named above its author's team"
        if _mentions(case.flat, voice.external_id):
            yield f"{voice.key} is pointed at in the mail"


def _mentions(text: str, key: str) -> bool:
    # A bare number is no key: 7 people are not issue 7.
    return any(c.isalpha() for c in key) and re.search(rf"(?<!\w){re.escape(key)}(?!\w)", text) is not None


def _staff_keys_stay_below(case: Case) -> Iterable[str]:
    for quote in case.document.quotations():
        voice = case.voices.get(quote.issue)
        if voice is not None and (quote.label or quote.url) and not quotes.may_point(case.view, voice):
            yield f"{quote.issue} is printed above its author's team"


def _readers_could_open(case: Case) -> Iterable[str]:
    """P16: nothing of what `visible_to:` keeps from this reader, counted from the material alone."""
    material, org, d = case.view.index.material, case.view.org, case.document
    if not org.visible_to:
        return
    firsts = [stuck.first for stuck in material.stuck]
    audiences = {voice.key: voice.audience for voice in (*firsts, *material.voices, *material.stirred)}
    for key in d.evidence():
        if not org.may_open(d.leader, audiences.get(key, "")):
            yield f"{key} may not be seen by {d.leader}"
    named = {p.id for p in d.named()} | {guess.pain for guess in d.unstated}
    named |= {said.pain for said in d.since_you_acted} | {one.pain for one in d.passed_on}
    named |= {pain.id for one in d.away for pain in one.pains}
    named |= {one.pain for one in d.corrections if one.pain is not None}
    asked = {match[2] for entry in d.ledger if (match := QUERY.match(entry.query)) is not None}
    for pain in sorted((named | asked) & material.pains.keys()):
        if not org.may_open(d.leader, material.pains[pain].audience):
            yield f"pain {pain} may not be known to {d.leader}"
    for source in d.made.sources:
        if not org.may_open(d.leader, org.audience(source.name, None)):
            yield f"source {source.name} may not be known to {d.leader}"
    read = sum(org.may_open(d.leader, voice.audience) for voice in material.voices)
    if d.made.read > read:
        yield f"{d.made.read} issues are said to be read, {d.leader} may see {read}"


def _blameless(case: Case) -> Iterable[str]:
    for word in words.blame(case.own_words):
        yield f"our own words say {word}"


Gate = Callable[[Case], Iterable[str]]
GATES: Sequence[tuple[str, Gate]] = (
    ("P16 rights", _readers_could_open),
    ("P1 ledger", _ledger_covers),
    ("P1 recount", _ledger_holds),
    ("P2 quotations", _quotes_are_exact),
    ("P2 context", _contexts_are_kept),
    ("P3 quotation marks", _only_quotes_are_quoted),
    ("P4 evidence", _claims_have_evidence),
    ("P5 trend", _trends_are_tested),
    ("P6 percent", _no_percent),
    ("P7 totals", _totals_reconcile),
    ("P8 parity", _html_says_the_same),
    ("P9 bytes", _what_is_sent_was_checked),
    ("P11 names", _nobody_is_named),
    ("P12 floors", _floors_hold),
    ("P12 check-in", _check_in_names_nobody),
    ("P13 one author", _one_voice_one_quote),
    ("P14 confession", _nobody_tender_is_shown),
    ("P16 keys", _staff_keys_stay_below),
    ("P15 blame", _blameless),
    ("P21 budget", gates_form.budgets),
    ("P22 subject", gates_form.subject),
    ("P23 size", gates_form.size),
    ("P24 html", gates_form.html_is_sound),
    ("P25 contrast", gates_form.legible),
    ("P26 order", gates_form.same_order),
    ("P29 links", _links_are_ours),
    ("P34 sources", gates_form.sources_are_told),
    ("P35 unplaced", gates_form.unplaced_is_said),
    ("P36 calm", gates_form.calm_is_heard),
    ("P37 corrections", _what_changed_is_said),
    ("P37 away", _missed_weeks_are_told),
    ("P38 answers", _answers_are_kept),
)


FORM = [gate for gate in GATES if gate[0].startswith(("P21", "P22", "P23", "P24", "P25", "P26"))]
"""What is looked at again in the language of the mail, beside what `_says_the_same` compares."""


@dataclass(frozen=True, slots=True)
class Revealing:
    """Numbers of one pain in several digests whose difference would tell of too few people."""

    pain: str
    leaders: tuple[str, ...]
    """Whose digests say them, the widest first."""
    said: str


def differencing(documents: Sequence[Document]) -> list[Revealing]:
    """P12 across digests of one period: what a leader's number minus those of the leaders below would tell.

    Checks every pair of digests whose scopes lie one inside the other, and each leader against all below together.
    """
    found: list[Revealing] = []
    numbers = {d.leader: {p.id: p.people for p in reversed(d.named())} for d in documents}
    below = _below(documents)
    for large in documents:
        for pain in large.named():
            inside = [(d, n) for d in below[large.leader] if (n := numbers[d.leader].get(pain.id))]
            found += _revealed(large.leader, pain, inside)
    return found


def told_otherwise(document: Document, later: Iterable[Document]) -> list[str]:
    """P12 across weeks: numbers of a week that the same leader was told in a later mail already, and otherwise."""
    said = document.said()
    return [
        f"P12 told otherwise: pain {pain} in the week of {week}: {said[pain][week]}, but {number} in {one.period.label}"
        for one in later
        for pain, weeks in sorted(one.said().items())
        for week, number in sorted(weeks.items())
        if number is not None and said.get(pain, {}).get(week) not in (None, number)
    ]


def _below(documents: Sequence[Document]) -> Mapping[str, list[Document]]:
    """By leader the digests whose scope lies inside that leader's, and not the other way round."""
    above: dict[str, set[str]] = defaultdict(set)  # team -> leaders of it
    for document in documents:
        for path in document.led:
            above[path[0]].add(document.leader)
    wider = {
        d.leader: set.intersection(*({who for team in path for who in above.get(team, ())} for path in d.led))
        for d in documents
        if d.led
    }
    found: dict[str, list[Document]] = {document.leader: [] for document in documents}
    for document in documents:
        for leader in wider.get(document.leader, set()) - {document.leader}:
            if document.leader not in wider.get(leader, ()):
                found[leader].append(document)
    return found


def _revealed(leader: str, pain: Pain | Open, numbers: Sequence[tuple[Document, int]]) -> Iterable[Revealing]:
    whole = pain.people
    if whole is None:
        return
    for part, n in sorted(numbers, key=lambda found: found[0].leader):
        if 0 < whole - n < privacy.BEHIND:
            said = f"P12 differencing: pain {pain.id}: {leader} says {whole}, {part.leader} says {n}"
            yield Revealing(pain.id, (leader, part.leader), said)
    apart: list[tuple[Document, int]] = []
    for part, n in sorted(numbers, key=lambda found: (-found[1], found[0].leader)):
        if not any(part.within(other) or other.within(part) for other, _ in apart):
            apart.append((part, n))
    left = whole - sum(n for _, n in apart)
    if len(apart) > 1 and 0 < left < privacy.BEHIND:
        names = [part.leader for part, _ in apart]
        said = f"P12 differencing: pain {pain.id}: {leader} says {whole}, {words.listing(names)} leave {left}"
        yield Revealing(pain.id, (leader, *names), said)
