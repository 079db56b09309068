"""What every link of a mail can do, by whoever holds it, in any order: each action once, each spoilt link never.

Whether something changed is whether any table did: a hash of all of them. By hand: `python -m tests.models.links`
flips each bit of a thousand tokens.
"""

import hashlib
import random
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from typing import Any

import yaml
from flask.testing import FlaskClient
from hypothesis import strategies as st
from hypothesis.stateful import rule
from itsdangerous import URLSafeSerializer
from sqlalchemy import select

from pipeline.check_in import QUESTIONS
from pipeline.links import LIFE, Links, Purpose
from pipeline.store import check_ins, db
from pipeline.tables import Base, DigestRow, EscalationRow
from tests.models import rosta
from tests.models.machine import Clock, Machine
from tests.workers import small
from workers.web import app

HERE = "https://leaf.rosta.example"
TICKETS = [f"ticket{n}" for n in range(6)]
MOMENTS = frozenset({("work", "wanted"), ("work", "changed_at"), ("work", "run_after")})
"""Columns that say how often something was asked for, and no more."""
SPOILT = (
    "bit",
    "cut",
    "longer",
    "letter",
    "case",
    "other key",
    "other purpose",
    "look-alike",
    "padded",
    "empty",
    "salt",
)
Fields = dict[str, str]


@cache
def mailed() -> rosta.Moment:
    """A week whose mails went out, one issue that was escalated, and a team that was asked how its week was."""
    clock = Clock(rosta.DUE)
    call = small.ticket(37, "The roaster smokes", labels=["beans", "now"], day=6.9, author="guest@cafe9.example")
    directory = small.organisation(
        rosta.folder() / "rosta", [*small.subscribers(), call], tags={"private": ["hush"], "escalate": ["now"]}
    )
    asked = {**small.SETTINGS, "check_in": {"enabled": True}}
    (directory / "settings.yaml").write_text(yaml.safe_dump(asked))
    with clock.patched():
        engine = rosta.opened(directory, clock)
        engine.run_once()
        with db.transaction(engine.deployment.database) as session:
            check_ins.begin(session, small.WEEK, "roasting", TICKETS, {})
    return rosta.moment(directory, engine)


class World:
    def __init__(self) -> None:
        self.clock = Clock(rosta.DUE)
        self.engine = mailed().again(self.clock)
        self.web: FlaskClient = app.create(self.engine).test_client()
        links = self.engine.deployment.links
        assert links is not None
        self.links = links
        with db.reading(self.engine.deployment.database) as session:
            self.documents = {
                row.leader: row.document or {}
                for row in session.scalars(select(DigestRow).where(DigestRow.kind == "weekly"))
            }
            self.call = session.scalars(select(EscalationRow.name)).one()
            told = session.scalars(select(DigestRow.leader).where(DigestRow.kind == "call"))
            self.told = sorted(set(told))

    def token(self, purpose: Purpose, reader: str, period: str = "", about: str = "", until: int | None = None) -> str:
        until = int((rosta.DUE + LIFE).timestamp()) if until is None else until
        return self.links.token(purpose, reader, period, about, until)

    def pain(self, leader: str) -> str:
        return next((one["id"] for one in self.documents[leader]["pains"]), "none")

    def issues(self) -> list[str]:
        return sorted({issue for one in self.documents["kit"]["pains"] for issue in one["issues"]})

    def good(self, leader: str) -> dict[Purpose, str]:
        """A token of each purpose that its reader may use."""
        return {
            "answer": self.token("answer", leader, small.WEEK, self.pain(leader)),
            "digest": self.token("digest", leader, small.WEEK),
            "pause": self.token("pause", leader),
            "escalation": self.token("escalation", self.told[0], "", self.call),
            "check-in": self.token("check-in", TICKETS[0], small.WEEK, "roasting"),
            "check-in-stop": self.token("check-in-stop", "roaster1", until=0),
        }

    def state(self, *, counting: bool = True) -> str:
        """A hash of every row of every table."""
        found = hashlib.blake2b(digest_size=16)
        with db.reading(self.engine.deployment.database) as session:
            for table in Base.metadata.sorted_tables:
                columns = [c for c in table.columns if counting or (table.name, c.name) not in MOMENTS]
                found.update(repr((table.name, session.execute(select(*columns)).all())).encode())
        return found.hexdigest()

    def post(self, address: str, fields: Fields) -> int:
        return self.web.post(address, data=fields, base_url=HERE).status_code


@cache
def _places() -> dict[Purpose, list[str]]:
    """Where the links of a purpose lead, that change something when they are posted to."""
    return {
        "answer": ["/answer/{}", "/answer/{}/told"],
        "digest": ["/digest/{}/correct", "/digest/{}/team"],
        "pause": ["/pause/{}"],
        "escalation": ["/escalation/{}"],
        "check-in": ["/check-in/{}"],
        "check-in-stop": ["/check-in-stop/{}"],
    }


