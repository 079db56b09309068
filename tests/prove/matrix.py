"""`python -m tests.prove.matrix`: the forty rows of the fault matrix, each with its invariants and how it is shown.

    python -m tests.prove.matrix --list             the whole table, as it stands in RELIABILITY.md
    python -m tests.prove.matrix 10 11              these rows
    python -m tests.prove.matrix                    every row: scenarios and the named tests
    ... --times 5      fewer or more repeats of each scenario     --seed S     replays its orders
    python -m tests.prove.matrix 40 --minutes 480   the random walk over all that disturbs a deployment

A row is shown by a scenario here (`disturbed.py`: whole deployments of real processes; `scenarios.py`: one engine or
one command), by tests that stand elsewhere, or it says why this machine does not show it.
"""

import argparse
import ast
import random
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import gettempdir

from tests.prove import scenarios
from tests.prove.disturbed import FAULTS, disturb
from tests.prove.fleet import ROOT, Template
from tests.prove.run import Plan
from tests.prove.scenarios import NotHere, Shown

Scenario = Callable[[int, random.Random], Shown]


@dataclass(frozen=True, slots=True)
class Row:
    number: int
    fault: str
    holds: str
    """The invariants, as in facts/reliability.md 2.2."""
    tests: tuple[str, ...] = ()
    """`path::test`, below the folder of the tests."""
    scenarios: tuple[Scenario, ...] = ()
    times: int = 10
    """Repeats of its scenario, or disturbances of the deployment, where no other number is asked for."""
    kills: str = ""
    """Where the harness that kills shows it."""
    not_here: str = ""
    """What of it this machine, or this harness, does not show, and why."""

    @property
    def disturbs(self) -> bool:
        return self.number in FAULTS

    @property
    def shown(self) -> str:
        ways = ["a whole deployment, disturbed"] if self.disturbs else []
        ways += [f"scenario `{one.__name__}`" for one in self.scenarios]
        ways += [f"`{name}`" for name in self.tests]
        ways += [self.kills] if self.kills else []
        ways += [f"not here: {self.not_here}"] if self.not_here else []
        return "; ".join(ways)


def _t(path: str, *names: str) -> tuple[str, ...]:
    return tuple(f"{path}.py::{name}" for name in names)


KIT = "connectors/test_kit"
HTTP, SMTP, WORK = "connectors/test_http", "connectors/test_smtp", "store/test_work"
INGEST, PERIODS, MAILING = "store/test_ingest", "pipeline/test_periods", "pipeline/test_mailing"
KEPT = _t(KIT, "test_the_contract_is_kept")
"""K1 to K16, for every connector."""

