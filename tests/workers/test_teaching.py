"""People teach: a label changes similar open issues at once, harm waits in the shadow, all of it can be taken back."""

import itertools
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from pipeline import teaching
from pipeline.classify import lessons as memory
from pipeline.classify import load_classifier
from pipeline.issue import SIDES, Text
from pipeline.store import corrections, db, issues, lessons, registry, work
from tests.workers import small
from workers.cli import main
from workers.engine import Engine
from workers.wiring import Deployment

THURSDAY = "2026-03-05T12:00:00+01:00"
SHEETS = (
    "Moisture meter readings differ between drum two and drum three",
    "Moisture meter readings of drum two and drum three differ",
    "The moisture meter readings differ between drum two and drum three",
    "Moisture meter readings differ between drum two and drum four",
)
OTHER = "Crates by the east door"

Run = Callable[..., Result]


def tickets() -> list[dict[str, Any]]:
    texts = [*SHEETS, OTHER]
    return [small.ticket(n, text, author=f"a{n}", labels=["beans"]) for n, text in enumerate(texts, 1)]


def sides() -> tuple[str, str]:
    """What the model says of a sheet by itself, and what it thinks least likely: no sheet is called that."""
    odds = load_classifier().odds([Text(title=title, body="", labels=("beans",)) for title in SHEETS])
    least = SIDES[int(odds.sum(axis=0).argmin())]
    assert least not in {SIDES[int(n)] for n in odds.argmax(axis=1)}
    return SIDES[int(odds[0].argmax())], least


@contextmanager
def engine(directory: Path, as_of: str = THURSDAY) -> Iterator[Engine]:
    house = Deployment.read(directory, as_of=datetime.fromisoformat(as_of))
    house.prepare()
    yield Engine(house)
    house.database.dispose()


def own_sides(directory: Path) -> dict[str, str]:
    with engine(directory) as runner, db.reading(runner.deployment.database) as session:
        every = [("desk", str(n)) for n in range(1, 6)]
        found = {key[1]: issues.own_verdict(session, key) for key in every}
    return {number: verdict.side for number, verdict in found.items() if verdict is not None}


@pytest.fixture
def rosta(tmp_path: Path) -> Path:
    return small.organisation(tmp_path / "rosta", tickets())


@pytest.fixture
def run(rosta: Path) -> Run:
    def invoke(*arguments: str, as_of: str = THURSDAY) -> Result:
        return CliRunner().invoke(main, ["--config", str(rosta), "--as-of", as_of, *arguments], catch_exceptions=False)

    return invoke


def test_a_label_changes_what_is_like_it_in_the_same_command_and_says_so(run: Run, rosta: Path) -> None:
    before, after = sides()
    run("run", "--once")
    first = own_sides(rosta)

    said = run("label", "desk:1", after, "--by", "kit")

    assert f"desk:1 is {after} now (the model said {before}); kept for ever" in said.output
    assert "learned as version 1: of 3 open issues like it, 3 changed" in said.output
    assert f"desk:3 was {first['3']} and is {after} now" in said.output
    now = own_sides(rosta)
    assert [now[n] for n in "234"] == [after] * 3
    assert now["1"] == first["1"] == before  # its own verdict is the model's still; the person's word stands beside it
    assert now["5"] == first["5"]
    assert f"like desk:1, which a person called {after}" in run("explain", "desk:3").output
    assert "+1\n" in run("explain", "desk:3").output  # the version is in the model's name


def test_what_comes_later_is_judged_with_what_was_learned(run: Run, rosta: Path) -> None:
    _, after = sides()
    run("run", "--once")
    run("label", "desk:1", after)
    late = small.ticket(9, SHEETS[0] + " once more", author="a9", labels=["beans"])

    small.write(rosta, [*tickets(), late])
    run("run", "--once")

    with engine(rosta) as runner, db.reading(runner.deployment.database) as session:
        verdict = issues.own_verdict(session, ("desk", "9"))
    assert verdict is not None
    assert verdict.side == after
    assert verdict.model.endswith("+1")


