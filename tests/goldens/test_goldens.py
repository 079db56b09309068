"""The golden digests: each folder is a fixture and the values that were worked out from it by hand, see README.md."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from pipeline.digest import gates, phrasebook, render
from pipeline.digest.document import Document
from pipeline.digest.gates_form import FIRST_SCREEN, HTML_LIMIT, WHOLE
from tests.goldens.stage import HERE, Stage, Told
from workers.cli import main

CASES = sorted(path.parent.name for path in HERE.glob("*/case.yaml"))
RUN = [name for name in CASES if "check" not in yaml.safe_load((HERE / name / "expected.yaml").read_text())]


def read(name: str, what: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((HERE / name / f"{what}.yaml").read_text())
    return found


class Played:
    """The cases that were played, each once in a session."""

    def __init__(self, directory: Path) -> None:
        self._directory, self._told = directory, {}

    def __call__(self, name: str) -> tuple[Stage, dict[tuple[str, str], Told]]:
        if name not in self._told:
            stage = Stage(read(name, "case"), self._directory / name)
            self._told[name] = stage, stage.play()
        return self._told[name]


@pytest.fixture(scope="module")
def play(tmp_path_factory: pytest.TempPathFactory) -> Played:
    return Played(tmp_path_factory.mktemp("goldens"))


def flat(text: str) -> str:
    return " ".join(text.split())


def said(told: Told) -> dict[str, str]:
    """The three forms, each on one line, the HTML without its tags."""
    return {form: flat(re.sub(r"<[^>]+>", " ", text) if form == "html" else text) for form, text in told.forms.items()}


def differences(expected: Any, found: Any, where: str) -> list[str]:
    """Where a model is not what was worked out by hand: every field that is named, lists in order and in full."""
    if isinstance(expected, Mapping):
        if not isinstance(found, Mapping):
            return [f"{where}: {found!r} is no object"]
        missing = [f"{where}.{key}: not there" for key in expected if key not in found]
        present = [key for key in expected if key in found]
        return missing + [line for key in present for line in differences(expected[key], found[key], f"{where}.{key}")]
    if isinstance(expected, list):
        if not isinstance(found, list) or len(found) != len(expected):
            return [f"{where}: {found!r}, by hand {expected!r}"]
        pairs = enumerate(zip(expected, found, strict=True))
        return [line for n, (one, other) in pairs for line in differences(one, other, f"{where}[{n}]")]
    return [] if expected == found else [f"{where}: {found!r}, by hand {expected!r}"]


def wrong(expected: Mapping[str, Any], told: Told) -> list[str]:
    """Everything that one leader's digest does not keep of what its expectation names."""
    document, forms, raw = told.document, said(told), told.forms
    if told.state != expected.get("state", "composed"):
        return [f"{told.state} ({told.reason}), by hand {expected.get('state', 'composed')}"]
    found = differences(expected.get("model", {}), document, "model")
    found += [] if told.read_by == expected.get("read_by") else [f"read by {told.read_by}"]
    shown = [("txt", token) for token in expected.get("shows", ())] + [("html", t) for t in expected.get("shows", ())]
    found += [
        f"{form} does not show {token!r}" for form, token in shown if token.casefold() not in forms[form].casefold()
    ]
    hidden = [(form, token) for token in expected.get("hides", ()) for form in raw]
    found += [f"{form} shows {token!r}" for form, token in hidden if _in(token, raw[form]) or _in(token, forms[form])]
    hidden = [(form, token) for token in expected.get("printed_nowhere", ()) for form in ("txt", "html")]
    found += [f"{form} prints {token!r}" for form, token in hidden if _in(token, raw[form])]
    found += [f"html has no {token!r}" for token in expected.get("html", ()) if token not in raw["html"]]
    found += [f"html has {token!r}" for token in expected.get("html_lacks", ()) if token in raw["html"]]
    if "first_screen" in expected:
        screen = flat(render.first_screen(Document.from_json(document))).casefold()
        found += [f"the first screen lacks {t!r}" for t in expected["first_screen"] if t.casefold() not in screen]
    if "in_order" in expected:
        places = [forms["txt"].casefold().find(token.casefold()) for token in expected["in_order"]]
        found += [] if places == sorted(places) and -1 not in places else [f"{expected['in_order']} stand at {places}"]
    if "words" in expected and len(told.text.split()) > expected["words"]:
        found.append(f"{len(told.text.split())} words, at most {expected['words']}")
    return found + _of_quotations(expected, told)


def _of_quotations(expected: Mapping[str, Any], told: Told) -> list[str]:
    document, found = Document.from_json(told.document), []
    if expected.get("marked") and not any(re.search(r"\[(?:phone|name|email|secret|card)\b", told.text) for _ in (1,)):
        found.append("no mark shows that something was taken out")
    if "groups" in expected:
        groups = sorted(sorted(pain.issues) for pain in document.pains)
        found += [] if groups == sorted(expected["groups"]) else [f"grouped as {groups}"]
    for kind in expected.get("never_together", ()):
        apart = [p.issues for p in document.pains if set(p.issues) & set(kind) and not set(p.issues) <= set(kind)]
        found += [f"together are {', '.join(issues)}" for issues in apart]
    if "quoted_from" in expected and not {q.issue for q in document.quotations()} <= set(expected["quoted_from"]):
        found.append(f"quoted are {[q.issue for q in document.quotations()]}")
    if "paraphrased" in expected and not getattr(document, expected["paraphrased"]):
        found.append(f"nothing is said in {expected['paraphrased']}")
    return found


