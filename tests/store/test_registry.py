"""What a grouping leaves in the tables of pains, on both databases."""

import pytest
from sqlalchemy import Engine

from pipeline.store import db, registry


@pytest.mark.parametrize("others", [1, 600])
def test_a_pain_that_nobody_tells_of_any_more_is_what_it_was_when_the_last_week_closed(
    database: Engine, others: int
) -> None:
    living = [(f"p{number}", {"id": f"p{number}", "seen": 1}) for number in range(others)]
    with db.transaction(database) as session:
        registry.save(session, [("old", {"id": "old", "seen": 1}), *living], [], freeze=True)
        registry.save(
            session, [("old", {"id": "old", "seen": 2}), ("young", {"id": "young"}), *living], [], freeze=False
        )
        assert registry.current(session)["old"]["seen"] == 2

    with db.transaction(database) as session:
        registry.save(session, living, [], freeze=False)
        left = registry.current(session)

    assert left["old"]["seen"] == 1
    assert left.keys() == {"old", *dict(living)}
