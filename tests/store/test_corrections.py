"""What people said, and the versions of what it taught, on both databases."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from pipeline import steps
from pipeline.drift import Week
from pipeline.issue import Issue, Verdict
from pipeline.periods import week_of
from pipeline.store import corrections, db, drift, issues, lessons, work
from pipeline.store.corrections import LABEL

AT = datetime(2026, 3, 3, 9, tzinfo=UTC)
ISSUE = ("desk", "1")


def say(database: Engine, side: str | None, by: str, hours: int = 0, how: str = "cli") -> None:
    with db.transaction(database) as session:
        corrections.correct(session, ISSUE, side, by, AT + timedelta(hours=hours), how=how)


def counts(database: Engine) -> tuple[str, str] | None:
    with db.reading(database) as session:
        return corrections.corrections(session).get(ISSUE)


def store(database: Engine, number: int, side: str = "none", *, abstained: bool = False, known: float = 1.0) -> int:
    issue = Issue(source="desk", external_id=str(number), title="Sacks", created_at=AT, updated_at=AT)
    verdict = Verdict(
        side=side,  # type: ignore[arg-type]
        confidence=0.6,
        abstained=abstained,
        kind="bug",
        severity=1,
        because=("word 'sacks' +0.50 none",),
        model="leafnotes-1:abc",
        known=known,
    )
    with db.transaction(database) as session:
        issues.upsert(session, [issues.columns(issue)])
        row = issues.known(session, "desk", [str(number)])[str(number)]
        issues.save_verdicts(session, [(row.id, row.text_hash, verdict, None, ())], "chart")
    return row.id


@pytest.mark.parametrize(
    ("said", "counted"),
    [
        ([("customer", "kit", 0, "cli")], ("customer", "kit")),
        ([("customer", "kit", 0, "cli"), ("none", "noor", 1, "cli")], ("none", "noor")),
        ([("customer", "kit", 0, "cli"), (None, "kit", 1, "cli")], None),
        ([("customer", "kit", 2, "cli"), ("none", "desk", 1, LABEL)], ("customer", "kit")),
        ([("customer", "kit", 0, "cli"), ("none", "desk", 1, LABEL)], ("none", "desk")),
        ([("customer", "kit", 0, "cli"), ("none", "desk", 1, LABEL), (None, "desk", 2, LABEL)], ("customer", "kit")),
        ([("none", "desk", 1, LABEL), (None, "kit", 2, "cli")], ("none", "desk")),
        ([("customer", "kit", 0, "cli"), ("developer", "kit", 0, "mail")], ("developer", "kit")),
    ],
)
def test_the_newest_word_that_was_not_taken_back_counts(
    database: Engine, said: list[tuple[str | None, str, int, str]], counted: tuple[str, str] | None
) -> None:
    for side, by, hours, how in said:
        say(database, side, by, hours, how)

    assert counts(database) == counted


def test_a_correction_keeps_what_the_person_saw_and_forgetting_the_text_forgets_its_words(database: Engine) -> None:
    store(database, 1)
    say(database, "customer", "kit")
    with db.transaction(database) as session:
        (event,) = corrections.events(session, ISSUE)
        assert event.evidence == {"confidence": 0.6, "because": ["word 'sacks' +0.50 none"]}
        assert (event.old, event.new, event.model) == ("none", "customer", "leafnotes-1:abc")

        issues.forget_text(session, AT + timedelta(days=1))

        (event,) = corrections.events(session, ISSUE)
        assert (event.evidence, event.new) == ({}, "customer")


def test_verdicts_of_lessons_that_are_no_longer_live_are_asked_for_again(database: Engine) -> None:
    row = store(database, 1)
    with db.transaction(database) as session:
        (_, text_hash, _), *_ = issues.to_classify(session, [row])
        verdict = issues.own_verdict(session, ISSUE)
        assert verdict is not None
        late = steps.Judged(row, text_hash, verdict, None, ())
        lessons.add(session, "live", b"", {}, AT)

    with db.transaction(database) as session:
        steps.keep_verdicts(session, [late], "chart", AT)

    with db.reading(database) as session:
        assert work.outstanding(session, ["classify"]) == 1


def test_only_the_last_three_versions_that_were_live_keep_their_lessons(database: Engine) -> None:
    with db.transaction(database) as session:
        for state in ("kept", "kept", "kept", "kept", "live", "shadow"):
            lessons.add(session, state, b"x", {}, AT)

        lessons.drop_old(session)

        found = [(one.version, one.state, one.content is not None) for one in lessons.versions(session)]
        assert lessons.numbers(session) == (5, 6)
    kept = [(n, "kept", True) for n in (2, 3, 4)]
    assert found == [(1, "dropped", False), *kept, (5, "live", True), (6, "shadow", True)]


def test_a_week_is_counted_once_and_remembered_when_it_is_closed(database: Engine) -> None:
    for number, side in enumerate(("none", "customer", "customer"), 1):
        store(database, number, side, abstained=number == 3, known=0.5 if number == 2 else 1.0)
    say(database, "customer", "kit")
    week = week_of("2026-W10", "Europe/Vienna")
    counted = Week("2026-W10", 3, unsure=1, customer=2, none=1, strange=1, corrected=1, contradicted=1)

    with db.transaction(database) as session:
        assert drift.weeks(session, [week]) == [counted]
        drift.remember(session, week)
    store(database, 4)

    with db.transaction(database) as session:
        assert drift.weeks(session, [week]) == [counted]
