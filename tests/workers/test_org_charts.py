"""`leafnotes org`: imports beside org.yaml, what is too sudden, undo, the tree, and who would get what."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from config import settings
from pipeline import periods
from pipeline.org import Org
from pipeline.store import db, listeners
from tests.workers import small
from workers.cli import main
from workers.wiring import Deployment, to_org

Run = Callable[..., Result]

PEOPLE = [("noor", "", ""), ("kit", "noor", "Roasting"), ("dee", "noor", "Delivery")]
PEOPLE += [(f"ann{n}", "kit", "Roasting") for n in range(6)] + [(f"bob{n}", "dee", "Delivery") for n in range(6)]


@pytest.fixture
def rosta(tmp_path: Path) -> Path:
    return small.organisation(tmp_path / "rosta", small.subscribers())


@pytest.fixture
def run(rosta: Path) -> Run:
    def invoke(*arguments: str, as_of: str = small.DUE) -> Result:
        return CliRunner().invoke(main, ["--config", str(rosta), "--as-of", as_of, *arguments])

    return invoke


@pytest.fixture
def bare(rosta: Path) -> Path:
    (rosta / "org.yaml").write_text("fallback: noor-team\n")
    return rosta


def people(rosta: Path, rows: list[tuple[str, str, str]]) -> str:
    path = rosta.parent / "people.csv"
    lines = [f"{who}@rosta.example,{boss and boss + '@rosta.example'},{team}" for who, boss, team in rows]
    path.write_text("\n".join(["email,manager_email,team", *lines, ""]))
    return str(path)


def chart(rosta: Path, day: str = "2026-03-09") -> Org:
    loaded = settings.load(rosta)
    assert loaded.problems == ()
    return to_org(loaded.org, date.fromisoformat(day))


def test_an_import_is_the_chart_and_a_second_one_changes_nothing(run: Run, bare: Path) -> None:
    first = run("org", "import", "csv", people(bare, PEOPLE))
    text = (bare / "org.d" / "csv.yaml").read_text()

    second = run("org", "import", "csv", people(bare, PEOPLE))

    assert first.exit_code == second.exit_code == 0
    assert "people in: 15" in first.output
    assert "no change: 15 people and 3 teams are as they were" in second.output
    assert (bare / "org.d" / "csv.yaml").read_text() == text
    assert chart(bare).led_by("kit") == ("roasting",)
    assert run("check", "--offline").exit_code == 0


def test_a_dry_run_changes_nothing(run: Run, bare: Path) -> None:
    result = run("org", "import", "csv", people(bare, PEOPLE), "--dry-run")

    assert "people in: 15" in result.output
    assert not (bare / "org.d").exists()


def test_what_org_yaml_says_of_a_person_or_team_wins(run: Run, rosta: Path) -> None:
    run(
        "org",
        "import",
        "csv",
        people(rosta, [*PEOPLE[:2], ("dee", "noor", "Roasting"), ("zoe", "dee", "Delivery")]),
        "--yes",
    )

    found = chart(rosta)

    assert found.people["noor"].timezone == "Europe/Vienna"
    assert found.teams["roasting"].leader == "kit"
    assert found.teams["roasting"].owns[0].label == "beans"
    assert found.teams["delivery"].leader == "dee"
    assert found.teams["delivery"].parent == "rosta"


def test_an_imported_person_with_a_known_address_is_that_person(run: Run, rosta: Path) -> None:
    file = rosta.parent / "people.csv"
    file.write_text("id,email,manager,team\nu-77,KIT@rosta.example,,Bar\nu-78,bo@rosta.example,kit@rosta.example,Bar\n")

    run("org", "import", "csv", str(file))

    assert "u-77" not in chart(rosta).people
    assert chart(rosta).teams["bar"].leader == "kit"


def test_what_is_imported_holds_from_its_day_on(run: Run, bare: Path) -> None:
    run("org", "import", "csv", people(bare, PEOPLE))
    moved = [("kit", "noor", "Roasting"), ("ann0", "dee", "Delivery")]

    result = run(
        "org", "import", "csv", people(bare, [*PEOPLE[:1], *moved, *PEOPLE[2:3], *PEOPLE[4:]]), "--from", "2026-03-05"
    )

    assert "moved: 1: ann0 from roasting to delivery" in result.output
    assert chart(bare, "2026-03-04").people["ann0"].team == "roasting"
    assert chart(bare, "2026-03-05").people["ann0"].team == "delivery"


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        (PEOPLE[:10], "5 of 15 people would leave the chart or change their team"),
        ([*PEOPLE[:9], *((who, "kit", "Roasting") for who, _, _ in PEOPLE[9:])], "6 of 15 people would leave"),
        ([("kit", "", ""), ("noor", "kit", "Top"), ("dee", "noor", "Delivery")], "of 15 people would leave"),
    ],
)
def test_a_sudden_change_is_not_applied_without_a_word(
    run: Run, bare: Path, rows: list[tuple[str, str, str]], why: str
) -> None:
    run("org", "import", "csv", people(bare, PEOPLE))
    before = (bare / "org.d" / "csv.yaml").read_text()

    refused = run("org", "import", "csv", people(bare, rows))

    assert refused.exit_code == 1
    assert re.search(f"not applied: .*{why}", refused.output)
    assert (bare / "org.d" / "csv.yaml").read_text() == before
    assert run("org", "import", "csv", people(bare, rows), "--yes").exit_code == 0
    assert (bare / "org.d" / "csv.yaml").read_text() != before


def test_a_leader_without_mail_is_not_applied_without_a_word(run: Run, bare: Path) -> None:
    file = bare.parent / "teams.json"
    file.write_text('[{"slug": "vans", "name": "Vans", "members": [{"login": "dee", "role": "maintainer"}]}]')

    result = run("org", "import", "github", str(file))

    assert result.exit_code == 1
    assert "not applied: dee would lead a team and have no e-mail address" in result.output


def test_undo_puts_the_old_chart_back_and_again_the_new_one(run: Run, bare: Path) -> None:
    run("org", "import", "csv", people(bare, PEOPLE))
    first = (bare / "org.d" / "csv.yaml").read_text()
    run("org", "import", "csv", people(bare, PEOPLE[:9]), "--yes")
    second = (bare / "org.d" / "csv.yaml").read_text()

    assert "is what it was: imported 2026-03-09T12:00:00+01:00 from people.csv" in run("org", "undo").output
    assert (bare / "org.d" / "csv.yaml").read_text() == first
    run("org", "undo", "csv")
    assert (bare / "org.d" / "csv.yaml").read_text() == second


def test_undo_wants_to_know_which_of_several_imports(run: Run, bare: Path) -> None:
    (bare.parent / "CODEOWNERS").write_text("* @rosta/roasting\n")
    run("org", "import", "csv", people(bare, PEOPLE))
    run("org", "import", "github", f"rosta/mono={bare.parent / 'CODEOWNERS'}")

    result = run("org", "undo")

    assert result.exit_code == 2
    assert "`leafnotes org undo csv`, `leafnotes org undo github`" in result.output
    assert "is gone" in run("org", "undo", "github").output
    assert (bare / "org.d" / "csv.yaml").exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("csv", "nowhere.csv"), "nowhere.csv cannot be read: No such file"),
        (("csv", "org.yaml", "--from", "soon"), "'soon' is not a date"),
        (("csv", "latin.csv"), "latin.csv:2: is not UTF-8 text"),
        (("xml", "org.yaml"), "'xml' is not one of"),
    ],
)
def test_wrong_use_is_said(run: Run, bare: Path, arguments: tuple[str, ...], says: str) -> None:
    (bare / "latin.csv").write_bytes("email,name\na@x.example,J\u00f6rg\n".encode("latin-1"))
    (bare / "org.yaml").write_text("fallback: a\n")
    (bare / "people.csv").write_text("email\na@x.example\n")
    kind, name, *rest = arguments
    name = "people.csv" if rest else name

    result = run("org", "import", kind, str(bare / name), *rest)

    assert result.exit_code == 2
    assert says in result.output


def test_what_could_not_be_used_is_listed_and_the_rest_counted(run: Run, bare: Path) -> None:
    file = bare.parent / "people.csv"
    file.write_text("email,manager\n" + "".join(f"p{n}@x.example,gone@x.example\n" for n in range(30)))

    result = run("org", "import", "csv", str(file), "--dry-run")

    assert result.output.count("has the manager gone@x.example, who is not in the file") == 20
    assert "and 10 more (--all)" in result.output
    assert run("org", "import", "csv", str(file), "--dry-run", "--all").output.count("gone@x.example") == 30


def test_undo_of_a_first_import_leaves_no_chart_and_of_none_says_so(run: Run, bare: Path) -> None:
    assert "there is no import to take back" in run("org", "undo").output
    run("org", "import", "csv", people(bare, PEOPLE))

    result = run("org", "undo")

    assert "is gone, as before the first import" in result.output
    assert not (bare / "org.d" / "csv.yaml").exists()


def test_a_chart_with_which_nothing_could_run_is_refused_even_with_yes(run: Run, bare: Path) -> None:
    (bare / "org.yaml").write_text("fallback: rosta\nteams:\n- {id: rosta, parent: delivery}\n- {id: delivery}\n")
    catalog = bare.parent / "catalog.yaml"
    catalog.write_text(
        "kind: Group\nmetadata: {name: rosta}\nspec: {}\n---\n"
        "kind: Group\nmetadata: {name: delivery}\nspec: {parent: rosta}\n"
    )

    result = run("org", "import", "backstage", str(catalog), "--yes")

    assert result.exit_code == 1
    assert "with this chart nothing could run" in result.output
    assert "teams are above each other in a circle: rosta -> delivery -> rosta" in result.output
    assert not (bare / "org.d").exists()


def test_faults_of_an_imported_file_name_it_and_the_line(run: Run, bare: Path) -> None:
    (bare / "org.d").mkdir()
    (bare / "org.d" / "csv.yaml").write_text("imported: {kind: csv, at: now}\npeople:\n- {id: a, emial: x}\n")
    (bare / "org.d" / "mine.yaml").write_text("")

    output = run("check", "--offline").output

    assert "org.d/csv.yaml:3: error: people[0].emial: is not a key that is known here. Did you mean `email`?" in output
    assert "org.d/mine.yaml: error: is not an imported chart" in output


def test_a_broken_import_can_be_replaced(run: Run, bare: Path) -> None:
    (bare / "org.d").mkdir()
    (bare / "org.d" / "csv.yaml").write_text("people: [")

    assert run("org", "import", "csv", people(bare, PEOPLE)).exit_code == 0
    assert chart(bare).people


def test_codeowners_give_what_teams_of_org_yaml_own(run: Run, rosta: Path) -> None:
    (rosta.parent / "CODEOWNERS").write_text("* @rosta/rosta\nvans/ @rosta/delivery\n")

    result = run("org", "import", "github", f"rosta/mono={rosta.parent / 'CODEOWNERS'}")

    assert result.exit_code == 0, result.output
    owns = chart(rosta).teams
    assert owns["rosta"].owns[0].project == "rosta/mono"
    assert [(claim.label, claim.path) for claim in owns["delivery"].owns] == [("parcels", None), (None, "vans")]
    assert "owned anew: 2: delivery: rosta/mono vans, rosta: rosta/mono" in result.output


def test_the_tree_is_shown_with_floors_and_what_nobody_owns(run: Run, rosta: Path) -> None:
    small.write(rosta, [*small.subscribers(3), small.ticket(9, "Where is my mug?", labels=["mugs"])])
    run("run", "--once")

    shown = run("org", "show").output.splitlines()

    assert shown[0] == "rosta: led by noor, 13 people"
    assert "  delivery: no leader, 6 people" in shown
    assert "15 people, 3 teams, 2 leaders" in shown
    assert shown[-1] == "  desk, no project: 1 issue"


def test_the_tree_of_another_day_is_shown(run: Run, rosta: Path) -> None:
    text = (rosta / "org.yaml").read_text()
    (rosta / "org.yaml").write_text(
        text.replace("leader: kit", "leader: [{id: noor, until: 2026-03-05}, {id: kit, from: 2026-03-05}]")
    )

    assert "  roasting: led by noor, 7 people" in run("org", "show", "--at", "2026-03-04").output
    assert "  roasting: led by kit, 7 people" in run("org", "show", "--at", "2026-03-05").output


def test_the_preview_says_who_would_get_what_and_sends_nothing(run: Run, rosta: Path) -> None:
    run("pull")
    (rosta / "org.yaml").write_text((rosta / "org.yaml").read_text().replace("email: kit@rosta.example\n  ", ""))

    output = run("org", "preview").output

    assert "leaf notes of 2026-W10:" in output
    assert (
        "noor: noor@rosta.example\n    Mon 09 Mar 2026 09:00 Europe/Vienna; leads rosta; 2 team(s) below; 6 issues"
        in output
    )
    assert "kit: UNADDRESSED" in output
    assert "no e-mail address: no leaf notes can be sent" in output
    assert not (rosta / "digests").exists()


def test_the_preview_shows_who_paused_and_counts_nothing_private(run: Run, rosta: Path) -> None:
    small.write(rosta, [*small.subscribers(2), small.ticket(8, "Salary", labels=["beans", "hush"])])
    run("pull")
    house = Deployment.read(rosta)
    with db.transaction(house.database) as session:
        listeners.pause(session, "kit", small.MONDAY, small.MONDAY)

    output = run("org", "preview", "--week", "2026-W10").output

    assert "kit: kit@rosta.example, PAUSED by them on 2026-03-02" in output
    assert "leads roasting; 0 team(s) below; 2 issues" in output


def test_a_week_is_told_by_the_chart_of_its_end(run: Run, rosta: Path) -> None:
    text = (rosta / "org.yaml").read_text()
    (rosta / "org.yaml").write_text(
        text.replace("leader: kit", "leader: [{id: kit, until: 2026-03-09}, {id: driver1, from: 2026-03-09}]")
    )

    run("run", "--once")

    sent = {path.name.partition(".")[0] for path in (rosta / "digests").rglob("*.json")}
    assert sent == {"kit", "noor"}
    assert "driver1" in run("org", "preview", "--week", "2026-W11").output


def test_an_org_without_dates_is_the_same_whatever_the_period(rosta: Path) -> None:
    house = Deployment.read(rosta)

    assert house.at(periods.week_of(small.WEEK, house.zone)) is house
