import csv
import io
import json
import os
import tracemalloc
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from connectors.base import BadItem, Page, SourceError
from connectors.file import LONGEST_LINE, FileConnector, FileOptions
from pipeline.issue import Issue

PAGE = 4
"""Lines a page where a test turns pages."""
ROW = {"external_id": "1", "title": "Export fails", "created_at": "2026-09-01T08:00:00Z"}


def rows(count: int, start: int = 1) -> list[dict[str, Any]]:
    return [{**ROW, "external_id": str(number), "title": f"Title {number}"} for number in range(start, start + count)]


def jsonl(*entries: Mapping[str, Any]) -> str:
    return "".join(json.dumps(entry) + "\n" for entry in entries)


def table(*entries: Mapping[str, Any], **dialect: Any) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(entries[0]), **dialect)
    writer.writeheader()
    writer.writerows(entries)
    return out.getvalue()


def connector(base: Path, path: str = "issues.jsonl", **more: Any) -> FileConnector:
    given = FileOptions.model_validate({"name": "export", "kind": "file", "path": path, **more})
    return FileConnector.open(given, base)


def write(base: Path, text: str | bytes, name: str = "issues.jsonl") -> Path:
    (base / name).write_bytes(text.encode() if isinstance(text, str) else text)
    return base / name


class Stored:
    """What the core would hold."""

    def __init__(
        self, source: FileConnector, cursor: Mapping[str, Any] | None = None, *, pages: int | None = None
    ) -> None:
        self.issues: dict[str, Issue] = {}
        self.aside: list[tuple[str, str]] = []
        self.cursor: Mapping[str, Any] = cursor or {}
        self.read = 0
        self.restarts: list[list[str]] = []
        for number, page in enumerate(source.pull(self.cursor), 1):
            for item in json.loads(json.dumps(list(page.items))):
                self.read += 1
                try:
                    issue = source.normalise(item)
                except BadItem as error:
                    self.aside.append((source.known_as(item) or "", str(error)))
                else:
                    self.issues[issue.external_id] = issue
            self.aside += page.problems
            self.cursor = json.loads(json.dumps(page.cursor))
            self.read_to = page.read_to
            self.restarts.append(list(page.restarts))
            if number == pages:
                break


def only(base: Path, entry: Mapping[str, Any], **more: Any) -> Issue:
    """The issue that one line of JSON gives."""
    write(base, jsonl(entry))
    (issue,) = Stored(connector(base, **more)).issues.values()
    return issue


FULL: dict[str, Any] = {
    "schema": 1,
    "source": "elsewhere",
    "external_id": "A-7",
    "url": "https://t.example/A-7",
    "title": "Export fails",
    "body": "It **fails** at night.",
    "state": "closed",
    "kind": "bug",
    "author": "dkim",
    "author_role": "customer",
    "account": "acme",
    "labels": ["export", "sev:1"],
    "project": "billing",
    "component": "csv",
    "group": "second line",
    "priority": "high",
    "created_at": "2026-09-01T08:00:00+02:00",
    "updated_at": "2026-09-03T08:00:00Z",
    "closed_at": "2026-09-02T08:00:00Z",
    "comments": [{"author": "mara", "body": "Seen.", "created_at": "2026-09-01T09:00:00Z", "private": True}],
    "history": [
        {"at": "2026-09-01T06:00:00Z", "what": "created"},
        {"at": "2026-09-01T07:00:00Z", "what": "moved", "from": "web", "to": "billing"},
        {"at": "2026-09-01T07:30:00Z", "what": "pinned"},
    ],
    "leaf": "billing",
    "verdict": {"side": "customer"},
}


def test_a_line_of_the_issues_command_is_read_back_whole(tmp_path: Path) -> None:
    issue = only(tmp_path, FULL, tags={"escalate": ["SEV:1"], "mute": ["High"]})

    for name in ("external_id", "url", "title", "state", "kind", "author", "author_role", "account", "project"):
        assert getattr(issue, name) == FULL[name]
    assert (issue.component, issue.group, issue.priority) == ("csv", "second line", "high")
    assert (issue.source, issue.body, issue.labels) == ("export", "It fails at night.", ("export", "sev:1"))
    assert issue.created_at == datetime(2026, 9, 1, 6, tzinfo=UTC)
    assert (issue.updated_at.day, issue.closed_at and issue.closed_at.day) == (3, 2)
    assert issue.tags == frozenset({"escalate", "mute"})
    (comment,) = issue.comments
    assert (comment.author, comment.body, comment.private, comment.external_id) == ("mara", "Seen.", True, "1")
    assert [(event.what, event.before, event.after) for event in issue.history] == [
        ("created", None, None),
        ("moved", "web", "billing"),
    ]


