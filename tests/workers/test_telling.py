"""A leader's answer posted where the issues live: only where a source says so, once, and again after a crash: once."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import ClassVar

import pytest
import yaml
from click.testing import CliRunner
from pytest_httpserver import HTTPServer

from connectors.base import SourceError
from connectors.file import FileConnector
from connectors.github import GitHub, GitHubOptions
from connectors.jira import Jira, JiraOptions
from pipeline import telling
from pipeline.answers import Given
from pipeline.store import answers, db, registry, work
from tests.workers import small
from workers.cli import main
from workers.engine import Engine
from workers.wiring import Deployment, Misconfigured

GIVEN = Given(kind="act", text="We roast twice a week", due=date(2026, 3, 20), to=None)


class DeadWorker(BaseException):
    """Stands for a kill: nothing catches it."""


class Board(FileConnector):
    """A file beside which comments can be pinned."""

    pinned: ClassVar[dict[str, list[str]]] = {}
    dies: ClassVar[list[BaseException]] = []

    def answered(self, external_id: str, mark: str) -> bool:
        return any(mark in text for text in self.pinned.get(external_id, ()))

    def answer(self, external_id: str, text: str, mark: str) -> None:
        self.pinned.setdefault(external_id, []).append(f"{text} [{mark}]")
        if self.dies:
            raise self.dies.pop()


def board(directory: Path, mode: str) -> Engine:
    private = small.ticket(90, "Stale beans in our parcel", labels=["hush"], author="x@y.example")
    small.organisation(directory, [*small.subscribers(), private])
    sources = yaml.safe_load((directory / "sources.yaml").read_text())
    sources["sources"][0] |= {"kind": "tests.workers.test_telling:Board", "answers": mode}
    (directory / "sources.yaml").write_text(yaml.safe_dump(sources))
    house = Deployment.read(directory, as_of=datetime.fromisoformat(small.DUE))
    house.prepare()
    return Engine(house)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    Board.pinned, Board.dies = {}, []
    runner = board(tmp_path / "rosta", "post")
    runner.run_once()
    yield runner
    runner.deployment.database.dispose()


def answer(runner: Engine) -> int:
    """One answer to the pain that most issues belong to; how many comments were asked for."""
    with runner.transaction() as session:
        (pain,) = registry.current(session)
        kept = answers.keep(
            session, pain=pain, leader="kit", period=small.WEEK, given=GIVEN, how="page", nonce="n" * 20,
            at=runner.deployment.now(),
        )  # fmt: skip
        return telling.announce(session, kept, runner.deployment.answering)


def told(runner: Engine) -> set[str]:
    with db.reading(runner.deployment.database) as session:
        return set(answers.told_of(session, 1))


def test_an_answer_is_posted_once_at_each_issue(engine):
    assert answer(engine) == 6

    engine.run_once()
    answer(engine)
    engine.run_once()

    assert sorted(Board.pinned) == [str(n) for n in range(1, 7)]
    assert {tuple(texts) for texts in Board.pinned.values()} == {
        ("Thank you for writing. The lead of Roasting at Rosta read it and will act: We roast twice a week. "
         "By 20 March 2026. [Leafnotes answer 1]",)
    }  # fmt: skip
    assert told(engine) == {f"desk:{n}" for n in range(1, 7)}


def test_a_worker_that_dies_after_posting_does_not_post_again(engine):
    answer(engine)
    Board.dies = [DeadWorker()]
    with suppress(DeadWorker):
        engine.run_once()
    assert sum(map(len, Board.pinned.values())) == 1

    with engine.transaction() as session:
        for holder in work.holders(session):
            work.abandon(session, holder)
    engine.run_once()

    assert sorted(map(len, Board.pinned.values())) == [1] * 6
    assert len(told(engine)) == 6


def test_a_refusal_for_good_is_shown_and_the_others_are_told(engine):
    answer(engine)
    Board.dies = [SourceError("403: this token may not comment", permanent=True)]

    engine.run_once()

    assert len(told(engine)) == 5
    with db.reading(engine.deployment.database) as session:
        assert any("may not comment" in reason for _, _, reason in work.set_aside(session))


def test_nothing_is_posted_while_it_is_only_tried_and_the_operator_reads_what_would_be(tmp_path):
    Board.pinned = {}
    runner = board(tmp_path / "rosta", "try")
    runner.run_once()

    assert answer(runner) == 0
    runner.run_once()
    runner.deployment.database.dispose()

    said = CliRunner().invoke(main, ["--config", str(tmp_path / "rosta"), "answers"])
    assert Board.pinned == {}
    assert "We roast twice a week" in said.output
    assert "told at 0 of 6 issues" in said.output
    assert "would be posted at desk:1" in said.output


def test_a_source_that_cannot_write_may_not_be_asked_to(tmp_path):
    small.organisation(tmp_path / "rosta", [], answers="post")

    with pytest.raises(Misconfigured, match="file cannot post answers"):
        Deployment.read(tmp_path / "rosta")


def test_github_looks_through_every_page_before_it_posts(httpserver: HTTPServer):
    options = GitHubOptions(name="gh", kind="github", base_url=httpserver.url_for(""), token="t0ken", repos=["o/r"])
    page = httpserver.url_for("/repos/o/r/issues/7/comments")
    first = [{"id": n, "body": "me too"} for n in range(100)]
    path = "/repos/o/r/issues/7/comments"
    httpserver.expect_request(path, query_string="per_page=100").respond_with_json(
        first, headers={"Link": f'<{page}?per_page=100&page=2>; rel="next"'}
    )
    httpserver.expect_request(path, query_string="per_page=100&page=2").respond_with_json(
        [{"id": 200, "body": "Thank you\n\n<!-- Leafnotes answer 4 -->"}]
    )
    connector = GitHub.open(options, Path())

    assert connector.answered("o/r#7", "Leafnotes answer 4")
    assert not connector.answered("o/r#7", "Leafnotes answer 5")

    httpserver.expect_oneshot_request(
        path, method="POST", json={"body": "Thank you\n\n<!-- Leafnotes answer 5 -->"}
    ).respond_with_json({"id": 201}, status=201)
    connector.answer("o/r#7", "Thank you", "Leafnotes answer 5")
    httpserver.check_assertions()


def test_jira_posts_for_agents_only(httpserver: HTTPServer):
    options = JiraOptions(name="j", kind="jira", base_url=httpserver.url_for(""), token="t0ken", projects=["BR"])
    path = "/rest/api/2/issue/BR-7/comment"
    httpserver.expect_oneshot_request(path, method="GET").respond_with_json({"comments": [{"body": "seen"}]})
    note = [{"key": "sd.public.comment", "value": {"internal": True}}]
    httpserver.expect_oneshot_request(
        path, method="POST", json={"body": "Thank you\n\n(Leafnotes answer 5)", "properties": note}
    ).respond_with_json({"id": "1"}, status=201)
    connector = Jira.open(options, Path())

    assert not connector.answered("BR-7", "Leafnotes answer 5")
    connector.answer("BR-7", "Thank you", "Leafnotes answer 5")

    httpserver.check_assertions()
