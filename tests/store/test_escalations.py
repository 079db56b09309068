"""Escalations as rows, on both databases."""

import random
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from pipeline import escalating
from pipeline.escalate import FRESH, NotNow
from pipeline.house import House
from pipeline.issue import Issue, Signal, Verdict
from pipeline.org import Org, Person, Team
from pipeline.store import db, escalations, issues, registry, work
from pipeline.tables import EscalationRow, EscalationStepRow, IssueRow, MailRow, WorkRow

AT = datetime(2026, 3, 3, 9, tzinfo=UTC)
ORG = Org(
    people={"kit": Person(id="kit", email="kit@rosta.example"), "noor": Person(id="noor", email="noor@rosta.example")},
    teams={
        "rosta": Team(id="rosta", name="Rosta", leader="noor"),
        "roasting": Team(id="roasting", name="Roasting", parent="rosta", leader="kit"),
    },
    fallback="rosta",
)
HOUSE = House(name="Rosta", org=ORG, kinds={"desk": "file"}, sender="leaf@rosta.example", domain="rosta.example")


def store(
    database: Engine,
    number: int,
    *,
    tags: tuple[str, ...] = (),
    severity: int = 1,
    signal: str = "",
    days: int = 0,
) -> int:
    issue = Issue(
        source="desk",
        external_id=str(number),
        title="Stale beans",
        body="We drive to a shop instead every single week.",
        author=f"cafe{number}",
        author_role="customer",
        created_at=AT + timedelta(days=days),
        updated_at=AT,
        tags=frozenset(tags),  # type: ignore[arg-type]
    )
    verdict = Verdict(
        side="customer",
        confidence=0.9,
        abstained=False,
        kind="bug",
        severity=severity,
        signals=(Signal(signal, "x"),) if signal else (),
    )
    with db.transaction(database) as session:
        row = issues.columns(issue)
        issues.upsert(session, [row])
        known = issues.known(session, "desk", [str(number)])[str(number)]
        issues.save_verdicts(session, [(known.id, known.text_hash, verdict, "roasting", ())], "org")
    return known.id


def join(database: Engine, *rows: int) -> None:
    pain: Mapping[str, str] = {"title": "stale beans", "side": "customer", "first_at": AT.isoformat()}
    with db.transaction(database) as session:
        registry.save(session, [("p1", pain)], [(row, "p1", 1.0) for row in rows], freeze=False)


def go(database: Engine, row: int, *, minutes: int = 0) -> escalations.Escalation | None:
    with db.transaction(database) as session:
        escalating.escalate(session, row, HOUSE, AT + timedelta(minutes=minutes))
        return escalations.of_issue(session, row)


def count(database: Engine, table: type[EscalationRow] | type[MailRow]) -> int:
    with db.reading(database) as session:
        return session.execute(select(func.count()).select_from(table)).scalar_one()


def test_only_what_somebody_may_be_called_for_is_looked_at(database: Engine) -> None:
    plain, tagged, grave = store(database, 1), store(database, 2, tags=("escalate",)), store(database, 3, severity=8)

    with db.reading(database) as session:
        assert escalations.ids_of(session, "desk", ["1", "2", "3"]) == [tagged]
        assert escalations.grave(session, [plain, tagged, grave], AT - FRESH) == [tagged, grave]
        assert escalations.grave(session, [plain, tagged, grave], AT + timedelta(days=8)) == []


def test_what_waits_for_an_answer_is_looked_at_however_old_it_is(database: Engine) -> None:
    row = store(database, 1, tags=("escalate",))
    go(database, row)

    with db.reading(database) as session:
        assert escalations.grave(session, [row], AT + timedelta(days=8)) == [row]


def test_the_gravest_is_looked_at_first_then_the_oldest_and_nothing_without_a_verdict(database: Engine) -> None:
    late, early, grave = store(database, 1, days=1), store(database, 2), store(database, 3, severity=8)
    with db.transaction(database) as session:
        assert escalations.ranked(session, [late, early, grave]) == [grave, early, late]
        session.execute(update(IssueRow).where(IssueRow.id == early).values(text_hash="changed"))

        assert escalations.ranked(session, [late, early, grave]) == [grave, late]