def _in(token: str, text: str) -> bool:
    return token.casefold() in text.casefold()


WANTED = [
    pytest.param(
        name,
        week,
        leader,
        id=f"{name}-{week}-{leader}",
    )
    for name in RUN
    for week, leaders in read(name, "expected").items()
    for leader in leaders
    if leader != "leaders"
]


@pytest.mark.parametrize(("name", "week", "leader"), WANTED)
def test_a_digest_is_what_was_worked_out_by_hand(play: Played, name: str, week: str, leader: str) -> None:
    _, told = play(name)

    found = wrong(read(name, "expected")[week][leader], told[week, leader])
    assert not found, "\n".join(found)


@pytest.mark.parametrize("name", RUN)
def test_every_digest_of_a_golden_week_passes_the_gates_and_keeps_its_budgets(play: Played, name: str) -> None:
    _, every = play(name)
    expected = read(name, "expected")

    for (week, leader), told in every.items():
        wanted = expected.get(week, {}).get(leader, {}).get("state", "composed")
        assert (week, leader, told.state, told.reason if wanted == "composed" else None) == (week, leader, wanted, None)
        if wanted != "composed":
            continue
        document = Document.from_json(told.document)
        assert len(told.text.split()) <= WHOLE
        assert len(render.first_screen(document).split()) <= FIRST_SCREEN
        assert len(told.html.encode()) <= HTML_LIMIT
        assert len(document.subject) <= 60
        assert len(document.pains) <= 3
        assert len(document.also_open) <= 3
    for week in {week for week, _ in every}:
        documents = [Document.from_json(told.document) for (of, _), told in every.items() if of == week]
        assert gates.differencing(documents) == []


@pytest.mark.parametrize("name", RUN)
def test_the_mail_of_a_golden_week_has_one_head_and_both_forms(play: Played, name: str) -> None:
    stage, every = play(name)
    addresses = {p["id"]: p.get("email") for p in stage.org["people"]}

    for (_, leader), told in every.items():
        if told.state != "composed":
            continue
        mail = message_from_bytes(told.mail, policy=policy.default)
        assert [len(mail.get_all(name, [])) for name in ("Subject", "To", "From", "Message-ID", "Date")] == [1] * 5
        assert mail["Bcc"] is None
        assert str(mail["To"]) == addresses[told.read_by or leader]
        assert str(mail["Subject"]) == told.document["subject"]
        assert [part.get_content_type() for part in mail.walk()][-2:] == ["text/plain", "text/html"]
        assert max(map(len, told.mail.splitlines())) < 998


QUOTED_ONCE = [p for p in WANTED if "quoted_at_most_once" in read(*p.values[:1], "expected")[p.values[1]][p.values[2]]]


@pytest.mark.parametrize(("name", "week", "leader"), QUOTED_ONCE)
def test_a_loud_author_is_quoted_at_most_once(play: Played, name: str, week: str, leader: str) -> None:
    stage, told = play(name)
    loud = read(name, "expected")[week][leader]["quoted_at_most_once"]
    by = {f"{t['@source']}:{t['external_id']}": t.get("account") for t in stage.tickets}

    quoted = Counter(by[q.issue] for q in Document.from_json(told[week, leader].document).quotations())

    assert quoted[loud] <= 1


@pytest.mark.parametrize("name", [name for name in RUN if name.startswith("G23")])
def test_only_who_leads_when_the_week_ends_is_told(play: Played, name: str) -> None:
    _, told = play(name)

    for week, expected in read(name, "expected").items():
        assert sorted(leader for of, leader in told if of == week) == expected["leaders"]


@pytest.mark.parametrize("name", [name for name in CASES if name not in RUN])
def test_a_fault_of_the_org_file_is_named(tmp_path: Path, name: str) -> None:
    Stage(read(name, "case"), tmp_path / name).configure(datetime(2026, 9, 21, 12, tzinfo=UTC))
    expected = read(name, "expected")["check"]

    result = CliRunner().invoke(main, ["--config", str(tmp_path / name), "check", "--offline"])

    assert result.exit_code == expected["exit"], result.output
    assert [token for token in expected["says"] if token not in flat(result.output)] == []


@pytest.mark.parametrize("name", CASES)
def test_a_case_says_what_it_is_about_and_the_table_names_it(name: str) -> None:
    assert read(name, "case")["situation"]
    assert f"`{name}`" in (HERE / "README.md").read_text()


NEW_WORDS = [("G05-storm", "ada"), ("G17-late-data", "ada"), ("G18-answered-fixed-back", "cy"), ("G20-on-leave", "cy")]


@pytest.mark.parametrize(("name", "leader"), NEW_WORDS)
def test_what_only_such_weeks_say_can_be_said_in_german(play: Played, name: str, leader: str) -> None:
    stage, told = play(name)
    document = replace(Document.from_json(told[stage.weeks[-1], leader].document), language="de")
    say = phrasebook.tongue(document)

    spoken = phrasebook.spoken(document, say)

    parts = [*document.notes, *(p.line for p in document.pains), *(s.text for s in document.since_you_acted)]
    parts += [*(c.text for c in document.corrections), *(a.lead for a in document.away)]
    assert [text for text in parts if text in say.unknown] == []
    assert [a.pains[0].who for a in spoken.away] == ["3 Kunden"] * len(document.away)
