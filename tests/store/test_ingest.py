"""What a page leaves behind, whatever was in it and however often it comes."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, text

from pipeline import steps
from pipeline.issue import Comment, Gone, Issue, Remark, Signal, Verdict
from pipeline.store import db, issues, sources, work
from pipeline.tables import CommentRow, EventRow, IssueRow, PageRow, QuarantineRow

MONDAY = datetime(2026, 9, 14, 9, tzinfo=UTC)


def raw(number: int, **changes: Any) -> dict[str, Any]:
    return {"id": str(number), "title": f"Issue {number}", "day": 0, "state": "open", **changes}


def normalise(item: Mapping[str, Any]) -> Issue | Remark | Gone | None:
    if "comment" in item:
        said = Comment(external_id=item["comment"], author="b", body="me too", created_at=MONDAY)
        return Remark(issue=item["id"], comment=said)
    if item.get("gone"):
        return Gone(external_id=item["id"], at=MONDAY)
    if item.get("pull_request"):
        return None
    if not item["title"]:
        raise ValueError("title is empty")
    return Issue(
        source="desk",
        external_id=item["id"],
        title=item["title"],
        created_at=datetime.fromisoformat(item["when"]) if "when" in item else MONDAY,
        updated_at=MONDAY + timedelta(days=item["day"]),
        state=item["state"],
        closed_at=MONDAY + timedelta(days=item["day"]) if item["state"] == "closed" else None,
        project=item.get("project"),
    )


def ingest(database: Engine, items: Sequence[dict[str, Any]], cursor: int = 1, problems: Any = ()) -> steps.Ingested:
    with db.transaction(database) as session:
        sources.ensure(session, {"desk": "file"})
        return steps.ingest(
            session,
            source="desk",
            items=items,
            problems=problems,
            normalise=normalise,
            cursor={"page": cursor},
            at=MONDAY,
        )


def count(database: Engine, table: Any) -> int:
    with db.transaction(database) as session:
        return session.execute(select(func.count()).select_from(table)).scalar_one()


def events(database: Engine) -> list[tuple[str, str]]:
    with db.transaction(database) as session:
        return [(e.issue, e.what) for e in session.scalars(select(EventRow).order_by(EventRow.at, EventRow.id))]


def test_the_same_page_twice_leaves_one_row_each_and_asks_for_verdicts_once(database: Engine) -> None:
    first = ingest(database, [raw(1), raw(2)])
    again = ingest(database, [raw(1), raw(2)])

    assert (first.new, again.new, again.changed) == (2, 0, 0)
    assert count(database, IssueRow) == 2
    with db.transaction(database) as session:
        assert work.backlog(session) == {("classify", "ready"): 1}


def test_an_unchanged_page_is_not_archived_again(database: Engine) -> None:
    ingest(database, [raw(1)])
    ingest(database, [raw(1)])

    assert count(database, PageRow) == 1


def test_the_archive_gives_back_the_raw_items(database: Engine) -> None:
    ingest(database, [raw(1, title="Müll 🙂"), raw(2, pull_request=True)])

    with db.transaction(database) as session:
        [page] = sources.archived_ids(session, "desk")
        assert "Müll 🙂" in sources.archived(session, page).decode()


def test_the_cursor_stands_where_the_stored_page_ends(database: Engine) -> None:
    ingest(database, [raw(1)], cursor=7)

    with db.transaction(database) as session:
        assert sources.state(session, "desk").cursor == {"page": 7}


def test_a_page_that_cannot_be_stored_does_not_move_the_cursor(database: Engine) -> None:
    ingest(database, [raw(1)], cursor=1)

    with pytest.raises(RuntimeError), db.transaction(database) as session:
        steps.ingest(
            session,
            source="desk",
            items=[raw(2)],
            problems=(),
            normalise=normalise,
            cursor={"page": 2},
            at=MONDAY,
        )
        raise RuntimeError("the machine stops here")

    assert count(database, IssueRow) == 1
    with db.transaction(database) as session:
        assert sources.state(session, "desk").cursor == {"page": 1}


def test_a_bad_item_is_set_aside_with_its_reason_and_its_neighbours_are_stored(database: Engine) -> None:
    done = ingest(database, [raw(1), raw(2, title=""), raw(3)], problems=[("export.csv:9", "not a date")])

    assert (done.new, done.set_aside) == (2, 2)
    with db.transaction(database) as session:
        reasons = {row.reason for row in session.scalars(select(QuarantineRow))}
    assert reasons == {"title is empty", "not a date"}


def test_a_bad_item_that_comes_again_is_set_aside_once(database: Engine) -> None:
    ingest(database, [raw(2, title="")])
    ingest(database, [raw(2, title="")])

    assert count(database, QuarantineRow) == 1


def test_an_older_version_never_overwrites_a_newer_one(database: Engine) -> None:
    ingest(database, [raw(1, title="New words", day=2)])
    done = ingest(database, [raw(1, title="Old words", day=1)])

    assert done.changed == 0
    with db.transaction(database) as session:
        assert next(issues.read(session)).issue.title == "New words"


def test_two_versions_in_one_page_leave_the_newer(database: Engine) -> None:
    ingest(database, [raw(1, title="New words", day=2), raw(1, title="Old words", day=1)])

    with db.transaction(database) as session:
        assert next(issues.read(session)).issue.title == "New words"


def test_closing_and_reopening_become_history_at_the_sources_time(database: Engine) -> None:
    ingest(database, [raw(1)])
    ingest(database, [raw(1, state="closed", day=1)])
    ingest(database, [raw(1, state="open", day=2)])

    assert events(database) == [("1", "created"), ("1", "closed"), ("1", "reopened")]


def test_moving_to_another_project_is_history_and_asks_for_a_new_route(database: Engine) -> None:
    ingest(database, [raw(1, project="a")])
    ingest(database, [raw(1, project="b", day=1)])

    assert ("1", "moved") in events(database)
    with db.transaction(database) as session:
        assert len(issues.unclassified(session)) == 1


def test_a_change_of_state_alone_asks_for_no_new_verdict(database: Engine) -> None:
    ingest(database, [raw(1)])
    with db.transaction(database) as session:
        before = work.backlog(session)

    ingest(database, [raw(1, state="closed", day=1)])

    with db.transaction(database) as session:
        assert work.backlog(session) == before


def test_a_comment_may_arrive_before_its_issue(database: Engine) -> None:
    ingest(database, [{"id": "1", "comment": "c1"}])
    ingest(database, [raw(1)])

    with db.transaction(database) as session:
        [comment] = next(issues.read(session)).issue.comments
    assert comment.body == "me too"
    assert count(database, CommentRow) == 1


def test_what_the_source_deleted_stays_as_history_and_is_no_longer_alive(database: Engine) -> None:
    ingest(database, [raw(1), raw(2)])
    ingest(database, [{"id": "1", "gone": True}])

    with db.transaction(database) as session:
        assert issues.alive(session, "desk") == {"2"}
    assert ("1", "deleted") in events(database)


def test_what_a_census_no_longer_names_is_marked_and_half_of_everything_is_not_believed(database: Engine) -> None:
    ingest(database, [raw(n) for n in range(100)])
    with db.transaction(database) as session:
        stored = issues.alive(session, "desk")
        lost = steps.missing(stored, {str(n) for n in range(95)})
        gone = [Gone(external_id=key, at=MONDAY, reason="transferred") for key in lost]
        steps.reconcile(session, source="desk", gone=gone, at=MONDAY)
        left = issues.alive(session, "desk")

    assert lost == ["95", "96", "97", "98", "99"]
    assert left == stored - set(lost)
    with pytest.raises(steps.Suspicious, match="94 of 95"):
        steps.missing(left, {"1"})


def test_the_reading_of_everything_goes_through_all_batches_in_order(database: Engine) -> None:
    many = [raw(n) for n in range(issues.BATCH * 2 + 3)]
    for some in issues.chunks(many, 400):
        ingest(database, list(some))

    with db.transaction(database) as session:
        names = [stored.issue.external_id for stored in issues.read(session)]

    assert names == sorted(names)
    assert len(names) == len(many)


def test_old_texts_are_forgotten_and_what_was_understood_of_them_stays(database: Engine) -> None:
    ingest(database, [raw(1), raw(2)])
    with db.transaction(database) as session:
        [first, second] = issues.to_classify(session, issues.unclassified(session))
        signals = (Signal("churn", "Issue"),)
        verdict = Verdict(side="customer", confidence=0.9, abstained=False, kind="bug", severity=4, signals=signals)
        issues.save_verdicts(session, [(first[0], first[1], verdict, "leaf", ())], "org")

    with db.transaction(database) as session:
        assert issues.forget_text(session, MONDAY + timedelta(days=1)) == 1
        assert issues.forget_text(session, MONDAY + timedelta(days=1)) == 0
        stored = {s.issue.external_id: s for s in issues.read(session)}

    kept = stored[first[2].external_id]
    assert (kept.issue.title, kept.verdict and kept.verdict.side, kept.leaf) == ("", "customer", "leaf")
    assert stored[second[2].external_id].issue.title != ""


@pytest.mark.parametrize(
    "change",
    [
        {"id": "x" * 300},
        {"title": "half a \ud800 character", "when": "0001-01-01T00:00:00+00:00"},
        {"when": "9999-12-31T23:59:59+00:00"},
        {"when": "2026-09-14T09:00:00"},
    ],
    ids=["an id too long", "a broken character", "year 9999", "no zone"],
)
def test_what_no_table_can_hold_is_set_aside_and_stops_nobody(database: Engine, change: dict[str, Any]) -> None:
    done = ingest(database, [raw(1), raw(2, **change), raw(3)])

    assert (done.new, done.set_aside) == (2, 1)


def test_long_names_are_cut_and_odd_characters_left_out(database: Engine) -> None:
    ingest(database, [raw(1, title="A\0 title\ud800", project="p" * 400)])

    with db.transaction(database) as session:
        issue = next(issues.read(session)).issue
    assert issue.title == "A title"
    assert issue.project == "p" * 255


def test_a_replay_brings_nothing_back_that_was_deleted(database: Engine) -> None:
    ingest(database, [raw(1), raw(2)])
    ingest(database, [{"id": "1", "gone": True}])

    with db.transaction(database) as session:
        steps.ingest(session, source="desk", items=[raw(1)], problems=(), normalise=normalise, cursor=None, at=MONDAY)
        assert issues.alive(session, "desk") == {"2"}


def test_the_archive_ends_with_what_came_last(database: Engine) -> None:
    for title in ("A", "B", "A"):
        ingest(database, [raw(1, title=title)])

    with db.transaction(database) as session:
        pages = [sources.archived(session, page) for page in sources.archived_ids(session, "desk")]
    assert [b'"A"' in page for page in pages] == [False, True]


def aside(database: Engine) -> list[tuple[str, str, str]]:
    with db.transaction(database) as session:
        return sorted(issues.quarantined(session))


def named(database: Engine, items: Sequence[dict[str, Any]], **more: Any) -> None:
    with db.transaction(database) as session:
        sources.ensure(session, {"desk": "file"})
        steps.ingest(
            session,
            source="desk",
            items=items,
            problems=(),
            normalise=normalise,
            cursor={"page": 1},
            at=MONDAY,
            known_as=lambda item: f"{item['id']}.csv:7",
            **more,
        )


def test_what_is_set_aside_has_the_name_that_its_connector_gives_and_leaves_once_it_is_understood(
    database: Engine,
) -> None:
    named(database, [raw(1, title=""), raw(2)])
    assert [what for _, what, _ in aside(database)] == ["1.csv:7"]

    named(database, [raw(1)])

    assert aside(database) == []


def test_a_part_that_is_read_again_from_its_start_forgets_what_was_set_aside_of_it(database: Engine) -> None:
    named(database, [raw(1, title=""), raw(11, title="")])

    named(database, [], restarts=("1.csv",))

    assert [what for _, what, _ in aside(database)] == ["11.csv:7"]


def test_an_old_removal_that_is_read_again_does_not_undo_what_came_back(database: Engine) -> None:
    ingest(database, [raw(1)])
    ingest(database, [{"id": "1", "gone": True}])
    ingest(database, [raw(1, day=1)])

    ingest(database, [{"id": "1", "gone": True}])

    with db.transaction(database) as session:
        assert issues.alive(session, "desk") == {"1"}


def test_what_is_private_by_its_key_is_not_archived(database: Engine) -> None:
    named(database, [raw(1, phone="+353 1 555", by={"phone": "+353 1 556", "name": "kim"})], redact=("phone",))

    with db.transaction(database) as session:
        (page,) = sources.archived_ids(session, "desk")
        kept = sources.archived(session, page).decode()
    assert "555" not in kept
    assert "556" not in kept
    assert "kim" in kept


def test_postgresql_looks_at_a_table_once_when_it_holds_something(postgres: Engine) -> None:
    def known(*, learn: bool) -> float:
        with db.transaction(postgres) as session:
            if learn:
                db.learn(session, "issues")
            return float(session.execute(text("SELECT reltuples FROM pg_class WHERE relname = 'issues'")).scalar_one())

    assert known(learn=True) < 1
    ingest(postgres, [raw(1)])
    assert known(learn=False) < 1
    assert known(learn=True) == 1
    ingest(postgres, [raw(2)])
    assert known(learn=True) == 1
