"""Who alone may see a source's issues, and that it only ever narrows."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from pipeline.access import known_by, may_see, reader
from pipeline.issue import Issue, Verdict
from pipeline.org import Org, Person, Team

TREE = Org(
    people={
        "ada": Person(id="ada", email="Ada@x.example"),
        "bea": Person(id="bea", email="bea@x.example"),
        "cy": Person(id="cy", team="billing", email="cy@x.example"),
        "dee": Person(id="dee", team="apps"),
        "billing": Person(id="billing"),
    },
    teams={
        "top": Team(id="top", name="Top", leader="ada"),
        "mid": Team(id="mid", name="Mid", parent="top", leader="bea"),
        "apps": Team(id="apps", name="Apps", parent="mid", leader="gone"),
        "billing": Team(id="billing", name="Billing", parent="top"),
    },
    fallback="top",
)
HOUSE = replace(
    TREE, visible_to={"desk": ("mid",), "desk/vault": ("ada", "nobody"), "hub/secret": ("billing",), "hub/a/b": ("cy",)}
)
AT = datetime(2026, 3, 2, tzinfo=UTC)


def test_a_project_of_its_own_goes_before_its_source() -> None:
    assert HOUSE.audience("desk", "Vault") == "desk/vault"
    assert HOUSE.audience("desk", "shop") == HOUSE.audience("desk", None) == "desk"
    assert HOUSE.audience("hub", "A/B") == "hub/a/b"
    assert HOUSE.audience("hub", "shop") == HOUSE.audience("other", "vault") == ""


def test_a_team_stands_for_its_people_and_leads_below_and_never_above() -> None:
    assert HOUSE.readers["desk"] == {"bea", "dee"}
    assert HOUSE.readers["desk/vault"] == {"ada"}
    assert HOUSE.readers["hub/secret"] == {"billing"}


@pytest.mark.parametrize("person", ["ada", "bea", "cy", "dee", "nobody"])
def test_an_audience_that_is_not_set_lets_nobody_and_none_lets_everybody(person: str) -> None:
    assert not HOUSE.may_open(person, "desk/elsewhere")
    assert HOUSE.may_open(person, "")


@pytest.mark.parametrize("leaf", [None, "top", "mid", "apps", "billing"])
@pytest.mark.parametrize(("source", "project"), [("desk", "vault"), ("desk", None), ("hub", "secret"), ("hub", "shop")])
def test_narrowing_never_shows_anybody_more_than_the_tree(leaf: str | None, source: str, project: str | None) -> None:
    issue = Issue(
        source=source, external_id="1", title="x", body="", state="open", created_at=AT, updated_at=AT, project=project
    )
    verdict = Verdict(
        side="developer", kind="bug", severity=2, confidence=0.9, abstained=False, signals=(), because=(), model="m"
    )
    for person in TREE.people:
        who = reader(TREE, person, operator=False)
        if who is None:
            continue
        wide, narrow = (may_see(who, house, issue, verdict, leaf, ()) for house in (TREE, HOUSE))
        audience = HOUSE.audience(source, project)
        assert narrow == (wide and (not audience or person in HOUSE.readers[audience]))


def test_an_address_is_one_persons_whatever_its_case() -> None:
    shared = replace(TREE, people={**TREE.people, "eve": Person(id="eve", email="BEA@x.example")})

    assert known_by(TREE, "ada@X.EXAMPLE") == "ada"
    assert known_by(TREE, "ada@x.example.evil.example") is None
    assert known_by(shared, "bea@x.example") is None
    assert known_by(TREE, "") is None
