"""Which texts may be asked about, and how long nobody is asked after failures."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from pipeline import proposing
from pipeline.issue import Issue, NoProposal, Proposal, Signal, Verdict
from pipeline.org import Org
from pipeline.proposing import Record
from pipeline.store import corrections, db, issues, proposals

NOW = datetime(2026, 9, 21, 22, 30, tzinfo=UTC)
ORG = Org(people={}, teams={}, fallback="none")
YES = Proposal(side="customer", quotation="it crashes", model="m")
DROPPED = NoProposal(reason="prose", final=True)
DOWN = NoProposal(reason="away", final=False)


def stored(
    database: Engine, *signals: str, tags: tuple[str, ...] = (), abstained: bool = True, state: str = "open"
) -> None:
    """One issue with its verdict."""
    issue = Issue(
        source="s",
        external_id="1",
        title="It crashes",
        created_at=NOW,
        updated_at=NOW,
        state=state,  # type: ignore[arg-type]
        tags=frozenset(tags),  # type: ignore[arg-type]
    )
    verdict = Verdict(
        side="none",
        confidence=0.4,
        abstained=abstained,
        kind="bug",
        severity=1,
        signals=tuple(Signal(name, "It") for name in signals),
    )
    with db.transaction(database) as session:
        issues.upsert(session, [issues.columns(issue)])
        known = issues.known(session, "s", ["1"])["1"]
        issues.save_verdicts(session, [(known.id, known.text_hash, verdict, None, ())], "org")


def waiting(database: Engine) -> int:
    with db.transaction(database) as session:
        return len(proposals.waiting(session))


def test_an_unsure_text_waits_until_it_is_answered(database: Engine) -> None:
    stored(database)
    assert waiting(database) == 1
    with db.transaction(database) as session:
        ((row_id, text_hash),) = proposals.waiting(session)
        proposals.save(session, row_id, text_hash, "m", DOWN)
        assert proposals.waiting(session) == [(row_id, text_hash)]
        proposals.save(session, row_id, text_hash, "m", YES)
        assert proposals.waiting(session) == []
        assert proposals.shown(session) == {("s", "1"): YES}
        proposals.save(session, row_id, text_hash, "m", DROPPED)
        assert proposals.waiting(session) == []
        assert proposals.shown(session) == {}
        proposals.save(session, row_id, "another text", "m", YES)
        assert proposals.waiting(session) == [(row_id, text_hash)]
        assert proposals.shown(session) == {}


@pytest.mark.parametrize("signal", ["security", "hr", "legal", "confession", "distress", "voice_withdrawn"])
def test_a_grave_or_tender_text_never_waits(database: Engine, signal: str) -> None:
    stored(database, "workaround", signal)

    assert waiting(database) == 0


@pytest.mark.parametrize("tag", ["private", "mute", "no-quote"])
def test_a_text_that_its_people_keep_to_themselves_never_waits(database: Engine, tag: str) -> None:
    stored(database, tags=("escalate", tag))

    assert waiting(database) == 0


def test_what_is_sure_or_deleted_never_waits(database: Engine) -> None:
    stored(database, abstained=False)
    assert waiting(database) == 0
    with db.transaction(database) as session:
        corrections.correct(session, ("s", "1"), "customer", "noor", NOW)
    stored(database)
    assert waiting(database) == 0


def test_a_deleted_issue_never_waits(database: Engine) -> None:
    stored(database, state="deleted")

    assert waiting(database) == 0


def test_other_tags_and_signals_do_not_keep_a_text_back(database: Engine) -> None:
    stored(database, "workaround", tags=("escalate", "severity-4"))

    assert waiting(database) == 1


def test_a_text_is_counted_before_it_is_sent_and_the_day_is_the_organisations(database: Engine) -> None:
    stored(database)
    with db.transaction(database) as session:
        first = proposing.begin(session, ORG, 1, NOW, "Europe/Berlin")
        second = proposing.begin(session, ORG, 1, NOW, "Europe/Berlin")

    assert isinstance(first, proposing.Asking)
    assert first.text.title == "It crashes"
    assert second == timedelta(hours=23, minutes=30)  # half past midnight in Berlin


def test_the_pause_grows_from_a_minute_to_an_hour_and_one_success_ends_it() -> None:
    record, pauses = Record(), []
    for _ in range(40):
        record = record.after(DOWN)
        pauses.append(record.pause(DOWN))

    minutes = [pause.total_seconds() / 60 for pause in pauses[4:] if pause is not None]
    assert pauses[:4] == [proposing.SOON] * 4
    assert minutes[:8] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert max(minutes) == 60
    assert record.after(YES).pause(YES) is None
    assert record.after(YES).after(DOWN).pause(DOWN) == proposing.SOON


def test_answers_that_cannot_be_used_are_failures_too() -> None:
    record = Record()
    for _ in range(4):
        record = record.after(DROPPED)

    assert record.pause(DROPPED) is None
    assert record.after(DROPPED).pause(DROPPED) == timedelta(minutes=1)


@pytest.mark.parametrize(("asked", "waits"), [(5.0, 10.0), (600.0, 600.0), (1e12, 86_400.0)])
def test_a_server_that_asks_to_wait_is_heard_up_to_a_day(asked: float, waits: float) -> None:
    answer = NoProposal(reason="limit", final=False, wait=asked)

    assert Record().after(answer).pause(answer) == timedelta(seconds=waits)