ROWS: tuple[Row, ...] = (
    Row(
        1, "kill -9 at every named step", "I1-I6",
        _t("prove/test_prove", "test_a_few_kills_break_nothing_and_every_step_is_reached"),
        kills="`python -m tests.prove`: every step, both sides of each commit, both databases",
    ),
    Row(
        2, "random kill -9 of worker, beat, web under load", "I1-I6, I11",
        _t("workers/test_faults",
           "test_two_workers_and_two_beats_under_kill_and_flushall_end_as_one_undisturbed_process")
        + _t("workers/test_pull_crash", "test_a_pull_killed_at_random_moments_ends_with_the_same_rows"),
        kills="`python -m tests.prove`: one kill in seven is at any moment",
    ),
    Row(
        3, "a child of the pool ends by the OOM killer, a segfault, `os._exit`, or has no memory", "I1, I6",
        _t(WORK, "test_a_row_that_kills_its_workers_is_set_aside_with_a_reason")
        + _t("workers/test_engine", "test_an_issue_that_kills_the_classifier_is_set_aside_and_the_rest_is_classified"),
        not_here="a hang beyond the time limit of a task (11 minutes); the limit itself is Celery's",
    ),
    Row(
        4, "SIGTERM while it works; a supervisor without patience", "I1, I5",
        _t("workers/test_running", "test_sources_that_hang_delay_no_mail_and_are_given_back_when_the_worker_stops",
           "test_run_ends_between_two_steps_and_gives_back_what_hangs", "test_beat_and_web_end_at_once"),
    ),
    Row(
        5, "SIGSTOP beyond the lease, then SIGCONT", "I2, I5",
        _t(WORK, "test_a_row_whose_lease_ran_out_is_due_again_and_the_late_one_is_fenced_off"),
    ),
    Row(
        6, "one source gives 100,000 issues", "RSS cap, I11",
        _t("workers/test_engine", "test_a_long_pull_lets_the_others_go_first_and_loses_nothing"),
        scenarios=(scenarios.many_issues,), times=100,
    ),
    Row(
        7, "Redis killed and back empty; `FLUSHALL`", "all",
        _t("workers/test_processes", "test_a_worker_goes_on_after_redis_was_away"), times=20,
        kills="`python -m tests.prove`: before every tenth kill",
    ),
    Row(
        8, "Redis down, frozen, half-open, reset in BRPOP, its reply lost after LPUSH", "I1, I6, I11",
        _t("workers/test_limits", "test_without_redis_each_process_still_keeps_what_it_was_told")
        + _t("workers/test_running", "test_a_worker_that_goes_deaf_says_so_and_ends",
             "test_a_worker_whose_broker_is_frozen_waits_for_it"), times=12,
    ),
    Row(
        9, "Redis out of memory, evicting, or a read-only replica", "refused, or I11",
        _t("workers/test_processes", "test_a_worker_refuses_a_redis_that_would_evict_the_queue",
           "test_a_replica_is_no_broker"), times=6,
    ),
    Row(10, "PostgreSQL is shut down at once, in any transaction, and comes back", "all", times=20),
    Row(11, "the answer to a COMMIT is lost", "I2, I4", times=30),
    Row(
        12, "deadlock, lock timeout, sessions terminated, no connection left", "I1, I11",
        _t("store/test_objections", "test_what_is_said_twice_or_by_two_at_once_is_kept_once"), times=12,
        not_here="serialisation failures: no transaction asks for more than READ COMMITTED",
    ),
    Row(
        13, "SQLite locked by another program, two processes on one file", "I1", times=12,
        kills="`python -m tests.prove --database sqlite`",
    ),
    Row(
        14, "disk full, read-only, fsync fails (SQLite)", "I1, I3, I6",
        _t("workers/test_outage", "test_run_goes_on_once_its_database_can_be_used_again"),
        scenarios=(scenarios.full_disk,), times=3,
        not_here="PostgreSQL's own disk: it ends and comes back, which is row 10",
    ),
    Row(
        15, "the database is restored from a backup of the day before", "I3, I4, I5",
        _t("workers/test_restored", "test_a_database_of_the_day_before_sends_nothing_again_and_says_so",
           "test_nothing_is_sent_while_the_log_cannot_be_read"),
    ),
    Row(
        16, "429 with, without or with an absurd Retry-After; 5xx, 401, 403, 404, 410", "I3, I6",
        KEPT
        + _t(HTTP, "test_a_bad_gateway_is_asked_again",
             "test_a_long_wait_is_handed_to_the_caller_and_kept_by_the_limiter",
             "test_a_limit_that_does_not_end_is_given_up", "test_a_refused_credential_says_what_to_do")
        + _t("connectors/test_limits", "test_what_a_refusal_asks_to_wait",
             "test_each_refusal_without_a_time_doubles_the_wait")
        + _t("workers/test_hostile_sources", "test_the_limited_one_is_asked_again_only_when_it_said"),
    ),
    Row(
        17, "connect timeout, a byte a second, TLS fails, reset and end after byte n", "I3, bounded time",
        _t(HTTP, "test_a_server_that_does_not_answer_in_time_is_told",
           "test_an_answer_that_is_not_whole_is_asked_for_again_and_then_told",
           "test_certificates_that_are_not_there_are_named"),
        scenarios=(scenarios.cut_answers, scenarios.slow_answer), times=12,
    ),
    Row(
        18, "truncated JSON, an HTML page, bombs, NaN, lone surrogates, NUL", "I1 for siblings",
        KEPT
        + _t(KIT, "test_ten_thousand_spoilt_items_are_set_aside_with_a_reason_or_understood")
        + _t(HTTP, "test_a_gzip_bomb_is_stopped_by_its_size", "test_layers_of_compression_are_refused")
        + _t(INGEST, "test_what_no_table_can_hold_is_set_aside_and_stops_nobody"),
    ),
    Row(
        19, "fields gone, null, renamed, of another type", "set aside, and told",
        KEPT
        + _t(INGEST, "test_a_bad_item_is_set_aside_with_its_reason_and_its_neighbours_are_stored")
        + _t("workers/test_hostile_sources", "test_a_source_that_gives_nothing_any_more_is_named_in_status"),
    ),
    Row(
        20, "pages repeat, move, loop, lie; tokens expire", "I1, I2",
        KEPT
        + _t("connectors/test_github", "test_an_issue_that_is_edited_between_two_pages_hides_no_other",
             "test_a_next_link_that_repeats_is_told_and_not_followed_for_ever"),
    ),
    Row(
        21, "an item becomes visible late, or only in a census", "I1",
        KEPT
        + _t("connectors/test_github", "test_a_change_that_became_visible_late_is_found")
        + _t("workers/test_census", "test_deleted_and_transferred_issues_are_told_apart"),
        kills="`python -m tests.prove`: a share of all changes is late",
    ),
    Row(
        22, "thousands with one timestamp; minutes only; zones; summer time ends at the source", "I1, I3",
        KEPT
        + _t("connectors/test_github", "test_more_changes_in_one_second_than_fit_on_a_page_lose_nothing",
             "test_the_second_after_a_crowded_one_is_read_too"),
    ),
    Row(
        23, "the host's clock jumps by minutes to a day, back and ahead", "I3, I4",
        KEPT + _t(WORK, "test_the_clock_is_the_databases_own")
        + _t("connectors/test_limits", "test_a_wait_is_counted_on_the_clock_of_the_server"),
    ),
    Row(
        24, "deleted, moved, re-opened, merged, restricted", "I2, I12",
        KEPT
        + _t(INGEST, "test_closing_and_reopening_become_history_at_the_sources_time",
             "test_moving_to_another_project_is_history_and_asks_for_a_new_route",
             "test_a_replay_brings_nothing_back_that_was_deleted")
        + _t("workers/test_engine", "test_what_became_private_after_composing_is_taken_out_before_sending"),
    ),
    Row(
        25, "webhooks twice, out of order, late, forged, never", "I1, I2, I6",
        KEPT
        + _t("workers/test_webhooks", "test_a_genuine_delivery_asks_for_a_pull_and_the_same_one_again_does_not",
             "test_what_is_not_genuine_is_refused_and_asks_for_nothing",
             "test_any_mix_of_deliveries_ends_in_the_same_rows_as_polling_alone"),
    ),
    Row(
        26, "a connector raises, hangs, gives rubbish, prints secrets", "others unaffected, I10",
        _t("workers/test_hostile_sources", "test_the_healthy_source_is_read_and_the_digests_go_out_at_once",
           "test_status_names_each_trouble_with_its_remedy_in_one_line")
        + _t("connectors/test_kit_traps", "test_the_trap_is_found")
        + _t(HTTP, "test_a_secret_that_the_server_repeats_is_not_repeated_by_us"),
    ),
    Row(
        27, "nobody looks for an hour, a day, three weeks", "I4",
        _t("workers/test_engine", "test_after_three_weeks_down_one_digest_is_sent_and_the_others_are_shown_as_skipped")
        + _t("workers/test_calendar", "test_who_was_not_due_yet_when_the_system_went_down_has_a_row_that_says_so"),
        scenarios=(scenarios.outages,), times=40,
    ),
    Row(
        28, "a beat begins without any memory after the hour", "I4", scenarios=(scenarios.outages,), times=20,
        kills="no beat has a memory: its schedule file is only a metronome's, and what is due is asked of the database",
    ),
    Row(
        29, "twenty beats beside the workers' own tickers", "I4, I5",
        _t("workers/test_delivery", "test_a_digest_is_delivered_once_however_often_it_is_asked_for"), times=10,
    ),
    Row(
        30, "every zone, every change of its clocks", "I4",
        _t(PERIODS, "test_every_moment_lies_in_exactly_its_own_week",
           "test_a_due_moment_is_the_wished_wall_time_or_as_near_as_the_zone_allows",
           "test_a_wall_time_that_clocks_skip_becomes_the_first_moment_after_the_gap",
           "test_a_wall_time_that_happens_twice_is_its_first_occurrence"),
    ),
    Row(
        31, "a leader moves, joins, leaves; one mailbox for two; weeks 52, 53 and 1", "I4",
        _t(PERIODS, "test_a_year_with_53_weeks_goes_on_with_week_1")
        + _t("workers/test_calendar",
             "test_a_leader_whose_sunday_evening_comes_after_the_next_week_began_still_gets_every_week",
             "test_an_address_that_is_added_later_lets_the_digest_go")
        + _t("workers/test_org_charts", "test_a_week_is_told_by_the_chart_of_its_end")
        + _t("pipeline/test_org", "test_two_leaders_with_one_mailbox_are_a_note"),
    ),
    Row(
        32, "refusals at each step of SMTP", "I5, I6",
        _t(SMTP, "test_a_4xx_reply_defers_the_mail", "test_a_5xx_reply_rejects_the_mail",
           "test_a_failed_starttls_keeps_the_mail_and_never_falls_back", "test_nothing_listening_defers_the_mail"),
    ),
    Row(
        33, "hang, close, reset after the dot; the mail kept or not", "I5",
        _t(SMTP, "test_without_a_clear_answer_to_the_final_dot_the_outcome_is_unknown")
        + _t("workers/test_delivery", "test_a_broken_answer_is_followed_by_one_identical_copy_and_an_alarm",
             "test_twice_unsure_is_given_up_and_never_tried_a_third_time")
        + _t(MAILING, "test_whatever_a_server_does_at_most_two_copies_leave_and_every_mail_ends"),
        kills="row 35, and one mail in twelve of `python -m tests.prove`",
    ),
    Row(
        34, "some recipients refused; greylisting", "I5, I6",
        _t(SMTP, "test_one_connection_carries_many_mails_past_a_refused_one")
        + _t(MAILING, "test_greylisting_is_quiet_and_a_longer_delay_is_not")
        + _t("workers/test_delivery", "test_a_deferred_mail_is_tried_again_with_the_same_bytes"),
    ),
    Row(
        35, "the mail server away, for moments and for three days; bounces", "I6",
        _t(MAILING, "test_a_mail_that_is_always_put_off_is_tried_last_at_72_hours_and_then_given_up")
        + _t("workers/test_returned",
             "test_a_bounced_leader_is_unheard_operators_see_it_and_the_leader_above_is_told_once"),
        times=12,
    ),
    Row(
        36, "death between the server's 250 and our commit", "I5",
        _t("workers/test_delivery", "test_a_worker_that_dies_after_handing_over_costs_at_most_one_identical_copy"),
        times=8,
    ),
    Row(
        37, "two versions at once; unknown kinds and payloads", "I1",
        _t(WORK, "test_a_row_of_a_newer_version_is_left_alone", "test_a_row_of_an_unknown_kind_is_left_alone"),
        not_here="two installed versions: no release stands beside this one yet",
    ),
    Row(
        38, "the migration dies in the middle", "I1, I11",
        _t("store/test_schema", "test_migrating_twice_is_harmless")
        + _t("workers/test_processes", "test_a_worker_refuses_a_database_that_was_not_migrated"),
        scenarios=(scenarios.migration_dies,), times=10,
    ),
    Row(
        39, "wrong configuration", "refused in one clear line",
        _t("workers/test_processes", "test_a_worker_refuses_a_guessable_secret_key",
           "test_a_worker_refuses_a_redis_that_would_evict_the_queue")
        + _t("config/test_environment", "test_a_public_url_is_https_or_on_this_machine"),
        scenarios=(scenarios.wrong_configurations,), times=len(scenarios.WRONG),
        not_here="two environments with one Redis: harmless by construction, a message is only the number of a row",
    ),
    Row(40, "a random walk over all that disturbs a deployment", "I1-I11", times=20),
)  # fmt: skip


