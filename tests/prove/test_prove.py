"""The harness itself: it is independent, knows every step, passes a small run, and notices a planted bug."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.prove import steps
from tests.prove.bugs import BUGS
from tests.prove.checker import Checker, Database
from tests.prove.fleet import Template
from tests.prove.run import Plan, prove

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Template]:
    made = Template(tmp_path_factory.mktemp("template") / "log")
    yield made
    made.end()


@pytest.mark.parametrize("name", ["checker.py", "ledger.py"])
def test_what_checks_shares_no_code_with_what_is_checked(name: str) -> None:
    tree = ast.parse((HERE / name).read_text("utf-8"))
    imported = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    imported |= {n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}

    foreign = {one for one in imported if one.partition(".")[0] not in sys.stdlib_module_names}

    assert foreign <= {"psycopg", "psycopg.rows", "tests.prove.ledger"}


def test_the_steps_are_those_of_the_code() -> None:
    names = [step.name for step in steps.every()]

    assert len(set(names)) == len(names)
    assert steps.verbs() == ["MAIL", "RCPT", "DATA"]
    assert {step.kind for step in steps.every()} == {*steps.kinds(), *steps.ALONE, "web"}
    assert not [kind for kind in steps.NOT_HERE if kind not in steps.kinds()]
    assert not [site for site in steps.SELDOM if not any(name.startswith(f"{site} ") for name in names)]


@pytest.mark.slow
def test_a_few_kills_break_nothing_and_every_step_is_reached(template: Template) -> None:
    outcome = prove(Plan(database="sqlite", kills=8, seed=7, week=4), print, template)

    assert outcome.violations == []
    assert outcome.killed == 8
    assert outcome.figures["links looked at"] > 0
    assert [step.name for step in steps.required("sqlite") if not outcome.hits[step.name]] == []


@pytest.mark.slow
def test_a_planted_bug_is_noticed(template: Template) -> None:
    outcome = prove(Plan(database="sqlite", kills=6, seed=7, bug="get-acts", week=6), print, template)

    assert any("nobody sent" in one for one in outcome.violations), outcome.violations


def test_a_checker_finds_what_is_missing(sqlite_url: str, tmp_path: Path) -> None:
    (tmp_path / "source").write_text(
        '{"what": "issue", "number": 1, "body": "b", "state": "open", "updated_at": "2026-01-06T10:00:00Z"}\n'
    )

    found = Checker(Database(sqlite_url), tmp_path, ["noor"]).at_rest(["2026-W02"])

    assert found == [
        "I1 issue 1 of 2026-01-06T10:00:00Z is missing",
        "I4 the digest of noor for 2026-W02 is missing",
    ]


def test_every_bug_says_what_it_breaks() -> None:
    assert len(BUGS) >= 8
    assert all(bug.what for bug in BUGS.values())
    assert {name for bug in BUGS.values() for name in bug.aim} <= {step.name for step in steps.every()}