def test_three_fields_are_enough(tmp_path: Path) -> None:
    issue = only(tmp_path, ROW)

    assert (issue.state, issue.body, issue.author_role, issue.updated_at) == ("open", "", "unknown", issue.created_at)
    assert [event.what for event in issue.history] == ["created"]


def test_json_and_csv_give_the_same_issue(tmp_path: Path) -> None:
    flat = {**FULL, "labels": "export; sev:1", "comments": json.dumps(FULL["comments"]), "history": ""}
    write(tmp_path, table(flat), "issues.csv")

    (issue,) = Stored(connector(tmp_path, "issues.csv")).issues.values()

    expected = only(tmp_path, {**FULL, "history": []})
    assert issue == expected


@pytest.mark.parametrize(
    ("value", "zone", "moment"),
    [
        ("2026-09-01T08:00:00Z", "UTC", (8, 0)),
        ("2026-09-01T08:00:00.123+02:00", "UTC", (6, 0)),
        ("2026-09-01 08:00:00", "UTC", (8, 0)),
        ("2026-09-01 08:00:00", "Europe/Berlin", (6, 0)),
        ("2026-09-01 08:00:00 UTC", "Europe/Berlin", (8, 0)),
        ("2026-09-01 08:00:00 +0200", "UTC", (6, 0)),
        ("2026-09-01 08:00", "Asia/Kolkata", (2, 30)),
        (" 2026-09-01 ", "UTC", (0, 0)),
        (1788249600, "UTC", (8, 0)),
        (1788249600000, "Europe/Berlin", (8, 0)),
    ],
)
def test_times(tmp_path: Path, value: object, zone: str, moment: tuple[int, int]) -> None:
    at = only(tmp_path, {**ROW, "created_at": value}, timezone=zone).created_at

    assert (at.date().isoformat(), at.hour, at.minute, at.tzinfo) == ("2026-09-01", *moment, UTC)


def test_a_time_that_is_none_sets_its_line_aside_and_no_other(tmp_path: Path) -> None:
    write(tmp_path, jsonl({**ROW, "created_at": "01.09.2026"}, {**ROW, "external_id": "2"}))

    found = Stored(connector(tmp_path))

    assert list(found.issues) == ["2"]
    assert "'01.09.2026' is not a time as 2026-09-14T08:30:00Z" in found.aside[0][1]


@pytest.mark.parametrize(
    ("written", "advice"),
    [
        ("17.09.2026 09:12", '; if the export writes days first, add `date_format: "%d.%m.%Y %H:%M"` to this source'),
        ("1.9.26", '; if the export writes days first, add `date_format: "%d.%m.%y"` to this source'),
        ("17/09/2026 09:12:30", 'first, add `date_format: "%d/%m/%Y %H:%M:%S"` to this source'),
        (
            "03/09/2026",
            'add `date_format: "%d/%m/%Y"` to this source, or `date_format: "%m/%d/%Y"` if months come first',
        ),
        ("yesterday", "2026-09-14 08:30:00"),
    ],
)
def test_a_date_whose_order_nobody_can_know_is_answered_with_the_option_to_add(
    tmp_path: Path, written: str, advice: str
) -> None:
    write(tmp_path, jsonl({**ROW, "created_at": written}))

    [(where, reason)] = Stored(connector(tmp_path)).aside

    assert where == "issues.jsonl:1"
    assert reason.startswith(f"`created_at` {written!r} is not a time as 2026-09-14T08:30:00Z or 2026-09-14 08:30:00")
    assert reason.endswith(advice)


@pytest.mark.parametrize(
    ("date_format", "written"),
    [
        ("%d.%m.%Y %H:%M", "03.09.2026 09:12"),
        ("%m/%d/%y %I:%M %p", "09/03/26 9:12 AM"),
        (["%d.%m.%Y", "%d.%m.%Y %H:%M"], " 03.09.2026 09:12 "),
        ("%Y-%d-%m %H:%M", "2026-03-09 09:12"),
        ("%d.%m.%Y %H:%M %z", "03.09.2026 07:12 +0000"),
    ],
)
def test_times_are_read_as_the_operator_says_they_are_written(
    tmp_path: Path, date_format: str | list[str], written: str
) -> None:
    entry = {**ROW, "created_at": written, "comments": [{"body": "Seen.", "created_at": written}]}

    issue = only(tmp_path, entry, date_format=date_format, timezone="Europe/Berlin")

    assert issue.created_at == datetime(2026, 9, 3, 7, 12, tzinfo=UTC)
    assert issue.comments[0].created_at == issue.created_at


