"""Every page, for everybody who may come to it: what they see, and that looking changes nothing."""

import json
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from pipeline.answers import Given
from pipeline.links import Links
from pipeline.store import answers, corrections, db, digests, issues, listeners, objections, work
from pipeline.store import triage as store
from tests.connectors import oidc_fake
from tests.workers import small
from workers.cli import main
from workers.engine import Engine
from workers.web import app
from workers.web.charts import chart
from workers.wiring import Deployment

KEY = "the key of a test, of forty letters or more 0001"
PUBLIC = "https://leaf.rosta.example"
WHO = ("nobody", "member", "other", "leader", "operator", "expired", "forged")
"""`leader` and `member` are of the team that owns the issue, `other` leads another branch."""
IDS = {"member": "roaster1", "other": "dora", "leader": "kit", "operator": "ops", "expired": "kit", "forged": "kit"}
EVERYBODY = dict.fromkeys(WHO, 200)
NOBODY = dict.fromkeys(WHO, 405)


def only(*who: str, otherwise: int = 403, well: int = 200) -> dict[str, int]:
    return {one: well if one in who else otherwise for one in WHO}


SIGNED_IN = ("member", "other", "leader", "operator")
MATRIX: dict[str, dict[str, dict[str, int]]] = {
    "/static/<path:filename>": {"GET": EVERYBODY, "POST": NOBODY},
    "/alive": {"GET": EVERYBODY, "POST": NOBODY},
    "/health/live": {"GET": EVERYBODY, "POST": NOBODY},
    "/health/ready": {"GET": EVERYBODY, "POST": NOBODY},
    "/metrics": {"GET": dict.fromkeys(WHO, 404), "POST": NOBODY},  # only whoever has its token
    "/hooks/<source>": {"GET": NOBODY, "POST": dict.fromkeys(WHO, 404)},
    "/answer/<token>": {"GET": EVERYBODY, "POST": dict.fromkeys(WHO, 422)},
    "/answer/<token>/told": {"GET": NOBODY, "POST": dict.fromkeys(WHO, 409)},
    "/digest/<token>": {"GET": EVERYBODY, "POST": NOBODY},
    "/digest/<token>/correct": {"GET": EVERYBODY, "POST": dict.fromkeys(WHO, 422)},
    "/digest/<token>/team": {"GET": EVERYBODY, "POST": EVERYBODY},
    "/digest/<token>/team.txt": {"GET": EVERYBODY, "POST": NOBODY},
    "/check-in/<token>": dict.fromkeys(("GET", "POST"), dict.fromkeys(WHO, 410)),  # nobody is asked here
    "/check-in-stop/<token>": {"GET": EVERYBODY, "POST": EVERYBODY},
    "/pause/<token>": {"GET": EVERYBODY, "POST": EVERYBODY},
    "/preview/<token>": {"GET": EVERYBODY, "POST": dict.fromkeys(WHO, 422)},
    "/quoted/<token>": {"GET": EVERYBODY, "POST": NOBODY},
    "/sign-in/<token>": {"GET": EVERYBODY, "POST": dict.fromkeys(WHO, 303)},
    "/login/back": {"GET": dict.fromkeys(WHO, 403), "POST": NOBODY},
    "/login": {"GET": dict.fromkeys(WHO, 303), "POST": NOBODY},
    "/sign-out": {"GET": NOBODY, "POST": only(*SIGNED_IN)},
    "/triage": {"GET": only(*SIGNED_IN), "POST": NOBODY},
    "/triage/label": {"GET": NOBODY, "POST": only("member", "leader", "operator", well=303) | {"other": 404}},
    "/triage/correct": {"GET": NOBODY, "POST": only("member", "leader", "operator", well=303) | {"other": 404}},
    "/triage/escalate": {"GET": NOBODY, "POST": only("member", "leader", "operator", well=409) | {"other": 404}},
    "/operators": {"GET": only("operator"), "POST": NOBODY},
    "/operators/notes/<int:number>": {"GET": only("operator"), "POST": NOBODY},
    "/operators/refuse": {"GET": NOBODY, "POST": only("operator", well=422)},  # without a reason
    "/operators/release": {"GET": NOBODY, "POST": only("operator", well=303)},
    "/speak/<token>": {"GET": EVERYBODY, "POST": dict.fromkeys(WHO, 422)},
    "/escalation/<token>": {"GET": EVERYBODY, "POST": dict.fromkeys(WHO, 422)},
}
"""What each route answers to each who comes. The pages of a signed link ask for nothing but the link."""
EARLIER = "2026-W09"
FIELDS = {
    "/operators/release": {"week": EARLIER},
    "/triage/label": {"issue": "desk:1", "side": "customer"},
    "/triage/correct": {"issue": "desk:1", "what": "quote", "reason": "context"},
    "/triage/escalate": {"issue": "desk:37"},  # it is called for already
    "/pause/<token>": {"listen": "again"},
    "/check-in-stop/<token>": {"ask": "again"},
}


