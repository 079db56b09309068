"""The audit holds: whatever is changed, taken out, put in or cut off is found, and said."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, delete, select, update

from pipeline import erasing, forgetting
from pipeline.forgetting import Identity
from pipeline.org import Org
from pipeline.store import audit, db, forgotten
from pipeline.store.audit import By
from pipeline.tables import AuditRow, MarkRow

AT = datetime(2026, 9, 14, tzinfo=UTC)
ORG = Org(people={}, teams={}, fallback="x")


def record(database: Engine, count: int = 5) -> None:
    for number in range(count):
        with db.transaction(database) as session:
            audit.record(session, By("person", "kit"), "label", f"issue desk:{number} customer", about="noor")


def verdict(database: Engine) -> tuple[int, str | None]:
    with db.reading(database) as session:
        return audit.verify(session)


def test_an_untouched_chain_holds(database: Engine) -> None:
    assert verdict(database) == (0, None)

    record(database)

    assert verdict(database) == (5, None)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("at", AT),
        ("role", "system"),
        ("who", "noor"),
        ("who", None),
        ("what", "answer"),
        ("object", "issue desk:9 none"),
        ("about", "kit"),
        ("version", "2"),
        ("nonce", ""),
        ("seal", "0" * 64),
        ("before", "0" * 64),
        ("hash", "0" * 64),
    ],
)
def test_a_changed_row_is_named(column: str, value: Any, database: Engine) -> None:
    record(database)
    with db.transaction(database) as session:
        session.execute(update(AuditRow).where(AuditRow.id == 3).values({column: value}))

    number, wrong = verdict(database)

    assert number == 2
    assert wrong is not None
    assert "row 3" in wrong


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda session: session.execute(delete(AuditRow).where(AuditRow.id == 3)), "row 3 is missing"),
        (lambda session: session.execute(delete(AuditRow).where(AuditRow.id == 1)), "row 1 is missing"),
        (lambda session: session.execute(delete(AuditRow).where(AuditRow.id >= 4)), "row 4 is missing"),
        (lambda session: session.execute(delete(AuditRow)), "row 1 is missing"),
        (lambda session: session.execute(update(MarkRow).where(MarkRow.name == "audit").values(value="")), "newest"),
    ],
)
def test_a_row_that_is_gone_is_named(spoil: Callable[[Any], Any], says: str, database: Engine) -> None:
    record(database)
    with db.transaction(database) as session:
        spoil(session)

    wrong = verdict(database)[1]

    assert wrong is not None
    assert says in wrong


def test_many_writers_make_one_chain(database: Engine) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: record(database, 10), range(4)))

    assert verdict(database) == (40, None)


def test_what_is_rolled_back_is_not_in_it(database: Engine) -> None:
    with pytest.raises(RuntimeError), db.transaction(database) as session:
        audit.record(session, By("operator"), "label", "issue desk:1")
        raise RuntimeError

    assert verdict(database) == (0, None)


def test_the_chain_holds_when_somebody_in_it_is_forgotten_and_nobody_can_pretend_to_be(database: Engine) -> None:
    record(database)
    with db.transaction(database) as session:
        name = erasing.begin(session, ORG, Identity(id="kit"), By("operator", "ops"), AT)
        found = erasing.eraser(session)
        assert found is not None
        forgotten.visit(session, "audit", found, None, lambda *_: False)
    with db.reading(database) as session:
        assert {row.who for row in session.scalars(select(AuditRow).where(AuditRow.id <= 5))} == {name}
    assert verdict(database) == (6, None)

    with db.transaction(database) as session:
        session.execute(
            update(AuditRow).where(AuditRow.id == 2).values(who="[forgotten 00000000]", about="x", nonce="")
        )

    assert verdict(database)[1] is not None
    assert forgetting.is_pseudonym(name)