@pytest.mark.parametrize("written", ["2026-09-03 09:12", "13.13.2026 09:12"])
def test_where_a_format_is_given_nothing_else_is_guessed(tmp_path: Path, written: str) -> None:
    write(tmp_path, jsonl({**ROW, "created_at": written}))

    found = Stored(connector(tmp_path, date_format=["%d.%m.%Y %H:%M", "%d.%m.%Y"]))

    assert found.issues == {}
    assert f"{written!r} is not a time as `date_format` has it: %d.%m.%Y %H:%M or %d.%m.%Y" in found.aside[0][1]


def test_other_names_are_mapped_and_constants_added(tmp_path: Path) -> None:
    line = {"key": 7, "summary": "Export fails", "opened": "2026-09-01", "user": {"login": "dkim"}, "project": "x"}

    issue = only(
        tmp_path,
        line,
        fields={"external_id": "key", "title": "summary", "created_at": "opened", "author": "user.login"},
        constants={"project": "billing", "author_role": "staff"},
    )

    assert (issue.external_id, issue.title, issue.author, issue.project, issue.author_role) == (
        "7",
        "Export fails",
        "dkim",
        "billing",
        "staff",
    )


def test_the_raw_item_carries_the_mapped_row(tmp_path: Path) -> None:
    write(tmp_path, jsonl({"key": "7", "title": "t", "created_at": "2026-09-01", "noise": 1}))

    (page,) = connector(tmp_path, fields={"external_id": "key"}, constants={"project": "billing"}).pull({})

    mapped = {"external_id": "7", "title": "t", "created_at": "2026-09-01", "project": "billing"}
    assert page.items == [{**mapped, "found_at": "issues.jsonl:1"}]


def test_where_a_line_stands_changes_nothing_of_its_issue(tmp_path: Path) -> None:
    first = only(tmp_path, {**ROW, "found_at": "of the export's own"})
    write(tmp_path, "\n\n" + jsonl(ROW))

    assert Stored(connector(tmp_path)).issues == {"1": first}


@pytest.mark.parametrize(
    ("word", "closed_at", "state"),
    [
        ("open", None, "open"),
        ("Resolved", None, "closed"),
        ("In Progress", None, "open"),
        ("deleted", None, "deleted"),
        (None, "2026-09-02", "closed"),
        ("open", "2026-09-02", "open"),
        (None, None, "open"),
    ],
)
def test_the_words_for_a_state(tmp_path: Path, word: str | None, closed_at: str | None, state: str) -> None:
    assert only(tmp_path, {**ROW, "state": word, "closed_at": closed_at}).state == state


@pytest.mark.parametrize(
    "labels", ["a, b", "a;b", '["a", "b"]', ["a", "b"], [{"name": "a"}, {"name": "b"}, {"name": None}], " a ,, b ;"]
)
def test_labels_are_read_in_every_way_they_come(tmp_path: Path, labels: object) -> None:
    assert only(tmp_path, {**ROW, "labels": labels}).labels == ("a", "b")


def test_columns_of_one_name_are_taken_together(tmp_path: Path) -> None:
    write(tmp_path, "external_id,title,created_at,labels,labels,labels\n1,t,2026-09-01,a,,b\n", "issues.csv")

    assert Stored(connector(tmp_path, "issues.csv")).issues["1"].labels == ("a", "b")


@pytest.mark.parametrize("cells", ['"a;b",c', '"a, b",c', 'a,"b;c"', '"[""a"", ""b""]",c'])
def test_a_cell_beside_others_of_its_name_is_parted_like_a_cell_alone(tmp_path: Path, cells: str) -> None:
    write(tmp_path, f"external_id,title,created_at,labels,labels\n1,t,2026-09-01,{cells}\n", "issues.csv")

    found = Stored(connector(tmp_path, "issues.csv", tags={"escalate": ["b"]})).issues["1"]

    assert (found.labels, found.tags) == (("a", "b", "c"), {"escalate"})


def test_a_label_of_a_list_may_hold_a_comma(tmp_path: Path) -> None:
    assert only(tmp_path, {**ROW, "labels": ["a, b", "c;d"]}).labels == ("a, b", "c;d")


@pytest.mark.parametrize(("markup", "body"), [("html", "It fails"), ("plain", "<b>It</b> fails")])
def test_bodies_are_read_as_their_markup(tmp_path: Path, markup: str, body: str) -> None:
    assert only(tmp_path, {**ROW, "body": "<b>It</b> fails"}, markup=markup).body == body


