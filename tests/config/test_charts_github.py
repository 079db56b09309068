"""GitHub's teams, members and CODEOWNERS: what becomes of them, and what is said of the rest."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.charts import Chart
from config.charts.chart import Claim
from config.charts.github import github
from tests.config.charted import file, members, said, tree
from tests.effort import grows_in_step

TEAMS = json.dumps(
    [
        {"id": 1, "slug": "rosta", "name": "Rosta", "privacy": "closed", "parent": None},
        {"id": 2, "slug": "roasting", "name": "Roasting", "parent": {"id": 1, "slug": "rosta", "name": "Rosta"}},
        {"id": 3, "slug": "delivery", "name": "Delivery", "parent": {"id": 1, "slug": "rosta", "name": "Rosta"}},
    ],
    indent=2,
)
ROASTING = json.dumps([{"login": "Kit-B", "type": "User", "role": "maintainer"}, {"login": "ana", "type": "User"}])
DELIVERY = json.dumps([{"login": "dee", "email": "dee@rosta.example"}, {"login": "ci[bot]", "type": "Bot"}])
OWNERS = """\
# who is asked
*                 @rosta/rosta
/services/routes/ @rosta/delivery    # vans
/docs             @ana
src/beans/**      @rosta/roasting @dee
*.graph           dee@rosta.example
"""


def read(*extra: tuple[str, str]) -> Chart:
    names = [("teams.json", TEAMS), ("roasting.members.json", ROASTING), ("delivery.json", DELIVERY), *extra]
    project = {"CODEOWNERS": "rosta/mono"}
    return github([file(text, name, project.get(name), "product") for name, text in names])


def owned(text: str) -> dict[str, tuple[Claim, ...]]:
    return {team.id: team.owns for team in read(("CODEOWNERS", text)).teams if team.owns}


def test_teams_and_members_are_the_tree_and_one_maintainer_leads() -> None:
    chart = read()

    assert tree(chart) == {"rosta": (None, None), "roasting": ("rosta", "kit-b"), "delivery": ("rosta", None)}
    assert members(chart) == {"kit-b": "roasting", "ana": "roasting", "dee": "delivery"}
    assert {p.id: dict(p.accounts) for p in chart.people}["kit-b"] == {"product": "Kit-B"}


def test_codeowners_become_claims_of_project_and_path() -> None:
    assert owned(OWNERS) == {
        "rosta": (Claim(project="rosta/mono"),),
        "delivery": (Claim(project="rosta/mono", path="services/routes"), Claim(project="rosta/mono", path="*.graph")),
        "roasting": (Claim(project="rosta/mono", path="/docs"), Claim(project="rosta/mono", path="src/beans")),
    }


def test_the_last_line_of_a_pattern_wins_as_github_has_it() -> None:
    assert owned("/src/a @rosta/roasting\n/src/a/ @rosta/delivery\n") == {
        "delivery": (Claim(project="rosta/mono", path="src/a"),)
    }
    assert owned("/src/a @rosta/roasting\n* @rosta/delivery\n") == {"delivery": (Claim(project="rosta/mono"),)}


def test_sections_of_gitlab_give_their_owners_to_lines_without() -> None:
    assert owned("[Vans][2] @rosta/delivery\nvans/\n") == {"delivery": (Claim(project="rosta/mono", path="vans"),)}


def test_pages_that_were_saved_after_each_other_are_read() -> None:
    pages = '[{"login": "a"}]\n[{"login": "b"}]\n'

    assert members(github([file(pages, "vans.json")])) == {"a": "vans", "b": "vans"}


def test_members_may_stand_in_their_teams_or_under_their_slugs() -> None:
    inside = json.dumps([{"slug": "vans", "members": [{"login": "a"}]}])

    assert members(github([file(inside, "x.json")])) == {"a": "vans"}
    assert members(github([file('{"vans": [{"login": "a"}]}', "x.json")])) == {"a": "vans"}


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("CODEOWNERS", "src/x\n", "CODEOWNERS:1: src/x: has no owner, and an exception cannot be told"),
        ("CODEOWNERS", "src/[ab] @rosta/rosta\n", "has signs that CODEOWNERS does not allow"),
        ("CODEOWNERS", "src/x @nobody\n", "the owner @nobody is in no team here; they are left out"),
        ("CODEOWNERS", "a @rosta/rosta @rosta/delivery\n", "CODEOWNERS:1: a: has several owners; rosta gets"),
        ("a @rosta/x\n/CODEOWNERS", "a @rosta/rosta\n", "it is not known which repository this is of"),
        ("more.json", '[{"login": ""}]', "a user has no login; it is set aside"),
        ("more.json", '[{"id": 7}]', "more.json:1: is neither a team nor a user; it is set aside"),
        ("more.json", '[{"slug": "a", "parent": {"slug": "gone"}}]', "a: lies below gone, which is no team"),
        ("more.json", "[\n{},\n", "more.json:3: is not JSON here"),
        ("delivery.2.json", '[{"login": "ana"}]', "ana: is in 2 teams (delivery, roasting); delivery is taken"),
        (
            "delivery.2.json",
            '[{"login": "x", "role": "maintainer"}, {"login": "y", "role": "maintainer"}]',
            "delivery: has 2 maintainers; none is taken as its leader",
        ),
    ],
)
def test_what_cannot_be_used_is_said(name: str, text: str, told: str) -> None:
    assert [line for line in said(read((name, text))) if told in line]


def test_ten_times_the_people_and_lines_take_about_ten_times_as_long() -> None:
    def import_(count: int) -> None:
        teams = count // 10
        users = json.dumps({f"t{t}": [{"login": f"u{t}-{n}"} for n in range(10)] for t in range(teams)})
        owners = "".join(f"/src/p{n} @u{n % teams}-1\n" for n in range(count))
        assert len(github([file(users, "u.json"), file(owners, "CODEOWNERS", "a/b")]).people) == count

    grows_in_step(import_, 1_000)


_KEYS = st.sampled_from(["login", "slug", "name", "parent", "members", "role", "email"])
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner) | st.dictionaries(_KEYS, inner),
)


@given(st.text() | _JSON.map(json.dumps), st.sampled_from(["a.json", "CODEOWNERS"]))
def test_any_text_is_a_chart_or_problems(text: str, name: str) -> None:
    github([file(text, name, "a/b")])