def tickets() -> list[dict[str, Any]]:
    hush = small.ticket(30, "Private matter of the roasters", labels=["beans", "hush"], body="Secret bean words")
    guilt = "I skipped the tests because there was no time, my mistake, sorry"
    return [
        *small.subscribers(),
        hush,
        small.ticket(31, guilt, author="r3", author_role="staff", labels=["beans"], body=guilt),
        small.ticket(32, "A parcel van broke down and crashed", labels=["parcels"], body="The van does not start"),
        small.ticket(33, "Nobody owns this crash", body="It crashes"),
        small.ticket(37, "The roaster smokes", labels=["beans", "now"], day=6.9, author="guest@cafe9.example"),
        small.ticket(34, "100% of_bags burst", labels=["beans"], body="Bags burst with an error"),
        small.ticket(35, "<script>alert(1)</script> \u202egnp.exe crash", labels=["beans"], url="javascript:alert(1)"),
        small.ticket(36, "Huge", labels=["beans"], body="crash <b onclick=x> " * 50_000),
    ]


def organisation(directory: Path) -> Path:
    made = small.organisation(directory, tickets(), tags={"private": ["hush"], "escalate": ["now"]})
    org = json.loads(json.dumps(small.ORG))
    org["people"] += [
        {"id": "dora", "name": "Dora", "email": "dora@rosta.example"},
        {"id": "ops", "name": "Op Erator"},
    ]
    org["teams"][2]["leader"] = "dora"
    (made / "org.yaml").write_text(yaml.safe_dump(org))
    sources = yaml.safe_load((made / "sources.yaml").read_text())
    sources["sources"].append({"name": "voices", "kind": "connectors.speak_up:SpeakUp"})
    (made / "sources.yaml").write_text(yaml.safe_dump(sources))
    return made


def opened(directory: Path, later: timedelta = timedelta()) -> Engine:
    house = Deployment.read(directory, as_of=datetime.fromisoformat(small.DUE) + later)
    house.prepare()
    return Engine(house)


