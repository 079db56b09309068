"""What Prometheus is told: computed from the database when it asks, so that it is true however many processes work.

Names of sources, kinds and states only: nothing about a person, and no text.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from pipeline import mailing, periods
from pipeline.issue import Period
from pipeline.store import db, digests, issues, registry, sources, work
from workers.engine import KINDS, TICKED
from workers.queues import CANARY, QUEUES
from workers.wiring import Deployment

REASONS = ("undecided", "unreleased", "held", "unaddressed", "unheard", "waiting", "unknown", "refused")
"""Why a digest whose time has come was not taken by a mail server."""
_BY_MAIL = {"unknown": "unknown", **dict.fromkeys(mailing.LOST, "refused")}
STATES = ("planned", "rendered", "sending", "accepted", "deferred", "rejected", "unknown", "gave_up")


@dataclass(frozen=True, slots=True)
class Figure:
    """A gauge: its samples by (label, value of the label), or one without a label."""

    name: str
    help: str
    samples: tuple[tuple[tuple[str, str] | None, float], ...]


def exposition(figures: Iterable[Figure]) -> str:
    """The text format 0.0.4 of Prometheus."""
    lines = []
    for one in figures:
        lines += [f"# HELP {one.name} {one.help}", f"# TYPE {one.name} gauge"]
        lines += [f"{one.name}{_label(label)} {value:.15g}" for label, value in one.samples]
    return "\n".join(lines).replace(" inf", " +Inf") + "\n"


def _label(label: tuple[str, str] | None) -> str:
    if label is None:
        return ""
    value = label[1].replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
    return f'{{{label[0]}="{value}"}}'


def figures(house: Deployment) -> list[Figure]:
    with db.reading(house.database) as session:
        now, moment = house.now(), db.now(session)
        unsent = not_sent(house, session, now)
        return [
            _by("leafnotes_digests_due_not_sent", "Digests whose time has come and that no mail server took", "reason",
                dict.fromkeys(REASONS, 0) | Counter(why for why, _ in unsent)),
            _one("leafnotes_digests_due_not_sent_oldest_seconds", "Since when the longest of them is due",
                 max(((now - due).total_seconds() for _, due in unsent), default=0)),
            *_of_sources(house, session, now),
            *_of_work(session, moment),
            _by("leafnotes_mails", "Mails by their state", "state",
                dict.fromkeys(STATES, 0) | digests.mail_states(session)),
            _one("leafnotes_tick_age_seconds", "Since somebody last looked at what is due", _since(session, moment)),
            _by("leafnotes_canary_age_seconds", "Since a queue gave, or was asked for, a sign of life", "queue",
                dict.fromkeys(QUEUES, float("inf"))
                | {key: (moment - at).total_seconds() for key, at in work.changed(session, CANARY).items()}),
        ]  # fmt: skip


def _one(name: str, help: str, value: float) -> Figure:
    return Figure(name, help, ((None, value),))


def _by(name: str, help: str, label: str, values: Mapping[str, float]) -> Figure:
    return Figure(name, help, tuple(((label, key), value) for key, value in sorted(values.items())))


def _since(session: Session, moment: datetime) -> float:
    ticked = registry.mark(session, TICKED)
    return (moment - datetime.fromisoformat(ticked)).total_seconds() if ticked else float("inf")


def _of_sources(house: Deployment, session: Session, now: datetime) -> list[Figure]:
    states = sources.states(session)
    read_to = {name: states[name].read_to if name in states else None for name in house.sources}
    lag = {name: (now - at).total_seconds() if at else float("inf") for name, at in read_to.items()}
    failures = {name: states[name].failures if name in states else 0 for name in house.sources}
    items = dict.fromkeys(house.sources, 0) | issues.quarantined_counts(session)
    return [
        _by("leafnotes_source_lag_seconds", "How far behind a source is read", "source", lag),
        _by("leafnotes_source_failures", "Pulls in a row that failed", "source", failures),
        _by("leafnotes_source_items_set_aside", "Items that could not be understood", "source", items),
    ]


def _of_work(session: Session, moment: datetime) -> list[Figure]:
    waiting, backlog = work.waiting(session), work.backlog(session)
    counts = {kind: waiting[kind][0] if kind in waiting else 0 for kind in KINDS}
    ages = {kind: (moment - waiting[kind][1]).total_seconds() if kind in waiting else 0 for kind in KINDS}
    running = {kind: backlog.get((kind, "running"), 0) for kind in KINDS}
    aside = {kind: backlog.get((kind, "quarantined"), 0) for kind in KINDS}
    return [
        _by("leafnotes_work_waiting", "Work that could be done now and that nobody does", "kind", counts),
        _by("leafnotes_work_waiting_oldest_seconds", "Since when the oldest of it could be done", "kind", ages),
        _by("leafnotes_work_running", "Work that somebody does", "kind", running),
        _by("leafnotes_work_set_aside", "Work that failed too often and waits for a person", "kind", aside),
    ]


def not_sent(house: Deployment, session: Session, now: datetime) -> list[tuple[str, datetime]]:
    """(reason, when it was due) of each digest of the last two weeks that is due and that nobody took.

    What a leader paused, a person refused and what was skipped is not sent on purpose.
    """
    if issues.first_created(session) is None:
        return []
    newest = periods.last_ended(now, house.zone)
    return [
        *_unsent(house, session, periods.before(newest), now, only_known=True),
        *_unsent(house, session, newest, now, only_known=False),
    ]


def _unsent(
    house: Deployment, session: Session, period: Period, now: datetime, *, only_known: bool
) -> list[tuple[str, datetime]]:
    then = house.at(period)
    outcomes = digests.outcomes(session, period.label)
    found = []
    for leader in then.org.leaders:
        due = then.due(period, leader)
        if due <= now and (leader in outcomes or not only_known):
            reason = why_not_sent(*outcomes.get(leader, ("planned", None)))
            found += [(reason, due)] if reason is not None else []
    return found


def why_not_sent(digest: str, mail: str | None) -> str | None:
    """A reason by the states of a digest and its mail; None where it was sent, or is not to be sent."""
    if digest in ("paused", "skipped", "refused") or (digest == "composed" and mail == "accepted"):
        return None
    if digest == "composed":
        return _BY_MAIL.get(mail or "", "waiting")
    return {"planned": "undecided", "waiting": "unreleased"}.get(digest, digest)
