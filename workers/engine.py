"""Performs work rows. The same engine runs in one process without a broker and inside Celery workers.

Each kind of row has one method, which opens transactions, calls a step, and finishes the row in the transaction of the
effect. Ids of rows that a transaction asked for are published after it commits; that they are lost is no harm, since a
sweep asks the database what is due.
"""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from time import monotonic, sleep
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from connectors.base import SourceError, Writer
from pipeline import (
    checking_in,
    erasing,
    escalating,
    letters,
    periods,
    previewing,
    proposing,
    receiving,
    steps,
    surveying,
    teaching,
    telling,
)
from pipeline.forgetting import Eraser
from pipeline.gaps import Gap
from pipeline.ingesting import Told
from pipeline.issue import Gone, NoProposal, Period, Text, Verdict
from pipeline.receiving import Taken
from pipeline.returned import Returned
from pipeline.returned import read as understand
from pipeline.steps import Ingested
from pipeline.store import (
    answers,
    db,
    digests,
    issues,
    listeners,
    objections,
    previews,
    proposals,
    registry,
    returned,
    sources,
    work,
)
from pipeline.store.forgotten import Written
from pipeline.store.work import Fenced, Job
from workers import alive
from workers.inbox import Bookmark, portions
from workers.queues import CANARY, QUEUES, queue_of
from workers.senders import erase
from workers.wiring import Deployment, Source, span

log = structlog.get_logger()

NEEDED = (
    "inbox", "pull", "census", "teach", "classify", "assign", "survey", "outage", "escalate", "close", "compose",
    "deliver", receiving.KIND, previewing.KIND, erasing.KIND,
)  # fmt: skip
AFTERWARDS = (proposing.KIND, telling.KIND)
KINDS = (*NEEDED, *AFTERWARDS, CANARY)
"""What is not needed is done by `run` when all else is done, and by workers; no other command waits for it."""
TRIES = 3
"""Of a pull before the source counts as unreadable for now; the next poll tries again."""
PATIENCE = timedelta(hours=2)
"""How long after the first leader is due a period waits for a source or a verdict that does not come."""
LIMIT = timedelta(hours=6)
"""After so long a period is closed whatever is still being read: one endless source must not keep everybody waiting."""
RECHECK = timedelta(seconds=5)
"""How soon a period that waits is looked at again; what it waits for wakes it up before."""
BEHIND_CLOSE = timedelta(seconds=1)
"""How soon assigning looks again whether a period is still being closed."""
MOMENT = timedelta(minutes=1)
"""How long an escalation waits at most until its issue is in a pain, and assigning until a week is closed."""
KNOWING = ("pull", "teach", "classify", "close", "assign")
"""Work that may still bring more of the same pain."""
KEEP_DONE = timedelta(days=7)
KEEP_DELIVERIES = timedelta(days=30)
CENSUS = timedelta(days=1)
INBOX = timedelta(minutes=5)
"""How often the mailbox of replies and bounces is looked at."""
SURVEYED = "surveyed"
"""Mark of the day on which the running week was last looked at."""
INBOX_READ, INBOX_ASKED, INBOX_TROUBLE = "inbox read", "inbox asked", "inbox trouble"
"""Marks: how far it is read, when it was last looked at, and why it could not be."""
TICKED = "ticked"
"""Mark of the last look at what is due, on the database's clock."""
CANARIES = timedelta(minutes=1)
"""How often each queue is asked whether somebody works on it."""
GAP = "gap "
"""Mark of a source: what it has and did not give."""
EMPTY = "empty "
"""Mark of a source whose last pull brought nothing at all, though it had brought something before."""
ROUNDS = 5
"""Of looking for who was forgotten, at most: two are enough where nobody else writes."""
SETTLE = timedelta(seconds=3)
"""How long a webhook's hint waits for others, so that a storm of them is one pull."""

Publish = Callable[[str, Sequence[int]], None]
"""Wakes up those who work on a queue for these rows."""


def _never(_queue: str) -> bool:
    return False


def _nobody(_queue: str, _ids: Sequence[int]) -> None:
    """Without a broker nobody has to be woken up."""


