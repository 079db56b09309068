"""Freshdesk, on recorded answers: text free of markup, the right state, nothing counted that was deleted."""

import json
from pathlib import Path
from typing import Any

import pytest

from connectors.freshdesk import Freshdesk, FreshdeskOptions
from pipeline.issue import Gone, Issue
from tests.connectors.described import recordings

FOLDER = ("python-freshdesk", "freshdesk", "v2", "tests", "sample_json_data")


@pytest.fixture
def desk(tmp_path: Path) -> Freshdesk:
    given = {
        "name": "support",
        "kind": "freshdesk",
        "base_url": "https://fernhill.freshdesk.example",
        "token": "key",
        "tags": {"escalate": ["urgent"], "private": ["BAR"]},
    }
    return Freshdesk.open(FreshdeskOptions.model_validate(given), tmp_path)


def recorded(name: str) -> Any:
    return json.loads(recordings(*FOLDER, name).read_text(encoding="utf-8"))


def ticket(desk: Freshdesk, **change: Any) -> Issue:
    raw = {"in": "tickets", "item": {**recorded("ticket_1.json"), **change}, "comments": recorded("conversations.json")}
    found = desk.normalise(raw)
    assert isinstance(found, Issue)
    return found


def test_a_recorded_ticket_becomes_an_issue(desk: Freshdesk) -> None:
    found = ticket(desk)

    assert (found.external_id, found.state, found.kind, found.priority) == ("1", "open", "Question", "low")
    assert found.title == "This is a sample ticket"
    assert "<" not in found.body
    assert found.url == "https://fernhill.freshdesk.example/a/tickets/1"
    assert found.labels == ("foo", "bar")
    assert found.tags == {"private"}
    assert found.account == "6012691534"


def test_conversations_become_comments_and_private_notes_stay_private(desk: Freshdesk) -> None:
    comments = ticket(desk).comments

    assert [(c.external_id, c.private) for c in comments[:2]] == [("1", True), ("2", False)]
    assert all("<div>" not in c.body for c in comments)


@pytest.mark.parametrize(("status", "state"), [(2, "open"), (3, "open"), (4, "closed"), (5, "closed"), (9, "open")])
def test_a_status_of_the_desks_own_is_open(desk: Freshdesk, status: int, state: str) -> None:
    assert ticket(desk, status=status).state == state


def test_a_priority_can_be_a_tag(desk: Freshdesk) -> None:
    assert "escalate" in ticket(desk, priority=4).tags


def test_every_ticket_of_a_recorded_list_is_there_once(desk: Freshdesk) -> None:
    listed = recorded("all_tickets.json")

    found = [desk.normalise({"in": "tickets", "item": item}) for item in listed]

    assert sorted(str(item["id"]) for item in listed) == sorted(issue.external_id for issue in found if issue)


def test_a_deleted_ticket_is_gone(desk: Freshdesk) -> None:
    gone = desk.normalise({"in": "deleted", "item": recorded("ticket_1.json")})

    assert isinstance(gone, Gone)
