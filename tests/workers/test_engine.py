"""The engine in one process: what is due, what waits for what, and what a second run changes."""

from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline import grouping, steps
from pipeline.store import corrections, db, digests, issues, registry, sources, work
from tests.workers import small
from tests.workers.snapshot import snapshot
from workers.engine import KINDS, MOMENT, Engine
from workers.wiring import Deployment


def counts(runner: Engine, week: str = small.WEEK) -> dict[str, int]:
    with db.transaction(runner.deployment.database) as session:
        return digests.counts(session, week)


def text_of(directory: Path, leader: str, week: str = small.WEEK) -> str:
    return (directory / "digests" / week / f"{leader}.txt").read_text()


def test_another_organisation_with_other_words_gets_its_digests(tmp_path: Path) -> None:
    directory = small.organisation(tmp_path / "rosta", small.subscribers())

    with small.opened(directory) as runner:
        runner.run_once()

        assert counts(runner) == {"composed": 2, "mail:accepted": 2}
    assert "stale" in text_of(directory, "kit")
    assert "6 customers" in text_of(directory, "kit")
    assert "stale" in text_of(directory, "noor")


def test_a_second_run_changes_nothing(tmp_path: Path) -> None:
    directory = small.organisation(tmp_path / "rosta", small.subscribers())
    with small.opened(directory) as runner:
        runner.run_once()
        before = snapshot(runner.deployment.database)

        runner.run_once()

        assert snapshot(runner.deployment.database) == before


def test_nothing_is_composed_before_a_leader_is_due(tmp_path: Path) -> None:
    directory = small.organisation(tmp_path / "rosta", small.subscribers())

    with small.opened(directory, at="2026-03-09T08:59:00+01:00") as runner:
        runner.run_once()

        assert counts(runner) == {}


def test_a_source_that_cannot_be_read_is_said_in_the_digest_and_stops_nothing(tmp_path: Path) -> None:
    directory = small.organisation(tmp_path / "rosta", small.subscribers())
    with (directory / "sources.yaml").open("a") as file:
        file.write("- {name: lost, kind: file, path: nowhere.jsonl}\n")

    with small.opened(directory) as runner:
        runner.run_once()

        assert counts(runner) == {"composed": 2, "mail:accepted": 2}
        with db.transaction(runner.deployment.database) as session:
            assert sources.state(session, "lost").failures == 1
    assert "WARNING" in text_of(directory, "noor")
    assert "lost" in text_of(directory, "noor")


def test_private_issues_are_in_no_digest_and_no_count(tmp_path: Path) -> None:
    title = "Stale beans made a guest ill, our lawyer is involved"
    secret = small.ticket(90, title, labels=["beans", "hush"], author="x")
    directory = small.organisation(tmp_path / "rosta", [*small.subscribers(), secret])

    with small.opened(directory) as runner:
        runner.run_once()

    assert "lawyer" not in text_of(directory, "kit")
    assert "6 issues in your scope" in text_of(directory, "kit")


def test_what_became_private_after_composing_is_taken_out_before_sending(tmp_path: Path) -> None:
    tickets = small.subscribers(7)
    directory = small.organisation(tmp_path / "rosta", tickets)
    with small.opened(directory) as runner:
        runner.tick()
        _drain_all_but(runner, "deliver")
        tickets[0] |= {"labels": ["beans", "hush"], "updated_at": "2026-03-09T11:00:00+01:00"}
        small.write(directory, tickets)
        with runner.transaction() as session:
            work.request(session, "pull", "desk")

        _drain_all_but(runner, "deliver")
        runner.drain()

        with db.transaction(runner.deployment.database) as session:
            row = digests.digest(session, "kit", small.WEEK)
        assert row is not None
        assert row.version == 2
    assert "6 customers" in text_of(directory, "kit")


def _drain_all_but(runner: Engine, kind: str) -> None:
    """Everything that is due, except one kind of work."""
    small.perform(runner, [k for k in KINDS if k != kind])


