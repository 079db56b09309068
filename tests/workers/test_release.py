"""A digest that waited for an address passes the gates again, beside all that others were told meanwhile."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from pipeline.digest import gates
from pipeline.digest.document import Document
from pipeline.store import db
from tests.workers import small
from workers.cli import main
from workers.engine import Engine
from workers.wiring import Deployment

KIT_IS_DUE, NOOR_IS_DUE = "2026-03-09T12:00:00+01:00", "2026-03-09T21:00:00+01:00"
SEVENTH = {**small.subscribers(1, first=7)[0], "labels": ["parcels"], "account": "Cafe 7", "author": "owner7@x.example"}


@pytest.fixture
def rosta(tmp_path: Path) -> Path:
    directory = small.organisation(tmp_path / "rosta", [*small.subscribers(), SEVENTH])
    _chart(directory, kits_address=False)
    return directory


def _chart(directory: Path, *, kits_address: bool) -> None:
    """Noor reads in Los Angeles, where it is Monday morning later."""
    noor, kit, *others = small.ORG["people"]
    kit = kit if kits_address else {"id": "kit", "name": "Kit", "team": "roasting"}
    people = [{**noor, "timezone": "America/Los_Angeles"}, kit, *others]
    (directory / "org.yaml").write_text(yaml.safe_dump({**small.ORG, "people": people}))


def _engine(directory: Path, moment: str) -> Iterator[Engine]:
    house = Deployment.read(directory, as_of=datetime.fromisoformat(moment))
    house.prepare()
    yield Engine(house)
    house.database.dispose()


def _label(directory: Path, side: str) -> None:
    done = CliRunner().invoke(main, ["--config", str(directory), "--as-of", KIT_IS_DUE, "label", "desk:7", side])
    assert done.exit_code == 0, done.output


def _told(directory: Path) -> dict[str, tuple[str, int, Document]]:
    for engine in _engine(directory, NOOR_IS_DUE):
        with db.reading(engine.deployment.database) as session:
            rows = {who: small.stored(session, who, small.WEEK) for who in ("noor", "kit")}
            return {who: (r.state, r.version, Document.from_json(r.document or {})) for who, r in rows.items()}
    raise AssertionError


def test_a_digest_that_waited_is_checked_beside_those_that_went_out_meanwhile(rosta: Path) -> None:
    for engine in _engine(rosta, KIT_IS_DUE):
        engine.tick()
        small.perform(engine, ["pull", "classify", "teach", "assign", "close"])
    _label(rosta, "none")  # a person says that the seventh cafe tells of no pain, and takes it back when kit's is made
    for engine in _engine(rosta, KIT_IS_DUE):
        engine.tick()
        small.perform(engine, ["compose"])
    _label(rosta, "customer")
    for engine in _engine(rosta, NOOR_IS_DUE):
        engine.run_once()
    before = _told(rosta)
    assert [before[who][0] for who in ("noor", "kit")] == ["composed", "unaddressed"]
    assert [one.said for one in gates.differencing([before["noor"][2], before["kit"][2]])] != []

    _chart(rosta, kits_address=True)
    for engine in _engine(rosta, NOOR_IS_DUE):
        engine.run_once()

    after = _told(rosta)
    assert after["kit"][:2] == ("composed", 2)
    assert gates.differencing([after["noor"][2], after["kit"][2]]) == []
    assert after["noor"] == before["noor"]
    assert "stale" in (rosta / "digests" / small.WEEK / "kit.txt").read_text()
