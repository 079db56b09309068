"""ServiceNow: the traps that the kit does not know, on the kit's own fake."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from connectors.base import SourceError
from connectors.kit.bench import Bench, quick
from connectors.kit.dialect import Honest, Request, Response
from connectors.kit.dialects.servicenow import LocalServicenowDialect, ServicenowDialect
from connectors.kit.server import running
from connectors.kit.world import World
from connectors.servicenow import Servicenow, ServicenowOptions
from pipeline.issue import Gone, Issue


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with quick() as held, running(ServicenowDialect, World()) as fake:
        yield Bench(Servicenow, fake, tmp_path, held)


def both(value: str, shown: str | None = None) -> dict[str, str]:
    return {"value": value, "display_value": value if shown is None else shown}


def item(**change: Any) -> dict[str, Any]:
    given = {
        "sys_id": both("a" * 32),
        "number": both("INC0000007"),
        "short_description": both("Printer jams"),
        "state": both("2", "In Progress"),
        "active": both("true"),
        "caller_id": both("u1", "Kim Lee"),
        "caller_id.user_name": both("kim"),
        "sys_created_by": both("kim"),
        "sys_created_on": both("2026-03-02 09:00:00", "02/03/2026 01:00:00"),
        "sys_updated_on": both("2026-03-03 09:00:00", "03/03/2026 01:00:00"),
    }
    return {**given, **change}


def understood(bench: Bench, raw: dict[str, Any], **options: Any) -> Any:
    bench.change = options
    with bench.opened() as connector:
        return connector.normalise({"in": "incident", **raw})


def test_pages_of_hidden_rows_are_not_the_end(bench: Bench) -> None:
    bench.world.seed(40)
    empty = 0

    def all_hidden(request: Request, honest: Honest) -> Response:
        nonlocal empty
        answer = honest(request)
        if bench.dialect.is_list(request) and empty < 3 and "Link" in answer.headers:
            empty += 1
            return answer.but(data={"result": []})
        return answer

    bench.fake.trouble = all_hidden
    bench.pull()
    bench.fake.trouble = lambda request, honest: honest(request)
    bench.cursor = {}
    bench.pull()

    assert empty == 3
    bench.must_match("with rows that the account may not see")


def test_an_instance_that_reads_times_in_a_zone_behind_utc_is_an_error_and_not_a_loss(tmp_path: Path) -> None:
    with quick() as held, running(LocalServicenowDialect, World()) as fake:
        fake.world.zone = "America/Los_Angeles"
        fake.world.seed(3)
        bench = Bench(Servicenow, fake, tmp_path, held)

        with pytest.raises(SourceError, match="GMT") as caught:
            bench.pull()

        assert caught.value.permanent
        with bench.opened() as connector:
            assert any("GMT" in problem for problem in connector.check())


def test_an_answer_that_gave_up_in_the_middle_is_an_error_that_passes(bench: Bench) -> None:
    bench.world.seed(6)

    def cancelled(request: Request, honest: Honest) -> Response:
        answer = honest(request)
        if not bench.dialect.is_list(request):
            return answer
        error = {"message": "Transaction cancelled: maximum execution time exceeded", "detail": None}
        return answer.but(data={**answer.data, "error": error})

    bench.fake.trouble = cancelled

    with pytest.raises(SourceError, match="gave up") as caught:
        bench.pull()

    assert not caught.value.permanent


def test_times_are_those_of_utc_and_not_those_that_people_see(bench: Bench) -> None:
    issue = understood(bench, {"item": item()})

    assert issue.created_at == datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_work_notes_are_private_and_the_caller_is_the_customer(bench: Bench) -> None:
    def said(number: int, element: str, by: str, value: str) -> dict[str, str]:
        at = f"2026-03-02 1{number}:00:00"
        return {"sys_id": f"{number}", "element": element, "value": value, "sys_created_on": at, "sys_created_by": by}

    rows = [
        said(1, "comments", "kim", "[code]<p>Still <b>jams</b></p>[/code]"),
        said(2, "comments", "ada", "Try again"),
        said(3, "work_notes", "ada", "They never read"),
    ]

    issue = understood(bench, {"item": item(), "comments": rows})

    assert [(c.body, c.private, c.author_role) for c in issue.comments] == [
        ("Still jams", False, "customer"),
        ("Try again", False, "staff"),
        ("They never read", True, "staff"),
    ]
    assert (issue.author, issue.author_role) == ("kim", "customer")


def test_a_record_that_was_opened_again_is_open_although_resolved_at_stays(bench: Bench) -> None:
    resolved = both("2026-03-02 12:00:00")

    assert understood(bench, {"item": item(resolved_at=resolved)}).state == "open"
    closed = understood(bench, {"item": item(resolved_at=resolved, state=both("6", "Resolved"))})
    assert (closed.state, closed.closed_at) == ("closed", datetime(2026, 3, 2, 12, tzinfo=UTC))
    assert understood(bench, {"item": item(active=both("false"), state=both("3", "Closed"))}).state == "closed"


def test_a_deletion_that_was_undone_is_none(bench: Bench) -> None:
    row = {"sys_id": "1", "tablename": "incident", "documentkey": "a" * 32, "sys_created_on": "2026-03-02 12:00:00"}

    assert isinstance(understood(bench, {"in": "deleted", "item": row, "lives": False}), Gone)
    assert understood(bench, {"in": "deleted", "item": row, "lives": True}) is None


def test_priority_category_and_table_are_marks(bench: Bench) -> None:
    raw = item(priority=both("1", "1 - Critical"), category=both("hw", "Hardware"), sys_class_name=both("x", "Case"))

    issue = understood(bench, {"item": raw}, tags={"escalate": ["critical"], "mute": ["hardware"], "private": ["case"]})

    assert isinstance(issue, Issue)
    assert (issue.priority, issue.labels, issue.kind) == ("critical", ("Hardware",), "Case")
    assert issue.tags == {"escalate", "mute", "private"}


def test_without_the_right_to_deletions_they_can_be_left_out(bench: Bench) -> None:
    bench.world.seed(3)
    bench.change = {"deletions": False}

    bench.pull()

    assert not any("sys_audit_delete" in request.path for request in bench.fake.requests)


def test_a_password_is_sent_as_such_and_a_token_as_bearer() -> None:
    given = {"name": "now", "kind": "servicenow", "base_url": "https://now.example", "token": "word"}

    assert Servicenow.headers(ServicenowOptions.model_validate(given)) == {"Authorization": "Bearer word"}
    assert Servicenow.headers(ServicenowOptions.model_validate({**given, "user": "leaf"})) == {
        "Authorization": "Basic bGVhZjp3b3Jk"
    }
