"""`visible_to:` in a running deployment: for whoever may not see an issue it is nowhere, on no page and in no mail."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from sqlalchemy import select

from pipeline import escalating
from pipeline.store import db, escalations
from pipeline.tables import EscalationRow, MemberRow, PainRow
from tests.workers import small
from tests.workers.test_web_access import KEY, PUBLIC, signed_in
from workers.cli import main
from workers.engine import Engine
from workers.web import app
from workers.wiring import Deployment

VAULT = "vault"


def secret(number: int, at: int, **more: Any) -> dict[str, Any]:
    """The same trouble as everybody's, told in the vault by other cafes."""
    one = small.subscribers(6, first=number)[at]
    return {**one, "project": VAULT, "author": f"vip{at}@hotel.example", "account": f"Hotel {at}", **more}


def organisation(directory: Path, visible_to: Any, *more: dict[str, Any]) -> Path:
    tickets = [
        *({**one, "project": "shop"} for one in small.subscribers()),
        *(secret(20, at) for at in range(5)),
        *more,
    ]
    made = small.organisation(directory, tickets, tags={"escalate": ["now"]})
    narrow(made, visible_to)
    return made


def narrow(directory: Path, visible_to: Any) -> None:
    sources = yaml.safe_load((directory / "sources.yaml").read_text())
    sources["sources"][0].pop("visible_to", None)
    if visible_to is not None:
        sources["sources"][0]["visible_to"] = visible_to
    (directory / "sources.yaml").write_text(yaml.safe_dump(sources))


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Engine]]:
    monkeypatch.setenv("LEAFNOTES_PUBLIC_URL", PUBLIC)
    monkeypatch.setenv("LEAFNOTES_SECRET_KEY", KEY)
    engines: list[Engine] = []

    def start(directory: Path, *, later: timedelta = timedelta(), once: bool = True) -> Engine:
        house = Deployment.read(directory, as_of=datetime.fromisoformat(small.DUE) + later)
        house.prepare()
        engines.append(Engine(house))
        if once:
            engines[-1].run_once()
        return engines[-1]

    yield start
    for engine in engines:
        engine.deployment.database.dispose()


def document(directory: Path, leader: str, week: str = small.WEEK) -> dict[str, Any]:
    return json.loads((directory / "digests" / week / f"{leader}.json").read_text())  # type: ignore[no-any-return]


def without_links(said: dict[str, Any]) -> str:
    """A document without what is signed anew in each deployment."""
    return re.sub(rf"{PUBLIC}/[^\s\"]+", "LINK", json.dumps(said, sort_keys=True))


def test_a_mail_is_the_same_as_if_the_narrowed_project_did_not_exist(tmp_path: Path, run: Any) -> None:
    narrowed = organisation(tmp_path / "narrowed", {VAULT: ["noor"]})
    without = small.organisation(tmp_path / "without", [{**one, "project": "shop"} for one in small.subscribers()])
    run(narrowed)
    run(without)

    assert without_links(document(narrowed, "kit")) == without_links(document(without, "kit"))
    whole = document(narrowed, "noor")
    assert whole["made"]["read"] == 11
    assert {key for pain in whole["pains"] for key in pain["issues"]} >= {"desk:20", "desk:1"}


def test_pains_of_two_audiences_are_kept_apart_however_alike_their_words(tmp_path: Path, run: Any) -> None:
    engine = run(organisation(tmp_path / "rosta", {VAULT: ["noor"]}))

    with db.reading(engine.deployment.database) as session:
        pains = {row.id: (row.live or {})["audience"] for row in session.scalars(select(PainRow))}
        joined = {pain for (pain,) in session.execute(select(MemberRow.pain))}

    assert sorted(pains[pain] for pain in joined) == ["", f"desk/{VAULT}"]


def test_a_whole_source_that_is_narrowed_is_not_even_named(tmp_path: Path, run: Any) -> None:
    made = organisation(tmp_path / "rosta", ["noor"])
    run(made)

    assert document(made, "kit")["made"]["sources"] == []
    assert document(made, "kit")["pains"] == []
    assert document(made, "noor")["made"]["read"] == 11


def test_a_team_that_is_named_lets_its_people_and_its_lead_see_and_nobody_above(tmp_path: Path, run: Any) -> None:
    made = organisation(tmp_path / "rosta", {VAULT: ["roasting"]})
    site = app.create(run(made))

    def sees(who: str) -> bool:
        page = signed_in(site, made, who).get("/triage?q=&source=desk", base_url=PUBLIC).text
        return 'value="desk:20"' in page

    assert document(made, "kit")["made"]["read"] == 11
    assert document(made, "noor")["made"]["read"] == 6
    assert [sees(who) for who in ("kit", "roaster1", "noor")] == [True, True, False]


def test_the_triage_page_neither_shows_nor_finds_nor_changes_it(tmp_path: Path, run: Any) -> None:
    made = organisation(tmp_path / "rosta", {VAULT: ["noor"]})
    site = app.create(run(made))
    web = signed_in(site, made, "kit")
    with web.session_transaction(base_url=PUBLIC) as cookie:
        word = cookie["csrf"]

    answers = [
        web.post(address, data={"issue": issue, "side": "none", "csrf": word}, base_url=PUBLIC)
        for address in ("/triage/label", "/triage/escalate")
        for issue in ("desk:20", "desk:999")
    ]

    assert "desk:20" not in web.get("/triage?q=stale", base_url=PUBLIC).text
    assert [one.status_code for one in answers] == [404] * 4
    assert answers[0].text == answers[1].text
    assert "desk:20" not in web.get("/triage?done=desk:20&called=desk:20", base_url=PUBLIC).text


