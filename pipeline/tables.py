"""Every table, with the unique keys that make a repeated step harmless.

Times are UTC. Texts that come from sources are already cleaned. `work` rows are the outbox: what is to be done next is
written in the transaction that made it necessary, and a message in the broker is only a hint to look at a row.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    Float,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

_WITHOUT_ZONE = len("2026-09-21 08:00:00.000000")


class Utc(TypeDecorator[datetime]):
    """An aware datetime in UTC; SQLite keeps it without its zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone: {value.isoformat()}")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any] | None:
        """On SQLite the text that SQLAlchemy keeps, but made by `datetime` itself: a page writes hundreds of them."""
        if dialect.name != "sqlite":
            return super().bind_processor(dialect)

        def written(value: datetime | None) -> str | None:
            utc = value if value is not None and value.tzinfo is UTC else self.process_bind_param(value, dialect)
            return None if utc is None else utc.isoformat(" ", "microseconds")[:_WITHOUT_ZONE]

        return written

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _holds(column: str, *names: str) -> str:
    return " OR ".join(f"""CAST({column} AS VARCHAR) LIKE '%"{name}"%'""" for name in names)


# Indexes of what holds for few are partial on PostgreSQL too, where migrations make them. Saying so here would load
# that dialect into every process (40 ms).
MARKED = text(f"(state = 'deleted' OR {_holds('tags', 'mute', 'no-quote', 'private')})")
"""Of an issue: it may be one that is not shown, or not quoted. Each mail asks for these before it goes."""
SENSITIVE = text(f"({_holds('signals', 'hr', 'legal', 'security')})")
"""Of a verdict: it may hold one of the signals that keep an issue out of every digest (`registry.WITHHELD`)."""

RowId = BigInteger().with_variant(Integer, "sqlite")


class Base(DeclarativeBase):
    type_annotation_map = {  # noqa: RUF012  (SQLAlchemy's own protocol)
        datetime: Utc,
        dict[str, Any]: JSON,
        list[Any]: JSON,
    }


class SourceRow(Base):
    """How far a source has been read. `cursor` moves in the transaction that stores its page."""

    __tablename__ = "sources"
    name: Mapped[str] = mapped_column(String(63), primary_key=True)
    kind: Mapped[str] = mapped_column(String(63))
    cursor: Mapped[dict[str, Any]] = mapped_column(default=dict)
    read_to: Mapped[datetime | None]
    attempted_at: Mapped[datetime | None]
    """When a pull last ended, well or badly, on the clock of `--as-of`."""
    pulled_at: Mapped[datetime | None]
    census_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(Text)


class PageRow(Base):
    """A raw page as it came, compressed, so that normalising can be repeated without asking the source."""

    __tablename__ = "pages"
    id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=True)
    source: Mapped[str] = mapped_column(String(63), index=True)
    digest: Mapped[str] = mapped_column(String(64))
    fetched_at: Mapped[datetime]
    items: Mapped[int]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    __table_args__ = (UniqueConstraint("source", "digest"),)


class IssueRow(Base):
    __tablename__ = "issues"
    id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=True)
    source: Mapped[str] = mapped_column(String(63))
    external_id: Mapped[str] = mapped_column(String(255))
    url: Mapped[str | None] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str | None] = mapped_column(String(255))
    author: Mapped[str | None] = mapped_column(String(255))
    author_role: Mapped[str] = mapped_column(String(8))
    account: Mapped[str | None] = mapped_column(String(255))
    labels: Mapped[list[Any]]
    project: Mapped[str | None] = mapped_column(String(255))
    component: Mapped[str | None] = mapped_column(String(255))
    group: Mapped[str | None] = mapped_column("group_name", String(255))
    priority: Mapped[str | None] = mapped_column(String(255))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    tags: Mapped[list[Any]]
    content_hash: Mapped[str] = mapped_column(String(32))
    """Of every field above: unchanged content is not written again."""
    text_hash: Mapped[str] = mapped_column(String(32))
    """Of what the classifier and the router see: only a change of it asks for a new verdict."""
    raw_hash: Mapped[str | None] = mapped_column(String(32))
    """Of the raw item that was read last for it, and of its reader: the same one need not read it again at once."""
    __table_args__ = (
        UniqueConstraint("source", "external_id"),
        Index("ix_issues_created", "created_at"),
        Index("ix_issues_updated", "updated_at", "created_at"),
        Index("ix_issues_read", "raw_hash"),
        Index("ix_issues_marked", "created_at", "updated_at", sqlite_where=MARKED),
    )