@pytest.fixture(scope="module")
def rosta(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEAFNOTES_PUBLIC_URL", PUBLIC)
        patch.setenv("LEAFNOTES_SECRET_KEY", KEY)
        made = organisation(tmp_path_factory.mktemp("web") / "rosta")
        with oidc_fake.Provider() as there:
            oidc = {"issuer": there.issuer, "client_id": oidc_fake.CLIENT}
            (made / "settings.yaml").write_text(yaml.safe_dump({**small.SETTINGS, "web": {"oidc": oidc}}))
            yield made


@pytest.fixture(scope="module")
def engine(rosta: Path) -> Iterator[Engine]:
    runner = opened(rosta)
    runner.run_once()
    with runner.transaction() as session:  # one of an earlier week waits for an operator
        kit = small.stored(session, "kit", small.WEEK)
        at = runner.deployment.now()
        waits = {
            "leader": "kit",
            "period": EARLIER,
            "state": "waiting",
            "document": kit.document,
            "reason": "",
            "at": at,
        }
        digests.decide(session, **waits)
    yield runner
    runner.deployment.database.dispose()


@pytest.fixture(scope="module")
def site(engine: Engine) -> Flask:
    return app.create(engine)


def command(directory: Path, *words: str) -> str:
    result = CliRunner().invoke(main, ["--config", str(directory), "--as-of", small.DUE, *words])
    assert result.exit_code == 0, result.output
    return result.stdout.strip().removeprefix(PUBLIC)


def signed_in(site: Flask, rosta: Path, who: str, *role: str) -> FlaskClient:
    web = site.test_client()
    web.post(command(rosta, "access", who, *role), base_url=PUBLIC)
    return web


def coming(site: Flask, rosta: Path, who: str) -> tuple[FlaskClient, str]:
    """Somebody with their cookie, and the word that their forms carry."""
    if who == "nobody":
        return site.test_client(), ""
    if who == "forged":
        other = Flask("other")
        other.secret_key = KEY + "x"
        other.config.update(SESSION_COOKIE_NAME="leafnotes")
        web, csrf = site.test_client(), "c" * 32
        false = other.session_interface.get_signing_serializer(other)  # type: ignore[attr-defined]
        value = false.dumps({"person": "ops", "role": "operator", "until": 9_999_999_999, "csrf": csrf})
        web.set_cookie("leafnotes", value, domain="leaf.rosta.example", secure=True)
        return web, csrf
    web = signed_in(site, rosta, IDS[who], *(["--role", "operator"] if who == "operator" else []))
    with web.session_transaction(base_url=PUBLIC) as cookie:
        if who == "expired":
            cookie["until"] = int(datetime.fromisoformat(small.DUE).timestamp()) - 1
        return web, cookie["csrf"]


def addresses(rosta: Path, waiting: int = 0) -> dict[str, str]:
    mail = (rosta / "digests" / small.WEEK / "kit.txt").read_text()
    links = {name: re.search(rf"{PUBLIC}(/{name}/\S+)", mail)[1] for name in ("answer", "digest")}  # type: ignore[index]
    raw = (rosta / "digests" / small.WEEK / "kit.eml").read_bytes().decode()
    pause = re.search(rf"{PUBLIC}(/pause/[^>\s]+)", raw)
    assert pause
    told = next(path.read_text() for path in sorted((rosta / "digests" / "calls").glob("*.txt")))
    call = re.search(rf"{PUBLIC}(/escalation/[^\s#]+)", told)
    assert call
    signs = Links(KEY, PUBLIC)
    due = datetime.fromisoformat(small.DUE)
    asked = signs.to("check-in", reader="ticket", made_at=due, period=small.WEEK, about="roasting")
    return {
        "/static/<path:filename>": "/static/style.css",
        "/alive": "/alive",
        "/health/live": "/health/live",
        "/health/ready": "/health/ready",
        "/metrics": "/metrics",
        "/hooks/<source>": "/hooks/desk",
        "/answer/<token>": links["answer"],
        "/answer/<token>/told": links["answer"] + "/told",
        "/digest/<token>": links["digest"],
        "/digest/<token>/correct": links["digest"] + "/correct",
        "/digest/<token>/team": links["digest"] + "/team",
        "/digest/<token>/team.txt": links["digest"] + "/team.txt",
        "/check-in/<token>": asked.removeprefix(PUBLIC),
        "/check-in-stop/<token>": signs.lasting("check-in-stop", "roaster1").removeprefix(PUBLIC),
        "/pause/<token>": pause[1],
        "/preview/<token>": signs.to("preview", reader="kit", made_at=due, period=small.WEEK).removeprefix(PUBLIC),
        "/quoted/<token>": command(rosta, "quoted", "desk:1"),
        "/sign-in/<token>": command(rosta, "access", "kit"),
        "/login/back": "/login/back?code=a&state=b",
        "/login": "/login",
        "/sign-out": "/sign-out",
        "/triage": "/triage",
        "/triage/label": "/triage/label",
        "/triage/correct": "/triage/correct",
        "/triage/escalate": "/triage/escalate",
        "/operators": "/operators",
        "/operators/notes/<int:number>": f"/operators/notes/{waiting}",
        "/operators/refuse": "/operators/refuse",
        "/operators/release": "/operators/release",
        "/speak/<token>": command(rosta, "speak"),
        "/escalation/<token>": call[1],
    }


def dump(engine: Engine) -> str:
    with db.reading(engine.deployment.database) as session:
        names = session.execute(text("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")).scalars()
        return "\n".join(f"{name}: {session.execute(text(f'SELECT * FROM {name}')).all()}" for name in [*names])


def test_every_route_is_in_the_matrix(site: Flask) -> None:
    assert {rule.rule for rule in site.url_map.iter_rules()} == set(MATRIX)
    for rule in site.url_map.iter_rules():
        taken = (rule.methods or set()) - {"OPTIONS", "HEAD"}
        assert taken <= {"GET", "POST"}
        refused = {method for method, expected in MATRIX[rule.rule].items() if expected is NOBODY}
        assert refused.isdisjoint(taken), rule.rule


@pytest.mark.parametrize("who", WHO)
def test_each_route_answers_each_who_comes_and_looking_changes_nothing(
    rosta: Path, engine: Engine, site: Flask, who: str
) -> None:
    found: dict[str, dict[str, int]] = {}
    web, csrf = coming(site, rosta, who)
    with engine.transaction() as session:
        waiting = small.stored(session, "kit", EARLIER).id
    every = addresses(rosta, waiting)
    before = dump(engine)
    for rule, address in every.items():
        with web.get(address, base_url=PUBLIC) as seen, web.head(address, base_url=PUBLIC) as head:
            assert head.status_code == seen.status_code
            assert "script-src" not in seen.headers["Content-Security-Policy"]
            found[rule] = {"GET": seen.status_code}
    assert dump(engine) == before
    for rule in every:
        web, csrf = coming(site, rosta, who)
        form = {"csrf": csrf, "digest": str(waiting), **FIELDS.get(rule, {})}
        found[rule]["POST"] = web.post(every[rule], data=form, base_url=PUBLIC).status_code

    assert found == {rule: {way: expected[who] for way, expected in ways.items()} for rule, ways in MATRIX.items()}


@pytest.mark.parametrize("form", [{}, {"csrf": ""}, {"csrf": "A" * 32}, {"csrf": "é" * 9}])
@pytest.mark.parametrize("address", ["/triage/label", "/triage/correct", "/sign-out"])
def test_a_form_of_another_page_changes_nothing(
    rosta: Path, engine: Engine, site: Flask, address: str, form: dict[str, str]
) -> None:
    web = signed_in(site, rosta, "kit")
    before = dump(engine)

    found = web.post(address, data={"issue": "desk:1", "side": "none", **form}, base_url=PUBLIC)

    assert found.status_code == 403
    assert dump(engine) == before
    assert web.get("/triage", base_url=PUBLIC).status_code == 200


def test_the_word_of_another_session_does_not_count(rosta: Path, engine: Engine, site: Flask) -> None:
    web, _ = coming(site, rosta, "leader")
    _, foreign = coming(site, rosta, "leader")

    found = web.post("/triage/label", data={"issue": "desk:1", "side": "none", "csrf": foreign}, base_url=PUBLIC)

    assert found.status_code == 403


def test_the_cookie_is_careful_and_ends_after_twelve_hours(rosta: Path, engine: Engine) -> None:
    link = command(rosta, "access", "kit")
    web = app.create(engine).test_client()
    given = web.post(link, base_url=PUBLIC).headers["Set-Cookie"]
    later = opened(rosta, timedelta(hours=12, seconds=1))
    late = app.create(later).test_client()
    late.set_cookie("leafnotes", given.partition("=")[2].partition(";")[0], domain="leaf.rosta.example", secure=True)

    assert all(word in given for word in ("HttpOnly", "SameSite=Lax", "Secure", "Path=/"))
    assert late.get("/triage", base_url=PUBLIC).status_code == 403
    later.deployment.database.dispose()


def test_a_sign_in_link_ends_and_another_site_cannot_use_it(rosta: Path, engine: Engine, site: Flask) -> None:
    link = command(rosta, "access", "kit", "--days", "1")
    later = opened(rosta, timedelta(days=1, seconds=1))
    late = app.create(later).test_client()

    assert late.get(link).status_code == 410
    assert late.post(link).status_code == 410
    assert site.test_client().post(link, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    for purpose in ("answer", "digest", "pause", "preview", "quoted"):
        assert site.test_client().get(link.replace("/sign-in/", f"/{purpose}/")).status_code == 404
    later.deployment.database.dispose()


def test_who_left_the_org_chart_sees_nothing_at_once(rosta: Path, tmp_path: Path, engine: Engine, site: Flask) -> None:
    link = command(rosta, "access", "dora")
    elsewhere = organisation(tmp_path / "rosta")
    chart = yaml.safe_load((elsewhere / "org.yaml").read_text())
    chart["people"] = [person for person in chart["people"] if person["id"] != "dora"]
    del chart["teams"][2]["leader"]
    (elsewhere / "org.yaml").write_text(yaml.safe_dump(chart))
    later = opened(elsewhere)
    web = app.create(later).test_client()

    assert web.get(link).status_code == 403
    assert web.post(link).status_code == 403
    later.deployment.database.dispose()


def test_access_is_given_to_people_of_the_org_chart_only(rosta: Path) -> None:
    for who in ("mallory", "ops"):
        assert CliRunner().invoke(main, ["--config", str(rosta), "access", who]).exit_code == 2
    assert CliRunner().invoke(main, ["--config", str(rosta), "access", "kit", "--days", "31"]).exit_code == 2


def seen(site: Flask, rosta: Path, who: str, query: str = "") -> str:
    found = coming(site, rosta, who)[0].get(f"/triage?{query}", base_url=PUBLIC)
    assert found.status_code == 200, found.text
    return found.text


def shown(page: str) -> set[str]:
    return set(re.findall(r'name="issue" value="desk:(\d+)"', page))


def test_what_a_person_sees_follows_the_org_tree(rosta: Path, engine: Engine, site: Flask) -> None:
    beans = {"1", "2", "3", "4", "5", "6", "34", "35", "36", "37"}
    top = signed_in(site, rosta, "noor").get("/triage", base_url=PUBLIC).text

    assert shown(seen(site, rosta, "leader")) == beans | {"31"}
    assert shown(seen(site, rosta, "member")) == beans | {"31"}
    assert shown(seen(site, rosta, "other")) == {"32"}
    assert shown(top) == beans | {"32", "33"}
    assert shown(seen(site, rosta, "operator")) == beans | {"30", "31", "32", "33"}


def test_what_is_private_is_neither_shown_nor_found_nor_changed(rosta: Path, engine: Engine, site: Flask) -> None:
    web, csrf = coming(site, rosta, "leader")
    form = {"issue": "desk:30", "side": "none", "csrf": csrf}

    assert "Private matter" not in seen(site, rosta, "leader", "q=Secret+bean")
    private, missing = (
        web.post("/triage/label", data={**form, "issue": name}, base_url=PUBLIC) for name in ("desk:30", "desk:999")
    )
    assert (private.status_code, private.text) == (404, missing.text)
    assert "Private matter" not in web.get("/triage?done=desk:30", base_url=PUBLIC).text
    assert "only operators see it" in seen(site, rosta, "operator", "q=Secret+bean")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=%25", {"34"}),
        ("q=100%25+of_bags", {"34"}),
        ("q=f_b", {"34"}),
        ("q=_____", set()),
        ("q=BAGS+BURST", {"34"}),
        ("q=%27+OR+1%3D1+--", set()),
        ("q=bags%00+burst", {"34"}),
        ("q=burst&leaf=delivery", set()),
        ("source=desk&q=burst", {"34"}),
        ("source=elsewhere", set()),
        ("state=closed", set()),
        ("state=open&q=burst", {"34"}),
    ],
)
def test_a_search_means_what_it_says(rosta: Path, engine: Engine, site: Flask, query: str, expected: set[str]) -> None:
    assert shown(seen(site, rosta, "leader", query)) == expected