def missing(rows: tuple[Row, ...] = ROWS) -> list[str]:
    """Named tests that do not exist."""
    return [name for row in rows for name in row.tests if name.partition("::")[2] not in _tests_of(name)]


def _tests_of(name: str) -> set[str]:
    path = ROOT / "tests" / name.partition("::")[0]
    if not path.exists():
        return set()
    tree = ast.parse(path.read_text("utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.prove.matrix", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("rows", nargs="*", type=int, metavar="ROW", help="1 to 40; none: all of them")
    parser.add_argument("--list", action="store_true", help="print the table, and run nothing")
    parser.add_argument("--times", type=int, default=0, metavar="N", help="repeats of each scenario")
    parser.add_argument(
        "--minutes", type=float, default=0, help="of the disturbances of a deployment, in place of times"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-tests", action="store_true", help="only scenarios: the named tests are of the suite")
    parser.add_argument("--keep", action="store_true", help="leave ledgers, logs and databases behind")
    given = parser.parse_args()
    if unknown := set(given.rows) - {row.number for row in ROWS}:
        parser.error(f"no row {', '.join(map(str, sorted(unknown)))}: there are 1 to 40")
    rows = tuple(row for row in ROWS if not given.rows or row.number in given.rows)
    if given.list:
        _list(rows)
        return 0
    failed = [f"{name}: there is no such test" for name in missing(rows)]
    template: Template | None = None
    try:
        for row in rows:
            if row.disturbs and template is None:
                template = Template(Path(gettempdir()) / "leafnotes-matrix-template.log")
            failed += _run(row, given, template)
    finally:
        if template is not None:
            template.end()
    if not given.no_tests:
        failed += _suite(rows)
    for line in failed:
        _say(f"VIOLATION {line}")
    _say(f"{len(rows)} rows, {len(failed)} violations")
    return 1 if failed else 0


def _list(rows: tuple[Row, ...]) -> None:
    _say("| # | Fault | Holds | Shown by |")
    _say("|---|---|---|---|")
    for row in rows:
        _say(f"| {row.number} | {row.fault} | {row.holds} | {row.shown} |")


def _run(row: Row, given: argparse.Namespace, template: Template | None) -> list[str]:
    failed: list[str] = []
    for scenario in row.scenarios:
        began = time.monotonic()
        try:
            shown = scenario(given.times or row.times, random.Random(f"{given.seed} {row.number}"))
        except NotHere as why:
            _say(f"row {row.number:2} {scenario.__name__}: not on this machine: {why}")
            continue
        told = f"{shown.repeats} times, {shown.figures}, {time.monotonic() - began:.0f} s"
        _say(f"row {row.number:2} {scenario.__name__}: {told}; {len(shown.violations)} violations")
        failed += [f"row {row.number}: {one}" for one in shown.violations]
    if row.disturbs:
        failed += _disturb(row, given, template)
    return failed


def _disturb(row: Row, given: argparse.Namespace, template: Template | None) -> list[str]:
    fault = FAULTS[row.number]
    times = 0 if given.minutes else given.times or row.times
    week = min(fault.week, times) if times else fault.week
    plan = Plan(
        database=fault.database,
        kills=times,
        minutes=given.minutes or 10,
        seed=given.seed,
        week=week,
        keep=given.keep,
    )
    report = disturb(fault, plan, _say if given.keep or given.minutes else lambda _line: None, template)
    outcome = report.outcome
    longest = {name: f"{max(took):.1f} s" for name, took in report.seconds.items()}
    if report.ended:
        longest["processes that ended and were started again"] = str(report.ended)
    _say(
        f"row {row.number:2} {outcome.killed} disturbances ({_counted(outcome.kills)}), at most {longest or '-'}, "
        f"{outcome.weeks} weeks, longest heal {outcome.figures.get('longest heal', 0)} s, {outcome.seconds:.0f} s; "
        f"{len(outcome.violations)} violations"
    )
    asked = f"--times {times}" if times else f"--minutes {given.minutes:g}"
    again = f"again: python -m tests.prove.matrix {row.number} {asked} --seed {given.seed}"
    return [f"row {row.number}: {one}\n{again}" for one in outcome.violations]


def _counted(kills: dict[str, int]) -> str:
    return ", ".join(f"{count} {what}" for what, count in sorted(kills.items()))


def _suite(rows: tuple[Row, ...]) -> list[str]:
    """The named tests, all in one run of pytest."""
    names = sorted({name for row in rows for name in row.tests if not name.startswith("prove/")})
    if not names:
        return []
    command = [sys.executable, "-m", "pytest", "-q", "-n0", "--no-header", *(f"tests/{name}" for name in names)]
    code = subprocess.run(command, cwd=ROOT).returncode
    return [f"the named tests ended with {code}"] if code else []


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
