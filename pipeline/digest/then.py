"""What is known today of weeks that leaf notes have told of already."""

from datetime import date

from pipeline import privacy
from pipeline.digest.index import Key
from pipeline.digest.select import View

Said = tuple[str, date]
"""A pain, and the Monday of a week."""


def key(view: View, pain: str, monday: date) -> Key:
    """The pain and the crowd that a week's number counts: customers where any wrote, else those who passed it on."""
    if view.index.material.pains[pain].side == "developer":
        return (pain, "maker")
    weeks = view.index.history.get(view.leader, {})
    relayed = monday in weeks.get((pain, "relay"), {}) and monday not in weeks.get((pain, "customer"), {})
    return (pain, "relay" if relayed else "customer")


def people(view: View, pain: str, monday: date) -> int:
    """How many people of this scope are known today to have told of a pain in a week."""
    return _people(view, view.leader, key(view, pain, monday), monday)


def _people(view: View, leader: str, counted: Key, monday: date) -> int:
    told = view.index.history.get(leader, {}).get(counted, {}).get(monday)
    return 0 if told is None else len(told.worst)


def changed(view: View) -> list[Said]:
    """The numbers that this leader was told and that are others today; the newest week first."""
    told = view.index.material.told_before.get(view.leader, {})
    pains = view.entries
    found = [(pain, monday) for (pain, monday), said in told.items() if pain in pains]
    found = [one for one in found if people(view, *one) != told[one]]
    return sorted(found, key=lambda one: (-one[1].toordinal(), one[0]))


def may_say(view: View, pain: str, monday: date) -> bool:
    """Whether the number of today may be printed beside the one that was: neither it, nor what lies between the two,
    nor what lies between it and the numbers of leaders above and below, tells of too few people."""
    counted, now = key(view, pain, monday), people(view, pain, monday)
    was = view.index.material.told_before[view.leader][pain, monday]
    if pain in view.unsaid or not privacy.may_show(now, view.index.base(view.scope, counted)):
        return False
    return not any(0 < abs(now - other) < privacy.BEHIND for other in (was, *_beside(view, counted, monday)))


def _beside(view: View, counted: Key, monday: date) -> list[int]:
    """What the numbers of leaders whose part lies within this one, or around it, are now and were said to be."""
    index, found = view.index, []
    for leader, scope in sorted(index.scopes.items()):
        if leader == view.leader or not (scope <= view.scope or view.scope <= scope):
            continue
        said = index.material.told_before.get(leader, {}).get((counted[0], monday))
        found += [_people(view, leader, counted, monday), *([] if said is None else [said])]
    return [number for number in found if number]
