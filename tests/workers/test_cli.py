"""The command line as an operator meets it: what it prints, where it points, and how it ends."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest
import yaml
from click.testing import CliRunner, Result

from tests.workers import small
from tests.workers.conftest import KEY
from workers.cli import COMMANDS, main

Run = Callable[..., Result]


@pytest.fixture
def rosta(tmp_path: Path) -> Path:
    return small.organisation(tmp_path / "rosta", small.subscribers())


@pytest.fixture
def run(rosta: Path) -> Run:
    def invoke(*arguments: str, config: Path = rosta, as_of: str = small.DUE) -> Result:
        return CliRunner().invoke(main, ["--config", str(config), "--as-of", as_of, *arguments])

    return invoke


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example(name: str) -> None:
    result = CliRunner().invoke(main, [name, "--help"])

    assert result.exit_code == 0
    assert "Example" in result.output
    assert f"leafnotes {name}" in result.output or f" {name}" in result.output


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_all_says_what_each_says_first(name: str) -> None:
    command = main.get_command(click.Context(main), name)

    assert command is not None
    assert COMMANDS[name][1] == command.get_short_help_str(limit=80)


def python(code: str) -> str:
    """What a fresh Python prints."""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def test_help_imports_nothing_that_it_does_not_need() -> None:
    asked = "import sys; sys.argv = ['leafnotes', '--help']; from workers.cli import main\ntry: main()\nfinally: "
    told = python(f"{asked}print(sorted(sys.modules))")

    assert "status" in told
    assert not [name for name in ("sqlalchemy", "numpy", "requests", "structlog", "celery") if f"'{name}'" in told]


@pytest.mark.parametrize("heavy", ["numpy", "psycopg", "sqlalchemy.dialects.postgresql"])
def test_numpy_is_for_who_calculates_and_postgresql_for_who_keeps_something_there(heavy: str) -> None:
    modules = "workers.engine, workers.wiring, workers.cli.data, workers.cli.processes"

    assert python(f"import sys, {modules}; print({heavy!r} in sys.modules)").strip() == "False"


def test_what_a_command_imported_is_never_looked_through_for_garbage() -> None:
    asked = "import gc, sys; sys.argv = ['leafnotes', 'pull', '--help']; from workers.cli import main"
    shown = "print(gc.isenabled(), gc.get_freeze_count() > 100_000)"
    told = python(f"{asked}\ntry: main()\nfinally: {shown}")

    assert told.splitlines()[-1] == "True True"


def test_pull_says_what_it_did_and_a_second_one_finds_nothing_new(run: Run) -> None:
    assert "desk: 6 read, 6 new" in run("pull").output

    again = run("pull")

    assert again.exit_code == 0
    assert "0 new" in again.output


def test_a_failed_source_is_named_and_stops_no_other(run: Run, rosta: Path) -> None:
    with (rosta / "sources.yaml").open("a") as file:
        file.write("- {name: lost, kind: file, path: nowhere.jsonl}\n")

    result = run("pull")

    assert result.exit_code == 1
    assert "desk: 6 read" in result.output
    assert "lost: failed" in result.output
    assert "nowhere.jsonl" in result.output


def test_a_failure_is_said_once_and_its_reason_too(run: Run, rosta: Path) -> None:
    small.organisation(rosta, (), path="nowhere.jsonl")

    result = run("pull")

    assert result.exit_code == 1
    assert result.output.count("nowhere.jsonl") == 1


def test_pull_fails_where_nothing_could_be_understood_and_says_where_and_why(run: Run, rosta: Path) -> None:
    small.write(rosta, [{**ticket, "created_at": "17.09.2026 09:12"} for ticket in small.subscribers(3)])

    result = run("pull")

    assert result.exit_code == 1
    assert (
        "desk: could not understand any of 3 rows; first reason: desk.jsonl:1: `created_at` '17.09.2026"
        in result.output
    )
    assert 'add `date_format: "%d.%m.%Y %H:%M"` to this source; `leafnotes status` lists them' in result.output


def test_pull_goes_on_where_some_could_not_be_understood_and_names_the_first_of_now(run: Run, rosta: Path) -> None:
    good, bad = small.subscribers(3), [{"title": "Without a number"}]
    small.write(rosta, [*good[:1], *bad])
    first = run("pull")
    with (rosta / "desk.jsonl").open("a") as file:
        file.write("nonsense\n{}\n" + json.dumps(good[1]) + "\n")

    second = run("pull")
    third = run("pull")

    assert first.exit_code == second.exit_code == third.exit_code == 0
    assert "desk: 1 of 2 could not be understood: desk.jsonl:2: `external_id` is missing\n" in first.output
    assert "desk: 2 of 3 could not be understood: desk.jsonl:3: not JSON" in second.output
    assert ", and 1 more\n" in second.output
    assert "understood" not in third.output


def test_a_corrected_export_leaves_nothing_set_aside(run: Run, rosta: Path) -> None:
    small.write(rosta, [{**small.ticket(1, "Stale beans"), "created_at": "soon"}])
    run("pull")
    small.write(rosta, [small.ticket(1, "Stale beans")])

    run("pull")

    assert json.loads(run("status", "--json").output)["set_aside"] == {}


def test_an_export_that_is_gone_leaves_nothing_set_aside(run: Run, rosta: Path) -> None:
    small.organisation(rosta, small.subscribers(), path="*.jsonl")
    (rosta / "more.jsonl").write_text("broken\n")
    run("pull")
    before = json.loads(run("status", "--json").output)["set_aside"]
    (rosta / "more.jsonl").unlink()

    run("pull")

    assert (before, json.loads(run("status", "--json").output)["set_aside"]) == ({"desk": 1}, {})


def test_an_unknown_source_is_wrong_use_and_the_known_ones_are_named(run: Run) -> None:
    result = run("pull", "dusk")

    assert result.exit_code == 2
    assert "desk" in result.output


def test_issues_as_json_have_every_field_of_the_contract(run: Run) -> None:
    run("run", "--once")

    lines = [json.loads(line) for line in run("issues", "--json").output.splitlines()]

    assert len(lines) == 6
    assert set(lines[0]) >= {
        "schema", "source", "external_id", "url", "title", "body", "state", "kind", "author", "author_role", "account",
        "labels", "project", "component", "group", "priority", "created_at", "updated_at", "closed_at", "comments",
        "history", "leaf", "verdict",
    }  # fmt: skip
    assert set(lines[0]["verdict"]) == {
        "side", "pain", "kind", "severity", "confidence", "abstained", "signals", "because",
    }  # fmt: skip
    assert lines[0]["leaf"] == "roasting"


def test_issues_can_be_narrowed(run: Run) -> None:
    run("run", "--once")

    assert run("issues", "--leaf", "delivery").output == ""
    assert len(run("issues", "--since", "2026-03-02T10:04:00+01:00").output.splitlines()) == 3


@pytest.mark.parametrize(
    ("option", "name", "words"),
    [
        ("--leaf", "roastin", "Did you mean roasting? There are delivery, roasting, rosta"),
        ("--source", "dusk", "Did you mean desk?"),
        ("--pain", "p-none", "no pain is called 'p-none'. There are p-"),
    ],
)
def test_issues_of_something_that_is_not_there_are_wrong_use(run: Run, option: str, name: str, words: str) -> None:
    run("run", "--once")

    result = run("issues", option, name)

    assert result.exit_code == 2
    assert words in result.output


def test_issues_of_a_source_that_is_no_longer_configured_can_be_listed(run: Run, rosta: Path) -> None:
    run("pull")
    sources = (rosta / "sources.yaml").read_text()
    (rosta / "sources.yaml").write_text(sources.replace("name: desk", "name: till"))

    assert len(run("issues", "--source", "desk").output.splitlines()) == 6


def test_issues_that_a_person_should_look_at_and_those_without_an_owner(run: Run, rosta: Path) -> None:
    homeless = small.subscribers(2)
    vague = "Something went differently on Tuesday than we had thought it would."
    odd = {
        **small.ticket(30, "About the roast of last week", body=vague),
        "author": None,
        "author_role": "unknown",
        "labels": small.subscribers(1)[0]["labels"],
    }
    small.write(rosta, [*small.subscribers(4, first=10), *({**one, "labels": []} for one in homeless), odd])
    run("run", "--once")
    everything = [json.loads(line) for line in run("issues", "--json").output.splitlines()]

    unsure = [json.loads(line)["external_id"] for line in run("issues", "--unsure", "--json").output.splitlines()]
    unplaced = [json.loads(line)["external_id"] for line in run("issues", "--unplaced", "--json").output.splitlines()]

    assert unsure == [one["external_id"] for one in everything if one["verdict"]["abstained"]]
    assert 0 < len(unsure) < len(everything)
    assert unplaced == ["1", "2"]


def test_classify_answers_a_line_that_it_cannot_use_with_what_is_wrong_and_goes_on(tmp_path: Path) -> None:
    texts = tmp_path / "in.jsonl"
    rows: list[dict[str, object]] = [
        {"id": "a", "title": "The CI build is flaky", "author_role": "boss"},
        {"title": "Without an id"},
        {"id": "c", "title": "The export fails", "author_role": "customer"},
        {"id": "d", "title": "t", "labels": "bug"},
    ]
    texts.write_text("".join(json.dumps(row) + "\n" for row in rows))

    result = CliRunner().invoke(main, ["classify", "--input", str(texts), "--output", str(tmp_path / "out")])

    answers = [json.loads(line) for line in (tmp_path / "out").read_text().splitlines()]
    assert result.exit_code == 1
    assert [answer["id"] for answer in answers] == ["a", None, "c", "d"]
    assert answers[0]["error"] == (
        "line 1: `author_role` 'boss' is not allowed; use one of customer, staff, bot, unknown"
    )
    assert answers[1]["error"] == "line 2: `id` is missing; give text or a number"
    assert answers[2]["side"] in ("developer", "customer", "none")
    assert "`labels` is not a list" in answers[3]["error"]
    assert [line.partition(": ")[0] for line in result.stderr.splitlines()] == [f"{texts}:{n}" for n in (1, 2, 4)]


def test_classify_with_files_needs_no_configuration_and_keeps_every_line(tmp_path: Path) -> None:
    texts = tmp_path / "in.jsonl"
    rows = [
        {"id": "a", "title": "The CI build is flaky", "body": "I restart it by hand."},
        {"id": 2, "title": "", "body": ""},
    ]
    texts.write_text("".join(json.dumps(row) + "\n" for row in rows) + "not json\n")

    result = CliRunner().invoke(
        main, ["--config", str(tmp_path / "none"), "classify", "--input", str(texts), "--output", str(tmp_path / "out")]
    )

    answers = [json.loads(line) for line in (tmp_path / "out").read_text().splitlines()]
    assert result.exit_code == 1
    assert f"{texts}:3" in result.output
    assert [answer["id"] for answer in answers] == ["a", 2, None]
    assert answers[0]["side"] in ("developer", "customer", "none")
    assert 0 <= answers[0]["confidence"] <= 1
    assert {"abstained", "kind", "severity", "signals", "because"} <= set(answers[0])


def test_explain_names_the_words_that_decided_and_label_overrules_them(run: Run) -> None:
    run("run", "--once")
    assert "because" in run("explain", "desk:3").output

    said = run("label", "desk:3", "none", "--by", "kit")

    assert said.exit_code == 0
    assert "kept for ever" in said.output
    assert "person:kit" in run("explain", "desk:3").output


def test_explain_of_something_unknown_says_how_issues_are_called(run: Run) -> None:
    result = run("explain", "desk:404")

    assert result.exit_code == 2
    assert "source:external_id" in result.output


def test_mails_that_cannot_be_written_are_a_failure_and_found_by_the_check(run: Run, rosta: Path) -> None:
    (rosta / "digests").write_text("no folder")

    checked, done = run("check"), run("run", "--once")

    assert (checked.exit_code, done.exit_code) == (1, 1)
    assert "cannot write mails into" in checked.output
    assert "2 mail:deferred" in done.output
    assert "cannot write digests into" in done.output


def test_whoever_has_no_name_is_called_by_their_number(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in `docker run --user 12345`."""
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("os.getuid", lambda: 12345)
    run("pull")

    said = run("label", "desk:1", "developer")

    assert said.exit_code == 0
    assert "uid 12345" in run("label", "--list").output


