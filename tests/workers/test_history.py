"""Trends stand on an issue's own time: history that arrives late, at once or from a new source makes nothing new."""

import json
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from pipeline import periods
from pipeline.digest import select
from pipeline.digest.document import Document
from pipeline.digest.select import View
from pipeline.store import db, material, sources
from tests.workers import small
from workers.cli import main
from workers.wiring import Deployment

Run = Callable[..., Result]
NEXT = "2026-03-16T12:00:00+01:00"
NEXT_WEEK = "2026-W11"
LABELS = {"author_role": "customer", "labels": ["parcels"]}


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def invoke(*arguments: str, as_of: str = small.DUE) -> Result:
        found = CliRunner().invoke(main, ["--config", str(tmp_path / "rosta"), "--as-of", as_of, *arguments])
        assert found.exit_code == 0, found.output
        return found

    return invoke


def document(tmp_path: Path, week: str) -> Document:
    return Document.from_json(json.loads((tmp_path / "rosta" / "digests" / week / "noor.json").read_text()))


def view(tmp_path: Path, as_of: str, week: str) -> View:
    house = Deployment.read(tmp_path / "rosta", as_of=datetime.fromisoformat(as_of))
    period = periods.week_of(week, house.zone)
    with db.transaction(house.database) as session:
        made = material.read(session, period, house.org, house.kinds, house.house.workdays)
    house.database.dispose()
    return View(select.index(made, house.org), "noor", period, period.end)


def counts(seen: View) -> dict[str, list[int | None]]:
    """People a week of each pain of customers, by its title."""
    pains = seen.index.material.pains.values()
    return {p.title: [w.people for w in seen.weeks(p, "customer")] for p in pains}


def stale(weeks: Iterable[int], each: int = 3) -> list[dict[str, Any]]:
    """The roastery's stale beans, told of by so many cafes so many weeks after the week of `small.MONDAY`."""
    said = "Half the beans in our subscription parcel arrived stale"
    told = [t for n, week in enumerate(weeks) for t in small.subscribers(each, first=1 + 10 * n, day=7 * week)]
    return [{**t, "title": said, "body": f"{said}. We threw bag {n % 7} away."} for n, t in enumerate(told)]


def lost(weeks: Iterable[int], each: int = 3) -> list[dict[str, Any]]:
    """Another pain, in other words and from other people: what a shop's own desk holds."""
    said = (
        "The courier lost our parcel and tracking shows nothing since Tuesday",
        "Our parcel is lost, the courier tracking shows nothing at all",
        "Tracking of the lost parcel shows nothing, the courier does not answer",
    )
    found = []
    for n, week in enumerate(weeks):
        for k in range(each):
            ticket = small.ticket(1 + 10 * n + k, said[k % 3], day=7 * week, body=f"{said[k % 3]}. We wait.", **LABELS)
            found.append({**ticket, "author": f"guest{k}@shop{k}.example", "account": f"Shop {k}"})
    return found


def add_shop(directory: Path, tickets: Iterable[dict[str, Any]]) -> None:
    """A second source, configured after the first weeks were closed."""
    (directory / "shop.jsonl").write_text("".join(json.dumps(t) + "\n" for t in tickets))
    configured = yaml.safe_load((directory / "sources.yaml").read_text())
    configured["sources"].append({"name": "shop", "kind": "file", "path": "shop.jsonl"})
    (directory / "sources.yaml").write_text(yaml.safe_dump(configured))


def test_a_first_import_of_two_years_shows_nothing_new_and_knows_what_is_usual(run: Run, tmp_path: Path) -> None:
    small.organisation(tmp_path / "rosta", stale(range(-104, 1)))

    run("run", "--once")

    (pain,) = document(tmp_path, small.WEEK).pains
    seen = view(tmp_path, small.DUE, small.WEEK)
    assert pain.trend == "steady"
    assert pain.usual is None  # so few cafes have no number, and no range
    assert seen.pain(pain.id).reading.usual is not None
    assert counts(seen) == {pain.title: [3] * 26}


def test_what_begins_in_the_first_week_after_a_long_history_is_new(run: Run, tmp_path: Path) -> None:
    extra = [dict(t, external_id=f"x{t['external_id']}") for t in lost([0], each=3)]
    small.organisation(tmp_path / "rosta", [*stale(range(-30, 1)), *extra])

    run("run", "--once")

    assert sorted(str(p.trend) for p in document(tmp_path, small.WEEK).named()) == ["new", "steady"]


