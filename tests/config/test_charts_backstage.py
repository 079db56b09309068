"""Backstage catalog files: what becomes of entities, and what is said of those that cannot be used."""

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from config.charts import Chart
from config.charts.backstage import backstage
from config.charts.chart import Claim
from tests.config.charted import file, members, said, tree
from tests.effort import grows_in_step

ROSTA = """\
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: rosta}
spec:
  type: organization
  children: [roasting, delivery]
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata:
  name: roasting
  annotations: {leafnotes/leader: "user:default/kit"}
spec:
  type: team
  profile: {displayName: Roasting & Quality}
  parent: group:default/rosta
  children: []
  members: [ana]
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: delivery}
spec: {type: team, children: []}
---
apiVersion: backstage.io/v1alpha1
kind: User
metadata: {name: kit}
spec:
  profile: {displayName: Kit Berger, email: kit@rosta.example}
  memberOf: [roasting, rosta]
---
apiVersion: backstage.io/v1alpha1
kind: User
metadata: {name: ana}
spec: {profile: {email: ana@rosta.example}, memberOf: []}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: roaster-api
  annotations:
    github.com/project-slug: rosta/roaster
    jira/project-key: ROAST
    jira/component: API
spec: {type: service, lifecycle: production, owner: roasting}
---
apiVersion: backstage.io/v1alpha1
kind: System
metadata:
  name: routes
  annotations:
    backstage.io/source-location: url:https://github.com/rosta/mono/tree/main/services/routes/
spec: {owner: "group:delivery"}
---
apiVersion: backstage.io/v1alpha1
kind: Location
metadata: {name: all}
spec: {targets: [./other.yaml]}
"""


def read(text: str) -> Chart:
    return backstage([file(text, "catalog.yaml")])


def entity(kind: str, name: str, **spec: object) -> str:
    return "---\n" + yaml.safe_dump({"kind": kind, "metadata": {"name": name}, "spec": spec})


def test_groups_are_teams_and_users_are_people() -> None:
    chart = read(ROSTA)

    assert tree(chart) == {"rosta": (None, None), "roasting": ("rosta", "kit"), "delivery": ("rosta", None)}
    assert members(chart) == {"kit": "roasting", "ana": "roasting"}
    assert said(chart) == []


def test_owners_of_components_own_their_repositories_folders_and_jira_projects() -> None:
    owns = {team.id: team.owns for team in read(ROSTA).teams}

    assert owns["roasting"] == (Claim(project="rosta/roaster"), Claim(project="ROAST", component="API"))
    assert owns["delivery"] == (Claim(project="rosta/mono", path="services/routes"),)


def test_the_json_of_the_catalog_api_is_the_same_chart() -> None:
    entities = list(yaml.safe_load_all(ROSTA))

    assert read(json.dumps(entities)).teams == read(ROSTA).teams
    assert read(json.dumps({"items": entities}, indent=1)).people == read(ROSTA).people


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (entity("Group", "a", parent="b"), "catalog.yaml:2: group:a: spec.parent: there is no group 'b'"),
        (entity("Group", "a", members=["zoe"]), "group:a: spec.members: there is no user 'zoe'"),
        (entity("User", "zoe"), "user:zoe: has no e-mail address in spec.profile.email; they are kept"),
        (entity("Group", "a", children="b"), "group:a: spec.children is not a list"),
        (entity("Group", "a") + entity("Group", "a"), "is on line 2 of catalog.yaml already; this one is set aside"),
        (
            entity("Group", "a", parent="b") + entity("Group", "b", parent="a"),
            "teams are above each other in a circle: a -> b -> a; a is put at the top",
        ),
        (
            entity("Group", "a") + entity("Group", "b") + entity("User", "u", memberOf=["b", "a"]),
            "user:u: is in 2 groups (a, b); a is taken",
        ),
        (entity("Group", "a", children=["c"]) + entity("Group", "b", children=["c"]) + entity("Group", "c"),
         "group:b: names c as a child, which lies below a"),
        ("kind: Group\nspec: {}\n", "catalog.yaml:1: an entity has no metadata.name; it is set aside"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_said_with_its_line(text: str, told: str) -> None:
    assert [line for line in said(read(text)) if told in line]


def test_a_broken_document_stops_no_other_and_lines_count_on() -> None:
    chart = read(ROSTA + "---\nkind: [\n" + entity("Group", "late"))

    assert "late" in tree(chart)
    [line] = said(chart)
    assert line.startswith(f"catalog.yaml:{ROSTA.count(chr(10)) + 3}")
    assert "set aside" in line


def test_two_components_at_one_place_give_it_to_the_first() -> None:
    here = "metadata: {name: %s, annotations: {github.com/project-slug: r/r}}\nspec: {owner: %s}\n"
    chart = read(
        entity("Group", "a") + entity("Group", "b")
        + "---\nkind: Component\n" + here % ("x", "a") + "---\nkind: Component\n" + here % ("y", "b")
    )  # fmt: skip

    assert [team.owns for team in chart.teams] == [(Claim(project="r/r"),), ()]
    assert any("component:y: is at a place that a owns already" in line for line in said(chart))


def test_groups_of_one_name_in_two_namespaces_are_two_teams() -> None:
    chart = read(entity("Group", "web") + "---\nkind: Group\nmetadata: {name: web, namespace: shop}\nspec: {}\n")

    assert len({team.id for team in chart.teams}) == 2


def test_ten_times_the_people_take_about_ten_times_as_long() -> None:
    def import_(count: int) -> None:
        teams = count // 10
        groups = "".join(f"---\nkind: Group\nmetadata: {{name: g{n}}}\nspec: {{type: team}}\n" for n in range(teams))
        users = "".join(
            f"---\nkind: User\nmetadata: {{name: u{n}}}\n"
            f"spec: {{profile: {{email: u{n}@x.example}}, memberOf: [g{n % teams}]}}\n"
            for n in range(count)
        )
        assert len(read(groups + users).people) == count

    grows_in_step(import_, 500)


_PARTS = st.sampled_from(
    ["---\n", "kind: Group\n", "kind: User\n", "metadata: {name: a}\n", "metadata: {name: b}\n", "spec:\n", "- ", "\t",
     " parent: a\n", " children: [a, b]\n", " members: [a]\n", " memberOf: {a: b}\n", " owner: [x]\n", "{", "&a [*a]\n",
     "!!x y\n"]
)  # fmt: skip


@given(st.text() | st.lists(_PARTS).map("".join))
def test_any_text_is_a_chart_or_problems(text: str) -> None:
    backstage([file(text)])