def test_issues_of_a_closed_period_keep_their_verdicts(run: Run, rosta: Path) -> None:
    _, after = sides()
    run("run", "--once", as_of=small.DUE)
    closed = own_sides(rosta)

    said = run("label", "desk:1", after, as_of=small.DUE)

    assert "of 0 open issues like it, 0 changed" in said.output
    assert own_sides(rosta) == closed
    with engine(rosta, small.DUE) as runner:
        with runner.transaction() as session:
            ids = [known.id for known in issues.known(session, "desk", ["2", "3"]).values()]
            work.request(session, "classify", "again", {"ids": ids})
        runner.drain()
    assert own_sides(rosta) == closed


def test_rollback_takes_back_what_was_learned_and_it_is_not_learned_again(run: Run, rosta: Path) -> None:
    _, after = sides()
    run("run", "--once")
    first = own_sides(rosta)
    run("label", "desk:1", after)

    said = run("model", "rollback")
    run("label", "desk:5", "none")

    assert "version 2 is live; 3 open issues changed" in said.output
    assert own_sides(rosta) == first
    run("model", "live", "1")
    assert [own_sides(rosta)[n] for n in "234"] == [after] * 3


def test_the_last_three_versions_can_be_brought_back_and_older_ones_cannot(run: Run) -> None:
    run("run", "--once")
    _, after = sides()
    for number in (1, 2, 3, 4, 5):
        run("label", f"desk:{number}", after)
    rows = [json.loads(line) for line in run("model", "list", "--json").output.splitlines()]

    assert [row["state"] for row in rows] == ["dropped", "kept", "kept", "kept", "live"]
    assert run("model", "rollback", "2").exit_code == 0
    refused = run("model", "rollback", "1")
    assert refused.exit_code == 2
    assert "version 1 is not kept" in refused.output


def test_undo_takes_a_word_back_and_what_it_taught(run: Run, rosta: Path) -> None:
    before, after = sides()
    run("run", "--once")
    first = own_sides(rosta)
    run("label", "desk:1", after)

    said = run("label", "desk:1", "--undo")

    assert f"desk:1: taken back; the model says {before}" in said.output
    assert own_sides(rosta) == first
    assert run("label", "desk:1", "--undo").exit_code == 1
    events = [json.loads(line) for line in run("label", "--list", "--json").output.splitlines()]
    assert [(event["issue"], event["old"], event["new"], event["how"]) for event in events] == [
        ("desk:1", before, after, "cli"),
        ("desk:1", before, None, "cli"),
    ]
    assert events[0]["evidence"]["because"]
    assert events[0]["model"] == load_classifier().name


def harmful() -> tuple[Text, str, str]:
    """An example that the model judges right by a small margin, and the side to which one lesson would push it."""
    odds = load_classifier().odds([text for _, _, text in memory.examples()])
    for row, (_, side, text) in zip(odds, memory.examples(), strict=True):
        order = row.argsort()[::-1]
        names = [SIDES[int(n)] for n in order]
        if names[0] == side and row[order[0]] - row[order[1]] < memory.MOST - 0.5:
            return text, side, names[1]
    raise AssertionError("every example is judged by a wide margin")


def test_a_lesson_that_would_do_harm_waits_in_the_shadow_and_status_says_why(run: Run, rosta: Path) -> None:
    text, side, other = harmful()
    more = [small.ticket(n, text.title, body=text.body, author=f"b{n}") for n in (6, 7)]
    small.write(rosta, [*tickets(), *more])
    run("run", "--once")

    said = run("label", "desk:6", other)

    assert "version 1 waits in the shadow: with desk:6, example" in said.output
    assert "it would change 1 of 1 open issues like it" in said.output
    status = run("status").output
    assert "lessons  version 1 waits in the shadow" in status
    assert "`leafnotes label ISSUE --undo` or `leafnotes model live 1`" in status
    with engine(rosta) as runner, db.reading(runner.deployment.database) as session:
        verdict = issues.own_verdict(session, ("desk", "7"))
        assert lessons.shadow_counts(session, 1) == (1, 1)
    assert verdict is not None
    assert verdict.side == side
    assert "of 1 verdicts given beside it, 1 would differ" in run("model", "list").output

    _, after = sides()
    assert "learned as version 2: of 3 open issues like it" in run("label", "desk:1", after).output

    waiting = json.loads(run("model", "list", "--json").output.splitlines()[-1])
    assert waiting["state"] == "shadow"
    run("model", "live", str(waiting["version"]))
    with engine(rosta) as runner, db.reading(runner.deployment.database) as session:
        verdict = issues.own_verdict(session, ("desk", "7"))
    assert verdict is not None
    assert verdict.side == other


