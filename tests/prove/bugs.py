"""Planted bugs: each breaks one promise of the application in the processes under test, and the harness has to notice.

They are the mistakes that were made elsewhere (facts/reliability.md): what `acks_late` alone gives, a cursor that runs
ahead, a retry with a new date, a link that acts when it is looked at.
"""

import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from connectors.github import GitHub
from pipeline import letters, telling
from pipeline import steps as decided
from pipeline.answers import Given
from pipeline.store import db, digests, sources, work
from pipeline.tables import WorkRow
from tests.prove import steps
from workers import senders
from workers.engine import Engine
from workers.web import answering

Plant = Callable[[], None]


def plant(name: str) -> None:
    if name:
        BUGS[name].plant()


def _plain_acks_late() -> None:
    Engine.sweep = lambda self: 0  # type: ignore[method-assign]


def _ack_before_commit() -> None:
    claim, finish = work.claim, work.finish

    def claimed(session: Session, *args: Any, **more: Any) -> Any:
        job = claim(session, *args, **more)
        if job is not None:
            session.execute(update(WorkRow).where(WorkRow.id == job.id).values(state="done", lease_until=None))
        return job

    def finished(session: Session, job: work.Job) -> None:
        session.execute(update(WorkRow).where(WorkRow.id == job.id).values(state="running"))
        finish(session, job)

    work.claim, work.finish = claimed, finished
    work.renew = lambda *_args, **_more: None  # type: ignore[assignment]


def _no_lease_recovery() -> None:
    def claimable(moment: datetime) -> Any:
        return (WorkRow.state == "ready") & (WorkRow.run_after <= moment)

    claim = work.claim

    def claimed(session: Session, row_id: int, *args: Any, **more: Any) -> Any:
        left = session.scalar(select(WorkRow.state).where(WorkRow.id == row_id)) == "running"
        return None if left else claim(session, row_id, *args, **more)

    work._claimable, work.claim = claimable, claimed
    work.abandon = lambda *_: 0  # type: ignore[assignment]


FENCED = ("renew", "finish", "postpone", "quarantine")


def unfenced(do: Callable[..., None]) -> Callable[..., None]:
    """One of `FENCED` for whoever asks, whoever has the row."""

    def done(session: Session, job: work.Job, *args: Any, **more: Any) -> None:
        taken = update(WorkRow).where(WorkRow.id == job.id).values(state="running").returning(WorkRow.token)
        do(session, replace(job, token=session.execute(taken).scalar_one()), *args, **more)

    return done


def _no_fencing() -> None:
    for name in FENCED:
        setattr(work, name, unfenced(getattr(work, name)))


def _enqueue_after_commit() -> None:
    request, transaction = work.request, Engine.transaction

    def later(session: Session, *args: Any, **more: Any) -> int:
        session.info.setdefault("later", []).append((args, more))
        return 0

    @contextmanager
    def opened(self: Engine) -> Iterator[Session]:
        with transaction(self) as session:
            yield session
        waiting = session.info.pop("later", [])
        if waiting:
            with transaction(self) as session:
                for args, more in waiting:
                    request(session, *args, **more)

    work.request = later  # type: ignore[assignment]
    Engine.transaction = opened  # type: ignore[method-assign, assignment]


def _cursor_before_rows() -> None:
    pages = Engine._pages

    def read(self: Engine, job: work.Job, source: Any, now: datetime) -> Any:
        class Early:
            name, options = source.name, source.options

            @staticmethod
            def open() -> Any:
                connector = source.open()
                pull = connector.pull

                def pulled(cursor: Any) -> Iterator[Any]:
                    for page in pull(cursor):
                        with db.transaction(self.deployment.database) as session:
                            sources.move_cursor(session, source.name, page.cursor)
                        yield page

                connector.pull = pulled
                return connector

        return pages(self, job, Early, now)  # type: ignore[arg-type]

    Engine._pages = read  # type: ignore[method-assign]


