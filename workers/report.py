"""What is going on in a deployment: what `leafnotes status` says and the operators' page shows."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from pipeline import correcting, drift, periods, proposing, receiving
from pipeline.digest import words
from pipeline.gaps import Gap
from pipeline.issue import Period
from pipeline.objections import PROPOSALS
from pipeline.store import (
    check_ins,
    db,
    digests,
    issues,
    lessons,
    objections,
    previews,
    registry,
    returned,
    sources,
    work,
)
from pipeline.store import drift as drift_store
from pipeline.store.lessons import Version
from workers import calling, listening
from workers.engine import EMPTY, GAP, INBOX_TROUBLE
from workers.wiring import Deployment

NEWEST = 20
"""Corrections of readers that are listed."""


def length(span: timedelta) -> str:
    """A length of time as a person says it: "90 seconds", "40 minutes", "30 hours", "3 days"."""
    for unit, one in (("days", timedelta(days=1)), ("hours", timedelta(hours=1)), ("minutes", timedelta(minutes=1))):
        if span >= 2 * one:
            return f"{span // one} {unit}"
    seconds = span // timedelta(seconds=1)
    return f"{seconds} second" + "s" * (seconds != 1)


def _language_model(house: Deployment, session: Any) -> Mapping[str, Any] | None:
    model, per_day = house.language_model, house.settings.language_model.per_day
    return None if model is None else proposing.report(session, model, per_day, house.now(), house.zone)


def _empty(session: Any, name: str) -> str | None:
    return registry.mark(session, f"{EMPTY}{name}")


def _gap(session: Any, name: str) -> Gap:
    return Gap.from_json(registry.mark(session, f"{GAP}{name}"))


def _nothing_came(name: str, since: str) -> str:
    return (
        f"{name}: since {since:.16} nothing came, not even what came last; "
        "if nobody deleted that, the credential sees less than before: check its rights"
    )


def report(house: Deployment, listed: int) -> dict[str, Any]:
    """What is going on; of the items that were set aside the newest `listed`."""
    now = house.now()
    period = periods.last_ended(now, house.zone)
    then = house.at(period)
    with db.reading(house.database) as session:
        states = sources.states(session)
        counts = digests.counts(session, period.label)
        problems = [f"set aside: {kind} {key}: {why}" for kind, key, why in work.set_aside(session)]
        problems += [f"failing: {kind} {key}, {n} tries: {why}" for kind, key, n, why in work.failing(session)]
        problems += [f"quarantine: {source} {what}: {why}" for source, what, why in issues.quarantined(session, listed)]
        problems += [said for name in sorted(house.sources) if (said := _gap(session, name).said(name))]
        problems += [_nothing_came(name, since) for name in sorted(house.sources) if (since := _empty(session, name))]
        problems += [
            f"digest of {leader}, {label}: {why}" for leader, label, why in digests.alarms(session, period.label)
        ]
        problems += [receiving.line(row) for row in returned.waiting(session, listed)]
        if trouble := registry.mark(session, INBOX_TROUBLE):
            problems.append(f"the inbox of replies and bounces cannot be read: {trouble}")
        return {
            "period": period.label,
            "due": sum(then.due(period, leader) <= now for leader in then.org.leaders),
            "digests": ", ".join(f"{count} {state}" for state, count in sorted(counts.items())),
            "sources": [_source(house, session, name, states.get(name), now) for name in sorted(house.sources)],
            "backlog": {
                f"{kind} {state}": n for (kind, state), n in sorted(work.backlog(session).items()) if state != "done"
            },
            "language_model": _language_model(house, session),
            "lessons": _lessons_waiting(session),
            "corrections": _corrections(session, listed),
            "away": listening.away(house, session),
            "check_in": _check_in(session, periods.period_at(now, house.zone).label),
            "preview": _preview(house, session, period, now),
            "escalations": calling.report(house, session, now),
            "drift": _drift(session, now, house.zone),
            "waiting": _waiting(house, session, now),
            "failing": len(work.failing(session)) + len(work.set_aside(session)),
            "set_aside": issues.quarantined_counts(session),
            "problems": problems,
        }


def _waiting(house: Deployment, session: Session, now: datetime) -> list[dict[str, Any]]:
    """By week what was due and is not sent, since it waits for a person's word, the oldest first."""
    found: dict[str, dict[str, Any]] = {}
    for one in digests.waiting(session):
        begun = {"week": one.period, "since": one.since, "overdue": False, "leaders": []}
        week = found.setdefault(one.period, begun)
        week["since"] = min(week["since"], one.since)
        week["overdue"] |= _next_is_due(house, one.period, one.leader, now)
        week["leaders"].append(one.leader)
    return list(found.values())