def actions(world: World) -> st.SearchStrategy[tuple[Purpose, str, str, Fields]]:
    """(purpose, where, reader, what the form says): everything that a link of a mail can do."""
    leader = st.sampled_from(sorted(world.documents))
    issue, pain = st.sampled_from([*world.issues(), "desk:999"]), world.pain("kit")
    day = (rosta.DUE + timedelta(days=2)).date().isoformat()
    said = st.sampled_from(["We roast twice a week", "Not before summer", ""])

    def of(purpose: Purpose, where: str, **fields: Any) -> st.SearchStrategy[tuple[Purpose, str, str, Fields]]:
        given = {k: v if isinstance(v, st.SearchStrategy) else st.just(v) for k, v in fields.items()}
        return st.tuples(st.just(purpose), st.just(where), leader, st.fixed_dictionaries(given))

    back = st.sampled_from(["refuse", "take-back"])
    spoken = st.sampled_from(["context", "x"])
    kinds, nonce = st.sampled_from(["act", "understand", "belongs", "not_now"]), st.sampled_from(["n" * 22, "m" * 22])
    answer = {"kind": kinds, "text": said, "due": day, "to": st.sampled_from(["noor", "kit", "nobody"])}
    return st.one_of(
        of("answer", "/answer/{}", step="send", nonce=nonce, **answer),
        of("answer", "/answer/{}", step="preview", nonce=nonce, **answer),
        of("answer", "/answer/{}/told"),
        of(
            "digest",
            "/digest/{}/correct",
            what="quote",
            issue=issue,
            reason=spoken,
            why=said,
        ),
        of("digest", "/digest/{}/correct", what="label", issue=issue, side=st.sampled_from(["none", "developer"])),
        of("digest", "/digest/{}/correct", what="move", issue=issue, team=st.sampled_from(["delivery", "x"]), why=said),
        of("digest", "/digest/{}/correct", what="split", pain=pain, why=said),
        of("digest", "/digest/{}/correct", what="same", pain=pain, other=pain, why=said),
        of("digest", "/digest/{}/correct", what="guess", number=st.sampled_from(["1", "0", "²"]), why=said),
        of("digest", "/digest/{}/correct", what=back, id=st.sampled_from("0123456")),
        of("digest", "/digest/{}/team"),
        of("pause", "/pause/{}", listen=st.sampled_from(["again", ""])),
        of("escalation", "/escalation/{}", what="own", line=said),
        of("escalation", "/escalation/{}", what="snooze", until=st.sampled_from([day, "2026-12-31", "never"])),
        of("escalation", "/escalation/{}", what=st.sampled_from(["decline", "wrong"]), line=said),
        of("check-in", "/check-in/{}", **{name: st.sampled_from("12345x") for name in QUESTIONS}),
        of("check-in-stop", "/check-in-stop/{}", ask=st.sampled_from(["again", ""])),
    )


