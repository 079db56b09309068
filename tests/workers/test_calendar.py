"""No leader is left without a row for a week, wherever they live and however long the system was down."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
import yaml

from pipeline.store import db, digests
from tests.workers import small
from workers.engine import Engine
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
