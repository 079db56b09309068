"""An item that is stored as it was read is not read again, and nobody could tell from what is stored."""

import itertools
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, literal, select

from pipeline import erasing, steps
from pipeline.forgetting import Identity
from pipeline.issue import Comment, Gone, Issue, Remark
from pipeline.store import db, forgotten, issues, sources
from pipeline.store.audit import By
from pipeline.tables import CommentRow, EventRow, IssueRow, QuarantineRow
from tests.store.test_audit import ORG

MONDAY: Final = datetime(2026, 9, 14, 9, tzinfo=UTC)
_names: Final = itertools.count()

Item = Mapping[str, Any]
ITEMS: Final[Sequence[Item]] = (
    *(
        {"id": "1", "title": title, "day": day, **said}
        for title in ("It is slow", "It breaks")
        for day in (0, 1)
        for said in ({}, {"said": "me too"}, {"said": "so do I"})
    ),
    {"id": "1", "title": "It is slow", "day": 0, "likes": 2},
    {"id": "1", "title": ""},
    {"id": "2", "title": "It is late"},
    *({"id": "1", "comment": "a", "body": body} for body in ("yes", "no")),
    *({"id": "1", "gone": day} for day in (0, 2)),
)
"""Few enough for a page to hold several versions of one thing, and for versions to come again."""
SLOW: Final[Item] = {"id": "1", "title": "It is slow", "day": 0}
BREAKS: Final[Item] = {"id": "1", "title": "It breaks", "day": 0}
NEWER: Final[Item] = {**SLOW, "day": 1, "said": "me too"}
OLDER: Final[Item] = {**SLOW, "said": "so do I"}
PAGES: Final = st.lists(st.lists(st.sampled_from(ITEMS), max_size=3), min_size=3, max_size=7)


def normalise(source: str, item: Item) -> Issue | Remark | Gone:
    def comment(key: str, body: str) -> Comment:
        return Comment(external_id=key, author="b", body=body, created_at=MONDAY)

    if "comment" in item:
        return Remark(issue=item["id"], comment=comment(item["comment"], item["body"]))
    if "gone" in item:
        return Gone(external_id=item["id"], at=MONDAY + timedelta(days=item["gone"]))
    return Issue(
        source=source,
        external_id=item["id"],
        title=item["title"],
        created_at=MONDAY,
        updated_at=MONDAY + timedelta(days=item.get("day", 0)),
        comments=(comment("c", item["said"]),) if "said" in item else (),
    )


class Desk:
    """A source of its own in a database that others use too. `looked_at` counts the items that were read."""

    def __init__(self, database: Engine) -> None:
        self.database, self.name, self.looked_at = database, f"desk-{next(_names)}", 0

    def ingest(self, items: Sequence[Item], reader: str | None, *, replay: bool = False) -> steps.Ingested:
        def counted(item: Item) -> Issue | Remark | Gone:
            self.looked_at += 1
            return normalise(self.name, item)

        with db.transaction(self.database) as session:
            sources.ensure(session, {self.name: "file"})
            return steps.ingest(
                session,
                source=self.name,
                items=items,
                problems=(),
                normalise=counted,
                known_as=lambda item: f"{item['id']} {item.get('comment', '')}",
                cursor=None if replay else {},
                at=MONDAY,
                reader=reader,
            )

    def stored(self) -> list[Any]:
        """Everything that anybody sees of this source."""
        columns = (
            (IssueRow.external_id, IssueRow.title, IssueRow.state, IssueRow.updated_at),
            (CommentRow.issue, CommentRow.external_id, CommentRow.body),
            (EventRow.issue, EventRow.what, EventRow.at),
            (QuarantineRow.what, QuarantineRow.reason),
        )
        with db.transaction(self.database) as session:
            return [
                sorted(map(tuple, session.execute(select(*some).where(some[0].class_.source == self.name))))
                for some in columns
            ]

    def prints(self) -> list[str]:
        """What of this source has a fingerprint."""
        issue = select(IssueRow.external_id, literal(None)).where(IssueRow.source == self.name)
        comment = select(CommentRow.issue, CommentRow.external_id).where(CommentRow.source == self.name)
        query = issue.where(IssueRow.raw_hash.is_not(None)).union_all(comment.where(CommentRow.raw_hash.is_not(None)))
        with db.transaction(self.database) as session:
            return sorted(name if key is None else f"{name} {key}" for name, key in session.execute(query))


