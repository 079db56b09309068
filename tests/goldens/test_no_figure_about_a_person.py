"""No figure about a person exists anywhere (P20): not in a table, and not in what a digest is made of."""

from dataclasses import fields, is_dataclass

from sqlalchemy import Float, Integer, Numeric

from pipeline.digest import document
from pipeline.tables import Base

PERSON = {"author", "account", "leader", "person", "by", "member"}
KEPT_OF = {"digests": {"version"}, "escalations": {"issue_id"}, "returned": {"mail_id", "note_attempt"}}
"""Tables that have a column for a person: which of their numbers are about a document, a mail or an issue."""


def numbers(table) -> set[str]:
    keys = {column.name for column in table.columns if column.primary_key or column.foreign_keys}
    kinds = (Integer, Float, Numeric)
    return {c.name for c in table.columns if isinstance(c.type, kinds) and not isinstance(c.type, bool)} - keys


def test_no_table_keeps_a_number_for_a_person():
    of_people = {name: t for name, t in Base.metadata.tables.items() if PERSON & {c.name for c in t.columns}}

    found = {name: numbers(table) - KEPT_OF.get(name, set()) for name, table in of_people.items()}

    assert len(of_people) >= 4
    assert {name: left for name, left in found.items() if left} == {}


def test_no_part_of_a_document_has_an_author():
    parts = [value for value in vars(document).values() if isinstance(value, type) and is_dataclass(value)]

    named = {f"{part.__name__}.{field.name}" for part in parts for field in fields(part) if field.name in PERSON}

    # `leader` is the reader; `by` is the class of people that a quotation is attributed to ("an engineer"), or the
    # office of who added a line to it.
    assert named == {"Document.leader", "Quote.by", "Context.by"}
