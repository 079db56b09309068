"""The measuring itself: the mock server serves what it says, and one command runs every stage to its end."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import requests
import yaml

from benchmarks import data, measure, peers, procs, servers, truth, whole
from benchmarks.measure import Median, Row, Spent

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


def test_a_cursor_leads_on_as_a_page_number_does(url: str, session: requests.Session) -> None:
    numbers = [issue["number"] for issue in session.get(f"{url}{ISSUES}?per_page=100&after=3", timeout=10).json()]
    assert numbers == list(range(201, 251))


@pytest.mark.parametrize("path", ["/rate_limit", "/users/sailor-0007", f"/api/v3/repos/{servers.REPO}"])
def test_what_tools_of_others_ask_for_is_there(url: str, session: requests.Session, path: str) -> None:
    assert session.get(f"{url}{path}", timeout=10).status_code == 200


def test_the_truth_of_the_server_is_what_it_serves(url: str, session: requests.Session) -> None:
    served = [
        (issue["number"], issue["title"])
        for page in (1, 2, 3)
        for issue in session.get(f"{url}{ISSUES}?per_page=100&page={page}", timeout=10).json()
    ]

    truth.hold(reversed(served), 250, "the session")
    with pytest.raises(RuntimeError, match="read 249 issues of 250"):
        truth.hold(served[1:], 250, "the session")
    with pytest.raises(RuntimeError, match="read 250 issues but not the same ones"):
        truth.hold([*served[1:], (1, "Another title")], 250, "the session")


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


def test_a_row_tells_wall_time_peak_memory_and_the_smallest_and_largest_ratio() -> None:
    ours = Median.of([Spent(cpu=cpu, wall=2 * cpu, peak_mb=mb, output="") for cpu, mb in ((2.0, 90), (3.0, 80))])
    row = Row.against("pull", ours, Median.of([1.0, 2.0]), "a loop")
    assert (row.wall, row.peak, row.spread) == ("5.00 s", "90 MB", "1.50-2.00x")


def test_the_cpu_of_running_processes_counts_those_below_them() -> None:
    nested = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'sum(range(30_000_000))']); input()"
    with subprocess.Popen([sys.executable, "-c", nested], stdin=subprocess.PIPE) as process:
        while procs.cpu(process.pid) < 0.2:
            assert process.poll() is None
        assert procs.resident_mb(process.pid) > 1
        assert process.stdin is not None
        process.stdin.write(b"\n")


def test_a_peer_that_does_not_run_has_a_reason_and_is_no_crash(tmp_path: Path) -> None:
    trial = peers.Trial(peers.Peer("nobody", "nosuch", ("nosuch==1",)), sys.executable, tmp_path)
    with pytest.raises(peers.Unavailable, match="ended with 2"):
        trial.read("http://127.0.0.1:9", 10)


def test_every_label_of_the_server_is_owned_by_one_team_without_teams_below() -> None:
    teams = yaml.safe_load(whole.organisation(100))["teams"]
    owned = [claim["label"] for team in teams for claim in team.get("owns", [])]
    assert len(owned) == len(set(owned)) == servers.LABELS
    assert not {team["id"] for team in teams if "owns" in team} & {team.get("parent") for team in teams}


def test_the_made_up_organisation_has_200_leaders_on_five_levels() -> None:
    org = data.organisation()
    assert len(org.leaders) == 200
    assert max(len(org.up(team)) for team in org.teams) == 5


@pytest.mark.slow
@pytest.mark.parametrize(
    ("asked", "stages"),
    [
        (
            "pull,postgres,classify,digest",
            ("pull + store 100", "PostgreSQL: pull + store 100", "classify 100", "digest: all of it, 200 leaders"),
        ),
        (
            "queue,whole,burst",
            ("queue: work is nothing", "end to end: 100 issues, 20 leaders", "webhooks: a digest due meanwhile"),
        ),
    ],
)
def test_one_command_measures_its_stages_and_ends_well_whatever_the_figures(
    asked: str, stages: tuple[str, ...]
) -> None:
    command = [sys.executable, "-m", "benchmarks", "--quick", "--rounds", "1", "--issues", "100", "--only", asked]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)

    assert done.returncode == 0, done.stderr
    for stage in stages:
        assert f"| {stage} " in done.stdout


@pytest.mark.slow
def test_a_stage_that_does_not_exist_is_named_with_those_that_do() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--only", "pul"], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2
    assert "no such stage: pul; there are pull, postgres, queue, classify, digest, whole, burst" in done.stderr
