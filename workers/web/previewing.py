"""What will be quoted from a leader's area, before it goes: they add a line to it, or keep back what is private.

GET shows and POST acts, until the leaf notes go; sending a form twice does it once. What was said stays readable.
"""

from dataclasses import dataclass
from typing import Final

from flask import Blueprint, g, redirect, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from pipeline import adding, periods, previewing
from pipeline.adding import Sayer
from pipeline.digest.phrasebook import Tongue
from pipeline.links import LIFE, Link
from pipeline.preview import LONGEST, NotAContext
from pipeline.previewing import Shown
from pipeline.store import previews
from workers.engine import Engine
from workers.web.common import Page, Refused, page

ENDED: Final = "They were sent. Your newest leaf notes have links of their own."


def blueprint(engine: Engine) -> Blueprint:
    pages = Blueprint("previewing", __name__)

    @pages.get("/preview/<token>")
    def show(token: str) -> Page:
        link = _opened(engine, token)
        with engine.transaction() as session:
            return _show(engine, session, token, link)

    @pages.post("/preview/<token>")
    def act(token: str) -> Page | Response:
        link = _opened(engine, token)
        issue = request.form.get("issue", "")
        try:
            with engine.transaction() as session:
                _act(engine, session, link, issue)
        except NotAContext as wrong:
            with engine.transaction() as session:
                return _show(engine, session, token, link, str(wrong), issue, 422)
        return redirect(f"/preview/{token}?kept=1", 303)

    return pages


def _opened(engine: Engine, token: str) -> Link:
    """What a link says, for a leader of that week or of today. Raises `Refused`.

    It acts until the last leaf notes of its week go, and shows what was said for a month after.
    """
    house = engine.deployment
    link = house.links.read(token, "preview") if house.links is not None else None
    if link is None:
        raise Refused("This link is not whole", "Part of it may be missing. Open it from the mail again.", 404)
    g.language = house.house.speaks(link.reader)
    if house.now().timestamp() >= link.until + LIFE.total_seconds():
        raise Refused("This link has ended", ENDED, 410)
    then = house.at(periods.week_of(link.period, house.zone))
    if link.reader not in (*then.org.leaders, *house.org.leaders):
        raise Refused("This link is not yours any more", "It was made for somebody who led a team at that time.", 403)
    return link


# --- what is said


def _act(engine: Engine, session: Session, link: Link, issue: str) -> None:
    house, form = engine.deployment, request.form
    sayer = Sayer(leader=link.reader, week=link.period, how="page", at=house.now())
    what = form.get("what", "")
    if what == "add":
        adding.add(session, sayer, issue, form.get("line", ""), house.house)
    elif what == "take-back":
        adding.take_back(session, sayer, issue, house.house)
    elif what == "private" and form.get("private") == "yes":
        adding.keep_back(session, sayer, issue, house.house)
    elif what == "private":
        raise NotAContext("Say that they are private: nothing else keeps words back.")
    else:
        raise NotAContext("Choose what to do with these words.")


# --- what is shown


@dataclass(frozen=True, slots=True, kw_only=True)
class _Issue:
    """The words of an issue as the page shows them: each with those who read it, and what was added."""

    key: str
    quotes: tuple[tuple[str, tuple[str, ...]], ...]
    added: str
    open: bool
    wrong: str | None
    typed: str


def _show(
    engine: Engine,
    session: Session,
    token: str,
    link: Link,
    wrong: str | None = None,
    about: str = "",
    status: int = 200,
) -> Page:
    house, now = engine.deployment, engine.deployment.now()
    seen = previewing.shown(session, link.period, link.reader, house.house)
    added = previews.added_by(session, link.period, link.reader)
    issues = [
        _Issue(
            key=key,
            quotes=tuple((one.text, _readers(engine, link.reader, one)) for one in seen if one.issue == key),
            added=added.get(key, ""),
            open=any(one.is_open(now) for one in seen if one.issue == key),
            wrong=wrong if key == about else None,
            typed=request.form.get("line", "") if key == about else added.get(key, ""),
        )
        for key in dict.fromkeys(one.issue for one in seen)
    ]
    return page(
        "foreseen.html",
        status=status,
        token=token,
        week=link.period,
        issues=issues,
        rules=previewing.RULES,
        longest=LONGEST,
        over=link.ended(now),
        wrong=wrong if all(one.wrong is None for one in issues) else None,
        kept=request.args.get("kept") == "1" and wrong is None,
    )


def _readers(engine: Engine, leader: str, one: Shown) -> tuple[str, ...]:
    say, zone = Tongue(g.language), engine.deployment.house.zone_of(leader)
    return tuple(previewing.said_of(reading, zone, say) for reading in one.readings)