def test_who_wrote_what_does_not_say_so(tmp_path: Path) -> None:
    write(tmp_path, jsonl(ROW, {**ROW, "external_id": "2", "author_role": "staff"}))

    found = Stored(connector(tmp_path, author_role="customer")).issues

    assert (found["1"].author_role, found["2"].author_role) == ("customer", "staff")


BAD_LINES = (
    '{"external_id": "1", "title": "t", "created_at": "2026-09-01"}\n'
    "not json\n"
    "\n"
    '["a", "list"]\n'
    '{"external_id": "5", "title": "  ", "created_at": "2026-09-01"}\n'
    '{"external_id": "6", "title": "t", "created_at": "2026-09-01"}\n'
)


def test_a_bad_line_is_set_aside_by_its_number_and_the_others_go_on(tmp_path: Path) -> None:
    write(tmp_path, BAD_LINES)

    found = Stored(connector(tmp_path))

    assert sorted(found.issues) == ["1", "6"]
    assert [where for where, _ in found.aside] == ["issues.jsonl:2", "issues.jsonl:4", "issues.jsonl:5"]
    assert "not JSON" in found.aside[0][1]
    assert "`title` is missing" in found.aside[2][1]


def test_a_line_that_is_read_and_not_understood_is_called_by_its_number_too(tmp_path: Path) -> None:
    (tmp_path / "exports").mkdir()
    write(tmp_path, table(ROW, {**ROW, "title": "two\nlines", "created_at": "soon"}, ROW), "exports/x.csv")
    write(tmp_path, jsonl(ROW, {**ROW, "comments": "none"}), "exports/y.jsonl")

    found = Stored(connector(tmp_path, "exports"))

    assert [where for where, _ in found.aside] == ["exports/x.csv:3", "exports/y.jsonl:2"]


def test_check_tells_of_bad_lines_before_anything_is_pulled(tmp_path: Path) -> None:
    write(tmp_path, BAD_LINES + jsonl({**ROW, "created_at": "yesterday"}))

    found = connector(tmp_path).check()

    assert [line.partition(": ")[0] for line in found] == [f"issues.jsonl:{number}" for number in (2, 4, 5, 7)]


def test_check_shows_a_few_of_many(tmp_path: Path) -> None:
    write(tmp_path, "x\n" * 50)

    found = connector(tmp_path).check()

    assert len(found) == 6
    assert found[-1] == "... and 45 more of its first lines"


def test_a_good_file_has_no_problems(tmp_path: Path) -> None:
    write(tmp_path, jsonl(*rows(20)))

    assert connector(tmp_path).check() == []


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"issues\.jsonl is not there") as caught:
        Stored(connector(tmp_path))

    assert caught.value.permanent
    assert "issues.jsonl is not there" in connector(tmp_path).check()[0]


def test_a_file_that_may_not_be_read_does_not_stop_the_others(tmp_path: Path) -> None:
    write(tmp_path, "Key,Title\n1,t\n", "a.csv")
    write(tmp_path, jsonl(ROW), "b.jsonl")
    source = connector(tmp_path, ".")

    pages: list[Page] = []
    with pytest.raises(SourceError, match=r"a\.csv: it has no column 'external_id'"):
        pages.extend(source.pull({}))

    assert [item["external_id"] for page in pages for item in page.items] == ["1"]


@pytest.mark.parametrize(
    ("header", "remedy"),
    [
        ('external_id,"ti"tle,created_at\n', "quotes"),
        ('external_id,title,"created_at\n', "quotes"),
        ("external_id,title,created_at\r1,t,2026-09-01\r", "line ends"),
    ],
)
def test_a_header_that_is_no_csv_is_named_and_does_not_stop_the_others(
    tmp_path: Path, header: str, remedy: str
) -> None:
    write(tmp_path, header, "a.csv")
    write(tmp_path, table(ROW), "b.csv")
    source = connector(tmp_path, "*.csv")
    pulled: list[Page] = []

    with pytest.raises(SourceError, match=rf"a\.csv: its header is not CSV.*{remedy}") as told:
        pulled.extend(source.pull({}))

    assert told.value.permanent
    assert [str(item["external_id"]) for page in pulled for item in page.items] == ["1"]
    assert [remedy in problem and "a.csv" in problem for problem in source.check()] == [True]


def test_a_name_that_does_not_tell_needs_a_format(tmp_path: Path) -> None:
    write(tmp_path, jsonl(ROW), "export.txt")

    with pytest.raises(SourceError, match="format"):
        Stored(connector(tmp_path, "export.txt"))
    assert len(Stored(connector(tmp_path, "export.txt", format="jsonl")).issues) == 1


