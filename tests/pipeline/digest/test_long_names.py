"""Long names never cost a leader the whole mail: what the first screen has no room for stands below it."""

from dataclasses import replace

from pipeline.org import Org
from tests.pipeline.digest.builder import digest, failures, material, org, voice

LONG = "Northern Harbour Container Handling and Customs Clearance"


def house() -> Org:
    plain = org({"docks": 4})
    teams = {team.id: replace(team, name=f"{LONG} {team.name}") for team in plain.teams.values()}
    return replace(plain, teams=teams)


def test_a_leader_of_teams_with_long_names_gets_a_digest_that_passes() -> None:
    """Most customers are elsewhere, so each line says across what: the longest that a first screen can be."""
    pains = ("ci", "tax", "sync")
    week = material(
        voice(n, f"account:{n}", leaf="apps" if n < 3 else "cables", pain=pains[n % 3], side="customer")
        for n in range(60)
    )

    document = digest(week, "left-lead", house())

    assert failures(document, week, house()) == []
    assert [pain.id for pain in document.pains] == ["tax", "ci"]
    assert any("diaries lose appointments" in str(one) for one in document.also_open)