class CommentRow(Base):
    """Keyed by the issue's identity and not by its row: a comment may arrive before its issue."""

    __tablename__ = "comments"
    id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=True)
    source: Mapped[str] = mapped_column(String(63))
    issue: Mapped[str] = mapped_column(String(255))
    external_id: Mapped[str] = mapped_column(String(255))
    author: Mapped[str | None] = mapped_column(String(255))
    author_role: Mapped[str] = mapped_column(String(8))
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    private: Mapped[bool] = mapped_column(default=False)
    raw_hash: Mapped[str | None] = mapped_column(String(32))
    """As an issue's, of a comment that came apart from it; None for one that came with it."""
    __table_args__ = (UniqueConstraint("source", "issue", "external_id"), Index("ix_comments_read", "raw_hash"))


class EventRow(Base):
    """An issue's history: created, closed, reopened, moved, labelled, deleted, each at the source's own time."""

    __tablename__ = "events"
    id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=True)
    source: Mapped[str] = mapped_column(String(63))
    issue: Mapped[str] = mapped_column(String(255))
    at: Mapped[datetime]
    what: Mapped[str] = mapped_column(String(16))
    before: Mapped[str | None] = mapped_column(Text)
    after: Mapped[str | None] = mapped_column(Text)
    __table_args__ = (UniqueConstraint("source", "issue", "what", "at"),)


class VerdictRow(Base):
    """The model's verdict and the route of one issue at one text. A person's correction stands beside it and wins."""

    __tablename__ = "verdicts"
    issue_id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=False)
    text_hash: Mapped[str] = mapped_column(String(32))
    org_hash: Mapped[str] = mapped_column(String(32))
    side: Mapped[str] = mapped_column(String(10))
    confidence: Mapped[float] = mapped_column(Float)
    abstained: Mapped[bool]
    kind: Mapped[str] = mapped_column(String(10))
    severity: Mapped[int]
    signals: Mapped[list[Any]]
    because: Mapped[list[Any]]
    model: Mapped[str] = mapped_column(String(64))
    leaf: Mapped[str | None] = mapped_column(String(255))
    heard_by: Mapped[list[Any]]
    period: Mapped[str | None] = mapped_column(String(16))
    """The period with which it was closed; what arrives later for a closed week is in none of that week's digests."""
    known: Mapped[float] = mapped_column(Float, server_default="1")
    """Share of the text's words that the model knows."""
    shadow: Mapped[str | None] = mapped_column(String(10))
    """What the lessons in the shadow would have said, of `shadow_version`."""
    shadow_version: Mapped[int | None]
    __table_args__ = (Index("ix_verdicts_sensitive", "issue_id", sqlite_where=SENSITIVE),)


class ProposalRow(Base):
    """What a language model answered about one unsure issue at one text: a side with a quotation, or why its answer was
    dropped; neither where it could not be asked. Operators read it, digests do not."""

    __tablename__ = "proposals"
    issue_id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=False)
    text_hash: Mapped[str] = mapped_column(String(32))
    side: Mapped[str | None] = mapped_column(String(10))
    quotation: Mapped[str | None] = mapped_column(Text)
    dropped: Mapped[str | None] = mapped_column(Text)
    model: Mapped[str] = mapped_column(String(255))
    at: Mapped[datetime]


class CorrectionRow(Base):
    """What a person said an issue is, as an event: never changed, and withdrawn only by a later one without `new`.

    `how` is cli, page, label (the source's own) or mail. `evidence` is what the person was shown when they said it, or
    the label by its name.
    """

    __tablename__ = "corrections"
    id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=True)
    source: Mapped[str] = mapped_column(String(63))
    issue: Mapped[str] = mapped_column(String(255))
    field: Mapped[str] = mapped_column(String(10))
    """side."""
    old: Mapped[str | None] = mapped_column(String(10))
    """What the model had said, None where it had not decided yet."""
    new: Mapped[str | None] = mapped_column(String(10))
    model: Mapped[str | None] = mapped_column(String(64))
    by: Mapped[str] = mapped_column(String(255))
    how: Mapped[str] = mapped_column(String(8))
    evidence: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    __table_args__ = (Index("ix_corrections_issue", "source", "issue"),)


