"""Tombstones of who was forgotten, and the walk over every table by the privacy classes of its columns."""

import base64
import json
import secrets
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email import message_from_bytes, policy
from typing import Any, Final

from sqlalchemy import func, select, tuple_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from pipeline import columns, forgetting
from pipeline.classify import taught
from pipeline.forgetting import ERASED, Eraser, Forgotten, Stone, Words
from pipeline.issue import Issue
from pipeline.mailing import FINAL
from pipeline.store.asked import ask
from pipeline.store.issues import chunks, value_of
from pipeline.store.issues import columns as columns_of
from pipeline.store.upsert import put
from pipeline.tables import (
    Base,
    CommentRow,
    CorrectionRow,
    IssueRow,
    MarkRow,
    MemberRow,
    PainRow,
    ProposalRow,
    TombstoneRow,
    VerdictRow,
    WorkRow,
)

MARK: Final = "forgotten"
"""Its value is the key of the hashes; empty while nobody was forgotten. Who stores what a source says holds its row."""
BATCH: Final = 200
OWN: Final = frozenset({"issues", "tombstones"})
"""Tables that are not walked: issues are rewritten as a whole, when all else is done."""


def known(session: Session, *, lock: bool = False) -> Forgotten | None:
    """Everybody who was forgotten; None for nobody. With `lock` nobody more is until this transaction ends."""
    salt = ask(session, _LOCKED if lock else _SALT).scalar_one_or_none()
    if not salt:
        return None
    said = session.execute(select(func.count(), func.sum(TombstoneRow.words))).one()
    key = f"{salt} {said[0]} {said[1]}"  # tombstones are only added
    found = _READ.get(key)
    if found is None:
        rows = session.execute(select(TombstoneRow.hash, TombstoneRow.words, TombstoneRow.pseudonym))
        found = Forgotten.of(base64.b64decode(salt), [Stone(hash=h, words=w, pseudonym=p) for h, w, p in rows])
        _READ.clear()
        _READ[key] = found
    return found


_SALT: Final = select(MarkRow.value).where(MarkRow.name == MARK)
_LOCKED: Final = _SALT.with_for_update(read=True)
_READ: Final[dict[str, Forgotten]] = {}
"""The last that were read by this process: every page of a source asks for them."""


def salt(session: Session) -> bytes:
    """The key of the hashes, made when the first is asked for. Waits for whoever stores a page."""
    found = session.execute(select(MarkRow.value).where(MarkRow.name == MARK).with_for_update()).scalar_one_or_none()
    if found:
        return base64.b64decode(found)
    made = secrets.token_bytes(32)
    put(session, MarkRow, [{"name": MARK, "value": base64.b64encode(made).decode()}], ["name"])
    return made


def keep(session: Session, found: Iterable[Stone], at: datetime) -> None:
    """Write tombstones down. What named two people is looked for in as many words as the longer of both has."""
    rows = {one.hash: one for one in found}
    for some in chunks(sorted(rows)):
        query = select(TombstoneRow.hash, TombstoneRow.words).where(TombstoneRow.hash.in_(some))
        for key, words in session.execute(query):
            rows[key] = replace(rows[key], words=max(rows[key].words, words))
    put(
        session,
        TombstoneRow,
        [{"hash": s.hash, "words": s.words, "pseudonym": s.pseudonym, "at": at} for s in rows.values()],
        ["hash"],
    )


def authors(session: Session) -> list[tuple[str, str]]:
    """(source, account) of everybody who wrote anything, issues or comments."""
    wrote = {(s, a) for s, a in session.execute(select(IssueRow.source, IssueRow.author).distinct())}
    said = {(s, a) for s, a in session.execute(select(CommentRow.source, CommentRow.author).distinct())}
    return sorted((source, author) for source, author in wrote | said if author)


def persons(session: Session) -> set[str]:
    """Every id of a person that any table holds."""
    found: set[str] = set()
    for table in Base.metadata.sorted_tables:
        for name, kind in columns.classes(table.name).items():
            if kind == "person":
                found.update(value for value in session.scalars(select(table.c[name]).distinct()) if value)
    return found