@given(pages=PAGES, readers=st.lists(st.sampled_from("rrrs"), min_size=7, max_size=7))
@example(pages=[[SLOW], [BREAKS, SLOW]], readers="rrr")
@example(pages=[[NEWER, OLDER], [NEWER]], readers="rrr")
@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_is_stored_is_the_same_as_if_everything_were_read_each_time(
    database: Engine, pages: Sequence[Sequence[Item]], readers: Sequence[str]
) -> None:
    once, always = Desk(database), Desk(database)
    for page, reader in zip(pages, readers, strict=False):
        mine, theirs = once.ingest(page, reader), always.ingest(page, None)

        assert mine == theirs
        assert once.stored() == always.stored()


def test_an_unchanged_item_is_not_read_and_not_archived_again(database: Engine) -> None:
    desk, page = Desk(database), [{"id": "1", "title": "It is slow"}, {"id": "1", "comment": "a", "body": "yes"}]
    desk.ingest(page, "r")
    again = desk.ingest([*page, {"id": "2", "title": "It breaks"}], "r")

    assert (again.read, again.new, again.changed, desk.looked_at) == (3, 1, 0, 3)
    with db.transaction(database) as session:
        bodies = [sources.archived(session, page) for page in sources.archived_ids(session, desk.name)]
    assert [body.count(b'"id"') for body in bodies] == [2, 1]


def test_another_reader_and_a_replay_read_everything(database: Engine) -> None:
    desk, page = Desk(database), [{"id": "1", "title": "It is slow"}]
    desk.ingest(page, "r")
    desk.ingest(page, "another")
    desk.ingest(page, "another", replay=True)
    assert desk.looked_at == 3

    desk.ingest(page, "another")
    assert desk.looked_at == 3


def test_what_changed_nothing_that_is_stored_is_read_once_only(database: Engine) -> None:
    desk = Desk(database)
    for likes in (1, 2, 2, 2):
        desk.ingest([{"id": "1", "title": "It is slow", "likes": likes}], "r")

    assert desk.looked_at == 2


def test_an_issue_that_was_deleted_and_comes_back_unchanged_is_there_again(database: Engine) -> None:
    desk, page = Desk(database), [{"id": "1", "title": "It is slow"}]
    desk.ingest(page, "r")
    with db.transaction(database) as session:
        issues.mark_gone(session, desk.name, [Gone(external_id="1", at=MONDAY)])
    assert desk.ingest(page, "r").changed == 1
    assert [row[2] for row in desk.stored()[0]] == ["open"]


def test_the_same_items_of_two_sources_are_two(database: Engine) -> None:
    one, other = Desk(database), Desk(database)
    page = [{"id": "1", "title": "It is slow"}]

    assert one.ingest(page, "r").new == other.ingest(page, "r").new == 1
    assert one.ingest(page, "r").new == 0


def test_what_somebody_forgotten_wrote_leaves_no_fingerprint(database: Engine) -> None:
    desk = Desk(database)
    page = [{**SLOW, "said": "it hurts me"}, {"id": "1", "comment": "a", "body": "yes"}, {"id": "2", "title": "Mine"}]
    desk.ingest(page, "r")
    assert desk.prints() == ["1", "1 a", "2"]

    with db.transaction(database) as session:
        erasing.begin(session, ORG, Identity(id="kit", accounts=((desk.name, "b"),)), By("operator", "ops"), MONDAY)
        eraser = erasing.eraser(session)
        ids, _ = forgotten.stale(session, eraser.who, 0)
        forgotten.rewrite(session, eraser.who, ids)
        for table in forgotten.tables():
            forgotten.visit(session, table, eraser, None, lambda *_: False)
    assert desk.prints() == ["2"]

    desk.ingest(page, "r")
    assert [row[2] for row in desk.stored()[1]] == ["", ""]