@pytest.mark.parametrize("query", ["side=up", "kind=x", "state=x", "before=x", "before=20260302T100000.000000Z-x"])
def test_a_filter_that_there_is_not_is_refused(rosta: Path, engine: Engine, site: Flask, query: str) -> None:
    assert coming(site, rosta, "leader")[0].get(f"/triage?{query}", base_url=PUBLIC).status_code == 400


def test_hostile_text_is_text(rosta: Path, engine: Engine, site: Flask) -> None:
    page = seen(site, rosta, "leader")

    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "\u202e" not in page
    assert "javascript:" not in page
    assert "onclick" not in re.sub(r"&lt;.*?&gt;", "", page)
    assert len(page) < 60_000
    assert "<script" not in seen(site, rosta, "leader", "q=%3Cscript%3Ealert(1)")


def test_a_huge_form_is_refused(rosta: Path, engine: Engine, site: Flask) -> None:
    web, csrf = coming(site, rosta, "leader")
    before = dump(engine)

    found = web.post("/triage/label", data={"csrf": csrf, "issue": "x" * 1_000_000, "side": "none"}, base_url=PUBLIC)

    assert found.status_code == 413
    assert dump(engine) == before


def test_a_form_leads_back_to_its_page_and_to_no_other_site(rosta: Path, engine: Engine, site: Flask) -> None:
    web, csrf = coming(site, rosta, "leader")
    form = {"csrf": csrf, "issue": "desk:2", "side": "customer", "back": "q=stale&next=//evil.example&done=x\r\nA: b"}

    found = web.post("/triage/label", data=form, base_url=PUBLIC)

    assert found.headers["Location"] == "/triage?q=stale&done=desk%3A2"


