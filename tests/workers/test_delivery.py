"""What becomes of a mail when the server refuses, is unsure, or the worker dies with the mail in its hands."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from connectors.smtp import Outcome
from pipeline.letters import Letter
from pipeline.store import db, digests, work
from pipeline.store.digests import StoredMail
from pipeline.tables import WorkRow
from tests.workers import small
from workers.engine import Engine
from workers.wiring import Deployment

OK = Outcome("accepted", "250 queued")


class DeadWorker(BaseException):
    """Stands for a kill: nothing catches it."""


@dataclass
class Scripted:
    """A mail server that answers as it is told; an exception is a kill at that moment, after it took the mail."""

    answers: list[Outcome | type[BaseException]]
    taken: list[bytes] = field(default_factory=list)
    safe_to_repeat: bool = False

    def send(self, letter: Letter) -> Outcome:
        self.taken.append(letter.message)
        answer = self.answers.pop(0) if self.answers else OK
        if isinstance(answer, Outcome):
            return answer
        raise answer


@pytest.fixture
def runner(tmp_path: Path) -> Iterator[Engine]:
    directory = small.organisation(tmp_path / "rosta", small.subscribers())
    chart = (directory / "org.yaml").read_text().replace("email: kit@rosta.example", "team: roasting")
    (directory / "org.yaml").write_text(chart)
    house = Deployment.read(directory, as_of=datetime.fromisoformat(small.DUE))
    house.prepare()
    yield Engine(house)
    house.database.dispose()


def deliver(runner: Engine, *answers: Outcome | type[BaseException]) -> Scripted:
    server = Scripted(list(answers))
    runner.deployment.__dict__["sender"] = server
    runner.run_once()
    return server


def mail(runner: Engine) -> StoredMail:
    with db.transaction(runner.deployment.database) as session:
        row = digests.digest(session, "noor", small.WEEK)
        assert row is not None
        [only] = digests.mails(session, [row.id])
        return only


def wait_over(runner: Engine) -> None:
    """The time until the next try has passed, and so has the lease of a dead worker."""
    with runner.transaction() as session:
        past = db.now(session) - timedelta(seconds=1)
        rows = update(WorkRow).where(WorkRow.kind == "deliver", WorkRow.state != "done")
        session.execute(rows.values(run_after=past, lease_until=past))


def test_a_leader_without_an_address_is_shown_to_operators(runner: Engine) -> None:
    deliver(runner)

    with db.transaction(runner.deployment.database) as session:
        assert ("kit", small.WEEK, "kit has no e-mail address in org.yaml") in digests.alarms(session)


def test_a_deferred_mail_is_tried_again_with_the_same_bytes(runner: Engine) -> None:
    server = deliver(runner, Outcome("deferred", "451 greylisted"))
    assert mail(runner).state == "deferred"

    wait_over(runner)
    runner.drain()

    assert mail(runner).state == "accepted"
    assert len(server.taken) == 2
    assert len(set(server.taken)) == 1


def test_a_deferred_mail_is_not_tried_before_its_time(runner: Engine) -> None:
    server = deliver(runner, Outcome("deferred", "451 greylisted"))

    runner.run_once()

    assert len(server.taken) == 1


def test_a_rejected_mail_is_never_sent_again_and_raises_an_alarm(runner: Engine) -> None:
    server = deliver(runner, Outcome("rejected", "550 no such person"))

    wait_over(runner)
    runner.run_once()

    assert len(server.taken) == 1
    assert mail(runner).state == "rejected"
    with db.transaction(runner.deployment.database) as session:
        assert any(leader == "noor" for leader, _, _ in digests.alarms(session))


def test_a_broken_answer_is_followed_by_one_identical_copy_and_an_alarm(runner: Engine) -> None:
    server = deliver(runner, Outcome("unknown", "no answer to the final dot"))
    assert mail(runner).state == "unknown"

    wait_over(runner)
    runner.drain()

    assert mail(runner).state == "accepted"
    assert mail(runner).alarm is not None
    assert len(server.taken) == 2
    assert len(set(server.taken)) == 1


def test_twice_unsure_is_given_up_and_never_tried_a_third_time(runner: Engine) -> None:
    server = deliver(runner, Outcome("unknown", "?"), Outcome("unknown", "?"))
    for _ in range(3):
        wait_over(runner)
        runner.drain()

    assert mail(runner).state == "gave_up"
    assert len(server.taken) == 2


def test_a_worker_that_dies_after_handing_over_costs_at_most_one_identical_copy(runner: Engine) -> None:
    with pytest.raises(DeadWorker):
        deliver(runner, DeadWorker)
    server: Scripted = runner.deployment.__dict__["sender"]
    assert mail(runner).state == "sending"

    wait_over(runner)
    runner.drain()
    assert mail(runner).state == "unknown"
    wait_over(runner)
    runner.drain()

    assert mail(runner).state == "accepted"
    assert len(server.taken) == 2
    assert len(set(server.taken)) == 1


def test_a_digest_is_delivered_once_however_often_it_is_asked_for(runner: Engine) -> None:
    server = deliver(runner)
    with runner.transaction() as session:
        work.request(session, "deliver", str(mail(runner).id))

    runner.run_once()

    assert len(server.taken) == 1