def test_digest_writes_three_files_a_leader_and_sends_nothing(run: Run, tmp_path: Path) -> None:
    run("run", "--once", as_of="2026-03-08T12:00:00+01:00")

    result = run("digest", "--week", small.WEEK, "--out", str(tmp_path / "look"))

    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in (tmp_path / "look").iterdir()) == [
        "kit.html", "kit.json", "kit.txt", "noor.html", "noor.json", "noor.txt",
    ]  # fmt: skip
    assert json.loads((tmp_path / "look" / "kit.json").read_text())["schema"] == 1


@pytest.mark.parametrize("moment", ["2026-03-01T23:59:59+01:00", "2026-01-01T00:00:00+01:00"])
def test_a_week_that_is_to_come_is_refused_with_when_it_ends(run: Run, tmp_path: Path, moment: str) -> None:
    result = run("digest", "--week", small.WEEK, "--out", str(tmp_path / "look"), as_of=moment)

    assert result.exit_code == 2
    assert "2026-W10 has not ended: it ends with Sunday, 08 March 2026" in result.output
    assert not (tmp_path / "look").exists()


def test_digest_shows_what_was_sent_once_it_was(run: Run, tmp_path: Path, rosta: Path) -> None:
    run("run", "--once")
    small.write(rosta, small.subscribers(1))

    run("digest", "--week", small.WEEK, "--out", str(tmp_path / "look"))

    sent = (rosta / "digests" / small.WEEK / "kit.txt").read_text()
    assert (tmp_path / "look" / "kit.txt").read_text() == sent


