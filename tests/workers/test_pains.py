"""What a person decides about pains, on the command line, and that it can be taken back."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import update

from pipeline import grouping, steps
from pipeline.store import db
from pipeline.tables import IssueRow
from tests.workers import small
from workers.cli import main

Run = Callable[..., Result]


def parcels(count: int = 4, first: int = 40) -> list[dict[str, object]]:
    said = (
        "Parcel with the grinder was left at the wrong door",
        "Courier left our grinder parcel at the wrong door again",
        "Wrong door: the grinder parcel stood at the neighbour's",
        "The courier brings every grinder parcel to the wrong door",
    )
    return [
        small.ticket(
            first + n,
            said[n % len(said)],
            body=f"{said[n % len(said)]}. I lost an hour looking for it.",
            author=f"host{n}@inn{n}.example",
            author_role="customer",
            account=f"Inn {n}",
            labels=["parcels"],
        )
        for n in range(count)
    ]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A deployment with two pains of a week that has closed."""
    directory = small.organisation(tmp_path / "rosta", [*small.subscribers(), *parcels()])

    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(main, ["--config", str(directory), "--as-of", small.DUE, *arguments])

    ended = invoke("run", "--once")
    assert ended.exit_code == 0, ended.output
    return invoke


def listed(run: Run) -> dict[str, dict[str, object]]:
    return {one["id"]: one for one in map(json.loads, run("pains", "list", "--json").output.splitlines())}


def two(run: Run) -> tuple[str, str]:
    beans, parcel = sorted(listed(run).values(), key=lambda one: -int(str(one["members"])))
    assert (beans["members"], parcel["members"]) == (6, 4)
    return str(beans["id"]), str(parcel["id"])


def test_the_list_says_id_side_size_and_name(run: Run) -> None:
    beans, parcel = two(run)
    output = run("pains", "list").output
    assert beans in output
    assert parcel in output
    assert "customer" in output


def test_a_merged_pain_holds_all_issues_and_the_old_id_leads_to_it(run: Run) -> None:
    beans, parcel = two(run)

    assert run("pains", "merge", parcel, beans).exit_code == 0

    after = listed(run)
    assert list(after) == [beans]
    assert after[beans]["members"] == 10
    shown = run("pains", "show", parcel).output
    assert f"{parcel} was merged into {beans}" in shown
    assert shown.count("desk:") == 10


def test_undoing_a_merge_leaves_everything_as_it_was(run: Run) -> None:
    beans, parcel = two(run)
    before, shown = listed(run), run("pains", "show", parcel).output
    run("pains", "merge", parcel, beans)

    result = run("pains", "undo")

    assert result.exit_code == 0, result.output
    assert listed(run) == before
    assert run("pains", "show", parcel).output == shown


def test_split_issues_have_a_pain_of_their_own_until_it_is_undone(run: Run) -> None:
    beans, _ = two(run)
    before = listed(run)

    result = run("pains", "split", beans, "desk:1", "desk:2")

    assert result.exit_code == 0, result.output
    after = listed(run)
    assert sorted(int(str(one["members"])) for one in after.values()) == [2, 4, 4]
    new = next(pain for pain in after if pain not in before)
    assert {line.split()[1] for line in run("pains", "show", new).output.splitlines()[2:]} == {"desk:1", "desk:2"}
    run("pains", "undo")
    assert listed(run) == before


def test_a_new_name_is_shown_with_the_old_one_and_stays(run: Run) -> None:
    beans, _ = two(run)
    old = str(listed(run)[beans]["title"])

    assert run("pains", "rename", beans, "Cafes get stale beans").exit_code == 0

    run("run", "--once")
    assert run("pains", "show", beans).output.splitlines()[0] == f'Cafes get stale beans (was "{old}")'
    run("pains", "undo")
    assert listed(run)[beans]["title"] == old


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("merge", "p-nowhere", "{beans}"), "p-nowhere"),
        (("merge", "{beans}", "{beans}"), "the same pain"),
        (("split", "{beans}", "desk:999"), "desk:999"),
        (("split", "{beans}", "desk:1", "desk:2", "desk:3", "desk:4", "desk:5", "desk:6"), "each half"),
        (("rename", "{beans}", "one two three four five six seven eight nine ten"), "at most 9 words"),
        (("rename", "{beans}", "\u200b\u202e"), "at most 9 words"),
        (("undo",), "nothing to undo"),
        (("show", "p-nowhere"), "no pain p-nowhere"),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(run: Run, arguments: tuple[str, ...], why: str) -> None:
    beans, _ = two(run)
    before = listed(run)

    result = run("pains", *(argument.format(beans=beans) for argument in arguments))

    assert result.exit_code == 2
    assert why in result.output
    assert listed(run) == before


