"""The page on which a leader corrects their leaf notes: quotations, whose an issue is, what a pain is, hypotheses; and
where they accept or refuse what others say belongs to them.

GET shows and POST acts; sending a form twice does it once.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from pipeline import access, correcting, standing_in
from pipeline import answers as rules
from pipeline.answers import ended
from pipeline.correcting import Teller
from pipeline.digest import words
from pipeline.digest.document import Document
from pipeline.links import Link
from pipeline.objections import LONGEST, REASONS, NotACorrection, Objection
from pipeline.store import answers, registry
from pipeline.store import objections as store
from pipeline.store.triage import Listed
from workers.engine import Engine
from workers.web.common import Page, acting, digest_of, opened, page

SIDES: Final = {"developer": "Developer pain", "customer": "Customer pain", "none": "No pain"}
NOW: Final = timedelta(seconds=1)
"""What was answered at this moment counts."""
LISTED: Final = 10
"""Issues of a pain that are shown."""


def blueprint(engine: Engine) -> Blueprint:
    pages = Blueprint("correcting", __name__)

    @pages.get("/digest/<token>/correct")
    def show(token: str) -> Page:
        link = opened(engine, token, "digest")
        with engine.transaction() as session:
            return _show(engine, session, token, link)

    @pages.post("/digest/<token>/correct")
    def correct(token: str) -> Page | Response:
        link = opened(engine, token, "digest")
        try:
            with engine.transaction() as session:
                _say(engine, session, link, request.form)
        except NotACorrection as wrong:
            with engine.transaction() as session:
                return _show(engine, session, token, link, str(wrong), 422)
        return redirect(f"/digest/{token}/correct?kept=1", 303)

    return pages


# --- what is said

Fields = Mapping[str, str]
Act = Callable[[Session, Teller, Document, Fields], object]


def _say(engine: Engine, session: Session, link: Link, fields: Fields) -> None:
    house = engine.deployment
    teller = Teller(
        by=link.reader,
        how="page",
        period=link.period,
        org=house.org,
        at=house.now(),
        who=standing_in.reader(house.org, link.reader, link.by) if link.by else None,
        given_by=link.by or None,
    )
    act = ACTS.get(fields.get("what", ""))
    if act is None:
        raise NotACorrection("Choose what is wrong.")
    act(session, teller, digest_of(engine, session, link).document, fields)


def _quote(session: Session, teller: Teller, document: Document, fields: Fields) -> None:
    quote = correcting.quotation(document, fields.get("issue", ""))
    correcting.wrong_quote(session, teller, quote.issue, fields.get("reason", ""), fields.get("why", ""))


def _label(session: Session, teller: Teller, document: Document, fields: Fields) -> None:
    correcting.wrong_label(session, teller, [_named(document, fields)], fields.get("side", ""))


def _move(session: Session, teller: Teller, document: Document, fields: Fields) -> None:
    correcting.not_mine(session, teller, _named(document, fields), fields.get("team", ""), fields.get("why", ""))


def _named(document: Document, fields: Fields) -> str:
    """An issue that these leaf notes name."""
    key = fields.get("issue", "")
    if key not in {name for pain in document.pains for name in pain.issues}:
        raise NotACorrection(correcting.NOT_THERE)
    return key


def _pain(session: Session, teller: Teller, document: Document, fields: Fields) -> None:
    pain, other = fields.get("pain", ""), fields.get("other", "") if fields["what"] == "same" else ""
    if fields["what"] == "same" and not other:
        raise NotACorrection("Choose the other pain.")
    correcting.propose(session, teller, document, pain, other, fields.get("why", ""))


def _guess(session: Session, teller: Teller, document: Document, fields: Fields) -> None:
    number = fields.get("number", "")
    guess = correcting.guess_at(
        document, int(number) if number.isascii() and number.isdigit() and len(number) < 3 else 0
    )
    correcting.wrong_guess(session, teller, guess, fields.get("why", ""))


def _refuse(session: Session, teller: Teller, _: Document, fields: Fields) -> None:
    correcting.refuse(session, teller.org, teller.by, _number(fields), teller.at, teller.given_by)


def _take_back(session: Session, teller: Teller, _: Document, fields: Fields) -> None:
    number = _number(fields)
    one = store.get(session, number)
    if one is None or (one.by, one.period) != (teller.by, teller.period):
        raise NotACorrection("You said no such thing of these leaf notes.")
    correcting.take_back(session, number, "taken back", teller.hand, teller.at)


def _number(fields: Fields) -> int:
    text = fields.get("id", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


ACTS: Final[Mapping[str, Act]] = {
    "quote": _quote,
    "label": _label,
    "move": _move,
    "split": _pain,
    "same": _pain,
    "guess": _guess,
    "refuse": _refuse,
    "take-back": _take_back,
}


# --- what is shown


@dataclass(frozen=True, slots=True, kw_only=True)
class _Issue:
    key: str
    title: str
    side: str | None
    said_by: str | None
    leaf: str | None
    leaf_name: str


def _show(
    engine: Engine, session: Session, token: str, link: Link, wrong: str | None = None, status: int = 200
) -> Page:
    org = engine.deployment.org
    document = digest_of(engine, session, link).document
    gone = store.withdrawn(session)
    who = access.reader(org, link.reader, operator=False)
    if link.by:
        who = standing_in.reader(org, link.reader, link.by)
    seen = {
        pain.id: [
            _issue(engine, one)
            for one in (correcting.visible(session, who, org, pain.issues[: 3 * LISTED]) if who is not None else [])
        ][:LISTED]
        for pain in document.pains
    }
    shown = document.without_quotations(gone)
    return page(
        "correct.html",
        status=status,
        token=token,
        place=acting(engine, link),
        document=shown,
        issues=seen,
        alone=[q for q in shown.quotations() if all(q not in pain.quotes for pain in shown.pains)],
        named=[(one.id, one.title) for one in document.named()],
        reasons=REASONS,
        sides=SIDES,
        teams=[(team.id, team.name) for team in sorted(org.teams.values(), key=lambda team: team.name)],
        handed=handed_to(engine, session, link, document),
        given=[(one, _issue(engine, listed)) for one, listed in correcting.given_to(session, org, link.reader, who)],
        said=[_said(engine, session, one) for one in store.of_notes(session, link.reader, link.period)],
        longest=LONGEST,
        wrong=wrong,
        kept=request.args.get("kept") == "1" and wrong is None,
    )


def _issue(engine: Engine, listed: Listed) -> _Issue:
    org = engine.deployment.org
    verdict = listed.verdict
    by = verdict.model.removeprefix("person:") if verdict and verdict.model.startswith("person:") else None
    team = org.teams.get(listed.leaf or org.fallback)
    return _Issue(
        key=f"{listed.issue.source}:{listed.issue.external_id}",
        title=listed.issue.title or "",
        side=verdict.side if verdict else None,
        said_by=by,
        leaf=listed.leaf,
        leaf_name=team.name if team else listed.leaf or "",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Handed:
    title: str
    by: str
    why: str
    url: str | None


def handed_to(engine: Engine, session: Session, link: Link, document: Document) -> list[_Handed]:
    """The pains that others say belong to the reader, and that wait for their answer."""
    leader, period = link.reader, link.period
    house, titles, found = engine.deployment, registry.current(session), []
    for pain, given in sorted(answers.until(session, house.now() + NOW).items()):
        one = rules.standing(given)
        if one is None or one.kind != "belongs" or one.to != leader:
            continue
        url = None
        if house.links is not None:
            made = document.generated_at
            url = house.links.to("answer", reader=leader, made_at=made, period=period, about=pain, by=link.by)
        title = str(titles.get(pain, {}).get("title", pain))
        found.append(
            _Handed(
                title=title,
                by=words.capital(house.org.acting(one.leader, one.by, named=True)),
                why=ended(one.text),
                url=url,
            )
        )
    return found


def waits_for(engine: Engine, session: Session, leader: str) -> int:
    """How much was given to this leader that they have neither answered nor refused."""
    every = answers.until(session, engine.deployment.now() + NOW).values()
    standing = [one for one in map(rules.standing, every) if one is not None]
    handed = sum(one.kind == "belongs" and one.to == leader for one in standing)
    return handed + len(correcting.given_to(session, engine.deployment.org, leader))


def _said(engine: Engine, session: Session, one: Objection) -> dict[str, Any]:
    """What the reader said of these leaf notes, as the page tells it."""
    titles, org = correcting.titles_of(session), engine.deployment.org
    pain = titles.get(one.pain or "", "a pain")
    team = org.teams.get(one.to or "")
    text = {
        "quote": f"The words of {one.issue} are quoted no more: {REASONS.get(one.said, one.said)}.",
        "move": f"{one.issue} was moved to {team.name if team else one.to}.",
        "split": f"You said that this may be two pains: {pain}. A person who edits pains looks at it.",
        "same": f"You said that these may be one pain: {pain}; {titles.get(one.to or '', '')}. "
        "A person who edits pains looks at it.",
        "guess": f"You said that this is not so: {one.said}. It will be shown as wrong.",
    }[one.what]
    at = one.at.astimezone(ZoneInfo(engine.deployment.zone))
    if one.given_by is not None:
        name = org.people[one.given_by].name if one.given_by in org.people else None
        text += f" Said by {name or one.given_by}, in your place."
    return {"id": one.id, "text": text, "why": one.why, "on": at, "ended": one.ended}