class LessonsRow(Base):
    """What corrections taught, as a numbered version: tried in the shadow first, then live; the last ones are kept."""

    __tablename__ = "lessons"
    version: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(12))
    """shadow, live, kept (was live before), dropped."""
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The lessons, None once they were dropped."""
    spread: Mapped[bool]
    """Whether the open issues that are like its lessons were looked at again."""
    about: Mapped[dict[str, Any]]
    """How many corrections, the figures of its check, what waits and why, what changed, what operators decided."""
    at: Mapped[datetime]


class PainRow(Base):
    """A pain: as it was when the last period closed (`frozen`), and as it is with the open week (`live`)."""

    __tablename__ = "pains"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    live: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    frozen: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class MemberRow(Base):
    """Which pain an issue belongs to. `frozen` since the period it was read in closed."""

    __tablename__ = "members"
    issue_id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=False)
    pain: Mapped[str] = mapped_column(String(32), index=True)
    score: Mapped[float] = mapped_column(Float)
    frozen: Mapped[bool] = mapped_column(default=False)


class MarkRow(Base):
    """Single facts about the whole deployment: the last closed period, the org chart that verdicts were routed by."""

    __tablename__ = "marks"
    name: Mapped[str] = mapped_column(String(127), primary_key=True)
    """Some hold the name of a source after a word of ours."""
    value: Mapped[str] = mapped_column(Text)


class DeliveryRow(Base):
    """A webhook that came: the same delivery is a hint once, however often it is sent."""

    __tablename__ = "deliveries"
    source: Mapped[str] = mapped_column(String(63), primary_key=True)
    delivery: Mapped[str] = mapped_column(String(255), primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)


class WorkRow(Base):
    """Something to do, claimed with a lease on the database's clock and a fencing token."""

    __tablename__ = "work"
    id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(String(16))
    version: Mapped[int] = mapped_column(default=1)
    key: Mapped[str] = mapped_column(String(255))
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(String(12))
    """ready, running, done, quarantined."""
    wanted: Mapped[int] = mapped_column(default=1)
    """How often it was asked for; a row asked for while it runs is run once more."""
    serving: Mapped[int] = mapped_column(default=0)
    attempt: Mapped[int] = mapped_column(default=0)
    token: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    holder: Mapped[str | None] = mapped_column(String(255))
    """The process that runs it, so that another one on the same machine can tell whether it still lives."""
    run_after: Mapped[datetime]
    error: Mapped[str | None] = mapped_column(Text)
    changed_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("kind", "key"), Index("ix_work_due", "state", "run_after"))


class QuarantineRow(Base):
    """An item that could not be understood, with its reason and what it was. Nothing is dropped without a row here."""

    __tablename__ = "quarantine"
    id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=True)
    source: Mapped[str] = mapped_column(String(63))
    what: Mapped[str] = mapped_column(String(255))
    reason: Mapped[str] = mapped_column(Text)
    raw: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("source", "what"),)


class DigestRow(Base):
    """One leader's digest of one period: decided once. `document` is the frozen model that text and HTML come from.

    A call of an escalation is one too, of kind `call`; its period names escalation and step ("e0c4f12ab77e1.0").
    """

    __tablename__ = "digests"
    id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=True)
    leader: Mapped[str] = mapped_column(String(255))
    period: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(String(16))
    version: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(String(12))
    """planned, composed, held (a gate failed), unaddressed (no e-mail), unheard (mails bounce), paused (by its leader),
    skipped (stale), waiting (for a person's word), refused (by a person)."""
    reason: Mapped[str | None] = mapped_column(Text)
    document: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    composed_at: Mapped[datetime]
    form: Mapped[str | None] = mapped_column(String(8))
    """The document's form: which weeks were quiet is asked often, and needs no document."""
    hidden: Mapped[str] = mapped_column(String(32), server_default="")
    """Hash of what was withheld when it was composed; another one at sending means: compose again."""
    settled_by: Mapped[str | None] = mapped_column(String(255))
    settled_at: Mapped[datetime | None]
    """Who released or refused by hand what waited for it, and when."""
    read_by: Mapped[str | None] = mapped_column(String(255))
    """Who got it in the leader's place while they were away; None: the leader."""
    __table_args__ = (UniqueConstraint("leader", "period", "kind"), Index("ix_digests_period", "period"))