def test_a_quiet_registry_has_no_proposals(run: Run) -> None:
    assert run("pains", "proposals").output.strip() == "nothing to look at"


def test_a_pain_that_is_split_after_a_merge_can_be_shown_by_its_id(run: Run) -> None:
    beans, parcel = two(run)
    run("pains", "merge", parcel, beans)
    before = listed(run)

    result = run("pains", "split", beans, "desk:40", "desk:41", "desk:42", "desk:43")

    assert result.exit_code == 0, result.output
    new = next(pain for pain in listed(run) if pain not in before)
    assert new != parcel
    assert {line.split()[1] for line in run("pains", "show", new).output.splitlines()[2:]} == {
        "desk:40", "desk:41", "desk:42", "desk:43",
    }  # fmt: skip


def test_what_is_hidden_is_in_no_list_of_a_pains_issues(tmp_path: Path) -> None:
    tickets = small.subscribers()
    tickets[2] |= {"labels": ["beans", "hush"]}
    directory = small.organisation(tmp_path / "rosta", tickets)

    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(main, ["--config", str(directory), "--as-of", small.DUE, *arguments])

    invoke("run", "--once")
    (beans,) = listed(invoke)

    shown = invoke("pains", "show", beans).output

    assert "desk:1" in shown
    assert "desk:3" not in shown


def test_the_name_of_a_split_pain_names_nobody(tmp_path: Path) -> None:
    said = (
        "Noor has the only key of the cupping room",
        "Only Noor has the key of the cupping room",
        "Noor has the key",
    )
    tickets = [
        *small.subscribers(),
        *(
            small.ticket(60 + n, text, body=f"{text}. We wait at the door.", author=f"r{n + 1}", labels=["beans"])
            for n, text in enumerate(said)
        ),
    ]
    directory = small.organisation(tmp_path / "rosta", tickets)

    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(main, ["--config", str(directory), "--as-of", small.DUE, *arguments])

    invoke("run", "--once")
    before = listed(invoke)
    first = next(pain for pain in before if "desk:60" in invoke("pains", "show", pain).output)

    invoke("pains", "split", first, "desk:60", "desk:61")

    after = listed(invoke)
    assert len(after) == len(before) + 1
    assert not [one["title"] for one in after.values() if "noor" in str(one["title"]).lower()]


def test_what_is_read_again_while_it_is_grouped_joins_like_what_was_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with small.opened(small.organisation(tmp_path / "rosta", small.subscribers())) as engine:
        engine.tick()
        small.perform(engine, ["pull", "classify"])
        org, zone = engine.deployment.org, engine.deployment.zone
        with db.reading(engine.deployment.database) as session:
            kept = steps.group(steps.gather(session, org=org, zone=zone), org)
            monkeypatch.setattr(grouping, "KEPT", 2)
            read = steps.group(steps.gather(session, org=org, zone=zone), org)

    assert len(kept.joined) == 6
    assert (read.mark, read.living, list(read.joined)) == (kept.mark, kept.living, list(kept.joined))


@pytest.mark.parametrize("change", [{"tags": ["private"]}, {"body": "Nothing."}, {"title": "No"}, {"url": "https://x"}])
def test_what_was_grouped_before_an_issue_changed_is_grouped_again(tmp_path: Path, change: dict[str, object]) -> None:
    with small.opened(small.organisation(tmp_path / "rosta", small.subscribers())) as engine:
        engine.tick()
        small.perform(engine, ["pull", "classify"])
        org, zone, database = engine.deployment.org, engine.deployment.zone, engine.deployment.database
        with db.reading(database) as session:
            ready = steps.group(steps.gather(session, org=org, zone=zone), org)
        nobody = replace(ready, joined=())
        with db.transaction(database) as session:
            untouched = steps.assign(session, org=org, zone=zone, ready=nobody)
            session.execute(update(IssueRow).where(IssueRow.external_id == "1").values(**change))
            changed = steps.assign(session, org=org, zone=zone, ready=nobody)

    assert len(ready.joined) == 6
    assert (untouched, changed > 0) == (0, True)