def written(session: Session, who: Forgotten) -> tuple[list[int], Words]:
    """The rows of the issues that forgotten people wrote, and the words that still stand in these and in comments."""
    mine = [(source, name) for source, name in authors(session) if who.author(source, name) is not None]
    ids: list[int] = []
    texts: list[str] = []
    titles: list[str] = []
    keys: list[str] = []
    for source, name in mine:
        query = select(IssueRow.id, IssueRow.external_id, IssueRow.title, IssueRow.body)
        for row in session.execute(query.where(IssueRow.source == source, IssueRow.author == name)):
            ids.append(row.id)
            keys.append(f"{source}:{row.external_id}")
            texts.append(who.marked(row.body))
            titles.append(who.marked(row.title))
        said = select(CommentRow.body).where(CommentRow.source == source, CommentRow.author == name)
        texts += [who.marked(body) for body in session.scalars(said)]
    return sorted(ids), Words(texts, [title for title in titles if title], keys)


# --- the walk


Written = Callable[[str, Mapping[str, Any]], bool]
"""Whether a raw item of a source was written by somebody forgotten, as far as its connector can tell."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One batch of a table's rows: where it ended (None: the table is done), and how many rows were changed."""

    last: tuple[Any, ...] | None
    changed: int


def tables() -> list[str]:
    """Every table that is walked, that of comments last: their words are looked for in the others."""
    every = [table.name for table in Base.metadata.sorted_tables if table.name not in OWN]
    return sorted(every, key=lambda name: (name == "comments", name))


def visit(
    session: Session, name: str, eraser: Eraser, after: tuple[Any, ...] | None, theirs: Written, *, change: bool = True
) -> Visit:
    """Take forgotten people out of the next rows of a table. Without `change` it is only counted."""
    table = Base.metadata.tables[name]
    kinds = {column: kind for column, kind in columns.classes(name).items() if kind not in ("none", "secret")}
    if not kinds:
        return Visit(None, 0)
    keys = list(table.primary_key.columns)
    query = select(table).order_by(*keys).limit(BATCH)
    if after is not None:
        query = query.where(tuple_(*keys) > after)
    rows = session.execute(query.with_for_update() if change else query).mappings().all()
    changed = 0
    for row in rows:
        found = _changes(eraser, kinds, row, theirs)
        if not found:
            continue
        changed += 1
        if change:
            mine, number = [key == row[key.name] for key in keys], "-".join(str(row[key.name]) for key in keys)
            _put(session, update(table).where(*mine), _whole(name, row, found), number)
            if name == "comments":  # the issue may have been read from an item that holds the comment
                of = (IssueRow.source == row["source"], IssueRow.external_id == row["issue"])
                session.execute(update(IssueRow).where(*of).values(raw_hash=None))
    return Visit(tuple(rows[-1][key.name] for key in keys) if len(rows) == BATCH else None, changed)


def _put(session: Session, statement: Any, values: dict[str, Any], number: str) -> None:
    """Two names that were told apart may be one now: the later row then has its number beside it."""
    try:
        with session.begin_nested():
            session.execute(statement.values(**values))
    except IntegrityError:
        apart = {
            name: f"{value[:200]} #{number}" if isinstance(value, str) else value for name, value in values.items()
        }
        session.execute(statement.values(**apart))


def _changes(eraser: Eraser, kinds: Mapping[str, str], row: Mapping[Any, Any], theirs: Written) -> dict[str, Any]:
    found = {}
    for column, kind in kinds.items():
        value = row[column]
        if value is None or value in ("", b""):
            continue
        plain, _, by = kind.partition(" of ")
        fresh = _fresh(eraser, plain, value, row, theirs)
        if by and _is_forgotten(eraser, row, by):
            fresh = "" if column != "text" else ERASED
        if fresh != value:
            found[column] = fresh
    return found


def _is_forgotten(eraser: Eraser, row: Mapping[Any, Any], by: str) -> bool:
    name = row[by]
    if by == "author":
        return eraser.who.author(row["source"], name) is not None
    return name is not None and forgetting.is_pseudonym(eraser.person(name))