@pytest.mark.parametrize("path", [".", "*.*", "**/*.jsonl", "{base}"])
def test_a_directory_or_a_pattern_is_read_file_by_file(tmp_path: Path, path: str) -> None:
    write(tmp_path, jsonl(*rows(2)), "a.jsonl")
    write(tmp_path, jsonl(*rows(2, start=3)), "b.jsonl")

    found = Stored(connector(tmp_path, path.format(base=tmp_path)))

    assert sorted(found.issues) == ["1", "2", "3", "4"]
    assert sorted(found.cursor) == ["a.jsonl", "b.jsonl"]


@pytest.mark.parametrize("form", ["jsonl", "csv"])
@pytest.mark.parametrize("count", [0, 1, PAGE - 1, PAGE, PAGE + 1, 2 * PAGE])
def test_every_line_is_read_once(tmp_path: Path, form: str, count: int) -> None:
    write(tmp_path, jsonl(*rows(count)) if form == "jsonl" else table(ROW, *rows(count, start=2)), f"issues.{form}")

    found = Stored(connector(tmp_path, f"issues.{form}", page=PAGE))

    assert found.read == len(found.issues) == (count if form == "jsonl" else count + 1)
    assert found.aside == []


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_a_pull_that_stops_after_any_page_goes_on_without_a_loss(tmp_path: Path, form: str) -> None:
    entries = [{**row, "body": 'two\nlines, "quoted"'} for row in rows(3 * PAGE + 7)]
    write(tmp_path, jsonl(*entries) if form == "jsonl" else table(*entries), f"issues.{form}")
    source = connector(tmp_path, f"issues.{form}", page=PAGE)
    whole = Stored(source)

    for pages in range(1, 5):
        first = Stored(source, pages=pages)
        second = Stored(source, first.cursor)

        assert {**first.issues, **second.issues} == whole.issues
        assert first.read + second.read == whole.read
        assert second.cursor == whole.cursor


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_a_file_that_grew_is_read_from_where_it_was_left(tmp_path: Path, form: str) -> None:
    text = (jsonl if form == "jsonl" else table)(*rows(5))
    path = write(tmp_path, text, f"issues.{form}")
    source = connector(tmp_path, path.name)
    cursor = Stored(source).cursor
    more = (jsonl if form == "jsonl" else table)(*rows(2, start=6)).splitlines(keepends=True)[-2:]
    path.write_bytes((text + "".join(more)).encode())

    found = Stored(source, cursor)

    assert list(found.issues) == ["6", "7"]


def test_a_file_that_did_not_change_is_not_read(tmp_path: Path) -> None:
    write(tmp_path, jsonl(*rows(5)))
    source = connector(tmp_path)

    found = Stored(source, Stored(source).cursor)

    assert found.read == 0


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_a_file_that_was_changed_in_its_middle_is_read_again(tmp_path: Path, form: str) -> None:
    text = (jsonl if form == "jsonl" else table)(*rows(5))
    path = write(tmp_path, text, f"issues.{form}")
    source = connector(tmp_path, path.name)
    cursor = Stored(source).cursor
    path.write_bytes(text.replace("Title 2", "Other 2").encode())
    os.utime(path, ns=(1, 1))

    found = Stored(source, cursor)

    assert found.read == 5
    assert found.issues["2"].title == "Other 2"


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_only_the_first_page_of_a_file_that_is_read_from_its_start_says_so(tmp_path: Path, form: str) -> None:
    text = (jsonl if form == "jsonl" else table)(*rows(5))
    path = write(tmp_path, text, f"issues.{form}")
    source = connector(tmp_path, path.name, page=2)

    first = Stored(source)
    path.write_text(text + text.splitlines(keepends=True)[-1])
    grown = Stored(source, first.cursor)
    path.write_text(text.replace("Title 2", "Other"))
    changed = Stored(source, grown.cursor)

    assert first.restarts == [[path.name], [], []]
    assert grown.restarts == [[]]
    assert changed.restarts == [[path.name], [], []]


def test_a_file_of_several_that_was_replaced_is_the_only_one_that_starts_again(tmp_path: Path) -> None:
    write(tmp_path, jsonl(*rows(2)), "a.jsonl")
    replaced = write(tmp_path, jsonl(*rows(2, start=7)), "b.jsonl")
    source = connector(tmp_path, "*.jsonl")
    cursor = Stored(source).cursor
    replaced.write_text("")

    assert Stored(source, cursor).restarts == [["b.jsonl"]]


