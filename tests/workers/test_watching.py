"""What whoever watches over a deployment is told: every figure follows its fact, and names nobody."""

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from connectors.smtp import Outcome
from pipeline.store import db, work
from pipeline.store.work import Job
from tests.workers import small
from tests.workers.conftest import KEY
from tests.workers.test_delivery import deliver, wait_over
from workers import alive
from workers.cli import main
from workers.engine import Engine
from workers.metrics import REASONS, exposition, figures, why_not_sent
from workers.queues import QUEUES
from workers.web import app
from workers.wiring import Deployment

ALERTS = Path(__file__).parents[2] / "docs" / "operations" / "alerts.yml"
DOCUMENT = ALERTS.parents[1] / "operations.md"
TOKEN = "a-token-of-more-than-thirty-two-letters"


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    monkeypatch.setenv("LEAFNOTES_SECRET_KEY", KEY)
    monkeypatch.setenv("METRICS_TOKEN", TOKEN)
    directory = small.organisation(tmp_path / "rosta", small.subscribers())
    settings = {**small.SETTINGS, "web": {"metrics_token": "${METRICS_TOKEN}"}}
    (directory / "settings.yaml").write_text(yaml.safe_dump(settings))
    house = Deployment.read(directory, as_of=datetime.fromisoformat(small.DUE))
    house.prepare()
    yield Engine(house)
    house.database.dispose()


def read(runner: Engine) -> dict[str, float]:
    """Every sample by its name and label, from the text that Prometheus would get."""
    lines = exposition(figures(runner.deployment)).splitlines()
    samples = [line.rpartition(" ") for line in lines if not line.startswith("#")]
    return {name: float(value) for name, _, value in samples}


def test_the_text_is_in_the_format_of_prometheus(runner: Engine) -> None:
    text = exposition(figures(runner.deployment))

    sample = r'leafnotes_[a-z_]+(\{[a-z]+="[^"\n]*"\})? (\d[\d.e+]*|\+Inf)'
    kinds = r"# (HELP leafnotes_[a-z_]+ \S.*|TYPE leafnotes_[a-z_]+ gauge)"
    assert [line for line in text.splitlines() if not re.fullmatch(f"{sample}|{kinds}", line)] == []
    assert text.endswith("\n")


def test_a_digest_counts_as_due_from_its_moment_until_a_server_took_it(runner: Engine) -> None:
    small.perform(runner, ["pull"])
    before_anything = read(runner)
    runner.tick()
    small.perform(runner, ["pull", "classify", "assign"])
    undecided = read(runner)
    deliver(runner, Outcome("deferred", "451 later"), Outcome("rejected", "550 no"))
    refused = read(runner)
    wait_over(runner)
    deliver(runner)
    taken = read(runner)

    due = "leafnotes_digests_due_not_sent"
    assert sum(before_anything[f'{due}{{reason="{reason}"}}'] for reason in REASONS) == 0
    assert undecided[f'{due}{{reason="undecided"}}'] == 2
    assert undecided[f"{due}_oldest_seconds"] == 3 * 3600
    assert (refused[f'{due}{{reason="waiting"}}'], refused[f'{due}{{reason="refused"}}']) == (1, 1)
    assert (taken[f'{due}{{reason="waiting"}}'], taken[f'{due}{{reason="refused"}}']) == (0, 1)
    assert refused['leafnotes_mails{state="deferred"}'] == 1
    assert (taken['leafnotes_mails{state="accepted"}'], taken['leafnotes_mails{state="rejected"}']) == (1, 1)


def test_nothing_is_due_once_everything_was_sent(runner: Engine) -> None:
    runner.run_once()

    found = read(runner)
    assert found["leafnotes_digests_due_not_sent_oldest_seconds"] == 0
    assert sum(found[f'leafnotes_digests_due_not_sent{{reason="{reason}"}}'] for reason in REASONS) == 0


@pytest.mark.parametrize(
    ("digest", "mail", "reason"),
    [
        ("composed", "accepted", None),
        ("paused", None, None),
        ("skipped", None, None),
        ("refused", None, None),
        ("waiting", None, "unreleased"),
        ("planned", None, "undecided"),
        ("held", None, "held"),
        ("unaddressed", None, "unaddressed"),
        ("unheard", None, "unheard"),
        ("composed", None, "waiting"),
        ("composed", "sending", "waiting"),
        ("composed", "unknown", "unknown"),
        ("composed", "gave_up", "refused"),
    ],
)
def test_what_is_not_sent_has_a_reason(digest: str, mail: str | None, reason: str | None) -> None:
    assert why_not_sent(digest, mail) == reason
    assert reason is None or reason in REASONS


def test_a_source_shows_how_far_behind_it_is_and_what_it_could_not_say(runner: Engine) -> None:
    never = read(runner)
    desk = runner.deployment.directory / "desk.jsonl"
    desk.write_text(desk.read_text() + '{"external_id": "9"}\n')
    runner.run_once()
    pulled = read(runner)
    later = replace(runner.deployment, now=lambda: runner.deployment.now() + timedelta(hours=2))
    desk.unlink()
    failing = Engine(later)
    failing.pull_now(["desk"])
    small.perform(failing, ["pull"])
    failed = read(failing)

    lag, failures = 'leafnotes_source_lag_seconds{source="desk"}', 'leafnotes_source_failures{source="desk"}'
    assert never[lag] == float("inf")
    assert failed[lag] == pulled[lag] + 2 * 3600
    assert (pulled[failures], failed[failures]) == (0, 1)
    assert pulled['leafnotes_source_items_set_aside{source="desk"}'] == 1


