"""The triage page: the issues of the reader's part of the org tree, searched, filtered, and their sides corrected."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, get_args
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, redirect, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from pipeline import correcting, escalating, teaching
from pipeline.access import Reader, may_see
from pipeline.clean import one_line
from pipeline.correcting import Teller
from pipeline.digest import words
from pipeline.escalate import NotNow, Unreachable
from pipeline.issue import Kind, State
from pipeline.objections import REASONS, NotACorrection
from pipeline.org import Org
from pipeline.store import audit, corrections, db, registry
from pipeline.store import triage as store
from pipeline.store.triage import Listed, Place, Wanted
from workers.engine import Engine
from workers.web.access import confirmed, csrf, name_of, signed_in
from workers.web.common import Page, Refused, page

SIDES: Final = {"developer": "Developer pain", "customer": "Customer pain", "none": "No pain"}
CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "side": tuple(SIDES),
    "kind": get_args(Kind),
    "state": get_args(State),
}
FILTERS: Final = ("q", "side", "leaf", "source", "kind", "state", "unsure")
PAGE: Final = 25
LOOKED_AT: Final = 2_000
"""Issues that are looked at for one page, where most of them may not be shown."""
SEARCHED: Final = 200
"""Letters of a search."""
READ: Final = 2_000
"""Letters of a text that are shown."""
LONGEST: Final = 2_000
"""Letters of the address that a form goes back to."""
UNDO: Final = "undo"


def blueprint(engine: Engine) -> Blueprint:
    pages = Blueprint("triage", __name__)

    @pages.get("/triage")
    def show() -> Page:
        reader = signed_in(engine)
        with db.reading(engine.deployment.database) as session:
            return _show(engine, session, reader)

    @pages.post("/triage/label")
    def label() -> Page | Response:
        reader = signed_in(engine)
        confirmed()
        with engine.transaction() as session:
            audit.acting(session, audit.By("person", reader.person))
            return _label(engine, session, reader)

    @pages.post("/triage/correct")
    def correct() -> Page | Response:
        reader = signed_in(engine)
        confirmed()
        with engine.transaction() as session:
            audit.acting(session, audit.By("person", reader.person))
            return _correct(engine, session, reader)

    @pages.post("/triage/escalate")
    def escalate() -> Page | Response:
        reader = signed_in(engine)
        confirmed()
        with engine.transaction() as session:
            audit.acting(session, audit.By("person", reader.person))
            return _escalate(engine, session, reader)

    return pages


def _show(engine: Engine, session: Session, reader: Reader) -> Page:
    house, asked = engine.deployment, _asked(request.args)
    org = house.org
    found, following = _portion(session, reader, org, _wanted(reader, org, asked), _place(request.args))
    titles = registry.current(session) if any(listed.pain for listed in found) else {}
    done, called = (_visible(session, reader, org, request.args.get(name, "")) for name in ("done", "called"))
    return page(
        "triage.html",
        name=name_of(engine, reader),
        reader=reader,
        csrf=csrf(),
        asked=asked,
        choices={name: [(one, one.capitalize()) for one in every] for name, every in CHOICES.items()},
        sides=SIDES,
        leaves=[(team, org.teams[team].name) for team in sorted(org.teams if reader.operator else reader.teams)],
        sources=[(name, name) for name in sorted(house.sources)],
        found=[_told(reader, org, listed, titles) for listed in found],
        following=following and "/triage?" + urlencode({**asked, "before": str(following)}),
        first="before" not in request.args,
        back=urlencode({**asked, **({"before": request.args["before"]} if "before" in request.args else {})}),
        corrected="corrected" in request.args,
        teams=[(team.id, team.name) for team in sorted(org.teams.values(), key=lambda team: team.name)],
        reasons=REASONS,
        done=done and _told(reader, org, done, {}),
        called=called and teaching.key_of(called.issue),
    )


def _asked(given: Mapping[str, str]) -> dict[str, str]:
    """The filters that were set. Raises `Refused` for a choice that there is not."""
    asked = {name: given[name].replace("\0", "").strip()[:SEARCHED] for name in FILTERS if given.get(name)}
    for name, choices in CHOICES.items():
        if asked.get(name, choices[0]) not in choices:
            raise Refused("There is no such filter", f"Choose one of {', '.join(choices)} for {name}.", 400)
    return {name: value for name, value in asked.items() if value}


def _place(given: Mapping[str, str]) -> Place | None:
    try:
        return Place.read(given["before"]) if "before" in given else None
    except ValueError:
        raise Refused("There is no such page", "Begin again with the first one.", 400) from None


def _wanted(reader: Reader, org: Org, asked: Mapping[str, str]) -> Wanted:
    texts = {name: value for name, value in asked.items() if name != "unsure"}
    teams = None if reader.operator else reader.teams
    return Wanted(**texts, unsure="unsure" in asked, teams=teams, fallback=org.fallback)


def _portion(
    session: Session, reader: Reader, org: Org, wanted: Wanted, after: Place | None
) -> tuple[list[Listed], Place | None]:
    """What stands on a page, and from where on there is more."""
    found: list[Listed] = []
    for count, listed in enumerate(store.read(session, wanted, after), start=1):
        if _may_see(reader, org, listed):
            if len(found) == PAGE:
                return found, found[-1].place
            found.append(listed)
        if count == LOOKED_AT:
            return found, listed.place
    return found, None


def _may_see(reader: Reader, org: Org, listed: Listed) -> bool:
    return may_see(reader, org, listed.issue, listed.verdict, listed.leaf, listed.heard_by)


def _visible(session: Session, reader: Reader, org: Org, name: str) -> Listed | None:
    """An issue by its name, where the reader may see it; whether there is one that they may not, they do not learn."""
    source, _, external_id = name.replace("\0", "").partition(":")
    found = store.one(session, (source, external_id)) if external_id else None
    return found if found is not None and _may_see(reader, org, found) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """An issue as the page shows it."""

    key: str
    title: str
    url: str | None
    on: str
    state: str
    leaf: str
    side: str | None
    said_by: str | None
    confidence: int
    abstained: bool
    kind: str
    severity: int
    because: tuple[str, ...]
    pain: str | None
    body: str
    cut: bool
    private: bool


_LINK = re.compile(r"https?://\w", re.IGNORECASE)


def _told(reader: Reader, org: Org, listed: Listed, titles: Mapping[str, Mapping[str, Any]]) -> _Told:
    issue, verdict = listed.issue, listed.verdict
    team = org.teams.get(listed.leaf or org.fallback)
    by = verdict.model.removeprefix("person:") if verdict and verdict.model.startswith("person:") else None
    return _Told(
        key=teaching.key_of(issue),
        title=issue.title or "(no title)",
        url=issue.url if _LINK.match(issue.url or "") else None,
        on=f"{issue.created_at.day} {issue.created_at:%B %Y}",
        state=issue.state,
        leaf=(team.name if team else listed.leaf or "") + ("" if listed.leaf else " (nobody owns it)"),
        side=verdict.side if verdict else None,
        said_by=by,
        confidence=round(100 * verdict.confidence) if verdict else 0,
        abstained=verdict is not None and verdict.abstained,
        kind=verdict.kind if verdict else "",
        severity=verdict.severity if verdict else 0,
        because=tuple(_reason(reader, reason) for reason in verdict.because) if verdict else (),
        pain=_pain(org, listed, titles),
        body=issue.body[:READ],
        cut=len(issue.body) > READ,
        private=verdict is not None and registry.hidden(issue.tags, [signal.name for signal in verdict.signals]),
    )


def _pain(org: Org, listed: Listed, titles: Mapping[str, Mapping[str, Any]]) -> str | None:
    """The name of the issue's pain, where that is of the same audience: it is made of its issues' words."""
    found = titles.get(listed.pain or "", {})
    same = found.get("audience", "") == org.audience(listed.issue.source, listed.issue.project)
    return found.get("title") if same else None


def _reason(reader: Reader, reason: str) -> str:
    """A reason may name another issue, which this reader may not be allowed to see."""
    if reason.startswith("like ") and not reader.operator:
        return "like other issues" + reason[reason.rfind(", which a person") :]
    return reason


def _label(engine: Engine, session: Session, reader: Reader) -> Response:
    house, fields = engine.deployment, request.form
    listed = _visible(session, reader, house.org, fields.get("issue", ""))
    side = fields.get("side", "")
    if listed is None:
        raise Refused("There is no such issue here", "It may have become private or have moved to another team.", 404)
    if side not in (*SIDES, UNDO):
        raise Refused("Nothing was changed", "Choose developer, customer or none.", 400)
    key = (listed.issue.source, listed.issue.external_id)
    corrections.correct(session, key, None if side == UNDO else side, reader.person, house.now(), how="page")
    teaching.ask(session)
    return _back({"done": teaching.key_of(listed.issue)})


def _correct(engine: Engine, session: Session, reader: Reader) -> Response:
    """Move an issue to the team that it belongs to, or have its words quoted no more."""
    house, fields = engine.deployment, request.form
    listed = _visible(session, reader, house.org, fields.get("issue", ""))
    if listed is None:
        raise Refused("There is no such issue here", "It may have become private or have moved to another team.", 404)
    teller = Teller(by=reader.person, how="page", period="", org=house.org, at=house.now(), who=reader)
    key = teaching.key_of(listed.issue)
    try:
        if fields.get("what") == "quote":
            correcting.wrong_quote_seen(session, teller, key, fields.get("reason", ""))
        else:
            correcting.not_mine(session, teller, key, fields.get("team", ""))
    except NotACorrection as wrong:
        raise Refused("Nothing was changed", str(wrong), 422) from None
    return _back({"corrected": "1"})


def _escalate(engine: Engine, session: Session, reader: Reader) -> Response:
    house, fields = engine.deployment, request.form
    listed = _visible(session, reader, house.org, fields.get("issue", ""))
    if listed is None:
        raise Refused("There is no such issue here", "It may have become private or have moved to another team.", 404)
    note = one_line(fields.get("note", ""))[: escalating.LONGEST] or None
    try:
        escalating.by_name(session, listed.place.id, note, house.house, house.now())
    except NotNow as why:
        name = teaching.key_of(listed.issue)
        hidden = isinstance(why, Unreachable) and not reader.operator
        said = f"nobody can be told; an operator finds out why: `leafnotes escalate {name}`" if hidden else str(why)
        raise Refused(f"Nobody was called for {name}", f"{words.capital(said)}.", 409) from None
    return _back({"called": teaching.key_of(listed.issue)})


def _back(said: dict[str, str]) -> Response:
    """To the list as it was, with what was done."""
    before = dict(parse_qsl(request.form.get("back", "")[:LONGEST]))
    place = _place(before)
    return redirect("/triage?" + urlencode(_asked(before) | ({"before": str(place)} if place else {}) | said), 303)
