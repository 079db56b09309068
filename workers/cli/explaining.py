"""What `leafnotes explain` says of an issue: the verdict as a person would tell it, whose it is, and who said what."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from pipeline import teaching
from pipeline.classify import Classifier
from pipeline.classify.explain import NAMES, Explanation
from pipeline.classify.explain import explain as explain_text
from pipeline.issue import Issue, Verdict
from pipeline.org import Claim, Org
from pipeline.route import WEIGHTS, Router, specificity
from pipeline.store import corrections, issues, objections, registry
from pipeline.store.issues import Stored
from workers.wiring import Deployment

__all__ = ["Found", "as_json", "explain", "lines", "said"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Everything that `explain` tells."""

    stored: Stored
    own: Verdict | None
    """The model's own verdict, beside a person's."""
    told: Explanation | None
    pain_title: str | None
    owner: str
    """The leaf, with the claim by which it owns the issue."""
    events: tuple[corrections.Event, ...]


def explain(session: Session, house: Deployment, stored: Stored) -> Found:
    """Read and ask what `explain` tells of a stored issue."""
    issue = stored.issue
    own = issues.own_verdict(session, (issue.source, issue.external_id))
    told = None
    if own is not None and isinstance(house.classifier, Classifier):
        text = teaching.text_of(issue, house.org, house.kinds)
        labelled = teaching.labelled(session, house.org, house.kinds)
        told = explain_text(house.classifier, text, own, labelled, teaching.key_of(issue))
    return Found(
        stored=stored,
        own=own,
        told=told,
        pain_title=registry.current(session).get(stored.pain or "", {}).get("title"),
        owner=_moved(session, issue, stored.leaf) or _owner(issue, house.org, stored.leaf),
        events=tuple(corrections.events(session, (issue.source, issue.external_id))),
    )


def _moved(session: Session, issue: Issue, leaf: str | None) -> str | None:
    """That a person moved it there, where one did."""
    moves = [m for m in objections.standing(session, what="move") if m.issue == teaching.key_of(issue) and m.to == leaf]
    return f"{leaf}, because {moves[-1].by} moved it there" if moves else None


def _owner(issue: Issue, org: Org, leaf: str | None) -> str:
    if leaf is None:
        return f"nobody owns it: the fallback {org.fallback} gets it"
    team = org.teams.get(leaf)
    if team is None:
        return leaf
    alone = [claim for claim in team.owns if Router(_only(org, leaf, claim)).leaf(issue) == leaf]
    best = max(alone, key=specificity, default=None)
    return leaf if best is None else f"{leaf}, which owns {_claimed(best)}"


def _only(org: Org, leaf: str, claim: Claim) -> Org:
    return replace(org, teams={leaf: replace(org.teams[leaf], parent=None, owns=(claim,), hears=())}, fallback=leaf)


def _claimed(claim: Claim) -> str:
    parts = [f"{key} {getattr(claim, key)}" for key in sorted(WEIGHTS, key=lambda key: -WEIGHTS[key])]
    return ", ".join(part for part in parts if not part.endswith(" None"))


def said(event: corrections.Event) -> str:
    """A correction in one line."""
    what = f"is {event.new}" if event.new is not None else "taken back"
    model = f" (the model said {event.old})" if event.old and event.new is not None else ""
    return f"{event.at:%Y-%m-%d %H:%M} UTC  {event.key}  {what}{model}, by {event.by}"


def lines(found: Found) -> Iterator[str]:
    """What a terminal shows."""
    stored, own, told = found.stored, found.own, found.told
    yield f"{teaching.key_of(stored.issue)}  {stored.issue.title}"
    if own is None or stored.verdict is None:
        yield "not classified yet: run `leafnotes classify`"
        return
    if stored.verdict.model.startswith("person:"):
        by = stored.verdict.model.removeprefix("person:")
        yield f"{NAMES[stored.verdict.side]}, because {by} said so (person:{by}). The model by itself says:"
    yield told.said if told is not None else f"{NAMES[own.side]}, {own.confidence:.0%} sure."
    yield from _because(own, told)
    for signal in own.signals:
        yield f'signal    {signal.name.replace("_", " ")}: "{signal.text}"'
    yield f"kind      {own.kind}, severity {own.severity}"
    yield f"leaf      {found.owner}"
    yield f"pain      {f'{stored.pain} {found.pain_title}' if stored.pain else 'none yet: a pain needs two people'}"
    for event in found.events:
        yield f"said      {said(event)}"
    yield f"model     {own.model}"


def _because(own: Verdict, told: Explanation | None) -> Iterator[str]:
    for quote in told.quotes if told is not None else ():
        against = "" if quote.side == own.side else ", against it"
        words = ", ".join(f'"{word}"' for word in quote.words)
        where = f' in "{quote.quote}"' if quote.quote and quote.quote not in quote.words else ""
        yield f"because   {words} ({quote.moved:+.2f} {quote.side}{against}){where}"
    for reason in own.because:
        if not reason.startswith(("word ", "signal ", "next likely")):
            against = ", against it" if reason.endswith(tuple(f" {side}" for side in NAMES if side != own.side)) else ""
            yield f"because   {reason}{against}"
    following = next((reason.split(": ")[1] for reason in own.because if reason.startswith("next likely")), "")
    flip = ""
    if told is not None and told.flips:
        words = ", ".join(f'"{word}"' for word in told.flips)
        flip = f"; without {words} it would be {NAMES[told.other]}"
    elif told is not None and any(quote.side == own.side for quote in told.quotes):
        flip = "; taking out three of these words does not turn it"
    if following:
        yield f"next      {following}{flip}"
    for like in told.alike if told is not None else ():
        yield f"like      {like.name}, labelled {like.side} ({like.cosine:.2f} alike)"


def as_json(found: Found) -> dict[str, Any]:
    """The same, for programs."""
    told = found.told
    return {
        "leaf": found.stored.leaf,
        "owner": found.owner,
        "pain_title": found.pain_title,
        "told": asdict(told) if told is not None else None,
        "corrections": [
            {"side": e.new, "was": e.old, "by": e.by, "how": e.how, "at": e.at, "model": e.model} for e in found.events
        ],
    }