def _fresh(eraser: Eraser, kind: str, value: Any, row: Mapping[Any, Any], theirs: Written) -> Any:
    if kind == "author":
        return eraser.who.author(row["source"], value) or value
    if kind == "page":
        return _page(eraser, value, row["source"], theirs)
    if kind == "raw":
        raw = _parsed(value)
        named = eraser.who.names_somebody(value if raw is None else raw)
        return None if named or (raw is not None and theirs(row["source"], raw)) else value
    if kind == "mail":
        return None if names_in_mail(eraser, value) else value
    if kind == "lessons":
        return _without_lessons(eraser, value)
    if kind == "said":
        held = _parsed(value)
        if held is not None:
            fresh = eraser.json(held)
            return value if fresh == held else json.dumps(fresh, sort_keys=True)
        return eraser.said(value)
    simple: dict[str, Callable[[Any], Any]] = {
        "person": eraser.person,
        "sealed": eraser.person,
        "text": eraser.text,
        "speech": eraser.speech,
        "json": eraser.json,
    }
    return simple[kind](value)


def _parsed(value: str) -> Any:
    """What a text holds as JSON object or list, None where it is none."""
    if value[:1] not in ("{", "["):
        return None
    try:
        found = json.loads(value)
    except ValueError:
        return None
    return found if isinstance(found, dict | list) else None