def _greater_than() -> None:
    read = GitHub._read

    def after(self: GitHub, repo: str, part: Any, since: datetime | None, link: Any) -> Any:
        return read(self, repo, part, since and since + timedelta(seconds=1), link)

    GitHub._read = after  # type: ignore[method-assign]


def _new_date_on_retry() -> None:
    send = senders.SmtpSender.send

    def dated(self: senders.SmtpSender, letter: letters.Letter) -> Any:
        fresh = format_datetime(datetime.now().astimezone() + timedelta(seconds=secrets.randbelow(10**6)))
        message = re.sub(rb"(?m)^Date: [^\r\n]*", b"Date: " + fresh.encode(), letter.message, count=1)
        return send(self, replace(letter, message=message))

    senders.SmtpSender.send = dated  # type: ignore[method-assign]


def _resend_blindly() -> None:
    mail = digests.mail

    def forgotten(session: Session, mail_id: int) -> digests.StoredMail:
        found = mail(session, mail_id)
        return replace(found, state="rendered") if found.state == "sending" else found

    digests.mail = forgotten


def _accepted_before_sent() -> None:
    prepare = decided.prepare

    def prepared(session: Session, mail_id: int, *args: Any, **more: Any) -> Any:
        letter = prepare(session, mail_id, *args, **more)
        if isinstance(letter, letters.Letter):
            digests.set_mail(session, mail_id, state="accepted")
        return letter

    decided.prepare = prepared


def _get_acts() -> None:
    show = answering._show

    def shown(engine: Engine, session: Session, token: str, link: Any, *args: Any, **more: Any) -> Any:
        if answering.request.method == "GET":
            telling.give(
                session,
                pain=link.about,
                leader=link.reader,
                period=link.period,
                given=Given(kind="understand", text="seen", due=None, to=None),
                how="page",
                nonce=secrets.token_hex(16),
                at=engine.deployment.now(),
                modes={},
            )
        return show(engine, session, token, link, *args, **more)

    answering._show = shown


def _form_sent_twice() -> None:
    answering._nonce = lambda _: secrets.token_urlsafe(16)


@dataclass(frozen=True, slots=True)
class Bug:
    """What is wrong, what makes it so, and what shows it: steps that are always killed at, or sleepers."""

    what: str
    plant: Plant
    aim: tuple[str, ...] = ()
    frozen: float = 0.12


NO_BUG = "none"
_HANDED = (steps.UNREAD, steps.TAKEN)
BUGS: dict[str, Bug] = {
    "plain-acks-late": Bug("only the broker knows what is to be done: no sweep asks the database", _plain_acks_late),
    "ack-before-commit": Bug("a row counts as done when it is taken, before its effect is there", _ack_before_commit),
    "no-lease-recovery": Bug("what a dead worker held is held for ever", _no_lease_recovery),
    "no-fencing": Bug("whoever lost the lease may still finish", _no_fencing, frozen=0.5),
    "enqueue-after-commit": Bug(
        "what follows is asked for after the commit, not in it", _enqueue_after_commit, ("pull: _pages#2 after commit",)
    ),
    "cursor-before-rows": Bug("the cursor is committed before the rows that it covers", _cursor_before_rows),
    "greater-than": Bug("changes after the cursor are asked for, not those at it", _greater_than),
    "new-date-on-retry": Bug("a mail gets the date of each try", _new_date_on_retry, _HANDED),
    "resend-blindly": Bug("a mail whose worker died is sent again as if nothing had been", _resend_blindly, _HANDED),
    "accepted-before-sent": Bug(
        "a mail counts as accepted before it is handed over",
        _accepted_before_sent,
        ("smtp: before connecting", "smtp: connected", steps.HALF),
    ),
    "get-acts": Bug("looking at the answer page answers", _get_acts),
    "form-sent-twice": Bug("a form that is sent again answers again", _form_sent_twice),
    NO_BUG: Bug("nothing: the same kills have to find nothing then", lambda: None),
}
