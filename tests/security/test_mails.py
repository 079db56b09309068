"""A thousand hostile strings in every place of a mail that holds words of others: its form stays what it was."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email import message_from_bytes, policy
from typing import Any

import pytest
from justhtml import JustHTML

from pipeline.clean import clean
from pipeline.digest import mime, render
from pipeline.digest.document import Document
from tests.security.corpus import STRINGS
from tests.workers import small
from workers.engine import Engine
from workers.wiring import Deployment

WORDS = frozenset({"title", "short", "before"})
"""Keys of a document under which stand names made of what people wrote; what they wrote is the text of a quotation."""
PLAIN = "The export is broken and we wait"
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    """A digest with pains, quotations and keys, as it is stored."""
    directory = small.organisation(tmp_path_factory.mktemp("mails") / "rosta", small.subscribers())
    house = Deployment.read(directory, as_of=datetime.fromisoformat(small.DUE))
    house.prepare()
    Engine(house).run_once()
    house.database.dispose()
    loaded: dict[str, Any] = json.loads((directory / "digests" / small.WEEK / "kit.json").read_text())
    assert [pain["quotes"] for pain in loaded["pains"]] != [[]]
    return loaded


def saying(value: Any, put: str) -> Any:
    """The document with other words in all places that hold words of others."""
    if isinstance(value, list):
        return [saying(inner, put) for inner in value]
    if not isinstance(value, dict):
        return value
    words = {*WORDS, *(["text"] if "issue" in value else [])}
    told = {name for name in words & value.keys() if isinstance(value[name], str)}
    return {name: put if name in told else saying(inner, put) for name, inner in value.items()}


def skeleton(html: str) -> list[tuple[str, tuple[tuple[str, str | None], ...]]]:
    """Every element with its attributes, in order, as a browser's parser finds them."""
    found = JustHTML(html, sanitize=False).query("*")
    return [(node.name, tuple(sorted((node.attrs or {}).items()))) for node in found]


def marks(text: str) -> list[str]:
    """The lines of a text part that lead the eye: rules, headings in capitals, and links to act on."""
    return [line for line in text.splitlines() if re.match(r"-{5}|> |[A-Z][A-Z ]{5,}$", line)]


def test_the_corpus_is_large() -> None:
    assert len(STRINGS) >= 1_000


def test_no_hostile_word_changes_the_html_of_a_mail(document: Mapping[str, Any]) -> None:
    def made(put: str) -> list[tuple[str, tuple[tuple[str, str | None], ...]]]:
        return skeleton(render.html(Document.from_json(saying(document, put))))

    plain = made(PLAIN)

    assert [text for text in STRINGS if made(text) != plain] == []


def test_no_hostile_word_draws_a_part_into_the_text_of_a_mail(document: Mapping[str, Any]) -> None:
    """Words as they are stored: titles, and quotations cut from a body, on one line."""

    def made(put: str) -> list[str]:
        words = " ".join(clean(put).split())
        text = render.text(Document.from_json(saying(document, words or PLAIN)))
        assert not CONTROLS.search(text), put
        return marks(text)

    plain = made(PLAIN)

    assert [text for text in STRINGS if made(text) != plain] == []


def test_no_hostile_subject_or_name_adds_a_header() -> None:
    def made(put: str) -> list[str]:
        return [name for name, _ in message_from_bytes(mail(put), policy=policy.compat32).items()]

    plain = made(PLAIN)

    assert [text for text in STRINGS if made(text) != plain] == []


def mail(put: str) -> bytes:
    return mime.build(
        text=put,
        html=f"<p>{len(put)}</p>",
        subject=put,
        language="en",
        sender="Leaf Notes <notes@rosta.example>",
        recipient="kit@rosta.example",
        date=datetime(2026, 3, 9, 9, tzinfo=UTC),
        message_id=mime.message_id("rosta.example", "kit", small.WEEK, 1),
        list_id="Rosta leaf notes <leaf-weekly.rosta.example>",
        reference="2026-W10.kit.1",
    )
