"""A thousand hostile issues, hostile in every field: what pages, the terminal and JSON make of them."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from justhtml import JustHTML

from tests.security.corpus import STRINGS
from tests.workers import small
from workers.cli import main
from workers.engine import Engine
from workers.web import app
from workers.wiring import Deployment

PUBLIC = "https://leaf.rosta.example"
PLAIN = "The export is broken and we wait"
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
LINKS = frozenset({"href", "src", "action", "formaction", "srcdoc", "data", "poster", "ping"})
Shape = set[tuple[str, str]]


def ticket(number: int, put: str) -> dict[str, Any]:
    """An issue with the same words in every field that a source can fill."""
    return small.ticket(
        number,
        put,
        day=number % 6,
        body=f"{PLAIN}. {put}",
        author=put,
        author_role="customer",
        account=put,
        labels=["beans", put],
        project=put,
        component=put,
        group=put,
        priority=put,
        url=put,
        kind=put,
        comments=[{"author": put, "body": put, "created_at": small.MONDAY.isoformat()}],
        history=[{"at": small.MONDAY.isoformat(), "what": "labelled", "from": put, "to": put}],
    )


def house(directory: Path) -> Deployment:
    made = Deployment.read(directory, as_of=datetime.fromisoformat(small.DUE))
    made.prepare()
    return made


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Path]]:
    """Two deployments: one of plain words, and one of hostile ones."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEAFNOTES_PUBLIC_URL", PUBLIC)
        patch.setenv("LEAFNOTES_SECRET_KEY", "the key of a test, of forty letters or more 0002")
        directory = tmp_path_factory.mktemp("surfaces")
        made = {
            "plain": small.organisation(directory / "plain", [ticket(n, PLAIN) for n in range(1, 120)]),
            "hostile": small.organisation(directory / "hostile", [ticket(n, s) for n, s in enumerate(STRINGS, 1)]),
        }
        for place in made.values():
            running = house(place)
            engine = Engine(running)
            engine.pull_now(["desk"])
            small.perform(engine, ["pull", "classify"])
            running.database.dispose()
        yield made


def say(place: Path, *words: str) -> str:
    done = CliRunner().invoke(main, ["--config", str(place), "--as-of", small.DUE, *words])
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.fixture(scope="module")
def browsers(places: dict[str, Path]) -> Iterator[dict[str, FlaskClient]]:
    """Kit, who leads the roasters, signed in at both."""
    running = {name: house(place) for name, place in places.items()}
    found = {}
    for name, one in running.items():
        found[name] = app.create(Engine(one)).test_client()
        found[name].post(say(places[name], "access", "kit").strip().removeprefix(PUBLIC), base_url=PUBLIC)
    yield found
    for one in running.values():
        one.database.dispose()


@pytest.fixture(scope="module")
def hostile(browsers: dict[str, FlaskClient]) -> list[JustHTML]:
    """The list of hostile issues, page by page."""
    return list(lists(browsers["hostile"]))


def lists(web: FlaskClient) -> Iterator[JustHTML]:
    """Every page of the list of issues, as a browser's parser reads it."""
    following: str | None = "/triage?since=2026-01-01"
    while following:
        page = web.get(following, base_url=PUBLIC)
        assert page.status_code == 200
        parsed = JustHTML(page.text, sanitize=False)
        yield parsed
        links = [(node.attrs or {}).get("href") for node in parsed.query("a[rel=next]")]
        following = links[0] if links else None


def shape(page: JustHTML) -> Shape:
    """Every element with each of its attributes."""
    return {(node.name, name) for node in page.query("*") for name in ("", *(node.attrs or {}))}


def test_every_hostile_issue_is_stored(places: dict[str, Path]) -> None:
    told = [json.loads(line) for line in say(places["hostile"], "issues", "--json").splitlines()]

    assert len(told) == len(STRINGS)


def test_pages_of_hostile_issues_are_made_of_what_plain_ones_are(
    browsers: dict[str, FlaskClient], hostile: list[JustHTML]
) -> None:
    plain: Shape = set().union(*map(shape, lists(browsers["plain"])))

    assert len(hostile) > 5
    assert set().union(*map(shape, hostile)) - plain == set()


def test_no_page_links_to_anything_but_the_web(hostile: list[JustHTML]) -> None:
    nodes = (node for page in hostile for node in page.query("*"))
    links = {value for node in nodes for name, value in (node.attrs or {}).items() if name in LINKS and value}

    assert {urlsplit(link).scheme for link in links} <= {"", "http", "https"}
    assert [link for link in links if CONTROLS.search(link) or link.startswith(("//", "\\"))] == []


@pytest.mark.parametrize("words", [("issues",), ("status",), ("issues", "--unsure"), ("pains", "list")])
def test_a_terminal_is_told_no_control_characters(places: dict[str, Path], words: tuple[str, ...]) -> None:
    assert CONTROLS.findall(say(places["hostile"], *words)) == []


def test_an_explanation_has_no_control_characters(places: dict[str, Path]) -> None:
    for number in range(1, len(STRINGS), 40):
        assert CONTROLS.findall(say(places["hostile"], "explain", f"desk:{number}")) == []


def test_json_lines_are_one_line_an_issue_without_control_characters(places: dict[str, Path]) -> None:
    for line in say(places["hostile"], "issues", "--json").splitlines():
        told = json.loads(line)
        assert CONTROLS.findall("".join(_texts(told))) == [], told["external_id"]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
