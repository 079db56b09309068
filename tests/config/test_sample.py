"""The bundled sample organisation: what the demo and its worked example rely on."""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from connectors.file import FileConnector, FileOptions
from pipeline.issue import Issue
from tests.shared_data import beside

SAMPLE = Path(__file__).parents[2] / "config" / "sample"
DUBLIN = ZoneInfo("Europe/Dublin")
WEEKS = range(29, 39)
STRANGERS = {"labhook-dev", "pawprint-soft"}

# Which tickets tell of the same pain. Only this test knows it: the exports must not.
PAINS = {
    "A": """BR-689 BR-708 platform#2008 BR-738 BR-773 BR-781 BR-799 platform#2132 BR-825 BR-847 BR-865 BR-868
            platform#2194 BR-881 BR-884 BR-886 platform#2210 BR-893 BR-890 BR-895""",
    "B": "54294 54621 54834 55013 55055 55102 55119 55140 55161 55177",
    "C": """54694 54717 54745 54791 54802 54815 54867 54896 54922 54949 54994 55015 55042 55078 55099 55126 55150
            55183""",
    "D": """DATA-262 DATA-278 data#76 DATA-289 DATA-297 DATA-316 DATA-322 data#91 DATA-334 DATA-340 DATA-342
            data#98""",
    "E": """SUP-39 SUP-43 SUP-45 SUP-48 SUP-52 SUP-56 SUP-58 SUP-60 SUP-61 SUP-65 SUP-68 SUP-70 SUP-72 SUP-74 SUP-77
            SUP-79""",
    "F": "mobile#412",
    "G": """54161 54169 54172 54192 54200 54230 54262 54275 54295 54306 54334 54365 54380 54386 54398 54409 54429
            54439 54469 54484 54502 54516 54535 54546 54575 54594 54604 54620 54649 54680 54697 54716 54727 54744
            54755 54784 54800 54817 54830 54848 54861 54890 54904 54921 55014""",
}
AUTHORS_BY_WEEK = {
    "A": [1, 2, 1, 0, 2, 1, 2, 1, 3, 7],
    "B": [0, 1, 0, 0, 1, 0, 1, 0, 2, 5],
    "C": [0, 0, 0, 0, 0, 3, 4, 3, 4, 4],
    "D": [1, 0, 2, 1, 1, 0, 1, 2, 1, 3],
    "E": [1, 2, 1, 1, 2, 2, 1, 2, 2, 2],
    "F": [0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
    "G": [6, 5, 7, 6, 5, 6, 6, 3, 1, 0],
}
SIZES = {
    "build-release": 6, "cloud": 5, "billing": 7, "calendar": 6, "mobile": 5, "design-systems": 4,
    "integrations": 6, "data": 5, "clinic-support": 8, "enterprise-support": 6,
}  # fmt: skip
OURS_ALONE = re.compile(
    r"\b(pains?|theme|side|signals?|severity|sentiment|emotion|verdict|friction|cluster|frustrat\w*|confession)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Row:
    source: str
    key: str
    title: str
    body: str
    author: str
    account: str | None
    labels: tuple[str, ...]
    created: datetime
    closed: datetime | None
    raw: Mapping[str, Any]

    @property
    def week(self) -> int:
        return self.created.astimezone(DUBLIN).isocalendar().week


def _at(text: str | None) -> datetime | None:
    if not text:
        return None
    at = datetime.fromisoformat(text)
    return (at if at.tzinfo else at.replace(tzinfo=DUBLIN)).astimezone(UTC)


def _lines(name: str) -> Iterator[dict[str, Any]]:
    for line in (SAMPLE / name).read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def _jira() -> Iterator[Row]:
    header, *rows = csv.reader(io.StringIO((SAMPLE / "jira.csv").read_text(encoding="utf-8")))
    for cells in rows:
        raw = dict(zip(header, cells, strict=True))
        labels = tuple(cell for name, cell in zip(header, cells, strict=True) if name == "Labels" and cell)
        created = _at(raw["Created"])
        assert created is not None
        yield Row("product-jira", raw["Issue key"], raw["Summary"], raw["Description"], raw["Reporter"], None, labels,
                  created, _at(raw["Resolved"]), raw)  # fmt: skip


def _github() -> Iterator[Row]:
    for raw in _lines("github.jsonl"):
        created = _at(raw["created_at"])
        assert created is not None
        yield Row("product-github", raw["reference"], raw["title"], raw["body"], raw["user"]["login"], None,
                  tuple(raw["labels"]), created, _at(raw["closed_at"]), raw)  # fmt: skip


def _support() -> Iterator[Row]:
    for raw in _lines("support.jsonl"):
        created = _at(raw["created_at"])
        assert created is not None
        yield Row("support", str(raw["id"]), raw["subject"], raw["description"], raw["requester"], raw["organization"],
                  tuple(raw["tags"]), created, _at(raw["solved_at"]), raw)  # fmt: skip


@pytest.fixture(scope="module")
def issues() -> dict[str, Issue]:
    """What the file connector makes of the exports."""
    found: dict[str, Issue] = {}
    for source in yaml.safe_load((SAMPLE / "sources.yaml").read_text(encoding="utf-8"))["sources"]:
        connector = FileConnector.open(FileOptions(**source), SAMPLE)
        for page in connector.pull({}):
            assert page.problems == []
            found |= {issue.external_id: issue for issue in map(connector.normalise, page.items)}
    return found


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return [*_jira(), *_github(), *_support()]


@pytest.fixture(scope="module")
def by_key(rows: list[Row]) -> dict[str, Row]:
    return {row.key: row for row in rows}


@pytest.fixture(scope="module")
def org() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((SAMPLE / "org.yaml").read_text(encoding="utf-8"))
    return loaded


@pytest.fixture(scope="module")
def staff(org: dict[str, Any]) -> dict[tuple[str, str], str]:
    return {(source, account): person["id"]
            for person in org["people"] for source, account in person.get("accounts", {}).items()}  # fmt: skip


def test_no_two_issues_of_a_source_have_the_same_id(rows: list[Row]) -> None:
    times = Counter((row.source, row.key) for row in rows)

    assert [key for key, n in times.items() if n > 1] == []


def test_about_three_hundred_issues_spread_over_ten_weeks(rows: list[Row]) -> None:
    by_week = Counter(row.week for row in rows)

    assert 290 <= len(rows) <= 320
    assert all(20 <= by_week[week] <= 40 for week in WEEKS)
    assert sum(n for week, n in by_week.items() if week not in WEEKS) <= 3


def test_texts_are_written_one_by_one(rows: list[Row]) -> None:
    people = [row for row in rows if not row.author.endswith("[bot]") and "checklist" not in row.title]
    bodies = Counter(row.body.casefold() for row in people)
    sentences = Counter(
        sentence.strip().casefold() for row in people for sentence in set(re.split(r"(?<=[.!?])\s", row.body))
        if len(sentence.split()) > 6
    )  # fmt: skip

    assert [body for body, n in bodies.items() if n > 1] == []
    assert [sentence for sentence, n in sentences.items() if n > 1] == []


def test_closed_is_never_before_created(rows: list[Row]) -> None:
    assert [row.key for row in rows if row.closed is not None and row.closed < row.created] == []


def test_comments_and_events_follow_their_issue(rows: list[Row]) -> None:
    for row in rows:
        updated = _at(row.raw.get("updated_at") or row.raw.get("Updated"))
        assert updated is not None
        comments = row.raw.get("comments", [])
        events = row.raw.get("events", [])
        later = [_at(entry["created_at"]) for entry in comments] + [_at(entry["at"]) for entry in events]
        assert all(at is not None and row.created <= at <= updated for at in later), row.key


def test_the_exports_hold_only_what_a_tracker_exports(rows: list[Row]) -> None:
    fields = {name for row in rows for name in row.raw}
    parts = [part for row in rows for part in (*row.raw.get("comments", []), *row.raw.get("events", []))]
    fields |= {name for part in parts for name in part}
    labels = {label for row in rows for label in row.labels}

    words = {word: re.sub(r"[-_/]", " ", word) for word in fields | labels}
    assert [word for word, spaced in words.items() if OURS_ALONE.search(spaced)] == []


def test_the_tickets_tell_of_pain_without_naming_our_words_for_it(rows: list[Row]) -> None:
    assert [row.key for row in rows if OURS_ALONE.search(row.title)] == []


def test_weekly_authors_of_each_pain_are_those_of_the_worked_example(
    by_key: dict[str, Row], staff: dict[tuple[str, str], str]
) -> None:
    found = {}
    for pain, keys in PAINS.items():
        weekly: dict[int, set[str]] = {week: set() for week in WEEKS}
        for row in (by_key[key] for key in keys.split()):
            author = row.account if row.source == "support" else staff[row.source, row.author]
            assert author is not None
            weekly[row.week].add(author)
        found[pain] = [len(weekly[week]) for week in WEEKS]

    assert found == AUTHORS_BY_WEEK


def test_the_reset_mails_came_from_eleven_clinics_one_of_which_gave_thanks(by_key: dict[str, Row]) -> None:
    clinics = {by_key[key].account for key in PAINS["G"].split()}

    assert len(clinics) == 11
    assert by_key["55170"].account in clinics


def test_twelve_engineers_write_of_the_worked_examples_pains_in_week_38(
    by_key: dict[str, Row], staff: dict[tuple[str, str], str]
) -> None:
    keys = [*" ".join(PAINS[pain] for pain in "ADF").split(), "billing#731"]
    engineers = {staff[row.source, row.author] for row in map(by_key.__getitem__, keys) if row.week == 38}

    assert len(engineers) == 12


def test_the_first_issues_stand_where_heard_times_begin(by_key: dict[str, Row]) -> None:
    first = {key: by_key[key].created.astimezone(DUBLIN).isoformat()[:16]
             for key in ("BR-865", "55013", "54694", "DATA-334", "SUP-77")}  # fmt: skip

    assert first == {
        "BR-865": "2026-09-09T10:00",
        "55013": "2026-09-08T14:00",
        "54694": "2026-08-18T09:00",
        "DATA-334": "2026-09-10T11:00",
        "SUP-77": "2026-09-15T08:00",
    }


def test_the_file_connector_reads_every_row(rows: list[Row], issues: dict[str, Issue]) -> None:
    assert {(row.source, row.key, row.created) for row in rows} == {
        (issue.source, issue.external_id, issue.created_at) for issue in issues.values()
    }
    assert {row.key: row.labels for row in rows} == {key: issue.labels for key, issue in issues.items()}


def test_tags_history_and_accounts_arrive(issues: dict[str, Issue]) -> None:
    assert issues["55153"].tags == issues["billing#730"].tags == issues["PPL-45"].tags == {"private"}
    assert issues["SUP-78"].tags == {"mute"}
    assert issues["54401"].tags == {"no-quote"}
    assert issues["55177"].tags == issues["OPS-469"].tags == {"escalate"}
    assert [event.what for event in issues["55150"].history] == ["created", "closed", "reopened"]
    assert [event.what for event in issues["55042"].history] == ["created", "moved", "moved", "moved"]
    assert issues["55150"].state == "open"
    assert issues["55170"].account == issues["54230"].account == "Dunmarra Vets"


def test_the_worked_examples_tickets_are_in_it_word_for_word(
    by_key: dict[str, Row], issues: dict[str, Issue], org: dict[str, Any], staff: dict[tuple[str, str], str]
) -> None:
    teams = {person["id"]: person.get("team") for person in org["people"]}
    names = {team["id"]: team["name"] for team in org["teams"]}

    tickets = json.loads(beside("data", "fernhill", "digest_fixture.json").read_text(encoding="utf-8"))["tickets"]

    assert len(tickets) == 25
    for ticket in tickets:
        row = by_key[ticket["key"]]
        assert ticket["text"] in row.body
        assert ticket["text"] in issues[row.key].body
        assert row.created.astimezone(DUBLIN).isoformat()[:16] == ticket["created"]
        if ticket["author_kind"] != "customer":
            assert names[teams[staff[row.source, row.author]] or ""] == ticket["author_group"], row.key


def test_a_fixture_account_is_one_clinic(by_key: dict[str, Row]) -> None:
    week_38 = ["55102", "55119", "55140", "55161", "55177", "55099", "55126", "55150", "55183", "55190", "55170"]

    assert len({by_key[key].account for key in week_38}) == 11


def test_every_member_of_staff_is_in_the_org_chart(rows: list[Row], staff: dict[tuple[str, str], str]) -> None:
    writers = {(row.source, row.author) for row in rows if row.source != "support"}
    agents = {("support", comment["author"]) for row in rows if row.source == "support"
              for comment in row.raw["comments"] if "@" not in comment["author"]}  # fmt: skip
    unknown = {account for source, account in (writers | agents) - set(staff) if not account.endswith("[bot]")}

    assert unknown == STRANGERS


def test_no_account_belongs_to_two_people(org: dict[str, Any], staff: dict[tuple[str, str], str]) -> None:
    assert len(staff) == sum(len(person.get("accounts", {})) for person in org["people"])


def test_teams_have_the_people_that_the_chart_says(org: dict[str, Any]) -> None:
    sizes = Counter(person["team"] for person in org["people"] if "team" in person)

    assert sizes == SIZES
    assert sum(sizes[team] for team in SIZES if not team.endswith("support")) == 44


def test_leaders_are_people_with_an_address_and_members_are_accounts_only(org: dict[str, Any]) -> None:
    people = {person["id"]: person for person in org["people"]}
    leaders = {team["leader"] for team in org["teams"] if "leader" in team}

    assert all({"name", "email", "timezone"} <= set(people[leader]) for leader in leaders)
    assert all(people[leader]["email"].endswith("@fernhill.example") for leader in leaders)
    assert all(set(person) == {"id", "team", "accounts"} for key, person in people.items() if key not in leaders)
    assert [team["id"] for team in org["teams"] if "leader" not in team] == ["design-systems"]


def test_teams_own_only_what_the_exports_know(org: dict[str, Any], rows: list[Row]) -> None:
    known: dict[str, set[str | None]] = {
             "project": {row.raw.get("Project key") or row.raw.get("repository") for row in rows},
             "label": {label for row in rows for label in row.labels},
             "component": {row.raw.get("Component/s") for row in rows},
             "group": {row.raw.get("group") for row in rows}}  # fmt: skip
    claims = [claim for team in org["teams"] for claim in (*team.get("owns", []), *team.get("hears", []))]

    assert [claim for claim in claims for key in known if key in claim and claim[key] not in known[key]] == []
    assert org["fallback"] in {team["id"] for team in org["teams"]}


def test_mobile_is_quiet_for_seven_weeks_and_then_speaks_once(
    rows: list[Row], org: dict[str, Any], staff: dict[tuple[str, str], str]
) -> None:
    mobile = {person["id"] for person in org["people"] if person.get("team") == "mobile"}
    weeks = [row.week for row in rows if staff.get((row.source, row.author)) in mobile]

    assert [week for week in weeks if week > 30] == [38]
    assert len([week for week in weeks if week <= 30]) >= 3


def test_nothing_of_github_is_later_than_the_export(rows: list[Row]) -> None:
    sources = yaml.safe_load((SAMPLE / "sources.yaml").read_text(encoding="utf-8"))["sources"]
    complete_to = datetime.fromisoformat(next(s["complete_to"] for s in sources if s["name"] == "product-github"))
    github = [row for row in rows if row.source == "product-github"]

    assert date(2026, 9, 18) == complete_to.date()
    assert max(_at(row.raw["updated_at"]) or row.created for row in github) <= complete_to


def test_every_mapped_field_is_in_its_export(rows: list[Row]) -> None:
    sources = yaml.safe_load((SAMPLE / "sources.yaml").read_text(encoding="utf-8"))["sources"]
    known = {s["name"]: {key for row in rows if row.source == s["name"] for key in row.raw} for s in sources}

    assert [s["kind"] for s in sources] == ["file"] * 3
    for source in sources:
        assert {theirs.split(".")[0] for theirs in source["fields"].values()} <= known[source["name"]]


def test_private_muted_and_unquotable_ones_are_labelled_as_the_sources_say(by_key: dict[str, Row]) -> None:
    assert "security" in by_key["billing#730"].labels
    assert "hr" in by_key["PPL-45"].labels
    assert "legal" in by_key["55153"].labels
    assert "no-digest" in by_key["SUP-78"].labels
    assert "no-quote" in by_key["54401"].labels
    assert "escalate" in by_key["55177"].labels
    assert "sev1" in by_key["OPS-469"].labels


def test_hostile_texts_are_in_it(by_key: dict[str, Row]) -> None:
    assert "<script>" in by_key["55151"].body
    assert "IGNORE ALL PREVIOUS INSTRUCTIONS" in by_key["55151"].body
    assert "\u202e" in by_key["55171"].body
    assert 9_500 <= len(by_key["54937"].body) <= 11_000
    assert "AKIA" in by_key["54820"].body


def test_the_page_names_only_issues_that_exist(by_key: dict[str, Row]) -> None:
    page = (SAMPLE / "README.md").read_text(encoding="utf-8").split("## What is in it", 1)[1]
    named = set(re.findall(r"\b(?:5[45]\d{3}|[A-Z]{2,4}-\d+|[a-z]+(?:-[a-z]+)?#\d+)\b", page))

    assert len(named) > 60
    assert named - set(by_key) == set()


def test_the_whole_sample_is_small() -> None:
    assert sum(path.stat().st_size for path in SAMPLE.iterdir() if path.is_file()) < 400_000
