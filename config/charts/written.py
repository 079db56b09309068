"""A chart as a file of org.d: one entry a line, what changed dated, the same chart always the same text."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from json import dumps
from typing import Any, Final

from config.charts.chart import Chart, Claim, Person, Team
from config.org import Dated, ImportedFile, Origin, PersonEntry, TeamEntry, held

KEPT: Final = timedelta(days=400)
"""How long an edge is kept after it ended."""
_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9._/@-]*")
_WORDS: Final = frozenset({"null", "true", "false"})

Edge = str | tuple[Dated, ...] | None


def written(chart: Chart, origin: Origin, before: ImportedFile | None, since: date | None) -> str:
    """The text of the file. What is not as it was before holds from a day on; without one, always."""
    people = {person.id: person for person in before.people} if before else {}
    teams = {team.id: team for team in before.teams} if before else {}
    lines = ["# Written by `leafnotes org import`, which writes it anew. What org.yaml says of the same wins."]
    lines.append(f"imported: {_flow({'kind': origin.kind, 'files': list(origin.files), 'at': origin.at})}")
    lines.append("teams:")
    lines += [f"- {_flow(_team(t, teams.get(t.id), since))}" for t in sorted(chart.teams, key=lambda t: t.id)]
    lines.append("people:")
    lines += [f"- {_flow(_person(p, people.get(p.id), since))}" for p in sorted(chart.people, key=lambda p: p.id)]
    return "\n".join(lines) + "\n"


def _team(team: Team, before: TeamEntry | None, day: date | None) -> dict[str, Any]:
    return {
        "id": team.id,
        "name": team.name,
        "parent": edge(before.parent if before else None, team.parent, day),
        "leader": edge(before.leader if before else None, team.leader, day),
        "owns": [_claim(claim) for claim in team.owns],
    }


def _person(person: Person, before: PersonEntry | None, day: date | None) -> dict[str, Any]:
    return {
        "id": person.id,
        "name": person.name,
        "email": person.email,
        "timezone": person.timezone,
        "team": edge(before.team if before else None, person.team, day),
        "accounts": dict(person.accounts),
    }


def _claim(claim: Claim) -> dict[str, Any]:
    return {"project": claim.project, "component": claim.component, "path": claim.path}


def edge(before: Edge, now: str | None, day: date | None) -> Edge:
    """An edge that leads to `now` from the day on and before it where it led; without a day it always did."""
    if day is None:
        return now
    past = before if isinstance(before, tuple) else (Dated(id=before),) if before is not None else ()
    if held(past, day) == now and not any(one.from_ and one.from_ > day for one in past):
        return before
    kept = [_until(one, day) for one in past if one.from_ is None or one.from_ < day]
    kept = [one for one in kept if one.until is None or one.until > day - KEPT]
    if now is not None and kept and kept[-1].id == now and kept[-1].until == day:
        kept[-1] = kept[-1].model_copy(update={"until": None})  # it was to end on this day, and does not
    elif now is not None:
        kept.append(Dated.model_validate({"id": now, "from": day.isoformat()}))
    if len(kept) == 1 and kept[0].from_ is None and kept[0].until is None:
        return kept[0].id
    return tuple(kept) or None


def _until(one: Dated, day: date) -> Dated:
    return one if one.until is not None and one.until <= day else one.model_copy(update={"until": day})


def _flow(value: Any) -> str:
    """A value on one line, without what is empty."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_text(key)}: {_flow(part)}" for key, part in _said(value)) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(_flow(part) for part in value) + "]"
    if isinstance(value, Dated):
        return _flow({"id": value.id, "from": value.from_, "until": value.until})
    return value.isoformat() if isinstance(value, date) else _text(str(value))


def _said(value: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    return ((key, part) for key, part in value.items() if part not in (None, (), [], {}))


def _text(text: str) -> str:
    return text if _PLAIN.fullmatch(text) and text.casefold() not in _WORDS else dumps(text, ensure_ascii=False)
