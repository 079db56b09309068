"""What the classifier is given of a stored issue."""

from datetime import UTC, datetime

from pipeline.issue import Issue
from pipeline.org import Org
from pipeline.teaching import text_of

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def test_the_classifier_reads_what_a_person_wrote_and_no_code() -> None:
    body = "The export stops.\n```\nimport tests; build.fail('flaky CI')\n```\nWe wait."
    issue = Issue(source="desk", external_id="1", title="Export", body=body, created_at=NOW, updated_at=NOW)

    assert text_of(issue, Org(people={}, teams={}, fallback=None), {}).body == "The export stops.\n[code]\nWe wait."