class LinkActions(Machine):
    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.during.enter_context(self.world.clock.patched())

    @rule(data=st.data(), later=st.sampled_from([0, 1, 3600]))
    def acts_twice(self, data: st.DataObject, later: int) -> None:
        """A form that is sent twice, at once or an hour later, does what it does once."""
        world = self.world
        purpose, where, leader, fields = data.draw(actions(world))
        address = where.format(world.good(leader)[purpose])
        first, once = world.post(address, fields), world.state(counting=False)
        assert first < 500, (address, fields)
        world.clock.move(timedelta(seconds=later))
        second = world.post(address, fields)

        assert second < 500, (address, fields)
        assert world.state(counting=False) == once, f"{where} {fields} was done twice: {first}, then {second}"
        if "take-back" not in fields.values():
            assert (first < 400) == (second < 400) or second in (409, 410, 422), (where, fields, first, second)

    @rule(data=st.data(), method=st.sampled_from(["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE"]))
    def looks(self, data: st.DataObject, method: str) -> None:
        world = self.world
        leader = data.draw(st.sampled_from(sorted(world.documents)))
        purpose = data.draw(st.sampled_from(sorted(_places())))
        where = data.draw(st.sampled_from([*_places()[purpose], f"/{purpose}/{{}}?again=1", "/digest/{}/team.txt"]))
        before = world.state()
        found = world.web.open(
            where.format(world.good(leader)[purpose]), method=method, base_url=HERE, data={"listen": "again"}
        )

        assert found.status_code < 500, (method, where)
        assert world.state() == before, f"{method} {where} changed something"

    @rule(data=st.data(), why=st.sampled_from(("spoilt", "ended", "somebody else", "another week or matter")))
    def refuses(self, data: st.DataObject, why: str) -> None:
        """A link that was changed, or that was made with the key for another time, reader, week or matter."""
        world = self.world
        purpose, where, leader, fields = data.draw(actions(world))
        good = world.good(leader)[purpose]
        kept = world.links.read(good, purpose)
        assert kept is not None
        reader, period, about, until = kept.reader, kept.period, kept.about, kept.until
        if why == "spoilt" or purpose == "check-in-stop":
            how = data.draw(st.sampled_from(SPOILT))
            bad = spoil(good, how, data.draw(st.integers(0, 10_000)), world.good(leader), purpose)
            if bad == good:
                return
            why = f"a link with {how}"
        else:
            if why == "ended":
                until = int(world.clock.at.timestamp()) - data.draw(st.sampled_from([0, 1, 86_400]))
            elif why == "somebody else":
                reader = data.draw(st.sampled_from(["roaster1", "nobody", "", "kit ", "KIT", "ticket99"]))
            elif period:
                period = data.draw(st.sampled_from(["2026-W09", "2026-W11", ""]))
            elif purpose == "pause":
                return
            else:
                about = "e000000000000"
            bad = world.token(purpose, reader, period, about, until)
        before = world.state()
        status = world.post(where.format(bad), fields)
        assert 400 <= status < 500, f"{why} was answered with {status}: {where} {fields}"
        assert world.state() == before, f"{why} changed something: {where} {fields}"

    @rule(hours=st.sampled_from([1, 30]))
    def time_passes(self, hours: int) -> None:
        if self.world.clock.at < rosta.DUE + timedelta(days=20):
            self.world.clock.move(timedelta(hours=hours))


# --- tokens


def spoil(token: str, how: str, number: int, others: dict[Purpose, str], purpose: Purpose) -> str:
    """A token that is not quite the one that was made."""
    at, half = number % len(token), token.rpartition(".")
    if how == "bit":
        return flipped(token, number % (len(token) * 8))
    if how == "cut":
        return token[:at]
    if how == "longer":
        return token + "AA=="[: 1 + number % 4]
    if how == "letter":
        return token[:at] + chr(33 + number % 94) + token[at + 1 :]
    if how == "case":
        return token[:at] + token[at].swapcase() + token[at + 1 :]
    if how == "other purpose":
        return next(other for name, other in sorted(others.items()) if name != purpose)
    if how == "look-alike":
        return token.translate({ord("a"): "а", ord("e"): "е", ord("o"): "о", ord("l"): "ⅼ"})
    if how == "padded":
        return f"{half[0]}=.{half[2]}" if number % 2 else f"{token}="
    if how == "other key":
        return Links(rosta.KEY[::-1], HERE).token(purpose, "kit", small.WEEK, "", 4_000_000_000)
    if how == "salt":
        made = URLSafeSerializer(rosta.KEY, salt="leafnotes.link.2").dumps(
            [purpose, "kit", small.WEEK, "", 4_000_000_000]
        )
        return made if isinstance(made, str) else made.decode()
    return ""


def flipped(token: str, bit: int) -> str:
    """The token with one bit of its bytes changed, as whoever gets it would read it."""
    raw = bytearray(token.encode())
    raw[bit // 8] ^= 1 << bit % 8
    return raw.decode("latin-1")


def tokens(count: int, rng: random.Random) -> Iterator[tuple[Purpose, str]]:
    links = Links(rosta.KEY, HERE)
    purposes: tuple[Purpose, ...] = ("answer", "digest", "escalation", "pause", "check-in", "check-in-stop", "sign-in")
    for _ in range(count):
        purpose = rng.choice(purposes)
        reader, about = (f"{rng.getrandbits(40):x}" for _ in range(2))
        yield purpose, links.token(purpose, reader, small.WEEK, about, rng.randrange(1_600_000_000, 2_000_000_000))


def accepted(purpose: Purpose, token: str) -> list[int]:
    """The bits of a token that may be flipped, and it still is read."""
    links = Links(rosta.KEY, HERE)
    return [bit for bit in range(len(token) * 8) if links.read(flipped(token, bit), purpose) is not None]


def main(count: int, seed: int) -> str:
    began, rng, bits = time.monotonic(), random.Random(seed), 0
    for purpose, token in tokens(count, rng):
        assert Links(rosta.KEY, HERE).read(token, purpose) is not None
        assert accepted(purpose, token) == [], (purpose, token)
        bits += len(token) * 8
    took = time.monotonic() - began
    return f"{count:,} tokens, each of their {bits:,} bits flipped: 0 accepted; {took:.0f} s, seed {seed}"


if __name__ == "__main__":
    print(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000, seed=1))  # noqa: T201