def test_in_fast_mode_the_whole_loop_runs_and_every_verdict_says_so(run: Run, rosta: Path) -> None:
    written = yaml.safe_load((rosta / "settings.yaml").read_text())
    (rosta / "settings.yaml").write_text(json.dumps({**written, "classify": {"mode": "fast"}}))

    looped = run("run", "--once")

    stored = [json.loads(line) for line in run("issues", "--json").output.splitlines()]
    told = run("explain", f"desk:{stored[0]['external_id']}")
    assert looped.exit_code == 0
    assert stored
    assert {one["verdict"]["side"] for one in stored} == {"customer"}
    assert "/fast" in told.output
    assert (rosta / "digests" / small.WEEK / "kit.txt").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("digest", "--week", "38", "--out", "x"), "2026-W38"),
        (("digest", "--leader", "nobody", "--out", "x"), "kit, noor"),
        (("digest", "--to", "me@x.example", "--out", "x"), "--send"),
        (("worker",), "LEAFNOTES_SECRET_KEY"),
        (("beat",), "LEAFNOTES_BROKER_URL"),
        (("replay", "dusk"), "desk"),
        (("digest", "--week", "0001-W01", "--out", "out"), "ISO week"),
        (("digest", "--week", "9999-W52", "--out", "out"), "ISO week"),
        (("issues", "--since", "9999-12-31T23:59:59-14:00"), "1900 to 2999"),
        (("explain", "desk:\udcff"), "is not UTF-8"),
        (("label", "desk:\udcff", "none"), "is not UTF-8"),
    ],
)
def test_wrong_use_says_what_would_be_right(run: Run, arguments: tuple[str, ...], words: str) -> None:
    result = run(*arguments)

    assert result.exit_code in (1, 2)
    assert words in result.output


