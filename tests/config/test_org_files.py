"""org.yaml and imported charts as one: whose word wins, and edges that hold for a time."""

from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from config.charts.chart import Chart, Claim, Ids, Person, Team, mailbox, words
from config.charts.written import edge, written
from config.document import parse
from config.org import Dated, ImportedFile, OrgFile, Origin, held
from config.org_files import FOLDER, KINDS, imported, read_org
from config.reader import validate
from config.settings import load

DAY = date(2026, 9, 1)


def directory(tmp_path: Path, org: str, **imports: str) -> Path:
    (tmp_path / "org.yaml").write_text(org)
    (tmp_path / "sources.yaml").write_text("sources: []\n")
    (tmp_path / FOLDER).mkdir()
    for kind, text in imports.items():
        (tmp_path / FOLDER / f"{kind}.yaml").write_text(f"imported: {{kind: {kind}, at: now}}\n{text}")
    return tmp_path


def merged(tmp_path: Path, org: str, **imports: str) -> OrgFile:
    loaded = load(directory(tmp_path, org, **imports))
    assert loaded.problems == ()
    return loaded.org


def dated(*edges: tuple[str, str | None, str | None]) -> tuple[Dated, ...]:
    return tuple(Dated.model_validate({"id": name, "from": first, "until": last}) for name, first, last in edges)


def test_a_key_that_org_yaml_writes_wins_even_where_it_is_empty(tmp_path: Path) -> None:
    org = merged(
        tmp_path,
        "fallback: a\nteams:\n- {id: a, leader: ~, owns: []}\n",
        csv="teams:\n- {id: a, name: Alpha, leader: p, owns: [{project: x}]}\npeople:\n- {id: p}\n",
    )

    [team] = org.teams
    assert (team.name, team.leader, team.owns) == ("Alpha", None, ())


def test_of_two_imports_that_which_knows_people_best_wins_and_what_they_own_adds_up(tmp_path: Path) -> None:
    org = merged(
        tmp_path,
        "fallback: a\n",
        github="teams:\n- {id: a, name: From GitHub, owns: [{project: y}]}\n",
        csv="teams:\n- {id: a, name: From CSV}\n",
        backstage="teams:\n- {id: a, name: From Backstage, owns: [{project: x}, {project: y}]}\n",
    )

    [team] = org.teams
    assert team.name == "From CSV"
    assert [claim.project for claim in team.owns] == ["x", "y"]


def test_what_one_team_owns_by_hand_no_import_gives_to_another(tmp_path: Path) -> None:
    org = merged(
        tmp_path,
        "fallback: a\nteams:\n- {id: a, owns: [{project: x}]}\n",
        backstage="teams:\n- {id: b, owns: [{project: x}, {project: y}]}\n",
    )

    assert [claim.project for claim in org.teams[1].owns] == ["y"]


def test_one_address_or_account_is_one_person_in_all_files(tmp_path: Path) -> None:
    org = merged(
        tmp_path,
        "fallback: a\npeople:\n- {id: mara, email: Mara@x.example, accounts: {gh: mduval}}\n",
        csv="people:\n- {id: m.duval, email: mara@x.example, name: Mara Duval}\nteams:\n- {id: a, leader: m.duval}\n",
        github="people:\n- {id: mduval, accounts: {gh: mduval}}\nteams:\n- {id: b, leader: mduval}\n",
    )

    [person] = org.people
    assert (person.id, person.name) == ("mara", "Mara Duval")
    assert [team.leader for team in org.teams] == ["mara", "mara"]


def test_people_and_teams_are_where_they_were_written_first(tmp_path: Path) -> None:
    loaded = load(directory(tmp_path, "fallback: a\nteams:\n- {id: a}\n", csv="teams:\n- {id: a}\n- {id: b}\n"))

    assert loaded.where("team", "a") == "org.yaml:3"
    assert loaded.where("team", "b") == "org.d/csv.yaml:4"


def test_without_org_d_there_are_no_imports(tmp_path: Path) -> None:
    (tmp_path / "org.yaml").write_text("fallback: a\n")

    assert imported(tmp_path) == ([], [])
    assert read_org(tmp_path).file == "org.yaml"