class MailRow(Base):
    """One digest to one recipient: rendered once, the bytes kept, claimed before connecting."""

    __tablename__ = "mails"
    id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=True)
    digest_id: Mapped[int] = mapped_column(RowId)
    recipient: Mapped[str] = mapped_column(String(255))
    state: Mapped[str] = mapped_column(String(12))
    message_id: Mapped[str] = mapped_column(String(255), unique=True)
    message: Mapped[bytes | None] = mapped_column(LargeBinary)
    attempt: Mapped[int] = mapped_column(default=0)
    resent: Mapped[bool] = mapped_column(default=False)
    first_tried_at: Mapped[datetime | None]
    reply: Mapped[str | None] = mapped_column(Text)
    alarm: Mapped[str | None] = mapped_column(Text)
    changed_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("digest_id", "recipient"),)


class EscalationRow(Base):
    """That an issue goes to its leaders now, by one rule: never twice."""

    __tablename__ = "escalations"
    id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=True)
    name: Mapped[str] = mapped_column(String(13), unique=True)
    """Of the issue and the rule, the same in every run: links, mails and files are called by it."""
    issue_id: Mapped[int] = mapped_column(RowId, index=True)
    rule: Mapped[str] = mapped_column(String(16))
    """escalate, harm, churn, surge, agent_load, outage_like, safety, security, legal."""
    source: Mapped[str] = mapped_column(String(63))
    """Of the issue: how often a rule was wrong is counted by source."""
    state: Mapped[str] = mapped_column(String(12), index=True)
    """open, top; and over: owned, answered, declined, wrong, withdrawn, closed, digest."""
    at: Mapped[datetime]
    note: Mapped[str | None] = mapped_column(Text)
    """What the person who asked for it by name wrote."""
    person: Mapped[bool] = mapped_column(default=False)
    """Whether somebody asked for it by name, and not by a tag or by what the text says."""
    thread: Mapped[str] = mapped_column(String(300))
    """What its mails stand together by: its pain, or the issue itself."""
    look_at: Mapped[datetime | None]
    """When it is looked at again; None where only an answer can change it."""
    snoozed_until: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(String(255))
    """The leader who ended it, if one did."""
    said: Mapped[str | None] = mapped_column(Text)
    """The line or the reason that they gave."""
    __table_args__ = (UniqueConstraint("issue_id", "rule"), Index("ix_escalations_look_at", "look_at"))


class EscalationStepRow(Base):
    """That a reader was told of an escalation: asked once, and copied once for each who was asked after them."""

    __tablename__ = "escalation_steps"
    escalation_id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=False)
    reader: Mapped[str] = mapped_column(String(255), primary_key=True)
    copy: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """0 where they were asked, else the number of the step that they got a copy of, counted from 0."""
    number: Mapped[int]
    at: Mapped[datetime]
    due: Mapped[datetime]
    """Until when whoever was asked has time to answer."""
    counts: Mapped[bool]
    """Whether it is one of the calls of which a reader gets only so many."""
    digest_id: Mapped[int] = mapped_column(RowId)
    """The row of its words: its mail goes the way of every mail."""
    instead_of: Mapped[str | None] = mapped_column(String(255))
    """The leader who is away and in whose place they were told; None: they were told as themselves."""
    __table_args__ = (Index("ix_escalation_steps_reader", "reader", "at"),)


class AnswerRow(Base):
    """What a leader answered to a pain, as an event: a later one of the same leader stands in its place."""

    __tablename__ = "answers"
    id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=True)
    pain: Mapped[str] = mapped_column(String(32), index=True)
    leader: Mapped[str] = mapped_column(String(255))
    period: Mapped[str] = mapped_column(String(16))
    """Of the digest whose link was answered."""
    kind: Mapped[str] = mapped_column(String(12))
    """act, understand, belongs, not_now."""
    text: Mapped[str] = mapped_column(Text)
    due: Mapped[date | None]
    to: Mapped[str | None] = mapped_column("to_leader", String(255))
    how: Mapped[str] = mapped_column(String(8))
    """page, mail or cli."""
    nonce: Mapped[str] = mapped_column(String(64), unique=True)
    """Of the form that it was given with: sending a form twice answers once."""
    at: Mapped[datetime]
    given_by: Mapped[str | None] = mapped_column(String(255))
    """Who gave it in the leader's place; None: the leader."""


