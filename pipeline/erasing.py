"""Forgetting one person: what names them becomes tombstones, and then every table is walked by its columns' classes.

    begin    the tombstones, and the work row of the walk; from here on nothing of theirs comes in again
    walk     table by table, a batch a transaction; issues last, since their words are looked for where they were quoted
    end      pains get other names, digests that nobody has read are composed again, lessons are drawn anew

A walk that is interrupted begins again and finds what is left: it knows nobody but by the tombstones, and erasing what
is erased changes nothing.
"""

import secrets
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from pipeline import forgetting, grouping, teaching
from pipeline.forgetting import Eraser, Forgotten, Identity
from pipeline.org import Org, Person
from pipeline.pains.title import title_of
from pipeline.store import audit, forgotten, registry, work
from pipeline.store.forgotten import Written

KIND: Final = "forget"
NAMELESS: Final = "what is told here has no words left"
"""The name of a pain of which every text is gone."""


class CannotForget(Exception):
    """Nobody is forgotten; the text says why, and what to do."""


def identity(session: Session, org: Org, name: str, sources: Collection[str], others: Collection[str] = ()) -> Identity:
    """Whom an operator means: a person of the org chart with all their accounts, an account or an address. Raises
    `CannotForget` for nobody, and for who leads."""
    person = org.people.get(name) or _known_by(org, name)
    if person is not None:
        if led := org.led_by(person.id):
            raise CannotForget(
                f"{person.id} leads {org.teams[led[0]].name}: give it another leader in org.yaml first, or the next "
                "leaf notes would be written to them"
            )
        return Identity(
            id=person.id,
            name=person.name,
            addresses=(person.email,) if person.email else (),
            accounts=tuple(sorted(person.accounts.items())),
            others=tuple(others),
        )
    source, colon, account = name.partition(":")
    if colon and account and source in sources:
        return Identity(accounts=((source, account),), others=tuple(others))
    if "@" in name.strip("@"):
        return Identity(addresses=(name,), others=tuple(others))
    if name in forgotten.persons(session):
        return Identity(id=name, others=tuple(others))
    raise CannotForget(
        f"nobody is called {name!r}: write an id of org.yaml, source:account (sources are "
        f"{', '.join(sorted(sources)) or 'none'}), or an e-mail address"
    )


def _known_by(org: Org, name: str) -> Person | None:
    """The person whose account (source:account) or address a name is."""
    source, _, account = name.partition(":")
    for person in org.people.values():
        if person.email and forgetting.same(person.email, name):
            return person
        if source in person.accounts and forgetting.same(person.accounts[source], account):
            return person
    return None


def meant(org: Org, whom: Identity, salt: bytes, name: str) -> list[forgetting.Stone]:
    """The tombstones of somebody. What means something else here, or somebody else, is not looked for in texts."""
    claims = [claim for team in org.teams.values() for claim in (*team.owns, *team.hears)]
    kept = {word for c in claims for word in (c.source, c.project, c.label, c.component, c.group) if word}
    kept |= {word for team in org.teams.values() for word in (team.id, *team.name.split())}
    others = [p.name for p in org.people.values() if p.name and p.id != whom.id]
    return forgetting.stones(whom, salt, name, kept=kept, others=others)


def begin(session: Session, org: Org, whom: Identity, by: audit.By, now: datetime) -> str:
    """Write the tombstones down and ask for the walk; the name that stands for them from now on."""
    salt = forgotten.salt(session)
    name = forgetting.pseudonym(secrets.token_hex(4))
    forgotten.keep(session, meant(org, whom, salt, name), now)
    audit.record(session, by, "forget", "a person")
    work.request(session, KIND, "all")
    return name


@dataclass(frozen=True, slots=True)
class Place:
    """A step of the walk: a table and the key after which it goes on; `issues` is rewritten as a whole, last."""

    table: str
    after: tuple[object, ...] | None = None


def eraser(session: Session, who: Forgotten | None = None) -> Eraser | None:
    """What takes out everybody who was forgotten; None where nobody was."""
    who = who or forgotten.known(session)
    return None if who is None else Eraser(who, forgotten.written(session, who)[1])


def step(
    session: Session, found: Eraser, place: Place, theirs: Written, *, change: bool = True
) -> tuple[int, Place | None]:
    """(rows that were changed, where the same table goes on: None for its end)."""
    if place.table != "issues":
        visit = forgotten.visit(session, place.table, found, place.after, theirs, change=change)
        return visit.changed, None if visit.last is None else Place(place.table, visit.last)
    ids, last = forgotten.stale(session, found.who, int(str(place.after[0])) if place.after else 0)
    if change and ids:
        forgotten.rewrite(session, found.who, ids)
    return len(ids), None if last is None else Place("issues", (last,))


def places() -> Iterator[Place]:
    yield from (Place(table) for table in forgotten.tables())
    yield Place("issues")


def look(session: Session, found: Eraser, theirs: Written) -> Counter[str]:
    """How many rows of each table would change. Only reads."""
    counted: Counter[str] = Counter()
    for first in places():
        place: Place | None = first
        while place is not None:
            changed, place = step(session, found, place, theirs, change=False)
            counted[first.table] += changed
    return +counted


def end(session: Session, org: Org) -> None:
    """What follows: names of pains, lessons without theirs, digests on their way that are composed again."""
    registry.lock(session)
    names = grouping.names_of_people(org)
    for pain, texts in list(forgotten.nameless(session)):
        forgotten.name_pain(session, pain, title_of(texts, names) if texts else NAMELESS)
    teaching.ask(session)
    work.hurry(session, "deliver")
