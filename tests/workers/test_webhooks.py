"""Webhooks as anybody on the internet may send them: only genuine ones count, and they only make a pull come sooner."""

import hashlib
import hmac
import json
import random
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

import pytest
import yaml
from flask.testing import FlaskClient
from pydantic import Field, SecretStr

from connectors.file import FileConnector, FileOptions
from pipeline.store import db, issues, work
from tests.workers import small
from workers.engine import KINDS, Engine
from workers.web import app, hooks
from workers.wiring import Deployment, Misconfigured

OLD, NEW = "the old secret of this source 0001", "the new secret of this source 0002"


class HookedOptions(FileOptions):
    webhook_secrets: list[SecretStr] = Field(default_factory=list)


class Hooked(FileConnector):
    """A file that announces its changes: sha256 over the raw body, and an id for each delivery."""

    kind: ClassVar[str] = "hooked"
    Options: ClassVar[type[FileOptions]] = HookedOptions

    @classmethod
    def webhook(cls, headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime) -> str | None:
        given = headers.get("x-signature", "")
        good = [hmac.new(one.encode(), body, hashlib.sha256).hexdigest() for one in secrets]
        if not any(hmac.compare_digest(given.encode(), one.encode()) for one in good):
            return None
        return str(json.loads(body)["delivery"])


@pytest.fixture
def rosta(tmp_path: Path) -> Path:
    directory = small.organisation(tmp_path / "rosta", small.subscribers(3))
    sources = yaml.safe_load((directory / "sources.yaml").read_text())
    sources["sources"][0] |= {
        "kind": "tests.workers.test_webhooks:Hooked",
        "webhook_secrets": ["${OLD_SECRET}", "${NEW_SECRET}"],
    }
    (directory / "sources.yaml").write_text(yaml.safe_dump(sources))
    return directory


@pytest.fixture
def engine(rosta: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    monkeypatch.setenv("OLD_SECRET", OLD)
    monkeypatch.setenv("NEW_SECRET", NEW)
    house = Deployment.read(rosta, as_of=datetime.fromisoformat(small.DUE))
    house.prepare()
    return Engine(house)


@pytest.fixture
def web(engine: Engine) -> FlaskClient:
    return app.create(engine).test_client()


def signed(delivery: str, secret: str = OLD) -> dict[str, Any]:
    body = json.dumps({"delivery": delivery}).encode()
    return {"data": body, "headers": {"X-Signature": hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}}


def asked(engine: Engine) -> int:
    with db.transaction(engine.deployment.database) as session:
        return work.outstanding(session, ["pull"])


def test_a_genuine_delivery_asks_for_a_pull_and_the_same_one_again_does_not(web: FlaskClient, engine: Engine) -> None:
    first = web.post("/hooks/desk", **signed("d1"))
    again = web.post("/hooks/desk", **signed("d1"))

    assert (first.status_code, again.status_code) == (202, 200)
    assert asked(engine) == 1


def test_a_storm_puts_no_message_into_the_queue_and_the_sweep_one(web: FlaskClient, engine: Engine) -> None:
    published: list[int] = []
    engine.publish = lambda _queue, ids: published.extend(ids)

    answers = [web.post("/hooks/desk", **signed(f"d{number}")).status_code for number in range(50)]

    assert answers == [202] * 50
    assert published == []
    with db.transaction(engine.deployment.database) as session:
        work.release(session, "pull", "desk")
    engine.sweep("pull")
    assert len(published) == 1


def test_both_secrets_are_valid_while_one_replaces_the_other(web: FlaskClient) -> None:
    assert web.post("/hooks/desk", **signed("d1", OLD)).status_code == 202
    assert web.post("/hooks/desk", **signed("d2", NEW)).status_code == 202


@pytest.mark.parametrize(
    "request_",
    [
        signed("d1", "somebody else's secret, 32 chars!!"),
        {"data": b"{}", "headers": {}},
        {"data": b"\xff\x00", "headers": {"X-Signature": "\u00fc"}},
        {**signed("d1"), "data": b'{"delivery": "another"}'},
        {"data": b"not json", "headers": {"X-Signature": hmac.new(OLD.encode(), b"not json", "sha256").hexdigest()}},
    ],
    ids=["wrong secret", "unsigned", "rubbish", "changed", "signed rubbish"],
)
def test_what_is_not_genuine_is_refused_and_asks_for_nothing(
    web: FlaskClient, engine: Engine, request_: dict[str, Any]
) -> None:
    assert web.post("/hooks/desk", **request_).status_code == 401
    assert asked(engine) == 0


def test_a_body_that_is_too_large_is_refused_before_it_is_hashed(web: FlaskClient, engine: Engine) -> None:
    body = b"x" * (hooks.LARGEST + 1)
    signature = hmac.new(OLD.encode(), body, hashlib.sha256).hexdigest()

    told = web.post("/hooks/desk", data=body, headers={"X-Signature": signature})

    assert told.status_code == 413
    assert asked(engine) == 0


@pytest.mark.parametrize("name", ["nosuch", "../etc", "desk/../desk"])
def test_only_sources_with_secrets_have_an_address(web: FlaskClient, name: str) -> None:
    assert web.post(f"/hooks/{name}", **signed("d1")).status_code == 404


def test_nothing_happens_on_get(web: FlaskClient, engine: Engine) -> None:
    assert web.get("/hooks/desk").status_code == 405
    assert asked(engine) == 0


def test_any_mix_of_deliveries_ends_in_the_same_rows_as_polling_alone(
    web: FlaskClient, engine: Engine, rosta: Path, tmp_path: Path
) -> None:
    chance = random.Random(5)
    tickets = small.subscribers(3)
    for step in range(12):
        tickets.append(small.ticket(100 + step, f"The grinder of bar {step} is loud", author=f"bar{step}@bars.example"))
        small.write(rosta, tickets)
        for _ in range(chance.randrange(4)):  # dropped, repeated, out of order, forged
            name = f"d{chance.randrange(max(1, step - 3), step + 2)}"
            secret = chance.choice([OLD, NEW, "forged forged forged forged forged"])
            web.post("/hooks/desk", **signed(name, secret))
        if chance.random() < 0.5:
            engine.drain()
    engine.pull_now(["desk"])
    engine.drain()

    alone = small.organisation(tmp_path / "alone", tickets)
    polled = Engine(Deployment.read(alone, as_of=datetime.fromisoformat(small.DUE)))
    polled.deployment.prepare()
    polled.pull_now(["desk"])
    polled.drain()

    assert _rows(engine) == _rows(polled)
    with db.transaction(engine.deployment.database) as session:
        assert work.held(session, KINDS) == []


def _rows(engine: Engine) -> list[tuple[str, str]]:
    with db.reading(engine.deployment.database) as session:
        return sorted((stored.issue.external_id, stored.issue.title) for stored in issues.read(session))


def test_secrets_for_a_kind_that_reads_no_webhooks_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEY", "a key of the desk")
    directory = small.organisation(tmp_path / "rosta", [])
    sources = yaml.safe_load((directory / "sources.yaml").read_text())
    sources["sources"].append(
        {
            "name": "fresh",
            "kind": "freshdesk",
            "base_url": "https://x.example",
            "token": "${KEY}",
            "webhook_secrets": ["${KEY}"],
        }
    )
    (directory / "sources.yaml").write_text(yaml.safe_dump(sources))

    with pytest.raises(Misconfigured, match="no webhooks are read from freshdesk"):
        Deployment.read(directory)
