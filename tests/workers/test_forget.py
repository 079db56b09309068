"""After a person was forgotten no name of theirs stands anywhere that is kept, and none comes back."""

import os
import random
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from pipeline import columns, erasing
from pipeline.digest.document import Document
from pipeline.store import audit, db, forgotten
from pipeline.store.audit import By
from pipeline.store.digests import StoredDigest
from pipeline.tables import Base, IssueRow, VerdictRow
from tests.workers import forgettable, small
from tests.workers.forgettable import Human
from workers.cli import main
from workers.engine import Engine


def found(runner: Engine, people: list[Human]) -> list[str]:
    house = runner.deployment
    with db.reading(house.database) as session:
        kept = forgettable.hits(forgettable.dump(session), people)
    written = forgettable.hits(forgettable.files(house.directory / "digests"), people)
    if house.database.dialect.name != "sqlite":
        return kept + written
    octets = [(path.name, path.read_bytes().decode("latin-1")) for path in house.directory.glob("leafnotes.db*")]
    return kept + written + forgettable.hits(iter(octets), people)


def forget(runner: Engine, people: list[Human]) -> None:
    house = runner.deployment
    with runner.transaction() as session:
        for human in people:
            whom = erasing.identity(session, house.org, human.id, house.sources, human.also)
            erasing.begin(session, house.org, whom, By("operator", "ops"), house.now())
    runner.drain()


def test_every_column_of_every_table_has_a_privacy_class() -> None:
    without = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if columns.classes(table.name).get(column.name, "").partition(" of ")[0] not in columns.KINDS
    ]

    assert without == [], "give them one in pipeline/columns.py"


def test_no_class_is_given_to_a_column_that_is_not_there() -> None:
    tables = Base.metadata.tables
    assert [
        f"{table}.{column}"
        for table in columns.DECLARED
        for column in columns.classes(table)
        if table not in tables or column not in tables[table].c
    ] == []


def test_no_column_holds_a_credential() -> None:
    assert [table for table in columns.DECLARED if "secret" in columns.classes(table).values()] == []


MANY = int(os.environ.get("TESTS_FORGET", "0"))
"""By hand: `TESTS_FORGET=1000` forgets so many people at once."""


def stage(directory: Path, seed: int, count: int) -> tuple[list[Human], random.Random]:
    chance = random.Random(seed)
    people = forgettable.humans(count, chance)
    forgettable.write(directory, people, chance)
    return people, chance


@pytest.mark.parametrize("seed", [1, 2] if not MANY else [1])
def test_no_name_of_theirs_stands_anywhere_and_none_comes_back(seed: int, tmp_path: Path) -> None:
    directory = tmp_path / "rosta"
    people, chance = stage(directory, seed, MANY or 5)
    gone, stays = (people, []) if MANY else (people[:3], people[3:])
    with small.opened(directory) as runner:
        runner.run_once()
        with runner.transaction() as session:
            forgettable.plant(session, people, chance)
        assert len({hit.partition(":")[0] for hit in found(runner, gone)}) > 20

        forget(runner, gone)

        assert found(runner, gone) == []
        assert not stays or found(runner, stays) != []

        forgettable.write(directory, people, chance, later=True)
        runner.pull_now(["desk", "forge"])
        runner.drain()
        runner.replay("desk")
        runner.drain()
        runner.run_once()

        assert found(runner, gone) == []
        with db.reading(runner.deployment.database) as session:
            assert audit.verify(session)[1] is None


