"""What lies around a leader's own part of a pain: the whole of which it is a part, and the hours in which it hurts."""

from zoneinfo import ZoneInfo

from pipeline import privacy
from pipeline.digest.index import crowd
from pipeline.digest.select import PainView, View


def wide(view: View, pain: PainView) -> tuple[str, PainView] | None:
    """The team at the top of the tree above this leader, and the pain as its leader sees it."""
    path = view.org.up(view.led[0]) if view.led else ()
    tops = [t for t in reversed(path) if view.org.teams[t].leader in view.org.people and t not in view.own]
    if not tops:
        return None
    leader = str(view.org.teams[tops[0]].leader)
    key = (leader, view.period, view.generated_at, view.index.unsaid.get(leader, frozenset()))
    if key not in view.index.widest:
        view.index.widest[key] = View(view.index, *key)
    found = view.index.widest[key].known.get(pain.id)
    return None if found is None else (tops[0], found)


def whole(view: View, pain: PainView) -> tuple[str, PainView] | None:
    """The same where its number may be told to this leader, whose own part may not: where enough others, from a
    large enough group, stand behind it too."""
    found = wide(view, pain)
    if found is None or pain.visible or not found[1].visible or found[1].crowd != pain.crowd:
        return None
    others = found[1].people - pain.people
    rest = view.index.scopes[str(view.org.teams[found[0]].leader)] - view.scope
    enough = len(others) >= privacy.BEHIND and view.index.base(rest, (pain.id, pain.crowd)) >= privacy.GROUP
    return found if enough else None


def hours(view: View, pain: PainView) -> tuple[str, int] | None:
    """(day of the week or "weekdays", first of three hours) in which most of a pain is written, in the
    organisation's zone; None where it is not so clear that chance is no explanation, or too few wrote."""
    zone = ZoneInfo(view.period.zone)
    at = [v.created_at.astimezone(zone) for v in pain.voices if crowd(pain.entry.side, v.role) == pain.crowd]
    at = [t for t in at if t.weekday() < 5]
    if not pain.visible or len(at) < 6 or pain.count < privacy.GROUP:
        return None
    first = max(range(7, 18), key=lambda hour: (sum(hour <= t.hour < hour + 3 for t in at), -hour))
    inside = [t for t in at if first <= t.hour < first + 3]
    if len(inside) < 0.8 * len(at):
        return None
    days = [f"{t:%A}" for t in inside]
    most = max(sorted(set(days)), key=days.count)
    return (most if days.count(most) > len(days) / 2 else "weekdays", first)