def _next_is_due(house: Deployment, week: str, leader: str, now: datetime) -> bool:
    """Whether the leaf notes of the week after are due too, to the leader or to who was one."""
    following = periods.after(periods.week_of(week, house.zone))
    return (house.due(following, leader) if leader in house.org.people else following.end) <= now


def waits(week: Mapping[str, Any]) -> str:
    """What is due and not sent of a week, in a line."""
    leaders = week["leaders"]
    named = ", ".join(leaders[:5]) + (f" and {len(leaders) - 5} more" if len(leaders) > 5 else "")
    late = "; overdue: those of the week after are due as well" if week["overdue"] else ""
    count = f"{len(leaders)} leaf notes were due and wait" if len(leaders) > 1 else "1 leaf note was due and waits"
    return f"{week['week']}: {count} since {week['since']:%Y-%m-%d %H:%M} UTC ({named}){late}; `leafnotes release`"


def _corrections(session: Session, listed: int) -> list[str]:
    """What readers said is not right and stands: what operators decide first, then the newest."""
    said = objections.latest(session, max(listed, NEWEST), standing=True)
    titles = correcting.titles_of(session) if said else {}
    ordered = sorted(said, key=lambda one: one.what not in PROPOSALS)
    found = [f"{one.id} {correcting.teller(one)}, {one.at:%Y-%m-%d}: {correcting.told(one, titles)}" for one in ordered]
    return [*correcting.proposed_claims(session), *found]


def _check_in(session: Session, week: str) -> str | None:
    """How many people were asked this week, and what became of the mails; never how many answered."""
    people, groups = check_ins.asked(session, week)
    if not people:
        return None
    states = digests.counts(session, digests.check_in_name(week))
    sent = [f"{n} {state.removeprefix('mail:')}" for state, n in sorted(states.items()) if state.startswith("mail:")]
    return f"{week}: {people} people of {groups} group{'s' * (groups > 1)} asked, mails: {', '.join(sent) or 'none'}"


def _preview(house: Deployment, session: Session, period: Period, now: datetime) -> str | None:
    """What leaders are shown now of what will be quoted, and what became of the mails about it."""
    decided, windows = digests.decided(session, period.label), house.at(period).windows(period)
    waits = {reader: at for reader, (_, at) in windows.items() if now < at and reader not in decided}
    rows = [row for row in previews.shown(session, period.label) if row.reader in waits]
    if not rows:
        return None
    leaders = {row.leader for row in rows}
    until = words.moment(max(waits[row.reader] for row in rows), house.zone)
    added = sum(one.by in leaders for some in previews.added(session, period.label).values() for one in some)
    states = digests.counts(session, digests.preview_name(period.label))
    sent = [f"{n} {state.removeprefix('mail:')}" for state, n in sorted(states.items()) if state.startswith("mail:")]
    shown = f"{len(rows)} quotation{'s' * (len(rows) > 1)} shown to {len(leaders)} leader{'s' * (len(leaders) > 1)}"
    return f"{period.label}: {shown} until {until}, {added} with context, mails: {', '.join(sent) or 'none'}"


def _drift(session: Session, now: datetime, zone: str) -> list[str]:
    """What changed in the open week, or in the last one that ended, beside the eight weeks before it."""
    open_week = periods.period_at(now, zone)
    every = [open_week]
    for _ in range(drift.WEEKS + 1):
        every.append(periods.before(every[-1]))
    weeks = drift_store.weeks(session, every[::-1])
    found = [*drift.changes(weeks[-2], weeks[:-2]), *drift.changes(weeks[-1], weeks[:-1])]
    return [str(change) for change in sorted(found, key=lambda change: -change.score)]


def _source(house: Deployment, session: Any, name: str, state: Any, now: Any) -> dict[str, Any]:
    read_to = state.read_to if state else None
    lag = now - read_to if read_to is not None and now - read_to > timedelta(hours=1) else None
    return {
        "name": name,
        "kind": house.kinds[name],
        "issues": issues.count_of(session, name),
        "read_to": read_to,
        "lag": length(lag) if lag else None,
        "failures": state.failures if state else 0,
        "error": state.last_error if state else None,
        "empty_since": _empty(session, name),
        "cursor": house.sources[name].describe(state.cursor if state else {}),
    }


def harms(one: Version) -> str:
    """What a version's lessons would make wrong, in a line."""
    said = [harm["said"] for harm in one.about.get("harms", ())]
    more = f", and {len(said) - 1} more" if len(said) > 1 else ""
    return f"{said[0] if said else 'it would do harm'}{more}"


def _lessons_waiting(session: Session) -> str | None:
    """One line about lessons that wait for an operator."""
    shadow = lessons.in_state(session, "shadow")
    if shadow is None:
        return None
    remedy = f"`leafnotes label ISSUE --undo` or `leafnotes model live {shadow.version}`"
    return f"version {shadow.version} waits in the shadow: {harms(shadow)}; {remedy}"