def test_it_is_so_on_postgresql(tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEAFNOTES_DATABASE_URL", postgres_url)
    test_no_name_of_theirs_stands_anywhere_and_none_comes_back(4, tmp_path)


def verdicts(runner: Engine) -> dict[str, tuple[str, str | None, str | None]]:
    with db.reading(runner.deployment.database) as session:
        query = select(IssueRow, VerdictRow).join(VerdictRow, VerdictRow.issue_id == IssueRow.id)
        rows = session.execute(query).all()
        return {f"{i.source}:{i.external_id}": (v.side, v.leaf, v.period) for i, v in rows}


def test_what_they_wrote_stays_as_a_count(tmp_path: Path) -> None:
    people, _ = stage(tmp_path / "rosta", 5, 2)
    with small.opened(tmp_path / "rosta") as runner:
        runner.run_once()
        before = verdicts(runner)

        forget(runner, people)

        assert verdicts(runner) == before
        with db.reading(runner.deployment.database) as session:
            row = session.scalars(
                select(IssueRow).where(IssueRow.external_id == "100", IssueRow.source == "desk")
            ).one()
            assert (row.title, row.body) == ("", "")
            assert str(row.author).startswith("[forgotten ")


@pytest.mark.parametrize("stop_at", [2, 27])
def test_a_walk_that_dies_goes_on(stop_at: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    directory = tmp_path / "rosta"
    people, chance = stage(directory, 6, 2)
    with small.opened(directory) as runner:
        runner.run_once()
        with runner.transaction() as session:
            forgettable.plant(session, people, chance)
            house = runner.deployment
            for human in people:
                whom = erasing.identity(session, house.org, human.id, house.sources, human.also)
                erasing.begin(session, house.org, whom, By("operator", "ops"), house.now())
        with db.transaction(house.database) as session:
            row = forgotten.job(session)
            assert row is not None
        steps, whole = 0, erasing.step

        def dies(*arguments: object, **more: object) -> object:
            nonlocal steps
            steps += 1
            if steps == stop_at:
                raise KeyboardInterrupt
            return whole(*arguments, **more)  # type: ignore[arg-type]

        with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
            patched.setattr(erasing, "step", dies)
            runner.perform(row)

    with small.opened(directory) as runner:
        runner.run_once()  # takes over what a dead process held
        runner.drain(patience=timedelta(seconds=10))

        assert found(runner, people) == []


def documents(runner: Engine) -> dict[str, StoredDigest]:
    with db.reading(runner.deployment.database) as session:
        return {leader: small.stored(session, leader, small.WEEK) for leader in ("kit", "noor")}


def words_of(runner: Engine, issue: str) -> list[str]:
    with db.reading(runner.deployment.database) as session:
        query = select(IssueRow.title).where(IssueRow.external_id == issue.partition(":")[2])
        return list(session.scalars(query))


def quoted(runner: Engine) -> str:
    """An issue that kit's digest quotes."""
    document = documents(runner)["kit"].document
    assert document is not None
    return str(next(quote["issue"] for pain in document["pains"] for quote in pain["quotes"]))


def forget_owner_of(runner: Engine, issue: str) -> str:
    """Whoever wrote an issue of `small.subscribers` is forgotten; their address."""
    number = int(issue.partition(":")[2]) - 1
    account, house = f"owner{number}@cafe{number}.example", runner.deployment
    with runner.transaction() as session:
        whom = erasing.identity(session, house.org, f"desk:{account}", house.sources)
        erasing.begin(session, house.org, whom, By("operator", "ops"), house.now())
    runner.drain()
    return account


def everything(runner: Engine) -> str:
    house = runner.deployment
    with db.reading(house.database) as session:
        kept = [*forgettable.dump(session), *forgettable.files(house.directory / "digests")]
    return " ".join("\n".join(what for _, what in kept).casefold().split())


def test_words_that_were_quoted_are_gone_from_what_was_sent_and_from_the_names_of_pains(tmp_path: Path) -> None:
    with small.opened(small.organisation(tmp_path / "rosta", small.subscribers())) as runner:
        runner.run_once()
        issue = quoted(runner)
        (words,) = words_of(runner, issue)
        assert words.casefold() in everything(runner)

        account = forget_owner_of(runner, issue)

        assert words.casefold() not in everything(runner)
        assert account not in everything(runner)
        document = documents(runner)["kit"].document
        assert document is not None
        assert Document.from_json(document).pains[0].people == 6
        assert not list((runner.deployment.directory / "digests").rglob("kit.*"))


def test_a_digest_that_nobody_has_read_is_composed_again(tmp_path: Path) -> None:
    directory = small.organisation(tmp_path / "rosta", small.subscribers())
    digests = directory / "digests"
    with small.opened(directory) as runner:
        digests.write_text("in the way, so that mails wait")
        runner.run_once()
        issue = quoted(runner)
        (words,) = words_of(runner, issue)
        digests.unlink()

        forget_owner_of(runner, issue)

        assert {one.version for one in documents(runner).values()} == {2}
        assert words.casefold() not in everything(runner)
        assert "stale" in (digests / small.WEEK / "kit.txt").read_text()


def run(directory: Path, *words: str, say: str | None = None) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["--config", str(directory), "--as-of", small.DUE, *words], input=say)
    return result.exit_code, result.output


def test_the_command_says_where_they_stand_and_erases_only_when_told(tmp_path: Path) -> None:
    directory = tmp_path / "rosta"
    (human,), _ = stage(directory, 8, 1)
    run(directory, "run", "--once")

    code, shown = run(directory, "forget", human.id, "--dry-run")
    assert code == 0
    assert "issues" in shown
    assert run(directory, "forget", human.email)[0] == 2
    with small.opened(directory) as runner:
        assert found(runner, [human]) != []

    also = [word for name in human.also for word in ("--also", name)]
    code, said = run(directory, "forget", f"forge:{human.accounts['forge']}", "--yes", *also)

    assert code == 0, said
    with small.opened(directory) as runner:
        assert found(runner, [human]) == []
    assert run(directory, "audit", "--verify")[0] == 0
    assert human.id not in run(directory, "audit")[1]


@pytest.mark.parametrize(("name", "says"), [("kit", "leads"), ("nobody", "org.yaml"), ("lost:x", "desk")])
def test_who_leads_or_is_nobody_is_not_forgotten(name: str, says: str, tmp_path: Path) -> None:
    directory = small.organisation(tmp_path / "rosta", small.subscribers())

    code, said = run(directory, "forget", name, "--yes")

    assert code == 2
    assert says in said