def test_work_shows_whether_it_waits_runs_or_was_set_aside(runner: Engine) -> None:
    database, found = runner.deployment.database, []
    with db.transaction(database) as session:
        row = work.request(session, "teach", "all", run_after=db.now(session) - timedelta(minutes=5))
    found.append(read(runner))
    with db.transaction(database) as session:
        job = work.claim(session, row, ["teach"])
    assert isinstance(job, Job)
    found.append(read(runner))
    with db.transaction(database) as session:
        work.quarantine(session, job, "no")
    found.append(read(runner))

    names = [f'leafnotes_work_{what}{{kind="teach"}}' for what in ("waiting", "running", "set_aside")]
    assert [[one[name] for name in names] for one in found] == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    oldest = [one['leafnotes_work_waiting_oldest_seconds{kind="teach"}'] for one in found]
    assert 300 <= oldest[0] < 400
    assert oldest[1:] == [0, 0]


def test_ticks_and_canaries_age_from_their_last_sign(runner: Engine) -> None:
    published: list[str] = []

    def publish(queue: str, ids: Sequence[int]) -> None:
        published.append(queue)

    before = read(runner)
    broad = Engine(runner.deployment, publish)
    broad.tick()
    asked = read(runner)
    small.perform(broad, ["canary"])

    assert before["leafnotes_tick_age_seconds"] == float("inf")
    assert asked["leafnotes_tick_age_seconds"] < 60
    for queue in QUEUES:
        name = f'leafnotes_canary_age_seconds{{queue="{queue}"}}'
        assert before[name] == float("inf")
        assert asked[name] < 60
        assert queue in published
    assert read(runner)['leafnotes_work_waiting{kind="canary"}'] == 0


def test_without_a_broker_nobody_asks_for_canaries(runner: Engine) -> None:
    runner.run_once()

    with db.reading(runner.deployment.database) as session:
        assert work.changed(session, "canary") == {}


def test_metrics_are_for_whoever_has_the_token_and_name_nobody(runner: Engine) -> None:
    runner.run_once()
    client = app.create(runner).test_client()

    without = client.get("/metrics")
    wrong = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}x"})
    right = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})

    assert (without.status_code, wrong.status_code, right.status_code) == (404, 404, 200)
    assert right.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    people = [person.id for person in runner.deployment.org.people.values()]
    assert not [word for word in [*people, "@", "Cafe", "beans", "stale"] if word in right.text]


def test_a_token_that_can_be_guessed_opens_nothing(runner: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("METRICS_TOKEN", "short")
    weak = Engine(Deployment.read(runner.deployment.directory))

    answer = app.create(weak).test_client().get("/metrics", headers={"Authorization": "Bearer short"})

    assert answer.status_code == 404


def test_a_process_is_ready_once_its_database_is(tmp_path: Path) -> None:
    house = Deployment.read(small.organisation(tmp_path / "rosta", ()))
    client = app.create(Engine(house)).test_client()

    assert (client.get("/health/live").status_code, client.get("/health/ready").status_code) == (200, 503)
    house.prepare()
    assert client.get("/health/ready").text == "ready\n"
    house.database.dispose()


def test_health_says_what_is_wrong(runner: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def health(*words: str) -> tuple[int, str]:
        result = CliRunner().invoke(main, ["--config", str(runner.deployment.directory), "health", *words])
        return result.exit_code, result.output

    assert health() == (0, "healthy\n")
    assert health("worker")[0] == 1
    alive.sign("worker")
    assert health("worker") == (0, "healthy\n")
    [sign] = tmp_path.rglob("worker.sign")
    os.utime(sign, (1, 1))
    assert health("worker")[0] == 1
    monkeypatch.setenv("LEAFNOTES_BROKER_URL", "redis://127.0.0.1:1")
    assert "Redis" in health()[1]


def rules() -> list[dict[str, Any]]:
    return [rule for group in yaml.safe_load(ALERTS.read_text())["groups"] for rule in group["rules"]]


def test_alerts_ask_for_figures_that_exist_and_one_of_them_wakes_somebody_up(runner: Engine) -> None:
    exist = {name.partition("{")[0] for name in read(runner)}

    asked = {name for rule in rules() for name in re.findall(r"leafnotes_[a-z_]+", rule["expr"])}

    assert asked <= exist
    pages = [rule for rule in rules() if rule["labels"]["severity"] == "page"]
    assert [rule["alert"] for rule in pages] == ["LeafnotesDigestDueAndNotSent"]


def test_every_alert_has_its_page_in_the_runbook() -> None:
    headings = re.findall(r"^#+ (.*)$", DOCUMENT.read_text(), re.MULTILINE)
    anchors = {f"docs/operations.md#{re.sub(r'[^a-z0-9 -]', '', line.lower()).replace(' ', '-')}" for line in headings}

    assert [rule["alert"] for rule in rules() if rule["annotations"]["runbook"] not in anchors] == []


def test_every_figure_is_documented(runner: Engine) -> None:
    text = DOCUMENT.read_text()

    assert [name for name in {one.name for one in figures(runner.deployment)} if f"`{name}`" not in text] == []