class ToldRow(Base):
    """That whoever wrote an issue was informed of an answer: by a comment of ours, or by a person who says so."""

    __tablename__ = "told"
    answer_id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=False)
    source: Mapped[str] = mapped_column(String(63), primary_key=True)
    issue: Mapped[str] = mapped_column(String(255), primary_key=True)
    how: Mapped[str] = mapped_column(String(8))
    """comment or person."""
    at: Mapped[datetime]
    said_by: Mapped[str | None] = mapped_column(String(255))
    """Who says so in the place of the leader; None for the leader, and for a comment."""


class ListenerRow(Base):
    """How a leader wants to listen. Who paused gets no mail; operators see it, and nobody is made to listen."""

    __tablename__ = "listeners"
    leader: Mapped[str] = mapped_column(String(255), primary_key=True)
    paused_at: Mapped[datetime | None]
    until: Mapped[datetime | None]
    """When they listen again by themselves: the beginning of a day in their own zone."""
    delegate: Mapped[str | None] = mapped_column(String(255))
    """The leader or person who reads in their place while they are away."""
    changed_at: Mapped[datetime]


class ReturnedRow(Base):
    """A mail that came back, once however often it came in; and the one mail of ours that it may lead to."""

    __tablename__ = "returned"
    id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    """Hash of its Message-ID, sender, time and words."""
    message_id: Mapped[str] = mapped_column(String(255))
    mail_id: Mapped[int | None] = mapped_column(RowId)
    """The mail of ours that it is about, where a signed token says so."""
    leader: Mapped[str | None] = mapped_column(String(255), index=True)
    period: Mapped[str | None] = mapped_column(String(16))
    recipient: Mapped[str | None] = mapped_column(String(255))
    """The address that our mail went to: a leader with another one is not unheard any more."""
    what: Mapped[str] = mapped_column(String(12))
    """hard, policy, soft, delayed, success, unknown; automatic; answer, pause, correction; person
    (somebody has to read it)."""
    stops: Mapped[bool] = mapped_column(default=False)
    """Until it is done its leader's mails wait."""
    status: Mapped[str | None] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(Text)
    excerpt: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    done: Mapped[datetime | None]
    """None while somebody has to look at it."""
    note_to: Mapped[str | None] = mapped_column(String(255))
    note: Mapped[bytes | None] = mapped_column(LargeBinary)
    note_state: Mapped[str | None] = mapped_column(String(12))
    """Of the mail that it led to, a confirmation or a word to the delegate; as those of `mails`."""
    note_attempt: Mapped[int] = mapped_column(default=0)
    note_tried_at: Mapped[datetime | None]
    note_alarm: Mapped[str | None] = mapped_column(Text)


class ObjectionRow(Base):
    """What a reader said is not right with leaf notes, as an event; ended by whoever took it back, or did it."""

    __tablename__ = "objections"
    id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    """Of what is said and by whom, and how often it was ended before: saying it twice keeps it once."""
    what: Mapped[str] = mapped_column(String(8))
    """quote, move, split, same, guess."""
    by: Mapped[str] = mapped_column(String(255))
    how: Mapped[str] = mapped_column(String(8))
    """page or mail."""
    scope: Mapped[list[Any]]
    """The teams that they led then."""
    period: Mapped[str] = mapped_column(String(16))
    """Of the leaf notes that it is about; empty where it was said elsewhere."""
    pain: Mapped[str | None] = mapped_column(String(32))
    source: Mapped[str | None] = mapped_column(String(63))
    issue: Mapped[str | None] = mapped_column(String(255))
    said: Mapped[str] = mapped_column(Text)
    """Of a quotation the reason, else the hypothesis."""
    to: Mapped[str | None] = mapped_column("to_name", String(255))
    """The team that an issue was moved to, or the pain that is the same."""
    was: Mapped[str | None] = mapped_column(String(255))
    """The team that had the issue."""
    why: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(String(255))
    ended: Mapped[str | None] = mapped_column(String(12))
    """taken back, refused, replaced, done."""
    given_by: Mapped[str | None] = mapped_column(String(255))
    """Who said it in the place of `by`; None: they themselves."""
    __table_args__ = (Index("ix_objections_issue", "source", "issue"),)


