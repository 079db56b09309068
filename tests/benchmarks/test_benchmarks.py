"""The measuring itself: the mock server serves what it says, and one command runs every stage to its end."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import requests

from benchmarks import data, measure, servers
from benchmarks.measure import Row

ROOT = Path(__file__).parents[2]
ISSUES = f"/repos/{servers.REPO}/issues"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with servers.github(250) as address:
        yield address


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as opened:
        yield opened


def test_every_issue_is_served_once_when_the_links_are_followed(url: str, session: requests.Session) -> None:
    numbers, sizes, following = [], [], f"{url}{ISSUES}?state=all&per_page=100"

    while following:
        answer = session.get(following, timeout=10)
        numbers += [issue["number"] for issue in answer.json()]
        sizes.append(len(answer.json()))
        following = answer.links.get("next", {}).get("url", "")

    assert numbers == list(range(1, 251))
    assert sizes == [100, 100, 50]


def test_a_page_is_as_long_as_was_asked_for_and_never_longer_than_a_hundred(
    url: str, session: requests.Session
) -> None:
    lengths = [len(session.get(f"{url}{ISSUES}?per_page={n}", timeout=10).json()) for n in (7, 100, 500)]
    assert lengths == [7, 100, 100]


def test_since_leaves_out_what_was_last_changed_before_it(url: str, session: requests.Session) -> None:
    since = servers.stamp(servers.START + 200 * servers.STEP - timedelta(seconds=1))

    answer = session.get(f"{url}{ISSUES}?per_page=100&since={since}", timeout=10)

    changes = [issue["updated_at"] for issue in answer.json()]
    assert len(changes) == 51
    assert changes == sorted(changes)
    assert changes[0] >= since
    assert "Link" not in answer.headers


def test_an_issue_weighs_about_five_kilobytes(url: str, session: requests.Session) -> None:
    content = session.get(f"{url}{ISSUES}?per_page=100", timeout=10).content
    assert 4_000 < len(content) / 100 < 6_000


def test_what_is_not_there_is_not_found(url: str, session: requests.Session) -> None:
    assert session.get(f"{url}/repos/harbour/else/issues", timeout=10).status_code == 404


def test_the_cpu_of_a_child_is_counted_and_its_memory_is_not_its_parents(tmp_path: Path) -> None:
    ballast = bytearray(200 * 1024 * 1024)
    spent = measure.child([sys.executable, "-c", "print(sum(range(3_000_000)))"], tmp_path)

    assert spent.output.strip() == str(sum(range(3_000_000)))
    assert spent.cpu > 0.01
    assert spent.peak_mb < 100 < len(ballast) / 1024 / 1024


def test_a_child_that_fails_is_no_figure(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="ended with 3"):
        measure.child([sys.executable, "-c", "raise SystemExit(3)"], tmp_path)


def test_the_median_of_interleaved_rounds_ignores_one_bad_round() -> None:
    turns: list[str] = []

    def turn(name: str, figures: Iterator[float]) -> float:
        turns.append(name)
        return next(figures)

    ours, rival = iter([1.0, 9.0, 2.0]), iter([3.0, 3.0, 3.0])
    medians = measure.interleaved(3, {"ours": lambda: turn("ours", ours), "rival": lambda: turn("rival", rival)})

    assert medians == {"ours": 2.0, "rival": 3.0}
    assert turns == ["ours", "rival"] * 3


@pytest.mark.parametrize(("ours", "met"), [(1.1, "met"), (1.2, "NOT met")])
def test_a_goal_is_called_met_or_not(ours: float, met: str) -> None:
    line = measure.table([Row.against("pull", ours, 1.0, "a loop", 1.1)]).splitlines()[-1]
    assert [cell.strip() for cell in line.strip("|").split("|")][-2:] == ["at most 1.1x", met]


def test_the_made_up_organisation_has_200_leaders_on_five_levels() -> None:
    org = data.organisation()
    assert len(org.leaders) == 200
    assert max(len(org.up(team)) for team in org.teams) == 5


@pytest.mark.slow
def test_one_command_measures_every_stage_and_ends_well_whatever_the_figures() -> None:
    command = [sys.executable, "-m", "benchmarks", "--quick", "--rounds", "1", "--issues", "300"]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)

    assert done.returncode == 0, done.stderr
    for stage in ("pull + store 300", "pull all again, unchanged", "classify 300", "digest: all of it, 200 leaders"):
        assert f"| {stage} " in done.stdout


@pytest.mark.slow
def test_a_stage_that_does_not_exist_is_named_with_those_that_do() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--only", "pul"], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2
    assert "no such stage: pul; there are pull, classify, digest" in done.stderr
