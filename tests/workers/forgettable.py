"""Organisations of chance in which people stand everywhere, to be forgotten: twelve names for each of them.

What is asked of them afterwards is asked of every table there is, and of every byte that is kept.
"""

import json
import random
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import JSON, Boolean, Date, DateTime, Float, Integer, LargeBinary, TypeDecorator, insert, select
from sqlalchemy.orm import Session

from pipeline import columns
from pipeline.pains import Pain, to_json
from pipeline.tables import Base
from tests.workers import small

SOURCES = ("desk", "forge")
AT = datetime(2026, 3, 1, tzinfo=UTC)
ELSEWHERE = ("chat", "wiki")
"""Sources that are in the org chart and not configured."""
SYLLABLES = ("zo", "quin", "bra", "vel", "tor", "myx", "lun", "fex", "gri", "wop", "kea", "dju")


def _word(chance: random.Random, *, capital: bool = False) -> str:
    made = "".join(chance.choice(SYLLABLES) for _ in range(4)) + format(chance.getrandbits(20), "05x")
    return made.capitalize() if capital else made


@dataclass(frozen=True)
class Human:
    """One person by twelve names."""

    id: str
    first: str
    last: str
    email: str
    accounts: dict[str, str]
    also: tuple[str, ...]

    @classmethod
    def by(cls, chance: random.Random) -> "Human":
        first, last = _word(chance, capital=True), _word(chance, capital=True)
        accounts = {name: _word(chance) for name in (*SOURCES, *ELSEWHERE)}
        accounts["wiki"] = str(chance.randrange(10**8, 10**9))
        also = (_word(chance, capital=True), f"{_word(chance)}@old.example", f"{_word(chance)} {_word(chance)}")
        return cls(f"p{_word(chance)}", first, last, f"{_word(chance)}@work.example", accounts, also)

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}"

    @property
    def names(self) -> tuple[str, ...]:
        """The twelve."""
        turned = f"{self.last}, {self.first}"
        return (self.id, self.name, turned, self.last, self.email, *self.accounts.values(), *self.also)

    def entry(self, team: str) -> dict[str, Any]:
        return {"id": self.id, "name": self.name, "email": self.email, "team": team, "accounts": self.accounts}


def humans(count: int, chance: random.Random) -> list[Human]:
    return [Human.by(chance) for _ in range(count)]


