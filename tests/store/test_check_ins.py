"""What the check-in leaves in the database: sums, and nothing by which an answer could be joined with a person."""

from collections.abc import Mapping, Sequence
from itertools import permutations

import pytest
from sqlalchemy import Engine, text

from pipeline.check_in import QUESTIONS, Question
from pipeline.links import Links
from pipeline.store import check_ins, db
from pipeline.tables import Base

WEEK, TEXTS = "2026-W38", {"work": "Good", "heard": "Heard"}
PEOPLE = ("ada", "bea", "cem", "dov", "eva", "fay")
ANSWERS: Sequence[Mapping[Question, int]] = (
    {"work": 1, "heard": 5},
    {"work": 5, "heard": 1},
    {"work": 3, "heard": 3},
    {"work": 2, "heard": 4},
    {"work": 4, "heard": 2},
)
LINKS = Links("the key of a test, of forty letters or more 0001", "https://leaf.example")


def ticket(person: str) -> str:
    return LINKS.ticket(person, WEEK)


def begin(engine: Engine) -> None:
    with db.transaction(engine) as session:
        check_ins.begin(session, WEEK, "apps", [ticket(person) for person in PEOPLE], TEXTS)


def answer(engine: Engine, person: str, steps: Mapping[Question, int]) -> bool:
    with db.transaction(engine) as session:
        return check_ins.answer(session, WEEK, "apps", ticket(person), steps)


def empty(engine: Engine) -> None:
    with db.transaction(engine) as session:
        for table in ("check_in_groups", "check_in_sums", "check_in_tickets"):
            session.execute(text(f"DELETE FROM {table}"))


def dump(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    """Every table as its rows physically stand, the oldest first where the database knows of an order."""
    with db.reading(engine) as session:
        found = {}
        for name in sorted(Base.metadata.tables):
            rowid = engine.dialect.name == "sqlite" and name != "check_in_tickets"
            order = "ORDER BY rowid" if rowid else "ORDER BY ctid" if engine.dialect.name == "postgresql" else ""
            found[name] = [tuple(row) for row in session.execute(text(f"SELECT * FROM {name} {order}"))]
        return found


def test_whoever_gave_which_answer_and_in_which_order_leaves_the_same_rows(database: Engine) -> None:
    orders = list(permutations(range(5)))
    seen = []
    for n in (0, 17, 63, 119):
        empty(database)
        begin(database)
        for place in orders[(n * 7) % 120]:
            assert answer(database, PEOPLE[place], ANSWERS[orders[n][place]])
        seen.append(dump(database))

    assert len(seen[0]["check_in_sums"]) == 10
    assert seen[1:] == [seen[0]] * 3


def test_no_value_of_an_answer_s_row_leads_to_a_person(database: Engine) -> None:
    begin(database)
    answer(database, "ada", ANSWERS[0])

    rows = dump(database)

    every = {str(value) for some in rows.values() for row in some for value in row}
    assert every.isdisjoint(PEOPLE)
    sums = {str(value) for row in rows["check_in_sums"] for value in row}
    tickets = {str(value) for row in rows["check_in_tickets"] for value in row[:3]}  # without whether it was used
    assert sums & tickets == {WEEK, "apps"}


def test_row_versions_of_postgresql_do_not_tell_which_sum_an_answer_changed(postgres: Engine) -> None:
    begin(postgres)
    for person, steps in zip(PEOPLE, ANSWERS, strict=False):
        answer(postgres, person, steps)

    with db.reading(postgres) as session:
        versions = [
            session.execute(text(f"SELECT DISTINCT xmin::text FROM {table}")).scalars().all()
            for table in ("check_in_sums", "check_in_tickets")
        ]

    assert [len(one) for one in versions] == [1, 1]


def test_a_ticket_is_good_once_and_only_for_its_group(database: Engine) -> None:
    begin(database)

    assert answer(database, "ada", ANSWERS[0])
    assert not answer(database, "ada", ANSWERS[1])
    assert not answer(database, "zoe", ANSWERS[1])
    with db.transaction(database) as session:
        assert not check_ins.answer(session, WEEK, "books", ticket("bea"), ANSWERS[1])
        found = check_ins.ballots(session, WEEK)["apps"]
    assert sum(found.sums.values()) == len(QUESTIONS)


def test_once_the_week_is_over_nothing_tells_who_answered(database: Engine) -> None:
    begin(database)
    answer(database, "ada", ANSWERS[0])

    with db.transaction(database) as session:
        check_ins.forget_tickets(session, "2026-W39")

    assert dump(database)["check_in_tickets"] == []
    with db.reading(database) as session:
        assert check_ins.ballots(session, WEEK)["apps"].sums["work", 1] == 1


@pytest.mark.parametrize("other", [("ada", "2026-W39"), ("bea", WEEK)])
def test_a_ticket_is_another_for_every_person_and_week(other: tuple[str, str]) -> None:
    assert LINKS.ticket(*other) != ticket("ada")
    assert Links("another key of a test, of forty letters 0002", "https://leaf.example").ticket("ada", WEEK) != ticket(
        "ada"
    )