def test_a_persons_label_wins_over_the_model_in_everything_that_follows(tmp_path: Path) -> None:
    directory = small.organisation(tmp_path / "rosta", small.subscribers())
    with small.opened(directory) as runner:
        runner.tick()
        _drain_all_but(runner, "close")
        with runner.transaction() as session:
            corrections.correct(session, ("desk", "1"), "none", "kit", runner.deployment.now())
            work.request(session, "assign", "all")

        runner.run_once()

        with db.transaction(runner.deployment.database) as session:
            stored = next(issues.read(session, only=("desk", "1")))
        assert stored.verdict is not None
        assert (stored.verdict.side, stored.verdict.model) == ("none", "person:kit")
    assert "5 customers" in text_of(directory, "kit")


def test_a_changed_org_chart_routes_stored_issues_anew(tmp_path: Path) -> None:
    directory = small.organisation(tmp_path / "rosta", small.subscribers())
    with small.opened(directory, at="2026-03-05T12:00:00+01:00") as runner:
        runner.run_once()
    chart = (directory / "org.yaml").read_text()
    chart = chart.replace("label: beans", "label: cups").replace("label: parcels", "label: beans")
    (directory / "org.yaml").write_text(chart)

    with small.opened(directory, at="2026-03-05T12:00:00+01:00") as runner:
        runner.run_once()

        with db.transaction(runner.deployment.database) as session:
            assert {stored.leaf for stored in issues.read(session)} == {"delivery"}


def test_after_three_weeks_down_one_digest_is_sent_and_the_others_are_shown_as_skipped(tmp_path: Path) -> None:
    directory = small.organisation(tmp_path / "rosta", small.subscribers())
    with small.opened(directory) as runner:
        runner.run_once()

    with small.opened(directory, at="2026-03-30T12:00:00+02:00") as runner:
        runner.run_once()

        assert counts(runner, "2026-W11") == {"skipped": 2}
        assert counts(runner, "2026-W12") == {"skipped": 2}
        assert counts(runner, "2026-W13") == {"composed": 2, "mail:accepted": 2}
    told = " ".join((directory / "digests" / "2026-W13" / "kit.txt").read_text().split())
    assert "of 2 weeks were not sent to you" in told

    with small.opened(directory, at="2026-04-06T12:00:00+02:00") as runner:
        runner.run_once()
    assert "not sent to you" not in (directory / "digests" / "2026-W14" / "kit.txt").read_text()


def test_the_order_of_the_file_changes_no_row_and_no_byte(tmp_path: Path) -> None:
    tickets = [*small.subscribers(6), *small.subscribers(6, first=20, day=1)]
    made = []
    for name, order in (("forwards", tickets), ("backwards", tickets[::-1])):
        directory = small.organisation(tmp_path / name, order, page=2)
        with small.opened(directory) as runner:
            runner.run_once()
            made.append(snapshot(runner.deployment.database) | {"cursors": None})

    assert made[0] == made[1]


def test_a_late_issue_of_a_closed_week_joins_its_pain_and_moves_nothing(tmp_path: Path) -> None:
    tickets = small.subscribers(5)
    directory = small.organisation(tmp_path / "rosta", tickets)
    with small.opened(directory) as runner:
        runner.run_once()
        before = snapshot(runner.deployment.database)
        small.write(directory, [*tickets, *small.subscribers(1, first=50)])
        with runner.transaction() as session:
            work.request(session, "pull", "desk")

        runner.drain()

        after = snapshot(runner.deployment.database)
    assert after["digests"] == before["digests"]
    assert set(before["members"]) < set(after["members"])
    assert len(after["pains"]) == len(before["pains"])


def test_replaying_the_archive_gives_the_same_issues(tmp_path: Path) -> None:
    directory = small.organisation(tmp_path / "rosta", small.subscribers(), page=2)
    with small.opened(directory) as runner:
        runner.run_once()
        before = snapshot(runner.deployment.database)

        total = runner.replay("desk")

        assert (total.read, total.changed) == (6, 0)
        assert snapshot(runner.deployment.database) == before


@pytest.mark.parametrize("pages", range(1, 8))
def test_a_replay_that_is_broken_off_leaves_everything_as_it_was_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pages: int
) -> None:
    """Exports without times of change: each version of an issue is as old as the others."""
    first = [{k: v for k, v in told.items() if k != "updated_at"} for told in small.subscribers()]
    last = [{**told, "labels": ["beans", "hush"], "state": "closed"} for told in first]
    directory = small.organisation(tmp_path / "rosta", first, page=2)
    with small.opened(directory) as runner:
        runner.run_once()
        small.write(directory, last)
        runner.pull_now(["desk"])
        runner.drain()
        before = snapshot(runner.deployment.database)
        ingest, times = steps.ingest, 0

        def broken_off(*given: Any, **more: Any) -> Any:
            nonlocal times
            times += 1
            if times > pages:
                raise KeyboardInterrupt
            return ingest(*given, **more)

        monkeypatch.setattr(steps, "ingest", broken_off)
        with suppress(KeyboardInterrupt):
            runner.replay("desk")

        assert times == min(pages + 1, 6)
        assert snapshot(runner.deployment.database) == before
        assert [e for e in before["events"] if "reopened" in str(e)] == []