def test_an_old_issue_that_arrives_today_belongs_to_its_own_week(run: Run, tmp_path: Path) -> None:
    directory = small.organisation(tmp_path / "rosta", stale(range(-12, 1)))
    run("run", "--once")
    late = [dict(t, external_id=f"late{t['external_id']}") for t in stale([-2], each=6)]
    with (directory / "desk.jsonl").open("a") as file:
        file.write("".join(json.dumps(t) + "\n" for t in [*stale([1]), *late]))

    run("run", "--once", as_of=NEXT)

    (pain,) = document(tmp_path, NEXT_WEEK).pains
    (weeks,) = counts(view(tmp_path, NEXT, NEXT_WEEK)).values()
    assert (pain.trend, document(tmp_path, NEXT_WEEK).made.read) == ("steady", 3)
    assert weeks[-4:] == [3, 6, 3, 3]


def test_a_source_added_later_with_two_years_of_history_shows_nothing_new(run: Run, tmp_path: Path) -> None:
    directory = small.organisation(tmp_path / "rosta", stale(range(-27, 2)))
    run("run", "--once")
    add_shop(directory, lost(range(-104, 2), each=4))

    run("run", "--once", as_of=NEXT)

    assert [p.trend for p in document(tmp_path, NEXT_WEEK).named()] == ["steady", "steady"]
    assert sorted(counts(view(tmp_path, NEXT, NEXT_WEEK)).values()) == [[3] * 26, [4] * 26]


def test_a_pain_that_a_source_added_later_last_told_of_twenty_weeks_ago_is_not_new(run: Run, tmp_path: Path) -> None:
    directory = small.organisation(tmp_path / "rosta", stale(range(-27, 2)))
    run("run", "--once")
    add_shop(directory, lost([-60, -40, -19, 1]))

    run("run", "--once", as_of=NEXT)

    assert sorted(str(p.trend) for p in document(tmp_path, NEXT_WEEK).named()) == ["steady", "too few to call"]
    assert [*[0] * 6, 3, *[0] * 19] in counts(view(tmp_path, NEXT, NEXT_WEEK)).values()


def test_a_source_added_later_without_history_calls_no_trend_in_its_first_weeks_and_says_so(
    run: Run, tmp_path: Path
) -> None:
    directory = small.organisation(tmp_path / "rosta", stale(range(-27, 2)))
    run("run", "--once")
    add_shop(directory, lost([1]))

    run("run", "--once", as_of=NEXT)

    found = document(tmp_path, NEXT_WEEK)
    assert sorted(str(p.trend) for p in found.named()) == ["None", "steady"]
    assert "shop is read since week 11: too short to call trends of what it tells." in " ".join(found.notes)


def test_a_source_that_has_been_read_for_long_and_held_nothing_was_silent_and_not_missing(
    run: Run, tmp_path: Path
) -> None:
    directory = small.organisation(tmp_path / "rosta", stale(range(-12, 6)))
    add_shop(directory, [])
    for week in range(5):
        run("run", "--once", as_of=(datetime.fromisoformat(small.DUE) + timedelta(weeks=week)).isoformat())
    (directory / "shop.jsonl").write_text("".join(json.dumps(t) + "\n" for t in lost([5])))
    end = (datetime.fromisoformat(small.DUE) + timedelta(weeks=5)).isoformat()

    run("run", "--once", as_of=end)

    assert sorted(str(p.trend) for p in document(tmp_path, "2026-W15").named()) == ["new", "steady"]


def test_two_weeks_in_which_a_source_was_broken_are_missing_and_not_zero(run: Run, tmp_path: Path) -> None:
    directory = small.organisation(tmp_path / "rosta", stale(range(-12, 1)))
    add_shop(directory, lost(range(-12, 1), each=4))
    run("run", "--once")
    house = Deployment.read(directory, as_of=datetime.fromisoformat(small.DUE))
    stopped = periods.week_of("2026-W09", house.zone).start
    with db.transaction(house.database) as session:
        sources.pulled(session, "shop", stopped, stopped)
        sources.failed(session, "shop", datetime.fromisoformat(small.DUE), "token expired")
    house.database.dispose()

    found = counts(view(tmp_path, NEXT, NEXT_WEEK))

    assert sorted(weeks[-4:] for weeks in found.values() if None not in weeks[-4:]) == [[3, 3, 3, 3]]
    assert [weeks[-4:] for weeks in found.values() if None in weeks[-4:]] == [[4, 4, None, None]]


def test_days_off_in_settings_reach_the_mail(run: Run, tmp_path: Path) -> None:
    directory = small.organisation(tmp_path / "rosta", stale(range(-12, 1)))
    calendar = {"days_off": [{"from": "2026-03-04", "to": "2026-03-06"}]}
    (directory / "settings.yaml").write_text(yaml.safe_dump({**small.SETTINGS, "calendar": calendar}))

    run("run", "--once")

    assert "This week had 2 of 5 working days" in " ".join(document(tmp_path, small.WEEK).notes)