def test_a_circle_from_some_day_on_is_a_problem_today(tmp_path: Path) -> None:
    org = "fallback: a\nteams:\n- {id: a, parent: [{id: b, from: 2026-09-01}]}\n- {id: b, parent: a}\n"

    [problem] = load(directory(tmp_path, org)).problems

    assert problem.where == "org.yaml:3"
    assert problem.message == "teams are above each other in a circle: a -> b -> a from 2026-09-01 on"


@pytest.mark.parametrize(
    ("leader", "says"),
    [
        ("[{id: a}, {id: b, from: 2026-09-01}]", "a and b hold at the same time; end one with `until:`"),
        ("[{id: a, until: 2026-09-02}, {id: b, from: 2026-09-01}]", "a and b hold at the same time"),
        ("[{id: a, from: 2026-09-01, until: 2026-09-01}]", "a ends on 2026-09-01, before it begins"),
        ("[{id: a, from: soon}]", "'soon' is not a date; write it as 2026-12-24"),
        ("[{id: a, since: 2026-09-01}]", "Known are from, id, until"),
        ("{id: a}", "must be text, not a set of keys"),
        ("a b", "'a b' has not the form that is needed"),
    ],
)
def test_a_dated_edge_that_cannot_be_is_said(tmp_path: Path, leader: str, says: str) -> None:
    loaded = load(directory(tmp_path, f"fallback: t\nteams:\n- {{id: t, leader: {leader}}}\n"))

    assert any(says in problem.says and problem.where == "org.yaml:3" for problem in loaded.problems), loaded.problems


def test_an_edge_holds_from_its_first_day_until_before_its_last() -> None:
    edges = dated(("a", None, "2026-09-01"), ("b", "2026-09-01", "2026-10-01"))

    days = [date(2026, 8, 31), date(2026, 9, 1), date(2026, 9, 30), date(2026, 10, 1)]
    assert [held(edges, day) for day in days] == ["a", "b", "b", None]


@pytest.mark.parametrize(
    ("before", "now", "after"),
    [
        (None, None, None),
        ("a", "a", "a"),
        (None, "a", dated(("a", "2026-09-01", None))),
        ("a", None, dated(("a", None, "2026-09-01"))),
        ("a", "b", dated(("a", None, "2026-09-01"), ("b", "2026-09-01", None))),
        (dated(("a", "2026-09-01", None)), "b", dated(("b", "2026-09-01", None))),
        (dated(("a", None, "2026-09-01"), ("b", "2026-09-01", None)), "a", "a"),
        (dated(("a", None, "2024-09-01"), ("b", "2026-03-01", None)), "c",
         dated(("b", "2026-03-01", "2026-09-01"), ("c", "2026-09-01", None))),
        (dated(("a", None, "2026-12-01"), ("b", "2026-12-01", None)), "a", "a"),
    ],
)  # fmt: skip
def test_an_edge_that_changes_keeps_what_was_before(before: object, now: str | None, after: object) -> None:
    found = edge(before, now, DAY)  # type: ignore[arg-type]

    assert found == after
    assert held(found, DAY) == now


_TEXT = st.text(max_size=20)


@given(_TEXT, _TEXT, _TEXT, st.sampled_from([None, DAY]))
def test_whatever_a_chart_holds_its_file_can_be_read_back(name: str, mail: str, path: str, since: date | None) -> None:
    ids = Ids()
    here = ids.of(name or "x")
    person = Person(id=here, name=words(name), email=mailbox(mail), team=here, accounts={words(path) or "s": "a"})
    team = Team(id=here, name=words(mail), leader=here, owns=(Claim(project="a/b", path=words(path)),))
    chart = Chart(people=(person,), teams=(team,))
    origin = Origin(kind="csv", files=("a.csv",), at="now")

    text = written(chart, origin, ImportedFile(imported=origin), since)
    found = validate(parse(text, Path("csv.yaml")), ImportedFile)

    assert isinstance(found, ImportedFile), found
    assert found.people[0].name == person.name
    assert found.teams[0].owns[0].path == words(path)
    assert yaml.safe_load(text)


def test_the_kinds_are_those_that_can_be_read() -> None:
    from config.charts import READERS

    assert set(KINDS) == set(READERS)