def test_what_a_newer_page_tells_of_is_not_set_aside_for_an_older_one(tmp_path: Path) -> None:
    good, bad = small.subscribers(2), {**small.subscribers(2)[1], "created_at": "soon"}
    directory = small.organisation(tmp_path / "rosta", [good[0], bad])
    with small.opened(directory) as runner:
        runner.run_once()
        small.write(directory, good)
        runner.pull_now(["desk"])
        runner.drain()
        before = snapshot(runner.deployment.database)

        total = runner.replay("desk")

        assert total.set_aside == 0
        assert snapshot(runner.deployment.database) == before


def test_an_issue_that_kills_the_classifier_is_set_aside_and_the_rest_is_classified(tmp_path: Path) -> None:
    class Fragile:
        def classify(self, texts):  # type: ignore[no-untyped-def]
            if any("poison" in text.title for text in texts):
                raise MemoryError("this text kills")
            return Deployment.read(directory).classifier.classify(texts)

    tickets = [*small.subscribers(), small.ticket(99, "poison", labels=["beans"])]
    directory = small.organisation(tmp_path / "rosta", tickets)
    with small.opened(directory) as runner:
        runner.deployment.__dict__["classifier"] = Fragile()
        runner.tick()
        from datetime import timedelta

        runner.drain(patience=timedelta(seconds=40))

        with db.transaction(runner.deployment.database) as session:
            verdicts = {stored.issue.title: stored.verdict for stored in issues.read(session)}
            pains = registry.current(session)
    poisoned = verdicts.pop("poison")
    assert poisoned is not None
    assert poisoned.abstained
    assert all(verdict is not None and verdict.side == "customer" for verdict in verdicts.values())
    assert len(pains) == 1


def test_a_long_pull_lets_the_others_go_first_and_loses_nothing(tmp_path: Path) -> None:
    directory = small.organisation(tmp_path / "rosta", small.subscribers(6), page=1)
    with (directory / "sources.yaml").open("a") as file:
        file.write("- {name: short, kind: file, path: short.jsonl}\n")
    (directory / "short.jsonl").write_text((directory / "desk.jsonl").read_text())
    order: list[str] = []
    with small.opened(directory) as runner:
        runner.turn = 0
        runner.say = order.append
        runner.run_once()

        assert counts(runner) == {"composed": 2, "mail:accepted": 2}
        with db.transaction(runner.deployment.database) as session:
            assert issues.count_of(session, "desk") == 6
    began = [line for line in order if line.startswith("pull ")]
    assert began.count("pull desk") > 3
    assert began.index("pull short") < len(began) - 1


def test_a_source_that_is_never_done_does_not_keep_the_digests_for_ever(tmp_path: Path) -> None:
    directory = small.organisation(tmp_path / "rosta", small.subscribers())
    with small.opened(directory) as runner:
        runner.run_once()
    with (directory / "sources.yaml").open("a") as file:
        file.write("- {name: endless, kind: file, path: nowhere.jsonl}\n")
    for moment, expected in (
        ("2026-03-16T12:00:00+01:00", {}),
        ("2026-03-16T19:00:00+01:00", {"composed", "mail:accepted"}),
    ):
        with small.opened(directory, at=moment) as runner:
            runner.tick()
            with db.transaction(runner.deployment.database) as session:
                row = work.request(session, "pull", "endless")
                held = work.claim(session, row, ["pull"], timedelta(hours=30))
                assert held is not None
            runner.drain()
            assert set(counts(runner, "2026-W11")) >= set(expected)
            if not expected:
                assert "composed" not in counts(runner, "2026-W11")
            with db.transaction(runner.deployment.database) as session:
                work.release(session, "pull", "endless")


