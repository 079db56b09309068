"""Who gets a place in a digest: which pains stand first, which teams are quiet."""

from collections.abc import Sequence

from pipeline import privacy, trend
from pipeline.digest.select import PainView, View

NEAR = 0.75
"""A customer pain of at least this share of a heavier developer pain's weight goes before it."""
AMONG = 8
"""How many of the next pains are looked at for the reserved place."""


def first_three(view: View) -> tuple[PainView, ...]:
    """The pains of the first screen: the heaviest that several people share, both sides where both hurt, not all from
    one area, customers first among equals."""
    ranked = sorted(view.standing, key=lambda p: (not shared(p), p.order))
    if len(ranked) <= 3:
        return _customers_first(ranked)
    return _customers_first([*ranked[:2], _third(view, ranked[:2], ranked[2:])])


def shared(pain: PainView) -> bool:
    """Whether several people stand behind a pain, or it harms: others stand behind those."""
    return pain.authors >= privacy.BEHIND or pain.severity >= trend.HARM


def _third(view: View, chosen: Sequence[PainView], rest: Sequence[PainView]) -> PainView:
    """The reserved place: for the side that has none, else for an area that has none, else for the heaviest."""
    equal = _customers_first([p for p in rest if shared(p) or not shared(rest[0])][:AMONG])
    sides = {p.entry.side for p in chosen}
    areas = {view.area(p) for p in chosen}
    other_side = [p for p in equal if p.entry.side not in sides]
    other_area = [p for p in equal if view.area(p) not in areas and p.impact >= rest[0].impact / 2]
    if len(sides) == 1 and other_side:
        return other_side[0]
    return other_area[0] if other_area else equal[0]


def _customers_first(pains: Sequence[PainView]) -> tuple[PainView, ...]:
    """In order of weight, but what customers suffer before what weighs about the same for staff."""
    ordered = list(pains)
    for _ in ordered:
        for at in range(len(ordered) - 1):
            heavy, light = ordered[at : at + 2]
            sides = (heavy.entry.side, light.entry.side)
            near = light.impact >= NEAR * heavy.impact and shared(light) >= shared(heavy)
            if sides == ("developer", "customer") and near:
                ordered[at], ordered[at + 1] = light, heavy
    return tuple(ordered)


def also_open(view: View, shown: Sequence[PainView]) -> tuple[PainView, ...]:
    ids = {p.id for p in shown}
    return tuple(p for p in view.standing if p.id not in ids)


def quiet_teams(view: View) -> tuple[str, ...]:
    """Teams of at least five that wrote nothing though they usually do; empty while any source is blind."""
    if view.unheard or view.listened < trend.MIN_WEEKS:
        return ()
    return tuple(t for t in sorted(view.scope) if view.index.sizes[t] >= privacy.GROUP and _unusually_quiet(view, t))


def _unusually_quiet(view: View, team: str) -> bool:
    if _wrote(view, team):
        return False
    past = list(zip(_team_history(view, team), _team_shares(view, team), strict=True))[-trend.BASELINE :]
    known = trend.base([y for y, _ in past if y is not None], [share for y, share in past if y is not None])
    return trend.at_most(0, known, view.share(view.monday, [team])) < trend.LOW


def long_unheard(view: View, team: str) -> bool:
    """Whether nothing came from a team in the four weeks before this one."""
    return not any(_team_history(view, team)[-4:])


def heard_again(view: View) -> tuple[tuple[str, int], ...]:
    """(team of at least five, weeks of silence before this one) where at least six weeks were silent."""
    found = []
    for team in sorted(view.scope):
        if view.index.sizes[team] < privacy.GROUP or not _wrote(view, team):
            continue
        silence = _silence(_team_history(view, team))
        if silence >= 6:
            found.append((team, silence))
    return tuple(found)


def _silence(weeks: Sequence[int | None]) -> int:
    """Listened weeks without a voice, up to now; 0 for a team that was never heard before."""
    quiet = 0
    for y in reversed(weeks):
        if y:
            return quiet
        quiet += y is not None
    return 0


def _wrote(view: View, team: str) -> bool:
    return any(v.team == team and v.role == "staff" for v in view.friction)


def _team_history(view: View, team: str) -> list[int | None]:
    since = view.index.material.listening_since
    weeks = view.index.team_weeks.get(team, {})
    return [
        None if monday < since or share == 0 else len(weeks.get(monday, ()))
        for monday, share in zip(view.mondays, _team_shares(view, team), strict=True)
    ]


def _team_shares(view: View, team: str) -> list[float]:
    return [view.share(monday, [team]) for monday in view.mondays]
