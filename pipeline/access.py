"""Who may see which issue on a page: what the leaves below them own, and what every text forbids."""

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.issue import Issue, Verdict
from pipeline.org import Org
from pipeline.privacy import TENDER
from pipeline.store.registry import hidden


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """A person who looks. `teams` are those whose issues they may see, `own` those whose people are their own team.

    An operator sees everything that is stored, private issues too: who may print such a link has the database anyway.
    """

    person: str
    operator: bool
    teams: frozenset[str]
    own: frozenset[str]


def reader(org: Org, person: str, *, operator: bool) -> Reader | None:
    """What the org chart gives a person: what lies below the teams they lead, and their own leaf. None: nothing."""
    known = org.people.get(person)
    if known is None:
        return None
    own = {*org.led_by(person)} | ({known.team} if known.team is not None else set())
    teams = {below for led in org.led_by(person) for below in org.below(led)} | own
    if not teams and not operator:
        return None
    return Reader(person=person, operator=operator, teams=frozenset(teams), own=frozenset(own))


def known_by(org: Org, email: str) -> str | None:
    """The one person with this address, whatever its case; None for nobody, and where several share it."""
    folded = email.casefold()
    found = [person.id for person in org.people.values() if person.email and person.email.casefold() == folded]
    return found[0] if len(found) == 1 else None


def may_see(
    who: Reader, org: Org, issue: Issue, verdict: Verdict | None, leaf: str | None, heard_by: Iterable[str]
) -> bool:
    """Whether a reader may see an issue with its verdict.

    `verdict` is that of its present text: what was not read yet may be private, and is shown to operators alone. What
    nobody owns belongs to the fallback. `visible_to:` of its source narrows this. Text of somebody in distress stays
    with their own team.
    """
    if who.operator:
        return True
    if verdict is None or issue.state == "deleted" or hidden(issue.tags, [s.name for s in verdict.signals]):
        return False
    if who.teams.isdisjoint({leaf or org.fallback, *heard_by}):
        return False
    if not org.may_open(who.person, org.audience(issue.source, issue.project)):
        return False
    if TENDER.isdisjoint(s.name for s in verdict.signals):
        return True
    author = org.member(issue.source, issue.author)
    return author is not None and author.team in who.own
