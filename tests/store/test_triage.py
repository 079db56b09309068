"""Searching issues, and who quotes one, on both databases."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from pipeline import periods
from pipeline.issue import Issue, Verdict
from pipeline.store import corrections, db, digests, issues, triage
from pipeline.store.triage import Place, Wanted

AT = datetime(2026, 3, 3, 9, 0, 0, 123456, tzinfo=UTC)
PLAIN = Verdict(side="developer", confidence=0.6, abstained=False, kind="bug", severity=1, model="leafnotes-1:abc")


def store(
    database: Engine,
    number: int,
    *,
    title: str = "Sacks",
    leaf: str | None = "roasting",
    heard_by: Sequence[str] = (),
    verdict: Verdict | None = PLAIN,
    hours: int = 0,
) -> None:
    at = AT + timedelta(hours=hours)
    issue = Issue(source="desk", external_id=str(number), title=title, created_at=at, updated_at=at)
    with db.transaction(database) as session:
        issues.upsert(session, [issues.columns(issue)])
        row = issues.known(session, "desk", [str(number)])[str(number)]
        if verdict is not None:
            issues.save_verdicts(session, [(row.id, row.text_hash, verdict, leaf, heard_by)], "chart")


def found(database: Engine, wanted: Wanted, after: Place | None = None) -> list[str]:
    with db.reading(database) as session:
        return [listed.issue.external_id for listed in triage.read(session, wanted, after)]


@pytest.mark.parametrize(
    ("teams", "expected"),
    [
        ({"roasting"}, ["1"]),
        ({"support"}, ["2"]),
        ({"sup"}, []),
        ({"supp_rt"}, []),
        ({"rosta"}, ["4", "3"]),
        ({"roasting", "support", "rosta"}, ["4", "3", "2", "1"]),
        (set(), []),
    ],
)
def test_a_team_sees_what_it_owns_and_hears_and_the_fallback_what_nobody_owns(
    database: Engine, teams: set[str], expected: list[str]
) -> None:
    store(database, 1)
    store(database, 2, leaf="delivery", heard_by=["support", "team é"])
    store(database, 3, leaf=None)
    store(database, 4, leaf=None, heard_by=[])
    store(database, 5, verdict=None)

    assert found(database, Wanted(teams=frozenset(teams), fallback="rosta")) == expected
    assert found(database, Wanted(teams=frozenset({"team é"}), fallback="rosta")) == ["2"]
    assert found(database, Wanted()) == ["5", "4", "3", "2", "1"]


def test_letters_that_mean_anything_in_sql_mean_themselves(database: Engine) -> None:
    store(database, 1, title="100% of sacks_x /burst")
    store(database, 2, title="100 of sacksyx burst")

    for q in ("0% of", "s_x", "/BURST", "100%"):
        assert found(database, Wanted(q=q)) == ["1"], q
    assert found(database, Wanted(q="'; --")) == []


def test_a_persons_word_is_what_a_side_is_searched_by(database: Engine) -> None:
    store(database, 1)
    store(database, 2)
    store(database, 3, verdict=replace(PLAIN, abstained=True))
    with db.transaction(database) as session:
        corrections.correct(session, ("desk", "1"), "customer", "kit", AT, how="page")
        corrections.correct(session, ("desk", "2"), "customer", "kit", AT, how="page")
        corrections.correct(session, ("desk", "2"), None, "kit", AT + timedelta(hours=1), how="page")

    assert found(database, Wanted(side="customer")) == ["1"]
    assert found(database, Wanted(side="developer")) == ["3", "2"]
    assert found(database, Wanted(unsure=True)) == ["3"]


def test_a_verdict_of_an_older_text_is_none(database: Engine) -> None:
    store(database, 1)
    store(database, 1, title="Something private now", verdict=None, hours=1)

    with db.reading(database) as session:
        listed = triage.one(session, ("desk", "1"))

    assert listed is not None
    assert (listed.issue.title, listed.verdict) == ("Something private now", None)


def test_a_place_is_written_and_read_and_goes_on_where_it_stopped(database: Engine) -> None:
    for number in range(1, 6):
        store(database, number, hours=number // 3)
    with db.reading(database) as session:
        places = [listed.place for listed in triage.read(session, Wanted())]

    for at, place in enumerate(places):
        assert Place.read(str(place)) == place
        assert found(database, Wanted(), place) == ["5", "4", "3", "2", "1"][at + 1 :]
    for bad in ("", "x", "1-2", "20260303T090000.000000Z-", "20260303T090000.000000Z-²", "20260303T090000.000000Z--1"):
        with pytest.raises(ValueError, match=r"does not match|no place"):
            Place.read(bad)


def test_only_what_somebody_may_have_read_quotes_an_issue(database: Engine) -> None:
    document = {"form": "full", "quotes": [{"issue": "desk:%_é"}]}
    with db.transaction(database) as session:
        for leader, state in (("kit", "composed"), ("noor", "held"), ("dora", "composed")):
            row = digests.decide(
                session, leader=leader, period="2026-W10", state=state, document=document, reason=None, at=AT
            )
            assert row is not None
            if leader != "dora":
                mail = digests.address(session, row, "x@rosta.example", f"<{leader}@rosta.example>")
                digests.set_mail(session, mail, state="accepted")
    with db.reading(database) as session:
        quoting = [len(digests.quoting(session, name)) for name in ("desk:%_é", "desk:%", "desk:_%é", "desk:")]
        told = [len(digests.told_to(session, "kit", *span)) for span in (("2026-W01", "2026-W10"), ("", "2026-W09"))]
        troubles = digests.troubled(session, "2026-W01", 9)

    assert quoting == [1, 1, 0, 1]
    assert told == [1, 0]
    assert [(trouble.leader, trouble.state) for trouble in troubles] == [("noor", "held")]


def test_an_issue_is_looked_for_in_what_was_written_since_it_was_there(database: Engine) -> None:
    store(database, 1)
    week = periods.period_at(AT, "UTC")
    labels = periods.before(week).label, week.label, digests.team_name(week.label), "e0c4f12ab77e1.0"
    with db.transaction(database) as session:
        for label in labels:
            document = {"form": "full", "in": label, "quotes": [{"issue": "desk:1"}]}
            row = digests.decide(
                session, leader="kit", period=label, state="composed", document=document, reason=None, at=AT
            )
            assert row is not None
            mail = digests.address(session, row, "x@rosta.example", f"<{label}@rosta.example>")
            digests.set_mail(session, mail, state="accepted")
    with db.reading(database) as session:
        quoting = {document["in"] for document in digests.quoting(session, "desk:1")}

    assert quoting == set(labels[1:])