def test_a_tagged_issue_is_written_down_once_with_one_mail(database: Engine) -> None:
    row = store(database, 1, tags=("escalate",))

    first, second = go(database, row), go(database, row)

    assert first == second
    assert first is not None
    assert [(one.reader, one.copy) for one in first.asked] == [("kit", 0)]
    assert count(database, EscalationRow) == count(database, MailRow) == 1
    with db.reading(database) as session:
        assert escalations.due(session, first.asked[0].due) == [row]
        assert escalations.due(session, AT) == []
        assert escalations.calls(session, "kit", AT) == [AT]
        assert escalations.waiting(session) == [("desk:1", first)]


def test_it_climbs_with_a_copy_to_whoever_was_asked_before(database: Engine) -> None:
    row = store(database, 1, tags=("escalate",))
    go(database, row)

    kept = go(database, row, minutes=24 * 60)

    assert kept is not None
    assert [(one.reader, one.copy, one.number) for one in kept.told] == [("kit", 0, 0), ("noor", 0, 1), ("kit", 1, 1)]
    assert count(database, MailRow) == 3


def test_harm_is_told_when_two_tell_of_it(database: Engine) -> None:
    one, two = store(database, 1, severity=8), store(database, 2, severity=8)
    assert go(database, one) is None
    join(database, one, two)

    with db.reading(database) as session:
        assert escalations.harmed(session, "p1", ORG, 9) == 2
        assert escalations.harmed(session, "p1", ORG, 1) == 1
        assert escalations.joined(session, AT - timedelta(days=1)) == [one, two]
    kept, other = go(database, one), go(database, two)

    assert kept is not None
    assert kept.rule == "harm"
    assert other is None
    with db.reading(database) as session:
        assert escalations.of_pain(session, "p1") == [one]
        assert escalations.thread_of(session, "p1") == "pain:p1"


def test_a_person_may_ask_for_what_was_left_to_the_digest_but_not_for_what_was_answered(database: Engine) -> None:
    row = store(database, 1, tags=("escalate",))
    kept = go(database, row)
    assert kept is not None
    with db.transaction(database) as session:
        escalations.end(session, kept.id, "digest", AT)
        escalating.by_name(session, row, None, HOUSE, AT)
    again = go(database, row, minutes=1)
    assert again is not None
    assert again.state == "open"

    with db.transaction(database) as session:
        escalations.end(session, kept.id, "owned", AT, by="kit")
        with pytest.raises(NotNow, match="already"):
            escalating.by_name(session, row, None, HOUSE, AT)


def test_how_often_a_rule_was_wrong_is_counted_of_what_was_told(database: Engine) -> None:
    rows = [store(database, number, tags=("escalate",)) for number in (1, 2)]
    kept = [go(database, row, minutes=23 * 60 * at) for at, row in enumerate(rows)]
    assert kept[0] is not None
    with db.transaction(database) as session:
        escalations.end(session, kept[0].id, "wrong", AT, by="kit")
        escalations.end(session, kept[0].id, "owned", AT, by="noor")

    with db.reading(database) as session:
        assert escalations.pulls(session, AT) == {("escalate", "desk"): (2, 1)}


@pytest.mark.parametrize("signal", ["security", "legal", "hr"])
def test_what_few_may_read_goes_to_no_lead(database: Engine, signal: str) -> None:
    row = store(database, 1, tags=("escalate",), severity=8, signal=signal)

    kept = go(database, row)

    assert kept is None or kept.asked == ()
    assert count(database, MailRow) == 0


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1)])
def test_the_same_issue_speaks_for_a_pain_whatever_came_in_first(database: Engine, order: tuple[int, ...]) -> None:
    rows = {number: store(database, number, severity=8) for number in order}
    join(database, *rows.values())

    kept = {number: go(database, rows[number]) for number in order}

    assert [number for number, one in kept.items() if one is not None] == [1]