def write(directory: Path, people: Sequence[Human], chance: random.Random, *, later: bool = False) -> None:
    """Both sources: everybody writes, comments, and is spoken of. `later`: with what a poll finds afterwards."""
    directory.mkdir(exist_ok=True)
    entries = [{"name": name, "kind": "file", "path": f"{name}.jsonl"} for name in SOURCES]
    (directory / "sources.yaml").write_text(yaml.safe_dump({"sources": entries}))
    org = {**small.ORG, "people": [*small.ORG["people"], *(p.entry("roasting") for p in people)]}
    (directory / "org.yaml").write_text(yaml.safe_dump(org))
    (directory / "settings.yaml").write_text(yaml.safe_dump(small.SETTINGS))
    for source in SOURCES:
        rows = [*small.subscribers()] if source == "desk" else []
        for n, human in enumerate(people):
            rows += _rows(source, 100 + 10 * n, human, chance)
            if later:
                rows += _rows(source, 100_000 + 10 * n, human, chance)
        (directory / f"{source}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


def _rows(source: str, number: int, human: Human, chance: random.Random) -> Iterator[dict[str, Any]]:
    said = chance.choice(human.names[1:])
    pain = chance.choice(("The grinder stops every hour", "Deploys wait for the night", "Half the beans are stale"))
    stranger = {"author": f"guest{number}", "author_role": "customer", "account": f"Cafe {number}", "labels": ["beans"]}
    theirs = f"{pain} and I begin again by hand, log {number}"
    mine = small.ticket(number, theirs, body=f"{theirs}. Ask {human.name}.", author=human.accounts[source])
    yield {**mine, "labels": ["beans"], "author_role": "staff"}
    yield small.ticket(number + 1, f"Who knows why {pain.lower()}?", body=f"I asked {said} twice.", **stranger)
    quoting = small.ticket(
        number + 2, f"Asked again: {said}", body=f"See https://x.example/{human.names[5]}/1", **stranger
    )
    talk = [
        {"author": human.accounts[source], "body": f"I am {human.name}: try again", "created_at": mine["created_at"]}
    ]
    yield {**quoting, "comments": talk}
    yield {"external_id": str(number + 3), "title": "", "created_at": f"never, says {human.email}", "x": human.name}


def plant(session: Session, people: Sequence[Human], chance: random.Random) -> None:
    """A row with their names in every column of every table that may hold some, whatever the table is for."""
    for table in Base.metadata.sorted_tables:
        classes = columns.classes(table.name)
        if table.name in ("tombstones", "audit", "issues") or set(classes.values()) == {"none"}:
            continue
        for n, human in enumerate(people):
            row = {c.name: _value(c, classes[c.name], human, 10_000 + n, chance) for c in table.columns}
            session.execute(insert(table).values(**row))


def _value(column: Any, kind: str, human: Human, number: int, chance: random.Random) -> Any:
    kind = kind.partition(" of ")[0]
    mention = f"It was {chance.choice(human.names[1:])} who said so, and {human.names[4]} too"
    document = {"leader": human.id, "by": [human.email, human.name], human.email: 1, "line": mention, "trend": "new"}
    held: dict[str, Any] = {
        "person": chance.choice((human.id, human.email)),
        "author": human.accounts["desk"],
        "text": mention,
        "speech": mention,
        "said": json.dumps({"by": human.id, "why": mention}) if number % 2 else f"{human.id} is away: {mention}",
        "json": document,
        "page": zlib.compress(json.dumps([{"id": 1}, {"user": {"login": human.accounts["desk"]}}, mention]).encode()),
        "raw": json.dumps({"text": mention}),
        "mail": f"From: x@y.example\nSubject: {human.name}\n\n{mention}\n".encode(),
        "lessons": zlib.compress(b"[]"),
    }
    if column.table.name == "pains" and kind == "json":
        told = {"first_at": AT, "last_at": AT, "members": 1, "founded_by": "desk:1"}
        return to_json(Pain(id=f"x{number}", title=mention, side="customer", **told))
    if kind in held:
        return held[kind]
    if column.name == "source":
        return "desk"
    if column.name == "state" and column.table.name in ("work", "mails"):
        return "done" if column.table.name == "work" else "accepted"
    return _plain(column.type, number)


def _plain(of: Any, number: int) -> Any:
    if isinstance(of, JSON):
        return []
    if isinstance(of, DateTime | TypeDecorator):
        return AT + timedelta(minutes=number)
    if isinstance(of, Date):
        return AT.date()
    if isinstance(of, Boolean):
        return False
    if isinstance(of, Integer | Float):
        return number
    return b"" if isinstance(of, LargeBinary) else f"x{number}"[-8:]


def dump(session: Session) -> Iterator[tuple[str, str]]:
    """(where, what) of every value of every row of every table, unpacked."""
    for table in Base.metadata.sorted_tables:
        for row in session.execute(select(table)).mappings():
            for name, value in row.items():
                yield f"{table.name}.{name}", _shown(value)


def _shown(value: Any) -> str:
    if isinstance(value, bytes):
        try:
            return zlib.decompress(value).decode()
        except zlib.error:
            mail = message_from_bytes(value, policy=policy.default)
            parts = [str(p.get_content()) for p in mail.walk() if p.get_content_maintype() == "text"]
            return "\n".join([value.decode("utf-8", "replace"), *map(str, mail.values()), *parts])
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def hits(shown: Iterator[tuple[str, str]], people: Sequence[Human]) -> list[str]:
    """Where any of their names stands, whatever its case."""
    names = {name.casefold() for human in people for name in human.names}
    parts = {part for name in names for part in (name, name.split("@")[0]) if len(part) > 5}
    found = []
    for where, what in shown:
        text = what.casefold()
        found += [f"{where}: {part}" for part in parts if part in text]
    return sorted(set(found))


def files(directory: Path) -> Iterator[tuple[str, str]]:
    """What lies in the folder of digests, by name and content."""
    for path in sorted(directory.rglob("*")):
        if path.is_file():
            shown = _shown(path.read_bytes()) if path.suffix == ".eml" else path.read_text()
            yield path.name, f"{path.name}\n{shown}"