@pytest.mark.parametrize("address", ["garbage", "127.0.0.1:99999", "127.0.0.1:http-alt-x"])
def test_web_takes_addresses_alone(run: Run, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEAFNOTES_SECRET_KEY", KEY)

    result = run("web", "--listen", address)

    assert (result.exit_code, "127.0.0.1:8080" in result.output) == (2, True)


def test_web_says_when_its_port_is_taken(rosta: Path) -> None:
    command = [sys.executable, "-c", "from workers.cli import main; main()", "--config", str(rosta), "web", "--listen"]
    environment = {**os.environ, "LEAFNOTES_SECRET_KEY": KEY}

    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        ended = subprocess.run([*command, address], env=environment, capture_output=True, text=True, check=False)

    assert (ended.returncode, ended.stderr) == (1, f"cannot listen on {address}: Address already in use\n")


def test_what_cannot_be_written_is_said_in_a_sentence(run: Run, rosta: Path, tmp_path: Path) -> None:
    texts = tmp_path / "texts.jsonl"
    texts.write_text("".join(json.dumps({"id": n, "title": "Stale beans again"}) + "\n" for n in range(100)))
    file = tmp_path / "file"
    file.touch()

    digest, init = run("digest", "--out", str(file / "x")), run("init", str(file / "x"))
    classify = small.full_disk(1000, "classify", "--input", str(texts), "--output", str(tmp_path / "verdicts.jsonl"))

    assert [digest.exit_code, init.exit_code, classify.returncode] == [1, 1, 1]
    assert [digest.output, init.output] == [f"Error: {file / 'x'}: Not a directory\n"] * 2
    assert classify.stderr == "Error: File too large\n"


def test_a_broken_configuration_is_said_with_file_and_line_and_all_at_once(run: Run, rosta: Path) -> None:
    sources = "sources:\n- name: desk\n  kind: file\n  pth: x\n- name: code\n  kind: githup\n"
    (rosta / "sources.yaml").write_text(sources)
    (rosta / "settings.yaml").write_text("organisation: {timezone: Europe/Viena}\n")

    result = run("check", "--offline")

    assert result.exit_code == 1
    assert "sources.yaml:4" in result.output
    assert "path" in result.output
    assert "sources.yaml:6" in result.output
    assert "github" in result.output
    assert "settings.yaml:1" in result.output


def test_check_finds_faults_of_the_org_chart(run: Run, rosta: Path) -> None:
    org = (rosta / "org.yaml").read_text().replace("parent: rosta", "parent: roastery")
    (rosta / "org.yaml").write_text(org)

    result = run("check", "--offline")

    assert result.exit_code == 1
    assert "org.yaml:" in result.output
    assert "roastery" in result.output


def test_what_init_writes_passes_the_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = tmp_path / "fresh"
    runner = CliRunner()

    first = runner.invoke(main, ["init", str(made)])
    checked = runner.invoke(main, ["--config", str(made), "check", "--offline"])
    second = runner.invoke(main, ["init", str(made)])

    assert first.exit_code == 0
    assert checked.exit_code == 0, checked.output
    assert second.exit_code == 1
    assert "already has" in second.output


def test_an_init_that_fails_leaves_nothing_and_can_be_tried_again(tmp_path: Path) -> None:
    made = tmp_path / "fresh"

    failed = small.full_disk(5000, "init", str(made))

    assert (failed.returncode, list(made.iterdir())) == (1, [])
    assert CliRunner().invoke(main, ["init", str(made)]).exit_code == 0


def test_status_tells_lag_backlog_and_what_was_sent(run: Run) -> None:
    run("run", "--once")

    report = json.loads(run("status", "--json").output)

    assert report["period"] == small.WEEK
    assert report["due"] == 2
    assert report["digests"] == "2 composed, 2 mail:accepted"
    assert report["sources"][0]["issues"] == 6
    assert report["problems"] == []


@pytest.mark.parametrize("given", ["", " ", None])
def test_an_empty_variable_names_no_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str | None
) -> None:
    small.organisation(tmp_path / "leafnotes.d", small.subscribers())
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LEAFNOTES_CONFIG", raising=False)
    if given is not None:
        monkeypatch.setenv("LEAFNOTES_CONFIG", given)

    assert CliRunner().invoke(main, ["pull"]).output.startswith("desk: 6 read, 6 new")


