"""Redmine: the traps that the kit does not know, on the kit's own fake."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.base import BadItem
from connectors.kit.bench import Bench, quick
from connectors.kit.dialects.redmine import RedmineDialect
from connectors.kit.server import running
from connectors.kit.world import World
from connectors.redmine import Redmine
from pipeline.issue import Issue


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with quick() as held, running(RedmineDialect, World()) as fake:
        yield Bench(Redmine, fake, tmp_path, held)


def item(**change: Any) -> dict[str, Any]:
    given = {
        "id": 7,
        "subject": "Printer jams",
        "status": {"id": 1, "name": "New", "is_closed": False},
        "created_on": "2026-03-02T09:00:00Z",
        "updated_on": "2026-03-03T09:00:00Z",
    }
    return {**given, **change}


def understood(bench: Bench, raw: dict[str, Any], **options: Any) -> Issue:
    bench.change = options
    with bench.opened() as connector:
        value = connector.normalise({"in": "issues", **raw})
    assert isinstance(value, Issue)
    return value


def test_an_issue_that_was_opened_again_is_open_although_closed_on_stays(bench: Bench) -> None:
    issue = understood(bench, {"item": item(closed_on="2026-03-02T12:00:00Z")})

    assert (issue.state, issue.closed_at) == ("open", None)


def test_a_redmine_whose_list_does_not_say_what_closed_means_is_asked_for_its_statuses(bench: Bench) -> None:
    old = item(status={"id": 5, "name": "Erledigt"}, closed_on="2026-03-02T12:00:00Z")

    issue = understood(bench, {"item": old, "closed": [5, 6]})

    assert issue.state == "closed"
    assert issue.closed_at == datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_history_tells_closing_and_opening_again_from_other_changes(bench: Bench) -> None:
    def change(hour: int, before: str, after: str) -> dict[str, Any]:
        details = [{"property": "attr", "name": "status_id", "old_value": before, "new_value": after}]
        return {"id": hour, "created_on": f"2026-03-02T{hour:02}:00:00Z", "notes": "", "details": details}

    journals = [change(10, "1", "2"), change(11, "2", "5"), change(12, "5", "2")]

    issue = understood(bench, {"item": item(), "closed": [5], "journals": journals})

    assert [(event.what, event.at.hour) for event in issue.history] == [
        ("created", 9),
        ("closed", 11),
        ("reopened", 12),
    ]
    assert issue.comments == ()


def test_private_notes_are_private_and_notes_are_plain_text(bench: Bench) -> None:
    notes = [
        {"id": 1, "created_on": "2026-03-02T10:00:00Z", "notes": 'See "the log":http://example.com/x for *all* of it.'},
        {"id": 2, "created_on": "2026-03-02T10:00:00Z", "notes": "Between us", "private_notes": True},
    ]

    issue = understood(bench, {"item": item(description="h1. Help\r\n\r\nIt *jams*."), "journals": notes})

    assert issue.body == "Help\n\nIt jams."
    assert [(c.body, c.private) for c in issue.comments] == [
        ("See the log for all of it.", False),
        ("Between us", True),
    ]


def test_markdown_is_read_as_such_where_the_server_is_set_to_it(bench: Bench) -> None:
    issue = understood(bench, {"item": item(description="# Help\n\nIt **jams**.")}, markup="markdown")

    assert issue.body == "Help\n\nIt jams."


def test_labels_priority_kind_and_privacy_become_tags_and_a_field_names_the_customer(bench: Bench) -> None:
    raw = item(
        priority={"id": 5, "name": "Immediate"},
        tracker={"id": 1, "name": "Security"},
        is_private=True,
        custom_fields=[{"id": 1, "name": "Customer", "value": "Fernhill"}],
    )
    tags = {"escalate": ["immediate"], "private": ["private"], "mute": ["security"]}

    issue = understood(bench, {"item": raw}, tags=tags, account_field="Customer")

    assert issue.tags == {"escalate", "private", "mute"}
    assert issue.account == "Fernhill"


def test_the_second_before_the_one_asked_for_is_left_out(bench: Bench) -> None:
    bench.world.seed(20, every=timedelta(seconds=1))
    bench.pull()
    asked = [r.query["updated_on"] for r in bench.fake.requests if "updated_on" in r.query]

    bench.must_match("with a change in every second")

    assert asked
    assert all(r.query["status_id"] == "*" for r in bench.fake.requests if bench.dialect.is_list(r))


def test_a_census_names_every_issue_although_one_is_deleted_meanwhile(bench: Bench) -> None:
    tickets = bench.world.seed(12)

    with bench.opened() as connector:
        walk = connector.census()
        assert walk is not None
        first = next(walk)
        bench.world.edit(tickets[0], deleted=True)
        named = {first, *walk}

    assert named >= {str(ticket.id) for ticket in tickets[1:]}


def test_an_issue_that_one_may_no_longer_see_was_not_deleted(bench: Bench) -> None:
    ticket = bench.world.add()
    bench.fake.trouble = lambda request, honest: bench.dialect.refusal(403)

    with bench.opened() as connector:
        assert connector.probe(str(ticket.id)) is None


def test_check_is_content_with_a_server_that_answers(bench: Bench) -> None:
    bench.fake.world.now = datetime.now(UTC)

    with bench.opened() as connector:
        assert connector.check() == []


@pytest.mark.parametrize("missing", ["id", "subject", "created_on"])
def test_an_issue_without_what_it_needs_is_refused_with_a_reason(bench: Bench, missing: str) -> None:
    with bench.opened() as connector, pytest.raises(BadItem, match="issue"):
        connector.normalise({"in": "issues", "item": item(**{missing: None})})
