"""What people see of the registry and decide about it: proposals, merging, splitting, renaming, and undoing that.

A decision holds from the last closed period on and is followed by assigning the open week again, so it has the same
effect whenever it is made. A merged pain's id leads to the one that it went into.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy.orm import Session

from pipeline import grouping, pains
from pipeline.clean import one_line
from pipeline.org import Org
from pipeline.store import audit, pain_edits, registry, work
from pipeline.store.pain_edits import Edit

RECENT = timedelta(weeks=8)
"""Issues so old at most, counted from the newest, that proposals are made from."""
LONGEST = 9
"""Words of a name."""


class CannotEdit(Exception):
    """Nothing was changed; the text says why."""


def followed(session: Session, pain: str) -> str:
    """The pain that an id leads to today."""
    into = pain_edits.redirects(session)
    while pain in into:
        pain = into[pain]
    return pain


def proposals(session: Session, org: Org) -> list[pains.Proposal]:
    """What a person should look at, by the issues of the last weeks."""
    newest = pain_edits.newest_member(session)
    recent = pain_edits.told(session, since=newest - RECENT) if newest is not None else []
    candidates = [grouping.candidate(org, issue, verdict, side) for issue, verdict, side, _, _ in recent]
    joined = [
        pains.Assignment(key=candidate.key, pain_id=pain, score=score)
        for candidate, (_, _, _, pain, score) in zip(candidates, recent, strict=True)
    ]
    living = [pains.from_json(raw) for raw in registry.current(session).values() if raw]
    return pains.proposals(living, joined, candidates)


def merge(session: Session, one: str, other: str, by: str, at: datetime) -> Edit:
    """Put everything of `one` into `other`, whose id and name stay. Raises CannotEdit."""
    registry.lock(session)
    known = _known(session)
    one, other = followed(session, one), followed(session, other)
    if one == other:
        raise CannotEdit(f"{one} and {other} are the same pain")
    try:
        value = pains.to_json(pains.merged(_settled(known, other), _settled(known, one)))
    except ValueError as error:
        raise CannotEdit(str(error)) from None
    moved = dict.fromkeys(map(str, pain_edits.frozen_members(session, one)), one)
    edit = _kept(session, "merge", (one, other), by, at, {one: known[one], other: known[other]}, moved)
    pain_edits.move(session, [int(row) for row in moved], other)
    pain_edits.set_pains(session, {one: None, other: value})
    pain_edits.redirect(session, one, other)
    work.request(session, "assign", "all")
    return edit


def split(session: Session, org: Org, pain: str, keys: Sequence[str], by: str, at: datetime) -> tuple[Edit, pains.Pain]:
    """Give the named issues ("source:external_id") of a pain a pain of their own. Raises CannotEdit."""
    registry.lock(session)
    known = _known(session)
    pain = followed(session, pain)
    whole = _settled(known, pain)
    frozen = set(pain_edits.frozen_members(session, pain))
    rows = {
        candidate.key: (issue.id, candidate)
        for issue, verdict, side, _, _ in pain_edits.told(session, [pain])
        if issue.id in frozen
        for candidate in [grouping.candidate(org, issue, verdict, side)]
    }
    if unknown := sorted(set(keys) - set(rows)):
        raise CannotEdit(f"not among the issues of {pain} that a closed week holds: {', '.join(unknown)}")
    go = [candidate for key, (_, candidate) in rows.items() if key in set(keys)]
    stay = [candidate for key, (_, candidate) in rows.items() if key not in set(keys)]
    try:
        taken = {*known, *pain_edits.redirects(session)}  # an id that leads elsewhere would never be found
        rest, new = pains.parted(whole, stay, go, taken, grouping.names_of_people(org))
    except ValueError as error:
        raise CannotEdit(str(error)) from None
    moved = {str(rows[candidate.key][0]): pain for candidate in go}
    edit = _kept(session, "split", (pain, new.id), by, at, {pain: known[pain], new.id: None}, moved)
    pain_edits.move(session, [int(row) for row in moved], new.id)
    pain_edits.set_pains(session, {pain: pains.to_json(rest), new.id: pains.to_json(new)})
    work.request(session, "assign", "all")
    return edit, new


def rename(session: Session, pain: str, title: str, by: str, at: datetime) -> Edit:
    """Give a pain another name; the old one is kept beside it. Raises CannotEdit."""
    registry.lock(session)
    known = _known(session)
    pain, title = followed(session, pain), one_line(title)
    if not 1 <= len(title.split()) <= LONGEST:
        raise CannotEdit(f"a name has at most {LONGEST} words")
    value = pains.to_json(pains.renamed(_settled(known, pain), title))
    edit = _kept(session, "rename", (pain,), by, at, {pain: known[pain]}, {})
    pain_edits.set_pains(session, {pain: value})
    work.request(session, "assign", "all")
    return edit


def undo(session: Session) -> Edit:
    """Take the last decision back. Raises CannotEdit where there is none, or where a week has closed since."""
    registry.lock(session)
    standing = pain_edits.edits(session)
    if not standing:
        raise CannotEdit("there is nothing to undo")
    edit = standing[-1]
    if edit.closed != registry.mark(session, "closed"):
        raise CannotEdit("a week has closed since; decide the other way round instead")
    for pain in sorted(set(edit.moved.values())):
        pain_edits.move(session, [int(row) for row, was in edit.moved.items() if was == pain], pain)
    pain_edits.set_pains(session, edit.before)
    if edit.what == "merge":
        pain_edits.redirect(session, edit.pains[0], None)
    pain_edits.forget(session, edit)
    audit.record(session, audit.By("operator"), "undo", _about(edit.what, edit.pains))
    work.request(session, "assign", "all")
    return edit


def _known(session: Session) -> dict[str, Mapping[str, Any]]:
    return {str(raw["id"]): raw for raw in registry.frozen(session)}


def _settled(known: Mapping[str, Mapping[str, Any]], pain: str) -> pains.Pain:
    if pain not in known:
        raise CannotEdit(
            f"no closed week holds a pain {pain}; one that the open week founded can be edited once it ends"
        )
    return pains.from_json(known[pain])


def _kept(
    session: Session,
    what: Literal["merge", "split", "rename"],
    named: tuple[str, ...],
    by: str,
    at: datetime,
    before: Mapping[str, Mapping[str, Any] | None],
    moved: Mapping[str, str],
) -> Edit:
    standing = pain_edits.edits(session)
    number = standing[-1].number + 1 if standing else 1
    closed = registry.mark(session, "closed")
    edit = Edit(number, what, named, by, at.isoformat(), closed, before, moved)
    pain_edits.keep(session, edit)
    audit.record(session, audit.By("operator", by), what, _about(what, named))
    return edit


def _about(what: str, named: Sequence[str]) -> str:
    return f"{what} of pain {', '.join(named)}"