def test_connectors_lists_every_kind_with_its_options(run: Run) -> None:
    kinds = {entry["kind"]: entry for entry in map(json.loads, run("connectors", "--json").output.splitlines())}

    assert set(kinds) >= {"file", "github"}
    assert all(option["description"] for entry in kinds.values() for option in entry["options"])


@pytest.mark.parametrize(
    ("given", "says"), [("soon", "2026-09-21"), ("0001-01-01", "1900"), ("9999-12-31T23:59:59Z", "2999")]
)
def test_as_of_that_is_no_moment_is_wrong_use(rosta: Path, given: str, says: str) -> None:
    result = CliRunner().invoke(main, ["--config", str(rosta), "--as-of", given, "status"])

    assert result.exit_code == 2
    assert says in result.output


@pytest.mark.parametrize("moment", ["1900-01-01", "2999-12-31T23:59:59Z"])
def test_any_moment_that_is_allowed_can_be_now(run: Run, moment: str) -> None:
    done, told = run("run", "--once", as_of=moment), run("status", as_of=moment)

    assert (done.exit_code, told.exit_code) == (0, 0), done.output


def test_commands_are_documented_in_the_readme_or_the_help() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    helped = click.Context(main).get_help() if isinstance(main, click.Group) else ""

    assert [name for name in COMMANDS if name not in helped + readme] == []
