"""Our connector and a real Redmine: what is stored is what the server holds, whatever happens meanwhile."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.redmine import Redmine
from tests.systems.servers import TIED, Follower, Held, Server, redmine, stamp

pytestmark = pytest.mark.slow
COUNT = 1000
CLOSED, NEW = 5, 1


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with redmine(Path(tmp_path_factory.mktemp("redmine")), COUNT) as running:
        yield running


def truth(server: Server) -> dict[str, Held]:
    query = """select issues.id, subject, is_closed, updated_on from issues
               join issue_statuses on issue_statuses.id = status_id"""
    return {
        str(number): Held(subject, "closed" if closed else "open", datetime.fromisoformat(at[:19]).replace(tzinfo=UTC))
        for number, subject, closed, at in server.rows(query)
    }


def notes(server: Server) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for number, said in server.rows("select journalized_id, notes from journals where notes <> ''"):
        found.setdefault(str(number), set()).add(said)
    return found


def edit(server: Server, number: int, **change: object) -> None:
    server.call("PUT", f"/issues/{number}.json", {"issue": change})


def test_what_is_stored_is_what_redmine_holds_after_four_pulls(server: Server) -> None:
    follower = Follower(Redmine, server.options)

    follower.pull()
    assert follower.holds() == truth(server)
    assert len(follower.holds()) == COUNT

    for number in range(10, 40):
        edit(server, number, subject=f"Printer {number} still jams", notes=f"Seen on floor {number}")
    for number in (41, 42, 310, 599, 1000):
        edit(server, number, status_id=CLOSED if number % 5 != 1 else NEW)
    for number in (50, 51, 400):
        server.call("DELETE", f"/issues/{number}.json", None)
    for number in range(5):
        body = {"project_id": 1, "subject": f"New printer {number}", "tracker_id": 1, "priority_id": 2}
        server.call("POST", "/issues.json", {"issue": body})
    follower.pull()
    follower.reconcile()
    assert follower.holds() == truth(server)

    # From the tied second on again, while people work on it.
    follower.cursor = {"issues": {"to": stamp(TIED.start).isoformat()}}
    edits = iter([1, 350, 590, 301, 999, 2, 450, 700])

    def meddle(page: int) -> None:
        number = next(edits, None)
        if number is not None:
            edit(server, number, subject=f"Changed while page {page} was read", notes=f"Note of page {page}")
        if page == 3:
            server.call("DELETE", "/issues/302.json", None)

    follower.pull(meddle)
    follower.pull()
    follower.reconcile()
    assert follower.holds() == truth(server)
    assert follower.said() == {key: said for key, said in notes(server).items() if key in truth(server)}
    assert follower.shelf.crashes == []
    assert follower.shelf.aside == {}


def test_an_issue_of_a_project_that_is_no_longer_open_to_us_was_not_deleted(server: Server) -> None:
    body = {"project": {"name": "Secret", "identifier": "secret", "is_public": False}}
    project = server.call("POST", "/projects.json", body)["project"]["id"]
    made = server.call("POST", "/issues.json", {"issue": {"project_id": project, "subject": "Ours", "priority_id": 2}})

    with Follower(Redmine, server.options).opened() as connector:
        assert connector.probe(str(made["issue"]["id"])) is None
        assert connector.probe("999999") == "deleted"
        assert connector.check() == []
