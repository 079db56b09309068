"""Statements that are made once, with lists of texts as a parameter."""

from sqlalchemy import Engine, select

from pipeline.store import db
from pipeline.store.asked import among, ask, dialect, listed
from pipeline.tables import MarkRow

NAMES = ["it's", 'so "called"', "back\\slash", "Grüße 😀", "{braces, and}", "100%s", "two\nlines", ""]


def test_texts_of_any_letters_are_found_and_no_others(database: Engine) -> None:
    with db.transaction(database) as session:
        session.add_all([MarkRow(name=name, value="") for name in [*NAMES, "another"]])
        named = select(MarkRow.name).where(among(dialect(session), MarkRow.name, "names"))

        found = ask(session, named, names=listed(session, NAMES)).scalars().all()
        none = ask(session, named, names=listed(session, [])).all()

    assert sorted(found) == sorted(NAMES)  # though nothing of it had been written when it was asked
    assert none == []