def _page(eraser: Eraser, body: bytes, source: str, theirs: Written) -> bytes:
    items = json.loads(zlib.decompress(body))
    kept = [item for item in items if not eraser.who.names_somebody(item) and not theirs(source, item)]
    if len(kept) == len(items):
        return body
    text = json.dumps(kept, ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(text.encode("utf-8", "surrogatepass"), 1)


def names_in_mail(eraser: Eraser, message: bytes) -> bool:
    """Whether a mail names somebody forgotten, or quotes them."""
    mail = message_from_bytes(message, policy=policy.default)
    texts = [str(value) for value in mail.values()]
    texts += [str(part.get_content()) for part in mail.walk() if part.get_content_maintype() == "text"]
    return any(eraser.said(text) != text for text in texts)


def _without_lessons(eraser: Eraser, content: bytes) -> bytes:
    every = taught.load(content)
    kept = [one for one in every if one.key not in eraser.words.keys]
    return content if len(kept) == len(every) else taught.dump(kept)


UNSENT: Final = "somebody was forgotten who stood in it: a second copy would not be the same"


def _whole(table: str, row: Mapping[Any, Any], found: dict[str, Any]) -> dict[str, Any]:
    """What has to change along with some columns."""
    if table == "audit":
        return {**found, "nonce": ""}
    if table == "digests" and "document" in found:
        return {**found, "hidden": MARK}  # it is composed again before it is sent
    if table == "mails" and row["state"] not in FINAL:
        if "recipient" in found:
            return {**found, "state": "rejected", "message": None, "reply": "whom it was for was forgotten"}
        if "message" in found and (row["resent"] or row["state"] in ("sending", "unknown")):
            return {**found, "state": "gave_up", "alarm": UNSENT}
    if table == "comments":
        return {**found, "raw_hash": None}
    if table == "pages" and "body" in found:
        return {**found, "items": len(json.loads(zlib.decompress(found["body"])))}
    return found


# --- issues


def stale(session: Session, who: Forgotten, after: int) -> tuple[list[int], int | None]:
    """(rows of the next issues that hold what must go, where they ended: None for the last)."""
    query = select(IssueRow).where(IssueRow.id > after).order_by(IssueRow.id).limit(BATCH)
    rows = session.scalars(query).all()
    found = [row.id for row in rows if _erased(who, row) is not None]
    last = rows[-1].id if len(rows) == BATCH else None
    session.expunge_all()
    return found, last


def _erased(who: Forgotten, row: IssueRow) -> Issue | None:
    """An issue as it may stand; None where it does already."""
    issue = value_of(row)
    fresh = forgetting.erased(who, issue, issue.author if forgetting.is_pseudonym(issue.author) else None)
    return None if fresh == issue else fresh


def rewrite(session: Session, who: Forgotten, ids: Sequence[int]) -> None:
    """Write issues as they may stand. Their verdicts stay as they are, without the words that decided them."""
    for row in session.scalars(select(IssueRow).where(IssueRow.id.in_(ids)).order_by(IssueRow.id).with_for_update()):
        fresh = _erased(who, row)
        if fresh is None:
            continue
        before, theirs = row.text_hash, forgetting.is_pseudonym(fresh.author)
        values = columns_of(fresh)
        gone: dict[str, str | None] = {"raw_hash": None}
        gone |= {"content_hash": "gone"} if row.state == "deleted" else {}
        session.execute(update(IssueRow).where(IssueRow.id == row.id).values({**_by_attribute(values), **gone}))
        ours = update(VerdictRow).where(VerdictRow.issue_id == row.id)
        session.execute(ours.where(VerdictRow.text_hash == before).values(text_hash=values["text_hash"]))
        if theirs:
            _forget_issue(session, row)


def _by_attribute(values: Mapping[str, Any]) -> dict[Any, Any]:
    table = IssueRow.__table__
    return {table.c[name]: value for name, value in values.items()}


def _forget_issue(session: Session, row: IssueRow) -> None:
    said = update(CommentRow).where(CommentRow.source == row.source, CommentRow.issue == row.external_id)
    session.execute(said.values(body=""))
    verdict = session.get(VerdictRow, row.id)
    if verdict is not None:  # what keeps an issue out of every digest is known by its name alone
        session.execute(
            update(VerdictRow)
            .where(VerdictRow.issue_id == row.id)
            .values(signals=[[name, ""] for name, *_ in verdict.signals], because=[])
        )
    session.execute(update(ProposalRow).where(ProposalRow.issue_id == row.id).values(quotation=None, dropped=None))
    corrected = (CorrectionRow.source == row.source, CorrectionRow.issue == row.external_id)
    session.execute(update(CorrectionRow).where(*corrected, CorrectionRow.how != "label").values(evidence={}))


def nameless(session: Session) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Each pain whose name went, with (title, body) of those of its issues whose text stands, the oldest first."""
    for row in session.scalars(select(PainRow).order_by(PainRow.id)).all():
        if ERASED in str((row.live or {}).get("title")) or ERASED in str((row.frozen or {}).get("title")):
            query = (
                select(IssueRow.title, IssueRow.body)
                .join(MemberRow, MemberRow.issue_id == IssueRow.id)
                .where(MemberRow.pain == row.id, IssueRow.title != "", IssueRow.state != "deleted")
                .order_by(IssueRow.created_at, IssueRow.source, IssueRow.external_id)
            )
            yield row.id, [(title, body) for title, body in session.execute(query)]


def name_pain(session: Session, pain: str, title: str) -> None:
    row = session.get_one(PainRow, pain)
    for part in ("live", "frozen"):
        value = getattr(row, part)
        if value is not None and ERASED in value["title"]:
            setattr(row, part, {**value, "title": title})


def written_by_forgotten(session: Session, source: str, keys: Sequence[str]) -> dict[str, str]:
    """Of these issues of a source, those that somebody wrote who was forgotten, with the name that stands for them."""
    found: dict[str, str] = {}
    for some in chunks(keys):
        query = select(IssueRow.external_id, IssueRow.author)
        query = query.where(IssueRow.source == source, IssueRow.external_id.in_(some))
        named = session.execute(query).all()
        found.update((key, name) for key, name in named if name is not None and forgetting.is_pseudonym(name))
    return found


def untouched(session: Session, who: Forgotten, source: str, keys: Sequence[str]) -> set[str]:
    """Of these issues those that are still stored under a forgotten author's own name: the walk will come to them, and
    finds by their words where they were quoted."""
    found: set[str] = set()
    for some in chunks(keys):
        query = select(IssueRow.external_id, IssueRow.author)
        query = query.where(IssueRow.source == source, IssueRow.external_id.in_(some))
        found |= {
            key
            for key, name in session.execute(query)
            if name and not forgetting.is_pseudonym(name) and who.author(source, name) is not None
        }
    return found


def counts(session: Session) -> tuple[int, datetime | None]:
    """(how many people were forgotten, when the last was)."""
    query = select(func.count(TombstoneRow.pseudonym.distinct()), func.max(TombstoneRow.at))
    number, last = session.execute(query).one()
    return number, last


def waits(session: Session) -> str | None:
    """Why the walk is not done; None where it is."""
    query = select(WorkRow.state, WorkRow.error).where(WorkRow.kind == "forget", WorkRow.state != "done")
    row = session.execute(query.limit(1)).one_or_none()
    return None if row is None else row.error or row.state


def job(session: Session) -> int | None:
    """The row of the walk that is to be done."""
    query = select(WorkRow.id).where(WorkRow.kind == "forget", WorkRow.state != "done")
    return session.execute(query).scalar_one_or_none()