class CheckInGroupRow(Base):
    """That a group of at least five people was asked in a week, and with which words."""

    __tablename__ = "check_in_groups"
    period: Mapped[str] = mapped_column(String(16), primary_key=True)
    team: Mapped[str] = mapped_column(String(255), primary_key=True)
    asked: Mapped[int]
    texts: Mapped[dict[str, Any]]


class CheckInSumRow(Base):
    """How many of a group chose a step of a question. There is no row of one answer, and no time."""

    __tablename__ = "check_in_sums"
    period: Mapped[str] = mapped_column(String(16), primary_key=True)
    team: Mapped[str] = mapped_column(String(255), primary_key=True)
    question: Mapped[str] = mapped_column(String(8), primary_key=True)
    step: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    answers: Mapped[int]


class CheckInTicketRow(Base):
    """That somebody of a group may answer once this week. Whose it is only the deployment's key can tell; gone when the
    week is over."""

    __tablename__ = "check_in_tickets"
    ticket: Mapped[str] = mapped_column(String(64), primary_key=True)
    period: Mapped[str] = mapped_column(String(16))
    team: Mapped[str] = mapped_column(String(255))
    used: Mapped[bool]
    __table_args__ = (Index("ix_check_in_tickets_group", "period", "team"), {"sqlite_with_rowid": False})


class CheckInStopRow(Base):
    """Who is never asked again."""

    __tablename__ = "check_in_stops"
    person: Mapped[str] = mapped_column(String(255), primary_key=True)


class PreviewRow(Base):
    """Words that a leader's digest will quote, shown before to the leader whose area they come from."""

    __tablename__ = "previews"
    period: Mapped[str] = mapped_column(String(16), primary_key=True)
    reader: Mapped[str] = mapped_column(String(255), primary_key=True)
    """Whose digest quotes them."""
    issue: Mapped[str] = mapped_column(String(320), primary_key=True)
    """source:external_id."""
    leader: Mapped[str] = mapped_column(String(255))
    """Who sees it before."""
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    """Since when it is shown."""
    __table_args__ = (Index("ix_previews_leader", "period", "leader"),)


class ContextRow(Base):
    """What a leader adds to words that will be quoted above them: one line for an issue in a week."""

    __tablename__ = "preview_contexts"
    period: Mapped[str] = mapped_column(String(16), primary_key=True)
    leader: Mapped[str] = mapped_column(String(255), primary_key=True)
    issue: Mapped[str] = mapped_column(String(320), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class TombstoneRow(Base):
    """A keyed hash of what named somebody who was forgotten, so that it is known when it comes in again. The key is the
    value of the mark `forgotten`; no name can be read from it."""

    __tablename__ = "tombstones"
    hash: Mapped[str] = mapped_column(String(40), primary_key=True)
    words: Mapped[int]
    """How many words a name has at most that begins with this one; 0 for what is no beginning."""
    pseudonym: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime]


class AuditRow(Base):
    """That somebody decided something, or that a mail was handed over. Only ever added to; each row's hash holds that
    of the row before."""

    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=False)
    """Without gaps, from 1."""
    at: Mapped[datetime]
    role: Mapped[str] = mapped_column(String(8))
    """person (signed in), operator (a command), link (whoever holds a link), mail, source, system."""
    who: Mapped[str | None] = mapped_column(String(255))
    what: Mapped[str] = mapped_column(String(32))
    object: Mapped[str] = mapped_column(String(600))
    """An issue, a pain, a week; never words that people wrote."""
    about: Mapped[str | None] = mapped_column(String(255))
    """The person whom it concerns, if another."""
    version: Mapped[str] = mapped_column(String(64))
    """Of the model, the rule or the document."""
    nonce: Mapped[str] = mapped_column(String(32))
    """With it `seal` is the hash of both names; empty once one of them was forgotten."""
    seal: Mapped[str] = mapped_column(String(64))
    before: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