def test_where_somebody_tagged_an_issue_of_a_pain_harm_calls_nobody_beside_it(database: Engine) -> None:
    grave, tagged = store(database, 1, severity=8), store(database, 2, severity=8, tags=("escalate",))
    join(database, grave, tagged)

    assert go(database, grave) is None
    kept = go(database, tagged)

    assert kept is not None
    assert kept.rule == "escalate"


GRAVE = {1: 3, 2: 8, 3: 8, 4: 5}
"""The severity of tagged issues that compete for one reader."""


def compete(database: Engine, order: Sequence[int]) -> dict[int, int]:
    """Tagged issues that came in this order and wait to be told; number to row."""
    rows = {n: store(database, n, tags=("escalate",), severity=GRAVE[n], days=-n) for n in order}
    with db.transaction(database) as session:
        escalating.ask(session, list(rows.values()))
    return rows


def told_in_order(database: Engine, rows: Mapping[int, int]) -> list[int]:
    """The numbers of the issues in the order in which kit is told of them, at most one a day."""
    number = {row: n for n, row in rows.items()}
    with db.reading(database) as session:
        steps = session.execute(
            select(EscalationRow.issue_id)
            .join(EscalationStepRow, EscalationStepRow.escalation_id == EscalationRow.id)
            .where(EscalationStepRow.reader == "kit", EscalationStepRow.copy == 0)
            .order_by(EscalationStepRow.at)
        )
        return [number[row] for row in steps.scalars()]


@pytest.mark.parametrize("seed", range(6))
def test_the_gravest_and_then_the_oldest_is_told_first_whatever_came_or_was_looked_at_first(
    database: Engine, seed: int
) -> None:
    chance = random.Random(seed)
    rows = compete(database, chance.sample(sorted(GRAVE), len(GRAVE)))

    for day in range(6):
        for row in chance.sample(sorted(rows.values()), len(rows)):
            go(database, row, minutes=day * 24 * 60)
        with db.transaction(database) as session:
            for kept in filter(None, (escalations.of_issue(session, row) for row in rows.values())):
                if kept.asked:
                    escalations.end(session, kept.id, "owned", AT, by="kit")

    assert told_in_order(database, rows) == [3, 2, 4]  # three in any seven days


def test_any_number_of_workers_tell_the_same_one_first(postgres: Engine) -> None:
    rows = compete(postgres, (1, 4, 2, 3))
    together = Barrier(len(rows))

    def worker(row: int) -> None:
        with db.transaction(postgres) as session:
            job = work.claim(session, row_of(session, row), ["escalate"])
        together.wait()
        if job is None:
            return
        with db.transaction(postgres) as session:
            work.renew(session, job)
            escalating.escalate(session, row, HOUSE, AT)
            work.finish(session, job)

    with ThreadPoolExecutor(len(rows)) as pool:
        list(pool.map(worker, rows.values()))

    assert told_in_order(postgres, rows) == [3]
    with db.reading(postgres) as session:
        assert work.outstanding(session, ["escalate"]) == 0


def row_of(session: Session, issue: int) -> int:
    return session.execute(select(WorkRow.id).where(WorkRow.kind == "escalate", WorkRow.key == str(issue))).scalar_one()


def test_what_waited_beside_it_is_done_with_it_and_one_that_fails_stops_no_other(database: Engine) -> None:
    rows = compete(database, (1, 2, 3))
    with db.transaction(database) as session:  # its rule is one that nobody knows any more
        escalations.begin(session, issue_id=rows[2], name="desk:2", rule="gone", source="desk", at=AT, thread="t")

    go(database, rows[1])

    with db.reading(database) as session:
        left = work.wanted(session, "escalate")
    assert told_in_order(database, rows) == [3]
    assert left.keys() == {str(rows[1]), str(rows[2])}  # whoever performs the first finishes it