def test_an_issue_that_is_private_teaches_and_is_not_named(run: Run, rosta: Path) -> None:
    _, after = sides()
    rows = tickets()
    rows[0]["labels"] = ["beans", "hush"]
    small.write(rosta, rows)
    run("run", "--once")

    run("label", "desk:1", after)

    told = run("explain", "desk:3").output
    assert f"which a person called {after}" in told
    assert "desk:1" not in told


def test_corrections_are_exported_with_their_texts(run: Run, tmp_path: Path) -> None:
    run("run", "--once")
    run("label", "desk:1", "customer")
    run("label", "desk:5", "none")
    run("label", "desk:5", "--undo")

    assert "1 corrections written" in run("model", "export", str(tmp_path / "out.jsonl")).output

    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [(row["title"], row["side"]) for row in rows] == [(SHEETS[0], "customer")]
    assert {"title", "body", "side", "product"} <= set(rows[0])


# --- the source's own labels


def labelled(directory: Path, labels: dict[str, list[str]], *, hour: int = 0) -> None:
    """The export as it is once these labels were put on (and others taken off) at the source."""
    rows = tickets()
    for row in rows:
        if row["external_id"] in labels:
            row["labels"] = ["beans", *labels[row["external_id"]]]
            row["updated_at"] = f"2026-03-03T{hour:02}:00:00+01:00"
    small.write(directory, rows)


def teaching_source(directory: Path) -> Path:
    tags = {"developer": ["Makers"], "customer": ["customer-pain"], "none": ["no pain"]}
    return small.organisation(directory, tickets(), tags=tags)


def counted(directory: Path, number: str = "1") -> tuple[str, str]:
    with engine(directory) as runner, db.reading(runner.deployment.database) as session:
        stored = next(issues.read(session, only=("desk", number)))
    assert stored.verdict is not None
    return stored.verdict.side, stored.verdict.model


def test_a_label_of_the_source_is_its_peoples_word_and_taking_it_off_withdraws_it(tmp_path: Path, run: Run) -> None:
    directory = teaching_source(tmp_path / "rosta")
    before, after = sides()
    mark = {"developer": "makers", "customer": "Customer-Pain", "none": "no pain"}[after]
    run("run", "--once")
    first = own_sides(directory)
    labelled(directory, {"1": [mark]}, hour=9)

    run("run", "--once")

    assert counted(directory) == (after, f"person:label '{mark}' in desk")
    assert own_sides(directory)["3"] == after  # what is like it learned in the same turn
    labelled(directory, {"1": []}, hour=10)
    run("run", "--once")
    assert counted(directory)[0] == before
    assert own_sides(directory) == first


def test_the_newer_of_a_persons_word_and_a_label_counts(tmp_path: Path, run: Run) -> None:
    directory = teaching_source(tmp_path / "rosta")
    run("run", "--once")
    run("label", "desk:1", "customer", "--by", "kit", as_of="2026-03-03T10:00:00+01:00")

    labelled(directory, {"1": ["no pain"]}, hour=9)
    run("run", "--once")
    assert counted(directory) == ("customer", "person:kit")

    labelled(directory, {"1": ["makers"]}, hour=11)
    run("run", "--once")
    assert counted(directory)[0] == "developer"

    labelled(directory, {"1": []}, hour=13)
    run("run", "--once")
    assert counted(directory) == ("customer", "person:kit")
    run("label", "desk:1", "--undo")
    assert not counted(directory)[1].startswith("person:")