def test_nothing_is_kept_of_a_file_that_is_gone_until_it_comes_back(tmp_path: Path) -> None:
    write(tmp_path, jsonl(ROW), "a.jsonl")
    there = write(tmp_path, jsonl(ROW) + "broken\n", "b.jsonl")
    source = connector(tmp_path, "*.jsonl")
    first = Stored(source)
    away = there.rename(tmp_path / "b.away")
    second = Stored(source, first.cursor)
    third = Stored(source, second.cursor)
    away.rename(there)

    last = Stored(source, third.cursor)

    assert (second.restarts, third.restarts, last.restarts) == ([["b.jsonl"]], [[]], [["b.jsonl"]])
    assert sorted(second.cursor) == ["a.jsonl"]
    assert [what for what, _ in last.aside] == ["b.jsonl:2"]


def test_a_file_that_is_to_be_read_otherwise_is_read_again(tmp_path: Path) -> None:
    write(tmp_path, jsonl({**ROW, "created_at": "17.09.2026"}))
    before = Stored(connector(tmp_path))

    after = Stored(connector(tmp_path, date_format="%d.%m.%Y", poll="1h"), before.cursor)
    again = Stored(connector(tmp_path, date_format="%d.%m.%Y", page=7), after.cursor)

    assert (before.aside[0][0], list(after.issues)) == ("issues.jsonl:1", ["1"])
    assert after.restarts == [["issues.jsonl"]]
    assert again.read == 0


def test_a_file_that_shrank_is_read_again(tmp_path: Path) -> None:
    path = write(tmp_path, jsonl(*rows(5)))
    source = connector(tmp_path)
    cursor = Stored(source).cursor
    path.write_text(jsonl(*rows(1, start=9)))

    assert list(Stored(source, cursor).issues) == ["9"]


@pytest.mark.parametrize("form", ["jsonl", "csv"])
@pytest.mark.parametrize("cut", [1, 5, 30])
def test_a_last_line_that_is_still_in_the_writing_is_read_when_it_is_whole(tmp_path: Path, form: str, cut: int) -> None:
    text = (jsonl if form == "jsonl" else table)(*rows(3), {**ROW, "external_id": "4", "title": 'a "b"\nc'})
    path = write(tmp_path, text[:-cut], f"issues.{form}")
    source = connector(tmp_path, path.name)
    first = Stored(source)
    path.write_text(text, newline="")

    second = Stored(source, first.cursor)

    assert second.issues["4"].title == 'a "b" c'
    assert {*first.issues, *second.issues} == {"1", "2", "3", "4"}
    assert second.read == 1


def test_a_quoted_field_that_is_still_in_the_writing_is_read_when_it_is_whole(tmp_path: Path) -> None:
    text = table(ROW, {**ROW, "external_id": "2", "title": "first line\nsecond line"}, lineterminator="\n")
    path = write(tmp_path, text[: text.index("second")], "issues.csv")
    source = connector(tmp_path, "issues.csv")
    first = Stored(source)
    path.write_text(text)

    second = Stored(source, first.cursor)

    assert list(first.issues) == ["1"]
    assert [issue.title for issue in second.issues.values()] == ["first line second line"]


def test_a_last_line_without_an_end_counts(tmp_path: Path) -> None:
    write(tmp_path, jsonl(*rows(2)).rstrip("\n"))

    assert list(Stored(connector(tmp_path)).issues) == ["1", "2"]


def test_row_numbers_stand_in_for_ids_that_are_not_there(tmp_path: Path) -> None:
    line = {"title": "t", "created_at": "2026-09-01"}
    path = write(tmp_path, jsonl(line, {**line, "external_id": "own"}, line))
    source = connector(tmp_path, number_rows=True)
    first = Stored(source)
    with path.open("a") as more:
        more.write(jsonl(line))

    second = Stored(source, first.cursor)

    assert sorted(first.issues) == ["1", "3", "own"]
    assert sorted(second.issues) == ["4"]


