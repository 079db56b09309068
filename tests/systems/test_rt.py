"""Our connector and a real Request Tracker: what is stored is what the server holds, whatever happens meanwhile."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.base import SourceError
from connectors.rt import Rt
from tests.systems.servers import Follower, Held, Server, request_tracker

pytestmark = pytest.mark.slow
COUNT = 1000
ZONE = "America/Los_Angeles"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with request_tracker(Path(tmp_path_factory.mktemp("rt")), COUNT, ZONE) as running:
        yield running


def truth(server: Server) -> dict[str, Held]:
    query = """select id, Subject, Status, LastUpdated from Tickets
               where Status <> 'deleted' and Type = 'ticket' and EffectiveId = id"""
    done = {"resolved", "rejected"}
    return {
        str(number): Held(
            subject, "closed" if status in done else "open", datetime.fromisoformat(at).replace(tzinfo=UTC)
        )
        for number, subject, status, at in server.rows(query)
    }


def told(server: Server) -> dict[str, set[str]]:
    query = """select ObjectId, Content from Transactions join Attachments on TransactionId = Transactions.id
               where ObjectType = 'RT::Ticket' and Transactions.Type in ('Correspond', 'Comment')
               and ContentType = 'text/plain'"""
    found: dict[str, set[str]] = {}
    for number, content in server.rows(query):
        words = content.decode() if isinstance(content, bytes) else content
        found.setdefault(str(number), set()).add(words.strip())
    return found


def say(server: Server, number: int, how: str, content: str) -> None:
    server.call("POST", f"/ticket/{number}/{how}", {"Content": content, "ContentType": "text/plain"})


def edit(server: Server, number: int, **change: object) -> None:
    server.call("PUT", f"/ticket/{number}", change)


def test_what_is_stored_is_what_rt_holds_after_four_pulls(server: Server) -> None:
    follower = Follower(Rt, server.options)

    follower.pull()
    assert follower.holds() == truth(server)
    assert len(follower.holds()) == COUNT

    for number in range(11, 25):
        edit(server, number, Subject=f"Printer {number} still jams")
    for number in range(20, 24):
        say(server, number, "correspond", f"We look at printer {number}")
        say(server, number, "comment", f"Printer {number} is old")
    for number in (41, 42, 310, 599):
        edit(server, number, Status="resolved")
    edit(server, 600, Status="open")
    for number in (51, 52, 400):
        server.call("DELETE", f"/ticket/{number}", None)
    edit(server, 61, MergeInto=62)
    body = {"Queue": "General", "Subject": "A new printer", "Requestor": "lee@example.com", "Content": "It jams"}
    server.call("POST", "/ticket", body)
    follower.pull()
    assert follower.holds() == truth(server)

    follower.cursor = {}  # all of it again, while people work on it
    edits = iter([1, 350, 590, 301, 999, 2, 450, 701])

    def meddle(page: int) -> None:
        number = next(edits, None)
        if number is not None:
            edit(server, number, Subject=f"Changed while page {page} was read")
        if page == 4:
            edit(server, 303, Status="resolved")
            server.call("DELETE", "/ticket/304", None)
            edit(server, 52, Status="open")  # deleted before, and brought back

    follower.pull(meddle)
    follower.pull()
    assert follower.holds() == truth(server)
    assert follower.said() == {key: said for key, said in told(server).items() if key in truth(server)}
    assert follower.shelf.crashes == []
    assert follower.shelf.aside == {}
    assert all(issue.body.startswith(("Printer", "It jams")) for issue in follower.shelf.living.values())


def test_a_wrong_zone_is_an_error_and_not_a_loss(server: Server) -> None:
    follower = Follower(Rt, {**server.options, "zone": "UTC"})

    with pytest.raises(SourceError, match="zone"):
        follower.pull()

    assert follower.holds() == {}


def test_check_is_content_with_the_rights_that_the_page_names(server: Server) -> None:
    with Follower(Rt, server.options).opened() as connector:
        assert connector.check() == []