def test_two_sides_at_once_say_nothing(tmp_path: Path, run: Run) -> None:
    directory = teaching_source(tmp_path / "rosta")
    labelled(directory, {"1": ["makers", "no pain"]}, hour=9)

    run("run", "--once")

    with engine(directory) as runner, db.reading(runner.deployment.database) as session:
        assert corrections.events(session) == []


def test_the_order_of_arrival_changes_no_verdict(tmp_path: Path) -> None:
    """Whether an issue comes before or after the correction that it is like, and in which order corrections come."""
    _, after = sides()
    mark = {"developer": "makers", "customer": "customer-pain", "none": "no pain"}[after]
    outcomes = set()
    for number, order in enumerate(itertools.islice(itertools.permutations(range(5)), 0, 120, 23)):
        directory = teaching_source(tmp_path / f"rosta{number}")
        labelled(directory, {"1": [mark], "5": ["no pain"]}, hour=9)
        rows = [json.loads(line) for line in (directory / "desk.jsonl").read_text().splitlines()]
        for count in (1, 3, 5):
            small.write(directory, [rows[n] for n in order[:count]])
            with engine(directory) as runner:
                runner.pull_now(["desk"])
                runner.drain()
        with engine(directory) as runner, db.reading(runner.deployment.database) as session:
            verdicts = [issues.own_verdict(session, ("desk", str(n))) for n in range(1, 6)]
        outcomes.add(tuple((v.side, v.confidence, v.because) for v in verdicts if v is not None))

    assert len(outcomes) == 1


# --- drift


def test_a_week_of_unsure_verdicts_is_said_by_status_with_the_remedy(tmp_path: Path) -> None:
    plain = "When I click on export the page freezes and I have to reload it"
    rows = [small.ticket(n, f"{plain} {n}", day=-(7 * (n % 4) + 7), body=plain) for n in range(120)]
    foreign = "Der Export bricht seit gestern immer wieder ab und niemand weiß, woran das liegen könnte"
    rows += [small.ticket(200 + n, f"{foreign} {n}", body=foreign) for n in range(40)]
    directory = small.organisation(tmp_path / "rosta", rows)

    def run(*arguments: str) -> Result:
        command = ["--config", str(directory), "--as-of", THURSDAY, *arguments]
        return CliRunner().invoke(main, command, catch_exceptions=False)

    run("run", "--once")

    report = json.loads(run("status", "--json").output)
    assert any("40 of 40 verdicts are unsure, usually hardly any" in line for line in report["drift"])
    said = [line for line in run("status").output.splitlines() if line.startswith("drift")]
    assert len(said) == 1


def test_a_worker_that_dies_between_learning_and_spreading_loses_nothing(run: Run, rosta: Path) -> None:
    _, after = sides()
    run("run", "--once")
    with engine(rosta) as runner:
        house = runner.deployment
        with runner.transaction() as session:
            corrections.correct(session, ("desk", "1"), after, "kit", house.now())
            teaching.ask(session)
        with db.reading(house.database) as session:
            drawn = teaching.draw(session, house.classifier, house.org, house.kinds)  # type: ignore[arg-type]
        with runner.transaction() as session:
            teaching.keep(session, drawn, house.now())  # and here it dies

        runner.drain()

    assert [own_sides(rosta)[n] for n in "234"] == [after] * 3


def test_a_period_is_not_closed_while_lessons_are_being_drawn(rosta: Path) -> None:
    with engine(rosta, small.DUE) as runner:
        runner.tick()
        with runner.transaction() as session:
            teaching.ask(session)
        small.perform(runner, ("pull", "classify", "assign", "close"))
        with db.reading(runner.deployment.database) as session:
            assert registry.mark(session, "closed") is None

        runner.run_once()

        with db.reading(runner.deployment.database) as session:
            assert registry.mark(session, "closed") == small.WEEK