def learned(directory: Path, way: str) -> tuple[str, list[Any]]:
    """The side that counts after a correction, and what was written for it, without who and how."""
    runner = opened(organisation(directory))
    runner.run_once()
    if way == "page":
        web, csrf = coming(app.create(runner), directory, "leader")
        web.post("/triage/label", data={"csrf": csrf, "issue": "desk:4", "side": "developer"}, base_url=PUBLIC)
        runner.drain()
    else:
        command(directory, "label", "desk:4", "developer", "--by", "kit")
    with db.reading(runner.deployment.database) as session:
        stored = next(issues.read(session, only=("desk", "4")))
        said = corrections.events(session)
        versions = session.execute(text("SELECT version, state, content FROM lessons ORDER BY version")).all()
        waiting = work.outstanding(session, ("teach", "assign"))
    runner.deployment.database.dispose()
    assert [(event.by, event.how, event.new) for event in said] == [("kit", way, "developer")]
    assert waiting == 0
    assert stored.verdict is not None
    assert versions
    return stored.verdict.side, [tuple(row) for row in versions]


def test_a_correction_on_the_page_teaches_as_one_in_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEAFNOTES_PUBLIC_URL", PUBLIC)
    monkeypatch.setenv("LEAFNOTES_SECRET_KEY", KEY)

    on_page, in_terminal = (learned(tmp_path / way, way) for way in ("page", "cli"))

    assert on_page == in_terminal
    assert on_page[0] == "developer"


