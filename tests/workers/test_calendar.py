"""No leader is left without a row for a week, wherever they live and however long the system was down."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import yaml

from pipeline import periods
from pipeline.store import db, digests
from tests.workers import small
from workers.engine import Engine
from workers.report import report
from workers.wiring import Deployment


def deployment(directory: Path, at: datetime) -> Deployment:
    house = Deployment.read(directory, as_of=at)
    house.prepare()
    return house


def run_at(directory: Path, at: datetime) -> None:
    house = deployment(directory, at)
    Engine(house).run_once()
    house.database.dispose()


def states(directory: Path, week: str) -> dict[str, str]:
    house = deployment(directory, datetime.fromisoformat(small.DUE))
    with db.transaction(house.database) as session:
        found = {leader: digests.digest(session, leader, week) for leader in ("noor", "kit")}
    house.database.dispose()
    return {leader: row.state for leader, row in found.items() if row is not None}


def due(directory: Path, at: str) -> int:
    house = deployment(directory, datetime.fromisoformat(at))
    found = report(house, listed=0)
    house.database.dispose()
    return int(found["due"])


@pytest.fixture
def rosta(tmp_path: Path) -> Path:
    directory = small.organisation(tmp_path / "rosta", small.subscribers())
    chart = yaml.safe_load((directory / "org.yaml").read_text())
    chart["people"][1]["timezone"] = "America/Los_Angeles"
    (directory / "org.yaml").write_text(yaml.safe_dump(chart))
    return directory


def test_a_leader_whose_sunday_evening_comes_after_the_next_week_began_still_gets_every_week(rosta: Path) -> None:
    settings = small.SETTINGS | {"digest": {"day": "sunday", "hour": 20}}
    (rosta / "settings.yaml").write_text(yaml.safe_dump(settings))
    start = datetime.fromisoformat("2026-03-15T12:00:00+01:00")

    for hours in range(0, 24 * 9, 3):
        run_at(rosta, start + timedelta(hours=hours))

    assert states(rosta, "2026-W10") == {"noor": "composed", "kit": "composed"}
    assert states(rosta, "2026-W11") == {"noor": "composed", "kit": "composed"}


def test_who_was_not_due_yet_when_the_system_went_down_has_a_row_that_says_so(rosta: Path) -> None:
    run_at(rosta, datetime.fromisoformat("2026-03-09T12:00:00+01:00"))
    assert states(rosta, small.WEEK) == {"noor": "composed", "kit": "planned"}

    run_at(rosta, datetime.fromisoformat("2026-03-17T22:00:00+01:00"))

    assert states(rosta, small.WEEK) == {"noor": "composed", "kit": "skipped"}
    assert states(rosta, "2026-W11") == {"noor": "composed", "kit": "composed"}


def test_a_new_deployment_begins_with_the_last_week_and_not_with_the_one_before(rosta: Path) -> None:
    run_at(rosta, datetime.fromisoformat("2026-03-09T07:00:00+01:00"))

    assert states(rosta, "2026-W09") == {}


def test_what_arrives_after_a_week_was_closed_is_in_no_leaders_digest_of_it(rosta: Path) -> None:
    run_at(rosta, datetime.fromisoformat("2026-03-09T12:00:00+01:00"))
    small.write(rosta, [*small.subscribers(), *small.subscribers(6, first=30)])

    run_at(rosta, datetime.fromisoformat("2026-03-09T20:00:00+01:00"))

    assert "6 issues in your scope" in (rosta / "digests" / small.WEEK / "noor.txt").read_text()
    assert "6 issues in your scope" in (rosta / "digests" / small.WEEK / "kit.txt").read_text()


def test_an_address_that_is_added_later_lets_the_digest_go(rosta: Path) -> None:
    chart = (rosta / "org.yaml").read_text()
    (rosta / "org.yaml").write_text(chart.replace("email: kit@rosta.example", "team: roasting"))
    run_at(rosta, datetime.fromisoformat("2026-03-09T20:00:00+01:00"))
    assert states(rosta, small.WEEK)["kit"] == "unaddressed"

    (rosta / "org.yaml").write_text(chart)
    run_at(rosta, datetime.fromisoformat("2026-03-09T21:00:00+01:00"))

    assert states(rosta, small.WEEK)["kit"] == "composed"
    assert (rosta / "digests" / small.WEEK / "kit.txt").exists()


def with_settings(directory: Path, **more: object) -> None:
    (directory / "settings.yaml").write_text(yaml.safe_dump(small.SETTINGS | more))


def test_on_a_teams_day_off_its_leader_gets_the_digest_on_the_next_day_and_is_not_counted_as_due(rosta: Path) -> None:
    with_settings(rosta, calendar={"days_off": [{"from": "2026-03-09", "teams": ["roasting"]}]})

    run_at(rosta, datetime.fromisoformat("2026-03-10T16:59:00+01:00"))

    assert states(rosta, small.WEEK) == {"noor": "composed", "kit": "planned"}
    assert due(rosta, "2026-03-10T16:59:00+01:00") == 1

    run_at(rosta, datetime.fromisoformat("2026-03-10T17:01:00+01:00"))

    assert states(rosta, small.WEEK) == {"noor": "composed", "kit": "composed"}
    assert due(rosta, "2026-03-10T17:01:00+01:00") == 2
    written = (rosta / "digests" / small.WEEK / "kit.json").read_text()
    assert json.loads(written)["generated_at"].startswith("2026-03-10T16:00")


def test_days_off_over_the_end_of_the_next_week_neither_skip_nor_repeat_a_digest(rosta: Path) -> None:
    """Sent on Fridays, and nobody works from Friday the 13th to Tuesday the 17th."""
    off = [{"from": "2026-03-13", "to": "2026-03-17"}]
    with_settings(rosta, digest={"day": "friday", "hour": 9}, calendar={"days_off": off})
    start = datetime.fromisoformat("2026-03-06T12:00:00+01:00")

    seen = {}
    for hours in range(0, 24 * 16, 6):
        at = start + timedelta(hours=hours)
        run_at(rosta, at)
        for week in ("2026-W09", small.WEEK, "2026-W11"):
            if states(rosta, week).get("noor") == "composed":
                seen.setdefault(week, f"{at:%m-%d}")

    assert seen == {"2026-W09": "03-06", small.WEEK: "03-18", "2026-W11": "03-20"}
    assert states(rosta, small.WEEK) == states(rosta, "2026-W11") == {"noor": "composed", "kit": "composed"}


def test_who_asks_for_sundays_gets_sundays_and_who_asks_for_nothing_a_working_day(rosta: Path) -> None:
    week = periods.week_of(small.WEEK, "Europe/Vienna")
    found = []
    for settings in ({"digest": {"day": "sunday"}}, {"calendar": {"working_days": ["wednesday", "thursday"]}}):
        with_settings(rosta, **settings)
        house = deployment(rosta, datetime.fromisoformat(small.DUE))
        found.append(f"{house.due(week, 'noor'):%m-%d}")
        house.database.dispose()

    assert found == ["03-15", "03-11"]