def test_a_severity_that_the_source_says_wins_over_the_text(tmp_path: Path) -> None:
    tickets = [dict(t, priority="P1") for t in small.subscribers(1)] + small.subscribers(1, first=20)
    directory = small.organisation(tmp_path / "rosta", tickets, tags={"severity-8": ["p1"], "severity-2": ["p1"]})
    with small.opened(directory) as runner:
        runner.run_once()
        with db.transaction(runner.deployment.database) as session:
            said = {one.issue.external_id: one.verdict for one in issues.read(session)}

    tagged, judged = said["1"], said["20"]
    assert tagged is not None
    assert judged is not None
    assert tagged.severity == 8
    assert tagged.because[-1] == "severity 8: a tag of its source"
    assert judged.severity < 8


@pytest.mark.parametrize(
    ("body", "signal"),
    [
        (
            "### Issue type\n\nSecurity vulnerability\n\n### What happens\n\nStale beans in the parcel again.",
            "security",
        ),
        (
            "Stale beans in the parcel again.\n```\nGET /beans?id=1 OR 1=1\nthis is an SQL injection\nx = 1\n```",
            "security",
        ),
    ],
)
def test_what_withholds_an_issue_is_looked_for_in_its_forms_and_code_too(
    tmp_path: Path, body: str, signal: str
) -> None:
    tickets = small.subscribers(7)
    tickets[0] |= {"body": body, "title": "Stale beans"}
    directory = small.organisation(tmp_path / "rosta", tickets)
    with small.opened(directory) as runner:
        runner.run_once()

        with db.transaction(runner.deployment.database) as session:
            stored = next(issues.read(session, only=("desk", "1")))
    assert stored.verdict is not None
    assert signal in {one.name for one in stored.verdict.signals}
    assert stored.verdict.severity == 8
    assert [reason.partition(":")[0] for reason in stored.verdict.because if reason.startswith("severity ")] == [
        "severity 8"
    ]
    assert "6 customers" in text_of(directory, "kit")


def test_a_week_that_is_closed_assigns_its_issues_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    directory = small.organisation(tmp_path / "rosta", small.subscribers())
    grouped: list[int] = []
    group = steps.group
    for module in (steps, grouping):
        monkeypatch.setattr(module, "group", lambda part, org: grouped.append(len(part.opened)) or group(part, org))

    with small.opened(directory) as runner:
        runner.run_once()

        assert counts(runner) == {"composed": 2, "mail:accepted": 2}
        with db.reading(runner.deployment.database) as session:
            assert work.outstanding(session, ["close", "assign"]) == 0
    assert grouped[0] > 0  # the close
    assert len(grouped) == 2  # and what is left after it


def test_issues_are_assigned_after_a_moment_though_nobody_closes_the_week(tmp_path: Path) -> None:
    directory = small.organisation(tmp_path / "rosta", small.subscribers())
    with small.opened(directory) as runner:
        runner.tick()
        _perform_all(runner, "pull")
        _perform_all(runner, "classify")  # and who would close the week is down

        _perform_all(runner, "assign")
        with db.transaction(runner.deployment.database) as session:
            assert registry.current(session) == {}
            assert registry.mark(session, "assign waits all") is not None
            earlier = db.now(session) - MOMENT
            registry.set_mark(session, "assign waits all", earlier.isoformat())
            work.hurry(session, "assign")
        _perform_all(runner, "assign")

        with db.reading(runner.deployment.database) as session:
            assert len(registry.current(session)) == 1
            assert work.outstanding(session, ["close"]) == 1


def test_the_last_batch_of_verdicts_wakes_the_close_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = small.organisation(tmp_path / "rosta", small.subscribers())
    with small.opened(directory) as runner:
        runner.tick()
        _perform_all(runner, "pull")
        with runner.transaction() as session:
            ids = issues.unclassified(session)
            work.cancel(session, ["classify"])
            for one in ids:
                steps.ask_for_verdicts(session, [one])
        left: list[int] = []
        monkeypatch.setattr(
            Engine, "_wake_close", lambda _, session: left.append(work.outstanding(session, ["classify"]))
        )
        _perform_all(runner, "classify")

        assert len(ids) > 1
        assert left == [0]


def _perform_all(runner: Engine, kind: str) -> None:
    with db.reading(runner.deployment.database) as session:
        rows = work.due(session, [kind])
    for row in rows:
        runner.perform(row)