@dataclass(slots=True)
class Engine:
    """`publish` wakes workers up; `watch` is told a pull's totals after each page, `say` gets lines of progress."""

    deployment: Deployment
    publish: Publish = _nobody
    crowded: Callable[[str], bool] = _never
    """Whether enough messages wait in a queue: a sweep leaves it alone."""
    watch: Callable[[Ingested], None] | None = None
    say: Callable[[str], None] | None = None
    turn: float = 60.0
    """Seconds after which a pull that is not done lets the other work go first."""
    stopping: Callable[[], bool] = bool
    """Whether the process was asked to end: nothing new is begun, and what can stop between two parts does."""

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        with db.transaction(self.deployment.database) as session:
            yield session
        self._wake(session.info.pop("requested", []))

    def _wake(self, rows: Iterable[tuple[str, str, int]]) -> None:
        """Publish (kind, key, id) of rows, each in its queue."""
        by_queue: dict[str, list[int]] = {}
        for kind, key, row_id in rows:
            by_queue.setdefault(queue_of(kind, key), []).append(row_id)
        for queue, ids in by_queue.items():
            self.publish(queue, ids)

    # --- what is due -------------------------------------------------------------------------------------------------

    def tick(self) -> None:
        """Ask for everything that is due now. Any number of ticks, from anywhere, asks for it once.

        In short transactions: whoever works on what is asked for waits for them.
        """
        house, now = self.deployment, self.deployment.now()
        with self.transaction() as session:
            sources.ensure(session, {name: source.options.kind for name, source in house.sources.items()})
            for name, state in sources.states(session).items():
                source = house.sources.get(name)
                if source is None:
                    continue
                if _is_due(source, state, now):
                    work.request(session, "pull", name)
                if _wants_census(source, state, now, Gap.from_json(registry.mark(session, f"{GAP}{name}"))):
                    work.request(session, "census", name)
            self._ask_inbox(session, now)
            self._ask_canaries(session)
            registry.set_mark(session, TICKED, db.now(session).isoformat())
        with self.transaction() as session:
            self._reroute(session)
            if house.language_model is not None:
                proposing.wake(session, house.language_model, now, house.zone)
            self._ask_survey(session, now)
            escalating.wake(session, now)
            checking_in.wake(session, house.house, now)
            self._plan(session)
        with self.transaction() as session:
            self._tidy(session)

    def _ask_canaries(self, session: Session) -> None:
        """Where there is a broker: whoever performs it proves that messages of the queue arrive and are worked on."""
        if self.publish is _nobody:
            return
        before = db.now(session) - CANARIES
        for queue in set(QUEUES) - work.changed_since(session, CANARY, before):
            work.request(session, CANARY, queue)

    def sweep(self, *queues: str, limit: int = 500) -> None:
        """Publish again what is due and unclaimed: what the broker lost, and what was waiting for its time.

        All of it, or that of some queues; of each at most `limit`, so that none takes another's turn, and nothing where
        enough messages wait already: what is published faster than it is worked on would grow without end.
        """
        free = [queue for queue in queues or QUEUES if not self.crowded(queue)]
        with db.reading(self.deployment.database) as session:
            rows = [row for queue in free for row in work.due_rows(session, QUEUES[queue], limit)]
            if not queues:
                rows += [row for row in work.due_rows(session, [CANARY]) if row[1] in free]
        self._wake(rows)

    def _ask_inbox(self, session: Session, now: datetime) -> None:
        asked = registry.mark(session, INBOX_ASKED)
        if self.deployment.inbox is None or (asked and now - datetime.fromisoformat(asked) < INBOX):
            return
        registry.set_mark(session, INBOX_ASKED, now.isoformat())
        work.request(session, "inbox", "mail")

    def _ask_survey(self, session: Session, now: datetime) -> None:
        """Once a working day, from the hour on at which leaders are called: a look at the running week."""
        ladder, zone = self.deployment.house.ladder, self.deployment.zone
        local = now.astimezone(ZoneInfo(zone))
        wanted = any(ladder.rules[name].enabled for name in surveying.RULES)
        if not wanted or local.hour < ladder.opens or not self.deployment.house.workdays.works(local.date()):
            return
        if registry.mark(session, SURVEYED) != local.date().isoformat():
            registry.set_mark(session, SURVEYED, local.date().isoformat())
            work.request(session, "survey", local.date().isoformat())

    def _reroute(self, session: Session) -> None:
        """A changed org chart, or a lost batch, leaves verdicts behind: ask for them again."""
        org_hash = self.deployment.org_hash
        if registry.mark(session, "org") == org_hash:
            return
        stale = issues.unclassified(session, org_hash=org_hash)
        steps.ask_for_verdicts(session, stale)
        registry.set_mark(session, "org", org_hash)

    def _tidy(self, session: Session) -> None:
        """Once a day: forget what the retention says, and rows of work done long ago."""
        now, keep = self.deployment.now(), self.deployment.settings.retention
        if registry.mark(session, "tidied") == f"{now:%Y-%m-%d}":
            return
        registry.set_mark(session, "tidied", f"{now:%Y-%m-%d}")
        sources.forget_pages(session, now - span(keep.raw_pages))
        sources.forget_deliveries(session, now - KEEP_DELIVERIES)
        if issues.forget_text(session, now - span(keep.text)):
            teaching.ask(session)  # a text that is gone teaches nothing any more
        proposals.forget_text(session)
        returned.forget_text(session, now - span(keep.text))
        objections.forget_text(session, now - span(keep.text))
        previews.forget(session, now - span(keep.text))
        work.tidy(session, KEEP_DONE)

    def _plan(self, session: Session) -> Collection[Period]:
        """Ask for what is due; the periods in which somebody is."""
        closed = registry.mark(session, "closed")
        planned = self._due(session)
        for period, due in planned.items():
            if set(due) - digests.decided(session, period.label) or self._reachable(session, period):
                kind = "compose" if closed is not None and closed >= period.label else "close"
                work.request(session, kind, period.label)
        period = periods.last_ended(self.deployment.now(), self.deployment.zone)
        foreseen = self._foreseen(session, period)
        if foreseen and closed is not None and closed >= period.label:
            previewing.ask(session, period, sorted(foreseen), self.deployment.now())
        elif foreseen:
            work.request(session, "close", period.label)
        return planned.keys()

    def _reachable(self, session: Session, period: Period) -> bool:
        """Whether somebody whose digest waited for an e-mail address, or for one that takes mail, has one now."""
        org = self.deployment.org
        waits = digests.unheard(session, period.label)
        if waits and waits.keys() & org.people.keys() - returned.unheard(session, org).keys():
            return True
        people = org.people
        return any(leader in people and people[leader].email for leader in digests.unaddressed(session, period.label))

    def _due(self, session: Session) -> dict[Period, dict[str, datetime]]:
        """Who led at the end of the last week is told of it, whoever leads by now."""
        house = self.deployment
        at = cache(house.at)
        planned = steps.plan(
            session,
            now=house.now(),
            zone=house.zone,
            due=lambda period, leader: at(period).due(period, leader),
            org=at(periods.last_ended(house.now(), house.zone)).org,
        )
        led = {period: at(period).org.leaders for period in planned}
        return {period: {who: at for who, at in due.items() if who in led[period]} for period, due in planned.items()}

    def _foreseen(self, session: Session, period: Period) -> dict[str, datetime]:
        """The leaders whose digest of a period is open to a look now, to when it goes: its preview has begun, and it is
        not decided. Nobody's where there is no preview, or nothing was read yet."""
        if not self.deployment.house.preview:
            return {}
        now, windows = self.deployment.now(), self.deployment.at(period).windows(period)
        due = {leader: goes for leader, (opens, goes) in windows.items() if opens <= now < goes}
        if not due or issues.first_created(session) is None:
            return {}
        closed = digests.decided(session, period.label) | listeners.paused(session, now).keys()
        return {leader: goes for leader, goes in due.items() if leader not in closed}

    # --- doing it ----------------------------------------------------------------------------------------------------

    def perform(self, row_id: int) -> bool:
        """Claim and do one row; False where there was nothing to claim or the lease was lost on the way."""
        if self.stopping():
            return False
        with db.transaction(self.deployment.database) as session:
            job = work.claim(session, row_id, KINDS, self.deployment.lease, alive.name())
        if job is None:
            return False
        if self.say is not None:
            self.say(f"{job.kind} {job.key}")
        with structlog.contextvars.bound_contextvars(work=job.id, kind=job.kind, key=job.key, attempt=job.attempt):
            try:
                return self._do(job)
            except (KeyboardInterrupt, Exception):  # or no database: who comes next need not wait for the lease to end
                self._broken_off()
                raise

    def _do(self, job: Job) -> bool:
        try:
            getattr(self, f"_{job.kind}")(job)
        except Fenced as lost:
            log.warning("lease lost", reason=str(lost))
            return False
        except Exception as error:
            log.error("work failed", reason=db.said(error), exc_info=not isinstance(error, DBAPIError))
            try:
                self._failed(job, error)
            except Fenced as lost:
                log.warning("lease lost", reason=str(lost))
        return True

    def _broken_off(self) -> None:
        try:
            self.give_back()
        except DBAPIError:
            alive.leave()

    def _failed(self, job: Job, error: Exception) -> None:
        reason = db.said(error)[:2000]
        with self.transaction() as session:
            if job.attempt >= work.ATTEMPTS:
                work.quarantine(session, job, reason)
            else:
                work.postpone(session, job, timedelta(seconds=2 ** (job.attempt - 1)), reason=reason, counts=True)

    def drain(self, *, patience: timedelta = timedelta(seconds=3)) -> None:
        """Do everything that is due, and what follows from it, until nothing is due within `patience`."""
        told: set[tuple[str, str]] = set()
        while not self.stopping():
            with db.transaction(self.deployment.database) as session:
                ids = work.due(session, NEEDED, limit=50)
                wait = work.next_due(session, NEEDED)
                held = [] if ids else work.held(session, NEEDED)
            for row_id in ids:
                self.perform(row_id)
            for kind, key, until in held:
                if (kind, key) not in told:
                    log.warning("held by another process", kind=kind, key=key, until=f"{until:%H:%M:%S} UTC")
                    told.add((kind, key))
            if not ids:
                if wait is None or wait > patience:
                    return
                sleep(max(0.05, wait.total_seconds()))

    def run_once(self) -> None:
        """The whole loop once: pull, classify, assign, close, compose, deliver; then a turn for what is not needed."""
        self.take_over()
        self.tick()
        self.drain()
        self.tick()
        self.drain()
        self.ask()

    def ask(self) -> None:
        """A turn of what nobody waits for: asking the language model, and telling those who wrote of answers."""
        with db.transaction(self.deployment.database) as session:
            ids = work.due(session, AFTERWARDS)
        for row_id in ids:
            self.perform(row_id)

    def pull_now(self, names: Sequence[str]) -> list[int]:
        """Ask for sources at once, whatever their poll interval and back-off say; the rows to perform, in order."""
        with self.transaction() as session:
            sources.ensure(session, {name: self.deployment.kinds[name] for name in names})
            rows = [work.request(session, "pull", name) for name in names]
            for name in names:
                work.release(session, "pull", name)
        return rows

    def hint(self, source: str, delivery: str) -> bool:
        """A genuine webhook came: look at its source soon. False where this delivery was seen before."""
        with self.transaction() as session:
            fresh = sources.hinted(session, source, delivery, self.deployment.now())
            if fresh:
                work.request(session, "pull", source, run_after=db.now(session) + SETTLE)
        return fresh

    def receive(self, data: bytes) -> Taken:
        """Take in one mail that came back, once however often it comes."""
        mail = self._understood(data)
        with self.transaction() as session:
            return self._take(session, mail)

    def _understood(self, data: bytes) -> Returned:
        """Outside any transaction: a mail that a stranger made large takes its time."""
        house = self.deployment
        return understand(data, path=house.returns, trusted=house.settings.mail.trusted_results)

    def _take(self, session: Session, mail: Returned) -> Taken:
        house = self.deployment
        taken = receiving.take(session, mail, house.house, zone=house.zone, now=house.now())
        log.info("received", what=taken.what, leader=taken.leader)
        return taken

    def take_over(self) -> None:
        """What a process of this machine held when it died need not wait for its lease to run out."""
        with self.transaction() as session:
            for holder in sorted(work.holders(session)):
                if alive.is_dead(holder):
                    work.abandon(session, holder)

    def give_back(self) -> None:
        """What this process held when it was broken off is for whoever comes next."""
        with self.transaction() as session:
            work.abandon(session, alive.name())

    # --- one method a kind -------------------------------------------------------------------------------------------

    def _canary(self, job: Job) -> None:
        with self.transaction() as session:
            work.finish(session, job)

    def _pull(self, job: Job) -> None:
        source = self.deployment.sources.get(job.key)
        if source is None:
            with self.transaction() as session:
                work.finish(session, job)
            return
        began = self.deployment.now()
        try:
            total, read_to, whole = self._pages(job, source, began)
        except Fenced:
            raise
        except SourceError as error:
            self._pull_failed(job, error)
            return
        except Exception as error:  # a connector, or the database, failed in a way that nobody foresaw
            self._pull_failed(job, SourceError(db.said(error)))
            return
        with self.transaction() as session:
            if whole:
                self._mark_empty(session, source, total)
                sources.pulled(session, source.name, began, read_to or began)
                work.finish(session, job)
                self._wake_calls(session)
                self._wake_close(session)
            else:
                work.postpone(session, job, timedelta(0), reason="goes on after the others' turn", counts=False)
        log.info("pulled", source=source.name, read=total.read, new=total.new, changed=total.changed)

    def _mark_empty(self, session: Session, source: Source, total: Ingested) -> None:
        """Lists that are read by time give what changed last once more; where nothing came, access may be lost."""
        profile = source.connector.profile
        if total.read or profile is None or profile.order != "asc" or not profile.trail:
            registry.clear_mark(session, f"{EMPTY}{source.name}")
        elif sources.state(session, source.name).cursor and issues.count_of(session, source.name):
            registry.set_mark_once(session, f"{EMPTY}{source.name}", self.deployment.now().isoformat())

    def _pages(self, job: Job, source: Source, now: datetime) -> tuple[Ingested, datetime | None, bool]:
        """(what was stored, how far, whether that was everything): a long pull stops between pages, to go on later."""
        with db.transaction(self.deployment.database) as session:
            cursor = sources.state(session, source.name).cursor
        total, read_to, until = Ingested(), None, monotonic() + self.turn
        with closing(source.open()) as connector:
            for number, page in enumerate(connector.pull(cursor)):
                with self.transaction() as session:
                    work.renew(session, job, self.deployment.lease)
                    total += steps.ingest(
                        session,
                        source=source.name,
                        items=page.items,
                        problems=page.problems,
                        normalise=connector.normalise,
                        known_as=connector.known_as,
                        restarts=page.restarts,
                        redact=connector.profile.redact if connector.profile is not None else (),
                        reader=source.reader,
                        marks=source.options.tags,  # type: ignore[arg-type]  # a Tag is a str
                        cursor=page.cursor,
                        at=now,
                    )
                    if number == 0:
                        db.learn(session, "issues", "comments", "events")
                read_to = page.read_to
                self._tell(source.name, total)
                if (
                    monotonic() > until or self.stopping()
                ) and page.cursor != cursor:  # what cannot go on from here must go on now
                    return total, read_to, False
        return total, read_to, True

    def _tell(self, name: str, total: Ingested) -> None:
        if self.watch is not None:
            self.watch(total)
        if self.say is not None:
            self.say(f"{name}: {total.read} read, {total.new} new, {total.changed} changed")

    def replay(self, name: str) -> Ingested:
        """Normalise a source's archived pages again, the newest first; content that did not change is not written.

        Wherever it is broken off, what it came to is as it was last, and the rest as it is stored.
        """
        source, total = self.deployment.sources[name], Ingested()
        newer: Told = set()
        connector = source.open()
        with db.transaction(self.deployment.database) as session:
            pages = list(sources.archived_ids(session, name))
        for page in reversed(pages):
            with self.transaction() as session:
                total += steps.ingest(
                    session,
                    source=name,
                    items=json.loads(sources.archived(session, page)),
                    problems=(),
                    normalise=connector.normalise,
                    known_as=connector.known_as,
                    cursor=None,
                    marks=source.options.tags,  # type: ignore[arg-type]  # a Tag is a str
                    at=self.deployment.now(),
                    newer=newer,
                )
        return total

    def _pull_failed(self, job: Job, error: SourceError) -> None:
        if self.watch is None:  # who watches a pull says by itself how it ended
            log.warning("source failed", source=job.key, reason=str(error), permanent=error.permanent)
        with self.transaction() as session:
            sources.failed(session, job.key, self.deployment.now(), str(error))
            asked_to_wait = error.retry_after is not None
            self._wake_calls(session)
            if error.permanent or (job.attempt >= TRIES and not asked_to_wait):
                work.finish(session, job)
                self._wake_close(session)
                return
            seconds = error.retry_after if error.retry_after is not None else 30 * 4 ** (job.attempt - 1)
            work.postpone(session, job, timedelta(seconds=seconds), reason=str(error), counts=not asked_to_wait)

    def _wake_close(self, session: Session) -> None:
        """A period that waits for this source, or for its verdicts, is looked at again at once."""
        for period in self._plan(session):
            work.hurry(session, "close", period.label)

    def _census(self, job: Job) -> None:
        """Compare what is stored with what the source still has, outside any transaction: it may take long."""
        source, now = self.deployment.sources[job.key], self.deployment.now()
        with db.transaction(self.deployment.database) as session:
            stored = issues.alive(session, source.name)
        try:
            named, gone = self._named(source, stored, now)
        except (SourceError, steps.Suspicious) as error:
            self._census_failed(job, error)
            return
        with self.transaction() as session:
            steps.reconcile(session, source=source.name, gone=gone, at=now)
            self._mind_the_gap(session, source.name, named - stored)
            work.finish(session, job)

    def _named(self, source: Source, stored: set[str], now: datetime) -> tuple[set[str], list[Gone]]:
        """(everything that exists, what is stored and exists no more)."""
        with closing(source.open()) as connector:
            census = connector.census()
            if census is None:
                return set(), []
            named, gone = set(census), []
            for key in steps.missing({key for key in stored if connector.covers(key)}, named):
                became = connector.probe(key)
                if became != "exists":
                    gone.append(Gone(external_id=key, at=now, reason=became or "deleted"))
            return named, gone

    def _mind_the_gap(self, session: Session, name: str, lacking: set[str]) -> None:
        """What the source has and never gave is read for, once, from its beginning."""
        lacking -= issues.known(session, name, sorted(lacking)).keys() | issues.not_understood(session, name)
        gap, again = Gap.from_json(registry.mark(session, f"{GAP}{name}")).after(lacking)
        if not gap:
            registry.clear_mark(session, f"{GAP}{name}")
            return
        registry.set_mark(session, f"{GAP}{name}", gap.to_json())
        if again:
            log.warning("reading a source again", source=name, missed=len(gap.waiting))
            sources.move_cursor(session, name, {})
            work.request(session, "pull", name)
            work.release(session, "pull", name)

    def _census_failed(self, job: Job, error: SourceError | steps.Suspicious) -> None:
        with self.transaction() as session:
            if isinstance(error, steps.Suspicious) or error.permanent:
                work.quarantine(session, job, str(error))
            else:
                wait = timedelta(seconds=error.retry_after or 600)
                work.postpone(session, job, wait, reason=str(error), counts=error.retry_after is None)

    def _classify(self, job: Job) -> None:
        ids = list(job.payload["ids"])
        if job.attempt > 1 and len(ids) > 1:
            # A batch that kills its workers: halve it until the one issue that does it stands alone.
            with self.transaction() as session:
                steps.ask_for_verdicts(session, ids[: len(ids) // 2])
                steps.ask_for_verdicts(session, ids[len(ids) // 2 :])
                work.finish(session, job)
            return
        classifier = _Unclassifiable(job.key) if job.attempt > TRIES else self.deployment.classifier
        house = self.deployment
        with db.reading(house.database) as session:
            judged = steps.classify(
                session, ids, classifier=classifier, router=house.router, org=house.org, kinds=house.kinds
            )
        with self.transaction() as session:
            work.renew(session, job, house.lease)
            steps.keep_verdicts(session, judged, house.org_hash, house.now(), house.org)
            if house.language_model is not None and any(one.verdict.abstained for one in judged):
                work.request(session, proposing.KIND, "all")
            work.finish(session, job)
            if not work.outstanding(session, ["teach", "classify"], most=1):
                self._wake_close(session)

    def _propose(self, job: Job) -> None:
        """Ask a language model, where there is one, about one unsure text after the other for a turn.

        Nothing that happens here fails the row: it is only postponed.
        """
        house, until = self.deployment, monotonic() + self.turn
        model, now = house.language_model, house.now()
        while True:
            with self.transaction() as session:
                asking = None
                if model is not None:
                    work.renew(session, job, house.lease + timedelta(seconds=model.timeout))
                    asking = proposing.begin(session, house.org, house.settings.language_model.per_day, now, house.zone)
                if isinstance(asking, timedelta):
                    work.postpone(session, job, asking, reason="as many as a day may have were asked", counts=False)
                    return
                if model is None or asking is None:
                    work.finish(session, job)
                    return
            answer = model.propose(asking.text)
            bound = log.bind(issue=asking.key, model=model.name)
            if not isinstance(answer, NoProposal):
                bound.info("proposed", side=answer.side)
            elif answer.final:
                bound.warning("proposal dropped", reason=answer.reason)
            else:
                bound.info("no proposal", reason=answer.reason)
            with self.transaction() as session:
                work.renew(session, job, house.lease + timedelta(seconds=model.timeout))
                wait = proposing.keep(session, asking, model, answer, now, house.zone)
                if wait is not None or monotonic() > until or self.stopping():
                    reason = "the language model has a pause" if wait else "goes on after the others' turn"
                    work.postpone(session, job, wait or timedelta(0), reason=reason, counts=False)
                    return

    def _teach(self, job: Job) -> None:
        """Draw lessons from the corrections, make a version of them, and have open issues like them judged again."""
        house = self.deployment
        if not isinstance(house.classifier, teaching.Teacher):
            with self.transaction() as session:
                work.finish(session, job)
            return
        with db.reading(house.database) as session:
            drawn = teaching.draw(session, house.classifier, house.org, house.kinds)
        with self.transaction() as session:
            work.renew(session, job, house.lease)
            teaching.keep(session, drawn, house.now())
        with db.reading(house.database) as session:
            found = teaching.spread(session, house.classifier, house.org, house.kinds)
        with self.transaction() as session:
            work.renew(session, job, house.lease)
            if found is not None:
                steps.draw_lessons(session, found)
            work.finish(session, job)
            self._wake_close(session)

    def _assign(self, job: Job) -> None:
        org, zone = self.deployment.org, self.deployment.zone
        with self.transaction() as session:
            if work.outstanding(session, ["teach", "classify"], most=1):
                # More is on its way and each batch asks again, so the last one finds everything.
                work.finish(session, job)
                return
            if self._waits_for(session, job, ["close"]):
                # Closing a week assigns all that it holds, so what is left is assigned after it.
                work.postpone(session, job, BEHIND_CLOSE, reason="a week is being closed", counts=False)
                return
        with db.reading(self.deployment.database) as session:
            ready = steps.group(steps.gather(session, org=org, zone=zone), org)
        with self.transaction() as session:
            work.renew(session, job, self.deployment.lease)
            steps.assign(session, org=org, zone=zone, ready=ready)
            escalating.joined(session, self.deployment.now())
            if self.deployment.house.ladder.looks_for_outages:
                work.request(session, "outage", "now")
            self._wake_calls(session)
            work.finish(session, job)

    def _survey(self, job: Job) -> None:
        """What the running week shows already: read outside of any lock, for it may take long."""
        house, now = self.deployment, self.deployment.now()
        period = periods.period_at(now, house.zone)
        with self.transaction() as session:
            if self._waits_for(session, job, KNOWING):
                work.postpone(session, job, RECHECK, reason="what was read is being understood", counts=False)
                return
        with db.reading(house.database) as session:
            made = steps.material_of(session, period, house.house)
        rules = [name for name in surveying.RULES if house.house.ladder.rules[name].enabled]
        found = surveying.survey(made, house.org, period, now, rules)
        with self.transaction() as session:
            work.renew(session, job, house.lease)
            escalating.surveyed(session, found, house.house, now)
            work.hurry(session, "escalate")
            work.finish(session, job)

    def _outage(self, job: Job) -> None:
        """Whether many people tell of one pain right now. Each time that something joined a pain, and cheap."""
        house = self.deployment
        with self.transaction() as session:
            work.renew(session, job, house.lease)
            escalating.outages(session, house.house, house.now())
            work.hurry(session, "escalate")
            work.finish(session, job)

    def _escalate(self, job: Job) -> None:
        """An issue whose pain is about to be known is told with it; nobody waits long for that."""
        house = self.deployment
        with self.transaction() as session:
            if self._waits_for(session, job, KNOWING):
                work.postpone(session, job, RECHECK, reason="its pain is being looked for", counts=False)
                return
            work.renew(session, job, house.lease)
            escalating.escalate(session, int(job.key), house.house, house.now())
            work.finish(session, job)

    def _wake_calls(self, session: Session) -> None:
        """What waited for something to be read or understood looks again."""
        for kind in ("survey", "escalate"):
            work.hurry(session, kind)

    def _waits_for(self, session: Session, job: Job, kinds: Sequence[str]) -> bool:
        """Whether work of these kinds runs, or may run now. It is waited for a moment alone: who would do it may be
        down."""
        asked, now = f"{job.kind} waits {job.key}", db.now(session)
        if work.under_way(session, kinds):
            registry.set_mark_once(session, asked, now.isoformat())
            if now - datetime.fromisoformat(registry.mark(session, asked) or now.isoformat()) < MOMENT:
                return True
        registry.clear_mark(session, asked)
        return False

    def _close(self, job: Job) -> None:
        period = periods.week_of(job.key, self.deployment.zone)
        house = self.deployment.at(period)
        with self.transaction() as session:
            waits_for = self._unsettled(session, period)
            if waits_for is not None:
                work.postpone(session, job, RECHECK, reason=waits_for, counts=False)
                return
        with db.reading(house.database) as session:
            ready = steps.group(steps.gather(session, org=house.org, zone=house.zone, until=period.end), house.org)
        with self.transaction() as session:
            work.renew(session, job, house.lease)
            steps.close(session, period, org=house.org, ready=ready, at=house.now())
            work.hurry(session, "assign")
            work.request(session, "compose", period.label)
            work.finish(session, job)

    def _unsettled(self, session: Session, period: Period) -> str | None:
        """What a period waits for before its digests may be composed; None: everything was heard or given up."""
        now, asked = self.deployment.now(), f"closing {period.label}"
        registry.set_mark_once(session, asked, now.isoformat())
        if now - datetime.fromisoformat(registry.mark(session, asked) or now.isoformat()) >= LIMIT:
            return None
        opens = [opens for opens, _ in self.deployment.at(period).windows(period).values()]
        first_due = min([*self._due(session).get(period, {}).values(), *opens], default=period.end)
        late = now >= first_due + PATIENCE
        states = sources.states(session)
        for name in self.deployment.sources:
            attempted = states[name].attempted_at if name in states else None
            if attempted is not None and attempted >= period.end:
                continue
            if work.imminent(session, ["pull"], name):
                return f"{name} is being read"
            if not late and not work.is_set_aside(session, "pull", name):
                work.request(session, "pull", name)
                return f"{name} has not been read to the period's end yet"
        if work.imminent(session, ["teach"]):
            return "lessons are drawn from corrections"
        stale = issues.unclassified(session, before=period.end, org_hash=self.deployment.org_hash)
        if stale and not work.imminent(session, ["classify"]):
            if late:
                return None
            steps.ask_for_verdicts(session, stale)
        return f"{len(stale)} issues are not classified yet" if stale else None

    def _compose(self, job: Job) -> None:
        period = periods.week_of(job.key, self.deployment.zone)
        with self.transaction() as session:
            work.renew(session, job, self.deployment.lease)
            steps.compose(session, period, self._due(session).get(period, {}), self.deployment.at(period).house)
            work.finish(session, job)

    def _preview(self, job: Job) -> None:
        """Draft what will be quoted, outside of any lock for it may take long, and show it to those it comes from."""
        period = periods.week_of(job.key, self.deployment.zone)
        house = self.deployment.at(period).house
        with db.reading(self.deployment.database) as session:
            drafted = steps.foresee(session, period, self._foreseen(session, period), house)
        with self.transaction() as session:
            work.renew(session, job, self.deployment.lease)
            previewing.keep(session, period, drafted, house, self.deployment.now())
            work.finish(session, job)

    def _deliver(self, job: Job) -> None:
        sender = self.deployment.sender
        with self.transaction() as session:
            kind, period = digests.of_mail(session, int(job.key))
            then = self.deployment
            if kind in (digests.WEEKLY, digests.TEAM):
                then = then.at(periods.week_of(digests.week_of(period), then.zone))
            letter = steps.prepare(
                session, int(job.key), then.house, safe_to_repeat=sender.safe_to_repeat, at=self.deployment.now()
            )
            if not isinstance(letter, letters.Letter):
                self._settle(session, job, letter)
                return
            work.renew(session, job, self.deployment.lease)
        outcome = sender.send(letter)
        with self.transaction() as session:
            self._settle(session, job, steps.record(session, int(job.key), outcome.kind, outcome.reply, outcome.alarm))
        log.info("mail", digest=letter.name, outcome=outcome.kind)

    def _post(self, job: Job) -> None:
        """Post one answer at one issue, unless it stands there already."""
        house, (answer, name, issue) = self.deployment, (job.payload[key] for key in ("answer", "source", "issue"))
        source = house.sources.get(name)
        with db.reading(house.database) as session:
            given = answers.get(session, answer)
            concerned = answers.concerned(session, given.pain, given.at) if given is not None else []
        shown = any((one.source, one.external_id) == (name, issue) for one in concerned)
        if given is None or not shown or source is None or source.options.answers != "post":
            with self.transaction() as session:
                work.finish(session, job)  # it became private, or the operator took the permission back
            return
        try:
            with closing(source.open()) as connector:
                if not isinstance(connector, Writer):
                    raise SourceError(f"{source.options.kind} cannot post answers", permanent=True)
                if not connector.answered(issue, telling.mark(given)):
                    connector.answer(issue, house.draft(given), telling.mark(given))
        except SourceError as error:
            with self.transaction() as session:
                if error.permanent or job.attempt >= TRIES:
                    work.quarantine(session, job, f"the answer could not be posted at {name}:{issue}: {error}")
                else:
                    work.postpone(
                        session, job, timedelta(seconds=error.retry_after or 600), reason=str(error), counts=True
                    )
            return
        with self.transaction() as session:
            telling.told(session, answer, name, issue, house.now())
            work.finish(session, job)

    def _forget(self, job: Job) -> None:
        """Take everybody who was forgotten out of every table. What somebody writes meanwhile, who had read before, is
        found by going round until a round finds nothing."""
        house = self.deployment
        with db.reading(house.database) as session:
            found = erasing.eraser(session)
        if found is not None:
            erase(house.directory / "digests", found)
            with house.writers(found) as theirs:
                for _ in range(ROUNDS):
                    if not self._round(job, found, theirs):
                        break
        with self.transaction() as session:
            erasing.end(session, house.org)
            work.finish(session, job)
        try:
            db.compact(house.database)
        except DBAPIError as error:  # somebody else reads; what is gone from the tables is overwritten in time
            log.warning("not compacted", reason=db.said(error))

    def _round(self, job: Job, found: Eraser, theirs: Written) -> bool:
        """Whether going once through every table changed anything."""
        changed = 0
        for first in erasing.places():
            place: erasing.Place | None = first
            while place is not None:
                with self.transaction() as session:
                    work.renew(session, job, self.deployment.lease)
                    count, place = erasing.step(session, found, place, theirs)
                changed += count
        return changed > 0

    def _note(self, job: Job) -> None:
        """Send the mail that a returned one led to."""
        sender, row = self.deployment.sender, int(job.key)
        with self.transaction() as session:
            letter = receiving.prepare(session, row, self.deployment.house, safe_to_repeat=sender.safe_to_repeat)
            if letter is None:
                work.finish(session, job)
                return
            work.renew(session, job, self.deployment.lease)
        outcome = sender.send(letter)
        with self.transaction() as session:
            self._settle(session, job, receiving.record(session, row, outcome.kind, outcome.alarm))
        log.info("note", row=row, outcome=outcome.kind)

    def _inbox(self, job: Job) -> None:
        """Read what came into the mailbox; where it cannot be read now, the next look is in a few minutes."""
        server, options = self.deployment.inbox, self.deployment.settings.mail.inbox
        trouble = None
        with db.transaction(self.deployment.database) as session:
            mark = Bookmark.of(registry.mark(session, INBOX_READ))
        try:
            if server is not None and options is not None:
                for found, reached in portions(server, options.folder, mark):
                    mails = [self._understood(data) for data in found]
                    with self.transaction() as session:
                        work.renew(session, job, self.deployment.lease)
                        for mail in mails:
                            self._take(session, mail)
                        registry.set_mark(session, INBOX_READ, reached.told())
        except SourceError as error:
            trouble = str(error)
            log.warning("inbox failed", reason=trouble)
        with self.transaction() as session:
            if trouble is None:
                registry.clear_mark(session, INBOX_TROUBLE)
            else:
                registry.set_mark(session, INBOX_TROUBLE, trouble[:1000])
            work.finish(session, job)

    def _settle(self, session: Session, job: Job, wait: timedelta | None) -> None:
        if wait is None:
            work.finish(session, job)
        else:
            work.postpone(session, job, wait, reason="the mail waits for its next try", counts=False)


def _is_due(source: Source, state: sources.SourceState, now: datetime) -> bool:
    if state.attempted_at is None:
        return True
    wait = min(source.poll * 2 ** min(state.failures, 6), max(source.poll, timedelta(hours=1)))
    return bool(now - state.attempted_at >= wait)


def _wants_census(source: Source, state: sources.SourceState, now: datetime, gap: Gap) -> bool:
    """Once a day; sooner where something is missed, as soon as a pull that began since went to its end."""
    if not source.counts or state.pulled_at is None:
        return False
    if state.census_at is None or (gap.waiting and state.pulled_at > state.census_at):
        return True
    return now - state.census_at >= CENSUS and (not gap.waiting or state.pulled_at > state.census_at)


@dataclass(frozen=True, slots=True)
class _Unclassifiable:
    """Stands in where an issue kills the classifier: it is shown as not understood, and a person looks."""

    key: str

    def classify(self, texts: Sequence[Text]) -> list[Verdict]:
        because = (f"could not be classified: its worker died {TRIES} times (work classify {self.key})",)
        one = Verdict(
            side="none", confidence=0.0, abstained=True, kind="other", severity=1, because=because, model="none"
        )
        return [one for _ in texts]