def test_row_numbers_of_several_files_do_not_meet(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        write(tmp_path, "title,created_at\nt,2026-09-01\n", name)

    assert sorted(Stored(connector(tmp_path, "*.csv", number_rows=True)).issues) == ["a.csv:1", "b.csv:1"]


def test_when_the_export_was_taken_is_how_far_it_is_read(tmp_path: Path) -> None:
    write(tmp_path, jsonl(ROW))
    source = connector(tmp_path, complete_to="2026-09-10T00:00:00+02:00")

    first = Stored(source)
    second = Stored(source, first.cursor)

    assert first.read_to == second.read_to == datetime(2026, 9, 9, 22, tzinfo=UTC)


def test_a_stale_export_is_read_to_when_its_newest_file_was_changed(tmp_path: Path) -> None:
    for name, day in (("a.jsonl", 9), ("b.jsonl", 3)):
        path = write(tmp_path, jsonl({**ROW, "external_id": name}), name)
        changed = datetime(2026, 9, day, 18, tzinfo=UTC).timestamp()
        os.utime(path, (changed, changed))
    source = connector(tmp_path, "*.jsonl")

    first = Stored(source)
    silent = Stored(source, first.cursor)

    assert silent.read == 0
    assert first.read_to == silent.read_to == datetime(2026, 9, 9, 18, tzinfo=UTC)


def test_a_file_from_the_future_is_read_to_now_and_not_further(tmp_path: Path) -> None:
    path = write(tmp_path, jsonl(ROW))
    os.utime(path, (32_503_680_000, 32_503_680_000))
    source = connector(tmp_path)
    source.clock = lambda: datetime(2026, 9, 10, tzinfo=UTC)

    assert Stored(source).read_to == datetime(2026, 9, 10, tzinfo=UTC)


@pytest.mark.parametrize("dialect", [{}, {"lineterminator": "\n"}, {"quoting": csv.QUOTE_ALL}])
def test_a_quoted_field_keeps_its_lines_commas_and_quotes(tmp_path: Path, dialect: dict[str, Any]) -> None:
    body = 'first line\r\nsecond, "quoted"\n\nlast'
    write(tmp_path, table({**ROW, "body": body}, {**ROW, "external_id": "2", "body": "x"}, **dialect), "issues.csv")

    found = Stored(connector(tmp_path, "issues.csv", markup="plain"))

    assert found.issues["1"].body == 'first line\nsecond, "quoted"\n\nlast'
    assert found.issues["2"].body == "x"


def test_a_quote_that_never_ends_costs_one_line_and_not_the_rest(tmp_path: Path) -> None:
    good = "".join(f"{number},t,2026-09-01\n" for number in range(2, 50))
    write(tmp_path, f'external_id,title,created_at\n1,"never,2026-09-01\n{good}', "issues.csv")

    found = Stored(connector(tmp_path, "issues.csv"))

    assert sorted(map(int, found.issues)) == list(range(2, 50))
    assert [where for where, _ in found.aside] == ["issues.csv:2"]


def test_a_row_with_too_many_fields_is_set_aside(tmp_path: Path) -> None:
    write(tmp_path, "external_id,title,created_at\n1,a,b,2026-09-01\n2,t,2026-09-01,\n", "issues.csv")

    found = Stored(connector(tmp_path, "issues.csv"))

    assert list(found.issues) == ["2"]
    assert found.aside == [("issues.csv:2", "it has 4 fields, and the header names 3")]


def test_a_field_longer_than_csvs_own_limit_is_read(tmp_path: Path) -> None:
    write(tmp_path, table({**ROW, "body": "word " * 60_000}), "issues.csv")

    assert Stored(connector(tmp_path, "issues.csv")).issues["1"].body.startswith("word word")


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_other_delimiters(tmp_path: Path, delimiter: str) -> None:
    name = "issues.tsv" if delimiter == "\t" else "issues.csv"
    write(tmp_path, table(ROW, delimiter=delimiter), name)

    more = {} if delimiter == "\t" else {"delimiter": ";"}
    assert list(Stored(connector(tmp_path, name, **more)).issues) == ["1"]


def test_a_wrong_delimiter_is_suggested(tmp_path: Path) -> None:
    write(tmp_path, table(ROW, delimiter=";"), "issues.csv")

    with pytest.raises(SourceError, match="delimiter"):
        Stored(connector(tmp_path, "issues.csv"))


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_marks_line_ends_and_nul_bytes_do_no_harm(tmp_path: Path, form: str) -> None:
    row = {**ROW, "title": "Café NULfails"}
    text = json.dumps(row, ensure_ascii=False) + "\r\n" if form == "jsonl" else table(row)
    write(tmp_path, b"\xef\xbb\xbf" + text.encode().replace(b"NUL", b"\x00"), f"issues.{form}")

    found = Stored(connector(tmp_path, f"issues.{form}"))

    assert found.issues["1"].title == "Café fails"
    assert found.aside == []


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_latin_1_is_read_and_reported(tmp_path: Path, form: str) -> None:
    row = {**ROW, "title": "Café – 5 €"}
    text = f"{json.dumps(row, ensure_ascii=False)}\n" * 2 if form == "jsonl" else table(row, row)
    write(tmp_path, text.encode("cp1252"), f"issues.{form}")
    source = connector(tmp_path, f"issues.{form}")

    found = Stored(source)

    assert found.issues["1"].title == "Café – 5 €"
    assert len(found.aside) == 1
    assert "not UTF-8" in found.aside[0][1]
    assert "not UTF-8" in source.check()[0]


def test_utf_16_is_refused_with_a_remedy(tmp_path: Path) -> None:
    write(tmp_path, jsonl(ROW).encode("utf-16"))

    with pytest.raises(SourceError, match="Save it as UTF-8"):
        Stored(connector(tmp_path))


def test_half_a_surrogate_pair_and_odd_numbers_do_no_harm(tmp_path: Path) -> None:
    odd = '"title": "a\\ud800b\\u0000", "author": "\\ud800", "closed_at": NaN'
    write(tmp_path, f'{{"external_id": 3, {odd}, "created_at": "2026-09-01"}}\n')

    issue = Stored(connector(tmp_path)).issues["3"]

    assert (issue.title, issue.author, issue.closed_at) == ("a?b", "?", None)


def test_a_line_too_long_to_be_true_is_left_out(tmp_path: Path) -> None:
    write(tmp_path, jsonl(ROW, {**ROW, "external_id": "2", "body": "x" * LONGEST_LINE}, {**ROW, "external_id": "3"}))

    found = Stored(connector(tmp_path))

    assert list(found.issues) == ["1", "3"]
    assert found.aside[0][0] == "issues.jsonl:2"


@pytest.mark.parametrize(
    "values", [{"comments": "x"}, {"comments": [1]}, {"history": {}}, {"comments": [{"body": "b"}]}]
)
def test_comments_and_history_that_are_none_set_the_line_aside(tmp_path: Path, values: dict[str, Any]) -> None:
    write(tmp_path, jsonl({**ROW, **values}))

    found = Stored(connector(tmp_path))

    assert found.issues == {}
    assert len(found.aside) == 1


def test_memory_stays_flat_however_long_the_file_is(tmp_path: Path) -> None:
    path = tmp_path / "issues.jsonl"
    with path.open("w") as out:
        for row in rows(20_000):
            out.write(json.dumps({**row, "body": "word " * 200}) + "\n")
    source = connector(tmp_path)

    tracemalloc.start()
    read = sum(len(page.items) for page in source.pull({}))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert read == 20_000
    assert path.stat().st_size > 20_000_000
    assert peak < 5_000_000


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"fields": {"titel": "x"}}, "fields.titel"),
        ({"constants": {"side": "x"}}, "constants.side"),
        ({"date_format": "%d.%m. %H:%M"}, "does not tell the day, the month and the year"),
        ({"date_format": "%H:%M"}, "does not tell the day, the month and the year"),
        ({"date_format": ["%d.%m.%Y", "%d.%m.%Y %Q"]}, "'%d.%m.%Y %Q' is no format of a time"),
        ({"date_format": "%d.%d.%Y"}, "is no format of a time"),
        ({"date_format": "%d.%m.%Y %I:%M"}, "an hour of twelve without %p"),
        ({"date_format": "%d.%m.%Y %H:%M %Z"}, "write `timezone` for it"),
        ({"date_format": "DD.MM.YYYY"}, "does not tell the day, the month and the year"),
        ({"date_format": []}, "at least one"),
        ({"fields": {"title": "x"}, "constants": {"title": "y"}}, "not both"),
        ({"timezone": "Berlin"}, "not a time zone"),
        ({"timezone": "../etc/passwd"}, "not a time zone"),
        ({"complete_to": "2026-09-01T00:00:00"}, "timezone"),
        ({"format": "xlsx"}, "jsonl"),
        ({"author_role": "boss"}, "customer"),
        ({"path": ""}, "at least 1"),
    ],
)
def test_options_that_cannot_be_right_are_refused(tmp_path: Path, values: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        connector(tmp_path, **values)


def test_a_cursor_in_words(tmp_path: Path) -> None:
    write(tmp_path, jsonl(*rows(3)))
    source = connector(tmp_path)

    assert source.describe({}) == "at the beginning"
    assert source.describe(Stored(source).cursor) == "issues.jsonl: 3 rows read"


def test_what_no_longer_is_in_a_file_is_not_said_to_be_deleted(tmp_path: Path) -> None:
    write(tmp_path, jsonl(ROW))

    assert connector(tmp_path).census() is None
