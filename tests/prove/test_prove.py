"""The harness itself: it is independent, knows every step, passes a small run, and notices a planted bug."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import Mock

import pytest

from connectors.smtp import Smtp
from tests.local_servers import smtp
from tests.prove import failpoints, steps
from tests.prove.bugs import BUGS
from tests.prove.checker import Checker, Database
from tests.prove.fleet import Template
from tests.prove.ledger import Ledger
from tests.prove.mailbox import Mailbox
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


def test_who_was_frozen_in_the_middle_of_a_mail_sends_the_rest_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_connect", "_ask", "_content"):
        monkeypatch.setattr(Smtp, name, getattr(Smtp, name))  # put back afterwards
    points = Mock(hit=lambda _name, last_words=bool: last_words())
    failpoints._mail(points)

    with smtp() as box:
        outcome = Smtp(box.url).send(b"Subject: notes\r\n\r\n.one\r\ntwo\r\n", "leaf@x.example", "ines@x.example")

    assert outcome.kind == "accepted"
    assert [message.content for message in box.messages] == [b"Subject: notes\r\n\r\n.one\r\ntwo\r\n"]


def test_copies_that_differ_are_shown(sqlite_url: str, tmp_path: Path) -> None:
    box = Mailbox(Ledger(tmp_path / "mail"), seed=1)
    for line in (b"one", b"two"):
        box.keep("ines@x.example", b"Message-ID: <1@x.example>\n\nfirst\n" + line + b"\n", "none")
    database = Database(sqlite_url)
    database.run(
        "INSERT INTO mails (id, digest_id, recipient, state, message_id, attempt, resent, changed_at)"
        " VALUES (1, 1, 'ines@x.example', 'accepted', '<1@x.example>', 1, 0, '2026-01-06 10:00:00')"
    )

    found = Checker(database, tmp_path, ["noor"]).mails()

    assert found[0].startswith("I5 copies of <1@x.example> differ: 4 and 4 lines, ['@@ -4 +4 @@', '-one', '+two'];")


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
