"""The hashes of an issue are the ones that databases hold: another value would read and classify everything anew."""

from datetime import UTC, datetime

import pytest

from pipeline.issue import Issue
from pipeline.store.issues import columns

AT = datetime(2026, 3, 2, 9, 0, 5, 70, tzinfo=UTC)
BARE = Issue(source="desk", external_id="7", title="It jams", created_at=AT, updated_at=AT)
FULL = Issue(
    source="desk",
    external_id="n#8",
    title='It\'s "late"\\',
    body="Zoë said:\n\n```\na\tb\n```\n😀\u202e",
    url="https://desk.example/8",
    state="closed",
    kind="bug",
    author="zoë",
    author_role="customer",
    account="Fernhill",
    labels=("bug", "it's"),
    project="till",
    component="printer",
    group="north",
    priority="P1",
    created_at=AT,
    updated_at=AT,
    closed_at=AT,
    tags=frozenset({"severity-8", "escalate", "severity-1"}),
)


@pytest.mark.parametrize(
    ("issue", "text_hash", "content_hash"),
    [
        (BARE, "49a7199a170f6a6ff4d19fe787a401df", "29c04a9ff299498c58763db7b1309385"),
        (FULL, "476c75712f6a3a029812b82b80fa397a", "413da02a0a189101e0edc4eb3e7bb637"),
    ],
)
def test_the_hashes_of_an_issue_are_what_they_have_always_been(issue: Issue, text_hash: str, content_hash: str) -> None:
    row = columns(issue)

    assert (row["text_hash"], row["content_hash"]) == (text_hash, content_hash)
