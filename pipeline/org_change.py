"""What a new org chart changes, and whether that is too sudden to be believed without a person's word. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from pipeline.org import Claim, Org

SHARE: Final = 0.2
FEWEST: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Ids, sorted. `moved` are people with the team before and after; `led` are teams with their leaders."""

    joined: tuple[str, ...]
    left: tuple[str, ...]
    moved: tuple[tuple[str, str, str | None], ...]
    led: tuple[tuple[str, str | None, str | None], ...]
    new_teams: tuple[str, ...]
    gone_teams: tuple[str, ...]
    owned: tuple[tuple[str, Claim], ...]
    """Teams and what they own anew."""
    lost: tuple[tuple[str, Claim], ...]
    relieved: tuple[str, ...]
    """Leaders who no longer lead all that they led."""
    unaddressed: tuple[str, ...]
    """Leaders without an address who had one, or did not lead."""

    @property
    def empty(self) -> bool:
        told = (self.joined, self.left, self.moved, self.led, self.new_teams, self.gone_teams, self.owned, self.lost)
        return not any(told)


def change(before: Org, after: Org) -> Change:
    """From one chart to the other."""
    stayed = sorted(before.people.keys() & after.people.keys())
    places = [(p, before.people[p].team, after.people[p].team) for p in stayed]
    same = sorted(before.teams.keys() & after.teams.keys())
    leaders = [(t, before.teams[t].leader, after.teams[t].leader) for t in same]
    return Change(
        joined=tuple(sorted(after.people.keys() - before.people.keys())),
        left=tuple(sorted(before.people.keys() - after.people.keys())),
        moved=tuple((p, old, new) for p, old, new in places if old is not None and old != new),
        led=tuple((t, old, new) for t, old, new in leaders if old != new),
        new_teams=tuple(sorted(after.teams.keys() - before.teams.keys())),
        gone_teams=tuple(sorted(before.teams.keys() - after.teams.keys())),
        owned=tuple(_owned(after, before)),
        lost=tuple(_owned(before, after)),
        relieved=tuple(_relieved(before, after)),
        unaddressed=tuple(_unaddressed(before, after)),
    )


def _owned(here: Org, there: Org) -> Iterator[tuple[str, Claim]]:
    """What teams own here and not there."""
    for name in sorted(here.teams):
        known = set(there.teams[name].owns) if name in there.teams else set()
        yield from ((name, claim) for claim in here.teams[name].owns if claim not in known)


def _relieved(before: Org, after: Org) -> Iterator[str]:
    now = {(team.leader, team.id) for team in after.teams.values()}
    lost = {team.leader for team in before.teams.values() if (team.leader, team.id) not in now}
    return (leader for leader in before.leaders if leader in lost)


def _unaddressed(before: Org, after: Org) -> Iterator[str]:
    led = set(before.leaders)
    for leader in after.leaders:
        if not after.people[leader].email and (leader not in led or before.people[leader].email):
            yield leader


def too_sudden(found: Change, before: Org) -> list[str]:
    """Why a person should look first; empty where nothing speaks against it."""
    reasons = []
    people = len(found.left) + len(found.moved)
    if people >= FEWEST and people > SHARE * len(before.people):
        reasons.append(f"{people} of {len(before.people)} people would leave the chart or change their team")
    leaders = len(found.relieved)
    if leaders >= FEWEST and leaders > SHARE * len(before.leaders):
        reasons.append(f"{leaders} of {len(before.leaders)} leaders would no longer lead all that they lead")
    if found.unaddressed:
        some = ", ".join(found.unaddressed[:5]) + (" and more" if len(found.unaddressed) > 5 else "")
        reasons.append(f"{some} would lead a team and have no e-mail address")
    return reasons
