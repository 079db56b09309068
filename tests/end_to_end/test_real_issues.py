from datetime import datetime
from pathlib import Path

import pytest

from pipeline.digest.document import Document
from pipeline.store import db, digests, issues
from tests.end_to_end import real
from workers.engine import Engine
from workers.wiring import Deployment


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> Deployment:
    directory = real.organisation(tmp_path_factory.mktemp("real"), shared)
    made = Deployment.read(directory, as_of=datetime.fromisoformat(real.AS_OF))
    made.prepare()
    Engine(made).run_once()
    yield made
    made.database.dispose()


def test_every_row_of_the_real_export_is_stored_and_classified(house: Deployment) -> None:
    with db.transaction(house.database) as session:
        assert issues.count(session) == 600
        assert issues.quarantined(session) == []
        assert issues.unclassified(session) == []


def test_each_maintainer_gets_a_digest_that_passes_every_gate(house: Deployment) -> None:
    with db.transaction(house.database) as session:
        assert digests.counts(session, real.WEEK) == {"composed": 3, "mail:accepted": 3}


def test_every_quotation_is_an_exact_substring_of_a_stored_issue_of_the_leaders_project(house: Deployment) -> None:
    projects = {"editor": "microsoft/vscode", "learning": "tensorflow/tensorflow"}
    quoted = 0
    with db.transaction(house.database) as session:
        stored = {f"{s.issue.source}:{s.issue.external_id}": s.issue for s in issues.read(session)}
        rows = {leader: digests.digest(session, leader, real.WEEK) for leader in projects}
    for leader, row in rows.items():
        assert row is not None
        for quote in Document.from_json(row.document or {}).quotations():
            issue = stored[quote.issue]
            quoted += 1
            assert issue.project == projects[leader]
            assert quote.text in issue.title or quote.text in issue.body
    assert quoted