def test_a_correction_is_said_and_can_be_taken_back(rosta: Path, engine: Engine, site: Flask) -> None:
    web, csrf = coming(site, rosta, "leader")
    form = {"csrf": csrf, "issue": "desk:5", "side": "none"}

    said = web.post("/triage/label", data=form, base_url=PUBLIC, follow_redirects=True).text
    none, customer = (web.get(f"/triage?side={side}&q=stale", base_url=PUBLIC).text for side in ("none", "customer"))
    undone = web.post("/triage/label", data={**form, "side": "undo"}, base_url=PUBLIC, follow_redirects=True).text

    assert "desk:5 is no pain now, because kit said so" in said
    assert "5" in shown(none)
    assert "5" not in shown(customer)
    assert "because kit said so" not in undone


def test_pages_of_a_list_follow_each_other_without_gap_or_repetition(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEAFNOTES_PUBLIC_URL", PUBLIC)
    monkeypatch.setenv("LEAFNOTES_SECRET_KEY", KEY)
    many = [{**small.ticket(n, f"Beans crash {n}"), "labels": ["beans"]} for n in range(1, 62)]
    many = [{**one, "created_at": many[n // 9 * 9]["created_at"]} for n, one in enumerate(many)]
    runner = opened(small.organisation(tmp_path / "rosta", many))
    runner.run_once()
    web = signed_in(app.create(runner), tmp_path / "rosta", "kit")
    seen: list[str] = []
    address, pages = "/triage", 0
    while address:
        page = web.get(address, base_url=PUBLIC).text
        seen += re.findall(r'action="/triage/label".*?name="issue" value="desk:(\d+)"', page, re.DOTALL)
        following = re.search(r'href="(/triage\?before=[^"]+)"', page)
        address, pages = following[1] if following else "", pages + 1

    assert (len(seen), len(set(seen)), pages) == (61, 61, 3)
    runner.deployment.database.dispose()


def test_operators_read_how_it_is(rosta: Path, engine: Engine, site: Flask) -> None:
    now = engine.deployment.now()
    with db.transaction(engine.deployment.database) as session:
        issues.quarantine(session, "desk", "row <9>", "no title", None, now)
        listeners.pause(session, "dora", now, now)
    page = coming(site, rosta, "operator")[0].get("/operators", base_url=PUBLIC).text
    with db.transaction(engine.deployment.database) as session:
        issues.release_from_quarantine(session, "desk", ["row <9>"])
        listeners.pause(session, "dora", None, now)

    assert "desk: 1 items" in page
    assert "row &lt;9&gt;" in page
    assert "dora (the lead of Delivery (Dora)) is away since 2026-03-09: nobody listens for their teams" in page
    assert re.search(r'<th scope="row">2026-W10</th><td>3</td><td>3</td>', page), page
    assert page.count('<th scope="row">') == 6
    assert "<form" not in page.replace('<form method="post" action="/sign-out">', "")


def test_the_digest_page_draws_the_numbers_of_its_document_and_no_others(
    rosta: Path, engine: Engine, site: Flask
) -> None:
    page = site.test_client().get(addresses(rosta)["/digest/<token>"]).text
    with db.reading(engine.deployment.database) as session:
        document = small.stored(session, "kit", small.WEEK).document
    assert document is not None
    weeks = document["pains"][0]["weeks"][-6:]

    drawn = re.findall(r'<text x="[\d.]+" y="[\d.]+">(\d+)</text>', page)
    table = re.findall(r"<td>(\d+|not shown)</td>", page)

    assert drawn == [str(number) for number in weeks if number is not None]
    assert table == ["not shown" if number is None else str(number) for number in weeks]
    assert '<svg viewBox="0 0 340 130" role="img" aria-labelledby="short-1-t short-1-d"' in page
    assert "Nobody has answered yet." in page
    assert "style=" not in page


def quoted_issue(engine: Engine) -> tuple[str, str]:
    with db.reading(engine.deployment.database) as session:
        document = small.stored(session, "kit", small.WEEK).document
    assert document is not None
    quote = document["pains"][0]["quotes"][0]
    return quote["issue"], quote["text"]


def test_an_author_reads_whether_why_and_what_was_answered(rosta: Path, engine: Engine, site: Flask) -> None:
    issue, words = quoted_issue(engine)
    others = [one for one in small.subscribers() if f"desk:{one['external_id']}" != issue]
    with db.reading(engine.deployment.database) as session:
        pain = small.stored(session, "kit", small.WEEK).document["pains"][0]["id"]  # type: ignore[index]
    web = site.test_client()

    before = web.get(command(rosta, "quoted", issue)).text
    answer(engine, pain)
    after = web.get(command(rosta, "quoted", issue)).text

    assert f"&#34;{words}&#34;" in before or f'"{words}"' in before
    assert "2026-W10" in before
    assert "Nothing yet." in before
    assert "The lead of Roasting, 9 March 2026: I will act" in after
    assert "We roast twice a week" in after
    assert "Nobody has said yet that you were told" in after
    assert not [one["author"] for one in others if one["author"] in after]
    assert not [name for name in ("Kit", "Noor", "kit@rosta") if name in after]


def answer(engine: Engine, pain: str) -> None:
    given = Given(kind="act", text="We roast twice a week", due=date(2026, 3, 20), to=None)
    now = engine.deployment.now()
    with db.transaction(engine.deployment.database) as session:
        answers.keep(
            session, pain=pain, leader="kit", period=small.WEEK, given=given, how="page", nonce="n" * 20, at=now
        )


def test_who_was_not_quoted_reads_so(rosta: Path, engine: Engine, site: Flask) -> None:
    page = site.test_client().get(command(rosta, "quoted", "desk:32")).text

    assert "These words stand in no leaf notes that were sent" in page
    assert "roast twice" not in page


def test_a_held_digest_quotes_nobody_yet(rosta: Path, engine: Engine) -> None:
    issue, _ = quoted_issue(engine)
    with db.transaction(engine.deployment.database) as session:
        sent = len(digests.quoting(session, issue))
        session.execute(text("UPDATE digests SET state = 'held' WHERE leader = 'kit'"))
        held = len(digests.quoting(session, issue))
        session.rollback()

    assert held == sent - 1


def test_a_list_can_be_read_by_key(engine: Engine) -> None:
    with db.reading(engine.deployment.database) as session:
        assert store.one(session, ("desk", "1")) is not None
        assert store.one(session, ("desk", "%")) is None


def test_twelve_months_are_what_the_same_leader_was_told_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEAFNOTES_PUBLIC_URL", PUBLIC)
    monkeypatch.setenv("LEAFNOTES_SECRET_KEY", KEY)
    house = small.organisation(tmp_path / "rosta", small.subscribers())
    opened(house).run_once()
    small.write(house, [*small.subscribers(), *small.subscribers(4, first=50, day=7)])
    later = opened(house, timedelta(weeks=1))
    later.run_once()
    link = re.search(rf"{PUBLIC}(/digest/\S+)", (house / "digests" / "2026-W11" / "kit.txt").read_text())
    assert link
    with db.reading(later.deployment.database) as session:
        told = [small.stored(session, "kit", week).document for week in (small.WEEK, "2026-W11")]
    people = [document["pains"][0]["people"] for document in told if document]

    page = app.create(later).test_client().get(link[1]).text

    long = page[page.index('id="long-1-c"') :]
    assert re.findall(r"<th scope=\"row\">(\S+)</th><td>(.+?)</td>", long) == [
        (week, "not shown" if number is None else str(number))
        for week, number in zip((small.WEEK, "2026-W11"), people, strict=True)
    ]
    later.deployment.database.dispose()


def test_a_chart_without_any_number_is_not_drawn() -> None:
    assert chart("x", "People", [("2026-W10", None), ("2026-W11", None)]) is None
    assert chart("x", "People", []) is None


def test_a_chart_says_in_words_what_it_draws() -> None:
    drawn = chart("x", "People", [("2026-W09", None), ("2026-W10", 3), ("2026-W11", 6)])

    assert drawn is not None
    assert drawn.said == "3 in 2026-W10, 6 in 2026-W11; 6 at most. 1 week has no number that may be shown."
    assert [bar.number for bar in drawn.bars] == [None, 3, 6]
    assert drawn.bars[2].height == 2 * drawn.bars[1].height


def test_an_engineer_moves_an_issue_of_their_area_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEAFNOTES_PUBLIC_URL", PUBLIC)
    monkeypatch.setenv("LEAFNOTES_SECRET_KEY", KEY)
    directory = organisation(tmp_path / "rosta")
    runner = opened(directory)
    runner.run_once()
    site = app.create(runner)
    web, csrf = coming(site, directory, "member")
    form = {"csrf": csrf, "what": "move", "team": "delivery"}

    codes = [
        web.post("/triage/correct", data={**form, "issue": name}, base_url=PUBLIC).status_code
        for name in ("desk:1", "desk:30", "desk:32", "desk:1")
    ]

    assert codes == [303, 404, 404, 404]
    with db.reading(runner.deployment.database) as session:
        assert [(one.what, one.by, one.issue) for one in objections.standing(session)] == [
            ("move", "roaster1", "desk:1")
        ]
    assert shown(seen(site, directory, "other")) == {"1", "32"}
    web.post("/triage/correct", data={"csrf": csrf, "what": "move", "team": "moon", "issue": "desk:2"}, base_url=PUBLIC)
    assert "2" in shown(seen(site, directory, "leader"))
    assert (
        "desk:1 was moved from roasting to delivery"
        in coming(site, directory, "operator")[0].get("/operators", base_url=PUBLIC).text
    )
    runner.deployment.database.dispose()