def link(directory: Path, name: str, who: str = "kit") -> str:
    found = re.search(rf"{PUBLIC}(/{name}/\S+)", (directory / "digests" / small.WEEK / f"{who}.txt").read_text())
    assert found
    return found[1]


def test_a_page_is_closed_once_what_it_tells_of_may_not_be_seen_any_more(tmp_path: Path, run: Any) -> None:
    made = organisation(tmp_path / "rosta", None)
    before = app.create(run(made)).test_client()
    pages = [link(made, name) for name in ("digest", "answer")]
    seen = [before.get(page).status_code for page in pages]
    narrow(made, {VAULT: ["noor"]})
    after = app.create(run(made, once=False)).test_client()

    closed = [after.get(page) for page in pages]

    assert seen == [200, 200]
    assert [one.status_code for one in closed] == [403, 403]
    assert not [one for one in closed if "Stale" in one.text or "stale" in one.text]
    assert after.get(link(made, "digest", "noor")).status_code == 200


def test_a_mail_that_waits_is_made_anew_when_fewer_people_may_see(tmp_path: Path, run: Any) -> None:
    made = organisation(tmp_path / "rosta", None)
    engine = run(made, once=False)
    engine.pull_now(["desk"])
    engine.tick()
    small.perform(engine, ["pull", "classify", "assign", "close", "compose"])
    with db.reading(engine.deployment.database) as session:
        composed = small.stored(session, "kit", small.WEEK)
    assert composed.document is not None
    assert composed.document["made"]["read"] == 11
    narrow(made, {VAULT: ["noor"]})

    later = run(made)

    with db.reading(later.deployment.database) as session:
        sent = small.stored(session, "kit", small.WEEK)
    assert sent.version == composed.version + 1
    assert document(made, "kit")["made"]["read"] == 6
    assert "Hotel" not in json.dumps(document(made, "kit"))
    assert {"desk:20", "desk:24"}.isdisjoint(re.findall(r"desk:\d+", json.dumps(document(made, "kit"))))


def test_old_pains_of_both_are_told_by_their_open_issues_alone(tmp_path: Path, run: Any) -> None:
    made = organisation(tmp_path / "rosta", None)
    run(made)
    narrow(made, {VAULT: ["noor"]})
    again = [{**one, "project": "shop"} for one in small.subscribers(4, first=50, day=7)]
    old = [{**one, "project": "shop"} for one in small.subscribers()] + [secret(20, at) for at in range(5)]
    new = [secret(70, at, created_at=again[0]["created_at"], updated_at=again[0]["updated_at"]) for at in range(5)]
    small.write(made, [*old, *again, *new])
    run(made, later=timedelta(weeks=1))

    told = document(made, "kit", "2026-W11")

    assert told["made"]["read"] == 4
    assert {key for pain in told["pains"] for key in pain["issues"]} == {"desk:50", "desk:51", "desk:52", "desk:53"}
    assert [pain["people"] for pain in told["pains"]] == [4]
    assert document(made, "noor", "2026-W11")["made"]["read"] == 9


def test_a_call_passes_over_who_may_not_see_and_its_page_closes_to_who_may_not_any_more(
    tmp_path: Path, run: Any
) -> None:
    burning = secret(40, 0, title="The roaster burns", labels=["beans", "now"])
    burning |= {key: small.ticket(0, "x", day=6.9)[key] for key in ("created_at", "updated_at")}
    made = organisation(tmp_path / "rosta", {VAULT: ["noor"]}, burning)
    engine = run(made)

    with db.reading(engine.deployment.database) as session:
        row = session.scalars(select(EscalationRow)).one()
        kept = escalations.of_issue(session, row.issue_id)
        assert kept is not None
        assert [one.reader for one in kept.told] == ["noor"]
        assert escalating.may_be_read(session, kept, "noor", engine.deployment.house)
        assert not escalating.may_be_read(session, kept, "kit", engine.deployment.house)


def checked(directory: Path, *words: str) -> list[str]:
    result = CliRunner().invoke(main, ["--config", str(directory), "check", *words])
    return [line for line in result.output.splitlines() if "visible_to" in line]


def test_check_names_who_is_nobody_and_projects_that_nothing_has(tmp_path: Path, run: Any) -> None:
    made = organisation(tmp_path / "rosta", {VAULT: ["noor", "rosting"], "valt": ["kit"], "*": ["rosta"]})
    run(made)

    found = checked(made)

    assert len(found) == 2
    assert re.match(r"sources\.yaml:\d+: error: sources\[0\]\.visible_to\.vault\[1\]: 'rosting' is neither", found[0])
    assert "Did you mean roasting?" in found[0]
    assert re.match(r"sources\.yaml:\d+: warning: sources\[0\]\.visible_to\.valt: no stored issue of desk", found[1])
    assert "Did you mean vault?" in found[1]
    assert len(checked(made, "--offline")) == 1


@pytest.mark.parametrize("wrong", [[], {}, "noor", {VAULT: []}, {VAULT: "noor"}, [["noor"]]])
def test_a_narrowing_that_names_nobody_is_refused_and_opens_nothing(tmp_path: Path, wrong: Any) -> None:
    made = organisation(tmp_path / "rosta", wrong)

    result = CliRunner().invoke(main, ["--config", str(made), "issues"])

    assert result.exit_code != 0
    assert re.search(r"sources\.yaml:\d+: .*visible_to", result.output)


def test_a_key_without_a_value_is_refused(tmp_path: Path) -> None:
    made = organisation(tmp_path / "rosta", None)
    path = made / "sources.yaml"
    path.write_text(path.read_text() + "  visible_to:\n")

    found = checked(made, "--offline")

    assert len(found) == 1
    assert "error" in found[0]
